//! `C` and `Cᵀ` at the speed of memory, equal entry by entry to what `build.rs` makes.
//!
//! Away from the ends of an axis its rows repeat: if `i` and `i + 1` both meet all taps, the
//! second row of `C` is the first one with `s` added to each column, and row `o + s` of `Cᵀ` is
//! row `o` with 1 added. So one *template* of columns and taps per class of rows is made from the
//! definition (`geometry/incidence.rs`), and everything else is template plus a constant:
//! nothing is sorted, nothing is asked per entry.
//!
//! Example, `conv i4x4 k3x3` (2×2 ← 4×4): all four rows belong to one class. Its template is
//! columns `0 1 2 4 5 6 8 9 10` with taps `0 … 8`; rows (0,1), (1,0), (1,1) add 1, 4, 5.
//!
//! ```text
//! rows      (n, c, p₁ … p_d)   p = i for C, o for Cᵀ
//! a line    all rows of one (n, c, p₁ … p_{d−1})
//! a piece   some consecutive rows of a line: what one template serves
//! ```

use std::ops::{Add, Range};

use super::Side;
use crate::error::{Error, LimitError};
use crate::geometry::{Axis, Geometry, size};

/// Row ends and columns as they are stored: 32 bits where they fit, else 64.
pub trait Index: Copy + Default + Add<Output = Self> + Send + Sync {
    /// The largest number that fits.
    const MAX: u64;
    /// The same number; one that does not fit was refused before.
    fn from_usize(n: usize) -> Self;
}

impl Index for u32 {
    const MAX: u64 = u32::MAX as u64;
    #[allow(clippy::cast_possible_truncation)] // Builder::new refuses what does not fit
    fn from_usize(n: usize) -> u32 {
        n as u32
    }
}

impl Index for u64 {
    const MAX: u64 = i64::MAX as u64;
    fn from_usize(n: usize) -> u64 {
        n as u64
    }
}

/// A matrix of taps in compressed sparse rows.
///
/// Row `r` has the entries `indptr[r] .. indptr[r + 1]`; entry `e` stands in column `indices[e]`
/// and holds tap `taps[e]`. Columns ascend within a row.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
#[non_exhaustive]
pub struct Arrays<I> {
    /// Where each row begins, and where the last one ends.
    pub indptr: Vec<I>,
    /// The column of each entry.
    pub indices: Vec<I>,
    /// The tap of each entry.
    pub taps: Vec<u32>,
}

/// Entries of a piece: long enough to copy well, short enough for the first cache.
const PIECE: usize = 1024;
/// A spatial block of this many entries is a template by itself, repeated per channel.
const BLOCK: usize = 256;
/// Below this many entries a matrix is built on one thread.
#[cfg(feature = "parallel")]
const PARALLEL: usize = 1 << 18;

/// The rows of one axis: how many, and which of them repeat.
#[derive(Debug)]
struct Lane {
    axis: Axis,
    side: Side,
    positions: usize,
    columns: usize,
    kernel: usize,
    /// Positions `full` meet all that their residue can: `p + period` meets what `p` meets, `step` further.
    full: Range<usize>,
    period: usize,
    step: usize,
    /// Sums of the entries of all positions before, for the representatives; then of all positions.
    counts: Vec<usize>,
    total: usize,
}

impl Lane {
    fn new(axis: Axis, side: Side) -> Lane {
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
    fn classes(&self) -> usize {
        self.positions - self.full.len() + self.period.min(self.full.len())
    }

    /// The first position of a class.
    fn representative(&self, class: usize) -> usize {
        let residues = self.period.min(self.full.len());
        if class < self.full.start + residues { class } else { class - residues + self.full.len() }
    }

    /// The class of a position and the columns by which it lies beyond the representative.
    fn class(&self, position: usize) -> (usize, usize) {
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
    fn count(&self, class: usize) -> usize {
        self.counts[class + 1] - self.counts[class]
    }

    /// Entries of all positions before this one.
    fn before(&self, position: usize) -> usize {
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
    fn meetings(&self, position: usize, into: &mut Vec<(usize, usize)>) {
        into.clear();
        let position = crate::geometry::signed(position);
        match self.side {
            Side::C => into.extend(self.axis.meetings_of_input(position).map(|m| (size(m.o), size(m.t)))),
            Side::Transposed => into.extend(self.axis.meetings_of_output(position).map(|m| (size(m.i), size(m.t)))),
        }
    }
}

/// Consecutive rows of every line.
#[derive(Debug, Clone, Copy)]
struct Segment {
    start: usize,
    end: usize,
    /// Where the rows that the template was made of start, and the columns from there to here.
    model: usize,
    shift: usize,
    /// Entries of the last axis: in this segment, and before the model in all models.
    count: usize,
    model_before: usize,
    /// The rows before the model in all models.
    model_rows: usize,
    /// Whether this segment is the model itself.
    first: bool,
}

/// Templates of all pieces.
#[derive(Debug)]
struct Templates<I> {
    /// Where the templates of an outer class start.
    starts: Vec<usize>,
    columns: Vec<I>,
    taps: Vec<u32>,
}

/// Makes the matrices of one geometry and side: [`Builder::build_into`] as often as wanted.
///
/// ```
/// use convproof::{Side, Spec, matrix::{Arrays, Builder}};
/// let g = "conv i4x4 k3x3".parse::<Spec>().unwrap().geometry;
/// let mut arrays = Arrays::<u32>::default();
/// Builder::new(&g, Side::C).unwrap().build_into(&mut arrays);
/// assert_eq!(arrays.indptr, [0, 9, 18, 27, 36]);
/// assert_eq!(arrays.indices[..9], [0, 1, 2, 4, 5, 6, 8, 9, 10]);
/// ```
#[derive(Debug)]
pub struct Builder<I> {
    outer: Vec<Lane>,
    last: Lane,
    segments: Vec<Segment>,
    /// Per row of the models, entries of the last axis from the start of its model to its end.
    ends: Vec<usize>,
    /// Channels of the rows, of a group, met by a row; cells and taps of a channel.
    channels: usize,
    in_group: usize,
    out_group: usize,
    side: Side,
    met: usize,
    cells: usize,
    kernel: usize,
    /// Channels within a template: all that a row meets, or one.
    in_template: usize,
    templates: Option<Templates<I>>,
    lines: usize,
    rows: usize,
    columns: usize,
    entries: usize,
}

/// A line: what its outer positions meet.
#[derive(Debug, Clone, Copy)]
struct Line {
    /// Entries of the outer axes, the class of them all, columns from the representatives.
    count: usize,
    class: usize,
    shift: usize,
    /// Column and tap of the first channel that the row meets.
    column: usize,
    tap: usize,
}

/// Reused by a worker: what the outer positions meet, what the last position meets.
#[derive(Debug, Default)]
struct Scratch {
    outer: Vec<(usize, usize)>,
    last: Vec<(usize, usize)>,
}

impl<I: Index> Builder<I> {
    /// Lays out the rows and makes the templates. Cost: the positions of each axis by itself.
    ///
    /// # Errors
    /// L2 if a row end, a column or a tap does not fit the index type.
    pub fn new(g: &Geometry, side: Side) -> Result<Builder<I>, Error> {
        let product = |shape: Vec<usize>| shape.iter().fold(1i128, |p, &n| p.saturating_mul(i128::from(n as u64)));
        let (inputs, outputs) = (product(g.input_shape()), product(g.output_shape()));
        let (rows, columns) = match side {
            Side::C => (inputs, outputs),
            Side::Transposed => (outputs, inputs),
        };
        let taps = product(g.weight_shape());
        let within = |what, got: i128, limit: u64| match got > limit.into() {
            true => Err(Error::from(LimitError::Indices { what, got, limit })),
            false => Ok(()),
        };
        within("rows", rows, i64::MAX.cast_unsigned())?;
        within("columns", columns, I::MAX)?;
        within("taps", taps, u32::MAX.into())?;
        within("entries", g.products(), I::MAX)?;
        let fits = |n: i128| usize::try_from(n).expect("below 2^63");

        let mut lanes: Vec<Lane> = g.axes().iter().map(|&axis| Lane::new(axis, side)).collect();
        let last = lanes.pop().expect("a geometry has an axis");
        let (in_group, out_group) = (size(g.in_channels() / g.groups()), size(g.out_channels() / g.groups()));
        let (channels, met) = match side {
            Side::C => (size(g.in_channels()), out_group),
            Side::Transposed => (size(g.out_channels()), in_group),
        };
        let samples = size(g.batch());
        let mut builder = Builder {
            segments: Vec::new(),
            ends: Vec::new(),

            channels,
            in_group,
            out_group,
            side,
            met,
            cells: lanes.iter().map(|lane| lane.columns).product::<usize>() * last.columns,
            kernel: lanes.iter().map(|lane| lane.kernel).product::<usize>() * last.kernel,
            in_template: met,
            templates: None,
            lines: samples * channels * lanes.iter().map(|lane| lane.positions).product::<usize>(),
            rows: fits(rows),
            columns: fits(columns),
            entries: fits(g.products()),
            outer: lanes,
            last,
        };
        // Shorter pieces need less for their templates.
        for piece in [PIECE, PIECE / 4, PIECE / 16] {
            builder.lay_out(piece);
            if builder.make_templates() {
                break;
            }
        }
        Ok(builder)
    }

    /// Number of rows.
    pub fn rows(&self) -> usize {
        self.rows
    }

    /// Number of columns.
    pub fn columns(&self) -> usize {
        self.columns
    }

    /// Number of entries.
    pub fn entries(&self) -> usize {
        self.entries
    }

    /// Cuts the lines into segments: one model serves all whole rounds of `full`.
    fn lay_out(&mut self, piece: usize) {
        self.segments.clear();
        self.ends.clear();
        let last = &self.last;
        let most = |lane: &Lane| (0..lane.classes()).map(|class| lane.count(class)).max().unwrap_or(0);
        let block: usize = self.outer.iter().map(most).product::<usize>() * most(last);
        let at_once = if block >= BLOCK {
            self.in_template = 1;
            1
        } else {
            (piece / (self.entries / self.rows).max(1)).clamp(1, piece)
        };
        let (mut models, mut rows) = (0, 0);
        for (area, step) in
            [(0..last.full.start, 0), (last.full.clone(), last.step), (last.full.end..last.positions, 0)]
        {
            // Pieces of `full` are whole rounds, so that one model serves them; single rows have one per residue.
            let single = self.in_template < self.met;
            let length = if step == 0 || single { at_once } else { at_once.next_multiple_of(last.period) };
            let (models_before, rows_before) = (models, rows);
            for start in area.clone().step_by(length) {
                let end = (start + length).min(area.end);
                let count = last.before(end) - last.before(start);
                let within = start - area.start;
                let model = match step {
                    0 => start,
                    _ if single => area.start + within % last.period,
                    _ => area.start,
                };
                let first = model == start;
                let segment = Segment {
                    start,
                    end,
                    model,
                    shift: if step == 0 { 0 } else { last.class(start).1 },
                    count,
                    model_before: models_before + last.before(model) - last.before(area.start),
                    model_rows: rows_before + model - area.start,
                    first,
                };
                if first {
                    self.ends.extend((start + 1..=end).map(|row| last.before(row) - last.before(start)));
                    (models, rows) = (segment.model_before + count, segment.model_rows + end - start);
                }
                self.segments.push(segment);
            }
        }
    }

    /// Entries of all models on the last axis.
    fn models(&self) -> usize {
        self.segments.iter().map(|s| s.model_before + s.count).max().unwrap_or(0)
    }

    /// False if they would be too large: the rows are then made one by one.
    fn make_templates(&mut self) -> bool {
        let classes = self.outer.iter().try_fold(1usize, |n, lane| n.checked_mul(lane.classes()));
        let most = (self.entries / 32).max(4 * PIECE);
        let (models, channels) = (self.models(), self.in_template);
        let sum_of_counts = |lane: &Lane| lane.counts.last().copied().unwrap_or(0);
        let all = self.outer.iter().map(sum_of_counts).chain([models, channels]);
        let Some(total) = all.into_iter().try_fold(1usize, usize::checked_mul) else { return false };
        let Some(classes) = classes.filter(|&classes| total <= most && classes <= most) else { return false };
        let mut templates = Templates { starts: Vec::new(), columns: vec![I::default(); total], taps: vec![0; total] };
        let mut scratch = Scratch::default();
        let mut at = 0;
        let mut representatives = vec![0; self.outer.len()];
        for class in 0..classes {
            let mut rest = class;
            for (position, lane) in representatives.iter_mut().zip(&self.outer).rev() {
                *position = lane.representative(rest % lane.classes());
                rest /= lane.classes();
            }
            self.meet(&representatives, &mut scratch.outer);
            templates.starts.push(at);
            for segment in self.segments.iter().filter(|segment| segment.first) {
                let length = segment.count * scratch.outer.len() * channels;
                let from = at + segment.model_before * scratch.outer.len() * channels;
                let place = from..from + length;
                let rows = segment.model..segment.model + segment.end - segment.start;
                let into = (&mut templates.columns[place.clone()], &mut templates.taps[place]);
                self.emit(rows, 0..channels, (0, 0), &mut scratch, into);
            }
            at += models * scratch.outer.len() * channels;
        }
        self.templates = Some(templates);
        true
    }

    /// What positions of the outer axes meet together: `(column, tap)` without the last axis.
    fn meet(&self, positions: &[usize], into: &mut Vec<(usize, usize)>) {
        let (mut met, mut product) = (Vec::new(), Vec::new());
        into.clear();
        into.push((0, 0));
        for (lane, &position) in self.outer.iter().zip(positions) {
            lane.meetings(position, &mut met);
            product.clear();
            for &(column, tap) in &*into {
                product.extend(met.iter().map(|&(c, t)| (column * lane.columns + c, tap * lane.kernel + t)));
            }
            std::mem::swap(into, &mut product);
        }
    }

    /// From one channel that a row meets to the next: taps.
    fn tap_step(&self) -> usize {
        match self.side {
            Side::C => self.kernel,
            Side::Transposed => self.out_group * self.kernel,
        }
    }

    /// Rows by the definition: of positions of the last axis, with the outer meetings of `scratch`.
    fn emit(
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
    fn line(&self, line: usize, positions: &mut Vec<usize>) -> Line {
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
    fn length(&self, line: &Line, segment: &Segment) -> usize {
        segment.count * line.count * self.met
    }

    /// Fills the columns and taps of one piece. In `scratch.outer` stands what the line meets if
    /// there are no templates.
    fn fill(&self, line: &Line, segment: &Segment, scratch: &mut Scratch, columns: &mut [I], taps: &mut [u32]) {
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
    fn fill_lines(&self, work: Work<'_, I>) {
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

    /// The matrix, in buffers that are reused: only what they lack is allocated.
    ///
    /// Cost: one pass over the arrays. Memory: 8 bytes per entry and 4 per row with 32 bits; the
    /// templates are at most a thirty-second of the entries.
    ///
    /// # Panics
    /// If memory does not suffice.
    pub fn build_into(&self, arrays: &mut Arrays<I>) {
        fn resize<T: Clone + Default>(all: &mut Vec<T>, length: usize) {
            if all.capacity() < length {
                // Freed first, and never copied; zeroed pages come from the system untouched.
                *all = Vec::new();
                *all = vec![T::default(); length];
            } else {
                all.resize(length, T::default());
            }
        }
        resize(&mut arrays.indptr, self.rows + 1);
        resize(&mut arrays.indices, self.entries);
        resize(&mut arrays.taps, self.entries);
        arrays.indptr[0] = I::default();
        let all = Work {
            from: (0, 0),
            until: (self.lines, 0),
            first: 0,
            ends: &mut arrays.indptr[1..],
            columns: &mut arrays.indices,
            taps: &mut arrays.taps,
        };
        #[cfg(feature = "parallel")]
        if self.entries >= PARALLEL && rayon::current_num_threads() > 1 {
            use rayon::iter::{IntoParallelIterator, ParallelIterator};
            let work = self.split(all);
            return work.into_par_iter().for_each(|work| self.fill_lines(work));
        }
        self.fill_lines(all);
    }

    /// Cuts the work into shares of about equal length, several per thread.
    #[cfg(feature = "parallel")]
    fn split<'a>(&self, all: Work<'a, I>) -> Vec<Work<'a, I>> {
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

    /// Calls `visit(row, columns, taps)` for every row in order, also where a matrix could not be
    /// stored. Cost: the entries, once. Memory: the templates and one piece.
    pub fn for_each_row(&self, mut visit: impl FnMut(usize, &[I], &[u32])) {
        let (mut scratch, mut positions) = (Scratch::default(), Vec::new());
        let (mut columns, mut taps) = (Vec::new(), Vec::new());
        let mut row = 0;
        for line_number in 0..self.lines {
            let line = self.line(line_number, &mut positions);
            if self.templates.is_none() {
                self.meet(&positions, &mut scratch.outer);
            }
            for segment in &self.segments {
                let length = self.length(&line, segment);
                if columns.len() < length {
                    columns.resize(length, I::default());
                    taps.resize(length, 0);
                }
                self.fill(&line, segment, &mut scratch, &mut columns[..length], &mut taps[..length]);
                let (mut at, rows) = (0, segment.end - segment.start);
                for count in &self.ends[segment.model_rows..][..rows] {
                    let end = line.count * self.met * count;
                    visit(row, &columns[at..end], &taps[at..end]);
                    (row, at) = (row + 1, end);
                }
            }
        }
    }
}

/// Some consecutive pieces, from one `(line, segment)` until another, and where they go.
struct Work<'a, I> {
    from: (usize, usize),
    until: (usize, usize),
    first: usize,
    ends: &'a mut [I],
    columns: &'a mut [I],
    taps: &'a mut [u32],
}

/// A template plus a constant.
fn shifted<T: Copy + Add<Output = T>>(to: &mut [T], from: &[T], by: T) {
    for (to, from) in to.iter_mut().zip(from) {
        *to = *from + by;
    }
}

/// Calls `visit(row, columns, taps)` for every row of `C` or `Cᵀ` in order, in bounded memory.
///
/// # Errors
/// L2 for a matrix with more than 2^32 taps or 2^63 columns or entries.
///
/// ```
/// use convproof::{Side, Spec, matrix::for_each_row};
/// // 4,831,838,208 entries: walked in seconds, never stored. Here the first row of a small one:
/// let g = "tconv i8x8 k3x3 s2 c4:2".parse::<Spec>().unwrap().geometry;
/// let mut entries = 0;
/// for_each_row(&g, Side::C, |_row, columns, taps| {
///     assert_eq!(columns.len(), taps.len());
///     entries += columns.len();
/// }).unwrap();
/// assert_eq!(entries as i128, g.products());
/// ```
pub fn for_each_row(g: &Geometry, side: Side, visit: impl FnMut(usize, &[u64], &[u32])) -> Result<(), Error> {
    Builder::<u64>::new(g, side)?.for_each_row(visit);
    Ok(())
}
