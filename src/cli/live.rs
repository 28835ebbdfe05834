//! `convproof verify --subject`: a live implementation, asked and judged.

use super::args::Verify;
use super::findings::{quoted, shown, status, unanswered, watcher};
use super::geometries::Choice;
use super::report::{Report, Whole, manner};
use super::streams::Streams;
use crate::data::ElementType;
use crate::error::{Error, RequestError};
use crate::geometry::Spec;
use crate::render::finding::Manner;
use crate::subject::{Finding, Plan, Profile, run as ask};
use crate::verify::{Role, Shard};

pub(super) fn run(options: &Verify, streams: &mut Streams<'_>) -> Result<u8, Error> {
    let output = options.output.output.as_deref();
    let manner = manner(options.format.as_deref(), output, true)?;
    let shard = options.shard.as_deref().map(str::parse::<Shard>).transpose()?;
    let live = &options.live;
    let mut report = Report::new(manner, options.list, options.fail_on_weak);
    let mut process = super::subject::start(&options.subject)?;
    for remark in process.remarks() {
        streams.remark(&format!("remark: {remark}"));
    }
    let base = process.dialect().map_or_else(Profile::default, |dialect| Profile::of_dialect(dialect.name));
    let mut profile = Profile::parse(live.profile.as_deref().unwrap_or_default(), &base)?;
    let spec: Vec<String> = options.spec.iter().cloned().collect();
    let choice = Choice {
        spec: &spec,
        specs: live.specs.as_deref(),
        panel: live.panel.as_deref(),
        random: live.random,
        seed: live.seed,
        model: &options.model,
    };
    let chosen = choice.entries(&profile, process.dialect(), streams)?;
    if let Some(words) = &chosen.words {
        profile = Profile::parse(words, &profile)?;
    }
    let mut plan = Plan::new(profile, chosen.entries);
    plan.part = shard;
    report.part = shard.map(|shard| {
        let command = (&options.subject.subject, &options.subject.dialect);
        let mut whole = Whole::new(&[&command, &plan.profile, &chosen.seed]);
        plan.cases().for_each(|case| whole.case(&case));
        whole.part(shard)
    });
    let found = ask(&mut process, &plan, &mut watcher(shard, streams))?;
    streams.progress_done();
    if !process.has_answered() && found.summary.cases > 0 {
        let said = found.findings.first().and_then(|finding| finding.diagnosis.first());
        let place = format!("the answers of {}: there are none", options.subject.subject.as_deref().unwrap_or(""));
        streams.remark(&said.map_or_else(String::new, |said| format!("{}: {}", said.id, said.message)));
        return Err(RequestError::NoCase { place, looked_for: "each question is answered by a line of JSON" }.into());
    }
    // A part may be empty: the cases are in the others.
    if found.summary.cases == 0 && (shard.is_none() || plan.cases().next().is_none()) {
        let place = format!("{} geometries", plan.entries.len());
        return Err(RequestError::NoCase {
            place,
            looked_for: "the dialect has words for some of them, and the profile takes them",
        }
        .into());
    }
    if !found.not_seen.is_empty() {
        streams.remark(&format!("not seen: {}", found.not_seen.join(", ")));
    }
    unanswered(&found, streams);
    if let Some(folder) = &live.repro_dir {
        super::repro::write(folder, &found.findings)?;
    }
    let of_case = |report: &crate::verify::CaseReport| {
        let spec = report.spec.as_ref().map(Spec::to_string).unwrap_or_default();
        command(options, &spec, report.role, None)
    };
    let judged = format!("convproof verify --subject {}", options.subject.subject.as_deref().unwrap_or(""));
    let text = shown(&found, report, &judged, &|finding| repro(options, finding), &of_case);
    streams.report(output, manner != Manner::Text, &text)?;
    Ok(status(&found))
}

fn repro(options: &Verify, finding: &Finding) -> String {
    command(options, &finding.words, Some(finding.role), finding.elements.first().copied())
}

/// The command that asks one geometry again.
fn command(options: &Verify, words: &str, role: Option<Role>, element: Option<ElementType>) -> String {
    let mut line = format!("convproof verify --subject {}", quoted(options.subject.subject.as_deref().unwrap_or("")));
    if let Some(dialect) = &options.subject.dialect {
        line.push_str(&format!(" --dialect {dialect}"));
    }
    if let Some(python) = &options.subject.python {
        line.push_str(&format!(" --python {}", quoted(python)));
    }
    line.push_str(&format!(" --spec {}", quoted(words)));
    // Of roles and types the one that failed; what the spec says of the operation need not be said again.
    let mut profile: Vec<String> =
        options.live.profile.iter().flat_map(|words| words.split_whitespace()).map(str::to_owned).collect();
    let mut keep = |word: &str, value: Option<&str>, default: &str| {
        let Some(value) = value else { return };
        let known = profile.iter().position(|part| part.starts_with(word));
        match (known, value == default) {
            (Some(at), _) => profile[at] = format!("{word}{value}"),
            (None, false) => profile.push(format!("{word}{value}")),
            (None, true) => {}
        }
    };
    keep("role=", role.map(Role::name), Role::Forward.name());
    keep("dtype=", element.map(ElementType::short_name), ElementType::F32.short_name());
    let profile = profile.join(" ");
    if !profile.is_empty() {
        line.push_str(&format!(" --profile {}", quoted(&profile)));
    }
    line
}
