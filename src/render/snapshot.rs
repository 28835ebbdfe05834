//! The report of `snapshot`: which layers are what they were.
//!
//! The document is `{"format":1,"summary":{"layers","same","changed","missing","written","unanswered",
//! "stray"},"layers":[{"file","spec","verdict","expected","got","changes","reason"}],"stray":[file…]}`;
//! `verdict` is `same`, `changed`, `missing`, `written` or `unanswered`, `expected` the text of the file,
//! `got` that of the layer, `changes` what is shown of both.

use std::fmt::Write as _;

use super::changes::{changes, excerpt};
use super::json::Quoted;
use crate::error::Error;

/// How a layer and its file compare.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[allow(clippy::exhaustive_enums)] // the words of the document
pub enum Verdict {
    /// The file holds the layer's text.
    Same,
    /// It holds another text.
    Changed,
    /// There is no file.
    Missing,
    /// The file was written.
    Written,
    /// The layer has no text, or the file could not be read or written.
    Unanswered,
}

impl Verdict {
    const ALL: [Verdict; 5] =
        [Verdict::Same, Verdict::Changed, Verdict::Missing, Verdict::Written, Verdict::Unanswered];

    /// The verdict in the document and in lines.
    pub fn word(self) -> &'static str {
        match self {
            Verdict::Same => "same",
            Verdict::Changed => "changed",
            Verdict::Missing => "missing",
            Verdict::Written => "written",
            Verdict::Unanswered => "unanswered",
        }
    }
}

/// One layer that was compared with its file.
#[derive(Debug, Clone)]
#[allow(clippy::exhaustive_structs)] // the keys of the document
pub struct Compared {
    /// The file's name in the folder.
    pub file: String,
    /// The layer's spec, where it has one.
    pub spec: Option<String>,
    /// How they compare.
    pub verdict: Verdict,
    /// The file's text, line endings as convproof writes them.
    pub expected: Option<String>,
    /// The layer's text.
    pub got: Option<String>,
    /// Why there is no answer.
    pub reason: Option<Error>,
}

impl Compared {
    fn changes(&self) -> String {
        match (&self.expected, &self.got, self.verdict) {
            (Some(expected), Some(got), Verdict::Changed) => changes(expected, got),
            (None, Some(got), Verdict::Missing) => excerpt(got),
            _ => String::new(),
        }
    }
}

/// What is not as it was, and a line that counts; of files that were written a line each.
pub fn report(layers: &[Compared], stray: &[String]) -> String {
    let mut text = String::new();
    for layer in layers {
        let word = layer.verdict.word();
        match (&layer.reason, layer.verdict) {
            (_, Verdict::Same) => {}
            (Some(reason), _) => {
                let _ = writeln!(text, "{word:10}  {}: {reason}", layer.file);
            }
            (None, _) => {
                let _ = writeln!(text, "{word:10}  {}", layer.file);
                text.push_str(&layer.changes());
            }
        }
    }
    for file in stray {
        let _ = writeln!(text, "{:10}  {file}: no layer has this file", "stray");
    }
    let counts = counts(layers).into_iter().filter(|(verdict, count)| *count > 0 || *verdict == Verdict::Same);
    let mut counts: Vec<String> = counts.map(|(verdict, count)| format!("{count} {}", verdict.word())).collect();
    if !stray.is_empty() {
        counts.push(format!("{} stray", stray.len()));
    }
    let _ = writeln!(text, "{}: {}", super::prove::counted(layers.len() as u128, "layer"), counts.join(", "));
    text
}

/// The same as a document.
pub fn report_json(layers: &[Compared], stray: &[String]) -> String {
    let quoted = |text: Option<&String>| text.map_or("null".to_owned(), |text| Quoted(text).to_string());
    let counts: String =
        counts(layers).into_iter().map(|(verdict, count)| format!("\"{}\":{count},", verdict.word())).collect();
    let layer = |layer: &Compared| {
        let changes = Some(layer.changes()).filter(|changes| !changes.is_empty());
        format!(
            "{{\"file\":{},\"spec\":{},\"verdict\":\"{}\",\"expected\":{},\"got\":{},\"changes\":{},\"reason\":{}}}",
            Quoted(&layer.file),
            quoted(layer.spec.as_ref()),
            layer.verdict.word(),
            quoted(layer.expected.as_ref()),
            quoted(layer.got.as_ref()),
            quoted(changes.as_ref()),
            quoted(layer.reason.as_ref().map(ToString::to_string).as_ref())
        )
    };
    let stray_names: Vec<String> = stray.iter().map(|file| Quoted(file).to_string()).collect();
    format!(
        "{{\"format\":1,\"summary\":{{\"layers\":{},{counts}\"stray\":{}}},\"layers\":[\n{}\n],\"stray\":[{}]}}\n",
        layers.len(),
        stray.len(),
        layers.iter().map(layer).collect::<Vec<_>>().join(",\n"),
        stray_names.join(",")
    )
}

fn counts(layers: &[Compared]) -> [(Verdict, usize); 5] {
    Verdict::ALL.map(|verdict| (verdict, layers.iter().filter(|layer| layer.verdict == verdict).count()))
}
