//! `convproof merge`: the JSON documents of all parts of a run, joined.

use std::path::Path;

use serde::Deserialize;

use super::args::Merge;
use super::report::{Report, manner, say_unanswered};
use super::streams::Streams;
use crate::error::{DataError, Error, RequestError};
use crate::render::finding::{Manner, entries_observed};
use crate::render::shown::Shown;
use crate::render::verdict as render;
use crate::verify::{HYPOTHESES, Mode, Role, Shard, Summary, Verdict, WrongCell};

pub(super) fn run(options: &Merge, streams: &mut Streams<'_>) -> Result<u8, Error> {
    let output = options.output.output.as_deref();
    let manner = manner(options.format.as_deref(), output, false)?;
    let cases = joined(&options.files)?;
    let mut report = Report::new(manner, options.list, options.fail_on_weak);
    // As text one block for all cases of a mistake, which one command shows again.
    let alike = |a: &Shown, b: &Shown| (a.role, a.id(), &a.repro) == (b.role, b.id(), &b.repro);
    for (n, case) in cases.iter().enumerate() {
        let others = || cases.iter().filter(|other| other.is_difference() && alike(case, other));
        let is_first = || !cases[..n].iter().any(|other| other.is_difference() && alike(case, other));
        let block = match (case.is_difference(), manner) {
            (true, Manner::Junit) => render::difference(case),
            (true, Manner::Text) if is_first() => {
                let others: Vec<&str> = others().skip(1).map(|other| other.case.as_str()).collect();
                render::difference_of(case, &others)
            }
            _ => String::new(),
        };
        report.add(case, &block);
    }
    let unanswered = cases.iter().filter(|case| case.verdict == Verdict::Unanswered);
    say_unanswered(unanswered.map(|case| (case.case.as_str(), case.reason.as_deref().unwrap_or_default())), streams);
    let read = |case: &&Shown| case.verdict == Verdict::Same && case.mode == Some(Mode::Symbolic);
    let entries = cases.iter().filter(read).map(|case| case.cells.map_or(0, |[all, _]| all)).sum();
    let said = format!("{}{}", render::summary(&report.summary), entries_observed(entries));
    let text = report.written("convproof merge", &said);
    streams.report(output, manner != Manner::Text, &text)?;
    Ok(report.status())
}

/// The cases of all parts, in the order of the parts.
fn joined(files: &[std::path::PathBuf]) -> Result<Vec<Shown>, Error> {
    let problem = |problem: String| Error::from(RequestError::Parts { problem });
    let mut parts: Vec<(String, Part, Vec<Shown>)> = Vec::new();
    for path in files {
        let name = path.display().to_string();
        let (part, cases) = read(path).map_err(|e| e.within(&name))?;
        let part = part.ok_or_else(|| {
            problem(format!("{name} is the document of a whole run; give those of verify --shard K/N"))
        })?;
        if let Some((first, known, _)) = parts.first() {
            if known.n != part.n {
                return Err(problem(format!("{first} is one of {}, {name} one of {}", known.n, part.n)));
            }
            if known.of != part.of {
                let said = "other cases, another seed, profile, subject or version";
                return Err(problem(format!("{name} is of another run than {first}: {said}")));
            }
        }
        let shard: Shard = format!("{}/{}", part.k, part.n).parse().map_err(|e: Error| e.within(&name))?;
        if let Some((other, ..)) = parts.iter().find(|(_, known, _)| known.k == part.k) {
            return Err(problem(format!("part {shard} is there twice: {other} and {name}")));
        }
        if let Some(strange) = cases.iter().find(|case| !shard.takes(&case.case)) {
            return Err(problem(format!("the case '{}' in {name} does not belong to part {shard}", strange.case)));
        }
        parts.push((name, part, cases));
    }
    parts.sort_by_key(|(_, part, _)| part.k);
    let n = parts.first().map_or(0, |(_, part, _)| part.n);
    // The first that is missing: there may be very many.
    let missing = (1..=n).zip(parts.iter().map(|(_, part, _)| part.k).chain([0])).find(|(k, known)| k != known);
    match missing {
        Some((k, _)) => Err(problem(format!("part {k}/{n} is missing; {} of {n} are there", parts.len()))),
        None => Ok(parts.into_iter().flat_map(|(_, _, cases)| cases).collect()),
    }
}

/// Bytes of one document.
const MAX_DOCUMENT: u64 = 1 << 30;

fn read(path: &Path) -> Result<(Option<Part>, Vec<Shown>), Error> {
    let bytes = crate::data::read_file(path, MAX_DOCUMENT)?;
    let document: Document =
        serde_json::from_slice(&bytes).map_err(|e| unfit("a JSON document of verify", e.to_string()))?;
    if document.format != 1 {
        return Err(unfit("\"format\":1", document.format.to_string()));
    }
    let cases = document.cases.into_iter().map(Case::shown).collect::<Result<Vec<Shown>, Error>>()?;
    let mut summary = Summary::default();
    cases.iter().for_each(|case| case.count(&mut summary));
    let counted = Counts {
        cases: summary.cases,
        same: summary.same,
        differs: summary.differs,
        unanswered: summary.unanswered,
        weak: summary.weak,
    };
    if counted != document.summary {
        return Err(unfit("a summary that counts its cases", format!("{:?} for {counted:?}", document.summary)));
    }
    Ok((document.shard, cases))
}

fn unfit(expected: &str, got: String) -> Error {
    DataError::Format { format: "json", expected: expected.to_owned(), got }.into()
}

// ---- the document as it is written -----------------------------------------------------------

#[derive(Deserialize)]
struct Document {
    format: u32,
    shard: Option<Part>,
    summary: Counts,
    cases: Vec<Case>,
}

#[derive(Deserialize)]
struct Part {
    k: u32,
    n: u32,
    of: String,
}

#[derive(Debug, PartialEq, Deserialize)]
struct Counts {
    cases: usize,
    same: usize,
    differs: usize,
    unanswered: usize,
    weak: usize,
}

#[derive(Deserialize)]
struct Case {
    case: String,
    spec: Option<String>,
    role: Option<String>,
    verdict: String,
    mode: Option<String>,
    arithmetic: Option<String>,
    max_ratio: Option<Ratio>,
    cells: Option<usize>,
    cells_wrong: Option<usize>,
    first: Option<First>,
    diagnosis: Option<Named>,
    also: Vec<String>,
    weak: Vec<String>,
    reason: Option<String>,
    repro: String,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Ratio {
    Number(f64),
    Word(String),
}

#[derive(Deserialize)]
struct First {
    index: Vec<usize>,
    got: String,
    exact: String,
    bound: String,
}

#[derive(Deserialize)]
struct Named {
    id: String,
    message: String,
}

impl Case {
    fn shown(self) -> Result<Shown, Error> {
        let case = self.case.clone();
        self.read().map_err(|e| e.within(case))
    }

    fn read(self) -> Result<Shown, Error> {
        let words = [Verdict::Same, Verdict::Differs, Verdict::Unanswered];
        let verdict = words.into_iter().find(|verdict| verdict.word() == self.verdict);
        let mode = |word: &String| [Mode::Exact, Mode::Bound, Mode::Symbolic].into_iter().find(|m| m.word() == word);
        let role = |word: &String| Role::ALL.iter().find(|(name, _)| name == word).map(|(_, role)| *role);
        let known = |what: &str, word: &str| unfit(what, format!("'{word}'"));
        if let Some(named) = self.diagnosis.as_ref().filter(|named| HYPOTHESES.iter().all(|h| h.id != named.id)) {
            return Err(known("the id of a mistake", &named.id));
        }
        Ok(Shown {
            verdict: verdict.ok_or_else(|| known("a verdict", &self.verdict))?,
            mode: self.mode.as_ref().map(|w| mode(w).ok_or_else(|| known("a mode", w))).transpose()?,
            role: self.role.as_ref().map(|w| role(w).ok_or_else(|| known("a role", w))).transpose()?,
            spec: self
                .spec
                .as_deref()
                .map(|text| text.parse().map_err(|_: Error| known("a spec", text)))
                .transpose()?,
            max_ratio: match self.max_ratio {
                None => None,
                Some(Ratio::Number(ratio)) => Some(ratio),
                Some(Ratio::Word(word)) if word == "inf" => Some(f64::INFINITY),
                Some(Ratio::Word(word)) => return Err(known("a ratio", &word)),
            },
            cells: self.cells.zip(self.cells_wrong).map(|(all, wrong)| [all, wrong]),
            first: self.first.map(|f| WrongCell { index: f.index, got: f.got, exact: f.exact, bound: f.bound }),
            diagnosis: self.diagnosis.map(|named| [named.id, named.message]),
            case: self.case,
            arithmetic: self.arithmetic,
            also: self.also,
            weak: self.weak,
            reason: self.reason,
            repro: self.repro,
        })
    }
}
