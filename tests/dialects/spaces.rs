//! The attribute spaces of the dialects on equal axes, as far as the family of the test reaches.

use convproof::dialect::{Dialect, Words};
use serde_json::{Map, Value, json};

/// A call of these attributes on so many inputs and taps per axis.
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
    /// Values per word: JSON lists, or `template for B 0..3, E 0..3`, which stands for every value of
    /// its letters, joined by ` | `.
    words: &'static [(&'static str, &'static str)],
    /// The call of one channel with these attributes, input and kernel on every axis.
    build: Build,
}

impl Space {
    pub fn words(&self) -> impl Iterator<Item = (&'static str, Vec<Value>)> {
        self.words.iter().map(|(name, values)| (*name, expanded(values)))
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
            let values: Vec<Value> = own.map_or(Vec::new(), |(_, values)| expanded(values));
            // `[2, 2]` on equal axes is the space's `[2]` or `2`.
            let folded = |value: &Value| match value {
                Value::Array(list) if list.windows(2).all(|pair| pair[0] == pair[1]) && list.len() == self.rank => {
                    json!([list[0]])
                }
                other => other.clone(),
            };
            let (plain, value) = (value, folded(value));
            !values.iter().any(|v| v == plain || *v == value || json!([v]) == value)
        })
    }

    /// The same for `mb1_ic1oc1_iw3ow5kw3sw2dw0pw1`: whether sw, dw, ow or pw has another value.
    fn outside_of_descriptor(&self, text: &str) -> bool {
        self.words().any(|(name, values)| {
            let number = text.split_once(name).map(|(_, rest)| {
                rest.chars().take_while(char::is_ascii_digit).collect::<String>().parse::<i64>().unwrap()
            });
            !values.contains(&number.map_or(Value::Null, Value::from))
        })
    }
}

/// The values that a text of a space stands for.
fn expanded(text: &str) -> Vec<Value> {
    let read = |part: &str| -> Vec<Value> {
        let Some((template, letters)) = part.split_once(" for ") else { return serde_json::from_str(part).unwrap() };
        let mut all = vec![template.to_owned()];
        for letter in letters.split(", ") {
            let (name, span) = letter.split_once(' ').unwrap();
            let (low, high) = span.split_once("..").unwrap();
            let span = low.parse::<i64>().unwrap()..=high.parse().unwrap();
            all = all.iter().flat_map(|text| span.clone().map(|n| text.replace(name, &n.to_string()))).collect();
        }
        all.iter().map(|text| serde_json::from_str(text).unwrap()).collect()
    };
    text.split(" | ").flat_map(read).collect()
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

/// x and w with the spatial axes in the middle.
fn channels_last(
    space: &Space,
    dialect: &'static Dialect,
    attributes: Map<String, Value>,
    input: usize,
    kernel: usize,
) -> Option<Words> {
    let x = [vec![1], vec![input; space.rank], vec![1]].concat();
    let first = dialect.name == "tflite";
    let kernel = vec![kernel; space.rank];
    let w = if first { [vec![1], kernel, vec![1]].concat() } else { [kernel, vec![1, 1]].concat() };
    channels_first(space, dialect, attributes, input, 1).map(|words| Words { x, w, ..words })
}

/// Strides of two axes that are written one by one.
fn both_strides(
    space: &Space,
    dialect: &'static Dialect,
    mut attributes: Map<String, Value>,
    input: usize,
    kernel: usize,
) -> Option<Words> {
    let stride = attributes.get("stride_h")?.clone();
    attributes.insert("stride_w".to_owned(), stride);
    channels_last(space, dialect, attributes, input, kernel)
}

/// Channels at the end, of the weight at both ends.
fn channels_at_both_ends(
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
const SIZES: &str = "[null] | [N] for N 1..12";
/// Pads of both ends that are not negative.
const PADS: &str = "[null] | [B, E] for B 0..3, E 0..3";

/// Pads of both ends.
const PADS_OF_ANY_SIGN: &str = "[null] | [B, E] for B -1..3, E -1..3";
/// Zeros around an input, negative ones too.
const AROUND: &str = "[[B], [E]] for B -3..5, E -3..6";
/// The same sizes as all dimensions of an array.
const DIMENSIONS: &str = "[1, 1, N, N] for N 1..12";

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
        dialect: "coreml",
        rank: 1,
        says_all: false,
        operation: "",
        words: &[
            ("strides", STRIDES),
            ("dilations", DILATIONS),
            ("pad_type", "[null, \"custom\", \"same\"]"),
            ("pad", "[null] | [B, E] for B 0..3, E 0..5"),
            ("output_shape", "[null] | [1, 1, N] for N 1..16"),
        ],
        build: channels_first,
    },
    Space {
        dialect: "jax",
        rank: 1,
        says_all: true,
        operation: "",
        words: &[
            ("strides", STRIDES),
            ("rhs_dilation", DILATIONS),
            ("padding", "[\"SAME\", \"VALID\"] | [[B, E]] for B -3..7, E -3..8"),
        ],
        build: channels_last,
    },
    Space {
        dialect: "keras",
        rank: 1,
        says_all: false,
        operation: "",
        words: &[
            ("strides", STRIDES),
            ("dilation_rate", DILATIONS),
            ("padding", "[null, \"same\"]"),
            ("output_padding", "[null] | [N] for N -2..3"),
        ],
        build: channels_last,
    },
    Space {
        dialect: "stablehlo",
        rank: 1,
        says_all: true,
        operation: "",
        words: &[
            ("lhs_dilation", STRIDES),
            ("rhs_dilation", DILATIONS),
            ("padding", "[null] | [[B, E]] for B -3..7, E -3..8"),
        ],
        build: channels_first,
    },
    Space {
        dialect: "tensorflow",
        rank: 2,
        says_all: false,
        operation: "",
        words: &[
            ("strides", STRIDES),
            ("dilations", DILATIONS),
            ("padding", "[\"SAME\", \"VALID\"] | [[0, 0], [B, E], [B, E], [0, 0]] for B 0..3, E 0..5"),
            ("output_shape", "[1, N, N, 1] for N 1..16"),
        ],
        build: channels_last,
    },
    Space {
        dialect: "tflite",
        rank: 2,
        says_all: false,
        operation: "",
        words: &[
            ("stride_h", "[1, 2, 3]"),
            ("padding", "[\"SAME\", \"VALID\"]"),
            ("output_shape", "[1, N, N, 1] for N 1..16"),
        ],
        build: both_strides,
    },
    Space {
        dialect: "webnn",
        rank: 2,
        says_all: false,
        operation: "",
        words: &[
            ("strides", "[N, N] for N 1..3"),
            ("dilations", "[N, N] for N 1..2"),
            ("padding", "[null] | [B, E, B, E] for B 0..3, E 0..5"),
            ("outputPadding", "[null] | [N, N] for N 1..2"),
            ("outputSizes", "[null] | [N, N] for N 1..16"),
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
        build: channels_at_both_ends,
    },
    Space {
        dialect: "mlx",
        rank: 1,
        says_all: false,
        operation: "mlx.core.conv_general",
        words: &[("input_dilation", STRIDES), ("kernel_dilation", DILATIONS), ("padding", AROUND), ("flip", "[true]")],
        build: channels_at_both_ends,
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
