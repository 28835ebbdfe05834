//! JSON documents, written as they are made; a line per row of the matrix.
//!
//! ```text
//! {"format":1,"spec":"conv i3 k2","rows":2,"cols":3,"row_shape":[1,1,2],"col_shape":[1,1,3],"nnz":4,
//! "taps":["w0","w1"],
//! "entries":[
//! [0,0,0],[0,1,1],
//! [1,1,0],[1,2,1]
//! ]}
//! ```
//!
//! Entries are `[row, column, tap]`, row-major; with a weight the third is its exact value as a
//! string (`"-1/3"`), also where that is 0. Shapes are `[n, c, positions…]`.

use std::fmt;

use super::Out;
use super::digits::Lines;
use super::page::Page;
use crate::tensor::unflatten;

/// A text as a JSON string: shown with its quotes and escapes.
///
/// ```
/// use convproof::render::json::Quoted;
/// assert_eq!(Quoted("a \"b\"\n").to_string(), r#""a \"b\"\n""#);
/// ```
#[derive(Debug, Clone, Copy)]
#[allow(clippy::exhaustive_structs)] // the text
pub struct Quoted<'a>(pub &'a str);

impl fmt::Display for Quoted<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        use fmt::Write;
        f.write_char('"')?;
        for c in self.0.chars() {
            match c {
                '"' => f.write_str("\\\"")?,
                '\\' => f.write_str("\\\\")?,
                '\n' => f.write_str("\\n")?,
                '\r' => f.write_str("\\r")?,
                '\t' => f.write_str("\\t")?,
                c if c < ' ' => write!(f, "\\u{:04x}", u32::from(c))?,
                c => f.write_char(c)?,
            }
        }
        f.write_char('"')
    }
}

/// Numbers as a JSON array.
struct Array<'a>(&'a [usize]);

impl fmt::Display for Array<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[")?;
        for (n, number) in self.0.iter().enumerate() {
            write!(f, "{}{number}", comma(n))?;
        }
        f.write_str("]")
    }
}

fn comma(n: usize) -> &'static str {
    if n > 0 { "," } else { "" }
}

pub(super) fn matrix(page: &Page<'_>, out: Out<'_>) -> fmt::Result {
    let matrix = page.matrix;
    write!(out, r#"{{"format":1,"spec":{},"#, Quoted(&page.spec.to_string()))?;
    write!(out, r#""rows":{},"cols":{},"#, matrix.rows(), matrix.cols())?;
    write!(out, r#""row_shape":{},"col_shape":{},"#, Array(&matrix.row_shape()), Array(&matrix.col_shape()))?;
    write!(out, "\"nnz\":{},\n\"taps\":[", matrix.entries())?;
    for tap in 0..page.taps.count() {
        write!(out, "{}{}", comma(tap), Quoted(&page.taps.name(tap)))?;
    }
    write!(out, "],\n\"entries\":[")?;
    let mut lines = Lines::new(out);
    let mut gap: &[u8] = b"\n";
    for row in 0..matrix.rows() {
        let front = format!("[{row},");
        for (col, tap) in page.row(row) {
            lines.text.extend_from_slice(gap);
            lines.text.extend_from_slice(front.as_bytes());
            lines.number(col);
            lines.text.push(b',');
            match page.weight {
                Some(_) => lines.text.extend_from_slice(Quoted(&page.entry(tap)).to_string().as_bytes()),
                None => lines.number(tap.index()),
            }
            lines.text.push(b']');
            gap = b",";
        }
        if gap == b"," {
            gap = b",\n";
        }
        lines.flush_if_long()?;
    }
    lines.flush()?;
    out.write_str("\n]}\n")
}

pub(super) fn product(page: &Page<'_>, out: Out<'_>) -> fmt::Result {
    let shape = page.matrix.row_shape();
    write!(out, "{{\"format\":1,\"spec\":{},\"cells\":[", Quoted(&page.spec.to_string()))?;
    for row in 0..page.matrix.rows() {
        let cell = unflatten(&shape, row);
        let (name, sum) = (page.rows.name(row), page.sum(row));
        let (cell, name, sum) = (Array(&cell), Quoted(&name), Quoted(&sum));
        write!(out, "{}\n{{\"cell\":{cell},\"name\":{name},\"sum\":{sum}}}", comma(row))?;
    }
    out.write_str("\n]}\n")
}
