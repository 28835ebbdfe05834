//! Rows of a dense grid as text: a large matrix is nearly all zeros, and they go out by the run.

use std::borrow::Cow;

use super::page::{Page, pad};
use crate::scalar::Tap;

/// Zeros that are kept ready in a row.
const KEPT: usize = 1 << 12;

/// Taps whose cells are kept ready.
const KEPT_TAPS: usize = 1 << 12;

/// How a format writes a row: what stands in front of each cell and behind it, how wide a cell is.
pub(super) struct Cells<'p> {
    page: &'p Page<'p>,
    before: Box<dyn Fn(usize) -> &'static str + 'p>,
    after: &'static str,
    width: usize,
    /// The last cell is not filled up.
    ragged: bool,
    quote: fn(&str) -> Cow<'_, str>,
    /// Zeros as they stand behind the first column, where all columns are alike.
    zeros: String,
    /// Of one of them.
    length: usize,
    taps: Vec<String>,
}

impl<'p> Cells<'p> {
    /// Cells of this width between these texts.
    ///
    /// Columns behind the first are alike unless the page has blocks.
    pub(super) fn new(
        page: &'p Page<'p>,
        width: usize,
        before: impl Fn(usize) -> &'static str + 'p,
        after: &'static str,
    ) -> Self {
        let before = Box::new(before);
        Cells {
            page,
            before,
            after,
            width,
            ragged: false,
            quote: plain,
            zeros: String::new(),
            length: 0,
            taps: Vec::new(),
        }
        .ready()
    }

    /// The same with a last cell that is not filled up.
    pub(super) fn ragged(mut self) -> Self {
        self.ragged = true;
        self
    }

    /// The same with every text quoted so.
    pub(super) fn quoted(mut self, quote: fn(&str) -> Cow<'_, str>) -> Self {
        self.quote = quote;
        self.ready()
    }

    fn ready(mut self) -> Self {
        let (cols, taps) = (self.page.matrix.cols(), self.page.taps.count());
        let mut zero = String::new();
        self.filled(&mut zero, 1, self.page.zero, self.width);
        self.length = zero.len();
        self.zeros = if self.page.blocks { String::new() } else { zero.repeat(cols.min(KEPT)) };
        let text = |tap: u32| {
            let mut text = String::new();
            self.filled(&mut text, 1, &(self.quote)(&self.page.entry(Tap(tap))), self.width);
            text
        };
        self.taps =
            if self.page.blocks || taps > KEPT_TAPS { Vec::new() } else { (0u32..).take(taps).map(text).collect() };
        self
    }

    /// All cells of a row.
    pub(super) fn push(&self, line: &mut String, row: usize) {
        let mut next = 0;
        for (col, tap) in self.page.row(row) {
            self.zeros(line, next, col);
            match self.taps.get(tap.index()).filter(|_| self.is_alike(col)) {
                Some(text) => line.push_str(text),
                None => self.cell(line, col, &(self.quote)(&self.page.entry(tap))),
            }
            next = col + 1;
        }
        self.zeros(line, next, self.page.matrix.cols());
    }

    fn zeros(&self, line: &mut String, mut from: usize, to: usize) {
        while from < to {
            if self.zeros.is_empty() || !self.is_alike(from) {
                self.cell(line, from, self.page.zero);
                from += 1;
                continue;
            }
            let end = if self.ragged && to == self.page.matrix.cols() { to - 1 } else { to };
            let count = (end - from).min(self.zeros.len() / self.length);
            line.push_str(&self.zeros[..count * self.length]);
            from += count;
        }
    }

    /// Whether a cell of this column is like those that are kept ready.
    fn is_alike(&self, col: usize) -> bool {
        col > 0 && !(self.ragged && col + 1 == self.page.matrix.cols())
    }

    fn cell(&self, line: &mut String, col: usize, text: &str) {
        let is_last = col + 1 == self.page.matrix.cols();
        self.filled(line, col, text, if self.ragged && is_last { 0 } else { self.width });
    }

    fn filled(&self, line: &mut String, col: usize, text: &str, width: usize) {
        line.push_str((self.before)(col));
        pad(line, text, width, self.page.numeric());
        line.push_str(self.after);
    }
}

fn plain(text: &str) -> Cow<'_, str> {
    text.into()
}
