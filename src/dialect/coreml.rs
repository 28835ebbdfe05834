//! Core ML: `conv_transpose` of its model intermediate language (MIL).
//!
//! | word | means |
//! |---|---|
//! | `pad_type` | `valid`: no padding; `custom`: `pad`; `same`: `out = in·s` |
//! | `pad` | `[begin0, end0, begin1, end1, …]` |
//! | `output_shape` | all lengths of y, one of those that the convolution takes to x |
//! | `strides`, `dilations`, `groups` | `s`, `d`, `g` |
//!
//! ```text
//! valid, custom:  out = s(in−1) + d(k−1) + 1 − p_begin − p_end;   output_shape: a = output_shape − out, 0 … s−1
//! same:           out = in·s, or output_shape with ⌈out/s⌉ = in;  total = max(natural − out, 0), p_begin = ⌊total/2⌋
//! ```
//!
//! x, y `NCS`; weight `IoS`; no flip. From its documentation, not run: it does not say how `same` is
//! split; the split is TensorFlow's, whose `SAME` its converter hands on as `same`.

use super::sizes::{end, per_axis, returning};
use super::{Attributes, Call, Dialect, DialectRule, Form, Lowered, Pads, Sizes, Word, Words, refuse, shown};
use crate::error::Error;
use crate::geometry::{Axis, Kind, Padding, Spec, Window};
use crate::layout::Layouts;

pub(super) static DIALECT: Dialect = Dialect {
    name: "coreml",
    frameworks: &[],
    default_operation: "conv_transpose",
    evidence: "from its documentation (coremltools, MIL operators), not run",
    words: &[
        Word::new("pad_type", Form::Text, "valid, custom or same"),
        Word::new("pad", Form::List, "p as [begin0, end0, begin1, end1, …], with pad_type custom"),
        Word::new("output_shape", Form::List, "all lengths of y, [n, channels, positions…]"),
        Word::new("strides", Form::List, "s"),
        Word::new("dilations", Form::List, "d"),
        Word::new("groups", Form::Number, "g"),
    ],
    rules: &[
        DialectRule {
            id: "CM1",
            statement: "pad_type is valid, custom or same",
            reference: "MIL conv_transpose, parameter pad_type",
        },
        DialectRule {
            id: "CM2",
            statement: "pad counts elements, so it is not negative, and goes with pad_type custom",
            reference: "MIL conv_transpose, 'Number of elements to pad'; conv, 'if and only if pad_type == custom'",
        },
        DialectRule {
            id: "CM3",
            statement: "output_shape is a length that the convolution takes to x's",
            reference: "MIL conv_transpose: 'conv can map multiple input shapes to a single output shape'",
        },
        DialectRule {
            id: "CM4",
            statement: "batch and channels of x, weight and output_shape fit the groups",
            reference: "MIL conv_transpose: 'The first two dimensions must be [n, C_out]'",
        },
        DialectRule {
            id: "CM5",
            statement: "the operation is conv_transpose, with one to three spatial axes",
            reference: "MIL conv_transpose: 'Supports 1-D, 2-D, and 3-D convolution'",
        },
        DialectRule {
            id: "CM6",
            statement: "without output_shape nothing is given back at the end",
            reference: "MIL conv_transpose has no output padding",
        },
    ],
    lower,
    propose,
    page: include_str!("../guide/dialects/coreml.md"),
};

fn lower(call: &Call<'_>) -> Result<Lowered, Error> {
    if !call.operation.ends_with("conv_transpose") {
        return Err(refuse("CM5", format!("operation '{}'; expected conv_transpose", shown(call.operation))));
    }
    let layouts = Layouts::default();
    let sizes = Sizes::read(call, &layouts, 1..=3)?;
    let rank = sizes.rank;
    let mut words = Attributes::new(call.operation, call.attributes);
    let stride = words.integers("strides", rank, false)?.unwrap_or_else(|| vec![1; rank]);
    let dilation = words.integers("dilations", rank, false)?.unwrap_or_else(|| vec![1; rank]);
    let groups = words.integer("groups")?.unwrap_or(1);
    let pads = match words.text("pad_type")? {
        None | Some("valid") => Pads::Valid,
        Some("custom") => Pads::Explicit,
        Some("same") => Pads::Same,
        Some(other) => {
            return Err(refuse("CM1", format!("pad_type '{}'; expected valid, custom or same", shown(other))));
        }
    };
    let pad = words.integers("pad", 2 * rank, false)?.unwrap_or_else(|| vec![0; 2 * rank]);
    let shape = words.integers("output_shape", rank + 2, false)?;
    words.finish()?;
    if pad.iter().any(|p| *p < 0 || (*p != 0 && pads != Pads::Explicit)) {
        return Err(refuse("CM2", format!("pad {pad:?}; at least 0, and with pad_type custom only")));
    }

    let mut axes = Vec::with_capacity(rank);
    for n in 0..rank {
        let padding = Padding { begin: pad[2 * n], end: pad[2 * n + 1] };
        let window = Window { kernel: sizes.kernel[n], stride: stride[n], dilation: dilation[n], padding };
        let (input, same) = (sizes.input[n], pads == Pads::Same);
        let output = match &shape {
            Some(shape) => Some(shape[n + 2]),
            None if same => Some(window.stride.saturating_mul(input)),
            None => None,
        };
        let axis = match output {
            None => window.transposed(input, 0),
            Some(output) => returning(window, input, output, same, |least, most| {
                let message = format!("output {output} on axis {n}; {least} to {most} come from input {input}");
                refuse("CM3", message)
            }),
        };
        axes.push(axis.map_err(|e| e.on_axis(n))?);
    }
    let spec = sizes.spec(Kind::Tconv, axes, groups, "CM4")?;
    let g = &spec.geometry;
    if let Some(shape) = &shape
        && shape[..2] != [g.batch(), g.out_channels()]
    {
        let message =
            format!("output_shape begins with {:?}; {} and {} are needed", &shape[..2], g.batch(), g.out_channels());
        return Err(refuse("CM4", message));
    }
    let mut remarks = Vec::new();
    if pads == Pads::Same {
        let split = "pad_type same: the documentation does not say how it is split; read as TensorFlow's SAME, the \
                     larger half at the end";
        remarks.push(split.to_owned());
    }
    Ok(Lowered { remarks, ..Lowered::new(spec, layouts, false).saying(pads) })
}

fn propose(spec: &Spec, pads: Pads) -> Result<Vec<Words>, Error> {
    let g = &spec.geometry;
    if spec.kind != Kind::Tconv || g.rank() > 3 {
        let what = if spec.kind == Kind::Tconv { "transposed" } else { "ordinary" };
        let message = format!("the {what} convolution with {} spatial axes", g.rank());
        return Err(refuse("CM5", message));
    }
    let words = Words::of(&DIALECT, DIALECT.default_operation, spec, &Layouts::default())?
        .with_unless("strides", 1, per_axis(spec, Axis::stride))
        .with_unless("dilations", 1, per_axis(spec, Axis::dilation))
        .with_number("groups", 1, g.groups());
    let custom = |ends: fn(&Axis) -> i64| {
        let pad: Vec<i64> = g.axes().iter().flat_map(|axis| [axis.padding().begin, ends(axis)]).collect();
        words.clone().with("pad_type", "custom").with("pad", pad)
    };
    let sized = |words: Words| {
        let shape: Vec<i64> = spec.output_shape().into_iter().map(super::length).collect();
        words.with("output_shape", shape)
    };
    Ok(match pads {
        Pads::Explicit => match g.axes().iter().position(|axis| end(axis) < 0) {
            None if g.axes().iter().all(|axis| axis.padding().begin == 0 && end(axis) == 0) => vec![words],
            None => vec![custom(end)],
            Some(n) => {
                let message = format!("axis {n} gives {} back at the end", -end(&g.axes()[n]));
                return Err(refuse("CM6", message));
            }
        },
        Pads::Valid => vec![words.clone()],
        Pads::Same => {
            let same = words.clone().with("pad_type", "same");
            vec![same.clone(), sized(same)]
        }
        Pads::Sized => vec![sized(custom(|axis| end(axis).max(0)))],
        Pads::SameUpper | Pads::SameLower => Vec::new(),
    })
}
