//! Mistakes about which axis of an array is which: channels of the weight, axes of the data.

use super::memory::{axes_exchanged, exchanged, reread, reread_exchanged, stored_exchanged, transposed};
use super::nest::Nest;
use super::{Hypothesis, Other, Problem, Variants};
use crate::geometry::{Axis, Geometry, Kind, Spec, size};
use crate::tensor::{flatten, unflatten};
use crate::verify::map::Operands;
use crate::verify::operand::Operand;
use crate::verify::truth::{Role, result_shape};

pub(super) const CHANNEL_LAYOUT: Hypothesis = Hypothesis {
    id: "channel-layout",
    statement: "the weight's input and output channels are read in the wrong order",
    symptom: "blocks of channels hold the taps of other channels, as if the array lay in memory in another order",
    reference: "apache/tvm#616; #9336; #13998; #14546; #17968; coremltools#1905",
    plain: Some(|p| {
        let w = p.weight().filter(|_| p.spec.geometry.groups() == 1)?;
        let order: Vec<usize> = [1, 0].into_iter().chain(2..w.shape.len()).collect();
        let mut read = w.clone();
        read.shape.swap(0, 1);
        Some(p.with_weight(read.permuted(&order)))
    }),
    variants: Some(channel_layouts),
};

fn channel_layouts(v: &mut Variants<'_>) {
    let problem = v.problem;
    let data = "the first operand's memory is read with its channels last";
    if problem.role != Role::BiasGradient {
        v.other(7, data, Some(problem.with_first(channels_last(&problem.operands.first))));
    }
    if problem.role != Role::WeightGradient && problem.role != Role::BiasGradient {
        v.products(8, "the result is stored with its channels last", |p| {
            let shape = result_shape(p.spec, p.role);
            let positions = shape[2..].iter().product::<usize>();
            let of = |cell: usize| {
                let (n, c, s) = (cell / positions / shape[1], cell / positions % shape[1], cell % positions);
                (n * positions + s) * shape[1] + c
            };
            Nest { stored: Some((0..shape.iter().product()).map(of).collect()), ..Nest::right(p) }
        });
    }
    if problem.role == Role::WeightGradient {
        v.products(9, "the weight's gradient is stored with its channels in the wrong order", |p| {
            let shape = result_shape(p.spec, p.role);
            let (taps, groups) = (shape[2..].iter().product::<usize>(), size(p.spec.geometry.groups()));
            let (per_in, per_out) = (shape[0] / groups, shape[1]);
            let of = |cell: usize| {
                let (ci, co, t) = (cell / taps / per_out, cell / taps % per_out, cell % taps);
                (((ci / per_in) * per_out + co) * per_in + ci % per_in) * taps + t
            };
            Nest { stored: Some((0..shape.iter().product()).map(of).collect()), ..Nest::right(p) }
        });
    }
    let Some(w) = problem.weight() else { return };
    let groups = size(problem.spec.geometry.groups());
    if groups > 1 {
        let (per_in, per_out) = (w.shape[0] / groups, w.shape[1]);
        let mut read = w.clone();
        read.shape = [&[groups, per_out, per_in], &w.shape[2..]].concat();
        let order: Vec<usize> = [0, 2, 1].into_iter().chain(3..read.shape.len()).collect();
        let mut read = read.permuted(&order);
        read.shape.clone_from(&w.shape);
        let says = "within each group the weight's input and output channels are read in the wrong order";
        v.other(1, says, Some(problem.with_weight(read)));
    }
    // Where each axis of the weight stands in memory: `s` are all taps.
    let taps: Vec<usize> = (2..w.shape.len()).collect();
    let orders: [(u16, &str, Vec<usize>); 4] = [
        (2, "taps, input channels, output channels", [&taps[..], &[0, 1]].concat()),
        (3, "taps, output channels, input channels", [&taps[..], &[1, 0]].concat()),
        (4, "input channels, taps, output channels", [&[0], &taps[..], &[1]].concat()),
        (5, "output channels, taps, input channels", [&[1], &taps[..], &[0]].concat()),
    ];
    for (number, says, memory) in orders {
        let says = format!("the weight's memory is read as {says}");
        v.other(number, says, Some(problem.with_weight(reread(w, &memory))));
    }
}

fn channels_last(data: &Operand) -> Operand {
    let rank = data.shape.len();
    reread(data, &[0].into_iter().chain(2..rank).chain([1]).collect::<Vec<_>>())
}

pub(super) const INPUT_AXES_SWAPPED: Hypothesis = Hypothesis {
    id: "input-axes-swapped",
    statement: "the input's first and last spatial axes are exchanged",
    symptom: "positions are permuted: the input or the result is transposed, or read with strides exchanged",
    reference: "-",
    plain: Some(|p| {
        // A sum over all positions has no order of axes.
        let first = axes_exchanged(&p.operands.first).filter(|_| p.role != Role::BiasGradient)?;
        Some(p.with_first(first))
    }),
    variants: Some(|v| {
        let (problem, axes) = (v.problem, v.axes());
        let (last, x) = (axes.len() - 1, &problem.operands.first);
        if last == 0 || problem.role == Role::BiasGradient {
            return;
        }
        if problem.role != Role::WeightGradient {
            let shape = result_shape(problem.spec, problem.role);
            let mut transposed = shape.clone();
            transposed.swap(2, last + 2);
            v.shaped(1, "the result's first and last spatial axes are exchanged", transposed, |p| {
                let shape = result_shape(p.spec, p.role);
                let stored = (0..shape.iter().product()).map(|cell| {
                    let (mut at, mut to) = (unflatten(&shape, cell), shape.clone());
                    at.swap(2, shape.len() - 1);
                    to.swap(2, shape.len() - 1);
                    flatten(&to, &at)
                });
                let (stored, mut to) = (Some(stored.collect()), shape.clone());
                to.swap(2, shape.len() - 1);
                Nest { stored, shape: to, ..Nest::right(p) }
            });
            if shape[2] != shape[last + 2] {
                v.products(2, "the result's memory is written with its first and last axes exchanged", |p| Nest {
                    stored: Some(stored_exchanged(&result_shape(p.spec, p.role))),
                    ..Nest::right(p)
                });
            }
        }
        if x.shape[2] == x.shape[last + 2] {
            return;
        }
        let says = "the input's memory is read with its first and last axes exchanged";
        v.other(3, says, Some(problem.with_first(reread_exchanged(x))));
        if v.is_forward() {
            let operands = Operands { first: transposed(x).into(), ..problem.operands.clone() };
            let says = "the input's first and last spatial axes are exchanged, and their lengths with them";
            v.other(4, says, lengths_exchanged(&problem, last).map(|spec| Other { spec, operands }));
        }
    }),
};

/// The geometry whose first and last axis have each other's lengths of the operation's input.
fn lengths_exchanged(problem: &Problem<'_>, last: usize) -> Option<Spec> {
    let g = &problem.spec.geometry;
    let axis = |(n, a): (usize, &Axis)| {
        let from = &g.axes()[exchanged(n, last)];
        match problem.spec.kind {
            Kind::Tconv => a.window().transposed(from.input(), a.output_padding()).ok(),
            Kind::Conv => a.window().convolving(from.output()).ok(),
        }
    };
    let axes = g.axes().iter().enumerate().map(axis).collect::<Option<Vec<_>>>()?;
    let geometry = Geometry::new(axes).ok()?.with_channels(g.in_channels(), g.out_channels(), g.groups()).ok()?;
    Some(Spec { kind: problem.spec.kind, geometry: geometry.with_batch(g.batch()).ok()? })
}
