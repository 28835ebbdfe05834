//! The files of a question's arrays, one way for each format.

use serde_json::Value;

use super::Wanted;
use crate::data::npz::write_npz;
use crate::data::{Array, write_npy};
use crate::error::{Error, RequestError};
use crate::subject::exchange::for_numpy;

/// In which kind of file arrays are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum FileFormat {
    /// `x.npy`, an array each.
    Npy,
    /// `operands.npz`, all arrays of a question.
    Npz,
    /// A folder as ONNX's node tests: `model.onnx`, `test_data_set_0/input_0.pb` ….
    Onnx,
    /// `x.bin`, the elements alone, little-endian, with a table in C in `probes.h`.
    Raw,
    /// `x.hex`, the bits of one element a line, as Verilog's `$readmemh` reads them.
    Hex,
}

impl FileFormat {
    /// All formats with their names.
    pub const ALL: [(&'static str, FileFormat); 5] = [
        ("npy", FileFormat::Npy),
        ("npz", FileFormat::Npz),
        ("onnx", FileFormat::Onnx),
        ("raw", FileFormat::Raw),
        ("hex", FileFormat::Hex),
    ];

    /// The format of this name.
    ///
    /// # Errors
    /// Q4 for any other name, and for one that is not in this build.
    pub fn parse(name: &str) -> Result<FileFormat, Error> {
        let known = FileFormat::ALL.iter().find(|row| row.0 == name).map(|row| row.1);
        let problem = match known {
            Some(FileFormat::Onnx) if cfg!(not(feature = "onnx")) => "built without the feature 'onnx'".to_owned(),
            Some(format) => return Ok(format),
            None => format!("'{name}'; formats are {}", FileFormat::ALL.map(|row| row.0).join(", ")),
        };
        Err(RequestError::Option { option: "--as", problem }.into())
    }

    /// Where a question's array lies, or its result goes; `inputs` are the arrays in order.
    pub(super) fn path(self, name: &str, inputs: &[&str]) -> String {
        match (self, name) {
            (FileFormat::Npy, _) => format!("{name}.npy"),
            (FileFormat::Npz, "y") => "y.npz".to_owned(),
            (FileFormat::Npz, _) => format!("operands.npz:{name}"),
            (FileFormat::Raw, _) => format!("{name}.bin"),
            (FileFormat::Hex, _) => format!("{name}.hex"),
            (FileFormat::Onnx, "y") => format!("{DATA_SET}/output_0.pb"),
            (FileFormat::Onnx, _) => {
                let place = inputs.iter().position(|input| *input == name).unwrap_or(0);
                format!("{DATA_SET}/input_{place}.pb")
            }
        }
    }

    /// Names below the question's folder, and what they hold.
    pub(super) fn files(
        self,
        fields: &Value,
        arrays: &[(&str, Array)],
        wanted: &Wanted,
    ) -> Result<Vec<(String, Vec<u8>)>, Error> {
        let names: Vec<&str> = arrays.iter().map(|(name, _)| *name).collect();
        let each = |bytes: Encoder<'_>| {
            let file = |(name, array): &(&str, Array)| Ok((self.path(name, &names), bytes(name, array)?));
            arrays.iter().map(file).collect::<Result<Vec<_>, Error>>()
        };
        match self {
            FileFormat::Npy => each(&|_, array| write_npy(&for_numpy(array))),
            FileFormat::Raw => each(&|_, array| Ok(array.values().to_le_bytes())),
            FileFormat::Hex => each(&|_, array| Ok(hex(array))),
            FileFormat::Npz => {
                let all: Vec<_> = arrays.iter().map(|(name, array)| (*name, for_numpy(array))).collect();
                let all: Vec<(&str, &Array)> = all.iter().map(|(name, array)| (*name, array.as_ref())).collect();
                Ok(vec![("operands.npz".to_owned(), write_npz(&all)?)])
            }
            FileFormat::Onnx => {
                let mut files = each(&tensor)?;
                files.push(("model.onnx".to_owned(), model(fields, arrays, wanted)?));
                Ok(files)
            }
        }
    }
}

/// Makes the bytes of the file of one array, by its name.
type Encoder<'a> = &'a dyn Fn(&str, &Array) -> Result<Vec<u8>, Error>;

/// The folder of a node test's tensors.
pub(super) const DATA_SET: &str = "test_data_set_0";

/// The names that a question's folder may hold when it is written.
pub(super) fn is_ours(name: &str) -> bool {
    let stem = ["x", "w", "b", "g"].iter().find_map(|stem| name.strip_prefix(stem)?.strip_prefix('.'));
    matches!(name, "request.json" | "operands.npz" | "model.onnx" | DATA_SET)
        || matches!(stem, Some("npy" | "bin" | "hex"))
}

/// The same of the folder of a node test's tensors.
pub(super) fn is_our_tensor(name: &str) -> bool {
    matches!(name, "input_0.pb" | "input_1.pb" | "input_2.pb")
}

/// The bits of each element on a line, most significant first, without `0x`.
fn hex(array: &Array) -> Vec<u8> {
    let bytes = array.values().to_le_bytes();
    let mut text = String::with_capacity(3 * bytes.len());
    for element in bytes.chunks(array.element_type().size()) {
        for byte in element.iter().rev() {
            text.push_str(&format!("{byte:02x}"));
        }
        text.push('\n');
    }
    text.into_bytes()
}

#[cfg(feature = "onnx")]
fn tensor(name: &str, array: &Array) -> Result<Vec<u8>, Error> {
    crate::data::onnx::write_tensor(array, name)
}

#[cfg(feature = "onnx")]
fn model(fields: &Value, arrays: &[(&str, Array)], wanted: &Wanted) -> Result<Vec<u8>, Error> {
    let inputs: Vec<_> = arrays.iter().map(|(name, array)| (*name, array.element_type(), array.shape())).collect();
    let none = serde_json::Map::new();
    let attributes = fields["attributes"].as_object().unwrap_or(&none);
    let operation = if fields["op"] == "conv" { "Conv" } else { "ConvTranspose" };
    crate::data::onnx::write_model(operation, attributes, &inputs, ("y", wanted.element, &wanted.shape))
}

#[cfg(not(feature = "onnx"))]
fn tensor(_: &str, _: &Array) -> Result<Vec<u8>, Error> {
    FileFormat::parse("onnx").map(|_| Vec::new())
}

#[cfg(not(feature = "onnx"))]
fn model(_: &Value, _: &[(&str, Array)], _: &Wanted) -> Result<Vec<u8>, Error> {
    FileFormat::parse("onnx").map(|_| Vec::new())
}
