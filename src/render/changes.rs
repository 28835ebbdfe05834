//! What changed from one canonical text to another: matrices entry by entry, other lines whole.
//!
//! ```text
//!   - tconv i2 k2
//!   + tconv i2 k2 s2
//!                x0   x1
//!   y1 expected [w1] [w0]
//!      got      [0]  [w0]
//! ```

use std::collections::BTreeMap;
use std::fmt::Write as _;

/// Lines of a matrix that are shown, and of everything.
const MAX_GRID_ROWS: usize = 8;
const MAX_LINES: usize = 24;

/// Characters of a line of a matrix.
const MAX_WIDTH: usize = 100;

/// Cells beyond which a text is no canonical one: its matrices are compared as lines.
const MAX_CELLS: usize = 1 << 16;

/// A readable difference of two canonical texts, at most a screen; empty if there is none.
///
/// Rows and columns of matrices are compared by their names.
///
/// ```
/// use convproof::render::{canonical, changes::changes};
/// let text = |spec: &str| canonical(&spec.parse().unwrap()).unwrap();
/// let shown = changes(&text("conv i3 k2"), &text("conv i3 k2 d2"));
/// assert!(shown.starts_with("  - conv i3 k2\n") && shown.contains("\n  + conv i3 k2 d2\n"));
/// assert!(shown.ends_with("\
///                x0   x1   x2
///   y0 expected  w0  [w1] [0]
///      got       w0  [0]  [w1]
///   y1 expected [0]  [w0] [w1]
///      got       no such row
/// "), "{shown}");
/// ```
pub fn changes(expected: &str, got: &str) -> String {
    let (expected, got) = (sections(expected), sections(got));
    let none = Section::default();
    let mut lines = Vec::new();
    for n in 0..expected.len().max(got.len()) {
        let (old, new) = (expected.get(n).unwrap_or(&none), got.get(n).unwrap_or(&none));
        plain(&old.lines, &new.lines, &mut lines);
        match (old.matrix(), new.matrix()) {
            (Some(old), Some(new)) => grid(&old, &new, &mut lines),
            _ => plain(&old.grid, &new.grid, &mut lines),
        }
    }
    screen(&lines)
}

/// A text as it is shown where there is nothing to compare it with.
pub fn excerpt(text: &str) -> String {
    screen(&text.lines().map(|line| cut(&format!("  + {line}"))).collect::<Vec<_>>())
}

fn screen(lines: &[String]) -> String {
    let (shown, more) = match lines.len() {
        n if n > MAX_LINES => (MAX_LINES - 1, n - (MAX_LINES - 1)),
        n => (n, 0),
    };
    let mut text: String = lines[..shown].iter().map(|line| format!("{}\n", line.trim_end())).collect();
    if more > 0 {
        let _ = writeln!(text, "  … {more} more lines");
    }
    text
}

/// At most a line of a terminal, without what a terminal obeys.
fn cut(line: &str) -> String {
    let mut shown: String = line.chars().take(MAX_WIDTH + 20).map(|c| if c.is_control() { ' ' } else { c }).collect();
    if line.chars().nth(MAX_WIDTH + 20).is_some() {
        shown.push('…');
    }
    shown
}

/// What stands between two empty lines: lines, and a matrix from the first line on that begins with a
/// gap, which is that of its columns' names.
#[derive(Default)]
struct Section<'t> {
    lines: Vec<&'t str>,
    grid: Vec<&'t str>,
}

fn sections(text: &str) -> Vec<Section<'_>> {
    let mut all = vec![Section::default()];
    for line in text.lines() {
        let last = all.last_mut().expect("there is a first one");
        if line.trim().is_empty() {
            all.push(Section::default());
        } else if !last.grid.is_empty() || line.starts_with(' ') {
            last.grid.push(line);
        } else {
            last.lines.push(line);
        }
    }
    all
}

/// Names of columns; rows by name, in order.
struct Matrix<'t> {
    columns: Vec<&'t str>,
    rows: Vec<(&'t str, Vec<&'t str>)>,
}

impl<'t> Section<'t> {
    /// The matrix, where there is one that can be read as such.
    fn matrix(&self) -> Option<Matrix<'t>> {
        let (head, rows) = self.grid.split_first()?;
        let columns: Vec<&str> = head.split_whitespace().collect();
        let row = |line: &&'t str| {
            let mut words = line.split_whitespace();
            words.next().map(|name| (name, words.collect::<Vec<_>>()))
        };
        let rows: Vec<_> = rows.iter().filter_map(row).collect();
        (!rows.is_empty() && columns.len().saturating_mul(rows.len()) <= MAX_CELLS).then_some(Matrix { columns, rows })
    }
}

/// Lines that only one of both has, between those that begin and end both.
fn plain(old: &[&str], new: &[&str], lines: &mut Vec<String>) {
    let front = old.iter().zip(new).take_while(|(old, new)| old == new).count();
    let (old, new) = (&old[front..], &new[front..]);
    let back = old.iter().rev().zip(new.iter().rev()).take_while(|(old, new)| old == new).count();
    let (old, new) = (&old[..old.len() - back], &new[..new.len() - back]);
    lines.extend(old.iter().map(|line| cut(&format!("  - {line}"))));
    lines.extend(new.iter().map(|line| cut(&format!("  + {line}"))));
}

/// The rows that differ, both versions of each, `[ ]` around what differs.
fn grid(old: &Matrix<'_>, new: &Matrix<'_>, lines: &mut Vec<String>) {
    let union = |new: Vec<&str>, old: Vec<&str>| {
        let seen: std::collections::BTreeSet<String> = new.iter().map(|&name| name.to_owned()).collect();
        let rest = old.into_iter().filter(|&name| !seen.contains(name)).map(str::to_owned).collect::<Vec<_>>();
        new.into_iter().map(str::to_owned).chain(rest).collect::<Vec<String>>()
    };
    let columns = union(new.columns.clone(), old.columns.clone());
    let rows = union(new.rows.iter().map(|(n, _)| *n).collect(), old.rows.iter().map(|(n, _)| *n).collect());
    let cells = |matrix: &Matrix<'_>| -> BTreeMap<String, Vec<String>> {
        let place: BTreeMap<&str, usize> = matrix.columns.iter().enumerate().rev().map(|(n, c)| (*c, n)).collect();
        let row = |(name, cells): &(&str, Vec<&str>)| {
            let cell = |column: &String| place.get(column.as_str()).and_then(|&n| cells.get(n)).copied().unwrap_or("");
            ((*name).to_owned(), columns.iter().map(|column| cell(column).to_owned()).collect())
        };
        matrix.rows.iter().rev().map(row).collect()
    };
    let (old, new) = (cells(old), cells(new));
    let changed: Vec<&String> = rows.iter().filter(|&name| old.get(name) != new.get(name)).collect();
    if changed.is_empty() {
        return;
    }
    let shown = &changed[..changed.len().min(MAX_GRID_ROWS)];
    let differs = |row: &String, n: usize| old.get(row).map(|cells| &cells[n]) != new.get(row).map(|cells| &cells[n]);
    let width = |n: usize| {
        let cells = shown.iter().flat_map(|&row| [old.get(row), new.get(row)]).flatten().map(|cells| &cells[n]);
        cells.chain([&columns[n]]).map(|cell| cell.chars().count()).max().unwrap_or(0) + 3
    };
    // Where all columns do not fit, those that differ are shown, as many as fit.
    let mut places: Vec<usize> = (0..columns.len()).collect();
    let total = |places: &[usize]| places.iter().map(|&n| width(n)).sum::<usize>();
    let mut left_out = 0;
    if total(&places) > MAX_WIDTH {
        places.retain(|&n| shown.iter().any(|&row| differs(row, n)));
        while total(&places) > MAX_WIDTH {
            left_out += 1;
            places.pop();
        }
    }
    let names = shown.iter().map(|name| name.chars().count()).max().unwrap_or(0);
    let head: String = places.iter().map(|&n| format!(" {:1$}", columns[n], width(n) - 1)).collect();
    let more = if left_out > 0 { format!(" … {left_out} more columns") } else { String::new() };
    lines.push(format!("  {:names$}          {head}{more}", ""));
    for &row in shown {
        for (word, version, name) in [("expected", &old, row.as_str()), ("got", &new, "")] {
            let cells = version.get(row).map_or(" no such row".to_owned(), |cells| {
                let cell = |&n: &usize| {
                    let [open, close] = if differs(row, n) { ["[", "]"] } else { [" ", " "] };
                    format!("{open}{:1$}", format!("{}{close}", cells[n]), width(n) - 1)
                };
                places.iter().map(cell).collect()
            });
            lines.push(cut(&format!("  {name:names$} {word:8} {cells}")));
        }
    }
    if changed.len() > shown.len() {
        lines.push(format!("  … {} more rows", changed.len() - shown.len()));
    }
}
