//! Integers at which the lines of a nest are reached: found by running it on small sizes.
//!
//! One of them shows that a sequent is not empty; one that violates a goal, that a nest is wrong.

use super::certificate::holds;
use super::sequent::Sequent;
use crate::nest::{Nest, Poly, SIZES, Sizes, run};

/// Steps of one run.
pub(super) const MAX_STEPS: u64 = 20_000;

/// Sizes of an axis from `I K s d p_b p_e a`; None where no output is left.
pub fn sizes([input, kernel, s, d, begin, end, a]: [i128; 7]) -> Option<Sizes> {
    let output = s * (input - 1) + d * (kernel - 1) + 1 - begin - end + a;
    let values = [input, kernel, output, s, d, begin, a];
    (output >= 1).then(|| SIZES.map(str::to_owned).into_iter().zip(values).collect())
}

/// Every assignment that a nest leads to on these sizes: before each of its lines, after its last,
/// and at each product of the definition with the witnesses of its inverse; as far as `steps` go.
pub fn points(nest: &Nest, sizes: &Sizes, steps: &mut u64) -> Vec<Sizes> {
    let mut all = Vec::new();
    for n in 0..=nest.steps.len() {
        let until = Nest { steps: nest.steps[..n].to_vec(), ..without_products(nest) };
        // What is undefined on the way ends the run; the points before it count.
        let _ = run(&until, sizes, steps, &mut |values, _| all.push(values.clone()));
    }
    let _ = run(nest, sizes, steps, &mut |values, at| {
        let mut values = values.clone();
        let found = nest.witness(&values, at).unwrap_or_default();
        for name in nest.witnesses.iter().flat_map(|d| [&d.quotient, &d.rest]) {
            values.extend(found.get(name).map(|value| (format!("inverse_{name}"), *value)));
        }
        all.push(values);
    });
    let empty = Nest { steps: Vec::new(), ..without_products(nest) };
    let _ = run(&empty, sizes, steps, &mut |values, _| {
        all.extend(products(sizes).into_iter().flat_map(|at| nest.witness(values, at)));
    });
    all
}

fn without_products(nest: &Nest) -> Nest {
    Nest { adds: [Poly::default(), Poly::default(), Poly::default()], ..nest.clone() }
}

/// Every `[o, i, t]` of the definition.
pub fn products(sizes: &Sizes) -> Vec<[i128; 3]> {
    let [input, kernel, output, s, d, begin, _] = SIZES.map(|name| sizes.get(name).copied().unwrap_or_default());
    let all = (0..input).flat_map(|i| (0..kernel).map(move |t| [s * i + d * t - begin, i, t]));
    all.filter(|[o, ..]| (0..output).contains(o)).collect()
}

/// All sizes up to `most`, the smallest first, with those of the nest itself from −1 to 3.
pub fn small_sizes(nest: &Nest, most: i128) -> impl Iterator<Item = Sizes> {
    let lengths = move |from: i128| (from..=most).flat_map(move |a| (from..=most).map(move |b| [a, b]));
    let mut all: Vec<[i128; 7]> = Vec::new();
    for [input, kernel] in lengths(1) {
        for [s, d] in lengths(1) {
            for [begin, end] in lengths(-2) {
                all.extend((0..=most).map(|a| [input, kernel, s, d, begin, end, a]));
            }
        }
    }
    // Pads and output padding are small where they are 0, the others where they are 1.
    all.sort_by_key(|n| (n.iter().map(|v| v.abs()).sum::<i128>(), *n));
    let names = nest.sizes.clone();
    all.into_iter().filter_map(sizes).flat_map(move |sizes| {
        let names = names.clone();
        let own = u32::try_from(names.len()).unwrap_or(u32::MAX);
        let combinations = 5usize.saturating_pow(own);
        (0..combinations).map(move |mut n| {
            let mut sizes = sizes.clone();
            for name in &names {
                // 1 first, then what is around it.
                sizes.insert(name.clone(), [1, 0, 2, 3, -1][n % 5]);
                n /= 5;
            }
            sizes
        })
    })
}

/// The first point that has all that a sequent gives, and what is wanted: its values of the
/// sequent's names.
pub fn model(sequent: &Sequent, points: &[Sizes], wanted: &dyn Fn(&Sizes) -> bool) -> Option<Sizes> {
    let fits = |point: &&Sizes| sequent.given.iter().all(|given| holds(given, point)) && wanted(point);
    let point = points.iter().find(fits)?;
    sequent.names().into_iter().map(|name| Some((name.to_owned(), *point.get(name)?))).collect()
}

/// The first goal of a nest's sequents that is violated on these sizes, and the integers that do it.
pub fn countermodel(nest: &Nest, sequents: &[Sequent], sizes: &Sizes) -> Option<(usize, usize, Sizes)> {
    let points = points(nest, sizes, &mut MAX_STEPS.clone());
    sequents.iter().enumerate().find_map(|(n, sequent)| {
        let violated = |(goal, constraint)| {
            let found = model(sequent, &points, &|point| !holds(constraint, point));
            found.map(|values| (n, goal, values))
        };
        sequent.show.iter().enumerate().find_map(violated)
    })
}
