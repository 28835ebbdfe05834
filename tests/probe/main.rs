//! Probes that leave the house and come back: every format, and folders that lie.
#![cfg(all(feature = "cli", feature = "subject", feature = "onnx"))]
#![allow(clippy::unwrap_used, clippy::float_arithmetic)] // tests

#[path = "../common/command.rs"]
mod command;
mod hostile;
#[path = "../common/naive.rs"]
#[allow(dead_code)] // of the loops their results
mod naive;
mod returned;
mod ways;
