//! tinygrad: `Tensor.conv_transpose2d`, which takes any number of axes.
//!
//! | word | means |
//! |---|---|
//! | `stride`, `dilation`, `groups` | `s`, `d`, `g`; one number for all axes |
//! | `padding` | `p`: a number, one per axis, or `(begin, end)` of each axis, the **last axis first** |
//! | `output_padding` | `a`, of any size and sign |
//!
//! `out = s(in−1) + d(k−1) + 1 − p_begin − p_end + a`. Two axes and `padding=1,2,0,0`: 1 and 2 are those of
//! the second axis. x, y `NCS`, weight `IoS`, no flip. Measured against version 0.14.0.

use super::sizes::{end, per_axis};
use super::{Attributes, Call, Dialect, DialectRule, Form, Lowered, Pads, Sizes, Word, Words, refuse, shown};
use crate::error::Error;
use crate::geometry::{Axis, Kind, Padding, Spec, Window};
use crate::layout::Layouts;

pub(super) static DIALECT: Dialect = Dialect {
    name: "tinygrad",
    frameworks: &[],
    default_operation: "tinygrad.Tensor.conv_transpose2d",
    evidence: "measured against version 0.14.0 (its Python device); no recorded outputs are kept here",
    words: &[
        Word::new("stride", Form::Numbers, "s; one number for all axes"),
        Word::new("padding", Form::Numbers, "p: a number, one per axis, or (begin, end) of each axis, last axis first"),
        Word::new("output_padding", Form::Numbers, "a"),
        Word::new("dilation", Form::Numbers, "d; one number for all axes"),
        Word::new("groups", Form::Number, "g"),
    ],
    rules: &[
        DialectRule {
            id: "TG1",
            statement: "the operation is conv_transpose2d, on any number of axes",
            reference: "tinygrad.Tensor.conv_transpose2d",
        },
        DialectRule {
            id: "TG2",
            statement: "the weight's channels must fit the input's channels and the groups",
            reference: "tinygrad.Tensor.conv2d, 'Input Tensor shape … does not match the shape of the weights'",
        },
    ],
    lower,
    propose,
    page: include_str!("../guide/dialects/tinygrad.md"),
};

fn lower(call: &Call<'_>) -> Result<Lowered, Error> {
    if !call.operation.to_ascii_lowercase().contains("transpose") {
        return Err(refuse("TG1", format!("operation '{}'; expected conv_transpose2d", shown(call.operation))));
    }
    let layouts = Layouts::default();
    let sizes = Sizes::read(call, &layouts, 1..=usize::MAX)?;
    let rank = sizes.rank;
    let mut words = Attributes::new(call.operation, call.attributes);
    let pairs = call.attributes.get("padding").and_then(|value| value.as_array()).is_some_and(|p| p.len() == 2 * rank);
    let padding: Vec<Padding> = if pairs {
        let ends = words.integers("padding", 2 * rank, false)?.unwrap_or_default();
        // The last axis comes first.
        ends.chunks(2).rev().map(|pair| Padding { begin: pair[0], end: pair[1] }).collect()
    } else {
        let both = words.integers("padding", rank, true)?.unwrap_or_else(|| vec![0; rank]);
        both.into_iter().map(Padding::both).collect()
    };
    let mut list = |name, default: i64| -> Result<Vec<i64>, Error> {
        Ok(words.integers(name, rank, true)?.unwrap_or_else(|| vec![default; rank]))
    };
    let (stride, dilation, output_padding) = (list("stride", 1)?, list("dilation", 1)?, list("output_padding", 0)?);
    let groups = words.integer("groups")?.unwrap_or(1);
    words.finish()?;
    let mut axes = Vec::with_capacity(rank);
    for n in 0..rank {
        // A negative a cuts.
        let a = output_padding[n];
        let end = padding[n].end.saturating_sub(a.min(0));
        let padding = Padding { end, ..padding[n] };
        let window = Window { kernel: sizes.kernel[n], stride: stride[n], dilation: dilation[n], padding };
        axes.push(window.transposed(sizes.input[n], a.max(0)).map_err(|e| e.on_axis(n))?);
    }
    let spec = sizes.spec(Kind::Tconv, axes, groups, "TG2")?;
    Ok(Lowered::new(spec, layouts, false))
}

fn propose(spec: &Spec, pads: Pads) -> Result<Vec<Words>, Error> {
    if spec.kind == Kind::Conv {
        return Err(refuse("TG1", format!("{spec} is a convolution; only the transposed one is read here")));
    }
    if pads != Pads::Explicit {
        return Ok(Vec::new());
    }
    let axes = spec.geometry.axes();
    let words = Words::of(&DIALECT, DIALECT.default_operation, spec, &Layouts::default())?
        .with_unless("stride", 1, per_axis(spec, Axis::stride))
        .with_unless("dilation", 1, per_axis(spec, Axis::dilation))
        .with_number("groups", 1, spec.geometry.groups());
    let padded = |end: &dyn Fn(&Axis) -> i64, a: &dyn Fn(&Axis) -> i64| {
        let begin = |a: &Axis| a.padding().begin;
        let numbers = match axes.iter().all(|a| begin(a) == end(a)) {
            true => axes.iter().map(begin).collect(),
            false => axes.iter().rev().flat_map(|a| [begin(a), end(a)]).collect(),
        };
        words.clone().with_unless("padding", 0, numbers).with_unless("output_padding", 0, per_axis(spec, a))
    };
    Ok(vec![
        padded(&|a| a.padding().end, &Axis::output_padding),
        padded(&|a| end(a).max(0), &|a| end(a).min(0).saturating_neg()),
    ])
}
