//! One block of a product of matrices: `sums[m, u] (+)= Σ_k rows[k, m]·panel[k, u]`.
//!
//! A panel is [`width()`] cells wide, so that a line of it fills one, two or three long vectors; the
//! rows come in eights. Eight lines of sums stay in registers while `k` runs. Which products overflow or
//! round is not asked here: `blocks.rs` proves that none does, which is why this file may add floats.
#![allow(clippy::float_arithmetic)]

use pulp::{Simd, WithSimd};

use super::cells::Factor;
use super::planes::Number;

/// Rows at once: with three vectors each they fill 24 of 32 registers. Inputs of 4×4 or 8×8 are whole
/// eights, and 48 columns a whole panel: layers that end in three channels have as many.
pub(super) const ROWS: usize = 8;

/// Floats that products of matrices run in, and the vectors of a machine that hold them.
pub(super) trait Lane: Number + Factor {
    type Vector<S: Simd>: Copy;
    /// The width of a panel: three of the longest vectors.
    const WIDTH: usize;
    fn lanes<S: Simd>() -> usize;
    fn splat<S: Simd>(simd: S, n: Self) -> Self::Vector<S>;
    fn add<S: Simd>(simd: S, a: Self::Vector<S>, b: Self::Vector<S>) -> Self::Vector<S>;
    /// `a·b + c`, rounded once or twice.
    fn mul_add<S: Simd>(simd: S, a: Self::Vector<S>, b: Self::Vector<S>, c: Self::Vector<S>) -> Self::Vector<S>;
    /// The whole vectors of a slice.
    fn vectors<S: Simd>(all: &[Self]) -> &[Self::Vector<S>];
    fn vectors_mut<S: Simd>(all: &mut [Self]) -> &mut [Self::Vector<S>];
}

macro_rules! lane {
    ($float:ty, $width:literal, $vector:ident, $lanes:ident, $splat:ident, $add:ident, $mul_add:ident, $of:ident, $of_mut:ident) => {
        impl Lane for $float {
            type Vector<S: Simd> = S::$vector;
            const WIDTH: usize = $width;
            #[inline(always)]
            fn lanes<S: Simd>() -> usize {
                S::$lanes
            }
            #[inline(always)]
            fn splat<S: Simd>(simd: S, n: $float) -> S::$vector {
                simd.$splat(n)
            }
            #[inline(always)]
            fn add<S: Simd>(simd: S, a: S::$vector, b: S::$vector) -> S::$vector {
                simd.$add(a, b)
            }
            #[inline(always)]
            fn mul_add<S: Simd>(simd: S, a: S::$vector, b: S::$vector, c: S::$vector) -> S::$vector {
                simd.$mul_add(a, b, c)
            }
            #[inline(always)]
            fn vectors<S: Simd>(all: &[$float]) -> &[S::$vector] {
                S::$of(all).0
            }
            #[inline(always)]
            fn vectors_mut<S: Simd>(all: &mut [$float]) -> &mut [S::$vector] {
                S::$of_mut(all).0
            }
        }
    };
}

lane!(f32, 48, f32s, F32_LANES, splat_f32s, add_f32s, mul_add_e_f32s, as_simd_f32s, as_mut_simd_f32s);
lane!(f64, 24, f64s, F64_LANES, splat_f64s, add_f64s, mul_add_e_f64s, as_simd_f64s, as_mut_simd_f64s);

/// The width of panels for `cells` cells: a whole one, or a third or two for few cells.
pub(super) fn width<L: Lane>(cells: usize) -> usize {
    let third = L::WIDTH / 3;
    third * cells.div_ceil(third).clamp(1, 3)
}

/// Multiplies `panel [k, width]` by `rows [m / ROWS, k, ROWS]` into `sums [m, width]`, which are
/// kept if `add`. Cost: `k·m·width`.
pub(super) fn multiply<L: Lane>(panel: &[L], rows: &[L], sums: &mut [L], width: usize, add: bool) {
    pulp::Arch::new().dispatch(Block { panel, rows, sums, width, add });
}

struct Block<'a, L> {
    panel: &'a [L],
    rows: &'a [L],
    sums: &'a mut [L],
    width: usize,
    add: bool,
}

impl<L: Lane> WithSimd for Block<'_, L> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, simd: S) {
        // 32 registers of 64 bytes, or 16 shorter ones.
        match (S::F64_LANES, self.width * 3 / L::WIDTH) {
            (8, 1) => self.by::<S, 1, ROWS>(simd),
            (8, 2) => self.by::<S, 2, ROWS>(simd),
            (8, _) => self.by::<S, 3, ROWS>(simd),
            (_, 3) => self.by::<S, 3, 4>(simd),
            _ => self.by::<S, 2, 4>(simd),
        }
    }
}

impl<L: Lane> Block<'_, L> {
    /// `M` rows and so many vectors at once.
    #[inline(always)]
    fn by<S: Simd, const VECTORS: usize, const M: usize>(self, simd: S) {
        let Block { panel, rows, sums, width, add } = self;
        let (k, lanes) = (panel.len() / width, L::lanes::<S>() * VECTORS);
        for (rows, sums) in rows.chunks_exact(k * ROWS).zip(sums.chunks_exact_mut(ROWS * width)) {
            for (sums, first) in sums.chunks_exact_mut(M * width).zip((0..ROWS).step_by(M)) {
                for from in (0..width).step_by(lanes) {
                    let mut kept = [[L::splat(simd, L::default()); VECTORS]; M];
                    for (line, row) in panel.chunks_exact(width).zip(rows.chunks_exact(ROWS)) {
                        let line = L::vectors::<S>(&line[from..from + lanes]);
                        let line: &[L::Vector<S>; VECTORS] = line.try_into().expect("as many vectors");
                        let row: &[L; M] = row[first..first + M].try_into().expect("as many rows");
                        for m in 0..M {
                            let factor = L::splat(simd, row[m]);
                            for v in 0..VECTORS {
                                kept[m][v] = L::mul_add(simd, factor, line[v], kept[m][v]);
                            }
                        }
                    }
                    for (kept, sums) in kept.iter().zip(sums.chunks_exact_mut(width)) {
                        let sums = L::vectors_mut::<S>(&mut sums[from..from + lanes]);
                        for (sum, &kept) in sums.iter_mut().zip(kept) {
                            *sum = if add { L::add(simd, *sum, kept) } else { kept };
                        }
                    }
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Machines without vector instructions, or with shorter ones, get the same sums.
    fn every_vector_length_gives_the_same_integers<L: Lane + PartialEq + std::fmt::Debug>() {
        for (width, k, blocks) in [(width::<L>(1), 1, 1), (width::<L>(L::WIDTH / 2), 7, 2), (L::WIDTH, 40, 3)] {
            let number = |n: usize| i16::try_from(n * n % 251).unwrap() - 125;
            let float = |n: usize| <L as Factor>::of(number(n));
            let panel: Vec<L> = (0..k * width).map(float).collect();
            let rows: Vec<L> = (0..blocks * k * ROWS).map(|n| float(n + 3)).collect();
            let sum = |m: usize, u: usize| -> i32 {
                let row = |n: usize| number((m / ROWS * k + n) * ROWS + m % ROWS + 3);
                1 + (0..k).map(|n| i32::from(number(n * width + u)) * i32::from(row(n))).sum::<i32>()
            };
            let cells = (0..blocks * ROWS).flat_map(|m| (0..width).map(move |u| (m, u)));
            let expected: Vec<L> = cells.map(|(m, u)| <L as Factor>::of(sum(m, u))).collect();
            let one = <L as Factor>::of(1i16);
            let block = |sums: &mut [L], how: &dyn Fn(Block<L>)| {
                sums.fill(one);
                how(Block { panel: &panel, rows: &rows, sums, width, add: true });
            };
            let mut sums = vec![one; expected.len()];
            block(&mut sums, &|block| Simd::vectorize(pulp::Scalar::new(), block));
            assert_eq!(sums, expected);
            #[cfg(target_arch = "x86_64")]
            if let Some(simd) = pulp::x86::V3::try_new() {
                block(&mut sums, &|block| Simd::vectorize(simd, block));
                assert_eq!(sums, expected);
            }
            sums.fill(one);
            multiply(&panel, &rows, &mut sums, width, true);
            assert_eq!(sums, expected);
        }
    }

    #[test]
    fn floats_of_every_vector_length_give_the_same_integers() {
        every_vector_length_gives_the_same_integers::<f32>();
        every_vector_length_gives_the_same_integers::<f64>();
    }
}
