//! The words of the command line.

mod structure;
#[cfg(feature = "npz")]
mod verify;

use clap::{Args, Parser, Subcommand};
pub(super) use structure::Structure;
#[cfg(feature = "npz")]
pub(super) use verify::{Merge, Verify};

const SPECS: &str = "\
A SPEC names an operation and its sizes: a kind, then tokens in any order.
  conv | tconv     ordinary or transposed convolution
  i4x4 k3x3        input and kernel lengths, one per axis (required)
  s2 p1 p0:1 d2    stride, padding (begin:end, may be negative), dilation
  a1               output padding (tconv only)
  c3:8 g1 n1       channels in:out, groups, batch
One entry stands for every axis; axes are joined by x: s2x1 p1x0:2.";

const CALLS: &str = "\
Instead of a SPEC, a call in a framework's words: the dialect, its words, the shapes of x and w.
  pytorch stride=2 padding=1 x=1,3,4,4 w=3,2,4,4
  onnx auto_pad=SAME_UPPER strides=2,2 x=1,3,4,4 w=3,2,4,4
Or an ONNX model, all its Conv and ConvTranspose nodes or one by name: net.onnx, net.onnx:up1
convproof explain lists the dialects, convproof explain NAME shows the words of one.";

const STATUS: &str = "\
Exit status: 0 same, 1 something differs, 2 something could not be answered.";

/// Exact ground truth for transposed convolution.
#[derive(Debug, Parser)]
#[command(name = "convproof", version, about, after_help = format!("{SPECS}\n\n{STATUS}"))]
pub(super) struct Arguments {
    #[command(subcommand)]
    pub command: Command,
}

#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Prove that six formulations are one map: y = Cᵀx, with all values left as symbols
    #[command(after_help = format!("Examples:
  convproof prove conv i4x4 k3x3
  convproof prove tconv i3x5 k3 s2 p1:0 a1 d2 c4:6 g2
  convproof prove --all-sizes
  convproof prove --nest mine.nest
  convproof prove --sweep
  convproof prove --sweep --max rank=2,i=2,k=2,s=2,d=1,a=1,c=2
  convproof prove --sweep --max i=6,k=5,s=4,d=2,p=same,a=below,rank=2,square --route all\n\n{SPECS}\n\n{STATUS}"))]
    Prove(Prove),
    /// Print C (conv) or Cᵀ (tconv), in symbols or numbers
    #[command(after_help = format!("Examples:
  convproof matrix conv i4x4 k3x3
  convproof matrix tconv i2x2 k3x3 --product
  convproof matrix conv i3x3 k2x2 --weight '1 2; 3 4' --format latex
  convproof matrix tconv i4 k3 s2 --output c.mtx\n\n{SPECS}"))]
    Matrix(Matrix),
    /// Draw a formulation frame by frame: scatter, gather or zero insertion, in symbols or numbers
    #[command(after_help = format!("Examples:
  convproof steps tconv i2 k3 s2
  convproof steps tconv i2x2 k2x2 s2 --x 0..3 --weight 0..3 --format html --output steps.html
  convproof steps tconv i3x3 k3x3 s2 p1 --formulation zero-insertion --output frames/
  convproof steps conv i5x5 k3x3 p1 --frame 4 --output frame.svg\n\n{SPECS}"))]
    Steps(super::steps::Steps),
    /// Show sizes, the formulas that give them, and what output padding repairs
    #[command(after_help = format!("Examples:
  convproof shape conv i6 k3 s2 p1
  convproof shape tconv i6x6 k5x5 s3 p2 c20:10
  convproof shape --solve 7x7 14x14\n\n{SPECS}"))]
    Shape(Shape),
    /// Show coverage, checkerboards, rank and costs, and what a composition of layers is
    #[command(after_help = format!("{}\n\n{SPECS}", structure::EXAMPLES))]
    Structure(Structure),
    /// Judge recorded outputs, your own tensors, or a live implementation against exact truth
    #[cfg(feature = "npz")]
    #[command(after_help = format!("Examples:
  convproof verify tests/recorded
  convproof verify --spec 'tconv i4x4 k3x3 s2 p1' --x x.npy --w w.npy --y y.npy
  convproof verify --spec 'tconv i8 k4 s2 c3:2' --layout x=NSC,w=SOI,y=NSC run.npz
  convproof verify --subject onnxruntime
  convproof verify --subject './kernel --fast' --dialect pytorch --profile 'rank=2 groups=no'\n\n{STATUS}"))]
    Verify(Box<Verify>),
    /// Join the JSON documents of the parts of one run (verify --shard K/N)
    #[cfg(feature = "npz")]
    #[command(after_help = format!("Examples:
  convproof verify --subject onnxruntime --shard 1/2 --output part1.json
  convproof verify --subject onnxruntime --shard 2/2 --output part2.json
  convproof merge part1.json part2.json\n\n{STATUS}"))]
    Merge(Merge),
    /// Say a call in another framework's words, with what to do to the arrays, and prove it
    #[command(after_help = format!("Examples:
  convproof translate --to tensorflow pytorch stride=2 padding=1 x=1,3,4,4 w=3,2,4,4
  convproof translate --to all tconv i4x4 k5x5 s2 p1:2\n\n{CALLS}"))]
    Translate(Translate),
    /// Show what other frameworks do with a call: accept, refuse, or answer differently
    #[command(after_help = format!("Examples:
  convproof lint onnx strides=2 auto_pad=SAME_UPPER x=1,1,3 w=1,1,5
  convproof lint pytorch stride=2 x=1,1,3 w=1,1,5 --against 'onnx strides=2 x=1,1,3 w=1,1,5'\n\n{CALLS}"))]
    Lint(Lint),
    /// Print a program that lets a framework be judged live, to be edited
    #[cfg(feature = "subject")]
    #[command(after_help = "Examples:
  convproof adapter            (lists them)
  convproof adapter pytorch > mine.py
  convproof adapter c --output subject.c")]
    Adapter(Adapter),
    /// Write questions for what cannot be started here, and judge the results that come back
    #[cfg(feature = "subject")]
    #[command(after_help = format!("Examples:
  convproof probe --emit board --panel smoke --as raw,hex --profile 'dtype=i8 rank=2'
  convproof probe --emit remote --dialect pytorch --profile dtype=f32,f16
  convproof probe --emit nodes --as onnx
  convproof probe --emit one --spec 'tconv i4x4 k3x3 s2 p1'
  convproof probe --check board\n\n{STATUS}"))]
    Probe(Box<super::probe::Probe>),
    /// Hold layers against texts of them that a folder keeps
    #[command(after_help = format!("{}\n\n{STATUS}", super::snapshot::EXAMPLES))]
    Snapshot(super::snapshot::Snapshot),
    /// Explain a rule, a formula, a named mistake, a dialect or a claim of a well-known text
    #[command(after_help = "Examples:
  convproof explain            (lists everything)
  convproof explain G5
  convproof explain R14
  convproof explain kernel-flipped
  convproof explain claims     (what well-known texts say, and what is true)
  convproof explain godoy-15")]
    Explain(Explain),
    /// Print a completion script
    #[command(hide = true)]
    Completions { shell: clap_complete::Shell },
    /// Print the manual page
    #[command(hide = true)]
    Man,
}

#[derive(Debug, Args)]
pub(super) struct Output {
    /// Write the result to FILE, whole or not at all; its suffix names the format
    #[arg(short, long, value_name = "FILE")]
    pub output: Option<std::path::PathBuf>,
}

#[derive(Debug, Args)]
pub(super) struct ModelInputs {
    /// Shape of an input of FILE.onnx whose axes are free: NAME=1x3x32x32 (repeatable)
    #[arg(long, value_name = "NAME=SHAPE")]
    pub input: Vec<String>,
}

#[derive(Debug, Args)]
pub(super) struct Prove {
    /// The geometry: kind and tokens
    #[arg(value_name = "SPEC", required_unless_present_any = ["sweep", "max", "all_sizes", "nest"], conflicts_with = "sweep")]
    pub spec: Vec<String>,
    #[command(flatten)]
    pub for_all: super::prove_all::ForAll,
    /// Enumerate every geometry of a family instead
    #[arg(long)]
    pub sweep: bool,
    /// Bounds of the family: i=4,k=4,s=4,d=3,a=3,c=1,n=1,rank=1; p=same, a=below, square
    #[arg(long, value_name = "BOUNDS")]
    pub max: Option<String>,
    /// How to compare a family: formulations, matrices, per-axis or all
    #[arg(long, value_name = "ROUTE")]
    pub route: Option<String>,
    /// Compare only these formulations: scatter,gather,phases
    #[arg(long, value_name = "NAMES", value_delimiter = ',')]
    pub formulations: Vec<String>,
    /// text or json
    #[arg(long, value_name = "FORMAT")]
    pub format: Option<String>,
    /// Multiply at most this many products per formulation
    #[arg(long, value_name = "N", default_value_t = crate::equivalence::MAX_PRODUCTS, value_parser = count)]
    pub max_products: u64,
    #[command(flatten)]
    pub model: ModelInputs,
    #[command(flatten)]
    pub output: Output,
}

#[derive(Debug, Args)]
pub(super) struct Matrix {
    /// The geometry: kind and tokens
    #[arg(value_name = "SPEC", required = true)]
    pub spec: Vec<String>,
    /// text, latex, markdown, csv, json, mtx, html, svg, typst, sympy, npy or npz
    #[arg(long, value_name = "FORMAT")]
    pub format: Option<String>,
    /// Put these values for the taps: '1 2 3; 4 5 6', 1..9 or @FILE
    #[arg(long, value_name = "VALUES", allow_hyphen_values = true)]
    pub weight: Option<String>,
    /// Name rows and columns
    #[arg(long)]
    pub labels: bool,
    /// What stands where there is no tap: 0, dot or blank
    #[arg(long, value_name = "ZERO", default_value = "0")]
    pub zeros: String,
    /// Count positions from 1 in names
    #[arg(long)]
    pub one_based: bool,
    /// Draw lines between the rows of an image and between channels
    #[arg(long)]
    pub blocks: bool,
    /// What stands around the matrix: round, square, curly, bar, double-bar or none
    #[arg(long, value_name = "KIND")]
    pub delimiters: Option<String>,
    /// Number cells with the first spatial axis fastest
    #[arg(long)]
    pub column_major: bool,
    /// Print the matrix times its input, as sums
    #[arg(long)]
    pub product: bool,
    /// Build at most this many entries, rows or columns
    #[arg(long, value_name = "N", default_value_t = crate::matrix::MAX_ENTRIES, value_parser = count)]
    pub max_entries: u64,
    /// Print at most this many cells; of svg, draw at most this many entries
    #[arg(long, value_name = "N", value_parser = count)]
    pub max_cells: Option<u64>,
    #[command(flatten)]
    pub model: ModelInputs,
    #[command(flatten)]
    pub output: Output,
}

#[derive(Debug, Args)]
pub(super) struct Shape {
    /// The geometry: kind and tokens, or a call
    #[arg(value_name = "SPEC", required_unless_present = "solve", conflicts_with = "solve")]
    pub spec: Vec<String>,
    /// Find windows that take the one size to the other: --solve 7x7 14x14
    #[arg(long, value_names = ["FROM", "TO"], num_args = 2)]
    pub solve: Option<Vec<String>>,
    /// Show also the formulas that do not apply, and why; with --solve, all windows
    #[arg(long)]
    pub all: bool,
    /// text or json
    #[arg(long, value_name = "FORMAT")]
    pub format: Option<String>,
    #[command(flatten)]
    pub model: ModelInputs,
    #[command(flatten)]
    pub output: Output,
}

#[derive(Debug, Args)]
pub(super) struct Translate {
    /// A call in a framework's words, or a plain spec
    #[arg(value_name = "CALL", required = true)]
    pub spec: Vec<String>,
    /// The dialect of the call, where the call does not begin with it
    #[arg(long, value_name = "DIALECT")]
    pub from: Option<String>,
    /// The dialect to say it in, several joined by commas, or all
    #[arg(long, value_name = "DIALECT")]
    pub to: String,
    /// text or json
    #[arg(long, value_name = "FORMAT")]
    pub format: Option<String>,
    #[command(flatten)]
    pub model: ModelInputs,
    #[command(flatten)]
    pub output: Output,
}

#[derive(Debug, Args)]
pub(super) struct Lint {
    /// A call in a framework's words, or a plain spec
    #[arg(value_name = "CALL", required = true)]
    pub spec: Vec<String>,
    /// Compare with this call only
    #[arg(long, value_name = "CALL")]
    pub against: Option<String>,
    /// text or json
    #[arg(long, value_name = "FORMAT")]
    pub format: Option<String>,
    #[command(flatten)]
    pub model: ModelInputs,
    #[command(flatten)]
    pub output: Output,
}

#[cfg(feature = "subject")]
#[derive(Debug, Args)]
pub(super) struct Adapter {
    /// c, jax, onnxruntime, pytorch or tensorflow; nothing lists all
    #[arg(value_name = "NAME")]
    pub name: Option<String>,
    #[command(flatten)]
    pub output: Output,
}

#[derive(Debug, Args)]
pub(super) struct Explain {
    /// G5, R14, kernel-flipped, onnx, claims, godoy-15 … ; nothing lists all
    #[arg(value_name = "ID")]
    pub id: Option<String>,
}

/// A limit of things that are counted.
fn count(text: &str) -> Result<u64, &'static str> {
    text.parse().map_err(|_| "write a whole number from 0 to 18446744073709551615")
}
