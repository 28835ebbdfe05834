//! The observed result, read in canonical order wherever its file has each cell.

use super::question::Question;
use super::truth::{Role, result_shape};
use crate::data::Array;
use crate::error::Error;
use crate::geometry::Spec;
use crate::scalar::Dyadic;
use crate::tensor::{Tensor, cells};

/// The file's array, and where each canonical cell lies in it.
pub(super) struct Observed<'a> {
    array: &'a Array,
    places: Places,
}

/// The place of a canonical cell.
enum Places {
    /// Its own number.
    Canonical,
    /// `Σ position·step` with the lengths and steps of the canonical axes, last axis first.
    Steps(Vec<(usize, usize)>),
    /// Listed: weights with groups apart or read backwards.
    Listed(Vec<usize>),
}

impl Observed<'_> {
    fn place(&self, cell: usize) -> usize {
        match &self.places {
            Places::Canonical => cell,
            Places::Listed(places) => places[cell],
            Places::Steps(axes) => {
                let walk = |(rest, place): (usize, usize), &(length, step): &(usize, usize)| {
                    (rest / length, place + rest % length * step)
                };
                axes.iter().fold((cell, 0), walk).1
            }
        }
    }

    /// What was observed in a canonical cell; none for NaN and the infinities.
    pub fn dyadic(&self, cell: usize) -> Option<Dyadic> {
        self.array.dyadic(self.place(cell))
    }

    /// The same in words.
    pub fn show(&self, cell: usize) -> String {
        self.array.show(self.place(cell))
    }
}

impl Question {
    /// The observed result, whose shape is that of this spec.
    pub(super) fn observed(&self, spec: &Spec) -> Result<Observed<'_>, Error> {
        self.observed_as(spec, &result_shape(spec, self.role))
    }

    /// The observed result, whose canonical shape is this one.
    pub(super) fn observed_as(&self, spec: &Spec, shape: &[usize]) -> Result<Observed<'_>, Error> {
        let layout = match self.role {
            Role::Forward => &self.layouts.y,
            Role::InputGradient => &self.layouts.x,
            Role::BiasGradient => return Ok(Observed { array: &self.y, places: Places::Canonical }),
            Role::WeightGradient => {
                let layout = &self.layouts.w;
                if layout.is_canonical() && !self.weight_flipped {
                    return Ok(Observed { array: &self.y, places: Places::Canonical });
                }
                let count = cells(self.y.shape()).unwrap_or(usize::MAX).min(self.y.len());
                let places = Tensor::new(self.y.shape().to_vec(), (0..count).collect())?;
                let w = layout.canonical_weight(&spec.geometry, &places)?;
                let w = if self.weight_flipped { w.flipped(2..w.shape().len()) } else { w };
                return Ok(Observed { array: &self.y, places: Places::Listed(w.into_entries()) });
            }
        };
        if layout.is_canonical() {
            return Ok(Observed { array: &self.y, places: Places::Canonical });
        }
        // Of each axis in the file, the canonical one that it is.
        let axes = layout.data_shape(&(0..shape.len()).collect::<Vec<_>>());
        let mut steps: Vec<(usize, usize)> = shape.iter().map(|&length| (length, 0)).collect();
        let mut step = 1;
        for &axis in axes.iter().rev() {
            steps[axis].1 = step;
            step *= shape[axis];
        }
        steps.reverse();
        Ok(Observed { array: &self.y, places: Places::Steps(steps) })
    }
}
