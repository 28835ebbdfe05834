//! The exact result for a kernel under test, as a maintainer's own test would ask for it.
//!
//! Needs no feature of the crate.
#![allow(clippy::unwrap_used, clippy::float_arithmetic)]

use convproof::Spec;
use convproof::verify::{Element, Mode, Verdict, expected};
use half::{bf16, f16};

/// A kernel to test: one axis, scatter.
fn my_kernel(x: &[f32], w: &[f32], stride: usize) -> Vec<f32> {
    let mut y = vec![0.0; stride * (x.len() - 1) + w.len()];
    for (i, x) in x.iter().enumerate() {
        for (t, w) in w.iter().enumerate() {
            y[stride * i + t] += x * w;
        }
    }
    y
}

#[test]
fn my_kernel_is_a_transposed_convolution() {
    let spec: Spec = "tconv i4 k3 s2".parse().unwrap();
    let (x, w) = ([0.1f32, 0.2, 0.3, 0.4], [0.7f32, 0.8, 0.9]);
    let expected = expected(&spec.geometry, &x, &w).unwrap();
    assert_eq!(expected.shape(), [1, 1, 9]);
    let verdict = expected.judge(&my_kernel(&x, &w, 2)).unwrap();
    assert!(verdict.is_same(), "{verdict:?}");
}

/// x = [1, 10], w = [1, 2, 3], s = 2: [1, 2, 3 + 10, 20, 30] by hand, in every type.
fn in_type<T: Element + PartialEq + std::fmt::Debug>(of: impl Fn(u8) -> T) {
    let geometry = "tconv i2 k3 s2".parse::<Spec>().unwrap().geometry;
    let all = |values: &[u8]| values.iter().map(|&v| of(v)).collect::<Vec<T>>();
    let expected = expected(&geometry, &all(&[1, 10]), &all(&[1, 2, 3])).unwrap();
    let y = all(&[1, 2, 13, 20, 30]);
    assert_eq!(expected.values::<T>().unwrap(), y, "{}", T::NAME);
    let found = expected.judge(&y).unwrap();
    assert_eq!((found.verdict, found.mode), (Verdict::Same, Some(Mode::Exact)), "{}", T::NAME);
    let found = expected.judge(&all(&[1, 2, 13, 21, 31])).unwrap();
    assert_eq!((found.verdict, found.cells_wrong), (Verdict::Differs, 2), "{}", T::NAME);
    let first = found.first.unwrap();
    assert_eq!((first.index, first.got.as_str(), first.exact.as_str()), (vec![0, 0, 3], "21", "20"), "{}", T::NAME);
}

#[test]
fn every_element_type() {
    in_type(f64::from);
    in_type(f32::from);
    in_type(f16::from);
    in_type(bf16::from);
    in_type(|v| i8::try_from(v).unwrap());
    in_type(i16::from);
    in_type(i32::from);
    in_type(i64::from);
    in_type(|v| v);
    in_type(u16::from);
    in_type(u32::from);
    in_type(u64::from);
}

#[test]
fn results_may_have_another_type() {
    let geometry = "tconv i2 k2".parse::<Spec>().unwrap().geometry;
    let expected = expected(&geometry, &[127i8, 127], &[127, 127]).unwrap();
    let sums = [16129, 32258, 16129];
    assert!(expected.judge(&sums).unwrap().is_same());
    assert_eq!(expected.values::<i32>().unwrap(), sums);
    let error = expected.values::<i8>().unwrap_err();
    assert_eq!((error.rule(), error.to_string().contains("16129 is not exactly a i8")), ("N5", true), "{error}");
    assert_eq!(expected.exact(1).to_string(), "32258");
    assert_eq!(expected.values::<f16>().unwrap_err().rule(), "N5");
    assert_eq!(expected.judge(&[0i8, 0, 0]).unwrap().verdict, Verdict::Unanswered);
}

#[test]
fn what_does_not_fit_is_refused() {
    let geometry = "tconv i2x2 k2 c2:1".parse::<Spec>().unwrap().geometry;
    let error = expected(&geometry, &[0f32; 4], &[0.0; 8]).unwrap_err();
    assert_eq!(error.to_string(), "Q2: x has 4 elements; 8 are needed (shape [1, 2, 2, 2], row-major)");
    let error = expected(&geometry, &[0f32; 8], &[0.0; 9]).unwrap_err();
    assert_eq!(error.to_string(), "Q2: w has 9 elements; 8 are needed (shape [2, 1, 2, 2], row-major)");
    let ready = expected(&geometry, &[0f32; 8], &[0.0; 8]).unwrap();
    assert_eq!(ready.judge(&[0f32; 8]).unwrap_err().rule(), "Q2");
    for value in [f32::NAN, f32::INFINITY] {
        let error = expected(&geometry, &[value; 8], &[0.0; 8]).unwrap_err();
        assert_eq!((error.rule(), error.to_string().contains(" x")), ("N4", true), "{error}");
    }
    // A wrong length that no memory holds.
    let huge = "tconv i4611686018427387 k1".parse::<Spec>().unwrap().geometry;
    assert_eq!(expected(&huge, &[0f32; 4], &[0.0]).unwrap_err().rule(), "Q2");
}
