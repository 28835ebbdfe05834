//! oneDNN: the deconvolution descriptors of `benchdnn`.
//!
//! ```text
//! desc := { field ["_"] } ["n" name]        field := key number
//! ```
//!
//! | key | means |
//! |---|---|
//! | `mb`, `g` | batch (2 if absent), groups (1) |
//! | `ic`, `oc` | channels, of all groups |
//! | `id ih iw`, `od oh ow` | lengths; an output that is absent is derived |
//! | `kd kh kw`, `sd sh sw` | `k`, `s` (1) |
//! | `dd dh dw` | `d − 1`: 0 is no dilation |
//! | `pd ph pw` | `p_begin`; if absent, 0, or half of what the output leaves |
//!
//! Per axis, with `full = (i−1)s + (k−1)(d+1) + 1`: without o, `p = max(p, 0)` and `o = full − 2p`; with o
//! but no p, `p = (full − o)/2` rounded to 0. The end is what remains, `full − o − p`: larger than p,
//! smaller (output padding) or negative. An axis is absent if all its numbers are; without w, h stands
//! for it, and d alone for all three. A key given twice counts as given last.
//!
//! x, y `NCS`; weight `OiS`, with groups `GoiS`; no flip. Read from the documentation, and tried on
//! descriptors of real networks; not run.

use super::sizes::{end, per_axis};
use super::words::DESCRIPTOR;
use super::{Attributes, Call, Dialect, DialectRule, Form, Lowered, Pads, Word, Words, refuse, shown};
use crate::error::Error;
use crate::geometry::{Axis, Geometry, Kind, Padding, Spec, Window};
use crate::layout::Layouts;

pub(super) static DIALECT: Dialect = Dialect {
    name: "onednn",
    frameworks: &["benchdnn"],
    default_operation: "deconvolution",
    evidence: "from its documentation, not run",
    words: &[Word::new(DESCRIPTOR, Form::Text, "all sizes, as mb1_ic2oc3_ih4oh8kh4sh2ph1; a bare word")],
    rules: &[
        DialectRule {
            id: "OD1",
            statement: "a descriptor is fields of a known key and a whole number, then a name after 'n'",
            reference: "oneDNN, benchdnn, descriptor of convolution and deconvolution problems",
        },
        DialectRule {
            id: "OD2",
            statement: "ic, oc and the strides are at least 1",
            reference: "oneDNN, benchdnn, convolution descriptor",
        },
        DialectRule {
            id: "OD3",
            statement: "an axis that is there has an input and a kernel",
            reference: "oneDNN, benchdnn, convolution descriptor",
        },
        DialectRule {
            id: "OD4",
            statement: "w is there, or h stands for it, or d for all three",
            reference: "oneDNN, benchdnn, convolution descriptor",
        },
        DialectRule {
            id: "OD5",
            statement: "arrays have the shapes that the descriptor says",
            reference: "oneDNN, benchdnn: the descriptor holds all sizes",
        },
        DialectRule {
            id: "OD6",
            statement: "a descriptor has at most three axes of a transposed convolution",
            reference: "oneDNN, benchdnn, driver --deconv",
        },
        DialectRule {
            id: "OD7",
            statement: "padding in front is at least 0 unless it is half of what the output leaves",
            reference: "oneDNN, benchdnn, convolution descriptor: numbers have no sign",
        },
    ],
    lower,
    propose,
    page: include_str!("../guide/dialects/onednn.md"),
};

const KEYS: [&str; 22] = [
    "g", "mb", "ic", "id", "ih", "iw", "oc", "od", "oh", "ow", "kd", "kh", "kw", "sd", "sh", "sw", "pd", "ph", "pw",
    "dd", "dh", "dw",
];

/// The axes' letters, outermost first.
const AXES: [char; 3] = ['d', 'h', 'w'];

/// The fields of a descriptor, each as it was given last.
struct Fields(Vec<(&'static str, i64)>);

impl Fields {
    fn read(text: &str) -> Result<Fields, Error> {
        let mut fields = Fields(Vec::new());
        let mut rest = text;
        let wrong = |rest: &str, expected: &str| refuse("OD1", format!("'{}'; expected {expected}", shown(rest)));
        while !rest.is_empty() && !rest.starts_with('n') {
            // No key begins another one.
            let Some(key) = KEYS.into_iter().find(|key| rest.starts_with(key)) else {
                return Err(wrong(rest, "a key, as mb, ic, oc, ih, kh, sh, ph or dh"));
            };
            let number = &rest[key.len()..];
            let digits = number.chars().take_while(char::is_ascii_digit).count();
            let value = number[..digits].parse::<i64>();
            let value = value.map_err(|_| wrong(rest, "a key and a number below 2^63"))?;
            fields.0.retain(|(known, _)| *known != key);
            fields.0.push((key, value));
            rest = &number[digits..];
            rest = rest.strip_prefix('_').unwrap_or(rest);
        }
        Ok(fields)
    }

    fn get(&self, key: &str) -> Option<i64> {
        self.0.iter().find(|(known, _)| *known == key).map(|(_, value)| *value)
    }
}

/// One axis as it was given; 0 where a number is absent.
#[derive(Clone, Copy)]
struct Given {
    input: i64,
    kernel: i64,
    output: i64,
    stride: i64,
    dilation: i64,
    padding: Option<i64>,
}

impl Given {
    fn read(fields: &Fields, axis: char) -> Given {
        let of = |letter| fields.get(&format!("{letter}{axis}"));
        Given {
            input: of('i').unwrap_or(0),
            kernel: of('k').unwrap_or(0),
            output: of('o').unwrap_or(0),
            stride: of('s').unwrap_or(1),
            dilation: of('d').unwrap_or(0),
            padding: of('p'),
        }
    }

    fn is_there(&self) -> bool {
        let numbers = [self.input, self.kernel, self.output, self.dilation, self.padding.unwrap_or(0)];
        numbers.iter().any(|n| *n != 0) || self.stride != 1
    }

    fn axis(&self, letter: char) -> Result<Axis, Error> {
        if self.stride < 1 {
            return Err(refuse("OD2", format!("s{letter}{}; it must be at least 1", self.stride)));
        }
        if self.input < 1 || self.kernel < 1 {
            let message = format!("i{letter}{} k{letter}{}; both must be at least 1", self.input, self.kernel);
            return Err(refuse("OD3", message));
        }
        let window =
            Window { stride: self.stride, dilation: self.dilation.saturating_add(1), ..Window::new(self.kernel) };
        let full = window.transposed(self.input, 0)?.output();
        let (begin, end) = match (self.output, self.padding) {
            (0, p) => (p.unwrap_or(0), p.unwrap_or(0)),
            (o, p) => {
                let total = full.saturating_sub(o);
                let begin = p.unwrap_or(total / 2);
                (begin, total.saturating_sub(begin))
            }
        };
        let padding = Padding { begin, end: end.max(0) };
        Window { padding, ..window }.transposed(self.input, end.min(0).saturating_neg())
    }
}

fn layouts(groups: i64) -> Result<Layouts, Error> {
    Layouts::new("NCS", if groups > 1 { "GoiS" } else { "OiS" }, "NCS")
}

fn lower(call: &Call<'_>) -> Result<Lowered, Error> {
    let mut words = Attributes::new(call.operation, call.attributes);
    let text = words.text(DESCRIPTOR)?;
    words.finish()?;
    let fields = Fields::read(text.unwrap_or_default())?;
    let given = AXES.map(|axis| Given::read(&fields, axis));
    let [d, h, w] = given;
    let axes = match given.map(|axis| axis.is_there()) {
        [false, false, true] => vec![w],
        [false, true, true] => vec![h, w],
        [true, true, true] => vec![d, h, w],
        [false, true, false] => vec![h, h],
        [true, true, false] => vec![d, h, h],
        [true, false, false] => vec![d, d, d],
        [true, false, true] => return Err(refuse("OD4", "an axis d and an axis w without h".to_owned())),
        [false, false, false] => return Err(refuse("OD4", "no axis; give at least iw and kw".to_owned())),
    };
    let letters = &AXES[AXES.len() - axes.len()..];
    let sized = axes.iter().any(|axis| axis.output != 0 && axis.padding.is_none());
    let resolved = axes.iter().zip(letters).enumerate();
    let axes: Result<Vec<Axis>, Error> =
        resolved.map(|(n, (axis, letter))| axis.axis(*letter).map_err(|e| e.on_axis(n))).collect();
    let channels = |key| match fields.get(key).unwrap_or(0) {
        0 => Err(refuse("OD2", format!("no {key}; it must be at least 1"))),
        some => Ok(some),
    };
    let groups = fields.get("g").unwrap_or(1);
    let geometry = Geometry::new(axes?)?.with_channels(channels("ic")?, channels("oc")?, groups)?;
    let spec = Spec { kind: Kind::Tconv, geometry: geometry.with_batch(fields.get("mb").unwrap_or(2))? };
    let layouts = layouts(groups)?;
    let said = [
        ("x", call.x, layouts.x.data_shape(&spec.input_shape())),
        ("w", call.w, layouts.w.weight_shape(&spec.geometry)?),
    ];
    if let Some((name, got, expected)) = said.into_iter().find(|(_, got, says)| !got.is_empty() && got != says) {
        return Err(refuse("OD5", format!("{name} has the shape {got:?}; the descriptor says {expected:?}")));
    }
    Ok(Lowered::new(spec, layouts, false).saying(if sized { Pads::Sized } else { Pads::Explicit }))
}

fn propose(spec: &Spec, pads: Pads) -> Result<Vec<Words>, Error> {
    let g = &spec.geometry;
    if spec.kind == Kind::Conv || g.rank() > 3 {
        return Err(refuse("OD6", format!("{spec}; a descriptor has one to three axes, transposed")));
    }
    let with_pads = match pads {
        Pads::Explicit => true,
        Pads::Sized => false,
        _ => return Ok(Vec::new()),
    };
    if let Some(n) = per_axis(spec, |a| a.padding().begin).iter().position(|begin| *begin < 0)
        && with_pads
    {
        let begin = g.axes()[n].padding().begin;
        return Err(refuse("OD7", format!("padding {begin} and {} on axis {n}", end(&g.axes()[n]))));
    }
    let mut text = format!("mb{}_", g.batch());
    if g.groups() > 1 {
        text.push_str(&format!("g{}", g.groups()));
    }
    text.push_str(&format!("ic{}oc{}", g.in_channels(), g.out_channels()));
    for (axis, c) in g.axes().iter().zip(&AXES[AXES.len() - g.rank()..]) {
        let (input, output, kernel) = (axis.input(), axis.output(), axis.kernel());
        let (stride, dilation) = (axis.stride(), axis.dilation() - 1);
        text.push_str(&format!("_i{c}{input}o{c}{output}k{c}{kernel}s{c}{stride}d{c}{dilation}"));
        if with_pads {
            text.push_str(&format!("p{c}{}", axis.padding().begin));
        }
    }
    let attributes = [(DESCRIPTOR.to_owned(), serde_json::Value::from(text))].into_iter().collect();
    let operation = DIALECT.default_operation.to_owned();
    Ok(vec![Words { dialect: &DIALECT, operation, attributes, x: Vec::new(), w: Vec::new() }])
}
