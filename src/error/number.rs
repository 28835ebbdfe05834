//! Rules N1 … N5: how exact numbers are read and shown.

/// A number that cannot be read exactly, or not be represented where it is asked for.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum NumberError {
    /// N1: not a number.
    #[error("'{got}' is not a number; write 3, -1/3, 0.125 or 1e-3")]
    Syntax {
        /// The text.
        got: String,
    },
    /// N2: a denominator of zero.
    #[error("'{got}' has the denominator 0")]
    ZeroDenominator {
        /// The text.
        got: String,
    },
    /// N3: an exponent or a length beyond reason.
    #[error("'{got}' is too long: at most {limit} digits and exponents up to ±{limit}")]
    TooLong {
        /// The text, shortened.
        got: String,
        /// The limit.
        limit: usize,
    },
    /// N4: NaN or an infinity, which is no rational.
    #[error("{got} is not a rational number; values must be finite")]
    NotFinite {
        /// The value.
        got: String,
    },
    /// N5: an exact value that the element type cannot hold.
    #[error("{value} is not exactly a {element}; judge the result against its bound instead of comparing it")]
    NotRepresentable {
        /// The exact value.
        value: String,
        /// The element type.
        element: &'static str,
    },
}

impl NumberError {
    pub(super) fn rule(&self) -> &'static str {
        match self {
            Self::Syntax { .. } => "N1",
            Self::ZeroDenominator { .. } => "N2",
            Self::TooLong { .. } => "N3",
            Self::NotFinite { .. } => "N4",
            Self::NotRepresentable { .. } => "N5",
        }
    }
}
