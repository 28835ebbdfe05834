//! `Cy` and the weight's gradient with many channels, as products of matrices.
//!
//! ```text
//! k = (channel of the output, tap)     P = output[channel, start_tap + s·u], 0 outside
//! Cy                                   X[ci, u]       += Σ_k w[ci, k]·P[k, u]
//! weight's gradient                    W[(co, t), ci] += Σ_u P[(co, t), u]·X[u, ci]
//! ```
//!
//! The products run in `f32` or `f64` with the vector instructions of the machine (`kernel.rs`), and
//! integers become floats while they are packed. Numbers that are too long are cut into
//! balanced digits (`digits.rs`), a product of matrices per pair of digits. Why this is exact stands
//! in `columns.rs`.

mod pack;
mod weights;

use super::cells::Cells;
use super::digits::{Cut, Digit};
use super::kernel::{Lane, ROWS, multiply, width};
use super::phases::of_inputs;
use super::values::Kept;
use super::{Accumulator, Target, for_each, threads};
use crate::geometry::{Geometry, size};
use pack::Product;

/// Products that a block with digits sums up, at most, unless one channel has more.
const SUMMED: usize = 512;
/// Floats of each packed block: 2 MB.
const PACKED: usize = 1 << 18;
/// Fewer products per pair of cells than this are no matrix.
const FEW: usize = 16;
/// Taps of all axes, at most.
const TAPS: u128 = 1 << 14;

/// Adds the sums of one of the two maps to `values` and says whether it did: not where channels are
/// few, where most of the packed cells would be 0, or where digits do not fit.
pub(super) fn add<L: Lane>(
    g: &Geometry,
    target: Target,
    (left, most_left): (Cells, u64),
    (right, most_right): (Cells, u64),
    accumulator: Accumulator,
    values: &mut [impl Kept],
) -> bool {
    let (in_group, out_group) = (size(g.in_channels() / g.groups()), size(g.out_channels() / g.groups()));
    let taps = g.axes().iter().map(|axis| u128::from(axis.kernel().unsigned_abs())).product::<u128>();
    // A packed cell is used once per channel of the input.
    if target == Target::Output || in_group < 2 || in_group * out_group < FEW || taps > TAPS {
        return false;
    }
    let phases: Vec<_> = g.axes().iter().map(|axis| of_inputs(axis).swap_remove(0)).collect();
    // Cells packed against products that there are.
    let packed = phases.iter().map(|phase| (phase.count * phase.taps.len()) as u128).product::<u128>();
    let real = g.axes().iter().map(|axis| axis.meetings().cast_unsigned()).product::<u128>();
    if real == 0 || packed > 3 * real {
        return false;
    }
    let (outputs, kernel) = (g.output_shape()[2..].to_vec(), g.weight_shape()[2..].to_vec());
    let product = Product::new(phases, &outputs, &kernel);
    let summed = SUMMED.max(if target == Target::Weight { 1 } else { product.joints.len() });
    let cuts = if accumulator <= Accumulator::F64 {
        Some((Cut::WHOLE, Cut::WHOLE))
    } else {
        Cut::pair(most_left, most_right, summed)
    };
    let Some((left_cut, right_cut)) = cuts else { return false };
    let map = Map { g, in_group, out_group, kernel: kernel.iter().product(), product: &product };
    match target {
        Target::Weight => map.weights::<L>((left, left_cut), (right, right_cut), values),
        _ => map.cells::<L>((left, left_cut), (right, right_cut), values),
    }
    true
}

struct Map<'a> {
    g: &'a Geometry,
    in_group: usize,
    out_group: usize,
    /// Taps of all axes.
    kernel: usize,
    product: &'a Product,
}

impl Map<'_> {
    /// `Cy`.
    fn cells<L: Lane>(
        &self,
        (source, source_cut): (Cells, Cut),
        (weight, weight_cut): (Cells, Cut),
        values: &mut [impl Kept],
    ) {
        let (batch, groups) = (size(self.g.batch()), size(self.g.groups()));
        let (product, joints, digits) = (self.product, self.product.joints.len(), weight_cut.count as usize);
        let (spatial, met) = (product.count, self.out_group);
        let source_cells = source.len() / (batch * groups * met);
        // Channels of the result per share: as many as fit, but a share per thread.
        let at_once = self.in_group.div_ceil(threads().div_ceil(batch * groups));
        let at_once = at_once.clamp(1, (PACKED / (joints * digits)).clamp(1, 512));
        let mut shares = Vec::new();
        for (n, values) in values.chunks_mut(self.in_group * spatial).enumerate() {
            for (m, values) in values.chunks_mut(at_once * spatial).enumerate() {
                shares.push((n, m * at_once, values));
            }
        }
        for_each(shares, |(n, first, values)| {
            let own = values.len() / spatial;
            // Source channels per block: packed weights and sources fit, and so do the sums of digits.
            let width = width::<L>(product.count);
            let fit = PACKED / (joints * (own * digits).max(width));
            let fit = if weight_cut.bits + source_cut.bits == 0 { fit } else { fit.min(SUMMED / joints) };
            let step = fit.clamp(1, met);
            let padded = own.next_multiple_of(ROWS);
            let most = step * joints;
            let (mut panel, mut sums) = (vec![L::default(); most * width], vec![L::default(); padded * width]);
            let mut weights = vec![L::default(); digits * most * padded];
            for channel in (0..met).step_by(step) {
                let channels = channel..met.min(channel + step);
                let k = channels.len() * joints;
                let (panel, weights) = (&mut panel[..k * width], &mut weights[..digits * k * padded]);
                for (digit, to) in (0..).zip(weights.chunks_exact_mut(k * padded)) {
                    // Rows of the weight as they are stored: (channel, tap).
                    for m in 0..own {
                        let at = ((n % groups * self.in_group + first + m) * met + channel) * self.kernel;
                        let to = &mut to[m / ROWS * k * ROWS + m % ROWS..];
                        self.pack_row(weight, at, channels.len(), weight_cut.digit(digit), to);
                    }
                }
                for from in (0..product.count).step_by(width) {
                    let count = width.min(product.count - from);
                    for source_digit in 0..source_cut.count {
                        let digit = source_cut.digit(source_digit);
                        let base = n * met * source_cells;
                        let to = (&mut *panel, |row| row * width, 1);
                        product.pack(source, base, channels.clone(), (from, count), digit, to);
                        for (weight_digit, weights) in (0..).zip(weights.chunks_exact(k * padded)) {
                            multiply(panel, weights, &mut sums, width, false);
                            let shift = source_cut.shift(source_digit) + weight_cut.shift(weight_digit);
                            for (sums, values) in sums.chunks_exact(width).zip(values.chunks_exact_mut(spatial)) {
                                for (sum, value) in sums.iter().zip(&mut values[from..from + count]) {
                                    value.add_shifted(sum.kept(), shift);
                                }
                            }
                        }
                    }
                }
            }
        });
    }
    /// The weights of some channels: those of taps that meet anything, [`ROWS`] apart.
    fn pack_row<L: Lane>(&self, weight: Cells, at: usize, channels: usize, digit: Digit, to: &mut [L]) {
        let joints = &self.product.joints;
        if joints.len() == self.kernel {
            let end = (channels * joints.len() - 1) * ROWS + 1;
            return weight.read(at, 1, digit, &mut to[..end], ROWS);
        }
        let of = |channel: usize| joints.iter().map(move |joint| at + channel * self.kernel + joint.tap);
        for (to, at) in to.iter_mut().step_by(ROWS).zip((0..channels).flat_map(of)) {
            *to = weight.one(at, digit);
        }
    }
}
