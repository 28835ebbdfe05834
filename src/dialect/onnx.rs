//! ONNX: `ConvTranspose` (operator versions 1, 11, 22) and `Conv`.
//!
//! | word | means |
//! |---|---|
//! | `strides`, `dilations`, `group` | `s`, `d`, `g` |
//! | `pads` | `[begin…, end…]`; no padding where `auto_pad` is `VALID` |
//! | `output_padding` | `a` |
//! | `output_shape` (spatial) | `total = s(in−1) + a + d(k−1) + 1 − output_shape` is cropped, `pads` are ignored |
//! | `auto_pad` | `SAME_UPPER`: `p_begin = ⌊total/2⌋`; `SAME_LOWER`, and `NOTSET` with `output_shape`: `p_end = ⌊total/2⌋`; `SAME_*` without `output_shape` means `in·s` |
//! | `kernel_shape` | must be the weight's |
//!
//! `Conv` with `SAME_*`: `out = ⌈in/s⌉`, `total = max((out−1)s + d(k−1) + 1 − in, 0)`, and the larger
//! half at the end for `SAME_UPPER`, in front for `SAME_LOWER`.
//!
//! x, y `NCS`, weight `IoS`, no flip. The text does not say how a negative `total` is halved: this
//! dialect rounds down, and says so in a remark; ONNX Runtime clamps it at 0 instead. Compared with
//! the reference evaluator 1.23.2.

use super::sizes::{end, natural, per_axis};
use super::{Attributes, Call, Dialect, DialectRule, Form, Lowered, Pads, Sizes, Word, Words, refuse, shown};
use crate::error::Error;
use crate::geometry::{Axis, Kind, Padding, Spec, Window};
use crate::layout::Layouts;

pub(super) static DIALECT: Dialect = Dialect {
    name: "onnx",
    frameworks: &["onnx_reference", "openvino_onnx"],
    default_operation: "ConvTranspose",
    evidence: "ReferenceEvaluator 1.23.2, 76 recorded outputs; 23 node tests of the ONNX project",
    words: WORDS,
    rules: &[
        DialectRule {
            id: "OX1",
            statement: "kernel_shape, if present, is the spatial shape of W",
            reference: "ONNX operators, ConvTranspose and Conv: 'If not present, should be inferred from input W'",
        },
        DialectRule {
            id: "OX2",
            statement: "auto_pad is NOTSET, SAME_UPPER, SAME_LOWER or VALID",
            reference: "ONNX operators, ConvTranspose and Conv",
        },
        DialectRule {
            id: "OX3",
            statement: "pads cannot be used together with SAME_UPPER, SAME_LOWER or VALID",
            reference: "ONNX operators: 'This attribute cannot be used simultaneously with auto_pad attribute'",
        },
        DialectRule {
            id: "OX4",
            statement: "the weight's channels must fit the input's channels and the group",
            reference: "ONNX operators, ConvTranspose: 'The number of channels in the input should be equal to W.shape[0]'",
        },
        DialectRule { id: "OX5", statement: "the operation is ConvTranspose or Conv", reference: "ONNX operators" },
    ],
    lower,
    propose: |spec, pads| propose(&DIALECT, spec, pads),
    page: include_str!("../guide/dialects/onnx.md"),
};

/// The attributes of `ConvTranspose` and `Conv`, whoever runs them.
pub(super) const WORDS: &[Word] = &[
    Word::new("auto_pad", Form::Text, "NOTSET, VALID, SAME_UPPER or SAME_LOWER: how pads are found"),
    Word::new("strides", Form::List, "s"),
    Word::new("pads", Form::List, "p as [begin…, end…]"),
    Word::new("output_padding", Form::List, "a"),
    Word::new("output_shape", Form::List, "the output's spatial lengths; pads are then found from them"),
    Word::new("dilations", Form::List, "d"),
    Word::new("group", Form::Number, "g"),
    Word::new("kernel_shape", Form::List, "must be the weight's"),
];

/// How pads are found.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum AutoPad {
    NotSet,
    SameUpper,
    SameLower,
    Valid,
}

impl AutoPad {
    fn read(words: &mut Attributes<'_>) -> Result<AutoPad, Error> {
        match words.text("auto_pad")? {
            None | Some("NOTSET" | "") => Ok(AutoPad::NotSet),
            Some("SAME_UPPER") => Ok(AutoPad::SameUpper),
            Some("SAME_LOWER") => Ok(AutoPad::SameLower),
            Some("VALID") => Ok(AutoPad::Valid),
            Some(other) => {
                let valid = "NOTSET, SAME_UPPER, SAME_LOWER or VALID";
                Err(refuse("OX2", format!("auto_pad '{}'; expected {valid}", shown(other))))
            }
        }
    }
}

/// A node's attributes and sizes, read; what they mean is not decided yet.
pub(super) struct Node {
    pub kind: Kind,
    pub sizes: Sizes,
    /// Without padding, an axis each.
    pub windows: Vec<Window>,
    /// The pads that are stated.
    pub pads: Option<Vec<Padding>>,
    pub auto_pad: AutoPad,
    pub output_padding: Vec<i64>,
    pub output_shape: Option<Vec<i64>>,
    group: i64,
}

impl Node {
    pub fn read(call: &Call<'_>) -> Result<Node, Error> {
        let sizes = Sizes::read(call, &Layouts::default(), 1..=usize::MAX)?;
        let rank = sizes.rank;
        let kind = match call.operation {
            name if name.contains("ConvTranspose") => Kind::Tconv,
            name if name.split(|c: char| !c.is_ascii_alphabetic()).any(|word| word == "Conv") => Kind::Conv,
            other => {
                return Err(refuse("OX5", format!("operation '{}'; expected ConvTranspose or Conv", shown(other))));
            }
        };
        let mut words = Attributes::new(call.operation, call.attributes);
        if let Some(stated) = words.integers("kernel_shape", rank, false)?
            && stated != sizes.kernel
        {
            return Err(refuse("OX1", format!("kernel_shape {stated:?}; the weight's is {:?}", sizes.kernel)));
        }
        let strides = words.integers("strides", rank, false)?.unwrap_or_else(|| vec![1; rank]);
        let dilations = words.integers("dilations", rank, false)?.unwrap_or_else(|| vec![1; rank]);
        let group = words.integer("group")?.unwrap_or(1);
        let pads = words.integers("pads", 2 * rank, false)?;
        let auto_pad = AutoPad::read(&mut words)?;
        if auto_pad != AutoPad::NotSet && pads.as_ref().is_some_and(|p| p.iter().any(|p| *p != 0)) {
            return Err(refuse("OX3", "pads together with auto_pad; leave one of them out".to_owned()));
        }
        let (mut output_padding, mut output_shape) = (vec![0; rank], None);
        if kind == Kind::Tconv {
            output_padding = words.integers("output_padding", rank, false)?.unwrap_or(output_padding);
            output_shape = words.integers("output_shape", rank, false)?;
        }
        words.finish()?;
        let window = |n: usize| Window { stride: strides[n], dilation: dilations[n], ..Window::new(sizes.kernel[n]) };
        let pads = pads.map(|p| (0..rank).map(|n| Padding { begin: p[n], end: p[rank + n] }).collect());
        let windows = (0..rank).map(window).collect();
        Ok(Node { kind, sizes, windows, pads, auto_pad, output_padding, output_shape, group })
    }

    /// Stated pads of an axis, else none.
    pub fn padding(&self, n: usize) -> Padding {
        self.pads.as_ref().map_or(Padding::default(), |pads| pads[n])
    }

    /// The operation, its transposed axes resolved by `transposed` and the others by the text.
    pub fn lower(&self, mut transposed: impl FnMut(usize) -> Result<Axis, Error>) -> Result<Lowered, Error> {
        let axis = |n| match self.kind {
            Kind::Conv => {
                convolution(Window { padding: self.padding(n), ..self.windows[n] }, self.sizes.input[n], self.auto_pad)
            }
            Kind::Tconv => transposed(n),
        };
        let axes = (0..self.sizes.rank).map(axis).enumerate().map(|(n, axis)| axis.map_err(|e| e.on_axis(n)));
        let spec = self.sizes.spec(self.kind, axes.collect::<Result<_, _>>()?, self.group, "OX4")?;
        let pads = match self.auto_pad {
            AutoPad::SameUpper => Pads::SameUpper,
            AutoPad::SameLower => Pads::SameLower,
            AutoPad::Valid => Pads::Valid,
            AutoPad::NotSet if self.output_shape.is_some() => Pads::Sized,
            AutoPad::NotSet => Pads::Explicit,
        };
        Ok(Lowered::new(spec, Layouts::default(), false).saying(pads))
    }
}

fn lower(call: &Call<'_>) -> Result<Lowered, Error> {
    let node = Node::read(call)?;
    let mut remarks = Vec::new();
    let lowered = node.lower(|n| transposed(&node, n, &mut remarks))?;
    Ok(Lowered { remarks, ..lowered })
}

fn transposed(node: &Node, n: usize, remarks: &mut Vec<String>) -> Result<Axis, Error> {
    let (window, input, a) = (node.windows[n], node.sizes.input[n], node.output_padding[n]);
    let wanted = match (&node.output_shape, node.auto_pad) {
        (Some(shape), _) => shape[n],
        (None, AutoPad::NotSet) => return Window { padding: node.padding(n), ..window }.transposed(input, a),
        (None, AutoPad::Valid) => return window.transposed(input, a),
        (None, AutoPad::SameUpper | AutoPad::SameLower) => input.saturating_mul(window.stride),
    };
    let total = window.transposed(input, a)?.output().saturating_sub(wanted);
    let (lower, upper) = (total.div_euclid(2), total - total.div_euclid(2));
    let padding = match node.auto_pad {
        AutoPad::SameUpper => Padding { begin: lower, end: upper },
        _ => Padding { begin: upper, end: lower },
    };
    if total < 0 {
        let Padding { begin, end } = padding;
        remarks.push(format!(
            "axis {n}: total padding {total} is negative, which the text leaves open; read as {begin} in front and \
             {end} behind (rounded down), where ONNX Runtime clamps the total at 0"
        ));
    }
    Window { padding, ..window }.transposed(input, a)
}

/// A convolution's axis with pads found by `auto_pad`, else with those of the window.
pub(super) fn convolution(window: Window, input: i64, auto_pad: AutoPad) -> Result<Axis, Error> {
    let same = |window: Window| -> Result<i64, Error> {
        // One placement per started stride: out = ⌈in/s⌉.
        let outputs = input.saturating_add(window.stride.max(1) - 1) / window.stride.max(1);
        let natural = Window { padding: Padding::default(), ..window }.transposed(outputs.max(1), 0)?.output();
        Ok((natural - input).max(0))
    };
    let padding = match auto_pad {
        AutoPad::NotSet => window.padding,
        AutoPad::Valid => Padding::default(),
        AutoPad::SameUpper => {
            let total = same(window)?;
            Padding { begin: total / 2, end: total - total / 2 }
        }
        AutoPad::SameLower => {
            let total = same(window)?;
            Padding { begin: total - total / 2, end: total / 2 }
        }
    };
    Window { padding, ..window }.convolving(input)
}

/// Calls of a dialect with ONNX's words.
pub(super) fn propose(dialect: &'static Dialect, spec: &Spec, pads: Pads) -> Result<Vec<Words>, Error> {
    let tconv = spec.kind == Kind::Tconv;
    let operation = if tconv { "ConvTranspose" } else { "Conv" };
    let words = Words::of(dialect, operation, spec, &Layouts::default())?
        .with_unless("strides", 1, per_axis(spec, Axis::stride))
        .with_unless("dilations", 1, per_axis(spec, Axis::dilation))
        .with_number("group", 1, spec.geometry.groups());
    let begin = per_axis(spec, |a| a.padding().begin);
    let padded = |words: &Words, end: Vec<i64>, a: Vec<i64>| {
        let both = begin.iter().copied().chain(end).collect();
        words.clone().with_unless("pads", 0, both).with_unless("output_padding", 0, a)
    };
    let auto = |name: &str| words.clone().with("auto_pad", name);
    let output = per_axis(spec, Axis::output);
    let sized = |words: Words| words.with("output_shape", output.clone());
    let missing = per_axis(spec, |a| a.output() - natural(a));
    Ok(match pads {
        Pads::Explicit if !tconv => vec![padded(&words, per_axis(spec, |a| a.padding().end), vec![0; begin.len()])],
        Pads::Explicit => vec![
            padded(&words, per_axis(spec, |a| a.padding().end), per_axis(spec, Axis::output_padding)),
            // Only p_end − a matters.
            padded(&words, per_axis(spec, |a| end(a).max(0)), per_axis(spec, |a| (-end(a)).max(0))),
            padded(&words, per_axis(spec, end), vec![0; begin.len()]),
        ],
        Pads::Valid if tconv => vec![auto("VALID").with_unless("output_padding", 0, missing)],
        Pads::Valid => vec![auto("VALID")],
        Pads::SameUpper | Pads::SameLower => {
            let auto = auto(if pads == Pads::SameUpper { "SAME_UPPER" } else { "SAME_LOWER" });
            let plain = spec.geometry.axes().iter().all(|a| a.output() == a.input() * a.stride());
            if tconv && !plain { vec![sized(auto)] } else { vec![auto] }
        }
        Pads::Sized if tconv => vec![sized(words.clone())],
        Pads::Sized | Pads::Same => Vec::new(),
    })
}
