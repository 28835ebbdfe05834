//! The attribute spaces of the dialects on equal axes, as far as the family of the test reaches.

use convproof::dialect::{Dialect, Words};
use serde_json::{Map, Value, json};

/// A call from a space's attributes, with the lengths of input and kernel on every axis.
type Build = fn(&Space, &'static Dialect, Map<String, Value>, usize, usize) -> Option<Words>;

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
    build: Build,
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
        if let Some(text) = words.attributes.get("descriptor") {
            return self.outside_of_descriptor(text.as_str().unwrap());
        }
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

    /// The same for `mb1_ic1oc1_iw3ow5kw3sw2dw0pw1`: whether sw, dw, ow or pw has another value.
    fn outside_of_descriptor(&self, text: &str) -> bool {
        self.words().any(|(name, values)| {
            let values: Vec<Value> = serde_json::from_str(values).unwrap();
            let number = text.split_once(name).map(|(_, rest)| {
                rest.chars().take_while(char::is_ascii_digit).collect::<String>().parse::<i64>().unwrap()
            });
            !values.contains(&number.map_or(Value::Null, Value::from))
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

/// Channels at the end, of the weight at both ends.
fn channels_last(
    space: &Space,
    dialect: &'static Dialect,
    attributes: Map<String, Value>,
    input: usize,
    kernel: usize,
) -> Option<Words> {
    let words = channels_first(space, dialect, attributes, input, kernel)?;
    let shape = |n| [vec![1], vec![n; space.rank], vec![1]].concat();
    Some(Words { x: shape(input), w: shape(kernel), ..words })
}

/// One signal.
fn signal(
    space: &Space,
    dialect: &'static Dialect,
    attributes: Map<String, Value>,
    input: usize,
    kernel: usize,
) -> Option<Words> {
    let words = channels_first(space, dialect, attributes, input, kernel)?;
    Some(Words { x: vec![input], w: vec![kernel], ..words })
}

/// `[n]` for every axis; other lists as they are.
fn on_every_axis(
    space: &Space,
    dialect: &'static Dialect,
    attributes: Map<String, Value>,
    input: usize,
    kernel: usize,
) -> Option<Words> {
    let spread = |value: Value| match &value {
        Value::Array(list) if list.len() == 1 => json!(vec![list[0].clone(); space.rank]),
        _ => value,
    };
    let attributes = attributes.into_iter().map(|(name, value)| (name, spread(value))).collect();
    channels_first(space, dialect, attributes, input, kernel)
}

/// All in one text.
fn descriptor(
    space: &Space,
    dialect: &'static Dialect,
    attributes: Map<String, Value>,
    input: usize,
    kernel: usize,
) -> Option<Words> {
    let fields: String = attributes.iter().map(|(name, value)| format!("{name}{value}")).collect();
    let text = format!("mb1_ic1oc1_iw{input}kw{kernel}{fields}");
    let attributes = [("descriptor".to_owned(), Value::from(text))].into_iter().collect();
    let words = channels_first(space, dialect, attributes, input, kernel)?;
    Some(Words { x: Vec::new(), w: Vec::new(), ..words })
}

const STRIDES: &str = "[[1], [2], [3]]";
const DILATIONS: &str = "[[1], [2]]";

/// Sizes of outputs, as far as the family goes.
const SIZES: &str = "[null, [1], [2], [3], [4], [5], [6], [7], [8], [9], [10], [11], [12]]";

/// Pads of both ends that are not negative.
const PADS: &str = "[null, [0, 0], [0, 1], [0, 2], [0, 3], [1, 0], [1, 1], [1, 2], [1, 3], [2, 0], [2, 1], [2, 2], [2, \
     3], [3, 0], [3, 1], [3, 2], [3, 3]]";

/// Pads of both ends.
const PADS_OF_ANY_SIGN: &str = "[null, [-1, -1], [-1, 0], [-1, 1], [-1, 2], [-1, 3], [0, 1], [0, 2], [0, 3], [1, 0], [1, 1], \
     [1, 2], [1, 3], [2, 0], [2, 1], [2, 2], [2, 3], [3, 0], [3, 1], [3, 2], [3, 3]]";

/// Zeros around an input, negative ones too.
const AROUND: &str = "[[[-3], [-3]], [[-3], [-2]], [[-3], [-1]], [[-3], [0]], [[-3], [1]], [[-3], [2]], [[-3], [3]], \
     [[-3], [4]], [[-3], [5]], [[-3], [6]], [[-2], [-3]], [[-2], [-2]], [[-2], [-1]], [[-2], [0]], [[-2], \
     [1]], [[-2], [2]], [[-2], [3]], [[-2], [4]], [[-2], [5]], [[-2], [6]], [[-1], [-3]], [[-1], [-2]], \
     [[-1], [-1]], [[-1], [0]], [[-1], [1]], [[-1], [2]], [[-1], [3]], [[-1], [4]], [[-1], [5]], [[-1], \
     [6]], [[0], [-3]], [[0], [-2]], [[0], [-1]], [[0], [0]], [[0], [1]], [[0], [2]], [[0], [3]], [[0], \
     [4]], [[0], [5]], [[0], [6]], [[1], [-3]], [[1], [-2]], [[1], [-1]], [[1], [0]], [[1], [1]], [[1], \
     [2]], [[1], [3]], [[1], [4]], [[1], [5]], [[1], [6]], [[2], [-3]], [[2], [-2]], [[2], [-1]], [[2], \
     [0]], [[2], [1]], [[2], [2]], [[2], [3]], [[2], [4]], [[2], [5]], [[2], [6]], [[3], [-3]], [[3], \
     [-2]], [[3], [-1]], [[3], [0]], [[3], [1]], [[3], [2]], [[3], [3]], [[3], [4]], [[3], [5]], [[3], \
     [6]], [[4], [-3]], [[4], [-2]], [[4], [-1]], [[4], [0]], [[4], [1]], [[4], [2]], [[4], [3]], [[4], \
     [4]], [[4], [5]], [[4], [6]], [[5], [-3]], [[5], [-2]], [[5], [-1]], [[5], [0]], [[5], [1]], [[5], \
     [2]], [[5], [3]], [[5], [4]], [[5], [5]], [[5], [6]]]";

/// The same sizes as all dimensions of an array.
const DIMENSIONS: &str = "[[1, 1, 1, 1], [1, 1, 2, 2], [1, 1, 3, 3], [1, 1, 4, 4], [1, 1, 5, 5], [1, 1, 6, 6], [1, 1, 7, 7], \
     [1, 1, 8, 8], [1, 1, 9, 9], [1, 1, 10, 10], [1, 1, 11, 11], [1, 1, 12, 12]]";

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
    Space {
        dialect: "onnxruntime",
        rank: 1,
        says_all: false,
        operation: "",
        words: &[
            ("strides", STRIDES),
            ("dilations", DILATIONS),
            ("pads", PADS),
            ("output_padding", "[null, [1], [2]]"),
            ("output_shape", SIZES),
            ("auto_pad", "[null, \"VALID\", \"SAME_UPPER\", \"SAME_LOWER\"]"),
        ],
        build: channels_first,
    },
    Space {
        dialect: "openvino",
        rank: 1,
        says_all: false,
        operation: "",
        words: &[
            ("strides", STRIDES),
            ("dilations", DILATIONS),
            ("pads_begin", "[null, [1], [2], [3]]"),
            ("pads_end", "[null, [-1], [1], [2], [3]]"),
            ("output_padding", "[null, [1], [2]]"),
            ("output_shape", SIZES),
            ("auto_pad", "[null, \"valid\", \"same_upper\", \"same_lower\"]"),
        ],
        build: channels_first,
    },
    Space {
        dialect: "paddle",
        rank: 1,
        says_all: false,
        operation: "",
        words: &[
            ("stride", STRIDES),
            ("dilation", DILATIONS),
            ("padding", PADS),
            ("output_padding", "[null, [1], [2]]"),
            ("output_size", SIZES),
        ],
        build: channels_first,
    },
    Space {
        dialect: "paddle",
        rank: 1,
        says_all: false,
        operation: "",
        words: &[
            ("stride", STRIDES),
            ("dilation", DILATIONS),
            ("padding", "[\"SAME\", \"VALID\", 0]"),
            ("output_padding", "[null, [1], [2]]"),
            ("output_size", SIZES),
        ],
        build: channels_first,
    },
    Space {
        dialect: "mlx",
        rank: 1,
        says_all: false,
        operation: "",
        words: &[
            ("stride", STRIDES),
            ("dilation", DILATIONS),
            ("padding", "[[-1], [0], [1], [2], [3], [4], [5]]"),
            ("output_padding", "[[-3], [-2], [-1], [0], [1], [2], [3], [4]]"),
        ],
        build: channels_last,
    },
    Space {
        dialect: "mlx",
        rank: 1,
        says_all: false,
        operation: "mlx.core.conv_general",
        words: &[("input_dilation", STRIDES), ("kernel_dilation", DILATIONS), ("padding", AROUND), ("flip", "[true]")],
        build: channels_last,
    },
    Space {
        dialect: "scipy",
        rank: 1,
        says_all: false,
        operation: "",
        words: &[("up", "[null, 1, 2, 3]")],
        build: signal,
    },
    Space {
        dialect: "onednn",
        rank: 1,
        says_all: false,
        operation: "",
        words: &[
            ("sw", "[1, 2, 3]"),
            ("dw", "[0, 1]"),
            ("ow", "[null, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12]"),
            ("pw", "[null, 0, 1, 2, 3]"),
        ],
        build: descriptor,
    },
    Space {
        dialect: "cudnn",
        rank: 2,
        says_all: false,
        operation: "",
        words: &[
            ("filterStrideA", STRIDES),
            ("dilationA", DILATIONS),
            ("padA", "[[0], [1], [2], [3]]"),
            ("dxDimA", DIMENSIONS),
        ],
        build: on_every_axis,
    },
    Space {
        dialect: "tinygrad",
        rank: 1,
        says_all: true,
        operation: "",
        words: &[
            ("stride", STRIDES),
            ("dilation", DILATIONS),
            ("padding", PADS_OF_ANY_SIGN),
            ("output_padding", "[null, [-1], [1], [2]]"),
        ],
        build: channels_first,
    },
];
