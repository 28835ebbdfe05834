//! Questions and recorded cases made of numbers.

use std::io::{Cursor, Write};
use std::path::PathBuf;

use convproof::data::{Array, Values, write_npy};
use convproof::verify::{CaseReport, Question, Walked, verify_paths};
use serde_json::{Value, json};
use tempfile::TempDir;

/// An array of f32 from integers.
pub fn f32s(shape: &[usize], values: &[i64]) -> Array {
    #[allow(clippy::cast_precision_loss)] // small integers
    let values = values.iter().map(|&v| v as f32).collect();
    Array::new(shape.to_vec(), Values::F32(values)).unwrap()
}

/// The forward question of a spec: shapes are those of the spec.
pub fn question(spec: &str, x: Values, w: Values, y: Values) -> Question {
    let spec: convproof::Spec = spec.parse().unwrap();
    let array = |shape: Vec<usize>, values| Array::new(shape, values).unwrap();
    let (x, w) = (array(spec.input_shape(), x), array(spec.geometry.weight_shape(), w));
    let y = array(spec.output_shape(), y);
    Question::forward(spec, x, w, None, y)
}

/// The bytes of a `.npz` with these arrays, stored.
pub fn npz(arrays: &[(&str, Array)]) -> Vec<u8> {
    let mut zip = zip::ZipWriter::new(Cursor::new(Vec::new()));
    let options = zip::write::SimpleFileOptions::default().compression_method(zip::CompressionMethod::Stored);
    for (name, array) in arrays {
        zip.start_file(format!("{name}.npy"), options).unwrap();
        zip.write_all(&write_npy(array).unwrap()).unwrap();
    }
    zip.finish().unwrap().into_inner()
}

/// A folder of recorded cases.
pub struct Folder(pub TempDir);

impl Folder {
    pub fn new() -> Folder {
        Folder(tempfile::tempdir().unwrap())
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    pub fn write(&self, name: &str, bytes: impl AsRef<[u8]>) {
        let path = self.path(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, bytes).unwrap();
    }

    /// `name.json` with these fields, and `name.npz` beside it.
    pub fn case(&self, name: &str, mut fields: Value, arrays: &[(&str, Array)]) {
        let file = format!("{}.npz", name.rsplit('/').next().unwrap());
        if let Some(map) = fields.as_object_mut() {
            map.entry("npz").or_insert_with(|| json!(file));
        }
        self.write(&format!("{name}.json"), fields.to_string());
        self.write(&format!("{name}.npz"), npz(arrays));
    }

    /// What is found in the folder.
    pub fn verify(&self) -> (Walked, Vec<CaseReport>) {
        verify(&[self.0.path().to_owned()])
    }

    /// What is found about its only case.
    pub fn only(&self) -> CaseReport {
        let (_, mut reports) = self.verify();
        assert_eq!(reports.len(), 1);
        reports.remove(0)
    }
}

pub fn verify(paths: &[PathBuf]) -> (Walked, Vec<CaseReport>) {
    let mut reports = Vec::new();
    let walked = verify_paths(paths, &mut |report| reports.push(report));
    assert_eq!(walked.cases, reports.len());
    (walked, reports)
}

/// The one line that says why there is no answer.
pub fn refusal(report: &CaseReport) -> String {
    let error = report.answer.as_ref().unwrap_err().to_string();
    assert!(!error.contains('\n') && error.len() < 1000, "{error}");
    error
}
