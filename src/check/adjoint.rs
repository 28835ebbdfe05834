//! `⟨Cy, x⟩ = ⟨y, Cᵀx⟩`: a convolution and its transpose against each other.

use std::fmt::Display;

use num_bigint::BigInt;

use super::closure::{Shaped, of_type, reply};
use super::report::{Failed, Passed};
use crate::data::Array;
use crate::geometry::{Geometry, Kind};
use crate::scalar::{Rational, show_rational};
use crate::subject::{Profile, Reply, Size, dense_operands, panel};
use crate::verify::{Element, Summary};

/// Checks that two closures are adjoint on every geometry of a profile: `convolution` takes
/// `y [n, C_out, o…]` to `[n, C_in, i…]`, `transposed` takes `x [n, C_in, i…]` to `[n, C_out, o…]`, both with
/// the same weight. Integers whose sums are exact in the type: equality is demanded.
///
/// Two wrong closures can be adjoint: this holds one against the other and neither against the truth.
///
/// # Errors
/// [`Failed`] with the smallest geometry of the panel on which the two products differ, or on which
/// one of the closures fails.
pub fn check_adjoint<T: Element, E: Display, F: Display>(
    profile: &Profile,
    mut convolution: impl FnMut(&Geometry, &[T], &[T]) -> Result<Shaped<T>, E>,
    mut transposed: impl FnMut(&Geometry, &[T], &[T]) -> Result<Shaped<T>, F>,
) -> Result<Passed, Failed> {
    let own = of_type::<T>(profile, Kind::Tconv)?;
    let (mut summary, mut first) = (Summary::default(), None);
    for entry in panel(&own, Size::Ci, None, 1)? {
        let g = &entry.spec.geometry;
        let [x, w, y] = dense_operands(&entry.spec, own.elements[0])?;
        let (Some(xs), Some(ws), Some(ys)) = (T::slice(&x), T::slice(&w), T::slice(&y)) else { continue };
        summary.cases += 1;
        let forward = product(reply(|| convolution(g, ys, ws)), &x);
        let backward = product(reply(|| transposed(g, xs, ws)), &y);
        let said = match (forward, backward) {
            (Ok(a), Ok(b)) if a == b => {
                summary.same += 1;
                summary.exact += 1;
                continue;
            }
            (Ok(a), Ok(b)) => format!("⟨Cy, x⟩ = {}, ⟨y, Cᵀx⟩ = {}", show_rational(&a), show_rational(&b)),
            (Err(said), _) => format!("the convolution: {said}"),
            (_, Err(said)) => format!("the transposed convolution: {said}"),
        };
        summary.differs += 1;
        let size = (g.rank(), g.products());
        if first.as_ref().is_none_or(|(known, _)| size < *known) {
            first = Some((size, format!("{}: {said}", entry.spec)));
        }
    }
    match first {
        None if summary.cases > 0 => Ok(Passed { summary, entries_read: 0, not_seen: Vec::new() }),
        None => Err(Failed::of_text("nothing was asked: no geometry of the panel lies within the profile".to_owned())),
        Some((_, said)) => Err(Failed::of_text(format!(
            "not adjoint on {} of {} geometries, the smallest {said}",
            summary.differs, summary.cases
        ))),
    }
}

/// The inner product of a result and an array.
fn product(reply: Reply, with: &Array) -> Result<Rational, String> {
    let result = match reply {
        Reply::Result(result) => result,
        Reply::Refused(said) => return Err(format!("refused: {said}")),
        Reply::Failed(_, said) | Reply::Unanswered(said) => return Err(said),
    };
    if result.shape() != with.shape() {
        return Err(format!("the result has the shape {:?}; {:?} is right", result.shape(), with.shape()));
    }
    let mut sum = Rational::from_integer(BigInt::from(0));
    for n in 0..result.len() {
        let (Some(a), Some(b)) = (result.dyadic(n), with.dyadic(n)) else {
            return Err("the result holds NaN or infinity".to_owned());
        };
        sum += a.to_rational() * b.to_rational();
    }
    Ok(sum)
}
