//! Rules P1 and P2: programs that are to be judged and cannot be started.

/// A program that cannot be started as a subject.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ProgramError {
    /// P1: a command that is no list of words.
    #[error("the command '{command}' {problem}; expected a program and its arguments, quoted as in a shell")]
    Command {
        /// The command.
        command: String,
        /// What is wrong.
        problem: &'static str,
    },
    /// P2: the system does not start the program.
    #[error("the program '{program}' cannot be started: {reason}; {valid}")]
    Start {
        /// The program.
        program: String,
        /// The system's words.
        reason: String,
        /// What would be valid.
        valid: &'static str,
    },
}

impl ProgramError {
    pub(super) fn rule(&self) -> &'static str {
        match self {
            Self::Command { .. } => "P1",
            Self::Start { .. } => "P2",
        }
    }
}
