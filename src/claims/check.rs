//! A check: a statement with numbers, computed when it is asked for.

use super::arrays;
use super::matrices::{self, Counts};
use super::sizes;
use super::steps::{self, Step};
use crate::error::Error;
use crate::geometry::Axis;

/// A statement with numbers from a text, or worked by hand. Arrays are texts: `0 1; 2 3` is two rows.
#[derive(Debug, Clone, Copy)]
#[non_exhaustive]
#[allow(missing_docs)] // of the fields: a variant says what they are
pub enum Check {
    /// The image after these steps.
    Steps { x: &'static str, steps: &'static [Step], y: &'static str },
    /// The steps are the map of this spec with this weight, on every image.
    SameMap { steps: &'static [Step], spec: &'static str, weight: &'static str, size: &'static str },
    /// The lengths of an operation's result: `2×2`.
    Output { spec: &'static str, lengths: &'static str },
    /// The rule by which a spec is refused.
    Refused { spec: &'static str, rule: &'static str },
    /// A convolution and back by the transposed one of the same parameters: `17 → 6 → 16`.
    Back { spec: &'static str, lengths: &'static str },
    /// Of all small convolutions with this stride, how many come back to their length: `862 of 862`.
    BackCount { stride: i64, count: &'static str },
    /// A published formula with the numbers put in, which gives the length of the result.
    Formula { id: &'static str, spec: &'static str, text: &'static str },
    /// What a stated formula gives as a fraction, and the true value.
    Stated {
        formula: &'static str,
        spec: &'static str,
        value: fn(&Axis) -> [i64; 2],
        truth: fn(&Axis) -> i64,
        gives: &'static str,
    },
    /// The rank of the matrix, and its size: `rank 4 of 4×16`.
    Rank { spec: &'static str, weight: &'static str, rank: &'static str },
    /// Determinants of the convolutions `k3 p1` of 1, 2, 3 … cells.
    Determinants { weight: &'static str, values: &'static str },
    /// The first null vector of the matrix.
    NullVector { spec: &'static str, weight: &'static str, vector: &'static str },
    /// Sizes and counts of the matrix.
    Counts { spec: &'static str, counts: Counts },
    /// The rows of the matrix, in numbers or, without a weight, in symbols.
    Matrix { spec: &'static str, weight: Option<&'static str>, rows: &'static str },
    /// How many taps reach each cell of the result.
    Coverage { spec: &'static str, taps: &'static str },
    /// The cells of the result that an input cell reaches.
    Reach { spec: &'static str, cell: &'static [usize], cells: &'static str },
    /// Multiplications of zero insertion, and those of the definition.
    Cost { spec: &'static str, products: [i128; 2] },
    /// All formulations are one map, on symbols.
    Proved { spec: &'static str },
}

/// What a check is there for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[allow(clippy::exhaustive_enums)] // the words that reports use
pub enum Shows {
    /// What the text says, where it holds.
    Stated,
    /// Where what the text says does not hold.
    Counterexample,
    /// What holds instead.
    Right,
}

impl Shows {
    /// `as said`, `counterexample` or `right`.
    pub fn word(self) -> &'static str {
        match self {
            Shows::Stated => "as said",
            Shows::Counterexample => "counterexample",
            Shows::Right => "right",
        }
    }
}

/// A check, and what it is there for.
#[derive(Debug, Clone, Copy)]
#[non_exhaustive]
pub struct Shown {
    /// What it is there for.
    pub shows: Shows,
    /// What is computed.
    pub check: Check,
}

/// What a check came to.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Outcome {
    /// What was computed, in words.
    pub about: String,
    /// What the record says.
    pub expected: String,
    /// What was computed.
    pub got: String,
    /// A command that shows the same, if there is one.
    pub repro: Option<String>,
}

impl Outcome {
    /// Whether the record is right.
    pub fn holds(&self) -> bool {
        self.expected == self.got
    }
}

impl Check {
    /// Computes it. What cannot be computed, such as a spec without meaning, does not hold.
    ///
    /// Cost: milliseconds for the records of the ledger.
    pub fn run(&self) -> Outcome {
        let got = self.compute().unwrap_or_else(|error| error.to_string());
        Outcome { about: self.about(), expected: self.expected(), got, repro: self.repro() }
    }

    /// What is computed, in words.
    fn about(&self) -> String {
        match *self {
            Check::Steps { x, steps, .. } => format!("x = {x}: {}", steps::words(steps)),
            Check::SameMap { steps, spec, weight, .. } => {
                format!("{} is {spec}, w = {weight}", steps::words(steps))
            }
            Check::Output { spec, .. } => format!("{spec}: size of the result"),
            Check::Refused { spec, .. } => format!("{spec}: refused by rule"),
            Check::Back { spec, .. } => format!("{spec}, and back with the same parameters"),
            Check::BackCount { stride, .. } => {
                format!("i ≤ 32, k ≤ 7, p < k, s = {stride}: lengths that come back")
            }
            Check::Formula { id, spec, .. } => format!("{spec}: formula {id}"),
            Check::Stated { formula, spec, .. } => format!("{spec}: {formula}"),
            Check::Rank { spec, weight, .. } => format!("{spec}, w = {weight}"),
            Check::Determinants { weight, .. } => format!("conv k3 p1, w = {weight}: determinants for i = 1, 2, 3 …"),
            Check::NullVector { spec, weight, .. } => format!("{spec}, w = {weight}: an x that is taken to 0"),
            Check::Counts { spec, .. } => format!("matrix of {spec}"),
            Check::Matrix { spec, weight: None, .. } => format!("matrix of {spec}"),
            Check::Matrix { spec, weight: Some(weight), .. } => format!("matrix of {spec}, w = {weight}"),
            Check::Coverage { spec, .. } => format!("{spec}: taps that reach each cell of the result"),
            Check::Reach { spec, cell, .. } => {
                let cell: Vec<String> = cell.iter().map(usize::to_string).collect();
                format!("{spec}: cells of the result that input {} reaches", cell.join(","))
            }
            Check::Cost { spec, .. } => format!("{spec}: multiplications of zero insertion and of scatter"),
            Check::Proved { spec } => format!("{spec}, on symbols"),
        }
    }

    fn expected(&self) -> String {
        match *self {
            Check::Steps { y: numbers, .. }
            | Check::Determinants { values: numbers, .. }
            | Check::NullVector { vector: numbers, .. }
            | Check::Coverage { taps: numbers, .. } => arrays::normal(numbers),
            Check::SameMap { size, .. } => format!("the same {size} matrix"),
            Check::Output { lengths: text, .. }
            | Check::Refused { rule: text, .. }
            | Check::Back { lengths: text, .. }
            | Check::BackCount { count: text, .. }
            | Check::Formula { text, .. }
            | Check::Stated { gives: text, .. }
            | Check::Rank { rank: text, .. }
            | Check::Matrix { rows: text, .. }
            | Check::Reach { cells: text, .. } => text.to_owned(),
            Check::Counts { counts, .. } => counts.to_string(),
            Check::Cost { products, .. } => compared(products),
            Check::Proved { .. } => "6 formulations, one map".to_owned(),
        }
    }

    fn compute(&self) -> Result<String, Error> {
        match *self {
            Check::Steps { x, steps, .. } => steps::run(steps, x),
            Check::SameMap { steps, spec, weight, .. } => steps::same_map(steps, spec, weight),
            Check::Output { spec, .. } => sizes::output(spec),
            Check::Refused { spec, .. } => Ok(sizes::refused(spec)),
            Check::Back { spec, .. } => sizes::back(spec),
            Check::BackCount { stride, .. } => Ok(sizes::back_count(stride)),
            Check::Formula { id, spec, .. } => sizes::formula(id, spec),
            Check::Stated { spec, value, truth, .. } => sizes::stated(spec, value, truth),
            Check::Rank { spec, weight, .. } => matrices::rank(spec, weight),
            Check::Determinants { weight, values } => matrices::determinants(weight, arrays::values(values)?.len()),
            Check::NullVector { spec, weight, .. } => matrices::null_vector(spec, weight),
            Check::Counts { spec, .. } => Ok(matrices::counts(spec)?.to_string()),
            Check::Matrix { spec, weight, .. } => matrices::entries(spec, weight),
            Check::Coverage { spec, .. } => matrices::coverage(spec),
            Check::Reach { spec, cell, .. } => matrices::reached(spec, cell),
            Check::Cost { spec, .. } => matrices::cost(spec).map(compared),
            Check::Proved { spec } => matrices::proved(spec),
        }
    }

    /// A command that shows the same.
    fn repro(&self) -> Option<String> {
        let product = |spec: &str, weight: &str| format!("convproof matrix {spec} --weight '{weight}' --product");
        match *self {
            Check::Steps { steps: [.., Step::Apply(spec, weight)], .. } => Some(product(spec, weight)),
            Check::SameMap { spec, weight, .. } => Some(product(spec, weight)),
            Check::Rank { spec, weight, .. } | Check::NullVector { spec, weight, .. } => {
                Some(format!("convproof structure {spec} --weight '{weight}'"))
            }
            // The last of them.
            Check::Determinants { weight, values } => {
                let length = values.split(' ').count();
                Some(format!("convproof structure conv i{length} k3 p1 --weight '{weight}'"))
            }
            Check::Cost { spec, .. } => Some(format!("convproof structure {spec}")),
            Check::Matrix { spec, weight: Some(weight), .. } => {
                Some(format!("convproof matrix {spec} --weight '{weight}'"))
            }
            Check::Counts { spec, .. } | Check::Matrix { spec, .. } => Some(format!("convproof matrix {spec}")),
            // Of a convolution that command counts the other way: results that read each cell.
            Check::Coverage { spec, .. } if spec.starts_with("tconv") => Some(format!("convproof structure {spec}")),
            Check::Coverage { spec, .. } | Check::Reach { spec, .. } => {
                Some(format!("convproof matrix {spec} --product"))
            }
            Check::Output { spec, .. }
            | Check::Back { spec, .. }
            | Check::Refused { spec, .. }
            | Check::Formula { spec, .. }
            | Check::Stated { spec, .. } => Some(format!("convproof shape {spec}")),
            Check::Proved { spec } => Some(format!("convproof prove {spec}")),
            Check::Steps { .. } | Check::BackCount { .. } => None,
        }
    }
}

/// `225 : 36`.
fn compared([zero_insertion, definition]: [i128; 2]) -> String {
    format!("{zero_insertion} : {definition}")
}
