//! Implementations judged live: asked with probes, their matrix read out, their mistake named.
//!
//! A [`Subject`] answers one [`Request`] after the other: arrays in, one array out. Closures are
//! subjects of a `#[test]`, child processes those of the command.
//! Everything is asked in canonical layouts, `NCS` and `IoS`; a subject brings the arrays to its own
//! and back.
//!
//! Of a black box the matrix is *observed* and its bilinearity *sampled*; neither is ever *proved*.

#[cfg(feature = "subject")]
pub mod adapters;
mod draft;
#[cfg(feature = "subject")]
mod exchange;
mod finding;
mod invalid;
mod naming;
mod numbers;
mod observe;
#[cfg(feature = "subject")]
pub mod offline;
mod panel;
mod pattern;
mod probes;
#[cfg(feature = "subject")]
pub mod process;
mod profile;
mod reading;
mod readout;
mod run;
mod separate;
mod shrink;
mod words;

pub use finding::Finding;
#[cfg(feature = "proptest")]
pub(crate) use panel::random_geometry;
#[cfg(feature = "json")]
pub use panel::said;
pub use panel::{Entry, Size, panel};
pub(crate) use probes::dense_operands;
pub use profile::{Invalid, OutputPadding, Profile, Sums};
pub use reading::{Entry as MatrixEntry, Reading};
pub use run::{Outcome, Plan, Step, requests, run};

use crate::data::Array;
use crate::geometry::{Pads, Spec};
use crate::verify::Role;

/// One call of an implementation: what is to be computed, of which arrays.
///
/// Of invalid input, which is asked on purpose, the arrays contradict the spec.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Request {
    /// The forward operation, whatever the role; batch and channels are those of this call.
    pub spec: Spec,
    /// What is to be computed of it.
    pub role: Role,
    /// In which of a dialect's words the pads are said; nothing where a subject has no dialect.
    pub pads: Pads,
    /// The operation's input `[n, c, …]`, where the role needs it.
    pub x: Option<Array>,
    /// The weight `[C_in, C_out/groups, k…]`, where the role needs it.
    pub w: Option<Array>,
    /// The bias, one value per channel of the forward result.
    pub b: Option<Array>,
    /// The upstream gradient, of the forward result's shape, where the role needs it.
    pub g: Option<Array>,
    /// Whether operands lie in memory in Fortran order, first axis innermost, where that can be said.
    pub fortran: bool,
}

impl Request {
    /// A request without arrays yet, its pads said plainly.
    pub fn new(spec: Spec, role: Role) -> Request {
        Request { spec, role, pads: Pads::Explicit, x: None, w: None, b: None, g: None, fortran: false }
    }
}

/// What a subject does with a request.
#[derive(Debug, Clone)]
#[allow(clippy::exhaustive_enums)] // all that can happen
pub enum Reply {
    /// The result in canonical layout, of whatever shape and type it came.
    Result(Array),
    /// It says that it does not take this input.
    Refused(String),
    /// It gave no answer; the next request finds it ready again.
    Failed(Failure, String),
    /// It was not asked, or what it answered is not known: nothing is said about it.
    Unanswered(String),
}

/// How a subject failed to answer. Each is a finding of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[allow(clippy::exhaustive_enums)] // all that can happen
pub enum Failure {
    /// It ended, or was ended by a signal.
    Crashed,
    /// It panicked, and goes on.
    Panicked,
    /// It did not answer in time.
    TimedOut,
    /// What it wrote is no answer, or its array cannot be read.
    BadAnswer,
    /// Its shape and the number of its values contradict each other.
    Disagrees,
    /// It answered that it failed, and not that it refuses the input.
    Error,
}

/// An implementation that can be asked.
pub trait Subject {
    /// What it is called in reports.
    fn name(&self) -> String;

    /// The call in the subject's own words; none if it has no words for it, and is not asked.
    fn words(&self, request: &Request) -> Option<String>;

    /// Asks.
    fn answer(&mut self, request: &Request) -> Reply;

    /// Whether it can be asked more than the plan has: what makes a failure smaller, the same
    /// arrays once more, and what is invalid. Of answers that were recorded it is not so.
    fn can_ask_more(&self) -> bool {
        true
    }
}
