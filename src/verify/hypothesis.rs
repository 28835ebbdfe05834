//! The named mistakes: each another map on the same operands.

use std::sync::Arc;

use super::map::Operands;
use super::operand::Operand;
use super::truth::Role;
use crate::geometry::{Axis, Geometry, Kind, Padding, Spec, Window, size};
use crate::scalar::Dyadic;

/// A named mistake, as `convproof explain` shows it.
///
/// ```
/// use convproof::verify::HYPOTHESES;
/// let flipped = HYPOTHESES.iter().find(|h| h.id == "kernel-flipped").unwrap();
/// assert_eq!(flipped.statement, "the kernel is rotated by 180° (taps t read as k−1−t)");
/// ```
#[derive(Debug, Clone, Copy)]
#[non_exhaustive]
pub struct Hypothesis {
    /// The id, stable.
    pub id: &'static str,
    /// What the implementation does instead.
    pub statement: &'static str,
    /// What it computes instead, where that is another geometry or other operands.
    pub(super) apply: fn(&Problem<'_>) -> Option<Other>,
    /// Where it was seen.
    pub reference: &'static str,
}

/// What was to be computed.
#[derive(Debug, Clone, Copy)]
pub(super) struct Problem<'a> {
    pub spec: &'a Spec,
    pub role: Role,
    pub operands: &'a Operands,
}

/// What a mistaken implementation computes of the same role.
#[derive(Debug, Clone)]
pub(super) struct Other {
    pub spec: Spec,
    pub operands: Operands,
}

impl Problem<'_> {
    /// The weight, where it is an operand.
    fn weight(&self) -> Option<&Operand> {
        let is_operand = matches!(self.role, Role::Forward | Role::InputGradient);
        self.operands.second.as_deref().filter(|_| is_operand)
    }

    /// The same geometry on other operands.
    fn on(&self, operands: Operands) -> Other {
        Other { spec: self.spec.clone(), operands }
    }

    fn with_weight(&self, w: Operand) -> Other {
        self.on(Operands { second: Some(Arc::new(w)), ..self.operands.clone() })
    }
}

/// The mistakes that recorded data are held against, fewest changes first.
pub static HYPOTHESES: &[Hypothesis] = &[
    Hypothesis {
        id: "bias",
        statement: "the bias is not added",
        apply: |p| {
            let bias = p.operands.bias.as_ref()?;
            let zero = vec![Dyadic::new(0, 0); bias.len()];
            Some(p.on(Operands { bias: Some(zero), ..p.operands.clone() }))
        },
        reference: "rten#1408; candle#1732; ncnn#1122",
    },
    Hypothesis {
        id: "kernel-flipped",
        statement: "the kernel is rotated by 180° (taps t read as k−1−t)",
        apply: |p| match p.role {
            Role::WeightGradient => flipped_taps(p),
            _ => p.weight().map(|w| p.with_weight(w.flipped(2..w.shape.len()))),
        },
        reference: "Theano/Theano#5170; tenstorrent/tt-metal#15995",
    },
    Hypothesis {
        id: "channel-layout",
        statement: "the weight's input and output channels are read in the wrong order",
        apply: |p| {
            let w = p.weight().filter(|_| p.spec.geometry.groups() == 1)?;
            let order: Vec<usize> = [1, 0].into_iter().chain(2..w.shape.len()).collect();
            let mut read = w.clone();
            read.shape.swap(0, 1);
            Some(p.with_weight(read.permuted(&order)))
        },
        reference: "apache/tvm#616; coremltools#1905",
    },
    Hypothesis {
        id: "kernel-axes-swapped",
        statement: "the kernel's first and last axes are exchanged",
        apply: |p| p.weight().and_then(axes_exchanged).map(|w| p.with_weight(w)),
        reference: "nntrainer#4347; tfjs#649",
    },
    Hypothesis {
        id: "input-axes-swapped",
        statement: "the input's first and last spatial axes are exchanged",
        apply: |p| {
            // A sum over all positions has no order of axes.
            let first = axes_exchanged(&p.operands.first).filter(|_| p.role != Role::BiasGradient)?.into();
            Some(p.on(Operands { first, ..p.operands.clone() }))
        },
        reference: "-",
    },
    Hypothesis {
        id: "group-weight-order",
        statement: "every group uses the taps of group 0",
        apply: |p| {
            let w = p.weight()?;
            let block = w.len() / size(p.spec.geometry.groups());
            Some(p.with_weight(w.repeated(block)))
        },
        reference: "XNNPACK#1951; torch-mlir#4056",
    },
    Hypothesis {
        id: "batch-offset",
        statement: "every sample reads the data of sample 0",
        apply: |p| {
            let x = &p.operands.first;
            let first = x.repeated(x.len() / x.shape[0]).into();
            Some(p.on(Operands { first, ..p.operands.clone() }))
        },
        reference: "-",
    },
    Hypothesis {
        id: "stride-dilation-swapped",
        statement: "stride and dilation are exchanged",
        apply: |p| {
            let swap = |a: &Axis| Window { stride: a.dilation(), dilation: a.stride(), ..a.window() };
            refit(p, swap, Axis::output_padding)
        },
        reference: "huggingface/candle#2337",
    },
    Hypothesis {
        id: "dilation-ignored",
        statement: "the dilation has no effect",
        apply: |p| refit(p, |a| Window { dilation: 1, ..a.window() }, Axis::output_padding),
        reference: "pytorch#1565; mxnet#11203; candle#671",
    },
    Hypothesis {
        id: "stride-ignored",
        statement: "the stride has no effect",
        apply: |p| refit(p, |a| Window { stride: 1, ..a.window() }, Axis::output_padding),
        reference: "pytorch#82563",
    },
    Hypothesis {
        id: "padding-ignored",
        statement: "the padding has no effect",
        apply: |p| refit(p, |a| Window { padding: Padding::default(), ..a.window() }, Axis::output_padding),
        reference: "-",
    },
    Hypothesis {
        id: "pads-begin-end-swapped",
        statement: "the pads of begin and end are exchanged",
        apply: |p| {
            let swap = |pads: Padding| Padding { begin: pads.end, end: pads.begin };
            refit(p, |a| Window { padding: swap(a.padding()), ..a.window() }, Axis::output_padding)
        },
        reference: "ComputeLibrary#743; tinygrad#840; MNN#933",
    },
    Hypothesis {
        id: "pad-one-side",
        statement: "the whole padding is cropped at the beginning",
        apply: |p| {
            let front = |pads: Padding| Padding { begin: pads.begin + pads.end, end: 0 };
            refit(p, |a| Window { padding: front(a.padding()), ..a.window() }, Axis::output_padding)
        },
        reference: "ComputeLibrary#743; ComputeLibrary#873",
    },
    Hypothesis {
        id: "output-padding-misplaced",
        statement: "the output padding stands in front instead of at the end",
        apply: |p| {
            let front = |a: &Axis| Padding { begin: a.padding().begin - a.output_padding(), ..a.padding() };
            tconv_only(p)?;
            refit(p, |a| Window { padding: front(a), ..a.window() }, |_| 0)
        },
        reference: "nnvm#217",
    },
    Hypothesis {
        id: "output-padding-ignored",
        statement: "the output padding has no effect",
        apply: |p| {
            tconv_only(p)?;
            refit(p, Axis::window, |_| 0)
        },
        reference: "pytorch#98129; tvm#18635; XNNPACK#1555",
    },
    Hypothesis {
        id: "first-axis-for-all",
        statement: "stride, dilation, padding and output padding of the first axis are used on every axis",
        apply: |p| {
            let first = p.spec.geometry.axes()[0];
            refit(p, |a| Window { kernel: a.kernel(), ..first.window() }, |_| first.output_padding())
        },
        reference: "Paddle#21225; tfjs#649",
    },
];

/// The first and the last spatial axis exchanged, if there are two of one length.
fn axes_exchanged(tensor: &Operand) -> Option<Operand> {
    let last = tensor.shape.len() - 1;
    if last <= 2 || tensor.shape[2] != tensor.shape[last] {
        return None;
    }
    let mut order: Vec<usize> = (0..=last).collect();
    order.swap(2, last);
    Some(tensor.permuted(&order))
}

fn tconv_only(problem: &Problem<'_>) -> Option<()> {
    (problem.spec.kind == Kind::Tconv).then_some(())
}

/// The same operands under other windows. A forward operation starts from its input's lengths; a
/// gradient has the lengths of what it is the gradient of, and so keeps them all.
fn refit(
    problem: &Problem<'_>,
    window: impl Fn(&Axis) -> Window,
    output_padding: impl Fn(&Axis) -> i64,
) -> Option<Other> {
    let axis = |a: &Axis| match (problem.role, problem.spec.kind) {
        (Role::Forward, Kind::Tconv) => window(a).transposed(a.input(), output_padding(a)).ok(),
        (Role::Forward, Kind::Conv) => window(a).convolving(a.output()).ok(),
        (Role::InputGradient | Role::WeightGradient, _) => of_lengths(window(a), a.input(), a.output()),
        (Role::BiasGradient, _) => None,
    };
    let g = &problem.spec.geometry;
    let axes = g.axes().iter().map(axis).collect::<Option<Vec<Axis>>>()?;
    let geometry = Geometry::new(axes).ok()?.with_channels(g.in_channels(), g.out_channels(), g.groups()).ok()?;
    let spec = Spec { kind: problem.spec.kind, geometry: geometry.with_batch(g.batch()).ok()? };
    Some(Other { spec, operands: problem.operands.clone() })
}

/// The axis of this window with both lengths given: its end padding is what they leave.
fn of_lengths(window: Window, input: i64, output: i64) -> Option<Axis> {
    let natural = Window { padding: Padding::default(), ..window }.transposed(input, 0).ok()?.output();
    let begin = window.padding.begin;
    let padding = Padding { begin, end: natural.checked_sub(begin)?.checked_sub(output)? };
    Window { padding, ..window }.transposed(input, 0).ok()
}

/// The weight's gradient read backwards: that of both operands read backwards, with
/// `p_begin' = p_end − a`.
fn flipped_taps(problem: &Problem<'_>) -> Option<Other> {
    let end = |a: &Axis| Padding { begin: a.padding().end - a.output_padding(), end: 0 };
    let other = refit(problem, |a| Window { padding: end(a), ..a.window() }, |_| 0)?;
    let Operands { first, second, bias } = other.operands;
    let backwards = |tensor: &Arc<Operand>| Arc::new(tensor.flipped(2..tensor.shape.len()));
    let has_taps_to_exchange = problem.spec.geometry.axes().iter().any(|a| a.kernel() > 1);
    let operands = Operands { first: backwards(&first), second: Some(backwards(&second?)), bias };
    has_taps_to_exchange.then_some(Other { spec: other.spec, operands })
}
