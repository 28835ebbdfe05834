//! Weak data: a mistake that is another map, but gives the same result on them.

use std::sync::Arc;

use super::catalogue::{Hypothesis, Other, Problem};
use super::diagnosis::{applicable, too_large};
use super::map::{Map, Operands};
use super::operand::Operand;
use super::sample::spread;
use super::truth::{Truth, result_shape};
use crate::evaluate::{Numerators, Scaled};
use crate::geometry::{Axis, Spec};
use crate::scalar::{Dyadic, Rational};

/// The mistakes that these data could not show.
pub(super) fn unseen(problem: &Problem<'_>, map: &Map<'_>, remarks: &mut Vec<String>) -> Vec<&'static str> {
    if let Some(large) = too_large(problem) {
        let (weak, open) = unseen_in_some_cells(problem, map);
        if !open.is_empty() {
            remarks.push(format!("some cells do not tell whether the data could show {}; {large}", open.join(", ")));
        }
        return weak;
    }
    let whole = |spec: &Spec, operands: &Operands| Map::new(spec, problem.role, operands).truth(None).ok();
    let operands = generic(problem.operands);
    let probe = Problem { operands: &operands, ..*problem };
    let (Ok(truth), Some(on_probe)) = (map.truth(None), whole(problem.spec, &operands)) else { return Vec::new() };
    let mut weak = Vec::new();
    for (hypothesis, other) in applicable(problem) {
        if result_shape(&other.spec, problem.role) != map.shape {
            continue;
        }
        let Some(other) = whole(&other.spec, &other.operands) else { continue };
        if !same_values(&truth, &other) {
            continue;
        }
        // The same on these data: is it the same map, or do the data hide it?
        let hidden = hypothesis
            .plain
            .and_then(|plain| plain(&probe))
            .and_then(|other| whole(&other.spec, &other.operands))
            .is_some_and(|other| !same_values(&on_probe, &other));
        if hidden {
            weak.push(hypothesis.id);
        }
    }
    weak
}

/// The mistakes that the data of a large map hide, and those of which nothing is known: one that
/// gives some cell another value is shown; of the others the operands may tell.
fn unseen_in_some_cells(problem: &Problem<'_>, map: &Map<'_>) -> (Vec<&'static str>, Vec<&'static str>) {
    let cells = spread(map);
    let Ok(exact) = cells.iter().map(|&cell| map.cell(cell).map(|sums| sums.exact)).collect::<Result<Vec<_>, _>>()
    else {
        return (Vec::new(), Vec::new());
    };
    let mut probe = None;
    let (mut weak, mut open) = (Vec::new(), Vec::new());
    for (hypothesis, other) in applicable(problem) {
        if result_shape(&other.spec, problem.role) != map.shape {
            continue;
        }
        // No mistake: the same map of the same numbers, which symmetric operands may be too.
        if is_no_other(problem, &other) {
            let generic = probe.get_or_insert_with(|| generic(problem.operands));
            let hides = is_hidden(hypothesis, &other, problem, &Problem { operands: generic, ..*problem });
            weak.extend((hides == Some(true)).then_some(hypothesis.id));
            continue;
        }
        let on_other = Map::new(&other.spec, problem.role, &other.operands);
        let differs = |(&cell, exact): (&usize, &Rational)| on_other.cell(cell).is_ok_and(|sums| sums.exact != *exact);
        if cells.iter().zip(&exact).any(differs) {
            continue;
        }
        let generic = probe.get_or_insert_with(|| generic(problem.operands));
        match is_hidden(hypothesis, &other, problem, &Problem { operands: generic, ..*problem }) {
            Some(true) => weak.push(hypothesis.id),
            Some(false) => {}
            None => open.push(hypothesis.id),
        }
    }
    (weak, open)
}

/// By a plain rule and without a product: a mistake that changes the relation or exchanges operands
/// that are all different is another map. Zeros hide all of them; other operands hide those that
/// exchange equal values. None where the rule does not tell.
fn is_hidden(hypothesis: &Hypothesis, other: &Other, problem: &Problem<'_>, probe: &Problem<'_>) -> Option<bool> {
    let operands = problem.operands;
    let zero = operands.first.is_zero() || operands.second.as_ref().is_some_and(|s| s.is_zero());
    let same_relation = same_map(problem.spec, &other.spec);
    let probed = hypothesis.plain?(probe)?;
    if same_relation && probed.operands.equals(probe.operands) {
        return Some(false);
    }
    let hidden = match zero {
        true => other.operands.bias == operands.bias,
        false => same_relation && other.operands.equals(operands),
    };
    hidden.then_some(true)
}

/// Whether a mistake changes nothing about these data.
pub(super) fn is_no_other(problem: &Problem<'_>, other: &Other) -> bool {
    same_map(problem.spec, &other.spec) && other.operands.equals(problem.operands)
}

/// Whether two geometries with the same channels join the same positions by the same taps: a
/// stride says nothing about one position, nor a dilation about one tap.
fn same_map(a: &Spec, b: &Spec) -> bool {
    let axis = |a: &Axis| {
        let stride = if a.input() > 1 { a.stride() } else { 1 };
        let dilation = if a.kernel() > 1 { a.dilation() } else { 1 };
        (a.input(), a.output(), a.kernel(), a.padding().begin, stride, dilation)
    };
    a.geometry.axes().iter().map(axis).eq(b.geometry.axes().iter().map(axis))
}

fn same_values(a: &Truth, b: &Truth) -> bool {
    let same_exponent = a.exponent == b.exponent;
    let same = |cell| match same_exponent {
        true => a.numerator(cell) == b.numerator(cell),
        false => a.exact(cell) == b.exact(cell),
    };
    a.shape == b.shape && (0..a.cells()).all(same)
}

/// Operands of the same shapes that hide nothing: scattered 20-bit integers, all different.
/// Two maps that agree on them differ with a probability that does not matter here: the question
/// is only whether data are weak, never whether a result is right.
fn generic(operands: &Operands) -> Operands {
    let mut state = 0x9e37_79b9_7f4a_7c15u64;
    let mut next = || {
        // xorshift64*, fixed seed: the same answer on every run.
        state ^= state >> 12;
        state ^= state << 25;
        state ^= state >> 27;
        let high = state.wrapping_mul(0x2545_f491_4f6c_dd1d) >> 44;
        high.cast_signed() + 1
    };
    let mut fill = |operand: &Arc<Operand>| {
        let numerators = Numerators::I64((0..operand.len()).map(|_| next()).collect());
        Arc::new(Operand { shape: operand.shape.clone(), scaled: Scaled { numerators, exponent: 0 } })
    };
    let first = fill(&operands.first);
    let second = operands.second.as_ref().map(&mut fill);
    let bias = operands.bias.as_ref().map(|b| b.iter().map(|_| Dyadic::new(next(), 0)).collect());
    Operands { first, second, bias }
}
