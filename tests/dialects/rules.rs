//! Every rule of every dialect says no: calls that it refuses, and specs that it has no words for.
#![allow(clippy::unwrap_used)] // tests

use std::collections::BTreeSet;

use convproof::Spec;
use convproof::dialect::{DIALECTS, Words, find};
use convproof::translate::raise;

/// Rule, call, what the message shows.
const REFUSED: &[(&str, &str, &str)] = &[
    ("PT1", "pytorch stride=2 output_padding=2 x=1,1,3 w=1,1,3", "output padding 2 on axis 0"),
    ("PT2", "pytorch padding=-1 x=1,1,3 w=1,1,3", "padding -1 on axis 0"),
    ("PT3", "pytorch ConvTranspose1d stride=2 output_size=9 x=1,1,3 w=1,1,3", "from 7 to 8"),
    ("PT4", "pytorch x=1,3,4 w=2,1,3", "3 channels"),
    ("PT5", "pytorch conv1d padding=same stride=2 x=1,1,3 w=1,1,3", "stride 1 is needed"),
    ("PT6", "pytorch conv_transpose2d x=1,1,3 w=1,1,3", "conv_transpose2d with 1 spatial axes"),
    ("OX1", "onnx kernel_shape=2 x=1,1,3 w=1,1,3", "the weight's is [3]"),
    ("OX2", "onnx auto_pad=SAME x=1,1,3 w=1,1,3", "'SAME'"),
    ("OX3", "onnx auto_pad=VALID pads=1,1 x=1,1,3 w=1,1,3", "leave one of them out"),
    ("OX4", "onnx x=1,3,4 w=2,1,3", "3 channels"),
    ("OX5", "onnx ConvInteger x=1,1,3 w=1,1,3", "'ConvInteger'"),
    ("M4", "pytorch strides=2 x=1,1,3 w=1,1,3", "'strides'"),
    ("M5", "pytorch stride=two x=1,1,3 w=1,1,3", "\"two\""),
    ("M5", "pytorch stride=2 x=1,1,3", "the shape of w"),
    ("M5", "pytorch stride=2 stride=3 x=1,1,3 w=1,1,3", "given twice"),
    ("M5", "pytorch x=1,1,3 w=1,1,3 conv1d conv2d", "a second bare word"),
    ("M5", "pytorch x=1,,3 w=1,1,3", "1,,3"),
    ("M6", "caffe x=1,1,3 w=1,1,3", "'caffe'"),
    ("M5", "{\"dialect\": \"pytorch\", \"x\": [1, 1, 3]}", "the shape of w"),
    ("M4", "{\"dialect\": \"pytorch\", \"x\": [1, 1, 3], \"w\": [1, 1, 3], \"y\": 1}", "'y'"),
    ("M5", "{\"dialect\": \"pytorch\"", "JSON"),
    ("TF1", "tensorflow strides=1 x=1,3,1 w=3,1,1", "output_shape is missing"),
    ("TF1", "tensorflow output_shape=1,5,1 x=1,3,1 w=3,1,1", "strides is missing"),
    ("TF2", "tensorflow strides=2 output_shape=1,7,1 x=1,3,1 w=5,1,1", "with SAME 5 to 6 come from input 3"),
    ("TF2", "tensorflow strides=2 padding=VALID output_shape=1,6,1 x=1,3,1 w=3,1,1", "7 to 8 come from input 3"),
    (
        "TF2",
        "tensorflow strides=2 padding=[[0,0],[1,1],[1,1],[0,0]] output_shape=1,7,7,1 x=1,3,3,1 w=3,3,1,1",
        "5 to 6 come from input 3",
    ),
    ("TF3", "tensorflow strides=1 padding=FULL output_shape=1,5,1 x=1,3,1 w=3,1,1", "'FULL'"),
    ("TF3", "tensorflow strides=1 padding=[[0,0],[1,1],[0,0]] output_shape=1,3,1 x=1,3,1 w=3,1,1", "only 2-D"),
    (
        "TF3",
        "tensorflow strides=1 padding=[[0,1],[1,1],[1,1],[0,0]] output_shape=1,3,3,1 x=1,3,3,1 w=3,3,1,1",
        "0 for batch and channels",
    ),
    (
        "TF3",
        "tensorflow strides=1 padding=[[0,0],[-1,1],[1,1],[0,0]] output_shape=1,3,3,1 x=1,3,3,1 w=3,3,1,1",
        "at least 0",
    ),
    ("TF4", "tensorflow strides=2,2,1 output_shape=1,6,1 x=1,3,1 w=3,1,1", "strides [2, 2, 1]"),
    ("TF5", "tensorflow data_format=NHWC strides=1 output_shape=1,3,1 x=1,3,1 w=3,1,1", "expected NWC or NCW"),
    ("TF6", "tensorflow conv2d_transpose strides=1 output_shape=1,3,1 x=1,3,1 w=3,1,1", "1 spatial axes"),
    ("TF6", "tensorflow conv1d strides=1 output_shape=1,3,1 x=1,3,1 w=3,1,1", "'conv1d'"),
    ("TF7", "tensorflow strides=1 output_shape=1,3,2 x=1,3,1 w=3,1,1", "batch 1 and 2 channels"),
    ("TF7", "tensorflow strides=1 output_shape=1,3,1 x=1,3,2 w=3,1,1", "2 channels"),
    ("M5", "tensorflow strides=1 output_shape=3 x=1,3,1 w=3,1,1", "a list of 3"),
    ("TL1", "tflite stride_h=1 stride_w=1 x=1,3,3,1 w=1,3,3,1", "output_shape is missing"),
    ("TL1", "tflite output_shape=1,3,3,1 stride_h=1 x=1,3,3,1 w=1,3,3,1", "stride_w is missing"),
    ("TL2", "tflite output_shape=1,3,3,1 stride_h=1 stride_w=1 padding=same x=1,3,3,1 w=1,3,3,1", "'same'"),
    ("TL3", "tflite output_shape=2,3,3,1 stride_h=1 stride_w=1 x=1,3,3,1 w=1,3,3,1", "batch 2 and 1 channels"),
    ("TL3", "tflite output_shape=1,3,3,1 stride_h=1 stride_w=1 x=1,3,3,2 w=1,3,3,1", "2 channels"),
    ("TL7", "tflite output_shape=1,8,8,3 stride_h=2 stride_w=2 padding=VALID x=1,4,4,2 w=3,3,3,2", "9 to 10 come from"),
    ("TL5", "tflite CONV_2D x=1,3,3,1 w=1,3,3,1", "'CONV_2D'"),
    ("M5", "tflite output_shape=1,3,1 stride_h=1 stride_w=1 x=1,3,1 w=1,3,1", "with 2 spatial axes"),
    ("KR1", "keras padding=full x=1,3,1 w=3,1,1", "'full'"),
    ("KR1", "keras data_format=NWC x=1,3,1 w=3,1,1", "'NWC'"),
    ("KR2", "keras strides=2 output_padding=2 x=1,3,1 w=3,1,1", "output 9 on axis 0"),
    ("KR2", "keras strides=2 padding=same output_padding=0 x=1,3,1 w=4,1,1", "only 5 to 6"),
    ("KR3", "keras Conv1DTranspose strides=2 output_padding=2 x=1,3,1 w=3,1,1", "smaller than strides 2"),
    ("KR4", "keras Conv1DTranspose strides=2 dilation_rate=2 x=1,3,1 w=3,1,1", "dilation_rate [2]"),
    ("KR5", "keras x=1,3,2 w=3,1,1", "2 channels"),
    ("KR6", "keras conv x=1,3,1 w=3,1,1", "'conv'"),
    ("KR6", "keras Conv2DTranspose x=1,3,1 w=3,1,1", "1 spatial axes"),
    ("JX1", "jax padding=SAME x=1,3,1 w=3,1,1", "strides is missing"),
    ("JX1", "jax strides=1 x=1,3,1 w=3,1,1", "padding is missing"),
    ("JX1", "jax conv_general_dilated padding=[[0,0]] x=1,1,3 w=1,1,3", "window_strides is missing"),
    ("JX2", "jax conv_general_dilated window_strides=2 lhs_dilation=2 padding=[[0,0]] x=1,1,3 w=1,1,3", "[2]"),
    ("JX3", "jax strides=1 padding=FULL x=1,3,1 w=3,1,1", "'FULL'"),
    ("JX3", "jax strides=1 padding=SAME_LOWER x=1,3,1 w=3,1,1", "'SAME_LOWER'"),
    ("JX3", "jax conv_general_dilated window_strides=1 lhs_dilation=2 padding=SAME x=1,1,3 w=1,1,3", "pairs"),
    ("JX4", "jax strides=1,1 padding=SAME dimension_numbers=[\"NHWC\",\"WHIO\",\"NHWC\"] x=1,3,3,1 w=3,3,1,1", "WHIO"),
    ("JX4", "jax strides=1,1 padding=SAME dimension_numbers=[\"HNWC\",\"HWIO\",\"NHWC\"] x=1,3,3,1 w=3,3,1,1", "HNWC"),
    (
        "JX4",
        "jax strides=1 padding=SAME dimension_numbers=[\"NHWC\",\"HWIO\",\"NHWC\"] x=1,3,1 w=3,1,1",
        "1 spatial axes",
    ),
    ("JX4", "jax strides=1,1,1,1 padding=SAME x=1,1,1,1,1,1 w=1,1,1,1,1,1", "no dimension_numbers"),
    (
        "JX5",
        "jax conv_general_dilated window_strides=1 lhs_dilation=1 batch_group_count=2 padding=[[0,0]] x=2,1,3 w=2,1,3",
        "batch_group_count 2",
    ),
    ("JX6", "jax conv_general_dilated_patches x=1,1,3 w=1,1,3", "expected conv_transpose or"),
    ("JX7", "jax strides=1 padding=SAME x=1,3,2 w=3,1,1", "2 channels"),
    ("M4", "jax conv_general_dilated window_strides=1 padding=[[0,0]] strides=1 x=1,1,3 w=1,1,3", "'strides'"),
    ("M5", "jax strides=2 padding=[[0]] x=1,3,1 w=3,1,1", "1 pairs"),
    ("SH1", "stablehlo window_strides=2 lhs_dilation=2 x=1,1,3 w=1,1,3", "[2]"),
    ("SH2", "stablehlo lhs_dilation=1,1 window_reversal=[true,false] x=1,1,3,3 w=1,1,3,3", "[true, false]"),
    ("SH3", "stablehlo dimension_numbers=[b,1,0,f]x[1,0,i,o]->[b,1,0,f] x=1,3,3,1 w=3,3,1,1", "[b,1,0,f]"),
    ("SH3", "stablehlo dimension_numbers=[b,0,f] x=1,3,1 w=3,1,1", "'[b,0,f]'"),
    ("SH4", "stablehlo batch_group_count=2 x=2,1,3 w=2,1,3", "batch_group_count 2"),
    ("SH5", "stablehlo lhs_dilation=1 x=1,2,3 w=1,1,3", "2 channels"),
    ("SH6", "stablehlo dynamic_conv x=1,1,3 w=1,1,3", "'dynamic_conv'"),
    ("M5", "stablehlo window_reversal=[1] x=1,1,3 w=1,1,3", "true or false"),
    ("CM1", "coreml pad_type=same_lower x=1,1,3 w=1,1,3", "'same_lower'"),
    ("CM2", "coreml pad=1,1 x=1,1,3 w=1,1,3", "pad_type custom only"),
    ("CM2", "coreml pad_type=custom pad=-1,1 x=1,1,3 w=1,1,3", "at least 0"),
    ("CM3", "coreml pad_type=custom pad=1,1 strides=2 output_shape=1,1,7 x=1,1,3 w=1,1,3", "5 to 6 come from input 3"),
    ("CM3", "coreml pad_type=same strides=2 output_shape=1,1,7 x=1,1,3 w=1,1,3", "5 to 6 come from input 3"),
    ("CM4", "coreml output_shape=1,2,5 x=1,1,3 w=1,1,3", "begins with [1, 2]"),
    ("CM4", "coreml x=1,2,3 w=1,1,3", "2 channels"),
    ("CM5", "coreml conv x=1,1,3 w=1,1,3", "'conv'"),
    ("WN1", "webnn strides=2,2 outputPadding=1,2 x=1,1,3,3 w=1,1,3,3", "outputPadding 2 on axis 1"),
    ("WN2", "webnn strides=2,2 outputSizes=7,9 x=1,1,3,3 w=1,1,3,3", "from 7 to 8"),
    ("WN3", "webnn padding=0,0,0,-1 x=1,1,3,3 w=1,1,3,3", "padding holds -1"),
    ("WN4", "webnn inputLayout=NHWC x=1,1,3,3 w=1,1,3,3", "'NHWC'"),
    ("WN4", "webnn filterLayout=oihw x=1,1,3,3 w=1,1,3,3", "'oihw'"),
    ("WN5", "webnn x=1,2,3,3 w=1,1,3,3", "2 channels"),
    ("WN6", "webnn conv2d x=1,1,3,3 w=1,1,3,3", "'conv2d'"),
    ("OR1", "onnxruntime pads=0,-1 x=1,1,3 w=1,1,3", "pads 0 and -1 on axis 0"),
    ("OR2", "onnxruntime strides=2 output_padding=2 x=1,1,3 w=1,1,3", "smaller than stride 2"),
    ("OR3", "onnxruntime strides=3 output_shape=11 x=1,1,3 w=1,1,2", "at most 10"),
    ("OR4", "onnxruntime auto_pad=SAME_UPPER pads=0,0 x=1,1,3 w=1,1,3", "even zeros"),
    ("OR5", "onnxruntime Conv auto_pad=SAME_UPPER dilations=2 x=1,1,4 w=1,1,3", "dilation 2 on axis 0"),
    ("OX1", "onnxruntime kernel_shape=2 x=1,1,3 w=1,1,3", "the weight's is [3]"),
    ("OV1", "openvino Convolution x=1,1,3 w=1,1,3", "'Convolution'"),
    ("OV2", "openvino auto_pad=same x=1,1,3 w=1,1,3", "'same'"),
    ("OV3", "openvino pads_begin=-1 x=1,1,3 w=1,1,3", "pads_begin -1 on axis 0"),
    ("OV4", "openvino x=1,3,4 w=2,1,3", "3 channels"),
    ("M5", "openvino GroupConvolutionBackpropData x=1,4,3 w=4,1,3", "w GioS"),
    ("PD1", "paddle padding=same_upper x=1,1,3 w=1,1,3", "expected SAME or VALID"),
    ("PD1", "paddle padding=0,-1 x=1,1,3 w=1,1,3", "padding 0 and -1 on axis 0"),
    ("PD1", "paddle padding=[[1,0],[0,0],[0,0]] x=1,1,3 w=1,1,3", "batch or channels"),
    ("PD2", "paddle stride=2 dilation=3 output_padding=2 x=1,1,3 w=1,1,3", "smaller than stride 2"),
    ("PD3", "paddle stride=2 output_size=9 x=1,1,3 w=1,1,3", "expected 7 to 8"),
    ("PD4", "paddle stride=2 output_size=8 output_padding=1 x=1,1,3 w=1,1,3", "leave one of them out"),
    ("PD5", "paddle x=1,3,4 w=2,1,3", "3 channels"),
    ("PD6", "paddle conv2d_transpose x=1,1,3 w=1,1,3", "1 spatial axes"),
    ("PD7", "paddle data_format=NCHW x=1,1,3 w=1,1,3", "expected NCL or NLC"),
    ("M5", "paddle padding=1,2,3 x=1,1,3 w=1,1,3", "[1,2,3]"),
    ("SP1", "scipy resample_poly x=3 w=3", "'resample_poly'"),
    ("SP2", "scipy up=2 down=3 x=3 w=3", "down 3"),
    ("M5", "scipy up=2 x=1,1,3 w=1,1,3", "x S and w S"),
    ("G2", "scipy up=0 x=3 w=3", "stride 0"),
    ("MX1", "mlx conv_transpose2d x=1,4,1 w=1,3,1", "1 spatial axes"),
    ("MX2", "mlx groups=2 x=1,2,2,2,2 w=2,1,1,1,1", "2 groups on 3 axes"),
    ("MX3", "mlx stride=2 padding=5 x=1,4,1 w=1,3,1", "loses 3 inputs in front and 3 behind"),
    ("MX4", "mlx conv_general stride=2 input_dilation=2 x=1,4,1 w=1,3,1", "stride 2 on axis 0"),
    ("MX6", "mlx x=1,4,3 w=1,3,2", "3 channels"),
    ("MX7", "mlx conv_general padding=[[1],[2],[3]] x=1,4,1 w=1,3,1", "1 numbers or one each"),
    ("M5", "mlx padding=1,2 x=1,4,1 w=1,3,1", "[1,2]"),
    ("OD1", "onednn mb1_xc3", "'xc3'"),
    ("OD1", "onednn ic99999999999999999999oc1_iw3kw3", "below 2^63"),
    ("OD1", "onednn ic1oc1_iw-3kw3", "'iw-3kw3'"),
    ("OD2", "onednn ic1_iw3kw3", "no oc"),
    ("OD2", "onednn ic1oc1_iw3kw3sw0", "sw0"),
    ("OD3", "onednn ic1oc1_iw3", "iw3 kw0"),
    ("OD4", "onednn ic1oc1", "at least iw and kw"),
    ("OD4", "onednn ic1oc1_id3kd3_iw3kw3", "without h"),
    ("OD5", "onednn ic1oc1_iw3kw3 x=2,1,4", "the descriptor says [2, 1, 3]"),
    ("CU1", "cudnn cudnnConvolutionForward dxDimA=1,1,5,5 x=1,1,3,3 w=1,1,3,3", "'cudnnConvolutionForward'"),
    ("CU2", "cudnn padA=-1,0 dxDimA=1,1,5,5 x=1,1,3,3 w=1,1,3,3", "padA -1 on axis 0"),
    ("CU3", "cudnn mode=FLIP dxDimA=1,1,5,5 x=1,1,3,3 w=1,1,3,3", "'FLIP'"),
    ("CU4", "cudnn x=1,1,3,3 w=1,1,3,3", "no dxDimA"),
    ("CU4", "cudnn dxDimA=1,1,6,5 x=1,1,3,3 w=1,1,3,3", "dx of 6 on axis 0; 5 to 5"),
    ("CU4", "cudnn dxDimA=2,1,5,5 x=1,1,3,3 w=1,1,3,3", "[1, 1, 5, 5]"),
    ("CU5", "cudnn dxDimA=1,1,5,5 x=1,3,3,3 w=2,1,3,3", "3 channels"),
    ("CU7", "cudnn dxDimA=1,1,5 x=1,1,3 w=1,1,3", "1 spatial axes"),
    ("TG1", "tinygrad conv2d x=1,1,3 w=1,1,3", "'conv2d'"),
    ("TG2", "tinygrad x=1,3,4 w=2,1,3", "3 channels"),
    ("M5", "tinygrad padding=1,2,3 x=1,1,3,3 w=1,1,3,3", "[1,2,3]"),
    ("G2", "tinygrad stride=0 x=1,1,3 w=1,1,3", "stride 0"),
];

/// Rule, dialect, spec that it cannot say, what the reason shows.
const UNSAID: &[(&str, &str, &str, &str)] = &[
    ("PT7", "pytorch", "tconv i3 k3 p0:1", "cuts 0 in front and 1 behind"),
    ("PT2", "pytorch", "tconv i3 k3 p-1", "padding -1 on axis 0"),
    ("PT1", "pytorch", "tconv i3 k3 s2 a2", "output padding 2 on axis 0"),
    ("TF2", "tensorflow", "tconv i3 k3 s2 a2", "output 9 on axis 0"),
    ("TF3", "tensorflow", "tconv i3x3 k3x3 p-1", "at least 0"),
    ("TF3", "tensorflow", "tconv i3 k3 p1:0", "only 2-D takes them"),
    ("TF6", "tensorflow", "conv i3 k3", "an ordinary convolution"),
    ("TF7", "tensorflow", "tconv i3 k3 c4:4 g2", "2 groups"),
    ("TL3", "tflite", "tconv i3x3 k3x3 c4:4 g2", "2 groups"),
    ("TL4", "tflite", "tconv i3x3 k3x3 d2", "dilation 2 on axis 0"),
    ("TL5", "tflite", "tconv i3 k3", "1 spatial axes"),
    ("TL5", "tflite", "conv i3x3 k3x3", "the ordinary convolution"),
    ("KR2", "keras", "tconv i3 k3 s2 a2", "output 9 on axis 0"),
    ("KR5", "keras", "tconv i3 k3 c4:4 g2", "2 groups"),
    ("KR6", "keras", "conv i3 k3", "an ordinary convolution"),
    ("KR7", "keras", "tconv i3 k3 p1:0", "cuts [1] in front and [0] behind"),
    ("TL6", "tflite", "tconv i3x3 k3x3 p2:0", "cuts [2, 2] in front and [0, 0] behind"),
    ("CM2", "coreml", "tconv i3 k3 p-1:1", "at least 0"),
    ("CM5", "coreml", "conv i3 k3", "the ordinary convolution"),
    ("CM6", "coreml", "tconv i3 k3 s2 a2", "gives 2 back at the end"),
    ("WN1", "webnn", "tconv i3x3 k3x3 s2 a2", "outputPadding 2 on axis 0"),
    ("WN3", "webnn", "tconv i3x3 k3x3 p-1:1", "padding holds -1"),
    ("WN6", "webnn", "tconv i3 k3", "1 spatial axes"),
    ("OR1", "onnxruntime", "tconv i3 k3 p-1", "pads -1 and 0 on axis 0"),
    ("OR3", "onnxruntime", "tconv i3 k3 s2 a2", "at most 8"),
    ("OV3", "openvino", "tconv i3 k3 p-1", "pads_begin -1 on axis 0"),
    ("OV5", "openvino", "conv i5 k3", "is a convolution"),
    ("PD1", "paddle", "tconv i3 k3 p-1", "padding -1 and 0 on axis 0"),
    ("PD6", "paddle", "conv i5 k3", "is a convolution"),
    ("SP1", "scipy", "conv i5 k3", "is a convolution"),
    ("SP3", "scipy", "tconv i5 k3 c2:1", "channels 2:1"),
    ("SP4", "scipy", "tconv i5 k3 p1:0", "1 cut in front and 0 behind"),
    ("SP4", "scipy", "tconv i5 k3 d2", "dilation 2"),
    ("MX5", "mlx", "tconv i4 k3 s2 p3", "no multiple of the stride"),
    ("MX2", "mlx", "tconv i2x2x2 k2x2x2 c2:2 g2", "2 groups on 3 axes"),
    ("OD6", "onednn", "conv i5 k3", "one to three axes"),
    ("OD7", "onednn", "tconv i3 k3 p-1:1", "padding -1 and 1 on axis 0"),
    ("CU1", "cudnn", "conv i5x5 k3x3", "is a convolution"),
    ("CU2", "cudnn", "tconv i3x3 k3x3 p-1", "padA -1 on axis 0"),
    ("CU6", "cudnn", "tconv i3x3 k3x3 p0:1", "cuts 0 in front and 1 behind"),
    ("CU7", "cudnn", "tconv i3 k3", "1 spatial axes"),
    ("TG1", "tinygrad", "conv i5 k3", "is a convolution"),
];

#[test]
fn refusals_show_rule_and_numbers() {
    for (rule, call, shown) in REFUSED {
        let error = call.parse::<Words>().and_then(|words| words.lower()).map(|l| l.spec).unwrap_err();
        let line = error.to_string();
        assert_eq!(error.rule(), *rule, "{call}: {line}");
        assert!(line.contains(shown) && !line.contains('\n'), "'{shown}' is not in: {line}");
    }
}

#[test]
fn what_cannot_be_said_shows_the_rule() {
    for (rule, dialect, spec, shown) in UNSAID {
        let spec: Spec = spec.parse().unwrap();
        let why = raise(find(dialect).unwrap(), &spec).map(|raised| raised.words.to_string()).unwrap_err();
        let found = why.reasons.iter().any(|reason| reason.starts_with(rule) && reason.contains(shown));
        assert!(found, "{dialect}: {spec}: {:?}", why.reasons);
    }
}

#[test]
fn every_rule_is_tested() {
    let tested: Vec<&str> = REFUSED.iter().map(|row| row.0).chain(UNSAID.iter().map(|row| row.0)).collect();
    let mut ids = BTreeSet::new();
    for dialect in DIALECTS {
        for rule in dialect.rules {
            assert!(tested.contains(&rule.id), "{}", rule.id);
            assert!(!rule.statement.is_empty() && !rule.reference.is_empty());
            assert!(ids.insert(rule.id), "{} is registered twice", rule.id);
        }
    }
    assert!(find("").is_none() && find("PyTorch").is_none());
}

/// Every page names every word, and its calls with a geometry beside them mean that geometry.
#[test]
fn pages_tell_the_words_and_their_calls_are_right() {
    for dialect in DIALECTS {
        let page = dialect.page;
        assert!(page.starts_with(&format!("# {}\n", dialect.name)), "{}", dialect.name);
        for word in dialect.words {
            assert!(page.contains(&format!("`{}`", word.name)), "{}: {}", dialect.name, word.name);
        }
        assert!(page.contains("Evidence: "), "{}", dialect.name);
        let calls = page.lines().filter(|line| Words::is_call(line)).filter_map(|line| line.split_once("  "));
        let mut judged = 0;
        for (call, rest) in calls {
            let rest = rest.trim();
            let lowered = call.parse::<Words>().and_then(|words| words.lower());
            if let Some(rule) = rest.strip_prefix("refused: ") {
                assert_eq!(lowered.unwrap_err().rule(), rule, "{call}");
            } else {
                let lowered = lowered.unwrap_or_else(|e| panic!("{call}: {e}"));
                if rest.starts_with("tconv") || rest.starts_with("conv") {
                    let spec = rest.split("   ").next().unwrap();
                    assert_eq!(lowered.spec.to_string(), spec, "{call}");
                }
            }
            judged += 1;
        }
        assert!(judged >= 2, "{}: {judged} calls", dialect.name);
    }
}
