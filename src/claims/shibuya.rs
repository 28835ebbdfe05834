//! N. Shibuya, "Up-sampling with Transposed Convolution".
//!
//! The numbers of its example are in pictures; those here are of a public notebook on the article
//! (github.com/mkmohangb/vision).

use super::Claim;
use super::Step::{Apply, Nearest, Stretch};
use super::Verdict::{Conditional, True, Typo};
use super::check::Check::{Matrix, Refused};
use super::write::{
    C_OF_4X4, TRANSPOSE_OF_2X2, against, cost, coverage, output, reach, right, same_map, stated, steps,
};
use super::{Check, Counts};

const K: &str = "1 4 1; 1 4 3; 3 3 1";

/// The transpose of the same convolution, as an image of counts.
const TAPS_OF_4X4: Check = coverage("tconv i2x2 k3x3", "1 2 2 1; 2 4 4 2; 2 4 4 2; 1 2 2 1");

pub(super) const CLAIMS: &[Claim] = &[
    Claim::new("shibuya-1", True, "nearest, bilinear, bicubic are fixed, not learned")
        .condition("they are transposed convolutions with fixed taps: nearest everywhere, the others inside")
        .checks(&[
            stated(same_map(&[Nearest(2)], "tconv i3 k2 s2", "1 1", "6×3")),
            stated(steps("1 1 1 1", &[Apply("tconv i4 k4 s2 p1", "1/4 3/4 3/4 1/4")], "3/4 1 1 1 1 1 1 3/4")),
        ]),
    Claim::new("shibuya-2", True, "also called deconvolution (misleading), fractionally strided")
        .see("Dumoulin and Visin, 2016, who discuss both names"),
    Claim::new("shibuya-3", Conditional, "a transposed convolution learns the best upsampling")
        .condition("its weights are free, bilinear ×2 inside is among them; nothing promises the best")
        .checks(&[
            stated(steps("0 4 8 12", &[Apply("tconv i4 k4 s2 p1", "1/4 3/4 3/4 1/4")], "0 1 3 5 7 9 11 9")),
            against(steps("1 1 1", &[Apply("tconv i3 k4 s2 p1", "1 0 0 0")], "0 1 0 1 0 0")),
        ]),
    Claim::new("shibuya-4", True, "the generator of DCGAN makes an image by them")
        .condition("four layers from 4 to 64 in the paper's code; the port to Torch has five with k = 4")
        .see("Radford et al., DCGAN, 2015")
        .checks(&[
            stated(output("tconv i4x4 k5x5 s2 p2 a1 c1024:512", "8×8")),
            stated(output("tconv i8x8 k5x5 s2 p2 a1 c512:256", "16×16")),
            stated(output("tconv i16x16 k5x5 s2 p2 a1 c256:128", "32×32")),
            stated(output("tconv i32x32 k5x5 s2 p2 a1 c128:3", "64×64")),
        ]),
    Claim::new("shibuya-5", Conditional, "decoders for segmentation need them")
        .condition("FCN and U-Net have them; SegNet unpools, others interpolate")
        .see("Long et al., FCN, 2015; Ronneberger et al., U-Net, 2015; Badrinarayanan et al., SegNet, 2017")
        .checks(&[
            stated(output("tconv i16x16 k4x4 s2 c21:21", "34×34")),
            stated(output("tconv i28x28 k2x2 s2 c1024:512", "56×56")),
        ]),
    Claim::new("shibuya-6", True, "4×4 by 3×3 without padding: 2×2, four positions")
        .checks(&[stated(output("conv i4x4 k3x3", "2×2"))]),
    Claim::new("shibuya-7", True, "the top left input influences the top left output")
        .condition("and no other")
        .checks(&[stated(reach("conv i4x4 k3x3", &[0, 0], "0,0"))]),
    Claim::new("shibuya-8", Conditional, "convolution: many to one; transposed: one to many")
        .condition(
            "both are many to many: an input of C reaches up to 4 outputs, an output of Cᵀ collects up to 4 inputs",
        )
        .checks(&[
            stated(C_OF_4X4),
            against(TAPS_OF_4X4),
            against(Check::Counts {
                spec: "conv i5x5 k3x3 p1",
                counts: Counts { size: [25, 25], taps: 169, weights: 9, row: [4, 9], column: [4, 9] },
            }),
        ]),
    Claim::new("shibuya-9", True, "2×2 becomes 4×4, each input in 9 outputs").checks(&[stated(TRANSPOSE_OF_2X2)]),
    Claim::new("shibuya-10", True, "a 4×16 matrix, each row one placement among zeros").checks(&[stated(Matrix {
        spec: "conv i4x4 k3x3",
        weight: None,
        rows: "w00 w01 w02 0 w10 w11 w12 0 w20 w21 w22 0 0 0 0 0; \
               0 w00 w01 w02 0 w10 w11 w12 0 w20 w21 w22 0 0 0 0; \
               0 0 0 0 w00 w01 w02 0 w10 w11 w12 0 w20 w21 w22 0; \
               0 0 0 0 0 w00 w01 w02 0 w10 w11 w12 0 w20 w21 w22",
    })]),
    Claim::new("shibuya-11", True, "the input is flattened to 16×1").condition("row by row").checks(&[
        stated(C_OF_4X4),
        stated(Matrix { spec: "conv i2x2 k1x2", weight: None, rows: "w00 w01 0 0; 0 0 w00 w01" }),
    ]),
    Claim::new("shibuya-12", Typo, "the 4×16 matrix times a column of 1×16")
        .right("a column vector is 16×1")
        .checks(&[right(C_OF_4X4)]),
    Claim::new("shibuya-13", True, "the product, as 2×2, is the direct result").checks(&[stated(steps(
        "4 5 8 7; 1 8 8 8; 3 6 6 4; 6 5 7 8",
        &[Apply("conv i4x4 k3x3", K)],
        "122 148; 126 134",
    ))]),
    Claim::new("shibuya-14", True, "the matrix only rearranges the kernel's weights").checks(&[stated(C_OF_4X4)]),
    Claim::new("shibuya-15", True, "Cᵀ (16×4) times 4×1 is 16×1, one to nine").checks(&[
        stated(TRANSPOSE_OF_2X2),
        stated(steps("2 1; 4 4", &[Apply("tconv i2x2 k3x3", K)], "2 9 6 1; 6 29 30 7; 10 29 33 13; 12 24 16 4")),
    ]),
    Claim::new("shibuya-16", Conditional, "transposing gives only the shape, values are free")
        .condition("the zeros and who shares a tap are fixed too: 9 free numbers, not 64")
        .checks(&[against(TRANSPOSE_OF_2X2)]),
    Claim::new("shibuya-17", True, "the same connections as a convolution, backwards").checks(&[
        stated(reach("conv i4x4 k3x3", &[1, 1], "0,0 0,1 1,0 1,1")),
        stated(reach("tconv i2x2 k3x3", &[0, 0], "0,0 0,1 0,2 1,0 1,1 1,2 2,0 2,1 2,2")),
    ]),
    Claim::new("shibuya-18", Conditional, "no convolution in essence, but can be seen as one")
        .condition("it is one exactly: of the stretched and padded input, stride 1, flipped kernel")
        .checks(&[
            against(same_map(&[Apply("conv i4 k3 p2", "3 2 1")], "tconv i4 k3", "1 2 3", "6×4")),
            right(same_map(
                &[Stretch(2), Apply("conv i3x3 k2x2 p1", "3 2; 1 0")],
                "tconv i2x2 k2x2 s2",
                "0 1; 2 3",
                "16×4",
            )),
        ]),
    Claim::new("shibuya-19", Conditional, "zeros between, then a plain convolution: the same effect")
        .condition("with padding d(k − 1) − p, a more at the end, and the flipped kernel")
        .checks(&[
            against(Refused { spec: "conv i2x2 k3x3", rule: "G6" }),
            against(steps("2 1; 4 4", &[Apply("conv i2x2 k3x3 p2", K)], "2 7 9 3; 10 27 30 13; 14 37 26 5; 4 20 20 4")),
            right(steps("2 1; 4 4", &[Apply("tconv i2x2 k3x3", K)], "2 9 6 1; 6 29 30 7; 10 29 33 13; 12 24 16 4")),
            right(same_map(&[Apply("conv i2x2 k3x3 p2", "1 3 3; 3 4 1; 1 4 1")], "tconv i2x2 k3x3", K, "16×4")),
        ]),
    Claim::new("shibuya-20", True, "to insert zeros is inefficient")
        .condition("without padding (s(i − 1) + k)²k² products for i²k²")
        .checks(&[
            stated(cost("tconv i2x2 k3x3 s2", 225, 36)),
            stated(cost("tconv i32x32 k4x4 s2", 69_696, 16_384)),
            stated(cost("tconv i8x8 k16x16 s8", 1_327_104, 16_384)),
        ]),
    Claim::new("shibuya-21", Conditional, "a transposed convolution causes checkerboards")
        .condition("if the taps t with d·t ≡ r (mod s) have different sums for different r")
        .checks(&[
            stated(coverage("tconv i3 k3 s2", "1 1 2 1 2 1 1")),
            stated(steps("1 1 1", &[Apply("tconv i3 k4 s2", "1 0 0 0")], "1 0 1 0 1 0 0 0")),
            against(steps("1 1 1", &[Apply("tconv i3 k3 s2", "1 2 1")], "1 2 2 2 2 2 1")),
        ]),
    Claim::new("shibuya-22", Typo, "Distill advises to resize after a convolution")
        .condition("the order was turned round by the translation")
        .right("resize first, then convolve: the two do not commute")
        .checks(&[
            right(steps("1 2 4", &[Nearest(2), Apply("conv i6 k3 p1", "1 2 3")], "5 9 11 18 22 12")),
            against(steps("1 2 4", &[Apply("conv i3 k3 p1", "1 2 3"), Nearest(2)], "8 8 17 17 10 10")),
        ]),
];
