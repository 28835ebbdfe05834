//! What taps and cells are called.
//!
//! | | one channel (pair), batch 1, every length ≤ 10 | otherwise |
//! |---|---|---|
//! | tap | `w12` | `w[ci,co;1,2]`, `co` within its group |
//! | cell of `x`, of `y` | `x01`, `y01` | `x[n,c;0,1]`, `y[n,c;0,1]` |
//! | LaTeX | `w_{1,2}`, `x_{0,1}` | `w^{ci,co}_{1,2}`, `x^{n,c}_{0,1}` |
//!
//! | Typst | `w_(1,2)`, `x_(0,1)` | `w^(ci,co)_(1,2)`, `x^(n,c)_(0,1)` |
//! | Python | `w12`, `x01` | `w_ci_co_1_2`, `x_n_c_0_1` |
//!
//! All numbers count from 0, or from 1 where that is asked for; then the short names end at
//! length 9. In LaTeX commas separate positions of any length, so only channels
//! and batch make a name longer. `x` and `y` are those of the named operation: of `conv` the
//! convolution's own input and result. Taps are numbered in weight order
//! `[C_in, C_out/groups, k…]` for both.

use std::borrow::Cow;
use std::fmt::Write as _;

use super::column_major::reversed;
use crate::geometry::Spec;
use crate::tensor::{cells, unflatten};

/// How names and numbers are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Notation {
    /// `w12`, `-1/3`.
    Plain,
    /// `w_{1,2}`, `-\frac{1}{3}`.
    Latex,
    /// `w_(1,2)`, `-1/3`.
    Typst,
    /// `w12`, `-Rational(1, 3)`: identifiers of Python, numbers of SymPy.
    Python,
}

/// The names that go with a spec.
///
/// ```
/// use convproof::Spec;
/// use convproof::render::names::Names;
/// let names = Names::new(&"conv i4x4 k3x3".parse::<Spec>().unwrap());
/// assert_eq!(names.tap(5), "w12");
/// assert_eq!(names.x(4), "x10"); // of 4×4
/// assert_eq!(names.y(2), "y10"); // of 2×2
/// let names = Names::new(&"tconv i2 k3 c4:4 g2".parse::<Spec>().unwrap());
/// assert_eq!(names.tap(8), "w[1,0;2]"); // the weight is [4, 2, 3]
/// ```
#[derive(Debug, Clone)]
pub struct Names {
    taps: Series,
    x: Series,
    y: Series,
}

impl Names {
    /// The plain names of a spec.
    pub fn new(spec: &Spec) -> Self {
        Names::with_notation(spec, Notation::Plain)
    }

    /// The names of a spec in a notation.
    pub fn with_notation(spec: &Spec, notation: Notation) -> Self {
        Names::counting_from(0, spec, notation)
    }

    /// The names of a spec in a notation whose numbers begin with 0 or 1.
    pub(super) fn counting_from(first: usize, spec: &Spec, notation: Notation) -> Self {
        Names {
            taps: Series::new('w', spec.geometry.weight_shape(), notation, first),
            x: Series::new('x', spec.input_shape(), notation, first),
            y: Series::new('y', spec.output_shape(), notation, first),
        }
    }

    /// The tap of this index in the row-major weight.
    pub fn tap(&self, index: usize) -> Cow<'_, str> {
        self.taps.name(index)
    }

    /// The cell of the operation's input with this row-major index.
    pub fn x(&self, index: usize) -> Cow<'_, str> {
        self.x.name(index)
    }

    /// The cell of the operation's result with this row-major index.
    pub fn y(&self, index: usize) -> Cow<'_, str> {
        self.y.name(index)
    }

    /// All taps, all cells of `x`, all cells of `y`.
    pub(super) fn series(self) -> [Series; 3] {
        [self.taps, self.x, self.y]
    }
}

/// Names are kept ready up to this many; beyond, each is written when it is asked for.
const KEPT: usize = 1 << 16;

/// One letter over all positions of a shape `[outer, outer, spatial…]`.
#[derive(Debug, Clone)]
pub(super) struct Series {
    letter: char,
    /// As the indices run through it.
    shape: Vec<usize>,
    /// Whether its spatial part is the other way round.
    reversed: bool,
    notation: Notation,
    /// What the first number is.
    first: usize,
    kept: Vec<String>,
}

impl Series {
    fn new(letter: char, shape: Vec<usize>, notation: Notation, first: usize) -> Self {
        let count = cells(&shape).unwrap_or(usize::MAX);
        let mut series = Series { letter, shape, reversed: false, notation, first, kept: Vec::new() };
        if count <= KEPT {
            series.kept = (0..count).map(|index| series.write(index)).collect();
        }
        series
    }

    /// The name of the cell with this row-major index.
    pub(super) fn name(&self, index: usize) -> Cow<'_, str> {
        match self.kept.get(index) {
            Some(name) => Cow::Borrowed(name),
            None => Cow::Owned(self.write(index)),
        }
    }

    /// The same cells by their column-major index: the first spatial axis runs fastest.
    pub(super) fn column_major(mut self) -> Self {
        self.shape = reversed(self.shape);
        self.reversed = true;
        let kept = self.kept.len();
        self.kept = (0..kept).map(|index| self.write(index)).collect();
        self
    }

    /// The shape that the indices run through.
    pub(super) fn shape(&self) -> &[usize] {
        &self.shape
    }

    /// How many there are.
    pub(super) fn count(&self) -> usize {
        cells(&self.shape).unwrap_or(usize::MAX)
    }

    /// The length of the longest name: the last, whose every number is the largest.
    pub(super) fn width(&self) -> usize {
        self.name(self.count() - 1).len()
    }

    fn write(&self, index: usize) -> String {
        let mut position = unflatten(&self.shape, index);
        if self.reversed {
            position = reversed(position);
        }
        position.iter_mut().for_each(|number| *number += self.first);
        let (outer, spatial) = position.split_at(2);
        let single = self.shape[..2] == [1, 1];
        let digits = single && self.shape.iter().all(|&length| length + self.first <= 10);
        let mut name = String::with_capacity(24);
        name.push(self.letter);
        match self.notation {
            Notation::Plain | Notation::Python if digits => {
                spatial.iter().for_each(|p| push(&mut name, p));
            }
            Notation::Plain => {
                name.push('[');
                list(&mut name, outer);
                name.push(';');
                list(&mut name, spatial);
                name.push(']');
            }
            Notation::Python => {
                for number in if single { spatial } else { &position[..] } {
                    name.push('_');
                    push(&mut name, number);
                }
            }
            Notation::Latex | Notation::Typst => {
                let [open, close] = if self.notation == Notation::Latex { ["{", "}"] } else { ["(", ")"] };
                if !single {
                    name.extend(["^", open]);
                    list(&mut name, outer);
                    name.push_str(close);
                }
                name.extend(["_", open]);
                list(&mut name, spatial);
                name.push_str(close);
            }
        }
        name
    }
}

fn push(text: &mut String, number: &usize) {
    write!(text, "{number}").expect("a string takes everything");
}

fn list(text: &mut String, numbers: &[usize]) {
    for (n, number) in numbers.iter().enumerate() {
        if n > 0 {
            text.push(',');
        }
        push(text, number);
    }
}
