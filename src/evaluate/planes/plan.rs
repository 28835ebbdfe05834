//! Where the taps of a geometry read: planes of one residue, padded with zeros.
//!
//! A tap of a phase meets source position `start + step·u` (`phases.rs`), which is cell
//! `start div step + u` of the plane of residue `start mod step`. Put all planes of a tile into one
//! buffer, with zeros wherever a tap reaches beyond the source: then every tap is a constant
//! offset, and a tile of any dimension is one line.
//!
//! ```text
//! position    u = Σ_a (u_a − from_a)·pitch_a                  lines that end in cells of no result
//! tap         offset = plane·cells + Σ_a (start_a div step_a − low_a)·pitch_a
//! ```
//!
//! Example, stride 2, kernel 4, padding 1: outputs `2u` read `x[u]` and `x[u − 1]` by taps 1 and 3,
//! outputs `2u + 1` read `x[u + 1]` and `x[u]` by taps 0 and 2, all from `0 x[0] … x[n−1] 0`.

use crate::evaluate::Target;
use crate::evaluate::phases::{Phase, of_inputs, of_outputs};
use crate::geometry::{Axis, Geometry, signed, size};

/// Cells of all planes of a tile that are aimed at: they fit the second cache.
const AIM: usize = 1 << 15;
/// Cells of all planes of a tile, at most: 1 MB.
pub(super) const MOST: usize = 1 << 17;
/// Taps of all axes, phases of all axes, positions of an axis that a list is made of, at most.
const LISTED: u128 = 1 << 18;

/// One axis.
pub(super) struct Lane {
    pub phases: Vec<Phase>,
    /// From one result position of a phase to the next.
    pub period: usize,
    /// Source positions: how many, and from one `u` to the next.
    pub source: usize,
    pub step: usize,
    /// Taps.
    kernel: usize,
    /// Residues of source positions that taps meet.
    pub residues: Vec<usize>,
    /// The smallest `start div step`, and from there to the largest.
    low: i64,
    reach: usize,
    /// Positions `u` of a tile, and of all.
    pub tile: usize,
    pub count: usize,
    /// Cells of a plane, and from one to the next.
    pub length: usize,
    pub pitch: usize,
}

impl Lane {
    fn new(axis: &Axis, target: Target) -> Lane {
        let (phases, source) = match target {
            Target::Output => (of_outputs(axis), axis.input()),
            _ => (of_inputs(axis), axis.output()),
        };
        let step = phases.first().map_or(1, |phase| phase.step);
        let starts = || phases.iter().flat_map(|phase| &phase.taps).map(|tap| tap.start);
        let quotients = || starts().map(|start| start.div_euclid(signed(step)));
        let (low, high) = (quotients().min().unwrap_or(0), quotients().max().unwrap_or(0));
        let mut residues: Vec<usize> = starts().map(|start| size(start.rem_euclid(signed(step)))).collect();
        residues.sort_unstable();
        residues.dedup();
        let count = phases.iter().map(|phase| phase.count).max().unwrap_or(0);
        let period = phases.first().map_or(1, |phase| phase.period);
        let reach = size(high - low);
        let (source, kernel) = (size(source), size(axis.kernel()));
        Lane { phases, period, source, step, kernel, residues, low, reach, tile: count, count, length: 0, pitch: 0 }
    }

    /// The source position of cell `n` of a plane for a tile that starts at `from`: maybe outside.
    pub fn source(&self, residue: usize, from: usize, n: usize) -> i64 {
        (self.low + signed(from + n)).saturating_mul(signed(self.step)).saturating_add(signed(residue))
    }
}

/// A tap of all axes, and where it reads.
#[derive(Clone, Copy)]
pub(super) struct Reads {
    pub tap: usize,
    pub offset: usize,
}

/// One phase per axis.
pub(super) struct Combined {
    /// The phase of each axis.
    pub phases: Vec<usize>,
    pub taps: Vec<Reads>,
}

/// All of it, for tiles of one shape.
pub(super) struct Plan {
    pub lanes: Vec<Lane>,
    pub combined: Vec<Combined>,
    /// Cells of one plane, and of all planes of a channel and digit.
    pub plane: usize,
    pub cells: usize,
    /// Positions of a tile, with the cells between its lines.
    pub positions: usize,
}

impl Plan {
    /// The plan for `layers` buffers at once (digits) and at least so many tiles; None where it would
    /// be mostly zeros or too large: then `progressions.rs` serves.
    pub fn new(g: &Geometry, target: Target, layers: usize, tiles: usize) -> Option<Plan> {
        let product = |of: &dyn Fn(&Axis) -> i64| g.axes().iter().map(|a| u128::from(of(a).unsigned_abs())).product();
        let (taps, strides): (u128, u128) = (product(&Axis::kernel), product(&Axis::stride));
        if taps * layers as u128 > LISTED || strides > LISTED {
            return None;
        }
        let mut lanes: Vec<Lane> = g.axes().iter().map(|axis| Lane::new(axis, target)).collect();
        lanes[0].tile = lanes[0].count.div_ceil(tiles).max(1);
        let cells = |lanes: &[Lane]| {
            let of = |lane: &Lane| (lane.tile + lane.reach) as u128 * lane.residues.len().max(1) as u128;
            lanes.iter().map(of).product::<u128>() * layers as u128
        };
        // Halve from the outermost axis: while little is read twice, and further where it must be.
        while cells(&lanes) > AIM as u128 {
            let much = cells(&lanes) > MOST as u128;
            let enough = |lane: &&mut Lane| lane.tile > 1 && (much || lane.tile > 8 * lane.reach.max(1));
            let Some(lane) = lanes.iter_mut().find(enough) else { break };
            lane.tile = lane.tile.div_ceil(2);
        }
        if cells(&lanes) > MOST as u128 {
            return None;
        }
        // Cells of no result and zeros against products that there are.
        let real = g.axes().iter().map(|axis| axis.meetings().cast_unsigned()).product::<u128>();
        let of = |lane: &Lane| lane.phases.iter().map(|p| (p.count * p.taps.len()) as u128).sum::<u128>();
        let between = |lane: &Lane| (lane.tile + lane.reach).div_ceil(lane.tile.max(1)) as u128;
        let all = lanes.iter().map(of).product::<u128>() * lanes[1..].iter().map(between).product::<u128>();
        if all > 12 * real {
            return None;
        }
        let mut pitch = 1;
        for lane in lanes.iter_mut().rev() {
            (lane.length, lane.pitch) = (lane.tile + lane.reach, pitch);
            pitch *= lane.length;
        }
        let plane = pitch;
        let planes: usize = lanes.iter().map(|lane| lane.residues.len()).product();
        let positions = lanes.iter().map(|lane| (lane.tile - 1) * lane.pitch).sum::<usize>() + 1;
        let combined = combined(&lanes, plane);
        Some(Plan { lanes, combined, plane, cells: plane * planes, positions })
    }
}

/// All combinations of phases that meet anything, the last axis innermost.
fn combined(lanes: &[Lane], plane: usize) -> Vec<Combined> {
    let mut all = vec![(Combined { phases: Vec::new(), taps: vec![Reads { tap: 0, offset: 0 }] }, vec![0])];
    for lane in lanes {
        let extend = |(outer, planes): (Combined, Vec<usize>)| {
            lane.phases.iter().enumerate().filter(|(_, phase)| !phase.taps.is_empty()).map(move |(n, phase)| {
                let mut taps = Vec::with_capacity(outer.taps.len() * phase.taps.len());
                let mut within = Vec::with_capacity(taps.capacity());
                for (reads, &plane) in outer.taps.iter().zip(&planes) {
                    for tap in &phase.taps {
                        let (step, start) = (signed(lane.step), tap.start);
                        let residue = lane.residues.binary_search(&size(start.rem_euclid(step)));
                        let quotient = size(start.div_euclid(step) - lane.low);
                        taps.push(Reads {
                            tap: reads.tap * lane.kernel + tap.tap,
                            offset: reads.offset + quotient * lane.pitch,
                        });
                        within.push(plane * lane.residues.len() + residue.expect("a residue of a tap"));
                    }
                }
                (Combined { phases: [&outer.phases[..], &[n]].concat(), taps }, within)
            })
        };
        all = all.into_iter().flat_map(extend).collect();
    }
    let place = |(mut combined, planes): (Combined, Vec<usize>)| {
        combined.taps.iter_mut().zip(planes).for_each(|(reads, n)| reads.offset += n * plane);
        combined
    };
    all.into_iter().map(place).collect()
}
