//! What has to be shown of a nest for all sizes: hypotheses and goals, generated from its text.
//!
//! The definition on an axis is `R(o,i,t)`: `0 ≤ i < I`, `0 ≤ t < K`, `0 ≤ o < O`,
//! `o = s·i + d·t − p_b`. A nest makes exactly the products of R, each once, if for the domain `D`
//! of its variables `v`, its map `m` and its inverse `inv`
//!
//! | sequent | from | follows |
//! |---|---|---|
//! | `gcd`, `length`, `line1` …, `inverse1` … | the sizes, `D` (or `R`) up to that line | divisors ≥ 1, indices inside, claims, the output's length is `O` |
//! | `sound` | `D(v)` | `R(m(v))` |
//! | `complete` | `R(z)` | `D(inv(z))`, `m(inv(z)) = z`, divisors of `inv` ≥ 1 |
//! | `unique` | `D(v)` | `inv(m(v)) = v` |
//!
//! A division becomes `e = m·q + r`, `0 ≤ r ≤ m − 1`; one that truncates two cases, by the sign of
//! `e`, and every sequent is stated in each.

use crate::nest::{Constraint, Division, Nest, Poly, Rounding, Step, expression};

/// Hypotheses and goals over the integers: wherever all of `given` hold, all of `show` do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sequent {
    /// `NAME.sound`, unique.
    pub name: String,
    /// Hypotheses.
    pub given: Vec<Constraint>,
    /// Goals.
    pub show: Vec<Constraint>,
    /// Divisions with rest among what is given: the place of the first of their three constraints.
    pub divisions: Vec<(usize, Division)>,
}

/// What is given, put together line by line.
#[derive(Debug, Clone, Default)]
pub struct Given {
    all: Vec<Constraint>,
    divisions: Vec<(usize, Division)>,
}

impl Given {
    /// Adds constraints.
    pub fn and(mut self, more: impl IntoIterator<Item = Constraint>) -> Given {
        self.all.extend(more);
        self
    }

    /// Adds `e = m·q + r`, `0 ≤ r < m`; of a division that truncates the case `e < 0` has
    /// `−m < r ≤ 0`.
    pub fn and_division(mut self, division: &Division, is_negative: bool) -> Given {
        self.divisions.push((self.all.len(), division.clone()));
        self.and(divided(division, is_negative))
    }

    /// The sequent of this and its goals.
    pub fn shows(self, name: String, show: Vec<Constraint>) -> Sequent {
        Sequent { name, given: self.all, show, divisions: self.divisions }
    }
}

/// `a ≥ b`
fn at_least(a: &Poly, b: &Poly) -> Constraint {
    Constraint::AtLeast(a.clone().minus(b))
}

/// `a ≥ 1`
pub fn positive(a: &Poly) -> Constraint {
    at_least(a, &Poly::integer(1))
}

fn equal(a: &Poly, b: &Poly) -> Constraint {
    Constraint::Equal(a.clone().minus(b))
}

/// `0 ≤ at < length`
fn below(at: &Poly, length: &Poly) -> [Constraint; 2] {
    [Constraint::AtLeast(at.clone()), at_least(&length.clone().minus(at), &Poly::integer(1))]
}

/// R at a place.
pub fn relation([o, i, t]: &[Poly; 3]) -> Vec<Constraint> {
    let place = expression("s*i + d*t - p_b").expect("a polynomial");
    let place = place.substitute(&|name| match name {
        "i" => Some(i.clone()),
        "t" => Some(t.clone()),
        _ => None,
    });
    let [inputs, taps, outputs] = ["I", "K", "O"].map(Poly::name);
    [below(i, &inputs), below(t, &taps), below(o, &outputs)].into_iter().flatten().chain([equal(o, &place)]).collect()
}

/// What is known of the sizes.
fn sizes(nest: &Nest) -> Given {
    let mut all: Vec<Constraint> = ["I", "K", "O", "s", "d"].iter().map(|n| positive(&Poly::name(n))).collect();
    for gcd in &nest.gcds {
        let [g, m, n, u, v] = [0, 1, 2, 3, 4].map(|k| Poly::name(&gcd.names[k]));
        all.extend([&g, &m, &n].map(positive));
        all.extend([equal(&gcd.of[0], &g.times(&m)), equal(&gcd.of[1], &g.times(&n))]);
        all.push(equal(&u.times(&m).plus(&v.times(&n)), &Poly::integer(1)));
    }
    Given::default().and(all).and(nest.assumed.iter().cloned())
}

/// A division as constraints; of one that truncates the case `is_negative`.
fn divided(division: &Division, is_negative: bool) -> Vec<Constraint> {
    let (q, r) = (Poly::name(&division.quotient), Poly::name(&division.rest));
    let whole = equal(&division.of, &division.by.times(&q).plus(&r));
    let zero = Poly::default();
    match is_negative {
        false => vec![whole, at_least(&r, &zero), positive(&division.by.clone().minus(&r))],
        true => vec![whole, at_least(&zero, &r), positive(&division.by.clone().plus(&r))],
    }
}

/// The sign of what is divided, in one case of a division that truncates.
fn sign(division: &Division, is_negative: bool) -> Constraint {
    match is_negative {
        false => Constraint::AtLeast(division.of.clone()),
        true => at_least(&Poly::integer(-1), &division.of),
    }
}

fn truncates(step: &Step) -> Option<&Division> {
    match step {
        Step::Divide(division) if division.rounding == Rounding::Truncate => Some(division),
        _ => None,
    }
}

/// `lower ≤ name < upper` for all bounds of a loop.
fn bounds(name: &str, from: &[Poly], to: &[Poly]) -> Vec<Constraint> {
    let name = Poly::name(name);
    let lower = from.iter().map(|from| at_least(&name, from));
    lower.chain(to.iter().map(|to| positive(&to.clone().minus(&name)))).collect()
}

/// The sizes and the domain of the first steps, with what was shown on the way; `case` tells the
/// sign at each division that truncates.
fn within(nest: &Nest, steps: &[Step], case: &[bool]) -> Given {
    let (mut given, mut case) = (sizes(nest), case.iter());
    for step in steps {
        given = match step {
            Step::Loop { name, from, to } => given.and(bounds(name, from, to)),
            Step::Divide(division) => {
                let is_negative = truncates(step).is_some() && *case.next().expect("a case for each");
                let signs = truncates(step).map(|division| sign(division, is_negative));
                given.and(signs).and_division(division, is_negative)
            }
            Step::Where(constraint) | Step::Claim(constraint) => given.and([constraint.clone()]),
            Step::Index { .. } => given,
        };
    }
    given
}

/// What makes a point of the domain, its signs apart.
fn membership(steps: &[Step], case: &[bool]) -> Vec<Constraint> {
    let mut case = case.iter();
    let of = |step: &Step| match step {
        Step::Loop { name, from, to } => bounds(name, from, to),
        Step::Divide(division) => {
            divided(division, truncates(step).is_some() && *case.next().expect("a case for each"))
        }
        Step::Where(constraint) => vec![constraint.clone()],
        Step::Claim(_) | Step::Index { .. } => Vec::new(),
    };
    steps.iter().flat_map(of).collect()
}

/// Every combination of signs of the divisions that truncate.
fn cases(steps: &[Step]) -> Vec<Vec<bool>> {
    let count = steps.iter().filter_map(truncates).count();
    (0..1usize << count).map(|bits| (0..count).map(|n| bits >> n & 1 == 1).collect()).collect()
}

/// ` +-` for the signs of a case; nothing where there is one case.
fn suffix(case: &[bool]) -> String {
    let signs: String = case.iter().map(|n| if *n { '-' } else { '+' }).collect();
    if signs.is_empty() { signs } else { format!(" {signs}") }
}

/// Everything that has to be shown of a nest.
pub fn sequents(nest: &Nest) -> Vec<Sequent> {
    let all = cases(&nest.steps);
    let name = |what: &str, case: &[bool]| format!("{}.{what}{}", nest.name, suffix(case));
    let sound = |case: &Vec<bool>| within(nest, &nest.steps, case).shows(name("sound", case), relation(&nest.adds));
    let mut sequents = defined(nest);
    sequents.extend(all.iter().map(sound));
    sequents.extend(all.iter().map(|case| complete(nest, case).named(name("complete", case))));
    sequents.extend(all.iter().map(|case| unique(nest, case).named(name("unique", case))));
    sequents
}

impl Sequent {
    /// Every name that occurs, sorted.
    pub fn names(&self) -> Vec<&str> {
        let mut names: Vec<&str> = self.given.iter().chain(&self.show).flat_map(|c| c.poly().names()).collect();
        names.sort_unstable();
        names.dedup();
        names
    }

    fn named(self, name: String) -> Sequent {
        Sequent { name, ..self }
    }
}

fn defined(nest: &Nest) -> Vec<Sequent> {
    let mut all = Vec::new();
    // What has a greatest common divisor is positive: to be shown without it.
    let plain = Nest { gcds: Vec::new(), assumed: Vec::new(), ..nest.clone() };
    let divided: Vec<Constraint> = nest.gcds.iter().flat_map(|gcd| gcd.of.iter().map(positive)).collect();
    if !divided.is_empty() {
        all.push(sizes(&plain).shows(format!("{}.gcd", nest.name), divided));
    }
    if let Some(length) = &nest.length {
        all.push(sizes(nest).shows(format!("{}.length", nest.name), vec![equal(length, &Poly::name("O"))]));
    }
    let mut count = 0;
    for (n, step) in nest.steps.iter().enumerate() {
        let show = match step {
            Step::Divide(division) => vec![positive(&division.by)],
            Step::Index { at, length } => below(at, length).to_vec(),
            Step::Claim(claim) => vec![claim.clone()],
            Step::Loop { .. } | Step::Where(_) => continue,
        };
        count += 1;
        for case in cases(&nest.steps[..n]) {
            let name = format!("{}.line{count}{}", nest.name, suffix(&case));
            all.push(within(nest, &nest.steps[..n], &case).shows(name, show.clone()));
        }
    }
    for (n, division) in nest.witnesses.iter().enumerate() {
        let before = Nest { witnesses: nest.witnesses[..n].to_vec(), ..nest.clone() };
        all.push(at_a_product(&before).shows(format!("{}.inverse{}", nest.name, n + 1), vec![positive(&division.by)]));
    }
    all
}

/// The sizes, a product of the definition, and what the inverse divides there.
fn at_a_product(nest: &Nest) -> Given {
    let given = sizes(nest).and(relation(&["o", "i", "t"].map(Poly::name)));
    nest.witnesses.iter().fold(given, |given, division| given.and_division(division, false))
}

fn complete(nest: &Nest, case: &[bool]) -> Sequent {
    let inverse = |name: &str| nest.inverse.iter().find(|(known, _)| known == name).map(|(_, poly)| poly.clone());
    let back = |constraint: &Constraint| constraint.map(|poly| poly.substitute(&inverse));
    let signs = nest.steps.iter().filter_map(truncates).zip(case).map(|(d, is_negative)| back(&sign(d, *is_negative)));
    let mut show: Vec<Constraint> = membership(&nest.steps, case).iter().map(back).collect();
    let place = ["o", "i", "t"].map(Poly::name);
    show.extend(nest.adds.iter().zip(&place).map(|(to, from)| equal(&to.substitute(&inverse), from)));
    at_a_product(nest).and(signs).shows(String::new(), show)
}

fn unique(nest: &Nest, case: &[bool]) -> Sequent {
    // The witnesses of the inverse stand beside the variables of the loops: other names for them.
    let renamed = |name: &str| format!("inverse_{name}");
    let is_witness = |name: &str| nest.witnesses.iter().any(|d| d.quotient == name || d.rest == name);
    let at = |name: &str| match name {
        "o" => Some(nest.adds[0].clone()),
        "i" => Some(nest.adds[1].clone()),
        "t" => Some(nest.adds[2].clone()),
        _ => is_witness(name).then(|| Poly::name(&renamed(name))),
    };
    let given = nest.witnesses.iter().fold(within(nest, &nest.steps, case), |given, division| {
        let (of, by) = (division.of.substitute(&at), division.by.substitute(&at));
        let (quotient, rest) = (renamed(&division.quotient), renamed(&division.rest));
        given.and_division(&Division { of, by, quotient, rest, rounding: Rounding::Floor }, false)
    });
    let goal = |(name, poly): &(String, Poly)| equal(&poly.substitute(&at), &Poly::name(name));
    given.shows(String::new(), nest.inverse.iter().map(goal).collect())
}
