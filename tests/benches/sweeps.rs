//! Geometries a second of `prove --sweep` on one thread, by each of its routes.
//!
//! The family: square two-dimensional geometries with i ≤ 6, k ≤ 5, s ≤ 4, d ≤ 2, pads from 0 to
//! d(k−1) the same at both ends, a < max(s, d), one channel: 2,311 legal. It is swept again and
//! again until a second has passed; a rate is the median of such runs. Reference: filling memory
//! with as many bytes as the matrices of the family have, 8 per entry.
#![allow(missing_docs, clippy::unwrap_used, clippy::print_stdout, clippy::float_arithmetic)]
#![allow(clippy::cast_precision_loss)]

use std::hint::black_box;
use std::ops::ControlFlow;
use std::time::{Duration, Instant};

use convproof::equivalence::MAX_PRODUCTS;
use convproof::equivalence::sweep::{Family, SweepReport, constructions, matrices, per_axis, sweep};
use convproof::formulation::{self, Formulation};
use convproof::scalar::Polynomial;

const FAMILY: &str = "i=6,k=5,s=4,d=2,p=same,a=below,rank=2,square";

type Rival = Box<dyn Formulation<Polynomial>>;

/// Route, what is compared, the measurement, the target.
type Job<'a> = (&'a str, &'a str, &'a mut dyn FnMut() -> f64, Option<f64>);

/// Median geometries a second.
fn rate(mut run: impl FnMut() -> SweepReport) -> f64 {
    let report = run();
    assert!(report.outcomes.iter().all(|outcome| outcome.same == report.geometries));
    let (mut rates, begin) = (Vec::new(), Instant::now());
    while rates.len() < 3 || begin.elapsed() < Duration::from_secs(1) {
        let start = Instant::now();
        let report = black_box(run());
        rates.push(report.geometries as f64 / start.elapsed().as_secs_f64());
    }
    rates.sort_by(f64::total_cmp);
    rates[rates.len() / 2]
}

fn main() {
    let family: Family = FAMILY.parse().unwrap();
    let (mut entries, mut geometries) = (0, 0);
    family.for_each(|g| {
        entries += usize::try_from(g.products()).unwrap();
        geometries += 1;
        ControlFlow::Continue(())
    });
    let mut memory = vec![0u64; entries];
    let start = Instant::now();
    for n in 0..64 {
        black_box(&mut memory).fill(n);
    }
    let filled = 64.0 * f64::from(geometries) / start.elapsed().as_secs_f64();
    println!("\n{FAMILY}: {geometries} geometries, {entries} entries; filling them {filled:.0} a second\n");

    let three: Vec<Rival> =
        vec![Box::new(formulation::Scatter), Box::new(formulation::Gather), Box::new(formulation::Phases)];
    let six = formulation::all();
    let ways = constructions();
    let axes = |rivals: &[Rival]| rate(|| per_axis(&family, rivals, MAX_PRODUCTS, |_| {}).unwrap());
    let whole = |rivals: &[Rival]| rate(|| sweep(&family, rivals, MAX_PRODUCTS, |_| {}).unwrap());
    let mut built = || rate(|| matrices(&family, &ways, MAX_PRODUCTS, |_| {}).unwrap());
    let (threesome, half_dozen) = ("scatter, gather, phases", "six formulations");
    let jobs: [Job<'_>; 5] = [
        ("per-axis", threesome, &mut || axes(&three), Some(1_500_000.0)),
        ("per-axis", half_dozen, &mut || axes(&six), None),
        ("matrices", "definition, sum over taps, Kronecker product", &mut built, Some(250_000.0)),
        ("formulations", threesome, &mut || whole(&three), Some(50_000.0)),
        ("formulations", half_dozen, &mut || whole(&six), None),
    ];
    // `cargo bench --bench sweeps -- matrices` measures that route alone.
    let wanted: Vec<String> = std::env::args().skip(1).filter(|word| !word.starts_with('-')).collect();
    println!("| route | compared | geometries a second | of filling | target | reached |");
    println!("|---|---|---|---|---|---|");
    for (route, compared, run, target) in jobs {
        if !wanted.is_empty() && !wanted.iter().any(|word| word == route) {
            continue;
        }
        let rate = run();
        let (target, reached) = match target {
            Some(target) => (format!("{target:.0}"), if rate >= target { "yes" } else { "NO" }),
            None => (String::new(), ""),
        };
        println!("| {route} | {compared} | {rate:.0} | {:.4} | {target} | {reached} |", rate / filled);
    }
}
