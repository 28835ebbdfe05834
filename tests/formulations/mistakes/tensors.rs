//! Mistakes about whole tensors: channels, groups, flattened indices; and rivals whose results
//! are not sums of products at all.

use convproof::formulation::{Formulation, Gather};
use convproof::geometry::Geometry;
use convproof::scalar::{Polynomial, Scalar};
use convproof::tensor::positions;
use convproof::{Error, Tensor};

use super::{channel_pairs, decline, index};

/// Reads the weight as `[C_out, C_in/groups, k…]`: the layout of the ordinary convolution.
#[derive(Clone, Copy)]
pub struct WeightAxesSwapped;

impl<S: Scalar> Formulation<S> for WeightAxesSwapped {
    fn name(&self) -> &str {
        "weight axes swapped"
    }

    fn apply(&self, g: &Geometry, weight: &Tensor<S>, input: &Tensor<S>) -> Result<Tensor<S>, Error> {
        let [ins, outs, groups] = [g.in_channels(), g.out_channels(), g.groups()].map(index);
        let (in_group, out_group) = (ins / groups, outs / groups);
        let taps: usize = weight.shape()[2..].iter().product();
        let meant = Tensor::from_fn("the weight", weight.shape().to_vec(), |flat| {
            let (ci, co_in_group, t) = (flat / taps / out_group, flat / taps % out_group, flat % taps);
            let co = ci / in_group * out_group + co_in_group;
            weight.entries()[(co * in_group + ci % in_group) * taps + t].clone()
        })?;
        Gather.apply(g, &meant, input)
    }
}

/// Deals the channels out to the groups in turn: channel `c` belongs to group `c mod groups`.
#[derive(Clone, Copy)]
pub struct GroupsInterleaved;

impl<S: Scalar> Formulation<S> for GroupsInterleaved {
    fn name(&self) -> &str {
        "groups interleaved"
    }

    fn apply(&self, g: &Geometry, weight: &Tensor<S>, input: &Tensor<S>) -> Result<Tensor<S>, Error> {
        let groups = index(g.groups());
        // The channel that stands where channel `c` would, if each group's stood together.
        let dealt = |c: usize, channels: usize| c / (channels / groups) + c % (channels / groups) * groups;
        let (ins, outs) = (input.shape()[1], index(g.out_channels()));
        let x = along_axis(input, 1, |c| dealt(c, ins));
        let w = along_axis(weight, 0, |c| dealt(c, ins));
        let y = Gather.apply(g, &w, &x)?;
        let back = |co: usize| (0..outs).find(|c| dealt(*c, outs) == co).expect("a permutation");
        Ok(along_axis(&y, 1, back))
    }
}

/// The tensor whose slice `n` along `axis` is slice `from(n)` of `tensor`.
fn along_axis<S: Clone>(tensor: &Tensor<S>, axis: usize, from: impl Fn(usize) -> usize) -> Tensor<S> {
    let shape = tensor.shape();
    let (inner, length): (usize, usize) = (shape[axis + 1..].iter().product(), shape[axis]);
    let at = |flat: usize| {
        let (outer, n, rest) = (flat / inner / length, flat / inner % length, flat % inner);
        tensor.entries()[(outer * length + from(n)) * inner + rest].clone()
    };
    Tensor::from_fn("slices", shape.to_vec(), at).expect("as many cells as before")
}

/// Tests the flattened position, `0 ≤ y·W + x < H·W`, and not each of its parts: what leaves a
/// row at its end comes back in the next.
#[derive(Clone, Copy)]
pub struct FlattenedBounds;

impl<S: Scalar> Formulation<S> for FlattenedBounds {
    fn name(&self) -> &str {
        "flattened bounds test"
    }

    fn apply(&self, g: &Geometry, weight: &Tensor<S>, input: &Tensor<S>) -> Result<Tensor<S>, Error> {
        let mut output = Tensor::<S>::zeros("the output", g.output_shape())?;
        let cells: i64 = g.axes().iter().map(|a| a.output()).product();
        let lengths = |tensor: &Tensor<S>| tensor.shape()[2..].to_vec();
        let loops = [lengths(input), lengths(weight)].concat();
        for [sample, ci, co] in channel_pairs(g) {
            let co_in_group = co % index(g.out_channels() / g.groups());
            let mut walk = positions(&loops);
            while let Some(both) = walk.next() {
                let (i, t) = both.split_at(g.rank());
                let mut flat = 0;
                for (n, axis) in g.axes().iter().enumerate() {
                    let [i, t] = [i[n], t[n]].map(|p| i64::try_from(p).expect("small"));
                    flat = flat * axis.output() + axis.stride() * i + axis.dilation() * t - axis.padding().begin;
                }
                if (0..cells).contains(&flat) {
                    let x = input.at(&[&[sample, ci], i].concat());
                    let w = weight.at(&[&[ci, co_in_group], t].concat());
                    let first = (sample * index(g.out_channels()) + co) * index(cells);
                    output.entries_mut()[first + index(flat)].add_product(x, w);
                }
            }
        }
        Ok(output)
    }
}

/// The right result with something added to its first cell.
pub struct Adds(pub &'static str, pub fn(&Polynomial, &Polynomial) -> Polynomial);

impl Formulation<Polynomial> for Adds {
    fn name(&self) -> &str {
        self.0
    }

    fn apply(&self, g: &Geometry, w: &Tensor<Polynomial>, x: &Tensor<Polynomial>) -> Result<Tensor<Polynomial>, Error> {
        let mut y = Gather.apply(g, w, x)?;
        y.entries_mut()[0].add_assign(&(self.1)(&x.entries()[0], &w.entries()[0]));
        Ok(y)
    }
}

/// The right sums, in one dimension more.
pub struct AnotherShape;

impl<S: Scalar> Formulation<S> for AnotherShape {
    fn name(&self) -> &str {
        "another shape"
    }

    fn apply(&self, g: &Geometry, weight: &Tensor<S>, input: &Tensor<S>) -> Result<Tensor<S>, Error> {
        let y = Gather.apply(g, weight, input)?;
        let shape = [y.shape(), &[1]].concat();
        y.reshaped(shape)
    }
}

/// Answers for stride 1 only.
pub struct StrideOneOnly;

impl<S: Scalar> Formulation<S> for StrideOneOnly {
    fn name(&self) -> &str {
        "stride 1 only"
    }

    fn apply(&self, g: &Geometry, weight: &Tensor<S>, input: &Tensor<S>) -> Result<Tensor<S>, Error> {
        match g.axes().iter().find(|axis| axis.stride() != 1) {
            Some(axis) => Err(decline(format!("stride {}", axis.stride()))),
            None => Gather.apply(g, weight, input),
        }
    }
}
