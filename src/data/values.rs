//! The elements of an array: one vector of thirteen types, and its bytes.

use half::{bf16, f16};

use super::element::ElementType;
use super::invalid;
use crate::error::Error;

/// The elements of an [`Array`](super::Array), row-major and in the machine's byte order.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub enum Values {
    /// IEEE 754 binary16.
    F16(Vec<f16>),
    /// The upper half of a binary32.
    Bf16(Vec<bf16>),
    /// IEEE 754 binary32.
    F32(Vec<f32>),
    /// IEEE 754 binary64.
    F64(Vec<f64>),
    /// 8 bits with sign.
    I8(Vec<i8>),
    /// 16 bits with sign.
    I16(Vec<i16>),
    /// 32 bits with sign.
    I32(Vec<i32>),
    /// 64 bits with sign.
    I64(Vec<i64>),
    /// 8 bits without sign.
    U8(Vec<u8>),
    /// 16 bits without sign.
    U16(Vec<u16>),
    /// 32 bits without sign.
    U32(Vec<u32>),
    /// 64 bits without sign; no odd number from 2^63 on.
    U64(Vec<u64>),
    /// False and true, the numbers 0 and 1.
    Bool(Vec<bool>),
}

/// The same expression for the vector of every variant.
macro_rules! each {
    ($values:expr, $v:ident => $body:expr) => {
        each!(@ $values, $v, $body; F16 Bf16 F32 F64 I8 I16 I32 I64 U8 U16 U32 U64 Bool)
    };
    (@ $values:expr, $v:ident, $body:expr; $($variant:ident)*) => {
        match $values { $(Values::$variant($v) => $body,)* }
    };
}

/// The same, with the result put back into its variant.
macro_rules! each_kept {
    ($values:expr, $v:ident => $body:expr) => {
        each_kept!(@ $values, $v, $body; F16 Bf16 F32 F64 I8 I16 I32 I64 U8 U16 U32 U64 Bool)
    };
    (@ $values:expr, $v:ident, $body:expr; $($variant:ident)*) => {
        match $values { $(Values::$variant($v) => Values::$variant($body),)* }
    };
}

pub(super) use each_kept;

/// The order of the bytes of one element.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum ByteOrder {
    Little,
    Big,
}

impl Values {
    /// The type of the elements.
    pub fn element_type(&self) -> ElementType {
        macro_rules! types {
            ($($variant:ident)*) => { match self { $(Values::$variant(_) => ElementType::$variant,)* } };
        }
        types!(F16 Bf16 F32 F64 I8 I16 I32 I64 U8 U16 U32 U64 Bool)
    }

    /// Number of elements.
    pub fn len(&self) -> usize {
        each!(self, v => v.len())
    }

    /// Whether there is no element.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// As many elements as `bytes` holds whole ones.
    pub(super) fn decode(element: ElementType, bytes: &[u8], order: ByteOrder) -> Result<Values, Error> {
        macro_rules! numbers {
            ($variant:ident, $type:ty) => {{
                let chunks = bytes.as_chunks::<{ size_of::<$type>() }>().0.iter();
                Values::$variant(match order {
                    ByteOrder::Little => chunks.map(|&b| <$type>::from_le_bytes(b)).collect(),
                    ByteOrder::Big => chunks.map(|&b| <$type>::from_be_bytes(b)).collect(),
                })
            }};
        }
        Ok(match element {
            ElementType::F16 => numbers!(F16, f16),
            ElementType::Bf16 => numbers!(Bf16, bf16),
            ElementType::F32 => numbers!(F32, f32),
            ElementType::F64 => numbers!(F64, f64),
            ElementType::I8 => numbers!(I8, i8),
            ElementType::I16 => numbers!(I16, i16),
            ElementType::I32 => numbers!(I32, i32),
            ElementType::I64 => numbers!(I64, i64),
            ElementType::U8 => Values::U8(bytes.to_vec()),
            ElementType::U16 => numbers!(U16, u16),
            ElementType::U32 => numbers!(U32, u32),
            ElementType::U64 => numbers!(U64, u64),
            // Any other byte is no bool in any of the formats; guessing "true" would hide a wrong type.
            ElementType::Bool => match bytes.iter().find(|&&b| b > 1) {
                Some(b) => return Err(invalid("bool array", "bytes 0 and 1", format!("byte {b}"))),
                None => Values::Bool(bytes.iter().map(|&b| b == 1).collect()),
            },
        })
    }

    /// The bytes of all elements, little-endian.
    pub(crate) fn to_le_bytes(&self) -> Vec<u8> {
        match self {
            Values::Bool(v) => v.iter().map(|&b| u8::from(b)).collect(),
            Values::F16(v) => v.iter().flat_map(|n| n.to_le_bytes()).collect(),
            Values::Bf16(v) => v.iter().flat_map(|n| n.to_le_bytes()).collect(),
            Values::F32(v) => v.iter().flat_map(|n| n.to_le_bytes()).collect(),
            Values::F64(v) => v.iter().flat_map(|n| n.to_le_bytes()).collect(),
            Values::I8(v) => v.iter().flat_map(|n| n.to_le_bytes()).collect(),
            Values::I16(v) => v.iter().flat_map(|n| n.to_le_bytes()).collect(),
            Values::I32(v) => v.iter().flat_map(|n| n.to_le_bytes()).collect(),
            Values::I64(v) => v.iter().flat_map(|n| n.to_le_bytes()).collect(),
            Values::U8(v) => v.clone(),
            Values::U16(v) => v.iter().flat_map(|n| n.to_le_bytes()).collect(),
            Values::U32(v) => v.iter().flat_map(|n| n.to_le_bytes()).collect(),
            Values::U64(v) => v.iter().flat_map(|n| n.to_le_bytes()).collect(),
        }
    }
}
