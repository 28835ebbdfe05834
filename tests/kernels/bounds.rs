//! Float kernels held against a bound: mistakes are named, narrower inputs and types too, and what nothing is claimed of.
#![allow(clippy::unwrap_used, clippy::float_arithmetic)]

use convproof::data::{Array, Values};
use convproof::verify::{Answer, Arithmetic, Format, Mode, Question, Verdict};
use half::{bf16, f16};

use super::orders::{floats, terms};
use crate::common::naive::{Geo, Random, lengths};

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

/// Rounding is everywhere: one cell of 120 is not blamed on a narrower type that would excuse it.
#[test]
fn one_wrong_cell_is_no_lower_precision() {
    let mut random = Random(9);
    let geo = Geo::new(&[[30, 4, 2, 1, 1, 1, 0]], [1, 3, 2, 1]);
    let (x, w): (Vec<f32>, Vec<f32>) = (floats(&mut random, &geo.input()), floats(&mut random, &geo.weight()));
    let right = kernel(&geo, &x, &w);
    let cell = right.len() / 2;
    let mut y = right.clone();
    // Far beyond the bound of f32, within that of bf16 inputs.
    let reach: f32 = terms(&geo)[cell].iter().map(|&(i, t)| (x[i] * w[t]).abs()).sum();
    y[cell] += reach / 512.0;
    let found = ask(&geo, &x, &w, y.clone(), None);
    assert_eq!((found.judgement.verdict, found.judgement.cells_wrong), (Verdict::Differs, 1));
    assert!(found.diagnosis.is_empty(), "{:?}", found.diagnosis);
    let declared = Arithmetic { input: Format::Bf16, accumulate: Format::F32, output: Format::F32 };
    let excused = ask(&geo, &x, &w, y, Some(declared)).judgement;
    assert!(excused.max_ratio.unwrap() < 1.0, "{excused:?}");
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
        // As inputs f16 and TF32 have one bound: TF32 is named, which has the wider range.
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

/// The forward question of one axis, of any element types.
fn asked(spec: &str, x: Values, w: Values, b: Option<Values>, y: Values) -> Question {
    let spec: convproof::Spec = spec.parse().unwrap();
    let array = |shape: Vec<usize>, values| Array::new(shape, values).unwrap();
    let (x, w) = (array(spec.input_shape(), x), array(spec.geometry.weight_shape(), w));
    let y = array(spec.output_shape(), y);
    let b = b.map(|b| array(vec![1], b));
    Question::forward(spec, x, w, b, y)
}

fn verdict(question: &Question) -> (Verdict, Option<Mode>) {
    let found = question.answer().unwrap().judgement;
    (found.verdict, found.mode)
}

/// 64 and 4 are 2^6·1 and 2^2·1: the product 256 is no i8, however small its numerator.
#[test]
fn integers_fit_by_their_values() {
    let i8s = |v: &[i8]| Values::I8(v.to_vec());
    let ask = |x: i8, w: i8, y: i8| verdict(&asked("tconv i1 k1", i8s(&[x]), i8s(&[w]), None, i8s(&[y])));
    assert_eq!(ask(64, 4, 127), (Verdict::Unanswered, None));
    assert_eq!(ask(32, 4, 127), (Verdict::Unanswered, None));
    assert_eq!(ask(16, 4, 64), (Verdict::Same, Some(Mode::Exact)));
    assert_eq!(ask(16, 4, 65), (Verdict::Differs, Some(Mode::Exact)));
    let u8s = |v: u8| Values::U8(vec![v]);
    assert_eq!(verdict(&asked("tconv i1 k1", u8s(128), u8s(2), None, u8s(255))), (Verdict::Unanswered, None));
}

/// 2^-130·2^10: hardware that reads subnormal operands as 0 gives 0, other hardware 2^-120.
#[test]
fn subnormal_operands_are_never_blamed() {
    let f32s = |v: &[f32]| Values::F32(v.to_vec());
    let tiny = f32::powi(2.0, -130);
    let ask = |y: &[f32]| asked("tconv i2 k1", f32s(&[tiny, 3.0]), f32s(&[1024.0]), None, f32s(y)).answer().unwrap();
    let right = ask(&[tiny * 1024.0, 3072.0]).judgement;
    assert_eq!((right.verdict, right.mode), (Verdict::Same, Some(Mode::Bound)));
    let flushed = ask(&[0.0, 3072.0]).judgement;
    assert_eq!((flushed.verdict, flushed.cells_wrong), (Verdict::Unanswered, 0));
    let reason = flushed.reason.unwrap();
    assert!(reason.starts_with("no claim for 1 of 2 cells") && reason.contains("subnormal operand"), "{reason}");
    // The cell that it does not reach is wrong all the same.
    let wrong = ask(&[0.0, 3073.0]).judgement;
    assert_eq!((wrong.verdict, wrong.cells_wrong), (Verdict::Differs, 1));
    assert_eq!(wrong.first.unwrap().index, [0, 0, 1]);
    // 2^-20 is subnormal as an f16 and not as an f32; so is a bias.
    let small = f32::powi(2.0, -20);
    let f16s = |v: f32| Values::F16(vec![f16::from_f32(v)]);
    let half = asked("tconv i1 k1", f16s(small), f16s(1024.0), None, f32s(&[0.0]));
    assert_eq!(verdict(&half), (Verdict::Unanswered, Some(Mode::Bound)));
    let single = asked("tconv i1 k1", f32s(&[small]), f32s(&[1024.0]), None, f32s(&[0.0]));
    assert_eq!(verdict(&single), (Verdict::Differs, Some(Mode::Exact)));
    let bias = asked("tconv i1 k1", f32s(&[0.0]), f32s(&[1.0]), Some(f32s(&[tiny])), f32s(&[0.0]));
    assert_eq!(verdict(&bias), (Verdict::Unanswered, Some(Mode::Bound)));
}

/// x in f32 is not rounded to the f16 or bf16 of w, unless that is declared.
#[test]
fn operands_of_two_types_are_not_rounded_first() {
    let x = || Values::F32(vec![1.0 + f32::powi(2.0, -20)]);
    let half = |v: f32| Values::F16(vec![f16::from_f32(v)]);
    let ask = |x: Values, w: Values, y: f32| asked("tconv i1 k1", x, w, None, Values::F32(vec![y]));
    let rounded = ask(x(), half(1.0), 1.0);
    assert_eq!(rounded.default_arithmetic().name(), "f32");
    assert_eq!(verdict(&rounded).0, Verdict::Differs);
    assert_eq!(verdict(&ask(x(), half(1.0), 1.0 + f32::powi(2.0, -20))), (Verdict::Same, Some(Mode::Exact)));
    let declared = Arithmetic { input: Format::F16, accumulate: Format::F32, output: Format::F32 };
    let mut rounded = rounded;
    rounded.arithmetic = Some(declared);
    assert_eq!(verdict(&rounded), (Verdict::Same, Some(Mode::Bound)));
    // 2^100 is no f16, and need be none.
    let large = f32::powi(2.0, 100);
    assert_eq!(verdict(&ask(Values::F32(vec![large]), half(1.0), large)).0, Verdict::Same);
    let both = ask(half(1.0), Values::Bf16(vec![bf16::ONE]), 1.0);
    assert_eq!(both.default_arithmetic().name(), "f32");
    // f16 is held by TF32: nothing is rounded.
    let mut held = ask(half(1.0 + f32::powi(2.0, -10)), half(1.0), 1.0);
    held.arithmetic = Some(Arithmetic { input: Format::Tf32, ..declared });
    assert_eq!(verdict(&held).0, Verdict::Differs);
}

/// 0 lies on every grid: it must not put 2^30 on a grid of 1, beyond 24 bits.
#[test]
fn zeros_do_not_spoil_exactness() {
    let f32s = |v: &[f32]| Values::F32(v.to_vec());
    let large = f32::powi(2.0, 30);
    let ask = |x: f32, w: f32, b: f32, y: f32| {
        verdict(&asked("tconv i1 k1", f32s(&[x]), f32s(&[w]), Some(f32s(&[b])), f32s(&[y])))
    };
    assert_eq!(ask(large, 1.0, 0.0, large), (Verdict::Same, Some(Mode::Exact)));
    assert_eq!(ask(large, 1.0, 0.0, large.next_up()), (Verdict::Differs, Some(Mode::Exact)));
    assert_eq!(ask(0.0, 1.0, large, large), (Verdict::Same, Some(Mode::Exact)));
    assert_eq!(ask(1.0 / large, 0.0, large, large.next_up()), (Verdict::Differs, Some(Mode::Exact)));
}

/// s = 3, k = 1: positions 1 and 2 are reached by nothing, and are 0 or the bias, to the bit.
#[test]
fn cells_that_nothing_reaches_hold_no_old_memory() {
    let (x, w) = (Values::F32(vec![0.1, 0.3]), Values::F32(vec![0.7]));
    let ask = |b: Option<f32>, y: [f32; 4]| {
        asked("tconv i2 k1 s3", x.clone(), w.clone(), b.map(|b| Values::F32(vec![b])), Values::F32(y.to_vec()))
    };
    let (first, last) = (0.1f32 * 0.7, 0.3f32 * 0.7);
    let verdict_of = |b, y| {
        let found = ask(b, y).answer().unwrap().judgement;
        assert_eq!(found.mode, Some(Mode::Bound));
        (found.verdict, found.cells_wrong)
    };
    assert_eq!(verdict_of(None, [first, 0.0, -0.0, last]), (Verdict::Same, 0));
    let least = f32::from_bits(1);
    assert_eq!(verdict_of(None, [first, least, -least, last]), (Verdict::Differs, 2));
    let b = 0.1f32;
    assert_eq!(verdict_of(Some(b), [first + b, b, b, last + b]), (Verdict::Same, 0));
    assert_eq!(verdict_of(Some(b), [first + b, b, b.next_up(), last + b]), (Verdict::Differs, 1));
    // Stored as f16 the bias is rounded, and 0 is not.
    let half = |y: [f32; 4]| {
        let y = Values::F16(y.iter().map(|&v| f16::from_f32(v)).collect());
        let mut question = asked("tconv i2 k1 s3", x.clone(), w.clone(), Some(Values::F32(vec![b])), y);
        question.arithmetic = Some(Arithmetic { input: Format::F32, accumulate: Format::F32, output: Format::F16 });
        question.answer().unwrap().judgement.verdict
    };
    assert_eq!(half([first + b, b, b, last + b]), Verdict::Same);
    assert_eq!(half([first + b, b, b * 1.01, last + b]), Verdict::Differs);
}

/// Right inputs, but every sum kept in 8 bits.
#[test]
fn sums_kept_in_less_are_named() {
    let mut random = Random(8);
    let geo = Geo::new(&[[30, 16, 1, 1, 0, 0, 0]], [1, 4, 1, 1]);
    let (x, w): (Vec<f32>, Vec<f32>) = (floats(&mut random, &geo.input()), floats(&mut random, &geo.weight()));
    let (x, w): (Vec<f32>, Vec<f32>) = (x.iter().map(|v| v.abs()).collect(), w.iter().map(|v| v.abs()).collect());
    let y: Vec<f32> = terms(&geo)
        .iter()
        .map(|cell| cell.iter().fold(bf16::ZERO, |sum, &(i, t)| bf16::from_f32(sum.to_f32() + x[i] * w[t])).to_f32())
        .collect();
    let found = ask(&geo, &x, &w, y.clone(), None);
    assert_eq!((found.judgement.verdict, found.diagnosis.len()), (Verdict::Differs, 1), "{found:?}");
    let diagnosis = &found.diagnosis[0];
    assert_eq!(diagnosis.id, "lower-precision");
    assert!(diagnosis.message.contains("with sums kept in bf16"), "{}", diagnosis.message);
    assert!(diagnosis.message.ends_with("--arithmetic accumulate=bf16"), "{}", diagnosis.message);
    let declared = Arithmetic { input: Format::F32, accumulate: Format::Bf16, output: Format::F32 };
    assert_eq!(ask(&geo, &x, &w, y, Some(declared)).judgement.verdict, Verdict::Same);
    // f64 data computed in f32: also a narrower type.
    let f64s = |v: &[f64]| Values::F64(v.to_vec());
    let y = f64::from(0.1f32) * f64::from(0.7f32);
    let found = asked("tconv i1 k1", f64s(&[0.1]), f64s(&[0.7]), None, f64s(&[y])).answer().unwrap();
    assert!(found.diagnosis[0].message.ends_with("--arithmetic input=f32"), "{found:?}");
}
