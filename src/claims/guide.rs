//! Reading notes on V. Dumoulin and F. Visin, "A guide to convolution arithmetic for deep learning".
//!
//! In the notes `i` is the convolution's input, `o` its result, `i'` the transposed convolution's
//! input and later the stretched one, `o'` the transposed convolution's result.

use super::Claim;
use super::Step::{Apply, Stretch};
use super::Verdict::{Conditional, False, True, Typo};
use super::check::Check::Stated;
use super::write::{
    C_OF_4X4, TRANSPOSE_OF_2X2, against, back, coverage, formula, output, reach, right, same_map, stated, steps,
};

pub(super) const CLAIMS: &[Claim] =
    &[
        Claim::new("guide-1", Typo, "the name transposed convolution is not recommended")
            .right("the guide advises against the name deconvolution")
            .see("Dumoulin and Visin, A guide to convolution arithmetic for deep learning, 2016, a note in chapter 4"),
        Claim::new("guide-2", Conditional, "no inverse: the shape comes back, the values do not")
            .condition("the shape if s divides i + 2p − k")
            .checks(&[
                stated(steps(
                    "0 1 2; 3 4 5; 6 7 8",
                    &[Apply("conv i3x3 k2x2", "1 2; 3 4"), Apply("tconv i2x2 k2x2", "1 2; 3 4")],
                    "27 91 74; 138 400 282; 171 429 268",
                )),
                against(back("conv i6 k3 s2 p1", "6 → 3 → 5")),
            ]),
        Claim::new("guide-3", True, "each has an equal ordinary convolution of a changed input")
            .condition("with the flipped kernel; padding beyond k − 1 becomes a crop")
            .checks(&[
                stated(same_map(&[Stretch(2), Apply("conv i5 k3 p1", "3 2 1")], "tconv i3 k3 s2 p1", "1 2 3", "5×3")),
                stated(same_map(&[Apply("conv i5 k2 p-1", "2 1")], "tconv i5 k2 p2", "1 2", "2×5")),
            ]),
        Claim::new("guide-4", Conditional, "convolutions shrink, transposed ones enlarge")
            .condition("with little padding: half padding keeps, full padding turns it round")
            .checks(&[
                stated(output("conv i4x4 k3x3", "2×2")),
                stated(output("tconv i2x2 k3x3", "4×4")),
                against(output("conv i5x5 k3x3 p2", "7×7")),
                against(output("tconv i7x7 k3x3 p2", "5×5")),
            ]),
        Claim::new("guide-5", Typo, "a 44 input and a 33 kernel")
            .right("4×4 and 3×3, the sign was lost")
            .checks(&[right(output("conv i4x4 k3x3", "2×2"))]),
        Claim::new("guide-6", True, "(1,16) by (16,4) is (1,4), and back by the transpose")
            .condition("written for rows: their 16×4 matrix is the guide's Cᵀ")
            .checks(&[stated(C_OF_4X4), stated(TRANSPOSE_OF_2X2)]),
        Claim::new("guide-7", Conditional, "padding beyond the kernel makes a border of zeros")
            .condition("from p = k on already: p − k + 1 cells on each side")
            .checks(&[
                stated(coverage("conv i4 k3 p4", "0 0 1 2 3 3 2 1 0 0")),
                against(coverage("conv i4 k3 p3", "0 1 2 3 3 2 1 0")),
            ]),
        Claim::new("guide-8", True, "4×4 by 3×3: the top left touches only the top left")
            .checks(&[stated(output("conv i4x4 k3x3", "2×2")), stated(reach("conv i4x4 k3x3", &[0, 0], "0,0"))]),
        Claim::new("guide-9", Typo, "the output comes from the top left input alone")
            .right("the top left of the output does; the others have up to four inputs")
            .checks(&[
                against(coverage("tconv i2x2 k3x3", "1 2 2 1; 2 4 4 2; 2 4 4 2; 1 2 2 1")),
                right(reach("conv i4x4 k3x3", &[0, 0], "0,0")),
            ]),
        Claim::new("guide-10", True, "its transpose is a convolution with p' = 2")
            .condition("and the flipped kernel")
            .checks(&[stated(same_map(
                &[Apply("conv i2x2 k3x3 p2", "9 8 7; 6 5 4; 3 2 1")],
                "tconv i2x2 k3x3",
                "1 2 3; 4 5 6; 7 8 9",
                "16×4",
            ))]),
        Claim::new("guide-11", True, "p' = k − 1 and o' = i' + (k − 1)").condition("for s = 1, p = 0").checks(&[
            stated(formula("R8", "tconv i2 k3", "2 + 3 − 1 = 4")),
            stated(same_map(&[Apply("conv i2 k3 p2", "3 2 1")], "tconv i2 k3", "1 2 3", "4×2")),
        ]),
        Claim::new("guide-12", True, "p' = k − p − 1 and o' = i' + (k − 1) − 2p")
            .condition("for s = 1; p' is a true padding while p ≤ k − 1")
            .checks(&[
                stated(formula("R9", "tconv i6 k4 p2", "6 + (4 − 1) − 2·2 = 5")),
                stated(same_map(&[Apply("conv i6 k4 p1", "4 3 2 1")], "tconv i6 k4 p2", "1 2 3 4", "5×6")),
            ]),
        Claim::new("guide-13", True, "s − 1 zeros are inserted, the stride is then 1").checks(&[
            stated(formula("R12", "tconv i2 k3 s2", "2·(2 − 1) + 3 = 5")),
            stated(same_map(&[Stretch(2), Apply("conv i3 k3 p2", "3 2 1")], "tconv i2 k3 s2", "1 2 3", "5×2")),
        ]),
        Claim::new("guide-14", True, "the example of 5 by 3, stride 2, padding 1 has p' = 1").checks(&[stated(
            same_map(&[Stretch(2), Apply("conv i5 k3 p1", "3 2 1")], "tconv i3 k3 s2 p1", "1 2 3", "5×3"),
        )]),
        Claim::new("guide-15", False, "the stretched size is i' = o + (o − 1)(i − 1)")
            .right("i' = o + (o − 1)(s − 1); the notes calculate with it later")
            .checks(&[
                against(Stated {
                    formula: "o + (o − 1)(i − 1)",
                    spec: "conv i5 k3 s2 p1",
                    value: |a| [a.input() + (a.input() - 1) * (a.output() - 1), 1],
                    truth: |a| a.stride() * (a.input() - 1) + 1,
                    gives: "11, truth 5",
                }),
                against(Stated {
                    formula: "o + (o − 1)(i − 1)",
                    spec: "conv i7 k3 s3 p1",
                    value: |a| [a.input() + (a.input() - 1) * (a.output() - 1), 1],
                    truth: |a| a.stride() * (a.input() - 1) + 1,
                    gives: "15, truth 7",
                }),
                right(steps("1 2 3", &[Stretch(2)], "1 0 2 0 3")),
                right(steps("1 2 3", &[Stretch(3)], "1 0 0 2 0 0 3")),
            ]),
        Claim::new("guide-16", Conditional, "o = (i − k + 2p)/s + 1")
            .condition("if s divides i − k + 2p")
            .right("o = ⌊(i − k + 2p)/s⌋ + 1")
            .checks(&[
                stated(Stated {
                    formula: "(i − k + 2p)/s + 1",
                    spec: "conv i5 k3 s2 p1",
                    value: without_floor,
                    truth: |a| a.input(),
                    gives: "3, truth 3",
                }),
                against(Stated {
                    formula: "(i − k + 2p)/s + 1",
                    spec: "conv i6 k3 s2 p1",
                    value: without_floor,
                    truth: |a| a.input(),
                    gives: "7/2, truth 3",
                }),
                right(formula("R6", "conv i6 k3 s2 p1", "⌊(6 + 2·1 − 3)/2⌋ + 1 = 3")),
            ]),
        Claim::new("guide-17", True, "o' = (i' − k + 2p')/1 + 1 = i' + k − 2p − 1")
            .condition("with the stretched size for i', as the notes say further down")
            .checks(&[stated(Stated {
                formula: "i' + k − 2p − 1, i' stretched",
                spec: "conv i5 k3 s2 p1",
                value: |a| [a.stride() * (a.input() - 1) + 1 + a.kernel() - 2 * a.padding().begin - 1, 1],
                truth: |a| a.output(),
                gives: "5, truth 5",
            })]),
        Claim::new("guide-18", Conditional, "i = o'")
            .condition("if s divides i + 2p − k, so that nothing is to be added")
            .right("i = o' + a with a = (i + 2p − k) mod s, if o' is computed without a")
            .checks(&[
                stated(back("conv i5 k3 s2 p1", "5 → 3 → 5")),
                against(back("conv i6 k3 s2 p1", "6 → 3 → 5")),
                right(output("tconv i3 k3 s2 p1 a1", "6")),
            ]),
        Claim::new("guide-19", True, "this solves to p' = k − p − 1").condition("with i = o', see guide-18").checks(&[
            stated(same_map(&[Stretch(2), Apply("conv i5 k4 p2", "4 3 2 1")], "tconv i3 k4 s2 p1", "1 2 3 4", "6×3")),
        ]),
        Claim::new("guide-20", True, "o' = (o − 1)s − 2p + k").checks(&[stated(formula(
            "R13",
            "tconv i3 k3 s2 p1",
            "2·(3 − 1) + 3 − 2·1 = 5",
        ))]),
        Claim::new("guide-21", Conditional, "PyTorch's formula is the same")
            .condition("for dilation 1 and output padding 0")
            .right("o' = (o − 1)s − 2p + d(k − 1) + a + 1")
            .checks(&[
                stated(formula("RT", "tconv i3 k3 s2 p1", "2·(3 − 1) + 1·(3 − 1) + 1 − 1 − 1 + 0 = 5")),
                against(Stated {
                    formula: "(o − 1)s − 2p + k",
                    spec: "tconv i3 k3 s2 p1 a1 d2",
                    value: |a| [a.stride() * (a.input() - 1) - 2 * a.padding().begin + a.kernel(), 1],
                    truth: |a| a.output(),
                    gives: "5, truth 8",
                }),
            ]),
    ];

fn without_floor(a: &crate::geometry::Axis) -> [i64; 2] {
    [a.output() - a.kernel() + 2 * a.padding().begin + a.stride(), a.stride()]
}
