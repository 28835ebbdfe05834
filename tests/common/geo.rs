//! The loops' own geometry, from the parts of the crate's.

use convproof::Geometry;
use convproof::geometry::Axis;

use super::naive::{Ax, Geo};

/// The same lengths, channels and windows.
pub fn geo(g: &Geometry) -> Geo {
    let axis = |a: &Axis| Ax {
        i: a.input(),
        k: a.kernel(),
        s: a.stride(),
        d: a.dilation(),
        pb: a.padding().begin,
        pe: a.padding().end,
        a: a.output_padding(),
    };
    let axes = g.axes().iter().map(axis).collect();
    Geo { n: g.batch(), ci: g.in_channels(), co: g.out_channels(), g: g.groups(), axes }
}
