//! A whole run: a panel asked in every role and type, what is wrong found and named.

use super::finding::{Finding, findings};
use super::invalid::accepted;
use super::observe::{Observation, Trouble, observe};
use super::panel::Entry;
use super::pattern::unseen;
use super::probes::{Extent, Purpose, probes};
use super::profile::{Profile, Sums};
use super::{Request, Subject};
use crate::data::ElementType;
use crate::error::Error;
use crate::geometry::{Pads, Spec};
use crate::verify::{Answer, CaseReport, Diagnosis, Judgement, Question, Role, Shard, Summary};

/// What a run asks.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Plan {
    /// Roles, types and how they are judged.
    pub profile: Profile,
    /// The geometries.
    pub entries: Vec<Entry>,
    /// Which part of it is asked; all of it without.
    pub part: Option<Shard>,
}

impl Plan {
    /// These geometries, judged by this profile.
    pub fn new(profile: Profile, entries: Vec<Entry>) -> Plan {
        Plan { profile, entries, part: None }
    }

    /// The names of all its cases, those of other parts included.
    pub fn cases(&self) -> impl Iterator<Item = String> {
        questions(self).map(|(entry, role, element)| case(entry, role, element))
    }

    pub(super) fn takes(&self, case: &str) -> bool {
        self.part.is_none_or(|part| part.takes(case))
    }
}

/// What a report calls a question: unique within a run.
pub(super) fn case(entry: &Entry, role: Role, element: ElementType) -> String {
    let (role, element) = (role.name(), element.short_name());
    match entry.pads {
        Pads::Explicit => format!("{} {role} {element}", entry.spec),
        pads => format!("{} {role} {element} ({pads:?})", entry.spec),
    }
}

/// What a run found.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Outcome {
    /// One report per geometry, role and type.
    pub reports: Vec<CaseReport>,
    /// The mistakes, each once.
    pub findings: Vec<Finding>,
    /// Counts.
    pub summary: Summary,
    /// Matrix entries that were read out and are right.
    pub entries_read: usize,
    /// Geometries for which the subject has no words.
    pub unsaid: usize,
    /// What no geometry showed.
    pub not_seen: Vec<String>,
}

impl Outcome {
    /// Whether everything that was asked is right.
    pub fn is_same(&self) -> bool {
        self.findings.is_empty() && self.summary.unanswered == 0 && self.summary.cases > 0
    }
}

/// Every question of a plan in the order in which [`run`] puts them, those about invalid input left
/// out; a question that is put twice is there once.
///
/// # Errors
/// As [`run`].
pub fn requests(plan: &Plan) -> Result<Vec<Request>, Error> {
    let mut all = Vec::new();
    for (entry, role, element) in questions(plan) {
        let probes = probes(entry, role, element, &plan.profile, Extent::Whole)?;
        let once = probes.all.into_iter().filter(|probe| !probe.purpose.asks_more());
        all.extend(once.map(|probe| probe.request));
    }
    Ok(all)
}

/// Geometry, role and type of every question.
pub(super) fn questions(plan: &Plan) -> impl Iterator<Item = (&Entry, Role, ElementType)> {
    let Plan { profile, entries, .. } = plan;
    profile.roles.iter().flat_map(move |role| {
        let elements = profile.elements.iter().enumerate();
        elements.flat_map(move |(n, element)| {
            let some = if n == 0 { entries.len() } else { entries.len().min(OTHER_TYPES) };
            entries[..some].iter().map(move |entry| (entry, *role, *element))
        })
    })
}

/// How far a run is.
#[derive(Debug, Clone, Copy)]
#[non_exhaustive]
pub struct Step<'a> {
    /// What is asked, or looked for.
    pub what: &'a str,
    /// Questions done.
    pub done: usize,
    /// Questions of the panel.
    pub all: usize,
}

/// Types after the first are asked this many geometries of the panel.
const OTHER_TYPES: usize = 12;

/// Asks a subject everything in a plan. It may crash, hang and answer rubbish: each is a finding.
///
/// # Errors
/// Those of a spec in the plan that is too large to be asked (L1 …).
pub fn run(subject: &mut dyn Subject, plan: &Plan, watch: &mut dyn FnMut(Step<'_>)) -> Result<Outcome, Error> {
    let profile = &plan.profile;
    let is_asked =
        |(entry, role, element): &(&Entry, _, _)| plan.part.is_none() || plan.takes(&case(entry, *role, *element));
    let asked: Vec<_> = questions(plan).filter(is_asked).collect();
    let (all, mut done, mut unsaid) = (asked.len(), 0, 0);
    let mut observations: Vec<Observation> = Vec::new();
    for (entry, role, element) in asked {
        let spec = entry.spec.to_string();
        watch(Step { what: &spec, done, all });
        done += 1;
        match observe(subject, entry, role, element, profile, Extent::Whole)? {
            None => unsaid += 1,
            Some(observation) => observations.push(slim(observation)),
        }
        let never = |o: &Observation| matches!(o.trouble, Some(Trouble::Failed(..)));
        if subject.can_ask_more() && observations.len() == MAX_SILENT && observations.iter().all(never) {
            return Ok(silent(subject, profile, &observations, unsaid));
        }
    }
    let mut tell = |what: &str| watch(Step { what, done, all });
    let mut findings = findings(subject, profile, &observations, &mut tell)?;
    let invalid = accepted(subject, plan)?;
    findings.extend(invalid.iter().cloned());
    let mut outcome = Outcome {
        reports: Vec::new(),
        findings,
        summary: Summary::default(),
        entries_read: 0,
        unsaid,
        not_seen: not_seen(&observations, profile),
    };
    if !subject.can_ask_more() {
        outcome.not_seen.extend(["invalid input (not asked)", "unstable results (asked once)"].map(str::to_owned));
    }
    for observation in &observations {
        outcome.entries_read +=
            observation.reading.as_ref().filter(|_| observation.is_read).map_or(0, |r| r.entries.len());
        let report = report(observation, &outcome.findings, profile);
        outcome.summary.count(&report);
        outcome.reports.push(report);
    }
    for finding in invalid {
        let (judgement, spec) = (finding.judgement.clone(), Some(finding.spec.clone()));
        for case in finding.cases.clone() {
            let report = answered(case, spec.clone(), finding.role, judgement.clone(), &finding.diagnosis, profile);
            outcome.summary.count(&report);
            outcome.reports.push(report);
        }
    }
    Ok(outcome)
}

/// A subject that failed on so many geometries and answered none is asked no more.
const MAX_SILENT: usize = 4;

/// What is found about a subject that never answered.
fn silent(subject: &dyn Subject, profile: &Profile, observations: &[Observation], unsaid: usize) -> Outcome {
    let mut finding = Finding::of_silence(subject, &observations[0]);
    finding.failing = observations.len();
    finding.asked = observations.len();
    finding.cases = observations.iter().map(Observation::case).collect();
    let mut outcome = Outcome {
        findings: vec![finding],
        unsaid,
        summary: Summary::default(),
        reports: Vec::new(),
        entries_read: 0,
        not_seen: Vec::new(),
    };
    for observation in observations {
        let report = report(observation, &outcome.findings, profile);
        outcome.summary.count(&report);
        outcome.reports.push(report);
    }
    outcome
}

/// Without the arrays that nothing will look at again.
fn slim(mut observation: Observation) -> Observation {
    if observation.trouble.is_none() {
        let evidence = |purpose: &Purpose| matches!(purpose, Purpose::Dense | Purpose::OneHot | Purpose::Zero);
        let empty = |question: &Question| Question { x: None, w: None, b: None, g: None, ..question.clone() };
        for call in &mut observation.calls {
            if !evidence(&call.purpose) {
                call.question = empty(&call.question);
            }
        }
    }
    observation
}

fn not_seen(observations: &[Observation], profile: &Profile) -> Vec<String> {
    let answered = observations.iter().filter(|o| o.unanswered.is_none());
    let specs: Vec<&Spec> = answered.map(|o| &o.entry.spec).collect();
    let mut all = unseen(&specs, profile.batch);
    if profile.sums == Sums::Transformed {
        all.push("arithmetic (declared as sums of transformed numbers)".to_owned());
    }
    all
}

fn report(observation: &Observation, findings: &[Finding], profile: &Profile) -> CaseReport {
    let case = observation.case();
    let found = findings.iter().find(|finding| finding.cases.contains(&case));
    let own = observation.calls.first().map(|c| c.question.default_arithmetic());
    let profile = Profile { arithmetic: profile.arithmetic.or(own), ..profile.clone() };
    let diagnosis = found.map_or(&[][..], |finding| &finding.diagnosis);
    let spec = Some(observation.entry.spec.clone());
    answered(case, spec, observation.role, observation.judgement(), diagnosis, &profile)
}

fn answered(
    case: String,
    spec: Option<Spec>,
    role: Role,
    judgement: Judgement,
    diagnosis: &[Diagnosis],
    profile: &Profile,
) -> CaseReport {
    let answer = Answer {
        judgement,
        arithmetic: profile.arithmetic.unwrap_or_else(|| profile.default_arithmetic()),
        diagnosis: diagnosis.to_vec(),
        weak: Vec::new(),
        remarks: Vec::new(),
    };
    CaseReport { case, spec, role: Some(role), answer: Ok(answer), remarks: Vec::new() }
}
