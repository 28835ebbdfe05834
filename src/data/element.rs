//! The element types that files may have, by the names that NumPy and others give them.

use std::fmt;
use std::str::FromStr;

use crate::error::{DataError, Error};

/// The type of the elements of an [`Array`](super::Array).
///
/// ```
/// use convproof::data::ElementType;
/// let t: ElementType = "bf16".parse().unwrap();
/// assert_eq!((t, t.name(), t.size()), (ElementType::Bf16, "bfloat16", 2));
/// assert_eq!("float64".parse(), Ok(ElementType::F64));
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ElementType {
    /// IEEE 754 binary16.
    F16,
    /// The upper half of a binary32.
    Bf16,
    /// IEEE 754 binary32.
    F32,
    /// IEEE 754 binary64.
    F64,
    /// 8 bits with sign.
    I8,
    /// 16 bits with sign.
    I16,
    /// 32 bits with sign.
    I32,
    /// 64 bits with sign.
    I64,
    /// 8 bits without sign.
    U8,
    /// 16 bits without sign.
    U16,
    /// 32 bits without sign.
    U32,
    /// 64 bits without sign.
    U64,
    /// One byte, 0 or 1.
    Bool,
}

/// What every refusal lists.
pub(super) const SUPPORTED: &str = "float16 bfloat16 float32 float64, int8 … int64, uint8 … uint64, bool";

/// Type, NumPy's name, short name, bytes.
const TABLE: [(ElementType, &str, &str, usize); 13] = [
    (ElementType::F16, "float16", "f16", 2),
    (ElementType::Bf16, "bfloat16", "bf16", 2),
    (ElementType::F32, "float32", "f32", 4),
    (ElementType::F64, "float64", "f64", 8),
    (ElementType::I8, "int8", "i8", 1),
    (ElementType::I16, "int16", "i16", 2),
    (ElementType::I32, "int32", "i32", 4),
    (ElementType::I64, "int64", "i64", 8),
    (ElementType::U8, "uint8", "u8", 1),
    (ElementType::U16, "uint16", "u16", 2),
    (ElementType::U32, "uint32", "u32", 4),
    (ElementType::U64, "uint64", "u64", 8),
    (ElementType::Bool, "bool", "bool", 1),
];

impl ElementType {
    fn row(self) -> (ElementType, &'static str, &'static str, usize) {
        TABLE.into_iter().find(|row| row.0 == self).expect("every type has a row")
    }

    /// NumPy's name: `float32`, `int8`; `bfloat16` as `ml_dtypes` calls it.
    pub fn name(self) -> &'static str {
        self.row().1
    }

    /// The short name: `f32`, `i8`, `bf16`.
    pub fn short_name(self) -> &'static str {
        self.row().2
    }

    /// Bytes of one element in a file.
    pub fn size(self) -> usize {
        self.row().3
    }

    /// Whether the elements are floating-point numbers.
    pub fn is_float(self) -> bool {
        matches!(self, Self::F16 | Self::Bf16 | Self::F32 | Self::F64)
    }

    /// The bytes of an array of this type and shape, saturated.
    pub(super) fn bytes(self, shape: &[usize]) -> u128 {
        if shape.contains(&0) {
            return 0;
        }
        shape.iter().fold(self.size() as u128, |product, &length| product.saturating_mul(length as u128))
    }
}

impl fmt::Display for ElementType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl FromStr for ElementType {
    type Err = Error;

    /// Reads NumPy's name or the short name.
    ///
    /// # Errors
    /// F4 for any other name.
    fn from_str(text: &str) -> Result<Self, Error> {
        match TABLE.into_iter().find(|row| text == row.1 || text == row.2) {
            Some(row) => Ok(row.0),
            None => Err(unsupported(text)),
        }
    }
}

/// F4 about a type as a file names it.
pub(super) fn unsupported(got: &str) -> Error {
    DataError::ElementType { got: super::excerpt(got), supported: SUPPORTED }.into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_names_are_read() {
        for (element, name, short, _) in TABLE {
            assert_eq!(name.parse(), Ok(element));
            assert_eq!(short.parse(), Ok(element));
            assert_eq!(element.to_string(), name);
        }
        assert_eq!("complex64".parse::<ElementType>().unwrap_err().rule(), "F4");
    }

    #[test]
    fn sizes_saturate_instead_of_wrapping() {
        assert_eq!(ElementType::F32.bytes(&[2, 3]), 24);
        assert_eq!(ElementType::F32.bytes(&[]), 4);
        assert_eq!(ElementType::F32.bytes(&[usize::MAX; 9]), u128::MAX);
        assert_eq!(ElementType::F32.bytes(&[usize::MAX, 0]), 0);
    }
}
