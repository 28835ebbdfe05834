//! Everything known about the sizes of a spec: what `convproof shape` shows.

use super::{FORMULAS, Formula};
use crate::geometry::{Axis, Kind, Padding, Spec};

/// Longest list that [`Lengths::shown`] gives; a stride may be a billion.
pub const SHOWN_LENGTHS: usize = 64;

/// The sizes of a spec, the formulas that give them, and what shares or repairs them.
#[derive(Debug, Clone)]
pub struct ShapeReport {
    /// The spec; `to_string()` is its normal form.
    pub spec: Spec,
    /// `[n, c, positions…]` of the named operation's own input.
    pub input: Vec<usize>,
    /// `[n, c, positions…]` of the named operation's own result.
    pub output: Vec<usize>,
    /// Every formula, those about the named operation first.
    pub formulas: Vec<FormulaReport>,
    /// Per axis: the input lengths that this window convolves to the same length.
    ///
    /// For `tconv` that is its input length; they are the output lengths that the transposed
    /// convolution reaches from it with `0 ≤ a < s`. They are `s` in number, except where the
    /// lowest would lie below 1.
    pub same_output_inputs: Vec<Lengths>,
    /// Per axis: the output padding `a` with which the transposed convolution takes the
    /// convolution's result back to exactly the convolution's input length: `a = N mod s`.
    ///
    /// The input is that of `conv`, or the output of `tconv`; of a `tconv` with `a < s` this is
    /// its own `a`.
    pub repairing_a: Vec<i64>,
}

/// What one formula says about a spec.
#[derive(Debug, Clone)]
pub struct FormulaReport {
    /// The formula.
    pub formula: &'static Formula,
    /// Whether it applies on every axis.
    pub applies: bool,
    /// Statement and numbers, `o = i − k + 1 = 4 − 3 + 1 = 2`, the numbers of different axes
    /// joined by `; `; or the statement and what it needs, `o = i − k + 1 needs s = 1 (axis 1)`.
    pub text: String,
    /// Per axis: its value, or `None` where it does not apply.
    pub value: Vec<Option<i64>>,
}

/// Consecutive lengths; none if `first > last`.
///
/// ```
/// use convproof::geometry::formulas::{SHOWN_LENGTHS, shape_report};
/// let report = shape_report(&"conv i6 k3 s2 p1".parse().unwrap());
/// assert_eq!(report.same_output_inputs[0].shown(), [5, 6]);
/// assert_eq!(report.repairing_a, [1]);
///
/// let wide = shape_report(&"conv i6 k3 s1000000000".parse().unwrap()).same_output_inputs[0];
/// assert_eq!((wide.first, wide.last, wide.count()), (3, 1_000_000_002, 1_000_000_000));
/// assert_eq!(wide.shown().len(), SHOWN_LENGTHS);
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Lengths {
    /// The smallest.
    pub first: i64,
    /// The largest.
    pub last: i64,
}

impl Lengths {
    /// How many there are.
    pub fn count(&self) -> i64 {
        (self.last - self.first + 1).max(0)
    }

    /// The lengths themselves, the smallest [`SHOWN_LENGTHS`] if there are more.
    pub fn shown(&self) -> Vec<i64> {
        (self.first..=self.last).take(SHOWN_LENGTHS).collect()
    }
}

/// Everything known about the sizes of `spec`. Cost: formulas times axes.
pub fn shape_report(spec: &Spec) -> ShapeReport {
    let axes = spec.geometry.axes();
    let (own, other): (Vec<_>, Vec<_>) = FORMULAS.iter().partition(|formula| formula.operation == spec.kind);
    ShapeReport {
        spec: spec.clone(),
        input: spec.input_shape(),
        output: spec.output_shape(),
        formulas: own.into_iter().chain(other).map(|formula| FormulaReport::new(formula, axes)).collect(),
        same_output_inputs: axes.iter().map(|axis| same_output_inputs(axis, spec.kind)).collect(),
        repairing_a: axes.iter().map(|axis| axis.output_padding() % axis.stride()).collect(),
    }
}

/// The lengths `L ≥ 1` with `⌊(L + p_b + p_e − d(k−1) − 1)/s⌋ + 1 = rows`.
fn same_output_inputs(axis: &Axis, kind: Kind) -> Lengths {
    let s = axis.stride();
    // A convolution has all its placements; a transposed one the `input` that it was given.
    let rows = match kind {
        Kind::Conv => axis.input() + axis.output_padding() / s,
        Kind::Tconv => axis.input(),
    };
    let Padding { begin, end } = axis.padding();
    // s(rows−1) ≤ L + p_b + p_e − d(k−1) − 1 ≤ s(rows−1) + s − 1
    let lowest = s * (rows - 1) + axis.dilation() * (axis.kernel() - 1) + 1 - begin - end;
    Lengths { first: lowest.max(1), last: lowest + s - 1 }
}

impl FormulaReport {
    fn new(formula: &'static Formula, axes: &[Axis]) -> Self {
        let value: Vec<_> = axes.iter().map(|axis| formula.applies(axis).then(|| formula.value(axis))).collect();
        let applies = value.iter().all(Option::is_some);
        let details = if applies {
            let mut texts: Vec<_> = axes.iter().map(|axis| formula.text(axis)).collect();
            texts.dedup();
            format!("= {}", texts.join("; "))
        } else {
            let unmet = |condition: &&super::Condition| axes.iter().any(|axis| !(condition.holds)(axis));
            let unmet: Vec<_> = formula.conditions.iter().filter(unmet).map(|condition| condition.text).collect();
            let at: Vec<_> = (0..axes.len()).filter(|&n| value[n].is_none()).map(|n| n.to_string()).collect();
            let axis = if at.len() == 1 { "axis" } else { "axes" };
            format!("needs {} ({axis} {})", unmet.join(", "), at.join(", "))
        };
        FormulaReport { formula, applies, text: format!("{} {details}", formula.statement), value }
    }
}
