//! What a list of products comes to, and whether that was observed.

use num_bigint::BigInt;
use num_traits::{Signed, Zero};

use super::Problem;
use super::nest::{Nest, TAP_ZERO, Times, places};
use crate::evaluate::Numerators;
use crate::scalar::Rational;
use crate::verify::judge::{Under, ratio};
use crate::verify::map::Map;
use crate::verify::observed::Observed;
use crate::verify::rounding::CellSums;
use crate::verify::sample::Sum;
use crate::verify::truth::rational;

/// `Σ a·b`, `Σ|a||b|` and the number of products of a cell.
#[derive(Default, Clone)]
struct Cell {
    sum: Sum,
    magnitude: Sum,
    products: u64,
}

/// A cell with its bias, as numerators.
struct Whole {
    exact: BigInt,
    products: BigInt,
    bias: BigInt,
    terms: u64,
}

impl Nest {
    /// Computed cells, channel by channel of the result: `visit(cell, …)` until it says no. False
    /// if it did.
    fn each(&self, problem: &Problem<'_>, map: &Map<'_>, mut visit: impl FnMut(usize, Whole) -> bool) -> bool {
        let (result, first, second) = places(problem);
        let operands = problem.operands;
        let a = &operands.first;
        let b = second.and(operands.second.as_ref());
        let inner = |o: &crate::verify::operand::Operand| o.shape[2..].iter().product::<usize>();
        let (a_block, b_block) = (inner(a), b.map_or(0, |b| inner(b)));
        let mut outer = self.outer.clone();
        outer.sort_by_key(|join| join[result]);
        let (mut start, cells) = (0, self.shape.iter().product::<usize>());
        let mut taps = vec![0u64; self.block];
        self.inner.iter().for_each(|at| taps[at[result]] += 1);
        for channel in 0..cells.div_ceil(self.block.max(1)) {
            let end = start + outer[start..].iter().take_while(|join| join[result] == channel).count();
            let mut sums = vec![Cell::default(); self.block];
            for join in &outer[start..end] {
                // `TAP_ZERO` is the highest bit: without it, the channel itself.
                let row = second.map_or(0, |second| (join[second] & !TAP_ZERO) * b_block);
                let moves = second.filter(|&second| join[second] & TAP_ZERO == 0);
                for at in &self.inner {
                    let (i, j) = (join[first] * a_block + at[first], row + moves.map_or(0, |second| at[second]));
                    sums[at[result]].add(&a.scaled.numerators, i, b.map(|b| (&b.scaled.numerators, j)));
                }
            }
            start = end;
            for (n, cell) in sums.into_iter().enumerate() {
                let computed = channel * self.block + n;
                let stored = self.stored.as_ref().map_or(computed, |stored| stored[computed]);
                if stored < cells && !visit(stored, self.whole(map, channel, n, cell, taps[n])) {
                    return false;
                }
            }
        }
        true
    }

    /// A cell with its bias.
    fn whole(&self, map: &Map<'_>, channel: usize, position: usize, cell: Cell, taps: u64) -> Whole {
        let times = match self.bias.times {
            _ if self.bias.blank.get(position) == Some(&true) => 0,
            Times::Often(times) => times,
            Times::Covered => cell.products.min(1),
            Times::PerProduct => cell.products,
            Times::PerTap => taps,
        };
        let one = map.bias_of(self.bias.channels[channel % self.bias.channels.len()]);
        let bias = one * times;
        let (sum, products) = (map.shifted(cell.sum.integer()), map.shifted(cell.magnitude.integer()));
        let terms = cell.products + if map.has_bias() { times } else { 0 };
        Whole { exact: sum + &bias, products, bias: bias.abs(), terms }
    }

    /// The numbers that this program gives.
    pub fn values(&self, problem: &Problem<'_>) -> Vec<Rational> {
        let map = Map::new(problem.spec, problem.role, problem.operands);
        let mut values = vec![Rational::zero(); self.shape.iter().product()];
        self.each(problem, &map, |cell, whole| {
            values[cell] = rational(whole.exact, map.exponent);
            true
        });
        values
    }

    /// Whether it gives the observed numbers: exactly where every order of summation is exact, else
    /// within the bound of an arithmetic.
    pub fn fits(&self, problem: &Problem<'_>, observed: &Observed<'_>, under: &Under) -> bool {
        let map = Map::new(problem.spec, problem.role, problem.operands);
        let formats = under.arithmetic.formats();
        let is_float = formats.iter().all(|f| f.is_float());
        let largest = under.arithmetic.accumulate.maximum().min(under.arithmetic.output.maximum());
        self.each(problem, &map, |cell, whole| {
            let Some(got) = observed.dyadic(cell) else { return false };
            let got = got.to_rational();
            let exact = rational(whole.exact, map.exponent);
            if got == exact {
                return true;
            }
            let most = &whole.products + &whole.bias;
            if !is_float || most.is_zero() || formats.iter().all(|f| f.sums_exactly(&most, map.exponent)) {
                return false;
            }
            let (products, bias) = (rational(whole.products, map.exponent), rational(whole.bias, map.exponent));
            let sums = CellSums { exact: &exact, products: &products, bias: &bias, terms: whole.terms };
            let bound = under.arithmetic.bound(&sums, under.rounds_inputs);
            &products + &bias + &bound <= largest && ratio(&(got - &exact).abs(), &bound) <= 1.0
        })
    }
}

impl Cell {
    fn add(&mut self, a: &Numerators, i: usize, b: Option<(&Numerators, usize)>) {
        self.products += 1;
        let short = a.short(i).zip(b.map_or(Some(1), |(b, j)| b.short(j)));
        if let Some((x, y)) = short {
            let product = i128::from(x) * i128::from(y);
            self.sum.add(product);
            self.magnitude.add(product.abs());
        } else {
            let product = a.integer(i) * b.map_or(BigInt::from(1), |(b, j)| b.integer(j));
            self.magnitude.add_long(product.abs());
            self.sum.add_long(product);
        }
    }
}
