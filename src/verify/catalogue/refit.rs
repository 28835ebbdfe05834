//! Which geometry is this matrix: the integer relation of positions that all entries satisfy.
//!
//! ```text
//! o_a = Σ_b S_ab·i_b + Σ_b D_ab·t_b + c_a
//! ```
//!
//! The right operator has the strides on the diagonal of `S`, the dilations on that of `D` and
//! `c = −p_begin`; a flipped kernel has `−d` there, exchanged axes stand beside the diagonal.

use std::collections::BTreeSet;
use std::fmt;

use num_traits::{ToPrimitive, Zero};

use crate::scalar::Rational;

/// An entry of a matrix: tap `t` takes input position `i` to output position `o`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[allow(clippy::exhaustive_structs)] // the three letters of the relation
pub struct Triple {
    /// Output position, one number per axis.
    pub o: Vec<i64>,
    /// Input position.
    pub i: Vec<i64>,
    /// Tap.
    pub t: Vec<i64>,
}

/// The relation of a set of entries, and whether they are all that it has.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Relation {
    /// Row `a`: how much each input axis moves output axis `a`.
    pub stride: Vec<Vec<i64>>,
    /// Row `a`: how much each axis of the kernel moves output axis `a`.
    pub dilation: Vec<Vec<i64>>,
    /// Where input 0 and tap 0 are taken to.
    pub offset: Vec<i64>,
    /// Whether no entry is missing among the inputs, taps and outputs up to the largest that were seen.
    pub complete: bool,
}

/// The relation that all entries satisfy; none if there is none, or no entry.
///
/// Where the entries do not tell (one input position says nothing about a stride), the coefficient
/// is 0. Cost: one pass over the entries once they tell everything, and one over the box of inputs
/// and taps.
///
/// ```
/// use convproof::verify::{Triple, refit};
/// let entry = |i: i64, t: i64| Triple { o: vec![2 * i + t - 1], i: vec![i], t: vec![t] };
/// let entries: Vec<Triple> = [(0, 1), (0, 2), (1, 0), (1, 1), (1, 2)].map(|(i, t)| entry(i, t)).to_vec();
/// let relation = refit(&entries).unwrap();
/// assert_eq!(relation.to_string(), "y[o] = Σ x[i]·w[t], o = 2·i + t − 1");
/// assert!(relation.complete);
/// // A column with a hole, and no relation at all.
/// assert!(!refit(&entries[1..]).unwrap().complete);
/// assert_eq!(refit(&[entry(0, 0), entry(1, 0), Triple { o: vec![7], i: vec![2], t: vec![0] }]), None);
/// ```
pub fn refit(entries: &[Triple]) -> Option<Relation> {
    let first = entries.first()?;
    let (rank, inputs, taps) = (first.o.len(), first.i.len(), first.t.len());
    let even = |e: &Triple| (e.o.len(), e.i.len(), e.t.len()) == (rank, inputs, taps);
    if !entries.iter().all(even) {
        return None;
    }
    // Of columns that depend on each other the first ones are used: with either order the others are 0.
    let by_input: Vec<usize> = (0..inputs + taps).collect();
    let by_tap: Vec<usize> = (inputs..inputs + taps).chain(0..inputs).collect();
    let found = [by_input, by_tap].iter().find_map(|order| solve(entries, order))?;
    let row = |a: usize, columns: std::ops::Range<usize>| found[a][columns].to_vec();
    let mut relation = Relation {
        stride: (0..rank).map(|a| row(a, 0..inputs)).collect(),
        dilation: (0..rank).map(|a| row(a, inputs..inputs + taps)).collect(),
        offset: found.iter().map(|row| row[inputs + taps]).collect(),
        complete: false,
    };
    let all_meet = |e: &Triple| relation.output(&e.i, &e.t).as_deref() == Some(&e.o[..]);
    if !entries.iter().all(all_meet) {
        return None;
    }
    let seen = |of: fn(&Triple) -> &Vec<i64>, rank: usize| -> Vec<i64> {
        (0..rank).map(|n| entries.iter().map(|e| of(e)[n]).max().unwrap_or(0) + 1).collect()
    };
    let (input, kernel, output) = (seen(|e| &e.i, inputs), seen(|e| &e.t, taps), seen(|e| &e.o, rank));
    relation.complete = relation.missing(entries, &input, &kernel, &output).is_empty();
    Some(relation)
}

impl Relation {
    /// Where a tap takes an input; none beyond all numbers.
    fn output(&self, i: &[i64], t: &[i64]) -> Option<Vec<i64>> {
        let sum = |a: usize| {
            let factors = self.stride[a].iter().zip(i).chain(self.dilation[a].iter().zip(t));
            factors.map(|(f, p)| f.checked_mul(*p)).try_fold(self.offset[a], |sum, term| sum.checked_add(term?))
        };
        (0..self.offset.len()).map(sum).collect()
    }

    /// What the relation has among inputs, taps and outputs of these lengths, and the entries have not.
    ///
    /// Cost: the products of all inputs and taps.
    pub fn missing(&self, entries: &[Triple], input: &[i64], kernel: &[i64], output: &[i64]) -> Vec<Triple> {
        let there: BTreeSet<(&[i64], &[i64])> = entries.iter().map(|e| (&e.i[..], &e.t[..])).collect();
        let mut missing = Vec::new();
        let taps = positions(kernel);
        for i in positions(input) {
            for t in &taps {
                let Some(o) = self.output(&i, t) else { continue };
                let inside = o.iter().zip(output).all(|(o, length)| (0..*length).contains(o));
                if inside && !there.contains(&(&i[..], &t[..])) {
                    missing.push(Triple { o, i: i.clone(), t: t.clone() });
                }
            }
        }
        missing
    }
}

/// All positions of a box, row-major.
fn positions(lengths: &[i64]) -> Vec<Vec<i64>> {
    let longer = |all: Vec<Vec<i64>>, length: &i64| -> Vec<Vec<i64>> {
        all.iter().flat_map(|at| (0..*length).map(move |n| [&at[..], &[n]].concat())).collect()
    };
    lengths.iter().fold(vec![Vec::new()], longer)
}

/// Integer coefficients of input, taps and 1 for each output axis, by elimination in this order of
/// columns, the constant first.
fn solve(entries: &[Triple], order: &[usize]) -> Option<Vec<Vec<i64>>> {
    let (rank, columns) = (entries[0].o.len(), order.len() + 1);
    // Reduced rows with their pivots: constant, columns in order, then one right side per output axis.
    let mut rows: Vec<(usize, Vec<Rational>)> = Vec::new();
    for entry in entries {
        let whole = |n: &i64| Rational::from_integer((*n).into());
        let at = |&column: &usize| entry.i.iter().chain(&entry.t).nth(column).map_or_else(Rational::zero, whole);
        let mut row: Vec<Rational> = vec![whole(&1)];
        row.extend(order.iter().map(at));
        row.extend(entry.o.iter().map(whole));
        for (pivot, known) in &rows {
            subtract(&mut row, known, *pivot);
        }
        let Some(pivot) = row[..columns].iter().position(|value| !value.is_zero()) else {
            if row.iter().any(|value| !value.is_zero()) {
                return None;
            }
            continue;
        };
        let by = row[pivot].clone();
        row.iter_mut().for_each(|value| *value = &*value / &by);
        rows.iter_mut().for_each(|(_, known)| subtract(known, &row, pivot));
        rows.push((pivot, row));
        if rows.len() == columns {
            break;
        }
    }
    let coefficient = |column: usize, a: usize| {
        let row = rows.iter().find(|(pivot, _)| *pivot == column);
        row.map_or(Some(0), |(_, row)| Some(&row[columns + a]).filter(|v| v.is_integer())?.to_integer().to_i64())
    };
    let of_axis = |a: usize| -> Option<Vec<i64>> {
        let mut found = vec![0; columns];
        for (n, &column) in order.iter().enumerate() {
            found[column] = coefficient(n + 1, a)?;
        }
        found[columns - 1] = coefficient(0, a)?;
        Some(found)
    };
    (0..rank).map(of_axis).collect()
}

/// Takes the multiple of a row away that makes the pivot 0.
fn subtract(row: &mut [Rational], known: &[Rational], pivot: usize) {
    let by = row[pivot].clone();
    if !by.is_zero() {
        row.iter_mut().zip(known).for_each(|(value, known)| *value -= &by * known);
    }
}

impl fmt::Display for Relation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let rank = self.offset.len();
        let is_own = |rows: &[Vec<i64>]| {
            rows.iter()
                .enumerate()
                .all(|(a, row)| row.len() == rank && row.iter().enumerate().all(|(b, n)| a == b || *n == 0))
        };
        let axis = |a: usize| (self.stride[a].get(a), self.dilation[a].get(a), self.offset[a]);
        let alike = is_own(&self.stride) && is_own(&self.dilation) && (1..rank).all(|a| axis(a) == axis(0));
        write!(f, "y[o] = Σ x[i]·w[t], ")?;
        if alike && rank > 0 {
            write!(f, "{}", self.axis(0, false))?;
            return if rank > 1 { write!(f, " on every axis") } else { Ok(()) };
        }
        let all: Vec<String> = (0..rank).map(|a| self.axis(a, true)).collect();
        write!(f, "{}", all.join(", "))
    }
}

impl Relation {
    /// `o1 = 2·i1 − t1 + 3`.
    fn axis(&self, a: usize, numbered: bool) -> String {
        let name = |letter: &str, n: usize| if numbered { format!("{letter}{n}") } else { letter.to_owned() };
        let inputs = self.stride[a].iter().enumerate().map(|(b, n)| (*n, Some(name("i", b))));
        let taps = self.dilation[a].iter().enumerate().map(|(b, n)| (*n, Some(name("t", b))));
        let terms = inputs.chain(taps).chain([(self.offset[a], None)]).filter(|(n, _)| *n != 0);
        let mut text = String::new();
        for (n, letter) in terms {
            let sign = match (text.is_empty(), n < 0) {
                (true, true) => "−",
                (true, false) => "",
                (false, true) => " − ",
                (false, false) => " + ",
            };
            let size = match (n.unsigned_abs(), letter) {
                (1, Some(letter)) => letter,
                (size, Some(letter)) => format!("{size}·{letter}"),
                (size, None) => size.to_string(),
            };
            text.push_str(sign);
            text.push_str(&size);
        }
        format!("{} = {}", name("o", a), if text.is_empty() { "0" } else { &text })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::geometry::Spec;

    /// The entries of a spec of two axes, every position changed.
    fn entries(spec: &str, change: impl Fn(Triple) -> Triple) -> Vec<Triple> {
        let g = spec.parse::<Spec>().unwrap().geometry;
        let axis = |n: usize| {
            let axis = g.axes()[n];
            (0..axis.input()).flat_map(move |i| axis.meetings_of_input(i))
        };
        let pair = |a: crate::geometry::Meeting| {
            axis(1).map(move |b| Triple { o: vec![a.o, b.o], i: vec![a.i, b.i], t: vec![a.t, b.t] })
        };
        axis(0).flat_map(pair).map(change).collect()
    }

    const SPEC: &str = "tconv i3x4 k3x2 s2x3 p1:0x0:1 d1x2";

    #[test]
    fn the_relation_of_a_geometry_is_its_definition() {
        let found = refit(&entries(SPEC, |e| e)).unwrap();
        assert_eq!(found.to_string(), "y[o] = Σ x[i]·w[t], o0 = 2·i0 + t0 − 1, o1 = 3·i1 + 2·t1");
        assert!(found.complete);
        let found = refit(&entries("tconv i3x4 k3x3 s2 p1", |e| e)).unwrap();
        assert_eq!(found.to_string(), "y[o] = Σ x[i]·w[t], o = 2·i + t − 1 on every axis");
    }

    #[test]
    fn flips_and_exchanged_axes_are_relations() {
        let flipped = entries(SPEC, |e| Triple { t: vec![2 - e.t[0], e.t[1]], ..e });
        let found = refit(&flipped).unwrap();
        assert_eq!(found.to_string(), "y[o] = Σ x[i]·w[t], o0 = 2·i0 − t0 + 1, o1 = 3·i1 + 2·t1");
        assert!(found.complete);
        let exchanged = entries(SPEC, |e| Triple { i: vec![e.i[1], e.i[0]], ..e });
        let found = refit(&exchanged).unwrap();
        assert_eq!(found.to_string(), "y[o] = Σ x[i]·w[t], o0 = 2·i1 + t0 − 1, o1 = 3·i0 + 2·t1");
        assert!(found.complete);
    }

    #[test]
    fn what_is_left_out_is_missing() {
        let all = entries(SPEC, |e| e);
        let some: Vec<Triple> = all.iter().filter(|e| e.i[1] != 1).cloned().collect();
        let found = refit(&some).unwrap();
        assert!(!found.complete);
        // The last input is not seen to be missing, but by the lengths.
        let cut: Vec<Triple> = all.iter().filter(|e| e.i[1] != 3).cloned().collect();
        let found = refit(&cut).unwrap();
        let geometry = SPEC.parse::<Spec>().unwrap().geometry;
        let lengths = |shape: Vec<usize>| shape[2..].iter().map(|&n| i64::try_from(n).unwrap()).collect::<Vec<_>>();
        let (input, kernel) = (lengths(geometry.input_shape()), lengths(geometry.weight_shape()));
        let missing = found.missing(&cut, &input, &kernel, &lengths(geometry.output_shape()));
        assert!(found.complete && missing.len() == all.len() - cut.len() && missing.iter().all(|e| e.i[1] == 3));
    }

    #[test]
    fn what_the_entries_do_not_tell_is_0() {
        let one = |o, i, t| Triple { o: vec![o], i: vec![i], t: vec![t] };
        assert_eq!(refit(&[one(4, 0, 0), one(5, 0, 1)]).unwrap().to_string(), "y[o] = Σ x[i]·w[t], o = t + 4");
        assert_eq!(refit(&[one(0, 0, 0)]).unwrap().to_string(), "y[o] = Σ x[i]·w[t], o = 0");
        // Taps that come with every second input: half a stride would be no relation of integers.
        let found = refit(&[one(0, 0, 0), one(3, 2, 1), one(6, 4, 2)]).unwrap();
        assert_eq!((found.to_string(), found.complete), ("y[o] = Σ x[i]·w[t], o = 3·t".to_owned(), false));
    }

    #[test]
    fn what_is_no_relation_is_refused() {
        let one = |o, i, t| Triple { o: vec![o], i: vec![i], t: vec![t] };
        assert_eq!(refit(&[]), None);
        assert_eq!(refit(&[one(0, 0, 0), one(1, 0, 0)]), None);
        assert_eq!(refit(&[one(0, 0, 0), one(1, 2, 0)]), None, "half a position per input");
        assert_eq!(refit(&[one(0, 0, 0), Triple { o: vec![1], i: vec![1], t: Vec::new() }]), None);
        let squares: Vec<Triple> = (0..4).map(|i| one(i * i, i, 0)).collect();
        assert_eq!(refit(&squares), None);
    }
}
