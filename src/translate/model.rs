//! The calls of an ONNX model: every `Conv` and `ConvTranspose` node with the shapes that reach it.
//!
//! Shapes come from the graph's inputs and initializers and are carried through the nodes that keep
//! them or whose rule is known here; behind any other node the shapes that the model states are
//! taken. An axis that stays unknown is named, and [`calls`] may be told the input's shape.

use std::collections::BTreeMap;

use crate::data::onnx::{Length, Node, Outline};
use crate::dialect::{Lowered, Words, find, shown};
use crate::error::{Error, MeaningError, RequestError};

/// One `Conv` or `ConvTranspose` node of a model.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct ModelCall {
    /// The node's name; `#3` for the fourth node of the graph where it has none.
    pub node: String,
    /// The call and its meaning, or why it has none.
    pub call: Result<(Words, Lowered), Error>,
}

/// Operations of one input whose output has its shape.
const KEEP: &[&str] = &[
    "Relu",
    "LeakyRelu",
    "PRelu",
    "Elu",
    "Selu",
    "Celu",
    "Gelu",
    "Sigmoid",
    "HardSigmoid",
    "HardSwish",
    "Mish",
    "Tanh",
    "Softplus",
    "Softsign",
    "Softmax",
    "LogSoftmax",
    "Clip",
    "Identity",
    "Dropout",
    "BatchNormalization",
    "InstanceNormalization",
    "GroupNormalization",
    "LayerNormalization",
    "LRN",
    "Cast",
    "Abs",
    "Neg",
    "Exp",
    "Log",
    "Sqrt",
    "Erf",
    "Sin",
    "Cos",
    "Floor",
    "Ceil",
    "Round",
    "QuantizeLinear",
    "DequantizeLinear",
];
/// Operations of two inputs that broadcast.
const BROADCAST: &[&str] = &["Add", "Sub", "Mul", "Div", "Pow", "Max", "Min", "Sum", "Mean"];

type Shapes = BTreeMap<String, Vec<Length>>;

/// The calls of a model, in the order of its nodes. `inputs` fixes shapes of the graph's inputs.
///
/// # Errors
/// Q4 for an input that the graph does not have, or that contradicts what it states.
pub fn calls(model: &Outline, inputs: &BTreeMap<String, Vec<usize>>) -> Result<Vec<ModelCall>, Error> {
    let known = |shape: &[usize]| shape.iter().map(|&n| Length::Known(n)).collect::<Vec<_>>();
    let mut shapes: Shapes = model.constants.iter().map(|(name, shape)| (name.clone(), known(shape))).collect();
    for name in &model.inputs {
        let stated = model.stated.get(name);
        let shape = match inputs.get(name) {
            Some(given) => Some(checked(name, given, stated)?),
            None => stated.cloned(),
        };
        shapes.extend(shape.map(|shape| (name.clone(), shape)));
    }
    if let Some(name) = inputs.keys().find(|name| !model.inputs.contains(name)) {
        let known: Vec<String> = model.inputs.iter().take(8).map(|name| shown(name)).collect();
        let problem = format!("the graph has no input '{}'; it has {}", shown(name), known.join(", "));
        return Err(RequestError::Option { option: "--input", problem }.into());
    }
    let mut all = Vec::new();
    // Why the shape of a value is not known.
    let mut causes: BTreeMap<&str, String> = BTreeMap::new();
    for (n, node) in model.nodes.iter().enumerate() {
        let own = matches!(node.domain.as_str(), "" | "ai.onnx");
        let result = if own && matches!(node.op_type.as_str(), "Conv" | "ConvTranspose") {
            let name = if node.name.is_empty() { format!("#{n}") } else { node.name.clone() };
            let call = call(node, &shapes, &causes);
            let result = call.as_ref().ok().map(|(_, lowered)| known(&lowered.spec.output_shape()));
            all.push(ModelCall { node: name, call });
            result
        } else if own {
            carried(node, &shapes)
        } else {
            None
        };
        let mut result = result;
        for name in &node.outputs {
            match result.take().or_else(|| model.stated.get(name).cloned()) {
                Some(shape) => drop(shapes.insert(name.clone(), shape)),
                None => drop(causes.insert(name, cause(node, n, &shapes, &causes))),
            }
        }
    }
    Ok(all)
}

/// A given shape, if it agrees with what the graph states.
fn checked(name: &str, given: &[usize], stated: Option<&Vec<Length>>) -> Result<Vec<Length>, Error> {
    let agrees = stated.is_none_or(|stated| {
        stated.len() == given.len()
            && stated.iter().zip(given).all(|(s, g)| matches!(s, Length::Named(_)) || *s == Length::Known(*g))
    });
    if !agrees {
        let stated = stated.map(|s| written(s)).unwrap_or_default();
        let problem = format!("{} is {given:?}, but the graph states {stated}", shown(name));
        return Err(RequestError::Option { option: "--input", problem }.into());
    }
    Ok(given.iter().map(|&n| Length::Known(n)).collect())
}

/// `1×3×height×?`
fn written(shape: &[Length]) -> String {
    let one = |length: &Length| match length {
        Length::Known(n) => n.to_string(),
        Length::Named(name) if name.is_empty() => "?".to_owned(),
        Length::Named(name) => shown(name),
    };
    shape.iter().map(one).collect::<Vec<_>>().join("×")
}

/// Why the shape behind a node is not known: what comes in is not, or its rule.
fn cause(node: &Node, n: usize, shapes: &Shapes, causes: &BTreeMap<&str, String>) -> String {
    let inputs = || node.inputs.iter().filter(|name| !name.is_empty());
    if let Some(cause) = inputs().find_map(|name| causes.get(name.as_str())) {
        return cause.clone();
    }
    match inputs().find_map(|name| Some((name, free(shapes.get(name)?)?))) {
        Some((name, free)) => format!("'{}' is free on {free}", shown(name)),
        None => format!("no rule is known here for the shape behind {} (node {n})", shown(&node.op_type)),
    }
}

/// The axes of a shape that are not known: `axis 2 (height), axis 3 (width)`.
fn free(shape: &[Length]) -> Option<String> {
    let one = |(axis, length): (usize, &Length)| match length {
        Length::Known(_) => None,
        Length::Named(name) if name.is_empty() => Some(format!("axis {axis}")),
        Length::Named(name) => Some(format!("axis {axis} ({})", shown(name))),
    };
    let all: Vec<String> = shape.iter().enumerate().filter_map(one).collect();
    (!all.is_empty()).then(|| all.join(", "))
}

fn call(node: &Node, shapes: &Shapes, causes: &BTreeMap<&str, String>) -> Result<(Words, Lowered), Error> {
    let dialect = find("onnx").expect("a registered dialect");
    let shape = |index: usize, letter: &str| -> Result<Vec<usize>, Error> {
        let name = node.inputs.get(index).map_or("", String::as_str);
        let missing = |got: String| {
            let expected = "a known length on every axis; give the graph's input as --input NAME=1x3x32x32".to_owned();
            Error::from(MeaningError::Attribute { name: letter.to_owned(), got, expected })
        };
        let lengths = shapes.get(name).ok_or_else(|| {
            let cause = causes.get(name).map_or("the model states none".to_owned(), Clone::clone);
            missing(format!("'{}', of no known shape: {cause}", shown(name)))
        })?;
        if let Some(free) = free(lengths) {
            return Err(missing(format!("'{}', {}, free on {free}", shown(name), written(lengths))));
        }
        Ok(lengths.iter().map(|l| if let Length::Known(n) = l { *n } else { 0 }).collect())
    };
    let (x, w) = (shape(0, "X")?, shape(1, "W")?);
    let (operation, attributes) = (node.op_type.clone(), node.attributes.clone());
    let words = Words { dialect, operation, attributes, x, w };
    let lowered = words.lower()?;
    Ok((words, lowered))
}

/// The shape behind a node whose rule is known.
fn carried(node: &Node, shapes: &Shapes) -> Option<Vec<Length>> {
    let shape = |n: usize| shapes.get(node.inputs.get(n)?);
    let operation = node.op_type.as_str();
    if KEEP.contains(&operation) {
        return shape(0).cloned();
    }
    if BROADCAST.contains(&operation) {
        let all: Option<Vec<&Vec<Length>>> = (0..node.inputs.len()).map(shape).collect();
        return all?.into_iter().cloned().map(Some).reduce(|a, b| broadcast(&a?, &b?))?;
    }
    if operation == "Concat" {
        let all: Vec<&Vec<Length>> = (0..node.inputs.len()).map(shape).collect::<Option<_>>()?;
        let rank = all.first()?.len();
        let axis = node.attributes.get("axis")?.as_i64()?;
        let axis = usize::try_from(if axis < 0 { axis.checked_add(i64::try_from(rank).ok()?)? } else { axis }).ok()?;
        let mut joined = all.first()?.to_vec();
        if axis >= rank || all.iter().any(|shape| shape.len() != rank) {
            return None;
        }
        let lengths = all.iter().map(|shape| if let Length::Known(n) = shape[axis] { Some(n) } else { None });
        let sum = lengths.reduce(|a, b| a?.checked_add(b?))??;
        joined[axis] = Length::Known(sum);
        return Some(joined);
    }
    None
}

/// The shape of two operands that are spread over each other.
fn broadcast(a: &[Length], b: &[Length]) -> Option<Vec<Length>> {
    let (long, short) = if a.len() >= b.len() { (a, b) } else { (b, a) };
    let mut shape = long.to_vec();
    for (own, other) in shape.iter_mut().rev().zip(short.iter().rev()) {
        if *own == Length::Known(1) {
            *own = other.clone();
        } else if *other != Length::Known(1) && own != other {
            return None;
        }
    }
    Some(shape)
}
