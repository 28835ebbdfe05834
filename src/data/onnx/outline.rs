//! A model's nodes and shapes, without its weights: what an export looks like from outside.

use std::collections::BTreeMap;
use std::path::Path;

use prost::Message;

use super::messages::{GraphShapesProto, ModelShapesProto, NodeProto, ValueInfoProto};
use super::{MAX_PARTS, Node, bad, malformed, missing, parts};
use crate::data::{excerpt, read_file};
use crate::error::Error;

/// The length of an axis in a graph.
#[derive(Debug, Clone, PartialEq, Eq)]
#[allow(clippy::exhaustive_enums)] // ONNX has these two
pub enum Length {
    /// A number.
    Known(usize),
    /// Not known, by the name that the graph gives it; often empty.
    Named(String),
}

/// The nodes of a model with the shapes that it states.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Outline {
    /// In topological order. Attributes that are tensors are left out.
    pub nodes: Vec<Node>,
    /// Names of the graph's inputs that are no initializers.
    pub inputs: Vec<String>,
    /// The shapes of initializers, which are always known.
    pub constants: BTreeMap<String, Vec<usize>>,
    /// The shapes that the graph states for inputs, outputs and values in between.
    pub stated: BTreeMap<String, Vec<Length>>,
}

impl Outline {
    /// Reads a model of at most `limit` bytes. Weights may lie in other files.
    ///
    /// # Errors
    /// F1 if it cannot be read, F3 beyond the limit, and those of [`Outline::parse`].
    pub fn read(path: impl AsRef<Path>, limit: u64) -> Result<Outline, Error> {
        let place = path.as_ref().display().to_string();
        read_file(path, limit).and_then(|bytes| Outline::parse(&bytes)).map_err(|e| e.within(place))
    }

    /// Reads a serialized `ModelProto`.
    ///
    /// # Errors
    /// F2 if the bytes are none or have more than 2^20 parts; F5 if there is no graph.
    pub fn parse(bytes: &[u8]) -> Result<Outline, Error> {
        let count = parts(bytes).map_err(malformed)?;
        if count > MAX_PARTS {
            return Err(bad(format!("at most {MAX_PARTS} nodes, attributes and tensors"), format!("{count}")));
        }
        let model = ModelShapesProto::decode(bytes).map_err(malformed)?;
        let graph = model.graph.ok_or_else(|| missing("graph", "no graph".to_owned()))?;
        Outline::of_graph(graph)
    }

    fn of_graph(graph: GraphShapesProto) -> Result<Outline, Error> {
        let mut constants = BTreeMap::new();
        for tensor in graph.initializer {
            let dims: Option<Vec<usize>> = tensor.dims.iter().map(|&n| usize::try_from(n).ok()).collect();
            let dims = dims.ok_or_else(|| bad("lengths of at least 0", format!("{:?}", tensor.dims)))?;
            constants.insert(tensor.name, dims);
        }
        let inputs = graph.input.iter().map(|port| port.name.clone());
        let inputs = inputs.filter(|name| !constants.contains_key(name)).collect();
        let ports = graph.input.into_iter().chain(graph.output).chain(graph.value_info);
        let stated = ports.filter_map(|port| Some((port.name.clone(), lengths(port)?))).collect();
        let nodes = graph.node.into_iter().map(node).collect::<Result<_, _>>()?;
        Ok(Outline { nodes, inputs, constants, stated })
    }
}

fn lengths(port: ValueInfoProto) -> Option<Vec<Length>> {
    use super::DimensionValue::{DimParam, DimValue};
    let shape = port.r#type?.tensor_type?.shape?;
    let length = |value| match value {
        Some(DimValue(n)) => usize::try_from(n).map_or(Length::Named(String::new()), Length::Known),
        Some(DimParam(name)) => Length::Named(name),
        None => Length::Named(String::new()),
    };
    Some(shape.dim.into_iter().map(|dim| length(dim.value)).collect())
}

/// The node without the attributes that are tensors, whatever their element type.
fn node(mut message: NodeProto) -> Result<Node, Error> {
    message.attribute.retain(|attribute| attribute.t.is_none());
    let place = excerpt(&message.name);
    Node::new(message).map_err(|e| e.within(place))
}
