//! ONNX Runtime: `ConvTranspose` and `Conv` as its CPU provider runs them.
//!
//! | word | means |
//! |---|---|
//! | all of `onnx` | as there, but where `total = s(in−1) + a + d(k−1) + 1 − output_shape < 0` |
//! | `auto_pad` without `output_shape` | a negative total is 0: `s(in−1) + d(k−1) + 1 + a` rows, fewer than `in·s` |
//! | `output_shape` | of a negative total, the rows that are missing are zeros at the end, for every `auto_pad` |
//!
//! x, y `NCS`, weight `IoS`, no flip. Example: `strides=3 output_shape=9`, in 3, k 2: total = 8 − 9, so
//! p = 0 and one row of zeros stands at the end. Measured against version 1.31.1.

use super::onnx::{AutoPad, Node, WORDS, propose};
use super::{Call, Dialect, DialectRule, Lowered, refuse};
use crate::error::Error;
use crate::geometry::{Axis, Kind, Padding, Window};

pub(super) static DIALECT: Dialect = Dialect {
    name: "onnxruntime",
    frameworks: &["ort"],
    default_operation: "ConvTranspose",
    evidence: "measured against version 1.31.1 (CPU); no recorded outputs are kept here",
    words: WORDS,
    rules: &[
        DialectRule {
            id: "OR1",
            statement: "pads must not be negative",
            reference: "ONNX Runtime 1.31.1, 'Attribute pads must not contain negative values'",
        },
        DialectRule {
            id: "OR2",
            statement: "output_padding must be smaller than the stride",
            reference: "ONNX Runtime 1.31.1, 'output_padding may be too large for stride'",
        },
        DialectRule {
            id: "OR3",
            statement: "output_shape is at most s − 1 above s(in − 1) + d(k − 1) + 1",
            reference: "ONNX Runtime 1.31.1, 'output shape is inconsistent with input spatial dimensions'",
        },
        DialectRule {
            id: "OR4",
            statement: "pads are left out where auto_pad is set, even zeros",
            reference: "ONNX Runtime 1.31.1, 'The pads attribute cannot be used simultaneously with auto_pad attribute'",
        },
        DialectRule {
            id: "OR5",
            statement: "Conv with SAME_UPPER or SAME_LOWER has dilation 1",
            reference: "ONNX Runtime 1.31.1, 'Dilation not supported for AutoPadType::SAME_UPPER or AutoPadType::SAME_LOWER'",
        },
    ],
    lower,
    propose: |spec, pads| propose(&DIALECT, spec, pads),
    page: include_str!("../guide/dialects/onnxruntime.md"),
};

fn lower(call: &Call<'_>) -> Result<Lowered, Error> {
    let node = Node::read(call)?;
    let stated = node.pads.iter().flatten().enumerate();
    if let Some((n, padding)) = stated.clone().find(|(_, p)| p.begin < 0 || p.end < 0) {
        let Padding { begin, end } = padding;
        return Err(refuse("OR1", format!("pads {begin} and {end} on axis {n}; they must be at least 0")));
    }
    if node.pads.is_some() && node.auto_pad != AutoPad::NotSet {
        return Err(refuse("OR4", "pads together with auto_pad; leave pads out, even zeros".to_owned()));
    }
    let same = matches!(node.auto_pad, AutoPad::SameUpper | AutoPad::SameLower);
    if let Some(n) = node.windows.iter().position(|w| w.dilation != 1)
        && node.kind == Kind::Conv
        && same
    {
        let dilation = node.windows[n].dilation;
        return Err(refuse("OR5", format!("dilation {dilation} on axis {n} with SAME; state the pads instead")));
    }
    node.lower(|n| transposed(&node, n))
}

fn transposed(node: &Node, n: usize) -> Result<Axis, Error> {
    let (window, input, a) = (node.windows[n], node.sizes.input[n], node.output_padding[n]);
    // All that the geometry itself refuses: strides, dilations and lengths below 1, negative a.
    let natural = window.transposed(input, a)?.output();
    if a >= window.stride {
        let message = format!("output_padding {a} on axis {n}; it must be smaller than stride {}", window.stride);
        return Err(refuse("OR2", message));
    }
    let wanted = match (&node.output_shape, node.auto_pad) {
        (Some(shape), _) => shape[n],
        (None, AutoPad::NotSet) => return Window { padding: node.padding(n), ..window }.transposed(input, a),
        (None, AutoPad::Valid) => return window.transposed(input, a),
        // No more than there is.
        (None, AutoPad::SameUpper | AutoPad::SameLower) => input.saturating_mul(window.stride).min(natural),
    };
    if wanted > natural {
        let extra = wanted - natural;
        if extra.saturating_add(a) >= window.stride {
            let most = natural - a + window.stride - 1;
            return Err(refuse("OR3", format!("output_shape {wanted} on axis {n}; it is at most {most}")));
        }
        return window.transposed(input, a + extra);
    }
    let total = natural.saturating_sub(wanted);
    let (smaller, larger) = (total / 2, total - total / 2);
    let padding = match node.auto_pad {
        AutoPad::SameUpper => Padding { begin: smaller, end: larger },
        _ => Padding { begin: larger, end: smaller },
    };
    Window { padding, ..window }.transposed(input, a)
}
