//! **The definition**: which output, input and tap positions meet on an axis.
//!
//! ```text
//! o = s·i + d·t − p_begin        0 ≤ i < input,  0 ≤ t < kernel,  0 ≤ o < output
//! ```
//!
//! Read downwards (`i` given) it is the scatter of a transposed convolution, read upwards
//! (`o` given) the window of an ordinary one. Since `d ≥ 1`, at most one tap joins an `i` and
//! an `o`. Source: V. Dumoulin and F. Visin, "A guide to convolution arithmetic for deep
//! learning", §4; the padding and dilation as every framework in `dialect` has them.
//!
//! Example, input 2, kernel 3, stride 2, padding 1 (output 3): input 0 meets outputs 0 and 1
//! by taps 1 and 2 (tap 0 would reach −1); input 1 meets 1 and 2 by taps 0 and 1.

use super::Axis;

/// Tap `t` takes input `i` to output `o`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[allow(clippy::exhaustive_structs)] // the three letters of the definition
pub struct Meeting {
    /// Output position of the transposed convolution.
    pub o: i64,
    /// Input position of the transposed convolution.
    pub i: i64,
    /// Tap.
    pub t: i64,
}

impl Axis {
    /// Whether the three positions meet: the definition itself.
    pub fn meets(&self, Meeting { o, i, t }: Meeting) -> bool {
        (0..self.input()).contains(&i)
            && (0..self.kernel()).contains(&t)
            && (0..self.output()).contains(&o)
            && o == self.stride() * i + self.dilation() * t - self.padding().begin
    }

    /// All that meets input `i`, by ascending tap, hence by ascending output; nothing outside the input.
    ///
    /// ```
    /// use convproof::geometry::{Padding, Window};
    /// let window = Window { stride: 2, padding: Padding::both(1), ..Window::new(3) };
    /// let axis = window.transposed(2, 0).unwrap();
    /// let met: Vec<(i64, i64)> = axis.meetings_of_input(0).map(|m| (m.o, m.t)).collect();
    /// assert_eq!(met, [(0, 1), (1, 2)]);
    /// ```
    pub fn meetings_of_input(&self, i: i64) -> impl Iterator<Item = Meeting> + use<> {
        let inside = (0..self.input()).contains(&i);
        let (d, start) = (self.dilation(), if inside { self.stride() * i - self.padding().begin } else { 0 });
        // 0 ≤ start + d·t        ⇔  t ≥ ⌈−start/d⌉
        // start + d·t ≤ output−1  ⇔  t ≤ ⌊(output−1−start)/d⌋
        let first = ceil_div(-start, d).max(0);
        let last = if inside { (self.output() - 1 - start).div_euclid(d).min(self.kernel() - 1) } else { -1 };
        (first..=last).map(move |t| Meeting { o: start + d * t, i, t })
    }

    /// All that meets output `o`, by ascending input, hence by descending tap; nothing outside the output.
    pub fn meetings_of_output(&self, o: i64) -> impl Iterator<Item = Meeting> + use<> {
        let inside = (0..self.output()).contains(&o);
        let (s, d, from_start) = (self.stride(), self.dilation(), if inside { o + self.padding().begin } else { -1 });
        // d·t = from_start − s·i with 0 ≤ d·t ≤ d(kernel−1) and 0 ≤ s·i ≤ s(input−1):
        // i ≥ ⌈(from_start − d(kernel−1))/s⌉, i ≤ ⌊from_start/s⌋, and the same for t with the letters exchanged.
        let first_i = ceil_div(from_start - d * (self.kernel() - 1), s).max(0);
        let last_i = from_start.div_euclid(s).min(self.input() - 1);
        let first_t = ceil_div(from_start - s * (self.input() - 1), d).max(0);
        let last_t = from_start.div_euclid(d).min(self.kernel() - 1);
        // One letter gives the other where the division leaves no remainder: walk the one with fewer.
        let by_input = last_i - first_i <= last_t - first_t;
        (0..=(last_i - first_i).min(last_t - first_t)).filter_map(move |n| {
            if by_input {
                let i = first_i + n;
                ((from_start - s * i) % d == 0).then(|| Meeting { o, i, t: (from_start - s * i) / d })
            } else {
                let t = last_t - n;
                ((from_start - d * t) % s == 0).then(|| Meeting { o, i: (from_start - d * t) / s, t })
            }
        })
    }

    /// How many `(o, i, t)` meet on this axis. Cost: the smaller of `input` and `kernel`.
    pub fn meetings(&self) -> i128 {
        let count = |first: i64, last: i64| i128::from((last - first + 1).max(0));
        let (s, d, p) = (self.stride(), self.dilation(), self.padding().begin);
        if self.input() <= self.kernel() {
            (0..self.input())
                .map(|i| {
                    let start = s * i - p;
                    count(ceil_div(-start, d).max(0), (self.output() - 1 - start).div_euclid(d).min(self.kernel() - 1))
                })
                .sum()
        } else {
            // The same inequalities, solved for i.
            (0..self.kernel())
                .map(|t| {
                    let start = d * t - p;
                    count(ceil_div(-start, s).max(0), (self.output() - 1 - start).div_euclid(s).min(self.input() - 1))
                })
                .sum()
        }
    }
}

/// `⌈n/m⌉` for `m ≥ 1`.
fn ceil_div(n: i64, m: i64) -> i64 {
    -(-n).div_euclid(m)
}
