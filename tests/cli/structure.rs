//! `convproof structure`: statuses, documents, refusals. The README shows its pages; the numbers are
//! judged in `tests/definition`.

use super::command::{line, run};

#[test]
fn documents_hold_what_the_page_says() {
    let found = line("structure conv i5x5 k3x3 p1 --weight 1..9 --format json").json();
    assert_eq!(found["spec"], "conv i5x5 k3x3 p1");
    assert_eq!((&found["rows"], &found["cols"], &found["nnz"]), (&25.into(), &25.into(), &169.into()));
    assert_eq!((&found["undone"]["rank"], &found["undone"]["known"]), (&23.into(), &"exactly".into()));
    assert_eq!(found["undone"]["determinant"], "0");
    assert_eq!(found["undone"]["null_vector"].as_array().unwrap().len(), 25);
    assert_eq!(found["phases"]["sums"][0][0], "45");
    let found = line("structure tconv i3 k3 s2 --format json").json();
    assert_eq!(found["coverage"][0]["outputs"], serde_json::json!([1, 1, 2, 1, 2, 1, 1]));
    assert_eq!(
        (&found["phases"]["sums"], &found["phases"]["equal"]),
        (&serde_json::Value::Null, &serde_json::Value::Null)
    );
    assert_eq!(found["undone"]["always_injective"], true);

    let found = line("structure nearest i3 s2 then conv k3 p1 w=1,2,3 --x 1,2,4 --format json").json();
    assert_eq!((&found["is"]["spec"], &found["is"]["exact"]), (&"tconv i3 k4 s2 p1".into(), &true.into()));
    assert_eq!(found["is"]["taps"], serde_json::json!(["3", "5", "3", "1"]));
    assert_eq!(found["y"], serde_json::json!(["5", "9", "11", "18", "22", "12"]));
    // A document holds every term: 32 here, where a page shows sixteen.
    let found = line("structure tconv i3 k1 c1:32 then conv k1 c32:1 --format json").json();
    assert_eq!(found["is"]["taps"][0].as_str().unwrap().split(" + ").count(), 32);
    let found = line("structure bilinear i4 s2 --format json").json();
    assert_eq!((&found["is"]["exact"], &found["is"]["others"]), (&false.into(), &serde_json::json!([0, 7])));
    assert_eq!(found["is"]["first"]["operation"], "3/4");
    assert_eq!(found["is"]["first"]["map"], "1");
}

/// Of the 3×2 matrix `2 0 / 1 2 / 0 1` by its first and last rows, by hand.
const INVERSE: &str = "1/2   0   0\n  0   0   1\n";

/// A left inverse of full padding: `conv i2 k2 p1` with the taps 1 2.
#[test]
fn a_left_inverse_undoes() {
    let inverse = line("structure conv i2 k2 p1 --weight 1,2 --left-inverse");
    assert_eq!((inverse.code, inverse.out.as_str()), (0, INVERSE));
    let none = line("structure conv i3 k2 --weight 1,2 --left-inverse");
    assert_eq!((none.code, none.out.as_str(), none.err.as_str()), (1, "", "no left inverse: rank 2, 3 columns\n"));
    // No answer is not the answer that there is none.
    let given_up = line("structure conv i6x6 k3x3 p1 --max-work 100 --weight 1..9 --left-inverse");
    assert_eq!((given_up.code, given_up.out.as_str()), (2, ""));
    assert!(given_up.err.starts_with("error: Q4: --max-work: 100: the elimination gave up"), "{}", given_up.err);
    let rank = line("structure conv i6x6 k3x3 p1 --max-work 100 --weight 1..9");
    assert!(rank.out.contains("rank not found") && rank.out.contains("at most 36 of 36×36"), "{}", rank.out);
    let json = line("structure conv i1 k1 --weight 4 --left-inverse --format json").json();
    assert_eq!(json["left_inverse"], serde_json::json!([["1/4"]]));
}

#[test]
fn compositions_are_compared() {
    let same = run(&["structure", "nearest i4 s2", "--same-as", "tconv i4 k2 s2 w=1"]);
    assert_eq!((same.code, same.err.as_str()), (0, ""));
    let differs = run(&["structure", "nearest i4 s2", "--same-as", "tconv i4 k2 s2 w=1,2"]);
    assert_eq!(differs.code, 1);
    assert_eq!(differs.out, "differs  nearest i4 s2 is not tconv i4 k2 s2 w=1,2\n  row 1, column 0: 1 and 2\n");
    let shapes = run(&["structure", "nearest i4 s2", "--same-as", "nearest i4 s3", "--format", "json"]);
    assert_eq!((shapes.code, &shapes.json()["verdict"]), (1, &"differs".into()));
    // A resampled layer is recognised by its numbers too.
    let bilinear = line("structure tconv i8 k4 s2 p1 --weight 1/4,3/4,3/4,1/4");
    assert!(bilinear.out.contains("\ninterpolates bilinear, inside: 14 of 16 rows; not 0 15\n"), "{}", bilinear.out);
    let nearest = line("structure tconv i4x4 k2x2 s2 --weight 1,1,1,1");
    assert!(nearest.out.contains("\ninterpolates nearest, everywhere\n"), "{}", nearest.out);
}

#[test]
fn maps_are_pictures_of_two_axes() {
    for line_of in ["structure tconv i3 k3 s2 --format svg", "structure bilinear i3x3 s2 --format svg"] {
        let drawn = line(line_of);
        assert!(drawn.code == 0 && drawn.out.starts_with("<svg "), "{line_of}: {}", drawn.err);
        roxmltree::Document::parse(&drawn.out).unwrap();
    }
    for refused in [
        "structure tconv i3x3x3 k3x3x3 --format svg",
        "structure tconv i100 k3 --format svg",
        "structure nearest i3 s2 then conv k3 --format svg",
        "structure nearest i3 c2 s2 --format svg",
        "structure conv i1 k1 --weight 4 --left-inverse --format svg",
        "structure tconv i3 k3 --format png",
        "structure nearest i3 s2 --same-as tconv --format svg",
        "structure nearest i3 s2 --weight 1",
        "structure nearest i3 s2 --x 1,2",
        "structure tconv i3 k3 --weight 1,2",
        "structure tconv i3 k3 then",
        "structure",
    ] {
        let refused = line(refused);
        assert_eq!((refused.code, refused.out.as_str()), (2, ""), "{}", refused.err);
        assert!(!refused.err.contains("panicked") && refused.err.lines().filter(|l| !l.is_empty()).count() <= 30);
    }
}

/// What shrinks is a convolution; its witness counts as the map does.
#[test]
fn shrinking_is_a_convolution() {
    let found = line("structure bilinear i4 o2 --format json").json();
    assert_eq!(
        (&found["is"]["spec"], &found["is"]["taps"]),
        (&"conv i4 k2 s2".into(), &serde_json::json!(["1/2", "1/2"]))
    );
    let found = line("structure conv i5 k2 s3 d2 w=-3,2 then replicate p0:2 --format json").json();
    assert_eq!(found["is"]["others_are"], "columns");
    let row = found["is"]["first"]["row"].as_u64().unwrap();
    assert!(row < 3, "of three results");
}

/// Sizes beyond what can be counted or eliminated end soon, and say what is known.
#[test]
fn the_largest_layers_are_counted_not_built() {
    for words in [
        "structure tconv i512x512 k3x3 s2 c64:32",
        "structure tconv i1000000000 k64 s32",
        "structure tconv i5 k1000000000 s1000000000",
        "structure conv i4x4x4x4 k3x3x3x3 p1",
        "structure tconv i3 k3 s2 p-4:9 a3 d5 c6:4 g2 n3",
    ] {
        let ran = line(words);
        assert_eq!(ran.code, 0, "{words}: {}", ran.err);
        assert!(ran.out.lines().count() <= 60, "{}", ran.out);
        line(&format!("{words} --format json")).json();
    }
    let large = line("structure tconv i512x512 k3x3 s2 c64:32");
    assert!(large.out.contains("4831838208 of "), "{}", large.out);
}
