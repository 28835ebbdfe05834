//! Whether two specs have the same matrix, decided meeting by meeting.
//!
//! Equal meetings on every axis, with equal channels, groups and batch, give equal matrices. The
//! converse holds where every axis has a meeting; where one has none, both matrices are empty.

use crate::geometry::{Axis, Spec};

/// Whether two specs name the same operation with the same matrix: shapes, and every entry with
/// its tap. Stride, dilation and pads may differ where that changes no entry.
///
/// Cost: the meetings of the axes.
pub fn same_matrix(a: &Spec, b: &Spec) -> bool {
    let outer = |s: &Spec| {
        let g = &s.geometry;
        (s.kind, g.rank(), g.in_channels(), g.out_channels(), g.groups(), g.batch())
    };
    if outer(a) != outer(b) {
        return false;
    }
    let pairs = || a.geometry.axes().iter().zip(b.geometry.axes());
    let lengths = |axis: &Axis| (axis.input(), axis.output(), axis.kernel());
    let empty = |s: &Spec| s.geometry.axes().iter().any(|axis| axis.meetings() == 0);
    pairs().all(|(a, b)| lengths(a) == lengths(b))
        && (pairs().all(|(a, b)| same_meetings(a, b, 0)) || (empty(a) && empty(b)))
}

/// Whether two axes have the same lengths and meetings.
pub(super) fn same_axis(a: &Axis, b: &Axis) -> bool {
    let lengths = |axis: &Axis| (axis.input(), axis.output(), axis.kernel());
    lengths(a) == lengths(b) && same_meetings(a, b, 0)
}

/// Whether output `o` of `wanted` meets what output `o + begin` of `given` meets, nothing where
/// there is no such output. Cost: constant where the letters are the same, else the meetings.
pub(super) fn same_meetings(wanted: &Axis, given: &Axis, begin: i64) -> bool {
    if letters(wanted) == letters(given) {
        let start = |axis: &Axis| i128::from(axis.padding().begin);
        // o = s·i + d·t − p_w and o + begin = s·i + d·t − p_g: all the same, or nothing is.
        return if start(wanted) == start(given) + i128::from(begin) {
            let last = given.output().saturating_sub(begin);
            meets_nothing(wanted, 0, begin.saturating_neg()) && meets_nothing(wanted, last, wanted.output())
        } else {
            meets_nothing(wanted, 0, wanted.output())
                && meets_nothing(given, begin, wanted.output().saturating_add(begin))
        };
    }
    let seen = 0..wanted.output();
    meetings(wanted, 0).eq(meetings(given, begin).filter(|(_, o, _)| seen.contains(o)))
}

/// What decides who meets: one tap has no dilation, one input no stride.
fn letters(axis: &Axis) -> (i64, i64, i64, i64) {
    let stride = if axis.input() == 1 { 1 } else { axis.stride() };
    let dilation = if axis.kernel() == 1 { 1 } else { axis.dilation() };
    (axis.input(), axis.kernel(), stride, dilation)
}

/// Outputs that are asked one by one.
const MAX_ASKED: i64 = 1 << 16;

/// Whether no output of `from..to` meets anything. More than [`MAX_ASKED`] among the reachable ones
/// count as meeting something.
fn meets_nothing(axis: &Axis, from: i64, to: i64) -> bool {
    // All that meets lies in −p … natural − 1 − p.
    let first = axis.padding().begin.saturating_neg();
    let natural = axis.output() + axis.padding().begin + axis.padding().end - axis.output_padding();
    let (from, to) = (from.max(first).max(0), to.min(first.saturating_add(natural)).min(axis.output()));
    to <= from || (to - from <= MAX_ASKED && (from..to).all(|o| axis.meetings_of_output(o).next().is_none()))
}

/// `(i, o − begin, t)` of everything that meets.
fn meetings(axis: &Axis, begin: i64) -> impl Iterator<Item = (i64, i64, i64)> + '_ {
    (0..axis.input()).flat_map(|i| axis.meetings_of_input(i)).map(move |m| (m.i, m.o - begin, m.t))
}

/// Whether the matrix of `wanted` is that of `given` after dropping `begin` and `end` output
/// positions per axis, or adding zeros there where the number is negative.
pub fn crops(wanted: &Spec, given: &Spec, cropped: &[(i64, i64)]) -> bool {
    let outer = |s: &Spec| {
        let g = &s.geometry;
        (s.kind, g.rank(), g.in_channels(), g.out_channels(), g.groups(), g.batch())
    };
    outer(wanted) == outer(given)
        && cropped.len() == wanted.geometry.rank()
        && wanted.geometry.axes().iter().zip(given.geometry.axes()).zip(cropped).all(|((w, g), &(begin, end))| {
            w.input() == g.input()
                && w.kernel() == g.kernel()
                && w.output() == g.output() - begin - end
                && same_meetings(w, g, begin)
        })
}
