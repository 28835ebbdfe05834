//! Tensors over one power of two.

use num_bigint::BigInt;
use num_traits::{One, Signed, Zero};

use crate::scalar::{Dyadic, Rational};

/// Integers, of a machine type where they fit.
#[derive(Debug, Clone)]
#[allow(clippy::exhaustive_enums)] // fits, or does not
pub enum Numerators<T> {
    /// All fit the machine type.
    Small(Vec<T>),
    /// Some do not.
    Big(Vec<BigInt>),
}

impl<T: Clone + Into<BigInt>> Numerators<T> {
    /// How many there are.
    pub fn len(&self) -> usize {
        match self {
            Numerators::Small(all) => all.len(),
            Numerators::Big(all) => all.len(),
        }
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// One of them.
    pub fn integer(&self, n: usize) -> BigInt {
        match self {
            Numerators::Small(all) => all[n].clone().into(),
            Numerators::Big(all) => all[n].clone(),
        }
    }
}

impl Numerators<i64> {
    /// Digits of a balanced system of base `2^bits`, lowest first: `n = Σ digits[m][n]·2^(m·bits)`
    /// with `|digit| ≤ 2^(bits − 1)`, for `bits ≤ 60`.
    pub(super) fn digits(&self, bits: u32) -> Vec<Vec<i64>> {
        let mut digits: Vec<Vec<i64>> = Vec::new();
        let half = BigInt::one() << (bits - 1);
        for n in 0..self.len() {
            let mut rest = self.integer(n);
            let mut place = 0;
            while !rest.is_zero() {
                // Shifts of negative numbers round down.
                let above: BigInt = (&rest + &half) >> bits;
                let digit = i64::try_from(&rest - (&above << bits)).expect("at most 60 bits");
                if digits.len() == place {
                    digits.push(vec![0; self.len()]);
                }
                digits[place][n] = digit;
                (rest, place) = (above, place + 1);
            }
        }
        digits
    }
}

/// A tensor whose cell `n` is `numerators[n]·2^exponent`.
///
/// The exponent is the largest that serves all cells: every binary float is an integer times a
/// power of two, and so is a tensor of them.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Scaled {
    /// Integers, row-major.
    pub numerators: Numerators<i64>,
    /// The power of two; 0 if all cells are 0.
    pub exponent: i32,
}

impl Scaled {
    /// These values over their largest common power of two. Cost: one pass, two where some
    /// numerator does not fit 63 bits.
    pub fn new(values: &[Dyadic]) -> Scaled {
        let nonzero = || values.iter().filter(|v| v.mantissa != 0);
        let exponent = nonzero().map(|v| v.exponent).min().unwrap_or(0);
        let shift = |v: &Dyadic| if v.mantissa == 0 { 0 } else { v.exponent - exponent };
        let small = |v: &Dyadic| {
            let (shift, room) = (shift(v), v.mantissa.unsigned_abs().leading_zeros());
            (shift.unsigned_abs() < room).then(|| v.mantissa << shift)
        };
        let numerators = match values.iter().map(small).collect::<Option<Vec<i64>>>() {
            Some(all) => Numerators::Small(all),
            None => Numerators::Big(values.iter().map(|v| BigInt::from(v.mantissa) << shift(v)).collect()),
        };
        Scaled { numerators, exponent }
    }

    /// Number of cells.
    pub fn len(&self) -> usize {
        self.numerators.len()
    }

    /// Whether there is no cell.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Bits of the largest numerator's magnitude.
    pub fn bits(&self) -> u64 {
        match &self.numerators {
            Numerators::Small(all) => {
                let largest = all.iter().map(|n| n.unsigned_abs()).max().unwrap_or(0);
                u64::from(u64::BITS - largest.leading_zeros())
            }
            Numerators::Big(all) => all.iter().map(BigInt::bits).max().unwrap_or(0),
        }
    }

    /// The largest numerator's magnitude.
    pub fn largest(&self) -> BigInt {
        match &self.numerators {
            Numerators::Small(all) => all.iter().map(|n| n.unsigned_abs()).max().unwrap_or(0).into(),
            Numerators::Big(all) => {
                all.iter().map(BigInt::magnitude).max().map_or(BigInt::ZERO, |n| BigInt::from(n.clone()))
            }
        }
    }

    /// The absolute values.
    pub(super) fn absolute(&self) -> Scaled {
        let numerators = match &self.numerators {
            Numerators::Small(all) if all.contains(&i64::MIN) => {
                Numerators::Big(all.iter().map(|&n| BigInt::from(n).abs()).collect())
            }
            Numerators::Small(all) => Numerators::Small(all.iter().map(|n| n.abs()).collect()),
            Numerators::Big(all) => Numerators::Big(all.iter().map(BigInt::abs).collect()),
        };
        Scaled { numerators, exponent: self.exponent }
    }

    /// Whether all cells are 0.
    pub fn is_zero(&self) -> bool {
        self.bits() == 0
    }

    /// The exact value of a cell.
    pub fn value(&self, cell: usize) -> Rational {
        rational(self.numerators.integer(cell), self.exponent)
    }
}

/// `numerator·2^exponent`.
pub(super) fn rational(numerator: BigInt, exponent: i32) -> Rational {
    if numerator.is_zero() {
        return Rational::zero();
    }
    let power = BigInt::one() << exponent.unsigned_abs();
    if exponent >= 0 { Rational::from_integer(numerator * power) } else { Rational::new(numerator, power) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_power_of_two_serves_all() {
        let scaled = Scaled::new(&[Dyadic::new(3, -2), Dyadic::new(1, 3), Dyadic::new(0, 0)]);
        assert!(matches!(&scaled.numerators, Numerators::Small(n) if n == &[3, 32, 0]));
        assert_eq!((scaled.exponent, scaled.bits()), (-2, 6));
    }

    #[test]
    fn what_does_not_fit_becomes_big() {
        let far = [Dyadic::new(1, -100), Dyadic::new(1, 100)];
        let scaled = Scaled::new(&far);
        assert!(matches!(scaled.numerators, Numerators::Big(_)));
        assert_eq!(scaled.value(1), far[1].to_rational());
        // 2^62 fits 63 bits, 2^63 does not.
        assert!(matches!(Scaled::new(&[Dyadic::new(1, 0), Dyadic::new(1, 62)]).numerators, Numerators::Small(_)));
        assert!(matches!(Scaled::new(&[Dyadic::new(1, 0), Dyadic::new(1, 63)]).numerators, Numerators::Big(_)));
    }
}
