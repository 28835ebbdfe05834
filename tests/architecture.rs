//! The house: rooms use only what stands below them, rivals share no index arithmetic and
//! cannot look at values, the trusted files stay short, registries are complete.

#![allow(clippy::unwrap_used)] // a test that cannot go on says where

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

/// The rooms of `src/`, low to high, and what each may use beside the rooms that those may use.
/// `lib.rs` and `main.rs` stand outside: they join the rooms. To add a room, put it where it
/// stands; to add an arrow, ask first whether the concept lives in the right room.
const ROOMS: &[(&str, &[&str])] = &[
    ("error", &[]),
    ("scalar", &["error"]),
    ("tensor", &["error", "scalar"]),
    // Lengths and positions: the definition never sees a scalar.
    ("geometry", &["error"]),
    ("matrix", &["geometry", "scalar", "tensor"]),
    ("evaluate", &["geometry", "scalar", "tensor"]),
    ("nest", &["error"]),
    // The matrix only in `formulation/matrix.rs`: see `EXCEPTIONS`.
    ("formulation", &["geometry", "scalar", "tensor", "nest"]),
    ("equivalence", &["formulation", "matrix", "evaluate"]),
    ("proof", &["nest", "formulation"]),
    ("structure", &["formulation", "matrix"]),
    // Frames that state positions on their own: they are held against the matrix by a test.
    ("steps", &["geometry", "tensor"]),
    // Readers of tensor files.
    ("data", &["error", "scalar", "tensor"]),
    ("layout", &["geometry", "tensor"]),
    ("dialect", &["geometry", "tensor", "layout"]),
    ("translate", &["data", "dialect", "matrix"]),
    ("verify", &["data", "dialect", "equivalence"]),
    ("subject", &["translate", "verify"]),
    // Records of what texts say, with checks that run.
    ("claims", &["structure", "equivalence"]),
    (
        "render",
        &[
            "geometry",
            "matrix",
            "structure",
            "steps",
            "equivalence",
            "proof",
            "translate",
            "verify",
            "subject",
            "claims",
        ],
    ),
    ("check", &["render"]),
    ("cli", &["render"]),
    ("guide", &[]),
];

/// One file that may use one room more than its own may.
const EXCEPTIONS: &[(&str, &str)] = &[("formulation/matrix.rs", "matrix")];

/// The definition and what is built straight from it: a sceptic reads these in ten minutes.
const TRUSTED: [&str; 4] = ["geometry/axis.rs", "geometry/incidence.rs", "matrix/build.rs", "matrix/substitute.rs"];

/// Everything that a room may use, itself included.
fn allowed(room: &str) -> BTreeSet<&'static str> {
    let Some((name, uses)) = ROOMS.iter().find(|(name, _)| *name == room) else { return BTreeSet::new() };
    let mut all = BTreeSet::from([*name]);
    for below in *uses {
        all.extend(allowed(below));
    }
    all
}

/// The words and signs of a source text: no comments, no string or character literals, and
/// nothing from a `#[cfg(test)] mod` on, which stands at the end of a file.
fn tokens(source: &str) -> Vec<String> {
    let chars: Vec<char> = source.chars().collect();
    let is_word = |c: char| c.is_alphanumeric() || c == '_';
    let after = |from: usize, end: &[char]| {
        let found = (from..chars.len()).find(|&n| chars[n..].starts_with(end));
        found.map_or(chars.len(), |n| n + end.len())
    };
    let mut tokens: Vec<String> = Vec::new();
    let mut n = 0;
    while n < chars.len() {
        let start = n;
        match chars[n] {
            '/' if chars[n..].starts_with(&['/', '/']) => n = after(n, &['\n']),
            '/' if chars[n..].starts_with(&['/', '*']) => n = after(n + 2, &['*', '/']),
            '"' if tokens.last().is_some_and(|t| t == "r" || t == "br") => n = after(n + 1, &['"']),
            '#' if chars[n..].starts_with(&['#', '"']) => n = after(n + 2, &['"', '#']),
            '"' => {
                n += 1;
                while n < chars.len() && chars[n] != '"' {
                    n += if chars[n] == '\\' { 2 } else { 1 };
                }
                n += 1;
            }
            '\'' if chars.get(n + 1) == Some(&'\\') => n = after(n + 3, &['\'']),
            '\'' if chars.get(n + 2) == Some(&'\'') => n += 3,
            ':' if chars.get(n + 1) == Some(&':') => {
                tokens.push("::".to_owned());
                n += 2;
            }
            c if is_word(c) => {
                while n < chars.len() && is_word(chars[n]) {
                    n += 1;
                }
                tokens.push(chars[start..n].iter().collect());
            }
            c => {
                if !c.is_whitespace() {
                    tokens.push(c.to_string());
                }
                n += 1;
            }
        }
    }
    let test_module = ["#", "[", "cfg", "(", "test", ")", "]", "mod"];
    let end = tokens.windows(test_module.len()).position(|w| w == test_module);
    tokens.truncate(end.unwrap_or(tokens.len()));
    tokens
}

/// The paths below the crate's root that a file names, as `room::item`, `room` or, for a group,
/// one for each of its members. `depth` is how many `super` lead from the file to the root.
fn paths(tokens: &[String], depth: usize, module: &[&str]) -> Vec<Vec<String>> {
    let mut found = Vec::new();
    for at in 0..tokens.len() {
        let continues = at > 0 && tokens[at - 1] == "::";
        let in_front = matches!(tokens[at].as_str(), "crate" | "super");
        if !in_front || continues || tokens.get(at + 1).is_none_or(|next| next != "::") {
            continue;
        }
        let (mut next, mut up) = (at, usize::from(tokens[at] == "super"));
        if tokens[at] == "crate" {
            up = depth;
        }
        while tokens.get(next + 1).is_some_and(|t| t == "::") && tokens.get(next + 2).is_some_and(|t| t == "super") {
            (next, up) = (next + 2, up + 1);
        }
        let left = depth.checked_sub(up).expect("a path that stays in the crate");
        let prefix: Vec<String> = module[..left].iter().map(|&m| m.to_owned()).collect();
        tree(tokens, next + 2, &prefix, &mut found);
    }
    found
}

/// Reads `a::b`, `a::{b, c::d}` from `at` on and gives the index after it.
fn tree(tokens: &[String], at: usize, prefix: &[String], found: &mut Vec<Vec<String>>) -> usize {
    if tokens.get(at).is_some_and(|t| t == "{") {
        let mut next = at + 1;
        while tokens.get(next).is_some_and(|t| t != "}") {
            next = if tokens[next] == "," { next + 1 } else { tree(tokens, next, prefix, found) };
        }
        return next + 1;
    }
    let path = [prefix, &tokens[at..=at]].concat();
    // `a::<T>` ends the path at `a`.
    let continues = tokens.get(at + 1).is_some_and(|t| t == "::") && tokens.get(at + 2).is_some_and(|t| t != "<");
    if continues {
        return tree(tokens, at + 2, &path, found);
    }
    found.push(path);
    // `as name`
    if tokens.get(at + 1).is_some_and(|t| t == "as") { at + 3 } else { at + 1 }
}

/// The module of a file: `matrix/build.rs` is `matrix::build`, `matrix/mod.rs` is `matrix`.
fn module(file: &str) -> Vec<&str> {
    let mut parts: Vec<&str> = file.trim_end_matches(".rs").split('/').collect();
    if parts.last() == Some(&"mod") {
        parts.pop();
    }
    parts
}

/// What a file names that it may not: `file: path`, one per offence.
fn offences(file: &str, source: &str) -> Vec<String> {
    let module = module(file);
    if !ROOMS.iter().any(|(room, _)| *room == module[0]) {
        return vec![format!("{file}: the room {} has no place in the table", module[0])];
    }
    let mut allowed = allowed(module[0]);
    allowed.extend(EXCEPTIONS.iter().filter(|(exempt, _)| *exempt == file).map(|(_, room)| room));
    let named = paths(&tokens(source), module.len(), &module);
    let wrong = named.iter().filter(|path| !allowed.contains(path[0].as_str()));
    wrong.map(|path| format!("{file}: {}", path.join("::"))).collect()
}

/// Every source file but `lib.rs` and `main.rs`, with its text, by path below `src/`.
fn sources() -> BTreeMap<String, String> {
    fn walk(folder: &Path, files: &mut Vec<PathBuf>) {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                walk(&path, files);
            } else if path.extension().is_some_and(|e| e == "rs") {
                files.push(path);
            }
        }
    }
    let src = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut files = Vec::new();
    walk(&src, &mut files);
    let name = |path: &Path| {
        let parts = path.strip_prefix(&src).unwrap().components();
        parts.map(|part| part.as_os_str().to_string_lossy()).collect::<Vec<_>>().join("/")
    };
    let all = files.iter().map(|path| (name(path), std::fs::read_to_string(path).unwrap()));
    // A file `tests.rs` is a test module.
    all.filter(|(name, _)| name != "lib.rs" && name != "main.rs" && !name.ends_with("/tests.rs")).collect()
}

/// The files of the rivals, without `mod.rs`: stem and text.
fn rivals() -> BTreeMap<String, String> {
    let stem = |name: &str| Some(name.strip_prefix("formulation/")?.strip_suffix(".rs")?.to_owned());
    let all = sources().into_iter().filter_map(|(name, text)| Some((stem(&name)?, text)));
    all.filter(|(stem, _)| stem != "mod").collect()
}

/// The module and the type that `formulation/mod.rs` shows of each rival.
fn shown() -> BTreeMap<String, String> {
    let text = &sources()["formulation/mod.rs"];
    let line = |line: &str| {
        let path = line.strip_prefix("pub use ")?.strip_suffix(';')?;
        path.split_once("::").map(|(module, name)| (module.to_owned(), name.to_owned()))
    };
    text.lines().filter_map(line).collect()
}

#[test]
fn the_table_has_no_arrow_back() {
    for (n, (room, uses)) in ROOMS.iter().enumerate() {
        for below in *uses {
            assert!(
                ROOMS[..n].iter().any(|(name, _)| name == below),
                "{room} uses {below}, which does not stand below"
            );
        }
    }
}

#[test]
fn every_file_uses_only_what_stands_below_it() {
    let all: Vec<String> = sources().iter().flat_map(|(file, source)| offences(file, source)).collect();
    assert!(all.is_empty(), "{all:#?}");
}

#[test]
fn a_forbidden_arrow_is_seen_however_it_is_written() {
    let said = |file: &str, source: &str| offences(file, source);
    let one = |file: &str, source: &str, path: &str| assert_eq!(said(file, source), [format!("{file}: {path}")]);
    one("geometry/axis.rs", "use crate::scalar::Scalar;", "scalar::Scalar");
    one("geometry/axis.rs", "pub(crate) use crate::{error::Error, tensor as t};", "tensor");
    one("geometry/mod.rs", "use super::matrix::Side;", "matrix::Side");
    one("geometry/axis.rs", "use super::super::matrix::{Side};", "matrix::Side");
    one("geometry/axis.rs", "use super::super::{error, matrix};", "matrix");
    one("tensor.rs", "use super::geometry;", "geometry");
    one("matrix/mod.rs", "fn f() { crate::formulation::all::<convproof::scalar::Polynomial>() }", "formulation::all");
    one("formulation/gather.rs", "fn f(c: &crate::matrix::ConvMatrix) {}", "matrix::ConvMatrix");
    one("evaluate/mod.rs", "use crate::{\n    geometry::{Axis, spec::Kind},\n    dialect::onnx,\n};", "dialect::onnx");
    one("proof/nested/deep.rs", "use super::super::super::render::text;", "render::text");
    one("data/npz.rs", "use crate::geometry::Geometry;", "geometry::Geometry");
    // What lib.rs shows again has no room: its home must be named.
    one("cli/mod.rs", "use crate::Spec;", "Spec");
    assert_eq!(said("attic/mod.rs", ""), ["attic/mod.rs: the room attic has no place in the table"]);

    let none = |file: &str, source: &str| assert_eq!(said(file, source), Vec::<String>::new(), "{file}: {source}");
    none("formulation/matrix.rs", "use crate::matrix::ConvMatrix;");
    none("matrix/build.rs", "use super::{Side, substitute::x}; use crate::geometry::{self, Axis}; use crate::error;");
    none("geometry/axis.rs", "//! [`crate::matrix`]\n/* crate::matrix */ const S: &str = \"crate::matrix \\\" ::\";");
    none("geometry/axis.rs", "const R: &str = r#\"crate::matrix\"#; const Q: &str = r\"\\\"; const C: char = '\"';");
    none("geometry/axis.rs", "fn f<'a>(x: &'a str) {}\n#[cfg(test)]\nmod tests { use crate::matrix::Side; }");
    none("geometry/axis.rs", "use std::collections::BTreeMap; use super::Axis; use other::crate_like::matrix;");
    none("cli/mod.rs", "use crate::{data, dialect, equivalence, formulation, matrix, proof, render, scalar, verify};");
}

#[test]
fn rivals_share_no_index_arithmetic() {
    let shown = shown();
    for (stem, source) in rivals() {
        let file = format!("formulation/{stem}.rs");
        let tokens = tokens(&source);
        for path in paths(&tokens, 2, &["formulation", &stem]) {
            let sibling = |name: &String| shown.iter().any(|(module, shown)| *name == *module || name == shown);
            let other = path[0] == "formulation" && path.get(1).is_some_and(|name| sibling(name) && *name != stem);
            assert!(!other, "{file} uses its rival {}", path.join("::"));
        }
        for token in &tokens {
            // The definition's own enumeration, and the matrix built from it.
            assert!(!token.starts_with("meet") && !token.starts_with("Meeting"), "{file} asks the definition: {token}");
            let matrix = ["matrix", "transposed_matrix", "ConvMatrix"].contains(&token.as_str());
            assert!(!matrix || stem == "matrix", "{file} uses the matrix: {token}");
        }
    }
    // What they do share is in mod.rs, which must not work out positions either.
    for word in ["stride", "dilation", "padding", "output_padding", "kernel"] {
        assert!(!tokens(&sources()["formulation/mod.rs"]).iter().any(|t| t == word), "formulation/mod.rs: {word}");
    }
}

/// Ways to find out what a type parameter is, or what a value looks like.
const LOOKING: [&str; 12] = [
    "TypeId",
    "type_id",
    "type_name",
    "type_name_of_val",
    "size_of",
    "size_of_val",
    "align_of",
    "needs_drop",
    "Any",
    "downcast_ref",
    "transmute",
    "specialization",
];

/// The first word in a source text that can look.
fn looking(source: &str) -> Option<String> {
    tokens(source).into_iter().find(|token| LOOKING.contains(&token.as_str()))
}

#[test]
fn rivals_cannot_look_at_values() {
    for (file, source) in sources().iter().filter(|(file, _)| file.starts_with("formulation/")) {
        assert_eq!(looking(source), None, "{file}");
    }
    assert_eq!(looking("if std::any::TypeId::of::<S>() == x {}").as_deref(), Some("TypeId"));
    assert_eq!(looking("std::mem::size_of::<S>()").as_deref(), Some("size_of"));
    assert_eq!(looking("/// Any scalar\nfn f<S>(_: Many) { \"Any\"; }"), None);
    // Nor does the trait give them anything to look with.
    let scalar = &sources()["scalar/mod.rs"];
    let head: Vec<&str> = scalar.lines().filter(|line| line.starts_with("pub trait Scalar")).collect();
    assert_eq!(head, ["pub trait Scalar: Clone {"]);
    let body = scalar.split_once("pub trait Scalar: Clone {").unwrap().1.split_once("\n}").unwrap().0;
    let methods = tokens(body);
    let names: Vec<&String> = methods.windows(2).filter(|two| two[0] == "fn").map(|two| &two[1]).collect();
    assert_eq!(names, ["zero", "add_assign", "times", "add_product"], "ring operations");
    assert!(!methods.iter().any(|t| t == "bool" || t == "Ordering" || t == "String"));
}

#[test]
fn every_rival_is_registered() {
    let (files, shown) = (rivals(), shown());
    assert_eq!(files.keys().collect::<Vec<_>>(), shown.keys().collect::<Vec<_>>());
    let registry = tokens(sources()["formulation/mod.rs"].split_once("pub fn all").unwrap().1);
    for name in shown.values() {
        let call = ["Box", "::", "new", "(", name];
        assert_eq!(registry.windows(call.len()).filter(|w| *w == call).count(), 1, "{name} in formulation::all");
    }
    let all = convproof::formulation::all::<convproof::scalar::Polynomial>();
    let names: BTreeSet<&str> = all.iter().map(|rival| rival.name()).collect();
    assert_eq!((all.len(), names.len()), (files.len(), files.len()), "each once, each with its own name");
}

/// Lines of a file up to its test module.
fn code_lines(source: &str) -> usize {
    let test = |line: &&str| line.trim() != "#[cfg(test)]";
    source.lines().take_while(test).count()
}

#[test]
fn trusted_files_stay_short_and_no_file_grows_long() {
    let sources = sources();
    for file in TRUSTED {
        let lines = code_lines(&sources[file]);
        assert!(lines <= 250, "{file}: {lines} lines; the trusted part must be readable in ten minutes");
        assert!(sources[file].contains("trusted definition") || sources[file].contains("**The definition**"), "{file}");
    }
    for (file, source) in sources {
        let lines = source.lines().count();
        assert!(lines <= 500, "{file}: {lines} lines; which second concept moved in?");
    }
}

#[test]
fn nothing_is_unsafe() {
    for (file, source) in sources() {
        assert!(!tokens(&source).iter().any(|token| token == "unsafe"), "{file}");
    }
}
