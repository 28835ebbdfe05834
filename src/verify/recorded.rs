//! Recorded outputs: files and folders walked, each case judged, nothing in them trusted.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use serde_json::Value;

use super::case::{self, Recorded};
use super::question::{MAX_PRODUCTS, Progress};
use super::report::CaseReport;
use super::shard::Shard;
use crate::data::read_file;
use crate::error::{DataError, Error};

impl CaseReport {
    /// Every error begins with the case.
    fn read(
        case: String,
        read: Result<Recorded, Error>,
        max_products: u64,
        watch: &mut dyn FnMut(Event<'_>),
    ) -> CaseReport {
        match read {
            Err(error) => {
                let answer = Err(error.within(&case));
                CaseReport { case, spec: None, role: None, answer, remarks: Vec::new() }
            }
            Ok(Recorded { question, remarks }) => {
                let mut watch = |progress| watch(Event::Working(&case, progress));
                let answer = question.answer_within(max_products, &mut watch).map_err(|error| error.within(&case));
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
    /// Cases of other parts, which were not read.
    pub elsewhere: usize,
    /// Files that are no cases and belong to none, and what was met before.
    pub passed_over: usize,
}

/// What a walk tells while it goes on.
#[derive(Debug)]
#[non_exhaustive]
#[allow(clippy::large_enum_variant)] // handed over once per case
pub enum Event<'a> {
    /// How far the work on this case is.
    Working(&'a str, Progress),
    /// A case is judged.
    Judged(CaseReport),
    /// A case of this name belongs to another part.
    Elsewhere(&'a str),
}

/// Judges every case in `paths`, in order, folders recursively by sorted names.
///
/// Each case is handed to `report` as soon as it is judged; a case that cannot be read is
/// unanswered and does not stop the others. A case that is met a second time is passed over.
/// Memory: one case at a time.
///
/// A path that cannot be read (F1) and a file named by itself that is no case (F2) are unanswered
/// cases too: nothing ends the walk.
///
/// ```
/// use convproof::verify::{Summary, verify_paths};
/// let mut summary = Summary::default();
/// let walked = verify_paths(&["tests/absent.json".into()], &mut |report| summary.count(&report));
/// assert_eq!((walked.cases, summary.unanswered), (1, 1));
/// ```
pub fn verify_paths(paths: &[PathBuf], report: &mut dyn FnMut(CaseReport)) -> Walked {
    verify_paths_within(paths, MAX_PRODUCTS, &mut |event| match event {
        Event::Judged(found) => report(found),
        Event::Working(..) | Event::Elsewhere(_) => {}
    })
}

/// As [`verify_paths`], with a limit of products per case (L4 beyond it), and told of the work
/// within each case.
pub fn verify_paths_within(paths: &[PathBuf], max_products: u64, watch: &mut dyn FnMut(Event<'_>)) -> Walked {
    verify_part(paths, None, max_products, watch)
}

/// As [`verify_paths_within`], of all cases those that belong to a part; of the others the names are told.
pub fn verify_part(
    paths: &[PathBuf],
    part: Option<Shard>,
    max_products: u64,
    watch: &mut dyn FnMut(Event<'_>),
) -> Walked {
    let mut walk = Walk { walked: Walked::default(), seen: BTreeSet::new(), part, max_products, watch };
    for path in paths {
        if path.is_dir() {
            walk.folder(path, 0);
        } else {
            walk.file(path, true);
        }
    }
    walk.walked
}

/// Deeper folders than this are passed over.
const MAX_DEPTH: usize = 64;

/// A run over files and folders.
struct Walk<'a> {
    walked: Walked,
    /// Folders and cases met so far: paths may be given twice, and links may lead in circles.
    seen: BTreeSet<PathBuf>,
    part: Option<Shard>,
    max_products: u64,
    watch: &'a mut dyn FnMut(Event<'_>),
}

impl Walk<'_> {
    /// Whether a place is met for the first time; if not, it is passed over.
    fn is_first(&mut self, place: PathBuf) -> bool {
        let first = self.seen.insert(place);
        self.walked.passed_over += usize::from(!first);
        first
    }

    fn folder(&mut self, folder: &Path, depth: usize) {
        if !self.is_first(folder.canonicalize().unwrap_or_else(|_| folder.to_owned())) {
            return;
        }
        let mut entries = match sorted_entries(folder) {
            Ok(entries) => entries,
            Err(error) => return self.emit(folder.display().to_string(), || Err(error)),
        };
        if entries.iter().any(|path| name_of(path) == "model.onnx") {
            self.node_test(folder);
            entries.retain(|path| name_of(path) != "model.onnx" && !is_data_set(path));
        }
        for path in entries {
            match path.is_dir() {
                true if depth < MAX_DEPTH => self.folder(&path, depth + 1),
                true => self.walked.passed_over += 1,
                false => self.file(&path, false),
            }
        }
    }

    /// A `.json` file is a case if it says so. One named by itself must be; in a folder others are
    /// passed over, and so are the arrays that cases refer to, uncounted.
    fn file(&mut self, path: &Path, named: bool) {
        let case = path.display().to_string();
        let suffix = path.extension().and_then(|s| s.to_str()).unwrap_or_default();
        if suffix == "onnx" && named {
            return self.node_test(folder_of(path));
        }
        if !named && suffix != "json" {
            self.walked.passed_over += usize::from(suffix != "npz");
            return;
        }
        // A link to a file is another case: its arrays lie beside the link.
        let folder = folder_of(path).canonicalize().unwrap_or_else(|_| folder_of(path).to_owned());
        if !self.is_first(path.file_name().map_or_else(|| path.to_owned(), |name| folder.join(name))) {
            return;
        }
        if suffix != "json" {
            let error = match std::fs::metadata(path) {
                Err(error) => io("read", &error),
                Ok(_) => not_a_case(&format!("a file with the suffix '{suffix}'")),
            };
            return self.emit(case, || Err(error));
        }
        match document(path) {
            Err(error) => self.emit(case, || Err(error)),
            Ok(document) if case::is_case(&document) => self.emit(case, || case::read(path, &document)),
            Ok(_) if named => self.emit(case, || Err(not_a_case("a document without them"))),
            Ok(_) => self.walked.passed_over += 1,
        }
    }

    fn node_test(&mut self, folder: &Path) {
        let model = folder.join("model.onnx");
        if !self.is_first(folder.canonicalize().unwrap_or_else(|_| folder.to_owned()).join("model.onnx")) {
            return;
        }
        #[cfg(feature = "onnx")]
        match super::node_test::data_sets(folder) {
            Err(error) => self.emit(folder.display().to_string(), || Err(error)),
            Ok(sets) => {
                for set in sets {
                    self.emit(set.display().to_string(), || super::node_test::read(&model, &set));
                }
            }
        }
        #[cfg(not(feature = "onnx"))]
        {
            let (got, known) = (name_of(&model).to_owned(), "those of a build with the feature 'onnx'");
            self.emit(folder.display().to_string(), || Err(DataError::Kind { got, known }.into()));
        }
    }

    fn emit(&mut self, case: String, read: impl FnOnce() -> Result<Recorded, Error>) {
        if self.part.is_some_and(|part| !part.takes(&case)) {
            self.walked.elsewhere += 1;
            return (self.watch)(Event::Elsewhere(&case));
        }
        self.walked.cases += 1;
        let report = CaseReport::read(case, read(), self.max_products, self.watch);
        (self.watch)(Event::Judged(report));
    }
}

/// Whether a path is a folder of tensors that belongs to the `model.onnx` beside it.
pub(super) fn is_data_set(path: &Path) -> bool {
    path.is_dir() && name_of(path).starts_with("test_data_set")
}

/// The folder that a file lies in.
fn folder_of(path: &Path) -> &Path {
    path.parent().filter(|p| !p.as_os_str().is_empty()).unwrap_or_else(|| Path::new("."))
}

/// Bytes that a case's `.json` may have.
const MAX_DOCUMENT: u64 = 16 << 20;

fn document(path: &Path) -> Result<Value, Error> {
    let bytes = read_regular("case", path, MAX_DOCUMENT)?;
    serde_json::from_slice(&bytes).map_err(|e| {
        let (expected, got) = ("a JSON document".to_owned(), e.to_string());
        DataError::Format { format: "json", expected, got }.into()
    })
}

/// All bytes of a regular file: a pipe would be waited for, a device has no end.
pub(super) fn read_regular(format: &'static str, path: &Path, limit: u64) -> Result<Vec<u8>, Error> {
    if !std::fs::metadata(path).map_err(|e| io("open", &e))?.is_file() {
        let (expected, got) = ("a regular file".to_owned(), "a folder, a pipe or a device".to_owned());
        return Err(DataError::Format { format, expected, got }.into());
    }
    read_file(path, limit)
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
    let expected = "a .json object with 'npz', or with 'framework' and 'attributes', or a model.onnx".to_owned();
    DataError::Format { format: "case", expected, got: got.to_owned() }.into()
}
