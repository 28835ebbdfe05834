//! A subject in a child process, asked by lines of JSON and files of arrays.
//!
//! # The protocol
//!
//! The child is started once. For each request we write the arrays as `.npy` files and then one line to
//! its standard input; it writes the result as `.npy` to the path `y` and then one line to its
//! standard output (here on several lines):
//!
//! ```json
//! {"id": 1, "op": "tconv", "role": "forward", "spec": "tconv i2 k3 s2",
//!  "geometry": {"size": [2], "kernel": [3], "stride": [2], "dilation": [1], "pad_begin": [0], "pad_end": [0],
//!               "output_padding": [0], "groups": 1, "batch": 1, "in_channels": 1, "out_channels": 1, "output": [5]},
//!  "dialect": "pytorch", "attributes": {"stride": [2]},
//!  "call": "torch.nn.functional.conv_transpose", "dtype": "float32",
//!  "x": "…/x.npy", "w": "…/w.npy", "b": null, "g": null, "y": "…/y.npy"}
//! ```
//! ```json
//! {"id": 1, "ok": true}
//! {"id": 1, "ok": false, "refused": true, "error": "stride must be 1"}
//! ```
//!
//! - `op` is `tconv` or `conv`, `role` one of [`Role`]'s names. `spec`, `geometry` and `attributes` always
//!   describe the forward operation; of `conv` sizes and channels are the convolution's own.
//! - `dialect` and `attributes` are the call in the words that `--dialect` chose, and the arrays are in that
//!   dialect's layouts; without it both are null and layouts are `NCS, IoS, NCS`.
//! - `x` and `w` are the operands, `b` a bias, `g` the gradient of the forward result; null where the role
//!   does not need them. The result has the layout of what it is, or is the gradient of.
//! - `dtype` is NumPy's name. bfloat16, which NumPy does not have, travels as its bits in `uint16`.
//! - `refused` says that the input is not taken; without it the child failed.
//! - The end of its standard input means the end. Standard error is passed through.
//! - Paths are the same for every request. Nothing else may be written to standard output.
//!
//! # What may go wrong
//!
//! A child that ends, writes anything else, does not answer in time, or answers to another request gives
//! [`Reply::Failed`]; it is ended with its process group, and started again for the next request. A
//! result of whatever shape and type is returned as it came.

use std::cell::RefCell;
use std::path::Path;
use std::time::Duration;

pub use alive::exit;

use crate::data::Array;
use crate::dialect::{Dialect, Lowered, Pads, find};
use crate::error::{DataError, Error};
use crate::geometry::Spec;
use crate::translate::Raised;
#[cfg(doc)]
use crate::verify::Role;

use super::exchange::{Part, element_type, operands, read, remove, said, write};
use super::{Failure, Reply, Request, Subject};
use alive::Folder;
use child::{Heard, Running};
use lines::Line;
use message::Answer;
use program::Program;

mod alive;
mod child;
mod group;
mod lines;
mod message;
mod program;

/// What is started, and how long and large it may be.
#[derive(Debug, Clone)]
pub struct Options {
    /// Words as a POSIX shell splits them, started without a shell; or the bare name of an adapter.
    pub command: String,
    /// The words and layouts of requests; by default the adapter's own, or none.
    pub dialect: Option<&'static Dialect>,
    /// The program that runs Python adapters; by default `$CONVPROOF_PYTHON`, then `python3`.
    pub python: Option<String>,
    /// The first answer after a start may take this much longer.
    pub startup: Duration,
    /// How long the first answer on a geometry, role and type may take: it may compile.
    pub first_answer: Duration,
    /// How long any later answer may take.
    pub answer: Duration,
    /// How long the end may take, once its input has ended.
    pub end: Duration,
    /// Bytes that each of its processes may write to, where the system can limit that.
    pub memory: Option<u64>,
    /// Bytes of standard error that are passed through, of each start.
    pub stderr: u64,
}

impl Default for Options {
    /// 120 s to start, 60 s for a first answer, then 10 s; 5 s to end; 8 GiB; 64 KiB of errors.
    fn default() -> Self {
        Options {
            command: String::new(),
            dialect: None,
            python: None,
            startup: Duration::from_secs(120),
            first_answer: Duration::from_secs(60),
            answer: Duration::from_secs(10),
            end: Duration::from_secs(5),
            memory: Some(8 << 30),
            stderr: 64 << 10,
        }
    }
}

/// A child process that is asked. Dropping it ends the child, its process group and its folder.
///
/// ```
/// use convproof::subject::process::{Options, Process};
/// let options = Options { command: "./no-such-program --fast".into(), ..Options::default() };
/// assert_eq!(Process::start(options).unwrap_err().rule(), "P2");
/// ```
#[derive(Debug)]
pub struct Process {
    options: Options,
    program: Program,
    /// None after a failure, until the next request.
    running: Option<Running>,
    folder: Folder,
    last_id: u64,
    has_answered: bool,
    /// The last call, which is needed several times.
    call: RefCell<Option<Call>>,
}

/// A spec and how its pads were to be said, with the dialect's words for it, or why it has none.
#[derive(Debug, Clone)]
struct Call {
    asked: (Spec, Pads),
    raised: Result<Raised, String>,
}

impl Process {
    /// Starts the program.
    ///
    /// # Errors
    /// P1 for a command that is no list of words, P2 if the program cannot be started, F1 if there
    /// is no room for its arrays.
    pub fn start(mut options: Options) -> Result<Process, Error> {
        let program = Program::of(&options)?;
        let own = program.adapter.and_then(|adapter| find(adapter.dialect?));
        options.dialect = options.dialect.or(own);
        let folder = new_folder()?;
        let mut process = Process {
            options,
            program,
            running: None,
            folder,
            last_id: 0,
            has_answered: false,
            call: RefCell::new(None),
        };
        process.running = Some(process.run()?);
        Ok(process)
    }

    /// The dialect of its requests.
    pub fn dialect(&self) -> Option<&'static Dialect> {
        self.options.dialect
    }

    /// Whether it has ever answered anything. One that fails and never has, such as an adapter
    /// without its framework, is perhaps not the implementation's mistake.
    pub fn has_answered(&self) -> bool {
        self.has_answered
    }

    /// What the user should know about this subject: limits that could not be set.
    pub fn remarks(&self) -> Vec<String> {
        let asked = self.options.memory.is_some();
        group::UNLIMITED.filter(|_| asked).map(str::to_owned).into_iter().collect()
    }

    fn run(&self) -> Result<Running, Error> {
        let start = |folder: &Path| Running::start(&mut self.program.command(folder)?, &self.options);
        start(self.folder.path()).map_err(|e| self.program.not_started(&e))
    }

    /// The call that means a spec, with its pads said as wanted where that is possible.
    fn call(&self, dialect: &'static Dialect, request: &Request) -> Result<Raised, String> {
        let asked = (request.spec.clone(), request.pads);
        if let Some(call) = self.call.borrow().as_ref().filter(|call| call.asked == asked) {
            return call.raised.clone();
        }
        let raised = said(dialect, &request.spec, request.pads);
        *self.call.borrow_mut() = Some(Call { asked, raised: raised.clone() });
        raised
    }

    /// Asks; what came instead of an array is a reply, too.
    fn ask(&mut self, request: &Request) -> Result<Array, Reply> {
        let raised = match self.options.dialect {
            Some(dialect) => Some(self.call(dialect, request).map_err(Reply::Refused)?),
            None => None,
        };
        let lowered = raised.as_ref().map(|raised| &raised.lowered);
        self.put(request, lowered)
            .map_err(|e| Reply::Failed(Failure::BadAnswer, format!("its folder is gone: {e}")))?;
        let mut running = match self.running.take() {
            Some(running) => running,
            None => self.run().map_err(|e| Reply::Failed(Failure::Crashed, e.to_string()))?,
        };
        self.last_id += 1;
        let element = element_type(request);
        let line = message::line(self.last_id, request, raised.as_ref(), element, self.folder.path());
        let asked = (request.spec.clone(), request.role, element);
        let limit = running.limit(&asked, &self.options);
        let heard = match running.ask(&line) {
            Ok(()) => running.hear(limit),
            // It reads no more; what it still had to say may explain why.
            Err(_) => Heard::Ended,
        };
        let answer = match heard {
            Heard::Line(Line::Text(line)) => message::answer(&line, self.last_id).map_err(|e| (Failure::BadAnswer, e)),
            Heard::Line(Line::TooLong) => {
                Err((Failure::BadAnswer, format!("a line of more than {} bytes", lines::MAX_LINE)))
            }
            Heard::Late => Err((Failure::TimedOut, format!("no answer within {} s", limit.as_secs_f64()))),
            Heard::Ended => Err((Failure::Crashed, String::new())),
        };
        match answer {
            Ok(answer) => {
                running.has_answered(asked);
                self.has_answered = true;
                self.running = Some(running);
                self.result(answer, request, lowered)
            }
            Err((failure, message)) => {
                let (status, last_words) = running.end();
                let status = status.filter(|_| failure == Failure::Crashed).map(|s| format!("it ended: {s}"));
                let last_words = last_words.map(|words| format!("its last words: {words}"));
                let parts = [status, Some(message).filter(|m| !m.is_empty()), last_words];
                Err(Reply::Failed(failure, parts.into_iter().flatten().collect::<Vec<_>>().join("; ")))
            }
        }
    }

    /// The array that an answer promises, in canonical layout.
    fn result(&self, answer: Answer, request: &Request, lowered: Option<&Lowered>) -> Result<Array, Reply> {
        match answer {
            Answer::Refused(why) => return Err(Reply::Refused(why)),
            Answer::Error(why) => return Err(Reply::Failed(Failure::Error, why)),
            Answer::Done => {}
        }
        let path = self.folder.path().join("y.npy");
        let array = read(&path, element_type(request))
            .map_err(|e| Reply::Failed(Failure::BadAnswer, e.within("y").to_string()))?;
        Ok(match lowered {
            Some(lowered) => Part::of_result(request.role).to_canonical(array, lowered),
            None => array,
        })
    }

    /// Writes the operands and removes the last result; into a new folder, if this one was spoilt.
    fn put(&mut self, request: &Request, lowered: Option<&Lowered>) -> Result<(), Error> {
        let arrays = operands(request, lowered);
        let put = |folder: &Path| -> std::io::Result<()> {
            for (name, array) in &arrays {
                write(&folder.join(format!("{name}.npy")), array, request.fortran)?;
            }
            remove(&folder.join("y.npy"))
        };
        if put(self.folder.path()).is_err() {
            self.folder = new_folder()?;
            put(self.folder.path()).map_err(|e| failed("write", &e))?;
        }
        Ok(())
    }
}

fn new_folder() -> Result<Folder, Error> {
    Folder::new().map_err(|e| failed("make a folder", &e))
}

fn failed(action: &'static str, error: &std::io::Error) -> Error {
    DataError::Io { action, reason: error.to_string() }.into()
}

impl Subject for Process {
    /// The adapter's name, or the command as it was given.
    fn name(&self) -> String {
        self.program.adapter.map_or_else(|| self.options.command.clone(), |adapter| adapter.name.to_owned())
    }

    fn words(&self, request: &Request) -> Option<String> {
        match self.options.dialect {
            Some(dialect) => self.call(dialect, request).ok().map(|raised| raised.words.to_string()),
            None => Some(request.spec.to_string()),
        }
    }

    fn answer(&mut self, request: &Request) -> Reply {
        self.ask(request).map_or_else(|reply| reply, Reply::Result)
    }
}
