//! `.safetensors`: named tensors behind a JSON header, as Hugging Face's format defines it.
//!
//! ```text
//! length(u64, little-endian)  {"x":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}  data
//! ```
//!
//! The crate `safetensors` reads the header and proves that offsets, shapes and types fit the
//! bytes; the elements are little-endian and row-major.

use std::path::Path;

use safetensors::tensor::{Dtype, Metadata, SafeTensors};

use super::element::unsupported;
use super::values::ByteOrder;
use super::{Array, ElementType, excerpt, invalid, listed, read_file};
use crate::error::{DataError, Error};

/// An opened `.safetensors` file.
///
/// ```no_run
/// use convproof::data::{MAX_BYTES, safetensors::Archive};
/// let weight = Archive::open("model.safetensors", MAX_BYTES)?.read("up.weight")?;
/// println!("{:?}", weight.shape());
/// # Ok::<(), convproof::Error>(())
/// ```
#[derive(Debug)]
pub struct Archive {
    place: String,
    bytes: Vec<u8>,
    /// Where the data begin.
    start: usize,
    metadata: Metadata,
}

impl Archive {
    /// Opens a file of at most `limit` bytes.
    ///
    /// # Errors
    /// F1 if it cannot be read, F2 if it is no such file or its header lies, F3 beyond the limit.
    pub fn open(path: impl AsRef<Path>, limit: u64) -> Result<Archive, Error> {
        let place = path.as_ref().display().to_string();
        let bytes = read_file(path, limit).map_err(|e| e.within(&place))?;
        Archive::new(place, bytes)
    }

    /// The archive that these bytes are; errors name it `place`.
    ///
    /// # Errors
    /// F2 if they are none.
    pub fn new(place: impl Into<String>, bytes: Vec<u8>) -> Result<Archive, Error> {
        let place = place.into();
        match SafeTensors::read_metadata(&bytes) {
            // The length itself has 8 bytes.
            Ok((header, metadata)) => Ok(Archive { place, bytes, start: header + 8, metadata }),
            Err(e) => Err(invalid("safetensors", "a header that fits the file", excerpt(&e.to_string())).within(place)),
        }
    }

    /// The names of the tensors, sorted.
    pub fn names(&self) -> Vec<String> {
        let mut names = self.metadata.offset_keys();
        names.sort();
        names
    }

    /// Reads the tensor of this name.
    ///
    /// # Errors
    /// F5 if there is none; F4 for an element type that is not supported; F3 if shape and type
    /// need another number of bytes than the offsets span.
    pub fn read(&self, name: &str) -> Result<Array, Error> {
        self.tensor(name).map_err(|e| e.within(excerpt(name)).within(&self.place))
    }

    fn tensor(&self, name: &str) -> Result<Array, Error> {
        let Some(info) = self.metadata.info(name) else {
            let found = listed(&self.names());
            return Err(DataError::Missing { what: "tensor", name: excerpt(name), found }.into());
        };
        let element = element(info.dtype)?;
        let (begin, end) = info.data_offsets;
        // The metadata were checked against the file; a range outside it is still no panic.
        let data = self.bytes.get(self.start..).and_then(|data| data.get(begin..end));
        let data = data.ok_or_else(|| invalid("safetensors", "offsets within the file", format!("{begin}..{end}")))?;
        Array::from_bytes("the header", element, info.shape.clone(), data, ByteOrder::Little)
    }
}

fn element(dtype: Dtype) -> Result<ElementType, Error> {
    Ok(match dtype {
        Dtype::F16 => ElementType::F16,
        Dtype::BF16 => ElementType::Bf16,
        Dtype::F32 => ElementType::F32,
        Dtype::F64 => ElementType::F64,
        Dtype::I8 => ElementType::I8,
        Dtype::I16 => ElementType::I16,
        Dtype::I32 => ElementType::I32,
        Dtype::I64 => ElementType::I64,
        Dtype::U8 => ElementType::U8,
        Dtype::U16 => ElementType::U16,
        Dtype::U32 => ElementType::U32,
        Dtype::U64 => ElementType::U64,
        Dtype::BOOL => ElementType::Bool,
        other => return Err(unsupported(&format!("{other:?}"))),
    })
}
