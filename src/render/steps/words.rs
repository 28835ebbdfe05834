//! What is said beside the cells: titles, captions, labels.

use super::StepsView;
use super::pen::Pen;
use crate::geometry::Kind;
use crate::steps::{Channel, Content, Frame, Method, Panel, Plane, Role, Step, What};

/// Cells that a caption names one by one.
const NAMED: usize = 9;
/// And the letters that their names may take.
const NAMES: usize = 48;

impl StepsView<'_> {
    /// `scatter of tconv i2 k3 s2`
    pub(super) fn title(&self) -> String {
        let method = match self.steps.method() {
            Method::ZeroInsertion => "zero insertion",
            other => other.name(),
        };
        format!("{method} of {}", self.steps.spec())
    }

    /// What the method does, in one sentence.
    pub(super) fn about(&self) -> &'static str {
        match (self.steps.spec().kind, self.steps.method()) {
            (Kind::Tconv, Method::Scatter) => {
                "each input cell stamps the kernel, times its value, onto the output; stamps that overlap add up"
            }
            (Kind::Tconv, Method::Gather) => {
                "each output cell collects the inputs that reach it, each times the tap that takes it there"
            }
            (Kind::Tconv, Method::ZeroInsertion) => {
                "stretch the input with zeros, pad it, rotate the kernel, then slide it at stride 1"
            }
            (Kind::Conv, Method::Scatter) => {
                "each input cell adds to every output whose window it lies in, times the tap that is laid on it"
            }
            (Kind::Conv, _) => {
                "the kernel, not rotated, slides over the input; an output is the sum of the products under it"
            }
        }
    }

    /// `frame 2 of 5`, with the sample where there are several.
    pub(super) fn heading(&self, frame: &Frame) -> String {
        let sample = match self.steps.spec().geometry.batch() {
            1 => String::new(),
            _ => format!(", sample {}", frame.sample + usize::from(self.one_based)),
        };
        format!("frame {} of {}{sample}", frame.number + 1, self.steps.len())
    }

    /// What happens in a frame.
    pub(super) fn caption(&self, frame: &Frame, pen: &Pen<'_>) -> String {
        match &frame.step {
            Step::Add { input } => self.added(frame, *input, pen),
            Step::Collect { output } => {
                let terms = frame.panel(What::Output).and_then(|panel| {
                    let mut cells = panel.planes.iter().flat_map(|plane| &plane.cells);
                    cells.find_map(|cell| match &cell.content {
                        Content::Sum(terms) if cell.active => Some(terms),
                        _ => None,
                    })
                });
                let (name, terms) = (pen.output_name(*output), terms.map_or(&[][..], Vec::as_slice));
                let why = match (terms.is_empty(), self.steps.spec().kind, self.steps.method()) {
                    (false, ..) => "",
                    (true, Kind::Tconv, Method::Gather) => ": no input reaches it",
                    (true, ..) => ": its window holds zeros only",
                };
                format!("{name} = {}{why}", pen.derived(terms))
            }
            Step::Input => "the input".to_owned(),
            Step::Stretch { between } => {
                let zeros = if between.iter().all(|n| *n == 1) { "zero" } else { "zeros" };
                format!("stretched: {} {zeros} between neighbours (stride − 1)", per_axis(between))
            }
            Step::Pad { before, after } => self.padded(before, after),
            Step::Rotate => match self.steps.spec().geometry.rank() {
                1 => "the kernel is reversed: its last tap comes first".to_owned(),
                2 => "the kernel is rotated by 180°: reversed on both axes".to_owned(),
                _ => "the kernel is reversed on every axis".to_owned(),
            },
        }
    }

    fn added(&self, frame: &Frame, input: usize, pen: &Pen<'_>) -> String {
        let cells = frame.panel(What::Added).into_iter().flat_map(|panel| &panel.planes);
        let active = || cells.clone().flat_map(|plane| &plane.cells).filter(|cell| cell.active);
        let kept: Vec<usize> = active().filter_map(|cell| cell.index).collect();
        let dropped = active().count() - kept.len();
        let names: Vec<String> = kept.iter().take(NAMED + 1).map(|&y| pen.output_name(y)).collect();
        let names = match kept.len() {
            0 => "nothing".to_owned(),
            1..=NAMED if names.iter().map(String::len).sum::<usize>() <= NAMES => names.join(" "),
            1 => names.join(" "),
            many => format!("{many} cells"),
        };
        let does = match self.steps.spec().kind {
            Kind::Tconv => "stamps the kernel onto",
            Kind::Conv => "adds to",
        };
        let rest = match dropped {
            0 => String::new(),
            1 => "; 1 product is cropped".to_owned(),
            many => format!("; {many} products are cropped"),
        };
        format!("{} {does} {names}{rest}", pen.input_is(input))
    }

    fn padded(&self, before: &[i64], after: &[i64]) -> String {
        let extra: Vec<i64> = self.steps.spec().geometry.axes().iter().map(|a| a.output_padding()).collect();
        let of_extra = match extra.iter().all(|a| *a == 0) {
            true => String::new(),
            false => format!(", of which output padding {}", per_axis(&extra)),
        };
        let less = match before.iter().chain(after).any(|n| *n < 0) {
            true => "; below 0, cells are dropped: they stand outside of the border",
            false => "",
        };
        let zeros = if before.iter().all(|n| *n == 1) { "zero" } else { "zeros" };
        format!("padded: {} {zeros} before, {} after{of_extra}{less}", per_axis(before), per_axis(after))
    }

    /// Which array a panel shows.
    pub(super) fn label(&self, panel: &Panel, frame: &Frame, pen: &Pen<'_>) -> String {
        let rank = self.steps.spec().geometry.rank();
        let padding = |plane: &Plane| plane.cells.iter().any(|cell| cell.role == Role::Padding);
        match (panel.what, &frame.step) {
            (What::Input, _) if panel.planes.iter().any(padding) => "padded input x".to_owned(),
            (What::Input, _) => "input x".to_owned(),
            (What::Stretched, _) => "stretched x".to_owned(),
            (What::Padded, _) => "padded x".to_owned(),
            (What::Kernel, _) => "kernel w".to_owned(),
            (What::Rotated, _) if rank == 1 => "w reversed".to_owned(),
            (What::Rotated, _) if rank == 2 => "w rotated by 180°".to_owned(),
            (What::Rotated, _) => "w reversed on every axis".to_owned(),
            (What::Added, Step::Add { input }) => format!("added {}·w", pen.input_name(*input)),
            (What::Added, _) => "added".to_owned(),
            (What::Output, _) => "output y".to_owned(),
        }
    }

    /// Whether outputs are collected by a window that slides, not by asking.
    pub(super) fn slides(&self) -> bool {
        (self.steps.spec().kind, self.steps.method()) != (Kind::Tconv, Method::Gather)
    }

    /// On one axis the panel over which the kernel stands in this frame, and at which column.
    pub(super) fn under<'f>(&self, frame: &'f Frame, panel: &Panel) -> Option<(&'f Panel, usize)> {
        let is_kernel = matches!(panel.what, What::Kernel | What::Rotated);
        let slides = self.slides() && matches!(frame.step, Step::Collect { .. });
        if !is_kernel || !slides || self.steps.spec().geometry.rank() > 1 {
            return None;
        }
        let input = frame.panel(What::Padded).or(frame.panel(What::Input))?;
        let first = input.planes.iter().filter_map(|plane| plane.cells.iter().position(|cell| cell.active)).min()?;
        Some((input, first))
    }

    /// Which plane it is, empty where there is one.
    pub(super) fn plane_label(&self, panel: &Panel, plane: &Plane) -> String {
        let (g, first) = (&self.steps.spec().geometry, usize::from(self.one_based));
        let mut parts = Vec::new();
        match plane.channel {
            _ if g.in_channels() == 1 && g.out_channels() == 1 => {}
            Channel::One(_) if panel.planes.len() == panel.slices => {}
            Channel::One(channel) => parts.push(format!("channel {}", channel + first)),
            Channel::Pair { from, to } => parts.push(format!("channel {} to {}", from + first, to + first)),
        }
        if !plane.slice.is_empty() {
            let first = i64::from(self.one_based);
            let slice: Vec<String> = plane.slice.iter().map(|p| (p + first).to_string()).collect();
            parts.push(format!("slice {}", slice.join(",")));
        }
        if !plane.kept {
            parts.push("dropped".to_owned());
        }
        parts.join(", ")
    }
}

/// Amounts per axis, once if all are equal: `1`, `2×0`.
fn per_axis(amounts: &[i64]) -> String {
    match amounts {
        [first, rest @ ..] if rest.iter().all(|n| n == first) => first.to_string(),
        all => all.iter().map(ToString::to_string).collect::<Vec<_>>().join("×"),
    }
}
