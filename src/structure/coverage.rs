//! How many taps reach each cell: the ends, the inside, and whether the inside is even.
//!
//! An inner output position `o` of a transposed convolution is met by the taps `t` with
//! `d·t ≡ o + p_begin (mod s)`: as many as there are multiples of `d` below `d·k` in its residue. The
//! inside is `d(k−1) ≤ o + p_begin ≤ s(i−1)`; nearer the ends taps are missing. Over several axes
//! counts multiply. Source: A. Odena, V. Dumoulin, C. Olah, "Deconvolution and checkerboard
//! artifacts", 2016; the residues for `d > 1` by hand.

use crate::geometry::Axis;

/// The taps that reach the outputs of one axis, and those that are left of each input's.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct AxisCoverage {
    /// Taps that reach an inner output, by the residue of `o + p_begin` modulo `s`; `None` if `s` or
    /// `k` is beyond [`MOST`].
    pub residues: Option<Vec<u64>>,
    /// Whether all residues have as many: `gcd(d, s) = 1` and `s` divides `k`.
    pub even: bool,
    /// How many output positions lie inside.
    pub inside: i64,
    /// Taps that reach each output position; `None` beyond [`MOST`] positions.
    pub outputs: Option<Vec<u64>>,
    /// Taps of each input position that reach an output; `None` beyond [`MOST`] positions.
    pub inputs: Option<Vec<u64>>,
}

/// Positions, taps and residues that are counted one by one.
pub const MOST: i64 = 1 << 20;

impl AxisCoverage {
    /// Counts one axis. Cost: positions times the smaller of input and kernel, within [`MOST`].
    ///
    /// ```
    /// use convproof::geometry::Window;
    /// use convproof::structure::AxisCoverage;
    /// let axis = Window { stride: 2, ..Window::new(3) }.transposed(3, 0).unwrap();
    /// let coverage = AxisCoverage::of(&axis);
    /// assert_eq!(coverage.outputs.unwrap(), [1, 1, 2, 1, 2, 1, 1]);
    /// assert_eq!(coverage.residues.unwrap(), [2, 1]);
    /// assert!(!coverage.even);
    /// ```
    pub fn of(axis: &Axis) -> Self {
        let (s, d, k) = (axis.stride(), axis.dilation(), axis.kernel());
        let residues = (s <= MOST && k <= MOST).then(|| {
            let mut counts = vec![0; index(s)];
            (0..k).for_each(|t| counts[index((d % s) * t % s)] += 1);
            counts
        });
        let p = axis.padding().begin;
        let first = (d * (k - 1) - p).max(0);
        let last = (s * (axis.input() - 1) - p).min(axis.output() - 1);
        let each = axis.input().min(k);
        let countable =
            |positions: i64| i128::from(positions) * i128::from(each) <= 16 * i128::from(MOST) && positions <= MOST;
        AxisCoverage {
            residues,
            even: axis.window().covers_evenly(),
            inside: (last - first + 1).max(0),
            outputs: countable(axis.output())
                .then(|| (0..axis.output()).map(|o| axis.meetings_of_output(o).count() as u64).collect()),
            // The taps of an input are a range: its ends say how many.
            inputs: (axis.input() <= MOST)
                .then(|| (0..axis.input()).map(|i| axis.meetings_of_input(i).size_hint().0 as u64).collect()),
        }
    }

    /// Whether the inside is long enough to show every residue.
    pub fn shows_every_residue(&self, axis: &Axis) -> bool {
        self.inside >= axis.stride()
    }
}

fn index(n: i64) -> usize {
    usize::try_from(n).expect("the caller has kept it between 0 and the limit")
}

/// The fewest and the most of something over all cells, and how many cells have none.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[allow(clippy::exhaustive_structs)] // two ends and a count
pub struct Spread {
    /// The fewest.
    pub least: u128,
    /// The most.
    pub most: u128,
    /// Cells that have none.
    pub empty: u128,
}

impl Spread {
    /// The spread of products of one count per axis, times `each` channels, over `copies` of all cells.
    pub(super) fn over<'a>(
        axes: impl Iterator<Item = Option<&'a Vec<u64>>>,
        each: u128,
        copies: u128,
    ) -> Option<Spread> {
        let (mut least, mut most, mut cells, mut met) = (each, each, copies, copies);
        for counts in axes {
            let counts = counts?;
            let of = |pick: Option<&u64>| u128::from(pick.copied().unwrap_or(0));
            least = least.saturating_mul(of(counts.iter().min()));
            most = most.saturating_mul(of(counts.iter().max()));
            cells = cells.saturating_mul(counts.len() as u128);
            met = met.saturating_mul(counts.iter().filter(|&&n| n > 0).count() as u128);
        }
        Some(Spread { least, most, empty: cells - met })
    }
}
