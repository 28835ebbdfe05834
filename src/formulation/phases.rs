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

use num_integer::Integer;

use super::{Formulation, OneAxis, check_shapes, steps, times};
use crate::error::Error;
use crate::geometry::{Axis, Geometry, signed, size};
use crate::scalar::Scalar;
use crate::tensor::{Lists, Tensor, combine, positions, strides};

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
        let [from, tap, to] = [input.shape(), weight.shape(), output.shape()].map(strides);
        let (in_group, out_group) = (size(g.in_channels() / g.groups()), size(g.out_channels() / g.groups()));
        let mut channels = Lists::default();
        for co in 0..size(g.out_channels()) {
            let (group, co) = (co / out_group * in_group, co % out_group);
            channels.push((group..group + in_group).map(|ci| [ci * from[1], ci * tap[0] + co * tap[1]]));
        }
        let mut seen = vec![Lists::default(); g.rank()];
        let mut per_axis: Vec<Vec<Phase>> = Vec::with_capacity(g.rank());
        for ((n, axis), seen) in g.axes().iter().enumerate().zip(&mut seen) {
            let phases = phases(axis);
            // What the outputs see, in the order of the outputs: one phase after the other, in turn.
            for o in 0..size(axis.output()) {
                let (m, phase) = (o / phases.len(), &phases[o % phases.len()]);
                seen.push(phase.sees(axis, signed(m)).map(|[i, t]| [size(i) * from[2 + n], size(t) * tap[2 + n]]));
            }
            per_axis.push(phases);
        }
        let counts: Vec<usize> = per_axis.iter().map(Vec::len).collect();
        let mut shape = output.shape().to_vec();
        let mut combinations = positions(&counts);
        while let Some(chosen) = combinations.next() {
            let phase = |n: usize| &per_axis[n][chosen[n]];
            if (0..g.rank()).all(|n| phase(n).taps > 0) {
                (0..g.rank()).for_each(|n| shape[2 + n] = size(phase(n).outputs));
                convolve(&shape, phase, &seen, &channels, [&from, &to], [weight, input], &mut output);
            }
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

    /// Each axis has its own phases; a phase of all axes is one of each.
    fn on_axis(&self, axis: &Axis, into: &mut OneAxis) -> bool {
        into.output = axis.output();
        for (_, phase) in phases_with_taps(axis) {
            for m in 0..phase.outputs {
                let o = phase.output(m);
                phase.looks(m).for_each(|[i, t]| into.add_if((i >= 0) & (i < axis.input()), [o, i, t]));
            }
        }
        true
    }

    fn nests(&self) -> &'static [&'static str] {
        &[NEST]
    }
}

/// [`phases_with_taps`] and [`Phase::looks`] on one axis.
const NEST: &str = "\
nest phases: one dense convolution of stride 1 per residue of the stride
gcd s d into g, step, dilation, u, v
loop tap from 0 to min(step, K)
divide d*tap - p_b by s into q rest first
loop n from 0 to K
let t = tap + step*n
where t < K
loop m from 0 to O
let o = first + s*m
where o < O
divide first + p_b - d*tap by s into i0 rest r
claim i0 = -q
let i = i0 + m - dilation*n
where 0 <= i < I
add y[o] += x[i]*w[t]
inverse divide t by step into n1 rest tap1, divide o by s into m1 rest o1
inverse tap = tap1, n = n1, m = m1, first = o1, q = m1 - i - dilation*n1, i0 = i - m1 + dilation*n1, r = 0
";

/// The outputs of one residue on one axis, and what they see.
#[derive(Clone, Copy, Default)]
struct Phase {
    /// The first output of this residue; the others follow at distance `stride`.
    first: i64,
    stride: i64,
    /// How many outputs there are.
    outputs: i64,
    /// The sub-kernel: taps `t₀, t₀ + step, …`; none if no tap has this residue.
    tap: i64,
    step: i64,
    taps: i64,
    /// The input that the first output sees by the first tap; may lie outside.
    input: i64,
    /// How far back the next tap looks: `d/g`.
    dilation: i64,
}

/// One phase per residue that occurs, in the order of the outputs: the first `s` have all of them.
fn phases(axis: &Axis) -> Vec<Phase> {
    let none = |first| Phase { first, stride: axis.stride(), outputs: outputs(axis, first), ..Phase::default() };
    let mut all: Vec<Phase> = (0..axis.stride().min(axis.output())).map(none).collect();
    phases_with_taps(axis).for_each(|(first, phase)| all[first] = phase);
    all
}

/// How many outputs have the residue of output `first`.
fn outputs(axis: &Axis, first: i64) -> i64 {
    (axis.output() - first + axis.stride() - 1) / axis.stride()
}

/// The phases that have taps, each with its first output, in the order of their first taps.
fn phases_with_taps(axis: &Axis) -> impl Iterator<Item = (usize, Phase)> {
    let (s, d, p) = (axis.stride(), axis.dilation(), axis.padding().begin);
    let g = s.gcd(&d);
    let (step, output, kernel) = (s / g, axis.output(), axis.kernel());
    let axis = *axis;
    // The taps below s/g have different residues: t₀ of the outputs with q = o + p ≡ d·t.
    (0..step.min(kernel)).filter_map(move |tap| {
        let first = (d * tap - p).rem_euclid(s);
        let phase = || {
            let (outputs, taps) = (outputs(&axis, first), (kernel - tap + step - 1) / step);
            let input = (first + p - d * tap).div_euclid(s);
            Phase { first, stride: s, outputs, tap, step, taps, input, dilation: d / g }
        };
        (first < output).then(|| (size(first), phase()))
    })
}

impl Phase {
    /// The place of the `m`-th output of this phase.
    fn output(&self, m: i64) -> i64 {
        self.first + self.stride * m
    }

    /// `[i, t]`: what its `m`-th output sees, a window of stride 1 on the input.
    fn sees(&self, axis: &Axis, m: i64) -> impl Iterator<Item = [i64; 2]> {
        let inputs = 0..axis.input();
        self.looks(m).filter(move |[i, _]| inputs.contains(i))
    }

    /// `[i, t]`: where its `m`-th output looks, inside the input or not.
    fn looks(&self, m: i64) -> impl Iterator<Item = [i64; 2]> + use<> {
        let phase = *self;
        (0..phase.taps).map(move |u| [phase.input + m - phase.dilation * u, phase.tap + phase.step * u])
    }
}

/// The dense convolution of one phase, of that shape, written to its place in the output. `seen` has
/// for each axis what its outputs see, as offsets in input and weight; `from` and `to` are the
/// strides of input and output.
fn convolve<'a, S: Scalar>(
    shape: &[usize],
    phase: impl Fn(usize) -> &'a Phase,
    seen: &[Lists<2>],
    channels: &Lists<2>,
    [from, to]: [&[usize]; 2],
    [weight, input]: [&Tensor<S>; 2],
    output: &mut Tensor<S>,
) {
    let (x, w) = (input.entries(), weight.entries());
    let mut chosen: Vec<&[[usize; 2]]> = vec![&[]; 1 + seen.len()];
    let mut cells = positions(shape);
    while let Some(at) = cells.next() {
        chosen[0] = channels.get(at[1]);
        let mut cell = at[0] * to[0] + at[1] * to[1];
        for (n, (seen, &m)) in seen.iter().zip(&at[2..]).enumerate() {
            let o = size(phase(n).output(signed(m)));
            chosen[1 + n] = seen.get(o);
            cell += o * to[2 + n];
        }
        let sum = &mut output.entries_mut()[cell];
        combine(&chosen, [at[0] * from[0], 0], &mut |[i, t]| sum.add_product(&x[i], &w[t]));
    }
}
