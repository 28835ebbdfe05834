//! Matrices and products as text: pure functions, one file per format.
//!
//! [`MatrixView`] is a matrix with what a reader wants to see of it; it writes itself in any
//! [`Format`], row by row. [`names`] says what taps and cells are called, [`steps`] draws frames.
//!
//! ```text
//! text      w0 w1 0            latex  \begin{pmatrix} w_{0} & w_{1} & 0 \\ …
//!           0  w0 w1           csv    w0,w1,0
//! product   y0 = x0·w0 + x1·w1
//! ```

mod axis;
mod canonical;
mod cells;
pub mod changes;
pub mod claims;
mod column_major;
pub mod composition;
mod csv;
mod delimiters;
mod digits;
pub mod finding;
mod format;
pub mod heat;
mod html;
pub mod json;
pub mod junit;
mod latex;
#[cfg(feature = "json")]
pub mod lint;
mod markdown;
mod mtx;
pub mod names;
mod npy;
#[cfg(feature = "npz")]
mod npz;
mod options;
mod page;
mod palette;
#[cfg(feature = "search")]
pub mod proof;
pub mod prove;
pub mod shape;
pub mod shown;
mod side_by_side;
pub mod snapshot;
#[cfg(feature = "json")]
pub mod solve;
pub mod steps;
pub mod structure;
pub mod structure_json;
mod summary;
mod svg;
mod sweep;
mod sympy;
mod text;
#[cfg(feature = "json")]
pub mod translate;
mod typst;
pub mod verdict;

use std::fmt;
use std::io;

pub use canonical::{Canonical, canonical};
pub use delimiters::Delimiters;
pub use format::{FORMATS, Format, FormatInfo};
pub use options::Zeros;
pub use summary::{own_side, symbol};

use crate::error::{DataError, Error, RequestError};
use crate::geometry::{Kind, Spec};
use crate::matrix::ConvMatrix;
use crate::scalar::Rational;
use crate::tensor::Tensor;
use names::Notation;
use page::Page;

/// A matrix as it is to be shown: of which operation, with which weight, with or without labels.
///
/// `conv …` shows `C` and `tconv …` shows `Cᵀ`; then rows are cells of the operation's result
/// `y`, columns are cells of its input `x`. The other matrix of a geometry can be shown as well,
/// with `x` and `y` changing places.
///
/// ```
/// use convproof::Spec;
/// use convproof::render::{Format, MatrixView};
/// let spec: Spec = "tconv i2 k2".parse().unwrap();
/// let matrix = spec.geometry.transposed_matrix().unwrap();
/// let view = MatrixView::new(&matrix, spec.kind).with_labels(true);
/// let page = view.show(Format::Text).unwrap();
/// assert_eq!(page.lines().collect::<Vec<_>>(), [
///     "    x0 x1",
///     "y0  w0 0",
///     "y1  w1 w0",
///     "y2  0  w1",
/// ]);
/// let page = view.show_product(Format::Text).unwrap();
/// assert_eq!(page.lines().collect::<Vec<_>>(), [
///     "y0 = x0·w0",
///     "y1 = x0·w1 + x1·w0",
///     "y2 = x1·w1",
/// ]);
/// ```
#[derive(Debug, Clone)]
pub struct MatrixView<'a> {
    matrix: &'a ConvMatrix,
    spec: Spec,
    weight: Option<&'a Tensor<Rational>>,
    labels: bool,
    zeros: Zeros,
    one_based: bool,
    blocks: bool,
    delimiters: Option<Delimiters>,
    column_major: bool,
    max_cells: Option<u64>,
}

impl<'a> MatrixView<'a> {
    /// The matrix in symbols, without labels, within the limits of each format.
    pub fn new(matrix: &'a ConvMatrix, kind: Kind) -> Self {
        let spec = Spec { kind, geometry: matrix.geometry().clone() };
        MatrixView {
            matrix,
            spec,
            weight: None,
            labels: false,
            zeros: Zeros::Digit,
            one_based: false,
            blocks: false,
            delimiters: None,
            column_major: false,
            max_cells: None,
        }
    }

    /// The same with numbers for the taps.
    ///
    /// # Errors
    /// Q1 if the weight is not `[C_in, C_out/groups, k…]`.
    pub fn with_weight(mut self, weight: &'a Tensor<Rational>) -> Result<Self, Error> {
        let shape = self.spec.geometry.weight_shape();
        if weight.shape() != shape {
            let expected = crate::tensor::cells(&shape).unwrap_or(usize::MAX);
            return Err(RequestError::WeightCount { expected, got: weight.len(), shape }.into());
        }
        self.weight = Some(weight);
        Ok(self)
    }

    /// The spec whose matrix this is.
    pub fn spec(&self) -> &Spec {
        &self.spec
    }

    /// Writes the matrix, row by row; what is text ends in a newline.
    ///
    /// Cost: entries for json, mtx, npz and svg, rows times columns for the others.
    ///
    /// # Errors
    /// L5 beyond the limit, Q4 where the format cannot hold a weight or show what is asked for, all
    /// before anything is written; F1 if `out` fails.
    pub fn write(&self, format: Format, out: &mut dyn io::Write) -> Result<(), Error> {
        self.check_options(format)?;
        self.check_size(format)?;
        let page = self.page(format);
        let written = match format {
            Format::Npy => return npy::matrix(&page, &npy::Elements::of(&page)?, out),
            #[cfg(feature = "npz")]
            Format::Npz => return npz::matrix(&page, &npy::Elements::of(&page)?, out),
            Format::Html => stream(out, |f| html::matrix(&page, f)),
            Format::Svg => stream(out, |f| svg::matrix(&page, f)),
            Format::Typst => stream(out, |f| typst::matrix(&page, f)),
            Format::Sympy => stream(out, |f| sympy::matrix(&page, f)),
            Format::Text => stream(out, |f| text::matrix(&page, f)),
            Format::Latex => stream(out, |f| latex::matrix(&page, f)),
            Format::Markdown => stream(out, |f| markdown::matrix(&page, f)),
            Format::Csv => stream(out, |f| csv::matrix(&page, f)),
            Format::Json => stream(out, |f| json::matrix(&page, f)),
            Format::Mtx => {
                let values = mtx::Values::of(&page)?;
                stream(out, |f| mtx::matrix(&page, &values, f))
            }
        };
        written.map_err(failed)
    }

    /// Writes the matrix times its input as sums, a line per cell of the result: `y = Cx` for
    /// `conv`, `y = Cᵀx` for `tconv`.
    ///
    /// Terms stand by the index of `x`, one for each structural entry, also where a weight is 0;
    /// an empty sum is `0`. Cost: the entries.
    ///
    /// # Errors
    /// L5 as [`MatrixView::write`] (csv and json: no limit), Q4 for a format that holds no sums, and
    /// for the matrix that is not the operation's own; F1 if `out` fails.
    pub fn write_product(&self, format: Format, out: &mut dyn io::Write) -> Result<(), Error> {
        let refuse = |problem: &str| RequestError::Option { option: "--product", problem: problem.to_owned() };
        if !self.is_own() {
            return Err(refuse("the matrix of conv is C, that of tconv is Cᵀ; this is the other one").into());
        }
        if !format.has_sums() {
            let valid: Vec<&str> = FORMATS.iter().filter(|i| i.format.has_sums()).map(|i| i.name).collect();
            return Err(refuse(&format!("{format} holds a matrix, no sums; valid are {}", valid.join(", "))).into());
        }
        if self.delimiters.is_some() {
            let problem = "sums stand in no matrix".to_owned();
            return Err(RequestError::Option { option: "--delimiters", problem }.into());
        }
        self.check_options(format)?;
        if !matches!(format, Format::Csv | Format::Json) {
            self.check_size(format)?;
        }
        let page = self.page(format);
        let written = match format {
            Format::Text => stream(out, |f| text::product(&page, f)),
            Format::Latex => stream(out, |f| latex::product(&page, f)),
            Format::Markdown => stream(out, |f| markdown::product(&page, f)),
            Format::Csv => stream(out, |f| csv::product(&page, f)),
            Format::Json => stream(out, |f| json::product(&page, f)),
            Format::Html => stream(out, |f| html::product(&page, f)),
            Format::Typst => stream(out, |f| typst::product(&page, f)),
            Format::Sympy => stream(out, |f| sympy::product(&page, f)),
            _ => unreachable!("a format without sums was refused"),
        };
        written.map_err(failed)
    }

    /// [`MatrixView::write`] to a string.
    ///
    /// # Errors
    /// The same, and Q4 for a format that is not text.
    pub fn show(&self, format: Format) -> Result<String, Error> {
        if format.is_binary() {
            let problem = format!("{format} is no text; write it");
            return Err(RequestError::Option { option: "--format", problem }.into());
        }
        let mut out = Vec::new();
        self.write(format, &mut out)?;
        Ok(String::from_utf8(out).expect("the other formats are text"))
    }

    /// [`MatrixView::write_product`] to a string.
    ///
    /// # Errors
    /// The same.
    pub fn show_product(&self, format: Format) -> Result<String, Error> {
        let mut out = Vec::new();
        self.write_product(format, &mut out)?;
        Ok(String::from_utf8(out).expect("sums are text"))
    }

    fn page(&self, format: Format) -> Page<'a> {
        let notation = match format {
            Format::Latex => Notation::Latex,
            Format::Typst => Notation::Typst,
            Format::Sympy => Notation::Python,
            _ => Notation::Plain,
        };
        Page::new(self, notation)
    }
}

/// What a `write` function of a format writes to: rows go out as they are made.
type Out<'a> = &'a mut dyn fmt::Write;

fn stream(out: &mut dyn io::Write, show: impl Fn(Out<'_>) -> fmt::Result) -> io::Result<()> {
    struct Shown<F>(F);
    impl<F: Fn(Out<'_>) -> fmt::Result> fmt::Display for Shown<F> {
        fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            (self.0)(f)
        }
    }
    // `write!` of std::io keeps the system's own error.
    write!(out, "{}", Shown(show))
}

fn failed(error: io::Error) -> Error {
    DataError::Io { action: "write", reason: error.to_string() }.into()
}
