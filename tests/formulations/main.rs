//! The six formulations: on numbers, on textbooks' numbers, in symbols, over families; and wrong ones refused.
#![allow(clippy::unwrap_used)] // a test that cannot go on says where

mod equivalence;
mod mistakes;
mod numbers;
mod sweeps;
mod textbook;
