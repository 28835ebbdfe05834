//! Gather: every output cell asks, for each tap, which input it would come from.
//!
//! ```text
//! y[o] = Σ_t x[(o + p_begin − d·t)/s]·w[t]     over the t where the division leaves no remainder
//!                                              and the quotient is an input position
//! ```
//!
//! Source: the backward-data loop of the frameworks' direct kernels. Example, s = 2, k = 3,
//! p = 0: y[2] = x[1]·w[0] + x[0]·w[2]; tap 1 would need x[1/2].

use super::{Formulation, check_shapes, steps};
use crate::error::Error;
use crate::geometry::{Geometry, signed, size};
use crate::scalar::Scalar;
use crate::tensor::{Tensor, positions};

/// One sum per output cell.
#[derive(Debug, Clone, Copy)]
pub struct Gather;

impl<S: Scalar> Formulation<S> for Gather {
    fn name(&self) -> &str {
        "gather"
    }

    fn apply(&self, g: &Geometry, weight: &Tensor<S>, input: &Tensor<S>) -> Result<Tensor<S>, Error> {
        check_shapes(g, weight, input)?;
        let in_per_group = size(g.in_channels() / g.groups());
        let out_per_group = size(g.out_channels() / g.groups());
        let kernel: Vec<usize> = g.axes().iter().map(|a| size(a.kernel())).collect();
        let shape = g.output_shape();
        let mut output = Tensor::zeros("the output", shape.clone())?;
        let (mut from, mut tap) = (vec![0; 2 + g.rank()], vec![0; 2 + g.rank()]);
        let mut cells = positions(&shape);
        while let Some(at) = cells.next() {
            let mut sum = S::zero();
            let group = at[1] / out_per_group;
            for channel in group * in_per_group..(group + 1) * in_per_group {
                (from[0], from[1]) = (at[0], channel);
                (tap[0], tap[1]) = (channel, at[1] % out_per_group);
                let mut taps = positions(&kernel);
                'taps: while let Some(t) = taps.next() {
                    for (n, axis) in g.axes().iter().enumerate() {
                        let scaled = signed(at[2 + n]) + axis.padding().begin - axis.dilation() * signed(t[n]);
                        // Floor division: truncation takes −1/2 for 0, and only the remainder says that it is not.
                        let (quotient, remainder) =
                            (scaled.div_euclid(axis.stride()), scaled.rem_euclid(axis.stride()));
                        if remainder != 0 || quotient < 0 || quotient >= axis.input() {
                            continue 'taps;
                        }
                        from[2 + n] = size(quotient);
                    }
                    tap[2..].copy_from_slice(t);
                    sum.add_product(input.at(&from), weight.at(&tap));
                }
            }
            *output.at_mut(at) = sum;
        }
        Ok(output)
    }

    fn steps(&self, g: &Geometry) -> i128 {
        steps(g, |a| i128::from(a.output()) * i128::from(a.kernel()))
    }
}
