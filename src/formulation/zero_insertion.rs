//! Zero insertion: stretch the input, pad it, rotate the kernel, convolve at stride 1.
//!
//! ```text
//! stretched[s·i] = x[i], zeros between                       length s(input−1) + 1
//! padded = d(k−1) − p_begin zeros, stretched, d(k−1) − p_end + a zeros
//! y[o] = Σ_u padded[o + d·u]·w[k−1−u]
//! ```
//!
//! A negative amount of padding crops. Pad first, then crop: cropping first can take more than
//! there is (s = 3, i = k = 1, p_begin = 2, a = 2). Source: Dumoulin and Visin, §4.6, who leave
//! the rotation unsaid. Example, x = 1 10, w = 1 2 3, s = 2: padded 0 0 1 0 10 0 0, flipped
//! kernel 3 2 1, y = 1 2 13 20 30.

use super::{Formulation, check_shapes, steps, times};
use crate::error::Error;
use crate::geometry::{Axis, Geometry, signed, size};
use crate::scalar::Scalar;
use crate::tensor::{Tensor, positions};

/// The emulation by an ordinary convolution of stride 1.
#[derive(Debug, Clone, Copy)]
pub struct ZeroInsertion;

impl<S: Scalar> Formulation<S> for ZeroInsertion {
    fn name(&self) -> &str {
        "zero insertion"
    }

    fn apply(&self, g: &Geometry, weight: &Tensor<S>, input: &Tensor<S>) -> Result<Tensor<S>, Error> {
        check_shapes(g, weight, input)?;
        let front = amounts(g, |a| a.dilation() * (a.kernel() - 1) - a.padding().begin);
        let back = amounts(g, |a| a.dilation() * (a.kernel() - 1) - a.padding().end + a.output_padding());
        let padded = pad(&stretch(g, input)?, &front, &back)?;
        convolve(g, &rotate(weight), &crop(&padded, &front, &back)?)
    }

    fn steps(&self, g: &Geometry) -> i128 {
        steps(g, |a| i128::from(a.output()) * i128::from(a.kernel()))
    }

    fn note(&self, g: &Geometry) -> String {
        let zeros = if g.axes().iter().all(|a| a.stride() == 1) {
            "no zeros between (s = 1)".to_owned()
        } else {
            let gaps = amounts(g, |a| a.stride() - 1);
            let plural = if gaps.iter().all(|n| *n == 1) { "zero" } else { "zeros" };
            format!("{} {plural} between", once_if_equal(&gaps))
        };
        let front = amounts(g, |a| a.dilation() * (a.kernel() - 1) - a.padding().begin);
        let back = amounts(g, |a| a.dilation() * (a.kernel() - 1) - a.padding().end + a.output_padding());
        let pads = if front == back {
            format!("pad {}", once_if_equal(&front))
        } else {
            format!("pad {} before, {} after", once_if_equal(&front), once_if_equal(&back))
        };
        let rotated = match g.rank() {
            1 => "kernel reversed",
            2 => "kernel rotated 180°",
            _ => "kernel reversed on every axis",
        };
        format!("{zeros}, {pads}, {rotated}")
    }
}

fn amounts(g: &Geometry, amount: fn(&Axis) -> i64) -> Vec<i64> {
    g.axes().iter().map(amount).collect()
}

fn once_if_equal(values: &[i64]) -> String {
    if values.iter().all(|v| *v == values[0]) { values[0].to_string() } else { times(values.iter().copied()) }
}

/// `s − 1` zeros between neighbours on every axis.
fn stretch<S: Scalar>(g: &Geometry, input: &Tensor<S>) -> Result<Tensor<S>, Error> {
    let strides: Vec<usize> = [1, 1].into_iter().chain(g.axes().iter().map(|a| size(a.stride()))).collect();
    let shape = input.shape().iter().zip(&strides).map(|(length, s)| s * (length - 1) + 1).collect();
    let mut stretched = Tensor::zeros("the stretched input", shape)?;
    let mut cells = positions(input.shape());
    let mut to = strides.clone();
    while let Some(at) = cells.next() {
        for ((to, at), s) in to.iter_mut().zip(at).zip(&strides) {
            *to = at * s;
        }
        *stretched.at_mut(&to) = input.at(at).clone();
    }
    Ok(stretched)
}

/// Zeros around the spatial axes, where the amounts are positive.
fn pad<S: Scalar>(tensor: &Tensor<S>, front: &[i64], back: &[i64]) -> Result<Tensor<S>, Error> {
    let mut shape = tensor.shape().to_vec();
    for (n, (front, back)) in front.iter().zip(back).enumerate() {
        shape[2 + n] += size(*front.max(&0)) + size(*back.max(&0));
    }
    let mut padded = Tensor::zeros("the padded input", shape)?;
    let mut cells = positions(tensor.shape());
    while let Some(at) = cells.next() {
        let mut to = at.to_vec();
        for (to, front) in to[2..].iter_mut().zip(front) {
            *to += size(*front.max(&0));
        }
        *padded.at_mut(&to) = tensor.at(at).clone();
    }
    Ok(padded)
}

/// Drops cells at the ends of the spatial axes, where the amounts are negative.
fn crop<S: Scalar>(tensor: &Tensor<S>, front: &[i64], back: &[i64]) -> Result<Tensor<S>, Error> {
    let mut shape = tensor.shape().to_vec();
    for (n, (front, back)) in front.iter().zip(back).enumerate() {
        shape[2 + n] -= size(-*front.min(&0)) + size(-*back.min(&0));
    }
    let from = |flat: usize| {
        let mut at = crate::tensor::unflatten(&shape, flat);
        for (at, front) in at[2..].iter_mut().zip(front) {
            *at += size(-*front.min(&0));
        }
        tensor.at(&at).clone()
    };
    Tensor::from_fn("the cropped input", shape.clone(), from)
}

/// The kernel read backwards on every spatial axis: 180° in two dimensions.
fn rotate<S: Scalar>(weight: &Tensor<S>) -> Tensor<S> {
    weight.flipped(2..weight.shape().len())
}

/// The ordinary convolution (cross-correlation) of stride 1 and dilation `d`, without padding.
/// `kernel [C_in, C_out/groups, k…]` holds, for each input channel, what it adds to its group.
fn convolve<S: Scalar>(g: &Geometry, kernel: &Tensor<S>, padded: &Tensor<S>) -> Result<Tensor<S>, Error> {
    let mut shape = vec![padded.shape()[0], size(g.out_channels())];
    for (n, axis) in g.axes().iter().enumerate() {
        let valid = signed(padded.shape()[2 + n]) - axis.dilation() * (axis.kernel() - 1);
        shape.push(size(valid));
    }
    let mut result = Tensor::zeros("the output", shape.clone())?;
    let channels_in = kernel.shape()[0] / size(g.groups());
    let channels_out = kernel.shape()[1];
    let taps_shape = &kernel.shape()[2..];
    let (mut from, mut tap) = (vec![0; shape.len()], vec![0; shape.len()]);
    let mut cells = positions(&shape);
    while let Some(at) = cells.next() {
        let group = at[1] / channels_out;
        let mut sum = S::zero();
        for channel in 0..channels_in {
            let channel = group * channels_in + channel;
            (from[0], from[1]) = (at[0], channel);
            (tap[0], tap[1]) = (channel, at[1] % channels_out);
            let mut taps = positions(taps_shape);
            while let Some(u) = taps.next() {
                for (n, axis) in g.axes().iter().enumerate() {
                    from[2 + n] = at[2 + n] + size(axis.dilation()) * u[n];
                }
                tap[2..].copy_from_slice(u);
                sum.add_product(padded.at(&from), kernel.at(&tap));
            }
        }
        *result.at_mut(at) = sum;
    }
    Ok(result)
}
