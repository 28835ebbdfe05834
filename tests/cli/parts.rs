//! Parts of a run: each case is in one of them, and joined they are the whole.

#![allow(clippy::unwrap_used)] // a test may fail by it

use std::collections::BTreeSet;
use std::path::Path;

use convproof::cli::{DIFFERS, SAME, UNANSWERED};
use convproof::verify::Shard;
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::command::{Ran, run};
use crate::subject::command;
use crate::tensors::{FLIPPED, Folder, RIGHT};

fn names(document: &Value) -> Vec<String> {
    let cases = document["cases"].as_array().unwrap().iter();
    cases.map(|case| case["case"].as_str().unwrap().to_owned()).collect()
}

fn read(file: &str) -> Value {
    serde_json::from_str(&std::fs::read_to_string(file).unwrap()).unwrap()
}

/// The documents of all parts of a command, in files.
fn parts(command: &[&str], n: usize, folder: &Path) -> Vec<String> {
    let part = |k: usize| {
        let file = folder.join(format!("part{k}.json")).display().to_string();
        let shard = format!("{k}/{n}");
        let ran = run(&[command, &["--shard", &shard, "--output", &file]].concat());
        assert!(ran.out.is_empty() && Path::new(&file).exists(), "{ran:?}");
        let document = read(&file);
        assert_eq!((&document["shard"]["k"], &document["shard"]["n"]), (&json!(k), &json!(n)));
        file
    };
    (1..=n).map(part).collect()
}

fn merged<S: AsRef<str>>(files: &[S], options: &[&str]) -> Ran {
    let files: Vec<&str> = files.iter().map(AsRef::as_ref).collect();
    run(&[&["merge"], &files[..], options].concat())
}

/// Splits a command in so many ways, and joins the parts.
fn joined_is_whole(command: &[&str]) {
    let whole = run(&[command, &["--format", "json"]].concat());
    let document = whole.json();
    let sorted = |document: &Value| {
        let mut cases = document["cases"].as_array().unwrap().clone();
        cases.sort_by_key(|case| case["case"].to_string());
        cases
    };
    for n in [1, 2, 5] {
        let folder = tempfile::tempdir().unwrap();
        let files = parts(command, n, folder.path());
        let ran = merged(&files, &["--format", "json"]);
        let joined = ran.json();
        assert_eq!((ran.code, &joined["summary"]), (whole.code, &document["summary"]), "{n}");
        assert!(joined["shard"].is_null());
        let each: BTreeSet<String> = names(&joined).into_iter().collect();
        assert_eq!(each.len(), names(&document).len(), "each once");
        let alike = |case: &Value| {
            [&case["case"], &case["verdict"], &case["mode"], &case["max_ratio"], &case["first"]].map(Value::clone)
        };
        assert!(sorted(&joined).iter().map(alike).eq(sorted(&document).iter().map(alike)), "{n}");
        // The order of the files does not matter.
        let back: Vec<&String> = files.iter().rev().collect();
        let back = back.iter().map(|file| file.as_str()).collect::<Vec<_>>();
        assert_eq!(merged(&back, &["--format", "json"]), ran);
    }
}

fn recorded() -> Folder {
    let folder = Folder::new();
    for n in 0..12 {
        folder.case(&format!("case{n}"), if n % 5 == 3 { FLIPPED } else { RIGHT });
    }
    folder.put("broken.json", br#"{"npz":"none.npz","spec":"tconv i2 k3 s2"}"#);
    folder
}

#[test]
fn recorded_cases() {
    let folder = recorded();
    let path = folder.0.path().display().to_string();
    joined_is_whole(&["verify", &path]);
    joined_is_whole(&["verify", "tests/recorded/onnx_reference"]);
    // Text: the blocks of what differs, then the line of the whole run.
    let out = tempfile::tempdir().unwrap();
    let whole = run(&["verify", &path]);
    let ran = merged(&parts(&["verify", &path], 3, out.path()), &[]);
    let last = |ran: &Ran| ran.out.lines().last().unwrap().to_owned();
    assert_eq!((ran.code, last(&ran)), (DIFFERS, last(&whole)));
    assert_eq!(ran.out.matches("differs  ").count(), 2, "{}", ran.out);
    assert!(ran.err.starts_with("unanswered: ") && ran.err.contains("broken.json"), "{}", ran.err);
    let one = run(&["verify", &path, "--shard", "2/3"]);
    assert!(one.out.lines().last().unwrap().starts_with("shard 2/3: "), "{}", one.out);
    let junit = merged(&parts(&["verify", &path], 3, out.path()), &["--format", "junit"]);
    assert!(junit.out.contains("tests=\"13\" failures=\"2\" errors=\"1\""), "{}", junit.out);
}

#[test]
fn a_live_implementation() {
    for mode in ["right", "nan"] {
        let folder = tempfile::tempdir().unwrap();
        let program = command(mode, folder.path());
        let words = ["verify", "--subject", &program, "--panel", "smoke", "--profile", "dtype=f32,f64 invalid=ignored"];
        joined_is_whole(&words);
        // One block for a mistake, whatever many cases there are; the line of the whole run.
        let out = tempfile::tempdir().unwrap();
        let files = parts(&words, 2, out.path());
        let (whole, ran) = (run(&words), merged(&files, &[]));
        if mode == "right" {
            assert_eq!((ran.code, &ran.out), (SAME, &whole.out));
        } else {
            assert_eq!(ran.code, DIFFERS);
            assert!(ran.out.contains("  and in "), "{}", ran.out);
        }
    }
}

/// More parts than cases: some are empty, and belong to the run all the same.
#[test]
fn a_part_may_be_empty() {
    let folder = Folder::new();
    let path = folder.case("one", RIGHT);
    let out = tempfile::tempdir().unwrap();
    let files = parts(&["verify", &path], 4, out.path());
    assert_eq!(merged(&files, &[]).out, "1 case: 1 same (1 exact)\n");
    let empty = (1..=4).map(|k| run(&["verify", &path, "--shard", &format!("{k}/4")]));
    assert_eq!(empty.filter(|ran| ran.code == SAME && ran.out.contains("0 cases: 0 same")).count(), 3);
}

#[test]
fn what_is_no_part_is_refused() {
    for wrong in ["0/4", "5/4", "1/0", "0/0", "one", "1", "-1/2", "1/2/3"] {
        let ran = run(&["verify", "tests/recorded", &format!("--shard={wrong}")]);
        let said = format!("error: Q4: --shard: '{wrong}'; write k/n with 1 ≤ k ≤ n, as 2/4\n");
        assert_eq!((ran.code, ran.err), (UNANSWERED, said));
    }
    let own = run(&["verify", "--spec", "tconv i2 k2", "--y", "y.npy", "--shard", "1/2"]);
    assert_eq!(
        (own.code, own.err.as_str()),
        (UNANSWERED, "error: Q4: --shard: one case has no parts; leave this out\n")
    );
}

/// One line with the rule, nothing on standard output.
#[track_caller]
fn refused(ran: &Ran, shown: &str) {
    assert_eq!((ran.code, ran.out.as_str(), ran.err.lines().count()), (UNANSWERED, "", 1), "{ran:?}");
    assert!(ran.err.starts_with("error: ") && ran.err.contains(shown), "{shown}: {}", ran.err);
}

fn rewritten(folder: &TempDir, file: &str, name: &str, change: impl FnOnce(&mut Value)) -> String {
    let mut document = read(file);
    change(&mut document);
    let path = folder.path().join(name).display().to_string();
    std::fs::write(&path, document.to_string()).unwrap();
    path
}

#[test]
fn what_are_not_the_parts_of_one_run_is_refused() {
    let (folder, out) = (recorded(), tempfile::tempdir().unwrap());
    let path = folder.0.path().display().to_string();
    let files = parts(&["verify", &path], 3, out.path());
    refused(&merged(&files[..2], &[]), "Q6: part 3/3 is missing; 2 of 3 are there");
    refused(&merged(&files[1..], &[]), "Q6: part 1/3 is missing; 2 of 3 are there");
    refused(&merged(&[&files[..], &files[..1]].concat(), &[]), "Q6: part 1/3 is there twice: ");
    // A part that holds a case: which one that is depends on the folder's name.
    let base = files.iter().position(|file| !names(&read(file)).is_empty()).unwrap();
    let rest: Vec<String> = files.iter().enumerate().filter(|(n, _)| *n != base).map(|(_, f)| f.clone()).collect();
    let other = |change: &dyn Fn(&mut Value)| {
        let wrong = rewritten(&out, &files[base], "wrong.json", change);
        merged(&[&rest[..], &[wrong]].concat(), &[])
    };
    refused(&other(&|d| d["shard"] = Value::Null), "is the document of a whole run");
    refused(&other(&|d| d["shard"]["of"] = json!("0")), "other cases, another seed, profile, subject or version");
    refused(&other(&|d| d["shard"]["n"] = json!(4)), "one of 4");
    refused(&other(&|d| d["shard"]["k"] = json!(9)), "Q4: --shard: '9/3'");
    refused(&other(&|d| d["format"] = json!(2)), "expected \"format\":1, got 2");
    refused(&other(&|d| d["summary"]["cases"] = json!(0)), "a summary that counts its cases");
    refused(&other(&|d| d["cases"][0]["verdict"] = json!("right")), "expected a verdict, got 'right'");
    refused(&other(&|d| d["cases"][0]["spec"] = json!("tconv")), "expected a spec, got 'tconv'");
    let named = json!({"id": "x".repeat(500), "message": ""});
    refused(&other(&|d| d["cases"][0]["diagnosis"] = named.clone()), "the id of a mistake");
    let shard: Shard = format!("{}/3", base + 1).parse().unwrap();
    let stranger = (0..).map(|n| format!("stranger{n}")).find(|name| !shard.takes(name)).unwrap();
    let said = format!("does not belong to part {shard}");
    refused(&other(&|d| d["cases"][0]["case"] = json!(stranger)), &said);
    refused(&merged(&["/no/such.json"], &[]), "/no/such.json: F1: ");
    let text = folder.put("text.json", b"no document");
    refused(&merged(&[text], &[]), "F2: not a valid json file: expected a JSON document of verify");
    // Another folder, or a case more, is another run.
    folder.case("more", RIGHT);
    let later = tempfile::tempdir().unwrap();
    let more = parts(&["verify", &path], 3, later.path());
    refused(&merged(&[&files[..1], &more[1..]].concat(), &[]), "is of another run than ");
}

/// Cells that no result has: nothing panics, the index is shown.
#[test]
fn a_document_that_lies_about_a_cell_is_shown() {
    let (folder, out) = (Folder::new(), tempfile::tempdir().unwrap());
    let path = folder.case("one", FLIPPED);
    let files = parts(&["verify", &path], 1, out.path());
    let wrong = rewritten(&out, &files[0], "cell.json", |d| d["cases"][0]["first"]["index"] = json!([0, 7, u64::MAX]));
    let ran = merged(&[wrong], &[]);
    assert!(ran.code == DIFFERS && ran.out.contains("[0, 7, 18446744073709551615]: got 5, exact 2"), "{ran:?}");
}
