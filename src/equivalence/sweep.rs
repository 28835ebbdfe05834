//! Every geometry of a family, up to stated bounds.

use num_integer::Integer;

use super::{Outcome, Verdict, Witness, compare};
use crate::error::{Error, RequestError};
use crate::formulation::Formulation;
use crate::geometry::{Axis, Geometry, Padding, Window};
use crate::scalar::Polynomial;

/// All geometries with `i ≤ input`, `k ≤ kernel`, `s ≤ stride`, `d ≤ dilation`, pads from
/// `−1` to `d(k−1)+1` at each end, `a ≤ output_padding` on each of `rank` axes, all channel
/// counts up to `channels` with all groups that divide both, and batches up to `batch`.
///
/// The default is every such 1-D geometry with i, k, s ≤ 4, d ≤ 3, a ≤ 3: 33,280 combinations,
/// of which 29,251 are legal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[allow(clippy::exhaustive_structs)] // bounds that a caller states
pub struct Family {
    /// Number of axes; every axis runs over all combinations.
    pub rank: usize,
    /// Largest input length.
    pub input: i64,
    /// Largest kernel length.
    pub kernel: i64,
    /// Largest stride.
    pub stride: i64,
    /// Largest dilation.
    pub dilation: i64,
    /// Largest output padding.
    pub output_padding: i64,
    /// Largest number of channels on either side.
    pub channels: i64,
    /// Largest batch.
    pub batch: i64,
}

impl Default for Family {
    fn default() -> Self {
        Family { rank: 1, input: 4, kernel: 4, stride: 4, dilation: 3, output_padding: 3, channels: 1, batch: 1 }
    }
}

impl std::fmt::Display for Family {
    /// `rank=1,i=4,k=4,s=4,d=3,a=3`, with channels and batch where above 1.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Family { rank, input, kernel, stride, dilation, output_padding, channels, batch } = self;
        write!(f, "rank={rank},i={input},k={kernel},s={stride},d={dilation},a={output_padding}")?;
        for (name, value) in [("c", channels), ("n", batch)] {
            if *value > 1 {
                write!(f, ",{name}={value}")?;
            }
        }
        Ok(())
    }
}

impl std::str::FromStr for Family {
    type Err = Error;

    /// Reads `i=4,k=4,s=4,d=3,a=3,c=1,n=1,rank=1`; what is not named keeps its default.
    ///
    /// # Errors
    /// Q4 for an unknown name or a number out of range (1 … 64; `a` from 0; `rank` up to 4).
    fn from_str(text: &str) -> Result<Self, Error> {
        let mut family = Family::default();
        for part in text.split(',').filter(|part| !part.trim().is_empty()) {
            let problem = |why: &str| {
                let problem = format!("'{part}': {why}; write i=4,k=4,s=4,d=3,a=3,c=1,n=1,rank=1");
                Error::from(RequestError::Option { option: "--max", problem })
            };
            let (name, value) = part.split_once('=').ok_or_else(|| problem("no '='"))?;
            let value: i64 = value.trim().parse().map_err(|_| problem("not a whole number"))?;
            let (slot, least, most) = match name.trim() {
                "i" => (&mut family.input, 1, 64),
                "k" => (&mut family.kernel, 1, 64),
                "s" => (&mut family.stride, 1, 64),
                "d" => (&mut family.dilation, 1, 64),
                "a" => (&mut family.output_padding, 0, 64),
                "c" => (&mut family.channels, 1, 64),
                "n" => (&mut family.batch, 1, 64),
                "rank" => {
                    family.rank = usize::try_from(value)
                        .ok()
                        .filter(|rank| (1..=4).contains(rank))
                        .ok_or_else(|| problem("ranks are 1 to 4"))?;
                    continue;
                }
                _ => return Err(problem("unknown name")),
            };
            if !(least..=most).contains(&value) {
                return Err(problem("out of range"));
            }
            *slot = value;
        }
        Ok(family)
    }
}

impl Family {
    /// All combinations of one axis, legal or not: `(window, input, output padding)`.
    fn axis_combinations(&self) -> impl Iterator<Item = (Window, i64, i64)> + use<> {
        let Family { input, kernel, stride, dilation, output_padding, .. } = *self;
        (1..=input).flat_map(move |i| {
            (1..=kernel).flat_map(move |kernel| {
                (1..=stride).flat_map(move |stride| {
                    (1..=dilation).flat_map(move |dilation| {
                        let pads = -1..=dilation * (kernel - 1) + 1;
                        pads.clone().flat_map(move |begin| {
                            pads.clone().flat_map(move |end| {
                                let window = Window { kernel, stride, dilation, padding: Padding { begin, end } };
                                (0..=output_padding).map(move |a| (window, i, a))
                            })
                        })
                    })
                })
            })
        })
    }

    /// Channels, groups and batches: `(C_in, C_out, groups, n)`.
    fn outer_combinations(&self) -> Vec<(i64, i64, i64, i64)> {
        let mut all = Vec::new();
        for (inputs, outputs) in (1..=self.channels).flat_map(|i| (1..=self.channels).map(move |o| (i, o))) {
            for groups in (1..=inputs.gcd(&outputs)).filter(|g| inputs % g == 0 && outputs % g == 0) {
                all.extend((1..=self.batch).map(|n| (inputs, outputs, groups, n)));
            }
        }
        all
    }

    /// Number of combinations of one axis, legal or not.
    fn per_axis(&self) -> u128 {
        let Family { input, kernel, stride, dilation, output_padding, .. } = *self;
        let kernels = (1..=kernel).flat_map(|k| (1..=dilation).map(move |d| d * (k - 1) + 3));
        // d(k−1) + 3 pads at each end
        let pads: i64 = kernels.map(|pads| pads * pads).sum();
        [input, stride, output_padding + 1, pads].iter().map(|n| u128::from(n.unsigned_abs())).product()
    }

    /// Number of combinations, legal or not.
    pub fn combinations(&self) -> u128 {
        let axis = self.per_axis();
        let rank = u32::try_from(self.rank).expect("at most 4");
        axis.saturating_pow(rank).saturating_mul(self.outer_combinations().len() as u128)
    }

    /// Calls `visit` with every legal geometry, until it says to stop.
    pub fn for_each(&self, mut visit: impl FnMut(Geometry) -> std::ops::ControlFlow<()>) {
        let axes: Vec<Axis> =
            self.axis_combinations().filter_map(|(window, i, a)| window.transposed(i, a).ok()).collect();
        let outer = self.outer_combinations();
        let lengths = vec![axes.len(); self.rank];
        let mut walk = crate::tensor::positions(&lengths);
        while let Some(chosen) = walk.next() {
            let chosen: Vec<Axis> = chosen.iter().map(|&n| axes[n]).collect();
            for &(inputs, outputs, groups, batch) in &outer {
                let geometry = Geometry::new(chosen.clone())
                    .and_then(|g| g.with_channels(inputs, outputs, groups))
                    .and_then(|g| g.with_batch(batch))
                    .expect("small legal axes with groups that divide the channels");
                if visit(geometry).is_break() {
                    return;
                }
            }
        }
    }
}

/// What a sweep found.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct SweepReport {
    /// Legal geometries visited.
    pub geometries: u64,
    /// Combinations of the family, legal or not.
    pub combinations: u128,
    /// For each formulation its name and what was found over all geometries.
    pub outcomes: Vec<SweepOutcome>,
}

/// What a sweep found about one formulation.
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
    /// `same`, `differs` or `skipped`.
    pub fn word(&self) -> &'static str {
        match (self.differs, self.skipped) {
            (0, 0) => "same",
            (0, _) => "skipped",
            _ => "differs",
        }
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

/// Axes that a sweep holds at once, a quarter of a gigabyte.
const MAX_PER_AXIS: u128 = 1 << 22;

/// Compares formulations with the definition on every geometry of a family.
///
/// `progress` is called with the number of geometries done.
///
/// # Errors
/// Q4 for a family of too many axes to hold; as [`compare`] L1, L2 and L4 for families of large
/// geometries.
pub fn sweep(
    family: &Family,
    rivals: &[Box<dyn Formulation<Polynomial>>],
    limit: u64,
    mut progress: impl FnMut(u64),
) -> Result<SweepReport, Error> {
    if family.per_axis() > MAX_PER_AXIS {
        let problem = format!(
            "{} combinations per axis in {family}; a sweep holds at most {MAX_PER_AXIS}, take smaller bounds",
            family.per_axis()
        );
        return Err(RequestError::Option { option: "--max", problem }.into());
    }
    let blank = |name: &str| SweepOutcome {
        name: name.to_owned(),
        same: 0,
        differs: 0,
        skipped: 0,
        witness: None,
        reason: None,
    };
    let mut outcomes: Vec<SweepOutcome> = rivals.iter().map(|rival| blank(rival.name())).collect();
    let mut geometries = 0;
    let mut failure = None;
    family.for_each(|geometry| match compare(&geometry, rivals, limit) {
        Ok(report) => {
            for (total, outcome) in outcomes.iter_mut().zip(report.outcomes) {
                total.count(outcome);
            }
            geometries += 1;
            progress(geometries);
            std::ops::ControlFlow::Continue(())
        }
        Err(error) => {
            failure = Some(error);
            std::ops::ControlFlow::Break(())
        }
    });
    match failure {
        Some(error) => Err(error),
        None => Ok(SweepReport { geometries, combinations: family.combinations(), outcomes }),
    }
}

impl SweepOutcome {
    fn count(&mut self, outcome: Outcome) {
        match outcome.verdict {
            Verdict::Same => self.same += 1,
            Verdict::Skipped(reason) => {
                self.skipped += 1;
                self.reason.get_or_insert(reason);
            }
            Verdict::Differs(witness) => {
                self.differs += 1;
                let key = |w: &Witness| (weight(&w.spec.geometry), w.spec.to_string());
                if self.witness.as_ref().is_none_or(|known| key(&witness) < key(known)) {
                    self.witness = Some(witness);
                }
            }
        }
    }
}
