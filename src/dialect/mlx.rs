//! MLX: `mlx.core.conv_transpose{1,2,3}d`, `conv_general` and `conv{1,2,3}d`.
//!
//! | word | means |
//! |---|---|
//! | `stride`, `padding`, `dilation`, `output_padding`, `groups` | `s`, `p`, `d`, `a`, `g` of `conv_transpose` |
//! | `input_dilation` (`conv_general`) | `s`: `s − 1` zeros go between the inputs; stated, the call is read as transposed |
//! | `padding` (`conv_general`) | zeros put around: a number, one per axis, or `[[low…], [high…]]` |
//! | `kernel_dilation` (`conv_general`) | `d` |
//! | `flip` (`conv_general`) | true: taps as the scatter has them; false (default): rotated against it |
//! | `stride` (`conv_general`) | of the ordinary convolution; 1 where `input_dilation` is stated |
//!
//! With `low, high = d(k−1) − p, d(k−1) − p + a` for `conv_transpose` and as stated for `conv_general`:
//!
//! ```text
//! low ≥ 0:  p_begin = d(k−1) − low           high ≥ 0:  p_end − a = d(k−1) − high
//! low < 0:  p_begin = d(k−1) + s·(−low)      high < 0:  p_end − a = d(k−1) + s·(−high)
//! ```
//!
//! The second line is MLX's own: it takes negative padding off the input *before* the zeros go in
//! between, so that `padding` beyond `d(k−1)` cuts `s` positions a unit. Example: in 4, k 3, s 2, padding 3
//! leaves 1 position where PyTorch leaves 3. x, y `NSC`; weight `OSi`, of the ordinary convolution `ISo`
//! (its own `[C_out, k…, C_in/g]`). Measured against version 0.32.4.

use serde_json::Value;

use super::sizes::{end, per_axis};
use super::{Attributes, Call, Dialect, DialectRule, Form, Lowered, Pads, Sizes, Word, Words, refuse, shown};
use crate::error::Error;
use crate::geometry::{Axis, Kind, Padding, Spec, Window};
use crate::layout::Layouts;

pub(super) static DIALECT: Dialect = Dialect {
    name: "mlx",
    frameworks: &[],
    default_operation: "mlx.core.conv_transpose",
    evidence: "measured against version 0.32.4 (CPU); no recorded outputs are kept here",
    words: &[
        Word::new("stride", Form::Numbers, "s; of conv_general the ordinary convolution's"),
        Word::new("padding", Form::Json, "p; of conv_general zeros put around, also as [[low…], [high…]]"),
        Word::new("dilation", Form::Numbers, "d"),
        Word::new("output_padding", Form::Numbers, "a"),
        Word::new("input_dilation", Form::Numbers, "s of conv_general; stated, it is a transposed convolution"),
        Word::new("kernel_dilation", Form::Numbers, "d of conv_general"),
        Word::new("groups", Form::Number, "g"),
        Word::new("flip", Form::Flag, "whether conv_general reverses the taps"),
    ],
    rules: &[
        DialectRule {
            id: "MX1",
            statement: "the operation is conv_transpose, conv_general or conv, on as many axes as its name says",
            reference: "mlx.core, conv_transpose1d, conv_transpose2d, conv_transpose3d, conv_general",
        },
        DialectRule {
            id: "MX2",
            statement: "three axes have no groups",
            reference: "MLX 0.32.4, 'Can only handle groups != 1 in 1D or 2D convolutions'",
        },
        DialectRule {
            id: "MX3",
            statement: "padding takes at most the whole input away",
            reference: "MLX 0.32.4, mlx::core::conv_general: the input is sliced, where a larger number would wrap around",
        },
        DialectRule {
            id: "MX4",
            statement: "conv_general has stride 1 or input_dilation 1",
            reference: "not read here: both at once is neither a convolution nor a transposed one",
        },
        DialectRule {
            id: "MX5",
            statement: "what is cut beyond d(k − 1) is a multiple of the stride",
            reference: "MLX 0.32.4, mlx::core::conv_general: negative padding is taken off the input before it is dilated",
        },
        DialectRule {
            id: "MX6",
            statement: "the weight's channels must fit the input's channels and the groups",
            reference: "MLX 0.32.4, 'Expect the input channels in the input and weight array to match'",
        },
        DialectRule {
            id: "MX7",
            statement: "padding in brackets of its own is two lists, what goes in front and what goes behind",
            reference: "mlx.core.conv_general, parameter padding",
        },
    ],
    lower,
    propose,
    page: include_str!("../guide/dialects/mlx.md"),
};

/// What an operation's name says.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Operation {
    Transposed,
    General,
    Plain,
}

fn layouts(kind: Kind) -> Result<Layouts, Error> {
    Layouts::new("NSC", if kind == Kind::Tconv { "OSi" } else { "ISo" }, "NSC")
}

fn lower(call: &Call<'_>) -> Result<Lowered, Error> {
    let name = call.operation.to_ascii_lowercase();
    let operation = match () {
        () if name.contains("transpose") => Operation::Transposed,
        () if name.contains("conv_general") => Operation::General,
        () => Operation::Plain,
    };
    let mut words = Attributes::new(call.operation, call.attributes);
    let transposed = match operation {
        Operation::Transposed => true,
        Operation::General => words.has("input_dilation"),
        Operation::Plain => false,
    };
    let kind = if transposed { Kind::Tconv } else { Kind::Conv };
    let layouts = layouts(kind)?;
    let sizes = Sizes::read(call, &layouts, 1..=3)?;
    let rank = sizes.rank;
    let other = |n: &usize| *n != rank && name.contains(&format!("{n}d"));
    if !name.contains("conv") || (1..=9).any(|n| other(&n)) {
        return Err(refuse("MX1", format!("operation '{}' with {rank} spatial axes", shown(call.operation))));
    }
    let groups = words.integer("groups")?.unwrap_or(1);
    if groups != 1 && rank > 2 {
        return Err(refuse("MX2", format!("{groups} groups on {rank} axes")));
    }
    let ones = || vec![1; rank];
    let stride = words.integers("stride", rank, true)?.unwrap_or_else(ones);
    let dilation = if operation == Operation::General { "kernel_dilation" } else { "dilation" };
    let dilation = words.integers(dilation, rank, true)?.unwrap_or_else(ones);
    let (mut between, mut flip, mut output_padding) = (stride.clone(), true, vec![0; rank]);
    if operation == Operation::General {
        between = words.integers("input_dilation", rank, true)?.unwrap_or_else(ones);
        flip = words.flag("flip")?.unwrap_or(false);
        if let Some(n) = stride.iter().position(|s| *s != 1)
            && transposed
        {
            return Err(refuse("MX4", format!("stride {} on axis {n} with input_dilation {}", stride[n], between[n])));
        }
    } else if transposed {
        output_padding = words.integers("output_padding", rank, true)?.unwrap_or(output_padding);
    }
    let padding = padding(call, &mut words, rank, operation)?;
    words.finish()?;
    let mut axes = Vec::with_capacity(rank);
    for n in 0..rank {
        let (input, kernel) = (sizes.input[n], sizes.kernel[n]);
        let window = Window { stride: stride[n], dilation: dilation[n], padding: padding[n], ..Window::new(kernel) };
        let axis = if transposed {
            let full = dilation[n].saturating_mul(kernel.saturating_sub(1));
            let around = match operation {
                Operation::General => padding[n],
                _ => Padding {
                    begin: full.saturating_sub(padding[n].begin),
                    end: full.saturating_sub(padding[n].end).saturating_add(output_padding[n]),
                },
            };
            around_input(Window { stride: between[n], ..window }, input, around, n)
        } else {
            window.convolving(input)
        };
        axes.push(axis.map_err(|e| e.on_axis(n))?);
    }
    let spec = sizes.spec(kind, axes, groups, "MX6")?;
    // A convolution that does not flip is the definition's; the transposed one then has its taps rotated.
    let flipped = operation == Operation::General && flip != transposed;
    Ok(Lowered::new(spec, layouts, flipped))
}

/// The pads as they are said, symmetric but for `[[low…], [high…]]` of `conv_general`.
fn padding(
    call: &Call<'_>,
    words: &mut Attributes<'_>,
    rank: usize,
    operation: Operation,
) -> Result<Vec<Padding>, Error> {
    let nested = match call.attributes.get("padding") {
        Some(Value::Array(list)) if operation == Operation::General => list.iter().any(Value::is_array),
        _ => false,
    };
    if !nested {
        let both = words.integers("padding", rank, true)?.unwrap_or_else(|| vec![0; rank]);
        return Ok(both.into_iter().map(Padding::both).collect());
    }
    words.has("padding");
    let sides = call.attributes.get("padding").and_then(Value::as_array);
    let side = |value: &Value| -> Option<Vec<i64>> {
        let list = value.as_array()?.iter().map(Value::as_i64).collect::<Option<Vec<i64>>>()?;
        match list.len() {
            1 => Some(vec![list[0]; rank]),
            n => (n == rank).then_some(list),
        }
    };
    match sides.map(Vec::as_slice) {
        Some([low, high]) if side(low).is_some() && side(high).is_some() => {
            let (low, high) = (side(low).unwrap_or_default(), side(high).unwrap_or_default());
            Ok(low.into_iter().zip(high).map(|(begin, end)| Padding { begin, end }).collect())
        }
        _ => {
            Err(refuse("MX7", format!("padding of conv_general is not [[low…], [high…]], {rank} numbers or one each")))
        }
    }
}

/// The axis whose input gets these zeros around it, after the zeros in between.
fn around_input(window: Window, input: i64, around: Padding, n: usize) -> Result<Axis, Error> {
    // What is taken off the input itself.
    let (front, behind) = (around.begin.min(0).saturating_neg(), around.end.min(0).saturating_neg());
    if front.saturating_add(behind) > input {
        let message = format!("axis {n} loses {front} inputs in front and {behind} behind; it has {input}");
        return Err(refuse("MX3", message));
    }
    let full = window.dilation.saturating_mul(window.kernel.saturating_sub(1));
    let cut =
        |zeros: i64, taken: i64| full.saturating_sub(zeros.max(0)).saturating_add(window.stride.saturating_mul(taken));
    let (begin, end) = (cut(around.begin, front), cut(around.end, behind));
    let padding = Padding { begin, end: end.max(0) };
    Window { padding, ..window }.transposed(input, end.min(0).saturating_neg())
}

/// The zeros in front and behind that cut what this axis cuts, if there are any.
fn zeros(axis: &Axis) -> Option<(i64, i64)> {
    let full = axis.dilation() * (axis.kernel() - 1);
    let side = |cut: i64| match cut - full {
        beyond @ ..=0 => Some(-beyond),
        beyond => (beyond % axis.stride() == 0).then(|| -beyond / axis.stride()),
    };
    match (side(axis.padding().begin), side(end(axis))) {
        (Some(low), Some(high)) => Some((low, high)),
        // Nothing is reached: the whole input is taken away, and zeros are as long as the output.
        _ if axis.meetings() == 0 => Some((-axis.input(), full + axis.stride() - 1 + axis.output())),
        _ => None,
    }
}

fn propose(spec: &Spec, pads: Pads) -> Result<Vec<Words>, Error> {
    if pads != Pads::Explicit {
        return Ok(Vec::new());
    }
    let axes = spec.geometry.axes();
    if spec.kind == Kind::Conv {
        let of = |operation: &str| Words::of(&DIALECT, operation, spec, &layouts(Kind::Conv)?);
        let finished = |words: Words, dilation: &str| {
            words
                .with_unless("stride", 1, per_axis(spec, Axis::stride))
                .with_unless(dilation, 1, per_axis(spec, Axis::dilation))
                .with_number("groups", 1, spec.geometry.groups())
        };
        let low = per_axis(spec, |a| a.padding().begin);
        let sides = serde_json::json!([low, per_axis(spec, |a| a.padding().end)]);
        let plain = of(&format!("mlx.core.conv{}d", spec.geometry.rank()))?.with_unless("padding", 0, low);
        let general = of("mlx.core.conv_general")?.with("padding", sides);
        return Ok(vec![finished(plain, "dilation"), finished(general, "kernel_dilation")]);
    }
    let Some(around) = axes.iter().map(zeros).collect::<Option<Vec<_>>>() else {
        let message = format!("{spec} cuts beyond the kernel by no multiple of the stride");
        return Err(refuse("MX5", message));
    };
    let layouts = layouts(Kind::Tconv)?;
    let of = |operation: &str| Words::of(&DIALECT, operation, spec, &layouts);
    // low = d(k−1) − p, high = d(k−1) − p + a
    let p = axes.iter().zip(&around).map(|(axis, (low, _))| axis.dilation() * (axis.kernel() - 1) - low).collect();
    let a: Vec<i64> = around.iter().map(|(low, high)| high - low).collect();
    let mut all = Vec::new();
    if a.iter().all(|a| *a >= 0) {
        all.push(
            of(DIALECT.default_operation)?
                .with_unless("stride", 1, per_axis(spec, Axis::stride))
                .with_unless("padding", 0, p)
                .with_unless("output_padding", 0, a)
                .with_unless("dilation", 1, per_axis(spec, Axis::dilation))
                .with_number("groups", 1, spec.geometry.groups()),
        );
    }
    let (low, high): (Vec<i64>, Vec<i64>) = around.into_iter().unzip();
    all.push(
        of("mlx.core.conv_general")?
            .with("input_dilation", per_axis(spec, Axis::stride))
            .with_unless("kernel_dilation", 1, per_axis(spec, Axis::dilation))
            .with("padding", serde_json::json!([low, high]))
            .with("flip", true)
            .with_number("groups", 1, spec.geometry.groups()),
    );
    Ok(all)
}
