//! What a transposed convolution is made of: what it can undo, how evenly it covers, what it costs.
//!
//! [`Structure`] is all of it for one operation. [`eliminate`] finds rank, null vector and
//! determinant of a matrix with numbers, [`left_inverse`] a map that undoes it.
//!
//! ```text
//! tconv i3 k3 s2     coverage     1 1 2 1 2 1 1      how many taps reach each output
//!                    inside       2 1                by the residue of o + p modulo s: uneven
//!                    phase sums   w0 + w2, w1        equal: a constant stays constant
//! ```

mod coverage;
mod modular;
mod phases;
mod rank;
mod rows;
mod undone;

pub use coverage::{AxisCoverage, MOST, Spread};
pub use modular::{PRIME, rank_modulo};
pub use phases::Phases;
pub use rank::{Elimination, MAX_WORK, eliminate, left_inverse};
pub use undone::{Known, Undone};

use crate::error::{Error, RequestError};
use crate::formulation;
use crate::geometry::{Axis, Geometry, Kind, Spec};
use crate::scalar::{Polynomial, Rational};
use crate::tensor::Tensor;

/// What there is to say of one operation, as its matrix: rows are its results, columns its inputs.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Structure {
    /// The operation.
    pub spec: Spec,
    /// Rows of its matrix.
    pub rows: u128,
    /// Columns of its matrix.
    pub cols: u128,
    /// Entries that hold a tap.
    pub entries: i128,
    /// Entries of a row; `None` where an axis is too long to be counted.
    pub per_row: Option<Spread>,
    /// Entries of a column.
    pub per_col: Option<Spread>,
    /// How many taps reach the cells, axis by axis.
    pub coverage: Vec<AxisCoverage>,
    /// What a constant input becomes inside.
    pub phases: Option<Phases>,
    /// Zero insertion, axis by axis.
    pub stretched: Vec<Stretched>,
    /// What each formulation multiplies.
    pub costs: Vec<Cost>,
    /// What is lost.
    pub undone: Undone,
}

/// One axis of zero insertion: an ordinary convolution of stride 1 over a stretched input.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Stretched {
    /// `s(input−1) + 1`.
    pub length: i64,
    /// `d(k−1) − p_begin`: zeros in front, or cells to crop if negative.
    pub begin: i64,
    /// `d(k−1) − p_end + a`: the same behind.
    pub end: i64,
}

impl Stretched {
    fn of(axis: &Axis) -> Self {
        let reach = axis.dilation() * (axis.kernel() - 1);
        Stretched {
            length: axis.stride() * (axis.input() - 1) + 1,
            begin: reach - axis.padding().begin,
            end: reach - axis.padding().end + axis.output_padding(),
        }
    }
}

/// What one formulation does for `Cᵀx`.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Cost {
    /// The formulation.
    pub name: String,
    /// Products that it makes, or positions that it asks about.
    pub steps: i128,
    /// What it does with this geometry.
    pub note: String,
}

impl Structure {
    /// Counts, sums and eliminates; with a weight `[C_in, C_out/groups, k…]` for its numbers, else for
    /// symbols.
    ///
    /// Cost: the positions of every axis, and the elimination, which gives up beyond `max_work`
    /// products of machine words ([`MAX_WORK`]); then the rank is known between bounds.
    ///
    /// # Errors
    /// Q1 for a weight of another shape.
    ///
    /// ```
    /// use convproof::{Spec, structure::{Known, MAX_WORK, Structure}};
    /// let spec: Spec = "conv i4x4 k3x3".parse()?;
    /// let found = Structure::of(&spec, None, MAX_WORK)?;
    /// assert_eq!((found.rows, found.cols, found.entries), (4, 16, 36));
    /// assert_eq!((found.undone.rank, found.undone.known), (4, Known::AlmostEvery));
    /// # Ok::<(), convproof::Error>(())
    /// ```
    pub fn of(spec: &Spec, weight: Option<&Tensor<Rational>>, max_work: u64) -> Result<Structure, Error> {
        let g = &spec.geometry;
        let shape = g.weight_shape();
        if let Some(weight) = weight.filter(|w| w.shape() != shape) {
            let expected = crate::tensor::cells(&shape).unwrap_or(usize::MAX);
            return Err(RequestError::WeightCount { expected, got: weight.len(), shape }.into());
        }
        let coverage: Vec<AxisCoverage> = g.axes().iter().map(AxisCoverage::of).collect();
        let count = |shape: Vec<usize>| shape.into_iter().fold(1u128, |n, length| n.saturating_mul(length as u128));
        let channels = |n: i64| u128::try_from(n).expect("channels are positive");
        let copies = |n: i64| channels(n).saturating_mul(channels(g.batch()));
        let of_outputs = Spread::over(
            coverage.iter().map(|c| c.outputs.as_ref()),
            channels(g.in_channels() / g.groups()),
            copies(g.out_channels()),
        );
        let of_inputs = Spread::over(
            coverage.iter().map(|c| c.inputs.as_ref()),
            channels(g.out_channels() / g.groups()),
            copies(g.in_channels()),
        );
        let (per_row, per_col) = match spec.kind {
            Kind::Conv => (of_inputs, of_outputs),
            Kind::Tconv => (of_outputs, of_inputs),
        };
        Ok(Structure {
            rows: count(spec.output_shape()),
            cols: count(spec.input_shape()),
            entries: g.products(),
            per_row,
            per_col,
            phases: Phases::of(g, weight),
            stretched: g.axes().iter().map(Stretched::of).collect(),
            costs: costs(g),
            undone: Undone::of(spec, &coverage, weight, max_work)?,
            coverage,
            spec: spec.clone(),
        })
    }
}

fn costs(g: &Geometry) -> Vec<Cost> {
    let all = formulation::all::<Polynomial>();
    all.iter().map(|f| Cost { name: f.name().to_owned(), steps: f.steps(g), note: f.note(g) }).collect()
}
