//! `convproof translate` and `convproof lint`.

use super::args::{Lint, Translate};
use super::asked::{Asked, Named, each, model, nodes, one, worse};
use super::streams::{Streams, is_json};
use super::{DIFFERS, SAME, UNANSWERED};
use crate::dialect::{DIALECTS, Dialect, find, shown};
use crate::error::{Error, MeaningError, RequestError};
use crate::render::{lint as render_lint, translate as render};
use crate::translate::{call_difference, lint, translate};

pub(super) fn run(options: &Translate, streams: &mut Streams<'_>) -> Result<u8, Error> {
    let output = options.output.output.as_deref();
    let json = is_json(options.format.as_deref(), output)?;
    let targets = targets(&options.to)?;
    let words = with_dialect(&options.spec, options.from.as_deref())?;
    each(&[words], &options.model, super::single(json, output), streams, |asked, streams| {
        let translations: Vec<_> = targets.iter().map(|to| translate(&asked.lowered, to)).collect();
        remark(asked, streams);
        let call = asked.shown();
        let text = match (json, &translations[..]) {
            (true, all) => render::json(&call, &asked.lowered, all)?,
            (false, [one]) => render::one(&call, &asked.lowered, one)?,
            (false, all) => render::table(&call, &asked.lowered, all),
        };
        streams.report(output, json, &text)?;
        Ok(if translations.iter().any(|t| t.found.is_ok()) { SAME } else { DIFFERS })
    })
}

pub(super) fn run_lint(options: &Lint, streams: &mut Streams<'_>) -> Result<u8, Error> {
    let output = options.output.output.as_deref();
    let json = is_json(options.format.as_deref(), output)?;
    if let Some(other) = &options.against {
        return run_against(options, other, json, streams);
    }
    each(&options.spec, &options.model, super::single(json, output), streams, |asked, streams| {
        remark(asked, streams);
        let findings = lint(asked.words.as_ref(), &asked.lowered);
        let text = match json {
            true => render_lint::json(&asked.shown(), asked.spec(), &findings),
            false => render_lint::text(&asked.shown(), asked.spec(), &findings),
        };
        streams.report(output, json, &text)?;
        Ok(SAME)
    })
}

/// What a dialect remarks on its own call; the geometry stands in the result.
fn remark(asked: &Asked, streams: &mut Streams<'_>) {
    for remark in asked.lowered.remarks.iter().cloned().chain(asked.spec().geometry.remarks()) {
        streams.remark(&format!("remark: {remark}"));
    }
}

/// Two calls, or the nodes of two models in pairs.
fn run_against(options: &Lint, other: &str, json: bool, streams: &mut Streams<'_>) -> Result<u8, Error> {
    let output = options.output.output.as_deref();
    let text = options.spec.join(" ");
    let pairs = match (model(&text), model(other)) {
        (Some((here, None)), Some((there, None))) => {
            paired(nodes(here, &options.model)?, nodes(there, &options.model)?, (here, there))?
        }
        _ => vec![(String::new(), one(&text, &options.model, "CALL"), one(other, &options.model, "--against"))],
    };
    let (mut status, mut rows, mut blocks) = (SAME, Vec::new(), Vec::new());
    for (name, here, there) in pairs {
        let both = here.and_then(|here| there.map(|there| (here, there)));
        let (here, there) = match both {
            Ok(both) => both,
            Err(error) if name.is_empty() => return Err(error),
            Err(error) => {
                rows.push(render_lint::unanswered_json(&name, &error));
                streams.error(&error.within(name));
                status = worse(status, UNANSWERED);
                continue;
            }
        };
        let how = call_difference(&here.lowered, &there.lowered);
        status = worse(status, if how.is_some() { DIFFERS } else { SAME });
        let (a, b) = (here.shown(), there.shown());
        let sides = ((a.as_str(), here.spec()), (b.as_str(), there.spec()));
        rows.push(render_lint::against_json(&name, sides.0, sides.1, how.as_deref()));
        blocks.push(render_lint::against(&name, sides.0, sides.1, how.as_deref()));
    }
    let text = match json {
        true => render_lint::pairs_json(&rows),
        false => blocks.join("\n"),
    };
    streams.report(output, json, &text)?;
    Ok(status)
}

type Pair = (String, Result<Asked, Error>, Result<Asked, Error>);

/// Nodes of the same name, or one after the other where the names are others and as many.
fn paired(here: Vec<Named>, there: Vec<Named>, files: (&str, &str)) -> Result<Vec<Pair>, Error> {
    let names = |nodes: &[Named]| nodes.iter().map(|(name, _)| name.clone()).collect::<std::collections::BTreeSet<_>>();
    if here.is_empty() && there.is_empty() {
        let place = format!("{} and {}", files.0, files.1);
        return Err(RequestError::NoCase { place, looked_for: "Conv and ConvTranspose nodes" }.into());
    }
    if names(&here) == names(&there) && names(&here).len() == here.len() && here.len() == there.len() {
        let mut there: std::collections::BTreeMap<String, _> = there.into_iter().collect();
        let pair = |(name, asked): Named| there.remove(&name).map(|other| (name, asked, other));
        return Ok(here.into_iter().filter_map(pair).collect());
    }
    if here.len() == there.len() {
        let name = |a: String, b: &str| if a == b { a } else { format!("{a} / {b}") };
        let pairs = here.into_iter().zip(there).map(|((a, x), (b, y))| (name(a, &b), x, y));
        return Ok(pairs.collect());
    }
    let problem = format!(
        "{} has {} Conv and ConvTranspose nodes, {} has {}; name one of each, as FILE:NAME",
        files.0,
        here.len(),
        files.1,
        there.len()
    );
    Err(RequestError::Option { option: "--against", problem }.into())
}

/// The call, with `--from` put in front of its words.
fn with_dialect(words: &[String], from: Option<&str>) -> Result<String, Error> {
    let text = words.join(" ");
    let Some(name) = from else { return Ok(text) };
    let dialect = dialect(name)?;
    match text.split_whitespace().next() {
        Some(first) if first == dialect.name => Ok(text),
        Some(first) if find(first).is_some() => {
            let problem = format!("'{name}', but the call begins with '{first}'; leave one of them out");
            Err(RequestError::Option { option: "--from", problem }.into())
        }
        _ => Ok(format!("{} {text}", dialect.name)),
    }
}

fn targets(name: &str) -> Result<Vec<&'static Dialect>, Error> {
    if name == "all" {
        return Ok(DIALECTS.to_vec());
    }
    name.split(',').map(|name| dialect(name.trim())).collect()
}

fn dialect(name: &str) -> Result<&'static Dialect, Error> {
    find(name).ok_or_else(|| {
        let known = DIALECTS.iter().map(|d| d.name).collect::<Vec<_>>().join(", ");
        MeaningError::NoDialect { name: shown(name), known }.into()
    })
}
