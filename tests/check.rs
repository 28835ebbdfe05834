//! Closures judged: what is right passes, what is wrong is found, named and shown at its smallest.
#![allow(clippy::unwrap_used)] // a test that cannot go on says where

#[allow(dead_code)] // other tests use the rest
mod mistakes;

use convproof::check::{Profile, Shaped, check};
use convproof::formulation::{self, Formulation};
use convproof::scalar::Rational;
use convproof::{Geometry, Tensor};
use num_traits::ToPrimitive;

/// A formulation over exact numbers as a kernel of binary32.
fn kernel(f: &dyn Formulation<Rational>, g: &Geometry, x: &[f32], w: &[f32]) -> Result<Shaped<f32>, convproof::Error> {
    let exact = |values: &[f32]| -> Vec<Rational> {
        values.iter().map(|&v| convproof::scalar::rational_from_f64(v.into()).unwrap()).collect()
    };
    let x = Tensor::new(g.input_shape(), exact(x))?;
    let w = Tensor::new(g.weight_shape(), exact(w))?;
    let y = f.apply(g, &w, &x)?;
    let values = y.entries().iter().map(|v| v.to_f64().unwrap() as f32).collect();
    Ok((y.shape().to_vec(), values))
}

#[test]
fn six_formulations_pass() {
    for f in formulation::all::<Rational>() {
        let passed = check(&Profile::default(), |g, x, w| kernel(&*f, g, x, w)).unwrap();
        println!("{}: {passed:?}", f.name());
        assert_eq!(passed.summary.same, passed.summary.cases);
        assert!(passed.entries_read > 10_000);
    }
}

#[test]
fn wrong_programs_are_found() {
    for m in mistakes::per_axis() {
        let failed = check(&Profile::default(), |g, x, w| kernel(&m, g, x, w)).unwrap_err();
        println!("### {}\n{failed}", m.id);
    }
}
