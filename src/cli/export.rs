//! `prove --all-sizes --export smt2 DIR`: every obligation for a solver.

use std::path::Path;

use super::SAME;
use super::streams::{Streams, io_error};
use crate::error::{Error, RequestError};
use crate::proof::smt::{File, exported};

pub(super) fn run(format: &str, folder: &Path, streams: &mut Streams<'_>) -> Result<u8, Error> {
    if format != "smt2" {
        let problem = format!("'{format}' is no format of obligations; valid is smt2");
        return Err(RequestError::Option { option: "--export", problem }.into());
    }
    let place = folder.display().to_string();
    let failed = |e: &std::io::Error| io_error("write", e).within(place.clone());
    std::fs::create_dir_all(folder).map_err(|e| failed(&e))?;
    // Files of another run would be asked as if they were of this one.
    if std::fs::read_dir(folder).map_err(|e| failed(&e))?.next().is_some() {
        let problem = format!("the folder '{place}' is not empty; give a new one");
        return Err(RequestError::Option { option: "--export", problem }.into());
    }
    let files = exported()?;
    for File { name, text } in &files {
        std::fs::write(folder.join(name), text).map_err(|e| failed(&e))?;
    }
    let wrong = files.iter().filter(|file| file.text.contains("(set-info :status sat)")).count();
    streams.print(&format!(
        "{} files in {place}: {} that must be unsat, {wrong} of mistakes that must be sat\n",
        files.len(),
        files.len() - wrong
    ))?;
    Ok(SAME)
}
