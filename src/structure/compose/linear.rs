//! A linear map as sparse rows of polynomials in taps.

use std::collections::BTreeMap;

use crate::error::{Error, LimitError};
use crate::scalar::{ExactScalar, Polynomial, Rational, Scalar};
use crate::tensor::cells;

/// A map from cells `[c, positions…]` to cells `[c, positions…]`, both row-major.
#[derive(Debug, Clone)]
pub struct Linear {
    /// The shape of what it takes.
    pub(super) input: Vec<usize>,
    /// The shape of what it gives.
    pub(super) output: Vec<usize>,
    /// For each result the inputs that it takes, ascending, none 0.
    pub(super) rows: Vec<Vec<(u32, Polynomial)>>,
}

/// Products of entries that a composition may need.
const MAX_PRODUCTS: u64 = 1 << 18;

/// Entries of one stage.
pub(super) const MAX_ENTRIES: u64 = 1 << 18;

impl Linear {
    /// From entries by row; columns ascending.
    pub(super) fn new(input: Vec<usize>, output: Vec<usize>, rows: Vec<Vec<(u32, Polynomial)>>) -> Linear {
        Linear { input, output, rows }
    }

    /// `[c, positions…]` of what it takes.
    pub fn input(&self) -> &[usize] {
        &self.input
    }

    /// `[c, positions…]` of what it gives.
    pub fn output(&self) -> &[usize] {
        &self.output
    }

    /// The inputs of one result with their factors.
    pub fn row(&self, row: usize) -> &[(u32, Polynomial)] {
        &self.rows[row]
    }

    /// One entry, 0 where there is none.
    pub fn entry(&self, row: usize, col: usize) -> Polynomial {
        let found = u32::try_from(col).ok().and_then(|col| self.rows[row].binary_search_by_key(&col, |e| e.0).ok());
        found.map_or_else(Polynomial::zero, |at| self.rows[row][at].1.clone())
    }

    /// `self` after `first`.
    pub(super) fn after(&self, first: &Linear) -> Result<Linear, Error> {
        // A sum of paths from an input to a result has at most one term for each.
        let paths = self.rows.iter().flatten().map(|(via, factor)| {
            let terms = factor.terms().len() as u64;
            first.rows[*via as usize].iter().map(|(_, p)| terms * p.terms().len() as u64).sum::<u64>()
        });
        let paths = paths.fold(0u64, u64::saturating_add);
        if paths > MAX_PRODUCTS {
            let got = i128::from(paths);
            return Err(LimitError::Composition { got, limit: MAX_PRODUCTS }.into());
        }
        let zero = Polynomial::zero();
        let row = |row: &Vec<(u32, Polynomial)>| {
            let mut sums: BTreeMap<u32, Polynomial> = BTreeMap::new();
            for (via, factor) in row {
                for (col, value) in &first.rows[*via as usize] {
                    sums.entry(*col).or_insert_with(Polynomial::zero).add_product(factor, value);
                }
            }
            sums.into_iter().filter(|(_, sum)| *sum != zero).collect()
        };
        Ok(Linear {
            input: first.input.clone(),
            output: self.output.clone(),
            rows: self.rows.iter().map(row).collect(),
        })
    }

    /// What an input becomes.
    pub fn apply<S: Scalar>(&self, x: &[S], lift: impl Fn(&Polynomial) -> S) -> Vec<S> {
        let sum = |row: &Vec<(u32, Polynomial)>| {
            let mut sum = S::zero();
            for (col, factor) in row {
                sum.add_product(&x[*col as usize], &lift(factor));
            }
            sum
        };
        self.rows.iter().map(sum).collect()
    }

    /// The first entry, by rows, in which two maps differ: its row, its column, and the two entries.
    ///
    /// `None` if they are the same map; maps of different shapes have none in common: see
    /// [`Linear::input`].
    pub fn difference(&self, other: &Linear) -> Option<(usize, usize, Polynomial, Polynomial)> {
        for row in 0..self.rows.len().min(other.rows.len()) {
            let cols = self.rows[row].iter().chain(&other.rows[row]).map(|e| e.0 as usize);
            let differs = |col: &usize| !is_same(&self.entry(row, *col), &other.entry(row, *col));
            if let Some(col) = cols.filter(differs).min() {
                return Some((row, col, self.entry(row, col), other.entry(row, col)));
            }
        }
        None
    }
}

fn is_same<S: ExactScalar>(a: &S, b: &S) -> bool {
    a == b
}

/// A number as a polynomial.
pub(super) fn number(value: &Rational) -> Polynomial {
    Polynomial::constant(value.clone())
}

/// The cells of a shape, within what a stage may have.
pub(super) fn bounded(shape: &[usize]) -> Result<usize, Error> {
    match cells(shape).filter(|&n| n as u64 <= MAX_ENTRIES) {
        Some(n) => Ok(n),
        None => {
            let got = shape.iter().fold(1i128, |p, &n| p.saturating_mul(n as i128));
            Err(LimitError::Cells { what: "a stage", cells: got, limit: MAX_ENTRIES }.into())
        }
    }
}
