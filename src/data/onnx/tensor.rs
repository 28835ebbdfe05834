//! ONNX `TensorProto`: what an `input_0.pb` of a node test is, and an initializer of a model.
//!
//! The elements stand in `raw_data`, little-endian and row-major, or in the field of their type:
//!
//! | `data_type` | field |
//! |---|---|
//! | float32 | `float_data` |
//! | float64 | `double_data` |
//! | int64 | `int64_data` |
//! | uint32, uint64 | `uint64_data` |
//! | bool, int8 … int32, uint8, uint16 | `int32_data` |
//! | float16, bfloat16 | `int32_data`, the bit pattern of each |
//!
//! Source: the comments of `TensorProto` in `onnx/onnx.proto`.

use half::{bf16, f16};
use prost::Message;

use super::super::array::Array;
use super::super::element::{ElementType, unsupported};
use super::super::values::{ByteOrder, Values};
use super::super::{excerpt, invalid};
use super::messages::TensorProto;
use crate::error::Error;
use crate::tensor::cells;

/// `TensorProto.DataType` of each type.
const DATA_TYPES: [(i32, ElementType); 13] = [
    (1, ElementType::F32),
    (2, ElementType::U8),
    (3, ElementType::I8),
    (4, ElementType::U16),
    (5, ElementType::I16),
    (6, ElementType::I32),
    (7, ElementType::I64),
    (9, ElementType::Bool),
    (10, ElementType::F16),
    (11, ElementType::F64),
    (12, ElementType::U32),
    (13, ElementType::U64),
    (16, ElementType::Bf16),
];

/// Reads a serialized `TensorProto`: its name and its array.
///
/// # Errors
/// F2 if the bytes are none, dimensions are negative, the number of elements is not their
/// product, values do not fit their type, or the data lie in another file; F3 if `raw_data` has
/// another size than declared; F4 for an element type that is not supported.
///
/// ```
/// use convproof::data::{Array, Values, onnx};
/// let a = Array::new(vec![2], Values::F32(vec![0.5, 2.0]))?;
/// assert_eq!(onnx::read_tensor(&onnx::write_tensor(&a, "x")?)?, ("x".to_owned(), a));
/// # Ok::<(), convproof::Error>(())
/// ```
pub fn read_tensor(bytes: &[u8]) -> Result<(String, Array), Error> {
    let message = TensorProto::decode(bytes).map_err(|e| bad("a TensorProto", excerpt(&e.to_string())))?;
    let name = message.name.clone();
    Ok((name, array(message)?))
}

/// Serializes an array as a `TensorProto` with `raw_data`.
///
/// # Errors
/// F2 for a length from 2^63 on, which only an empty array can have.
pub fn write_tensor(array: &Array, name: &str) -> Result<Vec<u8>, Error> {
    let length = |&length| i64::try_from(length).map_err(|_| bad("lengths below 2^63", format!("{length}")));
    let element = array.element_type();
    let message = TensorProto {
        dims: array.shape().iter().map(length).collect::<Result<_, _>>()?,
        data_type: data_type(element),
        name: name.to_owned(),
        raw_data: Some(array.values().to_le_bytes()),
        ..TensorProto::default()
    };
    Ok(message.encode_to_vec())
}

/// The number of a type in `TensorProto.DataType`.
pub(super) fn data_type(element: ElementType) -> i32 {
    DATA_TYPES.iter().find(|row| row.1 == element).expect("every type has a row").0
}

/// F2 about a tensor.
fn bad(expected: impl Into<String>, got: impl Into<String>) -> Error {
    invalid("ONNX tensor", expected, got)
}

/// The array of a message.
pub(super) fn array(message: TensorProto) -> Result<Array, Error> {
    let Some(&(_, element)) = DATA_TYPES.iter().find(|row| row.0 == message.data_type) else {
        return Err(unsupported(&format!("ONNX data type {}", message.data_type)));
    };
    if message.data_location != 0 || !message.external_data.is_empty() {
        let place = message.external_data.iter().find(|entry| entry.key == "location");
        let place = place.map_or("another file".to_owned(), |entry| format!("the file '{}'", excerpt(&entry.value)));
        return Err(bad("the data within the message", format!("a reference to {place}")));
    }
    let length = |&length| usize::try_from(length).map_err(|_| bad("dimensions from 0 on", format!("{length}")));
    let shape: Vec<usize> = message.dims.iter().map(length).collect::<Result<_, _>>()?;
    let fields = Field::ALL.into_iter().filter(|field| field.len(&message) > 0);
    match &message.raw_data {
        Some(raw) => {
            if let Some(field) = fields.into_iter().next() {
                return Err(bad("raw_data alone", format!("{} too", field.name())));
            }
            Array::from_bytes("the tensor", element, shape, raw, ByteOrder::Little)
        }
        None => {
            let own = Field::of(element);
            if let Some(other) = fields.into_iter().find(|&field| field != own) {
                return Err(bad(format!("{} for {element}", own.name()), other.name()));
            }
            let (needed, there) = (cells(&shape), own.len(&message));
            if needed != Some(there) {
                return Err(bad(format!("the elements of {shape:?}"), format!("{there} elements in {}", own.name())));
            }
            Array::new(shape, values(element, message)?)
        }
    }
}

/// The fields that hold elements, other than `raw_data`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Field {
    Float,
    Int32,
    Int64,
    Double,
    Uint64,
}

impl Field {
    const ALL: [Field; 5] = [Field::Float, Field::Int32, Field::Int64, Field::Double, Field::Uint64];

    /// The field of a type.
    fn of(element: ElementType) -> Field {
        match element {
            ElementType::F32 => Field::Float,
            ElementType::F64 => Field::Double,
            ElementType::I64 => Field::Int64,
            ElementType::U32 | ElementType::U64 => Field::Uint64,
            ElementType::F16
            | ElementType::Bf16
            | ElementType::I8
            | ElementType::I16
            | ElementType::I32
            | ElementType::U8
            | ElementType::U16
            | ElementType::Bool => Field::Int32,
        }
    }

    fn name(self) -> &'static str {
        match self {
            Field::Float => "float_data",
            Field::Int32 => "int32_data",
            Field::Int64 => "int64_data",
            Field::Double => "double_data",
            Field::Uint64 => "uint64_data",
        }
    }

    fn len(self, message: &TensorProto) -> usize {
        match self {
            Field::Float => message.float_data.len(),
            Field::Int32 => message.int32_data.len(),
            Field::Int64 => message.int64_data.len(),
            Field::Double => message.double_data.len(),
            Field::Uint64 => message.uint64_data.len(),
        }
    }
}

/// The elements of the field that belongs to the type.
fn values(element: ElementType, message: TensorProto) -> Result<Values, Error> {
    let ints = &message.int32_data;
    Ok(match element {
        ElementType::F32 => Values::F32(message.float_data),
        ElementType::F64 => Values::F64(message.double_data),
        ElementType::I64 => Values::I64(message.int64_data),
        ElementType::U64 => Values::U64(message.uint64_data),
        ElementType::U32 => Values::U32(narrowed(element, &message.uint64_data)?),
        ElementType::I32 => Values::I32(message.int32_data),
        ElementType::I8 => Values::I8(narrowed(element, ints)?),
        ElementType::I16 => Values::I16(narrowed(element, ints)?),
        ElementType::U8 => Values::U8(narrowed(element, ints)?),
        ElementType::U16 => Values::U16(narrowed(element, ints)?),
        ElementType::F16 => Values::F16(narrowed(element, ints)?.into_iter().map(f16::from_bits).collect()),
        ElementType::Bf16 => Values::Bf16(narrowed(element, ints)?.into_iter().map(bf16::from_bits).collect()),
        ElementType::Bool => match ints.iter().find(|&&value| value != 0 && value != 1) {
            Some(value) => return Err(bad("0 or 1 for a bool", format!("{value}"))),
            None => Values::Bool(ints.iter().map(|&value| value == 1).collect()),
        },
    })
}

/// All values in a narrower type.
fn narrowed<W, T>(element: ElementType, values: &[W]) -> Result<Vec<T>, Error>
where
    W: Copy + std::fmt::Display,
    T: TryFrom<W>,
{
    let narrow = |&value: &W| T::try_from(value).map_err(|_| bad(format!("a value of {element}"), format!("{value}")));
    values.iter().map(narrow).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(message: TensorProto) -> Result<Array, &'static str> {
        read_tensor(&message.encode_to_vec()).map(|(_, array)| array).map_err(|e| e.rule())
    }

    #[test]
    fn typed_fields_are_read() {
        let half =
            TensorProto { dims: vec![2], data_type: 10, int32_data: vec![0x3c00, 0xc000], ..TensorProto::default() };
        assert_eq!(read(half.clone()).unwrap().values(), &Values::F16(vec![f16::ONE, f16::from_f32_const(-2.0)]));
        let brain = TensorProto { data_type: 16, int32_data: vec![0x3f80, 0xc000], ..half.clone() };
        assert_eq!(read(brain).unwrap().show(1), "-2");
        let bytes = TensorProto { data_type: 3, int32_data: vec![-128, 127], ..half.clone() };
        assert_eq!(read(bytes).unwrap().values(), &Values::I8(vec![-128, 127]));
        let wide = TensorProto { data_type: 12, int32_data: vec![], uint64_data: vec![0, 1 << 31], ..half };
        assert_eq!(read(wide).unwrap().values(), &Values::U32(vec![0, 1 << 31]));
    }

    #[test]
    fn contradictions_are_refused() {
        let good = TensorProto { dims: vec![2], data_type: 1, float_data: vec![1.0, 2.0], ..TensorProto::default() };
        assert!(read(good.clone()).is_ok());
        let entry = super::super::messages::StringStringEntryProto { key: "location".into(), value: "w.bin".into() };
        for (message, rule) in [
            (TensorProto { dims: vec![3], ..good.clone() }, "F2"),
            (TensorProto { dims: vec![-2], ..good.clone() }, "F2"),
            (TensorProto { dims: vec![i64::MAX; 4], ..good.clone() }, "F2"),
            (TensorProto { raw_data: Some(vec![0; 8]), ..good.clone() }, "F2"),
            (TensorProto { raw_data: Some(vec![0; 7]), float_data: vec![], ..good.clone() }, "F3"),
            (TensorProto { int32_data: vec![1], ..good.clone() }, "F2"),
            (TensorProto { data_type: 7, ..good.clone() }, "F2"),
            (TensorProto { data_type: 8, ..good.clone() }, "F4"),
            (TensorProto { data_type: 0, ..good.clone() }, "F4"),
            (TensorProto { data_location: 1, ..good.clone() }, "F2"),
            (TensorProto { external_data: vec![entry], ..good.clone() }, "F2"),
            (TensorProto { data_type: 2, float_data: vec![], int32_data: vec![1, 256], ..good.clone() }, "F2"),
            (TensorProto { data_type: 9, float_data: vec![], int32_data: vec![1, 2], ..good.clone() }, "F2"),
        ] {
            assert_eq!(read(message.clone()), Err(rule), "{message:?}");
        }
    }
}
