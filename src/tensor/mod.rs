//! A tensor: shape and row-major entries. The only addressing that all parts share.

mod walk;

pub use walk::{Lists, Positions, combine, flatten, positions, strides, unflatten};

use crate::error::{Error, LimitError, RequestError};
use crate::scalar::Scalar;

/// The most cells that one tensor may have (2^26): a check before any allocation, rule L3.
pub const MAX_CELLS: u64 = 1 << 26;

/// Shape and row-major entries: cell `[a, b, c]` of shape `[A, B, C]` is entry `(a·B + b)·C + c`.
///
/// ```
/// use convproof::Tensor;
/// let t = Tensor::new(vec![2, 3], vec![1, 2, 3, 4, 5, 6]).unwrap();
/// assert_eq!(t.at(&[1, 0]), &4);
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tensor<S> {
    shape: Vec<usize>,
    entries: Vec<S>,
}

impl<S> Tensor<S> {
    /// The tensor with these entries, row-major.
    ///
    /// # Errors
    /// Q2 if the number of entries is not the product of the shape.
    pub fn new(shape: Vec<usize>, entries: Vec<S>) -> Result<Self, Error> {
        let cells = cells(&shape);
        if cells != Some(entries.len()) {
            let expected = cells.unwrap_or(usize::MAX);
            return Err(RequestError::Length { what: "the tensor", expected, got: entries.len(), shape }.into());
        }
        Ok(Tensor { shape, entries })
    }

    /// The tensor whose entries are `f(0), f(1), …` in row-major order.
    ///
    /// # Errors
    /// L3 beyond [`MAX_CELLS`] cells; `what` names the tensor in the message.
    pub fn from_fn(what: &'static str, shape: Vec<usize>, f: impl FnMut(usize) -> S) -> Result<Self, Error> {
        let cells = checked_cells(what, &shape)?;
        Ok(Tensor { shape, entries: (0..cells).map(f).collect() })
    }

    /// Lengths of the axes, outermost first.
    pub fn shape(&self) -> &[usize] {
        &self.shape
    }

    /// All entries, row-major.
    pub fn entries(&self) -> &[S] {
        &self.entries
    }

    /// All entries, row-major, to be changed in place.
    pub fn entries_mut(&mut self) -> &mut [S] {
        &mut self.entries
    }

    /// The entries, without the shape.
    pub fn into_entries(self) -> Vec<S> {
        self.entries
    }

    /// Number of cells.
    pub fn len(&self) -> usize {
        self.entries.len()
    }

    /// Whether there is no cell.
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// The entry at a position of the shape's rank.
    ///
    /// # Panics
    /// If the position lies outside the shape.
    pub fn at(&self, position: &[usize]) -> &S {
        &self.entries[flatten(&self.shape, position)]
    }

    /// The entry at a position of the shape's rank, to be changed.
    ///
    /// # Panics
    /// If the position lies outside the shape.
    pub fn at_mut(&mut self, position: &[usize]) -> &mut S {
        let at = flatten(&self.shape, position);
        &mut self.entries[at]
    }

    /// The same cells with `f` applied to every entry.
    pub fn map<T>(&self, f: impl FnMut(&S) -> T) -> Tensor<T> {
        Tensor { shape: self.shape.clone(), entries: self.entries.iter().map(f).collect() }
    }

    /// The tensor whose axis `n` is axis `order[n]` of this one: `result[p₀, p₁ …] = self[…]`
    /// with `p_n` standing on axis `order[n]`.
    ///
    /// # Panics
    /// If `order` is not a permutation of the axes.
    #[must_use]
    pub fn permuted(&self, order: &[usize]) -> Tensor<S>
    where
        S: Clone,
    {
        let shape: Vec<usize> = order.iter().map(|&axis| self.shape[axis]).collect();
        Tensor { shape, entries: permuted(&self.shape, &self.entries, order) }
    }

    /// The same entries in row-major order under another shape with as many cells.
    ///
    /// # Errors
    /// Q2 if the shape has another number of cells.
    pub fn reshaped(self, shape: Vec<usize>) -> Result<Tensor<S>, Error> {
        Tensor::new(shape, self.entries)
    }

    /// The tensor read backwards along each of `axes`.
    #[must_use]
    pub fn flipped(&self, axes: std::ops::Range<usize>) -> Tensor<S>
    where
        S: Clone,
    {
        Tensor { shape: self.shape.clone(), entries: flipped(&self.shape, &self.entries, axes) }
    }
}

impl<S: Scalar> Tensor<S> {
    /// All zeros.
    ///
    /// # Errors
    /// L3 beyond [`MAX_CELLS`] cells; `what` names the tensor in the message.
    pub fn zeros(what: &'static str, shape: Vec<usize>) -> Result<Self, Error> {
        Tensor::from_fn(what, shape, |_| S::zero())
    }
}

/// The entries of [`Tensor::permuted`], of entries that need not be owned.
pub(crate) fn permuted<S: Clone>(shape: &[usize], entries: &[S], order: &[usize]) -> Vec<S> {
    assert_eq!(order.len(), shape.len(), "one entry per axis");
    let steps = steps(shape);
    let lengths: Vec<usize> = order.iter().map(|&axis| shape[axis]).collect();
    let steps: Vec<usize> = order.iter().map(|&axis| steps[axis]).collect();
    gathered(entries, &lengths, &steps, 0)
}

/// The entries of [`Tensor::flipped`], of entries that need not be owned.
pub(crate) fn flipped<S: Clone>(shape: &[usize], entries: &[S], axes: std::ops::Range<usize>) -> Vec<S> {
    let (mut steps, mut start) = (steps(shape), 0);
    for axis in axes {
        start += shape[axis].saturating_sub(1) * steps[axis];
        steps[axis] = steps[axis].wrapping_neg();
    }
    gathered(entries, shape, &steps, start)
}

/// How far apart neighbours on each axis lie.
fn steps(shape: &[usize]) -> Vec<usize> {
    let mut steps = vec![1; shape.len()];
    for axis in (1..shape.len()).rev() {
        steps[axis - 1] = shape[axis].wrapping_mul(steps[axis]);
    }
    steps
}

/// `entries[start + Σ position·step]` for all positions in row-major order; steps may be negative,
/// modulo the machine's word.
fn gathered<S: Clone>(entries: &[S], lengths: &[usize], steps: &[usize], start: usize) -> Vec<S> {
    let mut all = Vec::with_capacity(entries.len());
    let (Some((&length, outer)), Some((&step, outer_steps))) = (lengths.split_last(), steps.split_last()) else {
        return entries.to_vec();
    };
    let mut walk = positions(outer);
    while let Some(position) = walk.next() {
        let offset = |at: usize, (&p, &step): (&usize, &usize)| at.wrapping_add(p.wrapping_mul(step));
        let line = position.iter().zip(outer_steps).fold(start, offset);
        all.extend((0..length).map(|p| entries[line.wrapping_add(p.wrapping_mul(step))].clone()));
    }
    all
}

/// The number of cells of a shape, if it fits.
pub fn cells(shape: &[usize]) -> Option<usize> {
    // A zero length makes the tensor empty whatever the others are.
    if shape.contains(&0) {
        return Some(0);
    }
    shape.iter().try_fold(1usize, |product, &length| product.checked_mul(length))
}

fn checked_cells(what: &'static str, shape: &[usize]) -> Result<usize, Error> {
    match cells(shape) {
        Some(cells) if cells as u64 <= MAX_CELLS => Ok(cells),
        other => {
            let cells = other.map_or(i128::MAX, |c| c as i128);
            Err(LimitError::Cells { what, cells, limit: MAX_CELLS }.into())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn permuting_moves_axes() {
        let t = Tensor::new(vec![2, 3], vec![1, 2, 3, 4, 5, 6]).unwrap();
        let u = t.permuted(&[1, 0]);
        assert_eq!(u.shape(), [3, 2]);
        assert_eq!(u.entries(), [1, 4, 2, 5, 3, 6]);
    }

    #[test]
    fn flipping_reads_backwards() {
        let t = Tensor::new(vec![2, 3], vec![1, 2, 3, 4, 5, 6]).unwrap();
        assert_eq!(t.flipped(1..2).entries(), [3, 2, 1, 6, 5, 4]);
        assert_eq!(t.flipped(0..2).entries(), [6, 5, 4, 3, 2, 1]);
    }

    #[test]
    fn sizes_are_checked_before_allocating() {
        let error = Tensor::from_fn("a buffer", vec![1 << 40, 1 << 40], |_| 0u8).unwrap_err();
        assert_eq!(error.rule(), "L3");
    }
}
