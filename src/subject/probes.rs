//! What a geometry is asked: the read-out of its matrix, and what a read-out takes for granted.
//!
//! | probe | shows |
//! |---|---|
//! | the identity as a batch, taps numbered; again with scattered signed labels | the matrix, tap by tap |
//! | one tap at a time, inputs numbered | the matrix where the identity is too large |
//! | one channel per input cell, gradients numbered | the relation of a weight's gradient |
//! | dense integers, two samples, with a bias | linearity in x and in w; batch; bias |
//! | the same once more | what was left in memory |
//! | dense integers, one sample | batch 1 |
//! | x = 0 | the bias, uncovered cells |
//! | full mantissas | rounding |
//! | dense integers in Fortran order | operands that do not lie in order |

use super::Request;
use super::draft::Draft;
use super::numbers::{Scatter, dense, integers, largest_integer, mantissas, result_type, scattered};
use super::panel::Entry;
use super::profile::{Profile, Sums};
use crate::data::{Array, ElementType};
use crate::error::{Error, LimitError};
use crate::evaluate::{Target, Terms};
use crate::geometry::{Kind, Spec, size};
use crate::verify::Role;

/// Why something is asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) enum Purpose {
    /// The identity, taps numbered: the first or the second labelling, and which column of how many
    /// where there are no batches.
    Read { second: bool, column: Option<usize> },
    /// One tap.
    Tap,
    /// One channel per input cell.
    OneHot,
    /// Dense integers, two samples.
    Dense,
    /// The same arrays as [`Purpose::Dense`].
    Again,
    /// Dense integers, one sample.
    Single,
    /// No input.
    Zero,
    /// Full mantissas.
    Mantissas,
    /// The same arrays as [`Purpose::Dense`], in Fortran order.
    Strided,
}

impl Purpose {
    /// Whether it asks once more what was asked before.
    pub fn asks_more(self) -> bool {
        matches!(self, Purpose::Again | Purpose::Strided)
    }
}

/// One call with its purpose.
pub(super) struct Probe {
    pub purpose: Purpose,
    pub request: Request,
}

/// Everything that is asked of one geometry in one role and type.
pub(super) struct Probes {
    pub all: Vec<Probe>,
    /// The two labellings of the taps, where the matrix is read.
    pub labels: [Vec<i64>; 2],
    /// Columns of the matrix that is read.
    pub cols: usize,
}

/// How much is asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Extent {
    /// All probes.
    Whole,
    /// The matrix and dense integers: to make a failure smaller.
    Brief,
}

/// Cells of each tensor of a geometry that is asked.
const MAX_CELLS: u64 = 1 << 22;

/// Makes probes of one geometry, role and type.
pub(super) struct Maker<'a> {
    pub entry: &'a Entry,
    pub draft: Draft,
    pub role: Role,
    pub element: ElementType,
    pub profile: &'a Profile,
    pub scatter: Scatter,
}

/// The probes of a geometry.
///
/// # Errors
/// L3 for a geometry whose tensors are too large to be asked; none for what a panel holds.
pub(super) fn probes(
    entry: &Entry,
    role: Role,
    element: ElementType,
    profile: &Profile,
    extent: Extent,
) -> Result<Probes, Error> {
    let g = &entry.spec.geometry;
    for (what, shape) in [("x", g.input_shape()), ("y", g.output_shape()), ("w", g.weight_shape())] {
        let cells = shape.iter().product::<usize>() as i128;
        if cells > MAX_CELLS.into() {
            return Err(LimitError::Cells { what, cells, limit: MAX_CELLS }.into());
        }
    }
    // The same numbers for the same question, in whatever order panels ask.
    let scatter = Scatter::new(0x7c0e ^ u64::try_from(entry.spec.geometry.products()).unwrap_or(u64::MAX));
    let maker = Maker { entry, draft: Draft::of(&entry.spec), role, element, profile, scatter };
    maker.make(extent)
}

impl Maker<'_> {
    fn make(mut self, extent: Extent) -> Result<Probes, Error> {
        let mut probes = Probes { all: Vec::new(), labels: [Vec::new(), Vec::new()], cols: 0 };
        match self.role {
            Role::Forward | Role::InputGradient => self.read(&mut probes)?,
            Role::WeightGradient => self.one_hot(&mut probes)?,
            Role::BiasGradient => {}
        }
        let two = if self.profile.batch { 2 } else { 1 };
        let bias = self.profile.bias && self.role == Role::Forward;
        self.dense(&mut probes, two, bias, Purpose::Dense)?;
        if two == 2 || bias {
            self.dense(&mut probes, 1, false, Purpose::Single)?;
        }
        let dense = probes.all.iter().find(|p| p.purpose == Purpose::Dense).map(|p| p.request.clone());
        if extent == Extent::Whole {
            if self.role == Role::Forward {
                self.zero(&mut probes, bias)?;
            }
            if self.profile.sums == Sums::Products {
                self.mantissas(&mut probes);
            }
            probes.all.extend(dense.clone().map(|request| Probe { purpose: Purpose::Again, request }));
        }
        let strided = dense.filter(|_| self.profile.fortran).map(|request| Request { fortran: true, ..request });
        probes.all.extend(strided.map(|request| Probe { purpose: Purpose::Strided, request }));
        Ok(probes)
    }

    /// A request about this geometry with another batch.
    pub fn request(&self, batch: usize) -> Option<Request> {
        let spec = self.draft.with_batch(batch)?;
        Some(Request { pads: self.entry.pads, ..Request::new(spec, self.role) })
    }

    /// Integers so small that every sum is exact in the type, if there are such.
    fn dense(&mut self, probes: &mut Probes, batch: usize, bias: bool, purpose: Purpose) -> Result<(), Error> {
        let Some(mut request) = self.request(batch) else { return Ok(()) };
        let terms = i64::try_from(most_terms(&request.spec, self.role)).unwrap_or(i64::MAX);
        // 0.5 and below: |b| + n·m² ≤ largest
        let held = result_type(self.element);
        let room = largest_integer(held) / terms.saturating_add(1).max(1);
        // Bytes whose sums are kept in 32 bits: as large as they are.
        let is_byte = held != self.element;
        let largest = if is_byte { largest_integer(self.element) } else { 50 };
        let most = (1..=largest).rev().find(|m| m * m <= room).unwrap_or(1).min(largest_integer(self.element));
        // Of one sign in one of the two: a few products are more than 16 bits hold.
        let least = if is_byte && purpose == Purpose::Single { Some(most / 2 + 1) } else { None };
        self.fill(&mut request, bias, &mut |element, shape, scatter| {
            match least {
                Some(least) => scattered(element, shape, scatter, |scatter| scatter.between(least, most)),
                None => dense(element, shape, most, scatter),
            }
            .map(Some)
        })?;
        probes.all.push(Probe { purpose, request });
        Ok(())
    }

    fn mantissas(&mut self, probes: &mut Probes) {
        let Some(mut request) = self.request(1) else { return };
        let filled =
            self.fill(&mut request, false, &mut |element, shape, scatter| Ok(mantissas(element, shape, scatter)));
        if filled.is_ok() && (request.x.is_some() || request.g.is_some()) {
            probes.all.push(Probe { purpose: Purpose::Mantissas, request });
        }
    }

    /// x = 0, with a bias that is different in every channel, or without.
    fn zero(&mut self, probes: &mut Probes, bias: bool) -> Result<(), Error> {
        let Some(mut request) = self.request(1) else { return Ok(()) };
        let element = self.element;
        self.fill(&mut request, false, &mut |element, shape, scatter| dense(element, shape, 7, scatter).map(Some))?;
        let shape = request.spec.input_shape();
        let zeros = vec![0; shape.iter().product()];
        request.x = Some(integers(element, shape, &zeros)?);
        if bias {
            let channels = request.spec.output_shape()[1];
            let numbers: Vec<i64> = (1..=channels).map(|n| long(n) % largest_integer(element) + 1).collect();
            request.b = Some(integers(result_type(element), vec![channels], &numbers)?);
        }
        probes.all.push(Probe { purpose: Purpose::Zero, request });
        Ok(())
    }

    /// Puts an array for every operand of the role.
    fn fill(&mut self, request: &mut Request, bias: bool, make: &mut Make<'_>) -> Result<(), Error> {
        let (inputs, results) = (request.spec.input_shape(), request.spec.output_shape());
        let weight = request.spec.geometry.weight_shape();
        let mut of = |shape: Vec<usize>| make(self.element, shape, &mut self.scatter);
        match self.role {
            Role::Forward => (request.x, request.w) = (of(inputs)?, of(weight)?),
            Role::InputGradient => (request.g, request.w) = (of(results)?, of(weight)?),
            Role::WeightGradient => (request.x, request.g) = (of(inputs)?, of(results)?),
            Role::BiasGradient => request.g = of(results)?,
        }
        if bias {
            let held = result_type(self.element);
            request.b = make(held, vec![request.spec.output_shape()[1]], &mut self.scatter)?;
        }
        Ok(())
    }
}

/// `x`, `w` and an array of the result's shape: integers all of whose inner products are exact.
pub(crate) fn dense_operands(spec: &Spec, element: ElementType) -> Result<[Array; 3], Error> {
    let mut scatter = Scatter::new(2);
    let terms = i64::try_from(spec.geometry.products()).unwrap_or(i64::MAX).max(1);
    let held = largest_integer(result_type(element));
    let most = (1..=20).rev().find(|m| m * m <= held / terms).unwrap_or(1);
    let mut make = |shape| dense(element, shape, most, &mut scatter);
    Ok([make(spec.input_shape())?, make(spec.geometry.weight_shape())?, make(spec.output_shape())?])
}

type Make<'a> = dyn FnMut(ElementType, Vec<usize>, &mut Scatter) -> Result<Option<Array>, Error> + 'a;

/// A count as a number to compute with.
pub(super) fn long(count: usize) -> i64 {
    i64::try_from(count).unwrap_or(i64::MAX)
}

/// The most products that reach one cell of a role's result.
pub(super) fn most_terms(spec: &Spec, role: Role) -> u64 {
    let target = match (role, spec.kind) {
        (Role::Forward, Kind::Tconv) | (Role::InputGradient, Kind::Conv) => Target::Output,
        (Role::Forward, Kind::Conv) | (Role::InputGradient, Kind::Tconv) => Target::Input,
        (Role::WeightGradient, _) => Target::Weight,
        (Role::BiasGradient, _) => {
            let shape = spec.output_shape();
            return (size(spec.geometry.batch()) * shape[2..].iter().product::<usize>()) as u64;
        }
    };
    Terms::new(&spec.geometry, target).most()
}
