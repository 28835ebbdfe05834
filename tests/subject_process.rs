//! Child processes as subjects: whatever one does, the next request is answered, and nothing is left.
#![cfg(all(feature = "subject", unix))]
#![allow(clippy::unwrap_used)] // tests

#[path = "common/subject.rs"]
mod subject;

use std::fs;
use std::path::Path;
use std::process::Command;
use std::time::Duration;

use convproof::data::{Array, ElementType, Values};
use convproof::dialect::{Pads, find};
use convproof::subject::process::{Options, Process};
use convproof::subject::{Failure, Reply, Request, Subject};
use convproof::verify::Role;
use subject::{array, nothing_is_left, patient, program, request, with};

/// Asked of every child; the test program misbehaves on the first.
fn marked() -> Request {
    request("tconv i2 k2 s2")
}

fn plain() -> Request {
    request("tconv i2 k2")
}

fn expect_plain(reply: &Reply) {
    let Reply::Result(y) = reply else { panic!("{reply:?}") };
    assert_eq!(*y, array(&[1, 1, 3], &[1.0, 4.0, 4.0]));
}

/// What a child does with the marked request, between two others that it must answer.
fn reply_of(mode: &str, change: impl FnOnce(&mut Options)) -> Reply {
    let folder = tempfile::tempdir().unwrap();
    let mut options = patient(mode, folder.path());
    change(&mut options);
    let mut process = Process::start(options).unwrap();
    expect_plain(&process.answer(&plain()));
    let reply = process.answer(&marked());
    let next = process.answer(&plain());
    if mode == "twice" {
        // What is said without being asked is found with the next request.
        assert!(matches!(next, Reply::Failed(Failure::BadAnswer, _)), "{next:?}");
        expect_plain(&process.answer(&plain()));
    } else {
        expect_plain(&next);
    }
    drop(process);
    nothing_is_left(folder.path());
    reply
}

fn failure_of(mode: &str) -> (Failure, String) {
    match reply_of(mode, |_| ()) {
        Reply::Failed(failure, message) => (failure, message),
        other => panic!("{mode}: {other:?}"),
    }
}

#[test]
fn a_right_subject_is_asked_again_and_again() {
    let Reply::Result(y) = reply_of("right", |_| ()) else { panic!("no result") };
    assert_eq!(y, array(&[1, 1, 4], &[1.0, 2.0, 2.0, 4.0]));
}

#[test]
fn a_child_that_ends_has_crashed() {
    for (mode, words) in [("exit", "exit status: 3"), ("crash", "signal: 6"), ("deaf", "exit status: 5")] {
        let (failure, message) = failure_of(mode);
        assert_eq!(failure, Failure::Crashed, "{mode}: {message}");
        assert!(message.contains(words), "{mode}: {message}");
    }
    assert_eq!(failure_of("last-words").1, "it ended: exit status: 4; its last words: no memory left");
}

#[test]
fn what_is_no_answer_is_a_bad_answer() {
    let order = failure_of("order").1;
    assert!(order.contains("no answer to 2: '{\"id\":1,\"ok\":true}'"), "{order}");
    let modes = [
        ("rubbish", "no line of JSON: 'y = 3'"),
        ("blank", "no line of JSON: ''"),
        ("endless", "a line of more than 65536 bytes"),
        ("lines", "no line of JSON: 'x'"),
        ("no-file", "y: F1: "),
        ("truncated", "y: F3: "),
        ("replaces", "y: F1: "),
        ("deletes", "y: F1: "),
    ];
    for (mode, words) in modes {
        let (failure, message) = failure_of(mode);
        assert_eq!(failure, Failure::BadAnswer, "{mode}: {message}");
        assert!(message.starts_with(words), "{mode}: {message}");
    }
}

#[test]
fn an_answer_that_was_not_asked_for_is_found() {
    assert!(matches!(reply_of("twice", |_| ()), Reply::Result(_)));
}

#[test]
fn a_child_may_say_no() {
    let Reply::Refused(why) = reply_of("refuses", |_| ()) else { panic!("not refused") };
    assert_eq!(why, "not this");
    assert_eq!(failure_of("fails"), (Failure::Error, "not this".to_owned()));
}

#[test]
fn a_result_comes_as_it_is() {
    let result = |mode| match reply_of(mode, |_| ()) {
        Reply::Result(y) => y,
        other => panic!("{mode}: {other:?}"),
    };
    assert_eq!(result("dtype").values(), &Values::I64(vec![7; 4]));
    assert_eq!(result("size").shape(), [3]);
    assert_eq!(result("nan").show(0), "NaN");
    assert_eq!(result("noisy").shape(), [1, 1, 4]);
}

#[test]
fn who_does_not_answer_in_time_is_ended() {
    let reply = reply_of("hang", |options| options.first_answer = Duration::from_millis(50));
    let Reply::Failed(Failure::TimedOut, message) = reply else { panic!("{reply:?}") };
    assert_eq!(message, "no answer within 0.05 s");
    // One that never gets ready.
    let folder = tempfile::tempdir().unwrap();
    let (startup, first_answer) = (Duration::from_millis(40), Duration::from_millis(20));
    let mut process = Process::start(Options { startup, first_answer, ..patient("slow", folder.path()) }).unwrap();
    let reply = process.answer(&plain());
    assert!(!process.has_answered());
    assert!(matches!(&reply, Reply::Failed(Failure::TimedOut, m) if m == "no answer within 0.06 s"), "{reply:?}");
}

#[test]
fn who_does_not_end_is_ended() {
    assert!(matches!(reply_of("stays", |o| o.end = Duration::from_millis(20)), Reply::Result(_)));
    // A process of its own that the child leaves behind.
    assert!(matches!(reply_of("family", |_| ()), Reply::Result(_)));
}

#[cfg(target_os = "linux")]
#[test]
fn memory_is_limited() {
    let reply = reply_of("greedy", |options| options.memory = Some(256 << 20));
    let Reply::Failed(Failure::Crashed, message) = reply else { panic!("{reply:?}") };
    assert!(message.contains("signal: 6"), "{message}");
}

#[test]
fn every_role_is_answered() {
    let folder = tempfile::tempdir().unwrap();
    let mut process = Process::start(patient("right", folder.path())).unwrap();
    assert!(!process.has_answered());
    let g = Some(array(&[1, 1, 3], &[1.0, 10.0, 100.0]));
    let asked = plain();
    let expected: [(Role, &[usize], &[f32]); 4] = [
        (Role::Forward, &[1, 1, 3], &[11.0, 14.0, 14.0]),
        (Role::InputGradient, &[1, 1, 2], &[21.0, 210.0]),
        (Role::WeightGradient, &[1, 1, 2], &[21.0, 210.0]),
        (Role::BiasGradient, &[1], &[111.0]),
    ];
    for (role, shape, values) in expected {
        let of = |needed: bool, array: &Option<Array>| array.clone().filter(|_| needed);
        let b = of(role == Role::Forward, &Some(array(&[1], &[10.0])));
        let x = of(matches!(role, Role::Forward | Role::WeightGradient), &asked.x);
        let w = of(matches!(role, Role::Forward | Role::InputGradient), &asked.w);
        let request = with(asked.spec.clone(), role, [x, w, b, of(role != Role::Forward, &g)]);
        match process.answer(&request) {
            Reply::Result(y) => assert_eq!(y, array(shape, values), "{role:?}"),
            other => panic!("{role:?}: {other:?}"),
        }
    }
    assert!(process.has_answered());
}

#[test]
fn bfloat16_is_asked_for_in_bits() {
    let folder = tempfile::tempdir().unwrap();
    let mut process = Process::start(patient("right", folder.path())).unwrap();
    let bits = |shape: &[usize], bits: &[u16]| {
        let array = Array::new(shape.to_vec(), Values::U16(bits.to_vec())).unwrap();
        Some(array.reinterpreted(ElementType::Bf16).unwrap())
    };
    let (one, two) = (0x3f80, 0x4000);
    let (x, w) = (bits(&[1, 1, 2], &[one, two]), bits(&[1, 1, 2], &[one, one]));
    let Reply::Result(y) = process.answer(&with(plain().spec, Role::Forward, [x, w, None, None])) else {
        panic!("no result")
    };
    assert_eq!(Some(y), bits(&[1, 1, 3], &[one, 0x4040, two]));
}

#[test]
fn arrays_of_invalid_input_are_sent_as_they_are() {
    let folder = tempfile::tempdir().unwrap();
    let dialect = find("tensorflow");
    let mut process = Process::start(Options { dialect, ..patient("refuses", folder.path()) }).unwrap();
    for shape in [&[][..], &[0], &[2, 3], &[1, 2, 3], &[1, 1, 2, 2, 2]] {
        let (cells, any) = (shape.iter().product(), marked());
        let wrong = Some(array(shape, &vec![1.0; cells]));
        let request = with(any.spec, Role::Forward, [wrong.clone(), wrong.clone(), wrong, None]);
        assert!(matches!(process.answer(&request), Reply::Refused(_)), "{shape:?}");
    }
}

#[test]
fn calls_are_in_the_dialects_words() {
    let folder = tempfile::tempdir().unwrap();
    let of = |dialect| Options { dialect: find(dialect), ..patient("right", folder.path()) };
    let mut asked = marked();
    let pytorch = Process::start(of("pytorch")).unwrap();
    assert_eq!(pytorch.words(&asked).as_deref(), Some("pytorch stride=2 x=1,1,2 w=1,1,2"));
    let mut onnx = Process::start(of("onnx")).unwrap();
    asked.pads = Pads::SameUpper;
    assert_eq!(onnx.words(&asked).as_deref(), Some("onnx auto_pad=SAME_UPPER strides=2 x=1,1,2 w=1,1,2"));
    // No pads that are the same at both ends.
    let odd = request("tconv i2 k2 p0:1");
    assert_eq!(pytorch.words(&odd), None);
    let none = onnx.answer(&request("tconv i2 k2 p-1"));
    assert!(matches!(none, Reply::Refused(_) | Reply::Result(_)), "{none:?}");
    assert_eq!(
        Process::start(patient("right", folder.path())).unwrap().words(&odd).as_deref(),
        Some("tconv i2 k2 p0:1")
    );
}

#[test]
fn what_cannot_be_started_is_said_at_once() {
    let error = |command: &str| {
        let options = Options { command: command.to_owned(), ..Options::default() };
        Process::start(options).unwrap_err()
    };
    assert_eq!(error("").rule(), "P1");
    assert_eq!(
        error("./kernel 'fast").to_string(),
        "P1: the command './kernel 'fast' has a quote or a backslash without its end; \
         expected a program and its arguments, quoted as in a shell"
    );
    let missing = error("./no-such-program --fast").to_string();
    assert!(missing.starts_with("P2: the program './no-such-program' cannot be started: "), "{missing}");
}

/// An interrupt runs no destructor. This test is run again as a program, which leaves in the middle.
#[test]
fn an_interrupt_leaves_nothing() {
    const FOLDER: &str = "CONVPROOF_TEST_INTERRUPTED";
    if let Some(folder) = std::env::var_os(FOLDER) {
        let mut process = Process::start(patient("family", Path::new(&folder))).unwrap();
        assert!(matches!(process.answer(&marked()), Reply::Result(_)));
        convproof::subject::process::exit(130);
    }
    let folder = tempfile::tempdir().unwrap();
    program();
    let mut again = Command::new(std::env::current_exe().unwrap());
    let ran = again.args(["--exact", "an_interrupt_leaves_nothing"]).env(FOLDER, folder.path()).output().unwrap();
    assert_eq!(ran.status.code(), Some(130), "{}", String::from_utf8_lossy(&ran.stderr));
    assert!(folder.path().join("folders").exists());
    nothing_is_left(folder.path());
}

/// The example, where there is a compiler; `cargo test` needs none.
#[test]
fn the_example_in_c_is_right() {
    let folder = tempfile::tempdir().unwrap();
    let (source, example) = (folder.path().join("subject.c"), folder.path().join("subject"));
    fs::write(&source, convproof::subject::adapters::find("c").unwrap().text).unwrap();
    let flags = ["-std=c99", "-pedantic", "-Wall", "-Wextra", "-Werror", "-o"];
    let compiled = Command::new("cc").args(flags).args([&example, &source]).output();
    let Ok(compiled) = compiled else { return };
    assert!(compiled.status.success(), "{}", String::from_utf8_lossy(&compiled.stderr));
    let command = format!("'{}'", example.display());
    let mut c = Process::start(Options { command, ..patient("", folder.path()) }).unwrap();
    let mut right = Process::start(patient("right", folder.path())).unwrap();
    for spec in
        ["tconv i2 k2 s2", "tconv i3x4 k2x3 s2x3 p1:0x2 a1 d2x1 c4:6 g2 n2", "tconv i2x2x2 k2 p-1", "tconv i1 k1 s9 a8"]
    {
        let mut asked = request(spec);
        let channels = asked.spec.output_shape()[1];
        asked.b = Some(array(&[channels], &[0.5, 1.0, 2.0, 4.0, 8.0, 16.0][..channels]));
        let (Reply::Result(got), Reply::Result(expected)) = (c.answer(&asked), right.answer(&asked)) else {
            panic!("{spec}")
        };
        assert_eq!(got, expected, "{spec}");
    }
    assert!(matches!(c.answer(&request("conv i4 k2")), Reply::Refused(why) if why == "transposed convolutions only"));
}
