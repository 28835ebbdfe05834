//! Invalid input, asked on purpose: it should be refused.

use super::finding::Finding;
use super::numbers::{Scatter, dense};
use super::panel::Entry;
use super::profile::Invalid;
use super::run::{Plan, questions};
use super::{Failure, Reply, Request, Subject};
use crate::data::ElementType;
use crate::error::Error;
use crate::geometry::{Kind, Spec};
use crate::verify::{Diagnosis, Judgement, Role, Verdict};

/// Arrays that contradict a spec: what is wrong about them, and their shapes.
struct Flaw {
    what: &'static str,
    spec: &'static str,
    x: &'static [usize],
    w: &'static [usize],
}

/// Each is invalid by the arrays alone, in the words of every framework.
const FLAWS: [Flaw; 3] = [
    Flaw {
        what: "a weight for 3 input channels is taken with an input of 2",
        spec: "tconv i3 k2 s2 c2:2",
        x: &[1, 2, 3],
        w: &[3, 2, 2],
    },
    Flaw { what: "3 channels are taken in 2 groups", spec: "tconv i3 k2 s2 c2:2 g2", x: &[1, 3, 3], w: &[3, 1, 2] },
    Flaw {
        what: "an input is taken that leaves no output: length 1 + 2 − 4 = −1",
        spec: "tconv i4 k3 p2",
        x: &[1, 1, 1],
        w: &[1, 1, 3],
    },
];

/// Asks what is invalid: a finding for each that is taken, or ends the subject.
///
/// # Errors
/// None that the flaws above can cause.
pub(super) fn accepted(subject: &mut dyn Subject, plan: &Plan) -> Result<Vec<Finding>, Error> {
    let profile = &plan.profile;
    // Of the whole plan: which part asks this does not depend on what else it asks.
    let asked = questions(plan).any(|(entry, role, _)| {
        let is_meant = role == Role::Forward && entry.spec.kind == Kind::Tconv;
        is_meant && subject.words(&Request::about(entry, role)).is_some()
    });
    let mut findings = Vec::new();
    if profile.invalid == Invalid::Ignored || !asked || !subject.can_ask_more() {
        return Ok(findings);
    }
    let element = profile.elements.first().copied().unwrap_or(ElementType::F32);
    for flaw in FLAWS {
        let spec: Spec = flaw.spec.parse()?;
        let case = format!("{INVALID} {spec} with x {:?}, w {:?}", flaw.x, flaw.w);
        // Outside of the profile other things are refused.
        if !profile.takes(&spec) || !plan.takes(&case) {
            continue;
        }
        let mut request = Request::about(&Entry::new(spec.clone()), Role::Forward);
        let Some(words) = subject.words(&request) else { continue };
        let mut scatter = Scatter::new(1);
        request.x = Some(dense(element, flaw.x.to_vec(), 5, &mut scatter)?);
        request.w = Some(dense(element, flaw.w.to_vec(), 5, &mut scatter)?);
        let (id, message) = match subject.answer(&request) {
            Reply::Result(y) if profile.invalid == Invalid::Empty && y.is_empty() => continue,
            Reply::Result(y) => {
                ("invalid-accepted", format!("{}; the result has the shape {:?}", flaw.what, y.shape()))
            }
            Reply::Failed(failure @ (Failure::Crashed | Failure::TimedOut), said) => {
                let id = if failure == Failure::Crashed { "crashed" } else { "timed-out" };
                (id, format!("on invalid input ({}): {said}", flaw.what.replacen("taken", "given", 1)))
            }
            Reply::Failed(..) | Reply::Refused(_) | Reply::Unanswered(_) => continue,
        };
        findings.push(Finding {
            diagnosis: vec![Diagnosis { id, message: message.clone(), variant: 0 }],
            subject: subject.name(),
            role: Role::Forward,
            elements: vec![element],
            words,
            failing: 1,
            asked: 1,
            pattern: None,
            judgement: Judgement { verdict: Verdict::Differs, ..Judgement::unanswered(message) },
            matrix: None,
            call: None,
            cases: vec![case],
            spec,
        });
    }
    Ok(findings)
}

/// How the case of a question about invalid input begins.
const INVALID: &str = "invalid input:";

impl Finding {
    /// Whether it is about invalid input: there is nothing that would be right but a refusal.
    pub fn is_about_invalid_input(&self) -> bool {
        self.cases.iter().any(|case| case.starts_with(INVALID))
    }
}
