//! Raising: what a dialect can say is exactly what some of its attributes mean, by brute force.
#![allow(clippy::unwrap_used)] // tests

use std::collections::BTreeSet;

use crate::spaces::{SPACES, Space};
use convproof::dialect::{DIALECTS, Words};
use convproof::geometry::{Geometry, Kind, Padding, Spec, Window};
use convproof::translate::{raise, same_matrix, translate};
use serde_json::Value;

/// The matrix of a spec on one axis, written out: lengths and everything that meets.
type Matrix = (usize, i64, i64, i64, BTreeSet<(i64, i64, i64)>);

fn matrix(spec: &Spec) -> Matrix {
    let axis = &spec.geometry.axes()[0];
    let met = |o| axis.meetings_of_output(o).map(|m| (m.o, m.i, m.t)).collect::<Vec<_>>();
    (spec.kind as usize, axis.input(), axis.output(), axis.kernel(), (0..axis.output()).flat_map(met).collect())
}

/// Every combination of the values that a space gives to the words.
fn combinations(space: &Space) -> Vec<Vec<(&'static str, Value)>> {
    let mut all: Vec<Vec<(&'static str, Value)>> = vec![Vec::new()];
    for (name, values) in space.words() {
        let grown = all.iter().flat_map(|known| {
            values.iter().map(|value| {
                let mut next = known.clone();
                if !value.is_null() {
                    next.push((name, value.clone()));
                }
                next
            })
        });
        all = grown.collect();
    }
    all
}

/// The family: one axis, all alike where the dialect needs more of them.
fn family() -> Vec<Spec> {
    let mut all = Vec::new();
    for (input, kernel) in [(1, 1), (1, 3), (2, 1), (2, 2), (3, 2), (2, 3), (3, 4)] {
        for (stride, dilation) in [(1, 1), (2, 1), (3, 1), (1, 2), (2, 2)] {
            for (begin, end) in (-1..=3).flat_map(|b| (-2..=3).map(move |e| (b, e))) {
                let padding = Padding { begin, end };
                let window = Window { stride, dilation, padding, ..Window::new(kernel) };
                let Ok(axis) = window.transposed(input, 0) else { continue };
                let geometry = Geometry::new(vec![axis]).unwrap();
                all.push(Spec { kind: Kind::Tconv, geometry });
            }
        }
    }
    all
}

/// The same spec on `rank` equal axes.
fn on_axes(spec: &Spec, rank: usize) -> Spec {
    let geometry = Geometry::new(vec![spec.geometry.axes()[0]; rank]).unwrap();
    Spec { kind: spec.kind, geometry }
}

#[test]
fn what_is_raised_means_the_same() {
    for dialect in DIALECTS {
        let space = SPACES.iter().find(|s| s.dialect == dialect.name).unwrap_or_else(|| panic!("{}", dialect.name));
        let mut raised = 0;
        for spec in family() {
            let spec = on_axes(&spec, space.rank);
            let Ok(found) = raise(dialect, &spec) else { continue };
            raised += 1;
            assert!(same_matrix(&found.lowered.spec, &spec), "{}: {spec}", dialect.name);
            assert_eq!(matrix(&found.lowered.spec), matrix(&spec), "{}: {spec}", dialect.name);
            // What is printed reads back.
            let again: Words = found.words.to_string().parse().unwrap_or_else(|e| panic!("{}: {e}", found.words));
            assert_eq!(again.lower().unwrap().spec, found.lowered.spec, "{}", found.words);
        }
        assert!(raised > 20, "{}: {raised}", dialect.name);
    }
}

#[test]
fn what_some_attributes_mean_is_raised_and_nothing_else() {
    for space in SPACES {
        let dialect = convproof::dialect::find(space.dialect).unwrap();
        let mut reached: BTreeSet<Matrix> = BTreeSet::new();
        for (input, kernel) in [(1, 1), (1, 3), (2, 1), (2, 2), (3, 2), (2, 3), (3, 4)] {
            for attributes in combinations(space) {
                let Some(words) = space.call(dialect, &attributes, input, kernel) else { continue };
                let Ok(lowered) = words.lower() else { continue };
                assert_eq!(lowered.spec.geometry.rank(), space.rank);
                reached.insert(matrix(&lowered.spec));
            }
        }
        let (mut said, mut unsaid) = (0, 0);
        for spec in family() {
            let found = raise(dialect, &on_axes(&spec, space.rank));
            let wanted = reached.contains(&matrix(&spec));
            if wanted {
                assert!(found.is_ok(), "{}: {spec} can be said: {:?}", dialect.name, found.err());
                said += 1;
            } else if let Ok(found) = found {
                // Only with attributes outside of the space.
                assert!(space.outside(&found.words), "{}: {spec} as {}", dialect.name, found.words);
            } else {
                unsaid += 1;
            }
        }
        assert!(said > 20 && (unsaid > 20 || space.says_all), "{}: {said} said, {unsaid} not", dialect.name);
    }
}

/// There and back again is the same matrix.
#[test]
fn there_and_back() {
    for spec in family().into_iter().step_by(7) {
        for a in DIALECTS {
            for b in DIALECTS {
                let rank = |name: &str| SPACES.iter().find(|s| s.dialect == name).unwrap().rank;
                let spec = on_axes(&spec, rank(a.name).max(rank(b.name)));
                let Ok(there) = raise(a, &spec) else { continue };
                let translation = translate(&there.lowered, b);
                let Ok(over) = &translation.found else { continue };
                let back = raise(a, &over.lowered.spec).unwrap_or_else(|e| panic!("{spec} {} {e:?}", over.words));
                assert!(
                    same_matrix(&back.lowered.spec, &spec),
                    "{spec}: {} {} {}",
                    there.words,
                    over.words,
                    back.words
                );
            }
        }
    }
}
