//! Rules F1 … F6: files and what they hold.

/// A file that cannot be read, or does not hold what its kind promises.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum DataError {
    /// F1: the system could not read or write it.
    #[error("cannot {action}: {reason}")]
    Io {
        /// `read`, `open`, `write` …
        action: &'static str,
        /// The system's words.
        reason: String,
    },
    /// F2: not a file of its kind.
    #[error("not a valid {format} file: expected {expected}, got {got}")]
    Format {
        /// The kind of file.
        format: &'static str,
        /// What should stand there.
        expected: String,
        /// What stands there.
        got: String,
    },
    /// F3: declared sizes beyond the limit or beyond the file.
    #[error("{what} declares {declared} bytes; {limit} are there or allowed")]
    Size {
        /// The thing that declares its size.
        what: String,
        /// Bytes declared.
        declared: u128,
        /// Bytes available or allowed.
        limit: u64,
    },
    /// F4: an element type that is not supported.
    #[error("element type {got} is not supported; supported are {supported}")]
    ElementType {
        /// The type as the file names it.
        got: String,
        /// What is supported there.
        supported: &'static str,
    },
    /// F5: a member or a field is missing.
    #[error("{what} '{name}' is missing; it holds {found}")]
    Missing {
        /// `array`, `field`, `tensor` …
        what: &'static str,
        /// Its name.
        name: String,
        /// What is there instead.
        found: String,
    },
    /// F6: a kind of file that is not known, or that this build cannot read.
    #[error("cannot tell what this file holds ({got}); known are {known}")]
    Kind {
        /// The suffix.
        got: String,
        /// The suffixes that are read.
        known: &'static str,
    },
}

impl DataError {
    pub(super) fn rule(&self) -> &'static str {
        match self {
            Self::Io { .. } => "F1",
            Self::Format { .. } => "F2",
            Self::Size { .. } => "F3",
            Self::ElementType { .. } => "F4",
            Self::Missing { .. } => "F5",
            Self::Kind { .. } => "F6",
        }
    }
}
