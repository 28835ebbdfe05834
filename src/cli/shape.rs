//! `convproof shape`.

use super::args::Shape;
use super::streams::{Streams, is_json};
use super::{SAME, spec};
use crate::error::Error;
use crate::geometry::formulas::shape_report;
use crate::render::shape as render;

pub(super) fn run(options: &Shape, streams: &mut Streams<'_>) -> Result<u8, Error> {
    let output = options.output.output.as_deref();
    let json = is_json(options.format.as_deref(), output)?;
    let spec = spec(&options.spec)?;
    let report = shape_report(&spec);
    for remark in spec.geometry.remarks() {
        streams.remark(&format!("remark: {remark}"));
    }
    let text = if json { render::report_json(&report) } else { render::report(&report, options.all) };
    streams.report(output, json, &text)?;
    if !json && !options.all && output.is_none() {
        streams.hint(&format!("convproof shape {spec} --all"));
    }
    Ok(SAME)
}
