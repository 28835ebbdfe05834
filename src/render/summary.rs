//! What a matrix is, in words: `C`, its sides, how much of it is zeros.

use super::MatrixView;
use super::prove::counted;
use crate::geometry::{Kind, Spec};
use crate::matrix::Side;

/// `C` or `Cᵀ`.
pub fn symbol(side: Side) -> &'static str {
    match side {
        Side::C => "C",
        Side::Transposed => "Cᵀ",
    }
}

/// The matrix that takes the named operation's input to its result: `C` of `conv`, `Cᵀ` of `tconv`.
pub fn own_side(kind: Kind) -> Side {
    match kind {
        Kind::Conv => Side::C,
        Kind::Tconv => Side::Transposed,
    }
}

impl MatrixView<'_> {
    /// What the matrix is, in one line:
    /// `C 4×16: rows = output 2×2, columns = input 4×4, row-major; 36 taps, 28 zeros`.
    pub fn summary(&self) -> String {
        let row_major = of(&self.spec, self.matrix.side(), self.matrix.entries() as u128);
        if self.column_major { row_major.replace("row-major", "column-major") } else { row_major }
    }

    /// Whether rows are the named operation's result and columns its input.
    pub(super) fn is_own(&self) -> bool {
        own_side(self.spec.kind) == self.matrix.side()
    }
}

/// The summary of a matrix that need not be built, with so many entries.
pub(super) fn of(spec: &Spec, side: Side, entries: u128) -> String {
    let g = &spec.geometry;
    let (row_shape, col_shape) = match side {
        Side::C => (g.input_shape(), g.output_shape()),
        Side::Transposed => (g.output_shape(), g.input_shape()),
    };
    let (rows, cols) = if own_side(spec.kind) == side { ("output", "input") } else { ("input", "output") };
    let product = |shape: &[usize]| shape.iter().map(|&n| n as u128).product::<u128>();
    let (height, width) = (product(&row_shape), product(&col_shape));
    format!(
        "{} {height}×{width}: rows = {}, columns = {}, row-major; {}, {}",
        symbol(side),
        side_words(rows, &row_shape),
        side_words(cols, &col_shape),
        counted(entries, "tap"),
        counted(height * width - entries, "zero"),
    )
}

/// `2 samples × 3 channels × output 4×4`; what is 1 is left out.
fn side_words(word: &str, shape: &[usize]) -> String {
    let outer = [(shape[0], "samples"), (shape[1], "channels")].into_iter().filter(|(n, _)| *n != 1);
    let outer: String = outer.map(|(n, what)| format!("{n} {what} × ")).collect();
    let spatial = shape[2..].iter().map(ToString::to_string).collect::<Vec<_>>().join("×");
    format!("{outer}{word} {spatial}")
}
