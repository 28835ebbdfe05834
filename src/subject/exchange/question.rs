//! A request in words: the fields of the protocol.

use serde_json::{Value, json};

use crate::data::ElementType;
use crate::geometry::{Axis, Kind, Spec};
use crate::subject::Request;
use crate::translate::Raised;

/// The arrays of a request, by their names in the protocol.
const OPERANDS: [&str; 4] = ["x", "w", "b", "g"];

/// The fields of a request, in the order of the protocol; `path` names the file of each array.
pub(in crate::subject) fn fields(
    id: u64,
    request: &Request,
    raised: Option<&Raised>,
    dtype: Option<ElementType>,
    path: &dyn Fn(&str) -> String,
) -> Value {
    let mut line = json!({
        "id": id,
        "op": request.spec.kind.word(),
        "role": request.role.name(),
        "spec": request.spec.to_string(),
        "geometry": geometry(&request.spec),
        "dialect": raised.map(|raised| raised.words.dialect.name),
        "attributes": raised.map(|raised| &raised.words.attributes),
        "call": raised.map(|raised| &raised.words.operation),
        "dtype": dtype.map(ElementType::name),
    });
    let used = [&request.x, &request.w, &request.b, &request.g].map(Option::is_some);
    for (name, used) in OPERANDS.into_iter().zip(used) {
        line[name] = used.then(|| path(name)).into();
    }
    line["y"] = path("y").into();
    line
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
}
