//! `C` built in three ways that share no index arithmetic, compared entry by entry.
//!
//! ```text
//! definition           row by row: what the positions of an input cell meet on each axis
//! sum over taps        C = Σ_t w[t]·(S_t1 ⊗ S_t2 ⊗ …), S_t[i, s·i + d·t − p_begin] = 1
//! Kronecker product    C = (batch ⊗ channels) ⊗ axis ⊗ axis …, an axis by testing every (i, o)
//! ```
//!
//! Each gives rows of `(column, tap)` by ascending column. Memory is reused from geometry to
//! geometry. Example, `tconv i2 k2`: rows `0: (0,t0) (1,t1)` and `1: (1,t0) (2,t1)` by all three.

use super::three_ways::{Definition, Kronecker, SumOverTaps};
use super::{Family, Route, SweepOutcome, SweepReport, Tally, each_in_full};
use crate::equivalence::{Difference, Verdict, differs, judge};
use crate::error::{Error, LimitError};
use crate::geometry::{Axis, Geometry};
use crate::matrix::Arrays;
use crate::scalar::{Polynomial, Scalar};
use crate::tensor::Tensor;

/// Overwrites the arrays with `C` of a geometry: rows of `(n, ci, i…)`, columns `(n, co, o…)`.
/// What it keeps between geometries is its own.
pub type Build = dyn FnMut(&Geometry, &mut Arrays<u32>) + Send;

/// A way to build `C` with its taps, which is compared with the definition.
#[allow(clippy::exhaustive_structs)] // a caller makes its own
pub struct Construction {
    /// The name in reports.
    pub name: String,
    /// Makes a builder; each core has its own.
    pub start: Box<dyn Fn() -> Box<Build> + Sync>,
}

impl std::fmt::Debug for Construction {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Construction").field("name", &self.name).finish_non_exhaustive()
    }
}

/// The two that are compared with the definition's rows: the sum over taps, the Kronecker product.
pub fn constructions() -> Vec<Construction> {
    fn construction(name: &str, start: fn() -> Box<Build>) -> Construction {
        Construction { name: name.to_owned(), start: Box::new(start) }
    }
    let taps = || -> Box<Build> {
        let mut taps = SumOverTaps::default();
        Box::new(move |g, into| taps.build(g, into))
    };
    let kronecker = || -> Box<Build> {
        let mut kronecker = Kronecker::default();
        Box::new(move |g, into| kronecker.build(g, into))
    };
    vec![construction("sum over taps", taps), construction("Kronecker product", kronecker)]
}

/// Compares constructions of `C` with the definition on every geometry of a family.
///
/// `progress` is called now and then with the number of geometries done. Cost: the entries of each
/// matrix, once to build and once to compare, on all cores with the feature `parallel`.
///
/// # Errors
/// Q4 for a family of too many axes to hold or of more geometries than 64 bits count, L1 for a
/// matrix of more than `limit` entries, L2 beyond 32-bit indices, of the first that fails.
///
/// ```
/// use convproof::equivalence::{MAX_PRODUCTS, sweep};
/// let family = "rank=2,i=2,k=2,s=2,d=1,a=1,c=2".parse().unwrap();
/// let report = sweep::matrices(&family, &sweep::constructions(), MAX_PRODUCTS, |_| {}).unwrap();
/// assert!(report.outcomes.iter().all(|outcome| outcome.same == report.geometries));
/// ```
pub fn matrices(
    family: &Family,
    constructions: &[Construction],
    limit: u64,
    mut progress: impl FnMut(u64),
) -> Result<SweepReport, Error> {
    built(family, constructions, limit, &mut progress)
}

/// [`matrices`], compiled once.
fn built(
    family: &Family,
    constructions: &[Construction],
    limit: u64,
    progress: &mut dyn FnMut(u64),
) -> Result<SweepReport, Error> {
    let mut outcomes: Vec<SweepOutcome> = constructions.iter().map(|c| SweepOutcome::new(&c.name)).collect();
    let start = || Bench {
        builds: constructions.iter().map(|construction| (construction.start)()).collect(),
        ..Bench::default()
    };
    let compare = |bench: &mut Bench, g: &Geometry, tallies: &mut [Tally]| {
        refuse(g, limit)?;
        let Bench { definition, expected, builds, got } = bench;
        definition.build(g, expected);
        for (tally, build) in tallies.iter_mut().zip(builds) {
            build(g, got);
            tally.count(if *got == *expected { Verdict::Same } else { as_maps(g, expected, got)? });
        }
        Ok(())
    };
    let geometries = each_in_full(family, &mut outcomes, start, compare, progress)?;
    let combinations = family.combinations();
    Ok(SweepReport { route: Route::Matrices, geometries, combinations, in_full: geometries, outcomes })
}

/// What one core keeps from geometry to geometry.
#[derive(Default)]
struct Bench {
    definition: Definition,
    expected: Arrays<u32>,
    builds: Vec<Box<Build>>,
    got: Arrays<u32>,
}

/// L1 and L2: what is too large to build.
fn refuse(g: &Geometry, limit: u64) -> Result<(), Error> {
    let cells = |outer: [i64; 2], length: fn(&Axis) -> i64| {
        let lengths = outer.into_iter().chain(g.axes().iter().map(length));
        lengths.fold(1i128, |product, n| product.saturating_mul(n.into()))
    };
    for (what, cells) in [
        ("rows", cells([g.batch(), g.in_channels()], Axis::input)),
        ("columns", cells([g.batch(), g.out_channels()], Axis::output)),
        ("taps", cells([g.in_channels(), g.out_channels() / g.groups()], Axis::kernel)),
    ] {
        if cells > u32::MAX.into() {
            return Err(LimitError::Indices { what, got: cells, limit: u32::MAX.into() }.into());
        }
    }
    let entries = g.products();
    if entries > limit.min(u32::MAX.into()).into() {
        return Err(LimitError::Entries { what: "entries", got: entries, limit }.into());
    }
    Ok(())
}

/// The verdict on two matrices that are stored differently: the sums of the columns decide.
fn as_maps(g: &Geometry, expected: &Arrays<u32>, got: &Arrays<u32>) -> Result<Verdict, Error> {
    let columns: usize = g.output_shape().iter().product();
    let rows = |arrays: &Arrays<u32>| arrays.indptr.len().saturating_sub(1);
    let widest = got.indices.iter().max().map_or(0, |&column| column as usize + 1);
    let well_formed = rows(got) == rows(expected)
        && widest <= columns
        && got.indptr.first() == Some(&0)
        && got.indptr.is_sorted()
        && got.indptr.last().is_some_and(|&end| end as usize == got.indices.len())
        && got.indices.len() == got.taps.len();
    if !well_formed {
        let (expected, got) = (vec![rows(expected), columns], vec![rows(got), widest.max(columns)]);
        return Ok(differs(g, Difference::Shape { expected, got }));
    }
    Ok(judge(g, &sums(g, expected)?, &sums(g, got)?).0)
}

/// `y[c] = Σ_r x[r]·w[C[r, c]]` on indeterminates.
fn sums(g: &Geometry, c: &Arrays<u32>) -> Result<Tensor<Polynomial>, Error> {
    let mut sums = Tensor::<Polynomial>::zeros("the output", g.output_shape())?;
    for (row, ends) in (0..).zip(c.indptr.windows(2)) {
        let entries = ends[0] as usize..ends[1] as usize;
        for (&column, &tap) in c.indices[entries.clone()].iter().zip(&c.taps[entries]) {
            sums.entries_mut()[column as usize].add_product(&Polynomial::input(row), &Polynomial::weight(tap));
        }
    }
    Ok(sums)
}
