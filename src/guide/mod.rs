//! Prose: how convproof thinks, how programs are asked, what is proved for all sizes, what well-known texts claim, how the crate is laid out, how fast it is, what changed.

#[doc = include_str!("verdicts.md")]
pub mod verdicts {}

#[cfg(feature = "subject")]
#[doc = include_str!("subjects.md")]
pub mod subjects {}

#[doc = include_str!("proofs.md")]
pub mod proofs {}

#[doc = include_str!("claims.md")]
pub mod claims {}

// Between pictures HTML: a style sheet of frames would meet that of the page, so those are linked to by name.
#[doc = include_str!("textbook.md")]
#[doc = include_str!("../../snapshots/gallery/conv_i4x4_k3x3.snap.svg")]
#[doc = include_str!("../../snapshots/gallery/tconv_i2x2_k3x3.snap.svg")]
#[doc = "<h2>Checkerboards</h2>"]
#[doc = "<p>How many taps reach each output, with kernel 3 and with kernel 4 at stride 2 (A. Odena, V. Dumoulin, C. Olah, 2016):</p>"]
#[doc = include_str!("../../snapshots/gallery/coverage_tconv_i4x4_k3x3_s2.snap.svg")]
#[doc = include_str!("../../snapshots/gallery/coverage_tconv_i4x4_k4x4_s2_p1.snap.svg")]
#[doc = "<p>Three layers of the first, and resizing before a convolution, which is itself one transposed convolution:</p>"]
#[doc = include_str!("../../snapshots/gallery/constant_three_layers.snap.svg")]
#[doc = include_str!("../../snapshots/gallery/constant_resized_first.snap.svg")]
pub mod textbook {}

#[doc = include_str!("house.md")]
pub mod house {}

#[doc = include_str!("performance.md")]
pub mod performance {}

/// A page for each dialect: its words, the conversion as formulas, its traps, the evidence.
pub mod dialects {
    #[doc = include_str!("dialects/coreml.md")]
    pub mod coreml {}
    #[doc = include_str!("dialects/cudnn.md")]
    pub mod cudnn {}
    #[doc = include_str!("dialects/jax.md")]
    pub mod jax {}
    #[doc = include_str!("dialects/keras.md")]
    pub mod keras {}
    #[doc = include_str!("dialects/mlx.md")]
    pub mod mlx {}
    #[doc = include_str!("dialects/onednn.md")]
    pub mod onednn {}
    #[doc = include_str!("dialects/onnx.md")]
    pub mod onnx {}
    #[doc = include_str!("dialects/onnxruntime.md")]
    pub mod onnxruntime {}
    #[doc = include_str!("dialects/openvino.md")]
    pub mod openvino {}
    #[doc = include_str!("dialects/paddle.md")]
    pub mod paddle {}
    #[doc = include_str!("dialects/pytorch.md")]
    pub mod pytorch {}
    #[doc = include_str!("dialects/scipy.md")]
    pub mod scipy {}
    #[doc = include_str!("dialects/stablehlo.md")]
    pub mod stablehlo {}
    #[doc = include_str!("dialects/tensorflow.md")]
    pub mod tensorflow {}
    #[doc = include_str!("dialects/tflite.md")]
    pub mod tflite {}
    #[doc = include_str!("dialects/tinygrad.md")]
    pub mod tinygrad {}
    #[doc = include_str!("dialects/webnn.md")]
    pub mod webnn {}
}

#[doc = include_str!("changelog.md")]
pub mod changelog {}
