//! The options of a subject in a child process, and its start.

use std::time::Duration;

use clap::Args;

use crate::dialect::{DIALECTS, Dialect, find};
use crate::error::{Error, MeaningError};
use crate::subject::process::{self, Options, Process};

/// Exit status after an interrupt, as shells have it.
const INTERRUPTED: i32 = 130;

#[derive(Debug, Args)]
#[command(next_help_heading = "Live implementations")]
pub(super) struct SubjectOptions {
    /// Ask this program: words as in a shell, or pytorch, onnxruntime, jax, tensorflow
    #[arg(long, value_name = "CMD")]
    pub subject: Option<String>,
    /// Ask in the words and layouts of this dialect
    #[arg(long, value_name = "NAME", requires = "subject")]
    pub dialect: Option<String>,
    /// The Python that has the framework, default $CONVPROOF_PYTHON or python3
    #[arg(long, value_name = "PROGRAM", requires = "subject")]
    pub python: Option<String>,
    /// Seconds that the start may take
    #[arg(long, value_name = "SECONDS", requires = "subject", default_value = "120", value_parser = seconds)]
    pub startup: Duration,
    /// Seconds that the first answer on a geometry may take
    #[arg(long, value_name = "SECONDS", requires = "subject", default_value = "60", value_parser = seconds)]
    pub first_answer: Duration,
    /// Seconds that any later answer may take
    #[arg(long, value_name = "SECONDS", requires = "subject", default_value = "10", value_parser = seconds)]
    pub answer: Duration,
    /// Megabytes that each of its processes may write to; 0 for no limit
    #[arg(long, value_name = "MB", requires = "subject", default_value_t = 8192)]
    pub memory: u64,
}

/// Starts the subject that the options name. An interrupt from here on ends it, too.
///
/// # Errors
/// M6 for an unknown dialect; as [`Process::start`].
pub(super) fn start(options: &SubjectOptions) -> Result<Process, Error> {
    let dialect = options.dialect.as_deref().map(dialect).transpose()?;
    // Its process group is not the terminal's, so an interrupt comes to us alone. There may be a
    // handler already: then that one decides.
    let _ = ctrlc::set_handler(|| process::exit(INTERRUPTED));
    Process::start(Options {
        command: options.subject.clone().unwrap_or_default(),
        dialect,
        python: options.python.clone(),
        startup: options.startup,
        first_answer: options.first_answer,
        answer: options.answer,
        memory: Some(options.memory.saturating_mul(1_000_000)).filter(|bytes| *bytes > 0),
        ..Options::default()
    })
}

/// The dialect of this name.
///
/// # Errors
/// M6 for any other name.
pub(super) fn dialect(name: &str) -> Result<&'static Dialect, Error> {
    find(name).ok_or_else(|| {
        let known = DIALECTS.iter().map(|d| d.name).collect::<Vec<_>>().join(", ");
        MeaningError::NoDialect { name: name.to_owned(), known }.into()
    })
}

fn seconds(text: &str) -> Result<Duration, &'static str> {
    let seconds = text.parse().ok().and_then(|seconds| Duration::try_from_secs_f64(seconds).ok());
    seconds.ok_or("write seconds, as 10 or 0.5")
}

#[cfg(test)]
mod tests {
    use clap::Parser;

    use super::*;

    #[derive(Debug, Parser)]
    struct Line {
        #[command(flatten)]
        options: SubjectOptions,
    }

    fn read(words: &[&str]) -> Result<SubjectOptions, clap::Error> {
        Line::try_parse_from([&["verify"], words].concat()).map(|line| line.options)
    }

    #[test]
    fn limits_have_defaults_and_are_seconds() {
        let plain = read(&["--subject", "pytorch"]).unwrap();
        assert_eq!((plain.startup.as_secs(), plain.first_answer.as_secs(), plain.answer.as_secs()), (120, 60, 10));
        let half = read(&["--subject", "./a b", "--answer", "0.5", "--memory", "0"]).unwrap();
        assert_eq!((half.answer.as_millis(), half.memory), (500, 0));
        assert!(read(&[]).unwrap().subject.is_none());
        for wrong in ["-1", "NaN", "inf", "soon", "1e30"] {
            assert!(read(&["--subject", "a", &format!("--answer={wrong}")]).is_err(), "{wrong}");
        }
        assert!(read(&["--answer", "1"]).is_err());
    }

    #[test]
    fn what_cannot_be_started_is_an_error() {
        let error = |words: &[&str]| start(&read(words).unwrap()).unwrap_err().rule();
        assert_eq!(error(&["--subject", "./no-such-program"]), "P2");
        assert_eq!(error(&["--subject", "jax", "--python", "./no-such-python"]), "P2");
        assert_eq!(error(&["--subject", "a", "--dialect", "b"]), "M6");
    }
}
