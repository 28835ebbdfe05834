//! Recorded cases: files, verdicts, folders as they come, cases that lie, layers of real size.
#![allow(clippy::unwrap_used)] // a test that cannot go on says where

#[cfg(all(feature = "cli", feature = "npz"))]
#[path = "../common/command.rs"]
mod command;
#[path = "../common/mod.rs"]
mod common;
mod data;
#[cfg(all(feature = "npz", feature = "onnx", unix))]
mod folders;
#[cfg(feature = "npz")]
mod hostile;
#[cfg(all(feature = "cli", feature = "npz"))]
mod layers;
#[cfg(feature = "npz")]
mod verdicts;
