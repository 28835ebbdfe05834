//! One axis of a canonical text: its matrix of taps where that fits a page, else runs of inputs.

use std::fmt::Write as _;

use super::canonical::{MAX_COLUMNS, MAX_ROWS, is_narrow};
use super::page::pad;
use crate::geometry::{Axis, Kind, size};

/// Runs of inputs that are listed at either end of an axis.
const MAX_RUNS: usize = 8;

/// `o = 2i + t − 1`: the definition with an axis's numbers put in.
pub(super) fn relation(axis: &Axis) -> String {
    let times = |n: i64, letter: char| if n == 1 { letter.to_string() } else { format!("{n}{letter}") };
    let shift = match axis.padding().begin {
        0 => String::new(),
        p if p > 0 => format!(" − {p}"),
        p => format!(" + {}", p.unsigned_abs()),
    };
    format!("o = {} + {}{shift}", times(axis.stride(), 'i'), times(axis.dilation(), 't'))
}

/// An axis's matrix with the tap where there is one; None where it does not fit a page.
pub(super) fn grid(axis: &Axis, kind: Kind) -> Option<String> {
    let (rows, cols, [row_letter, col_letter]) = match kind {
        Kind::Tconv => (axis.output(), axis.input(), ["o", "i"]),
        Kind::Conv => (axis.input(), axis.output(), ["i", "o"]),
    };
    // An entry and its gap are at least two characters.
    let (rows, cols) = (size(rows), size(cols));
    if rows > MAX_ROWS || cols > MAX_COLUMNS / 2 {
        return None;
    }
    let name = |letter: &str, n: usize| format!("{letter}{n}");
    let mut cells = vec![vec![None; cols]; rows];
    for meeting in (0..axis.input()).flat_map(|i| axis.meetings_of_input(i)) {
        let (row, col) = if kind == Kind::Tconv { (meeting.o, meeting.i) } else { (meeting.i, meeting.o) };
        cells[usize::try_from(row).ok()?][usize::try_from(col).ok()?] = Some(meeting.t);
    }
    let last = name(col_letter, cols - 1).len();
    let width = cells.iter().flatten().flatten().map(|t| t.to_string().len()).max().unwrap_or(1).max(last);
    let first = name(row_letter, rows - 1).len() + 1;
    let mut text = " ".repeat(first);
    let end_line = |text: &mut String| {
        text.truncate(text.trim_end().len());
        text.push('\n');
    };
    for col in 0..cols {
        text.push(' ');
        pad(&mut text, &name(col_letter, col), width, false);
    }
    end_line(&mut text);
    for (row, cells) in (0..rows).zip(&cells) {
        pad(&mut text, &name(row_letter, row), first, false);
        for cell in cells {
            text.push(' ');
            pad(&mut text, &cell.map_or("·".to_owned(), |t| t.to_string()), width, false);
        }
        end_line(&mut text);
    }
    is_narrow(&text).then_some(text)
}

/// Neighbouring inputs that meet the same taps.
struct Run {
    first: i64,
    last: i64,
    /// First tap and how many, the output of that tap at the first and at the last input.
    taps: Option<(i64, i64, [i64; 2])>,
}

/// An axis by runs of inputs, the first and the last of them.
pub(super) fn runs(axis: &Axis) -> String {
    let mut all: Vec<Run> = Vec::new();
    let mut left_out = 0;
    for i in 0..axis.input() {
        let mut met = axis.meetings_of_input(i);
        let count = i64::try_from(met.size_hint().0).unwrap_or(i64::MAX);
        let taps = met.next().map(|first| (first.t, count, first.o));
        match all.last_mut() {
            Some(run) if run.taps.map(|(t, n, _)| (t, n)) == taps.map(|(t, n, _)| (t, n)) => {
                run.last = i;
                if let (Some((.., outputs)), Some((.., o))) = (&mut run.taps, taps) {
                    outputs[1] = o;
                }
            }
            _ => all.push(Run { first: i, last: i, taps: taps.map(|(t, n, o)| (t, n, [o, o])) }),
        }
        if all.len() > 2 * MAX_RUNS + 1 {
            all.remove(MAX_RUNS);
            left_out += 1;
        }
    }
    let lines: Vec<[String; 3]> = all.iter().map(|run| run.words(axis)).collect();
    let width = |n: usize| lines.iter().map(|line| line[n].chars().count()).max().unwrap_or(0);
    let widths = [width(0), width(1)];
    let mut text = String::new();
    for (n, [i, t, o]) in lines.iter().enumerate() {
        if left_out > 0 && n == MAX_RUNS {
            let _ = writeln!(text, "… {left_out} more runs of inputs");
        }
        let line = format!("{i:0$}  {t:1$}  {o}", widths[0], widths[1]);
        let _ = writeln!(text, "{}", line.trim_end());
    }
    text
}

impl Run {
    fn words(&self, axis: &Axis) -> [String; 3] {
        let range = |first: i64, last: i64| match last - first {
            0 => first.to_string(),
            _ => format!("{first}…{last}"),
        };
        let i = format!("i {}", range(self.first, self.last));
        let Some((tap, count, outputs)) = self.taps else { return [i, "no tap".to_owned(), String::new()] };
        let reach = axis.dilation() * (count - 1);
        let [first, last] = outputs.map(|o| range(o, o + reach));
        let by = if axis.dilation() > 1 && count > 1 { format!(" by {}", axis.dilation()) } else { String::new() };
        let o = if self.first == self.last { first } else { format!("{first} to {last}") };
        [i, format!("t {}", range(tap, tap + count - 1)), format!("o {o}{by}")]
    }
}
