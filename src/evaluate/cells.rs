//! Operands as they are stored, read as the numbers that a sum wants.
//!
//! Nothing here copies a tensor: a tile is converted when it is read, and a magnitude is a
//! number whose sign is dropped on the way.

use num_bigint::{BigInt, Sign};
use pulp::{Simd, WithSimd};

use super::digits::Digit;
use super::scaled::{Numerators, Scaled};

/// What a cell is multiplied as.
pub(super) trait Factor: Copy + Default + Send + Sync + 'static {
    fn of(n: impl Machine) -> Self;
}

impl Factor for f32 {
    #[inline(always)]
    fn of(n: impl Machine) -> f32 {
        n.single()
    }
}

impl Factor for f64 {
    #[inline(always)]
    fn of(n: impl Machine) -> f64 {
        n.float()
    }
}

impl Factor for i64 {
    #[inline(always)]
    fn of(n: impl Machine) -> i64 {
        n.whole()
    }
}

/// An integer of the machine.
pub(super) trait Machine: Copy {
    fn whole(self) -> i64;
    /// The same number: below 2^24.
    fn single(self) -> f32;
    /// The same number: below 2^53.
    fn float(self) -> f64;
}

impl Machine for i16 {
    #[inline(always)]
    fn whole(self) -> i64 {
        self.into()
    }
    #[inline(always)]
    fn single(self) -> f32 {
        self.into()
    }
    #[inline(always)]
    fn float(self) -> f64 {
        self.into()
    }
}

impl Machine for i32 {
    #[inline(always)]
    fn whole(self) -> i64 {
        self.into()
    }
    #[inline(always)]
    #[allow(clippy::cast_precision_loss)] // below 2^24
    fn single(self) -> f32 {
        self as f32
    }
    #[inline(always)]
    fn float(self) -> f64 {
        self.into()
    }
}

impl Machine for i64 {
    #[inline(always)]
    fn whole(self) -> i64 {
        self
    }
    #[inline(always)]
    #[allow(clippy::cast_precision_loss)] // below 2^24
    fn single(self) -> f32 {
        self as f32
    }
    #[inline(always)]
    #[allow(clippy::cast_precision_loss)] // below 2^53
    fn float(self) -> f64 {
        self as f64
    }
}

/// The cells of an operand, or their magnitudes.
#[derive(Clone, Copy)]
pub(super) struct Cells<'a> {
    stored: &'a Numerators,
    absolute: bool,
}

impl<'a> Cells<'a> {
    pub fn new(operand: &'a Scaled, absolute: bool) -> Cells<'a> {
        Cells { stored: &operand.numerators, absolute }
    }

    pub fn len(self) -> usize {
        self.stored.len()
    }

    /// `to[n·to_step] = digit of cell at + n·step`, for as many as `to` holds.
    pub fn read<F: Factor>(self, at: usize, step: usize, digit: Digit, to: &mut [F], to_step: usize) {
        if !to.is_empty() {
            pulp::Arch::new().dispatch(Reading { cells: self, at, step, digit, to, to_step });
        }
    }

    /// A matrix of which line `n` starts at cell `at + n·pitch`, as panels of some columns:
    /// `to[panel, line, column]`. Columns beyond the last are left as they are.
    pub fn read_panels<F: Factor>(self, at: usize, pitch: usize, panels: Panels, digit: Digit, to: &mut [F]) {
        pulp::Arch::new().dispatch(ReadingPanels { cells: self, at, pitch, panels, digit, to });
    }

    #[inline(always)]
    fn convert<F: Factor>(self, at: usize, step: usize, digit: Digit, to: &mut [F], to_step: usize) {
        match self.stored {
            Numerators::I16(all) => convert(&all[at..], step, self.absolute, digit, to, to_step),
            Numerators::I32(all) => convert(&all[at..], step, self.absolute, digit, to, to_step),
            Numerators::I64(all) => convert(&all[at..], step, self.absolute, digit, to, to_step),
            Numerators::Big(all) => {
                for (to, n) in to.iter_mut().step_by(to_step).zip(all[at..].iter().step_by(step)) {
                    *to = F::of(digit.of_long(n, self.absolute));
                }
            }
        }
    }

    /// A digit of one cell.
    pub fn one<F: Factor>(self, at: usize, digit: Digit) -> F {
        match (self.stored, digit, self.absolute) {
            (Numerators::I16(all), Digit::Whole, false) => F::of(all[at]),
            (Numerators::I32(all), Digit::Whole, false) => F::of(all[at]),
            (Numerators::I64(all), Digit::Whole, false) => F::of(all[at]),
            _ => {
                let mut one = [F::default()];
                self.read(at, 1, digit, &mut one, 1);
                one[0]
            }
        }
    }

    /// A cell as an integer without bound.
    pub fn integer(self, at: usize) -> BigInt {
        let n = self.stored.integer(at);
        if self.absolute && n.sign() == Sign::Minus { -n } else { n }
    }
}

/// A call of [`Cells::read`], compiled for each vector length: a closure would be for the shortest.
struct Reading<'a, 'b, F> {
    cells: Cells<'a>,
    at: usize,
    step: usize,
    digit: Digit,
    to: &'b mut [F],
    to_step: usize,
}

impl<F: Factor> WithSimd for Reading<'_, '_, F> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, _: S) {
        self.cells.convert(self.at, self.step, self.digit, self.to, self.to_step);
    }
}

/// So many lines and columns of a matrix, in panels of a width.
#[derive(Clone, Copy)]
pub(super) struct Panels {
    pub lines: usize,
    pub columns: usize,
    pub width: usize,
}

/// A call of [`Cells::read_panels`], compiled for each vector length.
struct ReadingPanels<'a, 'b, F> {
    cells: Cells<'a>,
    at: usize,
    pitch: usize,
    panels: Panels,
    digit: Digit,
    to: &'b mut [F],
}

impl<F: Factor> WithSimd for ReadingPanels<'_, '_, F> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, _: S) {
        let ReadingPanels { cells, at, pitch, panels: Panels { lines, columns, width }, digit, to } = self;
        for line in 0..lines {
            for column in (0..columns).step_by(width) {
                let first = column * lines + line * width;
                let to = &mut to[first..first + width.min(columns - column)];
                cells.convert(at + line * pitch + column, 1, digit, to, 1);
            }
        }
    }
}

#[inline(always)]
fn convert<T: Machine, F: Factor>(from: &[T], step: usize, absolute: bool, digit: Digit, to: &mut [F], to_step: usize) {
    match (absolute, digit) {
        (false, Digit::Whole) => each(from, step, to, to_step, |n| F::of(n)),
        (true, Digit::Whole) => each(from, step, to, to_step, |n| F::of(n.whole().wrapping_abs())),
        (false, _) => each(from, step, to, to_step, |n| F::of(digit.of(n.whole()))),
        (true, _) => each(from, step, to, to_step, |n| F::of(digit.of_magnitude(n.whole().unsigned_abs()))),
    }
}

#[inline(always)]
fn each<T: Copy, F>(from: &[T], step: usize, to: &mut [F], to_step: usize, one: impl Fn(T) -> F) {
    if step == 1 && to_step == 1 {
        to.iter_mut().zip(from).for_each(|(to, &n)| *to = one(n));
    } else {
        to.iter_mut().step_by(to_step).zip(from.iter().step_by(step)).for_each(|(to, &n)| *to = one(n));
    }
}
