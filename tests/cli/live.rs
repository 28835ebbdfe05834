//! `verify --subject` as a command: how far it is, what a profile takes, how wide a report is.

#![allow(clippy::unwrap_used)] // a test may fail by it

use convproof::cli::{DIFFERS, SAME, UNANSWERED};
use convproof::subject::{Profile, Size, panel};

use crate::command::{Ran, run};
use crate::subject::command;

fn asked(mode: &str, options: &[&str]) -> Ran {
    let folder = tempfile::tempdir().unwrap();
    run(&[&["verify", "--subject", &command(mode, folder.path())], options].concat())
}

/// Each tenth of the way where nobody looks; nothing about a short one.
#[test]
fn long_runs_tell_how_far_they_are() {
    let small = ["--panel", "smoke", "--profile", "rank=1 channels=no batch=no bias=no invalid=ignored"];
    let short = asked("right", &small);
    assert!(short.code == SAME && !short.err.contains(" asked"), "{short:?}");
    let long = asked("right", &[&small[..], &["--random", "60", "--shard", "1/1"]].concat());
    let told: Vec<&str> = long.err.lines().filter(|line| line.ends_with(" asked")).collect();
    assert_eq!((long.code, told.len()), (SAME, 9), "{}", long.err);
    assert_eq!((told[0], told[8]), ("shard 1/1: 8 of 72 asked", "shard 1/1: 65 of 72 asked"));
}

#[test]
fn a_profile_says_which_of_its_words_is_wrong() {
    let ran = asked("right", &["--profile", "dtype=f32 arithmetic=f33"]);
    let said = "error: Q4: --profile: 'arithmetic=f33'; expected f32, or input=tf32,accumulate=f32,output=f32 ";
    assert!(ran.code == UNANSWERED && ran.err.starts_with(said) && ran.err.lines().count() == 1, "{ran:?}");
}

#[test]
fn a_program_without_pads_is_not_asked_for_any() {
    let profile = Profile::parse("op=tconv,conv padding=no", &Profile::default()).unwrap();
    assert!(!profile.takes(&"tconv i4 k3 p1".parse().unwrap()) && profile.takes(&"tconv i4 k3 s2 a1".parse().unwrap()));
    let entries = panel(&profile, Size::Ci, None, 1).unwrap();
    let pads = entries.iter().flat_map(|entry| entry.spec.geometry.axes()).map(|axis| axis.padding());
    assert!(entries.len() > 60 && pads.into_iter().all(|pad| (pad.begin, pad.end) == (0, 0)));
}

#[test]
fn a_report_is_as_wide_as_a_block() {
    let ran = asked("nan", &["--panel", "smoke", "--profile", "dtype=f32,f64 invalid=ignored"]);
    assert_eq!(ran.code, DIFFERS);
    let is_command = |line: &&str| line.starts_with("  repro") || line.starts_with("  explain");
    for line in ran.out.lines().filter(|line| !is_command(line)) {
        assert!(line.chars().count() <= 88, "{line}");
    }
    // The line for the run goes on in the next one.
    assert!(ran.out.trim_end().lines().last().unwrap().starts_with("  "), "{}", ran.out);
}
