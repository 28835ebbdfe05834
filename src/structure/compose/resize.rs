//! Interpolation as weights: which inputs a position of the enlarged image takes, and how much of each.
//!
//! | method | position of output `o` in the input | taps |
//! |---|---|---|
//! | nearest | `⌊o·i/n⌋` | 1 |
//! | bilinear | `(o + 1/2)·i/n − 1/2`, half-pixel centres | `1 − \|t\|` |
//! | bilinear-corners | `o·(i − 1)/(n − 1)`, ends on ends | `1 − \|t\|` |
//! | bicubic | half-pixel centres | Keys' cubic, `a = −1/2` or `−3/4` |
//!
//! Inputs beyond an end are the last there. Source: R. Keys, "Cubic convolution interpolation for
//! digital image processing", 1981; half-pixel centres as ONNX `Resize` defines them.

use num_bigint::BigInt;
use num_traits::{One, Signed, Zero};

use crate::scalar::Rational;

/// How positions between inputs are filled.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Method {
    /// The input that the output lies in.
    Nearest,
    /// Linear on every axis, half-pixel centres (`align_corners=False`).
    Bilinear,
    /// Linear on every axis, corners on corners (`align_corners=True`).
    BilinearCorners,
    /// Cubic on every axis, half-pixel centres, Keys' `a = −1/2`.
    Bicubic,
    /// The same with `a = −3/4`.
    BicubicSharp,
}

/// Words and methods.
const METHODS: [(&str, Method); 5] = [
    ("nearest", Method::Nearest),
    ("bilinear", Method::Bilinear),
    ("bilinear-corners", Method::BilinearCorners),
    ("bicubic", Method::Bicubic),
    ("bicubic-0.75", Method::BicubicSharp),
];

impl Method {
    /// The word that names it.
    pub fn word(self) -> &'static str {
        METHODS.iter().find(|(_, method)| *method == self).expect("every method has its word").0
    }

    pub(super) fn named(word: &str) -> Option<Method> {
        METHODS.iter().find(|(name, _)| *name == word).map(|(_, method)| *method)
    }

    /// The inputs of output `o`, ascending, with their shares, of one axis from `from` to `to` positions.
    ///
    /// ```
    /// use convproof::structure::Method;
    /// let shares = Method::Bilinear.shares(1, 4, 8);
    /// let shown: Vec<String> = shares.iter().map(|(i, share)| format!("{i}: {share}")).collect();
    /// assert_eq!(shown, ["0: 3/4", "1: 1/4"]);
    /// ```
    pub fn shares(self, o: usize, from: usize, to: usize) -> Vec<(usize, Rational)> {
        let whole = |n: usize| Rational::from_integer(BigInt::from(n));
        let half = || Rational::new(BigInt::one(), BigInt::from(2));
        let scale = || whole(from) / whole(to.max(1));
        let (centre, reach) = match self {
            Method::Nearest => ((whole(o) * scale()).floor(), 0),
            Method::Bilinear => ((whole(o) + half()) * scale() - half(), 1),
            Method::BilinearCorners if to <= 1 => (Rational::zero(), 1),
            Method::BilinearCorners => (whole(o) * whole(from - 1) / whole(to - 1), 1),
            Method::Bicubic | Method::BicubicSharp => ((whole(o) + half()) * scale() - half(), 2),
        };
        let floor = centre.floor().to_integer();
        let mut shares: Vec<(usize, Rational)> = Vec::new();
        for step in (1 - i64::from(reach.max(1)))..=i64::from(reach.max(1)) {
            let position = &floor + BigInt::from(step);
            let share = self.share(&(&centre - Rational::from_integer(position.clone())).abs());
            if share.is_zero() {
                continue;
            }
            let last = BigInt::from(from - 1);
            let inside = position.clamp(BigInt::zero(), last);
            let inside = usize::try_from(inside).expect("between 0 and the last input");
            match shares.last_mut() {
                Some((input, sum)) if *input == inside => *sum += share,
                _ => shares.push((inside, share)),
            }
        }
        shares.retain(|(_, share)| !share.is_zero());
        shares
    }

    /// The share of an input at this distance.
    fn share(self, distance: &Rational) -> Rational {
        let one = Rational::one();
        let whole = |n: i64| Rational::from_integer(BigInt::from(n));
        let a = match self {
            Method::Nearest => return if distance.is_zero() { one } else { Rational::zero() },
            Method::Bilinear | Method::BilinearCorners => return (&one - distance).max(Rational::zero()),
            Method::Bicubic => Rational::new(BigInt::from(-1), BigInt::from(2)),
            Method::BicubicSharp => Rational::new(BigInt::from(-3), BigInt::from(4)),
        };
        let t = distance;
        if *t <= one {
            (&a + whole(2)) * t * t * t - (&a + whole(3)) * t * t + one
        } else if *t < whole(2) {
            &a * (t * t * t - whole(5) * t * t + whole(8) * t - whole(4))
        } else {
            Rational::zero()
        }
    }
}
