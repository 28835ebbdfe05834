//! A wrong program as a subject: questions in, the numbers of the program out.

use convproof::Kind;
use convproof::data::{Array, Values};
use convproof::geometry::Pads;
use convproof::subject::{Failure, Reply, Request, Subject};
use convproof::verify::Role;

use crate::common::geo;
use crate::common::naive::lengths;
use crate::program::{CONV, Case, Result, TCONV};

/// A program with a mistake, by the id that it should get.
pub struct Wrong {
    pub id: &'static str,
    pub kind: &'static str,
    pub role: Role,
    /// What it answers instead of the right result.
    pub does: Box<dyn Fn(&Case) -> Result>,
}

impl Wrong {
    pub fn new(id: &'static str, kind: &'static str, role: Role, does: impl Fn(&Case) -> Result + 'static) -> Wrong {
        Wrong { id, kind, role, does: Box::new(does) }
    }

    pub fn tconv(id: &'static str, does: impl Fn(&Case) -> Result + 'static) -> Wrong {
        Wrong::new(id, TCONV, Role::Forward, does)
    }
}

impl Subject for Wrong {
    fn name(&self) -> String {
        format!("a program with {}", self.id)
    }

    fn words(&self, request: &Request) -> Option<String> {
        Some(request.spec.to_string())
    }

    fn answer(&mut self, request: &Request) -> Reply {
        match asked(request) {
            None => Reply::Refused("arrays of other shapes".to_owned()),
            Some((case, scale)) => match (self.does)(&case) {
                (shape, _) if shape.contains(&0) || shape.iter().any(|n| *n < 0) => empty(&shape),
                (shape, y) => Reply::Result(f32s(&shape, &y, scale * scale)),
            },
        }
    }
}

fn empty(shape: &[i64]) -> Reply {
    let shape = shape.iter().map(|n| usize::try_from(*n).unwrap_or(0)).collect();
    Array::new(shape, Values::F32(Vec::new()))
        .map_or_else(|e| Reply::Failed(Failure::Error, e.to_string()), Reply::Result)
}

/// The integers of a question, and how many of them are 1: full mantissas are whole multiples of 2^-23.
pub fn asked(request: &Request) -> Option<(Case, i64)> {
    let kind = if request.spec.kind == Kind::Tconv { TCONV } else { CONV };
    let geo = geo(&request.spec.geometry);
    let mut case = Case { geo, kind, role: request.role, pads: request.pads, tensors: Default::default(), b: None };
    let shapes = case.shapes();
    let [own, result] = if kind == TCONV { [0, 2] } else { [2, 0] };
    let mut scale = 1;
    let arrays = [(own, &request.x), (1, &request.w), (result, &request.g)];
    for (_, array) in arrays {
        let Some(Values::F32(values)) = array.as_ref().map(Array::values) else { continue };
        if values.iter().any(|v| v.fract() != 0.0) {
            scale = 1 << 23;
        }
    }
    for (n, array) in arrays {
        let Some(array) = array else { continue };
        if array.shape() != lengths(&shapes[n]) {
            return None;
        }
        case.tensors[n] = integers(array, scale);
    }
    case.b = request.b.as_ref().map(|b| integers(b, 1));
    Some((case, scale))
}

#[allow(clippy::cast_possible_truncation, clippy::cast_precision_loss)]
pub fn integers(array: &Array, scale: i64) -> Vec<i64> {
    let Values::F32(values) = array.values() else { panic!("{:?}", array.element_type()) };
    values.iter().map(|v| (f64::from(*v) * scale as f64) as i64).collect()
}

#[allow(clippy::cast_precision_loss)]
pub fn f32s(shape: &[i64], values: &[i64], scale: i64) -> Array {
    let values = values.iter().map(|v| *v as f32 / scale as f32).collect();
    Array::new(lengths(shape), Values::F32(values)).unwrap()
}

/// Whether pads were said with a word.
pub fn is_same(case: &Case) -> bool {
    matches!(case.pads, Pads::Same | Pads::SameUpper | Pads::SameLower)
}
