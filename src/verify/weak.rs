//! Weak data: a mistake that is another map, but gives the same result on them.

use super::diagnosis::{applicable, too_large};
use super::hypothesis::{HYPOTHESES, Problem};
use super::truth::{Operands, Truth, result_shape};
use crate::geometry::{Axis, Spec};
use crate::scalar::Dyadic;
use crate::tensor::{Tensor, positions};

/// The mistakes that these data could not show. Above the limit of products only the operands are
/// looked at.
pub(super) fn unseen(problem: &Problem<'_>, truth: &Truth) -> Vec<&'static str> {
    let operands = generic(problem.operands);
    let probe = Problem { operands: &operands, ..*problem };
    if too_large(problem).is_some() {
        return unseen_by_operands(problem, &probe);
    }
    let Ok(on_probe) = Truth::new(problem.spec, problem.role, probe.operands) else { return Vec::new() };
    let mut weak = Vec::new();
    let right = result_shape(problem.spec, problem.role);
    for (hypothesis, other) in applicable(problem) {
        if result_shape(&other.spec, problem.role) != right {
            continue;
        }
        let Ok(other) = Truth::new(&other.spec, problem.role, &other.operands) else { continue };
        if !same_values(truth, &other) {
            continue;
        }
        // The same on these data: is it the same map, or do the data hide it?
        let hidden = (hypothesis.apply)(&probe)
            .and_then(|other| Truth::new(&other.spec, problem.role, &other.operands).ok())
            .is_some_and(|other| !same_values(&on_probe, &other));
        if hidden {
            weak.push(hypothesis.id);
        }
    }
    weak
}

/// By a plain rule and without a product: a mistake that changes the relation or exchanges operands
/// that are all different is another map. Zeros hide all of them; other operands hide those that
/// exchange equal values.
fn unseen_by_operands(problem: &Problem<'_>, probe: &Problem<'_>) -> Vec<&'static str> {
    let is_zero = |t: &Tensor<Dyadic>| t.entries().iter().all(|v| v.mantissa == 0);
    let zero = is_zero(&problem.operands.first) || problem.operands.second.as_ref().is_some_and(is_zero);
    let right = result_shape(problem.spec, problem.role);
    let hides = HYPOTHESES.iter().filter(|hypothesis| {
        let (Some(other), Some(probed)) = ((hypothesis.apply)(problem), (hypothesis.apply)(probe)) else {
            return false;
        };
        let same_relation = same_map(problem.spec, &other.spec);
        let is_other_map = !same_relation || probed.operands != *probe.operands;
        let hidden = match zero {
            true => other.operands.bias == problem.operands.bias,
            false => same_relation && other.operands == *problem.operands,
        };
        is_other_map && hidden && result_shape(&other.spec, problem.role) == right
    });
    hides.map(|hypothesis| hypothesis.id).collect()
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
    a.shape == b.shape && (0..a.cells()).all(|cell| a.exact(cell) == b.exact(cell))
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
        Dyadic::new(high.cast_signed() + 1, 0)
    };
    let mut fill = |shape: &[usize]| {
        let mut entries = Vec::new();
        let mut walk = positions(shape);
        while walk.next().is_some() {
            entries.push(next());
        }
        Tensor::new(shape.to_vec(), entries).expect("one entry per position")
    };
    let first = fill(operands.first.shape());
    let second = operands.second.as_ref().map(|w| fill(w.shape()));
    let bias = operands.bias.as_ref().map(|b| fill(&[b.len()]).into_entries());
    Operands { first, second, bias }
}
