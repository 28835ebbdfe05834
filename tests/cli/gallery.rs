//! The gallery: pictures for a book, each made by one command, in `snapshots/gallery/`. The guide's
//! chapter *textbook* shows them. They were looked at once; here they are held.

use super::command::run;
use convproof::Spec;

/// The picture that a command draws, held in the gallery under this name.
fn picture(name: &str, what: &str, words: &[&str]) {
    let ran = run(words);
    assert_eq!(ran.code, 0, "{words:?}: {}", ran.err);
    assert!(ran.out.starts_with("<svg ") && ran.out.ends_with("</svg>\n"), "{words:?}");
    let mut settings = insta::Settings::clone_current();
    settings.set_snapshot_path(concat!(env!("CARGO_MANIFEST_DIR"), "/snapshots/gallery"));
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    settings.set_description(format!("convproof {}: {what}", words.join(" ")));
    settings.bind(|| insta::assert_binary_snapshot!(&format!("{name}.svg"), ran.out.into_bytes()));
}

/// V. Dumoulin and F. Visin, "A guide to convolution arithmetic for deep learning": the figures of
/// their repository, two of which have the geometry of others; and the quick reference of Theano's
/// tutorial. Each as `C`, and as the `Cᵀ` of its transpose.
const FIGURES: [(&str, &str); 10] = [
    ("conv i4x4 k3x3", "no_padding_no_strides"),
    ("conv i5x5 k4x4 p2", "arbitrary_padding_no_strides"),
    ("conv i5x5 k3x3 p1", "same_padding_no_strides"),
    ("conv i5x5 k3x3 p2", "full_padding_no_strides"),
    ("conv i5x5 k3x3 s2", "no_padding_strides"),
    ("conv i5x5 k3x3 s2 p1", "padding_strides, numerical_padding_strides"),
    ("conv i6x6 k3x3 s2 p1", "padding_strides_odd"),
    ("conv i7x7 k3x3 d2", "dilation"),
    ("conv i5x5 k3x3", "numerical_no_padding_no_strides"),
    ("conv i9x9 k4x4 s2", "quick reference"),
];

#[test]
fn figures_of_the_guide_as_matrices() {
    for (words, figure) in FIGURES {
        let conv: Spec = words.parse().unwrap();
        let transpose = Spec { kind: convproof::Kind::Tconv, ..conv.clone() };
        for (spec, what) in [(conv, figure.to_owned()), (transpose, format!("{figure}, transposed"))] {
            let words = spec.to_string();
            let words: Vec<&str> =
                ["matrix"].into_iter().chain(words.split(' ')).chain(["--format", "svg", "--blocks"]).collect();
            picture(&spec.file_name(), &what, &words);
        }
    }
}

/// Kernel 3 at stride 2 overlaps unevenly, kernel 4 evenly; three layers of the first.
#[test]
fn checkerboards() {
    for (name, words) in [
        ("coverage_tconv_i4x4_k3x3_s2", "tconv i4x4 k3x3 s2"),
        ("coverage_tconv_i4x4_k4x4_s2_p1", "tconv i4x4 k4x4 s2 p1"),
        ("constant_three_layers", "tconv i2 k3 s2 w=1 then tconv k3 s2 w=1 then tconv k3 s2 w=1"),
        ("constant_resized_first", "nearest i4x4 s2 then conv k3x3 p1 w=1"),
    ] {
        let words: Vec<&str> = ["structure"].into_iter().chain(words.split(' ')).chain(["--format", "svg"]).collect();
        picture(name, "what a constant input becomes", &words);
    }
}

/// 1 and 10 with the taps 1 2 3 at stride 2, in each of the three ways: 1 2 13 20 30.
#[test]
fn one_picture_for_each_formulation() {
    for formulation in ["scatter", "gather", "zero-insertion"] {
        let mut words: Vec<&str> = "steps tconv i2 k3 s2 --x 1,10 --weight 1,2,3 --format svg".split(' ').collect();
        words.extend(["--formulation", formulation]);
        picture(&format!("{}_tconv_i2_k3_s2", formulation.replace('-', "_")), "all frames", &words);
    }
}
