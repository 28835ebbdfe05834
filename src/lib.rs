//! convproof
#[cfg(feature = "cli")]
pub mod cli;
pub mod data;
#[cfg(feature = "json")]
pub mod dialect;
pub mod equivalence;
pub mod error;
pub mod evaluate;
pub mod formulation;
pub mod geometry;
pub mod layout;
pub mod matrix;
pub mod render;
pub mod scalar;
pub mod tensor;
pub mod verify;

pub use error::Error;
pub use geometry::{Geometry, Kind, Spec};
pub use matrix::{ConvMatrix, Side};
pub use tensor::Tensor;
