//! What judging finds: a verdict with its figures.

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
