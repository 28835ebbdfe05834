//! A model of one node, written: what a runtime is given to compute one operation.
//!
//! The messages are those of [`messages`](super::messages) with the fields that a checker demands and a
//! reader passes over: the graph's name and the types of its inputs and outputs.

use prost::Message;
use serde_json::{Map, Value};

use super::messages::{AttributeProto, Dimension, DimensionValue, NodeProto, OperatorSetIdProto, TensorShapeProto};
use super::tensor::data_type;
use super::{ElementType, bad};
use crate::error::Error;

/// The operator set that is written, with the `ir_version` of its time. All types but bfloat16 were in
/// `Conv` and `ConvTranspose` then; later sets mean the same.
const VERSIONS: (i64, i64) = (11, 6);
/// The first operator set whose convolutions take bfloat16.
const VERSIONS_BF16: (i64, i64) = (22, 10);

/// An input or output of a graph: its name, type and shape.
pub type TypedPort<'a> = (&'a str, ElementType, &'a [usize]);

#[derive(Clone, PartialEq, Message)]
struct Model {
    #[prost(int64, tag = "1")]
    ir_version: i64,
    #[prost(string, tag = "2")]
    producer_name: String,
    #[prost(message, optional, tag = "7")]
    graph: Option<Graph>,
    #[prost(message, repeated, tag = "8")]
    opset_import: Vec<OperatorSetIdProto>,
}

#[derive(Clone, PartialEq, Message)]
struct Graph {
    #[prost(message, repeated, tag = "1")]
    node: Vec<NodeProto>,
    #[prost(string, tag = "2")]
    name: String,
    #[prost(message, repeated, tag = "11")]
    input: Vec<Port>,
    #[prost(message, repeated, tag = "12")]
    output: Vec<Port>,
}

#[derive(Clone, PartialEq, Message)]
struct Port {
    #[prost(string, tag = "1")]
    name: String,
    #[prost(message, optional, tag = "2")]
    r#type: Option<Type>,
}

#[derive(Clone, PartialEq, Message)]
struct Type {
    #[prost(message, optional, tag = "1")]
    tensor_type: Option<TensorType>,
}

#[derive(Clone, PartialEq, Message)]
struct TensorType {
    #[prost(int32, tag = "1")]
    elem_type: i32,
    #[prost(message, optional, tag = "2")]
    shape: Option<TensorShapeProto>,
}

/// Serializes a model of one node whose operands are inputs of the graph; the same bytes on every run.
///
/// # Errors
/// F2 for an attribute that is no whole number, list of them, or word, and for a length from 2^63 on.
///
/// ```
/// use convproof::data::{ElementType::F32, onnx::{Model, write_model}};
/// let attributes = serde_json::json!({"strides": [2]});
/// let (x, w) = (("x", F32, &[1, 1, 3][..]), ("w", F32, &[1, 1, 2][..]));
/// let bytes = write_model("ConvTranspose", attributes.as_object().unwrap(), &[x, w], ("y", F32, &[1, 1, 6]))?;
/// let model = Model::parse(&bytes)?;
/// assert_eq!((model.opset, model.nodes[0].attributes["strides"][0].as_i64()), (11, Some(2)));
/// # Ok::<(), convproof::Error>(())
/// ```
pub fn write_model(
    op_type: &str,
    attributes: &Map<String, Value>,
    inputs: &[TypedPort<'_>],
    output: TypedPort<'_>,
) -> Result<Vec<u8>, Error> {
    let is_brain = inputs.iter().any(|(_, element, _)| *element == ElementType::Bf16);
    let (version, ir_version) = if is_brain { VERSIONS_BF16 } else { VERSIONS };
    let node = NodeProto {
        input: inputs.iter().map(|(name, ..)| (*name).to_owned()).collect(),
        output: vec![output.0.to_owned()],
        op_type: op_type.to_owned(),
        attribute: attributes.iter().map(|(name, value)| attribute(name, value)).collect::<Result<_, _>>()?,
        ..NodeProto::default()
    };
    let graph = Graph {
        node: vec![node],
        name: "probe".to_owned(),
        input: inputs.iter().map(port).collect::<Result<_, _>>()?,
        output: vec![port(&output)?],
    };
    let own = OperatorSetIdProto { domain: String::new(), version };
    let producer_name = "convproof".to_owned();
    Ok(Model { ir_version, producer_name, graph: Some(graph), opset_import: vec![own] }.encode_to_vec())
}

fn attribute(name: &str, value: &Value) -> Result<AttributeProto, Error> {
    let unfit = || bad("a whole number, a list of them, or a word", format!("{name} = {value}"));
    let mut message = AttributeProto { name: name.to_owned(), ..AttributeProto::default() };
    match value {
        Value::Number(number) => {
            message.i = Some(number.as_i64().ok_or_else(unfit)?);
            message.r#type = 2;
        }
        Value::String(text) => {
            message.s = Some(text.clone().into_bytes());
            message.r#type = 3;
        }
        Value::Array(all) => {
            message.ints = all.iter().map(Value::as_i64).collect::<Option<_>>().ok_or_else(unfit)?;
            message.r#type = 7;
        }
        _ => return Err(unfit()),
    }
    Ok(message)
}

fn port((name, element, shape): &TypedPort<'_>) -> Result<Port, Error> {
    let length = |&length: &usize| match i64::try_from(length) {
        Ok(length) => Ok(Dimension { value: Some(DimensionValue::DimValue(length)) }),
        Err(_) => Err(bad("lengths below 2^63", length.to_string())),
    };
    let dim = shape.iter().map(length).collect::<Result<_, _>>()?;
    let tensor_type = TensorType { elem_type: data_type(*element), shape: Some(TensorShapeProto { dim }) };
    Ok(Port { name: (*name).to_owned(), r#type: Some(Type { tensor_type: Some(tensor_type) }) })
}
