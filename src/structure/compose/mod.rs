//! Compositions: layers, resizing, crops and shuffles one after the other, as one linear map.
//!
//! ```text
//! nearest i3 s2 then conv k3 p1      is    tconv i3 k4 s2 p1    with the taps w2, w1 + w2, w0 + w1, w0
//! bilinear i8 s2                     is    tconv i8 k4 s2 p1    with 1/4 3/4 3/4 1/4, but for the two ends
//! conv i4 k2 p1 c1:2 then shuffle s2 is    tconv i4 k4 s2 p…    sub-pixel convolution
//! ```
//!
//! The matrices of the stages are multiplied, with taps left as symbols; the product **is** one
//! transposed convolution where its entry depends on `o − s·i` alone. What is found so is proved for
//! these sizes, for every weight.

mod entries;
mod known;
mod linear;
mod one;
mod resize;
mod stage;
mod words;

pub use known::{Interpolation, interpolations};
pub use linear::Linear;
pub use one::Fit;
pub use resize::Method;
pub use stage::{Layer, Stage, Step};

use std::fmt;
use std::str::FromStr;

use crate::error::{Error, RequestError};
use crate::geometry::Kind;

/// Stages, first to last. Words: stages separated by `then` or `|`; only the first has an input `i`.
///
/// ```
/// use convproof::structure::Composition;
/// let composition: Composition = "nearest i3 s2 then conv k3 p1".parse()?;
/// let map = composition.linear()?;
/// let fit = composition.fit(&map)?.expect("a map that is not 0");
/// assert_eq!(fit.spec.to_string(), "tconv i3 k4 s2 p1");
/// assert!(fit.is_exact());
/// # Ok::<(), convproof::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct Composition {
    stages: Vec<Stage>,
}

/// Stages of a composition: each may bring indeterminates of its own.
pub const MAX_STAGES: usize = 16;

impl Composition {
    /// Whether words name a composition and not a single operation.
    pub fn is_named_by(text: &str) -> bool {
        // Only a stage holds its own numbers.
        let is_stage = |word: &str| word == "then" || word.starts_with("w=");
        let several = text.contains('|') || text.split_whitespace().any(is_stage);
        several || text.split_whitespace().next().is_some_and(Stage::is_named_by)
    }

    /// The stages.
    pub fn stages(&self) -> &[Stage] {
        &self.stages
    }

    /// `[c, positions…]` of the first stage's input.
    pub fn input(&self) -> &[usize] {
        &self.stages[0].input
    }

    /// `[c, positions…]` of the last stage's result.
    pub fn output(&self) -> &[usize] {
        &self.stages[self.stages.len() - 1].output
    }

    /// The product of the stages' matrices.
    ///
    /// Stage `n` has its taps as indeterminates from [`Composition::first_tap`] on, unless it was
    /// given numbers. Cost: the products of entries, of which there may be 2^18.
    ///
    /// # Errors
    /// L3 or L4 for a composition that is too large.
    pub fn linear(&self) -> Result<Linear, Error> {
        let mut map = self.stages[0].linear(0)?;
        for (n, stage) in self.stages.iter().enumerate().skip(1) {
            map = stage.linear(self.first_tap(n))?.after(&map)?;
        }
        Ok(map)
    }

    /// The index of the first indeterminate of a stage: those of the stages before it come first.
    pub fn first_tap(&self, stage: usize) -> u32 {
        self.stages[..stage].iter().map(Stage::free_taps).sum()
    }

    /// The stage that an indeterminate belongs to, and its tap there.
    pub fn stage_of(&self, mut tap: u32) -> (usize, u32) {
        for (n, stage) in self.stages.iter().enumerate() {
            match tap.checked_sub(stage.free_taps()) {
                Some(rest) => tap = rest,
                None => return (n, tap),
            }
        }
        (self.stages.len() - 1, tap)
    }

    /// The one operation that the stages are, or are inside: of the stride by which each axis grows,
    /// or, where all shrink, a convolution of that by which they shrink.
    ///
    /// # Errors
    /// As [`Linear::fit`].
    pub fn fit(&self, map: &Linear) -> Result<Option<Fit>, Error> {
        let (up, down): (Vec<i64>, Vec<i64>) = (0..self.input().len() - 1).map(|axis| self.factors(axis)).unzip();
        let convolves = self.stages.iter().all(|stage| match &stage.step {
            Step::Layer(layer) => layer.spec.kind == Kind::Conv,
            _ => false,
        });
        if convolves || (up.iter().zip(&down).all(|(u, d)| u <= d) && up != down) {
            let strides: Vec<i64> = up.iter().zip(&down).map(|(u, d)| (d / u).max(1)).collect();
            return map.fit_convolution(&strides);
        }
        map.fit(&up.iter().zip(&down).map(|(u, d)| (u / d).max(1)).collect::<Vec<_>>())
    }

    /// The strides of transposed convolutions, of resizing and of shuffles, and those of convolutions.
    fn factors(&self, axis: usize) -> (i64, i64) {
        self.stages.iter().fold((1i64, 1i64), |(up, down), stage| match &stage.step {
            Step::Layer(layer) => {
                let s = layer.spec.geometry.axes()[axis].stride();
                match layer.spec.kind {
                    Kind::Tconv => (up.saturating_mul(s), down),
                    Kind::Conv => (up, down.saturating_mul(s)),
                }
            }
            Step::Resize(_) | Step::Shuffle(_) => {
                let (from, to) = (stage.input[axis + 1], stage.output[axis + 1]);
                // To f(i−1) + 1 as well as to f·i.
                let factor = |more: usize, less: usize| i64::try_from(more.div_ceil(less)).unwrap_or(i64::MAX);
                match to < from {
                    true => (up, down.saturating_mul(factor(from, to))),
                    false => (up.saturating_mul(factor(to, from)), down),
                }
            }
            Step::Replicate(_) => (up, down),
        })
    }
}

impl FromStr for Composition {
    type Err = Error;

    /// Reads stages separated by `then` or `|`.
    ///
    /// # Errors
    /// Q4 for words that are no stage, S1 … and G1 … for those of its tokens, each with the stage.
    fn from_str(text: &str) -> Result<Self, Error> {
        let spaced = text.replace('|', " then ");
        let words: Vec<&str> = spaced.split_whitespace().collect();
        let mut stages: Vec<Stage> = Vec::new();
        for (n, words) in words.split(|word| *word == "then").enumerate() {
            if n == MAX_STAGES {
                let problem = format!("more than {MAX_STAGES} stages");
                return Err(RequestError::Option { option: "SPEC", problem }.into());
            }
            let before = stages.last().map(|stage: &Stage| stage.output.clone());
            let stage = Stage::read(words, before.as_deref()).map_err(|e| e.within(format!("stage {}", n + 1)))?;
            stages.push(stage);
        }
        Ok(Composition { stages })
    }
}

impl fmt::Display for Composition {
    /// The stages in normal form, joined by `then`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (n, stage) in self.stages.iter().enumerate() {
            let join = if n == 0 { "" } else { " then " };
            write!(f, "{join}{stage}")?;
        }
        Ok(())
    }
}
