//! Lengths: what comes out of an operation, and whether its counterpart brings the input back.

use crate::error::Error;
use crate::geometry::{Axis, Kind, Padding, Spec, Window, formulas};
use crate::scalar::{Rational, show_rational};

/// `2×2`.
fn times(lengths: &[usize]) -> String {
    lengths.iter().map(usize::to_string).collect::<Vec<_>>().join("×")
}

/// The lengths of the named operation's result.
pub(super) fn output(spec: &str) -> Result<String, Error> {
    let spec: Spec = spec.parse()?;
    Ok(times(&spec.output_shape()[2..]))
}

/// The rule by which a spec is refused; `accepted` if it is not.
pub(super) fn refused(spec: &str) -> String {
    spec.parse::<Spec>().map_or_else(|error| error.rule().to_owned(), |_| "accepted".to_owned())
}

/// A convolution, and the transposed convolution of the same kernel, stride, dilation and pads without
/// output padding, on its result: `17 → 6 → 16`.
pub(super) fn back(spec: &str) -> Result<String, Error> {
    let spec: Spec = spec.parse()?;
    let axes = spec.geometry.axes();
    let returned = |axis: &Axis| axis.window().transposed(axis.input(), 0).map(|axis| axis.output());
    let back = axes.iter().map(returned).collect::<Result<Vec<_>, _>>()?;
    let back: Vec<String> = back.iter().map(i64::to_string).collect();
    Ok(format!("{} → {} → {}", times(&spec.input_shape()[2..]), times(&spec.output_shape()[2..]), back.join("×")))
}

/// Convolutions of one axis with this stride, `1 ≤ i ≤ 32`, `1 ≤ k ≤ 7`, `0 ≤ p < k`, `d = 1`: how many
/// give the length back, of how many there are.
pub(super) fn back_count(stride: i64) -> String {
    let (mut back, mut all) = (0, 0);
    for kernel in 1..=7 {
        for p in 0..kernel {
            let window = Window { stride, padding: Padding::both(p), ..Window::new(kernel) };
            for length in 1..=32 {
                // A kernel that does not fit is no convolution.
                let Ok(axis) = window.convolving(length) else { continue };
                all += 1;
                back += u64::from(window.transposed(axis.input(), 0).is_ok_and(|axis| axis.output() == length));
            }
        }
    }
    format!("{back} of {all}")
}

/// A published formula with the numbers put in, where it applies and gives the length of the result.
pub(super) fn formula(id: &str, spec: &str) -> Result<String, Error> {
    let spec: Spec = spec.parse()?;
    let axis = &spec.geometry.axes()[0];
    let Some(formula) = formulas::find(id) else { return Ok(format!("no formula {id}")) };
    let length = match formula.operation {
        Kind::Conv => axis.input(),
        Kind::Tconv => axis.output(),
    };
    Ok(match formula.applies(axis) && formula.value(axis) == length {
        true => formula.text(axis),
        false => format!("{}, but the length is {length}", formula.text(axis)),
    })
}

/// What a stated formula gives, and the truth: `11, truth 5`.
pub(super) fn stated(spec: &str, value: fn(&Axis) -> [i64; 2], truth: fn(&Axis) -> i64) -> Result<String, Error> {
    let spec: Spec = spec.parse()?;
    let axis = &spec.geometry.axes()[0];
    let [numerator, denominator] = value(axis);
    let value = match denominator {
        0 => "no number".to_owned(),
        _ => show_rational(&Rational::new(numerator.into(), denominator.into())),
    };
    Ok(format!("{value}, truth {}", truth(axis)))
}
