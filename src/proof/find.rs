//! Makes the text of all certificates anew: what the crate stores. Nobody needs this to check them.

use std::time::{Duration, Instant};

use super::certificate::{Refutation, Shown, check, show};
use super::points::{model, points, small_sizes};
use super::search::{never, search};
use super::sequent::Sequent;
use super::stored::write;
use super::theorems::Theorem;
use crate::nest::{Nest, Sizes};

/// Largest size on which examples are looked for.
const MOST: i128 = 3;
/// Steps of all runs that look for them.
const ALL_STEPS: u64 = 200_000;
/// Steps on one of them.
const MAX_STEPS: u64 = 2_000;
/// Sizes on which they are looked for.
const MAX_SIZES: usize = 20_000;

/// A sequent for which no certificate was found, and its open goals; none where no integers were
/// found that have what it gives.
pub type Open = (String, Vec<String>);

/// The certificates of these theorems as text; the same on every run.
///
/// # Errors
/// The sequents for which none was found.
///
/// After `longest`, if one is given, what is left is open.
pub fn certificates(
    theorems: &[Theorem],
    longest: Option<Duration>,
    watch: &mut dyn FnMut(&str),
) -> Result<String, Vec<Open>> {
    let begin = Instant::now();
    let (mut all, mut open) = (Vec::new(), Vec::new());
    for theorem in theorems {
        watch(&theorem.name);
        let nevers: Vec<Option<Refutation>> = theorem.sequents.iter().map(contradiction).collect();
        let models = match &theorem.nest {
            Some(nest) => examples(nest, &theorem.sequents, &nevers),
            None => theorem.sequents.iter().map(|s| Some(restricted(s, &theorem.example))).collect(),
        };
        for ((sequent, model), never) in theorem.sequents.iter().zip(models).zip(nevers) {
            let is_late = longest.is_some_and(|longest| begin.elapsed() > longest);
            let found = match (never, model) {
                _ if is_late => Err(Vec::new()),
                (Some(refutation), _) => Ok(Shown::Never(refutation)),
                (None, Some(model)) => search(sequent).map(|certificate| Shown::Goals { model, certificate }),
                (None, None) => Err(Vec::new()),
            };
            match found {
                // What was found is checked like what was stored.
                Ok(shown) if check(sequent, &shown).is_ok() => all.push((sequent.name.clone(), shown)),
                Ok(_) => open.push((sequent.name.clone(), Vec::new())),
                Err(left) => open.push((sequent.name.clone(), left.iter().map(|&n| show(&sequent.show[n])).collect())),
            }
        }
    }
    if open.is_empty() { Ok(write(&all)) } else { Err(open) }
}

/// That a case of divisions that truncate does not occur; others are not asked.
fn contradiction(sequent: &Sequent) -> Option<Refutation> {
    if sequent.name.ends_with(['+', '-']) { never(sequent) } else { None }
}

/// For each sequent integers that have what it gives, where some were found; not for those that
/// contradict themselves.
fn examples(nest: &Nest, sequents: &[Sequent], never: &[Option<Refutation>]) -> Vec<Option<Sizes>> {
    let mut found: Vec<Option<Sizes>> = vec![None; sequents.len()];
    let mut left = ALL_STEPS;
    for sizes in small_sizes(nest, MOST).take(MAX_SIZES) {
        let mut steps = MAX_STEPS.min(left);
        let before = steps;
        let points = points(nest, &sizes, &mut steps);
        left -= before - steps;
        let mut is_whole = true;
        for ((sequent, found), never) in sequents.iter().zip(&mut found).zip(never) {
            if found.is_none() && never.is_none() {
                *found = model(sequent, &points, &|_| true);
                is_whole &= found.is_some();
            }
        }
        if is_whole {
            break;
        }
    }
    found
}

/// The values of a sequent's own names.
fn restricted(sequent: &Sequent, values: &Sizes) -> Sizes {
    sequent.names().into_iter().filter_map(|name| Some((name.to_owned(), *values.get(name)?))).collect()
}
