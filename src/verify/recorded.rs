//! Recorded outputs: files and folders walked, each case judged, nothing in them trusted.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use serde_json::Value;

use super::case::{self, Recorded};
use super::report::CaseReport;
use crate::error::{DataError, Error};

impl CaseReport {
    /// Every error begins with the case.
    fn read(case: String, read: Result<Recorded, Error>) -> CaseReport {
        match read {
            Err(error) => {
                let answer = Err(error.within(&case));
                CaseReport { case, spec: None, role: None, answer, remarks: Vec::new() }
            }
            Ok(Recorded { question, remarks }) => {
                let answer = question.answer().map_err(|error| error.within(&case));
                CaseReport::answered(case, &question, answer, remarks)
            }
        }
    }
}

/// What a walk over files and folders met.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Walked {
    /// Cases judged.
    pub cases: usize,
    /// Files that are no cases and belong to none.
    pub passed_over: usize,
}

/// Judges every case in `paths`, in order, folders recursively by sorted names.
///
/// Each case is handed to `report` as soon as it is judged; a case that cannot be read is
/// unanswered and does not stop the others. Memory: one case at a time.
///
/// A path that cannot be read (F1) and a file named by itself that is no case (F2) are unanswered
/// cases too: nothing ends the walk.
///
/// # Errors
/// None so far.
pub fn verify_paths(paths: &[PathBuf], report: &mut dyn FnMut(CaseReport)) -> Result<Walked, Error> {
    let mut walked = Walked::default();
    for path in paths {
        if path.is_dir() {
            walk(path, 0, &mut BTreeSet::new(), &mut walked, report);
        } else {
            file(path, true, &mut walked, report);
        }
    }
    Ok(walked)
}

/// Deeper folders than this are passed over.
const MAX_DEPTH: usize = 64;

/// `seen`: folders walked so far, since links may lead in circles or many times to one place.
fn walk(
    folder: &Path,
    depth: usize,
    seen: &mut BTreeSet<PathBuf>,
    walked: &mut Walked,
    report: &mut dyn FnMut(CaseReport),
) {
    if !seen.insert(folder.canonicalize().unwrap_or_else(|_| folder.to_owned())) {
        walked.passed_over += 1;
        return;
    }
    let mut entries = match sorted_entries(folder) {
        Ok(entries) => entries,
        Err(error) => return emit(folder.display().to_string(), Err(error), walked, report),
    };
    if entries.iter().any(|path| name_of(path) == "model.onnx") {
        node_test(folder, walked, report);
        entries.retain(|path| name_of(path) != "model.onnx" && !is_data_set(path));
    }
    for path in entries {
        if path.is_dir() {
            if depth < MAX_DEPTH {
                walk(&path, depth + 1, seen, walked, report);
            } else {
                walked.passed_over += 1;
            }
        } else {
            file(&path, false, walked, report);
        }
    }
}

/// Whether a path is a folder of tensors that belongs to the `model.onnx` beside it.
pub(super) fn is_data_set(path: &Path) -> bool {
    path.is_dir() && name_of(path).starts_with("test_data_set")
}

/// A `.json` file is a case if it says so. One named by itself must be; in a folder others are
/// passed over, and so are the arrays that cases refer to, uncounted.
fn file(path: &Path, named: bool, walked: &mut Walked, report: &mut dyn FnMut(CaseReport)) {
    let case = path.display().to_string();
    let suffix = path.extension().and_then(|s| s.to_str()).unwrap_or_default();
    if suffix == "onnx" && named {
        let folder = path.parent().filter(|p| !p.as_os_str().is_empty()).unwrap_or_else(|| Path::new("."));
        return node_test(folder, walked, report);
    }
    if suffix != "json" {
        if named {
            let error = match std::fs::metadata(path) {
                Err(error) => io("read", &error),
                Ok(_) => not_a_case(&format!("a file with the suffix '{suffix}'")),
            };
            emit(case, Err(error), walked, report);
        } else if suffix != "npz" {
            walked.passed_over += 1;
        }
        return;
    }
    match document(path) {
        Err(error) => emit(case, Err(error), walked, report),
        Ok(document) if case::is_case(&document) => {
            emit(case, case::read(path, &document), walked, report);
        }
        Ok(_) if named => {
            emit(case, Err(not_a_case("a document without them")), walked, report);
        }
        Ok(_) => walked.passed_over += 1,
    }
}

fn node_test(folder: &Path, walked: &mut Walked, report: &mut dyn FnMut(CaseReport)) {
    #[cfg(feature = "onnx")]
    {
        let model = folder.join("model.onnx");
        match super::node_test::data_sets(folder) {
            Err(error) => emit(folder.display().to_string(), Err(error), walked, report),
            Ok(sets) => {
                for set in sets {
                    emit(set.display().to_string(), super::node_test::read(&model, &set), walked, report);
                }
            }
        }
    }
    #[cfg(not(feature = "onnx"))]
    {
        let kind = DataError::Kind { got: "model.onnx".to_owned(), known: "those of a build with the feature 'onnx'" };
        emit(folder.display().to_string(), Err(Error::from(kind)), walked, report);
    }
}

fn emit(case: String, read: Result<Recorded, Error>, walked: &mut Walked, report: &mut dyn FnMut(CaseReport)) {
    walked.cases += 1;
    report(CaseReport::read(case, read));
}

/// Bytes that a case's `.json` may have.
const MAX_DOCUMENT: u64 = 16 << 20;

fn document(path: &Path) -> Result<Value, Error> {
    let metadata = std::fs::metadata(path).map_err(|e| io("read", &e))?;
    // A pipe would be waited for, a device has no end.
    if !metadata.is_file() {
        return Err(not_a_case("no regular file"));
    }
    let length = metadata.len();
    if length > MAX_DOCUMENT {
        let size = DataError::Size { what: "the document".to_owned(), declared: length.into(), limit: MAX_DOCUMENT };
        return Err(size.into());
    }
    let bytes = std::fs::read(path).map_err(|e| io("read", &e))?;
    serde_json::from_slice(&bytes).map_err(|e| {
        let (expected, got) = ("a JSON document".to_owned(), e.to_string());
        DataError::Format { format: "json", expected, got }.into()
    })
}

/// What lies in a folder, by name.
pub(super) fn sorted_entries(folder: &Path) -> Result<Vec<PathBuf>, Error> {
    let failed = |e: std::io::Error| io("list", &e);
    let entries = std::fs::read_dir(folder).map_err(failed)?;
    let mut paths = entries.map(|entry| entry.map(|e| e.path())).collect::<Result<Vec<_>, _>>().map_err(failed)?;
    paths.sort();
    Ok(paths)
}

pub(super) fn name_of(path: &Path) -> &str {
    path.file_name().and_then(|name| name.to_str()).unwrap_or_default()
}

fn io(action: &'static str, error: &std::io::Error) -> Error {
    DataError::Io { action, reason: error.to_string() }.into()
}

fn not_a_case(got: &str) -> Error {
    let expected = "a .json object with 'npz' and 'spec' or 'framework', or a model.onnx".to_owned();
    DataError::Format { format: "case", expected, got: got.to_owned() }.into()
}
