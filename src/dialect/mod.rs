//! Dialects: how frameworks say "transposed convolution", brought to a geometry.
//!
//! One file per framework: its words, its acceptance rules with their ids, and
//! `lower(call) -> spec, layouts`. Nearly all real mistakes sit here and not in the
//! multiplication, so each file states the conversion as formulas and its evidence.
//!
//! Back goes [`Dialect::propose`]: calls that might mean a spec. A proposal is believed only after
//! [`Dialect::lower`] has read it and the matrices were compared (room `translate`).

mod attributes;
mod coreml;
mod cudnn;
mod jax;
mod keras;
mod mlx;
mod onednn;
mod onnx;
mod onnxruntime;
mod openvino;
mod paddle;
mod pytorch;
mod scipy;
mod sizes;
mod stablehlo;
mod tensorflow;
mod tflite;
mod tinygrad;
mod webnn;
mod words;

pub use attributes::Attributes;
pub(crate) use attributes::shown;
use sizes::Sizes;
pub use words::{Form, Word, Words};

use crate::error::{Error, MeaningError};
pub use crate::geometry::Pads;
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
    /// How the call said its pads.
    pub pads: Pads,
    /// What a reader should know about this reading.
    pub remarks: Vec<String>,
}

impl Lowered {
    /// A meaning without remarks.
    pub fn new(spec: Spec, layouts: Layouts, weight_flipped: bool) -> Lowered {
        Lowered { spec, layouts, weight_flipped, pads: Pads::Explicit, remarks: Vec::new() }
    }

    /// The same meaning, said with other words for its pads.
    #[must_use]
    fn saying(self, pads: Pads) -> Lowered {
        Lowered { pads, ..self }
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
    /// Its words, in the order in which calls are printed.
    pub words: &'static [Word],
    /// Its own acceptance rules.
    pub rules: &'static [DialectRule],
    /// Its words to a geometry.
    pub lower: fn(&Call<'_>) -> Result<Lowered, Error>,
    /// Calls that say their pads in the given way and might mean this spec; none where it has no
    /// such words. An error is the rule for which no call can.
    pub propose: fn(&Spec, Pads) -> Result<Vec<Words>, Error>,
    /// Its page of the guide.
    pub page: &'static str,
}

/// All dialects, by name.
pub static DIALECTS: &[&Dialect] = &[
    &coreml::DIALECT,
    &cudnn::DIALECT,
    &jax::DIALECT,
    &keras::DIALECT,
    &mlx::DIALECT,
    &onednn::DIALECT,
    &onnx::DIALECT,
    &onnxruntime::DIALECT,
    &openvino::DIALECT,
    &paddle::DIALECT,
    &pytorch::DIALECT,
    &scipy::DIALECT,
    &stablehlo::DIALECT,
    &tensorflow::DIALECT,
    &tflite::DIALECT,
    &tinygrad::DIALECT,
    &webnn::DIALECT,
];

/// The dialect that reads a framework's words, by dialect or framework name.
pub fn find(framework: &str) -> Option<&'static Dialect> {
    DIALECTS.iter().copied().find(|d| d.name == framework || d.frameworks.contains(&framework))
}

/// Operation and shapes of x and w of any call of a dialect on this spec; None where it has none.
pub(crate) fn shapes_of(dialect: &'static Dialect, spec: &Spec) -> Option<(String, Vec<usize>, Vec<usize>)> {
    let proposal = Pads::ALL.iter().find_map(|pads| (dialect.propose)(spec, *pads).ok()?.into_iter().next())?;
    Some((proposal.operation, proposal.x, proposal.w))
}

/// Refuses by one framework's own rule.
fn refuse(rule: &'static str, message: String) -> Error {
    MeaningError::Dialect { rule, message }.into()
}

/// A size of an array as a length of a geometry.
fn length(n: usize) -> i64 {
    i64::try_from(n).unwrap_or(i64::MAX)
}
