//! The number formats that computations round to, and what each of them holds.

use num_bigint::BigInt;
use num_traits::{One, Signed, ToPrimitive, Zero};

use crate::data::ElementType;
use crate::scalar::{Dyadic, Rational};

/// A type that a computation rounds to.
///
/// ```
/// use convproof::{data::ElementType, verify::Format};
/// assert_eq!(Format::of(ElementType::Bf16), Format::Bf16);
/// assert_eq!((Format::Signed(8).name(), Format::Signed(8).is_float()), ("i8".to_owned(), false));
/// ```
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

    /// Whether every value of the other format is a value of this one.
    pub(super) fn contains(self, other: Format) -> bool {
        match (self.float(), other.float()) {
            (Some((p, smallest, largest)), Some((q, other_smallest, other_largest))) => {
                p >= q && smallest - p <= other_smallest - q && largest >= other_largest
            }
            // 2^bits is the largest magnitude of an integer of so many bits.
            (Some((p, _, largest)), None) => {
                let bits = other.precision();
                bits <= u64::from(p.unsigned_abs()) && bits <= u64::from(largest.unsigned_abs())
            }
            (None, Some(_)) => false,
            (None, None) => self.precision() >= other.precision() && (!self.is_unsigned() || other.is_unsigned()),
        }
    }

    /// Whether every partial sum of terms on the grid `2^exponent·Z` whose magnitudes add up to
    /// `largest·2^exponent` is a value of this format, none of them subnormal.
    pub(super) fn sums_exactly(self, largest: &BigInt, exponent: i32) -> bool {
        match self.float() {
            Some((p, smallest, top)) => {
                // At most p bits, or 2^p itself: below 2^(top+1) is at most the largest value.
                let bits = i64::try_from(largest.bits()).unwrap_or(i64::MAX);
                *largest <= BigInt::one() << p
                    && exponent >= smallest
                    && bits.saturating_add(exponent.into()) <= i64::from(top) + 1
            }
            None => exponent >= 0 && Rational::from_integer(largest << exponent) <= self.maximum(),
        }
    }

    /// Whether a value lies below the normal range without being zero.
    pub(super) fn is_subnormal(self, value: Dyadic) -> bool {
        self.float().is_some_and(|(_, smallest, _)| value.mantissa != 0 && leading(value) < i64::from(smallest))
    }

    /// Whether a value is zero or lies in the normal range; integers have no other.
    pub(super) fn is_normal(self, value: Dyadic) -> bool {
        let Some((_, _, top)) = self.float() else { return true };
        let too_large = match leading(value) - i64::from(top) {
            ..0 => false,
            0 => value.to_rational().abs() > self.maximum(),
            _ => true,
        };
        value.mantissa == 0 || !(too_large || self.is_subnormal(value))
    }

    /// Whether a number is a value of this format.
    pub(super) fn holds(self, value: &Rational) -> bool {
        let Some((p, smallest, _)) = self.float() else {
            return value.is_integer() && value.abs() <= self.maximum() && !(self.is_unsigned() && value.is_negative());
        };
        let (Some(zeros), Some(halvings)) = (value.numer().trailing_zeros(), value.denom().trailing_zeros()) else {
            return true; // zero
        };
        let is_dyadic = value.denom().bits() == halvings + 1;
        let lowest = i128::from(zeros) - i128::from(halvings);
        is_dyadic
            && value.numer().bits() - zeros <= u64::from(p.unsigned_abs())
            && lowest > i128::from(smallest - p)
            && value.abs() <= self.maximum()
    }

    pub(super) fn unit_roundoff(self) -> Rational {
        self.float().map_or_else(Rational::zero, |(p, _, _)| power(-p))
    }

    pub(super) fn smallest_subnormal(self) -> Rational {
        self.float().map_or_else(Rational::zero, |(p, smallest, _)| power(smallest - (p - 1)))
    }

    /// Unit roundoff, smallest subnormal and largest value of a float as floats, none of them rounded.
    pub(super) fn constants(self) -> Option<(f64, f64, f64)> {
        let all = [self.unit_roundoff(), self.smallest_subnormal(), self.maximum()].map(|value| value.to_f64());
        self.float()?;
        Some((all[0]?, all[1]?, all[2]?))
    }

    /// The largest finite value.
    pub(super) fn maximum(self) -> Rational {
        match (self, self.float()) {
            // (2 − 2^(1−p))·2^largest
            (_, Some((p, _, largest))) => (power(1) - power(1 - p)) * power(largest),
            (other, None) => power(i32::try_from(other.precision()).expect("at most 64")) - Rational::one(),
        }
    }

    /// The format of this name.
    pub(super) fn named(name: &str) -> Option<Format> {
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
}

/// The exponent of the leading bit.
fn leading(value: Dyadic) -> i64 {
    i64::from(value.exponent) + 63 - i64::from(value.mantissa.unsigned_abs().leading_zeros())
}

pub(super) fn power(exponent: i32) -> Rational {
    let power = BigInt::one() << exponent.unsigned_abs();
    if exponent >= 0 { Rational::from_integer(power) } else { Rational::new(BigInt::one(), power) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scalar::{dyadic_from_f64, rational_from_f64, show_rational};

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
    fn what_a_format_holds() {
        use Format::*;
        for (wide, narrow) in [(F64, F32), (F32, F16), (F32, Bf16), (Tf32, F16), (Tf32, Bf16), (F32, Signed(16))] {
            assert!(wide.contains(narrow) && wide.contains(wide) && !narrow.contains(wide), "{wide:?} {narrow:?}");
        }
        for (a, b) in [(F16, Bf16), (F32, Signed(32)), (Signed(8), Unsigned(8))] {
            assert!(!a.contains(b) && !b.contains(a), "{a:?} {b:?}");
        }
        assert!(F16.contains(Signed(8)) && Signed(16).contains(Unsigned(8)) && !F16.contains(Unsigned(16)));
        let number = |value: f32| rational_from_f64(value.into()).unwrap();
        for value in [0.0, 1.0, 65504.0, f32::powi(2.0, -24), -f32::powi(2.0, -14)] {
            assert!(F16.holds(&number(value)), "{value}");
        }
        for value in [65505.0, 65536.0, f32::powi(2.0, -25), 2049.0] {
            assert!(!F16.holds(&number(value)), "{value}");
        }
        assert!(!F64.holds(&Rational::new(1.into(), 3.into())));
    }

    #[test]
    fn the_ends_of_the_normal_range() {
        let at = |value: f32| dyadic_from_f64(value.into()).unwrap();
        let least = f32::MIN_POSITIVE;
        assert!(!Format::F32.is_subnormal(at(least)) && Format::F32.is_subnormal(at(least.next_down())));
        assert!(Format::F32.is_normal(at(f32::MAX)) && Format::F32.is_normal(at(0.0)));
        assert!(Format::F16.is_normal(at(-65504.0)) && !Format::F16.is_normal(at(65505.0)));
        assert!(!Format::F16.is_normal(at(65536.0)) && !Format::F16.is_normal(at(f32::powi(2.0, -15))));
    }

    #[test]
    fn sums_fit_by_value_and_not_by_numerator() {
        let fits = |format: Format, largest: i64, exponent| format.sums_exactly(&largest.into(), exponent);
        assert!(fits(Format::Signed(8), 127, 0) && !fits(Format::Signed(8), 1, 8));
        assert!(fits(Format::Unsigned(8), 1, 7) && !fits(Format::Unsigned(8), 1, -1));
        assert!(fits(Format::F32, 1 << 24, -126) && !fits(Format::F32, (1 << 24) + 1, 0));
        assert!(fits(Format::F32, 1, 127) && !fits(Format::F32, 1, 128) && !fits(Format::F32, 1, -127));
        assert!(fits(Format::F16, 1 << 11, 4) && !fits(Format::F16, 1 << 11, 5));
    }
}
