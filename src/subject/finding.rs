//! What is wrong about a subject: one finding per mistake, at the smallest geometry that shows it.

use std::collections::BTreeMap;

use super::Subject;
use super::naming::{Name, names, of_trouble};
use super::observe::{Observation, expected_matrix, observe};
use super::panel::Entry;
use super::pattern::pattern;
use super::probes::{Extent, Purpose};
use super::profile::Profile;
use super::reading::Reading;
use super::separate::told_apart;
use super::shrink::shrink;
use crate::data::ElementType;
use crate::error::Error;
use crate::geometry::Spec;
use crate::matrix::ConvMatrix;
use crate::verify::{Diagnosis, Judgement, Question, Role};

/// One mistake of a subject.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Finding {
    /// The mistake that reproduces what was observed, if one does; first in `diagnosis`.
    pub diagnosis: Vec<Diagnosis>,
    /// The subject's name.
    pub subject: String,
    /// What was computed.
    pub role: Role,
    /// Element types in which it was seen.
    pub elements: Vec<ElementType>,
    /// The smallest geometry that shows it.
    pub spec: Spec,
    /// That geometry in the subject's own words.
    pub words: String,
    /// Geometries that show it, and geometries asked.
    pub failing: usize,
    /// Geometries asked in this role.
    pub asked: usize,
    /// What those that fail have in common.
    pub pattern: Option<String>,
    /// What was found about the smallest geometry.
    pub judgement: Judgement,
    /// Its matrix as it should be and as it was observed.
    pub matrix: Option<(ConvMatrix, Reading)>,
    /// A wrong call on the smallest geometry.
    pub call: Option<Question>,
    /// The names of the cases that fail by it.
    pub cases: Vec<String>,
}

/// The place of an observation that failed, and its names.
type Member = (usize, Vec<Name>);

/// Groups what failed by its name, and makes each group's geometry smaller.
///
/// # Errors
/// Those of asking once more.
pub(super) fn findings(
    subject: &mut dyn Subject,
    profile: &Profile,
    observations: &[Observation],
    watch: &mut dyn FnMut(&str),
) -> Result<Vec<Finding>, Error> {
    let named = told_apart(subject, profile, observations, names(observations), watch)?;
    // Role and id; the order of the panel within a group, groups in the order of their first.
    let mut groups: BTreeMap<(usize, &'static str, String), Vec<Member>> = BTreeMap::new();
    let mut order: Vec<(usize, &'static str, String)> = Vec::new();
    for (n, observation) in observations.iter().enumerate().filter(|(_, o)| o.trouble.is_some()) {
        let all = named.get(&n).cloned().unwrap_or_default();
        let role = Role::ALL.iter().position(|(_, role)| *role == observation.role).unwrap_or(0);
        // Failures that say different things are different findings.
        let said = all.first().filter(|name| !name.is_numeric).map_or_else(String::new, |name| gist(&name.diagnosis));
        let key = (role, all.first().map_or("", |name| name.diagnosis.id), said);
        if !order.contains(&key) {
            order.push(key.clone());
        }
        groups.entry(key).or_default().push((n, all));
    }
    // Most failures first, those without a name last.
    order.sort_by_key(|key| (key.0, key.1.is_empty(), std::cmp::Reverse(groups[key].len())));
    let mut findings: Vec<Finding> = Vec::new();
    for key in order {
        let group = &groups[&key];
        watch(if key.1.is_empty() { "making a failure smaller" } else { key.1 });
        let (found, shown) = finding(subject, profile, observations, group)?;
        // What has no name where it was seen may have one where it is small: a mistake that leaves
        // no output at all on larger geometries, say.
        let known = of_trouble(&shown);
        let is_empty = |o: &Observation| o.wrong().next().is_some() && o.wrong().all(|call| call.question.y.is_empty());
        let leaves_nothing = group.iter().all(|(n, _)| is_empty(&observations[*n]));
        let is_known = |other: &&mut Finding| {
            let name = other.diagnosis.first().map(|d| (d.id, d.variant));
            let has_cells = other.call.as_ref().is_some_and(|call| !call.y.is_empty());
            let same_name = key.1.is_empty() && known.iter().any(|n| Some(n.key()) == name);
            other.role == found.role && (same_name || leaves_nothing && has_cells && name.is_some())
        };
        match findings.iter_mut().find(is_known) {
            None => findings.push(found),
            Some(other) => {
                other.failing += found.failing;
                other.cases.extend(found.cases);
                let failed = |o: &&Observation| other.cases.contains(&o.case());
                let of_role = || observations.iter().filter(|o| o.role == found.role);
                let failing: Vec<&Spec> = of_role().filter(failed).map(|o| &o.entry.spec).collect();
                let passing: Vec<&Spec> = of_role().filter(|o| o.is_right()).map(|o| &o.entry.spec).collect();
                other.pattern = pattern(&[&failing[..], &[&other.spec]].concat(), &passing);
            }
        }
    }
    Ok(findings)
}

fn finding(
    subject: &mut dyn Subject,
    profile: &Profile,
    observations: &[Observation],
    group: &[Member],
) -> Result<(Finding, Observation), Error> {
    // One input or one tap shows little.
    let is_poor = |o: &Observation| o.entry.spec.geometry.axes().iter().any(|a| a.input() < 2 || a.kernel() < 2);
    let size = |o: &Observation| (is_poor(o), o.entry.spec.geometry.rank(), o.entry.spec.geometry.products());
    let smallest = group.iter().min_by_key(|(n, _)| size(&observations[*n])).expect("a group has a member");
    let (first, names) = (&observations[smallest.0], &smallest.1);
    let same_role: Vec<&Observation> = observations.iter().filter(|o| o.role == first.role).collect();
    let failing: Vec<&Observation> = group.iter().map(|(n, _)| &observations[*n]).collect();
    let mut elements: Vec<ElementType> = Vec::new();
    for observation in &failing {
        if !elements.contains(&observation.element) {
            elements.push(observation.element);
        }
    }
    let specs: Vec<&Spec> = failing.iter().map(|o| &o.entry.spec).collect();
    let passing: Vec<&Spec> = same_role.iter().filter(|o| o.is_right()).map(|o| &o.entry.spec).collect();
    let head = names.first().cloned();
    let mut shrunk: Option<Observation> = None;
    let can_ask = subject.can_ask_more();
    // What the profile does not take would fail for another reason.
    let own = profile.takes(&first.entry.spec);
    shrink(&first.entry, &mut |entry: &Entry| {
        if !can_ask || own && !profile.takes(&entry.spec) {
            return false;
        }
        let asked = observe(subject, entry, first.role, first.element, profile, Extent::Brief);
        let Ok(Some(observation)) = asked else { return false };
        let same = same_failure(first, &observation, head.as_ref());
        if same {
            shrunk = Some(observation);
        }
        same
    });
    let shown = shrunk.as_ref().unwrap_or(first);
    let diagnosis = match shrunk.is_some() {
        false => names.iter().map(|name| name.diagnosis.clone()).collect(),
        true => renamed(shown, names),
    };
    let judgement = shown.judgement();
    let matrix = match &shown.reading {
        Some(reading) => Some((expected_matrix(&shown.entry.spec, shown.role)?, reading.clone())),
        None => None,
    };
    let order = |purpose: &Purpose| match purpose {
        Purpose::Single => 0,
        Purpose::Dense => 1,
        Purpose::Zero => 2,
        _ => 3,
    };
    let call = shown.wrong().min_by_key(|call| order(&call.purpose)).map(|call| call.question.clone());
    let found = Finding {
        diagnosis,
        subject: subject.name(),
        role: shown.role,
        elements,
        spec: shown.entry.spec.clone(),
        words: shown.words.clone(),
        failing: group.len(),
        asked: same_role.len(),
        // The geometry that is shown must have what is said of those that fail.
        pattern: pattern(&[&specs[..], &[&shown.entry.spec]].concat(), &passing),
        judgement,
        matrix,
        call,
        cases: failing.iter().map(|o| o.case()).collect(),
    };
    Ok((found, shown.clone()))
}

/// What a message says, without its numbers.
fn gist(diagnosis: &Diagnosis) -> String {
    match diagnosis.id {
        "valid-refused" | "failed" | "crashed" | "bad-answer" => {
            diagnosis.message.chars().filter(|c| !c.is_ascii_digit()).take(120).collect()
        }
        _ => String::new(),
    }
}

impl Finding {
    /// The finding about a subject that never answers.
    pub(super) fn of_silence(subject: &dyn Subject, first: &Observation) -> Finding {
        Finding {
            diagnosis: of_trouble(first).into_iter().map(|name| name.diagnosis).collect(),
            subject: subject.name(),
            role: first.role,
            elements: vec![first.element],
            spec: first.entry.spec.clone(),
            words: first.words.clone(),
            failing: 1,
            asked: 1,
            pattern: Some("never answers; no more was asked".to_owned()),
            judgement: first.judgement(),
            matrix: None,
            call: None,
            cases: Vec::new(),
        }
    }
}

/// Whether a smaller geometry fails as the first did: by the same mistake, or as long as no mistake
/// has a name by any trouble of the same kind.
fn same_failure(first: &Observation, smaller: &Observation, head: Option<&Name>) -> bool {
    let (Some(before), Some(now)) = (&first.trouble, &smaller.trouble) else { return false };
    if std::mem::discriminant(before) != std::mem::discriminant(now) {
        return false;
    }
    match head.filter(|name| name.is_numeric) {
        Some(name) => of_trouble(smaller).iter().any(|other| other.key() == name.key()),
        None => head.is_none() || of_trouble(smaller).first().map(Name::key) == head.map(Name::key),
    }
}

/// The names of the group, with the messages that they have on the smaller geometry.
fn renamed(shown: &Observation, names: &[Name]) -> Vec<Diagnosis> {
    let here = of_trouble(shown);
    let said = |name: &Name| {
        let same = here.iter().find(|other| other.key() == name.key());
        same.map_or_else(|| name.diagnosis.clone(), |other| other.diagnosis.clone())
    };
    names.iter().map(said).collect()
}

impl Observation {
    /// What a report calls it: unique within a run.
    pub fn case(&self) -> String {
        super::run::case(&self.entry, self.role, self.element)
    }
}
