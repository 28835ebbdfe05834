//! An array as a file holds it: a shape, and elements of one of thirteen types.

use std::ops::Range;

use half::{bf16, f16};

use super::element::{ElementType, unsupported};
use super::values::{ByteOrder, Values, each_kept};
use crate::error::{DataError, Error, NumberError, RequestError};
use crate::scalar::{Dyadic, Rational, dyadic_from_f64, show_rational};
use crate::tensor::{Tensor, cells, unflatten};

/// One element, widened without loss.
enum Cell {
    Float(f64),
    Signed(i64),
    Unsigned(u64),
}

/// A shape and its elements, row-major: what every reader of this room returns.
///
/// ```
/// use convproof::data::{Array, Values};
/// let a = Array::new(vec![2], Values::F32(vec![0.375, f32::NAN]))?;
/// assert_eq!((a.show(0), a.show(1)), ("3/8".to_owned(), "NaN".to_owned()));
/// assert_eq!(a.to_rationals().unwrap_err().to_string(), "[1]: N4: NaN is not a rational number; values must be finite");
/// # Ok::<(), convproof::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct Array {
    shape: Vec<usize>,
    values: Values,
}

impl Array {
    /// The array with these elements, row-major.
    ///
    /// # Errors
    /// Q2 if the number of elements is not the product of the shape; F4 for an odd `uint64` from
    /// 2^63 on, which is no [`Dyadic`].
    pub fn new(shape: Vec<usize>, values: Values) -> Result<Self, Error> {
        if cells(&shape) != Some(values.len()) {
            let expected = cells(&shape).unwrap_or(usize::MAX);
            return Err(RequestError::Length { what: "the array", expected, got: values.len(), shape }.into());
        }
        if let Values::U64(v) = &values
            && let Some(value) = v.iter().find(|&&value| unsigned(value).is_none())
        {
            return Err(unsupported(&format!("uint64 with the value {value}, odd and beyond 2^63")));
        }
        Ok(Array { shape, values })
    }

    /// The array whose bytes these are, row-major; `what` names it in the message.
    ///
    /// # Errors
    /// F3 if shape and type need another number of bytes, F2 and F4 about the elements.
    pub(super) fn from_bytes(
        what: &str,
        element: ElementType,
        shape: Vec<usize>,
        bytes: &[u8],
        order: ByteOrder,
    ) -> Result<Self, Error> {
        let declared = element.bytes(&shape);
        if declared != bytes.len() as u128 {
            return Err(DataError::Size { what: what.to_owned(), declared, limit: bytes.len() as u64 }.into());
        }
        Array::new(shape, Values::decode(element, bytes, order)?)
    }

    /// The array whose little-endian bytes these are, row-major.
    ///
    /// # Errors
    /// As [`Array::from_bytes`].
    #[cfg(feature = "subject")]
    pub(crate) fn of_le_bytes(element: ElementType, shape: Vec<usize>, bytes: &[u8]) -> Result<Self, Error> {
        Array::from_bytes(&format!("{element} {shape:?}"), element, shape, bytes, ByteOrder::Little)
    }

    /// The type of the elements.
    pub fn element_type(&self) -> ElementType {
        self.values.element_type()
    }

    /// Lengths of the axes, outermost first.
    pub fn shape(&self) -> &[usize] {
        &self.shape
    }

    /// The elements, row-major.
    pub fn values(&self) -> &Values {
        &self.values
    }

    /// Number of elements.
    pub fn len(&self) -> usize {
        self.values.len()
    }

    /// Whether there is no element.
    pub fn is_empty(&self) -> bool {
        self.values.is_empty()
    }

    fn cell(&self, index: usize) -> Cell {
        match &self.values {
            Values::F16(v) => Cell::Float(v[index].into()),
            Values::Bf16(v) => Cell::Float(v[index].into()),
            Values::F32(v) => Cell::Float(v[index].into()),
            Values::F64(v) => Cell::Float(v[index]),
            Values::I8(v) => Cell::Signed(v[index].into()),
            Values::I16(v) => Cell::Signed(v[index].into()),
            Values::I32(v) => Cell::Signed(v[index].into()),
            Values::I64(v) => Cell::Signed(v[index]),
            Values::U8(v) => Cell::Unsigned(v[index].into()),
            Values::U16(v) => Cell::Unsigned(v[index].into()),
            Values::U32(v) => Cell::Unsigned(v[index].into()),
            Values::U64(v) => Cell::Unsigned(v[index]),
            Values::Bool(v) => Cell::Unsigned(v[index].into()),
        }
    }

    /// The exact value of an element; none for NaN and the infinities.
    ///
    /// # Panics
    /// If there are not more than `index` elements.
    pub fn dyadic(&self, index: usize) -> Option<Dyadic> {
        match self.cell(index) {
            Cell::Float(value) => dyadic_from_f64(value),
            Cell::Signed(value) => Some(Dyadic::new(value, 0)),
            Cell::Unsigned(value) => unsigned(value),
        }
    }

    /// An element in exact form: `-1/3`, or `NaN`, `inf`, `-inf`.
    ///
    /// # Panics
    /// If there are not more than `index` elements.
    pub fn show(&self, index: usize) -> String {
        match self.cell(index) {
            Cell::Float(value) => match dyadic_from_f64(value) {
                Some(dyadic) => show_rational(&dyadic.to_rational()),
                None => value.to_string(),
            },
            Cell::Signed(value) => value.to_string(),
            Cell::Unsigned(value) => value.to_string(),
        }
    }

    /// All elements as rationals, row-major.
    ///
    /// # Errors
    /// N4 at the first element that is not finite.
    pub fn to_rationals(&self) -> Result<Vec<Rational>, Error> {
        let exact = |index| match self.dyadic(index) {
            Some(dyadic) => Ok(dyadic.to_rational()),
            None => {
                let place = format!("{:?}", unflatten(&self.shape, index));
                Err(Error::from(NumberError::NotFinite { got: self.show(index) }).within(place))
            }
        };
        (0..self.len()).map(exact).collect()
    }

    /// The array whose axis `n` is axis `order[n]` of this one, as [`Tensor::permuted`].
    ///
    /// # Panics
    /// If `order` is not a permutation of the axes.
    #[must_use]
    pub fn permuted(self, order: &[usize]) -> Array {
        let shape = order.iter().map(|&axis| self.shape[axis]).collect();
        let values = each_kept!(self.values, v => view(self.shape, v).permuted(order).into_entries());
        Array { shape, values }
    }

    /// The same elements in row-major order under another shape with as many cells.
    ///
    /// # Errors
    /// Q2 if the shape has another number of cells.
    pub fn reshaped(self, shape: Vec<usize>) -> Result<Array, Error> {
        Array::new(shape, self.values)
    }

    /// The array read backwards along each of `axes`, as [`Tensor::flipped`].
    #[must_use]
    pub fn flipped(self, axes: Range<usize>) -> Array {
        let shape = self.shape.clone();
        let values = each_kept!(self.values, v => view(self.shape, v).flipped(axes).into_entries());
        Array { shape, values }
    }

    /// The same bits as another type: `uint16` as the `bfloat16` or `float16` that it carries.
    ///
    /// NumPy has no bfloat16; files hold it as `uint16`, or as raw bytes `V2`, which arrive as bfloat16.
    ///
    /// # Errors
    /// F4 for any other pair of types; a type may always stay what it is.
    pub fn reinterpreted(self, element: ElementType) -> Result<Array, Error> {
        let values = match (self.values, element) {
            (Values::U16(v), ElementType::Bf16) => Values::Bf16(v.into_iter().map(bf16::from_bits).collect()),
            (Values::U16(v), ElementType::F16) => Values::F16(v.into_iter().map(f16::from_bits).collect()),
            (values, _) if values.element_type() == element => values,
            (values, _) => return Err(unsupported(&format!("{} read as {element}", values.element_type()))),
        };
        Ok(Array { shape: self.shape, values })
    }
}

/// The tensor of these entries: all index arithmetic is [`Tensor`]'s.
fn view<T>(shape: Vec<usize>, entries: Vec<T>) -> Tensor<T> {
    Tensor::new(shape, entries).expect("an array has as many elements as its shape has cells")
}

/// The exact value of an unsigned number; none if it is odd and from 2^63 on.
fn unsigned(value: u64) -> Option<Dyadic> {
    let shift = if value == 0 { 0 } else { value.trailing_zeros() };
    Some(Dyadic::new(i64::try_from(value >> shift).ok()?, shift.cast_signed()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn integers_are_exact_at_the_ends_of_their_range() {
        let a = Array::new(vec![2], Values::I64(vec![i64::MIN, i64::MAX])).unwrap();
        assert_eq!(a.dyadic(0), Some(Dyadic { mantissa: -1, exponent: 63 }));
        assert_eq!(a.show(1), "9223372036854775807");
        let b = Array::new(vec![2], Values::U64(vec![1 << 63, u64::MAX - 1])).unwrap();
        assert_eq!(b.dyadic(0), Some(Dyadic { mantissa: 1, exponent: 63 }));
        assert_eq!(b.dyadic(1), Some(Dyadic { mantissa: i64::MAX, exponent: 1 }));
        assert_eq!(Array::new(vec![1], Values::U64(vec![u64::MAX])).unwrap_err().rule(), "F4");
    }

    #[test]
    fn what_is_not_finite_is_shown_but_no_number() {
        let a = Array::new(vec![3], Values::F16(vec![f16::NAN, f16::NEG_INFINITY, f16::MAX])).unwrap();
        assert_eq!([a.show(0), a.show(1), a.show(2)], ["NaN", "-inf", "65504"]);
        assert_eq!(a.dyadic(1), None);
        assert_eq!(a.to_rationals().unwrap_err().rule(), "N4");
    }

    #[test]
    fn axes_move_as_those_of_a_tensor() {
        let a = Array::new(vec![2, 3], Values::I8(vec![1, 2, 3, 4, 5, 6])).unwrap();
        let b = a.clone().permuted(&[1, 0]);
        assert_eq!((b.shape(), b.values()), (&[3, 2][..], &Values::I8(vec![1, 4, 2, 5, 3, 6])));
        assert_eq!(a.clone().flipped(1..2).values(), &Values::I8(vec![3, 2, 1, 6, 5, 4]));
        assert_eq!(a.clone().reshaped(vec![6]).unwrap().shape(), [6]);
        assert_eq!(a.reshaped(vec![4]).unwrap_err().rule(), "Q2");
    }

    #[test]
    fn sixteen_bits_are_read_as_what_they_carry() {
        let a = Array::new(vec![1], Values::U16(vec![0x3fc0])).unwrap();
        assert_eq!(a.clone().reinterpreted(ElementType::Bf16).unwrap().show(0), "3/2");
        assert_eq!(a.clone().reinterpreted(ElementType::U16).unwrap(), a);
        assert_eq!(a.reinterpreted(ElementType::F32).unwrap_err().rule(), "F4");
    }

    #[test]
    fn bytes_must_be_as_many_as_declared() {
        let read =
            |shape: &[usize], bytes| Array::from_bytes("it", ElementType::I16, shape.to_vec(), bytes, ByteOrder::Big);
        assert_eq!(read(&[2], &[0, 1, 255, 254]).unwrap().values(), &Values::I16(vec![1, -2]));
        assert_eq!(read(&[2], &[0, 1, 255]).unwrap_err().rule(), "F3");
        assert_eq!(read(&[usize::MAX, usize::MAX, usize::MAX], &[]).unwrap_err().rule(), "F3");
        assert!(read(&[usize::MAX, 0], &[]).unwrap().is_empty());
        assert_eq!(
            Array::from_bytes("it", ElementType::Bool, vec![1], &[2], ByteOrder::Little).unwrap_err().rule(),
            "F2"
        );
    }
}
