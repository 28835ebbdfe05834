//! What all formats ask of a view: names of rows and columns, texts of entries, sums.

use std::borrow::Cow;

use super::MatrixView;
use super::names::{Names, Notation, Series};
use crate::geometry::Spec;
use crate::matrix::ConvMatrix;
use crate::scalar::{Rational, Tap, show_rational};
use crate::tensor::Tensor;

/// A view with its names in one notation.
pub(super) struct Page<'a> {
    pub(super) matrix: &'a ConvMatrix,
    pub(super) spec: Spec,
    pub(super) labels: bool,
    pub(super) weight: Option<&'a Tensor<Rational>>,
    pub(super) taps: Series,
    pub(super) rows: Series,
    pub(super) cols: Series,
    notation: Notation,
    /// The weight's entries as text.
    values: Vec<String>,
}

impl<'a> Page<'a> {
    pub(super) fn new(view: &MatrixView<'a>, notation: Notation) -> Self {
        let [taps, x, y] = Names::with_notation(&view.spec, notation).series();
        let (rows, cols) = if view.is_own() { (y, x) } else { (x, y) };
        let values = view.weight.map_or_else(Vec::new, |w| w.entries().iter().map(|v| number(v, notation)).collect());
        Page {
            matrix: view.matrix,
            spec: view.spec.clone(),
            labels: view.labels,
            weight: view.weight,
            taps,
            rows,
            cols,
            notation,
            values,
        }
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

    /// All entries of a row, `0` where there is no tap.
    pub(super) fn cells(&self, row: usize) -> impl Iterator<Item = Cow<'_, str>> {
        let mut entries = self.matrix.row(row).peekable();
        (0..self.matrix.cols()).map(move |col| match entries.next_if(|&(c, _)| c == col) {
            Some((_, tap)) => self.entry(tap),
            None => Cow::Borrowed("0"),
        })
    }

    /// The length of the longest entry.
    pub(super) fn entry_width(&self) -> usize {
        self.matrix.taps().data().iter().map(|&tap| self.entry(tap).len()).max().unwrap_or(1)
    }

    /// One cell of the product: `x00·w01 + x01·w00`, or with numbers `x00·2 - x01·1/3`.
    pub(super) fn sum(&self, row: usize) -> String {
        let times = match (self.notation, self.numeric()) {
            (Notation::Plain, _) => "·",
            (Notation::Latex, false) => " ",
            (Notation::Latex, true) => r" \cdot ",
        };
        let mut sum = String::new();
        for (col, tap) in self.matrix.row(row) {
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
    match (notation, plain.split_once('/')) {
        (Notation::Latex, Some((numerator, denominator))) => {
            let (sign, size) = numerator.strip_prefix('-').map_or(("", numerator), |size| ("-", size));
            format!(r"{sign}\frac{{{size}}}{{{denominator}}}")
        }
        _ => plain,
    }
}

/// `text` filled with spaces to `width`, at the left of it for numbers.
pub(super) fn pad(line: &mut String, text: &str, width: usize, right: bool) {
    let fill = std::iter::repeat_n(' ', width.saturating_sub(text.len()));
    if right {
        line.extend(fill);
        line.push_str(text);
    } else {
        line.push_str(text);
        line.extend(fill);
    }
}
