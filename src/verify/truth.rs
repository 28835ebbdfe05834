//! Exact cells of a result, and what a result can be.

use std::sync::Arc;

use num_bigint::BigInt;

use crate::evaluate::{Target, Terms, Values};
use crate::geometry::{Kind, Spec, size};
use crate::scalar::{Dyadic, Rational};

/// What was computed: the operation itself or one of its gradients.
///
/// ```
/// use convproof::verify::Role;
/// assert_eq!(Role::WeightGradient.name(), "weight-gradient");
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[allow(clippy::exhaustive_enums)] // the operation and its three gradients
pub enum Role {
    /// `x, w[, b] → y`.
    Forward,
    /// `g, w → y`: the gradient of the input.
    InputGradient,
    /// `x, g → y`: the gradient of the weight.
    WeightGradient,
    /// `g → y`: the gradient of the bias.
    BiasGradient,
}

impl Role {
    /// All roles with their names.
    pub const ALL: [(&'static str, Role); 4] = [
        ("forward", Role::Forward),
        ("input-gradient", Role::InputGradient),
        ("weight-gradient", Role::WeightGradient),
        ("bias-gradient", Role::BiasGradient),
    ];

    /// `forward`, `input-gradient`, `weight-gradient` or `bias-gradient`.
    pub fn name(self) -> &'static str {
        Role::ALL.iter().find(|(_, role)| *role == self).map_or("forward", |(name, _)| name)
    }

    /// The tensor of the relation that this role asks for, seen from the transposed convolution.
    /// None for the bias gradient, which is no product.
    pub(super) fn target(self, kind: Kind) -> Option<Target> {
        match (self, kind) {
            (Role::Forward, Kind::Tconv) | (Role::InputGradient, Kind::Conv) => Some(Target::Output),
            (Role::Forward, Kind::Conv) | (Role::InputGradient, Kind::Tconv) => Some(Target::Input),
            (Role::WeightGradient, _) => Some(Target::Weight),
            (Role::BiasGradient, _) => None,
        }
    }
}

/// The channel of a cell of a result `[n, c, …]`.
pub(super) fn channel(shape: &[usize], cell: usize) -> usize {
    let inner: usize = shape[2..].iter().product();
    cell / inner % shape[1]
}

/// Exact cells of a part of a result, each `Σ + b` over one power of two, in canonical order.
#[derive(Debug, Clone)]
pub(super) struct Truth {
    /// The shape of the whole result.
    pub shape: Vec<usize>,
    /// The first of the cells here.
    pub first: usize,
    pub values: Arc<Values>,
    pub terms: Terms,
    /// The power of two of all numerators.
    pub exponent: i32,
    pub bias: Option<Arc<[BigInt]>>,
}

impl Truth {
    /// Cells here. All methods count them from 0.
    pub fn cells(&self) -> usize {
        self.values.len()
    }

    /// The numerator of a cell's bias.
    pub fn bias(&self, cell: usize) -> Option<&BigInt> {
        self.bias.as_ref().map(|bias| &bias[channel(&self.shape, self.first + cell)])
    }

    /// The numerator of the exact value, with the bias.
    pub fn numerator(&self, cell: usize) -> BigInt {
        let sum = self.values.integer(cell);
        self.bias(cell).map_or_else(|| sum.clone(), |bias| &sum + bias)
    }

    /// The exact value, with the bias.
    pub fn exact(&self, cell: usize) -> Rational {
        rational(self.numerator(cell), self.exponent)
    }

    /// `m`: products that reach the cell, one more with a bias that is not 0 everywhere.
    pub fn terms(&self, cell: usize) -> u64 {
        self.terms.of(cell) + u64::from(self.bias.is_some())
    }

    /// The numerator of the exact value, with the bias, if both are short.
    pub fn short(&self, cell: usize) -> Option<i128> {
        let value = self.values.short(cell)?;
        match self.bias(cell) {
            None => Some(value),
            Some(bias) => value.checked_add(i128::try_from(bias).ok()?),
        }
    }

    /// The exact value less an observed one, as a numerator, if it is short.
    pub fn error(&self, cell: usize, observed: Dyadic) -> Option<i128> {
        let value = self.short(cell)?;
        if observed.mantissa == 0 {
            return Some(value);
        }
        // Above the common exponent it is a multiple of it; below it, it is not: no short numerator.
        let shift = u32::try_from(i64::from(observed.exponent) - i64::from(self.exponent)).ok()?;
        let mantissa = i128::from(observed.mantissa);
        (shift < mantissa.unsigned_abs().leading_zeros()).then(|| value.checked_sub(mantissa << shift))?
    }

    /// Whether a cell is exactly this number.
    pub fn equals(&self, cell: usize, observed: Dyadic) -> bool {
        if let Some(error) = self.error(cell, observed) {
            return error == 0;
        }
        // A non-zero dyadic has an odd mantissa: below the common exponent it is no multiple of it.
        if observed.mantissa != 0 && observed.exponent < self.exponent {
            return false;
        }
        self.exact(cell) == observed.to_rational()
    }
}

/// `numerator·2^exponent`.
pub(super) fn rational(numerator: BigInt, exponent: i32) -> Rational {
    let power = BigInt::from(1) << exponent.unsigned_abs();
    if exponent >= 0 { Rational::from_integer(numerator * power) } else { Rational::new(numerator, power) }
}

/// The canonical shape of the result of a role.
pub(super) fn result_shape(spec: &Spec, role: Role) -> Vec<usize> {
    match (role.target(spec.kind), spec.kind) {
        (Some(target), _) => target.shape(&spec.geometry),
        (None, Kind::Tconv) => vec![size(spec.geometry.out_channels())],
        (None, Kind::Conv) => vec![size(spec.geometry.in_channels())],
    }
}
