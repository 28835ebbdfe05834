//! Geometry: what a transposed convolution is, before any number is involved.
//!
//! [`Axis`] holds lengths and pads, [`incidence`] the definition, [`Geometry`] the product of
//! the axes with channels, groups and batch, [`spec`] the words that users type, [`formulas`]
//! the published shape formulas.

mod axis;
mod coverage;
pub mod formulas;
pub mod incidence;
mod pads;
pub mod spec;

pub use axis::{Axis, Padding, Window};
pub use incidence::Meeting;
pub use pads::Pads;
pub use spec::{Kind, Spec};

use crate::error::{Error, GeometryError};

/// A transposed convolution: per-axis relations times channels, groups and batch.
///
/// It takes `x [n, C_in, i…]` and `w [C_in, C_out/groups, k…]` to `y [n, C_out, o…]`; the
/// ordinary convolution with the same weight takes `y`'s shape back to `x`'s. Cell
/// `(n, co, o…)` and cell `(n, ci, i…)` meet by tap `(ci, co mod C_out/groups, t…)` if `ci` and
/// `co` lie in the same group and `o, i, t` meet on every axis ([`incidence`]).
///
/// ```
/// use convproof::geometry::{Geometry, Padding, Window};
/// let window = Window { stride: 2, padding: Padding::both(1), ..Window::new(4) };
/// let axis = window.transposed(4, 0).unwrap();
/// let geometry = Geometry::new(vec![axis, axis]).unwrap().with_channels(3, 2, 1).unwrap();
/// assert_eq!(geometry.output_shape(), [1, 2, 8, 8]);
/// assert_eq!(geometry.weight_shape(), [3, 2, 4, 4]);
/// ```
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Geometry {
    axes: Vec<Axis>,
    in_channels: i64,
    out_channels: i64,
    groups: i64,
    batch: i64,
}

/// The most axes of a geometry: products over axes are walked recursively.
pub const MAX_RANK: usize = 32;

impl Geometry {
    /// One channel, one group, batch 1.
    ///
    /// # Errors
    /// G1 without an axis, G10 beyond [`MAX_RANK`] axes, G8 beyond 2^62 cells.
    pub fn new(axes: Vec<Axis>) -> Result<Self, Error> {
        if axes.is_empty() {
            return Err(GeometryError::Rank { what: "the axes", rank: 0, got: 0 }.into());
        }
        if axes.len() > MAX_RANK {
            return Err(GeometryError::Axes { got: axes.len(), limit: MAX_RANK }.into());
        }
        Geometry { axes, in_channels: 1, out_channels: 1, groups: 1, batch: 1 }.checked()
    }

    /// The same axes with these channels of the transposed convolution and these groups.
    ///
    /// # Errors
    /// G3 below 1, G4 if the groups do not divide both, G8 beyond 2^62 cells.
    pub fn with_channels(mut self, in_channels: i64, out_channels: i64, groups: i64) -> Result<Self, Error> {
        (self.in_channels, self.out_channels, self.groups) = (in_channels, out_channels, groups);
        self.checked()
    }

    /// The same geometry for a batch of `batch` samples.
    ///
    /// # Errors
    /// G3 below 1, G8 beyond 2^62 cells.
    pub fn with_batch(mut self, batch: i64) -> Result<Self, Error> {
        self.batch = batch;
        self.checked()
    }

    fn checked(self) -> Result<Self, Error> {
        // Groups first: channels are often stated per group.
        let channels = [("batch", self.batch), ("groups", self.groups)];
        let channels =
            channels.into_iter().chain([("input channels", self.in_channels), ("output channels", self.out_channels)]);
        for (what, got) in channels {
            if got < 1 {
                return Err(GeometryError::NoChannel { what, got }.into());
            }
        }
        for (what, channels) in [("input", self.in_channels), ("output", self.out_channels)] {
            if channels % self.groups != 0 {
                return Err(GeometryError::Groups { what, groups: self.groups, channels }.into());
            }
        }
        let of_axes = |cells: [i64; 2], length: fn(&Axis) -> i64| {
            let mut all = cells.into_iter().chain(self.axes.iter().map(length));
            all.try_fold(1i64, |cells, n| cells.checked_mul(n).filter(|&cells| cells < axis::LIMIT))
        };
        for (what, product) in [
            ("input", of_axes([self.batch, self.in_channels], Axis::input)),
            ("output", of_axes([self.batch, self.out_channels], Axis::output)),
            ("weight", of_axes([self.in_channels, self.out_channels / self.groups], Axis::kernel)),
        ] {
            if product.is_none() {
                return Err(GeometryError::Cells { what, cells: axis::LIMIT.into() }.into());
            }
        }
        Ok(self)
    }

    /// The axes, outermost first.
    pub fn axes(&self) -> &[Axis] {
        &self.axes
    }

    /// Number of spatial axes.
    pub fn rank(&self) -> usize {
        self.axes.len()
    }

    /// Channels of the transposed convolution's input, over all groups.
    pub fn in_channels(&self) -> i64 {
        self.in_channels
    }

    /// Channels of the transposed convolution's output, over all groups.
    pub fn out_channels(&self) -> i64 {
        self.out_channels
    }

    /// Groups: group `g` owns input channels `g·C_in/groups …` and output channels `g·C_out/groups …`.
    pub fn groups(&self) -> i64 {
        self.groups
    }

    /// Samples; an identity factor of the matrix.
    pub fn batch(&self) -> i64 {
        self.batch
    }

    /// `[n, C_in, i…]`, the shape of `x`.
    pub fn input_shape(&self) -> Vec<usize> {
        self.shape([self.batch, self.in_channels], Axis::input)
    }

    /// `[n, C_out, o…]`, the shape of `y`.
    pub fn output_shape(&self) -> Vec<usize> {
        self.shape([self.batch, self.out_channels], Axis::output)
    }

    /// `[C_in, C_out/groups, k…]`, the shape of `w`.
    pub fn weight_shape(&self) -> Vec<usize> {
        self.shape([self.in_channels, self.out_channels / self.groups], Axis::kernel)
    }

    fn shape(&self, outer: [i64; 2], length: fn(&Axis) -> i64) -> Vec<usize> {
        outer.into_iter().chain(self.axes.iter().map(length)).map(size).collect()
    }

    /// Products `x·w` in the whole map: entries of `C`. In axes: the product over axes of
    /// [`Axis::meetings`], times `n·C_in·C_out/groups`; saturates.
    pub fn products(&self) -> i128 {
        let channels = i128::from(self.batch)
            .saturating_mul(self.in_channels.into())
            .saturating_mul((self.out_channels / self.groups).into());
        self.axes.iter().fold(channels, |product, axis| product.saturating_mul(axis.meetings()))
    }

    /// What a reader should know about this geometry beside any verdict.
    ///
    /// For `a ≥ s` on an axis: `C` is not the adjoint of the convolution with these pads, which
    /// has `input + ⌊a/s⌋` placements; it is that of end pad `p_end − a`.
    pub fn remarks(&self) -> Vec<String> {
        let beyond = |(n, axis): (usize, &Axis)| {
            let (a, s, end) = (axis.output_padding(), axis.stride(), axis.padding().end);
            (a >= s).then(|| {
                format!(
                    "axis {n}: output padding {a} ≥ stride {s}: not the adjoint of the convolution with these pads \
                     ({} placements, not {}); it is that of end pad p_e − a = {}",
                    axis.input() + a / s,
                    axis.input(),
                    end - a
                )
            })
        };
        self.axes.iter().enumerate().filter_map(beyond).collect()
    }
}

/// A length as an index. Lengths of a [`Geometry`] are positive and below 2^62.
pub(crate) fn size(length: i64) -> usize {
    usize::try_from(length).expect("lengths of a geometry are positive and fit")
}

/// A position or a length below 2^62 as a signed number.
pub(crate) fn signed(length: usize) -> i64 {
    i64::try_from(length).expect("lengths of a geometry fit 62 bits")
}
