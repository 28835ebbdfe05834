//! Errata of the sources that others cite: the guide of Dumoulin and Visin, Theano's tutorial.

use super::Claim;
use super::Step::{Apply, Stretch};
use super::Verdict::{Conditional, False, Typo};
use super::write::{against, output, right, same_map, stated, steps};

/// Of the guide, as its LaTeX source stands.
pub(super) const GUIDE: &[Claim] = &[
    Claim::new("guide-erratum-1", Typo, "6×6, k 3, s 2, p 1: its transpose has a 2×2 input")
        .condition("the caption of the transposed figure padding_strides_odd; it goes on with i' = 3")
        .right("a 3×3 input")
        .checks(&[
            against(output("tconv i2x2 k3x3 s2 p1 a1", "4×4")),
            right(output("conv i6x6 k3x3 s2 p1", "3×3")),
            right(output("tconv i3x3 k3x3 s2 p1 a1", "6×6")),
        ]),
    Claim::new("guide-erratum-2", Conditional, "the equal convolution has k' = k, p' = k − p − 1")
        .condition("of its size; of its values only for kernels equal to their own rotation by 180°")
        .right("k' = k with the taps in reverse order, which relationships 8 to 14 never say")
        .checks(&[
            stated(output("conv i2x2 k3x3 p2", "4×4")),
            against(steps("1", &[Apply("conv i1x1 k3x3 p2", "1 2 3; 4 5 6; 7 8 9")], "9 8 7; 6 5 4; 3 2 1")),
            right(steps("1", &[Apply("tconv i1x1 k3x3", "1 2 3; 4 5 6; 7 8 9")], "1 2 3; 4 5 6; 7 8 9")),
            right(same_map(&[Stretch(2), Apply("conv i5 k3 p1:2", "3 2 1")], "tconv i3 k3 s2 p1 a1", "1 2 3", "6×3")),
        ]),
];

/// Of the tutorial in Theano's documentation.
pub(super) const THEANO: &[Claim] = &[
    Claim::new("theano-erratum-1", False, "relationship 13 adds a zeros at the top and right")
        .right("at the bottom and right, as in the guide: at the end of every axis")
        .checks(&[
            right(steps("1 10 100", &[Apply("tconv i3 k3 s2 p1 a1", "1 2 3")], "2 13 20 130 200 300")),
            against(steps("1 10 100", &[Stretch(2), Apply("conv i5 k3 p2:1", "3 2 1")], "1 2 13 20 130 200")),
            right(steps("1 10 100", &[Stretch(2), Apply("conv i5 k3 p1:2", "3 2 1")], "2 13 20 130 200 300")),
        ]),
    Claim::new("theano-erratum-2", Typo, "the quick reference passes input_shape=(9, 9)")
        .condition("its arithmetic, i = 3, k = 4, s = 2, p = 0, a = 1 and o = 9, is right")
        .right("four lengths, as everywhere else in that text: (b, c1, 9, 9)")
        .checks(&[right(output("tconv i3x3 k4x4 s2 a1", "9×9"))]),
];
