//! PaddlePaddle: `paddle.nn.functional.conv{1,2,3}d_transpose` and `nn.Conv{1,2,3}DTranspose`.
//!
//! | word | means |
//! |---|---|
//! | `stride`, `dilation`, `groups` | `s`, `d`, `g`; one number for all axes |
//! | `padding` | a number, one per axis, `[b0, e0, b1, e1, …]`, or a pair for each axis of x |
//! | `padding=VALID` | no padding |
//! | `padding=SAME` | `d = 1`, `total = max((⌈in/s⌉−1)s + k − in, 0)`, `p_begin = ⌊total/2⌋`, the rest at the end |
//! | `output_padding` | `a < s` |
//! | `output_size` | `a = output_size − output(a = 0)`, in `0 … s−1` |
//! | `data_format` | `NCL`, `NCHW`, `NCDHW` (default), or `NLC`, `NHWC`, `NDHWC` |
//!
//! `SAME` is the padding of a *forward* convolution over the input, so the output is not `in·s`:
//! in 3, k 3, s 2 gives 5. x, y `NCS` or `NSC`; weight `IoS` for both; no flip. Measured against
//! version 3.3.1.

use serde_json::Value;

use super::sizes::{end, natural, per_axis};
use super::{Attributes, Call, Dialect, DialectRule, Form, Lowered, Pads, Sizes, Word, Words, refuse, shown};
use crate::error::Error;
use crate::geometry::{Axis, Kind, Padding, Spec, Window};
use crate::layout::Layouts;

pub(super) static DIALECT: Dialect = Dialect {
    name: "paddle",
    frameworks: &["paddlepaddle"],
    default_operation: "paddle.nn.functional.conv_transpose",
    evidence: "measured against version 3.3.1 (CPU); no recorded outputs are kept here",
    words: &[
        Word::new("stride", Form::Numbers, "s; one number for all axes"),
        Word::new("padding", Form::NumbersOrText, "p: a number, one per axis, [b0, e0, b1, e1, …], SAME or VALID"),
        Word::new("output_padding", Form::Numbers, "a"),
        Word::new("output_size", Form::Numbers, "the output's lengths, which give a"),
        Word::new("dilation", Form::Numbers, "d; one number for all axes"),
        Word::new("groups", Form::Number, "g"),
        Word::new("data_format", Form::Text, "NCL, NCHW, NCDHW, or NLC, NHWC, NDHWC"),
    ],
    rules: &[
        DialectRule {
            id: "PD1",
            statement: "padding is numbers of at least 0, SAME or VALID; batch and channels are not padded",
            reference: "paddle.nn.functional.conv2d_transpose, 'Invalid padding, all value should be larger than or equal to 0'",
        },
        DialectRule {
            id: "PD2",
            statement: "output_padding must be smaller than the stride",
            reference: "PaddlePaddle 3.3.1: refused from max(stride, dilation) on; below it the CPU kernel refuses (im2col)",
        },
        DialectRule {
            id: "PD3",
            statement: "output_size must lie in output(a = 0) … output(a = 0) + stride − 1",
            reference: "paddle.nn.functional.conv2d_transpose, 'output_size … not less than the inferred output size + stride'",
        },
        DialectRule {
            id: "PD4",
            statement: "output_size and output_padding exclude each other",
            reference: "paddle.nn.functional.conv2d_transpose, 'output_padding option is mutually exclusive with output_size'",
        },
        DialectRule {
            id: "PD5",
            statement: "the weight's channels must fit the input's channels and the groups",
            reference: "paddle.nn.functional.conv2d_transpose, 'the number of input channels should be equal to filter'",
        },
        DialectRule {
            id: "PD6",
            statement: "the operation is conv1d_transpose, conv2d_transpose or conv3d_transpose, on as many axes",
            reference: "paddle.nn.functional",
        },
        DialectRule {
            id: "PD7",
            statement: "data_format is NCL or NLC, NCHW or NHWC, NCDHW or NDHWC, by the number of axes",
            reference: "paddle.nn.functional.conv2d_transpose, 'Attr(data_format) … got wrong value'",
        },
    ],
    lower,
    propose,
    page: include_str!("../guide/dialects/paddle.md"),
};

fn lower(call: &Call<'_>) -> Result<Lowered, Error> {
    let mut words = Attributes::new(call.operation, call.attributes);
    let format = words.text("data_format")?;
    let last = format.is_some_and(|format| format.ends_with('C'));
    let layouts = if last { Layouts::new("NSC", "IoS", "NSC")? } else { Layouts::default() };
    let sizes = Sizes::read(call, &layouts, 1..=3)?;
    let rank = sizes.rank;
    let name = call.operation.to_ascii_lowercase();
    let other = |n: &usize| *n != rank && name.contains(&format!("{n}d"));
    if !name.contains("transpose") || (1..=9).any(|n| other(&n)) {
        let message = format!("operation '{}' with {rank} spatial axes", shown(call.operation));
        return Err(refuse("PD6", message));
    }
    let known = [["NCL", "NLC"], ["NCHW", "NHWC"], ["NCDHW", "NDHWC"]][rank - 1];
    if let Some(format) = format.filter(|format| !known.contains(format)) {
        let message = format!("data_format '{}'; expected {} or {}", shown(format), known[0], known[1]);
        return Err(refuse("PD7", message));
    }
    let stride = words.integers("stride", rank, true)?.unwrap_or_else(|| vec![1; rank]);
    let mut dilation = words.integers("dilation", rank, true)?.unwrap_or_else(|| vec![1; rank]);
    let groups = words.integer("groups")?.unwrap_or(1);
    let output_padding = words.integers("output_padding", rank, true)?.unwrap_or_else(|| vec![0; rank]);
    let output_size = words.integers("output_size", rank, true)?;
    let (padding, pads) = match words.text_if_any("padding").map(str::to_ascii_uppercase).as_deref() {
        None => (numbers(call, &mut words, rank, last)?, Pads::Explicit),
        Some("VALID") => (vec![Padding::default(); rank], Pads::Valid),
        Some("SAME") => {
            dilation.fill(1);
            ((0..rank).map(|n| same(sizes.input[n], sizes.kernel[n], stride[n])).collect(), Pads::Same)
        }
        Some(other) => return Err(refuse("PD1", format!("padding '{}'; expected SAME or VALID", shown(other)))),
    };
    words.has("padding");
    words.finish()?;
    if output_size.is_some() && output_padding.iter().any(|a| *a != 0) {
        return Err(refuse("PD4", "output_size together with output_padding; leave one of them out".to_owned()));
    }
    let mut axes = Vec::with_capacity(rank);
    for n in 0..rank {
        let window = Window { kernel: sizes.kernel[n], stride: stride[n], dilation: dilation[n], padding: padding[n] };
        let axis = match &output_size {
            Some(size) => of_size(window, sizes.input[n], size[n], n),
            None if output_padding[n] >= stride[n].max(1) => {
                let (a, s) = (output_padding[n], stride[n]);
                Err(refuse("PD2", format!("output_padding {a} on axis {n}; it must be smaller than stride {s}")))
            }
            None => window.transposed(sizes.input[n], output_padding[n]),
        };
        axes.push(axis.map_err(|e| e.on_axis(n))?);
    }
    let spec = sizes.spec(Kind::Tconv, axes, groups, "PD5")?;
    let pads = if pads == Pads::Explicit && output_size.is_some() { Pads::Sized } else { pads };
    Ok(Lowered::new(spec, layouts, false).saying(pads))
}

/// The four ways of saying pads as numbers.
fn numbers(call: &Call<'_>, words: &mut Attributes<'_>, rank: usize, last: bool) -> Result<Vec<Padding>, Error> {
    let list = call.attributes.get("padding").and_then(Value::as_array);
    let padding: Vec<Padding> = match list {
        Some(list) if list.iter().any(Value::is_array) => {
            let pairs = words.pairs("padding", rank + 2)?.unwrap_or_default();
            let mut pairs: Vec<Padding> = pairs.into_iter().map(|(begin, end)| Padding { begin, end }).collect();
            let outer = [pairs.remove(0), pairs.remove(if last { rank } else { 0 })];
            if outer.iter().any(|p| *p != Padding::default()) {
                return Err(refuse("PD1", "padding of batch or channels; only positions can be padded".to_owned()));
            }
            pairs
        }
        Some(list) if list.len() == 2 * rank => {
            let ends = words.integers("padding", 2 * rank, false)?.unwrap_or_default();
            ends.chunks(2).map(|pair| Padding { begin: pair[0], end: pair[1] }).collect()
        }
        _ => {
            let both = words.integers("padding", rank, true)?.unwrap_or_else(|| vec![0; rank]);
            both.into_iter().map(Padding::both).collect()
        }
    };
    if let Some(n) = padding.iter().position(|p| p.begin < 0 || p.end < 0) {
        let Padding { begin, end } = padding[n];
        return Err(refuse("PD1", format!("padding {begin} and {end} on axis {n}; it must be at least 0")));
    }
    Ok(padding)
}

/// `SAME` over the input: one placement per started stride.
fn same(input: i64, kernel: i64, stride: i64) -> Padding {
    let stride = stride.max(1);
    // (⌈in/s⌉ − 1)s is the largest multiple of s below in.
    let started = (input.max(1) - 1) / stride * stride;
    let total = started.saturating_sub(input).saturating_add(kernel).max(0);
    Padding { begin: total / 2, end: total - total / 2 }
}

/// The axis whose output has this size: `a = size − output(a = 0)`.
fn of_size(window: Window, input: i64, size: i64, n: usize) -> Result<Axis, Error> {
    // With a = s − 1 the largest valid size; it is positive whenever any is.
    let most = window.stride.max(1) - 1;
    let largest = window.transposed(input, most)?.output();
    let a = most.saturating_sub(largest.saturating_sub(size));
    if a < 0 || a > most {
        let least = largest - most;
        return Err(refuse("PD3", format!("output_size {size} on axis {n}; expected {least} to {largest}")));
    }
    window.transposed(input, a)
}

fn propose(spec: &Spec, pads: Pads) -> Result<Vec<Words>, Error> {
    if spec.kind == Kind::Conv {
        return Err(refuse("PD6", format!("{spec} is a convolution; only the transposed ones are read here")));
    }
    let words = Words::of(&DIALECT, DIALECT.default_operation, spec, &Layouts::default())?
        .with_unless("stride", 1, per_axis(spec, Axis::stride))
        .with_unless("dilation", 1, per_axis(spec, Axis::dilation))
        .with_number("groups", 1, spec.geometry.groups());
    let axes = spec.geometry.axes();
    let padded = |end: &dyn Fn(&Axis) -> i64| {
        let begin = |a: &Axis| a.padding().begin;
        let numbers = match axes.iter().all(|a| begin(a) == end(a)) {
            true => axes.iter().map(begin).collect(),
            false => axes.iter().flat_map(|a| [begin(a), end(a)]).collect(),
        };
        words.clone().with_unless("padding", 0, numbers)
    };
    let auto = |name: &str| words.clone().with("padding", name);
    let output = per_axis(spec, Axis::output);
    Ok(match pads {
        Pads::Explicit => vec![
            padded(&|a| a.padding().end).with_unless("output_padding", 0, per_axis(spec, Axis::output_padding)),
            padded(&|a| end(a).max(0)).with_unless("output_padding", 0, per_axis(spec, |a| (-end(a)).max(0))),
        ],
        Pads::Valid => {
            vec![auto("VALID").with_unless("output_padding", 0, per_axis(spec, |a| a.output() - natural(a)))]
        }
        Pads::Same => vec![auto("SAME"), auto("SAME").with("output_size", output)],
        Pads::Sized => vec![padded(&|a| end(a).max(0)).with("output_size", output)],
        Pads::SameUpper | Pads::SameLower => Vec::new(),
    })
}
