//! The matrix of a stage, row by row.

use num_traits::One;

use super::linear::{Linear, MAX_ENTRIES, bounded, number};
use super::stage::{Layer, Stage, Step};
use crate::error::{Error, LimitError};
use crate::geometry::Kind;
use crate::matrix::{ConvMatrix, Side};
use crate::scalar::{Polynomial, Rational};
use crate::tensor::{cells, flatten, unflatten};

impl Stage {
    /// The stage's matrix; its taps are the indeterminates from `first_tap` on.
    pub(super) fn linear(&self, first_tap: u32) -> Result<Linear, Error> {
        let (rows_in, rows_out) = (bounded(&self.input)?, bounded(&self.output)?);
        let rows = match &self.step {
            Step::Layer(layer) => layer_rows(layer, first_tap)?,
            Step::Shuffle(factors) => (0..rows_out).map(|row| vec![(self.shuffled(factors, row), one())]).collect(),
            Step::Resize(method) => {
                let shares = (1..self.input.len())
                    .map(|n| (0..self.output[n]).map(|o| method.shares(o, self.input[n], self.output[n])).collect());
                self.separable(&shares.collect::<Vec<_>>())?
            }
            Step::Replicate(pads) => {
                let copied = |n: usize, o: usize| {
                    let front = usize::try_from(pads[n - 1].begin).unwrap_or(0);
                    let at = o.saturating_sub(front).min(self.input[n] - 1);
                    vec![(at, Rational::one())]
                };
                let shares = (1..self.input.len()).map(|n| (0..self.output[n]).map(|o| copied(n, o)).collect());
                self.separable(&shares.collect::<Vec<_>>())?
            }
        };
        debug_assert!(rows.iter().flatten().all(|(col, _)| (*col as usize) < rows_in));
        Ok(Linear::new(self.input.clone(), self.output.clone(), rows))
    }

    fn shuffled(&self, factors: &[usize], row: usize) -> u32 {
        let position = unflatten(&self.output, row);
        let inner = position[1..].iter().zip(factors).fold(0, |n, (o, r)| n * r + o % r);
        let mut from = vec![position[0] * factors.iter().product::<usize>() + inner];
        from.extend(position[1..].iter().zip(factors).map(|(o, r)| o / r));
        index(flatten(&self.input, &from))
    }

    /// The product of one map for each axis, the same in every channel.
    fn separable(&self, shares: &[Vec<Vec<(usize, Rational)>>]) -> Result<Vec<Vec<(u32, Polynomial)>>, Error> {
        let per_axis = shares.iter().map(|axis| axis.iter().map(Vec::len).sum::<usize>());
        bounded(&std::iter::once(self.output[0]).chain(per_axis).collect::<Vec<_>>())?;
        let rows = cells(&self.output).unwrap_or(0);
        let row = |row: usize| {
            let position = unflatten(&self.output, row);
            let mut taken = vec![(position[0], Rational::one())];
            for (n, o) in position[1..].iter().enumerate() {
                let one = &shares[n][*o];
                let longer = taken.iter().flat_map(|(at, share)| {
                    one.iter().map(move |(i, more)| (at * self.input[n + 1] + i, share * more))
                });
                taken = longer.collect();
            }
            taken.into_iter().map(|(col, share)| (index(col), number(&share))).collect()
        };
        Ok((0..rows).map(row).collect())
    }
}

fn layer_rows(layer: &Layer, first_tap: u32) -> Result<Vec<Vec<(u32, Polynomial)>>, Error> {
    let side = if layer.spec.kind == Kind::Conv { Side::C } else { Side::Transposed };
    let g = &layer.spec.geometry;
    if g.products() > MAX_ENTRIES.into() {
        return Err(LimitError::Cells { what: "a stage's matrix", cells: g.products(), limit: MAX_ENTRIES }.into());
    }
    let matrix = ConvMatrix::build(g, side, MAX_ENTRIES)?;
    let zero = num_traits::Zero::zero();
    let row = |row: usize| {
        let entries = matrix.row(row).filter_map(|(col, tap)| match &layer.weight {
            Some(weight) => {
                let value: &Rational = &weight.entries()[tap.index()];
                (*value != zero).then(|| (index(col), number(value)))
            }
            None => Some((index(col), Polynomial::weight(first_tap + index(tap.index())))),
        });
        entries.collect()
    };
    Ok((0..matrix.rows()).map(row).collect())
}

fn one() -> Polynomial {
    number(&Rational::one())
}

fn index(n: usize) -> u32 {
    u32::try_from(n).expect("stages have at most 2^20 cells")
}
