//! The same matrix with cells numbered column-major: the first spatial axis runs fastest.
//!
//! Samples and channels stay outside, so that of `x [n, c, i0, i1]` cell `(n, c, i0, i1)` has the
//! number `((n·C + c)·I1 + i1)·I0 + i0`: rows and columns of `C` are permuted, its taps stay.

use sprs::CsMatI;

use crate::matrix::ConvMatrix;
use crate::scalar::Tap;
use crate::tensor::{flatten, unflatten};

/// `[n, c, i0, i1, …]` with the spatial part the other way round.
pub(super) fn reversed(mut shape: Vec<usize>) -> Vec<usize> {
    shape[2..].reverse();
    shape
}

/// Row-major number of each cell, by its column-major number.
fn order(shape: &[usize]) -> Vec<usize> {
    let around = reversed(shape.to_vec());
    let count: usize = shape.iter().product();
    (0..count).map(|n| flatten(shape, &reversed(unflatten(&around, n)))).collect()
}

/// Rows and columns in column-major order. Cost: the entries, sorted row by row.
pub(super) fn permuted(matrix: &ConvMatrix) -> CsMatI<Tap, u32> {
    let (rows, cols) = (order(&matrix.row_shape()), order(&matrix.col_shape()));
    let mut place = vec![0u32; cols.len()];
    for (new, &old) in (0u32..).zip(&cols) {
        place[old] = new;
    }
    let (mut indptr, mut indices, mut taps) = (vec![0u32], Vec::new(), Vec::new());
    for &old in &rows {
        let mut row: Vec<(u32, Tap)> = matrix.row(old).map(|(col, tap)| (place[col], tap)).collect();
        row.sort_unstable_by_key(|&(col, _)| col);
        indices.extend(row.iter().map(|&(col, _)| col));
        taps.extend(row.iter().map(|&(_, tap)| tap));
        indptr.push(u32::try_from(taps.len()).expect("a permutation has as many entries"));
    }
    CsMatI::new((rows.len(), cols.len()), indptr, indices, taps)
}
