//! Dialects of runtimes and libraries: worked by hand, and hostile words that must not panic.
#![allow(clippy::unwrap_used)] // tests

use convproof::Error;
use convproof::dialect::{DIALECTS, Lowered, Pads, Words, find};
use convproof::translate::{lines, raise, translate};

fn lower(call: &str) -> Result<Lowered, Error> {
    call.parse::<Words>().and_then(|words| words.lower())
}

fn spec(call: &str) -> String {
    lower(call).map_or_else(|e| e.to_string(), |l| l.spec.to_string())
}

fn means(cases: &[(&str, &str)]) {
    for (call, expected) in cases {
        assert_eq!(spec(call), *expected, "{call}");
    }
}

/// in 3, k 2, s 3: 8 rows without padding, of which `SAME` would want 9.
#[test]
fn onnxruntime_clamps_a_negative_total_and_fills_at_the_end() {
    for auto_pad in ["NOTSET", "SAME_UPPER", "SAME_LOWER", "VALID"] {
        let sized = |n| spec(&format!("onnxruntime strides=3 auto_pad={auto_pad} output_shape={n} x=1,1,3 w=1,1,2"));
        assert_eq!([sized(8), sized(9), sized(10)], ["tconv i3 k2 s3", "tconv i3 k2 s3 a1", "tconv i3 k2 s3 a2"]);
    }
    means(&[
        ("onnxruntime strides=3 auto_pad=SAME_UPPER x=1,1,3 w=1,1,2", "tconv i3 k2 s3"),
        ("onnxruntime strides=3 auto_pad=SAME_LOWER x=1,1,3 w=1,1,2", "tconv i3 k2 s3"),
        // total = 8 + 2 − 9 = 1, the larger half in front unless it is SAME_UPPER
        ("onnxruntime strides=3 auto_pad=SAME_UPPER output_padding=2 x=1,1,3 w=1,1,2", "tconv i3 k2 s3 p0:1 a2"),
        ("onnxruntime strides=3 output_padding=2 output_shape=9 x=1,1,3 w=1,1,2", "tconv i3 k2 s3 p1:0 a2"),
        ("onnxruntime strides=3 output_padding=2 output_shape=10 x=1,1,3 w=1,1,2", "tconv i3 k2 s3 a2"),
        // total = 8 − 5 = 3
        ("onnxruntime strides=2 output_shape=5 x=1,1,3 w=1,1,4", "tconv i3 k4 s2 p2:1"),
        ("onnxruntime strides=2 output_shape=5 auto_pad=SAME_UPPER x=1,1,3 w=1,1,4", "tconv i3 k4 s2 p1:2"),
        ("onnxruntime strides=2 pads=4,0 x=1,1,3 w=1,1,3", "tconv i3 k3 s2 p4:0"),
        ("onnxruntime Conv strides=2 auto_pad=SAME_UPPER x=1,1,4 w=1,1,3", "conv i4 k3 s2 p0:1"),
        ("onnxruntime Conv strides=2 auto_pad=SAME_LOWER x=1,1,4 w=1,1,3", "conv i4 k3 s2 p1:0"),
        ("onnxruntime group=2 strides=2 x=1,4,3 w=4,3,2", "tconv i3 k2 s2 c4:6 g2"),
    ]);
    assert_eq!(lower("onnxruntime auto_pad=SAME_UPPER x=1,1,3 w=1,1,2").unwrap().pads, Pads::SameUpper);
}

/// in 3, k 4, s 2: 8 rows without padding, of which 5 are wanted.
#[test]
fn openvino_halves_the_other_way_round() {
    let sized = |words: &str| spec(&format!("openvino strides=2 output_shape=5 {words} x=1,1,3 w=1,1,4"));
    assert_eq!(sized("auto_pad=same_upper"), "tconv i3 k4 s2 p2:1");
    assert_eq!(sized("auto_pad=same_lower"), "tconv i3 k4 s2 p1:2");
    assert_eq!(sized("auto_pad=explicit"), "tconv i3 k4 s2 p0:3");
    assert_eq!(sized("pads_begin=1 pads_end=2"), "tconv i3 k4 s2 p1:2");
    assert_eq!(sized("pads_begin=1 pads_end=2 auto_pad=valid"), "tconv i3 k4 s2 p0:3");
    // total = 8 + 1 − 5 = 4, and one row comes back at the end
    assert_eq!(sized("auto_pad=same_lower output_padding=1"), "tconv i3 k4 s2 p2:1");
    means(&[
        ("openvino strides=2 auto_pad=same_upper output_shape=10 x=1,1,3 w=1,1,4", "tconv i3 k4 s2 a2"),
        ("openvino strides=2 auto_pad=SAME_LOWER pads_begin=1 x=1,1,3 w=1,1,4", "tconv i3 k4 s2"),
        ("openvino strides=2 output_padding=5 x=1,1,3 w=1,1,3", "tconv i3 k3 s2 a5"),
        ("openvino strides=2 output_padding=-1 x=1,1,3 w=1,1,3", "tconv i3 k3 s2 p0:1"),
        ("openvino strides=2 pads_end=-1 x=1,1,3 w=1,1,3", "tconv i3 k3 s2 a1"),
        ("openvino x=1,2,3 w=2,5,3", "tconv i3 k3 c2:5"),
        ("openvino GroupConvolutionBackpropData strides=2 x=1,4,3 w=2,2,3,2", "tconv i3 k2 s2 c4:6 g2"),
    ]);
    let grouped = lower("openvino GroupConvolutionBackpropData x=1,4,3 w=2,2,3,2").unwrap();
    assert_eq!(grouped.layouts.w.to_string(), "GioS");
}

#[test]
fn paddle_pads_the_input_for_same() {
    means(&[
        // (⌈3/2⌉ − 1)·2 + 3 − 3 = 2
        ("paddle stride=2 padding=SAME x=1,1,3 w=1,1,3", "tconv i3 k3 s2 p1"),
        // (⌈4/2⌉ − 1)·2 + 3 − 4 = 1
        ("paddle stride=2 padding=same x=1,1,4 w=1,1,3", "tconv i4 k3 s2 p0:1"),
        // (⌈4/3⌉ − 1)·3 + 4 − 4 = 3
        ("paddle stride=3 padding=SAME x=1,1,4 w=1,1,4", "tconv i4 k4 s3 p1:2"),
        ("paddle stride=2 padding=SAME x=1,1,3 w=1,1,1", "tconv i3 k1 s2"),
        ("paddle stride=2 dilation=2 padding=SAME x=1,1,3 w=1,1,3", "tconv i3 k3 s2 p1"),
        ("paddle stride=2 dilation=2 padding=VALID x=1,1,3 w=1,1,3", "tconv i3 k3 s2 d2"),
        ("paddle stride=2 padding=SAME output_size=6 x=1,1,3 w=1,1,3", "tconv i3 k3 s2 p1 a1"),
        ("paddle stride=2 padding=1,2 x=1,1,3 w=1,1,3", "tconv i3 k3 s2 p1:2"),
        ("paddle stride=2 padding=[[0,0],[0,0],[1,2]] x=1,1,3 w=1,1,3", "tconv i3 k3 s2 p1:2"),
        ("paddle stride=2 padding=1,0 x=1,1,3,3 w=1,1,3,3", "tconv i3x3 k3x3 s2 p1x0"),
        ("paddle stride=2 padding=1,0,0,0 x=1,1,3,3 w=1,1,3,3", "tconv i3x3 k3x3 s2 p1:0x0"),
        (
            "paddle data_format=NHWC padding=[[0,0],[1,2],[0,1],[0,0]] x=1,3,4,5 w=5,2,3,3",
            "tconv i3x4 k3x3 p1:2x0:1 c5:2",
        ),
        ("paddle stride=2 output_size=8 x=1,1,3,3 w=1,1,3,3", "tconv i3x3 k3x3 s2 a1"),
    ]);
}

/// Padding beyond the kernel is taken off the input before zeros go in between.
#[test]
fn mlx_slices_the_input_where_padding_is_negative() {
    means(&[
        ("mlx stride=2 padding=1 x=1,4,1 w=1,3,1", "tconv i4 k3 s2 p1"),
        ("mlx stride=2 padding=3 x=1,4,1 w=1,3,1", "tconv i4 k3 s2 p4"),
        ("mlx stride=2 padding=3 output_padding=1 x=1,4,1 w=1,3,1", "tconv i4 k3 s2 p4:2"),
        ("mlx stride=3 padding=2 x=1,5,1 w=1,1,1", "tconv i5 k1 s3 p6"),
        ("mlx stride=3 padding=1 output_padding=2 x=1,5,1 w=1,1,1", "tconv i5 k1 s3 p3:0 a1"),
        ("mlx stride=3 output_padding=5 x=1,4,1 w=1,2,1", "tconv i4 k2 s3 a5"),
        ("mlx stride=2 padding=-1 x=1,4,1 w=1,3,1", "tconv i4 k3 s2 p-1:0 a1"),
        ("mlx conv_general input_dilation=2 padding=2 x=1,4,1 w=1,3,1", "tconv i4 k3 s2"),
        ("mlx conv_general input_dilation=2 padding=[[-1],[3]] x=1,4,1 w=1,3,1", "tconv i4 k3 s2 p4:0 a1"),
        ("mlx conv_general input_dilation=2 padding=[[2],[-1]] x=1,4,1 w=1,3,1", "tconv i4 k3 s2 p0:4"),
        ("mlx conv_general stride=2 padding=[[1],[2]] x=1,4,1 w=1,3,1", "conv i4 k3 s2 p1:2"),
        ("mlx conv2d stride=2 padding=1 x=2,4,4,3 w=5,3,3,3", "conv i4x4 k3x3 s2 p1 c3:5 n2"),
        ("mlx groups=2 x=1,1,1,4 w=6,1,1,2", "tconv i1x1 k1x1 c4:6 g2"),
    ]);
    let flipped = |call: &str| lower(call).unwrap().weight_flipped;
    assert!(flipped("mlx conv_general input_dilation=2 padding=2 x=1,4,1 w=1,3,1"));
    assert!(!flipped("mlx conv_general input_dilation=2 padding=2 flip=true x=1,4,1 w=1,3,1"));
    assert!(!flipped("mlx stride=2 x=1,4,1 w=1,3,1"));
    assert!(!flipped("mlx conv1d x=1,4,1 w=1,3,1") && !flipped("mlx conv_general x=1,4,1 w=1,3,1"));
    assert!(flipped("mlx conv_general flip=true x=1,4,1 w=1,3,1"));
}

/// A signal has neither batch nor channels; the lines between it and the others give and take them.
#[test]
fn scipy_has_one_signal() {
    means(&[("scipy up=3 x=4 w=2", "tconv i4 k2 s3"), ("scipy x=4 w=2", "tconv i4 k2")]);
    let from = lower("scipy up=2 x=3 w=4").unwrap();
    let there = translate(&from, find("pytorch").unwrap());
    let found = lines(&from, &there).unwrap().unwrap();
    assert_eq!(
        (found.x.as_str(), found.w.as_str(), found.y.as_str()),
        ("x.reshape(1, 1, 3)", "w.reshape(1, 1, 4)", "y.reshape(8)")
    );
    assert!(found.weight_checked);
    let from = lower("pytorch stride=2 padding=1 x=1,1,3 w=1,1,4").unwrap();
    let there = translate(&from, find("scipy").unwrap());
    let found = lines(&from, &there).unwrap().unwrap();
    assert_eq!((found.x.as_str(), found.w.as_str()), ("x.reshape(3)", "w.reshape(4)"));
    assert_eq!(found.y, "y.reshape(1, 1, 8)[:, :, 1:-1]");
}

/// Descriptors of real networks, and each rule of deriving what is absent.
#[test]
fn onednn_descriptors() {
    means(&[
        // full = 127·2 + 4 = 258 = 256 + 1 + 1; w has the same sizes and p 0: all of 2 at the end
        ("onednn mb1_ic128oc128_ih128oh256kh4sh2dh0ph1_iw128ow256kw4sw2dw0pw1", "tconv i128x128 k4x4 s2 p1 c128:128"),
        // full = 359·3 + 3 = 1080, 639·3 + 3 = 1920
        ("onednn mb1_ic36oc4_ih360oh1080kh3sh3dh0ph0_iw640ow1920kw3sw3dw0pw0", "tconv i360x640 k3x3 s3 c36:4"),
        // full = 282·8 + 16 = 2272 = 2264 + 4 + 4
        ("onednn mb1_ic512oc256_iw283ow2264kw16sw8dw0pw4", "tconv i283 k16 s8 p4 c512:256"),
        // full = 511·2 + 7 = 1029: one row of zeros is added at the end
        ("onednn mb1_g1oc3ic64_oh1030ih512kh7sh2dh0ph0_ow1030iw512kw7sw2dw0pw0", "tconv i512x512 k7x7 s2 a1 c64:3"),
        ("onednn ic1oc1_iw3kw3", "tconv i3 k3 n2"),
        ("onednn mb1ic1oc1ih3kh3", "tconv i3x3 k3x3"),
        ("onednn mb1ic1oc1_id3kd3pd1", "tconv i3x3x3 k3x3x3 p1"),
        ("onednn mb1ic1oc1_id3kd2_ih4kh3", "tconv i3x4x4 k2x3x3"),
        // A later field counts; what follows n is a name.
        ("onednn mb1ic1oc1_iw3kw3_iw4n\"conv1:iw9\"", "tconv i4 k3"),
        // d − 1 is stated: d = 2
        ("onednn mb1ic1oc1_iw3kw3dw1", "tconv i3 k3 d2"),
        // full = 8; o alone: (8 − 5)/2 = 1 in front, 2 behind; (8 − 11)/2 = −1 and −2
        ("onednn mb1ic1oc1_iw3kw4sw2ow5", "tconv i3 k4 s2 p1:2"),
        ("onednn mb1ic1oc1_iw3kw4sw2ow11", "tconv i3 k4 s2 p-1:0 a2"),
        ("onednn mb1ic1oc1_iw3kw4sw2pw1", "tconv i3 k4 s2 p1"),
        ("onednn mb1_g2ic4oc6_iw3kw2", "tconv i3 k2 c4:6 g2"),
    ]);
    let grouped = lower("onednn mb1_g2ic4oc6_iw3kw2 x=1,4,3 w=2,3,2,2").unwrap();
    assert_eq!(grouped.layouts.w.to_string(), "GoiS");
    let raised = raise(find("onednn").unwrap(), &"tconv i3x4 k2x3 s2 p1:0 c4:6 g2".parse().unwrap()).unwrap();
    assert_eq!(raised.words.to_string(), "onednn mb1_g2ic4oc6_ih3oh5kh2sh2dh0ph1_iw4ow8kw3sw2dw0pw1");
}

#[test]
fn cudnn_takes_the_size_of_dx() {
    let sized =
        |n: usize| spec(&format!("cudnn filterStrideA=2,2 padA=1,1 dxDimA=2,6,{n},5 groupCount=2 x=2,4,3,3 w=4,3,3,3"));
    assert_eq!(sized(5), "tconv i3x3 k3x3 s2 p1 c4:6 g2 n2");
    assert_eq!(sized(6), "tconv i3x3 k3x3 s2 p1 a1x0 c4:6 g2 n2");
    assert!(sized(4).starts_with("CU4: dx of 4 on axis 0; 5 to 6"));
    let flipped =
        |mode: &str| lower(&format!("cudnn mode={mode} dxDimA=1,1,5,5 x=1,1,3,3 w=1,1,3,3")).unwrap().weight_flipped;
    assert!(flipped("CUDNN_CONVOLUTION") && !flipped("CUDNN_CROSS_CORRELATION"));
}

#[test]
fn tinygrad_lists_the_last_axis_first() {
    means(&[
        ("tinygrad stride=2 padding=1,2 x=1,1,4 w=1,1,3", "tconv i4 k3 s2 p1:2"),
        ("tinygrad stride=2 padding=1,2,0,3 x=1,1,4,5 w=1,1,3,3", "tconv i4x5 k3x3 s2 p0:3x1:2"),
        ("tinygrad stride=2 padding=1,0 x=1,1,4,5 w=1,1,3,3", "tconv i4x5 k3x3 s2 p1x0"),
        ("tinygrad stride=3 output_padding=5 x=1,1,4 w=1,1,2", "tconv i4 k2 s3 a5"),
        ("tinygrad stride=2 output_padding=-1 x=1,1,4 w=1,1,3", "tconv i4 k3 s2 p0:1"),
        ("tinygrad groups=2 x=1,4,1,1 w=4,3,1,1", "tconv i1x1 k1x1 c4:6 g2"),
    ]);
    let raised = raise(find("tinygrad").unwrap(), &"tconv i4x5 k3x3 s2 p0:3x1:2".parse().unwrap()).unwrap();
    assert_eq!(raised.words.to_string(), "tinygrad stride=2 padding=1,2,0,3 x=1,1,4,5 w=1,1,3,3");
}

/// Every number of every word at its worst: an answer or an error, never a panic.
#[test]
fn hostile_numbers() {
    let worst = [i64::MIN, i64::MIN + 1, -1, 0, 1, 1 << 61, 1 << 62, i64::MAX - 1, i64::MAX];
    let most = usize::MAX;
    let shapes: [(&[usize], &[usize]); 7] = [
        (&[1, 1, 3], &[1, 1, 3]),
        (&[1, 1, most], &[1, 1, 2]),
        (&[1, 1, 3], &[1, 1, most]),
        (&[1, 1, 3, 3], &[1, 1, 3, 3]),
        (&[most, 1, 3, 1], &[1, most, 3, 1]),
        (&[0, 0, 0, 0], &[0, 0, 0, 0]),
        (&[most], &[most]),
    ];
    let mut answered = 0;
    for dialect in DIALECTS {
        let names: Vec<&str> = dialect.words.iter().map(|word| word.name).collect();
        for (x, w) in shapes {
            let rank = x.len().saturating_sub(2).max(1);
            for name in &names {
                for n in worst {
                    for list in [1, rank, 2 * rank, rank + 2] {
                        let attributes = [
                            ((*name).to_owned(), serde_json::json!(vec![n; list])),
                            ("stride".to_owned(), serde_json::json!(2)),
                        ];
                        let kept = attributes.into_iter().filter(|(name, _)| names.contains(&name.as_str()));
                        let words = Words {
                            dialect,
                            operation: dialect.default_operation.to_owned(),
                            attributes: kept.collect(),
                            x: x.to_vec(),
                            w: w.to_vec(),
                        };
                        if let Ok(lowered) = words.lower() {
                            answered += 1;
                            // What can be read can be looked for.
                            if lowered.spec.geometry.axes().iter().all(|a| a.output() < 100) {
                                let _ = raise(dialect, &lowered.spec);
                            }
                        }
                    }
                }
            }
        }
        for n in worst {
            let number = serde_json::json!({"dialect": dialect.name, "attributes": {names[0]: n}, "x": [1, 1, 3], "w": [1, 1, 3]});
            let _ = lower(&number.to_string());
        }
    }
    assert!(answered > 100, "{answered}");
}

#[test]
fn hostile_descriptors() {
    for text in ["", "_", "n", "g", "g0ic1oc1_iw3kw3", "mb0ic1oc1_iw3kw3", "ic3oc1g2_iw3kw3"] {
        let call = serde_json::json!({"dialect": "onednn", "attributes": {"descriptor": text}}).to_string();
        assert!(lower(&call).is_err(), "{text}");
    }
    let worst = i64::MAX;
    for key in ["g", "mb", "ic", "oc", "iw", "ow", "kw", "sw", "dw", "pw"] {
        let call = format!("onednn ic1oc1_iw3kw3_{key}{worst}");
        assert!(lower(&call).is_err() || key == "mb", "{call}: {}", spec(&call));
        let all = "iwowkwswdwpw".as_bytes().chunks(2).map(|k| format!("{}{worst}", std::str::from_utf8(k).unwrap()));
        assert!(lower(&format!("onednn ic1oc1_{}", all.collect::<String>())).is_err());
    }
    for bad in ["onednn", "onednn ic1oc1_iw3kw3 more", "onednn descriptor=ic1oc1 ic1oc1", "onednn é", "onednn ic1é"] {
        assert!(lower(bad).is_err(), "{bad}");
    }
}
