//! `convproof snapshot`: layers against the texts of them that a folder keeps.

mod list;

use std::collections::BTreeSet;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use clap::Args;

use super::args::Output;
use super::asked::worse;
use super::streams::{Streams, io_error, is_json};
use super::{DIFFERS, SAME, UNANSWERED};
use crate::data::read_file;
use crate::error::{DataError, Error};
use crate::render::snapshot::{Compared, Verdict, report, report_json};
use list::Layer;

/// What the files of snapshots end in; no other file is looked at.
const SUFFIX: &str = ".snap.txt";

/// Bytes that a list or a snapshot may have: a thousand pages.
const MAX_BYTES: u64 = 1 << 22;

/// What `--help` ends with.
pub(super) const EXAMPLES: &str = "Examples:
  convproof snapshot layers.toml --dir snapshots
  convproof snapshot layers.toml --dir snapshots --bless
  convproof snapshot layers.toml --dir snapshots --unreferenced

layers.toml lists what to keep, each with one of spec, call, model:
  [[layer]]
  spec = \"tconv i4x4 k4x4 s2 p1\"
  [[layer]]
  name = \"up1\"
  call = \"pytorch stride=2 padding=1 x=1,3,4,4 w=3,2,4,4\"
  [[layer]]
  model = \"net.onnx\"
Also: name (of the file), input = \"NAME=1x3x32x32\" (of a model), weight = \"1..9\", product = true.";

#[derive(Debug, Args)]
pub(super) struct Snapshot {
    /// The list of layers: [[layer]] tables with spec, call or model
    #[arg(value_name = "FILE.toml")]
    pub list: PathBuf,
    /// The folder of the texts, a file NAME.snap.txt per layer
    #[arg(long, value_name = "DIR")]
    pub dir: PathBuf,
    /// Write the texts that are missing or have changed
    #[arg(long)]
    pub bless: bool,
    /// Name the snapshots that no layer has; they count as different
    #[arg(long)]
    pub unreferenced: bool,
    /// text or json
    #[arg(long, value_name = "FORMAT")]
    pub format: Option<String>,
    #[command(flatten)]
    pub output: Output,
}

pub(super) fn run(options: &Snapshot, streams: &mut Streams<'_>) -> Result<u8, Error> {
    let json = is_json(options.format.as_deref(), options.output.output.as_deref())?;
    let layers = list::read(&options.list)?;
    let dir = options.dir.as_path();
    let failed = |action| move |e: io::Error| io_error(action, &e).within(dir.display().to_string());
    if options.bless {
        fs::create_dir_all(dir).map_err(failed("write"))?;
    }
    let stray = match options.unreferenced {
        true => stray(dir, &layers).map_err(failed("read"))?,
        false => Vec::new(),
    };
    let mut compared = Vec::new();
    for layer in layers {
        let known = compare(dir, layer);
        compared.push(if options.bless { bless(dir, known, streams) } else { known });
    }
    let text = if json { report_json(&compared, &stray) } else { report(&compared, &stray) };
    streams.report(options.output.output.as_deref(), json, &text)?;
    let mut status = if stray.is_empty() { SAME } else { DIFFERS };
    for layer in &compared {
        status = worse(
            status,
            match layer.verdict {
                Verdict::Same | Verdict::Written => SAME,
                Verdict::Changed | Verdict::Missing => DIFFERS,
                Verdict::Unanswered => UNANSWERED,
            },
        );
    }
    if compared.iter().any(|layer| matches!(layer.verdict, Verdict::Changed | Verdict::Missing)) {
        let list = options.list.display();
        streams.hint(&format!("convproof snapshot {list} --dir {} --bless", dir.display()));
    }
    Ok(status)
}

/// A layer held against its file.
fn compare(dir: &Path, layer: Layer) -> Compared {
    let mut known = Compared {
        file: format!("{}{SUFFIX}", layer.name),
        spec: layer.spec,
        verdict: Verdict::Unanswered,
        expected: None,
        got: None,
        reason: None,
    };
    match layer.text {
        Ok(text) => known.got = Some(text),
        Err(error) => {
            known.reason = Some(error);
            return known;
        }
    }
    match text_of(&dir.join(&known.file)) {
        Ok(expected) => {
            known.verdict = match &expected {
                None => Verdict::Missing,
                expected if *expected == known.got => Verdict::Same,
                Some(_) => Verdict::Changed,
            };
            known.expected = expected;
        }
        Err(error) => known.reason = Some(error),
    }
    known
}

/// The text of a snapshot with the line endings of every system as `\n`; None if there is no file.
fn text_of(path: &Path) -> Result<Option<String>, Error> {
    let failed = |e: &io::Error| io_error("read", e);
    match fs::metadata(path) {
        // A pipe would be waited for.
        Ok(known) if !known.is_file() => return Err(failed(&io::Error::other("it is no file"))),
        Ok(_) => {}
        Err(e) if e.kind() == io::ErrorKind::NotFound && fs::symlink_metadata(path).is_err() => return Ok(None),
        Err(e) => return Err(failed(&e)),
    }
    let text = String::from_utf8(read_file(path, MAX_BYTES)?).map_err(|_| {
        let (expected, got) = ("text in UTF-8".to_owned(), "other bytes".to_owned());
        Error::from(DataError::Format { format: "snapshot", expected, got })
    })?;
    Ok(Some(text.replace("\r\n", "\n")))
}

/// Writes the text of a layer to its file, whole or not at all, where it holds another.
fn bless(dir: &Path, mut known: Compared, streams: &mut Streams<'_>) -> Compared {
    let (Some(text), Verdict::Changed | Verdict::Missing) = (&known.got, known.verdict) else { return known };
    let path = dir.join(&known.file);
    // A link may lead anywhere.
    let done = match fs::symlink_metadata(&path).is_ok_and(|file| file.is_symlink()) {
        true => Err(io_error("write", &io::Error::other("it is a link"))),
        false => streams.result(Some(&path), |out| out.write_all(text.as_bytes()).map_err(|e| io_error("write", &e))),
    };
    match done {
        Ok(()) => known.verdict = Verdict::Written,
        Err(error) => (known.verdict, known.reason) = (Verdict::Unanswered, Some(error)),
    }
    known
}

/// Snapshots in the folder that no layer has, by name; none where there is no folder.
fn stray(dir: &Path, layers: &[Layer]) -> io::Result<Vec<String>> {
    let known: BTreeSet<String> = layers.iter().map(|layer| format!("{}{SUFFIX}", layer.name)).collect();
    let entries = match fs::read_dir(dir) {
        Err(e) if e.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        entries => entries?,
    };
    let mut stray = BTreeSet::new();
    for entry in entries {
        let name = entry?.file_name().to_string_lossy().into_owned();
        if name.ends_with(SUFFIX) && !known.contains(&name) {
            stray.insert(name.replace(char::is_control, " "));
        }
    }
    Ok(stray.into_iter().collect())
}
