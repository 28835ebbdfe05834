//! Mistakes about lengths: the kernel's extent, and the result's.

use super::Hypothesis;
use super::nest::{Nest, lists};
use super::windows::{OfAxis, beginning, extent, formula, length, of_same_size, padded, rewindowed, sized, total};
use crate::geometry::{Axis, Kind, Pads, size};
use crate::verify::truth::{Role, result_shape};

pub(super) const EXTENT: Hypothesis = Hypothesis {
    id: "effective-extent",
    statement: "the extent of the dilated kernel is computed wrongly",
    symptom: "the size is off by (k−2)(d−1) for an extent k+d−1, by d−1 for k·d, or the pads are cut by as much",
    reference: "onnxruntime#2518; #2688",
    plain: None,
    variants: Some(|v| {
        let p = v.problem;
        if p.role == Role::BiasGradient {
            return;
        }
        let wrong: [OfAxis; 2] =
            [(0, "k+d−1", |a| a.kernel() + a.dilation() - 1), (256, "k·d", |a| a.kernel() * a.dilation())];
        for (base, name, wrong) in wrong {
            let says = format!("the size takes the extent of the dilated kernel as {name}");
            if v.is_forward() {
                v.on_axes(base, &says, |p, on| {
                    sized(
                        p,
                        |_, a| a.window(),
                        |n, a| {
                            let extent = if on(n) { wrong(a) } else { extent(a) };
                            formula(p, a, a.stride(), extent, total(a), a.output_padding())
                        },
                    )
                });
            }
            let less = move |a: &Axis| extent(a) - wrong(a);
            let both = |a: &Axis| padded(a, a.padding().begin + less(a), a.padding().end + less(a));
            let says = format!("the zero-insertion padding takes the extent of the dilated kernel as {name}");
            v.other(base + 64, says, rewindowed(&p, |_, a| both(a)));
            let says = format!("the crop in front takes the extent of the dilated kernel as {name}");
            let front = of_same_size(&p, |_, a| beginning(a, a.padding().begin + less(a)));
            v.other(base + 65, says, front);
            if matches!(p.pads, Pads::Same | Pads::SameUpper | Pads::SameLower) {
                let says = format!("the SAME padding takes the extent of the dilated kernel as {name}");
                let upper = p.pads != Pads::SameLower;
                let all = move |a: &Axis| (a.stride() * (a.input() - 1) + wrong(a) - a.output()).max(0);
                let half = move |a: &Axis| if upper { all(a) / 2 } else { (all(a) + 1) / 2 };
                v.other(base + 66, says.as_str(), of_same_size(&p, |_, a| beginning(a, half(a))));
                v.other(base + 67, says, rewindowed(&p, |_, a| padded(a, half(a), all(a) - half(a))));
            }
        }
    }),
};

pub(super) const OFF: Hypothesis = Hypothesis {
    id: "size-off",
    statement: "the result is some rows too long or too short; those that it shares with the right one are right",
    symptom: "another number of rows, by 1 or 2, computed on or left empty",
    reference: "onnxruntime#23403; coremltools#1904; #1071",
    plain: None,
    variants: Some(|v| {
        if v.problem.role == Role::BiasGradient {
            return;
        }
        for (base, by, says) in [
            (0, 1, "one row too long"),
            (64, -1, "one row too short"),
            (128, 2, "two rows too long"),
            (192, -2, "two rows too short"),
        ] {
            v.on_axes(base, &format!("the result is {says}"), |p, on| {
                sized(p, |_, a| a.window(), |n, a| length(p, a) + if on(n) { by } else { 0 })
            });
        }
        for by in [1, 2] {
            let lengths: Vec<usize> = v.axes().iter().map(|a| size(length(&v.problem, a)) + by).collect();
            let shape = result_shape(v.problem.spec, v.problem.role);
            let shape = shape[..2].iter().chain(&lengths).copied().collect();
            let says = format!("the result has {by} more empty {}", if by == 1 { "row" } else { "rows" });
            let number = if by == 1 { 256 } else { 257 };
            v.shaped(number, says, shape, move |p| Nest::of(p, lists(p), Some(&lengths)));
        }
        if v.problem.spec.kind == Kind::Conv && v.is_forward() {
            // The last window that only begins inside.
            let up = |_: usize, a: &Axis| {
                let n = a.output() + total(a) - extent(a);
                -(-n).div_euclid(a.stride()) + 1
            };
            v.other(258, "the size is rounded up", sized(&v.problem, |_, a| a.window(), up));
        }
    }),
};
