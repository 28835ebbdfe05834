//! The report of `lint`: what other frameworks do with a call.

use std::fmt::Write as _;

use super::json::Quoted;
use super::{Format, MatrixView};
use crate::error::Error;
use crate::geometry::{Kind, Spec};
use crate::matrix::{ConvMatrix, Side};
use crate::translate::{Finding, LintOutcome};

/// One line or two for each finding, with the sums side by side where the answers are small.
pub fn text(call: &str, spec: &Spec, findings: &[Finding]) -> String {
    let mut text = format!("{call}\n  is {spec}\n\n");
    let width = findings.iter().map(|f| f.dialect.name.len()).max().unwrap_or(0);
    for Finding { dialect, outcome } in findings {
        let name = dialect.name;
        let _ = match outcome {
            LintOutcome::Accepts { verbatim: true, .. } => writeln!(text, "  {name:width$}  accepts  the same words"),
            LintOutcome::Accepts { words, .. } => writeln!(text, "  {name:width$}  accepts  {words}"),
            LintOutcome::Refuses { error, .. } => writeln!(text, "  {name:width$}  refuses  {error}"),
            LintOutcome::CannotSay(why) => {
                let reason = why.reasons.first().map_or("it has no words for it", String::as_str);
                writeln!(text, "  {name:width$}  cannot   {reason}")
            }
            LintOutcome::Differs { words, lowered, how } => {
                let _ = writeln!(text, "  {name:width$}  differs  {words}");
                let _ = writeln!(text, "  {:width$}           {how}", "");
                let sums = sums(spec, &lowered.spec);
                sums.lines().try_for_each(|line| writeln!(text, "  {:width$}             {line}", ""))
            }
        };
    }
    text
}

/// Two calls, side by side; of two models with the name of the nodes.
pub fn against(name: &str, here: (&str, &Spec), there: (&str, &Spec), how: Option<&str>) -> String {
    let mut text = if name.is_empty() { String::new() } else { format!("{name}\n") };
    let _ = write!(text, "{}\n  is {}\n{}\n  is {}\n", here.0, here.1, there.0, there.1);
    match how {
        None => text.push_str("same: both mean the same matrix, for every weight and input\n"),
        Some(how) => {
            let _ = writeln!(text, "differs: the second {how}");
            for line in sums(here.1, there.1).lines() {
                let _ = writeln!(text, "  {line}");
            }
        }
    }
    text
}

/// One pair as JSON.
pub fn against_json(name: &str, here: (&str, &Spec), there: (&str, &Spec), how: Option<&str>) -> String {
    let side =
        |(call, spec): (&str, &Spec)| format!("{{\"call\":{},\"spec\":{}}}", Quoted(call), Quoted(&spec.to_string()));
    let verdict = if how.is_some() { "differs" } else { "same" };
    let quoted = |text: Option<&str>| text.map_or("null".to_owned(), |text| Quoted(text).to_string());
    let (node, how) = (quoted(Some(name).filter(|n| !n.is_empty())), quoted(how));
    let (here, there) = (side(here), side(there));
    format!("{{\"node\":{node},\"here\":{here},\"there\":{there},\"verdict\":\"{verdict}\",\"how\":{how}}}")
}

/// A pair without an answer as JSON.
pub fn unanswered_json(name: &str, error: &Error) -> String {
    let (node, why) = (Quoted(name), Quoted(&error.to_string()).to_string());
    format!("{{\"node\":{node},\"here\":null,\"there\":null,\"verdict\":\"unanswered\",\"how\":{why}}}")
}

/// All pairs as one JSON document.
pub fn pairs_json(rows: &[String]) -> String {
    format!("{{\"format\":1,\"pairs\":[\n{}\n]}}\n", rows.join(",\n"))
}

/// Most sums that are shown, and the longest line of them.
const MAX_SUMS: usize = 6;
const MAX_LINE: usize = 100;

/// The sums that differ, `y0: here x0·w1, there x0·w0`; empty where they do not fit a page.
fn sums(here: &Spec, there: &Spec) -> String {
    let product = |spec: &Spec| -> Option<Vec<(String, String)>> {
        let side = if spec.kind == Kind::Conv { Side::C } else { Side::Transposed };
        let matrix = ConvMatrix::build(&spec.geometry, side, 1 << 10).ok()?;
        let view = MatrixView::new(&matrix, spec.kind);
        let text = view.show_product(Format::Text).ok()?;
        text.lines().map(|line| line.split_once(" = ").map(|(y, sum)| (y.trim().to_owned(), sum.to_owned()))).collect()
    };
    let (Some(here), Some(there)) = (product(here), product(there)) else { return String::new() };
    let none = || "-".to_owned();
    let names = here.iter().chain(there.iter().skip(here.len())).map(|(name, _)| name);
    let rows = names.enumerate().map(|(n, name)| {
        let sum = |all: &[(String, String)]| all.get(n).map_or_else(none, |(_, sum)| sum.clone());
        (name, sum(&here), sum(&there))
    });
    let lines: Vec<String> = rows
        .filter(|(_, here, there)| here != there)
        .map(|(name, here, there)| format!("{name}: here {here}, there {there}"))
        .collect();
    if lines.iter().take(MAX_SUMS).any(|line| line.chars().count() > MAX_LINE) {
        return String::new();
    }
    let more = lines.len().saturating_sub(MAX_SUMS);
    let mut text = lines.into_iter().take(MAX_SUMS).collect::<Vec<_>>().join("\n");
    if more > 0 {
        let _ = write!(text, "\n… and {more} more");
    }
    text
}

/// All findings as one JSON document.
pub fn json(call: &str, spec: &Spec, findings: &[Finding]) -> String {
    let row = |finding: &Finding| {
        let (word, call, spec, why) = match &finding.outcome {
            LintOutcome::Accepts { words, .. } => ("accepts", Some(words.to_string()), None, None),
            LintOutcome::Differs { words, lowered, how } => {
                ("differs", Some(words.to_string()), Some(lowered.spec.to_string()), Some(how.clone()))
            }
            LintOutcome::Refuses { words, error } => {
                ("refuses", Some(words.to_string()), None, Some(error.to_string()))
            }
            LintOutcome::CannotSay(why) => ("cannot", None, None, Some(why.reasons.join("; "))),
        };
        let quoted = |text: Option<String>| text.map_or("null".to_owned(), |t| Quoted(&t).to_string());
        let verbatim = matches!(finding.outcome, LintOutcome::Accepts { verbatim: true, .. });
        format!(
            "{{\"dialect\":{},\"outcome\":\"{word}\",\"verbatim\":{verbatim},\"call\":{},\"spec\":{},\"why\":{}}}",
            Quoted(finding.dialect.name),
            quoted(call),
            quoted(spec),
            quoted(why)
        )
    };
    let rows: Vec<String> = findings.iter().map(row).collect();
    let (call, spec) = (Quoted(call).to_string(), Quoted(&spec.to_string()).to_string());
    format!("{{\"format\":1,\"call\":{call},\"spec\":{spec},\"findings\":[\n{}\n]}}\n", rows.join(",\n"))
}
