//! One question among many: its verdict alone, the mistakes that fit it, and what a mistake would
//! have given. What fits several questions in the same way is more than what fits one.

use super::catalogue::{Does, HYPOTHESES, Hypothesis, Nest, Problem, Variant};
use super::diagnosis::{self, Diagnosis};
use super::judge::Under;
use super::judgement::{Judgement, Verdict};
use super::map::Map;
use super::question::{MAX_PRODUCTS, Question};
use super::truth::result_shape;
use crate::error::{Error, LimitError};
use crate::scalar::Rational;

/// What an implementation with a known mistake gives.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Predicted {
    /// The shape of the result, canonical.
    pub shape: Vec<usize>,
    /// Its cells, row-major.
    pub values: Vec<Rational>,
}

impl Question {
    /// The verdict, without diagnosis and without asking what the data could show.
    ///
    /// Cost: the exact products of the map, twice where `Σ|x||w|` decides.
    ///
    /// # Errors
    /// As [`Question::answer`].
    pub fn judgement(&self) -> Result<Judgement, Error> {
        let operands = self.operands()?;
        let map = Map::new(&self.spec, self.role, &operands);
        if map.target().is_some() && map.products() > MAX_PRODUCTS.into() {
            let limit = MAX_PRODUCTS;
            return Err(LimitError::Products { what: "products", got: map.products(), limit }.into());
        }
        let expected = self.observed_shape(&self.spec)?;
        if self.y.shape() != expected {
            return Ok(Judgement::other_shape(&expected, self.y.shape()));
        }
        let arithmetic = self.arithmetic.unwrap_or_else(|| self.default_arithmetic());
        Ok(self.verdict(&map, self.under(arithmetic), &mut |_| ())?.judgement)
    }

    /// Every way to make a mistake that reproduces the observed result; nothing where it is right.
    ///
    /// # Errors
    /// As [`Question::answer`].
    ///
    /// ```
    /// use convproof::data::{Array, Values};
    /// use convproof::verify::Question;
    /// let array = |v: &[f32]| Array::new(vec![1, 1, v.len()], Values::F32(v.to_vec())).unwrap();
    /// // The last tap is left out: 2·1, 3·1, 2·10, 3·10 without 5·1 and 5·10.
    /// let (x, w, y) = (array(&[1.0, 10.0]), array(&[2.0, 3.0, 5.0]), array(&[2.0, 3.0, 20.0, 30.0, 0.0]));
    /// let question = Question::forward("tconv i2 k3 s2".parse()?, x, w, None, y);
    /// let fitting = question.fitting()?;
    /// assert!(fitting.iter().any(|d| (d.id, d.variant) == ("border-dropped", 200)));
    /// assert_eq!(fitting[0].message, "the last tap of every axis is never used");
    /// let predicted = question.predicted("border-dropped", 200)?.unwrap();
    /// assert_eq!((predicted.shape, predicted.values[2].to_string()), (vec![1, 1, 5], "20".to_owned()));
    /// # Ok::<(), convproof::Error>(())
    /// ```
    pub fn fitting(&self) -> Result<Vec<Diagnosis>, Error> {
        if self.judgement()?.verdict != Verdict::Differs {
            return Ok(Vec::new());
        }
        let operands = self.operands()?;
        let under = self.under(self.arithmetic.unwrap_or_else(|| self.default_arithmetic()));
        let has_shape = |spec: &_| self.has_shape_of(spec);
        let problem = self.problem(&operands);
        Ok(diagnosis::that_fit(&problem, has_shape, self, &under, true, &mut Vec::new(), &mut |_| ()))
    }

    /// What a right implementation gives for the operands of this question.
    ///
    /// # Errors
    /// As [`Question::answer`]; `y` is not looked at.
    pub fn right(&self) -> Result<Predicted, Error> {
        let operands = self.operands()?;
        let truth = Map::new(&self.spec, self.role, &operands).truth(None)?;
        let values = (0..truth.cells()).map(|cell| truth.exact(cell)).collect();
        Ok(Predicted { shape: truth.shape, values })
    }

    /// Every way to make a mistake about this question, whatever was observed: the same number means
    /// the same way on every geometry.
    ///
    /// # Errors
    /// As [`Question::answer`]; `y` is not looked at.
    pub fn conceivable(&self) -> Result<Vec<Diagnosis>, Error> {
        let operands = self.operands()?;
        let problem = self.problem(&operands);
        let large = diagnosis::too_large(&problem).is_some();
        let of = |h: &'static Hypothesis| {
            let forms = h.forms(problem, large).into_iter();
            forms.map(|form| Diagnosis { id: h.id, message: form.says, variant: form.number })
        };
        Ok(HYPOTHESES.iter().flat_map(of).collect())
    }

    /// What the implementation with this mistake, made in this way, gives for the operands of this
    /// question; none where there is nothing to be mistaken about, or too much to compute.
    ///
    /// # Errors
    /// As [`Question::answer`]; `y` is not looked at.
    pub fn predicted(&self, id: &str, variant: u16) -> Result<Option<Predicted>, Error> {
        let operands = self.operands()?;
        let problem = self.problem(&operands);
        Ok(match form(&problem, id, variant) {
            Some(form) => Some(self.gives(&problem, form)?),
            None => None,
        })
    }

    /// What implementations with these mistakes give, a right one where there is nothing to be
    /// mistaken about.
    pub(crate) fn all_predicted(&self, keys: &[(&str, u16)]) -> Result<Vec<Predicted>, Error> {
        let operands = self.operands()?;
        let problem = self.problem(&operands);
        let of = |(id, variant): &(&str, u16)| match form(&problem, id, *variant) {
            Some(form) => self.gives(&problem, form),
            None => self.right(),
        };
        keys.iter().map(of).collect()
    }

    /// Whether the implementation with this mistake, made in this way, gives what was observed; none
    /// where there is nothing to be mistaken about.
    pub(crate) fn shows(&self, id: &str, variant: u16) -> Result<Option<bool>, Error> {
        let operands = self.operands()?;
        let problem = self.problem(&operands);
        let Some(form) = form(&problem, id, variant) else { return Ok(None) };
        if let Does::Products(shape, nest) = &form.does {
            let under = self.under(self.arithmetic.unwrap_or_else(|| self.default_arithmetic()));
            return Ok(Some(self.is_of(&problem, shape, &**nest, &under)));
        }
        let predicted = self.gives(&problem, form)?;
        let same = |n: usize| self.y.dyadic(n).is_some_and(|got| got.to_rational() == predicted.values[n]);
        Ok(Some(predicted.shape == self.y.shape() && (0..self.y.len()).all(same)))
    }

    /// Whether the observed result is that of a nest whose result has this shape, which is compared
    /// before anything is computed.
    pub(super) fn is_of(&self, problem: &Problem<'_>, shape: &[usize], nest: &dyn Fn() -> Nest, under: &Under) -> bool {
        let is_shape = self.laid_out(shape).is_some_and(|shape| shape == self.y.shape());
        let observed = is_shape.then(|| self.observed_as(problem.spec, shape).ok()).flatten();
        observed.is_some_and(|observed| nest().fits(problem, &observed, under))
    }

    /// What a form gives.
    fn gives(&self, problem: &Problem<'_>, form: Variant<'_>) -> Result<Predicted, Error> {
        Ok(match form.does {
            Does::Products(shape, nest) => Predicted { shape, values: nest().values(problem) },
            Does::Other(other) => {
                let truth = Map::new(&other.spec, self.role, &other.operands).truth(None)?;
                let values = (0..truth.cells()).map(|cell| truth.exact(cell)).collect();
                Predicted { shape: result_shape(&other.spec, self.role), values }
            }
        })
    }
}

/// A way to make a mistake about a problem.
fn form<'a>(problem: &Problem<'a>, id: &str, variant: u16) -> Option<Variant<'a>> {
    let hypothesis = HYPOTHESES.iter().find(|h| h.id == id)?;
    let form = hypothesis.form(*problem, diagnosis::too_large(problem).is_some(), variant)?;
    diagnosis::is_tried(problem, &form).then_some(form)
}
