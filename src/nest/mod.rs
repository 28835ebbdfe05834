//! Loop nests as data: what a program does on one axis, in the words of its loops.
//!
//! ```text
//! nest gather: every output asks, for each tap, which input it would come from
//! loop o from 0 to O
//! loop t from 0 to K
//! divide o + p_b - d*t by s into q rest r
//! where r = 0
//! where 0 <= q < I
//! add y[o] += x[q]*w[t]
//! inverse o = o, t = t, q = i, r = 0
//! ```
//!
//! | line | means |
//! |---|---|
//! | `size n` | a further size, an integer; `assume` says what it may be |
//! | `assume 0 <= p_b` | the claim is made for these sizes only |
//! | `gcd s d into g, m, n, u, v` | `s = g·m`, `d = g·n`, `u·m + v·n = 1`, all of `g m n` ≥ 1 |
//! | `let at = s*i + d*t` | a name for an expression |
//! | `loop i from max(0, a) to min(I, b)` | every integer from the largest of these to below the smallest of those |
//! | `divide e by m into q rest r` | `e = m·q + r`, `0 ≤ r < m`: the quotient is rounded down |
//! | `divide e by m into q rest r truncated` | rounded towards 0 as in C: for `e < 0`, `−m < r ≤ 0` |
//! | `where a <= b < c` | goes on only there; `=`, `<`, `<=`, `>`, `>=` |
//! | `claim a <= b` | holds here: it is shown, and helps to show the rest; where it does not hold, the nest is refuted |
//! | `index e below n` | an array of `n` cells is read or written at `e` |
//! | `length e` | the length that the program gives its output |
//! | `add y[o] += x[i]*w[t]` | what the innermost body does, once, as the last step |
//! | `inverse a = …, divide t by m into q rest r` | from a product `(o, i, t)` back to the variables of the loops and divisions |
//!
//! Known sizes: `I` input, `K` kernel, `O` output, `s` stride, `d` dilation, `p_b` and `p_e` pads, `a`
//! output padding; all of `I K O s d` ≥ 1, and
//! `O = s(I−1) + d(K−1) + 1 − p_b − p_e + a`, so that one of them, `p_e`, is said by the others.
//!
//! `size`, `gcd`, `assume` and `length` stand before the first loop; `o`, `i` and `t` are no names of sizes.
//! In an `inverse`, `o i t` on the right are the positions of the product that is looked for.

mod parse;
mod poly;
mod run;
pub(crate) mod scope;
pub(crate) mod text;

pub use parse::parse;
pub use poly::{Monomial, Poly};
pub use run::{Sizes, Stop, Tell, run};
pub use text::{constraints, expression};

/// `poly ≥ 0` or `poly = 0`.
#[derive(Debug, Clone, PartialEq, Eq)]
#[allow(clippy::exhaustive_enums)] // the whole language
pub enum Constraint {
    /// `poly ≥ 0`
    AtLeast(Poly),
    /// `poly = 0`
    Equal(Poly),
}

impl Constraint {
    /// The polynomial.
    pub fn poly(&self) -> &Poly {
        match self {
            Constraint::AtLeast(poly) | Constraint::Equal(poly) => poly,
        }
    }

    /// The same about another polynomial.
    pub fn map(&self, change: impl FnOnce(&Poly) -> Poly) -> Constraint {
        match self {
            Constraint::AtLeast(poly) => Constraint::AtLeast(change(poly)),
            Constraint::Equal(poly) => Constraint::Equal(change(poly)),
        }
    }
}

/// How a quotient is rounded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[allow(clippy::exhaustive_enums)] // the whole language
pub enum Rounding {
    /// Down: the rest is not negative.
    Floor,
    /// Towards 0, as C and the processors do: the rest has the sign of what is divided.
    Truncate,
}

/// `of = by·quotient + rest`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Division {
    /// What is divided.
    pub of: Poly,
    /// The divisor; that it is positive is shown.
    pub by: Poly,
    /// The name of the quotient.
    pub quotient: String,
    /// The name of the rest.
    pub rest: String,
    /// Where the quotient is rounded to.
    pub rounding: Rounding,
}

/// One line of a nest, in the order in which the program does it.
#[derive(Debug, Clone, PartialEq, Eq)]
#[allow(clippy::exhaustive_enums)] // the whole language
pub enum Step {
    /// From the largest of `from` to below the smallest of `to`.
    Loop {
        /// The variable.
        name: String,
        /// Lower bounds, all of which hold.
        from: Vec<Poly>,
        /// Upper bounds, below all of which it stays.
        to: Vec<Poly>,
    },
    /// A division with rest.
    Divide(Division),
    /// What must hold to go on.
    Where(Constraint),
    /// An access to an array of `length` cells.
    Index {
        /// The place.
        at: Poly,
        /// Cells of the array.
        length: Poly,
    },
    /// What holds there, to be shown: it helps to show the rest.
    Claim(Constraint),
}

/// Greatest common divisor with its witness: `a = g·m`, `b = g·n`, `u·m + v·n = 1`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Gcd {
    /// `a` and `b`
    pub of: [Poly; 2],
    /// `g m n u v`
    pub names: [String; 5],
}

/// A loop nest on one axis.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Nest {
    /// Its name: the first word of its text.
    pub name: String,
    /// In words.
    pub title: String,
    /// Sizes beside those of the axis.
    pub sizes: Vec<String>,
    /// Greatest common divisors of sizes.
    pub gcds: Vec<Gcd>,
    /// For which sizes the claim is made.
    pub assumed: Vec<Constraint>,
    /// The same as it is written.
    pub conditions: Vec<String>,
    /// Its lines, in order.
    pub steps: Vec<Step>,
    /// The length that the program gives its output, where it says one.
    pub length: Option<Poly>,
    /// `y[o] += x[i]·w[t]`
    pub adds: [Poly; 3],
    /// Divisions of the inverse.
    pub witnesses: Vec<Division>,
    /// Every variable of the steps as a polynomial in `o i t`, the sizes and the witnesses.
    pub inverse: Vec<(String, Poly)>,
}

/// The sizes that every nest knows; the output's length stands for `p_e`.
pub const SIZES: [&str; 7] = ["I", "K", "O", "s", "d", "p_b", "a"];

/// `p_e`, said by the others.
pub fn end_pad() -> Poly {
    expression("s*(I-1) + d*(K-1) + 1 - p_b + a - O").expect("a polynomial")
}

impl Nest {
    /// `, for 0 <= p_b, a = 0`: the sizes for which the claim is made; nothing where it is for all.
    pub fn for_which(&self) -> String {
        if self.conditions.is_empty() { String::new() } else { format!(", for {}", self.conditions.join(", ")) }
    }

    /// The variables that the steps bind, in order.
    pub fn variables(&self) -> Vec<&str> {
        self.steps
            .iter()
            .flat_map(|step| match step {
                Step::Loop { name, .. } => vec![name.as_str()],
                Step::Divide(d) => vec![d.quotient.as_str(), d.rest.as_str()],
                Step::Where(_) | Step::Claim(_) | Step::Index { .. } => Vec::new(),
            })
            .collect()
    }
}
