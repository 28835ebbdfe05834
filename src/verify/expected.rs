//! For a maintainer's own tests: the exact result of a geometry, to hold a kernel against.

use std::sync::Arc;

use super::judgement::Judgement;
use super::map::{Map, Operands};
use super::operand::Operand;
use super::question::Question;
use super::rounding::Arithmetic;
use super::truth::{Role, Truth};
use crate::data::{Array, Values};
use crate::error::{Error, NumberError, RequestError};
use crate::geometry::{Geometry, Kind, Spec};
use crate::scalar::{Rational, show_rational};

/// An element type of kernels: finite values are exact dyadic numbers.
///
/// ```
/// use convproof::{scalar::parse_rational, verify::Element};
/// let quarter = parse_rational("0.25").unwrap();
/// assert_eq!((f32::exactly(&quarter), i8::exactly(&quarter)), (Some(0.25), None));
/// ```
pub trait Element: Copy {
    /// The elements as an array.
    ///
    /// # Errors
    /// Q2 if the shape has another number of cells, F4 for an odd `u64` from 2^63 on.
    fn array(shape: Vec<usize>, values: &[Self]) -> Result<Array, Error>;
    /// The element that is exactly this number, if there is one.
    fn exactly(value: &Rational) -> Option<Self>;
    /// The elements of an array of this type.
    fn slice(array: &Array) -> Option<&[Self]>;
    /// `f32`, `i8` …
    const NAME: &'static str;
}

macro_rules! element {
    ($($type:ty, $values:ident, $name:literal, |$value:ident| $exactly:expr;)*) => {$(
        impl Element for $type {
            fn array(shape: Vec<usize>, values: &[Self]) -> Result<Array, Error> {
                Array::new(shape, Values::$values(values.to_vec()))
            }
            fn exactly($value: &Rational) -> Option<Self> {
                $exactly
            }
            fn slice(array: &Array) -> Option<&[Self]> {
                match array.values() {
                    Values::$values(all) => Some(all),
                    _ => None,
                }
            }
            const NAME: &'static str = $name;
        }
    )*};
}

element! {
    f64, F64, "f64", |value| nearest(value);
    f32, F32, "f32", |value| nearest(value).and_then(|n| exact_narrow(n, half_free_f32(n)));
    half::f16, F16, "f16", |value| nearest(value).and_then(|n| exact_narrow(n, half::f16::from_f64(n)));
    half::bf16, Bf16, "bf16", |value| nearest(value).and_then(|n| exact_narrow(n, half::bf16::from_f64(n)));
    i8, I8, "i8", |value| integer(value);
    i16, I16, "i16", |value| integer(value);
    i32, I32, "i32", |value| integer(value);
    i64, I64, "i64", |value| integer(value);
    u8, U8, "u8", |value| integer(value);
    u16, U16, "u16", |value| integer(value);
    u32, U32, "u32", |value| integer(value);
    u64, U64, "u64", |value| integer(value);
}

fn integer<T: TryFrom<num_bigint::BigInt>>(value: &Rational) -> Option<T> {
    value.is_integer().then(|| value.to_integer()).and_then(|n| T::try_from(n).ok())
}

/// The `f64` that is exactly this number.
fn nearest(value: &Rational) -> Option<f64> {
    use num_traits::ToPrimitive;
    let near = value.to_f64()?;
    (crate::scalar::rational_from_f64(near).ok()? == *value).then_some(near)
}

#[allow(clippy::cast_possible_truncation)] // the caller compares the result with the original
fn half_free_f32(value: f64) -> f32 {
    value as f32
}

fn exact_narrow<T: Copy + Into<f64>>(wide: f64, narrow: T) -> Option<T> {
    (narrow.into() == wide).then_some(narrow)
}

/// The exact transposed convolution of two slices, to hold a kernel's result against.
#[derive(Debug, Clone)]
pub struct Expected {
    geometry: Geometry,
    x: Array,
    w: Array,
    truth: Truth,
}

/// The exact `y = Cᵀx` of a geometry: `x [n, C_in, i…]`, `w [C_in, C_out/groups, k…]`, row-major.
///
/// Cost: one product per entry of `C`, and one more in each judgement of data that rounding touches.
///
/// # Errors
/// Q2 for slices of another length, N4 for values that are not finite, F4 for an odd `u64` from
/// 2^63 on.
///
/// ```
/// use convproof::{Spec, verify::expected};
/// let geometry = "tconv i2 k3 s2".parse::<Spec>().unwrap().geometry;
/// let expected = expected(&geometry, &[1.0f32, 10.0], &[1.0, 2.0, 3.0]).unwrap();
/// assert_eq!(expected.values::<f32>().unwrap(), [1.0, 2.0, 13.0, 20.0, 30.0]);
/// let verdict = expected.judge(&[1.0f32, 2.0, 13.0, 20.0, 31.0]).unwrap();
/// assert!(!verdict.is_same());
/// ```
pub fn expected<T: Element>(geometry: &Geometry, x: &[T], w: &[T]) -> Result<Expected, Error> {
    let operand = |what: &'static str, shape: Vec<usize>, values: &[T]| {
        let cells = crate::tensor::cells(&shape).unwrap_or(usize::MAX);
        if cells != values.len() {
            return Err(RequestError::Length { what, expected: cells, got: values.len(), shape }.into());
        }
        T::array(shape, values)
    };
    let (x, w) = (operand("x", geometry.input_shape(), x)?, operand("w", geometry.weight_shape(), w)?);
    Expected::of(geometry, x, w)
}

impl Expected {
    fn of(geometry: &Geometry, x: Array, w: Array) -> Result<Expected, Error> {
        let exact = |array: &Array, name: &'static str| match (0..array.len()).all(|n| array.dyadic(n).is_some()) {
            true => Ok(Arc::new(Operand::of(array, |value| value))),
            false => Err(Error::from(NumberError::NotFinite { got: format!("a value in {name}") })),
        };
        let operands = Operands { first: exact(&x, "x")?, second: Some(exact(&w, "w")?), bias: None };
        let spec = Spec { kind: Kind::Tconv, geometry: geometry.clone() };
        let truth = Map::new(&spec, Role::Forward, &operands).truth(None)?;
        Ok(Expected { geometry: geometry.clone(), x, w, truth })
    }

    /// `[n, C_out, o…]`.
    pub fn shape(&self) -> &[usize] {
        &self.truth.shape
    }

    /// The exact value of a cell.
    ///
    /// # Panics
    /// If there is no such cell.
    pub fn exact(&self, cell: usize) -> Rational {
        self.truth.exact(cell)
    }

    /// All values as elements.
    ///
    /// # Errors
    /// N5 at the first value that the type does not hold exactly; [`Expected::judge`] has no such limit.
    pub fn values<T: Element>(&self) -> Result<Vec<T>, Error> {
        (0..self.truth.cells())
            .map(|cell| {
                let value = self.truth.exact(cell);
                T::exactly(&value).ok_or_else(|| {
                    NumberError::NotRepresentable { value: show_rational(&value), element: T::NAME }.into()
                })
            })
            .collect()
    }

    /// Judges a kernel's result: equality where the data make every order of summation exact,
    /// else the a-priori bound of the element types. No tolerance to choose.
    ///
    /// # Errors
    /// Q2 for a result of another length.
    pub fn judge<T: Element>(&self, y: &[T]) -> Result<Judgement, Error> {
        self.judge_under(y, None)
    }

    /// As [`Expected::judge`], under a declared arithmetic.
    ///
    /// # Errors
    /// Q2 for a result of another length.
    pub fn judge_under<T: Element>(&self, y: &[T], arithmetic: Option<Arithmetic>) -> Result<Judgement, Error> {
        let shape = self.truth.shape.clone();
        if self.truth.cells() != y.len() {
            let expected = self.truth.cells();
            return Err(RequestError::Length { what: "y", expected, got: y.len(), shape }.into());
        }
        self.judge_array(T::array(shape, y)?, arithmetic)
    }

    fn judge_array(&self, y: Array, arithmetic: Option<Arithmetic>) -> Result<Judgement, Error> {
        let spec = Spec { kind: Kind::Tconv, geometry: self.geometry.clone() };
        let question = Question { arithmetic, ..Question::forward(spec, self.x.clone(), self.w.clone(), None, y) };
        question.judge_against(&self.truth)
    }
}
