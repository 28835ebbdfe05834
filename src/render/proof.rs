//! The reports of `prove --all-sizes` and `prove --nest`.

use std::fmt::Write as _;

use super::json::Quoted;
use super::prove::counted;
use crate::nest::Nest;
use crate::proof::Checked;
use crate::proof::verdict::{Verdict, Wrong, shown};

/// What all nests are held against.
const DEFINITION: &str = "\
Sizes I K O s d >= 1; p_b p_e a any integers; O = s*(I-1) + d*(K-1) + 1 - p_b - p_e + a.
Each nest adds x[i]*w[t] to y[o] exactly where o = s*i + d*t - p_b, once each:
";

/// One line per theorem, and what was checked in all.
pub fn all_sizes(checked: &[Checked]) -> String {
    let mut text = DEFINITION.to_owned();
    let width = checked.iter().map(|c| c.theorem.name.len()).max().unwrap_or(0);
    let mut in_nests = true;
    for Checked { theorem, result, .. } in checked {
        if in_nests && theorem.nest.is_none() {
            text.push_str("Statements:\n");
            in_nests = false;
        }
        let word = if result.is_ok() { "proved" } else { "open" };
        let symbols = theorem.nest.as_ref().map_or_else(|| theorem.symbols.clone(), body);
        let goals = counted(theorem.goals() as u128, "goal");
        let _ = writeln!(text, "  {:width$}  {word}  {goals:>9}  {}: {symbols}", theorem.name, theorem.words);
        if let Err(why) = result {
            let _ = writeln!(text, "    {why}");
        }
    }
    let nests = checked.iter().filter(|c| c.theorem.nest.is_some()).count();
    let open = checked.iter().filter(|c| c.result.is_err()).count();
    let sequents: usize = checked.iter().map(|c| c.theorem.sequents.len()).sum();
    let goals: usize = checked.iter().map(|c| c.theorem.goals()).sum();
    let never: usize = checked.iter().map(|c| c.never).sum();
    let counts = format!(
        "{} and {}, {goals} goals in {sequents} sequents, {} that cannot occur",
        counted(nests as u128, "nest"),
        counted((checked.len() - nests) as u128, "statement"),
        counted(never as u128, "case")
    );
    let _ = match open {
        0 => writeln!(text, "proved for all sizes: {counts}; every certificate checked"),
        open => writeln!(text, "unanswered: {open} of {} theorems are open: {counts}", checked.len()),
    };
    text.push_str("outside: the range of machine integers, rounding, axes of length 0\n");
    text
}

/// `y[o] += x[q]*w[t], for 0 <= p_b`.
fn body(nest: &Nest) -> String {
    let [o, i, t] = &nest.adds;
    format!("y[{o}] += x[{i}]*w[{t}]{}", nest.for_which())
}

/// The same as the JSON document of `prove`.
pub fn all_sizes_json(checked: &[Checked]) -> String {
    let row = |c: &Checked| {
        let theorem = &c.theorem;
        let word = if c.result.is_ok() { "same" } else { "unanswered" };
        format!(
            "{{\"name\":{},\"verdict\":{},\"witness\":null,\"words\":{},\"symbols\":{},\"sequents\":{},\"goals\":{}}}",
            Quoted(&theorem.name),
            Quoted(word),
            Quoted(&theorem.words),
            Quoted(&theorem.symbols),
            theorem.sequents.len(),
            theorem.goals()
        )
    };
    let rows: Vec<String> = checked.iter().map(row).collect();
    let is_open = checked.iter().any(|c| c.result.is_err());
    let (verdict, claim) = if is_open { ("unanswered", "null") } else { ("same", "\"proved\"") };
    let remarks: Vec<String> =
        checked.iter().filter_map(|c| c.result.as_ref().err()).map(|why| Quoted(why).to_string()).collect();
    format!(
        "{{\"format\":1,\"spec\":null,\"verdict\":\"{verdict}\",\"claim\":{claim},\"formulations\":[\n{}\n],\"remarks\":[{}]}}\n",
        rows.join(",\n"),
        remarks.join(",")
    )
}

/// What was found about somebody's nest.
pub fn nest(nest: &Nest, verdict: &Verdict) -> String {
    let head = |word: &str| format!("{word}  {}: {}\n  {}\n", nest.name, nest.title, body(nest));
    match verdict {
        Verdict::Proved { sequents, goals, .. } => {
            let counts = format!("{goals} goals in {sequents} sequents, every certificate checked");
            format!("{}  exactly the products of the definition, once each, for all sizes: {counts}\n", head("proved"))
        }
        Verdict::Refuted { sizes, wrong } => format!("{}  at {}: {}\n", head("refuted"), shown(sizes), reason(wrong)),
        Verdict::Unknown { open, tried } => {
            let mut text = head("unknown");
            let _ = match tried {
                0 => {
                    writeln!(text, "  no size up to 3 is one that it assumes and ends on; no certificate was found for")
                }
                _ => writeln!(text, "  right on {tried} small sizes (enumerated); no certificate was found for"),
            };
            for (name, goals) in open {
                let goals = if goals.is_empty() { "no example was found in time".to_owned() } else { goals.join(", ") };
                let _ = writeln!(text, "    {name}: {goals}");
            }
            text.push_str("  a 'claim' on the way, or another 'inverse', may help\n");
            text
        }
    }
}

fn reason(wrong: &Wrong) -> String {
    match wrong {
        Wrong::Product { at: [o, i, t], got, right } => {
            let times = |n: &usize| if *n == 1 { "once".to_owned() } else { format!("{n} times") };
            let right = if *right == 0 { "never".to_owned() } else { times(right) };
            format!("y[{o}] += x[{i}]*w[{t}] is done {}, {right} is right", times(got))
        }
        Wrong::Undefined { what, values } => {
            let values: Vec<String> = values.iter().map(|(name, n)| format!("{name}={n}")).collect();
            format!("{what} ({})", values.join(" "))
        }
        Wrong::Length { got } => format!("the output has length {got}, not O"),
    }
}

/// The same as a JSON document.
pub fn nest_json(nest: &Nest, verdict: &Verdict) -> String {
    let (word, claim, reason) = match verdict {
        Verdict::Proved { .. } => ("proved", "\"proved\"".to_owned(), "null".to_owned()),
        Verdict::Refuted { sizes, wrong } => {
            let text = format!("at {}: {}", shown(sizes), reason(wrong));
            ("refuted", "null".to_owned(), Quoted(&text).to_string())
        }
        Verdict::Unknown { open, .. } => {
            let names: Vec<&str> = open.iter().map(|(name, _)| name.as_str()).collect();
            ("unknown", "null".to_owned(), Quoted(&format!("open: {}", names.join(", "))).to_string())
        }
    };
    format!(
        "{{\"format\":1,\"nest\":{},\"adds\":{},\"assumed\":[{}],\"verdict\":{},\"claim\":{claim},\"reason\":{reason}}}\n",
        Quoted(&nest.name),
        Quoted(&body(nest)),
        nest.conditions.iter().map(|c| Quoted(c).to_string()).collect::<Vec<_>>().join(","),
        Quoted(word)
    )
}
