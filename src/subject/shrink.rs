//! A failing geometry made smaller while it fails in the same way: one axis, one channel, input 2.

use super::draft::Draft;
use super::panel::Entry;
use crate::geometry::{Kind, Padding, Spec, Window};

/// How many smaller geometries are asked.
const MAX_ASKED: usize = 120;

/// The smallest entry reached from this one such that `fails` holds on every step.
pub(super) fn shrink(entry: &Entry, fails: &mut dyn FnMut(&Entry) -> bool) -> Entry {
    let (mut smallest, mut asked) = (entry.clone(), 0);
    'smaller: loop {
        for spec in simpler(&smallest.spec) {
            if asked == MAX_ASKED {
                break 'smaller;
            }
            asked += 1;
            let tried = Entry { spec, ..smallest.clone() };
            if fails(&tried) {
                smallest = tried;
                continue 'smaller;
            }
        }
        break;
    }
    smallest
}

/// Simpler specs, boldest first; each is simpler by some measure that only falls, so that
/// shrinking ends.
fn simpler(spec: &Spec) -> Vec<Spec> {
    let draft = Draft::of(spec);
    let mut all: Vec<Draft> = Vec::new();
    let mut add = |change: &dyn Fn(&mut Draft)| {
        let mut other = draft.clone();
        change(&mut other);
        if other != draft {
            all.push(other);
        }
    };
    if draft.axes.len() > 1 {
        for axis in 0..draft.axes.len() {
            add(&|d| d.axes = vec![draft.axes[axis]]);
        }
        for axis in 0..draft.axes.len() {
            add(&|d| {
                d.axes.remove(axis);
            });
        }
    }
    add(&|d| (d.in_channels, d.out_channels, d.groups) = (1, 1, 1));
    add(&|d| d.groups = 1);
    add(&|d| (d.in_channels, d.out_channels) = (1, 1));
    add(&|d| d.in_channels = 1);
    add(&|d| d.out_channels = 1);
    add(&|d| d.groups = d.groups.min(2));
    add(&|d| d.in_channels = d.in_channels.min(2));
    add(&|d| d.out_channels = d.out_channels.min(2));
    add(&|d| d.in_channels -= i64::from(d.in_channels > 1));
    add(&|d| d.out_channels -= i64::from(d.out_channels > 1));
    for n in 0..draft.axes.len() {
        add(&|d| {
            let axis = &mut d.axes[n];
            axis.window = Window { padding: Padding::default(), stride: 1, dilation: 1, ..axis.window };
            axis.output_padding = 0;
        });
        add(&|d| d.axes[n].window.padding = Padding::default());
        add(&|d| d.axes[n].window.dilation = 1);
        add(&|d| d.axes[n].output_padding = 0);
        add(&|d| d.axes[n].window.stride = 1);
        add(&|d| d.axes[n].window.dilation = d.axes[n].window.dilation.min(2));
        add(&|d| d.axes[n].window.stride = d.axes[n].window.stride.min(2));
        add(&|d| d.axes[n].output_padding = d.axes[n].output_padding.min(1));
        for (begin, end) in [(false, true), (true, false), (true, true)] {
            let toward = |p: i64, go: bool| if go { p - p.signum() } else { p };
            add(&|d| {
                let p = d.axes[n].window.padding;
                d.axes[n].window.padding = Padding { begin: toward(p.begin, begin), end: toward(p.end, end) };
            });
        }
        // One input or one tap shows little: 2 of each.
        let shortest = if draft.kind == Kind::Conv { 1 } else { 2 };
        for input in [2, draft.axes[n].input / 2, draft.axes[n].input - 1] {
            add(&|d| d.axes[n].input = input.clamp(shortest.min(d.axes[n].input), d.axes[n].input));
        }
        for kernel in [2, draft.axes[n].window.kernel - 1] {
            add(&|d| {
                let known = d.axes[n].window.kernel;
                d.axes[n].window.kernel = kernel.clamp(known.min(2), known);
            });
        }
    }
    all.iter().filter_map(Draft::spec).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_matters_stays() {
        let entry = Entry::new("tconv i5x6 k3x4 s3x2 p1x2:1 a1x0 d2x1 c4:6 g2".parse().unwrap());
        let mut fails = |entry: &Entry| entry.spec.geometry.axes().iter().any(|a| a.dilation() > 1 && a.kernel() > 1);
        assert_eq!(shrink(&entry, &mut fails).spec.to_string(), "tconv i2 k2 d2");
        let mut grouped = |entry: &Entry| entry.spec.geometry.groups() > 1 && entry.spec.geometry.out_channels() > 2;
        assert_eq!(shrink(&entry, &mut grouped).spec.to_string(), "tconv i2 k2 c2:4 g2");
    }
}
