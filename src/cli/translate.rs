//! `convproof translate` and `convproof lint`.

use super::args::{Lint, Translate};
use super::asked::{Asked, read};
use super::streams::{Streams, is_json};
use super::{DIFFERS, SAME};
use crate::dialect::{DIALECTS, Dialect, find, shown};
use crate::error::{Error, MeaningError, RequestError};
use crate::render::{lint as render_lint, translate as render};
use crate::translate::{difference, lint, translate};

pub(super) fn run(options: &Translate, streams: &mut Streams<'_>) -> Result<u8, Error> {
    let output = options.output.output.as_deref();
    let json = is_json(options.format.as_deref(), output)?;
    let asked = asked(&options.spec, options.from.as_deref())?;
    let targets = targets(&options.to)?;
    let translations: Vec<_> = targets.iter().map(|to| translate(&asked.lowered, to)).collect();
    for remark in asked.remarks().into_iter().filter(|r| !r.contains("' is ")) {
        streams.remark(&format!("remark: {remark}"));
    }
    let text = match (json, &translations[..]) {
        (true, all) => render::json(&asked.shown(), &asked.lowered, all)?,
        (false, [one]) => render::one(&asked.shown(), &asked.lowered, one)?,
        (false, all) => render::table(&asked.shown(), &asked.lowered, all),
    };
    streams.report(output, json, &text)?;
    let said = translations.iter().any(|t| t.found.is_ok());
    Ok(if said { SAME } else { DIFFERS })
}

pub(super) fn run_lint(options: &Lint, streams: &mut Streams<'_>) -> Result<u8, Error> {
    let output = options.output.output.as_deref();
    let json = is_json(options.format.as_deref(), output)?;
    let asked = asked(&options.spec, None)?;
    for remark in asked.remarks().into_iter().filter(|r| !r.contains("' is ")) {
        streams.remark(&format!("remark: {remark}"));
    }
    if let Some(other) = &options.against {
        let other = read(other)?;
        let how = difference(asked.spec(), other.spec());
        let (own, there) = ((asked.shown(), asked.spec()), (other.shown(), other.spec()));
        let text = match json {
            true => render_lint::against_json((&own.0, own.1), (&there.0, there.1), how.as_deref()),
            false => render_lint::against((&own.0, own.1), (&there.0, there.1), how.as_deref()),
        };
        streams.report(output, json, &text)?;
        return Ok(if how.is_some() { DIFFERS } else { SAME });
    }
    let findings = lint(asked.words.as_ref(), &asked.lowered);
    let text = match json {
        true => render_lint::json(&asked.shown(), asked.spec(), &findings),
        false => render_lint::text(&asked.shown(), asked.spec(), &findings),
    };
    streams.report(output, json, &text)?;
    Ok(SAME)
}

/// The call, with `--from` put in front of its words.
fn asked(words: &[String], from: Option<&str>) -> Result<Asked, Error> {
    let text = words.join(" ");
    let Some(name) = from else { return read(&text) };
    let dialect = dialect(name)?;
    match text.split_whitespace().next() {
        Some(first) if first == dialect.name => read(&text),
        Some(first) if find(first).is_some() => {
            let problem = format!("'{name}', but the call begins with '{first}'; leave one of them out");
            Err(RequestError::Option { option: "--from", problem }.into())
        }
        _ => read(&format!("{} {text}", dialect.name)),
    }
}

fn targets(name: &str) -> Result<Vec<&'static Dialect>, Error> {
    if name == "all" {
        return Ok(DIALECTS.to_vec());
    }
    name.split(',').map(dialect).collect()
}

fn dialect(name: &str) -> Result<&'static Dialect, Error> {
    find(name).ok_or_else(|| {
        let known = DIALECTS.iter().map(|d| d.name).collect::<Vec<_>>().join(", ");
        MeaningError::NoDialect { name: shown(name), known }.into()
    })
}
