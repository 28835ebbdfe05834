//! `convproof steps`.

use std::ops::Range;
use std::path::{Path, PathBuf};

use clap::Args;

use super::args::{ModelInputs, Output};
use super::asked::{Asked, each};
use super::streams::{Streams, format_of, io_error};
use super::{SAME, weight};
use crate::error::{Error, RequestError};
use crate::render::prove::counted;
use crate::render::steps::{STEPS_FORMATS, StepsFormat, StepsView};
use crate::steps::{Method, Steps as Sequence};

#[derive(Debug, Args)]
pub(super) struct Steps {
    /// The geometry: kind and tokens
    #[arg(value_name = "SPEC", required = true)]
    pub spec: Vec<String>,
    /// scatter (default for tconv), gather (default for conv) or zero-insertion (tconv only)
    #[arg(long, value_name = "NAME")]
    pub formulation: Option<String>,
    /// Put these numbers for the input: '1 2; 3 4', 1..9 or @FILE
    #[arg(long, value_name = "VALUES", allow_hyphen_values = true)]
    pub x: Option<String>,
    /// Put these numbers for the taps: '1 2 3; 4 5 6', 1..9 or @FILE
    #[arg(long, value_name = "VALUES", allow_hyphen_values = true)]
    pub weight: Option<String>,
    /// Show only this frame, counted from 1
    #[arg(long, value_name = "N", value_parser = number)]
    pub frame: Option<usize>,
    /// Count positions from 1 in names
    #[arg(long)]
    pub one_based: bool,
    /// text, svg, html (a page with a slider) or json
    #[arg(long, value_name = "FORMAT")]
    pub format: Option<String>,
    #[command(flatten)]
    pub model: ModelInputs,
    #[command(flatten)]
    pub output: Output,
}

fn number(text: &str) -> Result<usize, &'static str> {
    text.parse().ok().filter(|n| *n > 0).ok_or("write a whole number from 1 on")
}

pub(super) fn run(options: &Steps, streams: &mut Streams<'_>) -> Result<u8, Error> {
    let output = options.output.output.as_deref();
    let folder = output.filter(|path| is_folder(path));
    let format = match folder {
        Some(_) if options.format.as_deref().is_none_or(|format| format == "svg") => StepsFormat::Svg,
        Some(_) => {
            let problem = "a folder takes svg, a picture per frame; name a file for other formats".to_owned();
            return Err(RequestError::Option { option: "--output", problem }.into());
        }
        None => format_of(options.format.as_deref(), output, &STEPS_FORMATS)?,
    };
    let one = super::single(format != StepsFormat::Text, output);
    each(&options.spec, &options.model, one, streams, |asked, streams| show(options, format, folder, asked, streams))
}

/// A path that ends in `/`, or a folder that is there.
fn is_folder(path: &Path) -> bool {
    path.as_os_str().to_string_lossy().ends_with(std::path::is_separator) || path.is_dir()
}

fn show(
    options: &Steps,
    format: StepsFormat,
    folder: Option<&Path>,
    asked: &Asked,
    streams: &mut Streams<'_>,
) -> Result<u8, Error> {
    let spec = asked.spec();
    let method = options.formulation.as_deref().map_or(Ok(Method::of(spec.kind)), str::parse)?;
    let steps = Sequence::new(spec, method)?;
    let frames = match options.frame {
        Some(n) => {
            steps.frame(n - 1)?;
            n - 1..n
        }
        None => {
            steps.check_all()?;
            0..steps.len()
        }
    };
    let x = options.x.as_deref().map(|text| weight::read_input(text, spec.input_shape())).transpose()?;
    let w = options.weight.as_deref().map(|text| weight::read(text, &spec.geometry)).transpose()?;
    let mut view = StepsView::new(&steps).one_based(options.one_based);
    if let Some(x) = &x {
        view = view.with_input(x)?;
    }
    if let Some(w) = &w {
        view = view.with_weight(w)?;
    }
    for remark in asked.remarks() {
        streams.remark(&format!("remark: {remark}"));
    }
    match folder {
        Some(folder) => pictures(&view, frames, steps.len(), folder, streams)?,
        None => streams.result(options.output.output.as_deref(), |out| view.write(format, frames, out))?,
    }
    Ok(SAME)
}

/// `01.svg`, `02.svg` … in a folder, written when all are drawn.
fn pictures(
    view: &StepsView<'_>,
    frames: Range<usize>,
    of: usize,
    folder: &Path,
    streams: &mut Streams<'_>,
) -> Result<(), Error> {
    let digits = of.to_string().len().max(2);
    let mut drawn: Vec<(PathBuf, Vec<u8>)> = Vec::new();
    for n in frames {
        let mut picture = Vec::new();
        view.write(StepsFormat::Svg, n..n + 1, &mut picture)?;
        drawn.push((folder.join(format!("{:0digits$}.svg", n + 1)), picture));
    }
    let failed = |e: &std::io::Error| io_error("write", e).within(folder.display().to_string());
    std::fs::create_dir_all(folder).map_err(|e| failed(&e))?;
    for (path, picture) in &drawn {
        let write = |out: &mut dyn std::io::Write| out.write_all(picture).map_err(|e| io_error("write", &e));
        streams.result(Some(path), write)?;
    }
    streams.remark(&format!("{} in {}", counted(drawn.len() as u128, "picture"), folder.display()));
    Ok(())
}
