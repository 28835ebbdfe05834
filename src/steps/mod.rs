//! A geometry computed step by step, as a teacher draws it: frames of panels of cells.
//!
//! | formulation | of `tconv` a frame is | of `conv` |
//! |---|---|---|
//! | [`Method::Scatter`] | an input cell that stamps the kernel | an input cell and all that it is part of |
//! | [`Method::Gather`] | an output cell and what reaches it | a window over the input |
//! | [`Method::ZeroInsertion`] | stretch; pad; rotate the kernel; then a window | - |
//!
//! Each is one file that states its own positions; they share panels and no index arithmetic. Sums
//! are kept as products of indices, so what a frame says can be held against the matrix.
//!
//! Example, `tconv i2 k3 s2` by scatter: frame 0 stamps `x0` onto `y0 y1 y2`, frame 1 stamps `x1` onto
//! `y2 y3 y4`, and `y2` holds `x0·w2 + x1·w0`.

mod gather;
mod panel;
mod parts;
mod scatter;
mod stamps;
mod windows;
mod zero_insertion;

use std::str::FromStr;

pub use panel::{Cell, Channel, Content, Panel, Plane, Role, Term, What};

use crate::error::{Error, LimitError, RequestError};
use crate::geometry::{Geometry, Kind, Spec};
use crate::tensor::cells;

/// Most cells of one frame.
pub const MAX_CELLS: u64 = 1 << 12;
/// Most cells of all frames that are asked for.
pub const MAX_ALL_CELLS: u64 = 1 << 17;
/// Most products that all frames that are asked for may show.
pub const MAX_TERMS: u64 = 1 << 21;

/// The ways of computing that can be drawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Method {
    /// A frame per input cell.
    Scatter,
    /// A frame per output cell.
    Gather,
    /// Stretch, pad, rotate the kernel, then a frame per output cell.
    ZeroInsertion,
}

/// All methods with their names.
pub const METHODS: [(Method, &str); 3] =
    [(Method::Scatter, "scatter"), (Method::Gather, "gather"), (Method::ZeroInsertion, "zero-insertion")];

impl Method {
    /// What is drawn where nothing is asked for: the scatter of `tconv`, the window of `conv`.
    pub fn of(kind: Kind) -> Method {
        match kind {
            Kind::Tconv => Method::Scatter,
            Kind::Conv => Method::Gather,
        }
    }

    /// The name on the command line.
    pub fn name(self) -> &'static str {
        METHODS.iter().find(|(method, _)| *method == self).map_or("", |(_, name)| name)
    }
}

impl FromStr for Method {
    type Err = Error;

    /// Reads `scatter`, `gather` or `zero-insertion`.
    ///
    /// # Errors
    /// Q4 for anything else.
    fn from_str(text: &str) -> Result<Self, Error> {
        let found = METHODS.iter().find(|(_, name)| *name == text).map(|(method, _)| *method);
        found.ok_or_else(|| {
            let problem = format!("'{text}' is not drawn; valid are scatter, gather, zero-insertion");
            RequestError::Option { option: "--formulation", problem }.into()
        })
    }
}

/// What a frame shows.
#[derive(Debug, Clone, PartialEq, Eq)]
#[allow(clippy::exhaustive_enums)] // the steps of the methods
pub enum Step {
    /// One input cell adds its products to the output.
    Add {
        /// Its row-major index.
        input: usize,
    },
    /// One output cell collects its products.
    Collect {
        /// Its row-major index.
        output: usize,
    },
    /// The input of a sample as it is.
    Input,
    /// Zeros between its cells.
    Stretch {
        /// How many, per axis.
        between: Vec<i64>,
    },
    /// Zeros around them; cells to drop where negative.
    Pad {
        /// How many in front, per axis.
        before: Vec<i64>,
        /// How many behind, per axis, those of the output padding included.
        after: Vec<i64>,
    },
    /// The kernel is rotated.
    Rotate,
}

/// One step as it is drawn.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Frame {
    /// Its number, from 0.
    pub number: usize,
    /// The sample of the batch that it is about.
    pub sample: usize,
    /// What it shows.
    pub step: Step,
    /// What is drawn, in reading order; of input and output the channels of the sample.
    pub panels: Vec<Panel>,
}

impl Frame {
    /// The panel of an array, if this frame shows it.
    pub fn panel(&self, what: What) -> Option<&Panel> {
        self.panels.iter().find(|panel| panel.what == what)
    }
}

/// All frames of a geometry, each made when it is asked for.
///
/// ```
/// use convproof::steps::{Content, Method, Steps, What};
/// let steps = Steps::new(&"tconv i2 k3 s2".parse().unwrap(), Method::Scatter).unwrap();
/// assert_eq!(steps.len(), 2);
/// let last = steps.frame(1).unwrap();
/// let y2 = &last.panel(What::Output).unwrap().planes[0].cells[2];
/// assert_eq!(y2.content, Content::Sum(vec![[0, 2], [1, 0]])); // x0·w2 + x1·w0
/// ```
#[derive(Debug, Clone)]
pub struct Steps {
    spec: Spec,
    method: Method,
    frames: usize,
    /// Cells of the largest frame.
    cells: i128,
}

impl Steps {
    /// The frames of a method.
    ///
    /// # Errors
    /// Q4 for the zero insertion of a convolution; L5 beyond [`MAX_CELLS`] cells in a frame or
    /// [`MAX_TERMS`] products of a sample.
    pub fn new(spec: &Spec, method: Method) -> Result<Steps, Error> {
        let g = &spec.geometry;
        let count = |shape: &[usize]| cells(shape).unwrap_or(usize::MAX);
        let (inputs, outputs) = (count(&spec.input_shape()), count(&spec.output_shape()));
        let (frames, cells) = match (spec.kind, method) {
            (Kind::Tconv, Method::Scatter) => (inputs, scatter::drawn(g)),
            (Kind::Tconv, Method::Gather) => (outputs, gather::drawn(g)),
            (Kind::Tconv, Method::ZeroInsertion) => {
                let stages = zero_insertion::stages(g).len().saturating_mul(g.input_shape()[0]);
                (outputs.saturating_add(stages), zero_insertion::drawn(g))
            }
            (Kind::Conv, Method::Gather) => (outputs, windows::drawn(g)),
            (Kind::Conv, Method::Scatter) => (inputs, stamps::drawn(g)),
            (Kind::Conv, Method::ZeroInsertion) => {
                let problem = "a convolution inserts no zeros, its transpose does: ask a tconv, or gather or scatter";
                let problem = problem.to_owned();
                return Err(RequestError::Option { option: "--formulation", problem }.into());
            }
        };
        let one = " a frame; ask for a smaller geometry";
        within("cells", cells, MAX_CELLS, one)?;
        within("products", products(g), MAX_TERMS, one)?;
        Ok(Steps { spec: spec.clone(), method, frames, cells })
    }

    /// The operation that is drawn.
    pub fn spec(&self) -> &Spec {
        &self.spec
    }

    /// How it is computed.
    pub fn method(&self) -> Method {
        self.method
    }

    /// How many frames there are.
    #[allow(clippy::len_without_is_empty)] // there is always a frame
    pub fn len(&self) -> usize {
        self.frames
    }

    /// Refuses more frames than one document can show.
    ///
    /// # Errors
    /// L5 beyond [`MAX_ALL_CELLS`] cells or [`MAX_TERMS`] products.
    pub fn check_all(&self) -> Result<(), Error> {
        let frames = i128::try_from(self.frames).unwrap_or(i128::MAX);
        let all = " in all frames; --frame N shows one";
        within("cells", self.cells.saturating_mul(frames), MAX_ALL_CELLS, all)?;
        within("products", products(&self.spec.geometry).saturating_mul(frames), MAX_TERMS, all)
    }

    /// Frame `n`, from 0.
    ///
    /// Cost: its cells, and the products of all frames of its sample up to it.
    ///
    /// # Errors
    /// Q4 beyond the last.
    pub fn frame(&self, n: usize) -> Result<Frame, Error> {
        if n >= self.frames {
            let problem = format!("there is no frame {}; valid are 1 to {}", n.saturating_add(1), self.frames);
            return Err(RequestError::Option { option: "--frame", problem }.into());
        }
        let g = &self.spec.geometry;
        let mut frame = match (self.spec.kind, self.method) {
            (Kind::Tconv, Method::Scatter) => scatter::frame(g, n),
            (Kind::Tconv, Method::Gather) => gather::frame(g, n),
            (Kind::Tconv, Method::ZeroInsertion) => zero_insertion::frame(g, n),
            (Kind::Conv, Method::Scatter) => stamps::frame(g, n),
            (Kind::Conv, _) => windows::frame(g, n),
        };
        frame.number = n;
        Ok(frame)
    }
}

/// Products of one sample.
fn products(g: &Geometry) -> i128 {
    g.products() / i128::from(g.batch())
}

fn within(what: &'static str, got: i128, limit: u64, offer: &'static str) -> Result<(), Error> {
    if got > limit.into() {
        return Err(LimitError::Picture { what, got, limit, offer }.into());
    }
    Ok(())
}
