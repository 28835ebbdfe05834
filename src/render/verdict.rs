//! The report of `verify`: a block per case that differs, a line for all, and the JSON document.

use std::fmt::Write as _;

use super::json::Quoted;
use super::shown::Shown;
use crate::verify::{Mode, Summary};

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
pub fn line(shown: &Shown) -> String {
    let spec = shown.spec.as_ref().map_or(String::new(), |spec| format!("  {spec}"));
    let how = shown.mode.map_or("-", Mode::word);
    let ratio = shown.max_ratio.map_or(String::new(), |r| format!(" {r:.2}"));
    let case = shown.case.replace(char::is_control, " ");
    format!("{:10} {:10} {case}{spec}", shown.verdict.word(), format!("{how}{ratio}"))
}

/// Everything that is known about a case that differs, at most 24 lines.
pub fn difference(shown: &Shown) -> String {
    difference_of(shown, &[])
}

/// As [`difference`], of one case for `others` that differ alike.
pub fn difference_of(shown: &Shown, others: &[&str]) -> String {
    let id = shown.id();
    let role = shown.role.map_or("", |role| role.name());
    let mut text = head(&shown.case, role, id);
    text.push_str("\n\n");
    let spec = shown.spec.as_ref().map(ToString::to_string).unwrap_or_default();
    row(&mut text, "geometry", &spec);
    if let Some([_, message]) = &shown.diagnosis {
        row(&mut text, "mistake", message);
    }
    if !shown.also.is_empty() {
        row(&mut text, "also fits", &shown.also.join(", "));
    }
    if let Some(reason) = &shown.reason {
        row(&mut text, "reason", reason);
    }
    if let Some(first) = &shown.first {
        let [cells, wrong] = shown.cells.unwrap_or_default();
        row(&mut text, "where", &format!("{wrong} of {cells} cells"));
        let bound = if first.bound == "0" { String::new() } else { format!(", bound {}", short(&first.bound)) };
        let (got, exact) = (short(&first.got), short(&first.exact));
        row(&mut text, "first", &format!("{}: got {got}, exact {exact}{bound}", shown.cell(first)));
        let ratio = shown.max_ratio.map(|r| match r {
            r if r < 1e6 => format!(", worst error {r:.3} times its bound"),
            r => format!(", worst error {r:.1e} times its bound"),
        });
        row(&mut text, "judged", &format!("{}{}", how(shown), ratio.unwrap_or_default()));
    }
    if !shown.weak.is_empty() {
        row(&mut text, "not seen", &shown.weak.join(", "));
    }
    if !others.is_empty() {
        row(
            &mut text,
            "and in",
            &format!("{}: {}", super::prove::counted(others.len() as u128, "other case"), others.join("; ")),
        );
    }
    // Commands to copy are never broken.
    let _ = writeln!(text, "  {:9}  {}", "repro", shown.repro);
    if !id.is_empty() {
        let _ = writeln!(text, "  {:9}  convproof explain {id}", "explain");
    }
    text
}

/// Columns of a block, and lines of one row of it.
pub(super) const WIDTH: usize = 88;
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

/// A label and its value, broken between words; of what is longer than [`LINES`] both ends.
pub(super) fn row(text: &mut String, label: &str, value: &str) {
    let room = WIDTH - 13;
    let mut lines = lines(value, room);
    if lines.len() > LINES {
        lines.truncate(LINES - 1);
        // From the end, as many words as fit behind the ellipsis.
        let words: Vec<&str> = value.split_whitespace().collect();
        let fits = |from: &usize| words[*from..].iter().map(|word| 1 + word.chars().count()).sum::<usize>() < room;
        let from = (0..words.len()).find(fits).unwrap_or(words.len());
        lines.push(format!("… {}", words[from..].join(" ").replace(char::is_control, "")));
    }
    for (n, line) in lines.iter().enumerate() {
        let _ = writeln!(text, "  {:9}  {}", if n == 0 { label } else { "" }, line.trim_end());
    }
}

/// A text broken between words, of which those that are longer than a line are cut.
fn lines(text: &str, room: usize) -> Vec<String> {
    let mut lines = vec![String::new()];
    for word in text.split_whitespace() {
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
    lines
}

/// A text behind a label, broken where a block would be wider than it is; further lines stand so far in.
pub(super) fn hanging(label: &str, text: &str, indent: usize) -> String {
    format!("{label}{}", lines(text, WIDTH - indent).join(&format!("\n{:indent$}", "")))
}

/// The line about a run, broken in the same way.
pub fn wrapped(line: &str) -> String {
    hanging("", line, 2)
}

fn how(shown: &Shown) -> String {
    let arithmetic = shown.arithmetic.as_deref().unwrap_or_default();
    match shown.mode {
        Some(Mode::Exact) => format!("exact: every order of summation in {arithmetic} is exact on these data"),
        Some(mode) => format!("{} under {arithmetic}", mode.word()),
        None => "not judged".to_owned(),
    }
}

/// Long fractions as a decimal approximation, which is said.
pub(super) fn short(exact: &str) -> String {
    if exact.len() <= 24 {
        return exact.to_owned();
    }
    let approximate = crate::scalar::parse_rational(exact).ok().and_then(|r| num_traits::ToPrimitive::to_f64(&r));
    approximate.map_or_else(|| exact.to_owned(), |value| format!("≈ {value:e}"))
}

/// The part of a run that a document holds: `k` of `n`, and the fingerprint of the whole.
#[derive(Debug, Clone, PartialEq, Eq)]
#[allow(clippy::exhaustive_structs)] // the keys of the document
pub struct Part {
    /// Which part, from 1.
    pub k: u32,
    /// Of how many.
    pub n: u32,
    /// What all parts of one run have in common.
    pub of: String,
}

/// The JSON document of `verify` around its cases, which [`json_case`] made, joined by commas.
pub fn document(s: &Summary, part: Option<&Part>, cases: &str) -> String {
    let shard = part.map_or("null".to_owned(), |p| format!("{{\"k\":{},\"n\":{},\"of\":{}}}", p.k, p.n, Quoted(&p.of)));
    format!(
        "{{\"format\":1,\"shard\":{shard},\"summary\":{{\"cases\":{},\"same\":{},\"differs\":{},\"unanswered\":{},\"weak\":{}}},\"cases\":[\n{cases}\n]}}\n",
        s.cases, s.same, s.differs, s.unanswered, s.weak
    )
}

/// One case of the JSON document.
pub fn json_case(shown: &Shown) -> String {
    let text = |t: &str| Quoted(t).to_string();
    let or_null = |t: Option<String>| t.unwrap_or_else(|| "null".to_owned());
    let list = |ids: &[String]| format!("[{}]", ids.iter().map(|id| text(id)).collect::<Vec<_>>().join(","));
    let first = shown.first.as_ref().map(|f| {
        let (got, exact, bound) = (text(&f.got), text(&f.exact), text(&f.bound));
        let index: Vec<String> = f.index.iter().map(usize::to_string).collect();
        format!("{{\"index\":[{}],\"got\":{got},\"exact\":{exact},\"bound\":{bound}}}", index.join(","))
    });
    let ratio = shown.max_ratio.map(|r| if r.is_finite() { r.to_string() } else { text("inf") });
    let diagnosis = shown.diagnosis.as_ref();
    let diagnosis = diagnosis.map(|[id, said]| format!("{{\"id\":{},\"message\":{}}}", text(id), text(said)));
    let mut json = String::from("{");
    for (key, value) in [
        ("case", text(&shown.case)),
        ("spec", or_null(shown.spec.as_ref().map(|s| text(&s.to_string())))),
        ("role", or_null(shown.role.map(|r| text(r.name())))),
        ("verdict", text(shown.verdict.word())),
        ("mode", or_null(shown.mode.map(|m| text(m.word())))),
        ("arithmetic", or_null(shown.arithmetic.as_deref().map(text))),
        ("max_ratio", or_null(ratio)),
        ("cells", or_null(shown.cells.map(|[all, _]| all.to_string()))),
        ("cells_wrong", or_null(shown.cells.map(|[_, wrong]| wrong.to_string()))),
        ("first", or_null(first)),
        ("diagnosis", or_null(diagnosis)),
        ("also", list(&shown.also)),
        ("weak", list(&shown.weak)),
        ("reason", or_null(shown.reason.as_deref().map(text))),
        ("repro", text(&shown.repro)),
    ] {
        let comma = if json.len() > 1 { "," } else { "" };
        let _ = write!(json, "{comma}\"{key}\":{value}");
    }
    json.push('}');
    json
}
