//! LaTeX with amsmath: `pmatrix`; with labels an `array`, a rule below and beside the names; sums
//! `aligned` at the equals sign.
//!
//! `pmatrix` has ten columns unless `MaxMatrixCols` is raised, so that line stands in front where
//! there are more. It has no lines: with blocks an `array` between brackets stands for it, with one
//! line between the rows of an image and two between channels. No `\\` ends the last row: it would open an empty one.
//!
//! The array with labels needs no package, so that KaTeX and MathJax show it too. With labels and delimiters
//! the names stand outside them: `pNiceMatrix` of the package nicematrix, `pNiceArray` with blocks.

use std::fmt;

use super::Out;
use super::cells::Cells;
use super::delimiters::Delimiters;
use super::page::{Line, Page, pad};

pub(super) fn matrix(page: &Page<'_>, out: Out<'_>) -> fmt::Result {
    let rows = page.matrix.rows();
    let width = page.entry_width().max(if page.labels { page.cols.width() } else { 0 });
    let frame = Frame::of(page);
    out.write_str(&frame.begin)?;
    let ampersand = |col| if col > 0 || page.labels { " & " } else { "" };
    let (mut line, cells) = (String::new(), Cells::new(page, width, ampersand, ""));
    if page.labels {
        pad(&mut line, "", page.rows.width(), false);
        for col in 0..page.matrix.cols() {
            line.push_str(" & ");
            pad(&mut line, &page.cols.name(col), width, page.numeric());
        }
        writeln!(out, r"  {line} \\{}", frame.below_names)?;
    }
    for row in 0..rows {
        line.clear();
        match page.row_line(row) {
            Line::None => {}
            Line::Thin => writeln!(out, r"  \hline")?,
            Line::Thick => writeln!(out, r"  \hline\hline")?,
        }
        line.push_str("  ");
        if page.labels {
            pad(&mut line, &page.rows.name(row), page.rows.width(), false);
        }
        cells.push(&mut line, row);
        line.truncate(line.trim_end().len().max(2));
        line.push_str(row_end(row, rows));
        line.push('\n');
        out.write_str(&line)?;
    }
    writeln!(out, "{}", frame.end)
}

/// What stands before and behind the rows.
struct Frame {
    begin: String,
    /// Behind the line of names.
    below_names: &'static str,
    end: String,
}

impl Frame {
    fn of(page: &Page<'_>) -> Frame {
        let (rows, cols) = (page.matrix.rows(), page.matrix.cols());
        // Without blocks no column has a line.
        let lined: String = (0..cols).map(|col| column(page.col_line(col))).collect();
        let is_lined = lined.contains('|') || (0..rows).any(|row| page.row_line(row) != Line::None);
        let delimiters = page.delimiters.unwrap_or(Delimiters::Round);
        let (letter, [left, right]) = (delimiters.letter(), delimiters.latex());
        let counter = match cols > 10 {
            true => format!("\\setcounter{{MaxMatrixCols}}{{{cols}}}\n"),
            false => String::new(),
        };
        let (begin, end) = match (page.labels, page.delimiters, is_lined) {
            (true, None, _) => (format!("\\begin{{array}}{{c|{lined}}}\n"), r"\end{array}".to_owned()),
            (true, Some(_), lines) => {
                let name = format!("{letter}Nice{}", if lines { "Array" } else { "Matrix" });
                let (counter, columns) = if lines { ("", format!("{{{lined}}}")) } else { (&*counter, String::new()) };
                (
                    format!(
                        "% \\usepackage{{nicematrix}}\n{counter}\\begin{{{name}}}{columns}[first-row,first-col,margin]\n"
                    ),
                    format!(r"\end{{{name}}}"),
                )
            }
            (false, _, true) => {
                (format!("\\left{left}\\begin{{array}}{{{lined}}}\n"), format!(r"\end{{array}}\right{right}"))
            }
            (false, _, false) => (format!("{counter}\\begin{{{letter}matrix}}\n"), format!(r"\end{{{letter}matrix}}")),
        };
        let below_names = if page.labels && page.delimiters.is_none() { r" \hline" } else { "" };
        Frame { begin, below_names, end }
    }
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
