//! Verdicts: recorded cases, roles, exact mode to its limits, fair bounds for floats.
#![allow(clippy::unwrap_used, clippy::cast_precision_loss, clippy::cast_possible_truncation)]

use crate::common::cases::{Folder, f32s, question, refusal, verify};
use crate::common::naive::{Geo, Random, data_as, lengths};
use convproof::data::{Array, Values};
use convproof::verify::{Answer, Arithmetic, Format, Mode, Question, Role, Verdict};
use half::{bf16, f16};
use serde_json::json;

#[test]
#[cfg(feature = "onnx")]
fn every_recorded_case_is_the_same() {
    let (walked, reports) = verify(&["tests/recorded".into()]);
    assert_eq!((walked.cases, walked.passed_over), (333, 1)); // README.md
    let (mut exact, mut bound, mut worst) = (0, 0, 0f64);
    for report in &reports {
        let answer = report.answer.as_ref().unwrap_or_else(|e| panic!("{}: {e}", report.case));
        assert_eq!(answer.judgement.verdict, Verdict::Same, "{}: {answer:?}", report.case);
        assert!(report.spec.is_some() && report.role == Some(Role::Forward) && answer.diagnosis.is_empty());
        match answer.judgement.mode {
            Some(Mode::Exact) => exact += 1,
            Some(Mode::Bound) => bound += 1,
            other => panic!("{}: {other:?}", report.case),
        }
        worst = worst.max(answer.judgement.max_ratio.unwrap_or(0.0));
    }
    assert_eq!((exact, bound), (319, 14));
    assert!(worst < 0.6, "{worst}");
    let order: Vec<_> = reports.iter().map(|r| std::path::PathBuf::from(&r.case)).collect();
    assert!(order.is_sorted() && order.windows(2).all(|w| w[0] != w[1]));
}

#[test]
fn what_is_no_case_is_counted() {
    let folder = Folder::new();
    let y = f32s(&[1, 1, 3], &[2, 7, 3]);
    let arrays = [("x", f32s(&[1, 1, 2], &[1, 3])), ("w", f32s(&[1, 1, 2], &[2, 1])), ("y", y)];
    folder.case("b/case", json!({"spec": "tconv i2 k2"}), &arrays);
    for other in ["a.txt", "list.json", "b/note.md", "number.json", "config.json"] {
        folder.write(other, if other == "config.json" { "{\"spec\": 1}" } else { "[1]" });
    }
    // Documents of others that happen to use a word of ours.
    for (name, document) in [
        ("canonical.json", json!({"canonical": "https://example.org"})),
        ("attributes.json", json!({"attributes": {}, "name": "x"})),
        ("framework.json", json!({"framework": "react"})),
    ] {
        folder.write(name, document.to_string());
    }
    let (walked, reports) = folder.verify();
    assert_eq!((walked.cases, walked.passed_over), (1, 8));
    assert_eq!(reports[0].verdict(), Verdict::Same);
    assert_eq!(verify(&[folder.path("b/case.json")]).1[0].verdict(), Verdict::Same);
    for (name, rule) in [("list.json", "F2"), ("a.txt", "F2"), ("absent.json", "F1"), ("absent.txt", "F1")] {
        let (walked, reports) = verify(&[folder.path(name)]);
        assert_eq!((walked.cases, reports[0].answer.as_ref().unwrap_err().rule()), (1, rule), "{name}");
        assert!(refusal(&reports[0]).contains(name));
    }
}

/// A framework with its words is meant as a case, even if its arrays are forgotten.
#[test]
fn a_case_without_arrays_is_no_other_document() {
    let folder = Folder::new();
    folder.write("case.json", json!({"framework": "pytorch", "attributes": {}}).to_string());
    let line = refusal(&folder.only());
    assert!(line.contains("case.json: F5: field 'npz' is missing"), "{line}");
}

/// 1,025 · 1,024 products: what the judging remarks is in the report, and zeros are weak all the same.
#[test]
fn reports_hold_the_remarks_of_judging() {
    let one = |name, length: usize, at: usize, value: i64| {
        let mut values = vec![0; length];
        values[at] = value;
        (name, f32s(&[1, 1, length], &values))
    };
    for (value, remarks, weak) in [(0, 0, vec!["kernel-flipped"]), (1, 1, vec![])] {
        let folder = Folder::new();
        // Nothing but y[11] = 1, which is none of the cells looked at.
        let arrays = [one("x", 1025, 5, value), one("w", 1024, 6, value), one("y", 2048, 11, value)];
        folder.case("large", json!({"spec": "tconv i1025 k1024"}), &arrays);
        let report = folder.only();
        assert_eq!((report.verdict(), report.remarks.len()), (Verdict::Same, remarks), "{:?}", report.remarks);
        assert!(report.remarks.iter().all(|r| r.ends_with("1049600 products exceed 1048576")), "{:?}", report.remarks);
        assert_eq!(report.answer.unwrap().weak, weak);
    }
}

/// `case` names one case of a run: what is given twice is judged once.
#[test]
fn a_case_met_twice_is_judged_once() {
    let folder = Folder::new();
    let arrays =
        [("x", f32s(&[1, 1, 2], &[1, 3])), ("w", f32s(&[1, 1, 2], &[2, 1])), ("y", f32s(&[1, 1, 3], &[2, 7, 3]))];
    folder.case("a/one", json!({"spec": "tconv i2 k2"}), &arrays);
    folder.case("two", json!({"spec": "tconv i2 k2"}), &arrays);
    let (root, one) = (folder.path(""), folder.path("a/one.json"));
    let spelled = folder.path("a/../a/./one.json");
    for (paths, cases, passed_over) in [
        (vec![&root, &root], 2, 1),
        (vec![&one, &one], 1, 1),
        (vec![&one, &root], 2, 1),
        (vec![&root, &one], 2, 1),
        (vec![&one, &spelled], 1, 1),
    ] {
        let (walked, reports) = verify(&paths.into_iter().cloned().collect::<Vec<_>>());
        assert_eq!((walked.cases, walked.passed_over), (cases, passed_over), "{reports:?}");
        assert!(reports.iter().all(|report| report.verdict() == Verdict::Same));
    }
    let absent = folder.path("absent.json");
    assert_eq!(verify(&[absent.clone(), absent]).0.cases, 1);
}

/// Every axis alike, unlike in everything, cropped beyond the kernel, dilated with common divisors.
fn geometries() -> Vec<Geo> {
    vec![
        Geo::new(&[[3, 2, 1, 1, 0, 0, 0]], [1, 1, 1, 1]),
        Geo::new(&[[4, 3, 2, 2, 1, 2, 1]], [2, 2, 3, 1]),
        Geo::new(&[[3, 3, 3, 1, 3, -1, 2]], [1, 4, 6, 2]),
        Geo::new(&[[2, 3, 2, 1, 1, 0, 1], [3, 2, 1, 2, 0, 1, 0]], [2, 4, 2, 2]),
        Geo::new(&[[3, 2, 3, 1, 0, 1, 1], [2, 3, 2, 2, 2, 1, 0]], [1, 2, 3, 1]),
    ]
}

/// The three gradients and the forward map of both operations, in every layout, against loops.
#[test]
fn roles_in_every_layout() {
    let mut random = Random(7);
    for geo in geometries() {
        let (i, o, w) =
            (random.integers(&geo.input(), 9), random.integers(&geo.output(), 9), random.integers(&geo.weight(), 9));
        let per_channel = |shape: &[i64], data: &[i64]| -> Vec<i64> {
            let (channels, inner) = (lengths(shape)[1], lengths(shape)[2..].iter().product::<usize>());
            (0..channels)
                .map(|c| data.iter().enumerate().filter(|(n, _)| n / inner % channels == c).map(|(_, v)| v).sum())
                .collect()
        };
        for kind in ["tconv", "conv"] {
            // (shape, data) of the operation's input and of its result, and what each role gives
            let tconv = kind == "tconv";
            let (x_shape, g_shape) = if tconv { (geo.input(), geo.output()) } else { (geo.output(), geo.input()) };
            let (x, g) = if tconv { (&i, &o) } else { (&o, &i) };
            let forward = if tconv { geo.tconv(x, &w) } else { geo.conv(x, &w) };
            let to_input = if tconv { geo.conv(g, &w) } else { geo.tconv(g, &w) };
            for (data, letters, flipped) in [
                ("NCS", "IoS", false),
                ("NSC", "SiO", false),
                ("NSC", "GioS", true),
                ("CNS", "oSI", true),
                ("SCN", "OiS", false),
            ] {
                let array = |shape: &[i64], values: &[i64]| {
                    let (shape, values) = data_as(shape, values, data);
                    f32s(&shape, &values)
                };
                let weight = |values: &[i64]| {
                    let (shape, values) = geo.weight_as(values, letters, flipped);
                    f32s(&shape, &values)
                };
                let ask = |role, y: Array| {
                    let mut q =
                        Question::forward(geo.spec(kind).parse().unwrap(), array(&x_shape, x), weight(&w), None, y);
                    q.role = role;
                    q.g = Some(array(&g_shape, g));
                    q.layouts = format!("x={data},w={letters},y={data}").parse().unwrap();
                    q.weight_flipped = flipped;
                    match role {
                        Role::Forward => q.g = None,
                        Role::InputGradient => q.x = None,
                        Role::WeightGradient => q.w = None,
                        Role::BiasGradient => (q.x, q.w) = (None, None),
                    }
                    q.answer().unwrap().judgement
                };
                let channels = lengths(&g_shape)[1];
                let results = [
                    (Role::Forward, array(&g_shape, &forward)),
                    (Role::InputGradient, array(&x_shape, &to_input)),
                    (Role::WeightGradient, weight(&geo.taps(&i, &o))),
                    (Role::BiasGradient, f32s(&[channels], &per_channel(&g_shape, g))),
                ];
                for (role, y) in results {
                    let place = format!("{} {role:?} {data} {letters} {flipped}", geo.spec(kind));
                    let found = ask(role, y.clone());
                    assert_eq!((found.verdict, found.mode), (Verdict::Same, Some(Mode::Exact)), "{place}");
                    let Values::F32(mut values) = y.values().clone() else { unreachable!() };
                    let last = values.len() - 1;
                    values[last] += 1.0;
                    let found = ask(role, Array::new(y.shape().to_vec(), Values::F32(values)).unwrap());
                    assert_eq!((found.verdict, found.cells_wrong), (Verdict::Differs, 1), "{place}");
                }
            }
        }
    }
}

/// ⟨g, Cᵀx⟩ for x = [1, 2], w = [3, 4], g = [1, 10, 100]: by hand, from files.
#[test]
fn roles_in_files() {
    let (x, w) = (("x", f32s(&[1, 1, 2], &[1, 2])), ("w", f32s(&[1, 1, 2], &[3, 4])));
    let g = ("g", f32s(&[1, 1, 3], &[1, 10, 100]));
    let y = |shape: &[usize], values: &[i64]| ("y", f32s(shape, values));
    let folder = Folder::new();
    let spec = |role: &str| json!({"spec": "tconv i2 k2", "role": role});
    folder.case("a", spec("forward"), &[x.clone(), w.clone(), y(&[1, 1, 3], &[3, 10, 8])]);
    folder.case("b", spec("input-gradient"), &[g.clone(), w.clone(), y(&[1, 1, 2], &[43, 430])]);
    folder.case("c", spec("weight-gradient"), &[x.clone(), g.clone(), y(&[1, 1, 2], &[21, 210])]);
    folder.case("d", spec("bias-gradient"), &[g.clone(), y(&[1], &[111])]);
    // The same in PyTorch's words: the shapes of x and w are those of the gradients.
    let torch = |role: &str| json!({"framework": "pytorch", "attributes": {"stride": 1}, "role": role});
    folder.case("e", torch("input-gradient"), &[g.clone(), w.clone(), y(&[1, 1, 2], &[43, 430])]);
    folder.case("f", torch("weight-gradient"), &[x.clone(), g.clone(), y(&[1, 1, 2], &[21, 210])]);
    let bias = ("b", f32s(&[1], &[1000]));
    folder.case("g", spec("forward"), &[x.clone(), w.clone(), bias, y(&[1, 1, 3], &[1003, 1010, 1008])]);
    // An operand that the role needs is not there.
    folder.case("h", spec("weight-gradient"), &[x.clone(), w.clone(), y(&[1, 1, 2], &[21, 210])]);
    // A gradient of the wrong shape differs, since x says what is right.
    folder.case("i", torch("input-gradient"), &[x, g, w, y(&[1, 1, 3], &[43, 430, 0])]);
    let (_, reports) = folder.verify();
    for report in &reports[..7] {
        assert_eq!(report.verdict(), Verdict::Same, "{:?}", report.answer);
    }
    let line = refusal(&reports[7]);
    assert!(
        line.contains("h.json: F5: tensor 'g' is missing; it holds no such tensor, which weight-gradient"),
        "{line}"
    );
    assert_eq!(reports[8].verdict(), Verdict::Differs);
}

/// What a gradient has no array for is stated: by `tensors`, by `canonical`, or by a spec.
#[test]
fn gradients_without_the_forward_arrays() {
    let (x, w) = (("x", f32s(&[1, 1, 2], &[1, 2])), ("w", f32s(&[1, 1, 2], &[3, 4])));
    let g = ("g", f32s(&[1, 1, 3], &[1, 10, 100]));
    let y = |values: &[i64]| ("y", f32s(&[1, 1, values.len()], values));
    let canonical = json!({"size": [2], "kernel": [2], "stride": [1], "dilation": [1], "pad_begin": [0], "pad_end": [0],
        "output_padding": [0], "groups": 1, "batch": 1, "in_channels": 1, "out_channels": 1});
    let torch = |role: &str, key: &str, value: &serde_json::Value| json!({"framework": "pytorch", "attributes": {}, "role": role, key: value});
    let shapes = json!({"x": [1, 1, 2], "w": [1, 1, 2]});
    let spec = json!("tconv i2 k2");
    let folder = Folder::new();
    let stated = [("canonical", &canonical), ("spec", &spec), ("tensors", &shapes)];
    for (key, value) in stated {
        let (input, weight) = (torch("input-gradient", key, value), torch("weight-gradient", key, value));
        folder.case(&format!("a {key}"), input.clone(), &[g.clone(), w.clone(), y(&[43, 430])]);
        folder.case(&format!("a {key} long"), input, &[g.clone(), w.clone(), y(&[43, 430, 0])]);
        folder.case(&format!("b {key}"), weight.clone(), &[x.clone(), g.clone(), y(&[21, 210])]);
        folder.case(&format!("b {key} long"), weight, &[x.clone(), g.clone(), y(&[21, 210, 0])]);
        let bias = [g.clone(), ("y", f32s(&[1], &[111]))];
        folder.case(&format!("c {key}"), torch("bias-gradient", key, value), &bias);
    }
    // The same relation as a convolution: 2 channels of 3 cells to 1 channel of 2.
    let mut conv = canonical.clone();
    (conv["size"], conv["in_channels"], conv["out_channels"]) = (json!([3]), json!(2), json!(1));
    let mut case = torch("bias-gradient", "canonical", &conv);
    case["op"] = json!("torch.nn.functional.conv1d");
    folder.case("d", case, &[("g", f32s(&[1, 1, 2], &[1, 10])), ("y", f32s(&[1], &[11]))]);
    let (_, reports) = folder.verify();
    assert_eq!(reports.len(), 16);
    for report in &reports {
        let verdict = if report.case.contains("long") { Verdict::Differs } else { Verdict::Same };
        assert_eq!(report.verdict(), verdict, "{report:?}");
    }
    assert_eq!(reports[15].spec.as_ref().unwrap().to_string(), "conv i3 k2 c2:1");
    // Stated by nobody; stated and contradicted; a forward operand that is only stated.
    let folder = Folder::new();
    let bias = [g.clone(), ("y", f32s(&[1], &[111]))];
    folder.case("a", json!({"framework": "pytorch", "attributes": {}, "role": "bias-gradient"}), &bias);
    let wrong = json!({"x": [1, 1, 5]});
    folder.case("b", torch("input-gradient", "tensors", &wrong), &[g, w.clone(), y(&[43, 430])]);
    folder.case("c", torch("forward", "tensors", &shapes), &[w, y(&[1, 1, 1])]);
    let (_, reports) = folder.verify();
    for (report, words) in reports.iter().zip([
        "F5: field 'tensors.x' is missing; it holds no array, spec or canonical that gives its shape",
        "M1: g has the shape [1, 1, 3]; [1, 1, 6] is expected",
        "c.npz: F5: array 'x' is missing; it holds w, y",
    ]) {
        assert!(refusal(report).contains(words), "{}", refusal(report));
    }
}

/// tconv i2 k2 with w = [1, 1]: y = [x0, x0 + x1, x1].
fn two(x: Values, w: Values, y: Values) -> Answer {
    question("tconv i2 k2", x, w, y).answer().unwrap()
}

#[test]
fn exact_mode_reaches_as_far_as_every_integer_is_represented() {
    macro_rules! at_limit {
        ($variant:ident, $bits:literal, $of:expr) => {{
            let of = $of;
            let all = |v: &[f64]| Values::$variant(v.iter().map(|&v| of(v)).collect());
            let limit = (1u64 << $bits) as f64;
            let found = two(all(&[limit - 1.0, 1.0]), all(&[1.0, 1.0]), all(&[limit - 1.0, limit, 1.0])).judgement;
            assert_eq!((found.verdict, found.mode), (Verdict::Same, Some(Mode::Exact)), stringify!($variant));
            // limit + 1 lies between two numbers of the type: its rounding is within the bound.
            let found = two(all(&[limit, 1.0]), all(&[1.0, 1.0]), all(&[limit, limit, 1.0])).judgement;
            assert_eq!((found.verdict, found.mode), (Verdict::Same, Some(Mode::Bound)), stringify!($variant));
            assert!(found.max_ratio.unwrap() > 0.2, "{found:?}");
        }};
    }
    at_limit!(F64, 53, |v: f64| v);
    at_limit!(F32, 24, |v: f64| v as f32);
    at_limit!(F16, 11, f16::from_f64);
    at_limit!(Bf16, 8, bf16::from_f64);
}

#[test]
fn integers_are_exact_until_they_may_overflow() {
    let bytes = |v: &[i8]| Values::I8(v.to_vec());
    let found = two(bytes(&[127, -128]), bytes(&[127, 127]), Values::I32(vec![16129, -127, -16256])).judgement;
    assert_eq!((found.verdict, found.mode), (Verdict::Same, Some(Mode::Exact)));
    let found = two(bytes(&[127, -128]), bytes(&[127, 127]), Values::I32(vec![16129, -126, -16256])).judgement;
    assert_eq!((found.verdict, found.cells_wrong), (Verdict::Differs, 1));
    assert_eq!(
        found.first.map(|c| (c.index, c.got, c.exact, c.bound)),
        Some((vec![0, 0, 1], "-126".into(), "-127".into(), "0".into()))
    );
    let ints = |v: &[i32]| Values::I32(v.to_vec());
    let found = two(ints(&[i32::MAX - 1, 1]), ints(&[1, 1]), ints(&[i32::MAX - 1, i32::MAX, 1])).judgement;
    assert_eq!((found.verdict, found.mode), (Verdict::Same, Some(Mode::Exact)));
    let found = two(ints(&[i32::MAX, 1]), ints(&[1, 1]), ints(&[i32::MAX, i32::MIN, 1])).judgement;
    assert_eq!((found.verdict, found.mode), (Verdict::Unanswered, None));
    assert!(found.reason.unwrap().contains("overflow"));
    // An unsigned result cannot show what is negative on the way.
    let found = two(bytes(&[3, -2]), bytes(&[1, 1]), Values::U8(vec![3, 1, 254])).judgement;
    assert_eq!(found.verdict, Verdict::Unanswered);
    let found = two(bytes(&[3, 2]), bytes(&[1, 1]), Values::U8(vec![3, 5, 2])).judgement;
    assert_eq!((found.verdict, found.mode), (Verdict::Same, Some(Mode::Exact)));
}

#[test]
fn subnormal_numbers_are_judged_by_the_bound() {
    let (tiny, one) = (2f32.powi(-130), Values::F32(vec![1.0, 1.0]));
    let found = two(Values::F32(vec![tiny, tiny]), one.clone(), Values::F32(vec![tiny, 2.0 * tiny, tiny])).judgement;
    assert_eq!((found.verdict, found.mode), (Verdict::Same, Some(Mode::Bound)));
    let least = 2f32.powi(-126);
    let found = two(Values::F32(vec![least; 2]), one, Values::F32(vec![least, 2.0 * least, least])).judgement;
    assert_eq!((found.verdict, found.mode), (Verdict::Same, Some(Mode::Exact)));
}

#[test]
fn beyond_the_largest_number_there_is_no_claim() {
    let one = || Values::F32(vec![1.0, 1.0]);
    let big = |y| two(Values::F32(vec![3e38, 3e38]), one(), Values::F32(y)).judgement;
    let found = big(vec![3e38, f32::INFINITY, 3e38]);
    assert_eq!((found.verdict, found.cells_wrong), (Verdict::Unanswered, 0));
    assert!(found.reason.unwrap().contains("no claim for 1 of 3 cells"));
    // A wrong cell elsewhere is still wrong.
    assert_eq!(big(vec![1.0, f32::INFINITY, 3e38]).verdict, Verdict::Differs);
    // Inputs that the declared type does not hold: 2^20 is no f16.
    let mut q = question(
        "tconv i2 k2",
        Values::F32(vec![1048576.0, 1.0]),
        one(),
        Values::F32(vec![f32::INFINITY, f32::INFINITY, 1.0]),
    );
    q.arithmetic = Some(Arithmetic { input: Format::F16, accumulate: Format::F32, output: Format::F32 });
    let found = q.answer().unwrap().judgement;
    assert_eq!(found.verdict, Verdict::Unanswered);
    assert!(found.reason.unwrap().contains("1048576, outside the normal range of f16"));
}

#[test]
fn what_is_not_finite_is_named() {
    let (x, w) = (Values::F32(vec![1.0, 2.0]), Values::F32(vec![1.0, 0.1]));
    for (value, got) in [(f32::NAN, "NaN"), (f32::INFINITY, "inf"), (f32::NEG_INFINITY, "-inf")] {
        for w in [&w, &Values::F32(vec![1.0, 3.0])] {
            let found = two(x.clone(), w.clone(), Values::F32(vec![1.0, value, value])).judgement;
            let first = found.first.unwrap();
            assert_eq!((found.verdict, first.index, first.got.as_str()), (Verdict::Differs, vec![0, 0, 1], got));
            assert!(found.max_ratio.is_none_or(f64::is_infinite));
        }
        let bad = Values::F32(vec![1.0, value]);
        let y = Values::F32(vec![1.0, 1.0, 1.0]);
        for (x, w, cell) in [(&bad, &w, "x[0, 0, 1]"), (&x, &bad, "w[0, 0, 1]")] {
            let error = question("tconv i2 k2", x.clone(), w.clone(), y.clone()).answer().unwrap_err();
            assert_eq!(
                (error.rule(), error.to_string().contains(&format!("{cell} is {got}"))),
                ("M7", true),
                "{error}"
            );
        }
    }
    let found = two(Values::F32(vec![0.0, -0.0]), w, Values::F32(vec![-0.0, 0.0, -0.0])).judgement;
    assert_eq!((found.verdict, found.mode), (Verdict::Same, Some(Mode::Exact)));
}

#[test]
fn shapes_are_told_apart_in_the_layout_of_the_file() {
    let base = || {
        let mut q = Question::forward(
            "tconv i2x3 k2 c2:1".parse().unwrap(),
            f32s(&[1, 2, 3, 2], &[1; 12]),
            f32s(&[2, 2, 1, 2], &[1; 8]),
            None,
            f32s(&[1, 3, 4, 1], &[0; 12]),
        );
        q.layouts = "x=NSC,w=SOI,y=NSC".parse().unwrap();
        q
    };
    assert_eq!(base().answer().unwrap().judgement.verdict, Verdict::Differs);
    for (wrong, expected) in
        [(vec![1, 3, 4], "[1, 3, 4, 1]"), (vec![1, 1, 3, 4], "[1, 3, 4, 1]"), (vec![], "[1, 3, 4, 1]")]
    {
        let y = f32s(&wrong, &vec![0; wrong.iter().product()]);
        let mut q = base();
        q.y = y;
        let found = q.answer().unwrap().judgement;
        assert_eq!((found.verdict, found.mode), (Verdict::Differs, None));
        assert_eq!(found.reason.unwrap(), format!("y has the shape {wrong:?}; {expected} is right"));
    }
    let mut q = base();
    q.x = Some(f32s(&[1, 2, 2, 3], &[1; 12]));
    let error = q.answer().unwrap_err().to_string();
    assert_eq!(error, "M1: x has the shape [1, 2, 2, 3]; [1, 2, 3, 2] is expected (tconv i2x3 k2x2 c2:1)");
    let mut q = base();
    q.w = Some(f32s(&[2, 1, 2, 2], &[1; 8]));
    assert!(q.answer().unwrap_err().to_string().starts_with("M1: w has the shape [2, 1, 2, 2]; [2, 2, 1, 2] is"));
    let mut q = base();
    q.b = Some(f32s(&[2], &[1; 2]));
    assert!(q.answer().unwrap_err().to_string().starts_with("M1: b has the shape [2]; [1] is expected"));
}
