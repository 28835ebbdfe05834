//! Which geometries are asked, by the options: specs or a panel.

use std::path::Path;

use super::args::ModelInputs;
use super::asked;
use super::streams::Streams;
use crate::dialect::Dialect;
use crate::error::{Error, RequestError};
use crate::subject::{Entry, Profile, Size, panel, said};

/// Seed of the random geometries where none is given.
const SEED: u64 = 1;

/// The options that choose geometries: specs stand for a panel.
pub(super) struct Choice<'a> {
    pub spec: &'a [String],
    pub specs: Option<&'a Path>,
    pub panel: Option<&'a str>,
    pub random: Option<usize>,
    pub seed: Option<u64>,
    pub model: &'a ModelInputs,
}

/// The geometries that were chosen.
pub(super) struct Chosen {
    pub entries: Vec<Entry>,
    /// Of those that were drawn.
    pub seed: Option<u64>,
    /// Words for the profile: specs bring their operations with them.
    pub words: Option<String>,
}

impl Choice<'_> {
    /// # Errors
    /// Q4 for an unknown panel; those of specs and of the file that holds them.
    pub fn entries(
        &self,
        profile: &Profile,
        dialect: Option<&'static Dialect>,
        streams: &mut Streams<'_>,
    ) -> Result<Chosen, Error> {
        let mut texts = self.spec.to_vec();
        if let Some(path) = self.specs {
            texts.extend(lines(path)?);
        }
        if !texts.is_empty() {
            let mut entries = Vec::new();
            let mut kinds: Vec<&str> = Vec::new();
            for text in &texts {
                let asked = asked::one(text, self.model, "--spec")?;
                let kind = asked.lowered.spec.kind.word();
                if !kinds.contains(&kind) {
                    kinds.push(kind);
                }
                entries.push(Entry { pads: asked.lowered.pads, ..Entry::new(asked.lowered.spec) });
            }
            return Ok(Chosen { entries, seed: None, words: Some(format!("op={}", kinds.join(","))) });
        }
        let size = match self.panel {
            None | Some("ci") => Size::Ci,
            Some("smoke") => Size::Smoke,
            Some("full") => Size::Full,
            Some(other) => {
                let problem = format!("'{other}'; panels are smoke, ci, full");
                return Err(RequestError::Option { option: "--panel", problem }.into());
            }
        };
        let seed = self.seed.unwrap_or(SEED);
        streams.remark(&format!("seed {seed}"));
        let mut entries = panel(profile, size, self.random, seed)?;
        if let Some(dialect) = dialect {
            entries.extend(said(profile, dialect, size));
        }
        Ok(Chosen { entries, seed: Some(seed), words: None })
    }
}

/// Specs of a file, one a line; empty lines and what follows `#` are left out.
fn lines(path: &Path) -> Result<Vec<String>, Error> {
    let bytes = crate::data::read_file(path, 1 << 20).map_err(|e| e.within(path.display().to_string()))?;
    let text = String::from_utf8_lossy(&bytes);
    let spec = |line: &str| line.split('#').next().unwrap_or_default().trim().to_owned();
    Ok(text.lines().map(spec).filter(|line| !line.is_empty()).collect())
}
