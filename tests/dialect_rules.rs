//! Every rule of every dialect says no: calls that it refuses, and specs that it has no words for.
#![cfg(feature = "npz")]
#![allow(clippy::unwrap_used)] // tests

use std::collections::BTreeSet;

use convproof::Spec;
use convproof::dialect::{DIALECTS, Words, find};
use convproof::translate::raise;

/// Rule, call, what the message shows.
const REFUSED: &[(&str, &str, &str)] = &[
    ("PT1", "pytorch stride=2 output_padding=2 x=1,1,3 w=1,1,3", "output padding 2 on axis 0"),
    ("PT2", "pytorch padding=-1 x=1,1,3 w=1,1,3", "padding -1 on axis 0"),
    ("PT3", "pytorch ConvTranspose1d stride=2 output_size=9 x=1,1,3 w=1,1,3", "from 7 to 8"),
    ("PT4", "pytorch x=1,3,4 w=2,1,3", "3 channels"),
    ("PT5", "pytorch conv1d padding=same stride=2 x=1,1,3 w=1,1,3", "stride 1 is needed"),
    ("PT6", "pytorch conv_transpose2d x=1,1,3 w=1,1,3", "conv_transpose2d with 1 spatial axes"),
    ("OX1", "onnx kernel_shape=2 x=1,1,3 w=1,1,3", "the weight's is [3]"),
    ("OX2", "onnx auto_pad=SAME x=1,1,3 w=1,1,3", "'SAME'"),
    ("OX3", "onnx auto_pad=VALID pads=1,1 x=1,1,3 w=1,1,3", "leave one of them out"),
    ("OX4", "onnx x=1,3,4 w=2,1,3", "3 channels"),
    ("OX5", "onnx ConvInteger x=1,1,3 w=1,1,3", "'ConvInteger'"),
    ("M4", "pytorch strides=2 x=1,1,3 w=1,1,3", "'strides'"),
    ("M5", "pytorch stride=two x=1,1,3 w=1,1,3", "\"two\""),
    ("M5", "pytorch stride=2 x=1,1,3", "the shape of w"),
    ("M5", "pytorch stride=2 stride=3 x=1,1,3 w=1,1,3", "given twice"),
    ("M5", "pytorch x=1,1,3 w=1,1,3 conv1d conv2d", "a second bare word"),
    ("M5", "pytorch x=1,,3 w=1,1,3", "1,,3"),
    ("M6", "caffe x=1,1,3 w=1,1,3", "'caffe'"),
    ("M5", "{\"dialect\": \"pytorch\", \"x\": [1, 1, 3]}", "the shape of w"),
    ("M4", "{\"dialect\": \"pytorch\", \"x\": [1, 1, 3], \"w\": [1, 1, 3], \"y\": 1}", "'y'"),
    ("M5", "{\"dialect\": \"pytorch\"", "JSON"),
];

/// Rule, dialect, spec that it cannot say, what the reason shows.
const UNSAID: &[(&str, &str, &str, &str)] = &[
    ("PT7", "pytorch", "tconv i3 k3 p0:1", "cuts 0 in front and 1 behind"),
    ("PT2", "pytorch", "tconv i3 k3 p-1", "padding -1 on axis 0"),
    ("PT1", "pytorch", "tconv i3 k3 s2 a2", "output padding 2 on axis 0"),
];

#[test]
fn refusals_show_rule_and_numbers() {
    for (rule, call, shown) in REFUSED {
        let error = call.parse::<Words>().and_then(|words| words.lower()).map(|l| l.spec).unwrap_err();
        let line = error.to_string();
        assert_eq!(error.rule(), *rule, "{call}: {line}");
        assert!(line.contains(shown) && !line.contains('\n'), "'{shown}' is not in: {line}");
    }
}

#[test]
fn what_cannot_be_said_shows_the_rule() {
    for (rule, dialect, spec, shown) in UNSAID {
        let spec: Spec = spec.parse().unwrap();
        let why = raise(find(dialect).unwrap(), &spec).map(|raised| raised.words.to_string()).unwrap_err();
        let found = why.reasons.iter().any(|reason| reason.starts_with(rule) && reason.contains(shown));
        assert!(found, "{dialect}: {spec}: {:?}", why.reasons);
    }
}

#[test]
fn every_rule_is_tested() {
    let tested: Vec<&str> = REFUSED.iter().map(|row| row.0).chain(UNSAID.iter().map(|row| row.0)).collect();
    let mut ids = BTreeSet::new();
    for dialect in DIALECTS {
        for rule in dialect.rules {
            assert!(tested.contains(&rule.id), "{}", rule.id);
            assert!(!rule.statement.is_empty() && !rule.reference.is_empty());
            assert!(ids.insert(rule.id), "{} is registered twice", rule.id);
        }
    }
    assert!(find("").is_none() && find("PyTorch").is_none());
}

/// Every page names every word, and its calls with a geometry beside them mean that geometry.
#[test]
fn pages_tell_the_words_and_their_calls_are_right() {
    for dialect in DIALECTS {
        let page = dialect.page;
        assert!(page.starts_with(&format!("# {}\n", dialect.name)), "{}", dialect.name);
        for word in dialect.words {
            assert!(page.contains(&format!("`{}`", word.name)), "{}: {}", dialect.name, word.name);
        }
        assert!(page.contains("Evidence: "), "{}", dialect.name);
        let calls = page.lines().filter(|line| Words::is_call(line)).filter_map(|line| line.split_once("  "));
        let mut judged = 0;
        for (call, rest) in calls {
            let rest = rest.trim();
            let lowered = call.parse::<Words>().and_then(|words| words.lower());
            if let Some(rule) = rest.strip_prefix("refused: ") {
                assert_eq!(lowered.unwrap_err().rule(), rule, "{call}");
            } else {
                let lowered = lowered.unwrap_or_else(|e| panic!("{call}: {e}"));
                if rest.starts_with("tconv") || rest.starts_with("conv") {
                    let spec = rest.split("   ").next().unwrap();
                    assert_eq!(lowered.spec.to_string(), spec, "{call}");
                }
            }
            judged += 1;
        }
        assert!(judged >= 2, "{}: {judged} calls", dialect.name);
    }
}
