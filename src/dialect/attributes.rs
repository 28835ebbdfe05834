//! A framework's words, read with their types checked.

use serde_json::{Map, Value};

use crate::error::{Error, MeaningError};

/// The attributes of one call. Every reader checks the type; [`Attributes::finish`] refuses words
/// that no reader asked for.
#[derive(Debug)]
pub struct Attributes<'a> {
    operation: &'a str,
    map: &'a Map<String, Value>,
    asked: Vec<&'static str>,
}

impl<'a> Attributes<'a> {
    /// The attributes of a call of `operation`.
    pub fn new(operation: &'a str, map: &'a Map<String, Value>) -> Self {
        Attributes { operation, map, asked: Vec::new() }
    }

    /// The value under a name; JSON `null` counts as absent.
    fn value(&mut self, name: &'static str) -> Option<&'a Value> {
        self.asked.push(name);
        self.map.get(name).filter(|value| !value.is_null())
    }

    /// Whether the word is given.
    pub fn has(&mut self, name: &'static str) -> bool {
        self.value(name).is_some()
    }

    /// A list with `len` entries; where `broadcast`, one number stands for all.
    ///
    /// # Errors
    /// M5 for another type or length.
    pub fn integers(&mut self, name: &'static str, len: usize, broadcast: bool) -> Result<Option<Vec<i64>>, Error> {
        let Some(value) = self.value(name) else { return Ok(None) };
        let expected = || {
            let or = if broadcast { "a whole number or " } else { "" };
            format!("{or}a list of {len} whole numbers")
        };
        let wrong = || wrong(name, value, expected());
        let list = match value {
            Value::Array(list) => list.iter().map(Value::as_i64).collect::<Option<Vec<i64>>>().ok_or_else(wrong)?,
            one if broadcast => vec![one.as_i64().ok_or_else(wrong)?],
            _ => return Err(wrong()),
        };
        match list.len() {
            n if n == len => Ok(Some(list)),
            1 if broadcast => Ok(Some(vec![list[0]; len])),
            _ => Err(wrong()),
        }
    }

    /// A whole number.
    ///
    /// # Errors
    /// M5 for another type.
    pub fn integer(&mut self, name: &'static str) -> Result<Option<i64>, Error> {
        let Some(value) = self.value(name) else { return Ok(None) };
        let number = value.as_i64().ok_or_else(|| wrong(name, value, "a whole number".to_owned()))?;
        Ok(Some(number))
    }

    /// A word.
    ///
    /// # Errors
    /// M5 for another type.
    pub fn text(&mut self, name: &'static str) -> Result<Option<&'a str>, Error> {
        let Some(value) = self.value(name) else { return Ok(None) };
        let text = value.as_str().ok_or_else(|| wrong(name, value, "a word".to_owned()))?;
        Ok(Some(text))
    }

    /// The word, where a word and numbers may both stand and a word does.
    pub fn text_if_any(&self, name: &str) -> Option<&'a str> {
        self.map.get(name).and_then(Value::as_str)
    }

    /// `true` or `false`.
    ///
    /// # Errors
    /// M5 for another type.
    pub fn flag(&mut self, name: &'static str) -> Result<Option<bool>, Error> {
        let Some(value) = self.value(name) else { return Ok(None) };
        let flag = value.as_bool().ok_or_else(|| wrong(name, value, "true or false".to_owned()))?;
        Ok(Some(flag))
    }

    /// A list of `len` times `true` or `false`.
    ///
    /// # Errors
    /// M5 for another type or length.
    pub fn flags(&mut self, name: &'static str, len: usize) -> Result<Option<Vec<bool>>, Error> {
        let Some(value) = self.value(name) else { return Ok(None) };
        let list = value.as_array().and_then(|list| list.iter().map(Value::as_bool).collect::<Option<Vec<_>>>());
        let list = list.filter(|list| list.len() == len);
        list.map(Some).ok_or_else(|| wrong(name, value, format!("a list of {len} times true or false")))
    }

    /// `[[begin, end], …]`, a pair for each axis.
    ///
    /// # Errors
    /// M5 for another type or length.
    pub fn pairs(&mut self, name: &'static str, len: usize) -> Result<Option<Vec<(i64, i64)>>, Error> {
        let Some(value) = self.value(name) else { return Ok(None) };
        let pair = |value: &Value| match &value.as_array()?[..] {
            [begin, end] => Some((begin.as_i64()?, end.as_i64()?)),
            _ => None,
        };
        let pairs = value.as_array().and_then(|list| list.iter().map(pair).collect::<Option<Vec<_>>>());
        let pairs = pairs.filter(|pairs| pairs.len() == len);
        pairs.map(Some).ok_or_else(|| wrong(name, value, format!("{len} pairs [begin, end]")))
    }

    /// A list of words.
    ///
    /// # Errors
    /// M5 for another type or length.
    pub fn texts(&mut self, name: &'static str, len: usize) -> Result<Option<Vec<&'a str>>, Error> {
        let Some(value) = self.value(name) else { return Ok(None) };
        let list = value.as_array().and_then(|list| list.iter().map(Value::as_str).collect::<Option<Vec<_>>>());
        let list = list.filter(|list| list.len() == len);
        list.map(Some).ok_or_else(|| wrong(name, value, format!("{len} words")))
    }

    /// Whether the value is a word (where a word and numbers may both stand).
    pub fn is_text(&self, name: &str) -> bool {
        self.map.get(name).is_some_and(Value::is_string)
    }

    /// Refuses words that were never asked for.
    ///
    /// # Errors
    /// M4 for the first of them.
    pub fn finish(self) -> Result<(), Error> {
        match self.map.keys().find(|name| !self.asked.contains(&name.as_str())) {
            None => Ok(()),
            Some(name) => {
                let mut known = self.asked;
                known.sort_unstable();
                known.dedup();
                let (name, operation, known) = (shown(name), shown(self.operation), known.join(", "));
                Err(MeaningError::UnknownAttribute { name, operation, known }.into())
            }
        }
    }
}

fn wrong(name: &str, value: &Value, expected: String) -> Error {
    MeaningError::Attribute { name: name.to_owned(), got: shown(&value.to_string()), expected }.into()
}

/// At most 60 characters of a text from outside, in one line.
pub(crate) fn shown(text: &str) -> String {
    let mut short: String = text.chars().take(60).map(|c| if c.is_control() { ' ' } else { c }).collect();
    if text.chars().count() > 60 {
        short.push('…');
    }
    short
}
