//! Rank, null vectors, determinants and left inverses against published numbers and nalgebra.

use convproof::scalar::{Rational, parse_rational, show_rational};
use convproof::structure::{Elimination, MAX_WORK, eliminate, left_inverse, rank_modulo};
use convproof::{Side, Spec, Tensor};
use num_traits::{One, Zero};
use proptest::prelude::*;
use sprs::CsMatI;

fn numbers(words: &str) -> Vec<Rational> {
    words.split(' ').map(|word| parse_rational(word).unwrap()).collect()
}

/// The named operation's own matrix with these taps.
fn matrix(spec: &str, taps: &str) -> CsMatI<Rational, u32> {
    let spec: Spec = spec.parse().unwrap();
    let side = if spec.kind == convproof::Kind::Conv { Side::C } else { Side::Transposed };
    let shape = spec.geometry.weight_shape();
    let taps = match taps {
        "count" => (1..=shape.iter().product::<usize>()).map(|n| Rational::from_integer(n.into())).collect(),
        "ones" => vec![Rational::one(); shape.iter().product()],
        words => numbers(words),
    };
    let matrix = convproof::ConvMatrix::build(&spec.geometry, side, 1 << 20).unwrap();
    matrix.substitute(&Tensor::new(shape, taps).unwrap()).unwrap()
}

fn found(spec: &str, taps: &str) -> Elimination {
    eliminate(&matrix(spec, taps), MAX_WORK).unwrap()
}

/// V. Dumoulin and F. Visin, "A guide to convolution arithmetic": the figures as matrices, with the
/// taps 1, 2, 3 …; ranks by hand and by two computer algebra systems.
#[test]
fn ranks_of_the_guides_figures() {
    for (spec, rows, cols, rank) in [
        ("conv i4x4 k3x3", 4, 16, 4),
        ("conv i5x5 k4x4 p2", 36, 25, 25),
        ("conv i5x5 k3x3 p1", 25, 25, 23),
        ("conv i5x5 k3x3 p2", 49, 25, 25),
        ("conv i5x5 k3x3 s2", 4, 25, 4),
        ("conv i5x5 k3x3 s2 p1", 9, 25, 9),
        ("conv i6x6 k3x3 s2 p1", 9, 36, 9),
        ("conv i7x7 k3x3 d2", 9, 49, 9),
        ("conv i5x5 k3x3", 9, 25, 9),
        ("conv i9x9 k4x4 s2", 9, 81, 9),
    ] {
        let found = found(spec, "count");
        assert_eq!((found.rows, found.cols, found.rank, found.nullity()), (rows, cols, rank, cols - rank), "{spec}");
    }
}

/// What can be undone and what cannot.
#[test]
fn same_padding_depends_on_the_kernel_and_the_size() {
    for (spec, taps, rank) in [
        ("conv i3x3 k3x3 p1", "count", 9),
        ("conv i4x4 k3x3 p1", "count", 16),
        ("conv i5x5 k3x3 p1", "count", 23),
        ("conv i3x3 k3x3 p1", "ones", 9),
        ("conv i4x4 k3x3 p1", "ones", 16),
        ("conv i5x5 k3x3 p1", "ones", 16),
        ("conv i4x4 k3x3", "0 0 0 0 1 0 0 0 0", 4),
        ("conv i5x5 k3x3", "0 0 0 0 1 0 0 0 0", 9),
        ("conv i6x6 k3x3", "0 0 0 0 1 0 0 0 0", 16),
        ("conv i4x4 k3x3 p1", "0 0 0 0 1 0 0 0 0", 16),
        ("conv i4x4 k1x1", "7", 16),
    ] {
        assert_eq!(found(spec, taps).rank, rank, "{spec} {taps}");
    }
}

#[test]
fn determinants_of_padded_kernels_in_one_dimension() {
    let of = |taps: &str| -> Vec<String> {
        let all = (1..=9).map(|n| found(&format!("conv i{n} k3 p1"), taps).determinant.unwrap());
        all.map(|d| show_rational(&d)).collect()
    };
    assert_eq!(of("1 1 1"), ["1", "0", "-1", "-1", "0", "1", "1", "0", "-1"]);
    assert_eq!(of("1 2 1"), ["2", "3", "4", "5", "6", "7", "8", "9", "10"]);
    // 1/2 on the diagonal of a 3×3 matrix, and nothing else.
    assert_eq!(show_rational(&found("conv i3 k3 p1", "0 1/2 0").determinant.unwrap()), "1/8");
    assert_eq!(found("conv i3 k2", "1 2").determinant, None);
}

#[test]
fn the_null_vector_of_a_textbook_matrix() {
    let found = found("conv i3x3 k2x2", "1 2 3 4");
    let vector: Vec<String> = found.null_vector.unwrap().iter().map(ToString::to_string).collect();
    assert_eq!(vector, ["4", "-2", "1", "0", "0", "0", "0", "0", "0"]);
    assert!(!eliminate(&matrix("tconv i2x2 k2x2", "1 2 3 4"), MAX_WORK).unwrap().nullity().is_one());
}

#[test]
fn too_much_work_is_no_answer() {
    let matrix = matrix("conv i5x5 k3x3 p1", "count");
    assert_eq!(eliminate(&matrix, 100), None);
    assert_eq!(left_inverse(&matrix, 100), None);
    assert_eq!(rank_modulo(vec![vec![1, 2], vec![2, 3]], 1), None);
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(300) })]

    /// `Av = 0`, `LA = 1`, the determinant that nalgebra computes by cofactors of small matrices, and
    /// the rank of the transpose; the entries are few so that ranks fall.
    #[test]
    fn elimination_agrees_with_what_it_claims(rows in 1usize..6, cols in 1usize..6, seed in prop::collection::vec(-2i64..3, 25), denominator in 1i64..4) {
        let dense: Vec<Vec<Rational>> = (0..rows)
            .map(|r| (0..cols).map(|c| Rational::new(seed[r * 5 + c].into(), denominator.into())).collect())
            .collect();
        let sparse = sparse(&dense, cols);
        let found = eliminate(&sparse, MAX_WORK).unwrap();
        prop_assert_eq!(found.rank, eliminate(&sparse.transpose_view().to_csr(), MAX_WORK).unwrap().rank);
        if let Some(vector) = &found.null_vector {
            prop_assert!(vector.iter().any(|v| !v.is_zero()));
            for row in &dense {
                let sum: Rational = row.iter().zip(vector).map(|(a, v)| a * Rational::from_integer(v.clone())).sum();
                prop_assert!(sum.is_zero());
            }
        }
        if rows == cols {
            prop_assert_eq!(found.determinant.clone().unwrap(), by_cofactors(&dense));
        }
        let inverse = left_inverse(&sparse, MAX_WORK);
        prop_assert_eq!(inverse.is_some(), found.is_injective());
        for (n, row) in inverse.iter().flatten().enumerate() {
            for c in 0..cols {
                let sum: Rational = row.iter().zip(&dense).map(|(l, a)| l * &a[c]).sum();
                prop_assert_eq!(sum, if n == c { Rational::one() } else { Rational::zero() });
            }
        }
        let modulo = |n: i64| u64::try_from(n.rem_euclid(i64::try_from(convproof::structure::PRIME).unwrap())).unwrap();
        let whole = (0..rows).map(|r| (0..cols).map(|c| modulo(seed[r * 5 + c])).collect()).collect();
        // Minors of these are far below the prime.
        prop_assert_eq!(rank_modulo(whole, 1 << 20), Some(found.rank));
    }
}

fn sparse(dense: &[Vec<Rational>], cols: usize) -> CsMatI<Rational, u32> {
    let mut triplets = sprs::TriMatI::new((dense.len(), cols));
    for (r, row) in dense.iter().enumerate() {
        for (c, value) in row.iter().enumerate() {
            triplets.add_triplet(r, c, value.clone());
        }
    }
    triplets.to_csr()
}

fn by_cofactors(matrix: &[Vec<Rational>]) -> Rational {
    let [first, rest @ ..] = matrix else { return Rational::one() };
    let minor =
        |c: usize| -> Vec<Vec<Rational>> { rest.iter().map(|row| [&row[..c], &row[c + 1..]].concat()).collect() };
    let signed = |c: usize, value: &Rational| if c.is_multiple_of(2) { value.clone() } else { -value };
    first.iter().enumerate().map(|(c, value)| signed(c, value) * by_cofactors(&minor(c))).sum()
}
