//! Wrong implementations that leave positions out, or write a cell again.

use super::cells::{at, first, keep};
use super::program::{Case, Result, Step};
use super::{Wrong, Wrongs};

pub fn borders(all: &mut Wrongs, case: &Case) {
    let shapes = case.shapes();
    for (base, tensor) in [(0, 0), (100, 2), (200, 1)] {
        for (base, last) in [(base, true), (base + 50, false)] {
            for axis in [None, Some(0), Some(1)] {
                let is_border = |step: &mut Step| {
                    let cell = at(step, tensor).clone();
                    (2..4)
                        .filter(|n| axis.is_none_or(|axis: usize| axis + 2 == *n))
                        .any(|n| cell[n] == if last { shapes[tensor][n] - 1 } else { 0 })
                };
                let y = case.changed(|mut step| {
                    let is = !is_border(&mut step);
                    keep(step, is)
                });
                let number = base + axis.map_or(0, |axis| u16::try_from(axis).unwrap() + 1);
                all.push(Wrong::new("border-dropped", number, case, y));
            }
        }
    }
    let bounds: [(u16, &dyn Fn(&Step) -> bool); 6] = [
        (0, &|s| (0..2).all(|n| s.x[n + 2] < shapes[1][n + 2])),
        (1, &|s| (0..2).all(|n| s.w[n + 2] < shapes[0][n + 2])),
        (2, &|s| (0..2).all(|n| s.y[n + 2] < shapes[0][n + 2])),
        (3, &|s| (0..2).all(|n| s.y[n + 2] < shapes[1][n + 2])),
        (4, &|s| s.x[2..].iter().all(|i| *i < shapes[0][2])),
        (5, &|s| s.y[2..].iter().all(|o| *o < shapes[2][2])),
    ];
    // Kernels longer than inputs and shorter, the first axis the shorter one.
    for (number, inside) in bounds {
        let y = case.changed(|step| {
            let is = inside(&step);
            keep(step, is)
        });
        all.push(Wrong::new("loop-bound-from-kernel", number, case, y));
    }
    let (result, from) = (case.result(), first(case));
    let second = 3 - result - from;
    for (number, tensor) in [(0, result), (1, from), (2, second)] {
        let y = case.changed(|mut step| {
            let is = at(&mut step, tensor)[2] == 0;
            keep(step, is)
        });
        all.push(Wrong::new("dtype-kernel", number, case, y));
    }
    let (shape, mut y) = case.right();
    let row = usize::try_from(shape[3]).unwrap();
    for channel in y.chunks_mut(row * usize::try_from(shape[2]).unwrap()) {
        for n in row..channel.len() {
            channel[n] = channel[n - row];
        }
    }
    all.push(Wrong::new("dtype-kernel", 3, case, (shape, y)));
    overwritten(all, case);
}

/// A store instead of an addition: loops over samples and channels, then positions in ascending order.
fn overwritten(all: &mut Wrongs, case: &Case) {
    let result = case.result();
    let shapes = case.shapes();
    let index = |tensor: usize, cell: &[i64]| {
        usize::try_from(shapes[tensor].iter().zip(cell).fold(0, |flat, (length, p)| flat * length + p)).unwrap()
    };
    // (outer, position) of every product of every cell, with its value.
    let cells = usize::try_from(shapes[result].iter().product::<i64>()).unwrap();
    let mut products: Vec<Vec<(Vec<i64>, Vec<i64>, i64)>> = vec![Vec::new(); cells];
    let contracted = first(case);
    case.steps(&|_, a| *a, &shapes, &mut |mut step| {
        let value: i64 = (0..3).filter(|&n| n != result).map(|n| case.tensors[n][index(n, at(&mut step, n))]).product();
        let outer = at(&mut step, contracted)[..2].to_vec();
        let order = if result == 0 { step.w[2..].to_vec() } else { step.x[2..].to_vec() };
        let cell = index(result, at(&mut step, result));
        products[cell].push((outer, order, value));
    });
    let sum = |choose: &dyn Fn(&[(Vec<i64>, Vec<i64>, i64)]) -> i64| -> Result {
        (shapes[result].clone(), products.iter().map(|of| choose(of)).collect())
    };
    let of_outer = |of: &[(Vec<i64>, Vec<i64>, i64)], last: bool| -> i64 {
        let mut outers: Vec<&Vec<i64>> = of.iter().map(|p| &p.0).collect();
        outers.dedup();
        let pick = |outer: &Vec<i64>| {
            let all = of.iter().filter(|p| p.0 == *outer);
            if last { all.max_by_key(|p| &p.1) } else { all.min_by_key(|p| &p.1) }.unwrap().2
        };
        outers.into_iter().map(pick).sum()
    };
    type One = (Vec<i64>, Vec<i64>, i64);
    let last = |p: &One| (p.0.clone(), p.1.clone());
    let all_of: [(u16, &dyn Fn(&[One]) -> i64); 6] = [
        (0, &|of| of.iter().max_by_key(|p| last(p)).map_or(0, |p| p.2)),
        (1, &|of| of.iter().min_by_key(|p| last(p)).map_or(0, |p| p.2)),
        (2, &|of| of_outer(of, true)),
        (3, &|of| of_outer(of, false)),
        (4, &|of| {
            of.iter().max_by_key(|p| &p.0).map_or(0, |top| of.iter().filter(|p| p.0 == top.0).map(|p| p.2).sum())
        }),
        (5, &|of| {
            of.iter().min_by_key(|p| &p.0).map_or(0, |top| of.iter().filter(|p| p.0 == top.0).map(|p| p.2).sum())
        }),
    ];
    for (number, choose) in all_of {
        all.push(Wrong::new("overwrite-not-accumulate", number, case, sum(choose)));
    }
}
