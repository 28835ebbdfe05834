//! cuDNN: `cudnnConvolutionBackwardData`, the input gradient of a convolution.
//!
//! | word | means |
//! |---|---|
//! | `padA`, `filterStrideA`, `dilationA` | `p_begin = p_end`, `s`, `d` (`cudnnSetConvolutionNdDescriptor`) |
//! | `mode` | `CUDNN_CROSS_CORRELATION`: taps as they are; `CUDNN_CONVOLUTION`: rotated |
//! | `groupCount` | `g` (`cudnnSetConvolutionGroupCount`) |
//! | `dxDimA` | all dimensions of the result; `a = dx − (s(in−1) + d(k−1) + 1 − 2p)`, in `0 … s−1` |
//!
//! x is `dy`; the result is `dx`, whose convolution has to have the size of dy:
//! `in = 1 + ⌊(dx + 2p − d(k−1) − 1)/s⌋`. x, y `NCS`; weight `[K, C/g, R, S]`, where K are the channels of dy:
//! `IoS`. The names are those of its API; what they mean is from memory and was not run.

use super::sizes::{end, natural, per_axis};
use super::{Attributes, Call, Dialect, DialectRule, Form, Lowered, Pads, Sizes, Word, Words, length, refuse, shown};
use crate::error::Error;
use crate::geometry::{Axis, Kind, Padding, Spec, Window};
use crate::layout::Layouts;

pub(super) static DIALECT: Dialect = Dialect {
    name: "cudnn",
    frameworks: &[],
    default_operation: "cudnnConvolutionBackwardData",
    evidence: "from the signatures of its API; their meaning from memory, not run",
    words: &[
        Word::new("padA", Form::List, "p_begin = p_end"),
        Word::new("filterStrideA", Form::List, "s"),
        Word::new("dilationA", Form::List, "d"),
        Word::new("mode", Form::Text, "CUDNN_CROSS_CORRELATION, or CUDNN_CONVOLUTION, which rotates the taps"),
        Word::new("groupCount", Form::Number, "g"),
        Word::new("dxDimA", Form::List, "the result's dimensions [n, c, …], which give a"),
    ],
    rules: &[
        DialectRule {
            id: "CU1",
            statement: "the operation is cudnnConvolutionBackwardData",
            reference: "cuDNN API, cudnn_cnn library, cudnnConvolutionBackwardData",
        },
        DialectRule {
            id: "CU2",
            statement: "padA is at least 0, the same at both ends",
            reference: "cuDNN API, cudnnSetConvolutionNdDescriptor, CUDNN_STATUS_BAD_PARAM",
        },
        DialectRule {
            id: "CU3",
            statement: "mode is CUDNN_CROSS_CORRELATION or CUDNN_CONVOLUTION",
            reference: "cuDNN API, cudnnConvolutionMode_t",
        },
        DialectRule {
            id: "CU4",
            statement: "dxDimA is stated, and the convolution of dx has the size of dy",
            reference: "cuDNN API, cudnnGetConvolutionNdForwardOutputDim",
        },
        DialectRule {
            id: "CU5",
            statement: "the filter's K are the channels of dy",
            reference: "cuDNN API, cudnnConvolutionBackwardData, CUDNN_STATUS_BAD_PARAM",
        },
        DialectRule {
            id: "CU6",
            statement: "a cut at the end is at most that in front, and less than the stride below it",
            reference: "cuDNN API, cudnnGetConvolutionNdForwardOutputDim",
        },
        DialectRule {
            id: "CU7",
            statement: "tensors have four or five dimensions; a signal is an image of height 1",
            reference: "cuDNN API, cudnnConvolutionBackwardData, CUDNN_STATUS_NOT_SUPPORTED",
        },
    ],
    lower,
    propose,
    page: include_str!("../guide/dialects/cudnn.md"),
};

fn lower(call: &Call<'_>) -> Result<Lowered, Error> {
    if !call.operation.to_ascii_lowercase().contains("backwarddata") {
        let message = format!("operation '{}'; expected {}", shown(call.operation), DIALECT.default_operation);
        return Err(refuse("CU1", message));
    }
    let layouts = Layouts::default();
    let sizes = Sizes::read(call, &layouts, 1..=usize::MAX)?;
    let rank = dimensions(sizes.rank)?;
    let mut words = Attributes::new(call.operation, call.attributes);
    let mut list = |name, default: i64| -> Result<Vec<i64>, Error> {
        Ok(words.integers(name, rank, false)?.unwrap_or_else(|| vec![default; rank]))
    };
    let (pads, strides, dilations) = (list("padA", 0)?, list("filterStrideA", 1)?, list("dilationA", 1)?);
    let groups = words.integer("groupCount")?.unwrap_or(1);
    let flipped = match words.text("mode")? {
        None | Some("CUDNN_CROSS_CORRELATION") => false,
        Some("CUDNN_CONVOLUTION") => true,
        Some(other) => {
            let valid = "CUDNN_CROSS_CORRELATION or CUDNN_CONVOLUTION";
            return Err(refuse("CU3", format!("mode '{}'; expected {valid}", shown(other))));
        }
    };
    let size = words.integers("dxDimA", rank + 2, false)?;
    words.finish()?;
    let Some(size) = size else {
        return Err(refuse("CU4", "no dxDimA; the descriptor of dx states the result's size".to_owned()));
    };
    let mut axes = Vec::with_capacity(rank);
    for n in 0..rank {
        if pads[n] < 0 {
            return Err(refuse("CU2", format!("padA {} on axis {n}; it must be at least 0", pads[n])));
        }
        let padding = Padding::both(pads[n]);
        let window = Window { stride: strides[n], dilation: dilations[n], padding, ..Window::new(sizes.kernel[n]) };
        let axis = of_size(window, sizes.input[n], size[2 + n], n);
        axes.push(axis.map_err(|e| e.on_axis(n))?);
    }
    let spec = sizes.spec(Kind::Tconv, axes, groups, "CU5")?;
    let expected: Vec<i64> = spec.output_shape().into_iter().map(length).collect();
    if size != expected {
        return Err(refuse("CU4", format!("dxDimA {size:?}; dy and the filter give {expected:?}")));
    }
    Ok(Lowered::new(spec, layouts, flipped))
}

/// Tensors of four or five dimensions.
fn dimensions(rank: usize) -> Result<usize, Error> {
    let wrong = || refuse("CU7", format!("{rank} spatial axes; tensors have 2 or 3 beside batch and channels"));
    (2..=3).contains(&rank).then_some(rank).ok_or_else(wrong)
}

/// The axis of the input gradient of this size.
fn of_size(window: Window, input: i64, size: i64, n: usize) -> Result<Axis, Error> {
    let most = window.stride.max(1) - 1;
    let largest = window.transposed(input, most)?.output();
    // dx of s sizes have a convolution of the size of dy.
    let missing = largest.saturating_sub(size);
    if missing < 0 || missing > most {
        let message = format!("dx of {size} on axis {n}; {} to {largest} have a dy of {input}", largest - most);
        return Err(refuse("CU4", message));
    }
    window.transposed(input, most - missing)
}

fn propose(spec: &Spec, pads: Pads) -> Result<Vec<Words>, Error> {
    if spec.kind == Kind::Conv {
        return Err(refuse("CU1", format!("{spec} is a convolution; only its input gradient is read here")));
    }
    dimensions(spec.geometry.rank())?;
    let axes = spec.geometry.axes();
    let cut = |axis: &Axis| (axis.padding().begin, end(axis));
    let a = |axis: &Axis| axis.output() - natural(axis) + 2 * axis.padding().begin;
    if let Some(n) = axes.iter().position(|axis| cut(axis).0 >= 0 && !(0..axis.stride()).contains(&a(axis))) {
        let ((begin, end), stride) = (cut(&axes[n]), axes[n].stride());
        let message = format!("axis {n} cuts {begin} in front and {end} behind, with stride {stride}");
        return Err(refuse("CU6", message));
    }
    if pads != Pads::Explicit {
        return Ok(Vec::new());
    }
    let size: Vec<i64> = spec.output_shape().into_iter().map(length).collect();
    Ok(vec![
        Words::of(&DIALECT, DIALECT.default_operation, spec, &Layouts::default())?
            .with_unless("padA", 0, per_axis(spec, |axis| axis.padding().begin))
            .with_unless("filterStrideA", 1, per_axis(spec, Axis::stride))
            .with_unless("dilationA", 1, per_axis(spec, Axis::dilation))
            .with_number("groupCount", 1, spec.geometry.groups())
            .with("dxDimA", size),
    ])
}
