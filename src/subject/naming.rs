//! Which mistake it is: the one that reproduces every answer about a geometry, and contradicts none
//! about the others.

use std::collections::BTreeMap;

use super::Failure;
use super::observe::{Observation, Trouble};
use super::probes::Purpose;
use crate::tensor::unflatten;
use crate::verify::{Diagnosis, HYPOTHESES, Question, Role, Verdict};

/// A mistake that explains an observation.
#[derive(Debug, Clone)]
pub(super) struct Name {
    pub diagnosis: Diagnosis,
    /// Whether it says which numbers come out, and so can be held against other answers.
    pub is_numeric: bool,
}

impl Name {
    pub fn key(&self) -> Key {
        (self.diagnosis.id, self.diagnosis.variant)
    }

    fn of_run(id: &'static str, message: impl Into<String>) -> Name {
        Name { diagnosis: Diagnosis { id, message: message.into(), variant: 0 }, is_numeric: false }
    }
}

pub(super) type Key = (&'static str, u16);

/// The names of every observation that failed, by its place; none where no mistake explains enough.
///
/// The mistake that explains most failures of a role names them, then the one that explains most of
/// the others, and so on. One that a right geometry contradicts comes last, and must explain half of
/// what is left: it is made only sometimes. One that explains a few of many is a coincidence.
pub(super) fn names(observations: &[Observation]) -> BTreeMap<usize, Vec<Name>> {
    let failed = || observations.iter().enumerate().filter(|(_, o)| o.trouble.is_some());
    let own: BTreeMap<usize, Vec<Name>> = failed().map(|(n, o)| (n, of_trouble(o))).collect();
    let is_numeric = |n: &usize| observations[*n].trouble == Some(Trouble::Numbers);
    let (numeric, mut named): (BTreeMap<_, _>, BTreeMap<_, _>) = own.into_iter().partition(|(n, _)| is_numeric(n));
    for (_, role) in Role::ALL {
        let of_role = |n: &usize| observations[*n].role == role;
        let left: BTreeMap<usize, &Vec<Name>> =
            numeric.iter().filter(|(n, _)| of_role(n)).map(|(n, names)| (*n, names)).collect();
        let passing: Vec<&Observation> =
            observations.iter().filter(|o| o.trouble.is_none() && o.role == role).collect();
        share(left, &passing, &mut named);
    }
    named
}

/// Gives each failure of one role its names.
fn share(mut left: BTreeMap<usize, &Vec<Name>>, passing: &[&Observation], named: &mut BTreeMap<usize, Vec<Name>>) {
    let mut refuted: BTreeMap<Key, bool> = BTreeMap::new();
    for name in left.values().flat_map(|names| names.iter()) {
        refuted.entry(name.key()).or_insert_with(|| {
            let mut evidence = passing.iter().flat_map(|o| evidence(o));
            name.is_numeric && evidence.any(|question| reproduces(question, name.key()) == Some(false))
        });
    }
    while !left.is_empty() {
        let Some(key) = best(&left, &refuted) else { break };
        let has = |names: &[Name], key: Key| names.iter().any(|name| name.key() == key);
        let group: Vec<usize> = left.iter().filter(|(_, names)| has(names, key)).map(|(n, _)| *n).collect();
        // What explains all of them, too, and is as good.
        let fits_all = |name: &Name| {
            refuted.get(&name.key()) == refuted.get(&key) && group.iter().all(|n| has(left[n], name.key()))
        };
        for n in &group {
            let mut names: Vec<Name> = left[n].iter().filter(|name| fits_all(name)).cloned().collect();
            names.sort_by_key(|name| (name.key() != key, rank(&name.key())));
            named.insert(*n, names);
        }
        left.retain(|n, _| !group.contains(n));
    }
}

/// The place in the catalogue: fewest changes first.
fn rank(key: &Key) -> (usize, u16) {
    (HYPOTHESES.iter().position(|h| h.id == key.0).unwrap_or(usize::MAX), key.1)
}

/// The mistake that names most of what is left, if it is enough.
fn best(left: &BTreeMap<usize, &Vec<Name>>, refuted: &BTreeMap<Key, bool>) -> Option<Key> {
    // In the order of the catalogue: fewest changes first.
    let mut counts: Vec<(Key, usize)> = Vec::new();
    for name in left.values().flat_map(|names| names.iter()) {
        match counts.iter_mut().find(|(key, _)| *key == name.key()) {
            Some((_, count)) => *count += 1,
            None => counts.push((name.key(), 1)),
        }
    }
    let most = |is_refuted: bool| {
        let of_kind = counts.iter().filter(|(key, _)| refuted.get(key).copied().unwrap_or(false) == is_refuted);
        of_kind.max_by_key(|(key, count)| (*count, std::cmp::Reverse(rank(key)))).copied()
    };
    let enough = |(key, count): (Key, usize), share: usize| (share * count >= left.len()).then_some(key);
    most(false).and_then(|found| enough(found, 5)).or_else(|| most(true).and_then(|found| enough(found, 2)))
}

/// The calls of an observation that a mistake would show in: small ones first.
fn evidence(observation: &Observation) -> impl Iterator<Item = &Question> {
    let telling = |purpose: &Purpose| matches!(purpose, Purpose::Dense | Purpose::OneHot | Purpose::Zero);
    observation.calls.iter().filter(move |call| telling(&call.purpose) && call.is_exact()).map(|call| &call.question)
}

/// Whether a mistake gives what was observed; None where it does not apply.
fn reproduces(question: &Question, (id, variant): Key) -> Option<bool> {
    question.shows(id, variant).ok()?
}

/// The mistakes that explain one observation by itself.
pub(super) fn of_trouble(observation: &Observation) -> Vec<Name> {
    match &observation.trouble {
        None => Vec::new(),
        Some(Trouble::Failed(failure, said)) => vec![of_failure(*failure, said)],
        Some(Trouble::Refused(said)) => vec![Name::of_run("valid-refused", format!("valid input is refused: {said}"))],
        Some(Trouble::WrongType(expected, got)) => {
            vec![Name::of_run("wrong-type", format!("the result is {got}, where {expected} is right"))]
        }
        Some(Trouble::NotFinite) => vec![of_places(observation, "not-finite", "the result holds NaN or infinity")],
        Some(Trouble::Unstable) => {
            let said = "the same arrays gave another result the second time";
            vec![of_places(observation, "run-dependent", said)]
        }
        Some(Trouble::Strided) => {
            let said = "right on operands in C order, wrong on the same numbers in Fortran order";
            vec![Name::of_run("non-contiguous-operand", said)]
        }
        Some(Trouble::Rounding) => of_rounding(observation),
        Some(Trouble::Numbers) => of_numbers(observation),
    }
}

fn of_failure(failure: Failure, said: &str) -> Name {
    let id = match failure {
        Failure::Crashed | Failure::Panicked => "crashed",
        Failure::TimedOut => "timed-out",
        Failure::BadAnswer => "bad-answer",
        Failure::Disagrees => "shape-kernel-disagree",
        Failure::Error => "failed",
    };
    Name::of_run(id, said)
}

fn of_rounding(observation: &Observation) -> Vec<Name> {
    let wrong = observation.wrong().find_map(|call| call.question.answer().ok());
    let name = |diagnosis| Name { diagnosis, is_numeric: false };
    wrong.map_or(Vec::new(), |answer| answer.diagnosis.into_iter().map(name).collect())
}

/// The mistakes of the catalogue that reproduce every exact answer, wrong or right.
fn of_numbers(observation: &Observation) -> Vec<Name> {
    // Few samples first: fewer products under every mistake.
    let mut wrong: Vec<_> = observation.wrong().filter(|call| call.is_exact()).collect();
    wrong.sort_by_key(|call| call.question.y.len());
    let mut names: Vec<Name> = Vec::new();
    if let Some(first) = wrong.first() {
        let all = first.question.fitting().unwrap_or_default();
        names.extend(all.into_iter().map(|diagnosis| Name { diagnosis, is_numeric: true }));
    }
    names.retain(|name| explains(observation, name.key()));
    if names.is_empty() {
        let dense_only = observation.is_read
            && observation.wrong().all(|call| !matches!(call.purpose, Purpose::Read { .. } | Purpose::Tap));
        let by_place = of_places(observation, "", "");
        if !by_place.diagnosis.id.is_empty() {
            names.push(by_place);
        } else if dense_only {
            let said = "the matrix is right for one input at a time, and sums of inputs are not";
            names.push(Name::of_run("not-bilinear", said));
        }
    }
    names
}

/// Whether a mistake gives every exact answer.
pub(super) fn explains(observation: &Observation, key: Key) -> bool {
    let exact = observation.calls.iter().filter(|call| call.is_exact());
    exact.map(|call| (call, reproduces(&call.question, key))).all(|(call, said)| match said {
        Some(said) => said,
        None => call.judgement.verdict == Verdict::Same,
    })
}

/// The id that the places of the wrong cells tell: only cells that no tap reaches, only the cells of
/// the output padding; otherwise the one given.
fn of_places(observation: &Observation, otherwise: &'static str, said: &str) -> Name {
    let spec = &observation.entry.spec;
    let g = &spec.geometry;
    let is_forward = spec.kind == crate::geometry::Kind::Tconv && observation.role == Role::Forward;
    // Where sums are rounded, cells that are right differ a little from the exact ones.
    let mut places = observation.wrong().filter(|call| is_forward && call.is_exact()).flat_map(|call| {
        let (shape, y) = (call.question.spec.output_shape(), &call.question.y);
        let expected = call.question.right().map(|right| right.values).unwrap_or_default();
        let wrong = (0..y.len()).filter(move |&n| {
            expected.get(n).is_none_or(|exact| y.dyadic(n).map(|d| d.to_rational()).as_ref() != Some(exact))
        });
        let same_shape = y.shape() == shape;
        wrong.map(move |n| same_shape.then(|| unflatten(&shape, n))).collect::<Vec<_>>()
    });
    let mut any = false;
    let (mut uncovered, mut beyond) = (is_forward, is_forward && g.axes().iter().any(|a| a.output_padding() > 0));
    for place in &mut places {
        any = true;
        let Some(at) = place else {
            (uncovered, beyond) = (false, false);
            break;
        };
        let axes = || g.axes().iter().zip(&at[2..]);
        uncovered &= axes().any(|(a, &o)| a.meetings_of_output(crate::geometry::signed(o)).next().is_none());
        beyond &= axes().any(|(a, &o)| crate::geometry::signed(o) + a.output_padding() >= a.output());
    }
    if any && uncovered {
        return Name::of_run(
            "uninitialised-output",
            "only cells that no tap reaches are wrong: they hold other memory",
        );
    }
    if any && beyond && !otherwise.is_empty() {
        let said = "only the cells of the output padding are wrong, and not the same each time";
        return Name::of_run("output-padding-out-of-range-read", said);
    }
    Name::of_run(otherwise, said)
}
