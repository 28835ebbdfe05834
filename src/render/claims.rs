//! Claims as text: the ledger as a list, and one claim with its checks, which are run for it.

use std::fmt::Write as _;

use crate::claims::{Claim, Outcome, Source, Verdict};

/// Columns of a line. A command to copy is never broken.
const WIDTH: usize = 88;
/// A space at which no line is broken.
const GLUE: char = '\u{a0}';
/// Columns in front of what is said under a label.
const INDENT: usize = 17;

/// All claims, grouped by source, and the totals; whether all checks hold.
///
/// Cost: every check is run, some hundred milliseconds.
pub fn list(sources: &[Source]) -> (String, bool) {
    let mut text = String::new();
    let (mut checks, mut failed) = (0, 0);
    let claims = || sources.iter().flat_map(|source| source.claims);
    for source in sources {
        let _ = writeln!(text, "{}", source.cite);
        let width = source.claims.iter().map(|claim| claim.id.len()).max().unwrap_or(0);
        for claim in source.claims {
            let wrong = claim.checks.iter().filter(|shown| !shown.check.run().holds()).count();
            let mark = if wrong > 0 { " (a check fails)" } else { "" };
            let _ = writeln!(text, "  {:width$}  {:11}  {}{mark}", claim.id, claim.verdict.word(), claim.said);
            (checks, failed) = (checks + claim.checks.len(), failed + wrong);
        }
        text.push('\n');
    }
    let of = |verdict: Verdict| {
        let count = claims().filter(|claim| claim.verdict == verdict).count();
        (count > 0).then(|| format!("{count} {}", verdict.word()))
    };
    let verdicts: Vec<String> = Verdict::ALL.into_iter().filter_map(of).collect();
    let held = if failed == 0 { "all hold".to_owned() } else { format!("{failed} fail") };
    let _ = writeln!(text, "{} claims: {}; {checks} checks, {held}", claims().count(), verdicts.join(", "));
    (text, failed == 0)
}

/// One claim: source, verdict, condition, what is right, and each check with what it gives; whether
/// all checks hold.
pub fn claim(source: &Source, claim: &Claim) -> (String, bool) {
    let mut text = format!("{}: {}\n", claim.id, claim.said);
    let about = if claim.verdict == Verdict::Conditional { "condition" } else { "note" };
    let fields = [("source", source.cite), ("verdict", claim.verdict.word()), (about, claim.condition)];
    let see = if claim.checks.is_empty() { "" } else { claim.reference };
    for (label, words) in fields.into_iter().chain([("right", claim.right), ("see", see)]) {
        if !words.is_empty() {
            put(&mut text, label, words);
        }
    }
    if claim.checks.is_empty() {
        put(&mut text, "check", &format!("not a computation: see {}", claim.reference));
    }
    let mut holds = true;
    let mut commands: Vec<String> = Vec::new();
    for shown in claim.checks {
        let outcome = shown.check.run();
        put(&mut text, shown.shows.word(), &outcome.about);
        put(&mut text, "", &numbers(&outcome));
        holds &= outcome.holds();
        // The same command twice helps nobody.
        if let Some(command) = outcome.repro.filter(|command| !commands.contains(command)) {
            let _ = writeln!(text, "{:INDENT$}{command}", "");
            commands.push(command);
        }
    }
    (text, holds)
}

/// `expected 5, got 5`; of long numbers that are equal, once.
fn numbers(outcome: &Outcome) -> String {
    let Outcome { expected, got, .. } = outcome;
    let both = format!("expected {expected}, got {got}");
    match outcome.holds() {
        true if both.chars().count() > WIDTH - INDENT => format!("expected and got {got}"),
        true => both,
        false => format!("FAILS: {both}"),
    }
}

/// Words under a label, broken where a line is full, but neither in a row of numbers nor beside a sign.
fn put(text: &mut String, label: &str, words: &str) {
    let letters: Vec<char> = words.chars().collect();
    let entry = |c: char| c.is_ascii_digit() || c == '-';
    let sign = |c: char| "=+−<>≤≥≡→".contains(c);
    let glued = |n: usize| {
        let (before, after) = (letters[n - 1], letters[n + 1]);
        let tap = after == 'w' && letters.get(n + 2).is_some_and(char::is_ascii_digit);
        sign(before) || sign(after) || (before.is_ascii_digit() && (entry(after) || tap))
    };
    let inner = |n: usize| n > 0 && n + 1 < letters.len();
    let letter = |(n, &c): (usize, &char)| if c == ' ' && inner(n) && glued(n) { GLUE } else { c };
    let words: String = letters.iter().enumerate().map(letter).collect();
    let mut line = format!("  {label:width$}", width = INDENT - 2);
    let mut is_empty = true;
    for word in words.split(' ') {
        if !is_empty && line.chars().count() + 1 + word.chars().count() > WIDTH {
            let _ = writeln!(text, "{line}");
            line = " ".repeat(INDENT);
            is_empty = true;
        }
        if !is_empty {
            line.push(' ');
        }
        line.push_str(&word.replace(GLUE, " "));
        is_empty = false;
    }
    let _ = writeln!(text, "{line}");
}
