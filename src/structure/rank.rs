//! Rank, null vector, determinant and left inverse over the rationals, by elimination without
//! fractions.
//!
//! Rows are multiplied to whole numbers; a row is replaced by `p·row − q·pivot`, divided by the
//! greatest common divisor of its entries, so numbers stay as small as the row allows and no
//! fraction ever appears. Rows are sparse: a matrix `C` is a band, and stays close to one.
//!
//! ```text
//! 1 2 3         1  2  3        1  2  3       rank 2 of 3
//! 4 5 6    →    0 -1 -2   →    0 -1 -2       null vector 1 -2 1: the first free column is 2
//! 7 8 9         0 -1 -2        0  0  0       determinant 0
//! ```

use num_bigint::BigInt;
use num_integer::Integer;
use num_traits::{One, Signed, Zero};
use sprs::CsMatI;

use super::rows::{Budget, Row, combined};
use crate::scalar::Rational;

/// What elimination found of a matrix `A`.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Elimination {
    /// Number of rows.
    pub rows: usize,
    /// Number of columns.
    pub cols: usize,
    /// The rank over the rationals.
    pub rank: usize,
    /// A whole `v ≠ 0` with `Av = 0`, if there is one: 0 at every free column but the first, without
    /// a common divisor, its first entry that is not 0 positive.
    pub null_vector: Option<Vec<BigInt>>,
    /// Of a square matrix.
    pub determinant: Option<Rational>,
}

impl Elimination {
    /// `cols − rank`: how many dimensions of inputs are mapped to 0.
    pub fn nullity(&self) -> usize {
        self.cols - self.rank
    }

    /// Whether different inputs have different results.
    pub fn is_injective(&self) -> bool {
        self.rank == self.cols
    }
}

/// The most products of machine words that [`eliminate`] and [`left_inverse`] make before they give
/// up; some seconds.
pub const MAX_WORK: u64 = 1 << 26;

/// Eliminates a sparse matrix; `None` if that needs more than `max_work` products of machine words.
///
/// Cost: for a band of width `b` about `rows·b²` products of numbers of up to `rank` times as many
/// digits as the entries have.
///
/// ```
/// use convproof::{Spec, structure};
/// let spec: Spec = "conv i3x3 k2x2".parse()?;
/// let weight = convproof::Tensor::new(vec![1, 1, 2, 2], (1..=4).map(|n| num_rational::BigRational::from_integer(n.into())).collect())?;
/// let c = spec.geometry.matrix()?.substitute(&weight)?;
/// let found = structure::eliminate(&c, structure::MAX_WORK).expect("a small matrix");
/// assert_eq!((found.rank, found.nullity()), (4, 5));
/// let vector: Vec<String> = found.null_vector.unwrap().iter().map(ToString::to_string).collect();
/// assert_eq!(vector, ["4", "-2", "1", "0", "0", "0", "0", "0", "0"]);
/// # Ok::<(), convproof::Error>(())
/// ```
pub fn eliminate(matrix: &CsMatI<Rational, u32>, max_work: u64) -> Option<Elimination> {
    let (rows, cols) = (matrix.rows(), matrix.cols());
    let echelon = Echelon::of(matrix, false, &mut Budget::new(max_work))?;
    let rank = echelon.pivots.len();
    let determinant = (rows == cols).then(|| if rank == rows { echelon.determinant() } else { Rational::zero() });
    let null_vector = (rank < cols).then(|| echelon.null_vector(cols));
    Some(Elimination { rows, cols, rank, null_vector, determinant })
}

/// An `L` with `L·A = 1`, as dense rows; `None` if there is none or it needs more than `max_work`.
///
/// Of a square matrix it is the inverse. Where rows are more than columns there are many: this one
/// uses the rows that elimination took as pivots, and is 0 elsewhere.
pub fn left_inverse(matrix: &CsMatI<Rational, u32>, max_work: u64) -> Option<Vec<Vec<Rational>>> {
    let (rows, cols) = (matrix.rows(), matrix.cols());
    let mut budget = Budget::new(max_work);
    budget.spend((rows as u64).saturating_mul(cols as u64))?;
    let mut echelon = Echelon::of(matrix, true, &mut budget)?;
    if echelon.pivots.len() < cols {
        return None;
    }
    echelon.back_substitute(&mut budget)?;
    let one_row = |pivot: &Pivot| {
        let head = &pivot.row[0].1;
        let mut dense = vec![Rational::zero(); rows];
        for (col, value) in &pivot.row[1..] {
            dense[*col as usize - cols] = Rational::new(value.clone(), head.clone());
        }
        dense
    };
    Some(echelon.pivots.iter().map(one_row).collect())
}

/// A row that was chosen to clear a column.
struct Pivot {
    /// Its first entry is the pivot; beyond the matrix's columns stands what it was made of.
    row: Row,
    /// Which row of the matrix it was.
    origin: usize,
}

/// Pivot rows by ascending column, each 0 in the columns of those before it.
struct Echelon {
    pivots: Vec<Pivot>,
    /// The determinant of the matrix over that of the pivot rows, but for the sign of their order.
    factor: Rational,
}

impl Echelon {
    /// `marked` rows go on beyond the matrix's columns with what they are made of.
    fn of(matrix: &CsMatI<Rational, u32>, marked: bool, budget: &mut Budget) -> Option<Echelon> {
        let cols = matrix.cols();
        let mut factor = Rational::one();
        // Rows by the column of their first entry: only those must be cleared there.
        let mut by_head: Vec<Vec<Pivot>> = std::iter::repeat_with(Vec::new).take(cols).collect();
        for (origin, row) in matrix.outer_iterator().enumerate() {
            let entries: Vec<(u32, &Rational)> =
                row.indices().iter().copied().zip(row.data()).filter(|e| !e.1.is_zero()).collect();
            let Some(&(head, _)) = entries.first() else { continue };
            let mut common = BigInt::one();
            for (_, value) in &entries {
                budget.spend(1 + common.bits() / 64)?;
                common = common.lcm(value.denom());
            }
            let whole = entries.into_iter().map(|(c, v)| (c, v.numer() * (&common / v.denom())));
            let mut row: Row = whole.collect();
            budget.spend((row.len() as u64).saturating_mul(1 + common.bits() / 64))?;
            if marked {
                row.push((u32::try_from(cols + origin).ok()?, common.clone()));
            }
            factor /= Rational::from_integer(common);
            by_head[head as usize].push(Pivot { row, origin });
        }
        let mut pivots: Vec<Pivot> = Vec::new();
        for col in 0..cols {
            let mut rows = std::mem::take(&mut by_head[col]);
            // The shortest row fills the others least; the order of rows decides among equals.
            let Some(best) = (0..rows.len()).min_by_key(|&n| (rows[n].row.len(), rows[n].row[0].1.bits(), n)) else {
                continue;
            };
            let pivot = rows.remove(best);
            for other in rows {
                let (row, scale) = combined(&other.row, &pivot.row, budget)?;
                factor /= scale;
                match row.first() {
                    Some(&(head, _)) if (head as usize) < cols => {
                        by_head[head as usize].push(Pivot { row, origin: other.origin });
                    }
                    // Nothing is left of it but how it was made.
                    _ => {}
                }
            }
            pivots.push(pivot);
        }
        Some(Echelon { pivots, factor })
    }

    /// Of a square matrix of full rank.
    fn determinant(&self) -> Rational {
        let product = self.pivots.iter().fold(self.factor.clone(), |all, p| all * &p.row[0].1);
        if is_odd(&self.pivots.iter().map(|p| p.origin).collect::<Vec<_>>()) { -product } else { product }
    }

    /// The solution of `Av = 0` that is 1, but for a factor, at the first column without a pivot.
    fn null_vector(&self, cols: usize) -> Vec<BigInt> {
        let heads: Vec<usize> = self.pivots.iter().map(|p| p.row[0].0 as usize).collect();
        let free = (0..cols).find(|c| heads.binary_search(c).is_err()).expect("the rank is below the columns");
        let mut values = vec![Rational::zero(); cols];
        values[free] = Rational::one();
        // Later pivot rows have nothing at the free column.
        for pivot in self.pivots.iter().rev().filter(|p| (p.row[0].0 as usize) < free) {
            let (head, first) = &pivot.row[0];
            let known = pivot.row[1..].iter().filter(|(c, _)| *c as usize <= free);
            let sum = known.fold(Rational::zero(), |sum, (c, v)| sum + &values[*c as usize] * v);
            values[*head as usize] = -sum / first;
        }
        whole(&values)
    }

    /// Clears every pivot's column above it as well.
    fn back_substitute(&mut self, budget: &mut Budget) -> Option<()> {
        for last in (0..self.pivots.len()).rev() {
            let (above, below) = self.pivots.split_at_mut(last);
            let (head, pivot) = (below[0].row[0].0, &below[0].row);
            for other in above {
                if other.row.binary_search_by_key(&head, |e| e.0).is_ok() {
                    other.row = super::rows::cleared(&other.row, pivot, head, budget)?;
                }
            }
        }
        Some(())
    }
}

/// The same direction in whole numbers without a common divisor, its first entry positive.
fn whole(values: &[Rational]) -> Vec<BigInt> {
    let common = values.iter().fold(BigInt::one(), |all, v| all.lcm(v.denom()));
    let mut numbers: Vec<BigInt> = values.iter().map(|v| v.numer() * (&common / v.denom())).collect();
    let divisor = numbers.iter().fold(BigInt::zero(), |all, n| all.gcd(n));
    let is_negative = numbers.iter().find(|n| !n.is_zero()).is_some_and(Signed::is_negative);
    let divisor = if is_negative { -divisor } else { divisor };
    numbers.iter_mut().for_each(|n| *n /= &divisor);
    numbers
}

/// Whether a permutation is odd, by its cycles.
fn is_odd(order: &[usize]) -> bool {
    let mut seen = vec![false; order.len()];
    let mut cycles = 0;
    for start in 0..order.len() {
        let mut at = start;
        cycles += usize::from(!seen[at]);
        while !std::mem::replace(&mut seen[at], true) {
            at = order[at];
        }
    }
    (order.len() - cycles) % 2 == 1
}
