//! JUnit's XML: what a build server reads back is what was judged.

#![allow(clippy::unwrap_used)] // a test may fail by it

use convproof::cli::{DIFFERS, SAME, UNANSWERED};
use roxmltree::{Document, Node};

use crate::command::{Ran, run};
use crate::tensors::{FLIPPED, Folder, RIGHT, SPEC, floats, npz, w, y};

fn attribute<'a>(node: Node<'a, '_>, name: &str) -> &'a str {
    node.attribute(name).unwrap_or_else(|| panic!("no {name} in {node:?}"))
}

/// Name, word, type and message of every case; the counts are those of the cases.
fn cases(ran: &Ran) -> Vec<[String; 4]> {
    let document = Document::parse(&ran.out).unwrap_or_else(|e| panic!("{e} in {}", ran.out));
    let cases: Vec<Node> = document.descendants().filter(|node| node.has_tag_name("testcase")).collect();
    let words = |word: &str| document.descendants().filter(|node| node.has_tag_name(word)).count().to_string();
    for outer in document.descendants().filter(|node| ["testsuites", "testsuite"].contains(&node.tag_name().name())) {
        assert_eq!(attribute(outer, "tests"), cases.len().to_string());
        assert_eq!((attribute(outer, "failures"), attribute(outer, "errors")), (&*words("failure"), &*words("error")));
        assert_eq!((attribute(outer, "skipped"), outer.attribute("time")), ("0", None));
    }
    let one = |case: &Node| {
        assert_eq!(attribute(*case, "classname"), "convproof");
        let said = case.children().find(Node::is_element);
        let of = |name| said.map_or(String::new(), |node| attribute(node, name).to_owned());
        let word = said.map_or("", |node| node.tag_name().name()).to_owned();
        [attribute(*case, "name").to_owned(), word, of("type"), of("message")]
    };
    cases.iter().map(one).collect()
}

#[test]
fn a_document_by_hand() {
    let folder = Folder::new();
    folder.case("a", RIGHT);
    folder.case("b", FLIPPED);
    folder.put("c.json", br#"{"npz":"none.npz","spec":"tconv i2 k3 s2"}"#);
    let ran = folder.verify(&["--format", "junit"]);
    assert_eq!(ran.code, DIFFERS);
    // The path is another one each time, and so are the spaces behind it.
    let shown = ran.out.replace(&folder.0.path().display().to_string(), "DIR");
    let squeezed: Vec<String> = shown.lines().map(|l| l.split_whitespace().collect::<Vec<_>>().join(" ")).collect();
    let expected = r#"<?xml version="1.0" encoding="UTF-8"?>
<testsuites name="convproof" tests="3" failures="1" errors="1" skipped="0">
<testsuite name="convproof verify" tests="3" failures="1" errors="1" skipped="0">
<testcase classname="convproof" name="DIR/a.json"/>
<testcase classname="convproof" name="DIR/b.json">
<failure type="kernel-flipped" message="the kernel is rotated by 180° (taps t read as k−1−t)">differs DIR/b.json, forward kernel-flipped

geometry tconv i2 k3 s2
mistake the kernel is rotated by 180° (taps t read as k−1−t)
where 3 of 5 cells
first y0: got 5, exact 2
judged exact: every order of summation in f32 is exact on these data
repro convproof verify DIR/b.json
explain convproof explain kernel-flipped
</failure>
</testcase>
<testcase classname="convproof" name="DIR/c.json">
<error type="unanswered" message="DIR/c.json: DIR/none.npz: F1: cannot open: No such file or directory (os error 2)"/>
</testcase>
<system-out>3 cases: 1 same (1 exact), 1 differs, 1 unanswered</system-out>
</testsuite>
</testsuites>"#;
    assert_eq!(squeezed.join("\n"), expected);
    assert_eq!(folder.verify(&["--format", "junit"]), ran, "the same bytes");
    // By the suffix of a file, too.
    for name in ["report.xml", "report.junit.xml"] {
        let file = folder.path(name);
        let written = folder.verify(&["--output", file.to_str().unwrap()]);
        assert_eq!((written.code, written.out.as_str()), (DIFFERS, ""));
        assert_eq!(std::fs::read_to_string(file).unwrap(), ran.out);
    }
}

#[test]
fn names_come_back_letter_by_letter() {
    let folder = Folder::new();
    let names = ["a & b", "<c>", "\"d\" 'e'", "tab\there", "two\nlines", "]]>", "ü – 日本", "car\rriage"];
    let mut written: Vec<String> = names.iter().map(|name| folder.case(name, FLIPPED)).collect();
    written.sort();
    let ran = folder.verify(&["--format", "junit"]);
    let found: Vec<String> = cases(&ran).into_iter().map(|[name, ..]| name).collect();
    assert_eq!(found, written);
    // What XML cannot say at all is a space.
    let folder = Folder::new();
    folder.case("bell\u{7}\u{1b}[31m", RIGHT);
    let ran = folder.verify(&["--format", "junit"]);
    assert!(cases(&ran)[0][0].ends_with("bell  [31m.json"), "{ran:?}");
}

#[test]
fn weak_data_are_failures_where_they_fail_the_run() {
    let folder = Folder::new();
    let zeros = floats(&[1, 1, 2], &[0., 0.]);
    folder.put("zeros.npz", &npz(&[("x", &zeros), ("w", &w()), ("y", &y([0.; 5]))]));
    folder.put("zeros.json", format!("{{\"npz\":\"zeros.npz\",\"spec\":\"{SPEC}\"}}").as_bytes());
    let plain = folder.verify(&["--format", "junit"]);
    assert_eq!((plain.code, &*cases(&plain)[0][1]), (SAME, ""));
    let strict = folder.verify(&["--format", "junit", "--fail-on-weak"]);
    let [_, word, kind, message] = &cases(&strict)[0];
    assert_eq!((strict.code, word.as_str(), kind.as_str()), (DIFFERS, "failure", "weak"));
    assert!(message.starts_with("these data cannot show kernel-flipped"), "{message}");
}

#[test]
fn what_has_no_answer_is_an_error_and_never_skipped() {
    let folder = Folder::new();
    folder.put("a.json", br#"{"npz":"none.npz","spec":"tconv i2 k3 s2"}"#);
    let ran = folder.verify(&["--format", "junit"]);
    assert_eq!((ran.code, cases(&ran)[0][1].as_str(), cases(&ran)[0][2].as_str()), (UNANSWERED, "error", "unanswered"));
    let unknown = run(&["verify", "tests/recorded", "--format", "xml"]);
    assert_eq!(unknown.err, "error: Q4: --format: 'xml' is no format of this command; valid are text, json, junit\n");
}

/// Each case of a live implementation fails by the block of its mistake.
#[cfg(all(feature = "subject", unix))]
#[test]
fn cases_of_a_live_implementation() {
    let folder = tempfile::tempdir().unwrap();
    let program = crate::subject::command("nan", folder.path());
    let words = ["verify", "--subject", &program, "--panel", "smoke", "--profile", "rank=1 invalid=ignored"];
    let ran = run(&[&words[..], &["--format", "junit"]].concat());
    let json = run(&[&words[..], &["--format", "json"]].concat()).json();
    assert_eq!(ran.code, DIFFERS, "{ran:?}");
    let found = cases(&ran);
    assert_eq!(found.len(), json["cases"].as_array().unwrap().len());
    for ([name, word, kind, message], case) in found.iter().zip(json["cases"].as_array().unwrap()) {
        assert_eq!(name, case["case"].as_str().unwrap());
        assert_eq!(word == "failure", case["verdict"] == "differs", "{case}");
        if word == "failure" {
            assert_eq!(
                (kind.as_str(), message),
                ("not-finite", &case["diagnosis"]["message"].as_str().unwrap().to_owned())
            );
        }
    }
    assert!(found.iter().any(|[_, word, ..]| word == "failure") && found.iter().any(|[_, word, ..]| word.is_empty()));
    let document = Document::parse(&ran.out).unwrap();
    let failure = document.descendants().find(|node| node.has_tag_name("failure")).unwrap();
    assert!(
        failure.text().unwrap().contains("smallest   tconv ") && ran.out.contains("name=\"convproof verify --subject")
    );
}
