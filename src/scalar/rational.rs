//! Exact rationals: reading them, and the rational that a finite float is.

use num_bigint::{BigInt, Sign};
use num_rational::BigRational;
use num_traits::{One, Zero};

use super::{ExactScalar, Scalar};
use crate::error::{Error, NumberError};

/// A rational number of any size, always in lowest terms with a positive denominator.
pub type Rational = BigRational;

impl Scalar for Rational {
    fn zero() -> Self {
        Zero::zero()
    }
    fn add_assign(&mut self, other: &Self) {
        *self += other;
    }
    fn times(&self, other: &Self) -> Self {
        self * other
    }
}

impl ExactScalar for Rational {}

/// `mantissa · 2^exponent`: what every finite binary float is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Dyadic {
    /// Signed integer, odd or zero.
    pub mantissa: i64,
    /// Power of two; 0 for zero.
    pub exponent: i32,
}

impl Dyadic {
    /// `mantissa · 2^exponent` with the factors of two moved to the exponent.
    pub fn new(mantissa: i64, exponent: i32) -> Self {
        if mantissa == 0 {
            return Dyadic { mantissa: 0, exponent: 0 };
        }
        let shift = mantissa.trailing_zeros();
        Dyadic { mantissa: mantissa >> shift, exponent: exponent + shift.cast_signed() }
    }

    /// The same number as a rational.
    pub fn to_rational(self) -> Rational {
        let power = BigInt::one() << self.exponent.unsigned_abs();
        let mantissa = BigInt::from(self.mantissa);
        if self.exponent >= 0 { Rational::from_integer(mantissa * power) } else { Rational::new(mantissa, power) }
    }
}

/// The dyadic that a finite `f64` is; f16, bf16 and f32 widen to f64 without loss.
///
/// None for NaN and the infinities.
///
/// ```
/// use convproof::scalar::dyadic_from_f64;
/// let d = dyadic_from_f64(0.375).unwrap();
/// assert_eq!((d.mantissa, d.exponent), (3, -3));
/// ```
pub fn dyadic_from_f64(value: f64) -> Option<Dyadic> {
    if !value.is_finite() {
        return None;
    }
    // IEEE 754 binary64: sign 1, exponent 11 (bias 1023), fraction 52 bits.
    let bits = value.to_bits();
    let fraction = (bits & ((1 << 52) - 1)).cast_signed();
    let biased = i32::try_from((bits >> 52) & 0x7ff).expect("eleven bits");
    let (magnitude, exponent) = if biased == 0 { (fraction, -1074) } else { (fraction | 1 << 52, biased - 1075) };
    Some(Dyadic::new(if bits >> 63 == 1 { -magnitude } else { magnitude }, exponent))
}

/// The rational that a finite `f64` is.
///
/// # Errors
/// N4 for NaN and the infinities.
pub fn rational_from_f64(value: f64) -> Result<Rational, Error> {
    match dyadic_from_f64(value) {
        Some(dyadic) => Ok(dyadic.to_rational()),
        None => Err(NumberError::NotFinite { got: value.to_string() }.into()),
    }
}

/// No text of a number is longer, no exponent larger: 10^4096 has 13,607 bits.
const MAX_DIGITS: usize = 4096;

/// Reads `3`, `-1/3`, `0.125`, `1e-3` exactly; numerator and denominator may be decimals.
///
/// # Errors
/// N1 if it is no number, N2 for a denominator of zero, N3 beyond 4096 digits.
///
/// ```
/// use convproof::scalar::{parse_rational, show_rational};
/// assert_eq!(show_rational(&parse_rational("0.5").unwrap()), "1/2");
/// assert_eq!(show_rational(&parse_rational("-1e-3").unwrap()), "-1/1000");
/// ```
pub fn parse_rational(text: &str) -> Result<Rational, Error> {
    if text.len() > 2 * MAX_DIGITS {
        return Err(too_long(text));
    }
    let Some((numerator, denominator)) = text.split_once('/') else { return parse_decimal(text) };
    let denominator = parse_decimal(denominator)?;
    if denominator.is_zero() {
        return Err(NumberError::ZeroDenominator { got: text.to_owned() }.into());
    }
    Ok(parse_decimal(numerator)? / denominator)
}

fn parse_decimal(text: &str) -> Result<Rational, Error> {
    let syntax = || Error::from(NumberError::Syntax { got: text.to_owned() });
    let (mantissa, exponent) = match text.split_once(['e', 'E']) {
        Some((mantissa, exponent)) => {
            // Digits with a sign; anything longer than i64 is beyond the limit anyway.
            let digits = exponent.strip_prefix(['+', '-']).unwrap_or(exponent);
            if digits.is_empty() || !digits.bytes().all(|b| b.is_ascii_digit()) {
                return Err(syntax());
            }
            (mantissa, exponent.parse::<i64>().map_err(|_| too_long(text))?)
        }
        None => (text, 0),
    };
    let (sign, digits) = match mantissa.strip_prefix(['+', '-']) {
        Some(rest) if mantissa.starts_with('-') => (Sign::Minus, rest),
        Some(rest) => (Sign::Plus, rest),
        None => (Sign::Plus, mantissa),
    };
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
    let all_digits = whole.len() + fraction.len();
    if all_digits == 0 || !whole.bytes().chain(fraction.bytes()).all(|b| b.is_ascii_digit()) {
        return Err(syntax());
    }
    if all_digits > MAX_DIGITS || exponent.unsigned_abs() > MAX_DIGITS as u64 {
        return Err(too_long(text));
    }
    let magnitude: BigInt = format!("{whole}{fraction}").parse().map_err(|_| syntax())?;
    let value = if sign == Sign::Minus { -magnitude } else { magnitude };
    let power = exponent - i64::try_from(fraction.len()).expect("at most the limit");
    let scale = BigInt::from(10).pow(u32::try_from(power.unsigned_abs()).expect("at most twice the limit"));
    Ok(if power >= 0 { Rational::from_integer(value * scale) } else { Rational::new(value, scale) })
}

fn too_long(text: &str) -> Error {
    let got: String = text.chars().take(24).chain("…".chars()).collect();
    NumberError::TooLong { got, limit: MAX_DIGITS }.into()
}

/// `3` or `-1/3`: the form that [`parse_rational`] reads back.
pub fn show_rational(value: &Rational) -> String {
    if value.is_integer() { value.numer().to_string() } else { format!("{}/{}", value.numer(), value.denom()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn decimals_are_read_exactly() {
        for (text, shown) in [
            ("3", "3"),
            ("-1/3", "-1/3"),
            ("0.125", "1/8"),
            ("1e-3", "1/1000"),
            ("1.5e2", "150"),
            ("+.5", "1/2"),
            ("4.", "4"),
            ("0.1/0.3", "1/3"),
            ("-0", "0"),
            ("6/-4", "-3/2"),
        ] {
            assert_eq!(show_rational(&parse_rational(text).unwrap()), shown, "{text}");
        }
    }

    #[test]
    fn what_is_no_number_is_refused() {
        for (text, rule) in [
            ("", "N1"),
            (".", "N1"),
            ("1e", "N1"),
            ("1/2/3", "N1"),
            ("0x10", "N1"),
            ("1_000", "N1"),
            ("- 1", "N1"),
            ("inf", "N1"),
            ("1/0", "N2"),
            ("1e99999999", "N3"),
            ("1e99999999999999999999", "N3"),
            ("1e1e1", "N1"),
        ] {
            assert_eq!(parse_rational(text).unwrap_err().rule(), rule, "{text}");
        }
    }

    #[test]
    fn floats_are_the_rationals_that_they_are() {
        assert_eq!(show_rational(&rational_from_f64(0.1).unwrap()), "3602879701896397/36028797018963968");
        assert_eq!(dyadic_from_f64(f64::from_bits(1)), Some(Dyadic { mantissa: 1, exponent: -1074 }));
        assert_eq!(dyadic_from_f64(-0.0), Some(Dyadic { mantissa: 0, exponent: 0 }));
        assert_eq!(dyadic_from_f64(f64::MAX).map(|d| d.exponent), Some(971));
        assert_eq!(rational_from_f64(f64::NAN).unwrap_err().rule(), "N4");
    }
}
