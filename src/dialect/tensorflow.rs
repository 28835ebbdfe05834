//! TensorFlow: `tf.nn.conv{1,2,3}d_transpose`.
//!
//! | word | means |
//! |---|---|
//! | `output_shape` | all lengths of y, in its layout; the operation is the input gradient of the convolution that takes them to x |
//! | `strides`, `dilations` | `s`, `d`; one number, one for each spatial axis, or one for each axis of x |
//! | `padding` | `SAME`: `⌈out/s⌉ = in`, `total = max(natural − out, 0)`, `p_begin = ⌊total/2⌋`; `VALID`: none; pairs for each axis of x in 2-D |
//! | `data_format` | `NWC NHWC NDHWC` or `NCW NCHW NCDHW` |
//!
//! `natural = s(in−1) + d(k−1) + 1`, and `a = out − (natural − p_begin − p_end)` in `0 … s−1`. x, y
//! `NSC`, or `NCS` by `data_format`; weight `SOI`; no flip, no groups. Compared with version 2.21.0.

use serde_json::Value;

use super::sizes::{end, per_axis, returning};
use super::{Attributes, Call, Dialect, DialectRule, Form, Lowered, Pads, Sizes, Word, Words, refuse, shown};
use crate::error::Error;
use crate::geometry::{Axis, Kind, Padding, Spec, Window};
use crate::layout::Layouts;

pub(super) static DIALECT: Dialect = Dialect {
    name: "tensorflow",
    frameworks: &[],
    default_operation: "tf.nn.conv_transpose",
    evidence: "version 2.21.0 (CPU), 22 recorded outputs",
    words: &[
        Word::new("output_shape", Form::List, "all lengths of y, in its layout"),
        Word::new("strides", Form::Numbers, "s; one number, one per spatial axis, or one per axis of x"),
        Word::new("padding", Form::Json, "SAME, VALID, or in 2-D a pair for each axis of x"),
        Word::new("data_format", Form::Text, "NWC, NHWC, NDHWC, or NCW, NCHW, NCDHW"),
        Word::new("dilations", Form::Numbers, "d, written as strides are"),
    ],
    rules: &[
        DialectRule {
            id: "TF1",
            statement: "output_shape and strides have no default",
            reference: "tf.nn.conv2d_transpose, signature",
        },
        DialectRule {
            id: "TF2",
            statement: "output_shape is a length that the convolution takes to x's",
            reference: "tf.nn.conv2d_transpose is Conv2DBackpropInput: 'Size of out_backprop doesn't match computed'",
        },
        DialectRule {
            id: "TF3",
            statement: "padding is SAME, VALID or, in 2-D only, not negative pairs that are 0 for batch and channels",
            reference: "tf.nn.conv2d_transpose, parameter padding; 'All elements of explicit_paddings must be nonnegative'",
        },
        DialectRule {
            id: "TF4",
            statement: "strides and dilations are 1 for batch and channels",
            reference: "tf.nn.conv2d_transpose, parameters strides and dilations",
        },
        DialectRule {
            id: "TF5",
            statement: "data_format names the axes of x",
            reference: "tf.nn.conv{1,2,3}d_transpose, parameter data_format",
        },
        DialectRule {
            id: "TF6",
            statement: "the operation is tf.nn.conv{1,2,3}d_transpose or tf.nn.conv_transpose, with the axes of x",
            reference: "tf.nn, module documentation",
        },
        DialectRule {
            id: "TF7",
            statement: "batch and channels of x, filters and output_shape fit, without groups",
            reference: "tf.nn.conv2d_transpose: filters [height, width, output_channels, in_channels]",
        },
    ],
    lower,
    propose,
    page: include_str!("../guide/dialects/tensorflow.md"),
};

/// Names of the axes, channels last and first, by the number of spatial axes.
const FORMATS: [[&str; 2]; 3] = [["NWC", "NCW"], ["NHWC", "NCHW"], ["NDHWC", "NCDHW"]];

fn lower(call: &Call<'_>) -> Result<Lowered, Error> {
    let mut words = Attributes::new(call.operation, call.attributes);
    let format = words.text("data_format")?;
    let first = format.is_some_and(|name| name.starts_with("NC"));
    let data = if first { "NCS" } else { "NSC" };
    let layouts = Layouts::new(data, "SOI", data)?;
    let sizes = Sizes::read(call, &layouts, 1..=3)?;
    let rank = sizes.rank;
    operation(call.operation, rank)?;
    let named = FORMATS[rank - 1][usize::from(first)];
    if let Some(format) = format
        && format != named
    {
        let [last, first] = FORMATS[rank - 1];
        return Err(refuse("TF5", format!("data_format '{}'; expected {last} or {first}", shown(format))));
    }
    // Positions of the spatial axes and of the channels.
    let (from, channels) = if first { (2, 1) } else { (1, rank + 1) };
    let missing = |name| refuse("TF1", format!("{name} is missing; it has no default"));
    let shape = words.integers("output_shape", rank + 2, false)?.ok_or_else(|| missing("output_shape"))?;
    let stride = numbers(&mut words, call, "strides", rank, from)?.ok_or_else(|| missing("strides"))?;
    let dilation = numbers(&mut words, call, "dilations", rank, from)?.unwrap_or_else(|| vec![1; rank]);
    let (pads, padding) = padding(&mut words, rank, from)?;
    words.finish()?;

    let mut axes = Vec::with_capacity(rank);
    for n in 0..rank {
        let window = Window { kernel: sizes.kernel[n], stride: stride[n], dilation: dilation[n], padding: padding[n] };
        let (input, output, same) = (sizes.input[n], shape[from + n], pads == Pads::Same);
        let refusal = |least, most| {
            let word = if same { "SAME" } else { "these pads" };
            let message = format!("output {output} on axis {n}; with {word} {least} to {most} come from input {input}");
            refuse("TF2", message)
        };
        axes.push(returning(window, input, output, same, refusal).map_err(|e| e.on_axis(n))?);
    }
    let spec = sizes.spec(Kind::Tconv, axes, 1, "TF7")?;
    let g = &spec.geometry;
    if (shape[0], shape[channels]) != (g.batch(), g.out_channels()) {
        let message = format!(
            "output_shape has batch {} and {} channels; x and the filters give {} and {}",
            shape[0],
            shape[channels],
            g.batch(),
            g.out_channels()
        );
        return Err(refuse("TF7", message));
    }
    Ok(Lowered::new(spec, layouts, false).saying(pads))
}

fn operation(name: &str, rank: usize) -> Result<(), Error> {
    let said = (1..=9).find(|n| name.contains(&format!("{n}d")));
    if !name.contains("conv") || !name.contains("transpose") || said.is_some_and(|said| said != rank) {
        let message = format!("operation '{}' with {rank} spatial axes", shown(name));
        return Err(refuse("TF6", message));
    }
    Ok(())
}

/// One number per spatial axis, which may be written for all axes of x.
fn numbers(
    words: &mut Attributes<'_>,
    call: &Call<'_>,
    name: &'static str,
    rank: usize,
    from: usize,
) -> Result<Option<Vec<i64>>, Error> {
    let all = call.attributes.get(name).and_then(Value::as_array).is_some_and(|list| list.len() == rank + 2);
    if !all {
        return words.integers(name, rank, true);
    }
    let Some(list) = words.integers(name, rank + 2, false)? else { return Ok(None) };
    let spatial = from..from + rank;
    if list.iter().enumerate().any(|(n, number)| !spatial.contains(&n) && *number != 1) {
        return Err(refuse("TF4", format!("{name} {list:?}; 1 is needed for batch and channels")));
    }
    Ok(Some(list[spatial].to_vec()))
}

fn padding(words: &mut Attributes<'_>, rank: usize, from: usize) -> Result<(Pads, Vec<Padding>), Error> {
    let none = vec![Padding::default(); rank];
    if words.is_text("padding") {
        return match words.text("padding")? {
            Some("SAME") => Ok((Pads::Same, none)),
            Some("VALID") => Ok((Pads::Valid, none)),
            other => {
                let other = shown(other.unwrap_or_default());
                Err(refuse("TF3", format!("padding '{other}'; expected SAME, VALID or pairs")))
            }
        };
    }
    let Some(pairs) = words.pairs("padding", rank + 2)? else { return Ok((Pads::Same, none)) };
    let spatial = from..from + rank;
    let outside = |n: usize, pair: (i64, i64)| !spatial.contains(&n) && pair != (0, 0);
    if rank != 2 {
        return Err(refuse("TF3", format!("pairs with {rank} spatial axes; only 2-D takes them")));
    }
    if pairs.iter().enumerate().any(|(n, &(begin, end))| begin < 0 || end < 0 || outside(n, (begin, end))) {
        return Err(refuse("TF3", format!("padding {pairs:?}; at least 0, and 0 for batch and channels")));
    }
    let pads = pairs[spatial].iter().map(|&(begin, end)| Padding { begin, end }).collect();
    Ok((Pads::Explicit, pads))
}

fn propose(spec: &Spec, pads: Pads) -> Result<Vec<Words>, Error> {
    if spec.kind != Kind::Tconv {
        return Err(refuse("TF6", "an ordinary convolution; only the transposed one is read here".to_owned()));
    }
    let g = &spec.geometry;
    if g.groups() != 1 {
        return Err(refuse("TF7", format!("{} groups; there are none", g.groups())));
    }
    let rank = g.rank();
    let layouts = Layouts::new("NSC", "SOI", "NSC")?;
    let explicit = pads == Pads::Explicit;
    let operation = if explicit { "tf.nn.conv2d_transpose" } else { DIALECT.default_operation };
    let shape: Vec<i64> = layouts.y.data_shape(&spec.output_shape()).into_iter().map(super::length).collect();
    let words = Words::of(&DIALECT, operation, spec, &layouts)?
        .with("output_shape", shape)
        .with("strides", per_axis(spec, Axis::stride))
        .with_unless("dilations", 1, per_axis(spec, Axis::dilation));
    Ok(match pads {
        // Said by a word.
        Pads::Explicit if g.axes().iter().all(|axis| axis.padding().begin == 0 && end(axis) <= 0) => Vec::new(),
        Pads::Explicit if rank == 2 => {
            let pair = |axis: &Axis| vec![axis.padding().begin, end(axis).max(0)];
            let pairs = std::iter::once(vec![0, 0]).chain(g.axes().iter().map(pair)).chain([vec![0, 0]]);
            vec![words.with("padding", pairs.collect::<Vec<_>>())]
        }
        Pads::Explicit => {
            return Err(refuse("TF3", format!("pairs with {rank} spatial axes; only 2-D takes them")));
        }
        Pads::Valid => vec![words.with("padding", "VALID")],
        Pads::Same => vec![words.with("padding", "SAME")],
        Pads::SameUpper | Pads::SameLower | Pads::Sized => Vec::new(),
    })
}
