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

use super::{Attributes, Call, Dialect, DialectRule, Lowered, length, refuse, shown, spatial_rank};
use crate::error::{Error, MeaningError};
use crate::geometry::{Axis, Geometry, Kind, Padding, Spec, Window};
use crate::layout::Layouts;

pub(super) const DIALECT: Dialect = Dialect {
    name: "pytorch",
    frameworks: &["torch"],
    default_operation: "torch.nn.functional.conv_transpose",
    evidence: "version 2.15.0 (CPU), 78 recorded outputs",
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
    ],
    lower,
};

fn lower(call: &Call<'_>) -> Result<Lowered, Error> {
    let rank = spatial_rank(call.operation, call.x, call.w)?;
    let kind = kind(call.operation)?;
    let mut words = Attributes::new(call.operation, call.attributes);
    let ones = || vec![1; rank];
    let stride = words.integers("stride", rank, true)?.unwrap_or_else(ones);
    let dilation = words.integers("dilation", rank, true)?.unwrap_or_else(ones);
    let groups = words.integer("groups")?.unwrap_or(1);
    let padding = padding(&mut words, call, kind, &stride, &dilation)?;
    let (mut output_padding, mut size) = (None, None);
    if kind == Kind::Tconv {
        output_padding = words.integers("output_padding", rank, true)?;
        size = match words.integers("output_size", rank, false)? {
            Some(size) => Some(size),
            None => words.integers("input_size", rank, false)?,
        };
    }
    words.finish()?;

    let mut axes = Vec::with_capacity(rank);
    for n in 0..rank {
        let window =
            Window { kernel: length(call.w[2 + n]), stride: stride[n], dilation: dilation[n], padding: padding[n] };
        let input = length(call.x[2 + n]);
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
    let (channels, first, second) = (length(call.x[1]), length(call.w[0]), length(call.w[1]));
    // Weight [C_in, C_out/g, k…] of the transposed convolution, [C_out, C_in/g, k…] of the other.
    let expected = if kind == Kind::Tconv { first } else { second.saturating_mul(groups) };
    if channels != expected {
        let message =
            format!("the input has {channels} channels, the weight {:?} with {groups} groups takes {expected}", call.w);
        return Err(refuse("PT4", message));
    }
    let geometry = Geometry::new(axes)?
        .with_channels(first, second.saturating_mul(groups), groups)?
        .with_batch(length(call.x[0]))?;
    let spec = Spec { kind, geometry };
    Ok(Lowered::new(spec, Layouts::default(), false))
}

/// The operation by its name; the input gradient of a convolution is a transposed convolution.
fn kind(operation: &str) -> Result<Kind, Error> {
    let name = operation.to_ascii_lowercase();
    let has = |part| name.contains(part);
    match () {
        () if !has("conv") || has("weight") => {
            let known = "conv_transpose{1,2,3}d, ConvTranspose{1,2,3}d, conv{1,2,3}d and its grad_input".to_owned();
            Err(MeaningError::NoDialect { name: shown(operation), known }.into())
        }
        () if has("transpose") || has("grad_input") || has("d_input") => Ok(Kind::Tconv),
        () => Ok(Kind::Conv),
    }
}

fn padding(
    words: &mut Attributes<'_>,
    call: &Call<'_>,
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
                    let total = dilation[n].saturating_mul(length(call.w[2 + n]) - 1);
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
