//! Registries are complete: what lies in a folder is listed, what is listed can be asked for.
#![cfg(feature = "cli")]
#![allow(clippy::unwrap_used)] // tests

use std::collections::BTreeSet;
use std::path::Path;

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

#[test]
fn every_matrix_format_has_its_file() {
    let listed: BTreeSet<String> = FORMATS.iter().map(|f| f.name.to_owned()).collect();
    let reports =
        ["mod", "format", "names", "page", "prove", "shape", "verdict", "translate", "lint", "solve", "sweep"];
    assert_eq!(files("render", &reports), listed);
}

#[test]
fn an_id_means_one_thing() {
    let dialect_rules = DIALECTS.iter().flat_map(|d| d.rules.iter().map(|r| r.id));
    let ids = RULES.iter().map(|r| r.id).chain(dialect_rules).chain(FORMULAS.iter().map(|f| f.id));
    let ids = ids.chain(HYPOTHESES.iter().map(|h| h.id)).chain(DIALECTS.iter().map(|d| d.name));
    let mut seen = BTreeSet::new();
    for id in ids {
        assert!(seen.insert(id.to_ascii_lowercase()), "{id} is registered twice");
    }
}
