//! One stage: an operation with its sizes, what it is called, and its matrix.
//!
//! | stage | tokens | map |
//! |---|---|---|
//! | `tconv`, `conv` | those of a spec, `w=1,2,3` | `Cᵀ`, `C`; taps are symbols without `w` |
//! | `nearest`, `bilinear`, `bilinear-corners`, `bicubic`, `bicubic-0.75` | `s` or `o`: factor or size | [`Method`] on every axis and channel |
//! | `blur` | `w=1,3,3,1 p s d`: one axis of the kernel | a convolution with the same kernel on every axis, channel by channel |
//! | `crop` | `p` | without `p` cells at the ends (negative: zeros are added) |
//! | `replicate` | `p` | with `p` more cells at the ends, copies of the last |
//! | `shuffle` | `s` | pixel shuffle: channel `c·r² + a·r + b` goes to cell `(a, b)` of every `r×r` block |
//!
//! Only the first stage has `i`, and `c` (how many channels) unless it is a layer.

use std::fmt;

use super::resize::Method;
use crate::geometry::{Padding, Spec};
use crate::scalar::Rational;
use crate::tensor::{Tensor, cells};

/// A layer with its numbers, if it was given some.
#[derive(Debug, Clone, PartialEq)]
#[allow(clippy::exhaustive_structs)] // a pair
pub struct Layer {
    /// The operation, of one sample.
    pub spec: Spec,
    /// `[C_in, C_out/groups, k…]`.
    pub weight: Option<Tensor<Rational>>,
}

/// What a stage does.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub enum Step {
    /// A convolution or transposed convolution; `blur` and `crop` are such.
    Layer(Box<Layer>),
    /// Interpolation, channel by channel.
    Resize(Method),
    /// Copies of the last cells at the ends.
    Replicate(Vec<Padding>),
    /// Channels to cells, by these factors.
    Shuffle(Vec<usize>),
}

/// A step with the shapes that it joins, `[c, positions…]`.
#[derive(Debug, Clone, PartialEq)]
pub struct Stage {
    /// What it does.
    pub step: Step,
    /// What it takes.
    pub input: Vec<usize>,
    /// What it gives.
    pub output: Vec<usize>,
    /// Its words in normal form.
    pub(super) words: String,
}

impl Stage {
    /// The words of the stage in normal form.
    pub fn words(&self) -> &str {
        &self.words
    }

    /// Indeterminates that it brings.
    pub(super) fn free_taps(&self) -> u32 {
        match &self.step {
            Step::Layer(layer) if layer.weight.is_none() => {
                let taps = cells(&layer.spec.geometry.weight_shape());
                taps.and_then(|n| u32::try_from(n).ok()).unwrap_or(u32::MAX >> 8)
            }
            _ => 0,
        }
    }

    /// A stage that was not read from words.
    pub(super) fn between(step: Step, input: Vec<usize>, output: Vec<usize>) -> Stage {
        Stage { step, input, output, words: String::new() }
    }
}

impl fmt::Display for Stage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.words)
    }
}
