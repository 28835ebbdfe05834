//! What a check gives: a summary, or findings that print themselves.

use std::fmt;

use crate::error::Error;
use crate::render::finding::{block, outcome};
use crate::render::verdict::wrapped;
use crate::subject::{Finding, Outcome};
use crate::verify::Summary;

/// Everything that was asked is right.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Passed {
    /// Counts of geometries, roles and types.
    pub summary: Summary,
    /// Matrix entries that were read out.
    pub entries_read: usize,
    /// What no geometry showed.
    pub not_seen: Vec<String>,
}

/// What is wrong. `Debug` and `Display` are the report, so that `.unwrap()` shows it.
#[derive(Clone)]
#[non_exhaustive]
pub struct Failed {
    /// The mistakes, each once.
    pub findings: Vec<Finding>,
    /// Why nothing could be asked, if so.
    pub error: Option<Error>,
    text: String,
}

impl Failed {
    pub(super) fn of_text(text: String) -> Failed {
        Failed { findings: Vec::new(), error: None, text }
    }
}

impl From<Error> for Failed {
    fn from(error: Error) -> Failed {
        Failed { findings: Vec::new(), text: error.to_string(), error: Some(error) }
    }
}

impl fmt::Display for Failed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl fmt::Debug for Failed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "\n{}", self.text)
    }
}

impl std::error::Error for Failed {}

/// A run as a test sees it.
pub(super) fn of(found: Outcome) -> Result<Passed, Failed> {
    if found.is_same() {
        let Outcome { summary, entries_read, not_seen, .. } = found;
        return Ok(Passed { summary, entries_read, not_seen });
    }
    let mut text = String::new();
    for finding in &found.findings {
        text.push_str(&block(finding, &found.not_seen, None));
        text.push('\n');
    }
    if found.findings.is_empty() {
        text.push_str("nothing was asked: no geometry of the panel lies within the profile\n");
    }
    text.push_str(&wrapped(&outcome(&found)));
    Err(Failed { findings: found.findings, error: None, text })
}
