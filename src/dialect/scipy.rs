//! SciPy: `scipy.signal.upfirdn(h, x, up, down=1)`, a transposed convolution of one signal.
//!
//! | word | means |
//! |---|---|
//! | `up` | `s`: `up − 1` zeros go between the samples before the filter |
//! | `down` | 1: a larger one would drop outputs afterwards |
//!
//! `out = (in−1)s + k`: upsampling and then a full convolution with `h` places `h` at every `s`-th
//! position. x, h (the weight) and y are `S`: one axis, no batch, no channels; no flip. Example:
//! `up=2`, x `[1, 10]`, h `[1, 2, 3]`: y = `[1, 2, 3+10, 20, 30]`. Measured against version 1.17.1.

use super::sizes::{end, per_axis};
use super::{Attributes, Call, Dialect, DialectRule, Form, Lowered, Pads, Sizes, Word, Words, refuse, shown};
use crate::error::Error;
use crate::geometry::{Axis, Kind, Spec, Window};
use crate::layout::Layouts;

pub(super) static DIALECT: Dialect = Dialect {
    name: "scipy",
    frameworks: &[],
    default_operation: "scipy.signal.upfirdn",
    evidence: "measured against version 1.17.1; no recorded outputs are kept here",
    words: &[Word::new("up", Form::Number, "s"), Word::new("down", Form::Number, "must be 1: no output is dropped")],
    rules: &[
        DialectRule { id: "SP1", statement: "the operation is upfirdn", reference: "scipy.signal.upfirdn" },
        DialectRule {
            id: "SP2",
            statement: "down is 1; a larger one drops outputs, which is no transposed convolution",
            reference: "scipy.signal.upfirdn, parameter down",
        },
        DialectRule {
            id: "SP3",
            statement: "there is one signal of one axis: no batch, channels or groups",
            reference: "scipy.signal.upfirdn, parameters h and x",
        },
        DialectRule {
            id: "SP4",
            statement: "there is neither padding nor dilation: all (in − 1)·up + len(h) outputs are there",
            reference: "scipy.signal.upfirdn, returns",
        },
    ],
    lower,
    propose,
    page: include_str!("../guide/dialects/scipy.md"),
};

fn layouts() -> Result<Layouts, Error> {
    Layouts::new("S", "S", "S")
}

fn lower(call: &Call<'_>) -> Result<Lowered, Error> {
    if !call.operation.contains("upfirdn") {
        return Err(refuse("SP1", format!("operation '{}'; expected upfirdn", shown(call.operation))));
    }
    let layouts = layouts()?;
    let sizes = Sizes::read(call, &layouts, 1..=1)?;
    let mut words = Attributes::new(call.operation, call.attributes);
    let up = words.integer("up")?.unwrap_or(1);
    let down = words.integer("down")?.unwrap_or(1);
    words.finish()?;
    if down != 1 {
        return Err(refuse("SP2", format!("down {down}; 1 is read here, then drop outputs")));
    }
    let axis = Window { stride: up, ..Window::new(sizes.kernel[0]) }.transposed(sizes.input[0], 0)?;
    let spec = sizes.spec(Kind::Tconv, vec![axis], 1, "SP3")?;
    Ok(Lowered::new(spec, layouts, false))
}

fn propose(spec: &Spec, pads: Pads) -> Result<Vec<Words>, Error> {
    let g = &spec.geometry;
    if spec.kind == Kind::Conv {
        return Err(refuse("SP1", format!("{spec} is a convolution; upfirdn places the filter at every sample")));
    }
    if (g.rank(), g.batch(), g.in_channels(), g.out_channels()) != (1, 1, 1, 1) {
        let (rank, batch, c) = (g.rank(), g.batch(), (g.in_channels(), g.out_channels()));
        let message = format!("{rank} axes, {batch} samples, channels {}:{}; there is one signal here", c.0, c.1);
        return Err(refuse("SP3", message));
    }
    let axis = &g.axes()[0];
    let (begin, end) = (axis.padding().begin, end(axis));
    if (begin, end) != (0, 0) || (axis.dilation() > 1 && axis.kernel() > 1) {
        let message = format!("dilation {}, {begin} cut in front and {end} behind; there is none", axis.dilation());
        return Err(refuse("SP4", message));
    }
    if pads != Pads::Explicit {
        return Ok(Vec::new());
    }
    let words = Words::of(&DIALECT, DIALECT.default_operation, spec, &layouts()?)?;
    Ok(vec![words.with_number("up", 1, per_axis(spec, Axis::stride)[0])])
}
