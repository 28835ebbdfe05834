//! An evaluation needs its operands, its result and a bounded rest; a matrix its three arrays.
//!
//! An allocator counts the bytes of this process: exact numbers, no timing. What is allowed beside
//! operands and result is less than one operand as 64-bit numbers, so that a copy of one is seen.
#![allow(clippy::unwrap_used)]

use convproof::evaluate::{Accumulator, Scaled, Target, accumulator, magnitudes, sums};
use convproof::geometry::Geometry;
use convproof::matrix::{Arrays, Builder};
use convproof::scalar::Dyadic;
use convproof::{Side, Spec};
use peak_alloc::PeakAlloc;

#[global_allocator]
static COUNTING: PeakAlloc = PeakAlloc;

/// The most bytes that `run` held at once, and those that its result holds.
fn bytes<R>(run: impl FnOnce() -> R) -> (usize, usize, R) {
    let before = COUNTING.current_usage();
    COUNTING.reset_peak_usage();
    let result = run();
    (COUNTING.peak_usage() - before, COUNTING.current_usage() - before, result)
}

/// What an evaluation may hold beside its operands and its result is 64 MB. This is stricter, so that
/// smaller tensors show a copy: those below have 2.25 million cells, 18 MB as 64-bit numbers.
const REST: usize = 16 << 20;

/// What a build may hold beside its arrays.
const TEMPLATES: usize = 1 << 19;

fn geometry(words: &str) -> Geometry {
    words.parse::<Spec>().unwrap().geometry
}

/// Numbers of so many bits, over so many powers of two.
fn numbers(bits: u32, spread: u64, cells: usize) -> Scaled {
    let one = |n: usize| {
        let n = n as u64;
        let magnitude = n.wrapping_mul(6_364_136_223_846_793_005) >> (64 - bits);
        let exponent = i32::try_from(n * 7 % (spread + 1)).unwrap();
        Dyadic::new(magnitude.cast_signed() | 1, exponent)
    };
    Scaled::new(&(0..cells).map(one).collect::<Vec<_>>())
}

/// One test: others of the same process would be counted too.
#[test]
fn nothing_is_held_that_is_not_asked_for() {
    an_evaluation_copies_no_operand();
    a_build_holds_three_arrays();
}

/// Each accumulator, with many channels and with few.
fn an_evaluation_copies_no_operand() {
    let cases = [
        ("tconv i1500x1500 k1x1", Target::Output),
        ("tconv i1500x1500 k1x1", Target::Input),
        ("tconv i1500x1500 k1x1", Target::Weight),
        ("tconv i2250000 k3", Target::Output),
        ("tconv i8x35157 k1x1 c8:8", Target::Output),
        ("tconv i8x35157 k1x1 c8:8", Target::Input),
        ("tconv i8x35157 k1x1 c8:8", Target::Weight),
        ("tconv i1 k1 c1500:1500", Target::Output),
        ("tconv i1 k1 c1500:1500", Target::Input),
        ("tconv i2 k1125000 c1:2 s3", Target::Input),
        // So far apart that no tile holds both taps.
        ("tconv i2250000 k2 d2000000", Target::Output),
    ];
    for (n, (words, target)) in cases.into_iter().enumerate() {
        let g = geometry(words);
        let cells = |shape: Vec<usize>| shape.iter().product::<usize>();
        let (input, output, weight) = (cells(g.input_shape()), cells(g.output_shape()), cells(g.weight_shape()));
        let (first, second) = match target {
            Target::Output => (input, weight),
            Target::Input => (output, weight),
            Target::Weight => (input, output),
        };
        for (bits, spread) in [(6, 0), (20, 0), (45, 0), (60, 60)] {
            // Integers without bound take long: one of each kind of map is enough.
            if spread > 0 && n % 3 != 0 {
                continue;
            }
            let (a, b) = (numbers(bits, spread, first), numbers(bits, spread, second));
            let kept = accumulator(&g, target, &a, &b);
            assert_eq!(kept == Accumulator::Big, spread > 0, "{words} {target:?}");
            let (most, stays, _result) = bytes(|| sums(&g, target, &a, &b).unwrap());
            assert!(most <= stays + REST, "{words} {target:?} {kept:?}: {most} bytes, {stays} of them stay");
            if bits != 6 && spread == 0 {
                continue;
            }
            let (most, stays, _result) = bytes(|| magnitudes(&g, target, &a, &b).unwrap());
            assert!(most <= stays + REST, "{words} {target:?} {kept:?}, magnitudes: {most} bytes, {stays} stay");
        }
    }
}

/// 8 bytes per entry and 4 per row, with a twentieth to spare.
fn a_build_holds_three_arrays() {
    for words in ["tconv i256x256 k5x5 s2 p2 a1", "tconv i8x8 k4x4 s2 p1 c64:32", "conv i100000 k7 s3 p2"] {
        for side in [Side::C, Side::Transposed] {
            let g = geometry(words);
            let (most, stays, arrays) = bytes(|| {
                let mut arrays = Arrays::<u32>::default();
                Builder::<u32>::new(&g, side).unwrap().build_into(&mut arrays);
                arrays
            });
            let needed = 8 * arrays.indices.len() + 4 * (arrays.indptr.len() - 1);
            assert!(most <= needed + needed / 20 + TEMPLATES, "{words} {side:?}: {most} bytes for {needed}");
            assert!(stays <= needed + needed / 20, "{words} {side:?}: {stays} bytes stay for {needed}");
        }
    }
}
