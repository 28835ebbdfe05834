//! HTML: a page of its own, without a script or anything from elsewhere.
//!
//! Names of rows and columns are headers, each cell has a title (`row y0, column x1, tap w1`), taps
//! have the colours of the spy plot. Ground and ink are those of the reader's light or dark mode.

use std::fmt;

use super::Out;
use super::page::{Line, Page};
use super::palette::Colour;

const STYLE: &str = "\
:root { color-scheme: light dark; }
body { margin: 1.5rem; font-family: ui-monospace, Menlo, Consolas, monospace; }
h1 { font-size: 1.1rem; }
table { border-collapse: collapse; }
th, td { padding: 0.2rem 0.45rem; border: 1px solid #8885; text-align: center; white-space: nowrap; }
th { font-weight: normal; }
thead th { border-bottom: 2px solid; }
tbody th { border-right: 2px solid; }
td.zero { opacity: 0.55; }
.left { border-left: 2px solid; }
.left2 { border-left: 4px double; }
.top { border-top: 2px solid; }
.top2 { border-top: 4px double; }
.sum { text-align: left; }
";

fn head(page: &Page<'_>, what: &str, out: Out<'_>) -> fmt::Result {
    let title = page.title();
    writeln!(out, "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">")?;
    writeln!(out, "<meta name=\"viewport\" content=\"width=device-width\">\n<title>{title}</title>")?;
    writeln!(out, "<style>\n{STYLE}</style>\n</head>\n<body>\n<h1>{title}: {what}</h1>\n<table>")
}

const FOOT: &str = "</tbody>\n</table>\n</body>\n</html>\n";

pub(super) fn matrix(page: &Page<'_>, out: Out<'_>) -> fmt::Result {
    let (rows, cols) = (page.matrix.rows(), page.matrix.cols());
    head(page, &format!("{rows}×{cols}"), out)?;
    write!(out, "<thead>\n<tr><th></th>")?;
    for col in 0..cols {
        let class = class("", page.col_line(col), Line::None);
        write!(out, "<th scope=\"col\"{class}>{}</th>", page.cols.name(col))?;
    }
    writeln!(out, "</tr>\n</thead>\n<tbody>")?;
    let taps = page.taps.count();
    let mut zeros = Zeros { page, kept: Vec::new(), current: 0 };
    for row in 0..rows {
        let (above, name) = (page.row_line(row), page.rows.name(row));
        zeros.set(&name, above);
        writeln!(out, "<tr><th scope=\"row\"{}>{name}</th>", class("", Line::None, above))?;
        let mut next = 0;
        for (col, tap) in page.row(row) {
            out.write_str(zeros.run(next, col)?)?;
            let (ground, class) = (Colour::of(tap, taps), class("", page.col_line(col), above));
            let (title, text) = (page.tool_tip(row, col, tap), page.entry(tap));
            let style = format!("background: {ground}; color: {}", ground.ink());
            // A line has the colour of its cell's text: here the ink of the page.
            let style = if class.is_empty() { style } else { format!("{style}; border-color: CanvasText") };
            writeln!(out, "<td{class} style=\"{style}\" title=\"{title}\">{text}</td>")?;
            next = col + 1;
        }
        out.write_str(zeros.run(next, cols)?)?;
        out.write_str("</tr>\n")?;
    }
    out.write_str(FOOT)
}

/// Rows of zeros. Large matrices have little else, and from row to row only the row's name changes: a row
/// is kept for each length of names, and what differs is written over.
struct Zeros<'p> {
    page: &'p Page<'p>,
    kept: Vec<Row>,
    /// The row that is meant.
    current: usize,
}

struct Row {
    name: String,
    text: Vec<u8>,
    /// Cell `c` stands from `at[c]` to `at[c + 1]`.
    at: Vec<usize>,
}

/// What stands in front of a row's name in a cell without lines.
const FRONT: &str = "<td class=\"zero\" title=\"row ";

impl Zeros<'_> {
    fn set(&mut self, name: &str, above: Line) {
        if self.page.blocks {
            // Lines differ from row to row.
            self.kept.clear();
        }
        let known = self.kept.iter().position(|row| row.name.len() == name.len());
        self.current = known.unwrap_or(self.kept.len());
        match known {
            Some(known) => self.kept[known].rename(name),
            None => self.kept.push(Row::of(self.page, name, above)),
        }
    }

    /// The cells of these columns.
    fn run(&self, from: usize, to: usize) -> Result<&str, fmt::Error> {
        let Row { text, at, .. } = &self.kept[self.current];
        std::str::from_utf8(&text[at[from]..at[to]]).map_err(|_| fmt::Error)
    }
}

impl Row {
    fn of(page: &Page<'_>, name: &str, above: Line) -> Row {
        let mut row = Row { name: name.to_owned(), text: Vec::new(), at: vec![0] };
        for col in 0..page.matrix.cols() {
            let (class, column) = (class("zero", page.col_line(col), above), page.cols.name(col));
            let cell = format!("<td{class} title=\"row {name}, column {column}, no tap\">{}</td>\n", page.zero);
            row.text.extend_from_slice(cell.as_bytes());
            row.at.push(row.text.len());
        }
        row
    }

    /// The same row by another name of this length; cells have no lines.
    fn rename(&mut self, name: &str) {
        let changed = self.name.bytes().zip(name.bytes()).enumerate().filter(|(_, (old, new))| old != new);
        for (n, (_, byte)) in changed {
            for at in &self.at[..self.at.len() - 1] {
                self.text[at + FRONT.len() + n] = byte;
            }
        }
        self.name.replace_range(.., name);
    }
}

fn class(kind: &str, left: Line, above: Line) -> String {
    let left = match left {
        Line::None => "",
        Line::Thin => "left",
        Line::Thick => "left2",
    };
    let above = match above {
        Line::None => "",
        Line::Thin => "top",
        Line::Thick => "top2",
    };
    let classes: Vec<&str> = [kind, left, above].into_iter().filter(|class| !class.is_empty()).collect();
    if classes.is_empty() { String::new() } else { format!(" class=\"{}\"", classes.join(" ")) }
}

pub(super) fn product(page: &Page<'_>, out: Out<'_>) -> fmt::Result {
    head(page, "the product with its input", out)?;
    writeln!(out, "<tbody>")?;
    for row in 0..page.matrix.rows() {
        let (name, sum) = (page.rows.name(row), page.sum(row));
        writeln!(out, "<tr><th scope=\"row\">{name}</th><td class=\"sum\">{sum}</td></tr>")?;
    }
    out.write_str(FOOT)
}
