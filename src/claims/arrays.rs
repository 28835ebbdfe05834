//! Small arrays as records have them: `0 1; 2 3` is two rows, `1..9` counts.

use crate::error::{Error, NumberError};
use crate::geometry::Geometry;
use crate::scalar::{Rational, parse_rational, show_rational};
use crate::tensor::Tensor;

/// The most numbers of a range.
const LONGEST: i64 = 1 << 16;

/// The numbers of a text in order, rows or not.
pub(super) fn values(text: &str) -> Result<Vec<Rational>, Error> {
    let mut values = Vec::new();
    for word in text.split([' ', ';']).filter(|word| !word.is_empty()) {
        match word.split_once("..").map(|(first, last)| (first.parse::<i64>(), last.parse::<i64>())) {
            None => values.push(parse_rational(word)?),
            Some((Ok(first), Ok(last))) if last.saturating_sub(first) < LONGEST => {
                values.extend((first..=last).map(|n| Rational::from_integer(n.into())))
            }
            Some(_) => return Err(NumberError::Syntax { got: word.to_owned() }.into()),
        }
    }
    Ok(values)
}

/// One sample of one channel: a row on one axis, rows joined by `;` on two.
pub(super) fn image(text: &str) -> Result<Tensor<Rational>, Error> {
    let entries = values(text)?;
    let rows = text.split(';').count();
    let shape = if rows == 1 { vec![1, 1, entries.len()] } else { vec![1, 1, rows, entries.len() / rows] };
    Tensor::new(shape, entries)
}

/// The weight of a geometry, its values in the order `[C_in, C_out/groups, k…]`.
pub(super) fn weight(g: &Geometry, text: &str) -> Result<Tensor<Rational>, Error> {
    Tensor::new(g.weight_shape(), values(text)?)
}

/// Entries as text: numbers joined by spaces, a `;` after each run of the last axis.
pub(super) fn text<S>(shape: &[usize], entries: &[S], show: impl Fn(&S) -> String) -> String {
    let width = shape.last().copied().unwrap_or(1).max(1);
    let row = |row: &[S]| row.iter().map(&show).collect::<Vec<_>>().join(" ");
    entries.chunks(width).map(row).collect::<Vec<_>>().join("; ")
}

/// A tensor as text.
pub(super) fn shown(tensor: &Tensor<Rational>) -> String {
    text(tensor.shape(), tensor.entries(), show_rational)
}

/// A text of numbers as [`shown`] would write it: `1..3` as `1 2 3`.
pub(super) fn normal(text: &str) -> String {
    let words = |row: &str| -> Result<String, Error> {
        Ok(values(row)?.iter().map(show_rational).collect::<Vec<_>>().join(" "))
    };
    // What cannot be read is compared as it stands, and differs.
    text.split(';').map(|row| words(row).unwrap_or_else(|_| row.to_owned())).collect::<Vec<_>>().join("; ")
}
