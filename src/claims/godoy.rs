//! D. Voigt Godoy, "What are transposed convolutions?".
//!
//! The text's two examples have a kernel of ones, which is its own rotation: they cannot show that
//! the recipe of the text, pad and convolve with the same kernel, forgets to flip it.

use super::Claim;
use super::Step::{Apply, Stretch};
use super::Verdict::{Conditional, Picture, True, Typo};
use super::check::Check::{Determinants, Proved, Stated};
use super::write::{against, back, output, rank, right, same_map, stated, steps};

const IDENTITY: &str = "0 0 0; 0 1 0; 0 0 0";

pub(super) const CLAIMS: &[Claim] = &[
    Claim::new("godoy-1", True, "decoders of autoencoders and generators of GANs use them")
        .condition("many do, not all: SegNet unpools, ESPCN shuffles pixels")
        .see("Radford et al., DCGAN, 2015; Isola et al., pix2pix, 2017; Badrinarayanan et al., SegNet, 2017")
        .checks(&[
            stated(output("tconv i4x4 k5x5 s2 p2 a1 c1024:512", "8×8")),
            stated(output("tconv i1x1 k4x4 s2 p1 c512:512", "2×2")),
        ]),
    Claim::new("godoy-2", Conditional, "their purpose is to enlarge height and width")
        .condition("they do exactly if (s − 1)(i − 1) + d(k − 1) + a > p_b + p_e")
        .checks(&[
            stated(output("tconv i2x2 k2x2", "3×3")),
            against(output("tconv i4x4 k3x3 p1", "4×4")),
            against(output("tconv i2x2 k2x2 p1", "1×1")),
        ]),
    Claim::new("godoy-3", Conditional, "an ordinary convolution makes its input smaller")
        .condition("not with half padding, which keeps the size, nor with full padding")
        .checks(&[
            stated(output("conv i4x4 k3x3", "2×2")),
            against(output("conv i5x5 k3x3 p1", "5×5")),
            against(output("conv i5x5 k3x3 p2", "7×7")),
        ]),
    Claim::new("godoy-4", Conditional, "a convolution cannot be undone, its input is lost")
        .condition("always where the result has fewer cells; else it depends on kernel, padding and size")
        .checks(&[
            stated(rank("conv i4x4 k3x3", "1..9", "rank 4 of 4×16")),
            stated(rank("conv i5x5 k3x3 p1", "1..9", "rank 23 of 25×25")),
            against(rank("conv i4x4 k3x3 p1", "1..9", "rank 16 of 16×16")),
            against(rank("conv i5x5 k3x3 p2", "1..9", "rank 25 of 49×25")),
            against(Determinants { weight: "1 2 1", values: "2 3 4 5 6 7 8 9 10" }),
            right(Determinants { weight: "1 1 1", values: "1 0 -1 -1 0 1 1 0 -1" }),
        ]),
    Claim::new("godoy-5", Conditional, "even the identity filter loses outer rows and columns")
        .condition("without padding; with p = 1 the 3×3 identity loses nothing")
        .checks(&[
            stated(rank("conv i4x4 k3x3", IDENTITY, "rank 4 of 4×16")),
            stated(rank("conv i5x5 k3x3", IDENTITY, "rank 9 of 9×25")),
            stated(rank("conv i6x6 k3x3", IDENTITY, "rank 16 of 16×36")),
            against(rank("conv i4x4 k3x3 p1", IDENTITY, "rank 16 of 16×16")),
        ]),
    Claim::new("godoy-6", Conditional, "a transposed convolution restores the reduced size")
        .condition("if s divides i + p_b + p_e − d(k − 1) − 1")
        .right("the remainder of that division is the output padding that restores the size")
        .checks(&[
            stated(back("conv i4x4 k3x3", "4×4 → 2×2 → 4×4")),
            against(back("conv i6 k3 s2 p1", "6 → 3 → 5")),
            right(output("tconv i3 k3 s2 p1 a1", "6")),
        ]),
    Claim::new("godoy-7", Typo, "images have a height and a weight")
        .right("height and width")
        .see("its first lines, which speak of height and width"),
    Claim::new("godoy-8", True, "\"deconvolution\" is not an accurate name either")
        .condition("a deconvolution would bring back the values, not only the size")
        .see("Dumoulin and Visin advise against that name for the same reason")
        .checks(&[stated(steps(
            "4 5 8 7; 1 8 8 8; 3 6 6 4; 6 5 7 8",
            &[Apply("conv i4x4 k3x3", "1 4 1; 1 4 3; 3 3 1"), Apply("tconv i2x2 k3x3", "1 4 1; 1 4 3; 3 3 1")],
            "122 636 714 148; 248 1274 1620 578; 492 1448 1480 550; 378 780 528 134",
        ))]),
    Claim::new("godoy-9", True, "the example: 2×2 ones and a 2×2 kernel of ones")
        .condition("constant and symmetric: with such a kernel a missing flip cannot be seen")
        .checks(&[
            stated(steps("1 1; 1 1", &[Apply("conv i2x2 k2x2 p1", "1 1; 1 1")], "1 2 1; 2 4 2; 1 2 1")),
            stated(steps("1 1; 1 1", &[Apply("tconv i2x2 k2x2", "1 1; 1 1")], "1 2 1; 2 4 2; 1 2 1")),
        ]),
    Claim::new("godoy-10", Typo, "the function is called F.conv_transposed2d")
        .right("conv_transpose2d, as in the text's own code")
        .see("PyTorch documentation, torch.nn.functional.conv_transpose2d"),
    Claim::new("godoy-11", True, "stride 1, padding 0: the ones give 1 2 1; 2 4 2; 1 2 1").checks(&[stated(steps(
        "1 1; 1 1",
        &[Apply("tconv i2x2 k2x2", "1 1; 1 1")],
        "1 2 1; 2 4 2; 1 2 1",
    ))]),
    Claim::new("godoy-12", Typo, "several statements of the code stand on one line")
        .right("a line break before each: as printed in translation the code does not run")
        .see("the code as it is printed"),
    Claim::new("godoy-13", Conditional, "the implicit padding is k − p − 1")
        .condition("for d = 1 and a = 0; where it is negative it crops")
        .right("d(k − 1) − p on each side, and a more at the end")
        .checks(&[
            stated(steps("1 1; 1 1", &[Apply("conv i2x2 k2x2 p1", "1 1; 1 1")], "1 2 1; 2 4 2; 1 2 1")),
            against(output("conv i5 k3 p2 d2", "5")),
            right(output("tconv i3 k3 s2 d2", "9")),
            right(same_map(&[Stretch(2), Apply("conv i5 k3 p4 d2", "3 2 1")], "tconv i3 k3 s2 d2", "1 2 3", "9×3")),
            right(same_map(&[Apply("conv i5 k2 p-1", "2 1")], "tconv i5 k2 p2", "1 2", "2×5")),
        ]),
    Claim::new("godoy-14", True, "the padded image is 4×4, the ones within a border of zeros")
        .checks(&[stated(steps("1 1; 1 1", &[Apply("conv i2x2 k1x1 p1", "1")], "0 0 0 0; 0 1 1 0; 0 1 1 0; 0 0 0 0"))]),
    Claim::new("godoy-15", Conditional, "a plain convolution of the padded image gives the result")
        .condition("only for kernels equal to their own rotation by 180°")
        .right("flip the kernel: convolve the padded image with the taps in reverse order")
        .checks(&[
            stated(steps("1 1; 1 1", &[Apply("conv i2x2 k2x2 p1", "1 1; 1 1")], "1 2 1; 2 4 2; 1 2 1")),
            against(steps("0 1; 2 3", &[Apply("conv i2x2 k2x2 p1", "0 1; 2 3")], "0 3 2; 6 14 6; 2 3 0")),
            right(steps("0 1; 2 3", &[Apply("tconv i2x2 k2x2", "0 1; 2 3")], "0 0 1; 0 4 6; 4 12 9")),
            right(same_map(&[Apply("conv i2x2 k2x2 p1", "3 2; 1 0")], "tconv i2x2 k2x2", "0 1; 2 3", "9×4")),
        ]),
    Claim::new("godoy-16", True, "the inner convolution always has stride 1")
        .checks(&[stated(Proved { spec: "tconv i2x2 k3x3 s2" })]),
    Claim::new("godoy-17", Conditional, "the stride is not used at all")
        .condition("for s = 1, where s − 1 = 0 zeros are inserted")
        .checks(&[
            stated(steps("1 1; 1 1", &[Stretch(1)], "1 1; 1 1")),
            against(steps("1 1; 1 1", &[Stretch(2)], "1 0 1; 0 0 0; 1 0 1")),
        ]),
    Claim::new("godoy-18", True, "stride 2, padding 0: the ones give 4×4 ones").checks(&[stated(steps(
        "1 1; 1 1",
        &[Apply("tconv i2x2 k2x2 s2", "1 1; 1 1")],
        "1 1 1 1; 1 1 1 1; 1 1 1 1; 1 1 1 1",
    ))]),
    Claim::new("godoy-19", Conditional, "s − 1 rows and columns of zeros are inserted")
        .condition("in each gap: (i − 1)(s − 1) in all, which for i = 2 is the same")
        .checks(&[
            stated(steps("1 10", &[Stretch(3)], "1 0 0 10")),
            against(steps("1 10 100", &[Stretch(3)], "1 0 0 10 0 0 100")),
        ]),
    Claim::new("godoy-20", True, "the stretched image is 1 0 1; 0 0 0; 1 0 1").checks(&[stated(steps(
        "1 1; 1 1",
        &[Stretch(2)],
        "1 0 1; 0 0 0; 1 0 1",
    ))]),
    Claim::new("godoy-21", Conditional, "a plain convolution of the stretched image with padding 1")
        .condition("only for kernels equal to their own rotation by 180°")
        .right("flip the kernel")
        .checks(&[
            stated(steps(
                "1 1; 1 1",
                &[Stretch(2), Apply("conv i3x3 k2x2 p1", "1 1; 1 1")],
                "1 1 1 1; 1 1 1 1; 1 1 1 1; 1 1 1 1",
            )),
            against(steps(
                "0 1; 2 3",
                &[Stretch(2), Apply("conv i3x3 k2x2 p1", "0 1; 2 3")],
                "0 0 3 2; 0 0 1 0; 6 4 9 6; 2 0 3 0",
            )),
            right(steps("0 1; 2 3", &[Apply("tconv i2x2 k2x2 s2", "0 1; 2 3")], "0 0 0 1; 0 0 2 3; 0 2 0 3; 4 6 6 9")),
            right(same_map(
                &[Stretch(2), Apply("conv i3x3 k2x2 p1", "3 2; 1 0")],
                "tconv i2x2 k2x2 s2",
                "0 1; 2 3",
                "16×4",
            )),
        ]),
    Claim::new("godoy-22", True, "a stride above 1 adds an earlier step: stretch, then pad")
        .condition("the order matters: zeros that are padded first would be stretched too")
        .checks(&[
            stated(steps("1 10", &[Stretch(2), Apply("conv i3 k1 p1", "1")], "0 1 0 10 0")),
            stated(steps("1 10", &[Apply("conv i2 k1 p1", "1"), Stretch(2)], "0 0 1 0 10 0 0")),
        ]),
    Claim::new("godoy-23", Conditional, "the two examples are enough for the gist")
        .condition("they cannot show flips, nor output padding, padding, dilation, channels and groups")
        .checks(&[
            stated(steps("1 1; 1 1", &[Apply("conv i2x2 k2x2 p1", "1 1; 1 1")], "1 2 1; 2 4 2; 1 2 1")),
            against(steps("1", &[Apply("conv i1x1 k3x3 p2", "1 2 3; 4 5 6; 7 8 9")], "9 8 7; 6 5 4; 3 2 1")),
            right(steps("1", &[Apply("tconv i1x1 k3x3", "1 2 3; 4 5 6; 7 8 9")], "1 2 3; 4 5 6; 7 8 9")),
        ]),
    Claim::new("godoy-24", Picture, "a formula gives the size of the result")
        .condition("s(i − 1) + k − 2p fits both examples; it leaves out d and a")
        .checks(&[
            stated(output("tconv i2x2 k2x2", "3×3")),
            stated(output("tconv i2x2 k2x2 s2", "4×4")),
            against(Stated {
                formula: "s(i − 1) + k − 2p",
                spec: "tconv i3 k3 s2 d2",
                value: |a| [a.stride() * (a.input() - 1) + a.kernel() - 2 * a.padding().begin, 1],
                truth: |a| a.output(),
                gives: "7, truth 9",
            }),
        ]),
    Claim::new("godoy-25", True, "to take it for the opposite of a convolution is too easy").checks(&[
        stated(back("conv i6 k3 s2 p1", "6 → 3 → 5")),
        stated(steps(
            "0 1 2; 3 4 5; 6 7 8",
            &[Apply("conv i3x3 k2x2", "1 2; 3 4"), Apply("tconv i2x2 k2x2", "1 2; 3 4")],
            "27 91 74; 138 400 282; 171 429 268",
        )),
    ]),
];
