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
    for row in 0..rows {
        let above = page.row_line(row);
        let class_of = |kind, col| class(kind, page.col_line(col), above);
        writeln!(out, "<tr><th scope=\"row\"{}>{}</th>", class("", Line::None, above), page.rows.name(row))?;
        for (col, tap) in page.taps_of(row) {
            let title = page.tool_tip(row, col, tap);
            match tap {
                Some(tap) => {
                    let (ground, class, text) = (Colour::of(tap, taps), class_of("", col), page.entry(tap));
                    let style = format!("background: {ground}; color: {}", ground.ink());
                    // A line has the colour of its cell's text: here the ink of the page.
                    let style = if class.is_empty() { style } else { format!("{style}; border-color: CanvasText") };
                    writeln!(out, "<td{class} style=\"{style}\" title=\"{title}\">{text}</td>")?;
                }
                None => writeln!(out, "<td{} title=\"{title}\">{}</td>", class_of("zero", col), page.zero)?,
            }
        }
        writeln!(out, "</tr>")?;
    }
    out.write_str(FOOT)
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
