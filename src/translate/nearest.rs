//! The nearest call of a dialect that cannot say a spec, and the crop or zeros that mend it.

use super::{Raised, crops, raise, with_axes};
use crate::dialect::Dialect;
use crate::geometry::{Axis, Padding, Spec, Window};

/// A call that becomes the spec by dropping output positions, or adding zeros.
///
/// For an ordinary convolution the numbers are about its input: zeros added before the call.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Nearest {
    /// The call.
    pub raised: Raised,
    /// Per axis how many positions to drop in front and behind; negative: zeros to add.
    pub crop: Vec<(i64, i64)>,
}

/// Farthest that an end is moved.
const MAX_MOVE: i64 = 16;

/// The call that needs the fewest positions dropped or added, if there is one.
///
/// Axes are tried one by one, with every axis of the trial alike; then all together. Where a
/// dialect joins them by one word, all axes are computed in full and cropped.
pub fn nearest(dialect: &'static Dialect, spec: &Spec) -> Option<Nearest> {
    let axes = spec.geometry.axes();
    let mut chosen = Vec::with_capacity(axes.len());
    for axis in axes {
        let alike = |candidate: Axis| {
            let geometry = with_axes(&spec.geometry, vec![candidate; axes.len()]).ok()?;
            raise(dialect, &Spec { kind: spec.kind, geometry }).ok()
        };
        chosen.push(candidates(axis).find(|&(_, candidate)| alike(candidate).is_some())?);
    }
    mended(dialect, spec, &chosen).or_else(|| {
        let full: Option<Vec<_>> = axes.iter().map(|axis| candidates(axis).last()).collect();
        mended(dialect, spec, &full?)
    })
}

fn mended(dialect: &'static Dialect, spec: &Spec, chosen: &[((i64, i64), Axis)]) -> Option<Nearest> {
    let geometry = with_axes(&spec.geometry, chosen.iter().map(|(_, axis)| *axis).collect()).ok()?;
    let raised = raise(dialect, &Spec { kind: spec.kind, geometry }).ok()?;
    let crop: Vec<(i64, i64)> = chosen.iter().map(|(crop, _)| *crop).collect();
    crops(spec, &raised.lowered.spec, &crop).then_some(Nearest { raised, crop })
}

/// Axes that become this one by cropping, the least crop first; the last has no padding at all.
fn candidates(axis: &Axis) -> impl Iterator<Item = ((i64, i64), Axis)> + use<> {
    let axis = *axis;
    let (begin, end) = (axis.padding().begin, axis.padding().end - axis.output_padding());
    // Cropping further than the padding goes would need positions that nothing reaches.
    let span = |pad: i64| (-pad.clamp(-MAX_MOVE, 0))..=pad.clamp(0, MAX_MOVE);
    let less = |pad: i64| if pad < 0 { pad.max(-MAX_MOVE)..=0 } else { span(pad) };
    let mut crops: Vec<(i64, i64)> = less(begin).flat_map(|b| less(end).map(move |e| (b, e))).collect();
    crops.sort_by_key(|(b, e)| (b.abs() + e.abs(), b.abs(), *b));
    crops.push((begin, end));
    crops.into_iter().filter_map(move |(b, e)| {
        let (begin, end) = (begin - b, end - e);
        let padding = Padding { begin, end: end.max(0) };
        let moved = Window { padding, ..axis.window() }.transposed(axis.input(), (-end).max(0)).ok()?;
        Some(((b, e), moved))
    })
}
