//! `convproof explain`: rules, formulas, named mistakes, dialects and claims by their ids.

use std::fmt::Write as _;

use super::args::Explain;
use super::streams::Streams;
use super::{DIFFERS, SAME};
use crate::claims;
use crate::dialect::DIALECTS;
use crate::error::{Error, RequestError, rules};
use crate::geometry::formulas;
use crate::render;
use crate::verify::HYPOTHESES;

pub(super) fn run(options: &Explain, streams: &mut Streams<'_>) -> Result<u8, Error> {
    let (text, holds) = match options.id.as_deref() {
        None => (list(), true),
        Some(id) if id.eq_ignore_ascii_case(LEDGER) => render::claims::list(claims::SOURCES),
        Some(id) => match claims::find(id) {
            Some((source, claim)) => render::claims::claim(source, claim),
            None => (entry(id).ok_or_else(|| unknown(id))?, true),
        },
    };
    streams.print(&text)?;
    Ok(if holds { SAME } else { DIFFERS })
}

/// The word for all claims.
const LEDGER: &str = "claims";

/// Every id with one line, by topic.
fn list() -> String {
    let mut text = String::from("rules\n");
    for rule in rules::RULES {
        let _ = writeln!(text, "  {:4} {}", rule.id, rule.statement);
    }
    text.push_str("\nrules of frameworks\n");
    for (dialect, rule) in DIALECTS.iter().flat_map(|d| d.rules.iter().map(move |r| (d, r))) {
        let _ = writeln!(text, "  {:4} {}: {}", rule.id, dialect.name, rule.statement);
    }
    text.push_str("\nshape formulas\n");
    for formula in formulas::FORMULAS {
        let _ = writeln!(text, "  {:4} {}", formula.id, formula.statement);
    }
    text.push_str("\nnamed mistakes\n");
    for mistake in HYPOTHESES {
        let _ = writeln!(text, "  {:32} {}", mistake.id, mistake.statement);
    }
    text.push_str("\ndialects\n");
    for dialect in DIALECTS {
        let _ = writeln!(text, "  {:11}  {}", dialect.name, dialect.evidence);
    }
    let _ = writeln!(text, "\nclaims: {} records, convproof explain {LEDGER}", claims::all().count());
    text
}

fn entry(id: &str) -> Option<String> {
    rule(id).or_else(|| dialect_rule(id)).or_else(|| formula(id)).or_else(|| mistake(id)).or_else(|| dialect(id))
}

fn rule(id: &str) -> Option<String> {
    let rule = rules::find(id)?;
    Some(format!("{}: {}\n  valid    {}\n  example  {}\n", rule.id, rule.statement, rule.valid, rule.example))
}

fn dialect_rule(id: &str) -> Option<String> {
    let all = DIALECTS.iter().flat_map(|d| d.rules.iter().map(move |r| (d, r)));
    let (dialect, rule) = all.into_iter().find(|(_, rule)| rule.id.eq_ignore_ascii_case(id))?;
    Some(format!("{}, a rule of {}: {}\n  reference  {}\n", rule.id, dialect.name, rule.statement, rule.reference))
}

fn formula(id: &str) -> Option<String> {
    let formula = formulas::find(id)?;
    let mut text = format!("{}: {}\n", formula.id, formula.statement);
    let _ = writeln!(text, "  holds where  {}", formula.condition());
    if formula.source_condition != formula.condition() {
        let _ = writeln!(text, "  as stated    {}", formula.source_condition);
    }
    let _ = writeln!(text, "  source       {}", formula.source);
    if !formula.note.is_empty() {
        let _ = writeln!(text, "  note         {}", formula.note);
    }
    Some(text)
}

fn mistake(id: &str) -> Option<String> {
    let mistake = HYPOTHESES.iter().find(|h| h.id.eq_ignore_ascii_case(id))?;
    let mut text = format!("{}: {}\n", mistake.id, mistake.statement);
    let _ = writeln!(text, "  recognised by  {}", mistake.symptom);
    if !mistake.shows_in_numbers() {
        text.push_str("  found in       the run, not in the arrays of one call\n");
    }
    if mistake.reference != "-" {
        let _ = writeln!(text, "  seen in        {}", mistake.reference);
    }
    Some(text)
}

fn dialect(id: &str) -> Option<String> {
    let dialect = DIALECTS.iter().find(|d| d.name.eq_ignore_ascii_case(id))?;
    let mut text = format!("{}: {}\n\nwords\n", dialect.name, dialect.evidence);
    let width = dialect.words.iter().map(|word| word.name.len()).max().unwrap_or(0);
    for word in dialect.words {
        let _ = writeln!(text, "  {:width$}  {}", word.name, word.means);
    }
    text.push_str("\nrules\n");
    for rule in dialect.rules {
        let _ = writeln!(text, "  {:4} {}", rule.id, rule.statement);
    }
    Some(text)
}

fn unknown(id: &str) -> Error {
    let typed: Vec<char> = id.chars().take(MAX_ID).flat_map(char::to_lowercase).collect();
    // A third of an id may be mistyped.
    let near = |known: &str| {
        let known: Vec<char> = known.chars().flat_map(char::to_lowercase).collect();
        Some(distance(&typed, &known)).filter(|d| d * 3 <= known.len())
    };
    let nearest = ids().filter_map(|known| near(known).map(|d| (d, known))).min();
    let suggestion = match nearest {
        Some((_, known)) => format!("; did you mean '{known}'? 'convproof explain' lists all ids"),
        None => "; 'convproof explain' lists all ids".to_owned(),
    };
    RequestError::UnknownId { id: id.to_owned(), suggestion }.into()
}

/// Longer words than this resemble no id.
const MAX_ID: usize = 60;

/// Every id that is known.
fn ids() -> impl Iterator<Item = &'static str> {
    let rules = rules::RULES.iter().map(|rule| rule.id);
    let of_dialects = DIALECTS.iter().flat_map(|d| d.rules.iter().map(|rule| rule.id).chain([d.name]));
    let ids = rules.chain(of_dialects).chain(formulas::FORMULAS.iter().map(|f| f.id));
    ids.chain(HYPOTHESES.iter().map(|h| h.id)).chain(claims::all().map(|(_, claim)| claim.id)).chain([LEDGER])
}

/// Letters to insert, remove or replace between two words (Levenshtein).
fn distance(a: &[char], b: &[char]) -> usize {
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, x) in a.iter().enumerate() {
        let mut diagonal = row[0];
        row[0] = i + 1;
        for (j, y) in b.iter().enumerate() {
            let replaced = diagonal + usize::from(x != y);
            diagonal = row[j + 1];
            row[j + 1] = replaced.min(diagonal + 1).min(row[j] + 1);
        }
    }
    row[b.len()]
}
