//! From the exact result and the observed one to a verdict.
//!
//! Where the data lie on one binary grid, none of them subnormal, and every `|b| + Σ|x||w|` fits the
//! significand of the narrowest float and the range of every integer type, every order of summation
//! is exact, and the result must be equal (**exact** mode; not a statement about Winograd or FFT
//! kernels). Otherwise each cell is held against its a-priori bound (**bound** mode,
//! [`super::rounding`]). Hardware may read subnormal operands as 0: a cell that one reaches can be
//! found the same, never different.

use num_traits::{Signed, ToPrimitive, Zero};

use super::rounding::{Arithmetic, CellSums};
use super::truth::Truth;
use crate::data::Array;
use crate::scalar::{Rational, show_rational};
use crate::tensor::{Tensor, unflatten};

/// What was found about one observed result.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[allow(clippy::exhaustive_enums)] // the three answers
pub enum Verdict {
    /// Equal, or within the bound in every cell.
    Same,
    /// Another value in some cell, or another shape.
    Differs,
    /// No statement can be made.
    Unanswered,
}

impl Verdict {
    /// `same`, `differs` or `unanswered`.
    pub fn word(self) -> &'static str {
        match self {
            Verdict::Same => "same",
            Verdict::Differs => "differs",
            Verdict::Unanswered => "unanswered",
        }
    }
}

/// How equality was judged.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[allow(clippy::exhaustive_enums)] // the three modes
pub enum Mode {
    /// Every order of summation is exact on these data: equality was demanded.
    Exact,
    /// Each cell was held against its a-priori bound.
    Bound,
    /// The implementation's matrix was read out and compared tap by tap.
    Symbolic,
}

impl Mode {
    /// `exact`, `bound` or `symbolic`.
    pub fn word(self) -> &'static str {
        match self {
            Mode::Exact => "exact",
            Mode::Bound => "bound",
            Mode::Symbolic => "symbolic",
        }
    }
}

/// The first wrong cell, in canonical row-major order.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct WrongCell {
    /// `[n, c, positions…]`, of a weight gradient `[C_in, C_out/groups, k…]`.
    pub index: Vec<usize>,
    /// What was observed: a rational, `NaN`, `inf` or `-inf`.
    pub got: String,
    /// The exact value.
    pub exact: String,
    /// How far a correct result may lie from it; `0` in exact mode.
    pub bound: String,
}

/// A verdict with its figures.
///
/// ```
/// use convproof::verify::{Mode, Verdict, expected};
/// let geometry = "tconv i2 k2".parse::<convproof::Spec>()?.geometry;
/// let found = expected(&geometry, &[1i32, 10], &[2, 3])?.judge(&[2, 24, 30])?;
/// assert_eq!((found.verdict, found.mode, found.cells_wrong), (Verdict::Differs, Some(Mode::Exact), 1));
/// let first = found.first.unwrap();
/// assert_eq!((first.index, first.got.as_str(), first.exact.as_str()), (vec![0, 0, 1], "24", "23"));
/// # Ok::<(), convproof::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Judgement {
    /// The verdict.
    pub verdict: Verdict,
    /// How it was reached; none if it was not reached.
    pub mode: Option<Mode>,
    /// The largest error as a multiple of its bound, in bound mode; infinite for NaN.
    pub max_ratio: Option<f64>,
    /// Cells of the result.
    pub cells: usize,
    /// Cells that differ.
    pub cells_wrong: usize,
    /// The first of them.
    pub first: Option<WrongCell>,
    /// Why there is no answer, or why there is nothing to compare cell by cell.
    pub reason: Option<String>,
}

impl Judgement {
    /// No statement, for this reason.
    pub fn unanswered(reason: String) -> Judgement {
        Judgement {
            verdict: Verdict::Unanswered,
            mode: None,
            max_ratio: None,
            cells: 0,
            cells_wrong: 0,
            first: None,
            reason: Some(reason),
        }
    }

    /// A result of another shape.
    pub(super) fn other_shape(expected: &[usize], got: &[usize]) -> Judgement {
        Judgement {
            verdict: Verdict::Differs,
            reason: Some(format!("y has the shape {got:?}; {expected:?} is right")),
            ..Judgement::unanswered(String::new())
        }
    }

    /// Whether the verdict is [`Verdict::Same`].
    pub fn is_same(&self) -> bool {
        self.verdict == Verdict::Same
    }
}

/// The observed result: the file's array, and where each canonical cell lies in it.
pub(super) struct Observed<'a> {
    pub array: &'a Array,
    pub cells: Tensor<usize>,
}

/// Whether the data allow exact mode under this arithmetic.
pub(super) fn is_exact(truth: &Truth, arithmetic: &Arithmetic) -> bool {
    let largest = truth.largest_magnitude();
    if largest.is_zero() {
        return true;
    }
    let formats = arithmetic.formats();
    // An unsigned type wraps below zero, on the way there too.
    if formats.iter().any(|f| f.is_unsigned()) && (0..truth.cells()).any(|cell| !truth.is_sum_of_naturals(cell)) {
        return false;
    }
    formats.iter().all(|f| f.sums_exactly(&largest, truth.exponent()))
}

/// Judges every cell. `rounds_inputs`: whether the declared input type is narrower than the data's;
/// `flushed`: the truth with subnormal operands read as 0, if there are any.
pub(super) fn judge(
    truth: &Truth,
    flushed: Option<&Truth>,
    observed: &Observed<'_>,
    arithmetic: &Arithmetic,
    rounds_inputs: bool,
) -> Judgement {
    if flushed.is_none() && is_exact(truth, arithmetic) {
        return judge_exact(truth, observed);
    }
    if !arithmetic.formats().iter().all(|f| f.is_float()) {
        return Judgement {
            cells: truth.cells(),
            ..Judgement::unanswered(format!(
                "Σ|x||w| + |b|, or a sign or fraction, is beyond what {} holds exactly: sums may overflow, no claim is made",
                arithmetic.name()
            ))
        };
    }
    judge_bound(truth, flushed, observed, arithmetic, rounds_inputs)
}

fn judge_exact(truth: &Truth, observed: &Observed<'_>) -> Judgement {
    let equal = |cell: usize| {
        observed.array.dyadic(observed.cells.entries()[cell]).is_some_and(|value| truth.equals(cell, value))
    };
    let mut wrong = (0..truth.cells()).filter(|&cell| !equal(cell));
    let first = wrong.next();
    let cells_wrong = first.map_or(0, |_| 1 + wrong.count());
    Judgement {
        verdict: if first.is_none() { Verdict::Same } else { Verdict::Differs },
        mode: Some(Mode::Exact),
        max_ratio: None,
        cells: truth.cells(),
        cells_wrong,
        first: first.map(|cell| wrong_cell(truth, observed, cell, &Rational::zero())),
        reason: None,
    }
}

fn judge_bound(
    truth: &Truth,
    flushed: Option<&Truth>,
    observed: &Observed<'_>,
    arithmetic: &Arithmetic,
    rounds_inputs: bool,
) -> Judgement {
    let largest = arithmetic.accumulate.maximum().min(arithmetic.output.maximum());
    let (mut max_ratio, mut cells_wrong, mut first, mut beyond, mut unsure) = (0f64, 0, None, 0usize, 0usize);
    for cell in 0..truth.cells() {
        let (exact, products, bias) = (truth.exact(cell), truth.products(cell), truth.bias_magnitude(cell));
        let sums = CellSums { exact: &exact, products: &products, bias: &bias, terms: truth.terms(cell) };
        let bound = arithmetic.bound(&sums, rounds_inputs);
        // A partial sum may overflow although the truth does not.
        if &products + &bias + &bound > largest {
            beyond += 1;
            continue;
        }
        let got = observed.array.dyadic(observed.cells.entries()[cell]);
        let ratio = got.map_or(f64::INFINITY, |got| ratio(&(got.to_rational() - &exact).abs(), &bound));
        let reached = |other: &Truth| other.products(cell) != products || other.bias_magnitude(cell) != bias;
        if ratio > 1.0 && flushed.is_some_and(reached) {
            unsure += 1;
            continue;
        }
        max_ratio = max_ratio.max(ratio);
        if ratio > 1.0 {
            cells_wrong += 1;
            first.get_or_insert_with(|| wrong_cell(truth, observed, cell, &bound));
        }
    }
    let verdict = match (cells_wrong, beyond + unsure) {
        (0, 0) => Verdict::Same,
        (0, _) => Verdict::Unanswered,
        _ => Verdict::Differs,
    };
    Judgement {
        verdict,
        mode: Some(Mode::Bound),
        max_ratio: Some(max_ratio),
        cells: truth.cells(),
        cells_wrong,
        first,
        reason: no_claim(beyond, unsure, truth.cells(), arithmetic),
    }
}

/// About cells of which nothing is claimed, if there are any.
fn no_claim(beyond: usize, unsure: usize, cells: usize, arithmetic: &Arithmetic) -> Option<String> {
    let range = format!("Σ|x||w| exceeds the range of {}", arithmetic.name());
    let zero = "beyond the bound, but reached by a subnormal operand, which hardware may read as 0".to_owned();
    let about =
        |(count, why): (usize, String)| (count > 0).then(|| format!("no claim for {count} of {cells} cells: {why}"));
    let all: Vec<String> = [(beyond, range), (unsure, zero)].into_iter().filter_map(about).collect();
    (!all.is_empty()).then(|| all.join("; "))
}

fn wrong_cell(truth: &Truth, observed: &Observed<'_>, cell: usize, bound: &Rational) -> WrongCell {
    WrongCell {
        index: unflatten(&truth.shape, cell),
        got: observed.array.show(observed.cells.entries()[cell]),
        exact: show_rational(&truth.exact(cell)),
        bound: show_rational(bound),
    }
}

/// `error/bound`, never rounded across 1: the verdict hangs on that.
fn ratio(error: &Rational, bound: &Rational) -> f64 {
    if error.is_zero() {
        return 0.0;
    }
    if bound.is_zero() {
        return f64::INFINITY;
    }
    let ratio = (error / bound).to_f64().unwrap_or(f64::INFINITY);
    if error <= bound { ratio.min(1.0) } else { ratio.max(1.0f64.next_up()) }
}
