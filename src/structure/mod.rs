//! What a transposed convolution is made of: what it can undo, how evenly it covers, what it costs.
//!
//! [`eliminate`] finds rank, null vector and determinant of a matrix with numbers, [`left_inverse`]
//! a map that undoes it.

mod modular;
mod rank;
mod rows;

pub use modular::{PRIME, rank_modulo};
pub use rank::{Elimination, MAX_WORK, eliminate, left_inverse};
