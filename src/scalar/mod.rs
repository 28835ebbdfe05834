//! Scalars that a formulation computes with.
//!
//! [`Scalar`] has ring operations and nothing that can look: no equality, no order, no
//! `Debug`. A formulation written once over `S: Scalar` cannot branch on values, so when it
//! agrees with the definition on indeterminates ([`Polynomial`]) it agrees on every number.
//! [`ExactScalar`] adds equality, for those who compare results.

mod bag;
mod polynomial;
mod rational;
mod tap;

pub use polynomial::{Indeterminate, Monomial, Polynomial};
pub use rational::{Dyadic, Rational, dyadic_from_f64, parse_rational, rational_from_f64, show_rational};
pub use tap::Tap;

/// A commutative ring, and nothing that can look at its elements.
///
/// Implemented for [`Rational`], [`Polynomial`], `i64` (wrapping is an error of the caller:
/// use it where a bound excludes overflow) and whatever a caller brings.
pub trait Scalar: Clone {
    /// The neutral element of addition.
    fn zero() -> Self;
    /// `self + other`, in place.
    fn add_assign(&mut self, other: &Self);
    /// `self · other`.
    #[must_use]
    fn times(&self, other: &Self) -> Self;

    /// `self + a·b`, in place.
    fn add_product(&mut self, a: &Self, b: &Self) {
        self.add_assign(&a.times(b));
    }
}

/// A scalar whose elements can be compared: exact results can be judged.
pub trait ExactScalar: Scalar + PartialEq {}

impl Scalar for i64 {
    fn zero() -> Self {
        0
    }
    fn add_assign(&mut self, other: &Self) {
        *self += other;
    }
    fn times(&self, other: &Self) -> Self {
        self * other
    }
}

impl ExactScalar for i64 {}
