//! Coverage, phase sums and ranks of operations against the numbers of the literature.

use convproof::scalar::{Rational, parse_rational, show_rational};
use convproof::structure::{Known, MAX_WORK, Structure};
use convproof::{Spec, Tensor};

fn found(spec: &str, taps: Option<&str>) -> Structure {
    let spec: Spec = spec.parse().unwrap();
    let weight = taps.map(|words| {
        let values = words.split(' ').map(|word| parse_rational(word).unwrap()).collect();
        Tensor::new(spec.geometry.weight_shape(), values).unwrap()
    });
    Structure::of(&spec, weight.as_ref(), MAX_WORK).unwrap()
}

/// A. Odena, V. Dumoulin, C. Olah, "Deconvolution and checkerboard artifacts", Distill 2016: stride 2
/// and kernel 3 overlap by a factor of two, in two dimensions of four; kernel 4 does not.
#[test]
fn coverage_of_the_checkerboard_article() {
    for (spec, residues, even) in [
        ("tconv i9 k3 s2", &[2, 1][..], false),
        ("tconv i9 k4 s2", &[2, 2], true),
        ("tconv i9 k5 s2", &[3, 2], false),
        ("tconv i9 k5 s3", &[2, 2, 1], false),
        ("tconv i9 k2 s3", &[1, 1, 0], false),
        ("tconv i9 k25 s4 p10:11", &[7, 6, 6, 6], false),
        ("tconv i9 k3 s2 d2", &[3, 0], false),
        ("tconv i9 k4 s2 d3", &[2, 2], true),
        ("tconv i9 k4 s4 d2", &[2, 0, 2, 0], false),
    ] {
        let axis = &found(spec, None).coverage[0];
        assert_eq!((axis.residues.as_deref().unwrap(), axis.even), (residues, even), "{spec}");
    }
    let square = found("tconv i3x3 k3x3 s2", None);
    let [rows, line] = &square.coverage[..] else { panic!("two axes") };
    assert_eq!((rows.outputs.as_deref().unwrap(), line), (&[1, 1, 2, 1, 2, 1, 1][..], rows));
    let spread = square.per_row.unwrap();
    assert_eq!((spread.least, spread.most, spread.empty), (1, 4, 0));
}

/// Even coverage is neither needed nor enough for a constant response.
#[test]
fn phase_sums_decide_the_checkerboard() {
    for (spec, taps, sums, equal) in [
        ("tconv i4 k3 s2", "1 2 1", &["2", "2"][..], true),
        ("tconv i4 k4 s2", "1 3 3 1", &["4", "4"], true),
        ("tconv i4 k3 s2", "1 1 1", &["2", "1"], false),
        ("tconv i4 k4 s2", "1 0 0 0", &["1", "0"], false),
        ("tconv i4 k4 s2", "1 2 3 4", &["4", "6"], false),
        ("tconv i4 k4 s2 p1", "1/4 3/4 3/4 1/4", &["1", "1"], true),
        ("tconv i4 k5 s3 p1", "1/3 2/3 1 2/3 1/3", &["1", "1", "1"], true),
        ("tconv i4x4 k2x2 s2", "1 1 1 2", &["1", "1", "1", "2"], false),
    ] {
        let phases = found(spec, Some(taps)).phases.unwrap();
        let got: Vec<String> = phases.sums.as_ref().unwrap()[0].iter().map(show_rational).collect();
        assert_eq!(
            (&got.iter().map(String::as_str).collect::<Vec<_>>()[..], phases.are_equal()),
            (sums, Some(equal)),
            "{spec} {taps}"
        );
    }
    assert_eq!(found("tconv i4 k4 s2", None).phases.unwrap().are_equal(), None);
    assert_eq!(found("tconv i4 k4", None).phases.unwrap().are_equal(), Some(true));
}

#[test]
fn what_is_lost_for_which_weights() {
    // Nothing cropped: injective whatever the kernel, unless it is 0.
    let whole = found("tconv i4x4 k3x3 s2", None).undone;
    assert!(whole.always_injective && whole.rank == 16);
    // Full padding at stride 1: the convolution is injective as well.
    assert!(found("conv i5x5 k3x3 p2", None).undone.always_injective);
    assert!(!found("conv i5x5 k3x3 p1", None).undone.always_injective);
    // Cropped to one cell: four inputs, one result.
    let cropped = found("tconv i2x2 k2x2 p1", None).undone;
    assert_eq!((cropped.rank, cropped.known, cropped.always_injective), (1, Known::AlmostEvery, false));
    // More channels than this machine would eliminate: groups of them are weights too.
    let layer = found("tconv i4x4 k4x4 s2 p1 c512:256", None).undone;
    assert_eq!((layer.rank, layer.known), (8192, Known::AlmostEvery));
    // Channels that add up are lost; a group's null vector stands in its own channels.
    let groups = found("tconv i1 k1 c4:2 g2", Some("1 2 3 4")).undone;
    assert_eq!((groups.rank, groups.known), (2, Known::Exactly));
    let vector: Vec<String> = groups.null_vector.unwrap().iter().map(ToString::to_string).collect();
    assert_eq!(vector, ["2", "-1", "0", "0"]);
    // Samples repeat it, determinants multiply.
    let samples = found("tconv i2 k1 n3", Some("2")).undone;
    assert_eq!((samples.rank, show_rational(&samples.determinant.unwrap())), (6, "64".to_owned()));
}

/// A null vector of every operation in a small family, by the matrix itself.
#[test]
fn null_vectors_are_taken_to_zero() {
    for spec in [
        "conv i5x5 k3x3 p1",
        "tconv i3 k2 s1 p1 c4:2 g2 n2",
        "conv i6 k3 s2 p1:0 c4:2 g2",
        "tconv i3x2 k2x3 p1x2:1 a1x0 s2x1 c3:1",
    ] {
        let spec: Spec = spec.parse().unwrap();
        let shape = spec.geometry.weight_shape();
        let taps = (1..=shape.iter().product::<usize>()).map(|n| Rational::from_integer(n.into())).collect();
        let weight = Tensor::new(shape, taps).unwrap();
        let found = Structure::of(&spec, Some(&weight), MAX_WORK).unwrap();
        let vector = found.undone.null_vector.clone().expect("these lose something");
        let x = Tensor::new(spec.input_shape(), vector.into_iter().map(Rational::from_integer).collect()).unwrap();
        let side = if spec.kind == convproof::Kind::Conv { convproof::Side::C } else { convproof::Side::Transposed };
        let y = convproof::ConvMatrix::build(&spec.geometry, side, 1 << 20).unwrap().times(&weight, &x).unwrap();
        assert!(y.entries().iter().all(|v| *v == Rational::from_integer(0.into())), "{spec}");
        assert!(x.entries().iter().any(|v| *v != Rational::from_integer(0.into())), "{spec}");
    }
}
