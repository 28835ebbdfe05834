//! Closures as subjects. Panics are caught; a panic on invalid input is a refusal.

use std::fmt::Display;
use std::panic::{AssertUnwindSafe, catch_unwind};

use super::report::{Failed, Passed, of};
use crate::data::Array;
use crate::error::Error;
use crate::geometry::{Geometry, Kind};
use crate::subject::{Failure, Plan, Profile, Reply, Request, Size, Subject, panel, run};
use crate::tensor::cells;
use crate::verify::{Element, Role};

/// A result: shape `[n, c, …]` and values, row-major.
pub type Shaped<T> = (Vec<usize>, Vec<T>);

/// The seed of the random geometries behind the designed ones.
const SEED: u64 = 1;

/// Asks a transposed convolution with the panel of a profile: geometry, `x [n, C_in, i…]`,
/// `w [C_in, C_out/groups, k…]` to `y [n, C_out, o…]`.
///
/// Operands are of the closure's type whatever the profile says; there is no bias.
///
/// # Errors
/// [`Failed`] with the findings.
pub fn check<T: Element, U: Element, E: Display>(
    profile: &Profile,
    kernel: impl FnMut(&Geometry, &[T], &[T]) -> Result<Shaped<U>, E>,
) -> Result<Passed, Failed> {
    check_kind(Kind::Tconv, profile, kernel)
}

/// As [`check`], for either operation. Of a convolution, `x` has the geometry's output lengths and
/// channels, and the result its input lengths and channels.
///
/// # Errors
/// [`Failed`] with the findings.
pub fn check_kind<T: Element, U: Element, E: Display>(
    kind: Kind,
    profile: &Profile,
    mut kernel: impl FnMut(&Geometry, &[T], &[T]) -> Result<Shaped<U>, E>,
) -> Result<Passed, Failed> {
    let mut own = of_type::<T>(profile, kind)?;
    (own.roles, own.bias) = (vec![Role::Forward], false);
    let mut answer = |request: &Request| {
        let (Some(x), Some(w)) = (slice::<T>(&request.x), slice::<T>(&request.w)) else { return unasked() };
        reply(|| kernel(&request.spec.geometry, x, w))
    };
    asked("the closure", &own, &mut answer)
}

/// What a backward pass gives: the gradients of input, weight and bias.
#[derive(Debug, Clone, PartialEq)]
#[allow(clippy::exhaustive_structs)] // the three gradients
pub struct Backward<T> {
    /// Of `x`, with its shape.
    pub x: Shaped<T>,
    /// Of `w`, with its shape.
    pub w: Shaped<T>,
    /// Of the bias, where there is one.
    pub b: Option<Vec<T>>,
}

/// Asks a backward pass: geometry, `x`, `w` and the upstream gradient `g` of the result's shape.
///
/// # Errors
/// [`Failed`] with the findings.
pub fn check_backward<T: Element, E: Display>(
    kind: Kind,
    profile: &Profile,
    mut kernel: impl FnMut(&Geometry, &[T], &[T], &[T]) -> Result<Backward<T>, E>,
) -> Result<Passed, Failed> {
    let mut own = of_type::<T>(profile, kind)?;
    own.roles = vec![Role::InputGradient, Role::WeightGradient];
    if own.bias {
        own.roles.push(Role::BiasGradient);
    }
    let mut answer = |request: &Request| {
        let spec = &request.spec;
        let shapes = [spec.input_shape(), spec.geometry.weight_shape(), spec.output_shape()];
        // What the role does not need is 0: a gradient must not depend on it.
        let [x, w, g] = [(&request.x, 0), (&request.w, 1), (&request.g, 2)].map(|(array, n)| match slice::<T>(array) {
            Some(slice) => Some(slice.to_vec()),
            None => T::exactly(&crate::scalar::Rational::from_integer(0.into()))
                .map(|zero| vec![zero; cells(&shapes[n]).unwrap_or(0)]),
        });
        let (Some(x), Some(w), Some(g)) = (x, w, g) else { return unasked() };
        let role = request.role;
        reply(|| {
            kernel(&spec.geometry, &x, &w, &g).map(|all| match (role, all.b) {
                (Role::InputGradient, _) => all.x,
                (Role::WeightGradient, _) => all.w,
                (_, b) => b.map_or((vec![0], Vec::new()), |b| (vec![b.len()], b)),
            })
        })
    };
    asked("the backward pass", &own, &mut answer)
}

/// A profile for closures of one type and operation.
pub(super) fn of_type<T: Element>(profile: &Profile, kind: Kind) -> Result<Profile, Error> {
    let mut own = profile.clone();
    (own.kinds, own.elements) = (vec![kind], vec![T::NAME.parse()?]);
    Ok(own)
}

fn asked(name: &str, profile: &Profile, answer: &mut dyn FnMut(&Request) -> Reply) -> Result<Passed, Failed> {
    let plan = Plan::new(profile.clone(), panel(profile, Size::Ci, None, SEED)?);
    let mut subject = Closure { name: name.to_owned(), answer };
    of(run(&mut subject, &plan, &mut |_| ())?)
}

/// A closure that answers requests.
struct Closure<'a> {
    name: String,
    answer: &'a mut dyn FnMut(&Request) -> Reply,
}

impl Subject for Closure<'_> {
    fn name(&self) -> String {
        self.name.clone()
    }

    fn words(&self, request: &Request) -> Option<String> {
        Some(request.spec.to_string())
    }

    fn answer(&mut self, request: &Request) -> Reply {
        (self.answer)(request)
    }
}

pub(super) fn slice<T: Element>(array: &Option<Array>) -> Option<&[T]> {
    array.as_ref().and_then(T::slice)
}

fn unasked() -> Reply {
    Reply::Refused("this role has no such operands".to_owned())
}

/// Calls a kernel and takes what it gives, or how it fails.
pub(super) fn reply<U: Element, E: Display>(kernel: impl FnOnce() -> Result<Shaped<U>, E>) -> Reply {
    match catch_unwind(AssertUnwindSafe(kernel)) {
        Ok(Ok((shape, values))) => match U::array(shape, &values) {
            Ok(array) => Reply::Result(array),
            Err(error) => Reply::Failed(Failure::Disagrees, format!("its shape and its values do not fit: {error}")),
        },
        Ok(Err(refused)) => Reply::Refused(refused.to_string()),
        Err(panic) => {
            let said = panic.downcast_ref::<&str>().map(|s| (*s).to_owned());
            let said = said.or_else(|| panic.downcast_ref::<String>().cloned()).unwrap_or_default();
            Reply::Failed(Failure::Panicked, format!("panicked: {said}"))
        }
    }
}
