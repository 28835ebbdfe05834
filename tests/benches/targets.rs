//! The targets of this crate's speed, each as a ratio to a reference timed in the same process.
//!
//! Seconds drift between machines and between runs; ratios do not. References: filling memory,
//! triplets sorted by sprs, products of `BigRational`, the plain loop, a float product of matrices.
//! `cargo bench` runs criterion on a few of them for details and ends with one table of all.
#![allow(missing_docs, clippy::unwrap_used, clippy::print_stdout, clippy::float_arithmetic)]
#![allow(clippy::cast_possible_truncation, clippy::cast_precision_loss, clippy::cast_sign_loss)]
#![allow(clippy::cast_possible_wrap)]

use std::hint::black_box;
use std::time::{Duration, Instant};

use convproof::evaluate::{Scaled, Target, accumulator, plain, sums};
use convproof::matrix::{Arrays, Builder, for_each_row};
use convproof::scalar::{Dyadic, Rational, dyadic_from_f64};
use convproof::{ConvMatrix, Geometry, Side, Spec, Tensor};
use criterion::{BenchmarkId, Criterion, Throughput};
use nalgebra::DMatrix;
use sprs::TriMatI;

/// Name, spec, of `C` and `Cᵀ`. Beyond a gigabyte a matrix is walked, never stored.
const GEOMETRIES: [(&str, &str); 16] = [
    ("G1", "tconv i2x2 k3x3"),
    ("G2", "tconv i32x32 k4x4 s2 p1"),
    ("G3", "tconv i128x128 k4x4 s2 p1"),
    ("G4", "tconv i64x64 k16x16 s8"),
    ("G6", "tconv i256x256 k5x5 s2 p2 a1"),
    ("G5", "tconv i8x8 k4x4 s2 p1 c256:128"),
    ("D1", "tconv i4x4 k4x4 s2 p1 c1024:512"),
    ("D2", "tconv i8x8 k4x4 s2 p1 c512:256"),
    ("D3", "tconv i16x16 k4x4 s2 p1 c256:128"),
    ("D4", "tconv i32x32 k4x4 s2 p1 c128:3"),
    ("U2", "tconv i32x32 k2x2 s2 c512:256"),
    ("F32", "tconv i16x16 k64x64 s32 c21:21"),
    ("HiFi-GAN V2 up1", "tconv i32 k16 s8 p4 c128:64"),
    ("MelGAN up4", "tconv i4096 k4 s2 p1 c64:32"),
    ("WaveGAN up4", "tconv i4096 k25 s4 p10:11 c64:1"),
    ("V-Net up", "tconv i8x8x4 k2x2x2 s2 c256:128"),
];

/// Bytes beyond which nothing is stored.
const LARGE: i128 = 1 << 30;

fn geometry(words: &str) -> Geometry {
    words.parse::<Spec>().unwrap().geometry
}

/// Seconds: the median of up to seven runs, fewer of what takes long.
fn median(mut run: impl FnMut()) -> f64 {
    run();
    let mut times = Vec::new();
    let begin = Instant::now();
    while times.len() < 7 && (times.len() < 3 || begin.elapsed() < Duration::from_millis(900)) {
        let start = Instant::now();
        run();
        times.push(start.elapsed().as_secs_f64());
    }
    times.sort_by(f64::total_cmp);
    times[times.len() / 2]
}

/// Median seconds of two jobs in turns: what disturbs the machine disturbs both.
fn medians(mut first: impl FnMut(), mut second: impl FnMut()) -> (f64, f64) {
    first();
    second();
    let (mut one, mut other) = (Vec::new(), Vec::new());
    let begin = Instant::now();
    while one.len() < 9 && (one.len() < 3 || begin.elapsed() < Duration::from_millis(1200)) {
        for (run, times) in [(&mut first as &mut dyn FnMut(), &mut one), (&mut second, &mut other)] {
            let start = Instant::now();
            run();
            times.push(start.elapsed().as_secs_f64());
        }
    }
    one.sort_by(f64::total_cmp);
    other.sort_by(f64::total_cmp);
    (one[one.len() / 2], other[other.len() / 2])
}

fn on<R: Send>(threads: usize, run: impl FnOnce() -> R + Send) -> R {
    rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap().install(run)
}

struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        self.0 >> 33
    }

    /// Integers from −8 to 8.
    fn integers(&mut self, count: usize) -> Scaled {
        let all: Vec<Dyadic> = (0..count).map(|_| Dyadic::new((self.next() % 17) as i64 - 8, 0)).collect();
        Scaled::new(&all)
    }

    /// Bell-shaped f32 of mean 0: what initialised weights and activations are.
    fn singles(&mut self, count: usize, scale: f64) -> Scaled {
        let mut one = || (0..6).map(|_| self.next() as f64 / (1u64 << 31) as f64 - 0.5).sum::<f64>() * scale;
        let all: Vec<Dyadic> = (0..count).map(|_| dyadic_from_f64(f64::from(one() as f32)).unwrap()).collect();
        Scaled::new(&all)
    }
}

struct Table(Vec<[String; 7]>);

impl Table {
    #[allow(clippy::too_many_arguments)] // a row has seven cells
    fn row(
        &mut self,
        job: &str,
        geometry: &str,
        size: i128,
        rate: String,
        ratio: String,
        target: &str,
        reached: Option<bool>,
    ) {
        let reached = reached.map_or("", |yes| if yes { "yes" } else { "NO" }).to_owned();
        self.0.push([job.into(), geometry.into(), size.to_string(), rate, ratio, target.into(), reached]);
    }

    fn print(&self) {
        let heads = ["job", "geometry", "products", "rate", "ratio", "target", "reached"].map(str::to_owned);
        let all: Vec<&[String; 7]> = std::iter::once(&heads).chain(&self.0).collect();
        let widths: Vec<usize> = (0..7).map(|c| all.iter().map(|r| r[c].chars().count()).max().unwrap()).collect();
        println!();
        for (n, row) in all.iter().enumerate() {
            let cells: Vec<String> = row.iter().zip(&widths).map(|(cell, w)| format!("{cell:w$}")).collect();
            println!("| {} |", cells.join(" | "));
            if n == 0 {
                let rules: Vec<String> = widths.iter().map(|w| "-".repeat(*w)).collect();
                println!("| {} |", rules.join(" | "));
            }
        }
    }
}

fn builds(table: &mut Table) {
    for (name, words) in GEOMETRIES {
        let g = geometry(words);
        let entries = g.products();
        if entries * 8 > LARGE {
            continue;
        }
        for threads in [1, 2] {
            on(threads, || {
                let mut arrays = Arrays::<u32>::default();
                let mut seconds = Vec::new();
                for side in [Side::C, Side::Transposed] {
                    let builder = Builder::<u32>::new(&g, side).unwrap();
                    builder.build_into(&mut arrays);
                    let (mut x, mut y) = (vec![1u32; builder.entries()], vec![1u32; builder.entries()]);
                    let mut z = vec![1u32; builder.rows() + 1];
                    let fill = |all: &mut Vec<u32>| {
                        let share = all.len().div_ceil(threads);
                        rayon::scope(|scope| {
                            all.chunks_mut(share).for_each(|part| scope.spawn(|_| part.fill(black_box(7))));
                        });
                    };
                    let (reference, built) = medians(
                        || [&mut x, &mut y, &mut z].into_iter().for_each(|all| fill(black_box(all))),
                        || Builder::<u32>::new(&g, side).unwrap().build_into(black_box(&mut arrays)),
                    );
                    seconds.push(built);
                    let large = entries >= 1_000_000;
                    let ratio = reference / built;
                    let job = format!("build {} {threads} thread", if side == Side::C { "C " } else { "Cᵀ" });
                    let rate = format!("{:.2} Gnnz/s", entries as f64 / built / 1e9);
                    let text = format!("{ratio:.2} of fill");
                    table.row(&job, name, entries, rate, text, "0.80 from 1 M", large.then_some(ratio >= 0.8));
                }
                if threads == 1 {
                    let ratio = seconds[1] / seconds[0];
                    let yes = (entries >= 1_000_000).then_some(ratio <= 1.2);
                    table.row("Cᵀ against C", name, entries, String::new(), format!("{ratio:.2}"), "1.20", yes);
                }
            });
        }
        if (100_000..10_000_000).contains(&entries) {
            let mut arrays = Arrays::<u32>::default();
            let (triplets, built) = on(1, || {
                medians(
                    || {
                        let builder = Builder::<u32>::new(&g, Side::C).unwrap();
                        let mut triplets =
                            TriMatI::<u32, u32>::with_capacity((builder.rows(), builder.columns()), builder.entries());
                        builder.for_each_row(|row, columns, taps| {
                            for (&column, &tap) in columns.iter().zip(taps) {
                                triplets.add_triplet(row, column as usize, tap);
                            }
                        });
                        black_box(triplets.to_csr::<u32>());
                    },
                    || Builder::<u32>::new(&g, Side::C).unwrap().build_into(black_box(&mut arrays)),
                )
            });
            let ratio = triplets / built;
            let yes = (entries >= 1_000_000).then_some(ratio >= 40.0);
            table.row(
                "build against sprs triplets",
                name,
                entries,
                String::new(),
                format!("{ratio:.0} ×"),
                "40 ×",
                yes,
            );
            let (checked, _) =
                on(1, || medians(|| _ = black_box(ConvMatrix::build(&g, Side::C, 1 << 30).unwrap()), || ()));
            let ratio = checked / built;
            table.row(
                "fresh and checked against build",
                name,
                entries,
                String::new(),
                format!("{ratio:.1} ×"),
                "",
                None,
            );
        }
    }
    for (name, words) in GEOMETRIES {
        let g = geometry(words);
        if g.products() < 4_000_000 {
            continue;
        }
        let mut sum = 0;
        let walk = median(|| for_each_row(&g, Side::Transposed, |_, columns, _| sum += columns.len()).unwrap());
        black_box(sum);
        let rate = format!("{:.2} Gnnz/s", g.products() as f64 / walk / 1e9);
        table.row("walk Cᵀ by rows, 1 thread", name, g.products(), rate, String::new(), "", None);
    }
}

/// Operands of `y = Cᵀx`.
fn operands(g: &Geometry, mut make: impl FnMut(usize) -> Scaled) -> (Scaled, Scaled) {
    (make(g.input_shape().iter().product()), make(g.weight_shape().iter().product()))
}

fn rate(g: &Geometry, seconds: f64) -> f64 {
    g.products() as f64 / seconds / 1e9
}

/// Seconds per product of `BigRational`, and of the plain loop, on G2.
fn references() -> (f64, f64) {
    let g = geometry("tconv i32x32 k4x4 s2 p1");
    let (x, w) = operands(&g, |n| Random(3).integers(n));
    let tensor = |shape: Vec<usize>, s: &Scaled| {
        let cells = shape.iter().product::<usize>();
        // Thirds: rationals that are no integers.
        let third = Rational::new(1.into(), 3.into());
        Tensor::new(shape, (0..cells).map(|n| s.value(n) * &third).collect()).unwrap()
    };
    let (tx, tw) = (tensor(g.input_shape(), &x), tensor(g.weight_shape(), &w));
    let matrix = g.transposed_matrix().unwrap();
    let rational = median(|| _ = black_box(matrix.times(&tw, &tx).unwrap()));
    let plain = median(|| _ = black_box(plain(&g, Target::Output, &x, &w).unwrap()));
    (rational / g.products() as f64, plain / g.products() as f64)
}

/// Whether the machine has vectors of 512 bits.
fn wide_vectors() -> bool {
    #[cfg(target_arch = "x86_64")]
    return std::arch::is_x86_feature_detected!("avx512f");
    #[cfg(not(target_arch = "x86_64"))]
    false
}

/// Products per second of a float product of 512×512 matrices, in Gmac/s.
fn floats() -> f64 {
    let (a, b) = (DMatrix::<f64>::from_element(512, 512, 0.5), DMatrix::from_element(512, 512, 0.25));
    let mut c = DMatrix::zeros(512, 512);
    let seconds = median(|| c.gemm(1.0, black_box(&a), &b, 0.0));
    (1u64 << 27) as f64 / seconds / 1e9
}

fn evaluations(table: &mut Table) {
    let (rational, plain) = references();
    let per_second = |seconds: f64| format!("{:.4} Gmac/s", 1e-9 / seconds);
    table.row("reference: BigRational", "G2", 15876, per_second(rational), "1".into(), "", None);
    table.row("reference: plain loop, BigInt", "G2", 15876, per_second(plain), String::new(), "", None);
    table.row("reference: f64 gemm", "512³", 1 << 27, format!("{:.1} Gmac/s", floats()), "1".into(), "", None);
    for (name, words) in GEOMETRIES.into_iter().skip(1) {
        let g = geometry(words);
        let channels = g.in_channels() > 1;
        let (x, w) = operands(&g, |n| Random(5).integers(n));
        let (y, _) = (Random(7).integers(g.output_shape().iter().product()), ());
        for threads in [1, 2] {
            let seconds = on(threads, || median(|| _ = black_box(sums(&g, Target::Output, &x, &w).unwrap())));
            let job = format!("Cᵀx, integers, {threads} thread");
            let text = format!("{:.2} Gmac/s", rate(&g, seconds));
            if channels {
                let ratio = format!("{:.2} of f64 gemm", rate(&g, seconds) / floats());
                table.row(&job, name, g.products(), text, ratio, "2 × ONNX Runtime's time", None);
            } else {
                let ratio = rational * g.products() as f64 / seconds;
                let target = "900 × BigRational";
                table.row(&job, name, g.products(), text, format!("{ratio:.0} ×"), target, Some(ratio >= 900.0));
                if threads == 1 {
                    let (least, target) =
                        if wide_vectors() { (4.0, "4.0 Gmac/s with AVX-512") } else { (2.0, "2.0 Gmac/s") };
                    let (rate, loops) = (rate(&g, seconds), plain * g.products() as f64 / seconds);
                    let (text, loops) = (format!("{rate:.2} Gmac/s"), format!("{loops:.0} × plain loop"));
                    table.row(&job, name, g.products(), text, loops, target, Some(rate >= least));
                }
            }
        }
        for (what, target, a, b) in [("Cy", Target::Input, &y, &w), ("weight", Target::Weight, &x, &y)] {
            let seconds = on(1, || median(|| _ = black_box(sums(&g, target, a, b).unwrap())));
            let text = format!("{:.2} Gmac/s", rate(&g, seconds));
            table.row(&format!("{what}, integers, 1 thread"), name, g.products(), text, String::new(), "", None);
        }
        let (x, w) = operands(&g, |n| Random(11).singles(n, 1.0));
        for threads in [1, 2] {
            let seconds = on(threads, || median(|| _ = black_box(sums(&g, Target::Output, &x, &w).unwrap())));
            let kept = accumulator(&g, Target::Output, &x, &w);
            let (text, bits) = (format!("{:.2} Gmac/s", rate(&g, seconds)), format!("{}+{} bits", x.bits(), w.bits()));
            let job = format!("Cᵀx, f32 in {kept:?}, {threads} thread");
            let yes = (channels && threads == 1).then_some(rate(&g, seconds) >= 2.4);
            table.row(&job, name, g.products(), text, bits, "2.4 Gmac/s, layers", yes);
        }
    }
    let g = geometry("tconv i128x128 k4x4 s2 p1");
    let far = |mut s: Vec<Dyadic>| {
        s[0] = Dyadic::new(1, -120);
        Scaled::new(&s)
    };
    let mut random = Random(13);
    let mut numbers =
        |n| far((0..n).map(|_| Dyadic::new(random.next() as i64 | 1, (random.next() % 40) as i32)).collect());
    let (x, w) = (numbers(128 * 128), numbers(16));
    let seconds = on(1, || median(|| _ = black_box(sums(&g, Target::Output, &x, &w).unwrap())));
    let text = format!("{:.4} Gmac/s", rate(&g, seconds));
    let loops = plain * g.products() as f64 / seconds;
    let bits = format!("{}+{} bits, {loops:.0} × plain loop", x.bits(), w.bits());
    table.row(
        "Cᵀx beyond i128, 1 thread",
        "G3",
        g.products(),
        text,
        bits,
        "0.0200 Gmac/s",
        Some(rate(&g, seconds) >= 0.02),
    );
}

/// Distributions of a few jobs, kept by criterion between runs.
fn details(c: &mut Criterion) {
    let mut group = c.benchmark_group("build");
    for (name, words) in [GEOMETRIES[2], GEOMETRIES[4], GEOMETRIES[9]] {
        let g = geometry(words);
        let mut arrays = Arrays::<u32>::default();
        group.throughput(Throughput::Elements(g.products() as u64));
        for side in [Side::C, Side::Transposed] {
            group.bench_with_input(BenchmarkId::new(format!("{side:?}"), name), &side, |b, &side| {
                b.iter(|| Builder::<u32>::new(&g, side).unwrap().build_into(black_box(&mut arrays)));
            });
        }
    }
    group.finish();
    let mut group = c.benchmark_group("evaluate");
    for (name, words) in [GEOMETRIES[2], GEOMETRIES[4], GEOMETRIES[8]] {
        let g = geometry(words);
        group.throughput(Throughput::Elements(g.products() as u64));
        for (kind, (x, w)) in [
            ("integers", operands(&g, |n| Random(5).integers(n))),
            ("singles", operands(&g, |n| Random(11).singles(n, 1.0))),
        ] {
            group
                .bench_function(BenchmarkId::new(kind, name), |b| b.iter(|| sums(&g, Target::Output, &x, &w).unwrap()));
        }
    }
    group.finish();
}

fn main() {
    let (short, long) = (Duration::from_millis(200), Duration::from_millis(600));
    let mut criterion =
        Criterion::default().sample_size(10).warm_up_time(short).measurement_time(long).configure_from_args();
    details(&mut criterion);
    criterion.final_summary();
    let mut table = Table(Vec::new());
    builds(&mut table);
    evaluations(&mut table);
    table.print();
}
