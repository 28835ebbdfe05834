//! A role's map on its operands: where exact cells come from, part by part.
//!
//! `Σ + b` per cell over one power of two; `Σ|a||b|` only where it is asked for, as that takes the
//! products a second time.

use std::cell::OnceCell;
use std::sync::Arc;

use num_bigint::BigInt;
use num_traits::{Signed, Zero};

use super::operand::Operand;
use super::parts::{Part, parts};
use super::truth::{Role, Truth, channel, result_shape};
use crate::error::Error;
use crate::evaluate::{Numerators, Sums, Target, Terms, Values, sums};
use crate::geometry::{Kind, Spec};
use crate::scalar::Dyadic;

/// The two operands and the bias, canonical layouts: what the role's map is applied to.
#[derive(Debug, Clone)]
pub(super) struct Operands {
    /// Forward: x. Input gradient: g. Weight gradient: x. Bias gradient: g.
    pub first: Arc<Operand>,
    /// Forward and input gradient: w. Weight gradient: g.
    pub second: Option<Arc<Operand>>,
    /// Forward: the bias, one value per channel of the result.
    pub bias: Option<Vec<Dyadic>>,
}

impl Operands {
    /// Whether both are the same tensors with the same bias.
    pub fn equals(&self, other: &Operands) -> bool {
        let second = match (&self.second, &other.second) {
            (Some(a), Some(b)) => Arc::ptr_eq(a, b) || a.equals(b),
            (a, b) => a.is_none() && b.is_none(),
        };
        let first = Arc::ptr_eq(&self.first, &other.first) || self.first.equals(&other.first);
        first && second && self.bias == other.bias
    }
}

/// A role's map on its operands: what its exact cells are computed from, part by part.
pub(super) struct Map<'a> {
    pub spec: &'a Spec,
    pub role: Role,
    pub operands: &'a Operands,
    /// The shape of the result.
    pub shape: Vec<usize>,
    /// The power of two of all cells, and by how much that of the sums of products is larger.
    pub exponent: i32,
    shift: u32,
    /// Numerators of the bias per channel of the result; none if it is 0 everywhere.
    bias: Option<Arc<[BigInt]>>,
    absolute: OnceCell<(Arc<Operand>, Arc<Operand>)>,
    /// All cells, if they are known already.
    known: Option<&'a Truth>,
}

impl<'a> Map<'a> {
    /// Cost: the operands are looked at, nothing is multiplied.
    pub fn new(spec: &'a Spec, role: Role, operands: &'a Operands) -> Map<'a> {
        // A tensor of zeros has no exponent: nothing may be put on its grid.
        let no_products = operands.first.is_zero() || operands.second.as_ref().is_some_and(|s| s.is_zero());
        let of_products = operands.first.scaled.exponent + operands.second.as_ref().map_or(0, |s| s.scaled.exponent);
        let biased = operands.bias.as_ref().filter(|b| b.iter().any(|v| v.mantissa != 0));
        let (mut exponent, mut shift, mut bias) = (of_products, 0, None);
        if let Some(all) = biased {
            let all = Operand::new(vec![all.len()], |n| all[n]).scaled;
            let of_products = if no_products { all.exponent } else { of_products };
            // One exponent for both: the smaller one serves.
            exponent = all.exponent.min(of_products);
            shift = (of_products - exponent).unsigned_abs();
            let up = all.exponent - exponent;
            bias = Some((0..all.len()).map(|n| all.numerators.integer(n) << up).collect());
        }
        let shape = result_shape(spec, role);
        Map { spec, role, operands, shape, exponent, shift, bias, absolute: OnceCell::new(), known: None }
    }

    /// The same map, whose cells are known already.
    pub fn with_known(self, truth: &'a Truth) -> Map<'a> {
        Map { known: Some(truth), ..self }
    }

    pub fn cells(&self) -> usize {
        self.shape.iter().product()
    }

    /// Products of the whole map; of a bias gradient, terms.
    pub fn products(&self) -> i128 {
        match self.target() {
            Some(_) => self.spec.geometry.products(),
            None => self.operands.first.len() as i128,
        }
    }

    pub fn target(&self) -> Option<Target> {
        self.role.target(self.spec.kind)
    }

    /// Both operands in the order of the relation: input, output, weight.
    pub fn pair<'b>(&self, first: &'b Arc<Operand>, second: &'b Arc<Operand>) -> (&'b Operand, &'b Operand) {
        let swapped = self.target() == Some(Target::Weight) && self.spec.kind == Kind::Conv;
        if swapped { (second, first) } else { (first, second) }
    }

    /// In which parts the result is computed; none where it is computed at once.
    pub fn parts(&self) -> Vec<Option<Part>> {
        match self.target() {
            Some(target) if self.known.is_none() => parts(&self.spec.geometry, target).into_iter().map(Some).collect(),
            _ => vec![None],
        }
    }

    /// Whether no operand and no bias is negative: `Σ|a||b|` are the sums themselves.
    pub fn is_natural(&self) -> bool {
        let o = self.operands;
        let negative = o.first.has_negative() || o.second.as_ref().is_some_and(|s| s.has_negative());
        !negative && self.bias.iter().all(|bias| bias.iter().all(|b| !b.is_negative()))
    }

    /// A number that no `|b| + Σ|a||b|` exceeds, as a numerator: `max|a|·max|b|·terms + max|b|`.
    pub fn most(&self) -> BigInt {
        let o = self.operands;
        let products = match (self.target(), &o.second) {
            (Some(target), Some(second)) => {
                let terms = Terms::new(&self.spec.geometry, target).most();
                o.first.scaled.largest() * second.scaled.largest() * terms
            }
            _ => o.first.scaled.largest() * o.first.len(),
        };
        (products << self.shift) + self.bias.iter().flat_map(|b| b.iter()).map(Signed::abs).max().unwrap_or_default()
    }

    /// The exact cells of a part, or all. Cost: its products.
    pub fn truth(&self, part: Option<&Part>) -> Result<Truth, Error> {
        if let Some(known) = self.known {
            return Ok(known.clone());
        }
        let second = self.operands.second.as_ref();
        let sums = match (self.target(), second) {
            (Some(target), Some(second)) => self.sums(target, part, &self.operands.first, second)?,
            _ => channel_sums(&self.operands.first, false),
        };
        let values = shifted(sums.values, self.shift);
        let first = part.map_or(0, |part| part.cells.start);
        let (shape, exponent, bias) = (self.shape.clone(), self.exponent, self.bias.clone());
        Ok(Truth { shape, first, values: Arc::new(values), terms: sums.terms, exponent, bias })
    }

    /// `Σ|a||b|` of the cells of a part, over the same power of two. Cost: its products.
    pub fn magnitudes(&self, part: Option<&Part>) -> Result<Values, Error> {
        let sums = match (self.target(), &self.operands.second) {
            (Some(target), Some(second)) => {
                let absolute = |o: &Arc<Operand>| if o.has_negative() { Arc::new(o.absolute()) } else { o.clone() };
                let (first, second) = self.absolute.get_or_init(|| (absolute(&self.operands.first), absolute(second)));
                self.sums(target, part, first, second)?
            }
            _ => channel_sums(&self.operands.first, true),
        };
        Ok(shifted(sums.values, self.shift))
    }

    fn sums(
        &self,
        target: Target,
        part: Option<&Part>,
        first: &Arc<Operand>,
        second: &Arc<Operand>,
    ) -> Result<Sums, Error> {
        let (a, b) = self.pair(first, second);
        let Some(part) = part else { return sums(&self.spec.geometry, target, &a.scaled, &b.scaled) };
        let (geometry, a, b) = part.of(&self.spec.geometry, target, a, b)?;
        sums(&geometry, target, &a, &b)
    }

    /// The bias of a cell of the whole result.
    pub fn bias(&self, cell: usize) -> BigInt {
        self.bias.as_ref().map_or(BigInt::zero(), |bias| bias[channel(&self.shape, cell)].clone())
    }

    /// The numerator of a channel's bias.
    pub fn bias_of(&self, channel: usize) -> BigInt {
        self.bias.as_ref().map_or(BigInt::zero(), |bias| bias[channel].clone())
    }

    /// Numerators of sums of products, over the power of two of the cells.
    pub fn shifted(&self, sum: BigInt) -> BigInt {
        sum << self.shift
    }

    pub fn has_bias(&self) -> bool {
        self.bias.is_some()
    }
}

/// `Σ g`, or `Σ |g|`, per channel: the bias gradient. Each cell counts as one product with 1.
fn channel_sums(tensor: &Operand, absolute: bool) -> Sums {
    let (samples, channels) = (tensor.shape[0], tensor.shape[1]);
    let inner: usize = tensor.shape[2..].iter().product();
    let sum = |channel: usize| {
        let ranges = (0..samples).map(|n| (n * channels + channel) * inner..(n * channels + channel + 1) * inner);
        match &tensor.scaled.numerators {
            Numerators::Big(all) => {
                let signed = |n: &BigInt| if absolute { n.abs() } else { n.clone() };
                ranges.flat_map(|range| &all[range]).map(signed).sum()
            }
            // Fewer than 2^63 numbers of 64 bits.
            short => {
                let signed = |n: i64| if absolute { i128::from(n).abs() } else { n.into() };
                BigInt::from(ranges.flatten().filter_map(|n| short.short(n)).map(signed).sum::<i128>())
            }
        }
    };
    let values = Values::Big((0..channels).map(sum).collect());
    let terms = Terms::constant(channels, (tensor.len() / channels) as u64);
    Sums::new(vec![channels], values, terms, tensor.scaled.exponent)
}

/// The same numbers over a power of two that is smaller by `shift`.
fn shifted(values: Values, shift: u32) -> Values {
    if shift == 0 {
        return values;
    }
    let short = |n: usize| {
        let value = values.short(n)?;
        // The sign and the bits that are lost must be one and the same.
        (shift < 127 && value << shift >> shift == value).then(|| value << shift)
    };
    match (0..values.len()).map(short).collect() {
        Some(all) => Values::I128(all),
        None => Values::Big((0..values.len()).map(|n| values.integer(n) << shift).collect()),
    }
}
