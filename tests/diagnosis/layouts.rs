//! Wrong implementations that read or write arrays in another order.

use convproof::verify::Role;

use super::cells::first;
use super::program::{CONV, Case};
use super::{Wrong, Wrongs};
use crate::common::naive::{Ax, all as every};

pub fn flips(all: &mut Wrongs, case: &Case) {
    for set in [0, 1, 2] {
        let y = case.changed(|mut step| {
            for n in 0..2 {
                if set == 0 || set >> n & 1 == 1 {
                    step.w[n + 2] = case.geo.axes[n].k - 1 - step.w[n + 2];
                }
            }
            vec![step]
        });
        all.push(Wrong::new("kernel-flipped", set, case, y));
    }
}

/// The values of a tensor read from memory in which the axes stand in another order.
fn reread(shape: &[i64], values: &[i64], memory: &[usize]) -> Vec<i64> {
    let lengths: Vec<i64> = memory.iter().map(|&axis| shape[axis]).collect();
    let flat = |at: &Vec<i64>| memory.iter().zip(&lengths).fold(0, |flat, (&axis, length)| flat * length + at[axis]);
    every(shape).iter().map(|at| values[usize::try_from(flat(at)).unwrap()]).collect()
}

/// Values written to memory in which the axes stand in another order.
fn stored(shape: &[i64], values: &[i64], memory: &[usize]) -> Vec<i64> {
    let places: Vec<i64> = (0..).take(values.len()).collect();
    let places = reread(shape, &places, memory);
    let mut out = vec![0; values.len()];
    for (value, place) in values.iter().zip(places) {
        out[usize::try_from(place).unwrap()] = *value;
    }
    out
}

pub fn layouts(all: &mut Wrongs, case: &Case) {
    let id = "channel-layout";
    let read = |tensor: usize, memory: &[usize]| {
        let mut other = case.clone();
        other.tensors[tensor] = reread(&case.shapes()[tensor], &case.tensors[tensor], memory);
        other.right()
    };
    all.push(Wrong::new(id, 7, case, read(first(case), &[0, 2, 3, 1])));
    let (shape, right) = case.right();
    if case.result() != 1 {
        all.push(Wrong::new(id, 8, case, (shape.clone(), stored(&shape, &right, &[0, 2, 3, 1]))));
        let orders: [(u16, &[usize]); 4] =
            [(2, &[2, 3, 0, 1]), (3, &[2, 3, 1, 0]), (4, &[0, 2, 3, 1]), (5, &[1, 2, 3, 0])];
        for (number, memory) in orders {
            all.push(Wrong::new(id, number, case, read(1, memory)));
        }
    }
    // Within each group: [g, ci, co, t] for [g, co, ci, t].
    let g = &case.geo;
    let grouped = [&[g.g, g.ci / g.g, g.co / g.g], &case.shapes()[1][2..]].concat();
    let exchanged = [0, 2, 1, 3, 4];
    if case.result() == 1 {
        all.push(Wrong::new(id, 9, case, (shape.clone(), stored(&grouped, &right, &exchanged))));
    } else {
        let mut other = case.clone();
        other.tensors[1] = reread(&grouped, &case.tensors[1], &exchanged);
        all.push(Wrong::new(id, u16::from(g.g > 1), case, other.right()));
    }
    axes(all, case);
}

/// Spatial axes exchanged. The kernel is 3×2, the input 3×4: nothing is square.
fn axes(all: &mut Wrongs, case: &Case) {
    let (shape, right) = case.right();
    let (id, swap) = ("input-axes-swapped", [0, 1, 3, 2]);
    let transposed = |shape: &[i64], values: &[i64]| -> (Vec<i64>, Vec<i64>) {
        let to: Vec<i64> = swap.iter().map(|&axis| shape[axis]).collect();
        // Read [b, c, i, j] where [b, c, j, i] stands.
        (to, stored(shape, values, &swap))
    };
    let memory = |tensor: usize| {
        let mut other = case.clone();
        other.tensors[tensor] = reread(&case.shapes()[tensor], &case.tensors[tensor], &swap);
        other.right()
    };
    if case.result() != 1 {
        all.push(Wrong::new(id, 1, case, transposed(&shape, &right)));
        all.push(Wrong::new(id, 2, case, (shape.clone(), stored(&shape, &right, &swap))));
        all.push(Wrong::new("kernel-axes-swapped", 2, case, memory(1)));
    } else {
        all.push(Wrong::new("kernel-axes-swapped", 5, case, (shape.clone(), stored(&shape, &right, &swap))));
    }
    all.push(Wrong::new(id, 3, case, memory(first(case))));
    let square: Vec<[i64; 7]> = vec![[3, 2, 1, 1, 0, 0, 0], [3, 2, 2, 1, 0, 0, 0]];
    let square = Case::new(case.kind, case.role, &square, [2, 2, 3, 1]);
    for (id, tensor) in [(id, first(&square)), ("kernel-axes-swapped", 1)] {
        let shape = &square.shapes()[tensor];
        if tensor != square.result() && shape[2] == shape[3] {
            let mut other = square.clone();
            other.tensors[tensor] = stored(shape, &square.tensors[tensor], &swap);
            all.push(Wrong::new(id, 0, &square, other.right()));
        }
    }
    if case.role != Role::Forward {
        return;
    }
    // The operation on transposed tensors: their lengths come with them.
    let lengths = |axis: fn(&Ax, &Ax) -> Ax| -> Vec<[i64; 7]> {
        let of = |a: &Ax, b: &Ax| {
            let c = axis(a, b);
            [c.i, c.k, c.s, c.d, c.pb, c.pe, c.a]
        };
        vec![of(&case.geo.axes[0], &case.geo.axes[1]), of(&case.geo.axes[1], &case.geo.axes[0])]
    };
    let g = &case.geo;
    let with = |mut axes: Vec<[i64; 7]>, tensor: usize, own: [i64; 2]| {
        if case.kind == CONV {
            // Rows that an input of these lengths gives; the rest of the division is the output padding.
            for (a, length) in axes.iter_mut().zip(own) {
                let n = length + a[4] + a[5] - a[3] * (a[1] - 1) - 1;
                (a[0], a[6]) = (n / a[2] + 1, n % a[2]);
            }
        }
        let mut other = Case::new(case.kind, case.role, &axes, [g.n, g.ci, g.co, g.g]);
        other.tensors.clone_from(&case.tensors);
        other.tensors[tensor] = stored(&case.shapes()[tensor], &case.tensors[tensor], &swap);
        other.right()
    };
    let own = [case.geo.axes[0].out(), case.geo.axes[1].out()];
    let tensor = first(case);
    all.push(Wrong::new(id, 4, case, with(lengths(|a, b| Ax { i: b.i, ..*a }), tensor, [own[1], own[0]])));
    let id = "kernel-axes-swapped";
    all.push(Wrong::new(id, 1, case, with(lengths(|a, b| Ax { k: b.k, ..*a }), 1, own)));
    for (number, k) in [(3, case.geo.axes[0].k), (4, case.geo.axes[1].k)] {
        let length = |_: usize, a: &Ax| super::program::forward(case.kind, a, &Ax { k, ..*a });
        all.push(Wrong::new(id, number, case, case.sized(|_, a| *a, length)));
    }
}
