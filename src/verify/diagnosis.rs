//! Which named mistake reproduces the observed numbers.

use super::catalogue::{Does, HYPOTHESES, Hypothesis, Other, Problem, SCALED, Variant, candidates};
use super::format::Format;
use super::judge::{Bench, Found, Sums, Under, ratio};
use super::judgement::Verdict;
use super::map::Map;
use super::question::{Progress, Question};
use super::rounding::Arithmetic;
use super::sample::spread;
use super::truth::Role;
use super::weak::is_no_other;
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
    /// In which of its ways the mistake is made: the same number means the same on every geometry.
    pub variant: u16,
}

/// Products up to which every mistake is tried out on every cell.
const MAX_PRODUCTS: i128 = 1 << 20;

/// Mistakes that are tried out on every cell of a larger map.
const MAX_TRIED: usize = 4;

/// What is too much about a map of which only some cells are looked at.
pub(super) fn too_large(problem: &Problem<'_>) -> Option<String> {
    let products = problem.spec.geometry.products();
    (problem.role != Role::BiasGradient && products > MAX_PRODUCTS)
        .then(|| format!("{products} products exceed {MAX_PRODUCTS}"))
}

/// The mistakes that apply to a problem in their plain form, and what they compute.
pub(super) fn applicable<'a>(problem: &'a Problem<'a>) -> impl Iterator<Item = (&'static Hypothesis, Other)> + 'a {
    let most = 4 * problem.spec.geometry.products().max(MAX_PRODUCTS);
    HYPOTHESES.iter().filter_map(move |h| {
        let other = h.plain?(problem)?;
        let few = problem.role == Role::BiasGradient || other.spec.geometry.products() <= most;
        few.then_some((h, other))
    })
}

/// Whether a form has not many more products than the problem.
pub(super) fn is_tried(problem: &Problem<'_>, form: &Variant<'_>) -> bool {
    let most = 4 * problem.spec.geometry.products().max(MAX_PRODUCTS);
    match &form.does {
        Does::Other(other) => problem.role == Role::BiasGradient || other.spec.geometry.products() <= most,
        Does::Products(..) => true,
    }
}

/// The mistakes whose result has the observed shape and is the observed one. Of those that fit the
/// cells looked at in a large map only the first few are tried; the others are remarked.
pub(super) fn that_fit(
    problem: &Problem<'_>,
    has_shape: impl Fn(&Spec) -> bool,
    question: &Question,
    under: &Under,
    every_variant: bool,
    remarks: &mut Vec<String>,
    watch: &mut dyn FnMut(Progress),
) -> Vec<Diagnosis> {
    let large = too_large(problem);
    let (mut found, mut tried, mut untried) = (Vec::new(), 0, Vec::new());
    let all = HYPOTHESES.iter().flat_map(|h| h.forms(*problem, large.is_some()).into_iter().map(move |form| (h, form)));
    let observed = (large.is_none() && has_shape(problem.spec)).then(|| question.observed(problem.spec).ok()).flatten();
    let factors = observed.into_iter().flat_map(|observed| candidates(*problem, &observed));
    let all = all.chain(factors.map(|form| (&SCALED, form)));
    for (hypothesis, Variant { number: variant, says, does }) in all.filter(|(_, form)| is_tried(problem, form)) {
        let id = hypothesis.id;
        if !every_variant && found.iter().any(|d: &Diagnosis| d.id == id) {
            continue;
        }
        let other = match does {
            Does::Other(other) => other,
            Does::Products(shape, nest) => {
                if question.is_of(problem, &shape, &*nest, under) {
                    found.push(Diagnosis { id, message: says, variant });
                }
                continue;
            }
        };
        // What it gives was found to be another result.
        if !has_shape(&other.spec) || is_no_other(problem, &other) {
            continue;
        }
        let map = Map::new(&other.spec, problem.role, &other.operands);
        let Ok(observed) = question.observed(&other.spec) else { continue };
        let bench = Bench { map: &map, flushed: None, observed: &observed, briefly: true };
        if map.is_ruled_out(&observed, under, &spread(&map)).unwrap_or(true) {
            continue;
        }
        tried += 1;
        if large.is_some() && tried > MAX_TRIED {
            untried.push(id);
            continue;
        }
        // Small maps are judged at once: nobody waits for them.
        let mut unwatched = |_| ();
        let watch: &mut dyn FnMut(Progress) = if large.is_some() { watch } else { &mut unwatched };
        let judged = bench.judge(&[*under], &mut Progress::of(id, &map, watch));
        if !judged.is_ok_and(|all| all.iter().all(|one| one.judgement.is_same())) {
            continue;
        }
        // The windows of a gradient keep its lengths: they are no spec that anybody would write.
        let is_refit = problem.role == Role::Forward && other.spec != *problem.spec;
        let refit = if is_refit { format!(": the numbers are those of {}", other.spec) } else { String::new() };
        found.push(Diagnosis { id, message: format!("{says}{refit}"), variant });
    }
    if let Some(large) = large.filter(|_| !untried.is_empty()) {
        remarks
            .push(format!("mistakes that fit some cells and were not tried on all: {}; {large}", untried.join(", ")));
    }
    found
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

/// The id of what a weaker arithmetic explains.
pub(super) const LOWER_PRECISION: &str = "lower-precision";

/// Of so many cells more than one must be wrong for a narrower type to be blamed.
const RARE: usize = 20;

/// A failed bound that a weaker arithmetic explains: of the inputs first, then of the sums.
///
/// Cost: the cell with the largest ratio, and where that is explained the map once more.
pub(super) fn lower_precision(
    found: &Found,
    map: &Map<'_>,
    question: &Question,
    declared: &Under,
    watch: &mut dyn FnMut(Progress),
) -> Option<Diagnosis> {
    let largest = found.judgement.max_ratio.filter(|r| r.is_finite())?;
    let worst = found.worst?;
    // Rounding is everywhere: a few wrong cells among many are something else.
    if found.judgement.cells_wrong.saturating_mul(RARE) < found.judgement.cells {
        return None;
    }
    let sums = map.cell(worst).ok()?;
    let observed = question.observed(map.spec).ok()?.dyadic(worst)?.to_rational();
    let error = num_traits::Signed::abs(&(observed - &sums.exact));
    let declared = declared.arithmetic;
    // As inputs f16 and TF32 have one bound, and TF32 the wider range.
    let inputs = [Format::F32, Format::Tf32, Format::Bf16].map(|input| Arithmetic { input, ..declared });
    let accumulators = [Format::F32, Format::Tf32, Format::F16, Format::Bf16];
    let accumulators = accumulators.map(|accumulate| Arithmetic { accumulate, ..declared });
    let weaker: Vec<Under> = inputs
        .into_iter()
        .chain(accumulators)
        .filter(|weaker| {
            let (format, than) = place(weaker, &declared).1;
            format.precision() < than.precision() && question.beyond_inputs(weaker).is_none()
        })
        .map(|weaker| question.under(weaker))
        .filter(|under| explains(under, &sums, &error))
        .collect();
    if weaker.is_empty() {
        return None;
    }
    let mut watch = Progress::of(LOWER_PRECISION, map, watch);
    let all: Result<Vec<Found>, Error> = question.judge(map, &weaker, true, &mut watch);
    for (weaker, found) in weaker.iter().zip(all.ok()?) {
        let (Verdict::Same, Some(within)) = (found.judgement.verdict, found.judgement.max_ratio) else { continue };
        let ((place, words), (format, _)) = place(&weaker.arithmetic, &declared);
        let (bound, name) = (declared.name(), format.name());
        let message = format!(
            "{largest:.3}× the {bound} bound, {within:.3} of the bound with {words} {name}: if intended, declare it \
             with --arithmetic {place}={name}"
        );
        return Some(Diagnosis { id: LOWER_PRECISION, message, variant: 0 });
    }
    None
}

/// Where an arithmetic differs from the declared one, in words, and from which format to which.
fn place(weaker: &Arithmetic, declared: &Arithmetic) -> ((&'static str, &'static str), (Format, Format)) {
    match weaker.input == declared.input {
        true => (("accumulate", "sums kept in"), (weaker.accumulate, declared.accumulate)),
        false => (("input", "inputs rounded to"), (weaker.input, declared.input)),
    }
}

/// Whether an error is within the bound of an arithmetic, or nothing is claimed of it.
fn explains(under: &Under, sums: &Sums, error: &crate::scalar::Rational) -> bool {
    ratio(error, &under.arithmetic.bound(&sums.as_ref(), under.rounds_inputs)) <= 1.0
}
