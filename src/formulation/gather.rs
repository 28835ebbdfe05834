//! Gather: every output cell asks, for each tap, which input it would come from.
//!
//! ```text
//! y[o] = Σ_t x[(o + p_begin − d·t)/s]·w[t]     over the t where the division leaves no remainder
//!                                              and the quotient is an input position
//! ```
//!
//! Source: the backward-data loop of the frameworks' direct kernels. Example, s = 2, k = 3,
//! p = 0: y[2] = x[1]·w[0] + x[0]·w[2]; tap 1 would need x[1/2].

use super::{Formulation, OneAxis, check_shapes, steps};
use crate::error::Error;
use crate::geometry::{Axis, Geometry, size};
use crate::scalar::Scalar;
use crate::tensor::{Lists, Tensor, combine, positions, strides};

/// One sum per output cell.
#[derive(Debug, Clone, Copy)]
pub struct Gather;

impl<S: Scalar> Formulation<S> for Gather {
    fn name(&self) -> &str {
        "gather"
    }

    fn apply(&self, g: &Geometry, weight: &Tensor<S>, input: &Tensor<S>) -> Result<Tensor<S>, Error> {
        check_shapes(g, weight, input)?;
        let [from, tap] = [input.shape(), weight.shape()].map(strides);
        let (in_group, out_group) = (size(g.in_channels() / g.groups()), size(g.out_channels() / g.groups()));
        let mut lists = vec![Lists::<2>::default(); 1 + g.rank()];
        for co in 0..size(g.out_channels()) {
            let first = co / out_group * in_group;
            lists[0].push((first..first + in_group).map(|ci| [ci * from[1], ci * tap[0] + co % out_group * tap[1]]));
        }
        for (n, axis) in g.axes().iter().enumerate() {
            for o in 0..axis.output() {
                lists[1 + n].push(asks(axis, o).map(|[i, t]| [size(i) * from[2 + n], size(t) * tap[2 + n]]));
            }
        }
        let (shape, x, w) = (g.output_shape(), input.entries(), weight.entries());
        let mut cells = positions(&shape);
        let mut chosen: Vec<&[[usize; 2]]> = vec![&[]; lists.len()];
        Tensor::from_fn("the output", shape.clone(), |_| {
            let at = cells.next().expect("as many positions as cells");
            for ((chosen, lists), &at) in chosen.iter_mut().zip(&lists).zip(&at[1..]) {
                *chosen = lists.get(at);
            }
            let mut sum = S::zero();
            combine(&chosen, [at[0] * from[0], 0], &mut |[i, t]| sum.add_product(&x[i], &w[t]));
            sum
        })
    }

    fn steps(&self, g: &Geometry) -> i128 {
        steps(g, |a| i128::from(a.output()) * i128::from(a.kernel()))
    }

    /// An output is asked on each axis by itself; a product is made where every axis has an answer.
    fn on_axis(&self, axis: &Axis, into: &mut OneAxis) -> bool {
        into.output = axis.output();
        for o in 0..axis.output() {
            into.products.extend(asks(axis, o).map(|[i, t]| [o, i, t]));
        }
        true
    }
}

/// `[i, t]`: the inputs from which output `o` gets something, and by which tap.
fn asks(axis: &Axis, o: i64) -> impl Iterator<Item = [i64; 2]> {
    (0..axis.kernel()).filter_map(move |t| {
        let scaled = o + axis.padding().begin - axis.dilation() * t;
        // 0 ≤ scaled/s < input is asked first: of −1/2, which C truncates to 0, no quotient is taken.
        let inside = scaled >= 0 && scaled < axis.stride() * axis.input();
        (inside && scaled % axis.stride() == 0).then(|| [scaled / axis.stride(), t])
    })
}
