//! Mistakes that people make in transposed convolutions, as nests: none of them may be proved.
//!
//! Each has sizes on which it differs, and from them integers that have all that one of its sequents
//! gives and violate a goal: a proof of it would be wrong.

use super::points::{countermodel, sizes};
use super::sequent::{Sequent, sequents};
use super::statement::statements;
use crate::error::{Error, NestError};
use crate::nest::{Sizes, parse};

/// A mistake, and what shows that it is one.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Mistake {
    /// In words.
    pub words: String,
    /// Where it differs: `K=2, p_b=1`.
    pub differs_at: String,
    /// What does not follow.
    pub sequent: Sequent,
    /// Which of its goals.
    pub goal: usize,
    /// Integers that have what is given and violate the goal.
    pub model: Sizes,
}

const NESTS: [&str; 14] = [
    include_str!("wrong/tap_zero.nest"),
    include_str!("wrong/not_flipped.nest"),
    include_str!("wrong/pad_off_by_one.nest"),
    include_str!("wrong/output_padding_low.nest"),
    include_str!("wrong/output_padding_zeros.nest"),
    include_str!("wrong/emulation_pad_undilated.nest"),
    include_str!("wrong/pads_swapped.nest"),
    include_str!("wrong/negative_pad_clamped.nest"),
    include_str!("wrong/stride_dilation_swapped.nest"),
    include_str!("wrong/remainder_untested.nest"),
    include_str!("wrong/phase_without_pad.nest"),
    include_str!("wrong/phase_negated.nest"),
    include_str!("wrong/phase_undilated.nest"),
    include_str!("wrong/col2im_start.nest"),
];

const STATEMENT: &str = include_str!("wrong/adjoint_any_padding.txt");

/// All mistakes, each with what refutes it.
///
/// # Errors
/// A1 for a text that cannot be read, or that is not wrong where it says; never with those here.
pub fn mistakes() -> Result<Vec<Mistake>, Error> {
    let refused = |problem: String| Error::from(NestError::Text { problem });
    let mut all = Vec::new();
    for text in NESTS {
        let (words, differs_at) = (comment(text, "mistake"), comment(text, "differs at"));
        let nest = parse(text)?;
        let mut sequents = sequents(&nest);
        let found = read_sizes(&differs_at).and_then(|sizes| countermodel(&nest, &sequents, &sizes));
        let (n, goal, model) = found.ok_or_else(|| refused(format!("{} is right at {differs_at}", nest.name)))?;
        all.push(Mistake { words, differs_at, sequent: sequents.swap_remove(n), goal, model });
    }
    for mut statement in statements(STATEMENT).map_err(refused)? {
        let Some(sequent) = statement.sequents.pop() else { continue };
        let (words, differs_at) = (comment(STATEMENT, "mistake"), comment(STATEMENT, "differs at"));
        all.push(Mistake { words, differs_at, goal: 0, sequent, model: statement.model });
    }
    Ok(all)
}

/// What follows `# WORD` on its line.
fn comment(text: &str, word: &str) -> String {
    let found = text.lines().find_map(|line| line.strip_prefix("# ")?.strip_prefix(word));
    found.unwrap_or_default().trim_start_matches(':').trim().to_owned()
}

/// `K=2, p_b=1`; what is not said is 1, or 0 of pads and output padding.
fn read_sizes(text: &str) -> Option<Sizes> {
    let mut values = [1, 1, 1, 1, 0, 0, 0];
    for part in text.split(", ") {
        let (name, value) = part.split_once('=')?;
        let place = ["I", "K", "s", "d", "p_b", "p_e", "a"].iter().position(|known| *known == name)?;
        values[place] = value.parse().ok()?;
    }
    sizes(values)
}
