//! The case that `verify` is tested with, as files of every kind: `x = 1 10`, `w = 2 3 5`, stride 2.

#![allow(clippy::unwrap_used)] // a test may fail by it

use std::io::{Cursor, Write};
use std::path::{Path, PathBuf};

use convproof::cli::{DIFFERS, SAME};
use convproof::data::{Array, Values, write_npy};
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::command::{Ran, run};

pub const SPEC: &str = "tconv i2 k3 s2";
/// y[2i + t] = x[i]·w[t]: 2, 3, 5 + 20, 30, 50.
pub const RIGHT: [f32; 5] = [2., 3., 25., 30., 50.];
/// The same with w = 5 3 2.
pub const FLIPPED: [f32; 5] = [5., 3., 52., 30., 20.];

pub fn floats(shape: &[usize], values: &[f32]) -> Array {
    Array::new(shape.to_vec(), Values::F32(values.to_vec())).unwrap()
}

pub fn x() -> Array {
    floats(&[1, 1, 2], &[1., 10.])
}

pub fn w() -> Array {
    floats(&[1, 1, 3], &[2., 3., 5.])
}

pub fn y(values: [f32; 5]) -> Array {
    floats(&[1, 1, 5], &values)
}

pub fn npz(arrays: &[(&str, &Array)]) -> Vec<u8> {
    let mut zip = zip::ZipWriter::new(Cursor::new(Vec::new()));
    for (name, array) in arrays {
        zip.start_file(format!("{name}.npy"), zip::write::SimpleFileOptions::default()).unwrap();
        zip.write_all(&write_npy(array).unwrap()).unwrap();
    }
    zip.finish().unwrap().into_inner()
}

/// A folder of files, removed in the end.
pub struct Folder(pub TempDir);

impl Folder {
    pub fn new() -> Folder {
        Folder(tempfile::tempdir().unwrap())
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    pub fn put(&self, name: &str, bytes: &[u8]) -> String {
        let path = self.path(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(&path, bytes).unwrap();
        path.display().to_string()
    }

    pub fn npy(&self, name: &str, array: &Array) -> String {
        self.put(name, &write_npy(array).unwrap())
    }

    /// A recorded case of the tests' geometry with this result.
    pub fn case(&self, name: &str, result: [f32; 5]) -> String {
        self.put(&format!("{name}.npz"), &npz(&[("x", &x()), ("w", &w()), ("y", &y(result))]));
        let file = Path::new(name).file_name().unwrap().to_str().unwrap();
        self.put(&format!("{name}.json"), json!({"npz": format!("{file}.npz"), "spec": SPEC}).to_string().as_bytes())
    }

    pub fn verify(&self, options: &[&str]) -> Ran {
        let folder = self.0.path().display().to_string();
        run(&[&["verify", &folder], options].concat())
    }
}

pub fn own(spec: &str, options: &[&str]) -> Ran {
    run(&[&["verify", "--spec", spec, "--format", "json"], options].concat())
}

#[track_caller]
pub fn verdict(ran: &Ran) -> Value {
    let json = ran.json();
    assert_eq!(json["cases"].as_array().unwrap().len(), 1, "{json}");
    json["cases"][0].clone()
}

#[track_caller]
pub fn assert_same(ran: &Ran) {
    assert_eq!((ran.code, &verdict(ran)["verdict"]), (SAME, &json!("same")), "{ran:?}");
}

#[track_caller]
pub fn assert_mistake(ran: &Ran, id: &str) {
    let case = verdict(ran);
    assert_eq!((ran.code, &case["verdict"]), (DIFFERS, &json!("differs")), "{ran:?}");
    let also = case["also"].as_array().unwrap();
    assert!(case["diagnosis"]["id"] == id || also.contains(&json!(id)), "{id}: {case}");
}
