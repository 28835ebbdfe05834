//! Mistakes about the bias.

use std::sync::Arc;

use super::nest::{INPUT, Nest, OUTPUT, Times, channels};
use super::{Hypothesis, Problem, Variants};
use crate::geometry::{Kind, size};
use crate::scalar::Dyadic;
use crate::verify::map::Operands;
use crate::verify::truth::Role;

pub(super) const BIAS: Hypothesis = Hypothesis {
    id: "bias",
    statement: "the bias is not added",
    symptom: "y for x = 0 is not the bias of each channel; of a bias gradient: not all of g is summed, each cell once",
    reference: "rten#1408; candle#1732; ncnn#1122; TinyNeuralNetwork#212",
    plain: Some(|p| {
        let bias = p.operands.bias.as_ref()?;
        let zero = vec![Dyadic::new(0, 0); bias.len()];
        Some(p.on(Operands { bias: Some(zero), ..p.operands.clone() }))
    }),
    variants: Some(variants),
};

fn variants(v: &mut Variants<'_>) {
    if v.problem.role == Role::BiasGradient {
        return of_gradient(v);
    }
    let Some(bias) = v.problem.operands.bias.clone() else { return };
    let groups = size(v.problem.spec.geometry.groups());
    let per_group = bias.len() / groups;
    if groups > 1 {
        let first = (0..bias.len()).map(|c| bias[c % per_group]).collect();
        v.other(1, "every group gets the bias of group 0", Some(biased(&v.problem, first)));
    }
    v.other(2, "every channel gets the bias of channel 0", Some(biased(&v.problem, vec![bias[0]; bias.len()])));
    v.products(3, "the bias is not added where no product reaches", |p| times(p, Times::Covered));
    v.products(4, "the bias is added once per tap that reaches the cell", |p| times(p, Times::PerTap));
    v.products(5, "the bias is added with every product", |p| times(p, Times::PerProduct));
    v.products(6, "the bias is added once per input channel", |p| {
        let g = &p.spec.geometry;
        let sums = if p.spec.kind == Kind::Tconv { g.in_channels() } else { g.out_channels() };
        times(p, Times::Often((sums / g.groups()).unsigned_abs()))
    });
    v.products(7, "the bias is added twice", |p| times(p, Times::Often(2)));
    let backwards = bias.iter().rev().copied().collect();
    v.other(8, "the bias is read from the last channel to the first", Some(biased(&v.problem, backwards)));
}

fn biased(problem: &Problem<'_>, bias: Vec<Dyadic>) -> super::Other {
    problem.on(Operands { bias: Some(bias), ..problem.operands.clone() })
}

fn times(problem: &Problem<'_>, times: Times) -> Nest {
    let mut nest = Nest::right(problem);
    nest.bias.times = times;
    nest
}

/// What else may be summed than each cell of a channel, over all samples.
fn of_gradient(v: &mut Variants<'_>) {
    let g = Arc::clone(&v.problem.operands.first);
    let groups = size(v.problem.spec.geometry.groups());
    if groups > 1 {
        v.products(16, "every group gets the sums of group 0", |p| {
            let place = if p.spec.kind == Kind::Tconv { OUTPUT } else { INPUT };
            let count = p.operands.first.shape[1];
            let per_group = count / size(p.spec.geometry.groups());
            let of = |mut join: [usize; 3]| {
                let (n, c) = (join[place] / count, join[place] % count);
                join[place] = n * count + c % per_group;
                join
            };
            Nest::right(p).with_outer(channels(p).into_iter().map(of).collect())
        });
    }
    v.products(17, "the sums of all channels go to each channel", |p| {
        let place = if p.spec.kind == Kind::Tconv { OUTPUT } else { INPUT };
        let count = p.operands.first.shape[1];
        let spread = |join: [usize; 3]| {
            let n = join[place] / count;
            (0..count).map(move |from| {
                let mut moved = join;
                moved[place] = n * count + from;
                moved
            })
        };
        Nest::right(p).with_outer(channels(p).into_iter().flat_map(spread).collect())
    });
    if g.shape[2..].iter().any(|&length| length > 1) {
        v.products(18, "only the first cell of each channel is summed", |p| {
            let mut nest = Nest::right(p);
            nest.inner.truncate(1);
            nest
        });
    }
}
