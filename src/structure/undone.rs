//! Whether an operation can be undone: its rank, with numbers or for almost every weight.
//!
//! Samples and groups are blocks of the matrix, eliminated one by one.

use num_bigint::BigInt;
use num_traits::{One, Zero};
use sprs::CsMatI;

use super::coverage::AxisCoverage;
use super::{PRIME, eliminate, rank_modulo};
use crate::error::Error;
use crate::geometry::{Axis, Geometry, Kind, Spec};
use crate::matrix::{ConvMatrix, Side};
use crate::scalar::Rational;
use crate::tensor::{Tensor, cells};

/// How the rank of an operation is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Known {
    /// Of this weight, by elimination.
    Exactly,
    /// Of every weight but those that make a polynomial 0: one weight reached the most possible.
    AlmostEvery,
    /// Of almost every weight, between two bounds.
    Between,
    /// Not at all beyond `most`: the matrix of numbers is too large, or its elimination gave up.
    GaveUp,
}

/// What an operation loses.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Undone {
    /// The rank, or the least that it can be: of almost every weight where there are no numbers.
    pub rank: u128,
    /// The most that it can be.
    pub most: u128,
    /// How that is known.
    pub known: Known,
    /// An input, in whole numbers, whose result is 0.
    pub null_vector: Option<Vec<BigInt>>,
    /// Of a square matrix with numbers.
    pub determinant: Option<Rational>,
    /// Injective for every weight with a tap that is not 0 in each group: no tap of any input cell is
    /// cut off, and a group has one input channel. The first such tap takes inputs, in order, to
    /// results in order.
    pub always_injective: bool,
}

/// Entries of a matrix that is eliminated.
const MAX_ENTRIES: u64 = 1 << 20;
/// Cells of a matrix that is eliminated modulo a prime.
const MAX_DENSE: u64 = 1 << 22;

impl Undone {
    /// Eliminates with at most `max_work` products of machine words.
    pub(super) fn of(
        spec: &Spec,
        coverage: &[AxisCoverage],
        weight: Option<&Tensor<Rational>>,
        max_work: u64,
    ) -> Result<Undone, Error> {
        let g = &spec.geometry;
        let (groups, batch) = (unsigned(g.groups()), unsigned(g.batch()));
        let single = Geometry::new(g.axes().to_vec())?;
        let single = single.with_channels(g.in_channels() / g.groups(), g.out_channels() / g.groups(), 1)?;
        // Rows and columns that are not empty, of one block.
        let met = |pick: fn(&AxisCoverage) -> &Option<Vec<u64>>, lengths: fn(&Axis) -> i64, channels: i64| {
            let axes = coverage.iter().zip(g.axes()).map(|(c, axis)| match pick(c) {
                Some(counts) => counts.iter().filter(|&&n| n > 0).count() as u128,
                None => unsigned(lengths(axis)),
            });
            axes.fold(unsigned(channels), u128::saturating_mul)
        };
        let inputs = met(|c| &c.inputs, Axis::input, single.in_channels());
        let outputs = met(|c| &c.outputs, Axis::output, single.out_channels());
        let blocks = groups.saturating_mul(batch);
        let mut found = Undone {
            rank: 0,
            most: inputs.min(outputs).saturating_mul(blocks),
            known: Known::Between,
            null_vector: None,
            determinant: None,
            always_injective: keeps_every_tap(spec, coverage),
        };
        let side = if spec.kind == Kind::Conv { Side::C } else { Side::Transposed };
        match (ConvMatrix::build(&single, side, MAX_ENTRIES), weight) {
            (Ok(matrix), Some(weight)) => found.exactly(&matrix, weight, [groups, batch], max_work)?,
            (Err(_), Some(_)) => found.known = Known::GaveUp,
            (Ok(matrix), None) if is_small(&matrix) => found.for_almost_every_weight(&matrix, blocks, max_work),
            (_, None) => {
                // Weights that are 0 outside of groups are weights: what is reached with them is reached.
                let (ci, co) = (single.in_channels(), single.out_channels());
                let groups = num_integer::gcd(ci, co);
                let part = single.with_channels(ci / groups, co / groups, 1)?;
                if let Some(matrix) = ConvMatrix::build(&part, side, MAX_ENTRIES).ok().filter(is_small) {
                    found.for_almost_every_weight(&matrix, blocks.saturating_mul(unsigned(groups)), max_work);
                }
            }
        }
        Ok(found)
    }

    fn for_almost_every_weight(&mut self, matrix: &ConvMatrix, blocks: u128, max_work: u64) {
        let (rows, cols) = (matrix.rows(), matrix.cols());
        // Any values do that make no polynomial 0 by chance; what they are is fixed.
        let taps = cells(&matrix.geometry().weight_shape()).unwrap_or(0) as u64;
        let values: Vec<u64> = (1..=taps).map(scrambled).collect();
        let mut dense = vec![vec![0; cols]; rows];
        for (tap, (row, col)) in matrix.taps() {
            dense[row as usize][col as usize] = values[tap.index()];
        }
        if let Some(rank) = rank_modulo(dense, max_work.saturating_mul(16)) {
            self.rank = (rank as u128).saturating_mul(blocks);
            self.known = if self.rank == self.most { Known::AlmostEvery } else { Known::Between };
        }
    }

    fn exactly(
        &mut self,
        matrix: &ConvMatrix,
        weight: &Tensor<Rational>,
        [groups, batch]: [u128; 2],
        max_work: u64,
    ) -> Result<(), Error> {
        let shape = matrix.geometry().weight_shape();
        let mut determinant = Some(Rational::one());
        for (group, values) in weight.entries().chunks(cells(&shape).unwrap_or(usize::MAX).max(1)).enumerate() {
            let numbers: CsMatI<Rational, u32> = matrix.substitute(&Tensor::new(shape.clone(), values.to_vec())?)?;
            let Some(block) = eliminate(&numbers, max_work) else {
                (self.rank, self.known, self.null_vector) = (0, Known::GaveUp, None);
                return Ok(());
            };
            self.rank += block.rank as u128 * batch;
            if let (None, Some(vector)) = (&self.null_vector, block.null_vector) {
                // Groups are neighbours in the first sample.
                let mut whole = vec![BigInt::zero(); group * matrix.cols()];
                whole.extend(vector);
                whole.resize(matrix.cols() * usize::try_from(groups * batch).unwrap_or(group + 1), BigInt::zero());
                self.null_vector = Some(whole);
            }
            determinant = determinant.zip(block.determinant).map(|(all, one)| all * one);
        }
        let samples = i32::try_from(batch).ok().filter(|&n| n <= 64);
        self.determinant = determinant.zip(samples).map(|(one, n)| one.pow(n));
        (self.known, self.most) = (Known::Exactly, self.rank);
        Ok(())
    }
}

/// A number below the prime that has nothing to do with its neighbours' (the steps of splitmix64).
fn scrambled(n: u64) -> u64 {
    let mut bits = n.wrapping_mul(0x9e37_79b9_7f4a_7c15);
    bits = (bits ^ (bits >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    bits = (bits ^ (bits >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    (bits ^ (bits >> 31)) % PRIME
}

fn is_small(matrix: &ConvMatrix) -> bool {
    matrix.rows() as u64 * matrix.cols() as u64 <= MAX_DENSE
}

fn keeps_every_tap(spec: &Spec, coverage: &[AxisCoverage]) -> bool {
    let g = &spec.geometry;
    let channels = if spec.kind == Kind::Conv { g.out_channels() } else { g.in_channels() };
    let of = |c: &AxisCoverage| if spec.kind == Kind::Conv { c.outputs.clone() } else { c.inputs.clone() };
    let whole = |(c, axis): (&AxisCoverage, &Axis)| {
        of(c).is_some_and(|counts| counts.iter().all(|&n| u128::from(n) == unsigned(axis.kernel())))
    };
    channels == g.groups() && coverage.iter().zip(g.axes()).all(whole)
}

fn unsigned(n: i64) -> u128 {
    u128::try_from(n).expect("lengths of a geometry are positive")
}
