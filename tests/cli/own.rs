//! `convproof verify --spec`: tensors from every kind of file. All numbers are worked by hand.

#![allow(clippy::unwrap_used)] // a test may fail by it

use convproof::cli::{DIFFERS, SAME, UNANSWERED};
use convproof::data::{Array, Values};
use serde_json::{Value, json};

use crate::command::{Ran, run, shell_words};
use crate::tensors::{FLIPPED, Folder, RIGHT, SPEC, assert_mistake, assert_same, floats, npz, own, verdict, w, x, y};

/// A TensorProto of type FLOAT: field 1 dims, 2 data_type, 9 raw_data.
#[cfg(feature = "onnx")]
fn pb(array: &Array, values: &[f32]) -> Vec<u8> {
    let mut bytes: Vec<u8> = array.shape().iter().flat_map(|&n| [0x08, u8::try_from(n).unwrap()]).collect();
    bytes.extend([0x10, 1, 0x4a, u8::try_from(4 * values.len()).unwrap()]);
    bytes.extend(values.iter().flat_map(|v| v.to_le_bytes()));
    bytes
}

fn raw(values: &[f32]) -> Vec<u8> {
    values.iter().flat_map(|v| v.to_le_bytes()).collect()
}

fn safetensors(arrays: &[(&str, &[usize], &[f32])]) -> Vec<u8> {
    let (mut header, mut data) = (serde_json::Map::new(), Vec::new());
    for (name, shape, values) in arrays {
        let begin = data.len();
        data.extend(raw(values));
        let entry = json!({"dtype": "F32", "shape": shape, "data_offsets": [begin, data.len()]});
        header.insert((*name).to_owned(), entry);
    }
    let header = Value::Object(header).to_string();
    [&(header.len() as u64).to_le_bytes()[..], header.as_bytes(), &data].concat()
}

#[test]
fn tensors_in_every_kind_of_file() {
    let folder = Folder::new();
    let (xs, ws) = ([1., 10.], [2., 3., 5.]);
    for (name, result) in [("right", RIGHT), ("wrong", FLIPPED)] {
        let judged = |ran: Ran| match name {
            "right" => assert_same(&ran),
            _ => assert_mistake(&ran, "kernel-flipped"),
        };
        let put = |suffix: &str, bytes: &[u8]| folder.put(&format!("{name}{suffix}"), bytes);
        let [fx, fw, fy] = [("x", x()), ("w", w()), ("y", y(result))].map(|(n, a)| folder.npy(&format!("{n}.npy"), &a));
        judged(own(SPEC, &["--x", &fx, "--w", &fw, "--y", &fy]));

        let one = put(".npz", &npz(&[("x", &x()), ("w", &w()), ("y", &y(result))]));
        judged(own(SPEC, &[&one]));
        let at = |key: &str| format!("{one}:{key}");
        judged(own(SPEC, &["--x", &at("x"), "--w", &fw, "--y", &at("y")]));

        let arrays: [(&str, &[usize], &[f32]); 3] =
            [("x", &[1, 1, 2], &xs), ("w", &[1, 1, 3], &ws), ("y", &[1, 1, 5], &result)];
        let one = put(".safetensors", &safetensors(&arrays));
        judged(own(SPEC, &[&one]));
        judged(own(SPEC, &["--x", &format!("{one}:x"), "--w", &format!("{one}:w"), "--y", &format!("{one}:y")]));

        let [rx, rw, ry] = [(".x", &xs[..]), (".w", &ws), (".y", &result)].map(|(suffix, v)| put(suffix, &raw(v)));
        judged(own(SPEC, &["--dtype", "f32", "--x", &rx, "--w", &rw, "--y", &ry]));
        judged(own(SPEC, &["--dtype", "x=f32,y=f32", "--x", &rx, "--w", &fw, "--y", &ry]));
        assert_eq!(own(SPEC, &["--x", &rx, "--w", &rw, "--y", &ry]).code, UNANSWERED, "raw without its type");

        #[cfg(feature = "onnx")]
        {
            let [px, pw, py] = [("x.pb", x(), &xs[..]), ("w.pb", w(), &ws), ("y.pb", y(result), &result)]
                .map(|(suffix, a, v)| put(suffix, &pb(&a, v)));
            judged(own(SPEC, &["--x", &px, "--w", &pw, "--y", &py]));
        }
    }
}

/// NumPy has no bfloat16: its bits come as uint16.
#[test]
fn bfloat16_stored_as_uint16() {
    let folder = Folder::new();
    let bits = |shape: &[usize], values: &[f32]| {
        let bits = values.iter().map(|v| u16::try_from(v.to_bits() >> 16).unwrap()).collect();
        Array::new(shape.to_vec(), Values::U16(bits)).unwrap()
    };
    let x = folder.npy("x.npy", &bits(&[1, 1, 2], &[1., 10.]));
    let w = folder.npy("w.npy", &bits(&[1, 1, 3], &[2., 3., 5.]));
    let y = folder.npy("y.npy", &bits(&[1, 1, 5], &RIGHT));
    let ran = own(SPEC, &["--dtype", "bf16", "--x", &x, "--w", &w, "--y", &y]);
    assert_same(&ran);
    assert!(verdict(&ran)["arithmetic"].as_str().unwrap().contains("bf16"), "{ran:?}");
    // As integers 16256·16384 leaves uint16: nothing is claimed about such a cell.
    assert_eq!(own(SPEC, &["--x", &x, "--w", &w, "--y", &y]).code, UNANSWERED);
}

/// Two channels in, one out: 502 = 1·2 + 100·5, 5723 = 3 + 20 + 700 + 5000, 7030 = 30 + 7000.
#[test]
fn layouts_and_flipped_weights() {
    let spec = "tconv i2 k2 c2:1";
    let folder = Folder::new();
    let y = folder.npy("y.npy", &floats(&[1, 1, 3], &[502., 5723., 7030.]));
    let x = folder.npy("x.npy", &floats(&[1, 2, 2], &[1., 10., 100., 1000.]));
    let w = folder.npy("w.npy", &floats(&[2, 1, 2], &[2., 3., 5., 7.]));
    assert_same(&own(spec, &["--x", &x, "--w", &w, "--y", &y]));

    let x_nsc = folder.npy("x_nsc.npy", &floats(&[1, 2, 2], &[1., 100., 10., 1000.]));
    let w_soi = folder.npy("w_soi.npy", &floats(&[2, 1, 2], &[2., 5., 3., 7.]));
    let y_nsc = folder.npy("y_nsc.npy", &floats(&[1, 3, 1], &[502., 5723., 7030.]));
    let files = ["--x", &x_nsc, "--w", &w_soi, "--y", &y_nsc];
    assert_same(&own(spec, &[&files[..], &["--layout", "x=NSC,w=SOI,y=NSC"]].concat()));
    assert_eq!(own(spec, &[&files[..], &["--layout", "x=NSC,w=SOI,y=NCS"]].concat()).code, DIFFERS);
    assert_eq!(own(spec, &[&files[..], &["--layout", "x=NSS"]].concat()).code, UNANSWERED);

    let flipped = folder.npy("flipped.npy", &floats(&[2, 1, 2], &[3., 2., 7., 5.]));
    assert_same(&own(spec, &["--x", &x, "--w", &flipped, "--y", &y, "--weight-flipped"]));
    assert_mistake(&own(spec, &["--x", &x, "--w", &flipped, "--y", &y]), "kernel-flipped");
}

/// g = 1 10 100 1000 10000. gx = 2 + 30 + 500, 200 + 3000 + 50000; gw[t] = g[t] + 10·g[2 + t].
#[test]
fn roles_and_bias() {
    let folder = Folder::new();
    let (x, w) = (folder.npy("x.npy", &x()), folder.npy("w.npy", &w()));
    let g = folder.npy("g.npy", &floats(&[1, 1, 5], &[1., 10., 100., 1000., 10000.]));
    let b = folder.npy("b.npy", &floats(&[1], &[7.]));
    let gx = folder.npy("gx.npy", &floats(&[1, 1, 2], &[532., 53200.]));
    let gw = folder.npy("gw.npy", &floats(&[1, 1, 3], &[1001., 10010., 100_100.]));
    let gb = folder.npy("gb.npy", &floats(&[1], &[11111.]));
    let yb = folder.npy("yb.npy", &y(RIGHT.map(|v| v + 7.)));
    for (role, result, operands) in [
        ("forward", &yb, ["--x", &x, "--w", &w, "--b", &b]),
        ("input-gradient", &gx, ["--g", &g, "--w", &w, "--x", &x]),
        ("weight-gradient", &gw, ["--x", &x, "--g", &g, "--w", &w]),
        ("bias-gradient", &gb, ["--g", &g, "--x", &x, "--w", &w]),
    ] {
        let ran = own(SPEC, &[&["--role", role, "--y", result][..], &operands].concat());
        assert_same(&ran);
        assert_eq!(verdict(&ran)["role"], role);
    }
    assert_mistake(&own(SPEC, &["--x", &x, "--w", &w, "--b", &b, "--y", &folder.npy("y.npy", &y(RIGHT))]), "bias");
    let unknown = own(SPEC, &["--role", "backward", "--y", &gx]);
    assert_eq!(unknown.code, UNANSWERED);
    assert!(unknown.err.contains("valid are forward, input-gradient, weight-gradient, bias-gradient"));
    // Nothing can be judged without its operands.
    assert_eq!(own(SPEC, &["--x", &x, "--y", &gx]).code, UNANSWERED);
}

/// 0.1·0.7 + 0.2·0.3 in f32 is not exact: the bound decides. Who declares f64 sums may not round thrice.
#[test]
fn arithmetic_decides_what_is_right() {
    let folder = Folder::new();
    let x = folder.npy("x.npy", &floats(&[1, 1, 2], &[0.1, 0.2]));
    let w = folder.npy("w.npy", &floats(&[1, 1, 2], &[0.3, 0.7]));
    let y = folder.npy("y.npy", &floats(&[1, 1, 3], &[0.1f32 * 0.3, 0.1f32 * 0.7 + 0.2f32 * 0.3, 0.2f32 * 0.7]));
    let files = ["--x", &x, "--w", &w, "--y", &y];
    let judged = own("tconv i2 k2", &files);
    assert_same(&judged);
    let case = verdict(&judged);
    assert_eq!(case["mode"], "bound");
    let ratio = case["max_ratio"].as_f64().unwrap();
    assert!(ratio > 0. && ratio <= 1., "{ratio}");
    for (declared, code) in [("f32", SAME), ("accumulate=f64", DIFFERS), ("f64", DIFFERS), ("input=bf16", SAME)] {
        let ran = own("tconv i2 k2", &[&files[..], &["--arithmetic", declared]].concat());
        assert_eq!(ran.code, code, "{declared}: {ran:?}");
    }
    let unknown = own("tconv i2 k2", &[&files[..], &["--arithmetic", "f33"]].concat());
    assert_eq!(unknown.code, UNANSWERED);
    assert!(unknown.err.contains("f33") && unknown.err.contains("f32"), "{}", unknown.err);
}

/// The line to copy has every option, quoted for a POSIX shell, and gives the same verdict.
#[test]
fn repro_lines_repeat_the_verdict() {
    for name in ["plain", "with space", "it's $HOME", "a\"b\\c", "ü·x", "*?[a]", "-dash"] {
        let folder = Folder::new();
        let file = |part: &str, array: &Array| folder.npy(&format!("{name}/{name}.{part}.npy"), array);
        let (x, w) = (file("x", &x()), file("w", &floats(&[3, 1, 1], &[5., 3., 2.])));
        for (result, verdict_word) in [(RIGHT, "same"), (FLIPPED, "differs")] {
            let y = file("y", &y(result));
            let options =
                ["--weight-flipped", "--layout", "x=NCS,w=SOI,y=NCS", "--arithmetic", "f32", "--role", "forward"];
            let first = own("tconv s2 i2 k3", &[&["--x", &x, "--w", &w, "--y", &y][..], &options].concat());
            let case = verdict(&first);
            assert_eq!(case["verdict"], verdict_word, "{name}");
            let repro = case["repro"].as_str().unwrap();
            assert!(repro.starts_with("convproof verify --spec 'tconv i2 k3 s2' --x "), "{repro}");
            let mut words = shell_words(repro);
            words.extend(["--format".to_owned(), "json".to_owned()]);
            assert_eq!(run(&words[1..]), first, "{repro}");
        }
    }
}

#[test]
fn what_cannot_be_asked_is_refused() {
    let folder = Folder::new();
    let (x, w, y) = (folder.npy("x.npy", &x()), folder.npy("w.npy", &w()), folder.npy("y.npy", &y(RIGHT)));
    for (options, needle) in [
        (vec!["--x", &x, "--w", &w], "--y: missing"),
        (vec![&x, &w, &y], "give one .npz or .safetensors"),
        (vec!["--dtype", "f31", "--x", &x, "--w", &w, "--y", &y], "f31"),
        (vec!["--dtype", "q=f32", "--x", &x, "--w", &w, "--y", &y], "write bf16, or x=f32,w=f32,y=f16"),
        (vec!["--layout", "foo", "--x", &x, "--w", &w, "--y", &y], "expected x=NSC,w=SOI,y=NSC"),
        (vec!["--x", "/no/such.npy", "--w", &w, "--y", &y], "/no/such.npy: F1: "),
        (vec!["--x", &w, "--w", &w, "--y", &y], "M1"),
    ] {
        let ran = own(SPEC, &options);
        assert_eq!(ran.code, UNANSWERED, "{options:?}");
        assert!(ran.err.starts_with("error: ") && ran.err.contains(needle), "{options:?}: {}", ran.err);
        assert_eq!(ran.err.lines().count(), 1, "{}", ran.err);
    }
    // A result of another shape is wrong, not unreadable.
    let long = folder.npy("long.npy", &floats(&[1, 1, 6], &[0.; 6]));
    let ran = own(SPEC, &["--x", &x, "--w", &w, "--y", &long]);
    assert_eq!((ran.code, &verdict(&ran)["verdict"]), (DIFFERS, &json!("differs")), "{ran:?}");
    let text = run(&["verify", "--spec", SPEC, "--x", &x, "--w", &w, "--y", &long]);
    assert!(text.out.contains("\n  reason     "), "{}", text.out);
}

/// A call says layouts and the flip itself; the repro line keeps its words, the case its spec.
#[test]
fn a_call_stands_for_the_spec() {
    let recorded = |name: &str| format!("{}/tests/recorded/{name}", env!("CARGO_MANIFEST_DIR"));
    let (npz, jax) = (recorded("jax/same_upper_1d_k3_s2.0.npz"), "jax strides=2 padding=SAME x=1,4,1 w=3,1,1");
    assert_same(&own(jax, &[&npz]));
    // The same words without the flip.
    let wrong = "jax strides=2 padding=SAME transpose_kernel=true x=1,4,1 w=3,1,1";
    let ran = own(wrong, &[&npz]);
    assert_mistake(&ran, "kernel-flipped");
    let case = verdict(&ran);
    assert_eq!(case["spec"], "tconv i4 k3 s2 p0:1");
    let repro = case["repro"].as_str().unwrap();
    let shown = "jax strides=2 padding=SAME transpose_kernel=true x=1,4,1 w=3,1,1";
    assert!(repro.starts_with(&format!("convproof verify --spec '{shown}' ")), "{repro}");
    assert_eq!(run(&shell_words(repro)[1..]).code, DIFFERS);
    // What the call says already, what nobody reads, a node that is not there.
    let model = format!("{}/tests/models/fixed.onnx", env!("CARGO_MANIFEST_DIR"));
    let at = |key: &str| format!("{npz}:{key}");
    for (spec, options, shown) in [
        (jax.to_owned(), vec!["--layout".to_owned(), "x=NSC".to_owned(), npz.clone()], "--layout: jax says it already"),
        (jax.to_owned(), vec!["--weight-flipped".to_owned(), npz.clone()], "--weight-flipped: jax says it already"),
        (
            jax.to_owned(),
            vec!["--x".to_owned(), at("x"), "--w".to_owned(), at("w"), "--y".to_owned(), at("y"), npz.clone()],
            "nothing is read from",
        ),
        (format!("{model}:nobody"), vec![npz.clone()], "is not one node"),
        (model.clone(), vec![npz.clone()], "is not one node"),
        (format!("{model}:up1"), vec![npz.clone()], "free on axis 0 (batch)"),
        (
            format!("{model}:up1"),
            vec![npz.clone(), "--input".to_owned(), "image=1x3x32x32".to_owned()],
            "x has the shape [1, 4, 1]; [1, 8, 16, 16] is expected",
        ),
    ] {
        let options: Vec<&str> = options.iter().map(String::as_str).collect();
        let ran = own(&spec, &options);
        assert_eq!(ran.code, UNANSWERED, "{spec}: {ran:?}");
        assert!(ran.err.contains(shown) || ran.out.contains(shown), "{shown}: {ran:?}");
    }
}
