//! The register of shape formulas, in the order of the sources.

use super::{Condition, Formula, effective_kernel};
use crate::geometry::{Axis, Kind, Padding};

const UNIT_STRIDE: Condition = Condition { text: "s = 1", holds: |a| a.stride() == 1 };
const UNDILATED: Condition = Condition { text: "d = 1", holds: |a| a.dilation() == 1 };
const EQUAL_PADS: Condition = Condition { text: "p_b = p_e", holds: |a| a.padding().begin == a.padding().end };
const NO_PADS: Condition = Condition { text: "p_b = p_e = 0", holds: |a| a.padding() == Padding::default() };
const ODD_KERNEL: Condition = Condition { text: "k odd", holds: |a| a.kernel() % 2 == 1 };
const HALF_PADS: Condition =
    Condition { text: "p_b = p_e = ⌊k/2⌋", holds: |a| a.padding() == Padding::both(a.kernel() / 2) };
const FULL_PADS: Condition =
    Condition { text: "p_b = p_e = k − 1", holds: |a| a.padding() == Padding::both(a.kernel() - 1) };
const NOTHING_ADDED: Condition = Condition { text: "a = 0", holds: |a| a.output_padding() == 0 };
const ALL_PLACEMENTS: Condition = Condition { text: "a < s", holds: |a| a.output_padding() < a.stride() };

/// Every formula: the convolution's and the transposed convolution's, by number.
///
/// What the sources leave open is in `conditions` and `note`. Two gaps recur: a remainder
/// `i + 2p − k ≡ 0 (mod s)` means `a = 0` only if the `i'` are *all* placements (`a < s`), and
/// every one of them takes equal pads (and, before R15, `d = 1`) for granted.
pub static FORMULAS: &[Formula] = &[
    Formula {
        id: "R1",
        operation: Kind::Conv,
        source: "guide 1, Theano 1",
        source_condition: "s = 1, p = 0",
        conditions: &[UNIT_STRIDE, NO_PADS, UNDILATED],
        statement: "o = i − k + 1",
        note: "i ≥ k is understood; otherwise the convolution is empty",
        number: |a| a.output() - a.kernel() + 1,
    },
    Formula {
        id: "R2",
        operation: Kind::Conv,
        source: "guide 2, Theano 2",
        source_condition: "s = 1",
        conditions: &[UNIT_STRIDE, EQUAL_PADS, UNDILATED],
        statement: "o = i − k + 2p + 1",
        note: "for p ≥ k the outermost p − k + 1 outputs on each side see padding alone and are 0",
        number: |a| a.output() - a.kernel() + 2 * a.padding().begin + 1,
    },
    Formula {
        id: "R3",
        operation: Kind::Conv,
        source: "guide 3, Theano 3",
        source_condition: "k = 2n + 1, s = 1, p = n",
        conditions: &[ODD_KERNEL, UNIT_STRIDE, HALF_PADS, UNDILATED],
        statement: "o = i",
        note: "half (same) padding; an even kernel keeps the length only with unequal pads, p_b + p_e = k − 1",
        number: Axis::output,
    },
    Formula {
        id: "R4",
        operation: Kind::Conv,
        source: "guide 4, Theano 4",
        source_condition: "s = 1, p = k − 1",
        conditions: &[UNIT_STRIDE, FULL_PADS, UNDILATED],
        statement: "o = i + k − 1",
        note: "full padding; with one channel C then has full column rank for every non-zero kernel",
        number: |a| a.output() + a.kernel() - 1,
    },
    Formula {
        id: "R5",
        operation: Kind::Conv,
        source: "guide 5, Theano 5",
        source_condition: "p = 0",
        conditions: &[NO_PADS, UNDILATED],
        statement: "o = ⌊(i − k)/s⌋ + 1",
        note: "no window sees the last (i − k) mod s inputs",
        number: |a| (a.output() - a.kernel()).div_euclid(a.stride()) + 1,
    },
    Formula {
        id: "R6",
        operation: Kind::Conv,
        source: "guide 6, Theano 6",
        source_condition: "none",
        conditions: &[EQUAL_PADS, UNDILATED],
        statement: "o = ⌊(i + 2p − k)/s⌋ + 1",
        note: "if s divides i + 2p − k, exactly the s sizes i … i + s − 1 share this output size",
        number: |a| (a.output() + 2 * a.padding().begin - a.kernel()).div_euclid(a.stride()) + 1,
    },
    Formula {
        id: "R7",
        operation: Kind::Conv,
        source: "guide 7, not in Theano",
        source_condition: "pooling, p = 0",
        conditions: &[NO_PADS, UNDILATED],
        statement: "o = ⌊(i − k)/s⌋ + 1",
        note: "the windows of a pooling layer; frameworks also pad it or take the ceiling, which counts incomplete windows",
        number: |a| (a.output() - a.kernel()).div_euclid(a.stride()) + 1,
    },
    Formula {
        id: "R8",
        operation: Kind::Tconv,
        source: "guide 8, Theano 7",
        source_condition: "s = 1, p = 0",
        conditions: &[UNIT_STRIDE, NO_PADS, UNDILATED, NOTHING_ADDED],
        statement: "o' = i' + k − 1",
        note: "as a convolution: k' = k, s' = 1, p' = k − 1, with the kernel flipped, which the guide does not say",
        number: |a| a.input() + a.kernel() - 1,
    },
    Formula {
        id: "R9",
        operation: Kind::Tconv,
        source: "guide 9, Theano 8",
        source_condition: "s = 1",
        conditions: &[UNIT_STRIDE, EQUAL_PADS, UNDILATED, NOTHING_ADDED],
        statement: "o' = i' + (k − 1) − 2p",
        note: "as a convolution: p' = k − p − 1, flipped kernel; for p ≥ k the negative p' crops",
        number: |a| a.input() + (a.kernel() - 1) - 2 * a.padding().begin,
    },
    Formula {
        id: "R10",
        operation: Kind::Tconv,
        source: "guide 10, Theano 9",
        source_condition: "k = 2n + 1, s = 1, p = n",
        conditions: &[ODD_KERNEL, UNIT_STRIDE, HALF_PADS, UNDILATED, NOTHING_ADDED],
        statement: "o' = i'",
        note: "as a convolution: p' = p, flipped kernel",
        number: Axis::input,
    },
    Formula {
        id: "R11",
        operation: Kind::Tconv,
        source: "guide 11, Theano 10",
        source_condition: "s = 1, p = k − 1",
        conditions: &[UNIT_STRIDE, FULL_PADS, UNDILATED, NOTHING_ADDED],
        statement: "o' = i' − (k − 1)",
        note: "as a convolution: p' = 0, flipped kernel; i' ≥ k is understood",
        number: |a| a.input() - (a.kernel() - 1),
    },
    Formula {
        id: "R12",
        operation: Kind::Tconv,
        source: "guide 12, Theano 11",
        source_condition: "p = 0, i − k ≡ 0 (mod s)",
        conditions: &[NO_PADS, UNDILATED, NOTHING_ADDED],
        statement: "o' = s(i' − 1) + k",
        note: "s − 1 zeros between the inputs, then p' = k − 1, s' = 1; the source's remainder means a = 0 only while a < s",
        number: |a| a.stride() * (a.input() - 1) + a.kernel(),
    },
    Formula {
        id: "R13",
        operation: Kind::Tconv,
        source: "guide 13, Theano 12",
        source_condition: "i + 2p − k ≡ 0 (mod s)",
        conditions: &[EQUAL_PADS, UNDILATED, NOTHING_ADDED],
        statement: "o' = s(i' − 1) + k − 2p",
        note: "s − 1 zeros between the inputs, then p' = k − p − 1; the source's remainder means a = 0 only while a < s",
        number: |a| a.stride() * (a.input() - 1) + a.kernel() - 2 * a.padding().begin,
    },
    Formula {
        id: "R14",
        operation: Kind::Tconv,
        source: "guide 14, Theano 13",
        source_condition: "a = (i + 2p − k) mod s",
        conditions: &[EQUAL_PADS, UNDILATED, ALL_PLACEMENTS],
        statement: "o' = s(i' − 1) + (i + 2p − k) mod s + k − 2p",
        note: "as R13, with a = (i + 2p − k) mod s zeros more at the end (the Theano tutorial puts them on top)",
        number: |a| {
            let Padding { begin: p, .. } = a.padding();
            let remainder = (a.output() + 2 * p - a.kernel()).rem_euclid(a.stride());
            a.stride() * (a.input() - 1) + remainder + a.kernel() - 2 * p
        },
    },
    Formula {
        id: "R15",
        operation: Kind::Conv,
        source: "guide 15, Theano 14",
        source_condition: "dilation d, k̂ = k + (k − 1)(d − 1)",
        conditions: &[EQUAL_PADS],
        statement: "o = ⌊(i + 2p − k̂)/s⌋ + 1",
        note: "a kernel of k taps d apart spans k̂ cells",
        number: |a| (a.output() + 2 * a.padding().begin - effective_kernel(a)).div_euclid(a.stride()) + 1,
    },
    Formula {
        id: "R15T",
        operation: Kind::Tconv,
        source: "this crate; neither the guide nor Theano transposes a dilated convolution",
        source_condition: "dilation d, a = (i + 2p − k̂) mod s",
        conditions: &[EQUAL_PADS, ALL_PLACEMENTS],
        statement: "o' = s(i' − 1) + (i + 2p − k̂) mod s + k̂ − 2p",
        note: "as a convolution: s − 1 zeros between the inputs, p' = d(k − 1) − p, a zeros more at the end, dilation d",
        number: |a| {
            let (Padding { begin: p, .. }, extent) = (a.padding(), effective_kernel(a));
            let remainder = (a.output() + 2 * p - extent).rem_euclid(a.stride());
            a.stride() * (a.input() - 1) + remainder + extent - 2 * p
        },
    },
    Formula {
        id: "RC",
        operation: Kind::Conv,
        source: "this crate",
        source_condition: "none",
        conditions: &[],
        statement: "o = ⌊(i + p_b + p_e − d(k − 1) − 1)/s⌋ + 1",
        note: "the general convolution: pads of any sign and size, unequal or not",
        number: |a| {
            let (Padding { begin, end }, reach) = (a.padding(), a.dilation() * (a.kernel() - 1));
            (a.output() + begin + end - reach - 1).div_euclid(a.stride()) + 1
        },
    },
    Formula {
        id: "RT",
        operation: Kind::Tconv,
        source: "this crate",
        source_condition: "none",
        conditions: &[],
        statement: "o' = s(i' − 1) + d(k − 1) + 1 − p_b − p_e + a",
        note: "the general transposed convolution; a lengthens the buffer at its end, before the pads crop it",
        number: |a| {
            let Padding { begin, end } = a.padding();
            a.stride() * (a.input() - 1) + a.dilation() * (a.kernel() - 1) + 1 - begin - end + a.output_padding()
        },
    },
];
