//! Polynomials over the rationals in the indeterminates `x_i` and `w_t`.
//!
//! A formulation that runs on indeterminates leaves in each output cell the formula that it
//! computes. A correct one leaves bilinear sums `Σ x_i·w_t`; those are kept as a bag of
//! `(i, t)` pairs, the first few without touching the heap, which costs one push per product.
//! Anything else - a square, a lone `x_i`, a cube - goes to the general form and is never
//! dropped.

use std::collections::BTreeMap;

use num_traits::{One, Zero};

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

/// Products that are kept in place: most cells of small geometries have no more, and a polynomial
/// stays at 32 bytes.
const FEW: usize = 3;

#[derive(Debug, Clone)]
enum Form {
    Indeterminate(Indeterminate),
    /// A bag of up to [`FEW`] packed products, see `Many`; none for the polynomial 0.
    Few(u8, [u64; FEW]),
    /// A bag of products `x_i·w_t` packed by [`pack`], in any order: multiplicity is the coefficient.
    Many(Vec<u64>),
    /// Anything: no zero coefficient is stored.
    General(BTreeMap<Monomial, Rational>),
}

const ZERO: Form = Form::Few(0, [0; FEW]);

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
        self.bag().map(|bag| bag.into_iter().map(unpack).collect())
    }

    /// The packed products in the order in which they were added, in the bilinear forms.
    fn products(&self) -> Option<&[u64]> {
        match &self.0 {
            Form::Few(count, keys) => Some(&keys[..usize::from(*count)]),
            Form::Many(keys) => Some(keys),
            Form::Indeterminate(_) | Form::General(_) => None,
        }
    }

    /// The sorted bag of packed products, in the bilinear forms.
    fn bag(&self) -> Option<Vec<u64>> {
        self.products().map(sorted)
    }

    fn general(&self) -> BTreeMap<Monomial, Rational> {
        let mut terms = BTreeMap::new();
        match &self.0 {
            Form::Indeterminate(v) => add_term(&mut terms, vec![*v], &Rational::one()),
            Form::General(all) => terms.clone_from(all),
            Form::Few(..) | Form::Many(_) => {
                for &key in self.products().unwrap_or_default() {
                    add_term(&mut terms, monomial(key), &Rational::one());
                }
            }
        }
        terms
    }

    fn is_empty_bag(&self) -> bool {
        matches!(self.0, Form::Few(0, _))
    }

    /// Adds `x_i·w_t`, packed.
    #[inline]
    fn push(&mut self, key: u64) {
        match &mut self.0 {
            Form::Few(count, keys) if usize::from(*count) < FEW => {
                keys[usize::from(*count)] = key;
                *count += 1;
            }
            Form::Many(keys) => keys.push(key),
            _ => self.add_bag(&[key]),
        }
    }

    /// Adds a bag of packed products.
    fn add_bag(&mut self, more: &[u64]) {
        match &mut self.0 {
            Form::Few(count, keys) => {
                let held = usize::from(*count);
                if let Some(free) = keys.get_mut(held..held + more.len()) {
                    free.copy_from_slice(more);
                    *count += u8::try_from(more.len()).expect("at most as many as fit");
                } else {
                    let mut all = Vec::with_capacity((held + more.len()).next_power_of_two().max(4 * FEW));
                    all.extend_from_slice(&keys[..held]);
                    all.extend_from_slice(more);
                    self.0 = Form::Many(all);
                }
            }
            Form::Many(keys) => keys.extend_from_slice(more),
            Form::Indeterminate(_) | Form::General(_) => {
                let mut terms = self.general();
                for &key in more {
                    add_term(&mut terms, monomial(key), &Rational::one());
                }
                self.0 = Form::General(terms);
            }
        }
    }
}

impl Scalar for Polynomial {
    #[inline]
    fn zero() -> Self {
        Polynomial(ZERO)
    }

    fn add_assign(&mut self, other: &Self) {
        match other.products() {
            Some(&[]) => {}
            Some(more) => self.add_bag(more),
            None if self.is_empty_bag() => self.0 = other.0.clone(),
            None => {
                let mut terms = self.general();
                for (monomial, coefficient) in other.general() {
                    add_term(&mut terms, monomial, &coefficient);
                }
                self.0 = Form::General(terms);
            }
        }
    }

    fn times(&self, other: &Self) -> Self {
        let mut product = Polynomial::zero();
        if let Some(key) = packed(self, other) {
            product.push(key);
        } else if !self.is_empty_bag() && !other.is_empty_bag() {
            let mut terms = BTreeMap::new();
            for (left, a) in self.general() {
                for (right, b) in other.general() {
                    let mut product = left.clone();
                    product.extend(right);
                    product.sort_unstable();
                    add_term(&mut terms, product, &(&a * b));
                }
            }
            product.0 = Form::General(terms);
        }
        product
    }

    #[inline]
    fn add_product(&mut self, a: &Self, b: &Self) {
        if let Some(key) = packed(a, b) {
            self.push(key);
        } else if !a.is_empty_bag() && !b.is_empty_bag() {
            self.add_assign(&a.times(b));
        }
    }
}

impl PartialEq for Polynomial {
    /// Equality of polynomials: the same terms with the same coefficients.
    fn eq(&self, other: &Self) -> bool {
        match (self.products(), other.products()) {
            (Some(mine), Some(theirs)) => same_bag(mine, theirs),
            _ => self.general() == other.general(),
        }
    }
}

/// Whether two lists hold the same, each as often. Formulations add in row-major order of the
/// inputs or of the taps, so one list is mostly the other one, or that read backwards.
fn same_bag(mine: &[u64], theirs: &[u64]) -> bool {
    mine.len() == theirs.len()
        && (mine == theirs || mine.iter().eq(theirs.iter().rev()) || sorted(mine) == sorted(theirs))
}

fn sorted(keys: &[u64]) -> Vec<u64> {
    let mut keys = keys.to_vec();
    if !keys.is_sorted() {
        keys.sort_unstable();
    }
    keys
}

/// The packed product of two factors of which one is an `x_i`, the other a `w_t`.
#[inline]
fn packed(a: &Polynomial, b: &Polynomial) -> Option<u64> {
    use Indeterminate::{Input, Weight};
    match (&a.0, &b.0) {
        (Form::Indeterminate(Input(i)), Form::Indeterminate(Weight(t)))
        | (Form::Indeterminate(Weight(t)), Form::Indeterminate(Input(i))) => Some(pack(*i, *t)),
        _ => None,
    }
}

impl ExactScalar for Polynomial {}

/// Orders by input, then tap.
fn pack(i: u32, t: u32) -> u64 {
    u64::from(i) << 32 | u64::from(t)
}

fn unpack(key: u64) -> (u32, u32) {
    let low = |k: u64| u32::try_from(k & 0xffff_ffff).expect("masked to 32 bits");
    (low(key >> 32), low(key))
}

fn monomial(key: u64) -> Monomial {
    let (i, t) = unpack(key);
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
