//! The fast builder makes what the plain one makes, entry by entry, and so does the walk by rows.
#![allow(clippy::unwrap_used)]

use crate::common::{sampled, spec_strategy};
use convproof::geometry::{Axis, Geometry, Padding, Window};
use convproof::matrix::{Arrays, Builder, Index, for_each_row};
use convproof::{ConvMatrix, Side, Spec};
use proptest::prelude::*;

const SIDES: [Side; 2] = [Side::C, Side::Transposed];

fn agrees(g: &Geometry, name: &dyn std::fmt::Debug) {
    let (mut narrow, mut wide) = (Arrays::<u32>::default(), Arrays::<u64>::default());
    for side in SIDES {
        let plain = ConvMatrix::build_plainly(g, side, u32::MAX.into()).unwrap();
        let plain = plain.taps();
        let equal = |indptr: &[u64], indices: &mut dyn Iterator<Item = u64>, taps: &[u32]| {
            plain.indptr().raw_storage().iter().map(|&n| u64::from(n)).eq(indptr.iter().copied())
                && plain.indices().iter().map(|&n| u64::from(n)).eq(indices)
                && plain.data().iter().map(|tap| tap.0).eq(taps.iter().copied())
        };
        let builder = Builder::<u32>::new(g, side).unwrap();
        assert_eq!((builder.rows(), builder.columns(), builder.entries()), (plain.rows(), plain.cols(), plain.nnz()));
        // The buffers of the other side are reused.
        builder.build_into(&mut narrow);
        let ends: Vec<u64> = narrow.indptr.iter().map(|&n| n.into()).collect();
        assert!(equal(&ends, &mut narrow.indices.iter().map(|&n| n.into()), &narrow.taps), "{name:?} {side:?}");
        Builder::<u64>::new(g, side).unwrap().build_into(&mut wide);
        assert!(equal(&wide.indptr, &mut wide.indices.iter().copied(), &wide.taps), "{name:?} {side:?} wide");
        let (mut ends, mut columns, mut taps) = (vec![0], Vec::new(), Vec::new());
        for_each_row(g, side, |row, row_columns, row_taps| {
            assert_eq!(row + 1, ends.len());
            columns.extend_from_slice(row_columns);
            taps.extend_from_slice(row_taps);
            ends.push(columns.len() as u64);
        })
        .unwrap();
        assert!(equal(&ends, &mut columns.into_iter(), &taps), "{name:?} {side:?} by rows");
        assert_eq!(ConvMatrix::build(g, side, u32::MAX.into()).unwrap().taps(), plain, "{name:?} {side:?}");
    }
}

/// All axes with i, k ≤ 4, s, d ≤ 3, pads −1 … d(k−1) + 1 at each end, a ≤ s + 1 (so a ≥ s too).
fn all_axes() -> Vec<Axis> {
    let mut axes = Vec::new();
    for (input, kernel) in (1..=4).flat_map(|i| (1..=4).map(move |k| (i, k))) {
        for (stride, dilation) in (1..=3).flat_map(|s| (1..=3).map(move |d| (s, d))) {
            let pads = -1..=dilation * (kernel - 1) + 1;
            for (begin, end) in pads.clone().flat_map(|b| pads.clone().map(move |e| (b, e))) {
                for output_padding in 0..=stride + 1 {
                    let window = Window { kernel, stride, dilation, padding: Padding { begin, end } };
                    axes.extend(window.transposed(input, output_padding));
                }
            }
        }
    }
    axes
}

#[test]
fn on_every_small_axis() {
    let axes = all_axes();
    assert!(axes.len() > 20_000, "{}", axes.len());
    for axis in axes {
        agrees(&Geometry::new(vec![axis]).unwrap(), &axis);
    }
}

#[test]
fn on_every_pair_of_smaller_axes_with_channels_groups_and_batch() {
    let mut axes = Vec::new();
    for (input, kernel) in (1..=3).flat_map(|i| (1..=3).map(move |k| (i, k))) {
        for (stride, dilation) in [(1, 1), (2, 1), (1, 2), (3, 2)] {
            for padding in [Padding::both(0), Padding { begin: 1, end: 0 }, Padding { begin: -1, end: 1 }] {
                axes.extend(Window { kernel, stride, dilation, padding }.transposed(input, 1));
            }
        }
    }
    let channels = [(1, 1, 1, 1), (2, 3, 1, 1), (4, 2, 2, 1), (3, 3, 3, 2), (1, 2, 1, 2)];
    for (n, (first, second)) in axes.iter().flat_map(|a| axes.iter().map(move |b| (*a, *b))).enumerate() {
        let (inputs, outputs, groups, batch) = channels[n % channels.len()];
        let g = Geometry::new(vec![first, second]).unwrap();
        let g = g.with_channels(inputs, outputs, groups).unwrap().with_batch(batch).unwrap();
        agrees(&g, &g);
    }
}

/// Lines that are cut into several pieces, rows longer than a piece, and threads.
#[test]
fn on_layers() {
    for words in [
        "conv i4x4 k3x3",
        "tconv i32 k4 s2 p1",
        "tconv i5000 k4 s2 p1",
        "tconv i5000 k3 s5 p1 a3",
        "tconv i700 k300 s3 p5 d2",
        "tconv i300 k300 s1 p150",
        "tconv i32x32 k4x4 s2 p1",
        "tconv i256x256 k5x5 s2 p2 a1",
        "tconv i64x64 k16x16 s8",
        "tconv i16x16 k64x64 s32 c2:3",
        "tconv i4x4 k4x4 s2 p1 c100:52",
        "tconv i1x1 k4x4 c100:512",
        "tconv i8x8 k4x4 s2 p1 c256:16",
        "tconv i32x32 k4x4 s2 p1 c128:3",
        "tconv i64x64 k4x4 s2 p1 c64:64 g64",
        "tconv i16x16 k8x8 s4 p2 c8:16 g4 n3",
        "tconv i32 k16 s8 p4 c64:32",
        "tconv i2048 k4 s2 p1 c16:8 n2",
        "tconv i16 k25 s4 p10:11 c64:32",
        "tconv i8x8x4 k2x2x2 s2 c16:8",
        "tconv i8x8x8 k3x3x3 s2 p1 c8:8",
        "tconv i3x100x2 k1x30x2 s1x7x1 c4:4 g2",
        "tconv i1000x1 k1x1",
        "tconv i4x4 k3x3 s100",
    ] {
        agrees(&words.parse::<Spec>().unwrap().geometry, &words);
    }
}

#[test]
fn what_does_not_fit_is_refused_before_anything_is_allocated() {
    // 4,831,838,208 entries: StyleGAN2 64→128.
    let g = "tconv i64x64 k3x3 s2 c512:256".parse::<Spec>().unwrap().geometry;
    let error = Builder::<u32>::new(&g, Side::C).unwrap_err();
    assert_eq!((error.rule(), error.to_string().contains("4831838208 entries")), ("L2", true), "{error}");
    assert_eq!(Builder::<u64>::new(&g, Side::C).unwrap().entries(), 4_831_838_208);
    // 2^40 taps.
    let g = "tconv i1x1 k1048576x1048576".parse::<Spec>().unwrap().geometry;
    assert_eq!(Builder::<u64>::new(&g, Side::C).unwrap_err().rule(), "L2");
    assert_eq!((u32::MAX_INDEX, u64::MAX_INDEX), (4_294_967_295, 9_223_372_036_854_775_807));
}

/// The associated constant under a name that does not shadow the integer's own.
trait MaxIndex {
    const MAX_INDEX: u64;
}

impl<I: Index> MaxIndex for I {
    const MAX_INDEX: u64 = <I as Index>::MAX;
}

/// Rows and columns beyond 2^32: the walk goes on where 32 bits end.
#[test]
fn columns_beyond_32_bits_are_walked() {
    let g = "tconv i3 k2 s3000000000".parse::<Spec>().unwrap().geometry;
    let mut rows = Vec::new();
    for_each_row(&g, Side::C, |row, columns, taps| rows.push((row, columns.to_vec(), taps.to_vec()))).unwrap();
    let expected = [0u64, 3_000_000_000, 6_000_000_000].map(|column| vec![column, column + 1]);
    assert!(rows.iter().map(|row| &row.1).eq(&expected));
    assert!(rows.iter().enumerate().all(|(n, row)| row.0 == n && row.2 == [0, 1]));
}

proptest! {
    #![proptest_config(sampled(1000))]

    #[test]
    fn on_random_geometries(spec in spec_strategy()) {
        agrees(&spec.geometry, &spec);
    }
}
