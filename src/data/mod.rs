//! Tensors read from files: `.npy`, `.npz`, `.safetensors`, ONNX `.pb`, and raw bytes.
//!
//! | locator | holds | feature |
//! |---|---|---|
//! | `x.npy` | one array | |
//! | `case.npz:x` | the array `x` of several; `:x` may be left out where there is only one | `npz` |
//! | `case.safetensors:x` | the same | `npz` |
//! | `input_0.pb` | one ONNX `TensorProto` | `onnx` |
//! | any other name | the elements alone, little-endian, row-major; type and shape come from [`ReadOptions`] | |
//!
//! A file is hostile until read: every declared size is compared with the bytes that are there
//! and with a limit before anything is allocated, and nothing that a file holds ends in a panic.
//! Errors name the file, then the array in it, then the rule (F1 … F6).

use std::fs::File;
use std::io::Read;
use std::path::Path;

use crate::error::{DataError, Error};

mod array;
mod element;
mod npy;
#[cfg(feature = "npz")]
pub mod npz;
#[cfg(feature = "onnx")]
pub mod onnx;
#[cfg(feature = "npz")]
pub mod safetensors;
mod values;

pub use array::Array;
pub use element::ElementType;
pub(crate) use npy::npy_header;
pub use npy::{read_npy, write_npy, write_npy_fortran};
pub use values::Values;

/// The most bytes of one file or one array, unless [`ReadOptions`] say otherwise: 1 GiB.
pub const MAX_BYTES: u64 = 1 << 30;

/// How [`read_array`] reads.
#[derive(Debug, Clone)]
pub struct ReadOptions {
    /// No file and no array in it may be larger, in bytes.
    pub limit: u64,
    /// The elements of a raw file; files of any other kind state their own.
    pub element_type: Option<ElementType>,
    /// The shape of a raw file; files of any other kind state their own.
    pub shape: Option<Vec<usize>>,
}

impl Default for ReadOptions {
    fn default() -> Self {
        ReadOptions { limit: MAX_BYTES, element_type: None, shape: None }
    }
}

/// Reads the array that a locator names: `file`, or `file:key` where the file holds several.
///
/// # Errors
/// F1 if the file cannot be opened or read; F2 if it is not what its suffix promises; F3 if it is
/// larger than the limit, or declares another size than it has; F4 for an element type that is
/// not supported; F5 if there is no such array; F6 for a suffix that is not known (and no type and
/// shape given), or not in this build; Q4 where several arrays are there and none is named.
///
/// ```
/// use convproof::data::{Array, ReadOptions, Values, read_array, write_npy};
/// # let folder = tempfile::tempdir().unwrap();
/// let path = folder.path().join("x.npy");
/// let x = Array::new(vec![1, 2], Values::F32(vec![0.5, 2.0]))?;
/// std::fs::write(&path, write_npy(&x)?).unwrap();
/// assert_eq!(read_array(path.to_str().unwrap(), &ReadOptions::default())?, x);
/// # Ok::<(), convproof::Error>(())
/// ```
pub fn read_array(locator: &str, options: &ReadOptions) -> Result<Array, Error> {
    let (path, key) = split(locator);
    match Kind::of(path) {
        Kind::Npz => read_npz(path, key, options.limit),
        Kind::Safetensors => read_safetensors(path, key, options.limit),
        Kind::Npy => read_file(path, options.limit).and_then(|bytes| read_npy(&bytes)).map_err(|e| e.within(path)),
        Kind::Pb => read_pb(path, options.limit),
        Kind::Raw => read_raw(path, options).map_err(|e| e.within(path)),
    }
}

/// The names of the arrays in a `.npz` or `.safetensors` file.
///
/// # Errors
/// F1 … F3 as [`read_array`]; F6 for any other suffix, or one that is not in this build.
pub fn list_arrays(path: &str, limit: u64) -> Result<Vec<String>, Error> {
    match Kind::of(path) {
        #[cfg(feature = "npz")]
        Kind::Npz => Ok(npz::Archive::open(path, limit)?.names()),
        #[cfg(feature = "npz")]
        Kind::Safetensors => Ok(safetensors::Archive::open(path, limit)?.names()),
        #[cfg(not(feature = "npz"))]
        Kind::Npz | Kind::Safetensors => read_npz(path, None, limit).map(|_| Vec::new()),
        Kind::Npy | Kind::Pb | Kind::Raw => {
            let got = format!("{} holds no named arrays", suffix(path));
            Err(Error::from(DataError::Kind { got, known: ".npz, .safetensors" }).within(path))
        }
    }
}

/// What a file is, by its suffix.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Npy,
    Npz,
    Safetensors,
    Pb,
    Raw,
}

impl Kind {
    fn of(path: &str) -> Kind {
        let kinds = [(".npy", Kind::Npy), (".npz", Kind::Npz), (".safetensors", Kind::Safetensors), (".pb", Kind::Pb)];
        kinds.into_iter().find(|(suffix, _)| path.ends_with(suffix)).map_or(Kind::Raw, |(_, kind)| kind)
    }
}

/// `.npy`, or the whole name where it has no dot.
fn suffix(path: &str) -> String {
    let name = path.rsplit('/').next().unwrap_or(path);
    excerpt(name.rfind('.').map_or(name, |dot| &name[dot..]))
}

/// The file and the key of a locator.
///
/// A locator that is a file has no key, whatever colons it has. Otherwise the key begins behind
/// the first colon that follows `.npz` or `.safetensors`: keys may have colons of their own.
fn split(locator: &str) -> (&str, Option<&str>) {
    if Path::new(locator).is_file() {
        return (locator, None);
    }
    let pairs = locator.match_indices(':').map(|(at, _)| (&locator[..at], &locator[at + 1..]));
    let mut archives = pairs.filter(|(path, _)| matches!(Kind::of(path), Kind::Npz | Kind::Safetensors));
    // `a.npz:b.npz:x` may be the member `x` of the file `a.npz:b.npz`.
    let existing = archives.clone().find(|(path, _)| Path::new(path).is_file());
    existing.or_else(|| archives.next()).map_or((locator, None), |(path, key)| (path, Some(key)))
}

#[cfg(feature = "npz")]
fn read_npz(path: &str, key: Option<&str>, limit: u64) -> Result<Array, Error> {
    let mut archive = npz::Archive::open(path, limit)?;
    let name = choose(archive.names(), key).map_err(|e| e.within(path))?;
    archive.read(&name)
}

#[cfg(feature = "npz")]
fn read_safetensors(path: &str, key: Option<&str>, limit: u64) -> Result<Array, Error> {
    let archive = safetensors::Archive::open(path, limit)?;
    let name = choose(archive.names(), key).map_err(|e| e.within(path))?;
    archive.read(&name)
}

#[cfg(not(feature = "npz"))]
fn read_npz(path: &str, _: Option<&str>, _: u64) -> Result<Array, Error> {
    Err(not_in_this_build(path, "npz"))
}

#[cfg(not(feature = "npz"))]
fn read_safetensors(path: &str, _: Option<&str>, _: u64) -> Result<Array, Error> {
    Err(not_in_this_build(path, "npz"))
}

#[cfg(feature = "onnx")]
fn read_pb(path: &str, limit: u64) -> Result<Array, Error> {
    let bytes = read_file(path, limit).map_err(|e| e.within(path))?;
    onnx::read_tensor(&bytes).map(|(_, array)| array).map_err(|e| e.within(path))
}

#[cfg(not(feature = "onnx"))]
fn read_pb(path: &str, _: u64) -> Result<Array, Error> {
    Err(not_in_this_build(path, "onnx"))
}

#[cfg(not(all(feature = "npz", feature = "onnx")))]
fn not_in_this_build(path: &str, feature: &str) -> Error {
    let got = format!("{}: this build lacks the feature {feature}", suffix(path));
    Error::from(DataError::Kind { got, known: KNOWN }).within(path)
}

/// What F6 lists.
const KNOWN: &str = ".npy, .npz, .safetensors, .pb, or raw elements with their type and shape";

fn read_raw(path: &str, options: &ReadOptions) -> Result<Array, Error> {
    let (Some(element), Some(shape)) = (options.element_type, &options.shape) else {
        return Err(DataError::Kind { got: suffix(path), known: KNOWN }.into());
    };
    let bytes = read_file(path, options.limit)?;
    Array::from_bytes("the given shape", element, shape.clone(), &bytes, values::ByteOrder::Little)
}

/// The array that is meant: the one named, or the only one.
#[cfg(feature = "npz")]
fn choose(names: Vec<String>, key: Option<&str>) -> Result<String, Error> {
    match (key, names.as_slice()) {
        (Some(key), _) => Ok(key.to_owned()),
        (None, [only]) => Ok(only.clone()),
        (None, _) => {
            let problem = format!("one array must be named as FILE:NAME; it holds {}", listed(&names));
            Err(crate::error::RequestError::Option { option: "file", problem }.into())
        }
    }
}

/// All bytes of a file.
///
/// # Errors
/// F1 if the system refuses; F3 beyond the limit.
pub(crate) fn read_file(path: impl AsRef<Path>, limit: u64) -> Result<Vec<u8>, Error> {
    let failed = |action| move |e: std::io::Error| Error::from(DataError::Io { action, reason: e.to_string() });
    let file = File::open(path).map_err(failed("open"))?;
    let too_large =
        |bytes: u64| Error::from(DataError::Size { what: "the file".into(), declared: bytes.into(), limit });
    let length = file.metadata().map_err(failed("read"))?.len();
    if length > limit {
        return Err(too_large(length));
    }
    // The length may be 0 for what is no regular file, and may change: only what is read counts.
    let mut bytes = Vec::new();
    file.take(limit.saturating_add(1)).read_to_end(&mut bytes).map_err(failed("read"))?;
    if bytes.len() as u64 > limit { Err(too_large(bytes.len() as u64)) } else { Ok(bytes) }
}

/// F2.
fn invalid(format: &'static str, expected: impl Into<String>, got: impl Into<String>) -> Error {
    DataError::Format { format, expected: expected.into(), got: got.into() }.into()
}

/// A file's own words for a message: at most 40 characters, nothing that a terminal obeys.
fn excerpt(text: &str) -> String {
    let mut shown: String = text.chars().take(40).flat_map(char::escape_debug).collect();
    if text.chars().nth(40).is_some() {
        shown.push('…');
    }
    shown
}

/// The first names of a list for a message.
#[cfg(any(feature = "npz", feature = "onnx"))]
fn listed(names: &[String]) -> String {
    if names.is_empty() {
        return "nothing".to_owned();
    }
    let mut shown = names.iter().take(8).map(|name| excerpt(name)).collect::<Vec<_>>().join(", ");
    if names.len() > 8 {
        shown.push_str(&format!(" … ({} in all)", names.len()));
    }
    shown
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_follows_an_archive() {
        assert_eq!(split("a.npz:x"), ("a.npz", Some("x")));
        assert_eq!(split("a.npz"), ("a.npz", None));
        assert_eq!(split("b:c/a.safetensors:w:0"), ("b:c/a.safetensors", Some("w:0")));
        assert_eq!(split("a.npy:x"), ("a.npy:x", None));
    }

    #[test]
    fn a_file_may_have_colons_in_its_name() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.npz:b.npz");
        std::fs::write(&path, b"").unwrap();
        let path = path.to_str().unwrap();
        assert_eq!(split(path), (path, None));
        assert_eq!(split(&format!("{path}:x")), (path, Some("x")));
    }

    #[test]
    fn messages_obey_no_escape_sequence() {
        assert_eq!(excerpt("a\u{1b}[31m"), "a\\u{1b}[31m");
        assert_eq!(excerpt(&"é".repeat(99)).chars().count(), 41);
    }
}
