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

use super::{Formulation, check_shapes, steps, times};
use crate::error::Error;
use crate::geometry::{Geometry, signed, size};
use crate::scalar::Scalar;
use crate::tensor::{Tensor, positions, unflatten};

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
}

/// `columns[(co, t…), i…] = Σ_ci w[ci, co, t…]·x[ci, i…]` for one sample and group.
fn gemm<S: Scalar>(
    g: &Geometry,
    weight: &Tensor<S>,
    input: &Tensor<S>,
    sample: usize,
    group: usize,
) -> Result<Tensor<S>, Error> {
    let channels = size(g.in_channels() / g.groups());
    let rows: usize = weight.shape()[1..].iter().product();
    let cells: usize = input.shape()[2..].iter().product();
    let first = group * channels;
    Tensor::from_fn("the column matrix", vec![rows, cells], |flat| {
        let (row, cell) = (flat / cells, flat % cells);
        let mut sum = S::zero();
        for channel in first..first + channels {
            let x = &input.entries()[(sample * input.shape()[1] + channel) * cells + cell];
            sum.add_product(x, &weight.entries()[channel * rows + row]);
        }
        sum
    })
}

/// Adds every column entry to the output cell that it belongs to, if there is one.
fn fold<S: Scalar>(g: &Geometry, columns: &Tensor<S>, output: &mut Tensor<S>, sample: usize, group: usize) {
    let channels = size(g.out_channels() / g.groups());
    let row_shape: Vec<usize> = std::iter::once(channels).chain(g.axes().iter().map(|a| size(a.kernel()))).collect();
    let cell_shape: Vec<usize> = g.axes().iter().map(|a| size(a.input())).collect();
    let cells = columns.shape()[1];
    let mut to = vec![sample; 2 + g.rank()];
    for row in 0..columns.shape()[0] {
        let tap = unflatten(&row_shape, row);
        to[1] = group * channels + tap[0];
        let mut column = 0;
        let mut inputs = positions(&cell_shape);
        while let Some(at) = inputs.next() {
            let inside = g.axes().iter().enumerate().all(|(n, axis)| {
                let o = axis.stride() * signed(at[n]) + axis.dilation() * signed(tap[1 + n]) - axis.padding().begin;
                let inside = o >= 0 && o < axis.output();
                if inside {
                    to[2 + n] = size(o);
                }
                inside
            });
            if inside {
                output.at_mut(&to).add_assign(&columns.entries()[row * cells + column]);
            }
            column += 1;
        }
    }
}
