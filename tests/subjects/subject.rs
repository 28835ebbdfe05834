//! A subject for tests: right, or wrong in one named way wherever the stride is 2.
//!
//! `subject MODE FOLDER`. In FOLDER it leaves what tests ask for when it is gone: `lock`, which it
//! holds while it lives, and `folders`, a line for each folder of arrays that it was sent to.

#![allow(clippy::unwrap_used, clippy::print_stdout, clippy::float_arithmetic)] // a test program

use std::fs::{self, File};
use std::io::{BufRead, Write};
use std::path::Path;
use std::process::{Command, Stdio, abort, exit};

use convproof::data::{Array, ElementType, Values, read_npy, write_npy};
use convproof::scalar::Dyadic;
use convproof::{Kind, Spec};
use serde_json::{Value, json};

mod scatter;

fn main() {
    let words: Vec<String> = std::env::args().collect();
    let (mode, folder) = (words[1].as_str(), Path::new(&words[2]));
    let lock = File::create(folder.join("lock")).unwrap();
    lock.lock_shared().unwrap();
    if mode == "outlive" {
        std::thread::sleep(std::time::Duration::from_secs(600));
        fs::write(folder.join("outlived"), "").unwrap();
        return;
    }
    if mode == "slow" {
        park();
    }
    for line in std::io::stdin().lock().lines() {
        let request: Value = serde_json::from_str(&line.unwrap()).unwrap();
        let arrays = Path::new(request["y"].as_str().unwrap()).parent().unwrap();
        let mut folders = File::options().create(true).append(true).open(folder.join("folders")).unwrap();
        writeln!(folders, "{}", arrays.display()).unwrap();
        let marked = request["geometry"]["stride"][0] == 2;
        answer(&request, if marked { mode } else { "right" }, folder);
    }
    if mode == "stays" {
        park();
    }
}

fn park() -> ! {
    loop {
        std::thread::park();
    }
}

fn say(line: &str) {
    let mut out = std::io::stdout().lock();
    // A reader who has gone has seen enough.
    if writeln!(out, "{line}").and_then(|()| out.flush()).is_err() {
        exit(0);
    }
}

fn answer(request: &Value, mode: &str, folder: &Path) {
    let id = request["id"].as_u64().unwrap();
    let no = |refused: bool| say(&json!({"id": id, "ok": false, "refused": refused, "error": "not\nthis"}).to_string());
    let outlive = || {
        let mut child = Command::new(std::env::current_exe().unwrap());
        child.args(["outlive", folder.to_str().unwrap()]).stdin(Stdio::null()).spawn().unwrap()
    };
    match mode {
        "hang" => park(),
        "crash" => abort(),
        "exit" => exit(3),
        "last-words" => {
            eprintln!("first\nno memory left\n");
            exit(4);
        }
        "rubbish" => return say("y = 3"),
        "blank" => return say(""),
        "endless" => loop {
            if std::io::stdout().write_all(&[b'x'; 4096]).is_err() {
                exit(0);
            }
        },
        "lines" => loop {
            say("x");
        },
        "order" => return say(&json!({"id": id - 1, "ok": true}).to_string()),
        "refuses" => return no(true),
        "fails" => return no(false),
        "no-file" => return say(&json!({"id": id, "ok": true}).to_string()),
        "deaf" => {
            outlive();
            exit(5);
        }
        "family" => drop(outlive()),
        "noisy" => {
            for _ in 0..1 << 16 {
                eprintln!("{}", "noise ".repeat(16));
            }
        }
        "greedy" => {
            let taken = vec![1u8; 1 << 30];
            assert!(taken.contains(&1));
        }
        _ => {}
    }
    let y = Path::new(request["y"].as_str().unwrap());
    write(y, &result(request, mode == "ordered"), mode);
    if mode == "deletes" {
        fs::remove_dir_all(y.parent().unwrap()).unwrap();
    }
    if mode == "replaces" {
        // What cannot be written over, removed as a file, or read to an end.
        for name in ["x.npy", "y.npy"] {
            fs::remove_file(y.with_file_name(name)).unwrap();
            fs::create_dir(y.with_file_name(name)).unwrap();
        }
    }
    say(&json!({"id": id, "ok": true}).to_string());
    if mode == "twice" {
        say(&json!({"id": id, "ok": true}).to_string());
    }
}

/// The array of a file, whatever its header says of the order of its axes: first axis outermost.
fn in_c_order(bytes: &[u8]) -> Array {
    let array = read_npy(bytes).unwrap();
    let flag = b"'fortran_order': True";
    if !bytes.windows(flag.len()).any(|at| at == flag) {
        return array;
    }
    let (shape, reversed) = (array.shape().to_vec(), (0..array.shape().len()).rev().collect::<Vec<_>>());
    Array::new(shape, array.permuted(&reversed).values().clone()).unwrap()
}

/// The result of a request in canonical layouts.
fn result(request: &Value, c_order: bool) -> Array {
    let spec: Spec = request["spec"].as_str().unwrap().parse().unwrap();
    let read = |name: &str| {
        let bytes = fs::read(request[name].as_str()?).unwrap();
        let array = if c_order { in_c_order(&bytes) } else { read_npy(&bytes).unwrap() };
        let bits = request["dtype"] == "bfloat16";
        Some(if bits { array.reinterpreted(ElementType::Bf16).unwrap() } else { array })
    };
    #[allow(clippy::cast_precision_loss)] // mantissas of floating-point numbers
    let number = |exact: Dyadic| exact.mantissa as f64 * 2f64.powi(exact.exponent);
    let numbers = |array: Array| (0..array.len()).map(|n| number(array.dyadic(n).unwrap())).collect::<Vec<_>>();
    let forward = spec.kind == Kind::Tconv;
    let [x, w, b, g] = ["x", "w", "b", "g"].map(|name| read(name).map(numbers));
    let (input, output) = if forward { (x, g) } else { (g, x) };
    let role = request["role"].as_str().unwrap();
    let (shape, mut values) = match role {
        "forward" if forward => scatter::output(&spec.geometry, &input.unwrap(), &w.unwrap()),
        "input-gradient" if !forward => scatter::output(&spec.geometry, &input.unwrap(), &w.unwrap()),
        "forward" | "input-gradient" => scatter::input(&spec.geometry, &output.unwrap(), &w.unwrap()),
        "weight-gradient" => scatter::weight(&spec.geometry, &input.unwrap(), &output.unwrap()),
        _ => {
            let (shape, g) = (spec.output_shape(), if forward { output } else { input }.unwrap());
            let per_channel = shape[2..].iter().product::<usize>();
            let mut sums = vec![0.0; shape[1]];
            g.iter().enumerate().for_each(|(n, value)| sums[n / per_channel % shape[1]] += value);
            (vec![shape[1]], sums)
        }
    };
    if let (Some(b), "forward") = (b, role) {
        let per_channel = shape[2..].iter().product::<usize>();
        values.iter_mut().enumerate().for_each(|(n, value)| *value += b[n / per_channel % shape[1]]);
    }
    #[allow(clippy::cast_possible_truncation)] // small whole numbers
    let as_asked = match request["dtype"].as_str().unwrap() {
        "float64" => Values::F64(values),
        "int8" => Values::I8(values.into_iter().map(|value| value as i8).collect()),
        // Its bits are the upper half of a float32.
        "bfloat16" => Values::U16(values.into_iter().map(|v| ((v as f32).to_bits() >> 16) as u16).collect()),
        _ => Values::F32(values.into_iter().map(|value| value as f32).collect()),
    };
    Array::new(shape, as_asked).unwrap()
}

fn write(path: &Path, array: &Array, mode: &str) {
    let same = |values| Array::new(array.shape().to_vec(), values).unwrap();
    let bytes = match mode {
        "dtype" => write_npy(&same(Values::I64(vec![7; array.len()]))).unwrap(),
        "nan" => write_npy(&same(Values::F32(vec![f32::NAN; array.len()]))).unwrap(),
        "size" => write_npy(&Array::new(vec![3], Values::F32(vec![1.0; 3])).unwrap()).unwrap(),
        "truncated" => write_npy(array).unwrap()[..100].to_vec(),
        _ => write_npy(array).unwrap(),
    };
    fs::write(path, bytes).unwrap();
}
