//! `convproof shape`.

use super::args::Shape;
use super::asked::{Asked, each};
use super::streams::{Streams, is_json};
use super::{DIFFERS, SAME};
use crate::error::{Error, RequestError};
use crate::geometry::formulas::shape_report;
use crate::render::{shape as render, solve as render_solve};
use crate::translate::solve;

pub(super) fn run(options: &Shape, streams: &mut Streams<'_>) -> Result<u8, Error> {
    let output = options.output.output.as_deref();
    let json = is_json(options.format.as_deref(), output)?;
    if let Some(sizes) = &options.solve {
        return find(options, sizes, json, streams);
    }
    let one = super::single(json, output);
    each(&options.spec, &options.model, one, streams, |asked, streams| show(options, json, asked, streams))
}

fn show(options: &Shape, json: bool, asked: &Asked, streams: &mut Streams<'_>) -> Result<u8, Error> {
    let output = options.output.output.as_deref();
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

/// Windows that `--solve` shows without `--all`.
const SHOWN: usize = 12;
/// And with it: every dialect is asked about each.
const MOST_SHOWN: usize = 500;

fn find(options: &Shape, sizes: &[String], json: bool, streams: &mut Streams<'_>) -> Result<u8, Error> {
    let lengths = |text: &String| -> Result<Vec<i64>, Error> {
        let all: Option<Vec<i64>> = text.split('x').map(|n| n.trim().parse().ok()).collect();
        let problem = || RequestError::Option { option: "--solve", problem: format!("'{text}'; write 7x7 14x14") };
        all.ok_or_else(|| problem().into())
    };
    let (from, to) = (lengths(&sizes[0])?, lengths(&sizes[1])?);
    let found = solve(&from, &to)?;
    let most = if options.all { MOST_SHOWN } else { SHOWN };
    let text = if json { render_solve::json(&from, &to, &found, most) } else { render_solve::text(&found, most) };
    streams.report(options.output.output.as_deref(), json, &text)?;
    if !json && found.len() > most {
        streams.hint(&format!("convproof shape --solve {} {} --all", sizes[0], sizes[1]));
    }
    Ok(if found.is_empty() { DIFFERS } else { SAME })
}
