//! The arrays of a question: checked, in canonical layout, as exact numbers.

use super::format::Format;
use super::judge::Observed;
use super::question::Question;
use super::truth::{Operands, Role, result_shape};
use crate::data::Array;
use crate::error::{DataError, Error, MeaningError};
use crate::geometry::Spec;
use crate::layout::Layout;
use crate::scalar::Dyadic;
use crate::tensor::Tensor;

impl Question {
    /// The arrays that the role multiplies, where they are there.
    pub(super) fn factors(&self) -> impl Iterator<Item = &Array> {
        let (first, second) = match self.role {
            Role::Forward => (&self.x, &self.w),
            Role::InputGradient => (&self.g, &self.w),
            Role::WeightGradient => (&self.x, &self.g),
            Role::BiasGradient => (&self.g, &None),
        };
        first.iter().chain(second)
    }

    /// The operands in canonical layout, checked.
    pub(super) fn operands(&self) -> Result<Operands, Error> {
        let spec = &self.spec;
        let (inputs, results) = (spec.input_shape(), spec.output_shape());
        let x = || self.data("x", self.x.as_ref(), &self.layouts.x, &inputs);
        let g = || self.data("g", self.g.as_ref(), &self.layouts.y, &results);
        Ok(match self.role {
            Role::Forward => Operands { first: x()?, second: Some(self.weight()?), bias: self.bias(results[1])? },
            Role::InputGradient => Operands { first: g()?, second: Some(self.weight()?), bias: None },
            Role::WeightGradient => Operands { first: x()?, second: Some(g()?), bias: None },
            Role::BiasGradient => Operands { first: g()?, second: None, bias: None },
        })
    }

    fn data(
        &self,
        tensor: &'static str,
        array: Option<&Array>,
        layout: &Layout,
        canonical: &[usize],
    ) -> Result<Tensor<Dyadic>, Error> {
        let array = array.ok_or_else(|| missing(tensor, self.role))?;
        check_shape(tensor, &layout.data_shape(canonical), array.shape(), &self.spec)?;
        Ok(layout.canonical_data(&finite(tensor, array)?))
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

    /// The shape that the result of a geometry has in the layout of what it is.
    pub(super) fn observed_shape(&self, spec: &Spec) -> Result<Vec<usize>, Error> {
        let canonical = result_shape(spec, self.role);
        Ok(match self.role {
            Role::Forward => self.layouts.y.data_shape(&canonical),
            Role::InputGradient => self.layouts.x.data_shape(&canonical),
            Role::WeightGradient => self.layouts.w.weight_shape(&spec.geometry)?,
            Role::BiasGradient => canonical,
        })
    }

    /// Where each canonical cell of the result lies in the observed array.
    pub(super) fn observed(&self) -> Result<Observed<'_>, Error> {
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

    /// The operands with 0 for every value that is subnormal in the type in which it is held, if
    /// there are any: as hardware may read them.
    pub(super) fn flushed(&self, operands: &Operands) -> Option<Operands> {
        let mut some = false;
        let mut flush = |array: Option<&Array>, value: Dyadic| {
            let is_subnormal = array.is_some_and(|a| Format::of(a.element_type()).is_subnormal(value));
            some |= is_subnormal;
            if is_subnormal { Dyadic::new(0, 0) } else { value }
        };
        let (first, second) = (self.factors().next(), self.factors().nth(1));
        let operands = Operands {
            first: operands.first.map(|&v| flush(first, v)),
            second: operands.second.as_ref().map(|t| t.map(|&v| flush(second, v))),
            bias: operands.bias.as_ref().map(|b| b.iter().map(|&v| flush(self.b.as_ref(), v)).collect()),
        };
        some.then_some(operands)
    }
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
    DataError::Missing { what: "tensor", name: name.to_owned(), found }.into()
}
