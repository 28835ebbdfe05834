//! The weight's gradient: `W[(co, t), ci] += Σ_u P[(co, t), u]·X[u, ci]`.

use std::ops::Range;

use super::{Map, PACKED, SUMMED};
use crate::evaluate::cells::Cells;
use crate::evaluate::digits::Cut;
use crate::evaluate::kernel::{Lane, ROWS, multiply, width};
use crate::evaluate::values::Kept;
use crate::evaluate::{for_each, threads};
use crate::geometry::size;

impl Map<'_> {
    /// The weight's gradient.
    pub fn weights<L: Lane>(
        &self,
        (input, input_cut): (Cells, Cut),
        (output, output_cut): (Cells, Cut),
        values: &mut [impl Kept],
    ) {
        let product = self.product;
        let (batch, groups) = (size(self.g.batch()), size(self.g.groups()));
        let (inputs, outputs) = (groups * self.in_group, groups * self.out_group);
        let (in_cells, out_cells) = (input.len() / (batch * inputs), output.len() / (batch * outputs));
        let joints = product.joints.len();
        let row = self.out_group * self.kernel;
        // Input channels per share, output channels and positions per block.
        let at_once = self.in_group.div_ceil(threads().div_ceil(groups)).clamp(1, (PACKED / joints).clamp(1, 512));
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
            let width = width::<L>(own);
            let panels = own.div_ceil(width);
            for channel in (0..self.out_group).step_by(channels_at_once) {
                let channels = channel..self.out_group.min(channel + channels_at_once);
                let padded = (channels.len() * joints).next_multiple_of(ROWS);
                let mut x = vec![L::default(); tile * width];
                let mut pack = vec![L::default(); padded * tile];
                let mut sums = vec![L::default(); panels * padded * width];
                for sample in 0..batch {
                    let output_base = (sample * outputs + group * self.out_group) * out_cells;
                    let input_base = (sample * inputs + group * self.in_group + first) * in_cells;
                    for from in (0..product.count).step_by(tile) {
                        let count = tile.min(product.count - from);
                        for output_digit in 0..output_cut.count {
                            let digit = output_cut.digit(output_digit);
                            let place = |row| row / ROWS * ROWS * count + row % ROWS;
                            let to = (&mut pack[..], place, ROWS);
                            product.pack(output, output_base, channels.clone(), (from, count), digit, to);
                            for (input_digit, panel) in
                                (0..input_cut.count).flat_map(|d| (0..panels).map(move |p| (d, p)))
                            {
                                let digit = input_cut.digit(input_digit);
                                for m in 0..width.min(own - panel * width) {
                                    let at = input_base + (panel * width + m) * in_cells + from;
                                    input.read(at, 1, digit, &mut x[m..(count - 1) * width + m + 1], width);
                                }
                                let sums = &mut sums[panel * padded * width..(panel + 1) * padded * width];
                                // Whole numbers are summed up over all tiles: the bound holds for the cell.
                                multiply(&x[..count * width], &pack[..padded * count], sums, width, exact);
                                if !exact {
                                    let shift = output_cut.shift(output_digit) + input_cut.shift(input_digit);
                                    let values = &mut values[panel * width * row..];
                                    self.add_weights(channels.clone(), sums, width, shift, values);
                                }
                            }
                        }
                    }
                }
                if exact {
                    for (sums, values) in sums.chunks_exact(padded * width).zip(values.chunks_mut(width * row)) {
                        self.add_weights(channels.clone(), sums, width, 0, values);
                    }
                }
            }
        });
    }

    /// Adds sums `[(co, joint), ci]` to weights `[ci, co, t]`.
    fn add_weights<L: Lane>(
        &self,
        channels: Range<usize>,
        sums: &[L],
        width: usize,
        shift: u32,
        values: &mut [impl Kept],
    ) {
        let (row, product) = (self.out_group * self.kernel, self.product);
        for (m, values) in values.chunks_exact_mut(row).take(width).enumerate() {
            for (channel, values) in
                channels.clone().zip(values[channels.start * self.kernel..].chunks_exact_mut(self.kernel))
            {
                let first = (channel - channels.start) * product.joints.len();
                for (n, joint) in product.joints.iter().enumerate() {
                    let sum = sums[(first + n) * width + m];
                    values[joint.tap].add_shifted(sum.kept(), shift);
                }
            }
        }
    }
}
