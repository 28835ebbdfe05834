//! `.npy`: one array, as NumPy saves it.
//!
//! ```text
//! \x93NUMPY  major minor  length(u16 or u32, little-endian)  header  data
//! header = {'descr': '<f4', 'fortran_order': False, 'shape': (2, 3), }
//! ```
//!
//! The length has 2 bytes in version 1.0 and 4 in 2.0 and 3.0; the header is a Python literal;
//! the data are the elements, first or last axis outermost. Source: NEP 1 and
//! `numpy.lib.format`. We read our own way because a header may lie: nothing here is allocated
//! before the bytes for it are known to be there.

use super::array::Array;
use super::element::{ElementType, unsupported};
use super::values::ByteOrder;
use super::{excerpt, invalid};
use crate::error::{DataError, Error};

/// The longest header that is read; one of NumPy's takes 118 bytes, whatever the rank up to 10.
const MAX_HEADER: usize = 64 << 10;

const MAGIC: &[u8; 6] = b"\x93NUMPY";

/// The codes of `descr` behind the byte order. `V2`, two bytes without a meaning, is what NumPy
/// writes for bfloat16.
const CODES: [(&str, ElementType); 13] = [
    ("f2", ElementType::F16),
    ("V2", ElementType::Bf16),
    ("f4", ElementType::F32),
    ("f8", ElementType::F64),
    ("i1", ElementType::I8),
    ("i2", ElementType::I16),
    ("i4", ElementType::I32),
    ("i8", ElementType::I64),
    ("u1", ElementType::U8),
    ("u2", ElementType::U16),
    ("u4", ElementType::U32),
    ("u8", ElementType::U64),
    ("b1", ElementType::Bool),
];

/// Reads a whole `.npy` file: versions 1.0, 2.0 and 3.0, either byte order, either axis order.
///
/// # Errors
/// F2 if it is no such file, F3 if header or data are longer or shorter than declared,
/// F4 for elements that are not numbers (complex, objects, records, text).
///
/// ```
/// use convproof::data::{Array, Values, read_npy, write_npy};
/// let a = Array::new(vec![2, 1], Values::I8(vec![3, -3]))?;
/// assert_eq!(read_npy(&write_npy(&a)?)?, a);
/// # Ok::<(), convproof::Error>(())
/// ```
pub fn read_npy(bytes: &[u8]) -> Result<Array, Error> {
    let Some((MAGIC, [major, minor, rest @ ..])) = bytes.split_first_chunk::<6>() else {
        return Err(invalid("npy", r"\x93NUMPY and a version", excerpt(&String::from_utf8_lossy(short(bytes)))));
    };
    let (length, rest) = match (major, minor, rest) {
        (1, 0, [a, b, rest @ ..]) => (usize::from(u16::from_le_bytes([*a, *b])), rest),
        (2 | 3, 0, [a, b, c, d, rest @ ..]) => (u32::from_le_bytes([*a, *b, *c, *d]) as usize, rest),
        (1..=3, 0, _) => return Err(invalid("npy", "the length of the header", "the end of the file")),
        _ => return Err(invalid("npy", "version 1.0, 2.0 or 3.0", format!("{major}.{minor}"))),
    };
    let limit = rest.len().min(MAX_HEADER);
    if length > limit {
        return Err(size("the header", length, limit));
    }
    let (header, data) = rest.split_at(length);
    let Header { element, order, fortran, shape } = Header::parse(header)?;
    if !fortran {
        return Array::from_bytes("the header", element, shape, data, order);
    }
    // Fortran order is C order of the axes reversed.
    let axes: Vec<usize> = (0..shape.len()).rev().collect();
    let reversed = shape.into_iter().rev().collect();
    Ok(Array::from_bytes("the header", element, reversed, data, order)?.permuted(&axes))
}

/// Writes a `.npy` file of version 1.0, little-endian, C order; bfloat16 as `<V2`.
///
/// # Errors
/// F3 for a shape of so many axes that the header would exceed 64 KiB.
pub fn write_npy(array: &Array) -> Result<Vec<u8>, Error> {
    written(array, array, false)
}

/// The same file in Fortran order: the first axis is innermost.
///
/// # Errors
/// As [`write_npy`].
///
/// ```
/// use convproof::data::{Array, Values, read_npy, write_npy_fortran};
/// let a = Array::new(vec![2, 2], Values::I8(vec![1, 2, 3, 4]))?;
/// let bytes = write_npy_fortran(&a)?;
/// assert_eq!((&bytes[bytes.len() - 4..], read_npy(&bytes)?), (&[1, 3, 2, 4][..], a));
/// # Ok::<(), convproof::Error>(())
/// ```
pub fn write_npy_fortran(array: &Array) -> Result<Vec<u8>, Error> {
    let reversed: Vec<usize> = (0..array.shape().len()).rev().collect();
    written(array, &array.clone().permuted(&reversed), true)
}

/// The header of an array, and the elements of another one with as many.
fn written(array: &Array, data: &Array, fortran: bool) -> Result<Vec<u8>, Error> {
    let element = array.element_type();
    let code = CODES.iter().find(|(_, e)| *e == element).expect("every type has a code").0;
    let order = if element.size() == 1 { '|' } else { '<' };
    let header = npy_header(&format!("{order}{code}"), fortran, array.shape())?;
    Ok([header, data.values().to_le_bytes()].concat())
}

/// What stands before the elements, of the type that `descr` names: `<i4`.
pub(crate) fn npy_header(descr: &str, fortran: bool, shape: &[usize]) -> Result<Vec<u8>, Error> {
    let lengths: String = shape.iter().map(|length| format!("{length},")).collect();
    let fortran = if fortran { "True" } else { "False" };
    let mut header = format!("{{'descr': '{descr}', 'fortran_order': {fortran}, 'shape': ({lengths}), }}");
    // NumPy aligns the data to 64 bytes: 10 bytes before the header, spaces and a newline at its end.
    header.push_str(&" ".repeat(63 - (10 + header.len()) % 64));
    header.push('\n');
    let length = u16::try_from(header.len()).map_err(|_| size("the header", header.len(), MAX_HEADER))?;
    Ok([&MAGIC[..], &[1, 0], &length.to_le_bytes(), header.as_bytes()].concat())
}

fn size(what: &str, declared: usize, limit: usize) -> Error {
    DataError::Size { what: what.to_owned(), declared: declared as u128, limit: limit as u64 }.into()
}

/// At most the first eight bytes, for a message.
fn short(bytes: &[u8]) -> &[u8] {
    &bytes[..bytes.len().min(8)]
}

/// What the header says.
#[derive(Debug, PartialEq)]
struct Header {
    element: ElementType,
    order: ByteOrder,
    fortran: bool,
    shape: Vec<usize>,
}

impl Header {
    fn parse(header: &[u8]) -> Result<Header, Error> {
        let text = std::str::from_utf8(header).map_err(|_| invalid("npy", "a header of text", "other bytes"))?;
        let mut literal = Literal { rest: text };
        let (mut descr, mut fortran, mut shape) = (None, None, None);
        literal.expect("{")?;
        while !literal.take("}") {
            let key = literal.quoted()?;
            literal.expect(":")?;
            let repeated = match key {
                "descr" => descr.replace(literal.descr()?).is_some(),
                "fortran_order" => fortran.replace(literal.boolean()?).is_some(),
                "shape" => shape.replace(literal.shape()?).is_some(),
                _ => return Err(invalid("npy", "descr, fortran_order and shape", excerpt(key))),
            };
            if repeated {
                return Err(invalid("npy", "each key once", format!("{key} twice")));
            }
            if !literal.take(",") {
                literal.expect("}")?;
                break;
            }
        }
        if !literal.rest.trim_ascii().is_empty() {
            return Err(literal.unexpected("nothing after the header"));
        }
        let (Some((element, order)), Some(fortran), Some(shape)) = (descr, fortran, shape) else {
            return Err(invalid("npy", "descr, fortran_order and shape", excerpt(text)));
        };
        Ok(Header { element, order, fortran, shape })
    }
}

/// A reader of the few Python literals that a header is made of.
struct Literal<'a> {
    rest: &'a str,
}

impl<'a> Literal<'a> {
    /// Goes past `token`, if it is next.
    fn take(&mut self, token: &str) -> bool {
        self.rest = self.rest.trim_ascii_start();
        match self.rest.strip_prefix(token) {
            Some(rest) => {
                self.rest = rest;
                true
            }
            None => false,
        }
    }

    fn expect(&mut self, token: &str) -> Result<(), Error> {
        if self.take(token) { Ok(()) } else { Err(self.unexpected(token)) }
    }

    fn unexpected(&self, expected: &str) -> Error {
        let got = if self.rest.is_empty() { "the end of the header".to_owned() } else { excerpt(self.rest) };
        invalid("npy", expected, got)
    }

    /// `'text'` or `"text"`, without escapes.
    fn quoted(&mut self) -> Result<&'a str, Error> {
        let quote = if self.take("'") {
            '\''
        } else if self.take("\"") {
            '"'
        } else {
            return Err(self.unexpected("a quoted string"));
        };
        let (text, rest) = self.rest.split_once(quote).ok_or_else(|| self.unexpected("a closing quote"))?;
        self.rest = rest;
        Ok(text)
    }

    /// `'<f4'`: byte order, kind, bytes.
    fn descr(&mut self) -> Result<(ElementType, ByteOrder), Error> {
        // A list of fields: the elements are records.
        if self.take("[") {
            return Err(unsupported(&format!("[{}", self.rest)));
        }
        let descr = self.quoted()?;
        let code = descr.trim_start_matches(['<', '>', '|']);
        let Some(&(_, element)) = CODES.iter().find(|row| row.0 == code) else { return Err(unsupported(descr)) };
        match &descr[..descr.len() - code.len()] {
            "<" => Ok((element, ByteOrder::Little)),
            ">" => Ok((element, ByteOrder::Big)),
            // `|V2` comes from a little-endian machine; there is no way to tell.
            "|" if element.size() == 1 || code == "V2" => Ok((element, ByteOrder::Little)),
            _ => Err(unsupported(descr)),
        }
    }

    fn boolean(&mut self) -> Result<bool, Error> {
        if self.take("True") {
            Ok(true)
        } else if self.take("False") {
            Ok(false)
        } else {
            Err(self.unexpected("True or False"))
        }
    }

    /// `()`, `(2,)`, `(2, 3)`; `(2)` is a number in Python.
    fn shape(&mut self) -> Result<Vec<usize>, Error> {
        self.expect("(")?;
        let mut shape = Vec::new();
        let mut comma = true;
        while !self.take(")") {
            if !comma {
                return Err(self.unexpected(", or )"));
            }
            shape.push(self.length()?);
            comma = self.take(",");
        }
        if shape.len() == 1 && !comma {
            return Err(invalid("npy", "a tuple", "one length without a comma"));
        }
        Ok(shape)
    }

    fn length(&mut self) -> Result<usize, Error> {
        self.rest = self.rest.trim_ascii_start();
        let digits = self.rest.bytes().take_while(u8::is_ascii_digit).count();
        let (number, rest) = self.rest.split_at(digits);
        let length = number.parse().map_err(|_| self.unexpected("a length"))?;
        self.rest = rest;
        Ok(length)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_header_is_a_python_literal() {
        let header = Header::parse(b" {\"shape\":(2,3 ,) , 'descr' : '>u2','fortran_order':True}\n").unwrap();
        let expected = Header { element: ElementType::U16, order: ByteOrder::Big, fortran: true, shape: vec![2, 3] };
        assert_eq!(header, expected);
    }

    #[test]
    fn other_headers_are_refused() {
        let with = |descr: &str, shape: &str| {
            let text = format!("{{'descr': {descr}, 'fortran_order': False, 'shape': {shape}, }}");
            Header::parse(text.as_bytes()).map_err(|e| e.rule())
        };
        assert!(with("'<f4'", "()").is_ok());
        for shape in ["(2)", "(-1,)", "2", "(2,,3)", "(,)", "(2 3)", "(2.0,)", "(99999999999999999999,)", "[2]"] {
            assert_eq!(with("'<f4'", shape), Err("F2"), "{shape}");
        }
        for descr in ["'<c8'", "'|O'", "[('a', '<f4')]", "'f4'", "'|f4'", "'<<f4'", "'<U3'", "'=f4'", "''", "'é'"] {
            assert_eq!(with(descr, "()"), Err("F4"), "{descr}");
        }
        for text in [
            "",
            "{",
            "{}",
            "{'descr': '<f4'}",
            "{'descr': '<f4', 'descr': '<f4'}",
            "{'other': 1}",
            "{'descr': '<f4', 'fortran_order': 0, 'shape': ()}",
            "{'descr': '<f4', 'fortran_order': False, 'shape': ()} x",
            "{'descr': '<f4",
        ] {
            assert_eq!(Header::parse(text.as_bytes()).unwrap_err().rule(), "F2", "{text}");
        }
    }

    #[test]
    fn what_is_written_is_aligned() {
        let array = Array::new(vec![1; 20], super::super::Values::F64(vec![0.5])).unwrap();
        let bytes = write_npy(&array).unwrap();
        assert_eq!(bytes.len() % 64, 8);
        assert_eq!(read_npy(&bytes).unwrap(), array);
    }
}
