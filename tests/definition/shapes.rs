//! Lengths: is every published shape formula true where it says so, and only there?
//!
//! The judge is counting: sliding a window, and scattering taps. Neither uses a formula.
#![allow(clippy::unwrap_used)] // a test fails by panicking

use convproof::Spec;
use convproof::geometry::formulas::{self, FORMULAS, Formula, Lengths, shape_report};
use convproof::geometry::{Axis, Kind, Padding, Window};

/// Slides the window over the padded input and counts the places where it lies inside.
fn placements(length: i64, window: Window) -> i64 {
    let padded = length + window.padding.begin + window.padding.end;
    let mut count = 0;
    let mut start = 0;
    while (0..window.kernel).all(|t| start + window.dilation * t < padded) {
        count += 1;
        start += window.stride;
    }
    count
}

/// Scatters every tap of every input, adds `a` cells at the end and takes the pads away.
fn scattered(input: i64, window: Window, output_padding: i64) -> i64 {
    let mut buffer = 0;
    for i in 0..input {
        for t in 0..window.kernel {
            buffer = buffer.max(window.stride * i + window.dilation * t + 1);
        }
    }
    buffer + output_padding - window.padding.begin - window.padding.end
}

/// Every window with k ≤ 4, s ≤ 4, d ≤ 3 and pads −1 … k + 1 at each end.
fn windows() -> impl Iterator<Item = Window> {
    let sizes = (1..=4).flat_map(|k| (1..=4).flat_map(move |s| (1..=3).map(move |d| (k, s, d))));
    sizes.flat_map(|(kernel, stride, dilation)| {
        let pads = (-1..=kernel + 1).flat_map(move |begin| (-1..=kernel + 1).map(move |end| Padding { begin, end }));
        pads.map(move |padding| Window { kernel, stride, dilation, padding })
    })
}

/// Every axis of these windows with input ≤ 8 and a ≤ 4, and what counting says: `(o, o')`.
fn axes() -> impl Iterator<Item = (Axis, i64, i64)> {
    let all = windows().flat_map(|w| (1..=8).flat_map(move |input| (0..=4).map(move |a| (w, input, a))));
    all.filter_map(|(window, input, a)| {
        let axis = window.transposed(input, a).ok()?;
        Some((axis, placements(axis.output(), window), scattered(input, window, a)))
    })
}

fn counted(formula: &Formula, (_, conv, tconv): &(Axis, i64, i64)) -> i64 {
    match formula.operation {
        Kind::Conv => *conv,
        Kind::Tconv => *tconv,
    }
}

fn axis(spec: &str) -> Axis {
    spec.parse::<Spec>().unwrap().geometry.axes()[0]
}

#[test]
fn an_axis_has_the_lengths_that_counting_gives() {
    for window in windows() {
        for input in 1..=8 {
            for a in 0..=4 {
                let counted = scattered(input, window, a);
                match window.transposed(input, a) {
                    Ok(axis) => assert_eq!((axis.input(), axis.output()), (input, counted), "{window:?}"),
                    Err(e) => assert!(e.rule() == "G5" && counted < 1, "{e}, counted {counted}"),
                }
            }
            let counted = placements(input, window);
            match window.convolving(input) {
                Ok(axis) => {
                    assert_eq!((axis.input(), axis.output()), (counted, input), "{window:?}");
                    assert!((0..axis.stride()).contains(&axis.output_padding()));
                }
                Err(e) => assert!(e.rule() == "G6" && counted == 0, "{e}, counted {counted}"),
            }
        }
    }
}

#[test]
fn every_formula_is_true_where_it_applies() {
    let all: Vec<_> = axes().collect();
    for formula in FORMULAS {
        let applying: Vec<_> = all.iter().filter(|(axis, ..)| formula.applies(axis)).collect();
        assert!(!applying.is_empty(), "{} never applies", formula.id);
        for case in applying {
            assert_eq!(formula.value(&case.0), counted(formula, case), "{} on {:?}", formula.id, case.0);
        }
    }
}

#[test]
fn every_condition_of_a_formula_is_necessary() {
    let all: Vec<_> = axes().collect();
    for formula in FORMULAS {
        for (n, condition) in formula.conditions.iter().enumerate() {
            // Every condition but the n-th holds.
            let alone = |axis: &Axis| {
                formula.conditions.iter().enumerate().all(|(m, condition)| (condition.holds)(axis) == (m != n))
            };
            let wrong = all.iter().find(|case| alone(&case.0) && formula.value(&case.0) != counted(formula, case));
            assert!(wrong.is_some(), "{} is never wrong without '{}'", formula.id, condition.text);
        }
    }
}

#[test]
fn the_register_holds_the_fifteen_relationships_and_what_completes_them() {
    let ids: Vec<_> = FORMULAS.iter().map(|formula| formula.id).collect();
    let numbered: Vec<_> = (1..=15).map(|n| format!("R{n}")).collect();
    assert_eq!(ids[..15], numbered);
    assert_eq!(ids[15..], ["R15T", "RC", "RT"]);
    for (n, formula) in (1..).zip(&FORMULAS[..15]) {
        let theano = match n {
            ..7 => format!("Theano {n}"),
            7 => "not in Theano".to_owned(),
            _ => format!("Theano {}", n - 1),
        };
        assert_eq!(formula.source, format!("guide {n}, {theano}"));
        assert_eq!(formula.operation, if (8..=14).contains(&n) { Kind::Tconv } else { Kind::Conv });
        let result = if formula.operation == Kind::Conv { "o = " } else { "o' = " };
        assert!(formula.statement.starts_with(result), "{}", formula.statement);
    }
    assert_eq!(formulas::find("r15t").unwrap().id, "R15T");
    assert!(formulas::find("R16").is_none());
}

/// Evaluates `⌊(5 + 2·1 − 3)/2⌋ + 1`; `/` stands under a floor only.
struct Expression<'a>(&'a str);

impl Expression<'_> {
    fn take(&mut self, token: &str) -> bool {
        let rest = self.0.trim_start();
        self.0 = rest.strip_prefix(token).unwrap_or(rest);
        self.0.len() < rest.len()
    }

    fn sum(&mut self) -> i64 {
        let mut sum = if self.take("−") { -self.product() } else { self.product() };
        loop {
            if self.take("+") {
                sum += self.product();
            } else if self.take("−") {
                sum -= self.product();
            } else {
                return sum;
            }
        }
    }

    fn product(&mut self) -> i64 {
        let mut product = self.factor();
        loop {
            if self.take("·") {
                product *= self.factor();
            } else if self.take("/") {
                product = product.div_euclid(self.factor());
            } else if self.take("mod") {
                product = product.rem_euclid(self.factor());
            } else {
                return product;
            }
        }
    }

    fn factor(&mut self) -> i64 {
        for (open, close) in [("(", ")"), ("⌊", "⌋")] {
            if self.take(open) {
                let inner = self.sum();
                assert!(self.take(close), "{close} before {}", self.0);
                return inner;
            }
        }
        let digits = self.0.trim_start().bytes().take_while(u8::is_ascii_digit).count();
        let (number, rest) = self.0.trim_start().split_at(digits);
        self.0 = rest;
        number.parse().unwrap()
    }
}

#[test]
fn the_numbers_put_into_a_formula_make_a_true_equation() {
    for (axis, ..) in axes().step_by(7) {
        for formula in FORMULAS {
            let text = formula.text(&axis);
            for side in text.split(" = ") {
                let mut expression = Expression(side);
                let value = expression.sum();
                assert_eq!((value, expression.0), (formula.value(&axis), ""), "{}: {text}", formula.id);
            }
        }
    }
    let text = |id: &str, spec: &str| formulas::find(id).unwrap().text(&axis(spec));
    assert_eq!(text("R1", "conv i4 k3"), "4 − 3 + 1 = 2");
    assert_eq!(text("R3", "conv i5 k3 p1"), "5");
    assert_eq!(text("R6", "conv i5 k3 s2 p1"), "⌊(5 + 2·1 − 3)/2⌋ + 1 = 3");
    assert_eq!(text("R14", "conv i6 k3 s2 p1"), "2·(3 − 1) + (6 + 2·1 − 3) mod 2 + 3 − 2·1 = 6");
    assert_eq!(text("R15", "conv i7 k3 d2"), "⌊(7 + 2·0 − 5)/1⌋ + 1 = 3");
    assert_eq!(text("RT", "tconv i3 k3 s2 p-1:2 a1 d2"), "2·(3 − 1) + 2·(3 − 1) + 1 − (−1) − 2 + 1 = 9");
}

#[test]
fn exactly_s_sizes_share_an_output_size() {
    // R6's addition, over 1 ≤ i ≤ 32, 1 ≤ k ≤ 9, 0 ≤ p < k, 1 ≤ s ≤ 8 with s dividing i + 2p − k.
    let mut geometries = 0;
    for (kernel, stride) in (1..=9).flat_map(|k| (1..=8).map(move |s| (k, s))) {
        for (p, i) in (0..kernel).flat_map(|p| (1..=32).map(move |i| (p, i))) {
            let window = Window { stride, padding: Padding::both(p), ..Window::new(kernel) };
            let free = i + 2 * p - kernel;
            if free < 0 || free % stride != 0 {
                continue;
            }
            geometries += 1;
            let o = placements(i, window);
            let sharing: Vec<_> = (1..=48).filter(|&l| placements(l, window) == o).collect();
            assert_eq!(sharing, (i..i + stride).collect::<Vec<_>>(), "{window:?}");
        }
    }
    assert_eq!(geometries, 3776);
}

#[test]
fn r13_alone_inverts_the_shape_of_these_many_geometries() {
    let r13 = formulas::find("R13").unwrap();
    let mut found = Vec::new();
    for stride in 1..=4 {
        let (mut all, mut inverted) = (0, 0);
        for (i, k) in (1..=32).flat_map(|i| (1..=7).map(move |k| (i, k))) {
            for p in 0..k {
                let window = Window { stride, padding: Padding::both(p), ..Window::new(k) };
                let Ok(axis) = window.convolving(i) else { continue };
                all += 1;
                inverted += i32::from(r13.value(&axis) == i);
                assert_eq!(r13.applies(&axis), r13.value(&axis) == i);
            }
        }
        found.push((inverted, all));
    }
    assert_eq!(found, [(862, 862), (434, 862), (292, 862), (220, 862)]);
}

#[test]
fn r2_and_r3_as_the_remarks_on_them_say() {
    // p ≥ k: the outermost p − k + 1 outputs on each side see padding alone.
    for (p, zeros) in [(2, 0), (3, 1), (4, 2)] {
        let window = Window { padding: Padding::both(p), ..Window::new(3) };
        let axis = window.convolving(5).unwrap();
        let blind: Vec<_> = (0..axis.input()).filter(|&i| axis.meetings_of_input(i).count() == 0).collect();
        let last = axis.input() - 1;
        assert_eq!(blind, (0..zeros).chain(last + 1 - zeros..=last).collect::<Vec<_>>());
    }
    // No symmetric padding keeps a length under an even kernel.
    for (k, p, i) in [2, 4, 6].into_iter().flat_map(|k| (-1..8).flat_map(move |p| (1..12).map(move |i| (k, p, i)))) {
        assert_ne!(placements(i, Window { padding: Padding::both(p), ..Window::new(k) }), i);
    }
}

// Wrong shape rules, seen in public texts, and the counting that refuses them.

#[test]
fn stretching_by_the_input_instead_of_the_stride_is_refused() {
    // Zeros between o values: o + (o−1)(s−1) cells; the rule in print has (i−1) for (s−1).
    let right = |o: i64, s: i64| (0..o).map(|n| if n == 0 { 1 } else { s }).sum::<i64>();
    let wrong = |o: i64, i: i64| o + (o - 1) * (i - 1);
    let axis = axis("conv i5 k3 s2 p1");
    assert_eq!((right(axis.input(), 2), wrong(axis.input(), 5)), (5, 11));
    for (o, s, i) in (1..6).flat_map(|o| (1..6).flat_map(move |s| (1..9).map(move |i| (o, s, i)))) {
        assert_eq!(right(o, s) == wrong(o, i), i == s || o == 1);
    }
}

#[test]
fn an_output_size_without_floor_is_refused() {
    // (i + 2p − k)/s + 1 as a fraction over s.
    let halves = |i: i64| (i + 2 - 3 + 2, 2);
    let window = axis("conv i6 k3 s2 p1").window();
    assert_eq!((placements(6, window), halves(6)), (3, (7, 2)));
    assert_eq!((placements(5, window), halves(5)), (3, (6, 2))); // it is a whole number only here
}

#[test]
fn the_same_hyper_parameters_do_not_always_give_the_shape_back() {
    let window = axis("conv i17 k5 s3 p2").window();
    for (i, back) in [(16, 16), (17, 16), (18, 16), (19, 19)] {
        let o = placements(i, window);
        assert_eq!((o, scattered(o, window, 0)), (if i < 19 { 6 } else { 7 }, back));
        let report = shape_report(&format!("conv i{i} k5 s3 p2").parse().unwrap());
        assert_eq!(scattered(o, window, report.repairing_a[0]), i);
    }
}

#[test]
fn all_rows_of_the_convolution_are_the_adjoint_only_for_a_below_s() {
    // s = 1, d = 2, a = 1, which a framework with a < max(s, d) takes: one row too many.
    let axis = axis("tconv i3 k3 a1 d2");
    assert_eq!(placements(axis.output(), axis.window()), axis.input() + 1);
    for (axis, rows, _) in axes() {
        let (a, s) = (axis.output_padding(), axis.stride());
        assert_eq!(rows == axis.input(), a < s, "{axis:?}");
        assert_eq!(rows, axis.input() + a / s);
        // It is the adjoint of the convolution whose end pad is smaller by a.
        let Padding { begin, end } = axis.padding();
        let shorter = Window { padding: Padding { begin, end: end - a }, ..axis.window() };
        assert_eq!(placements(axis.output(), shorter), axis.input());
    }
}

// The shape report.

#[test]
fn a_report_lists_the_lengths_that_share_an_output_and_the_a_that_repairs_it() {
    for (axis, rows, _) in axes().filter(|(axis, ..)| axis.input() <= 3) {
        let geometry = convproof::Geometry::new(vec![axis]).unwrap();
        for (kind, rows) in [(Kind::Conv, rows), (Kind::Tconv, axis.input())] {
            let report = shape_report(&Spec { kind, geometry: geometry.clone() });
            let sharing: Vec<_> = (1..64).filter(|&l| placements(l, axis.window()) == rows).collect();
            assert_eq!(report.same_output_inputs[0].shown(), sharing, "{kind:?} {axis:?}");
            let a = report.repairing_a[0];
            let back = scattered(placements(axis.output(), axis.window()), axis.window(), a);
            assert_eq!((back, a < axis.stride()), (axis.output(), true));
        }
    }
}

#[test]
fn a_report_of_d2ls_layer() {
    let report = shape_report(&"tconv i6x6 k5x5 s3 p2 c20:10".parse().unwrap());
    assert_eq!((report.input, report.output), (vec![1, 20, 6, 6], vec![1, 10, 16, 16]));
    assert_eq!(report.spec.geometry.weight_shape(), [20, 10, 5, 5]);
    assert_eq!(report.same_output_inputs, [Lengths { first: 16, last: 18 }; 2]);
    assert_eq!(report.repairing_a, [0, 0]);
    let said = |id: &str| report.formulas.iter().find(|f| f.formula.id == id).unwrap();
    assert_eq!(said("R13").text, "o' = s(i' − 1) + k − 2p = 3·(6 − 1) + 5 − 2·2 = 16");
    assert_eq!((said("R13").applies, &said("R13").value[..]), (true, &[Some(16), Some(16)][..]));
    assert_eq!(said("R6").value, [Some(6), Some(6)]);
    assert_eq!(said("R1").text, "o = i − k + 1 needs s = 1, p_b = p_e = 0 (axes 0, 1)");
    assert_eq!((said("R1").applies, &said("R1").value[..]), (false, &[None, None][..]));
    assert_eq!(report.formulas[0].formula.operation, Kind::Tconv); // its own operation first

    let conv = shape_report(&"conv i16x16 k5x5 s3 p2 c10:20".parse().unwrap());
    assert_eq!((conv.input, conv.output), (vec![1, 10, 16, 16], vec![1, 20, 6, 6]));
    assert_eq!(conv.formulas[0].formula.id, "R1");
}

#[test]
fn a_report_where_axes_differ() {
    let report = shape_report(&"conv i4x5 k3x3 s1x2 p0x1".parse().unwrap());
    let said = |id: &str| report.formulas.iter().find(|f| f.formula.id == id).unwrap();
    assert_eq!(said("R6").text, "o = ⌊(i + 2p − k)/s⌋ + 1 = ⌊(4 + 2·0 − 3)/1⌋ + 1 = 2; ⌊(5 + 2·1 − 3)/2⌋ + 1 = 3");
    assert_eq!(said("R1").value, [Some(2), None]);
    assert_eq!(said("R1").text, "o = i − k + 1 needs s = 1, p_b = p_e = 0 (axis 1)");
}

#[test]
fn a_report_of_enormous_lengths_is_short_and_exact() {
    // Every letter at the edge of what an axis takes: no overflow, no long list.
    let edge = (1i64 << 60) - 1;
    for spec in [
        format!("tconv i{edge} k1 p-{edge} a{edge}"),
        format!("tconv i2 k1 s{edge} p-{edge}:{edge} a{edge}"),
        format!("tconv i1 k2 d{edge} p-{edge}"),
        format!("conv i{edge} k1 s{edge} p{}", edge / 4),
        format!("conv i{edge} k{edge}"),
    ] {
        let report = shape_report(&spec.parse().unwrap());
        let axis = report.spec.geometry.axes()[0];
        for said in report.formulas.iter().filter(|said| said.formula.id == "RT") {
            assert_eq!(said.value, [Some(axis.output())]);
        }
        assert!(report.same_output_inputs[0].shown().len() <= formulas::SHOWN_LENGTHS);
    }
}
