//! Wrong implementations whose products are right: results of another shape, scaled, or added up in 16 bits.

use convproof::verify::Role;

use super::cells::{SMALL, first};
use super::program::{CONV, Case, Result, TCONV};
use super::{Wrong, Wrongs};
use crate::common::naive::all as every;

pub fn all() -> Wrongs {
    let mut all = Wrongs::new();
    for kind in [TCONV, CONV] {
        for role in [Role::Forward, Role::InputGradient, Role::WeightGradient, Role::BiasGradient] {
            let case = Case::new(kind, role, &SMALL, [3, 4, 6, 2]);
            if role != Role::BiasGradient {
                orders(&mut all, &case);
                narrow(&mut all, &bytes(Case::new(kind, role, &[[6, 3, 1, 1, 0, 0, 0]], [2, 4, 6, 2])));
            }
            shapes(&mut all, &case);
            shapes(&mut all, &Case::new(kind, role, &[[3, 2, 2, 1, 0, 0, 1]], [1, 1, 1, 1]));
            factors(&mut all, &case);
        }
        let case = Case::new(kind, Role::Forward, &[[6, 3, 1, 1, 0, 0, 0]], [2, 4, 6, 2]);
        narrow(&mut all, &bytes(case.with_bias()));
    }
    all
}

/// The tensor that is read first.
fn operand(case: &Case) -> usize {
    match (case.role, case.kind) {
        (Role::BiasGradient, CONV) => 0,
        _ => first(case),
    }
}

/// The right result; of a bias gradient, the sums of each channel.
fn right(case: &Case) -> Result {
    if case.role != Role::BiasGradient {
        return case.right();
    }
    let shape = &case.shapes()[operand(case)];
    let mut sums = vec![0; usize::try_from(shape[1]).unwrap()];
    for (at, value) in every(shape).iter().zip(&case.tensors[operand(case)]) {
        sums[usize::try_from(at[1]).unwrap()] += value;
    }
    (vec![shape[1]], sums)
}

fn orders(all: &mut Wrongs, case: &Case) {
    let (shape, right) = right(case);
    let orders = [[0, 2, 3, 1], [1, 0, 2, 3], [3, 2, 1, 0], [2, 3, 0, 1], [2, 3, 1, 0], [1, 2, 3, 0], [0, 3, 1, 2]];
    for (number, order) in (1..).zip(orders) {
        let to: Vec<i64> = order.iter().map(|&axis: &usize| shape[axis]).collect();
        let from = |at: &Vec<i64>| {
            let mut own = [0; 4];
            order.iter().zip(at).for_each(|(&axis, &p)| own[axis] = p);
            usize::try_from(own.iter().zip(&shape).fold(0, |flat, (p, length)| flat * length + p)).unwrap()
        };
        let y = every(&to).iter().map(|at| right[from(at)]).collect();
        all.push(Wrong::new("output-layout", number, case, (to, y)));
    }
}

fn shapes(all: &mut Wrongs, case: &Case) {
    let (shape, y) = right(case);
    let cells = |from: usize| shape.iter().skip(from).product::<i64>();
    let squeezed: Vec<i64> = shape.iter().copied().filter(|n| *n != 1).collect();
    let mut other = vec![(24, [&[1], &shape[..]].concat()), (25, [&shape[..], &[1]].concat()), (18, squeezed)];
    if case.role == Role::BiasGradient {
        other.push((27, [&[1, shape[0]], &vec![1; case.geo.axes.len()][..]].concat()));
    } else {
        other.extend([(16, vec![cells(0)]), (17, vec![shape[0], cells(1)])]);
        other.extend([(19, vec![shape[0], shape[1], cells(2)])]);
        other.push((26, [&shape[..2], &[1], &shape[2..]].concat()));
        if shape[..2] == [1, 1] {
            other.extend([(20, shape[1..].to_vec()), (21, [&shape[..1], &shape[2..]].concat())]);
            other.push((22, shape[2..].to_vec()));
        }
    }
    for (number, to) in other.into_iter().filter(|(_, to)| *to != shape) {
        all.push(Wrong::new("output-layout", number, case, (to, y.clone())));
    }
}

/// Means of sums: the operand is made a multiple of what they are divided by.
fn factors(all: &mut Wrongs, case: &Case) {
    let (own, taps) = (right(case).0.iter().product::<i64>(), case.geo.axes.iter().map(|a| a.k).product::<i64>());
    let g = &case.shapes()[if case.kind == TCONV { 2 } else { 0 }];
    let positions: i64 = g[2..].iter().product();
    let means = match case.role {
        Role::Forward => {
            let channels = case.shapes()[operand(case)][1] / case.geo.g;
            vec![(5, taps), (6, channels), (7, channels * taps)]
        }
        _ => vec![(1, g[0]), (2, positions), (3, g[0] * positions), (4, g.iter().product()), (8, own)],
    };
    // Sign, numerator and denominator of a factor that was measured.
    let measured = |by: i64, over: i64| {
        let sign = if by < 0 { 1 << 14 } else { 0 };
        (u16::try_from(1 << 15 | sign | by.abs() << 7 | over).unwrap(), by, over)
    };
    let constant = [measured(2, 1), measured(1, 2), measured(-1, 1), measured(3, 2), measured(1, 3)];
    for (number, by, over) in means.into_iter().map(|(number, over)| (number, 1, over)).chain(constant) {
        let mut case = case.clone();
        case.tensors[operand(&case)].iter_mut().for_each(|value| *value *= over);
        let (shape, y) = right(&case);
        let y = y.iter().map(|value| value / over * by).collect();
        all.push(Wrong::new("scaled", number, &case, (shape, y)));
    }
}

/// Large bytes, most of one sign.
fn bytes(mut case: Case) -> Case {
    for values in &mut case.tensors {
        for (n, value) in (0..).zip(values) {
            *value = (127 - n % 9) * if n % 5 == 3 { -1 } else { 1 };
        }
    }
    case
}

const LARGEST: i64 = i16::MAX as i64;

fn saturated(n: i64) -> i64 {
    n.clamp(-LARGEST - 1, LARGEST)
}

fn narrow(all: &mut Wrongs, case: &Case) {
    let id = "narrow-accumulator";
    let wrapped = |n: i64| (n + LARGEST + 1).rem_euclid(1 << 16) - LARGEST - 1;
    let bare = Case { b: None, ..case.clone() };
    let with_bias = |(shape, mut sums): Result| {
        case.add_bias(&shape, &mut sums, &|_, b| b);
        (shape, sums)
    };
    let each = |(shape, sums): Result, f: &dyn Fn(i64) -> i64| (shape, sums.into_iter().map(f).collect());
    for (number, f) in [(0, &wrapped as &dyn Fn(i64) -> i64), (2, &saturated)] {
        all.push(Wrong::new(id, number, case, with_bias(each(bare.right(), f))));
        if case.b.is_some() {
            all.push(Wrong::new(id, number + 1, case, each(case.right(), f)));
        }
    }
    // The products of each cell: by sample and channels, by positions.
    type Product = (Vec<i64>, Vec<i64>, i64);
    let (shapes, result) = (case.shapes(), case.result());
    let flat = |tensor: usize, at: &[i64]| {
        usize::try_from(shapes[tensor].iter().zip(at).fold(0, |flat, (length, p)| flat * length + p)).unwrap()
    };
    let mut cells: Vec<Vec<Product>> = vec![Vec::new(); case.tensors[result].len()];
    case.steps(&|_, a| *a, &shapes, &mut |step| {
        let at = [&step.x, &step.w, &step.y];
        let factor = |n: usize| case.tensors[n][flat(n, at[n])];
        let product = (0..3).filter(|&n| n != result).map(factor).product();
        let outer = [&step.x[..2], &step.w[1..2]].concat();
        let inner = [&step.x[2..], &step.w[2..]].concat();
        cells[flat(result, at[result])].push((outer, inner, product));
    });
    let backwards = |at: &[i64]| at.iter().map(|p| -p).collect::<Vec<_>>();
    let orders: [&dyn Fn(&Product) -> [Vec<i64>; 2]; 4] = [
        &|(outer, inner, _)| [outer.clone(), inner.clone()],
        &|(outer, inner, _)| [outer.clone(), backwards(inner)],
        &|(outer, inner, _)| [inner.clone(), outer.clone()],
        &|(outer, inner, _)| [backwards(inner), outer.clone()],
    ];
    for (number, order) in (4..).zip(orders) {
        let sum = |products: &Vec<Product>| {
            let mut products = products.clone();
            products.sort_by_key(order);
            products.iter().fold(0, |sum, (.., product)| saturated(sum + product))
        };
        let sums = cells.iter().map(sum).collect();
        all.push(Wrong::new(id, number, case, with_bias((shapes[result].clone(), sums))));
    }
}
