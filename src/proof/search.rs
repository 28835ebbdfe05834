//! Finds certificates: a linear program over products of hypotheses. Nothing here is trusted.
//!
//! The unknowns are the factors of all products of at most two hypotheses and the coefficients of
//! the multipliers of equalities; each monomial is a row. A float solver finds which are needed,
//! and the rationals are solved for exactly. What is found is checked like any other certificate.

use std::collections::BTreeMap;
use std::time::Duration;

use microlp::{ComparisonOp, OptimizationDirection, Problem};
use num_bigint::BigInt;
use num_rational::BigRational;
use num_traits::{One, Signed, ToPrimitive, Zero};

use super::certificate::{Certificate, Goal, Proof, Refutation, Summand, negations, refutes};
use super::sequent::Sequent;
use crate::nest::{Constraint, Monomial, Poly};

/// Factors of a product, degree of multipliers: tried in this order.
const LADDER: [(usize, u32); 3] = [(1, 0), (2, 1), (2, 2)];

/// Terms of all columns: more are not tried.
const MAX_TERMS: usize = 200_000;
/// The time of one linear program; those of this crate take a tenth of a second at most.
const LONGEST: Duration = Duration::from_secs(5);

/// Shows every goal of a sequent, in whatever order works.
///
/// # Errors
/// The goals for which nothing was found.
pub fn search(sequent: &Sequent) -> Result<Certificate, Vec<usize>> {
    let mut known = sequent.given.clone();
    let mut left: Vec<usize> = (0..sequent.show.len()).collect();
    let mut certificate = Certificate::new();
    for (factors, degree) in LADDER {
        loop {
            let before = left.len();
            left.retain(|&n| {
                let goal = &sequent.show[n];
                let found: Option<Vec<Refutation>> =
                    negations(goal).iter().map(|negated| refute(&known, negated, factors, degree)).collect();
                let Some(refutations) = found else { return true };
                certificate.push(Proof { goal: Goal::Of(n), refutations });
                known.push(goal.clone());
                false
            });
            if left.is_empty() {
                return Ok(certificate);
            }
            if left.len() == before {
                break;
            }
        }
    }
    Err(left)
}

/// Shows that what a sequent gives cannot be, if that is found.
pub fn never(sequent: &Sequent) -> Option<Refutation> {
    let nothing = Poly::default();
    LADDER.iter().find_map(|(factors, degree)| refute(&sequent.given, &nothing, *factors, *degree))
}

/// A column of the linear program.
struct Column {
    summand: Summand,
    poly: Poly,
}

/// All columns of a problem; none where they would be too many.
fn columns(known: &[Constraint], negated: &Poly, factors: usize, degree: u32) -> Option<Vec<Column>> {
    let mut inequalities: Vec<(Option<usize>, &Poly)> = Vec::new();
    // Nothing is negated where hypotheses alone contradict each other.
    if !negated.is_zero() {
        inequalities.push((None, negated));
    }
    let mut equalities: Vec<(usize, &Poly)> = Vec::new();
    for (n, constraint) in known.iter().enumerate() {
        match constraint {
            Constraint::AtLeast(poly) => inequalities.push((Some(n), poly)),
            Constraint::Equal(poly) => equalities.push((n, poly)),
        }
    }
    let one = BigRational::one();
    let product = |of: Vec<Option<usize>>, poly: Poly| Column {
        summand: Summand::Product { factor: BigRational::one(), of },
        poly,
    };
    let mut all: Vec<Column> = vec![product(Vec::new(), Poly::integer(1))];
    all.extend(inequalities.iter().map(|(n, poly)| product(vec![*n], (*poly).clone())));
    let terms: usize = inequalities.iter().map(|(_, poly)| poly.count()).sum();
    if factors >= 2 {
        // Every term meets every other.
        if terms.saturating_mul(terms) > MAX_TERMS {
            return None;
        }
        for (k, (a, x)) in inequalities.iter().enumerate() {
            all.extend(inequalities[k..].iter().map(|(b, y)| product(vec![*a, *b], x.times(y))));
        }
    }
    let mut names: Vec<&str> = inequalities.iter().flat_map(|(_, p)| p.names()).collect();
    names.extend(equalities.iter().flat_map(|(_, p)| p.names()));
    names.sort_unstable();
    names.dedup();
    let mut monomials: Vec<Monomial> = vec![Monomial::new()];
    let mut last = monomials.clone();
    for _ in 0..degree {
        let mut next: Vec<Monomial> = Vec::new();
        for monomial in &last {
            let from = monomial.keys().next_back().map_or("", String::as_str);
            for name in names.iter().filter(|name| **name >= from) {
                let mut more = monomial.clone();
                *more.entry((*name).to_owned()).or_insert(0) += 1;
                next.push(more);
            }
        }
        monomials.extend(next.iter().cloned());
        last = next;
    }
    let terms: usize = equalities.iter().map(|(_, poly)| poly.count()).sum();
    if terms.saturating_mul(monomials.len()) > MAX_TERMS {
        return None;
    }
    for (n, equality) in &equalities {
        for monomial in &monomials {
            for sign in [one.clone(), -one.clone()] {
                let multiplier = Poly::term(monomial.clone(), sign);
                let poly = equality.times(&multiplier);
                all.push(Column { summand: Summand::Multiple { of: *n, multiplier }, poly });
            }
        }
    }
    Some(all)
}

/// Leaves out columns that cannot be used: those with a monomial that no other sign cancels.
fn prune(columns: &mut Vec<Column>) {
    loop {
        let mut signs: BTreeMap<&Monomial, (bool, bool)> = BTreeMap::new();
        for column in columns.iter() {
            for (monomial, coefficient) in column.poly.terms() {
                let entry = signs.entry(monomial).or_default();
                if coefficient.is_positive() { entry.0 = true } else { entry.1 = true }
            }
        }
        let useless = |column: &Column| {
            column.poly.terms().any(|(monomial, _)| !monomial.is_empty() && signs[monomial] != (true, true))
        };
        let keep: Vec<bool> = columns.iter().map(|column| !useless(column)).collect();
        if keep.iter().all(|keep| *keep) {
            return;
        }
        let mut keep = keep.into_iter();
        columns.retain(|_| keep.next().unwrap_or(false));
    }
}

/// A refutation with products and multipliers up to these degrees, if one is found.
pub fn refute(known: &[Constraint], negated: &Poly, factors: usize, degree: u32) -> Option<Refutation> {
    let mut columns = columns(known, negated, factors, degree)?;
    prune(&mut columns);
    let mut rows: BTreeMap<&Monomial, Vec<(usize, f64)>> = BTreeMap::new();
    for (n, column) in columns.iter().enumerate() {
        for (monomial, coefficient) in column.poly.terms() {
            rows.entry(monomial).or_default().push((n, coefficient.to_f64()?));
        }
    }
    let mut problem = Problem::new(OptimizationDirection::Minimize);
    let unknowns: Vec<_> = columns.iter().map(|_| problem.add_var(1.0, (0.0, f64::INFINITY))).collect();
    if !rows.keys().any(|m| m.is_empty()) {
        return None;
    }
    for (monomial, row) in &rows {
        let row: Vec<_> = row.iter().map(|(n, coefficient)| (unknowns[*n], *coefficient)).collect();
        problem.add_constraint(&row[..], ComparisonOp::Eq, if monomial.is_empty() { -1.0 } else { 0.0 });
    }
    problem.set_time_limit(LONGEST);
    // Found or not: whatever becomes of the solver says nothing about the goal.
    let solved = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| problem.solve()));
    let solution = solved.ok()?.ok()?.into_solution().ok()?;
    let support: Vec<&Column> =
        columns.iter().zip(&unknowns).filter(|(_, u)| solution.var_value(**u) > 1e-9).map(|(c, _)| c).collect();
    let refutation = exact(&support)?;
    refutes(known, negated, &refutation).is_ok().then_some(refutation)
}

/// The factors over the rationals, of columns that are enough.
fn exact(support: &[&Column]) -> Option<Refutation> {
    let mut rows: BTreeMap<&Monomial, Vec<BigRational>> = BTreeMap::new();
    let width = support.len() + 1;
    for (n, column) in support.iter().enumerate() {
        for (monomial, coefficient) in column.poly.terms() {
            rows.entry(monomial).or_insert_with(|| vec![BigRational::zero(); width])[n] = coefficient.clone();
        }
    }
    let constant = Monomial::new();
    rows.get_mut(&constant)?[width - 1] = -BigRational::one();
    let solution = solve(rows.into_values().collect(), support.len())?;
    let summand = |(column, factor): (&&Column, BigRational)| match &column.summand {
        Summand::Product { of, .. } => Summand::Product { factor, of: of.clone() },
        Summand::Multiple { of, multiplier } => Summand::Multiple { of: *of, multiplier: multiplier.scaled(&factor) },
    };
    let all = support.iter().zip(solution).filter(|(_, factor)| !factor.is_zero()).map(summand);
    Some(joined(all.collect()))
}

/// Multiples of the same equality as one.
fn joined(all: Refutation) -> Refutation {
    let mut multipliers: BTreeMap<usize, Poly> = BTreeMap::new();
    let mut refutation = Refutation::new();
    for summand in all {
        match summand {
            Summand::Product { .. } => refutation.push(summand),
            Summand::Multiple { of, multiplier } => {
                let sum = multipliers.entry(of).or_default();
                *sum = sum.clone().plus(&multiplier);
            }
        }
    }
    let used = multipliers.into_iter().filter(|(_, multiplier)| !multiplier.is_zero());
    refutation.extend(used.map(|(of, multiplier)| Summand::Multiple { of, multiplier }));
    refutation
}

/// Solves `rows · (x, −1) = 0` by elimination; what stays free is 0.
fn solve(mut rows: Vec<Vec<BigRational>>, unknowns: usize) -> Option<Vec<BigRational>> {
    let mut pivots: Vec<(usize, usize)> = Vec::new();
    for unknown in 0..unknowns {
        let next = pivots.len();
        let Some(at) = (next..rows.len()).find(|&n| !rows[n][unknown].is_zero()) else { continue };
        rows.swap(next, at);
        let inverse = rows[next][unknown].recip();
        rows[next].iter_mut().for_each(|value| *value *= &inverse);
        let pivot = rows[next].clone();
        for (n, row) in rows.iter_mut().enumerate() {
            if n != next && !row[unknown].is_zero() {
                let factor = row[unknown].clone();
                row.iter_mut().zip(&pivot).for_each(|(value, p)| *value -= &factor * p);
            }
        }
        pivots.push((next, unknown));
    }
    if rows[pivots.len()..].iter().any(|row| !row[unknowns].is_zero()) {
        return None;
    }
    let mut solution = vec![BigRational::from_integer(BigInt::zero()); unknowns];
    for (row, unknown) in pivots {
        solution[unknown] = rows[row][unknowns].clone();
    }
    Some(solution)
}
