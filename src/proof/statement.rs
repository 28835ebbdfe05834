//! Statements about integers that are no loop nests: sizes, addresses, relationships.
//!
//! ```text
//! theorem flat_inside: a row-major address lies inside the array
//! for A B a b
//! given 0 <= a < A, 0 <= b < B
//! show 0 <= a*B + b < A*B
//! such as A = 2, B = 3, a = 1, b = 2
//! ```
//!
//! | line | means |
//! |---|---|
//! | `for A B` | integers |
//! | `given …` | what is known of them |
//! | `divide e by m into q rest r` | `e = m·q + r`, `0 ≤ r < m`; that `m ≥ 1` is shown |
//! | `let n = …` | a name for an expression |
//! | `claim …` | follows, and helps to show the rest |
//! | `show …` | what follows |
//! | `such as A = 2, …` | integers for which all that is given holds: the theorem is not empty |

use num_traits::ToPrimitive;

use super::sequent::{Given, Sequent, positive};
use crate::nest::scope::Scope;
use crate::nest::text::{Problem, Reader, tokens};
use crate::nest::{Constraint, Division, Sizes};

/// A theorem of one text.
#[derive(Debug, Clone)]
pub struct Statement {
    /// Unique.
    pub name: String,
    /// In words.
    pub title: String,
    /// What is given, as it is written.
    pub given: Vec<String>,
    /// What is shown, as it is written.
    pub show: Vec<String>,
    /// The statement, after what its divisions need.
    pub sequents: Vec<Sequent>,
    /// Integers for which what is given holds.
    pub model: Sizes,
}

/// All statements of a text, each from its line `theorem` on.
///
/// # Errors
/// What is wrong, with the number of the line.
pub fn statements(text: &str) -> Result<Vec<Statement>, Problem> {
    let mut all: Vec<(Statement, Reading)> = Vec::new();
    for (n, line) in text.lines().enumerate() {
        let line = line.split('#').next().unwrap_or_default().trim();
        if line.is_empty() {
            continue;
        }
        let (word, rest) = line.split_once(' ').unwrap_or((line, ""));
        let problem = |problem: Problem| format!("line {}: {problem}", n + 1);
        if word == "theorem" {
            let (name, title) = rest.split_once(':').unwrap_or((rest, ""));
            all.push((Statement::named(name.trim(), title.trim()), Reading::default()));
            continue;
        }
        let Some((statement, reading)) = all.last_mut() else {
            return Err(problem("the first line is 'theorem NAME: what it says'".to_owned()));
        };
        statement.read(word, rest, reading).map_err(problem)?;
    }
    let finished = |(mut statement, reading): (Statement, Reading)| {
        let name = format!("{}.statement", statement.name);
        statement.sequents.push(reading.given.shows(name, reading.show));
        statement
    };
    Ok(all.into_iter().map(finished).collect())
}

/// What the lines so far have given.
#[derive(Default)]
struct Reading {
    scope: Scope,
    given: Given,
    show: Vec<Constraint>,
    divisions: usize,
}

impl Statement {
    fn named(name: &str, title: &str) -> Statement {
        let (name, title) = (name.to_owned(), title.to_owned());
        let (given, show, sequents, model) = (Vec::new(), Vec::new(), Vec::new(), Sizes::new());
        Statement { name, title, given, show, sequents, model }
    }

    fn read(&mut self, word: &str, rest: &str, reading: &mut Reading) -> Result<(), Problem> {
        let tokens = tokens(rest)?;
        let mut reader = Reader::new(&tokens);
        let Reading { scope, given, show, divisions } = reading;
        match word {
            "for" => {
                while reader.ends().is_err() {
                    scope.binds(&reader.name()?)?;
                }
            }
            "given" | "show" | "claim" => {
                let mut all = reader.chain()?;
                while reader.takes(",") {
                    all.extend(reader.chain()?);
                }
                let all = scope.constraints(&all)?;
                match word {
                    "given" => {
                        self.given.push(rest.to_owned());
                        *given = std::mem::take(given).and(all);
                    }
                    "claim" => show.extend(all),
                    _ => {
                        self.show.push(rest.to_owned());
                        show.extend(all);
                    }
                }
            }
            "divide" => {
                let division = scope.division(reader.division()?)?;
                scope.binds(&division.quotient)?;
                scope.binds(&division.rest)?;
                *divisions += 1;
                let name = format!("{}.division{divisions}", self.name);
                self.sequents.push(given.clone().shows(name, vec![positive(&division.by)]));
                self.given.push(as_equation(rest, &division));
                *given = std::mem::take(given).and_division(&division, false);
            }
            "let" => {
                let name = reader.name()?;
                reader.needs("=")?;
                let poly = scope.resolve(&reader.sum()?)?;
                scope.names(&name, poly)?;
            }
            "such" => {
                reader.needs_word("as")?;
                loop {
                    let name = reader.name()?;
                    reader.needs("=")?;
                    let value = reader.sum()?.value(&|_| None).filter(|v| v.is_integer()).and_then(|v| v.to_i128());
                    let value = value.ok_or("a whole number is missing")?;
                    self.model.insert(name, value);
                    if !reader.takes(",") {
                        break;
                    }
                }
            }
            _ => {
                return Err(format!(
                    "'{word}' begins no line; theorem, for, given, divide, let, claim, show, such as do"
                ));
            }
        }
        reader.ends()
    }
}

/// `e = m*q + r, 0 <= r < m` with `e` and `m` as they are written.
fn as_equation(line: &str, division: &Division) -> String {
    let (q, r) = (&division.quotient, &division.rest);
    let (of, by) = line.split_once(" by ").unwrap_or((line, ""));
    let by = by.split(" into ").next().unwrap_or_default();
    let factor = if by.contains(' ') { format!("({by})") } else { by.to_owned() };
    format!("{of} = {factor}*{q} + {r}, 0 <= {r} < {by}")
}
