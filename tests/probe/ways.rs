//! Probes that leave the house: every format goes out and comes back, what is missing is unanswered,
//! what is wrong is named.
//! Answers are the plain loops of `common/naive.rs`.
#![allow(clippy::unwrap_used, clippy::float_arithmetic)] // tests

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use crate::command::run;
use crate::returned::{WAYS, answer_all, check, emit, emitted, folders, in_one_line};
use convproof::cli::{DIFFERS, SAME, UNANSWERED};
use convproof::data::{read_array, write_npy};
use serde_json::{Value, json};

const SPEC: &str = "tconv i2 k3 s2";

/// All files below a folder.
fn files(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    let mut all = BTreeMap::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_str().unwrap().to_owned();
        match path.is_dir() {
            true => all.extend(files(&path).into_iter().map(|(inner, bytes)| (format!("{name}/{inner}"), bytes))),
            false => drop(all.insert(name, fs::read(&path).unwrap())),
        }
    }
    all
}

#[test]
fn every_format_goes_out_and_comes_back() {
    for (format, way) in WAYS {
        let folder = emitted(&["--panel", "smoke", "--as", format]);
        answer_all(folder.path(), format, way, |_, y| y);
        let ran = check(folder.path(), &["--list"]);
        assert_eq!(ran.code, SAME, "{format} {way}: {ran:?}");
        assert!(!ran.out.contains("unanswered") && ran.out.contains(" matrix entries observed"), "{ran:?}");
        assert!(ran.err.contains("invalid input (not asked)"), "{}", ran.err);
    }
}

#[test]
fn every_role_and_type_comes_back() {
    for (words, format, way) in [
        ("role=input-gradient,weight-gradient,bias-gradient op=tconv,conv rank=1-2", "npy", "y.npy"),
        ("dtype=bf16", "npz", "y.npz"),
        ("dtype=bf16", "onnx", "y.pb"),
        ("dtype=i8 op=conv", "hex", "y.hex"),
        ("dtype=f32 arithmetic=input=f32,accumulate=f64,output=f64", "raw", "y.bin"),
        ("dtype=i8", "raw", "y.bin"),
    ] {
        let folder = emitted(&["--panel", "smoke", "--as", format, "--profile", words]);
        answer_all(folder.path(), format, way, |_, y| y);
        let ran = check(folder.path(), &[]);
        assert_eq!(ran.code, SAME, "{words}: {ran:?}");
    }
}

#[test]
fn layouts_are_those_of_the_dialect() {
    // x [n, positions, c], w [k, C_out, C_in] of tf.nn.conv1d_transpose
    let words = ["--dialect", "tensorflow", "--spec", "tconv i3 k2 s2 c2:3", "--profile", "role=forward"];
    let folder = emitted(&words);
    for name in folders(folder.path()) {
        let place = folder.path().join(&name);
        let held = |name: &str| read_array(place.join(name).to_str().unwrap(), &Default::default()).unwrap();
        let request: Value = serde_json::from_slice(&fs::read(place.join("request.json")).unwrap()).unwrap();
        assert_eq!(request["dialect"], "tensorflow");
        let (x, w) = (held("x.npy").permuted(&[0, 2, 1]), held("w.npy").permuted(&[2, 1, 0]));
        let y = crate::returned::computed(&request, &BTreeMap::from([("x", x), ("w", w)])).permuted(&[0, 2, 1]);
        let shape: Vec<Value> = y.shape().iter().map(|n| json!(n)).collect();
        assert_eq!(request["result"]["shape"], json!(shape));
        fs::write(place.join("y.npy"), write_npy(&y).unwrap()).unwrap();
    }
    let ran = check(folder.path(), &[]);
    assert_eq!(ran.code, SAME, "{ran:?}");
}

/// x = 1 0, w = 1 2 3, stride 2: y = 1 2 3 0 0. 1 is 3f800000, 2 is 40000000, 3 is 40400000.
#[test]
fn raw_and_hex_are_what_a_reader_by_hand_expects() {
    let folder = emitted(&["--spec", SPEC, "--as", "hex,raw", "--profile", "batch=no bias=no"]);
    let place = folder.path().join("0000");
    let text = |name: &str| fs::read_to_string(place.join(name)).unwrap();
    assert_eq!(text("x.hex"), "3f800000\n00000000\n");
    assert_eq!(text("w.hex"), "3f800000\n40000000\n40400000\n");
    assert_eq!(fs::read(place.join("x.bin")).unwrap(), [0, 0, 0x80, 0x3f, 0, 0, 0, 0]);
    assert_eq!(fs::read(place.join("w.bin")).unwrap(), [0, 0, 0x80, 0x3f, 0, 0, 0, 0x40, 0, 0, 0x40, 0x40]);
    let request: Value = serde_json::from_str(&text("request.json")).unwrap();
    assert_eq!((&request["x"], &request["b"], &request["y"]), (&json!("x.hex"), &Value::Null, &json!("y.hex")));
    assert_eq!(request["result"], json!({"dtype": "float32", "shape": [1, 1, 5]}));
    let header = fs::read_to_string(folder.path().join("probes.h")).unwrap();
    let row = "    {\"0000\", \"tconv\", \"forward\", 1, 1, {2}, {1}, {0}, {0}, {0},
     {\"0000/x.bin\", \"float32\", 8, 3, {1, 1, 2}},
     {\"0000/w.bin\", \"float32\", 12, 3, {1, 1, 3}},
     {0, 0, 0, 0, {0}},
     {0, 0, 0, 0, {0}},
     {\"0000/y.bin\", \"float32\", 20, 3, {1, 1, 5}}},\n";
    assert!(header.contains(row), "{header}");

    answer_all(folder.path(), "hex", "y.bin", |_, y| y);
    fs::remove_file(place.join("y.bin")).unwrap();
    fs::write(place.join("y.hex"), "// y\n@0 3F800000 4000_0000\n40400000 00000000 0\n").unwrap();
    assert_eq!(check(folder.path(), &[]).code, SAME);
    fs::write(place.join("y.hex"), "3f800000 40000000 40400000 00000000").unwrap();
    let ran = check(folder.path(), &[]);
    let reason = "0000: y.hex: Q2: y.hex has 4 elements; 5 are needed (shape [1, 1, 5], row-major)";
    assert!(ran.code == DIFFERS && in_one_line(&ran.out).contains(reason), "{ran:?}");
    fs::remove_file(place.join("y.hex")).unwrap();
    fs::write(place.join("y.bin"), [0; 16]).unwrap();
    let ran = check(folder.path(), &[]);
    let reason = "y.bin: F2: not a valid raw file: expected 20 bytes of float32 [1, 1, 5], got 16 bytes";
    assert!(ran.code == DIFFERS && in_one_line(&ran.out).contains(reason), "{ran:?}");
}

#[test]
fn a_wrong_answer_is_named_and_shown() {
    let folder = emitted(&["--panel", "smoke", "--profile", "groups=no"]);
    // Every kernel read backwards: the arrays are answered as if w were rotated.
    answer_all(folder.path(), "npy", "y.npy", |computed, y| {
        let mut rotated = computed.operands.clone();
        let w = rotated.remove("w").unwrap();
        let axes = 2..w.shape().len();
        rotated.insert("w", w.flipped(axes));
        drop(y);
        crate::returned::computed(&computed.request, &rotated)
    });
    let repros = tempfile::tempdir().unwrap();
    let ran = check(folder.path(), &["--repro-dir", repros.path().to_str().unwrap()]);
    assert_eq!(ran.code, DIFFERS, "{ran:?}");
    let out = ran.out;
    assert!(out.starts_with("differs  ") && out.lines().next().unwrap().ends_with("  kernel-flipped"), "{out}");
    // The smallest of the panel: nothing smaller was asked.
    assert!(out.contains("smallest   tconv i2 k2 s3 a2\n"), "{out}");
    let place = out.lines().find_map(|line| line.split_once("repro ")).unwrap().1.trim();
    let (command, number) = place.rsplit_once("  # ").unwrap();
    assert!(folder.path().join(number).join("request.json").exists(), "{place}");
    assert_eq!(command, format!("convproof probe --check {}", folder.path().display()));
    assert!(!out.contains("invalid-accepted"), "{out}");
    // What it wrote down is judged as the same mistake.
    let judged = run(&["verify", repros.path().to_str().unwrap()]);
    assert!(judged.code == DIFFERS && judged.out.contains("kernel-flipped"), "{judged:?}");
    let json = check(folder.path(), &["--format", "json"]);
    assert_eq!((json.code, &json.json()["cases"][0]["verdict"]), (DIFFERS, &json!("differs")));
    let github = check(folder.path(), &["--format", "github"]);
    assert!(github.code == DIFFERS && github.out.starts_with("::error title="), "{github:?}");
}

#[test]
fn one_wrong_cell_is_a_difference() {
    let folder = emitted(&["--spec", SPEC, "--spec", "tconv i3 k2"]);
    answer_all(folder.path(), "npy", "y.npy", |_, y| y);
    let place = folder.path().join("0004/y.npy");
    let mut bytes = fs::read(&place).unwrap();
    *bytes.last_mut().unwrap() ^= 0x80;
    fs::write(&place, bytes).unwrap();
    let ran = check(folder.path(), &[]);
    assert!(
        ran.code == DIFFERS && ran.out.contains("2 cases: 1 same (1 observed, ") && ran.out.contains("), 1 differs; "),
        "{ran:?}"
    );
}

#[test]
fn what_is_missing_is_unanswered() {
    let folder = emitted(&["--panel", "smoke"]);
    let none = check(folder.path(), &[]);
    assert!(none.code == UNANSWERED && none.err.contains("Q5: no case found in "), "{none:?}");
    answer_all(folder.path(), "npy", "y.npy", |_, y| y);
    let all = folders(folder.path()).len();
    fs::remove_file(folder.path().join("0002/y.npy")).unwrap();
    // Only the results need to come back.
    fs::remove_dir_all(folder.path().join("0070")).unwrap();
    let ran = check(folder.path(), &["--list"]);
    assert_eq!(ran.code, UNANSWERED, "{ran:?}");
    assert!(ran.err.contains(&format!("2 of {all} not returned: 0002 0070\n")), "{}", ran.err);
    assert_eq!(ran.out.matches("unanswered ").count(), 2, "{}", ran.out);
    assert!(
        ran.out.contains("12 cases: 10 same (10 observed, ") && ran.out.contains("), 2 unanswered; "),
        "{}",
        ran.out
    );
    let json = check(folder.path(), &["--format", "json"]).json();
    let reason = "1 of 6 calls without an answer: 0002 holds no result";
    assert!(json["cases"].as_array().unwrap().iter().any(|case| case["reason"] == reason), "{json}");
    // A difference is one, whatever else is missing.
    fs::write(folder.path().join("0010/y.npy"), fs::read(folder.path().join("0000/y.npy")).unwrap()).unwrap();
    assert_eq!(check(folder.path(), &[]).code, DIFFERS);
}

#[test]
fn a_refusal_is_one() {
    let folder = emitted(&["--spec", SPEC]);
    answer_all(folder.path(), "npy", "y.npy", |_, y| y);
    fs::remove_file(folder.path().join("0001/y.npy")).unwrap();
    fs::write(folder.path().join("0001/refused.txt"), "strides are 1\u{1b}[31m here\n").unwrap();
    let ran = check(folder.path(), &[]);
    assert!(ran.code == DIFFERS && ran.out.contains("valid-refused"), "{ran:?}");
    assert!(ran.out.contains("0001: strides are 1 [31m here") && !ran.out.contains('\u{1b}'), "{ran:?}");
}

#[test]
fn the_same_bytes_on_every_run() {
    let words = ["--panel", "smoke", "--as", "npy,npz,onnx,raw,hex", "--random", "5"];
    let (one, other) = (emitted(&words), emitted(&words));
    let bytes = files(one.path());
    assert_eq!(bytes, files(other.path()));
    // Once more into the same folder, which holds nothing else.
    assert_eq!(emit(one.path(), &words).code, SAME);
    assert_eq!(bytes, files(one.path()));
    // Fewer probes leave nothing of the others.
    assert_eq!(emit(other.path(), &["--spec", SPEC]).code, SAME);
    assert_eq!(folders(other.path()).len(), 6);
}

#[test]
fn nobody_loses_a_file() {
    let error = |folder: &Path| {
        let before = files(folder);
        let ran = emit(folder, &["--spec", SPEC]);
        assert_eq!((ran.code, files(folder) == before), (UNANSWERED, true), "{ran:?}");
        ran.err
    };
    for name in ["notes.txt", "0000/y.npy", "0000/refused.txt", "0000/x.npy/deep", "12/x.npy", "0001/test_data_set_0/a"]
    {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, "mine").unwrap();
        assert!(error(folder.path()).contains("is in the way; expected an empty folder"), "{name}");
    }
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("file"), "mine").unwrap();
    let ran = emit(&folder.path().join("file"), &["--spec", SPEC]);
    assert!(ran.code == UNANSWERED && ran.err.contains(": F1: cannot write probes: "), "{ran:?}");
}

#[test]
fn models_are_those_of_the_operation() {
    use convproof::data::onnx::Model;
    let folder = emitted(&["--as", "onnx", "--spec", "onnx auto_pad=SAME_LOWER strides=2 x=1,2,3 w=2,1,4"]);
    let model = Model::read(folder.path().join("0002/model.onnx"), 1 << 20).unwrap();
    let node = &model.nodes[0];
    assert_eq!((model.opset, node.op_type.as_str(), node.inputs.len()), (11, "ConvTranspose", 3));
    assert_eq!(node.attributes["auto_pad"], "SAME_LOWER");
    let shapes: Vec<_> = model.inputs.iter().map(|port| port.shape.clone().unwrap()).collect();
    assert_eq!(shapes, [vec![Some(2), Some(2), Some(3)], vec![Some(2), Some(1), Some(4)], vec![Some(1)]]);
    for (words, said) in [
        (&["--as", "onnx", "--dialect", "pytorch"][..], "models are said with --dialect onnx"),
        (&["--as", "onnx", "--profile", "role=bias-gradient"], "computes role=forward only"),
        (&["--as", "onnx", "--profile", "dtype=i8"], "take floats"),
        (&["--as", "tar"], "--as: 'tar'; formats are npy, npz, onnx, raw, hex"),
        (&["--dialect", "caffe"], "M6"),
        (&["--panel", "huge"], "Q4"),
        (&["--spec", "tconv i70000000 k3"], "L3: probes of "),
        (&["--list"], "cannot be used with"),
    ] {
        let ran = emit(&folder.path().join("new"), words);
        assert!(ran.code == UNANSWERED && ran.err.contains(said), "{words:?}: {ran:?}");
        assert!(!folder.path().join("new").exists(), "{words:?}");
    }
}
