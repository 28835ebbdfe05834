//! WebNN: `MLGraphBuilder.convTranspose2d`.
//!
//! | word | means |
//! |---|---|
//! | `padding` | `[beginH, endH, beginW, endW]` |
//! | `strides`, `dilations`, `groups` | `s`, `d`, `g` |
//! | `outputPadding` | `a`, below `s`; ignored where `outputSizes` is given |
//! | `outputSizes` | `a = outputSizes − out(a = 0)`, in `0 … s−1` |
//! | `inputLayout` | `nchw` or `nhwc`, of x and y |
//! | `filterLayout` | `iohw`, `hwoi` or `ohwi` |
//!
//! `out = s(in−1) + d(k−1) + 1 − p_begin − p_end + a`. All numbers are unsigned. x, y `NCS` or `NSC`;
//! weight `IoS`, `SoI` or `oSI`; no flip. From the specification, not run.

use super::sizes::{end, per_axis, returning};
use super::{Attributes, Call, Dialect, DialectRule, Form, Lowered, Pads, Sizes, Word, Words, refuse, shown};
use crate::error::Error;
use crate::geometry::{Axis, Kind, Padding, Spec, Window};
use crate::layout::Layouts;

pub(super) static DIALECT: Dialect = Dialect {
    name: "webnn",
    frameworks: &[],
    default_operation: "convTranspose2d",
    evidence: "from its specification, not run",
    words: &[
        Word::new("padding", Form::List, "p as [beginH, endH, beginW, endW]"),
        Word::new("strides", Form::List, "s"),
        Word::new("dilations", Form::List, "d"),
        Word::new("outputPadding", Form::List, "a"),
        Word::new("outputSizes", Form::List, "the output's lengths, which give a"),
        Word::new("groups", Form::Number, "g"),
        Word::new("inputLayout", Form::Text, "nchw or nhwc"),
        Word::new("filterLayout", Form::Text, "iohw, hwoi or ohwi"),
    ],
    rules: &[
        DialectRule {
            id: "WN1",
            statement: "outputPadding is smaller than strides",
            reference: "WebNN specification, convTranspose2d, method steps: outputPadding against strides",
        },
        DialectRule {
            id: "WN2",
            statement: "outputSizes is in output(a = 0) … output(a = 0) + stride − 1",
            reference: "WebNN specification, convTranspose2d, method steps: outputSizes against the calculated sizes",
        },
        DialectRule {
            id: "WN3",
            statement: "numbers are not negative",
            reference: "WebNN specification, MLConvTranspose2dOptions: unsigned long with EnforceRange",
        },
        DialectRule {
            id: "WN4",
            statement: "inputLayout is nchw or nhwc, filterLayout is iohw, hwoi or ohwi",
            reference: "WebNN specification, MLInputOperandLayout and MLConvTranspose2dFilterOperandLayout",
        },
        DialectRule {
            id: "WN5",
            statement: "the filter's input channels are those of x",
            reference: "WebNN specification, convTranspose2d, method steps: inputChannels and filterInputChannels",
        },
        DialectRule {
            id: "WN6",
            statement: "the operation is convTranspose2d, with two spatial axes",
            reference: "WebNN specification, MLGraphBuilder",
        },
    ],
    lower,
    propose,
    page: include_str!("../guide/dialects/webnn.md"),
};

fn lower(call: &Call<'_>) -> Result<Lowered, Error> {
    if !call.operation.ends_with("convTranspose2d") {
        return Err(refuse("WN6", format!("operation '{}'; expected convTranspose2d", shown(call.operation))));
    }
    let mut words = Attributes::new(call.operation, call.attributes);
    let unknown = |name: &str, text: &str, valid: &str| {
        let message = format!("{name} '{}'; expected {valid}", shown(text));
        refuse("WN4", message)
    };
    let data = match words.text("inputLayout")? {
        None | Some("nchw") => "NCS",
        Some("nhwc") => "NSC",
        Some(other) => return Err(unknown("inputLayout", other, "nchw or nhwc")),
    };
    let filter = match words.text("filterLayout")? {
        None | Some("iohw") => "IoS",
        Some("hwoi") => "SoI",
        Some("ohwi") => "oSI",
        Some(other) => return Err(unknown("filterLayout", other, "iohw, hwoi or ohwi")),
    };
    let layouts = Layouts::new(data, filter, data)?;
    let sizes = Sizes::read(call, &layouts, 2..=2)?;
    let mut unsigned = |name, len| -> Result<Option<Vec<i64>>, Error> {
        let list = words.integers(name, len, false)?;
        match list.iter().flatten().find(|n| **n < 0) {
            Some(negative) => Err(refuse("WN3", format!("{name} holds {negative}"))),
            None => Ok(list),
        }
    };
    let padding = unsigned("padding", 4)?.unwrap_or_else(|| vec![0; 4]);
    let stride = unsigned("strides", 2)?.unwrap_or_else(|| vec![1; 2]);
    let dilation = unsigned("dilations", 2)?.unwrap_or_else(|| vec![1; 2]);
    let output_padding = unsigned("outputPadding", 2)?.unwrap_or_else(|| vec![0; 2]);
    let output_sizes = unsigned("outputSizes", 2)?;
    let groups = words.integer("groups")?.unwrap_or(1);
    words.finish()?;

    let mut axes = Vec::with_capacity(2);
    for n in 0..2 {
        let padding = Padding { begin: padding[2 * n], end: padding[2 * n + 1] };
        let window = Window { kernel: sizes.kernel[n], stride: stride[n], dilation: dilation[n], padding };
        let (input, a) = (sizes.input[n], output_padding[n]);
        let axis = match &output_sizes {
            Some(lengths) => returning(window, input, lengths[n], false, |least, most| {
                let message = format!("size {} on axis {n}; valid sizes range from {least} to {most}", lengths[n]);
                refuse("WN2", message)
            }),
            None if a != 0 && a >= stride[n] => {
                let message = format!("outputPadding {a} on axis {n}; it must be smaller than strides {}", stride[n]);
                Err(refuse("WN1", message))
            }
            None => window.transposed(input, a),
        };
        axes.push(axis.map_err(|e| e.on_axis(n))?);
    }
    let spec = sizes.spec(Kind::Tconv, axes, groups, "WN5")?;
    let pads = if output_sizes.is_some() { Pads::Sized } else { Pads::Explicit };
    Ok(Lowered::new(spec, layouts, false).saying(pads))
}

fn propose(spec: &Spec, pads: Pads) -> Result<Vec<Words>, Error> {
    let g = &spec.geometry;
    if spec.kind != Kind::Tconv || g.rank() != 2 {
        let what = if spec.kind == Kind::Tconv { "transposed" } else { "ordinary" };
        let message = format!("the {what} convolution with {} spatial axes; it is the transposed one in 2-D", g.rank());
        return Err(refuse("WN6", message));
    }
    // Only p_end − a matters, so that one of both is 0.
    let padding = g.axes().iter().flat_map(|axis| [axis.padding().begin, end(axis).max(0)]).collect();
    let words = Words::of(&DIALECT, DIALECT.default_operation, spec, &Layouts::default())?
        .with_unless("strides", 1, per_axis(spec, Axis::stride))
        .with_unless("dilations", 1, per_axis(spec, Axis::dilation))
        .with_number("groups", 1, g.groups())
        .with_unless("padding", 0, padding);
    Ok(match pads {
        Pads::Explicit => vec![words.with_unless("outputPadding", 0, per_axis(spec, |axis| (-end(axis)).max(0)))],
        Pads::Sized => vec![words.with("outputSizes", per_axis(spec, Axis::output))],
        _ => Vec::new(),
    })
}
