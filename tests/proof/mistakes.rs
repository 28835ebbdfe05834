//! Mistakes are not proved: each has integers that violate what would have to be shown.

use convproof::proof::CERTIFICATES;
use convproof::proof::certificate::{Shown, check, holds};
use convproof::proof::search::search;
use convproof::proof::smt::exported;
use convproof::proof::stored::read;
use convproof::proof::wrong::mistakes;

#[test]
fn every_mistake_is_refuted_and_gets_no_certificate() {
    let all = mistakes().unwrap();
    assert_eq!(all.len(), 15);
    let stored = read(CERTIFICATES).unwrap();
    for mistake in &all {
        let (sequent, goal) = (&mistake.sequent, &mistake.sequent.show[mistake.goal]);
        for given in &sequent.given {
            assert!(holds(given, &mistake.model), "{}: {given:?}", mistake.words);
        }
        assert!(!holds(goal, &mistake.model), "{}", mistake.words);
        let open = search(sequent).unwrap_err();
        assert!(open.contains(&mistake.goal), "{}: {open:?}", mistake.words);
        for (name, shown) in &stored {
            assert!(check(sequent, shown).is_err(), "{}: by {name}", mistake.words);
        }
    }
    let mut words: Vec<&str> = all.iter().map(|m| m.words.as_str()).collect();
    words.dedup();
    assert!(words.len() == 15 && words.iter().all(|w| !w.is_empty()));
}

/// One half of an equality may follow where the equality does not: both are needed.
#[test]
fn one_half_of_an_equality_is_not_enough() {
    use convproof::nest::Constraint;
    use convproof::proof::certificate::{Goal, Proof, goals, negations};
    use convproof::proof::search::refute;
    let mut halves = 0;
    for mistake in mistakes().unwrap() {
        let goal = &mistake.sequent.show[mistake.goal];
        let Constraint::Equal(_) = goal else { continue };
        let found: Vec<_> = negations(goal).iter().map(|n| refute(&mistake.sequent.given, n, 2, 2)).collect();
        assert!(found.iter().any(Option::is_none), "{}", mistake.words);
        for half in found.into_iter().flatten() {
            halves += 1;
            let proof = Proof { goal: Goal::Of(mistake.goal), refutations: vec![half.clone()] };
            assert!(goals(&mistake.sequent, &vec![proof]).unwrap_err().contains("2 are needed"));
            let proof = Proof { goal: Goal::Of(mistake.goal), refutations: vec![half.clone(), half] };
            assert!(goals(&mistake.sequent, &vec![proof]).is_err());
        }
    }
    assert!(halves > 0, "no mistake has a half that follows");
}

/// Each goal and mistake is a text of its own; names are unique and safe, logics are those of the text.
#[test]
fn obligations_are_exported_for_solvers() {
    let files = exported().unwrap();
    let of = |encoding: &str| files.iter().filter(|f| f.name.ends_with(&format!(".{encoding}.smt2"))).count();
    let shown = read(CERTIFICATES).unwrap();
    let proofs = |shown: &Shown| match shown {
        Shown::Goals { certificate, .. } => certificate.len(),
        Shown::Never(_) => 1,
    };
    let proofs: usize = shown.iter().map(|(_, shown)| proofs(shown)).sum();
    assert_eq!(of("witness"), proofs + 15);
    assert!(of("native") > 200);
    assert_eq!(
        files.iter().filter(|f| f.text.contains("(set-info :status sat)") && f.name.contains("witness")).count(),
        15
    );
    let mut names: Vec<&str> = files.iter().map(|f| f.name.as_str()).collect();
    names.sort_unstable();
    names.dedup();
    assert_eq!(names.len(), files.len());
    for file in &files {
        let safe = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || "._-".contains(c);
        assert!(file.name.chars().all(safe), "{}", file.name);
        let (open, close) = (file.text.matches('(').count(), file.text.matches(')').count());
        assert!(open == close && file.text.ends_with("(check-sat)\n"), "{}", file.name);
        // In a linear text a product is a number and a name.
        let factors = |product: &str| product.split(')').next().unwrap_or_default().split(' ').count();
        let is_number = |product: &str| product.starts_with(|c: char| c.is_ascii_digit());
        if file.text.starts_with("(set-logic QF_LIA)") {
            let mut products = file.text.split("(* ").skip(1);
            assert!(products.all(|product| factors(product) == 2 && is_number(product)), "{}", file.name);
        } else {
            assert!(file.text.starts_with("(set-logic QF_NIA)"), "{}", file.name);
        }
    }
}
