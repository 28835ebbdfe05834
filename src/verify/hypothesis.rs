//! Named mistakes: which of them reproduces the observed numbers, and which the data hide.
//!
//! A hypothesis is another map on the same operands. If it gives exactly what was observed, it
//! is the diagnosis; if it gives the truth although it is another map, the data are weak and
//! cannot show that mistake (all zeros, a symmetric kernel, equal samples).

use super::format::Format;
use super::judge::{Judgement, Verdict};
use super::question::{Question, result_channels};
use super::rounding::Arithmetic;
use super::truth::{Operands, Role, Truth};
use crate::error::Error;
use crate::geometry::{Axis, Geometry, Kind, Padding, Spec, Window, size};
use crate::scalar::Dyadic;
use crate::tensor::{Tensor, positions};

/// A named mistake, as `convproof explain` shows it.
#[derive(Debug, Clone, Copy)]
#[non_exhaustive]
pub struct Hypothesis {
    /// The id, stable.
    pub id: &'static str,
    /// What the implementation does instead.
    pub statement: &'static str,
    /// What it computes, where that is another geometry or other operands.
    apply: fn(&Spec, &Operands) -> Option<(Spec, Operands)>,
    /// Where it was seen.
    pub reference: &'static str,
}

/// A mistake that reproduces the observed numbers.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Diagnosis {
    /// The mistake's id.
    pub id: &'static str,
    /// What was found, in one sentence.
    pub message: String,
}

/// The mistakes that recorded data are held against, fewest changes first.
pub static HYPOTHESES: &[Hypothesis] = &[
    Hypothesis {
        id: "bias",
        statement: "the bias is not added",
        apply: |spec, o| {
            let bias = o.bias.as_ref()?;
            let zero = vec![Dyadic::new(0, 0); bias.len()];
            Some((spec.clone(), Operands { bias: Some(zero), ..o.clone() }))
        },
        reference: "rten#1408; candle#1732; ncnn#1122",
    },
    Hypothesis {
        id: "kernel-flipped",
        statement: "the kernel is rotated by 180° (taps t read as k−1−t)",
        apply: |spec, o| {
            let w = o.second.as_ref()?;
            Some((spec.clone(), Operands { second: Some(w.flipped(2..w.shape().len())), ..o.clone() }))
        },
        reference: "Theano/Theano#5170; tenstorrent/tt-metal#15995",
    },
    Hypothesis {
        id: "channel-layout",
        statement: "the weight's input and output channels are read in the wrong order",
        apply: |spec, o| {
            let w = o.second.as_ref().filter(|_| spec.geometry.groups() == 1)?;
            let mut read = w.shape().to_vec();
            read.swap(0, 1);
            let order: Vec<usize> = [1, 0].into_iter().chain(2..read.len()).collect();
            let w = Tensor::new(read, w.entries().to_vec()).ok()?.permuted(&order);
            Some((spec.clone(), Operands { second: Some(w), ..o.clone() }))
        },
        reference: "apache/tvm#616; coremltools#1905",
    },
    Hypothesis {
        id: "kernel-axes-swapped",
        statement: "the kernel's first and last axes are exchanged",
        apply: |spec, o| {
            let w = o.second.as_ref()?;
            let last = w.shape().len() - 1;
            if last == 2 || w.shape()[2] != w.shape()[last] {
                return None;
            }
            let mut order: Vec<usize> = (0..=last).collect();
            order.swap(2, last);
            Some((spec.clone(), Operands { second: Some(w.permuted(&order)), ..o.clone() }))
        },
        reference: "nntrainer#4347; tfjs#649",
    },
    Hypothesis {
        id: "input-axes-swapped",
        statement: "the input's first and last spatial axes are exchanged",
        apply: |spec, o| {
            let last = o.first.shape().len() - 1;
            if last <= 2 || o.first.shape()[2] != o.first.shape()[last] {
                return None;
            }
            let mut order: Vec<usize> = (0..=last).collect();
            order.swap(2, last);
            Some((spec.clone(), Operands { first: o.first.permuted(&order), ..o.clone() }))
        },
        reference: "-",
    },
    Hypothesis {
        id: "group-weight-order",
        statement: "every group uses the taps of group 0",
        apply: |spec, o| {
            let (w, groups) = (o.second.as_ref()?, size(spec.geometry.groups()));
            let block = w.len() / groups;
            let entries = (0..w.len()).map(|n| w.entries()[n % block]).collect();
            Some((spec.clone(), Operands { second: Some(Tensor::new(w.shape().to_vec(), entries).ok()?), ..o.clone() }))
        },
        reference: "XNNPACK#1951; torch-mlir#4056",
    },
    Hypothesis {
        id: "batch-offset",
        statement: "every sample reads the data of sample 0",
        apply: |spec, o| {
            let sample = o.first.len() / o.first.shape()[0];
            let entries = (0..o.first.len()).map(|n| o.first.entries()[n % sample]).collect();
            Some((spec.clone(), Operands { first: Tensor::new(o.first.shape().to_vec(), entries).ok()?, ..o.clone() }))
        },
        reference: "-",
    },
    Hypothesis {
        id: "stride-dilation-swapped",
        statement: "stride and dilation are exchanged",
        apply: |spec, o| {
            let swap = |a: &Axis| Window { stride: a.dilation(), dilation: a.stride(), ..a.window() };
            refit(spec, o, swap, Axis::output_padding)
        },
        reference: "huggingface/candle#2337",
    },
    Hypothesis {
        id: "dilation-ignored",
        statement: "the dilation has no effect",
        apply: |spec, o| refit(spec, o, |a| Window { dilation: 1, ..a.window() }, Axis::output_padding),
        reference: "pytorch#1565; mxnet#11203; candle#671",
    },
    Hypothesis {
        id: "stride-ignored",
        statement: "the stride has no effect",
        apply: |spec, o| refit(spec, o, |a| Window { stride: 1, ..a.window() }, Axis::output_padding),
        reference: "pytorch#82563",
    },
    Hypothesis {
        id: "padding-ignored",
        statement: "the padding has no effect",
        apply: |spec, o| refit(spec, o, |a| Window { padding: Padding::default(), ..a.window() }, Axis::output_padding),
        reference: "-",
    },
    Hypothesis {
        id: "pads-begin-end-swapped",
        statement: "the pads of begin and end are exchanged",
        apply: |spec, o| {
            let swap = |p: Padding| Padding { begin: p.end, end: p.begin };
            refit(spec, o, |a| Window { padding: swap(a.padding()), ..a.window() }, Axis::output_padding)
        },
        reference: "ComputeLibrary#743; tinygrad#840; MNN#933",
    },
    Hypothesis {
        id: "pad-one-side",
        statement: "the whole padding is cropped at the beginning",
        apply: |spec, o| {
            let front = |p: Padding| Padding { begin: p.begin + p.end, end: 0 };
            refit(spec, o, |a| Window { padding: front(a.padding()), ..a.window() }, Axis::output_padding)
        },
        reference: "ComputeLibrary#743; ComputeLibrary#873",
    },
    Hypothesis {
        id: "output-padding-misplaced",
        statement: "the output padding stands in front instead of at the end",
        apply: |spec, o| {
            let front = |a: &Axis| Padding { begin: a.padding().begin - a.output_padding(), ..a.padding() };
            tconv_only(spec)?;
            refit(spec, o, |a| Window { padding: front(a), ..a.window() }, |_| 0)
        },
        reference: "nnvm#217",
    },
    Hypothesis {
        id: "output-padding-ignored",
        statement: "the output padding has no effect",
        apply: |spec, o| {
            tconv_only(spec)?;
            refit(spec, o, Axis::window, |_| 0)
        },
        reference: "pytorch#98129; tvm#18635; XNNPACK#1555",
    },
    Hypothesis {
        id: "first-axis-for-all",
        statement: "stride, dilation, padding and output padding of the first axis are used on every axis",
        apply: |spec, o| {
            let first = spec.geometry.axes()[0];
            refit(spec, o, |a| Window { kernel: a.kernel(), ..first.window() }, |_| first.output_padding())
        },
        reference: "Paddle#21225; tfjs#649",
    },
];

fn tconv_only(spec: &Spec) -> Option<()> {
    (spec.kind == Kind::Tconv).then_some(())
}

/// The same operands under other windows, with the lengths that the named operation starts from.
fn refit(
    spec: &Spec,
    operands: &Operands,
    window: impl Fn(&Axis) -> Window,
    output_padding: impl Fn(&Axis) -> i64,
) -> Option<(Spec, Operands)> {
    let g = &spec.geometry;
    let axis = |a: &Axis| match spec.kind {
        Kind::Tconv => window(a).transposed(a.input(), output_padding(a)).ok(),
        Kind::Conv => window(a).convolving(a.output()).ok(),
    };
    let axes = g.axes().iter().map(axis).collect::<Option<Vec<Axis>>>()?;
    let geometry = Geometry::new(axes).ok()?.with_channels(g.in_channels(), g.out_channels(), g.groups()).ok()?;
    let geometry = geometry.with_batch(g.batch()).ok()?;
    Some((Spec { kind: spec.kind, geometry }, operands.clone()))
}

/// Products up to which the mistakes are tried out.
const MAX_PRODUCTS: i128 = 1 << 20;

/// The mistakes that apply to a question: other maps on operands of the same shapes.
fn applicable<'a>(
    question: &'a Question,
    operands: &'a Operands,
) -> impl Iterator<Item = (&'static Hypothesis, Spec, Operands)> + 'a {
    let few = question.spec.geometry.products() <= MAX_PRODUCTS;
    let forward = question.role == Role::Forward && few;
    HYPOTHESES.iter().filter(move |_| forward).filter_map(|h| {
        let (spec, operands) = (h.apply)(&question.spec, operands)?;
        (spec.geometry.products() <= 4 * MAX_PRODUCTS).then_some((h, spec, operands))
    })
}

/// The mistakes whose result has the observed shape and is accepted by `fits`.
pub(super) fn that_fit(question: &Question, operands: &Operands, fits: impl Fn(&Truth) -> bool) -> Vec<Diagnosis> {
    let mut found = Vec::new();
    for (hypothesis, spec, operands) in of_observed_shape(question, operands) {
        let Ok(other) = Truth::new(&spec, question.role, &operands) else { continue };
        if fits(&other) {
            found.push(diagnosis(hypothesis, &question.spec, &spec, "numbers are those"));
        }
    }
    found
}

/// The mistakes whose result has the observed shape, whatever its numbers.
pub(super) fn of_shape(question: &Question, operands: &Operands) -> Vec<Diagnosis> {
    of_observed_shape(question, operands)
        .map(|(hypothesis, spec, _)| diagnosis(hypothesis, &question.spec, &spec, "shape (not the numbers) is that"))
        .collect()
}

/// Shapes are compared before anything is computed: those of a refitted geometry have no limit.
fn of_observed_shape<'a>(
    question: &'a Question,
    operands: &'a Operands,
) -> impl Iterator<Item = (&'static Hypothesis, Spec, Operands)> + 'a {
    applicable(question, operands)
        .filter(|(_, spec, _)| question.layouts.y.data_shape(&spec.output_shape()) == question.y.shape())
}

fn diagnosis(hypothesis: &Hypothesis, right: &Spec, refitted: &Spec, what: &str) -> Diagnosis {
    let refit = if refitted == right { String::new() } else { format!(": the {what} of {refitted}") };
    Diagnosis { id: hypothesis.id, message: format!("{}{refit}", hypothesis.statement) }
}

/// The mistakes that these data could not show: another map, but the same result on them.
pub(super) fn unseen(question: &Question, operands: &Operands, truth: &Truth) -> Vec<&'static str> {
    let probe = generic(question, operands);
    let Ok(on_probe) = Truth::new(&question.spec, question.role, &probe) else { return Vec::new() };
    let mut weak = Vec::new();
    let right = question.spec.output_shape();
    for (hypothesis, spec, operands) in applicable(question, operands) {
        if spec.output_shape() != right {
            continue;
        }
        let Ok(other) = Truth::new(&spec, question.role, &operands) else { continue };
        if !same_values(truth, &other) {
            continue;
        }
        // The same on these data: is it the same map, or do the data hide it?
        let hidden = (hypothesis.apply)(&question.spec, &probe)
            .and_then(|(spec, probe)| Truth::new(&spec, question.role, &probe).ok())
            .is_some_and(|other| !same_values(&on_probe, &other));
        if hidden {
            weak.push(hypothesis.id);
        }
    }
    weak
}

fn same_values(a: &Truth, b: &Truth) -> bool {
    a.shape == b.shape && (0..a.cells()).all(|cell| a.exact(cell) == b.exact(cell))
}

/// Operands of the same shapes that hide nothing: scattered 20-bit integers, all different.
/// Two maps that agree on them differ with a probability that does not matter here: the question
/// is only whether data are weak, never whether a result is right.
fn generic(question: &Question, operands: &Operands) -> Operands {
    let mut state = 0x9e37_79b9_7f4a_7c15u64;
    let mut next = || {
        // xorshift64*, fixed seed: the same answer on every run.
        state ^= state >> 12;
        state ^= state << 25;
        state ^= state >> 27;
        let high = state.wrapping_mul(0x2545_f491_4f6c_dd1d) >> 44;
        Dyadic::new(high.cast_signed() + 1, 0)
    };
    let mut fill = |shape: &[usize]| {
        let mut entries = Vec::new();
        let mut walk = positions(shape);
        while walk.next().is_some() {
            entries.push(next());
        }
        Tensor::new(shape.to_vec(), entries).expect("one entry per position")
    };
    let first = fill(operands.first.shape());
    let second = operands.second.as_ref().map(|w| fill(w.shape()));
    let bias = operands.bias.as_ref().map(|_| fill(&[result_channels(&question.spec)]).into_entries());
    Operands { first, second, bias }
}

/// What the diagnosis `lower-precision` means, as the statements of [`HYPOTHESES`].
pub const LOWER_PRECISION: &str = "inputs, or else sums, are rounded to a narrower type than declared";

/// A failed bound that a weaker arithmetic explains: of the inputs first, then of the sums.
pub(super) fn lower_precision(
    judgement: &Judgement,
    declared: &Arithmetic,
    judge: impl Fn(&Arithmetic) -> Result<Judgement, Error>,
) -> Option<Diagnosis> {
    let ratio = judgement.max_ratio.filter(|r| r.is_finite())?;
    // As inputs f16 and TF32 have one bound, and TF32 the wider range.
    let inputs = [Format::F32, Format::Tf32, Format::Bf16].map(|input| Arithmetic { input, ..*declared });
    let sums = [Format::F32, Format::Tf32, Format::F16, Format::Bf16];
    let sums = sums.map(|accumulate| Arithmetic { accumulate, ..*declared });
    for weaker in inputs.into_iter().chain(sums) {
        let (place, words, format, than) = match weaker.input == declared.input {
            true => ("accumulate", "sums kept in", weaker.accumulate, declared.accumulate),
            false => ("input", "inputs rounded to", weaker.input, declared.input),
        };
        if format.precision() >= than.precision() {
            continue;
        }
        let Ok(found) = judge(&weaker) else { continue };
        if let (Verdict::Same, Some(within)) = (found.verdict, found.max_ratio) {
            let (bound, name) = (declared.name(), format.name());
            let message = format!(
                "{ratio:.3}× the {bound} bound, {within:.3} of the bound with {words} {name}: if intended, declare it \
                 with --arithmetic {place}={name}"
            );
            return Some(Diagnosis { id: "lower-precision", message });
        }
    }
    None
}
