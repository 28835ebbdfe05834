//! Probes for what cannot be started from here: a board, a remote machine, another person's program.
//!
//! [`ProbeSet::emit`] writes every question of a plan into a folder, [`Returned`] is the subject whose
//! answers are the results that somebody put there. Both make the same plan from the same words,
//! so the folder has to hold nothing but results and `probe.json`.
//!
//! ```text
//! DIR/probe.json                 what was asked, written last
//! DIR/README.txt                 what to compute and what to return
//! DIR/0000/request.json          one question, in the fields of the protocol
//! DIR/0000/x.npy w.npy …         its arrays, in each format that was asked for
//! DIR/0000/y.npy                 the result, once it has come back
//! ```

use std::collections::BTreeMap;

use super::exchange::{element_type, fields, operands, said};
use super::numbers::result_type;
use super::{Entry, Plan, Profile, Request, requests};
use crate::data::{Array, ElementType};
use crate::dialect::{Dialect, Pads};
use crate::error::{Error, LimitError};
use crate::translate::Raised;
use crate::verify::{Format, Role};

mod bound;
mod emit;
mod files;
mod header;
mod manifest;
mod results;
mod returned;

pub use emit::Emitted;
pub use files::FileFormat;
pub use returned::Returned;

/// The questions of a plan, each once, in the order in which they are asked.
///
/// ```
/// use convproof::subject::offline::{FileFormat, ProbeSet, Returned};
/// use convproof::subject::Entry;
/// # let folder = tempfile::tempdir().unwrap();
/// # let folder = folder.path();
/// let set = ProbeSet::new("batch=no", None, vec![Entry::new("tconv i2 k3 s2".parse()?)], None)?;
/// set.emit(folder, &[FileFormat::Npy])?;
/// let returned = Returned::open(folder)?;
/// assert_eq!(returned.missing().len(), set.len());
/// # Ok::<(), convproof::Error>(())
/// ```
#[derive(Debug, Clone)]
pub struct ProbeSet {
    /// The words of the profile, as they were given.
    words: String,
    dialect: Option<&'static Dialect>,
    seed: Option<u64>,
    plan: Plan,
    unsaid: usize,
    probes: Vec<Probe>,
    /// Where the questions about an operation, role and pads are: their numbers.
    places: BTreeMap<String, Vec<usize>>,
}

/// One question, with its words.
#[derive(Debug, Clone)]
struct Probe {
    request: Request,
    raised: Option<Raised>,
}

/// Type and shape of a result in the dialect's layout, where a file does not state them.
#[derive(Debug, Clone, PartialEq)]
struct Wanted {
    element: ElementType,
    shape: Vec<usize>,
}

impl ProbeSet {
    /// The questions about some geometries in the words and layouts of a dialect. The profile is
    /// that of the dialect with these words; `seed` says where the geometries come from.
    ///
    /// # Errors
    /// Q4 for words that are no profile; L3 for geometries whose probes are too large.
    pub fn new(
        words: &str,
        dialect: Option<&'static Dialect>,
        entries: Vec<Entry>,
        seed: Option<u64>,
    ) -> Result<ProbeSet, Error> {
        let base = dialect.map_or_else(Profile::default, |dialect| Profile::of_dialect(dialect.name));
        let plan = Plan::new(Profile::parse(words, &base)?, entries);
        let cells = bound::cells(&plan);
        if cells > u128::from(bound::MAX_CELLS) {
            let cells = i128::try_from(cells).unwrap_or(i128::MAX);
            return Err(LimitError::Cells { what: "probes", cells, limit: bound::MAX_CELLS }.into());
        }
        let mut calls = Calls { dialect, known: BTreeMap::new() };
        let mut asked = Plan::new(plan.profile.clone(), Vec::new());
        let named = |entry: &Entry| Request::about(entry, Role::Forward);
        asked.entries.extend(plan.entries.iter().filter(|entry| calls.say(&named(entry)).is_ok()).cloned());
        let unsaid = plan.entries.len() - asked.entries.len();
        let mut set = ProbeSet {
            words: words.to_owned(),
            dialect,
            seed,
            unsaid,
            probes: Vec::new(),
            places: BTreeMap::new(),
            plan,
        };
        for request in requests(&asked)? {
            // What has no words cannot be asked, and what is there already needs no second answer.
            let Ok(raised) = calls.say(&request) else { continue };
            if set.number(&request).is_none() {
                set.places.entry(place(&request, request.pads)).or_default().push(set.probes.len());
                set.probes.push(Probe { request, raised });
            }
        }
        Ok(set)
    }

    /// What [`run`](super::run) is to ask.
    pub fn plan(&self) -> &Plan {
        &self.plan
    }

    /// The dialect of the questions.
    pub fn dialect(&self) -> Option<&'static Dialect> {
        self.dialect
    }

    /// How many questions there are.
    pub fn len(&self) -> usize {
        self.probes.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.probes.is_empty()
    }

    /// Geometries for which the dialect has no words.
    pub fn unsaid(&self) -> usize {
        self.unsaid
    }

    /// The number of a question.
    fn number(&self, request: &Request) -> Option<usize> {
        let same = |&&n: &&usize| {
            let other = &self.probes[n].request;
            (&request.x, &request.w, &request.b, &request.g) == (&other.x, &other.w, &other.b, &other.g)
        };
        self.places.get(&place(request, request.pads))?.iter().find(same).copied()
    }

    /// What a question's result should be.
    fn wanted(&self, probe: &Probe) -> Wanted {
        let Probe { request, raised } = probe;
        let operand = element_type(request).unwrap_or(ElementType::F32);
        let declared = self.plan.profile.arithmetic.map(|arithmetic| arithmetic.output);
        let element = declared.and_then(element_of).unwrap_or_else(|| result_type(operand));
        let spec = &request.spec;
        let shape = match request.role {
            Role::Forward => spec.output_shape(),
            Role::InputGradient => spec.input_shape(),
            Role::WeightGradient => spec.geometry.weight_shape(),
            Role::BiasGradient => vec![spec.output_shape()[1]],
        };
        let shape = match raised {
            Some(raised) => super::exchange::Part::of_result(request.role).shape_in(shape, &raised.lowered),
            None => shape,
        };
        Wanted { element, shape }
    }

    /// A question's arrays in the dialect's layouts, by their names.
    fn operands(&self, probe: &Probe) -> Vec<(&'static str, Array)> {
        operands(&probe.request, probe.raised.as_ref().map(|raised| &raised.lowered))
    }

    /// A question's fields; `path` names the file of each array.
    fn fields(&self, number: usize, path: &dyn Fn(&str) -> String) -> serde_json::Value {
        let probe = &self.probes[number];
        let dtype = element_type(&probe.request);
        let mut fields = fields(number as u64, &probe.request, probe.raised.as_ref(), dtype, path);
        let Wanted { element, shape } = self.wanted(probe);
        fields["result"] = serde_json::json!({"dtype": element.name(), "shape": shape});
        fields
    }
}

/// The words of a dialect for requests, found once for each geometry.
struct Calls {
    dialect: Option<&'static Dialect>,
    known: BTreeMap<String, Result<Raised, String>>,
}

impl Calls {
    /// None without a dialect; an error where it has no words.
    fn say(&mut self, request: &Request) -> Result<Option<Raised>, String> {
        let Some(dialect) = self.dialect else { return Ok(None) };
        let place = format!("{} {:?}", request.spec, request.pads);
        let raised = self.known.entry(place).or_insert_with(|| said(dialect, &request.spec, request.pads));
        raised.clone().map(Some)
    }
}

/// What questions have in common that differ in their arrays alone.
fn place(request: &Request, pads: Pads) -> String {
    format!("{} {} {pads:?}", request.spec, request.role.name())
}

/// The folder of a question.
fn folder_name(number: usize) -> String {
    format!("{number:04}")
}

/// The type that has a format; none for those that live in another.
fn element_of(format: Format) -> Option<ElementType> {
    use ElementType::{Bf16, F16, F32, F64, I8, I16, I32, I64, U8, U16, U32, U64};
    let all = [F16, Bf16, F32, F64, I8, I16, I32, I64, U8, U16, U32, U64];
    all.into_iter().find(|element| Format::of(*element) == format)
}
