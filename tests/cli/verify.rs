//! `convproof verify`: exit statuses, documents, blocks, and tensors from every kind of file.
//! All numbers are worked by hand: `x = 1 10`, `w = 2 3 5`, stride 2.

#![allow(clippy::unwrap_used)] // a test may fail by it

use std::io::{Cursor, Write};
use std::path::{Path, PathBuf};

use crate::command::{Ran, keys, run, shell_words};
use convproof::cli::{DIFFERS, SAME, UNANSWERED};
use convproof::data::{Array, Values, write_npy};
use serde_json::{Value, json};
use tempfile::TempDir;

const SPEC: &str = "tconv i2 k3 s2";
/// y[2i + t] = x[i]·w[t]: 2, 3, 5 + 20, 30, 50.
const RIGHT: [f32; 5] = [2., 3., 25., 30., 50.];
/// The same with w = 5 3 2.
const FLIPPED: [f32; 5] = [5., 3., 52., 30., 20.];

fn floats(shape: &[usize], values: &[f32]) -> Array {
    Array::new(shape.to_vec(), Values::F32(values.to_vec())).unwrap()
}

fn x() -> Array {
    floats(&[1, 1, 2], &[1., 10.])
}

fn w() -> Array {
    floats(&[1, 1, 3], &[2., 3., 5.])
}

fn y(values: [f32; 5]) -> Array {
    floats(&[1, 1, 5], &values)
}

fn npz(arrays: &[(&str, &Array)]) -> Vec<u8> {
    let mut zip = zip::ZipWriter::new(Cursor::new(Vec::new()));
    for (name, array) in arrays {
        zip.start_file(format!("{name}.npy"), zip::write::SimpleFileOptions::default()).unwrap();
        zip.write_all(&write_npy(array).unwrap()).unwrap();
    }
    zip.finish().unwrap().into_inner()
}

/// A folder of files, removed in the end.
struct Folder(TempDir);

impl Folder {
    fn new() -> Folder {
        Folder(tempfile::tempdir().unwrap())
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    fn put(&self, name: &str, bytes: &[u8]) -> String {
        let path = self.path(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(&path, bytes).unwrap();
        path.display().to_string()
    }

    fn npy(&self, name: &str, array: &Array) -> String {
        self.put(name, &write_npy(array).unwrap())
    }

    /// A recorded case of the tests' geometry with this result.
    fn case(&self, name: &str, result: [f32; 5]) -> String {
        self.put(&format!("{name}.npz"), &npz(&[("x", &x()), ("w", &w()), ("y", &y(result))]));
        let file = Path::new(name).file_name().unwrap().to_str().unwrap();
        self.put(&format!("{name}.json"), json!({"npz": format!("{file}.npz"), "spec": SPEC}).to_string().as_bytes())
    }

    fn verify(&self, options: &[&str]) -> Ran {
        let folder = self.0.path().display().to_string();
        run(&[&["verify", &folder], options].concat())
    }
}

fn own(spec: &str, options: &[&str]) -> Ran {
    run(&[&["verify", "--spec", spec, "--format", "json"], options].concat())
}

#[track_caller]
fn verdict(ran: &Ran) -> Value {
    let json = ran.json();
    assert_eq!(json["cases"].as_array().unwrap().len(), 1, "{json}");
    json["cases"][0].clone()
}

#[track_caller]
fn assert_same(ran: &Ran) {
    assert_eq!((ran.code, &verdict(ran)["verdict"]), (SAME, &json!("same")), "{ran:?}");
}

#[track_caller]
fn assert_mistake(ran: &Ran, id: &str) {
    let case = verdict(ran);
    assert_eq!((ran.code, &case["verdict"]), (DIFFERS, &json!("differs")), "{ran:?}");
    let also = case["also"].as_array().unwrap();
    assert!(case["diagnosis"]["id"] == id || also.contains(&json!(id)), "{id}: {case}");
}

// ---- recorded cases ------------------------------------------------------------------------

#[test]
fn exit_statuses_in_each_combination() {
    for (same, differs, unanswered, code) in [
        (1, 0, 0, SAME),
        (0, 1, 0, DIFFERS),
        (0, 0, 1, UNANSWERED),
        (1, 1, 0, DIFFERS),
        (1, 0, 1, UNANSWERED),
        (0, 1, 1, DIFFERS),
        (2, 1, 1, DIFFERS),
    ] {
        let folder = Folder::new();
        for n in 0..same {
            folder.case(&format!("deep/same{n}"), RIGHT);
        }
        for n in 0..differs {
            folder.case(&format!("wrong{n}"), FLIPPED);
        }
        for n in 0..unanswered {
            folder.put(&format!("broken{n}.json"), br#"{"npz":"none.npz","spec":"tconv i2 k3 s2"}"#);
        }
        let ran = folder.verify(&[]);
        assert_eq!(ran.code, code, "{same} {differs} {unanswered}: {ran:?}");
        assert_eq!(ran.err.matches("error: ").count(), unanswered, "{}", ran.err);
        let json = folder.verify(&["--format", "json"]);
        assert_eq!(json.code, code);
        let summary = json.json()["summary"].clone();
        let cases = same + differs + unanswered;
        assert_eq!(keys(&summary), ["cases", "same", "differs", "unanswered", "weak"]);
        let found = ["cases", "same", "differs", "unanswered"].map(|key| summary[key].clone());
        assert_eq!(found, [cases, same, differs, unanswered].map(|n| json!(n)));
    }
    // Nothing to judge.
    let empty = Folder::new();
    empty.put("notes.md", b"no case");
    let ran = empty.verify(&[]);
    assert_eq!((ran.code, ran.out.as_str()), (UNANSWERED, ""));
    assert!(ran.err.starts_with("passed over: 1 file of no case\nerror: Q5: no case found in "), "{}", ran.err);
    let missing = run(&["verify", "/no/such/place"]);
    assert_eq!(missing.code, UNANSWERED);
    assert!(missing.err.starts_with("error: /no/such/place: F1: cannot read: "), "{}", missing.err);
    let named = empty.path("notes.md");
    assert_eq!(run(&["verify", named.to_str().unwrap()]).code, UNANSWERED);
}

#[test]
fn a_passing_run_is_one_line() {
    let folder = Folder::new();
    folder.case("a", RIGHT);
    let ran = folder.verify(&[]);
    assert_eq!((ran.code, ran.err.as_str()), (SAME, ""));
    assert_eq!(ran.out.lines().count(), 1);
    assert!(ran.out.starts_with("1 case: 1 same (1 exact)"), "{}", ran.out);

    folder.case("b", RIGHT);
    let listed = folder.verify(&["--list"]);
    let lines: Vec<&str> = listed.out.lines().collect();
    assert_eq!(lines.len(), 3, "{}", listed.out);
    for (line, name) in lines.iter().zip(["a.json", "b.json"]) {
        assert!(line.starts_with("same       exact ") && line.contains(name) && line.ends_with(SPEC), "{line}");
    }
    assert!(lines[2].starts_with("2 cases: 2 same (2 exact)"), "{}", listed.out);
    assert_eq!(folder.verify(&["--list"]), listed, "the same bytes");
}

/// Zeros show nothing: a right answer, but weak.
#[test]
fn weak_data_fail_on_request() {
    let folder = Folder::new();
    let zeros = floats(&[1, 1, 2], &[0., 0.]);
    folder.put("zeros.npz", &npz(&[("x", &zeros), ("w", &w()), ("y", &y([0.; 5]))]));
    folder.put("zeros.json", json!({"npz": "zeros.npz", "spec": SPEC}).to_string().as_bytes());
    let ran = folder.verify(&[]);
    assert_eq!(ran.code, SAME);
    assert!(ran.out.ends_with(", 1 weak\n"), "{}", ran.out);
    let strict = folder.verify(&["--fail-on-weak"]);
    assert_eq!((strict.code, &strict.out), (DIFFERS, &ran.out));
    assert!(strict.err.contains("weak: ") && strict.err.contains("kernel-flipped"), "{}", strict.err);
    let json = folder.verify(&["--format", "json"]).json();
    assert_eq!(json["summary"]["weak"], 1);
    assert!(json["cases"][0]["weak"].as_array().unwrap().contains(&json!("kernel-flipped")));
}

#[test]
fn documents_have_every_key() {
    let folder = Folder::new();
    folder.case("a", RIGHT);
    folder.case("b", FLIPPED);
    folder.put("c.json", br#"{"npz":"none.npz","spec":"tconv i2 k3 s2"}"#);
    let ran = folder.verify(&["--format", "json"]);
    let json = ran.json();
    assert_eq!(keys(&json), ["format", "summary", "cases"]);
    let cases = json["cases"].as_array().unwrap();
    let all = [
        "case",
        "spec",
        "role",
        "verdict",
        "mode",
        "arithmetic",
        "max_ratio",
        "cells",
        "cells_wrong",
        "first",
        "diagnosis",
        "also",
        "weak",
        "reason",
        "repro",
    ];
    assert!(cases.iter().all(|case| keys(case) == all), "{json}");
    assert_eq!(cases[0]["verdict"], "same");
    assert_eq!(
        (&cases[0]["mode"], &cases[0]["cells"], &cases[0]["cells_wrong"]),
        (&json!("exact"), &json!(5), &json!(0))
    );
    assert_eq!((&cases[0]["first"], &cases[0]["diagnosis"]), (&Value::Null, &Value::Null));
    assert_eq!((&cases[0]["spec"], &cases[0]["role"]), (&json!(SPEC), &json!("forward")));
    assert_eq!(cases[1]["verdict"], "differs");
    // 5 3 52 30 20 against 2 3 25 30 50: cells 0, 2 and 4.
    assert_eq!(cases[1]["cells_wrong"], 3);
    assert_eq!(keys(&cases[1]["first"]), ["index", "got", "exact", "bound"]);
    assert_eq!(cases[1]["first"]["index"], json!([0, 0, 0]));
    assert_eq!((&cases[1]["first"]["got"], &cases[1]["first"]["exact"]), (&json!("5"), &json!("2")));
    assert!(cases[1]["first"]["bound"].is_string());
    assert_eq!(keys(&cases[1]["diagnosis"]), ["id", "message"]);
    assert_eq!(cases[1]["diagnosis"]["id"], "kernel-flipped");
    assert_eq!(cases[2]["verdict"], "unanswered");
    assert!(cases[2]["reason"].as_str().unwrap().contains("F1"));
    for key in ["mode", "arithmetic", "max_ratio", "cells", "cells_wrong", "first", "diagnosis"] {
        assert!(cases[2][key].is_null(), "{key}");
    }
    // `--output` writes the same document, and the exit status stays.
    let file = folder.path("report.json");
    let written = folder.verify(&["--output", file.to_str().unwrap()]);
    assert_eq!((written.code, written.out.as_str()), (DIFFERS, ""));
    assert_eq!(std::fs::read_to_string(file).unwrap(), ran.out);
}

/// At most 24 lines and 88 columns but for commands, whatever the path.
#[test]
fn a_difference_is_one_readable_block() {
    let names = ["b", "with space", "it's", "$HOME;`x`", &format!("{}/{}", "long".repeat(30), "name".repeat(40))];
    for name in names {
        let folder = Folder::new();
        let case = folder.case(name, FLIPPED);
        let ran = folder.verify(&[]);
        assert_eq!(ran.code, DIFFERS);
        let (block, summary) = ran.out.rsplit_once("\n\n").unwrap();
        assert!(summary.starts_with("1 case: 0 same, 1 differs") && summary.lines().count() == 1, "{}", ran.out);
        let lines: Vec<&str> = block.lines().collect();
        assert!(lines.len() <= 24, "{block}");
        let row = |label: &str| {
            let found = lines.iter().find_map(|l| l.strip_prefix(&format!("  {label:9}  ")));
            found.unwrap_or_else(|| panic!("no row '{label}' in\n{block}"))
        };
        assert!(lines[0].starts_with("differs  ") && lines[0].contains(", forward"), "{block}");
        assert!(lines[0].ends_with(" kernel-flipped") && lines[1].is_empty(), "{block}");
        assert_eq!(row("geometry"), SPEC);
        assert_eq!(row("where"), "3 of 5 cells");
        assert_eq!(row("first"), "y0: got 5, exact 2");
        assert_eq!(row("explain"), "convproof explain kernel-flipped");
        assert!(row("mistake").contains("180°"), "{block}");
        for line in lines.iter().filter(|l| !l.starts_with("  repro") && !l.starts_with("  explain")) {
            assert!(line.chars().count() <= 88, "{line}");
            assert_eq!(line.trim_end(), *line);
        }
        // Both commands can be copied.
        let repro = shell_words(row("repro"));
        assert_eq!(repro, ["convproof", "verify", &case]);
        let again = run(&repro[1..]);
        assert_eq!((again.code, &again.out), (DIFFERS, &ran.out));
        assert_eq!(run(&shell_words(row("explain"))[1..]).code, SAME);
    }
}

// ---- own tensors ---------------------------------------------------------------------------

/// A TensorProto of type FLOAT: field 1 dims, 2 data_type, 9 raw_data.
#[cfg(feature = "onnx")]
fn pb(array: &Array, values: &[f32]) -> Vec<u8> {
    let mut bytes: Vec<u8> = array.shape().iter().flat_map(|&n| [0x08, u8::try_from(n).unwrap()]).collect();
    bytes.extend([0x10, 1, 0x4a, u8::try_from(4 * values.len()).unwrap()]);
    bytes.extend(values.iter().flat_map(|v| v.to_le_bytes()));
    bytes
}

fn raw(values: &[f32]) -> Vec<u8> {
    values.iter().flat_map(|v| v.to_le_bytes()).collect()
}

fn safetensors(arrays: &[(&str, &[usize], &[f32])]) -> Vec<u8> {
    let (mut header, mut data) = (serde_json::Map::new(), Vec::new());
    for (name, shape, values) in arrays {
        let begin = data.len();
        data.extend(raw(values));
        let entry = json!({"dtype": "F32", "shape": shape, "data_offsets": [begin, data.len()]});
        header.insert((*name).to_owned(), entry);
    }
    let header = Value::Object(header).to_string();
    [&(header.len() as u64).to_le_bytes()[..], header.as_bytes(), &data].concat()
}

#[test]
fn tensors_in_every_kind_of_file() {
    let folder = Folder::new();
    let (xs, ws) = ([1., 10.], [2., 3., 5.]);
    for (name, result) in [("right", RIGHT), ("wrong", FLIPPED)] {
        let judged = |ran: Ran| match name {
            "right" => assert_same(&ran),
            _ => assert_mistake(&ran, "kernel-flipped"),
        };
        let put = |suffix: &str, bytes: &[u8]| folder.put(&format!("{name}{suffix}"), bytes);
        let [fx, fw, fy] = [("x", x()), ("w", w()), ("y", y(result))].map(|(n, a)| folder.npy(&format!("{n}.npy"), &a));
        judged(own(SPEC, &["--x", &fx, "--w", &fw, "--y", &fy]));

        let one = put(".npz", &npz(&[("x", &x()), ("w", &w()), ("y", &y(result))]));
        judged(own(SPEC, &[&one]));
        let at = |key: &str| format!("{one}:{key}");
        judged(own(SPEC, &["--x", &at("x"), "--w", &fw, "--y", &at("y")]));

        let arrays: [(&str, &[usize], &[f32]); 3] =
            [("x", &[1, 1, 2], &xs), ("w", &[1, 1, 3], &ws), ("y", &[1, 1, 5], &result)];
        let one = put(".safetensors", &safetensors(&arrays));
        judged(own(SPEC, &[&one]));
        judged(own(SPEC, &["--x", &format!("{one}:x"), "--w", &format!("{one}:w"), "--y", &format!("{one}:y")]));

        let [rx, rw, ry] = [(".x", &xs[..]), (".w", &ws), (".y", &result)].map(|(suffix, v)| put(suffix, &raw(v)));
        judged(own(SPEC, &["--dtype", "f32", "--x", &rx, "--w", &rw, "--y", &ry]));
        judged(own(SPEC, &["--dtype", "x=f32,y=f32", "--x", &rx, "--w", &fw, "--y", &ry]));
        assert_eq!(own(SPEC, &["--x", &rx, "--w", &rw, "--y", &ry]).code, UNANSWERED, "raw without its type");

        #[cfg(feature = "onnx")]
        {
            let [px, pw, py] = [("x.pb", x(), &xs[..]), ("w.pb", w(), &ws), ("y.pb", y(result), &result)]
                .map(|(suffix, a, v)| put(suffix, &pb(&a, v)));
            judged(own(SPEC, &["--x", &px, "--w", &pw, "--y", &py]));
        }
    }
}

/// NumPy has no bfloat16: its bits come as uint16.
#[test]
fn bfloat16_stored_as_uint16() {
    let folder = Folder::new();
    let bits = |shape: &[usize], values: &[f32]| {
        let bits = values.iter().map(|v| u16::try_from(v.to_bits() >> 16).unwrap()).collect();
        Array::new(shape.to_vec(), Values::U16(bits)).unwrap()
    };
    let x = folder.npy("x.npy", &bits(&[1, 1, 2], &[1., 10.]));
    let w = folder.npy("w.npy", &bits(&[1, 1, 3], &[2., 3., 5.]));
    let y = folder.npy("y.npy", &bits(&[1, 1, 5], &RIGHT));
    let ran = own(SPEC, &["--dtype", "bf16", "--x", &x, "--w", &w, "--y", &y]);
    assert_same(&ran);
    assert!(verdict(&ran)["arithmetic"].as_str().unwrap().contains("bf16"), "{ran:?}");
    // As integers 16256·16384 leaves uint16: nothing is claimed about such a cell.
    assert_eq!(own(SPEC, &["--x", &x, "--w", &w, "--y", &y]).code, UNANSWERED);
}

/// Two channels in, one out: 502 = 1·2 + 100·5, 5723 = 3 + 20 + 700 + 5000, 7030 = 30 + 7000.
#[test]
fn layouts_and_flipped_weights() {
    let spec = "tconv i2 k2 c2:1";
    let folder = Folder::new();
    let y = folder.npy("y.npy", &floats(&[1, 1, 3], &[502., 5723., 7030.]));
    let x = folder.npy("x.npy", &floats(&[1, 2, 2], &[1., 10., 100., 1000.]));
    let w = folder.npy("w.npy", &floats(&[2, 1, 2], &[2., 3., 5., 7.]));
    assert_same(&own(spec, &["--x", &x, "--w", &w, "--y", &y]));

    let x_nsc = folder.npy("x_nsc.npy", &floats(&[1, 2, 2], &[1., 100., 10., 1000.]));
    let w_soi = folder.npy("w_soi.npy", &floats(&[2, 1, 2], &[2., 5., 3., 7.]));
    let y_nsc = folder.npy("y_nsc.npy", &floats(&[1, 3, 1], &[502., 5723., 7030.]));
    let files = ["--x", &x_nsc, "--w", &w_soi, "--y", &y_nsc];
    assert_same(&own(spec, &[&files[..], &["--layout", "x=NSC,w=SOI,y=NSC"]].concat()));
    assert_eq!(own(spec, &[&files[..], &["--layout", "x=NSC,w=SOI,y=NCS"]].concat()).code, DIFFERS);
    assert_eq!(own(spec, &[&files[..], &["--layout", "x=NSS"]].concat()).code, UNANSWERED);

    let flipped = folder.npy("flipped.npy", &floats(&[2, 1, 2], &[3., 2., 7., 5.]));
    assert_same(&own(spec, &["--x", &x, "--w", &flipped, "--y", &y, "--weight-flipped"]));
    assert_mistake(&own(spec, &["--x", &x, "--w", &flipped, "--y", &y]), "kernel-flipped");
}

/// g = 1 10 100 1000 10000. gx = 2 + 30 + 500, 200 + 3000 + 50000; gw[t] = g[t] + 10·g[2 + t].
#[test]
fn roles_and_bias() {
    let folder = Folder::new();
    let (x, w) = (folder.npy("x.npy", &x()), folder.npy("w.npy", &w()));
    let g = folder.npy("g.npy", &floats(&[1, 1, 5], &[1., 10., 100., 1000., 10000.]));
    let b = folder.npy("b.npy", &floats(&[1], &[7.]));
    let gx = folder.npy("gx.npy", &floats(&[1, 1, 2], &[532., 53200.]));
    let gw = folder.npy("gw.npy", &floats(&[1, 1, 3], &[1001., 10010., 100_100.]));
    let gb = folder.npy("gb.npy", &floats(&[1], &[11111.]));
    let yb = folder.npy("yb.npy", &y(RIGHT.map(|v| v + 7.)));
    for (role, result, operands) in [
        ("forward", &yb, ["--x", &x, "--w", &w, "--b", &b]),
        ("input-gradient", &gx, ["--g", &g, "--w", &w, "--x", &x]),
        ("weight-gradient", &gw, ["--x", &x, "--g", &g, "--w", &w]),
        ("bias-gradient", &gb, ["--g", &g, "--x", &x, "--w", &w]),
    ] {
        let ran = own(SPEC, &[&["--role", role, "--y", result][..], &operands].concat());
        assert_same(&ran);
        assert_eq!(verdict(&ran)["role"], role);
    }
    assert_mistake(&own(SPEC, &["--x", &x, "--w", &w, "--b", &b, "--y", &folder.npy("y.npy", &y(RIGHT))]), "bias");
    let unknown = own(SPEC, &["--role", "backward", "--y", &gx]);
    assert_eq!(unknown.code, UNANSWERED);
    assert!(unknown.err.contains("valid are forward, input-gradient, weight-gradient, bias-gradient"));
    // Nothing can be judged without its operands.
    assert_eq!(own(SPEC, &["--x", &x, "--y", &gx]).code, UNANSWERED);
}

/// 0.1·0.7 + 0.2·0.3 in f32 is not exact: the bound decides. Who declares f64 sums may not round thrice.
#[test]
fn arithmetic_decides_what_is_right() {
    let folder = Folder::new();
    let x = folder.npy("x.npy", &floats(&[1, 1, 2], &[0.1, 0.2]));
    let w = folder.npy("w.npy", &floats(&[1, 1, 2], &[0.3, 0.7]));
    let y = folder.npy("y.npy", &floats(&[1, 1, 3], &[0.1f32 * 0.3, 0.1f32 * 0.7 + 0.2f32 * 0.3, 0.2f32 * 0.7]));
    let files = ["--x", &x, "--w", &w, "--y", &y];
    let judged = own("tconv i2 k2", &files);
    assert_same(&judged);
    let case = verdict(&judged);
    assert_eq!(case["mode"], "bound");
    let ratio = case["max_ratio"].as_f64().unwrap();
    assert!(ratio > 0. && ratio <= 1., "{ratio}");
    for (declared, code) in [("f32", SAME), ("accumulate=f64", DIFFERS), ("f64", DIFFERS), ("input=bf16", SAME)] {
        let ran = own("tconv i2 k2", &[&files[..], &["--arithmetic", declared]].concat());
        assert_eq!(ran.code, code, "{declared}: {ran:?}");
    }
    let unknown = own("tconv i2 k2", &[&files[..], &["--arithmetic", "f33"]].concat());
    assert_eq!(unknown.code, UNANSWERED);
    assert!(unknown.err.contains("f33") && unknown.err.contains("f32"), "{}", unknown.err);
}

/// The line to copy has every option, quoted for a POSIX shell, and gives the same verdict.
#[test]
fn repro_lines_repeat_the_verdict() {
    for name in ["plain", "with space", "it's $HOME", "a\"b\\c", "ü·x", "*?[a]", "-dash"] {
        let folder = Folder::new();
        let file = |part: &str, array: &Array| folder.npy(&format!("{name}/{name}.{part}.npy"), array);
        let (x, w) = (file("x", &x()), file("w", &floats(&[3, 1, 1], &[5., 3., 2.])));
        for (result, verdict_word) in [(RIGHT, "same"), (FLIPPED, "differs")] {
            let y = file("y", &y(result));
            let options =
                ["--weight-flipped", "--layout", "x=NCS,w=SOI,y=NCS", "--arithmetic", "f32", "--role", "forward"];
            let first = own("tconv s2 i2 k3", &[&["--x", &x, "--w", &w, "--y", &y][..], &options].concat());
            let case = verdict(&first);
            assert_eq!(case["verdict"], verdict_word, "{name}");
            let repro = case["repro"].as_str().unwrap();
            assert!(repro.starts_with("convproof verify --spec 'tconv i2 k3 s2' --x "), "{repro}");
            let mut words = shell_words(repro);
            words.extend(["--format".to_owned(), "json".to_owned()]);
            assert_eq!(run(&words[1..]), first, "{repro}");
        }
    }
}

#[test]
fn what_cannot_be_asked_is_refused() {
    let folder = Folder::new();
    let (x, w, y) = (folder.npy("x.npy", &x()), folder.npy("w.npy", &w()), folder.npy("y.npy", &y(RIGHT)));
    for (options, needle) in [
        (vec!["--x", &x, "--w", &w], "--y: missing"),
        (vec![&x, &w, &y], "give one .npz or .safetensors"),
        (vec!["--dtype", "f31", "--x", &x, "--w", &w, "--y", &y], "f31"),
        (vec!["--dtype", "q=f32", "--x", &x, "--w", &w, "--y", &y], "write bf16, or x=f32,w=f32,y=f16"),
        (vec!["--layout", "foo", "--x", &x, "--w", &w, "--y", &y], "expected x=NSC,w=SOI,y=NSC"),
        (vec!["--x", "/no/such.npy", "--w", &w, "--y", &y], "/no/such.npy: F1: "),
        (vec!["--x", &w, "--w", &w, "--y", &y], "M1"),
    ] {
        let ran = own(SPEC, &options);
        assert_eq!(ran.code, UNANSWERED, "{options:?}");
        assert!(ran.err.starts_with("error: ") && ran.err.contains(needle), "{options:?}: {}", ran.err);
        assert_eq!(ran.err.lines().count(), 1, "{}", ran.err);
    }
    // A result of another shape is wrong, not unreadable.
    let long = folder.npy("long.npy", &floats(&[1, 1, 6], &[0.; 6]));
    let ran = own(SPEC, &["--x", &x, "--w", &w, "--y", &long]);
    assert_eq!((ran.code, &verdict(&ran)["verdict"]), (DIFFERS, &json!("differs")), "{ran:?}");
    let text = run(&["verify", "--spec", SPEC, "--x", &x, "--w", &w, "--y", &long]);
    assert!(text.out.contains("\n  reason     "), "{}", text.out);
}

/// A call says layouts and the flip itself; the repro line keeps its words, the case its spec.
#[test]
fn a_call_stands_for_the_spec() {
    let recorded = |name: &str| format!("{}/tests/recorded/{name}", env!("CARGO_MANIFEST_DIR"));
    let (npz, jax) = (recorded("jax/same_upper_1d_k3_s2.0.npz"), "jax strides=2 padding=SAME x=1,4,1 w=3,1,1");
    assert_same(&own(jax, &[&npz]));
    // The same words without the flip.
    let wrong = "jax strides=2 padding=SAME transpose_kernel=true x=1,4,1 w=3,1,1";
    let ran = own(wrong, &[&npz]);
    assert_mistake(&ran, "kernel-flipped");
    let case = verdict(&ran);
    assert_eq!(case["spec"], "tconv i4 k3 s2 p0:1");
    let repro = case["repro"].as_str().unwrap();
    let shown = "jax strides=2 padding=SAME transpose_kernel=true x=1,4,1 w=3,1,1";
    assert!(repro.starts_with(&format!("convproof verify --spec '{shown}' ")), "{repro}");
    assert_eq!(run(&shell_words(repro)[1..]).code, DIFFERS);
    // What the call says already, what nobody reads, a node that is not there.
    let model = format!("{}/tests/models/fixed.onnx", env!("CARGO_MANIFEST_DIR"));
    let at = |key: &str| format!("{npz}:{key}");
    for (spec, options, shown) in [
        (jax.to_owned(), vec!["--layout".to_owned(), "x=NSC".to_owned(), npz.clone()], "--layout: jax says it already"),
        (jax.to_owned(), vec!["--weight-flipped".to_owned(), npz.clone()], "--weight-flipped: jax says it already"),
        (
            jax.to_owned(),
            vec!["--x".to_owned(), at("x"), "--w".to_owned(), at("w"), "--y".to_owned(), at("y"), npz.clone()],
            "nothing is read from",
        ),
        (format!("{model}:nobody"), vec![npz.clone()], "is not one node"),
        (model.clone(), vec![npz.clone()], "is not one node"),
        (format!("{model}:up1"), vec![npz.clone()], "free on axis 0 (batch)"),
        (
            format!("{model}:up1"),
            vec![npz.clone(), "--input".to_owned(), "image=1x3x32x32".to_owned()],
            "x has the shape [1, 4, 1]; [1, 8, 16, 16] is expected",
        ),
    ] {
        let options: Vec<&str> = options.iter().map(String::as_str).collect();
        let ran = own(&spec, &options);
        assert_eq!(ran.code, UNANSWERED, "{spec}: {ran:?}");
        assert!(ran.err.contains(shown) || ran.out.contains(shown), "{shown}: {ran:?}");
    }
}
