//! JSON: every frame with its panels, a line per plane.
//!
//! ```text
//! {"format":1,"spec":"tconv i2 k2","formulation":"scatter","frames":[
//! {"frame":1,"step":"add","caption":"x0 stamps the kernel onto y0 y1","panels":[
//! {"what":"input","rows":1,"cols":2,"planes":[
//! {"label":"","cells":[{"text":"x0","role":"plain","active":true,"name":"x0","tap":null},…
//! ```

use std::fmt;

use super::StepsView;
use super::pen::Pen;
use crate::render::Out;
use crate::render::json::Quoted;
use crate::steps::{Cell, Frame, Panel, Role, Step, What};

pub(super) fn document(view: &StepsView<'_>, frames: &[Frame], pen: &Pen<'_>, out: Out<'_>) -> fmt::Result {
    let (spec, method) = (view.steps.spec().to_string(), view.steps.method().name());
    write!(out, r#"{{"format":1,"spec":{},"formulation":"{method}","#, Quoted(&spec))?;
    write!(out, r#""of":{},"frames":["#, view.steps.len())?;
    for (n, frame) in frames.iter().enumerate() {
        let (comma, caption) = (comma(n), view.caption(frame, pen));
        write!(out, "{comma}\n{{\"frame\":{},\"sample\":{},", frame.number + 1, frame.sample)?;
        write!(out, r#""step":"{}","caption":{},"panels":["#, step(&frame.step), Quoted(&caption))?;
        for (n, panel) in frame.panels.iter().enumerate() {
            write!(out, "{}", self::comma(n))?;
            write_panel(view, panel, pen, out)?;
        }
        write!(out, "]}}")?;
    }
    out.write_str("\n]}\n")
}

fn write_panel(view: &StepsView<'_>, panel: &Panel, pen: &Pen<'_>, out: Out<'_>) -> fmt::Result {
    let (rows, cols) = (&panel.kept_rows, &panel.kept_cols);
    write!(out, "\n{{\"what\":\"{}\",\"rows\":{},\"cols\":{},", what(panel.what), panel.rows, panel.cols)?;
    write!(out, r#""kept_rows":[{},{}],"kept_cols":[{},{}],"#, rows.start, rows.end, cols.start, cols.end)?;
    write!(out, r#""planes":["#)?;
    for (n, plane) in panel.planes.iter().enumerate() {
        let label = view.plane_label(panel, plane);
        write!(out, "{}\n{{\"label\":{},\"cells\":[", comma(n), Quoted(&label))?;
        for (n, cell) in plane.cells.iter().enumerate() {
            write!(out, "{}", comma(n))?;
            write_cell(panel, cell, pen, out)?;
        }
        write!(out, "]}}")?;
    }
    write!(out, "]}}")
}

fn write_cell(panel: &Panel, cell: &Cell, pen: &Pen<'_>, out: Out<'_>) -> fmt::Result {
    let name = cell.index.map(|index| match panel.what {
        What::Input | What::Stretched | What::Padded => pen.input_name(index),
        What::Kernel | What::Rotated => pen.tap_name(index),
        What::Added | What::Output => pen.output_name(index),
    });
    let (text, tap) = (pen.text(cell), cell.tap.map(|tap| pen.tap_name(tap)));
    let quoted = |text: &Option<String>| text.as_ref().map_or("null".to_owned(), |text| Quoted(text).to_string());
    write!(out, r#"{{"text":{},"role":"{}","active":{},"#, Quoted(&text), role(cell.role), cell.active)?;
    write!(out, r#""name":{},"tap":{}}}"#, quoted(&name), quoted(&tap))
}

fn comma(n: usize) -> &'static str {
    if n > 0 { "," } else { "" }
}

fn step(step: &Step) -> &'static str {
    match step {
        Step::Add { .. } => "add",
        Step::Collect { .. } => "collect",
        Step::Input => "input",
        Step::Stretch { .. } => "stretch",
        Step::Pad { .. } => "pad",
        Step::Rotate => "rotate",
    }
}

fn what(what: What) -> &'static str {
    match what {
        What::Input => "input",
        What::Stretched => "stretched",
        What::Padded => "padded",
        What::Kernel => "kernel",
        What::Rotated => "rotated",
        What::Added => "added",
        What::Output => "output",
    }
}

fn role(role: Role) -> &'static str {
    match role {
        Role::Plain => "plain",
        Role::Inserted => "inserted",
        Role::Padding => "padding",
        Role::Dropped => "dropped",
        Role::Later => "later",
        Role::Gap => "gap",
    }
}
