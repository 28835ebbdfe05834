//! The rivals: six ways in which textbooks and programs compute `y = Cᵀx`.
//!
//! Each is one file, written from its own statement; they share [`Geometry`] and [`Tensor`] and
//! no index arithmetic, so that they cannot agree on a common mistake. All take any rank,
//! stride, dilation, pads of any sign, output padding, channels, groups and batch.
//!
//! | formulation | statement | steps per axis | memory beside x, w, y |
//! |---|---|---|---|
//! | [`MatrixProduct`] | rows of `Cᵀ` times `x` | entries of `C` | `Cᵀ` |
//! | [`Scatter`] | every input stamps the kernel, then crop | input · kernel | the uncropped output |
//! | [`Gather`] | every output asks which inputs reach it | output · kernel, few of them products | - |
//! | [`ZeroInsertion`] | stretch, pad, flip, convolve at stride 1 | output · kernel, all products | the stretched input |
//! | [`Col2im`] | one matrix product, then fold the columns | input · kernel | the column matrix |
//! | [`Phases`] | one dense convolution per residue of the stride | output · ⌈kernel·gcd(d,s)/s⌉ | - |
//!
//! All are products of their axes by construction, and say so by [`Formulation::on_axis`]; memory
//! without the lists of positions per axis.
//!
//! Which to use: [`Phases`] to compute fast, [`Gather`] to read, [`MatrixProduct`] to teach.

mod col2im;
mod gather;
mod matrix;
mod phases;
mod scatter;
mod zero_insertion;

pub use col2im::Col2im;
pub use gather::Gather;
pub use matrix::MatrixProduct;
pub use phases::Phases;
pub use scatter::Scatter;
pub use zero_insertion::ZeroInsertion;

use crate::error::{Error, RequestError};
use crate::geometry::{Axis, Geometry};
use crate::scalar::Scalar;
use crate::tensor::Tensor;

/// A way to compute the transposed convolution of any geometry over any scalars.
///
/// A caller's own kernel fits in as well: implement this, and it stands in the same line.
/// Agreement on indeterminates is agreement on all numbers only for an implementation that is
/// generic in `S`.
///
/// Sweeps ask one formulation from several threads at once, hence `Sync`.
pub trait Formulation<S: Scalar>: Sync {
    /// The name in reports.
    fn name(&self) -> &str;

    /// `y [n, C_out, o…]` from `weight [C_in, C_out/groups, k…]` and `input [n, C_in, i…]`.
    ///
    /// # Errors
    /// Q2 for tensors of another shape, L3 where a buffer would be too large; the formulation is
    /// then shown as skipped, never counted as agreeing.
    fn apply(&self, g: &Geometry, weight: &Tensor<S>, input: &Tensor<S>) -> Result<Tensor<S>, Error>;

    /// Steps that [`Formulation::apply`] takes: products, and tests whether there is one.
    ///
    /// A comparison declines a rival that would take too long. By default the products of the
    /// definition.
    fn steps(&self, g: &Geometry) -> i128 {
        g.products()
    }

    /// What this formulation does on this geometry, in a few words; empty if there is nothing to say.
    fn note(&self, _: &Geometry) -> String {
        String::new()
    }

    /// What this formulation does on one axis, if it is a product of its axes: true, and `into`
    /// holds the length that it gives the output and every `[o, i, t]` for which it adds
    /// `x[i]·w[t]` to `y[o]`.
    ///
    /// Whoever answers says of [`Formulation::apply`], for all geometries:
    ///
    /// ```text
    /// y[n, co, o…] = Σ x[n, ci, i…]·w[ci, co mod C_out/groups, t…]
    /// ```
    ///
    /// over the `(n, ci, co)` that it joins whatever the axes are, and over every choice of one
    /// `[o, i, t]` per axis; an axis is asked before anything is flattened, and no axis knows of
    /// another. Then equality on each axis, and of the channels alone, is equality: choices that
    /// agree on every factor agree. (Not conversely: an axis on which nothing meets hides the
    /// others.) By default false: the formulation says nothing of the kind, and is compared on
    /// whole geometries only.
    fn on_axis(&self, _: &Axis, _into: &mut OneAxis) -> bool {
        false
    }

    /// What it does on one axis as loop nests, in the text that [`crate::nest`] reads: each makes
    /// the products of [`Formulation::on_axis`]. By default none: nothing is proved for all sizes.
    fn nests(&self) -> &'static [&'static str] {
        &[]
    }
}

/// One axis of a formulation that is a product of its axes: see [`Formulation::on_axis`].
///
/// ```
/// use convproof::formulation::{Formulation, Gather, OneAxis};
/// use convproof::geometry::Window;
/// let axis = Window::new(2).transposed(2, 0).unwrap();
/// let mut one = OneAxis::default();
/// assert!(Formulation::<i64>::on_axis(&Gather, &axis, &mut one));
/// assert_eq!(one.output, 3);
/// assert_eq!(one.products, [[0, 0, 0], [1, 1, 0], [1, 0, 1], [2, 1, 1]]);
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[allow(clippy::exhaustive_structs)] // filled in by formulations
pub struct OneAxis {
    /// Length of the output.
    pub output: i64,
    /// `[o, i, t]`, each as often as it is added.
    pub products: Vec<[i64; 3]>,
}

impl OneAxis {
    /// Adds `[o, i, t]` if such a product is made: written either way, since no processor foresees
    /// where positions fit, and a wrong guess costs more than the test.
    #[inline(always)]
    fn add_if(&mut self, made: bool, product: [i64; 3]) {
        let kept = self.products.len() + usize::from(made);
        self.products.push(product);
        self.products.truncate(kept);
    }
}

/// All six, in the order of reports.
pub fn all<S: Scalar>() -> Vec<Box<dyn Formulation<S>>> {
    vec![
        Box::new(MatrixProduct),
        Box::new(Scatter),
        Box::new(Gather),
        Box::new(ZeroInsertion),
        Box::new(Col2im),
        Box::new(Phases),
    ]
}

/// Q2 unless both tensors have the shapes of the geometry.
fn check_shapes<S>(g: &Geometry, weight: &Tensor<S>, input: &Tensor<S>) -> Result<(), Error> {
    for (what, tensor, shape) in [("the weight", weight, g.weight_shape()), ("the input", input, g.input_shape())] {
        if tensor.shape() != shape {
            let expected = crate::tensor::cells(&shape).unwrap_or(usize::MAX);
            return Err(RequestError::Length { what, expected, got: tensor.len(), shape }.into());
        }
    }
    Ok(())
}

/// Steps of a formulation that takes `along` of them on each axis, for every channel pair and sample.
fn steps(g: &Geometry, along: fn(&Axis) -> i128) -> i128 {
    let pairs = i128::from(g.in_channels()).saturating_mul((g.out_channels() / g.groups()).into());
    let all = pairs.saturating_mul(g.batch().into());
    g.axes().iter().fold(all, |product, axis| product.saturating_mul(along(axis)))
}

/// `2×3`: lengths as reports show them.
fn times(lengths: impl IntoIterator<Item = i64>) -> String {
    lengths.into_iter().map(|n| n.to_string()).collect::<Vec<_>>().join("×")
}
