//! Forward programs that are wrong in one way each.

use convproof::verify::Role;

use super::asked::{Wrong, is_same};
use super::gradients::results;
use crate::common::naive::{Ax, Geo};
use crate::program::{CONV, Case, Result, Step, TCONV};

/// A program that has another window, and the size that follows from it.
pub fn window(id: &'static str, change: impl Fn(&Ax) -> Ax + Copy + 'static) -> Wrong {
    Wrong::tconv(id, move |case| case.refit(|_, a| change(a)))
}

/// The right products, each changed or left out.
fn step(id: &'static str, change: impl Fn(&Case, Step) -> Option<Step> + Copy + 'static) -> Wrong {
    Wrong::tconv(id, move |case| case.changed(|step| change(case, step).into_iter().collect()))
}

/// The right products, in a result of another length.
fn length(id: &'static str, length: impl Fn(&Ax) -> i64 + Copy + 'static) -> Wrong {
    Wrong::tconv(id, move |case| case.sized(|_, a| *a, |_, a| length(a)))
}

pub fn all() -> Vec<Wrong> {
    let mut all = windows();
    all.extend(cells());
    all.extend(channels());
    all.extend(said());
    all.extend(results(TCONV, Role::Forward));
    all
}

fn windows() -> Vec<Wrong> {
    vec![
        window("stride-dilation-swapped", |a| Ax { s: a.d, d: a.s, ..*a }),
        window("dilation-ignored", |a| Ax { d: 1, ..*a }),
        window("stride-ignored", |a| Ax { s: 1, ..*a }),
        Wrong::tconv("stride-ignored", |case| case.same_size(|_, a| Ax { s: 1, ..*a })),
        window("padding-ignored", |a| Ax { pb: 0, pe: 0, ..*a }),
        window("pads-begin-end-swapped", |a| Ax { pb: a.pe, pe: a.pb, ..*a }),
        window("pad-one-side", |a| Ax { pb: a.pb + a.pe, pe: 0, ..*a }),
        window("padding-complemented", |a| Ax { pb: a.d * (a.k - 1) - a.pb, pe: a.d * (a.k - 1) - a.pe, ..*a }),
        window("padding-on-input", |a| Ax { pb: -a.s * a.pb, pe: -a.s * a.pe, ..*a }),
        window("implicit-pad-without-dilation", |a| {
            let more = (a.d - 1) * (a.k - 1);
            Ax { pb: a.pb + more, pe: a.pe + more, ..*a }
        }),
        window("output-padding-ignored", |a| Ax { a: 0, ..*a }),
        window("output-padding-on-input", |a| Ax { a: a.a * a.s, ..*a }),
        window("output-padding-misplaced", |a| Ax { pb: a.pb - a.a, a: 0, ..*a }),
        length("effective-extent", |a| a.s * (a.i - 1) + a.k + a.d - 1 - a.pb - a.pe + a.a),
        length("padding-counted-once", |a| a.out() + a.pe),
        length("size-off", |a| a.out() + 1),
        length("output-padding-empty-slice", |a| if a.a == a.pe && a.a > 0 { 0 } else { a.out() }),
        Wrong::tconv("first-axis-for-all", |case| {
            let first = case.geo.axes[0];
            case.refit(|_, a| Ax { s: first.s, ..*a })
        }),
        Wrong::tconv("first-axis-for-all", |case| {
            let first = case.geo.axes[0];
            case.refit(|_, a| Ax { i: a.i, k: a.k, ..first })
        }),
        Wrong::tconv("pads-interleaved", |case| {
            // [b0, b1, e0, e1] read as [b0, e0, b1, e1].
            let axes = &case.geo.axes;
            let listed: Vec<i64> = axes.iter().map(|a| a.pb).chain(axes.iter().map(|a| a.pe)).collect();
            case.refit(|n, a| Ax { pb: listed[2 * n], pe: listed[2 * n + 1], ..*a })
        }),
        Wrong::tconv("groups-dilation-swapped", |case| {
            let (g, d) = (case.geo.axes[0].d, case.geo.g);
            if case.geo.axes.iter().any(|a| a.d != g) || case.geo.ci % g != 0 {
                return case.right();
            }
            let axes = case.geo.axes.iter().map(|a| Ax { d, ..*a }).collect();
            let geo = Geo { g, co: case.geo.co / case.geo.g * g, axes, ..case.geo.clone() };
            if geo.axes.iter().any(|a| a.out() < 1) {
                return (vec![geo.n, geo.co, 0], Vec::new());
            }
            Case { geo, ..case.clone() }.right()
        }),
        Wrong::tconv("ordinary-convolution", |case| {
            let axes: Vec<Ax> = case.geo.axes.clone();
            let size = |a: &Ax| (a.i + a.pb + a.pe - a.d * (a.k - 1) - 1).div_euclid(a.s) + 1;
            if case.geo.g != 1 || case.geo.ci != case.geo.co || axes.iter().any(|a| size(a) < 1) {
                return case.right();
            }
            let shape: Vec<i64> = [case.geo.n, case.geo.co].into_iter().chain(axes.iter().map(size)).collect();
            convolved(case, &shape)
        }),
    ]
}

/// The convolution with these parameters of the input itself.
fn convolved(case: &Case, shape: &[i64]) -> Result {
    let flat = |shape: &[i64], at: &[i64]| shape.iter().zip(at).fold(0, |n, (length, p)| n * length + p);
    let (inputs, weights) = (case.geo.input(), case.geo.weight());
    let at = |n: i64| usize::try_from(n).unwrap();
    let mut y = Vec::new();
    for cell in crate::common::naive::all(shape) {
        let mut sum = case.b.as_ref().map_or(0, |b| b[at(cell[1])]);
        for t in crate::common::naive::all(&[&[case.geo.ci], &weights[2..]].concat()) {
            let from: Vec<i64> =
                case.geo.axes.iter().enumerate().map(|(n, a)| a.s * cell[2 + n] + a.d * t[1 + n] - a.pb).collect();
            if from.iter().zip(&inputs[2..]).all(|(p, length)| (0..*length).contains(p)) {
                let x = case.tensors[0][at(flat(&inputs, &[&[cell[0], t[0]], &from[..]].concat()))];
                sum += x * case.tensors[1][at(flat(&weights, &[&[cell[1], t[0]], &t[1..]].concat()))];
            }
        }
        y.push(sum);
    }
    (shape.to_vec(), y)
}

fn cells() -> Vec<Wrong> {
    vec![
        step("kernel-flipped", |case, mut step| {
            let w = case.geo.weight();
            (2..w.len()).for_each(|n| step.w[n] = w[n] - 1 - step.w[n]);
            Some(step)
        }),
        step("kernel-axes-swapped", |case, mut step| {
            let w = case.geo.weight();
            if w.len() == 4 && w[2] == w[3] {
                step.w.swap(2, 3);
            }
            Some(step)
        }),
        step("input-axes-swapped", |case, mut step| {
            let x = case.geo.input();
            if x.len() == 4 && x[2] == x[3] {
                step.x.swap(2, 3);
            }
            Some(step)
        }),
        step("output-padding-zero-filled", |case, step| {
            let inside = |(n, a): (usize, &Ax)| step.y[2 + n] < a.out() - a.a;
            case.geo.axes.iter().enumerate().all(inside).then_some(step)
        }),
        step("border-dropped", |case, step| {
            let x = case.geo.input();
            (2..x.len()).all(|n| step.x[n] < x[n] - 1).then_some(step)
        }),
        step("loop-bound-from-kernel", |case, step| {
            let w = case.geo.weight();
            (2..w.len()).all(|n| step.x[n] < w[n]).then_some(step)
        }),
        step("dtype-kernel", |_, step| (step.y.len() < 4 || step.y[2] == 0).then_some(step)),
        Wrong::tconv("overwrite-not-accumulate", |case| {
            let shape = case.geo.output();
            let mut y = vec![0; usize::try_from(shape.iter().product::<i64>()).unwrap()];
            let place = |shape: &[i64], at: &[i64]| {
                usize::try_from(shape.iter().zip(at).fold(0, |n, (length, p)| n * length + p)).unwrap()
            };
            case.steps(&|_, a| *a, &case.shapes(), &mut |step| {
                let x = case.tensors[0][place(&case.geo.input(), &step.x)];
                let w = case.tensors[1][place(&case.geo.weight(), &step.w)];
                y[place(&shape, &step.y)] = x * w;
            });
            case.add_bias(&shape, &mut y, &|_, b| b);
            (shape, y)
        }),
    ]
}

fn channels() -> Vec<Wrong> {
    vec![
        step("channel-layout", |case, mut step| {
            let (ci, per) = (case.geo.ci, case.geo.co / case.geo.g);
            if case.geo.g == 1 {
                let place = step.w[1] * ci + step.w[0];
                (step.w[0], step.w[1]) = (place / per, place % per);
            }
            Some(step)
        }),
        step("group-weight-order", |case, mut step| {
            step.w[0] %= case.geo.ci / case.geo.g;
            Some(step)
        }),
        step("group-output-slot", |case, mut step| {
            let per = case.geo.co / case.geo.g;
            step.y[1] = step.y[1] / per + step.y[1] % per;
            Some(step)
        }),
        Wrong::tconv("output-channels-without-groups", |case| {
            let (shape, y) = case.right();
            let (per, inner) = (case.geo.co / case.geo.g, shape[2..].iter().product::<i64>());
            let kept = |cell: usize| i64::try_from(cell).unwrap() / inner % shape[1] < per;
            let y = y.iter().enumerate().filter(|(cell, _)| kept(*cell)).map(|(_, v)| *v).collect();
            ([&[shape[0], per], &shape[2..]].concat(), y)
        }),
        step("batch-offset", |case, mut step| {
            step.x[0] = (step.x[0] + case.geo.n - 1) % case.geo.n;
            Some(step)
        }),
        step("batch-offset", |_, mut step| {
            step.x[0] = 0;
            Some(step)
        }),
        step("channel-remainder", |case, step| {
            let per = case.geo.ci / case.geo.g;
            (step.x[1] % per < per / 4 * 4 || per < 4).then_some(step)
        }),
        Wrong::tconv("bias", |case| Case { b: None, ..case.clone() }.right()),
        Wrong::tconv("bias", |case| {
            let per = usize::try_from(case.geo.co / case.geo.g).unwrap();
            let b = case.b.as_ref().map(|b| (0..b.len()).map(|c| b[c % per]).collect());
            Case { b, ..case.clone() }.right()
        }),
    ]
}

/// Mistakes about pads that are said with words.
fn said() -> Vec<Wrong> {
    let same = |id, change: fn(&Ax) -> Ax| {
        Wrong::tconv(id, move |case| if is_same(case) { case.refit(|_, a| change(a)) } else { case.right() })
    };
    vec![
        same("same-upper-lower-swapped", |a| Ax { pb: a.pe, pe: a.pb, ..*a }),
        same("same-size-rule", |a| Ax { pb: 0, pe: 0, a: 0, ..*a }),
        same("same-pad-not-clamped", |a| {
            let out = a.out();
            let total = a.s * (a.i - 1) + a.d * (a.k - 1) + 1 - out;
            if total >= 0 {
                return *a;
            }
            let begin = total.div_euclid(2);
            Ax { pb: begin, pe: a.s * (a.i - 1) + a.d * (a.k - 1) + 1 - begin - out, a: 0, ..*a }
        }),
        Wrong::tconv("output-shape-attribute", |case| {
            if case.pads != convproof::geometry::Pads::Sized {
                return case.right();
            }
            case.refit(|_, a| Ax { pb: a.pe, pe: a.pb, ..*a })
        }),
    ]
}

/// The same mistakes of the ordinary convolution.
pub fn conv() -> Vec<Wrong> {
    let window = |id, change: fn(&Ax) -> Ax| {
        Wrong::new(id, CONV, Role::Forward, move |case: &Case| case.refit(|_, a| change(a)))
    };
    vec![
        window("stride-dilation-swapped", |a| Ax { s: a.d, d: a.s, ..*a }),
        window("dilation-ignored", |a| Ax { d: 1, ..*a }),
        window("padding-ignored", |a| Ax { pb: 0, pe: 0, ..*a }),
        window("pads-begin-end-swapped", |a| Ax { pb: a.pe, pe: a.pb, ..*a }),
        Wrong::new("kernel-flipped", CONV, Role::Forward, |case: &Case| {
            let w = case.geo.weight();
            case.changed(|mut step| {
                (2..w.len()).for_each(|n| step.w[n] = w[n] - 1 - step.w[n]);
                vec![step]
            })
        }),
    ]
}
