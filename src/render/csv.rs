//! CSV: the dense grid, fields quoted as RFC 4180 says, lines ended by `\n`.

use std::borrow::Cow;
use std::fmt;

use super::Out;
use super::cells::Cells;
use super::page::Page;

pub(super) fn matrix(page: &Page<'_>, out: Out<'_>) -> fmt::Result {
    let comma = |col| if col > 0 || page.labels { "," } else { "" };
    let (mut line, cells) = (String::new(), Cells::new(page, 0, comma, "").quoted(quoted));
    if page.labels {
        for col in 0..page.matrix.cols() {
            line.push(',');
            line.push_str(&quoted(&page.cols.name(col)));
        }
        writeln!(out, "{line}")?;
    }
    for row in 0..page.matrix.rows() {
        line.clear();
        if page.labels {
            line.push_str(&quoted(&page.rows.name(row)));
        }
        cells.push(&mut line, row);
        line.push('\n');
        out.write_str(&line)?;
    }
    Ok(())
}

pub(super) fn product(page: &Page<'_>, out: Out<'_>) -> fmt::Result {
    writeln!(out, "cell,sum")?;
    for row in 0..page.matrix.rows() {
        let mut line = String::new();
        line.push_str(&quoted(&page.rows.name(row)));
        line.push(',');
        line.push_str(&quoted(&page.sum(row)));
        writeln!(out, "{line}")?;
    }
    Ok(())
}

fn quoted(text: &str) -> Cow<'_, str> {
    match text.contains([',', '"', '\r', '\n']) {
        true => format!("\"{}\"", text.replace('"', "\"\"")).into(),
        false => text.into(),
    }
}
