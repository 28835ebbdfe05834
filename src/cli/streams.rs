//! Where results, remarks and files go.

use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

use crate::error::{DataError, Error, RequestError};

/// What the streams are connected to.
#[derive(Debug, Clone, Copy, Default)]
#[allow(clippy::exhaustive_structs)] // filled in by `main`
pub struct Terminals {
    /// Results are shown on a terminal.
    pub out: bool,
    /// Remarks are shown on a terminal: hints and progress are welcome.
    pub err: bool,
    /// Results may be coloured.
    pub colour: bool,
}

/// Results, remarks and errors of one run.
pub(super) struct Streams<'a> {
    out: Watched<'a>,
    err: &'a mut dyn Write,
    terminals: Terminals,
}

impl<'a> Streams<'a> {
    pub fn new(out: &'a mut dyn Write, err: &'a mut dyn Write, terminals: Terminals) -> Self {
        Streams { out: Watched { inner: out, closed: false }, err, terminals }
    }

    /// A result.
    pub fn print(&mut self, text: &str) -> Result<(), Error> {
        let text = if self.terminals.colour { coloured(text) } else { text.to_owned() };
        self.out.write_all(text.as_bytes()).and_then(|()| self.out.flush()).map_err(|e| io_error("write", &e))
    }

    /// What a reader should know beside the result. Nothing depends on its arrival.
    pub fn remark(&mut self, text: &str) {
        let _ = writeln!(self.err, "{text}");
    }

    /// The next useful command, on a terminal only.
    pub fn hint(&mut self, text: &str) {
        if self.terminals.err {
            let _ = writeln!(self.err, "next: {text}");
        }
    }

    /// How far the work is, on a terminal only: the line is written over itself.
    pub fn progress(&mut self, text: &str) {
        if self.terminals.err {
            let _ = write!(self.err, "\r\x1b[2K{text}");
            let _ = self.err.flush();
        }
    }

    /// Wipes the progress line.
    pub fn progress_done(&mut self) {
        if self.terminals.err {
            let _ = write!(self.err, "\r\x1b[2K");
        }
    }

    /// An error: one line, and where it lies in a text the text with a caret.
    pub fn error(&mut self, error: &Error) {
        self.remark(&format!("error: {error}"));
        if let Some(excerpt) = error.excerpt() {
            self.remark(&excerpt);
        }
    }

    /// Words about wrong usage, as they are.
    pub fn error_text(&mut self, text: &str) {
        let _ = write!(self.err, "{text}");
    }

    /// Whether nobody reads the results any more.
    pub fn pipe_is_closed(&self) -> bool {
        self.out.closed
    }

    /// Calls `write` with the file of `--output`, or with standard output.
    ///
    /// The file is written beside its place and moved there when it is whole.
    pub fn result(
        &mut self,
        output: Option<&Path>,
        write: impl FnOnce(&mut dyn Write) -> Result<(), Error>,
    ) -> Result<(), Error> {
        let Some(path) = output else {
            let mut buffered = BufWriter::new(&mut self.out);
            write(&mut buffered)?;
            return buffered.flush().map_err(|e| io_error("write", &e));
        };
        let failed = |e: &io::Error| io_error("write", e).within(path.display().to_string());
        let draft = Draft::beside(path);
        let file = File::create_new(&draft.0).map_err(|e| failed(&e))?;
        let mut buffered = BufWriter::new(file);
        write(&mut buffered).map_err(|e| e.within(path.display().to_string()))?;
        buffered.into_inner().map_err(|e| failed(e.error()))?.sync_all().map_err(|e| failed(&e))?;
        std::fs::rename(&draft.0, path).map_err(|e| failed(&e))
    }
}

/// A file that is removed unless it was moved to its place.
struct Draft(PathBuf);

impl Draft {
    fn beside(path: &Path) -> Draft {
        let mut name = path.file_name().unwrap_or_default().to_owned();
        name.push(format!(".{}.part", std::process::id()));
        Draft(path.with_file_name(name))
    }
}

impl Drop for Draft {
    fn drop(&mut self) {
        // After the move there is nothing left to remove.
        let _ = std::fs::remove_file(&self.0);
    }
}

/// Remembers that the reader has gone.
struct Watched<'a> {
    inner: &'a mut dyn Write,
    closed: bool,
}

impl Watched<'_> {
    fn watch<T>(&mut self, done: io::Result<T>) -> io::Result<T> {
        if let Err(error) = &done {
            self.closed |= error.kind() == io::ErrorKind::BrokenPipe;
        }
        done
    }
}

impl Write for Watched<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let done = self.inner.write(bytes);
        self.watch(done)
    }

    fn flush(&mut self) -> io::Result<()> {
        let done = self.inner.flush();
        self.watch(done)
    }
}

/// text or json, by `--format` or the suffix of `--output`.
pub(super) fn is_json(format: Option<&str>, output: Option<&Path>) -> Result<bool, Error> {
    match format {
        Some("json") => Ok(true),
        Some("text") => Ok(false),
        Some(other) => {
            let problem = format!("'{other}' is no format of this command; valid are text, json");
            Err(RequestError::Option { option: "--format", problem }.into())
        }
        None => Ok(output.and_then(Path::extension).is_some_and(|suffix| suffix == "json")),
    }
}

fn io_error(action: &'static str, error: &io::Error) -> Error {
    DataError::Io { action, reason: error.to_string() }.into()
}

/// Verdicts at the beginning of a line or in a column, green and red.
fn coloured(text: &str) -> String {
    let paint = |word: &str, code: u8| format!("\x1b[{code}m{word}\x1b[0m");
    let line = |line: &str| {
        let line = line.replacen("   same  ", &format!("   {}  ", paint("same", 32)), 1);
        let line = line.replacen("   differs  ", &format!("   {}  ", paint("differs", 31)), 1);
        for (word, code) in [("proved:", 32), ("enumerated:", 32), ("differs", 31), ("unanswered", 33)] {
            if let Some(rest) = line.strip_prefix(word) {
                return format!("{}{rest}", paint(word, code));
            }
        }
        line
    };
    text.split('\n').map(line).collect::<Vec<_>>().join("\n")
}
