//! The report of `shape --solve`: windows between two sizes.

use std::fmt::Write as _;

use super::json::Quoted;
use crate::dialect::DIALECTS;
use crate::translate::Solution;

/// A line for each of the first `most` solutions, and how many more there are.
pub fn text(solutions: &[Solution], most: usize) -> String {
    let shown = &solutions[..most.min(solutions.len())];
    let width = shown.iter().map(|s| s.spec.to_string().chars().count()).max().unwrap_or(0);
    let mut text = String::new();
    for solution in shown {
        let even = if solution.even { "even    " } else { "uneven  " };
        let _ = writeln!(text, "{:width$}  {even}{}", solution.spec.to_string(), said_by(solution));
    }
    match solutions.len() - shown.len() {
        0 if shown.is_empty() => text.push_str("no window up to kernel 16 and dilation 2 does this\n"),
        0 => {}
        more => drop(writeln!(text, "… and {more} more")),
    }
    text
}

/// `all dialects`, `all but tensorflow`, or the names.
fn said_by(solution: &Solution) -> String {
    let said = solution.dialects();
    let others: Vec<&str> = DIALECTS.iter().map(|d| d.name).filter(|name| !said.contains(name)).collect();
    match (said.len(), others.len()) {
        (_, 0) => "all dialects".to_owned(),
        (0, _) => "no dialect".to_owned(),
        (a, b) if b < a => format!("all but {}", others.join(", ")),
        _ => said.join(", "),
    }
}

/// The first `most` solutions as one JSON document.
pub fn json(from: &[i64], to: &[i64], solutions: &[Solution], most: usize) -> String {
    let row = |solution: &Solution| {
        let dialects: Vec<String> = solution.dialects().iter().map(|name| Quoted(name).to_string()).collect();
        let spec = Quoted(&solution.spec.to_string()).to_string();
        format!("{{\"spec\":{spec},\"even\":{},\"dialects\":[{}]}}", solution.even, dialects.join(","))
    };
    let rows: Vec<String> = solutions.iter().take(most).map(row).collect();
    let total = solutions.len();
    format!(
        "{{\"format\":1,\"from\":{from:?},\"to\":{to:?},\"total\":{total},\"solutions\":[\n{}\n]}}\n",
        rows.join(",\n")
    )
}
