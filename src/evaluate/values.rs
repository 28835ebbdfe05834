//! Results: integers as long as the bound asks for.

use num_bigint::{BigInt, Sign};

/// Numerators of a result: 64 or 128 bits where the bound allows it, else as long as they are.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub enum Values {
    /// All sums are below 2^63.
    I64(Vec<i64>),
    /// All sums are below 2^127.
    I128(Vec<i128>),
    /// Sums of any size.
    Big(Vec<BigInt>),
}

impl Values {
    /// How many there are.
    pub fn len(&self) -> usize {
        match self {
            Values::I64(all) => all.len(),
            Values::I128(all) => all.len(),
            Values::Big(all) => all.len(),
        }
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// One of them.
    pub fn integer(&self, n: usize) -> BigInt {
        match self {
            Values::I64(all) => all[n].into(),
            Values::I128(all) => all[n].into(),
            Values::Big(all) => all[n].clone(),
        }
    }

    /// One of them, if the machine's integers hold all.
    pub fn short(&self, n: usize) -> Option<i128> {
        match self {
            Values::I64(all) => Some(all[n].into()),
            Values::I128(all) => Some(all[n]),
            Values::Big(_) => None,
        }
    }

    /// The largest of them; 0 if there are none.
    pub fn largest(&self) -> BigInt {
        match self {
            Values::I64(all) => all.iter().max().copied().unwrap_or(0).into(),
            Values::I128(all) => all.iter().max().copied().unwrap_or(0).into(),
            Values::Big(all) => all.iter().max().cloned().unwrap_or_default(),
        }
    }
}

/// What a cell of a result is stored as. Sums of parts are taken modulo 2^64 or 2^128: the bound
/// says that the whole fits, so nothing is lost.
pub(super) trait Kept: Clone + Default + Send + Sync {
    fn of(n: i64) -> Self;
    /// A number that fits, by the bound.
    fn of_long(n: i128) -> Self;
    fn add(&mut self, other: Self);
    fn add_shifted(&mut self, n: i64, shift: u32);
    /// What digits are joined in before they are added to a cell.
    type Parts: Parts;
    fn whole(parts: Self::Parts) -> Self;
}

/// A number that digits are joined in, modulo 2^64 or 2^128.
pub(super) trait Parts: Copy + Default + Send + Sync {
    fn of(n: i64) -> Self;
    /// Adds `n·2^shift`.
    fn add_shifted(&mut self, n: i64, shift: u32);
}

impl Parts for i64 {
    #[inline(always)]
    fn of(n: i64) -> i64 {
        n
    }
    #[inline(always)]
    fn add_shifted(&mut self, n: i64, shift: u32) {
        *self = self.wrapping_add(n.unbounded_shl(shift));
    }
}

/// 128 bits, the lower half first: without a carry that only scalars have.
impl Parts for [u64; 2] {
    #[inline(always)]
    fn of(n: i64) -> [u64; 2] {
        [n.cast_unsigned(), (n >> 63).cast_unsigned()]
    }
    #[inline(always)]
    fn add_shifted(&mut self, n: i64, shift: u32) {
        let (low, high) = match shift {
            0 => (n, n >> 63),
            1..64 => (n << shift, n >> (64 - shift)),
            _ => (0, n.unbounded_shl(shift - 64)),
        };
        let low = self[0].wrapping_add(low.cast_unsigned());
        let carry = u64::from(low < self[0]);
        *self = [low, self[1].wrapping_add(high.cast_unsigned()).wrapping_add(carry)];
    }
}

impl Kept for i64 {
    type Parts = i64;
    #[inline(always)]
    fn whole(parts: i64) -> i64 {
        parts
    }
    #[inline(always)]
    fn of(n: i64) -> i64 {
        n
    }
    #[inline(always)]
    #[allow(clippy::cast_possible_truncation)] // the bound excludes it
    fn of_long(n: i128) -> i64 {
        n as i64
    }
    #[inline(always)]
    fn add(&mut self, other: i64) {
        *self = self.wrapping_add(other);
    }
    #[inline(always)]
    fn add_shifted(&mut self, n: i64, shift: u32) {
        *self = self.wrapping_add(n.unbounded_shl(shift));
    }
}

impl Kept for i128 {
    type Parts = [u64; 2];
    #[inline(always)]
    fn whole([low, high]: [u64; 2]) -> i128 {
        (u128::from(low) | u128::from(high) << 64).cast_signed()
    }
    #[inline(always)]
    fn of(n: i64) -> i128 {
        n.into()
    }
    #[inline(always)]
    fn of_long(n: i128) -> i128 {
        n
    }
    #[inline(always)]
    fn add(&mut self, other: i128) {
        *self = self.wrapping_add(other);
    }
    #[inline(always)]
    fn add_shifted(&mut self, n: i64, shift: u32) {
        *self = self.wrapping_add(i128::from(n).unbounded_shl(shift));
    }
}

impl Kept for BigInt {
    type Parts = [u64; 2];
    fn whole(parts: [u64; 2]) -> BigInt {
        i128::whole(parts).into()
    }
    fn of(n: i64) -> BigInt {
        n.into()
    }
    fn of_long(n: i128) -> BigInt {
        n.into()
    }
    fn add(&mut self, other: BigInt) {
        *self += other;
    }
    fn add_shifted(&mut self, n: i64, shift: u32) {
        *self += BigInt::from(n) << shift;
    }
}

/// `Σ parts[n]·2^(n·bits)` of parts up to 2^126, for `bits` from 16 to 62.
pub(super) fn joined(parts: impl ExactSizeIterator<Item = i128>, bits: u32) -> BigInt {
    // The sum of all is below 2^(parts·bits + 128).
    match (parts.len() as u64 * u64::from(bits) + 128) / 64 + 1 {
        0..=12 => joined_in::<12, 24>(parts, bits),
        // Two operands of binary64 of any exponents.
        13..=80 => joined_in::<80, 160>(parts, bits),
        _ => (0u64..).zip(parts).map(|(n, part)| BigInt::from(part) << (n * u64::from(bits))).sum(),
    }
}

/// The same in so many limbs of 64 bits, and halves of them.
#[allow(clippy::cast_possible_truncation)] // limbs of a number, halves of a limb
fn joined_in<const LIMBS: usize, const HALVES: usize>(parts: impl Iterator<Item = i128>, bits: u32) -> BigInt {
    let mut limbs = [0u64; LIMBS];
    let (mut carry, mut at) = (0i128, 0);
    for part in parts {
        carry += part;
        let digit = carry.cast_unsigned() as u64 & ((1 << bits) - 1);
        let (limb, shift) = ((at / 64) as usize, at % 64);
        limbs[limb] |= digit << shift;
        if shift + bits > 64 {
            limbs[limb + 1] |= digit >> (64 - shift);
        }
        (carry, at) = (carry >> bits, at + bits);
    }
    add_shifted(&mut limbs, carry, at);
    let negative = carry < 0;
    let mut up = negative;
    for limb in limbs.iter_mut().filter(|_| negative) {
        (*limb, up) = carrying(!*limb, 0, up);
    }
    let mut halves = [0u32; HALVES];
    for (halves, limb) in halves.chunks_exact_mut(2).zip(limbs) {
        (halves[0], halves[1]) = (limb as u32, (limb >> 32) as u32);
    }
    BigInt::from_slice(if negative { Sign::Minus } else { Sign::Plus }, &halves)
}

/// Adds `n·2^shift` to a number in two's complement, lowest limb first, modulo `2^(limbs·64)`.
#[allow(clippy::cast_possible_truncation)] // limbs of a number
fn add_shifted(limbs: &mut [u64], n: i128, shift: u32) {
    let (first, shift) = ((shift / 64) as usize, shift % 64);
    // Three limbs hold a number of 128 bits shifted by less than 64; above them stands its sign.
    let n = n.cast_unsigned();
    let sign = if n >> 127 == 1 { u64::MAX } else { 0 };
    let low = n as u64;
    let high = (n >> 64) as u64;
    let parts = match shift {
        0 => [low, high, sign],
        _ => [low << shift, high << shift | low >> (64 - shift), sign << shift | high >> (64 - shift)],
    };
    let mut carry = false;
    let parts = parts.into_iter().chain(std::iter::repeat(sign));
    for (limb, part) in limbs.iter_mut().skip(first).zip(parts) {
        (*limb, carry) = carrying(*limb, part, carry);
    }
}

fn carrying(a: u64, b: u64, carry: bool) -> (u64, bool) {
    let (sum, over) = a.overflowing_add(b);
    let (sum, again) = sum.overflowing_add(carry.into());
    (sum, over || again)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn joined_parts_are_sums_of_integers_without_bound() {
        let most = 1i128 << 126;
        let parts = [most, 1 - most, -1, 0, most, 7, -12, 1].repeat(12);
        for bits in [16, 31, 61, 62] {
            for count in (0..12).chain([20, 60, 96]) {
                for sign in [1, -1] {
                    let parts: Vec<i128> = parts[..count].iter().map(|n| n * sign).collect();
                    let expected: BigInt =
                        (0u32..).zip(&parts).map(|(n, &part)| BigInt::from(part) << (n * bits)).sum();
                    assert_eq!(joined(parts.iter().copied(), bits), expected, "{parts:?} {bits}");
                }
            }
        }
    }
}
