//! Balanced digits: numbers too long for exact products of floats, cut into shorter ones.
//!
//! `n = Σ n_j·2^(j·bits)` with `|n_j| ≤ 2^(bits − 1)`. For example 1000 in digits of 5 bits:
//! `1000 = 8 − 2^5 + 2^10`. Adding `half` to every digit makes all of them non-negative, so that a
//! digit is a shift and a mask.

/// How numbers are cut: digit `n` of `v` is `(v + bias >> n·bits) mod 2^bits − half`.
#[derive(Debug, Clone, Copy)]
pub(super) struct Cut {
    pub count: u32,
    pub bits: u32,
}

impl Cut {
    /// Not cut.
    pub const WHOLE: Cut = Cut { count: 1, bits: 0 };

    /// Digits for numbers up to `largest`, of which `summed` products are summed up; None if they
    /// do not fit 64 bits.
    pub fn of(largest: u64, summed: usize) -> Option<Cut> {
        // summed·2^(2·bits − 2) ≤ 2^53
        let longest = (55 - summed.next_power_of_two().trailing_zeros()) / 2;
        // One more bit: the digits are signed.
        let needed = u64::BITS - largest.leading_zeros() + 1;
        let count = needed.div_ceil(longest);
        let bits = needed.div_ceil(count);
        (count * bits <= u64::BITS).then_some(Cut { count, bits })
    }

    pub fn shift(self, digit: u32) -> u32 {
        digit * self.bits
    }

    /// The conversion of one digit.
    pub fn digit(self, digit: u32) -> Digit {
        if self.bits == 0 {
            return Digit { bias: 0, shift: 0, mask: u64::MAX, half: 0 };
        }
        let half = 1u64 << (self.bits - 1);
        let bias = (0..self.count).fold(0u64, |bias, n| bias.wrapping_add(half << self.shift(n)));
        // The highest digit is what remains.
        let mask = if digit + 1 == self.count { u64::MAX } else { (1 << self.bits) - 1 };
        Digit { bias, shift: self.shift(digit), mask, half }
    }
}

/// One digit of a number as a float.
#[derive(Debug, Clone, Copy)]
pub(super) struct Digit {
    bias: u64,
    shift: u32,
    mask: u64,
    half: u64,
}

impl Digit {
    /// `to[n·to_step] = digit of from[n·step]`.
    #[inline(always)]
    #[allow(clippy::cast_precision_loss)] // below 2^53
    pub fn convert(self, from: &[i64], step: usize, to: &mut [f64], to_step: usize) {
        let one = |n: i64| {
            let digit = (n.cast_unsigned().wrapping_add(self.bias) >> self.shift) & self.mask;
            digit.wrapping_sub(self.half).cast_signed() as f64
        };
        if step == 1 && to_step == 1 {
            for (to, &from) in to.iter_mut().zip(from) {
                *to = one(from);
            }
        } else {
            for (to, &from) in to.iter_mut().step_by(to_step).zip(from.iter().step_by(step)) {
                *to = one(from);
            }
        }
    }
}
