//! Each axis of a family by itself: equality on every axis is equality of the whole.
//!
//! A formulation that is a product of its axes ([`Formulation::on_axis`]) adds `x[i…]·w[t…]` to
//! `y[o…]` once for every choice of one `(o, i, t)` per axis, for the channels that it joins. The
//! definition is such a product too. So two of them are the same map if they join the same
//! channels and, on every axis, the same `(o, i, t)`, each as often.
//!
//! **Not conversely.** Where nothing meets on some axis, as on axis 0 of `tconv i1x1 k1x2 p1:-1x0`,
//! both maps are 0 whatever another axis does. A difference on an axis is therefore no answer: the
//! geometry is then compared as a whole, and so it is for a formulation that does not say that it
//! is a product.

use super::family::geometry;
use super::{Family, Route, SweepOutcome, SweepReport, check};
use crate::equivalence::{Question, Verdict};
use crate::error::Error;
use crate::formulation::{Formulation, OneAxis};
use crate::geometry::{Axis, Window, size};
use crate::scalar::Polynomial;
use crate::tensor::positions;

/// Compares formulations with the definition on every geometry of a family, axis by axis.
///
/// Cost: the products of each axis of the family, once per formulation, and those of the channels
/// for one cell each; per geometry only a count, unless something must be compared as a whole.
///
/// # Errors
/// Q4 for a family of too many axes to hold; as [`crate::equivalence::compare`] for what is
/// compared as a whole.
///
/// ```
/// use convproof::{equivalence::{MAX_PRODUCTS, sweep}, formulation};
/// let family = "rank=2,i=2,k=2,s=2,d=1,a=1".parse().unwrap();
/// let report = sweep::per_axis(&family, &formulation::all(), MAX_PRODUCTS, |_| {}).unwrap();
/// assert!(report.outcomes.iter().all(|outcome| outcome.same == report.geometries));
/// assert_eq!(report.in_full, 0);
/// ```
pub fn per_axis(
    family: &Family,
    rivals: &[Box<dyn Formulation<Polynomial>>],
    limit: u64,
    mut progress: impl FnMut(u64),
) -> Result<SweepReport, Error> {
    check(family)?;
    let (axes, outer) = (family.axes(), family.outer_combinations());
    let of_axes = Settled::on_axes(&axes, rivals);
    let of_channels = Settled::on_channels(&outer, rivals, family.rank, limit)?;
    let mut outcomes: Vec<SweepOutcome> = rivals.iter().map(|rival| SweepOutcome::new(rival.name())).collect();
    let (mut geometries, mut in_full) = (0, 0);
    let (choices, times) = family.choices();
    let lengths = vec![axes.len(); choices];
    let mut walk = positions(&lengths);
    while let Some(chosen) = walk.next() {
        let settled = chosen.iter().all(|&n| of_axes.all[n]);
        for (m, &outer) in outer.iter().enumerate() {
            geometries += 1;
            progress(geometries);
            if settled && of_channels.all[m] {
                continue;
            }
            in_full += 1;
            let chosen_axes = chosen.iter().flat_map(|&n| std::iter::repeat_n(axes[n], times)).collect();
            let geometry = geometry(chosen_axes, outer);
            let question = Question::new(&geometry, limit)?;
            for (r, (outcome, rival)) in outcomes.iter_mut().zip(rivals).enumerate() {
                let same = of_channels.each(m)[r] && chosen.iter().all(|&n| of_axes.each(n)[r]);
                outcome.count(if same { Verdict::Same } else { question.put_to(rival.as_ref()).0 });
            }
        }
    }
    for outcome in &mut outcomes {
        outcome.same += geometries - in_full;
    }
    Ok(SweepReport { route: Route::PerAxis, geometries, combinations: family.combinations(), in_full, outcomes })
}

/// On which axes, or with which channels, formulations are the same as the definition.
struct Settled {
    rivals: usize,
    /// `[n, rival]`.
    each: Vec<bool>,
    /// `[n]`: every rival is.
    all: Vec<bool>,
}

impl Settled {
    fn on_axes(axes: &[Axis], rivals: &[Box<dyn Formulation<Polynomial>>]) -> Settled {
        let mut settled = Settled::new(rivals.len(), axes.len());
        let (mut table, mut one) = (Table::default(), OneAxis::default());
        for axis in axes {
            table.fill(axis);
            settled.push(rivals.iter().map(|rival| {
                one.products.clear();
                rival.on_axis(axis, &mut one) && table.same(axis, &one)
            }));
        }
        settled
    }

    /// The channels alone: on axes of one cell and one tap, which meet.
    fn on_channels(
        outer: &[(i64, i64, i64, i64)],
        rivals: &[Box<dyn Formulation<Polynomial>>],
        rank: usize,
        limit: u64,
    ) -> Result<Settled, Error> {
        let mut settled = Settled::new(rivals.len(), outer.len());
        let point = Window::new(1).transposed(1, 0)?;
        for &outer in outer {
            let geometry = geometry(vec![point; rank], outer);
            let question = Question::new(&geometry, limit)?;
            settled.push(rivals.iter().map(|rival| question.put_to(rival.as_ref()).0.is_same()));
        }
        Ok(settled)
    }

    fn new(rivals: usize, count: usize) -> Settled {
        Settled { rivals, each: Vec::with_capacity(rivals * count), all: Vec::with_capacity(count) }
    }

    fn push(&mut self, each: impl Iterator<Item = bool>) {
        let start = self.each.len();
        self.each.extend(each);
        self.all.push(self.each[start..].iter().all(|same| *same));
    }

    fn each(&self, n: usize) -> &[bool] {
        &self.each[n * self.rivals..][..self.rivals]
    }
}

/// What meets on one axis by the definition: `o` of each `(i, t)`, of which there is at most one.
#[derive(Default)]
struct Table {
    /// `o` of `(i, t)` at `i·kernel + t`; −1 where nothing meets.
    outputs: Vec<i64>,
    /// Who was the last to name this `(i, t)`.
    named_by: Vec<u64>,
    /// The one who names now.
    namer: u64,
    meetings: usize,
}

impl Table {
    fn fill(&mut self, axis: &Axis) {
        let cells = size(axis.input()) * size(axis.kernel());
        self.outputs.clear();
        self.outputs.resize(cells, -1);
        if self.named_by.len() < cells {
            self.named_by.resize(cells, 0);
        }
        self.meetings = 0;
        for i in 0..axis.input() {
            for met in axis.meetings_of_input(i) {
                self.outputs[size(i * axis.kernel() + met.t)] = met.o;
                self.meetings += 1;
            }
        }
    }

    /// Whether a formulation joins what meets, each once, and nothing else.
    fn same(&mut self, axis: &Axis, one: &OneAxis) -> bool {
        self.namer += 1;
        one.output == axis.output()
            && one.products.len() == self.meetings
            && one.products.iter().all(|&[o, i, t]| {
                // Nobody may name a place outside, and o ≥ 0 is never the −1 of a place where nothing meets.
                if o < 0 || !(0..axis.input()).contains(&i) || !(0..axis.kernel()).contains(&t) {
                    return false;
                }
                let at = size(i * axis.kernel() + t);
                self.outputs[at] == o && std::mem::replace(&mut self.named_by[at], self.namer) != self.namer
            })
    }
}
