//! Exact ground truth for transposed convolution.
//!
//! convproof builds the sparse convolution matrix `C` in symbols, defines transposed convolution as
//! `y = Cᵀx` over exact rationals, proves that other ways of computing it are the same map, and
//! judges other people's results.
//!
//! ```
//! use convproof::{Spec, equivalence, formulation};
//!
//! let spec: Spec = "conv i4 k3 s2 p1".parse()?;
//! println!("{}", spec.geometry.matrix()?);
//! # assert_eq!(spec.geometry.matrix()?.to_string(), "w1 w2 0  0\n0  w0 w1 w2");
//! // w1 w2 0  0
//! // 0  w0 w1 w2
//!
//! // Six formulations, on symbols: equal for every weight and input of this geometry.
//! let report = equivalence::compare(&spec.geometry, &formulation::all(), 1 << 20)?;
//! assert!(report.all_same());
//! # Ok::<(), convproof::Error>(())
//! ```
//!
//! # Where to look
//!
//! | to | see |
//! |---|---|
//! | say a geometry | [`Spec`], [`Geometry`], [`geometry::spec`] |
//! | read the definition | [`geometry::incidence`], [`matrix`] |
//! | get `C`, `Cᵀ`, numbers in them, text of them | [`Geometry::matrix`], [`ConvMatrix::substitute`], [`render`] |
//! | draw a formulation step by step | [`steps`] |
//! | compare formulations | [`equivalence::compare`], [`equivalence::sweep`] |
//! | bring an own formulation | [`formulation::Formulation`] |
//! | prove a loop nest for all sizes | [`proof`], [`nest`] |
//! | judge a kernel's result | [`verify::expected`] |
//! | check what well-known texts say | [`claims`] |
//! | judge files | [`verify::Question`], `verify::verify_paths` |
//! | read prose | [`guide`] |
//!
//! # What is claimed
//!
//! *Proved*: symbolic equality for one geometry, hence for all weights and inputs, over every
//! commutative ring; for all sizes, by certificate, see [`proof`]. *Enumerated*: every geometry up to a stated bound. *Sampled*: random tests.
//! Not covered: Winograd and FFT arithmetic, zero-size axes, the range of machine indices in
//! somebody else's code.
//!
//! # Features
//!
//! All on by default, all additive: `cli` (the command), `npz` (`.npy`, `.npz`, `.safetensors`,
//! recorded cases), `onnx` (models, node tests, `.pb`), `json` (attributes; implied by the others),
//! `parallel` (matrices and exact sums on all cores), `search` (certificates for nests of one's own), `subject` (child processes).
//! `default-features = false` is the bare library: matrices, formulations, comparison, [`verify::expected`].

pub mod check;
pub mod claims;
#[cfg(feature = "cli")]
pub mod cli;
pub mod data;
#[cfg(feature = "json")]
pub mod dialect;
pub mod equivalence;
pub mod error;
pub mod evaluate;
pub mod formulation;
pub mod geometry;
pub mod guide;
pub mod layout;
pub mod matrix;
pub mod nest;
pub mod proof;
pub mod render;
pub mod scalar;
pub mod steps;
pub mod structure;
pub mod subject;
pub mod tensor;
#[cfg(feature = "json")]
pub mod translate;
pub mod verify;

pub use error::Error;
pub use geometry::{Geometry, Kind, Spec};
pub use matrix::{ConvMatrix, Side};
pub use tensor::Tensor;

/// The README's Rust, run as a test.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
