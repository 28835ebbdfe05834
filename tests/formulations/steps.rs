//! The frames of `steps`: what stands in the output at the end is the matrix's row, on symbols and on
//! the numbers of the textbooks; and what the frames before show.

#![allow(clippy::unwrap_used)] // a test that cannot go on says where

use std::collections::BTreeMap;

use convproof::geometry::{Kind, Padding, Window};
use convproof::scalar::Rational;
use convproof::steps::{Cell, Content, Frame, METHODS, Method, Panel, Role, Step, Steps, Term, What};
use convproof::{ConvMatrix, Geometry, Spec, Tensor};
use num_traits::Zero;
use proptest::prelude::*;

use crate::common::{sampled, spec_strategy};
use crate::textbook;

fn spec(text: &str) -> Spec {
    text.parse().unwrap()
}

fn steps(text: &str, method: Method) -> Steps {
    Steps::new(&spec(text), method).unwrap()
}

/// The methods that a kind has.
fn methods(kind: Kind) -> Vec<Method> {
    let all = METHODS.iter().map(|(method, _)| *method);
    all.filter(|method| kind == Kind::Tconv || *method != Method::ZeroInsertion).collect()
}

/// The matrix of the named operation.
fn matrix(spec: &Spec) -> ConvMatrix {
    match spec.kind {
        Kind::Conv => spec.geometry.matrix().unwrap(),
        Kind::Tconv => spec.geometry.transposed_matrix().unwrap(),
    }
}

/// The sums of the last frame of every sample, by cell of `y`.
fn sums(steps: &Steps) -> BTreeMap<usize, Vec<Term>> {
    let samples = usize::try_from(steps.spec().geometry.batch()).unwrap();
    let each = steps.len() / samples;
    let mut all = BTreeMap::new();
    for n in 1..=samples {
        let last = steps.frame(n * each - 1).unwrap();
        for cell in last.panel(What::Output).unwrap().planes.iter().flat_map(|plane| &plane.cells) {
            let Some(y) = cell.index else {
                assert_eq!(cell.role, Role::Dropped);
                continue;
            };
            let Content::Sum(terms) = &cell.content else { panic!("{cell:?} at the end") };
            assert!(all.insert(y, terms.clone()).is_none(), "y {y} stands in two places");
        }
    }
    all
}

/// The first cell whose sum is not the matrix's row.
fn wrong(steps: &Steps, matrix: &ConvMatrix) -> Option<usize> {
    let sums = sums(steps);
    assert_eq!(sums.len(), matrix.rows());
    (0..matrix.rows()).find(|row| {
        let terms: Vec<Term> = matrix.row(*row).map(|(col, tap)| [col, tap.index()]).collect();
        sums[row] != terms
    })
}

proptest! {
    #![proptest_config(sampled(300))]

    /// Every rank, pads of any sign, output padding, channels, groups, batch; both kinds.
    #[test]
    fn the_last_frames_hold_the_rows_of_the_matrix(spec in spec_strategy()) {
        for method in methods(spec.kind) {
            match Steps::new(&spec, method) {
                Ok(steps) => prop_assert_eq!(wrong(&steps, &matrix(&spec)), None, "{} of {}", method.name(), spec),
                // A picture may be too large, no more.
                Err(error) => prop_assert_eq!(error.rule(), "L5"),
            }
        }
    }
}

#[test]
fn all_small_axes_end_with_the_rows_of_the_matrix() {
    let mut drawn = 0;
    let ranges = [1..=3i64, 1..=3, 1..=3, 1..=2, -2..=4, -2..=4, 0..=2];
    let [i, k, s, d, b, e, a] = ranges.map(|range| range.collect::<Vec<_>>());
    let lengths: Vec<usize> = [&i, &k, &s, &d, &b, &e, &a].map(Vec::len).to_vec();
    let mut walk = convproof::tensor::positions(&lengths);
    while let Some(at) = walk.next() {
        let padding = Padding { begin: b[at[4]], end: e[at[5]] };
        let window = Window { kernel: k[at[1]], stride: s[at[2]], dilation: d[at[3]], padding };
        let Ok(axis) = window.transposed(i[at[0]], a[at[6]]) else { continue };
        let geometry = Geometry::new(vec![axis]).unwrap();
        for kind in [Kind::Tconv, Kind::Conv] {
            // As a convolution only what one can be asked for.
            if kind == Kind::Conv && window.convolving(axis.output()) != Ok(axis) {
                continue;
            }
            let spec = Spec { kind, geometry: geometry.clone() };
            for method in methods(kind) {
                let steps = Steps::new(&spec, method).unwrap();
                assert_eq!(wrong(&steps, &matrix(&spec)), None, "{} of {spec}", method.name());
                drawn += 1;
            }
        }
    }
    assert!(drawn > 10_000, "{drawn}");
}

/// The comparison says no: same shapes, one property apart.
#[test]
fn frames_of_another_geometry_are_refused() {
    for (right, other, cell) in [
        ("tconv i3 k3 p1:0", "tconv i3 k3 p0:1", 0),
        ("tconv i3 k3 s2 p1 a1", "tconv i3 k3 s2 p2:0 a1", 0),
        ("tconv i2 k2 c2:2", "tconv i2 k2 c2:2 n1 p1:-1", 0),
        ("conv i5 k3 p1", "conv i5 k3 p2:0", 0),
    ] {
        for method in methods(spec(right).kind) {
            assert_eq!(wrong(&steps(right, method), &matrix(&spec(right))), None);
            assert_eq!(wrong(&steps(other, method), &matrix(&spec(right))), Some(cell), "{other} as {right}");
        }
    }
}

#[test]
fn the_numbers_of_the_textbooks_come_out() {
    let mut seen = 0;
    for (label, case) in textbook::cases() {
        let Some([weight, x, y]) = textbook::operands(&case) else { continue };
        let spec = spec(&case.spec);
        for method in methods(spec.kind) {
            let value = |terms: &Vec<Term>| {
                terms.iter().fold(Rational::zero(), |sum, &[i, t]| sum + &x.entries()[i] * &weight.entries()[t])
            };
            let got: Vec<Rational> = sums(&Steps::new(&spec, method).unwrap()).values().map(value).collect();
            assert_eq!(Tensor::new(y.shape().to_vec(), got).unwrap(), y, "{label} by {}", method.name());
            seen += 1;
        }
    }
    assert!(seen > 40, "{seen}");
}

fn cells(panel: &Panel) -> impl Iterator<Item = &Cell> {
    panel.planes.iter().flat_map(|plane| &plane.cells)
}

/// Inputs by number, zeros as `0` where inserted, `_` around, `(…)` where dropped.
fn row(frame: &Frame, what: What) -> String {
    let show = |cell: &Cell| {
        let text = match (&cell.content, cell.role) {
            (Content::Input(x), _) => format!("x{x}"),
            (Content::Tap(t), _) => format!("w{t}"),
            (Content::Zero, Role::Padding) => "_".to_owned(),
            (Content::Zero, _) => "0".to_owned(),
            (_, Role::Gap) => ".".to_owned(),
            other => panic!("{other:?}"),
        };
        if cell.role == Role::Dropped { format!("({text})") } else { text }
    };
    cells(frame.panel(what).unwrap()).map(show).collect::<Vec<_>>().join(" ")
}

/// Godoy's 2×2 input at stride 2, the stages of the guide's §4.6, by hand.
#[test]
fn zero_insertion_shows_its_stages() {
    let e2 = steps("tconv i2x2 k2x2 s2", Method::ZeroInsertion);
    assert_eq!(e2.len(), 4 + 16);
    let stretched = e2.frame(1).unwrap();
    assert_eq!(stretched.step, Step::Stretch { between: vec![1, 1] });
    assert_eq!(row(&stretched, What::Stretched), "x0 0 x1 0 0 0 x2 0 x3");
    let padded = e2.frame(2).unwrap();
    assert_eq!(padded.step, Step::Pad { before: vec![1, 1], after: vec![1, 1] });
    assert_eq!(row(&padded, What::Padded), "_ _ _ _ _ _ x0 0 x1 _ _ 0 0 0 _ _ x2 0 x3 _ _ _ _ _ _");
    let rotated = e2.frame(3).unwrap();
    assert_eq!(
        (row(&rotated, What::Kernel), row(&rotated, What::Rotated)),
        ("w0 w1 w2 w3".into(), "w3 w2 w1 w0".into())
    );

    // p > k − 1: the padding is −1, a crop.
    let e20 = steps("tconv i5 k2 p2", Method::ZeroInsertion);
    assert_eq!(e20.len(), 3 + 2, "nothing is stretched at stride 1");
    let cropped = e20.frame(1).unwrap();
    assert_eq!(cropped.step, Step::Pad { before: vec![-1], after: vec![-1] });
    assert_eq!(row(&cropped, What::Padded), "(x0) x1 x2 x3 (x4)");
    assert_eq!(cropped.panel(What::Padded).unwrap().kept_cols, 1..4);

    // Output padding lengthens the end; a dilated kernel has gaps.
    let more = steps("tconv i2 k2 s3 d2 a1", Method::ZeroInsertion);
    assert_eq!(row(&more.frame(2).unwrap(), What::Padded), "_ _ x0 0 0 x1 _ _ _");
    assert_eq!(row(&more.frame(3).unwrap(), What::Rotated), "w1 . w0");
}

#[test]
fn a_window_lays_the_rotated_kernel_on_the_padded_input() {
    // y2 of x = x0 x1, s = 2, k = 3: padded _ _ x0 0 x1 _ _, the window from place 2 on.
    let frame = steps("tconv i2 k3 s2", Method::ZeroInsertion).frame(4 + 2).unwrap();
    assert_eq!(frame.step, Step::Collect { output: 2 });
    let taps: Vec<Option<usize>> = cells(frame.panel(What::Padded).unwrap()).map(|cell| cell.tap).collect();
    assert_eq!(taps, [None, None, Some(2), Some(1), Some(0), None, None]);
    // The same of a convolution is not rotated: y0 of p1 sees a zero, x0 and x1.
    let frame = steps("conv i3 k3 p1", Method::Gather).frame(0).unwrap();
    let taps: Vec<Option<usize>> = cells(frame.panel(What::Input).unwrap()).map(|cell| cell.tap).collect();
    assert_eq!(taps, [Some(0), Some(1), Some(2), None, None]);
}

#[test]
fn a_stamp_shows_what_the_crop_drops() {
    // E-6: o = 2·i + t − 1 with a = 1; the first stamp begins at −1.
    let frame = steps("tconv i3 k3 s2 p1 a1", Method::Scatter).frame(0).unwrap();
    let added = frame.panel(What::Added).unwrap();
    let roles: Vec<(Role, bool)> = cells(added).map(|cell| (cell.role, cell.active)).collect();
    assert_eq!(roles[..4], [(Role::Dropped, true), (Role::Plain, true), (Role::Plain, true), (Role::Gap, false)]);
    assert_eq!((added.cols, added.kept_cols.clone()), (8, 1..7));
}

#[test]
fn planes_are_channels_and_slices() {
    // Two groups: output channels 2 and 3 belong to input channel 1.
    let all = steps("tconv i2x3x2 k1x1x1 c2:4 g2 n2", Method::Scatter);
    assert_eq!(all.len(), 2 * 2 * 12);
    let frame = all.frame(24 + 12).unwrap();
    assert_eq!((frame.sample, frame.step.clone()), (1, Step::Add { input: 36 }));
    let output = frame.panel(What::Output).unwrap();
    assert_eq!((output.planes.len(), output.slices, output.rows, output.cols), (8, 2, 3, 2));
    let active: Vec<usize> =
        cells(frame.panel(What::Added).unwrap()).filter(|cell| cell.active).filter_map(|cell| cell.index).collect();
    assert_eq!(active, [4 * 12 + 2 * 12, 4 * 12 + 3 * 12]);
}

#[test]
fn requests_that_no_picture_answers_are_refused() {
    let said = |text: &str, method| Steps::new(&spec(text), method).unwrap_err().to_string();
    assert_eq!(
        said("conv i4 k3", Method::ZeroInsertion),
        "Q4: --formulation: a convolution inserts no zeros, its transpose does: ask a tconv, or gather or scatter"
    );
    let large = said("tconv i1000x1000 k3x3", Method::Gather);
    assert_eq!(large, "L5: 2004013 cells a frame; ask for a smaller geometry; the limit is 4096");
    let huge = said("tconv i1000000000x1000000000 k3x3", Method::ZeroInsertion);
    assert!(huge.starts_with("L5: "), "{huge}");
    let deep = said("conv i60 k60 c60:60 p59", Method::Gather);
    assert!(deep.starts_with("L5: "), "{deep}");
    let steps = steps("tconv i40x40 k2x2", Method::Gather);
    assert!(steps.frame(1680).is_ok());
    assert_eq!(steps.frame(1681).unwrap_err().to_string(), "Q4: --frame: there is no frame 1682; valid are 1 to 1681");
    // 1681 frames of 1600 + 4 + 1681 cells
    let all = steps.check_all().unwrap_err().to_string();
    assert_eq!(all, "L5: 5522085 cells in all frames; --frame N shows one; the limit is 131072");
}
