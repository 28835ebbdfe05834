//! What the geometries that fail have in common, and what no geometry showed.

use crate::geometry::{Axis, Kind, Spec};

/// A property of a spec, in words for where it holds and where not.
struct Property {
    holds: fn(&Spec) -> bool,
    yes: &'static str,
    no: &'static str,
}

type Test = fn(&Spec) -> bool;

fn any(spec: &Spec, test: impl Fn(&Axis) -> bool) -> bool {
    spec.geometry.axes().iter().any(test)
}

fn differ<T: PartialEq>(spec: &Spec, part: impl Fn(&Axis) -> T) -> bool {
    let axes = spec.geometry.axes();
    axes.iter().any(|a| part(a) != part(&axes[0]))
}

fn reach(a: &Axis) -> i64 {
    a.dilation() * (a.kernel() - 1)
}

/// The properties by which geometries are told apart, plainest first.
const PROPERTIES: &[Property] = &[
    Property { holds: |s| any(s, |a| a.stride() > 1), yes: "s > 1", no: "s = 1" },
    Property { holds: |s| any(s, |a| a.dilation() > 1), yes: "d > 1", no: "d = 1" },
    Property { holds: |s| any(s, |a| a.padding() != crate::geometry::Padding::default()), yes: "p ≠ 0", no: "p = 0" },
    Property { holds: |s| s.kind == Kind::Tconv && any(s, |a| a.output_padding() > 0), yes: "a > 0", no: "a = 0" },
    Property { holds: |s| s.geometry.groups() > 1, yes: "g > 1", no: "g = 1" },
    Property { holds: |s| s.geometry.rank() > 1, yes: "there are several axes", no: "there is one axis" },
    Property {
        holds: |s| s.geometry.in_channels() * s.geometry.out_channels() > 1,
        yes: "there are several channels",
        no: "there is one channel pair",
    },
    Property { holds: |s| s.geometry.in_channels() > 1, yes: "c_in > 1", no: "c_in = 1" },
    Property { holds: |s| s.geometry.out_channels() > 1, yes: "c_out > 1", no: "c_out = 1" },
    Property {
        holds: |s| any(s, |a| a.padding().begin != a.padding().end),
        yes: "the pads of begin and end differ",
        no: "they are equal",
    },
    Property {
        holds: |s| any(s, |a| (a.padding().begin + a.padding().end) % 2 != 0),
        yes: "the total pad is odd",
        no: "it is even",
    },
    Property { holds: |s| any(s, |a| a.padding().begin.min(a.padding().end) < 0), yes: "p < 0", no: "p ≥ 0" },
    Property {
        holds: |s| any(s, |a| a.padding().begin.max(a.padding().end) > reach(a)),
        yes: "p > d(k−1)",
        no: "p ≤ d(k−1)",
    },
    Property { holds: |s| any(s, |a| a.kernel() > a.stride()), yes: "k > s", no: "k ≤ s" },
    Property { holds: |s| any(s, |a| reach(a) + 1 < a.stride()), yes: "s > d(k−1) + 1", no: "s ≤ d(k−1) + 1" },
    Property { holds: |s| any(s, |a| a.kernel() > 1), yes: "k > 1", no: "k = 1" },
    Property { holds: |s| any(s, |a| a.input() > a.kernel()), yes: "input > k", no: "input ≤ k" },
    Property { holds: |s| any(s, |a| a.output_padding() >= a.stride()), yes: "a ≥ s", no: "a < s" },
    Property { holds: |s| differ(s, Axis::stride), yes: "strides differ by axis", no: "they do not" },
    Property { holds: |s| differ(s, Axis::dilation), yes: "dilations differ by axis", no: "they do not" },
    Property { holds: |s| differ(s, Axis::kernel), yes: "kernel lengths differ by axis", no: "they do not" },
    Property { holds: |s| differ(s, Axis::padding), yes: "pads differ by axis", no: "they do not" },
    Property { holds: |s| differ(s, Axis::output_padding), yes: "output paddings differ by axis", no: "they do not" },
    Property {
        holds: |s| any(s, |a| a.stride() > 1 && a.dilation() > 1),
        yes: "s > 1 with d > 1",
        no: "one of them is 1",
    },
];

/// `fails where a > 0, passes where a = 0`: a property that every failing spec has and no passing
/// one, or that every failing spec has, with how often it passes; None where nothing tells them apart.
pub(super) fn pattern(failing: &[&Spec], passing: &[&Spec]) -> Option<String> {
    if passing.is_empty() {
        return (failing.len() > 1).then(|| "fails everywhere".to_owned());
    }
    let passes = |p: &Property| passing.iter().filter(|s| (p.holds)(s)).count();
    let common: Vec<&Property> = PROPERTIES.iter().filter(|p| failing.iter().all(|s| (p.holds)(s))).collect();
    if let Some(p) = common.iter().find(|p| passes(p) == 0) {
        return Some(format!("fails where {}, passes where {}", p.yes, p.no));
    }
    for (n, one) in common.iter().enumerate() {
        for other in &common[n + 1..] {
            if !passing.iter().any(|s| (one.holds)(s) && (other.holds)(s)) {
                return Some(format!("fails where {} and {}, passes elsewhere", one.yes, other.yes));
            }
        }
    }
    let lacking =
        PROPERTIES.iter().find(|p| !failing.iter().any(|s| (p.holds)(s)) && passing.iter().all(|s| (p.holds)(s)));
    if let Some(p) = lacking {
        return Some(format!("fails where {}, passes where {}", p.no, p.yes));
    }
    let p = common.iter().min_by_key(|p| passes(p)).filter(|p| 3 * passes(p) < passing.len())?;
    Some(format!("fails only where {}, not always", p.yes))
}

/// What no geometry of a run showed, as `dilations (d = 1 only)`.
pub(super) fn unseen(specs: &[&Spec], batches: bool) -> Vec<String> {
    let all: [(Test, &str); 9] = [
        (|s| any(s, |a| a.stride() > 1), "strides (s = 1 only)"),
        (|s| any(s, |a| a.dilation() > 1), "dilations (d = 1 only)"),
        (|s| any(s, |a| a.padding().begin != 0 || a.padding().end != 0), "pads (p = 0 only)"),
        (|s| any(s, |a| a.padding().begin != a.padding().end), "uneven pads"),
        (|s| s.kind == Kind::Conv || any(s, |a| a.output_padding() > 0), "output paddings (a = 0 only)"),
        (|s| s.geometry.groups() > 1, "groups (g = 1 only)"),
        (|s| s.geometry.in_channels() > 1 && s.geometry.out_channels() > 1, "channel order (one channel only)"),
        (|s| s.geometry.rank() > 1, "axis order (one axis only)"),
        (|s| any(s, |a| a.kernel() > 1), "kernel order (k = 1 only)"),
    ];
    let missing = all.iter().filter(|(holds, _)| !specs.iter().any(|s| holds(s))).map(|(_, words)| (*words).to_owned());
    missing.chain((!batches).then(|| "batches (n = 1 only)".to_owned())).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_fails_has_something_in_common() {
        let spec = |text: &str| text.parse::<Spec>().unwrap();
        let (a, b, c) = (spec("tconv i3 k3 s2 a1"), spec("tconv i3 k3 s2"), spec("tconv i3 k3 s2 d2 a1"));
        assert_eq!(pattern(&[&a, &c], &[&b]).unwrap(), "fails where a > 0, passes where a = 0");
        assert_eq!(pattern(&[&b], &[&a, &c]).unwrap(), "fails where a = 0, passes where a > 0");
        assert_eq!(pattern(&[&a, &b], &[]).unwrap(), "fails everywhere");
        assert_eq!(pattern(&[&a], &[&a]), None);
        let missing = unseen(&[&a], true);
        assert!(missing.contains(&"dilations (d = 1 only)".to_owned()));
    }
}
