//! What `verify`, `probe --check` and `merge` found, in the format that was asked for.

use std::path::Path;

use super::streams::{Streams, format_of};
use super::{DIFFERS, SAME, UNANSWERED};
use crate::error::Error;
use crate::render::finding::Manner;
use crate::render::junit::Suite;
use crate::render::shown::Shown;
use crate::render::verdict as render;
use crate::verify::{Summary, fingerprint};

/// Formats with their names and suffixes.
const MANNERS: [(&str, &str, Manner); 4] = [
    ("text", "txt", Manner::Text),
    ("json", "json", Manner::Json),
    ("junit", "xml", Manner::Junit),
    ("github", "", Manner::Github),
];

/// The format by `--format` or the suffix of `--output`; annotations are of live implementations.
pub(super) fn manner(format: Option<&str>, output: Option<&Path>, is_live: bool) -> Result<Manner, Error> {
    format_of(format, output, &MANNERS[..if is_live { 4 } else { 3 }])
}

/// The cases of a run, as they will be written.
pub(super) struct Report {
    pub manner: Manner,
    /// A line for every case.
    pub list: bool,
    /// Weak data are a difference.
    pub weak_fails: bool,
    pub part: Option<render::Part>,
    pub summary: Summary,
    text: String,
    suite: Suite,
}

impl Report {
    pub fn new(manner: Manner, list: bool, weak_fails: bool) -> Report {
        let (summary, text, suite) = (Summary::default(), String::new(), Suite::default());
        Report { manner, list, weak_fails, part: None, summary, text, suite }
    }

    /// One case more; `block` is what is shown where it differs.
    pub fn add(&mut self, shown: &Shown, block: &str) {
        shown.count(&mut self.summary);
        match self.manner {
            Manner::Json => {
                if self.summary.cases > 1 {
                    self.text.push_str(",\n");
                }
                self.text.push_str(&render::json_case(shown));
            }
            Manner::Junit => {
                let block = if shown.is_difference() { block } else { "" };
                self.suite.push(shown, block, self.weak_fails);
            }
            Manner::Text if shown.is_difference() && !block.is_empty() => self.say(block),
            Manner::Text if self.list => self.say(&render::line(shown)),
            _ => {}
        }
    }

    /// A block or a line of the text.
    pub fn say(&mut self, text: &str) {
        self.text.push_str(text);
        self.text.push('\n');
    }

    /// The whole; `judged` names what was judged, `said` is the line about all cases.
    pub fn written(&self, judged: &str, said: &str) -> String {
        let part = self.part.as_ref().map_or(String::new(), |part| format!("shard {}/{}: ", part.k, part.n));
        match self.manner {
            Manner::Json => render::document(&self.summary, self.part.as_ref(), &self.text),
            Manner::Junit => self.suite.document(&format!("{part}{judged}"), &format!("{part}{said}")),
            _ => format!("{}{}\n", self.text, render::wrapped(&format!("{part}{said}"))),
        }
    }

    /// The exit status.
    pub fn status(&self) -> u8 {
        let weak = self.weak_fails && self.summary.weak > 0;
        match (self.summary.differs > 0 || weak, self.summary.unanswered > 0) {
            (true, _) => DIFFERS,
            (_, true) => UNANSWERED,
            _ => SAME,
        }
    }
}

/// Says why cases have no answer: each reason once, with the first case that it is about.
pub(super) fn say_unanswered<'a>(all: impl Iterator<Item = (&'a str, &'a str)>, streams: &mut Streams<'_>) {
    let mut said: Vec<&str> = Vec::new();
    for (case, reason) in all {
        if !said.contains(&reason) {
            said.push(reason);
            streams.remark(&format!("unanswered: {case}: {reason}"));
        }
    }
}

/// What all parts of one run have in common: the version, what it was asked with, all names of cases.
#[derive(Debug)]
pub(super) struct Whole(String);

impl Whole {
    pub fn new(asked_with: &[&dyn std::fmt::Debug]) -> Whole {
        let words = asked_with.iter().map(|word| format!("{word:?}\0")).collect::<String>();
        Whole(format!("convproof {}\0{words}", env!("CARGO_PKG_VERSION")))
    }

    pub fn case(&mut self, name: &str) {
        self.0.push_str(name);
        self.0.push('\0');
    }

    /// The part of a run that a document holds.
    pub fn part(&self, shard: crate::verify::Shard) -> render::Part {
        let of = format!("{:016x}", fingerprint(self.0.bytes()));
        render::Part { k: shard.k(), n: shard.n(), of }
    }
}
