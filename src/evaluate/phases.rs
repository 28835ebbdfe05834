//! Positions of one axis by residue: where a strided problem is a dense one.
//!
//! Output `o = r + s·u` of `Cᵀx` meets input `(r + p − d·t)/s + u` by each tap `t` that makes the
//! quotient an integer: for a fixed residue `r` the taps are always the same, and the next `u`
//! means the next input. Input `i` of `Cy` meets output `s·i + d·t − p` by every tap: one phase,
//! and the next `i` means `s` outputs further.
//!
//! Example, stride 2, kernel 3, no padding: even outputs meet taps 0 and 2, odd ones tap 1.

use std::ops::Range;

use crate::geometry::{Axis, signed, size};

/// Result positions `first + period·u`, `0 ≤ u < count`, that meet the same taps.
#[derive(Debug, Clone)]
pub(super) struct Phase {
    pub first: usize,
    pub period: usize,
    pub count: usize,
    /// From one `u` to the next: source positions.
    pub step: usize,
    pub taps: Vec<PhaseTap>,
}

/// A tap of a phase: at `u` it meets source position `start + step·u`, which exists in `within`.
#[derive(Debug, Clone)]
pub(super) struct PhaseTap {
    pub tap: usize,
    pub start: i64,
    pub within: Range<usize>,
}

impl Phase {
    fn new(first: usize, period: usize, count: usize, step: usize, source: i64, taps: Vec<(i64, i64)>) -> Phase {
        let (s, last) = (signed(step), signed(count) - 1);
        let tap = |(tap, start): (i64, i64)| {
            // 0 ≤ start + s·u ≤ source − 1
            let from = -start.div_euclid(s).min(0);
            let to = (source - 1 - start).div_euclid(s).min(last);
            (from <= to).then(|| PhaseTap { tap: size(tap), start, within: size(from)..size(to) + 1 })
        };
        Phase { first, period, count, step, taps: taps.into_iter().filter_map(tap).collect() }
    }

    /// Where source position of a tap at `u` stands, if inside.
    pub fn source(&self, tap: &PhaseTap, u: usize) -> Option<usize> {
        tap.within.contains(&u).then(|| size(tap.start + signed(self.step * u)))
    }
}

/// The phases of an axis for results at outputs, from inputs. Cost: stride and kernel.
pub(super) fn of_outputs(axis: &Axis) -> Vec<Phase> {
    let (s, d, p) = (axis.stride(), axis.dilation(), axis.padding().begin);
    let mut taps = vec![Vec::new(); size(s.min(axis.output()))];
    for t in 0..axis.kernel() {
        // r ≡ d·t − p mod s
        let residue = (d * t - p).rem_euclid(s);
        if let Some(taps) = taps.get_mut(size(residue)) {
            taps.push((t, (residue + p - d * t) / s));
        }
    }
    let phase = |(residue, taps)| {
        let count = (axis.output() - residue + s - 1) / s;
        Phase::new(size(residue), size(s), size(count), 1, axis.input(), taps)
    };
    (0..).zip(taps).map(phase).collect()
}

/// The one phase of an axis for results at inputs, from outputs.
pub(super) fn of_inputs(axis: &Axis) -> Vec<Phase> {
    let taps = (0..axis.kernel()).map(|t| (t, axis.dilation() * t - axis.padding().begin)).collect();
    vec![Phase::new(0, 1, size(axis.input()), size(axis.stride()), axis.output(), taps)]
}
