//! The three ways to build `C` that [`super::matrices()`] compares; they share no index arithmetic.

use crate::geometry::{Axis, Geometry, size};
use crate::matrix::Arrays;
use crate::tensor::{Lists, combine, positions, strides};

fn clear(arrays: &mut Arrays<u32>) {
    arrays.indptr.clear();
    arrays.indices.clear();
    arrays.taps.clear();
}

/// A row, column or tap; what does not fit was refused before anything was built.
#[allow(clippy::cast_possible_truncation)]
fn index(n: usize) -> u32 {
    n as u32
}

/// Row by row from the meetings of each input position.
#[derive(Default)]
pub(super) struct Definition {
    /// `[column, tap]` by position, for the channels and each axis.
    met: Vec<Lists<2>>,
}

impl Definition {
    pub(super) fn build(&mut self, g: &Geometry, into: &mut Arrays<u32>) {
        let (columns, taps) = (strides(&g.output_shape()), strides(&g.weight_shape()));
        let (in_group, out_group) = (size(g.in_channels() / g.groups()), size(g.out_channels() / g.groups()));
        self.met.resize_with(1 + g.rank(), Lists::default);
        self.met.iter_mut().for_each(Lists::clear);
        for ci in 0..size(g.in_channels()) {
            let first = ci / in_group * out_group;
            self.met[0].push((0..out_group).map(|co| [(first + co) * columns[1], ci * taps[0] + co * taps[1]]));
        }
        for ((axis, lists), n) in g.axes().iter().zip(&mut self.met[1..]).zip(2..) {
            for i in 0..axis.input() {
                lists.push(axis.meetings_of_input(i).map(|m| [size(m.o) * columns[n], size(m.t) * taps[n]]));
            }
        }
        clear(into);
        into.indptr.push(0);
        let mut chosen: Vec<&[[usize; 2]]> = vec![&[]; self.met.len()];
        let shape = g.input_shape();
        let mut rows = positions(&shape);
        while let Some(at) = rows.next() {
            for ((chosen, met), &at) in chosen.iter_mut().zip(&self.met).zip(&at[1..]) {
                *chosen = met.get(at);
            }
            let (last, outer) = chosen.split_last().expect("the channels at least");
            combine(outer, [at[0] * columns[0], 0], &mut |[column, tap]| {
                into.indices.extend(last.iter().map(|[c, _]| index(column + c)));
                into.taps.extend(last.iter().map(|[_, t]| index(tap + t)));
            });
            into.indptr.push(index(into.indices.len()));
        }
    }
}

/// Tap after tap: all inputs that this tap takes to an output.
#[derive(Default)]
pub(super) struct SumOverTaps {
    /// `[row, column]` by tap, for each axis.
    places: Vec<Lists<2>>,
    /// The entries of row `r` so far, from `r·(taps of a row)` on, and how many there are.
    entries: Vec<[u32; 2]>,
    filled: Vec<u32>,
}

impl SumOverTaps {
    pub(super) fn build(&mut self, g: &Geometry, into: &mut Arrays<u32>) {
        let (inputs, outputs, kernel) = (g.input_shape(), g.output_shape(), &g.weight_shape()[2..]);
        let (row, column) = (strides(&inputs), strides(&outputs));
        let (inputs, of_a_channel) = (inputs.iter().product::<usize>(), kernel.iter().product::<usize>());
        let [cin, cout] = [g.in_channels() / g.groups(), g.out_channels() / g.groups()].map(size);
        let most = cout * of_a_channel;
        // What an earlier geometry left is written over before it is read.
        if self.entries.len() < inputs * most {
            self.entries.resize(inputs * most, [0; 2]);
        }
        self.filled.clear();
        self.filled.resize(inputs, 0);
        self.places.resize_with(g.rank(), Lists::default);
        for ((axis, lists), n) in g.axes().iter().zip(&mut self.places).zip(2..) {
            lists.clear();
            for t in 0..axis.kernel() {
                lists.push(shift(axis, t).map(|[i, o]| [size(i) * row[n], size(o) * column[n]]));
            }
        }
        let mut chosen: Vec<&[[usize; 2]]> = vec![&[]; g.rank()];
        for channels in 0..size(g.batch()) * size(g.in_channels()) * cout {
            let (sample, ci, co) = (
                channels / cout / (cin * size(g.groups())),
                channels / cout % (cin * size(g.groups())),
                channels % cout,
            );
            let start = [sample * row[0] + ci * row[1], sample * column[0] + (ci / cin * cout + co) * column[1]];
            let mut tap = (ci * cout + co) * of_a_channel;
            let mut taps = positions(kernel);
            while let Some(t) = taps.next() {
                for ((chosen, places), &t) in chosen.iter_mut().zip(&self.places).zip(t) {
                    *chosen = places.get(t);
                }
                combine(&chosen, start, &mut |[row, column]| {
                    let held = &mut self.filled[row];
                    self.entries[row * most + *held as usize] = [index(column), index(tap)];
                    *held += 1;
                });
                tap += 1;
            }
        }
        clear(into);
        into.indptr.push(0);
        for (entries, &held) in self.entries.chunks_exact(most).zip(&self.filled) {
            // A later tap lies behind on every axis: its column is a later one.
            into.indices.extend(entries[..held as usize].iter().map(|[column, _]| column));
            into.taps.extend(entries[..held as usize].iter().map(|[_, tap]| tap));
            into.indptr.push(index(into.indices.len()));
        }
    }
}

/// `S_t`: `[i, o]` for the inputs that tap `t` takes to an output.
fn shift(axis: &Axis, t: i64) -> impl Iterator<Item = [i64; 2]> {
    // 0 ≤ s·i + from < output  ⇔  −from ≤ s·i ≤ output − 1 − from
    let (s, from) = (axis.stride(), axis.dilation() * t - axis.padding().begin);
    let first = if from >= 0 { 0 } else { (-from + s - 1) / s };
    let end = if from >= axis.output() { 0 } else { ((axis.output() - 1 - from) / s + 1).min(axis.input()) };
    (first..end).map(move |i| [i, s * i + from])
}

/// A matrix of taps by rows; a factor of the whole.
#[derive(Default)]
struct Factor {
    ends: Vec<usize>,
    entries: Vec<[usize; 2]>,
    columns: usize,
    taps: usize,
}

impl Factor {
    fn start(&mut self, columns: usize, taps: usize) {
        self.ends.clear();
        self.entries.clear();
        (self.columns, self.taps) = (columns, taps);
    }

    fn rows(&self) -> impl Iterator<Item = &[[usize; 2]]> {
        let starts = std::iter::once(&0).chain(&self.ends);
        starts.zip(&self.ends).map(|(&start, &end)| &self.entries[start..end])
    }

    /// Every `(i, o)` whose distance is a tap's.
    fn axis(&mut self, axis: &Axis) {
        self.start(size(axis.output()), size(axis.kernel()));
        let reach = axis.dilation() * (axis.kernel() - 1);
        for i in 0..axis.input() {
            for o in 0..axis.output() {
                let distance = o + axis.padding().begin - axis.stride() * i;
                if distance >= 0 && distance <= reach && distance % axis.dilation() == 0 {
                    self.entries.push([size(o), size(distance / axis.dilation())]);
                }
            }
            self.ends.push(self.entries.len());
        }
    }

    /// Every sample meets itself, every input channel the output channels of its group.
    fn channels(&mut self, g: &Geometry) {
        let [samples, inputs, outputs, groups] = [g.batch(), g.in_channels(), g.out_channels(), g.groups()].map(size);
        self.start(samples * outputs, inputs * outputs / groups);
        for (sample, ci) in (0..samples).flat_map(|n| (0..inputs).map(move |ci| (n, ci))) {
            let met = (0..outputs).filter(|co| co * groups / outputs == ci * groups / inputs).enumerate();
            self.entries.extend(met.map(|(nth, co)| [sample * outputs + co, ci * (outputs / groups) + nth]));
            self.ends.push(self.entries.len());
        }
    }

    /// `self = left ⊗ right`.
    fn product(&mut self, left: &Factor, right: &Factor) {
        self.start(left.columns * right.columns, left.taps * right.taps);
        for outer in left.rows() {
            for inner in right.rows() {
                for [column, tap] in outer {
                    let (column, tap) = (column * right.columns, tap * right.taps);
                    self.entries.extend(inner.iter().map(|[c, t]| [column + c, tap + t]));
                }
                self.ends.push(self.entries.len());
            }
        }
    }
}

/// The factors multiplied out, from the left.
#[derive(Default)]
pub(super) struct Kronecker {
    all: Factor,
    axis: Factor,
    product: Factor,
}

impl Kronecker {
    pub(super) fn build(&mut self, g: &Geometry, into: &mut Arrays<u32>) {
        let [first, others @ ..] = g.axes() else { return };
        self.all.channels(g);
        if self.all.ends == [1] && self.all.columns == 1 {
            self.all.axis(first); // what it would be multiplied by is 1
        } else {
            self.multiply(first);
        }
        others.iter().for_each(|axis| self.multiply(axis));
        clear(into);
        into.indptr.push(0);
        into.indptr.extend(self.all.ends.iter().map(|&end| index(end)));
        into.indices.extend(self.all.entries.iter().map(|[column, _]| index(*column)));
        into.taps.extend(self.all.entries.iter().map(|[_, tap]| index(*tap)));
    }

    fn multiply(&mut self, axis: &Axis) {
        self.axis.axis(axis);
        self.product.product(&self.all, &self.axis);
        std::mem::swap(&mut self.all, &mut self.product);
    }
}
