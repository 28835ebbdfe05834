//! Recipes: what a text does to an image, one step after the other, as a composition.
//!
//! Example: 1 10 stretched by 2 is 1 0 10; a convolution of that with 3 2 1 and two cells of padding
//! is 1 2 13 20 30, the transposed convolution of 1 10 with 1 2 3 and stride 2.

use super::arrays;
use crate::error::{Error, RequestError};
use crate::geometry::Spec;
use crate::scalar::{Polynomial, show_rational};
use crate::structure::{Composition, Linear};
use crate::tensor::Tensor;

/// One step of a recipe, on one channel.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Step {
    /// The convolution or transposed convolution of a spec with these weights.
    Apply(&'static str, &'static str),
    /// So many minus one zeros between neighbours, on every axis.
    Stretch(usize),
    /// Every cell so many times, on every axis: resizing to the nearest.
    Nearest(usize),
    /// The results of one convolution with several weights, cell by cell in turns (one axis): the
    /// shuffle of a sub-pixel convolution.
    InTurns(&'static str, &'static [&'static str]),
}

impl Step {
    /// The stage that it is; `before` is the input of the first one: `i2x2`.
    fn stage(self, before: Option<&str>) -> Result<String, Error> {
        let input = before.map_or_else(String::new, |input| format!(" {input}"));
        // Stages after the first take what arrives.
        let taking = |spec: &str| match before {
            Some(_) => spec.to_owned(),
            None => spec.split(' ').filter(|token| !token.starts_with('i')).collect::<Vec<_>>().join(" "),
        };
        Ok(match self {
            Step::Apply(spec, weight) => format!("{} w={}", taking(spec), listed(weight)?),
            // A single tap writes every cell once.
            Step::Stretch(by) => format!("tconv{input} k1 s{by} w=1"),
            Step::Nearest(by) => format!("nearest{input} s{by}"),
            Step::InTurns(spec, weights) => {
                let all = weights.iter().map(|weight| listed(weight)).collect::<Result<Vec<_>, _>>()?;
                format!("{} c1:{} w={} then shuffle s{1}", taking(spec), weights.len(), all.join(","))
            }
        })
    }

    /// In a few words.
    fn words(self) -> String {
        match self {
            Step::Apply(spec, weight) => format!("{spec}, w = {weight}"),
            Step::Stretch(by) => match by.saturating_sub(1) {
                1 => "1 zero between".to_owned(),
                zeros => format!("{zeros} zeros between"),
            },
            Step::Nearest(by) => format!("nearest ×{by}"),
            Step::InTurns(spec, weights) => format!("{spec}, w = {}, in turns", weights.join(" and ")),
        }
    }
}

/// The numbers of a text with commas between.
fn listed(text: &str) -> Result<String, Error> {
    Ok(arrays::values(text)?.iter().map(show_rational).collect::<Vec<_>>().join(","))
}

/// The steps as a composition on images of this shape, `[n, c, positions…]`.
fn composed(steps: &[Step], shape: &[usize]) -> Result<Composition, Error> {
    let input = format!("i{}", shape[2..].iter().map(usize::to_string).collect::<Vec<_>>().join("x"));
    let stage = |(n, step): (usize, &Step)| step.stage((n == 0).then_some(&input));
    steps.iter().enumerate().map(stage).collect::<Result<Vec<_>, _>>()?.join(" then ").parse()
}

/// The image after all steps, as a text.
pub(super) fn run(steps: &[Step], x: &str) -> Result<String, Error> {
    let x: Tensor<_> = arrays::image(x)?;
    let composition = composed(steps, x.shape())?;
    let map = composition.linear()?;
    if x.len() != map.input().iter().product::<usize>() {
        let (expected, got) = (map.input().iter().product(), x.len());
        return Err(RequestError::Length { what: "x", expected, got, shape: map.input().to_vec() }.into());
    }
    let x: Vec<Polynomial> = x.into_entries().into_iter().map(Polynomial::constant).collect();
    let y = map.apply(&x, Clone::clone);
    Ok(arrays::text(map.output(), &y, value))
}

/// The steps in words: `1 zero between, then conv i3 k3 p2, w = 3 2 1`.
pub(super) fn words(steps: &[Step]) -> String {
    steps.iter().map(|step| step.words()).collect::<Vec<_>>().join(", then ")
}

/// Whether the steps are the linear map of a spec, entry by entry.
///
/// The answer is `the same 4×6 matrix`, or the first difference.
pub(super) fn same_map(steps: &[Step], spec: &str, weight: &str) -> Result<String, Error> {
    let shape = spec.parse::<Spec>()?.input_shape();
    let other: Composition = format!("{spec} w={}", listed(weight)?).parse()?;
    let [made, right] = [composed(steps, &shape)?.linear()?, other.linear()?];
    let sizes = |map: &Linear| [map.output(), map.input()].map(|shape| shape.iter().product::<usize>());
    let [rows, cols] = sizes(&right);
    if (made.input(), made.output()) != (right.input(), right.output()) {
        let [other_rows, other_cols] = sizes(&made);
        return Ok(format!("{other_rows}×{other_cols} for {rows}×{cols}"));
    }
    Ok(match made.difference(&right) {
        None => format!("the same {rows}×{cols} matrix"),
        Some((row, col, made, right)) => format!("row {row}, column {col}: {} for {}", value(&made), value(&right)),
    })
}

/// The number that a polynomial without indeterminates is.
fn value(polynomial: &Polynomial) -> String {
    polynomial.terms().first().map_or_else(|| "0".to_owned(), |(_, number)| show_rational(number))
}
