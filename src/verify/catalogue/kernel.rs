//! Mistakes about the kernel: read backwards, or with its axes exchanged.

use super::memory::{axes_exchanged, exchanged, reread_exchanged, stored_exchanged, transposed};
use super::nest::{Nest, lists};
use super::windows::{formula, refit, sized, total};
use super::{Hypothesis, Other, Problem};
use crate::geometry::{Axis, Padding, Window};
use crate::verify::map::Operands;
use crate::verify::operand::Operand;
use crate::verify::truth::{Role, result_shape};

pub(super) const FLIPPED: Hypothesis = Hypothesis {
    id: "kernel-flipped",
    statement: "the kernel is rotated by 180° (taps t read as k−1−t)",
    symptom: "the matrix is the right one with taps k−1−t for t, on all axes or on some",
    reference: "Theano/Theano#5170; vdumoulin/conv_arithmetic#4; tenstorrent/tt-metal#15995; tt-mlir#1540",
    plain: Some(|p| match p.role {
        Role::WeightGradient => flipped_taps(p),
        _ => p.weight().map(|w| p.with_weight(w.flipped(2..w.shape.len()))),
    }),
    variants: Some(|v| {
        // Numbered by the set of axes; of many axes only each alone.
        let rank = v.axes().len();
        let sets: Vec<u16> =
            if rank <= 4 { (1..(1 << rank) - 1).collect() } else { (0..rank.min(15)).map(|n| 1 << n).collect() };
        if rank == 1 || v.problem.role == Role::BiasGradient {
            return;
        }
        for set in sets {
            let axes: Vec<usize> = (0..rank).filter(|&n| set >> n & 1 == 1).collect();
            let names: Vec<String> = axes.iter().map(usize::to_string).collect();
            let says = format!("the kernel is read backwards along axis {} alone", names.join(" and axis "));
            if let Some(w) = v.problem.weight() {
                let read = axes.iter().fold(w.clone(), |w, n| w.flipped(2 + n..3 + n));
                v.other(set, says, Some(v.problem.with_weight(read)));
            } else {
                v.products(set, says, move |p| {
                    let mut lists = lists(p);
                    for &n in &axes {
                        let k = p.spec.geometry.axes()[n].kernel();
                        lists[n].iter_mut().for_each(|m| m.t = k - 1 - m.t);
                    }
                    Nest::of(p, lists, None)
                });
            }
        }
    }),
};

pub(super) const AXES_SWAPPED: Hypothesis = Hypothesis {
    id: "kernel-axes-swapped",
    statement: "the kernel's first and last axes are exchanged",
    symptom: "taps (ky, kx) stand at (kx, ky); where the kernel is not square, the size may follow or use one length for both",
    reference: "nntrainer#4347; jdermody/brightwire#22; tfjs#649",
    plain: Some(|p| p.weight().and_then(axes_exchanged).map(|w| p.with_weight(w))),
    variants: Some(|v| {
        let (problem, axes) = (v.problem, v.axes());
        let last = axes.len() - 1;
        if last == 0 {
            return;
        }
        let lengths = |n: usize| axes[exchanged(n, last)].kernel();
        if problem.role == Role::WeightGradient {
            v.products(5, "the gradient's taps are stored with the first and last axes exchanged", |p| Nest {
                stored: Some(stored_exchanged(&result_shape(p.spec, p.role))),
                ..Nest::right(p)
            });
            return;
        }
        let Some(w) = problem.weight() else { return };
        if axes[0].kernel() != axes[last].kernel() {
            let windows =
                refit(&problem, |n, a| Window { kernel: lengths(n), ..a.window() }, |_, a| a.output_padding());
            let operands = Operands { second: Some(transposed(w).into()), ..problem.operands.clone() };
            let says = "the kernel's first and last axes are exchanged, and their lengths with them";
            v.other(1, says, windows.map(|other| Other { operands, ..other }));
            v.other(
                2,
                "the kernel's memory is read with its first and last axes exchanged",
                Some(problem.with_weight(reread_exchanged(w))),
            );
        }
        if v.is_forward() {
            let kernel = |of: usize| {
                move |_: usize, a: &Axis| {
                    formula(
                        &problem,
                        a,
                        a.stride(),
                        a.dilation() * (axes[of].kernel() - 1) + 1,
                        total(a),
                        a.output_padding(),
                    )
                }
            };
            v.other(
                3,
                "the size is computed with the kernel's first length on every axis",
                sized(&problem, |_, a| a.window(), kernel(0)),
            );
            v.other(
                4,
                "the size is computed with the kernel's last length on every axis",
                sized(&problem, |_, a| a.window(), kernel(last)),
            );
        }
    }),
};

/// The weight's gradient read backwards: that of both operands read backwards, with
/// `p_begin' = p_end − a`.
fn flipped_taps(problem: &Problem<'_>) -> Option<Other> {
    let end = |a: &Axis| Padding { begin: a.padding().end - a.output_padding(), end: 0 };
    let other = refit(problem, |_, a| Window { padding: end(a), ..a.window() }, |_, _| 0)?;
    let Operands { first, second, bias } = other.operands;
    let backwards = |tensor: &Operand| tensor.flipped(2..tensor.shape.len());
    let has_taps_to_exchange = problem.spec.geometry.axes().iter().any(|a| a.kernel() > 1);
    let operands = Operands { first: backwards(&first).into(), second: Some(backwards(second.as_ref()?).into()), bias };
    has_taps_to_exchange.then_some(Other { spec: other.spec, operands })
}
