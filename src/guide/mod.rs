//! Prose: how convproof thinks, how the crate is laid out, what changed.

#[doc = include_str!("verdicts.md")]
pub mod verdicts {}

#[doc = include_str!("house.md")]
pub mod house {}

#[doc = include_str!("changelog.md")]
pub mod changelog {}
