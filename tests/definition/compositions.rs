//! Compositions against published identities and numbers worked by hand.

use convproof::scalar::{Polynomial, Rational, parse_rational};
use convproof::structure::{Composition, Fit, Linear, Method};
use proptest::prelude::*;

fn composed(words: &str) -> (Composition, Linear, Fit) {
    let composition: Composition = words.parse().unwrap();
    let map = composition.linear().unwrap();
    let fit = composition.fit(&map).unwrap().unwrap();
    (composition, map, fit)
}

fn numbers(words: &str) -> Vec<Polynomial> {
    words.split(' ').map(|word| Polynomial::constant(parse_rational(word).unwrap())).collect()
}

fn sum(taps: &[u32]) -> Polynomial {
    use convproof::scalar::Scalar;
    let mut sum = Polynomial::zero();
    taps.iter().for_each(|&t| sum.add_assign(&Polynomial::weight(t)));
    sum
}

/// What a constant input of ones becomes.
fn of_ones(map: &Linear) -> Vec<Polynomial> {
    let ones = vec![Polynomial::constant(Rational::from_integer(1.into())); map.input().iter().product()];
    map.apply(&ones, Clone::clone)
}

/// Resize, then convolve: the remedy of Odena, Dumoulin and Olah is itself a transposed convolution,
/// with the kernel ones(s) * flipped w, cropped by k − 1 − p; also at the ends.
#[test]
fn nearest_then_convolution_is_a_transposed_convolution() {
    let (_, _, fit) = composed("nearest i3 s2 then conv k3 p1");
    assert!(fit.is_exact());
    assert_eq!(fit.spec.to_string(), "tconv i3 k4 s2 p1");
    assert!(fit.taps == [sum(&[2]), sum(&[1, 2]), sum(&[0, 1]), sum(&[0])]);
    let (_, map, fit) = composed("nearest i3 s2 then conv k3 p1 w=1,2,3");
    assert!(fit.taps == numbers("3 5 3 1"));
    // In the other order it is another map.
    let (_, other, _) = composed("conv i3 k3 p1 w=1,2,3 then nearest s2");
    let x = numbers("1 2 4");
    assert!(map.apply(&x, Clone::clone) == numbers("5 9 11 18 22 12"));
    assert!(other.apply(&x, Clone::clone) == numbers("8 8 17 17 10 10"));
    assert_eq!(map.difference(&other).map(|(row, col, ..)| (row, col)), Some((0, 0)));
}

/// T. Karras et al., StyleGAN2: stride 2 without padding, then the filter 1 3 3 1: no checkerboard for
/// any weight.
#[test]
fn a_filter_after_upsampling_is_a_larger_kernel() {
    let (_, _, fit) = composed("tconv i4 k3 s2 then blur w=1/4,3/4,3/4,1/4 p1");
    assert!(fit.is_exact());
    assert_eq!(fit.spec.to_string(), "tconv i4 k6 s2 p2");
    let (even, odd): (Vec<_>, Vec<_>) = fit.taps.iter().enumerate().partition(|(n, _)| n % 2 == 0);
    let total = |taps: Vec<(usize, &Polynomial)>| {
        use convproof::scalar::Scalar;
        taps.iter().fold(Polynomial::zero(), |mut all, (_, tap)| {
            all.add_assign(tap);
            all
        })
    };
    assert!(total(even) == sum(&[0, 1, 2]) && total(odd) == sum(&[0, 1, 2]));
    let (_, _, fit) = composed("tconv i4x4 k3x3 s2 c2:3 then blur w=1,3,3,1 p1");
    assert_eq!((fit.spec.to_string(), fit.is_exact()), ("tconv i4x4 k6x6 s2 p2 c2:3".to_owned(), true));
}

/// W. Shi et al., "Is the deconvolution layer the same as a convolutional layer?", 2016: phase r has
/// the kernel w[(Q − 1 − u)s + r], full padding Q − 1, and sQ − k cells are cropped at the end.
#[test]
fn sub_pixel_convolution_is_a_transposed_convolution() {
    let (_, _, fit) = composed("conv i4 k2 p1 c1:2 then shuffle s2");
    assert!(fit.is_exact());
    assert_eq!(fit.spec.to_string(), "tconv i4 k4 s2");
    // v_0 = (w2, w0), v_1 = (w3, w1): taps 0..3 are v_0[1], v_1[1], v_0[0], v_1[0].
    assert!(fit.taps == [sum(&[1]), sum(&[3]), sum(&[0]), sum(&[2])]);
    // k = 3: v_1 = (0, w1), and one cell is cropped.
    let (_, _, fit) = composed("conv i4 k2 p1 c1:2 w=3,1,0,2 then shuffle s2 then crop p0:1");
    assert!(fit.is_exact() && fit.taps == numbers("1 2 3"));
    assert_eq!(fit.spec.to_string(), "tconv i4 k3 s2");
    // Alone it is the kernel of ones on the diagonal: 2601 of 23409 entries for r = 3.
    let (_, map, fit) = composed("shuffle i17x17 c9 s3");
    assert_eq!((fit.spec.to_string(), fit.is_exact()), ("tconv i17x17 k3x3 s3 c9:1".to_owned(), true));
    assert_eq!(((0..2601).map(|row| map.row(row).len()).sum::<usize>(), fit.spec.geometry.products()), (2601, 23_409));
}

/// Interpolation as a fixed kernel: which, and where it is exact. (By three, outputs 1 and 22 stand on an
/// input.)
#[test]
fn interpolation_as_transposed_convolution() {
    for (words, spec, taps, others) in [
        ("nearest i4 s3", "tconv i4 k3 s3", "1 1 1", vec![]),
        ("bilinear i8 s2", "tconv i8 k4 s2 p1", "1/4 3/4 3/4 1/4", vec![0, 15]),
        ("bilinear i8 s3", "tconv i8 k5 s3 p1", "1/3 2/3 1 2/3 1/3", vec![0, 23]),
        ("bilinear i8 s4", "tconv i8 k8 s4 p2", "1/8 3/8 5/8 7/8 7/8 5/8 3/8 1/8", vec![0, 1, 30, 31]),
        ("bilinear-corners i4 o10", "tconv i4 k5 s3 p2", "1/3 2/3 1 2/3 1/3", vec![]),
        (
            "bicubic i8 s2",
            "tconv i8 k8 s2 p3",
            "-3/128 -9/128 29/128 111/128 111/128 29/128 -9/128 -3/128",
            vec![0, 1, 2, 13, 14, 15],
        ),
        (
            "bicubic-0.75 i8 s2",
            "tconv i8 k8 s2 p3",
            "-9/256 -27/256 67/256 225/256 225/256 67/256 -27/256 -9/256",
            vec![0, 1, 2, 13, 14, 15],
        ),
        (
            "bicubic-0.75 i8 s3",
            "tconv i8 k11 s3 p4",
            "-1/18 -1/9 0 10/27 43/54 1 43/54 10/27 0 -1/9 -1/18",
            vec![0, 2, 3, 20, 21, 23],
        ),
    ] {
        let (_, _, fit) = composed(words);
        assert_eq!((fit.spec.to_string().as_str(), &fit.others), (spec, &others), "{words}");
        assert!(fit.taps == numbers(taps), "{words}");
        // All phase sums are 1: a constant stays constant.
        let (_, map, _) = composed(words);
        assert!(of_ones(&map).iter().all(|y| *y == Polynomial::constant(Rational::from_integer(1.into()))), "{words}");
    }
    // The fixed kernel alone loses a quarter at each end.
    let (_, map, _) = composed("tconv i4 k4 s2 p1 w=1/4,3/4,3/4,1/4");
    assert!(of_ones(&map) == numbers("3/4 1 1 1 1 1 1 3/4"));
    // To another size the weights vary along the row.
    assert!(!composed("bilinear-corners i4 o8").2.is_exact());
}

/// With copies of the last cells at the ends it is exact everywhere.
#[test]
fn replicated_ends_make_interpolation_exact() {
    for (with_ends, alone) in [
        ("replicate i5 p1 then tconv k4 s2 p3 w=1/4,3/4,3/4,1/4", "bilinear i5 s2"),
        ("replicate i5 p1 then tconv k5 s3 p4 w=1/3,2/3,1,2/3,1/3", "bilinear i5 s3"),
        (
            "replicate i5 p2 then tconv k8 s2 p7 w=-3/128,-9/128,29/128,111/128,111/128,29/128,-9/128,-3/128",
            "bicubic i5 s2",
        ),
    ] {
        let (_, a, _) = composed(with_ends);
        let (_, b, _) = composed(alone);
        assert!(a.difference(&b).is_none() && a.output() == b.output(), "{alone}");
    }
    let (_, a, _) = composed("replicate i5 p1 then tconv k4 s2 p3 w=1/4,3/4,1/2,1/4");
    assert!(a.difference(&composed("bilinear i5 s2").1).is_some());
}

/// Odena, Dumoulin, Olah: overlaps multiply over layers; a box removes a pattern of period s iff its
/// size is a multiple of s.
#[test]
fn responses_to_a_constant() {
    for (words, inside) in [
        ("tconv i8 k3 s2 w=1", "2 1"),
        ("tconv i8 k3 s2 w=1 then tconv k3 s2 w=1", "3 2 3 1"),
        ("tconv i8 k3 s2 w=1 then tconv k3 s2 w=1 then tconv k3 s2 w=1", "4 3 5 2 5 3 4 1"),
        ("tconv i8 k3 s2 w=1 then blur w=1,1", "3 3"),
        ("tconv i8 k3 s2 w=1 then blur w=1,1,1,1", "6 6"),
        ("tconv i8 k3 s2 w=1 then blur w=1,1,1", "5 4"),
        ("tconv i8 k4 s3 w=1", "2 1 1"),
        ("tconv i8 k4 s3 w=1 then blur w=1,1,1", "4 4 4"),
        ("tconv i8 k3 s2 w=1,2,1", "2 2"),
        ("tconv i8 k4 s2 w=1,3,3,1", "4 4"),
        ("tconv i8 k4 s2 w=1,2,3,4", "4 6"),
    ] {
        let (_, map, _) = composed(words);
        let (y, period) = (of_ones(&map), numbers(inside));
        let middle = y.len() / 2;
        let window = &y[middle..middle + period.len()];
        // From some position of the period on.
        let turned = (0..period.len()).any(|n| [&period[n..], &period[..n]].concat() == window);
        assert!(turned, "{words}: {window:?}");
    }
}

#[test]
fn words_that_mean_nothing_are_refused() {
    for (words, rule) in [
        ("nearest s2", "Q4"),
        ("nearest i4", "Q4"),
        ("nearest i4 s2 o8", "Q4"),
        ("bilinear-corners i4 s2", "Q4"),
        ("nearest i4 s2 k3", "Q4"),
        ("nearest i4 s2 then", "Q4"),
        ("then nearest i4 s2", "Q4"),
        ("nearest i4 s2 then conv i8 k3", "Q4"),
        ("nearest i4 s2 then sharpen p1", "Q4"),
        ("blur i4 p1", "Q4"),
        ("shuffle i4 c3 s2", "Q4"),
        ("crop i4 p2", "G5"),
        ("replicate i4 p-1", "Q4"),
        ("conv i4 k3 c1:2 then conv k1", "Q4"),
        ("conv i4 k3 w=1,2 then conv k1", "Q1"),
        ("conv i4 k3 w=1,x,2 then conv k1", "N1"),
        ("nearest i1000000 s1000000", "L3"),
        ("conv i32x32 k9x9 p4 then conv k9x9 p4", "L6"),
        ("shuffle i4 c4 s2x1", "Q4"),
        ("conv i3 k5 then conv k1", "G6"),
    ] {
        let refused = words.parse::<Composition>().and_then(|c| c.linear());
        assert_eq!(refused.err().map(|e| e.rule()), Some(rule), "{words}");
    }
}

#[test]
fn normal_forms_read_back() {
    for (words, normal) in [
        ("nearest i3x3 s2|conv k3x3 p1", "nearest i3x3 s2 then conv k3x3 p1"),
        ("blur i4 c2 p1 w=1,2,1 then shuffle s2", "blur i4 c2 w=1,2,1 p1 then shuffle s2"),
        ("conv p1 i4 k3 c4:4 then crop p1:0", "conv i4 k3 p1 c4:4 then crop p1:0"),
        ("bicubic-0.75 i4 o8", "bicubic-0.75 i4 o8"),
    ] {
        let composition: Composition = words.parse().unwrap();
        assert_eq!(composition.to_string(), normal);
        assert_eq!(normal.parse::<Composition>().unwrap(), composition);
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(60) })]

    /// One layer is itself, whatever its kind, pads, dilation and channels; with taps that are seen.
    #[test]
    fn a_layer_alone_is_itself(i in 3i64..6, k in 1i64..4, s in 1i64..4, d in 1i64..3, p in 0i64..2, c in 1usize..3, co in 1usize..3) {
        let words = format!("tconv i{i} k{k} s{s} p{p} d{d} c{c}:{co}");
        prop_assume!(words.parse::<convproof::Spec>().is_ok() && (i - 1) * s > 2 * p + 6);
        let (_, map, fit) = composed(&words);
        prop_assert!(fit.is_exact(), "{}: {:?}", words, fit.first);
        let same: Composition = fit.spec.to_string().parse().unwrap();
        let again = same.linear().unwrap();
        prop_assert_eq!(again.output(), map.output());
    }

    /// Shares of every interpolation add up to 1, and of two sizes that are the same each input is its own.
    #[test]
    fn shares_add_up(from in 1usize..7, to in 1usize..15) {
        for method in [Method::Nearest, Method::Bilinear, Method::BilinearCorners, Method::Bicubic, Method::BicubicSharp] {
            for o in 0..to {
                let shares = method.shares(o, from, to);
                prop_assert_eq!(shares.iter().map(|s| s.1.clone()).sum::<Rational>(), Rational::from_integer(1.into()));
                prop_assert!(shares.windows(2).all(|two| two[0].0 < two[1].0) && shares.iter().all(|s| s.0 < from));
                if from == to {
                    prop_assert_eq!(shares.len(), 1);
                    prop_assert_eq!(shares[0].0, o);
                }
            }
        }
    }
}
