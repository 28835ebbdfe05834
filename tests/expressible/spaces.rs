//! The attribute spaces of the dialects on equal axes, as far as the family of the test reaches.

use convproof::dialect::{Dialect, Words};
use serde_json::{Map, Value, json};

/// The values that a dialect's words take; `null` leaves a word out.
pub struct Space {
    pub dialect: &'static str,
    /// Axes that the operation needs at least.
    pub rank: usize,
    /// Whether every spec of the family can be said.
    pub says_all: bool,
    /// Operation of the call; empty: the dialect's own.
    pub operation: &'static str,
    /// JSON list of values per word. A number `n` of a per-axis word stands for every axis; lists of
    /// pairs are written for one axis.
    words: &'static [(&'static str, &'static str)],
    /// The call of one channel with these attributes, input and kernel on every axis.
    build: fn(&Space, &'static Dialect, Map<String, Value>, usize, usize) -> Option<Words>,
}

impl Space {
    pub fn words(&self) -> impl Iterator<Item = (&'static str, &'static str)> {
        self.words.iter().copied()
    }

    pub fn call(
        &self,
        dialect: &'static Dialect,
        attributes: &[(&'static str, Value)],
        input: usize,
        kernel: usize,
    ) -> Option<Words> {
        let map = attributes.iter().map(|(name, value)| ((*name).to_owned(), value.clone())).collect();
        (self.build)(self, dialect, map, input, kernel)
    }

    /// Whether a call uses a value that the space does not have.
    pub fn outside(&self, words: &Words) -> bool {
        words.attributes.iter().any(|(name, value)| {
            let own = self.words.iter().find(|(known, _)| known == name);
            let values: Vec<Value> = own.map_or(Vec::new(), |(_, values)| serde_json::from_str(values).unwrap());
            // `[2, 2]` on equal axes is the space's `[2]` or `2`.
            let folded = |value: &Value| match value {
                Value::Array(list) if list.windows(2).all(|pair| pair[0] == pair[1]) && list.len() == self.rank => {
                    json!([list[0]])
                }
                other => other.clone(),
            };
            let value = folded(value);
            !values.iter().any(|v| *v == value || json!([v]) == value)
        })
    }
}

fn channels_first(
    space: &Space,
    dialect: &'static Dialect,
    attributes: Map<String, Value>,
    input: usize,
    kernel: usize,
) -> Option<Words> {
    let operation = if space.operation.is_empty() { dialect.default_operation } else { space.operation };
    let shape = |n| [vec![1, 1], vec![n; space.rank]].concat();
    Some(Words { dialect, operation: operation.to_owned(), attributes, x: shape(input), w: shape(kernel) })
}

const STRIDES: &str = "[[1], [2], [3]]";
const DILATIONS: &str = "[[1], [2]]";

pub const SPACES: &[Space] = &[
    Space {
        dialect: "pytorch",
        rank: 1,
        says_all: false,
        operation: "",
        words: &[
            ("stride", STRIDES),
            ("dilation", DILATIONS),
            ("padding", "[[0], [1], [2], [3]]"),
            ("output_padding", "[[0], [1], [2]]"),
        ],
        build: channels_first,
    },
    Space {
        dialect: "onnx",
        rank: 1,
        says_all: true,
        operation: "",
        words: &[
            ("strides", STRIDES),
            ("dilations", DILATIONS),
            (
                "pads",
                "[null, [-1, 0], [-1, 1], [-1, 2], [-1, 3], [0, -1], [0, 1], [0, 2], [0, 3], [1, 0], [1, 1], [1, 2], [1, 3], \
                 [2, 0], [2, 1], [2, 2], [2, 3], [3, 0], [3, 1], [3, 2], [3, 3], [1, -1], [2, -1], [3, -1], [-1, -1]]",
            ),
            ("output_padding", "[null, [1], [2]]"),
            ("output_shape", "[null, [2], [3], [4]]"),
            ("auto_pad", "[null, \"VALID\", \"SAME_UPPER\", \"SAME_LOWER\"]"),
        ],
        build: channels_first,
    },
];
