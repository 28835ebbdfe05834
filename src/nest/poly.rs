//! Polynomials with rational coefficients in named integers: `s*i + d*t - p_b`.
//!
//! Sorted terms, no zero coefficient: two polynomials are equal exactly if they are the same data.

use std::collections::BTreeMap;
use std::fmt;

use num_rational::BigRational;
use num_traits::{One, Signed, Zero};

/// Names and their exponents, by name: `s^2*i`.
pub type Monomial = BTreeMap<String, u32>;

/// A polynomial; the empty one is 0.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Default)]
pub struct Poly(BTreeMap<Monomial, BigRational>);

impl Poly {
    /// A number.
    pub fn constant(value: BigRational) -> Poly {
        Poly::default().plus_term(Monomial::new(), value)
    }

    /// A whole number.
    pub fn integer(value: i64) -> Poly {
        Poly::constant(BigRational::from_integer(value.into()))
    }

    /// A name.
    pub fn name(name: &str) -> Poly {
        Poly::default().plus_term(Monomial::from([(name.to_owned(), 1)]), BigRational::one())
    }

    /// `coefficient · monomial`.
    pub fn term(monomial: Monomial, coefficient: BigRational) -> Poly {
        Poly::default().plus_term(monomial, coefficient)
    }

    fn plus_term(mut self, monomial: Monomial, coefficient: BigRational) -> Poly {
        self.add_term(monomial, coefficient);
        self
    }

    fn add_term(&mut self, monomial: Monomial, coefficient: BigRational) {
        use std::collections::btree_map::Entry;
        match self.0.entry(monomial) {
            Entry::Vacant(entry) => {
                if !coefficient.is_zero() {
                    entry.insert(coefficient);
                }
            }
            Entry::Occupied(mut entry) => {
                *entry.get_mut() += coefficient;
                if entry.get().is_zero() {
                    entry.remove();
                }
            }
        }
    }

    /// `self + other`
    pub fn plus(mut self, other: &Poly) -> Poly {
        for (monomial, coefficient) in &other.0 {
            self.add_term(monomial.clone(), coefficient.clone());
        }
        self
    }

    /// `self − other`
    pub fn minus(mut self, other: &Poly) -> Poly {
        for (monomial, coefficient) in &other.0 {
            self.add_term(monomial.clone(), -coefficient);
        }
        self
    }

    /// `self · other`
    pub fn times(&self, other: &Poly) -> Poly {
        let mut product = Poly::default();
        for (a, x) in &self.0 {
            for (b, y) in &other.0 {
                let mut monomial = a.clone();
                for (name, exponent) in b {
                    *monomial.entry(name.clone()).or_insert(0) += exponent;
                }
                product.add_term(monomial, x * y);
            }
        }
        product
    }

    /// `factor · self`
    pub fn scaled(&self, factor: &BigRational) -> Poly {
        self.times(&Poly::constant(factor.clone()))
    }

    /// Every name replaced by what `to` gives for it; others stay.
    pub fn substitute(&self, to: &dyn Fn(&str) -> Option<Poly>) -> Poly {
        let mut sum = Poly::default();
        for (monomial, coefficient) in &self.0 {
            let mut product = Poly::constant(coefficient.clone());
            for (name, exponent) in monomial {
                let factor = to(name).unwrap_or_else(|| Poly::name(name));
                for _ in 0..*exponent {
                    product = product.times(&factor);
                }
            }
            sum = sum.plus(&product);
        }
        sum
    }

    /// Terms of [`Poly::substitute`] at most, where a name stands for so many.
    pub fn substituted_terms(&self, of: &dyn Fn(&str) -> usize) -> usize {
        let term = |monomial: &Monomial| {
            monomial.iter().map(|(name, e)| of(name).saturating_pow(*e)).fold(1, usize::saturating_mul)
        };
        self.0.keys().map(term).fold(0, usize::saturating_add)
    }

    /// The value where every name has one.
    pub fn value(&self, of: &dyn Fn(&str) -> Option<BigRational>) -> Option<BigRational> {
        let mut sum = BigRational::zero();
        for (monomial, coefficient) in &self.0 {
            let mut product = coefficient.clone();
            for (name, exponent) in monomial {
                product *= num_traits::pow(of(name)?, *exponent as usize);
            }
            sum += product;
        }
        Some(sum)
    }

    /// The terms, by monomial.
    pub fn terms(&self) -> impl Iterator<Item = (&Monomial, &BigRational)> {
        self.0.iter()
    }

    /// The number of terms.
    pub fn count(&self) -> usize {
        self.0.len()
    }

    /// Whether it is 0.
    pub fn is_zero(&self) -> bool {
        self.0.is_empty()
    }

    /// The largest sum of exponents of a term; 0 for a number.
    pub fn degree(&self) -> u32 {
        self.0.keys().map(|m| m.values().sum()).max().unwrap_or(0)
    }

    /// Every name that occurs.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.0.keys().flat_map(|m| m.keys().map(String::as_str))
    }
}

impl fmt::Display for Poly {
    /// `s*i + d*t - p_b`: higher degrees first, as [`super::parse`] reads it back.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut terms: Vec<_> = self.0.iter().collect();
        terms.sort_by_key(|(m, _)| std::cmp::Reverse(m.values().sum::<u32>()));
        if terms.is_empty() {
            return f.write_str("0");
        }
        for (n, (monomial, coefficient)) in terms.into_iter().enumerate() {
            match (n, coefficient.is_negative()) {
                (0, false) => {}
                (0, true) => f.write_str("-")?,
                (_, false) => f.write_str(" + ")?,
                (_, true) => f.write_str(" - ")?,
            }
            let magnitude = coefficient.abs();
            let mut factors: Vec<String> = Vec::new();
            if !magnitude.is_one() || monomial.is_empty() {
                factors.push(magnitude.to_string());
            }
            factors.extend(monomial.iter().map(|(name, e)| if *e == 1 { name.clone() } else { format!("{name}^{e}") }));
            f.write_str(&factors.join("*"))?;
        }
        Ok(())
    }
}
