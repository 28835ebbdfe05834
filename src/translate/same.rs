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
/// there is no such output.
pub(super) fn same_meetings(wanted: &Axis, given: &Axis, begin: i64) -> bool {
    let letters = |axis: &Axis| (axis.stride(), axis.dilation(), axis.input(), axis.kernel());
    if begin == 0 && letters(wanted) == letters(given) && wanted.output() == given.output() {
        // The definition has no other letters.
        return wanted.padding().begin == given.padding().begin
            || (wanted.meetings() == 0 && given.meetings() == 0)
            || meetings(wanted, 0).eq(meetings(given, 0));
    }
    let seen = 0..wanted.output();
    meetings(wanted, 0).eq(meetings(given, begin).filter(|(_, o, _)| seen.contains(o)))
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
