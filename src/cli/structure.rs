//! `convproof structure`.

use super::args::Structure as Options;
use super::asked::{Asked, each};
use super::streams::{Streams, is_json};
use super::{SAME, weight};
use crate::error::Error;
use crate::render::structure as render;
use crate::structure::Structure;

pub(super) fn run(options: &Options, streams: &mut Streams<'_>) -> Result<u8, Error> {
    let output = options.output.output.as_deref();
    let json = is_json(options.format.as_deref(), output)?;
    let one = super::single(json, output);
    each(&options.spec, &options.model, one, streams, |asked, streams| show(options, json, asked, streams))
}

fn show(options: &Options, json: bool, asked: &Asked, streams: &mut Streams<'_>) -> Result<u8, Error> {
    let spec = asked.spec();
    let values = options.weight.as_deref().map(|text| weight::read(text, &spec.geometry)).transpose()?;
    let found = Structure::of(spec, values.as_ref(), options.max_work)?;
    for remark in asked.remarks() {
        streams.remark(&format!("remark: {remark}"));
    }
    streams.report(options.output.output.as_deref(), json, &render::text(&found))?;
    Ok(SAME)
}
