//! Ways to say pads.

/// How a call says where the output begins and ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
#[allow(clippy::exhaustive_enums)] // the ways that frameworks have
pub enum Pads {
    /// Numbers.
    #[default]
    Explicit,
    /// `VALID`: no padding, in each framework's own sense.
    Valid,
    /// `SAME`, where a framework has one.
    Same,
    /// `SAME_UPPER`: the odd cell at the end.
    SameUpper,
    /// `SAME_LOWER`: the odd cell in front.
    SameLower,
    /// An output size; the framework finds the pads.
    Sized,
}

impl Pads {
    /// All of them, plainest first: the order in which a translation is looked for.
    pub const ALL: [Pads; 6] = [Pads::Explicit, Pads::Valid, Pads::Same, Pads::SameUpper, Pads::SameLower, Pads::Sized];
}
