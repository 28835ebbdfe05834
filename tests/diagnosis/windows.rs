//! Wrong implementations that have a stride, a dilation, a pad, an output padding or a length wrong.

use convproof::verify::Role;

use super::program::{CONV, Case, Result, TCONV, forward};
use super::{Wrong, Wrongs};
use crate::common::naive::Ax;

// i k s d pb pe a: nothing is equal on both axes, and every size follows from all of it.
const UNEVEN: [[i64; 7]; 2] = [[4, 3, 3, 2, 1, 3, 2], [6, 4, 2, 3, 2, 1, 1]];

/// The window and the length of the result on one axis.
pub type OfAxis = dyn Fn(&Case, usize, &Ax) -> (Ax, i64);

/// A mistake on all axes (`base`), and on each alone (`base + 1 + axis`).
pub fn on_axes(all: &mut Wrongs, case: &Case, id: &'static str, base: u16, with: &OfAxis) {
    all.push(Wrong::new(id, base, case, on(case, with, &|_| true)));
    on_each(all, case, id, base, with);
}

fn on_each(all: &mut Wrongs, case: &Case, id: &'static str, base: u16, with: &OfAxis) {
    for (number, axis) in (base + 1..).zip(0..case.geo.axes.len()) {
        all.push(Wrong::new(id, number, case, on(case, with, &|n| n == axis)));
    }
}

fn on(case: &Case, with: &OfAxis, is_on: &dyn Fn(usize) -> bool) -> Result {
    let of = |n: usize, a: &Ax| if is_on(n) { with(case, n, a) } else { (*a, case.length(a)) };
    case.sized(|n, a| of(n, a).0, |n, a| of(n, a).1)
}

/// A refit: another window with the length that it gives.
pub fn refit(change: impl Fn(&Ax) -> Ax) -> impl Fn(&Case, usize, &Ax) -> (Ax, i64) {
    move |case, _, a| {
        let window = change(a);
        (window, if case.role == Role::Forward { forward(case.kind, a, &window) } else { case.length(a) })
    }
}

/// Another window in a result of the right length.
fn kept(change: impl Fn(&Ax) -> Ax) -> impl Fn(&Case, usize, &Ax) -> (Ax, i64) {
    move |case, _, a| (change(a), case.length(a))
}

/// The right window in a result of the length that another gives.
fn long(change: impl Fn(&Ax) -> Ax) -> impl Fn(&Case, usize, &Ax) -> (Ax, i64) {
    move |case, _, a| (*a, forward(case.kind, a, &change(a)))
}

pub fn all() -> Wrongs {
    let mut all = Wrongs::new();
    let tconv = Case::forward(&UNEVEN, [2, 2, 3, 1]);
    let conv = Case::new(CONV, Role::Forward, &[[4, 3, 3, 2, 1, 3, 2], [5, 4, 2, 3, 2, 1, 1]], [2, 2, 3, 1]);
    for case in [&tconv, &conv] {
        both(&mut all, case);
    }
    strides(&mut all, &tconv);
    pads(&mut all, &tconv);
    output_padding(&mut all, &tconv);
    lengths(&mut all, &tconv);
    let up = |case: &Case, _: usize, a: &Ax| {
        let n = a.out() + a.pb + a.pe - a.d * (a.k - 1) - 1;
        (*a, if case.kind == CONV { (n + a.s - 1) / a.s + 1 } else { 0 })
    };
    all.push(Wrong::new("size-off", 258, &conv, on(&conv, &up, &|_| true)));
    for role in [Role::InputGradient, Role::WeightGradient] {
        for kind in [TCONV, CONV] {
            gradients(&mut all, &Case::new(kind, role, &UNEVEN, [2, 2, 3, 1]));
        }
    }
    super::same::same(&mut all);
    all
}

/// Of both operations.
fn both(all: &mut Wrongs, case: &Case) {
    on_axes(all, case, "stride-dilation-swapped", 8, &refit(|a| Ax { s: a.d, d: a.s, ..*a }));
    all.retain(|wrong| (wrong.id, wrong.variant) != ("stride-dilation-swapped", 8));
    all.push(Wrong::new("stride-dilation-swapped", 0, case, case.refit(|_, a| Ax { s: a.d, d: a.s, ..*a })));
    all.push(Wrong::new("stride-dilation-swapped", 1, case, case.same_size(|_, a| Ax { s: a.d, d: a.s, ..*a })));
    let undilated = |a: &Ax| Ax { d: 1, ..*a };
    let unstrided = |a: &Ax| Ax { s: 1, ..*a };
    all.push(Wrong::new("dilation-ignored", 0, case, case.refit(|_, a| undilated(a))));
    on_each(all, case, "dilation-ignored", 64, &refit(undilated));
    on_axes(all, case, "dilation-ignored", 128, &kept(undilated));
    on_axes(all, case, "dilation-ignored", 192, &long(undilated));
    all.push(Wrong::new("stride-ignored", 0, case, case.refit(|_, a| unstrided(a))));
    on_each(all, case, "stride-ignored", 64, &refit(unstrided));
    on_axes(all, case, "stride-ignored", 128, &kept(unstrided));
    on_axes(all, case, "stride-ignored", 192, &long(unstrided));
    let none = |a: &Ax| Ax { pb: 0, pe: 0, ..*a };
    all.push(Wrong::new("padding-ignored", 0, case, case.refit(|_, a| none(a))));
    on_each(all, case, "padding-ignored", 64, &refit(none));
    all.push(Wrong::new("padding-ignored", 1, case, case.refit(|_, a| Ax { pb: 0, ..*a })));
    all.push(Wrong::new("padding-ignored", 2, case, case.same_size(|_, a| none(a))));
    all.push(Wrong::new("padding-ignored", 3, case, on(case, &long(none), &|_| true)));
    on_axes(all, case, "padding-counted-once", 0, &long(|a| Ax { pe: 0, ..*a }));
    on_axes(all, case, "padding-counted-once", 64, &long(|a| Ax { pb: 0, ..*a }));
    // k + d − 1 and k·d for d(k−1) + 1, as the kernel of an undilated window.
    on_axes(all, case, "effective-extent", 0, &long(|a| Ax { k: a.k + a.d - 1, d: 1, ..*a }));
    on_axes(all, case, "effective-extent", 256, &long(|a| Ax { k: a.k * a.d, d: 1, ..*a }));
    for (base, by) in [(0, 1), (64, -1), (128, 2), (192, -2)] {
        on_axes(all, case, "size-off", base, &move |case, _, a| (*a, case.length(a) + by));
    }
    for (number, by) in [(256, 1), (257, 2)] {
        let lengths: Vec<i64> = case.geo.axes.iter().map(|a| case.length(a)).collect();
        let longer = lengths.iter().map(|length| length + by).collect();
        let y = case.run(&|_, a| *a, Some(longer), &|step| {
            let at = if case.kind == TCONV { &step.y } else { &step.x };
            let inside = at[2..].iter().zip(&lengths).all(|(p, length)| p < length);
            if inside { vec![step] } else { Vec::new() }
        });
        all.push(Wrong::new("size-off", number, case, y));
    }
}

fn strides(all: &mut Wrongs, case: &Case) {
    for (base, from) in [(0, case.geo.axes[0]), (8, case.geo.axes[1])] {
        let with: [(u16, &dyn Fn(&Ax) -> Ax); 5] = [
            (0, &|a| Ax { i: a.i, k: a.k, ..from }),
            (1, &|a| Ax { s: from.s, ..*a }),
            (2, &|a| Ax { d: from.d, ..*a }),
            (3, &|a| Ax { pb: from.pb, pe: from.pe, ..*a }),
            (4, &|a| Ax { a: from.a, ..*a }),
        ];
        for (number, with) in with {
            all.push(Wrong::new("first-axis-for-all", base + number, case, case.refit(|_, a| with(a))));
        }
    }
}

fn pads(all: &mut Wrongs, case: &Case) {
    let swapped = |a: &Ax| Ax { pb: a.pe, pe: a.pb, ..*a };
    all.push(Wrong::new("pads-begin-end-swapped", 0, case, case.refit(|_, a| swapped(a))));
    on_each(all, case, "pads-begin-end-swapped", 64, &refit(swapped));
    let front = |a: &Ax| Ax { pb: a.pb + a.pe, pe: 0, ..*a };
    let end = |a: &Ax| Ax { pb: 0, pe: a.pb + a.pe, ..*a };
    all.push(Wrong::new("pad-one-side", 0, case, case.refit(|_, a| front(a))));
    all.push(Wrong::new("pad-one-side", 1, case, case.refit(|_, a| end(a))));
    on_each(all, case, "pad-one-side", 64, &refit(front));
    on_each(all, case, "pad-one-side", 128, &refit(end));
    // b0 b1 e0 e1, and what each axis takes of it.
    let (f, g) = (case.geo.axes[0], case.geo.axes[1]);
    let orders = [
        [f.pb, g.pb, f.pe, g.pe],
        [f.pb, g.pb, f.pe, g.pe],
        [g.pb, g.pe, f.pb, f.pe],
        [g.pe, g.pb, f.pe, f.pb],
        [g.pb, f.pe, f.pb, g.pe],
        [f.pb, g.pe, g.pb, f.pe],
    ];
    for (number, [b0, e0, b1, e1]) in (0..).zip(orders) {
        // One pair per axis, read as begins then ends: b0 e0 | b1 e1 to (b0, b1), (e0, e1).
        let [b0, e0, b1, e1] = if number == 1 { [f.pb, g.pb, f.pe, g.pe] } else { [b0, e0, b1, e1] };
        let y = case.refit(|n, a| if n == 0 { Ax { pb: b0, pe: e0, ..*a } } else { Ax { pb: b1, pe: e1, ..*a } });
        all.push(Wrong::new("pads-interleaved", number, case, y));
    }
    let complement = |a: &Ax| Ax { pb: a.d * (a.k - 1) - a.pb, pe: a.d * (a.k - 1) - a.pe, ..*a };
    on_axes(all, case, "padding-complemented", 0, &refit(complement));
    on_axes(all, case, "padding-complemented", 64, &kept(complement));
    let padded = |a: &Ax, by: i64| Ax { pb: -by * a.pb, pe: -by * a.pe, ..*a };
    all.push(Wrong::new("padding-on-input", 0, case, case.refit(|_, a| padded(a, a.s))));
    all.push(Wrong::new("padding-on-input", 1, case, case.refit(|_, a| padded(a, 1))));
    all.push(Wrong::new("padding-on-input", 2, case, case.same_size(|_, a| padded(a, a.s))));
    all.push(Wrong::new(
        "padding-on-input",
        3,
        case,
        case.same_size(|_, a| {
            let grown = padded(a, a.s);
            Ax { pb: grown.pb + (grown.out() - a.out()).div_euclid(2), ..*a }
        }),
    ));
    let less = |a: &Ax| (a.d - 1) * (a.k - 1);
    all.push(Wrong::new(
        "implicit-pad-without-dilation",
        0,
        case,
        case.refit(|_, a| Ax { pb: a.pb + less(a), pe: a.pe + less(a), ..*a }),
    ));
    all.push(Wrong::new(
        "implicit-pad-without-dilation",
        1,
        case,
        case.same_size(|_, a| Ax { pb: a.pb + less(a), ..*a }),
    ));
    all.push(Wrong::new("implicit-pad-without-dilation", 2, case, case.refit(|_, a| Ax { pe: a.pe + less(a), ..*a })));
}

fn output_padding(all: &mut Wrongs, case: &Case) {
    let shifted = |by: fn(i64) -> i64| case.refit(move |_, a| Ax { pb: a.pb - by(a.a), pe: a.pe + by(a.a), ..*a });
    let id = "output-padding-misplaced";
    all.push(Wrong::new(id, 0, case, shifted(|a| a)));
    all.push(Wrong::new(id, 1, case, shifted(|a| a / 2)));
    all.push(Wrong::new(id, 2, case, shifted(|a| a - a / 2)));
    all.push(Wrong::new(id, 3, case, case.refit(|_, a| Ax { pb: a.pb - a.a, ..*a })));
    let without = |a: &Ax| Ax { a: 0, ..*a };
    all.push(Wrong::new("output-padding-ignored", 0, case, case.refit(|_, a| without(a))));
    on_each(all, case, "output-padding-ignored", 64, &refit(without));
    let axes = &case.geo.axes;
    all.push(Wrong::new("output-padding-ignored", 1, case, case.refit(|n, a| Ax { a: axes[1 - n].a, ..*a })));
    let id = "output-padding-on-input";
    all.push(Wrong::new(id, 0, case, case.refit(|_, a| Ax { a: a.a * a.s, ..*a })));
    let front = |a: &Ax| Ax { pb: a.pb - a.a * a.s, a: 0, ..*a };
    all.push(Wrong::new(id, 1, case, case.refit(|_, a| front(a))));
    all.push(Wrong::new(id, 2, case, case.same_size(|_, a| front(a))));
    // The slice [p_begin .. −(p_end − a)] ends at −0.
    let id = "output-padding-empty-slice";
    let with = |pe: i64, a: i64| Case::forward(&[[3, 3, 2, 1, 1, pe, a]], [1, 1, 2, 1]);
    all.push(Wrong::new(id, 0, &with(1, 1), (vec![1, 2, 0], Vec::new())));
    all.push(Wrong::new(id, 1, &with(0, 0), (vec![1, 2, 0], Vec::new())));
    for case in [case.clone(), case.clone().with_bias()] {
        let rest =
            |step: &super::program::Step| step.y[2..].iter().zip(&case.geo.axes).all(|(o, a)| *o < a.out() - a.a);
        let (shape, mut y) = case.changed(|step| if rest(&step) { vec![step] } else { Vec::new() });
        all.push(Wrong::new("output-padding-zero-filled", 0, &case, (shape.clone(), y.clone())));
        if case.b.is_none() {
            continue;
        }
        for (cell, at) in crate::common::naive::all(&shape).into_iter().enumerate() {
            if at[2..].iter().zip(&case.geo.axes).any(|(o, a)| *o >= a.out() - a.a) {
                y[cell] = 0;
            }
        }
        all.push(Wrong::new("output-padding-zero-filled", 1, &case, (shape, y)));
    }
}

fn lengths(all: &mut Wrongs, case: &Case) {
    let extents: [(u16, fn(&Ax) -> i64); 2] = [(0, |a| a.k + a.d - 1), (256, |a| a.k * a.d)];
    for (base, extent) in extents {
        let less = |a: &Ax| a.d * (a.k - 1) + 1 - extent(a);
        let both = case.refit(|_, a| Ax { pb: a.pb + less(a), pe: a.pe + less(a), ..*a });
        all.push(Wrong::new("effective-extent", base + 64, case, both));
        all.push(Wrong::new(
            "effective-extent",
            base + 65,
            case,
            case.same_size(|_, a| Ax { pb: a.pb + less(a), ..*a }),
        ));
    }
    // Groups and dilation: 2 groups of 2·3 channels with dilation 3 are 3 groups of 3·2 with dilation 2.
    let case = Case::forward(&[[4, 3, 2, 3, 0, 0, 0]], [1, 6, 4, 2]);
    let mut other = Case::forward(&[[4, 3, 2, 2, 0, 0, 0]], [1, 6, 6, 3]);
    (other.tensors[0], other.tensors[1]) = (case.tensors[0].clone(), case.tensors[1].clone());
    all.push(Wrong::new("groups-dilation-swapped", 0, &case, other.right()));
}

/// Where all lengths stay.
fn gradients(all: &mut Wrongs, case: &Case) {
    let axes = case.geo.axes.clone();
    let mut with = |id: &'static str, variant: u16, window: &dyn Fn(usize, &Ax) -> Ax| {
        all.push(Wrong::new(id, variant, case, case.same_size(window)));
    };
    with("stride-dilation-swapped", 0, &|_, a| Ax { s: a.d, d: a.s, ..*a });
    with("dilation-ignored", 0, &|_, a| Ax { d: 1, ..*a });
    with("stride-ignored", 0, &|_, a| Ax { s: 1, ..*a });
    with("padding-ignored", 0, &|_, a| Ax { pb: 0, ..*a });
    with("pads-begin-end-swapped", 0, &|_, a| Ax { pb: a.pe, ..*a });
    with("first-axis-for-all", 1, &|_, a| Ax { s: axes[0].s, ..*a });
    let id = "gradient-stride-position";
    with(id, 0, &|n, a| Ax { s: axes[1 - n].s, ..*a });
    with(id, 1, &|_, a| Ax { s: a.s + 1, ..*a });
    with(id, 2, &|_, a| Ax { s: a.s - 1, ..*a });
    with(id, 3, &|_, a| Ax { pb: a.pb - (a.s - 1), ..*a });
    with(id, 4, &|_, a| Ax { pb: a.pb + (a.s - 1), ..*a });
    with(id, 5, &|_, a| Ax { pb: a.pb - 1, ..*a });
    with(id, 6, &|_, a| Ax { pb: a.pb + 1, ..*a });
    if case.role == Role::WeightGradient {
        // The rest of the window is as long as the dilation: one tap more.
        let case = Case::new(case.kind, case.role, &[[3, 2, 4, 2, 1, 0, 3], [2, 3, 3, 1, 0, 1, 2]], [1, 2, 2, 1]);
        let (k, more) = ([2, 3], [1, 2]);
        let id = "weight-gradient-not-trimmed";
        let longer = case.sized(|_, a| *a, |n, _| k[n] + more[n]);
        all.push(Wrong::new(id, 0, &case, longer.clone()));
        all.push(Wrong::new(id, 1, &case, (vec![2, 2, 2, 3], longer.1[..24].to_vec())));
        all.push(Wrong::new(id, 2, &case, case.same_size(|n, a| Ax { pb: a.pb - a.d * more[n], ..*a })));
    } else if case.kind == TCONV {
        // Output padding 3 and 2 with strides 2 and 1: rows 1 and 2 too many.
        let case = Case::new(TCONV, case.role, &[[3, 2, 2, 1, 1, 0, 3], [2, 3, 1, 2, 0, 1, 2]], [1, 2, 2, 1]);
        let id = "input-gradient-length";
        all.push(Wrong::new(id, 0, &case, case.sized(|_, a| *a, |n, a| a.i + [1, 2][n])));
        all.push(Wrong::new(id, 1, &case, case.same_size(|n, a| Ax { pb: a.pb - [2, 2][n], ..*a })));
    } else {
        let id = "input-gradient-length";
        all.push(Wrong::new(id, 2, case, case.sized(|_, a| *a, |_, a| a.out() - a.a)));
        // The largest rest on one axis already: the other is one shorter.
        let shorter = Case::new(CONV, case.role, &[[4, 3, 3, 2, 1, 3, 1], [3, 4, 2, 3, 2, 2, 0]], [1, 2, 2, 1]);
        all.push(Wrong::new(id, 3, &shorter, shorter.sized(|_, a| *a, |_, a| a.out() - a.a + a.s - 1)));
        let inside = |y: &[i64]| y[2..].iter().zip(&case.geo.axes).all(|(o, a)| *o < a.out() - a.a);
        all.push(Wrong::new(id, 4, case, case.changed(|step| if inside(&step.y) { vec![step] } else { Vec::new() })));
    }
}
