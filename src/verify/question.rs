//! One question: arrays as they came, what they are said to mean, and the verdict.

use super::hypothesis::{self, Diagnosis};
use super::judge::{Judgement, Observed, Verdict, judge};
use super::rounding::{Arithmetic, Format};
use super::truth::{Operands, Role, Truth, result_shape};
use crate::data::Array;
use crate::error::{Error, MeaningError};
use crate::geometry::{Kind, Spec, size};
use crate::layout::{Layout, Layouts};
use crate::scalar::Dyadic;
use crate::tensor::Tensor;

/// Arrays in a framework's own layout, and the operation that they are said to show.
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
    /// mistake, to say which the data could not show.
    ///
    /// # Errors
    /// M1 for an operand of the wrong shape (a wrong `y` is a verdict), M3 for a layout that cannot
    /// hold these groups, M7 for NaN or infinity in an operand, F5 for a missing operand.
    pub fn answer(&self) -> Result<Answer, Error> {
        let operands = self.operands()?;
        let arithmetic = self.arithmetic.unwrap_or_else(|| self.default_arithmetic());
        let expected = self.observed_shape()?;
        if self.y.shape() != expected {
            let judgement = Judgement::other_shape(&expected, self.y.shape());
            let mut diagnosis = hypothesis::that_fit(self, &operands, |other| self.matches(other, &arithmetic));
            if diagnosis.is_empty() {
                diagnosis = hypothesis::of_shape(self, &operands);
            }
            return Ok(Answer { judgement, arithmetic, diagnosis, weak: Vec::new() });
        }
        let truth = Truth::new(&self.spec, self.role, &operands)?;
        let observed = self.observed()?;
        let rounds_inputs = self.rounds_inputs(&arithmetic);
        let mut judgement = judge(&truth, &observed, &arithmetic, rounds_inputs);
        if let Some(reason) = self.beyond_inputs(&operands, &arithmetic) {
            judgement = Judgement { cells: truth.cells(), ..Judgement::unanswered(reason) };
        }
        let mut diagnosis = Vec::new();
        if judgement.verdict == Verdict::Differs {
            diagnosis = hypothesis::that_fit(self, &operands, |other| self.matches(other, &arithmetic));
            if diagnosis.is_empty() {
                diagnosis.extend(hypothesis::lower_precision(&judgement, &arithmetic, |weaker| {
                    judge(&truth, &observed, weaker, true)
                }));
            }
        }
        let weak = hypothesis::unseen(self, &operands, &truth);
        Ok(Answer { judgement, arithmetic, diagnosis, weak })
    }

    /// Whether the observed result is this one.
    fn matches(&self, other: &Truth, arithmetic: &Arithmetic) -> bool {
        let same = |observed| judge(other, &observed, arithmetic, self.rounds_inputs(arithmetic)).is_same();
        self.observed().is_ok_and(same)
    }

    /// Judges the observed result against a truth that is already known.
    pub(super) fn judge_against(&self, truth: &Truth) -> Result<Judgement, Error> {
        let arithmetic = self.arithmetic.unwrap_or_else(|| self.default_arithmetic());
        if let Some(reason) = self.beyond_inputs(&self.operands()?, &arithmetic) {
            return Ok(Judgement { cells: truth.cells(), ..Judgement::unanswered(reason) });
        }
        Ok(judge(truth, &self.observed()?, &arithmetic, self.rounds_inputs(&arithmetic)))
    }

    /// The operands in canonical layout, checked.
    fn operands(&self) -> Result<Operands, Error> {
        let spec = &self.spec;
        let (inputs, results) = (spec.input_shape(), spec.output_shape());
        let x = || data("x", self.x.as_ref(), &self.layouts.x, &inputs, spec);
        let g = || data("g", self.g.as_ref(), &self.layouts.y, &results, spec);
        Ok(match self.role {
            Role::Forward => Operands { first: x()?, second: Some(self.weight()?), bias: self.bias(results[1])? },
            Role::InputGradient => Operands { first: g()?, second: Some(self.weight()?), bias: None },
            Role::WeightGradient => Operands { first: x()?, second: Some(g()?), bias: None },
            Role::BiasGradient => Operands { first: g()?, second: None, bias: None },
        })
    }

    fn weight(&self) -> Result<Tensor<Dyadic>, Error> {
        let w = self.w.as_ref().ok_or_else(|| missing("w", self.role))?;
        let expected = self.layouts.w.weight_shape(&self.spec.geometry)?;
        check_shape("w", &expected, w.shape(), &self.spec)?;
        let w = self.layouts.w.canonical_weight(&self.spec.geometry, &finite("w", w)?)?;
        Ok(if self.weight_flipped { w.flipped(2..w.shape().len()) } else { w })
    }

    fn bias(&self, channels: usize) -> Result<Option<Vec<Dyadic>>, Error> {
        let Some(b) = &self.b else { return Ok(None) };
        check_shape("b", &[channels], b.shape(), &self.spec)?;
        Ok(Some(finite("b", b)?.into_entries()))
    }

    /// The shape that the result has in the layout of what it is.
    fn observed_shape(&self) -> Result<Vec<usize>, Error> {
        let canonical = result_shape(&self.spec, self.role);
        Ok(match self.role {
            Role::Forward => self.layouts.y.data_shape(&canonical),
            Role::InputGradient => self.layouts.x.data_shape(&canonical),
            Role::WeightGradient => self.layouts.w.weight_shape(&self.spec.geometry)?,
            Role::BiasGradient => canonical,
        })
    }

    /// Where each canonical cell of the result lies in the observed array.
    fn observed(&self) -> Result<Observed<'_>, Error> {
        let places = Tensor::from_fn("the observed result", self.y.shape().to_vec(), |n| n)?;
        let cells = match self.role {
            Role::Forward => self.layouts.y.canonical_data(&places),
            Role::InputGradient => self.layouts.x.canonical_data(&places),
            Role::BiasGradient => places,
            Role::WeightGradient => {
                let w = self.layouts.w.canonical_weight(&self.spec.geometry, &places)?;
                if self.weight_flipped { w.flipped(2..w.shape().len()) } else { w }
            }
        };
        Ok(Observed { array: &self.y, cells })
    }

    /// Inputs in the type of the operands (the narrower of two), sums and results in that of `y`.
    pub fn default_arithmetic(&self) -> Arithmetic {
        let output = Format::of(self.y.element_type());
        let operands = [&self.x, &self.w, &self.g].into_iter().flatten().map(|a| Format::of(a.element_type()));
        let input = operands.min_by_key(|f| f.precision()).unwrap_or(output);
        // Integer inputs are exact; their type does not bound the sums.
        let input = if input.is_float() { input } else { output };
        Arithmetic { input, accumulate: output, output }
    }

    /// Why no claim can be made about inputs that are rounded to the declared type: one of them
    /// lies outside its normal range, where rounding has no relative bound.
    fn beyond_inputs(&self, operands: &Operands, arithmetic: &Arithmetic) -> Option<String> {
        let arrays = [&self.x, &self.w, &self.g].into_iter().flatten();
        if arrays.map(|a| Format::of(a.element_type())).all(|f| f == arithmetic.input || !f.is_float()) {
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

    /// Whether some operand is wider than the type to which inputs are declared to be rounded.
    fn rounds_inputs(&self, arithmetic: &Arithmetic) -> bool {
        let operands = [&self.x, &self.w, &self.g].into_iter().flatten();
        let mut formats = operands.map(|a| Format::of(a.element_type()));
        formats.any(|f| f.is_float() && f != arithmetic.input && f.precision() >= arithmetic.input.precision())
    }
}

fn data(
    tensor: &'static str,
    array: Option<&Array>,
    layout: &Layout,
    canonical: &[usize],
    spec: &Spec,
) -> Result<Tensor<Dyadic>, Error> {
    let array = array.ok_or_else(|| missing(tensor, Role::Forward))?;
    check_shape(tensor, &layout.data_shape(canonical), array.shape(), spec)?;
    Ok(layout.canonical_data(&finite(tensor, array)?))
}

fn check_shape(tensor: &'static str, expected: &[usize], got: &[usize], spec: &Spec) -> Result<(), Error> {
    if expected == got {
        return Ok(());
    }
    Err(MeaningError::Shape { tensor, expected: expected.to_vec(), got: got.to_vec(), why: spec.to_string() }.into())
}

fn finite(tensor: &'static str, array: &Array) -> Result<Tensor<Dyadic>, Error> {
    let mut entries = Vec::with_capacity(array.len());
    for n in 0..array.len() {
        entries.push(array.dyadic(n).ok_or_else(|| {
            let cell = format!("{:?}", crate::tensor::unflatten(array.shape(), n));
            Error::from(MeaningError::NotFinite { tensor, cell, value: array.show(n) })
        })?);
    }
    Tensor::new(array.shape().to_vec(), entries)
}

fn missing(name: &'static str, role: Role) -> Error {
    let found = format!("no such tensor, which {} needs", role.name());
    crate::error::DataError::Missing { what: "tensor", name: name.to_owned(), found }.into()
}

/// Channels of the named operation's result.
pub(super) fn result_channels(spec: &Spec) -> usize {
    match spec.kind {
        Kind::Conv => size(spec.geometry.in_channels()),
        Kind::Tconv => size(spec.geometry.out_channels()),
    }
}
