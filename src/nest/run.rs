//! A nest run on numbers: every product that it makes, in the order in which it makes them.

use std::collections::BTreeMap;

use num_integer::Integer;
use num_traits::ToPrimitive;

use super::{Constraint, Division, Nest, Poly, Rounding, Step};

/// Names and their values.
pub type Sizes = BTreeMap<String, i128>;

/// Why a run ends early.
#[derive(Debug, Clone, PartialEq, Eq)]
#[allow(clippy::exhaustive_enums)] // all there can be
pub enum Stop {
    /// More steps than were allowed, or a number beyond 128 bits.
    TooLong,
    /// The sizes are not those for which the claim is made.
    NotAssumed,
    /// An index outside its array, or a division by less than 1.
    Undefined {
        /// Which.
        what: String,
        /// Where.
        values: Sizes,
    },
}

/// What is told about each product: the values of all variables, and `[o, i, t]`.
pub type Tell<'a> = dyn FnMut(&Sizes, [i128; 3]) + 'a;

/// Runs a nest on sizes `I K O s d p_b a` and its own; `tell` hears each product.
///
/// # Errors
/// Why it stopped; what was told until then holds.
pub fn run(nest: &Nest, sizes: &Sizes, steps: &mut u64, tell: &mut Tell<'_>) -> Result<(), Stop> {
    let mut values = sizes.clone();
    for gcd in &nest.gcds {
        let [a, b] = [value(&gcd.of[0], &values)?, value(&gcd.of[1], &values)?];
        if a < 1 || b < 1 {
            return Err(Stop::NotAssumed);
        }
        let found = a.extended_gcd(&b);
        let g = found.gcd;
        for (name, value) in gcd.names.iter().zip([g, a / g, b / g, found.x, found.y]) {
            values.insert(name.clone(), value);
        }
    }
    for constraint in &nest.assumed {
        if !holds(constraint, &values)? {
            return Err(Stop::NotAssumed);
        }
    }
    walk(nest, &nest.steps, &mut values, steps, tell)
}

fn walk(nest: &Nest, left: &[Step], values: &mut Sizes, steps: &mut u64, tell: &mut Tell<'_>) -> Result<(), Stop> {
    *steps = steps.checked_sub(1).ok_or(Stop::TooLong)?;
    let Some((step, rest)) = left.split_first() else {
        let at = [value(&nest.adds[0], values)?, value(&nest.adds[1], values)?, value(&nest.adds[2], values)?];
        tell(values, at);
        return Ok(());
    };
    match step {
        Step::Loop { name, from, to } => {
            let bound = |all: &[Poly]| all.iter().map(|p| value(p, values)).collect::<Result<Vec<_>, _>>();
            let (from, to) = (bound(from)?.into_iter().max(), bound(to)?.into_iter().min());
            let (Some(from), Some(to)) = (from, to) else { return Ok(()) };
            for n in from..to {
                values.insert(name.clone(), n);
                walk(nest, rest, values, steps, tell)?;
            }
            values.remove(name);
            Ok(())
        }
        Step::Divide(division) => {
            divide(division, values)?;
            walk(nest, rest, values, steps, tell)?;
            values.remove(&division.quotient);
            values.remove(&division.rest);
            Ok(())
        }
        Step::Where(constraint) => match holds(constraint, values)? {
            true => walk(nest, rest, values, steps, tell),
            false => Ok(()),
        },
        Step::Claim(claim) => match holds(claim, values)? {
            true => walk(nest, rest, values, steps, tell),
            false => Err(Stop::Undefined { what: "a claim that does not hold".to_owned(), values: values.clone() }),
        },
        Step::Index { at, length } => {
            if !(0..value(length, values)?).contains(&value(at, values)?) {
                return Err(Stop::Undefined { what: format!("index {at} below {length}"), values: values.clone() });
            }
            walk(nest, rest, values, steps, tell)
        }
    }
}

/// Adds a division's quotient and rest to the values.
fn divide(division: &Division, values: &mut Sizes) -> Result<(), Stop> {
    let (of, by) = (value(&division.of, values)?, value(&division.by, values)?);
    if by < 1 {
        return Err(Stop::Undefined { what: format!("division by {}", division.by), values: values.clone() });
    }
    let (q, r) = match division.rounding {
        Rounding::Floor => (of.div_euclid(by), of.rem_euclid(by)),
        Rounding::Truncate => (of / by, of % by),
    };
    values.insert(division.quotient.clone(), q);
    values.insert(division.rest.clone(), r);
    Ok(())
}

impl Nest {
    /// The witnesses of the inverse at a product `[o, i, t]`, which are added to the sizes with it.
    ///
    /// # Errors
    /// As [`run`].
    pub fn witness(&self, sizes: &Sizes, at: [i128; 3]) -> Result<Sizes, Stop> {
        let mut values = sizes.clone();
        values.extend(["o", "i", "t"].map(str::to_owned).into_iter().zip(at));
        for division in &self.witnesses {
            divide(division, &mut values)?;
        }
        Ok(values)
    }
}

fn holds(constraint: &Constraint, values: &Sizes) -> Result<bool, Stop> {
    let value = value(constraint.poly(), values)?;
    Ok(match constraint {
        Constraint::AtLeast(_) => value >= 0,
        Constraint::Equal(_) => value == 0,
    })
}

/// The value of a polynomial with whole coefficients.
fn value(poly: &Poly, values: &Sizes) -> Result<i128, Stop> {
    let mut sum = 0i128;
    for (monomial, coefficient) in poly.terms() {
        let mut product = coefficient.to_integer().to_i128().ok_or(Stop::TooLong)?;
        for (name, exponent) in monomial {
            let power = values.get(name).and_then(|value| value.checked_pow(*exponent));
            product = power.and_then(|power| product.checked_mul(power)).ok_or(Stop::TooLong)?;
        }
        sum = sum.checked_add(product).ok_or(Stop::TooLong)?;
    }
    Ok(sum)
}
