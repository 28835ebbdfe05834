//! Phase sums: what a constant input becomes, and when a checkerboard is absent.
//!
//! Inside, the response to a constant input at output `o` is the sum of the taps `t` with
//! `d·t ≡ o + p_begin (mod s)` on every axis. It is constant **iff all these sums are equal**;
//! with `d = 1`, iff `1 + z + … + z^(s−1)` divides the kernel's polynomial. Even coverage is neither
//! needed (1 2 1 at stride 2) nor enough (1 0 0 0). Source: as `coverage`; the criterion by hand.

use num_traits::Zero;

use crate::geometry::{Axis, Geometry};
use crate::scalar::Rational;
use crate::tensor::{Tensor, unflatten};

/// The taps of each phase, and their sums where there are numbers.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Phases {
    /// Strides: phases are numbered row-major by the residues of `o + p_begin`.
    pub strides: Vec<usize>,
    /// For each phase the taps, as row-major indices into one kernel.
    pub taps: Vec<Vec<usize>>,
    /// For each pair `(ci, co)` of the weight, row-major, the sum of each phase.
    pub sums: Option<Vec<Vec<Rational>>>,
}

/// Phases, and taps of one kernel, that are listed.
const MOST: usize = 1 << 16;

impl Phases {
    /// The phases of a geometry; `None` where there are more than 65,536 of them or taps.
    ///
    /// ```
    /// use convproof::{Spec, structure::Phases};
    /// let spec: Spec = "tconv i4 k3 s2".parse().unwrap();
    /// let phases = Phases::of(&spec.geometry, None).unwrap();
    /// assert_eq!(phases.taps, [vec![0, 2], vec![1]]); // no checkerboard iff w0 + w2 = w1
    /// ```
    pub fn of(g: &Geometry, weight: Option<&Tensor<Rational>>) -> Option<Phases> {
        let lengths = |of: fn(&Axis) -> i64| -> Option<(Vec<usize>, usize)> {
            let all: Vec<usize> = g.axes().iter().map(|a| usize::try_from(of(a)).ok()).collect::<Option<_>>()?;
            let product = all.iter().try_fold(1usize, |p, &n| p.checked_mul(n)).filter(|&p| p <= MOST)?;
            Some((all, product))
        };
        let (strides, count) = lengths(Axis::stride)?;
        let (kernel, positions) = lengths(Axis::kernel)?;
        let mut taps = vec![Vec::new(); count];
        for tap in 0..positions {
            let residues = unflatten(&kernel, tap).into_iter().zip(g.axes());
            let phase = residues.zip(&strides).fold(0, |phase, ((t, axis), &s)| {
                let d = usize::try_from(axis.dilation() % axis.stride()).expect("a remainder of a small stride");
                phase * s + d * t % s
            });
            taps[phase].push(tap);
        }
        let sums = weight.map(|weight| {
            let kernels = weight.entries().chunks(positions);
            let sum = |kernel: &[Rational], phase: &Vec<usize>| {
                phase.iter().fold(Rational::zero(), |sum, &t| sum + &kernel[t])
            };
            kernels.map(|kernel| taps.iter().map(|phase| sum(kernel, phase)).collect()).collect()
        });
        Some(Phases { strides, taps, sums })
    }

    /// Whether a constant input has a constant response inside: `None` where that depends on the weight.
    pub fn are_equal(&self) -> Option<bool> {
        match &self.sums {
            _ if self.taps.len() == 1 => Some(true),
            None => None,
            Some(sums) => Some(sums.iter().all(|pair| pair.windows(2).all(|two| two[0] == two[1]))),
        }
    }
}
