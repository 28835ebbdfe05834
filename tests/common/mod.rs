//! What several test files share.
#![allow(dead_code, unused_imports)] // each test file uses its part

#[cfg(feature = "npz")]
pub mod cases;
mod geo;
pub mod naive;
mod specs;

pub use geo::geo;
pub use specs::{RawAxis, raw_axis, spec_strategy};

use proptest::test_runner::{Config, FileFailurePersistence};

/// Sampling with the failing seeds saved next to the test file.
pub fn sampled(cases: u32) -> Config {
    Config {
        cases,
        failure_persistence: Some(Box::new(FileFailurePersistence::WithSource("regressions"))),
        ..Config::default()
    }
}
