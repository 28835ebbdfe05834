//! Filling the arrays: template plus a constant, piece by piece, by all threads.

use std::ops::{Add, Range};

#[cfg(feature = "parallel")]
use super::PARALLEL;
use super::{Builder, Index, Line, Scratch, Segment};
use crate::matrix::Side;

impl<I: Index> Builder<I> {
    /// From one channel that a row meets to the next: taps.
    pub(super) fn tap_step(&self) -> usize {
        match self.side {
            Side::C => self.kernel,
            Side::Transposed => self.out_group * self.kernel,
        }
    }

    /// Rows by the definition: of positions of the last axis, with the outer meetings of `scratch`.
    pub(super) fn emit(
        &self,
        positions: Range<usize>,
        channels: Range<usize>,
        (column, tap): (usize, usize),
        scratch: &mut Scratch,
        (columns, taps): (&mut [I], &mut [u32]),
    ) {
        let mut places = columns.iter_mut().zip(taps);
        for position in positions {
            self.last.meetings(position, &mut scratch.last);
            for channel in channels.clone() {
                let (column, tap) = (column + channel * self.cells, tap + channel * self.tap_step());
                for &(outer_column, outer_tap) in &scratch.outer {
                    let column = column + outer_column * self.last.columns;
                    let tap = tap + outer_tap * self.last.kernel;
                    for (&(c, t), (column_place, tap_place)) in scratch.last.iter().zip(places.by_ref()) {
                        *column_place = I::from_usize(column + c);
                        *tap_place = u32::from_usize(tap + t);
                    }
                }
            }
        }
    }

    /// The outer positions of a line, and its `(n, c)`.
    pub(super) fn line(&self, line: usize, positions: &mut Vec<usize>) -> Line {
        positions.clear();
        positions.resize(self.outer.len(), 0);
        let (mut rest, mut count, mut class, mut shift) = (line, 1, 0, 0);
        let (mut classes, mut columns) = (1, self.last.columns);
        for (position, lane) in positions.iter_mut().zip(&self.outer).rev() {
            (*position, rest) = (rest % lane.positions, rest / lane.positions);
            let (of_axis, beyond) = lane.class(*position);
            count *= lane.count(of_axis);
            class += of_axis * classes;
            shift += beyond * columns;
            classes *= lane.classes();
            columns *= lane.columns;
        }
        let (sample, channel) = (rest / self.channels, rest % self.channels);
        let (first_met, met_channels, tap) = match self.side {
            // Channel ci meets all co of its group, by taps (ci, co mod C_out/groups).
            Side::C => {
                let group = channel / self.in_group;
                (group * self.out_group, self.channels / self.in_group * self.out_group, channel * self.out_group)
            }
            // Channel co meets all ci of its group, by taps (ci, co mod C_out/groups).
            Side::Transposed => {
                let first = channel / self.out_group * self.in_group;
                let all = self.channels / self.out_group * self.in_group;
                (first, all, first * self.out_group + channel % self.out_group)
            }
        };
        let column = (sample * met_channels + first_met) * self.cells;
        Line { count, class, shift, column, tap: tap * self.kernel }
    }

    /// Entries of a piece.
    pub(super) fn length(&self, line: &Line, segment: &Segment) -> usize {
        segment.count * line.count * self.met
    }

    /// Fills the columns and taps of one piece. In `scratch.outer` stands what the line meets if
    /// there are no templates.
    pub(super) fn fill(
        &self,
        line: &Line,
        segment: &Segment,
        scratch: &mut Scratch,
        columns: &mut [I],
        taps: &mut [u32],
    ) {
        let Some(templates) = &self.templates else {
            let rows = segment.start..segment.end;
            return self.emit(rows, 0..self.met, (line.column, line.tap), scratch, (columns, taps));
        };
        let length = segment.count * line.count * self.in_template;
        let start = templates.starts[line.class] + segment.model_before * line.count * self.in_template;
        let (from_columns, from_taps) =
            (&templates.columns[start..start + length], &templates.taps[start..start + length]);
        if length == 0 {
            return;
        }
        let (mut column, mut tap) = (line.column + line.shift + segment.shift, line.tap);
        for (columns, taps) in columns.chunks_exact_mut(length).zip(taps.chunks_exact_mut(length)) {
            shifted(columns, from_columns, I::from_usize(column));
            shifted(taps, from_taps, u32::from_usize(tap));
            column += self.cells;
            tap += self.tap_step();
        }
    }

    /// The rows `work`: their ends, columns and taps. `work.first` entries stand before them.
    pub(super) fn fill_lines(&self, work: Work<'_, I>) {
        let Work { from, until, mut first, mut ends, mut columns, mut taps } = work;
        let (mut scratch, mut positions) = (Scratch::default(), Vec::new());
        let (mut line_number, mut at) = from;
        while (line_number, at) < until {
            let line = self.line(line_number, &mut positions);
            if self.templates.is_none() {
                self.meet(&positions, &mut scratch.outer);
            }
            let stop = if line_number == until.0 { until.1 } else { self.segments.len() };
            for segment in &self.segments[at..stop] {
                let length = self.length(&line, segment);
                let (here, rest) = columns.split_at_mut(length);
                let (taps_here, taps_rest) = taps.split_at_mut(length);
                self.fill(&line, segment, &mut scratch, here, taps_here);
                (columns, taps) = (rest, taps_rest);
                let (ends_here, ends_rest) = ends.split_at_mut(segment.end - segment.start);
                let each = line.count * self.met;
                for (end, count) in ends_here.iter_mut().zip(&self.ends[segment.model_rows..]) {
                    *end = I::from_usize(first + each * count);
                }
                first += length;
                ends = ends_rest;
            }
            (line_number, at) = (line_number + 1, 0);
        }
    }

    /// Cuts the work into shares of about equal length, several per thread.
    #[cfg(feature = "parallel")]
    pub(super) fn split<'a>(&self, all: Work<'a, I>) -> Vec<Work<'a, I>> {
        let share = (self.entries / (8 * rayon::current_num_threads())).max(PARALLEL / 4);
        let mut shares = Vec::new();
        let mut positions = Vec::new();
        let (mut from, mut entries, mut rows, mut first) = ((0, 0), 0, 0, 0);
        let Work { mut ends, mut columns, mut taps, .. } = all;
        for line_number in 0..self.lines {
            let line = self.line(line_number, &mut positions);
            for (n, segment) in self.segments.iter().enumerate() {
                entries += self.length(&line, segment);
                rows += segment.end - segment.start;
                let at_end = line_number + 1 == self.lines && n + 1 == self.segments.len();
                if entries < share && !at_end {
                    continue;
                }
                let until = if n + 1 == self.segments.len() { (line_number + 1, 0) } else { (line_number, n + 1) };
                let (here, rest) = columns.split_at_mut(entries);
                let (taps_here, taps_rest) = taps.split_at_mut(entries);
                let (ends_here, ends_rest) = ends.split_at_mut(rows);
                shares.push(Work { from, until, first, ends: ends_here, columns: here, taps: taps_here });
                (columns, taps, ends) = (rest, taps_rest, ends_rest);
                (from, first, entries, rows) = (until, first + entries, 0, 0);
            }
        }
        shares
    }
}

/// Some consecutive pieces, from one `(line, segment)` until another, and where they go.
pub(super) struct Work<'a, I> {
    pub from: (usize, usize),
    pub until: (usize, usize),
    pub first: usize,
    pub ends: &'a mut [I],
    pub columns: &'a mut [I],
    pub taps: &'a mut [u32],
}

/// A template plus a constant.
fn shifted<T: Copy + Add<Output = T>>(to: &mut [T], from: &[T], by: T) {
    for (to, from) in to.iter_mut().zip(from) {
        *to = *from + by;
    }
}
