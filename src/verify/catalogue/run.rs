//! Mistakes that arrays of one call do not show: they are recognised by how a run goes.

use super::Hypothesis;

/// A record without numbers.
const fn of_run(
    id: &'static str,
    statement: &'static str,
    symptom: &'static str,
    reference: &'static str,
) -> Hypothesis {
    Hypothesis { id, statement, symptom, reference, plain: None, variants: None }
}

pub(super) const LOWER_PRECISION: Hypothesis = of_run(
    crate::verify::diagnosis::LOWER_PRECISION,
    "inputs, or else sums, are rounded to a narrower type than declared",
    "errors beyond the declared bound, and within that of TF32, bf16 or f16, in more than a few cells",
    "pytorch#183581; torch-xpu-ops#4895",
);
pub(super) const UNINITIALISED: Hypothesis = of_run(
    "uninitialised-output",
    "outputs that no product reaches hold what was in memory",
    "cells without a tap differ from call to call, or on memory filled before; needs s > d(k−1)+1 or output padding",
    "Theano#4220",
);
pub(super) const OUT_OF_RANGE_READ: Hypothesis = of_run(
    "output-padding-out-of-range-read",
    "the rows of the output padding are computed from beyond the input",
    "the last rows differ from call to call, or are not finite; the others are right",
    "tvm#6236; #19524",
);
pub(super) const FAILED: Hypothesis = of_run(
    "failed",
    "the implementation says that it failed on valid input",
    "an answer without a result that is no refusal",
    "-",
);
pub(super) const ARGUMENT_UNBOUND: Hypothesis = of_run(
    "argument-unbound",
    "an argument does not reach the kernel on one device",
    "as output-padding-ignored or stride-ignored, on one device and not on another",
    "AiDotNet.Tensors#644",
);
pub(super) const INDEX_OVERFLOW: Hypothesis = of_run(
    "index-overflow-32",
    "indices are computed in 32 bits",
    "wrong cells or a crash from 2^31 elements on: ask with a large size",
    "pytorch#38970; #39198; #144611; Paddle#78624; MIOpen#3099; tensorflow#112774",
);
pub(super) const NON_CONTIGUOUS: Hypothesis = of_run(
    "non-contiguous-operand",
    "an operand with other strides is read as if it lay in order",
    "right on contiguous operands, wrong on the same numbers in Fortran order or as a transposed view",
    "pytorch#3735; #3894; llama.cpp#15956; pytorch#197114",
);
pub(super) const SHAPE_DISAGREES: Hypothesis = of_run(
    "shape-kernel-disagree",
    "the declared shape is not that of the result",
    "the shape that is announced before the call is not that of the array that comes",
    "pytorch#98129; torch-mlir#2026",
);
pub(super) const INVALID_ACCEPTED: Hypothesis = of_run(
    "invalid-accepted",
    "invalid input is accepted",
    "a result for output padding ≥ max(s, d), a size ≤ 0, or a weight of the wrong size",
    "pytorch#169236; #88647; XNNPACK#11158; #11118; pytorch#194017",
);
pub(super) const VALID_REFUSED: Hypothesis = of_run(
    "valid-refused",
    "valid input is refused",
    "an error for a geometry that the declared rules allow",
    "ComputeLibrary#1019; pytorch#65661",
);
pub(super) const NOT_BILINEAR: Hypothesis = of_run(
    "not-bilinear",
    "the result is not linear in the input or not linear in the weight",
    "the result for a sum is not the sum of the results, on data where every order of summation is exact",
    "-",
);
pub(super) const RUN_DEPENDENT: Hypothesis = of_run(
    "run-dependent",
    "the same call gives other numbers",
    "two answers to one request differ, on data where every order of summation is exact",
    "-",
);
pub(super) const NOT_FINITE: Hypothesis = of_run(
    "not-finite",
    "the result holds NaN or infinity where the exact one is finite",
    "a cell is NaN or infinite though all operands are finite and the sum fits its type",
    "-",
);
pub(super) const WRONG_TYPE: Hypothesis = of_run(
    "wrong-type",
    "the result is of another element type than declared",
    "the array that comes has another type than the call promises",
    "-",
);
pub(super) const CRASHED: Hypothesis =
    of_run("crashed", "the implementation ends", "it panics, exits or is ended by a signal before it answers", "-");
pub(super) const TIMED_OUT: Hypothesis =
    of_run("timed-out", "the implementation does not answer in time", "no answer before the time limit", "-");
pub(super) const BAD_ANSWER: Hypothesis = of_run(
    "bad-answer",
    "what is answered cannot be read",
    "no answer of the agreed form, or an array that cannot be read",
    "-",
);
