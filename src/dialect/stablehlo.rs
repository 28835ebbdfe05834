//! StableHLO: `convolution` with `lhs_dilation`.
//!
//! | word | means |
//! |---|---|
//! | `lhs_dilation`, `rhs_dilation` | `s`, `d`; without `lhs_dilation` it is the ordinary convolution with stride `window_strides` |
//! | `padding` | `[keff−1−p_begin, keff−1−p_end+a]` for each axis, of any sign; of an ordinary convolution `p` |
//! | `window_reversal` | the window is reversed: the taps of the scatter |
//! | `dimension_numbers` | the axes of lhs, rhs and result; left out: `[b, f, 0, 1]x[o, i, 0, 1]->[b, f, 0, 1]` |
//! | `feature_group_count` | `g` |
//!
//! The operation correlates, so its weight is flipped against the scatter unless the window is
//! reversed. What is left out has the value that changes nothing, as in the text form. From the
//! specification, not run.

use super::jax::{arranged, kind, pairs, spread};
use super::sizes::per_axis;
use super::{Attributes, Call, Dialect, DialectRule, Form, Lowered, Pads, Sizes, Word, Words, refuse, shown};
use crate::error::Error;
use crate::geometry::{Axis, Kind, Padding, Spec, Window};
use crate::layout::Layouts;

pub(super) static DIALECT: Dialect = Dialect {
    name: "stablehlo",
    frameworks: &[],
    default_operation: "stablehlo.convolution",
    evidence: "from its specification, not run",
    words: &[
        Word::new("window_strides", Form::List, "s of an ordinary convolution; 1 in a transposed one"),
        Word::new("padding", Form::Json, "pairs around the spread lhs"),
        Word::new("lhs_dilation", Form::List, "s"),
        Word::new("rhs_dilation", Form::List, "d"),
        Word::new("window_reversal", Form::Json, "true for each axis: the taps of the scatter"),
        Word::new("dimension_numbers", Form::Text, "the axes, as [b,0,1,f]x[0,1,i,o]->[b,0,1,f]"),
        Word::new("feature_group_count", Form::Number, "g"),
        Word::new("batch_group_count", Form::Number, "1"),
    ],
    rules: &[
        DialectRule {
            id: "SH1",
            statement: "window_strides or lhs_dilation is above 1, not both",
            reference: "with both it is neither a convolution nor a transposed one",
        },
        DialectRule {
            id: "SH2",
            statement: "window_reversal is the same for all axes with more than one tap",
            reference: "StableHLO specification, convolution, reversed_lhs_window; one array is flipped whole here",
        },
        DialectRule {
            id: "SH3",
            statement: "dimension_numbers name b and f, o and i, and 0, 1, … in this order, neighbours",
            reference: "StableHLO specification, convolution, C13 to C21; other orders have no layout here",
        },
        DialectRule {
            id: "SH4",
            statement: "batch_group_count is 1",
            reference: "with more it is the weight gradient of a grouped convolution",
        },
        DialectRule {
            id: "SH5",
            statement: "the weight's channels must fit the input's channels and feature_group_count",
            reference: "StableHLO specification, convolution, C15",
        },
        DialectRule { id: "SH6", statement: "the operation is convolution", reference: "StableHLO specification, ops" },
    ],
    lower,
    propose,
    page: include_str!("../guide/dialects/stablehlo.md"),
};

fn lower(call: &Call<'_>) -> Result<Lowered, Error> {
    if call.operation.rsplit('.').next() != Some("convolution") {
        return Err(refuse("SH6", format!("operation '{}'; expected convolution", shown(call.operation))));
    }
    let mut words = Attributes::new(call.operation, call.attributes);
    let rank = call.x.len().saturating_sub(2);
    let ones = || vec![1; rank];
    let strides = words.integers("window_strides", rank, false)?.unwrap_or_else(ones);
    let lhs_dilation = words.integers("lhs_dilation", rank, false)?;
    let Some(kind) = kind(&strides, lhs_dilation.as_deref()) else {
        let message = format!("window_strides {strides:?} and lhs_dilation {:?}", lhs_dilation.unwrap_or_default());
        return Err(refuse("SH1", message));
    };
    // The letters of a geometry speak of the transposed convolution.
    let (i, o) = if kind == Kind::Tconv { ('i', 'O') } else { ('o', 'I') };
    let layouts = match words.text("dimension_numbers")? {
        None => Layouts::new("NCS", &format!("{o}{i}S"), "NCS")?,
        Some(text) => numbered(text, rank, i, o).ok_or_else(|| {
            let message = format!("dimension_numbers '{}' with {rank} spatial axes", shown(text));
            refuse("SH3", message)
        })?,
    };
    let sizes = Sizes::read(call, &layouts, 1..=usize::MAX)?;
    let dilation = words.integers("rhs_dilation", rank, false)?.unwrap_or_else(ones);
    let pairs = words.pairs("padding", rank)?.unwrap_or_else(|| vec![(0, 0); rank]);
    let reversal = words.flags("window_reversal", rank)?.unwrap_or_else(|| vec![false; rank]);
    let groups = words.integer("feature_group_count")?.unwrap_or(1);
    let batches = words.integer("batch_group_count")?.unwrap_or(1);
    words.finish()?;
    if batches != 1 {
        return Err(refuse("SH4", format!("batch_group_count {batches}")));
    }
    // One tap is its own reverse.
    let mut seen = (0..rank).filter(|n| sizes.kernel[*n] > 1).map(|n| reversal[n]);
    let reversed = seen.next().unwrap_or_else(|| reversal.iter().all(|r| *r));
    if seen.any(|other| other != reversed) {
        return Err(refuse("SH2", format!("window_reversal {reversal:?}")));
    }

    let axis = |n: usize| {
        let stride = lhs_dilation.as_ref().filter(|_| kind == Kind::Tconv).unwrap_or(&strides)[n];
        let window = Window { stride, dilation: dilation[n], ..Window::new(sizes.kernel[n]) };
        let (input, (begin, end)) = (sizes.input[n], pairs[n]);
        match kind {
            Kind::Tconv => spread(window, input, (begin, end)),
            Kind::Conv => Window { padding: Padding { begin, end }, ..window }.convolving(input),
        }
    };
    let axes = (0..rank).map(|n| axis(n).map_err(|e| e.on_axis(n))).collect::<Result<_, _>>()?;
    let spec = sizes.spec(kind, axes, groups, "SH5")?;
    Ok(Lowered::new(spec, layouts, (kind == Kind::Tconv) != reversed))
}

/// `[b, 0, 1, f]x[0, 1, i, o]->[b, 0, 1, f]`.
fn numbered(text: &str, rank: usize, i: char, o: char) -> Option<Layouts> {
    let (lhs, rest) = text.split_once('x')?;
    let (rhs, result) = rest.split_once("->")?;
    let labels = |list: &str, named: [(&str, char); 2]| -> Option<Vec<char>> {
        let inner = list.trim().strip_prefix('[')?.strip_suffix(']')?;
        let label = |name: &str| {
            let own = named.iter().find(|(known, _)| *known == name).map(|(_, letter)| *letter);
            own.or_else(|| char::from_digit(name.parse().ok()?, 36))
        };
        let labels = inner.split(',').map(|name| label(name.trim())).collect::<Option<Vec<char>>>()?;
        let spatial = labels.iter().filter(|label| named.iter().all(|(_, own)| own != *label));
        let in_order = spatial.zip(0u32..).all(|(label, n)| char::from_digit(n, 36) == Some(*label));
        in_order.then_some(labels)
    };
    let data = [("b", 'N'), ("f", 'C')];
    let (lhs, rhs) = (labels(lhs, data)?, labels(rhs, [("i", 'I'), ("o", 'O')])?);
    let result = labels(result, data)?;
    arranged([&lhs, &rhs, &result], rank, i, o)
}

fn propose(spec: &Spec, pads: Pads) -> Result<Vec<Words>, Error> {
    if pads != Pads::Explicit {
        return Ok(Vec::new());
    }
    let transposed = spec.kind == Kind::Tconv;
    let layouts = if transposed { Layouts::new("NCS", "OiS", "NCS")? } else { Layouts::default() };
    let stride = per_axis(spec, Axis::stride);
    let words = Words::of(&DIALECT, DIALECT.default_operation, spec, &layouts)?
        .with_unless("rhs_dilation", 1, per_axis(spec, Axis::dilation))
        .with_number("feature_group_count", 1, spec.geometry.groups());
    // Where it is given, even as 1, the operation is the transposed one.
    let words =
        if transposed { words.with("lhs_dilation", stride) } else { words.with_unless("window_strides", 1, stride) };
    Ok(vec![words.with("padding", pairs(spec))])
}
