//! Which program a command is: its words, or the interpreter of an adapter that is compiled in.

use std::path::Path;
use std::process::Command;

use super::super::adapters::{self, Adapter};
use super::Options;
use crate::error::{Error, ProgramError};

/// The variable that names the program which runs Python adapters.
const PYTHON: &str = "CONVPROOF_PYTHON";

/// A program to be started, perhaps several times.
#[derive(Debug, Clone)]
pub(super) struct Program {
    words: Vec<String>,
    /// What the first word runs, if it was asked for by name.
    pub adapter: Option<&'static Adapter>,
}

impl Program {
    /// Reads the command: the bare name of an adapter that runs, or words as a shell splits them.
    ///
    /// # Errors
    /// P1 for a quote without its end, and for no word at all.
    pub fn of(options: &Options) -> Result<Program, Error> {
        let command = &options.command;
        let wrong = |problem| ProgramError::Command { command: command.clone(), problem };
        let words = shlex::split(command).ok_or_else(|| wrong("has a quote or a backslash without its end"))?;
        let adapter = match words.as_slice() {
            [] => return Err(wrong("has no word").into()),
            [name] => adapters::find(name).filter(|adapter| adapter.dialect.is_some()),
            _ => None,
        };
        let named = || std::env::var(PYTHON).ok().filter(|name| !name.is_empty());
        let python = || options.python.clone().or_else(named).unwrap_or("python3".to_owned());
        let words = if adapter.is_some() { vec![python()] } else { words };
        Ok(Program { words, adapter })
    }

    /// The command to start, with its adapter written into the folder.
    pub fn command(&self, folder: &Path) -> std::io::Result<Command> {
        let mut command = Command::new(&self.words[0]);
        command.args(&self.words[1..]);
        if let Some(adapter) = self.adapter {
            let file = folder.join(adapter.file);
            std::fs::write(&file, adapter.text)?;
            command.arg(file);
        }
        Ok(command)
    }

    /// P2.
    pub fn not_started(&self, error: &std::io::Error) -> Error {
        let valid = match self.adapter {
            Some(_) => "--python or CONVPROOF_PYTHON names the Python that has the framework",
            None => "expected a program that exists and may be run; ./name for one in this folder",
        };
        ProgramError::Start { program: self.words[0].clone(), reason: error.to_string(), valid }.into()
    }
}
