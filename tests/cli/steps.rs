//! `convproof steps`: the text, the pictures and the page; what is refused, and what is left behind.
#![allow(clippy::unwrap_used)] // a test may fail by it

use std::collections::BTreeSet;

use convproof::cli::{SAME, UNANSWERED};

use crate::command::{Ran, keys, line, run};
use crate::snapshots::assert_page;

fn ok(ran: Ran) -> String {
    assert_eq!((ran.code, ran.err.as_str()), (SAME, ""), "{}", ran.out);
    ran.out
}

/// The one line of a refusal.
fn refused(words: &[&str]) -> String {
    let ran = run(words);
    assert_eq!((ran.code, ran.out.as_str()), (UNANSWERED, ""), "{words:?}: {}", ran.err);
    ran.err.trim_end().to_owned()
}

/// The same with one space between words, and none at the ends of lines.
fn squeezed(page: &str) -> String {
    page.lines().map(|line| line.split_whitespace().collect::<Vec<_>>().join(" ") + "\n").collect()
}

const E5: &[&str] = &["steps", "tconv i2x2 k2x2 s2", "--x", "0..3", "--weight", "0..3"];

// ---- text ----------------------------------------------------------------------------------

#[test]
fn one_page_per_formulation() {
    // E-5 of D2L: every stamp has a place of its own.
    let spec = "tconv i2x2 k2x2 s2".parse().unwrap();
    let page = ok(run(E5));
    // The sums of the last frame, row by row, as D2L prints them.
    let digits = |row: &str| row.chars().filter(char::is_ascii_digit).collect::<String>();
    let mut rows: Vec<String> =
        page.lines().rev().take(4).map(digits).map(|row| row[row.len() - 4..].to_owned()).collect();
    rows.reverse();
    assert_eq!(rows, ["0001", "0023", "0203", "4669"]);
    assert_page("steps", &spec, "scatter", "each stamp has a place of its own", &page);

    let gather = ok(line("steps tconv i2 k3 s2 --formulation gather"));
    assert_page("steps", &"tconv i2 k3 s2".parse().unwrap(), "gather", "which inputs reach an output", &gather);
    let words = ["steps", "tconv i2 k3 s2 p1", "--formulation", "zero-insertion", "--x", "1,10", "--weight", "1 2 3"];
    let zeros = ok(run(&words));
    // 1 2 13 20 30 without its ends.
    for sum in ["y0 = x0·w1 = 1·2 = 2\n", "y1 = x0·w2 + x1·w0 = 1·3 + 10·1 = 13\n", "y2 = x1·w1 = 10·2 = 20\n"]
    {
        assert!(zeros.contains(sum), "{zeros}");
    }
    assert_page("steps", &"tconv i2 k3 s2 p1".parse().unwrap(), "zero-insertion", "a reversed kernel slides", &zeros);
}

#[test]
fn long_sums_are_listed_below() {
    let page = ok(line("steps tconv i2x2 k3x3 --frame 4"));
    // T-2, cell r1 c1.
    assert!(page.contains("\n  y11 = x00·w11 + x01·w10 + x10·w01 + x11·w00\n"), "{page}");
    assert!(page.contains("frame 4 of 4: x11 stamps the kernel onto y11 y12 y13 y21 y22 y23 y31 y32 y33\n"));
    for text in ["tconv i2x2 k3x3", "conv i9 k3 d2 p2", "tconv i2x2x2 k2x2x2 c2:2", "tconv i3x3 k3x3 p1 s2 n2"] {
        for method in ["scatter", "gather"] {
            let page = ok(line(&format!("steps {text} --formulation {method}")));
            // A sum of many long names has no shorter form.
            let wide = page.lines().filter(|line| line.starts_with("  ") && !line.contains('='));
            let widest = wide.map(|line| line.chars().count()).max().unwrap();
            assert!(widest <= 100, "{text} by {method}: {widest}\n{page}");
            assert!(page.lines().all(|line| line.trim_end() == line));
        }
    }
}

#[test]
fn numbers_are_exact_and_may_be_given_for_one_operand() {
    // E-25: 47/210 = 1/7·1/6 + 2/5·1/2.
    let words = ["steps", "tconv i3 k3 s2", "--x", "1/3,1/7,2/5", "--weight", "1/2,1/3,1/6", "--formulation", "gather"];
    let page = ok(run(&words));
    assert!(page.contains("y4 = x1·w2 + x2·w0 = 1/7·1/6 + 2/5·1/2 = 47/210\n"), "{page}");
    let words = ["steps", "tconv i2 k2", "--x", "-3,0.5", "--formulation", "gather", "--one-based"];
    let page = ok(run(&words));
    assert!(page.contains("y2 = x1·w2 + x2·w1 = -3·w2 + 1/2·w1\n"), "{page}");
    let words = ["steps", "conv i3 k2", "--x", "1 -2 3", "--weight", "-1,2", "--frame", "2"];
    assert!(ok(run(&words)).contains("y1 = x1·w0 + x2·w1 = (-2)·(-1) + 3·2 = 8\n"));
    let many = ok(line("steps conv i30 k30 --frame 1"));
    assert!(many.contains("(30 terms)") && !many.contains("x[0,0;29]·"), "{many}");
}

#[test]
fn what_a_crop_drops_stands_outside_of_a_border() {
    let page = ok(line("steps tconv i1 k3 p1 --x 5 --weight 1,2,3"));
    assert!(page.contains("x0 = 5 stamps the kernel onto y0; 2 products are cropped\n"), "{page}");
    assert!(squeezed(&page).contains("\noutput y [5] | [10] | [15]\n"), "{page}");
    let page = ok(line("steps tconv i1 k3 s2 p3:-3 --x 5 --weight 1,2,3"));
    assert!(page.contains("onto nothing; 3 products are cropped\n"), "{page}");
    let page = ok(run(&["steps", "tconv i5 k2 p2", "--formulation", "zero-insertion", "--frame", "2", "--x", "1..5"]));
    assert!(page.contains("padded: -1 zeros before, -1 after; below 0, cells are dropped"), "{page}");
    assert!(squeezed(&page).contains("\npadded x 1 | 2 3 4 | 5\n"), "{page}");
}

// ---- json ----------------------------------------------------------------------------------

#[test]
fn json_says_what_stands_in_every_cell() {
    let ran = run(&[E5, &["--format", "json"]].concat());
    let document = ran.json();
    assert_eq!(keys(&document), ["format", "spec", "formulation", "of", "frames"]);
    assert_eq!((&document["formulation"], &document["of"]), (&"scatter".into(), &4.into()));
    let output = &document["frames"][3]["panels"][3];
    assert_eq!(output["what"], "output");
    let texts: Vec<&str> =
        output["planes"][0]["cells"].as_array().unwrap().iter().map(|cell| cell["text"].as_str().unwrap()).collect();
    assert_eq!(texts.join(" "), "0 0 0 1 0 0 2 3 0 2 0 3 4 6 6 9");
    assert_eq!(output["planes"][0]["cells"][15]["tap"], "w11");
    assert_eq!(output["planes"][0]["cells"][15]["name"], "y33");
}

// ---- pictures ------------------------------------------------------------------------------

/// Every number of an attribute that places something.
fn places(svg: &str) -> Vec<&str> {
    let attributes = [" x=\"", " y=\"", " width=\"", " height=\""];
    let of = |attribute: &'static str| svg.split(attribute).skip(1).map(|rest| rest.split('"').next().unwrap());
    attributes.into_iter().flat_map(of).collect()
}

/// Tags are closed in the order they are opened.
fn is_well_formed(text: &str) -> bool {
    let mut open = Vec::new();
    for tag in text.split('<').skip(1).map(|rest| rest.split('>').next().unwrap()) {
        match (tag.strip_prefix('/'), tag.ends_with('/')) {
            (Some(name), _) if open.pop() != Some(name) => return false,
            (Some(_), _) | (None, true) => {}
            (None, false) => open.push(tag.split(' ').next().unwrap()),
        }
    }
    open.is_empty()
}

#[test]
fn a_frame_is_a_picture() {
    let svg = ok(line("steps tconv i2 k2 p1:0 --x 1,10 --weight 2,3 --frame 2 --format svg"));
    assert_page("steps", &"tconv i2 k2 p1:0".parse().unwrap(), "svg", "what the crop drops is struck out", &svg);
    let sheets = [
        "tconv i2x2 k3x3 s2 p1 a1 --formulation zero-insertion",
        "tconv i2x2x2 k2x1x2 c2:2 g2 n2",
        "conv i4x3 k2x2 p1:-1 --formulation scatter",
        "tconv i2 k12 c2:1 d2 --formulation gather",
    ];
    for sheet in sheets {
        let svg = ok(line(&format!("steps {sheet} --format svg")));
        assert_eq!(svg, ok(line(&format!("steps {sheet} --format svg"))), "{sheet}");
        assert!(svg.starts_with("<svg ") && svg.ends_with("</svg>\n") && is_well_formed(&svg), "{sheet}");
        assert!(svg.contains("<title>") && svg.contains("<desc>") && !svg.contains("<script"), "{sheet}");
        assert!(svg.contains("prefers-color-scheme: dark"), "{sheet}");
        assert!(places(&svg).iter().all(|place| place.parse::<u32>().is_ok()), "{sheet}");
        // Nothing from elsewhere.
        assert_eq!(svg.matches("http").count(), 1, "{sheet}");
    }
}

#[test]
fn a_page_has_a_slider_and_all_frames() {
    let html = ok(line("steps tconv i3 k3 s2 p1 --formulation zero-insertion --format html"));
    // 4 stages and 5 outputs; without a script all of them stand there, the first is on top.
    assert_eq!(html.matches("<figure").count(), 9);
    assert_eq!(html.matches("<figure class=\"shown\">").count(), 1);
    assert!(html.find("<figure class=\"shown\">").unwrap() < html.find("<figure>").unwrap());
    assert!(html.contains("<input type=\"range\" min=\"1\" max=\"9\" value=\"1\""));
    assert!(html.contains("color-scheme: light dark") && !html.contains(" src=") && !html.contains("<link"));
    assert!(html.contains("the kernel is reversed: its last tap comes first"));
}

#[test]
fn files_are_named_by_their_suffix_and_folders_take_a_picture_per_frame() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    let written = |name: &str| std::fs::read_to_string(folder.path().join(name)).unwrap();
    let spec = "tconv i2 k3 s2 c1:2";
    for (name, start) in
        [("a.txt", "scatter of"), ("a.svg", "<svg"), ("a.html", "<!doctype"), ("a.json", "{\"format\"")]
    {
        assert_eq!(ok(run(&["steps", spec, "--output", &path(name)])), "");
        assert!(written(name).starts_with(start), "{name}");
    }
    // The second time the folder is there, and its name needs no slash.
    for frames in [format!("{}/", path("frames")), path("frames")] {
        let ran = run(&["steps", spec, "--output", &frames]);
        assert_eq!((ran.code, ran.out.as_str()), (SAME, ""), "{}", ran.err);
        assert!(ran.err.starts_with("2 pictures in "), "{}", ran.err);
        let entries = std::fs::read_dir(&frames).unwrap();
        let names: BTreeSet<String> = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
        assert_eq!(names, BTreeSet::from(["01.svg".to_owned(), "02.svg".to_owned()]));
    }
    assert_eq!(written("frames/02.svg"), ok(run(&["steps", spec, "--format", "svg", "--frame", "2"])));
}

// ---- refusals ------------------------------------------------------------------------------

#[test]
fn bad_requests_say_what_would_be_valid() {
    let spec = "tconv i2 k3 s2";
    assert_eq!(
        refused(&["steps", spec, "--formulation", "winograd"]),
        "error: Q4: --formulation: 'winograd' is not drawn; valid are scatter, gather, zero-insertion"
    );
    assert_eq!(
        refused(&["steps", "conv i4 k3", "--formulation", "zero-insertion"]),
        "error: Q4: --formulation: a convolution inserts no zeros, its transpose does: ask a tconv, or gather or scatter"
    );
    assert_eq!(refused(&["steps", spec, "--frame", "3"]), "error: Q4: --frame: there is no frame 3; valid are 1 to 2");
    assert!(refused(&["steps", spec, "--frame", "0"]).contains("write a whole number from 1 on"));
    assert_eq!(
        refused(&["steps", spec, "--x", "1,2,3"]),
        "error: Q2: the input x has 3 elements; 2 are needed (shape [1, 1, 2], row-major)"
    );
    assert_eq!(
        refused(&["steps", spec, "--weight", "1..4"]),
        "error: Q1: 4 weight values; 3 are needed (shape [1, 1, 3], row-major)"
    );
    assert!(refused(&["steps", spec, "--x", "2..1"]).starts_with("error: Q4: --x: '2..1' is no range"));
    assert!(refused(&["steps", spec, "--x", "1,two"]).starts_with("error: N1: "));
    assert!(refused(&["steps", spec, "--format", "png"]).contains("valid are text, svg, html, json"));
    assert!(refused(&["steps", "tconv i64x64 k3x3", "--format", "html"]).starts_with("error: L5: "));
    // 900 frames of 900 + 9 + 2·1024 cells
    let sheet = refused(&["steps", "tconv i30x30 k3x3"]);
    assert_eq!(sheet, "error: L5: 2661300 cells in all frames; --frame N shows one; the limit is 131072");
    assert_eq!(run(&["steps", "tconv i30x30 k3x3", "--frame", "900"]).code, SAME);
}

#[test]
fn nothing_is_left_behind_where_nothing_could_be_written() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    let names = || std::fs::read_dir(folder.path()).unwrap().count();
    // Too many frames: the folder is not even made.
    assert!(refused(&["steps", "tconv i30x30 k3x3", "--output", &path("frames/")]).starts_with("error: L5: "));
    assert!(refused(&["steps", "tconv i2 k3", "--x", "1", "--output", &path("frames/")]).starts_with("error: Q2: "));
    assert_eq!(names(), 0);
    assert!(
        refused(&["steps", "tconv i2 k3", "--output", &path("frames/"), "--format", "html"])
            .contains("a folder takes svg")
    );
    // A file where the folder should be.
    std::fs::write(path("file"), "kept").unwrap();
    let error = refused(&["steps", "tconv i2 k3", "--output", &path("file/frames/")]);
    assert!(error.contains("F1: "), "{error}");
    assert!(refused(&["steps", "tconv i2 k3", "--output", &path("none/a.svg")]).contains("F1: "));
    assert_eq!((names(), std::fs::read_to_string(path("file")).unwrap()), (1, "kept".to_owned()));
}
