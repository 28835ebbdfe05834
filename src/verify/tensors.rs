//! The arrays of a question: checked, in canonical layout, as exact numbers.

use std::sync::Arc;

use super::format::Format;
use super::map::Operands;
use super::operand::Operand;
use super::question::Question;
use super::truth::{Role, result_shape};
use crate::data::Array;
use crate::error::{DataError, Error, MeaningError};
use crate::evaluate::Numerators;
use crate::geometry::Spec;
use crate::layout::Layout;
use crate::scalar::Dyadic;
use crate::tensor::Tensor;

/// What becomes of an element of an array.
type Change<'a> = &'a dyn Fn(&Array, Dyadic) -> Dyadic;

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
        self.changed_operands(&|_, value| value)
    }

    fn changed_operands(&self, change: Change<'_>) -> Result<Operands, Error> {
        let spec = &self.spec;
        let (inputs, results) = (spec.input_shape(), spec.output_shape());
        let x = || self.data("x", self.x.as_ref(), &self.layouts.x, &inputs, change).map(Arc::new);
        let g = || self.data("g", self.g.as_ref(), &self.layouts.y, &results, change).map(Arc::new);
        let w = || self.weight(change).map(|w| Some(Arc::new(w)));
        Ok(match self.role {
            Role::Forward => Operands { first: x()?, second: w()?, bias: self.bias(results[1], change)? },
            Role::InputGradient => Operands { first: g()?, second: w()?, bias: None },
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
        change: Change<'_>,
    ) -> Result<Operand, Error> {
        let array = array.ok_or_else(|| missing(tensor, self.role))?;
        check_shape(tensor, &layout.data_shape(canonical), array.shape(), &self.spec)?;
        check_finite(tensor, array)?;
        let operand = Operand::of(array, |value| change(array, value));
        if layout.is_canonical() {
            return Ok(operand);
        }
        // Of each axis in the file, the canonical one that it is.
        let axes = layout.data_shape(&(0..canonical.len()).collect::<Vec<_>>());
        let place = |axis| axes.iter().position(|&a| a == axis).unwrap_or(axis);
        Ok(operand.permuted(&(0..axes.len()).map(place).collect::<Vec<_>>()))
    }

    fn weight(&self, change: Change<'_>) -> Result<Operand, Error> {
        let w = self.w.as_ref().ok_or_else(|| missing("w", self.role))?;
        let (g, layout) = (&self.spec.geometry, &self.layouts.w);
        check_shape("w", &layout.weight_shape(g)?, w.shape(), &self.spec)?;
        check_finite("w", w)?;
        let mut operand = Operand::of(w, |value| change(w, value));
        if !layout.is_canonical() {
            let shape = std::mem::take(&mut operand.shape);
            let numerators = super::operand::each!(operand.scaled.numerators, all => {
                layout.canonical_weight(g, &Tensor::new(shape, all)?)?.into_entries()
            });
            (operand.shape, operand.scaled.numerators) = (g.weight_shape(), numerators);
        }
        Ok(if self.weight_flipped { operand.flipped(2..operand.shape.len()) } else { operand })
    }

    fn bias(&self, channels: usize, change: Change<'_>) -> Result<Option<Vec<Dyadic>>, Error> {
        let Some(b) = &self.b else { return Ok(None) };
        check_shape("b", &[channels], b.shape(), &self.spec)?;
        check_finite("b", b)?;
        Ok(Some((0..channels).filter_map(|n| b.dyadic(n)).map(|value| change(b, value)).collect()))
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

    /// The shape in the file of a result of any canonical shape; none where a weight's layout does not
    /// tell it.
    pub(super) fn laid_out(&self, canonical: &[usize]) -> Option<Vec<usize>> {
        let layouts = &self.layouts;
        let right = result_shape(&self.spec, self.role);
        let data = match self.role {
            Role::Forward => &layouts.y,
            Role::InputGradient => &layouts.x,
            Role::WeightGradient if layouts.w.is_canonical() => return Some(canonical.to_vec()),
            Role::WeightGradient => return self.observed_shape(&self.spec).ok().filter(|_| right == canonical),
            Role::BiasGradient => return Some(canonical.to_vec()),
        };
        // Other letters place as many axes as the right result has.
        match data.is_canonical() {
            true => Some(canonical.to_vec()),
            false => (canonical.len() == right.len()).then(|| data.data_shape(canonical)),
        }
    }

    /// The operands with 0 for every value that is subnormal in the type in which it is held, if
    /// there are any: as hardware may read them.
    pub(super) fn flushed(&self) -> Result<Option<Operands>, Error> {
        let is_subnormal = |array: &Array, value: Dyadic| Format::of(array.element_type()).is_subnormal(value);
        let mut arrays = self.factors().chain(self.b.iter().filter(|_| self.role == Role::Forward));
        let some = arrays.any(|a| {
            a.element_type().is_float() && (0..a.len()).filter_map(|n| a.dyadic(n)).any(|v| is_subnormal(a, v))
        });
        let zero = Dyadic { mantissa: 0, exponent: 0 };
        let flush = |array: &Array, value: Dyadic| if is_subnormal(array, value) { zero } else { value };
        some.then(|| self.changed_operands(&flush)).transpose()
    }
}

fn check_shape(tensor: &'static str, expected: &[usize], got: &[usize], spec: &Spec) -> Result<(), Error> {
    if expected == got {
        return Ok(());
    }
    Err(MeaningError::Shape { tensor, expected: expected.to_vec(), got: got.to_vec(), why: spec.to_string() }.into())
}

fn check_finite(tensor: &'static str, array: &Array) -> Result<(), Error> {
    let is_float = array.element_type().is_float();
    match (0..array.len()).find(|&n| is_float && array.dyadic(n).is_none()) {
        None => Ok(()),
        Some(n) => {
            let cell = format!("{:?}", crate::tensor::unflatten(array.shape(), n));
            Err(MeaningError::NotFinite { tensor, cell, value: array.show(n) }.into())
        }
    }
}

fn missing(name: &'static str, role: Role) -> Error {
    let found = format!("no such tensor, which {} needs", role.name());
    DataError::Missing { what: "tensor", name: name.to_owned(), found }.into()
}
