//! The report of `verify`: a block per case that differs, a line for all, and the JSON document.

use std::fmt::Write as _;

use super::json::Quoted;
use super::names::Names;
use crate::tensor::flatten;
use crate::verify::{Answer, CaseReport, Summary, Verdict, WrongCell};

/// One line for a whole run: `310 cases: 310 same (302 exact, 8 within bound, worst ratio 0.41), 3 weak`.
pub fn summary(s: &Summary) -> String {
    let mut text = format!("{}: {} same", super::prove::counted(s.cases as u128, "case"), s.same);
    let mut details = Vec::new();
    for (count, word) in [(s.observed, "observed"), (s.exact, "exact"), (s.within_bound, "within bound")] {
        if count > 0 {
            details.push(format!("{count} {word}"));
        }
    }
    if s.within_bound > 0 || s.worst_ratio > 0.0 {
        details.push(format!("worst ratio {:.2}", s.worst_ratio));
    }
    if !details.is_empty() {
        let _ = write!(text, " ({})", details.join(", "));
    }
    for (count, word) in [(s.differs, "differs"), (s.unanswered, "unanswered"), (s.weak, "weak")] {
        if count > 0 {
            let _ = write!(text, ", {count} {word}");
        }
    }
    text
}

/// One line for one case: its verdict, how it was reached, its spec and name.
pub fn line(report: &CaseReport) -> String {
    let spec = report.spec.as_ref().map_or(String::new(), |spec| format!("  {spec}"));
    let how = report.answer.as_ref().ok().and_then(|a| a.judgement.mode).map_or("-", |mode| mode.word());
    let ratio = match &report.answer {
        Ok(Answer { judgement, .. }) => judgement.max_ratio.map_or(String::new(), |r| format!(" {r:.2}")),
        Err(_) => String::new(),
    };
    format!("{:10} {:10} {}{spec}", report.verdict().word(), format!("{how}{ratio}"), report.case)
}

/// Everything that is known about a case that differs, at most 24 lines.
pub fn difference(report: &CaseReport, repro: &str) -> String {
    let Ok(answer) = &report.answer else { return String::new() };
    let id = answer.diagnosis.first().map_or("", |d| d.id);
    let role = report.role.map_or("", |role| role.name());
    let mut text = head(&report.case, role, id);
    text.push_str("\n\n");
    let spec = report.spec.as_ref().map(ToString::to_string).unwrap_or_default();
    row(&mut text, "geometry", &spec);
    if let Some(found) = answer.diagnosis.first() {
        row(&mut text, "mistake", &found.message);
    }
    if answer.diagnosis.len() > 1 {
        let also: Vec<&str> = answer.diagnosis[1..].iter().map(|d| d.id).collect();
        row(&mut text, "also fits", &also.join(", "));
    }
    if let Some(reason) = &answer.judgement.reason {
        row(&mut text, "reason", reason);
    }
    if let Some(first) = &answer.judgement.first {
        row(&mut text, "where", &format!("{} of {} cells", answer.judgement.cells_wrong, answer.judgement.cells));
        row(&mut text, "first", &first_cell(report, first));
        let ratio = answer.judgement.max_ratio.map(|r| match r {
            r if r < 1e6 => format!(", worst error {r:.3} times its bound"),
            r => format!(", worst error {r:.1e} times its bound"),
        });
        row(&mut text, "judged", &format!("{}{}", how(answer), ratio.unwrap_or_default()));
    }
    if !answer.weak.is_empty() {
        row(&mut text, "not seen", &answer.weak.join(", "));
    }
    // Commands to copy are never broken.
    let _ = writeln!(text, "  {:9}  {repro}", "repro");
    if !id.is_empty() {
        let _ = writeln!(text, "  {:9}  convproof explain {id}", "explain");
    }
    text
}

/// Columns of a block, and lines of one row of it.
const WIDTH: usize = 88;
const LINES: usize = 2;

/// `differs  CASE, ROLE      ID`: of a long path the end, the command to repeat it has all of it.
pub(super) fn head(case: &str, role: &str, id: &str) -> String {
    let case: Vec<char> = case.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    let room = WIDTH - "differs  , ".len() - role.len() - if id.is_empty() { 0 } else { id.len() + 2 };
    let case: String = match case.len() > room {
        true => ['…'].iter().chain(&case[case.len() + 1 - room..]).collect(),
        false => case.iter().collect(),
    };
    let left = format!("differs  {case}, {role}");
    let gap = WIDTH - left.chars().count();
    if id.is_empty() { left } else { format!("{left}{id:>gap$}") }
}

/// A label and its value, broken between words; what is longer than [`LINES`] ends in an ellipsis.
pub(super) fn row(text: &mut String, label: &str, value: &str) {
    let room = WIDTH - 13;
    let mut lines = vec![String::new()];
    for word in value.split_whitespace() {
        let mut word: Vec<char> = word.chars().filter(|c| !c.is_control()).collect();
        if word.len() > room {
            word.truncate(room - 1);
            word.push('…');
        }
        let line = lines.last_mut().expect("there is a first line");
        match line.chars().count() {
            0 => line.extend(&word),
            used if used + 1 + word.len() <= room => line.extend([' '].iter().chain(&word)),
            _ => lines.push(word.into_iter().collect()),
        }
    }
    if lines.len() > LINES {
        lines.truncate(LINES);
        let last = &mut lines[LINES - 1];
        let kept: String = last.chars().take(room - 2).collect();
        *last = format!("{kept} …");
    }
    for (n, line) in lines.iter().enumerate() {
        let _ = writeln!(text, "  {:9}  {line}", if n == 0 { label } else { "" });
    }
}

fn how(answer: &Answer) -> String {
    match answer.judgement.mode {
        Some(crate::verify::Mode::Exact) => {
            format!("exact: every order of summation in {} is exact on these data", answer.arithmetic.name())
        }
        Some(mode) => format!("{} under {}", mode.word(), answer.arithmetic.name()),
        None => "not judged".to_owned(),
    }
}

fn first_cell(report: &CaseReport, first: &WrongCell) -> String {
    let name = match (&report.spec, report.role) {
        (Some(spec), Some(crate::verify::Role::Forward)) => {
            Names::new(spec).y(flatten(&spec.output_shape(), &first.index)).into_owned()
        }
        _ => format!("{:?}", first.index),
    };
    let bound = if first.bound == "0" { String::new() } else { format!(", bound {}", short(&first.bound)) };
    format!("{name}: got {}, exact {}{bound}", short(&first.got), short(&first.exact))
}

/// Long fractions as a decimal approximation, which is said.
pub(super) fn short(exact: &str) -> String {
    if exact.len() <= 24 {
        return exact.to_owned();
    }
    let approximate = crate::scalar::parse_rational(exact).ok().and_then(|r| num_traits::ToPrimitive::to_f64(&r));
    approximate.map_or_else(|| exact.to_owned(), |value| format!("≈ {value:e}"))
}

/// The JSON document of `verify` around its cases, which [`json_case`] made, joined by commas.
pub fn document(s: &Summary, cases: &str) -> String {
    format!(
        "{{\"format\":1,\"summary\":{{\"cases\":{},\"same\":{},\"differs\":{},\"unanswered\":{},\"weak\":{}}},\"cases\":[\n{cases}\n]}}\n",
        s.cases, s.same, s.differs, s.unanswered, s.weak
    )
}

/// One case of the JSON document.
pub fn json_case(report: &CaseReport, repro: &str) -> String {
    let text = |t: &str| Quoted(t).to_string();
    let or_null = |t: Option<String>| t.unwrap_or_else(|| "null".to_owned());
    let answer = report.answer.as_ref().ok();
    let judgement = answer.map(|a| &a.judgement);
    let counted = judgement.filter(|j| j.cells > 0);
    let first = judgement.and_then(|j| j.first.as_ref()).map(|f| {
        let (got, exact, bound) = (text(&f.got), text(&f.exact), text(&f.bound));
        let index: Vec<String> = f.index.iter().map(usize::to_string).collect();
        format!("{{\"index\":[{}],\"got\":{got},\"exact\":{exact},\"bound\":{bound}}}", index.join(","))
    });
    let ratio = judgement.and_then(|j| j.max_ratio).map(|r| if r.is_finite() { r.to_string() } else { text("inf") });
    let diagnosis = answer.and_then(|a| a.diagnosis.first());
    let diagnosis = diagnosis.map(|d| format!("{{\"id\":{},\"message\":{}}}", text(d.id), text(&d.message)));
    let also = answer.map_or(Vec::new(), |a| a.diagnosis.iter().skip(1).map(|d| text(d.id)).collect());
    let weak = answer.map_or(Vec::new(), |a| a.weak.iter().map(|id| text(id)).collect());
    let reason = match &report.answer {
        Err(error) => Some(text(&error.to_string())),
        Ok(answer) => answer.judgement.reason.as_deref().map(text),
    };
    let mut json = String::from("{");
    for (key, value) in [
        ("case", text(&report.case)),
        ("spec", or_null(report.spec.as_ref().map(|s| text(&s.to_string())))),
        ("role", or_null(report.role.map(|r| text(r.name())))),
        ("verdict", text(report.verdict().word())),
        ("mode", or_null(judgement.and_then(|j| j.mode).map(|m| text(m.word())))),
        ("arithmetic", or_null(answer.map(|a| text(&a.arithmetic.name())))),
        ("max_ratio", or_null(ratio)),
        ("cells", or_null(counted.map(|j| j.cells.to_string()))),
        ("cells_wrong", or_null(counted.map(|j| j.cells_wrong.to_string()))),
        ("first", or_null(first)),
        ("diagnosis", or_null(diagnosis)),
        ("also", format!("[{}]", also.join(","))),
        ("weak", format!("[{}]", weak.join(","))),
        ("reason", or_null(reason)),
        ("repro", text(repro)),
    ] {
        let comma = if json.len() > 1 { "," } else { "" };
        let _ = write!(json, "{comma}\"{key}\":{value}");
    }
    json.push('}');
    json
}

/// Whether a case deserves a block of its own.
pub fn is_difference(report: &CaseReport) -> bool {
    report.verdict() == Verdict::Differs
}
