//! Rules A1 and A2: texts of loop nests and of certificates.

/// The text of a loop nest, a statement or certificates that cannot be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum NestError {
    /// A1: a nest that cannot be read.
    #[error("{problem}")]
    Text {
        /// The line and what is wrong.
        problem: String,
    },
    /// A2: certificates that cannot be read, or do not belong to the theorems.
    #[error("{problem}")]
    Certificates {
        /// What is wrong.
        problem: String,
    },
}

impl NestError {
    pub(super) fn rule(&self) -> &'static str {
        match self {
            Self::Text { .. } => "A1",
            Self::Certificates { .. } => "A2",
        }
    }
}
