//! Wrong implementations that multiply the wrong cells, in every role, and those of the other operation.

use convproof::verify::Role;

use super::biases::{bias, bias_gradients};
use super::borders::borders;
use super::channels::{groups, remainders, samples};
use super::layouts::{flips, layouts};
use super::program::{CONV, Case, Step, TCONV};
use super::{Wrong, Wrongs};
use crate::common::naive::all as every;

pub const SMALL: [[i64; 7]; 2] = [[3, 3, 2, 1, 1, 1, 1], [4, 2, 1, 2, 0, 1, 0]];

const ROLES: [(&str, Role); 6] = [
    (TCONV, Role::Forward),
    (CONV, Role::Forward),
    (TCONV, Role::InputGradient),
    (CONV, Role::InputGradient),
    (TCONV, Role::WeightGradient),
    (CONV, Role::WeightGradient),
];

pub fn all() -> Wrongs {
    let mut all = Wrongs::new();
    for (kind, role) in ROLES {
        let case = Case::new(kind, role, &SMALL, [3, 4, 6, 2]);
        samples(&mut all, &case);
        borders(&mut all, &case);
        // A kernel longer than the input; the other axis the longer one.
        borders(&mut all, &Case::new(kind, role, &[[2, 3, 2, 1, 1, 1, 1], [4, 2, 1, 2, 0, 1, 0]], [2, 2, 2, 1]));
        for (vector, channels) in [(0, [3, 5]), (1, [6, 7]), (2, [12, 13]), (3, [17, 18])] {
            let tail = Case::new(kind, role, &[[2, 2, 1, 1, 0, 0, 0]], [1, channels[0], channels[1], 1]);
            remainders(&mut all, &tail, vector);
        }
        groups(&mut all, &Case::new(kind, role, &SMALL, [2, 6, 9, 3]));
        flips(&mut all, &case);
        layouts(&mut all, &case);
        layouts(&mut all, &Case::new(kind, role, &SMALL, [2, 2, 3, 1]));
    }
    operations(&mut all);
    long(&mut all);
    bias(&mut all);
    bias_gradients(&mut all);
    all
}

pub fn keep(step: Step, is: bool) -> Vec<Step> {
    if is { vec![step] } else { Vec::new() }
}

/// The index of the tensor that is read first, and of the result, in a step.
pub fn first(case: &Case) -> usize {
    match (case.role, case.kind) {
        (Role::Forward | Role::WeightGradient, TCONV) | (Role::InputGradient, CONV) => 0,
        _ => 2,
    }
}

pub fn at(step: &mut Step, tensor: usize) -> &mut Vec<i64> {
    match tensor {
        0 => &mut step.x,
        1 => &mut step.w,
        _ => &mut step.y,
    }
}

/// The other operation on the same operands.
fn operations(all: &mut Wrongs) {
    for (kind, role, g) in [
        (TCONV, Role::Forward, 1),
        (CONV, Role::Forward, 2),
        (TCONV, Role::InputGradient, 1),
        (CONV, Role::InputGradient, 2),
    ] {
        let axes = [[5, 2, 2, 1, 1, 0, 0], [4, 3, 1, 1, 0, 1, 0]];
        let case = Case::new(kind, role, &axes, [2, 4, 4, g]);
        // x[n, c, p] is read; the result is the conv or tconv of it with the same windows.
        let from = first(&case);
        let read = case.shapes()[from].clone();
        let to_output = from == 2;
        let length = |n: usize, a: &[i64; 7]| {
            let [_, k, s, d, pb, pe, _] = *a;
            if to_output {
                s * (read[n + 2] - 1) + d * (k - 1) + 1 - pb - pe
            } else {
                (read[n + 2] + pb + pe - d * (k - 1) - 1) / s + 1
            }
        };
        let shape: Vec<i64> = [2, 4].into_iter().chain(axes.iter().enumerate().map(|(n, a)| length(n, a))).collect();
        for number in 0..3u16 {
            let mut y = Vec::new();
            for at in every(&shape) {
                let mut sum = 0;
                for cell in every(&read).iter().filter(|cell| cell[0] == at[0] && cell[1] / (4 / g) == at[1] / (4 / g))
                {
                    for t in every(&case.shapes()[1][2..]) {
                        // The operation that should not be: its large side by its small one.
                        let (small, large) = if to_output { (cell, &at) } else { (&at, cell) };
                        let meets =
                            (0..2).all(|n| large[n + 2] == axes[n][2] * small[n + 2] + axes[n][3] * t[n] - axes[n][4]);
                        if meets {
                            let tap: Vec<i64> =
                                if number == 1 { (0..2).map(|n| axes[n][1] - 1 - t[n]).collect() } else { t.clone() };
                            // As the operation itself: the weight's rows are the channels of the transposed input.
                            let (mut row, mut column) = if from == 0 { (cell[1], at[1]) } else { (at[1], cell[1]) };
                            if number == 2 {
                                (row, column) = (column, row);
                            }
                            let w = [&[row, column % (4 / g)], &tap[..]].concat();
                            let of = |tensor: usize, at: &[i64]| {
                                let shape = &case.shapes()[tensor];
                                let flat = shape.iter().zip(at).fold(0, |flat, (length, p)| flat * length + p);
                                case.tensors[tensor][usize::try_from(flat).unwrap()]
                            };
                            sum += of(from, cell) * of(1, &w);
                        }
                    }
                }
                y.push(sum);
            }
            all.push(Wrong::new("ordinary-convolution", number, &case, (shape.clone(), y)));
        }
    }
}

/// Positions beyond 2,048, in f16.
fn long(all: &mut Wrongs) {
    let half = |p: i64| {
        let step = if p < 2048 { 1 } else { 2 };
        // To the nearest multiple, ties to the even one.
        let down = p / step * step;
        if down == p || down / step % 2 == 0 { down } else { down + step }
    };
    for (kind, role, a) in
        [(TCONV, Role::Forward, [2060, 2, 1, 1, 0, 0, 0]), (CONV, Role::Forward, [2060, 3, 1, 1, 1, 0, 0])]
    {
        let case = Case::new(kind, role, &[a], [1, 1, 1, 1]);
        let (result, from) = (case.result(), first(&case));
        for (number, tensor) in [(0, result), (1, from)] {
            let y = case.changed(|mut step| {
                let cell = at(&mut step, tensor);
                cell[2] = half(cell[2]);
                vec![step]
            });
            all.push(Wrong::new("index-in-f16", number, &case, y));
        }
        let (shape, right) = case.right();
        let of = |p: i64| usize::try_from(half(p)).ok().and_then(|p| right.get(p)).copied().unwrap_or(0);
        let y = (0..shape[2]).map(of).collect();
        all.push(Wrong::new("index-in-f16", 2, &case, (shape, y)));
    }
}
