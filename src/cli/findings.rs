//! A live implementation's report: how far it is, what it shows, how the command ends.

use super::report::{Report, say_unanswered};
use super::streams::Streams;
use super::{DIFFERS, SAME, UNANSWERED};
use crate::render::finding::{Manner, annotations, block, outcome};
use crate::render::shown::Shown;
use crate::subject::{Finding, Outcome, Step};
use crate::verify::{CaseReport, Shard, Verdict};

/// Shows how far a run is: on a terminal each question, elsewhere a line for each tenth of many.
pub(super) fn watcher<'a>(part: Option<Shard>, streams: &'a mut Streams<'_>) -> impl FnMut(Step<'_>) + 'a {
    let (mut last, mut tenths) = (0, 0);
    let of = part.map_or(String::new(), |part| format!("shard {part}: "));
    move |step| {
        if streams.is_watched() {
            if step.done != last || step.done == 0 || step.done == step.all {
                last = step.done;
                streams.progress(&format!("{of}{} of {}: {}", step.done, step.all, step.what));
            }
        } else if step.all >= MANY && 10 * step.done / step.all > tenths {
            tenths = 10 * step.done / step.all;
            streams.remark(&format!("{of}{} of {} asked", step.done, step.all));
        }
    }
}

/// So many questions take long enough to be told about in a log.
const MANY: usize = 50;

/// Says why something has no answer.
pub(super) fn unanswered(found: &Outcome, streams: &mut Streams<'_>) {
    let reports = found.reports.iter().filter(|report| report.verdict() == Verdict::Unanswered);
    let reason = |report: &'_ CaseReport| report.answer.as_ref().ok().and_then(|a| a.judgement.reason.clone());
    let all: Vec<(&str, String)> = reports.map(|r| (r.case.as_str(), reason(r).unwrap_or_default())).collect();
    say_unanswered(all.iter().map(|(case, reason)| (*case, reason.as_str())), streams);
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
    mut report: Report,
    judged: &str,
    repro: &dyn Fn(&Finding) -> String,
    command: &dyn Fn(&CaseReport) -> String,
) -> String {
    if report.manner == Manner::Github {
        return annotations(found, repro);
    }
    let blocks: Vec<String> =
        found.findings.iter().map(|finding| block(finding, &found.not_seen, Some(&repro(finding)))).collect();
    if report.manner == Manner::Text {
        blocks.iter().for_each(|block| report.say(block));
    }
    for one in &found.reports {
        let at = found.findings.iter().position(|f| f.cases.contains(&one.case));
        let shown = Shown::new(one, at.map_or_else(|| command(one), |at| repro(&found.findings[at])));
        // As text each mistake has its block once, above.
        let block = at.filter(|_| report.manner == Manner::Junit).map_or("", |at| &blocks[at]);
        report.add(&shown, block);
    }
    report.written(judged, &outcome(found))
}

/// A word of a command line, quoted where a shell would take it apart.
pub(super) fn quoted(text: &str) -> String {
    match text.contains([' ', '\'', '"', '$', '\\', '*', '[', '{', '(', ';', '&']) {
        true => format!("'{}'", text.replace('\'', r"'\''")),
        false => text.to_owned(),
    }
}
