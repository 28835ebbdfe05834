//! Sums cell by cell straight from the operands, for what no tile fits: kernels longer than their
//! inputs, dilations of millions.
//!
//! What meets one position of an axis is one arithmetic progression:
//!
//! ```text
//! output o   s·i + d·t = o + p    i = i₀ + n·d/g,  t = t₀ − n·s/g,  g = gcd(s, d)
//! input i                         t = t₀ + n,      o = o₀ + n·d
//! tap t                           i = i₀ + n,      o = o₀ + n·s
//! ```
//!
//! so a cell is a sum over one progression per axis and one of channels or samples. Nothing is copied.

use num_bigint::BigInt;

use super::cells::Cells;
use super::digits::Digit;
use super::values::Kept;
use super::{Target, for_each, threads};
use crate::geometry::{Axis, Geometry, Meeting, signed, size};

/// Positions `left + n·left_step` and `right + n·right_step`, `0 ≤ n < count`.
#[derive(Clone, Copy)]
struct Progression {
    count: usize,
    left: usize,
    left_step: i64,
    right: usize,
    right_step: i64,
}

impl Progression {
    /// What meets one position of an axis: in the order input, output, tap.
    fn of(axis: &Axis, target: Target, position: usize) -> Progression {
        let at = signed(position);
        let (s, d, p) = (axis.stride(), axis.dilation(), axis.padding().begin);
        match target {
            Target::Output => {
                let mut all = axis.meetings_of_output(at);
                let Some(Meeting { i, t, .. }) = all.next() else { return Progression::NONE };
                let count = 1 + all.count();
                let g = num_integer::gcd(s, d);
                Progression { count, left: size(i), left_step: d / g, right: size(t), right_step: -(s / g) }
            }
            Target::Input => {
                let mut all = axis.meetings_of_input(at);
                let Some(Meeting { o, t, .. }) = all.next() else { return Progression::NONE };
                Progression { count: 1 + all.count(), left: size(o), left_step: d, right: size(t), right_step: 1 }
            }
            Target::Weight => {
                // 0 ≤ start + s·i ≤ output − 1
                let start = d * at - p;
                let first = -start.div_euclid(s).min(0);
                let last = (axis.output() - 1 - start).div_euclid(s).min(axis.input() - 1);
                if first > last {
                    return Progression::NONE;
                }
                let (count, o) = (size(last - first + 1), size(start + s * first));
                Progression { count, left: size(first), left_step: 1, right: o, right_step: s }
            }
        }
    }

    const NONE: Progression = Progression { count: 0, left: 0, left_step: 0, right: 0, right_step: 0 };

    /// The same with positions that are so many cells long.
    fn times(self, left: usize, right: usize) -> Progression {
        Progression {
            left: self.left * left,
            left_step: self.left_step * signed(left),
            right: self.right * right,
            right_step: self.right_step * signed(right),
            ..self
        }
    }
}

/// Numbers that products are added to.
pub(super) trait Sum: Kept {
    fn add_product(&mut self, left: Cells, l: usize, right: Cells, r: usize);
}

impl Sum for i64 {
    fn add_product(&mut self, left: Cells, l: usize, right: Cells, r: usize) {
        let (a, b): (i64, i64) = (left.one(l, Digit::Whole), right.one(r, Digit::Whole));
        *self = self.wrapping_add(a.wrapping_mul(b));
    }
}

impl Sum for i128 {
    fn add_product(&mut self, left: Cells, l: usize, right: Cells, r: usize) {
        let (a, b): (i64, i64) = (left.one(l, Digit::Whole), right.one(r, Digit::Whole));
        *self = self.wrapping_add(i128::from(a) * i128::from(b));
    }
}

impl Sum for BigInt {
    fn add_product(&mut self, left: Cells, l: usize, right: Cells, r: usize) {
        *self += left.integer(l) * right.integer(r);
    }
}

/// All sums of one of the maps, modulo the range of `V`, which the bound says holds them. Cost:
/// some nanoseconds per product, and per cell the smaller of kernel and input.
pub(super) fn fill<V: Sum>(g: &Geometry, target: Target, left: Cells, right: Cells, values: &mut [V]) {
    let share = values.len().div_ceil(8 * threads()).max(1);
    let shares = values.chunks_mut(share).enumerate().collect();
    for_each(shares, |(n, values): (usize, &mut [V])| {
        let mut lists = vec![Progression::NONE; g.axes().len() + 1];
        for (cell, value) in (n * share..).zip(values) {
            progressions(g, target, cell, &mut lists);
            add(&lists, 0, 0, &mut |l, r| value.add_product(left, l, right, r));
        }
    });
}

/// Everything that meets a cell of the result, as indices of cells of the two operands.
fn progressions(g: &Geometry, target: Target, cell: usize, lists: &mut [Progression]) {
    let (mut rest, mut left_cells, mut right_cells) = (cell, 1, 1);
    for (axis, list) in g.axes().iter().zip(&mut lists[1..]).rev() {
        let (result, left, right) = match target {
            Target::Output => (axis.output(), axis.input(), axis.kernel()),
            Target::Input => (axis.input(), axis.output(), axis.kernel()),
            Target::Weight => (axis.kernel(), axis.input(), axis.output()),
        };
        *list = Progression::of(axis, target, rest % size(result)).times(left_cells, right_cells);
        rest /= size(result);
        left_cells *= size(left);
        right_cells *= size(right);
    }
    let (inputs, outputs, groups) = (size(g.in_channels()), size(g.out_channels()), size(g.groups()));
    let (in_group, out_group) = (inputs / groups, outputs / groups);
    let channels = match target {
        Target::Output => {
            let (sample, co) = (rest / outputs, rest % outputs);
            let ci = co / out_group * in_group;
            let (left, right) = (sample * inputs + ci, ci * out_group + co % out_group);
            Progression { count: in_group, left, left_step: 1, right, right_step: signed(out_group) }
        }
        Target::Input => {
            let (sample, ci) = (rest / inputs, rest % inputs);
            let left = sample * outputs + ci / in_group * out_group;
            Progression { count: out_group, left, left_step: 1, right: ci * out_group, right_step: 1 }
        }
        Target::Weight => {
            let (ci, co) = (rest / out_group, rest % out_group);
            let right = ci / in_group * out_group + co;
            let (left_step, right_step) = (signed(inputs), signed(outputs));
            Progression { count: size(g.batch()), left: ci, left_step, right, right_step }
        }
    };
    lists[0] = channels.times(left_cells, right_cells);
}

fn add(lists: &[Progression], left: i64, right: i64, each: &mut impl FnMut(usize, usize)) {
    let Some((first, inner)) = lists.split_first() else { return each(size(left), size(right)) };
    let (mut left, mut right) = (left + signed(first.left), right + signed(first.right));
    for n in 0..first.count {
        if n > 0 {
            (left, right) = (left + first.left_step, right + first.right_step);
        }
        add(inner, left, right, each);
    }
}
