//! Exact sums of products without the matrix: `Cᵀx`, `Cx` and the weight's gradient.
//!
//! Rationals are never added in a loop. Each tensor is put over one power of two
//! ([`Scaled`]); a bound proved before the loop, `max|a|·max|b|·terms`, picks the narrowest
//! numbers in which no sum can overflow or round ([`Accumulator`]); the results are numerators
//! over one power of two ([`Sums`]).
//!
//! The three maps are one relation read three ways: tap `t` joins input cell `i` and output cell
//! `o` (`geometry/incidence.rs`), and
//!
//! ```text
//! output[o] += input[i]·weight[t]     input[i] += output[o]·weight[t]     weight[t] += input[i]·output[o]
//! ```
//!
//! Outputs of one residue mod the stride form a dense problem of stride 1 (`phases.rs`). With
//! many channels it is a product of matrices (`blocks.rs`), with few of them a sum of shifted
//! lines (`lines.rs`); [`plain()`] is the definition as one loop.

mod blocks;
mod digits;
mod kernel;
mod lines;
mod phases;
mod plain;
mod scaled;
mod terms;
mod values;

pub use plain::plain;
pub use scaled::{Numerators, Scaled};
pub use terms::Terms;
pub use values::Values;

use num_bigint::BigInt;
use values::{Kept, Wide};

use crate::error::{Error, LimitError, RequestError};
use crate::geometry::Geometry;
use crate::scalar::Rational;
use crate::tensor::MAX_CELLS;

/// Which of the three tensors of the relation is asked for, given the two others.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[allow(clippy::exhaustive_enums)] // a relation between three tensors
pub enum Target {
    /// `y = Cᵀx` of shape `[n, C_out, o…]`, from input and weight.
    Output,
    /// `x = Cy` of shape `[n, C_in, i…]`, from output and weight.
    Input,
    /// `w[t] = Σ x·y` of shape `[C_in, C_out/groups, k…]`, from input and output.
    Weight,
}

impl Target {
    /// The shape of the result.
    pub fn shape(self, g: &Geometry) -> Vec<usize> {
        match self {
            Target::Output => g.output_shape(),
            Target::Input => g.input_shape(),
            Target::Weight => g.weight_shape(),
        }
    }
}

/// Exact sums: cell `n` is `numerators[n]·2^exponent`, reduced only when shown.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Sums {
    /// The shape of the result.
    pub shape: Vec<usize>,
    /// `Σ a·b` per cell.
    pub values: Values,
    /// How many products reach each cell.
    pub terms: Terms,
    /// The power of two of all values.
    pub exponent: i32,
}

impl Sums {
    /// Sums from their parts.
    pub(crate) fn new(shape: Vec<usize>, values: Values, terms: Terms, exponent: i32) -> Sums {
        Sums { shape, values, terms, exponent }
    }

    /// The exact value of a cell.
    pub fn value(&self, cell: usize) -> Rational {
        scaled::rational(self.values.integer(cell), self.exponent)
    }
}

/// The numbers in which sums are kept, by what they can reach.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
#[allow(clippy::exhaustive_enums)] // all machine numbers, or none
pub enum Accumulator {
    /// Below 2^53: binary64 holds every partial sum exactly, in any order.
    F64,
    /// Below 2^63.
    I64,
    /// Below 2^127.
    I128,
    /// Beyond.
    Big,
}

impl Accumulator {
    /// The narrowest one for sums of at most `terms` products of numbers up to `a` and `b`.
    fn of(a: &BigInt, b: &BigInt, terms: u64) -> Accumulator {
        let bits = (a * b * terms).bits();
        match bits {
            0..=53 => Accumulator::F64,
            54..=63 => Accumulator::I64,
            64..=127 => Accumulator::I128,
            _ => Accumulator::Big,
        }
    }
}

/// What the sums of one of the three maps are kept in: the bound `max|a|·max|b|·terms`, with the
/// largest number of products that reach one cell. Numbers that do not fit 64 bits need
/// [`Accumulator::Big`].
pub fn accumulator(g: &Geometry, target: Target, a: &Scaled, b: &Scaled) -> Accumulator {
    let (Numerators::Small(_), Numerators::Small(_)) = (&a.numerators, &b.numerators) else { return Accumulator::Big };
    Accumulator::of(&a.largest(), &b.largest(), Terms::new(g, target).most())
}

/// Refuses tensors that are not the geometry's.
fn check(g: &Geometry, target: Target, a: &Scaled, b: &Scaled) -> Result<(), Error> {
    let shapes = match target {
        Target::Output => [("the input", g.input_shape()), ("the weight", g.weight_shape())],
        Target::Input => [("the output", g.output_shape()), ("the weight", g.weight_shape())],
        Target::Weight => [("the input", g.input_shape()), ("the output", g.output_shape())],
    };
    // The result is allocated before anything else is done.
    let cells = crate::tensor::cells(&target.shape(g)).unwrap_or(usize::MAX);
    if cells as u64 > MAX_CELLS {
        return Err(LimitError::Cells { what: "the result", cells: cells as i128, limit: MAX_CELLS }.into());
    }
    for ((what, shape), tensor) in shapes.into_iter().zip([a, b]) {
        let expected = crate::tensor::cells(&shape).unwrap_or(usize::MAX);
        if tensor.len() != expected {
            return Err(RequestError::Length { what, expected, got: tensor.len(), shape }.into());
        }
    }
    Ok(())
}

/// The exact sums of one of the three maps.
///
/// `a` and `b` are the two given tensors in the order input, output, weight, canonical layouts.
/// Cost: one product per entry of `C`; with many channels, one per pair of digits where the sums
/// exceed 2^53. Memory beside operands and result: with many channels some megabytes per thread,
/// with few of them a copy of the operands; beyond 128 bits a copy per digit.
///
/// # Errors
/// Q2 for tensors whose length is not that of the geometry, L3 for a result beyond [`MAX_CELLS`].
pub fn sums(g: &Geometry, target: Target, a: &Scaled, b: &Scaled) -> Result<Sums, Error> {
    check(g, target, a, b)?;
    let terms = Terms::new(g, target);
    let values = match (accumulator(g, target, a, b), &a.numerators, &b.numerators) {
        (kept @ (Accumulator::F64 | Accumulator::I64), Numerators::Small(left), Numerators::Small(right)) => {
            Values::I64(small(g, target, left, right, kept))
        }
        (kept @ Accumulator::I128, Numerators::Small(left), Numerators::Small(right)) => {
            Values::I128(small(g, target, left, right, kept))
        }
        (_, left, right) => Values::Big(big(g, target, left, right, terms.most())),
    };
    Ok(Sums { shape: target.shape(g), values, terms, exponent: a.exponent + b.exponent })
}

/// `Σ|a|·|b|` per cell: [`sums`] of the absolute values.
///
/// # Errors
/// As [`sums`].
pub fn magnitudes(g: &Geometry, target: Target, a: &Scaled, b: &Scaled) -> Result<Sums, Error> {
    sums(g, target, &a.absolute(), &b.absolute())
}

/// Sums that the bound allows to keep in `accumulator`, and to store as `V`.
fn small<V: Kept>(g: &Geometry, target: Target, left: &[i64], right: &[i64], accumulator: Accumulator) -> Vec<V> {
    let mut values = vec![V::default(); target.shape(g).iter().product()];
    let (l, r) = ((left, largest(left)), (right, largest(right)));
    if !blocks::add(g, target, l, r, accumulator, &mut values) {
        match accumulator {
            Accumulator::F64 => lines::fill::<f64, V>(g, target, left, right, &mut values),
            Accumulator::I64 => lines::fill::<i64, V>(g, target, left, right, &mut values),
            Accumulator::I128 | Accumulator::Big => lines::fill::<i128, V>(g, target, left, right, &mut values),
        }
    }
    values
}

fn largest(all: &[i64]) -> u64 {
    all.iter().map(|n| n.unsigned_abs()).max().unwrap_or(0)
}

/// Sums of any size: `a = Σ_m a_m·2^(m·bits)` with digits so short that the sums of each pair of
/// digits fit 128 bits, `Σ a·b = Σ_m,n 2^((m+n)·bits)·Σ a_m·b_n`.
fn big(g: &Geometry, target: Target, left: &Numerators<i64>, right: &Numerators<i64>, terms: u64) -> Vec<BigInt> {
    let of_terms = u64::BITS - terms.leading_zeros();
    // |digit| ≤ 2^(bits − 1): 2·bits − 2 + bits of the number of terms ≤ 126.
    let bits = ((126 - of_terms) / 2).min(60);
    let (left, right) = (left.digits(bits), right.digits(bits));
    // Σ < 2^(digits·bits + bits of the number of terms), and so are all sums of parts modulo 2^….
    let all_bits = (left.len() + right.len()) as u64 * u64::from(bits) + u64::from(of_terms) + 1;
    let mut values = Wide::new(target.shape(g).iter().product(), all_bits);
    for (m, left) in (0u32..).zip(&left) {
        for (n, right) in (0u32..).zip(&right) {
            let (l, r) = (largest(left), largest(right));
            if l == 0 || r == 0 {
                continue;
            }
            let kept = Accumulator::of(&l.into(), &r.into(), terms);
            let sums: Vec<i128> = small(g, target, left, right, kept);
            for (cell, sum) in sums.into_iter().enumerate() {
                values.add_shifted(cell, sum, bits * (m + n));
            }
        }
    }
    values.integers()
}

/// Threads that there are to share work.
fn threads() -> usize {
    #[cfg(feature = "parallel")]
    return rayon::current_num_threads();
    #[cfg(not(feature = "parallel"))]
    1
}

/// `work` on each item, by all threads.
fn for_each<T: Send>(items: Vec<T>, work: impl Fn(T) + Sync + Send) {
    #[cfg(feature = "parallel")]
    if items.len() > 1 {
        use rayon::iter::{IntoParallelIterator, ParallelIterator};
        return items.into_par_iter().for_each(work);
    }
    items.into_iter().for_each(work);
}
