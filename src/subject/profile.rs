//! What an implementation takes, and what it should do with invalid input.

use std::ops::RangeInclusive;

use super::draft::{Draft, DraftAxis, symmetric};
use crate::data::ElementType;
use crate::geometry::{Kind, Padding, Spec};
use crate::verify::{Arithmetic, Role};

/// Which output paddings are taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[allow(clippy::exhaustive_enums)] // no, some or all
pub enum OutputPadding {
    /// None.
    No,
    /// Below the stride.
    BelowStride,
    /// Any.
    Any,
}

/// What invalid input should get.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[allow(clippy::exhaustive_enums)] // the three answers
pub enum Invalid {
    /// A refusal.
    Refused,
    /// An array without elements.
    Empty,
    /// It is not asked.
    Ignored,
}

/// How an implementation adds up.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[allow(clippy::exhaustive_enums)] // products or something else
pub enum Sums {
    /// Products of an input and a tap, in any order.
    Products,
    /// Of other numbers, as Winograd's and FFT kernels: structure is judged by rounding, arithmetic
    /// is not.
    Transformed,
}

/// What an implementation takes: a mask over geometries, and how it is asked.
///
/// ```
/// use convproof::subject::Profile;
/// let profile = Profile::parse("dtype=f32,f16 rank=1-2 groups=no asymmetric=no", &Profile::default())?;
/// assert!(profile.takes(&"tconv i4x4 k3x3 s2 p1 a1 c2:3".parse()?));
/// assert!(!profile.takes(&"tconv i4 k3 p0:1".parse()?));
/// # Ok::<(), convproof::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Profile {
    /// Operations.
    pub kinds: Vec<Kind>,
    /// What is computed of them.
    pub roles: Vec<Role>,
    /// Element types of operands; the whole panel is asked in the first.
    pub elements: Vec<ElementType>,
    /// The declared arithmetic; by default that of the element type.
    pub arithmetic: Option<Arithmetic>,
    /// Numbers of spatial axes.
    pub ranks: RangeInclusive<usize>,
    /// More than one channel.
    pub channels: bool,
    /// More than one group.
    pub groups: bool,
    /// More than one sample.
    pub batch: bool,
    /// A bias.
    pub bias: bool,
    /// Each axis its own parameters.
    pub per_axis: bool,
    /// Pads other than 0.
    pub padding: bool,
    /// Pads that differ at both ends.
    pub asymmetric: bool,
    /// Pads below 0.
    pub negative: bool,
    /// Strides above 1.
    pub stride: bool,
    /// Dilations above 1.
    pub dilation: bool,
    /// Output paddings.
    pub output_padding: OutputPadding,
    /// What invalid input should get.
    pub invalid: Invalid,
    /// How it adds up.
    pub sums: Sums,
    /// Operands that lie in memory in Fortran order, first axis innermost.
    pub fortran: bool,
}

impl Default for Profile {
    /// The transposed convolution's forward pass in binary32, everything else allowed.
    fn default() -> Self {
        Profile {
            kinds: vec![Kind::Tconv],
            roles: vec![Role::Forward],
            elements: vec![ElementType::F32],
            arithmetic: None,
            ranks: 1..=3,
            channels: true,
            groups: true,
            batch: true,
            bias: true,
            per_axis: true,
            padding: true,
            asymmetric: true,
            negative: true,
            stride: true,
            dilation: true,
            output_padding: OutputPadding::Any,
            invalid: Invalid::Refused,
            sums: Sums::Products,
            fortran: false,
        }
    }
}

impl Profile {
    /// Only what every implementation takes: one channel pair or more, one group, symmetric pads
    /// and the same values on every axis.
    #[must_use]
    pub fn plain() -> Profile {
        Profile {
            groups: false,
            bias: false,
            per_axis: false,
            asymmetric: false,
            negative: false,
            dilation: false,
            output_padding: OutputPadding::No,
            ..Profile::default()
        }
    }

    /// The arithmetic of the first element type.
    pub(super) fn default_arithmetic(&self) -> Arithmetic {
        let format = crate::verify::Format::of(self.elements.first().copied().unwrap_or(ElementType::F32));
        Arithmetic { input: format, accumulate: format, output: format }
    }

    /// Whether a spec lies within the profile.
    pub fn takes(&self, spec: &Spec) -> bool {
        self.projected(spec).is_some_and(|own| own == *spec)
    }

    /// The spec of this profile that is nearest to another: what the profile does not take is left
    /// out. None where nothing sensible remains.
    pub(super) fn projected(&self, spec: &Spec) -> Option<Spec> {
        if !self.kinds.contains(&spec.kind) {
            return None;
        }
        let mut draft = Draft::of(spec);
        if draft.axes.len() < *self.ranks.start() {
            return None;
        }
        draft.axes.truncate(*self.ranks.end());
        if !self.channels {
            (draft.in_channels, draft.out_channels, draft.groups) = (1, 1, 1);
        }
        if !self.groups {
            (draft.in_channels, draft.out_channels) =
                (draft.in_channels * draft.groups, draft.out_channels * draft.groups);
            draft.groups = 1;
        }
        if !self.batch {
            draft.batch = 1;
        }
        let first = *draft.axes.first()?;
        for axis in &mut draft.axes {
            self.restrict(axis, &first);
        }
        draft.spec()
    }

    fn restrict(&self, axis: &mut DraftAxis, first: &DraftAxis) {
        if !self.per_axis {
            let kernel = axis.window.kernel;
            axis.window = crate::geometry::Window { kernel, ..first.window };
            axis.output_padding = first.output_padding;
        }
        let window = &mut axis.window;
        let padding = &mut window.padding;
        if !self.negative {
            (padding.begin, padding.end) = (padding.begin.max(0), padding.end.max(0));
        }
        if !self.asymmetric {
            *padding = symmetric(*padding);
        }
        if !self.padding {
            *padding = Padding::default();
        }
        window.stride = if self.stride { window.stride } else { 1 };
        window.dilation = if self.dilation { window.dilation } else { 1 };
        axis.output_padding = match self.output_padding {
            OutputPadding::No => 0,
            OutputPadding::BelowStride => axis.output_padding.min(axis.window.stride - 1),
            OutputPadding::Any => axis.output_padding,
        };
    }
}
