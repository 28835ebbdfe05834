//! v
mod rounding;
mod truth;
