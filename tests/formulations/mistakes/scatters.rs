//! Mistakes of programs that go from inputs to outputs: stamps, and zero insertion with its
//! emulated convolution.

use convproof::geometry::{Axis, Padding};

use super::{Mistake, Nest};

/// All of them.
pub const ALL: &[Mistake] = &[
    Mistake::new("only tap 0", only_tap_0),
    Mistake::new("pad off by one", pad_off_by_one),
    Mistake::new("output padding at the front", output_padding_at_the_front),
    Mistake::new("output padding appended as zeros", output_padding_as_zeros),
    Mistake::new("pads swapped", pads_swapped),
    Mistake::new("stride and dilation swapped", stride_and_dilation_swapped),
    Mistake::new("kernel not flipped", kernel_not_flipped),
    Mistake { length: undilated_length, ..Mistake::new("dilation left out of the padding", undilated_padding) },
    Mistake::new("negative padding clamped to 0", negative_padding_clamped),
    CROP_THEN_PAD,
];

/// `stamp(i, t)` is where input `i` puts tap `t`.
fn stamps(axis: &Axis, stamp: impl Fn(i64, i64) -> i64) -> Nest {
    let all = (0..axis.input()).flat_map(|i| (0..axis.kernel()).map(move |t| (i, t)));
    all.map(|(i, t)| [stamp(i, t), i, t]).collect()
}

/// The product with a kernel of which only the first entry is read.
fn only_tap_0(axis: &Axis) -> Nest {
    (0..axis.input()).map(|i| [axis.stride() * i - axis.padding().begin, i, 0]).collect()
}

/// Crops one cell too many in front.
fn pad_off_by_one(axis: &Axis) -> Nest {
    stamps(axis, |i, t| axis.stride() * i + axis.dilation() * t - (axis.padding().begin + 1))
}

/// The extra cells stand before the stamps instead of behind them.
fn output_padding_at_the_front(axis: &Axis) -> Nest {
    let front = axis.output_padding();
    stamps(axis, |i, t| front + axis.stride() * i + axis.dilation() * t - axis.padding().begin)
}

/// Crops the buffer without output padding, then appends zeros.
fn output_padding_as_zeros(axis: &Axis) -> Nest {
    let cropped = axis.output() - axis.output_padding();
    let mut nest = stamps(axis, |i, t| axis.stride() * i + axis.dilation() * t - axis.padding().begin);
    nest.retain(|[o, ..]| *o < cropped);
    nest
}

/// Crops `p_end` in front, `p_begin` behind.
fn pads_swapped(axis: &Axis) -> Nest {
    stamps(axis, |i, t| axis.stride() * i + axis.dilation() * t - axis.padding().end)
}

/// The inputs stand `d` apart, the taps `s`.
fn stride_and_dilation_swapped(axis: &Axis) -> Nest {
    stamps(axis, |i, t| axis.dilation() * i + axis.stride() * t - axis.padding().begin)
}

/// Slides a window of the kernel over the stretched input, `front` zeros before it: window `o`
/// covers the padded cells `o + d·u`, and input `i` is padded cell `front + s·i`.
/// `tap(u)` is the tap that meets window cell `u`.
fn windows(axis: &Axis, front: i64, tap: impl Fn(i64) -> i64) -> Nest {
    let all = (0..axis.input()).flat_map(|i| (0..axis.kernel()).map(move |u| (i, u)));
    all.map(|(i, u)| [front + axis.stride() * i - axis.dilation() * u, i, tap(u)]).collect()
}

/// Rotated by 180°.
fn rotated(axis: &Axis) -> impl Fn(i64) -> i64 + use<> {
    let last = axis.kernel() - 1;
    move |u| last - u
}

/// `(front, back)`: the padding with which the convolution emulates.
fn emulation(axis: &Axis) -> (i64, i64) {
    let reach = axis.dilation() * (axis.kernel() - 1);
    (reach - axis.padding().begin, reach - axis.padding().end + axis.output_padding())
}

/// Zero insertion as most texts print it: nobody says that the kernel must be rotated.
fn kernel_not_flipped(axis: &Axis) -> Nest {
    windows(axis, emulation(axis).0, |u| u)
}

/// Pads by `k − 1 − p` where the kernel spans `d(k − 1) + 1`.
fn undilated_padding(axis: &Axis) -> Nest {
    windows(axis, axis.kernel() - 1 - axis.padding().begin, rotated(axis))
}

fn undilated_length(axis: &Axis) -> i64 {
    let Padding { begin, end } = axis.padding();
    let stretched = axis.stride() * (axis.input() - 1) + 1;
    let padded = (axis.kernel() - 1 - begin) + stretched + (axis.kernel() - 1 - end + axis.output_padding());
    padded - axis.dilation() * (axis.kernel() - 1)
}

/// An emulation padding below 0 is taken for 0; the result is cut to the right length.
fn negative_padding_clamped(axis: &Axis) -> Nest {
    windows(axis, emulation(axis).0.max(0), rotated(axis))
}

/// Where the emulation's padding is negative at one end and positive at the other, crops the
/// stretched input before padding it. As slices in Python, a crop beyond the end takes all.
pub const CROP_THEN_PAD: Mistake =
    Mistake { length: crop_then_pad_length, ..Mistake::new("crop, then pad", crop_then_pad) };

/// `(cropped in front, what is left)` of the stretched input.
fn cropped(axis: &Axis) -> (i64, i64) {
    let (front, back) = emulation(axis);
    let stretched = axis.stride() * (axis.input() - 1) + 1;
    let taken = (-front).clamp(0, stretched);
    (taken, stretched - taken - (-back).clamp(0, stretched - taken))
}

fn crop_then_pad(axis: &Axis) -> Nest {
    let (front, _) = emulation(axis);
    let (taken, left) = cropped(axis);
    let mut nest = windows(axis, front.max(0) - taken, rotated(axis));
    nest.retain(|[_, i, _]| (taken..taken + left).contains(&(axis.stride() * i)));
    nest
}

fn crop_then_pad_length(axis: &Axis) -> i64 {
    let (front, back) = emulation(axis);
    front.max(0) + cropped(axis).1 + back.max(0) - axis.dilation() * (axis.kernel() - 1)
}
