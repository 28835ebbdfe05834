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

use super::{Family, Route, SweepOutcome, SweepReport, each_in_full};
use crate::equivalence::{Difference, Verdict, differs, judge};
use crate::error::{Error, LimitError};
use crate::geometry::{Axis, Geometry, size};
use crate::matrix::Arrays;
use crate::scalar::{Polynomial, Scalar};
use crate::tensor::{Lists, Tensor, combine, positions, strides};

/// Overwrites the arrays with `C` of a geometry; what it keeps between geometries is its own.
pub type Build = dyn FnMut(&Geometry, &mut Arrays<u32>);

/// A way to build `C` with its taps, which is compared with the definition.
#[allow(clippy::exhaustive_structs)] // a caller makes its own
pub struct Construction {
    /// The name in reports.
    pub name: String,
    /// Overwrites the arrays with `C` of a geometry: rows of `(n, ci, i…)`, columns `(n, co, o…)`.
    pub build: Box<Build>,
}

impl std::fmt::Debug for Construction {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Construction").field("name", &self.name).finish_non_exhaustive()
    }
}

/// The two that are compared with the definition's rows: the sum over taps, the Kronecker product.
pub fn constructions() -> Vec<Construction> {
    let (mut taps, mut kronecker) = (SumOverTaps::default(), Kronecker::default());
    vec![
        Construction { name: "sum over taps".to_owned(), build: Box::new(move |g, into| taps.build(g, into)) },
        Construction { name: "Kronecker product".to_owned(), build: Box::new(move |g, into| kronecker.build(g, into)) },
    ]
}

/// Compares constructions of `C` with the definition on every geometry of a family.
///
/// Cost: the entries of each matrix, once to build and once to compare.
///
/// # Errors
/// Q4 for a family of too many axes to hold, L1 for a matrix of more than `limit` entries, L2
/// beyond 32-bit indices.
///
/// ```
/// use convproof::equivalence::{MAX_PRODUCTS, sweep};
/// let family = "rank=2,i=2,k=2,s=2,d=1,a=1,c=2".parse().unwrap();
/// let report = sweep::matrices(&family, &mut sweep::constructions(), MAX_PRODUCTS, |_| {}).unwrap();
/// assert!(report.outcomes.iter().all(|outcome| outcome.same == report.geometries));
/// ```
pub fn matrices(
    family: &Family,
    constructions: &mut [Construction],
    limit: u64,
    progress: impl FnMut(u64),
) -> Result<SweepReport, Error> {
    let mut outcomes: Vec<SweepOutcome> = constructions.iter().map(|c| SweepOutcome::new(&c.name)).collect();
    let (mut definition, mut expected, mut got) = (Definition::default(), Arrays::default(), Arrays::default());
    let compare = |g: &Geometry| {
        let cells = |shape: Vec<usize>| shape.iter().fold(1i128, |p, &n| p.saturating_mul(n as i128));
        for (what, cells) in
            [("rows", cells(g.input_shape())), ("columns", cells(g.output_shape())), ("taps", cells(g.weight_shape()))]
        {
            if cells > u32::MAX.into() {
                return Err(LimitError::Indices { what, got: cells, limit: u32::MAX.into() }.into());
            }
        }
        let entries = g.products();
        if entries > limit.min(u32::MAX.into()).into() {
            return Err(LimitError::Entries { what: "entries", got: entries, limit }.into());
        }
        definition.build(g, &mut expected);
        for (outcome, construction) in outcomes.iter_mut().zip(constructions.iter_mut()) {
            (construction.build)(g, &mut got);
            outcome.count(if got == expected { Verdict::Same } else { as_maps(g, &expected, &got)? });
        }
        Ok(())
    };
    let geometries = each_in_full(family, compare, progress)?;
    let combinations = family.combinations();
    Ok(SweepReport { route: Route::Matrices, geometries, combinations, in_full: geometries, outcomes })
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

fn clear(arrays: &mut Arrays<u32>) {
    arrays.indptr.clear();
    arrays.indices.clear();
    arrays.taps.clear();
}

/// A row, column or tap; what does not fit was refused before anything was built.
#[allow(clippy::cast_possible_truncation)]
fn index(n: usize) -> u32 {
    n as u32
}

/// Row by row from the meetings of each input position.
#[derive(Default)]
struct Definition {
    /// `[column, tap]` by position, for the channels and each axis.
    met: Vec<Lists<2>>,
}

impl Definition {
    fn build(&mut self, g: &Geometry, into: &mut Arrays<u32>) {
        let (columns, taps) = (strides(&g.output_shape()), strides(&g.weight_shape()));
        let (in_group, out_group) = (size(g.in_channels() / g.groups()), size(g.out_channels() / g.groups()));
        self.met.resize_with(1 + g.rank(), Lists::default);
        self.met.iter_mut().for_each(Lists::clear);
        for ci in 0..size(g.in_channels()) {
            let first = ci / in_group * out_group;
            self.met[0].push((0..out_group).map(|co| [(first + co) * columns[1], ci * taps[0] + co * taps[1]]));
        }
        for ((axis, lists), n) in g.axes().iter().zip(&mut self.met[1..]).zip(2..) {
            for i in 0..axis.input() {
                lists.push(axis.meetings_of_input(i).map(|m| [size(m.o) * columns[n], size(m.t) * taps[n]]));
            }
        }
        clear(into);
        into.indptr.push(0);
        let mut chosen: Vec<&[[usize; 2]]> = vec![&[]; self.met.len()];
        let shape = g.input_shape();
        let mut rows = positions(&shape);
        while let Some(at) = rows.next() {
            for ((chosen, met), &at) in chosen.iter_mut().zip(&self.met).zip(&at[1..]) {
                *chosen = met.get(at);
            }
            combine(&chosen, [at[0] * columns[0], 0], &mut |[column, tap]| {
                into.indices.push(index(column));
                into.taps.push(index(tap));
            });
            into.indptr.push(index(into.indices.len()));
        }
    }
}

/// Tap after tap: all inputs that this tap takes to an output.
#[derive(Default)]
struct SumOverTaps {
    /// `[row, column]` by tap, for each axis.
    places: Vec<Lists<2>>,
    /// The entries of row `r` so far, from `r·(taps of a row)` on, and how many there are.
    entries: Vec<[u32; 2]>,
    filled: Vec<u32>,
}

impl SumOverTaps {
    fn build(&mut self, g: &Geometry, into: &mut Arrays<u32>) {
        let (inputs, outputs, kernel) = (g.input_shape(), g.output_shape(), &g.weight_shape()[2..]);
        let (row, column) = (strides(&inputs), strides(&outputs));
        let (inputs, of_a_channel) = (inputs.iter().product::<usize>(), kernel.iter().product::<usize>());
        let [cin, cout] = [g.in_channels() / g.groups(), g.out_channels() / g.groups()].map(size);
        let most = cout * of_a_channel;
        // What an earlier geometry left is written over before it is read.
        if self.entries.len() < inputs * most {
            self.entries.resize(inputs * most, [0; 2]);
        }
        self.filled.clear();
        self.filled.resize(inputs, 0);
        self.places.resize_with(g.rank(), Lists::default);
        for ((axis, lists), n) in g.axes().iter().zip(&mut self.places).zip(2..) {
            lists.clear();
            for t in 0..axis.kernel() {
                lists.push(shift(axis, t).map(|[i, o]| [size(i) * row[n], size(o) * column[n]]));
            }
        }
        let mut chosen: Vec<&[[usize; 2]]> = vec![&[]; g.rank()];
        for channels in 0..size(g.batch()) * size(g.in_channels()) * cout {
            let (sample, ci, co) = (
                channels / cout / (cin * size(g.groups())),
                channels / cout % (cin * size(g.groups())),
                channels % cout,
            );
            let start = [sample * row[0] + ci * row[1], sample * column[0] + (ci / cin * cout + co) * column[1]];
            let mut tap = (ci * cout + co) * of_a_channel;
            let mut taps = positions(kernel);
            while let Some(t) = taps.next() {
                for ((chosen, places), &t) in chosen.iter_mut().zip(&self.places).zip(t) {
                    *chosen = places.get(t);
                }
                combine(&chosen, start, &mut |[row, column]| {
                    let held = &mut self.filled[row];
                    self.entries[row * most + *held as usize] = [index(column), index(tap)];
                    *held += 1;
                });
                tap += 1;
            }
        }
        clear(into);
        into.indptr.push(0);
        for (entries, &held) in self.entries.chunks_exact(most).zip(&self.filled) {
            // A later tap lies behind on every axis: its column is a later one.
            into.indices.extend(entries[..held as usize].iter().map(|[column, _]| column));
            into.taps.extend(entries[..held as usize].iter().map(|[_, tap]| tap));
            into.indptr.push(index(into.indices.len()));
        }
    }
}

/// `S_t`: `[i, o]` for the inputs that tap `t` takes to an output.
fn shift(axis: &Axis, t: i64) -> impl Iterator<Item = [i64; 2]> {
    // 0 ≤ s·i + from < output  ⇔  −from ≤ s·i ≤ output − 1 − from
    let (s, from) = (axis.stride(), axis.dilation() * t - axis.padding().begin);
    let first = if from >= 0 { 0 } else { (-from + s - 1) / s };
    let end = if from >= axis.output() { 0 } else { ((axis.output() - 1 - from) / s + 1).min(axis.input()) };
    (first..end).map(move |i| [i, s * i + from])
}

/// A matrix of taps by rows; a factor of the whole.
#[derive(Default)]
struct Factor {
    ends: Vec<usize>,
    entries: Vec<[usize; 2]>,
    columns: usize,
    taps: usize,
}

impl Factor {
    fn start(&mut self, columns: usize, taps: usize) {
        self.ends.clear();
        self.entries.clear();
        (self.columns, self.taps) = (columns, taps);
    }

    fn rows(&self) -> impl Iterator<Item = &[[usize; 2]]> {
        let starts = std::iter::once(&0).chain(&self.ends);
        starts.zip(&self.ends).map(|(&start, &end)| &self.entries[start..end])
    }

    /// Every `(i, o)` whose distance is a tap's.
    fn axis(&mut self, axis: &Axis) {
        self.start(size(axis.output()), size(axis.kernel()));
        let reach = axis.dilation() * (axis.kernel() - 1);
        for i in 0..axis.input() {
            for o in 0..axis.output() {
                let distance = o + axis.padding().begin - axis.stride() * i;
                if distance >= 0 && distance <= reach && distance % axis.dilation() == 0 {
                    self.entries.push([size(o), size(distance / axis.dilation())]);
                }
            }
            self.ends.push(self.entries.len());
        }
    }

    /// Every sample meets itself, every input channel the output channels of its group.
    fn channels(&mut self, g: &Geometry) {
        let [samples, inputs, outputs, groups] = [g.batch(), g.in_channels(), g.out_channels(), g.groups()].map(size);
        self.start(samples * outputs, inputs * outputs / groups);
        for (sample, ci) in (0..samples).flat_map(|n| (0..inputs).map(move |ci| (n, ci))) {
            let met = (0..outputs).filter(|co| co * groups / outputs == ci * groups / inputs).enumerate();
            self.entries.extend(met.map(|(nth, co)| [sample * outputs + co, ci * (outputs / groups) + nth]));
            self.ends.push(self.entries.len());
        }
    }

    /// `self = left ⊗ right`.
    fn product(&mut self, left: &Factor, right: &Factor) {
        self.start(left.columns * right.columns, left.taps * right.taps);
        for outer in left.rows() {
            for inner in right.rows() {
                for [column, tap] in outer {
                    let (column, tap) = (column * right.columns, tap * right.taps);
                    self.entries.extend(inner.iter().map(|[c, t]| [column + c, tap + t]));
                }
                self.ends.push(self.entries.len());
            }
        }
    }
}

/// The factors multiplied out, from the left.
#[derive(Default)]
struct Kronecker {
    all: Factor,
    axis: Factor,
    product: Factor,
}

impl Kronecker {
    fn build(&mut self, g: &Geometry, into: &mut Arrays<u32>) {
        self.all.channels(g);
        for axis in g.axes() {
            self.axis.axis(axis);
            self.product.product(&self.all, &self.axis);
            std::mem::swap(&mut self.all, &mut self.product);
        }
        clear(into);
        into.indptr.push(0);
        into.indptr.extend(self.all.ends.iter().map(|&end| index(end)));
        into.indices.extend(self.all.entries.iter().map(|[column, _]| index(*column)));
        into.taps.extend(self.all.entries.iter().map(|[_, tap]| index(*tap)));
    }
}
