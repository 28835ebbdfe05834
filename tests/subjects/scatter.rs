//! The three sums of the relation `o = s·i + d·t − p`, as one loop over everything.

use convproof::Geometry;
use convproof::tensor::{flatten, unflatten};

type Result = (Vec<usize>, Vec<f64>);

/// `y[o] += x[i]·w[t]`
pub fn output(g: &Geometry, x: &[f64], w: &[f64]) -> Result {
    let mut y = zeros(g.output_shape());
    meet(g, |i, o, t| y.1[o] += x[i] * w[t]);
    y
}

/// `x[i] += y[o]·w[t]`
pub fn input(g: &Geometry, y: &[f64], w: &[f64]) -> Result {
    let mut x = zeros(g.input_shape());
    meet(g, |i, o, t| x.1[i] += y[o] * w[t]);
    x
}

/// `w[t] += x[i]·y[o]`
pub fn weight(g: &Geometry, x: &[f64], y: &[f64]) -> Result {
    let mut w = zeros(g.weight_shape());
    meet(g, |i, o, t| w.1[t] += x[i] * y[o]);
    w
}

fn zeros(shape: Vec<usize>) -> Result {
    let cells = shape.iter().product();
    (shape, vec![0.0; cells])
}

/// Calls `f` with the cells of every product.
fn meet(g: &Geometry, mut f: impl FnMut(usize, usize, usize)) {
    let (inputs, outputs, taps) = (g.input_shape(), g.output_shape(), g.weight_shape());
    let (per_group, each) = (inputs[1] / usize::try_from(g.groups()).unwrap(), taps[1]);
    for input in 0..inputs.iter().product() {
        let i = unflatten(&inputs, input);
        for offset in 0..taps[1..].iter().product() {
            let t = unflatten(&taps[1..], offset);
            let place = |(n, axis): (usize, &convproof::geometry::Axis)| {
                let at = |n: usize| i64::try_from(n).unwrap();
                let o = axis.stride() * at(i[n + 2]) + axis.dilation() * at(t[n + 1]) - axis.padding().begin;
                usize::try_from(o).ok().filter(|o| *o < outputs[n + 2])
            };
            let Some(places) = g.axes().iter().enumerate().map(place).collect::<Option<Vec<_>>>() else { continue };
            let o = [&[i[0], i[1] / per_group * each + t[0]], &places[..]].concat();
            f(input, flatten(&outputs, &o), i[1] * taps[1..].iter().product::<usize>() + offset);
        }
    }
}
