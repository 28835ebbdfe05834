//! Which interpolation a layer with numbers is, and where.

use super::linear::Linear;
use super::resize::Method;
use super::stage::{Layer, Stage, Step};
use crate::error::Error;
use crate::geometry::{Kind, Spec};
use crate::scalar::Rational;
use crate::tensor::Tensor;

/// An interpolation that a layer agrees with inside.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Interpolation {
    /// Which.
    pub method: Method,
    /// The results that differ, at the ends.
    pub others: Vec<usize>,
    /// How many results there are.
    pub rows: usize,
}

/// The interpolations to the layer's own output size that most of its results are, at the least.
///
/// Of transposed convolutions of one channel, or channel by channel; batch 1. Cost: the entries.
///
/// # Errors
/// L rules for a layer that is too large.
pub fn interpolations(spec: &Spec, weight: &Tensor<Rational>) -> Result<Vec<Interpolation>, Error> {
    let g = &spec.geometry;
    let [input, output] = [spec.input_shape(), spec.output_shape()];
    let enlarges = g.axes().iter().any(|axis| axis.output() > axis.input());
    if spec.kind == Kind::Conv || g.batch() > 1 || g.groups() != g.in_channels() || input[1] != output[1] || !enlarges {
        return Ok(Vec::new());
    }
    let stage = |step| Stage::between(step, input[1..].to_vec(), output[1..].to_vec());
    let layer = stage(Step::Layer(Box::new(Layer { spec: spec.clone(), weight: Some(weight.clone()) }))).linear(0)?;
    let methods = [Method::Nearest, Method::Bilinear, Method::BilinearCorners, Method::Bicubic, Method::BicubicSharp];
    let mut found = Vec::new();
    for method in methods {
        let others = differing(&layer, &stage(Step::Resize(method)).linear(0)?);
        let rows = layer.rows.len();
        if others.len() * 2 < rows {
            found.push(Interpolation { method, others, rows });
        }
    }
    // What is exact everywhere hides what is so only inside.
    if found.iter().any(|one| one.others.is_empty()) {
        found.retain(|one| one.others.is_empty());
    }
    Ok(found)
}

fn differing(a: &Linear, b: &Linear) -> Vec<usize> {
    (0..a.rows.len()).filter(|&row| a.rows[row] != b.rows[row]).collect()
}
