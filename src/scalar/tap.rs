//! The name of one weight.

/// One tap: its index in the weight `[C_in, C_out/groups, k…]`, row-major, from 0.
///
/// The entries of the symbolic matrix are taps; a numeric matrix is a substitution into it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Tap(pub u32);

impl Tap {
    /// The index into the row-major weight.
    pub fn index(self) -> usize {
        self.0 as usize
    }
}
