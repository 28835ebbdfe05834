//! Which geometries are asked: a designed panel first, then random ones with forced corners.
//!
//! Which geometries matter more than how many. Of 44 symbolic mutants the first geometry of
//! [`DESIGNED`] shows 43 and the second the last; the usual test shape, 3×3 with stride 1 and one
//! channel, shows 13. The others add what those two lack: pads beyond the kernel and below 0, inputs
//! longer than the kernel, strides of 3 and more, every number of channels from 1 to 9, each
//! parameter by itself, the layers that people use, long axes.

#[cfg(feature = "json")]
use std::collections::BTreeSet;

use super::draft::{Draft, DraftAxis};
use super::numbers::Scatter;
use super::profile::{OutputPadding, Profile};
#[cfg(feature = "json")]
use crate::dialect::Dialect;
use crate::error::Error;
use crate::geometry::{Geometry, Kind, Padding, Pads, Spec, Window};

/// One geometry to be asked, and how its pads are said.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Entry {
    /// The operation.
    pub spec: Spec,
    /// In which words of a dialect the pads are said.
    pub pads: Pads,
}

impl Entry {
    /// A geometry whose pads are said with numbers.
    pub fn new(spec: Spec) -> Entry {
        Entry { spec, pads: Pads::Explicit }
    }
}

/// How many geometries are asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[allow(clippy::exhaustive_enums)] // the three sizes
pub enum Size {
    /// At most 12: each mistake that one geometry can show.
    Smoke,
    /// Designed geometries and some random ones: for every change.
    Ci,
    /// All designed geometries, long axes, and many random ones.
    Full,
}

/// The designed geometries of the transposed convolution; the first twelve are the smoke panel.
const DESIGNED: &[&str] = &[
    "tconv i2x2 k2x3 s2x3 p0:1x6:5 a0x2 d1x3 c4:6 g2",
    "tconv i2x3 k3x2 s3x1 p2:4x1:2 a2x0 d2 c4:4 g2",
    "tconv i4 k3 s2 p1 a1",
    "tconv i5 k2 s3 p1:0",
    "tconv i3x4 k3x2 s2x1 p1x0",
    "tconv i2x3 k2x3 s2x3 p0x2 a1x2 d1x2 c2:3",
    "tconv i3 k3 s2 p-1:2",
    "tconv i2x3x2 k2x1x3 s1x2x3 p0x0x1 c2:2",
    "tconv i4 k3 d2 p1 c3:2",
    "tconv i2 k2 s3 a2",
    "tconv i3 k4 s2 p4:0",
    "tconv i3x3 k2x2 s2 c6:4 g2",
    // Each parameter by itself.
    "tconv i4 k3",
    "tconv i3 k3 s2",
    "tconv i3 k3 d2",
    "tconv i4 k3 p1",
    "tconv i4 k3 p1:0",
    "tconv i4 k3 p0:1",
    "tconv i3 k3 s2 a1",
    "tconv i3 k2 c2:1",
    "tconv i3 k2 c1:2",
    "tconv i3 k2 c2:2 g2",
    "tconv i3x3 k3x3",
    "tconv i3x2 k2x3",
    // Lengths against each other: input and kernel, stride and kernel, pads and stride.
    "tconv i7 k2 s2",
    "tconv i2 k7 s2 p2",
    "tconv i3 k2 s5 p1:2 a4",
    "tconv i4 k3 s4 p1",
    "tconv i3 k3 s3 p2",
    "tconv i3 k5 s3 p1 a2 d2",
    "tconv i1 k3 s2 p1 a1",
    "tconv i1x1 k1x2 s3 a0x1 d3x1",
    "tconv i5 k1 s2 a1",
    "tconv i3 k3 s1 p2 d3",
    "tconv i3 k3 p3:0",
    "tconv i4 k3 s2 p3:2 a1",
    "tconv i3x3 k3x3 s2 p-1x0 a1",
    "tconv i2 k2 s2 p3:2 a3",
    "tconv i3 k3 p6:-2",
    "tconv i3 k2 s2 p-2:5",
    "tconv i2x2 k3x3 s2 p1x2:0 a1x0 d1x2",
    // Axes that differ in one parameter.
    "tconv i3x3 k2x2 s1x2",
    "tconv i3x3 k3x3 p1x0",
    "tconv i3x3 k2x2 d1x2",
    "tconv i3x3 k2x2 s2 a0x1",
    "tconv i3x3 k2x2 s2 a1x0",
    "tconv i2x4 k2x2",
    "tconv i2x2 k3x3 p1:0x0:1",
    // The layers that people use, few channels.
    "tconv i3x3 k2x2 s2 c4:2",
    "tconv i3x3 k4x4 s2 p1 c2:3",
    "tconv i3x3 k3x3 s2 p1 a1 c3:2",
    "tconv i4 k16 s8 p4 c1:2",
    "tconv i2x2x2 k3x3x3 s2 p1 a1",
    "tconv i3x2x2 k2x2x2 s2 c2:3",
    // Channels: tails of vectors of 2, 4 and 8, depthwise, grouped with one channel each side.
    "tconv i3 k2 s2 c3:3",
    "tconv i3 k2 s2 c5:7",
    "tconv i3 k2 s2 c7:5",
    "tconv i3 k2 s2 c9:2",
    "tconv i2 k2 s2 c8:9",
    "tconv i3 k3 s2 p1 c4:4 g4",
    "tconv i3 k2 c3:6 g3",
    "tconv i2x2 k2x2 s2 c6:9 g3",
    "tconv i2 k2 c2:6 g2",
];

/// Designed geometries of the ordinary convolution.
const DESIGNED_CONV: &[&str] = &[
    "conv i9x13 k2x3 s2x3 p0:1x6:5 d1x3 c6:4 g2",
    "conv i11x7 k3x2 s3x1 p2:4x1:2 d2 c4:4 g2",
    "conv i8 k3 s2 p1",
    "conv i9 k2 s3 p1:0",
    "conv i6x5 k3x2 s2x1 p1x0",
    "conv i6x9 k2x3 s2x3 p0x2 d1x2 c3:2",
    "conv i7 k3 s2 p-1:2",
    "conv i3x5x6 k2x1x3 s1x2x3 p0x0x1 c2:2",
    "conv i7 k3 d2 p1 c2:3",
    "conv i6 k2 s3",
    "conv i5 k4 s2 p4:0",
    "conv i6x6 k2x2 s2 c4:6 g2",
    "conv i5 k3",
    "conv i6 k3 s2",
    "conv i7 k3 d2",
    "conv i4 k3 p1",
    "conv i4 k3 p1:0",
    "conv i4 k3 p0:1",
    "conv i4 k2 c2:1",
    "conv i4 k2 c1:2",
    "conv i4 k2 c2:2 g2",
    "conv i4x4 k3x3",
    "conv i4x3 k2x3",
    "conv i9 k2 s2",
    "conv i8 k7 s2 p2",
    "conv i7 k1 s2",
    "conv i5x5 k2x2 s1x2",
    "conv i5x5 k3x3 p1x0",
    "conv i5x5 k2x2 d1x2",
    "conv i5x5 k3x3 s2 p1 c3:2",
    "conv i6x6 k4x4 s2 p1 c3:2",
    "conv i5x5x5 k3x3x3 s2 p1",
    "conv i5 k2 s2 c5:7",
    "conv i5 k2 s2 c9:2",
    "conv i5 k3 s2 p1 c4:4 g4",
    "conv i5x5 k2x2 s2 c9:6 g3",
];

/// Axes on which 16-bit indices and positions in half precision go wrong.
const LONG: &[&str] = &["tconv i1100 k3 s2 p1", "tconv i2x1030 k2x2 s2", "conv i2201 k3 s2 p1", "conv i3x2061 k2x2 s2"];

/// The geometries of a profile: the designed ones that it takes, or their nearest relatives, then
/// so many random ones, by default as the size has it.
///
/// # Errors
/// None of the designed specs is at fault; a spec that cannot be read would be S1 ….
pub fn panel(profile: &Profile, size: Size, random: Option<usize>, seed: u64) -> Result<Vec<Entry>, Error> {
    let (designed, usual) = match size {
        Size::Smoke => (12, 0),
        Size::Ci => (usize::MAX, 12),
        Size::Full => (usize::MAX, 200),
    };
    let random = random.unwrap_or(usual);
    let mut specs: Vec<Spec> = Vec::new();
    for (kind, list) in [(Kind::Tconv, DESIGNED), (Kind::Conv, DESIGNED_CONV)] {
        let share = designed / if size == Size::Smoke { profile.kinds.len().max(1) } else { 1 };
        let mut own: Vec<Spec> = Vec::new();
        for text in list {
            let Some(spec) = profile.projected(&text.parse()?) else { continue };
            if spec.kind == kind && !own.contains(&spec) && own.len() < share {
                own.push(spec);
            }
        }
        specs.extend(own);
    }
    if size == Size::Full {
        for text in LONG {
            specs.extend(profile.projected(&text.parse()?).filter(|spec| !specs.contains(spec)));
        }
    }
    let mut scatter = Scatter::new(seed);
    let mut tries = 0;
    let wanted = specs.len() + random;
    while specs.len() < wanted && tries < random.saturating_mul(50) {
        tries += 1;
        specs.extend(random_spec(profile, &mut scatter).filter(|spec| !specs.contains(spec)));
    }
    Ok(specs.into_iter().map(Entry::new).collect())
}

/// A random geometry of a profile by its seed; None where ten draws give none.
#[cfg(feature = "proptest")]
pub(crate) fn random_geometry(profile: &Profile, seed: u64) -> Option<Spec> {
    let mut scatter = Scatter::new(seed);
    (0..10).find_map(|_| random_spec(profile, &mut scatter))
}

/// Products of a random geometry: its matrix is read in a moment.
const MAX_PRODUCTS: i128 = 1 << 12;
/// Cells of each of its tensors.
const MAX_CELLS: usize = 1 << 12;

/// A random geometry of a profile, with each corner drawn often: pads beyond the kernel, below 0 and
/// uneven, strides beyond the kernel, output paddings beyond the stride, length 1, groups.
pub(super) fn random_spec(profile: &Profile, scatter: &mut Scatter) -> Option<Spec> {
    let kind = scatter.choice(&profile.kinds)?;
    let ranks: Vec<usize> = profile.ranks.clone().take(3).collect();
    let rank = scatter.choice(&ranks)?;
    let longest = match rank {
        1 => 7,
        2 | 3 => 4,
        _ => 2,
    };
    let axis = |scatter: &mut Scatter| {
        let (kernel, stride) = (scatter.between(1, longest), scatter.between(1, 4));
        let dilation = if scatter.once_in(2) { 1 } else { scatter.between(2, 3) };
        let reach = dilation * (kernel - 1);
        let low = if scatter.once_in(4) { -2 } else { 0 };
        let beyond = i64::from(scatter.once_in(3));
        let begin = scatter.between(low, reach + beyond);
        let end = if scatter.once_in(2) { begin } else { scatter.between(low, reach + 1) };
        let window = Window { kernel, stride, dilation, padding: Padding { begin, end } };
        let most = if profile.output_padding == OutputPadding::Any { stride + 1 } else { stride - 1 };
        let output_padding = if scatter.once_in(2) { 0 } else { scatter.between(0, most) };
        let shortest = if scatter.once_in(5) { 1 } else { 2 };
        let input = scatter.between(shortest, longest) + if kind == Kind::Conv { reach } else { 0 };
        DraftAxis { input, window, output_padding }
    };
    let axes = (0..rank).map(|_| axis(scatter)).collect();
    let groups = if scatter.once_in(3) { scatter.between(2, 3) } else { 1 };
    let (in_channels, out_channels) = (scatter.between(1, 4), scatter.between(1, 4));
    let spec = Draft { kind, axes, in_channels, out_channels, groups, batch: 1 }.spec()?;
    let few = |shape: Vec<usize>| shape.iter().product::<usize>() <= MAX_CELLS;
    let is_small = |g: &Geometry| {
        g.products() <= MAX_PRODUCTS && few(g.input_shape()) && few(g.output_shape()) && few(g.weight_shape())
    };
    profile.projected(&spec).filter(|spec| is_small(&spec.geometry))
}

/// Geometries that a dialect says with `VALID`, `SAME` or an output size: each such way that it
/// has, on some windows with odd and even totals, with strides beyond the kernel and without.
#[cfg(feature = "json")]
pub fn said(profile: &Profile, dialect: &'static Dialect, size: Size) -> Vec<Entry> {
    let most = if size == Size::Smoke { 1 } else { 8 };
    let mut entries = Vec::new();
    for pads in Pads::ALL.into_iter().filter(|pads| *pads != Pads::Explicit) {
        let mut seen = BTreeSet::new();
        for spec in profile.kinds.iter().flat_map(|kind| windows(*kind)) {
            let Some(spec) = profile.projected(&spec).filter(|own| *own == spec) else { continue };
            let says = |words: &crate::dialect::Words| {
                words.lower().is_ok_and(|lowered| lowered.pads == pads && lowered.spec == spec)
            };
            let said = (dialect.propose)(&spec, pads).is_ok_and(|all| all.iter().any(says));
            if said && seen.len() < most && seen.insert(spec.clone()) {
                entries.push(Entry { spec, pads });
            }
        }
    }
    entries
}

/// Windows of one axis with all pads that `SAME` may mean, most telling first.
#[cfg(feature = "json")]
fn windows(kind: Kind) -> impl Iterator<Item = Spec> {
    let shapes = [(3, 2, 1, 1), (3, 4, 1, 1), (3, 3, 2, 1), (4, 2, 3, 1), (3, 3, 1, 2), (3, 5, 2, 1), (2, 1, 2, 1)];
    shapes.into_iter().flat_map(move |(input, kernel, stride, dilation)| {
        let pads = [(0, 0), (0, 1), (1, 0), (1, 1), (1, 2), (2, 1), (2, 2), (3, 2), (-1, 0), (0, -1), (-1, -1)];
        pads.into_iter().flat_map(move |(begin, end)| {
            (0..3).filter_map(move |output_padding| {
                let window = Window { kernel, stride, dilation, padding: Padding { begin, end } };
                let input = if kind == Kind::Conv { 2 * input + 1 } else { input };
                let axes = vec![DraftAxis { input, window, output_padding }];
                let draft = Draft { kind, axes, in_channels: 1, out_channels: 1, groups: 1, batch: 1 };
                draft.spec().filter(|_| kind == Kind::Tconv || output_padding == 0)
            })
        })
    })
}
