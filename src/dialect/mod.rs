//! Dialects: how frameworks say "transposed convolution", brought to a geometry.
//!
//! One file per framework: its words, its acceptance rules with their ids, and
//! `lower(call) -> spec, layouts`. Nearly all real mistakes sit here and not in the
//! multiplication, so each file states the conversion as formulas and its evidence.

mod attributes;
mod onnx;
mod pytorch;

pub use attributes::Attributes;
pub(crate) use attributes::shown;

use crate::error::{Error, MeaningError};
use crate::geometry::Spec;
use crate::layout::Layouts;

/// One call of a framework: the operation, its words, and the shapes of its operands in the
/// framework's own layout.
#[derive(Debug, Clone)]
#[allow(clippy::exhaustive_structs)] // what a call is made of
pub struct Call<'a> {
    /// The operation as the framework names it, such as `torch.nn.functional.conv_transpose2d`.
    pub operation: &'a str,
    /// The framework's own words.
    pub attributes: &'a serde_json::Map<String, serde_json::Value>,
    /// Shape of the input.
    pub x: &'a [usize],
    /// Shape of the weight.
    pub w: &'a [usize],
}

/// What a call means.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Lowered {
    /// The operation and its geometry.
    pub spec: Spec,
    /// Which axis of the framework's arrays is which.
    pub layouts: Layouts,
    /// Whether the framework's array holds the kernel rotated against the scatter definition.
    pub weight_flipped: bool,
    /// What a reader should know about this reading.
    pub remarks: Vec<String>,
}

impl Lowered {
    /// A meaning without remarks.
    pub fn new(spec: Spec, layouts: Layouts, weight_flipped: bool) -> Lowered {
        Lowered { spec, layouts, weight_flipped, remarks: Vec::new() }
    }
}

/// An acceptance rule that one framework imposes; its id is what errors show.
#[derive(Debug, Clone, Copy)]
#[non_exhaustive]
pub struct DialectRule {
    /// `PT1`, `OX1` …
    pub id: &'static str,
    /// What must hold.
    pub statement: &'static str,
    /// Where that is written or was measured.
    pub reference: &'static str,
}

/// One framework's way of saying it.
#[derive(Debug, Clone, Copy)]
#[non_exhaustive]
pub struct Dialect {
    /// The name that users type.
    pub name: &'static str,
    /// Names of frameworks, as recorded cases state them, that are read by this dialect.
    pub frameworks: &'static [&'static str],
    /// The operation where a case names none.
    pub default_operation: &'static str,
    /// What it covers, and the version that it was compared with.
    pub evidence: &'static str,
    /// Its own acceptance rules.
    pub rules: &'static [DialectRule],
    /// Its words to a geometry.
    pub lower: fn(&Call<'_>) -> Result<Lowered, Error>,
}

/// All dialects, by name.
pub static DIALECTS: &[Dialect] = &[onnx::DIALECT, pytorch::DIALECT];

/// The dialect that reads a framework's words, by dialect or framework name.
pub fn find(framework: &str) -> Option<&'static Dialect> {
    DIALECTS.iter().find(|d| d.name == framework || d.frameworks.contains(&framework))
}

/// Refuses by one framework's own rule.
fn refuse(rule: &'static str, message: String) -> Error {
    MeaningError::Dialect { rule, message }.into()
}

/// The operand's spatial rank, if it is `[n, c, positions…]` with at least one position axis.
fn spatial_rank(operation: &str, x: &[usize], w: &[usize]) -> Result<usize, Error> {
    if x.len() < 3 || w.len() != x.len() {
        let got = format!("an input of rank {} and a weight of rank {}", x.len(), w.len());
        let expected = "both [·, ·, positions…] of the same rank, at least 3".to_owned();
        return Err(MeaningError::Attribute { name: format!("operands of {operation}"), got, expected }.into());
    }
    Ok(x.len() - 2)
}

/// A size of an array as a length of a geometry.
fn length(n: usize) -> i64 {
    i64::try_from(n).unwrap_or(i64::MAX)
}
