//! What matrices and products look like. Expected texts come from the textbooks, or are worked
//! by hand; snapshots under `snapshots/` are pages for a book.

#![allow(clippy::unwrap_used)] // a test may fail by it

use std::collections::BTreeMap;

use crate::snapshots::assert_page;
use convproof::matrix::Side;
use convproof::render::names::{Names, Notation};
use convproof::render::{FORMATS, Format, MatrixView};
use convproof::scalar::{Rational, parse_rational, show_rational};
use convproof::{ConvMatrix, Kind, Spec, Tensor};

pub fn spec(text: &str) -> Spec {
    text.parse().expect(text)
}

/// The matrix of the named operation.
pub fn own(spec: &Spec) -> ConvMatrix {
    match spec.kind {
        Kind::Conv => spec.geometry.matrix().unwrap(),
        Kind::Tconv => spec.geometry.transposed_matrix().unwrap(),
    }
}

pub fn weight(spec: &Spec, values: &str) -> Tensor<Rational> {
    let values = values.split_whitespace().map(|v| parse_rational(v).unwrap()).collect();
    Tensor::new(spec.geometry.weight_shape(), values).unwrap()
}

fn counting(spec: &Spec) -> Tensor<Rational> {
    let count: usize = spec.geometry.weight_shape().iter().product();
    weight(spec, &(1..=count).map(|n| n.to_string()).collect::<Vec<_>>().join(" "))
}

fn text(words: &str) -> String {
    let spec = spec(words);
    MatrixView::new(&own(&spec), spec.kind).show(Format::Text).unwrap()
}

// ---- texts from the books ------------------------------------------------------------------

/// Dumoulin and Visin, "A guide to convolution arithmetic for deep learning", §4.1.
#[test]
fn the_4_by_16_matrix_is_that_of_the_guide() {
    let guide = "\
w00 w01 w02 0   w10 w11 w12 0   w20 w21 w22 0   0   0   0   0
0   w00 w01 w02 0   w10 w11 w12 0   w20 w21 w22 0   0   0   0
0   0   0   0   w00 w01 w02 0   w10 w11 w12 0   w20 w21 w22 0
0   0   0   0   0   w00 w01 w02 0   w10 w11 w12 0   w20 w21 w22
";
    assert_eq!(text("conv i4x4 k3x3"), guide);
    let g = spec("conv i4x4 k3x3").geometry;
    assert_eq!(g.matrix().unwrap().to_string() + "\n", guide);
    assert_page("matrix", &spec("conv i4x4 k3x3"), "", "the guide's matrix", guide);
}

/// Worked by hand: where each input stamps the kernel.
#[test]
fn the_product_is_sixteen_sums() {
    let by_hand = "\
y00 = x00·w00
y01 = x00·w01 + x01·w00
y02 = x00·w02 + x01·w01
y03 = x01·w02
y10 = x00·w10 + x10·w00
y11 = x00·w11 + x01·w10 + x10·w01 + x11·w00
y12 = x00·w12 + x01·w11 + x10·w02 + x11·w01
y13 = x01·w12 + x11·w02
y20 = x00·w20 + x10·w10
y21 = x00·w21 + x01·w20 + x10·w11 + x11·w10
y22 = x00·w22 + x01·w21 + x10·w12 + x11·w11
y23 = x01·w22 + x11·w12
y30 = x10·w20
y31 = x10·w21 + x11·w20
y32 = x10·w22 + x11·w21
y33 = x11·w22
";
    let spec = spec("tconv i2x2 k3x3");
    let matrix = own(&spec);
    let view = MatrixView::new(&matrix, spec.kind);
    assert_eq!(view.show_product(Format::Text).unwrap(), by_hand);
    assert_page("matrix", &spec, "product", "Cᵀx as sums", by_hand);
    assert_page("latex", &spec, "product", "Cᵀx as sums", &view.show_product(Format::Latex).unwrap());
}

/// Zhang et al., "Dive into Deep Learning", §14.10, K = [[1, 2], [3, 4]].
#[test]
fn numbers_stand_where_dive_into_deep_learning_has_them() {
    let spec = spec("conv i3x3 k2x2");
    let (matrix, weight) = (own(&spec), counting(&spec));
    let shown = MatrixView::new(&matrix, spec.kind).with_weight(&weight).unwrap().show(Format::Text).unwrap();
    assert_eq!(shown, "1 2 0 3 4 0 0 0 0\n0 1 2 0 3 4 0 0 0\n0 0 0 1 2 0 3 4 0\n0 0 0 0 1 2 0 3 4\n");
    assert_page("matrix", &spec, "weight", "weight 1 2; 3 4, the matrix of Dive into Deep Learning", &shown);
}

/// Stride, padding, dilation, k < s, each worked by hand from o = s·i + d·t − p.
#[test]
fn seven_matrices_on_one_axis() {
    let cases = [
        ("conv i5 k3 s2", "w0 w1 w2 0  0\n0  0  w0 w1 w2\n", "stride 2"),
        (
            "conv i5 k3 s2 p1",
            "w1 w2 0  0  0\n0  w0 w1 w2 0\n0  0  0  w0 w1\n",
            "padding cuts the first and the last row",
        ),
        ("conv i6 k3 s2 p1", "w1 w2 0  0  0  0\n0  w0 w1 w2 0  0\n0  0  0  w0 w1 w2\n", "the even length: a = 1"),
        ("conv i5 k2 s3", "w0 w1 0  0  0\n0  0  0  w0 w1\n", "k < s: a column without a tap"),
        ("conv i4 k3 p1", "w1 w2 0  0\nw0 w1 w2 0\n0  w0 w1 w2\n0  0  w0 w1\n", "same length: a band"),
        ("conv i7 k3 d2", "w0 0  w1 0  w2 0  0\n0  w0 0  w1 0  w2 0\n0  0  w0 0  w1 0  w2\n", "dilation 2"),
        (
            "conv i8 k3 s2 p1 d2",
            "0  w1 0  w2 0  0  0  0\n0  w0 0  w1 0  w2 0  0\n0  0  0  w0 0  w1 0  w2\n",
            "gcd(d, s) = 2: every other column is empty",
        ),
    ];
    for (words, expected, why) in cases {
        assert_eq!(text(words), expected, "{words}");
        assert_page("matrix", &spec(words), "", why, expected);
    }
}

// ---- names ---------------------------------------------------------------------------------

#[test]
fn names_are_short_as_long_as_they_are_clear() {
    let last = |words: &str, notation: Notation| {
        let s = spec(words);
        let names = Names::with_notation(&s, notation);
        let count = |shape: Vec<usize>| shape.iter().product::<usize>() - 1;
        let tap = names.tap(count(s.geometry.weight_shape())).into_owned();
        let (x, y) = (names.x(count(s.input_shape())), names.y(count(s.output_shape())));
        [tap, x.into_owned(), y.into_owned()]
    };
    for (words, plain, latex) in [
        ("conv i4x4 k3x3", ["w22", "x33", "y11"], ["w_{2,2}", "x_{3,3}", "y_{1,1}"]),
        ("tconv i2x2 k3x3", ["w22", "x11", "y33"], ["w_{2,2}", "x_{1,1}", "y_{3,3}"]),
        ("conv i10 k10", ["w9", "x9", "y0"], ["w_{9}", "x_{9}", "y_{0}"]),
        ("conv i11 k10", ["w9", "x[0,0;10]", "y1"], ["w_{9}", "x_{10}", "y_{1}"]),
        ("tconv i1 k11", ["w[0,0;10]", "x0", "y[0,0;10]"], ["w_{10}", "x_{0}", "y_{10}"]),
        ("tconv i2 k2 c4:2 g2", ["w[3,0;1]", "x[0,3;1]", "y[0,1;2]"], ["w^{3,0}_{1}", "x^{0,3}_{1}", "y^{0,1}_{2}"]),
        ("conv i2 k2 c1:2 n3", ["w[1,0;1]", "x[2,0;1]", "y[2,1;0]"], ["w^{1,0}_{1}", "x^{2,0}_{1}", "y^{2,1}_{0}"]),
        ("conv i2 k2 n3", ["w1", "x[2,0;1]", "y[2,0;0]"], ["w_{1}", "x^{2,0}_{1}", "y^{2,0}_{0}"]),
    ] {
        assert_eq!(last(words, Notation::Plain), plain, "{words}");
        assert_eq!(last(words, Notation::Latex), latex, "{words}");
    }
}

#[test]
fn names_beyond_the_table_are_written_the_same_way() {
    let s = spec("conv i70000 k2");
    let names = Names::new(&s);
    assert_eq!(names.x(69999), "x[0,0;69999]");
    assert_eq!(names.y(3), "y[0,0;3]");
}

// ---- pages for a book ----------------------------------------------------------------------

#[test]
fn a_small_matrix_in_every_format() {
    let s = spec("tconv i2 k3 s2 p1");
    let matrix = own(&s);
    for info in FORMATS.iter().filter(|info| !info.format.is_binary()) {
        let folder = if info.format == Format::Text { "matrix" } else { info.name };
        let view = MatrixView::new(&matrix, s.kind);
        assert_page(folder, &s, "", "Cᵀ", &view.show(info.format).unwrap());
        if info.format.has_sums() {
            assert_page(folder, &s, "product", "Cᵀx", &view.show_product(info.format).unwrap());
        }
    }
}

#[test]
fn labels_in_every_format_that_has_them() {
    let s = spec("conv i3x3 k2x2");
    let matrix = own(&s);
    let view = MatrixView::new(&matrix, s.kind).with_labels(true);
    for (folder, format) in [("matrix", Format::Text), ("latex", Format::Latex), ("csv", Format::Csv)] {
        assert_page(folder, &s, "labels", "C with the names of its cells", &view.show(format).unwrap());
    }
    let (numbers, matrix) = (counting(&s), own(&s));
    let view = MatrixView::new(&matrix, s.kind).with_weight(&numbers).unwrap().with_labels(true);
    for (folder, format) in [("matrix", Format::Text), ("markdown", Format::Markdown)] {
        let page = view.show(format).unwrap();
        assert_page(folder, &s, "labels-weight", "weight 1 2; 3 4, with the names of the cells", &page);
    }
}

#[test]
fn channels_and_groups_make_blocks() {
    let s = spec("tconv i2 k2 c4:2 g2");
    let matrix = own(&s);
    let view = MatrixView::new(&matrix, s.kind);
    let channels = "4 channels to 2 in 2 groups: a block per group";
    assert_page("matrix", &s, "", channels, &view.show(Format::Text).unwrap());
    assert_page("matrix", &s, "product", channels, &view.show_product(Format::Text).unwrap());
    assert_page("latex", &s, "", channels, &view.show(Format::Latex).unwrap());
    assert_page("csv", &s, "labels", channels, &view.clone().with_labels(true).show(Format::Csv).unwrap());
    let s = spec("conv i2 k2 p1 n2");
    let matrix = own(&s);
    let view = MatrixView::new(&matrix, s.kind).with_labels(true);
    assert_page("matrix", &s, "labels", "a batch of 2: I ⊗ C", &view.show(Format::Text).unwrap());
}

#[test]
fn rationals_are_shown_exactly() {
    let s = spec("tconv i3 k3 s2");
    let (matrix, bilinear) = (own(&s), weight(&s, "-1/2 1 1/3"));
    let view = MatrixView::new(&matrix, s.kind).with_weight(&bilinear).unwrap();
    for info in FORMATS.iter().filter(|info| !info.format.is_binary()) {
        let folder = if info.format == Format::Text { "matrix" } else { info.name };
        assert_page(folder, &s, "weight", "weight -1/2 1 1/3", &view.show(info.format).unwrap());
    }
    for (folder, format) in [("matrix", Format::Text), ("latex", Format::Latex)] {
        let page = view.show_product(format).unwrap();
        assert_page(folder, &s, "weight-product", "weight -1/2 1 1/3, Cᵀx", &page);
    }
    let page = view.with_labels(true).show(Format::Text).unwrap();
    assert_page("matrix", &s, "weight-labels", "weight -1/2 1 1/3, with the names of the cells", &page);
}

#[test]
fn more_than_ten_columns_raise_latex_s_limit() {
    let s = spec("conv i4x4 k3x3");
    let page = MatrixView::new(&own(&s), s.kind).show(Format::Latex).unwrap();
    assert!(page.starts_with("\\setcounter{MaxMatrixCols}{16}\n\\begin{pmatrix}\n"), "{page}");
    assert_page("latex", &s, "", "the guide's matrix", &page);
}

#[test]
fn no_line_ends_in_a_space() {
    for words in ["conv i4x4 k3x3", "conv i5 k2 s3", "tconv i2 k2 c4:2 g2", "tconv i3 k2 s3 a5"] {
        let s = spec(words);
        let (matrix, numbers) = (own(&s), counting(&s));
        for labels in [false, true] {
            let symbols = MatrixView::new(&matrix, s.kind).with_labels(labels);
            for view in [symbols.clone(), symbols.with_weight(&numbers).unwrap()] {
                for info in FORMATS.iter().filter(|info| !info.format.is_binary()) {
                    let page = view.show(info.format).unwrap();
                    assert!(page.ends_with('\n') && !page.ends_with("\n\n"), "{words} {}", info.name);
                    assert!(page.lines().all(|line| line == line.trim_end()), "{words} {}\n{page}", info.name);
                }
            }
        }
    }
}

#[test]
fn the_empty_sum_is_zero() {
    let s = spec("tconv i1 k1 s2 a1");
    let page = MatrixView::new(&own(&s), s.kind).show_product(Format::Text).unwrap();
    assert_eq!(page, "y0 = x0·w0\ny1 = 0\n");
}

#[test]
fn the_other_matrix_changes_x_and_y() {
    let s = spec("tconv i2 k2");
    let c = s.geometry.matrix().unwrap();
    let view = MatrixView::new(&c, s.kind).with_labels(true);
    assert_eq!(view.show(Format::Text).unwrap(), "    y0 y1 y2\nx0  w0 w1 0\nx1  0  w0 w1\n");
    assert_eq!(view.show_product(Format::Text).unwrap_err().rule(), "Q4");
}

#[test]
fn summaries_name_what_is_not_one() {
    let summary = |words: &str| {
        let s = spec(words);
        MatrixView::new(&own(&s), s.kind).summary()
    };
    assert_eq!(
        summary("conv i4x4 k3x3"),
        "C 4×16: rows = output 2×2, columns = input 4×4, row-major; 36 taps, 28 zeros"
    );
    assert_eq!(
        summary("tconv i2 k3 c4:2 g2 n2"),
        "Cᵀ 16×16: rows = 2 samples × 2 channels × output 4, columns = 2 samples × 4 channels × input 2, row-major; \
         48 taps, 208 zeros"
    );
    let big = spec("conv i2000 k2").geometry.matrix().unwrap().to_string();
    assert_eq!(big, "C 1999×2000: rows = output 1999, columns = input 2000, row-major; 3998 taps, 3994002 zeros");
}

// ---- formats, limits, refusals -------------------------------------------------------------

#[test]
fn every_format_is_registered_once() {
    let mut seen = BTreeMap::new();
    for info in FORMATS {
        assert_eq!(info.name.parse::<Format>().unwrap(), info.format);
        assert_eq!(info.format.name(), info.name);
        assert!(!info.about.is_empty());
        for suffix in info.suffixes {
            assert_eq!(Format::from_suffix(format!("a.b/c.{suffix}")).unwrap(), info.format);
            assert_eq!(Format::from_suffix(format!("C.{}", suffix.to_uppercase())).unwrap(), info.format);
            assert!(seen.insert(*suffix, info.name).is_none(), "{suffix} twice");
        }
    }
}

#[test]
fn unknown_formats_list_what_is_valid() {
    let error = "docx".parse::<Format>().unwrap_err();
    let valid =
        "Q4: --format: 'docx' is no format; valid are text, latex, markdown, csv, json, mtx, html, svg, typst, sympy";
    assert!(error.to_string().starts_with(valid), "{error}");
    for path in ["matrix", "matrix.docx", "a.csv/matrix", ""] {
        let error = Format::from_suffix(path).unwrap_err().to_string();
        assert!(error.contains(".txt .tex .md .markdown .csv .json .mtx"), "{error}");
    }
}

#[test]
fn dense_formats_refuse_what_is_too_large_before_writing() {
    let s = spec("conv i1100 k2");
    let matrix = own(&s);
    let view = MatrixView::new(&matrix, s.kind);
    for format in [Format::Text, Format::Latex, Format::Markdown] {
        let mut out = Vec::new();
        for error in [view.write(format, &mut out).unwrap_err(), view.write_product(format, &mut out).unwrap_err()] {
            assert_eq!(error.rule(), "L5");
            assert!(error.to_string().contains("1099×1100"), "{error}");
        }
        assert!(out.is_empty());
    }
    for format in [Format::Csv, Format::Json, Format::Mtx] {
        view.write(format, &mut Vec::new()).unwrap();
    }
    view.clone().with_max_cells(1099 * 1100).write(Format::Text, &mut Vec::new()).unwrap();
    let small = view.with_max_cells(1099 * 1100 - 1);
    assert_eq!(small.write(Format::Csv, &mut Vec::new()).unwrap_err().rule(), "L5");
    small.write(Format::Json, &mut Vec::new()).unwrap();
}

#[test]
fn what_cannot_be_written_is_refused() {
    let s = spec("conv i3 k2");
    let matrix = own(&s);
    let view = MatrixView::new(&matrix, s.kind);
    assert_eq!(view.show_product(Format::Mtx).unwrap_err().rule(), "Q4");
    let other = counting(&spec("conv i3 k3"));
    assert_eq!(view.clone().with_weight(&other).unwrap_err().rule(), "Q1");
    let long = weight(&s, &format!("1 1/{}", "3".repeat(2000)));
    let view = view.with_weight(&long).unwrap();
    assert_eq!(view.show(Format::Mtx).unwrap_err().rule(), "Q4");
    assert!(view.show(Format::Json).is_ok());
}

/// A writer that is full after some bytes.
struct Full(usize);

impl std::io::Write for Full {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        if self.0 == 0 {
            return Err(std::io::Error::other("no space left"));
        }
        let taken = bytes.len().min(self.0);
        self.0 -= taken;
        Ok(taken)
    }
    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

#[test]
fn a_full_disk_is_an_error() {
    let s = spec("conv i3 k2");
    let error = MatrixView::new(&own(&s), s.kind).write(Format::Csv, &mut Full(5)).unwrap_err();
    assert_eq!(error.to_string(), "F1: cannot write: no space left");
}

// ---- read back by others -------------------------------------------------------------------

const READ_BACK: [&str; 5] = [
    "conv i4x4 k3x3",
    "tconv i2x2 k3x3 s2 p1 a1",
    "tconv i2 k2 c4:2 g2 n2",
    "conv i8 k3 s2 p1 d2",
    "tconv i1 k2 s3 a4",
];

#[test]
fn matrix_market_reads_back() {
    for words in READ_BACK {
        let s = spec(words);
        let matrix = own(&s);
        let text = MatrixView::new(&matrix, s.kind).show(Format::Mtx).unwrap();
        let read = sprs::io::read_matrix_market_from_bufread::<i64, usize, _>(&mut text.as_bytes()).unwrap();
        let read: sprs::CsMat<i64> = read.to_csr();
        assert_eq!(read.shape(), (matrix.rows(), matrix.cols()), "{words}");
        assert_eq!(read.nnz(), matrix.entries(), "{words}");
        for (value, (row, col)) in &read {
            assert_eq!(i64::from(matrix.tap(row, col).unwrap().0) + 1, *value, "{words} {row},{col}");
        }
    }
}

/// Values of an mtx text, divided by the denominator that a comment states.
fn market_values(text: &str) -> (String, BTreeMap<(usize, usize), Rational>) {
    let denominator = text.lines().find_map(|line| line.split_once("common denominator ").map(|(_, d)| d));
    let denominator = parse_rational(denominator.unwrap_or("1")).unwrap();
    let field = text.lines().next().unwrap().split(' ').nth(3).unwrap().to_owned();
    let values = text.lines().filter(|line| !line.starts_with('%')).skip(1).map(|line| {
        let words: Vec<&str> = line.split(' ').collect();
        let at = (words[0].parse::<usize>().unwrap() - 1, words[1].parse::<usize>().unwrap() - 1);
        (at, parse_rational(words[2]).unwrap() / &denominator)
    });
    (field, values.collect())
}

#[test]
fn matrix_market_values_are_exact() {
    let s = spec("conv i4 k3");
    let matrix = own(&s);
    for (values, field) in [
        ("1 -2 0", "integer"),
        ("0.5 -0.125 3", "real"),
        ("-0.0625 0.1 0", "real"),
        ("1e-20 12345678901234567890 -7.5", "real"),
        ("1/2 -1/3 1", "integer"),
        ("1/6 0.1 -7", "integer"),
    ] {
        let w = weight(&s, values);
        let text = MatrixView::new(&matrix, s.kind).with_weight(&w).unwrap().show(Format::Mtx).unwrap();
        let (got, read) = market_values(&text);
        assert_eq!(got, field, "{values}\n{text}");
        assert_eq!(read.len(), matrix.entries());
        for ((row, col), value) in read {
            assert_eq!(&value, &w.entries()[matrix.tap(row, col).unwrap().index()], "{values}\n{text}");
        }
    }
    let w = weight(&s, "-0.0625 0.1 0");
    let text = MatrixView::new(&matrix, s.kind).with_weight(&w).unwrap().show(Format::Mtx).unwrap();
    assert!(text.contains("1 1 -0.0625\n1 2 0.1\n1 3 0\n"), "{text}");
}

#[cfg(feature = "json")]
#[test]
fn json_reads_back() {
    use serde_json::{Value, json};
    for words in READ_BACK {
        let s = spec(words);
        let matrix = own(&s);
        let names = Names::new(&s);
        let document: Value =
            serde_json::from_str(&MatrixView::new(&matrix, s.kind).show(Format::Json).unwrap()).unwrap();
        let keys: Vec<&String> = document.as_object().unwrap().keys().collect();
        assert_eq!(keys, ["format", "spec", "rows", "cols", "row_shape", "col_shape", "nnz", "taps", "entries"]);
        assert_eq!(document["spec"].as_str().unwrap().parse::<Spec>().unwrap(), s);
        assert_eq!(document["format"], 1);
        assert_eq!(document["rows"], matrix.rows());
        assert_eq!(document["cols"], matrix.cols());
        assert_eq!(document["nnz"], matrix.entries());
        assert_eq!(document["row_shape"], json!(s.output_shape()));
        assert_eq!(document["col_shape"], json!(s.input_shape()));
        let taps: usize = s.geometry.weight_shape().iter().product();
        assert_eq!(document["taps"], json!((0..taps).map(|t| names.tap(t).into_owned()).collect::<Vec<_>>()));
        let mut entries = Vec::new();
        for row in 0..matrix.rows() {
            for col in 0..matrix.cols() {
                if let Some(tap) = matrix.tap(row, col) {
                    entries.push([row, col, tap.index()]);
                }
            }
        }
        assert_eq!(document["entries"], json!(entries), "{words}");
    }
}

#[cfg(feature = "json")]
#[test]
fn json_numbers_are_strings_and_zeros_stay() {
    use serde_json::{Value, json};
    let s = spec("conv i3 k2");
    let (matrix, w) = (own(&s), weight(&s, "-1/3 0"));
    let view = MatrixView::new(&matrix, s.kind).with_weight(&w).unwrap();
    let document: Value = serde_json::from_str(&view.show(Format::Json).unwrap()).unwrap();
    assert_eq!(document["entries"], json!([[0, 0, "-1/3"], [0, 1, "0"], [1, 1, "-1/3"], [1, 2, "0"]]));
    assert_eq!(document["nnz"], 4);
    let document: Value = serde_json::from_str(&view.show_product(Format::Json).unwrap()).unwrap();
    assert_eq!(
        document,
        json!({"format": 1, "spec": "conv i3 k2", "cells": [
            {"cell": [0, 0, 0], "name": "y0", "sum": "-x0·1/3 + x1·0"},
            {"cell": [0, 0, 1], "name": "y1", "sum": "-x1·1/3 + x2·0"},
        ]})
    );
}

#[test]
fn csv_is_the_dense_grid() {
    for words in READ_BACK {
        let s = spec(words);
        let (matrix, numbers) = (own(&s), counting(&s));
        let text = MatrixView::new(&matrix, s.kind).with_weight(&numbers).unwrap().show(Format::Csv).unwrap();
        let dense = matrix.dense(&numbers).unwrap();
        assert_eq!(text.lines().count(), matrix.rows());
        for (row, line) in text.lines().enumerate() {
            let shown: Vec<String> = (0..matrix.cols()).map(|col| show_rational(&dense[(row, col)])).collect();
            assert_eq!(line.split(',').collect::<Vec<_>>(), shown, "{words}");
        }
    }
}

#[test]
fn both_sides_show_the_same_entries() {
    let g = spec("tconv i2x2 k3x3 s2 p1 a1").geometry;
    let lines = |side: Side| {
        let matrix = ConvMatrix::build(&g, side, 1000).unwrap();
        let grid: Vec<Vec<String>> =
            matrix.to_string().lines().map(|l| l.split_whitespace().map(str::to_owned).collect()).collect();
        grid
    };
    let (c, transposed) = (lines(Side::C), lines(Side::Transposed));
    for (row, cells) in c.iter().enumerate() {
        for (col, cell) in cells.iter().enumerate() {
            assert_eq!(&transposed[col][row], cell);
        }
    }
}
