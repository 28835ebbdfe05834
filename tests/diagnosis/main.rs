//! Mistakes are named: each by a wrong implementation of its own, and none where it is no mistake.
#![cfg(feature = "npz")]
#![allow(clippy::unwrap_used, clippy::type_complexity)] // lists of closures

mod biases;
mod borders;
mod cells;
mod channels;
#[path = "../common/mod.rs"]
mod common;
mod gradients;
mod layouts;
mod live;
mod plain;
mod program;
mod registry;
mod results;
mod same;
mod windows;

/// What an implementation with a mistake gives, made in one of its ways.
#[derive(Clone)]
struct Wrong {
    id: &'static str,
    variant: u16,
    case: program::Case,
    result: program::Result,
}

type Wrongs = Vec<Wrong>;

impl Wrong {
    fn new(id: &'static str, variant: u16, case: &program::Case, result: program::Result) -> Wrong {
        Wrong { id, variant, case: case.clone(), result }
    }
}
