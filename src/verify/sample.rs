//! Single cells of a map, straight from the definition: what a few of them show of a large map.
//!
//! A cell that is wrong under a mistake rules the mistake out; a cell with another value under it
//! shows that the data tell them apart. Neither takes more than some of the cells.

use num_bigint::BigInt;
use num_traits::{Signed, Zero};

use super::judge::{Sums, Under, ratio};
use super::map::Map;
use super::observed::Observed;
use super::operand::Operand;
use super::truth::rational;
use crate::error::Error;
use crate::evaluate::{Target, Terms};
use crate::geometry::{Axis, Geometry, signed, size};
use crate::tensor::unflatten;

/// Products, and cells, of one sample.
const MAX_PRODUCTS: u64 = 1 << 20;
const MAX_CELLS: u64 = 256;

/// Cells of a result, spread over all of it, the first and the last among them: at least 8, and so
/// few that they take about 2^20 products.
pub(super) fn spread(map: &Map<'_>) -> Vec<usize> {
    let cells = map.cells() as u64;
    let terms = map.target().map_or(1, |target| Terms::new(&map.spec.geometry, target).most()).max(1);
    let count = (MAX_PRODUCTS / terms).clamp(8, MAX_CELLS).min(cells);
    // Multiples of the golden ratio, modulo 1.
    let place = |n: u64| (u128::from(n.wrapping_mul(0x9e37_79b9_7f4a_7c15)) * u128::from(cells)) >> 64;
    let inside = (1..count).map(|n| usize::try_from(place(n)).unwrap_or(0));
    let mut all: Vec<usize> = inside.chain([0, map.cells().saturating_sub(1)]).collect();
    all.sort_unstable();
    all.dedup();
    all
}

/// Where an axis is met: position in the first operand, position in the second.
fn meetings(axis: &Axis, target: Target, position: usize) -> Vec<(usize, usize)> {
    let position = signed(position);
    match target {
        Target::Output => axis.meetings_of_output(position).map(|m| (size(m.i), size(m.t))).collect(),
        Target::Input => axis.meetings_of_input(position).map(|m| (size(m.o), size(m.t))).collect(),
        Target::Weight => {
            let all = (0..axis.input()).flat_map(|i| axis.meetings_of_input(i));
            all.filter(|m| m.t == position).map(|m| (size(m.i), size(m.o))).collect()
        }
    }
}

/// `Σ a·b` and `Σ|a||b|` of one cell, as loops.
fn sum(g: &Geometry, target: Target, a: &Operand, b: &Operand, cell: usize) -> (BigInt, BigInt) {
    let at = unflatten(&target.shape(g), cell);
    let lists: Vec<_> = g.axes().iter().zip(&at[2..]).map(|(axis, &p)| meetings(axis, target, p)).collect();
    // Offsets within one channel of each operand.
    let mut met = vec![(0, 0)];
    for (n, list) in lists.iter().enumerate() {
        let (a, b) = (a.shape[2 + n], b.shape[2 + n]);
        met = met.iter().flat_map(|&(p, q)| list.iter().map(move |&(s, t)| (p * a + s, q * b + t))).collect();
    }
    let groups = size(g.groups());
    let (inputs, outputs) = (size(g.in_channels()) / groups, size(g.out_channels()) / groups);
    // Channels of both operands as flat numbers of their first two axes.
    let channels: Vec<(usize, usize)> = match target {
        Target::Output => {
            let (group, own) = (at[1] / outputs, at[1] % outputs);
            let of = |ci: usize| (at[0] * inputs * groups + ci, ci * outputs + own);
            (group * inputs..(group + 1) * inputs).map(of).collect()
        }
        Target::Input => {
            let first = at[1] / inputs * outputs;
            (0..outputs).map(|co| (at[0] * outputs * groups + first + co, at[1] * outputs + co)).collect()
        }
        Target::Weight => {
            let co = at[0] / inputs * outputs + at[1];
            let of = |n: usize| (n * inputs * groups + at[0], n * outputs * groups + co);
            (0..size(g.batch())).map(of).collect()
        }
    };
    let inner = |operand: &Operand| operand.shape[2..].iter().product::<usize>();
    let (in_a, in_b) = (inner(a), inner(b));
    let (mut total, mut magnitude) = (Sum::default(), Sum::default());
    for (p, q) in channels {
        for &(s, t) in &met {
            let (i, j) = (p * in_a + s, q * in_b + t);
            if let (Some(x), Some(y)) = (a.scaled.numerators.short(i), b.scaled.numerators.short(j)) {
                let product = i128::from(x) * i128::from(y);
                total.add(product);
                magnitude.add(product.abs());
            } else {
                let product = a.scaled.numerators.integer(i) * b.scaled.numerators.integer(j);
                magnitude.long += product.abs();
                total.long += product;
            }
        }
    }
    (total.integer(), magnitude.integer())
}

/// A sum that is long only where it has to be.
#[derive(Default, Clone)]
pub(super) struct Sum {
    short: i128,
    long: BigInt,
}

impl Sum {
    pub fn add(&mut self, n: i128) {
        self.short = self.short.checked_add(n).unwrap_or_else(|| {
            self.long += self.short;
            n
        });
    }

    pub fn add_long(&mut self, n: BigInt) {
        self.long += n;
    }

    pub fn integer(self) -> BigInt {
        self.long + self.short
    }
}

impl Map<'_> {
    /// One cell of the result with what its bound is made of. Cost: its products, one by one.
    pub fn cell(&self, cell: usize) -> Result<Sums, Error> {
        let of = |numerator| rational(numerator, self.exponent);
        let (Some(target), Some(second)) = (self.target(), &self.operands.second) else {
            let (truth, magnitudes) = (self.truth(None)?, self.magnitudes(None)?);
            let (exact, products) = (truth.exact(cell), of(magnitudes.integer(cell)));
            return Ok(Sums { exact, products, bias: of(BigInt::zero()), terms: truth.terms(cell) });
        };
        let (a, b) = self.pair(&self.operands.first, second);
        let (total, magnitude) = sum(&self.spec.geometry, target, a, b, cell);
        let bias = self.bias(cell);
        let terms = Terms::new(&self.spec.geometry, target).of(cell) + u64::from(self.has_bias());
        let (exact, products) = (of(self.shifted(total) + &bias), of(self.shifted(magnitude)));
        Ok(Sums { exact, products, bias: of(bias.abs()), terms })
    }

    /// Whether some of these cells is not what the map gives: where every order of summation is
    /// exact another value, otherwise one beyond its bound.
    pub fn is_ruled_out(&self, observed: &Observed<'_>, under: &Under, cells: &[usize]) -> Result<bool, Error> {
        let formats = under.arithmetic.formats();
        let is_float = formats.iter().all(|f| f.is_float());
        let most = self.most();
        let is_exact = !is_float || most.is_zero() || formats.iter().all(|f| f.sums_exactly(&most, self.exponent));
        let largest = under.arithmetic.accumulate.maximum().min(under.arithmetic.output.maximum());
        for &cell in cells {
            let sums = self.cell(cell)?;
            let error = observed.dyadic(cell).map(|got| (got.to_rational() - &sums.exact).abs());
            let is_wrong = match (is_exact, error) {
                (_, None) => true,
                (true, Some(error)) => !error.is_zero(),
                (false, Some(error)) => {
                    let bound = under.arithmetic.bound(&sums.as_ref(), under.rounds_inputs);
                    &sums.products + &sums.bias + &bound <= largest && ratio(&error, &bound) > 1.0
                }
            };
            if is_wrong {
                return Ok(true);
            }
        }
        Ok(false)
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::super::map::Operands;
    use super::super::truth::Role;
    use super::*;
    use crate::geometry::Spec;
    use crate::scalar::Dyadic;

    #[test]
    fn single_cells_are_those_of_the_whole() {
        for (spec, role) in [
            ("tconv i3x2 k2x3 s2x1 p1x0 c6:9 g3 n2", Role::Forward),
            ("conv i7x5 k2x3 s2x1 p1x0 c6:9 g3 n2", Role::Forward),
            ("tconv i3x2 k2x3 s2x1 a1 c6:9 g3 n2", Role::InputGradient),
            ("tconv i3x2 k2x3 s2x1 d2 c6:9 g3 n2", Role::WeightGradient),
            ("conv i7x5 k2x3 s2x1 c6:9 g3 n2", Role::WeightGradient),
        ] {
            let spec: Spec = spec.parse().unwrap();
            let (x, y) = (spec.input_shape(), spec.output_shape());
            let (first, second) = match role {
                Role::Forward => (x, spec.geometry.weight_shape()),
                Role::InputGradient => (y, spec.geometry.weight_shape()),
                _ => (x, y),
            };
            let operand = |shape: Vec<usize>| {
                Arc::new(Operand::new(shape, |n| Dyadic::new(i64::try_from(n * n % 23).unwrap() - 11, -3)))
            };
            let bias = (role == Role::Forward).then(|| (0..9).map(|n| Dyadic::new(n - 4, -9)).collect());
            let operands = Operands { first: operand(first), second: Some(operand(second)), bias };
            let map = Map::new(&spec, role, &operands);
            let (truth, magnitudes) = (map.truth(None).unwrap(), map.magnitudes(None).unwrap());
            for cell in 0..map.cells() {
                let found = map.cell(cell).unwrap();
                assert_eq!(found.exact, truth.exact(cell), "{spec} {cell}");
                assert_eq!(found.products, rational(magnitudes.integer(cell), map.exponent), "{spec} {cell}");
                assert_eq!(found.terms, truth.terms(cell));
            }
        }
    }
}
