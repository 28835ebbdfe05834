//! How the answers of two specs differ, in one sentence.

use crate::dialect::Lowered;
use crate::geometry::{Axis, Geometry, Spec};

/// What `there` computes otherwise than `here`; None if the matrices are the same.
///
/// ```
/// use convproof::translate::difference;
/// let spec = |text: &str| text.parse::<convproof::Spec>().unwrap();
/// let text = difference(&spec("tconv i3 k5 s2 p2 a1"), &spec("tconv i3 k5 s2 p1:2")).unwrap();
/// assert_eq!(text, "shifted by 1 on axis 0: cuts 1 in front and 2 behind, not 2 and 1");
/// ```
pub fn difference(here: &Spec, there: &Spec) -> Option<String> {
    if super::same_matrix(here, there) {
        return None;
    }
    if here.kind != there.kind {
        return Some(format!("is a {}", super::operation_word(there.kind)));
    }
    let (a, b) = (&here.geometry, &there.geometry);
    if a.rank() != b.rank() {
        return Some(format!("has {} axes, not {}", b.rank(), a.rank()));
    }
    let counts = |g: &Geometry| [g.in_channels(), g.out_channels(), g.groups(), g.batch()];
    let names = ["input channels", "output channels", "groups", "samples"];
    let outer = names.iter().zip(counts(a).into_iter().zip(counts(b)));
    let mut all: Vec<String> =
        outer.filter(|(_, (a, b))| a != b).map(|(name, (a, b))| format!("has {b} {name}, not {a}")).collect();
    all.extend(a.axes().iter().zip(b.axes()).enumerate().filter_map(|(n, (a, b))| on_axis(n, a, b)));
    Some(all.join("; "))
}

/// What a call computes otherwise from the same arrays: as [`difference`], and where the one holds its
/// kernel rotated against the other.
pub fn call_difference(here: &Lowered, there: &Lowered) -> Option<String> {
    let rotated = here.weight_flipped != there.weight_flipped;
    let seen = rotated && here.spec.geometry.axes().iter().any(|axis| axis.kernel() > 1);
    let rotation = seen.then(|| "reads the kernel of its weight array rotated by 180°".to_owned());
    let all: Vec<String> = difference(&here.spec, &there.spec).into_iter().chain(rotation).collect();
    (!all.is_empty()).then(|| all.join("; "))
}

fn on_axis(n: usize, here: &Axis, there: &Axis) -> Option<String> {
    if super::same::same_axis(here, there) {
        return None;
    }
    let end = |axis: &Axis| axis.padding().end - axis.output_padding();
    let cut = |axis: &Axis| {
        let side = |count: i64| if count < 0 { format!("adds {}", -count) } else { format!("cuts {count}") };
        let (begin, end) = (axis.padding().begin, end(axis));
        if begin >= 0 && end >= 0 {
            format!("cuts {begin} in front and {end} behind")
        } else {
            format!("{} in front and {} behind", side(begin), side(end))
        }
    };
    let lengths = |axis: &Axis| (axis.input(), axis.kernel(), axis.stride(), axis.dilation());
    if lengths(here) != lengths(there) {
        let letters = ["input", "kernel", "stride", "dilation"];
        let values = |a: &Axis| [a.input(), a.kernel(), a.stride(), a.dilation()];
        let other = letters.iter().zip(values(here).into_iter().zip(values(there))).filter(|(_, (a, b))| a != b);
        let all: Vec<String> = other.map(|(letter, (a, b))| format!("{letter} {b}, not {a}")).collect();
        return Some(format!("axis {n}: {}", all.join(", ")));
    }
    let (rows, cuts) = ((here.output(), there.output()), cut(there));
    let own = |axis: &Axis| format!("{} and {}", axis.padding().begin, end(axis));
    let shift = here.padding().begin - there.padding().begin;
    Some(match (rows.0 == rows.1, shift) {
        (true, shift) => format!("shifted by {} on axis {n}: {cuts}, not {}", shift.abs(), own(here)),
        (false, 0) => format!("{} positions on axis {n}, not {}: {cuts}, not {}", rows.1, rows.0, own(here)),
        (false, shift) => format!(
            "{} positions on axis {n}, not {}, and shifted by {}: {cuts}, not {}",
            rows.1,
            rows.0,
            shift.abs(),
            own(here)
        ),
    })
}
