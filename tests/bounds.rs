//! Float kernels: correct ones in any order of summation are never blamed, faults are caught.
#![allow(clippy::unwrap_used, clippy::float_arithmetic, clippy::cast_precision_loss, clippy::cast_possible_truncation)]

mod common;

use std::ops::{Add, Mul};

use common::naive::{Geo, Random, lengths};
use convproof::data::{Array, Values};
use convproof::verify::{Answer, Arithmetic, Element, Format, Mode, Question, Verdict, expected};
use half::{bf16, f16};

/// A kernel's arithmetic: products and sums are rounded to the type.
trait Float: Element + Add<Output = Self> + Mul<Output = Self> + Into<f64> + std::fmt::Debug {
    const PRECISION: i32;
    fn round(value: f64) -> Self;
}

macro_rules! float {
    ($($type:ty, $precision:literal, $round:expr;)*) => {$(
        impl Float for $type {
            const PRECISION: i32 = $precision;
            fn round(value: f64) -> Self {
                $round(value)
            }
        }
    )*};
}

float! {
    f32, 24, |v| v as f32;
    f16, 11, f16::from_f64;
    bf16, 8, bf16::from_f64;
}

#[derive(Debug, Clone, Copy)]
enum Order {
    Forward,
    Backward,
    Pairwise,
}

fn sum<T: Float>(terms: &[T], order: Order) -> T {
    match (terms, order) {
        ([], _) => T::round(0.0),
        ([one], _) => *one,
        ([all @ .., last], Order::Forward) => sum(all, order) + *last,
        ([first, all @ ..], Order::Backward) => sum(all, order) + *first,
        (all, Order::Pairwise) => {
            let (left, right) = all.split_at(all.len() / 2);
            sum(left, order) + sum(right, order)
        }
    }
}

/// Products of each output cell, as `(input cell, tap)`.
fn terms(geo: &Geo) -> Vec<Vec<(usize, usize)>> {
    let mut cells = vec![Vec::new(); lengths(&geo.output()).iter().product()];
    for meet in geo.meets() {
        cells[meet.output].push((meet.input, meet.tap));
    }
    cells
}

/// Full significands over eight binades, both signs.
fn floats<T: Float>(random: &mut Random, shape: &[i64]) -> Vec<T> {
    (0..lengths(shape).iter().product())
        .map(|_| {
            let mantissa = 1.0 + (random.next() % (1 << 30)) as f64 / f64::from(1 << 30);
            let sign = if random.next().is_multiple_of(2) { 1.0 } else { -1.0 };
            T::round(sign * mantissa * 2f64.powi(random.range(-5, 2) as i32))
        })
        .collect()
}

/// Faults tried and caught among some cases.
fn kernels_of<T: Float>(seed: u64, cases: usize) -> (usize, usize) {
    let mut random = Random(seed);
    let (mut tried, mut caught, mut worst) = (0, 0, 0f64);
    for _ in 0..cases {
        let geo = random.geo();
        let (x, w): (Vec<T>, Vec<T>) = (floats(&mut random, &geo.input()), floats(&mut random, &geo.weight()));
        let geometry = geo.spec("tconv").parse::<convproof::Spec>().unwrap().geometry;
        let truth = expected(&geometry, &x, &w).unwrap();
        let cells: Vec<Vec<T>> =
            terms(&geo).iter().map(|cell| cell.iter().map(|&(i, t)| x[i] * w[t]).collect()).collect();
        for order in [Order::Forward, Order::Backward, Order::Pairwise] {
            let mut y: Vec<T> = cells.iter().map(|products| sum(products, order)).collect();
            let found = truth.judge(&y).unwrap();
            assert_eq!(found.verdict, Verdict::Same, "{} {order:?} {found:?}", geo.spec("tconv"));
            worst = worst.max(found.max_ratio.unwrap_or(0.0));
            // The largest term of some cell is left out. It is at least S/m, the bound about m·u·S.
            let cell = usize::try_from(random.next()).unwrap() % y.len();
            let size = |v: &T| -> f64 { (*v).into().abs() };
            let Some(largest) =
                (0..cells[cell].len()).max_by(|&a, &b| size(&cells[cell][a]).total_cmp(&size(&cells[cell][b])))
            else {
                continue;
            };
            let m = cells[cell].len() as f64;
            if 4.0 * m * m * 2f64.powi(-T::PRECISION) >= 1.0 {
                continue;
            }
            let mut without = cells[cell].clone();
            without.remove(largest);
            y[cell] = sum(&without, order);
            tried += 1;
            let found = truth.judge(&y).unwrap();
            caught += usize::from(found.verdict == Verdict::Differs && found.cells_wrong == 1);
        }
    }
    assert!(worst > 0.1 && worst <= 1.0, "{worst}");
    (tried, caught)
}

#[test]
fn correct_kernels_are_never_blamed_and_lost_terms_are_seen() {
    let [single, half, brain] = [kernels_of::<f32>(1, 300), kernels_of::<f16>(2, 200), kernels_of::<bf16>(3, 200)];
    for (tried, caught) in [single, half, brain] {
        assert!(tried > 150 && caught == tried, "{caught} of {tried}");
    }
}

/// A question about float data of a geometry.
fn ask(geo: &Geo, x: &[f32], w: &[f32], y: Vec<f32>, arithmetic: Option<Arithmetic>) -> Answer {
    let array = |shape: &[i64], v: &[f32]| Array::new(lengths(shape), Values::F32(v.to_vec())).unwrap();
    let (x, w, y) = (array(&geo.input(), x), array(&geo.weight(), w), array(&geo.output(), &y));
    let mut question = Question::forward(geo.spec("tconv").parse().unwrap(), x, w, None, y);
    question.arithmetic = arithmetic;
    question.answer().unwrap()
}

fn kernel(geo: &Geo, x: &[f32], w: &[f32]) -> Vec<f32> {
    terms(geo).iter().map(|cell| cell.iter().fold(0f32, |sum, &(i, t)| x[i].mul_add(w[t], sum))).collect()
}

#[test]
fn mistakes_are_named_within_the_bound_too() {
    let mut random = Random(5);
    let geo = Geo::new(&[[4, 3, 2, 1, 1, 0, 0], [3, 2, 1, 2, 0, 1, 0]], [1, 2, 2, 1]);
    let (x, w): (Vec<f32>, Vec<f32>) = (floats(&mut random, &geo.input()), floats(&mut random, &geo.weight()));
    let found = ask(&geo, &x, &w, kernel(&geo, &x, &w), None);
    assert_eq!((found.judgement.verdict, found.judgement.mode), (Verdict::Same, Some(Mode::Bound)));
    let flipped: Vec<f32> = w.chunks(6).flat_map(|kernel| kernel.iter().rev().copied()).collect();
    let found = ask(&geo, &x, &w, kernel(&geo, &x, &flipped), None);
    assert_eq!((found.judgement.verdict, found.diagnosis[0].id), (Verdict::Differs, "kernel-flipped"));
    assert!(found.judgement.max_ratio.unwrap() > 1.0);
}

#[test]
fn inputs_rounded_to_less_are_named() {
    let mut random = Random(6);
    let geo = Geo::new(&[[9, 4, 2, 1, 0, 0, 0]], [1, 3, 2, 1]);
    let (x, w): (Vec<f32>, Vec<f32>) = (floats(&mut random, &geo.input()), floats(&mut random, &geo.weight()));
    type Rounding = fn(f32) -> f32;
    let cases: [(&str, Format, Rounding); 3] = [
        ("tf32", Format::Tf32, |v| f32::from_bits((v.to_bits() + 0xfff + (v.to_bits() >> 13 & 1)) & !0x1fff)),
        ("f16", Format::F16, |v| f16::from_f32(v).to_f32()),
        ("bf16", Format::Bf16, |v| bf16::from_f32(v).to_f32()),
    ];
    for (name, input, round) in cases {
        let rounded = |v: &[f32]| -> Vec<f32> { v.iter().map(|&v| round(v)).collect() };
        let y = kernel(&geo, &rounded(&x), &rounded(&w));
        let found = ask(&geo, &x, &w, y.clone(), None);
        assert_eq!((found.judgement.verdict, found.diagnosis.len()), (Verdict::Differs, 1), "{name}");
        let diagnosis = &found.diagnosis[0];
        assert_eq!(diagnosis.id, "lower-precision");
        // f16 and TF32 have equal significands: the first that explains it is named.
        let named = if name == "f16" { "tf32" } else { name };
        assert!(diagnosis.message.contains(&format!("--arithmetic input={named}")), "{}", diagnosis.message);
        let declared = Arithmetic { input, accumulate: Format::F32, output: Format::F32 };
        let found = ask(&geo, &x, &w, y.clone(), Some(declared));
        assert_eq!((found.judgement.verdict, found.diagnosis.len()), (Verdict::Same, 0), "{name}");
        // Declared, it still catches a lost term.
        let mut y = y;
        let cell = terms(&geo).iter().position(|t| t.len() == 3).unwrap();
        let last = *terms(&geo)[cell]
            .iter()
            .max_by(|a, b| (x[a.0] * w[a.1]).abs().total_cmp(&(x[b.0] * w[b.1]).abs()))
            .unwrap();
        y[cell] -= round(x[last.0]) * round(w[last.1]);
        assert_eq!(ask(&geo, &x, &w, y, Some(declared)).judgement.verdict, Verdict::Differs, "{name}");
    }
}

/// 2^24 + 1 − 2^24 in f32 is 0 or 1 by the order: both are within the bound, 40 is not.
#[test]
fn cancelling_sums_are_judged_by_what_is_summed() {
    let big = 2f32.powi(24);
    let geo = Geo::new(&[[3, 3, 1, 1, 2, 2, 0]], [1, 1, 1, 1]);
    for (y, verdict) in [(0.0, Verdict::Same), (1.0, Verdict::Same), (2.0, Verdict::Same), (40.0, Verdict::Differs)] {
        let found = ask(&geo, &[big, 1.0, -big], &[1.0; 3], vec![y], None).judgement;
        assert_eq!((found.verdict, found.mode), (verdict, Some(Mode::Bound)), "{y}");
    }
}
