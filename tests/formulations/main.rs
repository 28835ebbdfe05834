//! The six formulations: on numbers, on textbooks' numbers, in symbols, over families; and wrong ones refused.
#![allow(clippy::unwrap_used)] // a test that cannot go on says where

#[path = "../common/mod.rs"]
mod common;
mod equivalence;
mod mistakes;
mod numbers;
mod steps;
mod sweeps;
mod textbook;
