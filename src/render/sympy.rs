//! SymPy: Python source that makes the matrix, `C` or `Ct`, or the sums `y`, of symbols or exact numbers.
//!
//! ```text
//! w0, w1 = symbols("w0 w1")
//! C = Matrix([
//!     [w0, w1, 0],
//!     [0, w0, w1],
//! ])
//! ```

use std::fmt;

use super::Out;
use super::names::Series;
use super::page::{Page, pad};
use crate::matrix::Side;

/// Names on a line.
const PER_LINE: usize = 8;

fn head(page: &Page<'_>, out: Out<'_>) -> fmt::Result {
    writeln!(out, "# {}", page.title())?;
    writeln!(out, "from sympy import Matrix, Rational, symbols\n")?;
    if page.numeric() { Ok(()) } else { symbols(&page.taps, out) }
}

fn symbols(series: &Series, out: Out<'_>) -> fmt::Result {
    let count = series.count();
    for first in (0..count).step_by(PER_LINE) {
        let names: Vec<_> = (first..count.min(first + PER_LINE)).map(|n| series.name(n)).collect();
        writeln!(out, "{} = symbols(\"{}\")", names.join(", "), names.join(" "))?;
    }
    Ok(())
}

pub(super) fn matrix(page: &Page<'_>, out: Out<'_>) -> fmt::Result {
    head(page, out)?;
    let symbol = match page.matrix.side() {
        Side::C => "C",
        Side::Transposed => "Ct",
    };
    let (cols, width) = (page.matrix.cols(), page.entry_width());
    writeln!(out, "{symbol} = Matrix([")?;
    let mut line = String::new();
    for row in 0..page.matrix.rows() {
        line.clear();
        for (col, cell) in page.cells(row).enumerate() {
            line.push_str(if col > 0 { ", " } else { "" });
            // The last one stands before the bracket.
            pad(&mut line, &cell, if col + 1 < cols { width } else { 0 }, page.numeric());
        }
        writeln!(out, "    [{line}],")?;
    }
    writeln!(out, "])")
}

pub(super) fn product(page: &Page<'_>, out: Out<'_>) -> fmt::Result {
    head(page, out)?;
    symbols(&page.cols, out)?;
    writeln!(out, "y = Matrix([")?;
    for row in 0..page.matrix.rows() {
        writeln!(out, "    {},", page.sum(row))?;
    }
    writeln!(out, "])")
}
