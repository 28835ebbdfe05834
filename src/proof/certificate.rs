//! Certificates and the check of them. **Part of what has to be trusted.**
//!
//! A goal `g ≥ 0` follows from hypotheses `H ≥ 0` and `E = 0` over the integers if `−g − 1 ≥ 0` does
//! not go with them; `g = 0` if neither `g − 1 ≥ 0` nor `−g − 1 ≥ 0` does. That they do not go
//! together is shown by rationals `λ ≥ 0` and polynomials `μ` with
//!
//! ```text
//! Σ λ·(a product of hypotheses, the negated goal among them) + Σ μ·E  =  −1
//! ```
//!
//! as polynomials: the left side cannot be negative where all hold. (Handelman; Krivine; Stengle.)

use num_rational::BigRational;
use num_traits::{Signed, Zero};

use super::sequent::Sequent;
use crate::nest::{Constraint, Poly, Sizes};

/// The most factors of a product that the search tries; the check takes any number up to this.
pub const MAX_FACTORS: usize = 4;

/// One summand.
#[derive(Debug, Clone, PartialEq, Eq)]
#[allow(clippy::exhaustive_enums)] // all that is checked
pub enum Summand {
    /// `factor · Π hypotheses`, the negated goal as `None`.
    Product {
        /// Not negative.
        factor: BigRational,
        /// Places of inequalities.
        of: Vec<Option<usize>>,
    },
    /// `multiplier · equality`
    Multiple {
        /// The place of an equality.
        of: usize,
        /// Any polynomial.
        multiplier: Poly,
    },
}

/// Summands that add up to −1.
pub type Refutation = Vec<Summand>;

/// How one goal is shown: one refutation for `g ≥ 0`, two for `g = 0` (`g ≥ 1`, then `g ≤ −1`).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Proof {
    /// Which.
    pub goal: Goal,
    /// What refutes its negation, or both.
    pub refutations: Vec<Refutation>,
}

/// What is shown: a goal of the sequent, or something on the way.
#[derive(Debug, Clone, PartialEq, Eq)]
#[allow(clippy::exhaustive_enums)] // all that is checked
pub enum Goal {
    /// By its place in the sequent.
    Of(usize),
    /// Anything that helps: it is shown, too.
    Lemma(Constraint),
}

/// All goals of a sequent, in an order in which each may use those before it.
pub type Certificate = Vec<Proof>;

/// What is stored about a sequent.
#[derive(Debug, Clone, PartialEq, Eq)]
#[allow(clippy::exhaustive_enums)] // all that is checked
pub enum Shown {
    /// Its goals, and integers for which all that is given holds: it says something.
    Goals {
        /// One value for each name.
        model: Sizes,
        /// What shows them.
        certificate: Certificate,
    },
    /// What is given cannot be: a case that does not occur.
    Never(Refutation),
}

/// Checks what is stored about a sequent.
///
/// # Errors
/// The first thing that is wrong.
pub fn check(sequent: &Sequent, shown: &Shown) -> Result<(), String> {
    match shown {
        Shown::Never(refutation) => refutes(&sequent.given, &Poly::default(), refutation),
        Shown::Goals { model, certificate } => match sequent.given.iter().find(|given| !holds(given, model)) {
            Some(given) => Err(format!("the model does not have '{}'", show(given))),
            None => goals(sequent, certificate),
        },
    }
}

/// Whether a constraint holds of integers; not if one is missing.
pub fn holds(constraint: &Constraint, values: &Sizes) -> bool {
    let of = |name: &str| values.get(name).map(|n| BigRational::from_integer((*n).into()));
    constraint.poly().value(&of).is_some_and(|value| match constraint {
        Constraint::AtLeast(_) => !value.is_negative(),
        Constraint::Equal(_) => value.is_zero(),
    })
}

/// Checks that every goal of a sequent is shown.
///
/// # Errors
/// The first thing that is wrong.
pub fn goals(sequent: &Sequent, certificate: &Certificate) -> Result<(), String> {
    let mut known = sequent.given.clone();
    let mut shown = vec![false; sequent.show.len()];
    for proof in certificate {
        let goal = match &proof.goal {
            Goal::Lemma(lemma) => lemma.clone(),
            Goal::Of(n) => sequent.show.get(*n).ok_or_else(|| format!("there is no goal {}", n + 1))?.clone(),
        };
        // −g − 1 ≥ 0 is the opposite of g ≥ 0 only where g is a whole number.
        if goal.poly().terms().any(|(_, coefficient)| !coefficient.is_integer()) {
            return Err(format!("'{}' has a fraction", show(&goal)));
        }
        let negated = negations(&goal);
        if proof.refutations.len() != negated.len() {
            let (got, needed) = (proof.refutations.len(), negated.len());
            return Err(format!("{got} refutations of '{}'; {needed} are needed", show(&goal)));
        }
        for (refutation, negated) in proof.refutations.iter().zip(&negated) {
            refutes(&known, negated, refutation).map_err(|why| format!("goal '{}': {why}", show(&goal)))?;
        }
        if let Goal::Of(n) = proof.goal {
            if shown[n] {
                return Err(format!("goal {} is shown twice", n + 1));
            }
            shown[n] = true;
        }
        known.push(goal);
    }
    match shown.iter().position(|shown| !shown) {
        Some(n) => Err(format!("goal {} '{}' is not shown", n + 1, show(&sequent.show[n]))),
        None => Ok(()),
    }
}

/// What must not be: each polynomial `≥ 0`.
pub fn negations(goal: &Constraint) -> Vec<Poly> {
    let one = Poly::integer(1);
    let below = |g: &Poly| Poly::integer(-1).minus(g);
    match goal {
        Constraint::AtLeast(g) => vec![below(g)],
        Constraint::Equal(g) => vec![g.clone().minus(&one), below(g)],
    }
}

/// Checks that the summands add up to −1.
///
/// # Errors
/// What they add up to, or which of them is none.
pub fn refutes(known: &[Constraint], negated: &Poly, refutation: &Refutation) -> Result<(), String> {
    let mut sum = Poly::default();
    for summand in refutation {
        let value = match summand {
            Summand::Product { factor, .. } if factor.is_negative() => {
                return Err(format!("the factor {factor} is negative"));
            }
            Summand::Product { of, .. } if of.len() > MAX_FACTORS => {
                return Err(format!("a product of {} factors; at most {MAX_FACTORS} are taken", of.len()));
            }
            Summand::Product { factor, of } => {
                of.iter().try_fold(Poly::constant(factor.clone()), |product, n| match n {
                    None => Ok(product.times(negated)),
                    Some(n) => match known.get(*n) {
                        Some(Constraint::AtLeast(hypothesis)) => Ok(product.times(hypothesis)),
                        Some(Constraint::Equal(_)) => Err(format!("h{} is an equality", n + 1)),
                        None => Err(format!("h{} is not known here", n + 1)),
                    },
                })?
            }
            Summand::Multiple { of, multiplier } => match known.get(*of) {
                Some(Constraint::Equal(equality)) => equality.times(multiplier),
                Some(Constraint::AtLeast(_)) => return Err(format!("h{} is not an equality", of + 1)),
                None => return Err(format!("h{} is not known here", of + 1)),
            },
        };
        sum = sum.plus(&value);
    }
    if sum == Poly::integer(-1) { Ok(()) } else { Err(format!("the sum is {sum}, not -1")) }
}

/// `a - b >= 0`
pub(crate) fn show(constraint: &Constraint) -> String {
    match constraint {
        Constraint::AtLeast(poly) => format!("{poly} >= 0"),
        Constraint::Equal(poly) => format!("{poly} = 0"),
    }
}
