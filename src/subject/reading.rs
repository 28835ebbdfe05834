//! The matrix of a black box, read out: the identity as a batch, and taps that are numbered.
//!
//! ```text
//! x = one sample per input cell, 1 there and 0 elsewhere      w = 1, 2, 3 …
//! y of sample j = column j of the matrix, with the numbers of the taps in it
//! ```
//!
//! A right matrix has at most one tap per entry. In a wrong one labels add up (taps 1 and 2 read as
//! 3), so it is read twice, the second time with scattered signed labels. Source: the identity as a
//! probe is folklore of linear operators (`y = A·e_j`).

use crate::data::Array;
use crate::matrix::ConvMatrix;
use crate::scalar::{Dyadic, Tap};

/// One entry of an observed matrix.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Entry {
    /// Nothing.
    Zero,
    /// One tap.
    Tap(Tap),
    /// Two taps, or one of them twice.
    Sum(Tap, Tap),
    /// A tap times a number.
    Multiple(i64, Tap),
    /// A number that no one or two taps explain, as observed under the first labels.
    Number(String),
}

/// An observed matrix: rows are the cells of a result, columns those of the operand.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Reading {
    /// Cells of the result of one sample.
    pub rows: usize,
    /// Cells of the operand of one sample.
    pub cols: usize,
    /// Row-major.
    pub entries: Vec<Entry>,
}

impl Reading {
    /// The reading of two results of the identity, `[cols, …]`, under two labellings; None where
    /// they have another number of cells.
    pub(super) fn of(cols: usize, labels: [&[i64]; 2], results: [&Array; 2]) -> Option<Reading> {
        let [first, second] = results;
        if cols == 0 || first.len() != second.len() || !first.len().is_multiple_of(cols) {
            return None;
        }
        let rows = first.len() / cols;
        let entry = |cell: usize| {
            let (row, col) = (cell / cols, cell % cols);
            read([first, second], col * rows + row, labels)
        };
        Some(Reading { rows, cols, entries: (0..rows * cols).map(entry).collect() })
    }

    /// The reading of results of one column each.
    pub(super) fn of_columns(labels: [&[i64]; 2], [first, second]: [&[Array]; 2]) -> Option<Reading> {
        let (cols, rows) = (first.len(), first.first()?.len());
        if first.iter().chain(second).any(|column| column.len() != rows) {
            return None;
        }
        let entry = |cell: usize| {
            let (row, col) = (cell / cols, cell % cols);
            read([&first[col], &second[col]], row, labels)
        };
        Some(Reading { rows, cols, entries: (0..rows * cols).map(entry).collect() })
    }

    /// Whether it is this matrix: the cells of its rows and columns in the same order.
    pub(super) fn is(&self, matrix: &ConvMatrix) -> bool {
        if (self.rows, self.cols) != (matrix.rows(), matrix.cols()) {
            return false;
        }
        (0..self.rows).all(|row| {
            let mut expected = matrix.row(row).peekable();
            let line = &self.entries[row * self.cols..(row + 1) * self.cols];
            line.iter().enumerate().all(|(col, entry)| match expected.peek() {
                Some(&(c, tap)) if c == col => {
                    expected.next();
                    *entry == Entry::Tap(tap)
                }
                _ => *entry == Entry::Zero,
            })
        })
    }
}

/// The entry that two arrays hold at a place.
fn read([first, second]: [&Array; 2], at: usize, labels: [&[i64]; 2]) -> Entry {
    match (first.dyadic(at).and_then(integer), second.dyadic(at).and_then(integer)) {
        (Some(a), Some(b)) => decode(labels, a, b, || first.show(at)),
        _ => Entry::Number(first.show(at)),
    }
}

/// A number as an integer, if it is a small one.
fn integer(value: Dyadic) -> Option<i64> {
    match value.exponent {
        _ if value.mantissa == 0 => Some(0),
        e @ 0..=62 => value.mantissa.checked_mul(1 << e),
        e @ -62..0 => (value.mantissa % (1 << -e) == 0).then(|| value.mantissa / (1 << -e)),
        _ => None,
    }
}

/// What gives `a` under the first labels and `b` under the second.
fn decode([first, second]: [&[i64]; 2], a: i64, b: i64, shown: impl Fn() -> String) -> Entry {
    if (a, b) == (0, 0) {
        return Entry::Zero;
    }
    let tap = |n: usize| Tap(u32::try_from(n).unwrap_or(u32::MAX));
    // The first labels are 1, 2, 3 …
    let labelled = |label: i64| usize::try_from(label).ok().filter(|&n| 1 <= n && n <= first.len()).map(|n| n - 1);
    if let Some(n) = labelled(a)
        && second[n] == b
    {
        return Entry::Tap(tap(n));
    }
    // Two different taps before one twice, fewer before more.
    for one in 0..first.len() {
        if let Some(other) = labelled(a - first[one])
            && one < other
            && second[one] + second[other] == b
        {
            return Entry::Sum(tap(one), tap(other));
        }
    }
    let factors = (2..=8).flat_map(|n| [n, -n]).chain([-1]);
    for factor in factors {
        if a % factor == 0
            && let Some(n) = labelled(a / factor)
            && second[n].checked_mul(factor) == Some(b)
        {
            return Entry::Multiple(factor, tap(n));
        }
    }
    Entry::Number(shown())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sums_and_multiples_are_told_from_taps() {
        let labels: [&[i64]; 2] = [&[1, 2, 3], &[-2, 3, 1]];
        let shown = || "?".to_owned();
        assert_eq!(decode(labels, 3, 1, shown), Entry::Tap(Tap(2)));
        // w0 + w1 has w2's first label, and not its second.
        assert_eq!(decode([&[1, 2, 3], &[-2, 3, 7]], 3, 1, shown), Entry::Sum(Tap(0), Tap(1)));
        assert_eq!(decode(labels, 4, 6, shown), Entry::Multiple(2, Tap(1)));
        assert_eq!(decode(labels, -1, 2, shown), Entry::Multiple(-1, Tap(0)));
        assert_eq!(decode(labels, 9, 9, shown), Entry::Number("?".to_owned()));
    }
}
