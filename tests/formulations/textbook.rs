//! Worked numbers of tutorials (`tests/cases/*.toml`), through the definition and every
//! formulation; and what the tutorials say about undoing a convolution.

#![allow(clippy::unwrap_used)] // a test that cannot go on says where

use std::path::Path;

use convproof::geometry::Kind;
use convproof::scalar::{ExactScalar, Rational, parse_rational};
use convproof::{Geometry, Spec, Tensor, formulation};
use nalgebra::DMatrix;
use num_rational::BigRational;
use num_traits::{One, ToPrimitive, Zero};

/// One worked example: `output` is what `spec` makes of `input` and `weight`.
#[derive(serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Case {
    name: String,
    why: String,
    source: String,
    pub spec: String,
    weight: Option<String>,
    input: Option<String>,
    output: Option<String>,
    /// For cases about sizes only.
    output_shape: Option<Vec<usize>>,
}

/// All cases, with `file: name` for messages, by file name.
pub fn cases() -> Vec<(String, Case)> {
    #[derive(serde::Deserialize)]
    struct File {
        case: Vec<Case>,
    }
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cases");
    let mut files: Vec<_> = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    let mut all = Vec::new();
    for path in files {
        let file: File = toml::from_str(&std::fs::read_to_string(&path).unwrap()).unwrap();
        let stem = path.file_stem().unwrap().to_string_lossy().into_owned();
        all.extend(file.case.into_iter().map(|case| (format!("{stem}: {}", case.name), case)));
    }
    all
}

/// The case of this `file: name`.
fn case(label: &str) -> Case {
    cases().into_iter().find(|(known, _)| known == label).expect("the case is there").1
}

fn spec(text: &str) -> Spec {
    text.parse().unwrap()
}

fn geometry(text: &str) -> Geometry {
    spec(text).geometry
}

fn numbers(text: &str) -> Vec<Rational> {
    text.split([' ', ';', '\n']).filter(|word| !word.is_empty()).map(|word| parse_rational(word).unwrap()).collect()
}

fn tensor(shape: Vec<usize>, text: &str) -> Tensor<Rational> {
    Tensor::new(shape, numbers(text)).unwrap()
}

/// The operands and the result of a case with numbers.
pub fn operands(case: &Case) -> Option<[Tensor<Rational>; 3]> {
    let spec = spec(&case.spec);
    Some([
        tensor(spec.geometry.weight_shape(), case.weight.as_ref()?),
        tensor(spec.input_shape(), case.input.as_ref()?),
        tensor(spec.output_shape(), case.output.as_ref()?),
    ])
}

/// `y = Cx` or `y = Cᵀx` by both builds of the matrix, and for a transposed convolution by all
/// formulations.
fn check<S: ExactScalar + std::fmt::Debug>(label: &str, spec: &Spec, [w, x, y]: &[Tensor<S>; 3]) {
    let g = &spec.geometry;
    match spec.kind {
        Kind::Conv => assert_eq!(&g.matrix().unwrap().times(w, x).unwrap(), y, "{label}: Cx"),
        Kind::Tconv => {
            assert_eq!(&g.transposed_matrix().unwrap().times(w, x).unwrap(), y, "{label}: Cᵀx");
            for rival in formulation::all::<S>() {
                assert_eq!(&rival.apply(g, w, x).unwrap(), y, "{label}: {}", rival.name());
            }
        }
    }
    // The sums once more, from the entries of C alone.
    let c = g.matrix().unwrap();
    let mut sums = vec![S::zero(); y.len()];
    for (tap, (row, col)) in c.taps() {
        let (from, to) = match spec.kind {
            Kind::Conv => (col, row),
            Kind::Tconv => (row, col),
        };
        sums[to as usize].add_product(&x.entries()[from as usize], &w.entries()[tap.index()]);
    }
    assert_eq!(sums, y.entries(), "{label}: entries of C");
}

#[test]
fn every_case_holds_for_the_definition_and_every_formulation() {
    let (mut judged, mut whole) = (0, 0);
    for (label, case) in cases() {
        assert!(!case.why.is_empty() && !case.source.is_empty(), "{label}");
        let spec = spec(&case.spec);
        if let Some(shape) = &case.output_shape {
            assert_eq!(&spec.output_shape(), shape, "{label}");
            assert!(case.weight.is_none() && case.input.is_none() && case.output.is_none(), "{label}");
            continue;
        }
        let rational = operands(&case).unwrap_or_else(|| panic!("{label}: weight, input and output"));
        check(&label, &spec, &rational);
        judged += 1;
        if rational.iter().all(|t| t.entries().iter().all(Rational::is_integer)) {
            check(&label, &spec, &rational.map(|t| t.map(|n| n.to_integer().to_i64().unwrap())));
            whole += 1;
        }
    }
    assert_eq!((judged, whole), (31, 29));
}

#[test]
fn a_case_with_a_changed_number_is_refused() {
    let case = case("d2l: basic");
    let [w, x, y] = operands(&case).unwrap();
    let mut wrong = y.clone();
    wrong.entries_mut()[4] += Rational::one();
    let g = geometry(&case.spec);
    assert_ne!(g.transposed_matrix().unwrap().times(&w, &x).unwrap(), wrong);
}

#[test]
fn the_shape_comes_back_but_not_the_values() {
    for (there, back) in [
        ("d2l: convolution as a matrix product", "d2l: its transpose"),
        ("shibuya: convolution", "shibuya: there and back"),
        ("guide: figure without padding", "guide: transpose of the figure without padding"),
        ("guide: figure with padding and strides", "guide: transpose of the figure with padding and strides"),
    ] {
        let ([w, x, y], [w2, y2, z]) = (operands(&case(there)).unwrap(), operands(&case(back)).unwrap());
        assert_eq!((&w, &y), (&w2, &y2), "{back} starts from the result of {there}");
        assert_eq!(geometry(&case(there).spec), geometry(&case(back).spec));
        assert_eq!(x.shape(), z.shape());
        assert_ne!(x, z);
    }
    // And not even the shape, unless the stride divides what the kernel leaves: 16, 17 and 18
    // all go to 6, and 6 comes back as 16.
    for (length, a) in [(16, 0), (17, 1), (18, 2)] {
        let conv = geometry(&format!("conv i{length} k5 s3 p2"));
        assert_eq!((conv.axes()[0].input(), conv.axes()[0].output_padding()), (6, a));
    }
    assert_eq!(geometry("tconv i6 k5 s3 p2").axes()[0].output(), 16);
}

#[test]
fn output_padding_as_long_as_the_stride_needs_a_cut_matrix() {
    // The convolution that starts from the output has a row more than Cᵀ has columns.
    let tconv = geometry("tconv i3 k2 d2 a1");
    let conv = geometry(&format!("conv i{} k2 d2", tconv.axes()[0].output()));
    let (cut, all) = (tconv.matrix().unwrap(), conv.matrix().unwrap());
    assert_eq!((cut.rows(), all.rows()), (3, 4));
    assert!((0..3).all(|row| cut.row(row).eq(all.row(row))));
    assert_eq!(tconv.remarks().len(), 1);
    assert!(conv.remarks().is_empty());
}

#[test]
fn same_padding_with_its_ends_swapped_is_another_map() {
    let [upper, lower, torch] = [
        "ours: same size: one before, two after",
        "ours: same size: two before, one after",
        "ours: same size: padding 2, output padding 1",
    ]
    .map(case);
    let matrix = |case: &Case| geometry(&case.spec).transposed_matrix().unwrap();
    assert_eq!(geometry(&upper.spec).output_shape(), geometry(&lower.spec).output_shape());
    assert_ne!(matrix(&upper).taps(), matrix(&lower).taps());
    assert_eq!(matrix(&torch).taps(), matrix(&lower).taps());
    // A lowering that swaps them turns the one recorded result into the other.
    let [w, x, y] = operands(&upper).unwrap();
    let swapped = matrix(&lower).times(&w, &x).unwrap();
    assert_ne!(swapped, y);
    assert_eq!(swapped, operands(&lower).unwrap()[2]);
}

/// Single precision, as the frameworks add.
mod single {
    #![allow(clippy::float_arithmetic)] // the subject

    #[derive(Clone)]
    pub struct Single(pub f32);

    impl convproof::scalar::Scalar for Single {
        fn zero() -> Self {
            Single(0.0)
        }
        fn add_assign(&mut self, other: &Self) {
            self.0 += other.0;
        }
        fn times(&self, other: &Self) -> Self {
            Single(self.0 * other.0)
        }
    }
}

#[test]
fn float_sums_depend_on_the_order_where_exact_ones_do_not() {
    use convproof::formulation::{Formulation, Gather, Scatter};
    use single::Single;
    let case = case("ours: cancellation");
    let g = geometry(&case.spec);
    let [w, x, _] = operands(&case).unwrap().map(|t| t.map(|n| Single(n.to_f32().unwrap())));
    // Scatter: (2^24 + 1) − 2^24, where 2^24 + 1 rounds to 2^24. Gather: (−2^24 + 1) + 2^24.
    let middle = |rival: &dyn Formulation<Single>| rival.apply(&g, &w, &x).unwrap().entries()[2].0;
    assert_eq!((middle(&Scatter), middle(&Gather)), (0.0, 1.0));
}

/// `C` with numbers, as a dense matrix.
fn dense_c(text: &str, weight: &str) -> DMatrix<Rational> {
    let g = geometry(text);
    g.matrix().unwrap().dense(&tensor(g.weight_shape(), weight)).unwrap()
}

/// Rank, and for a square matrix the determinant, by elimination without fractions (Bareiss):
/// `m[i][j] ← (m[i][j]·pivot − m[i][c]·m[r][j]) / the pivot before`, an exact division.
fn bareiss(mut m: DMatrix<Rational>) -> (usize, Rational) {
    let (rows, cols) = m.shape();
    let (mut rank, mut before, mut sign) = (0, Rational::one(), Rational::one());
    for col in 0..cols {
        let Some(found) = (rank..rows).find(|&row| !m[(row, col)].is_zero()) else { continue };
        if found != rank {
            m.swap_rows(found, rank);
            sign = -sign;
        }
        let pivot = m[(rank, col)].clone();
        for row in rank + 1..rows {
            let factor = m[(row, col)].clone();
            for j in col..cols {
                m[(row, j)] = (&m[(row, j)] * &pivot - &factor * &m[(rank, j)]) / &before;
            }
        }
        (before, rank) = (pivot, rank + 1);
    }
    (rank, if rank == rows && rows == cols { sign * before } else { Rational::zero() })
}

fn whole(n: i64) -> Rational {
    BigRational::from_integer(n.into())
}

#[test]
fn the_matrix_of_dive_into_deep_learning() {
    let w = dense_c("conv i3x3 k2x2", "1 2 3 4");
    let rows = "1 2 0 3 4 0 0 0 0; 0 1 2 0 3 4 0 0 0; 0 0 0 1 2 0 3 4 0; 0 0 0 0 1 2 0 3 4";
    assert_eq!(w, DMatrix::from_row_iterator(4, 9, numbers(rows)));
    assert_eq!(w.iter().filter(|n| !n.is_zero()).count(), 16);
    assert_eq!(bareiss(w.clone()).0, 4, "nullity 5");
    let null = DMatrix::from_row_iterator(9, 1, numbers("4 -2 1 0 0 0 0 0 0"));
    assert!((&w * null).iter().all(Zero::is_zero));
    let gram = &w * w.transpose();
    let expected = "30 14 11 4; 14 30 6 11; 11 6 30 14; 4 11 14 30";
    assert_eq!(gram, DMatrix::from_row_iterator(4, 4, numbers(expected)));
    assert_eq!(bareiss(gram), (4, whole(368_385)));
    // Z = WᵀW·X, exercise 1.
    let x = DMatrix::from_row_iterator(9, 1, (0..9).map(whole));
    let z = numbers("27 91 74; 138 400 282; 171 429 268");
    assert_eq!(w.transpose() * &w * x, DMatrix::from_row_iterator(9, 1, z));
}

#[test]
fn same_padding_is_invertible_for_some_sizes_only() {
    let determinants = |weight: &str| -> Vec<Rational> {
        (1..=9).map(|n| bareiss(dense_c(&format!("conv i{n} k3 p1"), weight)).1).collect()
    };
    assert_eq!(determinants("1 1 1"), numbers("1 0 -1 -1 0 1 1 0 -1"));
    assert_eq!(determinants("1 2 1"), numbers("2 3 4 5 6 7 8 9 10"));
    for (weight, ranks) in [("1 2 3 4 5 6 7 8 9", [9, 16, 23]), ("1 1 1 1 1 1 1 1 1", [9, 16, 16])] {
        let rank = |n| bareiss(dense_c(&format!("conv i{n}x{n} k3x3 p1"), weight)).0;
        assert_eq!([3, 4, 5].map(rank), ranks, "{weight}");
    }
}

#[test]
fn fewer_outputs_lose_information_and_full_padding_does_not() {
    let identity = "0 0 0; 0 1 0; 0 0 0";
    for (n, rank) in [(4, 4), (5, 9), (6, 16)] {
        assert_eq!(bareiss(dense_c(&format!("conv i{n}x{n} k3x3"), identity)).0, rank);
    }
    assert_eq!(dense_c("conv i4x4 k3x3 p1", identity), DMatrix::identity(16, 16));
    assert_eq!(bareiss(dense_c("conv i3x3 k1x1", "-2/3")).0, 9);
    for weight in ["0 0 1", "1 -1 0", "1 2 3"] {
        assert_eq!(bareiss(dense_c("conv i5 k3 p2", weight)).0, 5, "full column rank");
        // Cᵀ without cropping is injective: C has full row rank.
        assert_eq!(bareiss(dense_c("tconv i4 k3 s2 d3", weight)).0, 4);
    }
    // With cropping it need not be: four numbers to one.
    assert_eq!(dense_c("tconv i2x2 k2x2 p1", "0 1 2 3").shape(), (4, 1));
}

#[test]
fn resizing_then_convolving_is_one_transposed_convolution() {
    let transposed = |text: &str, weight: &str| dense_c(text, weight).transpose();
    let resize = transposed("tconv i3 k2 s2", "1 1");
    let composite = dense_c("conv i6 k3 p1", "1 2 3") * &resize;
    assert_eq!(composite, transposed("tconv i3 k4 s2 p1", "3 5 3 1"));
    // The other order is another map.
    let other = &resize * dense_c("conv i3 k3 p1", "1 2 3");
    assert_ne!(other, composite);
    let x = DMatrix::from_row_iterator(3, 1, numbers("1 2 4"));
    let column = |text: &str| DMatrix::from_row_iterator(6, 1, numbers(text));
    assert_eq!(composite * &x, column("5 9 11 18 22 12"));
    assert_eq!(other * &x, column("8 8 17 17 10 10"));
}
