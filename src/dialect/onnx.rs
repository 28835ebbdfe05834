//! ONNX: `ConvTranspose` (operator versions 1, 11, 22) and `Conv`.
//!
//! | word | means |
//! |---|---|
//! | `strides`, `dilations`, `group` | `s`, `d`, `g` |
//! | `pads` | `[begin…, end…]`; no padding where `auto_pad` is `VALID` |
//! | `output_padding` | `a` |
//! | `output_shape` (spatial) | `total = s(in−1) + a + d(k−1) + 1 − output_shape` is cropped, `pads` are ignored |
//! | `auto_pad` | `SAME_UPPER`: `p_begin = ⌊total/2⌋`; `SAME_LOWER`, and `NOTSET` with `output_shape`: `p_end = ⌊total/2⌋`; `SAME_*` without `output_shape` means `in·s` |
//! | `kernel_shape` | must be the weight's |
//!
//! `Conv` with `SAME_*`: `out = ⌈in/s⌉`, `total = max((out−1)s + d(k−1) + 1 − in, 0)`, and the larger
//! half at the end for `SAME_UPPER`, in front for `SAME_LOWER`.
//!
//! x, y `NCS`, weight `IoS`, no flip. The text does not say how a negative `total` is halved: this
//! dialect rounds down, and says so in a remark; ONNX Runtime clamps it at 0 instead. Compared with
//! the reference evaluator 1.23.2.

use super::{Attributes, Call, Dialect, DialectRule, Lowered, length, refuse, shown, spatial_rank};
use crate::error::Error;
use crate::geometry::{Axis, Geometry, Kind, Padding, Spec, Window};
use crate::layout::Layouts;

pub(super) const DIALECT: Dialect = Dialect {
    name: "onnx",
    frameworks: &["onnx_reference", "openvino_onnx"],
    default_operation: "ConvTranspose",
    evidence: "ReferenceEvaluator 1.23.2, 76 recorded outputs; 23 node tests of the ONNX project",
    rules: &[
        DialectRule {
            id: "OX1",
            statement: "kernel_shape, if present, is the spatial shape of W",
            reference: "ONNX operators, ConvTranspose and Conv: 'If not present, should be inferred from input W'",
        },
        DialectRule {
            id: "OX2",
            statement: "auto_pad is NOTSET, SAME_UPPER, SAME_LOWER or VALID",
            reference: "ONNX operators, ConvTranspose and Conv",
        },
        DialectRule {
            id: "OX3",
            statement: "pads cannot be used together with SAME_UPPER, SAME_LOWER or VALID",
            reference: "ONNX operators: 'This attribute cannot be used simultaneously with auto_pad attribute'",
        },
        DialectRule {
            id: "OX4",
            statement: "the weight's channels must fit the input's channels and the group",
            reference: "ONNX operators, ConvTranspose: 'The number of channels in the input should be equal to W.shape[0]'",
        },
        DialectRule { id: "OX5", statement: "the operation is ConvTranspose or Conv", reference: "ONNX operators" },
    ],
    lower,
};

/// How pads are found.
#[derive(Clone, Copy, PartialEq, Eq)]
enum AutoPad {
    NotSet,
    SameUpper,
    SameLower,
    Valid,
}

impl AutoPad {
    fn read(words: &mut Attributes<'_>) -> Result<AutoPad, Error> {
        match words.text("auto_pad")? {
            None | Some("NOTSET" | "") => Ok(AutoPad::NotSet),
            Some("SAME_UPPER") => Ok(AutoPad::SameUpper),
            Some("SAME_LOWER") => Ok(AutoPad::SameLower),
            Some("VALID") => Ok(AutoPad::Valid),
            Some(other) => {
                let valid = "NOTSET, SAME_UPPER, SAME_LOWER or VALID";
                Err(refuse("OX2", format!("auto_pad '{}'; expected {valid}", shown(other))))
            }
        }
    }
}

fn lower(call: &Call<'_>) -> Result<Lowered, Error> {
    let rank = spatial_rank(call.operation, call.x, call.w)?;
    let kind = match call.operation {
        name if name.contains("ConvTranspose") => Kind::Tconv,
        name if name.split(|c: char| !c.is_ascii_alphabetic()).any(|word| word == "Conv") => Kind::Conv,
        other => return Err(refuse("OX5", format!("operation '{}'; expected ConvTranspose or Conv", shown(other)))),
    };
    let mut words = Attributes::new(call.operation, call.attributes);
    let ones = || vec![1; rank];
    let kernel: Vec<i64> = call.w[2..].iter().map(|&n| length(n)).collect();
    if let Some(stated) = words.integers("kernel_shape", rank, false)?
        && stated != kernel
    {
        return Err(refuse("OX1", format!("kernel_shape {stated:?}; the weight's is {kernel:?}")));
    }
    let strides = words.integers("strides", rank, false)?.unwrap_or_else(ones);
    let dilations = words.integers("dilations", rank, false)?.unwrap_or_else(ones);
    let group = words.integer("group")?.unwrap_or(1);
    let pads = words.integers("pads", 2 * rank, false)?;
    let auto_pad = AutoPad::read(&mut words)?;
    if auto_pad != AutoPad::NotSet && pads.as_ref().is_some_and(|p| p.iter().any(|p| *p != 0)) {
        return Err(refuse("OX3", "pads together with auto_pad; leave one of them out".to_owned()));
    }
    let (mut output_padding, mut output_shape) = (vec![0; rank], None);
    if kind == Kind::Tconv {
        output_padding = words.integers("output_padding", rank, false)?.unwrap_or(output_padding);
        output_shape = words.integers("output_shape", rank, false)?;
    }
    words.finish()?;

    let (mut axes, mut remarks) = (Vec::with_capacity(rank), Vec::new());
    for n in 0..rank {
        let explicit = pads.as_ref().map_or(Padding::default(), |p| Padding { begin: p[n], end: p[rank + n] });
        let window = Window { kernel: kernel[n], stride: strides[n], dilation: dilations[n], padding: explicit };
        let input = length(call.x[2 + n]);
        let axis = match kind {
            Kind::Conv => convolution(window, input, auto_pad),
            Kind::Tconv => {
                let shape = output_shape.as_ref().map(|shape| shape[n]);
                transposed(window, input, output_padding[n], auto_pad, shape, n, &mut remarks)
            }
        };
        axes.push(axis.map_err(|e| e.on_axis(n))?);
    }
    let (channels, first, second) = (length(call.x[1]), length(call.w[0]), length(call.w[1]));
    let expected = if kind == Kind::Tconv { first } else { second.saturating_mul(group) };
    if channels != expected {
        let message =
            format!("the input has {channels} channels, the weight {:?} with group {group} takes {expected}", call.w);
        return Err(refuse("OX4", message));
    }
    let geometry = Geometry::new(axes)?
        .with_channels(first, second.saturating_mul(group), group)?
        .with_batch(length(call.x[0]))?;
    Ok(Lowered { spec: Spec { kind, geometry }, layouts: Layouts::default(), weight_flipped: false, remarks })
}

fn transposed(
    window: Window,
    input: i64,
    a: i64,
    auto_pad: AutoPad,
    output_shape: Option<i64>,
    n: usize,
    remarks: &mut Vec<String>,
) -> Result<Axis, Error> {
    let unpadded = Window { padding: Padding::default(), ..window };
    let wanted = match (output_shape, auto_pad) {
        (Some(shape), _) => shape,
        (None, AutoPad::NotSet) => return window.transposed(input, a),
        (None, AutoPad::Valid) => return unpadded.transposed(input, a),
        (None, AutoPad::SameUpper | AutoPad::SameLower) => input.saturating_mul(window.stride),
    };
    let total = unpadded.transposed(input, a)?.output().saturating_sub(wanted);
    let (lower, upper) = (total.div_euclid(2), total - total.div_euclid(2));
    let padding = match auto_pad {
        AutoPad::SameUpper => Padding { begin: lower, end: upper },
        _ => Padding { begin: upper, end: lower },
    };
    if total < 0 {
        let Padding { begin, end } = padding;
        remarks.push(format!(
            "axis {n}: total padding {total} is negative, which the text leaves open; read as {begin} in front and \
             {end} behind (rounded down), where ONNX Runtime clamps the total at 0"
        ));
    }
    Window { padding, ..window }.transposed(input, a)
}

fn convolution(window: Window, input: i64, auto_pad: AutoPad) -> Result<Axis, Error> {
    let same = |window: Window| -> Result<i64, Error> {
        // One placement per started stride: out = ⌈in/s⌉.
        let outputs = input.saturating_add(window.stride.max(1) - 1) / window.stride.max(1);
        let natural = Window { padding: Padding::default(), ..window }.transposed(outputs.max(1), 0)?.output();
        Ok((natural - input).max(0))
    };
    let padding = match auto_pad {
        AutoPad::NotSet => window.padding,
        AutoPad::Valid => Padding::default(),
        AutoPad::SameUpper => {
            let total = same(window)?;
            Padding { begin: total / 2, end: total - total / 2 }
        }
        AutoPad::SameLower => {
            let total = same(window)?;
            Padding { begin: total - total / 2, end: total / 2 }
        }
    };
    Window { padding, ..window }.convolving(input)
}
