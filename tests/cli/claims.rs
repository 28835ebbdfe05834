//! The ledger of claims: all are there, their checks hold and can fail, what is shown fits a screen.
#![allow(clippy::unwrap_used)] // tests

use std::collections::BTreeSet;

use convproof::claims::{self, Check, Claim, Counts, SOURCES, Shows, Step, Verdict};
use convproof::cli::{DIFFERS, SAME, UNANSWERED};

use crate::command::{line, run, shell_words};
use crate::snapshots::assert_page;

/// How many claims of a source are true, conditional, false, typos, and about a picture: counted by
/// hand in the review of the texts.
const VERDICTS: [(&str, [usize; 5]); 7] = [
    ("godoy", [10, 11, 0, 3, 1]),
    ("shibuya", [13, 7, 0, 2, 0]),
    ("d2l", [10, 5, 4, 0, 0]),
    ("guide", [11, 6, 1, 3, 0]),
    ("guide-erratum", [0, 1, 0, 1, 0]),
    ("theano-erratum", [0, 0, 1, 1, 0]),
    ("distill", [7, 1, 0, 0, 0]),
];

fn every() -> impl Iterator<Item = &'static Claim> {
    claims::all().map(|(_, claim)| claim)
}

#[test]
fn all_87_claims_and_the_errata_are_there_with_their_verdicts() {
    let found: Vec<(&str, [usize; 5])> = SOURCES
        .iter()
        .map(|source| {
            let of = |verdict| source.claims.iter().filter(|claim| claim.verdict == verdict).count();
            (source.word, Verdict::ALL.map(of))
        })
        .collect();
    assert_eq!(found, VERDICTS);
    let counts: Vec<usize> = SOURCES.iter().map(|source| source.claims.len()).collect();
    assert_eq!(counts[..4], [25, 22, 19, 21]);
    assert_eq!(counts[..4].iter().sum::<usize>(), 87);
    for source in SOURCES {
        for (n, claim) in source.claims.iter().enumerate() {
            assert_eq!(claim.id, format!("{}-{}", source.word, n + 1));
            assert!(!claim.said.is_empty() && !claim.said.ends_with('.'), "{}", claim.id);
        }
    }
}

#[test]
fn every_check_of_every_claim_holds() {
    for claim in every() {
        for shown in claim.checks {
            let outcome = shown.check.run();
            assert!(outcome.holds(), "{}: {outcome:#?}", claim.id);
        }
    }
}

/// The same check with another expectation.
fn falsified(check: Check) -> Check {
    let other = |text: &str| -> &'static str { Box::leak(format!("{text} 7").into_boxed_str()) };
    match check {
        Check::Steps { x, steps, y } => Check::Steps { x, steps, y: other(y) },
        Check::SameMap { steps, spec, weight, .. } => Check::SameMap { steps, spec, weight, size: "7×7" },
        Check::Output { spec, lengths } => Check::Output { spec, lengths: other(lengths) },
        Check::Refused { spec, rule } => Check::Refused { spec, rule: other(rule) },
        Check::Back { spec, lengths } => Check::Back { spec, lengths: other(lengths) },
        Check::BackCount { stride, count } => Check::BackCount { stride, count: other(count) },
        Check::Formula { id, spec, text } => Check::Formula { id, spec, text: other(text) },
        Check::Stated { formula, spec, value, truth, gives } => {
            Check::Stated { formula, spec, value, truth, gives: other(gives) }
        }
        Check::Rank { spec, weight, rank } => Check::Rank { spec, weight, rank: other(rank) },
        Check::Determinants { weight, values } => Check::Determinants { weight, values: other(values) },
        Check::NullVector { spec, weight, vector } => Check::NullVector { spec, weight, vector: other(vector) },
        Check::Counts { spec, counts } => Check::Counts { spec, counts: Counts { taps: counts.taps + 1, ..counts } },
        Check::Matrix { spec, weight, rows } => Check::Matrix { spec, weight, rows: other(rows) },
        Check::Coverage { spec, taps } => Check::Coverage { spec, taps: other(taps) },
        Check::Reach { spec, cell, cells } => Check::Reach { spec, cell, cells: other(cells) },
        Check::Cost { spec, products: [inserted, defined] } => Check::Cost { spec, products: [inserted, defined + 1] },
        // What has no number has another subject.
        Check::Proved { .. } => Check::Proved { spec: "tconv i2 k2 p9" },
        other => panic!("{other:?} has no falsified form here"),
    }
}

#[test]
fn a_falsified_record_fails() {
    for claim in every() {
        for shown in claim.checks {
            let outcome = falsified(shown.check).run();
            assert!(!outcome.holds(), "{}: {outcome:?}", claim.id);
        }
    }
}

#[test]
fn a_wrong_subject_fails_too() {
    // godoy-15 said of the other kernel, of the other operation, of a recipe without its padding.
    let recipe = |spec, weight| [Step::Apply(spec, weight)];
    let right = "0 0 1; 0 4 6; 4 12 9";
    for (spec, weight) in [
        ("conv i2x2 k2x2 p1", "0 1; 2 3"),
        ("tconv i2x2 k2x2", "3 2; 1 0"),
        ("tconv i2x2 k2x2 p1", "0 1; 2 3"),
        ("conv i2x2 k2x2", "3 2; 1 0"),
        ("conv i9 k2", "1 2"),
        ("conv nonsense", "1"),
        ("conv i2x2 k2x2 p1", "three"),
        ("conv i2x2 k2x2 p1", "1 2 3"),
    ] {
        let steps: &'static [Step] = Box::leak(Box::new(recipe(spec, weight)));
        assert!(!Check::Steps { x: "0 1; 2 3", steps, y: right }.run().holds(), "{spec} {weight}");
        let same = Check::SameMap { steps, spec: "tconv i2x2 k2x2", weight: "0 1; 2 3", size: "9×4" };
        assert!(!same.run().holds(), "{spec} {weight}");
    }
    assert!(!Check::Rank { spec: "conv i4x4 k3x3", weight: "0 0 0 0 0 0 0 0 0", rank: "rank 4 of 4×16" }.run().holds());
    assert!(!Check::Formula { id: "R8", spec: "tconv i2 k3 p1", text: "2 + 3 − 1 = 4" }.run().holds());
    assert!(!Check::Refused { spec: "conv i4 k3", rule: "G6" }.run().holds());
    assert!(!Check::NullVector { spec: "conv i4 k3 p2", weight: "1 2 3", vector: "1 1 1 1" }.run().holds());
}

#[test]
fn a_check_that_makes_no_sense_fails_and_ends_soon() {
    const LARGE: &str = "tconv i9999x9999 k9x9 s9";
    let steps = |x, steps| Check::Steps { x, steps, y: "1" };
    for check in [
        steps("1..99999999999", &[]),
        steps("1 2; 3", &[]),
        steps("", &[Step::Stretch(3)]),
        steps("1 2", &[Step::Nearest(0)]),
        steps("1 2", &[Step::Nearest(usize::MAX)]),
        steps("1 2", &[Step::Stretch(usize::MAX)]),
        steps("1 2", &[Step::Stretch(0)]),
        steps("1 2", &[Step::InTurns("conv i2 k1", &[])]),
        steps("1 2", &[Step::Apply(LARGE, "1..81")]),
        Check::SameMap { steps: &[], spec: "conv i9999 k3", weight: "1 2 3", size: "9997×9999" },
        Check::Matrix { spec: "conv i9999 k3", weight: None, rows: "" },
        Check::Coverage { spec: LARGE, taps: "" },
        Check::Counts {
            spec: LARGE,
            counts: Counts { size: [0; 2], taps: 0, weights: 0, row: [0; 2], column: [0; 2] },
        },
        Check::Rank { spec: LARGE, weight: "1..81", rank: "rank 1 of 1×1" },
        Check::Determinants { weight: "1 2", values: "1 2 3" },
        Check::NullVector { spec: "conv i3 k3 p2", weight: "1 2 3", vector: "1 2 3" },
        Check::Reach { spec: "conv i4 k3", cell: &[1, 2, 3], cells: "0" },
        Check::Back { spec: "tconv nonsense", lengths: "1" },
        Check::BackCount { stride: 0, count: "1 of 1" },
        Check::Formula { id: "R99", spec: "conv i4 k3", text: "4" },
        Check::Stated { formula: "-", spec: "conv i4 k3", value: |_| [1, 0], truth: |_| 1, gives: "1, truth 1" },
        Check::Cost { spec: "conv i1 k9", products: [1, 1] },
        Check::Proved { spec: LARGE },
    ] {
        assert!(!check.run().holds(), "{check:?}");
    }
}

#[test]
fn what_is_false_has_a_counterexample_and_what_is_no_computation_says_so() {
    let uncomputed: Vec<&str> = every().filter(|claim| claim.checks.is_empty()).map(|claim| claim.id).collect();
    // Words, prints and history.
    assert_eq!(uncomputed, ["godoy-7", "godoy-10", "godoy-12", "shibuya-2", "d2l-1", "guide-1"]);
    for claim in every() {
        let has = |shows| claim.checks.iter().any(|shown| shown.shows == shows);
        match claim.verdict {
            Verdict::Conditional => assert!(!claim.condition.is_empty(), "{}", claim.id),
            Verdict::False | Verdict::Typo => assert!(!claim.right.is_empty(), "{}", claim.id),
            _ => {}
        }
        let is_wrong = matches!(claim.verdict, Verdict::Conditional | Verdict::False);
        // Whether all networks for segmentation have such layers is a question of usage.
        let by_reference = ["d2l-1", "shibuya-5"].contains(&claim.id);
        assert_eq!(is_wrong && !by_reference, is_wrong && has(Shows::Counterexample), "{}", claim.id);
        assert!(!claim.checks.is_empty() || !claim.reference.is_empty(), "{}", claim.id);
        if claim.checks.is_empty() {
            assert!(line(&format!("explain {}", claim.id)).out.contains("not a computation: see "), "{}", claim.id);
        }
    }
}

#[test]
fn the_list_has_each_claim_once_and_ends_with_totals() {
    let list = line("explain claims");
    assert_eq!((list.code, list.err.as_str()), (SAME, ""));
    assert_eq!(line("explain CLAIMS"), list);
    let rows: Vec<Vec<&str>> =
        list.out.lines().filter(|l| l.starts_with("  ")).map(|l| l.split_whitespace().collect()).collect();
    let shown: Vec<(&str, &str)> = rows.iter().map(|row| (row[0], row[1])).collect();
    let expected: Vec<(&str, &str)> = every().map(|claim| (claim.id, claim.verdict.word())).collect();
    assert_eq!(shown, expected);
    assert!(list.out.lines().all(|l| l.chars().count() <= 88), "{}", list.out);
    for source in SOURCES {
        assert_eq!(list.out.lines().filter(|l| *l == source.cite).count(), 1, "{}", source.cite);
    }
    let checks: usize = every().map(|claim| claim.checks.len()).sum();
    let totals = format!("99 claims: 51 true, 31 conditional, 6 false, 10 typo, 1 picture; {checks} checks, all hold");
    assert_eq!(list.out.lines().last(), Some(totals.as_str()));
}

#[test]
fn each_claim_fits_a_screen_and_its_commands_run() {
    let mut commands = BTreeSet::new();
    for claim in every() {
        let ran = run(&["explain", claim.id]);
        assert_eq!((ran.code, ran.err.as_str()), (SAME, ""), "{}", claim.id);
        assert!(ran.out.starts_with(&format!("{}: {}\n", claim.id, claim.said)), "{}", ran.out);
        assert!(ran.out.lines().count() <= 24, "{}", ran.out);
        for l in ran.out.lines() {
            match l.trim_start().strip_prefix("convproof ") {
                Some(_) => drop(commands.insert(l.trim_start().to_owned())),
                None => assert!(l.chars().count() <= 88, "{l}"),
            }
        }
        assert_eq!(run(&["explain", &claim.id.to_uppercase()]), ran);
    }
    for command in commands {
        // A spec that is refused is refused.
        let code = if command.contains("conv i2x2 k3x3") && !command.contains("p2") && !command.contains("tconv") {
            UNANSWERED
        } else {
            SAME
        };
        assert_eq!(run(&shell_words(&command)[1..]).code, code, "{command}");
    }
}

#[test]
fn ids_are_found_listed_and_suggested() {
    assert!(line("explain").out.ends_with("\nclaims: 99 records, convproof explain claims\n"));
    for (typed, meant) in [("godoi-15", "godoy-15"), ("distil-1", "distill-1"), ("claim", "claims")] {
        let ran = run(&["explain", typed]);
        assert_eq!(ran.code, UNANSWERED);
        assert!(ran.err.contains(&format!("did you mean '{meant}'?")), "{}", ran.err);
    }
    assert_ne!(UNANSWERED, DIFFERS);
}

#[test]
fn three_claims_as_a_reader_sees_them() {
    for (id, spec, what) in [
        ("godoy-15", "tconv i2x2 k2x2", "the missing flip"),
        ("d2l-8", "conv i17 k5 s3 p2", "sizes that do not come back"),
        ("guide-15", "conv i5 k3 s2 p1", "a wrong formula"),
    ] {
        assert_page("cli", &spec.parse().unwrap(), id, what, &run(&["explain", id]).out);
    }
}
