//! Mistakes about the output padding.

use super::nest::{Nest, lists};
use super::windows::{length, padded, refit, sized};
use super::{Hypothesis, Problem};
use crate::geometry::{Axis, Kind, Padding, Window, size};
use crate::verify::truth::{Role, result_shape};

fn tconv_only(problem: &Problem<'_>) -> Option<()> {
    (problem.spec.kind == Kind::Tconv).then_some(())
}

pub(super) const MISPLACED: Hypothesis = Hypothesis {
    id: "output-padding-misplaced",
    statement: "the output padding stands in front instead of at the end",
    symptom: "the matrix is shifted by the output padding, or by half of it",
    reference: "nnvm#217",
    plain: Some(|p| {
        let front = |a: &Axis| Padding { begin: a.padding().begin - a.output_padding(), ..a.padding() };
        tconv_only(p)?;
        refit(p, |_, a| Window { padding: front(a), ..a.window() }, |_, _| 0)
    }),
    variants: Some(|v| {
        if tconv_only(&v.problem).is_none() {
            return;
        }
        let split = |a: &Axis, front: i64| {
            let (p, rest) = (a.padding(), a.output_padding() - front);
            padded(a, p.begin - front, p.end - rest)
        };
        let p = v.problem;
        let half = |a: &Axis| a.output_padding() / 2;
        let says = "half of the output padding stands in front";
        v.other(1, says, refit(&p, |_, a| split(a, half(a)), |_, _| 0));
        let more = "half of the output padding, rounded up, stands in front";
        v.other(2, more, refit(&p, |_, a| split(a, a.output_padding() - half(a)), |_, _| 0));
        let both = "the output padding stands in front and at the end";
        v.other(
            3,
            both,
            refit(
                &p,
                |_, a| padded(a, a.padding().begin - a.output_padding(), a.padding().end),
                |_, a| a.output_padding(),
            ),
        );
    }),
};

pub(super) const IGNORED: Hypothesis = Hypothesis {
    id: "output-padding-ignored",
    statement: "the output padding has no effect",
    symptom: "the last rows are missing: y is shorter by the output padding",
    reference: "pytorch#98129; tvm#18635; XNNPACK#1555; ncnn#3337; pytorch/TensorRT#1234; onnxruntime#23488",
    plain: Some(|p| {
        tconv_only(p)?;
        refit(p, |_, a| a.window(), |_, _| 0)
    }),
    variants: Some(|v| {
        if tconv_only(&v.problem).is_none() || v.axes().len() == 1 {
            return;
        }
        v.on_each(64, "the output padding has no effect", |p, on| {
            refit(p, |_, a| a.window(), |n, a| if on(n) { 0 } else { a.output_padding() })
        });
        let axes = v.axes();
        let of_other = |n: usize| axes[axes.len() - 1 - n].output_padding();
        let says = "the output padding is that of the axes in reverse order";
        v.other(1, says, refit(&v.problem, |_, a| a.window(), |n, _| of_other(n)));
    }),
};

pub(super) const ZERO_FILLED: Hypothesis = Hypothesis {
    id: "output-padding-zero-filled",
    statement: "the rows of the output padding are filled with zeros instead of computed",
    symptom: "the last rows of the matrix are zero; they hold the bias, or not even that",
    reference: "nnvm#217; tvm#4318; #4708; #5758; torch-mlir#2026; ncnn#1122",
    plain: None,
    variants: Some(|v| {
        // A convolution's own rest: what its last window does not reach, which its gradients fill.
        let p = v.problem;
        if p.spec.kind == Kind::Conv && p.role == Role::Forward || p.role == Role::BiasGradient {
            return;
        }
        let says = "no product reaches the rows of the output padding";
        v.products(0, says, unfilled);
        if v.is_forward() {
            v.products(1, format!("{says}, nor does the bias"), |p| {
                let mut nest = unfilled(p);
                let axes = p.spec.geometry.axes();
                let shape = result_shape(p.spec, p.role);
                let is_blank = |cell: usize| {
                    let at = crate::tensor::unflatten(&shape[2..], cell);
                    at.iter()
                        .zip(axes)
                        .any(|(&o, a)| o >= size(a.output()) - size(a.output_padding()).min(size(a.output())))
                };
                nest.bias.blank = (0..nest.block).map(is_blank).collect();
                nest
            });
        }
    }),
};

/// The right program but for what reaches the last `a` outputs of an axis.
fn unfilled(p: &Problem<'_>) -> Nest {
    let mut lists = lists(p);
    for (list, a) in lists.iter_mut().zip(p.spec.geometry.axes()) {
        list.retain(|m| m.o < a.output() - a.output_padding());
    }
    Nest::of(p, lists, None)
}

pub(super) const ON_INPUT: Hypothesis = Hypothesis {
    id: "output-padding-on-input",
    statement: "the output padding is added on the side of the input, and grows by the stride",
    symptom: "y is longer by a(s−1)",
    reference: "apple/coreai-torch#57; pytorch/xla#2333",
    plain: None,
    variants: Some(|v| {
        if tconv_only(&v.problem).is_none() {
            return;
        }
        let p = v.problem;
        let says = "the output padding is added to the input, and grows by the stride";
        let longer = |a: &Axis| a.output_padding() * a.stride();
        v.other(0, says, refit(&p, |_, a| a.window(), |_, a| longer(a)));
        let front = "the output padding is added in front of the input";
        v.other(1, front, refit(&p, |_, a| padded(a, a.padding().begin - longer(a), a.padding().end), |_, _| 0));
        let kept = "the output padding is added in front of the input, in a result of the right size";
        v.other(2, kept, sized(&p, |_, a| padded(a, a.padding().begin - longer(a), 0), |_, a| length(&p, a)));
    }),
};

pub(super) const EMPTY_SLICE: Hypothesis = Hypothesis {
    id: "output-padding-empty-slice",
    statement: "the slice that crops the end is empty where it ends at 0",
    symptom: "y has no cell: the output padding equals the end pad, or both are 0",
    reference: "coremltools#2478",
    plain: None,
    variants: Some(|v| {
        if !v.is_forward() || tconv_only(&v.problem).is_none() {
            return;
        }
        let empty = |a: &Axis| a.padding().end == a.output_padding();
        let shape = result_shape(v.problem.spec, v.problem.role);
        let cut = |is_empty: &dyn Fn(&Axis) -> bool| -> Vec<usize> {
            let lengths = v.problem.spec.geometry.axes().iter().map(|a| if is_empty(a) { 0 } else { size(a.output()) });
            shape[..2].iter().copied().chain(lengths).collect()
        };
        let says = "the slice that crops the end is empty";
        let all = [
            (0, "the output padding equals the end pad", cut(&|a| a.output_padding() > 0 && empty(a))),
            (1, "no end pad is left after the output padding", cut(&empty)),
        ];
        for (number, why, shape) in all.into_iter().filter(|(.., cut)| *cut != shape) {
            let lengths = shape[2..].to_vec();
            v.shaped(number, format!("{says}: {why}"), shape, move |p| Nest::of(p, lists(p), Some(&lengths)));
        }
    }),
};
