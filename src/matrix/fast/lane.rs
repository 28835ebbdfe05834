//! The rows of one axis, and which of them repeat.
//!
//! Away from the ends, position `p + period` meets what `p` meets, `step` columns further: for `C`
//! every row is the one before moved by `s`; for `Cᵀ` every row is the one `s` before moved by 1.

use std::ops::Range;

use crate::geometry::{Axis, size};
use crate::matrix::Side;

/// The rows of one axis: how many, and which of them repeat.
#[derive(Debug)]
pub(super) struct Lane {
    pub axis: Axis,
    pub side: Side,
    pub positions: usize,
    pub columns: usize,
    pub kernel: usize,
    /// Positions `full` meet all that their residue can: `p + period` meets what `p` meets, `step` further.
    pub full: Range<usize>,
    pub period: usize,
    pub step: usize,
    /// Sums of the entries of all positions before, for the representatives; then of all positions.
    pub counts: Vec<usize>,
    pub total: usize,
}

impl Lane {
    pub fn new(axis: Axis, side: Side) -> Lane {
        let (s, reach, p) = (axis.stride(), axis.dilation() * (axis.kernel() - 1), axis.padding().begin);
        let (positions, columns) = match side {
            Side::C => (axis.input(), axis.output()),
            Side::Transposed => (axis.output(), axis.input()),
        };
        let (first, end, period, step) = match side {
            // All taps of i land inside: 0 ≤ s·i − p and s·i − p + d(k−1) ≤ output − 1.
            Side::C => (-(-p).div_euclid(s).min(0), (axis.output() - 1 - reach + p).div_euclid(s) + 1, 1, s),
            // All inputs from which a tap reaches o exist: d(k−1) ≤ o + p and o + p ≤ s·input − 1.
            Side::Transposed => (reach - p, s * axis.input() - p, s, 1),
        };
        let first = first.clamp(0, positions);
        let full = size(first)..size(end.clamp(first, positions));
        let mut lane = Lane {
            axis,
            side,
            positions: size(positions),
            columns: size(columns),
            kernel: size(axis.kernel()),
            period: size(period).min(full.len().max(1)),
            full,
            step: size(step),
            counts: vec![0],
            total: 0,
        };
        let mut met = Vec::new();
        for class in 0..lane.classes() {
            let position = lane.representative(class);
            lane.meetings(position, &mut met);
            lane.counts.push(lane.counts[class] + met.len());
        }
        lane.total = lane.before(lane.positions);
        lane
    }

    /// Classes of rows: one per position in front of `full`, one per residue, one per position behind.
    pub fn classes(&self) -> usize {
        self.positions - self.full.len() + self.period.min(self.full.len())
    }

    /// The first position of a class.
    pub fn representative(&self, class: usize) -> usize {
        let residues = self.period.min(self.full.len());
        if class < self.full.start + residues { class } else { class - residues + self.full.len() }
    }

    /// The class of a position and the columns by which it lies beyond the representative.
    pub fn class(&self, position: usize) -> (usize, usize) {
        if position < self.full.start {
            (position, 0)
        } else if position < self.full.end {
            let within = position - self.full.start;
            (self.full.start + within % self.period, within / self.period * self.step)
        } else {
            (position - self.full.len() + self.period.min(self.full.len()), 0)
        }
    }

    /// Entries of a class.
    pub fn count(&self, class: usize) -> usize {
        self.counts[class + 1] - self.counts[class]
    }

    /// Entries of all positions before this one.
    pub fn before(&self, position: usize) -> usize {
        let Range { start, end } = self.full;
        let residues = self.period.min(self.full.len());
        let within = position.clamp(start, end) - start;
        let round = self.counts[start + residues] - self.counts[start];
        let rounds = if self.full.is_empty() { 0 } else { within / self.period * round };
        let rest = if self.full.is_empty() { 0 } else { within % self.period };
        let full = rounds + self.counts[start + rest] - self.counts[start];
        let behind = position.max(end) - end;
        let tail = self.counts[start + residues + behind] - self.counts[start + residues];
        self.counts[position.min(start)] + full + tail
    }

    /// The definition: `(column, tap)` of a position by ascending column.
    pub fn meetings(&self, position: usize, into: &mut Vec<(usize, usize)>) {
        into.clear();
        let position = crate::geometry::signed(position);
        match self.side {
            Side::C => into.extend(self.axis.meetings_of_input(position).map(|m| (size(m.o), size(m.t)))),
            Side::Transposed => into.extend(self.axis.meetings_of_output(position).map(|m| (size(m.i), size(m.t)))),
        }
    }
}
