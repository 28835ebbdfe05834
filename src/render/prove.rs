//! The report of `prove` on one geometry.

use std::fmt::Write as _;

use super::json::Quoted;
use super::names::Names;
pub use super::sweep::{rate, sweep, sweep_json, sweeps};
use crate::equivalence::{Difference, Outcome, Report, Verdict, Witness};
use crate::geometry::{Kind, Spec};
use crate::scalar::{Indeterminate, Polynomial, show_rational};
use crate::tensor::flatten;

/// The comparison as text: a head line, one line per formulation, the claim.
///
/// ```text
/// y = Cᵀx, with x00…x11 and w00…w22 left as symbols: 16 sums, 36 products
///   scatter          same  16/16
/// proved: six formulations, one map, for every weight and input of this geometry
/// ```
pub fn report(report: &Report) -> String {
    let spec = Spec { kind: Kind::Tconv, geometry: report.geometry.clone() };
    let names = Names::new(&spec);
    let mut text = format!(
        "y = Cᵀx, with {} and {} left as symbols: {}, {}\n",
        range(spec.input_shape().iter().product(), |n| names.x(n).into_owned()),
        range(report.geometry.weight_shape().iter().product(), |n| names.tap(n).into_owned()),
        counted(report.cells as u128, "sum"),
        counted(report.products as u128, "product"),
    );
    let name_width = report.outcomes.iter().map(|o| o.name.chars().count()).max().unwrap_or(0);
    let word_width = report.outcomes.iter().map(|o| o.verdict.word().len()).max().unwrap_or(0);
    let count_width = 2 * report.cells.to_string().len() + 1;
    for (n, outcome) in report.outcomes.iter().enumerate() {
        let Outcome { name, verdict, agreeing, note, .. } = outcome;
        let count = format!("{agreeing}/{}", report.cells);
        let note = if n == 0 && note.is_empty() { "against the definition" } else { note };
        let line = format!("  {name:name_width$}   {:word_width$}  {count:count_width$}   {note}", verdict.word());
        text.push_str(line.trim_end());
        text.push('\n');
        match verdict {
            Verdict::Same => {}
            Verdict::Differs(witness) => text.push_str(&difference(witness)),
            Verdict::Skipped(reason) => {
                let _ = writeln!(text, "    {reason}");
            }
        }
    }
    text.push_str(&claim(report));
    text.push('\n');
    text
}

fn claim(report: &Report) -> String {
    let all = report.outcomes.len();
    let different = report.outcomes.iter().filter(|o| o.verdict.witness().is_some()).count();
    let skipped = report.outcomes.iter().filter(|o| matches!(o.verdict, Verdict::Skipped(_))).count();
    match (different, skipped) {
        (0, 0) => {
            format!("proved: {} formulations, one map, for every weight and input of this geometry", in_words(all))
        }
        (0, skipped) => format!("unanswered: {skipped} of {all} formulations skipped, the others are one map"),
        (different, _) => format!("differs: {different} of {all} formulations are another map"),
    }
}

/// Two lines: both sums of the first cell that differs.
pub(super) fn difference(witness: &Witness) -> String {
    let names = Names::new(&witness.spec);
    match &witness.difference {
        Difference::Shape { expected, got } => format!("    shape expected {expected:?}\n    shape got      {got:?}\n"),
        Difference::Cell { cell, expected, got } => {
            let y = names.y(flatten(&witness.spec.output_shape(), cell)).into_owned();
            format!("    {y} expected {}\n    {y} got      {}\n", sum(expected, &names), sum(got, &names))
        }
    }
}

/// A polynomial with names: `x00·w01 + x01·w00`, terms by x index; `0` for none.
pub fn sum(polynomial: &Polynomial, names: &Names) -> String {
    let terms = polynomial.terms();
    if terms.is_empty() {
        return "0".to_owned();
    }
    let mut text = String::new();
    for (n, (monomial, coefficient)) in terms.iter().enumerate() {
        let shown = show_rational(coefficient);
        let (minus, magnitude) = match shown.strip_prefix('-') {
            Some(rest) => (true, rest),
            None => (false, shown.as_str()),
        };
        text.push_str(match (n, minus) {
            (0, false) => "",
            (0, true) => "-",
            (_, false) => " + ",
            (_, true) => " - ",
        });
        let mut factors: Vec<String> = Vec::new();
        if magnitude != "1" || monomial.is_empty() {
            factors.push(magnitude.to_owned());
        }
        factors.extend(monomial.iter().map(|v| match v {
            Indeterminate::Input(i) => names.x(*i as usize).into_owned(),
            Indeterminate::Weight(t) => names.tap(*t as usize).into_owned(),
        }));
        text.push_str(&factors.join("·"));
    }
    text
}

/// The comparison as the JSON document of `prove`.
pub fn report_json(report: &Report, spec: &Spec) -> String {
    let rows: Vec<String> =
        report.outcomes.iter().map(|o| formulation_json(&o.name, o.verdict.word(), o.verdict.witness())).collect();
    let mut remarks = report.geometry.remarks();
    for outcome in &report.outcomes {
        if let Verdict::Skipped(reason) = &outcome.verdict {
            remarks.push(format!("{} skipped: {reason}", outcome.name));
        }
    }
    let words: Vec<&str> = report.outcomes.iter().map(|o| o.verdict.word()).collect();
    document(Some(&spec.to_string()), &words, "proved", &rows, &remarks)
}

pub(super) fn document(spec: Option<&str>, words: &[&str], claim: &str, rows: &[String], remarks: &[String]) -> String {
    let verdict = if words.contains(&"differs") {
        "differs"
    } else if words.contains(&"skipped") {
        "unanswered"
    } else {
        "same"
    };
    let spec = spec.map_or("null".to_owned(), |s| Quoted(s).to_string());
    let claim = if verdict == "same" { Quoted(claim).to_string() } else { "null".to_owned() };
    let remarks: Vec<String> = remarks.iter().map(|r| Quoted(r).to_string()).collect();
    format!(
        "{{\"format\":1,\"spec\":{spec},\"verdict\":{},\"claim\":{claim},\"formulations\":[\n{}\n],\"remarks\":[{}]}}\n",
        Quoted(verdict),
        rows.join(",\n"),
        remarks.join(",")
    )
}

pub(super) fn formulation_json(name: &str, word: &str, witness: Option<&Witness>) -> String {
    let witness = witness.map_or("null".to_owned(), |w| {
        let names = Names::new(&w.spec);
        let (cell, expected, got) = match &w.difference {
            Difference::Shape { expected, got } => ("null".to_owned(), format!("{expected:?}"), format!("{got:?}")),
            Difference::Cell { cell, expected, got } => {
                (format!("{cell:?}").replace(' ', ""), sum(expected, &names), sum(got, &names))
            }
        };
        let spec = w.spec.to_string();
        format!(
            "{{\"spec\":{},\"cell\":{cell},\"expected\":{},\"got\":{}}}",
            Quoted(&spec),
            Quoted(&expected),
            Quoted(&got)
        )
    });
    format!("{{\"name\":{},\"verdict\":{},\"witness\":{witness}}}", Quoted(name), Quoted(word))
}

/// `x00…x11`, or the only name.
fn range(count: usize, name: impl Fn(usize) -> String) -> String {
    if count == 1 { name(0) } else { format!("{}…{}", name(0), name(count - 1)) }
}

/// `1 sum`, `16 sums`.
pub(crate) fn counted(n: u128, what: &str) -> String {
    format!("{n} {what}{}", if n == 1 { "" } else { "s" })
}

pub(super) fn in_words(n: usize) -> String {
    const WORDS: [&str; 10] = ["no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine"];
    WORDS.get(n).map_or_else(|| n.to_string(), |word| (*word).to_owned())
}
