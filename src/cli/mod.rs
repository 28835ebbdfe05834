//! The command line: words, streams, exit statuses. [`run`] is an ordinary function.
//!
//! Results go to `out`; remarks, hints and progress to `err`. Exit status: [`DIFFERS`] if
//! anything differs, else [`UNANSWERED`] if anything could not be answered, else [`SAME`].

#[cfg(feature = "subject")]
mod adapter;
mod args;
mod asked;
#[cfg(feature = "npz")]
mod clock;
mod explain;
mod export;
#[cfg(feature = "subject")]
mod findings;
#[cfg(feature = "subject")]
mod geometries;
#[cfg(feature = "subject")]
mod live;
mod matrix;
#[cfg(feature = "npz")]
mod merge;
#[cfg(feature = "npz")]
mod own;
#[cfg(feature = "subject")]
mod probe;
mod prove;
mod prove_all;
#[cfg(feature = "npz")]
mod report;
#[cfg(feature = "subject")]
mod repro;
mod shape;
mod snapshot;
mod steps;
mod streams;
mod structure;
#[cfg(feature = "subject")]
mod subject;
mod translate;
#[cfg(feature = "npz")]
mod verify;
mod weight;

use std::ffi::OsString;
use std::io::Write;

use clap::error::ErrorKind;
use clap::{CommandFactory, Parser};

use streams::Streams;
pub use streams::Terminals;

/// Exit status: everything that was asked is the same, or was printed.
pub const SAME: u8 = 0;
/// Exit status: something differs.
pub const DIFFERS: u8 = 1;
/// Exit status: something is unanswered, ill-posed or unreadable, or no case was found.
pub const UNANSWERED: u8 = 2;

/// Runs one command and returns its exit status.
///
/// `args` begin with the program's name. Nothing is written anywhere but to `out`, `err` and the
/// file of `--output`. A closed pipe on `out` ends the command quietly, with the status of what was found.
pub fn run(
    args: impl IntoIterator<Item = OsString>,
    out: &mut dyn Write,
    err: &mut dyn Write,
    terminals: Terminals,
) -> u8 {
    let mut streams = Streams::new(out, err, terminals);
    let command = match args::Arguments::try_parse_from(args) {
        Ok(arguments) => arguments.command,
        Err(usage) => {
            // --help and --version come as errors that belong on standard output.
            let text = usage.render();
            match usage.kind() {
                ErrorKind::DisplayHelp | ErrorKind::DisplayVersion => {
                    let text = if terminals.colour { text.ansi().to_string() } else { text.to_string() };
                    return match streams.print(&text) {
                        Err(error) => {
                            streams.error(&error);
                            UNANSWERED
                        }
                        Ok(()) => SAME,
                    };
                }
                ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand => streams.help(&text.to_string()),
                _ => streams.usage_error(&in_one_line(&text.to_string())),
            }
            return UNANSWERED;
        }
    };
    let done = match command {
        args::Command::Prove(options) => prove::run(&options, &mut streams),
        args::Command::Matrix(options) => matrix::run(&options, &mut streams),
        args::Command::Steps(options) => steps::run(&options, &mut streams),
        args::Command::Shape(options) => shape::run(&options, &mut streams),
        args::Command::Structure(options) => structure::run(&options, &mut streams),
        args::Command::Translate(options) => translate::run(&options, &mut streams),
        args::Command::Lint(options) => translate::run_lint(&options, &mut streams),
        #[cfg(feature = "npz")]
        args::Command::Verify(options) => verify::run(&options, &mut streams),
        #[cfg(feature = "npz")]
        args::Command::Merge(options) => merge::run(&options, &mut streams),
        #[cfg(feature = "subject")]
        args::Command::Probe(options) => probe::run(&options, &mut streams),
        #[cfg(feature = "subject")]
        args::Command::Adapter(options) => adapter::run(&options, &mut streams),
        args::Command::Snapshot(options) => snapshot::run(&options, &mut streams),
        args::Command::Explain(options) => explain::run(&options, &mut streams),
        args::Command::Completions { shell } => {
            let mut script = Vec::new();
            clap_complete::generate(shell, &mut args::Arguments::command(), "convproof", &mut script);
            streams.print(&String::from_utf8_lossy(&script)).map(|()| SAME)
        }
        args::Command::Man => {
            let mut page = Vec::new();
            // Writing to memory cannot fail.
            let _ = clap_mangen::Man::new(args::Arguments::command()).render(&mut page);
            streams.print(&String::from_utf8_lossy(&page)).map(|()| SAME)
        }
    };
    match done {
        Ok(code) => code,
        Err(error) => {
            streams.error(&error);
            UNANSWERED
        }
    }
}

/// The option that leaves room for one result, if one is given.
fn single(json: bool, output: Option<&std::path::Path>) -> Option<&'static str> {
    match (json, output) {
        (_, Some(_)) => Some("--output"),
        (true, None) => Some("--format"),
        _ => None,
    }
}

/// What the argument parser says on several lines: the error, its tips, where the help is.
fn in_one_line(text: &str) -> String {
    let mut line = String::new();
    let mut command = "convproof".to_owned();
    for part in text.lines().map(str::trim).filter(|part| !part.is_empty()) {
        if let Some(usage) = part.strip_prefix("Usage: ") {
            let is_name = |word: &&str| word.bytes().all(|b| b.is_ascii_lowercase());
            command = usage.split(' ').take_while(is_name).collect::<Vec<_>>().join(" ");
            break;
        }
        if part.starts_with("For more information") {
            break;
        }
        match part.strip_prefix("tip: ") {
            Some(tip) => line.push_str(&format!("; {tip}")),
            None if line.is_empty() => line.push_str(part),
            None => line.push_str(&format!(" {part}")),
        }
    }
    format!("{line}; see '{command} --help'")
}
