//! Wrong implementations of pads that follow from words.

use convproof::dialect::Pads;
use convproof::verify::Role;

use super::program::{CONV, Case};
use super::windows::{on_axes, refit};
use super::{Wrong, Wrongs};
use crate::common::naive::Ax;

/// Pads that follow from words.
pub fn same(all: &mut Wrongs) {
    // Total pads 1 and 3, upper: the odd cell at the end.
    let upper = Case::forward(&[[3, 3, 2, 1, 0, 1, 0], [4, 3, 2, 2, 1, 2, 0]], [1, 1, 2, 1]).saying(Pads::SameUpper);
    on_axes(all, &upper, "same-upper-lower-swapped", 0, &refit(|a| Ax { pb: a.pe, pe: a.pb, ..*a }));
    // s − k = 3 positions that no product reaches; unclamped they are a total of −3.
    let far = Case::forward(&[[3, 2, 5, 1, 0, 0, 3]], [1, 1, 2, 1]).saying(Pads::Same);
    all.push(Wrong::new("same-pad-not-clamped", 0, &far, far.same_size(|_, a| Ax { pb: -2, ..*a })));
    all.push(Wrong::new("same-pad-not-clamped", 1, &far, far.same_size(|_, a| Ax { pb: -1, ..*a })));
    let id = "same-size-rule";
    let plain = |a: &Ax| Ax { pb: 0, pe: 0, a: 0, ..*a };
    let small = Case::forward(&[[4, 5, 2, 1, 1, 2, 0]], [1, 1, 2, 1]).saying(Pads::Same);
    all.push(Wrong::new(id, 0, &small, small.refit(|_, a| plain(a))));
    all.push(Wrong::new(id, 1, &small, small.same_size(|_, a| plain(a))));
    all.push(Wrong::new(id, 2, &small, small.sized(|_, a| *a, |_, a| a.i)));
    all.push(Wrong::new(id, 3, &small, small.sized(|_, a| plain(a), |_, a| a.i)));
    all.push(Wrong::new(id, 4, &far, far.refit(|_, a| Ax { a: 0, ..*a })));
    // 7 inputs, stride 2, 4 rows: rounded down, 3.
    let conv = Case::new(CONV, Role::Forward, &[[4, 3, 2, 1, 1, 1, 0]], [1, 1, 2, 1]).saying(Pads::SameUpper);
    all.push(Wrong::new(id, 5, &conv, conv.sized(|_, a| *a, |_, _| 3)));
    // 4·2 outputs of 4 inputs: 2·3 + 2·2 + 1 − 8 = 3 to crop, and with a wrong extent less or more.
    let dilated = Case::forward(&[[4, 4, 2, 3, 4, 4, 0]], [1, 1, 2, 1]).saying(Pads::Same);
    let extents: [(u16, i64); 2] = [(66, 6), (322, 12)];
    for (number, extent) in extents {
        let total = (2 * 3 + extent - dilated.geo.axes[0].out()).max(0);
        let pads = move |a: &Ax| Ax { pb: total / 2, pe: total - total / 2, ..*a };
        all.push(Wrong::new("effective-extent", number, &dilated, dilated.same_size(|_, a| pads(a))));
        all.push(Wrong::new("effective-extent", number + 1, &dilated, dilated.refit(|_, a| pads(a))));
    }
    // A stated output shape leaves 3 to crop: 1:2, 2:1, 0:3 and 3:0.
    for (right, number, front) in [(2, 0, 1), (1, 1, 2), (1, 2, 0), (1, 3, 3)] {
        let case = Case::forward(&[[4, 5, 2, 1, right, 3 - right, 0]], [1, 1, 2, 1]).saying(Pads::Sized);
        all.push(Wrong::new("output-shape-attribute", number, &case, case.same_size(|_, a| Ax { pb: front, ..*a })));
    }
}
