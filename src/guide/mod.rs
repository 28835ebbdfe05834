//! Prose: how convproof thinks, how the crate is laid out, how fast it is, what changed.

#[doc = include_str!("verdicts.md")]
pub mod verdicts {}

#[doc = include_str!("house.md")]
pub mod house {}

#[doc = include_str!("performance.md")]
pub mod performance {}

#[doc = include_str!("changelog.md")]
pub mod changelog {}
