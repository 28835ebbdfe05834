//! The ledger of claims: what well-known texts say about transposed convolution, and what is true.
//!
//! A [`Claim`] is a sentence of a published text in our own words, a verdict, the condition under
//! which it holds, what would be right, and [`Check`]s: small statements with numbers from the text
//! or worked by hand, which are computed when they are asked for.
//!
//! ```text
//! godoy-15   conditional   a plain convolution of the padded image gives the result
//!            condition     only for kernels equal to their own rotation by 180°
//!            check         conv i2x2 k2x2 p1 on 0 1; 2 3 gives 0 3 2; 6 14 6; 2 3 0
//! ```
//!
//! Ids are a word for the text and the number of the claim in it. A check that fails would be a
//! mistake in the ledger or in this crate: `tests/claims/` runs them all, and falsified ones too.

mod arrays;
mod check;
mod d2l;
mod distill;
mod errata;
mod godoy;
mod guide;
mod matrices;
mod shibuya;
mod sizes;
mod steps;
mod write;

pub use check::{Check, Outcome, Shown, Shows};
pub use matrices::Counts;
pub use steps::Step;

/// What is to be said of a claim.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[allow(clippy::exhaustive_enums)] // the words that reports use
pub enum Verdict {
    /// True as it stands.
    True,
    /// True under a condition that the text does not state.
    Conditional,
    /// False.
    False,
    /// A slip of the pen, or damage by translation: another word or number is meant.
    Typo,
    /// It rests on a picture that is not in the text.
    Picture,
}

impl Verdict {
    /// All, in the order of reports.
    pub const ALL: [Verdict; 5] =
        [Verdict::True, Verdict::Conditional, Verdict::False, Verdict::Typo, Verdict::Picture];

    /// `true`, `conditional`, `false`, `typo` or `picture`.
    pub fn word(self) -> &'static str {
        match self {
            Verdict::True => "true",
            Verdict::Conditional => "conditional",
            Verdict::False => "false",
            Verdict::Typo => "typo",
            Verdict::Picture => "picture",
        }
    }
}

/// A text, and what it claims.
#[derive(Debug, Clone, Copy)]
#[non_exhaustive]
pub struct Source {
    /// The word in the ids of its claims.
    pub word: &'static str,
    /// Author, title, where it was published.
    pub cite: &'static str,
    /// Its claims, in the order of the text.
    pub claims: &'static [Claim],
}

/// One thing that a text says.
#[derive(Debug, Clone, Copy)]
#[non_exhaustive]
pub struct Claim {
    /// `godoy-15`.
    pub id: &'static str,
    /// The claim, in one short line of our own words.
    pub said: &'static str,
    /// What is to be said of it.
    pub verdict: Verdict,
    /// Under which condition it holds; of a claim that is true, a remark. May be empty.
    pub condition: &'static str,
    /// What would be right; empty where nothing is wrong.
    pub right: &'static str,
    /// Where a reader finds what is no computation: usage, history, words. May be empty.
    pub reference: &'static str,
    /// What is computed.
    pub checks: &'static [Shown],
}

impl Claim {
    const fn new(id: &'static str, verdict: Verdict, said: &'static str) -> Claim {
        Claim { id, said, verdict, condition: "", right: "", reference: "", checks: &[] }
    }

    const fn condition(self, condition: &'static str) -> Claim {
        Claim { condition, ..self }
    }

    const fn right(self, right: &'static str) -> Claim {
        Claim { right, ..self }
    }

    const fn see(self, reference: &'static str) -> Claim {
        Claim { reference, ..self }
    }

    const fn checks(self, checks: &'static [Shown]) -> Claim {
        Claim { checks, ..self }
    }
}

/// Every text, those that claim most and are read first in front.
pub static SOURCES: &[Source] = &[
    Source {
        word: "godoy",
        cite: "D. Voigt Godoy, \"What are transposed convolutions?\", Towards Data Science",
        claims: godoy::CLAIMS,
    },
    Source {
        word: "shibuya",
        cite: "N. Shibuya, \"Up-sampling with Transposed Convolution\", Medium",
        claims: shibuya::CLAIMS,
    },
    Source { word: "d2l", cite: "notes on d2l.ai, \"Transposed Convolution\"", claims: d2l::CLAIMS },
    Source {
        word: "guide",
        cite: "notes on V. Dumoulin and F. Visin, \"A guide to convolution arithmetic\"",
        claims: guide::CLAIMS,
    },
    Source {
        word: "guide-erratum",
        cite: "V. Dumoulin and F. Visin, \"A guide to convolution arithmetic\", arXiv:1603.07285",
        claims: errata::GUIDE,
    },
    Source {
        word: "theano-erratum",
        cite: "Theano documentation, \"Convolution arithmetic tutorial\"",
        claims: errata::THEANO,
    },
    Source {
        word: "distill",
        cite: "A. Odena, V. Dumoulin, C. Olah, \"Deconvolution and Checkerboard Artifacts\", 2016",
        claims: distill::CLAIMS,
    },
];

/// Every claim with its source, by source.
pub fn all() -> impl Iterator<Item = (&'static Source, &'static Claim)> {
    SOURCES.iter().flat_map(|source| source.claims.iter().map(move |claim| (source, claim)))
}

/// The claim of this id, in any case.
///
/// ```
/// use convproof::claims::{self, Verdict};
/// let (source, claim) = claims::find("godoy-15").unwrap();
/// assert!(source.cite.starts_with("D. Voigt Godoy"));
/// assert_eq!(claim.verdict, Verdict::Conditional);
/// assert!(claim.checks.iter().all(|shown| shown.check.run().holds()));
/// ```
pub fn find(id: &str) -> Option<(&'static Source, &'static Claim)> {
    all().find(|(_, claim)| claim.id.eq_ignore_ascii_case(id))
}
