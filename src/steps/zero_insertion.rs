//! Zero insertion: stretch the input, pad it, rotate the kernel, convolve at stride 1.
//!
//! ```text
//! stretched[s·i] = x[i], zeros between                       length s(input−1) + 1
//! padded = d(k−1) − p_begin zeros, stretched, d(k−1) − p_end + a zeros
//! y[o] = Σ_u padded[o + d·u]·w[k−1−u]
//! ```
//!
//! A negative amount of padding crops: what is dropped stands outside of a border.

use std::collections::{BTreeMap, BTreeSet};

use super::panel::{Cell, Channel, Content, Extent, Panel, Role, Term, What, area};
use super::parts::{Kernel, channels, drawn_kernels, index, kernels, per_group, position, taps};
use super::{Frame, Step};
use crate::geometry::{Axis, Geometry};

pub(super) fn drawn(g: &Geometry) -> i128 {
    let [from, to] = per_group(g);
    let kernels = drawn_kernels(g, from.saturating_mul(to)).saturating_mul(2);
    let steps = area(g.in_channels(), g.axes().iter().map(padded))
        .saturating_add(area(g.out_channels(), g.axes().iter().map(|a| Extent::plain(a.output()))));
    kernels.max(steps.saturating_add(drawn_kernels(g, from)))
}

/// What happens before the windows; nothing is stretched at stride 1.
pub(super) fn stages(g: &Geometry) -> Vec<Step> {
    let amounts = |amount: fn(&Axis) -> i64| -> Vec<i64> { g.axes().iter().map(amount).collect() };
    let between = amounts(|a| a.stride() - 1);
    let stretch = between.iter().any(|&zeros| zeros > 0).then_some(Step::Stretch { between });
    let pad = Step::Pad { before: amounts(front), after: amounts(back) };
    [Some(Step::Input), stretch, Some(pad), Some(Step::Rotate)].into_iter().flatten().collect()
}

/// Zeros before the stretched input; cells to drop if negative.
fn front(axis: &Axis) -> i64 {
    axis.dilation() * (axis.kernel() - 1) - axis.padding().begin
}

/// Zeros behind the stretched input; cells to drop if negative.
fn back(axis: &Axis) -> i64 {
    axis.dilation() * (axis.kernel() - 1) - axis.padding().end + axis.output_padding()
}

/// Length of the stretched input.
fn stretched(axis: &Axis) -> i64 {
    axis.stride() * (axis.input() - 1) + 1
}

/// The padded input from place 0 on, and the stretched one, which begins at `front`.
fn padded(axis: &Axis) -> Extent {
    let at = front(axis);
    Extent::around(0..at + stretched(axis) + back(axis), at..at + stretched(axis))
}

/// The input at a place of the stretched one.
fn source(axis: &Axis, at: i64) -> Option<i64> {
    (at >= 0 && at < stretched(axis) && at % axis.stride() == 0).then(|| at / axis.stride())
}

/// What stands at a place of the stretched or padded input, `front` places further on.
fn cell(g: &Geometry, outer: [usize; 2], at: &[i64], front: fn(&Axis) -> i64) -> Cell {
    let places = || g.axes().iter().zip(at).map(|(axis, p)| (axis, p - front(axis)));
    let from: Vec<i64> = places().filter_map(|(axis, p)| source(axis, p)).collect();
    if let Some(x) = (from.len() == g.rank()).then(|| index(&g.input_shape(), outer, &from)).flatten() {
        return Cell::input(x);
    }
    let inside = places().all(|(axis, p)| p >= 0 && p < stretched(axis));
    Cell::new(Content::Zero, if inside { Role::Inserted } else { Role::Padding })
}

/// The window of output `o`: the places that it sees, each with the tap that is laid on it.
fn window(g: &Geometry, taps: &[Vec<i64>], o: &[i64]) -> Vec<(Vec<i64>, Vec<i64>)> {
    let on = |u: &Vec<i64>| {
        let axes = || g.axes().iter().zip(o.iter().zip(u));
        let places = axes().map(|(axis, (o, u))| o + axis.dilation() * u).collect();
        (places, axes().map(|(axis, (_, u))| reversed(axis, *u)).collect())
    };
    taps.iter().map(on).collect()
}

/// The tap at place `u` of the rotated kernel.
fn reversed(axis: &Axis, u: i64) -> i64 {
    axis.kernel() - 1 - u
}

/// The products of an output, by ascending input; the zeros in its window give none.
fn seen(g: &Geometry, taps: &[Vec<i64>], y: usize) -> Vec<Term> {
    let ([batch, co], o) = position(&g.output_shape(), y);
    let ([from, to], weight) = (per_group(g), g.weight_shape());
    let mut terms = Vec::new();
    for (at, t) in window(g, taps, &o) {
        for ci in co / to * from..(co / to + 1) * from {
            if let Some(x) = cell(g, [batch, ci], &at, front).index {
                terms.push([x, index(&weight, [ci, co % to], &t).expect("a tap of the kernel")]);
            }
        }
    }
    terms.sort_unstable();
    terms
}

pub(super) fn frame(g: &Geometry, n: usize) -> Frame {
    let (outputs, stages) = (g.output_shape(), stages(g));
    let windows: usize = outputs[1..].iter().product();
    let (batch, at) = (n / (stages.len() + windows), n % (stages.len() + windows));
    let (step, panels) = match stages.get(at) {
        Some(step) => (step.clone(), staged(g, batch, step)),
        None => {
            let y = batch * windows + at - stages.len();
            (Step::Collect { output: y }, windowed(g, batch, y))
        }
    };
    Frame { number: n, sample: batch, step, panels }
}

fn staged(g: &Geometry, batch: usize, step: &Step) -> Vec<Panel> {
    let input = |what, extent: fn(&Axis) -> Extent, cell: &dyn Fn(usize, &[i64]) -> Cell| {
        Panel::draw(what, &channels(g.in_channels()), &g.axes().iter().map(extent).collect::<Vec<_>>(), cell)
    };
    let inputs = g.input_shape();
    match step {
        Step::Stretch { .. } => {
            vec![input(What::Stretched, |a| Extent::plain(stretched(a)), &|c, at| cell(g, [batch, c], at, |_| 0))]
        }
        Step::Pad { .. } => vec![input(What::Padded, padded, &|c, at| kept(g, cell(g, [batch, c], at, front), at))],
        Step::Rotate => {
            // Of every group the kernels are rotated alike; those of the first are shown.
            let [from, to] = per_group(g);
            let pairs: Vec<Kernel> = (0..from * to).map(|n| pair(g, n / to, n % to)).collect();
            let used = BTreeSet::new();
            let plain = kernels(What::Kernel, g, &pairs, &used, |_, u| u);
            vec![plain, kernels(What::Rotated, g, &pairs, &used, reversed)]
        }
        _ => vec![input(What::Input, |a| Extent::plain(a.input()), &|c, at| {
            Cell::input(index(&inputs, [batch, c], at).expect("a cell of the input"))
        })],
    }
}

/// The kernel from input channel `ci` to output channel `co` of its group.
fn pair(g: &Geometry, ci: usize, co: usize) -> Kernel {
    let [from, to] = per_group(g);
    Kernel { channel: Channel::Pair { from: ci, to: ci / from * to + co }, at: [ci, co] }
}

/// The same cell, dropped where the padded input does not reach.
fn kept(g: &Geometry, cell: Cell, at: &[i64]) -> Cell {
    let inside = g.axes().iter().zip(at).all(|(axis, p)| padded(axis).kept.contains(p));
    if inside { cell } else { Cell { role: Role::Dropped, ..cell } }
}

fn windowed(g: &Geometry, batch: usize, y: usize) -> Vec<Panel> {
    let (outputs, weight, taps) = (g.output_shape(), g.weight_shape(), taps(g));
    let ([_, co], o) = position(&outputs, y);
    let [from, to] = per_group(g);
    let group = co / to * from..(co / to + 1) * from;
    let laid: BTreeMap<Vec<i64>, Vec<i64>> = window(g, &taps, &o).into_iter().collect();
    let extents: Vec<Extent> = g.axes().iter().map(padded).collect();
    let input = Panel::draw(What::Padded, &channels(g.in_channels()), &extents, |ci, at| {
        let cell = kept(g, cell(g, [batch, ci], at, front), at);
        match laid.get(at).filter(|_| group.contains(&ci)) {
            Some(t) => cell.active(index(&weight, [ci, co % to], t)),
            None => cell,
        }
    });
    let pairs: Vec<Kernel> = group.map(|ci| pair(g, ci, co % to)).collect();
    let used = seen(g, &taps, y).into_iter().map(|[_, tap]| tap).collect();
    let rotated = kernels(What::Rotated, g, &pairs, &used, reversed);
    let extents: Vec<Extent> = g.axes().iter().map(|a| Extent::plain(a.output())).collect();
    let output = Panel::draw(What::Output, &channels(g.out_channels()), &extents, |c, at| {
        let cell = index(&outputs, [batch, c], at).expect("a cell of the output");
        match cell {
            _ if cell == y => Cell::sum(seen(g, &taps, cell), Some(cell)).active(None),
            _ if cell < y => Cell::sum(seen(g, &taps, cell), Some(cell)),
            _ => Cell::later(cell),
        }
    });
    vec![input, rotated, output]
}
