//! Kernels as functions, judged in a `#[test]`: none of it needs a feature.
#![allow(clippy::unwrap_used)] // a test that cannot go on says where

mod bounds;
mod check;
#[path = "../common/mod.rs"]
mod common;
mod expected;
mod orders;
