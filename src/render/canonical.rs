//! The canonical text of a layer: small enough for a review at any size, and another text for every
//! other geometry.
//!
//! First its spec, sizes and remarks, then the matrix with names where it fits a page of 32 rows and
//! 100 columns. Beyond, a matrix per axis: as `o = s·i + d·t − p` holds axis by axis, `C` is the sum
//! over taps `t` of `w[t]` times the Kronecker product of the axes' matrices of `t`. An axis that does
//! not fit either is told by runs of inputs that meet the same taps.
//!
//! ```text
//! tconv i64 k4 s2 p1
//! x [1,1,64], w [1,1,4], y [1,1,128]
//! Cᵀ 128×64: rows = output 128, columns = input 64, row-major; 254 taps, 7938 zeros
//!
//! axis 0: o = 2i + t − 1, x 64 to y 128
//! i 0     t 1…3  o 0…2
//! i 1…62  t 0…3  o 1…4 to 123…126
//! i 63    t 0…2  o 125…127
//! ```

use std::fmt::Write as _;

use super::axis::{grid, relation, runs};
use super::{Format, MatrixView, own_side, summary};
use crate::error::{Error, LimitError, RequestError};
use crate::geometry::{Axis, Kind, Spec};
use crate::matrix::{ConvMatrix, Side};
use crate::scalar::{Rational, show_rational};
use crate::tensor::Tensor;

/// The largest matrix that a report shows beside other things.
pub(super) const MAX_ROWS: usize = 32;
pub(super) const MAX_COLUMNS: usize = 100;

/// Inputs or taps of an axis: each input is looked at.
const MAX_LENGTH: i64 = 1 << 24;

/// Weight values that are listed at either end.
const MAX_VALUES: usize = 16;

/// The canonical text of a layer in symbols.
///
/// Cost: the inputs of an axis.
///
/// # Errors
/// L3 for an axis of more than 2^24 inputs or taps.
///
/// ```
/// use convproof::render::canonical;
/// let text = canonical(&"conv i3 k2".parse()?)?;
/// assert_eq!(text, "\
/// conv i3 k2
/// x [1,1,3], w [1,1,2], y [1,1,2]
/// C 2×3: rows = output 2, columns = input 3, row-major; 4 taps, 2 zeros
///
///     x0 x1 x2
/// y0  w0 w1 0
/// y1  0  w0 w1
/// ");
/// # Ok::<(), convproof::Error>(())
/// ```
pub fn canonical(spec: &Spec) -> Result<String, Error> {
    Canonical::new(spec).text()
}

/// A layer with what its canonical text is to say beside the geometry.
#[derive(Debug, Clone)]
pub struct Canonical<'a> {
    spec: &'a Spec,
    weight: Option<&'a Tensor<Rational>>,
    product: bool,
    remarks: &'a [String],
}

impl<'a> Canonical<'a> {
    /// The layer in symbols.
    pub fn new(spec: &'a Spec) -> Self {
        Canonical { spec, weight: None, product: false, remarks: &[] }
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

    /// The same with the matrix times its input as sums, where they fit a page.
    #[must_use]
    pub fn with_product(mut self, product: bool) -> Self {
        self.product = product;
        self
    }

    /// The same with these remarks beside those of the geometry.
    #[must_use]
    pub fn with_remarks(mut self, remarks: &'a [String]) -> Self {
        self.remarks = remarks;
        self
    }

    /// The text; it ends in a newline.
    ///
    /// # Errors
    /// L3 as [`canonical`].
    pub fn text(&self) -> Result<String, Error> {
        let (spec, g) = (self.spec, &self.spec.geometry);
        for axis in g.axes() {
            let cells = axis.input().max(axis.kernel());
            if cells > MAX_LENGTH {
                let limit = MAX_LENGTH.unsigned_abs();
                return Err(LimitError::Cells { what: "an axis", cells: cells.into(), limit }.into());
            }
        }
        let side = own_side(spec.kind);
        let shapes = [("x", spec.input_shape()), ("w", g.weight_shape()), ("y", spec.output_shape())];
        let shapes = shapes.map(|(name, shape)| format!("{name} {}", format!("{shape:?}").replace(' ', "")));
        let entries = g.products().unsigned_abs();
        let mut text = format!("{spec}\n{}\n{}\n", shapes.join(", "), summary::of(spec, side, entries));
        for remark in g.remarks().iter().chain(self.remarks) {
            let _ = writeln!(text, "remark: {remark}");
        }
        // Who counts rows and columns first builds nothing that is large.
        let rows: u128 = spec.output_shape().iter().map(|&n| n as u128).product();
        let cols: u128 = spec.input_shape().iter().map(|&n| n as u128).product();
        let page = match rows <= MAX_ROWS as u128 && 2 * cols <= MAX_COLUMNS as u128 + 1 {
            true => self.page(side)?,
            false => None,
        };
        match page {
            Some(page) => text.push_str(&page),
            None => self.factors(&mut text),
        }
        Ok(text)
    }

    /// The matrix, and the product if that is wanted; None where the matrix does not fit.
    fn page(&self, side: Side) -> Result<Option<String>, Error> {
        let matrix = ConvMatrix::build(&self.spec.geometry, side, crate::matrix::MAX_ENTRIES)?;
        let mut view = MatrixView::new(&matrix, self.spec.kind).with_labels(true);
        if let Some(weight) = self.weight {
            view = view.with_weight(weight)?;
        }
        let Some(page) = view.show_if_small()? else { return Ok(None) };
        let mut text = format!("\n{page}");
        if self.product {
            let sums = view.show_product(Format::Text)?;
            text.push_str(if is_narrow(&sums) { "\n" } else { "\nthe sums do not fit a page\n" });
            text.push_str(if is_narrow(&sums) { &sums } else { "" });
        }
        Ok(Some(text))
    }

    /// Channels, groups, batch and the axes one by one.
    fn factors(&self, text: &mut String) {
        let g = &self.spec.geometry;
        let (from, to) = match self.spec.kind {
            Kind::Tconv => (g.in_channels(), g.out_channels()),
            Kind::Conv => (g.out_channels(), g.in_channels()),
        };
        text.push_str(
            "\nlarger than a page: the sum over taps t of w[t] times the Kronecker product of the axes' matrices,\n",
        );
        text.push_str("each 1 where its entry below is t and 0 elsewhere\n");
        if g.groups() > 1 {
            let _ = writeln!(
                text,
                "channels {from} to {to} in {} groups: every pair inside a group has taps of its own",
                g.groups()
            );
        } else if (from, to) != (1, 1) {
            let _ = writeln!(text, "channels {from} to {to}: every pair has taps of its own");
        }
        if g.batch() > 1 {
            let _ = writeln!(text, "batch {}: every sample by itself, by the same taps", g.batch());
        }
        if let Some(weight) = self.weight {
            text.push_str(&values(weight));
        }
        if self.product {
            text.push_str("the sums do not fit a page\n");
        }
        let mut told: Vec<(&Axis, Vec<usize>)> = Vec::new();
        for (n, axis) in g.axes().iter().enumerate() {
            match told.iter_mut().find(|(known, _)| *known == axis) {
                Some((_, numbers)) => numbers.push(n),
                None => told.push((axis, vec![n])),
            }
        }
        for (axis, numbers) in told {
            let plural = if numbers.len() > 1 { "axes" } else { "axis" };
            let numbers: Vec<String> = numbers.iter().map(ToString::to_string).collect();
            let (x, y, where_) = match self.spec.kind {
                Kind::Tconv => (axis.input(), axis.output(), ""),
                Kind::Conv => (axis.output(), axis.input(), "; o in x, i in y"),
            };
            let _ = writeln!(text, "\n{plural} {}: {}, x {x} to y {y}{where_}", numbers.join(", "), relation(axis));
            text.push_str(&grid(axis, self.spec.kind).unwrap_or_else(|| runs(axis)));
        }
    }
}

impl MatrixView<'_> {
    /// The matrix as text, if it has at most 32 rows and 100 columns of characters.
    ///
    /// # Errors
    /// As [`MatrixView::show`].
    pub fn show_if_small(&self) -> Result<Option<String>, Error> {
        // A row of n entries has at least 2n − 1 characters.
        if self.matrix.rows() > MAX_ROWS || 2 * self.matrix.cols() > MAX_COLUMNS + 1 {
            return Ok(None);
        }
        Ok(Some(self.show(Format::Text)?).filter(|page| is_narrow(page)))
    }
}

pub(super) fn is_narrow(page: &str) -> bool {
    page.lines().all(|line| line.chars().count() <= MAX_COLUMNS)
}

/// The values of a weight, or the first and last of them and two sums that tell others apart.
fn values(weight: &Tensor<Rational>) -> String {
    let show = |values: &[Rational]| values.iter().map(show_rational).collect::<Vec<_>>().join(" ");
    let all = weight.entries();
    if all.len() <= 2 * MAX_VALUES {
        return format!("w = {}\n", show(all));
    }
    let (mut sum, mut moment) = (Rational::from_integer(0.into()), Rational::from_integer(0.into()));
    for (n, value) in all.iter().enumerate() {
        sum += value;
        moment += value * Rational::from_integer((n + 1).into());
    }
    format!(
        "w = {} … {} ({} values; Σ w[n] = {}, Σ (n+1)·w[n] = {})\n",
        show(&all[..MAX_VALUES]),
        show(&all[all.len() - MAX_VALUES..]),
        all.len(),
        show_rational(&sum),
        show_rational(&moment)
    )
}
