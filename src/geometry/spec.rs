//! The words that users type: `tconv i4x4 k3x3 s2 p1`.
//!
//! ```text
//! spec   := kind token*                   kind := conv | tconv
//! token  := i<dims> k<dims> s<dims> p<pads> a<dims> d<dims> c<in>:<out> g<n> n<n>
//! ```
//!
//! `dims` are numbers joined by `x`, `pads` entries `P` or `B:E` joined by `x`. The rank is the
//! largest number of entries in any token; every other token has that many or one, which then
//! means every axis. `i` and `c` are those of the operation named by `kind`. Tokens stand in
//! any order, separated by spaces or `_`; in file names `,` stands for `:`.
//!
//! The **normal form** keeps the order above, `i` and `k` in full, equal entries once, and
//! leaves defaults (`s1 p0 a0 d1 c1:1 g1 n1`) out. It parses back to the same spec.

use std::fmt;
use std::ops::Range;
use std::str::FromStr;

use super::{Axis, Geometry, Padding, Window};
use crate::error::{Error, SpecError, SpecProblem};

/// Which of the two operations a spec names.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[allow(clippy::exhaustive_enums)] // an operation and its adjoint
pub enum Kind {
    /// The ordinary convolution (cross-correlation): `y = Cx`.
    Conv,
    /// The transposed convolution: `y = Cᵀx`.
    Tconv,
}

impl Kind {
    /// `conv` or `tconv`.
    pub fn word(self) -> &'static str {
        match self {
            Kind::Conv => "conv",
            Kind::Tconv => "tconv",
        }
    }
}

/// A geometry and the side from which it was named.
///
/// ```
/// use convproof::Spec;
/// let spec: Spec = "tconv p1:1 k4x4 i2 s2".parse().unwrap();
/// assert_eq!(spec.to_string(), "tconv i2x2 k4x4 s2 p1");
/// assert_eq!(spec.geometry.output_shape(), [1, 1, 4, 4]);
///
/// let conv: Spec = "conv_i6_k3_s2_p1".parse().unwrap();
/// assert_eq!(conv.geometry.axes()[0].input(), 3); // its output: the transposed side's input
/// ```
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[allow(clippy::exhaustive_structs)] // a pair
pub struct Spec {
    /// The operation that the words name.
    pub kind: Kind,
    /// The geometry, always that of the transposed convolution.
    pub geometry: Geometry,
}

impl Spec {
    /// The spec as a part of a file name: `_` between tokens, `,` for `:`.
    pub fn file_name(&self) -> String {
        self.to_string().replace(' ', "_").replace(':', ",")
    }

    /// `[n, c, positions…]` of the named operation's own input.
    pub fn input_shape(&self) -> Vec<usize> {
        match self.kind {
            Kind::Conv => self.geometry.output_shape(),
            Kind::Tconv => self.geometry.input_shape(),
        }
    }

    /// `[n, c, positions…]` of the named operation's own result.
    pub fn output_shape(&self) -> Vec<usize> {
        match self.kind {
            Kind::Conv => self.geometry.input_shape(),
            Kind::Tconv => self.geometry.output_shape(),
        }
    }
}

/// The letters in normal order.
const LETTERS: [char; 9] = ['i', 'k', 's', 'p', 'a', 'd', 'c', 'g', 'n'];

impl fmt::Display for Spec {
    /// The normal form.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let g = &self.geometry;
        let list = |value: fn(&Axis) -> i64| g.axes().iter().map(value).collect::<Vec<_>>();
        let (lengths, channels) = match self.kind {
            Kind::Conv => (list(Axis::output), (g.out_channels(), g.in_channels())),
            Kind::Tconv => (list(Axis::input), (g.in_channels(), g.out_channels())),
        };
        write!(f, "{} i{} k{}", self.kind.word(), joined(&lengths), joined(&list(Axis::kernel)))?;
        write_unless(f, 's', &list(Axis::stride), 1)?;
        let pads: Vec<Padding> = g.axes().iter().map(Axis::padding).collect();
        if pads.iter().any(|p| *p != Padding::default()) {
            let equal = pads.iter().all(|p| *p == pads[0]);
            let shown = pads.iter().take(if equal { 1 } else { pads.len() }).map(|p| match p {
                Padding { begin, end } if begin == end => begin.to_string(),
                Padding { begin, end } => format!("{begin}:{end}"),
            });
            write!(f, " p{}", shown.collect::<Vec<_>>().join("x"))?;
        }
        if self.kind == Kind::Tconv {
            write_unless(f, 'a', &list(Axis::output_padding), 0)?;
        }
        write_unless(f, 'd', &list(Axis::dilation), 1)?;
        if channels != (1, 1) {
            write!(f, " c{}:{}", channels.0, channels.1)?;
        }
        write_unless(f, 'g', &[g.groups()], 1)?;
        write_unless(f, 'n', &[g.batch()], 1)
    }
}

fn write_unless(f: &mut fmt::Formatter<'_>, letter: char, values: &[i64], default: i64) -> fmt::Result {
    if values.iter().all(|&v| v == default) {
        return Ok(());
    }
    let equal = values.iter().all(|&v| v == values[0]);
    write!(f, " {letter}{}", joined(if equal { &values[..1] } else { values }))
}

fn joined(values: &[i64]) -> String {
    values.iter().map(i64::to_string).collect::<Vec<_>>().join("x")
}

impl FromStr for Spec {
    type Err = Error;

    /// Reads a spec.
    ///
    /// # Errors
    /// S1 … S6 for the words, G1 … G10 for a geometry without meaning.
    fn from_str(text: &str) -> Result<Self, Error> {
        Words::split(text)?.spec()
    }
}

/// The tokens of a spec, by letter, with where they stand.
struct Words<'a> {
    text: &'a str,
    kind: Kind,
    kind_at: Range<usize>,
    tokens: Vec<(char, Range<usize>)>,
}

impl<'a> Words<'a> {
    fn split(text: &'a str) -> Result<Self, Error> {
        let is_gap = |c: char| c.is_ascii_whitespace() || c == '_';
        let mut words = Vec::new();
        let mut at = 0;
        for word in text.split(is_gap) {
            if !word.is_empty() {
                words.push(at..at + word.len());
            }
            at += word.len() + 1;
        }
        let kind_at = words.first().cloned().unwrap_or(0..0);
        let kind = match &text[kind_at.clone()] {
            "conv" => Kind::Conv,
            "tconv" => Kind::Tconv,
            got => {
                let problem = SpecProblem::Kind { got: got.to_owned() };
                return Err(SpecError { text: text.to_owned(), at: kind_at, problem }.into());
            }
        };
        let mut spec = Words { text, kind, kind_at, tokens: Vec::new() };
        for at in words.into_iter().skip(1) {
            let token = &text[at.clone()];
            let letter = token.chars().next().expect("words are not empty");
            if !LETTERS.contains(&letter) {
                return Err(spec.error(at, SpecProblem::Token { got: token.to_owned() }));
            }
            if spec.tokens.iter().any(|(seen, _)| *seen == letter) {
                return Err(spec.error(at, SpecProblem::Twice { letter }));
            }
            spec.tokens.push((letter, at));
        }
        Ok(spec)
    }

    fn spec(&self) -> Result<Spec, Error> {
        if let (Kind::Conv, Some(at)) = (self.kind, self.find('a')) {
            let rule = "'a' goes with tconv only: a convolution given from its own input has a = N mod s";
            return Err(self.error(at, SpecProblem::Presence { rule }));
        }
        let mut entries = Vec::new();
        for letter in LETTERS {
            entries.push(self.entries(letter)?);
        }
        let rank = entries[..6].iter().map(Vec::len).max().unwrap_or(0);
        let [i, k, s, p, a, d, c, g, n] = <[Vec<Padding>; 9]>::try_from(entries).expect("one list per letter");
        for (letter, list, rule) in [
            ('i', &i, "'i', the input lengths, is missing: tconv i4x4 k3x3"),
            ('k', &k, "'k', the kernel lengths, is missing: tconv i4x4 k3x3"),
        ] {
            if list.is_empty() && self.find(letter).is_none() {
                return Err(self.error(self.kind_at.clone(), SpecProblem::Presence { rule }));
            }
        }
        for (letter, list) in [('i', &i), ('k', &k), ('s', &s), ('p', &p), ('a', &a), ('d', &d)] {
            if list.len() > 1 && list.len() != rank {
                let at = self.find(letter).expect("a token with entries was given");
                return Err(self.error(at, SpecProblem::Entries { letter, got: list.len(), rank }));
            }
        }
        let on_axis = |list: &[Padding], axis: usize, default: i64| match list {
            [] => default,
            [one] => one.begin,
            many => many[axis].begin,
        };
        let mut axes = Vec::with_capacity(rank);
        for axis in 0..rank {
            let padding = match &p[..] {
                [] => Padding::default(),
                [one] => *one,
                many => many[axis],
            };
            let window = Window {
                kernel: on_axis(&k, axis, 1),
                stride: on_axis(&s, axis, 1),
                dilation: on_axis(&d, axis, 1),
                padding,
            };
            let length = on_axis(&i, axis, 1);
            let made = match self.kind {
                Kind::Conv => window.convolving(length),
                Kind::Tconv => window.transposed(length, on_axis(&a, axis, 0)),
            };
            axes.push(made.map_err(|e| e.on_axis(axis))?);
        }
        let channels = c.first().copied().unwrap_or(Padding::both(1));
        let (input, output) = match self.kind {
            Kind::Conv => (channels.end, channels.begin),
            Kind::Tconv => (channels.begin, channels.end),
        };
        let geometry =
            Geometry::new(axes)?.with_channels(input, output, on_axis(&g, 0, 1))?.with_batch(on_axis(&n, 0, 1))?;
        Ok(Spec { kind: self.kind, geometry })
    }

    /// The entries of a token as pairs (`begin = end` for a single number); none if not given.
    fn entries(&self, letter: char) -> Result<Vec<Padding>, Error> {
        let Some(at) = self.find(letter) else { return Ok(Vec::new()) };
        let body = at.start + 1..at.end;
        if matches!(letter, 'c' | 'g' | 'n') && self.text[body.clone()].contains('x') {
            let valid = if letter == 'c' { "write input:output, as c3:8" } else { "write one number" };
            return Err(self.number_error(letter, body, valid));
        }
        let mut list = Vec::new();
        let mut start = body.start;
        for entry in self.text[body].split('x') {
            let at = start..start + entry.len();
            start = at.end + 1;
            list.push(self.entry(letter, at)?);
        }
        Ok(list)
    }

    fn entry(&self, letter: char, at: Range<usize>) -> Result<Padding, Error> {
        let colon = self.text[at.clone()].find([':', ',']).map(|n| at.start + n);
        match (letter, colon) {
            ('p' | 'c', Some(colon)) => Ok(Padding {
                begin: self.number(letter, at.start..colon)?,
                end: self.number(letter, colon + 1..at.end)?,
            }),
            ('c', None) => Err(self.number_error(letter, at, "write input:output, as c3:8")),
            (_, Some(_)) => Err(self.number_error(letter, at, "only p and c take two numbers joined by ':'")),
            (_, None) => Ok(Padding::both(self.number(letter, at)?)),
        }
    }

    fn number(&self, letter: char, at: Range<usize>) -> Result<i64, Error> {
        let text = &self.text[at.clone()];
        let digits = if letter == 'p' { text.strip_prefix('-').unwrap_or(text) } else { text };
        let (least, valid) = match letter {
            'p' => (i64::MIN, "expected whole numbers joined by 'x', as p1 or p1:2x0:-1"),
            'a' => (0, "expected whole numbers of at least 0 joined by 'x'"),
            'c' | 'g' | 'n' => (1, "expected a whole number of at least 1"),
            _ => (1, "expected whole numbers of at least 1 joined by 'x', as 4x4"),
        };
        if digits.is_empty() || !digits.bytes().all(|b| b.is_ascii_digit()) {
            return Err(self.number_error(letter, at, valid));
        }
        match text.parse::<i64>() {
            Ok(n) if n >= least => Ok(n),
            Ok(_) => Err(self.number_error(letter, at, valid)),
            Err(_) => Err(self.number_error(letter, at, "it must fit 63 bits")),
        }
    }

    fn find(&self, letter: char) -> Option<Range<usize>> {
        self.tokens.iter().find(|(l, _)| *l == letter).map(|(_, at)| at.clone())
    }

    fn number_error(&self, letter: char, at: Range<usize>, valid: &'static str) -> Error {
        let got = self.text[at.clone()].to_owned();
        self.error(at, SpecProblem::Number { letter, got, valid })
    }

    fn error(&self, at: Range<usize>, problem: SpecProblem) -> Error {
        SpecError { text: self.text.to_owned(), at, problem }.into()
    }
}
