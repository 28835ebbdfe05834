//! The text of a nest.

use super::scope::Scope;
use super::text::{MAX_TEXT, Problem, Reader, tokens};
use super::{Gcd, Nest, Poly, Rounding, Step};
use crate::error::{Error, NestError};

/// Divisions that truncate: each doubles the cases.
const MAX_TRUNCATED: usize = 4;
/// Lines of a nest.
const MAX_LINES: usize = 200;
/// Steps of a nest: a line may have several.
const MAX_STEPS: usize = 300;
/// Terms of all constraints with the inverse, or the map, put in.
const MAX_GROWN: usize = 20_000;

/// A nest: its lines as the table of [`super`] has them.
///
/// # Errors
/// A1: what is wrong, with the number of the line.
pub fn parse(text: &str) -> Result<Nest, Error> {
    read(text).map_err(|problem| NestError::Text { problem }.into())
}

fn read(text: &str) -> Result<Nest, Problem> {
    let text = text.trim_start_matches('\u{feff}');
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
                let (name, title) = (name.trim(), title.trim());
                let is_plain = |c: char| c.is_ascii_alphanumeric() || "_-.".contains(c);
                if name.is_empty() || !name.chars().all(is_plain) || title.chars().any(char::is_control) {
                    return Err(problem(
                        "a name is letters, digits and _ - . and what it does is plain text".to_owned(),
                    ));
                }
                nest = Some(Nest::named(name, title));
            }
            (None, _) => return Err(problem("the first line is 'nest NAME: what it does'".to_owned())),
            (Some(nest), _) => nest.read(word, rest, &mut scope, &mut ended).map_err(problem)?,
        }
    }
    let nest = nest.ok_or("an empty text; the first line is 'nest NAME: what it does'")?;
    if !ended {
        return Err("the line 'add y[o] += x[i]*w[t]' is missing".to_owned());
    }
    if nest.steps.len() > MAX_STEPS {
        return Err(format!("{} steps; at most {MAX_STEPS} are taken", nest.steps.len()));
    }
    if grown(&nest) > MAX_GROWN {
        return Err(format!("more than {MAX_GROWN} terms with the inverse put in"));
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
        let (sizes, gcds, steps) = (Vec::new(), Vec::new(), Vec::new());
        let (assumed, conditions) = (Vec::new(), Vec::new());
        Nest {
            name,
            title,
            sizes,
            gcds,
            assumed,
            conditions,
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
        // What is said of sizes is said of all that follows, and of nothing that a loop binds.
        if !self.steps.is_empty() && ["size", "gcd", "assume", "length"].contains(&word) {
            return Err(format!("'{word}' is about sizes, and stands before the first loop"));
        }
        match word {
            "size" => {
                let name = reader.name()?;
                binds_size(scope, &name)?;
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
                    binds_size(scope, name)?;
                }
                self.gcds.push(Gcd { of, names });
            }
            "assume" => {
                let all = reader.chain()?;
                self.assumed.extend(scope.constraints(&all)?);
                self.conditions.push(rest.trim().to_owned());
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
            "length" if self.length.is_some() => return Err("the length was said already".to_owned()),
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

/// A new name for a size; not one of the positions of a product, about which the inverse speaks.
fn binds_size(scope: &mut Scope, name: &str) -> Result<(), Problem> {
    match ["o", "i", "t"].contains(&name) {
        true => Err(format!("'{name}' is a position of a product, and no size")),
        false => scope.binds(name),
    }
}

/// Terms of what has to be shown, at most, before anything is put in.
fn grown(nest: &Nest) -> usize {
    let of =
        |all: &[(String, Poly)], name: &str| all.iter().find(|(known, _)| known == name).map_or(1, |(_, p)| p.count());
    let back = |poly: &Poly| poly.substituted_terms(&|name| of(&nest.inverse, name));
    let place: Vec<(String, Poly)> =
        ["o", "i", "t"].map(str::to_owned).into_iter().zip(nest.adds.iter().cloned()).collect();
    let forth = |poly: &Poly| poly.substituted_terms(&|name| of(&place, name));
    let divided = |d: &crate::nest::Division| {
        let product = d.by.times(&Poly::name(&d.quotient));
        back(&d.of).saturating_add(back(&product)).saturating_add(forth(&d.of)).saturating_add(forth(&product))
    };
    let step = |step: &Step| match step {
        Step::Loop { from, to, .. } => from.iter().chain(to).map(back).fold(0, usize::saturating_add),
        Step::Divide(division) => divided(division),
        Step::Where(constraint) | Step::Claim(constraint) => back(constraint.poly()),
        Step::Index { .. } => 0,
    };
    let steps = nest.steps.iter().map(step).chain(nest.witnesses.iter().map(divided));
    let maps = nest.adds.iter().map(back).chain(nest.inverse.iter().map(|(_, poly)| forth(poly)));
    steps.chain(maps).fold(0, usize::saturating_add)
}
