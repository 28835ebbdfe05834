//! `convproof verify` of recorded cases: exit statuses, documents, blocks.
//! All numbers are worked by hand.

#![allow(clippy::unwrap_used)] // a test may fail by it

use convproof::cli::{DIFFERS, SAME, UNANSWERED};
use serde_json::{Value, json};

use crate::command::{keys, run, shell_words};
use crate::tensors::{FLIPPED, Folder, RIGHT, SPEC, floats, npz, w, y};

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
    assert_eq!(keys(&json), ["format", "shard", "summary", "cases"]);
    assert!(json["shard"].is_null());
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
