//! Published shape formulas, as data: what each says, when it is true, its numbers.
//!
//! Relationships `R1` … `R15` are those of V. Dumoulin and F. Visin, "A guide to convolution
//! arithmetic for deep learning" (numbered as in its current LaTeX source) and of the Theano
//! tutorial of the same authors, which leaves pooling out and so counts one less from R8 on.
//! `R15T`, `RC` and `RT` complete them.
//!
//! Every formula speaks about one axis, in the field's letters:
//!
//! ```text
//! i   input of the ordinary convolution     = axis.output()     o   its output
//! i'  input of the transposed convolution   = axis.input()      o'  its output
//! k   kernel    s  stride    d  dilation    k̂ = k + (k − 1)(d − 1)    p = p_b = p_e  padding
//! ```
//!
//! A convolution's formula describes *the convolution of this window over all `i` positions*:
//! `o = ⌊N/s⌋ + 1` placements with `N = i + p_b + p_e − d(k−1) − 1`. For an output padding
//! `a < s` these are the `i'` of the axis; for `a ≥ s` there are `⌊a/s⌋` more.
//!
//! The sources assume equal pads and undilated windows without saying so each time; here every
//! assumption is a [`Condition`], and each one is necessary: an axis that meets all of the
//! others, but not it, makes the formula wrong.

mod registry;
mod report;

pub use registry::FORMULAS;
pub use report::{FormulaReport, Lengths, SHOWN_LENGTHS, ShapeReport, shape_report};

use super::{Axis, Kind, Padding};

/// A published shape formula.
///
/// ```
/// use convproof::geometry::{Padding, Window, formulas};
/// let axis = Window { stride: 2, padding: Padding::both(1), ..Window::new(3) }.convolving(5).unwrap();
/// let formula = formulas::find("R6").unwrap();
/// assert!(formula.applies(&axis));
/// assert_eq!(formula.statement, "o = ⌊(i + 2p − k)/s⌋ + 1");
/// assert_eq!(formula.text(&axis), "⌊(5 + 2·1 − 3)/2⌋ + 1 = 3");
/// assert_eq!(formula.value(&axis), 3);
/// ```
#[derive(Debug, Clone, Copy)]
pub struct Formula {
    /// `R6`.
    pub id: &'static str,
    /// Whose output it gives: `o` of the convolution or `o'` of the transposed convolution.
    pub operation: Kind,
    /// Where it is published, with the number that it has there.
    pub source: &'static str,
    /// The condition that the source states.
    pub source_condition: &'static str,
    /// All that must hold of the axis; empty for the general formulas.
    pub conditions: &'static [Condition],
    /// The formula, its result in front: `o = i − k + 1`.
    pub statement: &'static str,
    /// What the source leaves out, or what follows for the equivalent convolution.
    pub note: &'static str,
    number: fn(&Axis) -> i64,
}

/// Something that a formula assumes of an axis.
#[derive(Debug, Clone, Copy)]
pub struct Condition {
    /// In the letters of the formulas: `s = 1`.
    pub text: &'static str,
    /// Whether it holds.
    pub holds: fn(&Axis) -> bool,
}

/// The formula of this id, in any case.
pub fn find(id: &str) -> Option<&'static Formula> {
    FORMULAS.iter().find(|formula| formula.id.eq_ignore_ascii_case(id))
}

impl Formula {
    /// Whether every condition holds, so that [`value`](Self::value) is the output length.
    pub fn applies(&self, axis: &Axis) -> bool {
        self.conditions.iter().all(|condition| (condition.holds)(axis))
    }

    /// All conditions in one line: `s = 1, d = 1`; `none` for the general formulas.
    pub fn condition(&self) -> String {
        if self.conditions.is_empty() {
            return "none".to_owned();
        }
        self.conditions.iter().map(|condition| condition.text).collect::<Vec<_>>().join(", ")
    }

    /// What the formula gives for this axis, with `p = p_b` where it speaks of one padding: the
    /// output length if the formula [`applies`](Self::applies), else usually something else.
    pub fn value(&self, axis: &Axis) -> i64 {
        // An axis keeps s(i'−1) + d(k−1), |p|, s, d and a below 2^60 and i below 2^62; each
        // formula adds at most one i to three of the others, so it stays within 63 bits.
        (self.number)(axis)
    }

    /// The right-hand side of the statement with the numbers put in, and its value:
    /// `⌊(5 + 2·1 − 3)/2⌋ + 1 = 3`.
    pub fn text(&self, axis: &Axis) -> String {
        let value = self.value(axis).to_string().replace('-', "−");
        let (_, formula) = self.statement.split_once(" = ").expect("a statement is an equation");
        let numbers = with_numbers(formula, axis);
        if numbers == value { value } else { format!("{numbers} = {value}") }
    }
}

/// `⌊(i + 2p − k)/s⌋` as `⌊(5 + 2·1 − 3)/2⌋`: letters become numbers, neighbours a product.
fn with_numbers(formula: &str, axis: &Axis) -> String {
    let Padding { begin, end } = axis.padding();
    // Longer names first: "i'" before "i", "p_b" before "p".
    let letters = [
        ("i'", axis.input()),
        ("i", axis.output()),
        ("k̂", effective_kernel(axis)),
        ("k", axis.kernel()),
        ("s", axis.stride()),
        ("p_b", begin),
        ("p_e", end),
        ("p", begin),
        ("d", axis.dilation()),
        ("a", axis.output_padding()),
    ];
    let mut text = String::new();
    let mut rest = formula;
    // Whether a factor has just ended, so that another one multiplies it.
    let mut after_factor = false;
    while let Some(first) = rest.chars().next() {
        // The one word in the formulas; its letters are not lengths.
        if let Some(tail) = rest.strip_prefix("mod") {
            text.push_str("mod");
            (rest, after_factor) = (tail, false);
            continue;
        }
        let letter = letters.iter().find_map(|(name, value)| Some((rest.strip_prefix(name)?, *value)));
        if after_factor && (letter.is_some() || first == '(') {
            text.push('·');
        }
        if let Some((tail, value)) = letter {
            let value = if value < 0 { format!("(−{})", value.unsigned_abs()) } else { value.to_string() };
            text.push_str(&value);
            (rest, after_factor) = (tail, true);
        } else {
            text.push(first);
            (rest, after_factor) = (&rest[first.len_utf8()..], first.is_ascii_digit() || first == ')');
        }
    }
    text
}

/// `k̂ = k + (k − 1)(d − 1) = d(k − 1) + 1`: the cells that a dilated kernel spans.
fn effective_kernel(axis: &Axis) -> i64 {
    axis.dilation() * (axis.kernel() - 1) + 1
}
