//! Whether formulations are the same map: symbolic comparison with the definition.
//!
//! Every rival runs on indeterminates `x_i` and `w_t`; each output cell is then the formula that
//! the rival computes. Equality with the definition's formula, cell by cell, is **proved** for
//! all inputs and weights of this geometry, over every commutative ring. A difference comes with
//! a [`Witness`]. [`sweep`] repeats this for every geometry of a family: **enumerated**.

pub mod sweep;

use crate::error::{Error, ErrorKind, LimitError};
use crate::formulation::Formulation;
use crate::geometry::{Geometry, Kind, Spec};
use crate::matrix::{ConvMatrix, Side};
use crate::scalar::{Polynomial, Scalar};
use crate::tensor::{Tensor, unflatten};

/// Whether a formulation is the map of the definition.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub enum Verdict {
    /// Every output cell is the same polynomial.
    Same,
    /// Some output cell is another polynomial, or there are other cells.
    Differs(Box<Witness>),
    /// The formulation declined; this is no agreement.
    Skipped(Error),
}

impl Verdict {
    /// Whether this is [`Verdict::Same`].
    pub fn is_same(&self) -> bool {
        matches!(self, Verdict::Same)
    }

    /// `same`, `differs` or `skipped`.
    pub fn word(&self) -> &'static str {
        match self {
            Verdict::Same => "same",
            Verdict::Differs(_) => "differs",
            Verdict::Skipped(_) => "skipped",
        }
    }

    /// The witness of a difference.
    pub fn witness(&self) -> Option<&Witness> {
        match self {
            Verdict::Differs(witness) => Some(witness),
            _ => None,
        }
    }
}

/// Why two maps differ: nobody needs to run it again to believe it.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Witness {
    /// The geometry, as `tconv`.
    pub spec: Spec,
    /// What differs there.
    pub difference: Difference,
}

/// The first difference between two maps.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub enum Difference {
    /// The output has another shape.
    Shape {
        /// The definition's `[n, C_out, o…]`.
        expected: Vec<usize>,
        /// The rival's.
        got: Vec<usize>,
    },
    /// The first differing cell in row-major order.
    Cell {
        /// `[n, co, o…]`.
        cell: Vec<usize>,
        /// The definition's sum.
        expected: Polynomial,
        /// The rival's sum.
        got: Polynomial,
    },
}

/// What was found about one formulation on one geometry.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Outcome {
    /// The formulation's name.
    pub name: String,
    /// The verdict.
    pub verdict: Verdict,
    /// Output cells that agree; 0 if the output has another shape.
    pub agreeing: usize,
    /// What the formulation did here, in a few words.
    pub note: String,
}

/// What was found about several formulations on one geometry.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Report {
    /// The geometry.
    pub geometry: Geometry,
    /// Output cells compared per formulation.
    pub cells: usize,
    /// Products `x·w` in the definition's sums.
    pub products: usize,
    /// One outcome per formulation.
    pub outcomes: Vec<Outcome>,
}

impl Report {
    /// Whether every formulation is the same map and none was skipped.
    pub fn all_same(&self) -> bool {
        self.outcomes.iter().all(|o| o.verdict.is_same())
    }

    /// Whether some formulation differs.
    pub fn any_differs(&self) -> bool {
        self.outcomes.iter().any(|o| o.verdict.witness().is_some())
    }
}

/// Products that [`compare`] multiplies per formulation unless the caller says otherwise.
pub const MAX_PRODUCTS: u64 = 1 << 24;

/// Compares formulations with the definition on indeterminates.
///
/// Cost: the products of each formulation, each an append to a list.
///
/// # Errors
/// L4 if the definition itself has more than `limit` products, L2 beyond 32-bit indices. A
/// formulation that fails, or would take more than 16 steps per allowed product, is
/// [`Verdict::Skipped`].
///
/// ```
/// use convproof::{Spec, equivalence, formulation};
/// let g = "tconv i2x2 k3x3 s2 p1".parse::<Spec>().unwrap().geometry;
/// let report = equivalence::compare(&g, &formulation::all(), equivalence::MAX_PRODUCTS).unwrap();
/// assert!(report.all_same());
/// ```
pub fn compare(g: &Geometry, rivals: &[Box<dyn Formulation<Polynomial>>], limit: u64) -> Result<Report, Error> {
    let question = Question::new(g, limit)?;
    let outcome = |rival: &dyn Formulation<Polynomial>| {
        let (verdict, agreeing) = question.put_to(rival);
        Outcome { name: rival.name().to_owned(), verdict, agreeing, note: rival.note(g) }
    };
    let outcomes = rivals.iter().map(|rival| outcome(rival.as_ref())).collect();
    Ok(Report { geometry: g.clone(), cells: question.expected.len(), products: question.products, outcomes })
}

/// Indeterminate operands of a geometry, and what the definition makes of them.
struct Question<'a> {
    geometry: &'a Geometry,
    weight: Tensor<Polynomial>,
    input: Tensor<Polynomial>,
    expected: Tensor<Polynomial>,
    products: usize,
    limit: u64,
}

/// A rival may take this many steps for each product that the definition may have: those that
/// test every tap of every output take more than they multiply.
const STEPS_PER_PRODUCT: u64 = 16;

impl<'a> Question<'a> {
    fn new(g: &'a Geometry, limit: u64) -> Result<Self, Error> {
        // The trusted builder: what is proved rests on it and not on the fast one.
        let c = ConvMatrix::build_plainly(g, Side::C, limit).map_err(|e| match e.kind() {
            ErrorKind::Limit(LimitError::Entries { what, got, limit }) => {
                let what = match *what {
                    "rows" => "inputs",
                    "columns" => "sums",
                    _ => "products",
                };
                LimitError::Products { what, got: *got, limit: *limit }.into()
            }
            _ => e,
        })?;
        let index = |n: usize| u32::try_from(n).expect("matrices have 32-bit indices");
        let weight = Tensor::from_fn("the weight", g.weight_shape(), |n| Polynomial::weight(index(n)))?;
        let input = Tensor::from_fn("the input", g.input_shape(), |n| Polynomial::input(index(n)))?;
        // The definition, read off C by columns: y[c] = Σ_r x[r]·C[r, c].
        let mut expected = Tensor::<Polynomial>::zeros("the output", g.output_shape())?;
        for (row, x) in c.taps().outer_iterator().zip(input.entries()) {
            for (col, tap) in row.iter() {
                expected.entries_mut()[col].add_product(x, &weight.entries()[tap.index()]);
            }
        }
        Ok(Question { geometry: g, weight, input, expected, products: c.entries(), limit })
    }

    /// The verdict on a rival, and how many of its output cells agree.
    fn put_to(&self, rival: &dyn Formulation<Polynomial>) -> (Verdict, usize) {
        let steps = rival.steps(self.geometry);
        if steps > i128::from(self.limit.saturating_mul(STEPS_PER_PRODUCT)) {
            let limit = self.limit.saturating_mul(STEPS_PER_PRODUCT);
            (Verdict::Skipped(LimitError::Products { what: "steps", got: steps, limit }.into()), 0)
        } else {
            match rival.apply(self.geometry, &self.weight, &self.input) {
                Err(error) => (Verdict::Skipped(error), 0),
                Ok(got) => judge(self.geometry, &self.expected, &got),
            }
        }
    }
}

/// Compares the sums of a rival with the definition's, cell by cell.
fn judge(geometry: &Geometry, expected: &Tensor<Polynomial>, got: &Tensor<Polynomial>) -> (Verdict, usize) {
    let pairs = || expected.entries().iter().zip(got.entries());
    if got.shape() != expected.shape() {
        let (expected, got) = (expected.shape().to_vec(), got.shape().to_vec());
        return (differs(geometry, Difference::Shape { expected, got }), 0);
    }
    match pairs().position(|(expected, got)| expected != got) {
        None => (Verdict::Same, expected.len()),
        Some(at) => {
            let agreeing = pairs().filter(|(expected, got)| expected == got).count();
            let cell = unflatten(expected.shape(), at);
            let (expected, got) = (expected.entries()[at].clone(), got.entries()[at].clone());
            (differs(geometry, Difference::Cell { cell, expected, got }), agreeing)
        }
    }
}

fn differs(geometry: &Geometry, difference: Difference) -> Verdict {
    let spec = Spec { kind: Kind::Tconv, geometry: geometry.clone() };
    Verdict::Differs(Box::new(Witness { spec, difference }))
}
