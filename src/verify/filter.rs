//! How far a cell lies from its exact value, in floats: quick, and never trusted where it matters.
//!
//! Every operation here has a relative error below 2^-52 and there are fewer than 64 of them, so
//! the ratio that [`Filter::ratio`] gives is that of [`super::rounding`] to within `2^-45 < SLACK`.
//! A verdict hangs on whether it exceeds 1, and a report on the largest: a ratio is computed once
//! more in rationals wherever [`SLACK`] leaves either open, and used as it is elsewhere.
#![allow(clippy::float_arithmetic)] // the bound above

use super::rounding::Arithmetic;

/// Ratios that differ by no more than this factor are not told apart.
pub(super) const SLACK: f64 = 1e-9;

/// The bound of an arithmetic in floats, for numerators over one power of two.
#[derive(Debug)]
pub(super) struct Filter {
    unit: f64,
    u_acc: f64,
    eta_acc: f64,
    /// `(1 + u_in)²`, and less 1.
    grown: f64,
    more: f64,
    /// Where results are stored in another type than sums.
    output: Option<(f64, f64)>,
    largest: f64,
}

/// A cell as floats: numerators, none of them rounded by more than 2^-52 of itself.
#[derive(Debug, Clone, Copy)]
pub(super) struct Rough {
    /// `|ŷ − y|`, infinite for what is no number.
    pub error: f64,
    /// `|y|`.
    pub exact: f64,
    /// `Σ|x||w|`.
    pub products: f64,
    /// `|b|`.
    pub bias: f64,
    pub terms: u64,
}

impl Filter {
    /// None where the power of two is so large or small that floats might overflow or lose bits.
    pub fn new(arithmetic: &Arithmetic, rounds_inputs: bool, exponent: i32) -> Option<Filter> {
        if !(-400..=400).contains(&exponent) {
            return None;
        }
        let (u_acc, eta_acc, largest) = arithmetic.accumulate.constants()?;
        let (u_out, eta_out, largest_out) = arithmetic.output.constants()?;
        let u_in = if rounds_inputs { arithmetic.input.constants()?.0 } else { 0.0 };
        Some(Filter {
            unit: 2f64.powi(exponent),
            u_acc,
            eta_acc,
            grown: (1.0 + u_in) * (1.0 + u_in),
            more: 2.0 * u_in + u_in * u_in,
            output: (arithmetic.output != arithmetic.accumulate).then_some((u_out, eta_out)),
            largest: largest.min(largest_out),
        })
    }

    /// `error/bound`; none where only rationals tell: no products but a bias, a range that may be
    /// exceeded, numbers beyond floats.
    pub fn ratio(&self, cell: Rough) -> Option<f64> {
        if cell.products == 0.0 {
            let ratio = if cell.error == 0.0 { 0.0 } else { f64::INFINITY };
            return (cell.bias == 0.0).then_some(ratio);
        }
        let [error, exact, products, bias] =
            [cell.error, cell.exact, cell.products, cell.bias].map(|numerator| numerator * self.unit);
        #[allow(clippy::cast_precision_loss)] // one rounding
        let m = cell.terms as f64;
        let mut bound = m * self.u_acc * self.grown * (products + bias) + self.more * products + m * self.eta_acc;
        if let Some((u_out, eta_out)) = self.output {
            bound = (1.0 + u_out) * bound + u_out * exact + eta_out;
        }
        let in_range = products + bias + bound < self.largest * (1.0 - SLACK);
        let ratio = error / bound;
        (in_range && bound.is_finite()).then_some(ratio)
    }

    /// Whether a ratio may exceed 1, or not: rationals must tell.
    pub fn is_open(ratio: f64) -> bool {
        ratio.is_finite() && (ratio - 1.0).abs() <= SLACK
    }

    /// Whether a ratio may be larger than the largest one so far.
    pub fn may_exceed(ratio: f64, largest: f64) -> bool {
        ratio > 0.0 && largest.is_finite() && ratio >= largest * (1.0 - SLACK)
    }
}
