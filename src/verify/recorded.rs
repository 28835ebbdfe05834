//! Recorded outputs: files and folders walked, each case judged, nothing in them trusted.

use std::path::{Path, PathBuf};

use serde_json::Value;

use super::case::{self, Recorded};
use super::report::CaseReport;
use crate::error::{DataError, Error};

impl CaseReport {
    fn read(case: String, read: Result<Recorded, Error>) -> CaseReport {
        match read {
            Err(error) => CaseReport { case, spec: None, role: None, answer: Err(error), remarks: Vec::new() },
            Ok(Recorded { question, remarks }) => CaseReport {
                case,
                spec: Some(question.spec.clone()),
                role: Some(question.role),
                answer: question.answer(),
                remarks,
            },
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
/// # Errors
/// F1 for a path that cannot be listed, F2 for a file named by itself that is no case. What
/// lies inside folders never ends the walk.
pub fn verify_paths(paths: &[PathBuf], report: &mut dyn FnMut(CaseReport)) -> Result<Walked, Error> {
    let mut walked = Walked::default();
    for path in paths {
        if path.is_dir() {
            walk(path, 0, &mut walked, report);
        } else {
            file(path, true, &mut walked, report);
        }
    }
    Ok(walked)
}

/// Deeper folders than this are passed over: a link may lead in circles.
const MAX_DEPTH: usize = 64;

fn walk(folder: &Path, depth: usize, walked: &mut Walked, report: &mut dyn FnMut(CaseReport)) {
    let entries = match sorted_entries(folder) {
        Ok(entries) => entries,
        Err(error) => return emit(folder.display().to_string(), Err(error), walked, report),
    };
    if entries.iter().any(|path| name_of(path) == "model.onnx") {
        return node_test(folder, walked, report);
    }
    for path in entries {
        if path.is_dir() {
            if depth < MAX_DEPTH {
                walk(&path, depth + 1, walked, report);
            } else {
                walked.passed_over += 1;
            }
        } else {
            file(&path, false, walked, report);
        }
    }
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
            if let Err(error) = std::fs::metadata(path) {
                return emit(case.clone(), Err(io("read", &error).within(case)), walked, report);
            }
            emit(
                case,
                Err(not_a_case(&format!("a '.{suffix}' file")).within(path.display().to_string())),
                walked,
                report,
            );
        } else if suffix != "npz" {
            walked.passed_over += 1;
        }
        return;
    }
    match document(path) {
        Err(error) => emit(case, Err(error), walked, report),
        Ok(document) if case::is_case(&document) => {
            let read = case::read(path, &document).map_err(|e| e.within(case.clone()));
            emit(case, read, walked, report);
        }
        Ok(_) if named => {
            let error = not_a_case("an object or list without them").within(case.clone());
            emit(case, Err(error), walked, report);
        }
        Ok(_) => walked.passed_over += 1,
    }
}

fn node_test(folder: &Path, walked: &mut Walked, report: &mut dyn FnMut(CaseReport)) {
    #[cfg(feature = "onnx")]
    {
        let model = folder.join("model.onnx");
        match super::node_test::data_sets(folder) {
            Err(error) => {
                emit(folder.display().to_string(), Err(error.within(folder.display().to_string())), walked, report)
            }
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
    let place = || path.display().to_string();
    let length = std::fs::metadata(path).map_err(|e| io("read", &e).within(place()))?.len();
    if length > MAX_DOCUMENT {
        let size = DataError::Size { what: "the document".to_owned(), declared: length.into(), limit: MAX_DOCUMENT };
        return Err(Error::from(size).within(place()));
    }
    let bytes = std::fs::read(path).map_err(|e| io("read", &e).within(place()))?;
    serde_json::from_slice(&bytes).map_err(|e| {
        let (expected, got) = ("a JSON document".to_owned(), e.to_string());
        Error::from(DataError::Format { format: "json", expected, got }).within(place())
    })
}

/// What lies in a folder, by name.
pub(super) fn sorted_entries(folder: &Path) -> Result<Vec<PathBuf>, Error> {
    let failed = |e: std::io::Error| io("list", &e).within(folder.display().to_string());
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
