//! What sums are kept in, and the two loops over planes: sums of shifted planes, products of two.
//!
//! The sums are kept in `f32`, `f64`, `i64` or `i128`. `evaluate/mod.rs` has proved `max|a|·max|b|·terms`
//! below 2^24, 2^53, 2^63 or 2^127: every product and every partial sum of a cell, in any order, is an
//! integer below that bound, which the type holds exactly, fused or not. That is why this file may add
//! floats. Between the lines of a tile stand cells that belong to no result: their sums may wrap or
//! round, and nobody reads them.
#![allow(clippy::float_arithmetic)]

use pulp::{Simd, WithSimd};

use crate::evaluate::cells::Factor;
use crate::evaluate::kernel::Lane;
use crate::evaluate::values::Kept;

/// Lengths of sums are multiples of this.
pub(super) const BLOCK: usize = 64;

/// 3·2^51
const LARGE: f64 = 6_755_399_441_055_744.0;

/// What sums are kept in.
pub(in crate::evaluate) trait Number: Copy + Default + Send + Sync + 'static {
    type Factor: Factor;
    /// What products of matrices with such sums run in, by digits where it is too short.
    type Lane: Lane;
    fn kept<V: Kept>(self) -> V;
    /// `sums[n] = Σ factor·cells[offset + n]` over all listed, for whole blocks of sums.
    fn add_planes(sums: &mut [Self], listed: &[(Self::Factor, usize)], cells: &[Self::Factor]);
    /// `Σ x[n]·y[n]`.
    fn product_of(x: &[Self::Factor], y: &[Self::Factor]) -> Self;
    fn plus(self, other: Self) -> Self;
    fn plus_product(self, x: Self::Factor, y: Self::Factor) -> Self;
}

impl Number for f32 {
    type Factor = f32;
    type Lane = f32;
    #[inline(always)]
    fn kept<V: Kept>(self) -> V {
        // The lowest bits of n + 3·2^51 are n.
        V::of((f64::from(self) + LARGE).to_bits().wrapping_sub(LARGE.to_bits()).cast_signed())
    }
    fn add_planes(sums: &mut [f32], listed: &[(f32, usize)], cells: &[f32]) {
        pulp::Arch::new().dispatch(Planes { sums, listed, cells });
    }
    fn product_of(x: &[f32], y: &[f32]) -> f32 {
        pulp::Arch::new().dispatch(Product::<f32, 64> { x, y })
    }
    #[inline(always)]
    fn plus(self, other: f32) -> f32 {
        self + other
    }
    #[inline(always)]
    fn plus_product(self, x: f32, y: f32) -> f32 {
        self + x * y
    }
}

impl Number for f64 {
    type Factor = f64;
    type Lane = f64;
    #[inline(always)]
    fn kept<V: Kept>(self) -> V {
        // Up to 2^51 the lowest bits of n + 3·2^51 are n: an addition that vectors have. Up to 2^53 the
        // quarter of a number, rounded, is such an n, and what it leaves is at most 2.
        let large = |n: f64| n.to_bits().wrapping_sub(LARGE.to_bits()).cast_signed();
        let quarter = self * 0.25 + LARGE;
        let rest = self - (quarter - LARGE) * 4.0 + LARGE;
        V::of((large(quarter) << 2).wrapping_add(large(rest)))
    }
    fn add_planes(sums: &mut [f64], listed: &[(f64, usize)], cells: &[f64]) {
        pulp::Arch::new().dispatch(Planes { sums, listed, cells });
    }
    fn product_of(x: &[f64], y: &[f64]) -> f64 {
        pulp::Arch::new().dispatch(Product::<f64, 32> { x, y })
    }
    #[inline(always)]
    fn plus(self, other: f64) -> f64 {
        self + other
    }
    #[inline(always)]
    fn plus_product(self, x: f64, y: f64) -> f64 {
        self + x * y
    }
}

impl Number for i64 {
    type Factor = i64;
    type Lane = f64;
    #[inline(always)]
    fn kept<V: Kept>(self) -> V {
        V::of(self)
    }
    fn add_planes(sums: &mut [i64], listed: &[(i64, usize)], cells: &[i64]) {
        pulp::Arch::new().dispatch(Whole::<i64, 32> { sums, listed, cells });
    }
    fn product_of(x: &[i64], y: &[i64]) -> i64 {
        pulp::Arch::new().dispatch(Product::<i64, 16> { x, y })
    }
    #[inline(always)]
    fn plus(self, other: i64) -> i64 {
        self.wrapping_add(other)
    }
    #[inline(always)]
    fn plus_product(self, x: i64, y: i64) -> i64 {
        self.wrapping_add(x.wrapping_mul(y))
    }
}

impl Number for i128 {
    type Factor = i64;
    type Lane = f64;
    #[inline(always)]
    fn kept<V: Kept>(self) -> V {
        V::of_long(self)
    }
    fn add_planes(sums: &mut [i128], listed: &[(i64, usize)], cells: &[i64]) {
        Whole::<i128, 4> { sums, listed, cells }.add();
    }
    fn product_of(x: &[i64], y: &[i64]) -> i128 {
        Product::<i128, 2> { x, y }.sum()
    }
    #[inline(always)]
    fn plus(self, other: i128) -> i128 {
        self.wrapping_add(other)
    }
    #[inline(always)]
    fn plus_product(self, x: i64, y: i64) -> i128 {
        self.wrapping_add(i128::from(x) * i128::from(y))
    }
}

/// Sums of planes by blocks of `N` that stay in registers while all listed are added.
struct Whole<'a, T: Number, const N: usize> {
    sums: &'a mut [T],
    listed: &'a [(T::Factor, usize)],
    cells: &'a [T::Factor],
}

impl<T: Number, const N: usize> Whole<'_, T, N> {
    #[inline(always)]
    fn add(self) {
        for (block, sums) in self.sums.chunks_exact_mut(N).enumerate() {
            let mut kept = [T::default(); N];
            for &(factor, offset) in self.listed {
                let cells = &self.cells[offset + block * N..offset + block * N + N];
                for (sum, &cell) in kept.iter_mut().zip(cells) {
                    *sum = sum.plus_product(factor, cell);
                }
            }
            sums.copy_from_slice(&kept);
        }
    }
}

impl<T: Number, const N: usize> WithSimd for Whole<'_, T, N> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, _: S) {
        self.add();
    }
}

/// `Σ x[n]·y[n]`, in `N` parts.
struct Product<'a, T: Number, const N: usize> {
    x: &'a [T::Factor],
    y: &'a [T::Factor],
}

impl<T: Number, const N: usize> Product<'_, T, N> {
    #[inline(always)]
    fn sum(self) -> T {
        let mut kept = [T::default(); N];
        let (mut whole_x, mut whole_y) = (self.x.chunks_exact(N), self.y.chunks_exact(N));
        for (x, y) in whole_x.by_ref().zip(whole_y.by_ref()) {
            for (sum, (&x, &y)) in kept.iter_mut().zip(x.iter().zip(y)) {
                *sum = sum.plus_product(x, y);
            }
        }
        let mut sum = T::default();
        for (&x, &y) in whole_x.remainder().iter().zip(whole_y.remainder()) {
            sum = sum.plus_product(x, y);
        }
        for &part in &kept {
            sum = sum.plus(part);
        }
        sum
    }
}

impl<T: Number, const N: usize> WithSimd for Product<'_, T, N> {
    type Output = T;

    #[inline(always)]
    fn with_simd<S: Simd>(self, _: S) -> T {
        self.sum()
    }
}

/// Sums of planes of floats with the machine's vectors.
struct Planes<'a, L> {
    sums: &'a mut [L],
    listed: &'a [(L, usize)],
    cells: &'a [L],
}

impl<L: Lane> WithSimd for Planes<'_, L> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, simd: S) {
        // 32 registers of 64 bytes, or 16 shorter ones.
        match S::F64_LANES {
            8 => self.by::<S, 4>(simd),
            1 => self.by::<S, 16>(simd),
            _ => self.by::<S, 8>(simd),
        }
    }
}

impl<L: Lane> Planes<'_, L> {
    #[inline(always)]
    fn by<S: Simd, const VECTORS: usize>(self, simd: S) {
        let size = L::lanes::<S>() * VECTORS;
        for (block, sums) in self.sums.chunks_exact_mut(size).enumerate() {
            let mut kept = [L::splat(simd, L::default()); VECTORS];
            for &(factor, offset) in self.listed {
                let cells = L::vectors::<S>(&self.cells[offset + block * size..offset + block * size + size]);
                let cells: &[L::Vector<S>; VECTORS] = cells.try_into().expect("as many vectors");
                let factor = L::splat(simd, factor);
                for v in 0..VECTORS {
                    kept[v] = L::mul_add(simd, factor, cells[v], kept[v]);
                }
            }
            L::vectors_mut::<S>(sums).copy_from_slice(&kept);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn floats_become_the_integers_that_they_are() {
        for n in [0, 1, 5, (1 << 51) - 1, 1 << 51, (1 << 51) + 1, (1 << 53) - 1, 1 << 53] {
            #[allow(clippy::cast_precision_loss)]
            let float = n as f64;
            assert_eq!((float.kept::<i64>(), (-float).kept::<i64>()), (n, -n));
        }
    }

    #[test]
    fn short_floats_become_the_integers_that_they_are() {
        for n in [0, 1, 5, (1 << 23) - 1, 1 << 23, (1 << 23) + 1, (1 << 24) - 1, 1 << 24] {
            #[allow(clippy::cast_precision_loss)]
            let float = n as f32;
            assert_eq!((float.kept::<i64>(), (-float).kept::<i64>()), (n, -n));
        }
    }

    fn number(n: usize) -> i64 {
        i64::try_from(n * n % 251).unwrap() - 125
    }

    /// The sums of three planes by each vector length, and by the other types of sums.
    fn every_vector_length<L: Lane + PartialEq + std::fmt::Debug>() {
        let float = |n: i64| <L as Factor>::of(n);
        let cells: Vec<L> = (0..4 * BLOCK).map(|n| float(number(n))).collect();
        let listed = [(3, 0), (-5, 7), (1, 64)];
        let sum = |n: usize| -> i64 { listed.iter().map(|(w, at)| w * number(at + n)).sum() };
        let floats = listed.map(|(w, at)| (float(w), at));
        let expected: Vec<L> = (0..2 * BLOCK).map(|n| float(sum(n))).collect();
        let planes = |how: &dyn Fn(Planes<L>)| {
            let mut sums = vec![float(7); 2 * BLOCK];
            how(Planes { sums: &mut sums, listed: &floats, cells: &cells });
            assert_eq!(sums, expected);
        };
        planes(&|planes| Simd::vectorize(pulp::Scalar::new(), planes));
        planes(&|planes| pulp::Arch::new().dispatch(planes));
        #[cfg(target_arch = "x86_64")]
        if let Some(simd) = pulp::x86::V3::try_new() {
            planes(&|planes| Simd::vectorize(simd, planes));
        }
        let whole: Vec<i64> = cells.iter().map(|&n| n.kept()).collect();
        let (mut short, mut long) = ([7; 2 * BLOCK], [7; 2 * BLOCK]);
        i64::add_planes(&mut short, &listed, &whole);
        i128::add_planes(&mut long, &listed, &whole);
        let expected: Vec<i64> = (0..2 * BLOCK).map(sum).collect();
        assert_eq!(short[..], expected);
        assert_eq!(long.map(|n| i64::try_from(n).unwrap())[..], expected);
    }

    #[test]
    fn every_vector_length_gives_the_same_integers() {
        every_vector_length::<f32>();
        every_vector_length::<f64>();
    }
}
