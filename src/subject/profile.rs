//! What an implementation takes, and what it should do with invalid input.
//!
//! ```text
//! profile := word=value…    op=tconv,conv  role=forward,input-gradient,weight-gradient,bias-gradient
//!                           dtype=f32,f16  rank=1-3  bias=no  channels=no  groups=no  batch=no
//!                           per-axis=no  padding=no  asymmetric=no  negative=no  stride=no  dilation=no
//!                           output-padding=no|below-stride|any  invalid=refused|empty|ignored
//!                           sums=products|transformed
//! ```

use std::ops::RangeInclusive;

use super::draft::{Draft, DraftAxis, symmetric};
use crate::data::ElementType;
use crate::error::{Error, RequestError};
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
        }
    }
}

/// The words of a profile.
const WORDS: &str = "op role dtype arithmetic rank channels groups batch bias per-axis padding asymmetric negative \
                     stride dilation output-padding invalid sums";

/// Where a framework departs from the default profile. Most of what it takes follows from its words:
/// a geometry without a call is not asked.
const DIALECT_PROFILES: [(&str, &str); 6] = [
    // XLA gives an array without elements where no output remains.
    ("jax", "invalid=empty bias=no"),
    ("stablehlo", "invalid=empty bias=no"),
    // Numbers in, numbers out: no channels, no bias.
    ("scipy", "channels=no batch=no bias=no invalid=ignored"),
    ("tensorflow", "bias=no"),
    // The operator's text: pads of 0 and more, output paddings below stride or dilation.
    ("onnx", "negative=no output-padding=below-stride"),
    // Groups are an operation of their own there: what is invalid in other words is valid in its.
    ("openvino", "invalid=ignored"),
];

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

    /// Reads the words of the module's head; what is not named stays as in `base`.
    ///
    /// # Errors
    /// Q4 for an unknown word or value, F4 for an unknown type.
    pub fn parse(text: &str, base: &Profile) -> Result<Profile, Error> {
        let mut profile = base.clone();
        for part in text.split_whitespace() {
            let (word, value) = part.split_once('=').ok_or_else(|| unknown(part, "word=value"))?;
            let flag = || match value {
                "yes" | "true" => Ok(true),
                "no" | "false" => Ok(false),
                _ => Err(unknown(part, "yes or no")),
            };
            match word {
                "op" => profile.kinds = listed(part, value, &[("tconv", Kind::Tconv), ("conv", Kind::Conv)])?,
                "role" => profile.roles = listed(part, value, &Role::ALL)?,
                "dtype" => profile.elements = value.split(',').map(str::parse).collect::<Result<_, _>>()?,
                "arithmetic" => {
                    let found = Arithmetic::read(value, profile.default_arithmetic());
                    profile.arithmetic = Some(found.map_err(|valid| unknown(part, &valid))?);
                }
                "rank" => profile.ranks = ranks(value).ok_or_else(|| unknown(part, "rank=2 or rank=1-3"))?,
                "channels" => profile.channels = flag()?,
                "groups" => profile.groups = flag()?,
                "batch" => profile.batch = flag()?,
                "bias" => profile.bias = flag()?,
                "per-axis" => profile.per_axis = flag()?,
                "padding" => profile.padding = flag()?,
                "asymmetric" => profile.asymmetric = flag()?,
                "negative" => profile.negative = flag()?,
                "stride" => profile.stride = flag()?,
                "dilation" => profile.dilation = flag()?,
                "output-padding" => {
                    let known = [
                        ("no", OutputPadding::No),
                        ("below-stride", OutputPadding::BelowStride),
                        ("any", OutputPadding::Any),
                    ];
                    profile.output_padding = one(part, value, &known)?;
                }
                "invalid" => {
                    let known =
                        [("refused", Invalid::Refused), ("empty", Invalid::Empty), ("ignored", Invalid::Ignored)];
                    profile.invalid = one(part, value, &known)?;
                }
                "sums" => {
                    let known = [("products", Sums::Products), ("transformed", Sums::Transformed)];
                    profile.sums = one(part, value, &known)?;
                }
                _ => return Err(unknown(part, &format!("one of {WORDS}"))),
            }
        }
        Ok(profile)
    }

    /// The arithmetic of the first element type.
    pub(super) fn default_arithmetic(&self) -> Arithmetic {
        let format = crate::verify::Format::of(self.elements.first().copied().unwrap_or(ElementType::F32));
        Arithmetic { input: format, accumulate: format, output: format }
    }

    /// What a dialect's implementations take beyond what its words can say, and what they do with
    /// invalid input.
    ///
    /// # Errors
    /// None for the names of dialects; any other has the default profile.
    pub fn of_dialect(name: &str) -> Profile {
        let words = DIALECT_PROFILES.iter().find(|(dialect, _)| *dialect == name).map_or("", |(_, words)| words);
        Profile::parse(words, &Profile::default()).unwrap_or_default()
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

fn ranks(value: &str) -> Option<RangeInclusive<usize>> {
    let (from, to) = value.split_once('-').unwrap_or((value, value));
    let (from, to) = (from.parse().ok()?, to.parse().ok()?);
    (1 <= from && from <= to && to <= crate::geometry::MAX_RANK).then_some(from..=to)
}

fn one<T: Copy>(part: &str, value: &str, known: &[(&str, T)]) -> Result<T, Error> {
    let names = || known.iter().map(|(name, _)| *name).collect::<Vec<_>>().join(", ");
    known.iter().find(|(name, _)| *name == value).map(|(_, t)| *t).ok_or_else(|| unknown(part, &names()))
}

fn listed<T: Copy>(part: &str, value: &str, known: &[(&str, T)]) -> Result<Vec<T>, Error> {
    value.split(',').map(|name| one(part, name, known)).collect()
}

fn unknown(got: &str, expected: &str) -> Error {
    RequestError::Option { option: "--profile", problem: format!("'{got}'; expected {expected}") }.into()
}
