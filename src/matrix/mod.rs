//! The convolution matrix: `C` in symbols, and what its rows and columns mean.
//!
//! For `conv i4x4 k3x3` (2×2 ← 4×4), each row one placement of the kernel:
//!
//! ```text
//! w00 w01 w02 0   w10 w11 w12 0   w20 w21 w22 0   0   0   0   0
//! 0   w00 w01 w02 0   w10 w11 w12 0   w20 w21 w22 0   0   0   0
//! 0   0   0   0   w00 w01 w02 0   w10 w11 w12 0   w20 w21 w22 0
//! 0   0   0   0   0   w00 w01 w02 0   w10 w11 w12 0   w20 w21 w22
//! ```
//!
//! It is stored as compressed sparse rows of taps; the first row above is columns
//! `0 1 2 4 5 6 8 9 10` with taps `0 … 8`.

mod build;
mod fast;
mod substitute;

pub use fast::{Arrays, Builder, Index, for_each_row};

use sprs::CsMatI;

use crate::error::{Error, LimitError};
use crate::geometry::Geometry;
use crate::scalar::{Scalar, Tap};
use crate::tensor::Tensor;

/// Which of the two matrices.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[allow(clippy::exhaustive_enums)] // a matrix and its transpose
pub enum Side {
    /// `C`, the ordinary convolution: a row per `(n, ci, i…)`, a column per `(n, co, o…)`.
    C,
    /// `Cᵀ`, the transposed convolution: a row per `(n, co, o…)`, a column per `(n, ci, i…)`.
    Transposed,
}

/// `C` or `Cᵀ` of a geometry, with a tap in each structural entry.
///
/// Entry `(r, c)` is the one tap that joins the two cells; most are none. Memory: 8 bytes per
/// entry, 4 per row.
///
/// ```
/// use convproof::Spec;
/// let g = "conv i4x4 k3x3".parse::<Spec>().unwrap().geometry;
/// let c = g.matrix().unwrap();
/// assert_eq!((c.rows(), c.cols(), c.entries()), (4, 16, 36));
/// assert_eq!(c.tap(0, 4).unwrap().index(), 3); // w10
/// assert_eq!(c.tap(0, 3), None);
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct ConvMatrix {
    geometry: Geometry,
    side: Side,
    taps: CsMatI<Tap, u32>,
}

fn within(what: &'static str, got: i128, limit: u64) -> Result<(), Error> {
    if got > limit.into() {
        return Err(LimitError::Entries { what, got, limit }.into());
    }
    if got > u32::MAX.into() {
        return Err(LimitError::Indices { what, got, limit: u32::MAX.into() }.into());
    }
    Ok(())
}

/// Refuses what is beyond the limit or 32 bits.
fn check(geometry: &Geometry, side: Side, limit: u64) -> Result<(), Error> {
    let product = |shape: Vec<usize>| shape.iter().fold(1i128, |p, &n| p.saturating_mul(i128::from(n as u64)));
    let (inputs, outputs) = (product(geometry.input_shape()), product(geometry.output_shape()));
    let (rows, columns) = match side {
        Side::C => (inputs, outputs),
        Side::Transposed => (outputs, inputs),
    };
    // Lengths first: counting the entries walks an axis.
    for (what, got) in [("rows", rows), ("columns", columns)] {
        within(what, got, limit)?;
    }
    let taps = product(geometry.weight_shape());
    if taps > u32::MAX.into() {
        return Err(LimitError::Indices { what: "taps", got: taps, limit: u32::MAX.into() }.into());
    }
    // An axis on which nothing meets empties the product, not the lists of the others.
    for axis in geometry.axes() {
        within("entries on one axis", axis.meetings(), limit)?;
    }
    within("entries", geometry.products(), limit)
}

/// Entries that a matrix may have unless the caller says otherwise (2^26, half a gigabyte).
pub const MAX_ENTRIES: u64 = 1 << 26;

impl Geometry {
    /// `C`, with at most [`MAX_ENTRIES`] entries.
    ///
    /// # Errors
    /// L1 beyond the limit, L2 beyond 32-bit indices.
    pub fn matrix(&self) -> Result<ConvMatrix, Error> {
        ConvMatrix::build(self, Side::C, MAX_ENTRIES)
    }

    /// `Cᵀ`, built directly and not by transposing; with at most [`MAX_ENTRIES`] entries.
    ///
    /// # Errors
    /// L1 beyond the limit, L2 beyond 32-bit indices.
    pub fn transposed_matrix(&self) -> Result<ConvMatrix, Error> {
        ConvMatrix::build(self, Side::Transposed, MAX_ENTRIES)
    }
}

impl ConvMatrix {
    /// `C` or `Cᵀ` with at most `limit` entries. Cost: the entries, once to write and once to check.
    ///
    /// # Errors
    /// L1 beyond the limit, L2 beyond 32-bit indices. Nothing is allocated then.
    pub fn build(geometry: &Geometry, side: Side, limit: u64) -> Result<ConvMatrix, Error> {
        check(geometry, side, limit)?;
        let builder = Builder::<u32>::new(geometry, side)?;
        let mut arrays = Arrays::default();
        builder.build_into(&mut arrays);
        let Arrays { indptr, indices, taps } = arrays;
        let taps = taps.into_iter().map(Tap).collect(); // the same memory
        let taps = CsMatI::new((builder.rows(), builder.columns()), indptr, indices, taps);
        Ok(ConvMatrix { geometry: geometry.clone(), side, taps })
    }

    /// The same matrix by the trusted plain builder, slowly: what [`ConvMatrix::build`] is tested against.
    ///
    /// # Errors
    /// As [`ConvMatrix::build`].
    pub fn build_plainly(geometry: &Geometry, side: Side, limit: u64) -> Result<ConvMatrix, Error> {
        check(geometry, side, limit)?;
        Ok(ConvMatrix { geometry: geometry.clone(), side, taps: build::build(geometry, side) })
    }

    /// The geometry whose matrix this is.
    pub fn geometry(&self) -> &Geometry {
        &self.geometry
    }

    /// Whether this is `C` or `Cᵀ`.
    pub fn side(&self) -> Side {
        self.side
    }

    /// The sparse matrix of taps.
    pub fn taps(&self) -> &CsMatI<Tap, u32> {
        &self.taps
    }

    /// Number of rows: the product of [`ConvMatrix::row_shape`].
    pub fn rows(&self) -> usize {
        self.taps.rows()
    }

    /// Number of columns: the product of [`ConvMatrix::col_shape`].
    pub fn cols(&self) -> usize {
        self.taps.cols()
    }

    /// Number of structural entries.
    pub fn entries(&self) -> usize {
        self.taps.nnz()
    }

    /// The cells that the rows are, row-major: `[n, c, positions…]`.
    pub fn row_shape(&self) -> Vec<usize> {
        match self.side {
            Side::C => self.geometry.input_shape(),
            Side::Transposed => self.geometry.output_shape(),
        }
    }

    /// The cells that the columns are, row-major: `[n, c, positions…]`.
    pub fn col_shape(&self) -> Vec<usize> {
        match self.side {
            Side::C => self.geometry.output_shape(),
            Side::Transposed => self.geometry.input_shape(),
        }
    }

    /// The tap of one entry, if the two cells meet.
    pub fn tap(&self, row: usize, col: usize) -> Option<Tap> {
        self.taps.get(row, col).copied()
    }

    /// One row: `(column, tap)` by ascending column.
    ///
    /// # Panics
    /// If there is no such row.
    pub fn row(&self, row: usize) -> impl Iterator<Item = (usize, Tap)> + '_ {
        let row = self.taps.outer_view(row).expect("the row is inside the matrix");
        row.iter().map(|(col, tap)| (col, *tap)).collect::<Vec<_>>().into_iter()
    }

    /// The product with a vector: cell `r` of the result is `Σ_c w[tap(r, c)]·x[c]`.
    ///
    /// `weight [C_in, C_out/groups, k…]`, `x` of [`ConvMatrix::col_shape`], result of
    /// [`ConvMatrix::row_shape`]. Cost: one product per entry.
    ///
    /// # Errors
    /// Q1 for a weight of the wrong shape, Q2 for an `x` of the wrong shape.
    pub fn times<S: Scalar>(&self, weight: &Tensor<S>, x: &Tensor<S>) -> Result<Tensor<S>, Error> {
        let shape = self.col_shape();
        if x.shape() != shape {
            let expected = self.cols();
            return Err(crate::error::RequestError::Length { what: "x", expected, got: x.len(), shape }.into());
        }
        let matrix = self.substitute(weight)?;
        let sums = matrix.outer_iterator().map(|row| {
            let mut sum = S::zero();
            for (col, value) in row.iter() {
                sum.add_product(&x.entries()[col], value);
            }
            sum
        });
        Tensor::new(self.row_shape(), sums.collect())
    }
}
