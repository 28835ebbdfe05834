//! Mistakes about pads that follow from words: `SAME`, or a stated output shape.

use super::windows::{beginning, extent, of_same_size, padded, refit, rewindowed, sized, total};
use super::{Hypothesis, Variants};
use crate::geometry::{Axis, Kind, Pads};
use crate::verify::truth::Role;

/// A variant by its number and words, and how much of a total is cropped in front.
type Split = (u16, &'static str, fn(i64) -> i64);

fn is_same(v: &Variants<'_>) -> bool {
    matches!(v.problem.pads, Pads::Same | Pads::SameUpper | Pads::SameLower) && v.problem.role != Role::BiasGradient
}

/// What the pads and the output padding amount to: by how much the lengths exceed what they leave.
fn surplus(a: &Axis) -> i64 {
    a.stride() * (a.input() - 1) + extent(a) - a.output()
}

pub(super) const UPPER_LOWER: Hypothesis = Hypothesis {
    id: "same-upper-lower-swapped",
    statement: "SAME_UPPER and SAME_LOWER are confused: the odd cell is put at the other end",
    symptom: "the matrix is shifted by 1 on the axes whose total padding is odd; needs pads said as SAME",
    reference: "onnxruntime#4086; #4698; #11927; tensorflow#45999",
    plain: None,
    variants: Some(|v| {
        if !is_same(v) {
            return;
        }
        v.on_axes(0, "the odd cell of the SAME padding is put at the other end", |p, on| {
            let is_odd = |a: &Axis| total(a).rem_euclid(2) == 1;
            let swap = |a: &Axis| padded(a, a.padding().end, a.padding().begin);
            rewindowed(p, |n, a| if on(n) && is_odd(a) { swap(a) } else { a.window() })
        });
    }),
};

pub(super) const NOT_CLAMPED: Hypothesis = Hypothesis {
    id: "same-pad-not-clamped",
    statement: "the total of the SAME padding is not clamped at 0 where the stride exceeds the kernel",
    symptom: "the matrix is shifted by half of a negative total, the first row is empty; needs d(k−1)+1 < s and SAME",
    reference: "-",
    plain: None,
    variants: Some(|v| {
        if !is_same(v) {
            return;
        }
        let cut = |front: fn(i64) -> i64| {
            move |_: usize, a: &Axis| if surplus(a) < 0 { beginning(a, front(surplus(a))) } else { a.window() }
        };
        let says = "the total of the SAME padding is not clamped at 0";
        let p = v.problem;
        v.other(0, format!("{says}, its half rounded down"), of_same_size(&p, cut(|total| total.div_euclid(2))));
        v.other(1, format!("{says}, its half rounded to 0"), of_same_size(&p, cut(|total| total / 2)));
    }),
};

pub(super) const SIZE_RULE: Hypothesis = Hypothesis {
    id: "same-size-rule",
    statement: "the size that SAME gives is computed by another rule",
    symptom: "another number of rows, or the values of a VALID call; needs pads said as SAME",
    reference: "onnxruntime#4698; #6131; openvino#7321; #20848; #32533; webnn-native#226; XiaoMi/mace#624",
    plain: None,
    variants: Some(|v| {
        if !is_same(v) || !v.is_forward() {
            return;
        }
        let p = v.problem;
        let valid = |_: usize, a: &Axis| padded(a, 0, 0);
        v.other(0, "SAME is computed as VALID", refit(&p, valid, |_, _| 0));
        v.other(1, "SAME is computed as VALID, in a result of the right size", of_same_size(&p, valid));
        let own = |_: usize, a: &Axis| if p.spec.kind == Kind::Tconv { a.input() } else { a.output() };
        v.other(2, "SAME gives the result the size of the input", sized(&p, |_, a| a.window(), own));
        v.other(3, "SAME gives the result the size of the input, without pads", sized(&p, valid, own));
        match p.spec.kind {
            Kind::Tconv => {
                let says = "the output padding that SAME needs is not added";
                v.other(4, says, refit(&p, |_, a| a.window(), |_, _| 0));
            }
            Kind::Conv => {
                let fewer = |_: usize, a: &Axis| a.output() / a.stride();
                let says = "the size that SAME gives is rounded down";
                v.other(5, says, sized(&p, |_, a| a.window(), fewer));
            }
        }
    }),
};

pub(super) const OUTPUT_SHAPE: Hypothesis = Hypothesis {
    id: "output-shape-attribute",
    statement: "the pads that a stated output shape leaves are split wrongly",
    symptom: "the matrix is shifted: the crop begins elsewhere; needs pads that follow from an output shape",
    reference: "openvino#34330; coremltools#2281; tensorflow#35207; onnx-tensorflow#151",
    plain: None,
    variants: Some(|v| {
        if v.problem.pads != Pads::Sized || v.problem.role == Role::BiasGradient {
            return;
        }
        let p = v.problem;
        let splits: [Split; 4] = [
            (0, "half of it, rounded down, is cropped in front", |all| all.div_euclid(2)),
            (1, "half of it, rounded up, is cropped in front", |all| all - all.div_euclid(2)),
            (2, "nothing is cropped in front", |_| 0),
            (3, "all of it is cropped in front", |all| all),
        ];
        for (number, how, front) in splits {
            let says = format!("what the output shape leaves is split wrongly: {how}");
            v.other(number, says, of_same_size(&p, |_, a| beginning(a, front(surplus(a)))));
        }
    }),
};
