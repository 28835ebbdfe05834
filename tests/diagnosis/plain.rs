//! Mistakes in their plain form: named, and named as what the data could not show.

use convproof::verify::{Answer, HYPOTHESES, Question, Verdict};

use crate::common::cases::f32s;
use crate::common::naive::{Ax, Geo, Random, lengths};

/// Generic data of a geometry, and the answer about an observed result of a shape.
struct Probe {
    geo: Geo,
    x: Vec<i64>,
    w: Vec<i64>,
    b: Option<Vec<i64>>,
}

impl Probe {
    /// All different, so that exchanging any two is seen.
    fn new(axes: &[[i64; 7]], outer: [i64; 4]) -> Probe {
        let geo = Geo::new(axes, outer);
        let ramp = |shape: &[i64], first: i64| -> Vec<i64> {
            let cells: i64 = shape.iter().product();
            (0..cells).map(|n| (first + n * 7) * if n % 3 == 1 { -1 } else { 1 }).collect()
        };
        let (x, w) = (ramp(&geo.input(), 3), ramp(&geo.weight(), 2));
        Probe { geo, x, w, b: None }
    }

    fn ask(&self, shape: &[i64], y: &[i64]) -> Answer {
        let spec = self.geo.spec("tconv").parse().unwrap();
        let x = f32s(&lengths(&self.geo.input()), &self.x);
        let w = f32s(&lengths(&self.geo.weight()), &self.w);
        let b = self.b.as_ref().map(|b| f32s(&[b.len()], b));
        Question::forward(spec, x, w, b, f32s(&lengths(shape), y)).answer().unwrap()
    }

    fn right(&self) -> Vec<i64> {
        self.geo.tconv(&self.x, &self.w)
    }

    /// What the same loops give under other axes.
    fn refitted(&self, axis: impl Fn(usize, &Ax) -> Ax) -> (Vec<i64>, Vec<i64>) {
        let axes = self.geo.axes.iter().enumerate().map(|(n, a)| axis(n, a)).collect();
        let other = Geo { axes, ..self.geo.clone() };
        (other.output(), other.tconv(&self.x, &self.w))
    }
}

/// For each id a geometry on which the mistake shows, and what the mistaken implementation gives.
fn mistaken(id: &str) -> (Probe, Vec<i64>, Vec<i64>) {
    // i k s d pb pe a
    let uneven = || Probe::new(&[[3, 3, 2, 1, 1, 2, 1], [4, 2, 3, 2, 0, 1, 2]], [1, 2, 3, 1]);
    let same_shape = |p: Probe, y: Vec<i64>| {
        let shape = p.geo.output();
        (p, shape, y)
    };
    let refit = |p: Probe, axis: &dyn Fn(usize, &Ax) -> Ax| {
        let (shape, y) = p.refitted(axis);
        (p, shape, y)
    };
    match id {
        "bias" => {
            let p = Probe { b: Some(vec![5, 6, 7]), ..uneven() };
            let y = p.right();
            same_shape(p, y)
        }
        "kernel-flipped" => {
            let p = uneven();
            // Taps of one channel pair stand together: rotating the kernel reverses them.
            let w: Vec<i64> = p.w.chunks(6).flat_map(|kernel| kernel.iter().rev().copied()).collect();
            let y = p.geo.tconv(&p.x, &w);
            same_shape(p, y)
        }
        "channel-layout" => {
            let p = Probe::new(&[[3, 2, 1, 1, 0, 0, 0]], [1, 2, 3, 1]);
            // The array [2, 3, 2] is read as [3, 2, 2]: tap t of (ci, co) stands at (co·2 + ci)·2 + t.
            let mut w = Vec::new();
            for ci in 0..2 {
                for co in 0..3 {
                    w.extend((0..2).map(|t| p.w[(co * 2 + ci) * 2 + t]));
                }
            }
            let y = p.geo.tconv(&p.x, &w);
            same_shape(p, y)
        }
        "kernel-axes-swapped" => {
            let p = Probe::new(&[[2, 3, 1, 1, 0, 0, 0], [4, 3, 2, 1, 0, 0, 0]], [1, 1, 2, 1]);
            let w: Vec<i64> =
                (0..2).flat_map(|c| (0..9).map(move |n| c * 9 + n % 3 * 3 + n / 3)).map(|n: usize| p.w[n]).collect();
            let y = p.geo.tconv(&p.x, &w);
            same_shape(p, y)
        }
        "input-axes-swapped" => {
            let p = Probe::new(&[[3, 2, 1, 1, 0, 0, 0], [3, 3, 2, 1, 0, 0, 0]], [2, 1, 1, 1]);
            let x: Vec<i64> =
                (0..2).flat_map(|b| (0..9).map(move |n| b * 9 + n % 3 * 3 + n / 3)).map(|n: usize| p.x[n]).collect();
            let y = p.geo.tconv(&x, &p.w);
            same_shape(p, y)
        }
        "group-weight-order" => {
            let p = Probe::new(&[[3, 2, 2, 1, 0, 0, 0]], [1, 4, 4, 2]);
            let half = p.w.len() / 2;
            let w: Vec<i64> = [&p.w[..half], &p.w[..half]].concat();
            let y = p.geo.tconv(&p.x, &w);
            same_shape(p, y)
        }
        "batch-offset" => {
            let p = Probe::new(&[[3, 2, 2, 1, 0, 0, 0]], [3, 2, 1, 1]);
            let sample = p.x.len() / 3;
            let y = p.geo.tconv(&p.x[..sample].repeat(3), &p.w);
            same_shape(p, y)
        }
        "stride-dilation-swapped" => refit(uneven(), &|_, a| Ax { s: a.d, d: a.s, ..*a }),
        "dilation-ignored" => refit(uneven(), &|_, a| Ax { d: 1, ..*a }),
        "stride-ignored" => refit(uneven(), &|_, a| Ax { s: 1, ..*a }),
        "padding-ignored" => refit(uneven(), &|_, a| Ax { pb: 0, pe: 0, ..*a }),
        "pads-begin-end-swapped" => refit(uneven(), &|_, a| Ax { pb: a.pe, pe: a.pb, ..*a }),
        "pad-one-side" => refit(uneven(), &|_, a| Ax { pb: a.pb + a.pe, pe: 0, ..*a }),
        "output-padding-misplaced" => refit(uneven(), &|_, a| Ax { pb: a.pb - a.a, a: 0, ..*a }),
        "output-padding-ignored" => refit(uneven(), &|_, a| Ax { a: 0, ..*a }),
        "first-axis-for-all" => {
            let p = uneven();
            let f = p.geo.axes[0];
            refit(p, &|_, a| Ax { i: a.i, k: a.k, ..f })
        }
        other => panic!("no wrong implementation of '{other}': add one"),
    }
}

/// Those with a plain form: data are said to be weak for these.
const PLAIN: [&str; 16] = [
    "bias",
    "kernel-flipped",
    "channel-layout",
    "kernel-axes-swapped",
    "input-axes-swapped",
    "group-weight-order",
    "batch-offset",
    "stride-dilation-swapped",
    "dilation-ignored",
    "stride-ignored",
    "padding-ignored",
    "pads-begin-end-swapped",
    "pad-one-side",
    "output-padding-misplaced",
    "output-padding-ignored",
    "first-axis-for-all",
];

#[test]
fn every_mistake_is_named() {
    for hypothesis in HYPOTHESES.iter().filter(|h| PLAIN.contains(&h.id)) {
        let (probe, shape, y) = mistaken(hypothesis.id);
        let found = probe.ask(&shape, &y);
        assert_eq!(found.judgement.verdict, Verdict::Differs, "{}", hypothesis.id);
        let named: Vec<&str> = found.diagnosis.iter().map(|d| d.id).collect();
        assert!(named.contains(&hypothesis.id), "{}: {named:?}", hypothesis.id);
        // These data are fit to show everything that the geometry can show.
        assert!(found.weak.is_empty(), "{}: {:?}", hypothesis.id, found.weak);
        let message = &found.diagnosis.iter().find(|d| d.id == hypothesis.id).unwrap().message;
        assert!(message.starts_with(hypothesis.statement) && !message.contains("not the numbers"), "{message}");
        let right = probe.b.is_none().then(|| probe.ask(&probe.geo.output(), &probe.right()));
        assert!(right.is_none_or(|r| r.judgement.is_same() && r.diagnosis.is_empty()), "{}", hypothesis.id);
    }
}

#[test]
fn ids_are_unique_and_refits_are_shown() {
    let ids: std::collections::BTreeSet<&str> = HYPOTHESES.iter().map(|h| h.id).collect();
    assert_eq!(ids.len(), HYPOTHESES.len());
    let (probe, shape, y) = mistaken("dilation-ignored");
    let found = probe.ask(&shape, &y);
    assert_eq!(found.diagnosis[0].id, "dilation-ignored");
    assert_eq!(
        found.diagnosis[0].message,
        "the dilation has no effect: the numbers are those of tconv i3x4 k3x2 s2x3 p1:2x0:1 a1x2 c2:3"
    );
}

/// The shape of a mistake with other numbers: it is mentioned, and no diagnosis.
#[test]
fn a_shape_alone_is_no_diagnosis() {
    let (probe, shape, mut y) = mistaken("padding-ignored");
    y[0] += 1;
    let found = probe.ask(&shape, &y);
    assert_eq!((found.judgement.verdict, found.diagnosis.len()), (Verdict::Differs, 0));
    assert_eq!(
        found.judgement.reason.unwrap(),
        "y has the shape [1, 3, 8, 14]; [1, 3, 5, 13] is right; \
         the shape, not the numbers, is that of tconv i3x4 k3x2 s2x3 a1x2 d1x2 c2:3, as with padding-ignored"
    );
    // The right shape and no mistake's numbers: nothing is named.
    let mut y = probe.right();
    y[3] += 1;
    let found = probe.ask(&probe.geo.output(), &y);
    assert!(found.diagnosis.is_empty() && found.judgement.reason.is_none());
}

#[test]
fn several_may_fit_and_all_are_listed() {
    // A begin pad alone: nothing tells "swapped" and "the whole at the other side" apart but pe = 0.
    let p = Probe::new(&[[4, 3, 2, 1, 0, 2, 0]], [1, 1, 1, 1]);
    let (shape, y) = p.refitted(|_, a| Ax { pb: 2, pe: 0, ..*a });
    let named: Vec<&str> = p.ask(&shape, &y).diagnosis.iter().map(|d| d.id).collect();
    // Of three taps d(k−1) − p is the pad of the other side, too.
    assert_eq!(named, ["pads-begin-end-swapped", "pad-one-side", "padding-complemented"]);
}

#[test]
fn data_that_hide_a_mistake_are_weak() {
    let mut p = Probe::new(&[[3, 3, 2, 1, 1, 1, 1], [3, 3, 2, 1, 1, 1, 1]], [2, 2, 2, 2]);
    let weak = |p: &Probe| p.ask(&p.geo.output(), &p.right()).weak;
    assert_eq!(weak(&p), Vec::<&str>::new());
    // The same kernel read from either end.
    p.w = [[1, 2, 3, 4, 5, 4, 3, 2, 1], [2, 7, 1, 8, 9, 8, 1, 7, 2]].concat();
    assert_eq!(weak(&p), ["kernel-flipped"]);
    p.w = [[1, 2, 3, 2, 5, 6, 3, 6, 9], [2, 7, 1, 7, 9, 8, 1, 8, 3]].concat();
    assert_eq!(weak(&p), ["kernel-axes-swapped"]);
    p.w = [[1, 2, 3, 4, 5, 6, 7, 8, 9]; 2].concat();
    assert_eq!(weak(&p), ["group-weight-order"]);
    p.x = Random(3).integers(&[1, 2, 3, 3], 99).repeat(2);
    assert_eq!(weak(&p), ["group-weight-order", "batch-offset"]);
    p.b = Some(vec![0, 0]);
    assert_eq!(weak(&p)[0], "bias");
}

#[test]
fn zeros_show_nothing() {
    let mut p = Probe::new(&[[3, 3, 2, 1, 1, 1, 1], [3, 3, 2, 1, 1, 1, 1]], [2, 2, 2, 2]);
    p.x.fill(0);
    let found = p.ask(&p.geo.output(), &p.right());
    assert!(found.judgement.is_same());
    // Every mistake with a result of this shape on this geometry, and none that is no mistake here.
    let expected = [
        "kernel-flipped",
        "kernel-axes-swapped",
        "input-axes-swapped",
        "group-weight-order",
        "batch-offset",
        "output-padding-misplaced",
    ];
    for id in expected {
        assert!(found.weak.contains(&id), "{id}: {:?}", found.weak);
    }
    for id in
        ["channel-layout", "dilation-ignored", "pads-begin-end-swapped", "first-axis-for-all", "bias", "stride-ignored"]
    {
        assert!(!found.weak.contains(&id), "{id}: {:?}", found.weak);
    }
}

/// On these geometries the mistake is the right map: data cannot be blamed for not showing it.
#[test]
fn what_is_no_mistake_here_is_not_listed() {
    // One tap: nothing to flip, no dilation; one channel, group and sample; one axis; no pads.
    let mut p = Probe::new(&[[3, 1, 2, 2, 0, 0, 0]], [1, 1, 1, 1]);
    assert!(p.ask(&p.geo.output(), &p.right()).weak.is_empty());
    p.x.fill(0);
    assert!(p.ask(&p.geo.output(), &p.right()).weak.is_empty());
}

/// 1,025 · 1,024 products are more than 2^20: some cells and the operands are looked at.
#[test]
fn large_maps_are_examined_by_some_cells_and_their_operands() {
    let mut p = Probe::new(&[[1025, 1024, 1, 1, 0, 0, 0]], [1, 1, 1, 1]);
    let ask = |p: &Probe| p.ask(&p.geo.output(), &p.right());
    p.x.fill(0);
    p.w.fill(0);
    (p.x[0], p.w[0]) = (1, 1);
    let found = ask(&p);
    assert!(found.judgement.is_same() && found.weak.is_empty(), "{:?}", found.weak);
    assert!(found.remarks.is_empty(), "{:?}", found.remarks);
    // 3 and 7 at places that the cells looked at do not reach: nobody can say without all products.
    let mut far = Probe::new(&[[1025, 1024, 1, 1, 0, 0, 0]], [1, 1, 1, 1]);
    far.x.fill(0);
    far.w.fill(0);
    (far.x[5], far.w[6]) = (3, 7);
    let found = ask(&far);
    assert!(found.weak.is_empty());
    let said = "some cells do not tell whether the data could show kernel-flipped; 1049600 products exceed 1048576";
    assert_eq!(found.remarks, [said]);
    p.w[1023] = 1;
    assert_eq!(ask(&p).weak, ["kernel-flipped"]);
    p.x.fill(0);
    // One sample, channel and axis, no stride, dilation or pads: no other mistake is another map.
    assert_eq!(ask(&p).weak, ["kernel-flipped"]);
    p.b = Some(vec![0]);
    assert_eq!(ask(&p).weak, ["bias", "kernel-flipped"]);
    let small = Probe::new(&[[3, 3, 2, 1, 0, 0, 0]], [1, 1, 1, 1]);
    assert!(ask(&small).remarks.is_empty());
}
