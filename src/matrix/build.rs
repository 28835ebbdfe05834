//! `C` and `Cᵀ` straight from the incidence. **Part of the trusted definition.**
//!
//! A convolution matrix is a Kronecker product of small factors - batch, channels, then one per
//! axis - and so is the index of the tap in each entry. A row of the product is the product of
//! one row of each factor; since those are sorted by column, so is the product, and nothing is
//! ever sorted or summed. Example, 2×2 → 3×3, kernel 2×2: the axis factor has the rows
//! `0: (0,t0) (1,t1)` and `1: (1,t0) (2,t1)`, and row (0,1) of `C` is
//! `(0,1)·w00  (0,2)·w01  (1,1)·w10  (1,2)·w11`.
//!
//! Source: the definition in `geometry/incidence.rs`; structure theorem
//! `C = Σ_t w[t]·(S_t1 ⊗ S_t2 ⊗ …)`, tested in `tests/definition/matrix.rs`.

use sprs::{CsMatI, SpIndex};

use super::Side;
use crate::geometry::{Axis, Geometry, size};
use crate::scalar::Tap;

/// One factor: for each of its rows the `(column, tap)` pairs, by ascending column.
struct Factor {
    rows: Vec<Vec<(usize, usize)>>,
    cols: usize,
    taps: usize,
}

/// The factors of `C` (rows are inputs of the transposed convolution) or of `Cᵀ`.
fn factors(g: &Geometry, side: Side) -> Vec<Factor> {
    [batch(g), channels(g, side)].into_iter().chain(g.axes().iter().map(|a| along(a, side))).collect()
}

/// `I_n`: a sample meets itself, by the only tap.
fn batch(g: &Geometry) -> Factor {
    let n = size(g.batch());
    Factor { rows: (0..n).map(|sample| vec![(sample, 0)]).collect(), cols: n, taps: 1 }
}

/// Channel `ci` meets every `co` of its group, by tap `(ci, co within the group)`.
fn channels(g: &Geometry, side: Side) -> Factor {
    let (inputs, outputs, groups) = (size(g.in_channels()), size(g.out_channels()), size(g.groups()));
    let (in_group, out_group) = (inputs / groups, outputs / groups);
    let tap = |ci: usize, co: usize| ci * out_group + co % out_group;
    let (rows, cols): (Vec<_>, _) = match side {
        Side::C => {
            let row = |ci: usize| (ci / in_group * out_group..).take(out_group).map(|co| (co, tap(ci, co))).collect();
            ((0..inputs).map(row).collect(), outputs)
        }
        Side::Transposed => {
            let row = |co: usize| (co / out_group * in_group..).take(in_group).map(|ci| (ci, tap(ci, co))).collect();
            ((0..outputs).map(row).collect(), inputs)
        }
    };
    Factor { rows, cols, taps: inputs * out_group }
}

/// What meets on one axis: the definition, by input for `C` and by output for `Cᵀ`.
fn along(axis: &Axis, side: Side) -> Factor {
    let (rows, cols) = match side {
        Side::C => {
            let row = |i| axis.meetings_of_input(i).map(|m| (size(m.o), size(m.t))).collect();
            ((0..axis.input()).map(row).collect(), axis.output())
        }
        Side::Transposed => {
            let row = |o| axis.meetings_of_output(o).map(|m| (size(m.i), size(m.t))).collect();
            ((0..axis.output()).map(row).collect(), axis.input())
        }
    };
    Factor { rows, cols: size(cols), taps: size(axis.kernel()) }
}

/// The matrix in CSR form. The caller has checked that all indices fit `I` and taps 32 bits.
pub(super) fn build<I: SpIndex>(g: &Geometry, side: Side) -> CsMatI<Tap, I> {
    let factors = factors(g, side);
    let rows = factors.iter().map(|f| f.rows.len()).product();
    let cols = factors.iter().map(|f| f.cols).product();
    let entries = factors.iter().map(|f| f.rows.iter().map(Vec::len).sum::<usize>()).product();
    let mut row_ends = Vec::with_capacity(rows + 1);
    let mut columns = Vec::with_capacity(entries);
    let mut taps = Vec::with_capacity(entries);
    row_ends.push(I::from_usize(0));
    extend(&factors, &[(0, 0)], &mut |row| {
        for &(column, tap) in row {
            columns.push(I::from_usize(column));
            taps.push(Tap(u32::try_from(tap).expect("checked by the caller")));
        }
        row_ends.push(I::from_usize(columns.len()));
    });
    CsMatI::new((rows, cols), row_ends, columns, taps)
}

/// Calls `emit` with each row of `prefix ⊗ factors`, in row-major order.
fn extend(factors: &[Factor], prefix: &[(usize, usize)], emit: &mut impl FnMut(&[(usize, usize)])) {
    let Some((factor, rest)) = factors.split_first() else { return emit(prefix) };
    for row in &factor.rows {
        let mut product = Vec::with_capacity(prefix.len() * row.len());
        for (column, tap) in prefix {
            product.extend(row.iter().map(|(c, t)| (column * factor.cols + c, tap * factor.taps + t)));
        }
        extend(rest, &product, emit);
    }
}
