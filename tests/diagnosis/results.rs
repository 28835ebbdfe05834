//! Wrong implementations whose products are right, and their sums are not: they are kept in 16 bits.

use convproof::verify::Role;

use super::program::{CONV, Case, Result, TCONV};
use super::{Wrong, Wrongs};

pub fn all() -> Wrongs {
    let mut all = Wrongs::new();
    for kind in [TCONV, CONV] {
        for role in [Role::Forward, Role::InputGradient, Role::WeightGradient] {
            let case = Case::new(kind, role, &[[6, 3, 1, 1, 0, 0, 0]], [2, 4, 6, 2]);
            narrow(&mut all, &bytes(case.clone()));
            if role == Role::Forward {
                narrow(&mut all, &bytes(case.with_bias()));
            }
        }
    }
    all
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
        case.add_bias(&shape, &mut sums, |_, b| b);
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
    case.steps(
        |_, a| *a,
        &shapes,
        |step| {
            let at = [&step.x, &step.w, &step.y];
            let factor = |n: usize| case.tensors[n][flat(n, at[n])];
            let product = (0..3).filter(|&n| n != result).map(factor).product();
            let outer = [&step.x[..2], &step.w[1..2]].concat();
            let inner = [&step.x[2..], &step.w[2..]].concat();
            cells[flat(result, at[result])].push((outer, inner, product));
        },
    );
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
