//! How evenly the taps cover the output of a transposed convolution, away from its ends.
//!
//! An inner output position `o` is met by the taps `t` with `d·t ≡ o + p_begin (mod s)`. Coverage is
//! even when every residue has as many taps: where it is not, equal inputs and weights give a
//! checkerboard. With `d = 1` it is even exactly when `s` divides `k`.
//! Source: A. Odena, V. Dumoulin, C. Olah, "Deconvolution and checkerboard artifacts", 2016.

use super::Window;

impl Window {
    /// Whether every inner output position is met by as many taps. Cost: the kernel.
    ///
    /// ```
    /// use convproof::geometry::Window;
    /// let even = |kernel, stride| Window { stride, ..Window::new(kernel) }.covers_evenly();
    /// assert!(even(4, 2) && even(3, 1) && even(3, 3));
    /// assert!(!even(3, 2) && !even(2, 3));
    /// ```
    pub fn covers_evenly(&self) -> bool {
        let Window { kernel, stride, dilation, .. } = *self;
        if stride < 1 || kernel < stride || kernel % stride != 0 {
            return false;
        }
        // The residues of d·t repeat with period s / gcd(d, s): all of them occur only for gcd 1, and
        // then k taps are k/s rounds.
        num_integer::gcd(dilation, stride) == 1
    }
}
