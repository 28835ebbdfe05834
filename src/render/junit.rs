//! JUnit's XML, which build servers read: a test case per judged case, in the order of the run.
//!
//! ```xml
//! <?xml version="1.0" encoding="UTF-8"?>
//! <testsuites name="convproof" tests="1" failures="0" errors="1" skipped="0">
//!   <testsuite name="recorded cases" tests="1" failures="0" errors="1" skipped="0">
//!     <testcase classname="convproof" name="a.json">
//!       <error type="unanswered" message="a.json: F1: cannot read"/>
//!     </testcase>
//!     <system-out>1 case: 0 same, 1 unanswered</system-out>
//!   </testsuite>
//! </testsuites>
//! ```
//!
//! What differs is a `failure` whose type is the mistake's id. What has no answer is an `error`, and
//! never `skipped`: servers show what is skipped as green, and nothing unanswered is the same.
//! There is no clock and no host in it: two runs that find the same write the same bytes. The crates that
//! write this format bring clocks, unique ids and colours with them; here are five tags and their escapes.

use std::fmt::Write as _;

use super::shown::Shown;
use crate::verify::Verdict;

/// One suite as it grows.
#[derive(Debug, Clone, Default)]
pub struct Suite {
    tests: usize,
    failures: usize,
    errors: usize,
    cases: String,
}

impl Suite {
    /// Adds a case; `block` is what a report says of it if it differs. With `weak_fails` a case fails, too,
    /// whose data could not show some mistake.
    pub fn push(&mut self, shown: &Shown, block: &str, weak_fails: bool) {
        self.tests += 1;
        let _ = write!(self.cases, "    <testcase classname=\"convproof\" name=\"{}\"", Attribute(&shown.case));
        let reason = shown.reason.as_deref().unwrap_or_default();
        let (word, kind, message) = match shown.verdict {
            Verdict::Same if weak_fails && !shown.weak.is_empty() => {
                ("failure", "weak", format!("these data cannot show {}", shown.weak.join(", ")))
            }
            Verdict::Same => return self.cases.push_str("/>\n"),
            Verdict::Unanswered => ("error", "unanswered", reason.to_owned()),
            Verdict::Differs => match &shown.diagnosis {
                Some([id, message]) => ("failure", id.as_str(), message.clone()),
                None if reason.is_empty() => ("failure", "differs", "what no named mistake gives".to_owned()),
                None => ("failure", "differs", reason.to_owned()),
            },
        };
        *(if word == "error" { &mut self.errors } else { &mut self.failures }) += 1;
        let _ = write!(self.cases, ">\n      <{word} type=\"{}\" message=\"{}\"", Attribute(kind), Attribute(&message));
        match block {
            "" => self.cases.push_str("/>\n"),
            block => _ = writeln!(self.cases, ">{}</{word}>", Text(block)),
        }
        self.cases.push_str("    </testcase>\n");
    }

    /// The document of a suite with this name; `said` is the line about all cases.
    pub fn document(&self, name: &str, said: &str) -> String {
        let Suite { tests, failures, errors, cases } = self;
        let counts = format!("tests=\"{tests}\" failures=\"{failures}\" errors=\"{errors}\" skipped=\"0\"");
        format!(
            "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites name=\"convproof\" {counts}>\n  \
             <testsuite name=\"{}\" {counts}>\n{cases}    <system-out>{}</system-out>\n  </testsuite>\n</testsuites>\n",
            Attribute(name),
            Text(said)
        )
    }
}

/// The value of an attribute: a reader would make spaces of plain line ends.
struct Attribute<'a>(&'a str);

/// Text between tags.
struct Text<'a>(&'a str);

impl std::fmt::Display for Attribute<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.chars().try_for_each(|c| match c {
            '"' => f.write_str("&quot;"),
            '\n' => f.write_str("&#10;"),
            '\t' => f.write_str("&#9;"),
            c => letter(c, f),
        })
    }
}

impl std::fmt::Display for Text<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.chars().try_for_each(|c| letter(c, f))
    }
}

/// A letter of either: XML 1.0 has no other control characters, not even escaped.
fn letter(c: char, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
    use std::fmt::Write;
    match c {
        '&' => f.write_str("&amp;"),
        '<' => f.write_str("&lt;"),
        '>' => f.write_str("&gt;"),
        '\r' => f.write_str("&#13;"),
        '\n' | '\t' => f.write_char(c),
        '\0'..=' ' | '\u{fffe}' | '\u{ffff}' => f.write_char(' '),
        c => f.write_char(c),
    }
}
