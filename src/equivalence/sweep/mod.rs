//! Every geometry of a family, up to stated bounds, by one of three routes.
//!
//! | route | what is compared | cost per geometry |
//! |---|---|---|
//! | [`sweep`] | formulations on indeterminates, with the definition's sums | their products |
//! | [`per_axis`] | what formulations say of one axis, with the definition's meetings | one axis |
//! | [`matrices`] | `C` built in three ways, entry by entry | its entries |
//!
//! The first needs nothing but the formulations. The second rests on what they say of themselves
//! (see [`Formulation::on_axis`]) and says *differs* only after a full comparison. The third is
//! about matrices, and runs no formulation.

mod family;
mod matrices;
mod per_axis;
mod three_ways;
mod walk;

pub use family::{Family, OutputPaddings, Pads};
pub use matrices::{Build, Construction, constructions, matrices};
pub use per_axis::per_axis;
#[cfg(feature = "cli")]
pub(crate) use walk::start_threads;

use std::ops::Range;

use super::{Question, Verdict, Witness};
use crate::error::Error;
use crate::formulation::Formulation;
use crate::geometry::{Axis, Geometry, Padding};
use crate::scalar::Polynomial;

/// How the geometries of a family are compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[allow(clippy::exhaustive_enums)] // each is a function of this module
pub enum Route {
    /// [`per_axis`].
    PerAxis,
    /// [`matrices`].
    Matrices,
    /// [`sweep`].
    Formulations,
}

impl Route {
    /// All routes, the quickest first.
    pub const ALL: [Route; 3] = [Route::PerAxis, Route::Matrices, Route::Formulations];

    /// `per-axis`, `matrices` or `formulations`.
    pub fn word(self) -> &'static str {
        match self {
            Route::PerAxis => "per-axis",
            Route::Matrices => "matrices",
            Route::Formulations => "formulations",
        }
    }
}

/// What a sweep found.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct SweepReport {
    /// How they were compared.
    pub route: Route,
    /// Legal geometries visited.
    pub geometries: u64,
    /// Combinations of the family, legal or not.
    pub combinations: u128,
    /// Legal geometries on which something was compared as a whole: all of them but by
    /// [`Route::PerAxis`].
    pub in_full: u64,
    /// For each formulation or construction its name and what was found over all geometries.
    pub outcomes: Vec<SweepOutcome>,
}

/// What a sweep found about one formulation or construction.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct SweepOutcome {
    /// The formulation's name.
    pub name: String,
    /// Geometries on which it is the same map.
    pub same: u64,
    /// Geometries on which it differs.
    pub differs: u64,
    /// Geometries on which it declined, with the first reason.
    pub skipped: u64,
    /// The simplest difference, by [`weight`].
    pub witness: Option<Box<Witness>>,
    /// The first reason for declining.
    pub reason: Option<Error>,
}

impl SweepOutcome {
    fn new(name: &str) -> Self {
        SweepOutcome { name: name.to_owned(), same: 0, differs: 0, skipped: 0, witness: None, reason: None }
    }

    /// `same`, `differs` or `skipped`.
    pub fn word(&self) -> &'static str {
        match (self.differs, self.skipped) {
            (0, 0) => "same",
            (0, _) => "skipped",
            _ => "differs",
        }
    }

    /// Adds what a later part of the family gave.
    fn add(&mut self, later: Tally) {
        self.same += later.same;
        self.differs += later.differs;
        self.skipped += later.skipped;
        self.reason = self.reason.take().or(later.reason);
        if let Some(witness) = later.witness {
            simplest(&mut self.witness, witness);
        }
    }
}

/// What a part of a family gave for one formulation or construction.
#[derive(Default)]
struct Tally {
    same: u64,
    differs: u64,
    skipped: u64,
    witness: Option<Box<Witness>>,
    reason: Option<Error>,
}

impl Tally {
    fn blank(count: usize) -> Vec<Tally> {
        std::iter::repeat_with(Tally::default).take(count).collect()
    }

    fn count(&mut self, verdict: Verdict) {
        match verdict {
            Verdict::Same => self.same += 1,
            Verdict::Skipped(reason) => {
                self.skipped += 1;
                self.reason.get_or_insert(reason);
            }
            Verdict::Differs(witness) => {
                self.differs += 1;
                simplest(&mut self.witness, witness);
            }
        }
    }
}

/// Keeps the simpler of two witnesses: the smaller [`weight`], then the first by its text.
fn simplest(known: &mut Option<Box<Witness>>, other: Box<Witness>) {
    let key = |w: &Witness| (weight(&w.spec.geometry), w.spec.to_string());
    if known.as_ref().is_none_or(|known| key(&other) < key(known)) {
        *known = Some(other);
    }
}

/// How large a geometry is: `Σ |i| + |k| + |s| + |d| + |p_begin| + |p_end| + a` over its axes.
/// A sweep reports the failure with the smallest weight, ties by the normal form as text.
pub fn weight(g: &Geometry) -> i64 {
    let axis = |a: &Axis| {
        let Padding { begin, end } = a.padding();
        a.input() + a.kernel() + a.stride() + a.dilation() + begin.abs() + end.abs() + a.output_padding()
    };
    g.axes().iter().map(axis).sum()
}

/// Geometries that one core takes at a time.
const CHUNK: u64 = 16;

/// Calls `compare` with every legal geometry until one fails, and `progress` with the number done.
///
/// `compare` counts in tallies, one per outcome; `start` makes what each core keeps for it.
fn each_in_full<W: Send>(
    family: &Family,
    outcomes: &mut [SweepOutcome],
    start: impl Fn() -> W + Sync,
    compare: impl Fn(&mut W, &Geometry, &mut [Tally]) -> Result<(), Error> + Sync,
    progress: &mut dyn FnMut(u64),
) -> Result<u64, Error> {
    let (all, count) = walk::numbered(family)?;
    let tallies = outcomes.len();
    let work = |(kept, chosen): &mut (W, Vec<usize>), numbers: Range<u64>| {
        let mut tallies = Tally::blank(tallies);
        for number in numbers {
            let outer = all.choose(number, chosen);
            compare(kept, &all.geometry(chosen, outer), &mut tallies)?;
        }
        Ok(tallies)
    };
    walk::run(count, CHUNK, || (start(), Vec::new()), work, |tallies| add(outcomes, tallies), progress)?;
    Ok(count)
}

/// Adds what a later part of the family gave.
fn add(outcomes: &mut [SweepOutcome], tallies: Vec<Tally>) {
    outcomes.iter_mut().zip(tallies).for_each(|(outcome, tally)| outcome.add(tally));
}

/// Compares formulations with the definition on every geometry of a family, on indeterminates.
///
/// `progress` is called now and then with the number of geometries done. Cost: as
/// [`super::compare`] for each, on all cores with the feature `parallel`; the report is the same.
///
/// # Errors
/// Q4 for a family of too many axes to hold or of more geometries than 64 bits count; as
/// [`super::compare`] L1, L2 and L4 for families of large geometries, of the first that fails.
pub fn sweep(
    family: &Family,
    rivals: &[Box<dyn Formulation<Polynomial>>],
    limit: u64,
    mut progress: impl FnMut(u64),
) -> Result<SweepReport, Error> {
    formulations(family, rivals, limit, &mut progress)
}

/// [`sweep`], compiled once.
fn formulations(
    family: &Family,
    rivals: &[Box<dyn Formulation<Polynomial>>],
    limit: u64,
    progress: &mut dyn FnMut(u64),
) -> Result<SweepReport, Error> {
    let mut outcomes: Vec<SweepOutcome> = rivals.iter().map(|rival| SweepOutcome::new(rival.name())).collect();
    let compare = |(): &mut (), geometry: &Geometry, tallies: &mut [Tally]| {
        let question = Question::new(geometry, limit)?;
        for (tally, rival) in tallies.iter_mut().zip(rivals) {
            tally.count(question.put_to(rival.as_ref()).0);
        }
        Ok(())
    };
    let geometries = each_in_full(family, &mut outcomes, || (), compare, progress)?;
    let combinations = family.combinations();
    Ok(SweepReport { route: Route::Formulations, geometries, combinations, in_full: geometries, outcomes })
}
