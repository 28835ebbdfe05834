//! Exact sums at speed are what the plain loop, the matrix and rational arithmetic say.
#![allow(clippy::unwrap_used)]

use crate::common::{sampled, spec_strategy};
use convproof::evaluate::{Accumulator, Scaled, Target, Values, accumulator, magnitudes, plain, sums};
use convproof::geometry::Geometry;
use convproof::scalar::{Dyadic, Rational};
use convproof::{Spec, Tensor};
use num_bigint::BigInt;
use proptest::prelude::*;

const TARGETS: [Target; 3] = [Target::Output, Target::Input, Target::Weight];

/// The shapes of the two given tensors.
fn shapes(g: &Geometry, target: Target) -> [Vec<usize>; 2] {
    match target {
        Target::Output => [g.input_shape(), g.weight_shape()],
        Target::Input => [g.output_shape(), g.weight_shape()],
        Target::Weight => [g.input_shape(), g.output_shape()],
    }
}

/// Fast sums, magnitudes and terms are the plain ones; returns what the sums were kept in.
fn agrees(g: &Geometry, target: Target, a: &Scaled, b: &Scaled, name: &dyn std::fmt::Debug) -> Accumulator {
    let (fast, sizes) = (sums(g, target, a, b).unwrap(), magnitudes(g, target, a, b).unwrap());
    let (slow, slow_sizes, counts) = plain(g, target, a, b).unwrap();
    assert_eq!((&fast.shape, fast.exponent), (&slow.shape, slow.exponent));
    assert_eq!(fast.values.len(), counts.len());
    assert_eq!(fast.terms.cells(), counts.len());
    for (cell, &count) in counts.iter().enumerate() {
        assert_eq!(fast.values.integer(cell), slow.values.integer(cell), "{name:?} {target:?} cell {cell}");
        assert_eq!(sizes.values.integer(cell), slow_sizes.values.integer(cell), "{name:?} {target:?} |cell {cell}|");
        assert_eq!(fast.terms.of(cell), count, "{name:?} {target:?} terms of {cell}");
    }
    assert_eq!(fast.terms.most(), counts.iter().copied().max().unwrap_or(0), "{name:?} {target:?}");
    let kept = accumulator(g, target, a, b);
    let stored = match fast.values {
        Values::I64(_) => kept <= Accumulator::I64,
        Values::I128(_) => kept == Accumulator::I128,
        _ => kept == Accumulator::Big,
    };
    assert!(stored, "{name:?} {target:?} {kept:?}");
    kept
}

/// Numbers whose bits and spread of exponents decide where the sums are kept.
#[derive(Debug, Clone, Copy)]
struct Kind {
    bits: u32,
    spread: i32,
}

fn kind() -> impl Strategy<Value = Kind> {
    let tiny = (1..=9u32).prop_map(|bits| Kind { bits, spread: 0 });
    let small = (9..=20u32).prop_map(|bits| Kind { bits, spread: 0 });
    let middle = (20..=63u32).prop_map(|bits| Kind { bits, spread: 0 });
    let single = (0..=38).prop_map(|spread| Kind { bits: 24, spread });
    let far = (30..=400).prop_map(|spread| Kind { bits: 24, spread });
    prop_oneof![tiny, small, middle, single, far]
}

/// Deterministic numbers of a kind: signs, zeros, the largest magnitude now and then.
fn numbers(kind: Kind, seed: u64, count: usize) -> Vec<Dyadic> {
    let mut state = seed | 1;
    let mut next = move || {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        state >> 20
    };
    let one = |_| {
        let largest = i64::MAX >> (63 - kind.bits);
        let magnitude = match next() % 8 {
            0 => 0,
            1 => largest,
            _ => ((next() << 20) ^ next()).cast_signed() & largest,
        };
        let exponent = i32::try_from(next() % (kind.spread.unsigned_abs() as u64 + 1)).unwrap();
        Dyadic::new(if next() % 2 == 0 { magnitude } else { -magnitude }, exponent - 7)
    };
    (0..count).map(one).collect()
}

fn scaled(g: &Geometry, target: Target, kinds: [Kind; 2], seed: u64) -> [Vec<Dyadic>; 2] {
    let [a, b] = shapes(g, target);
    [numbers(kinds[0], seed, a.iter().product()), numbers(kinds[1], !seed, b.iter().product())]
}

/// The same map by the matrix over rationals.
fn by_the_matrix(g: &Geometry, target: Target, a: &[Dyadic], b: &[Dyadic]) -> Tensor<Rational> {
    let [first, second] = shapes(g, target);
    let rational = |shape, all: &[Dyadic]| Tensor::new(shape, all.iter().map(|d| d.to_rational()).collect()).unwrap();
    let (a, b) = (rational(first, a), rational(second, b));
    let matrix = if target == Target::Input { g.matrix() } else { g.transposed_matrix() }.unwrap();
    if target != Target::Weight {
        return matrix.times(&b, &a).unwrap();
    }
    // Entry (o, i) of Cᵀ holds the tap that gets a[i]·b[o].
    let mut sums = vec![Rational::from_integer(0.into()); g.weight_shape().iter().product()];
    for row in 0..matrix.rows() {
        for (column, tap) in matrix.row(row) {
            sums[tap.index()] += &a.entries()[column] * &b.entries()[row];
        }
    }
    Tensor::new(g.weight_shape(), sums).unwrap()
}

/// Geometries with so many channels that they become products of matrices.
fn with_channels() -> impl Strategy<Value = Spec> {
    (spec_strategy(), 4..=9i64, 4..=9i64, 1..=2i64, 1..=2i64).prop_filter_map(
        "too large",
        |(spec, inputs, outputs, groups, batch)| {
            let g = Geometry::new(spec.geometry.axes().to_vec()).ok()?;
            let g = g.with_channels(groups * inputs, groups * outputs, groups).ok()?.with_batch(batch).ok()?;
            (g.products() <= 20_000).then_some(Spec { kind: spec.kind, geometry: g })
        },
    )
}

proptest! {
    #![proptest_config(sampled(3000))]

    #[test]
    fn on_random_geometries_and_values(spec in spec_strategy(), a in kind(), b in kind(), seed: u64) {
        for target in TARGETS {
            let [left, right] = scaled(&spec.geometry, target, [a, b], seed);
            agrees(&spec.geometry, target, &Scaled::new(&left), &Scaled::new(&right), &spec);
        }
    }

    #[test]
    fn on_random_channels_and_values(spec in with_channels(), a in kind(), b in kind(), seed: u64) {
        let target = TARGETS[usize::try_from(seed % 3).unwrap()];
        let [left, right] = scaled(&spec.geometry, target, [a, b], seed);
        agrees(&spec.geometry, target, &Scaled::new(&left), &Scaled::new(&right), &spec);
    }
}

proptest! {
    #![proptest_config(sampled(300))]

    #[test]
    fn the_matrix_over_rationals_says_the_same(spec in spec_strategy(), a in kind(), b in kind(), seed: u64) {
        for target in TARGETS {
            let [left, right] = scaled(&spec.geometry, target, [a, b], seed);
            let fast = sums(&spec.geometry, target, &Scaled::new(&left), &Scaled::new(&right)).unwrap();
            let slow = by_the_matrix(&spec.geometry, target, &left, &right);
            for (cell, value) in slow.entries().iter().enumerate() {
                prop_assert_eq!(&fast.value(cell), value, "{} {:?} cell {}", spec, target, cell);
            }
        }
    }
}

/// Geometries that are cut into tiles, blocks of channels and lines longer than a block.
#[test]
fn on_layers() {
    for words in [
        "tconv i300 k4 s2 p1",
        "tconv i40x70 k5x3 s2x1 p2x0 a1x0",
        "tconv i9x150 k3x4 s1x3 p-1:2x5 d2x1",
        "tconv i64 k16 s8 p4 c8:4",
        "tconv i700 k3 s2 p1 a1 c4:5",
        "tconv i25x30 k4x4 s2 p1 c4:4",
        "tconv i4x4 k4x4 s2 p1 c40:30",
        "tconv i6x5 k3x3 s2 p1 a1 c12:8 g2 n2",
        "tconv i3x4x5 k2x3x2 s2x1x2 c5:4",
        "tconv i12x12 k4x4 s2 p1 c16:16 g16",
        "tconv i5x5 k7x7 s3 p2 a4 c4:4",
        "tconv i4x4 k24x24 c4:4",
        "tconv i20 k2 s5 c600:4",
        "tconv i5 k3 s2 c4:600",
    ] {
        let g = words.parse::<Spec>().unwrap().geometry;
        for (n, bits) in [10, 24, 40, 61, 63].into_iter().enumerate() {
            let kind = Kind { bits, spread: 0 };
            let target = TARGETS[n % 3];
            let [left, right] = scaled(&g, target, [kind, Kind { bits: bits.min(48), spread: 3 }], 77 + n as u64);
            agrees(&g, target, &Scaled::new(&left), &Scaled::new(&right), &words);
        }
        for target in TARGETS {
            let [left, right] = scaled(&g, target, [Kind { bits: 8, spread: 0 }; 2], 5);
            assert!(agrees(&g, target, &Scaled::new(&left), &Scaled::new(&right), &words) <= Accumulator::F64);
            let [left, right] = scaled(&g, target, [Kind { bits: 4, spread: 0 }; 2], 6);
            assert_eq!(agrees(&g, target, &Scaled::new(&left), &Scaled::new(&right), &words), Accumulator::F32);
        }
    }
}

fn constant(value: i64, cells: usize) -> Scaled {
    // Not in lowest terms, so that the common power of two is 1.
    Scaled::new(&vec![Dyadic { mantissa: value, exponent: 0 }; cells])
}

/// On each bound and one below it: `max|a|·max|b|·terms` of every cell, all signs alike.
#[test]
fn on_the_edge_of_every_accumulator() {
    let one = "tconv i40 k1";
    let two = "tconv i1 k40 c2:1";
    let four = "tconv i9 k1 c4:4";
    let nine = "conv i9x9 k3x3";
    let layer = "tconv i16 k8 c16:16";
    for (words, a, b, expected) in [
        // 2^24 − 1 = 4095·4097
        (one, 4095, 4097, Accumulator::F32),
        (one, (1 << 24) - 1, 1, Accumulator::F32),
        (one, (1 << 24) - 1, -1, Accumulator::F32),
        (one, 1 << 12, 1 << 12, Accumulator::F64),
        (one, (1 << 24) + 1, 1, Accumulator::F64),
        (two, (1 << 23) - 1, 1, Accumulator::F32),
        (two, 1 << 23, 1, Accumulator::F64),
        (four, (1 << 22) - 1, 1, Accumulator::F32),
        (four, 1 - (1 << 22), 1, Accumulator::F32),
        (four, 1, 1 << 22, Accumulator::F64),
        (layer, (1 << 17) - 1, 1, Accumulator::F32),
        (layer, 362, -362, Accumulator::F32),
        (layer, 362, 363, Accumulator::F64),
        (layer, 1, -(1 << 17), Accumulator::F64),
        // 2^53 − 1 = 6361·69431·20394401
        (one, 6361 * 69431, 20_394_401, Accumulator::F64),
        (one, (1 << 53) - 1, 1, Accumulator::F64),
        (one, (1 << 53) - 1, -1, Accumulator::F64),
        (one, 1 << 26, 1 << 27, Accumulator::I64),
        (one, (1 << 53) + 1, 1, Accumulator::I64),
        (two, (1 << 52) - 1, 1, Accumulator::F64),
        (two, 1 << 52, 1, Accumulator::I64),
        (four, (1 << 51) - 1, 1, Accumulator::F64),
        (four, -((1 << 51) - 1), 1, Accumulator::F64),
        (four, 1, 1 << 51, Accumulator::I64),
        (four, (1 << 25) + 1, 1 << 26, Accumulator::I64),
        // 2^63 − 1 = 92737·649657·7²·73·127·337
        (one, 92737 * 649_657, 7 * 7 * 73 * 127 * 337, Accumulator::I64),
        (one, i64::MAX, -1, Accumulator::I64),
        (one, 1 << 31, 1 << 32, Accumulator::I128),
        (four, (1 << 61) - 1, 1, Accumulator::I64),
        (four, (1 << 61) - 1, -1, Accumulator::I64),
        (four, 1 << 30, -(1 << 31), Accumulator::I128),
        (one, i64::MAX, i64::MAX, Accumulator::I128),
        // 2·(2^63 − 1)² = 2^127 − 2^65 + 2
        (two, i64::MAX, i64::MAX, Accumulator::I128),
        (two, -i64::MAX, i64::MAX, Accumulator::I128),
        (four, i64::MAX, i64::MAX, Accumulator::Big),
        (four, (1 << 62) - 1, i64::MAX, Accumulator::I128),
        (four, 1 - (1 << 62), i64::MAX, Accumulator::I128),
        (four, 1 << 61, i64::MAX, Accumulator::I128),
        (nine, i64::MAX / 2, i64::MAX, Accumulator::Big),
    ] {
        let g = words.parse::<Spec>().unwrap().geometry;
        let [left, right] = shapes(&g, Target::Output);
        let a = constant(a, left.iter().product());
        let b = constant(b, right.iter().product());
        assert_eq!(agrees(&g, Target::Output, &a, &b, &words), expected, "{words} {a:?}");
    }
}

/// The largest numbers whose sums binary32 holds, and the next: all signs alike, so that the bound is
/// met, and signs that alternate; channels around the sizes of blocks.
#[test]
fn on_both_sides_of_binary32() {
    for words in [
        "tconv i300 k4 s2 p1",
        "tconv i19x17 k3x5 s1x3 p-1:2x5 d2x1",
        "tconv i4x4 k4x4 s2 p1 c64:16",
        "tconv i4x4 k4x4 s2 p1 c63:17",
        "tconv i3x5 k2x2 s2 c65:8 n2",
        "tconv i3 k3 s2 p1 a1 c513:9",
        "tconv i7x6 k3x3 s2 p-1:1 d2 c24:16 g2 n3",
        "tconv i9x9 k9x9 s4 p2 c9:9",
        "conv i9x12 k3x3 s2 p1 c16:33",
        "tconv i40 k1 c16:65",
    ] {
        let g = words.parse::<Spec>().unwrap().geometry;
        for target in TARGETS {
            let [left, right] = shapes(&g, target).map(|shape| shape.iter().product::<usize>());
            let terms = sums(&g, target, &constant(0, left), &constant(0, right)).unwrap().terms.most();
            for b in [1, 3] {
                let largest = ((1 << 24) - 1) / (b * terms.cast_signed());
                for (a, expected) in [(largest, Accumulator::F32), (largest + 1, Accumulator::F64)] {
                    let b = constant(b, right);
                    assert_eq!(agrees(&g, target, &constant(a, left), &b, &words), expected);
                    let sign = |n: usize| Dyadic { mantissa: if n * n % 7 < 3 { a } else { -a }, exponent: 0 };
                    let signs = Scaled::new(&(0..left).map(sign).collect::<Vec<_>>());
                    assert_eq!(agrees(&g, target, &signs, &b, &words), expected);
                }
            }
        }
    }
}

/// Beyond 63 bits of common exponents: single cells 2^±300 beside ones.
#[test]
fn numbers_far_apart() {
    for words in ["tconv i6 k3 s2", "tconv i5x5 k3x3 s2 c4:4"] {
        let g = words.parse::<Spec>().unwrap().geometry;
        for target in TARGETS {
            let [left, right] = shapes(&g, target);
            let mut far = numbers(Kind { bits: 24, spread: 4 }, 3, left.iter().product());
            (far[1], far[2]) = (Dyadic::new(-3, 300), Dyadic::new(5, -300));
            let near = numbers(Kind { bits: 53, spread: 8 }, 4, right.iter().product());
            let kept = agrees(&g, target, &Scaled::new(&far), &Scaled::new(&near), &words);
            assert_eq!(kept, Accumulator::Big, "{words}");
        }
    }
}

#[test]
fn zeros_and_tensors_of_another_length() {
    let g = "tconv i5 k3 s2 c4:4".parse::<Spec>().unwrap().geometry;
    let (zeros, ones) = (constant(0, 20), constant(1, 48));
    assert_eq!(agrees(&g, Target::Output, &zeros, &ones, &"zeros"), Accumulator::F32);
    let result = sums(&g, Target::Output, &zeros, &ones).unwrap();
    assert!((0..44).all(|cell| result.values.integer(cell) == BigInt::ZERO));
    assert_eq!(sums(&g, Target::Output, &ones, &ones).unwrap_err().rule(), "Q2");
    assert_eq!(magnitudes(&g, Target::Weight, &zeros, &ones).unwrap_err().rule(), "Q2");
    assert_eq!(plain(&g, Target::Input, &zeros, &ones).unwrap_err().rule(), "Q2");
}
