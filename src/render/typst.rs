//! Typst: `mat` in a display formula; with labels and blocks lines by `augment`.
//!
//! `mat` has no place for names beside it, so they are its first row and column, cut off by lines,
//! without brackets. Sums stand aligned at the equals sign.

use std::fmt;

use super::Out;
use super::cells::Cells;
use super::delimiters::Delimiters;
use super::page::{Line, Page, pad};

pub(super) fn matrix(page: &Page<'_>, out: Out<'_>) -> fmt::Result {
    let (rows, cols) = (page.matrix.rows(), page.matrix.cols());
    let names = usize::from(page.labels);
    let width = page.entry_width().max(if page.labels { page.cols.width() } else { 0 });
    // Names inside brackets would be entries.
    let delimiters = page.delimiters.unwrap_or(if page.labels { Delimiters::None } else { Delimiters::Round });
    writeln!(out, "$ mat(delim: {},", delimiters.typst())?;
    let lines = |count: usize, line: &dyn Fn(usize) -> Line| {
        let at = (0..count).filter(|&n| line(n) != Line::None).map(|n| n + names);
        let at: Vec<String> = (names == 1).then_some(1).into_iter().chain(at).map(|n| format!("{n},")).collect();
        at.join(" ")
    };
    let (hlines, vlines) = (lines(rows, &|row| page.row_line(row)), lines(cols, &|col| page.col_line(col)));
    if !(hlines.is_empty() && vlines.is_empty()) {
        writeln!(out, "  augment: #(hline: ({hlines}), vline: ({vlines})),")?;
    }
    let comma = |col| if col > 0 || page.labels { ", " } else { "" };
    let (mut line, cells) = (String::new(), Cells::new(page, width, comma, ""));
    if page.labels {
        pad(&mut line, r#""""#, page.rows.width(), false);
        for col in 0..cols {
            line.push_str(", ");
            pad(&mut line, &page.cols.name(col), width, page.numeric());
        }
        writeln!(out, "  {};", line.trim_end())?;
    }
    for row in 0..rows {
        line.clear();
        line.push_str("  ");
        if page.labels {
            pad(&mut line, &page.rows.name(row), page.rows.width(), false);
        }
        cells.push(&mut line, row);
        line.truncate(line.trim_end().len().max(2));
        line.push_str(if row + 1 < rows { ";\n" } else { "\n" });
        out.write_str(&line)?;
    }
    writeln!(out, ") $")
}

pub(super) fn product(page: &Page<'_>, out: Out<'_>) -> fmt::Result {
    let (rows, width) = (page.matrix.rows(), page.rows.width());
    writeln!(out, "$")?;
    for row in 0..rows {
        let end = if row + 1 < rows { " \\" } else { "" };
        writeln!(out, "  {:width$} &= {}{end}", page.rows.name(row), page.sum(row))?;
    }
    writeln!(out, "$")
}
