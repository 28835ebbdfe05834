//! The report of `structure` for a composition: which one operation it is, and for which weights.

use std::fmt::Write as _;

use super::heat;
use super::json::Quoted;
use super::names::Names;
use super::shape::shape;
use crate::error::{Error, RequestError};
use crate::geometry::{Kind, Spec};
use crate::scalar::{Indeterminate, Polynomial, Rational, Scalar, show_rational};
use crate::structure::{Composition, Fit, Linear, Phases, Step};

/// What was found of a composition.
#[derive(Debug)]
#[allow(clippy::exhaustive_structs)] // filled in by the command
pub struct Report<'a> {
    /// The stages.
    pub composition: &'a Composition,
    /// Their product.
    pub map: &'a Linear,
    /// The one operation that it is, or is inside; `None` for the map to 0.
    pub fit: Option<&'a Fit>,
    /// What an input becomes.
    pub result: Option<&'a [Polynomial]>,
}

/// Letters of the taps of stages, where more than one has symbols.
const LETTERS: &str = "uvwabcdefghijklm";
/// Terms of a sum, and sums, that are written.
const SHOWN: usize = 16;

/// The report as text.
pub fn text(report: &Report<'_>) -> String {
    let (composition, map) = (report.composition, report.map);
    let [input, output] = [map.input(), map.output()].map(|cells| shape(&[&[1], cells].concat()));
    let mut text = format!("{composition}: x {input} → y {output}\n\n");
    let mut part = |name: &str, lines: &[String]| {
        for (n, line) in lines.iter().enumerate() {
            let _ = writeln!(text, "{:13}{line}", if n == 0 { name } else { "" });
        }
    };
    let rows: usize = map.output().iter().product();
    match report.fit {
        None => part("is", &["the map to 0".to_owned()]),
        Some(fit) if fit.is_exact() => {
            let free = if is_numeric(composition) { "" } else { ", for every weight" };
            let of = format!("{}: every entry is the same{free}", fit.spec);
            part("is", &[of, format!("proved for these sizes: {rows} results, all inputs")]);
        }
        Some(fit) => part("is not", &not(composition, fit)),
    }
    if let Some(fit) = report.fit {
        part("taps", &shown(composition, &fit.taps));
        part("phase sums", &phases(composition, fit));
    }
    let constant: Vec<Polynomial> = (0..rows).map(|row| sum(map.row(row).iter().map(|(_, factor)| factor))).collect();
    part("constant 1", &cells(composition, map.output(), &constant));
    if let Some(result) = report.result {
        part("y", &cells(composition, map.output(), result));
    }
    text
}

fn not(composition: &Composition, fit: &Fit) -> Vec<String> {
    let names = Names::new(&fit.spec);
    let rows: usize = fit.spec.geometry.output_shape().iter().product();
    let cell = |row: usize| match fit.spec.kind {
        Kind::Tconv => names.y(row).into_owned(),
        Kind::Conv => names.x(row).into_owned(),
    };
    let mut lines = vec![format!("{}: {} of {rows} {} differ", fit.spec, fit.others.len(), side(fit))];
    if let Some((row, col, has, got)) = &fit.first {
        let other = if fit.spec.kind == Kind::Tconv { names.x(*col) } else { names.y(*col) };
        let (has, got) = (polynomial(composition, has), polynomial(composition, got));
        lines.push(format!("{} and {other} meet by {got}; there by {has}", cell(*row)));
    }
    if fit.others.len() * 2 > rows {
        return lines;
    }
    let some: Vec<String> = fit.others.iter().take(8).map(|&row| cell(row)).collect();
    let more = if fit.others.len() > 8 { " …" } else { "" };
    lines.push(format!("it is that but for {}{more}", some.join(" ")));
    lines
}

/// What [`Fit::others`] are of the map `y = Mx`: a convolution is fitted to the transposed map.
fn side(fit: &Fit) -> &'static str {
    match fit.spec.kind {
        Kind::Tconv => "rows",
        Kind::Conv => "columns",
    }
}

/// Sums of the taps of each phase, of every pair of channels; they decide the checkerboard.
fn phases(composition: &Composition, fit: &Fit) -> Vec<String> {
    let g = &fit.spec.geometry;
    let Some(phases) = Phases::of(g, None) else { return vec!["not summed: too many".to_owned()] };
    let kernel: usize = g.weight_shape()[2..].iter().product();
    let pairs: Vec<Vec<Polynomial>> = fit
        .taps
        .chunks(kernel)
        .map(|taps| phases.taps.iter().map(|phase| sum(phase.iter().map(|&t| &taps[t]))).collect())
        .collect();
    let equal = pairs.iter().all(|pair| pair.windows(2).all(|two| two[0] == two[1]));
    let mut lines: Vec<String> = pairs.iter().take(SHOWN).flat_map(|pair| shown(composition, pair)).collect();
    lines.push(
        match (equal, is_numeric(composition)) {
            (true, true) => "equal: a constant input stays constant inside",
            (true, false) => "equal for every weight: a constant input stays constant inside",
            (false, true) => "not equal: a constant input becomes a checkerboard",
            (false, false) => "not equal for every weight: a constant input can become a checkerboard",
        }
        .to_owned(),
    );
    lines
}

fn is_numeric(composition: &Composition) -> bool {
    composition.stages().iter().all(|stage| !matches!(&stage.step, Step::Layer(layer) if layer.weight.is_none()))
}

fn sum<'a>(all: impl Iterator<Item = &'a Polynomial>) -> Polynomial {
    let mut sum = Polynomial::zero();
    all.for_each(|p| sum.add_assign(p));
    sum
}

/// Up to [`SHOWN`] polynomials in a row.
fn shown(composition: &Composition, all: &[Polynomial]) -> Vec<String> {
    let mut words: Vec<String> = all.iter().take(SHOWN).map(|p| polynomial(composition, p)).collect();
    if all.len() > SHOWN {
        words.push(format!("… ({} in all)", all.len()));
    }
    if words.iter().map(String::len).sum::<usize>() > 70 { words } else { vec![words.join(",  ")] }
}

/// The cells of a result: a row of an image in a line.
fn cells(composition: &Composition, shape: &[usize], all: &[Polynomial]) -> Vec<String> {
    let length = shape[shape.len() - 1];
    let lines = all.chunks(length).take(2 * SHOWN).map(|line| {
        let words: Vec<String> = line.iter().take(2 * SHOWN).map(|p| polynomial(composition, p)).collect();
        let more = if line.len() > 2 * SHOWN { "  …" } else { "" };
        format!("{}{more}", words.join("  "))
    });
    let mut lines: Vec<String> = lines.collect();
    if all.len() / length > lines.len() {
        lines.push("…".to_owned());
    }
    // Sums of symbols are wide: the ends say enough.
    if lines.iter().any(|line| line.chars().count() > 120) {
        let first = all.first().map_or_else(String::new, |p| polynomial(composition, p));
        return vec![format!("y begins with {first}")];
    }
    lines
}

/// `3/4·w0 + u1·v2`, its first 16 terms.
pub fn polynomial(composition: &Composition, polynomial: &Polynomial) -> String {
    first_terms(composition, polynomial, SHOWN)
}

fn first_terms(composition: &Composition, polynomial: &Polynomial, most: usize) -> String {
    let terms = polynomial.terms();
    if terms.is_empty() {
        return "0".to_owned();
    }
    let mut text = String::new();
    for (n, (monomial, factor)) in terms.iter().take(most).enumerate() {
        let (sign, size) =
            if *factor < Rational::from_integer(0.into()) { ("-", -factor) } else { ("+", factor.clone()) };
        match (n, sign) {
            (0, "-") => text.push('-'),
            (0, _) => {}
            (_, sign) => text.extend([" ", sign, " "]),
        }
        let names: Vec<String> = monomial.iter().map(|v| name(composition, *v)).collect();
        let is_one = size == Rational::from_integer(1.into());
        match (names.is_empty(), is_one) {
            (true, _) => text.push_str(&show_rational(&size)),
            (false, true) => text.push_str(&names.join("·")),
            (false, false) => text.extend([&show_rational(&size), "·", &names.join("·")]),
        }
    }
    if terms.len() > most {
        let _ = write!(text, " + … ({} terms)", terms.len());
    }
    text
}

fn name(composition: &Composition, indeterminate: Indeterminate) -> String {
    let tap = match indeterminate {
        Indeterminate::Weight(tap) => tap,
        Indeterminate::Input(cell) => return format!("x{cell}"),
    };
    let (stage, tap) = composition.stage_of(tap);
    let symbolic: Vec<usize> = (0..composition.stages().len())
        .filter(|&n| matches!(&composition.stages()[n].step, Step::Layer(layer) if layer.weight.is_none()))
        .collect();
    let letter = match symbolic.iter().position(|&n| n == stage) {
        Some(n) if symbolic.len() > 1 => LETTERS.chars().nth(n).unwrap_or('w'),
        _ => 'w',
    };
    let Step::Layer(layer) = &composition.stages()[stage].step else { return format!("w{tap}") };
    let name = Names::new(&layer.spec).tap(tap as usize).into_owned();
    name.replacen('w', &letter.to_string(), 1)
}

/// What a constant input of ones becomes, as a picture.
///
/// # Errors
/// Q4 where that depends on symbols, for more than one channel or two axes, or 64 cells on one.
pub fn constant_map(composition: &Composition, map: &Linear) -> Result<String, Error> {
    let refuse = |problem: &str| Error::from(RequestError::Option { option: "--format", problem: problem.to_owned() });
    if !is_numeric(composition) || map.output()[0] != 1 {
        return Err(refuse("svg draws numbers of one channel; give taps as w=1,2,1"));
    }
    let rows: usize = map.output().iter().product();
    let constant = |row: usize| {
        let terms = sum(map.row(row).iter().map(|(_, factor)| factor)).terms();
        terms.into_iter().next().map_or_else(|| Rational::from_integer(0.into()), |(_, value)| value)
    };
    if rows > 64 * 64 {
        return Err(refuse("the result is too large to draw; the limit is 64 cells on an axis"));
    }
    let values: Vec<Rational> = (0..rows).map(constant).collect();
    let texts: Vec<String> = values.iter().map(show_rational).collect();
    heat::svg(&format!("a constant 1 through {composition}"), &map.output()[1..], &texts, &heat::levels(&values))
}

/// All terms: a document leaves nothing out.
fn whole(composition: &Composition, polynomial: &Polynomial) -> String {
    first_terms(composition, polynomial, usize::MAX)
}

/// The report as the JSON document of `structure` for a composition.
pub fn json(report: &Report<'_>) -> String {
    let composition = report.composition;
    let list = |all: Vec<String>| format!("[{}]", all.join(","));
    let quoted = |all: &[Polynomial]| list(all.iter().map(|p| Quoted(&whole(composition, p)).to_string()).collect());
    let one = report.fit.map_or("null".to_owned(), |fit| one_json(composition, fit, &quoted(&fit.taps)));
    format!(
        "{{\"format\":1,\"composition\":{},\"input\":{:?},\"output\":{:?},\"is\":{one},\"y\":{}}}\n",
        Quoted(&composition.to_string()),
        report.map.input(),
        report.map.output(),
        report.result.map_or("null".to_owned(), quoted),
    )
}

fn one_json(composition: &Composition, fit: &Fit, taps: &str) -> String {
    let first = fit.first.as_ref().map_or("null".to_owned(), |(row, col, has, got)| {
        let [has, got] = [has, got].map(|p| Quoted(&whole(composition, p)).to_string());
        let [row, col] = if side(fit) == "rows" { [row, col] } else { [col, row] };
        format!("{{\"row\":{row},\"col\":{col},\"operation\":{has},\"map\":{got}}}")
    });
    let spec: &Spec = &fit.spec;
    format!(
        "{{\"spec\":{},\"exact\":{},\"claim\":\"proved\",\"taps\":{taps},\"others_are\":\"{}\",\"others\":{:?},\"first\":{first}}}",
        Quoted(&spec.to_string()),
        fit.is_exact(),
        side(fit),
        fit.others,
    )
}

/// Whether two compositions are one map: the witness tells where they are not.
pub fn comparison(names: [&Composition; 2], witness: Option<&str>, json: bool) -> String {
    if json {
        let witness = witness.map_or("null".to_owned(), |text| Quoted(text).to_string());
        let [a, b] = names.map(|name| Quoted(&name.to_string()).to_string());
        let verdict = if witness == "null" { "same" } else { "differs" };
        return format!(
            "{{\"format\":1,\"compositions\":[{a},{b}],\"verdict\":\"{verdict}\",\"claim\":\"proved\",\"witness\":{witness}}}\n"
        );
    }
    match witness {
        None => format!("same  {} is {}: every entry, proved for these sizes\n", names[0], names[1]),
        Some(witness) => format!("differs  {} is not {}\n  {witness}\n", names[0], names[1]),
    }
}
