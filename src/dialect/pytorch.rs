//! PyTorch: `F.conv_transpose{1,2,3}d`, `nn.ConvTranspose{1,2,3}d`, `F.conv{1,2,3}d` and its input
//! gradient.
//!
//! | word | means |
//! |---|---|
//! | `stride`, `dilation` | `s`, `d`; one number for all axes |
//! | `padding` | `p_begin = p_end`; of a convolution also `"valid"` and `"same"` (stride 1: total `d(k−1)`, larger half at the end) |
//! | `output_padding` | `a` |
//! | `output_size` (module call) | `a = output_size − output(a = 0)`, in `0 … s−1` |
//! | `input_size` (input gradient) | the same with the convolution's input |
//! | `groups` | `g` |
//!
//! x, y `NCS`; weight `IoS` for both operations; no flip. Compared with version 2.15.0.

use super::sizes::{end, natural, per_axis};
use super::{Attributes, Call, Dialect, DialectRule, Form, Lowered, Pads, Sizes, Word, Words, refuse, shown};
use crate::error::{Error, MeaningError};
use crate::geometry::{Axis, Kind, Padding, Spec, Window};
use crate::layout::Layouts;

pub(super) static DIALECT: Dialect = Dialect {
    name: "pytorch",
    frameworks: &["torch"],
    default_operation: "torch.nn.functional.conv_transpose",
    evidence: "version 2.15.0 (CPU), 78 recorded outputs",
    words: &[
        Word::new("stride", Form::Numbers, "s; one number for all axes"),
        Word::new("padding", Form::NumbersOrText, "p_begin = p_end; of a convolution also valid and same"),
        Word::new("output_padding", Form::Numbers, "a"),
        Word::new("output_size", Form::List, "the output's lengths, which give a (module call)"),
        Word::new("input_size", Form::List, "the same of the input gradient: the convolution's input"),
        Word::new("dilation", Form::Numbers, "d; one number for all axes"),
        Word::new("groups", Form::Number, "g"),
    ],
    rules: &[
        DialectRule {
            id: "PT1",
            statement: "output_padding must be smaller than either stride or dilation",
            reference: "torch.nn.functional.conv_transpose2d, 'output padding must be smaller than either stride or dilation'",
        },
        DialectRule {
            id: "PT2",
            statement: "padding must not be negative",
            reference: "torch.nn.functional.conv_transpose2d, 'negative padding is not supported'",
        },
        DialectRule {
            id: "PT3",
            statement: "output_size must lie in output(a = 0) … output(a = 0) + stride − 1",
            reference: "torch.nn.ConvTranspose2d, 'requested an output size of …, but valid sizes range from … to …'",
        },
        DialectRule {
            id: "PT4",
            statement: "the weight's channels must fit the input's channels and the groups",
            reference: "torch.nn.functional.conv_transpose2d, 'expected input to have … channels'",
        },
        DialectRule {
            id: "PT5",
            statement: "padding='same' needs stride 1",
            reference: "torch.nn.functional.conv2d, \"padding='same' is not supported for strided convolutions\"",
        },
        DialectRule {
            id: "PT6",
            statement: "the number of axes in the operation's name is that of x, which has a batch axis here",
            reference: "torch.nn.functional, conv_transpose1d, conv_transpose2d, conv_transpose3d",
        },
        DialectRule {
            id: "PT7",
            statement: "padding cuts the same at both ends, and output_padding only gives back at the end",
            reference: "torch.nn.functional.conv_transpose2d and conv2d, parameter padding",
        },
    ],
    lower,
    propose,
    page: include_str!("../guide/dialects/pytorch.md"),
};

fn lower(call: &Call<'_>) -> Result<Lowered, Error> {
    let layouts = Layouts::default();
    let sizes = Sizes::read(call, &layouts, 1..=3)?;
    let rank = sizes.rank;
    let kind = kind(call.operation, rank)?;
    let mut words = Attributes::new(call.operation, call.attributes);
    let ones = || vec![1; rank];
    let stride = words.integers("stride", rank, true)?.unwrap_or_else(ones);
    let dilation = words.integers("dilation", rank, true)?.unwrap_or_else(ones);
    let groups = words.integer("groups")?.unwrap_or(1);
    let padding = padding(&mut words, &sizes.kernel, kind, &stride, &dilation)?;
    let (mut output_padding, mut size) = (None, None);
    if kind == Kind::Tconv {
        output_padding = words.integers("output_padding", rank, true)?;
        size = match words.integers("output_size", rank, false)? {
            Some(size) => Some(size),
            None => words.integers("input_size", rank, false)?,
        };
    }
    let pads = match words.text_if_any("padding") {
        Some("same") => Pads::Same,
        Some(_) => Pads::Valid,
        None if size.is_some() => Pads::Sized,
        None => Pads::Explicit,
    };
    words.finish()?;

    let mut axes = Vec::with_capacity(rank);
    for n in 0..rank {
        let window = Window { kernel: sizes.kernel[n], stride: stride[n], dilation: dilation[n], padding: padding[n] };
        let input = sizes.input[n];
        let axis = match (kind, &size) {
            (Kind::Conv, _) => window.convolving(input),
            (Kind::Tconv, Some(size)) => of_size(window, input, size[n], n),
            (Kind::Tconv, None) => {
                let a = output_padding.as_ref().map_or(0, |all| all[n]);
                if a >= stride[n].max(dilation[n]) {
                    let message = format!(
                        "output padding {a} on axis {n}; it must be smaller than stride {} or dilation {}",
                        stride[n], dilation[n]
                    );
                    return Err(refuse("PT1", message));
                }
                window.transposed(input, a)
            }
        };
        axes.push(axis.map_err(|e| e.on_axis(n))?);
    }
    let spec = sizes.spec(kind, axes, groups, "PT4")?;
    Ok(Lowered::new(spec, layouts, false).saying(pads))
}

/// The operation by its name; the input gradient of a convolution is a transposed convolution.
fn kind(operation: &str, rank: usize) -> Result<Kind, Error> {
    let name = operation.to_ascii_lowercase();
    let has = |part| name.contains(part);
    let said = (1..=9).find(|n| name.contains(&format!("{n}d")));
    match () {
        () if !has("conv") || has("weight") => {
            let known = "conv_transpose{1,2,3}d, ConvTranspose{1,2,3}d, conv{1,2,3}d and its grad_input".to_owned();
            Err(MeaningError::NoDialect { name: shown(operation), known }.into())
        }
        () if said.is_some_and(|said| said != rank) => {
            let message = format!("{} with {rank} spatial axes; x is [n, c, positions…] here", shown(operation));
            Err(refuse("PT6", message))
        }
        () if has("transpose") || has("grad_input") || has("d_input") => Ok(Kind::Tconv),
        () => Ok(Kind::Conv),
    }
}

fn padding(
    words: &mut Attributes<'_>,
    kernel: &[i64],
    kind: Kind,
    stride: &[i64],
    dilation: &[i64],
) -> Result<Vec<Padding>, Error> {
    let rank = stride.len();
    if kind == Kind::Conv && words.is_text("padding") {
        return match words.text("padding")? {
            Some("valid") => Ok(vec![Padding::default(); rank]),
            Some("same") if stride.iter().all(|s| *s == 1) => Ok((0..rank)
                .map(|n| {
                    let total = dilation[n].saturating_mul(kernel[n].saturating_sub(1));
                    Padding { begin: total / 2, end: total - total / 2 }
                })
                .collect()),
            Some("same") => Err(refuse("PT5", format!("padding 'same' with stride {stride:?}; stride 1 is needed"))),
            other => {
                let got =
                    format!("padding '{}'; expected numbers, 'valid' or 'same'", shown(other.unwrap_or_default()));
                Err(refuse("PT2", got))
            }
        };
    }
    let padding = words.integers("padding", rank, true)?.unwrap_or_else(|| vec![0; rank]);
    if let Some(n) = padding.iter().position(|p| *p < 0) {
        return Err(refuse("PT2", format!("padding {} on axis {n}; it must be at least 0", padding[n])));
    }
    Ok(padding.into_iter().map(Padding::both).collect())
}

/// The axis whose output has this size: `a = size − output(a = 0)`.
fn of_size(window: Window, input: i64, size: i64, n: usize) -> Result<Axis, Error> {
    // With a = s − 1 the largest valid size; it is positive whenever any is.
    let largest = window.transposed(input, window.stride.max(1) - 1)?;
    let a = (window.stride - 1).saturating_sub(largest.output().saturating_sub(size));
    if a < 0 || a >= window.stride {
        let message = format!(
            "size {size} on axis {n}; valid sizes range from {} to {}",
            largest.output() - (window.stride - 1),
            largest.output()
        );
        return Err(refuse("PT3", message));
    }
    window.transposed(input, a)
}

fn propose(spec: &Spec, pads: Pads) -> Result<Vec<Words>, Error> {
    let rank = spec.geometry.rank();
    let operation = match (spec.kind, pads) {
        (Kind::Conv, _) => format!("torch.nn.functional.conv{rank}d"),
        (Kind::Tconv, Pads::Sized) => format!("torch.nn.ConvTranspose{rank}d"),
        (Kind::Tconv, _) => DIALECT.default_operation.to_owned(),
    };
    let words = Words::of(&DIALECT, &operation, spec, &Layouts::default())?
        .with_unless("stride", 1, per_axis(spec, Axis::stride))
        .with_unless("dilation", 1, per_axis(spec, Axis::dilation))
        .with_number("groups", 1, spec.geometry.groups());
    let begin = per_axis(spec, |a| a.padding().begin);
    // output = natural − 2p + a
    let a = per_axis(spec, |a| a.output() - natural(a) + 2 * a.padding().begin);
    if let (Kind::Tconv, Some(n)) = (spec.kind, a.iter().position(|a| *a < 0)) {
        let (begin, end) = (begin[n], end(&spec.geometry.axes()[n]));
        let message =
            format!("axis {n} cuts {begin} in front and {end} behind; it cuts at most as much behind as in front");
        return Err(refuse("PT7", message));
    }
    let padded = |words: Words| words.with_unless("padding", 0, begin.clone());
    Ok(match (spec.kind, pads) {
        (Kind::Tconv, Pads::Explicit) => vec![padded(words).with_unless("output_padding", 0, a)],
        (Kind::Tconv, Pads::Sized) => vec![padded(words).with("output_size", per_axis(spec, Axis::output))],
        (Kind::Conv, Pads::Explicit) => vec![padded(words)],
        (Kind::Conv, Pads::Valid) => vec![words.with("padding", "valid")],
        (Kind::Conv, Pads::Same) => vec![words.with("padding", "same")],
        _ => Vec::new(),
    })
}
