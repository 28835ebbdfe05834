//! What is proved for all sizes: the nests of the formulations, nests of programs elsewhere, and
//! statements about sizes and addresses.

use super::sequent::{Sequent, sequents};
use super::statement::{Statement, statements};
use crate::error::{Error, NestError};
use crate::formulation::all;
use crate::nest::{Nest, Sizes, parse};

/// A claim about all sizes.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Theorem {
    /// Its name, unique.
    pub name: String,
    /// What it says, in words.
    pub words: String,
    /// What it says, in symbols.
    pub symbols: String,
    /// What has to be shown.
    pub sequents: Vec<Sequent>,
    /// The nest, where it is about one.
    pub nest: Option<Nest>,
    /// Integers for which what is given holds, where it is about no nest.
    pub example: Sizes,
}

/// Nests of programs that are no formulations of this crate.
const OTHERS: [&str; 3] = [
    include_str!("nests/c_by_input.nest"),
    include_str!("nests/col2im_gather.nest"),
    include_str!("nests/zero_insertion_cropped.nest"),
];

/// Statements about sizes, addresses and relationships.
const STATEMENTS: &str = include_str!("statements.txt");

/// The nests of all formulations and of programs elsewhere.
///
/// # Errors
/// A1 if one of them cannot be read; never with the texts of this crate.
pub fn nests() -> Result<Vec<Nest>, Error> {
    let formulations = all::<i64>();
    let own = formulations.iter().flat_map(|rival| rival.nests());
    own.copied().chain(OTHERS).map(parse).collect()
}

/// Every theorem, in the order of reports.
///
/// # Errors
/// As [`nests`].
pub fn theorems() -> Result<Vec<Theorem>, Error> {
    let mut all: Vec<Theorem> = nests()?.into_iter().map(Theorem::of_nest).collect();
    let read = statements(STATEMENTS).map_err(|problem| NestError::Text { problem })?;
    all.extend(read.into_iter().map(Theorem::of_statement));
    Ok(all)
}

impl Theorem {
    /// That a nest makes exactly the products of the definition, each once.
    pub fn of_nest(nest: Nest) -> Theorem {
        let [o, i, t] = &nest.adds;
        let symbols = format!(
            "y[{o}] += x[{i}]*w[{t}] for exactly the (o, i, t) of the definition, once each{}",
            nest.for_which()
        );
        let (name, words, sequents) = (nest.name.clone(), nest.title.clone(), sequents(&nest));
        Theorem { name, words, symbols, sequents, nest: Some(nest), example: Sizes::new() }
    }

    fn of_statement(statement: Statement) -> Theorem {
        let Statement { name, title, given, show, sequents, model } = statement;
        let symbols = format!("{} => {}", given.join(", "), show.join(", "));
        Theorem { name, words: title, symbols, sequents, nest: None, example: model }
    }

    /// Goals of all sequents.
    pub fn goals(&self) -> usize {
        self.sequents.iter().map(|sequent| sequent.show.len()).sum()
    }
}
