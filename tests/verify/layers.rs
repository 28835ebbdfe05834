//! Real layers: millions of cells judged in parts, a wrong one found deep inside, limits, progress.
#![allow(clippy::unwrap_used, clippy::cast_precision_loss, clippy::cast_possible_truncation)] // a test may fail by it
#![allow(clippy::float_arithmetic, clippy::cast_possible_wrap)] // the recorded side is a loop in floats

use crate::command::{Ran, run_on};
use crate::common::cases::Folder;
use crate::common::naive::Random;
use convproof::cli::{DIFFERS, SAME, Terminals, UNANSWERED};
use convproof::data::{Array, Values};
use convproof::verify::{Mode, Progress, Question, Verdict};
use convproof::{Kind, Spec};
use serde_json::json;

/// `y[n, co, s·i + t − p] += x[n, ci, i]·w[ci, co, t]` per product, in two dimensions, without dilation.
fn loops(spec: &Spec, x: &[f32], w: &[f32]) -> Vec<f64> {
    let g = &spec.geometry;
    let [n, inputs, ih, iw] = g.input_shape()[..] else { panic!("two axes") };
    let [_, outputs, oh, ow] = g.output_shape()[..] else { panic!("two axes") };
    let [_, per_group, kh, kw] = g.weight_shape()[..] else { panic!("two axes") };
    let in_group = inputs * per_group / outputs;
    let place = |axis: usize, i: usize, t: usize| {
        let a = g.axes()[axis];
        let at = a.stride() * i as i64 + t as i64 - a.padding().begin;
        usize::try_from(at).ok().filter(|&at| at < [oh, ow][axis])
    };
    let mut y = vec![0.0; n * outputs * oh * ow];
    for (sample, ci) in (0..n).flat_map(|n| (0..inputs).map(move |ci| (n, ci))) {
        for (own, (i, th)) in (0..per_group).flat_map(|o| (0..ih * kh).map(move |p| (o, (p / kh, p % kh)))) {
            let Some(line) = place(0, i, th) else { continue };
            let co = ci / in_group * per_group + own;
            let line = ((sample * outputs + co) * oh + line) * ow;
            let from = ((sample * inputs + ci) * ih + i) * iw;
            let taps = ((ci * per_group + own) * kh + th) * kw;
            for (j, tw) in (0..iw).flat_map(|j| (0..kw).map(move |tw| (j, tw))) {
                if let Some(at) = place(1, j, tw) {
                    y[line + at] += f64::from(x[from + j]) * f64::from(w[taps + tw]);
                }
            }
        }
    }
    y
}

/// A layer with random operands: small integers, or of any binary32 between −1 and 1.
struct Layer {
    spec: Spec,
    x: Vec<f32>,
    w: Vec<f32>,
    y: Vec<f32>,
}

impl Layer {
    fn new(spec: &str, integers: bool) -> Layer {
        let spec: Spec = spec.parse().unwrap();
        assert_eq!(spec.kind, Kind::Tconv);
        let mut random = Random(11);
        let mut fill = |shape: Vec<usize>| -> Vec<f32> {
            let shape: Vec<i64> = shape.into_iter().map(|n| n as i64).collect();
            let scale = if integers { 1.0 } else { 1.0 / 4_000_037.0 };
            let most = if integers { 3 } else { 4_000_000 };
            random.integers(&shape, most).into_iter().map(|n| (n as f64 * scale) as f32).collect()
        };
        let (x, w) = (fill(spec.geometry.input_shape()), fill(spec.geometry.weight_shape()));
        let y = loops(&spec, &x, &w).into_iter().map(|y| y as f32).collect();
        Layer { spec, x, w, y }
    }

    fn question(&self) -> Question {
        let g = &self.spec.geometry;
        let array = |shape, values: &[f32]| Array::new(shape, Values::F32(values.to_vec())).unwrap();
        let (x, w) = (array(g.input_shape(), &self.x), array(g.weight_shape(), &self.w));
        Question::forward(self.spec.clone(), x, w, None, array(g.output_shape(), &self.y))
    }

    fn case(&self, folder: &Folder, name: &str) -> String {
        let question = self.question();
        let arrays = [("x", question.x.unwrap()), ("w", question.w.unwrap()), ("y", question.y)];
        folder.case(name, json!({"spec": self.spec.to_string()}), &arrays);
        folder.path(&format!("{name}.json")).display().to_string()
    }
}

fn on_terminal(words: &[&str]) -> Ran {
    run_on(Terminals { err: true, ..Terminals::default() }, words)
}

/// Three million cells in two parts, 9.4 million products.
const WIDE: &str = "tconv i512x512 k2x2 s2 c3:3 n1";
/// 8.7 million products to 4,096 cells, after `x` has been cropped.
const DEEP: &str = "tconv i8x8 k4x4 s2 p1 c128:64 n1";

#[test]
fn layers_are_the_same_exactly_and_within_their_bound() {
    for spec in [WIDE, DEEP] {
        for (integers, mode) in [(true, Mode::Exact), (false, Mode::Bound)] {
            let found = Layer::new(spec, integers).question().answer().unwrap();
            assert_eq!((found.judgement.verdict, found.judgement.mode), (Verdict::Same, Some(mode)), "{spec}");
            assert!(found.remarks.is_empty() && found.weak.is_empty(), "{:?} {:?}", found.remarks, found.weak);
            assert!(found.judgement.max_ratio.unwrap_or(0.0) <= 0.5);
        }
    }
}

#[test]
fn one_wrong_cell_among_millions_is_found_with_its_place_and_command() {
    let folder = Folder::new();
    let at = |n: usize, spec: &Spec| {
        let [_, _, h, w] = spec.geometry.output_shape()[..] else { panic!("two axes") };
        vec![0, n / (h * w), n / w % h, n % w]
    };
    for (integers, name) in [(true, "exact"), (false, "bound")] {
        let mut layer = Layer::new(WIDE, integers);
        let wrong = layer.y.len() * 7 / 9;
        layer.y[wrong] += 1.0;
        let path = layer.case(&folder, name);
        let ran = on_terminal(&["verify", "--format", "json", &path]);
        assert_eq!(ran.code, DIFFERS);
        let case = &ran.json()["cases"][0];
        assert_eq!((&case["mode"], &case["cells_wrong"]), (&json!(name), &json!(1)));
        assert_eq!(case["first"]["index"], json!(at(wrong, &layer.spec)));
        assert_eq!((&case["diagnosis"], &case["repro"]), (&json!(null), &json!(format!("convproof verify {path}"))));
    }
}

/// The kernel rotated by 180°, and a shifted pad: named on layers that are not computed as a whole.
#[test]
fn mistakes_of_layers_are_named() {
    let right = Layer::new(DEEP, false);
    let mut flipped = right.w.clone();
    flipped.chunks_exact_mut(16).for_each(<[f32]>::reverse);
    let shifted: Spec = DEEP.replace("p1", "p2:0").parse().unwrap();
    for (id, y) in [
        ("kernel-flipped", loops(&right.spec, &right.x, &flipped)),
        ("pad-one-side", loops(&shifted, &right.x, &right.w)),
    ] {
        let mut question = right.question();
        let y = y.into_iter().map(|y| y as f32).collect();
        question.y = Array::new(right.spec.output_shape(), Values::F32(y)).unwrap();
        let found = question.answer().unwrap();
        assert_eq!(found.judgement.verdict, Verdict::Differs);
        assert_eq!(found.diagnosis.iter().map(|d| d.id).collect::<Vec<_>>(), [id]);
    }
}

#[test]
fn progress_counts_the_products_of_every_part() {
    let mut seen: Vec<Progress> = Vec::new();
    let layer = Layer::new(WIDE, true);
    let found = layer.question().answer_within(1 << 30, &mut |progress| seen.push(progress)).unwrap();
    assert!(found.judgement.is_same());
    let products = layer.spec.geometry.products();
    assert_eq!((seen[0].task, seen[0].done, seen[0].products), ("judging", 0, products));
    let done: Vec<i128> = seen.iter().map(|p| p.done).collect();
    assert_eq!(done, [0, products / 3, products]);

    let folder = Folder::new();
    let path = layer.case(&folder, "layer");
    let ran = on_terminal(&["verify", &path]);
    assert_eq!(ran.code, SAME);
    for part in [": 9.4·10⁶ products", ": 33 % of 9.4·10⁶ products, about ", ": 100 % of 9.4·10⁶ products"] {
        assert!(ran.err.contains(part), "{part}: {}", ran.err);
    }
    assert!(!ran.out.contains('%') && ran.err.ends_with("\r\x1b[2K"), "{ran:?}");
    // Not on a terminal: nothing but the result.
    assert_eq!(crate::command::run(&["verify", &path]).err, "");
}

#[test]
fn more_products_than_the_limit_are_refused_before_any_of_them() {
    let folder = Folder::new();
    let path = Layer::new("tconv i4x4 k3x3", true).case(&folder, "small");
    let ran = crate::command::run(&["verify", "--max-products", "143", &path]);
    assert_eq!(ran.code, UNANSWERED);
    let said = "L4: the comparison has 144 products, the limit is 143; --max-products raises it";
    assert!(ran.err.contains(said), "{}", ran.err);
    assert_eq!(crate::command::run(&["verify", "--max-products", "144", &path]).code, SAME);
    // Two long lines: 2^17 · 2^17 products nobody waits for.
    let line = |length: usize| Array::new(vec![1, 1, length], Values::I8(vec![1; length])).unwrap();
    let long = 1 << 17;
    let spec = format!("tconv i{long} k{long}").parse().unwrap();
    let error = Question::forward(spec, line(long), line(long), None, line(2 * long - 1)).answer().unwrap_err();
    assert_eq!(error.rule(), "L4");
    assert!(error.to_string().contains("17179869184 products, the limit is 10000000000"), "{error}");
}

/// Not a number in every cell of a large result: every one is wrong, and none needs a long look.
#[test]
fn millions_of_cells_that_are_no_numbers_are_counted() {
    let mut layer = Layer::new(WIDE, false);
    layer.y.fill(f32::NAN);
    let found = layer.question().answer().unwrap();
    assert_eq!((found.judgement.verdict, found.judgement.cells_wrong), (Verdict::Differs, layer.y.len()));
    assert_eq!((found.judgement.max_ratio, found.judgement.first.unwrap().got.as_str()), (Some(f64::INFINITY), "NaN"));
}
