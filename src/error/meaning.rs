//! Rules M1 … and the dialects' own: words that contradict each other or a framework's rules.

/// Attributes, shapes or recorded fields that cannot all be true, or that a framework refuses.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum MeaningError {
    /// M1: a tensor whose shape contradicts the geometry.
    #[error("{tensor} has the shape {got:?}; {expected:?} is expected ({why})")]
    Shape {
        /// `x`, `w`, `b` or `g`.
        tensor: &'static str,
        /// The shape that the geometry gives, in the file's own layout.
        expected: Vec<usize>,
        /// The shape that is there.
        got: Vec<usize>,
        /// Which geometry says so.
        why: String,
    },
    /// M2: a stated field that is not what the attributes mean.
    #[error("{field} is stated as {stated}, but {source_of_truth} gives {derived}")]
    Contradiction {
        /// The stated field.
        field: String,
        /// Its value.
        stated: String,
        /// Where the other value comes from.
        source_of_truth: String,
        /// The other value.
        derived: String,
    },
    /// M3: a layout that cannot be read.
    #[error("layout '{got}' of {tensor}; expected {valid}")]
    Layout {
        /// `x`, `w` or `y`.
        tensor: &'static str,
        /// The layout's letters.
        got: String,
        /// What would be valid.
        valid: &'static str,
    },
    /// M4: an attribute that the operation does not have.
    #[error("unknown attribute '{name}' of {operation}; it has {known}")]
    UnknownAttribute {
        /// The attribute.
        name: String,
        /// The operation.
        operation: String,
        /// The attributes that it has.
        known: String,
    },
    /// M5: an attribute of a wrong type or length.
    #[error("attribute '{name}' is {got}; expected {expected}")]
    Attribute {
        /// The attribute.
        name: String,
        /// What it is.
        got: String,
        /// What would be valid.
        expected: String,
    },
    /// M6: a framework or an operation without a dialect here.
    #[error("no dialect for '{name}'; known are {known}")]
    NoDialect {
        /// The framework's name.
        name: String,
        /// The names that are known.
        known: String,
    },
    /// M7: values in the inputs that no exact statement can be made about.
    #[error("{tensor}{cell} is {value}; inputs must be finite")]
    NotFinite {
        /// `x`, `w`, `b` or `g`.
        tensor: &'static str,
        /// The cell's index.
        cell: String,
        /// The value.
        value: String,
    },
    /// A rule of one framework, by its id.
    #[error("{message}")]
    Dialect {
        /// The rule's id, such as `PT1`.
        rule: &'static str,
        /// Expected and got.
        message: String,
    },
}

impl MeaningError {
    pub(super) fn rule(&self) -> &'static str {
        match self {
            Self::Shape { .. } => "M1",
            Self::Contradiction { .. } => "M2",
            Self::Layout { .. } => "M3",
            Self::UnknownAttribute { .. } => "M4",
            Self::Attribute { .. } => "M5",
            Self::NoDialect { .. } => "M6",
            Self::NotFinite { .. } => "M7",
            Self::Dialect { rule, .. } => rule,
        }
    }
}
