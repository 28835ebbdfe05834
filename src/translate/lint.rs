//! What other frameworks would do with a call.
//!
//! Three questions to each dialect: does it take these very words, and do they mean the same;
//! which words of its own mean the same; and what does its `SAME` do, where somebody might say
//! `SAME` because the size is the input times the stride.

use super::{Inexpressible, Raised, call_difference, difference, raise};
use crate::dialect::Lowered;
use crate::dialect::{DIALECTS, Dialect, Pads, Words, shapes_of};
use crate::error::Error;

/// What one framework does with a call.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Finding {
    /// The framework.
    pub dialect: &'static Dialect,
    /// What it does.
    pub outcome: LintOutcome,
}

/// What a framework does with words.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub enum LintOutcome {
    /// Takes these words, which are those of the call where `verbatim`; the matrix is the same.
    Accepts {
        /// Its words.
        words: Words,
        /// Whether they are the words of the call.
        verbatim: bool,
    },
    /// Takes these words, and answers differently.
    Differs {
        /// Its words.
        words: Words,
        /// What they mean.
        lowered: Box<Lowered>,
        /// In which way.
        how: String,
    },
    /// Refuses the words of the call.
    Refuses {
        /// The call with its shapes.
        words: Words,
        /// Its rule.
        error: Error,
    },
    /// Has no words for this.
    CannotSay(Inexpressible),
}

/// What every dialect does with a call, in the order of the register; more than one finding where
/// more than one of the three questions has something to say.
pub fn lint(words: Option<&Words>, lowered: &Lowered) -> Vec<Finding> {
    let own = words.map(|words| words.dialect.name);
    let others = DIALECTS.iter().copied().filter(|dialect| Some(dialect.name) != own);
    others.flat_map(|dialect| of_dialect(dialect, words, lowered)).collect()
}

fn of_dialect(dialect: &'static Dialect, words: Option<&Words>, lowered: &Lowered) -> Vec<Finding> {
    let mut outcomes = Vec::new();
    let mut accepted = false;
    if let Some(carried) = words.and_then(|words| carried(dialect, words, lowered)) {
        let outcome = judge(carried, lowered, true);
        accepted = matches!(outcome, LintOutcome::Accepts { .. });
        outcomes.push(outcome);
    }
    if !accepted {
        outcomes.push(match raise(dialect, &lowered.spec) {
            Ok(Raised { words, .. }) => LintOutcome::Accepts { words, verbatim: false },
            Err(why) => LintOutcome::CannotSay(why),
        });
    }
    outcomes.extend(same_trap(dialect, lowered));
    outcomes.into_iter().map(|outcome| Finding { dialect, outcome }).collect()
}

/// The same words, if the dialect has all of them, on arrays in its own layouts.
fn carried(dialect: &'static Dialect, words: &Words, lowered: &Lowered) -> Option<Words> {
    let has = |name: &String| dialect.words.iter().any(|word| word.name == name);
    if words.x.is_empty() || words.attributes.is_empty() || !words.attributes.keys().all(has) {
        return None;
    }
    let (operation, x, w) = shapes_of(dialect, &lowered.spec)?;
    Some(Words { dialect, operation, attributes: words.attributes.clone(), x, w })
}

/// What `SAME` means there, where that is not this.
fn same_trap(dialect: &'static Dialect, lowered: &Lowered) -> Option<LintOutcome> {
    let spec = &lowered.spec;
    let is_same = spec.geometry.axes().iter().all(|a| a.output() == a.input().saturating_mul(a.stride()));
    let strided = spec.geometry.axes().iter().any(|a| a.stride() > 1);
    if !is_same || !strided {
        return None;
    }
    let wanted = [lowered.pads, Pads::Same, Pads::SameUpper];
    let proposals = wanted.into_iter().filter(|p| matches!(p, Pads::Same | Pads::SameUpper | Pads::SameLower));
    let words = proposals.filter_map(|pads| (dialect.propose)(spec, pads).ok()?.into_iter().next()).next()?;
    let outcome = judge(words, lowered, false);
    matches!(outcome, LintOutcome::Differs { .. }).then_some(outcome)
}

/// The very words are judged on the very array; other words come with their own.
fn judge(words: Words, wanted: &Lowered, verbatim: bool) -> LintOutcome {
    match words.lower() {
        Err(error) => LintOutcome::Refuses { words, error },
        Ok(lowered) => {
            let how = match verbatim {
                true => call_difference(wanted, &lowered),
                false => difference(&wanted.spec, &lowered.spec),
            };
            match how {
                None => LintOutcome::Accepts { words, verbatim },
                Some(how) => LintOutcome::Differs { words, lowered: Box::new(lowered), how },
            }
        }
    }
}
