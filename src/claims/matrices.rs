//! What a matrix shows: its entries and counts, who reaches whom, rank, determinants, costs.

use std::collections::BTreeSet;
use std::fmt;

use num_traits::Zero;

use super::arrays;
use crate::equivalence;
use crate::error::{Error, LimitError};
use crate::formulation::{self, Formulation, ZeroInsertion};
use crate::geometry::{Kind, Spec};
use crate::matrix::{ConvMatrix, Side};
use crate::scalar::{Rational, Tap, show_rational};
use crate::structure::{Elimination, MAX_WORK, eliminate};
use crate::tensor::{Tensor, unflatten};

/// Entries that the matrix of a check may have, and cells that it may be read out in.
const LIMIT: u64 = 1 << 20;

/// Refuses what is too large to be read out cell by cell.
fn readable(matrix: &ConvMatrix) -> Result<(), Error> {
    let cells = matrix.rows() as i128 * matrix.cols() as i128;
    match cells > LIMIT.into() {
        true => Err(LimitError::Cells { what: "the matrix of a check", cells, limit: LIMIT }.into()),
        false => Ok(()),
    }
}

/// `C` of a `conv`, `Cᵀ` of a `tconv`.
fn matrix(spec: &Spec) -> Result<ConvMatrix, Error> {
    let side = match spec.kind {
        Kind::Conv => Side::C,
        Kind::Tconv => Side::Transposed,
    };
    ConvMatrix::build(&spec.geometry, side, LIMIT)
}

/// Sizes and counts of `C` (`conv`) or `Cᵀ` (`tconv`).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[allow(clippy::exhaustive_structs)] // written by records
pub struct Counts {
    /// Number of rows and of columns.
    pub size: [usize; 2],
    /// Entries that are taps.
    pub taps: usize,
    /// How many different weights stand in them.
    pub weights: usize,
    /// The fewest and the most taps of a row.
    pub row: [usize; 2],
    /// The fewest and the most taps of a column.
    pub column: [usize; 2],
}

impl fmt::Display for Counts {
    /// `4×16, 36 taps of 9 weights, 9 in a row, 1 to 4 in a column`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let range = |[least, most]: [usize; 2]| match least == most {
            true => most.to_string(),
            false => format!("{least} to {most}"),
        };
        let Counts { size: [rows, columns], taps, weights, row, column } = self;
        write!(f, "{rows}×{columns}, {taps} taps of {weights} weights, ")?;
        write!(f, "{} in a row, {} in a column", range(*row), range(*column))
    }
}

/// The counts of the matrix of a spec.
pub(super) fn counts(spec: &str) -> Result<Counts, Error> {
    let matrix = matrix(&spec.parse()?)?;
    let (mut rows, mut columns) = (vec![0; matrix.rows()], vec![0; matrix.cols()]);
    let mut weights = BTreeSet::new();
    for (row, taps) in rows.iter_mut().enumerate() {
        for (column, tap) in matrix.row(row) {
            *taps += 1;
            columns[column] += 1;
            weights.insert(tap);
        }
    }
    let range = |of: &[usize]| [of.iter().min(), of.iter().max()].map(|n| n.copied().unwrap_or(0));
    Ok(Counts {
        size: [matrix.rows(), matrix.cols()],
        taps: matrix.entries(),
        weights: weights.len(),
        row: range(&rows),
        column: range(&columns),
    })
}

/// The entries row by row: numbers, or without a weight `w00` and `0`.
pub(super) fn entries(spec: &str, weight: Option<&str>) -> Result<String, Error> {
    let spec: Spec = spec.parse()?;
    let matrix = matrix(&spec)?;
    readable(&matrix)?;
    let shape = spec.geometry.weight_shape();
    let weight = weight.map(|weight| arrays::weight(&spec.geometry, weight)).transpose()?;
    let entry = |tap: Tap| match &weight {
        Some(weight) => show_rational(&weight.entries()[tap.index()]),
        None => format!("w{}", unflatten(&shape, tap.index())[2..].iter().map(usize::to_string).collect::<String>()),
    };
    let cells: Vec<String> = (0..matrix.rows())
        .flat_map(|row| (0..matrix.cols()).map(move |column| (row, column)))
        .map(|(row, column)| matrix.tap(row, column).map_or_else(|| "0".to_owned(), entry))
        .collect();
    Ok(arrays::text(&[matrix.rows(), matrix.cols()], &cells, String::clone))
}

/// How many taps reach each cell of the result, as an image.
pub(super) fn coverage(spec: &str) -> Result<String, Error> {
    let spec: Spec = spec.parse()?;
    let matrix = matrix(&spec)?;
    let taps: Vec<usize> = (0..matrix.rows()).map(|row| matrix.row(row).count()).collect();
    Ok(arrays::text(&spec.output_shape(), &taps, usize::to_string))
}

/// The cells of the result that a cell of the input reaches: `0,0 0,1`.
pub(super) fn reached(spec: &str, cell: &[usize]) -> Result<String, Error> {
    let spec: Spec = spec.parse()?;
    let matrix = matrix(&spec)?;
    let shape = spec.output_shape();
    let from: Vec<usize> = [&[0, 0], cell].concat();
    let place = |row| unflatten(&shape, row)[2..].iter().map(usize::to_string).collect::<Vec<_>>().join(",");
    let reaches = |row: &usize| matrix.row(*row).any(|(column, _)| unflatten(&spec.input_shape(), column) == from);
    Ok((0..matrix.rows()).filter(reaches).map(place).collect::<Vec<_>>().join(" "))
}

/// The matrix of numbers, eliminated; none if that takes too long.
fn eliminated(spec: &str, weight: &str) -> Result<Option<Elimination>, Error> {
    let spec: Spec = spec.parse()?;
    let weight = arrays::weight(&spec.geometry, weight)?;
    Ok(eliminate(&matrix(&spec)?.substitute(&weight)?, MAX_WORK))
}

/// `rank 4 of 4×16`.
pub(super) fn rank(spec: &str, weight: &str) -> Result<String, Error> {
    let found = eliminated(spec, weight)?;
    Ok(found.map_or_else(too_long, |e| format!("rank {} of {}×{}", e.rank, e.rows, e.cols)))
}

/// The determinants of the convolutions `k3 p1` of 1, 2, 3 … cells, which keep the length.
pub(super) fn determinants(weight: &str, most: usize) -> Result<String, Error> {
    let of = |length: usize| -> Result<String, Error> {
        let found = eliminated(&format!("conv i{length} k3 p1"), weight)?;
        Ok(found.and_then(|e| e.determinant).map_or_else(too_long, |d| show_rational(&d)))
    };
    Ok((1..=most).map(of).collect::<Result<Vec<_>, _>>()?.join(" "))
}

fn too_long() -> String {
    "too long to compute".to_owned()
}

/// The first null vector of a matrix, and that it is one: the product with it is 0 everywhere.
pub(super) fn null_vector(spec: &str, weight: &str) -> Result<String, Error> {
    let Some(vector) = eliminated(spec, weight)?.and_then(|e| e.null_vector) else { return Ok("none".to_owned()) };
    let spec: Spec = spec.parse()?;
    let weight = arrays::weight(&spec.geometry, weight)?;
    let vector = Tensor::new(spec.input_shape(), vector.into_iter().map(Rational::from_integer).collect())?;
    let product = matrix(&spec)?.times(&weight, &vector)?;
    Ok(match product.entries().iter().all(Zero::is_zero) {
        true => arrays::shown(&vector),
        false => format!("{}, which is taken to {}", arrays::shown(&vector), arrays::shown(&product)),
    })
}

/// Multiplications of zero insertion, and those of the definition.
pub(super) fn cost(spec: &str) -> Result<[i128; 2], Error> {
    let g = spec.parse::<Spec>()?.geometry;
    Ok([Formulation::<Rational>::steps(&ZeroInsertion, &g), g.products()])
}

/// All formulations on symbols: `all six the same`, or which differ.
pub(super) fn proved(spec: &str) -> Result<String, Error> {
    let spec: Spec = spec.parse()?;
    let report = equivalence::compare(&spec.geometry, &formulation::all(), LIMIT)?;
    let other = report.outcomes.iter().filter(|o| !o.verdict.is_same());
    let other: Vec<String> = other.map(|o| format!("{} {}", o.name, o.verdict.word())).collect();
    Ok(match other.is_empty() && report.all_same() {
        true => format!("{} formulations, one map", report.outcomes.len()),
        false => other.join(", "),
    })
}
