//! The `convproof` command.
fn main() {}
