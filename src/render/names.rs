//! What taps and cells are called.
//!
//! | | one channel (pair), batch 1, every length ≤ 10 | otherwise |
//! |---|---|---|
//! | tap | `w12` | `w[ci,co;1,2]`, `co` within its group |
//! | cell of `x`, of `y` | `x01`, `y01` | `x[n,c;0,1]`, `y[n,c;0,1]` |
//! | LaTeX | `w_{1,2}`, `x_{0,1}` | `w^{ci,co}_{1,2}`, `x^{n,c}_{0,1}` |
//!
//! All numbers count from 0. In LaTeX commas separate positions of any length, so only channels
//! and batch make a name longer. `x` and `y` are those of the named operation: of `conv` the
//! convolution's own input and result. Taps are numbered in weight order
//! `[C_in, C_out/groups, k…]` for both.

use std::borrow::Cow;
use std::fmt::Write as _;

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
        Names {
            taps: Series::new('w', spec.geometry.weight_shape(), notation),
            x: Series::new('x', spec.input_shape(), notation),
            y: Series::new('y', spec.output_shape(), notation),
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
    shape: Vec<usize>,
    notation: Notation,
    kept: Vec<String>,
}

impl Series {
    fn new(letter: char, shape: Vec<usize>, notation: Notation) -> Self {
        let count = cells(&shape).unwrap_or(usize::MAX);
        let mut series = Series { letter, shape, notation, kept: Vec::new() };
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

    /// How many there are.
    pub(super) fn count(&self) -> usize {
        cells(&self.shape).unwrap_or(usize::MAX)
    }

    /// The length of the longest name: the last, whose every number is the largest.
    pub(super) fn width(&self) -> usize {
        self.name(self.count() - 1).len()
    }

    fn write(&self, index: usize) -> String {
        let position = unflatten(&self.shape, index);
        let (outer, spatial) = position.split_at(2);
        let single = self.shape[..2] == [1, 1];
        let mut name = String::with_capacity(24);
        name.push(self.letter);
        match self.notation {
            Notation::Plain if single && self.shape.iter().all(|&length| length <= 10) => {
                spatial.iter().for_each(|p| push(&mut name, p));
            }
            Notation::Plain => {
                name.push('[');
                list(&mut name, outer);
                name.push(';');
                list(&mut name, spatial);
                name.push(']');
            }
            Notation::Latex => {
                if !single {
                    name.push_str("^{");
                    list(&mut name, outer);
                    name.push('}');
                }
                name.push_str("_{");
                list(&mut name, spatial);
                name.push('}');
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
