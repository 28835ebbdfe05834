//! The README tells the truth: every command with output in it is run, and prints that.
#![allow(clippy::unwrap_used)] // tests

use std::ffi::OsString;

use convproof::cli::{Terminals, run};

const README: &str = include_str!("../../README.md");

/// The blocks that begin with `$ convproof` and show what that prints.
fn blocks() -> Vec<(String, String)> {
    let mut blocks = Vec::new();
    for (n, fenced) in README.split("```").enumerate() {
        let Some(text) = fenced.strip_prefix("console\n$ ").filter(|_| n % 2 == 1) else { continue };
        let (command, shown) = text.split_once('\n').unwrap();
        if command.starts_with("convproof ") && !shown.is_empty() {
            blocks.push((command.to_owned(), shown.trim_end().to_owned()));
        }
    }
    blocks
}

/// The words of a command line with single quotes.
fn words(command: &str) -> Vec<OsString> {
    let mut words = Vec::new();
    for (n, part) in command.split('\'').enumerate() {
        if n % 2 == 1 {
            words.push(part.into());
        } else {
            words.extend(part.split_whitespace().map(OsString::from));
        }
    }
    words
}

fn stdout(command: &str) -> String {
    let (mut out, mut err) = (Vec::new(), Vec::new());
    run(words(command), &mut out, &mut err, Terminals::default());
    String::from_utf8(out).unwrap().trim_end().to_owned()
}

#[test]
fn commands_print_what_the_readme_shows() {
    let blocks = blocks();
    assert!(blocks.len() >= 5, "{blocks:?}");
    for (command, shown) in blocks {
        assert_eq!(stdout(&command), shown, "{command}");
    }
}

#[test]
fn the_main_command_ends_as_the_readme_shows() {
    let out = stdout("convproof prove conv i4x4 k3x3");
    let report: Vec<&str> = out.lines().skip_while(|line| !line.starts_with("y = Cᵀx")).collect();
    assert_eq!(report.len(), 8);
    assert!(README.contains(&format!("```text\n{}\n```", report.join("\n"))), "{out}");
}

#[test]
fn every_command_of_the_readme_exists() {
    for word in
        ["prove", "matrix", "steps", "structure", "snapshot", "shape", "verify", "explain", "completions", "man"]
    {
        assert!(README.contains(word));
        let help = stdout(&format!("convproof {word} --help"));
        assert!(help.contains("Usage:"), "{word}: {help}");
    }
}
