//! Mistakes about the pads.

use super::windows::{beginning, extent, formula, length, of_same_size, padded, rewindowed, sized, total};
use super::{Hypothesis, Problem, Variants};
use crate::geometry::{Axis, Kind, Padding, Window};
use crate::verify::truth::Role;

pub(super) const IGNORED: Hypothesis = Hypothesis {
    id: "padding-ignored",
    statement: "the padding has no effect",
    symptom: "y is longer by p_begin + p_end and nothing is cropped, or of the right size without the crop in front",
    reference: "-",
    plain: Some(|p| rewindowed(p, |_, a| Window { padding: Padding::default(), ..a.window() })),
    variants: Some(|v| {
        v.on_each(64, "the padding has no effect", |p, on| {
            rewindowed(p, |n, a| if on(n) { padded(a, 0, 0) } else { a.window() })
        });
        v.other(1, "the padding in front has no effect", rewindowed(&v.problem, |_, a| beginning(a, 0)));
        v.other(2, "the padding changes the size and no position", of_same_size(&v.problem, |_, a| beginning(a, 0)));
        if v.is_forward() {
            let natural = |_: usize, a: &Axis| formula(&v.problem, a, a.stride(), extent(a), 0, a.output_padding());
            let says = "the padding changes the positions and not the size";
            v.other(3, says, sized(&v.problem, |_, a| a.window(), natural));
        }
    }),
};

pub(super) const EXCHANGED: Hypothesis = Hypothesis {
    id: "pads-begin-end-swapped",
    statement: "the pads of begin and end are exchanged",
    symptom: "the matrix is shifted by p_end − p_begin",
    reference: "ComputeLibrary#743; #873; #331; glow#4585; tinygrad#840; tiny-dnn#652; MNN#933",
    plain: Some(|p| rewindowed(p, |_, a| swapped(a))),
    variants: Some(|v| {
        v.on_each(64, "the pads of begin and end are exchanged", |p, on| {
            rewindowed(p, |n, a| if on(n) { swapped(a) } else { a.window() })
        });
    }),
};

fn swapped(a: &Axis) -> Window {
    padded(a, a.padding().end, a.padding().begin)
}

pub(super) const ONE_SIDE: Hypothesis = Hypothesis {
    id: "pad-one-side",
    statement: "the whole padding is cropped at the beginning",
    symptom: "the matrix is shifted by p_end, or by −p_begin where the whole is cropped at the end",
    reference: "ComputeLibrary#743; ComputeLibrary#873",
    plain: Some(|p| rewindowed(p, |_, a| padded(a, total(a), 0))),
    variants: Some(|v| {
        let says = "the whole padding is cropped at the end";
        v.other(1, says, rewindowed(&v.problem, |_, a| padded(a, 0, total(a))));
        v.on_each(64, "the whole padding is cropped at the beginning", |p, on| {
            rewindowed(p, |n, a| if on(n) { padded(a, total(a), 0) } else { a.window() })
        });
        v.on_each(128, "the whole padding is cropped at the end", |p, on| {
            rewindowed(p, |n, a| if on(n) { padded(a, 0, total(a)) } else { a.window() })
        });
    }),
};

pub(super) const INTERLEAVED: Hypothesis = Hypothesis {
    id: "pads-interleaved",
    statement: "the list of pads is read in another order",
    symptom: "the pads of the axes are permuted: begins and ends, or one axis after the other",
    reference: "glow#4585; tinygrad#840",
    plain: None,
    variants: Some(|v| {
        let axes = v.axes();
        let rank = axes.len();
        if rank == 1 {
            return;
        }
        let begins: Vec<i64> = axes.iter().map(|a| a.padding().begin).collect();
        let ends: Vec<i64> = axes.iter().map(|a| a.padding().end).collect();
        let pairs: Vec<i64> = begins.iter().zip(&ends).flat_map(|(b, e)| [*b, *e]).collect();
        let listed = [&begins[..], &ends[..]].concat();
        let with = |begin: &dyn Fn(usize) -> i64, end: &dyn Fn(usize) -> i64| {
            rewindowed(&v.problem, |n, a| padded(a, begin(n), end(n)))
        };
        let orders = [
            (
                0,
                "all begins then all ends is read as one pair per axis",
                with(&|n| listed[2 * n], &|n| listed[2 * n + 1]),
            ),
            (1, "one pair per axis is read as all begins then all ends", with(&|n| pairs[n], &|n| pairs[rank + n])),
            (
                2,
                "pairs are read from the last axis to the first",
                with(&|n| begins[rank - 1 - n], &|n| ends[rank - 1 - n]),
            ),
            (3, "the whole list is read from its end", with(&|n| ends[rank - 1 - n], &|n| begins[rank - 1 - n])),
            (4, "begins are read from the last axis to the first", with(&|n| begins[rank - 1 - n], &|n| ends[n])),
            (5, "ends are read from the last axis to the first", with(&|n| begins[n], &|n| ends[rank - 1 - n])),
        ];
        for (number, says, other) in orders {
            v.other(number, format!("the list of pads is read in another order: {says}"), other);
        }
    }),
};

pub(super) const COUNTED_ONCE: Hypothesis = Hypothesis {
    id: "padding-counted-once",
    statement: "the size counts one pad of the two",
    symptom: "y is longer by one pad; the rows that are right otherwise are right",
    reference: "-",
    plain: None,
    variants: Some(|v| {
        let one = |v: &mut Variants<'_>, base, says: &str, pad: fn(&Axis) -> i64| {
            if v.is_forward() {
                v.on_axes(base, says, |p, on| {
                    sized(
                        p,
                        |_, a| a.window(),
                        |n, a| {
                            let pads = if on(n) { pad(a) } else { total(a) };
                            formula(p, a, a.stride(), extent(a), pads, a.output_padding())
                        },
                    )
                });
            }
        };
        one(v, 0, "the size counts the pad in front and not the one at the end", |a| a.padding().begin);
        one(v, 64, "the size counts the pad at the end and not the one in front", |a| a.padding().end);
    }),
};

pub(super) const COMPLEMENTED: Hypothesis = Hypothesis {
    id: "padding-complemented",
    statement: "the zero-insertion padding d(k−1)−p is used as the crop",
    symptom: "the matrix is the right one with pads d(k−1)−p; hidden where p = d(k−1)/2",
    reference: "-",
    plain: None,
    variants: Some(|v| {
        let of = |a: &Axis, p: i64| extent(a) - 1 - p;
        v.on_axes(0, "d(k−1)−p is used as the crop", |p, on| {
            rewindowed(p, |n, a| match on(n) {
                true => padded(a, of(a, a.padding().begin), of(a, a.padding().end)),
                false => a.window(),
            })
        });
        v.on_axes(64, "d(k−1)−p is cropped in front, in a result of the right size", |p, on| {
            of_same_size(p, |n, a| beginning(a, if on(n) { of(a, a.padding().begin) } else { a.padding().begin }))
        });
    }),
};

pub(super) const ON_INPUT: Hypothesis = Hypothesis {
    id: "padding-on-input",
    statement: "the padding is taken as that of the input (enlarges) instead of a crop of the result",
    symptom: "y grows, by s·p on each side; or it is cropped to its size at the wrong phase",
    reference: "Samsung/TICO#420; ComputeLibrary#436",
    plain: None,
    variants: Some(|v| {
        // The convolution's padding is that of its input.
        let p = v.problem;
        if !matches!((p.role, p.spec.kind), (Role::Forward, Kind::Tconv) | (Role::InputGradient, Kind::Conv)) {
            return;
        }
        let by = |a: &Axis, factor: i64| padded(a, -factor * a.padding().begin, -factor * a.padding().end);
        v.other(0, "the input is padded by p, and nothing cropped", rewindowed(&p, |_, a| by(a, a.stride())));
        v.other(1, "the result is padded by p instead of cropped", rewindowed(&p, |_, a| by(a, 1)));
        let front = "the input is padded by p, and the result cut to its size at the end";
        v.other(2, front, of_same_size(&p, |_, a| by(a, a.stride())));
        // Both ends enlarged by s·p, then the total cropped in the middle.
        let middle = "the input is padded by p, and the result cropped to its size in the middle";
        v.other(
            3,
            middle,
            of_same_size(&p, |_, a| {
                let surplus = (a.stride() + 1) * total(a);
                beginning(a, surplus.div_euclid(2) - a.stride() * a.padding().begin)
            }),
        );
    }),
};

pub(super) const WITHOUT_DILATION: Hypothesis = Hypothesis {
    id: "implicit-pad-without-dilation",
    statement: "the zero-insertion padding is k−1−p instead of d(k−1)−p",
    symptom: "the matrix is shifted by (d−1)(k−1), and y shorter by twice that",
    reference: "jax#567; keras-core#520",
    plain: None,
    variants: Some(|v| {
        let less = |a: &Axis| (a.dilation() - 1) * (a.kernel() - 1);
        let both = |a: &Axis| padded(a, a.padding().begin + less(a), a.padding().end + less(a));
        let scatters = |p: &Problem<'_>| {
            matches!((p.role, p.spec.kind), (Role::Forward, Kind::Tconv) | (Role::InputGradient, Kind::Conv))
        };
        if !scatters(&v.problem) {
            return;
        }
        v.other(0, "the zero-insertion padding is k−1−p instead of d(k−1)−p", rewindowed(&v.problem, |_, a| both(a)));
        let says = "the zero-insertion padding in front is k−1−p instead of d(k−1)−p";
        v.other(1, says, of_same_size(&v.problem, |_, a| beginning(a, a.padding().begin + less(a))));
        let at_end = "the zero-insertion padding at the end is k−1−p instead of d(k−1)−p";
        v.other(2, at_end, sized(&v.problem, |_, a| a.window(), |_, a| length(&v.problem, a) - less(a)));
    }),
};
