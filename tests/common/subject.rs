//! The test program that answers as a subject, its requests, and what it must not leave behind.

#![allow(dead_code)] // each test file uses its part

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;
use std::time::Duration;

use convproof::Spec;
use convproof::data::{Array, Values};
use convproof::subject::Request;
use convproof::subject::process::Options;
use convproof::verify::Role;

/// The test program. `cargo test` builds examples beside the tests; `cargo test --test` does not,
/// and may leave an old one.
pub fn program() -> &'static Path {
    static PROGRAM: OnceLock<PathBuf> = OnceLock::new();
    PROGRAM.get_or_init(|| {
        let tests = std::env::current_exe().unwrap();
        let path = tests.parent().unwrap().parent().unwrap().join("examples").join("subject");
        let written = |path: &Path| fs::metadata(path).and_then(|known| known.modified()).ok();
        let sources = ["subject.rs", "scatter.rs"].map(|name| Path::new("tests/subjects").join(name));
        if sources.iter().any(|source| written(&path) < written(source)) {
            let mut cargo = Command::new(std::env::var_os("CARGO").unwrap_or("cargo".into()));
            let profile = if cfg!(debug_assertions) { "dev" } else { "release" };
            assert!(
                cargo
                    .args(["build", "--quiet", "--example", "subject", "--profile", profile])
                    .status()
                    .unwrap()
                    .success()
            );
        }
        path
    })
}

/// The test program in a mode, as `--subject` takes it.
pub fn command(mode: &str, folder: &Path) -> String {
    format!("'{}' {mode} '{}'", program().display(), folder.display())
}

/// Enough for a machine that is busy with other things. Only a first answer on a geometry has to be
/// quick, which is asked of children that hang.
pub fn patient(mode: &str, folder: &Path) -> Options {
    Options {
        command: command(mode, folder),
        startup: Duration::from_secs(300),
        first_answer: Duration::from_secs(300),
        answer: Duration::from_secs(300),
        end: Duration::from_secs(300),
        stderr: 256,
        ..Options::default()
    }
}

pub fn array(shape: &[usize], values: &[f32]) -> Array {
    Array::new(shape.to_vec(), Values::F32(values.to_vec())).unwrap()
}

/// A request with its arrays x, w, b and g.
pub fn with(spec: Spec, role: Role, [x, w, b, g]: [Option<Array>; 4]) -> Request {
    let mut request = Request::new(spec, role);
    (request.x, request.w, request.b, request.g) = (x, w, b, g);
    request
}

pub fn request(spec: &str) -> Request {
    let spec: Spec = spec.parse().unwrap();
    let counted = |shape: Vec<usize>| {
        let values: Vec<f32> = (1u8..).map(f32::from).take(shape.iter().product()).collect();
        Some(array(&shape, &values))
    };
    let (x, w) = (counted(spec.input_shape()), counted(spec.geometry.weight_shape()));
    with(spec, Role::Forward, [x, w, None, None])
}

/// Waits until no process holds the lock, and looks for folders of arrays.
pub fn nothing_is_left(folder: &Path) {
    File::open(folder.join("lock")).unwrap().lock().unwrap();
    assert!(!folder.join("outlived").exists(), "a process had to end by itself");
    let folders = fs::read_to_string(folder.join("folders")).unwrap_or_default();
    for arrays in folders.lines() {
        assert!(arrays.contains("convproof-") && !Path::new(arrays).exists(), "{arrays}");
    }
}
