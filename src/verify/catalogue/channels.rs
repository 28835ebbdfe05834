//! Mistakes about the last channels: what is left over by vectors of 2, 4, 8 or 16.

use super::nest::{INPUT, Nest, OUTPUT, TAP_ZERO, WEIGHT, channels, places};
use super::{Hypothesis, Problem};
use crate::geometry::size;
use crate::verify::truth::Role;

pub(super) const REMAINDER: Hypothesis = Hypothesis {
    id: "channel-remainder",
    statement: "the channels left over by a vector length are computed wrongly",
    symptom: "the blocks of the last c mod 2, 4, 8 or 16 channels are zero or hold other taps: sweep the channels from 1 to 9",
    reference: "onnxruntime#27749; pytorch#129207; fujitsu/oneDNN#44",
    plain: None,
    variants: Some(|v| {
        if v.problem.role == Role::BiasGradient {
            return;
        }
        let g = &v.problem.spec.geometry;
        let groups = size(g.groups());
        let per_group = [size(g.in_channels()) / groups, size(g.out_channels()) / groups];
        // The channels of x and y of the transposed convolution.
        for (side, name) in ["input", "output"].into_iter().enumerate() {
            for (n, vector) in [2, 4, 8, 16].into_iter().enumerate() {
                let rest = per_group[side] % vector;
                if rest == 0 {
                    continue;
                }
                let base = u16::try_from(side * 64 + n * 8).unwrap_or(0);
                let which = format!("the last {name} channels, as many as are left over by {vector},");
                for (number, tail, what) in [
                    (0, Tail::Dropped, "are left out"),
                    (1, Tail::FirstTaps, "have the taps of the first ones"),
                    (2, Tail::TapZero, "have their first tap in place of every tap"),
                    (3, Tail::FirstData, "have the data of the first ones"),
                    (4, Tail::TapsBefore, "have the taps of the channel before them"),
                ] {
                    if tail == Tail::TapZero && v.problem.role == Role::WeightGradient {
                        continue;
                    }
                    v.products(base + number, format!("{which} {what}"), move |p| left_over(p, side, rest, tail));
                }
            }
        }
    }),
};

/// What becomes of the channels that are left over.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Tail {
    Dropped,
    FirstTaps,
    TapZero,
    FirstData,
    TapsBefore,
}

fn left_over(p: &Problem<'_>, side: usize, rest: usize, tail: Tail) -> Nest {
    let g = &p.spec.geometry;
    let groups = size(g.groups());
    let (c_in, c_out) = (size(g.in_channels()), size(g.out_channels()));
    let (per_in, per_out) = (c_in / groups, c_out / groups);
    let (place, all, per) = if side == 0 { (INPUT, c_in, per_in) } else { (OUTPUT, c_out, per_out) };
    let start = per - rest;
    let (result, ..) = places(p);
    let change = |mut join: [usize; 3]| {
        let channel = join[place] % all;
        let own = channel % per;
        if own < start {
            return Some(join);
        }
        let before = start.saturating_sub(1);
        // Rows of the weight are input channels, columns output channels of a group.
        let weight = |to: usize| match side {
            0 => join[WEIGHT] - (own - to) * per_out,
            _ => join[WEIGHT] - (own - to),
        };
        match tail {
            Tail::Dropped => return None,
            Tail::FirstTaps => join[WEIGHT] = weight(own - start),
            Tail::TapsBefore => join[WEIGHT] = weight(before),
            Tail::TapZero => join[WEIGHT] += TAP_ZERO,
            Tail::FirstData if place == result => return None,
            Tail::FirstData => join[place] -= start,
        }
        Some(join)
    };
    Nest::right(p).with_outer(channels(p).into_iter().filter_map(change).collect())
}
