//! Digits: numbers too long for exact products, cut into shorter ones.
//!
//! Two systems of base `2^bits`, both `n = Σ n_j·2^(j·bits)`:
//!
//! ```text
//! balanced    |n_j| ≤ 2^(bits − 1)   products of floats     1000 = 8 − 2^5 + 2^10   in 5 bits
//! signed      |n_j| < 2^bits         beyond 127 bits       −1000 = −8 − 31·2^5      in 5 bits
//! ```
//!
//! Adding `half` to every balanced digit makes all of them non-negative, so that a digit is a
//! shift and a mask; a signed digit is one of the magnitude, with the number's sign.

use num_bigint::{BigInt, Sign};

/// How numbers are cut into balanced digits: digit `n` of `v` is
/// `(v + bias >> n·bits) mod 2^bits − half`.
#[derive(Debug, Clone, Copy)]
pub(super) struct Cut {
    pub count: u32,
    pub bits: u32,
}

impl Cut {
    /// Not cut.
    pub const WHOLE: Cut = Cut { count: 1, bits: 0 };

    /// The fewest pairs of digits for numbers up to `left` and `right`, of which `summed` products are
    /// summed up; None where they are more than twelve or need all 64 bits.
    ///
    /// `summed·2^(l − 1)·2^(r − 1) ≤ 2^53` for digits of `l` and `r` bits.
    pub fn pair(left: u64, right: u64, summed: usize) -> Option<(Cut, Cut)> {
        let longest = 55u32.checked_sub(summed.next_power_of_two().trailing_zeros())?;
        // One more bit: the digits are signed.
        let cut = |largest: u64, count: u32| {
            let needed = u64::BITS - largest.leading_zeros() + 1;
            let bits = needed.div_ceil(count).max(2);
            (count * bits < u64::BITS).then_some(Cut { count, bits })
        };
        let pairs = (1..=12).flat_map(|l| (1..=12 / l).map(move |r| (l, r)));
        let fit = pairs.filter_map(|(l, r)| cut(left, l).zip(cut(right, r)));
        fit.filter(|(l, r)| l.bits + r.bits <= longest).min_by_key(|(l, r)| l.count * r.count)
    }

    pub fn shift(self, digit: u32) -> u32 {
        digit * self.bits
    }

    /// One of the digits.
    pub fn digit(self, digit: u32) -> Digit {
        if self.bits == 0 {
            return Digit::Whole;
        }
        let half = 1u64 << (self.bits - 1);
        let bias = (0..self.count).fold(0u64, |bias, n| bias.wrapping_add(half << self.shift(n)));
        // The highest digit is what remains.
        let mask = if digit + 1 == self.count { u64::MAX } else { (1 << self.bits) - 1 };
        Digit::Balanced { bias, shift: self.shift(digit), mask, half }
    }
}

/// Which digit of a number is wanted.
#[derive(Debug, Clone, Copy)]
pub(super) enum Digit {
    /// All of the number.
    Whole,
    Balanced {
        bias: u64,
        shift: u32,
        mask: u64,
        half: u64,
    },
    /// `|v| >> shift mod 2^bits` with the sign of `v`; `bits < 63`.
    Signed {
        shift: u64,
        bits: u32,
    },
}

impl Digit {
    /// The digit of a number; for magnitudes beyond `i64` only signed ones.
    #[inline(always)]
    pub fn of(self, n: i64) -> i64 {
        match self {
            Digit::Whole => n,
            Digit::Balanced { bias, shift, mask, half } => {
                let digit = (n.cast_unsigned().wrapping_add(bias) >> shift) & mask;
                digit.wrapping_sub(half).cast_signed()
            }
            Digit::Signed { .. } => {
                let digit = self.of_magnitude(n.unsigned_abs());
                if n < 0 { -digit } else { digit }
            }
        }
    }

    /// The digit of a number without sign, up to 2^63.
    #[inline(always)]
    pub fn of_magnitude(self, n: u64) -> i64 {
        match self {
            Digit::Signed { shift, bits } => {
                let rest = u32::try_from(shift).map_or(0, |shift| n.unbounded_shr(shift));
                (rest & ((1 << bits) - 1)).cast_signed()
            }
            _ => self.of(n.cast_signed()),
        }
    }

    /// The signed digit of a number without bound, or of its magnitude. Cost: its length.
    pub fn of_long(self, n: &BigInt, absolute: bool) -> i64 {
        let Digit::Signed { shift, bits } = self else { return 0 };
        let limb = |at: u64| usize::try_from(at).ok().and_then(|at| n.iter_u64_digits().nth(at)).unwrap_or(0);
        let (at, within) = (shift / 64, u32::try_from(shift % 64).expect("below 64"));
        let two = u128::from(limb(at)) | u128::from(limb(at + 1)) << 64;
        let digit = i64::try_from((two >> within) & ((1 << bits) - 1)).expect("below 63 bits");
        if n.sign() == Sign::Minus && !absolute { -digit } else { digit }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn signed_digits_make_the_number() {
        let far: BigInt = (BigInt::from(-12345) << 200u32) + 77;
        for n in [BigInt::from(0), BigInt::from(-1000), BigInt::from(i64::MIN), far.clone(), -far] {
            for bits in [5, 31, 61, 62] {
                for absolute in [false, true] {
                    let digit = |j: u64| Digit::Signed { shift: j * u64::from(bits), bits };
                    let whole = |one: &dyn Fn(Digit) -> i64| -> BigInt {
                        (0..60u64).map(|j| BigInt::from(one(digit(j))) << (j * u64::from(bits))).sum()
                    };
                    let expected = if absolute { BigInt::from(n.magnitude().clone()) } else { n.clone() };
                    assert_eq!(whole(&|digit| digit.of_long(&n, absolute)), expected, "{bits}");
                    if let (Ok(n), false) = (i64::try_from(&n), absolute) {
                        assert_eq!(whole(&|digit| digit.of(n)), expected, "{bits}");
                    }
                }
            }
        }
    }
}
