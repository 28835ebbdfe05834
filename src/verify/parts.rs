//! A large map in parts: samples, groups, then channels of the result.
//!
//! A part is a range of canonical cells of the result, and is itself a map of the same kind on
//! slices of the operands: samples and groups are independent of each other, and so are the
//! channels of the result. A part has at most 2^21 cells and 2^28 products, or is one channel of
//! one sample (of a weight's gradient: one channel of the input).

use std::borrow::Cow;
use std::ops::Range;

use super::operand::Operand;
use crate::error::Error;
use crate::evaluate::{Scaled, Target};
use crate::geometry::{Geometry, signed, size};

/// The most cells and products of a part that could be smaller.
const MAX_CELLS: usize = 1 << 21;
const MAX_PRODUCTS: i128 = 1 << 28;

/// Samples, groups, and channels of the result within each of the groups; all channels if there
/// are several groups, all groups if there are several samples.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Part {
    samples: Range<usize>,
    groups: Range<usize>,
    channels: Range<usize>,
    /// Cells of the result.
    pub cells: Range<usize>,
}

/// How the channels of a map are counted.
#[derive(Debug, Clone, Copy)]
struct Counts {
    samples: usize,
    groups: usize,
    /// Per group: of the transposed convolution's input, of its output, of the result.
    inputs: usize,
    outputs: usize,
    channels: usize,
    /// Cells of one channel of one sample of the result.
    inner: usize,
}

impl Counts {
    fn of(g: &Geometry, target: Target) -> Counts {
        let groups = size(g.groups());
        let (inputs, outputs) = (size(g.in_channels()) / groups, size(g.out_channels()) / groups);
        let (samples, channels) = match target {
            Target::Output => (size(g.batch()), outputs),
            Target::Input => (size(g.batch()), inputs),
            // Each cell sums over all samples.
            Target::Weight => (1, inputs),
        };
        let cells: usize = target.shape(g).iter().product();
        Counts { samples, groups, inputs, outputs, channels, inner: cells / (samples * groups * channels) }
    }
}

/// The parts of a map in the order of their cells, which they share among them.
pub(super) fn parts(g: &Geometry, target: Target) -> Vec<Part> {
    let c = Counts::of(g, target);
    let of_channel = (g.products() / (c.samples as i128 * c.groups as i128 * c.channels as i128)).max(1);
    let by_products = usize::try_from(MAX_PRODUCTS / of_channel).unwrap_or(usize::MAX);
    let fit = (MAX_CELLS / c.inner).min(by_products).max(1);
    let of_sample = c.groups * c.channels;
    let mut all = Vec::new();
    let mut push = |samples: Range<usize>, groups: Range<usize>, channels: Range<usize>| {
        let first = (samples.start * c.groups + groups.start) * c.channels + channels.start;
        let count = samples.len() * groups.len() * channels.len();
        all.push(Part { samples, groups, channels, cells: first * c.inner..(first + count) * c.inner });
    };
    if fit >= of_sample {
        for samples in shares(c.samples, fit / of_sample) {
            push(samples, 0..c.groups, 0..c.channels);
        }
        return all;
    }
    for sample in 0..c.samples {
        if fit >= c.channels {
            for groups in shares(c.groups, fit / c.channels) {
                push(sample..sample + 1, groups, 0..c.channels);
            }
            continue;
        }
        for group in 0..c.groups {
            for channels in shares(c.channels, fit) {
                push(sample..sample + 1, group..group + 1, channels);
            }
        }
    }
    all
}

/// `0..count` in as few ranges of at most `most` as there can be, all about as long.
fn shares(count: usize, most: usize) -> impl Iterator<Item = Range<usize>> {
    let shares = count.div_ceil(most);
    (0..shares).map(move |n| count * n / shares..count * (n + 1) / shares)
}

impl Part {
    /// The map of this part: its geometry, and its slices of both operands in the order of the
    /// relation. An operand that it needs whole is not copied.
    ///
    /// # Errors
    /// None for a part of this geometry.
    pub fn of<'a>(
        &self,
        g: &Geometry,
        target: Target,
        first: &'a Operand,
        second: &'a Operand,
    ) -> Result<(Geometry, Cow<'a, Scaled>, Cow<'a, Scaled>), Error> {
        let c = Counts::of(g, target);
        let (groups, channels) = (&self.groups, &self.channels);
        // The result's channels of this part, as a range over all groups.
        let own = groups.start * c.channels + channels.start..(groups.end - 1) * c.channels + channels.end;
        let of_groups = |per_group: usize| groups.start * per_group..groups.end * per_group;
        let (a, b, inputs, outputs) = match target {
            Target::Output => {
                let row = second.len() / (c.groups * c.inputs);
                let taps = row / c.outputs;
                let rows =
                    of_groups(c.inputs).map(move |ci| ci * row + channels.start * taps..ci * row + channels.end * taps);
                let weight = slice(second, rows);
                (data(first, &self.samples, of_groups(c.inputs)), weight, c.inputs, channels.len())
            }
            Target::Input => {
                let row = second.len() / (c.groups * c.inputs);
                let rows = std::iter::once(own.start * row..own.end * row);
                (data(first, &self.samples, of_groups(c.outputs)), slice(second, rows), channels.len(), c.outputs)
            }
            Target::Weight => {
                let samples = 0..size(g.batch());
                (data(first, &samples, own), data(second, &samples, of_groups(c.outputs)), channels.len(), c.outputs)
            }
        };
        let batch = if target == Target::Weight { g.batch() } else { signed(self.samples.len()) };
        let (inputs, outputs) = (signed(inputs * groups.len()), signed(outputs * groups.len()));
        let own = Geometry::new(g.axes().to_vec())?.with_channels(inputs, outputs, signed(groups.len()))?;
        Ok((own.with_batch(batch)?, a, b))
    }
}

/// The channels of `[n, c, …]` for these samples.
fn data<'a>(operand: &'a Operand, samples: &Range<usize>, channels: Range<usize>) -> Cow<'a, Scaled> {
    let all = operand.shape[1];
    let inner: usize = operand.shape[2..].iter().product();
    let of = move |sample: usize| (sample * all + channels.start) * inner..(sample * all + channels.end) * inner;
    slice(operand, samples.clone().map(of))
}

fn slice<'a>(operand: &'a Operand, ranges: impl Iterator<Item = Range<usize>> + Clone) -> Cow<'a, Scaled> {
    // Ranges do not overlap: as many cells as there are, are all of them.
    if ranges.clone().map(|range| range.len()).sum::<usize>() == operand.len() {
        return Cow::Borrowed(&operand.scaled);
    }
    Cow::Owned(operand.chunks(ranges))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::evaluate::{Values, sums};
    use crate::geometry::Spec;
    use crate::scalar::Dyadic;

    #[test]
    fn parts_share_all_cells_in_order() {
        for (spec, count) in [
            ("tconv i4 k3 c3:2 n2", 1),
            ("tconv i1048576 k1 c2:5", 3),
            ("tconv i1048576 k1 n3", 2),
            ("tconv i1048576 k1 c6:6 g3", 3),
            ("tconv i1048576 k1 c8:8 g2", 4),
            ("tconv i3000000 k1 c2:2", 2),
            ("tconv i16x16 k4x4 s2 p1 c1024:256", 4),
        ] {
            let g = spec.parse::<Spec>().unwrap().geometry;
            let all = parts(&g, Target::Output);
            assert_eq!(all.len(), count, "{spec}");
            let cells: usize = g.output_shape().iter().product();
            assert_eq!((all[0].cells.start, all.last().unwrap().cells.end), (0, cells), "{spec}");
            assert!(all.windows(2).all(|w| w[0].cells.end == w[1].cells.start), "{spec}");
        }
    }

    /// Every way of cutting gives the sums of the whole.
    #[test]
    fn the_sums_of_parts_are_those_of_the_whole() {
        let g = "tconv i3x2 k2x3 s2x1 c6:9 g3 n2".parse::<Spec>().unwrap().geometry;
        let operand =
            |shape: Vec<usize>| Operand::new(shape, |n| Dyadic::new(i64::try_from(n * n % 23).unwrap() - 11, 0));
        let (x, y, w) = (operand(g.input_shape()), operand(g.output_shape()), operand(g.weight_shape()));
        for (target, a, b) in [(Target::Output, &x, &w), (Target::Input, &y, &w), (Target::Weight, &x, &y)] {
            let whole = sums(&g, target, &a.scaled, &b.scaled).unwrap();
            let c = Counts::of(&g, target);
            let cuts = [(0..c.samples, 0..3, 0..c.channels), (0..1, 1..3, 0..c.channels), (0..1, 2..3, 1..c.channels)];
            for (samples, groups, channels) in cuts {
                let first = (samples.start * 3 + groups.start) * c.channels + channels.start;
                let count = samples.len() * groups.len() * channels.len();
                let part = Part { samples, groups, channels, cells: first * c.inner..(first + count) * c.inner };
                let (own, left, right) = part.of(&g, target, a, b).unwrap();
                let found = sums(&own, target, &left, &right).unwrap();
                let (Values::I64(whole), Values::I64(found)) = (&whole.values, &found.values) else { panic!() };
                assert_eq!(&whole[part.cells.clone()], found, "{target:?} {part:?}");
            }
        }
    }
}
