//! Names that the lines of a text may use.

use super::text::{MAX_DEGREE, MAX_TERMS, Problem};
use super::{Constraint, Division, Poly, SIZES, end_pad};

/// The names that are known, and what stands for some of them.
#[derive(Debug, Clone, Default)]
pub(crate) struct Scope {
    known: Vec<String>,
    lets: Vec<(String, Poly)>,
    /// Whether `p_e` stands for what the other sizes say.
    of_axis: bool,
}

impl Scope {
    /// The sizes of an axis.
    pub fn of_axis() -> Scope {
        Scope { known: SIZES.map(str::to_owned).to_vec(), lets: Vec::new(), of_axis: true }
    }

    /// Only these names and the sizes of an axis.
    pub fn only(&mut self, names: impl IntoIterator<Item = String>) {
        self.known = SIZES.iter().map(|name| (*name).to_owned()).chain(names).collect();
        self.lets.clear();
    }

    /// A new name.
    pub fn binds(&mut self, name: &str) -> Result<(), Problem> {
        const WORDS: [&str; 7] = ["by", "into", "rest", "truncated", "to", "max", "min"];
        let taken = self.knows(name) || WORDS.contains(&name) || self.of_axis && name == "p_e";
        // What this crate puts in front of the witnesses of an inverse.
        if taken || name.starts_with("inverse_") {
            return Err(format!("'{name}' has a meaning already"));
        }
        self.known.push(name.to_owned());
        Ok(())
    }

    /// A new name for a polynomial.
    pub fn names(&mut self, name: &str, poly: Poly) -> Result<(), Problem> {
        if poly.degree() > MAX_DEGREE || poly.count() > MAX_TERMS {
            return Err(format!("more than {MAX_TERMS} terms or a degree above {MAX_DEGREE}"));
        }
        self.binds(name)?;
        self.known.pop();
        self.lets.push((name.to_owned(), poly));
        Ok(())
    }

    fn knows(&self, name: &str) -> bool {
        self.known.iter().any(|known| known == name) || self.lets.iter().any(|(known, _)| known == name)
    }

    /// The polynomial in names that are no abbreviations.
    pub fn resolve(&self, poly: &Poly) -> Result<Poly, Problem> {
        let is_end_pad = |name: &str| self.of_axis && name == "p_e";
        if let Some(unknown) = poly.names().find(|name| !self.knows(name) && !is_end_pad(name)) {
            return Err(format!("'{unknown}' is not known here"));
        }
        if poly.terms().any(|(_, coefficient)| !coefficient.is_integer()) {
            return Err("a fraction; all numbers here are whole".to_owned());
        }
        // Before anything is multiplied out: how large it could become.
        let size = |name: &str| match self.lets.iter().find(|(known, _)| known == name) {
            Some((_, poly)) => (poly.degree(), poly.count()),
            None => {
                if is_end_pad(name) {
                    (2, 8)
                } else {
                    (1, 1)
                }
            }
        };
        let mut terms = 0usize;
        for (monomial, _) in poly.terms() {
            let power = |(name, e): (&String, &u32)| (size(name).0 * e, size(name).1.saturating_pow(*e));
            let (degree, product) = monomial
                .iter()
                .map(power)
                .fold((0, 1usize), |(d, p), (degree, len)| (d + degree, p.saturating_mul(len)));
            terms = terms.saturating_add(product);
            if degree > MAX_DEGREE || terms > MAX_TERMS {
                return Err(format!("more than {MAX_TERMS} terms or a degree above {MAX_DEGREE}"));
            }
        }
        Ok(poly.substitute(&|name| match name {
            _ if is_end_pad(name) => Some(end_pad()),
            _ => self.lets.iter().find(|(known, _)| known == name).map(|(_, poly)| poly.clone()),
        }))
    }

    pub fn resolve_all(&self, polys: &[Poly]) -> Result<Vec<Poly>, Problem> {
        polys.iter().map(|poly| self.resolve(poly)).collect()
    }

    pub fn constraints(&self, all: &[Constraint]) -> Result<Vec<Constraint>, Problem> {
        let one = |c: &Constraint| {
            let poly = self.resolve(c.poly())?;
            Ok(c.map(|_| poly))
        };
        all.iter().map(one).collect()
    }

    pub fn division(&self, division: Division) -> Result<Division, Problem> {
        Ok(Division { of: self.resolve(&division.of)?, by: self.resolve(&division.by)?, ..division })
    }
}
