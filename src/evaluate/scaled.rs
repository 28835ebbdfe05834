//! Tensors over one power of two.

use num_bigint::BigInt;
use num_traits::{One, Zero};
use pulp::{Simd, WithSimd};

use crate::scalar::{Dyadic, Rational};

/// Integers, of the shortest machine type that holds them all.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub enum Numerators {
    /// All fit 16 bits.
    I16(Vec<i16>),
    /// All fit 32 bits.
    I32(Vec<i32>),
    /// All fit 64 bits.
    I64(Vec<i64>),
    /// Some do not.
    Big(Vec<BigInt>),
}

impl Numerators {
    /// How many there are.
    pub fn len(&self) -> usize {
        match self {
            Numerators::I16(all) => all.len(),
            Numerators::I32(all) => all.len(),
            Numerators::I64(all) => all.len(),
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
            Numerators::I16(all) => all[n].into(),
            Numerators::I32(all) => all[n].into(),
            Numerators::I64(all) => all[n].into(),
            Numerators::Big(all) => all[n].clone(),
        }
    }

    /// One of them, where all fit 64 bits.
    pub fn short(&self, n: usize) -> Option<i64> {
        match self {
            Numerators::I16(all) => Some(all[n].into()),
            Numerators::I32(all) => Some(all[n].into()),
            Numerators::I64(all) => Some(all[n]),
            Numerators::Big(_) => None,
        }
    }

    /// The largest magnitude, if 64 bits without sign hold it.
    pub(super) fn most(&self) -> Option<u64> {
        pulp::Arch::new().dispatch(Most(self))
    }
}

/// A call of [`Numerators::most`], compiled for each vector length.
struct Most<'a>(&'a Numerators);

impl WithSimd for Most<'_> {
    type Output = Option<u64>;

    #[inline(always)]
    fn with_simd<S: Simd>(self, _: S) -> Option<u64> {
        match self.0 {
            Numerators::I16(all) => Some(all.iter().fold(0, |most, n| n.unsigned_abs().max(most)).into()),
            Numerators::I32(all) => Some(all.iter().fold(0, |most, n| n.unsigned_abs().max(most)).into()),
            Numerators::I64(all) => Some(all.iter().fold(0, |most, n| n.unsigned_abs().max(most))),
            Numerators::Big(_) => None,
        }
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
    pub numerators: Numerators,
    /// The power of two; 0 if all cells are 0.
    pub exponent: i32,
}

impl Scaled {
    /// These values over their largest common power of two. Cost: three passes.
    pub fn new(values: &[Dyadic]) -> Scaled {
        Scaled::from_fn(values.len(), |n| values[n])
    }

    /// The values `value(0), value(1), …`, as [`Scaled::new`]; nothing but the numerators is stored.
    #[allow(clippy::cast_possible_truncation)] // the largest magnitude fits
    pub fn from_fn(cells: usize, value: impl Fn(usize) -> Dyadic) -> Scaled {
        let values = || (0..cells).map(&value);
        let exponent = values().filter(|v| v.mantissa != 0).map(|v| v.exponent).min().unwrap_or(0);
        let shift = |v: &Dyadic| if v.mantissa == 0 { 0 } else { v.exponent - exponent };
        let small = |v: &Dyadic| {
            let (shift, room) = (shift(v), v.mantissa.unsigned_abs().leading_zeros());
            (shift.unsigned_abs() < room).then(|| v.mantissa << shift)
        };
        let most = values().map(|v| small(&v).map(i64::unsigned_abs)).try_fold(0, |most, n| Some(n?.max(most)));
        let short = || values().map(|v| small(&v).expect("all fit, as was seen"));
        let numerators = match most {
            Some(0..=0x7fff) => Numerators::I16(short().map(|n| n as i16).collect()),
            Some(0x8000..=0x7fff_ffff) => Numerators::I32(short().map(|n| n as i32).collect()),
            Some(_) => Numerators::I64(short().collect()),
            None => Numerators::Big(values().map(|v| BigInt::from(v.mantissa) << shift(&v)).collect()),
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

    /// The largest magnitude, if 63 bits hold it.
    pub(super) fn most(&self) -> Option<u64> {
        self.numerators.most().filter(|&most| most <= i64::MAX.unsigned_abs())
    }

    /// Bits of the largest numerator's magnitude.
    pub fn bits(&self) -> u64 {
        match (&self.numerators, self.numerators.most()) {
            (_, Some(most)) => u64::from(u64::BITS - most.leading_zeros()),
            (Numerators::Big(all), _) => all.iter().map(BigInt::bits).max().unwrap_or(0),
            _ => 0,
        }
    }

    /// The largest numerator's magnitude.
    pub fn largest(&self) -> BigInt {
        match (&self.numerators, self.numerators.most()) {
            (_, Some(most)) => most.into(),
            (Numerators::Big(all), _) => {
                all.iter().map(BigInt::magnitude).max().map_or(BigInt::ZERO, |n| BigInt::from(n.clone()))
            }
            _ => BigInt::ZERO,
        }
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
        assert!(matches!(&scaled.numerators, Numerators::I16(n) if n == &[3, 32, 0]));
        assert_eq!((scaled.exponent, scaled.bits()), (-2, 6));
    }

    #[test]
    fn the_shortest_machine_type_serves() {
        let one = |n: i64| Scaled::new(&[Dyadic::new(n, 0), Dyadic::new(1, 0)]).numerators;
        assert!(matches!(one(-0x7fff), Numerators::I16(n) if n == [-0x7fff, 1]));
        assert!(matches!(one(-0x8001), Numerators::I32(n) if n == [-0x8001, 1]));
        assert!(matches!(one(0x7fff_ffff), Numerators::I32(n) if n == [0x7fff_ffff, 1]));
        assert!(matches!(one(-0x8000_0001), Numerators::I64(n) if n == [-0x8000_0001, 1]));
    }

    #[test]
    fn what_does_not_fit_becomes_big() {
        let far = [Dyadic::new(1, -100), Dyadic::new(1, 100)];
        let scaled = Scaled::new(&far);
        assert!(matches!(scaled.numerators, Numerators::Big(_)));
        assert_eq!(scaled.value(1), far[1].to_rational());
        // 2^62 fits 63 bits, 2^63 does not.
        assert!(matches!(Scaled::new(&[Dyadic::new(1, 0), Dyadic::new(1, 62)]).numerators, Numerators::I64(_)));
        assert!(matches!(Scaled::new(&[Dyadic::new(1, 0), Dyadic::new(1, 63)]).numerators, Numerators::Big(_)));
    }
}
