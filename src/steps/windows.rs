//! The window of a convolution: every cell of its result reads the padded input through the kernel.
//!
//! ```text
//! y[i] = Σ_t x[s·i + d·t − p_begin]·w[t]        zeros where x has no such position
//! ```
//!
//! The kernel is not rotated (cross-correlation). Letters are those of the definition: `i` counts the
//! result, `o` the input. Negative pads drop cells, which stand outside of a border.

use std::collections::{BTreeMap, BTreeSet};

use super::panel::{Cell, Channel, Content, Extent, Panel, Role, Term, What, area};
use super::parts::{Kernel, channels, drawn_kernels, index, kernels, per_group, position, taps};
use super::{Frame, Step};
use crate::geometry::{Axis, Geometry};

pub(super) fn drawn(g: &Geometry) -> i128 {
    area(g.out_channels(), g.axes().iter().map(padded))
        .saturating_add(drawn_kernels(g, per_group(g)[1]))
        .saturating_add(area(g.in_channels(), g.axes().iter().map(|a| Extent::plain(a.input()))))
}

/// The input with its padding, in positions of the input.
fn padded(axis: &Axis) -> Extent {
    let pads = axis.padding();
    // The length of a convolution's input is the output of its transpose.
    Extent::around(-pads.begin..axis.output() + pads.end, 0..axis.output())
}

/// What the window of result `i` sees: positions of the input, each with the tap laid on it.
fn window(g: &Geometry, taps: &[Vec<i64>], i: &[i64]) -> Vec<(Vec<i64>, Vec<i64>)> {
    let on = |t: &Vec<i64>| {
        let place = |(a, (i, t)): (&Axis, (&i64, &i64))| a.stride() * i + a.dilation() * t - a.padding().begin;
        (g.axes().iter().zip(i.iter().zip(t)).map(place).collect(), t.clone())
    };
    taps.iter().map(on).collect()
}

/// The products of a cell of the result, by ascending input.
fn seen(g: &Geometry, taps: &[Vec<i64>], y: usize) -> Vec<Term> {
    let ([batch, ci], i) = position(&g.input_shape(), y);
    let ([from, to], inputs, weight) = (per_group(g), g.output_shape(), g.weight_shape());
    let mut terms = Vec::new();
    for (at, t) in window(g, taps, &i) {
        for co in 0..to {
            if let Some(x) = index(&inputs, [batch, ci / from * to + co], &at) {
                terms.push([x, index(&weight, [ci, co], &t).expect("a tap of the kernel")]);
            }
        }
    }
    terms.sort_unstable();
    terms
}

pub(super) fn frame(g: &Geometry, n: usize) -> Frame {
    let (inputs, outputs, weight, taps) = (g.output_shape(), g.input_shape(), g.weight_shape(), taps(g));
    let ([batch, ci], i) = position(&outputs, n);
    let [from, to] = per_group(g);
    let group = ci / from * to..(ci / from + 1) * to;
    let laid: BTreeMap<Vec<i64>, Vec<i64>> = window(g, &taps, &i).into_iter().collect();
    let extents: Vec<Extent> = g.axes().iter().map(padded).collect();
    let input = Panel::draw(What::Input, &channels(g.out_channels()), &extents, |co, at| {
        let kept = extents.iter().zip(at).all(|(extent, p)| extent.kept.contains(p));
        let cell = match index(&inputs, [batch, co], at) {
            Some(x) if kept => Cell::input(x),
            Some(x) => Cell { role: Role::Dropped, ..Cell::input(x) },
            None => Cell::new(Content::Zero, if kept { Role::Padding } else { Role::Dropped }),
        };
        match laid.get(at).filter(|_| group.contains(&co)) {
            Some(t) => cell.active(index(&weight, [ci, co % to], t)),
            None => cell,
        }
    });
    let pair = |co| Kernel { channel: Channel::Pair { from: co, to: ci }, at: [ci, co % to] };
    let pairs: Vec<Kernel> = group.clone().map(pair).collect();
    let now = seen(g, &taps, n);
    let used: BTreeSet<usize> = now.iter().map(|&[_, tap]| tap).collect();
    let kernel = kernels(What::Kernel, g, &pairs, &used, |_, u| u);
    let extents: Vec<Extent> = g.axes().iter().map(|a| Extent::plain(a.input())).collect();
    let output = Panel::draw(What::Output, &channels(g.in_channels()), &extents, |c, at| {
        let y = index(&outputs, [batch, c], at).expect("a cell of the result");
        match y {
            _ if y == n => Cell::sum(now.clone(), Some(y)).active(None),
            _ if y < n => Cell::sum(seen(g, &taps, y), Some(y)),
            _ => Cell::later(y),
        }
    });
    Frame { number: n, sample: batch, step: Step::Collect { output: n }, panels: vec![input, kernel, output] }
}
