//! `convproof adapter`: programs that speak the protocol of subjects, to be edited.

use std::fmt::Write as _;

use super::SAME;
use super::args::Adapter;
use super::streams::Streams;
use crate::error::{Error, RequestError};
use crate::subject::adapters::{ADAPTERS, find};

pub(super) fn run(options: &Adapter, streams: &mut Streams<'_>) -> Result<u8, Error> {
    let text = match &options.name {
        None => list(),
        Some(name) => find(name).ok_or_else(|| unknown(name))?.text.to_owned(),
    };
    let output = options.output.output.as_deref();
    streams.report(output, false, &text)?;
    Ok(SAME)
}

/// Every adapter with one line.
fn list() -> String {
    let mut text = String::new();
    for adapter in ADAPTERS {
        let _ = writeln!(text, "{:12} {}", adapter.name, adapter.covers);
    }
    text
}

fn unknown(name: &str) -> Error {
    let known = ADAPTERS.iter().map(|adapter| adapter.name).collect::<Vec<_>>().join(", ");
    RequestError::UnknownId { id: name.to_owned(), suggestion: format!("; adapters are {known}") }.into()
}
