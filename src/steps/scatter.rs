//! Scatter: every input cell stamps the kernel, times its value, onto the uncropped output.
//!
//! ```text
//! buffer[s·i + d·t] += x[i]·w[t]        length s(input−1) + d(kernel−1) + 1 + a
//! y[o] = buffer[o + p_begin]
//! ```
//!
//! What the crop drops stands outside of a border, at positions `o < 0` or `o ≥ output`.

use std::collections::BTreeSet;

use super::panel::{Cell, Channel, Extent, Panel, What, area};
use super::parts::{Kernel, Sums, channels, drawn_kernels, index, kernels, per_group, position, sample, taps};
use super::{Frame, Step};
use crate::geometry::{Axis, Geometry};

pub(super) fn drawn(g: &Geometry) -> i128 {
    let outputs = area(g.out_channels(), g.axes().iter().map(output));
    area(g.in_channels(), g.axes().iter().map(input))
        .saturating_add(drawn_kernels(g, per_group(g)[1]))
        .saturating_add(outputs.saturating_mul(2))
}

fn input(axis: &Axis) -> Extent {
    Extent::plain(axis.input())
}

/// The buffer and the output, in positions of the output.
fn output(axis: &Axis) -> Extent {
    let reach = axis.stride() * (axis.input() - 1) + axis.dilation() * (axis.kernel() - 1);
    let begin = -axis.padding().begin;
    Extent::around(0..axis.output(), begin..begin + reach + 1 + axis.output_padding())
}

/// Where input `n` puts each tap: channel, position, tap.
fn stamp(g: &Geometry, taps: &[Vec<i64>], n: usize) -> Vec<(usize, Vec<i64>, usize)> {
    let ([_, ci], i) = position(&g.input_shape(), n);
    let ([from, to], weight) = (per_group(g), g.weight_shape());
    let mut all = Vec::new();
    for co in 0..to {
        for t in taps {
            let place = |(a, (i, t)): (&Axis, (&i64, &i64))| a.stride() * i + a.dilation() * t - a.padding().begin;
            let at = g.axes().iter().zip(i.iter().zip(t)).map(place).collect();
            let tap = index(&weight, [ci, co], t).expect("a tap of the kernel");
            all.push((ci / from * to + co, at, tap));
        }
    }
    all
}

pub(super) fn frame(g: &Geometry, n: usize) -> Frame {
    let (inputs, outputs, taps) = (g.input_shape(), g.output_shape(), taps(g));
    let ([batch, ci], _) = position(&inputs, n);
    let [from, to] = per_group(g);
    let extents: Vec<Extent> = g.axes().iter().map(output).collect();
    let [mut sums, mut added] = [(); 2].map(|()| Sums::new(g.out_channels(), &extents));
    for x in sample(&inputs, batch).start..=n {
        for (co, at, tap) in stamp(g, &taps, x) {
            sums.add(co, &at, [x, tap]);
            if x == n {
                added.add(co, &at, [x, tap]);
            }
        }
    }
    let extents_in: Vec<Extent> = g.axes().iter().map(input).collect();
    let input = Panel::draw(What::Input, &channels(g.in_channels()), &extents_in, |c, at| {
        let x = index(&inputs, [batch, c], at).expect("a cell of the input");
        if x == n { Cell::input(x).active(None) } else { Cell::input(x) }
    });
    let group = ci / from * to;
    let pair = |co| Kernel { channel: Channel::Pair { from: ci, to: group + co }, at: [ci, co] };
    let pairs: Vec<Kernel> = (0..to).map(pair).collect();
    let kernel = kernels(What::Kernel, g, &pairs, &BTreeSet::new(), |_, u| u);
    let panel = |what, shown: &Sums<'_>| {
        Panel::draw(what, &channels(g.out_channels()), &extents, |co, at| {
            let y = index(&outputs, [batch, co], at);
            let cell = Cell::sum(shown.at(co, at), y);
            match (added.at(co, at).last(), what) {
                (Some([_, tap]), _) => cell.active(Some(*tap)),
                (None, What::Added) => Cell { index: y, ..Cell::gap() },
                (None, _) => cell,
            }
        })
    };
    let panels = vec![input, kernel, panel(What::Added, &added), panel(What::Output, &sums)];
    Frame { number: n, sample: batch, step: Step::Add { input: n }, panels }
}
