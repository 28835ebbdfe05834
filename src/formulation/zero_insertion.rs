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

use super::{Formulation, OneAxis, check_shapes, steps, times};
use crate::error::Error;
use crate::geometry::{Axis, Geometry, size};
use crate::scalar::Scalar;
use crate::tensor::{Tensor, combine, positions, strides};

/// The emulation by an ordinary convolution of stride 1.
#[derive(Debug, Clone, Copy)]
pub struct ZeroInsertion;

impl<S: Scalar> Formulation<S> for ZeroInsertion {
    fn name(&self) -> &str {
        "zero insertion"
    }

    fn apply(&self, g: &Geometry, weight: &Tensor<S>, input: &Tensor<S>) -> Result<Tensor<S>, Error> {
        check_shapes(g, weight, input)?;
        convolve(g, &rotate(weight), &pad(&stretch(g, input)?, g)?)
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
        let (front, back) = (amounts(g, front), amounts(g, back));
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

    /// Stretching, padding, rotating and the windows treat each axis by itself.
    fn on_axis(&self, axis: &Axis, into: &mut OneAxis) -> bool {
        into.output = axis.output();
        let mut padded = vec![None; size(length(axis))];
        for i in 0..axis.input() {
            if let Some(at) = moved(axis, axis.stride() * i) {
                padded[size(at)] = Some(i);
            }
        }
        for o in 0..axis.output() {
            let seen = |u| padded[size(o + axis.dilation() * u)].map(|i| [o, i, axis.kernel() - 1 - u]);
            into.products.extend((0..axis.kernel()).filter_map(seen));
        }
        true
    }

    fn nests(&self) -> &'static [&'static str] {
        &[NEST]
    }
}

/// [`stretch`], [`pad`] and [`convolve`] on one axis.
const NEST: &str = "\
nest zero_insertion: stretch, pad, rotate, convolve at stride 1
let front = d*(K-1) - p_b
let back = d*(K-1) - p_e + a
let padded = front + s*(I-1) + 1 + back
length padded - d*(K-1)
loop o from 0 to O
loop u from 0 to K
let at = o + d*u
index at below padded
divide at - front by s into i rest r
where r = 0
where 0 <= i < I
add y[o] += x[i]*w[K-1-u]
inverse o = o, u = K-1-t, i = i, r = 0
";

/// Zeros before the stretched input; cells to drop if negative.
fn front(axis: &Axis) -> i64 {
    axis.dilation() * (axis.kernel() - 1) - axis.padding().begin
}

/// Zeros behind the stretched input; cells to drop if negative.
fn back(axis: &Axis) -> i64 {
    axis.dilation() * (axis.kernel() - 1) - axis.padding().end + axis.output_padding()
}

/// Length of the padded input; at least a window's, since the output has a cell.
fn length(axis: &Axis) -> i64 {
    front(axis) + axis.stride() * (axis.input() - 1) + 1 + back(axis)
}

/// The place in the padded input of a place in the stretched one, unless it is dropped.
fn moved(axis: &Axis, at: i64) -> Option<i64> {
    let to = front(axis) + at;
    (to >= 0 && to < length(axis)).then_some(to)
}

fn amounts(g: &Geometry, amount: fn(&Axis) -> i64) -> Vec<i64> {
    g.axes().iter().map(amount).collect()
}

fn once_if_equal(values: &[i64]) -> String {
    if values.iter().all(|v| *v == values[0]) { values[0].to_string() } else { times(values.iter().copied()) }
}

/// `s − 1` zeros between neighbours on every axis.
fn stretch<S: Scalar>(g: &Geometry, input: &Tensor<S>) -> Result<Tensor<S>, Error> {
    let stretched = |a: &Axis| a.stride() * (a.input() - 1) + 1;
    let places = |a: &Axis| (0..a.input()).map(|i| [i, a.stride() * i]).collect();
    copied("the stretched input", g, input, stretched, places)
}

/// Zeros around the spatial axes, where the amounts are positive; fewer cells where they are not.
fn pad<S: Scalar>(stretched: &Tensor<S>, g: &Geometry) -> Result<Tensor<S>, Error> {
    let places = |a: &Axis| (0..=a.stride() * (a.input() - 1)).filter_map(|at| Some([at, moved(a, at)?])).collect();
    copied("the padded input", g, stretched, length, places)
}

/// Zeros of these lengths on the spatial axes, and `[from, to]` on each axis what is copied.
fn copied<S: Scalar>(
    what: &'static str,
    g: &Geometry,
    source: &Tensor<S>,
    length: impl Fn(&Axis) -> i64,
    places: impl Fn(&Axis) -> Vec<[i64; 2]>,
) -> Result<Tensor<S>, Error> {
    let lengths = g.axes().iter().map(|a| size(length(a)));
    let shape = source.shape()[..2].iter().copied().chain(lengths).collect();
    let mut result = Tensor::<S>::zeros(what, shape)?;
    let [from, to] = [source.shape(), result.shape()].map(strides);
    let outer = (0..2).map(|n| (0..source.shape()[n]).map(|p| [p * from[n], p * to[n]]).collect());
    let axes = g.axes().iter().zip(2..).map(|(axis, n)| {
        places(axis).into_iter().map(|[at, place]| [size(at) * from[n], size(place) * to[n]]).collect()
    });
    let lists: Vec<Vec<[usize; 2]>> = outer.chain(axes).collect();
    let (cells, places) = (source.entries(), result.entries_mut());
    combine(&lists, [0; 2], &mut |[at, place]| places[place].clone_from(&cells[at]));
    Ok(result)
}

/// The kernel read backwards on every spatial axis: 180° in two dimensions.
fn rotate<S: Scalar>(weight: &Tensor<S>) -> Tensor<S> {
    weight.flipped(2..weight.shape().len())
}

/// The ordinary convolution (cross-correlation) of stride 1 and dilation `d`, without padding.
/// `kernel [C_in, C_out/groups, k…]` holds, for each input channel, what it adds to its group.
fn convolve<S: Scalar>(g: &Geometry, kernel: &Tensor<S>, padded: &Tensor<S>) -> Result<Tensor<S>, Error> {
    let mut shape = vec![padded.shape()[0], size(g.out_channels())];
    for (axis, padded) in g.axes().iter().zip(&padded.shape()[2..]) {
        shape.push(padded - size(axis.dilation() * (axis.kernel() - 1)));
    }
    let [from, tap] = [padded.shape(), kernel.shape()].map(strides);
    let (channels_in, channels_out) = (kernel.shape()[0] / size(g.groups()), kernel.shape()[1]);
    let channels = (0..channels_in).map(|ci| [ci * from[1], ci * tap[0]]).collect();
    let windows =
        g.axes().iter().zip(2..).map(|(axis, n)| {
            (0..size(axis.kernel())).map(|u| [size(axis.dilation()) * u * from[n], u * tap[n]]).collect()
        });
    let lists: Vec<Vec<[usize; 2]>> = std::iter::once(channels).chain(windows).collect();
    let (x, w) = (padded.entries(), kernel.entries());
    let mut cells = positions(&shape);
    Tensor::from_fn("the output", shape.clone(), |_| {
        let at = cells.next().expect("as many positions as cells");
        let (first, co) = (at[1] / channels_out * channels_in, at[1] % channels_out);
        let corner: usize = at[2..].iter().zip(&from[2..]).map(|(p, stride)| p * stride).sum();
        let start = [at[0] * from[0] + first * from[1] + corner, first * tap[0] + co * tap[1]];
        let mut sum = S::zero();
        combine(&lists, start, &mut |[i, t]| sum.add_product(&x[i], &w[t]));
        sum
    })
}
