//! How large the probes of a plan are, before any is made: a plan may come from another's file.

use crate::geometry::{Kind, Spec};
use crate::subject::Plan;
use crate::subject::readout::{MAX_READ, MAX_TAPS};
use crate::verify::Role;

/// Cells of all arrays of a plan, together: 1 GiB of binary32.
pub(super) const MAX_CELLS: u64 = 1 << 28;

/// No fewer cells than the probes of a plan have.
pub(super) fn cells(plan: &Plan) -> u128 {
    let elements = plan.profile.elements.len() as u128;
    let of_role = |role: Role| {
        plan.entries.iter().map(|entry| of(&entry.spec, role)).fold(0, u128::saturating_add).saturating_mul(elements)
    };
    plan.profile.roles.iter().map(|role| of_role(*role)).fold(0, u128::saturating_add)
}

fn of(spec: &Spec, role: Role) -> u128 {
    let product = |shape: &[usize]| shape.iter().fold(1u128, |all, &length| all.saturating_mul(length as u128));
    let (input, result) = (spec.input_shape(), spec.output_shape());
    let weight = product(&spec.geometry.weight_shape());
    let (inputs, results) = (product(&input), product(&result));
    let (one_input, one_result) = (product(&input[1..]), product(&result[1..]));
    let (cols, rows) = if role == Role::Forward { (one_input, one_result) } else { (one_result, one_input) };
    let reading = match role {
        Role::Forward | Role::InputGradient if rows.saturating_mul(cols) <= MAX_READ as u128 => {
            // Both labellings: the identity and the weight, or a column and the weight each time.
            cols.saturating_mul(cols.saturating_add(weight)).saturating_mul(2)
        }
        Role::Forward | Role::InputGradient => cols.saturating_add(weight).saturating_mul(MAX_TAPS as u128),
        Role::WeightGradient => {
            let channels = product(&input[2..]);
            // One channel for each input cell and group, where that is no more than is read at once.
            let wide = match spec.kind {
                Kind::Tconv => channels.saturating_mul(one_input).saturating_add(one_result),
                Kind::Conv => channels.saturating_mul(one_input.saturating_add(one_result)),
            };
            wide.min(2 * MAX_READ as u128)
        }
        Role::BiasGradient => 0,
    };
    // Dense, single, zero and full mantissas; the first has two samples.
    let dense = inputs.saturating_add(results).saturating_add(weight).saturating_mul(5);
    reading.saturating_add(dense)
}
