//! Formulations on random geometries of one to four dimensions: the same numbers as the
//! definition, the same products, and `⟨Cx, y⟩ = ⟨x, Cᵀy⟩`.

#![allow(clippy::unwrap_used)] // a test that cannot go on says where

use convproof::formulation;
use convproof::geometry::{Axis, Geometry, Meeting, Padding, Window};
use convproof::scalar::{Rational, Scalar};
use convproof::tensor::{positions, unflatten};
use convproof::{Kind, Spec, Tensor};
use num_integer::Integer;
use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::{FileFailurePersistence, TestRunner};

fn config(cases: u32) -> ProptestConfig {
    let seeds = FileFailurePersistence::Direct("tests/formulations/numbers.seeds");
    ProptestConfig { failure_persistence: Some(Box::new(seeds)), ..ProptestConfig::with_cases(cases) }
}

/// One axis with lengths up to `most`; pads from 2 cells more to all but one cell less.
fn axis(most: i64) -> impl Strategy<Value = Axis> {
    (1..=most, 1..=most, 1..=most, 1..=most, 0..=most).prop_flat_map(|(input, kernel, stride, dilation, a)| {
        let natural = stride * (input - 1) + dilation * (kernel - 1) + 1 + a;
        (-2..=natural + 1).prop_flat_map(move |begin| {
            // output = natural − begin − end ≥ 1  ⇔  end ≤ natural − begin − 1
            (-2..=natural - begin - 1).prop_map(move |end| {
                let window = Window { kernel, stride, dilation, padding: Padding { begin, end } };
                window.transposed(input, a).expect("at least one cell remains")
            })
        })
    })
}

/// Rank 1 to 4, up to four channels in up to two groups; smaller where there are more axes.
fn geometry() -> impl Strategy<Value = Geometry> {
    let axes = (1usize..=4).prop_flat_map(|rank| prop::collection::vec(axis([0, 4, 3, 2, 2][rank]), rank));
    (axes, 1i64..=2, 1i64..=2, 1i64..=2, 1i64..=2).prop_map(|(axes, ins, outs, groups, batch)| {
        let few = if axes.len() > 2 { 1 } else { batch };
        let channels = if axes.len() > 3 { (groups, groups) } else { (ins * groups, outs * groups) };
        let geometry = Geometry::new(axes).expect("an axis");
        geometry.with_channels(channels.0, channels.1, groups).and_then(|g| g.with_batch(few)).expect("small")
    })
}

fn rational() -> impl Strategy<Value = Rational> {
    (-9i64..=9, 1i64..=6).prop_map(|(n, d)| Rational::new(n.into(), d.into()))
}

fn tensor(shape: Vec<usize>) -> impl Strategy<Value = Tensor<Rational>> {
    let cells = shape.iter().product::<usize>();
    prop::collection::vec(rational(), cells).prop_map(move |n| Tensor::new(shape.clone(), n).expect("one per cell"))
}

/// A geometry with a weight and an input.
fn problem() -> impl Strategy<Value = (Geometry, Tensor<Rational>, Tensor<Rational>)> {
    geometry().prop_flat_map(|g| {
        (tensor(g.weight_shape()), tensor(g.input_shape())).prop_map(move |(w, x)| (g.clone(), w, x))
    })
}

fn index(n: i64) -> usize {
    usize::try_from(n).expect("not negative")
}

/// All `(output cell, input cell, tap)` that meet, flat and sorted: every input
/// stamps every tap, and what falls inside is kept. Shares nothing with `src/` but the walk.
fn meetings(g: &Geometry) -> Vec<(usize, usize, usize)> {
    let (input, weight, output) = (g.input_shape(), g.weight_shape(), g.output_shape());
    let flat = |shape: &[usize], at: &[usize]| shape.iter().zip(at).fold(0, |f, (n, p)| f * n + p);
    let along = |axis: &Axis| {
        let whole = |p: usize| i64::try_from(p).expect("small");
        let all = (0..index(axis.input())).flat_map(|i| (0..index(axis.kernel())).map(move |t| (i, t)));
        let to = |(i, t)| (axis.stride() * whole(i) + axis.dilation() * whole(t) - axis.padding().begin, i, t);
        let inside = |&(o, ..): &(i64, usize, usize)| (0..axis.output()).contains(&o);
        all.map(to).filter(inside).map(|(o, i, t)| [index(o), i, t]).collect::<Vec<_>>()
    };
    let axes: Vec<Vec<[usize; 3]>> = g.axes().iter().map(along).collect();
    let counts: Vec<usize> = axes.iter().map(Vec::len).collect();
    let [ins, outs, groups] = [g.in_channels(), g.out_channels(), g.groups()].map(index);
    let mut found = Vec::new();
    for outer in 0..index(g.batch()) * ins * outs {
        let (n, ci, co) = (outer / outs / ins, outer / outs % ins, outer % outs);
        if ci / (ins / groups) != co / (outs / groups) {
            continue;
        }
        let mut walk = positions(&counts);
        while let Some(chosen) = walk.next() {
            let (mut o, mut i, mut t) = (vec![n, co], vec![n, ci], vec![ci, co % (outs / groups)]);
            for (&choice, axis) in chosen.iter().zip(&axes) {
                let [to, from, tap] = axis[choice];
                o.push(to);
                i.push(from);
                t.push(tap);
            }
            found.push((flat(&output, &o), flat(&input, &i), flat(&weight, &t)));
        }
    }
    found.sort_unstable();
    found
}

/// The definition with numbers, from the list of meetings.
fn oracle(g: &Geometry, w: &Tensor<Rational>, x: &Tensor<Rational>) -> Tensor<Rational> {
    let mut y = Tensor::zeros("the output", g.output_shape()).expect("small");
    for (o, i, t) in meetings(g) {
        y.entries_mut()[o] += &x.entries()[i] * &w.entries()[t];
    }
    y
}

fn inner(a: &Tensor<Rational>, b: &Tensor<Rational>) -> Rational {
    assert_eq!(a.shape(), b.shape());
    a.entries().iter().zip(b.entries()).map(|(a, b)| a * b).sum()
}

proptest! {
    #![proptest_config(config(192))]

    #[test]
    fn all_formulations_give_the_numbers_of_the_definition((g, w, x) in problem()) {
        let y = oracle(&g, &w, &x);
        for rival in formulation::all::<Rational>() {
            prop_assert_eq!(&rival.apply(&g, &w, &x).unwrap(), &y, "{}", rival.name());
        }
    }

    #[test]
    fn the_matrix_and_its_transpose_are_adjoint(
        (g, w, x, y) in geometry().prop_flat_map(|g| {
            let operands = (tensor(g.weight_shape()), tensor(g.input_shape()), tensor(g.output_shape()));
            operands.prop_map(move |(w, x, y)| (g.clone(), w, x, y))
        })
    ) {
        // Here C takes y, of the transposed convolution's output shape, to the shape of x.
        let cy = g.matrix().unwrap().times(&w, &y).unwrap();
        let ctx = g.transposed_matrix().unwrap().times(&w, &x).unwrap();
        prop_assert_eq!(inner(&cy, &x), inner(&y, &ctx));
        for rival in formulation::all::<Rational>() {
            prop_assert_eq!(inner(&cy, &x), inner(&y, &rival.apply(&g, &w, &x).unwrap()), "{}", rival.name());
        }
    }

    #[test]
    fn all_formulations_make_exactly_the_products_that_meet(g in geometry()) {
        let expected = meetings(&g);
        let x = Tensor::from_fn("x", g.input_shape(), Record::Input).unwrap();
        let w = Tensor::from_fn("w", g.weight_shape(), Record::Weight).unwrap();
        for rival in formulation::all::<Record>() {
            let y = rival.apply(&g, &w, &x).unwrap();
            prop_assert_eq!(y.shape(), &g.output_shape()[..]);
            let cells = y.entries().iter().enumerate();
            let mut made: Vec<_> = cells.flat_map(|(o, sum)| sum.pairs().into_iter().map(move |(i, t)| (o, i, t))).collect();
            made.sort_unstable();
            prop_assert_eq!(&made, &expected, "{}", rival.name());
        }
    }
}

/// A caller's own scalar: it writes down which input met which tap. It has `Clone` and nothing
/// else - no equality, no `Debug` - so a formulation that takes it cannot look at values.
#[derive(Clone)]
enum Record {
    Input(usize),
    Weight(usize),
    Sum(Vec<(usize, usize)>),
}

impl Record {
    fn pairs(&self) -> Vec<(usize, usize)> {
        match self {
            Record::Sum(pairs) => pairs.clone(),
            _ => panic!("an operand in the result"),
        }
    }
}

impl Scalar for Record {
    fn zero() -> Self {
        Record::Sum(Vec::new())
    }

    fn add_assign(&mut self, other: &Self) {
        let mut pairs = self.pairs();
        pairs.extend(other.pairs());
        *self = Record::Sum(pairs);
    }

    fn times(&self, other: &Self) -> Self {
        match (self, other) {
            (Record::Input(i), Record::Weight(t)) | (Record::Weight(t), Record::Input(i)) => {
                Record::Sum(vec![(*i, *t)])
            }
            (Record::Sum(zero), _) | (_, Record::Sum(zero)) if zero.is_empty() => Self::zero(),
            _ => panic!("a product that is not bilinear"),
        }
    }
}

/// What the definition itself says of every triple of one axis.
#[test]
fn the_oracle_is_the_definition() {
    let g = "tconv i3 k3 s2 p2:-1 a1 d2".parse::<Spec>().unwrap().geometry;
    let axis = g.axes()[0];
    let shape = [axis.output(), axis.input(), axis.kernel()].map(index);
    let meets = |flat: &usize| {
        let at: Vec<i64> = unflatten(&shape, *flat).into_iter().map(|p| i64::try_from(p).unwrap()).collect();
        axis.meets(Meeting { o: at[0], i: at[1], t: at[2] })
    };
    let triples = (0..shape.iter().product()).filter(meets).map(|flat| unflatten(&shape, flat));
    assert_eq!(triples.map(|t| (t[0], t[1], t[2])).collect::<Vec<_>>(), meetings(&g));
}

#[test]
fn the_strategy_draws_every_corner() {
    type Corner = (&'static str, fn(&Geometry) -> bool);
    fn some(g: &Geometry, holds: fn(&Axis) -> bool) -> bool {
        g.axes().iter().any(holds)
    }
    let mut missing: Vec<Corner> = vec![
        ("rank 1", |g| g.rank() == 1),
        ("rank 4", |g| g.rank() == 4),
        ("groups", |g| g.groups() > 1 && g.in_channels() > g.groups() && g.out_channels() > g.groups()),
        ("depthwise", |g| g.groups() > 1 && g.in_channels() == g.groups()),
        ("batch", |g| g.batch() > 1),
        ("asymmetric padding", |g| some(g, |a| a.padding().begin != a.padding().end)),
        ("negative padding in front", |g| some(g, |a| a.padding().begin < 0)),
        ("negative padding behind", |g| some(g, |a| a.padding().end < 0)),
        ("padding beyond the kernel", |g| some(g, |a| a.padding().begin > a.dilation() * (a.kernel() - 1))),
        ("stride beyond kernel", |g| some(g, |a| a.stride() > a.dilation() * (a.kernel() - 1) + 1)),
        ("dilation beyond stride", |g| some(g, |a| a.dilation() > a.stride() && a.kernel() > 1)),
        ("common divisor", |g| some(g, |a| a.dilation().gcd(&a.stride()) > 1 && a.kernel() > 1)),
        ("output padding", |g| some(g, |a| a.output_padding() > 0)),
        ("output padding beyond stride", |g| some(g, |a| a.output_padding() > a.stride())),
        ("input 1", |g| some(g, |a| a.input() == 1)),
        ("kernel 1", |g| some(g, |a| a.kernel() == 1)),
        ("output 1", |g| some(g, |a| a.output() == 1)),
        ("nothing meets", |g| g.products() == 0),
        ("different axes", |g| g.axes().windows(2).any(|two| two[0] != two[1])),
    ];
    let mut runner = TestRunner::deterministic();
    for _ in 0..500 {
        let g = geometry().new_tree(&mut runner).unwrap().current();
        missing.retain(|(_, drawn)| !drawn(&g));
    }
    assert!(missing.is_empty(), "{:?}", missing.iter().map(|(name, _)| name).collect::<Vec<_>>());
}

#[test]
fn operands_of_a_wrong_shape_are_refused_by_all() {
    let Spec { kind: Kind::Tconv, geometry: g } = "tconv i2x2 k3x3 c2:4 g2".parse().unwrap() else { panic!("tconv") };
    let zeros = |shape: &[usize]| Tensor::<i64>::zeros("zeros", shape.to_vec()).unwrap();
    let (w, x) = (g.weight_shape(), g.input_shape());
    for rival in formulation::all::<i64>() {
        let rule = |w: &[usize], x: &[usize]| rival.apply(&g, &zeros(w), &zeros(x)).map_err(|e| e.rule().to_owned());
        assert!(rule(&w, &x).is_ok());
        // As many cells, in another shape.
        assert_eq!(rule(&[2, 2, 9], &x), Err("Q2".to_owned()), "{}", rival.name());
        assert_eq!(rule(&w, &[2, 1, 2, 2]), Err("Q2".to_owned()), "{}", rival.name());
    }
}
