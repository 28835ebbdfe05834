//! Polynomials over the rationals in the indeterminates `x_i` and `w_t`.
//!
//! A formulation that runs on indeterminates leaves in each output cell the formula that it
//! computes. A correct one leaves bilinear sums `Σ x_i·w_t`; those are kept as a bag of
//! `(i, t)` pairs, the first few without touching the heap, which costs one push per product.
//! Anything else - a square, a lone `x_i`, a cube - goes to the general form and is never
//! dropped.

use std::collections::BTreeMap;

use num_traits::{One, Zero};

use super::bag::Bag;
use super::{ExactScalar, Rational, Scalar};

/// One indeterminate: a cell of the input or a tap of the weight, by row-major index.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[allow(clippy::exhaustive_enums)] // bilinear in exactly these two
pub enum Indeterminate {
    /// `x_i`.
    Input(u32),
    /// `w_t`.
    Weight(u32),
}

/// A product of indeterminates, sorted, with repetition; empty for the constant 1.
pub type Monomial = Vec<Indeterminate>;

/// A polynomial over the rationals in the indeterminates `x_i` and `w_t`.
///
/// ```
/// use convproof::scalar::{Polynomial, Scalar};
/// let (x, w) = (Polynomial::input(0), Polynomial::weight(3));
/// let mut sum = Polynomial::zero();
/// sum.add_product(&x, &w);
/// sum.add_product(&w, &x);
/// assert_eq!(sum.terms().len(), 1); // 2·x0·w3
/// ```
#[derive(Debug, Clone)]
pub struct Polynomial(Form);

#[derive(Debug, Clone)]
enum Form {
    Indeterminate(Indeterminate),
    /// A sum of products `x_i·w_t`; the empty one is 0.
    Products(Bag),
    /// Anything: no zero coefficient is stored.
    General(BTreeMap<Monomial, Rational>),
}

impl Polynomial {
    /// The indeterminate `x_i`.
    pub fn input(i: u32) -> Self {
        Polynomial(Form::Indeterminate(Indeterminate::Input(i)))
    }

    /// The indeterminate `w_t`.
    pub fn weight(t: u32) -> Self {
        Polynomial(Form::Indeterminate(Indeterminate::Weight(t)))
    }

    /// A constant.
    pub fn constant(value: Rational) -> Self {
        let terms = if value.is_zero() { BTreeMap::new() } else { BTreeMap::from([(Vec::new(), value)]) };
        Polynomial(Form::General(terms))
    }

    /// The terms in canonical order (by `x` index, then tap), with their coefficients, none zero.
    pub fn terms(&self) -> Vec<(Monomial, Rational)> {
        self.general().into_iter().collect()
    }

    /// The sorted `(i, t)` pairs, with repetition, if this is a sum of products `x_i·w_t`
    /// with positive whole coefficients.
    pub fn pairs(&self) -> Option<Vec<(u32, u32)>> {
        let Form::Products(bag) = &self.0 else { return None };
        let mut pairs: Vec<(u32, u32)> = bag.pairs().collect();
        pairs.sort_unstable();
        Some(pairs)
    }

    fn general(&self) -> BTreeMap<Monomial, Rational> {
        let mut terms = BTreeMap::new();
        match &self.0 {
            Form::Indeterminate(v) => add_term(&mut terms, vec![*v], &Rational::one()),
            Form::Products(bag) => {
                bag.pairs().for_each(|(i, t)| add_term(&mut terms, monomial(i, t), &Rational::one()));
            }
            Form::General(all) => terms.clone_from(all),
        }
        terms
    }

    /// Whether this is 0 for certain: a sum that cancelled may be 0 as well.
    #[inline]
    fn is_blank(&self) -> bool {
        matches!(&self.0, Form::Products(bag) if bag.is_empty())
    }

    /// Adds any two polynomials.
    #[cold]
    fn add_in_general(&mut self, other: &Self) {
        if self.is_blank() {
            self.0 = other.0.clone();
            return;
        }
        if !matches!(self.0, Form::General(_)) {
            self.0 = Form::General(self.general());
        }
        let Form::General(terms) = &mut self.0 else { return };
        for (monomial, coefficient) in other.general() {
            add_term(terms, monomial, &coefficient);
        }
    }

    /// Multiplies any two polynomials.
    #[cold]
    fn times_in_general(&self, other: &Self) -> Self {
        let mut terms = BTreeMap::new();
        for (left, a) in self.general() {
            for (right, b) in other.general() {
                let mut product = left.clone();
                product.extend(right);
                product.sort_unstable();
                add_term(&mut terms, product, &(&a * b));
            }
        }
        Polynomial(Form::General(terms))
    }
}

impl Scalar for Polynomial {
    #[inline]
    fn zero() -> Self {
        Polynomial(Form::Products(Bag::EMPTY))
    }

    fn add_assign(&mut self, other: &Self) {
        match (&mut self.0, &other.0) {
            (Form::Products(bag), Form::Products(more)) => bag.extend(more),
            _ if other.is_blank() => {}
            _ => self.add_in_general(other),
        }
    }

    fn times(&self, other: &Self) -> Self {
        let mut product = Polynomial::zero();
        product.add_product(self, other);
        product
    }

    #[inline]
    fn add_product(&mut self, a: &Self, b: &Self) {
        match (pair(a, b), &mut self.0) {
            (Some((i, t)), Form::Products(bag)) => bag.push(i, t),
            _ if a.is_blank() || b.is_blank() => {}
            (Some((i, t)), _) => {
                let mut bag = Bag::EMPTY;
                bag.push(i, t);
                self.add_in_general(&Polynomial(Form::Products(bag)));
            }
            (None, _) => self.add_assign(&a.times_in_general(b)),
        }
    }
}

impl PartialEq for Polynomial {
    /// Equality of polynomials: the same terms with the same coefficients.
    #[inline]
    fn eq(&self, other: &Self) -> bool {
        match (&self.0, &other.0) {
            (Form::Products(mine), Form::Products(theirs)) => mine == theirs,
            _ => self.general() == other.general(),
        }
    }
}

/// The indices of two factors of which one is an `x_i`, the other a `w_t`.
#[inline]
fn pair(a: &Polynomial, b: &Polynomial) -> Option<(u32, u32)> {
    use Indeterminate::{Input, Weight};
    match (&a.0, &b.0) {
        (Form::Indeterminate(Input(i)), Form::Indeterminate(Weight(t)))
        | (Form::Indeterminate(Weight(t)), Form::Indeterminate(Input(i))) => Some((*i, *t)),
        _ => None,
    }
}

impl ExactScalar for Polynomial {}

fn monomial(i: u32, t: u32) -> Monomial {
    vec![Indeterminate::Input(i), Indeterminate::Weight(t)]
}

fn add_term(terms: &mut BTreeMap<Monomial, Rational>, monomial: Monomial, coefficient: &Rational) {
    let sum = terms.entry(monomial.clone()).or_insert_with(Zero::zero);
    *sum += coefficient;
    if sum.is_zero() {
        terms.remove(&monomial);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bags_count_what_is_added_twice() {
        let (x, w) = (Polynomial::input(1), Polynomial::weight(2));
        let mut once = Polynomial::zero();
        once.add_product(&x, &w);
        let mut twice = once.clone();
        twice.add_product(&w, &x);
        assert!(once != twice);
        assert_eq!(twice.pairs(), Some(vec![(1, 2), (1, 2)]));
    }

    #[test]
    fn order_of_addition_does_not_matter() {
        let (a, b, w) = (Polynomial::input(0), Polynomial::input(1), Polynomial::weight(0));
        let mut left = a.times(&w);
        left.add_product(&b, &w);
        let mut right = b.times(&w);
        right.add_product(&a, &w);
        assert!(left == right);
    }

    #[test]
    fn what_is_not_bilinear_is_kept() {
        let (x, w) = (Polynomial::input(0), Polynomial::weight(0));
        let right = x.times(&w);
        for wrong in [x.times(&x), x.clone(), x.times(&w).times(&w), w.times(&w)] {
            let mut sum = right.clone();
            sum.add_assign(&wrong);
            assert!(sum != right, "{sum:?}");
            assert_eq!(sum.pairs(), None);
        }
    }

    #[test]
    fn forms_that_mean_the_same_are_equal() {
        let (x, w) = (Polynomial::input(0), Polynomial::weight(0));
        let one = Polynomial::constant(Rational::one());
        assert!(x.times(&w).times(&one) == x.times(&w));
        let mut cancelled = x.times(&x);
        cancelled.add_product(&Polynomial::constant(-Rational::one()), &x.times(&x));
        assert!(cancelled == Polynomial::zero());
    }
}
