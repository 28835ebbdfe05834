//! Text: all columns equally wide, names at the left, numbers at the right, no trailing spaces.
//!
//! ```text
//! w0 w1 0           1 1/3   0           x0 x1
//! 0  w0 w1          0   1 1/3       y0  w0 0
//! ```
//!
//! With blocks a `|` stands between two of them, and a line of `-` with a `+` where both cross.

use std::fmt;

use super::cells::Cells;
use super::page::{Line, Page, pad};
use super::{Format, MatrixView, Out};
use crate::geometry::Kind;
use crate::matrix::{ConvMatrix, Side};

pub(super) fn matrix(page: &Page<'_>, out: Out<'_>) -> fmt::Result {
    lines(page, out)?;
    out.write_char('\n')
}

/// The lines, without the last newline.
fn lines(page: &Page<'_>, out: Out<'_>) -> fmt::Result {
    let width = page.entry_width().max(if page.labels { page.cols.width() } else { 0 });
    let gap = |col| match (col, page.col_line(col)) {
        (0, _) => "",
        (_, Line::None) => " ",
        _ => " | ",
    };
    let (mut line, cells) = (String::new(), Cells::new(page, width, gap, ""));
    if page.labels {
        pad(&mut line, "", page.rows.width() + 1, false);
        for col in 0..page.matrix.cols() {
            line.push_str(if page.col_line(col) == Line::None { " " } else { " | " });
            pad(&mut line, &page.cols.name(col), width, page.numeric());
        }
        out.write_str(line.trim_end())?;
    }
    for row in 0..page.matrix.rows() {
        line.clear();
        if page.labels {
            pad(&mut line, &page.rows.name(row), page.rows.width() + 2, false);
        }
        cells.push(&mut line, row);
        if row > 0 || page.labels {
            out.write_char('\n')?;
        }
        if page.row_line(row) != Line::None {
            writeln!(out, "{}", rule(page, width))?;
        }
        out.write_str(line.trim_end())?;
    }
    Ok(())
}

/// The line between two blocks, crossed where columns have one too.
fn rule(page: &Page<'_>, width: usize) -> String {
    let mut line = "-".repeat(if page.labels { page.rows.width() + 2 } else { 0 });
    for col in 0..page.matrix.cols() {
        if col > 0 {
            line.push_str(if page.col_line(col) == Line::None { "-" } else { "-+-" });
        }
        line.extend(std::iter::repeat_n('-', width));
    }
    line
}

pub(super) fn product(page: &Page<'_>, out: Out<'_>) -> fmt::Result {
    let width = page.rows.width();
    for row in 0..page.matrix.rows() {
        writeln!(out, "{:width$} = {}", page.rows.name(row), page.sum(row))?;
    }
    Ok(())
}

impl fmt::Display for ConvMatrix {
    /// The matrix in symbols, or its size in one line if it has more than 2^20 cells.
    ///
    /// ```
    /// let spec: convproof::Spec = "conv i3 k2".parse().unwrap();
    /// assert_eq!(spec.geometry.matrix().unwrap().to_string(), "w0 w1 0\n0  w0 w1");
    /// ```
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let kind = match self.side() {
            Side::C => Kind::Conv,
            Side::Transposed => Kind::Tconv,
        };
        let view = MatrixView::new(self, kind);
        match view.check_size(Format::Text) {
            Ok(()) => lines(&view.page(Format::Text), f),
            Err(_) => f.write_str(&view.summary()),
        }
    }
}
