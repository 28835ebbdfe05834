//! The subject whose answers have come back in a folder.

use std::path::PathBuf;

use super::results::{Found, find, is_missing};
use super::{ProbeSet, folder_name, manifest};
use crate::dialect::Pads;
use crate::error::Error;
use crate::subject::exchange::{Part, element_type, from_numpy, said};
use crate::subject::{Failure, Plan, Reply, Request, Subject};
use crate::verify::Question;

/// Results that were computed elsewhere, asked as if they were computed now.
#[derive(Debug)]
pub struct Returned {
    folder: PathBuf,
    set: ProbeSet,
}

impl Returned {
    /// Reads what was asked; results are read when they are asked for.
    ///
    /// # Errors
    /// F5 if the folder holds no probes, or some that were not written to their end; F1 … F3 if its
    /// manifest cannot be read or is another version's; those of the specs that it names; L3 if its
    /// probes are too large.
    pub fn open(folder: impl Into<PathBuf>) -> Result<Returned, Error> {
        let folder = folder.into();
        let set = manifest::read(&folder)?;
        Ok(Returned { folder, set })
    }

    /// What [`run`](super::super::run) is to ask.
    pub fn plan(&self) -> &Plan {
        self.set.plan()
    }

    /// What was asked.
    pub fn set(&self) -> &ProbeSet {
        &self.set
    }

    /// The folders that hold no result.
    pub fn missing(&self) -> Vec<String> {
        let all = (0..self.set.len()).map(folder_name);
        all.filter(|name| is_missing(&self.folder.join(name))).collect()
    }

    /// The folder of a question that a finding shows.
    pub fn place(&self, question: &Question) -> Option<String> {
        let Question { spec, role, x, w, b, g, .. } = question.clone();
        let mut request = Request { x, w, b, g, ..Request::new(spec, role) };
        let number = Pads::ALL.into_iter().find_map(|pads| {
            request.pads = pads;
            self.set.number(&request)
        });
        number.map(folder_name)
    }

    fn reply(&self, number: usize) -> Reply {
        let (probe, name) = (&self.set.probes[number], folder_name(number));
        let array = match find(&self.folder.join(&name), &self.set.wanted(probe)) {
            Found::Nothing => return Reply::Unanswered(format!("{name} holds no result")),
            Found::Refused(why) => return Reply::Refused(format!("{name}: {why}")),
            Found::Unreadable(why) => return Reply::Failed(Failure::BadAnswer, format!("{name}: {why}")),
            Found::Result(array) => array,
        };
        match from_numpy(array, element_type(&probe.request)) {
            Err(error) => Reply::Failed(Failure::BadAnswer, error.within(name).to_string()),
            Ok(array) => Reply::Result(match &probe.raised {
                Some(raised) => Part::of_result(probe.request.role).to_canonical(array, &raised.lowered),
                None => array,
            }),
        }
    }
}

impl Subject for Returned {
    fn name(&self) -> String {
        self.folder.display().to_string()
    }

    fn words(&self, request: &Request) -> Option<String> {
        match self.set.dialect {
            None => Some(request.spec.to_string()),
            Some(dialect) => said(dialect, &request.spec, request.pads).ok().map(|raised| raised.words.to_string()),
        }
    }

    fn answer(&mut self, request: &Request) -> Reply {
        match self.set.number(request) {
            Some(number) => self.reply(number),
            None => Reply::Unanswered("it was not asked".to_owned()),
        }
    }

    /// What has come back is all that there is.
    fn can_ask_more(&self) -> bool {
        false
    }
}
