//! The report of `prove --sweep`: what was found over a family, and how fast.

use std::fmt::Write as _;
use std::time::Duration;

use super::prove::{difference, document, formulation_json, in_words};
use crate::equivalence::sweep::{Route, SweepReport};

/// All sweeps of one family as text, one after the other.
pub fn sweeps(reports: &[SweepReport], family: &str) -> String {
    reports.iter().map(|report| sweep(report, family)).collect::<Vec<_>>().join("\n")
}

/// How a route compares, in the head line.
fn how(route: Route) -> &'static str {
    match route {
        Route::PerAxis => "each axis compared by itself",
        Route::Matrices => "each C compared entry by entry with the definition's rows",
        Route::Formulations => "each compared on indeterminates",
    }
}

/// What a route compares, and what they are if they are the same.
fn compared(route: Route) -> (&'static str, &'static str) {
    match route {
        Route::PerAxis | Route::Formulations => ("formulations", "map"),
        Route::Matrices => ("constructions", "matrix"),
    }
}

/// How fast a sweep was: `sweep: formulations: 29251 geometries, 48,213 a second (six
/// formulations)`, and how many were compared as a whole where that is not all of them.
pub fn rate(report: &SweepReport, time: Duration) -> String {
    let nanoseconds = time.as_nanos().max(1);
    let rate = u128::from(report.geometries) * 1_000_000_000 / nanoseconds;
    let mut counts = report.outcomes.len();
    if report.route == Route::Matrices {
        counts += 1; // the definition's rows are built as well
    }
    let mut text = format!(
        "sweep: {}: {} geometries, {} a second ({} {}",
        report.route.word(),
        report.geometries,
        thousands(rate),
        in_words(counts),
        compared(report.route).0
    );
    if report.in_full != report.geometries && report.in_full > 0 {
        let _ = write!(text, ", {} geometries compared as a whole", report.in_full);
    }
    text + ")"
}

/// `1,234,567`.
fn thousands(n: u128) -> String {
    let digits = n.to_string();
    let mut text = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// A sweep as text: one line per formulation or construction with the simplest witness, the claim.
pub fn sweep(report: &SweepReport, family: &str) -> String {
    let mut text =
        format!("{family}: {} combinations, {} legal, {}\n", report.combinations, report.geometries, how(report.route));
    let width = report.outcomes.iter().map(|o| o.name.chars().count()).max().unwrap_or(0);
    for outcome in &report.outcomes {
        let _ =
            writeln!(text, "  {:width$}   {}  {}/{}", outcome.name, outcome.word(), outcome.same, report.geometries);
        if let Some(witness) = &outcome.witness {
            let _ = writeln!(text, "    first at {}", witness.spec);
            text.push_str(&difference(witness));
        }
        if let Some(reason) = &outcome.reason {
            let _ = writeln!(text, "    {} skipped: {reason}", outcome.skipped);
        }
    }
    let all = report.outcomes.len();
    let (what, one) = compared(report.route);
    let (different, skipped) =
        report.outcomes.iter().fold((0, 0), |(d, s), o| (d + u32::from(o.differs > 0), s + u32::from(o.skipped > 0)));
    let claim = match (different, skipped) {
        (0, 0) => format!("enumerated: {} {what}, one {one}, on every geometry of this family", in_words(all)),
        (0, skipped) => format!("unanswered: {skipped} of {all} {what} skipped some geometry"),
        (different, _) => format!("differs: {different} of {all} {what} are another {one} on some geometry"),
    };
    text.push_str(&claim);
    text.push('\n');
    text
}

/// All sweeps of one family as one JSON document of `prove`, with `spec` null. Where there are
/// several, a name says by which route: `gather, per-axis`.
pub fn sweep_json(reports: &[SweepReport], family: &str) -> String {
    let (mut rows, mut words, mut remarks) = (Vec::new(), Vec::new(), Vec::new());
    for report in reports {
        let route = if reports.len() > 1 { format!(", {}", report.route.word()) } else { String::new() };
        remarks.push(format!("{family}: {} combinations, {} legal{route}", report.combinations, report.geometries));
        for outcome in &report.outcomes {
            let name = format!("{}{route}", outcome.name);
            rows.push(formulation_json(&name, outcome.word(), outcome.witness.as_deref()));
            words.push(outcome.word());
            if let Some(reason) = &outcome.reason {
                remarks.push(format!("{name} skipped {}: {reason}", outcome.skipped));
            }
        }
    }
    document(None, &words, "enumerated", &rows, &remarks)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_cut_into_thousands() {
        for (n, shown) in [(0, "0"), (999, "999"), (1000, "1,000"), (48_213, "48,213"), (1_500_000, "1,500,000")] {
            assert_eq!(thousands(n), shown);
        }
    }
}
