//! One recorded case: a `.json` that says what was run, and the `.npz` with the arrays beside it.
//!
//! Needed: `npz`, and either `spec` or `framework` with `attributes`. Everything else is optional
//! and, where stated, must agree: `version op case layouts weight_flipped canonical tensors dtypes
//! arithmetic role`.

use std::path::Path;

use serde_json::{Map, Value};

use super::question::Question;
use super::rounding::Arithmetic;
use super::truth::Role;
use crate::data::npz::Archive;
use crate::data::{Array, ElementType, MAX_BYTES};
use crate::dialect::{self, Call, Lowered, shown};
use crate::error::{DataError, Error, MeaningError};
use crate::geometry::{Axis, Geometry, Kind, Padding, Spec, Window};
use crate::layout::Layouts;

/// A case read from its file: the question, and what a reader should know about the reading.
#[derive(Debug)]
pub(super) struct Recorded {
    pub question: Question,
    pub remarks: Vec<String>,
}

/// Whether a JSON document is a recorded case, or meant to be one.
pub(super) fn is_case(document: &Value) -> bool {
    let stated = ["npz", "attributes", "canonical"].iter().any(|key| document.get(key).is_some());
    document.is_object() && stated
}

/// The question that a case puts. `path` is the `.json` file.
pub(super) fn read(path: &Path, document: &Value) -> Result<Recorded, Error> {
    let case = Case(document);
    let mut arrays = Arrays::open(path, &case)?;
    let role = case.role()?;
    let (x, w) = (arrays.read("x")?, arrays.read("w")?);
    let (g, b) = (arrays.read("g")?, arrays.read("b")?);
    let y = arrays.read("y")?.ok_or_else(|| arrays.without("y"))?;

    let mut remarks = Vec::new();
    let Lowered { spec, layouts, weight_flipped, remarks: said } =
        case.meaning(&Shapes { role, x: &x, w: &w, y: &y }, &mut remarks)?;
    remarks.extend(said);
    if let Some(stated) = case.canonical(spec.kind)?
        && !same_relation(&stated, &spec.geometry)
    {
        let (stated, derived) = (Spec { kind: spec.kind, geometry: stated }, &spec);
        return Err(contradiction("canonical", stated.to_string(), "the attributes", derived.to_string()));
    }
    let mut question = Question { spec, role, layouts, weight_flipped, arithmetic: None, x, w, b, g, y };
    question.arithmetic = case.arithmetic(&question)?;
    Ok(Recorded { question, remarks })
}

/// The operands whose shapes decide what the attributes mean.
struct Shapes<'a> {
    role: Role,
    x: &'a Option<Array>,
    w: &'a Option<Array>,
    y: &'a Array,
}

impl Shapes<'_> {
    /// The shapes of the forward operation's x and w, in the file's layout.
    fn forward(&self) -> Result<(Vec<usize>, Vec<usize>), Error> {
        let shape = |array: &Option<Array>, name| {
            array.as_ref().map(|a| a.shape().to_vec()).ok_or_else(|| missing("array", name, "needed for its shape"))
        };
        match self.role {
            Role::Forward => Ok((shape(self.x, "x")?, shape(self.w, "w")?)),
            // The result has the shape of what it is the gradient of, which the file may hold too.
            Role::InputGradient => {
                let x = self.x.as_ref().unwrap_or(self.y);
                Ok((x.shape().to_vec(), shape(self.w, "w")?))
            }
            Role::WeightGradient => {
                let w = self.w.as_ref().unwrap_or(self.y);
                Ok((shape(self.x, "x")?, w.shape().to_vec()))
            }
            Role::BiasGradient => Ok((shape(self.x, "x")?, shape(self.w, "w")?)),
        }
    }
}

struct Case<'a>(&'a Value);

/// No field in words is longer, in bytes: errors quote them.
const MAX_WORDS: usize = 300;

impl Case<'_> {
    fn text(&self, key: &'static str) -> Result<Option<&str>, Error> {
        match self.0.get(key) {
            None | Some(Value::Null) => Ok(None),
            Some(Value::String(text)) if text.len() <= MAX_WORDS => Ok(Some(text)),
            Some(other) => Err(wrong(key, other, "a string of at most 300 bytes")),
        }
    }

    fn object(&self, key: &'static str) -> Result<Option<&Map<String, Value>>, Error> {
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

    /// Spec and layouts: from the framework's words where there is a dialect, else as stated.
    fn meaning(&self, shapes: &Shapes<'_>, remarks: &mut Vec<String>) -> Result<Lowered, Error> {
        let layouts = self.layouts()?;
        let flipped = match self.0.get("weight_flipped") {
            None | Some(Value::Null) => None,
            Some(Value::Bool(flipped)) => Some(*flipped),
            Some(other) => return Err(wrong("weight_flipped", other, "true or false")),
        };
        let as_stated = |spec: Spec| Lowered::new(spec, layouts.clone().unwrap_or_default(), flipped.unwrap_or(false));
        let spec = self.text("spec")?.map(str::parse::<Spec>).transpose().map_err(|e| e.within("spec"))?;
        let Some(framework) = self.text("framework")? else {
            return spec.map(as_stated).ok_or_else(|| missing("field", "spec", "neither 'spec' nor 'framework'"));
        };
        let Some(dialect) = dialect::find(framework) else {
            let stated = match spec {
                Some(spec) => Some(spec),
                None => self.canonical(Kind::Tconv)?.map(|geometry| Spec { kind: Kind::Tconv, geometry }),
            };
            let Some(spec) = stated else {
                let known = dialect::DIALECTS.iter().map(|d| d.name).collect::<Vec<_>>().join(", ");
                let name = shown(framework);
                return Err(MeaningError::NoDialect { name, known: format!("{known}; state 'canonical'") }.into());
            };
            remarks.push(format!(
                "no dialect for '{}': its attributes are not read, the geometry is taken as stated",
                shown(framework)
            ));
            return Ok(as_stated(spec));
        };
        let empty = Map::new();
        let attributes = match self.object("attributes")? {
            Some(attributes) => attributes,
            None if spec.is_some() => &empty,
            None => return Err(missing("field", "attributes", "a framework without its words")),
        };
        let (x, w) = shapes.forward()?;
        let operation = self.text("op")?.unwrap_or(dialect.default_operation);
        let call = Call { operation, attributes, x: &x, w: &w };
        let lowered = (dialect.lower)(&call).map_err(|e| e.within("attributes"))?;
        if let Some(stated) = spec
            && (stated.kind != lowered.spec.kind || !same_relation(&stated.geometry, &lowered.spec.geometry))
        {
            return Err(contradiction("spec", stated.to_string(), "the attributes", lowered.spec.to_string()));
        }
        if let Some(stated) = layouts
            && stated != lowered.layouts
        {
            let letters = |l: &Layouts| format!("{},{},{}", l.x, l.w, l.y);
            return Err(contradiction("layouts", letters(&stated), dialect.name, letters(&lowered.layouts)));
        }
        if let Some(stated) = flipped
            && stated != lowered.weight_flipped
        {
            let derived = lowered.weight_flipped.to_string();
            return Err(contradiction("weight_flipped", stated.to_string(), dialect.name, derived));
        }
        Ok(lowered)
    }

    fn layouts(&self) -> Result<Option<Layouts>, Error> {
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
    fn canonical(&self, kind: Kind) -> Result<Option<Geometry>, Error> {
        let Some(stated) = self.object("canonical")? else { return Ok(None) };
        geometry(stated, kind).map(Some).map_err(|e| e.within("canonical"))
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

/// The geometry of a `canonical` field.
fn geometry(stated: &Map<String, Value>, kind: Kind) -> Result<Geometry, Error> {
    let value = |key: &'static str| {
        stated.get(key).ok_or_else(|| {
            let names: Vec<String> = stated.keys().take(12).map(|name| shown(name)).collect();
            missing("field", key, if names.is_empty() { "nothing".to_owned() } else { names.join(", ") })
        })
    };
    let list = |key: &'static str| -> Result<Vec<i64>, Error> {
        let value = value(key)?;
        let list = value.as_array().and_then(|list| list.iter().map(Value::as_i64).collect());
        list.ok_or_else(|| wrong(key, value, "a list of whole numbers"))
    };
    let one = |key: &'static str| -> Result<i64, Error> {
        let value = value(key)?;
        value.as_i64().ok_or_else(|| wrong(key, value, "a whole number"))
    };
    let size = list("size")?;
    let rank = size.len();
    let per_axis = |key: &'static str| {
        let list = list(key)?;
        if list.len() == rank {
            return Ok(list);
        }
        let got = list.len();
        Err(Error::from(crate::error::GeometryError::Rank { what: key, rank, got }))
    };
    let (kernel, stride, dilation) = (per_axis("kernel")?, per_axis("stride")?, per_axis("dilation")?);
    let (begin, end, a) = (per_axis("pad_begin")?, per_axis("pad_end")?, per_axis("output_padding")?);
    let mut axes = Vec::with_capacity(rank);
    for n in 0..rank {
        let padding = Padding { begin: begin[n], end: end[n] };
        let window = Window { kernel: kernel[n], stride: stride[n], dilation: dilation[n], padding };
        let axis = match kind {
            Kind::Tconv => window.transposed(size[n], a[n]),
            Kind::Conv => window.convolving(size[n]),
        };
        axes.push(axis.map_err(|e| e.on_axis(n))?);
    }
    let (input, output) = (one("in_channels")?, one("out_channels")?);
    let (input, output) = if kind == Kind::Tconv { (input, output) } else { (output, input) };
    let geometry = Geometry::new(axes)?.with_channels(input, output, one("groups")?)?.with_batch(one("batch")?)?;
    if stated.contains_key("output") {
        let (said, result) = (per_axis("output")?, Spec { kind, geometry: geometry.clone() }.output_shape());
        if said.iter().map(|&n| usize::try_from(n).ok()).ne(result[2..].iter().map(|&n| Some(n))) {
            let derived = format!("{:?}", &result[2..]);
            return Err(contradiction("output", format!("{said:?}"), "the rest", derived));
        }
    }
    Ok(geometry)
}

/// The arrays of the case's `.npz`, with stated shapes and types checked.
struct Arrays<'a> {
    archive: Archive,
    names: Vec<String>,
    file: String,
    shapes: Option<&'a Map<String, Value>>,
    types: Option<&'a Map<String, Value>>,
}

impl<'a> Arrays<'a> {
    fn open(path: &Path, case: &'a Case<'_>) -> Result<Self, Error> {
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
        let (shapes, types) = (case.object("tensors")?, case.object("dtypes")?);
        Ok(Arrays { archive, names, file: file.to_owned(), shapes, types })
    }

    /// F5, with the names of the arrays that are there.
    fn without(&self, name: &str) -> Error {
        let names: Vec<String> = self.names.iter().take(8).map(|name| shown(name)).collect();
        let found = if names.is_empty() { "nothing".to_owned() } else { names.join(", ") };
        missing("array", name, found).within(&self.file)
    }

    fn read(&mut self, name: &'static str) -> Result<Option<Array>, Error> {
        if !self.names.iter().any(|n| n == name) {
            let stated = self.shapes.is_some_and(|shapes| shapes.contains_key(name));
            return if stated { Err(self.without(name)) } else { Ok(None) };
        }
        let mut array = self.archive.read(name)?;
        if let Some(stated) = self.types.and_then(|types| types.get(name)) {
            let field = format!("dtypes.{name}");
            let text = stated.as_str().ok_or_else(|| wrong(&field, stated, "the name of an element type"))?;
            let element: Result<ElementType, Error> = text.parse();
            array = element.and_then(|element| array.reinterpreted(element)).map_err(|e| e.within(field))?;
        }
        if let Some(stated) = self.shapes.and_then(|shapes| shapes.get(name)) {
            let list = stated.as_array().and_then(|list| list.iter().map(Value::as_u64).collect::<Option<Vec<_>>>());
            let field = format!("tensors.{name}");
            let list = list.ok_or_else(|| wrong(&field, stated, "a list of lengths"))?;
            if list.iter().copied().ne(array.shape().iter().map(|&n| n as u64)) {
                let derived = format!("{:?}", array.shape());
                return Err(contradiction(&field, format!("{list:?}"), &self.file, derived));
            }
        }
        Ok(Some(array))
    }
}

/// Whether two geometries are the same relation: only `p_end − a` matters, not the two apart.
pub(super) fn same_relation(a: &Geometry, b: &Geometry) -> bool {
    let outer = |g: &Geometry| (g.in_channels(), g.out_channels(), g.groups(), g.batch());
    let axis = |a: &Axis| (a.input(), a.output(), a.kernel(), a.stride(), a.dilation(), a.padding().begin);
    outer(a) == outer(b) && a.axes().iter().map(axis).eq(b.axes().iter().map(axis))
}

fn contradiction(field: &str, stated: String, source: &str, derived: String) -> Error {
    let (field, source_of_truth) = (field.to_owned(), source.to_owned());
    MeaningError::Contradiction { field, stated, source_of_truth, derived }.into()
}

fn wrong(name: &str, value: &Value, expected: &str) -> Error {
    let got = shown(&value.to_string());
    MeaningError::Attribute { name: name.to_owned(), got, expected: expected.to_owned() }.into()
}

fn missing(what: &'static str, name: &str, found: impl Into<String>) -> Error {
    DataError::Missing { what, name: name.to_owned(), found: found.into() }.into()
}
