//! The arrays of a recorded case: read from its `.npz`, held against what the case states of them.

use std::path::Path;

use serde_json::Value;

use super::case::{Case, contradiction, missing, wrong};
use super::truth::Role;
use crate::data::npz::Archive;
use crate::data::{Array, ElementType, MAX_BYTES};
use crate::dialect::shown;
use crate::error::Error;

/// The arrays of the case's `.npz`, with stated shapes and types checked.
pub(super) struct Arrays<'a> {
    case: &'a Case<'a>,
    role: Role,
    archive: Archive,
    names: Vec<String>,
    file: String,
}

impl<'a> Arrays<'a> {
    pub(super) fn open(path: &Path, case: &'a Case<'_>, role: Role) -> Result<Self, Error> {
        let file = case.text("npz")?.ok_or_else(|| missing("field", "npz", "no file of arrays"))?;
        // No system has longer names.
        if file.is_empty() || file.len() > 255 || file.contains(['/', '\\']) || file == ".." {
            return Err(wrong("npz", &Value::String(file.to_owned()), "the name of a file in the same folder"));
        }
        let place = path.parent().unwrap_or_else(|| Path::new(".")).join(file);
        // A pipe would be waited for.
        if place.exists() && !place.is_file() {
            return Err(wrong("npz", &Value::String(file.to_owned()), "a file, not a folder or a device"));
        }
        let archive = Archive::open(&place, MAX_BYTES)?;
        let names = archive.names();
        Ok(Arrays { case, role, archive, names, file: file.to_owned() })
    }

    /// F5, with the names of the arrays that are there.
    pub(super) fn without(&self, name: &str) -> Error {
        let names: Vec<String> = self.names.iter().take(8).map(|name| shown(name)).collect();
        let found = if names.is_empty() { "nothing".to_owned() } else { names.join(", ") };
        missing("array", name, found).within(&self.file)
    }

    /// The array of this name. One that the role does not need may be stated by its shape alone.
    pub(super) fn read(&mut self, name: &'static str) -> Result<Option<Array>, Error> {
        let stated = self.case.shape(name)?;
        if !self.names.iter().any(|n| n == name) {
            let needed: &[&str] = match self.role {
                Role::Forward => &["x", "w", "b", "y"],
                Role::InputGradient => &["g", "w", "y"],
                Role::WeightGradient => &["x", "g", "y"],
                Role::BiasGradient => &["g", "y"],
            };
            let is_stated = stated.is_some() && needed.contains(&name);
            return if is_stated { Err(self.without(name)) } else { Ok(None) };
        }
        let mut array = self.archive.read(name)?;
        if let Some(element) = self.case.object("dtypes")?.and_then(|types| types.get(name)) {
            let field = format!("dtypes.{name}");
            let text = element.as_str().ok_or_else(|| wrong(&field, element, "the name of an element type"))?;
            let element: Result<ElementType, Error> = text.parse();
            array = element.and_then(|element| array.reinterpreted(element)).map_err(|e| e.within(field))?;
        }
        match stated {
            Some(stated) if stated != array.shape() => {
                let (field, derived) = (format!("tensors.{name}"), format!("{:?}", array.shape()));
                Err(contradiction(&field, format!("{stated:?}"), &self.file, derived))
            }
            _ => Ok(Some(array)),
        }
    }
}
