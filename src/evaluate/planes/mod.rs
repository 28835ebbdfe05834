//! Sums of shifted planes, for few channels and for numbers of any length.
//!
//! ```text
//! Cᵀx, Cy             result[u]  = Σ over (channel, taps of the phase) w·planes[offset + u]
//! weight's gradient   w[t]      += Σ_u x[u]·planes[offset_t + u]
//! ```
//!
//! The source is read tile by tile into planes padded with zeros (`plan.rs`), where every tap is one
//! offset and a tile is one long line (`number.rs`). Numbers beyond 63 bits are read as signed
//! digits, each a layer of planes: layers `m` and `n` of the two operands add to part `m + n`, and the
//! parts are joined when a cell is stored.
//!
//! Memory per thread: the planes and sums of a tile.

mod number;
mod plan;

pub(super) use number::Number;

use super::cells::Cells;
use super::digits::Digit;
use super::values::Kept;
use super::{Target, for_each, threads};
use crate::geometry::{Geometry, signed, size};
use number::BLOCK;
use plan::{Combined, MOST, Plan};

/// Fewer products than this are no work for two threads.
const ALONE: i128 = 1 << 18;

/// Two operands, the digits that each is read in, and how the parts of sums become a cell:
/// `join(first part and all that follow, from one part to the next)`.
pub(super) struct Operands<'a, J> {
    pub left: Cells<'a>,
    pub right: Cells<'a>,
    pub left_digits: &'a [Digit],
    pub right_digits: &'a [Digit],
    pub join: J,
}

impl<J> Operands<'_, J> {
    fn parts(&self) -> usize {
        self.left_digits.len() + self.right_digits.len() - 1
    }
}

/// Fills `values`, which are zeros, with all sums of one of the maps, which the bound allows to keep
/// in `T`, and says whether it did.
pub(super) fn fill<T: Number, V: Kept>(
    g: &Geometry,
    target: Target,
    operands: &Operands<impl Fn(&[T], usize) -> V + Sync>,
    values: &mut [V],
) -> bool {
    let layers = operands.left_digits.len().max(operands.right_digits.len());
    let alone = target == Target::Weight || g.products() < ALONE;
    let Some(plan) = Plan::new(g, target, layers, if alone { 1 } else { 2 * threads() }) else { return false };
    match target {
        Target::Weight => weights(g, &plan, operands, values),
        _ => cells(g, target, &plan, operands, values),
    }
    true
}

/// Reads the planes of one channel, whose cells start at `base`, for the tile `from ..`.
fn load<F: super::cells::Factor>(plan: &Plan, operand: Cells, base: usize, digit: Digit, from: &[usize], to: &mut [F]) {
    let (last, outer) = plan.lanes.split_last().expect("a geometry has an axis");
    let inner = from[outer.len()];
    // The part of each line that exists: 0 ≤ source(n) < length
    let part = |residue: usize| {
        let (first, step) = (last.source(residue, inner, 0), signed(last.step));
        let low = (step - 1 - first).div_euclid(step).clamp(0, signed(last.length));
        let high = ((signed(last.source) - 1 - first).div_euclid(step) + 1).clamp(low, signed(last.length));
        (size(low), size(high), first)
    };
    let parts: Vec<_> = last.residues.iter().map(|&residue| part(residue)).collect();
    let combinations: usize = outer.iter().map(|lane| lane.residues.len()).product();
    let lines = plan.plane / last.length;
    let mut all = to.chunks_exact_mut(last.length);
    for combination in 0..combinations {
        for &(low, high, first) in &parts {
            for line in 0..lines {
                let to = all.next().expect("a line of the planes");
                let (mut rest, mut residues, mut place, mut cells) = (line, combination, Some(0), last.source);
                for (lane, &from) in outer.iter().zip(from).rev() {
                    let residue = lane.residues[residues % lane.residues.len()];
                    let at = usize::try_from(lane.source(residue, from, rest % lane.length)).ok();
                    place = place.zip(at.filter(|&at| at < lane.source)).map(|(place, at)| place + at * cells);
                    (rest, residues) = (rest / lane.length, residues / lane.residues.len());
                    cells *= lane.source;
                }
                let Some(place) = place.filter(|_| low < high) else {
                    to.fill(F::default());
                    continue;
                };
                to[..low].fill(F::default());
                to[high..].fill(F::default());
                let start = base + place + size(first + signed(last.step * low));
                operand.read(start, last.step, digit, &mut to[low..high], 1);
            }
        }
    }
}

/// Calls `each(position within the tile, result cell)` at the start of every line of a phase.
fn for_each_line(plan: &Plan, phases: &[usize], from: &[usize], results: &[usize], mut each: impl FnMut(usize, usize)) {
    fn walk(
        plan: &Plan,
        (phases, from, results): (&[usize], &[usize], &[usize]),
        axis: usize,
        (position, cell): (usize, usize),
        each: &mut impl FnMut(usize, usize),
    ) {
        if axis + 1 == phases.len() {
            return each(position, cell);
        }
        let (lane, from_here) = (&plan.lanes[axis], from[axis]);
        let phase = &lane.phases[phases[axis]];
        for u in from_here..phase.count.min(from_here + lane.tile) {
            let cell = (cell + phase.first + phase.period * u) * results[axis + 1];
            walk(plan, (phases, from, results), axis + 1, (position + (u - from_here) * lane.pitch, cell), each);
        }
    }
    walk(plan, (phases, from, results), 0, (0, 0), &mut each);
}

/// The tiles of the axes from `first` on, each by where it starts; those before start at `from`.
fn for_each_tile(plan: &Plan, first: usize, from: &mut [usize], each: &mut impl FnMut(&[usize])) {
    let Some(lane) = plan.lanes.get(first) else { return each(from) };
    for start in (0..lane.count).step_by(lane.tile) {
        from[first] = start;
        for_each_tile(plan, first + 1, from, each);
    }
}

/// Some results of a group of channels of a sample: one tile of the outermost axis.
struct Share<'v, V> {
    sample: usize,
    group: usize,
    tile: usize,
    /// The tile's cells of each channel.
    values: Vec<&'v mut [V]>,
}

fn shares<'v, V>(g: &Geometry, plan: &Plan, channels: usize, values: &'v mut [V]) -> Vec<Share<'v, V>> {
    let (batch, groups) = (size(g.batch()), size(g.groups()));
    let first = &plan.lanes[0];
    let spatial = values.len() / (batch * groups * channels);
    let length = match first.period {
        1 => first.count,
        _ => first.phases.iter().map(|phase| phase.count).sum(),
    };
    let rows = spatial / length * first.tile * first.period;
    let mut all = Vec::new();
    for (n, of_group) in values.chunks_mut(spatial * channels).enumerate() {
        let begin = all.len();
        for of_channel in of_group.chunks_mut(spatial) {
            for (tile, values) in of_channel.chunks_mut(rows).enumerate() {
                if all.len() == begin + tile {
                    let values = Vec::with_capacity(channels);
                    all.push(Share { sample: n / groups, group: n % groups, tile, values });
                }
                all[begin + tile].values.push(values);
            }
        }
    }
    all
}

/// `Cᵀx` and `Cy`.
fn cells<T: Number, V: Kept>(
    g: &Geometry,
    target: Target,
    plan: &Plan,
    operands: &Operands<impl Fn(&[T], usize) -> V + Sync>,
    values: &mut [V],
) {
    let (batch, groups) = (size(g.batch()), size(g.groups()));
    let (in_group, out_group) = (size(g.in_channels()) / groups, size(g.out_channels()) / groups);
    let (results, met, shape) = match target {
        Target::Output => (out_group, in_group, &g.output_shape()[2..]),
        _ => (in_group, out_group, &g.input_shape()[2..]),
    };
    let kernel: usize = g.weight_shape()[2..].iter().product();
    let source_cells = operands.left.len() / (batch * groups * met);
    let (layers, parts) = (operands.left_digits.len(), operands.parts());
    // Channels per buffer.
    let most_taps = plan.combined.iter().map(|c| c.taps.len()).max().unwrap_or(1);
    let at_once = (MOST / 8 / (plan.cells * layers).max(most_taps * parts).max(1)).clamp(1, met);
    let padded = plan.positions.next_multiple_of(BLOCK);
    for_each(shares(g, plan, results, values), |share: Share<V>| {
        let Share { sample, group, tile, mut values } = share;
        let layer = plan.cells;
        let mut planes = vec![T::Factor::default(); at_once * layers * layer + BLOCK];
        let mut sums = vec![T::default(); parts * padded];
        let mut listed = Vec::new();
        let mut from = vec![0; plan.lanes.len()];
        from[0] = tile * plan.lanes[0].tile;
        let base = from[0] * plan.lanes[0].period * shape[1..].iter().product::<usize>();
        for channel in (0..met).step_by(at_once) {
            let channels = channel..met.min(channel + at_once);
            for_each_tile(plan, 1, &mut from, &mut |from| {
                let to = planes.chunks_exact_mut(layer.max(1));
                let of = |n: usize| ((sample * groups + group) * met + channel + n / layers) * source_cells;
                for (n, to) in to.take(channels.len() * layers).enumerate() {
                    let digit = operands.left_digits[n % layers];
                    load(plan, operands.left, of(n), digit, from, to);
                }
                for (m, combined) in (0..values.len()).flat_map(|m| plan.combined.iter().map(move |c| (m, c))) {
                    for (part, sums) in sums.chunks_exact_mut(padded).enumerate() {
                        listed.clear();
                        for (n, c) in channels.clone().enumerate() {
                            let (ci, co) = if target == Target::Output { (c, m) } else { (m, c) };
                            let weights = ((group * in_group + ci) * out_group + co) * kernel;
                            for left in part.saturating_sub(operands.right_digits.len() - 1)..layers.min(part + 1) {
                                let digit = operands.right_digits[part - left];
                                let offset = (n * layers + left) * layer;
                                listed.extend(combined.taps.iter().map(|reads| {
                                    (operands.right.one(weights + reads.tap, digit), offset + reads.offset)
                                }));
                            }
                        }
                        T::add_planes(sums, &listed, &planes);
                    }
                    let place = Place { combined, from, shape, base };
                    let sums = (&sums[..], padded);
                    if channel == 0 {
                        place.store(plan, sums, values[m], |to, sums| *to = (operands.join)(sums, padded));
                    } else {
                        place.store(plan, sums, values[m], |to, sums| to.add((operands.join)(sums, padded)));
                    }
                }
            });
        }
    });
}

/// The results of a tile: where they go.
struct Place<'a> {
    combined: &'a Combined,
    from: &'a [usize],
    /// Lengths of the result.
    shape: &'a [usize],
    /// The first cell of the share.
    base: usize,
}

impl Place<'_> {
    /// Calls `put` for each result with its sums: the first part and all that follow.
    #[inline(always)]
    fn store<T, V>(&self, plan: &Plan, (sums, padded): (&[T], usize), values: &mut [V], put: impl Fn(&mut V, &[T])) {
        let last = plan.lanes.last().expect("a geometry has an axis");
        let inner = self.from[self.from.len() - 1];
        let phase = &last.phases[*self.combined.phases.last().expect("a phase per axis")];
        let length = phase.count.min(inner + last.tile).max(inner) - inner;
        let rest = sums.len() - padded;
        for_each_line(plan, &self.combined.phases, self.from, self.shape, |position, cell| {
            let start = cell + inner * last.period + phase.first - self.base;
            if length == 0 {
                return;
            }
            let sums = &sums[position..position + length + rest];
            let to = values[start..].iter_mut().step_by(last.period).take(length);
            to.zip(sums.windows(rest + 1)).for_each(|(to, sums)| put(to, sums));
        });
    }
}

/// The weight's gradient.
fn weights<T: Number, V: Kept>(
    g: &Geometry,
    plan: &Plan,
    operands: &Operands<impl Fn(&[T], usize) -> V + Sync>,
    values: &mut [V],
) {
    let Some(combined) = plan.combined.first() else { return };
    let (batch, groups) = (size(g.batch()), size(g.groups()));
    let (inputs, outputs) = (size(g.in_channels()), size(g.out_channels()));
    let (in_group, out_group) = (inputs / groups, outputs / groups);
    let (in_cells, out_cells) = (operands.left.len() / (batch * inputs), operands.right.len() / (batch * outputs));
    let kernel: usize = g.weight_shape()[2..].iter().product();
    let (left, right, parts) = (operands.left_digits.len(), operands.right_digits.len(), operands.parts());
    let inner = plan.lanes.last().map_or(0, |lane| lane.tile);
    let shares = values.chunks_mut(kernel).enumerate().collect();
    for_each(shares, |(pair, values): (usize, &mut [V])| {
        let (ci, co) = (pair / out_group, pair / out_group / in_group * out_group + pair % out_group);
        let mut planes = vec![T::Factor::default(); right * plan.cells];
        let mut lines = vec![T::Factor::default(); left * plan.positions];
        let mut sums = vec![T::default(); parts];
        for sample in 0..batch {
            for_each_tile(plan, 0, &mut vec![0; plan.lanes.len()], &mut |from| {
                for (&digit, to) in operands.right_digits.iter().zip(planes.chunks_exact_mut(plan.cells)) {
                    let base = (sample * outputs + co) * out_cells;
                    load(plan, operands.right, base, digit, from, to);
                }
                lines.fill(T::Factor::default());
                let shape = &g.input_shape()[2..];
                let start = from[from.len() - 1];
                let length = inner.min(shape[shape.len() - 1] - start);
                for (&digit, to) in operands.left_digits.iter().zip(lines.chunks_exact_mut(plan.positions)) {
                    for_each_line(plan, &combined.phases, from, shape, |position, cell| {
                        let at = (sample * inputs + ci) * in_cells + cell + start;
                        operands.left.read(at, 1, digit, &mut to[position..position + length], 1);
                    });
                }
                for reads in &combined.taps {
                    sums.fill(T::default());
                    for (n, y) in planes.chunks_exact(plan.cells).enumerate() {
                        for (m, x) in lines.chunks_exact(plan.positions).enumerate() {
                            let y = &y[reads.offset..reads.offset + plan.positions];
                            sums[m + n] = sums[m + n].plus(T::product_of(x, y));
                        }
                    }
                    values[reads.tap].add((operands.join)(&sums, 1));
                }
            });
        }
    });
}
