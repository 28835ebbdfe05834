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

use std::ops::Range;

use super::walk::{Numbered, geometry, numbered, run};
use super::{CHUNK, Family, Route, SweepOutcome, SweepReport, Tally, add};
use crate::equivalence::{Question, Verdict};
use crate::error::Error;
use crate::formulation::{Formulation, OneAxis};
use crate::geometry::{Axis, Window, size};
use crate::scalar::Polynomial;

/// Compares formulations with the definition on every geometry of a family, axis by axis.
///
/// `progress` is called now and then with the number of geometries done. Cost: the products of each
/// axis of the family, once per formulation, and those of the channels for one cell each; per
/// geometry nothing if every axis is the same, else a look at its axes, and more only if it must be
/// compared as a whole. On all cores with the feature `parallel`; the report is the same.
///
/// # Errors
/// Q4 for a family of too many axes to hold or of more geometries than 64 bits count; as
/// [`crate::equivalence::compare`] for what is compared as a whole, of the first that fails.
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
    by_axes(family, rivals, limit, &mut progress)
}

/// [`per_axis`], compiled once.
fn by_axes(
    family: &Family,
    rivals: &[Box<dyn Formulation<Polynomial>>],
    limit: u64,
    progress: &mut dyn FnMut(u64),
) -> Result<SweepReport, Error> {
    let (all, geometries) = numbered(family)?;
    let of_axes = Settled::on_axes(&all, rivals)?;
    let of_channels = Settled::on_channels(&all.outer, rivals, family.rank, limit)?;
    let mut outcomes: Vec<SweepOutcome> = rivals.iter().map(|rival| SweepOutcome::new(rival.name())).collect();
    let mut in_full = 0;
    let work = |chosen: &mut Vec<usize>, numbers: Range<u64>| {
        let (mut tallies, mut in_full) = (Tally::blank(rivals.len()), 0);
        for number in numbers {
            let outer = all.choose(number, chosen);
            if of_channels.all(outer) && chosen.iter().all(|&n| of_axes.all(n)) {
                continue;
            }
            in_full += 1;
            let geometry = all.geometry(chosen, outer);
            let question = Question::new(&geometry, limit)?;
            for (r, (tally, rival)) in tallies.iter_mut().zip(rivals).enumerate() {
                let same = of_channels.each(outer)[r] && chosen.iter().all(|&n| of_axes.each(n)[r]);
                tally.count(if same { Verdict::Same } else { question.put_to(rival.as_ref()).0 });
            }
        }
        Ok((tallies, in_full))
    };
    if of_axes.everywhere() && of_channels.everywhere() {
        progress(geometries);
    } else {
        let take = |(tallies, more)| {
            in_full += more;
            add(&mut outcomes, tallies);
        };
        run(geometries, CHUNK, Vec::new, work, take, progress)?;
    }
    for outcome in &mut outcomes {
        outcome.same += geometries - in_full;
    }
    Ok(SweepReport { route: Route::PerAxis, geometries, combinations: family.combinations(), in_full, outcomes })
}

/// Axes that one core takes at a time.
const AXES: u64 = 64;

/// On which axes, or with which channels, formulations are the same as the definition.
struct Settled {
    rivals: usize,
    /// `[n, rival]`.
    each: Vec<bool>,
}

impl Settled {
    fn on_axes(all: &Numbered, rivals: &[Box<dyn Formulation<Polynomial>>]) -> Result<Settled, Error> {
        let mut settled = Settled { rivals: rivals.len(), each: Vec::with_capacity(rivals.len() * all.axes.len()) };
        let place = |n: u64| usize::try_from(n).expect("a place in a list");
        let work = |(table, one): &mut (Table, OneAxis), axes: Range<u64>| {
            let axes = &all.axes[place(axes.start)..place(axes.end)];
            let mut each = Vec::with_capacity(rivals.len() * axes.len());
            for axis in axes {
                table.fill(axis);
                each.extend(rivals.iter().map(|rival| {
                    one.products.clear();
                    rival.on_axis(axis, one) && table.same(axis, one)
                }));
            }
            Ok(each)
        };
        run(all.axes.len() as u64, AXES, Default::default, work, |each| settled.each.extend(each), &mut |_| {})?;
        Ok(settled)
    }

    /// The channels alone: on axes of one cell and one tap, which meet.
    fn on_channels(
        outer: &[(i64, i64, i64, i64)],
        rivals: &[Box<dyn Formulation<Polynomial>>],
        rank: usize,
        limit: u64,
    ) -> Result<Settled, Error> {
        let mut settled = Settled { rivals: rivals.len(), each: Vec::with_capacity(rivals.len() * outer.len()) };
        let point = Window::new(1).transposed(1, 0)?;
        for &outer in outer {
            let geometry = geometry(vec![point; rank], outer);
            let question = Question::new(&geometry, limit)?;
            settled.each.extend(rivals.iter().map(|rival| question.put_to(rival.as_ref()).0.is_same()));
        }
        Ok(settled)
    }

    /// What was found about each formulation.
    fn each(&self, n: usize) -> &[bool] {
        &self.each[n * self.rivals..][..self.rivals]
    }

    /// Whether all formulations are the same.
    fn all(&self, n: usize) -> bool {
        self.each(n).iter().all(|same| *same)
    }

    /// Whether all formulations are the same wherever one was asked.
    fn everywhere(&self) -> bool {
        self.each.iter().all(|same| *same)
    }
}

/// What meets on one axis by the definition: `o` of each `(i, t)`, of which there is at most one.
#[derive(Default)]
struct Table {
    /// `(i, t)` at `i·kernel + t`.
    places: Vec<Place>,
    /// The one who names now.
    namer: u64,
    meetings: usize,
}

/// One `(i, t)`.
#[derive(Clone, Copy)]
struct Place {
    /// Where it goes; −1 where nothing meets.
    output: i64,
    /// Who was the last to name it; 0 for nobody.
    named_by: u64,
}

impl Table {
    fn fill(&mut self, axis: &Axis) {
        self.places.clear();
        self.places.resize(size(axis.input()) * size(axis.kernel()), Place { output: -1, named_by: 0 });
        (self.namer, self.meetings) = (0, 0);
        for i in 0..axis.input() {
            for met in axis.meetings_of_input(i) {
                self.places[size(i * axis.kernel() + met.t)].output = met.o;
                self.meetings += 1;
            }
        }
    }

    /// Whether a formulation joins what meets, each once, and nothing else.
    fn same(&mut self, axis: &Axis, one: &OneAxis) -> bool {
        self.namer += 1;
        let (inputs, taps) = (axis.input(), axis.kernel());
        one.output == axis.output()
            && one.products.len() == self.meetings
            && one.products.iter().all(|&[o, i, t]| {
                // Nobody may name a place outside, and o ≥ 0 is never the −1 of a place where nothing meets.
                if o < 0 || !(0..inputs).contains(&i) || !(0..taps).contains(&t) {
                    return false;
                }
                let place = &mut self.places[size(i * taps + t)];
                place.output == o && std::mem::replace(&mut place.named_by, self.namer) != self.namer
            })
    }
}
