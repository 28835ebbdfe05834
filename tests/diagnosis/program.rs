//! A program that multiplies and adds, product by product, and can be changed anywhere: wrong
//! implementations are made of it. Nothing of the crate's catalogue is used here.

use convproof::dialect::Pads;
use convproof::verify::{Question, Role};

use crate::common::cases::f32s;
use crate::common::naive::{Ax, Geo, all, lengths};

/// What is asked: a geometry, a role and operands, all numbers different.
#[derive(Clone)]
pub struct Case {
    pub geo: Geo,
    pub kind: &'static str,
    pub role: Role,
    pub pads: Pads,
    /// Tensors of the transposed convolution: input, weight, output. One of them is asked for.
    pub tensors: [Vec<i64>; 3],
    pub b: Option<Vec<i64>>,
}

/// One product: the whole index of the cell in input, weight and output.
#[derive(Clone, Debug)]
pub struct Step {
    pub x: Vec<i64>,
    pub w: Vec<i64>,
    pub y: Vec<i64>,
}

/// What is made of an axis and its place.
type PerAxis<'a, T> = dyn Fn(usize, &Ax) -> T + 'a;

/// A shape and its cells.
pub type Result = (Vec<i64>, Vec<i64>);

pub const TCONV: &str = "tconv";
pub const CONV: &str = "conv";

/// The place of a cell, if it lies inside.
fn place(shape: &[i64], at: &[i64]) -> Option<usize> {
    let inside = at.len() == shape.len() && at.iter().zip(shape).all(|(p, length)| (0..*length).contains(p));
    inside.then(|| usize::try_from(shape.iter().zip(at).fold(0, |flat, (length, p)| flat * length + p)).unwrap())
}

impl Case {
    pub fn new(kind: &'static str, role: Role, axes: &[[i64; 7]], outer: [i64; 4]) -> Case {
        let geo = Geo::new(axes, outer);
        let ramp = |shape: Vec<i64>, first: i64| -> Vec<i64> {
            let cells: i64 = shape.iter().product();
            (0..cells).map(|n| (first + n * 7) * if n % 3 == 1 { -1 } else { 1 }).collect()
        };
        let tensors = [ramp(geo.input(), 3), ramp(geo.weight(), 2), ramp(geo.output(), 5)];
        Case { geo, kind, role, pads: Pads::Explicit, tensors, b: None }
    }

    pub fn forward(axes: &[[i64; 7]], outer: [i64; 4]) -> Case {
        Case::new(TCONV, Role::Forward, axes, outer)
    }

    pub fn with_bias(self) -> Case {
        let channels = if self.kind == TCONV { self.geo.co } else { self.geo.ci };
        Case { b: Some((0..channels).map(|c| 1000 + 17 * c).collect()), ..self }
    }

    pub fn saying(self, pads: Pads) -> Case {
        Case { pads, ..self }
    }

    /// Which tensor is asked for: 0 input, 1 weight, 2 output.
    pub fn result(&self) -> usize {
        match (self.role, self.kind) {
            (Role::Forward, TCONV) | (Role::InputGradient, CONV) => 2,
            (Role::WeightGradient, _) => 1,
            _ => 0,
        }
    }

    pub fn shapes(&self) -> [Vec<i64>; 3] {
        [self.geo.input(), self.geo.weight(), self.geo.output()]
    }

    /// The program under other windows, with a result of other lengths, each product changed.
    ///
    /// Not generic: there are hundreds of wrong programs, and one of this is compiled for all.
    pub fn run(
        &self,
        window: &PerAxis<'_, Ax>,
        length: Option<Vec<i64>>,
        change: &dyn Fn(Step) -> Vec<Step>,
    ) -> Result {
        let result = self.result();
        let mut shapes = self.shapes();
        if let Some(length) = length {
            shapes[result].truncate(2);
            shapes[result].extend(length);
        }
        // No such result: a mistake that cannot be made on this geometry.
        if shapes[result].iter().any(|length| *length < 1) {
            return (shapes[result].clone(), Vec::new());
        }
        let mut sums = vec![0; usize::try_from(shapes[result].iter().product::<i64>()).unwrap()];
        self.steps(window, &shapes, &mut |step| {
            for step in change(step) {
                let at = [&step.x, &step.w, &step.y];
                let of = |n: usize| place(&self.shapes()[n], at[n]).map(|p| self.tensors[n][p]);
                let factors: Option<Vec<i64>> = (0..3).filter(|&n| n != result).map(of).collect();
                if let (Some(to), Some(factors)) = (place(&shapes[result], at[result]), factors) {
                    sums[to] += factors[0] * factors[1];
                }
            }
        });
        self.add_bias(&shapes[result], &mut sums, &|_, b| b);
        (shapes[result].clone(), sums)
    }

    /// Every product of these windows, in the order input, taps, that lies inside these shapes.
    pub fn steps(&self, window: &PerAxis<'_, Ax>, shapes: &[Vec<i64>; 3], visit: &mut dyn FnMut(Step)) {
        let axes: Vec<Ax> = self.geo.axes.iter().enumerate().map(|(n, a)| window(n, a)).collect();
        let (per_in, per_out) = (self.geo.ci / self.geo.g, self.geo.co / self.geo.g);
        for outer in all(&[self.geo.n, self.geo.ci, per_out]) {
            let [n, ci, co] = [outer[0], outer[1], outer[2]];
            for i in all(&shapes[0][2..]) {
                for t in all(&shapes[1][2..]) {
                    let o: Vec<i64> =
                        axes.iter().zip(i.iter().zip(&t)).map(|(a, (i, t))| a.s * i + a.d * t - a.pb).collect();
                    if o.iter().zip(&shapes[2][2..]).all(|(o, length)| (0..*length).contains(o)) {
                        visit(Step {
                            x: [&[n, ci], &i[..]].concat(),
                            w: [&[ci, co], &t[..]].concat(),
                            y: [&[n, ci / per_in * per_out + co], &o[..]].concat(),
                        });
                    }
                }
            }
        }
    }

    /// The bias, cell by cell: `of(cell, bias of its channel)`.
    pub fn add_bias(&self, shape: &[i64], sums: &mut [i64], of: &dyn Fn(usize, i64) -> i64) {
        let Some(b) = &self.b else { return };
        let inner: i64 = shape[2..].iter().product();
        for (cell, sum) in sums.iter_mut().enumerate() {
            let channel = i64::try_from(cell).unwrap() / inner % shape[1];
            *sum += of(cell, b[usize::try_from(channel).unwrap() % b.len()]);
        }
    }

    pub fn right(&self) -> Result {
        self.run(&|_, a| *a, None, &|step| vec![step])
    }

    /// The right windows, each product changed.
    pub fn changed(&self, change: impl Fn(Step) -> Vec<Step>) -> Result {
        self.run(&|_, a| *a, None, &change)
    }

    /// Other windows, and the result's lengths that they give: a forward operation's own, else as they are.
    pub fn refit(&self, window: impl Fn(usize, &Ax) -> Ax) -> Result {
        let length = self.lengths(&|n, a| forward(self.kind, a, &window(n, a)));
        self.run(&window, (self.role == Role::Forward).then_some(length), &|step| vec![step])
    }

    /// Other windows, in a result of the right lengths.
    pub fn same_size(&self, window: impl Fn(usize, &Ax) -> Ax) -> Result {
        self.run(&window, None, &|step| vec![step])
    }

    /// Other windows, in a result of these lengths.
    pub fn sized(&self, window: impl Fn(usize, &Ax) -> Ax, length: impl Fn(usize, &Ax) -> i64) -> Result {
        self.run(&window, Some(self.lengths(&length)), &|step| vec![step])
    }

    fn lengths(&self, of: &PerAxis<'_, i64>) -> Vec<i64> {
        self.geo.axes.iter().enumerate().map(|(n, a)| of(n, a)).collect()
    }

    /// The result's length on an axis.
    pub fn length(&self, a: &Ax) -> i64 {
        [a.i, a.k, a.out()][self.result()]
    }

    pub fn question(&self, (shape, y): &Result) -> Question {
        let spec: convproof::Spec = self.geo.spec(self.kind).parse().unwrap();
        let [input, w, output] = [0, 1, 2].map(|n| Some(f32s(&lengths(&self.shapes()[n]), &self.tensors[n])));
        let (x, g) = if self.kind == TCONV { (input, output) } else { (output, input) };
        let y = f32s(&lengths(shape), y);
        let mut question = Question::forward(spec, f32s(&[], &[0]), f32s(&[], &[0]), None, y);
        (question.role, question.pads) = (self.role, self.pads);
        (question.x, question.w, question.g) = match self.role {
            Role::Forward => (x, w, None),
            Role::InputGradient => (None, w, g),
            Role::WeightGradient => (x, None, g),
            Role::BiasGradient => (None, None, g),
        };
        question.b = self.b.as_ref().map(|b| f32s(&[b.len()], b));
        question
    }
}

/// The length that the forward operation gives its result under a window.
pub fn forward(kind: &str, a: &Ax, window: &Ax) -> i64 {
    if kind == TCONV {
        return window.out();
    }
    (a.out() + window.pb + window.pe - window.d * (window.k - 1) - 1).div_euclid(window.s) + 1
}
