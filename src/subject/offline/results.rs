//! The result that somebody put into a question's folder, whatever kind of file it is.

use std::fs;
use std::io::ErrorKind;
use std::path::Path;

use super::Wanted;
use crate::data::npz::Archive;
use crate::data::{Array, MAX_BYTES, read_npy};
use crate::error::{DataError, Error, RequestError};
use crate::subject::exchange::{message, read_bytes};

/// What a folder holds.
#[derive(Debug)]
pub(super) enum Found {
    Nothing,
    Refused(String),
    Result(Array),
    Unreadable(String),
}

/// How a file holds a result.
#[derive(Debug, Clone, Copy)]
enum Kind {
    Npy,
    Npz,
    Raw,
    Hex,
    Tensor,
    Refusal,
}

/// The files that are looked for.
const NAMES: [(&str, Kind); 7] = [
    ("y.npy", Kind::Npy),
    ("y.npz", Kind::Npz),
    ("y.bin", Kind::Raw),
    ("y.hex", Kind::Hex),
    ("y.pb", Kind::Tensor),
    ("test_data_set_0/output_0.pb", Kind::Tensor),
    ("refused.txt", Kind::Refusal),
];

/// Whether a folder holds no result at all.
pub(super) fn is_missing(folder: &Path) -> bool {
    matches!(there(folder), Ok(all) if all.is_empty())
}

/// The result in a folder. Two of them are none: one of them is old.
pub(super) fn find(folder: &Path, wanted: &Wanted) -> Found {
    let all = match there(folder) {
        Ok(all) => all,
        Err(why) => return Found::Unreadable(why),
    };
    match all[..] {
        [] => Found::Nothing,
        [(name, kind)] => match read(&folder.join(name), kind, wanted) {
            Ok(found) => found,
            Err(error) => Found::Unreadable(error.within(name).to_string()),
        },
        [(one, _), (other, _), ..] => Found::Unreadable(format!("both {one} and {other} are there; expected one")),
    }
}

/// Which of the names are there, and are not reached by a link.
fn there(folder: &Path) -> Result<Vec<(&'static str, Kind)>, String> {
    let mut all = Vec::new();
    for place in [folder.to_owned(), folder.join(super::files::DATA_SET)] {
        match fs::symlink_metadata(&place) {
            Ok(known) if !known.is_dir() => return Err("its place is taken by what is no folder".to_owned()),
            Err(e) if e.kind() != ErrorKind::NotFound => return Err(format!("cannot be read: {e}")),
            _ => {}
        }
    }
    for (name, kind) in NAMES {
        match fs::symlink_metadata(folder.join(name)) {
            Ok(_) => all.push((name, kind)),
            Err(e) if e.kind() == ErrorKind::NotFound => {}
            Err(e) => return Err(format!("{name}: cannot be read: {e}")),
        }
    }
    Ok(all)
}

fn read(path: &Path, kind: Kind, wanted: &Wanted) -> Result<Found, Error> {
    let cells: usize = wanted.shape.iter().product();
    let expected = (cells as u64).saturating_mul(wanted.element.size() as u64);
    // Results of another type or size are read as they came; a multiple of what is right is enough.
    let limit = expected.saturating_mul(16).saturating_add(1 << 16).min(MAX_BYTES);
    let array = match kind {
        Kind::Refusal => {
            let said = read_bytes(path, 1 << 16)?;
            let said = message(&String::from_utf8_lossy(&said));
            return Ok(Found::Refused(if said.is_empty() { "without a word".to_owned() } else { said }));
        }
        Kind::Npy => read_npy(&read_bytes(path, limit)?)?,
        Kind::Npz => Archive::new("y.npz", read_bytes(path, limit)?, limit)?.read("y")?,
        Kind::Raw => raw(&read_bytes(path, limit)?, wanted)?,
        Kind::Hex => raw(&hex(&read_bytes(path, limit)?, wanted)?, wanted)?,
        Kind::Tensor => tensor(&read_bytes(path, limit)?)?,
    };
    Ok(Found::Result(array))
}

/// The elements alone, of the type and shape that are expected.
fn raw(bytes: &[u8], wanted: &Wanted) -> Result<Array, Error> {
    let Wanted { element, shape } = wanted;
    let needed = element.size() * shape.iter().product::<usize>();
    if bytes.len() != needed {
        let (expected, got) = (format!("{needed} bytes of {element} {shape:?}"), format!("{} bytes", bytes.len()));
        return Err(DataError::Format { format: "raw", expected, got }.into());
    }
    Array::of_le_bytes(wanted.element, wanted.shape.clone(), bytes)
}

#[cfg(feature = "onnx")]
fn tensor(bytes: &[u8]) -> Result<Array, Error> {
    crate::data::onnx::read_tensor(bytes).map(|(_, array)| array)
}

#[cfg(not(feature = "onnx"))]
fn tensor(_: &[u8]) -> Result<Array, Error> {
    super::FileFormat::parse("onnx").and_then(|_| Err(invalid("another format", "an ONNX tensor")))
}

/// The little-endian bytes of numbers as `$writememh` writes them: words of hexadecimal digits, most
/// significant first, `//` before a comment, `@` before the address of the next word.
fn hex(text: &[u8], wanted: &Wanted) -> Result<Vec<u8>, Error> {
    let size = wanted.element.size();
    let text = String::from_utf8_lossy(text);
    let words = text.lines().flat_map(|line| line.split("//").next().unwrap_or_default().split_whitespace());
    let mut bytes = Vec::new();
    for word in words {
        let place = bytes.len() / size;
        if let Some(address) = word.strip_prefix('@') {
            if usize::from_str_radix(address, 16) != Ok(place) {
                return Err(invalid(&format!("the address @{place:x}"), word));
            }
            continue;
        }
        let digits = word.replace('_', "");
        let is_hex = !digits.is_empty() && digits.bytes().all(|b| b.is_ascii_hexdigit());
        if !is_hex || digits.len() > 2 * size {
            return Err(invalid(&format!("at most {} hexadecimal digits for element {place}", 2 * size), word));
        }
        let bits = u64::from_str_radix(&digits, 16).map_err(|e| invalid("digits", &e.to_string()))?;
        bytes.extend_from_slice(&bits.to_le_bytes()[..size]);
    }
    let (cells, there): (usize, usize) = (wanted.shape.iter().product(), bytes.len() / size);
    if cells != there {
        let shape = wanted.shape.clone();
        return Err(RequestError::Length { what: "y.hex", expected: cells, got: there, shape }.into());
    }
    Ok(bytes)
}

fn invalid(expected: &str, got: &str) -> Error {
    DataError::Format { format: "hex", expected: expected.to_owned(), got: format!("'{}'", message(got)) }.into()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::data::{ElementType, Values};

    #[test]
    fn hex_is_read_as_memories_are_written() {
        let wanted = Wanted { element: ElementType::F32, shape: vec![1, 2] };
        let read = |text: &str| hex(text.as_bytes(), &wanted).and_then(|bytes| raw(&bytes, &wanted));
        let expected = Array::new(vec![1, 2], Values::F32(vec![1.5, -2.0])).unwrap();
        // 1.5 = 0x3fc00000, −2 = 0xc0000000
        for text in ["3fc00000\nc0000000\n", "// y\n@0 3FC0_0000 // one\n@1\nc0000000", "3fc00000 c0000000"] {
            assert_eq!(read(text).unwrap(), expected, "{text}");
        }
        let rule = |text: &str| read(text).unwrap_err().rule();
        assert_eq!(rule("3fc00000"), "Q2");
        assert_eq!(rule("3fc00000 c0000000 0"), "Q2");
        for text in ["xxxxxxxx c0000000", "0x3fc00000 0", "3fc000000 0", "@1 0 0", "@ 0 0", "_ 0", "-1 0"] {
            assert_eq!(rule(text), "F2", "{text}");
        }
        let small = Wanted { element: ElementType::I8, shape: vec![2] };
        assert_eq!(hex(b"ff 1", &small).unwrap(), [0xff, 1]);
    }

    #[test]
    fn a_wrong_size_is_said() {
        let wanted = Wanted { element: ElementType::F32, shape: vec![5] };
        let error = raw(&[0; 16], &wanted).unwrap_err();
        assert_eq!(error.to_string(), "F2: not a valid raw file: expected 20 bytes of float32 [5], got 16 bytes");
    }
}
