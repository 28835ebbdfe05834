//! Folders as they come: links, pipes, odd names, node tests that are broken.
#![allow(clippy::unwrap_used)]

use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::symlink;
use std::path::Path;

use crate::common::cases::{Folder, f32s, refusal, verify};
use convproof::data::onnx::write_tensor;
use convproof::data::{Array, Values};
use convproof::verify::Verdict;
use serde_json::json;

fn case(folder: &Folder, name: &str) {
    let arrays =
        [("x", f32s(&[1, 1, 2], &[1, 3])), ("w", f32s(&[1, 1, 2], &[2, 1])), ("y", f32s(&[1, 1, 3], &[2, 7, 3]))];
    folder.case(name, json!({"spec": "tconv i2 k2"}), &arrays);
}

/// A length-delimited field of protobuf.
fn field(tag: u8, bytes: &[u8]) -> Vec<u8> {
    let mut out = vec![tag << 3 | 2];
    let mut length = bytes.len();
    while length >= 128 {
        out.push(u8::try_from(length % 128).unwrap() | 128);
        length /= 128;
    }
    out.push(u8::try_from(length).unwrap());
    [&out, bytes].concat()
}

/// A `model.onnx` of version 11 with these nodes and the inputs x and w: `(type, inputs, attributes)`.
fn model(nodes: &[(&str, &[&str], Vec<u8>)]) -> Vec<u8> {
    let mut graph = Vec::new();
    for (kind, inputs, attributes) in nodes {
        let names: Vec<u8> = inputs.iter().flat_map(|name| field(1, name.as_bytes())).collect();
        graph.extend(field(
            1,
            &[&names[..], &field(2, b"y"), &field(3, b"the\nnode"), &field(4, kind.as_bytes()), attributes].concat(),
        ));
    }
    for name in ["x", "w"] {
        graph.extend(field(11, &field(1, name.as_bytes())));
    }
    // ir_version 8; opset_import { version 11 }
    [&[8, 8][..], &field(7, &graph), &field(8, &[16, 11])].concat()
}

/// `name = [value]` as an attribute of a node.
fn ints(name: &str, value: u8) -> Vec<u8> {
    field(5, &[&field(1, name.as_bytes())[..], &[8 << 3, value], &[0xa0, 1, 7]].concat())
}

/// An attribute of a kind by its number in `AttributeProto`, with this value.
fn of_kind(name: &str, kind: u8, value: &[u8]) -> Vec<u8> {
    field(5, &[&field(1, name.as_bytes())[..], value, &[0xa0, 1, kind]].concat())
}

fn tensors(folder: &Folder, set: &str, except: &str) {
    for (name, shape, values) in [
        ("input_0", vec![1, 1, 2], vec![1., 3.]),
        ("input_1", vec![1, 1, 2], vec![2., 1.]),
        ("output_0", vec![1, 1, 3], vec![2., 7., 3.]),
    ] {
        if name != except {
            let array = Array::new(shape, Values::F32(values)).unwrap();
            folder.write(&format!("{set}/{name}.pb"), write_tensor(&array, name).unwrap());
        }
    }
}

const PLAIN: (&str, &[&str]) = ("ConvTranspose", &["x", "w"]);

#[test]
fn a_node_test_is_judged_set_by_set() {
    let folder = Folder::new();
    folder.write("test/model.onnx", model(&[(PLAIN.0, PLAIN.1, Vec::new())]));
    tensors(&folder, "test/test_data_set_0", "");
    tensors(&folder, "test/test_data_set_1", "input_1");
    case(&folder, "test/beside");
    folder.write("test/notes.txt", "");
    let (walked, reports) = folder.verify();
    assert_eq!((walked.cases, walked.passed_over), (3, 1));
    assert_eq!(reports[0].verdict(), Verdict::Same, "{:?}", reports[0].answer);
    assert!(refusal(&reports[1]).contains("test_data_set_1: input_1.pb: F1: cannot open"), "{}", refusal(&reports[1]));
    assert_eq!(reports[2].verdict(), Verdict::Same);
    let (walked, _) = verify(&[folder.path("test/model.onnx")]);
    assert_eq!(walked.cases, 2);
}

/// x = 1 3 as input and weight: 1, 3 + 3, 9; named in ONNX's own domain.
#[test]
fn one_tensor_may_be_given_twice() {
    let folder = Folder::new();
    folder.write("model.onnx", model(&[(PLAIN.0, &["x", "x"], field(7, b"ai.onnx"))]));
    tensors(&folder, "test_data_set_0", "output_0");
    let y = Array::new(vec![1, 1, 3], Values::F32(vec![1., 6., 9.])).unwrap();
    folder.write("test_data_set_0/output_0.pb", write_tensor(&y, "y").unwrap());
    let report = folder.only();
    assert_eq!(report.verdict(), Verdict::Same, "{:?}", report.answer);
    let (walked, _) = verify(&[folder.path(""), folder.path("model.onnx")]);
    assert_eq!((walked.cases, walked.passed_over), (1, 1));
}

#[test]
fn broken_models_name_what_is_broken() {
    let sound = model(&[(PLAIN.0, PLAIN.1, Vec::new())]);
    let attributes = |name| model(&[(PLAIN.0, PLAIN.1, ints(name, 1))]);
    let cases: Vec<(Vec<u8>, &str)> = vec![
        (sound[..sound.len() / 2].to_vec(), "model.onnx: F2: not a valid ONNX model file"),
        (Vec::new(), "model.onnx: F5:"),
        (b"PK\x03\x04".to_vec(), "model.onnx: F2:"),
        (model(&[]), "F2: not a valid node test file: expected one Conv or ConvTranspose node, got 0 nodes"),
        (model(&[(PLAIN.0, PLAIN.1, vec![]), ("Relu", &["y"], vec![])]), "got 2 nodes: ConvTranspose, Relu"),
        (model(&[("Deconv\x1b[31m", PLAIN.1, vec![])]), "got 1 nodes: Deconv"),
        (model(&[(PLAIN.0, &["x"], vec![])]), "F5: operand 'W' is missing; it holds ConvTranspose with 1 inputs"),
        (model(&[(PLAIN.0, &["x", "z"], vec![])]), "F5: tensor 'z' is missing; it holds neither an input"),
        (
            model(&[(PLAIN.0, &["x", "w", "", "x"], vec![])]),
            "F2: not a valid node test file: expected the inputs X, W and B, got 4 inputs",
        ),
        (
            model(&[(PLAIN.0, PLAIN.1, field(7, b"com.example"))]),
            "expected a node of ONNX's own operators, got ConvTranspose of 'com.example'",
        ),
        (
            model(&[(PLAIN.0, PLAIN.1, of_kind("group", 4, &field(5, &[8, 1, 16, 1, 34, 4, 0, 0, 128, 63])))]),
            "M5: attribute 'group' is a tensor or a graph",
        ),
        (model(&[(PLAIN.0, PLAIN.1, of_kind("group", 5, &[]))]), "M5: attribute 'group' is a tensor or a graph"),
        (model(&[(PLAIN.0, PLAIN.1, of_kind("group", 99, &[]))]), "M5: attribute 'group' is a tensor or a graph"),
        (attributes("steps"), "M4: unknown attribute 'steps'"),
        (attributes("pads"), "M5: attribute 'pads' is [1]; expected a list of 2 whole numbers"),
        (attributes("kernel_shape"), "OX1: kernel_shape [1]; the weight's is [2]"),
        (attributes("group"), "M5: attribute 'group' is [1]; expected a whole number"),
    ];
    let folder = Folder::new();
    for (n, (bytes, _)) in cases.iter().enumerate() {
        folder.write(&format!("{n:02}/model.onnx"), bytes);
        tensors(&folder, &format!("{n:02}/test_data_set_0"), "");
    }
    folder.write("a/model.onnx", &sound);
    folder.write("b/model.onnx/inside.txt", "");
    folder.write("c/model.onnx", &sound);
    folder.write("c/test_data_set_0", "a file");
    case(&folder, "d");
    let (_, reports) = folder.verify();
    assert_eq!(reports.len(), cases.len() + 4);
    for (report, (_, words)) in reports.iter().zip(&cases) {
        let line = refusal(report);
        assert!(line.contains(words) && line.contains(&report.case), "{words}: {line}");
    }
    for report in &reports[cases.len()..cases.len() + 3] {
        assert!(refusal(report).contains("F5: folder 'test_data_set_0' is missing"), "{}", refusal(report));
    }
    assert_eq!(reports[cases.len() + 3].verdict(), Verdict::Same);
}

#[test]
fn truncated_models_and_tensors() {
    let folder = Folder::new();
    let source = Path::new("tests/recorded/onnx_node_tests/test_convtranspose_pads");
    let read = |name: &str| std::fs::read(source.join(name)).unwrap();
    let names =
        ["model.onnx", "test_data_set_0/input_0.pb", "test_data_set_0/input_1.pb", "test_data_set_0/output_0.pb"];
    for name in names {
        folder.write(name, read(name));
    }
    assert_eq!(folder.only().verdict(), Verdict::Same);
    for name in names {
        let whole = read(name);
        for length in (0..whole.len()).step_by(1 + whole.len() / 40) {
            folder.write(name, &whole[..length]);
            // Cut between two attributes it is another model: then the answer is no "same" by luck.
            let report = folder.only();
            assert_ne!(report.verdict(), Verdict::Same, "{name} cut at {length}");
            if report.answer.is_err() {
                refusal(&report);
            }
        }
        folder.write(name, whole);
    }
}

#[test]
fn names_of_every_kind() {
    let folder = Folder::new();
    let odd = folder.0.path().join(std::ffi::OsStr::from_bytes(b"\xff\xfe"));
    std::fs::create_dir(&odd).unwrap();
    case(&folder, "source");
    for (from, to) in
        [("source.json", &b"\xff.json"[..]), ("source.npz", b"source.npz"), ("source.json", b"plain\n.json")]
    {
        std::fs::copy(folder.path(from), odd.join(std::ffi::OsStr::from_bytes(to))).unwrap();
    }
    std::fs::write(odd.join(std::ffi::OsStr::from_bytes(b"\xff")), b"").unwrap();
    std::fs::write(odd.join(std::ffi::OsStr::from_bytes(b"broken\n.json")), b"{").unwrap();
    // A node test in such a folder; folders named like files.
    folder.write("n/model.onnx", model(&[(PLAIN.0, PLAIN.1, Vec::new())]));
    tensors(&folder, "n/test_data_set_0", "");
    std::fs::rename(folder.path("n"), odd.join(std::ffi::OsStr::from_bytes(b"\xfen"))).unwrap();
    case(&folder, "folder.json/case.json/inner");
    std::fs::create_dir(folder.path("empty")).unwrap();
    let (walked, reports) = folder.verify();
    assert_eq!((walked.cases, walked.passed_over), (6, 1));
    let same = reports.iter().filter(|r| r.verdict() == Verdict::Same).count();
    assert_eq!(same, 5, "{reports:?}");
    let broken = reports.iter().find(|r| r.answer.is_err()).unwrap();
    assert!(refusal(broken).contains("broken\\n.json: F2: not a valid json file"), "{}", refusal(broken));
    assert_eq!(verify(&[folder.path("folder.json")]).0.cases, 1);
    assert_eq!(verify(&[folder.path("empty")]).0.cases, 0);
    assert_eq!(verify(&[]).0.cases, 0);
}

/// Two links back make 2^64 paths of depth 64; a pipe is never written to; `/dev/zero` has no end.
#[test]
fn links_and_devices() {
    let folder = Folder::new();
    case(&folder, "a/case");
    for link in ["a/back", "a/again"] {
        symlink("..", folder.path(link)).unwrap();
    }
    symlink("a", folder.path("b")).unwrap();
    symlink("absent.json", folder.path("dangling.json")).unwrap();
    symlink("/dev/zero", folder.path("endless.json")).unwrap();
    symlink("/dev/zero", folder.path("endless.npz")).unwrap();
    folder.write("f.json", json!({"npz": "endless.npz", "spec": "tconv i2 k2"}).to_string());
    let made = std::process::Command::new("mkfifo").arg(folder.path("pipe.json")).status();
    let pipes = usize::from(made.is_ok_and(|status| status.success()));
    let (walked, reports) = folder.verify();
    assert_eq!((walked.cases, walked.passed_over), (4 + pipes, 3));
    assert_eq!(reports[0].verdict(), Verdict::Same);
    let expected = [
        "dangling.json: F1: cannot open",
        "endless.json: F2: not a valid case file",
        "f.json: M5: attribute 'npz' is \"endless.npz\"",
        "pipe.json: F2",
    ];
    for (report, words) in reports[1..].iter().zip(expected) {
        assert!(refusal(report).contains(words), "{}", refusal(report));
    }
    // A model that is never written, and tensors that are not.
    if pipes > 0 {
        let folder = Folder::new();
        tensors(&folder, "test_data_set_0", "");
        std::process::Command::new("mkfifo").arg(folder.path("model.onnx")).status().unwrap();
        let line = refusal(&folder.only());
        assert!(line.contains("model.onnx: F2: not a valid ONNX model file: expected a regular file"), "{line}");
    }
    // Deeper than any real folder: passed over, not overflowed.
    let deep = Folder::new();
    deep.write(&format!("{}x.txt", "d/".repeat(200)), "");
    assert_eq!(deep.verify().0.passed_over, 1);
}
