//! Pictures, pages and arrays of a matrix: what stands in them is the matrix, and what they cannot show is refused.

use crate::render::{own, spec, weight};
use crate::snapshots::assert_page;
use convproof::data::read_npy;
use convproof::render::{Format, MatrixView, Zeros};
use convproof::scalar::parse_rational;

fn written(view: &MatrixView<'_>, format: Format) -> Vec<u8> {
    let mut out = Vec::new();
    view.write(format, &mut out).unwrap();
    out
}

const SPECS: [&str; 4] = ["conv i4x4 k3x3", "tconv i2x2 k3x3 s2 p1 a1", "tconv i2 k2 c4:2 g2 n2", "tconv i1 k2 s3 a4"];

#[test]
fn npy_is_the_dense_array_of_taps() {
    for words in SPECS {
        let s = spec(words);
        let matrix = own(&s);
        let array = read_npy(&written(&MatrixView::new(&matrix, s.kind), Format::Npy)).unwrap();
        assert_eq!((array.element_type().name(), array.shape()), ("int32", &[matrix.rows(), matrix.cols()][..]));
        let cells = (0..matrix.rows()).flat_map(|row| (0..matrix.cols()).map(move |col| (row, col)));
        for (n, (row, col)) in cells.enumerate() {
            let expected = matrix.tap(row, col).map_or(0, |tap| tap.index() + 1);
            assert_eq!(array.show(n), expected.to_string(), "{words} {row},{col}");
        }
    }
}

#[test]
fn arrays_hold_weights_exactly_or_not_at_all() {
    let s = spec("conv i3 k2");
    let matrix = own(&s);
    let exact = weight(&s, "-1/2 9007199254740993/9007199254740992");
    for values in ["1/3 1", "1 0.1", "9007199254740993 1", "1 1e400"] {
        let w = weight(&s, values);
        let view = MatrixView::new(&matrix, s.kind).with_weight(&w).unwrap();
        let mut out = Vec::new();
        let error = view.write(Format::Npy, &mut out).unwrap_err();
        assert!(error.rule() == "Q4" && error.to_string().contains("is no exact f64") && out.is_empty(), "{error}");
    }
    let view = MatrixView::new(&matrix, s.kind).with_weight(&exact).unwrap();
    assert_eq!(view.write(Format::Npy, &mut Vec::new()).unwrap_err().rule(), "Q4", "2^53 + 1 over 2^53");
    let exact = weight(&s, "-1/2 9007199254740991");
    let view = MatrixView::new(&matrix, s.kind).with_weight(&exact).unwrap();
    let array = read_npy(&written(&view, Format::Npy)).unwrap();
    let values = ["-1/2", "9007199254740991", "0", "0", "-1/2", "9007199254740991"];
    assert_eq!(array.element_type().name(), "float64");
    assert_eq!(array.to_rationals().unwrap(), values.map(|v| parse_rational(v).unwrap()));
    assert_eq!(view.show(Format::Npy).unwrap_err().rule(), "Q4");
}

#[cfg(feature = "npz")]
#[test]
fn npz_has_the_members_that_scipy_reads() {
    use convproof::data::npz::Archive;
    for words in SPECS {
        let s = spec(words);
        let matrix = own(&s);
        let view = MatrixView::new(&matrix, s.kind);
        let bytes = written(&view, Format::Npz);
        assert_eq!(bytes, written(&view, Format::Npz));
        let mut archive = Archive::new("memory", bytes, 1 << 20).unwrap();
        assert_eq!(archive.names(), ["indices", "indptr", "format", "shape", "data"]);
        let mut list = |name: &str| {
            let array = archive.read(name).unwrap();
            (0..array.len()).map(|n| array.show(n).parse::<usize>().unwrap()).collect::<Vec<_>>()
        };
        assert_eq!(list("shape"), [matrix.rows(), matrix.cols()]);
        let (indices, indptr, data) = (list("indices"), list("indptr"), list("data"));
        for row in 0..matrix.rows() {
            let expected: Vec<(usize, usize)> = matrix.row(row).map(|(col, tap)| (col, tap.index() + 1)).collect();
            let range = indptr[row]..indptr[row + 1];
            let got: Vec<_> = indices[range.clone()].iter().copied().zip(data[range].iter().copied()).collect();
            assert_eq!(got, expected, "{words} row {row}");
        }
    }
}

/// Well-formed, whole coordinates, one cell per entry with the colour of its tap and a title that names it.
#[test]
fn a_spy_plot_draws_every_entry_once() {
    for words in SPECS.into_iter().chain(["conv i28x28 k5x5", "tconv i2 k3 c5:3"]) {
        let s = spec(words);
        let matrix = own(&s);
        let view = MatrixView::new(&matrix, s.kind).with_blocks(true);
        let text = view.show(Format::Svg).unwrap();
        let document = roxmltree::Document::parse(&text).unwrap();
        let mut colours = std::collections::BTreeMap::new();
        let mut drawn = Vec::new();
        for cell in document.descendants().filter(|n| n.has_tag_name("g")) {
            let Some(title) = cell.children().find(|n| n.has_tag_name("title")) else { continue };
            let rect = cell.children().find(|n| n.has_tag_name("rect")).unwrap();
            let tap = title.text().unwrap().rsplit_once("tap ").unwrap().1.to_owned();
            let colour = rect.attribute("fill").unwrap().to_owned();
            assert_eq!(colours.entry(tap).or_insert_with(|| colour.clone()), &colour, "{words}");
            drawn.push([rect.attribute("y").unwrap(), rect.attribute("x").unwrap()].map(|n| n.parse::<u32>().unwrap()));
        }
        assert_eq!(drawn.len(), matrix.entries(), "{words}");
        assert!(drawn.is_sorted() && drawn.windows(2).all(|w| w[0] != w[1]), "{words}");
        let (shown, different) = (colours.len(), colours.values().collect::<std::collections::BTreeSet<_>>().len());
        assert_eq!(shown, different, "{words}: two taps of one colour");
        for node in document.descendants() {
            for name in ["x", "y", "width", "height"] {
                assert!(node.attribute(name).is_none_or(|n| n.parse::<u32>().is_ok()), "{words} {name}");
            }
        }
    }
}

#[test]
fn a_page_has_a_titled_cell_per_entry() {
    let s = spec("tconv i2 k2");
    let matrix = own(&s);
    let w = weight(&s, "2 -1/3");
    let view = MatrixView::new(&matrix, s.kind).with_weight(&w).unwrap().with_zeros(Zeros::Dot);
    let page = view.show(Format::Html).unwrap();
    assert_eq!(page.matches("<td").count(), matrix.rows() * matrix.cols());
    assert!(page.contains("title=\"row y1, column x0, tap w1 = -1/3\">-1/3</td>"), "{page}");
    assert!(page.contains("<td class=\"zero\" title=\"row y0, column x1, no tap\">·</td>"), "{page}");
    assert!(page.contains("<th scope=\"col\">x1</th>") && page.contains("<th scope=\"row\">y2</th>"), "{page}");
    assert!(!page.contains("<script") && !page.contains("http"), "{page}");
}

#[test]
fn lines_stand_between_channels_and_rows() {
    let s = spec("conv i3x3 k2x2");
    let matrix = own(&s);
    let view = MatrixView::new(&matrix, s.kind).with_blocks(true);
    let by_hand = "\
w00 w01 ·   | w10 w11 ·   | ·   ·   ·
·   w00 w01 | ·   w10 w11 | ·   ·   ·
------------+-------------+------------
·   ·   ·   | w00 w01 ·   | w10 w11 ·
·   ·   ·   | ·   w00 w01 | ·   w10 w11
";
    assert_eq!(view.clone().with_zeros(Zeros::Dot).show(Format::Text).unwrap(), by_hand);
    let latex = view.clone().with_zeros(Zeros::Blank).show(Format::Latex).unwrap();
    assert!(latex.starts_with("\\left(\\begin{array}{ccc|ccc|ccc}\n"), "{latex}");
    assert!(latex.contains("\n  \\hline\n") && latex.ends_with("\\end{array}\\right)\n"), "{latex}");
    let labelled = view.with_labels(true);
    assert_page("typst", &s, "blocks", "C with names and lines", &labelled.show(Format::Typst).unwrap());
    assert_page("matrix", &s, "blocks", "C with names and lines", &labelled.show(Format::Text).unwrap());
    // Between channels two lines.
    let s = spec("tconv i2 k2 c4:2 g2");
    let latex = MatrixView::new(&own(&s), s.kind).with_blocks(true).show(Format::Latex).unwrap();
    assert!(latex.contains("{cc||cc||cc||cc}") && latex.contains("\\hline\\hline"), "{latex}");
    // One channel of one axis is one block.
    let s = spec("conv i3 k2");
    let matrix = own(&s);
    let (plain, lined) = (MatrixView::new(&matrix, s.kind), MatrixView::new(&matrix, s.kind).with_blocks(true));
    for format in [Format::Text, Format::Latex, Format::Typst, Format::Html] {
        assert_eq!(plain.show(format).unwrap(), lined.show(format).unwrap());
    }
}

#[test]
fn names_may_count_from_one() {
    let s = spec("conv i3 k2");
    let matrix = own(&s);
    let view = MatrixView::new(&matrix, s.kind).with_labels(true).one_based(true);
    assert_eq!(view.show(Format::Text).unwrap(), "    x1 x2 x3\ny1  w1 w2 0\ny2  0  w1 w2\n");
    // With ten positions two digits would run together.
    let s = spec("conv i10 k1");
    let (matrix, last) = (own(&s), |page: String| page.lines().last().unwrap().to_owned());
    let view = MatrixView::new(&matrix, s.kind);
    assert_eq!(last(view.show_product(Format::Text).unwrap()), "y9 = x9·w0");
    assert_eq!(last(view.one_based(true).show_product(Format::Text).unwrap()), "y[1,1;10] = x[1,1;10]·w1");
}

#[test]
fn what_a_format_cannot_show_is_refused() {
    let s = spec("conv i3 k2");
    let matrix = own(&s);
    let view = MatrixView::new(&matrix, s.kind);
    let refused = |view: MatrixView<'_>, format: Format, words: &str| {
        let mut out = Vec::new();
        let error = view.write(format, &mut out).unwrap_err();
        assert!(error.rule() == "Q4" && error.to_string().contains(words) && out.is_empty(), "{error}");
    };
    refused(view.clone().with_blocks(true), Format::Csv, "--blocks: csv has no lines; valid are text, latex, html");
    refused(view.clone().with_zeros(Zeros::Blank), Format::Sympy, "--zeros: sympy");
    refused(view.clone().one_based(true), Format::Json, "--one-based: json");
    refused(view.clone().one_based(true), Format::Npy, "--one-based: npy");
    for format in [Format::Npy, Format::Svg, Format::Mtx] {
        assert_eq!(view.show_product(format).unwrap_err().rule(), "Q4");
    }
}

#[test]
fn what_is_larger_than_a_page_is_offered_as_a_picture() {
    let s = spec("conv i1100 k2");
    let matrix = own(&s);
    let view = MatrixView::new(&matrix, s.kind);
    for format in [Format::Text, Format::Html, Format::Typst, Format::Sympy] {
        let error = view.show(format).unwrap_err();
        assert!(error.rule() == "L5" && error.to_string().ends_with("; --format svg draws it"), "{error}");
    }
    assert!(view.show(Format::Svg).is_ok());
    let error = view.with_max_cells(2197).show(Format::Svg).unwrap_err().to_string();
    assert!(error.contains("as svg; the limit is 2197 entries"), "{error}");
}

#[cfg(feature = "cli")]
#[test]
fn arrays_go_to_files_and_pipes() {
    use crate::command::{run, run_on};
    let folder = tempfile::tempdir().unwrap();
    let terminals = convproof::cli::Terminals { out: true, err: false, colour: false };
    let ran = run_on(terminals, &["matrix", "conv i3 k2", "--format", "npy"]);
    assert_eq!((ran.code, ran.out.as_str()), (2, ""));
    assert!(ran.err.starts_with("error: Q4: --format: npy is not for a terminal; --output FILE"), "{}", ran.err);
    let place = folder.path().join("c.npy");
    let words = ["matrix", "conv i3 k2", "--output", place.to_str().unwrap()];
    assert_eq!(run_on(terminals, &words).code, 0);
    assert_eq!(read_npy(&std::fs::read(&place).unwrap()).unwrap().shape(), [2, 3]);
    // A refused one leaves nothing, and what was there as it was.
    let before = std::fs::read(&place).unwrap();
    let ran = run(&[&words[..], &["--weight", "1 1/3"]].concat());
    assert!(ran.code == 2 && ran.err.contains("Q4: --weight: w1 = 1/3 is no exact f64"), "{}", ran.err);
    assert_eq!(std::fs::read(&place).unwrap(), before);
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1);
    let ran = run(&["matrix", "conv i3 k2", "--zeros", "none"]);
    assert!(ran.code == 2 && ran.err.contains("Q4: --zeros: 'none' is no zero"), "{}", ran.err);
}
