//! Emitted probes, computed by plain loops and written back, each format read by its own lines.

#![allow(dead_code)] // each test file uses its part

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use convproof::cli::SAME;
use convproof::data::npz::{Archive, write_npz};
use convproof::data::{Array, ElementType, Values, onnx, read_npy, write_npy};
use half::bf16;
use serde_json::Value;
use tempfile::TempDir;

use crate::command::{Ran, run};
use crate::naive::Geo;

/// The formats of operands, each with files that its result may come in.
pub const WAYS: [(&str, &str); 6] = [
    ("npy", "y.npy"),
    ("npz", "y.npz"),
    ("raw", "y.bin"),
    ("hex", "y.hex"),
    ("onnx", "test_data_set_0/output_0.pb"),
    ("onnx", "y.pb"),
];

/// A question that was read.
pub struct Asked {
    pub request: Value,
    pub operands: BTreeMap<&'static str, Array>,
}

/// The folders of the questions, in order.
pub fn folders(folder: &Path) -> Vec<String> {
    let names = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap());
    let mut all: Vec<String> = names.filter(|name| name.bytes().all(|b| b.is_ascii_digit())).collect();
    all.sort();
    all
}

/// Answers every question; `change` may put something else for the right result.
pub fn answer_all(folder: &Path, format: &str, way: &str, mut change: impl FnMut(&Asked, Array) -> Array) {
    for name in folders(folder) {
        answer(&folder.join(name), format, way, &mut change);
    }
}

/// Answers one question.
pub fn answer(place: &Path, format: &str, way: &str, mut change: impl FnMut(&Asked, Array) -> Array) {
    let request: Value = serde_json::from_slice(&fs::read(place.join("request.json")).unwrap()).unwrap();
    let names = ["x", "w", "b", "g"].into_iter().filter(|name| !request[*name].is_null());
    let operands = names.map(|name| (name, operand(place, &request, name, format))).collect();
    let asked = Asked { request, operands };
    let y = change(&asked, computed(&asked.request, &asked.operands));
    fs::write(place.join(way), bytes(&y, way)).unwrap();
}

fn operand(place: &Path, request: &Value, name: &str, format: &str) -> Array {
    let file = request[name].as_str().unwrap();
    let read = |file: &str| fs::read(place.join(file)).unwrap();
    let array = match format {
        "npy" => read_npy(&read(file)).unwrap(),
        "npz" => {
            let (file, key) = file.split_once(':').unwrap();
            Archive::new("it", read(file), 1 << 30).unwrap().read(key).unwrap()
        }
        "onnx" => onnx::read_tensor(&read(file)).unwrap().1,
        "raw" => of_elements(request, name, read(file)),
        _ => {
            let text = String::from_utf8(read(file)).unwrap();
            let byte = |digits: &[u8]| u8::from_str_radix(str::from_utf8(digits).unwrap(), 16).unwrap();
            let line = |line: &str| line.as_bytes().chunks(2).map(byte).rev().collect::<Vec<_>>();
            of_elements(request, name, text.lines().flat_map(line).collect())
        }
    };
    match request["dtype"] == "bfloat16" {
        true => array.reinterpreted(ElementType::Bf16).unwrap(),
        false => array,
    }
}

/// The shapes of operands follow from the geometry; a bias of int8 operands is int32.
fn of_elements(request: &Value, name: &str, bytes: Vec<u8>) -> Array {
    let geo = geometry(request);
    let (own, other) = (geo.input(), geo.output());
    let is_conv = request["op"] == "conv";
    let shape: Vec<i64> = match name {
        "x" => {
            if is_conv {
                other
            } else {
                own
            }
        }
        "g" => {
            if is_conv {
                own
            } else {
                other
            }
        }
        "w" => geo.weight(),
        _ => vec![if is_conv { geo.ci } else { geo.co }],
    };
    let shape = shape.into_iter().map(|n| usize::try_from(n).unwrap()).collect();
    let fours = || bytes.as_chunks::<4>().0.iter().copied();
    let values = match (request["dtype"].as_str().unwrap(), name) {
        ("float32", _) => Values::F32(fours().map(f32::from_le_bytes).collect()),
        ("int8", "b") => Values::I32(fours().map(i32::from_le_bytes).collect()),
        ("int8", _) => Values::I8(bytes.iter().map(|b| b.cast_signed()).collect()),
        (other, _) => panic!("{other}"),
    };
    Array::new(shape, values).unwrap()
}

/// The geometry of a request, seen from the transposed convolution.
fn geometry(request: &Value) -> Geo {
    let list = |name: &str| -> Vec<i64> {
        request["geometry"][name].as_array().unwrap().iter().map(|n| n.as_i64().unwrap()).collect()
    };
    let number = |name: &str| request["geometry"][name].as_i64().unwrap();
    let is_conv = request["op"] == "conv";
    let (size, output) = (list("size"), list("output"));
    let axes: Vec<[i64; 7]> = (0..size.len())
        .map(|n| {
            let of = |name: &str| list(name)[n];
            let [k, s, d, pb, pe] = ["kernel", "stride", "dilation", "pad_begin", "pad_end"].map(of);
            // What a convolution leaves unread is the output padding of its transpose.
            let (i, o) = if is_conv { (output[n], size[n]) } else { (size[n], output[n]) };
            [i, k, s, d, pb, pe, o - (s * (i - 1) + d * (k - 1) + 1 - pb - pe)]
        })
        .collect();
    let (one, other) = (number("in_channels"), number("out_channels"));
    let (ci, co) = if is_conv { (other, one) } else { (one, other) };
    Geo::new(&axes, [number("batch"), ci, co, number("groups")])
}

/// The right result in canonical layout, summed in binary64 and rounded once.
pub fn computed(request: &Value, operands: &BTreeMap<&'static str, Array>) -> Array {
    let geo = geometry(request);
    let numbers = |name: &str| {
        let array = &operands[name];
        (0..array.len()).map(|n| array.dyadic(n).map(|d| number(d.mantissa, d.exponent)).unwrap()).collect::<Vec<f64>>()
    };
    let is_conv = request["op"] == "conv";
    let role = request["role"].as_str().unwrap();
    let meets = geo.meets();
    let sum = |shape: &[i64], add: &dyn Fn(&crate::naive::Meet) -> (usize, f64)| {
        let mut sums = vec![0.0; usize::try_from(shape.iter().product::<i64>()).unwrap()];
        for meet in &meets {
            let (cell, product) = add(meet);
            sums[cell] += product;
        }
        (shape.to_vec(), sums)
    };
    let (shape, mut sums) = match (role, is_conv) {
        ("forward", false) | ("input-gradient", true) => {
            let (x, w) = (numbers(if is_conv { "g" } else { "x" }), numbers("w"));
            sum(&geo.output(), &|m| (m.output, x[m.input] * w[m.tap]))
        }
        ("forward", true) | ("input-gradient", false) => {
            let (x, w) = (numbers(if is_conv { "x" } else { "g" }), numbers("w"));
            sum(&geo.input(), &|m| (m.input, x[m.output] * w[m.tap]))
        }
        ("weight-gradient", _) => {
            let (input, output) = if is_conv { ("g", "x") } else { ("x", "g") };
            let (input, output) = (numbers(input), numbers(output));
            sum(&geo.weight(), &|m| (m.tap, input[m.input] * output[m.output]))
        }
        _ => {
            let (shape, g) = (operands["g"].shape(), numbers("g"));
            let inner: usize = shape[2..].iter().product();
            let mut sums = vec![0.0; shape[1]];
            g.iter().enumerate().for_each(|(n, value)| sums[n / inner % shape[1]] += value);
            (vec![i64::try_from(shape[1]).unwrap()], sums)
        }
    };
    if operands.contains_key("b") {
        let inner = usize::try_from(shape[2..].iter().product::<i64>()).unwrap();
        let b = numbers("b");
        sums.iter_mut().enumerate().for_each(|(n, sum)| *sum += b[n / inner % b.len()]);
    }
    let shape = shape.into_iter().map(|n| usize::try_from(n).unwrap()).collect();
    let element: ElementType = request["result"]["dtype"].as_str().unwrap().parse().unwrap();
    Array::new(shape, values(&sums, element)).unwrap()
}

fn number(mantissa: i64, exponent: i32) -> f64 {
    mantissa as f64 * 2f64.powi(exponent)
}

#[allow(clippy::cast_possible_truncation)] // sums that the type holds, or floats rounded
fn values(sums: &[f64], element: ElementType) -> Values {
    match element {
        ElementType::F32 => Values::F32(sums.iter().map(|&n| n as f32).collect()),
        ElementType::F64 => Values::F64(sums.to_vec()),
        ElementType::Bf16 => Values::Bf16(sums.iter().map(|&n| bf16::from_f64(n)).collect()),
        ElementType::I32 => Values::I32(sums.iter().map(|&n| n as i32).collect()),
        ElementType::I64 => Values::I64(sums.iter().map(|&n| n as i64).collect()),
        other => panic!("{other}"),
    }
}

/// The same numbers as another type.
pub fn as_type(array: &Array, element: ElementType) -> Array {
    let all: Vec<f64> =
        (0..array.len()).map(|n| array.dyadic(n).map(|d| number(d.mantissa, d.exponent)).unwrap()).collect();
    Array::new(array.shape().to_vec(), values(&all, element)).unwrap()
}

/// An array as a file of this name holds it.
fn bytes(y: &Array, way: &str) -> Vec<u8> {
    let bits = match y.values() {
        Values::Bf16(v) => {
            let bits = Values::U16(v.iter().map(|n| n.to_bits()).collect());
            Array::new(y.shape().to_vec(), bits).unwrap()
        }
        _ => y.clone(),
    };
    match way {
        "y.npy" => write_npy(&bits).unwrap(),
        "y.npz" => write_npz(&[("y", &bits)]).unwrap(),
        "y.bin" => elements(y).concat(),
        "y.hex" => {
            let line = |bytes: &Vec<u8>| bytes.iter().rev().map(|b| format!("{b:02x}")).collect::<String>();
            elements(y).iter().map(|bytes| line(bytes) + "\n").collect::<String>().into_bytes()
        }
        _ => onnx::write_tensor(y, "y").unwrap(),
    }
}

/// The little-endian bytes of each element.
fn elements(y: &Array) -> Vec<Vec<u8>> {
    match y.values() {
        Values::F32(v) => v.iter().map(|n| n.to_le_bytes().to_vec()).collect(),
        Values::F64(v) => v.iter().map(|n| n.to_le_bytes().to_vec()).collect(),
        Values::I32(v) => v.iter().map(|n| n.to_le_bytes().to_vec()).collect(),
        Values::I64(v) => v.iter().map(|n| n.to_le_bytes().to_vec()).collect(),
        other => panic!("{:?}", other.element_type()),
    }
}

/// A new folder with the probes that these words ask for.
pub fn emitted(words: &[&str]) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    let ran = emit(folder.path(), words);
    assert_eq!(ran.code, SAME, "{ran:?}");
    folder
}

/// Calls `convproof probe --emit`.
pub fn emit(folder: &Path, words: &[&str]) -> Ran {
    run(&[&["probe", "--emit", folder.to_str().unwrap()], words].concat())
}

/// Calls `convproof probe --check`.
pub fn check(folder: &Path, words: &[&str]) -> Ran {
    run(&[&["probe", "--check", folder.to_str().unwrap()], words].concat())
}

/// A report without its line breaks.
pub fn in_one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}
