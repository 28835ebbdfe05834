//! A mistake as a list of products: which cells a program multiplies, and where it adds that.
//!
//! The relation of three tensors, `y[o] += x[i]·w[t]`, is a list of index triples: one list for
//! samples and channels, one for positions, and every pair of their members is a product. Mistakes
//! drop members, move one of the three indices, or store the result elsewhere.

use super::Problem;
use crate::evaluate::Target;
use crate::geometry::{Kind, Meeting, size};
use crate::verify::truth::{Role, result_shape};

/// The place of a tensor in a triple: those of the transposed convolution.
pub(super) const INPUT: usize = 0;
pub(super) const OUTPUT: usize = 1;
pub(super) const WEIGHT: usize = 2;

/// Added to the weight's part of a channel triple: every position takes the channel's first tap.
pub(super) const TAP_ZERO: usize = 1 << (usize::BITS - 1);

/// The products of a mistaken program.
pub(in crate::verify) struct Nest {
    /// The shape of the result.
    pub shape: Vec<usize>,
    /// Cells computed for each sample and channel of the result.
    pub block: usize,
    /// Which samples and channels meet: flat numbers `n·channels + c` of input and output,
    /// `ci·(c_out/groups) + co` of the weight.
    pub outer: Vec<[usize; 3]>,
    /// Which positions meet, each flat within its channel.
    pub inner: Vec<[usize; 3]>,
    /// Where computed cells are stored, if elsewhere: cells beyond the shape are not.
    pub stored: Option<Vec<usize>>,
    /// What is added to the sums.
    pub bias: Bias,
    /// What becomes of the sums.
    pub sums: Summing,
}

/// What becomes of the sums of products.
#[derive(Clone, Copy, Default)]
pub(in crate::verify) struct Summing {
    /// They are kept in 16 bits.
    pub narrow: Option<Narrow>,
    /// They are multiplied by numerator / denominator, the bias too.
    pub factor: Option<(i64, i64)>,
}

/// What a register of 16 bits does to a sum of integers.
#[derive(Clone, Copy)]
pub(in crate::verify) enum Narrow {
    /// It keeps the lowest 16 bits, with the bias or before it is added.
    Wraps { with_bias: bool },
    /// The whole sum is brought to the nearest number that it holds.
    Saturates { with_bias: bool },
    /// Every partial sum is, before the bias is added.
    EachSaturates { channels_last: bool, descending: bool },
}

/// How the bias is added.
pub(in crate::verify) struct Bias {
    /// Of each channel of the result, whose bias it gets.
    pub channels: Vec<usize>,
    pub times: Times,
    /// Positions of a channel that get none.
    pub blank: Vec<bool>,
}

/// How often the bias is added to a cell.
#[derive(Clone, Copy)]
pub(in crate::verify) enum Times {
    Often(u64),
    /// Once where a product reaches the cell.
    Covered,
    /// Once with every product.
    PerProduct,
    /// Once with every pair of positions that meets there, whatever the channel.
    PerTap,
}

/// The `(o, i, t)` of each axis.
pub(super) type Lists = Vec<Vec<Meeting>>;

/// What meets on each axis of the right program.
pub(super) fn lists(problem: &Problem<'_>) -> Lists {
    let axes = problem.spec.geometry.axes().iter();
    let of = |a: &crate::geometry::Axis| match (problem.role, problem.spec.kind) {
        // A sum over the positions of g: no others take part.
        (Role::BiasGradient, kind) => {
            let length = if kind == Kind::Tconv { a.output() } else { a.input() };
            (0..length).map(|p| Meeting { o: p, i: p, t: 0 }).collect()
        }
        _ => (0..a.input()).flat_map(|i| a.meetings_of_input(i)).collect(),
    };
    axes.map(of).collect()
}

/// The samples and channels that meet in the right program.
pub(super) fn channels(problem: &Problem<'_>) -> Vec<[usize; 3]> {
    let g = &problem.spec.geometry;
    let (c_in, c_out, groups) = (size(g.in_channels()), size(g.out_channels()), size(g.groups()));
    let (per_in, per_out) = (c_in / groups, c_out / groups);
    let mut all = Vec::new();
    for n in 0..size(g.batch()) {
        match (problem.role, problem.spec.kind) {
            (Role::BiasGradient, Kind::Tconv) => all.extend((0..c_out).map(|c| [0, n * c_out + c, c])),
            (Role::BiasGradient, Kind::Conv) => all.extend((0..c_in).map(|c| [n * c_in + c, 0, c])),
            _ => {
                for ci in 0..c_in {
                    let first = ci / per_in * per_out;
                    all.extend((0..per_out).map(|co| [n * c_in + ci, n * c_out + first + co, ci * per_out + co]));
                }
            }
        }
    }
    all
}

/// Which of a triple is the result, the first operand and the second.
pub(super) fn places(problem: &Problem<'_>) -> (usize, usize, Option<usize>) {
    match (problem.role.target(problem.spec.kind), problem.spec.kind) {
        (Some(Target::Output), _) => (OUTPUT, INPUT, Some(WEIGHT)),
        (Some(Target::Input), _) => (INPUT, OUTPUT, Some(WEIGHT)),
        (Some(Target::Weight), Kind::Tconv) => (WEIGHT, INPUT, Some(OUTPUT)),
        (Some(Target::Weight), Kind::Conv) => (WEIGHT, OUTPUT, Some(INPUT)),
        (None, Kind::Tconv) => (WEIGHT, OUTPUT, None),
        (None, Kind::Conv) => (WEIGHT, INPUT, None),
    }
}

/// The spatial lengths of input, output and weight.
fn lengths(problem: &Problem<'_>) -> [Vec<usize>; 3] {
    let g = &problem.spec.geometry;
    if problem.role == Role::BiasGradient {
        return [g.input_shape()[2..].to_vec(), g.output_shape()[2..].to_vec(), vec![1; g.rank()]];
    }
    [g.input_shape(), g.output_shape(), g.weight_shape()].map(|shape| shape[2..].to_vec())
}

impl Nest {
    /// The right program.
    pub fn right(problem: &Problem<'_>) -> Nest {
        Nest::of(problem, lists(problem), None)
    }

    /// What meets by these lists, in a result of these lengths or the right ones. What lies
    /// outside a tensor is dropped.
    pub fn of(problem: &Problem<'_>, lists: Lists, length: Option<&[usize]>) -> Nest {
        let (result, ..) = places(problem);
        let mut lengths = lengths(problem);
        let mut shape = result_shape(problem.spec, problem.role);
        if let Some(length) = length {
            shape.truncate(2);
            shape.extend(length);
            lengths[result] = length.to_vec();
        }
        let mut inner = vec![[0; 3]];
        for (n, list) in lists.into_iter().enumerate() {
            let flat = |m: Meeting| {
                let at = [m.i, m.o, m.t];
                let mut found = [0; 3];
                for (place, at) in at.into_iter().enumerate() {
                    found[place] = usize::try_from(at).ok().filter(|&p| p < lengths[place][n])?;
                }
                Some(found)
            };
            let met: Vec<[usize; 3]> = if problem.role == Role::BiasGradient {
                // Only the position in g must lie inside.
                let place = places(problem).1;
                let of = |m: Meeting| usize::try_from([m.i, m.o, m.t][place]).ok().filter(|&p| p < lengths[place][n]);
                list.into_iter().filter_map(of).map(|p| [p, p, 0]).collect()
            } else {
                list.into_iter().filter_map(flat).collect()
            };
            let of = [0, 1, 2].map(|place| lengths[place][n]);
            let step = |at: [usize; 3], m: &[usize; 3]| [0, 1, 2].map(|p| at[p] * of[p] + m[p]);
            inner = inner.iter().flat_map(|&at| met.iter().map(move |m| step(at, m))).collect();
        }
        let block = lengths[result].iter().product();
        let channels = (0..shape[usize::from(shape.len() > 1)]).collect();
        let bias = Bias { channels, times: Times::Often(1), blank: Vec::new() };
        Nest { shape, block, outer: self::channels(problem), inner, stored: None, bias, sums: Summing::default() }
    }

    /// The right program on fewer, other or more channels.
    pub fn with_outer(self, outer: Vec<[usize; 3]>) -> Nest {
        Nest { outer, ..self }
    }
}
