//! The frames of a geometry as text, SVG, one HTML page or JSON.
//!
//! ```text
//! frame 2 of 2: x1 = 10 stamps the kernel onto y2 y3 y4
//!   input x      1  [10]
//!   kernel w     1    2    3
//!   added x1·w            [10] [20] [30]
//!   output y     1    2   [13] [20] [30]
//! ```
//!
//! Texts and pictures say the same words; [`crate::steps`] says which cells there are.

mod html;
mod json;
mod layout;
mod pen;
mod svg;
mod text;
mod words;

use std::io;
use std::ops::Range;

use super::{failed, stream};
use crate::error::{Error, RequestError};
use crate::scalar::Rational;
use crate::steps::{Frame, Steps};
use crate::tensor::{Tensor, cells};
use pen::Pen;

/// How frames are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum StepsFormat {
    /// For a terminal.
    Text,
    /// One picture: several frames stand below each other.
    Svg,
    /// One page with a slider.
    Html,
    /// A document for programs.
    Json,
}

/// All formats: name, suffix, format.
pub const STEPS_FORMATS: [(&str, &str, StepsFormat); 4] = [
    ("text", "txt", StepsFormat::Text),
    ("svg", "svg", StepsFormat::Svg),
    ("html", "html", StepsFormat::Html),
    ("json", "json", StepsFormat::Json),
];

/// Frames as they are to be shown: in symbols, or with numbers for the input, the taps or both.
///
/// ```
/// use convproof::render::steps::{StepsFormat, StepsView};
/// use convproof::steps::{Method, Steps};
/// let steps = Steps::new(&"tconv i2 k2".parse().unwrap(), Method::Gather).unwrap();
/// let mut page = Vec::new();
/// StepsView::new(&steps).write(StepsFormat::Text, 1..2, &mut page).unwrap();
/// let page = String::from_utf8(page).unwrap();
/// assert!(page.contains("frame 2 of 3: y1 = x0·w1 + x1·w0"));
/// ```
#[derive(Debug, Clone)]
pub struct StepsView<'a> {
    steps: &'a Steps,
    input: Option<&'a Tensor<Rational>>,
    weight: Option<&'a Tensor<Rational>>,
    one_based: bool,
}

impl<'a> StepsView<'a> {
    /// The frames in symbols, with names that count from 0.
    pub fn new(steps: &'a Steps) -> Self {
        StepsView { steps, input: None, weight: None, one_based: false }
    }

    /// The same with numbers for the cells of the operation's input.
    ///
    /// # Errors
    /// Q2 if the tensor has another shape.
    pub fn with_input(mut self, x: &'a Tensor<Rational>) -> Result<Self, Error> {
        fits("the input", x, self.steps.spec().input_shape())?;
        self.input = Some(x);
        Ok(self)
    }

    /// The same with numbers for the taps.
    ///
    /// # Errors
    /// Q2 if the weight is not `[C_in, C_out/groups, k…]`.
    pub fn with_weight(mut self, weight: &'a Tensor<Rational>) -> Result<Self, Error> {
        fits("the weight", weight, self.steps.spec().geometry.weight_shape())?;
        self.weight = Some(weight);
        Ok(self)
    }

    /// The same with names that count from 1.
    #[must_use]
    pub fn one_based(mut self, one_based: bool) -> Self {
        self.one_based = one_based;
        self
    }

    /// Writes these frames, counted from 0; what is text ends in a newline.
    ///
    /// # Errors
    /// L5 if they are all and too many for a document, Q4 for a frame that is not there, both before
    /// anything is written; F1 if `out` fails.
    pub fn write(&self, format: StepsFormat, frames: Range<usize>, out: &mut dyn io::Write) -> Result<(), Error> {
        if frames.len() > 1 {
            self.steps.check_all()?;
        }
        let pen = Pen::new(self);
        let frames: Vec<Frame> = frames.map(|n| self.steps.frame(n)).collect::<Result<_, _>>()?;
        let written = match format {
            StepsFormat::Text => stream(out, |f| text::frames(self, &frames, &pen, f)),
            StepsFormat::Svg => stream(out, |f| svg::sheet(self, &frames, &pen, f)),
            StepsFormat::Html => stream(out, |f| html::page(self, &frames, &pen, f)),
            StepsFormat::Json => stream(out, |f| json::document(self, &frames, &pen, f)),
        };
        written.map_err(failed)
    }
}

fn fits(what: &'static str, tensor: &Tensor<Rational>, shape: Vec<usize>) -> Result<(), Error> {
    if tensor.shape() != shape {
        let expected = cells(&shape).unwrap_or(usize::MAX);
        return Err(RequestError::Length { what, expected, got: tensor.len(), shape }.into());
    }
    Ok(())
}
