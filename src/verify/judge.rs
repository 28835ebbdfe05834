//! From the exact result and the observed one to a verdict, part by part.
//!
//! Where the data lie on one binary grid, none of them subnormal, and every `|b| + Σ|x||w|` fits the
//! significand of the narrowest float and the range of every integer type, every order of summation
//! is exact, and the result must be equal (**exact** mode; not a statement about Winograd or FFT
//! kernels). Otherwise each cell is held against its a-priori bound (**bound** mode,
//! [`super::rounding`]). Hardware may read subnormal operands as 0: a cell that one reaches can be
//! found the same, never different.
//!
//! `max|x|·max|w|·terms + max|b|` settles exact mode for most data without a second look. Where it
//! does not, both modes are tallied until some `|b| + Σ|x||w|` is too large.

use num_bigint::BigInt;
use num_traits::{Signed, ToPrimitive, Zero};

use super::filter::{Filter, Rough};
use super::judgement::{Judgement, Mode, Verdict, WrongCell};
use super::map::Map;
use super::observed::Observed;
use super::parts::Part;
use super::rounding::{Arithmetic, CellSums};
use super::truth::{Truth, rational};
use crate::error::Error;
use crate::evaluate::Values;
use crate::scalar::{Dyadic, Rational, show_rational};
use crate::tensor::unflatten;

/// An arithmetic under which a result is judged.
#[derive(Debug, Clone, Copy)]
pub(super) struct Under {
    pub arithmetic: Arithmetic,
    /// Whether the declared input type is narrower than the data's.
    pub rounds_inputs: bool,
}

/// What is judged, and how much of it.
pub(super) struct Bench<'a> {
    pub map: &'a Map<'a>,
    /// The map with subnormal operands read as 0, if there are any.
    pub flushed: Option<&'a Map<'a>>,
    pub observed: &'a Observed<'a>,
    /// Whether to stop at the first difference: only whether it is the same is asked.
    pub briefly: bool,
}

/// A judgement, and the cell with the largest ratio.
pub(super) struct Found {
    pub judgement: Judgement,
    pub worst: Option<usize>,
}

impl Bench<'_> {
    /// Judges under several arithmetics at once. `done` hears of the cells judged so far.
    ///
    /// Cost: the products of the map, twice where magnitudes are needed. Memory: those of one part.
    pub fn judge(&self, under: &[Under], done: &mut dyn FnMut(usize)) -> Result<Vec<Found>, Error> {
        let map = self.map;
        let (most, natural) = (map.most(), map.is_natural());
        let mut running: Vec<Running> = under.iter().map(|&under| Running::new(self, under, &most, natural)).collect();
        for part in map.parts() {
            let truth = map.truth(part.as_ref())?;
            let magnitudes = match running.iter().all(|r| r.exactness == Some(true)) {
                true => None,
                false if natural => Some((*truth.values).clone()),
                false => Some(map.magnitudes(part.as_ref())?),
            };
            let cells = Cells { truth: &truth, magnitudes: magnitudes.as_ref(), part: part.as_ref() };
            for running in running.iter_mut().filter(|r| !r.is_settled) {
                running.judge(self, &cells)?;
            }
            done(truth.first + truth.cells());
            if running.iter().all(|r| r.is_settled) {
                break;
            }
        }
        Ok(running.into_iter().map(|r| r.found(map.cells())).collect())
    }
}

/// The cells of a part, with `Σ|x||w|` unless nothing can need them.
struct Cells<'a> {
    truth: &'a Truth,
    magnitudes: Option<&'a Values>,
    part: Option<&'a Part>,
}

/// What was counted in one mode.
#[derive(Debug, Default)]
struct Tally {
    wrong: usize,
    first: Option<WrongCell>,
    max_ratio: f64,
    worst: Option<usize>,
    /// Cells of which nothing is claimed.
    beyond: usize,
    unsure: usize,
}

/// Judging under one arithmetic.
struct Running {
    under: Under,
    filter: Option<Filter>,
    is_float: bool,
    /// Whether the data allow exact mode; none as long as it is open.
    exactness: Option<bool>,
    exact: Tally,
    bound: Tally,
    largest: Rational,
    /// Nothing more can be found out.
    is_settled: bool,
}

impl Running {
    fn new(bench: &Bench<'_>, under: Under, most: &BigInt, natural: bool) -> Running {
        let formats = under.arithmetic.formats();
        // An unsigned type wraps below zero, on the way there too.
        let signs = natural || !formats.iter().any(|f| f.is_unsigned());
        let surely = most.is_zero() || (signs && formats.iter().all(|f| f.sums_exactly(most, bench.map.exponent)));
        let is_float = formats.iter().all(|f| f.is_float());
        Running {
            under,
            filter: Filter::new(&under.arithmetic, under.rounds_inputs, bench.map.exponent),
            is_float,
            exactness: if bench.flushed.is_some() { Some(false) } else { surely.then_some(true) },
            exact: Tally::default(),
            bound: Tally::default(),
            largest: under.arithmetic.accumulate.maximum().min(under.arithmetic.output.maximum()),
            is_settled: bench.flushed.is_some() && !is_float,
        }
    }

    fn judge(&mut self, bench: &Bench<'_>, cells: &Cells<'_>) -> Result<(), Error> {
        if self.exactness.is_none() && !self.is_exact_on(cells) {
            self.exactness = Some(false);
            self.is_settled = !self.is_float;
        }
        if self.exactness != Some(false) {
            self.judge_exact(bench, cells);
        }
        if self.exactness != Some(true) && self.is_float {
            self.judge_bound(bench, cells)?;
        }
        if bench.briefly {
            self.is_settled |= match self.exactness {
                Some(true) => self.exact.wrong > 0,
                Some(false) => self.bound.wrong + self.bound.beyond + self.bound.unsure > 0,
                None => self.exact.wrong > 0 && self.bound.wrong > 0,
            };
        }
        Ok(())
    }

    /// Whether these cells allow exact mode.
    fn is_exact_on(&self, cells: &Cells<'_>) -> bool {
        let Some(magnitudes) = cells.magnitudes else { return true };
        let (truth, formats) = (cells.truth, self.under.arithmetic.formats());
        let largest = match truth.bias(0) {
            None => magnitudes.largest(),
            Some(_) => {
                let with_bias = |cell| magnitudes.integer(cell) + truth.bias(cell).map_or(BigInt::ZERO, Signed::abs);
                (0..truth.cells()).map(with_bias).max().unwrap_or_default()
            }
        };
        if largest.is_zero() {
            return true;
        }
        let is_natural = |cell: usize| {
            let short = truth.values.short(cell).zip(magnitudes.short(cell));
            let equal = match short {
                Some((value, magnitude)) => value == magnitude,
                None => truth.values.integer(cell) == magnitudes.integer(cell),
            };
            equal && truth.bias(cell).is_none_or(|bias| !bias.is_negative())
        };
        let signs = !formats.iter().any(|f| f.is_unsigned()) || (0..truth.cells()).all(is_natural);
        signs && formats.iter().all(|f| f.sums_exactly(&largest, truth.exponent))
    }

    fn judge_exact(&mut self, bench: &Bench<'_>, cells: &Cells<'_>) {
        let truth = cells.truth;
        for cell in 0..truth.cells() {
            let got = bench.observed.dyadic(truth.first + cell);
            if got.is_some_and(|got| truth.equals(cell, got)) {
                continue;
            }
            self.exact.wrong += 1;
            self.exact.first.get_or_insert_with(|| wrong_cell(bench, truth, cell, &Rational::zero()));
            if bench.briefly {
                return;
            }
        }
    }

    fn judge_bound(&mut self, bench: &Bench<'_>, cells: &Cells<'_>) -> Result<(), Error> {
        let (truth, tally) = (cells.truth, &mut self.bound);
        // The same cells with subnormal operands read as 0, where they are needed.
        let mut other: Option<(Truth, Values)> = None;
        for cell in 0..truth.cells() {
            let got = bench.observed.dyadic(truth.first + cell);
            let rough = self.filter.as_ref().and_then(|filter| filter.ratio(cells.rough(cell, got)?));
            let needs_bound = |ratio: f64| ratio > 1.0 && (tally.first.is_none() || bench.flushed.is_some());
            let settles = |ratio: f64| {
                !Filter::is_open(ratio) && !Filter::may_exceed(ratio, tally.max_ratio) && !needs_bound(ratio)
            };
            if let Some(ratio) = rough.filter(|&ratio| ratio == 0.0 || settles(ratio)) {
                tally.wrong += usize::from(ratio > 1.0);
                continue;
            }
            let sums = cells.sums(cell);
            let bound = self.under.arithmetic.bound(&sums.as_ref(), self.under.rounds_inputs);
            // A partial sum may overflow although the truth does not.
            if &sums.products + &sums.bias + &bound > self.largest {
                tally.beyond += 1;
                continue;
            }
            let ratio = got.map_or(f64::INFINITY, |got| ratio(&(got.to_rational() - &sums.exact).abs(), &bound));
            if ratio > 1.0
                && let Some(flushed) = bench.flushed
            {
                let (flushed_truth, flushed) = match &other {
                    Some(known) => known,
                    None => other.insert((flushed.truth(cells.part)?, flushed.magnitudes(cells.part)?)),
                };
                let exponent = flushed_truth.exponent;
                let bias = flushed_truth.bias(cell).map_or(BigInt::ZERO, Signed::abs);
                let reached = rational(flushed.integer(cell), exponent) != sums.products;
                if reached || rational(bias, exponent) != sums.bias {
                    tally.unsure += 1;
                    continue;
                }
            }
            if ratio > tally.max_ratio {
                (tally.max_ratio, tally.worst) = (ratio, Some(truth.first + cell));
            }
            if ratio > 1.0 {
                tally.wrong += 1;
                tally.first.get_or_insert_with(|| wrong_cell(bench, truth, cell, &bound));
                if bench.briefly {
                    return Ok(());
                }
            }
        }
        Ok(())
    }

    fn found(self, cells: usize) -> Found {
        let name = self.under.arithmetic.name();
        if self.exactness == Some(false) && !self.is_float {
            let reason = format!(
                "Σ|x||w| + |b|, or a sign or fraction, is beyond what {name} holds exactly: sums may overflow, no claim is made"
            );
            return Found { judgement: Judgement { cells, ..Judgement::unanswered(reason) }, worst: None };
        }
        let (mode, tally) = match self.exactness {
            Some(false) => (Mode::Bound, self.bound),
            _ => (Mode::Exact, self.exact),
        };
        let verdict = match (tally.wrong, tally.beyond + tally.unsure) {
            (0, 0) => Verdict::Same,
            (0, _) => Verdict::Unanswered,
            _ => Verdict::Differs,
        };
        let judgement = Judgement {
            verdict,
            mode: Some(mode),
            max_ratio: (mode == Mode::Bound).then_some(tally.max_ratio),
            cells,
            cells_wrong: tally.wrong,
            first: tally.first,
            reason: no_claim(tally.beyond, tally.unsure, cells, &name),
        };
        Found { judgement, worst: tally.worst }
    }
}

/// What [`CellSums`] refers to.
pub(super) struct Sums {
    pub exact: Rational,
    pub products: Rational,
    pub bias: Rational,
    pub terms: u64,
}

impl Sums {
    pub fn as_ref(&self) -> CellSums<'_> {
        CellSums { exact: &self.exact, products: &self.products, bias: &self.bias, terms: self.terms }
    }
}

impl Cells<'_> {
    fn sums(&self, cell: usize) -> Sums {
        let truth = self.truth;
        let of = |numerator| rational(numerator, truth.exponent);
        Sums {
            exact: truth.exact(cell),
            products: of(self.magnitudes.map_or(BigInt::ZERO, |m| m.integer(cell))),
            bias: of(truth.bias(cell).map_or(BigInt::ZERO, Signed::abs)),
            terms: truth.terms(cell),
        }
    }

    /// The same in floats; none for what does not fit 128 bits.
    #[allow(clippy::cast_precision_loss)] // one rounding each
    fn rough(&self, cell: usize, got: Option<Dyadic>) -> Option<Rough> {
        let truth = self.truth;
        let error = got.map_or(Some(f64::INFINITY), |got| truth.error(cell, got).map(|e| e.unsigned_abs() as f64))?;
        let bias = truth.bias(cell).map_or(Some(0.0), |bias| bias.to_i128().map(|b| b.unsigned_abs() as f64))?;
        Some(Rough {
            error,
            exact: truth.short(cell)?.unsigned_abs() as f64,
            products: self.magnitudes?.short(cell)? as f64,
            bias,
            terms: truth.terms(cell),
        })
    }
}

/// About cells of which nothing is claimed, if there are any.
fn no_claim(beyond: usize, unsure: usize, cells: usize, arithmetic: &str) -> Option<String> {
    let range = format!("Σ|x||w| exceeds the range of {arithmetic}");
    let zero = "beyond the bound, but reached by a subnormal operand, which hardware may read as 0".to_owned();
    let about =
        |(count, why): (usize, String)| (count > 0).then(|| format!("no claim for {count} of {cells} cells: {why}"));
    let all: Vec<String> = [(beyond, range), (unsure, zero)].into_iter().filter_map(about).collect();
    (!all.is_empty()).then(|| all.join("; "))
}

fn wrong_cell(bench: &Bench<'_>, truth: &Truth, cell: usize, bound: &Rational) -> WrongCell {
    WrongCell {
        index: unflatten(&truth.shape, truth.first + cell),
        got: bench.observed.show(truth.first + cell),
        exact: show_rational(&truth.exact(cell)),
        bound: show_rational(bound),
    }
}

/// `error/bound`, never rounded across 1: the verdict hangs on that.
pub(super) fn ratio(error: &Rational, bound: &Rational) -> f64 {
    if error.is_zero() {
        return 0.0;
    }
    if bound.is_zero() {
        return f64::INFINITY;
    }
    let ratio = (error / bound).to_f64().unwrap_or(f64::INFINITY);
    if error <= bound { ratio.min(1.0) } else { ratio.max(1.0f64.next_up()) }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::super::format::Format;
    use super::super::map::Operands;
    use super::super::operand::Operand;
    use super::super::question::Question;
    use super::super::truth::Role;
    use super::*;
    use crate::data::{Array, Values};
    use crate::geometry::Spec;

    /// Floats of the given spread of exponents, some of them zero.
    fn floats(count: usize, spread: u64, state: &mut u64) -> Vec<f32> {
        let mut next = || {
            *state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            *state >> 33
        };
        let bits =
            |n: u64, e: u64, m: u64| u32::try_from(((n % 2) << 31) | ((110 + e % spread) << 23) | (m % (1 << 23)));
        let mut value =
            || if next().is_multiple_of(8) { 0.0 } else { f32::from_bits(bits(next(), next(), next()).unwrap()) };
        (0..count).map(|_| value()).collect()
    }

    /// Judging with the filter finds what judging every cell in rationals finds, on results that are
    /// right, at the edge of the bound, wrong, no numbers, and beyond the range.
    #[test]
    fn the_filter_changes_no_judgement() {
        let spec: Spec = "tconv i6x5 k3x2 s2x1 p1x0 c4:3 n2".parse().unwrap();
        let mut state = 1;
        for round in 0..60u16 {
            let spread = [1, 4, 20, 34][usize::from(round % 4)];
            let cells = |shape: &[usize]| shape.iter().product::<usize>();
            let (xs, ws) = (spec.input_shape(), spec.geometry.weight_shape());
            let (x, w) = (floats(cells(&xs), spread, &mut state), floats(cells(&ws), spread, &mut state));
            let array = |shape: &[usize], v: &[f32]| Array::new(shape.to_vec(), Values::F32(v.to_vec())).unwrap();
            let (x, w) = (array(&xs, &x), array(&ws, &w));
            let bias = floats(3, spread, &mut state);
            let bias = array(&[3], &bias);
            let operand = |array: &Array| Arc::new(Operand::of(array, |v| v));
            let all = (0..3).filter_map(|n| bias.dyadic(n)).collect();
            let bias_given = round % 3 > 0;
            let operands = Operands { first: operand(&x), second: Some(operand(&w)), bias: bias_given.then_some(all) };
            let map = Map::new(&spec, Role::Forward, &operands);
            let truth = map.truth(None).unwrap();
            let mut y: Vec<f32> = (0..truth.cells()).map(|cell| truth.exact(cell).to_f32().unwrap()).collect();
            for (n, value) in y.iter_mut().enumerate().filter(|(n, _)| (n + usize::from(round)).is_multiple_of(5)) {
                let ulps = u32::try_from(n % 40).unwrap();
                *value = if n % 35 == 0 { f32::NAN } else { f32::from_bits(value.to_bits().saturating_add(ulps)) };
            }
            let y = array(&spec.output_shape(), &y);
            let question = Question::forward(spec.clone(), x, w, bias_given.then_some(bias), y);
            let observed = question.observed(&spec).unwrap();
            let bench = Bench { map: &map, flushed: None, observed: &observed, briefly: false };
            for output in [Format::F32, Format::F16, Format::F64] {
                let arithmetic = Arithmetic { input: Format::Bf16, accumulate: Format::F32, output };
                let under = Under { arithmetic, rounds_inputs: round % 2 == 0 };
                let judge = |filter: bool| {
                    let mut running = Running::new(&bench, under, &map.most(), map.is_natural());
                    running.filter = running.filter.filter(|_| filter);
                    assert!(!filter || running.filter.is_some());
                    let magnitudes = map.magnitudes(None).unwrap();
                    running.judge(&bench, &Cells { truth: &truth, magnitudes: Some(&magnitudes), part: None }).unwrap();
                    let found = running.found(map.cells());
                    (format!("{:?}", found.judgement), found.worst)
                };
                assert_eq!(judge(true), judge(false), "round {round} {output:?}");
            }
        }
    }
}
