//! For a maintainer's own tests: a kernel as a closure, asked with a whole panel.
//!
//! ```
//! use convproof::{Geometry, check::{check, Profile}};
//!
//! /// One axis, one channel: the scatter that textbooks draw.
//! fn scatter(g: &Geometry, x: &[f32], w: &[f32]) -> Result<(Vec<usize>, Vec<f32>), String> {
//!     let axis = &g.axes()[0];
//!     let (k, s) = (w.len(), axis.stride() as usize);
//!     let mut y = vec![0.0; s * (x.len() - 1) + k];
//!     for (i, x) in x.iter().enumerate() {
//!         for (t, w) in w.iter().enumerate() {
//!             y[s * i + t] += x * w;
//!         }
//!     }
//!     Ok((vec![1, 1, y.len()], y))
//! }
//!
//! let own = "rank=1 channels=no batch=no asymmetric=no negative=no dilation=no output-padding=no invalid=ignored";
//! let profile = Profile::parse(own, &Profile::default())?;
//! // It has no padding, and says nothing about it.
//! let report = check(&profile, scatter).unwrap_err();
//! assert_eq!(report.findings[0].diagnosis[0].id, "padding-ignored");
//! assert_eq!(report.findings[0].spec.to_string(), "tconv i2 k2 p1");
//! # Ok::<(), convproof::Error>(())
//! ```
//!
//! [`check`] runs the forward pass, [`check_backward`] gradients, [`check_adjoint`] a convolution
//! against its transpose. Each gives [`Passed`] or [`Failed`], whose `Debug` is the report, so that
//! `.unwrap()` in a `#[test]` prints it.

mod adjoint;
mod closure;
mod report;
#[cfg(feature = "proptest")]
mod strategy;

pub use adjoint::check_adjoint;
pub use closure::{Backward, Shaped, check, check_backward, check_kind};
pub use report::{Failed, Passed};
#[cfg(feature = "proptest")]
pub use strategy::geometry;

pub use crate::subject::{Invalid, OutputPadding, Profile, Size, Sums};
