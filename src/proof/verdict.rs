//! Somebody's nest judged: proved, refuted, or neither.

use std::collections::BTreeMap;
use std::time::Duration;

use super::find::{Open, certificates};
use super::points::{MAX_STEPS, products, small_sizes};
use super::theorems::Theorem;
use crate::nest::{Nest, SIZES, Sizes, Stop, run};

/// What is found about a nest.
#[derive(Debug, Clone, PartialEq)]
#[allow(clippy::exhaustive_enums)] // all there can be
pub enum Verdict {
    /// For all sizes.
    Proved {
        /// What was to be shown.
        sequents: usize,
        /// And how much of it.
        goals: usize,
        /// The text of the certificates.
        certificates: String,
    },
    /// These sizes, the smallest that were tried, show that it is wrong.
    Refuted {
        /// `I K O s d p_b a` and the nest's own.
        sizes: Sizes,
        /// What is wrong there.
        wrong: Wrong,
    },
    /// No certificate was found for these sequents, and nothing wrong on this many sizes.
    Unknown {
        /// Names of sequents, and their goals that are open.
        open: Vec<Open>,
        /// Sizes that were tried.
        tried: usize,
    },
}

/// How a nest departs from the definition on some sizes.
#[derive(Debug, Clone, PartialEq, Eq)]
#[allow(clippy::exhaustive_enums)] // all there can be
pub enum Wrong {
    /// A product that is made another number of times than it should: 1 or 0.
    Product {
        /// `[o, i, t]`
        at: [i128; 3],
        /// How often it is made.
        got: usize,
        /// How often it should be.
        right: usize,
    },
    /// An index outside its array, a division by less than 1, a claim that does not hold.
    Undefined {
        /// Which.
        what: String,
        /// Where.
        values: Sizes,
    },
    /// Another length of the output.
    Length {
        /// The nest's.
        got: i128,
    },
}

/// After this time no more certificates are looked for.
const LONGEST: Duration = Duration::from_secs(60);
/// Largest size that is tried.
const MOST: i128 = 3;
/// Steps of all runs together.
const ALL_STEPS: u64 = 10_000_000;
/// Runs that were too long: where so many are, the others will be, too.
const MAX_LONG: usize = 20;

/// Looks for a counterexample among small sizes, then for certificates. Whatever inverse is
/// declared: what is proved is so, and what is refuted is not.
pub fn judge(nest: &Nest) -> Verdict {
    let (mut tried, mut long, mut left) = (0, 0, ALL_STEPS);
    for sizes in small_sizes(nest, MOST) {
        let mut steps = MAX_STEPS.min(left);
        let before = steps;
        let found = wrong(nest, &sizes, &mut steps);
        left = left.saturating_sub((before - steps).max(20));
        match found {
            Found::Wrong(wrong) => return Verdict::Refuted { sizes, wrong },
            Found::Right => tried += 1,
            Found::TooLong => long += 1,
            Found::Nothing => {}
        }
        if left == 0 || long == MAX_LONG {
            break;
        }
    }
    let theorem = Theorem::of_nest(nest.clone());
    let (sequents, goals) = (theorem.sequents.len(), theorem.goals());
    match certificates(&[theorem], Some(LONGEST), &mut |_| {}) {
        // A claim about sizes that do not occur would say nothing.
        Ok(certificates) if tried > 0 => Verdict::Proved { sequents, goals, certificates },
        Ok(_) => Verdict::Unknown { open: Vec::new(), tried },
        Err(open) => Verdict::Unknown { open, tried },
    }
}

enum Found {
    Right,
    Wrong(Wrong),
    TooLong,
    /// Sizes for which nothing is claimed.
    Nothing,
}

fn wrong(nest: &Nest, sizes: &Sizes, steps: &mut u64) -> Found {
    let mut counts: BTreeMap<[i128; 3], usize> = BTreeMap::new();
    match run(nest, sizes, steps, &mut |_, at| *counts.entry(at).or_default() += 1) {
        Err(Stop::Undefined { what, values }) => return Found::Wrong(Wrong::Undefined { what, values }),
        Err(Stop::TooLong) => return Found::TooLong,
        Err(Stop::NotAssumed) => return Found::Nothing,
        Ok(()) => {}
    }
    if let Some(length) = &nest.length {
        let mut got = None;
        let alone = Nest { steps: Vec::new(), adds: [length.clone(), length.clone(), length.clone()], ..nest.clone() };
        let _ = run(&alone, sizes, &mut MAX_STEPS.clone(), &mut |_, [length, ..]| got = Some(length));
        if let Some(got) = got.filter(|got| Some(got) != sizes.get("O")) {
            return Found::Wrong(Wrong::Length { got });
        }
    }
    let right: BTreeMap<[i128; 3], usize> = products(sizes).into_iter().map(|at| (at, 1)).collect();
    let at = counts.keys().chain(right.keys()).find(|at| counts.get(*at) != right.get(*at));
    match at {
        None => Found::Right,
        Some(at) => {
            let count = |all: &BTreeMap<[i128; 3], usize>| all.get(at).copied().unwrap_or(0);
            Found::Wrong(Wrong::Product { at: *at, got: count(&counts), right: count(&right) })
        }
    }
}

/// `I=2 K=1 s=3 p_b=1 p_e=0`: sizes as a reader has them; 1 and 0 where nothing is said.
pub fn shown(sizes: &Sizes) -> String {
    let of = |name: &str| sizes.get(name).copied().unwrap_or_default();
    let end = of("s") * (of("I") - 1) + of("d") * (of("K") - 1) + 1 - of("p_b") + of("a") - of("O");
    let usual = |name: &str| i128::from(["I", "K", "s", "d"].contains(&name));
    let axis = ["I", "K", "s", "d", "p_b", "p_e", "a"].map(|name| (name, if name == "p_e" { end } else { of(name) }));
    let own = sizes.iter().filter(|(name, _)| !SIZES.contains(&name.as_str()));
    let mut parts: Vec<String> =
        axis.iter().filter(|(name, n)| *n != usual(name)).map(|(name, n)| format!("{name}={n}")).collect();
    parts.extend(own.map(|(name, n)| format!("{name}={n}")));
    if parts.is_empty() { "I=K=s=d=1, no pads".to_owned() } else { parts.join(" ") }
}
