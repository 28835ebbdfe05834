//! One question: arrays as they came, what they are said to mean, and the verdict.

use super::diagnosis::{self, Diagnosis};
use super::format::Format;
use super::hypothesis::Problem;
use super::judge::{Judgement, Verdict, judge};
use super::rounding::Arithmetic;
use super::truth::{Operands, Role, Truth};
use super::weak;
use crate::data::Array;
use crate::error::Error;
use crate::geometry::Spec;
use crate::layout::Layouts;

/// Arrays in a framework's own layout, and the operation that they are said to show.
///
/// ```
/// use convproof::data::{Array, Values};
/// use convproof::verify::{Question, Role};
/// let array = |shape: &[usize], values: &[f32]| Array::new(shape.to_vec(), Values::F32(values.to_vec())).unwrap();
/// // y = Cᵀx with x = 1 10, w = 2 3 5, stride 2; then the gradient of x for g = 1 0 0 0 1.
/// let (x, w) = (array(&[1, 1, 2], &[1.0, 10.0]), array(&[1, 1, 3], &[2.0, 3.0, 5.0]));
/// let y = array(&[1, 1, 5], &[2.0, 3.0, 25.0, 30.0, 50.0]);
/// let mut question = Question::forward("tconv i2 k3 s2".parse()?, x, w, None, y);
/// assert!(question.answer()?.judgement.is_same());
/// question.role = Role::InputGradient;
/// question.g = Some(array(&[1, 1, 5], &[1.0, 0.0, 0.0, 0.0, 1.0]));
/// question.y = array(&[1, 1, 2], &[5.0, 2.0]);
/// let answer = question.answer()?;
/// assert_eq!(answer.diagnosis[0].id, "kernel-flipped");
/// # Ok::<(), convproof::Error>(())
/// ```
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Question {
    /// The forward operation.
    pub spec: Spec,
    /// What was computed of it.
    pub role: Role,
    /// Which axis of the arrays is which.
    pub layouts: Layouts,
    /// Whether `w` holds the kernel rotated against the scatter definition.
    pub weight_flipped: bool,
    /// The declared arithmetic; by default that of the element types.
    pub arithmetic: Option<Arithmetic>,
    /// The operation's input, where the role needs it.
    pub x: Option<Array>,
    /// The weight, where the role needs it.
    pub w: Option<Array>,
    /// The bias, if there is one.
    pub b: Option<Array>,
    /// The upstream gradient, where the role needs it.
    pub g: Option<Array>,
    /// The observed result.
    pub y: Array,
}

/// What was found about a [`Question`].
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Answer {
    /// The verdict with its figures.
    pub judgement: Judgement,
    /// The arithmetic under which it was reached.
    pub arithmetic: Arithmetic,
    /// The named mistake that reproduces the observed numbers, and others that do.
    pub diagnosis: Vec<Diagnosis>,
    /// Ids of the mistakes that these data could not show.
    pub weak: Vec<&'static str>,
    /// What a reader should know about the judging.
    pub remarks: Vec<String>,
}

impl Question {
    /// The forward operation with canonical layouts.
    pub fn forward(spec: Spec, x: Array, w: Array, b: Option<Array>, y: Array) -> Question {
        Question {
            spec,
            role: Role::Forward,
            layouts: Layouts::default(),
            weight_flipped: false,
            arithmetic: None,
            x: Some(x),
            w: Some(w),
            b,
            g: None,
            y,
        }
    }

    /// Judges the observed result.
    ///
    /// Cost: the exact products of the map; for up to 2^20 of them also those of every named
    /// mistake, to say which the data could not show. For more, what the operands alone show is
    /// said, and a remark.
    ///
    /// # Errors
    /// M1 for an operand of the wrong shape (a wrong `y` is a verdict), M3 for a layout that cannot
    /// hold these groups, M7 for NaN or infinity in an operand, F5 for a missing operand.
    pub fn answer(&self) -> Result<Answer, Error> {
        let operands = self.operands()?;
        let arithmetic = self.arithmetic.unwrap_or_else(|| self.default_arithmetic());
        let problem = Problem { spec: &self.spec, role: self.role, operands: &operands };
        let remarks = diagnosis::too_large(&problem).into_iter().collect();
        let has_shape = |spec: &Spec| self.observed_shape(spec).is_ok_and(|shape| shape == self.y.shape());
        let mistakes = || diagnosis::that_fit(&problem, has_shape, |other| self.matches(other, &arithmetic));
        let expected = self.observed_shape(&self.spec)?;
        if self.y.shape() != expected {
            let mut judgement = Judgement::other_shape(&expected, self.y.shape());
            let diagnosis = mistakes();
            if let Some(shape) = diagnosis::of_shape(&problem, has_shape).filter(|_| diagnosis.is_empty()) {
                judgement.reason = judgement.reason.map(|reason| format!("{reason}; {shape}"));
            }
            return Ok(Answer { judgement, arithmetic, diagnosis, weak: Vec::new(), remarks });
        }
        let truth = Truth::new(&self.spec, self.role, &operands)?;
        let judgement = self.verdict(&truth, &operands, &arithmetic)?;
        let mut diagnosis = Vec::new();
        if judgement.verdict == Verdict::Differs {
            diagnosis = mistakes();
            if diagnosis.is_empty() {
                diagnosis.extend(diagnosis::lower_precision(&judgement, &arithmetic, |weaker| {
                    self.verdict(&truth, &operands, weaker)
                }));
            }
        }
        let weak = weak::unseen(&problem, &truth);
        Ok(Answer { judgement, arithmetic, diagnosis, weak, remarks })
    }

    /// Judges the observed result against the exact one, under an arithmetic.
    fn verdict(&self, truth: &Truth, operands: &Operands, arithmetic: &Arithmetic) -> Result<Judgement, Error> {
        if let Some(reason) = self.beyond_inputs(operands, arithmetic) {
            return Ok(Judgement { cells: truth.cells(), ..Judgement::unanswered(reason) });
        }
        let flushed = self.flushed(operands).map(|o| Truth::new(&self.spec, self.role, &o)).transpose()?;
        Ok(judge(truth, flushed.as_ref(), &self.observed()?, arithmetic, self.rounds_inputs(arithmetic)))
    }

    /// Judges the observed result against a truth that is already known.
    pub(super) fn judge_against(&self, truth: &Truth) -> Result<Judgement, Error> {
        let arithmetic = self.arithmetic.unwrap_or_else(|| self.default_arithmetic());
        self.verdict(truth, &self.operands()?, &arithmetic)
    }

    /// Whether the observed result is this one.
    fn matches(&self, other: &Truth, arithmetic: &Arithmetic) -> bool {
        let same = |observed| judge(other, None, &observed, arithmetic, self.rounds_inputs(arithmetic)).is_same();
        self.observed().is_ok_and(same)
    }

    /// Inputs as they are (in the narrowest type that holds all operands), sums and results in the
    /// type of `y`.
    pub fn default_arithmetic(&self) -> Arithmetic {
        let output = Format::of(self.y.element_type());
        let floats = || self.factors().map(|a| Format::of(a.element_type())).filter(|f| f.is_float());
        // f16 and bf16 together are held by f32. Integer inputs are exact; their type bounds no sum.
        let candidates = floats().chain([Format::F32, Format::F64]);
        let holding = candidates.filter(|f| floats().all(|other| f.contains(other))).min_by_key(|f| f.precision());
        let input = holding.filter(|_| floats().next().is_some()).unwrap_or(output);
        Arithmetic { input, accumulate: output, output }
    }

    /// Whether some operand is of a type that the declared one for inputs does not hold.
    fn rounds_inputs(&self, arithmetic: &Arithmetic) -> bool {
        self.factors().any(|a| !arithmetic.input.contains(Format::of(a.element_type())))
    }

    /// Why no claim can be made about inputs that are rounded to the declared type: one of them
    /// lies outside its normal range, where rounding has no relative bound.
    fn beyond_inputs(&self, operands: &Operands, arithmetic: &Arithmetic) -> Option<String> {
        if !self.rounds_inputs(arithmetic) {
            return None;
        }
        let second = operands.second.iter().flat_map(|t| t.entries());
        let value = operands.first.entries().iter().chain(second).find(|v| !arithmetic.input.is_normal(**v))?;
        Some(format!(
            "an operand holds {}, outside the normal range of {}, to which inputs are rounded: no claim is made",
            crate::scalar::show_rational(&value.to_rational()),
            arithmetic.input.name()
        ))
    }
}
