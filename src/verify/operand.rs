//! Operands as exact numbers: integers over one power of two, in canonical layout.
//!
//! Eight bytes per element where all numerators fit 63 bits; a copy with its axes exchanged or
//! read backwards keeps the power of two, so that copies are compared by their numerators.

use std::ops::Range;

use num_bigint::BigInt;
use num_traits::Signed;

use crate::data::Array;
use crate::evaluate::{Numerators, Scaled};
use crate::scalar::Dyadic;
use crate::tensor::{flipped, permuted};

/// A tensor whose cell `n` is `numerators[n]·2^exponent`, row-major.
#[derive(Debug, Clone)]
pub(super) struct Operand {
    pub shape: Vec<usize>,
    pub scaled: Scaled,
}

/// The same expression for the numerators of either size.
macro_rules! each {
    ($operand:expr, $all:ident => $body:expr) => {
        match &$operand.scaled.numerators {
            Numerators::Small($all) => Numerators::Small($body),
            Numerators::Big($all) => Numerators::Big($body),
        }
    };
}

impl Operand {
    /// The tensor of `value(0), value(1), …` over their largest common power of two.
    ///
    /// Cost: two passes over the values; nothing but the numerators is stored.
    pub fn new(shape: Vec<usize>, value: impl Fn(usize) -> Dyadic) -> Operand {
        let cells = || 0..shape.iter().product();
        let exponent = cells().map(&value).filter(|v| v.mantissa != 0).map(|v| v.exponent).min().unwrap_or(0);
        let shift = |v: &Dyadic| if v.mantissa == 0 { 0 } else { v.exponent - exponent };
        let small = |n: usize| {
            let v = value(n);
            let (shift, room) = (shift(&v), v.mantissa.unsigned_abs().leading_zeros());
            (shift.unsigned_abs() < room).then(|| v.mantissa << shift)
        };
        let numerators = match cells().map(small).collect::<Option<Vec<i64>>>() {
            Some(all) => Numerators::Small(all),
            None => Numerators::Big(cells().map(&value).map(|v| BigInt::from(v.mantissa) << shift(&v)).collect()),
        };
        Operand { shape, scaled: Scaled { numerators, exponent } }
    }

    /// The elements of an array, all of them finite, each after `change`.
    pub fn of(array: &Array, change: impl Fn(Dyadic) -> Dyadic) -> Operand {
        // What is not finite was refused before.
        let zero = Dyadic { mantissa: 0, exponent: 0 };
        Operand::new(array.shape().to_vec(), |n| change(array.dyadic(n).unwrap_or(zero)))
    }

    fn with(&self, shape: Vec<usize>, numerators: Numerators<i64>) -> Operand {
        Operand { shape, scaled: Scaled { numerators, exponent: self.scaled.exponent } }
    }

    pub fn len(&self) -> usize {
        self.scaled.len()
    }

    pub fn is_zero(&self) -> bool {
        match &self.scaled.numerators {
            Numerators::Small(all) => all.iter().all(|n| *n == 0),
            Numerators::Big(all) => all.iter().all(|n| n.sign() == num_bigint::Sign::NoSign),
        }
    }

    pub fn has_negative(&self) -> bool {
        match &self.scaled.numerators {
            Numerators::Small(all) => all.iter().any(|n| *n < 0),
            Numerators::Big(all) => all.iter().any(BigInt::is_negative),
        }
    }

    /// Whether two tensors hold the same numbers, over the same power of two.
    pub fn equals(&self, other: &Operand) -> bool {
        let same = match (&self.scaled.numerators, &other.scaled.numerators) {
            (Numerators::Small(a), Numerators::Small(b)) => a == b,
            (Numerators::Big(a), Numerators::Big(b)) => a == b,
            _ => false,
        };
        same && self.shape == other.shape && self.scaled.exponent == other.scaled.exponent
    }

    /// As [`crate::Tensor::permuted`].
    pub fn permuted(&self, order: &[usize]) -> Operand {
        let shape = order.iter().map(|&axis| self.shape[axis]).collect();
        self.with(shape, each!(self, all => permuted(&self.shape, all, order)))
    }

    /// As [`crate::Tensor::flipped`].
    pub fn flipped(&self, axes: Range<usize>) -> Operand {
        self.with(self.shape.clone(), each!(self, all => flipped(&self.shape, all, axes)))
    }

    /// The first `block` cells again and again.
    pub fn repeated(&self, block: usize) -> Operand {
        let cells = 0..self.len();
        self.with(self.shape.clone(), each!(self, all => cells.map(|n| all[n % block].clone()).collect()))
    }

    /// The cells of these ranges one after the other, over the same power of two.
    pub fn chunks(&self, ranges: impl Iterator<Item = Range<usize>> + Clone) -> Scaled {
        let numerators = each!(self, all => ranges.flat_map(|range| all[range].iter().cloned()).collect());
        Scaled { numerators, exponent: self.scaled.exponent }
    }

    /// The absolute values.
    pub fn absolute(&self) -> Operand {
        let big = |all: &mut dyn Iterator<Item = BigInt>| Numerators::Big(all.map(|n| n.abs()).collect());
        let numerators = match &self.scaled.numerators {
            Numerators::Small(all) if all.contains(&i64::MIN) => big(&mut all.iter().map(|&n| n.into())),
            Numerators::Small(all) => Numerators::Small(all.iter().map(|n| n.abs()).collect()),
            Numerators::Big(all) => big(&mut all.iter().cloned()),
        };
        self.with(self.shape.clone(), numerators)
    }
}
