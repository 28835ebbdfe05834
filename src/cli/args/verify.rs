//! The words of `convproof verify` and `convproof merge`.

use clap::Args;

use super::{ModelInputs, Output, count};

#[derive(Debug, Args)]
pub(in crate::cli) struct Verify {
    /// Case files, folders, ONNX node tests; with --spec one .npz or .safetensors with x, w, y [b]
    #[arg(value_name = "PATH")]
    pub paths: Vec<std::path::PathBuf>,
    /// The operation that your own tensors show
    #[arg(long, value_name = "SPEC")]
    pub spec: Option<String>,
    /// Input: .npy, file.npz:key, file.safetensors:key, .pb, or raw little-endian
    #[arg(long, value_name = "FILE", requires = "spec")]
    pub x: Option<String>,
    /// Weight
    #[arg(long, value_name = "FILE", requires = "spec")]
    pub w: Option<String>,
    /// Bias
    #[arg(long, value_name = "FILE", requires = "spec")]
    pub b: Option<String>,
    /// Upstream gradient, for the roles that need it
    #[arg(long, value_name = "FILE", requires = "spec")]
    pub g: Option<String>,
    /// The observed result
    #[arg(long, value_name = "FILE", requires = "spec")]
    pub y: Option<String>,
    /// forward, input-gradient, weight-gradient or bias-gradient
    #[arg(long, value_name = "ROLE", requires = "spec")]
    pub role: Option<String>,
    /// Axes of the arrays, default x=NCS,w=IoS,y=NCS
    #[arg(long, value_name = "LAYOUTS", requires = "spec")]
    pub layout: Option<String>,
    /// The weight holds the kernel rotated by 180°
    #[arg(long, requires = "spec")]
    pub weight_flipped: bool,
    /// Element type of raw files, or of bfloat16 stored as uint16: bf16, or x=f32,y=f16
    #[arg(long, value_name = "TYPES", requires = "spec")]
    pub dtype: Option<String>,
    /// Declared arithmetic: f32, or input=tf32,accumulate=f32,output=f32
    #[arg(long, value_name = "TYPES", requires = "spec")]
    pub arithmetic: Option<String>,
    /// Multiply at most this many products per case
    #[arg(long, value_name = "N", default_value_t = crate::verify::MAX_PRODUCTS, value_parser = count)]
    pub max_products: u64,
    /// Exit with 1 also if some data are too weak to show a mistake
    #[arg(long)]
    pub fail_on_weak: bool,
    /// Print a line for every case
    #[arg(long)]
    pub list: bool,
    /// Judge part K of N only; convproof merge joins the JSON documents of all parts
    #[arg(long, value_name = "K/N")]
    pub shard: Option<String>,
    #[cfg(feature = "subject")]
    #[command(flatten)]
    pub subject: crate::cli::subject::SubjectOptions,
    #[cfg(feature = "subject")]
    #[command(flatten)]
    pub live: Live,
    /// text, json or junit; github of a live implementation
    #[arg(long, value_name = "FORMAT")]
    pub format: Option<String>,
    #[command(flatten)]
    pub model: ModelInputs,
    #[command(flatten)]
    pub output: Output,
}

#[cfg(feature = "subject")]
#[derive(Debug, Args)]
#[command(next_help_heading = "Live implementations")]
pub(in crate::cli) struct Live {
    /// Geometries to ask: smoke (at most 12), ci, full
    #[arg(long, value_name = "NAME", requires = "subject")]
    pub panel: Option<String>,
    /// Specs or calls to ask instead of a panel, one a line
    #[arg(long, value_name = "FILE", requires = "subject")]
    pub specs: Option<std::path::PathBuf>,
    /// How many random geometries follow the panel
    #[arg(long, value_name = "N", requires = "subject")]
    pub random: Option<usize>,
    /// Their seed
    #[arg(long, value_name = "N", requires = "subject")]
    pub seed: Option<u64>,
    /// What it takes: 'op=conv role=input-gradient dtype=f16 rank=1-2 groups=no …'
    #[arg(long, value_name = "WORDS", requires = "subject")]
    pub profile: Option<String>,
    /// Write the tensors of what failed there, as recorded cases
    #[arg(long, value_name = "DIR", requires = "subject")]
    pub repro_dir: Option<std::path::PathBuf>,
}

/// `convproof merge`.
#[derive(Debug, Args)]
pub(in crate::cli) struct Merge {
    /// The JSON documents of all parts of one run
    #[arg(value_name = "FILE", required = true)]
    pub files: Vec<std::path::PathBuf>,
    /// Exit with 1 also if some data are too weak to show a mistake
    #[arg(long)]
    pub fail_on_weak: bool,
    /// Print a line for every case
    #[arg(long)]
    pub list: bool,
    /// text, json or junit
    #[arg(long, value_name = "FORMAT")]
    pub format: Option<String>,
    #[command(flatten)]
    pub output: Output,
}
