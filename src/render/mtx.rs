//! MatrixMarket: `row column value` for each structural entry, counting from 1.
//!
//! Values are exact. Without a weight: tap index + 1, so that 0 stays "no tap". With one: whole
//! numbers as `integer`, finite decimals as `real`, anything else as `integer` numerators over a
//! common denominator that a comment states. Source: R. Boisvert, R. Pozo, K. Remington, "The
//! Matrix Market exchange formats", NISTIR 5935 (1996); it ends lines at 1024 characters.

use std::fmt;

use num_bigint::{BigInt, BigUint};
use num_integer::Integer;
use num_traits::{One, Signed, Zero};

use super::Out;
use super::digits::Lines;
use super::page::Page;
use crate::error::{Error, RequestError};
use crate::matrix::Side;
use crate::scalar::Rational;

/// The values of the taps as MatrixMarket writes them.
pub(super) struct Values {
    field: &'static str,
    /// What the values mean.
    comment: String,
    /// By tap; empty without a weight.
    values: Vec<String>,
}

/// Room for the indices beside a value on a line of 1024 characters.
const MAX_DIGITS: usize = 960;

impl Values {
    /// Q4 for a weight whose values do not fit a line.
    pub(super) fn of(page: &Page<'_>) -> Result<Values, Error> {
        let Some(weight) = page.weight else {
            let (first, second) = (page.taps.name(0), page.taps.name(page.taps.count() - 1));
            let comment = format!(
                "value = tap index + 1: 1 is {first}, {} is {second}; weight order [C_in, C_out/groups, k...]",
                page.taps.count()
            );
            return Ok(Values { field: "integer", comment, values: Vec::new() });
        };
        let weight = weight.entries();
        let (field, comment, values) = if weight.iter().all(Rational::is_integer) {
            let values: Vec<String> = weight.iter().map(|w| w.numer().to_string()).collect();
            ("integer", "value = weight, exact".to_owned(), values)
        } else if let Some(values) = weight.iter().map(decimal).collect() {
            ("real", "value = weight, exact".to_owned(), values)
        } else {
            let common = common_denominator(weight).ok_or_else(too_long)?;
            let values = weight.iter().map(|w| (w.numer() * (&common / w.denom())).to_string()).collect();
            ("integer", format!("value = numerator of the weight over the common denominator {common}"), values)
        };
        if comment.len() > MAX_DIGITS || values.iter().any(|v| v.len() > MAX_DIGITS) {
            return Err(too_long());
        }
        Ok(Values { field, comment, values })
    }
}

fn too_long() -> Error {
    let problem = format!("mtx holds values of up to {MAX_DIGITS} digits; json has no such limit");
    RequestError::Option { option: "--format", problem }.into()
}

/// The least common denominator, unless it has too many digits for a line.
fn common_denominator(weight: &[Rational]) -> Option<BigInt> {
    let mut common = BigInt::one();
    for w in weight {
        common = common.lcm(w.denom());
        // A decimal digit has more than three bits.
        if common.bits() > 4 * MAX_DIGITS as u64 {
            return None;
        }
    }
    Some(common)
}

/// The finite decimal that a rational is, if its denominator has no prime but 2 and 5.
fn decimal(value: &Rational) -> Option<String> {
    let (mut rest, mut powers) = (value.denom().clone(), [0u32; 2]);
    for (prime, power) in [2u32, 5].into_iter().zip(&mut powers) {
        while (&rest % prime).is_zero() {
            rest /= prime;
            *power += 1;
        }
    }
    if !rest.is_one() {
        return None;
    }
    // value·10^places is whole for the larger of the two powers.
    let places = powers[0].max(powers[1]);
    let scaled = value.numer().magnitude() * BigUint::from(10u32).pow(places) / value.denom().magnitude();
    let places = places as usize;
    let digits = format!("{scaled:0>width$}", width = places + 1);
    let (whole, fraction) = digits.split_at(digits.len() - places);
    let sign = if value.is_negative() { "-" } else { "" };
    Some(if fraction.is_empty() { format!("{sign}{whole}") } else { format!("{sign}{whole}.{fraction}") })
}

pub(super) fn matrix(page: &Page<'_>, values: &Values, out: Out<'_>) -> fmt::Result {
    let matrix = page.matrix;
    writeln!(out, "%%MatrixMarket matrix coordinate {} general", values.field)?;
    // ASCII throughout: readers of the format expect no more.
    let symbol = match matrix.side() {
        Side::C => "C",
        Side::Transposed => "C^T",
    };
    let order = if page.column_major { ", rows and columns column-major" } else { "" };
    writeln!(out, "% {symbol} of {}{order}", page.spec)?;
    writeln!(out, "% {}", values.comment)?;
    writeln!(out, "{} {} {}", matrix.rows(), matrix.cols(), matrix.entries())?;
    let mut lines = Lines::new(out);
    for row in 0..matrix.rows() {
        let front = format!("{} ", row + 1);
        for (col, tap) in page.row(row) {
            lines.text.extend_from_slice(front.as_bytes());
            lines.number(col + 1);
            lines.text.push(b' ');
            match values.values.get(tap.index()) {
                Some(value) => lines.text.extend_from_slice(value.as_bytes()),
                None => lines.number(tap.index() + 1),
            }
            lines.text.push(b'\n');
        }
        lines.flush_if_long()?;
    }
    lines.flush()
}
