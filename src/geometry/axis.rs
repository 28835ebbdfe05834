//! One axis: its lengths and its pads. **Part of the trusted definition.**
//!
//! All lengths speak of the transposed convolution: it takes `input` positions to
//!
//! ```text
//! output = s(input−1) + d(kernel−1) + 1 − p_begin − p_end + a
//! ```
//!
//! positions, and the ordinary convolution with the same window takes them back. Example:
//! input 2, kernel 3, stride 2, padding 1: output = 2·1 + 2 + 1 − 1 − 1 = 3.

use crate::error::{Error, GeometryError};

/// Cells cropped from the transposed convolution's output (added as zeros to the ordinary
/// convolution's input). Negative values add to the output, large ones crop beyond the kernel.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
#[allow(clippy::exhaustive_structs)] // an axis has two ends
pub struct Padding {
    /// Cropped in front of position 0.
    pub begin: i64,
    /// Cropped behind the last position.
    pub end: i64,
}

impl Padding {
    /// The same at both ends.
    pub fn both(p: i64) -> Self {
        Padding { begin: p, end: p }
    }
}

/// What a convolution and its transpose share on one axis: everything but the lengths.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[allow(clippy::exhaustive_structs)] // the parameters of the definition
pub struct Window {
    /// Number of taps, `k ≥ 1`.
    pub kernel: i64,
    /// Distance between the placements of the window, `s ≥ 1`.
    pub stride: i64,
    /// Distance between neighbouring taps, `d ≥ 1`.
    pub dilation: i64,
    /// `p_begin` and `p_end`, of any sign.
    pub padding: Padding,
}

impl Window {
    /// A window of `kernel` taps with stride 1, dilation 1 and no padding.
    pub fn new(kernel: i64) -> Self {
        Window { kernel, stride: 1, dilation: 1, padding: Padding::default() }
    }

    /// The axis on which this window is transposed: `input` positions, and
    /// `s(input−1) + d(kernel−1) + 1 − p_begin − p_end + output_padding` output positions.
    ///
    /// # Errors
    /// G2 for a length below 1, G5 if no output remains, G7 for positions beyond 2^62, G9 for a
    /// negative output padding.
    pub fn transposed(self, input: i64, output_padding: i64) -> Result<Axis, Error> {
        self.check("input", input)?;
        if output_padding < 0 {
            return Err(GeometryError::OutputPadding { axis: 0, got: output_padding }.into());
        }
        let reach = self.reach(input)?;
        if output_padding >= LIMIT / 4 {
            return Err(GeometryError::Positions { axis: 0, reach: output_padding.into() }.into());
        }
        let natural = reach + 1 + output_padding;
        let Padding { begin, end } = self.padding;
        let output = natural - begin - end;
        if output < 1 {
            return Err(GeometryError::EmptyOutput {
                axis: 0,
                got: output,
                begin,
                end,
                natural: natural - 1,
                input,
                kernel: self.kernel,
                stride: self.stride,
                dilation: self.dilation,
                output_padding,
            }
            .into());
        }
        if natural >= LIMIT || output >= LIMIT {
            return Err(GeometryError::Positions { axis: 0, reach: natural.max(output).into() }.into());
        }
        Ok(Axis { input, window: self, output_padding, output })
    }

    /// The axis on which the ordinary convolution of this window runs over `length` positions.
    ///
    /// With `N = length + p_begin + p_end − d(kernel−1) − 1` it has `⌊N/s⌋ + 1` placements, which
    /// are the axis's `input`, and `a = N mod s`; so `output` is `length` again.
    ///
    /// # Errors
    /// G2 for a length below 1, G6 if `N < 0` (the convolution would be empty), G7 for positions
    /// beyond 2^62.
    pub fn convolving(self, length: i64) -> Result<Axis, Error> {
        self.check("input", length)?;
        let extent = self.reach(1)? + 1;
        let Padding { begin, end } = self.padding;
        if length >= LIMIT {
            return Err(GeometryError::Positions { axis: 0, reach: length.into() }.into());
        }
        let padded = length + begin + end;
        let n = padded - extent;
        if n < 0 {
            return Err(GeometryError::EmptyConvolution { axis: 0, extent, padded, length, begin, end }.into());
        }
        // n ≥ 0, so `/` and `%` are the floor and the mathematical remainder.
        self.transposed(n / self.stride + 1, n % self.stride)
    }

    /// `s(input−1) + d(kernel−1)`: how far the last tap of the last placement lies from position
    /// `−p_begin`. All later sums and products of this axis stay below 2^62.
    fn reach(&self, input: i64) -> Result<i64, Error> {
        let wide = |n: i64| i128::from(n);
        let reach = wide(self.stride) * wide(input - 1) + wide(self.dilation) * wide(self.kernel - 1);
        let Padding { begin, end } = self.padding;
        let largest = [reach, wide(begin).abs(), wide(end).abs(), wide(self.stride), wide(self.dilation)];
        let largest = largest.into_iter().max().expect("not empty");
        // A quarter of the limit each: sums of four stay below it.
        match i64::try_from(reach) {
            Ok(reach) if largest < wide(LIMIT / 4) => Ok(reach),
            _ => Err(GeometryError::Positions { axis: 0, reach: largest }.into()),
        }
    }

    fn check(&self, what: &'static str, length: i64) -> Result<(), Error> {
        let all = [(what, length), ("kernel", self.kernel), ("stride", self.stride), ("dilation", self.dilation)];
        match all.into_iter().find(|&(_, value)| value < 1) {
            Some((what, got)) => Err(GeometryError::NotPositive { what, axis: 0, got }.into()),
            None => Ok(()),
        }
    }
}

/// Positions and lengths stay below this, so that sums of them fit an `i64`.
pub(super) const LIMIT: i64 = 1 << 62;

/// One axis of a geometry: a [`Window`] and the lengths that it joins.
///
/// ```
/// use convproof::geometry::{Padding, Window};
/// let window = Window { stride: 2, padding: Padding::both(1), ..Window::new(3) };
/// let axis = window.transposed(2, 0).unwrap();
/// assert_eq!(axis.output(), 3);
/// assert_eq!(window.convolving(3).unwrap(), axis); // the convolution takes 3 to 2
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Axis {
    input: i64,
    window: Window,
    output_padding: i64,
    output: i64,
}

impl Axis {
    /// Input positions of the transposed convolution: `0 ≤ i < input`.
    pub fn input(&self) -> i64 {
        self.input
    }

    /// Output positions of the transposed convolution: `0 ≤ o < output`.
    pub fn output(&self) -> i64 {
        self.output
    }

    /// Taps: `0 ≤ t < kernel`.
    pub fn kernel(&self) -> i64 {
        self.window.kernel
    }

    /// `s`, at least 1.
    pub fn stride(&self) -> i64 {
        self.window.stride
    }

    /// `d`, at least 1.
    pub fn dilation(&self) -> i64 {
        self.window.dilation
    }

    /// `p_begin` and `p_end`.
    pub fn padding(&self) -> Padding {
        self.window.padding
    }

    /// `a ≥ 0`: positions that lengthen the output at its end, before cropping.
    pub fn output_padding(&self) -> i64 {
        self.output_padding
    }

    /// Kernel, stride, dilation and padding together.
    pub fn window(&self) -> Window {
        self.window
    }
}
