//! The text of a nest.

use super::scope::Scope;
use super::text::{MAX_TEXT, Problem, Reader, tokens};
use super::{Gcd, Nest, Poly, Rounding, Step};
use crate::error::{Error, NestError};

/// Divisions that truncate: each doubles the cases.
const MAX_TRUNCATED: usize = 4;
/// Lines of a nest.
const MAX_LINES: usize = 200;

/// A nest: its lines as the table of [`super`] has them.
///
/// # Errors
/// A1: what is wrong, with the number of the line.
pub fn parse(text: &str) -> Result<Nest, Error> {
    read(text).map_err(|problem| NestError::Text { problem }.into())
}

fn read(text: &str) -> Result<Nest, Problem> {
    if text.len() > MAX_TEXT {
        return Err(format!("{} bytes; at most {MAX_TEXT} are read", text.len()));
    }
    let mut nest: Option<Nest> = None;
    let mut scope = Scope::of_axis();
    let mut ended = false;
    for (n, line) in text.lines().enumerate() {
        if n >= MAX_LINES {
            return Err(format!("more than {MAX_LINES} lines"));
        }
        let line = line.split('#').next().unwrap_or_default().trim();
        if line.is_empty() {
            continue;
        }
        let problem = |problem: Problem| format!("line {}: {problem}", n + 1);
        let (word, rest) = line.split_once(' ').unwrap_or((line, ""));
        match (&mut nest, word) {
            (None, "nest") => {
                let (name, title) = rest.split_once(':').unwrap_or((rest, ""));
                nest = Some(Nest::named(name.trim(), title.trim()));
            }
            (None, _) => return Err(problem("the first line is 'nest NAME: what it does'".to_owned())),
            (Some(nest), _) => nest.read(word, rest, &mut scope, &mut ended).map_err(problem)?,
        }
    }
    let nest = nest.ok_or("an empty text; the first line is 'nest NAME: what it does'")?;
    if !ended {
        return Err("the line 'add y[o] += x[i]*w[t]' is missing".to_owned());
    }
    let truncated = |step: &&Step| matches!(step, Step::Divide(d) if d.rounding == Rounding::Truncate);
    if nest.steps.iter().filter(truncated).count() > MAX_TRUNCATED {
        return Err(format!("more than {MAX_TRUNCATED} divisions that truncate"));
    }
    let without = nest.variables().into_iter().find(|name| !nest.inverse.iter().any(|(known, _)| known == name));
    if let Some(name) = without.map(str::to_owned) {
        return Err(format!("the line 'inverse' says nothing of '{name}'"));
    }
    Ok(nest)
}

impl Nest {
    fn named(name: &str, title: &str) -> Nest {
        let adds = [Poly::default(), Poly::default(), Poly::default()];
        let (name, title) = (name.to_owned(), title.to_owned());
        let (sizes, gcds, assumed, steps) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
        Nest {
            name,
            title,
            sizes,
            gcds,
            assumed,
            steps,
            length: None,
            adds,
            witnesses: Vec::new(),
            inverse: Vec::new(),
        }
    }

    /// Reads one line.
    fn read(&mut self, word: &str, rest: &str, scope: &mut Scope, ended: &mut bool) -> Result<(), Problem> {
        let tokens = tokens(rest)?;
        let mut reader = Reader::new(&tokens);
        if *ended && word != "inverse" {
            return Err("after 'add' there is only 'inverse'".to_owned());
        }
        match word {
            "size" => {
                let name = reader.name()?;
                scope.binds(&name)?;
                self.sizes.push(name);
            }
            "gcd" => {
                let of = [reader.factor()?, reader.factor()?];
                let of = [scope.resolve(&of[0])?, scope.resolve(&of[1])?];
                reader.needs_word("into")?;
                let mut names: [String; 5] = Default::default();
                for (n, name) in names.iter_mut().enumerate() {
                    if n > 0 {
                        reader.needs(",")?;
                    }
                    *name = reader.name()?;
                    scope.binds(name)?;
                }
                self.gcds.push(Gcd { of, names });
            }
            "assume" => {
                let all = reader.chain()?;
                self.assumed.extend(scope.constraints(&all)?);
            }
            "let" => {
                let name = reader.name()?;
                reader.needs("=")?;
                let poly = scope.resolve(&reader.sum()?)?;
                scope.names(&name, poly)?;
            }
            "loop" => {
                let name = reader.name()?;
                reader.needs_word("from")?;
                let from = scope.resolve_all(&reader.several("max")?)?;
                reader.needs_word("to")?;
                let to = scope.resolve_all(&reader.several("min")?)?;
                scope.binds(&name)?;
                self.steps.push(Step::Loop { name, from, to });
            }
            "divide" => {
                let division = scope.division(reader.division()?)?;
                scope.binds(&division.quotient)?;
                scope.binds(&division.rest)?;
                self.steps.push(Step::Divide(division));
            }
            "where" => {
                let all = scope.constraints(&reader.chain()?)?;
                self.steps.extend(all.into_iter().map(Step::Where));
            }
            "claim" => {
                let all = scope.constraints(&reader.chain()?)?;
                self.steps.extend(all.into_iter().map(Step::Claim));
            }
            "index" => {
                let at = scope.resolve(&reader.sum()?)?;
                reader.needs_word("below")?;
                let length = scope.resolve(&reader.sum()?)?;
                self.steps.push(Step::Index { at, length });
            }
            "length" => self.length = Some(scope.resolve(&reader.sum()?)?),
            "add" => {
                for (n, (array, sign)) in [("y", "+="), ("x", "*"), ("w", "")].into_iter().enumerate() {
                    reader.needs_word(array)?;
                    reader.needs("[")?;
                    self.adds[n] = scope.resolve(&reader.sum()?)?;
                    reader.needs("]")?;
                    if !sign.is_empty() {
                        reader.needs(sign)?;
                    }
                }
                *ended = true;
                // From here on: the positions of a product, the sizes, and what the inverse divides.
                let found = self.gcds.iter().flat_map(|gcd| gcd.names.iter().cloned());
                scope.only(self.sizes.iter().cloned().chain(found).chain(["o", "i", "t"].map(str::to_owned)));
            }
            "inverse" if *ended => return self.read_inverse(&mut reader, scope),
            "inverse" => return Err("'inverse' comes after 'add'".to_owned()),
            _ => {
                return Err(format!(
                    "'{word}' begins no line; size, assume, gcd, let, loop, divide, where, claim, index, length, add, inverse do"
                ));
            }
        }
        reader.ends()
    }

    fn read_inverse(&mut self, reader: &mut Reader<'_>, scope: &mut Scope) -> Result<(), Problem> {
        loop {
            if reader.takes_word("divide") {
                let division = scope.division(reader.division()?)?;
                if division.rounding == Rounding::Truncate {
                    return Err("an inverse divides rounding down".to_owned());
                }
                scope.binds(&division.quotient)?;
                scope.binds(&division.rest)?;
                self.witnesses.push(division);
            } else {
                let name = reader.name()?;
                if !self.variables().contains(&name.as_str()) {
                    return Err(format!("'{name}' is no variable of a loop or division"));
                }
                if self.inverse.iter().any(|(known, _)| *known == name) {
                    return Err(format!("'{name}' has an inverse already"));
                }
                reader.needs("=")?;
                let poly = scope.resolve(&reader.sum()?)?;
                self.inverse.push((name, poly));
            }
            if !reader.takes(",") {
                return reader.ends();
            }
        }
    }
}
