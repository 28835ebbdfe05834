//! Where columns belong: each sum is added to the output that its row and its tap reach.

use std::ops::Range;

use pulp::{Simd, WithSimd};

use super::Columns;
use crate::evaluate::kernel::Lane;
use crate::evaluate::values::{Kept, Parts};
use crate::geometry::{Geometry, size};

/// Consecutive rows of one line of the input.
pub(super) struct Line {
    pub sample: usize,
    /// The line's position on the outer axes.
    pub outer: Vec<i64>,
    /// Positions on the last axis.
    pub within: Range<i64>,
    /// The first row within the tile.
    pub row: usize,
}

/// Consecutive columns that differ in the last tap only.
pub(super) struct Run {
    pub channel: usize,
    pub outer: Vec<i64>,
    pub taps: Range<i64>,
    /// The first column within the panel.
    pub column: usize,
}

/// The rows of a line that one tap takes to an output.
struct Reach {
    /// The first one, where it goes, and how many there are.
    row: usize,
    place: usize,
    count: usize,
}

/// The lines of a tile, each with what its taps reach: worked out once, not for every channel.
pub(super) struct Reaches<'a> {
    /// The line, and which list is its own.
    lines: Vec<(&'a Line, usize)>,
    /// A list by tap: lines of the same positions share one.
    lists: Vec<Vec<Reach>>,
}

impl<'a> Reaches<'a> {
    pub fn new(g: &Geometry, lines: &'a [Line]) -> Self {
        let last = g.axes().last().expect("a geometry has an axis");
        let (s, d, p, length) = (last.stride(), last.dilation(), last.padding().begin, last.output());
        let (mut known, mut all) = (Vec::new(), Reaches { lines: Vec::with_capacity(lines.len()), lists: Vec::new() });
        for line in lines {
            // A whole line, or what a tile has of its first and of its last one.
            let nth = known.iter().position(|within| *within == line.within).unwrap_or(known.len());
            if nth == known.len() {
                known.push(line.within.clone());
                let reach = |t: i64| {
                    // 0 ≤ s·i + start < length
                    let start = d * t - p;
                    let first = line.within.start.max(-start.div_euclid(s));
                    let end = line.within.end.min((length - 1 - start).div_euclid(s) + 1);
                    let (row, place) = (first - line.within.start, s * first + start);
                    if first < end {
                        Reach { row: size(row), place: size(place), count: size(end - first) }
                    } else {
                        Reach { row: 0, place: 0, count: 0 }
                    }
                };
                all.lists.push((0..last.kernel()).map(reach).collect());
            }
            all.lines.push((line, nth));
        }
        all
    }
}

/// One panel of sums.
pub(super) struct Put<'a, L> {
    pub columns: &'a Columns<'a>,
    pub reaches: &'a Reaches<'a>,
    pub runs: &'a [Run],
    /// The sums of each pair of digits, those of the weight outside.
    pub digits: &'a [&'a [L]],
    /// Where the panel's sums stand in each of them.
    pub part: Range<usize>,
}

impl<L: Lane> Put<'_, L> {
    /// Adds the panel to the output; `joined` is room for sums whose digits are joined.
    pub fn add<V: Kept>(self, joined: &mut Vec<V::Parts>, values: &mut [&mut [V]]) {
        joined.resize(if self.digits.len() > 1 { self.part.len() } else { 0 }, V::Parts::default());
        pulp::Arch::new().dispatch(Adding { put: self, joined, values });
    }

    #[inline(always)]
    fn run<V: Kept>(self, joined: &mut [V::Parts], values: &mut [&mut [V]]) {
        if let [whole] = self.digits {
            return self.put(&whole[self.part.clone()], values, |value, sum| value.add(sum.kept()));
        }
        let (input, weight) = (self.columns.input_cut, self.columns.weight_cut);
        for (n, sums) in (0..).zip(self.digits) {
            let shift = input.shift(n % input.count) + weight.shift(n / input.count);
            let sums = joined.iter_mut().zip(&sums[self.part.clone()]);
            if n == 0 {
                sums.for_each(|(joined, sum)| *joined = V::Parts::of(sum.kept()));
            } else {
                sums.for_each(|(joined, sum)| joined.add_shifted(sum.kept(), shift));
            }
        }
        self.put(joined, values, |value, &sum| value.add(V::whole(sum)));
    }

    #[inline(always)]
    fn put<T, V: Kept>(&self, sums: &[T], values: &mut [&mut [V]], add: impl Fn(&mut V, &T)) {
        let (last, outer) = self.columns.g.axes().split_last().expect("a geometry has an axis");
        let (s, d, p, length) = (last.stride(), last.dilation(), last.padding().begin, last.output());
        let spatial = self.columns.spatial;
        for run in self.runs {
            for &(line, list) in &self.reaches.lines {
                let mut reach = outer.iter().zip(line.outer.iter().zip(&run.outer));
                let place = reach.try_fold(0, |place, (axis, (i, t))| {
                    let o = axis.stride() * i + axis.dilation() * t - axis.padding().begin;
                    let inside = (0..axis.output()).contains(&o);
                    inside.then_some(place * axis.output() + o)
                });
                let Some(place) = place else { continue };
                let values = &mut values[line.sample][run.channel * spatial..(run.channel + 1) * spatial];
                let values = &mut values[size(place * length)..size((place + 1) * length)];
                let sum = |row: usize, t: i64| (line.row + row) * L::WIDTH + run.column + size(t - run.taps.start);
                if d == 1 && run.taps.end - run.taps.start > 4 {
                    for (row, i) in line.within.clone().enumerate() {
                        // 0 ≤ s·i + t − p < length
                        let first = run.taps.start.max(p - s * i);
                        let end = run.taps.end.min(length + p - s * i);
                        if first < end {
                            let (from, count) = (sum(row, first), size(end - first));
                            let values = &mut values[size(s * i + first - p)..][..count];
                            values.iter_mut().zip(&sums[from..from + count]).for_each(|(value, sum)| add(value, sum));
                        }
                    }
                    continue;
                }
                let reaches = &self.reaches.lists[list][size(run.taps.start)..size(run.taps.end)];
                for (t, reach) in run.taps.clone().zip(reaches).filter(|(_, reach)| reach.count > 0) {
                    let values = values[reach.place..].iter_mut().step_by(size(s));
                    let sums = sums[sum(reach.row, t)..].iter().step_by(L::WIDTH);
                    values.zip(sums).take(reach.count).for_each(|(value, sum)| add(value, sum));
                }
            }
        }
    }
}

/// A call of [`Put::run`], compiled for each vector length.
struct Adding<'a, 'v, L, V: Kept> {
    put: Put<'a, L>,
    joined: &'a mut [V::Parts],
    values: &'a mut [&'v mut [V]],
}

impl<L: Lane, V: Kept> WithSimd for Adding<'_, '_, L, V> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, _: S) {
        self.put.run(self.joined, self.values);
    }
}
