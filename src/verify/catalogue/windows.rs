//! Mistakes that are another geometry on the same operands: other windows, or a result of another length.

use super::{Other, Problem};
use crate::evaluate::Target;
use crate::geometry::{Axis, Geometry, Kind, Padding, Spec, Window};
use crate::verify::truth::Role;

/// A variant by its number and words, and what it does to an axis.
pub(super) type OfAxis = (u16, &'static str, fn(&Axis) -> i64);

/// The same operands under other windows. A forward operation starts from its input's lengths; a
/// gradient has the lengths of what it is the gradient of, and so keeps them all.
pub(super) fn refit(
    problem: &Problem<'_>,
    window: impl Fn(usize, &Axis) -> Window,
    output_padding: impl Fn(usize, &Axis) -> i64,
) -> Option<Other> {
    let axis = |n: usize, a: &Axis| match (problem.role, problem.spec.kind) {
        (Role::Forward, Kind::Tconv) => window(n, a).transposed(a.input(), output_padding(n, a)).ok(),
        (Role::Forward, Kind::Conv) => window(n, a).convolving(a.output()).ok(),
        (Role::InputGradient | Role::WeightGradient, _) => of_lengths(window(n, a), a.input(), a.output()),
        (Role::BiasGradient, _) => None,
    };
    with_axes(problem, axis)
}

/// As [`refit`], with the output padding as it is.
pub(super) fn rewindowed(problem: &Problem<'_>, window: impl Fn(usize, &Axis) -> Window) -> Option<Other> {
    refit(problem, window, |_, a| a.output_padding())
}

/// The same operands under other windows, and a result of these lengths.
pub(super) fn sized(
    problem: &Problem<'_>,
    window: impl Fn(usize, &Axis) -> Window,
    length: impl Fn(usize, &Axis) -> i64,
) -> Option<Other> {
    let target = problem.role.target(problem.spec.kind)?;
    let axis = |n: usize, a: &Axis| {
        let (window, length) = (window(n, a), length(n, a));
        match target {
            Target::Output => of_lengths(window, a.input(), length),
            Target::Input => of_lengths(window, length, a.output()),
            Target::Weight => of_lengths(Window { kernel: length, ..window }, a.input(), a.output()),
        }
    };
    with_axes(problem, axis)
}

/// As [`sized`], with the lengths as they are.
pub(super) fn of_same_size(problem: &Problem<'_>, window: impl Fn(usize, &Axis) -> Window) -> Option<Other> {
    sized(problem, window, |_, a| length(problem, a))
}

/// The length of the result on an axis; 1 for a bias gradient.
pub(super) fn length(problem: &Problem<'_>, axis: &Axis) -> i64 {
    match problem.role.target(problem.spec.kind) {
        Some(Target::Output) => axis.output(),
        Some(Target::Input) => axis.input(),
        Some(Target::Weight) => axis.kernel(),
        None => 1,
    }
}

/// The length that a forward operation gives its result, by its own formula.
pub(super) fn formula(problem: &Problem<'_>, axis: &Axis, stride: i64, extent: i64, pads: i64, a: i64) -> i64 {
    match problem.spec.kind {
        Kind::Tconv => stride * (axis.input() - 1) + extent - pads + a,
        Kind::Conv => (axis.output() + pads - extent).div_euclid(stride) + 1,
    }
}

/// `d(kernel−1) + 1`.
pub(super) fn extent(axis: &Axis) -> i64 {
    axis.dilation() * (axis.kernel() - 1) + 1
}

/// Both pads.
pub(super) fn total(axis: &Axis) -> i64 {
    axis.padding().begin + axis.padding().end
}

/// This window with another begin pad.
pub(super) fn beginning(axis: &Axis, begin: i64) -> Window {
    Window { padding: Padding { begin, ..axis.padding() }, ..axis.window() }
}

/// This window with these pads.
pub(super) fn padded(axis: &Axis, begin: i64, end: i64) -> Window {
    Window { padding: Padding { begin, end }, ..axis.window() }
}

/// A geometry with the same channels on other axes.
fn with_axes(problem: &Problem<'_>, axis: impl Fn(usize, &Axis) -> Option<Axis>) -> Option<Other> {
    let g = &problem.spec.geometry;
    let axes = g.axes().iter().enumerate().map(|(n, a)| axis(n, a)).collect::<Option<Vec<Axis>>>()?;
    let geometry = Geometry::new(axes).ok()?.with_channels(g.in_channels(), g.out_channels(), g.groups()).ok()?;
    let spec = Spec { kind: problem.spec.kind, geometry: geometry.with_batch(g.batch()).ok()? };
    Some(Other { spec, operands: problem.operands.clone() })
}

/// The axis of this window with both lengths given: the end padding is what they leave.
pub(super) fn of_lengths(window: Window, input: i64, output: i64) -> Option<Axis> {
    let natural = Window { padding: Padding::default(), ..window }.transposed(input, 0).ok()?.output();
    let begin = window.padding.begin;
    let padding = Padding { begin, end: natural.checked_sub(begin)?.checked_sub(output)? };
    Window { padding, ..window }.transposed(input, 0).ok()
}
