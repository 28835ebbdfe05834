//! Every way to make a mistake has a wrong implementation of its own, and is named for it.

use std::collections::BTreeSet;

use convproof::verify::{HYPOTHESES, Role};

use super::program::Case;
use super::{Wrong, cells, results, windows};
use crate::common::naive::Random;

/// All that have a result, and differ from the right one.
fn all() -> Vec<Wrong> {
    let mut all = [windows::all(), cells::all(), results::all()].concat();
    all.retain(|wrong| wrong.id == "output-padding-empty-slice" || wrong.result.0.iter().all(|length| *length >= 1));
    all
}

#[test]
fn every_wrong_implementation_is_named_by_what_it_does() {
    let (mut covered, mut unnamed, mut possible) = (BTreeSet::new(), Vec::new(), BTreeSet::new());
    let (mut asked, mut hidden) = (BTreeSet::new(), BTreeSet::new());
    for wrong in all() {
        let Wrong { id, variant, case, result } = &wrong;
        let question = case.question(result);
        let about = format!("{id} {variant} of {} {:?} {:?}", case.geo.spec(case.kind), case.role, case.pads);
        if *result == case.right() {
            hidden.insert((*id, *variant));
            continue;
        }
        let fitting = question.fitting().unwrap();
        match fitting.iter().find(|d| (d.id, d.variant) == (*id, *variant)) {
            Some(_) => _ = covered.insert((*id, *variant)),
            None => {
                unnamed.push(format!("{about}: {:?}", fitting.iter().map(|d| (d.id, d.variant)).collect::<Vec<_>>()))
            }
        }
        let kind = (case.kind, case.role.name(), format!("{:?}", case.pads), case.b.is_some());
        if asked.insert(kind) {
            possible.extend(question.conceivable().unwrap().into_iter().map(|d| (d.id, d.variant, d.message)));
        }
    }
    assert!(unnamed.is_empty(), "{} not named:\n{}", unnamed.len(), unnamed.join("\n"));
    let never: Vec<_> = possible.iter().filter(|(id, variant, _)| !covered.contains(&(*id, *variant))).collect();
    hidden.retain(|one| !covered.contains(one));
    assert!(hidden.is_empty() && never.is_empty(), "right wherever tried: {hidden:?}\nnever tried: {never:?}");
    for hypothesis in HYPOTHESES.iter().filter(|h| h.shows_in_numbers()) {
        assert!(covered.iter().any(|(id, _)| *id == hypothesis.id), "{}", hypothesis.id);
    }
}

/// The first id said is the one with the fewest changes; the one that was made is among those that fit.
#[test]
fn a_wrong_implementation_is_answered_by_its_name() {
    for wrong in all().iter().step_by(7) {
        let Wrong { id, case, result, .. } = wrong;
        if *result == case.right() {
            continue;
        }
        let answer = case.question(result).answer().unwrap();
        let named: Vec<&str> = answer.diagnosis.iter().map(|d| d.id).collect();
        assert!(named.contains(id), "{id}: {named:?}");
        let once: BTreeSet<&str> = named.iter().copied().collect();
        assert_eq!(once.len(), named.len(), "an id is said once: {named:?}");
    }
}

#[test]
fn what_is_right_is_never_blamed() {
    let mut random = Random(11);
    for n in 0..200 {
        let geo = random.geo();
        let axes: Vec<[i64; 7]> = geo.axes.iter().map(|a| [a.i, a.k, a.s, a.d, a.pb, a.pe, a.a]).collect();
        let role = [Role::Forward, Role::InputGradient, Role::WeightGradient][n % 3];
        let case = Case::new(["tconv", "conv"][n / 3 % 2], role, &axes, [geo.n, geo.ci, geo.co, geo.g]);
        // A convolution's rest is its own: a geometry that none has is asked as transposed.
        let rest = geo.axes.iter().all(|a| a.a < a.s);
        let case = if rest { case } else { Case { kind: "tconv", ..case } };
        let question = case.question(&case.right());
        assert!(question.fitting().unwrap().is_empty(), "{}", geo.spec(case.kind));
        assert!(question.judgement().unwrap().is_same(), "{}", geo.spec(case.kind));
    }
}

/// What a mistake gives is what the program with that mistake gives.
#[test]
fn predictions_are_the_numbers_of_the_wrong_implementation() {
    for Wrong { id, variant, case, result } in all().iter().step_by(5) {
        let question = case.question(&case.right());
        let predicted = question.predicted(id, *variant).unwrap().unwrap();
        let shape: Vec<i64> = predicted.shape.iter().map(|&n| i64::try_from(n).unwrap()).collect();
        let values: Vec<String> = predicted.values.iter().map(ToString::to_string).collect();
        let expected: Vec<String> = result.1.iter().map(ToString::to_string).collect();
        assert_eq!((shape, values), (result.0.clone(), expected), "{id} {variant} {}", case.geo.spec(case.kind));
    }
}

#[test]
fn what_shows_in_the_run_alone_has_a_record() {
    let of_run: Vec<&str> = HYPOTHESES.iter().filter(|h| !h.shows_in_numbers()).map(|h| h.id).collect();
    for id in [
        "uninitialised-output",
        "output-padding-out-of-range-read",
        "argument-unbound",
        "index-overflow-32",
        "non-contiguous-operand",
        "invalid-accepted",
        "valid-refused",
        "shape-kernel-disagree",
        "lower-precision",
        "failed",
        "crashed",
        "timed-out",
        "bad-answer",
        "not-finite",
        "run-dependent",
        "not-bilinear",
        "wrong-type",
    ] {
        assert!(of_run.contains(&id), "{id}");
    }
    assert_eq!(of_run.len(), 17);
    assert!(HYPOTHESES.iter().all(|h| !h.symptom.is_empty() && !h.statement.is_empty() && !h.reference.is_empty()));
}
