//! Wrong ways to compute a transposed convolution, each a program that somebody could write.
//!
//! A [`Mistake`] works per axis: a loop nest that lists the `(o, i, t)` for which it adds
//! `x[i]·w[t]` to `y[o]`, and the length that it gives the output. Channels, groups and the
//! product over the axes are right. The mistakes that are not of this kind are in [`tensors`].

pub mod gathers;
pub mod scatters;
pub mod tensors;

use convproof::error::RequestError;
use convproof::formulation::{Formulation, OneAxis};
use convproof::geometry::{Axis, Geometry};
use convproof::scalar::{Polynomial, Scalar};
use convproof::tensor::positions;
use convproof::{Error, Tensor};

/// What one axis of a program does: `[o, i, t]` each time that it adds `x[i]·w[t]` to `y[o]`.
/// A program that crops leaves out the `o` outside its output; [`Mistake`] drops them too.
pub type Nest = Vec<[i64; 3]>;

/// A wrong formulation, the same on every axis.
#[derive(Clone, Copy)]
pub struct Mistake {
    /// Its name in reports.
    pub id: &'static str,
    /// The length that it gives the output.
    pub length: fn(&Axis) -> i64,
    /// What it adds.
    pub nest: fn(&Axis) -> Nest,
}

impl Mistake {
    /// One whose output has the right length.
    pub const fn new(id: &'static str, nest: fn(&Axis) -> Nest) -> Self {
        Mistake { id, length: Axis::output, nest }
    }
}

impl<S: Scalar> Formulation<S> for Mistake {
    fn name(&self) -> &str {
        self.id
    }

    fn apply(&self, g: &Geometry, weight: &Tensor<S>, input: &Tensor<S>) -> Result<Tensor<S>, Error> {
        let mut shape = vec![index(g.batch()), index(g.out_channels())];
        for length in g.axes().iter().map(self.length) {
            if length < 1 {
                return Err(decline(format!("an output of length {length}")));
            }
            shape.push(index(length));
        }
        let nests: Vec<Nest> = g.axes().iter().map(self.nest).collect();
        let counts: Vec<usize> = nests.iter().map(Vec::len).collect();
        let mut output = Tensor::<S>::zeros("the output", shape)?;
        for [sample, ci, co] in channel_pairs(g) {
            let co_in_group = co % index(g.out_channels() / g.groups());
            let mut walk = positions(&counts);
            while let Some(chosen) = walk.next() {
                let (mut o, mut i, mut t) = (vec![sample, co], vec![sample, ci], vec![ci, co_in_group]);
                let mut inside = true;
                for ((nest, n), length) in nests.iter().zip(chosen).zip(&output.shape()[2..]) {
                    let [to, from, tap] = nest[*n];
                    inside &= usize::try_from(to).is_ok_and(|to| to < *length);
                    if inside {
                        o.push(index(to));
                    }
                    i.push(index(from));
                    t.push(index(tap));
                }
                if inside {
                    output.at_mut(&o).add_product(input.at(&i), weight.at(&t));
                }
            }
        }
        Ok(output)
    }

    fn on_axis(&self, axis: &Axis, into: &mut OneAxis) -> bool {
        into.output = (self.length)(axis);
        into.products.extend((self.nest)(axis).into_iter().filter(|[o, ..]| (0..into.output).contains(o)));
        into.output >= 1
    }
}

/// All `[sample, ci, co]` of the same group.
pub fn channel_pairs(g: &Geometry) -> Vec<[usize; 3]> {
    let (in_group, out_group) = (g.in_channels() / g.groups(), g.out_channels() / g.groups());
    let mut pairs = Vec::new();
    for sample in 0..g.batch() {
        for ci in 0..g.in_channels() {
            let first = ci / in_group * out_group;
            pairs.extend((first..first + out_group).map(|co| [sample, ci, co].map(index)));
        }
    }
    pairs
}

/// A position or length that is not negative, as an index.
pub fn index(n: i64) -> usize {
    usize::try_from(n).expect("a position of the program")
}

/// The error of a program that cannot go on.
pub fn decline(problem: String) -> Error {
    RequestError::Option { option: "a wrong program", problem }.into()
}

/// The wrong per-axis programs that are refused in one dimension.
pub fn per_axis() -> Vec<Mistake> {
    [scatters::ALL, gathers::ALL].concat()
}

/// One mistake as a list of rivals.
pub fn alone(mistake: impl Formulation<Polynomial> + 'static) -> Vec<Box<dyn Formulation<Polynomial>>> {
    vec![Box::new(mistake)]
}
