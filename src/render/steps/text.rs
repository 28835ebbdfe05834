//! Text for a terminal: brackets are what a step is about, a border is the crop.
//!
//! One axis takes a line per array, with the taps below what they are laid on; more take blocks beside
//! each other while 100 columns last. Sums that are too long for their cells are listed below, and
//! the cells hold their names.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use super::StepsView;
use super::pen::Pen;
use crate::render::Out;
use crate::render::page::pad;
use crate::steps::{Cell, Content, Frame, Panel, Plane, Role, What};

/// Columns that a line should not exceed.
const WIDE: usize = 100;
const GAP: usize = 3;

pub(super) fn frames(view: &StepsView<'_>, frames: &[Frame], pen: &Pen<'_>, out: Out<'_>) -> fmt::Result {
    let mut sheet = Sheet { view, pen, widths: BTreeMap::new(), labels: 0, names: false };
    if sheet.measure(frames) > WIDE && !pen.is_numeric() {
        sheet.names = true;
        sheet.measure(frames);
    }
    writeln!(out, "{}: {}", view.title(), view.about())?;
    let key = sheet.signs(frames);
    if !key.is_empty() {
        writeln!(out, "{key}")?;
    }
    for frame in frames {
        writeln!(out, "\n{}: {}", view.heading(frame), view.caption(frame, pen))?;
        for line in sheet.lines(frame) {
            writeln!(out, "{}", format!("  {line}").trim_end())?;
        }
    }
    Ok(())
}

/// What all frames of a text have in common.
struct Sheet<'a> {
    view: &'a StepsView<'a>,
    pen: &'a Pen<'a>,
    /// Of a cell of each array.
    widths: BTreeMap<usize, usize>,
    labels: usize,
    /// Long sums are listed, and cells hold names.
    names: bool,
}

impl Sheet<'_> {
    /// One axis aligns all its arrays.
    fn is_line(&self) -> bool {
        self.view.steps.spec().geometry.rank() == 1
    }

    /// Which arrays have cells of the same width: on one axis those that stand below each other.
    fn key(&self, what: What) -> usize {
        match what {
            _ if !self.is_line() => what as usize,
            _ if self.pen.is_numeric() => 0,
            What::Added | What::Output => 1,
            _ => 0,
        }
    }

    /// What the signs mean that occur.
    fn signs(&self, frames: &[Frame]) -> String {
        let panels = || frames.iter().flat_map(|frame| &frame.panels);
        let cells = || panels().flat_map(|panel| panel.planes.iter().flat_map(|p| &p.cells).map(|c| (panel.what, c)));
        let border = if self.is_line() { "outside of | dropped" } else { "outside of | and - dropped" };
        let parts = [
            (cells().any(|(_, cell)| cell.active), "[ ] this step"),
            (cells().any(|(_, cell)| cell.role == Role::Later), ". not yet"),
            (panels().any(Panel::is_cropped), border),
            (cells().any(|(what, cell)| self.text(what, cell) == "*"), "* a sum that is dropped"),
        ];
        parts.into_iter().filter(|(occurs, _)| *occurs).map(|(_, words)| words).collect::<Vec<_>>().join("; ")
    }

    /// Decides how wide everything is; the widest line of a panel's block.
    fn measure(&mut self, frames: &[Frame]) -> usize {
        self.widths.clear();
        for frame in frames {
            for panel in &frame.panels {
                for plane in &panel.planes {
                    let label = self.row_label(frame, panel, plane).chars().count();
                    self.labels = self.labels.max(label);
                    let tap = |cell: &Cell| cell.tap.map_or(0, |tap| self.pen.tap(tap).chars().count());
                    let longest = |cell: &Cell| {
                        let under = if self.is_line() && cell.active && !self.view.slides() { tap(cell) } else { 0 };
                        self.text(panel.what, cell).chars().count().max(under)
                    };
                    let wide = plane.cells.iter().map(longest).max().unwrap_or(1).max(1);
                    let known = self.widths.entry(self.key(panel.what)).or_default();
                    *known = wide.max(*known);
                }
            }
        }
        let label = if self.is_line() { self.labels } else { 0 };
        let block = |panel: &Panel| label + panel.cols * (self.widths[&self.key(panel.what)] + 3) + 4;
        frames.iter().flat_map(|frame| &frame.panels).map(block).max().unwrap_or(0)
    }

    fn text(&self, what: What, cell: &Cell) -> String {
        match (&cell.content, cell.role, cell.index) {
            (_, Role::Later, _) => ".".to_owned(),
            (Content::Sum(terms), ..) if what == What::Added && self.names => {
                terms.last().map_or(String::new(), |&[_, tap]| self.pen.tap(tap))
            }
            (Content::Sum(terms), Role::Dropped, _) if self.names && !terms.is_empty() => "*".to_owned(),
            (Content::Sum(terms), _, Some(y)) if self.names && !terms.is_empty() => self.pen.output_name(y),
            _ => self.pen.text(cell),
        }
    }

    /// The label in front of a line: array and channel.
    fn row_label(&self, frame: &Frame, panel: &Panel, plane: &Plane) -> String {
        let (array, plane) = (self.view.label(panel, frame, self.pen), self.view.plane_label(panel, plane));
        if plane.is_empty() { array } else { format!("{array}, {plane}") }
    }

    fn lines(&self, frame: &Frame) -> Vec<String> {
        let mut lines = Vec::new();
        if self.is_line() {
            for panel in &frame.panels {
                for plane in &panel.planes {
                    let mut label = String::new();
                    pad(&mut label, &self.row_label(frame, panel, plane), self.labels + 1, false);
                    let right = self.view.under(frame, panel).map_or(0, |(input, col)| {
                        let bar = 2 * usize::from(input.kept_cols.start > 0);
                        col * (self.widths[&self.key(input.what)] + 3) + bar
                    });
                    for line in self.grid(panel, plane) {
                        lines.push(format!("{label}{:right$}{line}", ""));
                        label = " ".repeat(self.labels + 1);
                    }
                }
            }
        } else {
            let blocks: Vec<Vec<String>> = frame.panels.iter().map(|panel| self.block(frame, panel)).collect();
            lines = beside(&blocks);
        }
        if self.names {
            lines.extend(self.sums(frame));
        }
        lines
    }

    /// A panel with its label, its slices beside each other, its channels below each other.
    fn block(&self, frame: &Frame, panel: &Panel) -> Vec<String> {
        let mut lines = vec![self.view.label(panel, frame, self.pen)];
        for channel in panel.planes.chunks(panel.slices) {
            let labelled = |plane: &Plane| {
                let label = self.view.plane_label(panel, plane);
                let label = (!label.is_empty()).then_some(label);
                label.into_iter().chain(self.grid(panel, plane)).collect::<Vec<_>>()
            };
            lines.extend(beside(&channel.iter().map(labelled).collect::<Vec<_>>()));
        }
        lines
    }

    /// The rows of a plane, with the border of the crop and, on one axis, the taps below.
    fn grid(&self, panel: &Panel, plane: &Plane) -> Vec<String> {
        let width = self.widths[&self.key(panel.what)];
        let (rows, cols) = (&panel.kept_rows, &panel.kept_cols);
        let bar = |at: usize| plane.kept && ((at == cols.start && at > 0) || (at == cols.end && at < panel.cols));
        let mut lines = Vec::new();
        let rule = |lines: &mut Vec<String>, at: usize| {
            let edge = (at == rows.start && at > 0) || (at == rows.end && at < panel.rows);
            if plane.kept && edge {
                let bars: usize = (0..=panel.cols).filter(|&at| bar(at)).count();
                lines.push("-".repeat(panel.cols * (width + 3) + 2 * bars - 1));
            }
        };
        for (row, cells) in plane.cells.chunks(panel.cols).enumerate() {
            rule(&mut lines, row);
            let [mut line, mut taps] = [const { String::new() }; 2];
            for (col, cell) in cells.iter().enumerate() {
                if bar(col) {
                    line.push_str("| ");
                    taps.push_str("  ");
                }
                let text = self.text(panel.what, cell);
                let text = if cell.active { format!("[{text}]") } else { format!(" {text} ") };
                pad(&mut line, &text, width + 2, self.pen.is_numeric());
                line.push(' ');
                let tap = cell.tap.filter(|_| cell.active).map_or(String::new(), |tap| self.pen.tap(tap));
                pad(&mut taps, &format!(" {tap} "), width + 2, self.pen.is_numeric());
                taps.push(' ');
            }
            if bar(panel.cols) {
                line.push('|');
            }
            lines.push(line);
            if self.is_line() && panel.what == What::Input && !self.view.slides() && !taps.trim().is_empty() {
                lines.push(taps);
            }
        }
        rule(&mut lines, panel.rows);
        lines
    }

    /// The sums that this step has changed, where their cells cannot hold them.
    fn sums(&self, frame: &Frame) -> Vec<String> {
        let cells = frame.panel(What::Output).into_iter().flat_map(|panel| &panel.planes);
        let active = cells.flat_map(|plane| &plane.cells).filter(|cell| cell.active);
        let (mut lines, mut seen) = (Vec::new(), BTreeSet::new());
        for cell in active {
            if let (Content::Sum(terms), Some(y)) = (&cell.content, cell.index) {
                // The caption of a collecting step is its sum.
                if seen.insert(y) && frame.panel(What::Added).is_some() {
                    lines.push(format!("{} = {}", self.pen.output_name(y), self.pen.sum(terms)));
                }
            }
        }
        lines
    }
}

/// Blocks beside each other, in as many bands as the columns need.
fn beside(blocks: &[Vec<String>]) -> Vec<String> {
    let widths = blocks.iter().map(|b| b.iter().map(|line| line.chars().count()).max().unwrap_or(0));
    let widths: Vec<usize> = widths.collect();
    let (mut lines, mut start) = (Vec::new(), 0);
    while start < blocks.len() {
        let (mut end, mut wide) = (start + 1, widths[start]);
        while end < blocks.len() && wide + GAP + widths[end] <= WIDE {
            wide += GAP + widths[end];
            end += 1;
        }
        let height = blocks[start..end].iter().map(Vec::len).max().unwrap_or(0);
        for row in 0..height {
            let mut line = String::new();
            for (block, width) in blocks[start..end].iter().zip(&widths[start..end]) {
                pad(&mut line, block.get(row).map_or("", String::as_str), width + GAP, false);
            }
            line.truncate(line.len() - GAP);
            lines.push(line);
        }
        start = end;
    }
    lines
}
