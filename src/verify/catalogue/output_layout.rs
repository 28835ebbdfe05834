//! The right numbers in a result of another shape: axes in another order, joined, left out or added.

use super::nest::Nest;
use super::{Hypothesis, Variants};
use crate::tensor::{flatten, unflatten};
use crate::verify::truth::{Role, result_shape};

pub(super) const OUTPUT_LAYOUT: Hypothesis = Hypothesis {
    id: "output-layout",
    statement: "the numbers are right, and the result's axes are not",
    symptom: "all cells are there: axes in another order, flattened, without those of length 1, or with more of them",
    reference: "-",
    plain: None,
    variants: Some(|v| {
        let right = result_shape(v.problem.spec, v.problem.role);
        if right.len() > 2 {
            orders(v, &right);
        }
        shapes(v, &right);
    }),
};

/// What the axes of a result are called.
fn names(role: Role, rank: usize) -> Vec<String> {
    let (first, second, inner) = if role == Role::WeightGradient { ("i", "o", "k") } else { ("n", "c", "s") };
    let numbered = |n: usize| if rank > 3 { format!("{inner}{n}") } else { inner.to_owned() };
    [first, second].map(str::to_owned).into_iter().chain((0..rank - 2).map(numbered)).collect()
}

/// Axes in another order, each cell where it belongs among them.
fn orders(v: &mut Variants<'_>, right: &[usize]) {
    let last = right.len() - 1;
    let inner: Vec<usize> = (2..=last).collect();
    let all: [(u16, Vec<usize>); 7] = [
        (1, [&[0], &inner[..], &[1]].concat()),
        (2, [&[1, 0], &inner[..]].concat()),
        (3, (0..=last).rev().collect()),
        (4, [&inner[..], &[0, 1]].concat()),
        (5, [&inner[..], &[1, 0]].concat()),
        (6, [&[1], &inner[..], &[0]].concat()),
        // Written as N, C, S and read as N, S, C.
        (7, [&[0, last, 1], &inner[..inner.len() - 1]].concat()),
    ];
    let names = names(v.problem.role, right.len());
    for (number, order) in all {
        let listed: Vec<&str> = order.iter().map(|&axis| names[axis].as_str()).collect();
        let says =
            format!("the right numbers, axes in the order {}, where {} is right", listed.join(","), names.join(","));
        let shape: Vec<usize> = order.iter().map(|&axis| right[axis]).collect();
        let to = shape.clone();
        v.shaped(number, says, shape, move |p| {
            let right = result_shape(p.spec, p.role);
            let place = |cell: usize| {
                let at = unflatten(&right, cell);
                flatten(&to, &order.iter().map(|&axis| at[axis]).collect::<Vec<_>>())
            };
            let stored = (0..right.iter().product()).map(place).collect();
            Nest { stored: Some(stored), shape: to.clone(), ..Nest::right(p) }
        });
    }
}

/// The cells in their order under another shape.
fn shapes(v: &mut Variants<'_>, right: &[usize]) {
    let inner = |from: usize| right.iter().skip(from).product::<usize>();
    let without = |axis: usize| right.iter().enumerate().filter(|(n, _)| *n != axis).map(|(_, l)| *l).collect();
    let mut all: Vec<(u16, &str, Vec<usize>)> = vec![
        (16, "flattened", vec![inner(0)]),
        (18, "without the axes of length 1", right.iter().copied().filter(|&length| length != 1).collect()),
        (24, "with an axis of length 1 in front", [&[1], right].concat()),
        (25, "with an axis of length 1 at the end", [right, &[1]].concat()),
    ];
    if right.len() > 2 {
        all.push((17, "flattened but for the first axis", vec![right[0], inner(1)]));
        all.push((19, "its positions flattened", vec![right[0], right[1], inner(2)]));
        all.push((26, "with an axis of length 1 before the positions", [&right[..2], &[1], &right[2..]].concat()));
        if right[0] == 1 {
            all.push((20, "without the first axis", without(0)));
        }
        if right[1] == 1 {
            all.push((21, "without the second axis", without(1)));
        }
        if right[..2] == [1, 1] {
            all.push((22, "without the first two axes", right[2..].to_vec()));
        }
    } else {
        // A bias gradient, the summed axes kept.
        let kept = v.axes().iter().map(|_| 1);
        all.push((27, "with the summed axes kept", [1, right[0]].into_iter().chain(kept).collect()));
    }
    for (number, says, shape) in all.into_iter().filter(|(.., shape)| shape != right) {
        let to = shape.clone();
        v.shaped(number, format!("the right numbers, {says}"), shape, move |p| Nest {
            shape: to.clone(),
            ..Nest::right(p)
        });
    }
}
