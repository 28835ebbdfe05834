//! The three maps as one loop over everything that meets: what the fast paths are tested against.
//!
//! ```text
//! for n, ci, co, and every (i, o, t) that meets:   target += left·right
//! ```

use num_bigint::BigInt;
use num_traits::Signed;

use super::{Scaled, Sums, Target, Terms, Values, check};
use crate::error::Error;
use crate::geometry::{Geometry, Meeting, size};

/// What [`super::sums`] and [`super::magnitudes`] compute, and how many products reach each cell,
/// with integers without bound. Cost: two allocations per product.
///
/// # Errors
/// Q2 for tensors whose length is not that of the geometry.
pub fn plain(g: &Geometry, target: Target, a: &Scaled, b: &Scaled) -> Result<(Sums, Sums, Vec<u64>), Error> {
    check(g, target, a, b)?;
    let shape = target.shape(g);
    let cells = crate::tensor::cells(&shape).expect("cells of a geometry fit");
    let mut sums = vec![BigInt::ZERO; cells];
    let mut magnitudes = vec![BigInt::ZERO; cells];
    let mut counts = vec![0u64; cells];
    for_each_product(g, target, |cell, l, r| {
        let product = a.numerators.integer(l) * b.numerators.integer(r);
        sums[cell] += &product;
        magnitudes[cell] += product.abs();
        counts[cell] += 1;
    });
    let (exponent, terms) = (a.exponent + b.exponent, Terms::new(g, target));
    let sums = Sums { shape: shape.clone(), values: Values::Big(sums), terms: terms.clone(), exponent };
    let magnitudes = Sums { shape, values: Values::Big(magnitudes), terms, exponent };
    Ok((sums, magnitudes, counts))
}

/// Calls `add(target cell, a cell, b cell)` for every `(input, output, tap)` that meets.
fn for_each_product(g: &Geometry, target: Target, mut add: impl FnMut(usize, usize, usize)) {
    let meetings: Vec<Vec<Meeting>> =
        g.axes().iter().map(|a| (0..a.input()).flat_map(|i| a.meetings_of_input(i)).collect()).collect();
    let (in_channels, out_channels) = (size(g.in_channels()), size(g.out_channels()));
    let (in_group, out_group) = (in_channels / size(g.groups()), out_channels / size(g.groups()));
    for sample in 0..size(g.batch()) {
        for ci in 0..in_channels {
            for co in 0..out_group {
                let channel = Joined {
                    input: sample * in_channels + ci,
                    output: sample * out_channels + ci / in_group * out_group + co,
                    tap: ci * out_group + co,
                };
                walk(g, &meetings, 0, channel, &mut |Joined { input, output, tap }| match target {
                    Target::Output => add(output, input, tap),
                    Target::Input => add(input, output, tap),
                    Target::Weight => add(tap, input, output),
                });
            }
        }
    }
}

/// Row-major indices of three cells that meet, over the axes walked so far.
#[derive(Clone, Copy)]
struct Joined {
    input: usize,
    output: usize,
    tap: usize,
}

fn walk(g: &Geometry, meetings: &[Vec<Meeting>], n: usize, outer: Joined, add: &mut impl FnMut(Joined)) {
    let Some(axis) = g.axes().get(n) else { return add(outer) };
    let (input, output, kernel) = (size(axis.input()), size(axis.output()), size(axis.kernel()));
    for m in &meetings[n] {
        let inner = Joined {
            input: outer.input * input + size(m.i),
            output: outer.output * output + size(m.o),
            tap: outer.tap * kernel + size(m.t),
        };
        walk(g, meetings, n + 1, inner, add);
    }
}
