//! The spec language and the rules of a geometry: what is read, what is refused, in which words.
#![allow(clippy::unwrap_used)] // a test fails by panicking

use std::time::{Duration, Instant};

use crate::common::{raw_axis, sampled, spec_strategy};
use convproof::geometry::{Axis, Geometry, Padding, Window};
use convproof::{Error, Kind, Spec};
use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::TestRunner;

fn pads(spec: &str) -> Vec<(i64, i64)> {
    let spec: Spec = spec.parse().unwrap();
    spec.geometry.axes().iter().map(|axis| (axis.padding().begin, axis.padding().end)).collect()
}

#[test]
fn one_entry_means_every_axis() {
    assert_eq!(pads("tconv i4x4 k3x3 p1:2x0:-1"), [(1, 2), (0, -1)]);
    assert_eq!(pads("tconv i4x4 k3x3 p1:2"), [(1, 2), (1, 2)]);
    assert_eq!(pads("tconv i4x4 k3x3 p1x2"), [(1, 1), (2, 2)]);
    assert_eq!(pads("tconv i4 k3 p1x2"), [(1, 1), (2, 2)]); // the rank is that of the longest token
    let spec: Spec = "tconv s2x1 i4 k3 a1x0 d1x2".parse().unwrap();
    assert_eq!(spec.to_string(), "tconv i4x4 k3x3 s2x1 a1x0 d1x2");
}

#[test]
fn normal_forms() {
    for (given, normal) in [
        ("tconv i4x4 k3x3 s1x1 p0x0 a0 d1 c1:1 g1 n1", "tconv i4x4 k3x3"),
        ("tconv n2 g3 c3:6 d2 a1 p1:1 s2 k3 i4", "tconv i4 k3 s2 p1 a1 d2 c3:6 g3 n2"),
        ("tconv i4x4 k3x3 p1:2x1:2", "tconv i4x4 k3x3 p1:2"),
        ("tconv i4x4 k3x3 p1:2x2:1", "tconv i4x4 k3x3 p1:2x2:1"),
        ("tconv i04 k003 p-0", "tconv i4 k3"),
        ("  tconv\t_i4\n k3__", "tconv i4 k3"),
        ("conv i6 k3 s2 p1", "conv i6 k3 s2 p1"), // its a = 1 is not said
        ("conv i4 k3 c3:8", "conv i4 k3 c3:8"),
    ] {
        let spec: Spec = given.parse().unwrap();
        assert_eq!(spec.to_string(), normal);
        assert_eq!(normal.parse::<Spec>().unwrap(), spec);
    }
}

#[test]
fn a_file_name_is_a_spec_too() {
    let name = "tconv_i2x2_k2x3_p0,1x6,5_c4,6";
    let spec: Spec = "tconv i2x2 k2x3 s10 p0:1x6:5 c4:6".parse().unwrap();
    assert_eq!(spec.file_name(), "tconv_i2x2_k2x3_s10_p0,1x6,5_c4,6");
    assert_eq!(spec.file_name().parse::<Spec>().unwrap(), spec);
    // As it stands, this name crops more than its second axis has.
    assert_eq!(name.parse::<Spec>().unwrap_err().rule(), "G5");
}

#[test]
fn i_and_c_are_those_of_the_named_operation() {
    let (conv, tconv): (Spec, Spec) =
        ("conv i6 k3 s2 p1 c3:8".parse().unwrap(), "tconv i3 k3 s2 p1 a1 c8:3".parse().unwrap());
    assert_eq!(conv.geometry, tconv.geometry);
    assert_eq!((conv.input_shape(), conv.output_shape()), (vec![1, 3, 6], vec![1, 8, 3]));
    assert_eq!((tconv.input_shape(), tconv.output_shape()), (vec![1, 8, 3], vec![1, 3, 6]));
    assert_ne!(conv, tconv);
}

/// Refused specs: text, carets below it (none for a geometry), the message.
const REFUSED: &[(&str, &str, &str)] = &[
    ("", "^", "S1: expected 'conv' or 'tconv', got ''"),
    ("deconv i4 k3", "^^^^^^", "S1: expected 'conv' or 'tconv', got 'deconv'"),
    ("Tconv i4 k3", "^^^^^", "S1: expected 'conv' or 'tconv', got 'Tconv'"),
    (
        "tconv i4 q3",
        "         ^^",
        "S2: unknown token 'q3'; tokens are i k s p a d c g n, each followed by its numbers: tconv i4x4 k3x3 s2 p1",
    ),
    (
        "tconv ü4 q3",
        "      ^^",
        "S2: unknown token 'ü4'; tokens are i k s p a d c g n, each followed by its numbers: tconv i4x4 k3x3 s2 p1",
    ),
    ("tconv i4 k3 i5", "            ^^", "S3: token 'i' is given twice; each may stand once"),
    ("tconv k3", "^^^^^", "S4: 'i', the input lengths, is missing: tconv i4x4 k3x3"),
    ("tconv i4x4", "^^^^^", "S4: 'k', the kernel lengths, is missing: tconv i4x4 k3x3"),
    (
        "conv i6 k3 a1",
        "           ^^",
        "S4: 'a' goes with tconv only: a convolution given from its own input has a = N mod s",
    ),
    ("tconv i0 k3", "       ^", "S5: '0' in token 'i'; expected whole numbers of at least 1 joined by 'x', as 4x4"),
    ("tconv i k3", "       ^", "S5: '' in token 'i'; expected whole numbers of at least 1 joined by 'x', as 4x4"),
    ("tconv i4x k3", "         ^", "S5: '' in token 'i'; expected whole numbers of at least 1 joined by 'x', as 4x4"),
    (
        "tconv i4x-1 k3",
        "         ^^",
        "S5: '-1' in token 'i'; expected whole numbers of at least 1 joined by 'x', as 4x4",
    ),
    (
        "tconv i4 k3 s+2",
        "             ^^",
        "S5: '+2' in token 's'; expected whole numbers of at least 1 joined by 'x', as 4x4",
    ),
    (
        "tconv i4 k3 p1.5",
        "             ^^^",
        "S5: '1.5' in token 'p'; expected whole numbers joined by 'x', as p1 or p1:2x0:-1",
    ),
    (
        "tconv i4 k3 p1:2:3",
        "               ^^^",
        "S5: '2:3' in token 'p'; expected whole numbers joined by 'x', as p1 or p1:2x0:-1",
    ),
    (
        "tconv i4 k3 p--1",
        "             ^^^",
        "S5: '--1' in token 'p'; expected whole numbers joined by 'x', as p1 or p1:2x0:-1",
    ),
    ("tconv i4 k3 s1:2", "             ^^^", "S5: '1:2' in token 's'; only p and c take two numbers joined by ':'"),
    ("tconv i4 k3 a-1", "             ^^", "S5: '-1' in token 'a'; expected whole numbers of at least 0 joined by 'x'"),
    ("tconv i4 k3 c3", "             ^", "S5: '3' in token 'c'; write input:output, as c3:8"),
    ("tconv i4 k3 c1:2x3:4", "             ^^^^^^^", "S5: '1:2x3:4' in token 'c'; write input:output, as c3:8"),
    ("tconv i4 k3 c0:1", "             ^", "S5: '0' in token 'c'; expected a whole number of at least 1"),
    ("tconv i4 k3 g1x2", "             ^^^", "S5: '1x2' in token 'g'; write one number"),
    (
        "tconv i9223372036854775808 k3",
        "       ^^^^^^^^^^^^^^^^^^^",
        "S5: '9223372036854775808' in token 'i'; it must fit 63 bits",
    ),
    ("tconv i4x4x4 k3x3", "             ^^^^", "S6: token 'k' has 2 entries; expected 1 or 3, the rank of this spec"),
    ("tconv i4x4 k3 p1x1x1", "      ^^^^", "S6: token 'i' has 2 entries; expected 1 or 3, the rank of this spec"),
    ("tconv i4 k3 c3:2 g2", "", "G4: 2 groups do not divide 3 input channels; groups must divide both channel counts"),
    ("tconv i4 k3 c2:3 g2", "", "G4: 2 groups do not divide 3 output channels; groups must divide both channel counts"),
    (
        "tconv i4x3 k3 p0x3",
        "",
        "G5: output length -1 on axis 1: padding 3 + 3 exceeds 4 (input 3, kernel 3, stride 1); at least 1 must remain",
    ),
    (
        "tconv i1 k2 s2 p2 d2 a1",
        "",
        "G5: output length 0 on axis 0: padding 2 + 2 exceeds 3 (input 1, kernel 2, stride 2, dilation 2, output padding 1); at least 1 must remain",
    ),
    (
        "conv i6x2 k3x3 d1x2 p0x1",
        "",
        "G6: a kernel that spans 5 does not fit into 4 on axis 1 (input 2, padding 1 + 1); the convolution would be empty",
    ),
    (
        "tconv i2x2 k2 s1x9000000000000000000",
        "",
        "G7: positions on axis 1 reach 9000000000000000001; they must stay below 2^62",
    ),
    (
        "tconv i4 k3 a9223372036854775807",
        "",
        "G7: positions on axis 0 reach 9223372036854775807; they must stay below 2^62",
    ),
    (
        "tconv i3000000000x3000000000 k1",
        "",
        "G8: the input has 4611686018427387904 cells or more; it must have fewer than 2^62",
    ),
];

#[test]
fn refused_specs_name_their_rule_and_show_the_place() {
    for &(text, carets, message) in REFUSED {
        let error = text.parse::<Spec>().expect_err(text);
        assert_eq!(error.to_string(), message);
        assert!(message.starts_with(&format!("{}: ", error.rule())));
        let excerpt = (!carets.is_empty()).then(|| format!("  {text}\n  {carets}"));
        assert_eq!(error.excerpt(), excerpt, "{text}");
    }
    // A tab or a line end does not move the caret.
    let error = "tconv\ti4\nq3".parse::<Spec>().unwrap_err();
    assert_eq!(error.excerpt().unwrap(), "  tconv i4 q3\n           ^^");
}

#[test]
fn rules_that_a_spec_cannot_break() {
    let window = Window::new(3);
    let one = || Geometry::new(vec![window.transposed(2, 0).unwrap()]).unwrap();
    let huge = Padding::both(i64::MIN);
    let refused: Vec<(Result<(), Error>, &str)> = vec![
        (
            Geometry::new(vec![]).map(drop),
            "G1: 0 values of the axes for 0 axes; every per-axis list has one entry per axis, at least one",
        ),
        (window.transposed(0, 0).map(drop), "G2: input 0 on axis 0; it must be at least 1"),
        (window.convolving(-3).map(drop), "G2: input -3 on axis 0; it must be at least 1"),
        (Window::new(0).transposed(1, 0).map(drop), "G2: kernel 0 on axis 0; it must be at least 1"),
        (Window { stride: 0, ..window }.convolving(4).map(drop), "G2: stride 0 on axis 0; it must be at least 1"),
        (Window { dilation: -1, ..window }.convolving(4).map(drop), "G2: dilation -1 on axis 0; it must be at least 1"),
        (one().with_channels(0, 1, 1).map(drop), "G3: input channels 0; it must be at least 1"),
        (one().with_channels(1, -1, 1).map(drop), "G3: output channels -1; it must be at least 1"),
        (one().with_channels(1, 1, 0).map(drop), "G3: groups 0; it must be at least 1"),
        (one().with_batch(0).map(drop), "G3: batch 0; it must be at least 1"),
        (
            Window { padding: huge, ..window }.transposed(1, 0).map(drop),
            "G7: positions on axis 0 reach 9223372036854775808; they must stay below 2^62",
        ),
        (
            window.convolving(i64::MAX).map(drop),
            "G7: positions on axis 0 reach 9223372036854775807; they must stay below 2^62",
        ),
        (
            window.transposed(1, -1).map(drop),
            "G9: output padding -1 on axis 0; it must be at least 0 (a larger end padding crops)",
        ),
        (Geometry::new(vec![window.transposed(1, 0).unwrap(); 33]).map(drop), "G10: 33 axes; at most 32 are supported"),
    ];
    for (result, message) in refused {
        assert_eq!(result.unwrap_err().to_string(), message);
    }
}

#[test]
fn every_rule_of_specs_and_geometries_is_refused_somewhere_above() {
    let source = include_str!("specs.rs");
    for rule in convproof::error::rules::RULES.iter().filter(|rule| rule.id.starts_with(['G', 'S'])) {
        assert!(source.contains(&format!("\"{}: ", rule.id)), "no message of {}", rule.id);
    }
}

#[test]
fn hostile_specs_are_answered_at_once() {
    let max = i64::MAX;
    let xs = "x".repeat(10_000);
    let ones = vec!["1"; 10_000].join("x");
    let texts = [
        xs.clone(),
        format!("tconv i{xs} k3"),
        format!("tconv {xs}"),
        format!("tconv i{ones} k1"),
        format!("tconv i1 k1 p{}", vec!["0:0"; 10_000].join("x")),
        format!("tconv i{} k1", "9".repeat(10_000)),
        format!("tconv i1 k1 {}", "s1 ".repeat(10_000)),
        format!("tconv{}i1 k1", " ".repeat(10_000)),
        format!("tconv i{max} k1"),
        format!("tconv i{max} k{max} s{max} d{max} p{max} a{max} c{max}:{max} g{max} n{max}"),
        format!("conv i{max} k{max} s{max} d{max} p{max}:-{max}"),
        format!("conv i{max} k1 p-{max}"),
        format!("tconv i1 k1 p-{max}:-{max}"),
        "tconv i1 k1 p-9223372036854775808".to_owned(),
        format!("tconv i1 k1 a{max} p{max}"),
        format!("tconv i1 k1 c{max}:{max} g{max}"),
        format!("tconv i1 k1 n{max}"),
        "tconv i４ k3".to_owned(),
        "tconv i4\u{0} k3".to_owned(),
        "tconv i4 k3 \u{1f600}".to_owned(),
        "tconv i4 k3 p−1".to_owned(),
        "\u{202e}tconv i4 k3".to_owned(),
        "_".to_owned(),
        "tconv : , x".to_owned(),
        "tconv p: i, k: c:".to_owned(),
    ];
    for text in texts {
        let start = Instant::now();
        match text.parse::<Spec>() {
            Ok(spec) => assert_eq!(spec.to_string().parse::<Spec>().unwrap(), spec),
            Err(error) => assert!(!error.to_string().is_empty() && error.excerpt().is_none_or(|e| e.contains('^'))),
        }
        let shown: String = text.chars().take(40).collect();
        assert!(start.elapsed() < Duration::from_secs(1), "{shown}");
    }
}

/// What was drawn, by name of the corner.
fn corners(spec: &Spec) -> Vec<&'static str> {
    let g = &spec.geometry;
    let gcd = |mut a: i64, mut b: i64| {
        while b != 0 {
            (a, b) = (b, a % b);
        }
        a
    };
    let any = |holds: &dyn Fn(&Axis, Padding) -> bool| g.axes().iter().any(|axis| holds(axis, axis.padding()));
    let corners = [
        ("conv", spec.kind == Kind::Conv),
        ("tconv", spec.kind == Kind::Tconv),
        ("rank 1", g.rank() == 1),
        ("rank 2", g.rank() == 2),
        ("rank 3", g.rank() == 3),
        ("rank 4", g.rank() == 4),
        ("axes that differ", g.axes().iter().any(|axis| *axis != g.axes()[0])),
        ("unequal pads", any(&|_, p| p.begin != p.end)),
        ("negative pad in front", any(&|_, p| p.begin < 0)),
        ("negative pad behind", any(&|_, p| p.end < 0)),
        ("crop beyond the kernel in front", any(&|a, p| p.begin > a.dilation() * (a.kernel() - 1))),
        ("crop beyond the kernel behind", any(&|a, p| p.end > a.dilation() * (a.kernel() - 1))),
        ("k < s", any(&|a, _| a.kernel() < a.stride())),
        ("d > s > 1", any(&|a, _| a.dilation() > a.stride() && a.stride() > 1)),
        ("gcd(d, s) > 1", any(&|a, _| gcd(a.dilation(), a.stride()) > 1)),
        ("1 < gcd(d, s) < s", any(&|a, _| (2..a.stride()).contains(&gcd(a.dilation(), a.stride())))),
        ("0 < a < s", any(&|a, _| (1..a.stride()).contains(&a.output_padding()))),
        ("a ≥ s", any(&|a, _| a.output_padding() >= a.stride())),
        ("1×1 input", g.rank() == 2 && g.axes().iter().all(|a| a.input() == 1)),
        ("1×1 kernel", g.rank() == 2 && g.axes().iter().all(|a| a.kernel() == 1)),
        ("one output cell", g.axes().iter().all(|a| a.output() == 1)),
        ("an output that nothing reaches", any(&|a, _| (0..a.output()).any(|o| a.meetings_of_output(o).count() == 0))),
        ("channels that differ", g.in_channels() != g.out_channels()),
        ("groups", g.groups() > 1),
        ("groups of several channels", g.groups() > 1 && g.in_channels() > g.groups() && g.out_channels() > g.groups()),
        ("depthwise", g.groups() > 1 && g.in_channels() == g.groups() && g.out_channels() == g.groups()),
        ("batch", g.batch() > 1),
    ];
    corners.into_iter().filter_map(|(name, drawn)| drawn.then_some(name)).collect()
}

#[test]
fn every_corner_is_drawn() {
    let mut runner = TestRunner::deterministic();
    let strategy = spec_strategy();
    let mut drawn = std::collections::BTreeMap::<_, usize>::new();
    for _ in 0..1000 {
        let spec = strategy.new_tree(&mut runner).unwrap().current();
        for corner in corners(&spec) {
            *drawn.entry(corner).or_default() += 1;
        }
        assert!(spec.geometry.products() <= 4096);
    }
    // 27 corners, each at least five times in a thousand.
    assert_eq!(drawn.len(), 27, "{drawn:#?}");
    assert!(drawn.values().all(|&times| times >= 5), "{drawn:#?}");
}

#[test]
fn an_axis_without_output_is_drawn_and_refused() {
    let mut runner = TestRunner::deterministic();
    let mut refused = 0;
    for _ in 0..200 {
        let raw = raw_axis(1).new_tree(&mut runner).unwrap().current();
        if let Err(error) = raw.axis() {
            assert_eq!(error.rule(), "G5");
            refused += 1;
        }
    }
    assert!(refused >= 5, "{refused}");
}

/// Words that look like a spec, right and wrong, in any order.
fn word_soup() -> impl Strategy<Value = String> {
    let part = prop_oneof![
        Just("conv".to_owned()),
        Just("tconv".to_owned()),
        "[ikspadcgn]",
        "[0-9]{1,3}",
        "-?[0-9]{1,20}",
        "[x:,_ \t-]",
        any::<char>().prop_map(String::from),
    ];
    let token = "[ikspadcgn]-?[0-9]{1,2}([x:,]-?[0-9]{1,2}){0,2}".boxed();
    let soup = proptest::collection::vec(prop_oneof![part, token], 0..16);
    (prop_oneof![Just(""), Just("tconv i2 "), Just("conv i4 k2 ")], soup, prop_oneof![Just(""), Just(" ")])
        .prop_map(|(start, soup, between)| start.to_owned() + &soup.join(between))
}

proptest! {
    #![proptest_config(sampled(256))]

    #[test]
    fn the_normal_form_reads_back(spec in spec_strategy()) {
        let normal = spec.to_string();
        prop_assert_eq!(&normal.parse::<Spec>().unwrap(), &spec);
        prop_assert_eq!(normal.parse::<Spec>().unwrap().to_string(), normal);
    }

    #[test]
    fn a_file_name_reads_back_and_is_one_word(spec in spec_strategy()) {
        let name = spec.file_name();
        prop_assert!(name.chars().all(|c| c.is_ascii_alphanumeric() || "_,-".contains(c)), "{}", name);
        prop_assert_eq!(name.parse::<Spec>().unwrap(), spec);
    }

    #[test]
    fn the_order_of_the_tokens_does_not_matter(spec in spec_strategy(), seed in any::<u64>()) {
        let normal = spec.to_string();
        let (kind, tokens) = normal.split_once(' ').unwrap();
        let mut tokens: Vec<_> = tokens.split(' ').collect();
        tokens.sort_by_key(|token| seed.rotate_left(u32::from(token.as_bytes()[0])));
        prop_assert_eq!(format!("{kind}  {}", tokens.join(" _ ")).parse::<Spec>().unwrap(), spec);
    }

    #[test]
    fn any_text_is_read_or_refused(text in any::<String>()) {
        prop_assert!(text.parse::<Spec>().is_err());
    }

    #[test]
    fn any_words_are_read_back_or_refused_with_a_registered_rule(text in word_soup()) {
        match text.parse::<Spec>() {
            Ok(spec) => prop_assert_eq!(spec.to_string().parse::<Spec>().unwrap(), spec),
            Err(error) => {
                prop_assert!(convproof::error::rules::find(error.rule()).is_some());
                prop_assert_eq!(error.excerpt().is_some(), error.rule().starts_with('S'));
            }
        }
    }
}
