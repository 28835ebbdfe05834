//! SciPy's `.npz`: compressed sparse rows as `scipy.sparse.save_npz` writes them and `load_npz` reads
//! them: members `indices`, `indptr`, `format`, `shape`, `data`.
//!
//! Elements are those of npy; a tap whose weight is 0 stays an entry. The bytes are the same on every
//! run: members are stored, and without a time.

use std::io;

use super::npy::Elements;
use super::page::Page;
use crate::data::{Array, Values, npy_header, npz::write_members, write_npy};
use crate::error::Error;

pub(super) fn matrix(page: &Page<'_>, elements: &Elements, out: &mut dyn io::Write) -> Result<(), Error> {
    let matrix = page.matrix;
    let taps = &page.grid;
    // SciPy wants both lists of indices of one type.
    let is_small = matrix.cols().max(matrix.entries()) <= i32::MAX as usize;
    let list = |numbers: &mut dyn Iterator<Item = i64>, is_small: bool| {
        let values = match is_small {
            true => Values::I32(numbers.filter_map(|n| i32::try_from(n).ok()).collect()),
            false => Values::I64(numbers.collect()),
        };
        write_npy(&Array::new(vec![values.len()], values)?)
    };
    let indices = list(&mut taps.indices().iter().map(|&col| col.into()), is_small)?;
    let indptr = taps.indptr();
    let indptr = list(&mut indptr.as_slice().unwrap_or_default().iter().map(|&at| at.into()), is_small)?;
    let format = [npy_header("|S3", false, &[])?, b"csr".to_vec()].concat();
    let shape = list(&mut [matrix.rows(), matrix.cols()].iter().filter_map(|&n| i64::try_from(n).ok()), false)?;
    let data = match elements {
        Elements::F64(values) => {
            let values: Vec<f64> = taps.data().iter().map(|tap| values[tap.index()]).collect();
            write_npy(&Array::new(vec![values.len()], Values::F64(values))?)?
        }
        _ => list(&mut taps.data().iter().map(|tap| i64::from(tap.0) + 1), matches!(elements, Elements::I32))?,
    };
    let members = [("indices", indices), ("indptr", indptr), ("format", format), ("shape", shape), ("data", data)];
    out.write_all(&write_members(&members)?).map_err(super::failed)
}
