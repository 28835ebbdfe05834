//! `convproof verify --subject`: a live implementation, asked and judged.

use std::path::Path;

use super::args::Verify;
use super::asked;
use super::streams::Streams;
use super::{DIFFERS, SAME, UNANSWERED};
use crate::dialect::Dialect;
use crate::error::{Error, RequestError};
use crate::geometry::Spec;
use crate::render::finding::{Manner, annotations, block, outcome};
use crate::render::verdict as render;
use crate::subject::{Entry, Finding, Outcome, Plan, Profile, Size, panel, run as ask, said};

/// Seed of the random geometries where none is given.
const SEED: u64 = 1;

pub(super) fn run(options: &Verify, streams: &mut Streams<'_>) -> Result<u8, Error> {
    let manner = manner(options)?;
    let live = &options.live;
    let mut process = super::subject::start(&options.subject)?;
    for remark in process.remarks() {
        streams.remark(&format!("remark: {remark}"));
    }
    let base = process.dialect().map_or_else(Profile::default, |dialect| Profile::of_dialect(dialect.name));
    let profile = Profile::parse(live.profile.as_deref().unwrap_or_default(), &base)?;
    let plan = plan(options, profile, process.dialect(), streams)?;
    let mut last = 0;
    let found = ask(&mut process, &plan, &mut |step| {
        if step.done != last || step.done == 0 || step.done == step.all {
            last = step.done;
            streams.progress(&format!("{} of {}: {}", step.done, step.all, step.what));
        }
    })?;
    streams.progress_done();
    if found.summary.cases == 0 {
        let place = format!("{} geometries", plan.entries.len());
        return Err(RequestError::NoCase { place, looked_for: "the subject has no words for any of them" }.into());
    }
    if !found.not_seen.is_empty() {
        streams.remark(&format!("not seen: {}", found.not_seen.join(", ")));
    }
    if let Some(folder) = &live.repro_dir {
        super::repro::write(folder, &found.findings)?;
    }
    let text = shown(options, &found, manner);
    streams.report(options.output.output.as_deref(), manner == Manner::Json, &text)?;
    Ok(if found.summary.differs > 0 || !found.findings.is_empty() {
        DIFFERS
    } else if found.summary.unanswered > 0 {
        UNANSWERED
    } else {
        SAME
    })
}

/// What the options ask for: `--spec` and `--specs` stand for the panel.
fn plan(
    options: &Verify,
    profile: Profile,
    dialect: Option<&'static Dialect>,
    streams: &mut Streams<'_>,
) -> Result<Plan, Error> {
    let live = &options.live;
    let mut texts: Vec<String> = options.spec.iter().cloned().collect();
    if let Some(path) = &live.specs {
        texts.extend(lines(path)?);
    }
    if !texts.is_empty() {
        let mut entries = Vec::new();
        for text in &texts {
            let asked = asked::one(text, &options.model, "--spec")?;
            entries.push(Entry { pads: asked.lowered.pads, ..Entry::new(asked.lowered.spec) });
        }
        let mut profile = profile;
        profile.kinds = Vec::new();
        for entry in &entries {
            if !profile.kinds.contains(&entry.spec.kind) {
                profile.kinds.push(entry.spec.kind);
            }
        }
        return Ok(Plan::new(profile, entries));
    }
    let size = match live.panel.as_deref() {
        None | Some("ci") => Size::Ci,
        Some("smoke") => Size::Smoke,
        Some("full") => Size::Full,
        Some(other) => {
            let problem = format!("'{other}'; panels are smoke, ci, full");
            return Err(RequestError::Option { option: "--panel", problem }.into());
        }
    };
    let seed = live.seed.unwrap_or(SEED);
    streams.remark(&format!("seed {seed}"));
    let mut entries = panel(&profile, size, live.random, seed)?;
    if let Some(dialect) = dialect {
        entries.extend(said(&profile, dialect, size));
    }
    Ok(Plan::new(profile, entries))
}

/// Specs of a file, one a line; empty lines and what follows `#` are left out.
fn lines(path: &Path) -> Result<Vec<String>, Error> {
    let bytes = crate::data::read_file(path, 1 << 20).map_err(|e| e.within(path.display().to_string()))?;
    let text = String::from_utf8_lossy(&bytes);
    let spec = |line: &str| line.split('#').next().unwrap_or_default().trim().to_owned();
    Ok(text.lines().map(spec).filter(|line| !line.is_empty()).collect())
}

fn manner(options: &Verify) -> Result<Manner, Error> {
    match options.format.as_deref() {
        Some("github") => Ok(Manner::Github),
        other => Ok(match super::streams::is_json(other, options.output.output.as_deref())? {
            true => Manner::Json,
            false => Manner::Text,
        }),
    }
}

fn shown(options: &Verify, found: &Outcome, manner: Manner) -> String {
    let repro = |finding: &Finding| repro(options, finding);
    if manner == Manner::Json {
        let of = |case: &str| found.findings.iter().find(|f| f.cases.iter().any(|c| c == case)).map(&repro);
        let case = |report: &crate::verify::CaseReport| {
            let spec = report.spec.as_ref().map(Spec::to_string).unwrap_or_default();
            let command = of(&report.case).unwrap_or_else(|| command(options, &spec, report.role));
            render::json_case(report, &command)
        };
        let cases: Vec<String> = found.reports.iter().map(case).collect();
        return render::document(&found.summary, &cases.join(",\n"));
    }
    if manner == Manner::Github {
        return annotations(found, &repro);
    }
    let mut text = String::new();
    for finding in &found.findings {
        text.push_str(&block(finding, &found.not_seen, Some(&repro(finding))));
        text.push('\n');
    }
    if options.list {
        for report in &found.reports {
            text.push_str(&render::line(report));
            text.push('\n');
        }
    }
    text.push_str(&outcome(found));
    text.push('\n');
    text
}

fn repro(options: &Verify, finding: &Finding) -> String {
    command(options, &finding.words, Some(finding.role))
}

/// The command that asks one geometry again.
fn command(options: &Verify, words: &str, role: Option<crate::verify::Role>) -> String {
    let quoted = |text: &str| match text.contains([' ', '\'', '"', '$', '\\', '*', '[', '{', '(', ';', '&']) {
        true => format!("'{}'", text.replace('\'', r"'\''")),
        false => text.to_owned(),
    };
    let mut line = format!("convproof verify --subject {}", quoted(options.subject.subject.as_deref().unwrap_or("")));
    if let Some(dialect) = &options.subject.dialect {
        line.push_str(&format!(" --dialect {dialect}"));
    }
    line.push_str(&format!(" --spec {}", quoted(words)));
    let mut profile = options.live.profile.clone().unwrap_or_default();
    let role = role.filter(|role| *role != crate::verify::Role::Forward);
    if let Some(role) = role {
        let kept: Vec<&str> = profile.split_whitespace().filter(|word| !word.starts_with("role=")).collect();
        profile = format!("{} role={}", kept.join(" "), role.name()).trim().to_owned();
    }
    if !profile.is_empty() {
        line.push_str(&format!(" --profile {}", quoted(&profile)));
    }
    line
}
