//! Mistakes in gradients are named, and data that hide them are weak.

use convproof::verify::{Answer, Question, Role, Verdict};

use crate::common::cases::f32s;
use crate::common::naive::{Ax, Geo};

/// A gradient as somebody computes it: the operands of the role, in the order in which they are asked.
struct Gradient {
    geo: Geo,
    kind: &'static str,
    role: Role,
    first: Vec<i64>,
    second: Vec<i64>,
}

impl Gradient {
    /// All different, so that exchanging any two is seen.
    fn new(kind: &'static str, role: Role, axes: &[[i64; 7]], outer: [i64; 4]) -> Gradient {
        let geo = Geo::new(axes, outer);
        let ramp = |shape: Vec<i64>, first: i64| -> Vec<i64> {
            let cells: i64 = shape.iter().product();
            (0..cells).map(|n| (first + n * 7) * if n % 3 == 1 { -1 } else { 1 }).collect()
        };
        let (x, g) = if kind == "tconv" { (geo.input(), geo.output()) } else { (geo.output(), geo.input()) };
        let (first, second) = match role {
            Role::InputGradient => (ramp(g, 3), ramp(geo.weight(), 2)),
            Role::WeightGradient => (ramp(x, 3), ramp(g, 2)),
            _ => (ramp(g, 3), Vec::new()),
        };
        Gradient { geo, kind, role, first, second }
    }

    /// The gradient, computed by loops on a geometry with the same lengths.
    fn of(&self, geo: &Geo, first: &[i64], second: &[i64]) -> Vec<i64> {
        match (self.role, self.kind) {
            (Role::InputGradient, "tconv") => geo.conv(first, second),
            (Role::InputGradient, _) => geo.tconv(first, second),
            (Role::WeightGradient, "tconv") => geo.taps(first, second),
            (Role::WeightGradient, _) => geo.taps(second, first),
            _ => unreachable!(),
        }
    }

    /// What other windows give where all lengths stay.
    fn refitted(&self, window: impl Fn(&Ax) -> Ax) -> Vec<i64> {
        let axis = |a: &Ax| {
            let other = Ax { a: 0, pe: 0, ..window(a) };
            Ax { pe: other.out() - a.out(), ..other }
        };
        let geo = Geo { axes: self.geo.axes.iter().map(axis).collect(), ..self.geo.clone() };
        self.of(&geo, &self.first, &self.second)
    }

    fn ask(&self, y: &[i64]) -> Answer {
        let spec: convproof::Spec = self.geo.spec(self.kind).parse().unwrap();
        let (x, g, w) = (spec.input_shape(), spec.output_shape(), spec.geometry.weight_shape());
        let channels = vec![g[1]];
        let [result, first, second] = match self.role {
            Role::InputGradient => [x, g, w],
            Role::WeightGradient => [w, x, g],
            _ => [channels, g, Vec::new()],
        };
        let mut question = Question::forward(spec, f32s(&[], &[0]), f32s(&[], &[0]), None, f32s(&result, y));
        (question.role, question.x, question.w) = (self.role, None, None);
        let first = Some(f32s(&first, &self.first));
        match self.role {
            Role::InputGradient => (question.g, question.w) = (first, Some(f32s(&second, &self.second))),
            Role::WeightGradient => (question.x, question.g) = (first, Some(f32s(&second, &self.second))),
            _ => question.g = first,
        }
        question.answer().unwrap()
    }

    #[track_caller]
    fn assert_named(&self, id: &str, y: &[i64]) {
        let found = self.ask(y);
        assert_eq!(found.judgement.verdict, Verdict::Differs, "{id} {} {:?}", self.kind, self.role);
        assert!(
            found.diagnosis.iter().any(|d| d.id == id),
            "{id} {} {:?}: {:?}",
            self.kind,
            self.role,
            found.diagnosis
        );
        assert!(found.weak.is_empty(), "{id}: {:?}", found.weak);
    }
}

fn reversed(values: &[i64], block: usize) -> Vec<i64> {
    values.chunks(block).flat_map(|kernel| kernel.iter().rev().copied()).collect()
}

#[test]
fn mistakes_in_gradients_are_named() {
    // i k s d pb pe a; a = N mod s, so that the conv of these lengths is the same geometry.
    let uneven = [[3, 3, 2, 1, 1, 2, 1], [4, 2, 3, 2, 0, 1, 2]];
    for kind in ["tconv", "conv"] {
        for role in [Role::InputGradient, Role::WeightGradient] {
            let p = Gradient::new(kind, role, &uneven, [2, 2, 3, 1]);
            let right = p.of(&p.geo, &p.first, &p.second);
            let found = p.ask(&right);
            assert!(found.judgement.is_same() && found.diagnosis.is_empty() && found.weak.is_empty(), "{found:?}");
            p.assert_named("stride-ignored", &p.refitted(|a| Ax { s: 1, ..*a }));
            p.assert_named("dilation-ignored", &p.refitted(|a| Ax { d: 1, ..*a }));
            p.assert_named("stride-dilation-swapped", &p.refitted(|a| Ax { s: a.d, d: a.s, ..*a }));
            p.assert_named("padding-ignored", &p.refitted(|a| Ax { pb: 0, ..*a }));
            p.assert_named("pads-begin-end-swapped", &p.refitted(|a| Ax { pb: a.pe, ..*a }));
            let sample = p.first.len() / 2;
            p.assert_named("batch-offset", &p.of(&p.geo, &p.first[..sample].repeat(2), &p.second));
            let flipped = match role {
                Role::InputGradient => p.of(&p.geo, &p.first, &reversed(&p.second, 6)),
                _ => reversed(&right, 6),
            };
            p.assert_named("kernel-flipped", &flipped);
        }
    }
    let p = Gradient::new("tconv", Role::BiasGradient, &uneven, [2, 2, 3, 1]);
    let sums = |all: &[i64]| -> Vec<i64> {
        let cells = all.len() / 6;
        (0..3).map(|c| (0..2).flat_map(|n| &all[(n * 3 + c) * cells..][..cells]).sum()).collect()
    };
    assert!(p.ask(&sums(&p.first)).judgement.is_same());
    p.assert_named("batch-offset", &sums(&p.first[..p.first.len() / 2].repeat(2)));
}

#[test]
fn data_of_gradients_may_be_weak() {
    let axes = [[3, 3, 2, 1, 1, 1, 1]];
    let mut p = Gradient::new("tconv", Role::InputGradient, &axes, [2, 2, 2, 2]);
    p.second = [1, 2, 1, 3, 5, 3].to_vec();
    assert_eq!(p.ask(&p.of(&p.geo, &p.first, &p.second)).weak, ["kernel-flipped"]);
    for role in [Role::InputGradient, Role::WeightGradient] {
        let mut p = Gradient::new("conv", role, &axes, [2, 2, 2, 2]);
        p.first.fill(0);
        let weak = p.ask(&p.of(&p.geo, &p.first, &p.second)).weak;
        for id in ["kernel-flipped", "batch-offset", "stride-ignored", "padding-ignored"] {
            assert!(weak.contains(&id), "{id} {role:?}: {weak:?}");
        }
        assert!(!weak.contains(&"dilation-ignored") && !weak.contains(&"pads-begin-end-swapped"), "{weak:?}");
    }
    let mut p = Gradient::new("tconv", Role::BiasGradient, &axes, [2, 2, 2, 2]);
    p.first.fill(0);
    assert_eq!(p.ask(&[0, 0]).weak, ["batch-offset"]);
}
