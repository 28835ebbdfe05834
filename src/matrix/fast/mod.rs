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

mod fill;
mod lane;
mod lay_out;

use std::ops::Add;

use super::Side;
use crate::error::{Error, LimitError};
use crate::geometry::{Geometry, size};
use fill::Work;
use lane::Lane;

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
