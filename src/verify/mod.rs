//! Whether somebody else's results are right: exact truth, fair verdicts, named mistakes.
//!
//! A verdict is reached in this order. What contradicts the geometry is unanswered; only a result of
//! the wrong shape differs. Where the data make every order of summation exact, equality is demanded;
//! otherwise each element is held against an a-priori bound ([`Arithmetic`]). Data that could not
//! tell right from wrong are said to be weak, by the mistakes that they cannot show. What differs is
//! held against the named mistakes ([`HYPOTHESES`]).
//!
//! - [`expected`]: the exact result for a kernel under test, in ten lines of Rust;
//! - [`Question`]: any arrays, layouts and roles;
//! - `verify_paths`: recorded cases and ONNX node tests.

#[cfg(feature = "npz")]
mod arrays;
#[cfg(feature = "npz")]
mod case;
mod catalogue;
mod diagnosis;
mod expected;
mod filter;
mod fitting;
mod format;
mod judge;
mod judgement;
mod map;
#[cfg(feature = "npz")]
mod meaning;
#[cfg(all(feature = "onnx", feature = "npz"))]
mod node_test;
mod observed;
mod operand;
mod parts;
mod question;
#[cfg(feature = "npz")]
mod recorded;
mod report;
mod rounding;
mod sample;
mod shard;
mod tensors;
mod truth;
mod weak;

pub use catalogue::{HYPOTHESES, Hypothesis, Relation, Triple, refit};
pub use diagnosis::Diagnosis;
pub use expected::{Element, Expected, expected};
pub use fitting::Predicted;
pub use format::Format;
pub use judgement::{Judgement, Mode, Verdict, WrongCell};
pub use question::{Answer, MAX_PRODUCTS, Progress, Question};
#[cfg(feature = "npz")]
pub use recorded::{Event, Walked, verify_part, verify_paths, verify_paths_within};
pub use report::{CaseReport, Summary};
pub use rounding::Arithmetic;
pub use shard::Shard;
#[cfg(all(feature = "cli", feature = "npz"))]
pub(crate) use shard::fingerprint;
pub use truth::Role;
