//! A live implementation's report: which format, what it shows, how the command ends.

use std::path::Path;

use super::streams::{Streams, is_json};
use super::{DIFFERS, SAME, UNANSWERED};
use crate::error::Error;
use crate::render::finding::{Manner, annotations, block, outcome};
use crate::render::verdict as render;
use crate::subject::{Finding, Outcome, Step};
use crate::verify::{CaseReport, Verdict};

/// text, json or github, by `--format` or the suffix of `--output`.
pub(super) fn manner(format: Option<&str>, output: Option<&Path>) -> Result<Manner, Error> {
    match format {
        Some("github") => Ok(Manner::Github),
        other => Ok(if is_json(other, output)? { Manner::Json } else { Manner::Text }),
    }
}

/// Shows how far a run is, once for each question.
pub(super) fn watcher<'a>(streams: &'a mut Streams<'_>) -> impl FnMut(Step<'_>) + 'a {
    let mut last = 0;
    move |step| {
        if step.done != last || step.done == 0 || step.done == step.all {
            last = step.done;
            streams.progress(&format!("{} of {}: {}", step.done, step.all, step.what));
        }
    }
}

/// Says why something has no answer: each reason once, with the first case that it is about.
pub(super) fn say_unanswered(found: &Outcome, streams: &mut Streams<'_>) {
    let mut said: Vec<&str> = Vec::new();
    for report in found.reports.iter().filter(|report| report.verdict() == Verdict::Unanswered) {
        let reason = report.answer.as_ref().ok().and_then(|a| a.judgement.reason.as_deref()).unwrap_or_default();
        if !said.contains(&reason) {
            said.push(reason);
            streams.remark(&format!("unanswered: {}: {reason}", report.case));
        }
    }
}

/// The exit status of a run.
pub(super) fn status(found: &Outcome) -> u8 {
    if found.summary.differs > 0 || !found.findings.is_empty() {
        DIFFERS
    } else if found.summary.unanswered > 0 {
        UNANSWERED
    } else {
        SAME
    }
}

/// A report: `repro` is the command that shows a finding again, `command` the one for a case without one.
pub(super) fn shown(
    found: &Outcome,
    manner: Manner,
    list: bool,
    repro: &dyn Fn(&Finding) -> String,
    command: &dyn Fn(&CaseReport) -> String,
) -> String {
    if manner == Manner::Json {
        let of = |case: &str| found.findings.iter().find(|f| f.cases.iter().any(|c| c == case)).map(repro);
        let case = |report: &CaseReport| {
            let command = of(&report.case).unwrap_or_else(|| command(report));
            render::json_case(report, &command)
        };
        let cases: Vec<String> = found.reports.iter().map(case).collect();
        return render::document(&found.summary, &cases.join(",\n"));
    }
    if manner == Manner::Github {
        return annotations(found, repro);
    }
    let mut text = String::new();
    for finding in &found.findings {
        text.push_str(&block(finding, &found.not_seen, Some(&repro(finding))));
        text.push('\n');
    }
    if list {
        for report in &found.reports {
            text.push_str(&render::line(report));
            text.push('\n');
        }
    }
    text.push_str(&outcome(found));
    text.push('\n');
    text
}

/// A word of a command line, quoted where a shell would take it apart.
pub(super) fn quoted(text: &str) -> String {
    match text.contains([' ', '\'', '"', '$', '\\', '*', '[', '{', '(', ';', '&']) {
        true => format!("'{}'", text.replace('\'', r"'\''")),
        false => text.to_owned(),
    }
}
