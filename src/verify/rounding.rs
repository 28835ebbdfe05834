//! How far a correct float computation may lie from the exact value: a theorem, no tolerance.
//!
//! With `y` exact, `S = Σ|x||w|` over the `n` products that reach the output, bias `b`,
//! `S' = S + |b|`, `m = n` (+1 with a bias), and unit roundoffs `u = 2^-p`:
//!
//! ```text
//! |ŷ − y| ≤ (1+u_out)·[m·u_acc·(1+u_in)²·S' + (2u_in + u_in²)·S] + u_out·|y| + U
//! U = m·η_acc + η_out
//! ```
//!
//! for any order of summation, fused or not, round to nearest; `u_in = 0` unless the inputs are
//! rounded first, `u_out = 0` if output and accumulator types are equal, `η` the smallest
//! subnormal. Source: C.-P. Jeannerod and S. M. Rump, "Improved error bounds for inner products in
//! floating-point arithmetic", SIAM J. Matrix Anal. Appl. 34 (2013); for the classical form
//! N. J. Higham, "Accuracy and Stability of Numerical Algorithms", §3.1.

use num_bigint::BigInt;
use num_traits::{One, Signed, Zero};

use crate::data::ElementType;
use crate::error::{Error, RequestError};
use crate::scalar::{Dyadic, Rational};

/// A type that a computation rounds to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Format {
    /// IEEE 754 binary64.
    F64,
    /// IEEE 754 binary32.
    F32,
    /// f32's exponents, 11 bits of significand: what tensor cores make of f32 inputs.
    Tf32,
    /// IEEE 754 binary16.
    F16,
    /// f32's exponents, 8 bits of significand.
    Bf16,
    /// Integers of this many bits with a sign.
    Signed(u32),
    /// Integers of this many bits without a sign.
    Unsigned(u32),
}

impl Format {
    /// The format of an element type.
    pub fn of(element: ElementType) -> Format {
        let bits = || u32::try_from(8 * element.size()).expect("elements have at most 64 bits");
        match element {
            ElementType::F64 => Format::F64,
            ElementType::F32 => Format::F32,
            ElementType::F16 => Format::F16,
            ElementType::Bf16 => Format::Bf16,
            ElementType::I8 | ElementType::I16 | ElementType::I32 | ElementType::I64 => Format::Signed(bits()),
            _ => Format::Unsigned(bits()),
        }
    }

    /// `f32`, `i8` …
    pub fn name(self) -> String {
        match self {
            Format::F64 => "f64".into(),
            Format::F32 => "f32".into(),
            Format::Tf32 => "tf32".into(),
            Format::F16 => "f16".into(),
            Format::Bf16 => "bf16".into(),
            Format::Signed(bits) => format!("i{bits}"),
            Format::Unsigned(bits) => format!("u{bits}"),
        }
    }

    /// Whether sums in it are rounded; integers are exact until they overflow.
    pub fn is_float(self) -> bool {
        self.float().is_some()
    }

    pub(super) fn is_unsigned(self) -> bool {
        matches!(self, Format::Unsigned(_))
    }

    /// Precision `p`, exponent of the smallest normal, exponent of the largest power of two.
    fn float(self) -> Option<(i32, i32, i32)> {
        match self {
            Format::F64 => Some((53, -1022, 1023)),
            Format::F32 => Some((24, -126, 127)),
            Format::Tf32 => Some((11, -126, 127)),
            Format::F16 => Some((11, -14, 15)),
            Format::Bf16 => Some((8, -126, 127)),
            Format::Signed(_) | Format::Unsigned(_) => None,
        }
    }

    /// Bits of the largest integer `2^p` up to which every integer is represented.
    pub(super) fn precision(self) -> u64 {
        match (self, self.float()) {
            (_, Some((p, _, _))) => u64::from(p.unsigned_abs()),
            (Format::Signed(bits), None) => u64::from(bits - 1),
            (Format::Unsigned(bits), None) => u64::from(bits),
            _ => 0,
        }
    }

    /// Whether the grid `2^exponent·Z` up to `2^(precision+exponent)` lies in the normal range.
    pub(super) fn holds_grid(self, exponent: i32, precision: u64) -> bool {
        match self.float() {
            Some((_, smallest, largest)) => {
                exponent >= smallest && i64::from(exponent) + precision.cast_signed() <= i64::from(largest)
            }
            None => exponent >= 0,
        }
    }

    /// Whether a value is zero or lies in the normal range; integers have no other.
    pub(super) fn is_normal(self, value: Dyadic) -> bool {
        let Some((_, smallest, _)) = self.float() else { return true };
        let magnitude = value.to_rational().abs();
        value.mantissa == 0 || (magnitude >= power(smallest) && magnitude <= self.maximum())
    }

    fn unit_roundoff(self) -> Rational {
        self.float().map_or_else(Rational::zero, |(p, _, _)| power(-p))
    }

    fn smallest_subnormal(self) -> Rational {
        self.float().map_or_else(Rational::zero, |(p, smallest, _)| power(smallest - (p - 1)))
    }

    /// The largest finite value.
    pub(super) fn maximum(self) -> Rational {
        match (self, self.float()) {
            // (2 − 2^(1−p))·2^largest
            (_, Some((p, _, largest))) => (power(1) - power(1 - p)) * power(largest),
            (other, None) => power(i32::try_from(other.precision()).expect("at most 64")) - Rational::one(),
        }
    }
}

/// The declared arithmetic: what inputs are rounded to, sums are kept in, results are stored in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[allow(clippy::exhaustive_structs)] // the three places where rounding happens
pub struct Arithmetic {
    /// Inputs are rounded to this before they are multiplied.
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
        let mut arithmetic = default;
        for part in text.split(',') {
            let (place, name) = part.trim().split_once('=').unwrap_or(("all", part.trim()));
            let format = format_named(name).ok_or_else(|| unknown(part))?;
            match place {
                "all" => arithmetic = Arithmetic { input: format, accumulate: format, output: format },
                "input" => arithmetic.input = format,
                "accumulate" => arithmetic.accumulate = format,
                "output" => arithmetic.output = format,
                _ => return Err(unknown(part)),
            }
        }
        Ok(arithmetic)
    }

    /// The narrowest of the three, in bits of significand.
    pub(super) fn precision(&self) -> u64 {
        self.input.precision().min(self.accumulate.precision()).min(self.output.precision())
    }

    /// The bound of the module's head. `rounds_inputs`: whether inputs are wider than `input`.
    pub(super) fn bound(&self, cell: &CellSums<'_>, rounds_inputs: bool) -> Rational {
        let one = Rational::one;
        let u_in = if rounds_inputs { self.input.unit_roundoff() } else { Rational::zero() };
        let u_out = if self.output == self.accumulate { Rational::zero() } else { self.output.unit_roundoff() };
        let u_acc = self.accumulate.unit_roundoff();
        let m = Rational::from_integer(BigInt::from(cell.terms));
        let with_bias = cell.products + cell.bias;
        let grown = (one() + &u_in) * (one() + &u_in);
        let sums = &m * u_acc * &grown * with_bias + (grown - one()) * cell.products;
        let underflow = m * self.accumulate.smallest_subnormal() + self.output.smallest_subnormal();
        (one() + &u_out) * sums + u_out * cell.exact.abs() + underflow
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

fn format_named(name: &str) -> Option<Format> {
    match name {
        "f64" => Some(Format::F64),
        "f32" => Some(Format::F32),
        "tf32" => Some(Format::Tf32),
        "f16" => Some(Format::F16),
        "bf16" => Some(Format::Bf16),
        "i8" | "i16" | "i32" | "i64" => name[1..].parse().ok().map(Format::Signed),
        "u8" | "u16" | "u32" | "u64" => name[1..].parse().ok().map(Format::Unsigned),
        _ => None,
    }
}

fn unknown(got: &str) -> Error {
    let problem =
        format!("'{got}'; write f32, or input=tf32,accumulate=f32,output=f32 (f64 f32 tf32 f16 bf16 i8 … u64)");
    RequestError::Option { option: "--arithmetic", problem }.into()
}

fn power(exponent: i32) -> Rational {
    let power = BigInt::one() << exponent.unsigned_abs();
    if exponent >= 0 { Rational::from_integer(power) } else { Rational::new(BigInt::one(), power) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scalar::{rational_from_f64, show_rational};

    #[test]
    fn formats_have_the_constants_of_their_standards() {
        assert_eq!(Format::F32.maximum(), rational_from_f64(f32::MAX.into()).unwrap());
        assert_eq!(Format::F64.maximum(), rational_from_f64(f64::MAX).unwrap());
        assert_eq!(show_rational(&Format::F16.maximum()), "65504");
        assert_eq!(Format::F32.smallest_subnormal(), rational_from_f64(f32::from_bits(1).into()).unwrap());
        assert_eq!(Format::F64.smallest_subnormal(), rational_from_f64(f64::from_bits(1)).unwrap());
        assert_eq!(Format::F16.smallest_subnormal(), power(-24));
        assert_eq!(show_rational(&Format::Signed(8).maximum()), "127");
        assert_eq!(show_rational(&Format::Unsigned(8).maximum()), "255");
        assert_eq!(Format::F32.unit_roundoff(), power(-24));
    }

    #[test]
    fn the_bound_of_three_terms_in_f32() {
        let arithmetic = Arithmetic { input: Format::F32, accumulate: Format::F32, output: Format::F32 };
        let (one, zero) = (Rational::one(), Rational::zero());
        let products = power(25) + &one;
        let cell = CellSums { exact: &one, products: &products, bias: &zero, terms: 3 };
        // 3·2^-24·(2^25 + 1) + 3η + η
        let expected = Rational::from_integer(3.into()) * power(-24) * &products + power(2) * power(-149);
        assert_eq!(arithmetic.bound(&cell, false), expected);
    }
}
