//! A set of questions written into a folder.
//!
//! A folder that holds anything but probes is refused: nobody's files are removed, and no result of
//! earlier questions is taken for one of these. The manifest is removed first and written last.

use std::fs::{self, File};
use std::io::Write;
use std::path::Path;

use super::files::{DATA_SET, FileFormat, is_our_tensor, is_ours};
use super::{ProbeSet, folder_name, header, manifest};
use crate::error::{DataError, Error};
use crate::subject::exchange::message;

/// What was written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Emitted {
    /// Questions.
    pub probes: usize,
    /// Bytes of all files.
    pub bytes: u64,
}

/// What a reader of the folder has to do.
const README: &str = include_str!("readme.txt");
const README_NAME: &str = "README.txt";

impl ProbeSet {
    /// Writes the questions, each into a folder of its own, in all these formats; the same bytes on
    /// every run and machine. The folder is made if it is not there; probes without results in it
    /// are replaced.
    ///
    /// # Errors
    /// F1 if something cannot be written, or if the folder holds anything else.
    pub fn emit(&self, folder: &Path, formats: &[FileFormat]) -> Result<Emitted, Error> {
        let place = |e: Error| e.within(folder.display().to_string());
        fs::create_dir_all(folder).map_err(|e| place(failed(&e.to_string())))?;
        clear(folder).map_err(place)?;
        let mut writer = Writer { bytes: 0 };
        for number in 0..self.len() {
            let name = folder_name(number);
            self.put(number, &folder.join(&name), formats, &mut writer).map_err(|e| place(e.within(name)))?;
        }
        let mut rest = vec![(README_NAME, readme(self.len()))];
        if formats.contains(&FileFormat::Raw) {
            rest.push((header::NAME, header::text(self)));
        }
        rest.push((manifest::NAME, manifest::text(self)?));
        for (name, text) in rest {
            writer.write(&folder.join(name), text.as_bytes()).map_err(|e| place(e.within(name)))?;
        }
        Ok(Emitted { probes: self.len(), bytes: writer.bytes })
    }

    fn put(&self, number: usize, folder: &Path, formats: &[FileFormat], writer: &mut Writer) -> Result<(), Error> {
        let probe = &self.probes[number];
        let (arrays, wanted) = (self.operands(probe), self.wanted(probe));
        let names: Vec<&str> = arrays.iter().map(|(name, _)| *name).collect();
        let first = formats.first().copied().unwrap_or(FileFormat::Npy);
        let fields = self.fields(number, &|name| first.path(name, &names));
        fs::create_dir(folder).map_err(|e| failed(&e.to_string()))?;
        if formats.contains(&FileFormat::Onnx) {
            fs::create_dir(folder.join(DATA_SET)).map_err(|e| failed(&e.to_string()))?;
        }
        for format in formats {
            for (name, bytes) in format.files(&fields, &arrays, &wanted)? {
                writer.write(&folder.join(name), &bytes)?;
            }
        }
        writer.write(&folder.join("request.json"), format!("{fields}\n").as_bytes())
    }
}

struct Writer {
    bytes: u64,
}

impl Writer {
    /// Writes a new file; what is there already is not written through.
    fn write(&mut self, path: &Path, bytes: &[u8]) -> Result<(), Error> {
        let written = File::create_new(path).and_then(|mut file| file.write_all(bytes));
        self.bytes += bytes.len() as u64;
        written.map_err(|e| failed(&e.to_string()))
    }
}

/// Removes the probes of an earlier run, if there is nothing else: first looks, then removes.
fn clear(folder: &Path) -> Result<(), Error> {
    let mut files = vec![folder.join(manifest::NAME)];
    let mut folders = Vec::new();
    for (name, is_folder) in held(folder)? {
        let path = folder.join(&name);
        match is_folder {
            true if name.len() >= 4 && name.bytes().all(|b| b.is_ascii_digit()) => {}
            false if [manifest::NAME, README_NAME, header::NAME].contains(&name.as_str()) => {
                files.push(path);
                continue;
            }
            _ => return Err(in_the_way(&name)),
        }
        for (inner, is_folder) in held(&path)? {
            let place = path.join(&inner);
            if !is_ours(&inner) || is_folder != (inner == DATA_SET) {
                return Err(in_the_way(&format!("{name}/{inner}")));
            }
            if !is_folder {
                files.push(place);
                continue;
            }
            for (tensor, is_folder) in held(&place)? {
                if is_folder || !is_our_tensor(&tensor) {
                    return Err(in_the_way(&format!("{name}/{inner}/{tensor}")));
                }
                files.push(place.join(tensor));
            }
            folders.push(place);
        }
        folders.push(path);
    }
    for path in files {
        crate::subject::exchange::remove(&path).map_err(|e| failed(&e.to_string()))?;
    }
    for path in folders {
        fs::remove_dir(&path).map_err(|e| failed(&e.to_string()))?;
    }
    Ok(())
}

/// The names in a folder and whether they are folders, in order. Links are in the way.
fn held(folder: &Path) -> Result<Vec<(String, bool)>, Error> {
    let unread = |e: std::io::Error| failed(&e.to_string());
    let mut all = Vec::new();
    for entry in fs::read_dir(folder).map_err(unread)? {
        let entry = entry.map_err(unread)?;
        let name = entry.file_name().to_string_lossy().into_owned();
        let kind = entry.file_type().map_err(unread)?;
        if !kind.is_dir() && !kind.is_file() {
            return Err(in_the_way(&name));
        }
        all.push((name, kind.is_dir()));
    }
    all.sort();
    Ok(all)
}

fn in_the_way(name: &str) -> Error {
    let name = message(name);
    failed(&format!("'{name}' is in the way; expected an empty folder, or probes without results"))
}

fn failed(reason: &str) -> Error {
    DataError::Io { action: "write probes", reason: reason.to_owned() }.into()
}

fn readme(probes: usize) -> String {
    README.replace("{version}", env!("CARGO_PKG_VERSION")).replace("{probes}", &probes.to_string())
}
