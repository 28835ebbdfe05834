//! A call as a user types it: `pytorch stride=2 padding=1 x=1,3,4,4 w=3,2,3,3`.
//!
//! ```text
//! call := dialect [operation] word=value… x=shape w=shape
//! ```
//!
//! The dialect's table says what a value is: a number, a list, a word. A value that begins with `[` or
//! `{` is JSON. The same call may be one JSON object: `{"dialect", "op", "attributes", "x", "w"}`.

use std::fmt;
use std::str::FromStr;

use serde_json::{Map, Value};

use super::{Call, DIALECTS, Dialect, Lowered, find, shown};
use crate::error::{Error, MeaningError};

/// What the value of a word is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Form {
    /// One whole number.
    Number,
    /// A list of whole numbers, also where it has one.
    List,
    /// One whole number for all axes, or a list.
    Numbers,
    /// A word.
    Text,
    /// Whole numbers or a word.
    NumbersOrText,
    /// `true` or `false`.
    Flag,
    /// Nested lists.
    Json,
}

/// One word of a dialect.
#[derive(Debug, Clone, Copy)]
#[non_exhaustive]
pub struct Word {
    /// As the framework spells it.
    pub name: &'static str,
    /// What its value is.
    pub form: Form,
    /// What it means, in the letters of the geometry.
    pub means: &'static str,
}

impl Word {
    /// A row of a dialect's table.
    pub(super) const fn new(name: &'static str, form: Form, means: &'static str) -> Word {
        Word { name, form, means }
    }
}

/// A call in a dialect's words, as typed or as proposed.
///
/// ```
/// use convproof::dialect::Words;
/// let words: Words = "pytorch stride=2 padding=1 output_padding=1 x=1,3,4,4 w=3,2,3,3".parse()?;
/// assert_eq!(words.lower()?.spec.to_string(), "tconv i4x4 k3x3 s2 p1 a1 c3:2");
/// # Ok::<(), convproof::Error>(())
/// ```
#[derive(Debug, Clone)]
#[allow(clippy::exhaustive_structs)] // what a call is made of
pub struct Words {
    /// Whose words these are.
    pub dialect: &'static Dialect,
    /// The operation as the framework names it.
    pub operation: String,
    /// The framework's own words.
    pub attributes: Map<String, Value>,
    /// Shape of the input; empty where the words hold all sizes.
    pub x: Vec<usize>,
    /// Shape of the weight; empty where the words hold all sizes.
    pub w: Vec<usize>,
}

impl Words {
    /// What the call means.
    ///
    /// # Errors
    /// M4, M5 for words that the operation does not have or that are of another type, G1 … for
    /// sizes that fit no geometry, and the dialect's own rules.
    pub fn lower(&self) -> Result<Lowered, Error> {
        let Words { dialect, operation, attributes, x, w } = self;
        (dialect.lower)(&Call { operation, attributes, x, w })
    }

    /// Whether a text begins as a call does: with a dialect's name or as JSON.
    pub fn is_call(text: &str) -> bool {
        let first = text.split_whitespace().next().unwrap_or_default();
        text.trim_start().starts_with('{') || find(&first.to_ascii_lowercase()).is_some()
    }

    /// The call of a JSON object.
    fn of_json(text: &str) -> Result<Words, Error> {
        let value: Value = serde_json::from_str(text).map_err(|e| wrong("the call", text, format!("JSON ({e})")))?;
        let Value::Object(mut object) = value else { return Err(wrong("the call", text, "a JSON object".to_owned())) };
        let mut take = |names: [&str; 2]| names.iter().find_map(|name| object.remove(*name));
        let text_of = |name: &str, value: Option<Value>| match value {
            None => Ok(None),
            Some(Value::String(text)) => Ok(Some(text)),
            Some(other) => Err(wrong(name, &other.to_string(), "a word".to_owned())),
        };
        let name = text_of("dialect", take(["dialect", "framework"]))?.unwrap_or_default();
        let dialect = known(&name)?;
        let operation = text_of("op", take(["op", "operation"]))?;
        let attributes = match take(["attributes", "attributes"]) {
            None => Map::new(),
            Some(Value::Object(map)) => map,
            Some(other) => return Err(wrong("attributes", &other.to_string(), "a JSON object".to_owned())),
        };
        let mut shape = |name: &'static str| match take([name, name]) {
            None => Ok(Vec::new()),
            Some(value) => serde_json::from_value(value.clone())
                .map_err(|_| wrong(name, &value.to_string(), "a shape, as [1, 3, 4, 4]".to_owned())),
        };
        let (x, w) = (shape("x")?, shape("w")?);
        if let Some(name) = object.keys().next() {
            let known = "dialect, op, attributes, x, w".to_owned();
            return Err(MeaningError::UnknownAttribute { name: shown(name), operation: "a call".into(), known }.into());
        }
        let operation = operation.unwrap_or_else(|| dialect.default_operation.to_owned());
        Words { dialect, operation, attributes, x, w }.with_shapes()
    }

    /// Refuses a call that needs shapes and has none.
    fn with_shapes(self) -> Result<Words, Error> {
        let in_words = self.dialect.words.iter().any(|word| word.name == DESCRIPTOR);
        for (name, shape) in [("x", &self.x), ("w", &self.w)] {
            if shape.is_empty() && !in_words {
                let expected = format!("the shape of {name}, as {name}=1,3,4,4");
                return Err(wrong(name, "missing", expected));
            }
        }
        Ok(self)
    }
}

/// The word that a bare text of a dialect with descriptors is.
pub(super) const DESCRIPTOR: &str = "descriptor";

fn known(name: &str) -> Result<&'static Dialect, Error> {
    find(name).ok_or_else(|| {
        let known = DIALECTS.iter().map(|d| d.name).collect::<Vec<_>>().join(", ");
        MeaningError::NoDialect { name: shown(name), known }.into()
    })
}

fn wrong(name: &str, got: &str, expected: String) -> Error {
    MeaningError::Attribute { name: name.to_owned(), got: shown(got), expected }.into()
}

/// Words at white space outside of brackets.
fn split(text: &str) -> Vec<&str> {
    let (mut words, mut depth, mut start) = (Vec::new(), 0i64, None);
    for (at, c) in text.char_indices() {
        match c {
            '[' | '{' => depth += 1,
            ']' | '}' => depth -= 1,
            _ => {}
        }
        let between = c.is_whitespace() && depth <= 0;
        match (between, start) {
            (false, None) => start = Some(at),
            (true, Some(from)) => {
                words.push(&text[from..at]);
                start = None;
            }
            _ => {}
        }
    }
    words.extend(start.map(|from| &text[from..]));
    words
}

/// `1,3,4,4`, with or without brackets.
fn shape(name: &str, text: &str) -> Result<Vec<usize>, Error> {
    let inner = text.trim_start_matches(['[', '(']).trim_end_matches([']', ')']);
    let sizes = inner.split(',').map(|n| n.trim().parse().ok()).collect::<Option<Vec<usize>>>();
    sizes.ok_or_else(|| wrong(name, text, format!("a shape, as {name}=1,3,4,4")))
}

impl Form {
    /// A typed value as JSON. What does not fit stays a word, and the dialect refuses it by its type.
    fn read(self, text: &str) -> Value {
        if text.starts_with(['[', '{']) {
            return serde_json::from_str(text).unwrap_or_else(|_| Value::from(text));
        }
        let numbers = || text.split(',').map(|n| n.trim().parse::<i64>().ok()).collect::<Option<Vec<i64>>>();
        match (self, numbers()) {
            (Form::Text, _) => Value::from(text),
            (Form::Flag, _) => text.parse::<bool>().map_or_else(|_| Value::from(text), Value::from),
            (Form::List | Form::Json, Some(list)) => Value::from(list),
            (_, Some(list)) if list.len() == 1 => Value::from(list[0]),
            (_, Some(list)) => Value::from(list),
            (_, None) => Value::from(text),
        }
    }
}

impl FromStr for Words {
    type Err = Error;

    /// Reads plain words, or one JSON object.
    ///
    /// # Errors
    /// M6 for an unknown dialect, M4 for a word that it does not have, M5 for a missing or
    /// unreadable value.
    fn from_str(text: &str) -> Result<Self, Error> {
        if text.trim_start().starts_with('{') {
            return Words::of_json(text);
        }
        let mut parts = split(text).into_iter();
        let dialect = known(parts.next().unwrap_or_default())?;
        let descriptor = dialect.words.iter().any(|word| word.name == DESCRIPTOR);
        let (mut operation, mut attributes) = (None, Map::new());
        let (mut x, mut w) = (Vec::new(), Vec::new());
        for part in parts {
            let Some((name, value)) = part.split_once('=') else {
                if descriptor && attributes.insert(DESCRIPTOR.to_owned(), Value::from(part)).is_none() {
                    continue;
                }
                if descriptor || operation.replace(part.to_owned()).is_some() {
                    return Err(wrong(part, "a second bare word", "word=value".to_owned()));
                }
                continue;
            };
            let name = name.trim_start_matches('-');
            if (name == "x" && !x.is_empty()) || (name == "w" && !w.is_empty()) || attributes.contains_key(name) {
                return Err(wrong(name, "given twice", "each word once".to_owned()));
            }
            match (name, dialect.words.iter().find(|word| word.name == name)) {
                ("x", _) => x = shape("x", value)?,
                ("w", _) => w = shape("w", value)?,
                (_, Some(word)) => drop(attributes.insert(name.to_owned(), word.form.read(value))),
                (_, None) => {
                    let known: Vec<&str> = dialect.words.iter().map(|word| word.name).chain(["x", "w"]).collect();
                    let (operation, known) = (dialect.name.to_owned(), known.join(", "));
                    return Err(MeaningError::UnknownAttribute { name: shown(name), operation, known }.into());
                }
            }
        }
        let operation = operation.unwrap_or_else(|| dialect.default_operation.to_owned());
        Words { dialect, operation, attributes, x, w }.with_shapes()
    }
}

impl fmt::Display for Words {
    /// The plain words, which read back to the same call; a list of equal numbers once where one
    /// number stands for all axes.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.dialect.name)?;
        if self.operation != self.dialect.default_operation {
            // Recorded operations may be phrases; a call has one word for it, which a shell leaves alone.
            let parts = self.operation.split(|c: char| c.is_whitespace() || "()".contains(c));
            write!(f, " {}", parts.filter(|part| !part.is_empty()).collect::<Vec<_>>().join("_"))?;
        }
        let form = |name: &str| self.dialect.words.iter().find(|word| word.name == name).map(|word| word.form);
        let order = |name: &str| self.dialect.words.iter().position(|word| word.name == name);
        let mut attributes: Vec<_> = self.attributes.iter().filter(|(_, value)| !value.is_null()).collect();
        attributes.sort_by_key(|(name, _)| order(name));
        for (name, value) in attributes {
            let list = value.as_array().and_then(|list| list.iter().map(Value::as_i64).collect::<Option<Vec<i64>>>());
            match (form(name), list, value) {
                (_, _, Value::String(text)) if name == DESCRIPTOR => write!(f, " {text}")?,
                (Some(Form::Numbers | Form::NumbersOrText), Some(list), _)
                    if list.first().is_some_and(|first| list.iter().all(|n| n == first)) =>
                {
                    write!(f, " {name}={}", list[0])?;
                }
                (_, Some(list), _) if !list.is_empty() => write!(f, " {name}={}", commas(&list))?,
                (_, _, Value::String(text)) => write!(f, " {name}={text}")?,
                (_, _, other) => write!(f, " {name}={other}")?,
            }
        }
        for (name, shape) in [("x", &self.x), ("w", &self.w)] {
            if !shape.is_empty() {
                write!(f, " {name}={}", commas(shape))?;
            }
        }
        Ok(())
    }
}

/// `1,3,4,4`
fn commas<T: ToString>(numbers: &[T]) -> String {
    numbers.iter().map(ToString::to_string).collect::<Vec<_>>().join(",")
}
