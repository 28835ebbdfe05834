//! Keras 3: `keras.ops.conv_transpose`, and the layers `Conv{1,2,3}DTranspose` that call it.
//!
//! | word | means |
//! |---|---|
//! | `strides`, `dilation_rate` | `s`, `d`; one number for all axes |
//! | `padding` | `valid` or `same` |
//! | `output_padding` | which output length is meant; left out, the usual one |
//! | `data_format` | `channels_last` or `channels_first` |
//!
//! ```text
//! valid:  out = s(in−1) + keff + output_padding;             left out: max(s − keff, 0)
//! same:   out = s(in−1) + keff mod 2 + output_padding;       left out: out = in·s
//! same:   total = max(natural − out, 0), p_begin = ⌊total/2⌋, the rest at the end
//! ```
//!
//! `keff = d(k−1) + 1`, `natural = s(in−1) + keff`. x, y `NSC`, or `NCS` by `data_format`; weight
//! `SOI`; no flip, no groups. Compared with version 3.15.1 on TensorFlow.

use super::sizes::{cut, end, halved, natural, per_axis, returning, unpadded};
use super::{Attributes, Call, Dialect, DialectRule, Form, Lowered, Pads, Sizes, Word, Words, refuse, shown};
use crate::error::Error;
use crate::geometry::{Axis, Kind, Spec, Window};
use crate::layout::Layouts;

pub(super) static DIALECT: Dialect = Dialect {
    name: "keras",
    frameworks: &["keras_tf", "keras_jax", "keras_torch"],
    default_operation: "keras.ops.conv_transpose",
    evidence: "version 3.15.1 on TensorFlow (CPU), 18 recorded outputs; other backends from its sources, not run",
    words: &[
        Word::new("strides", Form::Numbers, "s; one number for all axes"),
        Word::new("padding", Form::Text, "valid or same"),
        Word::new("output_padding", Form::Numbers, "which output length is meant; left out, the usual one"),
        Word::new("data_format", Form::Text, "channels_last or channels_first"),
        Word::new("dilation_rate", Form::Numbers, "d; one number for all axes"),
    ],
    rules: &[
        DialectRule {
            id: "KR1",
            statement: "padding is valid or same, data_format is channels_last or channels_first",
            reference: "keras.ops.conv_transpose, parameters padding and data_format",
        },
        DialectRule {
            id: "KR2",
            statement: "on TensorFlow the output must be a length that the convolution takes to x's",
            reference: "keras.ops.conv_transpose calls tf.nn.conv_transpose with the output_shape that it computes",
        },
        DialectRule {
            id: "KR3",
            statement: "a layer's output_padding is below its strides",
            reference: "keras.layers.Conv2DTranspose, '`output_padding` must be < `strides`'",
        },
        DialectRule {
            id: "KR4",
            statement: "a layer has strides or dilation_rate above 1, not both",
            reference: "keras.layers.Conv2DTranspose, '`strides > 1` not supported in conjunction with `dilation_rate > 1`'",
        },
        DialectRule {
            id: "KR5",
            statement: "the weight's channels must fit the input's, without groups",
            reference: "keras.ops.conv_transpose: kernel [spatial..., out_channels, in_channels]",
        },
        DialectRule {
            id: "KR6",
            statement: "the operation is conv_transpose, or its backend's name, or Conv{1,2,3}DTranspose, with the axes of x",
            reference: "keras.ops and keras.layers",
        },
        DialectRule {
            id: "KR7",
            statement: "pads are found from valid or same, never given as numbers",
            reference: "keras.ops.conv_transpose, parameter padding",
        },
    ],
    lower,
    propose,
    page: include_str!("../guide/dialects/keras.md"),
};

fn lower(call: &Call<'_>) -> Result<Lowered, Error> {
    let mut words = Attributes::new(call.operation, call.attributes);
    let data = match words.text("data_format")? {
        None | Some("channels_last") => "NSC",
        Some("channels_first") => "NCS",
        Some(other) => {
            let message = format!("data_format '{}'; expected channels_last or channels_first", shown(other));
            return Err(refuse("KR1", message));
        }
    };
    let layouts = Layouts::new(data, "SOI", data)?;
    let sizes = Sizes::read(call, &layouts, 1..=3)?;
    let rank = sizes.rank;
    let layer = is_layer(call.operation, rank)?;
    let stride = words.integers("strides", rank, true)?.unwrap_or_else(|| vec![1; rank]);
    let dilation = words.integers("dilation_rate", rank, true)?.unwrap_or_else(|| vec![1; rank]);
    let output_padding = words.integers("output_padding", rank, true)?;
    let pads = match words.text("padding")?.map(str::to_ascii_lowercase).as_deref() {
        None | Some("valid") => Pads::Valid,
        Some("same") => Pads::Same,
        Some(other) => return Err(refuse("KR1", format!("padding '{}'; expected valid or same", shown(other)))),
    };
    words.finish()?;
    if layer && stride.iter().any(|s| *s > 1) && dilation.iter().any(|d| *d > 1) {
        return Err(refuse("KR4", format!("strides {stride:?} and dilation_rate {dilation:?}")));
    }

    // Other backends take any length.
    let backend = call.operation.to_ascii_lowercase();
    let checked = !backend.contains("jax") && !backend.contains("torch");
    let mut axes = Vec::with_capacity(rank);
    for n in 0..rank {
        let window = Window { stride: stride[n], dilation: dilation[n], ..Window::new(sizes.kernel[n]) };
        let a = output_padding.as_ref().map(|all| all[n]);
        if let Some(a) = a
            && layer
            && a >= stride[n]
        {
            let message = format!("output_padding {a} on axis {n}; it must be smaller than strides {}", stride[n]);
            return Err(refuse("KR3", message));
        }
        let axis = resolved(window, sizes.input[n], pads == Pads::Same, a, checked, n);
        axes.push(axis.map_err(|e| e.on_axis(n))?);
    }
    let spec = sizes.spec(Kind::Tconv, axes, 1, "KR5")?;
    Ok(Lowered::new(spec, layouts, false).saying(pads))
}

fn resolved(window: Window, input: i64, same: bool, a: Option<i64>, checked: bool, n: usize) -> Result<Axis, Error> {
    let natural = unpadded(window, input)?;
    let extent = unpadded(window, 1)?;
    let output = match (same, a) {
        (false, None) => natural.saturating_add((window.stride - extent).max(0)),
        (false, Some(a)) => natural.saturating_add(a),
        (true, None) => window.stride.saturating_mul(input),
        (true, Some(a)) => (natural - extent + extent % 2).saturating_add(a),
    };
    let refusal = |least: i64, most: i64| {
        let message =
            format!("output {output} on axis {n}; the convolution takes only {least} to {most} to input {input}");
        refuse("KR2", message)
    };
    match (checked, same) {
        (true, _) => returning(window, input, output, same, refusal),
        (false, true) => halved(window, input, output),
        (false, false) => cut(window, input, 0, natural.saturating_sub(output)),
    }
}

/// Whether the operation is a layer and not the function, which may be named by its backend alone.
fn is_layer(name: &str, rank: usize) -> Result<bool, Error> {
    let said = (1..=9).find(|n| name.contains(&format!("{n}D")) || name.contains(&format!("{n}d")));
    let layer = name.contains("DTranspose");
    let function = name.contains("conv_transpose") || ["tensorflow", "jax", "torch"].contains(&name);
    if !(layer || function) || said.is_some_and(|said| said != rank) {
        let message = format!("operation '{}' with {rank} spatial axes", shown(name));
        return Err(refuse("KR6", message));
    }
    Ok(layer)
}

fn propose(spec: &Spec, pads: Pads) -> Result<Vec<Words>, Error> {
    if spec.kind != Kind::Tconv {
        return Err(refuse("KR6", "an ordinary convolution; only the transposed one is read here".to_owned()));
    }
    let g = &spec.geometry;
    if g.groups() != 1 {
        return Err(refuse("KR5", format!("{} groups; there are none", g.groups())));
    }
    let words = Words::of(&DIALECT, DIALECT.default_operation, spec, &Layouts::new("NSC", "SOI", "NSC")?)?
        .with_unless("strides", 1, per_axis(spec, Axis::stride))
        .with_unless("dilation_rate", 1, per_axis(spec, Axis::dilation));
    let (padding, a) = match pads {
        Pads::Valid => ("valid", per_axis(spec, |axis| axis.output() - natural(axis))),
        Pads::Same => {
            let extent = |axis: &Axis| axis.dilation() * (axis.kernel() - 1) + 1;
            let least = |axis: &Axis| axis.stride() * (axis.input() - 1) + extent(axis) % 2;
            ("same", per_axis(spec, |axis| axis.output() - least(axis)))
        }
        Pads::Explicit if g.axes().iter().any(|axis| axis.padding().begin != 0) => {
            let (begin, end) = (per_axis(spec, |axis| axis.padding().begin), per_axis(spec, end));
            return Err(refuse("KR7", format!("cuts {begin:?} in front and {end:?} behind")));
        }
        _ => return Ok(Vec::new()),
    };
    let words = words.with("padding", padding);
    Ok(vec![words.clone(), words.with("output_padding", a)])
}
