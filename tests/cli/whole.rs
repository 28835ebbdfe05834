//! The command as a whole: streams, exit statuses, errors, files, ids, and the binary itself.

#![allow(clippy::unwrap_used)] // a test may fail by it

use std::collections::BTreeSet;
use std::ffi::OsString;
use std::io::{self, Write};
use std::path::Path;
use std::process::Stdio;

use crate::command::{Ran, line, run, run_on, words};
use convproof::cli::{SAME, Terminals, UNANSWERED};

const MATRIX: &str = "w0 w1 w2 0\n0  w0 w1 w2\n";

// ---- errors --------------------------------------------------------------------------------

/// One line `error: …`, after it at most a text with carets; nothing on standard output.
fn assert_refused(ran: &Ran, what: &str) {
    assert_eq!((ran.code, ran.out.as_str()), (UNANSWERED, ""), "{what}: {ran:?}");
    let lines: Vec<&str> = ran.err.lines().collect();
    assert!(lines[0].starts_with("error: "), "{what}: {}", ran.err);
    assert!(lines[0].chars().count() <= 820, "{what}: {}", ran.err);
    assert!(!ran.err.contains(|c: char| c.is_control() && c != '\n'), "{what}: {:?}", ran.err);
    assert!(ran.err.ends_with('\n'), "{what}: {:?}", ran.err);
    match lines.len() {
        1 => {}
        3 => {
            assert!(lines[0].starts_with("error: S"), "{what}: {}", ran.err);
            assert!(
                lines.iter().skip(1).all(|l| l.starts_with("  ") && l.chars().count() <= 80),
                "{what}: {}",
                ran.err
            );
            assert!(lines[2].trim_start().chars().all(|c| c == '^') && lines[2].contains('^'), "{what}: {}", ran.err);
        }
        n => panic!("{what}: {n} lines\n{}", ran.err),
    }
}

#[test]
fn absurd_words_are_refused_in_one_line() {
    let long = "z".repeat(10_000);
    let wide = "é".repeat(10_000);
    let axes = ["1"; 3000].join("x");
    let table: Vec<Vec<&str>> = vec![
        vec!["proove"],
        vec!["conv", "i4", "k3"],
        vec![""],
        vec!["--nope"],
        vec!["-x"],
        vec!["プルーブ"],
        vec![&long],
        vec!["prove"],
        vec!["prove", ""],
        vec!["prove", " "],
        vec!["prove", "_"],
        vec!["prove", "conv"],
        vec!["prove", "Conv", "i4", "k3"],
        vec!["prove", "conv", "i4"],
        vec!["prove", "conv", "k3"],
        vec!["prove", "conv", "i4", "k3", "k3"],
        vec!["prove", "conv", "i4", "k3", "a1"],
        vec!["prove", "conv", "i4", "k3", "s0"],
        vec!["prove", "conv", "i4", "k3", "s-1"],
        vec!["prove", "conv", "i4", "k3", "i"],
        vec!["prove", "conv", "i4x", "k3"],
        vec!["prove", "conv", "i4x4", "k3x3x3"],
        vec!["prove", "conv", "i4", "k3", "p1:2:3"],
        vec!["prove", "conv", "i4", "k3", "c3"],
        vec!["prove", "conv", "i4", "k3", "c3:2", "g2"],
        vec!["prove", "conv", "i4", "k3", "٣"],
        vec!["prove", "conv", "i٣", "k3"],
        vec!["prove", "conv", "i4", "k3", "\u{1b}[31m"],
        vec!["prove", "conv\ti4\nk3\u{7}"],
        vec!["prove", "conv", "i4", "k3", &long],
        vec!["prove", "conv", "i4", "k3", &wide],
        vec!["prove", &long, "i4"],
        vec!["prove", "conv", "i4", "k3", "a'b' c'"],
        vec!["prove", "conv", "i9223372036854775807", "k1"],
        vec!["prove", "conv", "i9223372036854775808", "k1"],
        vec!["prove", "tconv", "i2", "k1", "p-9223372036854775808"],
        vec!["prove", "tconv", "i2", "k1", "a9223372036854775807"],
        vec!["prove", "tconv", "i9223372036854775807", "k9223372036854775807", "s9223372036854775807"],
        vec!["prove", "tconv", "i2", "k1", "n9223372036854775807"],
        vec!["prove", "tconv", "i2", "k1", "c9223372036854775807:9223372036854775807"],
        vec!["prove", "tconv", "i1000000x1000000", "k3"],
        vec!["prove", "tconv", "i1", "k1000000000", "p499999999:500000000"],
        vec!["prove", "conv", "i4", "k3", "--max-products", "0"],
        vec!["prove", "conv", "i4", "k3", "--max-products", "-1"],
        vec!["prove", "conv", "i4", "k3", "--max-products", "99999999999999999999"],
        vec!["prove", "conv", "i4", "k3", "--format", "docx"],
        vec!["prove", "conv", "i4", "k3", "--format", &long],
        vec!["prove", "conv", "i4", "k3", "--sweep"],
        vec!["prove", "--max", "i=2"],
        vec!["prove", "conv", "i4", "k3", "--max", "i=2"],
        vec!["prove", "--sweep", "--max", "q=2"],
        vec!["prove", "--sweep", "--max", "i"],
        vec!["prove", "--sweep", "--max", "i=0"],
        vec!["prove", "--sweep", "--max", "rank=0"],
        vec!["prove", "--sweep", "--max", "i=-9223372036854775808"],
        vec!["prove", "--sweep", "--max", "i=64,k=64,s=64,d=64,a=64,rank=4"],
        vec!["prove", "--sweep", "--max-products", "0"],
        vec!["prove", "--sweep", "--max", "p=1"],
        vec!["prove", "--sweep", "--max", "a=above"],
        vec!["prove", "--sweep", "--max", "square=1"],
        vec!["prove", "--sweep", "--route", "guess"],
        vec!["prove", "--sweep", "--formulations", "winograd"],
        vec!["prove", "conv", "i4", "k3", "--route", "all"],
        vec!["shape", "conv", "i4", "k9"],
        vec!["shape", "conv", "i4", "k3", "--format", "csv"],
        vec!["shape", "conv", "i4", "k3", "--output", "x.docx"],
        vec!["matrix", "conv", "i4", "k3", "--max-entries", "0"],
        vec!["matrix", "conv", "i4", "k3", "--max-cells", "0"],
        vec!["matrix", "conv", "i4", "k3", "--product", "--format", "mtx"],
        vec!["matrix", "conv", "i4", "k3", "--frmat", "text"],
        vec!["matrix", "conv", "i4", "k3", "--output", "x.docx"],
        vec!["matrix", "conv", "i4", "k3", "--output", ""],
        vec!["matrix", "conv", "i4", "k3", "--output", "/", "--format", "text"],
        vec!["matrix", "conv", "i4", "k3", "--output", "..", "--format", "text"],
        vec!["matrix", "conv", "i4", "k3", "--output", "/no/such/folder/x.txt"],
        vec!["matrix", "tconv", "i1", "k1000000000", "p499999999:500000000", "--weight", "1..99999999999"],
        vec!["matrix", "tconv", "i1", "k1000000000", "p499999999:500000000", "--format", "json"],
        vec!["explain", ""],
        vec!["explain", "G99"],
        vec!["explain", &long],
        vec!["explain", "G5", "G6"],
        vec!["completions", "tcsh"],
        #[cfg(feature = "npz")]
        vec!["verify"],
        #[cfg(feature = "npz")]
        vec!["verify", "--spec", "conv i4 k3"],
        #[cfg(feature = "npz")]
        vec!["verify", "--x", "x.npy"],
        #[cfg(feature = "npz")]
        vec!["verify", "--spec", "conv i4 q3", "--y", "y.npy"],
    ];
    for words in &table {
        assert_refused(&run(words), &format!("{:.80?}", words));
    }
    let spec = format!("conv i{axes} k1x1");
    assert_refused(&run(&["shape", &spec]), "3000 axes");
}

/// A long word is cut to 60 characters, its caret lines to a line of a terminal.
#[test]
fn errors_repeat_at_most_60_characters() {
    let long = "z".repeat(10_000);
    let ran = run(&["prove", "conv", "i4", "k3", &long]);
    let got: Vec<&str> = ran.err.lines().collect();
    assert!(got[0].starts_with(&format!("error: S2: unknown token '{}…'; tokens are", "z".repeat(59))), "{}", got[0]);
    assert_eq!(got[1], format!("  conv i4 k3 {}…", "z".repeat(61)));
    assert_eq!(got[2], format!("  {}{}", " ".repeat(11), "^".repeat(61)));

    // An error at the end of a long text: the part around it is shown.
    let spec = format!("conv i{} k1 q1", ["1"; 100].join("x"));
    let ran = run(&["prove", &spec]);
    let got: Vec<&str> = ran.err.lines().collect();
    let caret = got[2].chars().count();
    assert!(got[1].starts_with("  …x1") && got[1].ends_with(" k1 q1"), "{}", got[1]);
    assert_eq!((caret, got[1].chars().count()), (caret, caret), "{}", ran.err);

    for words in [vec!["prove", "--format", &long, "conv", "i4", "k3"], vec![&long], vec!["explain", &long]] {
        assert!(run(&words).err.matches('z').count() <= 60, "{}", run(&words).err);
    }
}

#[test]
fn errors_say_what_is_valid() {
    for (words, needle) in [
        ("matrix conv i4 k3 --format docx", "valid are text, latex, markdown, csv, json, mtx"),
        ("matrix conv i4 k3 --output x.docx", "suffixes are .txt .tex .md .markdown .csv .json .mtx"),
        ("shape conv i4 k3 --output x.docx", "suffixes are .txt .json"),
        ("prove conv i4 k3 --format docx", "valid are text, json"),
        ("prove --max i=1", "give it with --sweep"),
        ("prove --sweep --max p=1", "Q4: --max: 'p=1': pads are 'same' or not named"),
        ("prove --sweep --route guess", "Q4: --route: 'guess' is no route; valid are formulations, matrices, per-axis"),
        ("prove conv i4 k3 --formulations winograd", "'winograd' is no formulation; valid are matrix product, scatter"),
        ("prove --sweep --max q=1", "write i=4,k=4,s=4,d=3,a=3,c=1,n=1,rank=1"),
        ("prove conv i4 k3 --max-products 5", "--max-products raises it"),
        ("matrix conv i4 k3 --max-entries 5", "--max-entries raises it"),
        ("matrix conv i4 k3 --max-cells 5", "--max-cells raises it"),
        ("matrix conv i4 k3 --max-cells x", "write a whole number"),
        ("matrix conv i4 k3 --weight 9..1", "1..9"),
        ("matrix conv i4 k3 --frmat text", "a similar argument exists: '--format'; see 'convproof matrix --help'"),
        ("explain kernel-fliped", "did you mean 'kernel-flipped'?"),
        ("explain pads-begin-end-swaped", "did you mean 'pads-begin-end-swapped'?"),
        ("explain nonsense", "'convproof explain' lists all ids"),
    ] {
        let ran = line(words);
        assert!(ran.err.contains(needle), "{words}: {}", ran.err);
        assert_refused(&ran, words);
    }
}

#[cfg(unix)]
#[test]
fn words_that_are_no_text_are_refused() {
    use std::os::unix::ffi::OsStringExt;
    let bad = || OsString::from_vec(vec![b'i', 0xff, 0xfe]);
    for before in [vec![], vec!["prove"], vec!["prove", "conv"], vec!["matrix", "conv", "i4", "k3", "--weight"]] {
        let words = ["convproof"].into_iter().chain(before).map(OsString::from).chain([bad()]);
        let (mut out, mut err) = (Vec::new(), Vec::new());
        let code = convproof::cli::run(words, &mut out, &mut err, Terminals::default());
        assert_eq!((code, out), (UNANSWERED, Vec::new()));
        assert!(err.starts_with(b"error: "));
    }
    // No program name at all.
    let (mut out, mut err) = (Vec::new(), Vec::new());
    assert_eq!(convproof::cli::run([], &mut out, &mut err, Terminals::default()), UNANSWERED);
}

// ---- streams -------------------------------------------------------------------------------

#[test]
fn help_is_a_result_unless_nothing_was_asked() {
    for words in ["--help", "-h", "help", "help prove", "prove --help", "--version"] {
        let ran = line(words);
        assert_eq!((ran.code, ran.err.as_str()), (SAME, ""), "{words}");
        assert!(ran.out.contains("convproof"), "{words}: {}", ran.out);
    }
    let nothing = run::<&str>(&[]);
    assert_eq!((nothing.code, nothing.out.as_str()), (UNANSWERED, ""));
    assert!(nothing.err.contains("Usage: convproof <COMMAND>"));
}

const RESULTS: [&str; 8] = [
    "prove conv i4x4 k3x3",
    "prove tconv i2 k3 s2 a3 --format json",
    "prove --sweep --max i=2,k=2,s=2,d=1,a=1",
    "matrix tconv i2x2 k3x3 --labels",
    "matrix tconv i2x2 k3x3 --product",
    "shape conv i6 k3 s2 p1",
    "shape tconv i6 k3 s2 p1 --format json",
    "explain",
];

#[test]
fn the_same_words_give_the_same_bytes_and_no_colour() {
    for words in RESULTS {
        let (first, second) = (line(words), line(words));
        // How many geometries a second a sweep did is another number each time.
        let remarks = |ran: &Ran| ran.err.lines().filter(|line| !line.starts_with("sweep: ")).count();
        assert_eq!((&first.out, first.code, remarks(&first)), (&second.out, second.code, remarks(&second)), "{words}");
        assert_eq!(first.code, SAME, "{words}");
        assert!(!first.out.contains('\u{1b}') && !first.err.contains('\u{1b}'), "{words}");
        assert!(!first.err.contains("next: "), "{words}: {}", first.err);
    }
}

#[test]
fn hints_and_progress_are_for_a_terminal_on_the_error_stream() {
    let on = |out, err, colour| Terminals { out, err, colour };
    for (words, hint) in [
        ("prove conv i4 k3", "next: convproof matrix conv i4 k3 --product\n"),
        ("shape conv i6 k3 s2 p1", "next: convproof shape conv i6 k3 s2 p1 --all\n"),
    ] {
        let shown = run_on(on(false, true, false), &self::words(words));
        assert!(shown.err.ends_with(hint), "{words}: {}", shown.err);
        assert_eq!(shown.out, line(words).out, "{words}");
        assert!(!run_on(on(true, false, true), &self::words(words)).err.contains("next: "), "{words}");
        // The hint can be followed.
        assert_eq!(line(hint.trim().strip_prefix("next: convproof ").unwrap()).code, SAME);
    }
    // The progress line is wiped before anything else is said.
    let sweep = "prove --sweep --max i=2,k=2,s=1,d=1,a=0";
    let shown = run_on(on(false, true, false), &words(sweep));
    assert!(shown.err.starts_with("\r\u{1b}[2Krank=1,i=2"), "{:?}", shown.err);
    assert!(shown.err.contains("\r\u{1b}[2Ksweep: formulations: "), "{:?}", shown.err);
    let refused = run_on(on(false, true, false), &words("prove --sweep --max-products 0"));
    assert!(refused.err.contains("\r\u{1b}[2Kerror: L4"), "{:?}", refused.err);
}

#[test]
fn verdicts_are_coloured_on_request_and_only_they() {
    let colour = Terminals { out: true, err: false, colour: true };
    let shown = run_on(colour, &words("prove conv i4 k3"));
    assert!(shown.out.contains("scatter          \u{1b}[32msame\u{1b}[0m  4/4"), "{}", shown.out);
    assert!(shown.out.contains("\n\u{1b}[32mproved:\u{1b}[0m six"), "{}", shown.out);
    let plain = shown.out.replace("\u{1b}[32m", "").replace("\u{1b}[0m", "");
    assert_eq!(plain, line("prove conv i4 k3").out);
    for words in ["prove conv i4 k3 --format json", "matrix conv i4 k3", "explain", "shape conv i4 k3"] {
        assert_eq!(run_on(colour, &self::words(words)).out, line(words).out, "{words}");
    }
}

/// A stream that fails.
struct Broken(io::ErrorKind);

impl Write for Broken {
    fn write(&mut self, _: &[u8]) -> io::Result<usize> {
        Err(self.0.into())
    }
    fn flush(&mut self) -> io::Result<()> {
        Err(self.0.into())
    }
}

#[test]
fn a_closed_pipe_is_quiet_and_a_full_disk_is_not() {
    for words in RESULTS.into_iter().chain(["--help", "completions bash", "man"]) {
        let call = |kind| {
            let mut err = Vec::new();
            let args = ["convproof"].into_iter().chain(self::words(words)).map(OsString::from);
            let code = convproof::cli::run(args, &mut Broken(kind), &mut err, Terminals::default());
            (code, String::from_utf8(err).unwrap())
        };
        let (code, err) = call(io::ErrorKind::BrokenPipe);
        assert_eq!(code, SAME, "{words}");
        assert!(!err.contains("error"), "{words}: {err}");
        let (code, err) = call(io::ErrorKind::StorageFull);
        assert_eq!(code, UNANSWERED, "{words}");
        assert!(err.contains("error: F1: cannot write: "), "{words}: {err}");
        // An error stream that fails changes nothing.
        let args = ["convproof"].into_iter().chain(self::words(words)).map(OsString::from);
        let mut out = Vec::new();
        let mut broken = Broken(io::ErrorKind::BrokenPipe);
        assert_eq!(convproof::cli::run(args, &mut out, &mut broken, Terminals::default()), SAME, "{words}");
        assert!(!out.is_empty());
    }
}

// ---- files ---------------------------------------------------------------------------------

fn output(spec: &str, file: &Path) -> Ran {
    let mut words = words(spec);
    words.extend(["--output", file.to_str().unwrap()]);
    run(&words)
}

fn names(folder: &Path) -> Vec<String> {
    let mut names: Vec<String> =
        std::fs::read_dir(folder).unwrap().map(|e| e.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

#[test]
fn a_file_is_written_whole_or_not_at_all() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("c.txt");
    let ran = output("matrix conv i4 k3", &file);
    assert_eq!((ran.code, ran.out.as_str()), (SAME, ""));
    assert_eq!(std::fs::read_to_string(&file).unwrap(), MATRIX);
    // What fails leaves the old file and no draft.
    assert_refused(&output("matrix conv i9 k3 --max-cells 1", &file), "too large");
    assert_eq!(std::fs::read_to_string(&file).unwrap(), MATRIX);
    assert_eq!(names(folder.path()), ["c.txt"]);
    // A shorter result replaces all of a longer one.
    output("matrix conv i3 k3", &file);
    assert_eq!(std::fs::read_to_string(&file).unwrap(), "w0 w1 w2\n");
    // The other commands' results, byte for byte what they print.
    for (words, name) in [
        ("prove conv i4 k3", "p.txt"),
        ("shape conv i4 k3", "s.TXT"),
        ("prove --sweep --max i=1,k=1,s=1,d=1,a=0", "w.txt"),
    ] {
        let file = folder.path().join(name);
        assert_eq!(output(words, &file).out, "", "{words}");
        assert_eq!(std::fs::read_to_string(&file).unwrap(), line(words).out, "{words}");
        let file = folder.path().join("x.json");
        output(words, &file);
        assert_eq!(std::fs::read_to_string(&file).unwrap(), line(&format!("{words} --format json")).out, "{words}");
    }
    // --format wins over the suffix.
    let file = folder.path().join("odd.docx");
    assert_eq!(output("shape conv i4 k3 --format json", &file).code, SAME);
    assert!(std::fs::read_to_string(&file).unwrap().starts_with("{\"format\":1"));
    let named_like_a_file = folder.path().join("d.txt");
    std::fs::create_dir(&named_like_a_file).unwrap();
    let ran = output("matrix conv i4 k3", &named_like_a_file);
    assert_refused(&ran, "a folder");
    assert!(ran.err.contains("is a directory"), "{}", ran.err);
}

/// A device is written into, never replaced. (It is named by a link, which a regression would replace.)
#[cfg(target_os = "linux")]
#[test]
fn devices_and_links_stay_what_they_are() {
    use std::os::unix::fs::{FileTypeExt, symlink};
    let folder = tempfile::tempdir().unwrap();
    let full = folder.path().join("full.txt");
    symlink("/dev/full", &full).unwrap();
    for words in ["matrix conv i4 k3", "prove conv i4 k3", "shape conv i4 k3"] {
        let ran = output(words, &full);
        assert_refused(&ran, words);
        assert!(ran.err.contains("F1: cannot write: "), "{}", ran.err);
        assert!(std::fs::metadata(&full).unwrap().file_type().is_char_device(), "{words}");
    }
    let (real, link) = (folder.path().join("real.txt"), folder.path().join("link.txt"));
    std::fs::write(&real, "old").unwrap();
    symlink("real.txt", &link).unwrap();
    assert_eq!(output("matrix conv i4 k3", &link).code, SAME);
    assert!(std::fs::symlink_metadata(&link).unwrap().is_symlink());
    assert_eq!(std::fs::read_to_string(&real).unwrap(), MATRIX);
    assert_eq!(names(folder.path()), ["full.txt", "link.txt", "real.txt"]);
}

// ---- ids -----------------------------------------------------------------------------------

#[test]
fn every_id_is_explained_and_stands_for_one_thing() {
    use convproof::geometry::formulas::FORMULAS;
    use convproof::{dialect::DIALECTS, error::rules::RULES, verify::HYPOTHESES};
    let mut ids: Vec<&str> = Vec::new();
    ids.extend(RULES.iter().map(|rule| rule.id));
    ids.extend(FORMULAS.iter().map(|formula| formula.id));
    ids.extend(HYPOTHESES.iter().map(|mistake| mistake.id));
    ids.extend(DIALECTS.iter().flat_map(|d| d.rules.iter().map(|rule| rule.id).chain([d.name])));
    let distinct: BTreeSet<String> = ids.iter().map(|id| id.to_lowercase()).collect();
    assert_eq!(distinct.len(), ids.len(), "two things share an id");

    let list = line("explain");
    let listed: BTreeSet<String> = list
        .out
        .lines()
        .filter_map(|line| line.strip_prefix("  "))
        .map(|line| line.split(' ').next().unwrap().to_lowercase())
        .collect();
    assert_eq!(listed, distinct);
    for id in ids {
        let ran = run(&["explain", id]);
        assert_eq!((ran.code, ran.err.as_str()), (SAME, ""), "{id}");
        assert!(ran.out.starts_with(&format!("{id}: ")) || ran.out.starts_with(&format!("{id}, ")), "{}", ran.out);
        assert_eq!(run(&["explain", &id.to_uppercase()]), ran, "{id}");
        assert_eq!(run(&["explain", &id.to_lowercase()]), ran, "{id}");
    }
}

#[test]
fn completions_and_the_manual_name_the_commands() {
    for words in ["completions bash", "completions zsh", "completions fish", "man"] {
        let ran = line(words);
        assert_eq!((ran.code, ran.err.as_str()), (SAME, ""), "{words}");
        for command in ["prove", "matrix", "shape", "explain"] {
            assert!(ran.out.contains(command), "{words}: {command}");
        }
        assert_eq!(ran.out.contains("verify"), cfg!(feature = "npz"), "{words}");
    }
}

// ---- the binary ----------------------------------------------------------------------------

#[allow(deprecated)] // cargo_bin finds the binary wherever cargo puts it
fn binary() -> std::process::Command {
    std::process::Command::new(assert_cmd::cargo::cargo_bin("convproof"))
}

#[test]
fn the_binary_starts_prints_and_exits() {
    for (words, code) in [("matrix conv i4 k3", 0), ("matrix conv i4 k9", 2), ("--version", 0)] {
        let expected = line(words);
        let ran = binary().args(self::words(words)).env("CLICOLOR_FORCE", "1").env("NO_COLOR", "1").output().unwrap();
        assert_eq!(ran.status.code(), Some(code), "{words}");
        assert_eq!(String::from_utf8(ran.stdout).unwrap(), expected.out, "{words}");
        assert_eq!(String::from_utf8(ran.stderr).unwrap(), expected.err, "{words}");
    }
    let mut forced = binary();
    forced.args(words("prove conv i4 k3")).env("CLICOLOR_FORCE", "1").env_remove("NO_COLOR");
    let coloured = forced.output().unwrap().stdout;
    assert!(String::from_utf8(coloured).unwrap().contains("\u{1b}[32mproved:"));
    let plain = binary().args(words("prove conv i4 k3")).env_remove("CLICOLOR_FORCE").output().unwrap().stdout;
    assert!(!plain.contains(&0x1b));
}

#[test]
fn a_reader_that_goes_away_ends_the_binary_quietly() {
    let mut child =
        binary().args(words("matrix conv i1002 k3")).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    drop(child.stdout.take());
    let ran = child.wait_with_output().unwrap();
    assert_eq!(ran.status.code(), Some(0));
    assert_eq!(String::from_utf8(ran.stderr).unwrap(), "");
}
