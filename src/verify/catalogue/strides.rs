//! Mistakes about stride, dilation and which axis they belong to, and the wrong operation.

use super::windows::{extent, formula, of_same_size, refit, rewindowed, sized, total};
use super::{Hypothesis, Other, Problem, Variants};
use crate::geometry::{Axis, Geometry, Kind, Spec, Window, size};
use crate::verify::map::Operands;
use crate::verify::truth::Role;

pub(super) const EXCHANGED: Hypothesis = Hypothesis {
    id: "stride-dilation-swapped",
    statement: "stride and dilation are exchanged",
    symptom: "o = d·i + s·t − p; hidden where both are equal",
    reference: "huggingface/candle#2337",
    plain: Some(|p| rewindowed(p, |_, a| Window { stride: a.dilation(), dilation: a.stride(), ..a.window() })),
    variants: Some(|v| {
        let swap = |a: &Axis| Window { stride: a.dilation(), dilation: a.stride(), ..a.window() };
        v.on_each(8, "stride and dilation are exchanged", |p, on| {
            rewindowed(p, |n, a| if on(n) { swap(a) } else { a.window() })
        });
        let says = "stride and dilation are exchanged in the positions, not in the size";
        v.other(1, says, of_same_size(&v.problem, |_, a| swap(a)));
    }),
};

pub(super) const DILATION_IGNORED: Hypothesis = Hypothesis {
    id: "dilation-ignored",
    statement: "the dilation has no effect",
    symptom: "o = s·i + t − p, in a result of the size without dilation or of the right one",
    reference: "pytorch#1565; mxnet#11203; #13876; candle#671",
    plain: Some(|p| rewindowed(p, |_, a| Window { dilation: 1, ..a.window() })),
    variants: Some(|v| {
        let without = |a: &Axis, on: bool| Window { dilation: if on { 1 } else { a.dilation() }, ..a.window() };
        v.on_each(64, "the dilation has no effect", |p, on| rewindowed(p, |n, a| without(a, on(n))));
        if !v.is_forward() {
            return;
        }
        v.on_axes(128, "the dilation changes the size and no position", |p, on| {
            of_same_size(p, |n, a| without(a, on(n)))
        });
        v.on_axes(192, "the dilation changes the positions and not the size", |p, on| {
            sized(
                p,
                |_, a| a.window(),
                |n, a| {
                    let extent = if on(n) { a.kernel() } else { extent(a) };
                    formula(p, a, a.stride(), extent, total(a), a.output_padding())
                },
            )
        });
    }),
};

pub(super) const STRIDE_IGNORED: Hypothesis = Hypothesis {
    id: "stride-ignored",
    statement: "the stride has no effect",
    symptom: "the columns of the matrix are offset by 1, in a result of the size without stride or of the right one",
    reference: "pytorch#82563; #82711",
    plain: Some(|p| rewindowed(p, |_, a| Window { stride: 1, ..a.window() })),
    variants: Some(|v| {
        let without = |a: &Axis, on: bool| Window { stride: if on { 1 } else { a.stride() }, ..a.window() };
        v.on_each(64, "the stride has no effect", |p, on| rewindowed(p, |n, a| without(a, on(n))));
        if !v.is_forward() {
            return;
        }
        v.on_axes(128, "the stride changes the size and no position", |p, on| {
            of_same_size(p, |n, a| without(a, on(n)))
        });
        v.on_axes(192, "the stride changes the positions and not the size", |p, on| {
            sized(
                p,
                |_, a| a.window(),
                |n, a| {
                    let stride = if on(n) { 1 } else { a.stride() };
                    formula(p, a, stride, extent(a), total(a), a.output_padding())
                },
            )
        });
    }),
};

pub(super) const FIRST_AXIS: Hypothesis = Hypothesis {
    id: "first-axis-for-all",
    statement: "stride, dilation, padding and output padding of the first axis are used on every axis",
    symptom: "every axis behaves like one of them, in all attributes or in one",
    reference: "Paddle#21225; tfjs#649",
    plain: Some(|p| {
        let first = p.spec.geometry.axes()[0];
        refit(p, |_, a| Window { kernel: a.kernel(), ..first.window() }, |_, _| first.output_padding())
    }),
    variants: Some(|v| {
        let axes = v.axes();
        if axes.len() == 1 {
            return;
        }
        one_for_all(v, 0, "first", &axes[0]);
        let last = &axes[axes.len() - 1];
        one_for_all(v, 8, "last", last);
        let says = "stride, dilation, padding and output padding of the last axis are used on every axis";
        let all = |_: usize, a: &Axis| Window { kernel: a.kernel(), ..last.window() };
        v.other(8, says, refit(&v.problem, all, |_, _| last.output_padding()));
    }),
};

/// Each attribute of one axis on all of them.
fn one_for_all(v: &mut Variants<'_>, base: u16, which: &str, from: &Axis) {
    let p = v.problem;
    let says = |what: &str| format!("the {what} of the {which} axis is used on every axis");
    let with = |window: &dyn Fn(&Axis) -> Window| rewindowed(&p, |_, a| window(a));
    v.other(base + 1, says("stride"), with(&|a| Window { stride: from.stride(), ..a.window() }));
    v.other(base + 2, says("dilation"), with(&|a| Window { dilation: from.dilation(), ..a.window() }));
    v.other(base + 3, says("padding"), with(&|a| Window { padding: from.padding(), ..a.window() }));
    if p.spec.kind == Kind::Tconv {
        v.other(base + 4, says("output padding"), refit(&p, |_, a| a.window(), |_, _| from.output_padding()));
    }
}

pub(super) const GROUPS_DILATION: Hypothesis = Hypothesis {
    id: "groups-dilation-swapped",
    statement: "groups and dilation are exchanged",
    symptom: "d' = groups on every axis, as many groups as the dilation was; needs channels that this divides",
    reference: "IntelLabs/bayesian-torch#34; lcy0604/CTRNet#10",
    plain: None,
    variants: Some(|v| {
        let p = v.problem;
        let (g, dilation) = (&p.spec.geometry, v.axes()[0].dilation());
        // The convolution's weight holds the input channels per group: another number is refused.
        if !v.is_forward() || p.spec.kind != Kind::Tconv || dilation == g.groups() {
            return;
        }
        let Some(Other { spec, operands }) = rewindowed(&p, |_, a| Window { dilation: g.groups(), ..a.window() })
        else {
            return;
        };
        let outputs = g.out_channels() / g.groups() * dilation;
        let fits_bias = p.operands.bias.as_ref().is_none_or(|b| b.len() == size(outputs));
        let Ok(geometry) = spec.geometry.with_channels(g.in_channels(), outputs, dilation) else { return };
        if fits_bias {
            let spec = Spec { kind: spec.kind, geometry };
            v.other(0, "groups and dilation are exchanged", Some(Other { spec, operands }));
        }
    }),
};

pub(super) const ORDINARY: Hypothesis = Hypothesis {
    id: "ordinary-convolution",
    statement: "the convolution is computed for the transposed one, or the reverse",
    symptom: "the matrix is that of the other operation with these parameters",
    reference: "-",
    plain: None,
    variants: Some(|v| {
        let p = v.problem;
        let Some(w) = p.weight() else { return };
        let g = &p.spec.geometry;
        let groups = size(g.groups());
        let (per_in, per_out) = (w.shape[0] / groups, w.shape[1]);
        // Same channels, other direction: the weight's channels are exchanged within each group.
        let mut blocks = w.clone();
        blocks.shape = [&[groups, per_in, per_out], &w.shape[2..]].concat();
        let order: Vec<usize> = [0, 2, 1].into_iter().chain(3..blocks.shape.len()).collect();
        let mut exchanged = blocks.permuted(&order);
        exchanged.shape = [&[groups * per_out, per_in], &w.shape[2..]].concat();
        let Some(spec) = other_operation(&p) else { return };
        let with = |w: crate::verify::operand::Operand| {
            let operands = Operands { second: Some(w.into()), ..p.operands.clone() };
            Some(Other { spec: spec.clone(), operands })
        };
        let taps = 2..w.shape.len();
        let (says, flipped) = match p.spec.kind == Kind::Tconv {
            true => ("the convolution is computed", "the convolution with the kernel rotated is computed"),
            false => (
                "the transposed convolution is computed",
                "the transposed convolution with the kernel rotated is computed",
            ),
        };
        v.other(0, says, with(exchanged.clone()));
        v.other(1, flipped, with(exchanged.flipped(taps)));
        if exchanged.shape == w.shape {
            v.other(2, format!("{says}, on the weight as it lies in memory"), with(w.clone()));
        }
    }),
};

/// The same role of the other operation, on a first operand of the same shape.
fn other_operation(p: &Problem<'_>) -> Option<Spec> {
    let (g, kind) = (&p.spec.geometry, p.spec.kind);
    let scatters = matches!((p.role, kind), (Role::Forward, Kind::Tconv) | (Role::InputGradient, Kind::Conv));
    let axis = |a: &Axis| match scatters {
        true => a.window().convolving(a.input()).ok(),
        false => a.window().transposed(a.output(), 0).ok(),
    };
    let axes = g.axes().iter().map(axis).collect::<Option<Vec<_>>>()?;
    let geometry = Geometry::new(axes).ok()?.with_channels(g.out_channels(), g.in_channels(), g.groups()).ok()?;
    let kind = if kind == Kind::Tconv { Kind::Conv } else { Kind::Tconv };
    Some(Spec { kind, geometry: geometry.with_batch(g.batch()).ok()? })
}
