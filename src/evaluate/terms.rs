//! How many products reach a cell: a number per axis, multiplied.

use super::Target;
use crate::geometry::{Axis, Geometry, size};

/// Products per cell of a result: `channels · Π counts[axis][position]`.
///
/// Example, `tconv i2 k3 s1 c4:1`: 2 inputs reach outputs 1 and 2, one reaches 0 and 3, each by
/// 4 channels: `4 8 8 4`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Terms {
    /// Cells of the result.
    cells: usize,
    channels: u64,
    counts: Vec<Vec<u64>>,
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
        let on_axis = |axis: &Axis| -> Vec<u64> {
            match target {
                Target::Output => (0..axis.output()).map(|o| axis.meetings_of_output(o).count() as u64).collect(),
                Target::Input => (0..axis.input()).map(|i| axis.meetings_of_input(i).count() as u64).collect(),
                Target::Weight => {
                    // 0 ≤ s·i + d·t − p < output
                    let (s, p) = (axis.stride(), axis.padding().begin);
                    let count = |t: i64| {
                        let start = axis.dilation() * t - p;
                        let first = -start.div_euclid(s).min(0);
                        let last = (axis.output() - 1 - start).div_euclid(s).min(axis.input() - 1);
                        (last - first + 1).max(0).cast_unsigned()
                    };
                    (0..axis.kernel()).map(count).collect()
                }
            }
        };
        let cells = target.shape(g).iter().product();
        Terms { cells, channels, counts: g.axes().iter().map(on_axis).collect() }
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
            terms *= counts[rest % counts.len()];
            rest /= counts.len();
        }
        terms
    }

    /// The most products that reach one cell.
    pub fn most(&self) -> u64 {
        let most = |counts: &Vec<u64>| counts.iter().copied().max().unwrap_or(0);
        self.counts.iter().map(most).fold(self.channels, u64::saturating_mul)
    }
}
