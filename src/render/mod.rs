//! Matrices and products as text: pure functions, one file per format.
//!
//! [`MatrixView`] is a matrix with what a reader wants to see of it; it writes itself in any
//! [`Format`], row by row. [`names`] says what taps and cells are called.
//!
//! ```text
//! text      w0 w1 0            latex  \begin{pmatrix} w_{0} & w_{1} & 0 \\ …
//!           0  w0 w1           csv    w0,w1,0
//! product   y0 = x0·w0 + x1·w1
//! ```

mod csv;
pub mod finding;
mod format;
pub mod json;
pub mod junit;
mod latex;
#[cfg(feature = "json")]
pub mod lint;
mod markdown;
mod mtx;
pub mod names;
mod page;
#[cfg(feature = "search")]
pub mod proof;
pub mod prove;
pub mod shape;
pub mod shown;
mod side_by_side;
#[cfg(feature = "json")]
pub mod solve;
mod sweep;
mod text;
#[cfg(feature = "json")]
pub mod translate;
pub mod verdict;

use std::fmt;
use std::io;

pub use format::{FORMATS, Format, FormatInfo};

use crate::error::{DataError, Error, LimitError, RequestError};
use crate::geometry::{Kind, Spec};
use crate::matrix::{ConvMatrix, Side};
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
    max_cells: Option<u64>,
}

impl<'a> MatrixView<'a> {
    /// The matrix in symbols, without labels, within the limits of each format.
    pub fn new(matrix: &'a ConvMatrix, kind: Kind) -> Self {
        let spec = Spec { kind, geometry: matrix.geometry().clone() };
        MatrixView { matrix, spec, weight: None, labels: false, max_cells: None }
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

    /// The same with or without the names of rows and columns (markdown always has them).
    #[must_use]
    pub fn with_labels(mut self, labels: bool) -> Self {
        self.labels = labels;
        self
    }

    /// The same with another limit on rows times columns than that of [`FormatInfo::max_cells`].
    #[must_use]
    pub fn with_max_cells(mut self, max_cells: u64) -> Self {
        self.max_cells = Some(max_cells);
        self
    }

    /// The spec whose matrix this is.
    pub fn spec(&self) -> &Spec {
        &self.spec
    }

    /// Writes the matrix, row by row, ending in a newline.
    ///
    /// Cost: rows times columns for text, latex, markdown and csv, entries for json and mtx.
    ///
    /// # Errors
    /// L5 beyond the limit, Q4 where the format cannot hold a weight, both before anything is
    /// written; F1 if `out` fails.
    pub fn write(&self, format: Format, out: &mut dyn io::Write) -> Result<(), Error> {
        self.check_size(format)?;
        let page = self.page(format);
        let written = match format {
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
    /// L5 as [`MatrixView::write`] (csv and json: no limit), Q4 for mtx, which holds no sums, and
    /// for the matrix that is not the operation's own; F1 if `out` fails.
    pub fn write_product(&self, format: Format, out: &mut dyn io::Write) -> Result<(), Error> {
        let refuse = |problem: &str| RequestError::Option { option: "--product", problem: problem.to_owned() };
        if !self.is_own() {
            return Err(refuse("the matrix of conv is C, that of tconv is Cᵀ; this is the other one").into());
        }
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
            Format::Mtx => return Err(refuse("mtx holds a matrix, no sums; valid are the other formats").into()),
        };
        written.map_err(failed)
    }

    /// [`MatrixView::write`] to a string.
    ///
    /// # Errors
    /// The same.
    pub fn show(&self, format: Format) -> Result<String, Error> {
        let mut out = Vec::new();
        self.write(format, &mut out)?;
        Ok(String::from_utf8(out).expect("all formats are text"))
    }

    /// [`MatrixView::write_product`] to a string.
    ///
    /// # Errors
    /// The same.
    pub fn show_product(&self, format: Format) -> Result<String, Error> {
        let mut out = Vec::new();
        self.write_product(format, &mut out)?;
        Ok(String::from_utf8(out).expect("all formats are text"))
    }

    /// What the matrix is, in one line:
    /// `C 4×16: rows = output 2×2, columns = input 4×4, row-major; 36 taps, 28 zeros`.
    pub fn summary(&self) -> String {
        let (rows, cols) = if self.is_own() { ("output", "input") } else { ("input", "output") };
        let cells = self.matrix.rows() as u128 * self.matrix.cols() as u128;
        format!(
            "{} {}×{}: rows = {}, columns = {}, row-major; {}, {}",
            symbol(self.matrix.side()),
            self.matrix.rows(),
            self.matrix.cols(),
            side_words(rows, &self.matrix.row_shape()),
            side_words(cols, &self.matrix.col_shape()),
            prove::counted(self.matrix.entries() as u128, "tap"),
            prove::counted(cells - self.matrix.entries() as u128, "zero"),
        )
    }

    /// Whether rows are the named operation's result and columns its input.
    fn is_own(&self) -> bool {
        matches!((self.spec.kind, self.matrix.side()), (Kind::Conv, Side::C) | (Kind::Tconv, Side::Transposed))
    }

    fn page(&self, format: Format) -> Page<'a> {
        let notation = if format == Format::Latex { Notation::Latex } else { Notation::Plain };
        Page::new(self, notation)
    }

    fn check_size(&self, format: Format) -> Result<(), Error> {
        let (rows, cols) = (self.matrix.rows(), self.matrix.cols());
        let FormatInfo { name, max_cells: Some(default), .. } = format.info() else { return Ok(()) };
        let limit = self.max_cells.unwrap_or(*default);
        if rows as u128 * cols as u128 > limit.into() {
            return Err(LimitError::Page { rows, cols, format: name, limit }.into());
        }
        Ok(())
    }
}

/// `C` or `Cᵀ`.
pub fn symbol(side: Side) -> &'static str {
    match side {
        Side::C => "C",
        Side::Transposed => "Cᵀ",
    }
}

/// `2 samples × 3 channels × output 4×4`; what is 1 is left out.
fn side_words(word: &str, shape: &[usize]) -> String {
    let outer = [(shape[0], "samples"), (shape[1], "channels")].into_iter().filter(|(n, _)| *n != 1);
    let outer: String = outer.map(|(n, what)| format!("{n} {what} × ")).collect();
    let spatial = shape[2..].iter().map(ToString::to_string).collect::<Vec<_>>().join("×");
    format!("{outer}{word} {spatial}")
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
