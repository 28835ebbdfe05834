//! The tie between code and proof: what the running formulations multiply is what their nests say,
//! on every geometry of a small family and on random ones, on one axis and on several.
//!
//! `src/proof` shows that the nests are the definition for all sizes; without this file that would
//! say nothing about the code.

use std::collections::BTreeMap;

use crate::common::{sampled, spec_strategy};
use convproof::formulation::{Formulation, OneAxis, all};
use convproof::geometry::{Axis, Geometry, Padding, Window};
use convproof::nest::{Nest, Sizes, parse, run};
use convproof::scalar::{Indeterminate, Polynomial};
use convproof::tensor::{positions, unflatten};
use convproof::{Spec, Tensor};
use num_traits::ToPrimitive;
use proptest::prelude::*;

/// `[o, i, t]` and how often.
type Products = BTreeMap<[i128; 3], usize>;

fn sizes(axis: &Axis) -> Sizes {
    let values = [
        ("I", axis.input()),
        ("K", axis.kernel()),
        ("O", axis.output()),
        ("s", axis.stride()),
        ("d", axis.dilation()),
        ("p_b", axis.padding().begin),
        ("a", axis.output_padding()),
    ];
    values.into_iter().map(|(name, value)| (name.to_owned(), value.into())).collect()
}

/// Every product that a nest makes on an axis.
fn enumerated(nest: &Nest, axis: &Axis) -> Products {
    let (mut all, mut steps) = (Products::new(), 10_000_000);
    run(nest, &sizes(axis), &mut steps, &mut |_, at| *all.entry(at).or_default() += 1).unwrap();
    all
}

fn count(products: impl IntoIterator<Item = [i64; 3]>) -> Products {
    let mut all = Products::new();
    products.into_iter().for_each(|at| *all.entry(at.map(i128::from)).or_default() += 1);
    all
}

/// What a formulation says of one axis.
fn said(rival: &dyn Formulation<Polynomial>, axis: &Axis) -> Products {
    let mut one = OneAxis::default();
    assert!(rival.on_axis(axis, &mut one), "{}", rival.name());
    count(one.products)
}

/// Every `(y, x, w)` that a formulation multiplies on a geometry, flat, with how often: it runs on
/// indeterminates, which it cannot look at.
fn recorded(rival: &dyn Formulation<Polynomial>, g: &Geometry) -> BTreeMap<[usize; 3], usize> {
    let x = Tensor::from_fn("x", g.input_shape(), |n| Polynomial::input(u32::try_from(n).unwrap())).unwrap();
    let w = Tensor::from_fn("w", g.weight_shape(), |n| Polynomial::weight(u32::try_from(n).unwrap())).unwrap();
    let y = rival.apply(g, &w, &x).unwrap();
    assert_eq!(y.shape(), g.output_shape(), "{}", rival.name());
    let mut all = BTreeMap::new();
    for (o, sum) in y.entries().iter().enumerate() {
        for (monomial, coefficient) in sum.terms() {
            let [Indeterminate::Input(i), Indeterminate::Weight(t)] = monomial[..] else {
                panic!("{}: no product of an input and a weight: {monomial:?}", rival.name())
            };
            all.insert([o, i as usize, t as usize], coefficient.to_integer().to_usize().unwrap());
        }
    }
    all
}

fn nests(rival: &dyn Formulation<Polynomial>) -> Vec<Nest> {
    let nests: Vec<Nest> = rival.nests().iter().map(|text| parse(text).unwrap()).collect();
    assert!(!nests.is_empty(), "{} has no nest", rival.name());
    nests
}

/// Whether code and nest agree on one axis: in what the code says of it, and in what it multiplies.
fn is_tied(rival: &dyn Formulation<Polynomial>, nest: &Nest, axis: &Axis) -> bool {
    let g = Geometry::new(vec![*axis]).unwrap();
    let expected = enumerated(nest, axis);
    let index = |n: usize| i128::try_from(n).unwrap();
    let ran: Products = recorded(rival, &g).into_iter().map(|(at, n)| (at.map(index), n)).collect();
    expected == ran && expected == said(rival, axis)
}

/// Input and kernel up to 3, stride 3, dilation 2, pads from −1 to 2, output padding up to 2.
fn family() -> Vec<Axis> {
    let mut all = Vec::new();
    let two = |from: i64, most: [i64; 2]| {
        (from..=most[0]).flat_map(move |a| (from..=most[1]).map(move |b| [a, b])).collect::<Vec<_>>()
    };
    for [input, kernel] in two(1, [3, 3]) {
        for [stride, dilation] in two(1, [3, 2]) {
            for [begin, end] in two(-1, [2, 2]) {
                let window = Window { kernel, stride, dilation, padding: Padding { begin, end } };
                all.extend((0..=2).filter_map(|a| window.transposed(input, a).ok()));
            }
        }
    }
    all
}

#[test]
fn code_is_nest_on_every_axis_of_a_family() {
    let family = family();
    assert!(family.len() > 2000, "{}", family.len());
    for rival in all::<Polynomial>() {
        for nest in nests(rival.as_ref()) {
            for axis in &family {
                assert!(is_tied(rival.as_ref(), &nest, axis), "{} and {}: {axis:?}", rival.name(), nest.name);
            }
        }
    }
}

#[test]
fn the_rows_of_c_are_their_nest() {
    let nest = parse(include_str!("../../src/proof/nests/c_by_input.nest")).unwrap();
    for axis in family() {
        let walked = (0..axis.input()).flat_map(|i| axis.meetings_of_input(i)).map(|m| [m.o, m.i, m.t]);
        assert_eq!(enumerated(&nest, &axis), count(walked), "{axis:?}");
    }
}

/// A change to the nest alone is seen: each line of each nest is changed in some way.
#[test]
fn another_nest_is_not_tied() {
    let changes = [
        ("O - 1", "O"),
        ("p_b", "p_e"),
        ("to K", "to K - 1"),
        ("to I", "to I - 1"),
        ("< O", "< O - a"),
        ("s*i", "d*i"),
        ("d*t", "t"),
        ("d*u", "u"),
        ("r = 0", "r >= 0"),
        ("q < I", "q < K"),
        ("x[i]", "x[I - 1 - i]"),
        ("w[t]", "w[K - 1 - t]"),
        ("w[K-1-u]", "w[u]"),
        ("first + s*m", "first + m"),
        ("b1 + 1", "b1"),
        ("-a1", "-a1 + 1"),
    ];
    let family = family();
    let mut seen = 0;
    for rival in all::<Polynomial>() {
        for text in rival.nests() {
            let mut here = 0;
            for (from, to) in changes {
                // A name that is bound no longer, or the same text: no other nest.
                let Some(changed) = Some(text.replace(from, to)).filter(|new| new != text) else { continue };
                let Ok(changed) = parse(&changed) else { continue };
                let differs = |axis: &&Axis| {
                    let (mut all, mut steps) = (Products::new(), 100_000);
                    let done = run(&changed, &sizes(axis), &mut steps, &mut |_, at| *all.entry(at).or_default() += 1);
                    done.is_err() || all != said(rival.as_ref(), axis)
                };
                if family.iter().any(|axis| differs(&axis)) {
                    here += 1;
                }
            }
            assert!(here >= 3, "{}: {here} changes of its nest are seen", rival.name());
            seen += here;
        }
    }
    assert!(seen >= 30, "{seen}");
}

/// The products of all axes, channels and samples, flat: every choice of one product per axis.
fn of_axes(nest: &Nest, g: &Geometry) -> BTreeMap<[usize; 3], usize> {
    let size = |n: i64| usize::try_from(n).unwrap();
    let (ins, outs) = (size(g.in_channels() / g.groups()), size(g.out_channels() / g.groups()));
    let per_axis: Vec<Vec<([i128; 3], usize)>> =
        g.axes().iter().map(|a| enumerated(nest, a).into_iter().collect()).collect();
    let counts: Vec<usize> = per_axis.iter().map(Vec::len).collect();
    let [x, w, y] = [g.input_shape(), g.weight_shape(), g.output_shape()];
    let flat = |shape: &[usize], at: &[usize]| shape.iter().zip(at).fold(0, |flat, (n, p)| flat * n + p);
    let mut all = BTreeMap::new();
    let mut choices = positions(&counts);
    while let Some(choice) = choices.next() {
        let chosen: Vec<&([i128; 3], usize)> = per_axis.iter().zip(choice).map(|(axis, &n)| &axis[n]).collect();
        let part = |k: usize| chosen.iter().map(move |(at, _)| usize::try_from(at[k]).unwrap());
        let often: usize = chosen.iter().map(|(_, n)| n).product();
        for outer in 0..size(g.batch()) * size(g.in_channels()) * outs {
            let [n, ci, co] = unflatten(&[size(g.batch()), size(g.in_channels()), outs], outer)[..] else {
                unreachable!()
            };
            let at_y: Vec<usize> = [n, ci / ins * outs + co].into_iter().chain(part(0)).collect();
            let at_x: Vec<usize> = [n, ci].into_iter().chain(part(1)).collect();
            let at_w: Vec<usize> = [ci, co].into_iter().chain(part(2)).collect();
            all.insert([flat(&y, &at_y), flat(&x, &at_x), flat(&w, &at_w)], often);
        }
    }
    all
}

proptest! {
    #![proptest_config(sampled(60))]

    /// On several axes the code multiplies every choice of one product of each axis' nest, in every
    /// group and sample: the N-d code is the product of its axes.
    #[test]
    fn code_is_the_product_of_its_axes_nests(spec in spec_strategy()) {
        let Spec { geometry: g, .. } = spec;
        prop_assume!(g.products() < 20_000);
        for rival in all::<Polynomial>() {
            let ran = recorded(rival.as_ref(), &g);
            for nest in nests(rival.as_ref()) {
                prop_assert_eq!(&of_axes(&nest, &g), &ran, "{} and {}", rival.name(), nest.name);
            }
        }
    }
}

/// One test of the flattened place couples the axes: such a program is right on each axis, and takes
/// the place behind the end of a row for the first of the next. It is no product of its axes.
#[test]
fn a_guard_that_couples_axes_is_seen_only_on_several() {
    let flat = |spec: &str| {
        let g: Geometry = spec.parse::<Spec>().unwrap().geometry;
        let sides: Vec<(i64, Vec<i64>)> = g.axes().iter().map(|a| (a.output(), places(a))).collect();
        let [(height, ys), (width, xs)] = &sides[..] else { panic!("two axes") };
        let all = ys.iter().flat_map(|y| xs.iter().map(move |x| (*y, *x)));
        let coupled = all.clone().filter(|(y, x)| (0..height * width).contains(&(y * width + x))).count();
        let apart = all.filter(|(y, x)| (0..*height).contains(y) && (0..*width).contains(x)).count();
        (coupled, apart)
    };
    // Each axis by itself, the other of one cell.
    assert_eq!(flat("tconv i1x2 k1x2 p0x0:1"), (3, 3));
    assert_eq!(flat("tconv i2x1 k2x1 p0:1x0"), (3, 3));
    // Both: row 0 goes on behind its end, where row 1 begins.
    assert_eq!(flat("tconv i2x2 k1x2 p0x0:1"), (7, 6));
}

/// Where the stamps of an axis fall, cropped or not.
fn places(axis: &Axis) -> Vec<i64> {
    let all = (0..axis.input()).flat_map(|i| (0..axis.kernel()).map(move |t| [i, t]));
    all.map(|[i, t]| axis.stride() * i + axis.dilation() * t - axis.padding().begin).collect()
}
