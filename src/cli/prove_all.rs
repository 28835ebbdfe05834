//! `convproof prove --all-sizes` and `prove --nest`: claims about every size.

use std::path::{Path, PathBuf};

use clap::Args;

use super::streams::Streams;
use super::{DIFFERS, SAME, UNANSWERED};
use crate::error::{Error, NestError, RequestError};
use crate::nest::parse;
use crate::proof::find::certificates;
use crate::proof::verdict::{Verdict, judge};
use crate::proof::{check_all, theorems};
use crate::render::proof as render;

/// Bytes of a nest's text.
const MAX_TEXT: u64 = 1 << 20;

#[derive(Debug, Args)]
#[command(next_help_heading = "For all sizes")]
pub(super) struct ForAll {
    /// Check the stored proofs that every formulation is the definition for all sizes
    #[arg(long, conflicts_with_all = ["spec", "sweep", "nest"])]
    pub all_sizes: bool,
    /// Prove a loop nest of your own for all sizes, or refute it
    #[arg(long, value_name = "FILE", conflicts_with_all = ["spec", "sweep"])]
    pub nest: Vec<PathBuf>,
    /// With --nest: print the certificates, too
    #[arg(long, requires = "nest")]
    pub certificates: bool,
    /// With --all-sizes: write every obligation for a solver: --export smt2 DIR
    #[arg(long, value_names = ["FORMAT", "DIR"], num_args = 2, requires = "all_sizes")]
    pub export: Option<Vec<String>>,
    /// With --all-sizes: find the certificates anew and print them (for developers)
    #[arg(long, requires = "all_sizes", conflicts_with = "export")]
    pub search: bool,
}

impl ForAll {
    pub fn is_asked(&self) -> bool {
        self.all_sizes || !self.nest.is_empty()
    }
}

pub(super) fn run(options: &ForAll, json: bool, output: Option<&Path>, streams: &mut Streams<'_>) -> Result<u8, Error> {
    if !options.nest.is_empty() {
        return nests(options, json, output, streams);
    }
    if options.search {
        let found = certificates(&theorems()?, None, &mut |name| streams.progress(name));
        streams.progress_done();
        let text = found.map_err(|open| {
            let names: Vec<String> = open.into_iter().map(|(name, _)| name).collect();
            NestError::Certificates { problem: format!("nothing was found for {}", names.join(", ")) }
        })?;
        streams.report(output, false, &text)?;
        return Ok(SAME);
    }
    if let Some([format, folder]) = options.export.as_deref() {
        return super::export::run(format, Path::new(folder), streams);
    }
    let checked = check_all()?;
    let text = if json { render::all_sizes_json(&checked) } else { render::all_sizes(&checked) };
    streams.report(output, json, &text)?;
    Ok(if checked.iter().all(|c| c.result.is_ok()) { SAME } else { UNANSWERED })
}

fn nests(options: &ForAll, json: bool, output: Option<&Path>, streams: &mut Streams<'_>) -> Result<u8, Error> {
    if json && options.nest.len() > 1 {
        let problem = "one JSON document is about one nest".to_owned();
        return Err(RequestError::Option { option: "--nest", problem }.into());
    }
    let (mut text, mut worst) = (String::new(), SAME);
    for path in &options.nest {
        let within = |error: Error| error.within(path.display().to_string());
        let bytes = crate::data::read_file(path, MAX_TEXT).map_err(within)?;
        let nest = parse(&String::from_utf8_lossy(&bytes)).map_err(within)?;
        streams.progress(&format!("{} …", nest.name));
        let verdict = judge(&nest);
        streams.progress_done();
        if json {
            text.push_str(&render::nest_json(&nest, &verdict));
        } else {
            text.push_str(&render::nest(&nest, &verdict));
        }
        let status = match &verdict {
            Verdict::Proved { certificates, .. } => {
                if options.certificates && !json {
                    text.push_str(certificates);
                }
                SAME
            }
            Verdict::Refuted { .. } => DIFFERS,
            Verdict::Unknown { .. } => UNANSWERED,
        };
        // What differs outweighs what is unanswered.
        worst = if DIFFERS == status || worst == DIFFERS { DIFFERS } else { worst.max(status) };
    }
    streams.report(output, json, &text)?;
    Ok(worst)
}
