//! `.npz`: a zip archive of [`.npy`](super::read_npy) members, as `numpy.savez` and
//! `numpy.savez_compressed` write it.
//!
//! Members are stored or deflated. A few kilobytes can inflate to gigabytes, so no more is
//! inflated than the archive's directory declares, and no more is declared than the limit. (That
//! the directory holds as many members as it declares is checked by the crate `zip`.)

use std::io::{Cursor, Read, Write};
use std::path::Path;

use zip::write::SimpleFileOptions;
use zip::{ZipArchive, ZipWriter};

use super::{Array, excerpt, invalid, listed, read_file, read_npy, write_npy};
use crate::error::{DataError, Error};

/// An opened `.npz` file.
///
/// ```no_run
/// use convproof::data::{MAX_BYTES, npz::Archive};
/// let mut archive = Archive::open("case.npz", MAX_BYTES)?;
/// for name in archive.names() {
///     println!("{name}: {:?}", archive.read(&name)?.shape());
/// }
/// # Ok::<(), convproof::Error>(())
/// ```
#[derive(Debug)]
pub struct Archive {
    place: String,
    zip: ZipArchive<Cursor<Vec<u8>>>,
    limit: u64,
}

impl Archive {
    /// Opens a file; neither it nor any array in it may exceed `limit` bytes.
    ///
    /// # Errors
    /// F1 if it cannot be read, F2 if it is no zip archive, F3 beyond the limit.
    pub fn open(path: impl AsRef<Path>, limit: u64) -> Result<Archive, Error> {
        let place = path.as_ref().display().to_string();
        let bytes = read_file(path, limit).map_err(|e| e.within(&place))?;
        Archive::new(place, bytes, limit)
    }

    /// The archive that these bytes are; errors name it `place`.
    ///
    /// # Errors
    /// F2 if they are no zip archive.
    pub fn new(place: impl Into<String>, bytes: Vec<u8>, limit: u64) -> Result<Archive, Error> {
        let place = place.into();
        match ZipArchive::new(Cursor::new(bytes)) {
            Ok(zip) => Ok(Archive { place, zip, limit }),
            Err(e) => Err(invalid("npz", "a zip archive", excerpt(&e.to_string())).within(place)),
        }
    }

    /// The names of the arrays in the order of the archive, without their `.npy`.
    pub fn names(&self) -> Vec<String> {
        self.zip.file_names().filter_map(|name| name.strip_suffix(".npy")).map(str::to_owned).collect()
    }

    /// Reads the array of this name.
    ///
    /// # Errors
    /// F5 if there is none; F2 if it is encrypted, compressed by another method, damaged or no
    /// `.npy`; F3 if its declared size exceeds the limit or is not its size; F4 for an element
    /// type that is not supported.
    pub fn read(&mut self, name: &str) -> Result<Array, Error> {
        let member = format!("{name}.npy");
        let array = match self.zip.index_for_name(&member) {
            Some(index) => self.inflate(index).and_then(|bytes| read_npy(&bytes)),
            None => Err(DataError::Missing { what: "array", name: excerpt(name), found: listed(&self.names()) }.into()),
        };
        array.map_err(|e| e.within(excerpt(name)).within(&self.place))
    }

    fn inflate(&mut self, index: usize) -> Result<Vec<u8>, Error> {
        let damaged =
            |e: &dyn std::fmt::Display| invalid("npz", "a stored or deflated member", excerpt(&e.to_string()));
        let member = self.zip.by_index(index).map_err(|e| damaged(&e))?;
        let declared = member.size();
        let differs = |what: &str, declared: u64, limit| {
            Error::from(DataError::Size { what: what.to_owned(), declared: declared.into(), limit })
        };
        if declared > self.limit {
            return Err(differs("the directory", declared, self.limit));
        }
        // One byte more than declared tells a lie; at most 2^64 − 1 where the limit is that.
        let mut bytes = Vec::new();
        member.take(declared.saturating_add(1)).read_to_end(&mut bytes).map_err(|e| damaged(&e))?;
        match bytes.len() as u64 {
            there if there == declared => Ok(bytes),
            there if there > declared => Err(invalid("npz", format!("a member of {declared} bytes"), "more")),
            there => Err(differs("the directory", declared, there)),
        }
    }
}

/// Writes arrays under their names, stored, as `numpy.savez` does; the same bytes on every run.
///
/// # Errors
/// F1 if a member cannot be written, those of [`write_npy`].
///
/// ```
/// use convproof::data::{Array, Values, npz::{Archive, write_npz}};
/// let a = Array::new(vec![2], Values::F32(vec![1.0, 2.0]))?;
/// let mut archive = Archive::new("memory", write_npz(&[("x", &a)])?, 1 << 20)?;
/// assert_eq!(archive.read("x")?, a);
/// # Ok::<(), convproof::Error>(())
/// ```
pub fn write_npz(arrays: &[(&str, &Array)]) -> Result<Vec<u8>, Error> {
    let members = arrays.iter().map(|(name, array)| Ok((*name, write_npy(array)?)));
    write_members(&members.collect::<Result<Vec<_>, Error>>()?)
}

/// Writes `.npy` files under their names, stored; the same bytes on every run.
pub(crate) fn write_members(members: &[(&str, Vec<u8>)]) -> Result<Vec<u8>, Error> {
    let failed = |reason: String| Error::from(DataError::Io { action: "write", reason }).within("npz");
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, bytes) in members {
        let options = SimpleFileOptions::default().compression_method(zip::CompressionMethod::Stored);
        zip.start_file(format!("{name}.npy"), options).map_err(|e| failed(e.to_string()))?;
        zip.write_all(bytes).map_err(|e| failed(e.to_string()))?;
    }
    Ok(zip.finish().map_err(|e| failed(e.to_string()))?.into_inner())
}
