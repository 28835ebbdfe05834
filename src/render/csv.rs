//! CSV: the dense grid, fields quoted as RFC 4180 says, lines ended by `\n`.

use std::fmt;

use super::Out;
use super::page::Page;

pub(super) fn matrix(page: &Page<'_>, out: Out<'_>) -> fmt::Result {
    let mut line = String::new();
    if page.labels {
        for col in 0..page.matrix.cols() {
            line.push(',');
            field(&mut line, &page.cols.name(col));
        }
        writeln!(out, "{line}")?;
    }
    for row in 0..page.matrix.rows() {
        line.clear();
        if page.labels {
            field(&mut line, &page.rows.name(row));
            line.push(',');
        }
        // A large grid is nearly all zeros: they go out in runs.
        let mut next = 0;
        for (col, tap) in page.matrix.row(row) {
            line.extend(std::iter::repeat_n("0,", col - next));
            field(&mut line, &page.entry(tap));
            line.push(',');
            next = col + 1;
        }
        line.extend(std::iter::repeat_n("0,", page.matrix.cols() - next));
        // Each field was followed by a comma; the last is not.
        line.pop();
        line.push('\n');
        out.write_str(&line)?;
    }
    Ok(())
}

pub(super) fn product(page: &Page<'_>, out: Out<'_>) -> fmt::Result {
    writeln!(out, "cell,sum")?;
    for row in 0..page.matrix.rows() {
        let mut line = String::new();
        field(&mut line, &page.rows.name(row));
        line.push(',');
        field(&mut line, &page.sum(row));
        writeln!(out, "{line}")?;
    }
    Ok(())
}

fn field(line: &mut String, text: &str) {
    if text.contains([',', '"', '\r', '\n']) {
        line.extend(["\"", &text.replace('"', "\"\""), "\""]);
    } else {
        line.push_str(text);
    }
}
