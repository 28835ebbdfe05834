//! Class notes on the chapter "Transposed Convolution" of d2l.ai.
//!
//! X = 0 1; 2 3 and K the same throughout; the matrix example has X = 0 … 8 and K = 1 2; 3 4.

use super::Claim;
use super::Step::{Apply, Stretch};
use super::Verdict::{Conditional, False, True};
use super::check::Check::{Matrix, NullVector, Proved};
use super::write::{against, back, back_count, coverage, output, rank, reach, right, same_map, stated, steps};

pub(super) const CLAIMS: &[Claim] = &[
    Claim::new("d2l-1", False, "transposed convolution was proposed only in 2016")
        .right("2016 is the year of the guide by Dumoulin and Visin; it was in use years before")
        .see(
            "Zeiler et al., Deconvolutional networks, 2010; Long et al., FCN, 2014; Radford et al., DCGAN, \
             arXiv:1511.06434, 2015",
        ),
    Claim::new("d2l-2", Conditional, "it is a special kind of convolution")
        .condition("of the stretched and padded input, with the flipped kernel; of its own input it is none")
        .checks(&[
            stated(same_map(
                &[Stretch(2), Apply("conv i3x3 k2x2 p1", "3 2; 1 0")],
                "tconv i2x2 k2x2 s2",
                "0 1; 2 3",
                "16×4",
            )),
            against(Matrix { spec: "tconv i2 k2 s2", weight: None, rows: "w0 0; w1 0; 0 w0; 0 w1" }),
        ]),
    Claim::new("d2l-3", Conditional, "convolutions shrink; padding enlarges, but is unreliable")
        .condition("for s = 1 the result is larger if p_b + p_e > d(k − 1); p ≥ k makes p − k + 1 cells of zeros")
        .checks(&[
            stated(output("conv i4x4 k3x3", "2×2")),
            against(output("conv i5x5 k3x3 p2", "7×7")),
            right(coverage("conv i4 k3 p3", "0 1 2 3 3 2 1 0")),
            right(coverage("conv i4 k3 p4", "0 0 1 2 3 3 2 1 0 0")),
        ]),
    Claim::new("d2l-4", True, "segmentation labels each pixel, so shrinking is a problem")
        .condition("the last layer of FCN-32s brings 16×16 back, to be cropped to an image of 500×500")
        .see("Long et al., FCN, 2015")
        .checks(&[stated(output("tconv i16x16 k64x64 s32 c21:21", "544×544"))]),
    Claim::new("d2l-5", Conditional, "its sizes are those of the convolution, exchanged")
        .condition("if s divides i + p_b + p_e − d(k − 1) − 1")
        .checks(&[
            stated(back("conv i16x16 k5x5 s3 p2", "16×16 → 6×6 → 16×16")),
            against(back("conv i17 k5 s3 p2", "17 → 6 → 16")),
        ]),
    Claim::new("d2l-6", Conditional, "the kernel meets each input pixel, so the size grows")
        .condition("exactly if (s − 1)(i − 1) + d(k − 1) + a > p_b + p_e")
        .checks(&[
            stated(reach("tconv i2x2 k2x2", &[0, 0], "0,0 0,1 1,0 1,1")),
            stated(output("tconv i2x2 k2x2", "3×3")),
            against(output("tconv i4x4 k3x3 p1", "4×4")),
            against(output("tconv i2x2 k2x2 p1", "1×1")),
        ]),
    Claim::new("d2l-7", True, "padding and stride act on the output")
        .condition("padding crops it, the stride is the distance of the stamps in it")
        .checks(&[
            stated(steps("0 1; 2 3", &[Apply("tconv i2x2 k2x2 p1", "0 1; 2 3")], "4")),
            stated(steps("0 1; 2 3", &[Apply("tconv i2x2 k2x2 s2", "0 1; 2 3")], "0 0 0 1; 0 0 2 3; 0 2 0 3; 4 6 6 9")),
        ]),
    Claim::new("d2l-8", False, "with the same parameters the two are alike, only reversed")
        .right("sizes come back if s divides i + p_b + p_e − d(k − 1) − 1; values in general never")
        .checks(&[
            stated(back("conv i16x16 k5x5 s3 p2", "16×16 → 6×6 → 16×16")),
            against(back("conv i17 k5 s3 p2", "17 → 6 → 16")),
            stated(back_count(1, "862 of 862")),
            against(back_count(2, "434 of 862")),
            against(back_count(3, "292 of 862")),
            against(back_count(4, "220 of 862")),
            against(steps(
                "0 1 2; 3 4 5; 6 7 8",
                &[Apply("conv i3x3 k2x2", "1 2; 3 4"), Apply("tconv i2x2 k2x2", "1 2; 3 4")],
                "27 91 74; 138 400 282; 171 429 268",
            )),
        ]),
    Claim::new("d2l-9", True, "the function trans_conv gives 0 0 1; 0 4 6; 4 12 9")
        .condition("it has stride 1 and no padding")
        .checks(&[stated(steps("0 1; 2 3", &[Apply("tconv i2x2 k2x2", "0 1; 2 3")], "0 0 1; 0 4 6; 4 12 9"))]),
    Claim::new("d2l-10", True, "nn.ConvTranspose2d gives the same").condition("the cell is printed twice").checks(&[
        stated(steps("0 1; 2 3", &[Apply("tconv i2x2 k2x2", "0 1; 2 3")], "0 0 1; 0 4 6; 4 12 9")),
        stated(Proved { spec: "tconv i2x2 k2x2" }),
    ]),
    Claim::new("d2l-11", True, "padding 1 leaves the 4 in the middle of a 33 matrix")
        .condition("\"33\" is 3×3, its sign was lost")
        .checks(&[
            stated(output("tconv i2x2 k2x2", "3×3")),
            stated(steps("0 1; 2 3", &[Apply("tconv i2x2 k2x2 p1", "0 1; 2 3")], "4")),
        ]),
    Claim::new("d2l-12", True, "padding makes the output smaller").condition("by p_b + p_e").checks(&[
        stated(output("tconv i2x2 k2x2", "3×3")),
        stated(output("tconv i2x2 k2x2 p1", "1×1")),
        stated(output("tconv i2x2 k2x2 p0:1", "2×2")),
    ]),
    Claim::new("d2l-13", Conditional, "the stride makes the output larger")
        .condition("if i > 1; of one cell there is no neighbour at a distance")
        .checks(&[
            stated(output("tconv i2x2 k2x2", "3×3")),
            stated(output("tconv i2x2 k2x2 s2", "4×4")),
            against(output("tconv i1x1 k2x2", "2×2")),
            against(output("tconv i1x1 k2x2 s2", "2×2")),
        ]),
    Claim::new("d2l-14", False, "16×16 comes back with k5 p2 s3, which proves the reversal")
        .condition("the printed result is right: 16 + 2·2 − 5 = 15, and 3 divides 15")
        .right("one size proves nothing: with 17 the same layers give False")
        .checks(&[
            stated(back("conv i16x16 k5x5 s3 p2 c10:20", "16×16 → 6×6 → 16×16")),
            against(back("conv i17x17 k5x5 s3 p2 c10:20", "17×17 → 6×6 → 16×16")),
        ]),
    Claim::new("d2l-15", True, "a convolution is a special matrix product").checks(&[stated(Matrix {
        spec: "conv i3x3 k2x2",
        weight: Some("1 2; 3 4"),
        rows: "1 2 0 3 4 0 0 0 0; 0 1 2 0 3 4 0 0 0; 0 0 0 1 2 0 3 4 0; 0 0 0 0 1 2 0 3 4",
    })]),
    Claim::new("d2l-16", True, "0 … 8 as 3×3 with 1 2; 3 4 gives 27 37; 57 67").checks(&[stated(steps(
        "0 1 2; 3 4 5; 6 7 8",
        &[Apply("conv i3x3 k2x2", "1 2; 3 4")],
        "27 37; 57 67",
    ))]),
    Claim::new("d2l-17", True, "by the matrix: Wx is Y, and Wᵀy is trans_conv(Y)")
        .condition("the function is made for 3×3 and 2×2 only; == is safe here, all numbers are small integers")
        .checks(&[
            stated(Matrix {
                spec: "conv i3x3 k2x2",
                weight: Some("1 2; 3 4"),
                rows: "1 2 0 3 4 0 0 0 0; 0 1 2 0 3 4 0 0 0; 0 0 0 1 2 0 3 4 0; 0 0 0 0 1 2 0 3 4",
            }),
            stated(steps("0 1 2; 3 4 5; 6 7 8", &[Apply("conv i3x3 k2x2", "1 2; 3 4")], "27 37; 57 67")),
            stated(steps(
                "27 37; 57 67",
                &[Apply("tconv i2x2 k2x2", "1 2; 3 4")],
                "27 91 74; 138 400 282; 171 429 268",
            )),
        ]),
    Claim::new("d2l-18", False, "the values too can be learned to be fully restored")
        .right("inputs that differ by a null vector have one result; only data without such pairs can be restored")
        .checks(&[
            against(rank("conv i3x3 k2x2", "1 2; 3 4", "rank 4 of 4×9")),
            against(NullVector { spec: "conv i3x3 k2x2", weight: "1 2; 3 4", vector: "4 -2 1; 0 0 0; 0 0 0" }),
            against(steps("4 -2 1; 0 0 0; 0 0 0", &[Apply("conv i3x3 k2x2", "1 2; 3 4")], "0 0; 0 0")),
        ]),
    Claim::new("d2l-19", True, "a deconvolution is the strict inverse")
        .condition("by definition; a transposed convolution is not one")
        .checks(&[stated(steps(
            "0 1 2; 3 4 5; 6 7 8",
            &[Apply("conv i3x3 k2x2", "1 2; 3 4"), Apply("tconv i2x2 k2x2", "1 2; 3 4")],
            "27 91 74; 138 400 282; 171 429 268",
        ))]),
];
