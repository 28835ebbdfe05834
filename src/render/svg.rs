//! SVG: a spy plot. Each entry is a cell in the colour of its tap; `<title>` says which it is.
//!
//! All coordinates are whole, an entry takes a line, and nothing is said that changes from run to
//! run, so that pictures diff well. Names stand where they fit; the ground is the picture's own, light
//! or dark as the reader's mode is. Where style sheets are not read it is black on white.

use std::fmt;

use super::Out;
use super::page::{Line, Page};
use super::palette::Colour;
use crate::scalar::Tap;

/// Advance of a character and height of a line at font size 11, at least.
const CHAR: usize = 7;
const LINE: usize = 14;
const MARGIN: usize = 12;
/// What the matrix may take in width or height before its cells become smaller.
const WIDE: usize = 1200;
/// A caption and a few taps of the legend have room.
const NARROWEST: usize = 320;
/// Taps in a legend.
const LISTED: usize = 64;
/// The longest text beside a swatch.
const LONGEST: usize = 40;

const STYLE: &str = "\
.paper { fill: #fff } .ink { fill: #1b1b1b } .frame, .block { fill: none; stroke: #1b1b1b }
.grid { fill: none; stroke: #c4c4c4 } .two { stroke-width: 3 }
@media (prefers-color-scheme: dark) {
.paper { fill: #33343a } .ink { fill: #ececec } .frame, .block { stroke: #ececec }
.grid { stroke: #56575e }
}
";

/// Where everything stands.
struct Plot {
    /// Of one cell.
    width: usize,
    height: usize,
    /// Of the first cell.
    left: usize,
    top: usize,
    /// The whole matrix.
    right: usize,
    bottom: usize,
    /// Entries are named in their cells.
    named: bool,
    row_names: bool,
    /// Names of columns: none, level or upright.
    col_names: Names,
}

#[derive(PartialEq)]
enum Names {
    None,
    Level,
    Upright,
}

impl Plot {
    fn of(page: &Page<'_>) -> Plot {
        let (rows, cols) = (page.matrix.rows(), page.matrix.cols());
        let wanted = (page.entry_width() * CHAR + 8).max(28);
        let named = cols.saturating_mul(wanted) <= WIDE && rows.saturating_mul(28) <= WIDE;
        let square = (WIDE / rows.max(cols)).clamp(1, 28);
        let (width, height) = if named { (wanted, 28) } else { (square, square) };
        let row_names = height >= LINE;
        let col_names = match width {
            _ if page.cols.width() * CHAR + 4 <= width => Names::Level,
            LINE.. => Names::Upright,
            _ => Names::None,
        };
        let above = match col_names {
            Names::None => 0,
            Names::Level => LINE,
            Names::Upright => page.cols.width() * CHAR,
        };
        let left = MARGIN + if row_names { page.rows.width() * CHAR + 6 } else { 0 };
        let top = MARGIN + LINE + 10 + above + 4;
        let (right, bottom) = (left + cols * width, top + rows * height);
        Plot { width, height, left, top, right, bottom, named, row_names, col_names }
    }
}

/// The taps that the legend lists, and how they stand in columns.
struct Legend {
    taps: Vec<(Tap, String)>,
    every: usize,
    item: usize,
    per_line: usize,
}

impl Legend {
    fn of(page: &Page<'_>, width: usize) -> Legend {
        let count = page.taps.count();
        let every = count.div_ceil(LISTED);
        let text = |tap| {
            let full = page.tap_value(tap);
            if full.chars().count() <= LONGEST { full } else { page.taps.name(tap.index()).into_owned() }
        };
        let listed = (0..count).step_by(every).filter_map(|tap| u32::try_from(tap).ok());
        let taps: Vec<(Tap, String)> = listed.map(|tap| (Tap(tap), text(Tap(tap)))).collect();
        let longest = taps.iter().map(|(_, text)| text.chars().count()).max().unwrap_or(0);
        let item = LINE + 6 + longest * CHAR + 16;
        Legend { taps, every, item, per_line: ((width - 2 * MARGIN) / item).max(1) }
    }

    fn height(&self) -> usize {
        let note = usize::from(self.every > 1);
        (self.taps.len().div_ceil(self.per_line) + note) * (LINE + 6)
    }
}

pub(super) fn matrix(page: &Page<'_>, out: Out<'_>) -> fmt::Result {
    let plot = Plot::of(page);
    let title = page.title();
    let caption = format!("{title}: {}×{}", page.matrix.rows(), page.matrix.cols());
    let width = (plot.right + MARGIN).max(NARROWEST).max(2 * MARGIN + caption.chars().count() * 8);
    let legend = Legend::of(page, width);
    let width = width.max(2 * MARGIN + legend.item);
    let height = plot.bottom + 16 + legend.height() + MARGIN;
    writeln!(
        out,
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{width}\" height=\"{height}\" \
         viewBox=\"0 0 {width} {height}\" role=\"img\" \
         font-family=\"ui-monospace, Menlo, Consolas, monospace\" font-size=\"11\">"
    )?;
    writeln!(out, "<title>{title}</title>\n<style>\n{STYLE}</style>")?;
    writeln!(out, "<rect class=\"paper\" width=\"{width}\" height=\"{height}\" fill=\"#fff\"/>")?;
    writeln!(out, "<text class=\"ink\" x=\"{MARGIN}\" y=\"{}\" font-size=\"13\">{caption}</text>", MARGIN + LINE - 2)?;
    names(page, &plot, out)?;
    entries(page, &plot, out)?;
    lines(page, &plot, out)?;
    draw_legend(page, &legend, plot.bottom + 16, out)?;
    writeln!(out, "</svg>")
}

fn names(page: &Page<'_>, plot: &Plot, out: Out<'_>) -> fmt::Result {
    if plot.row_names {
        writeln!(out, "<g class=\"ink\" text-anchor=\"end\">")?;
        for row in 0..page.matrix.rows() {
            let y = plot.top + row * plot.height + plot.height / 2 + 4;
            writeln!(out, "<text x=\"{}\" y=\"{y}\">{}</text>", plot.left - 6, page.rows.name(row))?;
        }
        writeln!(out, "</g>")?;
    }
    if plot.col_names == Names::None {
        return Ok(());
    }
    let level = plot.col_names == Names::Level;
    writeln!(out, "<g class=\"ink\" text-anchor=\"{}\">", if level { "middle" } else { "start" })?;
    for col in 0..page.matrix.cols() {
        let (x, name) = (plot.left + col * plot.width + plot.width / 2, page.cols.name(col));
        let y = plot.top - 6;
        if level {
            writeln!(out, "<text x=\"{x}\" y=\"{y}\">{name}</text>")?;
        } else {
            let x = x + 4;
            writeln!(out, "<text x=\"{x}\" y=\"{y}\" transform=\"rotate(-90 {x} {y})\">{name}</text>")?;
        }
    }
    writeln!(out, "</g>")
}

fn entries(page: &Page<'_>, plot: &Plot, out: Out<'_>) -> fmt::Result {
    let taps = page.taps.count();
    let (width, height) = (plot.width, plot.height);
    writeln!(out, "<g text-anchor=\"middle\" shape-rendering=\"crispEdges\">")?;
    for row in 0..page.matrix.rows() {
        for (col, tap) in page.row(row) {
            let (x, y) = (plot.left + col * width, plot.top + row * height);
            let (ground, tip) = (Colour::of(tap, taps), page.tool_tip(row, col, tap));
            write!(out, "<g><title>{tip}</title>")?;
            write!(out, "<rect x=\"{x}\" y=\"{y}\" width=\"{width}\" height=\"{height}\" fill=\"{ground}\"/>")?;
            if plot.named {
                let (x, y, ink, text) = (x + width / 2, y + height / 2 + 4, ground.ink(), page.entry(tap));
                write!(out, "<text x=\"{x}\" y=\"{y}\" fill=\"{ink}\">{text}</text>")?;
            }
            writeln!(out, "</g>")?;
        }
    }
    writeln!(out, "</g>")
}

/// A thin line between cells that are large enough, lines between blocks, a frame.
fn lines(page: &Page<'_>, plot: &Plot, out: Out<'_>) -> fmt::Result {
    let Plot { width, height, left, top, right, bottom, .. } = *plot;
    let upright = |col: usize| format!("M{} {top}V{bottom}", left + col * width);
    let level = |row: usize| format!("M{left} {}H{right}", top + row * height);
    writeln!(out, "<g shape-rendering=\"crispEdges\" pointer-events=\"none\">")?;
    let is = |line: Line| {
        let cols = (1..page.matrix.cols()).filter(move |&col| page.col_line(col) == line).map(upright);
        let rows = (1..page.matrix.rows()).filter(move |&row| page.row_line(row) == line).map(level);
        [cols.collect::<String>(), rows.collect::<String>()]
    };
    let kinds =
        [(Line::None, "grid", "#c4c4c4"), (Line::Thin, "block", "#1b1b1b"), (Line::Thick, "block two", "#1b1b1b")];
    for (line, class, stroke) in kinds {
        // Between the smallest cells a line would hide them.
        let paths =
            if width >= 8 || (line != Line::None && width >= 3) { is(line) } else { [String::new(), String::new()] };
        for path in paths.iter().filter(|path| !path.is_empty()) {
            writeln!(out, "<path class=\"{class}\" fill=\"none\" stroke=\"{stroke}\" d=\"{path}\"/>")?;
        }
    }
    let (width, height) = (right - left, bottom - top);
    writeln!(
        out,
        "<rect class=\"frame\" fill=\"none\" stroke=\"#1b1b1b\" x=\"{left}\" y=\"{top}\" width=\"{width}\" height=\"{height}\"/>\n</g>"
    )
}

fn draw_legend(page: &Page<'_>, legend: &Legend, top: usize, out: Out<'_>) -> fmt::Result {
    let count = page.taps.count();
    writeln!(out, "<g class=\"ink\">")?;
    for (n, (tap, text)) in legend.taps.iter().enumerate() {
        let x = MARGIN + n % legend.per_line * legend.item;
        let y = top + n / legend.per_line * (LINE + 6);
        let colour = Colour::of(*tap, count);
        write!(
            out,
            "<rect x=\"{x}\" y=\"{y}\" width=\"{LINE}\" height=\"{LINE}\" fill=\"{colour}\" stroke=\"#888\"/>"
        )?;
        writeln!(out, "<text x=\"{}\" y=\"{}\">{text}</text>", x + LINE + 6, y + 11)?;
    }
    if legend.every > 1 {
        let y = top + legend.taps.len().div_ceil(legend.per_line) * (LINE + 6) + 11;
        writeln!(out, "<text x=\"{MARGIN}\" y=\"{y}\">one tap in {} of {count}</text>", legend.every)?;
    }
    writeln!(out, "</g>")
}
