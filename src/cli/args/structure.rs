//! The words of `convproof structure`.

use clap::Args;

use super::{ModelInputs, Output, count};

pub(super) const EXAMPLES: &str = "Examples:
  convproof structure tconv i3x3 k3x3 s2
  convproof structure conv i5x5 k3x3 p1 --weight 1..9
  convproof structure nearest i3 s2 then conv k3 p1
  convproof structure bilinear i8 s2
  convproof structure tconv i4 k3 s2 then blur w=1,3,3,1 p1 --same-as 'tconv i4 k6 s2 p2'";

#[derive(Debug, Args)]
pub(crate) struct Structure {
    /// The geometry: kind and tokens
    #[arg(value_name = "SPEC", required = true)]
    pub spec: Vec<String>,
    /// Put these values for the taps: '1 2 3; 4 5 6', 1..9 or @FILE
    #[arg(long, value_name = "VALUES", allow_hyphen_values = true)]
    pub weight: Option<String>,
    /// Print a left inverse: a matrix L with L·(matrix) = 1, for these values of the taps
    #[arg(long, requires = "weight")]
    pub left_inverse: bool,
    /// text or json
    #[arg(long, value_name = "FORMAT")]
    pub format: Option<String>,
    /// Give up an elimination beyond this many products of machine words
    #[arg(long, value_name = "N", default_value_t = crate::structure::MAX_WORK, value_parser = count)]
    pub max_work: u64,
    #[command(flatten)]
    pub model: ModelInputs,
    #[command(flatten)]
    pub output: Output,
}
