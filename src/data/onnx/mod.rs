//! ONNX files: `model.onnx` and the `.pb` tensors of node tests.
//!
//! A node test is a folder with `model.onnx`, which holds one node, and `test_data_set_0/` with
//! `input_0.pb …` and `output_0.pb`. [`Model::read`] reads the first, [`read_tensor`] the others.
//! The operations are not interpreted here: nodes and attributes arrive in the model's own words.

use std::collections::BTreeMap;
use std::path::Path;

use prost::{DecodeError, Message};
use serde_json::{Map, Value};

use super::{Array, ElementType, excerpt, invalid, read_file};
use crate::error::{DataError, Error};

mod messages;
mod outline;
mod tensor;
mod write;

use messages::{
    AttributeProto, DimensionValue, GraphOutline, ModelOutline, ModelProto, NodeOutline, NodeProto, ValueInfoProto,
};
pub use outline::{Length, Outline};
pub use tensor::{read_tensor, write_tensor};
pub use write::{TypedPort, write_model};

/// A model: a graph of nodes.
///
/// ```no_run
/// use convproof::data::{MAX_BYTES, onnx::Model};
/// let model = Model::read("test_convtranspose/model.onnx", MAX_BYTES)?;
/// for node in &model.nodes {
///     println!("{} of opset {}: {:?}", node.op_type, model.opset, node.attributes.get("strides"));
/// }
/// # Ok::<(), convproof::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Model {
    /// The version of ONNX's own operator set.
    pub opset: i64,
    /// In topological order.
    pub nodes: Vec<Node>,
    /// What goes into the graph; old models list the initializers here too.
    pub inputs: Vec<Port>,
    /// What comes out of the graph.
    pub outputs: Vec<Port>,
    /// Constant tensors by name.
    pub initializers: BTreeMap<String, Array>,
}

/// One operation of a [`Model`].
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Node {
    /// Its name, often empty.
    pub name: String,
    /// `ConvTranspose`, `Conv` …
    pub op_type: String,
    /// The operator set; empty for ONNX's own.
    pub domain: String,
    /// Names of its inputs; an empty name is an input left out.
    pub inputs: Vec<String>,
    /// Names of its outputs.
    pub outputs: Vec<String>,
    /// Numbers, strings and lists of them; null for graphs and other kinds. A float that is not
    /// finite is the string `NaN`, `inf` or `-inf`.
    pub attributes: Map<String, Value>,
    /// The attributes that are tensors.
    pub tensors: BTreeMap<String, Array>,
}

/// An input or output of a graph.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Port {
    /// Its name.
    pub name: String,
    /// Its shape, if stated; an axis without a fixed length has none.
    pub shape: Option<Vec<Option<usize>>>,
}

impl Model {
    /// Reads a `model.onnx` of at most `limit` bytes.
    ///
    /// # Errors
    /// F1 if it cannot be read, F3 beyond the limit, and those of [`Model::parse`].
    pub fn read(path: impl AsRef<Path>, limit: u64) -> Result<Model, Error> {
        let place = path.as_ref().display().to_string();
        read_file(path, limit).and_then(|bytes| Model::parse(&bytes)).map_err(|e| e.within(place))
    }

    /// Reads a serialized `ModelProto`.
    ///
    /// # Errors
    /// F2 if the bytes are none, have more than 2^20 parts, or an attribute or tensor in it contradicts itself; F4 for a
    /// tensor of an element type that is not supported; F5 if there is no graph or no operator set.
    pub fn parse(bytes: &[u8]) -> Result<Model, Error> {
        let parts = parts(bytes).map_err(malformed)?;
        if parts > MAX_PARTS {
            return Err(bad(format!("at most {MAX_PARTS} nodes, attributes and tensors"), format!("{parts}")));
        }
        let model = ModelProto::decode(bytes).map_err(malformed)?;
        let opset = opset(&model)?;
        let Some(graph) = model.graph else { return Err(missing("graph", "no graph".to_owned())) };
        let mut initializers = BTreeMap::new();
        for message in graph.initializer {
            let name = message.name.clone();
            let array = tensor::array(message).map_err(|e| e.within(excerpt(&name)))?;
            if initializers.insert(name.clone(), array).is_some() {
                return Err(bad("initializers with a name each", format!("'{}' twice", excerpt(&name))));
            }
        }
        Ok(Model {
            opset,
            nodes: graph.node.into_iter().map(Node::new).collect::<Result<_, _>>()?,
            inputs: graph.input.into_iter().map(Port::new).collect(),
            outputs: graph.output.into_iter().map(Port::new).collect(),
            initializers,
        })
    }
}

/// No model has more nodes, attributes, tensors and ports. A part may take two bytes in the file
/// and hundreds in memory, so they are counted first.
const MAX_PARTS: usize = 1 << 20;

/// The number of parts of a serialized model.
fn parts(bytes: &[u8]) -> Result<usize, DecodeError> {
    let model = ModelOutline::decode(bytes)?;
    let mut parts = model.opset_import.len();
    for graph in model.graph {
        let graph = GraphOutline::decode(graph.as_slice())?;
        parts += graph.node.len() + graph.initializer.len() + graph.input.len() + graph.output.len();
        for node in graph.node {
            parts += NodeOutline::decode(node.as_slice())?.attribute.len();
        }
    }
    Ok(parts)
}

fn malformed(error: DecodeError) -> Error {
    bad("a ModelProto", excerpt(&error.to_string()))
}

/// The version of ONNX's own operator set; version 1 is implied before `ir_version` 3.
fn opset(model: &ModelProto) -> Result<i64, Error> {
    let own = model.opset_import.iter().find(|set| set.domain.is_empty() || set.domain == "ai.onnx");
    match own {
        Some(set) => Ok(set.version),
        None if (1..3).contains(&model.ir_version) => Ok(1),
        None => {
            let domains: Vec<String> = model.opset_import.iter().map(|set| set.domain.clone()).collect();
            Err(missing("opset_import", super::listed(&domains)))
        }
    }
}

impl Node {
    fn new(mut message: NodeProto) -> Result<Node, Error> {
        let (mut attributes, mut tensors) = (Map::new(), BTreeMap::new());
        for mut attribute in std::mem::take(&mut message.attribute) {
            let name = std::mem::take(&mut attribute.name);
            let place = |e: Error| e.within(format!("{} attribute {}", excerpt(&message.op_type), excerpt(&name)));
            let repeated = match attribute.t.take() {
                Some(tensor) => {
                    let array = tensor::array(*tensor).map_err(place)?;
                    attributes.contains_key(&name) || tensors.insert(name.clone(), array).is_some()
                }
                None => {
                    let value = value(attribute).map_err(place)?;
                    tensors.contains_key(&name) || attributes.insert(name.clone(), value).is_some()
                }
            };
            if repeated {
                return Err(place(bad("each attribute once", "it twice")));
            }
        }
        let NodeProto { name, op_type, domain, input: inputs, output: outputs, .. } = message;
        Ok(Node { name, op_type, domain, inputs, outputs, attributes, tensors })
    }
}

/// The value of an attribute that is no tensor, by its `type`; models before `ir_version` 2 leave
/// the type out, and it is the field that is there.
fn value(attribute: AttributeProto) -> Result<Value, Error> {
    let AttributeProto { f, i, s, floats, ints, strings, r#type, .. } = attribute;
    let kind = match r#type {
        0 if f.is_some() => 1,
        0 if i.is_some() => 2,
        0 if s.is_some() => 3,
        0 if !floats.is_empty() => 6,
        0 if !ints.is_empty() => 7,
        0 if !strings.is_empty() => 8,
        other => other,
    };
    // A writer of proto3 leaves out what is 0 or empty.
    Ok(match kind {
        1 => float(f.unwrap_or_default()),
        2 => i.unwrap_or_default().into(),
        3 => text(s.unwrap_or_default())?,
        6 => floats.into_iter().map(float).collect(),
        7 => ints.into(),
        8 => Value::Array(strings.into_iter().map(text).collect::<Result<_, _>>()?),
        _ => Value::Null,
    })
}

fn float(value: f32) -> Value {
    if value.is_finite() { f64::from(value).into() } else { value.to_string().into() }
}

fn text(bytes: Vec<u8>) -> Result<Value, Error> {
    String::from_utf8(bytes)
        .map(Value::String)
        .map_err(|e| bad("text", excerpt(&String::from_utf8_lossy(e.as_bytes()))))
}

impl Port {
    fn new(message: ValueInfoProto) -> Port {
        let shape = message.r#type.and_then(|t| t.tensor_type).and_then(|t| t.shape);
        let length = |value: Option<DimensionValue>| match value {
            Some(DimensionValue::DimValue(length)) => usize::try_from(length).ok(),
            Some(DimensionValue::DimParam(_)) | None => None,
        };
        let shape = shape.map(|shape| shape.dim.into_iter().map(|dim| length(dim.value)).collect());
        Port { name: message.name, shape }
    }
}

/// F2 about a model.
fn bad(expected: impl Into<String>, got: impl Into<String>) -> Error {
    invalid("ONNX model", expected, got)
}

fn missing(name: &str, found: String) -> Error {
    DataError::Missing { what: "field", name: name.to_owned(), found }.into()
}
