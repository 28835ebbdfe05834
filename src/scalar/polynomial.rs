//! Polynomials over the rationals in the indeterminates `x_i` and `w_t`.
//!
//! A formulation that runs on indeterminates leaves in each output cell the formula that it
//! computes. A correct one leaves bilinear sums `Σ x_i·w_t`; those are kept as a bag of
//! `(i, t)` pairs, which costs one push per product. Anything else - a square, a lone `x_i`,
//! a cube - goes to the general form and is never dropped.

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

#[derive(Debug, Clone)]
enum Form {
    Zero,
    Indeterminate(Indeterminate),
    /// `x_i·w_t`, packed by [`pack`].
    Product(u64),
    /// A bag of packed products, in any order: multiplicity is the coefficient.
    Products(Vec<u64>),
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
        self.bag().map(|bag| bag.into_iter().map(unpack).collect())
    }

    /// The sorted bag of packed products, in the bilinear forms.
    fn bag(&self) -> Option<Vec<u64>> {
        match &self.0 {
            Form::Zero => Some(Vec::new()),
            Form::Product(key) => Some(vec![*key]),
            Form::Products(keys) => {
                let mut keys = keys.clone();
                // Most formulations add in row-major order, so this is usually sorted already.
                if !keys.is_sorted() {
                    keys.sort_unstable();
                }
                Some(keys)
            }
            Form::Indeterminate(_) | Form::General(_) => None,
        }
    }

    fn general(&self) -> BTreeMap<Monomial, Rational> {
        let mut terms = BTreeMap::new();
        match &self.0 {
            Form::Zero => {}
            Form::Indeterminate(v) => add_term(&mut terms, vec![*v], &Rational::one()),
            Form::Product(key) => add_term(&mut terms, monomial(*key), &Rational::one()),
            Form::Products(keys) => {
                for &key in keys {
                    add_term(&mut terms, monomial(key), &Rational::one());
                }
            }
            Form::General(all) => terms.clone_from(all),
        }
        terms
    }
}

impl Scalar for Polynomial {
    fn zero() -> Self {
        Polynomial(Form::Zero)
    }

    fn add_assign(&mut self, other: &Self) {
        match (&mut self.0, &other.0) {
            (_, Form::Zero) => {}
            (mine @ Form::Zero, theirs) => *mine = theirs.clone(),
            (Form::Products(keys), Form::Product(key)) => keys.push(*key),
            (Form::Products(keys), Form::Products(more)) => keys.extend_from_slice(more),
            (mine @ Form::Product(_), Form::Product(key)) => {
                let Form::Product(first) = *mine else { unreachable!("matched above") };
                *mine = Form::Products(vec![first, *key]);
            }
            (mine @ Form::Product(_), Form::Products(more)) => {
                let Form::Product(first) = *mine else { unreachable!("matched above") };
                let mut keys = vec![first];
                keys.extend_from_slice(more);
                *mine = Form::Products(keys);
            }
            (mine, _) => {
                let mut terms = Polynomial(std::mem::replace(mine, Form::Zero)).general();
                for (monomial, coefficient) in other.general() {
                    add_term(&mut terms, monomial, &coefficient);
                }
                *mine = Form::General(terms);
            }
        }
    }

    fn times(&self, other: &Self) -> Self {
        use Indeterminate::{Input, Weight};
        match (&self.0, &other.0) {
            (Form::Zero, _) | (_, Form::Zero) => Polynomial(Form::Zero),
            (Form::Indeterminate(Input(i)), Form::Indeterminate(Weight(t)))
            | (Form::Indeterminate(Weight(t)), Form::Indeterminate(Input(i))) => {
                Polynomial(Form::Product(pack(*i, *t)))
            }
            _ => {
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
    }
}

impl PartialEq for Polynomial {
    /// Equality of polynomials: the same terms with the same coefficients.
    fn eq(&self, other: &Self) -> bool {
        match (self.bag(), other.bag()) {
            (Some(mine), Some(theirs)) => mine == theirs,
            _ => self.general() == other.general(),
        }
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
