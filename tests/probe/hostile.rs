//! Folders of probes that lie: no manifest and no result that somebody else wrote ends in a panic,
//! and none of them passes.
#![allow(clippy::unwrap_used, clippy::float_arithmetic)] // tests

use std::fs;

use crate::returned::{answer, answer_all, check, emitted, folders, in_one_line};
use convproof::cli::{DIFFERS, UNANSWERED};
use convproof::data::{ElementType, write_npy};

const SPEC: &str = "tconv i2 k3 s2";

#[test]
fn a_manifest_that_lies_is_an_error() {
    let folder = emitted(&["--spec", SPEC]);
    answer_all(folder.path(), "npy", "y.npy", |_, y| y);
    let path = folder.path().join("probe.json");
    let right = fs::read_to_string(&path).unwrap();
    let rule = |text: &[u8]| {
        fs::write(&path, text).unwrap();
        let ran = check(folder.path(), &[]);
        assert!(ran.code == UNANSWERED && ran.err.starts_with("error: "), "{ran:?}");
        ran.err.split(": ").find(|word| word.len() == 2).map(str::to_owned).unwrap_or(ran.err)
    };
    for (from, to, id) in [
        ("\"format\": 1", "\"format\": 2", "F2"),
        ("\"format\": 1", "\"form\": 1", "F2"),
        ("\"format\": 1", "\"format\": 1, \"more\": 1", "F2"),
        ("\"probes\": 6", "\"probes\": 7", "F2"),
        ("\"dialect\": null", "\"dialect\": \"caffe\"", "M6"),
        ("\"profile\": \"op=tconv\"", "\"profile\": \"op=pool\"", "Q4"),
        ("\"profile\": \"op=tconv\"", "\"profile\": \"batch=no\"", "F2"),
        ("i2 k3", "i2 k4", "F2"),
        ("i2 k3", "i0 k3", "S5"),
        ("i2 k3", "i999999999 k999999999", "L3"),
        ("i2 k3", "i262144 k1 p262143", "L3"),
        ("\"explicit\"", "\"implicit\"", "F2"),
        ("\"explicit\"", "3", "F2"),
    ] {
        assert!(right.contains(from), "{from}");
        assert_eq!(rule(right.replace(from, to).as_bytes()), id, "{to}");
    }
    for cut in 0..right.len() / 16 {
        assert_eq!(rule(&right.as_bytes()[..16 * cut]), "F2", "{cut}");
    }
    assert_eq!(rule(b"\xff\xfe"), "F2");
    assert_eq!(rule(&b"[".repeat(1 << 20)), "F2");
    assert_eq!(rule(&vec![b' '; (1 << 25) + 1]), "F3");
    fs::remove_file(&path).unwrap();
    let ran = check(folder.path(), &[]);
    assert!(ran.code == UNANSWERED && ran.err.contains("F5: file 'probe.json' is missing"), "{ran:?}");
    fs::create_dir(&path).unwrap();
    assert!(check(folder.path(), &[]).err.contains("F1: cannot open: it is no regular file"));
}

#[test]
fn a_result_that_cannot_be_read_is_a_finding() {
    let folder = emitted(&["--spec", SPEC]);
    let place = folder.path().join("0003");
    let found = |put: &dyn Fn(), reason: &str| {
        for name in folders(folder.path()) {
            let _ = fs::remove_file(folder.path().join(&name).join("y.npy"));
            answer(&folder.path().join(name), "npy", "y.npy", |_, y| y);
        }
        put();
        let ran = check(folder.path(), &[]);
        assert_eq!(ran.code, DIFFERS, "{reason}: {ran:?}");
        let out = in_one_line(&ran.out);
        assert!(out.contains("bad-answer") && out.contains(&format!("0003: {reason}")), "{reason}: {}", ran.out);
        for name in ["y.npy", "y.npz", "y.pb"] {
            let _ = fs::remove_file(place.join(name)).or_else(|_| fs::remove_dir(place.join(name)));
        }
    };
    let y = || place.join("y.npy");
    let right = {
        answer(&place, "npy", "y.npy", |_, y| y);
        fs::read(y()).unwrap()
    };
    found(&|| fs::write(y(), &right[..right.len() - 1]).unwrap(), "y.npy: F3: ");
    found(&|| fs::write(y(), b"").unwrap(), "y.npy: F2: ");
    found(&|| fs::File::create(y()).unwrap().set_len(1 << 40).unwrap(), "y.npy: F3: ");
    found(&|| fs::write(place.join("y.pb"), &right).unwrap(), "both y.npy and y.pb are there; expected one");
    let alone = |name: &str| {
        fs::remove_file(y()).unwrap();
        fs::write(place.join(name), &right).unwrap();
    };
    found(&|| alone("y.npz"), "y.npz: y.npz: F2: ");
    found(&|| alone("y.pb"), "y.pb: F2: ");
    let folder_there = || {
        fs::remove_file(y()).unwrap();
        fs::create_dir(y()).unwrap();
    };
    found(&folder_there, "y.npy: F1: cannot open: it is no regular file");
    #[cfg(unix)]
    {
        let link = || {
            fs::remove_file(y()).unwrap();
            std::os::unix::fs::symlink("/dev/zero", y()).unwrap();
        };
        found(&link, "y.npy: F1: cannot open: it is no regular file");
        let elsewhere = tempfile::tempdir().unwrap();
        fs::remove_dir_all(&place).unwrap();
        std::os::unix::fs::symlink(elsewhere.path(), &place).unwrap();
        let ran = check(folder.path(), &[]);
        assert!(ran.code == DIFFERS && ran.out.contains("0003: its place is taken by what is no folder"), "{ran:?}");
    }
}

#[test]
fn other_numbers_and_shapes_are_differences() {
    for (values, shape, id) in [(vec![f32::NAN; 5], vec![1, 1, 5], "not-finite"), (vec![1.0; 4], vec![4], "")] {
        let folder = emitted(&["--spec", SPEC]);
        answer_all(folder.path(), "npy", "y.npy", |_, y| y);
        let y = convproof::data::Array::new(shape, convproof::data::Values::F32(values)).unwrap();
        fs::write(folder.path().join("0003/y.npy"), write_npy(&y).unwrap()).unwrap();
        let ran = check(folder.path(), &[]);
        assert!(ran.code == DIFFERS && ran.out.contains(id), "{ran:?}");
    }
    let folder = emitted(&["--spec", SPEC, "--profile", "dtype=f32"]);
    answer_all(folder.path(), "npy", "y.npy", |_, y| crate::returned::as_type(&y, ElementType::F64));
    let ran = check(folder.path(), &[]);
    assert!(ran.code == DIFFERS && ran.out.contains("wrong-type"), "{ran:?}");
}
