//! Certificates as text.
//!
//! ```text
//! convproof certificates 1
//!
//! sequent gather.sound
//! model I=1 K=1 O=1 a=0 d=1 o=0 p_b=0 q=0 r=0 s=1 t=0
//! goal 7
//!   1 not; 1/2 h3 not; -1 times h9; s - 1 times h12
//!   …
//! end
//! ```
//!
//! `h3` is the third hypothesis as the sequent states them, goals that were shown before counted on;
//! `not` the negated goal. A summand is a factor and the hypotheses that it multiplies, or a
//! polynomial `times` an equality. `goal` has one line for `≥`, two for `=`; `lemma a >= 0` stands for
//! a goal of its own. `never` in the place of a model: what is given cannot be, by the line below.
//! `end` closes a sequent, and `end of certificates` the text.

use std::fmt::Write as _;

use num_rational::BigRational;

use super::certificate::{Certificate, Goal, MAX_FACTORS, Proof, Refutation, Shown, Summand, show};
use crate::nest::text::{MAX_TEXT, Problem};
use crate::nest::{Constraint, Poly, Sizes, constraints, expression};

const HEAD: &str = "convproof certificates 1";
const TAIL: &str = "end of certificates";
/// Summands of a refutation.
const MAX_SUMMANDS: usize = 200;

/// The text of certificates.
pub fn write(all: &[(String, Shown)]) -> String {
    let mut text = format!("{HEAD}\n");
    for (name, shown) in all {
        let _ = writeln!(text, "\nsequent {name}");
        match shown {
            Shown::Never(refutation) => {
                let _ = writeln!(text, "never\n  {}", line(refutation));
            }
            Shown::Goals { model, certificate } => {
                let values: Vec<String> = model.iter().map(|(name, value)| format!("{name}={value}")).collect();
                let _ = writeln!(text, "model {}", values.join(" "));
                for proof in certificate {
                    let _ = match &proof.goal {
                        Goal::Of(n) => writeln!(text, "goal {}", n + 1),
                        Goal::Lemma(lemma) => writeln!(text, "lemma {}", show(lemma)),
                    };
                    for refutation in &proof.refutations {
                        let _ = writeln!(text, "  {}", line(refutation));
                    }
                }
            }
        }
        text.push_str("end\n");
    }
    let _ = writeln!(text, "\n{TAIL}");
    text
}

fn line(refutation: &Refutation) -> String {
    let hypothesis = |n: &Option<usize>| n.map_or(" not".to_owned(), |n| format!(" h{}", n + 1));
    let summand = |summand: &Summand| match summand {
        Summand::Product { factor, of } => format!("{factor}{}", of.iter().map(hypothesis).collect::<String>()),
        Summand::Multiple { of, multiplier } => format!("{multiplier} times h{}", of + 1),
    };
    refutation.iter().map(summand).collect::<Vec<_>>().join("; ")
}

/// Reads certificates; the check of them is elsewhere.
///
/// # Errors
/// What is wrong, with the number of the line.
pub fn read(text: &str) -> Result<Vec<(String, Shown)>, Problem> {
    if text.len() > MAX_TEXT {
        return Err(format!("{} bytes; at most {MAX_TEXT} are read", text.len()));
    }
    let mut lines = Lines { all: text.lines().enumerate().filter(|(_, l)| !l.trim().is_empty()).collect(), at: 0 };
    match lines.next() {
        Some(HEAD) => {}
        other => return Err(format!("the first line is '{HEAD}', not '{}'", clipped(other.unwrap_or_default()))),
    }
    let mut all: Vec<(String, Shown)> = Vec::new();
    loop {
        let line = lines.next().ok_or_else(|| format!("the text ends before '{TAIL}'"))?;
        if line == TAIL {
            break;
        }
        let name = line.strip_prefix("sequent ").ok_or_else(|| lines.problem("'sequent NAME' is missing"))?;
        if all.iter().any(|(known, _)| known == name) {
            return Err(lines.problem("a sequent of this name is there already"));
        }
        let shown = lines.sequent().map_err(|problem| lines.problem(&problem))?;
        all.push((name.to_owned(), shown));
    }
    match lines.next() {
        None => Ok(all),
        Some(_) => Err(lines.problem("nothing follows the end")),
    }
}

fn clipped(text: &str) -> String {
    text.chars().take(40).collect()
}

struct Lines<'a> {
    all: Vec<(usize, &'a str)>,
    at: usize,
}

impl<'a> Lines<'a> {
    fn next(&mut self) -> Option<&'a str> {
        let line = self.all.get(self.at).map(|(_, line)| line.trim());
        self.at += 1;
        line
    }

    fn problem(&self, problem: &str) -> Problem {
        let line = self.all.get(self.at.saturating_sub(1)).or(self.all.last()).map_or(0, |(n, _)| n + 1);
        format!("line {line}: {problem}")
    }

    fn refutation(&mut self) -> Result<Refutation, Problem> {
        let line = self.next().ok_or("the text ends within a proof")?;
        let parts: Vec<&str> = line.split(';').collect();
        if parts.len() > MAX_SUMMANDS {
            return Err(format!("{} summands; at most {MAX_SUMMANDS} are read", parts.len()));
        }
        parts.into_iter().map(summand).collect()
    }

    fn sequent(&mut self) -> Result<Shown, Problem> {
        let line = self.next().ok_or("the text ends within a sequent")?;
        if line == "never" {
            let refutation = self.refutation()?;
            return match self.next() {
                Some("end") => Ok(Shown::Never(refutation)),
                _ => Err("'end' is missing".to_owned()),
            };
        }
        let model = line.strip_prefix("model").ok_or("'model' is missing")?;
        let mut certificate = Certificate::new();
        let model: Sizes = model.split_whitespace().map(value).collect::<Result<_, _>>()?;
        loop {
            let line = self.next().ok_or("the text ends within a sequent")?;
            let (goal, count) = match line.split_once(' ') {
                None if line == "end" => return Ok(Shown::Goals { model, certificate }),
                Some(("goal", n)) => {
                    let n =
                        n.parse::<usize>().ok().and_then(|n| n.checked_sub(1)).ok_or("a goal has a number from 1")?;
                    (Goal::Of(n), None)
                }
                Some(("lemma", text)) => {
                    let lemma = constraints(text)?;
                    let [lemma] = <[Constraint; 1]>::try_from(lemma).map_err(|_| "a lemma is one constraint")?;
                    let count = if matches!(lemma, Constraint::Equal(_)) { 2 } else { 1 };
                    (Goal::Lemma(lemma), Some(count))
                }
                _ => return Err("'goal', 'lemma' or 'end' is missing".to_owned()),
            };
            // How many refutations a goal needs its sequent knows: take the lines that follow.
            let mut refutations = Vec::new();
            while count.is_none_or(|count| refutations.len() < count) && self.goes_on() {
                refutations.push(self.refutation()?);
            }
            certificate.push(Proof { goal, refutations });
        }
    }

    /// Whether the next line is indented: a refutation.
    fn goes_on(&self) -> bool {
        self.all.get(self.at).is_some_and(|(_, line)| line.starts_with("  "))
    }
}

fn value(text: &str) -> Result<(String, i128), Problem> {
    let (name, value) = text.split_once('=').ok_or("a model is NAME=NUMBER")?;
    Ok((name.to_owned(), value.parse().map_err(|_| format!("'{}' is no number", clipped(value)))?))
}

fn summand(text: &str) -> Result<Summand, Problem> {
    let place = |text: &str| {
        let n = text.strip_prefix('h').and_then(|n| n.parse::<usize>().ok()).and_then(|n| n.checked_sub(1));
        n.ok_or_else(|| format!("'{}' is no hypothesis", clipped(text)))
    };
    if let Some((multiplier, of)) = text.split_once(" times ") {
        return Ok(Summand::Multiple { of: place(of.trim())?, multiplier: expression(multiplier)? });
    }
    let mut words = text.split_whitespace();
    let factor = number(words.next().ok_or("a factor is missing")?)?;
    let of = words.map(|word| if word == "not" { Ok(None) } else { place(word).map(Some) });
    let of = of.collect::<Result<Vec<_>, _>>()?;
    if of.len() > MAX_FACTORS {
        return Err(format!("a product of {} factors; at most {MAX_FACTORS} are read", of.len()));
    }
    Ok(Summand::Product { factor, of })
}

/// `-1/2`
fn number(text: &str) -> Result<BigRational, Problem> {
    let (poly, nothing) = (expression(text)?, |_: &str| None);
    Poly::value(&poly, &nothing).ok_or_else(|| format!("'{}' is no number", clipped(text)))
}
