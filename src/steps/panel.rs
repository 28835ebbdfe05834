//! What a frame is drawn of: panels of planes of cells.
//!
//! A panel shows one array. Its last two axes are a plane's rows and columns, every other axis
//! makes planes: channels one below the other, slices of three dimensions and more beside each
//! other. An axis may begin before position 0: there the cells stand that a crop drops, or the
//! padding.

use std::ops::Range;

use crate::geometry::size;
use crate::tensor::positions;

/// Which array a panel shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[allow(clippy::exhaustive_enums)] // the arrays of the formulations
pub enum What {
    /// `x`; of a convolution with its padding.
    Input,
    /// `x` with `s − 1` zeros between neighbours.
    Stretched,
    /// The stretched `x` with zeros around, or less of it.
    Padded,
    /// `w`, its taps `d` apart.
    Kernel,
    /// `w` reversed on every axis, its taps `d` apart.
    Rotated,
    /// What this step adds to the output.
    Added,
    /// `y`, as far as it is known.
    Output,
}

/// One array, as one frame shows it.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Panel {
    /// Which array.
    pub what: What,
    /// Rows of a plane: 1 for one axis.
    pub rows: usize,
    /// Columns of a plane.
    pub cols: usize,
    /// Slices per channel: 1 for one and two axes.
    pub slices: usize,
    /// The rows that a crop keeps; all of them where nothing is cropped.
    pub kept_rows: Range<usize>,
    /// The columns that a crop keeps.
    pub kept_cols: Range<usize>,
    /// The planes, all slices of a channel together.
    pub planes: Vec<Plane>,
}

/// One grid of a panel.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Plane {
    /// The channel that it shows.
    pub channel: Channel,
    /// Its position on the axes before the last two.
    pub slice: Vec<i64>,
    /// Whether the crop keeps the slice.
    pub kept: bool,
    /// Its cells, row-major.
    pub cells: Vec<Cell>,
}

/// What a plane is about beside its slice, in channels of the named operation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[allow(clippy::exhaustive_enums)] // arrays have channels, weights have pairs
pub enum Channel {
    /// A channel of the input or of the output.
    One(usize),
    /// The kernel that takes one input channel to one output channel.
    Pair {
        /// The channel of the operation's input.
        from: usize,
        /// The channel of its output.
        to: usize,
    },
}

/// One product `x[i]·w[t]`, by row-major index into the named operation's input and the weight.
pub type Term = [usize; 2];

/// What stands in a cell.
#[derive(Debug, Clone, PartialEq, Eq)]
#[allow(clippy::exhaustive_enums)] // what the arrays hold
pub enum Content {
    /// Nothing: it is not known yet, or there is none.
    Nothing,
    /// A zero that no array holds: inserted between, or around.
    Zero,
    /// A cell of `x`.
    Input(usize),
    /// A tap.
    Tap(usize),
    /// A sum of products, by ascending `x`; empty for 0.
    Sum(Vec<Term>),
}

/// What kind of cell it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
#[allow(clippy::exhaustive_enums)] // what a reader is told of a cell
pub enum Role {
    /// A cell of its array.
    Plain,
    /// A zero between two cells of `x`.
    Inserted,
    /// A zero around.
    Padding,
    /// Dropped by the crop.
    Dropped,
    /// Not computed yet.
    Later,
    /// Between two taps of a dilated kernel, or where nothing is added.
    Gap,
}

/// One cell of a plane.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Cell {
    /// What stands in it.
    pub content: Content,
    /// What kind of cell it is.
    pub role: Role,
    /// Whether this step is about it.
    pub active: bool,
    /// The tap that this step puts on it, or that it is.
    pub tap: Option<usize>,
    /// Its row-major index in `x`, `w` or `y` of the named operation, where it has one.
    pub index: Option<usize>,
}

impl Cell {
    pub(super) fn new(content: Content, role: Role) -> Cell {
        Cell { content, role, active: false, tap: None, index: None }
    }

    /// A cell of `x`, not yet asked.
    pub(super) fn input(index: usize) -> Cell {
        Cell { index: Some(index), ..Cell::new(Content::Input(index), Role::Plain) }
    }

    /// A tap.
    pub(super) fn tap(index: usize) -> Cell {
        Cell { index: Some(index), tap: Some(index), ..Cell::new(Content::Tap(index), Role::Plain) }
    }

    /// A sum, dropped if it is no cell of `y`.
    pub(super) fn sum(terms: Vec<Term>, index: Option<usize>) -> Cell {
        let role = if index.is_some() { Role::Plain } else { Role::Dropped };
        Cell { index, ..Cell::new(Content::Sum(terms), role) }
    }

    /// A cell of `y` that is computed later.
    pub(super) fn later(index: usize) -> Cell {
        Cell { index: Some(index), ..Cell::new(Content::Nothing, Role::Later) }
    }

    /// Nothing between taps, or where nothing is added.
    pub(super) fn gap() -> Cell {
        Cell::new(Content::Nothing, Role::Gap)
    }

    /// The same as what this step is about.
    pub(super) fn active(self, tap: Option<usize>) -> Cell {
        Cell { active: true, tap: tap.or(self.tap), ..self }
    }
}

/// One axis of a panel: the positions that are drawn, and those of them that a crop keeps.
#[derive(Debug, Clone)]
pub(super) struct Extent {
    pub drawn: Range<i64>,
    pub kept: Range<i64>,
}

impl Extent {
    /// Positions from 0 on.
    pub fn plain(length: i64) -> Extent {
        Extent { drawn: 0..length, kept: 0..length }
    }

    /// Both ranges and what lies between them; the first is kept.
    pub fn around(kept: Range<i64>, other: Range<i64>) -> Extent {
        Extent { drawn: kept.start.min(other.start)..kept.end.max(other.end), kept }
    }

    fn length(&self) -> i64 {
        self.drawn.end - self.drawn.start
    }
}

/// Cells that a panel draws: channels times the lengths of its axes.
pub(super) fn area(channels: i64, extents: impl IntoIterator<Item = Extent>) -> i128 {
    extents.into_iter().fold(i128::from(channels), |area, extent| area.saturating_mul(extent.length().into()))
}

impl Panel {
    /// Draws every position of every channel; `cell` is told the channel's number among those given.
    pub(super) fn draw(
        what: What,
        channels: &[Channel],
        extents: &[Extent],
        mut cell: impl FnMut(usize, &[i64]) -> Cell,
    ) -> Panel {
        let (outer, plane) = extents.split_at(extents.len().saturating_sub(2));
        let lengths: Vec<usize> = extents.iter().map(|e| size(e.length())).collect();
        let (slices, sides) = lengths.split_at(outer.len());
        let mut planes = Vec::new();
        for (n, &channel) in channels.iter().enumerate() {
            let mut walk = positions(slices);
            while let Some(at) = walk.next() {
                let slice = moved(at, outer);
                let kept = slice.iter().zip(outer).all(|(p, extent)| extent.kept.contains(p));
                let (mut cells, mut walk) = (Vec::new(), positions(sides));
                while let Some(at) = walk.next() {
                    let position = [&slice[..], &moved(at, plane)].concat();
                    cells.push(cell(n, &position));
                }
                planes.push(Plane { channel, slice, kept, cells });
            }
        }
        let kept = |extent: &Extent| {
            let from = |p: i64| size(p - extent.drawn.start);
            from(extent.kept.start)..from(extent.kept.end)
        };
        let (rows, kept_rows) = match plane {
            [rows, _] => (size(rows.length()), kept(rows)),
            _ => (1, 0..1),
        };
        let cols = sides.last().copied().unwrap_or(1);
        let kept_cols = plane.last().map_or(0..1, kept);
        Panel { what, rows, cols, slices: slices.iter().product(), kept_rows, kept_cols, planes }
    }

    /// Whether there are cells outside of what is kept.
    pub fn is_cropped(&self) -> bool {
        let whole = self.kept_rows == (0..self.rows) && self.kept_cols == (0..self.cols);
        !whole || self.planes.iter().any(|plane| !plane.kept)
    }
}

fn moved(at: &[usize], extents: &[Extent]) -> Vec<i64> {
    at.iter().zip(extents).map(|(&p, extent)| crate::geometry::signed(p) + extent.drawn.start).collect()
}
