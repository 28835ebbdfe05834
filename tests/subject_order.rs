//! Operands in Fortran order: whoever takes them for C order is found.
#![cfg(all(feature = "subject", unix))]
#![allow(clippy::unwrap_used)] // tests

#[path = "common/subject.rs"]
mod subject;

use convproof::subject::process::Process;
use convproof::subject::{Outcome, Plan, Profile, Size, panel, run};
use subject::patient;

/// What is found about the test program in a mode, asked with these words.
fn found(mode: &str, words: &str) -> Outcome {
    let folder = tempfile::tempdir().unwrap();
    let mut process = Process::start(patient(mode, folder.path())).unwrap();
    let profile = Profile::parse(words, &Profile::default()).unwrap();
    let entries = panel(&profile, Size::Smoke, Some(0), 1).unwrap();
    run(&mut process, &Plan::new(profile, entries), &mut |_| ()).unwrap()
}

#[test]
fn a_program_that_ignores_the_order_is_named() {
    let ordered = found("ordered", "order=c,f invalid=ignored");
    let names: Vec<&str> = ordered.findings.iter().map(|f| f.diagnosis[0].id).collect();
    assert_eq!(names, ["non-contiguous-operand"]);
    let finding = &ordered.findings[0];
    assert!(finding.call.is_some() && finding.failing > 2, "{finding:?}");
    // It was not asked that way, or reads what the file says.
    assert!(found("ordered", "invalid=ignored").is_same());
    assert!(found("right", "order=c,f invalid=ignored role=forward,input-gradient,weight-gradient").is_same());
}

#[test]
fn dialects_whose_adapters_read_both_orders_are_asked_so() {
    for dialect in ["pytorch", "onnxruntime", "jax", "tensorflow"] {
        assert!(Profile::of_dialect(dialect).fortran, "{dialect}");
    }
    assert!(!Profile::default().fortran && !Profile::of_dialect("onnx").fortran);
    let wrong = Profile::parse("order=f", &Profile::default()).unwrap_err().to_string();
    assert_eq!(wrong, "Q4: --profile: 'order=f'; expected c or c,f");
}
