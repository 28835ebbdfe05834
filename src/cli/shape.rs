//! `convproof shape`.

use super::SAME;
use super::args::Shape;
use super::asked::asked;
use super::streams::{Streams, is_json};
use crate::error::Error;
use crate::geometry::formulas::shape_report;
use crate::render::shape as render;

pub(super) fn run(options: &Shape, streams: &mut Streams<'_>) -> Result<u8, Error> {
    let output = options.output.output.as_deref();
    let json = is_json(options.format.as_deref(), output)?;
    let asked = asked(&options.spec)?;
    let report = shape_report(asked.spec());
    for remark in asked.remarks() {
        streams.remark(&format!("remark: {remark}"));
    }
    let text = if json { render::report_json(&report) } else { render::report(&report, options.all) };
    streams.report(output, json, &text)?;
    if !json && !options.all && output.is_none() {
        streams.hint(&format!("convproof shape {} --all", asked.shown()));
    }
    Ok(SAME)
}
