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

use super::{Formulation, check_shapes, steps};
use crate::error::Error;
use crate::geometry::{Geometry, signed, size};
use crate::scalar::Scalar;
use crate::tensor::{Tensor, positions};

/// Stamps into the uncropped output, then crops.
#[derive(Debug, Clone, Copy)]
pub struct Scatter;

impl<S: Scalar> Formulation<S> for Scatter {
    fn name(&self) -> &str {
        "scatter"
    }

    fn apply(&self, g: &Geometry, weight: &Tensor<S>, input: &Tensor<S>) -> Result<Tensor<S>, Error> {
        check_shapes(g, weight, input)?;
        crop(g, &stamp(g, weight, input)?)
    }

    fn steps(&self, g: &Geometry) -> i128 {
        steps(g, |a| i128::from(a.input()) * i128::from(a.kernel()))
    }
}

/// `[n, C_out, s(input−1) + d(kernel−1) + 1 + a …]`.
fn stamp<S: Scalar>(g: &Geometry, weight: &Tensor<S>, input: &Tensor<S>) -> Result<Tensor<S>, Error> {
    let mut shape = vec![size(g.batch()), size(g.out_channels())];
    shape.extend(
        g.axes()
            .iter()
            .map(|a| size(a.stride() * (a.input() - 1) + a.dilation() * (a.kernel() - 1) + 1 + a.output_padding())),
    );
    let mut buffer = Tensor::<S>::zeros("the full stamp buffer", shape)?;

    let out_per_group = size(g.out_channels() / g.groups());
    let in_per_group = size(g.in_channels() / g.groups());
    let kernel: Vec<usize> = g.axes().iter().map(|a| size(a.kernel())).collect();
    let (mut tap, mut cell) = (vec![0; 2 + g.rank()], vec![0; 2 + g.rank()]);
    let mut inputs = positions(input.shape());
    while let Some(at) = inputs.next() {
        let x = input.at(at);
        for channel in 0..out_per_group {
            (cell[0], cell[1]) = (at[0], at[1] / in_per_group * out_per_group + channel);
            (tap[0], tap[1]) = (at[1], channel);
            let mut taps = positions(&kernel);
            while let Some(t) = taps.next() {
                for (n, axis) in g.axes().iter().enumerate() {
                    cell[2 + n] = size(axis.stride()) * at[2 + n] + size(axis.dilation()) * t[n];
                }
                tap[2..].copy_from_slice(t);
                buffer.at_mut(&cell).add_product(x, weight.at(&tap));
            }
        }
    }
    Ok(buffer)
}

/// Drops `p_begin` cells in front and `p_end` behind on every axis; negative ones add zeros.
fn crop<S: Scalar>(g: &Geometry, buffer: &Tensor<S>) -> Result<Tensor<S>, Error> {
    let mut cropped = Tensor::zeros("the output", g.output_shape())?;
    let shape = g.output_shape();
    let mut outputs = positions(&shape);
    let mut from = vec![0; 2 + g.rank()];
    'cells: while let Some(at) = outputs.next() {
        from[..2].copy_from_slice(&at[..2]);
        for (n, axis) in g.axes().iter().enumerate() {
            let source = signed(at[2 + n]) + axis.padding().begin;
            match usize::try_from(source) {
                Ok(source) if source < buffer.shape()[2 + n] => from[2 + n] = source,
                _ => continue 'cells,
            }
        }
        *cropped.at_mut(at) = buffer.at(&from).clone();
    }
    Ok(cropped)
}
