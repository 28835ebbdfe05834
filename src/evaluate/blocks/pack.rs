//! The operand that positions run along, packed: what each tap meets, zeros outside.

use std::ops::Range;

use crate::evaluate::cells::Cells;
use crate::evaluate::digits::Digit;
use crate::evaluate::kernel::Lane;
use crate::evaluate::phases::Phase;
use crate::geometry::{signed, size};

/// A tap of all axes: its number, and per axis its place in the list of the phase.
pub(super) struct Joint {
    pub tap: usize,
    places: Vec<usize>,
}

/// One phase per axis.
pub(super) struct Product {
    axes: Vec<Phase>,
    /// Source positions of each axis.
    sources: Vec<usize>,
    pub joints: Vec<Joint>,
    /// Positions `u` of all axes.
    pub count: usize,
}

impl Product {
    /// The phase of each axis for results at inputs.
    pub fn new(phases: Vec<Phase>, sources: &[usize], kernel: &[usize]) -> Product {
        let mut joints = vec![Joint { tap: 0, places: Vec::new() }];
        for (phase, kernel) in phases.iter().zip(kernel) {
            let extend = |outer: Joint| {
                phase.taps.iter().enumerate().map(move |(place, tap)| Joint {
                    tap: outer.tap * kernel + tap.tap,
                    places: [&outer.places[..], &[place]].concat(),
                })
            };
            joints = joints.into_iter().flat_map(extend).collect();
        }
        let count = phases.iter().map(|phase| phase.count).product();
        Product { axes: phases, sources: sources.to_vec(), joints, count }
    }
    /// Packs `digit` of channels `channels` of `source`, whose first one is cell `base`, for `count` positions `from ..`: position
    /// `from + n` of row `channel·joints + joint` goes to `to[place(row) + n·step]`.
    pub fn pack<L: Lane>(
        &self,
        source: Cells,
        base: usize,
        channels: Range<usize>,
        (from, count): (usize, usize),
        digit: Digit,
        (to, place, step): (&mut [L], impl Fn(usize) -> usize, usize),
    ) {
        let (last, outer) = self.axes.split_last().expect("a geometry has an axis");
        let length = *self.sources.last().expect("a geometry has an axis");
        let cells: usize = self.sources.iter().product();
        let mut position = vec![0; outer.len()];
        let mut u = from;
        while u < from + count {
            // One line of positions.
            let (line, start) = (u / last.count, u % last.count);
            let end = last.count.min(start + from + count - u);
            let mut rest = line;
            for (p, phase) in position.iter_mut().zip(outer).rev() {
                (*p, rest) = (rest % phase.count, rest / phase.count);
            }
            for (n, joint) in self.joints.iter().enumerate() {
                // The source line that the outer taps reach, and the part of it that the last tap does.
                let mut reach = outer.iter().zip(&position).zip(&joint.places).zip(&self.sources);
                let line = reach.try_fold(0, |line, (((phase, &u), &place), length)| {
                    Some(line * length + phase.source(&phase.taps[place], u)?)
                });
                let tap = &last.taps[*joint.places.last().expect("a place per axis")];
                let (low, high) = match line {
                    Some(_) => (tap.within.start.clamp(start, end), tap.within.end.clamp(start, end)),
                    None => (start, start),
                };
                let first = if low < high { size(tap.start + signed(last.step * low)) } else { 0 };
                for channel in channels.clone() {
                    let row = (channel - channels.start) * self.joints.len() + n;
                    let to = &mut to[place(row) + (u - from) * step..];
                    for n in (0..low - start).chain(high.max(low) - start..end - start) {
                        to[n * step] = L::default();
                    }
                    if low < high {
                        let at = base + channel * cells + line.unwrap_or(0) * length + first;
                        let to = &mut to[(low - start) * step..(high - start - 1) * step + 1];
                        source.read(at, last.step, digit, to, step);
                    }
                }
            }
            u += end - start;
        }
    }
}
