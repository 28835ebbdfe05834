//! `convproof matrix`.

use super::args::Matrix;
use super::asked::{Asked, each};
use super::streams::Streams;
use super::{SAME, weight};
use crate::error::{Error, LimitError, RequestError};
use crate::matrix::ConvMatrix;
use crate::render::{Format, MatrixView, own_side};

pub(super) fn run(options: &Matrix, streams: &mut Streams<'_>) -> Result<u8, Error> {
    let output = options.output.output.as_deref();
    let format = match (&options.format, output) {
        (Some(name), _) => name.parse()?,
        (None, Some(path)) => Format::from_suffix(path)?,
        (None, None) => Format::Text,
    };
    if format.is_binary() && output.is_none() && streams.is_shown() {
        let problem = format!("{format} is not for a terminal; --output FILE writes it, or a pipe takes it");
        return Err(RequestError::Option { option: "--format", problem }.into());
    }
    let one = super::single(format.is_document(), output);
    each(&options.spec, &options.model, one, streams, |asked, streams| print(options, format, asked, streams))
}

fn print(options: &Matrix, format: Format, asked: &Asked, streams: &mut Streams<'_>) -> Result<u8, Error> {
    let spec = asked.spec();
    let output = options.output.output.as_deref();
    let (zeros, delimiters) = (options.zeros.parse()?, options.delimiters.as_deref().map(str::parse).transpose()?);
    let matrix = ConvMatrix::build(&spec.geometry, own_side(spec.kind), options.max_entries)?;
    if options.weight.is_some() || matches!(format, Format::Json | Format::Sympy) {
        // A matrix of few entries may have many taps; here each is held or named.
        let taps = spec.geometry.weight_shape().iter().fold(1i128, |n, &k| n.saturating_mul(k as i128));
        if taps > options.max_entries.into() {
            return Err(LimitError::Entries { what: "taps", got: taps, limit: options.max_entries }.into());
        }
    }
    let values = options.weight.as_deref().map(|text| weight::read(text, &spec.geometry)).transpose()?;
    let mut view = MatrixView::new(&matrix, spec.kind).with_labels(options.labels).with_zeros(zeros);
    view = view.one_based(options.one_based).with_blocks(options.blocks).column_major(options.column_major);
    if let Some(delimiters) = delimiters {
        view = view.with_delimiters(delimiters);
    }
    if let Some(values) = &values {
        view = view.with_weight(values)?;
    }
    if let Some(cells) = options.max_cells {
        view = view.with_max_cells(cells);
    }
    for remark in asked.remarks() {
        streams.remark(&format!("remark: {remark}"));
    }
    streams.result(output, |out| match options.product {
        true => view.write_product(format, out),
        false => view.write(format, out),
    })?;
    streams.remark(&view.summary());
    Ok(SAME)
}
