//! A map of numbers as an SVG: coverage, or what a constant input becomes; a checkerboard is seen.
//!
//! Each cell has its number, on a ramp from dark (least) to light (most). As the spy plot: whole
//! coordinates, a line for each cell, ground as the reader's mode is.

use std::fmt::Write as _;

use super::palette::Colour;
use crate::error::{Error, RequestError};
use crate::scalar::Tap;

const CHAR: usize = 7;
const MARGIN: usize = 12;
const HEADER: usize = 30;
/// Cells that a picture has on an axis.
const MOST: usize = 64;

/// A map of `shape` (positions of one or two axes), each cell with its text; equal texts have equal
/// `levels`, by which they are ordered.
///
/// # Errors
/// Q4 for more than two axes, and for more than 64 cells on an axis.
pub fn svg(title: &str, shape: &[usize], texts: &[String], levels: &[usize]) -> Result<String, Error> {
    let refuse = |problem: String| Err(RequestError::Option { option: "--format", problem }.into());
    let (rows, cols) = match *shape {
        [cols] => (1, cols),
        [rows, cols] => (rows, cols),
        _ => return refuse(format!("a map has one or two axes, not {}; text shows all", shape.len())),
    };
    if rows.max(cols) > MOST {
        return refuse(format!("a map of {rows}×{cols} cells is too large to draw; the limit is {MOST} on an axis"));
    }
    let widest = texts.iter().map(|text| text.chars().count()).max().unwrap_or(1);
    let (width, height) = ((widest * CHAR + 10).max(28), 28);
    let whole = (cols * width).max(title.chars().count() * 8) + 2 * MARGIN;
    let tall = HEADER + rows * height + 2 * MARGIN;
    let steps = levels.iter().max().map_or(1, |most| most + 1);
    let mut out = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{whole}\" height=\"{tall}\" viewBox=\"0 0 {whole} {tall}\" role=\"img\" \
         font-family=\"ui-monospace, Menlo, Consolas, monospace\" font-size=\"11\">\n<title>{title}</title>\n<style>\n\
         .paper {{ fill: #fff }} .ink {{ fill: #1b1b1b }}\n\
         @media (prefers-color-scheme: dark) {{ .paper {{ fill: #33343a }} .ink {{ fill: #ececec }} }}\n</style>\n\
         <rect class=\"paper\" width=\"{whole}\" height=\"{tall}\" fill=\"#fff\"/>\n\
         <text class=\"ink\" x=\"{MARGIN}\" y=\"{}\" font-size=\"13\">{title}</text>\n<g text-anchor=\"middle\">\n",
        MARGIN + 12,
    );
    for (n, (text, level)) in texts.iter().zip(levels).enumerate() {
        let (x, y) = (MARGIN + n % cols * width, MARGIN + HEADER + n / cols * height);
        // At least ten steps, so that the ramp and not the colours of taps is used.
        let span = steps.max(10);
        let at = if steps == 1 { 0 } else { level * (span - 1) / (steps - 1) };
        let ground = Colour::of(Tap(u32::try_from(at).unwrap_or(0)), span);
        let (middle, base, ink) = (x + width / 2, y + height / 2 + 4, ground.ink());
        let _ = writeln!(
            out,
            "<rect x=\"{x}\" y=\"{y}\" width=\"{width}\" height=\"{height}\" fill=\"{ground}\" stroke=\"#888\"/>\
             <text x=\"{middle}\" y=\"{base}\" fill=\"{ink}\">{text}</text>"
        );
    }
    out.push_str("</g>\n</svg>\n");
    Ok(out)
}

/// The place of each value among the different ones, ascending.
pub fn levels<T: Ord>(values: &[T]) -> Vec<usize> {
    let different: std::collections::BTreeSet<&T> = values.iter().collect();
    let ordered: Vec<&T> = different.into_iter().collect();
    values.iter().map(|value| ordered.binary_search(&value).unwrap_or(0)).collect()
}
