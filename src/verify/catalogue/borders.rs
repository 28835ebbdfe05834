//! Mistakes about which positions a loop visits, and what it does to a cell that it visits again.

use std::collections::BTreeMap;

use super::nest::{INPUT, Nest, OUTPUT, channels, lists, places};
use super::{Hypothesis, Problem, Variants};
use crate::geometry::{Axis, Meeting};
use crate::verify::truth::Role;

/// The position of a tensor in a meeting, and the tensor's length there.
fn position(place: usize, m: &Meeting, a: &Axis) -> (i64, i64) {
    match place {
        INPUT => (m.i, a.input()),
        OUTPUT => (m.o, a.output()),
        _ => (m.t, a.kernel()),
    }
}

/// The right program without the meetings that are not kept.
fn kept(p: &Problem<'_>, keep: impl Fn(usize, &Axis, &Meeting) -> bool) -> Nest {
    let mut lists = lists(p);
    for (n, (list, axis)) in lists.iter_mut().zip(p.spec.geometry.axes()).enumerate() {
        list.retain(|m| keep(n, axis, m));
    }
    Nest::of(p, lists, None)
}

pub(super) const DROPPED: Hypothesis = Hypothesis {
    id: "border-dropped",
    statement: "the last or first input position, tap or output row is never used",
    symptom: "columns, taps or rows of the matrix are zero at one border",
    reference: "-",
    plain: None,
    variants: Some(|v| {
        let (result, first, _) = places(&v.problem);
        let rank = v.axes().len();
        for (place, name) in [(INPUT, "input position"), (2, "tap"), (OUTPUT, "output position")] {
            // A bias gradient has the positions of g alone.
            if v.problem.role == Role::BiasGradient && place != first {
                continue;
            }
            for (side, last) in [("last", true), ("first", false)] {
                let mut base = u16::try_from(place).unwrap_or(0) * 100 + if last { 0 } else { 50 };
                let is_border = move |m: &Meeting, a: &Axis| {
                    let (at, length) = position(place, m, a);
                    at == if last { length - 1 } else { 0 }
                };
                let says = format!("the {side} {name} of every axis is never used");
                v.products(base, says, move |p| kept(p, |_, a, m| !is_border(m, a)));
                for axis in (0..rank).filter(|_| rank > 1) {
                    base += 1;
                    let says = format!("the {side} {name} of axis {axis} is never used");
                    v.products(base, says, move |p| kept(p, |n, a, m| n != axis || !is_border(m, a)));
                }
                if place == result && v.problem.operands.bias.is_some() {
                    let says = format!("the {side} {name} of every axis holds 0, without the bias");
                    v.products(400 + u16::from(last), says, move |p| {
                        let mut nest = kept(p, |_, a, m| !is_border(m, a));
                        let lengths = nest.shape[2..].to_vec();
                        let border = |(at, length): (&usize, &usize)| *at == if last { length - 1 } else { 0 };
                        let blank = |cell| crate::tensor::unflatten(&lengths, cell).iter().zip(&lengths).any(border);
                        nest.bias.blank = (0..nest.block).map(blank).collect();
                        nest
                    });
                }
            }
        }
    }),
};

pub(super) const LOOP_BOUND: Hypothesis = Hypothesis {
    id: "loop-bound-from-kernel",
    statement: "a loop over positions ends at the length of another tensor",
    symptom: "columns i ≥ k are zero, or taps t ≥ input; needs lengths that differ",
    reference: "nntrainer#4347",
    plain: None,
    variants: Some(|v| {
        if v.problem.role == Role::BiasGradient {
            return;
        }
        let mut with = |number, says: &str, keep: fn(&Axis, &Meeting) -> bool| {
            v.products(number, says, move |p| kept(p, |_, a, m| keep(a, m)));
        };
        with(0, "the loop over the input ends at the kernel's length", |a, m| m.i < a.kernel());
        with(1, "the loop over the taps ends at the input's length", |a, m| m.t < a.input());
        with(2, "the loop over the output ends at the input's length", |a, m| m.o < a.input());
        with(3, "the loop over the output ends at the kernel's length", |a, m| m.o < a.kernel());
        if v.axes().len() > 1 {
            v.products(4, "the loop over the input ends at the first axis's length on every axis", |p| {
                let bound = p.spec.geometry.axes()[0].input();
                kept(p, |_, _, m| m.i < bound)
            });
            v.products(5, "the loop over the output ends at the first axis's length on every axis", |p| {
                let bound = p.spec.geometry.axes()[0].output();
                kept(p, |_, _, m| m.o < bound)
            });
        }
    }),
};

pub(super) const OVERWRITE: Hypothesis = Hypothesis {
    id: "overwrite-not-accumulate",
    statement: "a cell that several products reach keeps one of them",
    symptom: "entries with several taps keep the last or the first, in all or within each channel; needs k > s or channels",
    reference: "tensorflow#23318; #53645; pytorch#16610; Paddle#21406",
    plain: None,
    variants: Some(|v| {
        let channels = if matches!(v.problem.role, Role::Forward | Role::InputGradient) { "channel" } else { "sample" };
        let mut with = |number, says: String, positions: Option<bool>, outer: Option<bool>| {
            v.products(number, says, move |p| one_kept(p, positions, outer));
        };
        with(0, "each cell keeps the last product".to_owned(), Some(true), Some(true));
        with(1, "each cell keeps the first product".to_owned(), Some(false), Some(false));
        with(2, format!("of each {channels} each cell keeps the last product"), Some(true), None);
        with(3, format!("of each {channels} each cell keeps the first product"), Some(false), None);
        with(4, format!("each cell keeps the sums of the last {channels}"), None, Some(true));
        with(5, format!("each cell keeps the sums of the first {channels}"), None, Some(false));
    }),
};

/// Of all positions, or of all channels, that reach a cell one is kept: the last or the first.
fn one_kept(p: &Problem<'_>, positions: Option<bool>, outer: Option<bool>) -> Nest {
    let (result, first, _) = places(p);
    // By ascending input position of the operation that scatters, by ascending tap of one that gathers.
    let order = match (p.role, result) {
        (Role::BiasGradient, _) => first,
        (_, INPUT) => 2,
        _ => INPUT,
    };
    let pick = |all: &[[usize; 3]], key: &dyn Fn(&[usize; 3]) -> usize, last: bool| {
        let mut chosen: BTreeMap<usize, [usize; 3]> = BTreeMap::new();
        for one in all {
            let kept = chosen.entry(one[result]).or_insert(*one);
            if (key(one) > key(kept)) == last && key(one) != key(kept) {
                *kept = *one;
            }
        }
        chosen.into_values().collect::<Vec<_>>()
    };
    let mut nest = Nest::right(p);
    if let Some(last) = positions {
        nest.inner = pick(&nest.inner, &|at| at[order], last);
    }
    if let Some(last) = outer {
        nest.outer = pick(&channels(p), &|join| join[first], last);
    }
    nest
}

pub(super) const ONE_ROW: Hypothesis = Hypothesis {
    id: "dtype-kernel",
    statement: "only the first row of the image is computed, as by a kernel for fewer dimensions",
    symptom: "rows beyond the first are zero, or like the first; for one type alone: ask again with others",
    reference: "candle#3279",
    plain: None,
    variants: Some(|v| {
        if v.axes().len() == 1 {
            return;
        }
        let (result, first, second) = places(&v.problem);
        let is_first = |place: usize| move |n: usize, a: &Axis, m: &Meeting| n > 0 || position(place, m, a).0 == 0;
        if v.problem.role != Role::BiasGradient {
            v.products(0, "only the first row of the result is computed", move |p| kept(p, is_first(result)));
            v.products(3, "every row of the result is the first one", move |p| repeated(p, result));
        }
        v.products(1, "only the first row of the first operand is read", move |p| kept(p, is_first(first)));
        if let Some(second) = second {
            v.products(2, "only the first row of the second operand is read", move |p| kept(p, is_first(second)));
        }
    }),
};

/// The right program, the first row of the result in every row.
fn repeated(p: &Problem<'_>, result: usize) -> Nest {
    let mut lists = lists(p);
    let axis = p.spec.geometry.axes()[0];
    let row: Vec<Meeting> = lists[0].iter().copied().filter(|m| position(result, m, &axis).0 == 0).collect();
    let length = super::windows::length(p, &axis);
    lists[0] = (0..length).flat_map(|to| row.iter().map(move |m| moved(result, *m, to))).collect();
    Nest::of(p, lists, None)
}

fn moved(place: usize, m: Meeting, to: i64) -> Meeting {
    match place {
        INPUT => Meeting { i: to, ..m },
        OUTPUT => Meeting { o: to, ..m },
        _ => Meeting { t: to, ..m },
    }
}

pub(super) const HALF_INDEX: Hypothesis = Hypothesis {
    id: "index-in-f16",
    statement: "positions are computed in f16: beyond 2,048 they are rounded",
    symptom: "wrong rows from position 2,048 on; needs one long axis",
    reference: "onnxruntime#28976; #28977; #18986",
    plain: None,
    variants: Some(|v| {
        let (result, first, _) = places(&v.problem);
        if v.problem.role == Role::BiasGradient {
            return;
        }
        let long = |a: &Axis| a.input().max(a.output()).max(a.kernel()) > 2048;
        if v.axes().iter().any(long) {
            rounded(v, 0, "results are written at positions rounded to f16", result);
            rounded(v, 1, "the first operand is read at positions rounded to f16", first);
            v.products(2, "each result is computed for its position rounded to f16", move |p| {
                let mut lists = lists(p);
                for (list, a) in lists.iter_mut().zip(p.spec.geometry.axes()) {
                    let mut at: BTreeMap<i64, Vec<Meeting>> = BTreeMap::new();
                    list.iter().for_each(|m| at.entry(position(result, m, a).0).or_default().push(*m));
                    let of = |to: i64| at.get(&half(to)).into_iter().flatten().map(move |m| moved(result, *m, to));
                    *list = (0..super::windows::length(p, a)).flat_map(of).collect();
                }
                Nest::of(p, lists, None)
            });
        }
    }),
};

/// The right program with the positions of one tensor rounded.
fn rounded(v: &mut Variants<'_>, number: u16, says: &str, place: usize) {
    v.products(number, says, move |p| {
        let mut lists = lists(p);
        for (list, a) in lists.iter_mut().zip(p.spec.geometry.axes()) {
            list.iter_mut().for_each(|m| *m = moved(place, *m, half(position(place, m, a).0)));
        }
        Nest::of(p, lists, None)
    });
}

/// A position rounded to 11 bits, ties to even; beyond the largest f16 it is no position.
fn half(position: i64) -> i64 {
    let bits = i64::BITS - position.leading_zeros();
    if bits <= 11 {
        return position;
    }
    let step = 1 << (bits - 11);
    let (down, rest) = (position / step, position % step);
    let up = rest * 2 > step || (rest * 2 == step && down % 2 == 1);
    let rounded = (down + i64::from(up)) * step;
    if rounded > 65_504 { -1 } else { rounded }
}
