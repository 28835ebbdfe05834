//! Rules Q1 … Q6: requests that do not fit.

/// A request of the command line or of a caller that does not fit what it is about.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum RequestError {
    /// Q1: a weight with a wrong number of values.
    #[error("{got} weight values; {expected} are needed (shape {shape:?}, row-major)")]
    WeightCount {
        /// Values needed.
        expected: usize,
        /// Values given.
        got: usize,
        /// The weight's shape.
        shape: Vec<usize>,
    },
    /// Q2: slices of a wrong length.
    #[error("{what} has {got} elements; {expected} are needed (shape {shape:?}, row-major)")]
    Length {
        /// Which tensor.
        what: &'static str,
        /// Elements needed.
        expected: usize,
        /// Elements given.
        got: usize,
        /// The tensor's shape.
        shape: Vec<usize>,
    },
    /// Q3: an unknown id.
    #[error("nothing is known under '{id}'{suggestion}")]
    UnknownId {
        /// The id asked for.
        id: String,
        /// What was perhaps meant, or how to list all.
        suggestion: String,
    },
    /// Q4: options that do not go together or cannot be read.
    #[error("{option}: {problem}")]
    Option {
        /// The option.
        option: &'static str,
        /// What is wrong and what would be valid.
        problem: String,
    },
    /// Q5: nothing to judge.
    #[error("no case found in {place}; {looked_for}")]
    NoCase {
        /// Where was looked.
        place: String,
        /// What counts as a case.
        looked_for: &'static str,
    },
    /// Q6: documents that are not the parts of one run.
    #[error("{problem}")]
    Parts {
        /// What is missing, twice there, or of another run.
        problem: String,
    },
}

impl RequestError {
    pub(super) fn rule(&self) -> &'static str {
        match self {
            Self::WeightCount { .. } => "Q1",
            Self::Length { .. } => "Q2",
            Self::UnknownId { .. } => "Q3",
            Self::Option { .. } => "Q4",
            Self::NoCase { .. } => "Q5",
            Self::Parts { .. } => "Q6",
        }
    }
}
