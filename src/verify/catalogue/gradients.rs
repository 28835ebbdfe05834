//! Mistakes that only gradients make.

use super::Hypothesis;
use super::nest::{Nest, lists};
use super::windows::{OfAxis, beginning, length, of_same_size, sized};
use crate::geometry::{Axis, Kind, Meeting, Window, size};
use crate::verify::truth::{Role, result_shape};

/// Taps of the strided convolution that gives the weight's gradient, before it is trimmed.
fn untrimmed(a: &Axis) -> i64 {
    a.kernel() + a.output_padding() / a.dilation()
}

pub(super) const NOT_TRIMMED: Hypothesis = Hypothesis {
    id: "weight-gradient-not-trimmed",
    statement: "the weight's gradient is not trimmed to the kernel",
    symptom: "dW is longer than the kernel, or cut in memory so that taps stand in wrong slots; needs inputs that no window reaches",
    reference: "burn#1877; #1891; backpack#30",
    plain: None,
    variants: Some(|v| {
        let p = v.problem;
        if p.role != Role::WeightGradient {
            return;
        }
        let statement = "the weight's gradient is not trimmed to the kernel";
        v.other(0, statement, sized(&p, |_, a| a.window(), |_, a| untrimmed(a)));
        v.products(1, format!("{statement}: its memory is cut"), |p| {
            let longer: Vec<usize> = p.spec.geometry.axes().iter().map(|a| size(untrimmed(a))).collect();
            let of = |a: &Axis| {
                let taps = (0..a.input()).flat_map(|i| (0..untrimmed(a)).map(move |t| (i, t)));
                let met = taps.map(|(i, t)| Meeting { o: a.stride() * i + a.dilation() * t - a.padding().begin, i, t });
                met.collect()
            };
            let shape = result_shape(p.spec, p.role);
            Nest { shape, ..Nest::of(p, p.spec.geometry.axes().iter().map(of).collect(), Some(&longer)) }
        });
        let front = |a: &Axis| a.dilation() * (untrimmed(a) - a.kernel());
        let says = "the weight's gradient is trimmed in front";
        v.other(2, says, of_same_size(&p, |_, a| beginning(a, a.padding().begin - front(a))));
    }),
};

pub(super) const INPUT_LENGTH: Hypothesis = Hypothesis {
    id: "input-gradient-length",
    statement: "the input's gradient has the length of the reverse operation's formula",
    symptom: "dX is longer where the output padding reaches the stride, or shorter by the inputs that no window reaches",
    reference: "burn#4845; #4916; pytorch#94871",
    plain: None,
    variants: Some(|v| {
        let p = v.problem;
        if p.role != Role::InputGradient {
            return;
        }
        if p.spec.kind == Kind::Tconv {
            let more = |a: &Axis| a.output_padding() / a.stride();
            let says = "the input's gradient is longer: the output padding reaches the stride";
            v.other(0, says, sized(&p, |_, a| a.window(), |_, a| a.input() + more(a)));
            let says = "the input's gradient is cut in front: the output padding reaches the stride";
            let front = |a: &Axis| beginning(a, a.padding().begin - a.stride() * more(a));
            v.other(1, says, of_same_size(&p, |_, a| front(a)));
        } else {
            let rest = |_: usize, a: &Axis| length(&p, a) - a.output_padding();
            v.other(
                2,
                "the input's gradient lacks what the last window does not reach",
                sized(&p, |_, a| a.window(), rest),
            );
            let most = |_: usize, a: &Axis| length(&p, a) - a.output_padding() + a.stride() - 1;
            v.other(3, "the input's gradient is as long as the stride allows", sized(&p, |_, a| a.window(), most));
            v.products(4, "the input's gradient is empty where the last window does not end", |p| {
                let mut lists = lists(p);
                for (list, a) in lists.iter_mut().zip(p.spec.geometry.axes()) {
                    list.retain(|m| m.o < a.output() - a.output_padding());
                }
                Nest::of(p, lists, None)
            });
        }
    }),
};

pub(super) const STRIDE_POSITION: Hypothesis = Hypothesis {
    id: "gradient-stride-position",
    statement: "the gradient reads at the wrong multiple of the stride",
    symptom: "dX or dW is that of another stride, or of positions shifted by s−1 or 1; the adjoint identity fails",
    reference: "pytorch#63314; tvm#8087",
    plain: None,
    variants: Some(|v| {
        if !matches!(v.problem.role, Role::InputGradient | Role::WeightGradient) {
            return;
        }
        let (p, axes) = (v.problem, v.axes());
        let strided = |a: &Axis, stride: i64| Window { stride, ..a.window() };
        let says = "the gradient has the strides of the axes in reverse order";
        v.other(0, says, of_same_size(&p, |n, a| strided(a, axes[axes.len() - 1 - n].stride())));
        v.other(1, "the gradient has stride s+1", of_same_size(&p, |_, a| strided(a, a.stride() + 1)));
        v.other(2, "the gradient has stride s−1", of_same_size(&p, |_, a| strided(a, (a.stride() - 1).max(1))));
        let shifts: [OfAxis; 4] = [
            (3, "s−1 positions further on", |a| 1 - a.stride()),
            (4, "s−1 positions before", |a| a.stride() - 1),
            (5, "one position further on", |_| -1),
            (6, "one position before", |_| 1),
        ];
        for (number, says, by) in shifts {
            let says = format!("the gradient reads {says}");
            v.other(number, says, of_same_size(&p, |_, a| beginning(a, a.padding().begin + by(a))));
        }
    }),
};
