//! Mistakes about groups and samples.

use super::nest::{INPUT, Nest, OUTPUT, WEIGHT, channels, places};
use super::{Hypothesis, Problem, Variants};
use crate::geometry::{Kind, size};
use crate::verify::truth::{Role, result_shape};

/// How channels are counted: all of input and output, and per group.
#[derive(Clone, Copy)]
struct Counts {
    groups: usize,
    c_in: usize,
    c_out: usize,
    per_in: usize,
    per_out: usize,
}

/// Sample, group, channel within the group of input and of output.
#[derive(Clone, Copy)]
struct At {
    n: usize,
    g: usize,
    ci: usize,
    co: usize,
}

impl Counts {
    fn of(problem: &Problem<'_>) -> Counts {
        let g = &problem.spec.geometry;
        let (groups, c_in, c_out) = (size(g.groups()), size(g.in_channels()), size(g.out_channels()));
        Counts { groups, c_in, c_out, per_in: c_in / groups, per_out: c_out / groups }
    }

    fn at(&self, join: [usize; 3]) -> At {
        let ci = join[INPUT] % self.c_in;
        At { n: join[INPUT] / self.c_in, g: ci / self.per_in, ci: ci % self.per_in, co: join[WEIGHT] % self.per_out }
    }

    fn input(&self, n: usize, g: usize, ci: usize) -> usize {
        n * self.c_in + g * self.per_in + ci
    }

    fn output(&self, n: usize, g: usize, co: usize) -> usize {
        n * self.c_out + g * self.per_out + co
    }

    fn weight(&self, g: usize, ci: usize, co: usize) -> usize {
        (g * self.per_in + ci) * self.per_out + co
    }
}

/// The right program, every join of channels changed or dropped.
fn joined(p: &Problem<'_>, change: impl Fn(&Counts, At, [usize; 3]) -> Option<[usize; 3]>) -> Nest {
    let counts = Counts::of(p);
    let outer = channels(p).into_iter().filter_map(|join| change(&counts, counts.at(join), join)).collect();
    Nest::right(p).with_outer(outer)
}

pub(super) const WEIGHT_ORDER: Hypothesis = Hypothesis {
    id: "group-weight-order",
    statement: "every group uses the taps of group 0",
    symptom: "the block of a group holds the taps of another, or the groups' channels are interleaved",
    reference: "XNNPACK#1951; webnn-baseline#51; torch-mlir#4056; tt-mlir#6479",
    plain: Some(|p| {
        let w = p.weight()?;
        let block = w.len() / size(p.spec.geometry.groups());
        Some(p.with_weight(w.repeated(block)))
    }),
    variants: Some(|v| {
        if v.problem.spec.geometry.groups() == 1 || v.problem.role == Role::BiasGradient {
            return;
        }
        let mut with = |number, says: &str, change: fn(&Counts, At, &mut [usize; 3])| {
            v.products(number, says, move |p| {
                joined(p, |c, at, mut join| {
                    change(c, at, &mut join);
                    Some(join)
                })
            });
        };
        with(1, "group g uses the taps of group G−1−g", |c, at, join| {
            join[WEIGHT] = c.weight(c.groups - 1 - at.g, at.ci, at.co);
        });
        with(2, "group g uses the taps of group g+1", |c, at, join| {
            join[WEIGHT] = c.weight((at.g + 1) % c.groups, at.ci, at.co);
        });
        with(3, "channel co of group g is output channel co·G+g", |c, at, join| {
            join[OUTPUT] = at.n * c.c_out + at.co * c.groups + at.g;
        });
        with(4, "channel ci of group g is input channel ci·G+g", |c, at, join| {
            join[INPUT] = at.n * c.c_in + at.ci * c.groups + at.g;
        });
        with(5, "channels of groups are interleaved in the input and in the output", |c, at, join| {
            join[INPUT] = at.n * c.c_in + at.ci * c.groups + at.g;
            join[OUTPUT] = at.n * c.c_out + at.co * c.groups + at.g;
        });
        with(6, "the weight's rows are read as ci·G+g", |c, at, join| {
            join[WEIGHT] = (at.ci * c.groups + at.g) * c.per_out + at.co;
        });
        with(7, "every group reads the input of group 0", |c, at, join| join[INPUT] = c.input(at.n, 0, at.ci));
        // Where the weight is the result its groups are written over each other instead.
        with(8, "every group has the output channels of group 0", |c, at, join| {
            join[OUTPUT] = c.output(at.n, 0, at.co)
        });
        with(9, "the taps of every group go to group 0", |c, at, join| join[WEIGHT] = c.weight(0, at.ci, at.co));
    }),
};

pub(super) const BATCH_OFFSET: Hypothesis = Hypothesis {
    id: "batch-offset",
    statement: "every sample reads the data of sample 0",
    symptom: "samples take part in the results of others: with one-hot samples, blocks beside the diagonal are not 0",
    reference: "-",
    plain: Some(|p| {
        let x = &p.operands.first;
        Some(p.with_first(x.repeated(x.len() / x.shape[0])))
    }),
    variants: Some(|v| {
        let batch = size(v.problem.spec.geometry.batch());
        if batch == 1 {
            return;
        }
        let mut with = |number, says: &str, sample: fn(usize, usize) -> Option<usize>| {
            v.products(number, says, move |p| {
                let (_, place, _) = places(p);
                let count = p.operands.first.shape[1];
                let of = |mut join: [usize; 3]| {
                    let (n, c) = (join[place] / count, join[place] % count);
                    join[place] = sample(n, batch)? * count + c;
                    Some(join)
                };
                Nest::right(p).with_outer(channels(p).into_iter().filter_map(of).collect())
            });
        };
        with(1, "every sample reads the data of the last sample", |_, batch| Some(batch - 1));
        with(2, "every sample reads the data of the next one", |n, batch| Some((n + 1) % batch));
        with(3, "every sample reads the data of the one before", |n, batch| Some((n + batch - 1) % batch));
        with(4, "samples are read from the last to the first", |n, batch| Some(batch - 1 - n));
        with(5, "only sample 0 is computed", |n, _| (n == 0).then_some(n));
        with(6, "only the last sample is computed", |n, batch| (n == batch - 1).then_some(n));
    }),
};

pub(super) const OUTPUT_SLOT: Hypothesis = Hypothesis {
    id: "group-output-slot",
    statement: "the result of group g is put at channel g instead of g·(channels per group)",
    symptom: "all but some channels of the result are zero; right where a group has one channel",
    reference: "onnx/onnx#8446",
    plain: None,
    variants: Some(|v| {
        let counts = Counts::of(&v.problem);
        let role = v.problem.role;
        let (result, ..) = places(&v.problem);
        let per_group = if result == INPUT { counts.per_in } else { counts.per_out };
        let is_data = result != WEIGHT;
        if counts.groups == 1 || per_group == 1 || !is_data || role == Role::BiasGradient {
            return;
        }
        let own = move |at: At| if result == INPUT { at.ci } else { at.co };
        let all = move |c: &Counts| if result == INPUT { c.c_in } else { c.c_out };
        v.products(0, "group g is added to the channels from g on", move |p| {
            joined(p, |c, at, mut join| {
                join[result] = at.n * all(c) + at.g + own(at);
                Some(join)
            })
        });
        v.products(1, "group g is written to the channels from g on, over what stood there", move |p| {
            joined(p, |c, at, mut join| {
                // Later groups begin at later channels: the last that reaches channel g + own stays.
                let channel = at.g + own(at);
                join[result] = at.n * all(c) + channel;
                (at.g == channel.min(c.groups - 1)).then_some(join)
            })
        });
        v.products(2, "the first channel of group g is put at channel g, nothing else", move |p| {
            joined(p, |c, at, mut join| {
                join[result] = at.n * all(c) + at.g;
                (own(at) == 0).then_some(join)
            })
        });
        v.products(3, "the last channel of group g is put at channel g, nothing else", move |p| {
            joined(p, |c, at, mut join| {
                join[result] = at.n * all(c) + at.g;
                (own(at) == per_group - 1).then_some(join)
            })
        });
        v.products(4, "the sum of the channels of group g is put at channel g", move |p| {
            joined(p, |c, at, mut join| {
                join[result] = at.n * all(c) + at.g;
                Some(join)
            })
        });
    }),
};

pub(super) const WITHOUT_GROUPS: Hypothesis = Hypothesis {
    id: "output-channels-without-groups",
    statement: "the result has the channels of one group",
    symptom: "y has 1/groups of its channels: those of one group, or the sum over the groups",
    reference: "Paddle#33242; tvm#10223; #10235; #9938; onnx-coreml#353",
    plain: None,
    variants: Some(|v| {
        let problem = v.problem;
        // A convolution's channels are those of its weight already.
        let is_scatter = matches!((problem.role, problem.spec.kind), (Role::Forward, Kind::Tconv));
        let counts = Counts::of(&problem);
        if counts.groups == 1 || !is_scatter {
            return;
        }
        let mut shape = result_shape(problem.spec, problem.role);
        shape[1] = counts.per_out;
        with_channels(v, 0, "the channels of group 0 alone", &shape, |_, g| g == 0);
        with_channels(v, 1, "the channels of the last group alone", &shape, |c, g| g + 1 == c.groups);
        with_channels(v, 2, "the channels of all groups added", &shape, |_, _| true);
    }),
};

/// A result with one group's channels, from the groups that are kept.
fn with_channels(v: &mut Variants<'_>, number: u16, says: &str, shape: &[usize], keep: fn(&Counts, usize) -> bool) {
    let says = format!("the result has the channels of one group: {says}");
    let result = shape.to_vec();
    v.shaped(number, says, shape.to_vec(), move |p| {
        let nest = joined(p, |c, at, mut join| {
            join[OUTPUT] = at.n * c.per_out + at.co;
            keep(c, at.g).then_some(join)
        });
        Nest { shape: result.clone(), ..nest }
    });
}
