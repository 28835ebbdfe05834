//! Correct float kernels are never blamed, in whatever order they add up; a lost term is seen.
#![allow(clippy::unwrap_used, clippy::float_arithmetic, clippy::cast_precision_loss, clippy::cast_possible_truncation)]

use std::ops::{Add, Mul};

use convproof::verify::{Element, Expected, Mode, Verdict, expected};
use half::{bf16, f16};

use crate::common::naive::{Geo, Random, lengths};

/// A kernel's arithmetic: products and sums are rounded to the type.
pub trait Float: Element + Add<Output = Self> + Mul<Output = Self> + Into<f64> + std::fmt::Debug {
    const PRECISION: i32;
    fn round(value: f64) -> Self;
    /// `self·w + sum`, rounded once.
    fn fused(self, w: Self, sum: Self) -> Self;
}

macro_rules! float {
    ($($type:ty, $precision:literal, $round:expr, $fused:expr;)*) => {$(
        impl Float for $type {
            const PRECISION: i32 = $precision;
            fn round(value: f64) -> Self {
                $round(value)
            }
            fn fused(self, w: Self, sum: Self) -> Self {
                $fused(self, w, sum)
            }
        }
    )*};
}

/// Products of 11 bits and less, and their sums over few binades, are exact in binary64.
fn wide<T: Float>(x: T, w: T, sum: T) -> T {
    T::round(x.into() * w.into() + sum.into())
}

float! {
    f32, 24, |v| v as f32, f32::mul_add;
    f16, 11, f16::from_f64, wide;
    bf16, 8, bf16::from_f64, wide;
}

/// How a kernel adds up the products of one cell.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Order {
    Forward,
    Backward,
    Pairwise,
    /// Four partial sums, as vector lanes have them.
    Lanes,
    Shuffled,
    /// Any two partial sums, again and again.
    Tree,
    Fused,
    FusedShuffled,
}

const ORDERS: [Order; 8] = [
    Order::Forward,
    Order::Backward,
    Order::Pairwise,
    Order::Lanes,
    Order::Shuffled,
    Order::Tree,
    Order::Fused,
    Order::FusedShuffled,
];

fn below(random: &mut Random, length: usize) -> usize {
    usize::try_from(random.next()).unwrap() % length
}

fn shuffled<T: Copy>(terms: &[T], random: &mut Random) -> Vec<T> {
    let mut terms = terms.to_vec();
    (1..terms.len()).for_each(|n| terms.swap(n, below(random, n + 1)));
    terms
}

fn pairwise<T: Float>(products: &[T]) -> T {
    match products {
        [] => T::round(0.0),
        [one] => *one,
        all => {
            let (left, right) = all.split_at(all.len() / 2);
            pairwise(left) + pairwise(right)
        }
    }
}

/// The sum of the products of one cell, whose factors these are.
fn sum<T: Float>(factors: &[(T, T)], order: Order, random: &mut Random) -> T {
    let zero = T::round(0.0);
    let fused = |factors: &[(T, T)]| factors.iter().fold(zero, |sum, &(x, w)| x.fused(w, sum));
    let products = || factors.iter().map(|&(x, w)| x * w);
    match order {
        Order::Forward => products().fold(zero, T::add),
        Order::Backward => products().rev().fold(zero, T::add),
        Order::Pairwise => pairwise(&products().collect::<Vec<T>>()),
        Order::Lanes => {
            let mut lanes = [zero; 4];
            products().enumerate().for_each(|(n, product)| lanes[n % 4] = lanes[n % 4] + product);
            (lanes[0] + lanes[2]) + (lanes[1] + lanes[3])
        }
        Order::Shuffled => shuffled(factors, random).into_iter().map(|(x, w)| x * w).fold(zero, T::add),
        Order::Tree => {
            let mut parts: Vec<T> = products().collect();
            while parts.len() > 1 {
                let taken = below(random, parts.len());
                let taken = parts.swap_remove(taken);
                let to = below(random, parts.len());
                parts[to] = parts[to] + taken;
            }
            parts.first().copied().unwrap_or(zero)
        }
        Order::Fused => fused(factors),
        Order::FusedShuffled => fused(&shuffled(factors, random)),
    }
}

/// Products of each output cell, as `(input cell, tap)`.
pub fn terms(geo: &Geo) -> Vec<Vec<(usize, usize)>> {
    let mut cells = vec![Vec::new(); lengths(&geo.output()).iter().product()];
    for meet in geo.meets() {
        cells[meet.output].push((meet.input, meet.tap));
    }
    cells
}

/// Full significands over eight binades, both signs.
pub fn floats<T: Float>(random: &mut Random, shape: &[i64]) -> Vec<T> {
    (0..lengths(shape).iter().product())
        .map(|_| {
            let mantissa = 1.0 + (random.next() % (1 << 30)) as f64 / f64::from(1 << 30);
            let sign = if random.next().is_multiple_of(2) { 1.0 } else { -1.0 };
            T::round(sign * mantissa * 2f64.powi(random.range(-5, 2) as i32))
        })
        .collect()
}

/// A geometry with data: the truth, and the factors of every cell's products.
struct Case<T> {
    spec: String,
    truth: Expected,
    cells: Vec<Vec<(T, T)>>,
}

impl<T: Float> Case<T> {
    fn draw(random: &mut Random) -> Case<T> {
        let geo = random.geo();
        let (x, w): (Vec<T>, Vec<T>) = (floats(random, &geo.input()), floats(random, &geo.weight()));
        let spec = geo.spec("tconv");
        let geometry = spec.parse::<convproof::Spec>().unwrap().geometry;
        let cells = terms(&geo).iter().map(|cell| cell.iter().map(|&(i, t)| (x[i], w[t])).collect()).collect();
        Case { spec, truth: expected(&geometry, &x, &w).unwrap(), cells }
    }

    fn kernel(&self, order: Order, random: &mut Random) -> Vec<T> {
        self.cells.iter().map(|factors| sum(factors, order, random)).collect()
    }
}

/// Verdicts by the bound among so many cases in every order: none may be anything but the same.
fn judged<T: Float>(seed: u64, cases: usize) -> usize {
    let (mut random, mut by_bound, mut worst) = (Random(seed), 0, 0f64);
    for _ in 0..cases {
        let case = Case::<T>::draw(&mut random);
        for order in ORDERS {
            let found = case.truth.judge(&case.kernel(order, &mut random)).unwrap();
            assert_eq!(found.verdict, Verdict::Same, "{} {order:?} {} {found:?}", case.spec, T::NAME);
            by_bound += usize::from(found.mode == Some(Mode::Bound));
            worst = worst.max(found.max_ratio.unwrap_or(0.0));
        }
    }
    assert!(worst > 0.1 && worst <= 1.0, "{worst} in {}", T::NAME);
    by_bound
}

#[test]
fn correct_kernels_are_never_blamed() {
    let by_type = std::thread::scope(|threads| {
        let kernels: [(Judged, u64); 3] = [(judged::<f32>, 1), (judged::<f16>, 2), (judged::<bf16>, 3)];
        kernels.map(|(of_type, seed)| threads.spawn(move || of_type(seed, CASES))).map(|thread| thread.join().unwrap())
    });
    // Some small cases are exact, and are no evidence here.
    assert!(by_type.iter().sum::<usize>() >= 100_000 && by_type.iter().all(|n| *n >= 30_000), "{by_type:?}");
}

type Judged = fn(u64, usize) -> usize;

/// Of each type, asked in each order.
const CASES: usize = 4_600;

/// Faults tried and caught among some cases.
fn lost<T: Float>(seed: u64, cases: usize) -> (usize, usize) {
    let mut random = Random(seed);
    let (mut tried, mut caught) = (0, 0);
    for _ in 0..cases {
        let case = Case::<T>::draw(&mut random);
        for order in ORDERS {
            // The largest term of some cell is left out. It is at least S/m, the bound about m·u·S.
            let cell = below(&mut random, case.cells.len());
            let factors = &case.cells[cell];
            let size = |n: &usize| -> f64 { (factors[*n].0 * factors[*n].1).into().abs() };
            let largest = (0..factors.len()).max_by(|a, b| size(a).total_cmp(&size(b)));
            let m = factors.len() as f64;
            let Some(largest) = largest.filter(|_| 4.0 * m * m * 2f64.powi(-T::PRECISION) < 1.0) else { continue };
            let mut without = factors.clone();
            without.remove(largest);
            let mut y = case.kernel(order, &mut random);
            y[cell] = sum(&without, order, &mut random);
            tried += 1;
            let found = case.truth.judge(&y).unwrap();
            caught += usize::from(found.verdict == Verdict::Differs && found.cells_wrong == 1);
        }
    }
    (tried, caught)
}

#[test]
fn lost_terms_are_seen() {
    for (tried, caught) in [lost::<f32>(1, 120), lost::<f16>(2, 80), lost::<bf16>(3, 80)] {
        assert!(tried > 150 && caught == tried, "{caught} of {tried}");
    }
}
