//! Examples worked by hand for the dialects with their own pads: TensorFlow, Keras, JAX and their kin.

use convproof::dialect::{Pads, Words};
use serde_json::{Value, json};

use super::{lower, spec};

/// The spec that typed words come to, or the refusal.
fn said(words: &str) -> String {
    spec(words.parse::<Words>().and_then(|words| words.lower()))
}

/// E-27 in TensorFlow: natural 2·2 + 5 = 9, 6 are wanted: 1 is cut in front and 2 behind.
#[test]
fn tensorflow_same_cuts_the_larger_half_behind() {
    let same = "tensorflow output_shape=1,6,1 strides=2 padding=SAME x=1,3,1 w=5,1,1".parse::<Words>().unwrap();
    let found = same.lower().unwrap();
    assert_eq!((found.spec.to_string().as_str(), found.pads), ("tconv i3 k5 s2 p1:2", Pads::Same));
    let values = convproof::verify::expected(&found.spec.geometry, &[1i64, 10, 100], &[1, 2, 3, 4, 5]).unwrap();
    assert_eq!(values.values::<i64>().unwrap(), [2, 13, 24, 135, 240, 350]);
    // It is the word that is left out; 5 of 9 wanted: total 4. Stride 3, kernel 2: natural 8 of 9.
    assert_eq!(said("tensorflow output_shape=1,5,1 strides=2 x=1,3,1 w=5,1,1"), "tconv i3 k5 s2 p2");
    assert_eq!(said("tensorflow output_shape=1,9,1 strides=3 x=1,3,1 w=2,1,1"), "tconv i3 k2 s3 a1");
    assert_eq!(
        said("tensorflow output_shape=1,6,1 strides=3 x=1,3,1 w=2,1,1"),
        "TF2: output 6 on axis 0; with SAME 7 to 9 come from input 3"
    );
    // VALID and pairs: natural 7, up to s − 1 more.
    for (output, a) in [(7, ""), (8, " a1")] {
        let words = format!("tensorflow output_shape=1,{output},1 strides=2 padding=VALID x=1,3,1 w=3,1,1");
        assert_eq!(said(&words), format!("tconv i3 k3 s2{a}"));
    }
    let pairs = "padding=[[0,0],[1,2],[0,1],[0,0]] output_shape=1,4,7,1 strides=2 x=1,3,3,1 w=3,3,1,1";
    assert_eq!(said(&format!("tensorflow {pairs}")), "tconv i3x3 k3x3 s2 p1:2x0:1 a0x1");
}

#[test]
fn tensorflow_numbers_may_name_every_axis() {
    for strides in ["2", "[2]", "[1,2,1]"] {
        let words = format!("tensorflow output_shape=1,6,1 strides={strides} x=1,3,1 w=4,1,1");
        assert_eq!(said(&words), "tconv i3 k4 s2 p1");
    }
    let words = "tensorflow output_shape=5,2,6,9 strides=1,1,2,3 data_format=NCHW x=5,4,3,3 w=4,3,2,4";
    let found = words.parse::<Words>().unwrap().lower().unwrap();
    assert_eq!(found.spec.to_string(), "tconv i3x3 k4x3 s2x3 p1x0 c4:2 n5");
    let letters = [found.layouts.x, found.layouts.w, found.layouts.y].map(|l| l.to_string());
    assert_eq!(letters, ["NCS", "SOI", "NCS"]);
}

/// SAME cuts the larger half behind; an output that comes from another input is refused.
#[test]
fn tflite_takes_outputs_that_come_from_its_input() {
    let tflite = |shape: &str, stride: i64, padding: &str, kernel: i64| {
        let words = format!(
            "tflite output_shape=1,{shape},1 stride_h={stride} stride_w={stride} padding={padding} \
             x=1,3,3,1 w=1,{kernel},{kernel},1"
        );
        words.parse::<Words>().unwrap().lower().map_or_else(|e| e.rule().to_owned(), |l| l.spec.to_string())
    };
    // Of 4 + 5 = 9 rows 6 stay: 1 cut in front, 2 behind. ⌈9/2⌉ = 5 inputs, not 3.
    assert_eq!(tflite("6,6", 2, "SAME", 5), "tconv i3x3 k5x5 s2 p1:2");
    assert_eq!(tflite("6,9", 2, "SAME", 3), "TL7");
    // 4 + 3 = 7 rows, or 8 with an empty one; 9 come from 4 inputs.
    assert_eq!(tflite("7,8", 2, "VALID", 3), "tconv i3x3 k3x3 s2 a0x1");
    assert_eq!(tflite("7,9", 2, "VALID", 3), "TL7");
    assert_eq!(tflite("2,2", 4, "VALID", 9), "TL7");
}

/// Left out, output_padding is the one of the usual length, which is not 0.
#[test]
fn keras_finds_the_usual_length() {
    let keras = |words: &str| said(&format!("keras {words}"));
    assert_eq!(keras("strides=2 padding=same x=1,3,1 w=5,1,1"), "tconv i3 k5 s2 p1:2");
    // in·s = 12 of 13; given as 0: 8 + 1 + 0 = 9 of 13.
    assert_eq!(keras("strides=4 padding=same x=1,3,1 w=5,1,1"), "tconv i3 k5 s4 p0:1");
    assert_eq!(keras("strides=4 padding=SAME output_padding=0 x=1,3,1 w=5,1,1"), "tconv i3 k5 s4 p2");
    // valid: 3·1 + 2 = 5, at least s(in−1) + s = 6.
    assert_eq!(keras("strides=3 x=1,2,1 w=2,1,1"), "tconv i2 k2 s3 a1");
    assert_eq!(keras("strides=3 output_padding=0 x=1,2,1 w=2,1,1"), "tconv i2 k2 s3");
    assert_eq!(keras("strides=2 dilation_rate=2 x=1,2,1 w=2,1,1"), "tconv i2 k2 s2 d2");
    assert_eq!(keras("data_format=channels_first strides=2,3 x=1,4,2,2 w=2,2,1,4"), "tconv i2x2 k2x2 s2x3 a0x1 c4:1");
    // TensorFlow refuses what others compute: even kernel, 4 + 0 + 0 = 4 of 8; 7 − 1 = 6.
    let call =
        |operation: &str, attributes: Value| spec(lower("keras", operation, &[1, 3, 1], &[4, 1, 1], &attributes));
    let zero = json!({"strides": 2, "padding": "same", "output_padding": 0});
    assert!(call("keras.ops.conv_transpose (backend tensorflow)", zero.clone()).starts_with("KR2: output 4"));
    assert_eq!(call("keras.ops.conv_transpose (backend jax)", zero), "tconv i3 k4 s2 p2");
    // A recorded operation prints as one word, and reads back.
    let operation = "keras.ops.conv_transpose (backend jax)";
    let recorded = format!("{{\"dialect\": \"keras\", \"op\": \"{operation}\", \"x\": [1, 3, 1], \"w\": [4, 1, 1]}}");
    assert_eq!(
        recorded.parse::<Words>().unwrap().to_string(),
        "keras keras.ops.conv_transpose_backend_jax x=1,3,1 w=4,1,1"
    );
    let less = json!({"strides": 2, "output_padding": -2});
    assert_eq!(call("keras.ops.conv_transpose (backend torch)", less), "tconv i3 k4 s2 p0:2");
}

/// The spread x has 2·2 + 1 = 5 cells; with `[low, high]` around it 5 + low + high − keff + 1 outputs.
#[test]
fn jax_pads_the_spread_input() {
    let jax = |words: &str| {
        let found = words.parse::<Words>().unwrap().lower().unwrap_or_else(|e| panic!("{words}: {e}"));
        let letters = [&found.layouts.x, &found.layouts.w, &found.layouts.y].map(ToString::to_string).join(",");
        format!("{} {letters}{}", found.spec, if found.weight_flipped { " flipped" } else { "" })
    };
    let last = "NSC,SIO,NSC flipped";
    // pad_len 5 + 2 − 2 = 5, 3 in front: 4 − 3 = 1 is cut there, 4 − 2 = 2 behind.
    assert_eq!(jax("jax strides=2 padding=SAME x=1,3,1 w=5,1,1"), format!("tconv i3 k5 s2 p1:2 {last}"));
    assert_eq!(jax("jax strides=2 padding=VALID x=1,3,1 w=5,1,1"), format!("tconv i3 k5 s2 {last}"));
    // Strides beyond the kernel: nothing is cut, zeros follow.
    for padding in ["SAME", "VALID"] {
        assert_eq!(
            jax(&format!("jax strides=3 padding={padding} x=1,3,1 w=2,1,1")),
            format!("tconv i3 k2 s3 a1 {last}")
        );
    }
    assert_eq!(jax("jax strides=2 padding=[[1,3]] x=1,3,1 w=3,1,1"), format!("tconv i3 k3 s2 p1:0 a1 {last}"));
    assert_eq!(
        jax("jax strides=2 padding=[[1,3]] use_consistent_padding=true rhs_dilation=2 x=1,3,1 w=3,1,1"),
        format!("tconv i3 k3 s2 p1:3 d2 {last}")
    );
    // The letters speak of the convolution that is transposed.
    let named = "strides=1 padding=VALID dimension_numbers=[\"NCW\",\"OIW\",\"NWC\"] x=1,2,3";
    assert_eq!(jax(&format!("jax {named} w=3,2,1")), "tconv i3 k1 c2:3 NCS,OIS,NSC flipped");
    assert_eq!(jax(&format!("jax {named} w=2,3,1 transpose_kernel=true")), "tconv i3 k1 c2:3 NCS,IOS,NSC");
    // Groups: 2 of 4 channels each to 3 of 6.
    let general = "jax conv_general_dilated feature_group_count=2";
    assert_eq!(
        jax(&format!("{general} window_strides=1 lhs_dilation=2 padding=[[2,2]] x=1,4,3 w=6,2,3")),
        "tconv i3 k3 s2 c4:6 g2 NCS,OiS,NCS flipped"
    );
    assert_eq!(
        jax(&format!("{general} window_strides=1 lhs_dilation=1 padding=SAME x=1,4,3 w=6,2,4")),
        "tconv i3 k4 p2:1 c4:6 g2 NCS,OiS,NCS flipped"
    );
}

/// Without a spread input it is the ordinary convolution: in 5, stride 2: 3 results span 7.
#[test]
fn jax_and_stablehlo_without_spreading_are_convolutions() {
    let both = |jax: &str, stablehlo: &str, expected: &str, letters: &str, flipped: bool| {
        for words in [format!("jax conv_general_dilated {jax}"), format!("stablehlo {stablehlo}")] {
            let found = words.parse::<Words>().unwrap().lower().unwrap_or_else(|e| panic!("{words}: {e}"));
            assert_eq!(found.spec.to_string(), expected, "{words}");
            assert_eq!(found.layouts.w.to_string(), letters, "{words}");
            assert_eq!(found.weight_flipped, flipped, "{words}");
        }
    };
    let same = "x=1,4,5 w=6,2,3 feature_group_count=2 window_strides=2";
    both(&format!("{same} padding=SAME"), &format!("{same} padding=[[1,1]]"), "conv i5 k3 s2 p1 c4:6 g2", "IoS", false);
    both(
        &format!("{same} padding=[[0,1]] lhs_dilation=1"),
        &format!("{same} padding=[[0,1]] lhs_dilation=1"),
        "conv i5 k3 s2 p0:1 c4:6 g2",
        "IoS",
        false,
    );
    both(
        "x=1,5,1 w=3,1,2 window_strides=1 padding=VALID dimension_numbers=[\"NWC\",\"WIO\",\"NWC\"]",
        "x=1,5,1 w=3,1,2 dimension_numbers=[b,0,f]x[0,i,o]->[b,0,f]",
        "conv i5 k3 c1:2",
        "SoI",
        false,
    );
    both(
        "x=1,5,1 w=3,1,2 window_strides=1 lhs_dilation=3 padding=[[2,2]] \
         dimension_numbers=[\"NWC\",\"WIO\",\"NWC\"]",
        "x=1,5,1 w=3,1,2 lhs_dilation=3 padding=[[2,2]] dimension_numbers=[b,0,f]x[0,i,o]->[b,0,f]",
        "tconv i5 k3 s3 c1:2",
        "SiO",
        true,
    );
    // A reversed window holds the taps of the scatter; one tap has no direction.
    let reversed =
        "stablehlo lhs_dilation=2,2 window_reversal=[true,false] x=1,1,3,3 w=1,1,3,1".parse::<Words>().unwrap();
    assert!(!reversed.lower().unwrap().weight_flipped);
}

#[test]
fn coreml_and_webnn_give_back_what_the_stride_leaves_open() {
    // natural 2·2 + 3 = 7, 5 with p = 1, 6 with a = 1; same: 6 of 7.
    let coreml = |words: &str| said(&format!("coreml strides=2 {words} x=1,1,3 w=1,1,3"));
    assert_eq!(coreml("pad_type=custom pad=1,1"), "tconv i3 k3 s2 p1");
    assert_eq!(coreml("pad_type=custom pad=1,1 output_shape=1,1,6"), "tconv i3 k3 s2 p1 a1");
    assert_eq!(coreml("output_shape=1,1,8"), "tconv i3 k3 s2 a1");
    assert_eq!(coreml("pad_type=same"), "tconv i3 k3 s2 p0:1");
    assert_eq!(coreml("pad_type=same output_shape=1,1,5"), "tconv i3 k3 s2 p1");
    let remarks = "coreml pad_type=same x=1,1,3 w=1,1,3".parse::<Words>().unwrap().lower().unwrap().remarks;
    assert!(remarks[0].contains("does not say how it is split"), "{remarks:?}");

    let webnn = |words: &str| said(&format!("webnn strides=2,3 {words}"));
    assert_eq!(webnn("outputPadding=1,2 x=1,1,3,3 w=1,1,3,3"), "tconv i3x3 k3x3 s2x3 a1x2");
    assert_eq!(webnn("padding=1,1,0,2 outputSizes=6,7 x=1,1,3,3 w=1,1,3,3"), "tconv i3x3 k3x3 s2x3 p1x0:2 a1x0");
    // outputPadding is ignored beside outputSizes.
    assert_eq!(webnn("outputPadding=9,9 outputSizes=7,9 x=1,1,3,3 w=1,1,3,3"), "tconv i3x3 k3x3 s2x3");
    for (layout, w) in [("iohw", "4,3,2,1"), ("hwoi", "2,1,3,4"), ("ohwi", "3,2,1,4")] {
        let words = format!("inputLayout=nhwc filterLayout={layout} groups=2 x=5,3,3,4 w={w}");
        assert_eq!(webnn(&words), "tconv i3x3 k2x1 s2x3 c4:6 g2 n5");
    }
}
