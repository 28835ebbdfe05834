//! Random specs that visit every corner, small enough to expand completely.
//!
//! Which corners are drawn is asserted in `tests/definition/specs.rs`.

use convproof::geometry::{Axis, Geometry, Kind, Padding, Spec, Window};
use proptest::prelude::*;

/// Most products `x·w` of a drawn spec, and most cells of its input or output.
pub const MOST_PRODUCTS: i128 = 4096;
pub const MOST_CELLS: usize = 1024;

/// An axis as drawn, before anything checks it: it may have no output.
#[derive(Debug, Clone, Copy)]
pub struct RawAxis {
    pub input: i64,
    pub window: Window,
    pub output_padding: i64,
}

impl RawAxis {
    pub fn axis(self) -> Result<Axis, convproof::Error> {
        self.window.transposed(self.input, self.output_padding)
    }
}

/// One axis of a spec with `rank` axes: the more axes, the shorter they are.
pub fn raw_axis(rank: usize) -> impl Strategy<Value = RawAxis> {
    // input, kernel, stride, dilation, and how far pads leave the kernel
    let [i, k, s, d, beyond] = match rank {
        1 => [6, 4, 4, 4, 2],
        2 => [3, 3, 3, 2, 2],
        3 => [2, 2, 3, 2, 1],
        _ => [2, 2, 2, 2, 1],
    };
    (1..=i, 1..=k, 1..=s, 1..=d).prop_flat_map(move |(input, kernel, stride, dilation)| {
        let pads = -beyond..=dilation * (kernel - 1) + beyond;
        let output_padding = prop_oneof![Just(0), 0..=stride + 1];
        (pads.clone(), pads, output_padding).prop_map(move |(begin, end, output_padding)| {
            let window = Window { kernel, stride, dilation, padding: Padding { begin, end } };
            RawAxis { input, window, output_padding }
        })
    })
}

/// Specs of both kinds with 1 to 4 axes: unequal, negative and cropping pads, any common divisor
/// of stride and dilation, `a ≥ s`, channels, groups, batches. At most [`MOST_PRODUCTS`] products.
pub fn spec_strategy() -> impl Strategy<Value = Spec> {
    let kind = prop_oneof![Just(Kind::Conv), Just(Kind::Tconv)];
    // Groups, channels of each side per group, batch: mostly one of each.
    let one_or = |most: i64| prop_oneof![2 => Just(1), 1 => 1..=most];
    let outer = (one_or(3), one_or(3), one_or(3), one_or(2));
    (kind, 1usize..=4, outer).prop_flat_map(|(kind, rank, (groups, inputs, outputs, batch))| {
        let axis = raw_axis(rank).prop_filter_map("empty output", move |raw| {
            let axis = raw.axis().ok()?;
            match kind {
                Kind::Tconv => Some(axis),
                // A convolution is named by its own input: its a is below s.
                Kind::Conv => raw.window.convolving(axis.output()).ok(),
            }
        });
        proptest::collection::vec(axis, rank).prop_filter_map("too large", move |axes| {
            let geometry = Geometry::new(axes).ok()?.with_channels(groups * inputs, groups * outputs, groups).ok()?;
            let geometry = geometry.with_batch(batch).ok()?;
            let cells = |shape: Vec<usize>| shape.iter().product::<usize>();
            let small = geometry.products() <= MOST_PRODUCTS
                && cells(geometry.input_shape()) <= MOST_CELLS
                && cells(geometry.output_shape()) <= MOST_CELLS;
            small.then_some(Spec { kind, geometry })
        })
    })
}
