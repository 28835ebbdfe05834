//! Mistakes of programs that go from outputs to inputs: gather, phases, and col2im with a
//! range of columns per output.

use convproof::geometry::Axis;

use super::{Mistake, Nest};

/// All of them.
pub const ALL: &[Mistake] = &[
    Mistake::new("remainder test missing", remainder_test_missing),
    Mistake::new("phase of o", |axis| phases(axis, |axis, o, t| axis.dilation() * t - o)),
    Mistake::new("phase negated", |axis| phases(axis, |axis, o, t| axis.dilation() * t + o + axis.padding().begin)),
    Mistake::new("phase without dilation", |axis| phases(axis, |axis, o, t| t - o - axis.padding().begin)),
    Mistake::new("col2im start without + 1", col2im_start_too_low),
    Mistake::new("col2im with truncated division", col2im_truncating),
];

/// Not a mistake, though it looks like one: see [`truncated_with_remainder_test`].
pub const TRUNCATED: Mistake =
    Mistake::new("gather with truncated division and a remainder test", truncated_with_remainder_test);

/// `ask(o + p_begin − d·t)` is the input that output `o` reads by tap `t`.
fn asks(axis: &Axis, ask: impl Fn(i64) -> Option<i64>) -> Nest {
    let all = (0..axis.output()).flat_map(|o| (0..axis.kernel()).map(move |t| (o, t)));
    let found = all.filter_map(|(o, t)| Some([o, ask(o + axis.padding().begin - axis.dilation() * t)?, t]));
    found.filter(|[_, i, _]| (0..axis.input()).contains(i)).collect()
}

/// Rounds the quotient down and takes what is there.
fn remainder_test_missing(axis: &Axis) -> Nest {
    asks(axis, |scaled| Some(scaled.div_euclid(axis.stride())))
}

/// C's `/` and `%` round towards 0: −1/2 is 0. Since the remainder is −1 and not 0, the quotient
/// is never used; without the test it would be.
fn truncated_with_remainder_test(axis: &Axis) -> Nest {
    asks(axis, |scaled| (scaled % axis.stride() == 0).then_some(scaled / axis.stride()))
}

/// Sub-pixel convolution: the taps that an output sees are those whose `residue` is divisible
/// by `s`; they are then taken to fit, and the quotient is rounded down.
fn phases(axis: &Axis, residue: fn(&Axis, i64, i64) -> i64) -> Nest {
    let mut nest = Vec::new();
    for o in 0..axis.output() {
        for t in (0..axis.kernel()).filter(|t| residue(axis, o, *t).rem_euclid(axis.stride()) == 0) {
            let i = (o + axis.padding().begin - axis.dilation() * t).div_euclid(axis.stride());
            if (0..axis.input()).contains(&i) {
                nest.push([o, i, t]);
            }
        }
    }
    nest
}

/// col2im as GPU kernels write it: output `q = o + p_begin` adds the columns `start .. end`
/// whose distance is a multiple of the dilation, and does not ask whether the tap exists. An
/// index outside the kernel is clamped into it, as JAX's gather does.
fn col2im(axis: &Axis, range: impl Fn(i64) -> std::ops::Range<i64>) -> Nest {
    let mut nest = Vec::new();
    for o in 0..axis.output() {
        let q = o + axis.padding().begin;
        for column in range(q) {
            let distance = q - axis.stride() * column;
            if distance % axis.dilation() == 0 {
                nest.push([o, column, (distance / axis.dilation()).clamp(0, axis.kernel() - 1)]);
            }
        }
    }
    nest
}

/// `start = ⌊(q − extent)/s⌋` where it should be one more.
fn col2im_start_too_low(axis: &Axis) -> Nest {
    let (s, extent) = (axis.stride(), axis.dilation() * (axis.kernel() - 1) + 1);
    col2im(axis, |q| {
        let start = if q < extent { 0 } else { (q - extent) / s };
        start..(q.div_euclid(s) + 1).min(axis.input())
    })
}

/// `end = q/s + 1` with C's division, for which −1/2 is 0: a negative pad makes `q` negative.
fn col2im_truncating(axis: &Axis) -> Nest {
    let (s, extent) = (axis.stride(), axis.dilation() * (axis.kernel() - 1) + 1);
    col2im(axis, |q| {
        let start = if q < extent { 0 } else { (q - extent) / s + 1 };
        start..(q / s + 1).min(axis.input())
    })
}
