//! Short words to write records with.

use super::check::{Check, Shown, Shows};
use super::matrices::Counts;
use super::steps::Step;

/// What the text says, where it holds.
pub(super) const fn stated(check: Check) -> Shown {
    Shown { shows: Shows::Stated, check }
}

/// Where what the text says does not hold.
pub(super) const fn against(check: Check) -> Shown {
    Shown { shows: Shows::Counterexample, check }
}

/// What holds instead.
pub(super) const fn right(check: Check) -> Shown {
    Shown { shows: Shows::Right, check }
}

pub(super) const fn steps(x: &'static str, steps: &'static [Step], y: &'static str) -> Check {
    Check::Steps { x, steps, y }
}

/// The steps are the map of `spec` with `weight`, a matrix of this size.
pub(super) const fn same_map(
    steps: &'static [Step],
    spec: &'static str,
    weight: &'static str,
    size: &'static str,
) -> Check {
    Check::SameMap { steps, spec, weight, size }
}

pub(super) const fn output(spec: &'static str, lengths: &'static str) -> Check {
    Check::Output { spec, lengths }
}

pub(super) const fn back(spec: &'static str, lengths: &'static str) -> Check {
    Check::Back { spec, lengths }
}

pub(super) const fn back_count(stride: i64, count: &'static str) -> Check {
    Check::BackCount { stride, count }
}

pub(super) const fn formula(id: &'static str, spec: &'static str, text: &'static str) -> Check {
    Check::Formula { id, spec, text }
}

pub(super) const fn rank(spec: &'static str, weight: &'static str, rank: &'static str) -> Check {
    Check::Rank { spec, weight, rank }
}

pub(super) const fn coverage(spec: &'static str, taps: &'static str) -> Check {
    Check::Coverage { spec, taps }
}

pub(super) const fn reach(spec: &'static str, cell: &'static [usize], cells: &'static str) -> Check {
    Check::Reach { spec, cell, cells }
}

pub(super) const fn cost(spec: &'static str, zero_insertion: i128, definition: i128) -> Check {
    Check::Cost { spec, products: [zero_insertion, definition] }
}

/// The matrix of the convolution of 4×4 by 3×3 without padding: each row one placement of 9 taps.
pub(super) const C_OF_4X4: Check = Check::Counts {
    spec: "conv i4x4 k3x3",
    counts: Counts { size: [4, 16], taps: 36, weights: 9, row: [9, 9], column: [1, 4] },
};

/// Its transpose: each column one stamp of 9 taps.
pub(super) const TRANSPOSE_OF_2X2: Check = Check::Counts {
    spec: "tconv i2x2 k3x3",
    counts: Counts { size: [16, 4], taps: 36, weights: 9, row: [1, 4], column: [9, 9] },
};
