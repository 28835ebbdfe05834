//! `Cᵀx` with many channels: one product of matrices, whose columns are then put where they belong.
//!
//! ```text
//! columns[i, (co, t)] = Σ_ci x[ci, i]·w[ci, (co, t)]      output[co, s·i + d·t − p] += columns[i, (co, t)]
//! ```
//!
//! The weight is already the right matrix: its rows are read as they are stored, and each number
//! once per tile of inputs. This is the col2im of the frameworks (`formulation/col2im.rs` is the
//! same as a rival, on any scalar), by blocks that stay in the cache.
//!
//! **Why this is exact.** Without digits, `mod.rs` has proved every partial sum of a cell below
//! 2^24 or 2^53. With digits, a block has at most `2^b` products of digits of `l` and `r` bits, and
//! `2^b·2^(l − 1)·2^(r − 1) ≤ 2^53`. Either way each product and each partial sum, in any order, is
//! an integer that binary32 or, beyond 2^24, binary64 holds exactly. Blocks are added modulo 2^64 or 2^128; the sum of all fits,
//! so nothing is lost.

mod put;

use std::ops::Range;

use super::cells::{Cells, Panels};
use super::digits::{Cut, Digit};
use super::kernel::{Lane, ROWS, multiply};
use super::values::Kept;
use super::{Accumulator, for_each, threads};
use crate::geometry::{Axis, Geometry, signed, size};
use put::{Line, Put, Reaches, Run};

/// Products that a block of digits sums up, at most; cells of a tile that are packed at once.
const SUMMED: usize = 512;
const PACKED: usize = SUMMED * TILE;
/// Rows of a tile: with its products they fit the second cache.
const TILE: usize = 32 * ROWS;
/// Channels of a panel: it fits the first cache.
const CHANNELS: usize = 64;
/// Sums of all panels and pairs of digits, at most, unless one panel has more; panels at once.
const KEPT: usize = 1 << 16;
const PANELS: usize = 64;
/// Fewer products per column than this, or columns per input, are no matrix.
const FEW: usize = 8;

/// Adds the sums to `values` and says whether it did: not where channels are few, where most
/// columns fall outside, or where digits do not fit.
pub(super) fn add<L: Lane>(
    g: &Geometry,
    (input, most_input): (Cells, u64),
    (weight, most_weight): (Cells, u64),
    accumulator: Accumulator,
    values: &mut [impl Kept],
) -> bool {
    let (batch, groups) = (size(g.batch()), size(g.groups()));
    let (in_group, out_group) = (size(g.in_channels()) / groups, size(g.out_channels()) / groups);
    let kernel = g.axes().iter().map(|axis| size(axis.kernel())).product::<usize>();
    if in_group < FEW || out_group * kernel < FEW {
        return false;
    }
    let all = |axis: &Axis| u128::from((axis.input() * axis.kernel()).unsigned_abs());
    let all = g.axes().iter().map(all).product::<u128>();
    let real = g.axes().iter().map(|axis| axis.meetings().cast_unsigned()).product::<u128>();
    if all > 3 * real {
        return false;
    }
    let summed = in_group.min(SUMMED);
    let cuts = if accumulator <= Accumulator::F64 {
        Some((Cut::WHOLE, Cut::WHOLE))
    } else {
        Cut::pair(most_input, most_weight, summed)
    };
    let Some((input_cut, weight_cut)) = cuts else { return false };
    let spatial = values.len() / (batch * groups * out_group);
    let positions = input.len() / (batch * groups * in_group);
    // Whole numbers need no such bound: all channels are summed up before a column is put anywhere.
    let rows = (batch * positions).next_multiple_of(ROWS).min(TILE);
    let summed = if accumulator <= Accumulator::F64 { in_group.min(PACKED / rows) } else { summed };
    let columns =
        Columns { g, summed, in_group, out_group, kernel, positions, spatial, input, input_cut, weight, weight_cut };
    // A share: some channels of the result of a group, in all samples.
    let at_once = out_group.div_ceil(threads().div_ceil(groups));
    let per_group = out_group.div_ceil(at_once);
    let mut shares: Vec<Vec<_>> = (0..groups * per_group).map(|_| Vec::with_capacity(batch)).collect();
    for (n, of_group) in values.chunks_mut(out_group * spatial).enumerate() {
        for (m, values) in of_group.chunks_mut(at_once * spatial).enumerate() {
            shares[n % groups * per_group + m].push(values);
        }
    }
    let shares = shares.into_iter().enumerate().collect();
    for_each(shares, |(n, mut values)| columns.add::<L, _>(n / per_group, n % per_group * at_once, &mut values));
    true
}

struct Columns<'a> {
    g: &'a Geometry,
    /// Channels that are summed up before their columns are put where they belong.
    summed: usize,
    in_group: usize,
    out_group: usize,
    /// Taps of all axes.
    kernel: usize,
    /// Cells of a channel: of the input, of the output.
    positions: usize,
    spatial: usize,
    input: Cells<'a>,
    input_cut: Cut,
    weight: Cells<'a>,
    weight_cut: Cut,
}

impl Columns<'_> {
    /// The sums of channels `first ..` of a group; `values` holds them per sample.
    fn add<L: Lane, V: Kept>(&self, group: usize, first: usize, values: &mut [&mut [V]]) {
        let rows = values.len() * self.positions;
        let own = values.first().map_or(0, |values| values.len() / self.spatial);
        let columns = own * self.kernel;
        let (inputs, weights) = (self.input_cut.count as usize, self.weight_cut.count as usize);
        let most = TILE.min(rows.next_multiple_of(ROWS)) * L::WIDTH;
        let at_once = (KEPT / (inputs * weights * most)).clamp(1, PANELS).min(columns.div_ceil(L::WIDTH));
        let mut sums = vec![L::default(); inputs * weights * at_once * most];
        let mut packed = vec![L::default(); inputs * most / L::WIDTH * self.summed];
        let mut panels = vec![L::default(); at_once * L::WIDTH * self.in_group.min(CHANNELS)];
        let mut joined = Vec::new();
        for from in (0..rows).step_by(TILE) {
            let tile = from..rows.min(from + TILE);
            let padded = tile.len().next_multiple_of(ROWS);
            let lines = self.lines(&tile);
            let reaches = Reaches::new(self.g, &lines);
            for channel in (0..self.in_group).step_by(self.summed) {
                let channels = channel..self.in_group.min(channel + self.summed);
                let blocks = || channels.clone().step_by(CHANNELS).map(|c| c..channels.end.min(c + CHANNELS));
                let size = padded * channels.len();
                for (digit, packed) in (0..).zip(packed.chunks_exact_mut(size).take(inputs)) {
                    for block in blocks() {
                        let to = &mut packed[padded * (block.start - channel)..padded * (block.end - channel)];
                        self.pack_input(group, &lines, block, self.input_cut.digit(digit), to);
                    }
                }
                for at in (0..columns).step_by(at_once * L::WIDTH) {
                    let columns = at..columns.min(at + at_once * L::WIDTH);
                    let pair = columns.len().div_ceil(L::WIDTH) * padded * L::WIDTH;
                    for (block, digit) in blocks().flat_map(|block| (0..weights).map(move |d| (block.clone(), d))) {
                        let cut = self.weight_cut.digit(u32::try_from(digit).unwrap_or(0));
                        self.pack_weight((group, first), block.clone(), columns.clone(), cut, &mut panels);
                        let sums = sums.chunks_exact_mut(pair).skip(digit * inputs);
                        for (packed, sums) in packed.chunks_exact(size).zip(sums.take(inputs)) {
                            let packed = &packed[padded * (block.start - channel)..padded * (block.end - channel)];
                            let panels = panels.chunks_exact(block.len() * L::WIDTH);
                            for (panel, sums) in panels.zip(sums.chunks_exact_mut(padded * L::WIDTH)) {
                                multiply(panel, packed, sums, L::WIDTH, block.start > channel);
                            }
                        }
                    }
                    let digits: Vec<&[L]> = sums.chunks_exact(pair).take(inputs * weights).collect();
                    for (n, start) in columns.clone().step_by(L::WIDTH).enumerate() {
                        let runs = &self.runs(start..columns.end.min(start + L::WIDTH))[..];
                        let part = n * padded * L::WIDTH..(n + 1) * padded * L::WIDTH;
                        Put { columns: self, reaches: &reaches, runs, digits: &digits, part }.add(&mut joined, values);
                    }
                }
            }
        }
    }

    /// The lines of some rows.
    fn lines(&self, rows: &Range<usize>) -> Vec<Line> {
        let (last, outer) = self.g.axes().split_last().expect("a geometry has an axis");
        let length = size(last.input());
        let mut all = Vec::new();
        let mut row = rows.start;
        while row < rows.end {
            let (mut rest, start) = (row / length, row % length);
            let end = length.min(start + rows.end - row);
            let mut position = vec![0; outer.len()];
            for (i, axis) in position.iter_mut().zip(outer).rev() {
                (*i, rest) = (signed(rest % size(axis.input())), rest / size(axis.input()));
            }
            all.push(Line { sample: rest, outer: position, within: signed(start)..signed(end), row: row - rows.start });
            row += end - start;
        }
        all
    }

    /// The runs of some columns.
    fn runs(&self, columns: Range<usize>) -> Vec<Run> {
        let (last, outer) = self.g.axes().split_last().expect("a geometry has an axis");
        let kernel = size(last.kernel());
        let mut all = Vec::new();
        let mut column = columns.start;
        while column < columns.end {
            let (mut rest, start) = (column / kernel, column % kernel);
            let end = kernel.min(start + columns.end - column);
            let mut taps = vec![0; outer.len()];
            for (t, axis) in taps.iter_mut().zip(outer).rev() {
                (*t, rest) = (signed(rest % size(axis.kernel())), rest / size(axis.kernel()));
            }
            all.push(Run {
                channel: rest,
                outer: taps,
                taps: signed(start)..signed(end),
                column: column - columns.start,
            });
            column += end - start;
        }
        all
    }

    /// `[row / ROWS, channel, row mod ROWS]`
    fn pack_input<L: Lane>(&self, group: usize, lines: &[Line], channels: Range<usize>, digit: Digit, to: &mut [L]) {
        let last = size(self.g.axes().last().map_or(1, Axis::input));
        let mut numbers = [L::default(); TILE];
        let all = size(self.g.in_channels());
        for (n, channel) in channels.clone().enumerate() {
            let mut end = 0;
            for line in lines {
                let outer = self.g.axes().iter().zip(&line.outer);
                let outer = outer.fold(0, |flat, (axis, &i)| flat * size(axis.input()) + size(i));
                let start = outer * last + size(line.within.start);
                let at = (line.sample * all + group * self.in_group + channel) * self.positions + start;
                end = line.row + size(line.within.end - line.within.start);
                self.input.read(at, 1, digit, &mut numbers[line.row..end], 1);
            }
            let blocks = to.chunks_exact_mut(channels.len() * ROWS);
            for (block, numbers) in blocks.zip(numbers[..end.next_multiple_of(ROWS)].chunks_exact(ROWS)) {
                block[n * ROWS..(n + 1) * ROWS].copy_from_slice(numbers);
            }
        }
    }

    /// `[panel, channel, column]`
    fn pack_weight<L: Lane>(
        &self,
        (group, first): (usize, usize),
        channels: Range<usize>,
        columns: Range<usize>,
        digit: Digit,
        to: &mut [L],
    ) {
        let pitch = self.out_group * self.kernel;
        let at = (group * self.in_group + channels.start) * pitch + first * self.kernel + columns.start;
        let panels = Panels { lines: channels.len(), columns: columns.len(), width: L::WIDTH };
        self.weight.read_panels(at, pitch, panels, digit, to);
    }
}
