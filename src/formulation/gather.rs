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
                let found = asks(axis, o).filter(|(found, ..)| *found);
                lists[1 + n].push(found.map(|(_, i, t)| [size(i) * from[2 + n], size(t) * tap[2 + n]]));
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
            asks(axis, o).for_each(|(found, i, t)| into.add_if(found, [o, i, t]));
        }
        true
    }

    fn nests(&self) -> &'static [&'static str] {
        &[NEST]
    }
}

/// [`asks`] on one axis.
const NEST: &str = "\
nest gather: every output asks, for each tap, which input it would come from
loop o from 0 to O
loop t from 0 to K
divide o + p_b - d*t by s into q rest r
where r = 0
where 0 <= q < I
add y[o] += x[q]*w[t]
inverse o = o, t = t, q = i, r = 0
";

/// `(whether there is such an input, i, t)` for every tap of output `o`.
///
/// One division serves all taps: from one to the next, `o + p_begin − d·t` is `d` less, hence its
/// quotient by `s` less by `d div s` and its remainder by `d mod s`, with a carry.
fn asks(axis: &Axis, o: i64) -> impl Iterator<Item = (bool, i64, i64)> {
    let (s, d, from, inputs) = (axis.stride(), axis.dilation(), o + axis.padding().begin, axis.input());
    // Floors, and remainders from 0 on: of −1/2, which C truncates to 0, the quotient is −1.
    let (mut quotient, mut remainder) = (from.div_euclid(s), from.rem_euclid(s));
    let (less, left) = if d < s { (0, d) } else { (d / s, d % s) };
    (0..axis.kernel()).map(move |t| {
        let asked = ((remainder == 0) & (quotient >= 0) & (quotient < inputs), quotient, t);
        let carry = remainder < left;
        quotient -= less + i64::from(carry);
        remainder += if carry { s - left } else { -left };
        asked
    })
}
