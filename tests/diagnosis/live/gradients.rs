//! Gradients that are wrong in one way each, and results of right products.

use convproof::verify::Role;

use super::asked::Wrong;
use crate::common::naive::Ax;
use crate::program::{CONV, Case, Result, TCONV};

/// The right products, and another result of them.
pub fn results(kind: &'static str, role: Role) -> Vec<Wrong> {
    vec![
        Wrong::new("scaled", kind, role, |case: &Case| {
            let (shape, y) = case.right();
            (shape, y.into_iter().map(|value| 2 * value).collect())
        }),
        Wrong::new("output-layout", kind, role, |case: &Case| {
            let (shape, y) = case.right();
            let (channels, inner) = (shape[1], shape[2..].iter().product::<i64>());
            let to: Vec<i64> = [&shape[..1], &shape[2..], &shape[1..2]].concat();
            let from =
                |cell: i64| (cell / channels / inner * channels + cell % channels) * inner + cell / channels % inner;
            let at = |cell| y[usize::try_from(from(cell)).unwrap()];
            (to, (0..i64::try_from(y.len()).unwrap()).map(at).collect())
        }),
        Wrong::new("output-layout", kind, role, |case: &Case| {
            let (shape, y) = case.right();
            (shape.into_iter().filter(|length| *length != 1).collect(), y)
        }),
    ]
}

/// Gradients, of both operations.
pub fn gradients() -> Vec<Wrong> {
    let mut all = Vec::new();
    for kind in [TCONV, CONV] {
        let of = |id, role, does: fn(&Case) -> Result| Wrong::new(id, kind, role, does);
        all.extend([
            of("kernel-flipped", Role::InputGradient, |case| {
                let w = case.geo.weight();
                case.changed(|mut step| {
                    (2..w.len()).for_each(|n| step.w[n] = w[n] - 1 - step.w[n]);
                    vec![step]
                })
            }),
            of("stride-ignored", Role::InputGradient, |case| case.same_size(|_, a| Ax { s: 1, ..*a })),
            of("dilation-ignored", Role::InputGradient, |case| case.same_size(|_, a| Ax { d: 1, ..*a })),
            of("stride-dilation-swapped", Role::WeightGradient, |case| {
                case.same_size(|_, a| Ax { s: a.d, d: a.s, ..*a })
            }),
            of("padding-ignored", Role::WeightGradient, |case| case.same_size(|_, a| Ax { pb: 0, pe: 0, ..*a })),
            of("batch-offset", Role::WeightGradient, |case| {
                case.changed(|step| if step.x[0] == 0 { vec![step] } else { Vec::new() })
            }),
        ]);
    }
    for kind in [TCONV, CONV] {
        for role in [Role::InputGradient, Role::WeightGradient] {
            all.extend(results(kind, role));
        }
    }
    // The rows that a strided convolution leaves unread make its weight's gradient longer.
    all.push(Wrong::new("weight-gradient-not-trimmed", CONV, Role::WeightGradient, |case: &Case| {
        case.sized(|_, a| *a, |_, a| a.k + a.a / a.d)
    }));
    all.push(Wrong::new("input-gradient-length", TCONV, Role::InputGradient, |case: &Case| {
        case.sized(|_, a| *a, |_, a| a.i + a.a / a.s)
    }));
    all
}
