//! One block of a product of matrices: `sums[m, u] (+)= Σ_k rows[k, m]·panel[k, u]`.
//!
//! A panel is [`width`] cells wide, so that a line of it fills one, two or four vectors; the rows
//! come in sixes. Six lines of sums stay in registers while `k` runs. Which products overflow or
//! round is not asked here: `blocks.rs` proves that none does, which is why this file may add floats.
#![allow(clippy::float_arithmetic)]

use pulp::{Simd, WithSimd};

/// Rows at once: with four vectors each they fill 24 of 32 registers.
pub(super) const ROWS: usize = 6;

/// The width of panels for `cells` cells: 32, or less for few cells.
pub(super) fn width(cells: usize) -> usize {
    match cells {
        0..=8 => 8,
        9..=16 => 16,
        _ => 32,
    }
}

/// Multiplies `panel [k, width]` by `rows [m / ROWS, k, ROWS]` into `sums [m, width]`, which are
/// kept if `add`. Cost: `k·m·width`.
pub(super) fn multiply(panel: &[f64], rows: &[f64], sums: &mut [f64], width: usize, add: bool) {
    pulp::Arch::new().dispatch(Block { panel, rows, sums, width, add });
}

struct Block<'a> {
    panel: &'a [f64],
    rows: &'a [f64],
    sums: &'a mut [f64],
    width: usize,
    add: bool,
}

impl WithSimd for Block<'_> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, simd: S) {
        // 32 registers of eight numbers, or 16 of four.
        match (S::F64_LANES, self.width) {
            (8, 8) => self.by::<S, 1>(simd),
            (8, 16) => self.by::<S, 2>(simd),
            (8, _) => self.by::<S, 4>(simd),
            _ => self.by::<S, 2>(simd),
        }
    }
}

impl Block<'_> {
    #[inline(always)]
    fn by<S: Simd, const VECTORS: usize>(self, simd: S) {
        let Block { panel, rows, sums, width, add } = self;
        let (k, lanes) = (panel.len() / width, S::F64_LANES * VECTORS);
        for (rows, sums) in rows.chunks_exact(k * ROWS).zip(sums.chunks_exact_mut(ROWS * width)) {
            for from in (0..width).step_by(lanes) {
                let mut kept = [[simd.splat_f64s(0.0); VECTORS]; ROWS];
                for (line, row) in panel.chunks_exact(width).zip(rows.chunks_exact(ROWS)) {
                    let (line, _) = S::as_simd_f64s(&line[from..from + lanes]);
                    let line: &[S::f64s; VECTORS] = line.try_into().expect("as many vectors");
                    let row: &[f64; ROWS] = row.try_into().expect("as many rows");
                    for m in 0..ROWS {
                        let factor = simd.splat_f64s(row[m]);
                        for v in 0..VECTORS {
                            kept[m][v] = simd.mul_add_e_f64s(factor, line[v], kept[m][v]);
                        }
                    }
                }
                for (kept, sums) in kept.iter().zip(sums.chunks_exact_mut(width)) {
                    let (sums, _) = S::as_mut_simd_f64s(&mut sums[from..from + lanes]);
                    for (sum, &kept) in sums.iter_mut().zip(kept) {
                        *sum = if add { simd.add_f64s(*sum, kept) } else { kept };
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
    #[test]
    fn every_vector_length_gives_the_same_integers() {
        for (width, k, blocks) in [(8, 1, 1), (16, 7, 2), (32, 40, 3)] {
            let number = |n: usize| f64::from(u8::try_from(n * n % 251).unwrap()) - 125.0;
            let panel: Vec<f64> = (0..k * width).map(number).collect();
            let rows: Vec<f64> = (0..blocks * k * ROWS).map(|n| number(n + 3)).collect();
            let mut expected = vec![1.0; blocks * ROWS * width];
            for (m, u) in (0..blocks * ROWS).flat_map(|m| (0..width).map(move |u| (m, u))) {
                for n in 0..k {
                    expected[m * width + u] += panel[n * width + u] * rows[(m / ROWS * k + n) * ROWS + m % ROWS];
                }
            }
            let block = |sums: &mut [f64], how: &dyn Fn(Block)| {
                sums.fill(1.0);
                how(Block { panel: &panel, rows: &rows, sums, width, add: true });
            };
            let mut sums = vec![1.0; expected.len()];
            block(&mut sums, &|block| Simd::vectorize(pulp::Scalar::new(), block));
            assert_eq!(sums, expected);
            #[cfg(target_arch = "x86_64")]
            if let Some(simd) = pulp::x86::V3::try_new() {
                block(&mut sums, &|block| Simd::vectorize(simd, block));
                assert_eq!(sums, expected);
            }
            sums.fill(1.0);
            multiply(&panel, &rows, &mut sums, width, true);
            assert_eq!(sums, expected);
        }
    }
}
