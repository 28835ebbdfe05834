//! Live subjects: every wrong program is found, named and witnessed; right ones pass.
#![allow(clippy::unwrap_used, clippy::float_arithmetic)] // programs to be judged

mod asked;
mod forward;
mod gradients;
mod parts;
mod separation;

use asked::Wrong;
use convproof::dialect::find;
use convproof::subject::{Entry, Outcome, Plan, Profile, Size, panel, run, said};
use convproof::verify::Role;

/// A panel for one program: designed geometries, and those whose pads are said with words.
fn ask(wrong: &mut Wrong, size: Size) -> Outcome {
    let mut words = format!("op={} role={}", wrong.kind, wrong.role.name());
    // With another number of channels no bias fits.
    if ["groups-dilation-swapped", "output-channels-without-groups"].contains(&wrong.id) {
        words.push_str(" bias=no");
    }
    let profile = Profile::parse(&words, &Profile::default()).unwrap();
    let mut entries = panel(&profile, size, Some(0), 1).unwrap();
    // ONNX does not say that a total is clamped.
    let dialect = if wrong.id == "same-pad-not-clamped" { "tensorflow" } else { "onnx" };
    entries.extend(said(&profile, find(dialect).unwrap(), Size::Ci));
    run(wrong, &Plan::new(profile, entries), &mut |_| ()).unwrap()
}

/// Asks and compares with the id that the program should get.
fn named(programs: Vec<Wrong>) {
    let mut wrong_names = Vec::new();
    for mut program in programs {
        let found = ask(&mut program, Size::Ci);
        let names: Vec<Vec<&str>> = found.findings.iter().map(|f| f.diagnosis.iter().map(|d| d.id).collect()).collect();
        let first = names.first().cloned().unwrap_or_default();
        let witnessed = found.findings.first().is_some_and(|f| f.call.is_some());
        if names.len() != 1 || !first.contains(&program.id) || !witnessed {
            wrong_names.push(format!("{} {} {}: {names:?}", program.kind, program.role.name(), program.id));
            for f in &found.findings {
                wrong_names.push(convproof::render::finding::block(f, &[], None));
            }
        }
    }
    assert!(wrong_names.is_empty(), "{}", wrong_names.join("\n"));
}

#[test]
fn wrong_transposed_convolutions_are_named() {
    named(forward::all());
}

#[test]
fn wrong_convolutions_are_named() {
    named(forward::conv());
}

#[test]
fn wrong_gradients_are_named() {
    named(gradients::gradients());
}

#[test]
fn what_is_too_large_to_be_asked_is_refused_before_anything_is_made() {
    let mut right = Wrong::new("nothing", "tconv", Role::Forward, |case| case.right());
    for spec in ["tconv i99999999 k2", "tconv i2 k2 s99999999", "tconv i2 k2 c99999:99999"] {
        let plan = Plan::new(Profile::default(), vec![Entry::new(spec.parse().unwrap())]);
        assert_eq!(run(&mut right, &plan, &mut |_| ()).unwrap_err().rule(), "L3", "{spec}");
    }
}

#[test]
fn right_programs_pass_in_every_role() {
    for kind in ["tconv", "conv"] {
        for (_, role) in Role::ALL.into_iter().filter(|(_, role)| *role != Role::BiasGradient) {
            let mut right = Wrong::new("nothing", kind, role, |case| case.right());
            let found = ask(&mut right, Size::Ci);
            assert!(found.is_same(), "{kind} {role:?} {:?}", found.findings.first());
        }
    }
}
