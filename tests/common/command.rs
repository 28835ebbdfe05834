//! The command line, called in process.

#![allow(dead_code)] // each test file uses its part

use std::ffi::OsString;

use convproof::cli::{Terminals, run as command};
use serde_json::Value;

/// What one call left behind.
#[derive(Debug, PartialEq)]
pub struct Ran {
    pub code: u8,
    pub out: String,
    pub err: String,
}

impl Ran {
    /// The result as a JSON document.
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.out).unwrap_or_else(|e| panic!("{e} in {}", self.out))
    }
}

/// Calls `convproof` with these words; nothing is a terminal.
pub fn run<W: AsRef<str>>(words: &[W]) -> Ran {
    run_on(Terminals::default(), words)
}

pub fn run_on<W: AsRef<str>>(terminals: Terminals, words: &[W]) -> Ran {
    let words = ["convproof"].into_iter().chain(words.iter().map(AsRef::as_ref)).map(OsString::from);
    let (mut out, mut err) = (Vec::new(), Vec::new());
    let code = command(words, &mut out, &mut err, terminals);
    let text = |bytes| String::from_utf8(bytes).expect("all output is text");
    Ran { code, out: text(out), err: text(err) }
}

/// The words of a command line without quotes: `words("prove conv i4 k3")`.
pub fn words(line: &str) -> Vec<&str> {
    line.split_whitespace().collect()
}

/// Calls a command line without quotes.
pub fn line(line: &str) -> Ran {
    run(&words(line))
}

/// The words of a command line as a POSIX shell splits them: quotes '…', and \ outside them.
pub fn shell_words(line: &str) -> Vec<String> {
    let (mut words, mut word, mut quoted) = (Vec::new(), None::<String>, false);
    let mut letters = line.chars();
    while let Some(letter) = letters.next() {
        match letter {
            '\'' => {
                quoted = !quoted;
                word.get_or_insert_default();
            }
            '\\' if !quoted => word.get_or_insert_default().extend(letters.next()),
            ' ' if !quoted => words.extend(word.take()),
            other => word.get_or_insert_default().push(other),
        }
    }
    words.extend(word);
    words
}

/// The keys of a JSON object, in order.
pub fn keys(value: &Value) -> Vec<&str> {
    value.as_object().unwrap_or_else(|| panic!("no object: {value}")).keys().map(String::as_str).collect()
}
