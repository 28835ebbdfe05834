//! The geometries of a family by number, and runs over numbers: on all cores, or in order.
//!
//! Whoever runs takes chunks of consecutive numbers; what chunks found is put together in the order
//! of the numbers. So nothing that is found depends on who took which chunk, or when: one thread
//! and many find the same, down to the first error.

use std::ops::Range;
use std::sync::{Mutex, PoisonError};

use super::Family;
use crate::error::{Error, RequestError};
use crate::geometry::{Axis, Geometry};

/// The legal geometries of a family by number, from 0: the last axis runs faster than those before
/// it, the channels faster than all axes.
pub(super) struct Numbered {
    pub(super) axes: Vec<Axis>,
    /// `(C_in, C_out, groups, n)`.
    pub(super) outer: Vec<(i64, i64, i64, i64)>,
    /// How many axes are chosen by themselves, and how often each of them is taken.
    choices: usize,
    times: usize,
}

impl Numbered {
    pub(super) fn new(family: &Family) -> Self {
        let (choices, times) = family.choices();
        Numbered { axes: family.axes(), outer: family.outer_combinations(), choices, times }
    }

    /// How many there are, if anyone can count to that.
    pub(super) fn count(&self) -> Option<u64> {
        let length = |n: usize| u64::try_from(n).ok();
        let axes = length(self.axes.len())?.checked_pow(u32::try_from(self.choices).ok()?)?;
        axes.checked_mul(length(self.outer.len())?)
    }

    /// Overwrites `chosen` with the axes of the geometry of a number, and says which channels it has.
    pub(super) fn choose(&self, number: u64, chosen: &mut Vec<usize>) -> usize {
        // Remainders by the length of a list are places in that list.
        let split = |n: u64, length: usize| (n / length as u64, usize::try_from(n % length as u64).unwrap_or(0));
        let (mut rest, outer) = split(number, self.outer.len());
        chosen.clear();
        chosen.resize(self.choices, 0);
        for place in chosen.iter_mut().rev() {
            (rest, *place) = split(rest, self.axes.len());
        }
        outer
    }

    /// The geometry of what was chosen.
    pub(super) fn geometry(&self, chosen: &[usize], outer: usize) -> Geometry {
        let mut axes = Vec::with_capacity(chosen.len() * self.times);
        axes.extend(chosen.iter().flat_map(|&n| std::iter::repeat_n(self.axes[n], self.times)));
        geometry(axes, self.outer[outer])
    }
}

/// The geometry of legal axes, with `(C_in, C_out, groups, n)` of a family.
pub(super) fn geometry(axes: Vec<Axis>, (inputs, outputs, groups, batch): (i64, i64, i64, i64)) -> Geometry {
    let geometry = Geometry::new(axes);
    let geometry = if (inputs, outputs, batch) == (1, 1, 1) {
        geometry
    } else {
        geometry.and_then(|g| g.with_channels(inputs, outputs, groups)).and_then(|g| g.with_batch(batch))
    };
    geometry.expect("small legal axes with groups that divide the channels")
}

/// Axes that a sweep holds at once, a quarter of a gigabyte.
const MAX_PER_AXIS: u128 = 1 << 22;

/// The geometries of a family and their number; Q4 for too many axes to hold or too many to count.
pub(super) fn numbered(family: &Family) -> Result<(Numbered, u64), Error> {
    let refuse = |problem| Err(RequestError::Option { option: "--max", problem }.into());
    if family.per_axis() > MAX_PER_AXIS {
        return refuse(format!(
            "{} combinations per axis in {family}; a sweep holds at most {MAX_PER_AXIS}, take smaller bounds",
            family.per_axis()
        ));
    }
    let numbered = Numbered::new(family);
    match numbered.count() {
        Some(count) => Ok((numbered, count)),
        None => refuse(format!("{family} has more than {} geometries, take smaller bounds", u64::MAX)),
    }
}

/// Chunks between two reports of progress; what they found is held until then.
const CHUNKS: u64 = 64;

/// Runs over all numbers below `total`, `chunk` of them at a time, and calls `take` with what was
/// found in each chunk, in order, and `progress` with how many numbers are done.
///
/// `start` makes what one runner keeps from chunk to chunk; as many are made as run at once.
pub(super) fn run<W: Send, T: Send>(
    total: u64,
    chunk: u64,
    start: impl Fn() -> W + Sync,
    work: impl Fn(&mut W, Range<u64>) -> Result<T, Error> + Sync,
    mut take: impl FnMut(T),
    progress: &mut dyn FnMut(u64),
) -> Result<(), Error> {
    let idle: Mutex<Vec<W>> = Mutex::new(Vec::new());
    let lent = || idle.lock().unwrap_or_else(PoisonError::into_inner);
    let one = |numbers: Range<u64>| {
        let known = lent().pop();
        let mut runner = known.unwrap_or_else(&start);
        let found = work(&mut runner, numbers);
        lent().push(runner);
        found
    };
    let mut done = 0;
    while done < total {
        let end = total.min(done.saturating_add(chunk.saturating_mul(CHUNKS)));
        let chunks = (end - done).div_ceil(chunk);
        let numbers = |n: u64| done + n * chunk..end.min(done + (n + 1) * chunk);
        for found in each(chunks, |n| one(numbers(n))) {
            take(found?);
        }
        done = end;
        progress(done);
    }
    Ok(())
}

/// Starts the threads that sweeps run on, which a process does once: whoever times a sweep calls
/// this before.
#[cfg(feature = "cli")]
pub(crate) fn start_threads() {
    #[cfg(feature = "parallel")]
    rayon::broadcast(|_| ());
}

/// `work(0), work(1) …`, in order, made on all cores.
#[cfg(feature = "parallel")]
fn each<T: Send>(count: u64, work: impl Fn(u64) -> T + Sync) -> impl Iterator<Item = T> {
    use rayon::iter::{IndexedParallelIterator, IntoParallelIterator, ParallelIterator};
    let count = usize::try_from(count).expect("a few chunks");
    let all: Vec<T> = if rayon::current_num_threads() > 1 && count > 1 {
        (0..count).into_par_iter().with_max_len(1).map(|n| work(n as u64)).collect()
    } else {
        (0..count).map(|n| work(n as u64)).collect()
    };
    all.into_iter()
}

/// `work(0), work(1) …`, one after the other.
#[cfg(not(feature = "parallel"))]
fn each<T>(count: u64, work: impl Fn(u64) -> T) -> impl Iterator<Item = T> {
    (0..count).map(work)
}
