//! What a run of `verify` finds: one report per case, and their summary.

use super::judgement::{Mode, Verdict};
use super::question::{Answer, Question};
use super::truth::Role;
use crate::error::Error;
use crate::geometry::Spec;

/// What was found about one recorded case.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct CaseReport {
    /// The path as walked, unique within a run.
    pub case: String,
    /// The forward operation, where it could be read.
    pub spec: Option<Spec>,
    /// What was computed of it.
    pub role: Option<Role>,
    /// The answer, or why there is none.
    pub answer: Result<Answer, Error>,
    /// What a reader should know about the reading and the judging.
    pub remarks: Vec<String>,
}

impl CaseReport {
    /// The verdict; unanswered where the case could not be read or contradicts itself.
    pub fn verdict(&self) -> Verdict {
        self.answer.as_ref().map_or(Verdict::Unanswered, |answer| answer.judgement.verdict)
    }

    /// The report of a question that did not come from a file, and of its answer.
    pub fn of_question(case: String, question: &Question, answer: Result<Answer, Error>) -> CaseReport {
        CaseReport::answered(case, question, answer, Vec::new())
    }

    /// A report with what the reading and the judging remarked.
    pub(super) fn answered(
        case: String,
        question: &Question,
        answer: Result<Answer, Error>,
        mut remarks: Vec<String>,
    ) -> CaseReport {
        remarks.extend(answer.iter().flat_map(|answer| answer.remarks.iter().cloned()));
        CaseReport { case, spec: Some(question.spec.clone()), role: Some(question.role), answer, remarks }
    }
}

/// Counts over all cases of a run.
#[derive(Debug, Default, Clone, PartialEq)]
#[non_exhaustive]
pub struct Summary {
    /// Cases met.
    pub cases: usize,
    /// Cases that are right.
    pub same: usize,
    /// Cases that are wrong.
    pub differs: usize,
    /// Cases without an answer.
    pub unanswered: usize,
    /// Cases whose data could not show some mistake.
    pub weak: usize,
    /// Cases whose matrix was read out and is right.
    pub observed: usize,
    /// Cases that are right because they are equal.
    pub exact: usize,
    /// Cases that are right because they lie within the bound.
    pub within_bound: usize,
    /// The largest error over bound among those that are right.
    pub worst_ratio: f64,
}

impl Summary {
    /// Counts one more case.
    pub fn count(&mut self, report: &CaseReport) {
        let answer = report.answer.as_ref().ok();
        let (mode, ratio) = answer.map_or((None, None), |a| (a.judgement.mode, a.judgement.max_ratio));
        self.add(report.verdict(), mode, ratio, answer.is_some_and(|a| !a.weak.is_empty()));
    }

    /// Counts one more case by what is said of it.
    pub(crate) fn add(&mut self, verdict: Verdict, mode: Option<Mode>, max_ratio: Option<f64>, is_weak: bool) {
        self.cases += 1;
        self.weak += usize::from(is_weak);
        match (verdict, mode) {
            (Verdict::Differs, _) => self.differs += 1,
            (Verdict::Unanswered, _) => self.unanswered += 1,
            (Verdict::Same, mode) => {
                self.same += 1;
                match mode {
                    Some(Mode::Bound) => self.within_bound += 1,
                    Some(Mode::Symbolic) => self.observed += 1,
                    _ => self.exact += 1,
                }
                self.worst_ratio = self.worst_ratio.max(max_ratio.unwrap_or(0.0));
            }
        }
    }
}
