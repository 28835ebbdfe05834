//! Rules G1 … G10: what makes a geometry.

/// A geometry that has no meaning, with the numbers that show it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum GeometryError {
    /// G1: a list with a wrong number of entries, or no axis at all.
    #[error("{got} values of {what} for {rank} axes; every per-axis list has one entry per axis, at least one")]
    Rank {
        /// What the list holds.
        what: &'static str,
        /// Axes of the geometry.
        rank: usize,
        /// Entries of the list.
        got: usize,
    },
    /// G2: an input, kernel, stride or dilation below 1.
    #[error("{what} {got} on axis {axis}; it must be at least 1")]
    NotPositive {
        /// Which of the four.
        what: &'static str,
        /// The axis, from 0.
        axis: usize,
        /// Its value.
        got: i64,
    },
    /// G3: batch, channels or groups below 1.
    #[error("{what} {got}; it must be at least 1")]
    NoChannel {
        /// Which of them.
        what: &'static str,
        /// Its value.
        got: i64,
    },
    /// G4: the groups do not divide the channels.
    #[error("{groups} groups do not divide {channels} {what} channels; groups must divide both channel counts")]
    Groups {
        /// `input` or `output`.
        what: &'static str,
        /// Number of groups.
        groups: i64,
        /// Number of channels.
        channels: i64,
    },
    /// G5: nothing is left of the output.
    #[error(
        "output length {got} on axis {axis}: padding {begin} + {end} exceeds {natural} (input {input}, kernel {kernel}, stride {stride}{}{}); at least 1 must remain",
        Named(", dilation", *dilation, 1), Named(", output padding", *output_padding, 0)
    )]
    EmptyOutput {
        /// The axis, from 0.
        axis: usize,
        /// The length that the formula gives.
        got: i64,
        /// Padding at the beginning.
        begin: i64,
        /// Padding at the end.
        end: i64,
        /// What the padding crops from: `s(input−1) + d(kernel−1) + 1 + a − 1`.
        natural: i64,
        /// Input length.
        input: i64,
        /// Kernel length.
        kernel: i64,
        /// Stride.
        stride: i64,
        /// Dilation.
        dilation: i64,
        /// Output padding.
        output_padding: i64,
    },
    /// G6: a convolution whose kernel does not fit into its padded input.
    #[error(
        "a kernel that spans {extent} does not fit into {padded} on axis {axis} (input {length}, padding {begin} + {end}); the convolution would be empty"
    )]
    EmptyConvolution {
        /// The axis, from 0.
        axis: usize,
        /// `d(kernel−1) + 1`.
        extent: i64,
        /// `input + begin + end`.
        padded: i64,
        /// The convolution's own input length.
        length: i64,
        /// Padding at the beginning.
        begin: i64,
        /// Padding at the end.
        end: i64,
    },
    /// G7: positions beyond 62 bits.
    #[error("positions on axis {axis} reach {reach}; they must stay below 2^62")]
    Positions {
        /// The axis, from 0.
        axis: usize,
        /// The largest magnitude that may occur.
        reach: i128,
    },
    /// G8: more cells than 62 bits count.
    #[error("the {what} has {cells} cells or more; it must have fewer than 2^62")]
    Cells {
        /// Which tensor.
        what: &'static str,
        /// How many cells, saturated.
        cells: i128,
    },
    /// G10: more axes than anything here is built for.
    #[error("{got} axes; at most {limit} are supported")]
    Axes {
        /// How many.
        got: usize,
        /// The limit.
        limit: usize,
    },
    /// G9: negative output padding.
    #[error("output padding {got} on axis {axis}; it must be at least 0 (a larger end padding crops)")]
    OutputPadding {
        /// The axis, from 0.
        axis: usize,
        /// Its value.
        got: i64,
    },
}

impl GeometryError {
    pub(super) fn rule(&self) -> &'static str {
        match self {
            Self::Rank { .. } => "G1",
            Self::NotPositive { .. } => "G2",
            Self::NoChannel { .. } => "G3",
            Self::Groups { .. } => "G4",
            Self::EmptyOutput { .. } => "G5",
            Self::EmptyConvolution { .. } => "G6",
            Self::Positions { .. } => "G7",
            Self::Cells { .. } => "G8",
            Self::OutputPadding { .. } => "G9",
            Self::Axes { .. } => "G10",
        }
    }

    pub(super) fn set_axis(&mut self, to: usize) {
        match self {
            Self::NotPositive { axis, .. }
            | Self::EmptyOutput { axis, .. }
            | Self::EmptyConvolution { axis, .. }
            | Self::Positions { axis, .. }
            | Self::OutputPadding { axis, .. } => *axis = to,
            Self::Rank { .. }
            | Self::NoChannel { .. }
            | Self::Groups { .. }
            | Self::Cells { .. }
            | Self::Axes { .. } => {}
        }
    }
}

/// `, dilation 2`, or nothing where the value is the default.
struct Named(&'static str, i64, i64);

impl std::fmt::Display for Named {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        if self.1 == self.2 { Ok(()) } else { write!(f, "{} {}", self.0, self.1) }
    }
}
