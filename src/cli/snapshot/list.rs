//! The list of layers that `snapshot` reads.
//!
//! ```toml
//! [[layer]]
//! spec = "tconv i4x4 k4x4 s2 p1"
//! [[layer]]
//! name = "up1"
//! call = "pytorch stride=2 padding=1 x=1,3,4,4 w=3,2,4,4"
//! [[layer]]
//! model = "net.onnx"
//! ```

use std::collections::BTreeMap;
use std::path::Path;

use toml::{Table, Value};

use super::{MAX_BYTES, SUFFIX};
use crate::cli::args::ModelInputs;
use crate::cli::asked::{self, Asked};
use crate::cli::weight;
use crate::data::read_file;
use crate::dialect::{Words, shown};
use crate::error::{DataError, Error, RequestError};
use crate::geometry::Spec;
use crate::render::Canonical;

/// One text to keep.
pub(super) struct Layer {
    /// The name of its file, without the suffix.
    pub name: String,
    /// Its spec, where it has one.
    pub spec: Option<String>,
    /// Its canonical text; of a node that has no meaning, why.
    pub text: Result<String, Error>,
}

/// The words of an entry.
const KEYS: [&str; 7] = ["name", "spec", "call", "model", "input", "weight", "product"];

/// Characters of a file's name, without the suffix: with it a name fits every file system.
const MAX_NAME: usize = 200;

/// Reads a list and makes the text of each layer.
///
/// Whatever is wrong with the list itself is an error that names the file and the entry; a model's
/// node without meaning is a layer without text.
pub(super) fn read(path: &Path) -> Result<Vec<Layer>, Error> {
    layers(path).map_err(|e| e.within(path.display().to_string()))
}

fn layers(path: &Path) -> Result<Vec<Layer>, Error> {
    let not_toml = |expected: &str, got: String| DataError::Format { format: "toml", expected: expected.into(), got };
    let text = String::from_utf8(read_file(path, MAX_BYTES)?)
        .map_err(|_| not_toml("text in UTF-8", "other bytes".to_owned()))?;
    let table: Table = text.parse().map_err(|e: toml::de::Error| {
        let line = text[..e.span().map_or(0, |span| span.start.min(text.len()))].matches('\n').count() + 1;
        not_toml("TOML", format!("on line {line} {}", e.message().replace('\n', " ")))
    })?;
    if let Some(key) = table.keys().find(|key| *key != "layer") {
        return Err(wrong("list", format!("unknown key '{}'; it holds [[layer]] tables only", shown(key))));
    }
    let entries = match table.get("layer") {
        Some(Value::Array(entries)) if !entries.is_empty() => entries,
        Some(Value::Array(_)) | None => {
            let (place, looked_for) = ("the list".to_owned(), "[[layer]] tables");
            return Err(RequestError::NoCase { place, looked_for }.into());
        }
        Some(other) => return Err(wrong("layer", format!("write [[layer]]; this is {}", a(other)))),
    };
    let folder = path.parent().unwrap_or(Path::new(""));
    let mut layers: Vec<Layer> = Vec::new();
    // File systems that do not tell A from a would keep one file of two.
    let mut seen: BTreeMap<String, usize> = BTreeMap::new();
    for (n, entry) in (1..).zip(entries) {
        let place = |e: Error| e.within(format!("layer {n}"));
        let table = match entry {
            Value::Table(table) => table,
            other => return Err(place(wrong("layer", format!("a table is needed; this is {}", a(other))))),
        };
        for layer in (Entry { table, folder }).layers().map_err(place)? {
            if let Some(first) = seen.insert(layer.name.to_lowercase(), n) {
                let problem = format!("the file {}{SUFFIX} is that of layer {first} already", layer.name);
                return Err(place(wrong("name", problem)));
            }
            layers.push(layer);
        }
    }
    Ok(layers)
}

fn wrong(option: &'static str, problem: String) -> Error {
    RequestError::Option { option, problem }.into()
}

/// `a string`, `an integer`.
fn a(value: &Value) -> String {
    let word = value.type_str();
    format!("{} {word}", if word.starts_with(['a', 'i']) { "an" } else { "a" })
}

/// One `[[layer]]` table of a list in this folder.
struct Entry<'a> {
    table: &'a Table,
    folder: &'a Path,
}

impl Entry<'_> {
    fn layers(&self) -> Result<Vec<Layer>, Error> {
        if let Some(key) = self.table.keys().find(|key| !KEYS.contains(&key.as_str())) {
            return Err(wrong("layer", format!("unknown key '{}'; valid are {}", shown(key), KEYS.join(", "))));
        }
        let name = self.text("name")?;
        let model = self.text("model")?;
        if model.is_none() && self.table.contains_key("input") {
            return Err(wrong("input", "shapes of inputs go with model".to_owned()));
        }
        match (self.text("spec")?, self.text("call")?, model) {
            (Some(spec), None, None) => {
                let asked = spec.parse::<Spec>().map(Asked::plain)?;
                Ok(vec![self.layer(name, asked)?])
            }
            (None, Some(call), None) if Words::is_call(call) => Ok(vec![self.layer(name, asked::read(call)?)?]),
            (None, Some(call), None) => {
                let problem = format!("'{}' does not begin with the name of a dialect; spec takes a spec", shown(call));
                Err(wrong("call", problem))
            }
            (None, None, Some(model)) => self.nodes(name, model),
            _ => Err(wrong("layer", "one of spec, call, model is needed".to_owned())),
        }
    }

    fn layer(&self, name: Option<&str>, asked: Asked) -> Result<Layer, Error> {
        let name = checked(name.map_or_else(|| asked.spec().file_name(), str::to_owned))?;
        Ok(Layer { name, spec: Some(asked.spec().to_string()), text: Ok(self.canonical(&asked)?) })
    }

    /// The nodes of a model, or the one that `FILE.onnx:NODE` names.
    fn nodes(&self, name: Option<&str>, model: &str) -> Result<Vec<Layer>, Error> {
        let Some((file, node)) = asked::model(model) else {
            return Err(wrong("model", format!("'{}'; write FILE.onnx or FILE.onnx:NODE", shown(model))));
        };
        let inputs = ModelInputs { input: self.inputs()? };
        let nodes = asked::nodes(&self.folder.join(file).to_string_lossy(), &inputs)?;
        let stem = Path::new(file).file_stem().unwrap_or_default().to_string_lossy();
        let mut layers = Vec::new();
        for (title, asked) in nodes.into_iter().filter(|(title, _)| node.is_none_or(|node| node == title)) {
            let name = match (name, node) {
                (Some(name), Some(_)) => name.to_owned(),
                (prefix, _) => format!("{}.{}", prefix.unwrap_or(&plain(&stem)), plain(&title)),
            };
            let name = checked(name)?;
            let spec = asked.as_ref().ok().map(|asked| asked.spec().to_string());
            layers.push(Layer { name, spec, text: asked.and_then(|asked| self.canonical(&asked)) });
        }
        if layers.is_empty() {
            let (place, looked_for) =
                (shown(model), "Conv and ConvTranspose nodes, by the name after ':' if there is one");
            return Err(RequestError::NoCase { place, looked_for }.into());
        }
        Ok(layers)
    }

    fn canonical(&self, asked: &Asked) -> Result<String, Error> {
        let product = match self.table.get("product") {
            None => false,
            Some(Value::Boolean(product)) => *product,
            Some(other) => return Err(wrong("product", format!("true or false; this is {}", a(other)))),
        };
        let spec = asked.spec();
        let weight = self.text("weight")?.map(|text| match text.strip_prefix('@') {
            Some(file) => weight::read(&format!("@{}", self.folder.join(file).display()), &spec.geometry),
            None => weight::read(text, &spec.geometry),
        });
        let (weight, remarks) = (weight.transpose()?, asked.meaning());
        let mut text = Canonical::new(spec).with_product(product).with_remarks(&remarks);
        if let Some(weight) = &weight {
            text = text.with_weight(weight)?;
        }
        text.text()
    }

    fn text(&self, key: &'static str) -> Result<Option<&str>, Error> {
        match self.table.get(key) {
            None => Ok(None),
            Some(Value::String(text)) => Ok(Some(text)),
            Some(other) => Err(wrong(key, format!("a string is needed; this is {}", a(other)))),
        }
    }

    /// `input = "NAME=1x3x32x32"`, or a list of such.
    fn inputs(&self) -> Result<Vec<String>, Error> {
        let strings = |value: &Value| value.as_str().map(str::to_owned);
        let problem = || wrong("input", "a string NAME=1x3x32x32 is needed, or a list of such".to_owned());
        match self.table.get("input") {
            None => Ok(Vec::new()),
            Some(Value::Array(all)) => all.iter().map(strings).collect::<Option<_>>().ok_or_else(problem),
            Some(one) => strings(one).map(|one| vec![one]).ok_or_else(problem),
        }
    }
}

/// A node's name as a part of a file's name: `/up/conv1` is `up_conv1`.
fn plain(name: &str) -> String {
    let name: String = name.chars().map(|c| if is_plain(c) { c } else { '_' }).collect();
    name.trim_matches('_').to_owned()
}

fn is_plain(c: char) -> bool {
    c.is_ascii_alphanumeric() || "_-+,.".contains(c)
}

/// A name that is a file's on every system, and in no other folder.
fn checked(name: String) -> Result<String, Error> {
    // Windows keeps these for devices, whatever follows the first dot.
    let first = name.split('.').next().unwrap_or_default().to_ascii_lowercase();
    let numbered = ["com", "lpt"].iter().any(|d| first.strip_prefix(d).is_some_and(|n| n.len() == 1 && n != "0"));
    let is_device = numbered || ["con", "prn", "aux", "nul"].contains(&first.as_str());
    let problem = match &name {
        name if name.is_empty() || name.starts_with('.') => "is empty or hidden",
        name if !name.chars().all(is_plain) => "has characters beside letters, digits and _ - + , .",
        name if name.len() > MAX_NAME => "is longer than 200 characters",
        _ if is_device => "is a device of Windows",
        _ => return Ok(name),
    };
    Err(wrong("name", format!("'{}' {problem}; name the layer's file with name = \"…\"", shown(&name))))
}
