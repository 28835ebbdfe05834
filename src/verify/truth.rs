//! The exact result of an operation, with what judging it needs.

use num_bigint::BigInt;
use num_traits::{Signed, Zero};

use crate::error::Error;
use crate::evaluate::{Scaled, Sums, Target, Terms, Values, magnitudes, sums};
use crate::geometry::{Kind, Spec, size};
use crate::scalar::{Dyadic, Rational};
use crate::tensor::Tensor;

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

/// The two operands and the bias, canonical layouts: what the role's map is applied to.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Operands {
    /// Forward: x. Input gradient: g. Weight gradient: x. Bias gradient: g.
    pub first: Tensor<Dyadic>,
    /// Forward and input gradient: w. Weight gradient: g.
    pub second: Option<Tensor<Dyadic>>,
    /// Forward: the bias, one value per channel of the result.
    pub bias: Option<Vec<Dyadic>>,
}

/// Exact cells, each `Σ + b` over one power of two, in the canonical layout of the result.
#[derive(Debug, Clone)]
pub(super) struct Truth {
    pub shape: Vec<usize>,
    sums: Sums,
    /// `Σ|a||b|` over the same power of two.
    magnitudes: Values,
    /// Numerators of the bias per channel of the result, over the exponent of the sums; none if it
    /// is 0 everywhere.
    bias: Option<Vec<BigInt>>,
}

impl Truth {
    /// The exact result of a role. Cost: the products of the map.
    pub fn new(spec: &Spec, role: Role, operands: &Operands) -> Result<Truth, Error> {
        let g = &spec.geometry;
        // A tensor of zeros has no exponent: nothing may be put on its grid.
        let no_products =
            is_zero(operands.first.entries()) || operands.second.as_ref().is_some_and(|s| is_zero(s.entries()));
        let first = Scaled::new(operands.first.entries());
        let (mut sums, mut magnitudes) = match (role.target(spec.kind), &operands.second) {
            (Some(target), Some(second)) => {
                let second = Scaled::new(second.entries());
                // The relation's order is input, output, weight.
                let swapped = target == Target::Weight && spec.kind == Kind::Conv;
                let (a, b) = if swapped { (&second, &first) } else { (&first, &second) };
                (sums(g, target, a, b)?, magnitudes(g, target, a, b)?.values)
            }
            _ => channel_sums(&operands.first, &first),
        };
        let bias = operands.bias.as_ref().filter(|b| !is_zero(b)).map(|bias| {
            let bias = Scaled::new(bias);
            if no_products {
                sums.exponent = bias.exponent;
            }
            // One exponent for both: the smaller one serves.
            let exponent = bias.exponent.min(sums.exponent);
            let shift = (sums.exponent - exponent).unsigned_abs();
            rescale(&mut sums.values, shift);
            rescale(&mut magnitudes, shift);
            sums.exponent = exponent;
            let shift = bias.exponent.saturating_sub(sums.exponent).max(0);
            (0..bias.len()).map(|n| bias.numerators.integer(n) << shift).collect()
        });
        Ok(Truth { shape: sums.shape.clone(), sums, magnitudes, bias })
    }

    pub fn cells(&self) -> usize {
        self.sums.terms.cells()
    }

    /// The power of two of all numerators.
    pub fn exponent(&self) -> i32 {
        self.sums.exponent
    }

    /// The channel of a cell of the result.
    fn channel(&self, cell: usize) -> usize {
        let inner: usize = self.shape[2..].iter().product();
        cell / inner % self.shape[1]
    }

    fn bias(&self, cell: usize) -> BigInt {
        self.bias.as_ref().map_or(BigInt::zero(), |bias| bias[self.channel(cell)].clone())
    }

    fn rational(&self, numerator: BigInt) -> Rational {
        let power = BigInt::from(1) << self.sums.exponent.unsigned_abs();
        if self.sums.exponent >= 0 {
            Rational::from_integer(numerator * power)
        } else {
            Rational::new(numerator, power)
        }
    }

    /// The exact value, with the bias.
    pub fn exact(&self, cell: usize) -> Rational {
        self.rational(self.sums.values.integer(cell) + self.bias(cell))
    }

    /// `S = Σ|x||w|`.
    pub fn products(&self, cell: usize) -> Rational {
        self.rational(self.magnitudes.integer(cell))
    }

    /// `|b|`.
    pub fn bias_magnitude(&self, cell: usize) -> Rational {
        self.rational(self.bias(cell).abs())
    }

    /// Whether neither a product nor the bias is negative.
    pub fn is_sum_of_naturals(&self, cell: usize) -> bool {
        let bias = self.bias(cell);
        !bias.is_negative() && self.sums.values.integer(cell) == self.magnitudes.integer(cell)
    }

    /// `m`: products that reach the cell, one more with a bias that is not 0 everywhere.
    pub fn terms(&self, cell: usize) -> u64 {
        self.sums.terms.of(cell) + u64::from(self.bias.is_some())
    }

    /// The largest `S + |b|` over all cells, as a numerator.
    pub fn largest_magnitude(&self) -> BigInt {
        match &self.bias {
            None => self.magnitudes.largest(),
            Some(_) => {
                let with_bias = |cell| self.magnitudes.integer(cell) + self.bias(cell).abs();
                (0..self.cells()).map(with_bias).max().unwrap_or_default()
            }
        }
    }

    /// Whether a cell is exactly this number.
    pub fn equals(&self, cell: usize, observed: Dyadic) -> bool {
        // A non-zero dyadic has an odd mantissa: below the common exponent it is no multiple of it.
        let shift = i64::from(observed.exponent) - i64::from(self.sums.exponent);
        if let (Some(value), None, 0..64) = (self.sums.values.short(cell), &self.bias, shift) {
            return value == i128::from(observed.mantissa) << shift;
        }
        if observed.mantissa != 0 && shift < 0 {
            return false;
        }
        self.exact(cell) == observed.to_rational()
    }
}

fn is_zero(entries: &[Dyadic]) -> bool {
    entries.iter().all(|v| v.mantissa == 0)
}

/// `Σ g` and `Σ |g|` per channel: the bias gradient. Each cell counts as one product with 1.
fn channel_sums(tensor: &Tensor<Dyadic>, scaled: &Scaled) -> (Sums, Values) {
    let channels = tensor.shape()[1];
    let inner: usize = tensor.shape()[2..].iter().product();
    let mut values = vec![BigInt::zero(); channels];
    let mut magnitudes = vec![BigInt::zero(); channels];
    for cell in 0..tensor.len() {
        let channel = cell / inner % channels;
        let value = scaled.numerators.integer(cell);
        magnitudes[channel] += value.abs();
        values[channel] += value;
    }
    let terms = Terms::constant(channels, (tensor.len() / channels) as u64);
    let sums = Sums::new(vec![channels], Values::Big(values), terms, scaled.exponent);
    (sums, Values::Big(magnitudes))
}

/// The same numbers over a power of two that is smaller by `shift`.
fn rescale(values: &mut Values, shift: u32) {
    if shift > 0 {
        *values = Values::Big((0..values.len()).map(|n| values.integer(n) << shift).collect());
    }
}

/// The canonical shape of the result of a role.
pub(super) fn result_shape(spec: &Spec, role: Role) -> Vec<usize> {
    match (role.target(spec.kind), spec.kind) {
        (Some(target), _) => target.shape(&spec.geometry),
        (None, Kind::Tconv) => vec![size(spec.geometry.out_channels())],
        (None, Kind::Conv) => vec![size(spec.geometry.in_channels())],
    }
}
