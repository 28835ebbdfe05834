//! What stands in a cell, and what is said of it: names, numbers, sums.

use num_traits::{Signed, Zero};

use super::StepsView;
use crate::render::names::{Names, Notation, Series};
use crate::scalar::{Rational, show_rational};
use crate::steps::{Cell, Content, Term, What};

/// Terms of a sum that are written out.
const WRITTEN: usize = 24;
/// Terms of a sum that stand in a cell, one below the other.
const STACKED: usize = 4;
/// Characters of a product's names that a cell of a picture has room for.
const LONG: usize = 14;

/// Names of all cells, and the numbers that were given for them.
pub(super) struct Pen<'a> {
    taps: Series,
    x: Series,
    y: Series,
    input: Option<&'a [Rational]>,
    weight: Option<&'a [Rational]>,
}

impl<'a> Pen<'a> {
    pub fn new(view: &StepsView<'a>) -> Self {
        let first = usize::from(view.one_based);
        let [taps, x, y] = Names::counting_from(first, view.steps.spec(), Notation::Plain).series();
        let entries = |values: Option<&'a crate::tensor::Tensor<Rational>>| values.map(|v| v.entries());
        Pen { taps, x, y, input: entries(view.input), weight: entries(view.weight) }
    }

    /// Whether every sum is a number.
    pub fn is_numeric(&self) -> bool {
        self.input.is_some() && self.weight.is_some()
    }

    /// How many taps there are.
    pub fn taps(&self) -> usize {
        self.taps.count()
    }

    pub fn input_name(&self, x: usize) -> String {
        self.x.name(x).into_owned()
    }

    pub fn output_name(&self, y: usize) -> String {
        self.y.name(y).into_owned()
    }

    pub fn tap_name(&self, tap: usize) -> String {
        self.taps.name(tap).into_owned()
    }

    /// The number of a cell of `x`, or its name.
    fn x(&self, x: usize) -> String {
        self.input.map_or_else(|| self.input_name(x), |values| show_rational(&values[x]))
    }

    /// The number of a tap, or its name.
    pub fn tap(&self, tap: usize) -> String {
        self.weight.map_or_else(|| self.tap_name(tap), |values| show_rational(&values[tap]))
    }

    /// `x1 = 10`, or the name alone.
    pub fn input_is(&self, x: usize) -> String {
        let name = self.input_name(x);
        if self.input.is_some() { format!("{name} = {}", self.x(x)) } else { name }
    }

    fn value(&self, terms: &[Term]) -> Option<Rational> {
        let (x, w) = (self.input?, self.weight?);
        Some(terms.iter().fold(Rational::zero(), |sum, &[i, t]| sum + &x[i] * &w[t]))
    }

    /// Whether a product is subtracted, and its text: `x0·w2`, `10·w2`, `(-1)·3`.
    fn term(&self, [i, t]: Term) -> (bool, String) {
        let negative = |values: Option<&[Rational]>, n: usize| values.is_some_and(|v| v[n].is_negative());
        let minus = [negative(self.input, i), negative(self.weight, t)];
        if self.is_numeric() {
            // Whoever learns looks for the numbers as they stand in the cells.
            let factor = |text: String, minus| if minus { format!("({text})") } else { text };
            return (false, format!("{}·{}", factor(self.x(i), minus[0]), factor(self.tap(t), minus[1])));
        }
        let size = |text: String| text.trim_start_matches('-').to_owned();
        (minus[0] != minus[1], format!("{}·{}", size(self.x(i)), size(self.tap(t))))
    }

    /// Each term with its sign, the first without `+`.
    fn signed(&self, terms: &[Term]) -> Vec<String> {
        let text = |(n, &term): (usize, &Term)| match (n, self.term(term)) {
            (0, (false, text)) => text,
            (0, (true, text)) => format!("-{text}"),
            (_, (false, text)) => format!("+ {text}"),
            (_, (true, text)) => format!("- {text}"),
        };
        let mut all: Vec<String> = terms.iter().take(WRITTEN).enumerate().map(text).collect();
        if terms.len() > WRITTEN {
            all.push(format!("+ … ({} terms)", terms.len()));
        }
        all
    }

    /// `1·3 + 10·1`; of nothing, `0`.
    pub fn sum(&self, terms: &[Term]) -> String {
        if terms.is_empty() { "0".to_owned() } else { self.signed(terms).join(" ") }
    }

    /// `x0·w2 + x1·w0 = 1·3 + 10·1 = 13`
    pub fn derived(&self, terms: &[Term]) -> String {
        if terms.is_empty() {
            return "0".to_owned();
        }
        let named = |&[i, t]: &Term| format!("{}·{}", self.input_name(i), self.tap_name(t));
        let mut names: Vec<String> = terms.iter().take(WRITTEN).map(named).collect();
        if terms.len() > WRITTEN {
            names.push(format!("… ({} terms)", terms.len()));
        }
        let mut text = names.join(" + ");
        if self.input.is_some() || self.weight.is_some() {
            text.extend([" = ", &self.sum(terms)]);
        }
        if let Some(value) = self.value(terms) {
            text.extend([" = ", &show_rational(&value)]);
        }
        text
    }

    /// What stands in a cell, in one line.
    pub fn text(&self, cell: &Cell) -> String {
        match &cell.content {
            Content::Nothing => String::new(),
            Content::Zero => "0".to_owned(),
            Content::Input(x) => self.x(*x),
            Content::Tap(tap) => self.tap(*tap),
            Content::Sum(terms) => match self.value(terms) {
                Some(value) => show_rational(&value),
                None => self.sum(terms),
            },
        }
    }

    /// What stands in a cell, the terms of a short sum one below the other.
    ///
    /// Where names are long, what a step adds is known by its tap, and sums by how many terms they have.
    pub fn lines(&self, what: What, cell: &Cell) -> Vec<String> {
        let long = !self.is_numeric() && self.x.width() + self.taps.width() > LONG;
        match &cell.content {
            Content::Sum(terms) if long && what == What::Added => {
                terms.last().map(|t| self.tap(t[1])).into_iter().collect()
            }
            Content::Sum(terms) if long && terms.len() == 1 => vec!["1 term".to_owned()],
            Content::Sum(terms) if long && terms.len() > 1 => vec![format!("{} terms", terms.len())],
            Content::Sum(terms) if !self.is_numeric() && terms.len() > STACKED => {
                vec![format!("{} terms", terms.len())]
            }
            Content::Sum(terms) if !self.is_numeric() && terms.len() > 1 => self.signed(terms),
            _ => vec![self.text(cell)],
        }
    }

    /// What a reader is told who points at a cell: `y2 = x0·w2 + x1·w0`.
    pub fn tip(&self, cell: &Cell) -> Option<String> {
        let is = |name: String| {
            let text = self.text(cell);
            if text == name { name } else { format!("{name} = {text}") }
        };
        match (&cell.content, cell.index) {
            (Content::Input(_), Some(x)) => Some(match cell.tap {
                Some(tap) => format!("{}, times {} = {}", is(self.input_name(x)), self.tap_name(tap), self.tap(tap)),
                None => is(self.input_name(x)),
            }),
            (Content::Tap(tap), _) => Some(is(self.tap_name(*tap))),
            (Content::Sum(terms), Some(y)) => Some(format!("{} = {}", self.output_name(y), self.derived(terms))),
            (Content::Sum(terms), None) => Some(format!("dropped: {}", self.derived(terms))),
            (Content::Nothing, Some(y)) => Some(self.output_name(y)),
            _ => None,
        }
    }
}
