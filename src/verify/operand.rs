//! Operands as exact numbers: integers over one power of two, in canonical layout.
//!
//! Two, four or eight bytes per element where all numerators fit 63 bits; a copy with its axes exchanged or
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

/// The same expression for the numerators of every size.
macro_rules! each {
    ($numerators:expr, $all:ident => $body:expr) => {
        match $numerators {
            Numerators::I16($all) => Numerators::I16($body),
            Numerators::I32($all) => Numerators::I32($body),
            Numerators::I64($all) => Numerators::I64($body),
            Numerators::Big($all) => Numerators::Big($body),
        }
    };
}

pub(super) use each;

impl Operand {
    /// The tensor of `value(0), value(1), …` over their largest common power of two.
    ///
    /// Cost: three passes over the values; nothing but the numerators is stored.
    pub fn new(shape: Vec<usize>, value: impl Fn(usize) -> Dyadic) -> Operand {
        let scaled = Scaled::from_fn(shape.iter().product(), value);
        Operand { shape, scaled }
    }

    /// The elements of an array, all of them finite, each after `change`.
    pub fn of(array: &Array, change: impl Fn(Dyadic) -> Dyadic) -> Operand {
        // What is not finite was refused before.
        let zero = Dyadic { mantissa: 0, exponent: 0 };
        Operand::new(array.shape().to_vec(), |n| change(array.dyadic(n).unwrap_or(zero)))
    }

    fn with(&self, shape: Vec<usize>, numerators: Numerators) -> Operand {
        Operand { shape, scaled: Scaled { numerators, exponent: self.scaled.exponent } }
    }

    pub fn len(&self) -> usize {
        self.scaled.len()
    }

    pub fn is_zero(&self) -> bool {
        match &self.scaled.numerators {
            Numerators::I16(all) => all.iter().all(|n| *n == 0),
            Numerators::I32(all) => all.iter().all(|n| *n == 0),
            Numerators::I64(all) => all.iter().all(|n| *n == 0),
            Numerators::Big(all) => all.iter().all(|n| n.sign() == num_bigint::Sign::NoSign),
        }
    }

    pub fn has_negative(&self) -> bool {
        match &self.scaled.numerators {
            Numerators::I16(all) => all.iter().any(|n| *n < 0),
            Numerators::I32(all) => all.iter().any(|n| *n < 0),
            Numerators::I64(all) => all.iter().any(|n| *n < 0),
            Numerators::Big(all) => all.iter().any(BigInt::is_negative),
        }
    }

    /// Whether two tensors hold the same numbers, over the same power of two.
    pub fn equals(&self, other: &Operand) -> bool {
        let same = match (&self.scaled.numerators, &other.scaled.numerators) {
            (Numerators::I16(a), Numerators::I16(b)) => a == b,
            (Numerators::I32(a), Numerators::I32(b)) => a == b,
            (Numerators::I64(a), Numerators::I64(b)) => a == b,
            (Numerators::Big(a), Numerators::Big(b)) => a == b,
            _ => false,
        };
        same && self.shape == other.shape && self.scaled.exponent == other.scaled.exponent
    }

    /// As [`crate::Tensor::permuted`].
    pub fn permuted(&self, order: &[usize]) -> Operand {
        let shape = order.iter().map(|&axis| self.shape[axis]).collect();
        self.with(shape, each!(&self.scaled.numerators, all => permuted(&self.shape, all, order)))
    }

    /// As [`crate::Tensor::flipped`].
    pub fn flipped(&self, axes: Range<usize>) -> Operand {
        self.with(self.shape.clone(), each!(&self.scaled.numerators, all => flipped(&self.shape, all, axes)))
    }

    /// The first `block` cells again and again.
    pub fn repeated(&self, block: usize) -> Operand {
        let cells = self.len();
        self.with(
            self.shape.clone(),
            each!(&self.scaled.numerators, all => all[..block].iter().cycle().take(cells).cloned().collect()),
        )
    }

    /// The cells of these ranges one after the other, over the same power of two.
    pub fn chunks(&self, ranges: impl Iterator<Item = Range<usize>> + Clone) -> Scaled {
        let numerators =
            each!(&self.scaled.numerators, all => ranges.flat_map(|range| all[range].iter().cloned()).collect());
        Scaled { numerators, exponent: self.scaled.exponent }
    }

    /// The absolute values.
    pub fn absolute(&self) -> Operand {
        // No numerator is the least of its type: its magnitude would not fit.
        let numerators = each!(&self.scaled.numerators, all => all.iter().map(Signed::abs).collect());
        self.with(self.shape.clone(), numerators)
    }
}
