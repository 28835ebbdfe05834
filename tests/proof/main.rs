//! Proofs for all sizes: certificates and what is refused, the tie between code and nest, nests of
//! one's own.

#![allow(clippy::unwrap_used)] // a test that cannot go on says where

mod certificates;
#[path = "../common/mod.rs"]
mod common;
#[cfg(feature = "search")]
mod mistakes;
#[cfg(feature = "cli")]
mod nests;
mod tie;
