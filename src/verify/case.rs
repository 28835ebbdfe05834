//! One recorded case: a `.json` that says what was run, and the `.npz` with the arrays beside it.
//!
//! Needed: `npz`, and either `spec` or `framework` with `attributes`. Everything else is optional
//! and, where stated, must agree: `version op case layouts weight_flipped canonical tensors dtypes
//! arithmetic role`. `comment` and `source` are free text. Other fields are refused: a field that is
//! spelled wrong must not be passed over.

use std::path::Path;

use serde_json::{Map, Value};

use super::arrays::Arrays;
use super::meaning::{Shapes, canonical_geometry, same_relation};
use super::question::Question;
use super::rounding::Arithmetic;
use super::truth::Role;
use crate::dialect::{Lowered, shown};
use crate::error::{DataError, Error, MeaningError};
use crate::geometry::{Geometry, Kind, Spec};
use crate::layout::Layouts;

/// A case read from its file: the question, and what a reader should know about the reading.
#[derive(Debug)]
pub(super) struct Recorded {
    pub question: Question,
    pub remarks: Vec<String>,
}

/// Whether a JSON document is a recorded case, or meant to be one.
pub(super) fn is_case(document: &Value) -> bool {
    let has = |key| document.get(key).is_some();
    has("npz") || (has("framework") && has("attributes"))
}

/// The question that a case puts. `path` is the `.json` file.
pub(super) fn read(path: &Path, document: &Value) -> Result<Recorded, Error> {
    let case = Case(document);
    case.check_names()?;
    let role = case.role()?;
    let mut arrays = Arrays::open(path, &case, role)?;
    let (x, w) = (arrays.read("x")?, arrays.read("w")?);
    let (g, b) = (arrays.read("g")?, arrays.read("b")?);
    let y = arrays.read("y")?.ok_or_else(|| arrays.without("y"))?;

    let mut remarks = Vec::new();
    let Lowered { spec, layouts, weight_flipped, pads, remarks: said, .. } =
        case.meaning(&Shapes { role, x: x.as_ref(), w: w.as_ref(), y: &y }, &mut remarks)?;
    remarks.extend(said);
    if let Some(stated) = case.canonical(spec.kind)?
        && !same_relation(&stated, &spec.geometry)
    {
        let (stated, derived) = (Spec { kind: spec.kind, geometry: stated }, &spec);
        return Err(contradiction("canonical", stated.to_string(), "the attributes", derived.to_string()));
    }
    let mut question = Question { spec, role, layouts, weight_flipped, pads, arithmetic: None, x, w, b, g, y };
    question.arithmetic = case.arithmetic(&question)?;
    Ok(Recorded { question, remarks })
}

/// The fields of a case, each checked where it is read.
pub(super) struct Case<'a>(&'a Value);

/// All fields of a case.
const FIELDS: [&str; 16] = [
    "npz",
    "spec",
    "framework",
    "attributes",
    "version",
    "op",
    "case",
    "role",
    "layouts",
    "weight_flipped",
    "canonical",
    "tensors",
    "dtypes",
    "arithmetic",
    "comment",
    "source",
];

/// All arrays that a case may speak of.
const ARRAYS: [&str; 5] = ["x", "w", "b", "g", "y"];

/// No field in words is longer, in bytes: errors quote them.
const MAX_WORDS: usize = 300;

impl Case<'_> {
    /// Refuses fields, and arrays in `tensors` and `dtypes`, that nothing would read.
    fn check_names(&self) -> Result<(), Error> {
        let fields = self.0.as_object().map(|map| ("a recorded case", map, &FIELDS[..]));
        let tensors = self.object("tensors")?.map(|map| ("tensors", map, &ARRAYS[..]));
        let types = self.object("dtypes")?.map(|map| ("dtypes", map, &ARRAYS[..]));
        for (place, map, known) in [fields, tensors, types].into_iter().flatten() {
            if let Some(name) = map.keys().find(|name| !known.contains(&name.as_str())) {
                let (name, operation, known) = (shown(name), place.to_owned(), known.join(", "));
                return Err(MeaningError::UnknownAttribute { name, operation, known }.into());
            }
        }
        Ok(())
    }

    pub(super) fn text(&self, key: &'static str) -> Result<Option<&str>, Error> {
        match self.0.get(key) {
            None | Some(Value::Null) => Ok(None),
            Some(Value::String(text)) if text.len() <= MAX_WORDS => Ok(Some(text)),
            Some(other) => Err(wrong(key, other, "a string of at most 300 bytes")),
        }
    }

    pub(super) fn object(&self, key: &'static str) -> Result<Option<&Map<String, Value>>, Error> {
        match self.0.get(key) {
            None | Some(Value::Null) => Ok(None),
            Some(Value::Object(map)) => Ok(Some(map)),
            Some(other) => Err(wrong(key, other, "an object")),
        }
    }

    fn role(&self) -> Result<Role, Error> {
        let Some(name) = self.text("role")? else { return Ok(Role::Forward) };
        Role::ALL.iter().find(|(known, _)| *known == name).map(|(_, role)| *role).ok_or_else(|| {
            let known: Vec<&str> = Role::ALL.iter().map(|(name, _)| *name).collect();
            wrong("role", &Value::String(name.to_owned()), &known.join(", "))
        })
    }

    /// The stated geometry, in the words of a spec.
    pub(super) fn spec(&self) -> Result<Option<Spec>, Error> {
        self.text("spec")?.map(str::parse::<Spec>).transpose().map_err(|e| e.within("spec"))
    }

    pub(super) fn weight_flipped(&self) -> Result<Option<bool>, Error> {
        match self.0.get("weight_flipped") {
            None | Some(Value::Null) => Ok(None),
            Some(Value::Bool(flipped)) => Ok(Some(*flipped)),
            Some(other) => Err(wrong("weight_flipped", other, "true or false")),
        }
    }

    /// The shape that `tensors` states of an array.
    pub(super) fn shape(&self, name: &str) -> Result<Option<Vec<usize>>, Error> {
        let Some(stated) = self.object("tensors")?.and_then(|shapes| shapes.get(name)) else { return Ok(None) };
        let length = |n: &Value| n.as_u64().and_then(|n| usize::try_from(n).ok());
        let list = stated.as_array().and_then(|list| list.iter().map(length).collect::<Option<Vec<_>>>());
        list.map(Some).ok_or_else(|| wrong(&format!("tensors.{name}"), stated, "a list of lengths"))
    }

    pub(super) fn layouts(&self) -> Result<Option<Layouts>, Error> {
        let Some(stated) = self.object("layouts")? else { return Ok(None) };
        if let Some((key, letters)) = stated.iter().find(|(key, _)| !["x", "w", "y"].contains(&key.as_str())) {
            return Err(wrong(&format!("layouts.{}", shown(key)), letters, "layouts of x, w and y only"));
        }
        let default = Layouts::default();
        let letters = |key: &str, default: String| match stated.get(key) {
            None => Ok(default),
            Some(Value::String(letters)) if letters.len() <= MAX_WORDS => Ok(letters.clone()),
            Some(other) => Err(wrong(&format!("layouts.{key}"), other, "a layout's letters")),
        };
        let (x, w) = (letters("x", default.x.to_string())?, letters("w", default.w.to_string())?);
        Layouts::new(&x, &w, &letters("y", default.y.to_string())?).map(Some)
    }

    /// The geometry that the case is believed to mean. For a convolution, sizes and channels are
    /// its own and there is no output padding.
    pub(super) fn canonical(&self, kind: Kind) -> Result<Option<Geometry>, Error> {
        let Some(stated) = self.object("canonical")? else { return Ok(None) };
        canonical_geometry(stated, kind).map(Some).map_err(|e| e.within("canonical"))
    }

    /// A name for all three, or an object with `input`, `accumulate`, `output`.
    fn arithmetic(&self, question: &Question) -> Result<Option<Arithmetic>, Error> {
        let default = question.default_arithmetic();
        let text = match self.0.get("arithmetic") {
            None | Some(Value::Null) => return Ok(None),
            Some(Value::String(text)) if text.len() <= MAX_WORDS => text.clone(),
            Some(Value::Object(map)) if map.len() <= 3 => {
                let part = |(key, value): (&String, &Value)| {
                    value
                        .as_str()
                        .filter(|v| key.len() + v.len() <= MAX_WORDS)
                        .map(|v| format!("{key}={v}"))
                        .ok_or_else(|| wrong("arithmetic", value, "a type's name"))
                };
                map.iter().map(part).collect::<Result<Vec<_>, _>>()?.join(",")
            }
            Some(other) => return Err(wrong("arithmetic", other, "a type's name or an object of them")),
        };
        Arithmetic::parse(&text, default).map(Some).map_err(|e| e.within("arithmetic"))
    }
}

pub(super) fn contradiction(field: &str, stated: String, source: &str, derived: String) -> Error {
    let (field, source_of_truth) = (field.to_owned(), source.to_owned());
    MeaningError::Contradiction { field, stated, source_of_truth, derived }.into()
}

pub(super) fn wrong(name: &str, value: &Value, expected: &str) -> Error {
    let got = shown(&value.to_string());
    MeaningError::Attribute { name: name.to_owned(), got, expected: expected.to_owned() }.into()
}

pub(super) fn missing(what: &'static str, name: &str, found: impl Into<String>) -> Error {
    DataError::Missing { what, name: name.to_owned(), found: found.into() }.into()
}
