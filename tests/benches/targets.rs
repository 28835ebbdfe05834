//! The targets of this crate's speed, each as a ratio to a reference timed in the same process.
#![allow(missing_docs, clippy::unwrap_used, clippy::print_stdout, clippy::float_arithmetic)]
use std::hint::black_box;
use std::time::Instant;

use convproof::matrix::{Arrays, Builder, for_each_row};
use convproof::{ConvMatrix, Side, Spec};

fn median(mut f: impl FnMut()) -> f64 {
    let mut times: Vec<f64> = (0..7)
        .map(|_| {
            let t = Instant::now();
            f();
            t.elapsed().as_secs_f64()
        })
        .collect();
    times.sort_by(f64::total_cmp);
    times[3]
}

fn main() {
    for threads in [1, 2] {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        for (name, words) in [
            ("G1", "tconv i2x2 k3x3"),
            ("G2", "tconv i32x32 k4x4 s2 p1"),
            ("G3", "tconv i128x128 k4x4 s2 p1"),
            ("G4", "tconv i64x64 k16x16 s8"),
            ("G6", "tconv i256x256 k5x5 s2 p2 a1"),
            ("G5", "tconv i8x8 k4x4 s2 p1 c256:128"),
            ("D4", "tconv i32x32 k4x4 s2 p1 c128:3"),
            ("HIFI", "tconv i32 k16 s8 p4 c512:256"),
        ] {
            let g = words.parse::<Spec>().unwrap().geometry;
            let mut a = Arrays::<u32>::default();
            let mut line = format!("{threads} {name:5} {:>10}", g.products());
            for side in [Side::C, Side::Transposed] {
                let b = Builder::<u32>::new(&g, side).unwrap();
                b.build_into(&mut a);
                let n = a.indices.len();
                let (mut x, mut y, mut z) = (vec![1u32; n], vec![1u32; n], vec![1u32; a.indptr.len()]);
                let fill = median(|| {
                    x.fill(black_box(7));
                    y.fill(black_box(8));
                    z.fill(black_box(8));
                });
                let reused = pool.install(|| median(|| b.build_into(black_box(&mut a))));
                let with_new =
                    pool.install(|| median(|| Builder::<u32>::new(&g, side).unwrap().build_into(black_box(&mut a))));
                let fresh = pool.install(|| {
                    median(|| {
                        let mut a = Arrays::default();
                        b.build_into(black_box(&mut a))
                    })
                });
                let checked = if n < 1 << 22 {
                    pool.install(|| {
                        median(|| {
                            black_box(ConvMatrix::build(&g, side, 1 << 30).unwrap());
                        })
                    })
                } else {
                    0.0
                };
                let mut s = 0usize;
                let walk = median(|| for_each_row(&g, side, |r, c, t| s += r + c.len() + t.len()).unwrap());
                line += &format!(
                    " | {:.2} Gnnz/s, of fill {:.2} with new {:.2}, fresh {:.2}, checked {:.2}, walk {:.2}",
                    n as f64 / reused / 1e9,
                    fill / reused,
                    fill / with_new,
                    fill / fresh,
                    fill / checked,
                    fill / walk
                );
                black_box(s);
            }
            println!("{line}");
        }
    }
}
