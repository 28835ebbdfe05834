//! Windows that take one size to another: strides, kernels, pads and output paddings.

use super::raise;
use crate::dialect::DIALECTS;
use crate::error::{Error, RequestError};
use crate::geometry::{Axis, Geometry, Kind, Padding, Spec, Window};

/// A window that takes the one size to the other.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Solution {
    /// The operation, the same window on every axis.
    pub spec: Spec,
    /// Whether every inner output position is met by as many taps.
    pub even: bool,
}

impl Solution {
    /// The dialects that can say it.
    pub fn dialects(&self) -> Vec<&'static str> {
        // A dialect of two axes says nothing of one.
        DIALECTS.iter().filter(|dialect| raise(dialect, &self.spec).is_ok()).map(|dialect| dialect.name).collect()
    }
}

/// Largest kernel that is looked at.
pub const MAX_KERNEL: i64 = 16;

/// All windows with kernels up to [`MAX_KERNEL`] and dilation up to 2 that take `from` to `to` on
/// every axis: transposed convolutions, or convolutions where some axis shrinks. Pads are equal at
/// both ends or differ by one and cut no more than the kernel reaches; the output padding is
/// smaller than the stride, and may differ from axis to axis. Shortest spec first.
///
/// # Errors
/// Q4 for sizes of different rank, below 1, or that grow on one axis and shrink on another.
///
/// ```
/// use convproof::translate::solve;
/// let all = solve(&[7, 7], &[14, 14])?;
/// assert_eq!(all[1].spec.to_string(), "tconv i7x7 k2x2 s2");
/// assert!(all.iter().any(|s| s.spec.to_string() == "tconv i7x7 k4x4 s2 p1" && s.even));
/// # Ok::<(), convproof::Error>(())
/// ```
pub fn solve(from: &[i64], to: &[i64]) -> Result<Vec<Solution>, Error> {
    let problem = |problem: String| Err(RequestError::Option { option: "--solve", problem }.into());
    let pairs = || from.iter().zip(to);
    if from.is_empty() || from.len() != to.len() || from.len() > crate::geometry::MAX_RANK {
        return problem(format!("{} axes to {} axes; write as many, as 7x7 14x14", from.len(), to.len()));
    }
    if from.iter().chain(to).any(|n| !(1..=1 << 40).contains(n)) {
        return problem("a length below 1 or beyond 2^40".to_owned());
    }
    let (grows, shrinks) = (pairs().any(|(a, b)| b > a), pairs().any(|(a, b)| b < a));
    if grows && shrinks {
        return problem("one axis grows and another shrinks; solve them apart".to_owned());
    }
    let kind = if shrinks { Kind::Conv } else { Kind::Tconv };
    let (small, large): (Vec<i64>, Vec<i64>) = pairs().map(|(a, b)| (*a.min(b), *a.max(b))).unzip();
    // (small − 1)·s ≤ large + pads, with pads below twice the kernel's extent.
    let reach = |n: usize| (large[n] + 4 * MAX_KERNEL) / (small[n] - 1).max(1);
    let most = (0..small.len()).map(reach).min().unwrap_or(1).clamp(1, 1 << 12);
    let mut found = Vec::new();
    for kernel in 1..=MAX_KERNEL {
        for dilation in 1..=if kernel > 1 { 2 } else { 1 } {
            for stride in 1..=most {
                let window = Window { stride, dilation, ..Window::new(kernel) };
                found.extend(pads(window).filter_map(|window| solution(kind, window, &small, &large)));
            }
        }
    }
    found.sort_by_cached_key(|s: &Solution| {
        let text = s.spec.to_string();
        (text.len(), s.spec.geometry.axes()[0].kernel(), text)
    });
    found.dedup_by_key(|s| s.spec.to_string());
    Ok(found)
}

/// The window with every pair of pads that is looked at.
fn pads(window: Window) -> impl Iterator<Item = Window> {
    let most = window.dilation * (window.kernel - 1);
    (0..=most).flat_map(move |p| {
        let pairs = [(p, p), (p, p + 1), (p + 1, p)];
        let fitting = pairs.into_iter().filter(move |&(b, e)| b.max(e) <= most);
        fitting.map(move |(begin, end)| Window { padding: Padding { begin, end }, ..window })
    })
}

fn solution(kind: Kind, window: Window, small: &[i64], large: &[i64]) -> Option<Solution> {
    let axes: Option<Vec<Axis>> = small
        .iter()
        .zip(large)
        .map(|(&small, &large)| match kind {
            Kind::Conv => window.convolving(large).ok().filter(|axis| axis.input() == small),
            Kind::Tconv => {
                let missing = large - window.transposed(small, window.stride - 1).ok()?.output() + window.stride - 1;
                let a = Some(missing).filter(|a| (0..window.stride).contains(a))?;
                window.transposed(small, a).ok()
            }
        })
        .collect();
    let geometry = Geometry::new(axes?).ok()?;
    Some(Solution { spec: Spec { kind, geometry }, even: window.covers_evenly() })
}
