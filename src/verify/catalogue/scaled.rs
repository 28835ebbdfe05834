//! The right numbers times one factor: means where sums are right, halves, doubles.

use num_integer::Integer;
use num_traits::{Signed, ToPrimitive, Zero};

use super::nest::{Nest, Summing};
use super::{Hypothesis, Problem, Variant, Variants};
use crate::geometry::size;
use crate::scalar::Rational;
use crate::verify::map::Map;
use crate::verify::observed::Observed;
use crate::verify::truth::{Role, result_shape};

const STATEMENT: &str = "all numbers are right but for one factor";

pub(in crate::verify) const SCALED: Hypothesis = Hypothesis {
    id: "scaled",
    statement: STATEMENT,
    symptom: "got/exact is the same in every cell: 1/batch or 1/positions where a mean is taken for a sum, 1/2, 2",
    reference: "pytorch.org/docs/stable/generated/torch.nn.MSELoss.html: reduction='mean' is the default",
    plain: None,
    variants: Some(|v| {
        let all = means(&v.problem);
        for (number, over, of) in all.into_iter().filter(|(_, over, _)| *over > 1) {
            let says = format!("the right numbers times 1/{over}: averaged over {of}");
            v.products(number, says, move |p| times(p, (1, over)));
        }
    }),
};

/// What a mean may be taken over, and how many there are.
fn means(problem: &Problem<'_>) -> Vec<(u16, i64, &'static str)> {
    let count = |lengths: &[usize]| i64::try_from(lengths.iter().product::<usize>()).unwrap_or(i64::MAX);
    let g = &problem.spec.geometry;
    if problem.role == Role::Forward {
        let channels = problem.operands.first.shape[1] / size(g.groups());
        let (channels, taps) = (count(&[channels]), count(&g.weight_shape()[2..]));
        return vec![
            (5, taps, "the taps"),
            (6, channels, "the input channels"),
            (7, channels.saturating_mul(taps), "input channels and taps"),
        ];
    }
    let result = problem.spec.output_shape();
    let (batch, positions) = (count(&result[..1]), count(&result[2..]));
    let own = result_shape(problem.spec, problem.role);
    vec![
        (1, batch, "the batch"),
        (2, positions, "the positions of g"),
        (3, batch.saturating_mul(positions), "batch and positions of g"),
        (4, count(&result), "all of g"),
        (8, count(&own), "all of the result"),
    ]
}

fn times(problem: &Problem<'_>, factor: (i64, i64)) -> Nest {
    Nest { sums: Summing { narrow: None, factor: Some(factor) }, ..Nest::right(problem) }
}

/// Numerators and denominators of factors that have a number.
const MOST: i64 = 127;

/// Marks the numbers that are factors: sign, numerator and denominator follow.
const MEASURED: u16 = 1 << 15;

/// The form of a factor that was measured.
fn measured(v: &mut Variants<'_>, (by, over): (i64, i64)) -> Option<()> {
    let known = [by.abs(), over].iter().all(|n| (1..=MOST).contains(n));
    if !known || (by, over) == (1, 1) || by.gcd(&over) != 1 {
        return None;
    }
    let part = |n: i64| u16::try_from(n).unwrap_or(0);
    let number = MEASURED | u16::from(by < 0) << 14 | part(by.abs()) << 7 | part(over);
    let factor = if over == 1 { by.to_string() } else { format!("{by}/{over}") };
    v.products(number, format!("the right numbers times {factor}"), move |p| times(p, (by, over)));
    Some(())
}

/// The form of a number, if it is that of a factor.
pub(super) fn by_number<'a>(id: &str, problem: Problem<'a>, number: u16) -> Option<Variant<'a>> {
    if id != SCALED.id || number & MEASURED == 0 {
        return None;
    }
    let (by, over) = (i64::from(number >> 7 & 127), i64::from(number & 127));
    let mut v = Variants { problem, all: Vec::new() };
    measured(&mut v, (if number >> 14 & 1 == 1 { -by } else { by }, over))?;
    v.all.pop()
}

/// The factors that the cell with the largest exact number may show, plainest first: of floats it
/// shows them with an error.
pub(in crate::verify) fn candidates<'a>(problem: Problem<'a>, observed: &Observed<'_>) -> Vec<Variant<'a>> {
    let Ok(truth) = Map::new(problem.spec, problem.role, problem.operands).truth(None) else { return Vec::new() };
    let largest = (0..truth.cells()).map(|cell| (truth.exact(cell), cell)).max_by_key(|(exact, _)| exact.abs());
    let Some((exact, cell)) = largest.filter(|(exact, _)| !exact.is_zero()) else { return Vec::new() };
    let Some(got) = observed.dyadic(cell) else { return Vec::new() };
    let mut v = Variants { problem, all: Vec::new() };
    for factor in approximations(&(got.to_rational() / exact)) {
        measured(&mut v, factor);
    }
    v.all
}

/// Convergents of the continued fraction, with small numerators and denominators.
fn approximations(ratio: &Rational) -> Vec<(i64, i64)> {
    let (mut before, mut last) = ((0, 1), (1, 0));
    let (mut rest, mut found) = (ratio.clone(), Vec::new());
    while let Some(whole) = rest.floor().to_integer().to_i64().filter(|n| n.abs() <= MOST) {
        let next: (i64, i64) = (whole * last.0 + before.0, whole * last.1 + before.1);
        if next.0.abs() > MOST || next.1 > MOST {
            break;
        }
        found.push(next);
        (before, last) = (last, next);
        rest -= Rational::from_integer(whole.into());
        if rest.is_zero() {
            break;
        }
        rest = rest.recip();
    }
    let is_near = |(by, over): &(i64, i64)| {
        let error = (Rational::new((*by).into(), (*over).into()) - ratio).abs();
        error * Rational::from_integer(64.into()) <= ratio.abs()
    };
    found.retain(|factor| factor.0 != 0 && is_near(factor));
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_factor_is_found_with_its_error() {
        let of = |by: i64, over: i64| approximations(&Rational::new(by.into(), over.into()));
        assert_eq!(of(1, 2), [(1, 2)]);
        assert_eq!(of(-3, 2), [(-3, 2)]);
        assert!(of(333_333, 1_000_000).contains(&(1, 3)));
        assert!(of(-333_333, 1_000_000).contains(&(-1, 3)));
        assert!(of(1, 1_000_000).is_empty() && of(0, 1).is_empty());
    }
}
