//! From one dialect to another, with proof: what a spec is called elsewhere.
//!
//! ```text
//! call —lower→ spec —propose→ calls of the other dialect —lower→ specs; the first whose matrix is the same
//! ```
//!
//! [`raise`] believes no proposal: the other dialect reads its own words, its own rules may refuse
//! them, and [`same_matrix`] compares what they mean with what was asked, meeting by meeting.

mod arrays;
mod difference;
mod lint;
#[cfg(feature = "onnx")]
mod model;
mod nearest;
mod proof;
mod same;
mod solve;

pub use arrays::{Conversion, Step};
pub use difference::{call_difference, difference};
pub use lint::{Finding, LintOutcome, lint};
#[cfg(feature = "onnx")]
pub use model::{ModelCall, calls};
pub use nearest::{Nearest, nearest};
pub use proof::{Lines, lines};
pub use same::{crops, same_matrix};
pub use solve::{MAX_KERNEL, Solution, solve};

use crate::dialect::{Dialect, Lowered, Pads, Words};
use crate::error::Error;
use crate::geometry::{Axis, Geometry, Kind, Padding, Spec, Window};

/// A spec in a dialect's words.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Raised {
    /// The call.
    pub words: Words,
    /// What the dialect makes of it; its matrix is that of the spec.
    pub lowered: Lowered,
}

/// Why no call of a dialect means a spec.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Inexpressible {
    /// One reason for each way of saying the pads that the dialect has: its rule, or what it would
    /// compute instead.
    pub reasons: Vec<String>,
}

/// The call of a dialect that means this spec.
///
/// An axis on which the stride or the dilation changes nothing (one input, one tap) is also tried
/// with others: PyTorch limits the output padding by them.
///
/// # Errors
/// [`Inexpressible`], which is an answer: no call of the dialect has this matrix.
///
/// ```
/// use convproof::{dialect::find, translate::raise};
/// let spec = "tconv i4x4 k3x3 s2 p1 a1 c3:2".parse::<convproof::Spec>()?;
/// let raised = raise(find("onnx").unwrap(), &spec).unwrap();
/// assert_eq!(raised.words.to_string(), "onnx strides=2,2 pads=1,1,1,1 output_padding=1,1 x=1,3,4,4 w=3,2,3,3");
/// let odd = "tconv i4x4 k3x3 s2 p0:1".parse::<convproof::Spec>()?;
/// assert!(raise(find("pytorch").unwrap(), &odd).is_err());
/// # Ok::<(), convproof::Error>(())
/// ```
pub fn raise(dialect: &'static Dialect, spec: &Spec) -> Result<Raised, Inexpressible> {
    let mut reasons: Vec<String> = Vec::new();
    let mut add = |reason: String| {
        if !reasons.contains(&reason) {
            reasons.push(reason);
        }
    };
    let said = |spec: &Spec, wanted: &Spec, pads: Pads, add: &mut dyn FnMut(String)| -> Option<Raised> {
        let proposals = match (dialect.propose)(spec, pads) {
            Ok(proposals) => proposals,
            Err(error) => {
                add(error.to_string());
                return None;
            }
        };
        for words in proposals {
            match words.lower() {
                Err(error) => add(error.to_string()),
                Ok(lowered) if same_matrix(&lowered.spec, wanted) => return Some(Raised { words, lowered }),
                Ok(lowered) => add(format!("'{words}' is {}", lowered.spec)),
            }
        }
        None
    };
    for pads in Pads::ALL {
        if let Some(raised) = said(spec, spec, pads, &mut add) {
            return Ok(raised);
        }
    }
    // Reasons are those of the spec as it was written.
    for other in alternatives(spec) {
        for pads in Pads::ALL {
            if let Some(raised) = said(&other, spec, pads, &mut |_| ()) {
                return Ok(raised);
            }
        }
    }
    Err(Inexpressible { reasons })
}

/// Longer axes are taken as written.
const MAX_LENGTH: i64 = 1 << 10;
/// Most other readings that are tried for one axis.
const MAX_ALTERNATIVES: usize = 64;

/// Specs of the same matrix with other strides and dilations, where an axis has too few meetings
/// to fix them.
fn alternatives(spec: &Spec) -> Vec<Spec> {
    let g = &spec.geometry;
    let per_axis: Vec<Vec<Axis>> = g.axes().iter().map(other_readings).collect();
    let most = per_axis.iter().map(Vec::len).max().unwrap_or(0);
    // All axes move together, each to its n-th reading or its last: enough, since dialects judge
    // every axis alone.
    (0..most)
        .filter_map(|n| {
            let axes = g.axes().iter().zip(&per_axis).map(|(own, other)| other.get(n).or(other.last()).unwrap_or(own));
            let axes: Vec<Axis> = axes.copied().collect();
            with_axes(g, axes).ok().map(|geometry| Spec { kind: spec.kind, geometry })
        })
        .filter(|other| same_matrix(other, spec))
        .collect()
}

/// Axes of the same meetings as this one.
fn other_readings(axis: &Axis) -> Vec<Axis> {
    // With two inputs and two taps in sight the stride and the dilation are what they are.
    if axis.input() > 1 && axis.kernel() > 1 && axis.meetings() > 3 {
        return Vec::new();
    }
    if axis.input().max(axis.kernel()).max(axis.output()) > MAX_LENGTH {
        return Vec::new();
    }
    // Enough for any output padding that the lengths may need.
    let reach = [axis.output(), axis.padding().begin.saturating_abs(), axis.padding().end.saturating_abs(), 2];
    let most = reach.iter().fold(0i64, |sum, n| sum.saturating_add(*n)).max(axis.stride()).max(axis.dilation()).min(32);
    let mut found = Vec::new();
    for stride in 1..=most {
        for dilation in 1..=most {
            for begin in begins(axis, stride, dilation) {
                let window = Window { stride, dilation, ..Window::new(axis.kernel()) };
                let Ok(full) = window.transposed(axis.input(), 0) else { continue };
                let end = full.output() - begin - axis.output();
                let padding = Padding { begin, end: end.max(0) };
                let Ok(other) = Window { padding, ..window }.transposed(axis.input(), (-end).max(0)) else { continue };
                if same::same_axis(&other, axis) && other != *axis {
                    found.push(other);
                }
            }
        }
    }
    let distance = |a: &Axis| (a.stride().abs_diff(axis.stride()), a.dilation().abs_diff(axis.dilation()));
    let even = if axis.meetings() == 0 { most_even(&found, |a| distance(a).0 + distance(a).1) } else { Vec::new() };
    // Nearest to what was written first.
    found.sort_by_key(distance);
    found.truncate(MAX_ALTERNATIVES);
    found.extend(even);
    found
}

/// Of axes on which nothing meets, one for each stride and dilation: that with the pads most alike,
/// since frameworks with one number for both ends reach no others.
fn most_even(found: &[Axis], distance: impl Fn(&Axis) -> u64) -> Vec<Axis> {
    let mut even = found.to_vec();
    even.sort_by_key(|a| {
        let (begin, missing) = (a.padding().begin, a.padding().begin - a.padding().end + a.output_padding());
        (distance(a), a.stride(), a.dilation(), begin < 0, missing < 0, missing.abs())
    });
    even.dedup_by_key(|a| (a.stride(), a.dilation()));
    even.truncate(MAX_ALTERNATIVES / 2);
    even
}

/// Values of `p_begin` that put the first meeting where it is.
fn begins(axis: &Axis, stride: i64, dilation: i64) -> Vec<i64> {
    let first = (0..axis.input()).find_map(|i| axis.meetings_of_input(i).next());
    match first {
        Some(m) => vec![stride.saturating_mul(m.i).saturating_add(dilation.saturating_mul(m.t)) - m.o],
        // Nothing is reached: all is cropped, or lies behind.
        None => {
            let full =
                stride.saturating_mul(axis.input() - 1).saturating_add(dilation.saturating_mul(axis.kernel() - 1));
            let most = full.saturating_add(1).min(32);
            (-axis.output().min(32)..=most).chain([full.saturating_add(1)]).collect()
        }
    }
}

/// The same channels, groups and batch on other axes.
fn with_axes(g: &Geometry, axes: Vec<Axis>) -> Result<Geometry, Error> {
    Geometry::new(axes)?.with_channels(g.in_channels(), g.out_channels(), g.groups())?.with_batch(g.batch())
}

/// A call carried to another dialect.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Translation {
    /// The dialect.
    pub to: &'static Dialect,
    /// The call, or why there is none with the nearest thing that there is.
    pub found: Result<Raised, (Inexpressible, Option<Nearest>)>,
}

impl Translation {
    /// The call and its meaning, exact or nearest.
    pub fn raised(&self) -> Option<&Raised> {
        match &self.found {
            Ok(raised) => Some(raised),
            Err((_, nearest)) => nearest.as_ref().map(|nearest| &nearest.raised),
        }
    }
}

/// Carries the meaning of a call to another dialect.
pub fn translate(from: &Lowered, to: &'static Dialect) -> Translation {
    let found = raise(to, &from.spec).map_err(|why| {
        let nearest = nearest(to, &from.spec);
        (why, nearest)
    });
    Translation { to, found }
}

/// The words of an operation of the other kind, in a sentence.
pub fn operation_word(kind: Kind) -> &'static str {
    match kind {
        Kind::Conv => "convolution",
        Kind::Tconv => "transposed convolution",
    }
}
