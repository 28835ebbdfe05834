//! ONNX node tests: a folder with `model.onnx` and `test_data_set_*` of `.pb` tensors.
//!
//! The model's one `ConvTranspose` node is judged by `y = Cᵀx + b`, its one `Conv` node by
//! `y = Cx + b`. Weights and bias may be inputs or initialisers.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use super::case::Recorded;
use super::question::Question;
use super::recorded::{is_data_set, name_of, read_regular, sorted_entries};
use crate::data::onnx::{Model, Node, read_tensor};
use crate::data::{Array, MAX_BYTES};
use crate::dialect::{self, Call, shown};
use crate::error::{DataError, Error, MeaningError};

/// The data sets of a node test, in order of their names.
pub(super) fn data_sets(folder: &Path) -> Result<Vec<PathBuf>, Error> {
    let sets: Vec<PathBuf> = sorted_entries(folder)?.into_iter().filter(|path| is_data_set(path)).collect();
    if sets.is_empty() {
        let found = "a model without data to judge".to_owned();
        return Err(DataError::Missing { what: "folder", name: "test_data_set_0".to_owned(), found }.into());
    }
    Ok(sets)
}

/// The question that one data set of a model puts.
pub(super) fn read(model: &Path, set: &Path) -> Result<Recorded, Error> {
    let model = read_regular("ONNX model", model, MAX_BYTES)
        .and_then(|bytes| Model::parse(&bytes))
        .map_err(|e| e.within("model.onnx"))?;
    let node = the_node(&model)?;
    let mut tensors: BTreeMap<&str, Array> = model.initializers.iter().map(|(k, v)| (k.as_str(), v.clone())).collect();
    let fed = model.inputs.iter().filter(|port| !model.initializers.contains_key(&port.name));
    for (n, port) in fed.enumerate() {
        tensors.insert(&port.name, pb(&set.join(format!("input_{n}.pb")))?);
    }
    let operand = |index: usize| match node.inputs.get(index).filter(|name| !name.is_empty()) {
        None => Ok(None),
        // One tensor may be given twice.
        Some(name) => tensors.get(name.as_str()).cloned().map(Some).ok_or_else(|| {
            let found = "neither an input of the graph nor an initialiser".to_owned();
            Error::from(DataError::Missing { what: "tensor", name: name.clone(), found })
        }),
    };
    let (x, w, b) = (operand(0)?, operand(1)?, operand(2)?);
    let needed = |array: Option<Array>, name: &str| {
        array.ok_or_else(|| {
            let found = format!("{} with {} inputs", node.op_type, node.inputs.len());
            Error::from(DataError::Missing { what: "operand", name: name.to_owned(), found })
        })
    };
    let (x, w) = (needed(x, "X")?, needed(w, "W")?);
    let y = pb(&set.join("output_0.pb"))?;
    let dialect = dialect::find("onnx").expect("a registered dialect");
    let call = Call { operation: &node.op_type, attributes: &node.attributes, x: x.shape(), w: w.shape() };
    let lowered = (dialect.lower)(&call).map_err(|e| e.within(format!("node '{}'", node.name)))?;
    let question =
        Question { layouts: lowered.layouts, pads: lowered.pads, ..Question::forward(lowered.spec, x, w, b, y) };
    Ok(Recorded { question, remarks: lowered.remarks })
}

/// The model's only node: with others around it the recorded output is not that of the node.
fn the_node(model: &Model) -> Result<&Node, Error> {
    let node = match &model.nodes[..] {
        [node] if matches!(node.op_type.as_str(), "Conv" | "ConvTranspose") => node,
        nodes => {
            let names: Vec<&str> = nodes.iter().take(8).map(|n| n.op_type.as_str()).collect();
            let got = format!("{} nodes: {}", nodes.len(), names.join(", "));
            return Err(no_node_test("one Conv or ConvTranspose node", got));
        }
    };
    if !matches!(node.domain.as_str(), "" | "ai.onnx") {
        let got = format!("{} of '{}'", node.op_type, shown(&node.domain));
        return Err(no_node_test("a node of ONNX's own operators", got));
    }
    if node.inputs.len() > 3 {
        return Err(no_node_test("the inputs X, W and B", format!("{} inputs", node.inputs.len())));
    }
    // Null: a graph, or a kind that is not known here.
    let other = node.attributes.iter().find(|(_, value)| value.is_null()).map(|(name, _)| name);
    if let Some(name) = node.tensors.keys().next().or(other) {
        let (got, expected) = ("a tensor or a graph".to_owned(), "a number, a word or a list of them".to_owned());
        let error = Error::from(MeaningError::Attribute { name: shown(name), got, expected });
        return Err(error.within(format!("node '{}'", shown(&node.name))));
    }
    Ok(node)
}

fn no_node_test(expected: &str, got: String) -> Error {
    DataError::Format { format: "node test", expected: expected.to_owned(), got }.into()
}

fn pb(path: &Path) -> Result<Array, Error> {
    let bytes = read_regular("tensor", path, MAX_BYTES);
    bytes.and_then(|bytes| read_tensor(&bytes)).map(|(_, array)| array).map_err(|e| e.within(name_of(path)))
}
