//! How many products reach a cell: a number per axis, multiplied.

use super::Target;
use crate::geometry::{Axis, Geometry, signed, size};

/// Products per cell of a result: `channels · Π counts[axis][position]`.
///
/// Example, `tconv i2 k3 s1 c4:1`: 2 inputs reach outputs 1 and 2, one reaches 0 and 3, each by
/// 4 channels: `4 8 8 4`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Terms {
    /// Cells of the result.
    cells: usize,
    channels: u64,
    counts: Vec<Count>,
}

/// Products per position of one axis.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Count {
    Listed(Vec<u64>),
    /// A list would be long: counted when asked for.
    Asked {
        axis: Axis,
        target: Target,
        length: usize,
    },
}

/// Positions of an axis that are listed, at most; products that are counted for it.
const LISTED: i64 = 1 << 18;
const COUNTED: i64 = 1 << 24;

impl Count {
    /// Cost: the products of the axis, or those of a long one.
    fn new(axis: &Axis, target: Target) -> Count {
        let length = match target {
            Target::Output => axis.output(),
            Target::Input => axis.input(),
            Target::Weight => axis.kernel(),
        };
        if length > LISTED {
            return Count::Asked { axis: *axis, target, length: size(length) };
        }
        let (s, d, p) = (axis.stride(), axis.dilation(), axis.padding().begin);
        if target != Target::Output || axis.input().saturating_mul(axis.kernel()) > COUNTED {
            return Count::Listed((0..length).map(|at| on_axis(axis, target, at)).collect());
        }
        let mut counts = vec![0; size(length)];
        for t in 0..axis.kernel() {
            // 0 ≤ s·i + start < output
            let start = d * t - p;
            let first = -start.div_euclid(s).min(0);
            let last = (axis.output() - 1 - start).div_euclid(s).min(axis.input() - 1);
            if first <= last {
                let all = counts[size(start + s * first)..].iter_mut().step_by(size(s));
                all.take(size(last - first + 1)).for_each(|count| *count += 1);
            }
        }
        Count::Listed(counts)
    }

    fn len(&self) -> usize {
        match self {
            Count::Listed(counts) => counts.len(),
            Count::Asked { length, .. } => *length,
        }
    }

    fn at(&self, position: usize) -> u64 {
        match self {
            Count::Listed(counts) => counts[position],
            Count::Asked { axis, target, .. } => on_axis(axis, *target, signed(position)),
        }
    }

    fn most(&self) -> u64 {
        match self {
            Count::Listed(counts) => counts.iter().copied().max().unwrap_or(0),
            Count::Asked { axis, target, length } => {
                (0..signed(*length)).map(|at| on_axis(axis, *target, at)).max().unwrap_or(0)
            }
        }
    }
}

/// Products that one position of an axis has.
fn on_axis(axis: &Axis, target: Target, at: i64) -> u64 {
    match target {
        Target::Output => axis.meetings_of_output(at).count() as u64,
        Target::Input => axis.meetings_of_input(at).count() as u64,
        Target::Weight => {
            // 0 ≤ s·i + d·t − p < output
            let (s, start) = (axis.stride(), axis.dilation() * at - axis.padding().begin);
            let first = -start.div_euclid(s).min(0);
            let last = (axis.output() - 1 - start).div_euclid(s).min(axis.input() - 1);
            (last - first + 1).max(0).cast_unsigned()
        }
    }
}

impl Terms {
    /// The counts of one of the three maps. Cost: the meetings of each axis by itself.
    pub fn new(g: &Geometry, target: Target) -> Terms {
        let per_group = |channels: i64| size(channels / g.groups()) as u64;
        let channels = match target {
            Target::Output => per_group(g.in_channels()),
            Target::Input => per_group(g.out_channels()),
            Target::Weight => size(g.batch()) as u64,
        };
        let cells = target.shape(g).iter().product();
        let of_axis = |axis: &Axis| Count::new(axis, target);
        Terms { cells, channels, counts: g.axes().iter().map(of_axis).collect() }
    }

    /// The same number of products in each of `cells` cells.
    pub(crate) fn constant(cells: usize, terms: u64) -> Terms {
        Terms { cells, channels: terms, counts: Vec::new() }
    }

    /// Number of cells.
    pub fn cells(&self) -> usize {
        self.cells
    }

    /// Products that reach a cell.
    pub fn of(&self, cell: usize) -> u64 {
        let (mut rest, mut terms) = (cell, self.channels);
        for counts in self.counts.iter().rev() {
            terms *= counts.at(rest % counts.len());
            rest /= counts.len();
        }
        terms
    }

    /// The most products that reach one cell.
    pub fn most(&self) -> u64 {
        self.counts.iter().map(Count::most).fold(self.channels, u64::saturating_mul)
    }
}
