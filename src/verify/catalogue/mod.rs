//! The catalogue: named mistakes, and what an implementation that makes one computes.
//!
//! A mistake is another geometry or other operands (`windows.rs`, maps of any size), or another list
//! of products (`nest.rs`, small maps). Most can be made in several ways: its *variants*, whose
//! numbers mean the same on every geometry. Some show only in the run, such as a crash.

mod bias;
mod borders;
mod channels;
mod gradients;
mod groups;
mod kernel;
mod layouts;
mod memory;
mod narrow;
mod nest;
mod output_layout;
mod output_padding;
mod padding;
mod products;
mod refit;
mod run;
mod same;
mod scaled;
mod sizes;
mod strides;
mod windows;

pub(super) use nest::Nest;
pub use refit::{Relation, Triple, refit};
pub(super) use scaled::{SCALED, candidates};

use super::map::Operands;
use super::operand::Operand;
use super::truth::Role;
use crate::geometry::{Axis, Pads, Spec};

/// A named mistake, as `convproof explain` shows it.
///
/// ```
/// use convproof::verify::HYPOTHESES;
/// let flipped = HYPOTHESES.iter().find(|h| h.id == "kernel-flipped").unwrap();
/// assert_eq!(flipped.statement, "the kernel is rotated by 180° (taps t read as k−1−t)");
/// assert!(flipped.shows_in_numbers());
/// ```
#[derive(Debug, Clone, Copy)]
#[non_exhaustive]
pub struct Hypothesis {
    /// The id, stable.
    pub id: &'static str,
    /// What the implementation does instead.
    pub statement: &'static str,
    /// How it is recognised.
    pub symptom: &'static str,
    /// Where it was seen.
    pub reference: &'static str,
    /// Its plainest form, variant 0: the one for which data are found weak.
    pub(super) plain: Option<fn(&Problem<'_>) -> Option<Other>>,
    /// Its other forms.
    pub(super) variants: Option<fn(&mut Variants<'_>)>,
}

impl Hypothesis {
    /// Whether arrays alone can show it; others are found by how a run goes.
    pub fn shows_in_numbers(&self) -> bool {
        self.plain.is_some() || self.variants.is_some()
    }

    /// All that a program with this mistake may do about a problem; of a large map the plain form alone.
    pub(super) fn forms<'a>(&self, problem: Problem<'a>, large: bool) -> Vec<Variant<'a>> {
        let mut variants = Variants { problem, all: Vec::new() };
        if let Some(plain) = self.plain {
            variants.other(0, self.statement, plain(&problem));
        }
        if let Some(more) = self.variants.filter(|_| !large && problem.is_moderate()) {
            more(&mut variants);
        }
        variants.all
    }

    /// One of them by its number.
    pub(super) fn form<'a>(&self, problem: Problem<'a>, large: bool, number: u16) -> Option<Variant<'a>> {
        let listed = self.forms(problem, large).into_iter().find(|form| form.number == number);
        // A factor that was measured is no form that can be listed.
        listed.or_else(|| scaled::by_number(self.id, problem, number))
    }
}

/// What was to be computed.
#[derive(Debug, Clone, Copy)]
pub(super) struct Problem<'a> {
    pub spec: &'a Spec,
    pub role: Role,
    pub operands: &'a Operands,
    /// How the pads were said.
    pub pads: Pads,
}

/// What a mistaken implementation computes of the same role.
#[derive(Debug, Clone)]
pub(super) struct Other {
    pub spec: Spec,
    pub operands: Operands,
}

/// One way to make a mistake, on one problem.
pub(super) struct Variant<'a> {
    /// The same for the same way on every geometry.
    pub number: u16,
    /// What is done, in words.
    pub says: String,
    pub does: Does<'a>,
}

/// What is computed instead.
pub(super) enum Does<'a> {
    /// The same role of another geometry, or of other operands.
    Other(Other),
    /// A result of this shape, from other products.
    Products(Vec<usize>, Box<dyn Fn() -> Nest + 'a>),
}

/// The ways to make a mistake, as they are listed.
pub(super) struct Variants<'a> {
    pub problem: Problem<'a>,
    pub all: Vec<Variant<'a>>,
}

impl<'a> Variants<'a> {
    fn other(&mut self, number: u16, says: impl Into<String>, other: Option<Other>) {
        self.all.extend(other.map(|other| Variant { number, says: says.into(), does: Does::Other(other) }));
    }

    /// A result of the right shape from other products.
    fn products(&mut self, number: u16, says: impl Into<String>, nest: impl Fn(&Problem<'a>) -> Nest + 'a) {
        let shape = super::truth::result_shape(self.problem.spec, self.problem.role);
        self.shaped(number, says, shape, nest);
    }

    /// A result of this shape from other products.
    fn shaped(
        &mut self,
        number: u16,
        says: impl Into<String>,
        shape: Vec<usize>,
        nest: impl Fn(&Problem<'a>) -> Nest + 'a,
    ) {
        let problem = self.problem;
        let does = Does::Products(shape, Box::new(move || nest(&problem)));
        self.all.push(Variant { number, says: says.into(), does });
    }

    /// The same on all axes (number `base`), and on each alone (`base + 1 + axis`), where there are several.
    fn on_axes(
        &mut self,
        base: u16,
        says: &str,
        other: impl Fn(&Problem<'a>, &dyn Fn(usize) -> bool) -> Option<Other>,
    ) {
        let problem = self.problem;
        self.other(base, says, other(&problem, &|_| true));
        self.on_each(base, says, other);
    }

    /// The same on one axis alone, of several.
    fn on_each(
        &mut self,
        base: u16,
        says: &str,
        other: impl Fn(&Problem<'a>, &dyn Fn(usize) -> bool) -> Option<Other>,
    ) {
        let (problem, rank) = (self.problem, self.axes().len());
        for (number, axis) in (base + 1..).zip(0..rank).filter(|_| rank > 1) {
            self.other(number, format!("{says}, on axis {axis} alone"), other(&problem, &|n| n == axis));
        }
    }

    fn axes(&self) -> &'a [Axis] {
        self.problem.spec.geometry.axes()
    }

    fn is_forward(&self) -> bool {
        self.problem.role == Role::Forward
    }
}

impl Problem<'_> {
    /// Whether products of any two of its numbers are far from overflowing.
    fn is_moderate(&self) -> bool {
        let of = |a: &Axis| {
            let pads = [a.padding().begin, a.padding().end, a.output_padding()];
            [a.input(), a.output(), a.kernel(), a.stride(), a.dilation()].into_iter().chain(pads)
        };
        self.spec.geometry.axes().iter().flat_map(of).all(|n| n.abs() < 1 << 28)
    }

    /// Where all operands and the bias are integers: by how many bits products of numerators are
    /// smaller than those of the integers.
    fn integer_scale(&self) -> Option<u32> {
        let operands = self.operands;
        let both = [Some(&operands.first), operands.second.as_ref()].into_iter().flatten();
        let shifts = both.map(|o| u32::try_from(o.scaled.exponent).ok()).collect::<Option<Vec<_>>>()?;
        let is_whole = |b: &crate::scalar::Dyadic| b.exponent >= 0;
        operands.bias.iter().flatten().all(is_whole).then(|| shifts.iter().sum())
    }

    /// The weight, where it is an operand.
    fn weight(&self) -> Option<&Operand> {
        let is_operand = matches!(self.role, Role::Forward | Role::InputGradient);
        self.operands.second.as_deref().filter(|_| is_operand)
    }

    /// The same geometry on other operands.
    fn on(&self, operands: Operands) -> Other {
        Other { spec: self.spec.clone(), operands }
    }

    fn with_first(&self, first: Operand) -> Other {
        self.on(Operands { first: first.into(), ..self.operands.clone() })
    }

    fn with_weight(&self, w: Operand) -> Other {
        self.on(Operands { second: Some(w.into()), ..self.operands.clone() })
    }
}

/// The mistakes, fewest changes first; last those that show only in the run.
pub static HYPOTHESES: &[Hypothesis] = &[
    bias::BIAS,
    kernel::FLIPPED,
    layouts::CHANNEL_LAYOUT,
    kernel::AXES_SWAPPED,
    layouts::INPUT_AXES_SWAPPED,
    output_layout::OUTPUT_LAYOUT,
    groups::WEIGHT_ORDER,
    groups::BATCH_OFFSET,
    groups::OUTPUT_SLOT,
    groups::WITHOUT_GROUPS,
    strides::EXCHANGED,
    strides::DILATION_IGNORED,
    strides::STRIDE_IGNORED,
    padding::IGNORED,
    padding::EXCHANGED,
    same::UPPER_LOWER,
    same::NOT_CLAMPED,
    same::SIZE_RULE,
    same::OUTPUT_SHAPE,
    padding::ONE_SIDE,
    padding::INTERLEAVED,
    padding::COUNTED_ONCE,
    padding::COMPLEMENTED,
    padding::ON_INPUT,
    padding::WITHOUT_DILATION,
    output_padding::MISPLACED,
    output_padding::IGNORED,
    output_padding::ZERO_FILLED,
    output_padding::ON_INPUT,
    output_padding::EMPTY_SLICE,
    strides::FIRST_AXIS,
    strides::GROUPS_DILATION,
    strides::ORDINARY,
    sizes::EXTENT,
    sizes::OFF,
    gradients::NOT_TRIMMED,
    gradients::INPUT_LENGTH,
    gradients::STRIDE_POSITION,
    borders::DROPPED,
    borders::LOOP_BOUND,
    borders::OVERWRITE,
    borders::ONE_ROW,
    borders::HALF_INDEX,
    channels::REMAINDER,
    narrow::NARROW,
    scaled::SCALED,
    run::LOWER_PRECISION,
    run::UNINITIALISED,
    run::OUT_OF_RANGE_READ,
    run::ARGUMENT_UNBOUND,
    run::INDEX_OVERFLOW,
    run::NON_CONTIGUOUS,
    run::SHAPE_DISAGREES,
    run::INVALID_ACCEPTED,
    run::VALID_REFUSED,
    run::NOT_BILINEAR,
    run::RUN_DEPENDENT,
    run::NOT_FINITE,
    run::WRONG_TYPE,
    run::FAILED,
    run::CRASHED,
    run::TIMED_OUT,
    run::BAD_ANSWER,
];
