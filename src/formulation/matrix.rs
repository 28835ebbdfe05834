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
}
