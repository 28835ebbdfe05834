//! Recipes: what a text does to an image, one step after the other, and the matrix of the whole.
//!
//! Example: 1 10 stretched by 2 is 1 0 10; a convolution of that with 3 2 1 and two cells of padding
//! is 1 2 13 20 30, the transposed convolution of 1 10 with 1 2 3 and stride 2.

use num_traits::{One, Zero};

use super::arrays;
use crate::error::{Error, LimitError};
use crate::geometry::{Kind, Spec};
use crate::matrix::{ConvMatrix, Side};
use crate::scalar::Rational;
use crate::tensor::{Tensor, positions};

/// One step of a recipe, on one channel.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Step {
    /// The convolution or transposed convolution of a spec with these weights.
    Apply(&'static str, &'static str),
    /// So many minus one zeros between neighbours, on every axis; 0 is taken as 1.
    Stretch(usize),
    /// Every cell so many times, on every axis: resizing to the nearest.
    Nearest(usize),
    /// The results of one convolution with several weights, cell by cell in turns (one axis): the
    /// shuffle of a sub-pixel convolution.
    InTurns(&'static str, &'static [&'static str]),
}

impl Step {
    fn apply(self, x: &Tensor<Rational>) -> Result<Tensor<Rational>, Error> {
        match self {
            Step::Apply(spec, weight) => matrix_times(spec, weight, x),
            Step::Stretch(by) => {
                let by = by.max(1);
                let length = |n: usize| by.saturating_mul(n.saturating_sub(1)).saturating_add(1);
                spread(x, length, |at| (at % by == 0).then_some(at / by))
            }
            Step::Nearest(by) => spread(x, |n| by.saturating_mul(n), |at| Some(at / by)),
            Step::InTurns(spec, weights) => {
                let results = weights.iter().map(|w| matrix_times(spec, w, x)).collect::<Result<Vec<_>, _>>()?;
                let length = results.first().map_or(0, Tensor::len);
                let entries = (0..length).flat_map(|n| results.iter().map(move |r| r.entries()[n].clone())).collect();
                Tensor::new(vec![1, 1, length * weights.len()], entries)
            }
        }
    }

    /// In a few words.
    fn words(self) -> String {
        match self {
            Step::Apply(spec, weight) => format!("{spec}, w = {weight}"),
            Step::Stretch(by) => match by.saturating_sub(1) {
                1 => "1 zero between".to_owned(),
                zeros => format!("{zeros} zeros between"),
            },
            Step::Nearest(by) => format!("nearest ×{by}"),
            Step::InTurns(spec, weights) => format!("{spec}, w = {}, in turns", weights.join(" and ")),
        }
    }
}

/// `Cx` or `Cᵀx` by the matrix.
fn matrix_times(spec: &str, weight: &str, x: &Tensor<Rational>) -> Result<Tensor<Rational>, Error> {
    let spec: Spec = spec.parse()?;
    let weight = arrays::weight(&spec.geometry, weight)?;
    // A single cell is written alike on any number of axes.
    let alone = x.len() == 1;
    let x = if alone { x.clone().reshaped(spec.input_shape())? } else { x.clone() };
    matrix(&spec)?.times(&weight, &x)
}

/// Entries that the matrix of a check may have, and cells that it may be read out in.
pub(super) const LIMIT: u64 = 1 << 20;

/// Refuses what is too large to be read out cell by cell.
pub(super) fn readable(matrix: &ConvMatrix) -> Result<(), Error> {
    let cells = matrix.rows() as i128 * matrix.cols() as i128;
    match cells > LIMIT.into() {
        true => Err(LimitError::Cells { what: "the matrix of a check", cells, limit: LIMIT }.into()),
        false => Ok(()),
    }
}

/// `C` of a `conv`, `Cᵀ` of a `tconv`.
pub(super) fn matrix(spec: &Spec) -> Result<ConvMatrix, Error> {
    let side = match spec.kind {
        Kind::Conv => Side::C,
        Kind::Tconv => Side::Transposed,
    };
    ConvMatrix::build(&spec.geometry, side, LIMIT)
}

/// An image of other lengths: each position asks `from`, axis by axis, where its value comes from.
fn spread(
    x: &Tensor<Rational>,
    length: impl Fn(usize) -> usize,
    from: impl Fn(usize) -> Option<usize>,
) -> Result<Tensor<Rational>, Error> {
    let mut shape = x.shape().to_vec();
    shape[2..].iter_mut().for_each(|n| *n = length(*n));
    let mut cells = positions(&shape);
    Tensor::from_fn("an image", shape.clone(), |_| {
        let at = cells.next().expect("as many positions as cells");
        // Of an image without cells nothing comes.
        let inside = |(&at, &length)| from(at).filter(|&at| at < length);
        let axes = at[2..].iter().zip(&x.shape()[2..]).map(inside).collect::<Option<Vec<_>>>();
        axes.map_or_else(Rational::zero, |axes| x.at(&[&at[..2], &axes[..]].concat()).clone())
    })
}

/// The image after all steps.
pub(super) fn run(steps: &[Step], x: Tensor<Rational>) -> Result<Tensor<Rational>, Error> {
    steps.iter().try_fold(x, |x, step| step.apply(&x))
}

/// The steps in words: `1 zero between, then conv i3 k3 p2, w = 3 2 1`.
pub(super) fn words(steps: &[Step]) -> String {
    steps.iter().map(|step| step.words()).collect::<Vec<_>>().join(", then ")
}

/// Whether the steps are the linear map of a spec: both are asked for every unit image.
///
/// Steps are linear, so equality on a basis is equality. The answer is `the same map, 4×6`, or the first
/// difference.
pub(super) fn same_map(steps: &[Step], spec: &str, weight: &str) -> Result<String, Error> {
    let spec: Spec = spec.parse()?;
    let weight = arrays::weight(&spec.geometry, weight)?;
    let matrix = matrix(&spec)?;
    readable(&matrix)?;
    for cell in 0..matrix.cols() {
        let unit = |n: usize| if n == cell { Rational::one() } else { Rational::zero() };
        let unit = Tensor::from_fn("an image", matrix.col_shape(), unit)?;
        let (right, made) = (matrix.times(&weight, &unit)?, run(steps, unit)?);
        if made != right {
            return Ok(format!("column {cell}: {} for {}", arrays::shown(&made), arrays::shown(&right)));
        }
    }
    Ok(format!("the same {}×{} matrix", matrix.rows(), matrix.cols()))
}
