//! Dialects: what the words of frameworks mean, what they refuse, what they can say.
#![cfg(feature = "npz")]
#![allow(clippy::unwrap_used)] // a test that cannot go on says where

#[path = "../common/mod.rs"]
mod common;
mod expressible;
mod libraries;
mod lowered;
mod rules;
mod spaces;
