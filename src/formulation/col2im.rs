//! GEMM + col2im: one matrix product makes all columns, folding adds them up.
//!
//! ```text
//! columns = Wᵀ·X        (C_out/groups · k) × (input positions), per sample and group
//! y[s·i + d·t − p_begin] += columns[t, i]        where the position lies inside y
//! ```
//!
//! Source: Chellapilla et al. 2006 (im2col), and its adjoint as in Caffe's deconvolution layer.
//! Example, x = 1 10, w = 1 2 3: columns (1 10) (2 20) (3 30); with s = 2 they fold to
//! 1 2 13 20 30.

use super::{Formulation, OneAxis, check_shapes, steps, times};
use crate::error::Error;
use crate::geometry::{Axis, Geometry, size};
use crate::scalar::Scalar;
use crate::tensor::{Tensor, combine, strides};

/// The column matrix by a dense product, folded by addition.
#[derive(Debug, Clone, Copy)]
pub struct Col2im;

impl<S: Scalar> Formulation<S> for Col2im {
    fn name(&self) -> &str {
        "GEMM + col2im"
    }

    fn apply(&self, g: &Geometry, weight: &Tensor<S>, input: &Tensor<S>) -> Result<Tensor<S>, Error> {
        check_shapes(g, weight, input)?;
        let mut output = Tensor::zeros("the output", g.output_shape())?;
        for sample in 0..size(g.batch()) {
            for group in 0..size(g.groups()) {
                let columns = gemm(g, weight, input, sample, group)?;
                fold(g, &columns, &mut output, sample, group);
            }
        }
        Ok(output)
    }

    fn steps(&self, g: &Geometry) -> i128 {
        steps(g, |a| i128::from(a.input()) * i128::from(a.kernel()))
    }

    fn note(&self, g: &Geometry) -> String {
        let taps: i64 = g.axes().iter().map(|a| a.kernel()).product();
        let cells: i64 = g.axes().iter().map(|a| a.input()).product();
        let each = format!("{} columns", times([g.out_channels() / g.groups() * taps, cells]));
        match g.batch() * g.groups() {
            1 => each,
            many => format!("{many} times {each}"),
        }
    }

    /// The product of matrices has no positions; the fold asks each axis by itself.
    fn on_axis(&self, axis: &Axis, into: &mut OneAxis) -> bool {
        into.output = axis.output();
        into.products.extend(folds(axis));
        true
    }

    fn nests(&self) -> &'static [&'static str] {
        &[NEST]
    }
}

/// [`fold`] on one axis.
const NEST: &str = "\
nest col2im: every entry of the column matrix is added where it belongs
loop t from 0 to K
loop i from 0 to I
index t*I + i below K*I
let o = s*i + d*t - p_b
where 0 <= o < O
add y[o] += x[i]*w[t]
inverse i = i, t = t
";

/// `[o, i, t]`: where the column entry of tap `t` and input `i` is added, if it is.
fn folds(axis: &Axis) -> impl Iterator<Item = [i64; 3]> {
    let to = |t, i| axis.stride() * i + axis.dilation() * t - axis.padding().begin;
    let all = (0..axis.kernel()).flat_map(|t| (0..axis.input()).map(move |i| [t, i]));
    all.map(move |[t, i]| [to(t, i), i, t]).filter(|[o, ..]| *o >= 0 && *o < axis.output())
}

/// `columns[co, t…, i…] = Σ_ci w[ci, co, t…]·x[ci, i…]` for one sample and group.
fn gemm<S: Scalar>(
    g: &Geometry,
    weight: &Tensor<S>,
    input: &Tensor<S>,
    sample: usize,
    group: usize,
) -> Result<Tensor<S>, Error> {
    let channels = size(g.in_channels() / g.groups());
    let shape = [&weight.shape()[1..], &input.shape()[2..]].concat();
    let mut columns = Tensor::<S>::zeros("the column matrix", shape)?;
    let rows: usize = weight.shape()[1..].iter().product();
    let cells: usize = input.shape()[2..].iter().product();
    for channel in group * channels..(group + 1) * channels {
        let x = &input.entries()[(sample * input.shape()[1] + channel) * cells..][..cells];
        let w = &weight.entries()[channel * rows..][..rows];
        for (row, w) in columns.entries_mut().chunks_exact_mut(cells).zip(w) {
            row.iter_mut().zip(x).for_each(|(sum, x)| sum.add_product(x, w));
        }
    }
    Ok(columns)
}

/// Adds every column entry to the output cell that it belongs to, if there is one.
fn fold<S: Scalar>(g: &Geometry, columns: &Tensor<S>, output: &mut Tensor<S>, sample: usize, group: usize) {
    let [from, to] = [columns.shape(), output.shape()].map(strides);
    let (taps, inputs) = from[1..].split_at(g.rank());
    let channels = columns.shape()[0];
    let channels = (0..channels).map(|co| [co * from[0], (group * channels + co) * to[1]]).collect();
    let axes = g.axes().iter().enumerate().map(|(n, axis)| {
        folds(axis).map(|[o, i, t]| [size(t) * taps[n] + size(i) * inputs[n], size(o) * to[2 + n]]).collect()
    });
    let lists: Vec<Vec<[usize; 2]>> = std::iter::once(channels).chain(axes).collect();
    let (terms, sums) = (columns.entries(), output.entries_mut());
    combine(&lists, [0, sample * to[0]], &mut |[column, o]| sums[o].add_assign(&terms[column]));
}
