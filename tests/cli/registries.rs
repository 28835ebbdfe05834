//! Registries are complete: what lies in a folder is listed, what is listed can be asked for.
#![allow(clippy::unwrap_used)] // tests

use std::collections::BTreeSet;
use std::path::Path;

use convproof::claims;
use convproof::dialect::{DIALECTS, find};
use convproof::error::rules::RULES;
use convproof::geometry::formulas::FORMULAS;
use convproof::render::FORMATS;
use convproof::verify::HYPOTHESES;

/// The names of the `.rs` files of a room, without those that are no entry.
fn files(room: &str, others: &[&str]) -> BTreeSet<String> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("src").join(room);
    let entries = std::fs::read_dir(folder).unwrap().map(|e| e.unwrap().path());
    let names = entries.filter(|p| p.extension().is_some_and(|s| s == "rs"));
    let names = names.map(|p| p.file_stem().unwrap().to_str().unwrap().to_owned());
    names.filter(|name| !others.contains(&name.as_str())).collect()
}

#[test]
fn every_dialect_file_is_registered_under_its_name() {
    let listed: BTreeSet<String> = DIALECTS.iter().map(|d| d.name.to_owned()).collect();
    assert_eq!(files("dialect", &["mod", "attributes", "sizes", "words"]), listed);
    for dialect in DIALECTS {
        assert!(!dialect.rules.is_empty() && !dialect.evidence.is_empty(), "{}", dialect.name);
        assert!(dialect.frameworks.iter().all(|f| find(f).is_some_and(|d| d.name == dialect.name)), "{}", dialect.name);
    }
}

#[cfg(feature = "npz")]
#[test]
fn every_matrix_format_has_its_file() {
    let listed: BTreeSet<String> = FORMATS.iter().map(|f| f.name.to_owned()).collect();
    let others = [
        "mod",
        "composition",
        "claims",
        "axis",
        "canonical",
        "cells",
        "changes",
        "column_major",
        "delimiters",
        "digits",
        "finding",
        "format",
        "heat",
        "junit",
        "names",
        "options",
        "page",
        "palette",
        "proof",
        "prove",
        "shape",
        "shown",
        "side_by_side",
        "snapshot",
        "summary",
        "verdict",
        "translate",
        "lint",
        "solve",
        "structure",
        "structure_json",
        "sweep",
    ];
    assert_eq!(files("render", &others), listed);
}

#[test]
fn an_id_means_one_thing() {
    let dialect_rules = DIALECTS.iter().flat_map(|d| d.rules.iter().map(|r| r.id));
    let ids = RULES.iter().map(|r| r.id).chain(dialect_rules).chain(FORMULAS.iter().map(|f| f.id));
    let ids = ids.chain(HYPOTHESES.iter().map(|h| h.id)).chain(DIALECTS.iter().map(|d| d.name));
    let ids = ids.chain(claims::all().map(|(_, claim)| claim.id)).chain(["claims"]);
    let mut seen = BTreeSet::new();
    for id in ids {
        assert!(seen.insert(id.to_ascii_lowercase()), "{id} is registered twice");
    }
}

/// What can be checked without running them.
#[cfg(feature = "subject")]
#[test]
fn every_adapter_is_registered_and_whole() {
    use convproof::subject::adapters::{ADAPTERS, find as adapter};
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/subject/adapters");
    let names = std::fs::read_dir(folder).unwrap().map(|e| e.unwrap().file_name().into_string().unwrap());
    let others = ["mod.rs", "protocol.py"];
    let files: BTreeSet<String> = names.filter(|name| !others.contains(&name.as_str())).collect();
    let expected = ADAPTERS.iter().map(|a| match a.dialect {
        Some(_) => format!("{}.py", a.name),
        None => a.file.to_owned(),
    });
    assert_eq!(expected.collect::<BTreeSet<_>>(), files);
    assert!(ADAPTERS.is_sorted_by_key(|a| a.name));
    for a in ADAPTERS {
        assert_eq!(adapter(a.name).map(|found| found.text), Some(a.text), "{}", a.name);
        assert!(a.text.ends_with("}\n") || a.text.ends_with("main()\n"), "{}", a.name);
        assert!(a.text.lines().all(|line| !line.contains('\t') && line.trim_end() == line), "{}", a.name);
        let Some(dialect) = a.dialect else { continue };
        assert_eq!(find(dialect).map(|d| d.name), Some(a.name));
        assert!(a.text.starts_with("\"\"\"") && a.text.contains(&format!("DIALECTS = [\"{dialect}\"")), "{dialect}");
        for part in
            ["\nREFUSALS = (", "\ndef compute(request, arrays):", "\nclass Refused(Exception):", "\nimport json\n"]
        {
            assert_eq!(a.text.matches(part).count(), 1, "{dialect}: {part}");
        }
    }
    let ran = |words: &[&str]| {
        let words = ["convproof", "adapter"].iter().chain(words).map(std::ffi::OsString::from);
        let (mut out, mut err) = (Vec::new(), Vec::new());
        let code = convproof::cli::run(words, &mut out, &mut err, convproof::cli::Terminals::default());
        (code, String::from_utf8(out).unwrap(), String::from_utf8(err).unwrap())
    };
    for a in ADAPTERS {
        assert_eq!(ran(&[a.name]), (0, a.text.to_owned(), String::new()));
    }
    let (code, list, _) = ran(&[]);
    assert!(code == 0 && ADAPTERS.iter().all(|a| list.contains(a.name)), "{list}");
    let unknown = "error: Q3: nothing is known under 'caffe'; adapters are c, jax, onnxruntime, pytorch, tensorflow\n";
    assert_eq!(ran(&["caffe"]), (2, String::new(), unknown.to_owned()));
}
