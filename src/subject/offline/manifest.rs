//! `probe.json`: what was asked, so that it can be asked again of what came back.

use std::path::Path;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::ProbeSet;
use crate::dialect::{Pads, find};
use crate::error::{DataError, Error, MeaningError};
use crate::subject::Entry;
use crate::subject::exchange::{message, read_bytes};

/// The file's name. It is written last: a folder without it was not written to its end.
pub(super) const NAME: &str = "probe.json";
/// The only format so far.
const FORMAT: u64 = 1;
/// The most bytes of the file: half a million geometries.
const MAX_BYTES: u64 = 1 << 25;

#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Manifest {
    format: u64,
    /// Of the convproof that wrote it.
    version: String,
    /// The words of the profile, on top of the dialect's own.
    profile: String,
    dialect: Option<String>,
    seed: Option<u64>,
    /// How many questions there are, and what they are.
    probes: usize,
    digest: String,
    entries: Vec<Geometry>,
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Geometry {
    spec: String,
    pads: String,
}

/// How a manifest names pads.
const PADS: [(&str, Pads); 6] = [
    ("explicit", Pads::Explicit),
    ("valid", Pads::Valid),
    ("same", Pads::Same),
    ("same-upper", Pads::SameUpper),
    ("same-lower", Pads::SameLower),
    ("sized", Pads::Sized),
];

/// The manifest of a set, as text.
pub(super) fn text(set: &ProbeSet) -> Result<String, Error> {
    let word = |pads: Pads| PADS.iter().find(|row| row.1 == pads).map_or("explicit", |row| row.0).to_owned();
    let geometry = |entry: &Entry| Geometry { spec: entry.spec.to_string(), pads: word(entry.pads) };
    let manifest = Manifest {
        format: FORMAT,
        version: env!("CARGO_PKG_VERSION").to_owned(),
        profile: set.words.clone(),
        dialect: set.dialect.map(|dialect| dialect.name.to_owned()),
        seed: set.seed,
        probes: set.len(),
        digest: digest(set),
        entries: set.plan.entries.iter().map(geometry).collect(),
    };
    let text = serde_json::to_string_pretty(&manifest).map_err(|e| invalid("text", &e.to_string()))?;
    Ok(text + "\n")
}

/// Makes the questions that a manifest names.
///
/// # Errors
/// F5 if there is no manifest, F1 and F3 if it cannot be read, F2 if it is none or if this version
/// would ask something else, M6 for an unknown dialect, those of its specs and of [`ProbeSet::new`].
pub(super) fn read(folder: &Path) -> Result<ProbeSet, Error> {
    let path = folder.join(NAME);
    if std::fs::symlink_metadata(&path).is_err_and(|e| e.kind() == std::io::ErrorKind::NotFound) {
        let found = "no probes, or some that were not written to their end".to_owned();
        let missing = DataError::Missing { what: "file", name: NAME.to_owned(), found };
        return Err(Error::from(missing).within(folder.display().to_string()));
    }
    parsed(&path).map_err(|e| e.within(path.display().to_string()))
}

fn parsed(path: &Path) -> Result<ProbeSet, Error> {
    let bytes = read_bytes(path, MAX_BYTES)?;
    let value: Value = serde_json::from_slice(&bytes).map_err(|e| invalid("JSON", &e.to_string()))?;
    match value.get("format").and_then(Value::as_u64) {
        Some(FORMAT) => {}
        Some(other) => return Err(invalid("format 1", &format!("format {other}"))),
        None => return Err(invalid("format 1", "none")),
    }
    let manifest: Manifest = serde_json::from_value(value).map_err(|e| invalid("a manifest", &e.to_string()))?;
    let dialect = manifest.dialect.map(|name| {
        let known = || crate::dialect::DIALECTS.iter().map(|d| d.name).collect::<Vec<_>>().join(", ");
        find(&name).ok_or_else(|| Error::from(MeaningError::NoDialect { name: message(&name), known: known() }))
    });
    let entry = |geometry: Geometry| {
        let pads = PADS.iter().find(|row| row.0 == geometry.pads).map(|row| row.1);
        let pads = pads.ok_or_else(|| invalid("explicit, valid, same … for pads", &geometry.pads))?;
        Ok(Entry { pads, ..Entry::new(geometry.spec.parse()?) })
    };
    let entries = manifest.entries.into_iter().map(entry).collect::<Result<Vec<_>, Error>>()?;
    let set = ProbeSet::new(&manifest.profile, dialect.transpose()?, entries, manifest.seed)?;
    if (set.len(), digest(&set)) != (manifest.probes, manifest.digest) {
        let expected = format!("the {} probes that version {} makes of it", set.len(), env!("CARGO_PKG_VERSION"));
        let got = format!("other probes, of version {}; emit again, or check with that version", manifest.version);
        return Err(invalid(&expected, &got));
    }
    Ok(set)
}

/// A number for everything that is asked: FNV-1a of all fields and elements. It tells versions apart
/// that ask otherwise; it guards against nobody.
fn digest(set: &ProbeSet) -> String {
    let mut state: u64 = 0xcbf2_9ce4_8422_2325;
    let mut add = |bytes: &[u8]| {
        for byte in bytes {
            state = (state ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3);
        }
    };
    for (number, probe) in set.probes.iter().enumerate() {
        add(set.fields(number, &str::to_owned).to_string().as_bytes());
        for (_, array) in set.operands(probe) {
            add(&array.values().to_le_bytes());
        }
    }
    format!("{state:016x}")
}

fn invalid(expected: &str, got: &str) -> Error {
    DataError::Format { format: NAME, expected: expected.to_owned(), got: message(got) }.into()
}
