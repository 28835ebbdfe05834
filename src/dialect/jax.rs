//! JAX: `lax.conv_transpose` and `lax.conv_general_dilated`.
//!
//! `conv_general_dilated` spreads x by `lhs_dilation` with zeros, pads it, and correlates:
//!
//! | word | means |
//! |---|---|
//! | `lhs_dilation`, `rhs_dilation` | `s`, `d`; without `lhs_dilation` it is the ordinary convolution with stride `window_strides` |
//! | `padding` | `[keff−1−p_begin, keff−1−p_end+a]` for each axis, of any sign; of an ordinary convolution `p`, also `SAME`, `SAME_LOWER`, `VALID` |
//! | `dimension_numbers` | the axes of lhs, rhs and out, as `["NWC", "WIO", "NWC"]`; left out: `NCHW`, `OIHW`, `NCHW` |
//! | `feature_group_count` | `g` |
//!
//! `conv_transpose` is the same with `strides` for `lhs_dilation`, and without groups:
//!
//! ```text
//! SAME:   out = in·s, p_begin = 0 where s > keff−1, else ⌊(keff − s)/2⌋        VALID: p_begin = 0, out = s(in−1) + max(keff, s)
//! use_consistent_padding: padding is [p_begin, p_end − a]
//! ```
//!
//! The weight is flipped against the scatter, but with `transpose_kernel`, which also swaps its
//! channels: `SIO`, then `SOI`. x, y `NSC` or by `dimension_numbers`. Compared with version 0.10.2.

use super::onnx::{AutoPad, convolution};
use super::sizes::{cut, end, per_axis, unpadded};
use super::{Attributes, Call, Dialect, DialectRule, Form, Lowered, Pads, Sizes, Word, Words, refuse, shown};
use crate::error::Error;
use crate::geometry::{Axis, Kind, Padding, Spec, Window};
use crate::layout::Layouts;

pub(super) static DIALECT: Dialect = Dialect {
    name: "jax",
    frameworks: &[],
    default_operation: "jax.lax.conv_transpose",
    evidence: "version 0.10.2 (CPU), 116 recorded outputs",
    words: &[
        Word::new("strides", Form::List, "s of conv_transpose"),
        Word::new("window_strides", Form::List, "s of an ordinary convolution; 1 in a transposed one"),
        Word::new("padding", Form::Json, "pairs around the spread x, or SAME, SAME_LOWER, VALID"),
        Word::new("lhs_dilation", Form::List, "s of conv_general_dilated"),
        Word::new("rhs_dilation", Form::List, "d"),
        Word::new("dimension_numbers", Form::Json, "the axes of lhs, rhs and out, as [\"NWC\",\"WIO\",\"NWC\"]"),
        Word::new("feature_group_count", Form::Number, "g"),
        Word::new("batch_group_count", Form::Number, "1"),
        Word::new("transpose_kernel", Form::Flag, "the weight is that of the convolution, not flipped"),
        Word::new("use_consistent_padding", Form::Flag, "padding is [p_begin, p_end - a]"),
    ],
    rules: &[
        DialectRule {
            id: "JX1",
            statement: "strides, or window_strides, and padding have no default",
            reference: "jax.lax.conv_transpose and conv_general_dilated, signatures",
        },
        DialectRule {
            id: "JX2",
            statement: "window_strides or lhs_dilation is above 1, not both",
            reference: "with both it is neither a convolution nor a transposed one",
        },
        DialectRule {
            id: "JX3",
            statement: "padding is pairs, SAME or VALID; of conv_general_dilated also SAME_LOWER, and a word only where lhs_dilation is 1",
            reference: "jax.lax.conv_general_dilated, 'String padding is not implemented for transposed convolution'",
        },
        DialectRule {
            id: "JX4",
            statement: "dimension_numbers name N and C, O and I, and the same spatial axes, neighbours in one order",
            reference: "jax.lax.conv_general_dilated, parameter dimension_numbers; other orders have no layout here",
        },
        DialectRule {
            id: "JX5",
            statement: "batch_group_count is 1",
            reference: "with more it is the weight gradient of a grouped convolution",
        },
        DialectRule {
            id: "JX6",
            statement: "the operation is conv_transpose or conv_general_dilated",
            reference: "jax.lax, module documentation",
        },
        DialectRule {
            id: "JX7",
            statement: "the weight's channels must fit the input's channels and feature_group_count",
            reference: "jax.lax.conv_general_dilated, shape rule",
        },
    ],
    lower,
    propose,
    page: include_str!("../guide/dialects/jax.md"),
};

fn lower(call: &Call<'_>) -> Result<Lowered, Error> {
    match call.operation.rsplit('.').next() {
        Some("conv_general_dilated") => general(call),
        Some("conv_transpose") => transpose(call),
        _ => {
            let other = shown(call.operation);
            let message = format!("operation '{other}'; expected conv_transpose or conv_general_dilated");
            Err(refuse("JX6", message))
        }
    }
}

fn missing(name: &str) -> Error {
    refuse("JX1", format!("{name} is missing; it has no default"))
}

/// Most spatial axes of `conv_transpose` without `dimension_numbers`.
const MOST_UNNAMED: usize = 3;

/// The layouts of a call with `dimension_numbers`, or `default` without.
fn layouts(words: &mut Attributes<'_>, call: &Call<'_>, default: &str, i: char, o: char) -> Result<Layouts, Error> {
    let rank = call.x.len().saturating_sub(2);
    let Some(texts) = words.texts("dimension_numbers", 3)? else {
        let weight = if default == "NSC" { format!("S{i}{o}") } else { format!("{o}{i}S") };
        return Layouts::new(default, &weight, default);
    };
    let labels: Vec<Vec<char>> = texts.iter().map(|text| text.chars().collect()).collect();
    arranged([&labels[0], &labels[1], &labels[2]], rank, i, o).ok_or_else(|| {
        let texts = shown(&texts.join(", "));
        let message = format!("dimension_numbers {texts} with {rank} spatial axes; 2-D as NHWC, HWIO, NHWC");
        refuse("JX4", message)
    })
}

/// Layouts by the labels of each array's axes: `N` and `C`, `I` and `O`, and any others for spatial
/// axes, which must be neighbours and in one order. `i` and `o` are the letters that `I` and `O`
/// stand for here.
pub(super) fn arranged(labels: [&[char]; 3], rank: usize, i: char, o: char) -> Option<Layouts> {
    let array = |labels: &[char], named: [char; 2]| -> Option<(String, Vec<char>)> {
        let spatial: Vec<char> = labels.iter().copied().filter(|label| !named.contains(label)).collect();
        let mut letters = String::new();
        for &label in labels {
            match label {
                _ if !named.contains(&label) => {
                    if !letters.ends_with('S') {
                        letters.push('S');
                    }
                }
                'I' => letters.push(i),
                'O' => letters.push(o),
                other => letters.push(other),
            }
        }
        let distinct = spatial.iter().enumerate().all(|(n, label)| !spatial[..n].contains(label));
        (labels.len() == rank + 2 && spatial.len() == rank && distinct).then_some((letters, spatial))
    };
    let [x, w, y] = labels;
    let (x, w, y) = (array(x, ['N', 'C'])?, array(w, ['I', 'O'])?, array(y, ['N', 'C'])?);
    // What has an `S` or another letter twice is no layout.
    (x.1 == w.1 && y.1 == w.1).then(|| Layouts::new(&x.0, &w.0, &y.0).ok())?
}

fn transpose(call: &Call<'_>) -> Result<Lowered, Error> {
    let mut words = Attributes::new(call.operation, call.attributes);
    let swapped = words.flag("transpose_kernel")?.unwrap_or(false);
    // With transpose_kernel the letters speak of the convolution that is transposed.
    let (i, o) = if swapped { ('O', 'I') } else { ('I', 'O') };
    let named = words.has("dimension_numbers");
    let layouts = layouts(&mut words, call, "NSC", i, o)?;
    let sizes = Sizes::read(call, &layouts, 1..=usize::MAX)?;
    let rank = sizes.rank;
    if !named && rank > MOST_UNNAMED {
        return Err(refuse("JX4", format!("{rank} spatial axes and no dimension_numbers")));
    }
    let stride = words.integers("strides", rank, false)?.ok_or_else(|| missing("strides"))?;
    let dilation = words.integers("rhs_dilation", rank, false)?.unwrap_or_else(|| vec![1; rank]);
    let consistent = words.flag("use_consistent_padding")?.unwrap_or(false);
    let (pads, pairs) = padding(&mut words, rank)?;
    words.finish()?;
    if pads == Pads::SameLower {
        return Err(refuse("JX3", "padding 'SAME_LOWER'; conv_transpose takes SAME, VALID or pairs".to_owned()));
    }

    let axis = |n: usize| {
        let window = Window { stride: stride[n], dilation: dilation[n], ..Window::new(sizes.kernel[n]) };
        let input = sizes.input[n];
        let extent = unpadded(window, 1)?;
        // out = in·s is natural − keff + s.
        match pads {
            Pads::Same => {
                let begin = (extent - window.stride).max(0) / 2;
                cut(window, input, begin, extent - window.stride - begin)
            }
            Pads::Valid => cut(window, input, 0, -(window.stride - extent).max(0)),
            _ if consistent => cut(window, input, pairs[n].0, pairs[n].1),
            _ => spread(window, input, pairs[n]),
        }
    };
    let axes = (0..rank).map(|n| axis(n).map_err(|e| e.on_axis(n))).collect::<Result<_, _>>()?;
    let spec = sizes.spec(Kind::Tconv, axes, 1, "JX7")?;
    Ok(Lowered::new(spec, layouts, !swapped).saying(pads))
}

/// The transposed axis whose spread input is padded with `low` and `high`:
/// `p_begin = keff−1−low`, `p_end − a = keff−1−high`.
pub(super) fn spread(window: Window, input: i64, (low, high): (i64, i64)) -> Result<Axis, Error> {
    let least = unpadded(window, 1)? - 1;
    cut(window, input, least.saturating_sub(low), least.saturating_sub(high))
}

/// The operation that strides and dilations of the input make: transposed where `lhs_dilation` is
/// given, unless it is 1 and the window strides; None where both are above 1.
pub(super) fn kind(strides: &[i64], lhs_dilation: Option<&[i64]>) -> Option<Kind> {
    let one = |numbers: &[i64]| numbers.iter().all(|n| *n == 1);
    match lhs_dilation {
        None => Some(Kind::Conv),
        Some(_) if one(strides) => Some(Kind::Tconv),
        Some(lhs) if one(lhs) => Some(Kind::Conv),
        Some(_) => None,
    }
}

fn general(call: &Call<'_>) -> Result<Lowered, Error> {
    let mut words = Attributes::new(call.operation, call.attributes);
    let rank = call.x.len().saturating_sub(2);
    let strides = words.integers("window_strides", rank, false)?.ok_or_else(|| missing("window_strides"))?;
    let lhs_dilation = words.integers("lhs_dilation", rank, false)?;
    let Some(kind) = kind(&strides, lhs_dilation.as_deref()) else {
        let message = format!("window_strides {strides:?} and lhs_dilation {:?}", lhs_dilation.unwrap_or_default());
        return Err(refuse("JX2", message));
    };
    // The letters of a geometry speak of the transposed convolution.
    let (i, o) = if kind == Kind::Tconv { ('i', 'O') } else { ('o', 'I') };
    let layouts = layouts(&mut words, call, "NCS", i, o)?;
    let sizes = Sizes::read(call, &layouts, 1..=usize::MAX)?;
    let dilation = words.integers("rhs_dilation", rank, false)?.unwrap_or_else(|| vec![1; rank]);
    let groups = words.integer("feature_group_count")?.unwrap_or(1);
    let batches = words.integer("batch_group_count")?.unwrap_or(1);
    let (pads, pairs) = padding(&mut words, rank)?;
    words.finish()?;
    if batches != 1 {
        return Err(refuse("JX5", format!("batch_group_count {batches}")));
    }
    let lhs = lhs_dilation.unwrap_or_else(|| vec![1; rank]);
    if pads != Pads::Explicit && lhs.iter().any(|n| *n != 1) {
        return Err(refuse("JX3", format!("a word for padding with lhs_dilation {lhs:?}; pairs are needed")));
    }

    let axis = |n: usize| {
        let stride = if kind == Kind::Tconv { lhs[n] } else { strides[n] };
        let window = Window { stride, dilation: dilation[n], ..Window::new(sizes.kernel[n]) };
        let input = sizes.input[n];
        let ordinary = || match pads {
            Pads::Explicit => {
                let padding = Padding { begin: pairs[n].0, end: pairs[n].1 };
                Window { padding, ..window }.convolving(input)
            }
            Pads::Same => convolution(window, input, AutoPad::SameUpper),
            Pads::SameLower => convolution(window, input, AutoPad::SameLower),
            _ => convolution(window, input, AutoPad::Valid),
        };
        match (kind, pads) {
            (Kind::Conv, _) => ordinary(),
            (Kind::Tconv, Pads::Explicit) => spread(window, input, pairs[n]),
            (Kind::Tconv, _) => {
                let Padding { begin, end } = ordinary()?.padding();
                spread(window, input, (begin, end))
            }
        }
    };
    let axes = (0..rank).map(|n| axis(n).map_err(|e| e.on_axis(n))).collect::<Result<_, _>>()?;
    let spec = sizes.spec(kind, axes, groups, "JX7")?;
    Ok(Lowered::new(spec, layouts, kind == Kind::Tconv).saying(pads))
}

fn padding(words: &mut Attributes<'_>, rank: usize) -> Result<(Pads, Vec<(i64, i64)>), Error> {
    if words.is_text("padding") {
        let pads = match words.text("padding")? {
            Some("SAME") => Pads::Same,
            Some("SAME_LOWER") => Pads::SameLower,
            Some("VALID") => Pads::Valid,
            other => {
                let other = shown(other.unwrap_or_default());
                return Err(refuse("JX3", format!("padding '{other}'; expected pairs, SAME or VALID")));
            }
        };
        return Ok((pads, Vec::new()));
    }
    let pairs = words.pairs("padding", rank)?.ok_or_else(|| missing("padding"))?;
    Ok((Pads::Explicit, pairs))
}

/// The pairs around the spread input that mean these axes.
pub(super) fn pairs(spec: &Spec) -> Vec<Vec<i64>> {
    let pair = |axis: &Axis| match spec.kind {
        Kind::Conv => vec![axis.padding().begin, axis.padding().end],
        Kind::Tconv => {
            let least = axis.dilation() * (axis.kernel() - 1);
            vec![least - axis.padding().begin, least - end(axis)]
        }
    };
    spec.geometry.axes().iter().map(pair).collect()
}

fn propose(spec: &Spec, pads: Pads) -> Result<Vec<Words>, Error> {
    let g = &spec.geometry;
    let stride = per_axis(spec, Axis::stride);
    let dilated = |words: Words| words.with_unless("rhs_dilation", 1, per_axis(spec, Axis::dilation));
    let general = |layouts: &Layouts| -> Result<Words, Error> {
        let words = Words::of(&DIALECT, "jax.lax.conv_general_dilated", spec, layouts)?;
        Ok(dilated(words).with_number("feature_group_count", 1, g.groups()))
    };
    let ones = vec![1; g.rank()];
    let word = match pads {
        Pads::Explicit => None,
        Pads::Valid => Some("VALID"),
        Pads::Same => Some("SAME"),
        Pads::SameLower => Some("SAME_LOWER"),
        Pads::SameUpper | Pads::Sized => return Ok(Vec::new()),
    };
    let padded = |words: Words| match word {
        Some(word) => words.with("padding", word),
        None => words.with("padding", pairs(spec)),
    };
    Ok(match spec.kind {
        Kind::Conv => vec![padded(general(&Layouts::default())?.with("window_strides", stride))],
        Kind::Tconv if g.groups() == 1 && g.rank() <= MOST_UNNAMED && pads != Pads::SameLower => {
            let layouts = Layouts::new("NSC", "SIO", "NSC")?;
            let words = Words::of(&DIALECT, DIALECT.default_operation, spec, &layouts)?.with("strides", stride);
            vec![padded(dilated(words))]
        }
        Kind::Tconv if pads == Pads::Explicit => {
            let words = general(&Layouts::new("NCS", "OiS", "NCS")?)?;
            vec![padded(words.with("window_strides", ones).with("lhs_dilation", stride))]
        }
        Kind::Tconv => Vec::new(),
    })
}
