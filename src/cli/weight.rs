//! `--weight` and `--x`: the values that are put for the taps, and for the cells of the input.

use crate::data::{ReadOptions, read_array, read_file};
use crate::error::{DataError, Error, RequestError};
use crate::geometry::Geometry;
use crate::scalar::{Rational, parse_rational};
use crate::tensor::{Tensor, cells};

/// Bytes that a text of values may have.
const MAX_TEXT: u64 = 64 << 20;

/// Reads `'1 2 3; 4 5 6'`, `1..9`, or `@FILE` (the same words, or an array): exactly one value per
/// tap, in the order `[C_in, C_out/groups, k…]`.
pub(super) fn read(text: &str, g: &Geometry) -> Result<Tensor<Rational>, Error> {
    let shape = g.weight_shape();
    let expected = cells(&shape).unwrap_or(usize::MAX);
    let Values { read: values, count } = values(text, "--weight", expected)?;
    if count != expected {
        return Err(RequestError::WeightCount { expected, got: count, shape }.into());
    }
    Tensor::new(shape, values)
}

/// The same for an input of this shape: one value per cell, row-major.
pub(super) fn read_input(text: &str, shape: Vec<usize>) -> Result<Tensor<Rational>, Error> {
    let expected = cells(&shape).unwrap_or(usize::MAX);
    let Values { read: values, count } = values(text, "--x", expected)?;
    if count != expected {
        return Err(RequestError::Length { what: "the input x", expected, got: count, shape }.into());
    }
    Tensor::new(shape, values)
}

fn values(text: &str, option: &'static str, expected: usize) -> Result<Values, Error> {
    match text.strip_prefix('@') {
        Some(file) => from_file(file, option, expected).map_err(|e| e.within(file)),
        None => from_words(text, option, expected),
    }
}

/// How many values there are, and those that can be needed: a range may be far too long.
struct Values {
    read: Vec<Rational>,
    count: usize,
}

fn from_words(text: &str, option: &'static str, expected: usize) -> Result<Values, Error> {
    let mut values = Values { read: Vec::new(), count: 0 };
    for word in text.split([' ', ',', ';', '\n', '\r', '\t']).filter(|word| !word.is_empty()) {
        match word.split_once("..") {
            None => {
                values.read.push(parse_rational(word)?);
                values.count = values.count.saturating_add(1);
            }
            Some((first, last)) => {
                let (first, last) = match (first.parse::<i64>(), last.parse::<i64>()) {
                    (Ok(first), Ok(last)) if first <= last => (first, last),
                    _ => {
                        let problem = format!("'{word}' is no range; write two whole numbers, the smaller first: 1..9");
                        return Err(RequestError::Option { option, problem }.into());
                    }
                };
                let needed = expected.saturating_sub(values.read.len());
                values.read.extend((first..=last).take(needed).map(|n| Rational::from_integer(n.into())));
                let length = usize::try_from(last.abs_diff(first)).unwrap_or(usize::MAX).saturating_add(1);
                values.count = values.count.saturating_add(length);
            }
        }
    }
    Ok(values)
}

fn from_file(file: &str, option: &'static str, expected: usize) -> Result<Values, Error> {
    let path = file.split(".npz:").next().unwrap_or(file).split(".safetensors:").next().unwrap_or(file);
    let array = [".npy", ".npz", ".safetensors", ".pb"].iter().any(|suffix| file.ends_with(suffix)) || path != file;
    if array {
        let read = read_array(file, &ReadOptions::default())?.to_rationals()?;
        return Ok(Values { count: read.len(), read });
    }
    let bytes = read_file(file, MAX_TEXT)?;
    let text = String::from_utf8(bytes).map_err(|_| {
        let (expected, got) =
            ("numbers as text, or a .npy, .npz, .safetensors or .pb file".to_owned(), "other bytes".to_owned());
        Error::from(DataError::Format { format: option.trim_start_matches('-'), expected, got })
    })?;
    from_words(&text, option, expected)
}
