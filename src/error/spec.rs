//! Rules S1 … S6: how a spec is written.

use std::ops::Range;

/// A spec that cannot be read: the text, the offending part of it, and what is wrong there.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{problem}")]
pub struct SpecError {
    /// The whole spec.
    pub text: String,
    /// The offending bytes of it.
    pub at: Range<usize>,
    /// What is wrong with them.
    pub problem: SpecProblem,
}

/// What is wrong with a spec.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum SpecProblem {
    /// S1: the first word is no kind of operation.
    #[error("expected 'conv' or 'tconv', got '{got}'")]
    Kind {
        /// The first word.
        got: String,
    },
    /// S2: a token that the language does not have.
    #[error("unknown token '{got}'; tokens are i k s p a d c g n, each followed by its numbers: tconv i4x4 k3x3 s2 p1")]
    Token {
        /// The token.
        got: String,
    },
    /// S3: a token given twice.
    #[error("token '{letter}' is given twice; each may stand once")]
    Twice {
        /// Its letter.
        letter: char,
    },
    /// S4: a token that is required, or not allowed here.
    #[error("{rule}")]
    Presence {
        /// The rule, with its letter.
        rule: &'static str,
    },
    /// S5: not a number that may stand there.
    #[error("'{got}' in token '{letter}'; {valid}")]
    Number {
        /// The token's letter.
        letter: char,
        /// What stands there.
        got: String,
        /// What would be valid.
        valid: &'static str,
    },
    /// S6: a number of entries that is neither one nor the rank.
    #[error("token '{letter}' has {got} entries; expected 1 or {rank}, the rank of this spec")]
    Entries {
        /// The token's letter.
        letter: char,
        /// Its entries.
        got: usize,
        /// The largest number of entries in any token.
        rank: usize,
    },
}

/// Characters of a spec that an excerpt shows, and of those the ones before the carets.
const WIDEST: usize = 72;
const MARGIN: usize = 24;

impl SpecError {
    pub(super) fn rule(&self) -> &'static str {
        match self.problem {
            SpecProblem::Kind { .. } => "S1",
            SpecProblem::Token { .. } => "S2",
            SpecProblem::Twice { .. } => "S3",
            SpecProblem::Presence { .. } => "S4",
            SpecProblem::Number { .. } => "S5",
            SpecProblem::Entries { .. } => "S6",
        }
    }

    /// The text, and a line with carets under the offending part.
    pub(super) fn excerpt(&self) -> String {
        // One line, whatever stands in it: tabs and line ends would move the caret.
        let all: Vec<char> = self.text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
        let start = self.text[..self.at.start].chars().count();
        let end = start + self.text[self.at.clone()].chars().count().max(1);
        // Of a long text the part around the carets, of a long part its beginning.
        let (mut line, mut before) = (String::new(), start);
        if all.len() > WIDEST && start > MARGIN {
            line.push('…');
            before = MARGIN + 1;
        }
        let first = if line.is_empty() { 0 } else { start - MARGIN };
        let last = if all.len() > WIDEST { (first + WIDEST).min(all.len()) } else { all.len() };
        line.extend(&all[first..last]);
        if last < all.len() {
            line.push('…');
        }
        format!("  {line}\n  {}{}", " ".repeat(before), "^".repeat(end.min(last.max(start + 1)) - start))
    }
}
