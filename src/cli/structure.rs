//! `convproof structure`: of one operation, or of several one after the other.

use super::args::Structure as Options;
use super::asked::{Asked, each};
use super::streams::{Streams, format_of};
use super::{DIFFERS, SAME, weight};
use crate::error::{Error, RequestError};
use crate::geometry::Kind;
use crate::matrix::{ConvMatrix, Side};
use crate::render::composition::{self, Report};
use crate::render::{structure as render, structure_json as as_json};
use crate::scalar::{Polynomial, Scalar};
use crate::structure::{Composition, Known, Linear, Structure, left_inverse};

/// What is written.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Shown {
    Text,
    Json,
    Svg,
}

pub(super) fn run(options: &Options, streams: &mut Streams<'_>) -> Result<u8, Error> {
    let output = options.output.output.as_deref();
    let known = [("text", "txt", Shown::Text), ("json", "json", Shown::Json), ("svg", "svg", Shown::Svg)];
    let shown = format_of(options.format.as_deref(), output, &known)?;
    let text = options.spec.join(" ");
    if Composition::is_named_by(&text) || options.same_as.is_some() || options.x.is_some() {
        return composed(options, &text, shown, streams);
    }
    let one = super::single(shown != Shown::Text, output);
    each(&options.spec, &options.model, one, streams, |asked, streams| show(options, shown, asked, streams))
}

fn show(options: &Options, shown: Shown, asked: &Asked, streams: &mut Streams<'_>) -> Result<u8, Error> {
    let spec = asked.spec();
    let values = options.weight.as_deref().map(|text| weight::read(text, &spec.geometry)).transpose()?;
    let output = options.output.output.as_deref();
    if let (true, Some(values)) = (options.left_inverse, &values) {
        let side = if spec.kind == Kind::Conv { Side::C } else { Side::Transposed };
        let matrix = ConvMatrix::build(&spec.geometry, side, 1 << 16)?.substitute(values)?;
        let Some(inverse) = left_inverse(&matrix, options.max_work) else {
            let found = Structure::of(spec, Some(values), options.max_work)?;
            let rank = found.undone.rank;
            if found.undone.known != Known::Exactly || rank == found.cols {
                let problem = format!("{}: the elimination gave up; a larger number lets it go on", options.max_work);
                return Err(RequestError::Option { option: "--max-work", problem }.into());
            }
            streams.remark(&format!("no left inverse: rank {rank}, {} columns", found.cols));
            return Ok(DIFFERS);
        };
        let text = match shown {
            Shown::Text => render::inverse(&inverse),
            Shown::Json => as_json::inverse(spec, &inverse),
            Shown::Svg => {
                let problem = "svg draws coverage, no left inverse; valid are text, json".to_owned();
                return Err(RequestError::Option { option: "--format", problem }.into());
            }
        };
        streams.report(output, shown == Shown::Json, &text)?;
        return Ok(SAME);
    }
    let found = Structure::of(spec, values.as_ref(), options.max_work)?;
    for remark in asked.remarks() {
        streams.remark(&format!("remark: {remark}"));
    }
    let text = match shown {
        Shown::Text => render::text(&found),
        Shown::Json => as_json::report(&found),
        Shown::Svg => render::coverage_map(&found)?,
    };
    streams.report(output, shown != Shown::Text, &text)?;
    Ok(SAME)
}

fn composed(options: &Options, text: &str, shown: Shown, streams: &mut Streams<'_>) -> Result<u8, Error> {
    let refuse = |option, problem: String| Error::from(RequestError::Option { option, problem });
    if options.weight.is_some() {
        let problem = "the taps of a composition stand in its stages: conv k3 w=1,2,1".to_owned();
        return Err(refuse("--weight", problem));
    }
    let composition: Composition = text.parse()?;
    let map = composition.linear()?;
    let output = options.output.output.as_deref();
    if let Some(other) = &options.same_as {
        let other: Composition = other.parse().map_err(|e: Error| e.within("--same-as"))?;
        return compare([&composition, &other], [&map, &other.linear()?], shown, output, streams);
    }
    let fit = composition.fit(&map)?;
    let result = options.x.as_deref().map(|text| applied(&map, text)).transpose()?;
    let report = Report { composition: &composition, map: &map, fit: fit.as_ref(), result: result.as_deref() };
    let text = match shown {
        Shown::Text => composition::text(&report),
        Shown::Json => composition::json(&report),
        Shown::Svg => composition::constant_map(&composition, &map)?,
    };
    streams.report(output, shown != Shown::Text, &text)?;
    Ok(SAME)
}

/// `--x`: what an input becomes.
fn applied(map: &Linear, text: &str) -> Result<Vec<Polynomial>, Error> {
    let x = weight::read_input(text, map.input().to_vec())?;
    let x: Vec<Polynomial> = x.into_entries().into_iter().map(Polynomial::constant).collect();
    Ok(map.apply(&x, Clone::clone))
}

/// `--same-as`: one map or two, with the first entry that tells them apart.
fn compare(
    names: [&Composition; 2],
    maps: [&Linear; 2],
    shown: Shown,
    output: Option<&std::path::Path>,
    streams: &mut Streams<'_>,
) -> Result<u8, Error> {
    let witness = match maps {
        [a, b] if a.input() != b.input() || a.output() != b.output() => {
            Some(format!("{:?} → {:?} and {:?} → {:?}", a.input(), a.output(), b.input(), b.output()))
        }
        [a, b] => a.difference(b).map(|(row, col, mine, theirs)| {
            let zero = Polynomial::zero();
            let text = |n: usize, p: &Polynomial| {
                if *p == zero { "0".to_owned() } else { composition::polynomial(names[n], p) }
            };
            format!("row {row}, column {col}: {} and {}", text(0, &mine), text(1, &theirs))
        }),
    };
    if shown == Shown::Svg {
        let problem = "svg draws one map; valid with --same-as are text, json".to_owned();
        return Err(RequestError::Option { option: "--format", problem }.into());
    }
    let json = shown == Shown::Json;
    streams.report(output, json, &composition::comparison(names, witness.as_deref(), json))?;
    Ok(if witness.is_some() { DIFFERS } else { SAME })
}
