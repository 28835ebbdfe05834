//! LaTeX with amsmath: `pmatrix`; with labels an `array`, a rule below and beside the names; sums
//! `aligned` at the equals sign.
//!
//! `pmatrix` has ten columns unless `MaxMatrixCols` is raised, so that line stands in front where
//! there are more. It has no lines: with blocks an `array` between brackets stands for it, with one
//! line between the rows of an image and two between channels. No `\\` ends the last row: it would open an empty one.

use std::fmt;

use super::Out;
use super::page::{Line, Page, pad};

pub(super) fn matrix(page: &Page<'_>, out: Out<'_>) -> fmt::Result {
    let (rows, cols) = (page.matrix.rows(), page.matrix.cols());
    let width = page.entry_width().max(if page.labels { page.cols.width() } else { 0 });
    // Without blocks no column has a line.
    let lined: String = (0..cols).map(|col| column(page.col_line(col))).collect();
    let is_lined = lined.contains('|') || (0..rows).any(|row| page.row_line(row) != Line::None);
    let mut line = String::new();
    if page.labels {
        writeln!(out, r"\begin{{array}}{{c|{lined}}}")?;
        pad(&mut line, "", page.rows.width(), false);
        for col in 0..cols {
            line.push_str(" & ");
            pad(&mut line, &page.cols.name(col), width, page.numeric());
        }
        writeln!(out, r"  {line} \\ \hline")?;
    } else if is_lined {
        writeln!(out, r"\left(\begin{{array}}{{{lined}}}")?;
    } else {
        if cols > 10 {
            writeln!(out, r"\setcounter{{MaxMatrixCols}}{{{cols}}}")?;
        }
        writeln!(out, r"\begin{{pmatrix}}")?;
    }
    for row in 0..rows {
        line.clear();
        match page.row_line(row) {
            Line::None => {}
            Line::Thin => writeln!(out, r"  \hline")?,
            Line::Thick => writeln!(out, r"  \hline\hline")?,
        }
        if page.labels {
            pad(&mut line, &page.rows.name(row), page.rows.width(), false);
        }
        for (col, cell) in page.cells(row).enumerate() {
            if col > 0 || page.labels {
                line.push_str(" & ");
            }
            pad(&mut line, &cell, width, page.numeric());
        }
        writeln!(out, "  {}{}", line.trim_end(), row_end(row, rows))?;
    }
    let end = match (page.labels, is_lined) {
        (true, _) => r"\end{array}",
        (false, true) => r"\end{array}\right)",
        (false, false) => r"\end{pmatrix}",
    };
    writeln!(out, "{end}")
}

fn column(line: Line) -> &'static str {
    match line {
        Line::None => "c",
        Line::Thin => "|c",
        Line::Thick => "||c",
    }
}

pub(super) fn product(page: &Page<'_>, out: Out<'_>) -> fmt::Result {
    let rows = page.matrix.rows();
    writeln!(out, r"\begin{{aligned}}")?;
    for row in 0..rows {
        let width = page.rows.width();
        writeln!(out, "  {:width$} &= {}{}", page.rows.name(row), page.sum(row), row_end(row, rows))?;
    }
    writeln!(out, r"\end{{aligned}}")
}

fn row_end(row: usize, rows: usize) -> &'static str {
    if row + 1 < rows { r" \\" } else { "" }
}
