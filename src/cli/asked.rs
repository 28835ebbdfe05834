//! What a SPEC on the command line names: a plain spec, a call in a framework's words, or the nodes
//! of an ONNX model.

use super::args::ModelInputs;
use super::streams::Streams;
use super::{DIFFERS, SAME, UNANSWERED};
use crate::dialect::{Lowered, Words, shown};
use crate::error::{Error, RequestError};
use crate::geometry::Spec;
use crate::layout::Layouts;

/// An operation and the words that it was named by.
pub(super) struct Asked {
    /// The call, if it was one.
    pub words: Option<Words>,
    /// What it means.
    pub lowered: Lowered,
}

/// A node's name, and what it is.
pub(super) type Named = (String, Result<Asked, Error>);

impl Asked {
    pub fn spec(&self) -> &Spec {
        &self.lowered.spec
    }

    /// The words it came in, for a command that repeats it.
    pub fn shown(&self) -> String {
        self.words.as_ref().map_or_else(|| self.spec().to_string(), ToString::to_string)
    }

    /// What a spec means.
    pub fn plain(spec: Spec) -> Asked {
        Asked { words: None, lowered: Lowered::new(spec, Layouts::default(), false) }
    }

    /// What a reader should know: what a call means, and what the geometry remarks.
    pub fn remarks(&self) -> Vec<String> {
        let call = self.words.iter().map(|words| format!("'{words}' is {}", self.spec()));
        call.chain(self.meaning()).chain(self.spec().geometry.remarks()).collect()
    }

    /// What a call means beside its spec.
    pub fn meaning(&self) -> Vec<String> {
        let flipped = self.words.iter().filter(|_| self.lowered.weight_flipped).map(|words| {
            let name = words.dialect.name;
            format!("the weight array of {name} holds the kernel rotated: tap t is its entry k−1−t")
        });
        flipped.chain(self.lowered.remarks.iter().cloned()).collect()
    }
}

/// Does a command for what its words name: once, or for every node of a model.
///
/// Of several nodes each is headed by its name and call; what has no answer is said on standard
/// error. `one` is the option for which there can be only one result.
pub(super) fn each(
    words: &[String],
    inputs: &ModelInputs,
    one: Option<&'static str>,
    streams: &mut Streams<'_>,
    mut run: impl FnMut(&Asked, &mut Streams<'_>) -> Result<u8, Error>,
) -> Result<u8, Error> {
    let text = words.join(" ");
    let Some((file, node)) = model(&text) else {
        no_model(inputs)?;
        return run(&read(&text)?, streams);
    };
    let nodes = nodes(file, inputs)?;
    let chosen: Vec<_> = nodes.into_iter().filter(|(name, _)| node.is_none_or(|node| node == name)).collect();
    if chosen.is_empty() {
        let (place, looked_for) =
            (file.to_owned(), "Conv and ConvTranspose nodes, by the name after ':' if there is one");
        return Err(RequestError::NoCase { place, looked_for }.into());
    }
    if let (Some(option), true) = (one, chosen.len() > 1) {
        let names: Vec<&str> = chosen.iter().take(6).map(|(name, _)| name.as_str()).collect();
        let problem = format!("{} nodes, and room for one; write {file}:{}", chosen.len(), names.join(", or :"));
        return Err(RequestError::Option { option, problem }.into());
    }
    let several = chosen.len() > 1;
    let mut status = SAME;
    for (n, (name, asked)) in chosen.into_iter().enumerate() {
        let done = asked.and_then(|asked| {
            if several {
                let gap = if n > 0 { "\n" } else { "" };
                streams.print(&format!("{gap}{name}: {}\n", asked.shown()))?;
            }
            run(&asked, streams)
        });
        let code = done.unwrap_or_else(|error| {
            streams.error(&error.within(name));
            UNANSWERED
        });
        status = worse(status, code);
    }
    Ok(status)
}

/// The one operation that a text names, where there is room for one: of a model, a node by its name.
pub(super) fn one(text: &str, inputs: &ModelInputs, option: &'static str) -> Result<Asked, Error> {
    let Some((file, node)) = model(text) else {
        no_model(inputs)?;
        return read(text);
    };
    let mut found: Vec<_> =
        nodes(file, inputs)?.into_iter().filter(|(name, _)| node.is_none_or(|node| node == name)).collect();
    match (found.pop(), found.is_empty()) {
        (Some((_, asked)), true) => asked,
        _ => {
            let problem = format!("'{}' is not one node; write {file}:NAME", shown(text));
            Err(RequestError::Option { option, problem }.into())
        }
    }
}

/// Refuses shapes of a model's inputs where there is no model.
fn no_model(inputs: &ModelInputs) -> Result<(), Error> {
    match inputs.input.first() {
        None => Ok(()),
        Some(input) => {
            let problem = format!("'{input}' without a model; give it with FILE.onnx");
            Err(RequestError::Option { option: "--input", problem }.into())
        }
    }
}

/// The exit status of two results: what differs first, then what is unanswered.
pub(super) fn worse(a: u8, b: u8) -> u8 {
    [DIFFERS, UNANSWERED].into_iter().find(|code| a == *code || b == *code).unwrap_or(SAME)
}

/// `model.onnx` or `model.onnx:node`, if the words are that.
pub(super) fn model(text: &str) -> Option<(&str, Option<&str>)> {
    let text = text.trim();
    let end = text.find(".onnx").map(|at| at + ".onnx".len())?;
    match &text[end..] {
        "" => Some((text, None)),
        rest => rest.strip_prefix(':').map(|node| (&text[..end], Some(node))),
    }
}

/// The nodes of a model with their names.
#[cfg(feature = "onnx")]
pub(super) fn nodes(file: &str, inputs: &ModelInputs) -> Result<Vec<Named>, Error> {
    let outline = crate::data::onnx::Outline::read(file, crate::data::MAX_BYTES)?;
    let calls = crate::translate::calls(&outline, &inputs.shapes()?)?;
    let asked = |(words, lowered)| Asked { words: Some(words), lowered };
    Ok(calls.into_iter().map(|c| (c.node, c.call.map(asked))).collect())
}

/// The nodes of a model with their names.
#[cfg(not(feature = "onnx"))]
pub(super) fn nodes(file: &str, _: &ModelInputs) -> Result<Vec<Named>, Error> {
    let problem = format!("{file}: built without the feature 'onnx'");
    Err(RequestError::Option { option: "SPEC", problem }.into())
}

#[cfg(feature = "onnx")]
impl ModelInputs {
    /// `NAME=1x3x32x32`, each.
    pub fn shapes(&self) -> Result<std::collections::BTreeMap<String, Vec<usize>>, Error> {
        let read = |text: &String| {
            let (name, shape) = text.rsplit_once('=')?;
            let shape: Option<Vec<usize>> = shape.split(['x', ',']).map(|n| n.trim().parse().ok()).collect();
            Some((name.to_owned(), shape?))
        };
        let problem = |text: &String| format!("'{text}'; write NAME=1x3x32x32");
        let option = "--input";
        let all = self
            .input
            .iter()
            .map(|text| read(text).ok_or_else(|| RequestError::Option { option, problem: problem(text) }.into()));
        all.collect()
    }
}

/// The operation that one text names.
pub(super) fn read(text: &str) -> Result<Asked, Error> {
    if Words::is_call(text) {
        let words: Words = text.parse()?;
        let lowered = words.lower().map_err(|e| e.within(words.dialect.name))?;
        return Ok(Asked { words: Some(words), lowered });
    }
    text.parse().map(Asked::plain)
}
