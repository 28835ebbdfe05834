//! Canonical texts of layers, and `snapshot`, which holds layers against them. Expected texts are worked by hand.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use crate::command::{Ran, run};
use convproof::cli::{DIFFERS, SAME, UNANSWERED};
use convproof::geometry::{Kind, Meeting};
use convproof::render::changes::changes;
use convproof::render::{Canonical, canonical};
use convproof::{ConvMatrix, Side, Spec};

fn text(words: &str) -> String {
    canonical(&words.parse().unwrap()).unwrap()
}

// ---- the canonical text -----------------------------------------------------------------------

/// o = 2i + t − 1: output 1 is met by input 0 with tap 2 and by input 1 with tap 0.
#[test]
fn a_small_layer_is_its_matrix() {
    let by_hand = "\
tconv i2 k4 s2 p1
x [1,1,2], w [1,1,4], y [1,1,4]
Cᵀ 4×2: rows = output 4, columns = input 2, row-major; 6 taps, 2 zeros

    x0 x1
y0  w1 0
y1  w2 w0
y2  w3 w1
y3  0  w2
";
    assert_eq!(text("tconv i2 k4 s2 p1"), by_hand);
    let spec: Spec = "tconv i2 k4 s2 p1".parse().unwrap();
    let weight = crate::render::weight(&spec, "1 2 3 -1/2");
    let remarks = ["read from a file".to_owned()];
    let text = Canonical::new(&spec).with_weight(&weight).unwrap().with_product(true).with_remarks(&remarks);
    let text = text.text().unwrap();
    assert!(text.contains("\nremark: read from a file\n\n"), "{text}");
    assert!(text.ends_with("y3     0    3\n\ny0 = x0·2\ny1 = x0·3 + x1·1\ny2 = -x0·1/2 + x1·2\ny3 = x1·3\n"), "{text}");
    assert!(self::text("tconv i2 k1 s1 a1").contains("\nremark: axis 0: output padding 1 ≥ stride 1"));
    let short = crate::render::weight(&"tconv i2 k3".parse().unwrap(), "1 2 3");
    assert_eq!(Canonical::new(&spec).with_weight(&short).unwrap_err().rule(), "Q1");
}

/// The words of the section `axis n`, or of the axes that it is one of.
fn section(text: &str, axis: usize) -> (&str, Vec<&str>) {
    let all = text.split("\n\n").skip(1).find_map(|section| {
        let (head, lines) = section.split_once('\n')?;
        let numbers = head.strip_prefix("axis ").or(head.strip_prefix("axes "))?.split(':').next()?;
        numbers.split(", ").any(|n| n == axis.to_string()).then(|| (head, lines.lines().collect()))
    });
    all.unwrap_or_else(|| panic!("no axis {axis} in {text}"))
}

/// Entry by entry, `C` is what the axes' matrices say: the taps of all axes together, or none.
#[test]
fn a_large_layer_is_a_matrix_for_each_axis() {
    for words in ["tconv i8x9 k3x2 s2x3 p1x0:-1 a1x0 d1x2", "conv i20x21 k3x4 s2x1 p-1:2x0 d2x1", "tconv i8x8 k3 s2"] {
        let spec: Spec = words.parse().unwrap();
        let (text, g) = (text(words), &spec.geometry);
        let is_conv = spec.kind == Kind::Conv;
        let side = if is_conv { Side::C } else { Side::Transposed };
        let matrix = ConvMatrix::build(g, side, 1 << 20).unwrap();
        // By output and input of an axis the tap, from the text alone.
        let told: Vec<Vec<Vec<Option<usize>>>> = (0..2)
            .map(|n| {
                let (_, lines) = section(&text, n);
                let row = |line: &&str| line.split_whitespace().skip(1).map(|word| word.parse().ok()).collect();
                lines[1..].iter().map(row).collect()
            })
            .collect();
        for (row, col) in (0..matrix.rows()).flat_map(|row| (0..matrix.cols()).map(move |col| (row, col))) {
            let (widths, heights) = ([told[0][0].len(), told[1][0].len()], told[1].len());
            let taps = [told[0][row / heights][col / widths[1]], told[1][row % heights][col % widths[1]]];
            let expected = matrix.tap(row, col).map(|tap| tap.index());
            let kernel = usize::try_from(g.axes()[1].kernel()).unwrap();
            let got = taps[0].zip(taps[1]).map(|(t0, t1)| t0 * kernel + t1);
            assert_eq!(got, expected, "{words}: {row},{col} of\n{text}");
        }
    }
}

/// `1…4` or `7`, both ends.
fn range(text: &str) -> [i64; 2] {
    let (first, last) = text.split_once('…').unwrap_or((text, text));
    [first.parse().unwrap(), last.parse().unwrap()]
}

/// The runs of a long axis say of every input which taps take it where; nothing else meets.
#[test]
fn a_long_axis_is_told_by_runs() {
    for words in ["tconv i64 k4 s2 p1", "conv i200 k3 s2 p-2:1 d4", "tconv i40 k5 s3 p7:2 a1", "tconv i60 k1 s5 p11"] {
        let spec: Spec = words.parse().unwrap();
        let (text, axis) = (text(words), spec.geometry.axes()[0]);
        let mut met = BTreeSet::new();
        for line in section(&text, 0).1 {
            let words: Vec<&str> = line.split_whitespace().collect();
            let inputs = range(words[1]);
            if words[2..4] == ["no", "tap"] {
                continue;
            }
            let (taps, by) =
                (range(words[3]), words.windows(2).find(|w| w[0] == "by").map_or(1, |w| w[1].parse().unwrap()));
            let outputs = [range(words[5]), range(if words.get(6) == Some(&"to") { words[7] } else { words[5] })];
            let steps = (inputs[1] - inputs[0]).max(1);
            for (i, t) in (inputs[0]..=inputs[1]).flat_map(|i| (taps[0]..=taps[1]).map(move |t| (i, t))) {
                let along = (outputs[1][0] - outputs[0][0]) * (i - inputs[0]);
                assert_eq!(along % steps, 0, "{line}");
                met.insert(Meeting { o: outputs[0][0] + along / steps + by * (t - taps[0]), i, t });
            }
            assert_eq!(outputs[0][1] - outputs[0][0], by * (taps[1] - taps[0]), "{line}");
        }
        let all = (0..axis.input()).flat_map(|i| (0..axis.kernel()).map(move |t| (i, t)));
        let o = |i, t| axis.stride() * i + axis.dilation() * t - axis.padding().begin;
        let defined: BTreeSet<Meeting> =
            all.map(|(i, t)| Meeting { o: o(i, t), i, t }).filter(|m| axis.meets(*m)).collect();
        assert_eq!(met, defined, "{text}");
    }
    let text = text("tconv i4096 k25 s4 p10:11 c64:1 n2");
    assert!(text.contains("\nchannels 64 to 1: every pair has taps of its own\nbatch 2: every sample"), "{text}");
    // 4i − 10 + t ≥ 0 leaves input 0 the taps from 10 on, input 3 all of them.
    assert!(text.contains("\naxis 0: o = 4i + t − 10, x 4096 to y 16384\ni 0"), "{text}");
    assert!(text.contains("\ni 3…4092  t 0…24   o 2…26 to 16358…16382\n"), "{text}");
}

/// Whatever the size, a page; and for every geometry another one.
#[test]
fn texts_are_short_and_tell_geometries_apart() {
    let base = ["i9x9", "k3x3", "s2", "p1", "a0", "d1", "c4:4", "g1", "n1"];
    let other = ["i9x8", "k3x2", "s2x1", "p1x1:0", "a1x0", "d1x2", "c4:8", "g2", "n2"];
    let mut seen = BTreeSet::new();
    for changed in 0..=base.len() {
        let tokens =
            base.iter().zip(other).enumerate().map(|(n, (base, other))| if n + 1 == changed { other } else { base });
        let text = text(&format!("tconv {}", tokens.collect::<Vec<_>>().join(" ")));
        // Already without the spec.
        assert!(seen.insert(text.split_once('\n').unwrap().1.to_owned()), "{text}");
    }
    for words in [
        "tconv i1000000 k1000000 p999999",
        "conv i1024x1024 k7x7 s2 p3 c3:64 n32",
        "tconv i40 k40 s1 p20 c512:512 g512",
        "tconv i1x1x1x1x1x1 k2x3x4x5x6x7",
    ] {
        let text = text(words);
        assert!(text.lines().count() <= 80 && text.lines().all(|line| line.chars().count() <= 200), "{text}");
    }
    let error = canonical(&"tconv i99999999 k2".parse().unwrap()).unwrap_err();
    assert_eq!(
        (error.rule(), error.to_string().as_str()),
        ("L3", "L3: an axis of 99999999 cells; the limit is 16777216")
    );
    // Many values: the first, the last, and two sums. Σ n over 1…100 = 5050, Σ n² = 338350.
    let spec: Spec = "tconv i60 k100".parse().unwrap();
    let values: Vec<String> = (1..=100).map(|n: u32| n.to_string()).collect();
    let weight = crate::render::weight(&spec, &values.join(" "));
    let text = Canonical::new(&spec).with_weight(&weight).unwrap().text().unwrap();
    assert!(text.contains(" 99 100 (100 values; Σ w[n] = 5050, Σ (n+1)·w[n] = 338350)\n"), "{text}");
}

// ---- what changed -----------------------------------------------------------------------------

#[test]
fn a_change_is_shown_entry_by_entry() {
    let by_hand = "  - tconv i2 k4 s2 p1
  + tconv i2 k4 s2 p2:0
               x0   x1
  y0 expected [w1] [0]
     got      [w2] [w0]
  y1 expected [w2] [w0]
     got      [w3] [w1]
  y2 expected [w3] [w1]
     got      [0]  [w2]
  y3 expected  0   [w2]
     got       0   [w3]
";
    assert_eq!(changes(&text("tconv i2 k4 s2 p1"), &text("tconv i2 k4 s2 p2:0")), by_hand);
    for words in ["conv i4x4 k3x3", "tconv i64 k4 s2 p1", "tconv i8x8 k3 s2"] {
        assert_eq!(changes(&text(words), &text(words)), "");
        for other in ["conv i5x4 k3x3", "tconv i65 k4 s2 p1", "tconv i8x8 k3 s2 d2", "conv i3 k2"] {
            let shown = changes(&text(words), &text(other));
            assert!(!shown.is_empty() && shown.lines().count() <= 24, "{shown}");
            assert!(shown.lines().all(|line| line.chars().count() <= 140), "{shown}");
        }
    }
    let shown = changes(&text("tconv i1 k32"), &text("tconv i1 k32 p1:-1"));
    assert!(shown.ends_with("\n  … 24 more rows\n"), "{shown}");
    // Not one of ours: it is shown, whatever it is.
    let wide = format!("  {}\n{}", "a ".repeat(9000), "b\n".repeat(9000));
    for other in ["", "\n\n\n", "   \n x", "\u{7}\u{1b}[31m", "  a b\nc d\nc e\nc", wide.as_str()] {
        let shown = changes(other, &text("conv i3 k2"));
        assert!(!shown.is_empty() && shown.lines().count() <= 24, "{shown}");
        assert!(!shown.contains(|c: char| c.is_control() && c != '\n') && shown.len() < 20_000, "{shown:?}");
    }
}

// ---- the command ------------------------------------------------------------------------------

/// A folder with a list and a place for its texts.
struct Place {
    folder: tempfile::TempDir,
}

impl Place {
    fn new(list: &str) -> Place {
        let place = Place { folder: tempfile::tempdir().unwrap() };
        std::fs::write(place.path("layers.toml"), list).unwrap();
        place
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn run(&self, options: &[&str]) -> Ran {
        let (list, dir) = (self.path("layers.toml"), self.path("texts"));
        run(&[&["snapshot", list.to_str().unwrap(), "--dir", dir.to_str().unwrap()], options].concat())
    }

    fn files(&self) -> Vec<String> {
        let files = std::fs::read_dir(self.path("texts")).unwrap();
        let files: BTreeSet<String> = files.map(|f| f.unwrap().file_name().into_string().unwrap()).collect();
        files.into_iter().collect()
    }
}

const LIST: &str = "\
[[layer]]
spec = 'tconv i2 k4 s2 p1'
[[layer]]
name = 'up1'
call = 'pytorch stride=2 x=1,1,2 w=1,1,3'
weight = '1..3'
product = true
";

#[test]
fn layers_are_blessed_and_then_compared() {
    let place = Place::new(LIST);
    let ran = place.run(&[]);
    assert_eq!((ran.code, ran.err.as_str()), (DIFFERS, ""));
    assert!(ran.out.starts_with("missing     tconv_i2_k4_s2_p1.snap.txt\n  + tconv i2 k4 s2 p1\n"), "{}", ran.out);
    assert!(ran.out.ends_with("\n2 layers: 0 same, 2 missing\n"), "{}", ran.out);
    let ran = place.run(&["--bless"]);
    let written = "written     tconv_i2_k4_s2_p1.snap.txt\nwritten     up1.snap.txt\n2 layers: 0 same, 2 written\n";
    assert_eq!((ran.code, ran.out.as_str(), ran.err.as_str()), (SAME, written, ""));
    assert_eq!(place.files(), ["tconv_i2_k4_s2_p1.snap.txt", "up1.snap.txt"]);
    let read = |name: &str| std::fs::read_to_string(place.path("texts").join(name)).unwrap();
    assert_eq!(read("tconv_i2_k4_s2_p1.snap.txt"), text("tconv i2 k4 s2 p1"));
    assert!(read("up1.snap.txt").ends_with("\ny2 = x0·3 + x1·1\ny3 = x1·2\ny4 = x1·3\n"));
    for options in [&[][..], &["--bless"], &["--unreferenced"]] {
        let ran = place.run(options);
        assert_eq!((ran.code, ran.out.as_str()), (SAME, "2 layers: 2 same\n"), "{options:?}");
    }
    // The line endings of another system are no change; a word is.
    let windows = read("up1.snap.txt").replace('\n', "\r\n");
    std::fs::write(place.path("texts/up1.snap.txt"), windows).unwrap();
    assert_eq!(place.run(&[]).code, SAME);
    std::fs::write(place.path("layers.toml"), LIST.replace("stride=2", "stride=1")).unwrap();
    let ran = place.run(&[]);
    assert_eq!(ran.code, DIFFERS);
    assert!(ran.out.starts_with("changed     up1.snap.txt\n  - tconv i2 k3 s2\n"), "{}", ran.out);
    assert!(ran.out.contains("\n  y4 expected [0]  [3]\n     got       no such row\n"), "{}", ran.out);
    assert!(ran.out.ends_with("\n2 layers: 1 same, 1 changed\n"), "{}", ran.out);
    let document = place.run(&["--format", "json"]).json();
    assert_eq!(document["summary"]["changed"], 1);
    assert_eq!(document["layers"][1]["spec"], "tconv i2 k3");
    assert_eq!(document["layers"][1]["expected"], read("up1.snap.txt").replace("\r\n", "\n"));
    assert!(document["layers"][0]["changes"].is_null() && document["layers"][1]["reason"].is_null());
}

#[test]
fn snapshots_without_a_layer_are_named() {
    let place = Place::new(LIST);
    assert_eq!(place.run(&["--unreferenced"]).code, DIFFERS);
    assert_eq!(place.run(&["--bless"]).code, SAME);
    for name in ["old.snap.txt", "README.md", "notes.txt"] {
        std::fs::write(place.path("texts").join(name), "old").unwrap();
    }
    assert_eq!(place.run(&[]).code, SAME);
    let ran = place.run(&["--unreferenced", "--bless"]);
    let shown = "stray       old.snap.txt: no layer has this file\n2 layers: 2 same, 1 stray\n";
    assert_eq!((ran.code, ran.out.as_str()), (DIFFERS, shown));
    assert_eq!(place.files().len(), 5, "nothing is removed");
    assert_eq!(place.run(&["--unreferenced", "--format", "json"]).json()["stray"][0], "old.snap.txt");
}

#[test]
fn a_wrong_list_is_refused_in_one_line() {
    let spec = "spec = 'conv i3 k2'";
    let model = Path::new("tests/models/free.onnx").canonicalize().unwrap();
    let model = format!("[[layer]]\nmodel = '{}'\n", model.display());
    for (list, words) in [
        (String::new(), "Q5: no case found in the list; [[layer]] tables"),
        ("layer = 3".into(), "Q4: layer: write [[layer]]; this is an integer"),
        ("layer = ['conv i3 k2']".into(), "layer 1: Q4: layer: a table is needed; this is a string"),
        ("[[layers]]".into(), "Q4: list: unknown key 'layers'"),
        ("[[layer]\n".into(), "F2: not a valid toml file: expected TOML, got on line 1 "),
        (
            format!("[[layer]]\n{spec}\n[[layer]]\nspecs = 'x'"),
            "layer 2: Q4: layer: unknown key 'specs'; valid are name, spec,",
        ),
        ("[[layer]]".into(), "layer 1: Q4: layer: one of spec, call, model is needed"),
        (format!("[[layer]]\n{spec}\ncall = 'pytorch x=1,1,2 w=1,1,2'"), "one of spec, call, model is needed"),
        ("[[layer]]\nspec = 3".into(), "layer 1: Q4: spec: a string is needed; this is an integer"),
        ("[[layer]]\nspec = 'conv i3 k9'".into(), "layer 1: G6: "),
        ("[[layer]]\ncall = 'conv i3 k2'".into(), "layer 1: Q4: call: 'conv i3 k2' does not begin with the name of a"),
        ("[[layer]]\ncall = 'pytorch x=1,1,2'".into(), "layer 1: "),
        (
            format!("[[layer]]\n{spec}\n[[layer]]\n{spec}"),
            "layer 2: Q4: name: the file conv_i3_k2.snap.txt is that of layer 1",
        ),
        (
            format!("[[layer]]\nname = 'A'\n{spec}\n[[layer]]\nname = 'a'\n{spec}"),
            "layer 2: Q4: name: the file a.snap.txt",
        ),
        (format!("[[layer]]\nname = '../x'\n{spec}"), "layer 1: Q4: name: '../x' is empty or hidden"),
        (format!("[[layer]]\nname = 'a/b'\n{spec}"), "Q4: name: 'a/b' has characters beside letters"),
        (format!("[[layer]]\nname = 'a\\b'\n{spec}"), "has characters beside letters"),
        (format!("[[layer]]\nname = ''\n{spec}"), "is empty or hidden"),
        (format!("[[layer]]\nname = 'Con.x'\n{spec}"), "is a device of Windows"),
        (format!("[[layer]]\nname = '{}'\n{spec}", "n".repeat(201)), "is longer than 200 characters"),
        (format!("[[layer]]\n{spec}\nproduct = 1"), "layer 1: Q4: product: true or false; this is an integer"),
        (format!("[[layer]]\n{spec}\nweight = '1 2 3'"), "layer 1: Q1: 3 weight values; 2 are needed"),
        (format!("[[layer]]\n{spec}\nweight = '@none.npy'"), "none.npy: F1: cannot open"),
        (format!("[[layer]]\n{spec}\ninput = 'x=1x1'"), "layer 1: Q4: input: shapes of inputs go with model"),
        ("[[layer]]\nmodel = 'none.onnx'".into(), "none.onnx: F1: cannot"),
        ("[[layer]]\nmodel = 'net.pt'".into(), "layer 1: Q4: model: 'net.pt'; write FILE.onnx or FILE.onnx:NODE"),
        (format!("{model}input = 3"), "layer 1: Q4: input: a string NAME=1x3x32x32 is needed"),
        (format!("{}:none'", model.trim_end().trim_end_matches('\'')), "layer 1: Q5: no case found in"),
        ("[[layer]]\nspec = 'conv i3 k2'\n".repeat(200_000), "F3: the file declares"),
    ] {
        let place = Place::new(&list);
        let ran = place.run(&["--bless"]);
        assert_eq!((ran.code, ran.out.as_str()), (UNANSWERED, ""), "{}", ran.err);
        let is_line = ran.err.starts_with("error: ") && ran.err.lines().count() <= 3;
        assert!(is_line && ran.err.contains("layers.toml: ") && ran.err.contains(words), "{words}: {}", ran.err);
        assert!(!place.path("texts").exists());
    }
    let place = Place::new(LIST);
    assert!(run(&["snapshot", "none.toml", "--dir", "x"]).err.contains("none.toml: F1: cannot open"));
    std::fs::write(place.path("layers.toml"), b"\xff").unwrap();
    assert!(place.run(&[]).err.contains("layers.toml: F2: not a valid toml file: expected text in UTF-8"));
}

/// What is no text of ours is named, and the other layers are judged all the same.
#[cfg(unix)]
#[test]
fn hostile_snapshots_are_unanswered() {
    use std::os::unix::fs::symlink;
    let names = ["bytes", "huge", "dangling", "folder", "loop", "linked", "good"];
    let list: String = names.iter().map(|name| format!("[[layer]]\nname = '{name}'\nspec = 'conv i3 k2'\n")).collect();
    let place = Place::new(&list);
    std::fs::create_dir_all(place.path("texts/folder.snap.txt")).unwrap();
    let file = |name: &str| place.path("texts").join(format!("{name}.snap.txt"));
    std::fs::write(file("bytes"), b"\xff\xfe").unwrap();
    std::fs::File::create(file("huge")).unwrap().set_len(1 << 40).unwrap();
    symlink("nowhere", file("dangling")).unwrap();
    symlink(file("loop"), file("loop")).unwrap();
    std::fs::write(place.path("other"), "kept").unwrap();
    symlink(place.path("other"), file("linked")).unwrap();
    std::fs::write(file("good"), text("conv i3 k2")).unwrap();
    for options in [&[][..], &["--bless"]] {
        let ran = place.run(options);
        assert_eq!(ran.code, if options.is_empty() { DIFFERS } else { UNANSWERED }, "{}", ran.out);
        for (name, words) in [
            ("bytes", "F2: not a valid snapshot file: expected text in UTF-8"),
            ("huge", "F3: the file declares 1099511627776 bytes"),
            ("dangling", "F1: cannot read: "),
            ("folder", "F1: cannot read: it is no file"),
            ("loop", "F1: cannot read: "),
        ] {
            assert!(ran.out.contains(&format!("unanswered  {name}.snap.txt: {words}")), "{name}: {}", ran.out);
        }
        assert!(ran.out.contains("7 layers: 1 same, "), "{}", ran.out);
    }
    assert!(place.run(&["--bless"]).out.contains("unanswered  linked.snap.txt: F1: cannot write: it is a link\n"));
    assert_eq!(std::fs::read_to_string(place.path("other")).unwrap(), "kept");
    // A folder that is a file.
    let place = Place::new(LIST);
    std::fs::write(place.path("texts"), "").unwrap();
    assert_eq!(place.run(&["--bless"]).code, UNANSWERED);
    assert_eq!(place.run(&["--unreferenced"]).code, UNANSWERED);
}

#[cfg(feature = "onnx")]
#[test]
fn every_node_of_a_model_is_a_layer() {
    let place = Place::new("[[layer]]\nmodel = 'net.onnx'\n");
    std::fs::copy("tests/models/free.onnx", place.path("net.onnx")).unwrap();
    let ran = place.run(&["--bless"]);
    assert_eq!(ran.code, UNANSWERED);
    assert!(ran.out.starts_with("unanswered  net.down.snap.txt: M5: attribute 'X' is 'image'"), "{}", ran.out);
    assert!(ran.out.ends_with("\n4 layers: 0 same, 4 unanswered\n"), "{}", ran.out);
    // The last node stands behind one whose shape is not known.
    let input = "[[layer]]\nmodel = 'net.onnx'\ninput = ['image=1x3x8x8']\n";
    std::fs::write(place.path("layers.toml"), input).unwrap();
    let ran = place.run(&["--bless"]);
    assert!(
        ran.code == UNANSWERED && ran.out.ends_with("\n4 layers: 0 same, 3 written, 1 unanswered\n"),
        "{}",
        ran.out
    );
    assert_eq!(place.files(), ["net.down.snap.txt", "net.up1.snap.txt", "net.up2.snap.txt"]);
    let up1 = std::fs::read_to_string(place.path("texts/net.up1.snap.txt")).unwrap();
    assert!(up1.starts_with("tconv i4x4 k4x4 s2 p1 c8:4\n"), "{up1}");
    let one = "[[layer]]\nname = 'net.up1'\nmodel = 'net.onnx:up1'\ninput = 'image=1x3x8x8'\n";
    std::fs::write(place.path("layers.toml"), one).unwrap();
    assert_eq!(place.run(&[]).out, "1 layer: 1 same\n");
}

/// Any text is a list or an error, and never a panic.
#[test]
fn no_list_ends_in_a_panic() {
    for n in 0..LIST.len() {
        let place = Place::new(&LIST[..n]);
        assert!(place.run(&[]).code <= UNANSWERED);
    }
}

/// In Rust a matrix is shown as it is printed: snapshot macros take it.
#[test]
fn insta_takes_a_matrix() {
    let geometry = "conv i3 k2".parse::<Spec>().unwrap().geometry;
    insta::assert_snapshot!(geometry.matrix().unwrap(), @r"
    w0 w1 0
    0  w0 w1
    ");
    insta::assert_snapshot!(canonical(&"conv i3 k2".parse().unwrap()).unwrap().lines().next().unwrap(), @"conv i3 k2");
}
