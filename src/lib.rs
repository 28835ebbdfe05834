//! convproof
pub mod data;
pub mod error;
pub mod geometry;
pub mod matrix;
pub mod scalar;
pub mod tensor;

pub use error::Error;
pub use geometry::{Geometry, Kind, Spec};
pub use tensor::Tensor;
