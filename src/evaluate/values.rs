//! Results: integers as long as the bound asks for.

use num_bigint::BigInt;

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
pub(super) trait Kept: Copy + Default + Send + Sync {
    fn of(n: i64) -> Self;
    /// A number that fits, by the bound.
    fn of_long(n: i128) -> Self;
    fn add(&mut self, other: Self);
    fn add_shifted(&mut self, n: i64, shift: u32);
}

impl Kept for i64 {
    fn of(n: i64) -> i64 {
        n
    }
    #[allow(clippy::cast_possible_truncation)] // the bound excludes it
    fn of_long(n: i128) -> i64 {
        n as i64
    }
    fn add(&mut self, other: i64) {
        *self = self.wrapping_add(other);
    }
    fn add_shifted(&mut self, n: i64, shift: u32) {
        *self = self.wrapping_add(n.unbounded_shl(shift));
    }
}

impl Kept for i128 {
    fn of(n: i64) -> i128 {
        n.into()
    }
    fn of_long(n: i128) -> i128 {
        n
    }
    fn add(&mut self, other: i128) {
        *self = self.wrapping_add(other);
    }
    fn add_shifted(&mut self, n: i64, shift: u32) {
        *self = self.wrapping_add(i128::from(n).unbounded_shl(shift));
    }
}

/// Numbers of `limbs·64` bits, in two's complement, lowest limb first: sums that are added to often.
pub(super) struct Wide {
    limbs: usize,
    all: Vec<u64>,
}

impl Wide {
    /// `count` zeros for sums of fewer than `bits` bits and a sign.
    pub fn new(count: usize, bits: u64) -> Wide {
        let limbs = usize::try_from(bits / 64 + 1).expect("numbers fit memory").max(2);
        Wide { limbs, all: vec![0; count * limbs] }
    }

    /// Adds `n·2^shift` to one of them, modulo `2^(limbs·64)`.
    #[allow(clippy::cast_possible_truncation)] // limbs of a number
    pub fn add_shifted(&mut self, cell: usize, n: i128, shift: u32) {
        let limbs = &mut self.all[cell * self.limbs..(cell + 1) * self.limbs];
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
        for (limb, part) in
            limbs[first.min(self.limbs)..].iter_mut().zip(parts.into_iter().chain(std::iter::repeat(sign)))
        {
            (*limb, carry) = carrying(*limb, part, carry);
        }
    }

    /// The numbers.
    pub fn integers(&self) -> Vec<BigInt> {
        let mut bytes = Vec::new();
        let one = |limbs: &[u64]| {
            bytes.clear();
            bytes.extend(limbs.iter().flat_map(|limb| limb.to_le_bytes()));
            BigInt::from_signed_bytes_le(&bytes)
        };
        self.all.chunks_exact(self.limbs).map(one).collect()
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
    fn wide_sums_are_those_of_integers_without_bound() {
        let mut wide = Wide::new(2, 400);
        let mut expected = BigInt::ZERO;
        for (n, shift) in
            [(i128::MAX, 0), (i128::MIN, 1), (-1, 64), (-1, 200), (i128::MAX, 190), (7, 63), (-12, 128), (1, 255)]
        {
            wide.add_shifted(1, n, shift);
            expected += BigInt::from(n) << shift;
            assert_eq!(wide.integers(), [BigInt::ZERO, expected.clone()], "{n} << {shift}");
        }
    }
}
