//! `translate`, `lint`, `shape --solve` and models on the command line: by hand, and by doing what the
//! printed lines say.
#![allow(clippy::unwrap_used)] // tests

use crate::command::{line, run};
use convproof::cli::{DIFFERS, SAME, UNANSWERED};
use convproof::dialect::{DIALECTS, Words};
use convproof::translate::{Conversion, MAX_KERNEL, calls, crops, difference, nearest, same_matrix, solve, translate};
use convproof::{Spec, Tensor};
use proptest::prelude::*;

fn spec(text: &str) -> Spec {
    text.parse().unwrap()
}

/// PyTorch's call in ONNX's words; the crop where it cannot be said.
#[test]
fn a_call_is_said_elsewhere() {
    let ran = line("translate --to onnx pytorch stride=2 padding=1 output_padding=1 x=1,3,4,4 w=3,2,3,3");
    assert_eq!(
        (ran.code, ran.out.as_str()),
        (
            SAME,
            "pytorch stride=2 padding=1 output_padding=1 x=1,3,4,4 w=3,2,3,3\n  \
             is       tconv i4x4 k3x3 s2 p1 a1 c3:2\n  \
             as       onnx strides=2,2 pads=1,1,1,1 output_padding=1,1 x=1,3,4,4 w=3,2,3,3\n  \
             with     x = x\n           w = w\n  gives    y = y\n\
             proved: both calls mean the same matrix, 726 entries for every weight and input\n"
        ),
        "{ran:?}"
    );
    // 4 inputs and 3 taps meet in 11 places of an axis (the first tap of the first input is cut): 11² × 6.
    let ran = line("translate --from onnx --to pytorch strides=2 auto_pad=SAME_UPPER x=1,1,3 w=1,1,5");
    assert_eq!(ran.code, DIFFERS);
    for row in [
        "pytorch cannot say this: PT7: axis 0 cuts 1 in front and 2 behind",
        "  nearest  pytorch stride=2 padding=1 x=1,1,3 w=1,1,5\n",
        "  gives    y = y[:, :, :-1]\n",
    ] {
        assert!(ran.out.contains(row), "{}", ran.out);
    }
    let ran = line("translate --to pytorch tconv i3 k3 p-1:0");
    assert!(ran.out.contains("y = np.pad(y, ((0, 0), (0, 0), (1, 0)))"), "{}", ran.out);
    // A convolution is mended at its input.
    let ran = line("translate --to pytorch conv i6 k3 p1:0");
    assert!(ran.out.contains("x = np.pad(x, ((0, 0), (0, 0), (1, 0)))"), "{}", ran.out);
}

/// E-27: PyTorch p=2 a=1 and SAME are one position apart.
#[test]
fn the_one_pixel_shift_is_named() {
    let ran = line("lint pytorch stride=2 padding=2 output_padding=1 x=1,1,3 w=1,1,5");
    assert_eq!(ran.code, SAME);
    for row in [
        "onnx auto_pad=SAME_UPPER strides=2 x=1,1,3 w=1,1,5\n",
        "shifted by 1 on axis 0: cuts 1 in front and 2 behind, not 2 and 1\n",
        "y0: here x0·w2 + x1·w0, there x0·w1\n",
    ] {
        assert!(ran.out.contains(row), "{}", ran.out);
    }
    let against = ["lint", "tconv i3 k5 s2 p2 a1", "--against", "onnx auto_pad=SAME_UPPER strides=2 x=1,1,3 w=1,1,5"];
    let ran = run(&against);
    assert_eq!(ran.code, DIFFERS);
    assert!(ran.out.contains("differs: the second shifted by 1 on axis 0"), "{}", ran.out);
    let same = ["lint", "pytorch stride=2 x=1,1,3 w=1,1,5", "--against", "onnx strides=2 x=1,1,3 w=1,1,5"];
    assert_eq!(run(&same).code, SAME);
}

/// The same matrix over an array that is read backwards is no agreement.
#[test]
fn a_rotated_kernel_is_a_difference() {
    let jax = "jax strides=2 padding=VALID x=1,3,1 w=5,1,1";
    let scatter = "jax strides=2 padding=VALID transpose_kernel=true x=1,3,1 w=5,1,1";
    for (here, there) in [(jax, scatter), (scatter, jax), (jax, "keras strides=2 x=1,3,1 w=5,1,1")] {
        let ran = run(&["lint", here, "--against", there]);
        assert_eq!(ran.code, DIFFERS, "{ran:?}");
        assert!(
            ran.out.contains("differs: the second reads the kernel of its weight array rotated by 180°"),
            "{}",
            ran.out
        );
    }
    assert_eq!(run(&["lint", jax, "--against", jax]).code, SAME);
    // One tap reads the same both ways.
    let one = |more: &str| format!("jax strides=2 padding=VALID{more} x=1,3,1 w=1,1,1");
    assert_eq!(run(&["lint", &one(""), "--against", &one(" transpose_kernel=true")]).code, SAME);
    let ran = line("lint jax strides=[2] padding=VALID x=1,3,1 w=5,1,1 --format json");
    let keras: Vec<_> =
        ran.json()["findings"].as_array().unwrap().iter().filter(|f| f["dialect"] == "keras").cloned().collect();
    assert!(
        keras.iter().any(|f| f["verbatim"] == false
            && f["outcome"] == "differs"
            && f["why"].as_str().unwrap().contains("rotated")),
        "{keras:?}"
    );
    assert!(keras.iter().any(|f| f["outcome"] == "accepts"), "{keras:?}");
}

/// What is echoed reads back to the same call, also where the operation is a phrase.
#[test]
fn echoed_calls_read_back() {
    for call in [
        "pytorch conv1d.grad_input stride=2 input_size=7 x=1,1,3 w=1,1,3",
        "pytorch torch.nn.functional.conv1d stride=2 x=1,1,7 w=1,1,3",
        "{\"dialect\":\"pytorch\",\"op\":\"grad_input of torch.nn.functional.conv1d\",\"attributes\":{\"stride\":[2],\
         \"input_size\":[7]},\"x\":[1,1,3],\"w\":[1,1,3]}",
        "{\"dialect\":\"keras_jax\",\"op\":\"keras.ops.conv_transpose (backend jax)\",\"attributes\":{\"output_padding\":2},\
         \"x\":[1,3,1],\"w\":[3,1,1]}",
    ] {
        let words: Words = call.parse().unwrap();
        let again: Words = words.to_string().parse().unwrap();
        assert_eq!(again.lower().unwrap().spec, words.lower().unwrap().spec, "{words}");
        assert_eq!(again.to_string(), words.to_string());
    }
}

/// A crop that is not the one, on either side, and zeros where something is reached.
#[test]
fn crops_that_do_not_mend_are_refused() {
    let (wanted, given) = (spec("tconv i3 k5 s2 p1:2"), spec("tconv i3 k5 s2 p1"));
    assert!(crops(&wanted, &given, &[(0, 1)]));
    for crop in [(1, 0), (0, 0), (0, 2), (-1, 2), (2, -1)] {
        assert!(!crops(&wanted, &given, &[crop]), "{crop:?}");
    }
    // Position 0 of k3 is reached by tap 0: it cannot be put back as a zero.
    assert!(!crops(&spec("tconv i3 k3"), &spec("tconv i3 k3 p1:0"), &[(-1, 0)]));
    assert!(crops(&spec("tconv i3 k3 p-1:0"), &spec("tconv i3 k3"), &[(-1, 0)]));
    assert!(!crops(&wanted, &given, &[]));
    assert!(!same_matrix(&wanted, &spec("tconv i3 k5 s2 p2:1")));
    assert!(!same_matrix(&spec("tconv i3 k3 c2:2"), &spec("tconv i3 k3 c2:2 g2")));
}

#[test]
fn differences_are_told_in_a_sentence() {
    for (here, there, told) in [
        ("tconv i3 k3", "tconv i3 k3", None),
        // One tap: the dilation changes nothing.
        ("tconv i3 k1", "tconv i3 k1 d2", None),
        ("tconv i3 k3", "conv i3 k3", Some("is a convolution")),
        ("tconv i3 k3", "tconv i3x3 k3x3", Some("has 2 axes, not 1")),
        ("tconv i3 k3 c2:4", "tconv i3 k3 c2:4 g2", Some("has 2 groups, not 1")),
        ("tconv i3 k3 s2", "tconv i3 k3 s3", Some("axis 0: stride 3, not 2")),
        (
            "tconv i3 k3 p0:1",
            "tconv i3 k3",
            Some("5 positions on axis 0, not 4: cuts 0 in front and 0 behind, not 0 and 1"),
        ),
        (
            "tconv i3 k3 p1:0",
            "tconv i3 k3 p0:1",
            Some("shifted by 1 on axis 0: cuts 0 in front and 1 behind, not 1 and 0"),
        ),
        (
            "tconv i3 k3",
            "tconv i3 k3 p-1:1",
            Some("shifted by 1 on axis 0: adds 1 in front and cuts 1 behind, not 0 and 0"),
        ),
    ] {
        assert_eq!(difference(&spec(here), &spec(there)).as_deref(), told, "{here} | {there}");
    }
}

/// The printed NumPy steps, done on numbers that say where they came from.
#[test]
fn weights_are_carried_by_the_steps() {
    let of = |letters: &str| {
        let layouts = format!("w={letters}").parse().unwrap();
        convproof::dialect::Lowered::new(spec("tconv i4x4 k2x3 c4:6 g2"), layouts, false)
    };
    // IoS [4, 3, 2, 3] → SiO [2, 3, 2, 6]: entry [a, b, i, q·3 + o] is [q·2 + i, o, a, b].
    let conversion = Conversion::of_weight(&of("IoS"), &of("SiO")).unwrap();
    assert_eq!(conversion.numpy("w"), "w.reshape(2, 2, 3, 2, 3).transpose(3, 4, 1, 0, 2).reshape(2, 3, 2, 6)");
    let name = |i: usize, o: usize, a: usize, b: usize| 1000 * i + 100 * o + 10 * a + b;
    let at = |flat| convproof::tensor::unflatten(&[4, 3, 2, 3], flat);
    let w = Tensor::from_fn("w", vec![4, 3, 2, 3], |n| name(at(n)[0], at(n)[1], at(n)[2], at(n)[3])).unwrap();
    let carried = conversion.apply(&w).unwrap();
    assert_eq!(carried.shape(), [2, 3, 2, 6]);
    assert_eq!(*carried.at(&[1, 2, 1, 4]), name(3, 1, 1, 2));
    let mut flipped = of("SiO");
    flipped.weight_flipped = true;
    let conversion = Conversion::of_weight(&of("IoS"), &flipped).unwrap();
    assert!(conversion.numpy("w").ends_with(".reshape(2, 3, 2, 6)[::-1, ::-1]"));
    assert_eq!(*conversion.apply(&w).unwrap().at(&[0, 0, 1, 4]), name(3, 1, 1, 2));
}

fn model(name: &str) -> String {
    format!("{}/tests/models/{name}", env!("CARGO_MANIFEST_DIR"))
}

/// 32×32 is halved by the convolution, doubled by up1 and by up2.
#[test]
fn every_node_of_a_model_is_asked() {
    let file = model("free.onnx");
    let ran = run(&["shape", &file]);
    assert_eq!((ran.code, ran.out.as_str()), (UNANSWERED, ""), "{ran:?}");
    for cause in [
        "error: down: M5: attribute 'X' is 'image', batch×3×height×width, free on axis 0 (batch), axis 2 (height), axis 3 (width)",
        "error: up1: M5: attribute 'X' is 'b', of no known shape: 'image' is free on axis 0 (batch)",
        "error: head: M5: attribute 'X' is 'f', of no known shape: 'image' is free",
    ] {
        assert!(ran.err.contains(cause), "{}", ran.err);
    }
    let ran = run(&["shape", &file, "--input", "image=1x3x32x64"]);
    assert_eq!(ran.code, UNANSWERED);
    for line in [
        "conv i32x64 k3x3 s2 p1 c3:8: 3 channels of 32×64",
        "tconv i16x32 k4x4 s2 p1 c8:4: 8 channels of 16×32",
        "tconv i32x64 k5x5 s2 p1:2 c8:2: 8 channels of 32×64",
    ] {
        assert!(ran.out.contains(line), "{line}: {}", ran.out);
    }
    assert!(ran.err.contains("no rule is known here for the shape behind Resize (node 5)"), "{}", ran.err);
    let ran = run(&["matrix", &format!("{file}:up1"), "--input", "image=1x3x2x2", "--max-cells", "100000"]);
    assert_eq!(ran.code, SAME, "{}", ran.err);
    for (input, why) in [
        ("image=1x4x32x32", "the graph states batch×3×height×width"),
        ("image=1x3x32", "the graph states"),
        ("picture=1x3x32x32", "the graph has no input 'picture'; it has image"),
        ("image", "write NAME=1x3x32x32"),
        ("image=1x-3x2x2", "write NAME=1x3x32x32"),
    ] {
        let ran = run(&["shape", &file, "--input", input]);
        assert_eq!(ran.code, UNANSWERED);
        assert!(ran.err.starts_with("error: Q4") && ran.err.contains(why), "{}", ran.err);
    }
    let ran = run(&["shape", "tconv i3 k3", "--input", "image=1x3x32x32"]);
    assert!(ran.err.contains("without a model"), "{}", ran.err);
    let ran = run(&["shape", &file, "--format", "json", "--input", "image=1x3x32x32"]);
    assert!(ran.err.contains("4 nodes, and room for one"), "{}", ran.err);
    let ran = run(&["shape", &format!("{file}:nobody")]);
    assert!(ran.err.starts_with("error: Q"), "{}", ran.err);
    let ran = run(&["shape", "tests/models/make.py.onnx"]);
    assert!(ran.err.contains("F1: cannot open"), "{}", ran.err);
}

/// Nodes without names are paired in order; the lost pads of up1 are one position.
#[test]
fn two_exports_are_compared_node_by_node() {
    let (fixed, other) = (model("fixed.onnx"), model("other.onnx"));
    let input = ["--input", "image=1x3x32x32"];
    let ran = run(&[["lint", &fixed, "--against", &other], [input[0], input[1], "--format", "text"]].concat());
    assert_eq!(ran.code, DIFFERS, "{}", ran.err);
    assert_eq!(ran.out.matches("\nsame: ").count(), 2, "{}", ran.out);
    let shifts = "differs: the second shifted by 1 on axis 0: cuts 0 in front and 2 behind, not 1 and 1; \
                  shifted by 1 on axis 1: cuts 0 in front and 2 behind, not 1 and 1\n";
    assert!(ran.out.contains(shifts) && ran.out.contains("up1 / #2\n"), "{}", ran.out);
    // Without the free batch every pair is there, and none has an answer.
    let ran = run(&["lint", &fixed, "--against", &other, "--format", "json"]);
    let pairs = ran.json()["pairs"].as_array().unwrap().clone();
    assert_eq!((ran.code, pairs.len()), (UNANSWERED, 3));
    assert!(pairs.iter().all(|pair| pair["verdict"] == "unanswered" && pair["how"].as_str().unwrap().contains("M5")));
    let ran = run(&["lint", &fixed, "--against", &model("free.onnx"), input[0], input[1]]);
    assert!(ran.err.contains("has 3 Conv and ConvTranspose nodes") && ran.code == UNANSWERED, "{}", ran.err);
}

/// By brute force over stride and pads: nothing that takes 3 to 6 with k ≤ 4 is left out.
#[test]
fn solutions_are_all_there_are() {
    let found: Vec<String> = solve(&[3], &[6]).unwrap().iter().map(|s| s.spec.to_string()).collect();
    for kernel in 1..=4i64 {
        for (stride, a) in (1..=12i64).flat_map(|s| (0..s).map(move |a| (s, a))) {
            for (b, e) in (0..kernel).flat_map(|b| (0..kernel).map(move |e| (b, e))).filter(|(b, e)| (b - e).abs() < 2)
            {
                let text = format!("tconv i3 k{kernel} s{stride} p{b}:{e} a{a}");
                let takes = stride * 2 + kernel - b - e + a == 6;
                let shown = text.parse::<Spec>().is_ok_and(|spec| found.contains(&spec.to_string()));
                assert_eq!(shown, takes, "{text}");
            }
        }
    }
    for solution in solve(&[7, 5], &[14, 11]).unwrap() {
        assert_eq!(solution.spec.output_shape(), [1, 1, 14, 11]);
        assert!(solution.spec.geometry.axes()[0].kernel() <= MAX_KERNEL);
    }
    for solution in solve(&[14], &[7]).unwrap() {
        assert_eq!((solution.spec.input_shape(), solution.spec.output_shape()), (vec![1, 1, 14], vec![1, 1, 7]));
    }
    for (from, to) in [("7x7", "14"), ("0", "3"), ("7x7", "14x3"), ("", "3"), ("a", "3"), ("99999999999999", "3")] {
        let ran = run(&["shape", "--solve", from, to]);
        assert_eq!(ran.code, UNANSWERED, "{from} {to}");
        assert!(ran.err.starts_with("error: Q4"), "{}", ran.err);
    }
    assert!(solve(&[1 << 40], &[1 << 40]).unwrap().len() > 1);
}

#[test]
fn coverage_is_even_by_counting() {
    for solution in solve(&[9], &[20]).unwrap().iter().chain(&solve(&[9], &[33]).unwrap()) {
        let axis = &solution.spec.geometry.axes()[0];
        // Taps of each residue of the stride, counted one by one.
        let mut taps = vec![0; usize::try_from(axis.stride()).unwrap()];
        for t in 0..axis.kernel() {
            taps[usize::try_from(axis.dilation() * t % axis.stride()).unwrap()] += 1;
        }
        assert_eq!(solution.even, taps.iter().all(|n| *n == taps[0]), "{}", solution.spec);
    }
}

/// Models cut anywhere, and bytes of nobody: an error, never a panic.
#[test]
fn broken_models_are_refused() {
    let bytes = std::fs::read(model("free.onnx")).unwrap();
    for end in (0..bytes.len()).step_by(37) {
        if let Ok(outline) = convproof::data::onnx::Outline::parse(&bytes[..end]) {
            let _ = calls(&outline, &std::collections::BTreeMap::new());
        }
        let mut changed = bytes.clone();
        changed[end] ^= 0xff;
        if let Ok(outline) = convproof::data::onnx::Outline::parse(&changed) {
            let _ = calls(&outline, &std::collections::BTreeMap::new());
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, failure_persistence: None, ..ProptestConfig::default() })]

    /// What is nearest becomes the spec by its crop, entry by entry of the built matrices.
    #[test]
    fn the_crop_mends(
        input in 1i64..5, kernel in 1i64..5, stride in 1i64..4, dilation in 1i64..3, begin in -3i64..5, end in -3i64..5, d in 0usize..64,
    ) {
        let text = format!("tconv i{input} k{kernel} s{stride} d{dilation} p{begin}:{end}");
        let Ok(wanted) = text.parse::<Spec>() else { return Ok(()) };
        let dialect = DIALECTS[d % DIALECTS.len()];
        let Some(found) = nearest(dialect, &wanted) else { return Ok(()) };
        let given = &found.raised.lowered.spec;
        prop_assert!(crops(&wanted, given, &found.crop));
        let matrix = |spec: &Spec| spec.geometry.transposed_matrix().unwrap();
        let (want, have) = (matrix(&wanted), matrix(given));
        let rows = i64::try_from(have.rows()).unwrap();
        for o in 0..want.rows() {
            let source = i64::try_from(o).unwrap() + found.crop[0].0;
            for i in 0..want.cols() {
                let other = usize::try_from(source).ok().filter(|_| source < rows).and_then(|row| have.tap(row, i));
                prop_assert_eq!(want.tap(o, i), other, "{} {:?}", text, found.crop);
            }
        }
    }

    /// The two deciders, which look at letters where they can, against the built matrices: same, and
    /// the same after a crop or with zeros added, in both answers.
    #[test]
    fn deciders_agree_with_the_matrices(
        input in 1i64..4, kernel in 1i64..4, letters in (1i64..4, 1i64..3, 1i64..4, 1i64..3),
        pads in (-2i64..5, -3i64..5, -2i64..5, -3i64..5), crop in (-2i64..3, -2i64..3),
    ) {
        let of = |s: i64, d: i64, b: i64, e: i64| {
            let (e, a) = (e.max(0), (-e).max(0));
            format!("tconv i{input} k{kernel} s{s} d{d} p{b}:{e} a{a}").parse::<Spec>()
        };
        let (Ok(a), Ok(b)) = (of(letters.0, letters.1, pads.0, pads.1), of(letters.2, letters.3, pads.2, pads.3)) else {
            return Ok(());
        };
        // The second also with the letters of the first, moved by the crop: then the answer is often yes.
        let moved = of(letters.0, letters.1, pads.0 - crop.0, pads.1 - crop.1);
        for b in std::iter::once(b).chain(moved) {
            let (want, have) = (a.geometry.transposed_matrix().unwrap(), b.geometry.transposed_matrix().unwrap());
            let after = |(begin, end): (i64, i64)| {
                let rows = |m: &convproof::ConvMatrix| i64::try_from(m.rows()).unwrap();
                rows(&want) == rows(&have) - begin - end
                    && (0..want.rows()).all(|o| {
                        let source = i64::try_from(o).unwrap() + begin;
                        let source = usize::try_from(source).ok().filter(|&source| source < have.rows());
                        (0..want.cols()).all(|i| want.tap(o, i) == source.and_then(|row| have.tap(row, i)))
                    })
            };
            prop_assert_eq!(same_matrix(&a, &b), after((0, 0)), "{} {}", a, b);
            prop_assert_eq!(crops(&a, &b, &[crop]), after(crop), "{} {} {:?}", a, b, crop);
        }
    }

    /// Any text is read or refused in one line.
    #[test]
    fn no_text_ends_in_a_panic(text in "(pytorch|onnx|\\{)[ a-z_=0-9,\\[\\]{}\":.-]{0,60}") {
        if let Err(error) = text.parse::<Words>().and_then(|words| words.lower()) {
            prop_assert!(!error.to_string().contains('\n'));
        }
    }
}

/// A translation that is said has the same matrix, also where an axis is empty.
#[test]
fn translations_are_the_same_matrix() {
    for text in ["tconv i1x1 k1x2 p1:-1x0", "tconv i3 k3 s2 p1 a1", "conv i6 k3 s2", "tconv i2 k2 p-2:-3 c4:6 g2 n3"] {
        let wanted = spec(text);
        let lowered = convproof::dialect::Lowered::new(wanted.clone(), convproof::layout::Layouts::default(), false);
        for dialect in DIALECTS {
            if let Ok(raised) = translate(&lowered, dialect).found {
                assert!(same_matrix(&raised.lowered.spec, &wanted), "{text}: {}", raised.words);
                assert_eq!(raised.lowered.spec.output_shape(), wanted.output_shape());
            }
        }
    }
}
