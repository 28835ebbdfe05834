//! Sums of bytes that are kept in 16 bits.

use super::nest::{Narrow, Nest, Summing};
use super::{Hypothesis, Problem};
use crate::evaluate::Terms;
use crate::verify::operand::Operand;

pub(super) const NARROW: Hypothesis = Hypothesis {
    id: "narrow-accumulator",
    statement: "sums of bytes are kept in 16 bits",
    symptom: "cells beyond 32,767 wrap or stop there, the others are right; needs three products of about 127·127",
    reference: "_mm256_maddubs_epi16 (Intel Intrinsics Guide): saturates sums of two products to 16 bits",
    plain: None,
    variants: Some(|v| {
        if !can_overflow(&v.problem) {
            return;
        }
        let has_bias = v.problem.operands.bias.is_some();
        let mut with = |number, says: &str, narrow| {
            let says = format!("sums of bytes are kept in 16 bits: {says}");
            v.products(number, says, move |p| Nest {
                sums: Summing { narrow: Some(narrow), factor: None },
                ..Nest::right(p)
            });
        };
        with(0, "they wrap", Narrow::Wraps { with_bias: false });
        with(2, "they saturate at the end", Narrow::Saturates { with_bias: false });
        if has_bias {
            with(1, "they wrap, with the bias", Narrow::Wraps { with_bias: true });
            with(3, "they saturate at the end, with the bias", Narrow::Saturates { with_bias: true });
        }
        let each = |channels_last, descending| Narrow::EachSaturates { channels_last, descending };
        with(4, "each saturates, channel by channel", each(false, false));
        with(5, "each saturates, channel by channel, positions backwards", each(false, true));
        with(6, "each saturates, position by position", each(true, false));
        with(7, "each saturates, position by position, backwards", each(true, true));
    }),
};

/// Whether the operands are bytes whose sums may exceed 16 bits.
fn can_overflow(problem: &Problem<'_>) -> bool {
    let operands = problem.operands;
    let Some(second) = operands.second.as_ref() else { return false };
    let size = |o: &Operand| o.scaled.largest() << o.scaled.exponent.unsigned_abs();
    if problem.integer_scale().is_none() {
        return false;
    }
    let (a, b) = (size(&operands.first), size(second));
    let Some(target) = problem.role.target(problem.spec.kind) else { return false };
    let terms = Terms::new(&problem.spec.geometry, target).most();
    let byte = |n: &num_bigint::BigInt| *n <= 255.into();
    byte(&a) && byte(&b) && a * b * terms > i16::MAX.into()
}
