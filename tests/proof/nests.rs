//! `prove --all-sizes` and `prove --nest`: what they say, and never wrongly.

use std::path::Path;

use convproof::nest::parse;
use convproof::proof::find::certificates;
use convproof::proof::verdict::{Verdict, judge};
use convproof::proof::{Theorem, check_text, theorems};

#[path = "../common/command.rs"]
mod command;
use command::{Ran, run};

fn folder() -> std::path::PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/nests")
}

fn prove(name: &str) -> Ran {
    run(&["prove", "--nest", folder().join(format!("{name}.nest")).to_str().unwrap()])
}

#[test]
fn all_sizes_in_one_line_each() {
    let ran = run(&["prove", "--all-sizes"]);
    assert_eq!((ran.code, ran.err.as_str()), (0, ""));
    let count = theorems().unwrap().len();
    assert_eq!(ran.out.lines().filter(|line| line.contains("  proved  ")).count(), count);
    for name in
        ["scatter", "gather", "zero_insertion", "col2im", "phases", "rows_by_input", "adjoint", "relationship_14"]
    {
        assert!(ran.out.contains(&format!("\n  {name} ")), "{name}");
    }
    assert!(ran.out.contains("\nproved for all sizes: 10 nests and "), "{}", ran.out);
    let json = run(&["prove", "--all-sizes", "--format", "json"]).json();
    assert_eq!((&json["verdict"], &json["claim"], &json["spec"]), (&"same".into(), &"proved".into(), &().into()));
    assert_eq!(json["formulations"].as_array().unwrap().len(), count);
}

/// The search is not trusted; it finds certificates on any machine, though perhaps others.
#[test]
fn certificates_are_found_anew() {
    let found = certificates(&theorems().unwrap(), None, &mut |_| {}).unwrap();
    assert!(check_text(theorems().unwrap(), &found).unwrap().iter().all(|c| c.result.is_ok()));
    assert_eq!(found, certificates(&theorems().unwrap(), None, &mut |_| {}).unwrap(), "the same on every run");
}

#[test]
fn the_formulations_are_files_too() {
    let own = convproof::formulation::all::<i64>();
    let texts: Vec<&str> = own.iter().flat_map(|rival| rival.nests()).copied().collect();
    for text in &texts {
        let name = parse(text).unwrap().name;
        assert_eq!(&std::fs::read_to_string(folder().join(format!("{name}.nest"))).unwrap(), text, "{name}");
        let ran = prove(&name);
        assert!(ran.code == 0 && ran.out.starts_with(&format!("proved  {name}: ")), "{}", ran.out);
    }
    assert_eq!(texts.len(), 7);
}

/// A claim is made for the sizes that are assumed, and says so.
#[test]
fn conditions_are_said() {
    let path = folder().join("gpu_col2im.nest");
    let json = run(&["prove", "--nest", path.to_str().unwrap(), "--format", "json"]).json();
    assert_eq!(json["assumed"], serde_json::json!(["p_b >= 0"]));
    let all = run(&["prove", "--all-sizes", "--format", "json"]).json();
    let scatter = all["formulations"].as_array().unwrap().iter().find(|t| t["name"] == "scatter").unwrap();
    assert!(scatter["symbols"].as_str().unwrap().ends_with(", for a >= 0"), "{scatter}");
}

#[test]
fn a_kernel_for_gpus_is_proved_where_its_pads_are_not_negative() {
    let ran = prove("gpu_col2im");
    assert_eq!(ran.code, 0, "{}", ran.out);
    assert!(ran.out.contains("\n  y[o] += x[i]*w[t], for p_b >= 0\n"), "{}", ran.out);
}

/// Each with its smallest counterexample, worked out by hand.
#[test]
fn wrong_nests_are_refuted() {
    for (name, why) in [
        // at = o + p_b = -1: C divides -1 by 2 and gets 0, so input 0 is asked for tap -1.
        ("wrong_gpu_col2im", "at s=2 p_b=-1: index I*t + i below I*K ("),
        // One input, two taps: y0 = x0·w0, and the nest takes w1.
        ("wrong_unflipped", "at K=2: y[0] += x[0]*w[1] is done once, never is right"),
        // A cell in front, y1 = x0·w0: its residue is that of o + p_b = 0, and 1 is looked up.
        ("wrong_phase", "at s=2 p_b=-1: y[1] += x[0]*w[0] is done 0 times, once is right"),
    ] {
        let ran = prove(name);
        assert!(ran.code == 1 && ran.out.starts_with(&format!("refuted  {name}: ")), "{}", ran.out);
        assert!(ran.out.contains(why), "{}", ran.out);
    }
}

/// A nest that is right, with inverses that are not: never refuted, never proved. A wrong nest with any
/// inverse: never proved.
#[test]
fn no_inverse_makes_a_nest_right_or_wrong() {
    let right = "nest n: x\nloop i from 0 to I\nloop t from 0 to K\nlet o = s*i + d*t - p_b\nwhere 0 <= o < O\n\
        add y[o] += x[i]*w[t]\n";
    for inverse in ["i = 0, t = t", "i = t, t = i", "i = i + 1, t = t", "i = i, t = o", "i = i, t = 2*t - o"] {
        let nest = parse(&format!("{right}inverse {inverse}\n")).unwrap();
        assert!(
            matches!(judge(&nest), Verdict::Unknown { ref open, tried } if tried > 1000 && !open.is_empty()),
            "{inverse}"
        );
    }
    let wrong = right.replace("loop t from 0 to K", "loop t from 0 to 1");
    for inverse in ["i = i, t = 0", "i = i, t = t", "i = i, t = o + p_b - s*i"] {
        let nest = parse(&format!("{wrong}inverse {inverse}\n")).unwrap();
        assert!(matches!(judge(&nest), Verdict::Refuted { .. }), "{inverse}");
    }
    // A divisor beyond 127 bits, of either sign.
    for divided in ["(0 - 170141183460469231731687303715884105728)", "170141183460469231731687303715884105727"] {
        let nest = parse(&format!(
            "{}inverse i = i, t = t\n",
            right.replacen('\n', &format!("\ngcd {divided} d into g, m, n, u, v\n"), 1)
        ));
        assert!(!matches!(judge(&nest.unwrap()), Verdict::Refuted { .. }));
    }
    // Twice the same product.
    let twice = right.replace("let o", "loop again from 0 to 2\nlet o");
    let nest = parse(&format!("{twice}inverse i = i, t = t, again = 0\n")).unwrap();
    assert!(matches!(judge(&nest), Verdict::Refuted { .. }));
}

/// Wrong only beyond the sizes that are tried: then nothing is claimed.
#[test]
fn what_is_wrong_far_away_is_unknown() {
    let text = "nest n: x\nloop i from 0 to I\nloop t from 0 to min(K, 50)\nlet o = s*i + d*t - p_b\nwhere 0 <= o < O\n\
        add y[o] += x[i]*w[t]\ninverse i = i, t = t\n";
    let Verdict::Unknown { open, .. } = judge(&parse(text).unwrap()) else { panic!("a verdict") };
    assert_eq!(open, [("n.complete".to_owned(), vec!["-t + 49 >= 0".to_owned()])]);
    // With the sizes for which it is right it is proved.
    let assumed = text.replacen('\n', "\nassume K <= 50\n", 1);
    assert!(matches!(judge(&parse(&assumed).unwrap()), Verdict::Proved { .. }));
    // Sizes that do not exist prove nothing.
    let never = text.replacen('\n', "\nassume K <= 0\n", 1);
    assert!(matches!(judge(&parse(&never).unwrap()), Verdict::Unknown { tried: 0, .. }));
}

#[test]
fn texts_that_are_no_nest_are_refused() {
    let start = "nest n: x\n";
    let end = "add y[0] += x[0]*w[0]\n";
    for (text, problem) in [
        ("", "an empty text"),
        ("loop i from 0 to I\n", "line 1: the first line is"),
        ("nest n: x\nfrob i\n", "line 2: 'frob' begins no line"),
        ("nest n: x\nloop i from 0\n", "'to' is missing at the end"),
        ("nest n: x\nloop i from 0 to J\n", "'J' is not known here"),
        ("nest n: x\nloop I from 0 to K\n", "'I' has a meaning already"),
        ("nest n: x\nloop inverse_i from 0 to K\n", "has a meaning already"),
        ("nest n: x\nloop i from 0 to I/2\n", "the line should end before '/'"),
        ("nest n: x\nloop i from 0 to 1/2*I\n", "a fraction"),
        ("nest n: x\nloop i from 0 to I\n", "the line 'add"),
        (
            "nest n: x\nlet a = (I+1)*(I+1)*(I+1)*(I+1)*(I+1)*(I+1)*(I+1)*(I+1)*(I+1)*(I+1)*(I+1)*(I+1)*(I+1)\n",
            "degree",
        ),
        ("nest n: x\nwhere\n", "a number, a name or '(' is missing"),
        ("nest n: x\nwhere I\n", "one of < <= = >= > is missing"),
        ("nest n: é\nwhere é = 0\n", "'é' means nothing here"),
    ] {
        let error = parse(text).unwrap_err();
        assert!(error.rule() == "A1" && error.to_string().contains(problem), "{text}: {error}");
    }
    let said = |text: &str| parse(text).unwrap_err().to_string();
    assert!(said(&format!("{start}loop i from 0 to I\n{end}")).contains("'inverse' says nothing of 'i'"));
    assert!(said(&format!("{start}{end}loop i from 0 to I\n")).contains("after 'add' there is only 'inverse'"));
    assert!(said(&format!("{start}loop i from 0 to I\n{end}inverse i = i, i = o\n")).contains("an inverse already"));
    assert!(said(&format!("{start}{end}inverse j = i\n")).contains("no variable of a loop"));
    let lets: String = (0..20).map(|n| format!("let a{} = a{n}*a{n}\n", n + 1)).collect();
    assert!(said(&format!("{start}let a0 = I + K + s + d\n{lets}{end}")).contains("degree above"));
    assert!(said(&format!("{start}{}", "where I >= 1\n".repeat(1000))).contains("lines"));
    // Names of sizes that the inverse would take for a position; what is said of sizes after a loop.
    for name in ["o", "i", "t"] {
        assert!(said(&format!("{start}size {name}\n{end}")).contains("is a position of a product"));
        assert!(said(&format!("{start}gcd s d into g, m, n, u, {name}\n{end}")).contains("is a position of a product"));
    }
    for line in ["assume j = 0", "length j + 1", "size n", "gcd s d into g, m, n, u, v"] {
        assert!(said(&format!("{start}loop j from 0 to I\n{line}\n{end}")).contains("stands before the first loop"));
    }
    assert!(said(&format!("{start}length O + 5\nlength O\n{end}")).contains("said already"));
    assert!(said("nest : x\n").contains("a name is letters") && said("nest a: \u{1b}[2K\n").contains("plain text"));
    assert!(said(&format!("{start}where 0{}\n", " <= 0".repeat(30_000))).contains("comparisons"));
    let many = format!("where 0{}\n", " <= 0".repeat(20)).repeat(20);
    assert!(said(&format!("{start}loop j from 0 to I\n{many}{end}inverse j = i\n")).contains("steps"));
    let wide = "(I + K + O + s + d + p_b + a + o + i + t)";
    let blown = format!("{start}loop j from 0 to I\nwhere j^6 >= 0\n{end}inverse j = {wide}*{wide}\n");
    assert!(said(&blown).contains("with the inverse put in"), "{}", said(&blown));
    let divisions: String = (0..9).map(|n| format!("divide I by s into q{n} rest r{n} truncated\n")).collect();
    assert!(said(&format!("{start}{divisions}{end}")).contains("that truncate"));
}

/// Long loops end; nothing is claimed of what was not walked.
#[test]
fn endless_nests_end() {
    let text = "nest n: x\nloop i from 0 to I\nloop t from 0 to K\nloop u from 0 to 1000000000000\nlet o = s*i + d*t - p_b\n\
        where 0 <= o < O\nwhere u = 0\nadd y[o] += x[i]*w[t]\ninverse i = i, t = t, u = 0\n";
    assert!(matches!(judge(&parse(text).unwrap()), Verdict::Unknown { tried: 0, .. }));
    let huge = text.replace("1000000000000", &"9".repeat(50));
    assert!(matches!(judge(&parse(&huge).unwrap()), Verdict::Unknown { tried: 0, .. }));
}

#[test]
fn what_is_printed_can_be_checked() {
    let path = folder().join("gather.nest");
    let ran = run(&["prove", "--nest", path.to_str().unwrap(), "--certificates"]);
    let text = &ran.out[ran.out.find("convproof certificates").unwrap()..];
    let theorem = Theorem::of_nest(parse(&std::fs::read_to_string(path).unwrap()).unwrap());
    assert!(check_text(vec![theorem], text).unwrap()[0].result.is_ok());
}

#[test]
fn what_cannot_be_read_is_an_error() {
    let ran = run(&["prove", "--nest", "no-such.nest"]);
    assert!(ran.code == 2 && ran.err.starts_with("error: no-such.nest: "), "{}", ran.err);
    for words in [&["prove", "--all-sizes", "conv", "i4", "k3"][..], &["prove", "--all-sizes", "--nest", "x"]] {
        assert_eq!(run(words).code, 2);
    }
}
