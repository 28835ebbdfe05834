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
//! With many channels a map is a product of matrices (`columns.rs`, `blocks/`). With few of them
//! it is a sum of shifted planes (`planes/`): outputs of one residue mod the stride form a dense
//! problem of stride 1 (`phases.rs`). What fits neither is summed cell by cell
//! (`progressions.rs`); [`plain()`] is the definition as one loop.
//!
//! Operands are read where they stand (`cells.rs`), a tile at a time: beside operands and
//! result an evaluation holds some megabytes per thread.

mod blocks;
mod cells;
mod columns;
mod digits;
mod kernel;
mod phases;
mod plain;
mod planes;
mod progressions;
mod scaled;
mod terms;
mod values;

pub use plain::plain;
pub use scaled::{Numerators, Scaled};
pub use terms::Terms;
pub use values::Values;

use cells::Cells;
use digits::Digit;
use num_bigint::BigInt;
use planes::{Number, Operands};
use progressions::Sum;

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
    /// Below 2^24: binary32 holds every partial sum exactly, in any order.
    F32,
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
    fn of(a: u64, b: u64, terms: u64) -> Accumulator {
        let of_product = u128::from(a) * u128::from(b);
        match of_product.checked_mul(terms.into()).map(|most| u128::BITS - most.leading_zeros()) {
            Some(0..=24) => Accumulator::F32,
            Some(25..=53) => Accumulator::F64,
            Some(54..=63) => Accumulator::I64,
            Some(64..=127) => Accumulator::I128,
            _ => Accumulator::Big,
        }
    }
}

/// What the sums of one of the three maps are kept in: the bound `max|a|·max|b|·terms`, with the
/// largest number of products that reach one cell. Numbers that do not fit 63 bits and a sign need
/// [`Accumulator::Big`].
pub fn accumulator(g: &Geometry, target: Target, a: &Scaled, b: &Scaled) -> Accumulator {
    match (a.most(), b.most()) {
        (Some(a), Some(b)) => Accumulator::of(a, b, Terms::new(g, target).most()),
        _ => Accumulator::Big,
    }
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
/// exceed 2^53. Memory beside operands and result: some megabytes per thread.
///
/// # Errors
/// Q2 for tensors whose length is not that of the geometry, L3 for a result beyond [`MAX_CELLS`].
pub fn sums(g: &Geometry, target: Target, a: &Scaled, b: &Scaled) -> Result<Sums, Error> {
    evaluate(g, target, a, b, false)
}

/// `Σ|a|·|b|` per cell: [`sums`] of the absolute values.
///
/// # Errors
/// As [`sums`].
pub fn magnitudes(g: &Geometry, target: Target, a: &Scaled, b: &Scaled) -> Result<Sums, Error> {
    evaluate(g, target, a, b, true)
}

fn evaluate(g: &Geometry, target: Target, a: &Scaled, b: &Scaled, absolute: bool) -> Result<Sums, Error> {
    check(g, target, a, b)?;
    let terms = Terms::new(g, target);
    let (left, right) = (Cells::new(a, absolute), Cells::new(b, absolute));
    let most = a.most().zip(b.most());
    let kept = most.map_or(Accumulator::Big, |(a, b)| Accumulator::of(a, b, terms.most()));
    let (l, r) = most.map(|(a, b)| ((left, a), (right, b))).unwrap_or(((left, 0), (right, 0)));
    let values = match kept {
        Accumulator::F32 => Values::I64(small::<f32, i64>(g, target, l, r, kept)),
        Accumulator::F64 => Values::I64(small::<f64, i64>(g, target, l, r, kept)),
        Accumulator::I64 => Values::I64(small::<i64, i64>(g, target, l, r, kept)),
        Accumulator::I128 => Values::I128(small::<i128, i128>(g, target, l, r, kept)),
        Accumulator::Big => Values::Big(big(g, target, (left, a.bits()), (right, b.bits()), terms.most())),
    };
    Ok(Sums { shape: target.shape(g), values, terms, exponent: a.exponent + b.exponent })
}

/// Sums that the bound allows to keep in `T`, and to store as `V`.
fn small<T: Number, V: Sum>(
    g: &Geometry,
    target: Target,
    left: (Cells, u64),
    right: (Cells, u64),
    accumulator: Accumulator,
) -> Vec<V> {
    let mut values = vec![V::default(); target.shape(g).iter().product()];
    let done = match target {
        Target::Output => columns::add::<T::Lane>(g, left, right, accumulator, &mut values),
        _ => blocks::add::<T::Lane>(g, target, left, right, accumulator, &mut values),
    };
    let join = |sums: &[T], _: usize| sums[0].kept();
    let whole = &[Digit::Whole][..];
    let (left, right) = (left.0, right.0);
    let operands = Operands { left, right, left_digits: whole, right_digits: whole, join };
    if !done && !planes::fill(g, target, &operands, &mut values) {
        progressions::fill(g, target, left, right, &mut values);
    }
    values
}

/// Sums of any size: `a = Σ_m a_m·2^(m·bits)` with digits so short that the sums of all products of
/// two digits with the same `m + n` fit 128 bits, `Σ a·b = Σ_m,n 2^((m+n)·bits)·Σ a_m·b_n`.
fn big(
    g: &Geometry,
    target: Target,
    (left, left_bits): (Cells, u64),
    (right, right_bits): (Cells, u64),
    terms: u64,
) -> Vec<BigInt> {
    let mut values = vec![BigInt::ZERO; target.shape(g).iter().product()];
    // At most so many digits, for digits of 16 bits or more.
    let pairs = left_bits.min(right_bits).div_ceil(16);
    let of_terms = u128::BITS - (u128::from(terms) * u128::from(pairs)).leading_zeros();
    // |digit| < 2^bits: 2·bits + bits of the number of products ≤ 126.
    let bits = (126u32.saturating_sub(of_terms) / 2).clamp(16, 62);
    let digits = |of: u64| -> Vec<Digit> {
        (0..of.div_ceil(bits.into()).max(1)).map(|n| Digit::Signed { shift: n * u64::from(bits), bits }).collect()
    };
    let (left_digits, right_digits) = (&digits(left_bits)[..], &digits(right_bits)[..]);
    let join = |sums: &[i128], apart: usize| values::joined(sums.iter().step_by(apart).copied(), bits);
    let operands = Operands { left, right, left_digits, right_digits, join };
    if of_terms > 94 || !planes::fill(g, target, &operands, &mut values) {
        progressions::fill(g, target, left, right, &mut values);
    }
    values
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
