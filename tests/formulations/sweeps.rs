//! Sweeps by all routes: families in words, routes that agree, mistakes that each route refuses,
//! and the polynomial that the fast route rests on against a plain one.

#![allow(clippy::unwrap_used)] // a test that cannot go on says where

use std::collections::BTreeMap;
use std::ops::ControlFlow;

use crate::mistakes::{alone, per_axis, tensors};
use convproof::equivalence::sweep::{self, Construction, Family, OutputPaddings, Pads, SweepReport, constructions};
use convproof::equivalence::{MAX_PRODUCTS, compare};
use convproof::formulation::{self, Formulation, Gather, OneAxis};
use convproof::matrix::{Arrays, Builder};
use convproof::scalar::{Indeterminate, Polynomial, Rational, Scalar};
use convproof::tensor::flatten;
use convproof::{ConvMatrix, Geometry, Side, Spec, Tensor};
use num_traits::Zero;
use proptest::prelude::*;
use proptest::test_runner::FileFailurePersistence;

type Rival = Box<dyn Formulation<Polynomial>>;

fn family(words: &str) -> Family {
    words.parse().unwrap()
}

fn index(n: i64) -> usize {
    usize::try_from(n).unwrap()
}

fn whole(family: &Family, rivals: &[Rival]) -> SweepReport {
    sweep::sweep(family, rivals, MAX_PRODUCTS, |_| {}).unwrap()
}

fn by_axes(family: &Family, rivals: &[Rival]) -> SweepReport {
    sweep::per_axis(family, rivals, MAX_PRODUCTS, |_| {}).unwrap()
}

fn by_matrices(family: &Family, constructions: &[Construction]) -> SweepReport {
    sweep::matrices(family, constructions, MAX_PRODUCTS, |_| {}).unwrap()
}

/// What was found about each rival, with the witness as text.
fn found(report: &SweepReport) -> Vec<(String, u64, u64, u64, String)> {
    let one = |o: &sweep::SweepOutcome| (o.name.clone(), o.same, o.differs, o.skipped, format!("{:?}", o.witness));
    report.outcomes.iter().map(one).collect()
}

#[test]
fn families_are_said_in_words_and_read_back() {
    for words in [
        "rank=1,i=4,k=4,s=4,d=3,a=3",
        "rank=2,i=6,k=5,s=4,d=2,p=same,a=below,square",
        "rank=3,i=1,k=2,s=2,d=1,a=below,c=2,n=3,square",
        "rank=2,i=1,k=2,s=2,d=1,p=same,a=0",
    ] {
        assert_eq!(family(words).to_string(), words);
    }
    assert_eq!(family(""), Family::default());
    assert_eq!(family(" square , p = same ").to_string(), "rank=1,i=4,k=4,s=4,d=3,p=same,a=3,square");
    let bounds = family("a=below,p=same");
    assert_eq!((bounds.pads, bounds.output_padding), (Pads::Same, OutputPaddings::Below));
    for wrong in ["p=1", "p=around", "a=above", "a=-1", "square=1", "rank=5", "squared", "k=0"] {
        let error = wrong.parse::<Family>().unwrap_err();
        assert_eq!(error.rule(), "Q4", "{wrong}");
        assert!(error.to_string().contains("or p=same, a=below, square"), "{error}");
    }
}

#[test]
fn families_are_counted_and_bounded_as_said() {
    let bounds = family("i=6,k=5,s=4,d=2,p=same,a=below,rank=2,square");
    let mut legal = 0;
    bounds.for_each(|g| {
        legal += 1;
        let [first, second] = g.axes() else { panic!("two axes") };
        let (pads, a) = (first.padding(), first.output_padding());
        assert_eq!(first, second);
        assert!(pads.begin == pads.end && (0..=first.dilation() * (first.kernel() - 1)).contains(&pads.begin));
        assert!(a < first.stride().max(first.dilation()));
        ControlFlow::Continue(())
    });
    assert_eq!((bounds.combinations(), legal), (2_550, 2_311));
    // Without `square` every pair of axes is there.
    let [one, two, square] =
        ["rank=1", "rank=2", "rank=2,square"].map(|rank| family(&format!("i=2,k=2,s=2,d=2,p=same,a=below,{rank}")));
    assert_eq!(one.combinations().pow(2), two.combinations());
    assert_eq!(one.combinations(), square.combinations());
}

#[test]
fn routes_agree_on_the_six() {
    for words in ["i=3,k=3,s=2,d=2,p=same,a=below,rank=2,square", "rank=2,i=2,k=2,s=1,d=1,a=0,c=2,n=2,p=same", ""] {
        let bounds = family(words);
        let (six, mut seen) = (formulation::all(), 0);
        let reports = [by_axes(&bounds, &six), by_matrices(&bounds, &constructions()), whole(&bounds, &six)];
        bounds.for_each(|_| {
            seen += 1;
            ControlFlow::Continue(())
        });
        assert_eq!(reports[0].in_full, 0, "all of them are products of their axes");
        for report in reports {
            assert_eq!((report.geometries, report.combinations), (seen, bounds.combinations()), "{words}");
            for outcome in &report.outcomes {
                assert_eq!((outcome.same, outcome.word()), (seen, "same"), "{} on {words}", outcome.name);
            }
        }
    }
}

/// Everything that a report says, as text.
fn said(report: Result<SweepReport, convproof::Error>) -> String {
    format!("{report:?}")
}

#[test]
fn one_thread_and_four_report_the_same() {
    let threads = |n: usize| rayon::ThreadPoolBuilder::new().num_threads(n).build().unwrap();
    let (one, four) = (threads(1), threads(4));
    let mut rivals = formulation::all();
    rivals.extend(per_axis().into_iter().map(|mistake| Box::new(mistake) as Rival));
    rivals.push(Box::new(tensors::AnotherShape));
    rivals.push(Box::new(tensors::StrideOneOnly)); // declines the others
    let mut ways = constructions();
    ways.push(changed("first tap only", |_, c| c.taps.iter_mut().for_each(|tap| *tap = 0)));
    // More than one batch of chunks, and channels; then limits that some geometry exceeds.
    for (words, limit) in
        [("i=3,k=3,s=2,d=2,a=1", MAX_PRODUCTS), ("i=2,k=2,s=2,d=1,p=same,a=0,c=2", MAX_PRODUCTS), ("", 9)]
    {
        let bounds = family(words);
        let routes: [&(dyn Fn() -> String + Sync); 3] = [
            &|| said(sweep::sweep(&bounds, &rivals, limit, |_| {})),
            &|| said(sweep::per_axis(&bounds, &rivals, limit, |_| {})),
            &|| said(sweep::matrices(&bounds, &ways, limit, |_| {})),
        ];
        for (n, route) in routes.iter().enumerate() {
            let serial = one.install(route);
            assert_eq!(serial.starts_with("Ok"), limit == MAX_PRODUCTS, "{words}, route {n}: {serial}");
            for _ in 0..3 {
                assert!(serial == four.install(route), "{words}, route {n}");
            }
        }
    }
}

#[test]
fn progress_is_told_in_order_and_to_the_end() {
    let bounds = Family::default();
    let mut told = Vec::new();
    let report = sweep::matrices(&bounds, &constructions(), MAX_PRODUCTS, |done| told.push(done)).unwrap();
    assert!(told.is_sorted() && told.len() > 1 && told.last() == Some(&report.geometries), "{told:?}");
}

#[test]
fn per_axis_and_whole_find_the_same_about_every_mistake() {
    for words in ["i=2,k=2,s=3,d=2,a=1", "rank=2,i=1,k=2,s=2,d=1,a=0"] {
        let mut rivals: Vec<Rival> = per_axis().into_iter().map(|mistake| Box::new(mistake) as Rival).collect();
        rivals.push(Box::new(tensors::FlattenedBounds));
        rivals.push(Box::new(tensors::AnotherShape));
        rivals.push(Box::new(tensors::StrideOneOnly));
        let bounds = family(words);
        let (axes, all) = (by_axes(&bounds, &rivals), whole(&bounds, &rivals));
        assert_eq!(found(&axes), found(&all), "{words}");
        let refused = axes.outcomes.iter().filter(|outcome| outcome.differs > 0).count();
        assert!(refused >= 12, "{words}: {refused}");
    }
    // The channels are a factor too.
    let bounds = family("i=1,k=1,s=1,d=1,a=0,c=4");
    for rival in [alone(tensors::WeightAxesSwapped), alone(tensors::GroupsInterleaved), alone(SwapsChannels)] {
        let report = by_axes(&bounds, &rival);
        assert_eq!(found(&report), found(&whole(&bounds, &rival)));
        assert_eq!(report.outcomes[0].word(), "differs", "{}", rival[0].name());
    }
}

/// Right on every axis, and says so; wrong about channels.
struct SwapsChannels;

impl<S: Scalar> Formulation<S> for SwapsChannels {
    fn name(&self) -> &str {
        "right axes, wrong channels"
    }

    fn apply(&self, g: &Geometry, w: &Tensor<S>, x: &Tensor<S>) -> Result<Tensor<S>, convproof::Error> {
        tensors::WeightAxesSwapped.apply(g, w, x)
    }

    fn on_axis(&self, axis: &convproof::geometry::Axis, into: &mut OneAxis) -> bool {
        Formulation::<S>::on_axis(&Gather, axis, into)
    }
}

#[test]
fn a_difference_on_one_axis_is_none_where_nothing_meets_on_another() {
    let g = "tconv i1x1 k1x2 p1:-1x0".parse::<Spec>().unwrap().geometry;
    let wrong = per_axis().into_iter().find(|mistake| mistake.id == "only tap 0").unwrap();
    let on = |rival: &dyn Formulation<Polynomial>| {
        let mut one = OneAxis::default();
        assert!(rival.on_axis(&g.axes()[1], &mut one));
        one
    };
    assert_ne!(on(&wrong), on(&Gather), "axis 1 by itself differs");
    assert!(compare(&g, &alone(wrong), MAX_PRODUCTS).unwrap().all_same(), "and yet both maps are 0");

    let bounds = family("rank=2,i=1,k=2,s=1,d=1,a=0");
    let (mut on_an_axis, mut in_all) = (0, 0);
    bounds.for_each(|g| {
        on_an_axis += u64::from(g.axes().iter().any(|axis| axis.kernel() > 1 && axis.meetings() > 0));
        in_all += u64::from(compare(&g, &alone(wrong), MAX_PRODUCTS).unwrap().any_differs());
        ControlFlow::Continue(())
    });
    let report = by_axes(&bounds, &alone(wrong));
    assert_eq!((report.outcomes[0].differs, report.outcomes[0].same), (in_all, report.geometries - in_all));
    assert!(report.in_full > in_all && on_an_axis > in_all, "{} {on_an_axis} {in_all}", report.in_full);
}

#[test]
fn what_a_formulation_says_of_its_axes_is_what_it_does() {
    let mut rivals = formulation::all();
    rivals.extend(per_axis().into_iter().map(|mistake| Box::new(mistake) as Rival));
    for words in ["i=3,k=3,s=3,d=2,a=1", "rank=2,i=2,k=2,s=2,d=2,p=same,a=below"] {
        family(words).for_each(|g| {
            let w = Tensor::from_fn("w", g.weight_shape(), |t| Polynomial::weight(u32::try_from(t).unwrap())).unwrap();
            let x = Tensor::from_fn("x", g.input_shape(), |i| Polynomial::input(u32::try_from(i).unwrap())).unwrap();
            for rival in &rivals {
                let mut axes = vec![OneAxis::default(); g.rank()];
                if !g.axes().iter().zip(&mut axes).all(|(axis, one)| rival.on_axis(axis, one)) {
                    continue; // declines: no output remains
                }
                let mut shape = vec![1, 1];
                shape.extend(axes.iter().map(|one| index(one.output)));
                let mut y = Tensor::<Polynomial>::zeros("y", shape).unwrap();
                // One product of the first axis, and one of the second where there is one.
                let rest: &[[i64; 3]] = axes.get(1).map_or(&[[0; 3]], |one| &one.products);
                for (first, second) in axes[0].products.iter().flat_map(|a| rest.iter().map(move |b| (a, b))) {
                    let at = |n: usize| [0, 0, index(first[n]), index(second[n])][..2 + g.rank()].to_vec();
                    let (x, w) = (x.at(&at(1)), w.at(&at(2)));
                    let cell = flatten(y.shape(), &at(0));
                    y.entries_mut()[cell].add_product(x, w);
                }
                assert!(rival.apply(&g, &w, &x).unwrap().entries() == y.entries(), "{} on {g:?}", rival.name());
            }
            ControlFlow::Continue(())
        });
    }
}

/// A builder with a change made to what the fast builder makes.
fn changed(name: &str, change: fn(&Geometry, &mut Arrays<u32>)) -> Construction {
    let build = move |g: &Geometry, into: &mut Arrays<u32>| {
        Builder::new(g, Side::C).unwrap().build_into(into);
        change(g, into);
    };
    Construction { name: name.to_owned(), start: Box::new(move || Box::new(build)) }
}

#[test]
fn constructions_are_the_matrix_of_the_trusted_builder() {
    family("rank=2,i=2,k=2,s=2,d=2,p=same,a=below,c=2,n=2,square").for_each(|g| {
        let trusted = ConvMatrix::build_plainly(&g, Side::C, MAX_PRODUCTS).unwrap();
        for construction in constructions() {
            let mut arrays = Arrays::default();
            (construction.start)()(&g, &mut arrays);
            assert_eq!(arrays.indptr, trusted.taps().indptr().raw_storage());
            assert_eq!(arrays.indices, trusted.taps().indices());
            assert!(arrays.taps.iter().copied().eq(trusted.taps().data().iter().map(|tap| tap.0)));
        }
        ControlFlow::Continue(())
    });
}

#[test]
fn wrong_builders_are_refused_by_their_matrices() {
    let ways = vec![
        changed("right", |_, _| {}),
        changed("taps backwards", |g, c| {
            let last = u32::try_from(g.weight_shape().iter().product::<usize>()).unwrap() - 1;
            c.taps.iter_mut().for_each(|tap| *tap = last - *tap);
        }),
        changed("first entry lost", |_, c| {
            if !c.taps.is_empty() {
                c.indices.remove(0);
                c.taps.remove(0);
                let row = c.indptr.iter().position(|&end| end > 0).unwrap();
                c.indptr[row..].iter_mut().for_each(|end| *end -= 1);
            }
        }),
        changed("a column beyond the last", |_, c| c.indices.iter_mut().for_each(|column| *column += 1)),
        changed("a row too few", |_, c| _ = c.indptr.pop()),
        changed("nothing at all", |_, c| *c = Arrays::default()),
    ];
    let report = by_matrices(&family("rank=2,i=2,k=2,s=2,d=1,a=0"), &ways);
    for outcome in &report.outcomes {
        let expected = if outcome.name == "right" { "same" } else { "differs" };
        assert_eq!(outcome.word(), expected, "{}", outcome.name);
        assert_eq!(outcome.witness.is_some(), expected == "differs");
    }
    // With two taps in a row, the first cell in dispute has both sums.
    let report = by_matrices(&family("i=1,k=2,s=1,d=1,a=0"), &ways[1..2]);
    let witness = format!("{:?}", report.outcomes[0].witness.as_ref().unwrap().difference);
    assert!(witness.starts_with("Cell { cell: [0, 0, 0]"), "{witness}");
    assert_eq!(sweep::matrices(&family(""), &ways, 2, |_| {}).unwrap_err().rule(), "L1");
}

// ---- the polynomial ------------------------------------------------------------------------

/// A polynomial as a map from sorted monomials, slowly: `(is a tap, index)`.
type Plain = BTreeMap<Vec<(bool, u32)>, i64>;

fn plain_product(a: &Plain, b: &Plain) -> Plain {
    let mut all = Plain::new();
    for ((left, m), (right, n)) in a.iter().flat_map(|a| b.iter().map(move |b| (a, b))) {
        let mut monomial = [left.as_slice(), right].concat();
        monomial.sort_unstable();
        *all.entry(monomial).or_default() += m * n;
    }
    all
}

fn plain_sum(a: &Plain, b: &Plain) -> Plain {
    let mut all = a.clone();
    b.iter().for_each(|(monomial, n)| *all.entry(monomial.clone()).or_default() += n);
    all.retain(|_, n| *n != 0);
    all
}

fn shown(polynomial: &Polynomial) -> BTreeMap<Vec<(bool, u32)>, Rational> {
    let letter = |v: &Indeterminate| match v {
        Indeterminate::Input(i) => (false, *i),
        Indeterminate::Weight(t) => (true, *t),
    };
    polynomial.terms().into_iter().map(|(m, c)| (m.iter().map(letter).collect(), c)).collect()
}

/// Indices on both sides of 8 bits, then of 16, few of them so that products meet.
const INDICES: [u32; 7] = [0, 1, 2, 255, 256, 65_535, 65_536];

/// One factor: a whole number, an input or a tap.
fn factor() -> impl Strategy<Value = (Polynomial, Plain)> {
    let number = |n: i64| {
        let plain = if n == 0 { Plain::new() } else { Plain::from([(Vec::new(), n)]) };
        (Polynomial::constant(Rational::from_integer(n.into())), plain)
    };
    let letter = |(tap, n): (bool, usize)| {
        let i = INDICES[n];
        let polynomial = if tap { Polynomial::weight(i) } else { Polynomial::input(i) };
        (polynomial, Plain::from([(vec![(tap, i)], 1)]))
    };
    prop_oneof![1 => (-1i64..=2).prop_map(number), 12 => (any::<bool>(), 0usize..7).prop_map(letter)]
}

/// Mostly `x·w`, sometimes anything; often with indices that take 8 bits only.
fn pair() -> impl Strategy<Value = [(Polynomial, Plain); 2]> {
    let bilinear = |least: usize, most: usize| {
        (least..most, least..most, any::<bool>()).prop_map(|(i, t, swapped)| {
            let x = (Polynomial::input(INDICES[i]), Plain::from([(vec![(false, INDICES[i])], 1)]));
            let w = (Polynomial::weight(INDICES[t]), Plain::from([(vec![(true, INDICES[t])], 1)]));
            if swapped { [w, x] } else { [x, w] }
        })
    };
    prop_oneof![90 => bilinear(0, 4), 6 => bilinear(0, 6), 3 => bilinear(0, 7), 1 => [factor(), factor()]]
}

proptest! {
    #![proptest_config(ProptestConfig {
        failure_persistence: Some(Box::new(FileFailurePersistence::Direct("tests/formulations/sweeps.seeds"))),
        ..ProptestConfig::with_cases(256)
    })]

    #[test]
    fn polynomials_are_the_plain_ones(
        pairs in prop::collection::vec(pair(), 0..40),
        parts in prop::collection::vec(0usize..40, 1..4),
        seed in any::<u64>(),
    ) {
        let mut plain = Plain::new();
        let mut sum = Polynomial::zero();
        for [(a, pa), (b, pb)] in &pairs {
            sum.add_product(a, b);
            plain = plain_sum(&plain, &plain_product(pa, pb));
        }
        let expected: BTreeMap<_, _> =
            plain.iter().map(|(m, n)| (m.clone(), Rational::from_integer((*n).into()))).collect();
        prop_assert_eq!(shown(&sum), expected);
        // The same in another order, in parts that are added up, is the same polynomial.
        let mut shuffled = pairs.clone();
        shuffled.sort_by_key(|p| (seed ^ format!("{p:?}").len() as u64).wrapping_mul(0x9e37_79b9_7f4a_7c15));
        let mut other = Polynomial::zero();
        for part in shuffled.chunks(parts[0].max(1)) {
            let mut subtotal = Polynomial::zero();
            part.iter().for_each(|[(a, _), (b, _)]| subtotal.add_assign(&a.times(b)));
            other.add_assign(&subtotal);
        }
        prop_assert!(sum == other);
        prop_assert!(other == sum);
        // And something more is another one, unless it is nothing.
        for [(a, pa), (b, pb)] in pairs.iter().take(3) {
            let mut more = other.clone();
            more.add_product(a, b);
            let nothing = plain_product(pa, pb).values().all(Zero::is_zero);
            prop_assert_eq!(more == sum, nothing);
        }
    }
}
