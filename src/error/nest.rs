//! Rules N1 and N2: texts of loop nests and of certificates.

/// The text of a loop nest, a statement or certificates that cannot be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum NestError {
    /// N1: a nest that cannot be read.
    #[error("{problem}")]
    Text {
        /// The line and what is wrong.
        problem: String,
    },
    /// N2: certificates that cannot be read, or do not belong to the theorems.
    #[error("{problem}")]
    Certificates {
        /// What is wrong.
        problem: String,
    },
}

impl NestError {
    pub(super) fn rule(&self) -> &'static str {
        match self {
            Self::Text { .. } => "N1",
            Self::Certificates { .. } => "N2",
        }
    }
}
