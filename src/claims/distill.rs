//! A. Odena, V. Dumoulin, C. Olah, "Deconvolution and Checkerboard Artifacts", Distill 2016.

use super::Step::{Apply, InTurns, Nearest};
use super::Verdict::{Conditional, True};
use super::write::{against, coverage, same_map, stated, steps};
use super::{Claim, Step};

/// Four ones to nine cells.
const STAMP: Step = Apply("tconv i4 k3 s2", "1 1 1");

pub(super) const CLAIMS: &[Claim] = &[
    Claim::new("distill-1", Conditional, "overlap is uneven if the stride does not divide the kernel")
        .condition("of dilation 1; with dilation also where d and s have a common divisor")
        .right("it is even exactly if gcd(d, s) = 1 and s divides k")
        .checks(&[
            stated(coverage("tconv i3 k3 s2", "1 1 2 1 2 1 1")),
            stated(coverage("tconv i3 k4 s2", "1 1 2 2 2 2 1 1")),
            against(coverage("tconv i3 k4 s2 d2", "1 0 2 0 3 0 3 0 2 0 1")),
        ]),
    Claim::new("distill-2", True, "k 3, s 2: overlaps differ by 2, in two dimensions by 4").checks(&[
        stated(coverage("tconv i2 k3 s2", "1 1 2 1 1")),
        stated(coverage("tconv i2x2 k3x3 s2", "1 1 2 1 1; 1 1 2 1 1; 2 2 4 2 2; 1 1 2 1 1; 1 1 2 1 1")),
    ]),
    Claim::new("distill-3", True, "weights can be learned that balance uneven overlap")
        .condition("those whose taps have equal sums for each residue of their place mod s")
        .checks(&[
            stated(steps("1 1 1", &[Apply("tconv i3 k3 s2", "1 2 1")], "1 2 2 2 2 2 1")),
            stated(steps("1 1 1", &[Apply("tconv i3 k3 s2", "1 1 1")], "1 1 2 1 2 1 1")),
        ]),
    Claim::new("distill-4", True, "a kernel that the stride divides can still make artifacts").checks(&[
        stated(coverage("tconv i3 k4 s2", "1 1 2 2 2 2 1 1")),
        stated(steps("1 1 1", &[Apply("tconv i3 k4 s2", "1 2 3 4")], "1 2 4 6 4 6 3 4")),
    ]),
    Claim::new("distill-5", True, "stacked layers often compound to several scales")
        .condition("two layers of ones with k 3, s 2 repeat after 4 cells: 3 2 3 1")
        .checks(&[
            stated(steps("1 1 1 1", &[STAMP], "1 1 2 1 2 1 2 1 1")),
            stated(steps(
                "1 1 1 1",
                &[STAMP, Apply("tconv i9 k3 s2", "1 1 1")],
                "1 1 2 1 3 2 3 1 3 2 3 1 3 2 3 1 2 1 1",
            )),
        ]),
    Claim::new("distill-6", True, "stride 1 can remove artifacts whose period divides its size")
        .condition("ones of size m remove a period s exactly if s divides m, and damp others")
        .checks(&[
            stated(steps("2 1 2 1 2 1", &[Apply("conv i6 k2", "1 1")], "3 3 3 3 3")),
            stated(steps("2 1 2 1 2 1", &[Apply("conv i6 k4", "1 1 1 1")], "6 6 6")),
            stated(steps("2 1 2 1 2 1", &[Apply("conv i6 k3", "1 1 1")], "5 4 5 4")),
        ]),
    Claim::new("distill-7", True, "resizing, then a convolution ties weights")
        .condition("it is a transposed convolution with 4 taps made of 3 weights, of equal sums 6 and 6")
        .checks(&[
            stated(same_map(&[Nearest(2), Apply("conv i6 k3 p1", "1 2 3")], "tconv i3 k4 s2 p1", "3 5 3 1", "6×3")),
            stated(steps("1 1 1", &[Nearest(2), Apply("conv i6 k3 p1", "1 2 3")], "5 6 6 6 6 3")),
        ]),
    Claim::new("distill-8", True, "if s divides k it is a sub-pixel convolution")
        .condition("without padding; the convolutions have full padding and the phases of the flipped kernel")
        .checks(&[stated(same_map(&[InTurns("conv i3 k2 p1", &["3 1", "4 2"])], "tconv i3 k4 s2", "1 2 3 4", "8×3"))]),
];
