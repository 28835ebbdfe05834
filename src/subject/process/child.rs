//! One running child: asked by a line, heard until a deadline, ended with its whole group.

use std::collections::HashSet;
use std::io::{self, Write};
use std::process::{Child, ChildStdin, Command, ExitStatus, Stdio};
use std::sync::mpsc::{Receiver, RecvTimeoutError};
use std::time::{Duration, Instant};

use super::group::Group;
use super::lines::{Errors, Line, answers};
use super::{Options, alive};
use crate::data::ElementType;
use crate::geometry::Spec;
use crate::verify::Role;

/// How often a child that says nothing is looked at: one that has ended may have left a process
/// behind that holds its output open.
const LOOK: Duration = Duration::from_millis(50);

/// What is compiled once by a subject that compiles.
type Compiled = (Spec, Role, Option<ElementType>);

/// A child that runs, or has ended and was not yet noticed.
#[derive(Debug)]
pub(super) struct Running {
    child: Child,
    group: Group,
    input: Option<ChildStdin>,
    lines: Receiver<Line>,
    errors: Option<Errors>,
    /// Nothing was answered yet.
    starting: bool,
    answered: HashSet<Compiled>,
    /// How long it may take to end by itself.
    grace: Duration,
}

/// What a child was heard to say.
#[derive(Debug)]
pub(super) enum Heard {
    Line(Line),
    /// Nothing any more.
    Ended,
    /// Nothing yet.
    Late,
}

impl Running {
    pub fn start(command: &mut Command, options: &Options) -> io::Result<Running> {
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let (mut child, group) = alive::spawn(command)?;
        if let Some(bytes) = options.memory {
            group.limit_memory(bytes);
        }
        let pipes = (child.stdin.take(), child.stdout.take(), child.stderr.take());
        let (input, Some(output), errors) = pipes else {
            alive::end(group);
            return Err(io::ErrorKind::BrokenPipe.into());
        };
        let errors = errors.map(|errors| Errors::pass(errors, options.stderr));
        let (lines, grace) = (answers(output), options.end);
        Ok(Running { child, group, input, lines, errors, starting: true, answered: HashSet::new(), grace })
    }

    /// How long this question may take.
    pub fn limit(&self, asked: &Compiled, options: &Options) -> Duration {
        match (self.starting, self.answered.contains(asked)) {
            (true, _) => options.startup.saturating_add(options.first_answer),
            (false, false) => options.first_answer,
            (false, true) => options.answer,
        }
    }

    /// Remembers that it has answered this.
    pub fn has_answered(&mut self, asked: Compiled) {
        self.starting = false;
        self.answered.insert(asked);
    }

    /// Sends a line.
    pub fn ask(&mut self, line: &str) -> io::Result<()> {
        let input = self.input.as_mut().ok_or(io::ErrorKind::BrokenPipe)?;
        input.write_all(line.as_bytes())
    }

    /// The next line, if it comes within this time.
    pub fn hear(&mut self, limit: Duration) -> Heard {
        let start = Instant::now();
        loop {
            let Some(left) = limit.checked_sub(start.elapsed()) else { return Heard::Late };
            match self.lines.recv_timeout(left.min(LOOK)) {
                Ok(line) => return Heard::Line(line),
                Err(RecvTimeoutError::Disconnected) => return Heard::Ended,
                Err(RecvTimeoutError::Timeout) => {}
            }
            if self.group.has_ended(&mut self.child) {
                // What it wrote before its end may just have come.
                return self.lines.recv_timeout(Duration::ZERO).map_or(Heard::Ended, Heard::Line);
            }
        }
    }

    /// Ends the whole group at once; how the child ended, and its last words.
    pub fn end(mut self) -> (Option<ExitStatus>, Option<String>) {
        let status = self.finish();
        (status, self.errors.take().and_then(|errors| errors.last_line()))
    }

    /// Group first, then the wait: a number that was waited for may be somebody else's.
    fn finish(&mut self) -> Option<ExitStatus> {
        self.input = None;
        alive::end(self.group);
        // Where there are no groups.
        let _ = self.child.kill();
        self.child.wait().ok()
    }
}

impl Drop for Running {
    /// The end of its input tells the child to end. What is left of its group after a while is ended.
    fn drop(&mut self) {
        if self.input.take().is_some() {
            let start = Instant::now();
            while let Some(left) = self.grace.checked_sub(start.elapsed()) {
                if !matches!(self.hear(left), Heard::Line(Line::Text(_))) {
                    break;
                }
            }
            self.finish();
        }
    }
}
