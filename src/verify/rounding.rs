//! How far a correct float computation may lie from the exact value: a theorem, no tolerance.
//!
//! With `y` exact, `S = Σ|x||w|` over the `n` products that reach the output, bias `b`,
//! `S' = S + |b|`, `m = n` (+1 with a bias), and unit roundoffs `u = 2^-p`:
//!
//! ```text
//! |ŷ − y| ≤ (1+u_out)·[m·u_acc·(1+u_in)²·S' + (2u_in + u_in²)·S] + u_out·|y| + U
//! U = (1+u_out)·m·η_acc + η_out
//! ```
//!
//! for any order of summation, fused or not, round to nearest; `u_in = 0` unless the inputs are
//! rounded first, `u_out = η_out = 0` if output and accumulator types are equal, `η` the smallest
//! subnormal. Where `S = 0` (no product reaches the cell, or all are 0) nothing is rounded but the
//! bias: `ŷ` is the bias as the types hold it, 0 without one. Source: C.-P. Jeannerod and
//! S. M. Rump, "Improved error bounds for inner products in floating-point arithmetic", SIAM J.
//! Matrix Anal. Appl. 34 (2013); for the classical form N. J. Higham, "Accuracy and Stability of
//! Numerical Algorithms", §3.1.
//!
//! # What cannot be declared
//!
//! - *Flush to zero*: the bound has gradual underflow. Where operands are subnormal in the type in
//!   which they are held, hardware may read them as 0, and cells that they reach are never blamed;
//!   where only sums or results are subnormal, an implementation that flushes them is.
//! - *Truncating accumulators* (some tensor cores): rounding is to nearest, half of their error.
//! - *A bias added after the sum was rounded to the output type*: one rounding more.
//!
//! What such an implementation gives may differ here by right; a wider `accumulate` or `output` is
//! no remedy, a narrower one declares more error than it makes.

use num_bigint::BigInt;
use num_traits::{One, Signed, Zero};

use super::format::Format;
use crate::error::{Error, RequestError};
use crate::scalar::Rational;

/// The declared arithmetic: what inputs are rounded to, sums are kept in, results are stored in.
///
/// ```
/// use convproof::verify::{Arithmetic, Format};
/// let f32 = Arithmetic { input: Format::F32, accumulate: Format::F32, output: Format::F32 };
/// let tensor_cores = Arithmetic::parse("input=tf32", f32)?;
/// assert_eq!((f32.name(), tensor_cores.name()), ("f32".into(), "{input tf32, accumulate f32, output f32}".into()));
/// # Ok::<(), convproof::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[allow(clippy::exhaustive_structs)] // the three places where rounding happens
pub struct Arithmetic {
    /// Inputs wider than this are rounded to it before they are multiplied.
    pub input: Format,
    /// Sums are kept in this.
    pub accumulate: Format,
    /// Results are stored in this.
    pub output: Format,
}

impl Arithmetic {
    /// `f32`, or `f16 × f32 → f16` where the three differ.
    pub fn name(&self) -> String {
        let Arithmetic { input, accumulate, output } = self;
        if input == accumulate && accumulate == output {
            return input.name();
        }
        format!("{{input {}, accumulate {}, output {}}}", input.name(), accumulate.name(), output.name())
    }

    /// Reads `f32` (all three) or `input=tf32,accumulate=f32,output=f32`; what is not named keeps
    /// the value of `default`.
    ///
    /// # Errors
    /// Q4 for an unknown name.
    pub fn parse(text: &str, default: Arithmetic) -> Result<Arithmetic, Error> {
        Arithmetic::read(text, default).map_err(|valid| {
            RequestError::Option { option: "--arithmetic", problem: format!("'{text}'; write {valid}") }.into()
        })
    }

    /// As [`Arithmetic::parse`]; what would be valid otherwise.
    pub(crate) fn read(text: &str, default: Arithmetic) -> Result<Arithmetic, String> {
        let valid = || "f32, or input=tf32,accumulate=f32,output=f32 (f64 f32 tf32 f16 bf16 i8 … u64)".to_owned();
        let mut arithmetic = default;
        for part in text.split(',') {
            let (place, name) = part.trim().split_once('=').unwrap_or(("all", part.trim()));
            let format = Format::named(name).ok_or_else(valid)?;
            match place {
                "all" => arithmetic = Arithmetic { input: format, accumulate: format, output: format },
                "input" => arithmetic.input = format,
                "accumulate" => arithmetic.accumulate = format,
                "output" => arithmetic.output = format,
                _ => return Err(valid()),
            }
        }
        Ok(arithmetic)
    }

    /// The three places.
    pub(super) fn formats(&self) -> [Format; 3] {
        [self.input, self.accumulate, self.output]
    }

    /// The bound of the module's head. `rounds_inputs`: whether inputs are wider than `input`.
    pub(super) fn bound(&self, cell: &CellSums<'_>, rounds_inputs: bool) -> Rational {
        let (one, zero) = (Rational::one, Rational::zero);
        let (u_acc, eta_acc) = (self.accumulate.unit_roundoff(), self.accumulate.smallest_subnormal());
        let sums = if cell.products.is_zero() {
            let kept = self.accumulate.holds(cell.bias);
            if kept { zero() } else { u_acc * cell.bias + eta_acc }
        } else {
            let u_in = if rounds_inputs { self.input.unit_roundoff() } else { zero() };
            let grown = (one() + &u_in) * (one() + &u_in);
            let m = Rational::from_integer(BigInt::from(cell.terms));
            let with_bias = cell.products + cell.bias;
            &m * u_acc * &grown * with_bias + (grown - one()) * cell.products + m * eta_acc
        };
        if self.output == self.accumulate || (sums.is_zero() && self.output.holds(cell.exact)) {
            return sums;
        }
        let (u_out, eta_out) = (self.output.unit_roundoff(), self.output.smallest_subnormal());
        (one() + &u_out) * sums + u_out * cell.exact.abs() + eta_out
    }
}

/// What the bound of one output cell is made of.
pub(super) struct CellSums<'a> {
    /// `y`, with the bias.
    pub exact: &'a Rational,
    /// `S = Σ|x||w|`.
    pub products: &'a Rational,
    /// `|b|`.
    pub bias: &'a Rational,
    /// `m`: products that reach the cell, one more with a bias.
    pub terms: u64,
}

#[cfg(test)]
mod tests {
    use super::super::format::power;
    use super::*;

    const F32: Arithmetic = Arithmetic { input: Format::F32, accumulate: Format::F32, output: Format::F32 };

    #[test]
    fn the_bound_of_three_terms_in_f32() {
        let (one, zero) = (Rational::one(), Rational::zero());
        let products = power(25) + &one;
        let cell = CellSums { exact: &one, products: &products, bias: &zero, terms: 3 };
        // 3·2^-24·(2^25 + 1) + 3η
        let three = Rational::from_integer(3.into());
        let expected = &three * power(-24) * &products + &three * power(-149);
        assert_eq!(F32.bound(&cell, false), expected);
    }

    #[test]
    fn where_nothing_is_added_nothing_is_rounded_but_the_bias() {
        let zero = Rational::zero();
        let nothing = CellSums { exact: &zero, products: &zero, bias: &zero, terms: 0 };
        let stored = |output| Arithmetic { output, ..F32 };
        assert!(F32.bound(&nothing, true).is_zero() && stored(Format::F16).bound(&nothing, true).is_zero());
        // 2^11 + 1 is an f32 and no f16.
        let bias = power(11) + Rational::one();
        let alone = CellSums { exact: &bias, products: &zero, bias: &bias, terms: 1 };
        assert!(F32.bound(&alone, false).is_zero());
        assert_eq!(stored(Format::F16).bound(&alone, false), power(-11) * &bias + power(-24));
        let bias = power(24) + Rational::one();
        let alone = CellSums { exact: &bias, products: &zero, bias: &bias, terms: 1 };
        assert_eq!(F32.bound(&alone, false), power(-24) * &bias + power(-149));
    }
}
