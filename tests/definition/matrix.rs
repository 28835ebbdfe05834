//! What the matrices are: C against its transpose, against the structure theorem, against a dense
//! product, against published figures.

#![allow(clippy::unwrap_used)] // a test may fail by it

use std::time::{Duration, Instant};

use convproof::geometry::{Geometry, Padding, Window};
use convproof::matrix::{MAX_ENTRIES, Side};
use convproof::scalar::{Rational, Tap, parse_rational};
use convproof::{ConvMatrix, Spec, Tensor};
use nalgebra::{DMatrix, DVector};
use num_traits::Zero;

fn geometry(words: &str) -> Geometry {
    words.parse::<Spec>().expect(words).geometry
}

/// `1, 2, 3 …` for the taps.
fn counting(g: &Geometry) -> Tensor<i64> {
    Tensor::from_fn("the weight", g.weight_shape(), |n| i64::try_from(n).unwrap() + 1).unwrap()
}

fn transposed(c: &ConvMatrix) -> sprs::CsMatI<Tap, u32> {
    c.taps().clone().transpose_into().to_csr()
}

// ---- C and Cᵀ ------------------------------------------------------------------------------

/// Every axis with input, kernel, stride ≤ 3, dilation ≤ 2, pads from −1 to k, a ≤ 2.
fn small_axes(mut visit: impl FnMut(Geometry)) {
    for (kernel, stride, dilation) in (1..=3).flat_map(|k| (1..=3).flat_map(move |s| (1..=2).map(move |d| (k, s, d)))) {
        for (begin, end) in (-1..=kernel).flat_map(|b| (-1..=kernel).map(move |e| (b, e))) {
            let window = Window { kernel, stride, dilation, padding: Padding { begin, end } };
            for (input, a) in (1..=3).flat_map(|i| (0..=2).map(move |a| (i, a))) {
                if let Ok(axis) = window.transposed(input, a) {
                    visit(Geometry::new(vec![axis]).unwrap());
                }
            }
        }
    }
}

#[test]
fn the_transpose_is_built_as_transposing_builds_it() {
    let mut seen = 0;
    small_axes(|g| {
        let (c, ct) = (g.matrix().unwrap(), g.transposed_matrix().unwrap());
        assert_eq!(ct.taps(), &transposed(&c), "{g:?}");
        assert_eq!((ct.row_shape(), ct.col_shape()), (c.col_shape(), c.row_shape()));
        assert_eq!(i128::try_from(c.entries()).unwrap(), g.products(), "{g:?}");
        seen += 1;
    });
    assert!(seen > 2000, "{seen} geometries");
}

const SEVERAL_AXES: [&str; 10] = [
    "tconv i2x2 k3x3",
    "tconv i2x3 k3x2 s2x1 p1:0x-1:1 a1x0",
    "tconv i2x2x2 k2x1x3 s1x2x1 p0x0x1 d1x1x2",
    "conv i5x4 k3x2 s2x1 p1 d1x2",
    "tconv i2 k3 c2:3",
    "tconv i2x2 k2x2 s2 c4:6 g2",
    "tconv i3 k2 s3 c3:3 g3 n2",
    "conv i4x4 k3x3 p1 c4:2 g2 n2",
    "tconv i1x1 k3x3 p0:1x2:0 n3",
    "tconv i2x2 k2x2 s3 a4x2 c1:2",
];

#[test]
fn the_transpose_of_several_axes_channels_groups_and_batch() {
    for words in SEVERAL_AXES {
        let g = geometry(words);
        let (c, ct) = (g.matrix().unwrap(), g.transposed_matrix().unwrap());
        assert_eq!(ct.taps(), &transposed(&c), "{words}");
        assert_eq!(i128::try_from(c.entries()).unwrap(), g.products(), "{words}");
    }
}

#[test]
fn rows_are_sorted_and_hold_each_tap_once_per_position() {
    for words in SEVERAL_AXES {
        let g = geometry(words);
        for side in [Side::C, Side::Transposed] {
            let matrix = ConvMatrix::build(&g, side, MAX_ENTRIES).unwrap();
            for row in 0..matrix.rows() {
                let entries: Vec<(usize, Tap)> = matrix.row(row).collect();
                assert!(entries.windows(2).all(|pair| pair[0].0 < pair[1].0), "{words}");
                let mut taps: Vec<Tap> = entries.iter().map(|e| e.1).collect();
                taps.sort_unstable();
                taps.dedup();
                assert_eq!(taps.len(), entries.len(), "{words}: a tap twice in a row");
            }
        }
    }
}

// ---- the structure theorem -----------------------------------------------------------------

/// `S_t` of one axis: 1 where `o = s·i + d·t − p`.
fn placements(window: Window, input: i64, output: i64, t: i64) -> DMatrix<i64> {
    let Window { stride: s, dilation: d, padding, .. } = window;
    let (rows, cols) = (usize::try_from(input).unwrap(), usize::try_from(output).unwrap());
    DMatrix::from_fn(rows, cols, |i, o| {
        i64::from(i64::try_from(o).unwrap() == s * i64::try_from(i).unwrap() + d * t - padding.begin)
    })
}

/// `C = Σ_t w[t]·(S_t1 ⊗ S_t2 ⊗ …)`; a group of channels adds `E_ci,co ⊗`, batch `I_n ⊗`.
#[test]
fn the_matrix_is_a_sum_of_kronecker_products() {
    for words in SEVERAL_AXES.into_iter().chain(["conv i4x4 k3x3", "tconv i3 k4 s2 p1", "conv i8 k3 s2 p1 d2"]) {
        let g = geometry(words);
        let weight = counting(&g);
        let index = |n: i64| usize::try_from(n).unwrap();
        let (inputs, outputs) = (index(g.in_channels()), index(g.out_channels()));
        let (in_group, out_group) = (inputs / index(g.groups()), outputs / index(g.groups()));
        let c = g.matrix().unwrap().dense(&weight).unwrap();
        let mut sum = DMatrix::zeros(c.nrows(), c.ncols());
        for ci in 0..inputs {
            for co in 0..out_group {
                let mut channels = DMatrix::zeros(inputs, outputs);
                channels[(ci, ci / in_group * out_group + co)] = 1;
                // All taps t1, t2, …, counted like an odometer.
                let kernel: Vec<i64> = g.axes().iter().map(|axis| axis.kernel()).collect();
                for flat in 0..kernel.iter().product::<i64>() {
                    let (mut rest, mut taps) = (flat, vec![0; kernel.len()]);
                    for (t, k) in taps.iter_mut().zip(&kernel).rev() {
                        (*t, rest) = (rest % k, rest / k);
                    }
                    let mut term: DMatrix<i64> = DMatrix::identity(index(g.batch()), index(g.batch()));
                    term = term.kronecker(&channels);
                    for (axis, &t) in g.axes().iter().zip(&taps) {
                        term = term.kronecker(&placements(axis.window(), axis.input(), axis.output(), t));
                    }
                    let position: Vec<usize> = [ci, co].into_iter().chain(taps.iter().map(|&t| index(t))).collect();
                    sum += term * *weight.at(&position);
                }
            }
        }
        assert_eq!(c, sum, "{words}");
    }
}

// ---- products ------------------------------------------------------------------------------

#[test]
fn the_sparse_product_is_the_dense_one() {
    for words in SEVERAL_AXES {
        let g = geometry(words);
        let weight =
            Tensor::from_fn("the weight", g.weight_shape(), |n| parse_rational(&format!("{}/7", n + 1)).unwrap());
        let weight = weight.unwrap();
        for side in [Side::C, Side::Transposed] {
            let matrix = ConvMatrix::build(&g, side, MAX_ENTRIES).unwrap();
            let x = Tensor::from_fn("x", matrix.col_shape(), |n| parse_rational(&format!("-{n}/3")).unwrap()).unwrap();
            let y = matrix.times(&weight, &x).unwrap();
            assert_eq!(y.shape(), matrix.row_shape());
            let dense = matrix.dense(&weight).unwrap() * DVector::from_column_slice(x.entries());
            assert_eq!(y.entries(), dense.as_slice(), "{words}");
        }
    }
}

/// Zhang et al., "Dive into Deep Learning", §14.10: K = [[1, 2], [3, 4]], X = 0 … 8.
#[test]
fn dive_into_deep_learning_s_example() {
    let g = geometry("conv i3x3 k2x2");
    let weight = counting(&g);
    let (c, ct) = (g.matrix().unwrap(), g.transposed_matrix().unwrap());
    let x = Tensor::new(c.col_shape(), (0..9).collect()).unwrap();
    let y = c.times(&weight, &x).unwrap();
    assert_eq!(y.entries(), [27, 37, 57, 67]);
    assert_eq!(ct.times(&weight, &y).unwrap().entries(), [27, 91, 74, 138, 400, 282, 171, 429, 268]);
    let dense = c.dense(&weight).unwrap();
    let gram = DMatrix::from_row_slice(4, 4, &[30, 14, 11, 4, 14, 30, 6, 11, 11, 6, 30, 14, 4, 11, 14, 30]);
    assert_eq!(&dense * dense.transpose(), gram);
    let null = DVector::from_column_slice(&[4, -2, 1, 0, 0, 0, 0, 0, 0]);
    assert!((&dense * null).iter().all(|n| *n == 0));
}

#[test]
fn tensors_of_another_shape_are_refused() {
    let c = geometry("conv i3 k2").matrix().unwrap();
    let (weight, x) = (Tensor::new(vec![1, 1, 2], vec![1, 2]).unwrap(), Tensor::new(vec![1, 1, 3], vec![1, 2, 3]));
    let x = x.unwrap();
    assert!(c.times(&weight, &x).is_ok());
    assert_eq!(c.times(&x, &x).unwrap_err().rule(), "Q1");
    assert_eq!(c.times(&weight, &weight).unwrap_err().rule(), "Q2");
    assert_eq!(c.dense(&x).unwrap_err().rule(), "Q1");
}

// ---- limits --------------------------------------------------------------------------------

#[test]
fn what_is_too_large_is_refused_at_once() {
    let start = Instant::now();
    for (words, limit, rule) in [
        ("tconv i1 k1 a4000000000", MAX_ENTRIES, "L1"),
        ("tconv i100000x100000 k3x3", MAX_ENTRIES, "L1"),
        ("tconv i8000x8000 k3x3", MAX_ENTRIES, "L1"),
        ("tconv i1000x1000 k100x100", MAX_ENTRIES, "L1"),
        ("tconv i28x28 k2x2 s2 c1024:512", MAX_ENTRIES, "L1"),
        ("tconv i1 k1 n100000000", MAX_ENTRIES, "L1"),
        ("tconv i1 k1 c10000:10000", MAX_ENTRIES, "L1"),
        ("tconv i1 k1 c100000:100000", MAX_ENTRIES, "L2"),
        ("tconv i1 k1 a5000000000", u64::MAX, "L2"),
        ("tconv i100000x100000 k3x3", u64::MAX, "L2"),
        ("tconv i1 k5000000000 p0:4999999999", MAX_ENTRIES, "L2"),
    ] {
        let g = geometry(words);
        for side in [Side::C, Side::Transposed] {
            let error = ConvMatrix::build(&g, side, limit).unwrap_err();
            assert_eq!(error.rule(), rule, "{words}: {error}");
        }
    }
    assert!(start.elapsed() < Duration::from_secs(2), "{:?}", start.elapsed());
}

#[test]
fn limits_are_exact() {
    let g = geometry("conv i4x4 k3x3");
    assert!(ConvMatrix::build(&g, Side::C, 36).is_ok());
    let error = ConvMatrix::build(&g, Side::C, 35).unwrap_err();
    assert_eq!(error.to_string(), "L1: the matrix has 36 entries, the limit is 35; --max-entries raises it");
    let large = geometry("conv i5000 k2").matrix().unwrap();
    assert_eq!(large.dense(&counting(large.geometry())).unwrap_err().rule(), "L3");
}

// ---- published figures ---------------------------------------------------------------------

/// Rank by elimination over the rationals.
fn rank(matrix: &DMatrix<Rational>) -> usize {
    let mut rows: Vec<Vec<Rational>> = matrix.row_iter().map(|row| row.iter().cloned().collect()).collect();
    let mut rank = 0;
    for col in 0..matrix.ncols() {
        let Some(pivot) = (rank..rows.len()).find(|&r| !rows[r][col].is_zero()) else { continue };
        rows.swap(rank, pivot);
        let (above, below) = rows.split_at_mut(rank + 1);
        let pivot = &above[rank];
        for row in below {
            let factor = &row[col] / &pivot[col];
            if !factor.is_zero() {
                for (entry, p) in row[col..].iter_mut().zip(&pivot[col..]) {
                    *entry -= &factor * p;
                }
            }
        }
        rank += 1;
    }
    rank
}

/// One row of the table of figures.
struct Figure {
    name: &'static str,
    spec: &'static str,
    shape: (usize, usize),
    entries: usize,
    rank: usize,
    per_row: (usize, usize),
    per_col: (usize, usize),
    empty_cols: usize,
    a: i64,
}

/// The animations of github.com/vdumoulin/conv_arithmetic and the example of Theano's tutorial,
/// with the counts worked out independently; ranks for the kernel 1, 2, 3 …
#[test]
fn the_figures_of_the_guide() {
    #[rustfmt::skip]
    let figures = [
        Figure { name: "no_padding_no_strides", spec: "conv i4x4 k3x3", shape: (4, 16), entries: 36, rank: 4, per_row: (9, 9), per_col: (1, 4), empty_cols: 0, a: 0 },
        Figure { name: "arbitrary_padding_no_strides", spec: "conv i5x5 k4x4 p2", shape: (36, 25), entries: 324, rank: 25, per_row: (4, 16), per_col: (9, 16), empty_cols: 0, a: 0 },
        Figure { name: "same_padding_no_strides", spec: "conv i5x5 k3x3 p1", shape: (25, 25), entries: 169, rank: 23, per_row: (4, 9), per_col: (4, 9), empty_cols: 0, a: 0 },
        Figure { name: "full_padding_no_strides", spec: "conv i5x5 k3x3 p2", shape: (49, 25), entries: 225, rank: 25, per_row: (1, 9), per_col: (9, 9), empty_cols: 0, a: 0 },
        Figure { name: "no_padding_strides", spec: "conv i5x5 k3x3 s2", shape: (4, 25), entries: 36, rank: 4, per_row: (9, 9), per_col: (1, 4), empty_cols: 0, a: 0 },
        Figure { name: "padding_strides", spec: "conv i5x5 k3x3 s2 p1", shape: (9, 25), entries: 49, rank: 9, per_row: (4, 9), per_col: (1, 4), empty_cols: 0, a: 0 },
        Figure { name: "padding_strides_odd", spec: "conv i6x6 k3x3 s2 p1", shape: (9, 36), entries: 64, rank: 9, per_row: (4, 9), per_col: (1, 4), empty_cols: 0, a: 1 },
        Figure { name: "dilation", spec: "conv i7x7 k3x3 d2", shape: (9, 49), entries: 81, rank: 9, per_row: (9, 9), per_col: (1, 4), empty_cols: 0, a: 0 },
        Figure { name: "numerical_no_padding_no_strides", spec: "conv i5x5 k3x3", shape: (9, 25), entries: 81, rank: 9, per_row: (9, 9), per_col: (1, 9), empty_cols: 0, a: 0 },
        Figure { name: "numerical_padding_strides", spec: "conv i5x5 k3x3 s2 p1", shape: (9, 25), entries: 49, rank: 9, per_row: (4, 9), per_col: (1, 4), empty_cols: 0, a: 0 },
        Figure { name: "Theano quick reference", spec: "conv i9x9 k4x4 s2", shape: (9, 81), entries: 144, rank: 9, per_row: (16, 16), per_col: (0, 4), empty_cols: 17, a: 1 },
    ];
    for figure in figures {
        let name = figure.name;
        let g = geometry(figure.spec);
        let (c, ct) = (g.matrix().unwrap(), g.transposed_matrix().unwrap());
        let counts = |m: &ConvMatrix| (0..m.rows()).map(|r| m.row(r).count()).collect::<Vec<_>>();
        let range = |all: &[usize]| (*all.iter().min().unwrap(), *all.iter().max().unwrap());
        let (per_row, per_col) = (counts(&c), counts(&ct));
        assert_eq!((c.rows(), c.cols()), figure.shape, "{name}");
        assert_eq!(c.entries(), figure.entries, "{name}");
        assert_eq!(range(&per_row), figure.per_row, "{name}");
        assert_eq!(range(&per_col), figure.per_col, "{name}");
        assert_eq!(per_col.iter().filter(|&&n| n == 0).count(), figure.empty_cols, "{name}");
        assert!(g.axes().iter().all(|axis| axis.output_padding() == figure.a), "{name}");
        let weight = Tensor::new(
            g.weight_shape(),
            counting(&g).entries().iter().map(|&n| Rational::from_integer(n.into())).collect(),
        );
        assert_eq!(rank(&c.dense(&weight.unwrap()).unwrap()), figure.rank, "{name}");
    }
}

#[test]
fn columns_of_the_4_by_16_matrix_hold_one_to_four_taps() {
    let ct = geometry("conv i4x4 k3x3").transposed_matrix().unwrap();
    let counts: Vec<usize> = (0..16).map(|row| ct.row(row).count()).collect();
    assert_eq!(counts, [1, 2, 2, 1, 2, 4, 4, 2, 2, 4, 4, 2, 1, 2, 2, 1]);
}

/// The 3×3 kernel 1 … 9 at same padding: invertible on 3×3 and 4×4, not on 5×5.
#[test]
fn rank_depends_on_kernel_and_size() {
    for (words, expected) in [("conv i3x3 k3x3 p1", 9), ("conv i4x4 k3x3 p1", 16), ("conv i5x5 k3x3 p1", 23)] {
        let g = geometry(words);
        let weight = Tensor::new(g.weight_shape(), (1..=9).map(|n| Rational::from_integer(n.into())).collect());
        assert_eq!(rank(&g.matrix().unwrap().dense(&weight.unwrap()).unwrap()), expected, "{words}");
    }
    let g = geometry("conv i5x5 k3x3 p1");
    let ones = Tensor::new(g.weight_shape(), vec![Rational::from_integer(1.into()); 9]).unwrap();
    assert_eq!(rank(&g.matrix().unwrap().dense(&ones).unwrap()), 16);
}
