//! Markdown: a table as GitHub reads it, with the cells' names in the first line and column.

use std::fmt;

use super::cells::Cells;
use super::page::{Page, pad};
use super::{Out, symbol};

pub(super) fn matrix(page: &Page<'_>, out: Out<'_>) -> fmt::Result {
    let numeric = page.numeric();
    let width = page.entry_width().max(page.cols.width()).max(3);
    let first = page.rows.width().max(3);
    let corner = symbol(page.matrix.side());
    // Padded by characters: `Cᵀ` has two.
    write!(out, "| {corner:first$} |")?;
    let mut line = String::new();
    for col in 0..page.matrix.cols() {
        line.push(' ');
        pad(&mut line, &page.cols.name(col), width, numeric);
        line.push_str(" |");
    }
    writeln!(out, "{line}")?;
    let rule = if numeric { format!("-{}:|", "-".repeat(width)) } else { format!("-{}-|", "-".repeat(width)) };
    writeln!(out, "|-{}-|{}", "-".repeat(first), rule.repeat(page.matrix.cols()))?;
    let cells = Cells::new(page, width, |_| " ", " |");
    for row in 0..page.matrix.rows() {
        line.clear();
        line.push_str("| ");
        pad(&mut line, &page.rows.name(row), first, false);
        line.push_str(" |");
        cells.push(&mut line, row);
        line.push('\n');
        out.write_str(&line)?;
    }
    Ok(())
}

pub(super) fn product(page: &Page<'_>, out: Out<'_>) -> fmt::Result {
    let width = page.rows.width().max(4);
    writeln!(out, "| {:width$} | sum |\n|-{}-|-----|", "cell", "-".repeat(width))?;
    for row in 0..page.matrix.rows() {
        writeln!(out, "| {:width$} | {} |", page.rows.name(row), page.sum(row))?;
    }
    Ok(())
}
