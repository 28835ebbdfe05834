//! The scatter of a convolution: every input cell adds to each result whose window it lies in.
//!
//! ```text
//! y[(o + p_begin − d·t)/s] += x[o]·w[t]     where the division leaves no remainder
//!                                           and the quotient is a position of the result
//! ```
//!
//! Letters are those of the definition: `o` counts the input, `i` the result.

use std::collections::BTreeSet;

use super::panel::{Cell, Channel, Extent, Panel, What, area};
use super::parts::{Kernel, Sums, channels, drawn_kernels, index, kernels, per_group, position, sample, taps};
use super::{Frame, Step};
use crate::geometry::Geometry;

pub(super) fn drawn(g: &Geometry) -> i128 {
    let results = area(g.in_channels(), g.axes().iter().map(|a| Extent::plain(a.input())));
    area(g.out_channels(), g.axes().iter().map(|a| Extent::plain(a.output())))
        .saturating_add(drawn_kernels(g, per_group(g)[0]))
        .saturating_add(results.saturating_mul(2))
}

/// What input `n` adds: channel, position, tap.
fn given(g: &Geometry, taps: &[Vec<i64>], n: usize) -> Vec<(usize, Vec<i64>, usize)> {
    let ([_, co], o) = position(&g.output_shape(), n);
    let ([from, to], weight) = (per_group(g), g.weight_shape());
    let mut all = Vec::new();
    for t in taps {
        let mut at = Vec::new();
        for (axis, (o, t)) in g.axes().iter().zip(o.iter().zip(t)) {
            let start = o + axis.padding().begin - axis.dilation() * t;
            let i = start.div_euclid(axis.stride());
            if start.rem_euclid(axis.stride()) == 0 && (0..axis.input()).contains(&i) {
                at.push(i);
            }
        }
        if at.len() == g.rank() {
            for ci in co / to * from..(co / to + 1) * from {
                all.push((ci, at.clone(), index(&weight, [ci, co % to], t).expect("a tap of the kernel")));
            }
        }
    }
    all
}

pub(super) fn frame(g: &Geometry, n: usize) -> Frame {
    let (inputs, outputs, taps) = (g.output_shape(), g.input_shape(), taps(g));
    let ([batch, co], _) = position(&inputs, n);
    let [from, to] = per_group(g);
    let extents: Vec<Extent> = g.axes().iter().map(|a| Extent::plain(a.input())).collect();
    let [mut sums, mut added] = [(); 2].map(|()| Sums::new(g.in_channels(), &extents));
    let mut used = BTreeSet::new();
    for x in sample(&inputs, batch).start..=n {
        for (ci, at, tap) in given(g, &taps, x) {
            sums.add(ci, &at, [x, tap]);
            if x == n {
                added.add(ci, &at, [x, tap]);
                used.insert(tap);
            }
        }
    }
    let extents_in: Vec<Extent> = g.axes().iter().map(|a| Extent::plain(a.output())).collect();
    let input = Panel::draw(What::Input, &channels(g.out_channels()), &extents_in, |c, at| {
        let x = index(&inputs, [batch, c], at).expect("a cell of the input");
        if x == n { Cell::input(x).active(None) } else { Cell::input(x) }
    });
    let first = co / to * from;
    let pair = |ci| Kernel { channel: Channel::Pair { from: co, to: ci }, at: [ci, co % to] };
    let pairs: Vec<Kernel> = (first..first + from).map(pair).collect();
    let kernel = kernels(What::Kernel, g, &pairs, &used, |_, u| u);
    let panel = |what, shown: &Sums<'_>| {
        Panel::draw(what, &channels(g.in_channels()), &extents, |ci, at| {
            let y = index(&outputs, [batch, ci], at);
            match (added.at(ci, at).last(), what) {
                (Some([_, tap]), _) => Cell::sum(shown.at(ci, at), y).active(Some(*tap)),
                (None, What::Added) => Cell { index: y, ..Cell::gap() },
                (None, _) => Cell::sum(shown.at(ci, at), y),
            }
        })
    };
    let panels = vec![input, kernel, panel(What::Added, &added), panel(What::Output, &sums)];
    Frame { number: n, sample: batch, step: Step::Add { input: n }, panels }
}
