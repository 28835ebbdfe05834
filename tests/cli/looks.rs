//! Delimiters, the order of cells, and rows that are written by the run: what is shown stays the matrix.

use crate::render::{own, spec, weight};
use convproof::render::{Delimiters, Format, MatrixView};

fn view(words: &str, format: Format, look: impl FnOnce(MatrixView<'_>) -> MatrixView<'_>) -> String {
    let spec = spec(words);
    look(MatrixView::new(&own(&spec), spec.kind)).show(format).unwrap()
}

/// Input 2×3, output 2×2: y10 stands behind y00, x10 behind x00.
#[test]
fn cells_are_numbered_column_major() {
    let by_hand = "     x00 x10 x01 x11 x02 x12
y00  w00 0   w01 0   0   0
y10  0   w00 0   w01 0   0
y01  0   0   w00 0   w01 0
y11  0   0   0   w00 0   w01
";
    let words = "conv i2x3 k1x2";
    assert_eq!(view(words, Format::Text, |v| v.with_labels(true).column_major(true)), by_hand);
    // The rows of the image are now its columns: pairs.
    let blocks = view(words, Format::Text, |v| v.with_blocks(true).column_major(true));
    assert!(blocks.starts_with("w00 0   | w01 0   | 0   0\n0   w00 |"), "{blocks}");
    let (s, mut sums) = (spec(words), Vec::new());
    let matrix = own(&s);
    let turned = MatrixView::new(&matrix, s.kind).column_major(true);
    turned.write_product(Format::Text, &mut sums).unwrap();
    let sums = String::from_utf8(sums).unwrap();
    assert_eq!(sums.lines().nth(1), Some("y10 = x10·w00 + x11·w01"));
    assert!(turned.summary().contains("columns = input 2×3, column-major; 8 taps"), "{}", turned.summary());
    let mtx = turned.show(Format::Mtx).unwrap();
    assert!(mtx.contains("% C of conv i2x3 k1x2, rows and columns column-major\n"), "{mtx}");
    assert!(mtx.contains("\n4 6 8\n1 1 1\n1 3 2\n2 2 1\n2 4 2\n"), "{mtx}");
    for format in [Format::Json, Format::Npy] {
        let error = turned.write(format, &mut Vec::new()).unwrap_err();
        assert!(error.rule() == "Q4" && error.to_string().contains("--column-major"), "{error}");
    }
    // On one axis there is one order; samples and channels stay outside.
    for words in ["tconv i3 k2 s2", "tconv i3 k2 c2:4 g2 n2"] {
        assert_eq!(view(words, Format::Csv, |v| v.column_major(true)), view(words, Format::Csv, |v| v));
    }
    let words = "tconv i1x2x3 k2x1x2 c2:2 g2 n2";
    let rows = |page: String| page.lines().map(str::to_owned).collect::<std::collections::BTreeSet<_>>();
    let named = |v: MatrixView<'_>| rows(v.with_labels(true).show_product(Format::Text).unwrap());
    let (s, row_major) = (spec(words), spec(words));
    let (matrix, same) = (own(&s), own(&row_major));
    let sorted = |sums: std::collections::BTreeSet<String>| {
        sums.into_iter()
            .map(|sum| {
                let (cell, sum) = sum.split_once(" = ").unwrap();
                let mut terms: Vec<&str> = sum.split(" + ").collect();
                terms.sort_unstable();
                format!("{cell} {}", terms.join(" "))
            })
            .collect::<Vec<_>>()
    };
    let turned = named(MatrixView::new(&matrix, s.kind).column_major(true));
    assert_eq!(sorted(turned), sorted(named(MatrixView::new(&same, s.kind))), "the same sums, in another order");
}

#[test]
fn delimiters_stand_around_the_matrix() {
    let latex =
        |delimiters, labels| view("conv i3 k2", Format::Latex, |v| v.with_labels(labels).with_delimiters(delimiters));
    let rows = "  w_{0} & w_{1} & 0 \\\\\n  0     & w_{0} & w_{1}\n";
    for (delimiters, letter) in [
        (Delimiters::Round, "p"),
        (Delimiters::Square, "b"),
        (Delimiters::Curly, "B"),
        (Delimiters::Bar, "v"),
        (Delimiters::DoubleBar, "V"),
        (Delimiters::None, ""),
    ] {
        let expected = format!("\\begin{{{letter}matrix}}\n{rows}\\end{{{letter}matrix}}\n");
        assert_eq!(latex(delimiters, false), expected);
        let named = format!(
            "% \\usepackage{{nicematrix}}\n\\begin{{{letter}NiceMatrix}}[first-row,first-col,margin]\n        & x_{{0}} & x_{{1}} & x_{{2}} \\\\\n  \
             y_{{0}} & w_{{0}} & w_{{1}} & 0 \\\\\n  y_{{1}} & 0     & w_{{0}} & w_{{1}}\n\\end{{{letter}NiceMatrix}}\n"
        );
        assert_eq!(latex(delimiters, true), named);
    }
    let blocks = |labels: bool| {
        view("conv i2x2 k1x1", Format::Latex, |v| {
            v.with_labels(labels).with_blocks(true).with_delimiters(Delimiters::Curly)
        })
    };
    assert!(blocks(false).starts_with("\\left\\{\\begin{array}{cc|cc}\n"), "{}", blocks(false));
    assert!(blocks(false).ends_with("\\end{array}\\right\\}\n"), "{}", blocks(false));
    assert!(blocks(true).contains("\n\\begin{BNiceArray}{cc|cc}[first-row,first-col,margin]\n"), "{}", blocks(true));
    let typst = view("conv i3 k2", Format::Typst, |v| v.with_delimiters(Delimiters::DoubleBar));
    assert!(typst.starts_with("$ mat(delim: \"‖\",\n"), "{typst}");
    let refused = |labels, format, words: &str| {
        let s = spec("conv i3 k2");
        let matrix = own(&s);
        let view = MatrixView::new(&matrix, s.kind).with_labels(labels).with_delimiters(Delimiters::Bar);
        let error = view.show(format).unwrap_err().to_string();
        assert!(error.starts_with("Q4: --delimiters: ") && error.contains(words), "{error}");
        assert_eq!(view.show_product(Format::Latex).unwrap_err().rule(), "Q4");
    };
    refused(false, Format::Text, "text draws none; valid are latex, typst");
    refused(false, Format::Html, "html draws none");
    refused(true, Format::Typst, "typst has no place for names outside them");
}

#[cfg(feature = "cli")]
#[test]
fn looks_are_options() {
    use crate::command::run;
    let ran = run(&["matrix", "conv i2x3 k1x2", "--column-major", "--format", "latex", "--delimiters", "square"]);
    assert!(ran.code == 0 && ran.out.starts_with("\\begin{bmatrix}\n"), "{ran:?}");
    assert!(ran.err.contains("column-major"), "{}", ran.err);
    let ran = run(&["matrix", "conv i3 k2", "--delimiters", "angle"]);
    let words = "Q4: --delimiters: 'angle' are no delimiters; valid are round, square, curly, bar, double-bar, none";
    assert!(ran.code == 2 && ran.out.is_empty() && ran.err.contains(words), "{}", ran.err);
    let ran = run(&["matrix", "conv i3 k2", "--column-major", "--format", "json"]);
    assert!(
        ran.code == 2 && ran.out.is_empty() && ran.err.contains("Q4: --column-major: json has row-major"),
        "{}",
        ran.err
    );
}

/// More columns and more taps than are kept ready: each cell stands where it belongs.
#[test]
fn long_rows_are_whole() {
    for words in ["conv i9001 k8999", "conv i5000 k3 s1700", "conv i1 k1", "tconv i5 k5000"] {
        let s = spec(words);
        let matrix = own(&s);
        let names = convproof::render::names::Names::new(&s);
        let expected: Vec<Vec<String>> = (0..matrix.rows())
            .map(|row| {
                let entries: std::collections::BTreeMap<usize, _> = matrix.row(row).collect();
                let cell = |col| entries.get(&col).map_or("0".to_owned(), |tap| names.tap(tap.index()).into_owned());
                (0..matrix.cols()).map(cell).collect()
            })
            .collect();
        let text = view(words, Format::Text, |v| v);
        assert!(text.lines().map(|line| line.split_whitespace().collect::<Vec<_>>()).eq(expected.clone()), "{words}");
        let csv = view(words, Format::Csv, |v| v).replace('"', "");
        assert!(csv.lines().eq(expected.iter().map(|row| row.join(","))), "{words}");
        let markdown = view(words, Format::Markdown, |v| v);
        let cells = |line: &str| line.split('|').skip(2).map(|cell| cell.trim().to_owned()).collect::<Vec<_>>();
        let rows: Vec<Vec<String>> = markdown.lines().skip(2).map(cells).collect();
        assert!(rows.iter().zip(&expected).all(|(row, expected)| row[..row.len() - 1] == expected[..]), "{words}");
        let latex = view(words, Format::Latex, |v| v.with_max_cells(u64::MAX).with_blocks(true));
        let count = |line: &str| line.matches('&').count() + 1;
        let counts = latex.lines().filter(|line| line.starts_with("  ") && !line.contains("hline")).map(count);
        assert!(counts.eq((0..matrix.rows()).map(|_| matrix.cols())), "{words}");
    }
    // Numbers stand at the right, zeros too.
    let s = spec("conv i4 k2");
    let (matrix, w) = (own(&s), weight(&s, "-1/3 7"));
    let sympy = MatrixView::new(&matrix, s.kind).with_weight(&w).unwrap().show(Format::Sympy).unwrap();
    let gap = " ".repeat("-Rational(1, 3)".len() - 1);
    assert!(sympy.contains(&format!("    [-Rational(1, 3), {gap}7, {gap}0, 0],\n")), "{sympy}");
}

/// Names of rows grow from one to two digits; every zero is still told by its own row and column.
#[test]
fn every_zero_of_a_page_has_its_own_title() {
    for (words, blocks) in [("conv i13 k2", false), ("tconv i3x11 k2x2", true), ("tconv i11x3 k2x2", false)] {
        let s = spec(words);
        let matrix = own(&s);
        let page = MatrixView::new(&matrix, s.kind).with_blocks(blocks).show(Format::Html).unwrap();
        let names = convproof::render::names::Names::new(&s);
        let mut titles = page.split("title=\"").skip(1).map(|rest| rest.split('"').next().unwrap());
        for (row, col) in (0..matrix.rows()).flat_map(|row| (0..matrix.cols()).map(move |col| (row, col))) {
            let what =
                matrix.tap(row, col).map_or("no tap".to_owned(), |tap| format!("tap {}", names.tap(tap.index())));
            let expected = format!("row {}, column {}, {what}", names.y(row), names.x(col));
            assert_eq!(titles.next(), Some(expected.as_str()), "{words}");
        }
        assert_eq!(titles.next(), None);
    }
}

/// MatrixMarket as sprs reads it.
#[test]
fn sprs_reads_matrix_market() {
    use sprs::io::read_matrix_market_from_bufread as read;
    for words in ["conv i4x4 k3x3", "tconv i3 k3 s2 p-1:1", "tconv i2 k2 c4:2 g2 n2"] {
        let s = spec(words);
        let matrix = own(&s);
        let text = MatrixView::new(&matrix, s.kind).show(Format::Mtx).unwrap();
        let got = read::<i64, usize, _>(&mut text.as_bytes()).unwrap().to_csr::<usize>();
        assert_eq!((got.rows(), got.cols(), got.nnz()), (matrix.rows(), matrix.cols(), matrix.entries()));
        for (row, col) in (0..matrix.rows()).flat_map(|row| (0..matrix.cols()).map(move |col| (row, col))) {
            let expected = matrix.tap(row, col).map(|tap| i64::from(tap.0) + 1);
            assert_eq!(got.get(row, col).copied(), expected, "{words} {row},{col}");
        }
    }
    let s = spec("conv i3 k2");
    let (matrix, w) = (own(&s), weight(&s, "-1/4 3"));
    let text = MatrixView::new(&matrix, s.kind).with_weight(&w).unwrap().show(Format::Mtx).unwrap();
    let got = read::<f64, usize, _>(&mut text.as_bytes()).unwrap().to_csr::<usize>();
    assert_eq!([got.get(0, 0), got.get(0, 1), got.get(0, 2)], [Some(&-0.25), Some(&3.0), None]);
}
