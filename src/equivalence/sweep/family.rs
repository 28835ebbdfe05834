//! Families of geometries: every combination up to stated bounds.

use std::ops::ControlFlow;

use num_integer::Integer;

use super::walk::Numbered;
use crate::error::{Error, RequestError};
use crate::geometry::{Axis, Geometry, Padding, Window};

/// All geometries with `i ≤ input`, `k ≤ kernel`, `s ≤ stride`, `d ≤ dilation`, [`Pads`] and
/// [`OutputPaddings`] on each of `rank` axes, all channel counts up to `channels` with all groups
/// that divide both, and batches up to `batch`.
///
/// The default is every such 1-D geometry with i, k, s ≤ 4, d ≤ 3, a ≤ 3: 33,280 combinations,
/// of which 29,251 are legal.
///
/// ```
/// use convproof::equivalence::sweep::Family;
/// let family: Family = "i=6,k=5,s=4,d=2,p=same,a=below,rank=2,square".parse().unwrap();
/// let mut legal = 0;
/// family.for_each(|_| {
///     legal += 1;
///     std::ops::ControlFlow::Continue(())
/// });
/// assert_eq!((family.combinations(), legal), (2_550, 2_311));
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[allow(clippy::exhaustive_structs)] // bounds that a caller states
pub struct Family {
    /// Number of axes; every axis runs over all combinations.
    pub rank: usize,
    /// All axes are the same combination.
    pub square: bool,
    /// Largest input length.
    pub input: i64,
    /// Largest kernel length.
    pub kernel: i64,
    /// Largest stride.
    pub stride: i64,
    /// Largest dilation.
    pub dilation: i64,
    /// Pads at the two ends.
    pub pads: Pads,
    /// Output paddings.
    pub output_padding: OutputPaddings,
    /// Largest number of channels on either side.
    pub channels: i64,
    /// Largest batch.
    pub batch: i64,
}

/// Which pads a [`Family`] has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[allow(clippy::exhaustive_enums)] // what a caller can ask for
pub enum Pads {
    /// From `−1` to `d(k−1) + 1` at each end, every pair of them.
    Around,
    /// From 0 to `d(k−1)`, the same at both ends: `p=same`.
    Same,
}

/// Which output paddings a [`Family`] has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[allow(clippy::exhaustive_enums)] // what a caller can ask for
pub enum OutputPaddings {
    /// `0 ≤ a ≤` this.
    UpTo(i64),
    /// `0 ≤ a < max(s, d)`, what the frameworks allow: `a=below`.
    Below,
}

impl Pads {
    fn of(self, kernel: i64, dilation: i64) -> impl Iterator<Item = Padding> {
        let extent = dilation * (kernel - 1);
        let (begins, same) = match self {
            Pads::Around => (-1..=extent + 1, false),
            Pads::Same => (0..=extent, true),
        };
        begins.clone().flat_map(move |begin| {
            let ends = if same { begin..=begin } else { begins.clone() };
            ends.map(move |end| Padding { begin, end })
        })
    }
}

impl OutputPaddings {
    fn of(self, stride: i64, dilation: i64) -> std::ops::RangeInclusive<i64> {
        match self {
            OutputPaddings::UpTo(most) => 0..=most,
            OutputPaddings::Below => 0..=stride.max(dilation) - 1,
        }
    }
}

impl Default for Family {
    fn default() -> Self {
        Family {
            rank: 1,
            square: false,
            input: 4,
            kernel: 4,
            stride: 4,
            dilation: 3,
            pads: Pads::Around,
            output_padding: OutputPaddings::UpTo(3),
            channels: 1,
            batch: 1,
        }
    }
}

impl std::fmt::Display for Family {
    /// `rank=1,i=4,k=4,s=4,d=3,a=3`, with `p=same`, channels and batch above 1, and `square`.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Family { rank, square, input, kernel, stride, dilation, pads, output_padding, channels, batch } = self;
        write!(f, "rank={rank},i={input},k={kernel},s={stride},d={dilation}")?;
        if *pads == Pads::Same {
            f.write_str(",p=same")?;
        }
        match output_padding {
            OutputPaddings::UpTo(most) => write!(f, ",a={most}")?,
            OutputPaddings::Below => f.write_str(",a=below")?,
        }
        for (name, value) in [("c", channels), ("n", batch)] {
            if *value > 1 {
                write!(f, ",{name}={value}")?;
            }
        }
        f.write_str(if *square { ",square" } else { "" })
    }
}

impl std::str::FromStr for Family {
    type Err = Error;

    /// Reads `i=4,k=4,s=4,d=3,a=3,c=1,n=1,rank=1`, in any order, and the words `p=same`,
    /// `a=below` and `square`; what is not named keeps its default.
    ///
    /// # Errors
    /// Q4 for an unknown name or word, or a number out of range (1 … 64; `a` from 0; `rank` up
    /// to 4).
    fn from_str(text: &str) -> Result<Self, Error> {
        let mut family = Family::default();
        for part in text.split(',').map(str::trim).filter(|part| !part.is_empty()) {
            family.read(part).map_err(|why| {
                let valid = "write i=4,k=4,s=4,d=3,a=3,c=1,n=1,rank=1; or p=same, a=below, square";
                RequestError::Option { option: "--max", problem: format!("'{part}': {why}; {valid}") }
            })?;
        }
        Ok(family)
    }
}

impl Family {
    /// Reads one `name=value` or word, or says why not.
    fn read(&mut self, part: &str) -> Result<(), &'static str> {
        if part == "square" {
            self.square = true;
            return Ok(());
        }
        let (name, value) = part.split_once('=').ok_or("no '='")?;
        let (name, value) = (name.trim(), value.trim());
        match (name, value) {
            ("p", "same") => self.pads = Pads::Same,
            ("a", "below") => self.output_padding = OutputPaddings::Below,
            ("p", _) => return Err("pads are 'same' or not named"),
            _ => {
                let number: i64 = value.parse().map_err(|_| "not a whole number")?;
                let within = |least, most| (least..=most).contains(&number).then_some(number).ok_or("out of range");
                match name {
                    "i" => self.input = within(1, 64)?,
                    "k" => self.kernel = within(1, 64)?,
                    "s" => self.stride = within(1, 64)?,
                    "d" => self.dilation = within(1, 64)?,
                    "a" => self.output_padding = OutputPaddings::UpTo(within(0, 64)?),
                    "c" => self.channels = within(1, 64)?,
                    "n" => self.batch = within(1, 64)?,
                    "rank" => {
                        let rank = within(1, 4).map_err(|_| "ranks are 1 to 4")?;
                        self.rank = usize::try_from(rank).expect("1 to 4");
                    }
                    _ => return Err("unknown name"),
                }
            }
        }
        Ok(())
    }

    /// All combinations of one axis, legal or not: `(window, input, output padding)`.
    fn axis_combinations(&self) -> impl Iterator<Item = (Window, i64, i64)> + use<> {
        let Family { input, kernel, stride, dilation, pads, output_padding, .. } = *self;
        (1..=input).flat_map(move |i| {
            (1..=kernel).flat_map(move |kernel| {
                (1..=stride).flat_map(move |stride| {
                    (1..=dilation).flat_map(move |dilation| {
                        pads.of(kernel, dilation).flat_map(move |padding| {
                            let window = Window { kernel, stride, dilation, padding };
                            output_padding.of(stride, dilation).map(move |a| (window, i, a))
                        })
                    })
                })
            })
        })
    }

    /// All legal axes, in the order in which geometries take them.
    pub(super) fn axes(&self) -> Vec<Axis> {
        let mut all = Vec::with_capacity(usize::try_from(self.per_axis().min(1 << 16)).unwrap_or(0));
        let legal = self.axis_combinations().filter_map(|(window, i, a)| window.transposed(i, a).ok());
        legal.for_each(|axis| all.push(axis));
        all
    }

    /// Channels, groups and batches: `(C_in, C_out, groups, n)`.
    pub(super) fn outer_combinations(&self) -> Vec<(i64, i64, i64, i64)> {
        let mut all = Vec::new();
        for (inputs, outputs) in (1..=self.channels).flat_map(|i| (1..=self.channels).map(move |o| (i, o))) {
            for groups in (1..=inputs.gcd(&outputs)).filter(|g| inputs % g == 0 && outputs % g == 0) {
                all.extend((1..=self.batch).map(|n| (inputs, outputs, groups, n)));
            }
        }
        all
    }

    /// Number of combinations of one axis, legal or not.
    pub(super) fn per_axis(&self) -> u128 {
        let Family { input, kernel, stride, dilation, .. } = *self;
        let windows = (1..=kernel).flat_map(|k| (1..=dilation).map(move |d| (k, d)));
        let each = windows.map(|(k, d)| {
            let pads = match self.pads {
                Pads::Around => (d * (k - 1) + 3).pow(2),
                Pads::Same => d * (k - 1) + 1,
            };
            let paddings = |s| self.output_padding.of(s, d).end() + 1;
            pads * (1..=stride).map(paddings).sum::<i64>()
        });
        u128::from((input * each.sum::<i64>()).unsigned_abs())
    }

    /// Number of combinations, legal or not.
    pub fn combinations(&self) -> u128 {
        let chosen = if self.square { 1 } else { u32::try_from(self.rank).expect("at most 4") };
        self.per_axis().saturating_pow(chosen).saturating_mul(self.outer_combinations().len() as u128)
    }

    /// How many axes are chosen by themselves, and how often each of them is taken: `rank` and
    /// once, or once and `rank` times.
    pub(super) fn choices(&self) -> (usize, usize) {
        if self.square { (1, self.rank) } else { (self.rank, 1) }
    }

    /// Calls `visit` with every legal geometry, until it says to stop.
    pub fn for_each(&self, mut visit: impl FnMut(Geometry) -> ControlFlow<()>) {
        let (all, mut chosen) = (Numbered::new(self), Vec::new());
        for number in 0..all.count().unwrap_or(u64::MAX) {
            let outer = all.choose(number, &mut chosen);
            if visit(all.geometry(&chosen, outer)).is_break() {
                return;
            }
        }
    }
}
