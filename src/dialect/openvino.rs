//! OpenVINO: `ConvolutionBackpropData-1` and `GroupConvolutionBackpropData-1`.
//!
//! | word | means |
//! |---|---|
//! | `strides`, `dilations` | `s`, `d` |
//! | `pads_begin`, `pads_end` | `p_begin`, `p_end`; not read where `auto_pad` is another than `explicit` |
//! | `output_padding` | `a`, of any size and sign |
//! | `auto_pad` | `explicit`, `valid`, `same_upper`, `same_lower`; without `output_shape` all but the first mean no padding |
//! | `output_shape` (third input, spatial) | `total = s(in−1) + d(k−1) + 1 + a − output_shape` is cropped |
//!
//! How a total is cropped: `same_upper` puts the larger half in front, `same_lower` at the end, the
//! reverse of ONNX's words; a negative total is rows at the end. `explicit` keeps `pads_begin` and
//! `valid` 0, and the end is what remains. x, y `NCS`; weight `IOS`, with groups `GioS`; no flip.
//! Measured against version 2026.4.1.

use super::sizes::{end, natural, per_axis};
use super::{Attributes, Call, Dialect, DialectRule, Form, Lowered, Pads, Sizes, Word, Words, refuse, shown};
use crate::error::Error;
use crate::geometry::{Axis, Kind, Padding, Spec, Window};
use crate::layout::Layouts;

pub(super) static DIALECT: Dialect = Dialect {
    name: "openvino",
    frameworks: &[],
    default_operation: PLAIN,
    evidence: "measured against version 2026.4.1 (CPU); no recorded outputs are kept here",
    words: &[
        Word::new("strides", Form::List, "s"),
        Word::new("pads_begin", Form::List, "p_begin"),
        Word::new("pads_end", Form::List, "p_end"),
        Word::new("dilations", Form::List, "d"),
        Word::new("auto_pad", Form::Text, "explicit, valid, same_upper or same_lower: how pads are found"),
        Word::new("output_padding", Form::List, "a"),
        Word::new("output_shape", Form::List, "the output's spatial lengths, the operation's third input"),
    ],
    rules: &[
        DialectRule {
            id: "OV1",
            statement: "the operation is ConvolutionBackpropData or GroupConvolutionBackpropData",
            reference: "OpenVINO operation sets, ConvolutionBackpropData-1 and GroupConvolutionBackpropData-1",
        },
        DialectRule {
            id: "OV2",
            statement: "auto_pad is explicit, valid, same_upper or same_lower",
            reference: "OpenVINO 2026.4.1, 'is not a member of enum ov::op::PadType'",
        },
        DialectRule {
            id: "OV3",
            statement: "pads_begin must not be negative; pads_end and output_padding may be",
            reference: "OpenVINO 2026.4.1, CPU plugin: 'could not create a primitive descriptor'",
        },
        DialectRule {
            id: "OV4",
            statement: "the weight's channels must be the input's; with groups, groups times those of one",
            reference: "OpenVINO operation sets, ConvolutionBackpropData-1 and GroupConvolutionBackpropData-1, input 2",
        },
        DialectRule {
            id: "OV5",
            statement: "there is no ordinary convolution among these operations",
            reference: "OpenVINO operation sets, ConvolutionBackpropData-1",
        },
    ],
    lower,
    propose,
    page: include_str!("../guide/dialects/openvino.md"),
};

const PLAIN: &str = "ConvolutionBackpropData";
const GROUPED: &str = "GroupConvolutionBackpropData";

fn layouts(grouped: bool) -> Result<Layouts, Error> {
    Layouts::new("NCS", if grouped { "GioS" } else { "IOS" }, "NCS")
}

fn lower(call: &Call<'_>) -> Result<Lowered, Error> {
    let name = call.operation.to_ascii_lowercase().replace('_', "");
    let grouped = name.contains("group");
    if !name.contains("convolutionbackpropdata") {
        let message = format!("operation '{}'; expected {PLAIN} or {GROUPED}", shown(call.operation));
        return Err(refuse("OV1", message));
    }
    let layouts = layouts(grouped)?;
    let sizes = Sizes::read(call, &layouts, 1..=3)?;
    let rank = sizes.rank;
    let mut words = Attributes::new(call.operation, call.attributes);
    let mut list = |name, default: i64| -> Result<Vec<i64>, Error> {
        Ok(words.integers(name, rank, false)?.unwrap_or_else(|| vec![default; rank]))
    };
    let (strides, dilations) = (list("strides", 1)?, list("dilations", 1)?);
    let (begin, ends) = (list("pads_begin", 0)?, list("pads_end", 0)?);
    let output_padding = list("output_padding", 0)?;
    let output_shape = words.integers("output_shape", rank, false)?;
    let auto_pad = match words.text("auto_pad")?.unwrap_or("explicit").to_ascii_lowercase().as_str() {
        "explicit" => Pads::Explicit,
        "valid" => Pads::Valid,
        "same_upper" => Pads::SameUpper,
        "same_lower" => Pads::SameLower,
        other => {
            let message = format!("auto_pad '{}'; expected explicit, valid, same_upper or same_lower", shown(other));
            return Err(refuse("OV2", message));
        }
    };
    words.finish()?;
    let mut axes = Vec::with_capacity(rank);
    for n in 0..rank {
        let stated = Padding { begin: begin[n], end: ends[n] };
        if auto_pad == Pads::Explicit && stated.begin < 0 {
            return Err(refuse("OV3", format!("pads_begin {} on axis {n}; it must be at least 0", stated.begin)));
        }
        let window = Window { stride: strides[n], dilation: dilations[n], ..Window::new(sizes.kernel[n]) };
        let size = output_shape.as_ref().map(|shape| shape[n]);
        let axis = of_axis(window, sizes.input[n], auto_pad, stated, output_padding[n], size);
        axes.push(axis.map_err(|e| e.on_axis(n))?);
    }
    let groups = sizes.of_weight('G').unwrap_or(1);
    let spec = sizes.spec(Kind::Tconv, axes, groups, "OV4")?;
    let pads = if auto_pad == Pads::Explicit && output_shape.is_some() { Pads::Sized } else { auto_pad };
    Ok(Lowered::new(spec, layouts, false).saying(pads))
}

fn of_axis(
    window: Window,
    input: i64,
    auto_pad: Pads,
    stated: Padding,
    a: i64,
    output_shape: Option<i64>,
) -> Result<Axis, Error> {
    let stated = if auto_pad == Pads::Explicit { stated } else { Padding::default() };
    let natural = window.transposed(input, 0)?.output();
    let (begin, end) = match output_shape {
        None => (stated.begin, stated.end.saturating_sub(a)),
        Some(size) => {
            let total = natural.saturating_add(a).saturating_sub(size);
            let begin = match auto_pad {
                Pads::SameUpper => total.max(0) - total.max(0) / 2,
                Pads::SameLower => total.max(0) / 2,
                _ => stated.begin,
            };
            (begin, natural.saturating_sub(begin).saturating_sub(size))
        }
    };
    // Only p_end − a matters; of either sign it is said by one of them.
    let padding = Padding { begin, end: end.max(0) };
    Window { padding, ..window }.transposed(input, end.min(0).saturating_neg())
}

fn propose(spec: &Spec, pads: Pads) -> Result<Vec<Words>, Error> {
    if spec.kind == Kind::Conv {
        return Err(refuse("OV5", format!("{spec} is a convolution; it is another operation there")));
    }
    let grouped = spec.geometry.groups() > 1;
    let words = Words::of(&DIALECT, if grouped { GROUPED } else { PLAIN }, spec, &layouts(grouped)?)?
        .with_unless("strides", 1, per_axis(spec, Axis::stride))
        .with_unless("dilations", 1, per_axis(spec, Axis::dilation));
    let begin = per_axis(spec, |a| a.padding().begin);
    let begun = |words: &Words| words.clone().with_unless("pads_begin", 0, begin.clone());
    let output = per_axis(spec, Axis::output);
    let auto = |name: &str| words.clone().with("auto_pad", name);
    Ok(match pads {
        Pads::Explicit => vec![
            begun(&words).with_unless("pads_end", 0, per_axis(spec, |a| a.padding().end)).with_unless(
                "output_padding",
                0,
                per_axis(spec, Axis::output_padding),
            ),
            begun(&words).with_unless("pads_end", 0, per_axis(spec, |a| end(a).max(0))).with_unless(
                "output_padding",
                0,
                per_axis(spec, |a| end(a).min(0).saturating_neg()),
            ),
        ],
        Pads::Valid => {
            vec![auto("valid").with_unless("output_padding", 0, per_axis(spec, |a| a.output() - natural(a)))]
        }
        Pads::SameUpper => vec![auto("same_upper").with("output_shape", output)],
        Pads::SameLower => vec![auto("same_lower").with("output_shape", output)],
        Pads::Sized => vec![begun(&words).with("output_shape", output)],
        Pads::Same => Vec::new(),
    })
}
