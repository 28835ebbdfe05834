//! Products of matrices, for many channels.
//!
//! ```text
//! phase of a result, tile of its positions u    R[u, m] += Σ_k P[u, k]·A[k, m]
//! k = (source channel, tap of the phase)        P = source[channel, start_tap + step·u], 0 outside
//! m = channel of the result                     A = weight
//! weight's gradient                             W[(co, t), ci] += Σ_u P[(co, t), u]·X[u, ci]
//! ```
//!
//! The products run in `f64` with the vector instructions of the machine (`kernel.rs`), and
//! integers become floats while they are packed. Numbers that are too long are cut into
//! balanced digits, `n = Σ n_j·2^(j·bits)` with `|n_j| ≤ 2^(bits − 1)`, a product of matrices per
//! pair of digits. For example 1000 in digits of 5 bits: `1000 = 8 − 2^5 + 2^10`.
//!
//! **Why this is exact.** Without digits, `mod.rs` has proved every partial sum of a cell below
//! 2^53. With digits, a block has at most `2^b` products of two digits, and
//! `2^b·2^(2·bits − 2) ≤ 2^53`. Either way each product and each partial sum, in any order, is
//! an integer that binary64 holds exactly, fused or not. Blocks are added modulo 2^128; the sum of
//! all is below 2^127, so nothing is lost.
#![allow(clippy::float_arithmetic)]

use std::ops::Range;

use super::digits::{Cut, Digit};
use super::kernel::{ROWS, multiply, width};
use super::phases::{Phase, of_inputs, of_outputs};
use super::values::Kept;
use super::{Accumulator, Target, for_each, threads};
use crate::geometry::{Geometry, signed, size};

/// Products that a block with digits sums up, at most, unless one channel has more.
const SUMMED: usize = 512;
/// Floats of each packed block: 4 MB.
const PACKED: usize = 1 << 19;
/// Fewer products per pair of cells than this are no matrix.
const FEW: usize = 16;

/// A tap of all axes: its number, and per axis its place in the list of the phase.
struct Joint {
    tap: usize,
    places: Vec<usize>,
}

/// One phase per axis.
struct Product<'a> {
    axes: Vec<&'a Phase>,
    /// Source positions of each axis.
    sources: Vec<usize>,
    /// Result positions of each axis.
    results: Vec<usize>,
    joints: Vec<Joint>,
    /// Positions `u` of all axes.
    count: usize,
}

/// All combinations of the axes' phases that meet anything.
fn products<'a>(phases: &'a [Vec<Phase>], sources: &[usize], results: &[usize], kernel: &[usize]) -> Vec<Product<'a>> {
    let mut combined: Vec<Vec<&Phase>> = vec![Vec::new()];
    for of_axis in phases {
        let extend = |outer: Vec<&'a Phase>| of_axis.iter().map(move |phase| [&outer[..], &[phase]].concat());
        combined = combined.into_iter().flat_map(extend).collect();
    }
    let product = |axes: Vec<&'a Phase>| {
        let mut joints = vec![Joint { tap: 0, places: Vec::new() }];
        for (phase, kernel) in axes.iter().zip(kernel) {
            let extend = |outer: Joint| {
                phase.taps.iter().enumerate().map(move |(place, tap)| Joint {
                    tap: outer.tap * kernel + tap.tap,
                    places: [&outer.places[..], &[place]].concat(),
                })
            };
            joints = joints.into_iter().flat_map(extend).collect();
        }
        let count = axes.iter().map(|phase| phase.count).product();
        Product { axes, sources: sources.to_vec(), results: results.to_vec(), joints, count }
    };
    combined.into_iter().map(product).filter(|p| !p.joints.is_empty()).collect()
}

impl Product<'_> {
    /// Packs `digit` of channels `channels` of `source` for `count` positions `from ..`: position
    /// `from + n` of row `channel·joints + joint` goes to `to[place(row) + n·step]`.
    #[inline(always)]
    fn pack(
        &self,
        source: &[i64],
        channels: Range<usize>,
        (from, count): (usize, usize),
        digit: Digit,
        (to, place, step): (&mut [f64], impl Fn(usize) -> usize, usize),
    ) {
        let (last, outer) = self.axes.split_last().expect("a geometry has an axis");
        let length = *self.sources.last().expect("a geometry has an axis");
        let cells: usize = self.sources.iter().product();
        let mut position = vec![0; outer.len()];
        let mut u = from;
        while u < from + count {
            // One line of positions.
            let (line, start) = (u / last.count, u % last.count);
            let end = last.count.min(start + from + count - u);
            let mut rest = line;
            for (p, phase) in position.iter_mut().zip(outer).rev() {
                (*p, rest) = (rest % phase.count, rest / phase.count);
            }
            for (n, joint) in self.joints.iter().enumerate() {
                // The source line that the outer taps reach, and the part of it that the last tap does.
                let mut reach = outer.iter().zip(&position).zip(&joint.places).zip(&self.sources);
                let line = reach.try_fold(0, |line, (((phase, &u), &place), length)| {
                    Some(line * length + phase.source(&phase.taps[place], u)?)
                });
                let tap = &last.taps[*joint.places.last().expect("a place per axis")];
                let (low, high) = match line {
                    Some(_) => (tap.within.start.clamp(start, end), tap.within.end.clamp(start, end)),
                    None => (start, start),
                };
                let first = if low < high { size(tap.start + signed(last.step * low)) } else { 0 };
                for channel in channels.clone() {
                    let row = (channel - channels.start) * self.joints.len() + n;
                    let to = &mut to[place(row) + (u - from) * step..];
                    for n in (0..low - start).chain(high.max(low) - start..end - start) {
                        to[n * step] = 0.0;
                    }
                    if low < high {
                        let at = channel * cells + line.unwrap_or(0) * length + first;
                        let until = at + (high - low - 1) * last.step + 1;
                        let to = &mut to[(low - start) * step..(high - start - 1) * step + 1];
                        digit.convert(&source[at..until], last.step, to, step);
                    }
                }
            }
            u += end - start;
        }
    }
}

/// Adds the sums of one of the maps to `values` and says whether it did: not where channels are
/// few, where most of the packed cells would be 0, or where digits do not fit.
pub(super) fn add(
    g: &Geometry,
    target: Target,
    (left, most_left): (&[i64], u64),
    (right, most_right): (&[i64], u64),
    accumulator: Accumulator,
    values: &mut [impl Kept],
) -> bool {
    let (in_group, out_group) = (size(g.in_channels() / g.groups()), size(g.out_channels() / g.groups()));
    // A packed cell is used once per channel of the result.
    let results = if target == Target::Output { out_group } else { in_group };
    if results < 2 || in_group * out_group < FEW {
        return false;
    }
    let phases: Vec<Vec<Phase>> = match target {
        Target::Output => g.axes().iter().map(of_outputs).collect(),
        _ => g.axes().iter().map(of_inputs).collect(),
    };
    // Cells packed against products that there are.
    let packed = |phase: &Phase| (phase.count * phase.taps.len()) as u128;
    let packed = phases.iter().map(|of_axis| of_axis.iter().map(packed).sum::<u128>()).product::<u128>();
    let real = g.axes().iter().map(|axis| axis.meetings().cast_unsigned()).product::<u128>();
    if packed > 3 * real {
        return false;
    }
    let joints = phases.iter().map(|of_axis| of_axis.iter().map(|phase| phase.taps.len()).max().unwrap_or(0));
    let summed = SUMMED.max(if target == Target::Weight { 1 } else { joints.product() });
    let cuts = if accumulator == Accumulator::F64 {
        Some((Cut::WHOLE, Cut::WHOLE))
    } else {
        Cut::of(most_left, summed).zip(Cut::of(most_right, summed))
    };
    let Some((left_cut, right_cut)) = cuts.filter(|(l, r)| l.count * r.count <= 12) else { return false };
    let (inputs, outputs) = (g.input_shape()[2..].to_vec(), g.output_shape()[2..].to_vec());
    let (sources, results) = match target {
        Target::Output => (inputs, outputs),
        _ => (outputs, inputs),
    };
    let kernel = g.weight_shape()[2..].to_vec();
    let products = products(&phases, &sources, &results, &kernel);
    let map = Map { g, in_group, out_group, kernel: kernel.iter().product(), products: &products };
    match target {
        Target::Weight => map.weights((left, left_cut), (right, right_cut), values),
        _ => map.cells(target, (left, left_cut), (right, right_cut), values),
    }
    true
}

struct Map<'a> {
    g: &'a Geometry,
    in_group: usize,
    out_group: usize,
    /// Taps of all axes.
    kernel: usize,
    products: &'a [Product<'a>],
}

impl Map<'_> {
    /// `Cᵀx` and `Cy`.
    fn cells(
        &self,
        target: Target,
        (source, source_cut): (&[i64], Cut),
        (weight, weight_cut): (&[i64], Cut),
        values: &mut [impl Kept],
    ) {
        let (results, met) = match target {
            Target::Output => (self.out_group, self.in_group),
            _ => (self.in_group, self.out_group),
        };
        let (batch, groups) = (size(self.g.batch()), size(self.g.groups()));
        let spatial = values.len() / (batch * groups * results);
        let source_cells = source.len() / (batch * groups * met);
        // Channels of the result per share: as many as possible, but a share per thread.
        let at_once = results.div_ceil(threads().div_ceil(batch * groups)).clamp(1, 512);
        let mut shares = Vec::new();
        for (n, values) in values.chunks_mut(results * spatial).enumerate() {
            let source = &source[n * met * source_cells..(n + 1) * met * source_cells];
            for (m, values) in values.chunks_mut(at_once * spatial).enumerate() {
                shares.push((n % groups, source, m * at_once, values));
            }
        }
        let most_joints = self.products.iter().map(|p| p.joints.len()).max().unwrap_or(1);
        for_each(shares, |(group, source, first, values)| {
            let own = values.len() / spatial;
            // Source channels per block: the packed weights fit, and so do the sums of digits.
            let fit = PACKED / (own * self.kernel * weight_cut.count as usize);
            let fit = if weight_cut.bits + source_cut.bits == 0 { fit } else { fit.min(SUMMED / most_joints).max(1) };
            let step = fit.clamp(1, met);
            let padded = own.next_multiple_of(ROWS);
            let (mut panel, mut sums) = (Vec::new(), Vec::new());
            for channel in (0..met).step_by(step) {
                let channels = channel..met.min(channel + step);
                let weights =
                    self.pack_weights(target, group, first..first + own, channels.clone(), weight, weight_cut);
                let mut at = 0;
                for product in self.products {
                    let k = channels.len() * product.joints.len();
                    let width = width(product.count);
                    panel.clear();
                    panel.resize(k * width, 0.0);
                    sums.clear();
                    sums.resize(padded * width, 0.0);
                    for from in (0..product.count).step_by(width) {
                        let count = width.min(product.count - from);
                        for source_digit in 0..source_cut.count {
                            let digit = source_cut.digit(source_digit);
                            let to = (&mut panel[..], |row| row * width, 1);
                            pulp::Arch::new()
                                .dispatch(|| product.pack(source, channels.clone(), (from, count), digit, to));
                            for weight_digit in 0..weight_cut.count {
                                let weights = &weights[weight_digit as usize][at..at + k * padded];
                                multiply(&panel, weights, &mut sums, width, false);
                                let shift = source_cut.shift(source_digit) + weight_cut.shift(weight_digit);
                                add_panel(product, (from, count), &sums, width, shift, (values, spatial));
                            }
                        }
                    }
                    at += k * padded;
                }
            }
        });
    }

    /// The weights of some channels, sorted for the products: per digit, per product, per [`ROWS`]
    /// channels of the result, per channel of the source, per tap, each of the channels.
    fn pack_weights(
        &self,
        target: Target,
        group: usize,
        results: Range<usize>,
        channels: Range<usize>,
        weight: &[i64],
        cut: Cut,
    ) -> Vec<Vec<f64>> {
        // Where each tap goes: start of its product, length of a channel there, place within.
        let mut places = vec![None; self.kernel];
        let mut start = 0;
        for product in self.products {
            for (n, joint) in product.joints.iter().enumerate() {
                places[joint.tap] = Some((start, product.joints.len(), n));
            }
            start += product.joints.len() * channels.len() * results.len().next_multiple_of(ROWS);
        }
        let mut digits = Vec::new();
        let mut line = vec![0.0; self.kernel];
        for digit in 0..cut.count {
            let digit = cut.digit(digit);
            let mut packed = vec![0.0; start];
            let mut add = |m: usize, c: usize| {
                let (ci, co) = match target {
                    Target::Output => (channels.start + c, results.start + m),
                    _ => (results.start + m, channels.start + c),
                };
                let at = ((group * self.in_group + ci) * self.out_group + co) * self.kernel;
                digit.convert(&weight[at..at + self.kernel], 1, &mut line, 1);
                for (&value, place) in line.iter().zip(&places) {
                    if let &Some((start, joints, n)) = place {
                        let row = m / ROWS * channels.len() * joints + c * joints + n;
                        packed[start + row * ROWS + m % ROWS] = value;
                    }
                }
            };
            // In the order of the weight.
            match target {
                Target::Output => (0..channels.len()).for_each(|c| (0..results.len()).for_each(|m| add(m, c))),
                _ => (0..results.len()).for_each(|m| (0..channels.len()).for_each(|c| add(m, c))),
            }
            digits.push(packed);
        }
        digits
    }

    /// The weight's gradient.
    fn weights(
        &self,
        (input, input_cut): (&[i64], Cut),
        (output, output_cut): (&[i64], Cut),
        values: &mut [impl Kept],
    ) {
        let Some(product) = self.products.first() else { return };
        let (batch, groups) = (size(self.g.batch()), size(self.g.groups()));
        let (inputs, outputs) = (groups * self.in_group, groups * self.out_group);
        let (in_cells, out_cells) = (input.len() / (batch * inputs), output.len() / (batch * outputs));
        let joints = product.joints.len();
        let row = self.out_group * self.kernel;
        // Input channels per share, output channels and positions per block.
        let at_once = self.in_group.div_ceil(threads().div_ceil(groups)).clamp(1, 512);
        let channels_at_once = (PACKED / (joints * at_once.max(64))).clamp(1, self.out_group);
        let tile = (PACKED / (channels_at_once * joints).max(at_once)).clamp(1, product.count).min(SUMMED);
        let mut shares = Vec::new();
        for (group, values) in values.chunks_mut(self.in_group * row).enumerate() {
            for (m, values) in values.chunks_mut(at_once * row).enumerate() {
                shares.push((group, m * at_once, values));
            }
        }
        let exact = input_cut.bits + output_cut.bits == 0;
        for_each(shares, |(group, first, values)| {
            let own = values.len() / row;
            let width = width(own);
            let panels = own.div_ceil(width);
            for channel in (0..self.out_group).step_by(channels_at_once) {
                let channels = channel..self.out_group.min(channel + channels_at_once);
                let padded = (channels.len() * joints).next_multiple_of(ROWS);
                let mut x = vec![0.0; tile * width];
                let mut pack = vec![0.0; padded * tile];
                let mut sums = vec![0.0; panels * padded * width];
                for sample in 0..batch {
                    let output = &output[(sample * outputs + group * self.out_group) * out_cells..];
                    let input = &input[(sample * inputs + group * self.in_group + first) * in_cells..];
                    for from in (0..product.count).step_by(tile) {
                        let count = tile.min(product.count - from);
                        for output_digit in 0..output_cut.count {
                            let digit = output_cut.digit(output_digit);
                            let place = |row| row / ROWS * ROWS * count + row % ROWS;
                            let to = (&mut pack[..], place, ROWS);
                            pulp::Arch::new()
                                .dispatch(|| product.pack(output, channels.clone(), (from, count), digit, to));
                            for (input_digit, panel) in
                                (0..input_cut.count).flat_map(|d| (0..panels).map(move |p| (d, p)))
                            {
                                let digit = input_cut.digit(input_digit);
                                for m in 0..width.min(own - panel * width) {
                                    let at = (panel * width + m) * in_cells + from;
                                    digit.convert(&input[at..at + count], 1, &mut x[m..], width);
                                }
                                let sums = &mut sums[panel * padded * width..(panel + 1) * padded * width];
                                // Whole numbers are summed up over all tiles: the bound holds for the cell.
                                multiply(&x[..count * width], &pack[..padded * count], sums, width, exact);
                                if !exact {
                                    let shift = output_cut.shift(output_digit) + input_cut.shift(input_digit);
                                    let values = &mut values[panel * width * row..];
                                    self.add_weights(product, channels.clone(), sums, width, shift, values);
                                }
                            }
                        }
                    }
                }
                if exact {
                    for (sums, values) in sums.chunks_exact(padded * width).zip(values.chunks_mut(width * row)) {
                        self.add_weights(product, channels.clone(), sums, width, 0, values);
                    }
                }
            }
        });
    }

    /// Adds sums `[(co, joint), ci]` to weights `[ci, co, t]`.
    #[allow(clippy::cast_possible_truncation)] // integers up to 2^53
    fn add_weights(
        &self,
        product: &Product,
        channels: Range<usize>,
        sums: &[f64],
        width: usize,
        shift: u32,
        values: &mut [impl Kept],
    ) {
        let row = self.out_group * self.kernel;
        for (m, values) in values.chunks_exact_mut(row).take(width).enumerate() {
            for (channel, values) in
                channels.clone().zip(values[channels.start * self.kernel..].chunks_exact_mut(self.kernel))
            {
                let first = (channel - channels.start) * product.joints.len();
                for (n, joint) in product.joints.iter().enumerate() {
                    let sum = sums[(first + n) * width + m];
                    values[joint.tap].add_shifted(sum as i64, shift);
                }
            }
        }
    }
}

/// Adds sums `[m, u]` of a panel to the positions of the result.
#[allow(clippy::cast_possible_truncation)] // integers up to 2^53
fn add_panel(
    product: &Product,
    (from, count): (usize, usize),
    sums: &[f64],
    width: usize,
    shift: u32,
    (values, spatial): (&mut [impl Kept], usize),
) {
    let (last, outer) = product.axes.split_last().expect("a geometry has an axis");
    let mut u = from;
    while u < from + count {
        let (line, start) = (u / last.count, u % last.count);
        let end = last.count.min(start + from + count - u);
        let (mut rest, mut at, mut cells) = (line, 0, product.results[outer.len()]);
        for (phase, results) in outer.iter().zip(&product.results).rev() {
            at += (phase.first + phase.period * (rest % phase.count)) * cells;
            rest /= phase.count;
            cells *= results;
        }
        at += last.first + last.period * start;
        for (sums, values) in sums.chunks_exact(width).zip(values.chunks_exact_mut(spatial)) {
            let sums = &sums[u - from..u - from + end - start];
            for (&sum, value) in sums.iter().zip(values[at..].iter_mut().step_by(last.period)) {
                value.add_shifted(sum as i64, shift);
            }
        }
        u += end - start;
    }
}
