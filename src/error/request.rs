//! Rules R1 … R5: requests that do not fit.

/// A request of the command line or of a caller that does not fit what it is about.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum RequestError {
    /// R1: a weight with a wrong number of values.
    #[error("{got} weight values; {expected} are needed (shape {shape:?}, row-major)")]
    WeightCount {
        /// Values needed.
        expected: usize,
        /// Values given.
        got: usize,
        /// The weight's shape.
        shape: Vec<usize>,
    },
    /// R2: slices of a wrong length.
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
    /// R3: an unknown id.
    #[error("nothing is known under '{id}'{suggestion}")]
    UnknownId {
        /// The id asked for.
        id: String,
        /// What was perhaps meant, or how to list all.
        suggestion: String,
    },
    /// R4: options that do not go together or cannot be read.
    #[error("{option}: {problem}")]
    Option {
        /// The option.
        option: &'static str,
        /// What is wrong and what would be valid.
        problem: String,
    },
    /// R5: nothing to judge.
    #[error("no case found in {place}; {looked_for}")]
    NoCase {
        /// Where was looked.
        place: String,
        /// What counts as a case.
        looked_for: &'static str,
    },
}

impl RequestError {
    pub(super) fn rule(&self) -> &'static str {
        match self {
            Self::WeightCount { .. } => "R1",
            Self::Length { .. } => "R2",
            Self::UnknownId { .. } => "R3",
            Self::Option { .. } => "R4",
            Self::NoCase { .. } => "R5",
        }
    }
}
