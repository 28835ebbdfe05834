//! The words in which a profile is written.
//!
//! ```text
//! profile := word=value…    op=tconv,conv  role=forward,input-gradient,weight-gradient,bias-gradient
//!                           dtype=f32,f16  rank=1-3  bias=no  channels=no  groups=no  batch=no
//!                           per-axis=no  padding=no  asymmetric=no  negative=no  stride=no  dilation=no
//!                           output-padding=no|below-stride|any  invalid=refused|empty|ignored
//!                           sums=products|transformed  order=c|c,f
//! ```

use std::ops::RangeInclusive;

use super::profile::{Invalid, OutputPadding, Profile, Sums};
use crate::error::{Error, RequestError};
use crate::geometry::Kind;
use crate::verify::{Arithmetic, Role};

/// The words of a profile.
const WORDS: &str = "op role dtype arithmetic rank channels groups batch bias per-axis padding asymmetric negative \
                     stride dilation output-padding invalid sums order";

/// Where a framework departs from the default profile. Most of what it takes follows from its words:
/// a geometry without a call is not asked.
const DIALECT_PROFILES: [(&str, &str); 8] = [
    // XLA gives an array without elements where no output remains.
    ("jax", "invalid=empty bias=no order=c,f"),
    ("stablehlo", "invalid=empty bias=no"),
    // Numbers in, numbers out: no channels, no bias.
    ("scipy", "channels=no batch=no bias=no invalid=ignored"),
    ("tensorflow", "bias=no order=c,f"),
    // Adapters that are compiled in read files as NumPy does, in either order.
    ("pytorch", "order=c,f"),
    ("onnxruntime", "order=c,f"),
    // The operator's text: pads of 0 and more, output paddings below stride or dilation.
    ("onnx", "negative=no output-padding=below-stride"),
    // Groups are an operation of their own there: what is invalid in other words is valid in its.
    ("openvino", "invalid=ignored"),
];

impl Profile {
    /// Reads the words of a profile; what is not named stays as in `base`.
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
                "order" => {
                    profile.fortran = match value {
                        "c" => false,
                        "c,f" => true,
                        _ => return Err(unknown(part, "c or c,f")),
                    }
                }
                _ => return Err(unknown(part, &format!("one of {WORDS}"))),
            }
        }
        Ok(profile)
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
