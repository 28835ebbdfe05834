//! A case as reports show it, whether it was just judged or read back from a JSON document.

use super::names::Names;
use crate::geometry::Spec;
use crate::tensor::flatten;
use crate::verify::{Answer, CaseReport, Mode, Role, Summary, Verdict, WrongCell};

/// Everything that the JSON document of `verify` says of a case, key by key.
#[derive(Debug, Clone, PartialEq)]
#[allow(clippy::exhaustive_structs)] // the keys of the document
pub struct Shown {
    /// Its name, unique within a run.
    pub case: String,
    /// The forward operation, where it could be read.
    pub spec: Option<Spec>,
    /// What was computed of it.
    pub role: Option<Role>,
    /// The verdict.
    pub verdict: Verdict,
    /// How it was reached.
    pub mode: Option<Mode>,
    /// The arithmetic that was held against it, by name.
    pub arithmetic: Option<String>,
    /// The largest error as a multiple of its bound.
    pub max_ratio: Option<f64>,
    /// Cells of the result, and how many of them are wrong.
    pub cells: Option<[usize; 2]>,
    /// The first wrong cell.
    pub first: Option<WrongCell>,
    /// Id and message of the mistake that was made.
    pub diagnosis: Option<[String; 2]>,
    /// Other mistakes that fit, by id.
    pub also: Vec<String>,
    /// Mistakes that these data could not show, by id.
    pub weak: Vec<String>,
    /// Why there is no answer, or nothing to compare cell by cell.
    pub reason: Option<String>,
    /// The command that judges it again.
    pub repro: String,
}

impl Shown {
    /// A judged case, and the command that judges it again.
    pub fn new(report: &CaseReport, repro: String) -> Shown {
        let answer = report.answer.as_ref().ok();
        let judgement = answer.map(|a| &a.judgement);
        let ids = |ids: &mut dyn Iterator<Item = &'static str>| ids.map(str::to_owned).collect();
        Shown {
            case: report.case.clone(),
            spec: report.spec.clone(),
            role: report.role,
            verdict: report.verdict(),
            mode: judgement.and_then(|j| j.mode),
            arithmetic: answer.map(|a| a.arithmetic.name()),
            max_ratio: judgement.and_then(|j| j.max_ratio),
            cells: judgement.filter(|j| j.cells > 0).map(|j| [j.cells, j.cells_wrong]),
            first: judgement.and_then(|j| j.first.clone()),
            diagnosis: answer.and_then(|a| a.diagnosis.first()).map(|d| [d.id.to_owned(), d.message.clone()]),
            also: answer.map_or(Vec::new(), |a| ids(&mut a.diagnosis.iter().skip(1).map(|d| d.id))),
            weak: answer.map_or(Vec::new(), |a| ids(&mut a.weak.iter().copied())),
            reason: match &report.answer {
                Err(error) => Some(error.to_string()),
                Ok(Answer { judgement, .. }) => judgement.reason.clone(),
            },
            repro,
        }
    }

    /// The mistake's id, empty where none is named.
    pub fn id(&self) -> &str {
        self.diagnosis.as_ref().map_or("", |[id, _]| id)
    }

    /// Whether a report shows a block about it.
    pub fn is_difference(&self) -> bool {
        self.verdict == Verdict::Differs
    }

    /// Counts it as one case more.
    pub fn count(&self, summary: &mut Summary) {
        summary.add(self.verdict, self.mode, self.max_ratio, !self.weak.is_empty());
    }

    /// The name of the first wrong cell: `y01`, or its index where it is none of `y`.
    pub(super) fn cell(&self, first: &WrongCell) -> String {
        let spec = self.spec.as_ref().filter(|_| self.role == Some(Role::Forward));
        let inside = |shape: &[usize]| {
            first.index.len() == shape.len() && first.index.iter().zip(shape).all(|(at, length)| at < length)
        };
        match spec.map(|spec| (spec, spec.output_shape())).filter(|(_, shape)| inside(shape)) {
            Some((spec, shape)) => Names::new(spec).y(flatten(&shape, &first.index)).into_owned(),
            None => format!("{:?}", first.index),
        }
    }
}
