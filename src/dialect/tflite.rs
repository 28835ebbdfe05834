//! TensorFlow Lite (LiteRT): the operator `TRANSPOSE_CONV`.
//!
//! | word | means |
//! |---|---|
//! | `output_shape` | all lengths of y; the forward rule must take them to those of x |
//! | `stride_h`, `stride_w` | `s` |
//! | `padding` | `SAME` or `VALID` |
//!
//! ```text
//! SAME:  ⌈out/s⌉ = in, total = max(s(in−1) + k − out, 0), p_begin = ⌊total/2⌋
//! VALID: s(in−1) + k ≤ out < s·in + k
//! ```
//!
//! 2-D only; x, y `NSC`; weight `OSI`; no flip, no dilation, no groups. The kernels of LiteRT 2.3.0 were run
//! once; a delegate may compute otherwise.

use super::sizes::{end, per_axis, returning};
use super::{Attributes, Call, Dialect, DialectRule, Form, Lowered, Pads, Sizes, Word, Words, refuse, shown};
use crate::error::Error;
use crate::geometry::{Axis, Kind, Spec, Window};
use crate::layout::Layouts;

pub(super) static DIALECT: Dialect = Dialect {
    name: "tflite",
    frameworks: &[],
    default_operation: "TRANSPOSE_CONV",
    evidence: "measured against the kernels of LiteRT 2.3.0, no delegate; no recorded outputs are kept here",
    words: &[
        Word::new("output_shape", Form::List, "all lengths of y, [n, height, width, channels]"),
        Word::new("stride_h", Form::Number, "s of the first axis"),
        Word::new("stride_w", Form::Number, "s of the second axis"),
        Word::new("padding", Form::Text, "SAME or VALID"),
    ],
    rules: &[
        DialectRule {
            id: "TL1",
            statement: "output_shape, stride_h and stride_w are given",
            reference: "TransposeConvOptions and the operator's first input",
        },
        DialectRule {
            id: "TL2",
            statement: "padding is SAME or VALID",
            reference: "TransposeConvOptions, field padding",
        },
        DialectRule {
            id: "TL3",
            statement: "batch and channels of x, weights and output_shape fit, without groups",
            reference: "TRANSPOSE_CONV: weights [output_channels, height, width, input_channels]",
        },
        DialectRule {
            id: "TL4",
            statement: "there is no dilation",
            reference: "TransposeConvOptions has strides and padding only",
        },
        DialectRule {
            id: "TL5",
            statement: "the operation is TRANSPOSE_CONV, with two spatial axes",
            reference: "TensorFlow Lite builtin operators",
        },
        DialectRule {
            id: "TL6",
            statement: "pads are found from SAME or VALID, never given as numbers",
            reference: "TransposeConvOptions, field padding",
        },
        DialectRule {
            id: "TL7",
            statement: "the convolution takes output_shape to the input's lengths",
            reference: "the kernel compares the computed input height and width; measured",
        },
    ],
    lower,
    propose,
    page: include_str!("../guide/dialects/tflite.md"),
};

fn layouts() -> Result<Layouts, Error> {
    Layouts::new("NSC", "OSI", "NSC")
}

fn lower(call: &Call<'_>) -> Result<Lowered, Error> {
    let layouts = layouts()?;
    if !call.operation.to_ascii_uppercase().contains("TRANSPOSE_CONV") {
        return Err(refuse("TL5", format!("operation '{}'; expected TRANSPOSE_CONV", shown(call.operation))));
    }
    let sizes = Sizes::read(call, &layouts, 2..=2)?;
    let mut words = Attributes::new(call.operation, call.attributes);
    let missing = |name| refuse("TL1", format!("{name} is missing"));
    let shape = words.integers("output_shape", 4, false)?.ok_or_else(|| missing("output_shape"))?;
    let stride = [
        words.integer("stride_h")?.ok_or_else(|| missing("stride_h"))?,
        words.integer("stride_w")?.ok_or_else(|| missing("stride_w"))?,
    ];
    let pads = match words.text("padding")? {
        None | Some("SAME") => Pads::Same,
        Some("VALID") => Pads::Valid,
        Some(other) => return Err(refuse("TL2", format!("padding '{}'; expected SAME or VALID", shown(other)))),
    };
    words.finish()?;

    let mut axes = Vec::new();
    for n in 0..2 {
        let window = Window { stride: stride[n], ..Window::new(sizes.kernel[n]) };
        let (input, output, same) = (sizes.input[n], shape[n + 1], pads == Pads::Same);
        let refusal = |least, most| {
            let word = if same { "SAME" } else { "VALID" };
            let message = format!("output {output} on axis {n}; with {word} {least} to {most} come from input {input}");
            refuse("TL7", message)
        };
        axes.push(returning(window, input, output, same, refusal).map_err(|e| e.on_axis(n))?);
    }
    let spec = sizes.spec(Kind::Tconv, axes, 1, "TL3")?;
    let g = &spec.geometry;
    if (shape[0], shape[3]) != (g.batch(), g.out_channels()) {
        let message = format!(
            "output_shape has batch {} and {} channels; x and the weights give {} and {}",
            shape[0],
            shape[3],
            g.batch(),
            g.out_channels()
        );
        return Err(refuse("TL3", message));
    }
    Ok(Lowered::new(spec, layouts, false).saying(pads))
}

fn propose(spec: &Spec, pads: Pads) -> Result<Vec<Words>, Error> {
    let g = &spec.geometry;
    if spec.kind != Kind::Tconv || g.rank() != 2 {
        let what = if spec.kind == Kind::Tconv { "transposed" } else { "ordinary" };
        let message = format!("the {what} convolution with {} spatial axes; it is the transposed one in 2-D", g.rank());
        return Err(refuse("TL5", message));
    }
    if g.groups() != 1 {
        return Err(refuse("TL3", format!("{} groups; there are none", g.groups())));
    }
    // With one tap no dilation shows.
    if let Some(n) = g.axes().iter().position(|axis| axis.dilation() != 1 && axis.kernel() != 1) {
        return Err(refuse("TL4", format!("dilation {} on axis {n}", g.axes()[n].dilation())));
    }
    let padding = match pads {
        Pads::Same => "SAME",
        Pads::Valid => "VALID",
        Pads::Explicit if g.axes().iter().any(|axis| axis.padding().begin != 0) => {
            let (begin, end) = (per_axis(spec, |axis| axis.padding().begin), per_axis(spec, end));
            return Err(refuse("TL6", format!("cuts {begin:?} in front and {end:?} behind")));
        }
        _ => return Ok(Vec::new()),
    };
    let layouts = layouts()?;
    let shape: Vec<i64> = layouts.y.data_shape(&spec.output_shape()).into_iter().map(super::length).collect();
    let stride = per_axis(spec, Axis::stride);
    let words = Words::of(&DIALECT, DIALECT.default_operation, spec, &layouts)?;
    let words = words.with("output_shape", shape).with("stride_h", stride[0]).with("stride_w", stride[1]);
    Ok(vec![words.with("padding", padding)])
}
