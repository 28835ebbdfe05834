//! SVG: every cell is a line of text, taps have the colours of the spy plot, and what a step is about
//! has a heavy outline. Where style sheets are not read it is black on white.

use std::fmt;

use super::StepsView;
use super::layout::{CHAR, Item, LINE, Layout, MARGIN, Placed, wrapped};
use super::pen::Pen;
use crate::render::Out;
use crate::render::palette::Colour;
use crate::scalar::Tap;
use crate::steps::{Cell, Content, Frame, Panel, Plane, Role, What};

pub(super) const STYLE: &str = "\
.paper { fill: #fff } .ink { fill: #1b1b1b } .cell { stroke: #8a8a8a } .plain { fill: #fff }
.zero { fill: #e9e9e9 } .none { fill: none; stroke: #c4c4c4 } .now, .crop, .strike { fill: none; stroke: #1b1b1b }
@media (prefers-color-scheme: dark) {
.paper { fill: #33343a } .ink { fill: #ececec } .cell { stroke: #8a8b92 } .plain { fill: #33343a }
.zero { fill: #4a4b53 } .none { fill: none; stroke: #5f6068 } .now, .crop, .strike { stroke: #fff }
}
";

pub(super) const FONT: &str = "font-family=\"ui-monospace, Menlo, Consolas, monospace\" font-size=\"14\"";

/// All frames below each other, with what they have in common above and the signs explained below.
pub(super) fn sheet(view: &StepsView<'_>, frames: &[Frame], pen: &Pen<'_>, out: Out<'_>) -> fmt::Result {
    let layout = Layout::new(view, frames, pen);
    let (width, letters) = (layout.width, (layout.width - 2 * MARGIN) / CHAR);
    let about = wrapped(view.about(), letters);
    let caption = |frame: &Frame| format!("{}: {}", view.heading(frame), view.caption(frame, pen));
    let captions: Vec<Vec<String>> = frames.iter().map(|frame| wrapped(&caption(frame), letters)).collect();
    let placed: Vec<Placed<'_>> = frames.iter().map(|frame| layout.place(frame)).collect();
    let top = MARGIN + LINE + 6 + about.len() * LINE + 12;
    let heights =
        captions.iter().zip(&placed).map(|(lines, placed)| lines.len() * LINE + 12 + placed.size.1 + 2 * LINE);
    let heights: Vec<usize> = heights.collect();
    let frames_end = top + heights.iter().sum::<usize>();
    let height = frames_end + legend_height(&layout) + MARGIN;

    writeln!(
        out,
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{width}\" height=\"{height}\" \
         viewBox=\"0 0 {width} {height}\" role=\"img\" {FONT}>"
    )?;
    let desc = if let [frame] = frames { caption(frame) } else { format!("{} frames", frames.len()) };
    writeln!(out, "<title>{}</title>\n<desc>{}; {desc}</desc>", view.title(), view.about())?;
    writeln!(out, "<style>\n{STYLE}</style>")?;
    writeln!(out, "<rect class=\"paper\" width=\"{width}\" height=\"{height}\" fill=\"#fff\"/>")?;
    let title = view.title();
    writeln!(out, "<text class=\"ink\" x=\"{MARGIN}\" y=\"{}\" font-size=\"17\">{title}</text>", MARGIN + LINE - 2)?;
    words(&about, MARGIN, MARGIN + 2 * LINE + 4, out)?;
    let mut y = top;
    for ((lines, placed), height) in captions.iter().zip(&placed).zip(&heights) {
        writeln!(out, "<path class=\"cell\" stroke=\"#8a8a8a\" d=\"M{MARGIN} {}H{}\"/>", y - 2, width - MARGIN)?;
        words(lines, MARGIN, y + LINE, out)?;
        draw(&layout, placed, [MARGIN, y + lines.len() * LINE + 12], pen, out)?;
        y += height;
    }
    legend(&layout, [MARGIN, frames_end], out)?;
    writeln!(out, "</svg>")
}

/// Lines of text below each other.
fn words(lines: &[String], x: usize, y: usize, out: Out<'_>) -> fmt::Result {
    for (n, line) in lines.iter().enumerate() {
        writeln!(out, "<text class=\"ink\" x=\"{x}\" y=\"{}\">{line}</text>", y + n * LINE)?;
    }
    Ok(())
}

/// A frame's panels.
pub(super) fn draw(
    layout: &Layout<'_>,
    placed: &Placed<'_>,
    [left, top]: [usize; 2],
    pen: &Pen<'_>,
    out: Out<'_>,
) -> fmt::Result {
    for (x, y, item) in &placed.items {
        let (x, y) = (left + x, top + y);
        match item {
            Item::Words(text) => writeln!(out, "<text class=\"ink\" x=\"{x}\" y=\"{y}\">{text}</text>")?,
            Item::Plane(panel, plane) => grid(layout, panel, plane, [x, y], pen, out)?,
        }
    }
    Ok(())
}

fn grid(
    layout: &Layout<'_>,
    panel: &Panel,
    plane: &Plane,
    [left, top]: [usize; 2],
    pen: &Pen<'_>,
    out: Out<'_>,
) -> fmt::Result {
    let (width, height) = layout.cell(panel.what);
    let corner = |n: usize| (left + n % panel.cols * width, top + n / panel.cols * height);
    writeln!(out, "<g text-anchor=\"middle\">")?;
    for (n, cell) in plane.cells.iter().enumerate() {
        let (x, y) = corner(n);
        square(layout, panel, cell, [x, y, width, height], pen, out)?;
    }
    // Above all cells, so that no neighbour covers them.
    for (n, _) in plane.cells.iter().enumerate().filter(|(_, cell)| cell.active) {
        let ((x, y), (w, h)) = (corner(n), (width, height));
        writeln!(
            out,
            "<rect class=\"now\" x=\"{x}\" y=\"{y}\" width=\"{w}\" height=\"{h}\" fill=\"none\" stroke=\"#1b1b1b\" \
             stroke-width=\"3\" pointer-events=\"none\"/>"
        )?;
    }
    if panel.is_cropped() && plane.kept {
        let (rows, cols) = (&panel.kept_rows, &panel.kept_cols);
        let (x, y) = (left + cols.start * width, top + rows.start * height);
        let (w, h) = (cols.len() * width, rows.len() * height);
        writeln!(
            out,
            "<rect class=\"crop\" x=\"{x}\" y=\"{y}\" width=\"{w}\" height=\"{h}\" fill=\"none\" stroke=\"#1b1b1b\" \
             stroke-width=\"4\" stroke-dasharray=\"10 5\" pointer-events=\"none\"/>"
        )?;
    }
    writeln!(out, "</g>")
}

fn square(
    layout: &Layout<'_>,
    panel: &Panel,
    cell: &Cell,
    [x, y, width, height]: [usize; 4],
    pen: &Pen<'_>,
    out: Out<'_>,
) -> fmt::Result {
    let is_kernel = matches!(panel.what, What::Kernel | What::Rotated);
    let tap = cell.tap.filter(|_| cell.active || is_kernel);
    let ground = tap.and_then(|tap| u32::try_from(tap).ok()).map(|tap| Colour::of(Tap(tap), pen.taps()));
    let class = match cell.role {
        Role::Inserted | Role::Padding => ("zero", "#e9e9e9"),
        Role::Later | Role::Gap => ("none", "none"),
        _ => ("plain", "#fff"),
    };
    let (class, fill) = match ground {
        Some(colour) => ("cell".to_owned(), colour.to_string()),
        None => (format!("cell {}", class.0), class.1.to_owned()),
    };
    let dots = if cell.role == Role::Padding { " stroke-dasharray=\"3 3\"" } else { "" };
    let faint = if cell.role == Role::Dropped { " opacity=\"0.8\"" } else { "" };
    write!(out, "<g{faint}>")?;
    if let Some(tip) = pen.tip(cell) {
        write!(out, "<title>{tip}</title>")?;
    }
    write!(
        out,
        "<rect class=\"{class}\" x=\"{x}\" y=\"{y}\" width=\"{width}\" height=\"{height}\" fill=\"{fill}\" \
         stroke=\"#8a8a8a\"{dots}/>"
    )?;
    let ink = ground.map_or_else(|| "class=\"ink\"".to_owned(), |colour| format!("fill=\"{}\"", colour.ink()));
    let laid = layout.laid(panel, cell);
    let (lines, middle) = (pen.lines(panel.what, cell), x + width / 2);
    let room = height - if laid.is_some() { 12 } else { 0 };
    let first = y + (room + LINE).saturating_sub(lines.len() * LINE) / 2 + 5;
    for (n, line) in lines.iter().enumerate().filter(|(_, line)| !line.is_empty()) {
        write!(out, "<text {ink} x=\"{middle}\" y=\"{}\">{line}</text>", first + n * LINE)?;
    }
    if let Some(tap) = laid {
        let (x, y) = (x + width - 5, y + height - 6);
        write!(out, "<text {ink} x=\"{x}\" y=\"{y}\" font-size=\"11\" text-anchor=\"end\">{tap}</text>")?;
    }
    if cell.role == Role::Dropped && cell.content != Content::Nothing {
        let (right, bottom) = (x + width, y + height);
        write!(out, "<path class=\"strike\" fill=\"none\" stroke=\"#1b1b1b\" d=\"M{x} {bottom}L{right} {y}\"/>")?;
    }
    writeln!(out, "</g>")
}

const COUNTED: &str = "a long sum: point at its cell to read it";

/// The signs that occur, with what they mean.
fn signs(layout: &Layout<'_>) -> Vec<(Option<Role>, &'static str)> {
    let roles = [
        (Role::Inserted, "zero inserted between"),
        (Role::Padding, "zero of the padding"),
        (Role::Dropped, "dropped, outside of the dashed border"),
        (Role::Later, "not computed yet"),
    ];
    let active = layout.active.then_some((None, "this step, in the colour of the tap"));
    let occur = roles.into_iter().filter(|(role, _)| layout.roles.contains(role));
    let counted = layout.counted.then_some((Some(Role::Plain), COUNTED));
    active.into_iter().chain(occur.map(|(role, words)| (Some(role), words))).chain(counted).collect()
}

pub(super) fn legend_height(layout: &Layout<'_>) -> usize {
    signs(layout).len() * (LINE + 8)
}

/// A swatch and words per sign.
pub(super) fn legend(layout: &Layout<'_>, [x, top]: [usize; 2], out: Out<'_>) -> fmt::Result {
    for (n, (role, words)) in signs(layout).into_iter().enumerate() {
        let (y, side) = (top + n * (LINE + 8), LINE);
        let sign = match role {
            None => "class=\"now\" fill=\"none\" stroke=\"#1b1b1b\" stroke-width=\"3\"",
            Some(Role::Inserted) => "class=\"cell zero\" fill=\"#e9e9e9\" stroke=\"#8a8a8a\"",
            Some(Role::Padding) => "class=\"cell zero\" fill=\"#e9e9e9\" stroke=\"#8a8a8a\" stroke-dasharray=\"3 3\"",
            Some(Role::Later) => "class=\"cell none\" fill=\"none\" stroke=\"#c4c4c4\"",
            Some(_) => "class=\"cell plain\" fill=\"#fff\" stroke=\"#8a8a8a\"",
        };
        writeln!(out, "<rect {sign} x=\"{x}\" y=\"{y}\" width=\"{side}\" height=\"{side}\"/>")?;
        if role == Some(Role::Dropped) {
            let (right, bottom) = (x + side, y + side);
            writeln!(out, "<path class=\"strike\" fill=\"none\" stroke=\"#1b1b1b\" d=\"M{x} {bottom}L{right} {y}\"/>")?;
        }
        writeln!(out, "<text class=\"ink\" x=\"{}\" y=\"{}\">{words}</text>", x + side + 8, y + 14)?;
    }
    Ok(())
}
