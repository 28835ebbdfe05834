//! What a list of products comes to, and whether that was observed.

use num_bigint::BigInt;
use num_traits::{Signed, ToPrimitive, Zero};

use super::Problem;
use super::nest::{Narrow, Nest, TAP_ZERO, Times, places};
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
    /// The sum in a register of 16 bits, each partial sum brought to its range.
    register: i64,
}

/// A cell with its bias; `Σ|a||b|` and `|b|` as numerators.
struct Whole {
    exact: Rational,
    products: BigInt,
    bias: BigInt,
    terms: u64,
}

/// The range of 16 bits.
const LOWEST: i64 = i16::MIN as i64;
const LARGEST: i64 = i16::MAX as i64;

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
        // Registers hold the integers themselves.
        let scale = self.sums.narrow.and(problem.integer_scale());
        let mut outer = self.outer.clone();
        outer.sort_by_key(|join| join[result]);
        let (mut start, cells) = (0, self.shape.iter().product::<usize>());
        let mut taps = vec![0u64; self.block];
        self.inner.iter().for_each(|at| taps[at[result]] += 1);
        for channel in 0..cells.div_ceil(self.block.max(1)) {
            let end = start + outer[start..].iter().take_while(|join| join[result] == channel).count();
            let mut sums = vec![Cell::default(); self.block];
            let mut add = |join: &[usize; 3], at: &[usize; 3]| {
                // `TAP_ZERO` is the highest bit: without it, the channel itself.
                let row = second.map_or(0, |second| (join[second] & !TAP_ZERO) * b_block);
                let moves = second.filter(|&second| join[second] & TAP_ZERO == 0);
                let (i, j) = (join[first] * a_block + at[first], row + moves.map_or(0, |second| at[second]));
                sums[at[result]].add(&a.scaled.numerators, i, b.map(|b| (&b.scaled.numerators, j)), scale);
            };
            match self.sums.narrow {
                Some(Narrow::EachSaturates { channels_last: true, descending }) => in_order(&self.inner, descending)
                    .for_each(|at| outer[start..end].iter().for_each(|join| add(join, at))),
                Some(Narrow::EachSaturates { descending, .. }) => outer[start..end]
                    .iter()
                    .for_each(|join| in_order(&self.inner, descending).for_each(|at| add(join, at))),
                _ => outer[start..end].iter().for_each(|join| self.inner.iter().for_each(|at| add(join, at))),
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
        let of = |numerator: &BigInt| rational(numerator.clone(), map.exponent);
        let narrow = |n: Rational, wraps: bool| Rational::from(in_16_bits(&n.to_integer(), wraps));
        let exact = match self.sums.narrow {
            None => of(&(sum + &bias)),
            Some(Narrow::Wraps { with_bias: true }) => narrow(of(&(sum + &bias)), true),
            Some(Narrow::Wraps { .. }) => narrow(of(&sum), true) + of(&bias),
            Some(Narrow::Saturates { with_bias: true }) => narrow(of(&(sum + &bias)), false),
            Some(Narrow::Saturates { .. }) => narrow(of(&sum), false) + of(&bias),
            Some(Narrow::EachSaturates { .. }) => Rational::from(BigInt::from(cell.register)) + of(&bias),
        };
        let exact = match self.sums.factor {
            None => exact,
            Some((by, over)) => exact * Rational::new(by.into(), over.into()),
        };
        Whole { exact, products, bias: bias.abs(), terms }
    }

    /// The numbers that this program gives.
    pub fn values(&self, problem: &Problem<'_>) -> Vec<Rational> {
        let map = Map::new(problem.spec, problem.role, problem.operands);
        let mut values = vec![Rational::zero(); self.shape.iter().product()];
        self.each(problem, &map, |cell, whole| {
            values[cell] = whole.exact;
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
        let factor = self.sums.factor.unwrap_or((1, 1));
        self.each(problem, &map, |cell, whole| {
            let Some(got) = observed.dyadic(cell) else { return false };
            let got = got.to_rational();
            let exact = whole.exact;
            if got == exact {
                return true;
            }
            let most = &whole.products + &whole.bias;
            // Multiples and quotients are rounded where the sum is not, but for powers of two.
            let rounds = factor.0.unsigned_abs().count_ones() > 1 || factor.1.count_ones() > 1;
            let sums_exactly = || formats.iter().all(|f| f.sums_exactly(&most, map.exponent));
            if !is_float || most.is_zero() || !rounds && sums_exactly() {
                return false;
            }
            let by = Rational::new(factor.0.abs().into(), factor.1.into());
            let (products, bias) = (rational(whole.products, map.exponent), rational(whole.bias, map.exponent));
            let (products, bias) = (products * &by, bias * &by);
            let terms = whole.terms + if rounds { ROUNDINGS } else { 0 };
            let sums = CellSums { exact: &exact, products: &products, bias: &bias, terms };
            let bound = under.arithmetic.bound(&sums, under.rounds_inputs);
            &products + &bias + &bound <= largest && ratio(&(got - &exact).abs(), &bound) <= 1.0
        })
    }
}

/// Roundings of a factor, of the numbers that are added up or of their sum, and of its reciprocal.
const ROUNDINGS: u64 = 4;

/// Products of the positions, in order or backwards.
fn in_order(inner: &[[usize; 3]], descending: bool) -> impl Iterator<Item = &[usize; 3]> {
    let last = inner.len().wrapping_sub(1);
    (0..inner.len()).map(move |n| &inner[if descending { last - n } else { n }])
}

/// What 16 bits hold of an integer.
fn in_16_bits(n: &BigInt, wraps: bool) -> BigInt {
    if !wraps {
        return n.clone().clamp(LOWEST.into(), LARGEST.into());
    }
    let all = BigInt::from(LARGEST - LOWEST + 1);
    let above = num_integer::Integer::mod_floor(&(n - LOWEST), &all);
    above + LOWEST
}

impl Cell {
    fn add(&mut self, a: &Numerators, i: usize, b: Option<(&Numerators, usize)>, scale: Option<u32>) {
        self.products += 1;
        let short = a.short(i).zip(b.map_or(Some(1), |(b, j)| b.short(j)));
        if let Some((x, y)) = short {
            let product = i128::from(x) * i128::from(y);
            if let Some(scale) = scale {
                let whole = (product << scale).to_i64().unwrap_or(0);
                self.register = self.register.saturating_add(whole).clamp(LOWEST, LARGEST);
            }
            self.sum.add(product);
            self.magnitude.add(product.abs());
        } else {
            let product = a.integer(i) * b.map_or(BigInt::from(1), |(b, j)| b.integer(j));
            self.magnitude.add_long(product.abs());
            self.sum.add_long(product);
        }
    }
}
