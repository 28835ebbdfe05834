//! What goes to a program outside and comes back: a request in words, its arrays in files.

use crate::dialect::{Dialect, Pads};
use crate::geometry::Spec;
use crate::translate::{Raised, raise, same_matrix};

mod arrays;
mod question;
mod text;

pub(super) use arrays::{Part, element_type, for_numpy, from_numpy, operands, read, read_bytes, remove, write};
pub(super) use question::fields;
pub(super) use text::{MAX_SHOWN, message, shown};

/// The first proposal that means the spec: those with the pads as wanted, then any.
pub(in crate::subject) fn said(dialect: &'static Dialect, spec: &Spec, pads: Pads) -> Result<Raised, String> {
    let proposals = (dialect.propose)(spec, pads).unwrap_or_default();
    let wanted = proposals.into_iter().find_map(|words| {
        let lowered = words.lower().ok().filter(|lowered| same_matrix(&lowered.spec, spec))?;
        Some(Raised { words, lowered })
    });
    match wanted {
        Some(raised) => Ok(raised),
        None => raise(dialect, spec)
            .map_err(|why| format!("{} has no words for {spec}: {}", dialect.name, why.reasons.join("; "))),
    }
}
