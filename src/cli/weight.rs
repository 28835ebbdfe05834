//! `--weight`: the values that are put for the taps.

use crate::data::{ReadOptions, read_array};
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
    let values = match text.strip_prefix('@') {
        Some(file) => from_file(file, expected).map_err(|e| e.within(file))?,
        None => from_words(text, expected)?,
    };
    if values.len() != expected {
        return Err(RequestError::WeightCount { expected, got: values.len(), shape }.into());
    }
    Tensor::new(shape, values)
}

fn from_words(text: &str, expected: usize) -> Result<Vec<Rational>, Error> {
    let mut values = Vec::new();
    for word in text.split([' ', ',', ';', '\n', '\r', '\t']).filter(|word| !word.is_empty()) {
        match word.split_once("..") {
            None => values.push(parse_rational(word)?),
            Some((first, last)) => {
                let whole = |n: &str| {
                    n.parse::<i64>().map_err(|_| {
                        let problem = format!("'{word}' is no range of whole numbers; write 1..9");
                        Error::from(RequestError::Option { option: "--weight", problem })
                    })
                };
                // One more than needed is enough to be refused.
                let range = (whole(first)?..=whole(last)?).take(expected.saturating_add(1));
                values.extend(range.map(|n| Rational::from_integer(n.into())));
            }
        }
    }
    Ok(values)
}

fn from_file(file: &str, expected: usize) -> Result<Vec<Rational>, Error> {
    let path = file.split(".npz:").next().unwrap_or(file).split(".safetensors:").next().unwrap_or(file);
    let array = [".npy", ".npz", ".safetensors", ".pb"].iter().any(|suffix| file.ends_with(suffix)) || path != file;
    if array {
        return read_array(file, &ReadOptions::default())?.to_rationals();
    }
    let io = |e: std::io::Error| Error::from(DataError::Io { action: "read", reason: e.to_string() });
    let length = std::fs::metadata(file).map_err(io)?.len();
    if length > MAX_TEXT {
        return Err(DataError::Size { what: "the text".to_owned(), declared: length.into(), limit: MAX_TEXT }.into());
    }
    from_words(&std::fs::read_to_string(file).map_err(io)?, expected)
}
