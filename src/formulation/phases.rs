//! Phases (sub-pixel convolution): outputs of one residue form a dense problem of stride 1.
//!
//! With `q = o + p_begin` and `g = gcd(d, s)`, the outputs with `q ≡ ρ (mod s)` see only the taps
//! with `d·t ≡ ρ (mod s)`: none unless `g` divides `ρ`, else `t = t₀ + (s/g)·u`. Then
//!
//! ```text
//! y[o] = Σ_u x[(q − d·t₀)/s − (d/g)·u]·w[t₀ + (s/g)·u]
//! ```
//!
//! is an ordinary (flipped) convolution of stride 1 and dilation `d/g` with a sub-kernel of
//! `⌈(k − t₀)/(s/g)⌉` taps; the phases interleave to `y`. Note the phase of `q`, not of `o`.
//! Source: W. Shi et al., "Is the deconvolution layer the same as a convolutional layer?" (2016);
//! the dilated form is ours. Example, k = 3, s = 2, p = 0: even outputs see w0, w2, odd ones w1.

use std::collections::BTreeMap;

use num_integer::Integer;

use super::{Formulation, check_shapes, steps, times};
use crate::error::Error;
use crate::geometry::{Axis, Geometry, size};
use crate::scalar::Scalar;
use crate::tensor::{Tensor, positions};

/// One dense convolution of stride 1 per residue of the stride, interleaved.
#[derive(Debug, Clone, Copy)]
pub struct Phases;

impl<S: Scalar> Formulation<S> for Phases {
    fn name(&self) -> &str {
        "phases"
    }

    fn apply(&self, g: &Geometry, weight: &Tensor<S>, input: &Tensor<S>) -> Result<Tensor<S>, Error> {
        check_shapes(g, weight, input)?;
        let mut output = Tensor::zeros("the output", g.output_shape())?;
        let per_axis: Vec<Vec<Phase>> = g.axes().iter().map(phases).collect();
        let counts: Vec<usize> = per_axis.iter().map(Vec::len).collect();
        let mut combinations = positions(&counts);
        while let Some(chosen) = combinations.next() {
            let phase: Vec<&Phase> = chosen.iter().zip(&per_axis).map(|(&n, all)| &all[n]).collect();
            convolve(g, &phase, &sub_kernel(&phase, weight)?, input, &mut output);
        }
        Ok(output)
    }

    fn steps(&self, g: &Geometry) -> i128 {
        // An output of each axis sees at most ⌈k/(s/g)⌉ taps.
        let along = |a: &Axis| {
            let step = a.stride() / a.stride().gcd(&a.dilation());
            i128::from(a.output()) * i128::from((a.kernel() + step - 1) / step)
        };
        steps(g, along)
    }

    fn note(&self, g: &Geometry) -> String {
        let strides = || g.axes().iter().map(|a| a.stride());
        if strides().all(|s| s == 1) { "1 phase".to_owned() } else { format!("{} phases", times(strides())) }
    }
}

/// The outputs of one residue on one axis, and what they see.
struct Phase {
    /// The first output of this residue; the others follow at distance `stride`.
    first: i64,
    stride: i64,
    /// How many outputs there are.
    outputs: usize,
    /// The sub-kernel: taps `t₀, t₀ + step, …`; empty if no tap has this residue.
    taps: Vec<usize>,
    /// The input that the first output sees by the first tap; may lie outside.
    input: i64,
    /// How far back the next tap looks: `d/g`.
    dilation: i64,
}

fn phases(axis: &Axis) -> Vec<Phase> {
    let (s, d, p) = (axis.stride(), axis.dilation(), axis.padding().begin);
    let g = s.gcd(&d);
    // t₀ of each residue: the taps below s/g have different residues d·t mod s.
    let first_taps: BTreeMap<i64, i64> = (0..(s / g).min(axis.kernel())).map(|t| ((d * t).rem_euclid(s), t)).collect();
    // One phase per residue that occurs: the first `s` outputs have all of them.
    (0..s.min(axis.output()))
        .map(|first| {
            let q = first + p;
            let t0 = first_taps.get(&q.rem_euclid(s)).copied();
            let taps = t0.map_or(Vec::new(), |t0| (t0..axis.kernel()).step_by(size(s / g)).map(size).collect());
            Phase {
                first,
                stride: s,
                outputs: size((axis.output() - first + s - 1) / s),
                taps,
                input: (q - d * t0.unwrap_or(0)).div_euclid(s),
                dilation: d / g,
            }
        })
        .collect()
}

/// `[C_in, C_out/groups, u…]`: the taps of this phase.
fn sub_kernel<S: Scalar>(phase: &[&Phase], weight: &Tensor<S>) -> Result<Tensor<S>, Error> {
    let mut shape = weight.shape()[..2].to_vec();
    shape.extend(phase.iter().map(|p| p.taps.len()));
    Tensor::from_fn("a sub-kernel", shape.clone(), |flat| {
        let mut at = crate::tensor::unflatten(&shape, flat);
        for (at, phase) in at[2..].iter_mut().zip(phase) {
            *at = phase.taps[*at];
        }
        weight.at(&at).clone()
    })
}

/// The dense convolution of one phase, written to its place in the output.
fn convolve<S: Scalar>(g: &Geometry, phase: &[&Phase], kernel: &Tensor<S>, input: &Tensor<S>, output: &mut Tensor<S>) {
    if kernel.is_empty() {
        return;
    }
    let (channels_in, channels_out) = (size(g.in_channels() / g.groups()), kernel.shape()[1]);
    let mut shape = vec![size(g.batch()), size(g.out_channels())];
    shape.extend(phase.iter().map(|p| p.outputs));
    let (mut from, mut tap, mut to) = (shape.clone(), shape.clone(), shape.clone());
    let mut cells = positions(&shape);
    while let Some(at) = cells.next() {
        let mut sum = S::zero();
        let group = at[1] / channels_out;
        for channel in group * channels_in..(group + 1) * channels_in {
            (from[0], from[1]) = (at[0], channel);
            (tap[0], tap[1]) = (channel, at[1] % channels_out);
            let mut taps = positions(&kernel.shape()[2..]);
            'taps: while let Some(u) = taps.next() {
                for (n, (phase, axis)) in phase.iter().zip(g.axes()).enumerate() {
                    let i = phase.input + crate::geometry::signed(at[2 + n])
                        - phase.dilation * crate::geometry::signed(u[n]);
                    if i < 0 || i >= axis.input() {
                        continue 'taps;
                    }
                    from[2 + n] = size(i);
                }
                tap[2..].copy_from_slice(u);
                sum.add_product(input.at(&from), kernel.at(&tap));
            }
        }
        to[..2].copy_from_slice(&at[..2]);
        for (n, phase) in phase.iter().enumerate() {
            to[2 + n] = size(phase.first + phase.stride * crate::geometry::signed(at[2 + n]));
        }
        *output.at_mut(&to) = sum;
    }
}
