//! `--repro-dir`: the tensors of what failed, as recorded cases that `convproof verify DIR` judges again.

use std::path::Path;

use crate::data::npz::write_npz;
use crate::error::{DataError, Error};
use crate::render::json::Quoted;
use crate::subject::Finding;

/// Writes a `.json` and a `.npz` per finding that has numbers; the folder is made if it is not there.
///
/// # Errors
/// F1 where nothing can be written.
pub(super) fn write(folder: &Path, findings: &[Finding]) -> Result<(), Error> {
    let failed = |e: std::io::Error| {
        let error: Error = DataError::Io { action: "write", reason: e.to_string() }.into();
        error.within(folder.display().to_string())
    };
    std::fs::create_dir_all(folder).map_err(failed)?;
    for finding in findings {
        let Some(question) = &finding.call else { continue };
        let id = finding.diagnosis.first().map_or("unnamed", |d| d.id);
        let name = format!("{id}_{}_{}", finding.role.name(), finding.spec.file_name());
        let arrays = [("x", &question.x), ("w", &question.w), ("b", &question.b), ("g", &question.g)];
        let mut all: Vec<(&str, &crate::data::Array)> =
            arrays.into_iter().filter_map(|(name, array)| Some((name, array.as_ref()?))).collect();
        all.push(("y", &question.y));
        std::fs::write(folder.join(format!("{name}.npz")), write_npz(&all)?).map_err(failed)?;
        let text = |text: &str| Quoted(text).to_string();
        let (npz, spec) = (text(&format!("{name}.npz")), text(&question.spec.to_string()));
        let (role, said) = (text(question.role.name()), text(&finding.subject));
        let json = format!("{{\"npz\":{npz},\n \"spec\":{spec},\n \"role\":{role},\n \"comment\":{said}}}\n");
        std::fs::write(folder.join(format!("{name}.json")), json).map_err(failed)?;
    }
    Ok(())
}
