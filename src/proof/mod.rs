//! Proved for all sizes: every formulation is the definition for every input, kernel, stride,
//! dilation, pad and output padding.
//!
//! A formulation's loops are data ([`crate::nest`]); what has to hold of them is generated
//! ([`sequent`]), shown by certificates that are stored with the crate ([`stored`]), and checked by
//! adding up polynomials ([`certificate`]). Certificates are found by a linear program (`search`),
//! which nobody has to trust. That the code makes the products of its nest is *enumerated* and
//! *sampled* by `tests/proof/tie.rs`; that the nest is the definition is *proved*.
//!
//! Outside: the range of machine integers, rounding, axes of length 0. Several axes: a formulation
//! that is a product of its axes is equal where its axes are, see
//! [`crate::formulation::Formulation::on_axis`].
//!
//! ```
//! let checked = convproof::proof::check_all()?;
//! assert!(checked.iter().all(|theorem| theorem.result.is_ok()));
//! # Ok::<(), convproof::Error>(())
//! ```

pub mod certificate;
#[cfg(feature = "search")]
pub mod find;
pub mod points;
#[cfg(feature = "search")]
pub mod search;
pub mod sequent;
pub mod smt;
pub mod statement;
pub mod stored;
mod theorems;
#[cfg(feature = "search")]
pub mod verdict;
pub mod wrong;

pub use theorems::{Theorem, nests, theorems};

use certificate::{Shown, check};

use crate::error::{Error, NestError};

/// The certificates of all theorems.
pub const CERTIFICATES: &str = include_str!("certificates.txt");

/// A theorem whose certificates were checked.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Checked {
    /// What is claimed.
    pub theorem: Theorem,
    /// Cases that cannot occur.
    pub never: usize,
    /// Or what is wrong with its certificates.
    pub result: Result<(), String>,
}

/// Checks the stored certificates of every theorem. Cost: milliseconds.
///
/// # Errors
/// A2 for certificates that cannot be read, which never happens with those of this crate.
pub fn check_all() -> Result<Vec<Checked>, Error> {
    check_text(theorems()?, CERTIFICATES)
}

/// Checks certificates of these theorems: each sequent has one, in order, and nothing is left over.
///
/// # Errors
/// A2 for a text that cannot be read or has other sequents.
pub fn check_text(theorems: Vec<Theorem>, text: &str) -> Result<Vec<Checked>, Error> {
    let refused = |problem: String| Error::from(NestError::Certificates { problem });
    let mut certificates = stored::read(text).map_err(refused)?.into_iter();
    let mut all = Vec::new();
    for theorem in theorems {
        let (mut never, mut result) = (0, Ok(()));
        for sequent in &theorem.sequents {
            let (name, shown) =
                certificates.next().ok_or_else(|| refused(format!("nothing shows '{}'", sequent.name)))?;
            if name != sequent.name {
                return Err(refused(format!("'{name}' where '{}' is to be shown", sequent.name)));
            }
            never += usize::from(matches!(shown, Shown::Never(_)));
            let checked = check(sequent, &shown).map_err(|why| format!("{}: {why}", sequent.name));
            result = result.and(checked);
        }
        all.push(Checked { theorem, never, result });
    }
    match certificates.next() {
        Some((name, _)) => Err(refused(format!("'{name}' belongs to no theorem"))),
        None => Ok(all),
    }
}
