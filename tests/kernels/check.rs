//! Closures judged: what is right passes in every type and role; what goes wrong in the run is named.
#![allow(clippy::unwrap_used, clippy::float_arithmetic, clippy::cast_possible_truncation, clippy::cast_sign_loss)] // kernels to be judged

use crate::common::geo;
use convproof::check::{Backward, Profile, Shaped, check, check_adjoint, check_backward, check_kind};
use convproof::formulation::{self, Formulation};
use convproof::scalar::{Rational, rational_from_f64};
use convproof::{Geometry, Kind, Tensor};
use half::{bf16, f16};
use num_traits::ToPrimitive;

/// A formulation over exact numbers as a kernel of binary32: each sum is rounded once.
fn exact(f: &dyn Formulation<Rational>, g: &Geometry, x: &[f32], w: &[f32]) -> Result<Shaped<f32>, convproof::Error> {
    let exact = |values: &[f32]| values.iter().map(|&v| rational_from_f64(v.into()).unwrap()).collect();
    let (x, w) = (Tensor::new(g.input_shape(), exact(x))?, Tensor::new(g.weight_shape(), exact(w))?);
    let y = f.apply(g, &w, &x)?;
    let values = y.entries().iter().map(|v| v.to_f64().unwrap() as f32).collect();
    Ok((y.shape().to_vec(), values))
}

#[test]
fn six_formulations_pass() {
    for f in formulation::all::<Rational>() {
        let passed = check(&Profile::default(), |g, x, w| exact(&*f, g, x, w)).unwrap();
        assert!(passed.summary.same == passed.summary.cases && passed.summary.cases > 70, "{}", f.name());
        assert!(passed.entries_read > 100_000 && passed.not_seen.is_empty());
    }
}

/// What meets, added up in the order of the loops, each sum and product rounded.
fn sums<T: Copy>(
    meets: impl Iterator<Item = [usize; 3]>,
    cells: usize,
    [a, b]: [&[T]; 2],
    zero: T,
    add: impl Fn(T, T, T) -> T,
) -> Vec<T> {
    let mut y = vec![zero; cells];
    for [to, first, second] in meets {
        y[to] = add(y[to], a[first], b[second]);
    }
    y
}

fn product(shape: &[usize]) -> usize {
    shape.iter().product()
}

/// The scatter of [`Geo`], in any type.
fn scatter<T: Copy>(g: &Geometry, x: &[T], w: &[T], zero: T, add: impl Fn(T, T, T) -> T) -> Result<Shaped<T>, String> {
    if (x.len(), w.len()) != (product(&g.input_shape()), product(&g.weight_shape())) {
        return Err("arrays of other sizes".to_owned());
    }
    let meets = geo(g).meets();
    let all = meets.iter().map(|m| [m.output, m.input, m.tap]);
    Ok((g.output_shape(), sums(all, product(&g.output_shape()), [x, w], zero, add)))
}

fn right(g: &Geometry, x: &[f32], w: &[f32]) -> Result<Shaped<f32>, String> {
    scatter(g, x, w, 0.0, |y, x, w| y + x * w)
}

#[test]
fn right_kernels_pass_in_every_type() {
    let small = Profile::parse("rank=1-2", &Profile::default()).unwrap();
    check(&small, right).unwrap();
    check(&small, |g, x: &[f64], w| scatter(g, x, w, 0.0, |y, x, w| y + x * w)).unwrap();
    check(&small, |g, x: &[f16], w| scatter(g, x, w, f16::ZERO, |y, x, w| y + x * w)).unwrap();
    check(&small, |g, x: &[bf16], w| scatter(g, x, w, bf16::ZERO, |y, x, w| y + x * w)).unwrap();
    check(&small, |g, x: &[i32], w| scatter(g, x, w, 0, |y, x, w| y + x * w)).unwrap();
    check(&small, |g, x: &[i64], w| scatter(g, x, w, 0, |y, x, w| y + x * w)).unwrap();
    // Bytes are added up in 32 bits.
    let wide = |g: &Geometry, x: &[i8], w: &[i8]| {
        let wide = |v: &[i8]| v.iter().map(|&v| i32::from(v)).collect::<Vec<_>>();
        scatter(g, &wide(x), &wide(w), 0, |y, x, w| y + x * w)
    };
    check(&small, wide).unwrap();
    // Bytes whose sums are kept in 16 bits.
    for (says, add) in [("wrap", i16::wrapping_add as fn(i16, i16) -> i16), ("saturate", i16::saturating_add)] {
        let narrow = |g: &Geometry, x: &[i8], w: &[i8]| {
            let wide = |v: &[i8]| v.iter().map(|&v| i16::from(v)).collect::<Vec<_>>();
            let (shape, y) = scatter(g, &wide(x), &wide(w), 0, |y, x, w| add(y, x * w))?;
            Ok::<_, String>((shape, y.into_iter().map(i32::from).collect::<Vec<_>>()))
        };
        let failed = check(&small, narrow).unwrap_err();
        let first = &failed.findings[0].diagnosis[0];
        assert!(first.id == "narrow-accumulator" && first.message.contains(says), "{failed}");
        assert_eq!(failed.findings.len(), 1, "{failed}");
    }
    let failed = check(&small, |g, x: &[i8], w| scatter(g, x, w, 0, |y, x, w| x.wrapping_mul(w).wrapping_add(y)));
    assert_eq!(failed.unwrap_err().findings[0].diagnosis[0].id, "wrong-type");
}

/// A kernel that is wrong in the run, and the id that it gets.
fn named(id: &str, kernel: impl FnMut(&Geometry, &[f32], &[f32]) -> Result<Shaped<f32>, String>) {
    let failed = check(&Profile::parse("rank=1-2", &Profile::default()).unwrap(), kernel).unwrap_err();
    let first = &failed.findings[0].diagnosis;
    assert!(first.iter().any(|d| d.id == id), "{id}:\n{failed}");
    assert!(failed.to_string().contains(&format!("convproof explain {}", first[0].id)), "{failed}");
}

#[test]
fn what_goes_wrong_in_the_run_is_named() {
    named("crashed", |_, _, _| panic!("no such kernel"));
    named("valid-refused", |g, x, w| {
        if g.axes()[0].kernel() == g.axes()[0].stride() { Err("k = s".into()) } else { right(g, x, w) }
    });
    named("shape-kernel-disagree", |g, x, w| {
        right(g, x, w).map(|(mut shape, y)| {
            shape[2] += 1;
            (shape, y)
        })
    });
    named("not-finite", |g, x, w| {
        right(g, x, w).map(|(shape, mut y)| {
            y[0] = f32::NAN;
            (shape, y)
        })
    });
    let mut calls = 0;
    named("run-dependent", |g, x, w| {
        right(g, x, w).map(|(shape, mut y)| {
            calls += 1;
            if x.len() > 1 && calls % 7 == 0 {
                y[0] += 1.0
            }
            (shape, y)
        })
    });
    named("not-bilinear", |g, x, w| right(g, x, w).map(|(shape, y)| (shape, y.iter().map(|v| v.min(800.0)).collect())));
    named("invalid-accepted", |g, x, w| match right(g, x, w) {
        Err(_) => Ok((vec![1], vec![0.0])),
        answer => answer,
    });
    // Cells that nothing reaches keep what was there; those of the output padding are read from beyond.
    named("uninitialised-output", |g, x, w| {
        right(g, x, w).map(|(shape, mut y)| {
            let met: Vec<usize> = geo(g).meets().iter().map(|m| m.output).collect();
            (0..y.len()).filter(|n| !met.contains(n)).for_each(|n| y[n] = 7.0 + n as f32);
            (shape, y)
        })
    });
    let mut noise = 0.0;
    named("output-padding-out-of-range-read", |g, x, w| {
        right(g, x, w).map(|(shape, mut y)| {
            let (a, length) = (g.axes()[0].output_padding() as usize, shape[2]);
            let inner: usize = shape[3..].iter().product();
            noise += 1.0;
            for (n, v) in y.iter_mut().enumerate() {
                *v += if n / inner % length >= length - a.min(length) { noise } else { 0.0 };
            }
            (shape, y)
        })
    });
}

/// Sums of other numbers, as Winograd's: right but for their rounding.
fn transformed(g: &Geometry, x: &[f32], w: &[f32]) -> Result<Shaped<f32>, String> {
    let (shape, y) = right(g, x, w)?;
    Ok((shape, y.iter().map(|v| v * (1.0 + 8.0 * f32::EPSILON)).collect()))
}

#[test]
fn declared_transforms_are_judged_by_structure() {
    let declared = Profile::parse("rank=1-2 sums=transformed", &Profile::default()).unwrap();
    let passed = check(&declared, transformed).unwrap();
    assert!(passed.entries_read > 1000 && passed.not_seen.iter().any(|what| what.starts_with("arithmetic")));
    assert!(check(&Profile::parse("rank=1-2", &Profile::default()).unwrap(), transformed).is_err());
    let flipped = |g: &Geometry, x: &[f32], w: &[f32]| {
        let w: Vec<f32> = w.iter().rev().copied().collect();
        transformed(g, x, &w)
    };
    let one = Profile::parse("channels=no", &declared).unwrap();
    assert_eq!(check(&one, flipped).unwrap_err().findings[0].diagnosis[0].id, "kernel-flipped");
}

#[test]
fn invalid_input_that_is_taken_is_a_case_that_differs() {
    let failed = check(&Profile::default(), |g, x, w| right(g, x, w).or_else(|_| Ok::<_, String>((vec![0], vec![]))));
    let failed = failed.unwrap_err();
    assert!(failed.findings.len() == 3 && failed.findings.iter().all(|f| f.is_about_invalid_input()), "{failed}");
    assert!(failed.to_string().contains("an error: there is no such operation"), "{failed}");
    assert!(failed.to_string().ends_with("observed, bilinearity sampled") && failed.to_string().contains(" 3 differs"));
    let empty = Profile::parse("invalid=empty", &Profile::default()).unwrap();
    check(&empty, |g, x, w| right(g, x, w).or_else(|_| Ok::<_, String>((vec![0], vec![])))).unwrap();
}

#[test]
fn sums_in_less_are_named() {
    let profile = Profile::parse("rank=1", &Profile::default()).unwrap();
    let failed = check(&profile, |g, x: &[f32], w| {
        scatter(g, x, w, 0.0, |y, x, w| y + bf16::from_f32(x).to_f32() * bf16::from_f32(w).to_f32())
    });
    assert_eq!(failed.unwrap_err().findings[0].diagnosis[0].id, "lower-precision");
}

/// Gradients of both operations, in loops over what meets.
fn backward(kind: Kind, g: &Geometry, [x, w, dy]: [&[f32]; 3]) -> Backward<f32> {
    let meets = geo(g).meets();
    let (input, output) = (product(&g.input_shape()), product(&g.output_shape()));
    let add = |y: f32, a: f32, b: f32| y + a * b;
    let forward = kind == Kind::Tconv;
    let own = |m: &crate::common::naive::Meet| if forward { [m.input, m.output] } else { [m.output, m.input] };
    let dx = sums(
        meets.iter().map(|m| [own(m)[0], own(m)[1], m.tap]),
        if forward { input } else { output },
        [dy, w],
        0.0,
        add,
    );
    let dw = sums(meets.iter().map(|m| [m.tap, own(m)[0], own(m)[1]]), w.len(), [x, dy], 0.0, add);
    let (xs, ys) = if forward { (g.input_shape(), g.output_shape()) } else { (g.output_shape(), g.input_shape()) };
    let inner: usize = ys[2..].iter().product();
    let mut db = vec![0.0; ys[1]];
    for (n, v) in dy.iter().enumerate() {
        db[n / inner % ys[1]] += v;
    }
    Backward { x: (xs, dx), w: (g.weight_shape(), dw), b: Some(db) }
}

#[test]
fn gradients_are_checked_against_truth() {
    let profile = Profile::parse("rank=1-2", &Profile::default()).unwrap();
    for kind in [Kind::Tconv, Kind::Conv] {
        let passed =
            check_backward(kind, &profile, |g, x, w, dy| Ok::<_, String>(backward(kind, g, [x, w, dy]))).unwrap();
        assert_eq!(passed.summary.same, passed.summary.cases);
        // The mean instead of the sum over the batch.
        let failed = check_backward(kind, &profile, |g, x, w, dy| {
            let mut all = backward(kind, g, [x, w, dy]);
            all.w.1.iter_mut().for_each(|v| *v /= g.batch() as f32);
            Ok::<_, String>(all)
        });
        let failed = failed.unwrap_err();
        assert!(failed.findings.iter().all(|f| f.role == convproof::verify::Role::WeightGradient), "{failed}");
        let first = &failed.findings[0].diagnosis[0];
        assert_eq!((first.id, failed.findings.len()), ("scaled", 1), "{failed}");
        assert_eq!(first.message, "the right numbers times 1/2: averaged over the batch");
    }
}

#[test]
fn factors_are_named_in_every_role() {
    let profile = Profile::parse("rank=1", &Profile::default()).unwrap();
    // The upstream gradient is divided before anything is added up; a third is rounded.
    for (over, says) in [(0.5, "times 2"), (2.0, "times 1/2"), (3.0, "times 1/3")] {
        let failed = check_backward(Kind::Tconv, &profile, |g, x, w, dy| {
            let dy: Vec<f32> = dy.iter().map(|v| v / over).collect();
            Ok::<_, String>(backward(Kind::Tconv, g, [x, w, &dy]))
        });
        let failed = failed.unwrap_err();
        assert_eq!(failed.findings.len(), 3, "{failed}");
        for f in &failed.findings {
            assert!(f.diagnosis[0].id == "scaled" && f.diagnosis[0].message.contains(says), "{says}: {failed}");
        }
        let failed = check(&profile, |g, x: &[f32], w| {
            right(g, x, w).map(|(shape, y)| (shape, y.iter().map(|v| v / over).collect()))
        });
        let failed = failed.unwrap_err();
        assert!(failed.findings[0].diagnosis[0].message.contains(says), "{failed}");
    }
}

#[test]
fn a_convolution_and_its_transpose_are_adjoint() {
    let profile = Profile::default();
    let conv = |g: &Geometry, y: &[f32], w: &[f32]| {
        let meets = geo(g).meets();
        let all = meets.iter().map(|m| [m.input, m.output, m.tap]);
        Ok::<_, String>((g.input_shape(), sums(all, product(&g.input_shape()), [y, w], 0.0, |s, a, b| s + a * b)))
    };
    let passed = check_adjoint(&profile, conv, right).unwrap();
    assert!(passed.summary.cases > 60);
    check_kind(Kind::Conv, &Profile::parse("rank=1", &profile).unwrap(), conv).unwrap();
    let flipped = |g: &Geometry, x: &[f32], w: &[f32]| {
        let w: Vec<f32> = w.iter().rev().copied().collect();
        right(g, x, &w)
    };
    let failed = check_adjoint(&profile, conv, flipped).unwrap_err().to_string();
    assert!(failed.starts_with("not adjoint on ") && failed.contains("⟨Cy, x⟩ = "), "{failed}");
}

#[test]
fn a_profile_that_takes_nothing_is_no_pass() {
    let profile = Profile::parse("rank=32", &Profile::default()).unwrap();
    assert!(check(&profile, right).unwrap_err().to_string().starts_with("nothing was asked"));
}
