//! What the methods share: walking through channels, kernels, and sums that grow. No positions of
//! the relation between input, tap and output.

use std::collections::BTreeSet;

use super::panel::{Cell, Channel, Extent, Panel, Term, What, area};
use crate::geometry::{Axis, Geometry, signed, size};
use crate::tensor::{flatten, positions, unflatten};

/// All channels of an array.
pub(super) fn channels(count: i64) -> Vec<Channel> {
    (0..size(count)).map(Channel::One).collect()
}

/// Channels per group of the transposed convolution's input and output.
pub(super) fn per_group(g: &Geometry) -> [usize; 2] {
    [size(g.in_channels() / g.groups()), size(g.out_channels() / g.groups())]
}

/// All positions of a kernel.
pub(super) fn taps(g: &Geometry) -> Vec<Vec<i64>> {
    let kernel: Vec<usize> = g.axes().iter().map(|a| size(a.kernel())).collect();
    let (mut all, mut walk) = (Vec::new(), positions(&kernel));
    while let Some(t) = walk.next() {
        all.push(t.iter().map(|&t| signed(t)).collect());
    }
    all
}

/// A kernel with its taps as far apart as its dilation says.
pub(super) fn spread(axis: &Axis) -> Extent {
    Extent::plain(axis.dilation() * (axis.kernel() - 1) + 1)
}

/// Cells of so many kernels.
pub(super) fn drawn_kernels(g: &Geometry, kernels: usize) -> i128 {
    area(signed(kernels), g.axes().iter().map(spread))
}

/// A kernel: what takes one channel to another, and where it stands in the weight.
pub(super) struct Kernel {
    pub channel: Channel,
    pub at: [usize; 2],
}

/// Kernels whose place `u` shows tap `read(axis, u)`; those in `used` are active.
pub(super) fn kernels(
    what: What,
    g: &Geometry,
    kernels: &[Kernel],
    used: &BTreeSet<usize>,
    read: impl Fn(&Axis, i64) -> i64,
) -> Panel {
    let extents: Vec<Extent> = g.axes().iter().map(spread).collect();
    let (all, weight): (Vec<Channel>, _) = (kernels.iter().map(|k| k.channel).collect(), g.weight_shape());
    Panel::draw(what, &all, &extents, |n, at| {
        let axes = || g.axes().iter().zip(at);
        if axes().any(|(axis, place)| place % axis.dilation() != 0) {
            return Cell::gap();
        }
        let t: Vec<i64> = axes().map(|(axis, place)| read(axis, place / axis.dilation())).collect();
        let tap = index(&weight, kernels[n].at, &t).expect("a tap of the kernel");
        let cell = Cell::tap(tap);
        if used.contains(&tap) { cell.active(None) } else { cell }
    })
}

/// A position of an array, as a signed one: `[n, c, p…]` gives `([n, c], p…)`.
pub(super) fn position(shape: &[usize], index: usize) -> ([usize; 2], Vec<i64>) {
    let at = unflatten(shape, index);
    ([at[0], at[1]], at[2..].iter().map(|&p| signed(p)).collect())
}

/// The row-major index of a position, if it lies inside.
pub(super) fn index(shape: &[usize], outer: [usize; 2], at: &[i64]) -> Option<usize> {
    let mut position = outer.to_vec();
    for &p in at {
        position.push(usize::try_from(p).ok()?);
    }
    let inside = position.iter().zip(shape).all(|(p, length)| p < length);
    inside.then(|| flatten(shape, &position))
}

/// The cells of one sample: the first index, and one behind the last.
pub(super) fn sample(shape: &[usize], n: usize) -> std::ops::Range<usize> {
    let each: usize = shape[1..].iter().product();
    n * each..(n + 1) * each
}

/// A sum per channel and position of some extents.
pub(super) struct Sums<'a> {
    extents: &'a [Extent],
    shape: Vec<usize>,
    terms: Vec<Vec<Term>>,
}

impl<'a> Sums<'a> {
    pub fn new(channels: i64, extents: &'a [Extent]) -> Self {
        let lengths = extents.iter().map(|e| size(e.drawn.end - e.drawn.start));
        let shape: Vec<usize> = [1, size(channels)].into_iter().chain(lengths).collect();
        let cells = shape.iter().product();
        Sums { extents, shape, terms: vec![Vec::new(); cells] }
    }

    pub fn add(&mut self, channel: usize, at: &[i64], term: Term) {
        if let Some(cell) = self.cell(channel, at) {
            self.terms[cell].push(term);
        }
    }

    /// The sum at a position, by ascending `x`.
    pub fn at(&self, channel: usize, at: &[i64]) -> Vec<Term> {
        let mut terms = self.cell(channel, at).map_or(Vec::new(), |cell| self.terms[cell].clone());
        terms.sort_unstable();
        terms
    }

    fn cell(&self, channel: usize, at: &[i64]) -> Option<usize> {
        let from_first: Vec<i64> = at.iter().zip(self.extents).map(|(p, e)| p - e.drawn.start).collect();
        index(&self.shape, [0, channel], &from_first)
    }
}
