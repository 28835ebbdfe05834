//! Sums of shifted lines, for few channels: `line[u] += w·source[start + u]` per tap of a phase.
//!
//! ```text
//! result line of a phase   acc[u]  = Σ over (channel, outer taps, taps of the phase) w·source[start + u]
//! weight, tap t            w[t]   += Σ_u input[i_t + u]·output[o_t + u]
//! ```
//!
//! Outputs are sorted by residue mod the stride first, so that all lines are contiguous. A block
//! of a line stays in registers while all products are added.
//!
//! The sums are kept in `f64`, `i64` or `i128`. `mod.rs` has proved `max|a|·max|b|·terms` below
//! 2^53, 2^63 or 2^127: every product and every partial sum, in any order, is an integer below
//! that bound, which the type holds exactly. That is why this file may add floats.
#![allow(clippy::float_arithmetic)]

use std::borrow::Cow;
use std::ops::Range;

use pulp::{Simd, WithSimd};

use super::phases::{Phase, of_inputs, of_outputs};
use super::values::Kept;
use super::{Target, for_each, threads};
use crate::geometry::{Axis, Geometry, signed, size};

/// What sums are kept in.
pub(super) trait Number: Copy + Send + Sync + 'static {
    type Factor: Copy + Send + Sync + 'static;
    /// How many sums stay in registers.
    type Block: Copy + AsMut<[Self]> + AsRef<[Self]>;
    const ZERO: Self;
    const ZEROS: Self::Block;
    /// The factors as a slice: converted, or as they are.
    fn factors(all: &[i64]) -> Cow<'_, [Self::Factor]>;
    fn plus_product(self, a: Self::Factor, b: Self::Factor) -> Self;
    fn plus(self, other: Self) -> Self;
    fn kept<V: Kept>(self) -> V;
    /// Adds all products to a line.
    fn add_lines(sums: &mut [Self], listed: &[Shifted<Self::Factor>], cells: &[Self::Factor]) {
        pulp::Arch::new().dispatch(|| add_lines(sums, listed, cells));
    }
}

impl Number for f64 {
    type Factor = f64;
    type Block = [f64; 32];
    const ZERO: f64 = 0.0;
    const ZEROS: [f64; 32] = [0.0; 32];
    #[allow(clippy::cast_precision_loss)] // below 2^53
    fn factors(all: &[i64]) -> Cow<'_, [f64]> {
        Cow::Owned(all.iter().map(|&n| n as f64).collect())
    }
    #[inline(always)]
    fn plus_product(self, a: f64, b: f64) -> f64 {
        self + a * b
    }
    #[inline(always)]
    fn plus(self, other: f64) -> f64 {
        self + other
    }
    #[inline(always)]
    #[allow(clippy::cast_possible_truncation)] // an integer below 2^53
    fn kept<V: Kept>(self) -> V {
        V::of(self as i64)
    }
    fn add_lines(sums: &mut [f64], listed: &[Shifted<f64>], cells: &[f64]) {
        pulp::Arch::new().dispatch(Lines { sums, listed, cells });
    }
}

impl Number for i64 {
    type Factor = i64;
    type Block = [i64; 16];
    const ZERO: i64 = 0;
    const ZEROS: [i64; 16] = [0; 16];
    fn factors(all: &[i64]) -> Cow<'_, [i64]> {
        Cow::Borrowed(all)
    }
    #[inline(always)]
    fn plus_product(self, a: i64, b: i64) -> i64 {
        self + a * b
    }
    #[inline(always)]
    fn plus(self, other: i64) -> i64 {
        self + other
    }
    #[inline(always)]
    fn kept<V: Kept>(self) -> V {
        V::of(self)
    }
}

impl Number for i128 {
    type Factor = i64;
    type Block = [i128; 4];
    const ZERO: i128 = 0;
    const ZEROS: [i128; 4] = [0; 4];
    fn factors(all: &[i64]) -> Cow<'_, [i64]> {
        Cow::Borrowed(all)
    }
    #[inline(always)]
    fn plus_product(self, a: i64, b: i64) -> i128 {
        self + i128::from(a) * i128::from(b)
    }
    #[inline(always)]
    fn plus(self, other: i128) -> i128 {
        self + other
    }
    #[inline(always)]
    fn kept<V: Kept>(self) -> V {
        V::of_long(self)
    }
}

/// The lines of a tensor along its last axis, each sorted by residue mod `step`.
struct Sorted<'a, F: Clone> {
    cells: Cow<'a, [F]>,
    length: usize,
    step: usize,
    /// Where the residues start within a line.
    starts: Vec<usize>,
}

impl<'a, F: Copy> Sorted<'a, F> {
    fn new(cells: Cow<'a, [F]>, length: usize, step: usize) -> Sorted<'a, F> {
        let residues = step.min(length);
        let mut starts = vec![0];
        for residue in 0..residues {
            starts.push(starts[residue] + (length - residue).div_ceil(step));
        }
        let cells = if step == 1 {
            cells
        } else {
            let mut sorted = Vec::with_capacity(cells.len());
            for line in cells.chunks_exact(length) {
                for residue in 0..residues {
                    sorted.extend(line[residue..].iter().step_by(step));
                }
            }
            Cow::Owned(sorted)
        };
        Sorted { cells, length, step, starts }
    }

    /// Where position `at` of a line stands; `at + step` is the next one.
    fn place(&self, line: usize, at: usize) -> usize {
        line * self.length + self.starts[at % self.step] + at / self.step
    }
}

/// One product of a line: `weight·cells[place + u − within.start]` for `u` in `within`.
pub(super) struct Shifted<F> {
    weight: F,
    place: usize,
    within: Range<usize>,
}

/// At most so many products are listed before they are added.
const LISTED: usize = 1024;

/// What cells of the outer axes meet: source and tap, without the last axis.
fn meet(outer: &[(Axis, Target)], mut flat: usize, into: &mut Vec<(usize, usize)>, product: &mut Vec<(usize, usize)>) {
    let length = |axis: &Axis, target: Target| match target {
        Target::Output => (axis.output(), axis.input()),
        _ => (axis.input(), axis.output()),
    };
    into.clear();
    into.push((0, 0));
    let (mut sources, mut taps) = (1, 1);
    // From the innermost outer axis outwards: each new axis counts in steps of all before.
    for &(axis, target) in outer.iter().rev() {
        let (cells, source_cells) = length(&axis, target);
        let position = signed(flat % size(cells));
        flat /= size(cells);
        product.clear();
        let mut add = |source: i64, tap: i64| {
            product.extend(into.iter().map(|&(s, t)| (s + size(source) * sources, t + size(tap) * taps)));
        };
        match target {
            Target::Output => axis.meetings_of_output(position).for_each(|m| add(m.i, m.t)),
            _ => axis.meetings_of_input(position).for_each(|m| add(m.o, m.t)),
        }
        std::mem::swap(into, product);
        sources *= size(source_cells);
        taps *= size(axis.kernel());
    }
}

/// Channels of a geometry.
struct Channels {
    inputs: usize,
    outputs: usize,
    in_group: usize,
    out_group: usize,
}

impl Channels {
    fn of(g: &Geometry) -> Channels {
        let (inputs, outputs, groups) = (size(g.in_channels()), size(g.out_channels()), size(g.groups()));
        Channels { inputs, outputs, in_group: inputs / groups, out_group: outputs / groups }
    }
}

/// All sums of one of the maps, which the bound allows to keep in `T`.
pub(super) fn fill<T: Number, V: Kept>(g: &Geometry, target: Target, left: &[i64], right: &[i64], values: &mut [V]) {
    match target {
        Target::Weight => weights::<T, V>(g, left, right, values),
        _ => cells::<T, V>(g, target, left, right, values),
    }
}

/// `Cᵀx` and `Cy`, line by line of the result.
fn cells<T: Number, V: Kept>(g: &Geometry, target: Target, source: &[i64], weight: &[i64], values: &mut [V]) {
    let channels = Channels::of(g);
    let (last, outer) = g.axes().split_last().expect("a geometry has an axis");
    let outer: Vec<(Axis, Target)> = outer.iter().map(|&axis| (axis, target)).collect();
    let product = |length: fn(&Axis) -> i64| outer.iter().map(|(axis, _)| size(length(axis))).product::<usize>();
    let (phases, length, source_length, lines, source_lines, step) = match target {
        Target::Output => {
            (of_outputs(last), last.output(), last.input(), product(Axis::output), product(Axis::input), 1)
        }
        _ => {
            let step = size(last.stride());
            (of_inputs(last), last.input(), last.output(), product(Axis::input), product(Axis::output), step)
        }
    };
    let length = size(length);
    let source = Sorted::new(T::factors(source), size(source_length), step);
    let weight = T::factors(weight);
    let kernel = g.axes().iter().map(|axis| size(axis.kernel())).product::<usize>();
    let last_kernel = size(last.kernel());

    let all_lines = values.len() / length;
    let share = all_lines.div_ceil(8 * threads()).max(1);
    let shares = values.chunks_mut(share * length).enumerate().collect();
    for_each(shares, |(n, values): (usize, &mut [V])| {
        let (mut met, mut scratch, mut listed) = (Vec::new(), Vec::new(), Vec::with_capacity(LISTED));
        let mut sums = vec![T::ZERO; length];
        for (line, values) in (n * share..).zip(values.chunks_exact_mut(length)) {
            meet(&outer, line % lines, &mut met, &mut scratch);
            // The cell's own channel, the channels it meets, and their weights.
            let (result, own) = (line / lines, line / lines);
            let (first, count, weights, weight_step) = match target {
                Target::Output => {
                    let (sample, co) = (result / channels.outputs, own % channels.outputs);
                    let first = co / channels.out_group * channels.in_group;
                    let weights = first * channels.out_group + co % channels.out_group;
                    (sample * channels.inputs + first, channels.in_group, weights, channels.out_group)
                }
                _ => {
                    let (sample, ci) = (result / channels.inputs, own % channels.inputs);
                    let first = ci / channels.in_group * channels.out_group;
                    (sample * channels.outputs + first, channels.out_group, ci * channels.out_group, 1)
                }
            };
            for phase in &phases {
                let sums = &mut sums[..phase.count];
                sums.fill(T::ZERO);
                listed.clear();
                for channel in 0..count {
                    let weights = (weights + channel * weight_step) * kernel;
                    for &(outer_source, outer_tap) in &met {
                        let line = (first + channel) * source_lines + outer_source;
                        let weights = weights + outer_tap * last_kernel;
                        for tap in &phase.taps {
                            let at = phase.source(tap, tap.within.start).expect("inside");
                            let weight = weight[weights + tap.tap];
                            listed.push(Shifted { weight, place: source.place(line, at), within: tap.within.clone() });
                        }
                        if listed.len() >= LISTED {
                            T::add_lines(sums, &listed, &source.cells);
                            listed.clear();
                        }
                    }
                }
                T::add_lines(sums, &listed, &source.cells);
                for (value, sum) in values[phase.first..].iter_mut().step_by(phase.period).zip(sums) {
                    *value = sum.kept();
                }
            }
        }
    });
}

/// Where all of the listed products exist.
fn common<F>(listed: &[Shifted<F>]) -> Range<usize> {
    let from = listed.iter().map(|p| p.within.start).max().unwrap_or(0);
    from..listed.iter().map(|p| p.within.end).min().unwrap_or(0).max(from)
}

/// Adds the products outside of `whole`, one by one.
#[inline(always)]
fn add_ends<T: Number>(sums: &mut [T], listed: &[Shifted<T::Factor>], cells: &[T::Factor], whole: Range<usize>) {
    for p in listed {
        let start = p.within.start;
        for part in [start..whole.start.min(p.within.end), whole.end.max(start)..p.within.end] {
            if part.is_empty() {
                continue;
            }
            let here = &cells[p.place + part.start - start..p.place + part.end - start];
            for (sum, &cell) in sums[part].iter_mut().zip(here) {
                *sum = sum.plus_product(p.weight, cell);
            }
        }
    }
}

/// Adds all products to a line: blocks where all of them exist, single cells at the ends.
#[inline(always)]
fn add_lines<T: Number>(sums: &mut [T], listed: &[Shifted<T::Factor>], cells: &[T::Factor]) {
    let Range { start: from, end: to } = common(listed);
    let size = T::ZEROS.as_ref().len();
    let whole = from + (to - from) / size * size;
    for at in (from..whole).step_by(size) {
        let mut block = T::ZEROS;
        let block = block.as_mut();
        for p in listed {
            let place = p.place + at - p.within.start;
            for (sum, &cell) in block.iter_mut().zip(&cells[place..place + size]) {
                *sum = sum.plus_product(p.weight, cell);
            }
        }
        for (sum, &block) in sums[at..at + size].iter_mut().zip(&*block) {
            *sum = sum.plus(block);
        }
    }
    add_ends(sums, listed, cells, from..whole);
}

/// [`add_lines`] with the machine's vectors: four at once, then one, then single cells.
struct Lines<'a> {
    sums: &'a mut [f64],
    listed: &'a [Shifted<f64>],
    cells: &'a [f64],
}

impl WithSimd for Lines<'_> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(mut self, simd: S) {
        let Range { start, end } = common(self.listed);
        let at = self.blocks::<S, 4>(simd, start, end);
        let at = self.blocks::<S, 1>(simd, at, end);
        add_ends(self.sums, self.listed, self.cells, start..at);
    }
}

impl Lines<'_> {
    /// As many blocks as fit; returns where they end.
    #[inline(always)]
    fn blocks<S: Simd, const VECTORS: usize>(&mut self, simd: S, from: usize, to: usize) -> usize {
        let size = S::F64_LANES * VECTORS;
        let whole = from + (to - from) / size * size;
        for at in (from..whole).step_by(size) {
            let mut kept = [simd.splat_f64s(0.0); VECTORS];
            for p in self.listed {
                let place = p.place + at - p.within.start;
                let (cells, _) = S::as_simd_f64s(&self.cells[place..place + size]);
                let cells: &[S::f64s; VECTORS] = cells.try_into().expect("as many vectors");
                let weight = simd.splat_f64s(p.weight);
                for v in 0..VECTORS {
                    kept[v] = simd.mul_add_e_f64s(weight, cells[v], kept[v]);
                }
            }
            let (sums, _) = S::as_mut_simd_f64s(&mut self.sums[at..at + size]);
            for (sum, kept) in sums.iter_mut().zip(kept) {
                *sum = simd.add_f64s(*sum, kept);
            }
        }
        whole
    }
}

/// The weight's gradient: per tap, the product of the lines that it joins.
fn weights<T: Number, V: Kept>(g: &Geometry, input: &[i64], output: &[i64], values: &mut [V]) {
    let channels = Channels::of(g);
    let (last, outer) = g.axes().split_last().expect("a geometry has an axis");
    let outer: Vec<(Axis, Target)> = outer.iter().map(|&axis| (axis, Target::Input)).collect();
    let product = |length: fn(&Axis) -> i64| outer.iter().map(|(axis, _)| size(length(axis))).product::<usize>();
    let (in_lines, out_lines) = (product(Axis::input), product(Axis::output));
    let phase: Phase = of_inputs(last).swap_remove(0);
    let input = Sorted::new(T::factors(input), size(last.input()), 1);
    let output = Sorted::new(T::factors(output), size(last.output()), size(last.stride()));
    let last_kernel = size(last.kernel());
    let kernel = g.axes().iter().map(|axis| size(axis.kernel())).product::<usize>();
    let shares = values.chunks_mut(kernel).enumerate().collect();
    for_each(shares, |(pair, values): (usize, &mut [V])| {
        let (ci, co) = (pair / channels.out_group, pair % channels.out_group);
        let co = ci / channels.in_group * channels.out_group + co;
        let (mut met, mut scratch) = (Vec::new(), Vec::new());
        for sample in 0..size(g.batch()) {
            for line in 0..in_lines {
                meet(&outer, line, &mut met, &mut scratch);
                let in_line = (sample * channels.inputs + ci) * in_lines + line;
                for &(outer_output, outer_tap) in &met {
                    let out_line = (sample * channels.outputs + co) * out_lines + outer_output;
                    for tap in &phase.taps {
                        let Range { start, end } = tap.within;
                        let at = output.place(out_line, phase.source(tap, start).expect("inside"));
                        let (from, length) = (input.place(in_line, start), end - start);
                        let (x, y) = (&input.cells[from..from + length], &output.cells[at..at + length]);
                        let sum = pulp::Arch::new().dispatch(|| product_of_lines::<T>(x, y));
                        values[outer_tap * last_kernel + tap.tap].add(sum.kept());
                    }
                }
            }
        }
    });
}

/// `Σ_u x[u]·y[u]`.
#[inline(always)]
fn product_of_lines<T: Number>(x: &[T::Factor], y: &[T::Factor]) -> T {
    let mut block = T::ZEROS;
    let block = block.as_mut();
    let (mut whole_x, mut whole_y) = (x.chunks_exact(block.len()), y.chunks_exact(block.len()));
    for (x, y) in whole_x.by_ref().zip(whole_y.by_ref()) {
        for (sum, (&x, &y)) in block.iter_mut().zip(x.iter().zip(y)) {
            *sum = sum.plus_product(x, y);
        }
    }
    let mut sum = T::ZERO;
    for (&x, &y) in whole_x.remainder().iter().zip(whole_y.remainder()) {
        sum = sum.plus_product(x, y);
    }
    block.iter().fold(sum, |sum, &part| sum.plus(part))
}
