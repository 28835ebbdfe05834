//! What all formats ask of a view: names of rows and columns, texts of entries, sums.

use std::borrow::Cow;

use sprs::CsMatI;

use super::MatrixView;
use super::column_major::permuted;
use super::delimiters::Delimiters;
use super::names::{Names, Notation, Series};
use super::options::Zeros;
use crate::geometry::Spec;
use crate::matrix::ConvMatrix;
use crate::scalar::{Rational, Tap, show_rational};
use crate::tensor::Tensor;

/// A line in front of a row or a column: between the rows of an image, between channels.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Line {
    None,
    Thin,
    Thick,
}

/// A view with its names in one notation.
pub(super) struct Page<'a> {
    pub(super) matrix: &'a ConvMatrix,
    /// Its entries, rows and columns in the order that is shown.
    pub(super) grid: Cow<'a, CsMatI<Tap, u32>>,
    pub(super) spec: Spec,
    pub(super) labels: bool,
    pub(super) weight: Option<&'a Tensor<Rational>>,
    pub(super) taps: Series,
    pub(super) rows: Series,
    pub(super) cols: Series,
    notation: Notation,
    /// What stands where there is no tap.
    pub(super) zero: &'static str,
    pub(super) blocks: bool,
    pub(super) delimiters: Option<Delimiters>,
    pub(super) column_major: bool,
    /// The weight's entries as text.
    values: Vec<String>,
}

impl<'a> Page<'a> {
    pub(super) fn new(view: &MatrixView<'a>, notation: Notation) -> Self {
        let [taps, mut x, mut y] = Names::counting_from(usize::from(view.one_based), &view.spec, notation).series();
        let mut grid = Cow::Borrowed(view.matrix.taps());
        if view.column_major {
            (x, y) = (x.column_major(), y.column_major());
            grid = Cow::Owned(permuted(view.matrix));
        }
        let (rows, cols) = if view.is_own() { (y, x) } else { (x, y) };
        let values = view.weight.map_or_else(Vec::new, |w| w.entries().iter().map(|v| number(v, notation)).collect());
        Page {
            matrix: view.matrix,
            grid,
            spec: view.spec.clone(),
            labels: view.labels,
            weight: view.weight,
            taps,
            rows,
            cols,
            notation,
            zero: zero(view.zeros, notation),
            blocks: view.blocks,
            delimiters: view.delimiters,
            column_major: view.column_major,
            values,
        }
    }

    /// What the matrix is called: `C of conv i3 k2`.
    pub(super) fn title(&self) -> String {
        format!("{} of {}", super::symbol(self.matrix.side()), self.spec)
    }

    /// The line in front of a row.
    pub(super) fn row_line(&self, row: usize) -> Line {
        self.line(self.rows.shape(), row)
    }

    /// The line in front of a column.
    pub(super) fn col_line(&self, col: usize) -> Line {
        self.line(self.cols.shape(), col)
    }

    /// `shape` is `[n, c, positions…]`: its last axis is a row of an image, all positions a channel.
    fn line(&self, shape: &[usize], index: usize) -> Line {
        if !self.blocks || index == 0 {
            return Line::None;
        }
        let channel: usize = shape[2..].iter().product();
        match index {
            _ if index.is_multiple_of(channel) => Line::Thick,
            _ if index.is_multiple_of(shape[shape.len() - 1]) => Line::Thin,
            _ => Line::None,
        }
    }

    /// What a reader is told who points at an entry: `row y0, column x1, tap w1 = -1/3`.
    pub(super) fn tool_tip(&self, row: usize, col: usize, tap: Tap) -> String {
        format!("row {}, column {}, tap {}", self.rows.name(row), self.cols.name(col), self.tap_value(tap))
    }

    /// A tap's name, with its value if it has one: `w1 = -1/3`.
    pub(super) fn tap_value(&self, tap: Tap) -> String {
        let name = self.taps.name(tap.index());
        if self.numeric() { format!("{name} = {}", self.entry(tap)) } else { name.into_owned() }
    }

    /// The structural entries of a row: column and tap, by ascending column.
    pub(super) fn row(&self, row: usize) -> impl Iterator<Item = (usize, Tap)> {
        let range = self.grid.indptr().outer_inds_sz(row);
        let (cols, taps) = (&self.grid.indices()[range.clone()], &self.grid.data()[range]);
        cols.iter().map(|&col| col as usize).zip(taps.iter().copied())
    }

    /// Whether entries are numbers: aligned at the right.
    pub(super) fn numeric(&self) -> bool {
        self.weight.is_some()
    }

    /// The text of a structural entry: the tap's name or its value.
    pub(super) fn entry(&self, tap: Tap) -> Cow<'_, str> {
        match self.weight {
            Some(_) => Cow::Borrowed(&self.values[tap.index()]),
            None => self.taps.name(tap.index()),
        }
    }

    /// The length of the longest entry.
    pub(super) fn entry_width(&self) -> usize {
        let widest = self.grid.data().iter().map(|&tap| self.entry(tap).len()).max().unwrap_or(1);
        widest.max(self.zero.chars().count())
    }

    /// One cell of the product: `x00·w01 + x01·w00`, or with numbers `x00·2 - x01·1/3`.
    pub(super) fn sum(&self, row: usize) -> String {
        let times = match (self.notation, self.numeric()) {
            (Notation::Plain, _) => "·",
            (Notation::Latex | Notation::Typst, false) => " ",
            (Notation::Latex, true) => r" \cdot ",
            (Notation::Typst, true) => " dot.c ",
            (Notation::Python, _) => "*",
        };
        let mut sum = String::new();
        for (col, tap) in self.row(row) {
            let entry = self.entry(tap);
            let (sign, size) = entry.strip_prefix('-').map_or(("+", &*entry), |size| ("-", size));
            match (sum.is_empty(), sign) {
                (true, "-") => sum.push('-'),
                (true, _) => {}
                (false, _) => sum.extend([" ", sign, " "]),
            }
            sum.extend([&*self.cols.name(col), times, size]);
        }
        if sum.is_empty() {
            sum.push('0');
        }
        sum
    }
}

fn number(value: &Rational, notation: Notation) -> String {
    let plain = show_rational(value);
    let (sign, size) = plain.strip_prefix('-').map_or(("", &*plain), |size| ("-", size));
    match (notation, size.split_once('/')) {
        (Notation::Latex, Some(parts)) => format!(r"{sign}\frac{{{}}}{{{}}}", parts.0, parts.1),
        (Notation::Python, Some(parts)) => format!("{sign}Rational({}, {})", parts.0, parts.1),
        _ => plain,
    }
}

fn zero(zeros: Zeros, notation: Notation) -> &'static str {
    match (zeros, notation) {
        (Zeros::Digit, _) => "0",
        (Zeros::Dot, Notation::Latex) => r"\cdot",
        (Zeros::Dot, Notation::Typst) => "dot.c",
        (Zeros::Dot, _) => "·",
        // An argument of nothing is none.
        (Zeros::Blank, Notation::Typst) => r#""""#,
        (Zeros::Blank, _) => "",
    }
}

/// `text` filled with spaces to `width`, at the left of it for numbers.
pub(super) fn pad(line: &mut String, text: &str, width: usize, right: bool) {
    let length = if text.is_ascii() { text.len() } else { text.chars().count() };
    let fill = std::iter::repeat_n(' ', width.saturating_sub(length));
    if right {
        line.extend(fill);
        line.push_str(text);
    } else {
        line.push_str(text);
        line.extend(fill);
    }
}
