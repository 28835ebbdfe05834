//! The numbers that subjects are asked with: labels of taps, small integers, full mantissas.

use half::{bf16, f16};

use crate::data::{Array, ElementType, Values};
use crate::error::Error;
use crate::tensor::cells;

/// Numbers scattered by a seed: the same on every run and machine (Steele, Lea and Flood 2014, SplitMix64).
#[derive(Debug, Clone)]
pub(super) struct Scatter(u64);

impl Scatter {
    pub fn new(seed: u64) -> Scatter {
        Scatter(seed)
    }

    pub fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// A number from `low` to `high`.
    pub fn between(&mut self, low: i64, high: i64) -> i64 {
        let width = high.abs_diff(low).saturating_add(1);
        low.saturating_add_unsigned(self.next() % width)
    }

    /// True once in `n` times.
    pub fn once_in(&mut self, n: u64) -> bool {
        self.next().is_multiple_of(n)
    }

    pub fn choice<T: Copy>(&mut self, all: &[T]) -> Option<T> {
        let n = self.next() % u64::try_from(all.len().max(1)).unwrap_or(1);
        all.get(usize::try_from(n).unwrap_or(0)).copied()
    }

    /// `n` different numbers from 1 to `most`, with scattered signs.
    pub fn signed_labels(&mut self, n: usize, most: i64, signed: bool) -> Vec<i64> {
        let mut used = std::collections::BTreeSet::new();
        let mut label = || {
            let mut label = self.between(1, most);
            // Few numbers: the next one that is free.
            while !used.insert(label) {
                label = label % most + 1;
            }
            if signed && self.once_in(2) { -label } else { label }
        };
        (0..n).map(|_| label()).collect()
    }
}

/// The largest `m` such that all integers up to it are elements of the type.
pub(super) fn largest_integer(element: ElementType) -> i64 {
    match element {
        ElementType::F16 => 1 << 11,
        ElementType::Bf16 => 1 << 8,
        ElementType::F32 => 1 << 24,
        ElementType::I8 => i8::MAX.into(),
        ElementType::I16 => i16::MAX.into(),
        ElementType::I32 => i32::MAX.into(),
        ElementType::U8 => u8::MAX.into(),
        ElementType::U16 => u16::MAX.into(),
        ElementType::U32 => u32::MAX.into(),
        ElementType::Bool => 1,
        ElementType::F64 | ElementType::I64 | ElementType::U64 => 1 << 53,
    }
}

/// Whether the type has numbers below 0.
pub(super) fn is_signed(element: ElementType) -> bool {
    !matches!(element, ElementType::U8 | ElementType::U16 | ElementType::U32 | ElementType::U64 | ElementType::Bool)
}

/// The type of a result: sums of bytes are kept in 32 bits.
pub(super) fn result_type(element: ElementType) -> ElementType {
    match element {
        ElementType::I8 | ElementType::U8 => ElementType::I32,
        other => other,
    }
}

/// An array of integers within [`largest_integer`].
pub(super) fn integers(element: ElementType, shape: Vec<usize>, values: &[i64]) -> Result<Array, Error> {
    macro_rules! whole {
        ($variant:ident) => {
            Values::$variant(values.iter().map(|&n| n.try_into().unwrap_or_default()).collect())
        };
    }
    #[allow(clippy::cast_precision_loss)] // integers that the type holds
    let values = match element {
        ElementType::F16 => Values::F16(values.iter().map(|&n| f16::from_f64(n as f64)).collect()),
        ElementType::Bf16 => Values::Bf16(values.iter().map(|&n| bf16::from_f64(n as f64)).collect()),
        ElementType::F32 => Values::F32(values.iter().map(|&n| n as f32).collect()),
        ElementType::F64 => Values::F64(values.iter().map(|&n| n as f64).collect()),
        ElementType::I8 => whole!(I8),
        ElementType::I16 => whole!(I16),
        ElementType::I32 => whole!(I32),
        ElementType::I64 => whole!(I64),
        ElementType::U8 => whole!(U8),
        ElementType::U16 => whole!(U16),
        ElementType::U32 => whole!(U32),
        ElementType::U64 => whole!(U64),
        ElementType::Bool => Values::Bool(values.iter().map(|&n| n != 0).collect()),
    };
    Array::new(shape, values)
}

/// Integers from −`most` to `most` without 0 (from 1 for types without sign).
pub(super) fn dense(element: ElementType, shape: Vec<usize>, most: i64, scatter: &mut Scatter) -> Result<Array, Error> {
    let sign = is_signed(element);
    scattered(element, shape, scatter, |scatter| {
        let n = scatter.between(1, most);
        if sign && scatter.once_in(2) { -n } else { n }
    })
}

/// An array of numbers drawn one by one.
pub(super) fn scattered(
    element: ElementType,
    shape: Vec<usize>,
    scatter: &mut Scatter,
    mut next: impl FnMut(&mut Scatter) -> i64,
) -> Result<Array, Error> {
    let values: Vec<i64> = (0..cells(&shape).unwrap_or(0)).map(|_| next(scatter)).collect();
    integers(element, shape, &values)
}

/// Full mantissas in [1, 2): sums of products do not cancel. None for integer types.
pub(super) fn mantissas(element: ElementType, shape: Vec<usize>, scatter: &mut Scatter) -> Option<Array> {
    let count = cells(&shape)?;
    // The exponent of 1 with scattered bits below it.
    let mut bits = |one: u64, width: u32| one | (scatter.next() >> (64 - width));
    macro_rules! floats {
        ($variant:ident, $type:ty, $bits:ty, $one:expr, $width:expr) => {
            Values::$variant(
                (0..count)
                    .map(|_| <$type>::from_bits(<$bits>::try_from(bits($one, $width)).unwrap_or_default()))
                    .collect(),
            )
        };
    }
    let values = match element {
        ElementType::F16 => floats!(F16, f16, u16, 0x3c00, 10),
        ElementType::Bf16 => floats!(Bf16, bf16, u16, 0x3f80, 7),
        ElementType::F32 => floats!(F32, f32, u32, 0x3f80_0000, 23),
        ElementType::F64 => floats!(F64, f64, u64, 0x3ff0_0000_0000_0000, 52),
        _ => return None,
    };
    Array::new(shape, values).ok()
}
