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
use super::cells::Cells;
use super::names::Series;
use super::page::Page;
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
    writeln!(out, "{symbol} = Matrix([")?;
    // The last one stands before the bracket.
    let comma = |col| if col > 0 { ", " } else { "" };
    let (mut line, cells) = (String::new(), Cells::new(page, page.entry_width(), comma, "").ragged());
    for row in 0..page.matrix.rows() {
        line.clear();
        line.push_str("    [");
        cells.push(&mut line, row);
        line.push_str("],\n");
        out.write_str(&line)?;
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
