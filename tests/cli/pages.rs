//! What `prove`, `matrix` and `shape` print. Expected texts are those of the textbooks, or worked by hand.

#![allow(clippy::unwrap_used)] // a test may fail by it

use crate::command::{keys, line, run, words};
use crate::snapshots::assert_page;
use convproof::cli::{SAME, UNANSWERED};
use serde_json::{Value, json};

const GUIDE: &str = "\
w00 w01 w02 0   w10 w11 w12 0   w20 w21 w22 0   0   0   0   0
0   w00 w01 w02 0   w10 w11 w12 0   w20 w21 w22 0   0   0   0
0   0   0   0   w00 w01 w02 0   w10 w11 w12 0   w20 w21 w22 0
0   0   0   0   0   w00 w01 w02 0   w10 w11 w12 0   w20 w21 w22
";

const PROOF: &str = "\
y = Cᵀx, with x00…x11 and w00…w22 left as symbols: 16 sums, 36 products
  matrix product   same  16/16   against the definition
  scatter          same  16/16
  gather           same  16/16
  zero insertion   same  16/16   no zeros between (s = 1), pad 2, kernel rotated 180°
  GEMM + col2im    same  16/16   9×4 columns
  phases           same  16/16   1 phase
proved: six formulations, one map, for every weight and input of this geometry
";

const SIX: [&str; 6] = ["matrix product", "scatter", "gather", "zero insertion", "GEMM + col2im", "phases"];

/// The guide's matrix as rows of words, and its transpose.
fn grid(text: &str) -> Vec<Vec<&str>> {
    text.lines().map(|line| line.split_whitespace().collect()).collect()
}

fn transposed<'a>(grid: &[Vec<&'a str>]) -> Vec<Vec<&'a str>> {
    (0..grid[0].len()).map(|col| grid.iter().map(|row| row[col]).collect()).collect()
}

// ---- prove ---------------------------------------------------------------------------------

#[test]
fn prove_shows_both_matrices_and_the_proof() {
    let ran = line("prove conv i4x4 k3x3");
    assert_eq!((ran.code, ran.err.as_str()), (SAME, ""));
    let blocks: Vec<&str> = ran.out.split("\n\n").collect();
    assert_eq!(blocks.len(), 3, "{}", ran.out);
    let c = "C 4×16: rows = output 2×2, columns = input 4×4, row-major; 36 taps, 28 zeros\n";
    assert_eq!(format!("{}\n", blocks[0]), format!("{c}{GUIDE}"));
    let (head, page) = blocks[1].split_once('\n').unwrap();
    assert_eq!(head, "Cᵀ 16×4: rows = input 4×4, columns = output 2×2, row-major; 36 taps, 28 zeros");
    assert_eq!(grid(page), transposed(&grid(GUIDE)));
    assert_eq!(blocks[2], PROOF);
    assert_page("cli", &"conv i4x4 k3x3".parse().unwrap(), "prove", "six ways to compute one map", &ran.out);
}

/// Both matrices within 32 rows and 100 columns are shown, else the commands that print them.
#[test]
fn prove_shows_pages_that_fit() {
    for (spec, fits) in [
        ("conv i4x4 k3x3", true),
        ("tconv i32 k1", true),    // 32 rows of 2·32 − 1 + 1 characters: w0 is two wide
        ("tconv i33 k1", false),   // 33 rows
        ("conv i32 k2", true),     // Cᵀ has 32 rows, rows of C are 32 words of 2 and 31 gaps: 95
        ("conv i8x4 k3x3", false), // 32 columns of 3 and 31 gaps: 127 characters
        ("conv i8x8 k3x3", false),
    ] {
        let ran = line(&format!("prove {spec}"));
        let top = ran.out.split("\n\ny = ").next().unwrap();
        let commands: Vec<&str> = top.lines().filter_map(|l| l.strip_prefix("  convproof ")).collect();
        assert_eq!(commands.is_empty(), fits, "{spec}: {top}");
        if fits {
            assert!(top.lines().all(|l| l.chars().count() <= 100), "{spec}");
            continue;
        }
        // The commands parse and print the matrices of the heads above them.
        let printed: Vec<_> = commands.iter().map(|command| line(command)).collect();
        assert_eq!(printed.iter().map(|p| p.code).collect::<Vec<_>>(), [SAME, SAME], "{spec}");
        let (c, ct) = (grid(&printed[0].out), grid(&printed[1].out));
        assert_eq!(transposed(&c), ct, "{spec}");
        let heads: Vec<&str> = top.lines().filter(|l| l.starts_with('C')).collect();
        assert!(heads[0].starts_with(&format!("C {}×{}: ", c.len(), c[0].len())), "{spec}: {top}");
        assert!(heads[1].starts_with(&format!("Cᵀ {}×{}: ", ct.len(), ct[0].len())), "{spec}: {top}");
    }
    // No spec of a convolution names this C.
    let cut = line("prove tconv i40 k3 s2 a3");
    assert!(cut.out.contains("  C is not the matrix of a convolution with these pads\n"), "{}", cut.out);
    assert!(cut.out.contains("  convproof matrix tconv i40 k3 s2 a3\n"), "{}", cut.out);
}

#[test]
fn prove_remarks_on_output_padding_as_long_as_the_stride() {
    let remark = "remark: axis 0: output padding 3 ≥ stride 2: not the adjoint of the convolution with these pads";
    for command in ["prove", "matrix", "shape"] {
        let ran = line(&format!("{command} tconv i2 k3 s2 a3"));
        assert_eq!(ran.code, SAME, "a remark is no verdict");
        assert!(ran.err.starts_with(remark), "{command}: {}", ran.err);
        assert!(!ran.out.contains("remark"), "{command}");
        assert!(!line(&format!("{command} tconv i2 k3 s2 a1")).err.contains("remark"), "{command}");
    }
    let json = line("prove tconv i2 k3 s2 a3 --format json").json();
    assert!(json["remarks"][0].as_str().unwrap().contains("output padding 3 ≥ stride 2"));
}

#[test]
fn prove_as_json_has_every_key() {
    let ran = line("prove conv k3x3 i4x4 s1 --format json");
    let json = ran.json();
    assert_eq!(ran.code, SAME);
    assert_eq!(keys(&json), ["format", "spec", "verdict", "claim", "formulations", "remarks"]);
    let rows: Vec<Value> = SIX.iter().map(|name| json!({"name": name, "verdict": "same", "witness": null})).collect();
    let expected = json!({
        "format": 1, "spec": "conv i4x4 k3x3", "verdict": "same", "claim": "proved",
        "formulations": rows, "remarks": []
    });
    assert_eq!(json, expected);
}

/// The lines of a text with `#` for every rate.
fn rates(err: &str) -> Vec<String> {
    let line = |line: &str| {
        let (before, after) = line.split_once(" geometries, ").expect("a rate");
        let (rate, after) = after.split_once(' ').expect("a unit");
        assert!(rate.bytes().all(|b| b.is_ascii_digit() || b == b',') && rate != "0", "{line}");
        format!("{before} geometries, # {after}")
    };
    err.lines().map(line).collect()
}

#[test]
fn a_sweep_says_how_many_geometries_a_second_it_did_by_which_route() {
    let family = "--max i=2,k=2,s=2,d=1,p=same,a=below,rank=2,square";
    let ran = line(&format!("prove --sweep {family} --route all --formulations gather,phases"));
    assert_eq!(ran.code, SAME, "{}", ran.err);
    // i ≤ 2; k = 1 has the pad 0, k = 2 the pads 0 and 1; s = 1 has a = 0, s = 2 also a = 1: 18, of
    // which i1 k2 p1 leaves nothing without a: 2 are illegal.
    let of = "geometries, # a second";
    assert_eq!(
        rates(&ran.err),
        [
            format!("sweep: per-axis: 16 {of} (two formulations)"),
            format!("sweep: matrices: 16 {of} (three constructions)"),
            format!("sweep: formulations: 16 {of} (two formulations)"),
        ]
    );
    let name = "rank=2,i=2,k=2,s=2,d=1,p=same,a=below,square: 18 combinations, 16 legal";
    let expected = format!(
        "{name}, each axis compared by itself
  gather   same  16/16
  phases   same  16/16
enumerated: two formulations, one map, on every geometry of this family

{name}, each C compared entry by entry with the definition's rows
  sum over taps       same  16/16
  Kronecker product   same  16/16
enumerated: two constructions, one matrix, on every geometry of this family

{name}, each compared on indeterminates
  gather   same  16/16
  phases   same  16/16
enumerated: two formulations, one map, on every geometry of this family
"
    );
    assert_eq!(ran.out, expected);
    let json = line(&format!("prove --sweep {family} --route all --formulations gather --format json")).json();
    let named = |row: &Value| row["name"].as_str().unwrap().to_owned();
    let rows: Vec<String> = json["formulations"].as_array().unwrap().iter().map(named).collect();
    assert_eq!(
        rows,
        ["gather, per-axis", "sum over taps, matrices", "Kronecker product, matrices", "gather, formulations"]
    );
    assert_eq!((&json["verdict"], &json["claim"]), (&json!("same"), &json!("enumerated")));
}

#[test]
fn a_sweep_enumerates_its_family() {
    let ran = line("prove --sweep");
    assert_eq!(ran.code, SAME);
    assert_eq!(rates(&ran.err), ["sweep: formulations: 29251 geometries, # a second (six formulations)"]);
    let mut expected =
        String::from("rank=1,i=4,k=4,s=4,d=3,a=3: 33280 combinations, 29251 legal, each compared on indeterminates\n");
    for name in SIX {
        expected.push_str(&format!("  {name:14}   same  29251/29251\n"));
    }
    expected.push_str("enumerated: six formulations, one map, on every geometry of this family\n");
    assert_eq!(ran.out, expected);

    // i, k, s = 1: pads −1 … 1 at each end, output 1 − p_b − p_e ≥ 1: 6 of 9.
    let ran = line("prove --sweep --max i=1,k=1,s=1,d=1,a=0 --format json");
    let json = ran.json();
    assert_eq!(keys(&json), ["format", "spec", "verdict", "claim", "formulations", "remarks"]);
    assert_eq!((&json["spec"], &json["verdict"], &json["claim"]), (&Value::Null, &json!("same"), &json!("enumerated")));
    assert_eq!(json["remarks"], json!(["rank=1,i=1,k=1,s=1,d=1,a=0: 9 combinations, 6 legal"]));
    assert_eq!(json["formulations"].as_array().unwrap().len(), 6);
}

#[test]
fn prove_refuses_more_products_than_its_limit() {
    let ran = line("prove conv i4x4 k3x3 --max-products 35");
    assert_eq!(ran.code, UNANSWERED);
    assert_eq!(ran.err, "error: L4: the comparison has 36 products, the limit is 35; --max-products raises it\n");
    assert_eq!(line("prove conv i4x4 k3x3 --max-products 36").code, SAME);
}

// ---- matrix --------------------------------------------------------------------------------

#[test]
fn a_spec_is_many_words_or_one() {
    for spec in [
        &["conv", "i4x4", "k3x3"][..],
        &["conv i4x4 k3x3"],
        &["conv_i4x4_k3x3"],
        &["conv", "k3", "i4x4", "s1", "p0:0", "d1x1"],
        &["conv", "i4x4 k3x3"],
        &["  conv  i4x4\tk3x3 "],
    ] {
        let words: Vec<&str> = ["matrix"].iter().chain(spec).copied().collect();
        let ran = run(&words);
        assert_eq!((ran.code, ran.out.as_str()), (SAME, GUIDE), "{spec:?}");
        assert_eq!(ran.err, "C 4×16: rows = output 2×2, columns = input 4×4, row-major; 36 taps, 28 zeros\n");
    }
    let (plain, file) = (line("matrix tconv i2x2 k2 p0:1x1:0 c4:6"), line("matrix tconv_i2x2_k2_p0,1x1,0_c4,6"));
    assert_eq!((plain.code, &plain), (SAME, &file));
    // The other matrix of the geometry.
    let ct = line("matrix tconv i2x2 k3x3");
    assert_eq!(grid(&ct.out), transposed(&grid(GUIDE)));
}

/// `w0 w1 0` over `0 w0 w1` in every format, through `--format` and through a suffix.
#[test]
fn matrix_in_every_format() {
    let folder = tempfile::tempdir().unwrap();
    for (format, suffixes, needle) in [
        ("text", &["txt"][..], "w0 w1 0\n0  w0 w1\n"),
        ("latex", &["tex"], "\\begin{pmatrix}"),
        ("markdown", &["md", "markdown"], "| y0  | w0  | w1  | 0   |\n"),
        ("csv", &["csv"], "w0,w1,0\n0,w0,w1\n"),
        ("json", &["json"], "\"entries\":["),
        ("mtx", &["mtx"], "%%MatrixMarket matrix coordinate integer general\n"),
        ("html", &["html", "htm"], "<th scope=\"row\">y1</th>"),
        ("svg", &["svg"], "<title>row y0, column x1, tap w1</title>"),
        ("typst", &["typ"], "  w_(0), w_(1), 0;\n"),
        ("sympy", &["py"], "    [w0, w1, 0],\n"),
    ] {
        let ran = run(&["matrix", "conv i3 k2", "--format", format]);
        assert_eq!(ran.code, SAME, "{format}");
        assert!(ran.out.contains(needle), "{format}: {}", ran.out);
        for suffix in suffixes {
            let file = folder.path().join(format!("m.{suffix}"));
            let written = run(&["matrix", "conv i3 k2", "--output", file.to_str().unwrap()]);
            assert_eq!((written.code, written.out.as_str(), &written.err), (SAME, "", &ran.err), "{suffix}");
            assert_eq!(std::fs::read_to_string(&file).unwrap(), ran.out, "{suffix}");
        }
    }
    let json = line("matrix conv i3 k2 --format json").json();
    let expected = json!({
        "format": 1, "spec": "conv i3 k2", "rows": 2, "cols": 3, "row_shape": [1, 1, 2], "col_shape": [1, 1, 3],
        "nnz": 4, "taps": ["w0", "w1"], "entries": [[0, 0, 0], [0, 1, 1], [1, 1, 0], [1, 2, 1]]
    });
    assert_eq!(json, expected);
    assert_eq!(keys(&json), keys(&expected));
    // Structural entries stay when a weight is 0.
    let json = run(&["matrix", "conv i3 k2", "--format", "json", "--weight", "-1/3 0"]).json();
    assert_eq!(json["entries"], json!([[0, 0, "-1/3"], [0, 1, "0"], [1, 1, "-1/3"], [1, 2, "0"]]));
    let mtx = line("matrix conv i3 k2 --format mtx").out;
    let entries: Vec<&str> = mtx.lines().filter(|l| !l.starts_with('%')).collect();
    assert_eq!(entries, ["2 3 4", "1 1 1", "1 2 2", "2 2 1", "2 3 2"]);
}

#[test]
fn labels_and_products() {
    let ran = line("matrix tconv i2 k2 --labels");
    assert_eq!(ran.out, "    x0 x1\ny0  w0 0\ny1  w1 w0\ny2  0  w1\n");
    let ran = line("matrix tconv i2 k2 --product");
    assert_eq!(ran.out, "y0 = x0·w0\ny1 = x0·w1 + x1·w0\ny2 = x1·w1\n");
    assert_eq!(ran.err, "Cᵀ 3×2: rows = output 3, columns = input 2, row-major; 4 taps, 2 zeros\n");
    assert_eq!(line("matrix conv i3 k2 --product").out, "y0 = x0·w0 + x1·w1\ny1 = x1·w0 + x2·w1\n");
    let numbers = run(&["matrix", "tconv i2 k2", "--product", "--weight", "2 -3"]);
    assert!(numbers.out.starts_with("y0 = ") && !numbers.out.contains('w'), "{}", numbers.out);
    assert!(line("matrix tconv i1 k1").err.ends_with("; 1 tap, 0 zeros\n"));
    assert!(line("matrix tconv i2 k1").err.ends_with("; 2 taps, 2 zeros\n"));
    assert!(line("matrix tconv i1 k1 a1 s2").err.ends_with("; 1 tap, 1 zero\n"));
}

#[test]
fn weights_in_all_forms() {
    let shown = |weight: &str| run(&["matrix", "conv i3x4 k2x3", "--format", "csv", "--weight", weight]);
    let expected = "1,2,3,0,4,5,6,0,0,0,0,0\n";
    let folder = tempfile::tempdir().unwrap();
    let text = folder.path().join("w.txt");
    std::fs::write(&text, "1 2 3\n4, 5, 6\r\n").unwrap();
    let at = format!("@{}", text.display());
    for weight in ["1 2 3; 4 5 6", "1,2,3,4,5,6", "1..6", "1..3;4..6", "1, 2 3;\n4 5..6", "2/2 2.0 3e0 4 5 60e-1", &at]
    {
        let ran = shown(weight);
        assert_eq!(ran.code, SAME, "{weight}: {}", ran.err);
        assert!(ran.out.starts_with(expected), "{weight}: {}", ran.out);
    }
    let ran = shown("-1/3 0.5 -2 0 -0.125 -3..-3");
    assert!(ran.out.starts_with("-1/3,1/2,-2,0,0,-1/8,-3,0,0,0,0,0\n"), "{}", ran.out);
    for (weight, message) in [
        ("1 2 3", "Q1: 3 weight values; 6 are needed (shape [1, 1, 2, 3], row-major)"),
        ("1..7", "Q1: 7 weight values; 6 are needed"),
        ("", "Q1: 0 weight values; 6 are needed"),
        ("1..99999999999", "Q1: 99999999999 weight values; 6 are needed"),
        ("1..99999999999 1..99999999999", "Q1: 199999999998 weight values; 6 are needed"),
        ("-9223372036854775808..9223372036854775807", "weight values; 6 are needed"),
        ("1 2 3 4 5 six", "N1: 'six' is not a number"),
        ("1 2 3 4 5 1/0", "N2: "),
        ("1e999999999", "N3: "),
        ("6..1", "Q4: --weight: '6..1' is no range"),
        ("a..b", "Q4: --weight: 'a..b' is no range"),
        ("..", "Q4: --weight: '..' is no range"),
        ("@", "F1: cannot open"),
        ("@/no/such/file", "F1: cannot open"),
        ("@/no/such/file.npy", "F1: cannot open"),
    ] {
        let ran = shown(weight);
        assert_eq!((ran.code, ran.out.as_str()), (UNANSWERED, ""), "{weight}");
        assert!(ran.err.contains(message), "{weight}: {}", ran.err);
    }
}

#[test]
fn weights_from_arrays() {
    use convproof::data::{Array, Values, write_npy};
    let folder = tempfile::tempdir().unwrap();
    let array = Array::new(vec![2, 3], Values::F32(vec![1., 2., 3., 4., 5., 0.5])).unwrap();
    let npy = folder.path().join("w.npy");
    std::fs::write(&npy, write_npy(&array).unwrap()).unwrap();
    #[cfg_attr(not(feature = "npz"), allow(unused_mut))]
    let mut locators = vec![npy.display().to_string()];
    #[cfg(feature = "npz")]
    {
        use std::io::Write;
        let mut zip = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
        zip.start_file("w.npy", zip::write::SimpleFileOptions::default()).unwrap();
        zip.write_all(&write_npy(&array).unwrap()).unwrap();
        let file = folder.path().join("run.npz");
        std::fs::write(&file, zip.finish().unwrap().into_inner()).unwrap();
        locators.extend([format!("{}:w", file.display()), file.display().to_string()]);
    }
    for locator in locators {
        let ran = run(&["matrix", "conv i3x4 k2x3", "--format", "csv", "--weight", &format!("@{locator}")]);
        assert!(ran.out.starts_with("1,2,3,0,4,5,1/2,0,0,0,0,0\n"), "{locator}: {ran:?}");
    }
}

// ---- shape ---------------------------------------------------------------------------------

/// 6 + 2 − 3 = 5 = 2·2 + 1: three placements, one cell over; 5 gives three as well.
#[test]
fn shape_of_a_convolution() {
    let ran = line("shape conv i6 k3 s2 p1");
    assert_eq!((ran.code, ran.err.as_str()), (SAME, ""));
    assert!(ran.out.starts_with("conv i6 k3 s2 p1: 6 → 3\n"), "{}", ran.out);
    assert!(ran.out.contains("\n  R6   o = ⌊(i + 2p − k)/s⌋ + 1 = ⌊(6 + 2·1 − 3)/2⌋ + 1 = 3\n"), "{}", ran.out);
    let end = "\ninputs that a convolution with this window takes to 3: 5, 6\n\
               output padding that brings 6 back exactly: a = 1\n";
    assert!(ran.out.ends_with(end), "{}", ran.out);
    assert_page("cli", &"conv i6 k3 s2 p1".parse().unwrap(), "shape", "two inputs share an output", &ran.out);

    let all = line("shape conv i6 k3 s2 p1 --all");
    assert!(all.out.contains("\n  R1   o = i − k + 1 needs s = 1, p_b = p_e = 0 (axis 0)\n"), "{}", all.out);
    assert!(ran.out.lines().all(|l| all.out.contains(l)), "--all only adds");
}

#[test]
fn shape_as_json_has_every_key() {
    let json = line("shape conv i6 k3 s2 p1 --format json").json();
    let top = ["format", "spec", "kind", "input", "output", "formulas", "same_output_inputs", "repairing_a"];
    assert_eq!(keys(&json), top);
    assert_eq!(
        (&json["format"], &json["spec"], &json["kind"]),
        (&json!(1), &json!("conv i6 k3 s2 p1"), &json!("conv"))
    );
    assert_eq!((&json["input"], &json["output"]), (&json!([1, 1, 6]), &json!([1, 1, 3])));
    assert_eq!((&json["same_output_inputs"], &json["repairing_a"]), (&json!([[5, 6]]), &json!([1])));
    for formula in json["formulas"].as_array().unwrap() {
        assert_eq!(keys(formula), ["id", "applies", "text", "value"]);
        let value = formula["value"].as_array().unwrap();
        assert_eq!(value.len(), 1, "one entry per axis");
        assert_eq!(value[0].is_null(), formula["applies"] == false, "{formula}");
        if formula["applies"] == true {
            let convolution = formula["text"].as_str().unwrap().starts_with("o = ");
            assert_eq!(value[0], if convolution { 3 } else { 6 }, "{formula}");
        }
    }
}

/// o' = s(i' − 1) + d(k − 1) + 1 − p_b − p_e + a on each axis, by hand.
#[test]
fn shape_of_transposed_convolutions() {
    for (spec, output, same, repairing) in [
        ("tconv i3 k3 s2 p1", json!([1, 1, 5]), json!([[5, 6]]), json!([0])), // 2·2 + 3 − 2
        ("tconv i3 k3 s2 p1 a1", json!([1, 1, 6]), json!([[5, 6]]), json!([1])),
        ("tconv i2x3 k3x2 s1x2 d2x1 n2 c4:6 g2", json!([2, 6, 6, 6]), json!([[6], [6, 7]]), json!([0, 0])), // 1+4+1, 4+1+1
        ("tconv i1 k1 p-1", json!([1, 1, 3]), json!([[3]]), json!([0])), // 0 + 0 + 1 + 2
        ("tconv i2 k2 s3 p0:1 a2", json!([1, 1, 6]), json!([[4, 5, 6]]), json!([2])), // 3 + 1 + 1 − 1 + 2
    ] {
        let json = line(&format!("shape {spec} --format json")).json();
        assert_eq!(json["output"], output, "{spec}");
        assert_eq!(json["same_output_inputs"], same, "{spec}");
        assert_eq!(json["repairing_a"], repairing, "{spec}");
    }
    let ran = run(&[&["shape"][..], &words("tconv i2 k3 c4:6 n2")[..]].concat());
    assert!(ran.out.starts_with("tconv i2 k3 c4:6 n2: 2 samples of 4 channels of 2 → 2 samples of 6 channels of 4\n"));
    // A list is whole or null: a stride of a billion is no reason to list a billion lengths, or some of them.
    let wide = line("shape conv i200 k3 s100 --format json").json();
    assert_eq!(wide["same_output_inputs"][0].as_array().unwrap().len(), 100);
    let wider = line("shape conv i6 k3 s1000000000 --format json").json();
    assert!(wider["same_output_inputs"][0].is_null());
}
