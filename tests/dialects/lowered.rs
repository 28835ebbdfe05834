//! Dialects: words of frameworks come to the recorded geometry, and what those refuse is refused.
#![allow(clippy::unwrap_used)]

mod worked;

use convproof::dialect::{Call, DIALECTS, Lowered, Pads, Words, find};
use convproof::geometry::Geometry;
use convproof::{Error, Spec};
use proptest::prelude::*;
use serde_json::{Map, Value, json};

fn lower(framework: &str, operation: &str, x: &[usize], w: &[usize], attributes: &Value) -> Result<Lowered, Error> {
    let attributes = attributes.as_object().unwrap();
    let dialect = find(framework).unwrap_or_else(|| panic!("no dialect for {framework}"));
    (dialect.lower)(&Call { operation, attributes, x, w })
}

const TORCH: &str = "torch.nn.functional.conv_transpose1d";

/// The spec that a call of one axis comes to: x `[1, 1, input]`, w `[1, 1, kernel]`.
fn on_axis(framework: &str, operation: &str, input: usize, kernel: usize, attributes: Value) -> Result<Lowered, Error> {
    lower(framework, operation, &[1, 1, input], &[1, 1, kernel], &attributes)
}

fn spec(lowered: Result<Lowered, Error>) -> String {
    lowered.map_or_else(|e| e.to_string(), |l| l.spec.to_string())
}

/// What decides a relation: only `p_end − a` matters, which the output length shows.
fn relation(g: &Geometry) -> Vec<Vec<i64>> {
    let outer = vec![g.batch(), g.in_channels(), g.out_channels(), g.groups()];
    let axis = |a: &convproof::geometry::Axis| {
        vec![a.input(), a.output(), a.kernel(), a.stride(), a.dilation(), a.padding().begin]
    };
    std::iter::once(outer).chain(g.axes().iter().map(axis)).collect()
}

fn integers(value: &Value) -> Vec<i64> {
    value.as_array().unwrap().iter().map(|n| n.as_i64().unwrap()).collect()
}

/// From attributes and shapes alone, `canonical` read here and not by the crate.
#[test]
fn recorded_calls_come_to_their_canonical_geometry() {
    for (framework, count) in
        [("pytorch", 78), ("onnx_reference", 76), ("tensorflow", 22), ("jax", 116), ("keras_tf", 18)]
    {
        let folder = format!("tests/recorded/{framework}");
        let files = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
        let cases: Vec<_> = files.filter(|path| path.extension().is_some_and(|s| s == "json")).collect();
        assert_eq!(cases.len(), count);
        for path in cases {
            let case: Value = serde_json::from_slice(&std::fs::read(&path).unwrap()).unwrap();
            let shape = |name: &str| -> Vec<usize> {
                integers(&case["tensors"][name]).iter().map(|&n| usize::try_from(n).unwrap()).collect()
            };
            let operation = case["op"].as_str().unwrap();
            let found = lower(framework, operation, &shape("x"), &shape("w"), &case["attributes"])
                .unwrap_or_else(|e| panic!("{}: {e}", path.display()));
            let stated = &case["canonical"];
            let one = |key: &str| stated[key].as_i64().unwrap();
            let lists =
                ["size", "output", "kernel", "stride", "dilation", "pad_begin"].map(|key| integers(&stated[key]));
            let mut expected = vec![vec![one("batch"), one("in_channels"), one("out_channels"), one("groups")]];
            expected.extend((0..lists[0].len()).map(|n| lists.iter().map(|list| list[n]).collect()));
            assert_eq!(relation(&found.spec.geometry), expected, "{}", path.display());
            let letters = [found.layouts.x, found.layouts.w, found.layouts.y].map(|l| l.to_string());
            let recorded = ["x", "w", "y"].map(|array| case["layouts"][array].as_str().unwrap().to_owned());
            assert_eq!(letters, recorded, "{}", path.display());
            assert_eq!(Some(found.weight_flipped), case["weight_flipped"].as_bool(), "{}", path.display());
        }
    }
}

/// The recorded outputs are the same with nothing to go by but the framework's words and the arrays.
#[test]
fn recorded_outputs_are_judged_from_the_words_alone() {
    let place = tempfile::tempdir().unwrap();
    let mut copied = 0;
    for framework in ["pytorch", "onnx_reference", "tensorflow", "jax", "keras_tf"] {
        for entry in std::fs::read_dir(format!("tests/recorded/{framework}")).unwrap() {
            let path = entry.unwrap().path();
            let name = format!("{framework}.{}", path.file_name().unwrap().to_str().unwrap());
            let bytes = std::fs::read(&path).unwrap();
            if path.extension().is_none_or(|suffix| suffix != "json") {
                std::fs::write(place.path().join(name), bytes).unwrap();
                continue;
            }
            let mut case: Map<String, Value> = serde_json::from_slice(&bytes).unwrap();
            case.retain(|key, _| ["framework", "op", "attributes", "npz"].contains(&key.as_str()));
            let npz = format!("{framework}.{}", case["npz"].as_str().unwrap());
            case.insert("npz".to_owned(), npz.into());
            std::fs::write(place.path().join(name), serde_json::to_vec(&case).unwrap()).unwrap();
            copied += 1;
        }
    }
    let mut same = 0;
    convproof::verify::verify_paths(&[place.path().to_path_buf()], &mut |report| {
        assert_eq!(report.verdict(), convproof::verify::Verdict::Same, "{}", report.case);
        same += 1;
    });
    assert_eq!((copied, same), (310, 310));
}

/// (rule, framework, operation, input, kernel, attributes, the numbers that the message shows)
type Refusal<'a> = (&'a str, &'a str, &'a str, usize, usize, Value, &'a [&'a str]);

fn refused() -> Vec<Refusal<'static>> {
    let (pt, ox) = ("pytorch", "onnx");
    vec![
        (
            "PT1",
            pt,
            TORCH,
            3,
            3,
            json!({"stride": 2, "output_padding": 2}),
            &["output padding 2 on axis 0", "stride 2 or dilation 1"],
        ),
        ("PT1", pt, TORCH, 3, 3, json!({"output_padding": [1]}), &["output padding 1", "stride 1 or dilation 1"]),
        (
            "PT1",
            pt,
            TORCH,
            3,
            3,
            json!({"stride": 2, "dilation": 3, "output_padding": 3}),
            &["3", "stride 2 or dilation 3"],
        ),
        ("G9", pt, TORCH, 3, 3, json!({"output_padding": -1}), &["output padding -1 on axis 0"]),
        ("PT2", pt, TORCH, 3, 3, json!({"padding": -1}), &["padding -1 on axis 0", "at least 0"]),
        ("PT2", pt, "torch.nn.functional.conv1d", 3, 3, json!({"padding": "full"}), &["'full'", "'valid' or 'same'"]),
        (
            "PT3",
            pt,
            "torch.nn.ConvTranspose1d",
            3,
            3,
            json!({"stride": 2, "output_size": [6]}),
            &["size 6 on axis 0", "from 7 to 8"],
        ),
        (
            "PT3",
            pt,
            "torch.nn.ConvTranspose1d",
            3,
            3,
            json!({"stride": 2, "output_size": [9]}),
            &["size 9", "from 7 to 8"],
        ),
        (
            "PT3",
            pt,
            "grad_input of torch.nn.functional.conv1d",
            3,
            3,
            json!({"padding": 1, "input_size": [4]}),
            &["size 4", "from 3 to 3"],
        ),
        ("PT4", pt, TORCH, 3, 3, json!({"groups": 2}), &["G4"]),
        ("PT5", pt, "torch.nn.functional.conv1d", 3, 3, json!({"padding": "same", "stride": 2}), &["[2]", "stride 1"]),
        ("G2", pt, TORCH, 3, 3, json!({"stride": 0}), &["stride 0 on axis 0"]),
        ("G2", pt, TORCH, 3, 3, json!({"dilation": [0]}), &["dilation 0 on axis 0"]),
        ("G2", pt, TORCH, 0, 3, json!({}), &["input 0 on axis 0"]),
        ("G5", pt, TORCH, 3, 3, json!({"padding": 3}), &["output length -1 on axis 0", "3 + 3"]),
        ("G6", pt, "torch.nn.functional.conv1d", 2, 3, json!({}), &["spans 3", "into 2 on axis 0"]),
        ("M4", pt, TORCH, 3, 3, json!({"pads": 1}), &["'pads'", "output_padding"]),
        ("M5", pt, TORCH, 3, 3, json!({"stride": [2, 2]}), &["[2,2]", "a list of 1"]),
        ("M5", pt, TORCH, 3, 3, json!({"padding": "same"}), &["\"same\""]),
        ("M5", pt, TORCH, 3, 3, json!({"stride": 2.0}), &["2.0"]),
        ("M6", pt, "torch.matmul", 3, 3, json!({}), &["'torch.matmul'", "conv_transpose"]),
        ("M6", pt, "torch.nn.grad.conv1d_weight", 3, 3, json!({}), &["conv1d_weight"]),
        ("OX1", ox, "ConvTranspose", 3, 3, json!({"kernel_shape": [2]}), &["kernel_shape [2]", "is [3]"]),
        ("OX2", ox, "ConvTranspose", 3, 3, json!({"auto_pad": "SAME"}), &["'SAME'", "SAME_UPPER"]),
        ("OX3", ox, "ConvTranspose", 3, 3, json!({"auto_pad": "SAME_UPPER", "pads": [1, 1]}), &["auto_pad"]),
        ("OX3", ox, "Conv", 3, 3, json!({"auto_pad": "VALID", "pads": [0, 1]}), &["auto_pad"]),
        ("OX5", ox, "ConvInteger", 3, 3, json!({}), &["'ConvInteger'", "ConvTranspose or Conv"]),
        ("M4", ox, "Conv", 3, 3, json!({"output_padding": [1]}), &["'output_padding'"]),
        ("M4", ox, "ConvTranspose", 3, 3, json!({"stride": [1]}), &["'stride'", "strides"]),
        ("M5", ox, "ConvTranspose", 3, 3, json!({"strides": 2}), &["is 2", "a list of 1"]),
        ("M5", ox, "ConvTranspose", 3, 3, json!({"pads": [1]}), &["[1]", "a list of 2"]),
        ("G5", ox, "ConvTranspose", 3, 3, json!({"output_shape": [0]}), &["output length 0"]),
        ("G9", ox, "ConvTranspose", 3, 3, json!({"output_padding": [-1]}), &["output padding -1"]),
        ("G2", ox, "Conv", 3, 3, json!({"strides": [-2], "auto_pad": "SAME_UPPER"}), &["stride -2"]),
    ]
}

#[test]
fn refusals_show_rule_and_numbers() {
    for (rule, framework, operation, input, kernel, attributes, numbers) in refused() {
        let error = on_axis(framework, operation, input, kernel, attributes.clone()).map(|l| l.spec).unwrap_err();
        // Groups that divide no channel are refused as such, before the weight is looked at.
        let rule = if numbers == ["G4"] { error.rule() } else { rule };
        let line = error.to_string();
        assert_eq!(error.rule(), rule, "{operation} {attributes}: {line}");
        for number in numbers.iter().filter(|n| **n != "G4") {
            assert!(line.contains(number), "'{number}' is not in: {line}");
        }
    }
    // Channels: x has 3, the weight takes 2; a convolution's weight takes 2 × 2.
    for (framework, rule, transposed, plain) in
        [("pytorch", "PT4", TORCH, "torch.nn.functional.conv1d"), ("onnx", "OX4", "ConvTranspose", "Conv")]
    {
        for (operation, x, w, groups, takes) in
            [(transposed, [1, 3, 4], [2, 1, 2], 1, "takes 2"), (plain, [1, 3, 4], [2, 2, 2], 2, "takes 4")]
        {
            let word = if framework == "onnx" { "group" } else { "groups" };
            let error = lower(framework, operation, &x, &w, &json!({word: groups})).unwrap_err();
            assert_eq!(error.rule(), rule);
            assert!(error.to_string().contains("3 channels") && error.to_string().contains(takes), "{error}");
        }
        let error = lower(
            framework,
            transposed,
            &[1, 4, 4],
            &[4, 1, 2],
            &json!({(if framework == "onnx" { "group" } else { "groups" }): 3}),
        );
        assert_eq!(
            error.unwrap_err().to_string(),
            "G4: 3 groups do not divide 4 input channels; groups must divide both channel counts"
        );
        // A batch of 0, which PyTorch accepts, shows nothing: outside here.
        let error = lower(framework, transposed, &[0, 1, 4], &[1, 1, 2], &json!({})).unwrap_err();
        assert_eq!(error.to_string(), "G3: batch 0; it must be at least 1");
        for (x, w) in [(&[4][..], &[2][..]), (&[1, 4], &[1, 2]), (&[1, 1, 4], &[1, 1, 2, 2]), (&[], &[])] {
            assert_eq!(lower(framework, transposed, x, w, &json!({})).unwrap_err().rule(), "M5");
        }
    }
}

#[test]
fn pytorch_accepts_up_to_its_limits() {
    let torch = |attributes| spec(on_axis("torch", TORCH, 3, 3, attributes));
    assert_eq!(torch(json!({})), "tconv i3 k3");
    // a < max(s, d): 2 with s = 2 and d = 3.
    assert_eq!(torch(json!({"stride": 2, "dilation": 3, "output_padding": 2})), "tconv i3 k3 s2 a2 d3");
    assert_eq!(torch(json!({"stride": 2, "output_padding": 1, "padding": 1})), "tconv i3 k3 s2 p1 a1");
    // 2·2 + 3 = 7 to 8.
    assert_eq!(torch(json!({"stride": 2, "output_size": [7]})), "tconv i3 k3 s2");
    assert_eq!(torch(json!({"stride": 2, "output_size": [8]})), "tconv i3 k3 s2 a1");
    // With p = 3 nothing is left but by output padding: 7 − 6 = 1 to 2; p = 4 leaves −1 to 0.
    assert_eq!(torch(json!({"stride": 2, "padding": 3, "output_size": [2]})), "tconv i3 k3 s2 p3 a1");
    assert!(torch(json!({"stride": 2, "padding": 4, "output_size": [0]})).starts_with("G5: output length 0"));
    assert_eq!(torch(json!({"stride": null, "output_size": null})), "tconv i3 k3");
    let conv = |attributes| spec(on_axis("torch", "torch.nn.functional.conv1d", 6, 3, attributes));
    assert_eq!(conv(json!({"padding": "valid", "stride": 2})), "conv i6 k3 s2");
    assert_eq!(conv(json!({"padding": "same", "dilation": 2})), "conv i6 k3 p2 d2");
    // k = 4: total 3, the larger half at the end.
    assert_eq!(
        spec(on_axis("torch", "torch.nn.functional.conv1d", 6, 4, json!({"padding": "same"}))),
        "conv i6 k4 p1:2"
    );
    // The input gradient of a convolution over 6 positions: conv i6 k3 s2 has 2 results and a = 1.
    let gradient =
        on_axis("torch", "grad_input of torch.nn.functional.conv1d", 2, 3, json!({"stride": 2, "input_size": [6]}));
    assert_eq!(spec(gradient), "tconv i2 k3 s2 a1");
    assert_eq!(spec(on_axis("torch", "torch.nn.grad.conv1d_input", 2, 3, json!({}))), "tconv i2 k3");
}

#[test]
fn one_number_stands_for_all_axes() {
    let attributes = json!({"stride": 2, "padding": [1], "output_padding": 1, "dilation": 1, "groups": 2});
    let found = lower("pytorch", "torch.nn.functional.conv_transpose2d", &[5, 4, 3, 7], &[4, 3, 3, 2], &attributes);
    assert_eq!(spec(found), "tconv i3x7 k3x2 s2 p1 a1 c4:6 g2 n5");
    let attributes = json!({"stride": [1, 2, 3], "dilation": [3, 2, 1], "padding": [0, 1, 2]});
    let found =
        lower("pytorch", "torch.nn.functional.conv_transpose3d", &[1, 1, 3, 3, 3], &[1, 1, 3, 3, 3], &attributes);
    assert_eq!(spec(found), "tconv i3x3x3 k3x3x3 s1x2x3 p0x1x2 d3x2x1");
    // pads of ONNX: all begins, then all ends.
    let attributes = json!({"pads": [0, 1, 2, -3], "group": 1});
    assert_eq!(
        spec(lower("onnx", "ConvTranspose", &[1, 1, 4, 4], &[1, 1, 3, 3], &attributes)),
        "tconv i4x4 k3x3 p0:2x1:-3"
    );
}

/// total = s(in−1) + a + keff − output_shape, by hand: input 3, kernel 4, stride 2 give 8 rows.
#[test]
fn onnx_pads_are_found_by_its_text() {
    let onnx = |attributes| spec(on_axis("onnx", "ConvTranspose", 3, 4, attributes));
    let shaped =
        |auto_pad: &str, shape: i64| onnx(json!({"strides": [2], "auto_pad": auto_pad, "output_shape": [shape]}));
    for (auto_pad, even, odd) in [("SAME_UPPER", "p1", "p1:2"), ("SAME_LOWER", "p1", "p2:1"), ("NOTSET", "p1", "p2:1")]
    {
        assert_eq!(shaped(auto_pad, 6), format!("tconv i3 k4 s2 {even}"));
        assert_eq!(shaped(auto_pad, 5), format!("tconv i3 k4 s2 {odd}"));
        assert_eq!(shaped(auto_pad, 8), "tconv i3 k4 s2");
    }
    // Without output_shape SAME means in·s = 6, VALID and NOTSET crop nothing.
    for auto_pad in ["SAME_UPPER", "SAME_LOWER"] {
        assert_eq!(onnx(json!({"strides": [2], "auto_pad": auto_pad})), "tconv i3 k4 s2 p1");
    }
    for auto_pad in ["VALID", "NOTSET", ""] {
        assert_eq!(onnx(json!({"strides": [2], "auto_pad": auto_pad, "pads": [0, 0]})), "tconv i3 k4 s2");
    }
    // a joins the total: 8 + 1 − 6 = 3.
    assert_eq!(
        onnx(json!({"strides": [2], "output_padding": [1], "output_shape": [6], "auto_pad": "SAME_UPPER"})),
        "tconv i3 k4 s2 p1:2 a1"
    );
    // pads are ignored where output_shape is given.
    assert_eq!(onnx(json!({"strides": [2], "output_shape": [6], "pads": [0, 5]})), "tconv i3 k4 s2 p1");
}

/// total < 0: 1 row too few is halved to −1 and 0, rounded down, with a remark.
#[test]
fn onnx_with_a_negative_total() {
    for (auto_pad, pads) in [("SAME_UPPER", "p-1:0"), ("SAME_LOWER", "p0:-1"), ("NOTSET", "p0:-1")] {
        let found =
            on_axis("onnx", "ConvTranspose", 3, 4, json!({"strides": [2], "auto_pad": auto_pad, "output_shape": [9]}))
                .unwrap();
        assert_eq!(found.spec.to_string(), format!("tconv i3 k4 s2 {pads}"));
        assert_eq!(found.spec.output_shape(), [1, 1, 9]);
        let [remark] = &found.remarks[..] else { panic!("{:?}", found.remarks) };
        assert!(
            remark.contains("axis 0: total padding -1 is negative") && remark.contains("ONNX Runtime clamps"),
            "{remark}"
        );
    }
    // SAME with a stride beyond the kernel: in·s = 9 of 8 rows.
    let found = on_axis("onnx", "ConvTranspose", 3, 2, json!({"strides": [3], "auto_pad": "SAME_UPPER"})).unwrap();
    assert_eq!((found.spec.to_string().as_str(), found.remarks.len()), ("tconv i3 k2 s3 p-1:0", 1));
    let found = on_axis("onnx", "ConvTranspose", 3, 4, json!({"strides": [2], "output_shape": [8]})).unwrap();
    assert!(found.remarks.is_empty());
}

/// out = ⌈in/s⌉, total = max((out−1)s + keff − in, 0).
#[test]
fn onnx_convolutions_with_auto_pad() {
    let conv = |input, kernel, stride: i64, dilation: i64, auto_pad: &str| {
        let attributes = json!({"strides": [stride], "dilations": [dilation], "auto_pad": auto_pad});
        spec(on_axis("onnx", "Conv", input, kernel, attributes))
    };
    // in 5, s 2: 3 results span 4 + 3 = 7: total 2. k = 4: total 3. in 6: 3 results, 7 − 6 = 1.
    assert_eq!(conv(5, 3, 2, 1, "SAME_UPPER"), "conv i5 k3 s2 p1");
    assert_eq!(conv(5, 4, 2, 1, "SAME_UPPER"), "conv i5 k4 s2 p1:2");
    assert_eq!(conv(5, 4, 2, 1, "SAME_LOWER"), "conv i5 k4 s2 p2:1");
    assert_eq!(conv(6, 3, 2, 1, "SAME_UPPER"), "conv i6 k3 s2 p0:1");
    assert_eq!(conv(6, 3, 2, 1, "SAME_LOWER"), "conv i6 k3 s2 p1:0");
    // Dilation 2: keff 5, 3 results span 9, total 3. Stride beyond the kernel: total 0, not −1.
    assert_eq!(conv(6, 3, 2, 2, "SAME_UPPER"), "conv i6 k3 s2 p1:2 d2");
    assert_eq!(conv(6, 1, 3, 1, "SAME_UPPER"), "conv i6 k1 s3");
    assert_eq!(conv(6, 3, 2, 1, "VALID"), "conv i6 k3 s2");
}

/// E-27: one call said in two frameworks, one pixel apart.
#[test]
fn same_is_not_the_same() {
    let values = |lowered: Lowered| {
        let g = lowered.spec.geometry;
        convproof::verify::expected(&g, &[1i64, 10, 100], &[1, 2, 3, 4, 5]).unwrap().values::<i64>().unwrap()
    };
    let onnx =
        |auto_pad: &str| on_axis("onnx", "ConvTranspose", 3, 5, json!({"strides": [2], "auto_pad": auto_pad})).unwrap();
    let (upper, lower) = (onnx("SAME_UPPER"), onnx("SAME_LOWER"));
    assert_eq!(
        (upper.spec.to_string(), lower.spec.to_string()),
        ("tconv i3 k5 s2 p1:2".into(), "tconv i3 k5 s2 p2:1".into())
    );
    let torch = on_axis("torch", TORCH, 3, 5, json!({"stride": 2, "padding": 2, "output_padding": 1})).unwrap();
    assert_eq!(relation(&torch.spec.geometry), relation(&lower.spec.geometry));
    assert_eq!(values(upper), [2, 13, 24, 135, 240, 350]);
    assert_eq!(values(lower), [13, 24, 135, 240, 350, 400]);
    assert_eq!(values(torch), [13, 24, 135, 240, 350, 400]);
}

/// Values that are words somewhere.
const TEXTS: &[&str] = &[
    "SAME_UPPER",
    "SAME_LOWER",
    "SAME",
    "VALID",
    "NOTSET",
    "same",
    "valid",
    "custom",
    "",
    "NCHW",
    "NHWC",
    "NCW",
    "channels_first",
    "[b,0,1,f]x[0,1,i,o]->[b,0,1,f]",
    "[b,f,0]x[o,i,0]->[b,f,0]",
    "[]x[]->[]",
];

fn value() -> impl Strategy<Value = Value> {
    let edge =
        prop_oneof![Just(i64::MIN), Just(i64::MAX), Just(1 << 62), Just(1 << 60), Just(-1), Just(0), any::<i64>()];
    let number = prop_oneof![3 => -2i64..5, 1 => edge];
    let leaf = prop_oneof![
        4 => number.clone().prop_map(Value::from),
        1 => any::<f64>().prop_map(Value::from),
        2 => proptest::sample::select(TEXTS).prop_map(Value::from),
        1 => any::<String>().prop_map(Value::from),
        1 => prop_oneof![
            Just(Value::Null), Just(json!(true)), Just(json!({"a": 1})), Just(json!(u64::MAX)),
            Just(json!(["NWC", "WIO", "NWC"])), Just(json!(["NCHW", "OIHW", "NHWC"])), Just(json!([true, false])),
        ],
    ];
    let pairs = proptest::collection::vec(proptest::collection::vec(number.clone(), 0..3), 0..5);
    prop_oneof![3 => proptest::collection::vec(number, 0..5).prop_map(Value::from), 2 => leaf.clone(),
        1 => proptest::collection::vec(leaf, 0..5).prop_map(Value::from), 2 => pairs.prop_map(Value::from)]
}

/// Calls of every dialect to begin with: their words are then replaced.
fn beginnings() -> &'static [Words] {
    static BEGINNINGS: std::sync::OnceLock<Vec<Words>> = std::sync::OnceLock::new();
    BEGINNINGS.get_or_init(|| {
        let specs =
            ["tconv i3x3 k2x2 s2", "tconv i3 k3 s2", "tconv i3 k3 s2 p1 a1", "conv i5 k3 s2", "tconv i2 k2 c2:2 g2"];
        let specs = specs.map(|text| text.parse::<Spec>().unwrap());
        let of = |dialect: &'static convproof::dialect::Dialect| -> Vec<Words> {
            let all = specs.iter().flat_map(|spec| Pads::ALL.map(|pads| (dialect.propose)(spec, pads)));
            let calls: Vec<Words> = all.flat_map(Result::unwrap_or_default).collect();
            assert!(!calls.is_empty(), "{}", dialect.name);
            calls
        };
        DIALECTS.iter().flat_map(|dialect| of(dialect)).collect()
    })
}

proptest! {
    #![proptest_config(crate::common::sampled(1000))]

    /// Any words on any shapes: a geometry or one line, never a panic.
    #[test]
    fn no_words_end_in_a_panic(
        values in proptest::collection::vec((0usize..64, value()), 0..4),
        x in proptest::option::weighted(0.3, proptest::collection::vec(0usize..5, 0..6)),
        w in proptest::option::weighted(
            0.3,
            proptest::collection::vec(prop_oneof![9 => 0usize..4, 1 => Just(usize::MAX)], 0..6),
        ),
        operation in prop_oneof![9 => Just(None), 1 => proptest::sample::select(&["?", "", "conv", "Conv1DTranspose"][..]).prop_map(Some)],
        extra in any::<String>(),
    ) {
        for beginning in beginnings() {
            let mut call = beginning.clone();
            let words = call.dialect.words;
            call.attributes.extend(values.iter().map(|(n, value)| (words[n % words.len()].name.to_owned(), value.clone())));
            call.x = x.clone().unwrap_or(call.x);
            call.w = w.clone().unwrap_or(call.w);
            call.operation = operation.map_or(call.operation, str::to_owned);
            match call.lower() {
                Ok(found) => {
                    let again = found.spec.to_string().parse::<Spec>();
                    prop_assert!(again.is_ok_and(|s| s == found.spec), "{call}");
                    prop_assert!(found.remarks.iter().all(|remark| !remark.contains('\n')));
                }
                Err(error) => prop_assert!(!error.to_string().contains('\n'), "{call}: {error}"),
            }
            call.attributes.insert(extra.clone(), Value::Null);
            let _ = (call.lower(), call.to_string());
        }
    }
}
