//! The matrix as it is defined beside the matrix as it was observed.
//!
//! ```text
//!   Cᵀ      expected       observed
//!          x0  x1          x0    x1
//!      y0  w0  0           w0    0
//!      y1  w1  w0          w1   [w1]
//! ```

use std::fmt::Write as _;

use super::names::Names;
use super::verdict::{WIDTH, short};
use crate::geometry::{Kind, Spec};
use crate::matrix::ConvMatrix;
use crate::scalar::Tap;
use crate::subject::{Finding, MatrixEntry};
use crate::verify::Role;

/// Rows and columns of a matrix that is shown.
const MAX_ROWS: usize = 8;

/// Both matrices, `[ ]` around what differs; None where they are too large for a report.
pub(super) fn side_by_side(finding: &Finding) -> Option<String> {
    let (expected, observed) = finding.matrix.as_ref()?;
    if expected.rows().max(observed.rows) > MAX_ROWS {
        return None;
    }
    let one = Spec { kind: finding.spec.kind, geometry: finding.spec.geometry.clone().with_batch(1).ok()? };
    let names = Names::new(&one);
    let forward = finding.role == Role::Forward;
    let name = |n: usize, is_row: bool| match is_row == forward {
        true => names.y(n).into_owned(),
        false => names.x(n).into_owned(),
    };
    let right = |row: usize, col: usize| (row < expected.rows()).then(|| entry_of(expected, row, col));
    let shown = |row: usize, col: usize| (row < observed.rows).then(|| &observed.entries[row * observed.cols + col]);
    let rows = expected.rows().max(observed.rows);
    let mut grids = [vec![vec![String::new()]], vec![vec![String::new()]]];
    for col in 0..observed.cols {
        for grid in &mut grids {
            grid[0].push(name(col, false));
        }
    }
    for row in 0..rows {
        let label = if row < expected.rows() { name(row, true) } else { "·".to_owned() };
        let (mut left, mut seen) = (vec![label], vec![String::new()]);
        for col in 0..observed.cols {
            let (right, got) = (right(row, col), shown(row, col));
            left.push(right.as_ref().map_or(String::new(), |entry| written(entry, &names)));
            let text = got.map_or(String::new(), |entry| written(entry, &names));
            seen.push(if right.as_ref() == got { format!(" {text} ") } else { format!("[{text}]") });
        }
        grids[0].push(left);
        grids[1].push(seen);
    }
    let [left, right] = grids.map(|grid| columns(&grid));
    let width = left.iter().map(|line| line.chars().count()).max().unwrap_or(0).max("expected".len() + 4);
    let letter = match (finding.role, finding.spec.kind) {
        (Role::Forward, Kind::Tconv) | (Role::InputGradient, Kind::Conv) => "Cᵀ",
        _ => "C ",
    };
    let mut text = format!("  {letter}  {:width$}   observed\n", "    expected");
    for (left, right) in left.iter().zip(&right) {
        let pad = width - left.chars().count();
        let _ = writeln!(text, "      {left}{:pad$}  {}", "", right.trim_end());
    }
    let fits = text.lines().all(|line| line.chars().count() <= WIDTH);
    fits.then(|| text.lines().map(|line| format!("{}\n", line.trim_end())).collect())
}

fn entry_of(matrix: &ConvMatrix, row: usize, col: usize) -> MatrixEntry {
    matrix.tap(row, col).map_or(MatrixEntry::Zero, MatrixEntry::Tap)
}

fn written(entry: &MatrixEntry, names: &Names) -> String {
    let tap = |tap: &Tap| names.tap(tap.index()).into_owned();
    match entry {
        MatrixEntry::Zero => "0".to_owned(),
        MatrixEntry::Tap(one) => tap(one),
        MatrixEntry::Sum(one, other) => format!("{}+{}", tap(one), tap(other)),
        MatrixEntry::Multiple(-1, one) => format!("−{}", tap(one)),
        MatrixEntry::Multiple(n, one) => format!("{n}·{}", tap(one)),
        MatrixEntry::Number(text) => format!("?{}", short(text)),
    }
}

/// Lines of a grid with aligned columns.
fn columns(grid: &[Vec<String>]) -> Vec<String> {
    let count = grid.iter().map(Vec::len).max().unwrap_or(0);
    let width = |col: usize| grid.iter().filter_map(|row| row.get(col)).map(|t| t.chars().count()).max().unwrap_or(0);
    let widths: Vec<usize> = (0..count).map(width).collect();
    let line = |row: &Vec<String>| {
        let cells = row.iter().zip(&widths).map(|(text, &width)| {
            let pad = width - text.chars().count();
            format!("{text}{:pad$}", "")
        });
        cells.collect::<Vec<_>>().join(" ")
    };
    grid.iter().map(line).collect()
}
