//! Sequents as SMT-LIB 2 texts: a second opinion by solvers that know nothing of this crate.
//!
//! A text states all hypotheses and the opposite of one goal; `unsat` means that the goal follows.
//! A division with rest is said in two ways, so that a mistake in our way of saying it would show:
//!
//! | encoding | `divide e by m into q rest r` |
//! |---|---|
//! | `witness` | `e = m·q + r`, `0 ≤ r`, `r ≤ m − 1`, as in the sequent |
//! | `native` | `q = (div e m)`, `r = (mod e m)` of SMT-LIB, where a sequent divides at all |
//! | `hinted` | as `witness`: the hypotheses that the certificate uses, and its products |
//!
//! `hinted` is there where the certificate has products, for goals that a solver does not decide
//! otherwise. They are not multiplied out: a solver does the algebra itself.

use std::collections::BTreeSet;

use num_bigint::BigInt;
use num_integer::Integer;
use num_rational::BigRational;
use num_traits::{One, Signed};

use super::certificate::{Certificate, Goal, Refutation, Shown, Summand, negations};
use super::sequent::Sequent;
use crate::error::{Error, NestError};
use crate::nest::{Constraint, Division, Monomial, Poly, Rounding};

/// Characters of a sequent's name in the name of a file.
const MAX_NAME: usize = 120;

/// A text and the name of the file that it is for, the same on every run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct File {
    /// Small letters, digits, `.`, `-` and `_`: `scatter.sound.3.witness.smt2`.
    pub name: String,
    /// What stands in it.
    pub text: String,
}

/// One goal and what is taken to prove it.
struct Task<'a> {
    sequent: &'a Sequent,
    /// `3`; of a lemma its place in the certificate: `lemma1`
    number: String,
    goal: &'a Constraint,
    /// Shown before, in this order.
    shown: &'a [Constraint],
    /// How the certificate shows it; none where it is said not to follow or nothing is known.
    refutations: &'a [Refutation],
    status: &'static str,
}

/// A hypothesis in SMT-LIB.
struct Given<'a> {
    line: String,
    is_linear: bool,
    /// What it is about: every name that it uses occurs here.
    poly: &'a Poly,
}

/// The texts of all goals, with the status `unsat`: in the order of the certificate, each with the
/// goals and lemmas before it among its hypotheses, as the certificate has it.
///
/// Without a certificate nothing is shown yet: every goal stands by itself, the status `unknown`.
pub fn files(sequent: &Sequent, certificate: Option<&Certificate>) -> Vec<File> {
    let Some(certificate) = certificate else {
        return (0..sequent.show.len()).flat_map(|n| alone(sequent, n, "unknown")).collect();
    };
    let (mut files, mut shown) = (Vec::new(), Vec::new());
    for proof in certificate {
        let (number, goal) = match &proof.goal {
            Goal::Lemma(lemma) => (format!("lemma{}", shown.len() + 1), lemma),
            // One that is not there is for the check of the certificate to refuse.
            Goal::Of(n) => match sequent.show.get(*n) {
                Some(goal) => ((n + 1).to_string(), goal),
                None => continue,
            },
        };
        let refutations = &proof.refutations;
        files.extend(Task { sequent, number, goal, shown: &shown, refutations, status: "unsat" }.files());
        shown.push(goal.clone());
    }
    files
}

/// Every obligation of every theorem, cases that cannot occur, and every mistake.
///
/// # Errors
/// As [`super::check_all`].
pub fn exported() -> Result<Vec<File>, Error> {
    let read = super::stored::read(super::CERTIFICATES).map_err(|problem| NestError::Certificates { problem })?;
    let mut all = Vec::new();
    let sequents = super::theorems()?.into_iter().flat_map(|theorem| theorem.sequents);
    for (sequent, (_, shown)) in sequents.zip(&read) {
        all.extend(match shown {
            Shown::Goals { certificate, .. } => files(&sequent, Some(certificate)),
            Shown::Never(refutation) => never(&sequent, refutation),
        });
    }
    for mistake in super::wrong::mistakes()? {
        all.extend(wrong(&mistake.sequent, mistake.goal));
    }
    Ok(all)
}

/// The texts of a case that cannot occur: what is given alone, with the status `unsat`.
fn never(sequent: &Sequent, refutation: &Refutation) -> Vec<File> {
    let (nothing, number) = (Constraint::AtLeast(Poly::integer(-1)), "never".to_owned());
    let refutations = std::slice::from_ref(refutation);
    Task { sequent, number, goal: &nothing, shown: &[], refutations, status: "unsat" }.files()
}

/// The texts of one goal that does not follow, with the status `sat`.
pub fn wrong(sequent: &Sequent, goal: usize) -> Vec<File> {
    alone(sequent, goal, "sat")
}

fn alone(sequent: &Sequent, n: usize, status: &'static str) -> Vec<File> {
    let Some(goal) = sequent.show.get(n) else { return Vec::new() };
    Task { sequent, number: (n + 1).to_string(), goal, shown: &[], refutations: &[], status }.files()
}

impl Task<'_> {
    fn files(&self) -> Vec<File> {
        let mut given = self.given(false);
        let mut files = vec![self.file("witness", &given, &BTreeSet::new())];
        if !self.sequent.divisions.is_empty() {
            files.push(self.file("native", &self.given(true), &BTreeSet::new()));
        }
        let hints = self.hints();
        if !hints.is_empty() {
            // With the products nothing is needed but what the certificate uses.
            let of = |summand: &Summand| match summand {
                Summand::Product { of, .. } => of.iter().flatten().copied().collect(),
                Summand::Multiple { of, .. } => vec![*of],
            };
            let (used, mut n): (BTreeSet<usize>, _) = (self.refutations.iter().flatten().flat_map(of).collect(), 0..);
            given.retain(|_| n.next().is_some_and(|n| used.contains(&n)));
            files.push(self.file("hinted", &given, &hints));
        }
        files
    }

    fn file(&self, encoding: &str, given: &[Given<'_>], hints: &BTreeSet<String>) -> File {
        let (name, number, goal) = (&self.sequent.name, &self.number, self.goal);
        // Solvers are much better at linear arithmetic when told that it is.
        let is_linear = hints.is_empty() && goal.poly().degree() <= 1 && given.iter().all(|given| given.is_linear);
        let source = match goal {
            Constraint::AtLeast(poly) => format!("{name}, goal {number}: {poly} >= 0"),
            Constraint::Equal(poly) => format!("{name}, goal {number}: {poly} = 0"),
        };
        // What may not stand between bars.
        let source = source.replace(|c: char| c.is_control() || c == '|' || c == '\\', "_");
        let mut lines = vec![
            format!("(set-logic {})", if is_linear { "QF_LIA" } else { "QF_NIA" }),
            format!("(set-info :status {})", self.status),
            format!("(set-info :source |{source}|)"),
        ];
        let names: BTreeSet<&str> = given.iter().map(|g| g.poly).chain([goal.poly()]).flat_map(Poly::names).collect();
        lines.extend(names.iter().map(|name| format!("(declare-const {} Int)", symbol(name))));
        lines.extend(given.iter().map(|given| given.line.clone()));
        lines.push(format!("(assert (not {})) ; the opposite of the goal", constraint(goal)));
        lines.extend(hints.iter().map(|hint| format!("(assert {hint}) ; follows from the above: a product")));
        lines.push("(check-sat)\n".to_owned());
        File { name: format!("{}.{number}.{encoding}.smt2", file_name(name)), text: lines.join("\n") }
    }

    /// What is given and what was shown, in the order in which certificates count them; if `native`,
    /// divisions in SMT-LIB's own words.
    fn given(&self, native: bool) -> Vec<Given<'_>> {
        let divisions: &[(usize, Division)] = if native { &self.sequent.divisions } else { &[] };
        let mut all = Vec::new();
        for (n, it) in self.sequent.given.iter().chain(self.shown).enumerate() {
            let note = if n < self.sequent.given.len() { "" } else { " ; shown before" };
            let (line, is_linear) = match divisions.iter().find(|(first, _)| (*first..first + 3).contains(&n)) {
                None => (format!("(assert {}){note}", constraint(it)), it.poly().degree() <= 1),
                Some((first, division)) if *first == n => divided(division),
                Some(_) => continue,
            };
            all.push(Given { line, is_linear, poly: it.poly() });
        }
        all
    }

    /// The products that the certificate adds up. One with the opposite `n ≥ 0` of the goal as a
    /// factor holds where `n ≥ 0` does: an equality has two opposites.
    fn hints(&self) -> BTreeSet<String> {
        let known: Vec<&Constraint> = self.sequent.given.iter().chain(self.shown).collect();
        let at = |n: &usize| known.get(*n).map(|it| sum(it.poly()));
        let hint = |summand: &Summand, opposite: &str| match summand {
            Summand::Product { of, .. } if of.len() > 1 => {
                let factor = |n: &Option<usize>| n.as_ref().map_or(Some(opposite.to_owned()), at);
                let product = format!("(>= (* {}) 0)", of.iter().map(factor).collect::<Option<Vec<_>>>()?.join(" "));
                Some(if of.contains(&None) { format!("(=> (>= {opposite} 0) {product})") } else { product })
            }
            Summand::Multiple { of, multiplier } if multiplier.degree() > 0 => {
                Some(format!("(= (* {} {}) 0)", sum(multiplier), at(of)?))
            }
            Summand::Product { .. } | Summand::Multiple { .. } => None,
        };
        let opposites: Vec<String> = negations(self.goal).iter().map(sum).collect();
        let each = |(all, opposite): (&Refutation, &String)| all.iter().filter_map(|it| hint(it, opposite)).collect();
        self.refutations.iter().zip(&opposites).flat_map::<Vec<_>, _>(each).collect()
    }
}

/// `q` and `r` by `div` and `mod`, which round down for a positive divisor. What they are for
/// another is left open by SMT-LIB (for 0) or is not what our programs do; that divisors are
/// positive is shown by sequents of its own, so it is a hypothesis here.
fn divided(division: &Division) -> (String, bool) {
    // The same multiple of both leaves the quotient and multiplies the rest.
    let scale = BigRational::from_integer(common(&division.of).lcm(&common(&division.by)));
    let (of, by) = (sum(&division.of.scaled(&scale)), sum(&division.by.scaled(&scale)));
    let (q, r) = (symbol(&division.quotient), sum(&Poly::name(&division.rest).scaled(&scale)));
    let by_word = |word: &str| match division.rounding {
        Rounding::Floor => format!("({word} {of} {by})"),
        Rounding::Truncate => format!("(ite (>= {of} 0) ({word} {of} {by}) (- ({word} (- {of}) {by})))"),
    };
    let positive = constraint(&Constraint::AtLeast(division.by.clone().minus(&Poly::integer(1))));
    let all = [positive, format!("(= {q} {})", by_word("div")), format!("(= {r} {})", by_word("mod"))];
    let is_linear = division.of.degree() <= 1 && division.by.degree() == 0;
    (all.map(|it| format!("(assert {it})")).join("\n"), is_linear)
}

fn constraint(it: &Constraint) -> String {
    match it {
        Constraint::AtLeast(poly) => format!("(>= {} 0)", sum(poly)),
        Constraint::Equal(poly) => format!("(= {} 0)", sum(poly)),
    }
}

/// The common denominator: SMT-LIB's integers have no fractions.
fn common(poly: &Poly) -> BigInt {
    poly.terms().fold(BigInt::one(), |common, (_, c)| common.lcm(c.denom()))
}

/// A positive multiple of a polynomial with whole coefficients.
fn sum(poly: &Poly) -> String {
    let scale = BigRational::from_integer(common(poly));
    let term = |(names, c): (&Monomial, &BigRational)| {
        let size = (c * &scale).to_integer().abs();
        let power = |(name, exponent): (&String, &u32)| (0..*exponent).map(|_| symbol(name)).collect::<Vec<_>>();
        let mut factors: Vec<String> = names.iter().flat_map(power).collect();
        if !size.is_one() || factors.is_empty() {
            factors.insert(0, size.to_string());
        }
        let product = if factors.len() == 1 { factors.concat() } else { format!("(* {})", factors.join(" ")) };
        if c.is_negative() { format!("(- {product})") } else { product }
    };
    let terms: Vec<String> = poly.terms().map(term).collect();
    match terms.len() {
        0 => "0".to_owned(),
        1 => terms.concat(),
        _ => format!("(+ {})", terms.join(" ")),
    }
}

/// A name as a symbol: a word that means something in SMT-LIB gets a dot, which no name of ours has.
fn symbol(name: &str) -> String {
    const WORDS: &str = " BINARY DECIMAL HEXADECIMAL NUMERAL STRING Int Bool abs and as assert distinct div \
        echo exists exit false forall ite lambda let match mod not or par pop push reset true xor ";
    if WORDS.contains(&format!(" {name} ")) { format!("{name}.") } else { name.to_owned() }
}

/// Whatever a nest is called, in signs and a length that every file system takes, capitals or not.
fn file_name(sequent: &str) -> String {
    let is_signs = |end: &str| end.chars().all(|c| c == '+' || c == '-');
    let (stem, signs) = sequent.rsplit_once(' ').filter(|(_, end)| is_signs(end)).unwrap_or((sequent, ""));
    let is_safe = |c: char| c.is_ascii_alphanumeric() || c == '.' || c == '-' || c == '_';
    let mut name: String = stem.chars().map(|c| if is_safe(c) { c.to_ascii_lowercase() } else { '_' }).collect();
    // The end is what tells the sequents of a nest apart.
    name.drain(..name.len().saturating_sub(MAX_NAME));
    // Names of devices on Windows, whatever follows the dot.
    if ["aux.", "con.", "nul.", "prn."].iter().any(|device| name.starts_with(device)) {
        name.insert(0, '_');
    }
    let signs = signs.replace('+', "p").replace('-', "n");
    if signs.is_empty() { name } else { format!("{name}.{signs}") }
}
