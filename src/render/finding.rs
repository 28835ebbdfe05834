//! The report about a live implementation: a block per mistake, a line for the run.
//!
//! A block has at most 24 lines of 88 columns (a command to copy is never broken): verdict, subject
//! and id; what is computed against what is defined; the smallest geometry; where it fails; both
//! matrices side by side; one line of numbers; how to repeat it.

use std::fmt::Write as _;

use super::side_by_side::side_by_side;
use super::verdict::{WIDTH, hanging, head, row, short, summary};
use crate::geometry::{Axis, Kind, Spec};
use crate::subject::{Finding, MatrixEntry, Outcome};
use crate::tensor::unflatten;
use crate::verify::{Role, Triple, refit};

/// How a run is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Manner {
    /// Blocks and a line.
    Text,
    /// The JSON document of `verify`.
    Json,
    /// JUnit's XML.
    Junit,
    /// Annotations of GitHub's workflows.
    Github,
}

/// One annotation per mistake, `::error title=…::…`, and a notice for the run.
pub fn annotations(found: &Outcome, repro: &dyn Fn(&Finding) -> String) -> String {
    // What would end a property or a line of a workflow command.
    let escaped = |text: &str| text.replace('%', "%25").replace('\n', "%0A").replace('\r', "%0D");
    let property = |text: &str| escaped(text).replace(':', "%3A").replace(',', "%2C");
    let mut text = String::new();
    for finding in &found.findings {
        let (id, message) = match finding.diagnosis.first() {
            Some(d) => (d.id, d.message.as_str()),
            None => ("differs", "what no named mistake gives"),
        };
        let body = format!("{message}; smallest {}; {}", finding.spec, repro(finding));
        let title = property(&format!("{}, {}: {id}", finding.subject, finding.role.name()));
        let _ = writeln!(text, "::error title={title}::{}", escaped(&body));
    }
    let _ = writeln!(text, "::notice title=convproof::{}", escaped(&outcome(found)));
    text
}

/// Everything about one mistake; `repro` is the command that shows it again, if there is one.
pub fn block(finding: &Finding, not_seen: &[String], repro: Option<&str>) -> String {
    let id = finding.diagnosis.first().map_or("", |d| d.id);
    let mut text = head(&finding.subject, finding.role.name(), id);
    text.push_str("\n\n");
    match finding.diagnosis.first() {
        Some(found) => row(&mut text, "computes", &found.message),
        None => row(&mut text, "computes", "what no named mistake gives"),
    }
    let rounds = finding.diagnosis.first().is_some_and(|d| d.id == "lower-precision");
    let right = defined(&finding.spec, finding.role);
    if let Some(relation) = relation(finding).filter(|relation| !rounds && !right.contains(relation.as_str())) {
        row(&mut text, "observed", &relation);
    }
    match finding.is_about_invalid_input() {
        true => row(&mut text, "defined", "an error: there is no such operation"),
        false => row(&mut text, "defined", &right),
    }
    if let Some(reason) = finding.judgement.reason.as_ref().filter(|r| !said(finding, r)) {
        row(&mut text, "reason", reason);
    }
    if finding.diagnosis.len() > 1 {
        let also: Vec<&str> = finding.diagnosis[1..].iter().map(|d| d.id).collect();
        row(&mut text, "also fits", &also.join(", "));
    }
    text.push('\n');
    let words = if finding.words == finding.spec.to_string() { "" } else { finding.words.as_str() };
    row(&mut text, "smallest", &format!("{}    {words}", finding.spec));
    row(&mut text, "where", &place(finding));
    if let Some(matrices) = side_by_side(finding) {
        let _ = write!(text, "\n{matrices}");
    }
    if let Some(line) = numbers(finding) {
        let _ = write!(text, "\n{line}");
    }
    if !not_seen.is_empty() {
        row(&mut text, "not seen", &not_seen.join(", "));
    }
    if let Some(repro) = repro {
        let _ = writeln!(text, "  {:9}  {repro}", "repro");
    }
    if !id.is_empty() {
        let _ = writeln!(text, "  {:9}  convproof explain {id}", "explain");
    }
    text
}

/// Whether a message says a reason already.
fn said(finding: &Finding, reason: &str) -> bool {
    finding.diagnosis.first().is_some_and(|d| d.message.contains(reason) || reason.contains(&d.message))
}

/// The definition with a geometry's numbers put in.
fn defined(spec: &Spec, role: Role) -> String {
    let axes = spec.geometry.axes();
    let term = |factor: i64, letter: &str| match factor {
        1 => letter.to_owned(),
        n => format!("{n}·{letter}"),
    };
    let relation = |n: usize, a: &Axis| {
        let index = if axes.len() > 1 { n.to_string() } else { String::new() };
        let (i, t) = (term(a.stride(), &format!("i{index}")), term(a.dilation(), &format!("t{index}")));
        let pad = match a.padding().begin {
            0 => String::new(),
            p if p > 0 => format!(" − {p}"),
            p => format!(" + {}", -p),
        };
        format!("o{index} = {i} + {t}{pad}")
    };
    let sum = match (role, spec.kind) {
        (Role::Forward, Kind::Tconv) | (Role::InputGradient, Kind::Conv) => "y[o] = Σ x[i]·w[t]",
        (Role::Forward, Kind::Conv) | (Role::InputGradient, Kind::Tconv) => "y[i] = Σ x[o]·w[t]",
        (Role::WeightGradient, _) => "dw[t] = Σ x[i]·g[o]",
        (Role::BiasGradient, _) => return "db = Σ g[o] over samples and positions".to_owned(),
    };
    let all: Vec<String> = axes.iter().enumerate().map(|(n, a)| relation(n, a)).collect();
    let lengths: Vec<String> = axes.iter().map(|a| a.output().to_string()).collect();
    format!("{sum},  {},  {} outputs", all.join(", "), lengths.join("×"))
}

/// `2 of 4 cells; 3 of 12 geometries in f32: fails where a > 0, passes where a = 0`.
fn place(finding: &Finding) -> String {
    let judgement = &finding.judgement;
    let mut parts = Vec::new();
    if judgement.cells_wrong > 0 {
        parts.push(format!("{} of {} cells", judgement.cells_wrong, judgement.cells));
    }
    let elements: Vec<&str> = finding.elements.iter().map(|e| e.short_name()).collect();
    let pattern = finding.pattern.as_ref().map_or(String::new(), |p| format!(": {p}"));
    parts.push(format!("{} of {} geometries in {}{pattern}", finding.failing, finding.asked, elements.join(", ")));
    parts.join("; ")
}

/// Elements of an array that is shown in one line.
const MAX_SHOWN: usize = 9;

/// `x = 1 10, w = 2 3      expected 2 23 30      got 2 24 30`.
fn numbers(finding: &Finding) -> Option<String> {
    let question = finding.call.as_ref()?;
    let list = |array: &crate::data::Array| {
        let all: Vec<String> = (0..array.len()).map(|n| short(&array.show(n))).collect();
        (array.len() <= MAX_SHOWN).then(|| all.join(" "))
    };
    let mut operands = Vec::new();
    for (name, array) in [("x", &question.x), ("w", &question.w), ("b", &question.b), ("g", &question.g)] {
        if let Some(array) = array {
            operands.push(format!("{name} = {}", list(array)?));
        }
    }
    let exact: Vec<String> =
        question.right().ok()?.values.iter().map(|value| short(&crate::scalar::show_rational(value))).collect();
    if exact.len() > MAX_SHOWN {
        return None;
    }
    let got = if question.y.is_empty() { "nothing".to_owned() } else { list(&question.y)? };
    let expected = exact.join(" ");
    let left = format!("  {}", operands.join(", "));
    let right = format!("expected {expected}   got {got}");
    Some(if left.chars().count() + right.chars().count() + 3 <= WIDTH {
        let pad = 40usize.saturating_sub(left.chars().count()).max(3);
        let room = WIDTH - left.chars().count() - right.chars().count();
        format!("{left}{:pad$}{right}\n", "", pad = pad.min(room))
    } else {
        let [expected, got] = [("expected ", &expected), ("got      ", &got)]
            .map(|(label, numbers)| hanging(&format!("      {label}"), numbers, 15));
        format!("{}\n{expected}\n{got}\n", hanging("  ", left.trim_start(), 6))
    })
}

/// One line for a run: `48 cases: 48 same (…); 3412 matrix entries observed, bilinearity sampled`.
pub fn outcome(outcome: &Outcome) -> String {
    let mut text = summary(&outcome.summary);
    text.push_str(&entries_observed(outcome.entries_read));
    if outcome.unsaid > 0 {
        let _ = write!(text, "; {} not said in these words", outcome.unsaid);
    }
    text
}

/// `; 3412 matrix entries observed, bilinearity sampled`, or nothing for none.
pub fn entries_observed(entries: usize) -> String {
    if entries > 0 { format!("; {entries} matrix entries observed, bilinearity sampled") } else { String::new() }
}

/// The relation that all entries of one channel pair satisfy, and whether it has more.
fn relation(finding: &Finding) -> Option<String> {
    let (_, reading) = finding.matrix.as_ref()?;
    let one = Spec { kind: finding.spec.kind, geometry: finding.spec.geometry.clone().with_batch(1).ok()? };
    let (inputs, outputs) = (one.geometry.input_shape(), one.geometry.output_shape());
    let weight = one.geometry.weight_shape();
    // Rows are the output where the transposed convolution's map is read.
    let is_output =
        matches!((finding.role, one.kind), (Role::Forward, Kind::Tconv) | (Role::InputGradient, Kind::Conv));
    let (rows, cols) = if is_output { (&outputs, &inputs) } else { (&inputs, &outputs) };
    if reading.rows != rows.iter().product::<usize>() {
        return None;
    }
    let mut entries = Vec::new();
    for (n, entry) in reading.entries.iter().enumerate() {
        let (row, col) = (unflatten(rows, n / reading.cols), unflatten(cols, n % reading.cols));
        if row[1] != 0 || col[1] != 0 {
            continue;
        }
        let signed = |at: &[usize]| at[2..].iter().map(|&p| i64::try_from(p).unwrap_or(i64::MAX)).collect::<Vec<_>>();
        match entry {
            MatrixEntry::Zero => {}
            MatrixEntry::Tap(tap) => {
                let t = signed(&unflatten(&weight, tap.index()));
                let (o, i) = if is_output { (signed(&row), signed(&col)) } else { (signed(&col), signed(&row)) };
                entries.push(Triple { o, i, t });
            }
            _ => return None,
        }
    }
    let found = refit(&entries)?;
    let lengths = |length: fn(&Axis) -> i64| one.geometry.axes().iter().map(length).collect::<Vec<_>>();
    let missing = found.missing(&entries, &lengths(Axis::input), &lengths(Axis::kernel), &lengths(Axis::output));
    let left_out = match missing.len() {
        0 => String::new(),
        n => format!(", {n} of its {} products left out", n + entries.len()),
    };
    // The sum is that of the line before; the relation is what may differ.
    let text = found.to_string();
    let relation = text.split_once(", ").map_or(text.as_str(), |(_, relation)| relation);
    Some(format!("{relation}{left_out}"))
}
