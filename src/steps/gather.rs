//! Gather: every output cell asks, for each tap, which input it would come from.
//!
//! ```text
//! y[o] = Σ_t x[(o + p_begin − d·t)/s]·w[t]     over the t where the division leaves no remainder
//!                                              and the quotient is an input position
//! ```

use std::collections::{BTreeMap, BTreeSet};

use super::panel::{Cell, Channel, Extent, Panel, Term, What, area};
use super::parts::{Kernel, channels, drawn_kernels, index, kernels, per_group, position, taps};
use super::{Frame, Step};
use crate::geometry::Geometry;

pub(super) fn drawn(g: &Geometry) -> i128 {
    area(g.in_channels(), g.axes().iter().map(|a| Extent::plain(a.input())))
        .saturating_add(drawn_kernels(g, per_group(g)[0]))
        .saturating_add(area(g.out_channels(), g.axes().iter().map(|a| Extent::plain(a.output()))))
}

/// The products that output `n` collects, by ascending input.
fn collected(g: &Geometry, taps: &[Vec<i64>], n: usize) -> Vec<Term> {
    let ([batch, co], o) = position(&g.output_shape(), n);
    let ([from, to], inputs, weight) = (per_group(g), g.input_shape(), g.weight_shape());
    let mut terms = Vec::new();
    for ci in co / to * from..(co / to + 1) * from {
        for t in taps {
            let mut asked = Vec::new();
            for (a, (o, t)) in g.axes().iter().zip(o.iter().zip(t)) {
                let from = o + a.padding().begin - a.dilation() * t;
                if from.rem_euclid(a.stride()) == 0 {
                    asked.push(from.div_euclid(a.stride()));
                }
            }
            let found = (asked.len() == g.rank()).then(|| index(&inputs, [batch, ci], &asked)).flatten();
            if let Some(x) = found {
                terms.push([x, index(&weight, [ci, co % to], t).expect("a tap of the kernel")]);
            }
        }
    }
    terms.sort_unstable();
    terms
}

pub(super) fn frame(g: &Geometry, n: usize) -> Frame {
    let (inputs, outputs, taps) = (g.input_shape(), g.output_shape(), taps(g));
    let ([batch, co], _) = position(&outputs, n);
    let [from, to] = per_group(g);
    let now = collected(g, &taps, n);
    let by_input: BTreeMap<usize, usize> = now.iter().map(|&[x, tap]| (x, tap)).collect();
    let used: BTreeSet<usize> = now.iter().map(|&[_, tap]| tap).collect();
    let extents = |length: fn(&crate::geometry::Axis) -> i64| -> Vec<Extent> {
        g.axes().iter().map(|a| Extent::plain(length(a))).collect()
    };
    let input = Panel::draw(What::Input, &channels(g.in_channels()), &extents(|a| a.input()), |c, at| {
        let x = index(&inputs, [batch, c], at).expect("a cell of the input");
        match by_input.get(&x) {
            Some(&tap) => Cell::input(x).active(Some(tap)),
            None => Cell::input(x),
        }
    });
    let first = co / to * from;
    let pair = |ci| Kernel { channel: Channel::Pair { from: ci, to: co }, at: [ci, co % to] };
    let pairs: Vec<Kernel> = (first..first + from).map(pair).collect();
    let kernel = kernels(What::Kernel, g, &pairs, &used, |_, u| u);
    let output = Panel::draw(What::Output, &channels(g.out_channels()), &extents(|a| a.output()), |c, at| {
        let y = index(&outputs, [batch, c], at).expect("a cell of the output");
        match y {
            _ if y == n => Cell::sum(now.clone(), Some(y)).active(None),
            _ if y < n => Cell::sum(collected(g, &taps, y), Some(y)),
            _ => Cell::later(y),
        }
    });
    Frame { number: n, sample: batch, step: Step::Collect { output: n }, panels: vec![input, kernel, output] }
}
