//! Scatter: every input cell stamps the kernel, times its value, onto a full buffer; then crop.
//!
//! ```text
//! buffer[s·i + d·t] += x[i]·w[t]        length s(input−1) + d(kernel−1) + 1 + a
//! y[o] = buffer[o + p_begin]
//! ```
//!
//! A negative pad puts zeros around the buffer instead. Source: D2L, §14.10; the buffer with
//! output padding as the col2im kernels of the frameworks have it. Example, x = 1 10, w = 1 2 3,
//! s = 2: buffer 1 2 13 20 30.

use super::{Formulation, OneAxis, check_shapes, steps};
use crate::error::Error;
use crate::geometry::{Axis, Geometry, size};
use crate::scalar::Scalar;
use crate::tensor::{Lists, Tensor, combine, strides};

/// Stamps into the uncropped output, then crops.
#[derive(Debug, Clone, Copy)]
pub struct Scatter;

impl<S: Scalar> Formulation<S> for Scatter {
    fn name(&self) -> &str {
        "scatter"
    }

    fn apply(&self, g: &Geometry, weight: &Tensor<S>, input: &Tensor<S>) -> Result<Tensor<S>, Error> {
        check_shapes(g, weight, input)?;
        crop(g, stamp(g, weight, input)?)
    }

    fn steps(&self, g: &Geometry) -> i128 {
        steps(g, |a| i128::from(a.input()) * i128::from(a.kernel()))
    }

    /// A stamp's place, and whether the crop keeps it, is asked of each axis by itself.
    fn on_axis(&self, axis: &Axis, into: &mut OneAxis) -> bool {
        into.output = axis.output();
        for i in 0..axis.input() {
            for t in 0..axis.kernel() {
                let o = place(axis, i, t) - axis.padding().begin;
                into.add_if(is_kept(axis, o), [o, i, t]);
            }
        }
        true
    }

    fn nests(&self) -> &'static [&'static str] {
        &[NEST]
    }
}

/// [`stamp`] and [`crop`] on one axis.
const NEST: &str = "\
nest scatter: every input stamps the kernel into a full buffer, which is cropped
assume a >= 0
loop i from 0 to I
loop t from 0 to K
let at = s*i + d*t
index at below s*(I-1) + d*(K-1) + 1 + a
let kept = at - p_b
where 0 <= kept < O
add y[kept] += x[i]*w[t]
inverse i = i, t = t
";

/// Length of the buffer.
fn full(axis: &Axis) -> i64 {
    axis.stride() * (axis.input() - 1) + axis.dilation() * (axis.kernel() - 1) + 1 + axis.output_padding()
}

/// `[s·i + d·t, i, t]`: where each input puts each tap.
fn stamps(axis: &Axis) -> impl Iterator<Item = [i64; 3]> {
    (0..axis.input()).flat_map(move |i| (0..axis.kernel()).map(move |t| [place(axis, i, t), i, t]))
}

/// `s·i + d·t`
fn place(axis: &Axis, i: i64, t: i64) -> i64 {
    axis.stride() * i + axis.dilation() * t
}

/// The output at a place of the buffer, unless it is cropped.
fn kept(axis: &Axis, at: i64) -> Option<i64> {
    let o = at - axis.padding().begin;
    is_kept(axis, o).then_some(o)
}

/// Whether the crop leaves a place that would be output `o`.
fn is_kept(axis: &Axis, o: i64) -> bool {
    (o >= 0) & (o < axis.output())
}

/// `[n, C_out, s(input−1) + d(kernel−1) + 1 + a …]`.
fn stamp<S: Scalar>(g: &Geometry, weight: &Tensor<S>, input: &Tensor<S>) -> Result<Tensor<S>, Error> {
    let mut shape = vec![size(g.batch()), size(g.out_channels())];
    shape.extend(g.axes().iter().map(|a| size(full(a))));
    let mut buffer = Tensor::<S>::zeros("the full stamp buffer", shape)?;

    let [to, from, tap] = [buffer.shape(), input.shape(), weight.shape()].map(strides);
    let (in_group, out_group) = (size(g.in_channels() / g.groups()), size(g.out_channels() / g.groups()));
    let pair =
        |ci: usize, co: usize| [(ci / in_group * out_group + co) * to[1], ci * from[1], ci * tap[0] + co * tap[1]];
    let mut lists = Lists::<3>::default();
    lists.push((0..size(g.batch())).map(|n| [n * to[0], n * from[0], 0]));
    lists.push((0..size(g.in_channels())).flat_map(|ci| (0..out_group).map(move |co| pair(ci, co))));
    for (n, axis) in g.axes().iter().enumerate() {
        lists.push(stamps(axis).map(|[at, i, t]| [size(at) * to[2 + n], size(i) * from[2 + n], size(t) * tap[2 + n]]));
    }
    let (x, w, sums) = (input.entries(), weight.entries(), buffer.entries_mut());
    combine(&lists.all(), [0; 3], &mut |[at, i, t]| sums[at].add_product(&x[i], &w[t]));
    Ok(buffer)
}

/// Drops `p_begin` cells in front and `p_end` behind on every axis; negative ones add zeros.
fn crop<S: Scalar>(g: &Geometry, mut buffer: Tensor<S>) -> Result<Tensor<S>, Error> {
    let mut cropped = Tensor::zeros("the output", g.output_shape())?;
    let [from, to] = [buffer.shape(), cropped.shape()].map(strides);
    let mut lists = Lists::<2>::default();
    for (n, length) in [g.batch(), g.out_channels()].into_iter().enumerate() {
        lists.push((0..size(length)).map(|p| [p * from[n], p * to[n]]));
    }
    for (n, axis) in g.axes().iter().enumerate() {
        let moved = |at| Some([size(at) * from[2 + n], size(kept(axis, at)?) * to[2 + n]]);
        lists.push((0..full(axis)).filter_map(moved));
    }
    let (sums, kept) = (buffer.entries_mut(), cropped.entries_mut());
    combine(&lists.all(), [0; 2], &mut |[at, o]| std::mem::swap(&mut kept[o], &mut sums[at]));
    Ok(cropped)
}
