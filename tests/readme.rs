//! The README tells the truth: every command with output in it is run, and prints that.
#![cfg(all(feature = "cli", feature = "npz", feature = "onnx"))]

use std::ffi::OsString;

use convproof::cli::{Terminals, run};

const README: &str = include_str!("../README.md");

/// The indented blocks that begin with `$ convproof`: the command, and what it prints.
fn blocks() -> Vec<(String, String)> {
    let mut blocks: Vec<(String, String)> = Vec::new();
    let mut open = false;
    for line in README.lines() {
        match line.strip_prefix("    ") {
            Some(text) if text.starts_with("$ convproof ") => {
                blocks.push((text["$ ".len()..].to_owned(), String::new()));
                open = true;
            }
            Some(text) if open => blocks.last_mut().unwrap().1 += &format!("{text}\n"),
            // A blank line inside a block is not indented.
            None if open && line.is_empty() => blocks.last_mut().unwrap().1 += "\n",
            _ => open = false,
        }
    }
    blocks.into_iter().map(|(command, shown)| (command, shown.trim_end().to_owned())).collect()
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
    let shown: Vec<String> = report.iter().map(|line| format!("    {line}")).collect();
    assert!(README.contains(&shown.join("\n")), "{out}");
}

#[test]
fn every_command_of_the_readme_exists() {
    for word in ["prove", "matrix", "shape", "verify", "explain", "completions", "man"] {
        assert!(README.contains(word));
        let help = stdout(&format!("convproof {word} --help"));
        assert!(help.contains("Usage:"), "{word}: {help}");
    }
}
