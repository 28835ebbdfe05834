//! The definition: specs, lengths, matrices, exact sums.
#![allow(clippy::unwrap_used)] // a test that cannot go on says where

#[path = "../common/mod.rs"]
mod common;
mod evaluate;
mod fast_build;
mod matrix;
mod rank;
mod shapes;
mod specs;
mod structure;
