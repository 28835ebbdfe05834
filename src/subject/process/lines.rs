//! What a child writes, read by threads of our own: answers by bounded lines, errors passed through.

use std::io::{BufRead, BufReader, Read, Write};
use std::sync::mpsc::{Receiver, Sender, SyncSender, channel, sync_channel};
use std::time::Duration;

use crate::subject::exchange::{MAX_SHOWN, shown};

/// The longest line of an answer, in bytes.
pub(super) const MAX_LINE: usize = 64 << 10;
/// Lines that wait to be read. A child that writes more waits itself.
const MAX_WAITING: usize = 16;
/// A line of standard error that is longer is shown as several.
const MAX_PIECE: u64 = 4 << 10;

/// One line of standard output.
#[derive(Debug, PartialEq)]
pub(super) enum Line {
    Text(String),
    TooLong,
}

/// Reads lines until the end, or until one is too long; the channel then closes.
pub(super) fn answers(output: impl Read + Send + 'static) -> Receiver<Line> {
    let (sender, lines) = sync_channel(MAX_WAITING);
    // Nobody waits for this thread: what holds the pipe open may live longer than the child.
    std::thread::spawn(move || send(BufReader::new(output), &sender));
    lines
}

fn send(mut output: impl BufRead, lines: &SyncSender<Line>) {
    loop {
        let mut line = Vec::new();
        let read = output.by_ref().take(MAX_LINE as u64 + 1).read_until(b'\n', &mut line);
        let line = match (read, line.len()) {
            (Err(_), _) | (Ok(0), _) => return,
            (Ok(_), length) if length > MAX_LINE => Line::TooLong,
            _ => Line::Text(String::from_utf8_lossy(line.trim_ascii()).into_owned()),
        };
        let last = line == Line::TooLong;
        if lines.send(line).is_err() || last {
            return;
        }
    }
}

/// Standard error of a child: its last line, once it has ended.
#[derive(Debug)]
pub(super) struct Errors(Receiver<String>);

impl Errors {
    /// Passes at most `limit` bytes on to our own standard error, and drops the rest.
    pub fn pass(errors: impl Read + Send + 'static, limit: u64) -> Errors {
        let (sender, last) = channel();
        std::thread::spawn(move || pass(BufReader::new(errors), &mut std::io::stderr(), limit, &sender));
        Errors(last)
    }

    /// The last line. Something may hold the pipe open, so there is no waiting for long.
    pub fn last_line(&self) -> Option<String> {
        self.0.recv_timeout(Duration::from_millis(200)).ok().filter(|line| !line.is_empty())
    }
}

fn pass(mut errors: impl BufRead, to: &mut impl Write, limit: u64, last: &Sender<String>) {
    let (mut passed, mut last_line) = (0u64, String::new());
    loop {
        let mut piece = Vec::new();
        let read = errors.by_ref().take(MAX_PIECE).read_until(b'\n', &mut piece);
        let Ok(1..) = read else { break };
        let text = shown(&String::from_utf8_lossy(piece.trim_ascii_end()), usize::MAX);
        let before = passed;
        passed = passed.saturating_add(piece.len() as u64);
        // Nothing depends on its arrival.
        if passed <= limit {
            let _ = writeln!(to, "subject: {text}");
        } else if before <= limit && limit > 0 {
            let _ = writeln!(to, "subject: (more than {limit} bytes; the rest is left out)");
        }
        if !text.trim().is_empty() {
            last_line = shown(text.trim(), MAX_SHOWN);
        }
    }
    let _ = last.send(last_line);
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines_of(bytes: &[u8]) -> Vec<Line> {
        let bytes = std::io::Cursor::new(bytes.to_vec());
        answers(bytes).into_iter().collect()
    }

    #[test]
    fn lines_have_a_longest() {
        let text = |text: &str| Line::Text(text.to_owned());
        assert_eq!(lines_of(b"a\r\n\nb"), [text("a"), text(""), text("b")]);
        let endless = [b"a\n".to_vec(), vec![b'x'; 2 * MAX_LINE], b"\nb\n".to_vec()].concat();
        assert_eq!(lines_of(&endless), [text("a"), Line::TooLong]);
        let longest = [vec![b'x'; MAX_LINE - 1], b"\nb\n".to_vec()].concat();
        assert_eq!(lines_of(&longest).len(), 2);
    }

    #[test]
    fn standard_error_is_passed_on_to_a_limit() {
        let run = |text: &[u8], limit| {
            let (sender, last) = channel();
            let mut to = Vec::new();
            pass(text, &mut to, limit, &sender);
            (String::from_utf8(to).unwrap(), last.recv().unwrap())
        };
        assert_eq!(run(b"a\x1b[31m\nb\n\n", 99), ("subject: a [31m\nsubject: b\nsubject: \n".into(), "b".into()));
        let rest = "subject: ab\nsubject: (more than 4 bytes; the rest is left out)\n";
        assert_eq!(run(b"ab\ncd\nef\n", 4), (rest.into(), "ef".into()));
        assert_eq!(run(b"ab\n", 0), (String::new(), "ab".into()));
    }
}
