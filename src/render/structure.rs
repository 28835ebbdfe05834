//! The report of `structure`: one line or block for each thing that an operation is made of.

use std::fmt::Write as _;

use super::heat;
use super::names::Names;
use super::prove::counted;
use super::symbol;
use crate::error::Error;
use crate::geometry::{Axis, Kind};
use crate::matrix::Side;
use crate::scalar::{Rational, show_rational};
use crate::structure::{AxisCoverage, Interpolation, Known, Phases, Spread, Structure, Undone};

/// Lines of a map, and characters of a line, that a page holds.
const PAGE: (usize, usize) = (32, 88);

/// The report as text, at most a page for each part.
pub fn text(found: &Structure) -> String {
    let spec = &found.spec;
    let side = if spec.kind == Kind::Conv { Side::C } else { Side::Transposed };
    let [input, output] = [spec.input_shape(), spec.output_shape()].map(|shape| super::shape::shape(&shape));
    let mut text = format!("{spec}: x {input} → y {output}, {} {}×{}\n\n", symbol(side), found.rows, found.cols);
    let mut part = |name: &str, lines: &[String]| {
        for (n, line) in lines.iter().enumerate() {
            let _ = writeln!(text, "{:13}{line}", if n == 0 { name } else { "" });
        }
    };
    part("entries", &entries(found));
    part("coverage", &coverage(found));
    part("inside", &inside(found));
    part("phase sums", &phases(found));
    part("undone", &undone(&found.undone, found.rows, found.cols, spec.kind));
    part("interpolates", &found.interpolations.iter().map(interpolates).collect::<Vec<_>>());
    part("stretched", &stretched(found));
    part("products", &costs(found));
    text
}

fn entries(found: &Structure) -> Vec<String> {
    let range = |spread: Option<Spread>| match spread {
        None => "not counted".to_owned(),
        Some(s) if s.least == s.most => s.most.to_string(),
        Some(s) => format!("{}..{}", s.least, s.most),
    };
    let cells = found.rows.saturating_mul(found.cols);
    let (rows, cols) = (range(found.per_row), range(found.per_col));
    let mut lines = vec![format!("{} of {cells}; {rows} in a row, {cols} in a column", found.entries)];
    let mut empty = |spread: Option<Spread>, of: u128, what: &str| {
        if let Some(Spread { empty: 1.., .. }) = spread {
            lines.push(format!("{} of {of} {what}", spread.map_or(0, |s| s.empty)));
        }
    };
    empty(found.per_row, found.rows, "results are always 0");
    empty(found.per_col, found.cols, "inputs are never read");
    lines
}

/// The counts of every output cell of the transposed convolution: a picture for up to two axes.
fn coverage(found: &Structure) -> Vec<String> {
    let what = match found.spec.kind {
        Kind::Conv => "results that read each cell of x",
        Kind::Tconv => "taps that reach each cell of y",
    };
    let counts: Option<Vec<&Vec<u64>>> = found.coverage.iter().map(|c| c.outputs.as_ref()).collect();
    let row = |counts: &[u64], times: u64, width: usize| {
        let cells: Vec<String> = counts.iter().map(|n| format!("{:width$}", n * times)).collect();
        cells.join(" ")
    };
    let width = |most: u64| most.to_string().len();
    let most = |counts: &[u64]| counts.iter().copied().max().unwrap_or(0);
    let fits = |counts: &[u64], width: usize| counts.len() * (width + 1) <= PAGE.1 - 13;
    let map = match counts.as_deref() {
        Some([line]) if fits(line, width(most(line))) => Some(vec![row(line, 1, width(most(line)))]),
        Some([rows, line]) if rows.len() <= PAGE.0 && fits(line, width(most(rows) * most(line))) => {
            let width = width(most(rows) * most(line));
            Some(rows.iter().map(|&times| row(line, times, width)).collect())
        }
        _ => None,
    };
    let mut lines = match (map, counts) {
        (Some(map), _) => map,
        (None, Some(axes)) => axes.iter().enumerate().map(|(n, axis)| format!("axis {n}: {}", runs(axis))).collect(),
        (None, None) => vec!["not counted: an axis is too long".to_owned()],
    };
    lines.push(format!("({what}{})", if found.coverage.len() > 2 { "; axes multiply" } else { "" }));
    lines
}

/// The map of coverage as a picture.
///
/// # Errors
/// Q4 for more than two axes or more than 64 cells on one.
pub fn coverage_map(found: &Structure) -> Result<String, Error> {
    let axes: Vec<&[u64]> = found.coverage.iter().map(|c| c.outputs.as_deref().unwrap_or(&[])).collect();
    let shape: Vec<usize> = found.spec.geometry.output_shape()[2..].to_vec();
    let counts: Vec<u64> = match axes[..] {
        [line] => line.to_vec(),
        [rows, line] if rows.len() <= 64 && line.len() <= 64 => {
            rows.iter().flat_map(|row| line.iter().map(move |n| row * n)).collect()
        }
        _ => Vec::new(),
    };
    let texts: Vec<String> = counts.iter().map(ToString::to_string).collect();
    heat::svg(&format!("coverage of {}", found.spec), &shape, &texts, &heat::levels(&counts))
}

/// `1×2 2 3 2×4`: numbers that follow each other alike are counted.
fn runs(counts: &[u64]) -> String {
    let mut words: Vec<String> = Vec::new();
    for run in counts.chunk_by(|a, b| a == b) {
        match run {
            [one] => words.push(one.to_string()),
            many => words.push(format!("{}×{}", many[0], many.len())),
        }
        if words.len() == 12 {
            words.push("…".to_owned());
            break;
        }
    }
    words.join(" ")
}

fn inside(found: &Structure) -> Vec<String> {
    let axes = found.spec.geometry.axes();
    let one = |(coverage, axis): (&AxisCoverage, &Axis)| {
        let (s, d, k) = (axis.stride(), axis.dilation(), axis.kernel());
        if s == 1 {
            return format!("{k}, even: the stride is 1");
        }
        let counts = match coverage.residues.as_deref() {
            Some(few) if few.len() <= 16 => few.iter().map(u64::to_string).collect::<Vec<_>>().join(" "),
            Some(many) => runs(many),
            None => "not counted".to_owned(),
        };
        let common = num_integer::gcd(d, s);
        let why = match coverage.even {
            true if d == 1 => format!("even: {s} divides {k}"),
            true => format!("even: gcd({d}, {s}) = 1 and {s} divides {k}"),
            false if common > 1 => format!("uneven: gcd(d, s) = {common}"),
            false => format!("uneven: stride {s} does not divide kernel {k}"),
        };
        let seen = match coverage.inside {
            0 => "; here no position lies inside".to_owned(),
            n if !coverage.shows_every_residue(axis) => {
                format!("; here {} inside", counted(n.unsigned_abs().into(), "position"))
            }
            _ => String::new(),
        };
        format!("{counts} by (o + p) mod {s}, {why}{seen}")
    };
    let mut lines: Vec<String> = found.coverage.iter().zip(axes).map(one).collect();
    let alike = lines.windows(2).all(|two| two[0] == two[1]);
    if alike && lines.len() > 1 {
        lines.truncate(1);
        lines[0].push_str("; on every axis");
    }
    lines
}

fn phases(found: &Structure) -> Vec<String> {
    const SHOWN: usize = 16;
    let Some(phases) = &found.phases else { return vec!["not summed: too many".to_owned()] };
    let mut lines = match &phases.sums {
        Some(sums) => {
            let one = |pair: &Vec<Rational>| pair.iter().take(SHOWN).map(show_rational).collect::<Vec<_>>().join("  ");
            sums.iter().take(SHOWN).map(one).collect()
        }
        None => symbolic(found, phases, SHOWN),
    };
    let more = phases.sums.as_ref().map_or(phases.taps.len(), Vec::len).saturating_sub(SHOWN);
    if more > 0 {
        lines.push(format!("… and {more} more"));
    }
    let g = &found.spec.geometry;
    if phases.sums.is_none() && (g.in_channels(), g.out_channels()) != (1, 1) {
        lines.push("(of the first pair of channels; the others alike)".to_owned());
    }
    lines.push(
        match phases.are_equal() {
            Some(_) if phases.taps.len() == 1 => "one phase: a constant input stays constant inside",
            Some(true) => "equal: a constant input stays constant inside, no checkerboard",
            Some(false) => "not equal: a constant input becomes a checkerboard",
            None => "a constant input stays constant inside exactly where they are equal",
        }
        .to_owned(),
    );
    lines
}

/// Sums of tap names, of the first pair of channels.
fn symbolic(found: &Structure, phases: &Phases, shown: usize) -> Vec<String> {
    let names = Names::new(&found.spec);
    let sum = |taps: &Vec<usize>| match taps.len() {
        0 => "0".to_owned(),
        n if n > 16 => format!("{} … {}: {n} taps", names.tap(taps[0]), names.tap(taps[n - 1])),
        _ => taps.iter().map(|&t| names.tap(t)).collect::<Vec<_>>().join(" + "),
    };
    phases.taps.iter().take(shown).map(sum).collect()
}

fn undone(found: &Undone, rows: u128, cols: u128, kind: Kind) -> Vec<String> {
    let whom = match found.known {
        Known::Exactly => "",
        _ if found.always_injective => " for every weight with a tap that is not 0",
        Known::AlmostEvery => " for almost every weight",
        Known::Between => " at least, for almost every weight",
        Known::GaveUp => {
            let first =
                format!("rank not found: too large, or beyond --max-work; at most {} of {rows}×{cols}", found.most);
            return vec![first];
        }
    };
    let rank = if found.always_injective { cols } else { found.rank };
    let mut first = format!("rank {rank} of {rows}×{cols}{whom}");
    if found.known == Known::Between && !found.always_injective {
        let _ = write!(first, "; at most {}", found.most);
    }
    let lost = cols.saturating_sub(found.most);
    let result = if kind == Kind::Conv { "y = Cx" } else { "y = Cᵀx" };
    let says = if rank == cols {
        format!("injective: {result} determines x")
    } else if lost > 0 {
        format!(
            "nullity {}: {result} does not determine x",
            if found.known == Known::Between { format!("at least {lost}") } else { (cols - rank).to_string() }
        )
    } else {
        "whether y determines x is not known".to_owned()
    };
    let mut lines = vec![first, says];
    if let Some(determinant) = &found.determinant {
        lines.push(format!("determinant {}", short(&show_rational(determinant))));
    }
    if let Some(vector) = &found.null_vector {
        let shown: Vec<String> = vector.iter().take(25).map(|n| short(&n.to_string())).collect();
        let more = if vector.len() > 25 { format!(" … ({} cells)", vector.len()) } else { String::new() };
        lines.push(format!("taken to 0: {}{more}", shown.join(" ")));
    }
    lines
}

fn interpolates(found: &Interpolation) -> String {
    let word = found.method.word();
    match found.others.len() {
        0 => format!("{word}, everywhere"),
        n => {
            let shown: Vec<String> = found.others.iter().take(8).map(ToString::to_string).collect();
            let more = if n > 8 { " …" } else { "" };
            format!("{word}, inside: {} of {} rows; not {}{more}", found.rows - n, found.rows, shown.join(" "))
        }
    }
}

/// A number of many digits by its ends.
fn short(number: &str) -> String {
    match number.len() {
        0..=40 => number.to_owned(),
        n => format!("{}…{} ({n} characters)", &number[..8], &number[n - 8..]),
    }
}

/// Zero insertion and the costs are those of `Cᵀx`, whichever of the two was named.
fn stretched(found: &Structure) -> Vec<String> {
    let per_axis = |of: &dyn Fn(usize) -> i64| {
        let all: Vec<String> = (0..found.stretched.len()).map(|n| of(n).to_string()).collect();
        all.join("×")
    };
    let axes = &found.stretched;
    let whole = format!(
        "{} with zeros between, padding {} in front and {} behind{}",
        per_axis(&|n| axes[n].length),
        per_axis(&|n| axes[n].begin),
        per_axis(&|n| axes[n].end),
        if axes.iter().any(|a| a.begin < 0 || a.end < 0) { " (negative: cropped)" } else { "" },
    );
    vec![whole, "kernel rotated by 180°, stride 1: Cᵀx by zero insertion".to_owned()]
}

fn costs(found: &Structure) -> Vec<String> {
    let least = found.costs.iter().map(|c| c.steps).min().unwrap_or(1).max(1);
    let width = found.costs.iter().map(|c| c.name.chars().count()).max().unwrap_or(0);
    let digits = found.costs.iter().map(|c| c.steps.to_string().len()).max().unwrap_or(0);
    let one = |cost: &crate::structure::Cost| {
        // In hundredths: no fraction of a float is ever written.
        let hundredths = cost.steps.saturating_mul(100) / least;
        let times = match (hundredths / 100, hundredths % 100) {
            (whole, 0) => format!("{whole}×"),
            (whole, part) => format!("{whole}.{part:02}×"),
        };
        format!("{:width$}  {:>digits$}  {times}", cost.name, cost.steps)
    };
    found.costs.iter().map(one).collect()
}

/// A left inverse as aligned rows.
pub fn inverse(rows: &[Vec<Rational>]) -> String {
    let cells: Vec<Vec<String>> = rows.iter().map(|row| row.iter().map(show_rational).collect()).collect();
    let width = cells.iter().flatten().map(String::len).max().unwrap_or(0);
    let line = |row: &Vec<String>| row.iter().map(|cell| format!("{cell:>width$}")).collect::<Vec<_>>().join(" ");
    cells.iter().map(|row| line(row) + "\n").collect()
}
