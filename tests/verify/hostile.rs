//! Cases that lie: each a line that names file and field, none a panic, and the next case is judged.
#![allow(clippy::unwrap_used)]

use crate::common::cases::{Folder, f32s, npz, refusal, verify};
use convproof::data::{Array, Values};
use convproof::verify::Verdict;
use serde_json::{Value, json};

/// x = [1, 3], w = [2, 1], y = [2, 7, 3].
fn arrays() -> Vec<(&'static str, Array)> {
    vec![("x", f32s(&[1, 1, 2], &[1, 3])), ("w", f32s(&[1, 1, 2], &[2, 1])), ("y", f32s(&[1, 1, 3], &[2, 7, 3]))]
}

/// A case that states everything, and is right.
fn full() -> Value {
    json!({
        "framework": "pytorch", "version": "2", "op": "torch.nn.functional.conv_transpose1d", "case": "full",
        "attributes": {"stride": [1], "padding": 0, "output_padding": [0], "groups": 1, "dilation": 1},
        "layouts": {"x": "NCS", "w": "IoS", "y": "NCS"},
        "canonical": {"size": [2], "kernel": [2], "stride": [1], "dilation": [1], "pad_begin": [0], "pad_end": [0],
            "output_padding": [0], "groups": 1, "batch": 1, "in_channels": 1, "out_channels": 1, "output": [3]},
        "tensors": {"x": [1, 1, 2], "w": [1, 1, 2], "y": [1, 1, 3]},
        "dtypes": {"x": "float32"}, "spec": "tconv i2 k2", "arithmetic": "f32", "role": "forward",
        "weight_flipped": false, "comment": "free text", "source": {"of": "any kind"}
    })
}

/// `full` with the value at a dotted path replaced.
fn with(path: &str, value: Value) -> Value {
    let mut case = full();
    let mut place = &mut case;
    for key in path.split('.') {
        place = &mut place[key];
    }
    *place = value;
    case
}

/// The refusals of cases, in order; one that is right stands before and behind them.
fn refusals(cases: &[(String, Value)]) -> Vec<String> {
    let folder = Folder::new();
    folder.case("!first", full(), &arrays());
    folder.case("~last", full(), &arrays());
    for (n, (_, case)) in cases.iter().enumerate() {
        folder.case(&format!("case{n:04}"), case.clone(), &arrays());
    }
    let (_, reports) = folder.verify();
    assert_eq!(reports.len(), cases.len() + 2);
    for sound in [&reports[0], &reports[reports.len() - 1]] {
        assert_eq!(sound.verdict(), Verdict::Same, "{:?}", sound.answer);
    }
    let lines = reports[1..=cases.len()].iter().zip(cases).map(|(report, (what, case))| {
        assert!(report.answer.is_err(), "{what}: {case}: {:?}", report.answer);
        let line = refusal(report);
        assert!(line.starts_with(&format!("{}: ", report.case)), "{line}");
        line
    });
    lines.collect()
}

#[test]
fn every_prefix_of_a_case() {
    let folder = Folder::new();
    let text = with("npz", json!("case.npz")).to_string();
    folder.write("case.npz", npz(&arrays()));
    let path = folder.path("case.json");
    for length in 0..text.len() {
        std::fs::write(&path, &text[..length]).unwrap();
        let (_, reports) = verify(std::slice::from_ref(&path));
        let line = refusal(&reports[0]);
        assert!(line.contains("case.json: F2: not a valid json file"), "{line}");
    }
    std::fs::write(&path, &text).unwrap();
    assert_eq!(verify(&[path]).1[0].verdict(), Verdict::Same);
}

/// Each key with values of every wrong type: refused, naming the key.
#[test]
fn wrong_types_of_every_key() {
    let values = [
        json!(null),
        json!(true),
        json!(-3),
        json!(2.5),
        json!("?"),
        json!([]),
        json!([null]),
        json!({}),
        json!({"?": []}),
    ];
    let mut cases = Vec::new();
    let keys = [
        "npz",
        "framework",
        "op",
        "attributes",
        "layouts",
        "canonical",
        "tensors",
        "dtypes",
        "spec",
        "arithmetic",
        "role",
        "weight_flipped",
        "attributes.stride",
        "attributes.padding",
        "attributes.output_padding",
        "attributes.groups",
        "attributes.dilation",
        "layouts.x",
        "layouts.w",
        "layouts.y",
        "canonical.size",
        "canonical.kernel",
        "canonical.stride",
        "canonical.dilation",
        "canonical.pad_begin",
        "canonical.pad_end",
        "canonical.output_padding",
        "canonical.groups",
        "canonical.batch",
        "canonical.in_channels",
        "canonical.out_channels",
        "canonical.output",
        "tensors.x",
        "tensors.w",
        "tensors.y",
        "dtypes.x",
    ];
    for key in keys {
        for value in &values {
            // What may be left out may be null; empty objects state nothing; -3 and true may be values.
            let optional = !key.contains('.') || key.starts_with("attributes.");
            let nothing =
                ["attributes", "layouts", "tensors", "dtypes", "arithmetic"].contains(&key) && *value == json!({});
            let valid =
                (key == "weight_flipped" && *value == json!(true)) || (key == "framework" && *value == json!("?"));
            if (optional && value.is_null() && key != "npz") || nothing || valid {
                continue;
            }
            cases.push((key.to_owned(), with(key, value.clone())));
        }
    }
    for (line, (key, case)) in refusals(&cases).iter().zip(&cases) {
        let last = key.rsplit('.').next().unwrap();
        let said = match (key.as_str(), &case[key]) {
            ("npz", Value::String(_)) => "?: F1: cannot open",
            ("op", Value::String(_)) => "M6: no dialect for '?'",
            ("spec", Value::String(_)) => "spec: S",
            ("canonical", Value::Object(_)) => "canonical: F5: field 'size' is missing",
            ("layouts", Value::Object(_)) => "attribute 'layouts.?'",
            ("layouts.x" | "layouts.w" | "layouts.y", _) => "layout",
            ("canonical.size", _) => "canonical: ", // an empty list is no axis
            ("canonical.in_channels" | "canonical.out_channels", _) => "channels",
            _ => last,
        };
        // G9 says "output padding".
        let line = line.replace("output padding", "output_padding");
        assert!(line.contains(said), "{key} in {case}: {line}");
    }
}

/// (what, case, rule, words of the message)
#[test]
fn contradictions_show_both_sides() {
    type Row<'a> = (&'a str, Value, &'a [&'a str]);
    let stated = |fields: Value| fields;
    let rows: Vec<Row<'_>> = vec![
        ("tensors.x", json!([1, 2, 2]), &["M2: tensors.x is stated as [1, 2, 2]", "case0000.npz gives [1, 1, 2]"]),
        ("tensors.y", json!([3]), &["M2: tensors.y", "[3]", "[1, 1, 3]"]),
        ("tensors.b", json!([3]), &["case0002.npz: F5: array 'b' is missing; it holds x, w, y"]),
        ("canonical.stride", json!([2]), &["canonical: M2: output is stated as [3]", "[4]"]),
        ("canonical.in_channels", json!(2), &["M2: canonical is stated as tconv i2 k2 c2:1", "gives tconv i2 k2"]),
        ("canonical.output", json!([4]), &["canonical: M2: output is stated as [4]", "[3]"]),
        ("canonical.size", json!([2, 2]), &["canonical: G1:", "kernel"]),
        ("canonical.pad_begin", json!([9]), &["canonical: G5: output length -6 on axis 0"]),
        ("canonical.groups", json!(0), &["canonical: G3: groups 0"]),
        ("spec", json!("tconv i2 k2 s2"), &["M2: spec is stated as tconv i2 k2 s2", "tconv i2 k2"]),
        ("spec", json!("conv i2 k2"), &["M2: spec is stated as conv i2 k2"]),
        ("spec", json!("tconv i2 k2 q7"), &["spec: S", "q7"]),
        ("spec", json!("tconv i2 k2 p3"), &["spec: G5: output length -3"]),
        ("spec", json!("tconv\ni2 k2 \u{1b}[31m"), &["spec: S"]),
        ("layouts.x", json!("NSC"), &["M2: layouts is stated as NSC,IoS,NCS", "pytorch gives NCS,IoS,NCS"]),
        ("layouts.w", json!("NCS"), &["M3: layout 'NCS' of w"]),
        ("layouts.q", json!("NCS"), &["M5: attribute 'layouts.q'"]),
        ("weight_flipped", json!(true), &["M2: weight_flipped is stated as true", "pytorch gives false"]),
        ("weight_fliped", json!(true), &["M4: unknown attribute 'weight_fliped' of a recorded case; it has npz, spec"]),
        ("Attributes", json!({}), &["M4: unknown attribute 'Attributes' of a recorded case"]),
        ("tensors.weight", json!([1, 1, 2]), &["M4: unknown attribute 'weight' of tensors; it has x, w, b, g, y"]),
        ("dtypes.out", json!("float32"), &["M4: unknown attribute 'out' of dtypes"]),
        ("dtypes.x", json!("float31"), &["dtypes.x: F4:", "float31"]),
        ("dtypes.x", json!("float64"), &["dtypes.x: "]),
        ("arithmetic", json!("f31"), &["arithmetic: Q4:", "f31"]),
        ("arithmetic", json!({"sum": "f32"}), &["arithmetic: Q4:", "sum=f32"]),
        ("role", json!("backward"), &["M5: attribute 'role'", "input-gradient"]),
        ("attributes.strides", json!(1), &["attributes: M4: unknown attribute 'strides'", "stride"]),
        ("attributes.stride", json!([1, 1]), &["attributes: M5: attribute 'stride' is [1,1]", "a list of 1"]),
        ("attributes.stride", json!("1"), &["attributes: M5: attribute 'stride' is \"1\""]),
        ("attributes.stride", json!(18446744073709551615u64), &["M5: attribute 'stride' is 18446744073709551615"]),
        ("attributes.groups", json!([1]), &["M5: attribute 'groups' is [1]; expected a whole number"]),
        ("attributes.groups", json!(0), &["G3: groups 0; it must be at least 1"]),
        ("attributes.groups", json!(-1), &["groups -1"]),
        ("attributes.stride", json!(0), &["G2: stride 0 on axis 0"]),
        ("attributes.dilation", json!(-2), &["G2: dilation -2 on axis 0"]),
        ("op", json!("torch.nn.functional.relu\n"), &["M6: no dialect for 'torch.nn.functional.relu"]),
        ("npz", json!("../case0000.npz"), &["M5: attribute 'npz'", "../case0000.npz", "same folder"]),
        ("npz", json!("/etc/passwd"), &["M5: attribute 'npz'", "same folder"]),
        ("npz", json!("a\\b.npz"), &["M5: attribute 'npz'"]),
        ("npz", json!(".."), &["M5: attribute 'npz'"]),
        ("npz", json!("."), &["M5: attribute 'npz'", "a file, not a folder"]),
        ("npz", json!(""), &["M5: attribute 'npz'"]),
        ("npz", json!("absent.npz"), &["absent.npz: F1: cannot open"]),
        ("npz", json!("case0000.json"), &["case0000.json: F2: not a valid npz file"]),
        ("npz", json!("a\u{0}b"), &["F1: cannot open"]),
        ("npz", json!("a\nb"), &["a\\nb: F1: cannot open"]),
        ("spec", stated(json!("tconv i2 k2 c2:1")), &["M2: spec"]),
    ];
    let cases: Vec<(String, Value)> =
        rows.iter().map(|(path, value, _)| ((*path).to_owned(), with(path, value.clone()))).collect();
    for (line, (path, value, words)) in refusals(&cases).iter().zip(&rows) {
        for word in *words {
            assert!(line.contains(word), "{path} = {value}: '{word}' is not in: {line}");
        }
    }
}

#[test]
fn frameworks_without_a_dialect_state_their_geometry() {
    let strip = |mut case: Value, keys: &[&str]| {
        keys.iter().for_each(|key| drop(case.as_object_mut().unwrap().remove(*key)));
        case
    };
    let fantasy = with("framework", json!("fantasy"));
    let cases = [
        ("none".to_owned(), strip(fantasy.clone(), &["spec", "canonical"])),
        ("attributes".to_owned(), strip(full(), &["spec", "attributes"])),
        ("neither".to_owned(), strip(full(), &["framework", "spec", "attributes"])),
        ("framework".to_owned(), strip(full(), &["framework"])),
    ];
    let lines = refusals(&cases);
    assert!(lines[0].contains("M6: no dialect for 'fantasy'; known are ") && lines[0].contains("state 'canonical'"));
    assert!(lines[1].contains("F5: field 'attributes' is missing") && lines[2].contains("F5: field 'spec' is missing"));
    assert!(
        lines[3].contains("M5: attribute 'framework' is missing; expected the framework whose words"),
        "{}",
        lines[3]
    );
    // A spec beside a framework without its words is taken as stated, in the stated layouts.
    let folder = Folder::new();
    for framework in ["pytorch", "fantasy"] {
        let mut case = strip(full(), &["attributes"]);
        case["framework"] = json!(framework);
        folder.case(framework, case, &arrays());
    }
    let mut flipped = strip(full(), &["attributes"]);
    flipped["weight_flipped"] = json!(true);
    folder.case("wrong", flipped, &arrays());
    let (_, reports) = folder.verify();
    let verdicts: Vec<Verdict> = reports.iter().map(|r| r.verdict()).collect();
    assert_eq!(verdicts, [Verdict::Same, Verdict::Same, Verdict::Differs], "{reports:?}");
    assert!(reports.iter().all(|report| report.remarks.is_empty()));
    let folder = Folder::new();
    folder.case("case", strip(fantasy, &["spec"]), &arrays());
    let report = folder.only();
    assert_eq!(report.verdict(), Verdict::Same);
    assert!(report.remarks[0].contains("no dialect for 'fantasy'"), "{:?}", report.remarks);
}

#[test]
fn arrays_that_are_missing_or_empty() {
    let folder = Folder::new();
    let spec = json!({"spec": "tconv i2 k2"});
    for (n, name) in ["w", "x", "y"].into_iter().enumerate() {
        let rest: Vec<_> = arrays().into_iter().filter(|(other, _)| *other != name).collect();
        folder.case(&format!("{n}{name}"), spec.clone(), &rest);
    }
    folder.case("3none", spec.clone(), &[]);
    folder.case(
        "4batch",
        json!({"framework": "pytorch", "attributes": {}}),
        &[("x", f32s(&[0, 1, 2], &[])), ("w", f32s(&[1, 1, 2], &[2, 1])), ("y", f32s(&[0, 1, 3], &[]))],
    );
    let scalar = |name| (name, f32s(&[], &[1]));
    folder.case("5scalar", json!({"framework": "onnx", "attributes": {}}), &[scalar("x"), scalar("w"), scalar("y")]);
    folder.case("6scalar", spec, &[scalar("x"), scalar("w"), scalar("y")]);
    folder.write("7.json", r#"{"npz": "7.npz", "spec": "tconv i2 k2"}"#);
    folder.write("7.npz", &npz(&arrays())[..300]);
    folder.case("8", full(), &arrays());
    let (_, reports) = folder.verify();
    let expected = [
        "F5: tensor 'w' is missing",
        "F5: tensor 'x' is missing",
        "F5: array 'y' is missing; it holds x, w",
        "F5: array 'y' is missing; it holds nothing",
        "G3: batch 0; it must be at least 1",
        "M5: attribute 'operands of ConvTranspose'",
        "M1: x has the shape []",
        "7.npz: F2",
    ];
    for (report, words) in reports.iter().zip(expected) {
        assert!(refusal(report).contains(words), "{words}: {}", refusal(report));
    }
    assert_eq!(reports[8].verdict(), Verdict::Same);
}

/// Numbers at the ends of 64 bits in every place: refused, never wrapped.
#[test]
fn huge_numbers_do_not_overflow() {
    let mut cases = Vec::new();
    for value in [i64::MAX, i64::MIN, i64::MAX - 1, i64::MIN + 1, 1 << 62, 1 << 60, -(1 << 60), 1 << 40] {
        for key in ["stride", "padding", "output_padding", "dilation", "groups"] {
            cases.push((key.to_owned(), with(&format!("attributes.{key}"), json!(value))));
        }
        for key in ["size", "kernel", "stride", "dilation", "pad_begin", "pad_end", "output_padding", "output"] {
            cases.push((key.to_owned(), with(&format!("canonical.{key}"), json!([value]))));
        }
        for key in ["groups", "batch", "in_channels", "out_channels"] {
            cases.push((key.to_owned(), with(&format!("canonical.{key}"), json!(value))));
        }
        let torch = |word: &str| json!({"framework": "torch", "attributes": {word: [value]}});
        cases
            .extend([("output_size".to_owned(), torch("output_size")), ("input_size".to_owned(), torch("input_size"))]);
        for (word, list) in [
            ("strides", json!([value])),
            ("dilations", json!([value])),
            ("pads", json!([value, value])),
            ("pads", json!([value, -1])),
            ("output_padding", json!([value])),
            ("output_shape", json!([value])),
            ("group", json!(value)),
        ] {
            for auto_pad in ["NOTSET", "SAME_UPPER", "SAME_LOWER"] {
                for op in ["ConvTranspose", "Conv"] {
                    let case = json!({"framework": "onnx", "op": op, "attributes": {word: list, "auto_pad": auto_pad}});
                    cases.push((word.to_owned(), case));
                }
            }
        }
        cases.push(("spec".to_owned(), json!({"spec": format!("tconv i2 k2 p{value}")})));
    }
    let folder = Folder::new();
    for (n, (_, case)) in cases.iter().enumerate() {
        folder.case(&format!("{n}"), case.clone(), &arrays());
    }
    let (_, reports) = folder.verify();
    assert_eq!(reports.len(), cases.len());
    for report in reports {
        // Large strides and output sizes are legal: then y has the wrong shape.
        match &report.answer {
            Ok(answer) => assert_eq!(answer.judgement.verdict, Verdict::Differs, "{:?} {answer:?}", report.spec),
            Err(_) => assert!(refusal(&report).contains(": "), "{report:?}"),
        }
    }
}

/// One tap: the dilation is hidden, but as a stride it would need 2^40 cells.
#[test]
fn mistakes_that_need_the_memory_of_a_planet_are_not_tried() {
    let folder = Folder::new();
    let one = |y: i64| {
        vec![("x", f32s(&[1, 1, 2], &[1, 3])), ("w", f32s(&[1, 1, 1], &[2])), ("y", f32s(&[1, 1, 2], &[2, y]))]
    };
    let spec = json!({"spec": "tconv i2 k1 d1099511627776"});
    folder.case("right", spec.clone(), &one(6));
    folder.case("wrong", spec, &one(7));
    let (_, reports) = folder.verify();
    assert_eq!((reports[0].verdict(), reports[1].verdict()), (Verdict::Same, Verdict::Differs));
}

#[test]
fn deep_and_long_documents() {
    let deep = format!("{}{}", "[".repeat(100_000), "]".repeat(100_000));
    let folder = Folder::new();
    folder.write("a.json", format!("{{\"npz\": {deep}}}"));
    folder.write("b.json", format!("{{\"npz\": \"{}\"}}", "é".repeat(100_000)));
    let long = "x".repeat(100_000);
    for (n, key) in
        ["op", "spec", "role", "arithmetic", "layouts.x", "dtypes.x", "attributes.stride"].into_iter().enumerate()
    {
        folder.case(&format!("c{n}"), with(key, json!(long)), &arrays());
    }
    folder.case("d", with(&format!("attributes.{long}"), json!(1)), &arrays());
    folder.case("e", with(&format!("layouts.{long}"), json!(1)), &arrays());
    let names: Vec<String> = (0..50).map(|n| format!("{n}{long}")).collect();
    let many: Vec<(&str, Array)> =
        names.iter().map(|n| (&n[..60_000], Array::new(vec![0], Values::I8(vec![])).unwrap())).collect();
    folder.case("f", json!({"spec": "tconv i2 k2"}), &many);
    let (_, reports) = folder.verify();
    assert_eq!(reports.len(), 12);
    for report in &reports {
        refusal(report); // at most 1000 characters, one line
    }
    assert!(refusal(&reports[0]).contains("a.json: F2: not a valid json file"));
}
