//! Numbers, or any other scalars, for taps. **Part of the trusted definition.**
//!
//! `C[r, c] = w[tap(r, c)]`: a numeric matrix is the symbolic one with every tap replaced by the
//! weight's entry of that index. Structural entries stay, also where a weight is 0.

use nalgebra::DMatrix;
use sprs::CsMatI;

use super::ConvMatrix;
use crate::error::{Error, LimitError, RequestError};
use crate::scalar::{Scalar, Tap};
use crate::tensor::Tensor;

impl ConvMatrix {
    /// The sparse matrix with `weight[tap]` for each tap.
    ///
    /// # Errors
    /// Q1 if the weight is not `[C_in, C_out/groups, k…]`.
    pub fn substitute<S: Clone>(&self, weight: &Tensor<S>) -> Result<CsMatI<S, u32>, Error> {
        let shape = self.geometry().weight_shape();
        if weight.shape() != shape {
            let expected = crate::tensor::cells(&shape).unwrap_or(usize::MAX);
            return Err(RequestError::WeightCount { expected, got: weight.len(), shape }.into());
        }
        Ok(self.taps().map(|tap: &Tap| weight.entries()[tap.index()].clone()))
    }

    /// The dense matrix with `weight[tap]` for each tap and zeros elsewhere: for what fits a page.
    ///
    /// # Errors
    /// Q1 as [`ConvMatrix::substitute`], L3 beyond 2^24 cells.
    ///
    /// ```
    /// use convproof::{Spec, Tensor};
    /// let g = "conv i3 k2".parse::<Spec>().unwrap().geometry;
    /// let dense = g.matrix().unwrap().dense(&Tensor::new(vec![1, 1, 2], vec![5i64, 7]).unwrap()).unwrap();
    /// assert_eq!(dense, nalgebra::DMatrix::from_row_slice(2, 3, &[5, 7, 0, 0, 5, 7]));
    /// ```
    pub fn dense<S: Scalar + nalgebra::Scalar>(&self, weight: &Tensor<S>) -> Result<DMatrix<S>, Error> {
        const LIMIT: u64 = 1 << 24;
        let (rows, cols) = (self.rows(), self.cols());
        if rows as u64 * cols as u64 > LIMIT {
            let cells = i128::from(rows as u64) * i128::from(cols as u64);
            return Err(LimitError::Cells { what: "a dense matrix", cells, limit: LIMIT }.into());
        }
        let mut dense = DMatrix::from_element(rows, cols, S::zero());
        for (value, (row, col)) in &self.substitute(weight)? {
            dense[(row as usize, col as usize)] = value.clone();
        }
        Ok(dense)
    }
}
