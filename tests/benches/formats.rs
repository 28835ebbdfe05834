//! Cells a second of the text formats of a matrix, written into a sink that takes everything.
//!
//! Matrices of 67 and 134 million cells, nearly all zeros, as large ones are. Reference: copying as many bytes
//! as the format writes, a row's share at a time. Sparse formats write entries only: of them, entries a
//! second are told as well.
#![allow(missing_docs, clippy::unwrap_used, clippy::print_stdout, clippy::float_arithmetic)]
#![allow(clippy::cast_precision_loss)]

use std::hint::black_box;
use std::io::{self, Write};
use std::time::{Duration, Instant};

use convproof::Spec;
use convproof::render::{Format, MatrixView};
use criterion::{Criterion, Throughput};

/// Cells a second that every dense text format should write.
const TARGET: f64 = 100e6;

const FORMATS: [Format; 9] = [
    Format::Text,
    Format::Csv,
    Format::Latex,
    Format::Markdown,
    Format::Html,
    Format::Typst,
    Format::Sympy,
    Format::Json,
    Format::Mtx,
];

/// One channel of an image; two axes of names with ten positions and more; channels and groups.
const SPECS: [&str; 3] = ["tconv i64x64 k4x4 s2 p1", "conv i8192 k25 p12", "tconv i16x16 k4x4 s2 p1 c32:16 g4"];

/// Counts what it is given.
struct Sink(u64);

impl Write for Sink {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0 += black_box(bytes).len() as u64;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Median seconds of a few runs.
fn median(mut run: impl FnMut()) -> f64 {
    run();
    let (mut times, begin) = (Vec::new(), Instant::now());
    while times.len() < 3 || (times.len() < 7 && begin.elapsed() < Duration::from_secs(1)) {
        let start = Instant::now();
        run();
        times.push(start.elapsed().as_secs_f64());
    }
    times.sort_by(f64::total_cmp);
    times[times.len() / 2]
}

/// Seconds to copy so many bytes, in pieces of a row's size.
fn copied(bytes: u64, rows: usize) -> f64 {
    let piece = usize::try_from(bytes).unwrap() / rows;
    let (from, mut to) = (vec![b'0'; piece], vec![0u8; piece]);
    median(|| (0..rows).for_each(|_| black_box(&mut to).copy_from_slice(black_box(&from))))
}

fn main() {
    // `cargo bench --bench formats -- text` measures that format alone.
    let wanted: Vec<String> = std::env::args().skip(1).filter(|word| !word.starts_with('-')).collect();
    println!("\n| format | spec | Mcells/s | GB/s | of copying | Mentries/s | target | reached |");
    println!("|---|---|---|---|---|---|---|---|");
    for words in SPECS {
        let spec: Spec = words.parse().unwrap();
        let matrix =
            convproof::ConvMatrix::build(&spec.geometry, convproof::render::own_side(spec.kind), 1 << 30).unwrap();
        let view = MatrixView::new(&matrix, spec.kind).with_max_cells(u64::MAX);
        let cells = matrix.rows() as f64 * matrix.cols() as f64;
        for format in FORMATS {
            if !wanted.is_empty() && !wanted.iter().any(|word| word == format.name()) {
                continue;
            }
            let mut bytes = 0;
            let seconds = median(|| {
                let mut sink = Sink(0);
                view.write(format, &mut sink).unwrap();
                bytes = sink.0;
            });
            let (rate, copy) = (cells / seconds, copied(bytes, matrix.rows()));
            println!(
                "| {format} | {words} | {:.0} | {:.1} | {:.2} | {:.1} | {:.0} | {} |",
                rate / 1e6,
                bytes as f64 / seconds / 1e9,
                copy / seconds,
                matrix.entries() as f64 / seconds / 1e6,
                TARGET / 1e6,
                if rate >= TARGET { "yes" } else { "NO" },
            );
        }
    }
    // Distributions of one small page, kept between runs.
    let mut criterion = Criterion::default().sample_size(10).configure_from_args();
    let spec: Spec = "conv i28x28 k5x5".parse().unwrap();
    let matrix = spec.geometry.matrix().unwrap();
    let view = MatrixView::new(&matrix, spec.kind).with_max_cells(u64::MAX);
    let mut group = criterion.benchmark_group("formats");
    group.throughput(Throughput::Elements((matrix.rows() * matrix.cols()) as u64));
    for format in [Format::Text, Format::Html, Format::Json] {
        group.bench_function(format.name(), |b| b.iter(|| view.write(format, &mut Sink(0)).unwrap()));
    }
    group.finish();
    criterion.final_summary();
}
