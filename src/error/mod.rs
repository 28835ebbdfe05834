//! One opaque error for the whole crate.
//!
//! Every error names the rule that was violated (`G5`, `S2`, `F3` …); [`rules`] holds the
//! register of all rules, which `convproof explain ID` prints. Topics have their own enum,
//! whose variants carry the numbers of the message; [`Error::kind`] gives the topic.
//!
//! A verdict "these two maps differ" is never an error.

use std::fmt;

mod data;
mod geometry;
mod limit;
mod meaning;
mod nest;
mod number;
mod program;
mod request;
pub mod rules;
mod spec;

pub use data::DataError;
pub use geometry::GeometryError;
pub use limit::LimitError;
pub use meaning::MeaningError;
pub use nest::NestError;
pub use number::NumberError;
pub use program::ProgramError;
pub use request::RequestError;
pub use spec::{SpecError, SpecProblem};

/// A question that cannot be answered: the rule it breaks, where, and what would be valid.
///
/// Displayed as one line: `place: ID: expected and got`.
///
/// ```
/// let error = "tconv i3 k3 p3".parse::<convproof::Spec>().unwrap_err();
/// assert_eq!(error.rule(), "G5");
/// assert_eq!(
///     error.to_string(),
///     "G5: output length -1 on axis 0: padding 3 + 3 exceeds 4 (input 3, kernel 3, stride 1); at least 1 must remain"
/// );
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct Error(Box<Inner>);

#[derive(Debug, Clone, PartialEq)]
struct Inner {
    kind: ErrorKind,
    /// Outermost first: file, then member, then field.
    place: Vec<String>,
}

/// The topic of an [`Error`].
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum ErrorKind {
    /// A geometry that has no meaning.
    #[error(transparent)]
    Geometry(#[from] GeometryError),
    /// A spec that cannot be read.
    #[error(transparent)]
    Spec(#[from] SpecError),
    /// Something larger than the stated limit.
    #[error(transparent)]
    Limit(#[from] LimitError),
    /// A number that cannot be read or represented.
    #[error(transparent)]
    Number(#[from] NumberError),
    /// A file that cannot be read, or does not hold what it should.
    #[error(transparent)]
    Data(#[from] DataError),
    /// Words of a framework or of a recorded case that contradict each other.
    #[error(transparent)]
    Meaning(#[from] MeaningError),
    /// A request of the command line or of a caller that does not fit.
    #[error(transparent)]
    Request(#[from] RequestError),
    /// The text of a loop nest or of certificates.
    #[error(transparent)]
    Nest(#[from] NestError),
    /// A program to be judged that cannot be started.
    #[error(transparent)]
    Program(#[from] ProgramError),
}

impl Error {
    /// The topic, with the numbers of the message.
    pub fn kind(&self) -> &ErrorKind {
        &self.0.kind
    }

    /// The id of the violated rule, as `convproof explain` takes it.
    pub fn rule(&self) -> &'static str {
        match &self.0.kind {
            ErrorKind::Geometry(e) => e.rule(),
            ErrorKind::Spec(e) => e.rule(),
            ErrorKind::Limit(e) => e.rule(),
            ErrorKind::Number(e) => e.rule(),
            ErrorKind::Data(e) => e.rule(),
            ErrorKind::Meaning(e) => e.rule(),
            ErrorKind::Request(e) => e.rule(),
            ErrorKind::Nest(e) => e.rule(),
            ErrorKind::Program(e) => e.rule(),
        }
    }

    /// The same error, with the file, member or field where it arose put in front.
    #[must_use]
    pub fn within(mut self, place: impl Into<String>) -> Self {
        self.0.place.insert(0, place.into());
        self
    }

    /// The offending text with a caret below it, where the error lies in a text.
    pub fn excerpt(&self) -> Option<String> {
        match &self.0.kind {
            ErrorKind::Spec(e) => Some(e.excerpt()),
            _ => None,
        }
    }

    /// The same error, about axis `axis`.
    #[must_use]
    pub(crate) fn on_axis(mut self, axis: usize) -> Self {
        if let ErrorKind::Geometry(e) = &mut self.0.kind {
            e.set_axis(axis);
        }
        self
    }
}

impl<E: Into<ErrorKind>> From<E> for Error {
    fn from(kind: E) -> Self {
        Error(Box::new(Inner { kind: kind.into(), place: Vec::new() }))
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut line = String::new();
        for place in &self.0.place {
            line += place;
            line += ": ";
        }
        line += &format!("{}: {}", self.rule(), self.0.kind);
        // Names and words from outside may hold line breaks, or what a terminal obeys.
        line.chars()
            .try_for_each(|c| if c.is_control() { write!(f, "{}", c.escape_default()) } else { write!(f, "{c}") })
    }
}

impl std::error::Error for Error {}
