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
    /// A progress line stands on the terminal.
    progressing: bool,
}

impl<'a> Streams<'a> {
    pub fn new(out: &'a mut dyn Write, err: &'a mut dyn Write, terminals: Terminals) -> Self {
        Streams { out: Watched { inner: out, closed: false }, err, terminals, progressing: false }
    }

    /// A result. A closed pipe is no error.
    pub fn print(&mut self, text: &str) -> Result<(), Error> {
        let text = if self.terminals.colour { coloured(text) } else { text.to_owned() };
        let done = self.out.write_all(text.as_bytes()).and_then(|()| self.out.flush());
        // Who stops reading has seen enough; what was found out still decides the exit status.
        if self.out.closed { Ok(()) } else { done.map_err(|e| io_error("write", &e)) }
    }

    /// What a reader should know beside the result. Nothing depends on its arrival.
    pub fn remark(&mut self, text: &str) {
        if self.out.closed {
            return;
        }
        self.progress_done();
        let _ = writeln!(self.err, "{}", text.replace(char::is_control, " "));
    }

    /// The next useful command, on a terminal only.
    pub fn hint(&mut self, text: &str) {
        if self.terminals.err {
            let _ = writeln!(self.err, "next: {text}");
        }
    }

    /// Whether results go to a terminal.
    pub fn is_shown(&self) -> bool {
        self.terminals.out
    }

    /// Whether somebody looks at a line that is written over itself.
    #[cfg(feature = "subject")]
    pub fn is_watched(&self) -> bool {
        self.terminals.err
    }

    /// How far the work is, on a terminal only: the line is written over itself.
    pub fn progress(&mut self, text: &str) {
        if self.terminals.err {
            // A line that wraps could not be wiped.
            let _ = write!(self.err, "\r\x1b[2K{}", one_line(&cut(text, LONGEST_PROGRESS)));
            let _ = self.err.flush();
            self.progressing = true;
        }
    }

    /// Wipes the progress line.
    pub fn progress_done(&mut self) {
        if std::mem::take(&mut self.progressing) {
            let _ = write!(self.err, "\r\x1b[2K");
        }
    }

    /// An error: one line, and where it lies in a text the text with a caret.
    pub fn error(&mut self, error: &Error) {
        self.remark(&one_line(&format!("error: {error}")));
        if let Some(excerpt) = error.excerpt() {
            let _ = writeln!(self.err, "{excerpt}");
        }
    }

    /// Words about wrong usage, in one line.
    pub fn usage_error(&mut self, text: &str) {
        self.remark(&one_line(text));
    }

    /// The help of a command that was called without any words.
    pub fn help(&mut self, text: &str) {
        let _ = write!(self.err, "{text}");
    }

    /// A report as text or a JSON document: into the file of `--output`, or to standard output,
    /// where verdicts may be coloured.
    pub fn report(&mut self, output: Option<&Path>, json: bool, text: &str) -> Result<(), Error> {
        if output.is_none() && !json {
            return self.print(text);
        }
        self.result(output, |out| out.write_all(text.as_bytes()).map_err(|e| io_error("write", &e)))
    }

    /// Calls `write` with the file of `--output`, or with standard output.
    ///
    /// The file is written beside its place and moved there when it is whole. A link stays a link
    /// to it; a device or a pipe is written into.
    pub fn result(
        &mut self,
        output: Option<&Path>,
        write: impl FnOnce(&mut dyn Write) -> Result<(), Error>,
    ) -> Result<(), Error> {
        self.progress_done();
        let Some(path) = output else {
            let mut buffered = BufWriter::new(&mut self.out);
            let done = write(&mut buffered).and_then(|()| buffered.flush().map_err(|e| io_error("write", &e)));
            drop(buffered);
            return if self.out.closed { Ok(()) } else { done };
        };
        let failed = |e: &io::Error| io_error("write", e).within(path.display().to_string());
        let place = match std::fs::metadata(path) {
            Ok(known) if known.is_dir() => return Err(failed(&io::ErrorKind::IsADirectory.into())),
            Ok(known) if !known.is_file() => {
                let file = File::options().write(true).open(path).map_err(|e| failed(&e))?;
                let mut buffered = BufWriter::new(file);
                write(&mut buffered).map_err(|e| e.within(path.display().to_string()))?;
                return buffered.flush().map_err(|e| failed(&e));
            }
            Ok(_) => path.canonicalize().map_err(|e| failed(&e))?,
            Err(_) => path.to_owned(),
        };
        let (draft, file) = Draft::beside(&place).map_err(|e| failed(&e))?;
        let mut buffered = BufWriter::new(file);
        write(&mut buffered).map_err(|e| e.within(path.display().to_string()))?;
        buffered.into_inner().map_err(|e| failed(e.error()))?.sync_all().map_err(|e| failed(&e))?;
        std::fs::rename(&draft.0, place).map_err(|e| failed(&e))
    }
}

/// A file that is removed unless it was moved to its place.
struct Draft(PathBuf);

impl Draft {
    fn beside(path: &Path) -> io::Result<(Draft, File)> {
        let mut name = path.file_name().unwrap_or_default().to_owned();
        name.push(format!(".{}.part", std::process::id()));
        let draft = path.with_file_name(name);
        // Only a file that this run made is its own to remove.
        let file = File::create_new(&draft)?;
        Ok((Draft(draft), file))
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
    format_of(format, output, &[("text", "txt", false), ("json", "json", true)])
}

/// One of a command's formats, by `--format` or the suffix of `--output`; without both the first. Each
/// has a name and a suffix, which is empty where there is none.
pub(super) fn format_of<T: Copy>(
    format: Option<&str>,
    output: Option<&Path>,
    known: &[(&str, &str, T)],
) -> Result<T, Error> {
    let suffixes = || known.iter().filter(|(_, suffix, _)| !suffix.is_empty());
    let found = |of: Option<&(&str, &str, T)>| of.map(|(.., found)| *found);
    let (option, problem) = match (format, output) {
        (None, None) => return Ok(known[0].2),
        (Some(format), _) => match found(known.iter().find(|(name, ..)| *name == format)) {
            Some(found) => return Ok(found),
            None => {
                let valid: Vec<&str> = known.iter().map(|(name, ..)| *name).collect();
                ("--format", format!("'{format}' is no format of this command; valid are {}", valid.join(", ")))
            }
        },
        (None, Some(path)) => {
            let suffix = path.extension().unwrap_or_default().to_string_lossy().to_ascii_lowercase();
            match found(suffixes().find(|(_, known, _)| *known == suffix)) {
                Some(found) => return Ok(found),
                None => {
                    let valid: Vec<String> = suffixes().map(|(_, suffix, _)| format!(".{suffix}")).collect();
                    ("--output", format!("no format for '{}'; suffixes are {}", path.display(), valid.join(" ")))
                }
            }
        }
    };
    Err(RequestError::Option { option, problem }.into())
}

pub(super) fn io_error(action: &'static str, error: &io::Error) -> Error {
    DataError::Io { action, reason: error.to_string() }.into()
}

/// Characters of a user's text that a message repeats, of a path, and of a whole message.
const LONGEST_ECHO: usize = 60;
const LONGEST_PATH: usize = 240;
const LONGEST_MESSAGE: usize = 800;
const LONGEST_PROGRESS: usize = 78;

/// A message as one line of bearable length: quoted text and words are cut, and what would move
/// the cursor is a space.
fn one_line(text: &str) -> String {
    let text = text.replace(char::is_control, " ");
    let mut line = String::new();
    let mut rest = text.as_str();
    while !rest.is_empty() {
        // A quoted text, a word, or one gap.
        let closing = rest.strip_prefix('\'').and_then(|inner| {
            let closes = |at: usize| inner[at + 1..].chars().next().is_none_or(|c| " ;:,.)".contains(c));
            inner.match_indices('\'').map(|(at, _)| at).find(|&at| closes(at))
        });
        let (end, most) = match closing {
            Some(at) if !rest[1..=at].contains('/') => {
                line.push_str(&format!("'{}'", cut(&rest[1..=at], LONGEST_ECHO)));
                rest = &rest[at + 2..];
                continue;
            }
            _ => {
                let end = rest.find(' ').unwrap_or(rest.len());
                (end, if rest[..end].contains('/') { LONGEST_PATH } else { LONGEST_ECHO })
            }
        };
        line.push_str(&cut(&rest[..end], most));
        let gap = rest[end..].chars().next().map_or(0, char::len_utf8);
        line.push_str(&rest[end..end + gap]);
        rest = &rest[end + gap..];
    }
    cut(&line, LONGEST_MESSAGE)
}

/// At most so many characters, the last one an ellipsis if there were more.
fn cut(text: &str, most: usize) -> String {
    match text.char_indices().nth(most) {
        None => text.to_owned(),
        Some(_) => text.chars().take(most - 1).chain(['…']).collect(),
    }
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
