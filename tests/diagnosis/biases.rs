//! Wrong implementations of the bias and of its gradient.

use convproof::verify::Role;

use super::cells::SMALL;
use super::program::{CONV, Case, Result, TCONV};
use super::{Wrong, Wrongs};
use crate::common::naive::all as every;

pub fn bias(all: &mut Wrongs) {
    for kind in [TCONV, CONV] {
        // Stride 3, kernel 2: every third output is reached by nothing.
        let case =
            Case::new(kind, Role::Forward, &[[3, 2, 3, 1, 0, 0, 1], [3, 3, 1, 1, 0, 0, 0]], [2, 4, 6, 2]).with_bias();
        let bare = Case { b: None, ..case.clone() };
        let (shape, sums) = bare.right();
        let ones = Case { tensors: case.tensors.clone().map(|t| vec![1; t.len()]), ..bare.clone() };
        let (products, channels) = (ones.right().1, if kind == TCONV { case.geo.ci } else { case.geo.co });
        let b = case.b.clone().unwrap();
        let (count, per) = (i64::try_from(b.len()).unwrap(), i64::try_from(b.len()).unwrap() / 2);
        let inner: i64 = shape[2..].iter().product();
        let with = |of: &dyn Fn(usize, i64) -> i64| -> Result {
            let channel = |cell: usize| i64::try_from(cell).unwrap() / inner % count;
            (shape.clone(), sums.iter().enumerate().map(|(cell, sum)| sum + of(cell, channel(cell))).collect())
        };
        let own = |c: i64| b[usize::try_from(c).unwrap()];
        let forms: [(u16, &dyn Fn(usize, i64) -> i64); 9] = [
            (0, &|_, _| 0),
            (1, &|_, c| own(c % per)),
            (2, &|_, _| own(0)),
            (3, &|cell, c| if products[cell] > 0 { own(c) } else { 0 }),
            (4, &|cell, c| products[cell] / (channels / 2) * own(c)),
            (5, &|cell, c| products[cell] * own(c)),
            (6, &|_, c| channels / 2 * own(c)),
            (7, &|_, c| 2 * own(c)),
            (8, &|_, c| own(count - 1 - c)),
        ];
        for (number, of) in forms {
            all.push(Wrong::new("bias", number, &case, with(of)));
        }

        for (number, last) in [(401, true), (400, false)] {
            let (shape, mut y) = case.right();
            for (cell, at) in every(&shape).into_iter().enumerate() {
                if (2..4).any(|n| at[n] == if last { shape[n] - 1 } else { 0 }) {
                    y[cell] = 0;
                }
            }

            all.push(Wrong::new("border-dropped", number, &case, (shape, y)));
        }
    }
}

pub fn bias_gradients(all: &mut Wrongs) {
    for kind in [TCONV, CONV] {
        let case = Case::new(kind, Role::BiasGradient, &SMALL, [3, 4, 6, 2]);
        let tensor = if kind == TCONV { 2 } else { 0 };
        let shape = case.shapes()[tensor].clone();
        let at = |cell: &[i64]| {
            case.tensors[tensor][usize::try_from(shape.iter().zip(cell).fold(0, |flat, (l, p)| flat * l + p)).unwrap()]
        };
        let sums = |of: &dyn Fn(i64, &[i64]) -> i64| -> Result {
            let sum =
                |c: i64| every(&[shape[0], shape[2], shape[3]]).iter().map(|p| of(c, &[p[0], c, p[1], p[2]])).sum();
            (vec![shape[1]], (0..shape[1]).map(sum).collect())
        };
        let (n, per) = (shape[0], shape[1] / 2);
        let when = |is: bool, value: i64| if is { value } else { 0 };
        let forms: [(&'static str, u16, &dyn Fn(i64, &[i64]) -> i64); 10] = [
            ("batch-offset", 0, &|c, p| at(&[0, c, p[2], p[3]])),
            ("batch-offset", 1, &|c, p| at(&[n - 1, c, p[2], p[3]])),
            ("batch-offset", 5, &|_, p| when(p[0] == 0, at(p))),
            ("batch-offset", 6, &|_, p| when(p[0] == n - 1, at(p))),
            ("bias", 16, &|c, p| at(&[p[0], c % per, p[2], p[3]])),
            ("bias", 17, &|_, p| (0..shape[1]).map(|c| at(&[p[0], c, p[2], p[3]])).sum()),
            ("bias", 18, &|_, p| when(p[2] == 0 && p[3] == 0, at(p))),
            ("border-dropped", if tensor == 2 { 100 } else { 0 }, &|_, p| {
                when(p[2] < shape[2] - 1 && p[3] < shape[3] - 1, at(p))
            }),
            ("overwrite-not-accumulate", 0, &|_, p| {
                when(p[0] == n - 1 && p[2] == shape[2] - 1 && p[3] == shape[3] - 1, at(p))
            }),
            ("dtype-kernel", 1, &|_, p| when(p[2] == 0, at(p))),
        ];
        for (id, number, of) in forms {
            all.push(Wrong::new(id, number, &case, sums(of)));
        }
    }
}
