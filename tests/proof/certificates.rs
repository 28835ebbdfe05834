//! Proofs for all sizes: what is stored is right, and the check of it says no to everything else.

use convproof::nest::{Constraint, Poly, expression, parse};
use convproof::proof::certificate::{Certificate, Goal, Proof, Shown, Summand, check, holds};
use convproof::proof::sequent::{Sequent, sequents};
use convproof::proof::stored::{read, write};
use convproof::proof::{CERTIFICATES, check_all, check_text, theorems};
use num_rational::BigRational;

fn number(n: i64) -> BigRational {
    BigRational::from_integer(n.into())
}

/// A sequent with its stored certificate.
fn stored(name: &str) -> (Sequent, Shown) {
    let sequents: Vec<Sequent> = theorems().unwrap().into_iter().flat_map(|t| t.sequents).collect();
    let sequent = sequents.into_iter().find(|s| s.name == name).unwrap();
    let (_, shown) = read(CERTIFICATES).unwrap().into_iter().find(|(known, _)| known == name).unwrap();
    (sequent, shown)
}

/// What the check says of a certificate that was changed.
fn changed(name: &str, change: impl FnOnce(&mut Certificate)) -> String {
    let (sequent, mut shown) = stored(name);
    assert_eq!(check(&sequent, &shown), Ok(()));
    let Shown::Goals { certificate, .. } = &mut shown else { panic!("{name} cannot occur") };
    change(certificate);
    check(&sequent, &shown).unwrap_err()
}

#[test]
fn every_theorem_is_proved() {
    let all = check_all().unwrap();
    for checked in &all {
        assert_eq!(checked.result, Ok(()), "{}", checked.theorem.name);
    }
    let nests = all.iter().filter(|c| c.theorem.nest.is_some()).count();
    assert!(nests >= 10 && all.len() - nests >= 35, "{nests} of {}", all.len());
    let mut names: Vec<&str> = all.iter().map(|c| c.theorem.name.as_str()).collect();
    names.sort_unstable();
    names.dedup();
    assert_eq!(names.len(), all.len(), "names are unique");
}

/// No proof is empty: what a sequent gives holds of the integers that are stored, and only cases of
/// a division that truncates may be shown not to occur - never all of them.
#[test]
fn what_is_given_can_be() {
    let shown = read(CERTIFICATES).unwrap();
    for theorem in theorems().unwrap() {
        for sequent in &theorem.sequents {
            match &shown.iter().find(|(name, _)| *name == sequent.name).unwrap().1 {
                Shown::Goals { model, .. } => {
                    assert!(sequent.given.iter().all(|g| holds(g, model)), "{}", sequent.name)
                }
                Shown::Never(_) => assert!(sequent.name.ends_with(['+', '-']), "{}", sequent.name),
            }
        }
        let goes_on = |(name, shown): &(String, Shown)| {
            name.starts_with(&format!("{}.complete", theorem.name)) && matches!(shown, Shown::Goals { .. })
        };
        assert!(theorem.nest.is_none() || shown.iter().any(goes_on), "{}", theorem.name);
    }
}

/// Worked by hand: n ≥ 1, 2m ≥ n gives m ≥ 1, since 2·(−m) + (2m − n) + (n − 1) = −1.
#[test]
fn a_certificate_by_hand() {
    let [given, goal] =
        ["n - 1, 2*m - n", "m - 1"].map(|t| t.split(", ").map(|t| expression(t).unwrap()).collect::<Vec<_>>());
    let at_least = |all: Vec<Poly>| all.into_iter().map(Constraint::AtLeast).collect::<Vec<_>>();
    let sequent =
        Sequent { name: "by hand".into(), given: at_least(given), show: at_least(goal), divisions: Vec::new() };
    let product = |factor, of: &[Option<usize>]| Summand::Product { factor: number(factor), of: of.to_vec() };
    let refutation = vec![product(2, &[None]), product(1, &[Some(1)]), product(1, &[Some(0)])];
    let model = [("n".to_owned(), 1), ("m".to_owned(), 1)].into();
    let certificate = vec![Proof { goal: Goal::Of(0), refutations: vec![refutation] }];
    let mut shown = Shown::Goals { model, certificate };
    assert_eq!(check(&sequent, &shown), Ok(()));
    let text = write(&[("by hand".to_owned(), shown.clone())]);
    assert!(text.contains("\ngoal 1\n  2 not; 1 h2; 1 h1\nend\n"), "{text}");
    assert_eq!(read(&text).unwrap(), [("by hand".to_owned(), shown.clone())]);
    let Shown::Goals { model, .. } = &mut shown else { unreachable!() };
    model.insert("m".to_owned(), 0);
    assert_eq!(check(&sequent, &shown).unwrap_err(), "the model does not have '2*m - n >= 0'");
    // Without a model nothing says that there are such integers.
    assert!(check(&sequent, &Shown::Goals { model: Default::default(), certificate: Vec::new() }).is_err());
}

#[test]
fn a_changed_certificate_is_refused() {
    let name = "gather.complete";
    let said = changed(name, |c| {
        for summand in &mut c[0].refutations[0] {
            if let Summand::Product { factor, .. } = summand {
                *factor += number(1);
                break;
            }
        }
    });
    assert!(said.contains("not -1"), "{said}");
    let said = changed(name, |c| {
        for summand in &mut c[0].refutations[0] {
            if let Summand::Product { factor, .. } = summand {
                *factor = -factor.clone();
            }
        }
    });
    assert!(said.contains("is negative"), "{said}");
    let said = changed(name, |c| drop(c[0].refutations[0].pop()));
    assert!(said.contains("not -1"), "{said}");
    let said = changed(name, |c| {
        let again = c[0].refutations[0][0].clone();
        c[0].refutations[0].push(again);
    });
    assert!(said.contains("not -1"), "{said}");
    let said = changed(name, |c| drop(c.pop()));
    assert!(said.contains("is not shown"), "{said}");
    let said = changed(name, |c| {
        let again = c[0].clone();
        c.push(again);
    });
    assert!(said.contains("is shown twice"), "{said}");
    let said = changed(name, |c| c[0].goal = Goal::Of(99));
    assert_eq!(said, "there is no goal 100");
    // An equality is shown only by both of its halves.
    let said = changed(name, |c| c.iter_mut().for_each(|proof| proof.refutations.truncate(1)));
    assert!(said.contains("1 refutations of") && said.contains("2 are needed"), "{said}");
    // The polynomial of another sequent does not fit.
    let said = changed(name, |c| {
        let (_, Shown::Goals { certificate, .. }) = stored("phases.complete") else { panic!() };
        *c = certificate;
    });
    assert!(!said.is_empty());
}

/// A goal may use those before it, not itself nor a later one.
#[test]
fn circular_goals_are_refused() {
    let n = Constraint::AtLeast(expression("n").unwrap());
    let sequent = Sequent { name: "n".into(), given: Vec::new(), show: vec![n.clone(), n], divisions: Vec::new() };
    // −n − 1 ≥ 0 and n ≥ 0, the goal that is to be shown: their sum is −1.
    let by = |known: usize| {
        let product = |of| Summand::Product { factor: number(1), of: vec![of] };
        vec![vec![product(None), product(Some(known))]]
    };
    let goals = |known: [usize; 2]| Shown::Goals {
        model: Default::default(),
        certificate: known.iter().enumerate().map(|(n, k)| Proof { goal: Goal::Of(n), refutations: by(*k) }).collect(),
    };
    assert!(check(&sequent, &goals([0, 0])).unwrap_err().ends_with("h1 is not known here"));
    assert!(check(&sequent, &goals([1, 0])).unwrap_err().ends_with("h2 is not known here"));
}

#[test]
fn equalities_and_inequalities_are_not_mixed_up() {
    let given = vec![Constraint::Equal(expression("n").unwrap()), Constraint::AtLeast(expression("m").unwrap())];
    let show = vec![Constraint::AtLeast(expression("m").unwrap())];
    let sequent = Sequent { name: "n".into(), given, show, divisions: Vec::new() };
    let said = |summand: Summand| {
        let certificate = vec![Proof { goal: Goal::Of(0), refutations: vec![vec![summand]] }];
        let model = [("n".to_owned(), 0), ("m".to_owned(), 0)].into();
        check(&sequent, &Shown::Goals { model, certificate }).unwrap_err()
    };
    let product = |of: usize| Summand::Product { factor: number(1), of: vec![Some(of)] };
    let multiple = |of: usize| Summand::Multiple { of, multiplier: Poly::integer(-1) };
    assert!(said(product(0)).ends_with("h1 is an equality"));
    assert!(said(multiple(1)).ends_with("h2 is not an equality"));
    assert!(said(multiple(7)).ends_with("h8 is not known here"));
}

/// The opposite of g ≥ 0 is −g − 1 ≥ 0 for whole numbers only: with −1/2 for g the sum would be −1/2 + …,
/// and anything would follow from such a lemma.
#[test]
fn a_lemma_about_fractions_is_refused() {
    let never = Constraint::AtLeast(Poly::integer(-1));
    let sequent = Sequent { name: "n".into(), given: Vec::new(), show: vec![never], divisions: Vec::new() };
    let text = "convproof certificates 1\nsequent n\nmodel\nlemma -1/2 >= 0\n  2 not\ngoal 1\n  2 h1\nend\nend of certificates\n";
    let shown = &read(text).unwrap()[0].1;
    assert_eq!(check(&sequent, shown).unwrap_err(), "'-1/2 >= 0' has a fraction");
}

/// A case that is said not to occur must contradict itself.
#[test]
fn a_case_that_occurs_is_not_left_out() {
    let (sequent, shown) = stored("col2im_gather.complete ++");
    assert!(matches!(shown, Shown::Goals { .. }));
    for refutation in [Vec::new(), vec![Summand::Product { factor: number(1), of: vec![None] }]] {
        assert!(check(&sequent, &Shown::Never(refutation)).is_err());
    }
}

#[test]
fn an_inverse_that_is_none_is_refused() {
    let gather = |from: &str, to: &str| {
        let text = "nest gather: x\nloop o from 0 to O\nloop t from 0 to K\ndivide o + p_b - d*t by s into q rest r\n\
            where r = 0\nwhere 0 <= q < I\nadd y[o] += x[q]*w[t]\ninverse o = o, t = t, q = i, r = 0\n";
        let nest = parse(&text.replace(from, to)).unwrap();
        let certificates = read(CERTIFICATES).unwrap();
        let refused = |sequent: &Sequent| {
            let found = certificates.iter().find(|(name, _)| *name == sequent.name).unwrap();
            check(sequent, &found.1).is_err()
        };
        sequents(&nest).iter().filter(|s| refused(s)).map(|s| s.name.clone()).collect::<Vec<_>>()
    };
    assert_eq!(gather("nothing", ""), [""; 0]);
    assert_eq!(gather("q = i,", "q = i + 1,"), ["gather.complete", "gather.unique"]);
    assert_eq!(gather("t = t,", "t = 0,"), ["gather.complete", "gather.unique"]);
    assert_eq!(gather(", r = 0\n", ", r = s\n"), ["gather.complete", "gather.unique"]);
}

#[test]
fn texts_that_are_none_are_refused() {
    let said = |text: &str| read(text).unwrap_err();
    assert!(said("").starts_with("the first line is"));
    assert!(said(&CERTIFICATES.replacen("certificates 1", "certificates 2", 1)).starts_with("the first line is"));
    // Cut off anywhere: never a panic, always refused.
    let bytes = CERTIFICATES.len();
    for end in (0..60).chain((60..bytes - 1).step_by(3970)) {
        let cut: String = CERTIFICATES.chars().take(end).collect();
        assert!(check_text(Vec::new(), &cut).is_err(), "{end}");
    }
    let head = "convproof certificates 1\nsequent a\nmodel n=1\n";
    for (text, problem) in [
        ("goal 0\n", "a goal has a number"),
        ("goal 1\n  1 h0\n", "is no hypothesis"),
        ("goal 1\n  x h1\n", "is no number"),
        ("goal 1\n  1/0 h1\n", "division by 0"),
        ("goal 1\n  1 h1 h2 h3 h4 h5\n", "at most 4"),
        ("goal 1\n  n^99 times h1\n", "an exponent"),
        ("lemma a, b\n", "missing"),
        ("lemma a >= 0, b >= 0\n", "one constraint"),
        ("end\nsequent a\nmodel\nend\n", "there already"),
        ("end\nend of certificates\nmore\n", "nothing follows"),
        ("goal 1\n  1 h99999999999999999999999\n", "is no hypothesis"),
    ] {
        let said = said(&format!("{head}{text}"));
        assert!(said.contains(problem), "{text}: {said}");
    }
    let bomb = format!("{head}goal 1\n  {} times h1\n", ["(a+b+c+d+e+f)"; 12].join("*"));
    assert!(said(&bomb).contains("more than"), "{}", said(&bomb));
    // Numbers without end: powers of powers, products of long numbers, sums of fractions.
    let tower = (0..8).fold("2".to_owned(), |power, _| format!("({power})^12"));
    assert!(said(&format!("{head}goal 1\n  {tower} times h1\n")).contains("an exponent"));
    let long = ["9".repeat(60).as_str(); 100].join("*");
    assert!(said(&format!("{head}goal 1\n  {long} times h1\n")).contains("bits"));
    let fractions: Vec<String> = (0..1000u64).map(|n| format!("1/{}", 1_000_000_007 + 2 * n)).collect();
    assert!(said(&format!("{head}goal 1\n  {} times h1\n", fractions.join("+"))).contains("bits"));
    let deep = format!("{head}goal 1\n  {}1{} times h1\n", "(".repeat(100_000), ")".repeat(100_000));
    assert!(said(&deep).contains("parentheses"), "{}", said(&deep));
    assert!(said(&" ".repeat(2 << 20)).contains("bytes"));
    let digits = format!("{head}goal 1\n  {} h1\n", "9".repeat(1000));
    assert!(said(&digits).contains("digits"));
}

/// Each sequent once, in order, and nothing else.
#[test]
fn certificates_are_those_of_the_theorems() {
    let all = read(CERTIFICATES).unwrap();
    type Some = Vec<(String, Shown)>;
    let said = |change: &dyn Fn(&mut Some)| {
        let mut some = all.clone();
        change(&mut some);
        check_text(theorems().unwrap(), &write(&some)).unwrap_err().to_string()
    };
    assert!(said(&|some| drop(some.pop())).contains("nothing shows"));
    assert!(said(&|some| drop(some.remove(3))).contains("is to be shown"));
    assert!(said(&|some| some.swap(3, 4)).contains("is to be shown"));
    assert!(said(&|some| some.push(("more".into(), all[0].1.clone()))).contains("belongs to no theorem"));
}

/// The guide says how long the files are that one has to trust.
#[test]
fn the_trusted_files_are_as_long_as_the_guide_says() {
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR"));
    let lines = |path: &str| std::fs::read_to_string(root.join(path)).unwrap().lines().count();
    let guide = std::fs::read_to_string(root.join("src/guide/proofs.md")).unwrap();
    let nest =
        ["mod.rs", "text.rs", "scope.rs", "parse.rs"].iter().map(|f| lines(&format!("src/nest/{f}"))).sum::<usize>();
    let proof = |name: &str| lines(&format!("src/proof/{name}"));
    for row in [
        format!("| `src/nest/poly.rs` | {} |", lines("src/nest/poly.rs")),
        format!("| `src/nest/mod.rs`, `text.rs`, `scope.rs`, `parse.rs` | {nest} |"),
        format!("| `src/proof/sequent.rs` | {} |", proof("sequent.rs")),
        format!("| `src/proof/certificate.rs` | {} |", proof("certificate.rs")),
        format!(
            "| `src/proof/statement.rs`, `statements.txt` | {} and {} |",
            proof("statement.rs"),
            proof("statements.txt")
        ),
    ] {
        assert!(guide.contains(&row), "the guide should say {row}");
    }
}
