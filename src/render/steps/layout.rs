//! Where everything of a picture stands: whole pixels, the same sizes in all frames.

use std::collections::BTreeMap;

use super::StepsView;
use super::pen::Pen;
use crate::steps::{Cell, Frame, Panel, Plane, Role, What};

/// Advance of a character at font sizes 14 and 10, height of a line, at least.
pub(super) const CHAR: usize = 9;
const SMALL: usize = 7;
pub(super) const LINE: usize = 18;
pub(super) const MARGIN: usize = 16;
/// What a band of panels may take before the next begins.
const WIDE: usize = 1200;
/// Captions have room.
const NARROWEST: usize = 560;
/// Between panels, between slices, between channels.
const APART: usize = 40;
const BESIDE: usize = 22;
const BELOW: usize = 14;

/// Width and height.
type Size = (usize, usize);

/// What stands somewhere.
pub(super) enum Item<'a> {
    Words(String),
    Plane(&'a Panel, &'a Plane),
}

/// A frame's items, each with its left upper corner (of words, the left end of the base line).
pub(super) struct Placed<'a> {
    pub items: Vec<(usize, usize, Item<'a>)>,
    pub size: Size,
}

/// Sizes that all frames of a document share.
pub(super) struct Layout<'a> {
    view: &'a StepsView<'a>,
    pen: &'a Pen<'a>,
    cells: BTreeMap<usize, Size>,
    labels: usize,
    /// The widest frame with its margins.
    pub width: usize,
    /// What kinds of cells occur, and whether any are active.
    pub roles: Vec<Role>,
    pub active: bool,
    /// Some sums are told by how many terms they have.
    pub counted: bool,
}

impl<'a> Layout<'a> {
    pub fn new(view: &'a StepsView<'a>, frames: &[Frame], pen: &'a Pen<'a>) -> Self {
        let (cells, roles) = (BTreeMap::new(), Vec::new());
        let (active, counted) = (false, false);
        let mut layout = Layout { view, pen, cells, labels: 0, width: NARROWEST, roles, active, counted };
        for frame in frames {
            for panel in &frame.panels {
                for plane in &panel.planes {
                    layout.labels = layout.labels.max(layout.row_label(frame, panel, plane).chars().count());
                    for cell in &plane.cells {
                        layout.measure(panel, cell);
                    }
                }
            }
        }
        layout.roles.sort_unstable();
        layout.roles.dedup();
        let widest = frames.iter().map(|frame| layout.place(frame).size.0).max().unwrap_or(0);
        layout.width = layout.width.max(widest + 2 * MARGIN);
        layout
    }

    fn measure(&mut self, panel: &Panel, cell: &Cell) {
        let lines = self.pen.lines(panel.what, cell);
        let longest = lines.iter().map(|line| line.chars().count()).max().unwrap_or(0);
        let small = self.laid(panel, cell).map_or(0, |tap| tap.chars().count() * SMALL + 8);
        let width = (longest * CHAR + 14).max(small).max(42);
        let height = (lines.len() * LINE + 16).max(36) + if small > 0 { 12 } else { 0 };
        let key = self.key(panel.what);
        let known = self.cells.entry(key).or_default();
        *known = (known.0.max(width), known.1.max(height));
        self.roles.push(cell.role);
        if self.roles.len() > 1 << 12 {
            self.roles.sort_unstable();
            self.roles.dedup();
        }
        self.active |= cell.active;
        self.counted |= matches!(&lines[..], [line] if line.ends_with("term") || line.ends_with("terms"));
    }

    /// The tap that a window or a question lays on a cell of the input.
    pub fn laid(&self, panel: &Panel, cell: &Cell) -> Option<String> {
        let tap = cell.tap.filter(|_| cell.active && matches!(panel.what, What::Input | What::Padded))?;
        Some(format!("·{}", self.pen.tap(tap)))
    }

    fn is_line(&self) -> bool {
        self.view.steps.spec().geometry.rank() == 1
    }

    /// Which arrays have cells of the same size: on one axis those that stand below each other.
    fn key(&self, what: What) -> usize {
        match what {
            _ if !self.is_line() => what as usize,
            _ if self.pen.is_numeric() => 0,
            What::Added | What::Output => 1,
            _ => 0,
        }
    }

    /// Of one cell.
    pub fn cell(&self, what: What) -> Size {
        self.cells.get(&self.key(what)).copied().unwrap_or((42, 36))
    }

    fn row_label(&self, frame: &Frame, panel: &Panel, plane: &Plane) -> String {
        let (array, plane) = (self.view.label(panel, frame, self.pen), self.view.plane_label(panel, plane));
        if plane.is_empty() { array } else { format!("{array}, {plane}") }
    }

    fn plane(&self, panel: &Panel) -> Size {
        let (width, height) = self.cell(panel.what);
        (panel.cols * width, panel.rows * height)
    }

    pub fn place<'f>(&self, frame: &'f Frame) -> Placed<'f> {
        if self.is_line() { self.rows(frame) } else { self.blocks(frame) }
    }

    /// One axis: a row per plane, its label in front.
    fn rows<'f>(&self, frame: &'f Frame) -> Placed<'f> {
        let (left, mut y, mut width) = (self.labels * CHAR + 12, 0, 0);
        let mut items = Vec::new();
        for panel in &frame.panels {
            for plane in &panel.planes {
                let (wide, high) = self.plane(panel);
                items.push((0, y + high / 2 + 5, Item::Words(self.row_label(frame, panel, plane))));
                let right = self.view.under(frame, panel).map_or(0, |(input, col)| col * self.cell(input.what).0);
                items.push((left + right, y, Item::Plane(panel, plane)));
                (y, width) = (y + high + BELOW, width.max(left + right + wide));
            }
        }
        Placed { items, size: (width, y.saturating_sub(BELOW)) }
    }

    /// More axes: panels beside each other.
    fn blocks<'f>(&self, frame: &'f Frame) -> Placed<'f> {
        let blocks: Vec<Placed<'f>> = frame.panels.iter().map(|panel| self.block(frame, panel)).collect();
        flow(blocks, APART)
    }

    /// A panel's label, and its planes: slices beside each other, channels below each other.
    fn block<'f>(&self, frame: &Frame, panel: &'f Panel) -> Placed<'f> {
        let label = self.view.label(panel, frame, self.pen);
        let (mut y, mut width) = (LINE + 4, label.chars().count() * CHAR);
        let mut items = vec![(0, LINE - 4, Item::Words(label))];
        for channel in panel.planes.chunks(panel.slices) {
            let slices = channel.iter().map(|plane| {
                let label = self.view.plane_label(panel, plane);
                let (wide, high) = self.plane(panel);
                if label.is_empty() {
                    return Placed { items: vec![(0, 0, Item::Plane(panel, plane))], size: (wide, high) };
                }
                let wide = wide.max(label.chars().count() * CHAR);
                let items = vec![(0, LINE - 4, Item::Words(label)), (0, LINE + 2, Item::Plane(panel, plane))];
                Placed { items, size: (wide, high + LINE + 2) }
            });
            let row = flow(slices.collect(), BESIDE);
            items.extend(row.items.into_iter().map(|(x, down, item)| (x, y + down, item)));
            (y, width) = (y + row.size.1 + BELOW, width.max(row.size.0));
        }
        Placed { items, size: (width, y - BELOW) }
    }
}

/// Blocks beside each other, in as many bands as they need.
fn flow<'f>(blocks: Vec<Placed<'f>>, gap: usize) -> Placed<'f> {
    let (mut items, mut x, mut top, mut high, mut width) = (Vec::new(), 0, 0, 0, 0);
    for block in blocks {
        let (wide, tall) = block.size;
        if x > 0 && x + wide > WIDE {
            (x, top, high) = (0, top + high + gap / 2, 0);
        }
        items.extend(block.items.into_iter().map(|(right, down, item)| (x + right, top + down, item)));
        width = width.max(x + wide);
        (x, high) = (x + wide + gap, high.max(tall));
    }
    Placed { items, size: (width, top + high) }
}

/// A text in lines of at most so many characters, broken between words.
pub(super) fn wrapped(text: &str, most: usize) -> Vec<String> {
    let mut lines = vec![String::new()];
    for word in text.split(' ') {
        let line = lines.last_mut().expect("there is a line");
        if !line.is_empty() && line.chars().count() + 1 + word.chars().count() > most {
            lines.push(word.to_owned());
        } else {
            line.push_str(if line.is_empty() { "" } else { " " });
            line.push_str(word);
        }
    }
    lines
}
