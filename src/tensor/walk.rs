//! Walking through tensors: positions, row-major offsets, and products of lists of offsets.
//!
//! Cell `[a, b, c]` of shape `[A, B, C]` is entry `(a·B + b)·C + c`: every axis adds its position
//! times its stride. So what is chosen on each axis by itself - a list of positions per axis -
//! is chosen on all of them by adding up one offset of each list: [`combine`].

/// The row-major entry of a position: `[a, b, c]` of `[A, B, C]` is `(a·B + b)·C + c`.
///
/// # Panics
/// If the position lies outside the shape.
pub fn flatten(shape: &[usize], position: &[usize]) -> usize {
    assert_eq!(shape.len(), position.len(), "a position has one entry per axis");
    shape.iter().zip(position).fold(0, |flat, (&length, &p)| {
        assert!(p < length, "position {position:?} lies outside {shape:?}");
        flat * length + p
    })
}

/// The position of a row-major entry, the inverse of [`flatten`].
pub fn unflatten(shape: &[usize], mut flat: usize) -> Vec<usize> {
    let mut position = vec![0; shape.len()];
    for (p, &length) in position.iter_mut().zip(shape).rev() {
        *p = flat % length;
        flat /= length;
    }
    position
}

/// All positions of a shape in row-major order; of the empty shape, the one empty position.
///
/// A lending iterator: `while let Some(position) = walk.next()`.
pub fn positions(shape: &[usize]) -> Positions<'_> {
    Positions { shape, current: vec![0; shape.len()], started: false, done: shape.contains(&0) }
}

/// See [`positions`].
#[derive(Debug)]
pub struct Positions<'a> {
    shape: &'a [usize],
    current: Vec<usize>,
    started: bool,
    done: bool,
}

impl Positions<'_> {
    /// The next position, or none after the last.
    #[allow(clippy::should_implement_trait)] // lends its buffer, which `Iterator` cannot say
    pub fn next(&mut self) -> Option<&[usize]> {
        if self.done {
            return None;
        }
        if !self.started {
            self.started = true;
            return Some(&self.current);
        }
        for (p, &length) in self.current.iter_mut().zip(self.shape).rev() {
            *p += 1;
            if *p < length {
                return Some(&self.current);
            }
            *p = 0;
        }
        self.done = true;
        None
    }
}

/// How many entries lie between neighbours on each axis: `[B·C, C, 1]` of `[A, B, C]`.
///
/// ```
/// assert_eq!(convproof::tensor::strides(&[2, 3, 5]), [15, 5, 1]);
/// ```
pub fn strides(shape: &[usize]) -> Vec<usize> {
    let mut strides = vec![1; shape.len()];
    for n in (1..shape.len()).rev() {
        strides[n - 1] = strides[n] * shape[n];
    }
    strides
}

/// Calls `visit` with `start` plus one step of each list, for every choice of steps, the last
/// list fastest: a step moves through `N` tensors at once.
///
/// Cost: one call per choice, one addition per step.
///
/// ```
/// use convproof::tensor::combine;
/// // Rows 0 and 2, columns 1 and 2 of a tensor with rows of 3.
/// let (rows, columns) = (vec![[0], [6]], vec![[1], [2]]);
/// let mut cells = Vec::new();
/// combine(&[rows, columns], [0], &mut |[cell]| cells.push(cell));
/// assert_eq!(cells, [1, 2, 7, 8]);
/// ```
#[inline]
pub fn combine<const N: usize>(
    lists: &[impl AsRef<[[usize; N]]>],
    start: [usize; N],
    visit: &mut impl FnMut([usize; N]),
) {
    let plus = |step: &[usize; N]| std::array::from_fn(|n| start[n] + step[n]);
    match lists {
        [] => visit(start),
        [last] => last.as_ref().iter().for_each(|step| visit(plus(step))),
        // The same as below, without a call per step.
        [next, last] => {
            for step in next.as_ref() {
                let start: [usize; N] = plus(step);
                last.as_ref().iter().for_each(|step| visit(std::array::from_fn(|n| start[n] + step[n])));
            }
        }
        [first, rest @ ..] => first.as_ref().iter().for_each(|step| combine(rest, plus(step), visit)),
    }
}

/// Lists of steps for [`combine`], in one piece of memory.
///
/// ```
/// let mut lists = convproof::tensor::Lists::default();
/// lists.push([[0], [3]]);
/// lists.push([]);
/// assert_eq!(lists.get(0), [[0], [3]]);
/// assert!(lists.get(1).is_empty());
/// ```
#[derive(Debug, Clone)]
pub struct Lists<const N: usize> {
    steps: Vec<[usize; N]>,
    ends: Vec<usize>,
}

impl<const N: usize> Default for Lists<N> {
    fn default() -> Self {
        Lists { steps: Vec::new(), ends: Vec::new() }
    }
}

impl<const N: usize> Lists<N> {
    /// Adds a list behind the others.
    pub fn push(&mut self, list: impl IntoIterator<Item = [usize; N]>) {
        if self.ends.capacity() == 0 {
            // Room for the lists of a small geometry at once.
            self.steps.reserve(32);
            self.ends.reserve(16);
        }
        self.steps.extend(list);
        self.ends.push(self.steps.len());
    }

    /// Drops all lists and keeps their memory.
    pub fn clear(&mut self) {
        self.steps.clear();
        self.ends.clear();
    }

    /// All lists, as [`combine`] takes them.
    pub fn all(&self) -> Vec<&[[usize; N]]> {
        (0..self.ends.len()).map(|n| self.get(n)).collect()
    }

    /// The list of this number, from 0.
    ///
    /// # Panics
    /// If there is no such list.
    pub fn get(&self, n: usize) -> &[[usize; N]] {
        let start = if n == 0 { 0 } else { self.ends[n - 1] };
        &self.steps[start..self.ends[n]]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn positions_count_like_an_odometer() {
        let mut walk = positions(&[2, 2]);
        let mut seen = Vec::new();
        while let Some(p) = walk.next() {
            seen.push(p.to_vec());
        }
        assert_eq!(seen, [[0, 0], [0, 1], [1, 0], [1, 1]]);
        assert!(positions(&[2, 0]).next().is_none());
        assert!(positions(&[]).next().is_some());
    }

    #[test]
    fn combinations_are_row_major_offsets() {
        let shape = [2, 3, 2];
        let lists: Vec<Vec<[usize; 1]>> =
            shape.iter().zip(strides(&shape)).map(|(&n, s)| (0..n).map(|p| [p * s]).collect()).collect();
        let mut flat = Vec::new();
        combine(&lists, [5], &mut |[cell]| flat.push(cell));
        assert_eq!(flat, (5..17).collect::<Vec<_>>());
        let mut once = 0;
        combine::<1>(&[[[0]; 0]; 0], [7], &mut |[cell]| once += cell);
        assert_eq!(once, 7, "no list, one choice");
    }
}
