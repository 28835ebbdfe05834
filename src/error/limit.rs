//! Rules L1 … L6: how large a thing may be before it is built.

/// Something larger than the stated limit; nothing was allocated.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum LimitError {
    /// L1: a matrix with too many entries, rows or columns to store.
    #[error("the matrix has {got} {what}, the limit is {limit}; --max-entries raises it")]
    Entries {
        /// `entries`, `rows` or `columns`.
        what: &'static str,
        /// How many.
        got: i128,
        /// The limit in force.
        limit: u64,
    },
    /// L2: indices that do not fit 32 bits.
    #[error("the matrix has {got} {what}; 32-bit indices reach {limit}")]
    Indices {
        /// `rows`, `columns`, `taps` or `entries`.
        what: &'static str,
        /// How many.
        got: i128,
        /// The largest number that fits.
        limit: u64,
    },
    /// L3: a tensor too large to allocate.
    #[error("{what} of {cells} cells; the limit is {limit}")]
    Cells {
        /// Which tensor or buffer.
        what: &'static str,
        /// Its cells.
        cells: i128,
        /// The limit in force.
        limit: u64,
    },
    /// L4: more work than a call may do.
    #[error("the comparison has {got} {what}, the limit is {limit}; --max-products raises it")]
    Products {
        /// `products`, `sums` or `inputs`.
        what: &'static str,
        /// How many.
        got: i128,
        /// The limit in force.
        limit: u64,
    },
    /// L5: too wide or too long to print.
    #[error(
        "{rows}×{cols} is too large to print as {format}; the limit is {limit} {what}, --max-cells raises it{offer}"
    )]
    Page {
        /// Rows of the matrix.
        rows: usize,
        /// Columns of the matrix.
        cols: usize,
        /// The format asked for.
        format: &'static str,
        /// What is counted: `cells` or `entries`.
        what: &'static str,
        /// What else would do.
        offer: &'static str,
        /// The limit in force.
        limit: u64,
    },
    /// L6: too many products of taps in a composition.
    #[error("the composition has {got} products of entries; the limit is {limit}")]
    Composition {
        /// Its size.
        got: i128,
        /// The most that is allowed.
        limit: u64,
    },
    /// L5: steps that no page can show.
    #[error("{got} {what}{offer}; the limit is {limit}")]
    Picture {
        /// `cells` or `products`.
        what: &'static str,
        /// How many.
        got: i128,
        /// The limit in force.
        limit: u64,
        /// Of what they are, and what is smaller.
        offer: &'static str,
    },
}

impl LimitError {
    pub(super) fn rule(&self) -> &'static str {
        match self {
            Self::Entries { .. } => "L1",
            Self::Indices { .. } => "L2",
            Self::Cells { .. } => "L3",
            Self::Products { .. } => "L4",
            Self::Composition { .. } => "L6",
            Self::Page { .. } | Self::Picture { .. } => "L5",
        }
    }
}
