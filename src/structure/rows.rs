//! Sparse rows of whole numbers, and how one clears a column of another.

use num_bigint::BigInt;
use num_integer::Integer;
use num_traits::{One, Zero};

use crate::scalar::Rational;

/// Columns and entries that are not 0, by ascending column.
pub(super) type Row = Vec<(u32, BigInt)>;

/// Products of machine words that may still be made.
pub(super) struct Budget(u64);

impl Budget {
    pub(super) fn new(most: u64) -> Self {
        Budget(most)
    }

    /// `None` when nothing is left.
    pub(super) fn spend(&mut self, work: u64) -> Option<()> {
        self.0 = self.0.checked_sub(work)?;
        Some(())
    }
}

/// `row` without its first entry, which stands in the column of `pivot`'s: `p·row − q·pivot`
/// without a common divisor, and the `p` over that divisor by which the row was multiplied.
pub(super) fn combined(row: &Row, pivot: &Row, budget: &mut Budget) -> Option<(Row, Rational)> {
    let (p, q) = reduced(&pivot[0].1, &row[0].1, budget)?;
    let mut sum = difference(&p, &row[1..], &q, &pivot[1..], budget)?;
    let divisor = divide(&mut sum, budget)?;
    Some((sum, Rational::new(p, divisor)))
}

/// `row` without its entry in `column`, where `pivot` has its first.
pub(super) fn cleared(row: &Row, pivot: &Row, column: u32, budget: &mut Budget) -> Option<Row> {
    let at = row.binary_search_by_key(&column, |e| e.0).expect("the caller has found it");
    let (p, q) = reduced(&pivot[0].1, &row[at].1, budget)?;
    let mut sum = difference(&p, row, &q, pivot, budget)?;
    divide(&mut sum, budget)?;
    Some(sum)
}

/// A common divisor is found bit by bit: many times the work of a product.
const GCD: u64 = 32;

/// Machine words of a number, at least one.
fn words(number: &BigInt) -> u64 {
    1 + number.bits() / 64
}

/// Both without their common divisor.
fn reduced(p: &BigInt, q: &BigInt, budget: &mut Budget) -> Option<(BigInt, BigInt)> {
    budget.spend(GCD * words(p) * words(q))?;
    let divisor = p.gcd(q);
    Some((p / &divisor, q / &divisor))
}

/// `p·a − q·b`.
fn difference(p: &BigInt, a: &[(u32, BigInt)], q: &BigInt, b: &[(u32, BigInt)], budget: &mut Budget) -> Option<Row> {
    let mut sum = Row::with_capacity(a.len() + b.len());
    let factor_words = words(p).max(words(q));
    let (mut a, mut b) = (a.iter().peekable(), b.iter().peekable());
    loop {
        let in_front = match (a.peek(), b.peek()) {
            (None, None) => return Some(sum),
            (Some(x), Some(y)) => x.0.min(y.0),
            (Some(x), None) => x.0,
            (None, Some(y)) => y.0,
        };
        let mine = a.next_if(|e| e.0 == in_front).map(|e| p * &e.1);
        let theirs = b.next_if(|e| e.0 == in_front).map(|e| q * &e.1);
        let value = match (mine, theirs) {
            (Some(x), Some(y)) => x - y,
            (Some(x), None) => x,
            (None, Some(y)) => -y,
            (None, None) => BigInt::zero(),
        };
        budget.spend(factor_words * words(&value))?;
        if !value.is_zero() {
            sum.push((in_front, value));
        }
    }
}

/// Divides a row by the greatest common divisor of its entries, which is returned.
fn divide(row: &mut Row, budget: &mut Budget) -> Option<BigInt> {
    let mut divisor = BigInt::zero();
    for (_, value) in row.iter() {
        budget.spend(GCD * words(&divisor) * words(value))?;
        divisor = divisor.gcd(value);
        if divisor.is_one() {
            return Some(divisor);
        }
    }
    if divisor.is_zero() {
        return Some(BigInt::one());
    }
    row.iter_mut().for_each(|(_, value)| *value /= &divisor);
    Some(divisor)
}
