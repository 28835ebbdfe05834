//! What is shown: matrices and reports as texts, the commands that print them, the README.
#![allow(clippy::unwrap_used)] // a test that cannot go on says where

#[cfg(feature = "cli")]
mod claims;
#[cfg(feature = "cli")]
#[path = "../common/command.rs"]
mod command;
mod formats;
#[cfg(feature = "cli")]
mod gallery;
#[cfg(all(feature = "cli", feature = "npz"))]
mod junit;
#[cfg(feature = "cli")]
mod layers;
#[cfg(all(feature = "cli", feature = "subject", unix))]
mod live;
mod looks;
#[cfg(all(feature = "cli", feature = "npz"))]
mod own;
#[cfg(feature = "cli")]
mod pages;
#[cfg(all(feature = "cli", feature = "subject", unix))]
mod parts;
#[cfg(all(feature = "cli", feature = "npz", feature = "onnx"))]
mod readme;
#[cfg(feature = "cli")]
mod registries;
mod render;
#[path = "../common/snapshots.rs"]
mod snapshots;
#[cfg(feature = "cli")]
mod steps;
#[cfg(feature = "cli")]
mod structure;
#[cfg(all(feature = "cli", feature = "subject", unix))]
#[path = "../common/subject.rs"]
mod subject;
#[cfg(all(feature = "cli", feature = "npz"))]
mod tensors;
#[cfg(all(feature = "cli", feature = "onnx"))]
mod translate;
#[cfg(all(feature = "cli", feature = "npz"))]
mod verify;
#[cfg(feature = "cli")]
mod whole;
