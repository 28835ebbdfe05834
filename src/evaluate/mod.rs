//! Exact sums of products without the matrix: `Cᵀx`, `Cx` and the weight's gradient.
//!
//! Rationals are never added in a loop. Each tensor is put over one power of two
//! ([`Scaled`]); a bound proved before the loop, `max|a|·max|b|·terms`, picks 128-bit integers
//! or integers without bound; the results are numerators over one power of two ([`Sums`]).
//!
//! The three maps are one relation read three ways: tap `t` joins input cell `i` and output cell
//! `o` (`geometry/incidence.rs`), and
//!
//! ```text
//! output[o] += input[i]·weight[t]     input[i] += output[o]·weight[t]     weight[t] += input[i]·output[o]
//! ```

mod scaled;

pub use scaled::{Numerators, Scaled};

use num_bigint::BigInt;
use num_traits::Signed;

use crate::error::{Error, RequestError};
use crate::geometry::{Geometry, Meeting, size};
use crate::scalar::Rational;

/// Which of the three tensors of the relation is asked for, given the two others.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[allow(clippy::exhaustive_enums)] // a relation between three tensors
pub enum Target {
    /// `y = Cᵀx` of shape `[n, C_out, o…]`, from input and weight.
    Output,
    /// `x = Cy` of shape `[n, C_in, i…]`, from output and weight.
    Input,
    /// `w[t] = Σ x·y` of shape `[C_in, C_out/groups, k…]`, from input and output.
    Weight,
}

impl Target {
    /// The shape of the result.
    pub fn shape(self, g: &Geometry) -> Vec<usize> {
        match self {
            Target::Output => g.output_shape(),
            Target::Input => g.input_shape(),
            Target::Weight => g.weight_shape(),
        }
    }
}

/// Exact sums: cell `n` is `numerators[n]·2^exponent`, reduced only when shown.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Sums {
    /// The shape of the result.
    pub shape: Vec<usize>,
    /// `Σ a·b` per cell.
    pub values: Numerators<i128>,
    /// `Σ |a|·|b|` per cell, over the same exponent.
    pub magnitudes: Numerators<i128>,
    /// How many products reach each cell.
    pub terms: Vec<u64>,
    /// The power of two of both.
    pub exponent: i32,
}

impl Sums {
    /// Sums from their parts.
    pub(crate) fn new(
        shape: Vec<usize>,
        values: Numerators<i128>,
        magnitudes: Numerators<i128>,
        terms: Vec<u64>,
        exponent: i32,
    ) -> Sums {
        Sums { shape, values, magnitudes, terms, exponent }
    }

    /// The exact value of a cell.
    pub fn value(&self, cell: usize) -> Rational {
        scaled::rational(self.values.integer(cell), self.exponent)
    }

    /// `Σ |a|·|b|` of a cell.
    pub fn magnitude(&self, cell: usize) -> Rational {
        scaled::rational(self.magnitudes.integer(cell), self.exponent)
    }
}

/// The exact sums of one of the three maps.
///
/// `a` and `b` are the two given tensors in the order input, output, weight, canonical layouts.
/// Cost: two products per entry of `C`. Memory: two accumulators and a counter per result cell.
///
/// # Errors
/// Q2 for tensors whose length is not that of the geometry.
pub fn sums(g: &Geometry, target: Target, a: &Scaled, b: &Scaled) -> Result<Sums, Error> {
    let shapes = match target {
        Target::Output => [("the input", g.input_shape()), ("the weight", g.weight_shape())],
        Target::Input => [("the output", g.output_shape()), ("the weight", g.weight_shape())],
        Target::Weight => [("the input", g.input_shape()), ("the output", g.output_shape())],
    };
    for ((what, shape), tensor) in shapes.into_iter().zip([a, b]) {
        let expected = crate::tensor::cells(&shape).unwrap_or(usize::MAX);
        if tensor.len() != expected {
            return Err(RequestError::Length { what, expected, got: tensor.len(), shape }.into());
        }
    }
    let shape = target.shape(g);
    let cells = crate::tensor::cells(&shape).expect("cells of a geometry fit");
    // |sum| ≤ max|a|·max|b|·(all products of the map): below 2^126 nothing can overflow.
    let products = u64::from(i128::BITS - g.products().leading_zeros());
    let (values, magnitudes, terms) = match (&a.numerators, &b.numerators) {
        (Numerators::Small(left), Numerators::Small(right)) if a.bits() + b.bits() + products <= 126 => {
            let mut sums = vec![0i128; cells];
            let mut magnitudes = vec![0i128; cells];
            let mut terms = vec![0u64; cells];
            for_each_product(g, target, |cell, l, r| {
                let product = i128::from(left[l]) * i128::from(right[r]);
                sums[cell] += product;
                magnitudes[cell] += product.abs();
                terms[cell] += 1;
            });
            (Numerators::Small(sums), Numerators::Small(magnitudes), terms)
        }
        (left, right) => {
            let mut sums = vec![BigInt::ZERO; cells];
            let mut magnitudes = vec![BigInt::ZERO; cells];
            let mut terms = vec![0u64; cells];
            for_each_product(g, target, |cell, l, r| {
                let product = left.integer(l) * right.integer(r);
                sums[cell] += &product;
                magnitudes[cell] += product.abs();
                terms[cell] += 1;
            });
            (Numerators::Big(sums), Numerators::Big(magnitudes), terms)
        }
    };
    Ok(Sums { shape, values, magnitudes, terms, exponent: a.exponent + b.exponent })
}

/// Calls `add(target cell, a cell, b cell)` for every `(input, output, tap)` that meets.
fn for_each_product(g: &Geometry, target: Target, mut add: impl FnMut(usize, usize, usize)) {
    let meetings: Vec<Vec<Meeting>> =
        g.axes().iter().map(|a| (0..a.input()).flat_map(|i| a.meetings_of_input(i)).collect()).collect();
    let (in_channels, out_channels) = (size(g.in_channels()), size(g.out_channels()));
    let (in_group, out_group) = (in_channels / size(g.groups()), out_channels / size(g.groups()));
    for sample in 0..size(g.batch()) {
        for ci in 0..in_channels {
            for co in 0..out_group {
                let channel = Joined {
                    input: sample * in_channels + ci,
                    output: sample * out_channels + ci / in_group * out_group + co,
                    tap: ci * out_group + co,
                };
                walk(g, &meetings, 0, channel, &mut |Joined { input, output, tap }| match target {
                    Target::Output => add(output, input, tap),
                    Target::Input => add(input, output, tap),
                    Target::Weight => add(tap, input, output),
                });
            }
        }
    }
}

/// Row-major indices of three cells that meet, over the axes walked so far.
#[derive(Clone, Copy)]
struct Joined {
    input: usize,
    output: usize,
    tap: usize,
}

fn walk(g: &Geometry, meetings: &[Vec<Meeting>], n: usize, outer: Joined, add: &mut impl FnMut(Joined)) {
    let Some(axis) = g.axes().get(n) else { return add(outer) };
    let (input, output, kernel) = (size(axis.input()), size(axis.output()), size(axis.kernel()));
    for m in &meetings[n] {
        let inner = Joined {
            input: outer.input * input + size(m.i),
            output: outer.output * output + size(m.o),
            tap: outer.tap * kernel + size(m.t),
        };
        walk(g, meetings, n + 1, inner, add);
    }
}
