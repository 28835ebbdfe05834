//! What a SPEC on the command line names: a plain spec, or a call in a framework's words.

use crate::dialect::{Lowered, Words};
use crate::error::Error;
use crate::geometry::Spec;
use crate::layout::Layouts;

/// An operation and the words that it was named by.
pub(super) struct Asked {
    /// The call, if it was one.
    pub words: Option<Words>,
    /// What it means.
    pub lowered: Lowered,
}

impl Asked {
    pub fn spec(&self) -> &Spec {
        &self.lowered.spec
    }

    /// The words it came in, for a command that repeats it.
    pub fn shown(&self) -> String {
        self.words.as_ref().map_or_else(|| self.spec().to_string(), ToString::to_string)
    }

    /// What a reader should know: what a call means, and what the geometry remarks.
    pub fn remarks(&self) -> Vec<String> {
        let mut all = Vec::new();
        if let Some(words) = &self.words {
            all.push(format!("'{words}' is {}", self.spec()));
            if self.lowered.weight_flipped {
                let name = words.dialect.name;
                all.push(format!("the weight array of {name} holds the kernel rotated: tap t is its entry k−1−t"));
            }
        }
        all.extend(self.lowered.remarks.iter().cloned());
        all.extend(self.spec().geometry.remarks());
        all
    }
}

/// The operation that the words of a command name.
pub(super) fn asked(words: &[String]) -> Result<Asked, Error> {
    read(&words.join(" "))
}

/// The same for one text.
pub(super) fn read(text: &str) -> Result<Asked, Error> {
    if Words::is_call(text) {
        let words: Words = text.parse()?;
        let lowered = words.lower().map_err(|e| e.within(words.dialect.name))?;
        return Ok(Asked { words: Some(words), lowered });
    }
    Ok(Asked { words: None, lowered: Lowered::new(text.parse()?, Layouts::default(), false) })
}
