//! The lines of the protocol: a request written, an answer read.

use std::path::Path;

use serde_json::{Map, Value};

use crate::data::ElementType;
use crate::subject::Request;
use crate::subject::exchange::{fields, message};
use crate::translate::Raised;

/// One request as a line.
pub(super) fn line(
    id: u64,
    request: &Request,
    raised: Option<&Raised>,
    dtype: Option<ElementType>,
    folder: &Path,
) -> String {
    let path = |name: &str| folder.join(format!("{name}.npy")).to_string_lossy().into_owned();
    format!("{}\n", fields(id, request, raised, dtype, &path))
}

/// An answer.
#[derive(Debug, PartialEq)]
pub(super) enum Answer {
    Done,
    Refused(String),
    Error(String),
}

/// Reads a line as the answer to `id`; why it is none.
pub(super) fn answer(line: &str, id: u64) -> Result<Answer, String> {
    let not = |what: &str| Err(format!("{what}: '{}'", message(line)));
    let Ok(Value::Object(object)) = serde_json::from_str::<Value>(line) else { return not("no line of JSON") };
    if object.get("id").and_then(Value::as_u64) != Some(id) {
        return not(&format!("no answer to {id}"));
    }
    let text = |object: &Map<String, Value>| match object.get("error") {
        Some(Value::String(text)) => message(text),
        Some(other) if !other.is_null() => message(&other.to_string()),
        _ => "without a word".to_owned(),
    };
    match (object.get("ok"), object.get("refused")) {
        (Some(Value::Bool(true)), _) => Ok(Answer::Done),
        (Some(Value::Bool(false)), Some(Value::Bool(true))) => Ok(Answer::Refused(text(&object))),
        (Some(Value::Bool(false)), None | Some(Value::Bool(false) | Value::Null)) => Ok(Answer::Error(text(&object))),
        _ => not("no answer with ok and refused"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_has_its_id_and_says_yes_or_no() {
        assert_eq!(answer(r#"{"id":7,"ok":true,"more":1}"#, 7), Ok(Answer::Done));
        let refused = answer(r#"{"id":7,"ok":false,"refused":true,"error":"a\nb"}"#, 7);
        assert_eq!(refused, Ok(Answer::Refused("a b".into())));
        assert_eq!(answer(r#"{"id":7,"ok":false}"#, 7), Ok(Answer::Error("without a word".into())));
        for line in ["", "7", "{", "{}", r#"{"ok":true}"#, r#"{"id":"7","ok":true}"#, r#"{"id":7,"ok":1}"#] {
            assert!(answer(line, 7).is_err(), "{line}");
        }
        let other = answer(r#"{"id":6,"ok":true}"#, 7);
        assert_eq!(other, Err(r#"no answer to 7: '{"id":6,"ok":true}'"#.into()));
    }
}
