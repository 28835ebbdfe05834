//! Which named mistake reproduces the observed numbers.

use super::format::Format;
use super::hypothesis::{HYPOTHESES, Hypothesis, Other, Problem};
use super::judge::{Judgement, Verdict};
use super::rounding::Arithmetic;
use super::truth::{Role, Truth};
use crate::error::Error;
use crate::geometry::Spec;

/// A mistake that reproduces the observed numbers.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Diagnosis {
    /// The mistake's id.
    pub id: &'static str,
    /// What was found, in one sentence.
    pub message: String,
}

/// Products up to which the mistakes are tried out.
const MAX_PRODUCTS: i128 = 1 << 20;

/// Why the mistakes are not tried out, where the map is too large for that.
pub(super) fn too_large(problem: &Problem<'_>) -> Option<String> {
    let products = problem.spec.geometry.products();
    (problem.role != Role::BiasGradient && products > MAX_PRODUCTS).then(|| {
        format!(
            "weakness not examined beyond the operands, mistakes not tried: {products} products exceed {MAX_PRODUCTS}"
        )
    })
}

/// The mistakes that apply to a problem, and what they compute.
pub(super) fn applicable<'a>(problem: &'a Problem<'a>) -> impl Iterator<Item = (&'static Hypothesis, Other)> + 'a {
    HYPOTHESES.iter().filter_map(|h| {
        let other = (h.apply)(problem)?;
        let few = problem.role == Role::BiasGradient || other.spec.geometry.products() <= 4 * MAX_PRODUCTS;
        few.then_some((h, other))
    })
}

/// The mistakes whose result has the observed shape and is accepted by `fits`.
pub(super) fn that_fit(
    problem: &Problem<'_>,
    has_shape: impl Fn(&Spec) -> bool,
    fits: impl Fn(&Truth) -> bool,
) -> Vec<Diagnosis> {
    if too_large(problem).is_some() {
        return Vec::new();
    }
    // Shapes are compared before anything is computed: those of a refitted geometry have no limit.
    let of_shape = applicable(problem).filter(|(_, other)| has_shape(&other.spec));
    let fitting = of_shape.filter(|(_, o)| Truth::new(&o.spec, problem.role, &o.operands).is_ok_and(|t| fits(&t)));
    fitting
        .map(|(hypothesis, other)| {
            // The windows of a gradient keep its lengths: they are no spec that anybody would write.
            let is_refit = problem.role == Role::Forward && other.spec != *problem.spec;
            let refit = if is_refit { format!(": the numbers are those of {}", other.spec) } else { String::new() };
            Diagnosis { id: hypothesis.id, message: format!("{}{refit}", hypothesis.statement) }
        })
        .collect()
}

/// The mistakes whose result has the observed shape, in words: no diagnosis, its numbers are others.
pub(super) fn of_shape(problem: &Problem<'_>, has_shape: impl Fn(&Spec) -> bool) -> Option<String> {
    let mut found: Vec<(Spec, Vec<&str>)> = Vec::new();
    for (hypothesis, other) in applicable(problem).filter(|(_, other)| has_shape(&other.spec)) {
        match found.iter_mut().find(|(spec, _)| *spec == other.spec) {
            Some((_, ids)) => ids.push(hypothesis.id),
            None => found.push((other.spec, vec![hypothesis.id])),
        }
    }
    let all: Vec<String> = found.iter().map(|(spec, ids)| format!("{spec}, as with {}", ids.join(", "))).collect();
    (!all.is_empty()).then(|| format!("the shape, not the numbers, is that of {}", all.join("; of ")))
}

/// What the diagnosis `lower-precision` means, as the statements of [`HYPOTHESES`].
pub const LOWER_PRECISION: &str = "inputs, or else sums, are rounded to a narrower type than declared";

/// A failed bound that a weaker arithmetic explains: of the inputs first, then of the sums.
pub(super) fn lower_precision(
    judgement: &Judgement,
    declared: &Arithmetic,
    judge: impl Fn(&Arithmetic) -> Result<Judgement, Error>,
) -> Option<Diagnosis> {
    let ratio = judgement.max_ratio.filter(|r| r.is_finite())?;
    // As inputs f16 and TF32 have one bound, and TF32 the wider range.
    let inputs = [Format::F32, Format::Tf32, Format::Bf16].map(|input| Arithmetic { input, ..*declared });
    let sums = [Format::F32, Format::Tf32, Format::F16, Format::Bf16];
    let sums = sums.map(|accumulate| Arithmetic { accumulate, ..*declared });
    for weaker in inputs.into_iter().chain(sums) {
        let (place, words, format, than) = match weaker.input == declared.input {
            true => ("accumulate", "sums kept in", weaker.accumulate, declared.accumulate),
            false => ("input", "inputs rounded to", weaker.input, declared.input),
        };
        if format.precision() >= than.precision() {
            continue;
        }
        let Ok(found) = judge(&weaker) else { continue };
        if let (Verdict::Same, Some(within)) = (found.verdict, found.max_ratio) {
            let (bound, name) = (declared.name(), format.name());
            let message = format!(
                "{ratio:.3}× the {bound} bound, {within:.3} of the bound with {words} {name}: if intended, declare it \
                 with --arithmetic {place}={name}"
            );
            return Some(Diagnosis { id: "lower-precision", message });
        }
    }
    None
}
