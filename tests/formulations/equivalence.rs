//! Equivalence: the six formulations are the same map, and wrong ones are refused with the
//! right witness - where they are wrong, and only there.

#![allow(clippy::unwrap_used)] // a test that cannot go on says where

use std::ops::ControlFlow;

use crate::mistakes::tensors::{
    Adds, AnotherShape, FlattenedBounds, GroupsInterleaved, StrideOneOnly, WeightAxesSwapped,
};
use crate::mistakes::{Mistake, alone, gathers, per_axis, scatters};
use convproof::equivalence::{Difference, MAX_PRODUCTS, Verdict, Witness, compare, sweep};
use convproof::formulation::{self, Formulation};
use convproof::geometry::{Axis, Kind};
use convproof::scalar::{Indeterminate, Polynomial, Rational, Scalar, parse_rational, show_rational};
use convproof::{Geometry, Spec, Tensor};
use num_traits::One;
use sweep::{Family, OutputPaddings, SweepReport};

type Rival = Box<dyn Formulation<Polynomial>>;

fn geometry(text: &str) -> Geometry {
    text.parse::<Spec>().unwrap().geometry
}

fn family(text: &str) -> Family {
    text.parse().unwrap()
}

fn swept(family: &Family, rivals: &[Rival]) -> SweepReport {
    sweep::sweep(family, rivals, MAX_PRODUCTS, |_| {}).unwrap()
}

/// `x0·w1 + 2·x1·w0`, by flat indices; `0` if empty.
fn sum(polynomial: &Polynomial) -> String {
    let term = |(monomial, coefficient): (Vec<Indeterminate>, Rational)| {
        let number = (!coefficient.is_one() || monomial.is_empty()).then(|| show_rational(&coefficient));
        let letters = monomial.iter().map(|v| match v {
            Indeterminate::Input(i) => format!("x{i}"),
            Indeterminate::Weight(t) => format!("w{t}"),
        });
        number.into_iter().chain(letters).collect::<Vec<_>>().join("·")
    };
    let terms: Vec<String> = polynomial.terms().into_iter().map(term).collect();
    if terms.is_empty() { "0".to_owned() } else { terms.join(" + ") }
}

/// `tconv i1 k2: y[0, 0, 1] = x0·w1, got 0`.
fn told(witness: &Witness) -> String {
    assert_eq!(witness.spec.kind, Kind::Tconv);
    match &witness.difference {
        Difference::Shape { expected, got } => format!("{}: shape {expected:?}, got {got:?}", witness.spec),
        Difference::Cell { cell, expected, got } => {
            format!("{}: y{cell:?} = {}, got {}", witness.spec, sum(expected), sum(got))
        }
        other => panic!("a new kind of difference: {other:?}"),
    }
}

/// The verdict on the only rival, which must be a difference.
fn refusal(spec: &str, rival: &[Rival]) -> String {
    let report = compare(&geometry(spec), rival, MAX_PRODUCTS).unwrap();
    assert!(report.any_differs() && !report.all_same(), "{} on {spec}", rival[0].name());
    told(report.outcomes[0].verdict.witness().unwrap())
}

/// What a sweep of one rival tells, which must be a difference on some geometries only.
fn sweep_refusal(bounds: &str, rival: &[Rival]) -> String {
    let outcome = swept(&family(bounds), rival).outcomes.remove(0);
    assert_eq!(outcome.word(), "differs", "{}", rival[0].name());
    assert!(outcome.differs > 0 && outcome.same > 0, "{}", rival[0].name());
    told(&outcome.witness.unwrap())
}

/// A mistake, what shows it on a geometry chosen by hand, and the smallest that a sweep finds:
/// the least `i + k + s + d + |p_b| + |p_e| + a`, then the first as text.
const REFUSALS: [(&str, &str, &str); 16] = [
    ("only tap 0", "tconv i1 k2: y[0, 0, 1] = x0·w1, got 0", "tconv i1 k2: y[0, 0, 1] = x0·w1, got 0"),
    ("pad off by one", "tconv i1 k1: y[0, 0, 0] = x0·w0, got 0", "tconv i1 k1: y[0, 0, 0] = x0·w0, got 0"),
    (
        "output padding at the front",
        "tconv i1 k1 s2 p1:0 a1: y[0, 0, 0] = 0, got x0·w0",
        "tconv i1 k1 a1: y[0, 0, 0] = x0·w0, got 0",
    ),
    (
        "output padding appended as zeros",
        "tconv i1 k1 s2 p0:1 a1: y[0, 0, 0] = x0·w0, got 0",
        "tconv i1 k1 p0:1 a1: y[0, 0, 0] = x0·w0, got 0",
    ),
    (
        "pads swapped",
        "tconv i1 k1 p0:1 a1: y[0, 0, 0] = x0·w0, got 0",
        // Of the two of weight 5 the other is p0:-1, later as text.
        "tconv i1 k1 p-1:0: y[0, 0, 0] = 0, got x0·w0",
    ),
    (
        "stride and dilation swapped",
        "tconv i1 k2 s2: y[0, 0, 1] = x0·w1, got 0",
        "tconv i1 k2 d2: y[0, 0, 1] = 0, got x0·w1",
    ),
    (
        "kernel not flipped",
        "tconv i1 k2 p1:0: y[0, 0, 0] = x0·w1, got x0·w0",
        "tconv i1 k2: y[0, 0, 0] = x0·w0, got x0·w1",
    ),
    (
        "dilation left out of the padding",
        "tconv i1 k2 d2: shape [1, 1, 3], got [1, 1, 1]",
        "tconv i1 k2 d2: shape [1, 1, 3], got [1, 1, 1]",
    ),
    (
        "negative padding clamped to 0",
        "tconv i1 k1 p1:0 a1: y[0, 0, 0] = 0, got x0·w0",
        "tconv i1 k1 p1:-1: y[0, 0, 0] = 0, got x0·w0",
    ),
    (
        "crop, then pad",
        "tconv i1 k1 s3 p2:0 a2: shape [1, 1, 1], got [1, 1, 2]",
        "", // no default pads crop more than there is: see below
    ),
    (
        "remainder test missing",
        "tconv i1 k1 s2 a1: y[0, 0, 1] = 0, got x0·w0",
        "tconv i1 k1 s2 a1: y[0, 0, 1] = 0, got x0·w0",
    ),
    (
        "phase of o",
        "tconv i1 k2 s2 p1:0: y[0, 0, 0] = x0·w1, got x0·w0",
        "tconv i1 k1 s2 p-1:0: y[0, 0, 1] = x0·w0, got 0",
    ),
    ("phase negated", "tconv i1 k2 s3 p1:0: y[0, 0, 0] = x0·w1, got 0", "tconv i1 k2 s3: y[0, 0, 1] = x0·w1, got 0"),
    (
        "phase without dilation",
        "tconv i1 k2 s2 d2: y[0, 0, 2] = x0·w1, got 0",
        "tconv i1 k2 s2 d2: y[0, 0, 2] = x0·w1, got 0",
    ),
    (
        "col2im start without + 1",
        "tconv i1 k1 p1:0 a1: y[0, 0, 0] = 0, got x0·w0",
        "tconv i1 k1 a1: y[0, 0, 1] = 0, got x0·w0",
    ),
    (
        "col2im with truncated division",
        "tconv i1 k1 s2 p-1:0: y[0, 0, 0] = 0, got x0·w0",
        "tconv i1 k1 s2 p-1:0: y[0, 0, 0] = 0, got x0·w0",
    ),
];

#[test]
fn every_per_axis_mistake_is_refused_with_its_witness() {
    let known: Vec<&str> = REFUSALS.iter().map(|(id, ..)| *id).collect();
    let all: Vec<&str> = per_axis().iter().map(|mistake| mistake.id).collect();
    assert_eq!(known, all, "every mistake has its refusal");
    for ((id, by_hand, by_sweep), mistake) in REFUSALS.into_iter().zip(per_axis()) {
        let (spec, _) = by_hand.split_once(": ").unwrap();
        assert_eq!(refusal(spec, &alone(mistake)), by_hand, "{id}");
        if !by_sweep.is_empty() {
            assert_eq!(sweep_refusal("i=2,k=2,s=3,d=2,a=1", &alone(mistake)), by_sweep, "{id}");
        }
    }
}

#[test]
fn mistakes_about_channels_and_rows_are_refused() {
    for (bounds, rival, by_hand, by_sweep) in [
        (
            // Channels have no weight; 1:2, 2:1 and 2:2 in two groups read the same entries.
            "i=2,k=2,s=1,d=1,a=0,c=2",
            alone(WeightAxesSwapped),
            "tconv i1 k1 c2:2: y[0, 0, 0] = x0·w0 + x1·w2, got x0·w0 + x1·w1",
            "tconv i1 k1 c2:2: y[0, 0, 0] = x0·w0 + x1·w2, got x0·w0 + x1·w1",
        ),
        (
            "i=1,k=1,s=1,d=1,a=0,c=4",
            alone(GroupsInterleaved),
            "tconv i1 k1 c4:2 g2: y[0, 0, 0] = x0·w0 + x1·w1, got x0·w0 + x2·w2",
            "tconv i1 k1 c2:4 g2: y[0, 1, 0] = x0·w1, got x1·w2",
        ),
        (
            // Tap 01 leaves the only column of row 0 and comes back in row 1.
            "rank=2,i=2,k=2,s=1,d=1,a=0",
            alone(FlattenedBounds),
            "tconv i1x1 k2x2 p0x0:1: y[0, 0, 1, 0] = x0·w2, got x0·w1 + x0·w2",
            // Position (1, −1) of a 2×1 output is taken for (0, 0).
            "tconv i1x1 k1x1 p-1:0x1:-1: y[0, 0, 0, 0] = 0, got x0·w0",
        ),
    ] {
        let (spec, _) = by_hand.split_once(": ").unwrap();
        assert_eq!(refusal(spec, &rival), by_hand);
        assert_eq!(sweep_refusal(bounds, &rival), by_sweep);
    }
}

/// Asserts that the rival is the same map on every geometry of a family that `keep` keeps, and
/// that it differs somewhere else in it, if anything else is there.
fn invisible(rival: impl Formulation<Polynomial> + 'static, bounds: &str, keep: fn(&Geometry) -> bool) {
    let rival = alone(rival);
    let (mut inside, mut outside, mut seen) = (0, 0, 0);
    family(bounds).for_each(|g| {
        let report = compare(&g, &rival, MAX_PRODUCTS).unwrap();
        if keep(&g) {
            inside += 1;
            assert!(report.all_same(), "{}: {:?}", rival[0].name(), report.outcomes);
        } else {
            outside += 1;
            seen += usize::from(report.any_differs());
        }
        ControlFlow::Continue(())
    });
    assert!(inside > 0 && (outside == 0 || seen > 0), "{}: {inside} {outside} {seen}", rival[0].name());
}

fn mistake(id: &str) -> Mistake {
    per_axis().into_iter().find(|known| known.id == id).expect("a known mistake")
}

fn every_axis(g: &Geometry, holds: fn(&Axis) -> bool) -> bool {
    g.axes().iter().all(holds)
}

#[test]
fn mistakes_are_invisible_where_they_make_no_difference() {
    let small = "i=2,k=2,s=3,d=2,a=1";
    invisible(mistake("only tap 0"), small, |g| every_axis(g, |a| a.kernel() == 1));
    invisible(mistake("kernel not flipped"), small, |g| every_axis(g, |a| a.kernel() == 1));
    invisible(mistake("output padding at the front"), small, |g| every_axis(g, |a| a.output_padding() == 0));
    invisible(mistake("output padding appended as zeros"), small, |g| {
        every_axis(g, |a| a.padding().end <= 0 || a.output_padding() == 0)
    });
    invisible(mistake("pads swapped"), small, |g| every_axis(g, |a| a.padding().begin == a.padding().end));
    invisible(mistake("stride and dilation swapped"), small, |g| {
        every_axis(g, |a| a.stride() == a.dilation() || (a.input() == 1 && a.kernel() == 1))
    });
    invisible(mistake("dilation left out of the padding"), small, |g| {
        every_axis(g, |a| a.dilation() == 1 || a.kernel() == 1)
    });
    invisible(mistake("negative padding clamped to 0"), small, |g| {
        every_axis(g, |a| a.padding().begin <= a.dilation() * (a.kernel() - 1))
    });
    invisible(mistake("remainder test missing"), small, |g| every_axis(g, |a| a.stride() == 1));
    invisible(mistake("phase of o"), small, |g| every_axis(g, |a| a.padding().begin % a.stride() == 0));
    invisible(mistake("phase negated"), "i=3,k=4,s=4,d=3,a=1", |g| every_axis(g, |a| a.stride() <= 2));
    invisible(mistake("phase without dilation"), small, |g| every_axis(g, |a| a.stride() == 1 || a.dilation() == 1));
    invisible(mistake("col2im with truncated division"), small, |g| {
        every_axis(g, |a| a.stride() == 1 || a.padding().begin >= 0)
    });
    let channels = "i=1,k=1,s=1,d=1,a=0,c=4";
    invisible(WeightAxesSwapped, channels, |g| g.in_channels() == g.groups() || g.out_channels() == g.groups());
    invisible(GroupsInterleaved, channels, |g| {
        g.groups() == 1 || (g.in_channels() == g.groups() && g.out_channels() == g.groups())
    });
    invisible(FlattenedBounds, "i=2,k=2,s=3,d=2,a=1", |g| g.rank() == 1);
}

#[test]
fn cropping_first_shows_only_where_the_crop_is_longer_than_the_input() {
    // The default pads go one beyond the kernel: a crop of one cell, and one is always there.
    invisible(scatters::CROP_THEN_PAD, "", |_| true);
}

#[test]
fn truncated_division_does_no_harm_behind_a_remainder_test() {
    invisible(gathers::TRUNCATED, "", |_| true);
}

/// A rival's numbers on a geometry.
fn numbers(rival: &dyn Formulation<Rational>, spec: &str, weight: &str, input: &str) -> String {
    let g = geometry(spec);
    let tensor = |shape, text: &str| Tensor::new(shape, text.split(' ').map(|n| parse_rational(n).unwrap()).collect());
    let (w, x) = (tensor(g.weight_shape(), weight).unwrap(), tensor(g.input_shape(), input).unwrap());
    let y = rival.apply(&g, &w, &x).unwrap();
    y.entries().iter().map(show_rational).collect::<Vec<_>>().join(" ")
}

#[test]
fn a_kernel_not_flipped_gives_the_numbers_of_the_printed_recipe() {
    let wrong = mistake("kernel not flipped");
    let check = |spec, weight, input, got| assert_eq!(numbers(&wrong, spec, weight, input), got, "{spec}");
    check("tconv i1x1 k3x3", "1 2 3 4 5 6 7 8 9", "1", "9 8 7 6 5 4 3 2 1");
    // The examples of D. Godoy's article are ones: a kernel equal to its rotation shows nothing.
    check("tconv i2x2 k2x2", "1 1 1 1", "1 1 1 1", "1 2 1 2 4 2 1 2 1");
    check("tconv i2x2 k2x2 s2", "1 1 1 1", "1 1 1 1", "1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1");
    check("tconv i3 k3 s2 p1", "5 7 5", "1 10 100", "7 55 70 550 700");
    // Those of D2L §14.10 and of N. Shibuya do.
    check("tconv i2x2 k2x2", "0 1 2 3", "0 1 2 3", "0 3 2 6 14 6 2 3 0");
    check("tconv i2x2 k2x2 p1", "0 1 2 3", "0 1 2 3", "14");
    check("tconv i2x2 k2x2 s2", "0 1 2 3", "0 1 2 3", "0 0 3 2 0 0 1 0 6 4 9 6 2 0 3 0");
    check("tconv i2x2 k3x3", "1 4 1 1 4 3 3 3 1", "2 1 4 4", "2 7 9 3 10 27 30 13 14 37 26 5 4 20 20 4");
}

#[test]
fn the_other_mistakes_give_the_numbers_worked_by_hand() {
    let check = |rival: &dyn Formulation<Rational>, spec, weight, input, got| {
        assert_eq!(numbers(rival, spec, weight, input), got, "{}", rival.name());
    };
    // Right: 2 13 20 130 200 300.
    let front = mistake("output padding at the front");
    check(&front, "tconv i3 k3 s2 p1 a1", "1 2 3", "1 10 100", "1 2 13 20 130 200");
    let zeros = mistake("output padding appended as zeros");
    check(&zeros, "tconv i3 k3 s2 p1 a1", "1 2 3", "1 10 100", "2 13 20 130 200 0");
    // Right: 1 0 12 0 123 0 230 0 300, of length 9.
    let undilated = mistake("dilation left out of the padding");
    check(&undilated, "tconv i3 k3 s2 d2", "1 2 3", "1 10 100", "12 0 123 0 230");
    // SAME_UPPER's result 2 13 24 135 240 350 becomes SAME_LOWER's.
    let swapped = mistake("pads swapped");
    check(&swapped, "tconv i3 k5 s2 p1:2", "1 2 3 4 5", "1 10 100", "13 24 135 240 350 400");
    // Right: 7 70 10 100 and 700 7000 1000 10000.
    let weight = "1 10 100 1000 2 20 200 2000";
    check(&WeightAxesSwapped, "tconv i2 k2 s2 c2:2", weight, "1 2 3 4", "301 3010 402 4020 602 6020 804 8040");
    // Right: 31 42 7500 8600.
    check(&GroupsInterleaved, "tconv i1 k1 c4:4 g2", "1 2 3 4 5 6 7 8", "1 10 100 1000", "501 7030 602 8040");
}

#[test]
fn what_is_no_sum_of_products_is_refused_and_not_dropped() {
    let constant = |_: &Polynomial, _: &Polynomial| Polynomial::constant(parse_rational("1/3").unwrap());
    let half =
        |x: &Polynomial, w: &Polynomial| x.times(w).times(&Polynomial::constant(parse_rational("-1/2").unwrap()));
    for (rival, got) in [
        (Adds("a lone input", |x, _| x.clone()), "x0 + x0·w0"),
        (Adds("a lone tap", |_, w| w.clone()), "x0·w0 + w0"),
        (Adds("a square", |x, _| x.times(x)), "x0·x0 + x0·w0"),
        (Adds("a square of a tap", |_, w| w.times(w)), "x0·w0 + w0·w0"),
        (Adds("a cube", |x, w| x.times(w).times(w)), "x0·w0 + x0·w0·w0"),
        (Adds("a constant", constant), "1/3 + x0·w0"),
        (Adds("a product twice", |x, w| x.times(w)), "2·x0·w0"),
        (Adds("half of it off", half), "1/2·x0·w0"),
    ] {
        let expected = format!("tconv i2 k2: y[0, 0, 0] = x0·w0, got {got}");
        assert_eq!(refusal("tconv i2 k2", &alone(rival)), expected);
    }
    // What cancels is the same polynomial.
    let nothing = Adds("nothing", |x, _| {
        let mut zero = x.times(x);
        zero.add_product(&Polynomial::constant(-Rational::one()), &x.times(x));
        zero
    });
    assert!(compare(&geometry("tconv i2 k2"), &alone(nothing), MAX_PRODUCTS).unwrap().all_same());
}

#[test]
fn other_cells_differ_and_a_rival_that_declines_counts_as_neither() {
    let told = refusal("tconv i2 k2", &alone(AnotherShape));
    assert_eq!(told, "tconv i2 k2: shape [1, 1, 3], got [1, 1, 3, 1]");

    let rivals: Vec<Rival> = vec![Box::new(StrideOneOnly), Box::new(formulation::Gather)];
    let report = compare(&geometry("tconv i2 k2 s2"), &rivals, MAX_PRODUCTS).unwrap();
    assert!(!report.all_same() && !report.any_differs());
    assert_eq!(report.outcomes.iter().map(|o| o.verdict.word()).collect::<Vec<_>>(), ["skipped", "same"]);
    assert!(
        matches!(&report.outcomes[0].verdict, Verdict::Skipped(e) if e.to_string() == "Q4: a wrong program: stride 2")
    );
    assert_eq!((report.outcomes[0].agreeing, report.outcomes[1].agreeing), (0, 4));

    let report = swept(&family("i=2,k=2,s=2,d=1,a=0"), &rivals);
    let [declines, answers] = &report.outcomes[..] else { panic!("two outcomes") };
    assert_eq!((declines.word(), declines.differs, answers.word()), ("skipped", 0, "same"));
    assert!(declines.same > 0 && declines.skipped > 0 && declines.witness.is_none());
    assert_eq!(declines.same + declines.skipped, report.geometries);
    assert_eq!(declines.reason.as_ref().unwrap().rule(), "Q4");
    assert_eq!(answers.same, report.geometries);
}

#[test]
fn a_question_too_large_is_an_error_and_no_verdict() {
    let g = geometry("tconv i4x4 k3x3");
    assert_eq!(compare(&g, &formulation::all(), 143).unwrap_err().rule(), "L4");
    assert!(compare(&g, &formulation::all(), 144).unwrap().all_same());
    let bounds = family("i=2,k=2,s=1,d=1,a=0");
    assert_eq!(sweep::sweep(&bounds, &formulation::all(), 2, |_| {}).unwrap_err().rule(), "L4");
}

/// Combinations and legal ones of one axis, by the length formula alone.
fn axes(bounds: &Family) -> (u64, u64) {
    let OutputPaddings::UpTo(most) = bounds.output_padding else { panic!("bounds with a number") };
    let (mut all, mut legal) = (0, 0);
    for (i, k) in (1..=bounds.input).flat_map(|i| (1..=bounds.kernel).map(move |k| (i, k))) {
        for (s, d) in (1..=bounds.stride).flat_map(|s| (1..=bounds.dilation).map(move |d| (s, d))) {
            let pads = -1..=d * (k - 1) + 1;
            for cropped in pads.clone().flat_map(|begin| pads.clone().map(move |end| begin + end)) {
                for a in 0..=most {
                    all += 1;
                    legal += u64::from(s * (i - 1) + d * (k - 1) + 1 - cropped + a >= 1);
                }
            }
        }
    }
    (all, legal)
}

/// The six on every geometry of a family, `outer` of channels, groups and batch for each choice
/// of axes: `(combinations, legal geometries)`.
fn six_are_same(bounds: &str, outer: u64) -> (u128, u64) {
    let bounds = family(bounds);
    let report = swept(&bounds, &formulation::all());
    assert_eq!(report.outcomes.len(), 6);
    for outcome in &report.outcomes {
        let Some(witness) = &outcome.witness else {
            assert_eq!((outcome.same, outcome.skipped), (report.geometries, 0), "{}", outcome.name);
            continue;
        };
        panic!("{}: {}", outcome.name, told(witness));
    }
    let ((all, legal), rank) = (axes(&bounds), u32::try_from(bounds.rank).unwrap());
    assert_eq!(report.combinations, u128::from(all.pow(rank) * outer));
    assert_eq!(report.geometries, legal.pow(rank) * outer);
    (report.combinations, report.geometries)
}

#[test]
fn the_six_are_the_same_on_every_small_geometry_of_one_dimension() {
    assert_eq!(six_are_same("", 1), (33_280, 29_251));
}

#[test]
fn the_six_are_the_same_with_channels_groups_and_batches() {
    // Common divisors of the two channel counts, over all pairs up to 4: 22; two batches.
    six_are_same("i=2,k=2,s=2,d=2,a=1,c=4,n=2", 44);
}

#[test]
fn the_six_are_the_same_in_two_dimensions_with_channels_and_groups() {
    six_are_same("rank=2,i=2,k=2,s=2,d=1,a=0,c=2", 5);
}

#[test]
fn the_six_are_the_same_in_two_dimensions_with_dilation() {
    six_are_same("rank=2,i=2,k=2,s=2,d=2,a=0", 1);
}

#[test]
fn the_six_are_the_same_in_three_dimensions() {
    six_are_same("rank=3,i=1,k=2,s=2,d=1,a=0", 1);
}
