//! NumPy's `.npy`: the dense array, row-major, written as it is made.
//!
//! In symbols an element is tap index + 1, and 0 where there is no tap: `int32`, or `int64` where
//! taps are too many for it. With a weight elements are `float64`, and every value must be one exactly.

use std::io;

use num_traits::ToPrimitive;

use super::page::Page;
use crate::data::npy_header;
use crate::error::{Error, RequestError};
use crate::scalar::{Rational, rational_from_f64, show_rational};

/// The elements that the taps become.
pub(super) enum Elements {
    I32,
    I64,
    /// By tap.
    F64(Vec<f64>),
}

impl Elements {
    /// Q4 for a weight that is not exactly of `f64`.
    pub(super) fn of(page: &Page<'_>) -> Result<Elements, Error> {
        match page.weight {
            None if page.taps.count() <= i32::MAX as usize => Ok(Elements::I32),
            None => Ok(Elements::I64),
            Some(weight) => {
                let exact = weight.entries().iter().enumerate().map(|(tap, value)| {
                    let inexact = || {
                        let (name, shown) = (page.taps.name(tap), show_rational(value));
                        let problem = format!("{name} = {shown} is no exact f64; json holds it as it is");
                        RequestError::Option { option: "--weight", problem }.into()
                    };
                    exact(value).ok_or_else(inexact)
                });
                Ok(Elements::F64(exact.collect::<Result<_, Error>>()?))
            }
        }
    }

    fn descr(&self) -> (&'static str, u64) {
        match self {
            Elements::I32 => ("<i4", 4),
            Elements::I64 => ("<i8", 8),
            Elements::F64(_) => ("<f8", 8),
        }
    }
}

/// The `f64` that a rational is.
fn exact(value: &Rational) -> Option<f64> {
    let near = value.to_f64()?;
    (rational_from_f64(near).ok()? == *value).then_some(near)
}

pub(super) fn matrix(page: &Page<'_>, elements: &Elements, out: &mut dyn io::Write) -> Result<(), Error> {
    let (descr, size) = elements.descr();
    let header = npy_header(descr, false, &[page.matrix.rows(), page.matrix.cols()])?;
    let mut write = || -> io::Result<()> {
        out.write_all(&header)?;
        for row in 0..page.matrix.rows() {
            let mut next = 0;
            for (col, tap) in page.row(row) {
                zeros(out, (col - next) as u64 * size)?;
                let number = i64::from(tap.0) + 1;
                match elements {
                    // The taps are at most as many as an `i32` counts.
                    Elements::I32 => out.write_all(&number.to_le_bytes()[..4])?,
                    Elements::I64 => out.write_all(&number.to_le_bytes())?,
                    Elements::F64(values) => out.write_all(&values[tap.index()].to_le_bytes())?,
                }
                next = col + 1;
            }
            zeros(out, (page.matrix.cols() - next) as u64 * size)?;
        }
        Ok(())
    };
    write().map_err(super::failed)
}

fn zeros(out: &mut dyn io::Write, bytes: u64) -> io::Result<()> {
    io::copy(&mut io::Read::take(io::repeat(0), bytes), out).map(|_| ())
}
