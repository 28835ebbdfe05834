//! A spec in the words of the dialect that is asked.

use crate::dialect::{Dialect, Pads};
use crate::geometry::Spec;
use crate::translate::{Raised, raise, same_matrix};

/// A spec and how its pads were to be said, with the dialect's words for it, or why it has none.
#[derive(Debug, Clone)]
pub(super) struct Call {
    pub asked: (Spec, Pads),
    pub raised: Result<Raised, String>,
}

/// The first proposal that means the spec: those with the pads as wanted, then any.
pub(super) fn said(dialect: &'static Dialect, spec: &Spec, pads: Pads) -> Result<Raised, String> {
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
