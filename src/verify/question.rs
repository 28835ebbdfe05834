//! One question: arrays as they came, what they are said to mean, and the verdict.

use super::catalogue::Problem;
use super::diagnosis::{self, Diagnosis};
use super::format::Format;
use super::judge::{Bench, Found, Under};
use super::judgement::{Judgement, Verdict};
use super::map::{Map, Operands};
use super::rounding::Arithmetic;
use super::truth::{Role, Truth};
use super::weak;
use crate::data::Array;
use crate::error::{Error, LimitError};
use crate::geometry::{Pads, Spec};
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
    /// How the pads were said, where that is known: mistakes about `SAME` are looked for where it was.
    pub pads: Pads,
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

/// Products of a map that are judged without being asked for more: twice the largest layer of
/// this crate's table of real networks.
pub const MAX_PRODUCTS: u64 = 10_000_000_000;

/// How far the work on one question is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Progress {
    /// `judging`, or the id of a mistake that is tried.
    pub task: &'static str,
    /// Products done of this task.
    pub done: i128,
    /// Products of this task.
    pub products: i128,
}

impl Progress {
    /// Hears of cells and tells of products, of none at first.
    pub(super) fn of<'a>(
        task: &'static str,
        map: &Map<'_>,
        watch: &'a mut dyn FnMut(Progress),
    ) -> impl FnMut(usize) + use<'a> {
        let (products, cells) = (map.products(), map.cells() as i128);
        watch(Progress { task, done: 0, products });
        move |done| watch(Progress { task, done: products * done as i128 / cells.max(1), products })
    }
}

impl Question {
    /// The forward operation with canonical layouts.
    pub fn forward(spec: Spec, x: Array, w: Array, b: Option<Array>, y: Array) -> Question {
        Question {
            spec,
            role: Role::Forward,
            layouts: Layouts::default(),
            weight_flipped: false,
            pads: Pads::default(),
            arithmetic: None,
            x: Some(x),
            w: Some(w),
            b,
            g: None,
            y,
        }
    }

    /// Judges the observed result: [`Question::answer_within`] [`MAX_PRODUCTS`], unwatched.
    ///
    /// # Errors
    /// As [`Question::answer_within`].
    pub fn answer(&self) -> Result<Answer, Error> {
        self.answer_within(MAX_PRODUCTS, &mut |_| ())
    }

    /// Judges the observed result; `watch` hears how far the work is, before it begins and after
    /// each part of it.
    ///
    /// Cost: the exact products of the map, twice where `Σ|x||w|` decides. For up to 2^20 of them
    /// also those of every named mistake, to say which the data could not show. Of a larger map
    /// some cells are looked at under every mistake, and the whole under at most four that fit them;
    /// what stays open is a remark.
    ///
    /// Memory: 8 bytes per element of an operand (16 where `Σ|x||w|` decides, and for a while 8 more
    /// of one operand under a mistake or in another layout), and at most 32 bytes for each of 2^21
    /// cells of the result, or of one channel of one sample where that has more; more per number
    /// where 63 bits do not hold an operand or 127 a sum.
    ///
    /// # Errors
    /// M1 for an operand of the wrong shape (a wrong `y` is a verdict), M3 for a layout that cannot
    /// hold these groups, M7 for NaN or infinity in an operand, F5 for a missing operand, L4 for a
    /// map of more than `max_products`.
    pub fn answer_within(&self, max_products: u64, watch: &mut dyn FnMut(Progress)) -> Result<Answer, Error> {
        let operands = self.operands()?;
        let map = Map::new(&self.spec, self.role, &operands);
        if map.target().is_some() && map.products() > max_products.into() {
            return Err(LimitError::Products { what: "products", got: map.products(), limit: max_products }.into());
        }
        let arithmetic = self.arithmetic.unwrap_or_else(|| self.default_arithmetic());
        let under = self.under(arithmetic);
        let problem = self.problem(&operands);
        let mut remarks = Vec::new();
        let has_shape = |spec: &Spec| self.has_shape_of(spec);
        let expected = self.observed_shape(&self.spec)?;
        if self.y.shape() != expected {
            let mut judgement = Judgement::other_shape(&expected, self.y.shape());
            // The places of cells are those of another spec with the observed shape.
            let diagnosis = diagnosis::that_fit(&problem, has_shape, self, &under, false, &mut remarks, watch);
            if let Some(shape) = diagnosis::of_shape(&problem, has_shape).filter(|_| diagnosis.is_empty()) {
                judgement.reason = judgement.reason.map(|reason| format!("{reason}; {shape}"));
            }
            return Ok(Answer { judgement, arithmetic, diagnosis, weak: Vec::new(), remarks });
        }
        let found = self.verdict(&map, under, watch)?;
        let mut diagnosis = Vec::new();
        if found.judgement.verdict == Verdict::Differs {
            diagnosis = diagnosis::that_fit(&problem, has_shape, self, &under, false, &mut remarks, watch);
            if diagnosis.is_empty() {
                diagnosis.extend(diagnosis::lower_precision(&found, &map, self, &under, watch));
            }
        }
        let weak = weak::unseen(&problem, &map, &mut remarks);
        Ok(Answer { judgement: found.judgement, arithmetic, diagnosis, weak, remarks })
    }

    pub(super) fn problem<'a>(&'a self, operands: &'a Operands) -> Problem<'a> {
        Problem { spec: &self.spec, role: self.role, operands, pads: self.pads }
    }

    /// Whether the observed result has the shape that this spec gives it.
    pub(super) fn has_shape_of(&self, spec: &Spec) -> bool {
        self.observed_shape(spec).is_ok_and(|shape| shape == self.y.shape())
    }

    /// Judges the observed result against the exact one, under an arithmetic.
    pub(super) fn verdict(&self, map: &Map<'_>, under: Under, watch: &mut dyn FnMut(Progress)) -> Result<Found, Error> {
        if let Some(reason) = self.beyond_inputs(&under.arithmetic) {
            let judgement = Judgement { cells: map.cells(), ..Judgement::unanswered(reason) };
            return Ok(Found { judgement, worst: None });
        }
        let mut found = self.judge(map, &[under], false, &mut Progress::of("judging", map, watch))?;
        Ok(found.remove(0))
    }

    /// Judges under several arithmetics at once, with subnormal operands in mind.
    pub(super) fn judge(
        &self,
        map: &Map<'_>,
        under: &[Under],
        briefly: bool,
        done: &mut dyn FnMut(usize),
    ) -> Result<Vec<Found>, Error> {
        let flushed = self.flushed()?;
        let flushed = flushed.as_ref().map(|operands| Map::new(map.spec, map.role, operands));
        let observed = self.observed(map.spec)?;
        Bench { map, flushed: flushed.as_ref(), observed: &observed, briefly }.judge(under, done)
    }

    /// Judges the observed result against a truth that is already known.
    pub(super) fn judge_against(&self, truth: &Truth) -> Result<Judgement, Error> {
        let operands: Operands = self.operands()?;
        let map = Map::new(&self.spec, self.role, &operands).with_known(truth);
        let arithmetic = self.arithmetic.unwrap_or_else(|| self.default_arithmetic());
        Ok(self.verdict(&map, self.under(arithmetic), &mut |_| ())?.judgement)
    }

    /// An arithmetic with what it does to these inputs.
    pub(super) fn under(&self, arithmetic: Arithmetic) -> Under {
        Under { arithmetic, rounds_inputs: self.rounds_inputs(&arithmetic) }
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
    pub(super) fn beyond_inputs(&self, arithmetic: &Arithmetic) -> Option<String> {
        if !self.rounds_inputs(arithmetic) {
            return None;
        }
        let mut values = self.factors().flat_map(|a| (0..a.len()).filter_map(|n| a.dyadic(n)));
        let value = values.find(|v| !arithmetic.input.is_normal(*v))?;
        Some(format!(
            "an operand holds {}, outside the normal range of {}, to which inputs are rounded: no claim is made",
            crate::scalar::show_rational(&value.to_rational()),
            arithmetic.input.name()
        ))
    }
}
