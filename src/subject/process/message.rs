//! The lines of the protocol: a request written, an answer read.

use std::path::Path;

use serde_json::{Map, Value, json};

use super::lines::message;
use crate::data::ElementType;
use crate::geometry::{Axis, Kind, Spec};
use crate::subject::Request;
use crate::translate::Raised;

/// The arrays of a request, by their names in the protocol.
pub(super) const OPERANDS: [&str; 4] = ["x", "w", "b", "g"];

/// One request as a line.
pub(super) fn line(
    id: u64,
    request: &Request,
    raised: Option<&Raised>,
    dtype: Option<ElementType>,
    folder: &Path,
) -> String {
    let path = |name: &str| folder.join(format!("{name}.npy")).to_string_lossy().into_owned();
    let mut line = json!({
        "id": id,
        "op": request.spec.kind.word(),
        "role": request.role.name(),
        "spec": request.spec.to_string(),
        "geometry": geometry(&request.spec),
        "dialect": raised.map(|raised| raised.words.dialect.name),
        "attributes": raised.map(|raised| &raised.words.attributes),
        "dtype": dtype.map(ElementType::name),
    });
    let used = [&request.x, &request.w, &request.b, &request.g].map(Option::is_some);
    for (name, used) in OPERANDS.into_iter().zip(used) {
        line[name] = used.then(|| path(name)).into();
    }
    line["y"] = path("y").into();
    format!("{line}\n")
}

/// The geometry in the words of recorded cases, seen from the operation: of a convolution sizes and
/// channels are its own, and it has no output padding.
fn geometry(spec: &Spec) -> Value {
    let g = &spec.geometry;
    let all = |value: fn(&Axis) -> i64| g.axes().iter().map(value).collect::<Vec<_>>();
    let conv = spec.kind == Kind::Conv;
    let (size, output) = (all(Axis::input), all(Axis::output));
    let (size, output) = if conv { (output, size) } else { (size, output) };
    let channels = (g.in_channels(), g.out_channels());
    let channels = if conv { (channels.1, channels.0) } else { channels };
    json!({
        "size": size,
        "kernel": all(Axis::kernel),
        "stride": all(Axis::stride),
        "dilation": all(Axis::dilation),
        "pad_begin": all(|a| a.padding().begin),
        "pad_end": all(|a| a.padding().end),
        "output_padding": all(if conv { |_| 0 } else { Axis::output_padding }),
        "groups": g.groups(),
        "batch": g.batch(),
        "in_channels": channels.0,
        "out_channels": channels.1,
        "output": output,
    })
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
    fn the_geometry_is_that_of_the_operation() {
        let of = |spec: &str| geometry(&spec.parse().unwrap());
        let tconv = of("tconv i2x3 k3 s2 p1:0 a1x0 c2:4 g2 n3");
        assert_eq!((&tconv["size"], &tconv["output"]), (&json!([2, 3]), &json!([5, 6])));
        assert_eq!((&tconv["in_channels"], &tconv["out_channels"]), (&json!(2), &json!(4)));
        assert_eq!((&tconv["output_padding"], &tconv["pad_begin"]), (&json!([1, 0]), &json!([1, 1])));
        let conv = of("conv i6 k3 s2 c4:2");
        assert_eq!((&conv["size"], &conv["output"]), (&json!([6]), &json!([2])));
        assert_eq!((&conv["in_channels"], &conv["out_channels"]), (&json!(4), &json!(2)));
        assert_eq!(conv["output_padding"], json!([0]));
    }

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
