//! Matrix product: `y = Cᵀx`, with `Cᵀ` built and its taps replaced by the weight.
//!
//! Source: Dumoulin and Visin, §4.1. Example: for `tconv i2x2 k3x3` the row of output (0,1) holds
//! `w01` in the column of input (0,0) and `w00` in that of (0,1): `y01 = x00·w01 + x01·w00`.

use super::{Formulation, OneAxis, check_shapes};
use crate::error::Error;
use crate::geometry::{Axis, Geometry, signed};
use crate::scalar::Scalar;
use crate::tensor::Tensor;

/// `Cᵀ` as a sparse matrix, times `x`.
#[derive(Debug, Clone, Copy)]
pub struct MatrixProduct;

impl<S: Scalar> Formulation<S> for MatrixProduct {
    fn name(&self) -> &str {
        "matrix product"
    }

    fn apply(&self, g: &Geometry, weight: &Tensor<S>, input: &Tensor<S>) -> Result<Tensor<S>, Error> {
        check_shapes(g, weight, input)?;
        g.transposed_matrix()?.times(weight, input)
    }

    /// The matrix is the Kronecker product of the axes' matrices.
    fn on_axis(&self, axis: &Axis, into: &mut OneAxis) -> bool {
        let Ok(matrix) = Geometry::new(vec![*axis]).and_then(|g| g.transposed_matrix()) else { return false };
        into.output = signed(matrix.rows());
        into.products.extend(matrix.taps().iter().map(|(tap, (o, i))| [o.into(), i.into(), tap.0.into()]));
        true
    }

    fn nests(&self) -> &'static [&'static str] {
        &[BY_INPUT, BY_TAP]
    }
}

/// A row of `Cᵀ` where the inputs are fewer than the taps.
const BY_INPUT: &str = "\
nest rows_by_input: an output finds its first and last input by division, and asks each for its tap
loop o from 0 to O
let place = o + p_b
divide d*(K-1) - place by s into a1 rest r1
divide place by s into b1 rest r2
loop i from max(0, -a1) to min(b1 + 1, I)
divide place - s*i by d into t rest r
where r = 0
add y[o] += x[i]*w[t]
inverse divide d*(K-1) - o - p_b by s into qa rest ra, divide o + p_b by s into qb rest rb
inverse o = o, a1 = qa, r1 = ra, b1 = qb, r2 = rb, i = i, t = t, r = 0
";

/// A row of `Cᵀ` where the taps are fewer.
const BY_TAP: &str = "\
nest rows_by_tap: an output finds its first and last tap by division, and asks each for its input
loop o from 0 to O
let place = o + p_b
divide s*(I-1) - place by d into a1 rest r1
divide place by d into b1 rest r2
loop t from max(0, -a1) to min(b1 + 1, K)
divide place - d*t by s into i rest r
where r = 0
add y[o] += x[i]*w[t]
inverse divide s*(I-1) - o - p_b by d into qa rest ra, divide o + p_b by d into qb rest rb
inverse o = o, a1 = qa, r1 = ra, b1 = qb, r2 = rb, i = i, t = t, r = 0
";
