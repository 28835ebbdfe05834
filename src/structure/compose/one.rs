//! Whether a linear map is one transposed convolution, and which.
//!
//! It is one of stride `s` where every entry depends on `δ = o − s·i` alone. The taps are read in the
//! middle of the map, as far from its ends as each `δ` allows; then every row is compared with them.
//! (Of a large enough stride every map is one: entries then never share a tap. So the stride is asked
//! for.)

use std::collections::{BTreeMap, BTreeSet};

use super::linear::Linear;
use crate::error::Error;
use crate::geometry::{Geometry, Kind, Padding, Spec, Window};
use crate::scalar::{Polynomial, Scalar};
use crate::tensor::{flatten, positions, unflatten};

/// The transposed convolution, or convolution, that a map is, or is but for some rows.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Fit {
    /// The operation.
    pub spec: Spec,
    /// Its taps in weight order `[C_in, C_out/groups, k…]`.
    pub taps: Vec<Polynomial>,
    /// Rows of the map, one for each result of the transposed convolution (of a convolution: for each
    /// input) that is not what the operation gives.
    pub others: Vec<usize>,
    /// The first entry that is not the operation's: row, column, what the operation has, what the map has.
    pub first: Option<(usize, usize, Polynomial, Polynomial)>,
}

impl Fit {
    /// Whether the map is the operation, for every weight.
    pub fn is_exact(&self) -> bool {
        self.others.is_empty()
    }
}

/// A pair of channels and the distance `o − s·i` on every axis.
type Place = (usize, usize, Vec<i64>);

impl Linear {
    /// The transposed convolution of these strides that agrees with the middle of the map; `None` if
    /// that is 0.
    ///
    /// Cost: the entries, times the taps to compare. The padding is the one with which no tap is 0 at
    /// the ends of the kernel.
    ///
    /// # Errors
    /// G rules for a geometry beyond its limits.
    pub fn fit(&self, strides: &[i64]) -> Result<Option<Fit>, Error> {
        let places: BTreeSet<Place> = self.entries().map(|(row, col)| self.place(strides, row, col)).collect();
        let zero = Polynomial::zero();
        let taps: BTreeMap<Place, Polynomial> = places
            .into_iter()
            .filter_map(|place| self.in_the_middle(strides, &place).map(|tap| (place, tap)))
            .filter(|(_, tap)| *tap != zero)
            .collect();
        let Some(spec) = self.spec(strides, taps.keys())? else { return Ok(None) };
        let first_taps: Vec<i64> = spec.geometry.axes().iter().map(|a| -a.padding().begin).collect();
        let mut fit =
            Fit { taps: self.in_weight_order(&spec, &taps, &first_taps), spec, others: Vec::new(), first: None };
        let mut expected = self.rows_of(strides, &taps);
        for (row, entries) in self.rows.iter().enumerate() {
            let expected = std::mem::take(&mut expected[row]);
            let same = expected.len() == entries.len()
                && entries.iter().zip(&expected).all(|(a, b)| a.0 == *b.0 && a.1 == **b.1);
            if same {
                continue;
            }
            if fit.first.is_none() {
                let cols: BTreeSet<u32> = entries.iter().map(|e| e.0).chain(expected.keys().copied()).collect();
                let of = |col: u32| expected.get(&col).map_or_else(Polynomial::zero, |p| (*p).clone());
                let differing = cols
                    .into_iter()
                    .map(|col| (col as usize, of(col)))
                    .find(|(col, has)| *has != self.entry(row, *col));
                fit.first = differing.map(|(col, has)| (row, col, has, self.entry(row, col)));
            }
            fit.others.push(row);
        }
        Ok(Some(fit))
    }

    /// The same for a map that shrinks: the convolution of these strides.
    ///
    /// # Errors
    /// As [`Linear::fit`].
    pub fn fit_convolution(&self, strides: &[i64]) -> Result<Option<Fit>, Error> {
        let fit = self.transposed().fit(strides)?;
        Ok(fit.map(|fit| Fit { spec: Spec { kind: Kind::Conv, ..fit.spec }, ..fit }))
    }

    /// The map of the transposed matrix.
    #[must_use]
    pub fn transposed(&self) -> Linear {
        let mut rows = vec![Vec::new(); self.input.iter().product()];
        for (row, entries) in self.rows.iter().enumerate() {
            for (col, value) in entries {
                rows[*col as usize].push((u32::try_from(row).expect("stages have at most 2^20 cells"), value.clone()));
            }
        }
        Linear { input: self.output.clone(), output: self.input.clone(), rows }
    }

    fn entries(&self) -> impl Iterator<Item = (usize, usize)> + '_ {
        self.rows.iter().enumerate().flat_map(|(row, entries)| entries.iter().map(move |e| (row, e.0 as usize)))
    }

    fn place(&self, strides: &[i64], row: usize, col: usize) -> Place {
        let (o, i) = (unflatten(&self.output, row), unflatten(&self.input, col));
        let distance = |n: usize| signed(o[n + 1]) - strides[n] * signed(i[n + 1]);
        (i[0], o[0], (0..strides.len()).map(distance).collect())
    }

    /// The entry at a distance, for the middle one of the inputs that have it.
    fn in_the_middle(&self, strides: &[i64], (ci, co, distance): &Place) -> Option<Polynomial> {
        let (mut i, mut o) = (vec![*ci], vec![*co]);
        for (n, (&s, &delta)) in strides.iter().zip(distance).enumerate() {
            let (inputs, outputs) = (signed(self.input[n + 1]), signed(self.output[n + 1]));
            let first = (-delta + s - 1).div_euclid(s).max(0);
            let last = (outputs - 1 - delta).div_euclid(s).min(inputs - 1);
            let middle = (first <= last).then_some((first + last) / 2)?;
            i.push(usize::try_from(middle).ok()?);
            o.push(usize::try_from(s * middle + delta).ok()?);
        }
        Some(self.entry(flatten(&self.output, &o), flatten(&self.input, &i)))
    }

    /// The geometry whose taps lie at these places.
    fn spec<'a>(
        &self,
        strides: &[i64],
        places: impl Iterator<Item = &'a Place> + Clone,
    ) -> Result<Option<Spec>, Error> {
        if places.clone().next().is_none() {
            return Ok(None);
        }
        let mut axes = Vec::new();
        for (n, &stride) in strides.iter().enumerate() {
            let on_axis = places.clone().map(|place| place.2[n]);
            let first = on_axis.clone().min().unwrap_or(0);
            let reach = on_axis.clone().max().unwrap_or(0) - first;
            let dilation = on_axis.fold(0, |all, delta| num_integer::gcd(all, delta - first)).max(1);
            let (input, output) = (signed(self.input[n + 1]), signed(self.output[n + 1]));
            // What is beyond the output is cropped; what is missing is output padding below a stride,
            // and negative padding from there on.
            let beyond = stride * (input - 1) + reach + 1 + first - output;
            let (end, more) = if beyond >= 0 || -beyond >= stride { (beyond, 0) } else { (0, -beyond) };
            let window =
                Window { kernel: reach / dilation + 1, stride, dilation, padding: Padding { begin: -first, end } };
            axes.push(window.transposed(input, more).map_err(|e| e.on_axis(n))?);
        }
        let (inputs, outputs) = (self.input[0], self.output[0]);
        let apart = |groups: usize| {
            let mut all = places.clone();
            all.all(|(ci, co, _)| ci * groups / inputs == co * groups / outputs)
        };
        let common = num_integer::gcd(inputs, outputs);
        let groups = (1..=common).rev().find(|&g| common % g == 0 && apart(g)).unwrap_or(1);
        let geometry = Geometry::new(axes)?.with_channels(signed(inputs), signed(outputs), signed(groups))?;
        Ok(Some(Spec { kind: Kind::Tconv, geometry }))
    }

    fn in_weight_order(&self, spec: &Spec, taps: &BTreeMap<Place, Polynomial>, first: &[i64]) -> Vec<Polynomial> {
        let shape = spec.geometry.weight_shape();
        let per_group = self.input[0] / crate::geometry::size(spec.geometry.groups());
        let mut all = Vec::new();
        let mut walk = positions(&shape);
        while let Some(position) = walk.next() {
            let (ci, co) = (position[0], position[0] / per_group * shape[1] + position[1]);
            let delta = position[2..].iter().zip(spec.geometry.axes()).zip(first);
            let delta = delta.map(|((&t, axis), &first)| first + axis.dilation() * signed(t)).collect();
            all.push(taps.get(&(ci, co, delta)).cloned().unwrap_or_else(Polynomial::zero));
        }
        all
    }

    /// The rows of the operation with these taps.
    fn rows_of<'a>(
        &self,
        strides: &[i64],
        taps: &'a BTreeMap<Place, Polynomial>,
    ) -> Vec<BTreeMap<u32, &'a Polynomial>> {
        let mut rows = vec![BTreeMap::new(); self.rows.len()];
        let mut walk = positions(&self.input);
        let mut col = 0;
        while let Some(input) = walk.next() {
            for ((ci, co, delta), tap) in taps {
                if *ci != input[0] {
                    continue;
                }
                let output = delta.iter().enumerate().map(|(n, delta)| {
                    let o = strides[n] * signed(input[n + 1]) + delta;
                    usize::try_from(o).ok().filter(|&o| o < self.output[n + 1])
                });
                if let Some(output) = std::iter::once(Some(*co)).chain(output).collect::<Option<Vec<_>>>() {
                    rows[flatten(&self.output, &output)].insert(col, tap);
                }
            }
            col += 1;
        }
        rows
    }
}

fn signed(n: usize) -> i64 {
    crate::geometry::signed(n)
}
