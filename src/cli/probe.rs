//! `convproof probe`: questions written into a folder, and what came back judged.

use std::path::{Path, PathBuf};

use clap::{ArgGroup, Args};

use super::args::{ModelInputs, Output};
use super::findings::{quoted, shown, status, watcher};
use super::geometries::Choice;
use super::report::{Report, manner};
use super::streams::Streams;
use super::{SAME, subject::dialect};
use crate::dialect::{Dialect, find};
use crate::error::{Error, RequestError};
use crate::render::finding::Manner;
use crate::subject::offline::{FileFormat, ProbeSet, Returned};
use crate::subject::{Finding, Profile, run as ask};
use crate::verify::Role;

#[derive(Debug, Args)]
#[command(group = ArgGroup::new("what").required(true).args(["emit", "check"]))]
pub(super) struct Probe {
    /// Write the questions into this folder, with what to return
    #[arg(long, value_name = "DIR")]
    pub emit: Option<PathBuf>,
    /// Judge the results that have come back in this folder
    #[arg(long, value_name = "DIR")]
    pub check: Option<PathBuf>,
    /// Geometries to ask: smoke (at most 12), ci, full
    #[arg(long, value_name = "NAME", conflicts_with = "check")]
    pub panel: Option<String>,
    /// How many random geometries follow the panel
    #[arg(long, value_name = "N", conflicts_with = "check")]
    pub random: Option<usize>,
    /// Their seed
    #[arg(long, value_name = "N", conflicts_with = "check")]
    pub seed: Option<u64>,
    /// What it takes: 'op=conv role=input-gradient dtype=f16 rank=1-2 groups=no …'
    #[arg(long, value_name = "WORDS", conflicts_with = "check")]
    pub profile: Option<String>,
    /// Ask in the words and layouts of this dialect
    #[arg(long, value_name = "NAME", conflicts_with = "check")]
    pub dialect: Option<String>,
    /// A spec or call to ask instead of a panel (repeatable)
    #[arg(long, value_name = "SPEC", conflicts_with = "check")]
    pub spec: Vec<String>,
    /// Specs or calls to ask instead of a panel, one a line
    #[arg(long, value_name = "FILE", conflicts_with = "check")]
    pub specs: Option<PathBuf>,
    /// Files of the arrays: npy, npz, onnx, raw, hex
    #[arg(long = "as", value_name = "FORMATS", value_delimiter = ',', default_value = "npy")]
    pub formats: Vec<String>,
    /// Print a line for every case
    #[arg(long, conflicts_with = "emit")]
    pub list: bool,
    /// Write the tensors of what failed there, as recorded cases
    #[arg(long, value_name = "DIR", conflicts_with = "emit")]
    pub repro_dir: Option<PathBuf>,
    /// text, json, junit or github
    #[arg(long, value_name = "FORMAT", conflicts_with = "emit")]
    pub format: Option<String>,
    #[command(flatten)]
    pub model: ModelInputs,
    #[command(flatten)]
    pub output: Output,
}

pub(super) fn run(options: &Probe, streams: &mut Streams<'_>) -> Result<u8, Error> {
    match (&options.emit, &options.check) {
        (Some(folder), _) => emit(options, folder, streams),
        (None, Some(folder)) => check(options, folder, streams),
        (None, None) => {
            let problem = "give --emit DIR or --check DIR".to_owned();
            Err(RequestError::Option { option: "probe", problem }.into())
        }
    }
}

fn emit(options: &Probe, folder: &Path, streams: &mut Streams<'_>) -> Result<u8, Error> {
    let mut formats: Vec<FileFormat> = Vec::new();
    for name in &options.formats {
        let format = FileFormat::parse(name)?;
        if !formats.contains(&format) {
            formats.push(format);
        }
    }
    let mut dialect = options.dialect.as_deref().map(dialect).transpose()?;
    let words = options.profile.clone().unwrap_or_default();
    let base = |dialect: Option<&'static Dialect>| match dialect {
        Some(dialect) => Profile::of_dialect(dialect.name),
        None => Profile::default(),
    };
    if formats.contains(&FileFormat::Onnx) {
        dialect = Some(onnx(dialect, &Profile::parse(&words, &base(dialect))?)?);
    }
    let profile = Profile::parse(&words, &base(dialect))?;
    let choice = Choice {
        spec: &options.spec,
        specs: options.specs.as_deref(),
        panel: options.panel.as_deref(),
        random: options.random,
        seed: options.seed,
        model: &options.model,
    };
    let chosen = choice.entries(&profile, dialect, streams)?;
    let words = format!("{words} {}", chosen.words.unwrap_or_default());
    let set = ProbeSet::new(words.trim(), dialect, chosen.entries, chosen.seed)?;
    let said = set.plan().entries.len() - set.unsaid();
    if set.is_empty() {
        let place = format!("{} geometries", set.plan().entries.len());
        return Err(RequestError::NoCase { place, looked_for: "the dialect has no words for any of them" }.into());
    }
    let emitted = set.emit(folder, &formats)?;
    if set.unsaid() > 0 {
        streams.remark(&format!("{} geometries are not said in these words", set.unsaid()));
    }
    let (probes, mega) = (emitted.probes, emitted.bytes.div_ceil(100_000));
    let text = format!(
        "{}: {probes} questions about {}, {}.{} MB; what to return is in README.txt\n",
        folder.display(),
        if said == 1 { "1 geometry".to_owned() } else { format!("{said} geometries") },
        mega / 10,
        mega % 10
    );
    streams.report(options.output.output.as_deref(), false, &text)?;
    streams.hint(&format!("convproof probe --check {}", quoted(&folder.display().to_string())));
    Ok(SAME)
}

/// The dialect of models of one node: its attributes are those of ONNX, and its operands floats.
fn onnx(dialect: Option<&'static Dialect>, profile: &Profile) -> Result<&'static Dialect, Error> {
    let problem = |problem: &str| RequestError::Option { option: "--as", problem: problem.to_owned() };
    if profile.roles.iter().any(|role| *role != Role::Forward) {
        return Err(problem("a node of ONNX computes role=forward only; leave onnx out for gradients").into());
    }
    if !profile.elements.iter().all(|element| element.is_float()) {
        return Err(problem("Conv and ConvTranspose of ONNX take floats; leave onnx out for integers").into());
    }
    let own = dialect.or_else(|| find("onnx")).filter(|dialect| ["onnx", "onnxruntime"].contains(&dialect.name));
    own.ok_or_else(|| problem("models are said with --dialect onnx or onnxruntime, or without it").into())
}

fn check(options: &Probe, folder: &Path, streams: &mut Streams<'_>) -> Result<u8, Error> {
    let output = options.output.output.as_deref();
    let manner = manner(options.format.as_deref(), output, true)?;
    let mut returned = Returned::open(folder)?;
    let (missing, all) = (returned.missing(), returned.set().len());
    if missing.len() == all {
        let place = folder.display().to_string();
        let looked_for = "no question has a result yet; README.txt says what to return";
        return Err(RequestError::NoCase { place, looked_for }.into());
    }
    let plan = returned.plan().clone();
    let found = ask(&mut returned, &plan, &mut watcher(None, streams))?;
    streams.progress_done();
    if !missing.is_empty() {
        let shown: Vec<&str> = missing.iter().take(MAX_NAMED).map(String::as_str).collect();
        let more = if missing.len() > MAX_NAMED { " …" } else { "" };
        streams.remark(&format!("{} of {all} not returned: {}{more}", missing.len(), shown.join(" ")));
    }
    if !found.not_seen.is_empty() {
        streams.remark(&format!("not seen: {}", found.not_seen.join(", ")));
    }
    if let Some(folder) = &options.repro_dir {
        super::repro::write(folder, &found.findings)?;
    }
    let command = format!("convproof probe --check {}", quoted(&folder.display().to_string()));
    // The same words once more; behind them the question that shows it best.
    let repro = |finding: &Finding| match finding.call.as_ref().and_then(|call| returned.place(call)) {
        Some(place) => format!("{command}  # {place}"),
        None => command.clone(),
    };
    let report = Report::new(manner, options.list, false);
    let text = shown(&found, report, &command, &repro, &|_| command.clone());
    streams.report(output, manner != Manner::Text, &text)?;
    Ok(status(&found))
}

/// Folders without a result that a remark names.
const MAX_NAMED: usize = 8;
