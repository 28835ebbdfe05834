//! Words and signs, expressions and constraints: what the texts of nests and statements are made of.

use num_bigint::BigInt;
use num_rational::BigRational;

use super::{Constraint, Division, Poly, Rounding};

/// Bytes of a text that is read.
pub const MAX_TEXT: usize = 1 << 20;
/// Parentheses and signs within each other.
const MAX_DEPTH: usize = 32;
/// Terms of a polynomial.
pub(crate) const MAX_TERMS: usize = 1000;
/// Exponents of a term together.
pub(crate) const MAX_DEGREE: u32 = 12;
/// Decimal digits of a number.
const MAX_DIGITS: usize = 60;

/// What is wrong, in one line.
pub type Problem = String;

/// Comparisons of a line.
const MAX_LINKS: usize = 20;
/// Bits of a numerator or denominator.
const MAX_BITS: u64 = 2048;

/// Checks that a polynomial is none that only somebody hostile would write.
fn bounded(poly: &Poly) -> Result<(), Problem> {
    if poly.count() > MAX_TERMS {
        return Err(format!("more than {MAX_TERMS} terms"));
    }
    match poly.terms().any(|(_, c)| c.numer().bits().max(c.denom().bits()) > MAX_BITS) {
        true => Err(format!("a number of more than {MAX_BITS} bits")),
        false => Ok(()),
    }
}

/// The signs and words of a line.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Token {
    Name(String),
    Number(BigInt),
    Sign(&'static str),
}

const SIGNS: [&str; 19] =
    ["<=", ">=", "+=", "<", ">", "=", "+", "-", "*", "^", "/", "(", ")", "[", "]", ",", ":", "{", "}"];

pub(crate) fn tokens(text: &str) -> Result<Vec<Token>, Problem> {
    let mut rest = text.trim_start();
    let mut all = Vec::new();
    while let Some(first) = rest.chars().next() {
        let word = |is: fn(&char) -> bool| rest.chars().take_while(is).count();
        if first.is_ascii_alphabetic() {
            let end = word(|c| c.is_ascii_alphanumeric() || *c == '_');
            all.push(Token::Name(rest[..end].to_owned()));
            rest = &rest[end..];
        } else if first.is_ascii_digit() {
            let end = word(char::is_ascii_digit);
            if end > MAX_DIGITS {
                return Err(format!("a number of {end} digits; at most {MAX_DIGITS} are read"));
            }
            all.push(Token::Number(rest[..end].parse().map_err(|_| "a number".to_owned())?));
            rest = &rest[end..];
        } else if let Some(sign) = SIGNS.iter().find(|sign| rest.starts_with(**sign)) {
            all.push(Token::Sign(sign));
            rest = &rest[sign.len()..];
        } else {
            return Err(format!("'{first}' means nothing here"));
        }
        rest = rest.trim_start();
    }
    Ok(all)
}

/// Reads tokens from the left.
pub(crate) struct Reader<'a> {
    tokens: &'a [Token],
    depth: usize,
}

impl<'a> Reader<'a> {
    pub(crate) fn new(tokens: &'a [Token]) -> Reader<'a> {
        Reader { tokens, depth: 0 }
    }

    pub(crate) fn takes(&mut self, sign: &str) -> bool {
        let found = matches!(self.tokens.first(), Some(Token::Sign(s)) if *s == sign);
        if found {
            self.tokens = &self.tokens[1..];
        }
        found
    }

    pub(crate) fn takes_word(&mut self, word: &str) -> bool {
        let found = matches!(self.tokens.first(), Some(Token::Name(name)) if name == word);
        if found {
            self.tokens = &self.tokens[1..];
        }
        found
    }

    pub(crate) fn needs(&mut self, sign: &str) -> Result<(), Problem> {
        if self.takes(sign) { Ok(()) } else { Err(format!("'{sign}' is missing {}", self.place())) }
    }

    pub(crate) fn needs_word(&mut self, word: &str) -> Result<(), Problem> {
        if self.takes_word(word) { Ok(()) } else { Err(format!("'{word}' is missing {}", self.place())) }
    }

    pub(crate) fn name(&mut self) -> Result<String, Problem> {
        match self.tokens.split_first() {
            Some((Token::Name(name), rest)) => {
                self.tokens = rest;
                Ok(name.clone())
            }
            _ => Err(format!("a name is missing {}", self.place())),
        }
    }

    fn place(&self) -> String {
        match self.tokens.first() {
            None => "at the end of the line".to_owned(),
            Some(Token::Name(name)) => format!("before '{name}'"),
            Some(Token::Number(number)) => format!("before '{number}'"),
            Some(Token::Sign(sign)) => format!("before '{sign}'"),
        }
    }

    pub(crate) fn ends(&self) -> Result<(), Problem> {
        match self.tokens.first() {
            None => Ok(()),
            Some(_) => Err(format!("the line should end {}", self.place())),
        }
    }

    pub(crate) fn sum(&mut self) -> Result<Poly, Problem> {
        self.depth += 1;
        if self.depth > MAX_DEPTH {
            return Err(format!("more than {MAX_DEPTH} parentheses within each other"));
        }
        let minus = self.takes("-");
        let mut sum = self.product()?;
        if minus {
            sum = Poly::default().minus(&sum);
        }
        loop {
            if self.takes("+") {
                sum = sum.plus(&self.product()?);
            } else if self.takes("-") {
                sum = sum.minus(&self.product()?);
            } else {
                break;
            }
            bounded(&sum)?;
        }
        self.depth -= 1;
        Ok(sum)
    }

    fn product(&mut self) -> Result<Poly, Problem> {
        let mut product = self.power()?;
        while self.takes("*") {
            let factor = self.power()?;
            if product.count().saturating_mul(factor.count()) > MAX_TERMS {
                return Err(format!("more than {MAX_TERMS} terms"));
            }
            if product.degree() + factor.degree() > MAX_DEGREE {
                return Err(format!("a degree above {MAX_DEGREE}"));
            }
            product = product.times(&factor);
            bounded(&product)?;
        }
        Ok(product)
    }

    fn power(&mut self) -> Result<Poly, Problem> {
        let base = self.factor()?;
        if !self.takes("^") {
            return Ok(base);
        }
        let Some((Token::Number(exponent), rest)) = self.tokens.split_first() else {
            return Err(format!("an exponent is missing {}", self.place()));
        };
        let exponent = u32::try_from(exponent).ok().filter(|e| *e <= MAX_DEGREE);
        // Of a name alone: powers of powers of numbers would have no end.
        let exponent = exponent.filter(|e| base.count() == 1 && base.degree() == 1 && *e <= MAX_DEGREE);
        let exponent =
            exponent.ok_or_else(|| format!("an exponent of one name, at most {MAX_DEGREE} in all, is read"))?;
        self.tokens = rest;
        Ok((0..exponent).fold(Poly::integer(1), |power, _| power.times(&base)))
    }

    pub(crate) fn factor(&mut self) -> Result<Poly, Problem> {
        match self.tokens.split_first() {
            Some((Token::Name(name), rest)) => {
                self.tokens = rest;
                Ok(Poly::name(name))
            }
            Some((Token::Number(number), rest)) => {
                self.tokens = rest;
                let mut value = BigRational::from_integer(number.clone());
                if let [Token::Sign("/"), Token::Number(by), ..] = self.tokens {
                    if *by == BigInt::ZERO {
                        return Err("division by 0".to_owned());
                    }
                    value /= BigRational::from_integer(by.clone());
                    self.tokens = &self.tokens[2..];
                }
                Ok(Poly::constant(value))
            }
            Some((Token::Sign("("), rest)) => {
                self.tokens = rest;
                let sum = self.sum()?;
                self.needs(")")?;
                Ok(sum)
            }
            _ => Err(format!("a number, a name or '(' is missing {}", self.place())),
        }
    }

    /// `max(a, b)`, or one expression.
    pub(crate) fn several(&mut self, word: &str) -> Result<Vec<Poly>, Problem> {
        if !matches!(self.tokens, [Token::Name(name), Token::Sign("("), ..] if name == word) {
            return Ok(vec![self.sum()?]);
        }
        self.tokens = &self.tokens[2..];
        let mut all = vec![self.sum()?];
        while self.takes(",") {
            all.push(self.sum()?);
        }
        self.needs(")")?;
        Ok(all)
    }

    /// `a <= b < c`
    pub(crate) fn chain(&mut self) -> Result<Vec<Constraint>, Problem> {
        let mut left = self.sum()?;
        let mut all = Vec::new();
        loop {
            let one = Poly::integer(1);
            let sign = ["<=", ">=", "<", ">", "="].into_iter().find(|sign| self.takes(sign));
            let Some(sign) = sign else { break };
            let right = self.sum()?;
            let (low, high) = if sign.starts_with('>') { (&right, &left) } else { (&left, &right) };
            let gap = high.clone().minus(low);
            all.push(match sign {
                "=" => Constraint::Equal(gap),
                "<" | ">" => Constraint::AtLeast(gap.minus(&one)),
                _ => Constraint::AtLeast(gap),
            });
            left = right;
            if all.len() > MAX_LINKS {
                return Err(format!("more than {MAX_LINKS} comparisons in one line"));
            }
        }
        if all.is_empty() {
            return Err(format!("one of < <= = >= > is missing {}", self.place()));
        }
        Ok(all)
    }

    /// `e by m into q rest r [truncated]`, the word `divide` taken.
    pub(crate) fn division(&mut self) -> Result<Division, Problem> {
        let of = self.sum()?;
        self.needs_word("by")?;
        let by = self.sum()?;
        self.needs_word("into")?;
        let quotient = self.name()?;
        self.needs_word("rest")?;
        let rest = self.name()?;
        let rounding = if self.takes_word("truncated") { Rounding::Truncate } else { Rounding::Floor };
        Ok(Division { of, by, quotient, rest, rounding })
    }
}

/// An expression: `s*(I-1) + 1`.
///
/// # Errors
/// What is wrong with it, in one line; so for a text whose polynomial would be too large.
pub fn expression(text: &str) -> Result<Poly, Problem> {
    let tokens = tokens(text)?;
    let mut reader = Reader::new(&tokens);
    let sum = reader.sum()?;
    reader.ends()?;
    Ok(sum)
}

/// Constraints joined by commas: `0 <= q < I, r = 0`.
///
/// # Errors
/// As [`expression`].
pub fn constraints(text: &str) -> Result<Vec<Constraint>, Problem> {
    let tokens = tokens(text)?;
    let mut reader = Reader::new(&tokens);
    let mut all = reader.chain()?;
    while reader.takes(",") {
        all.extend(reader.chain()?);
    }
    reader.ends()?;
    Ok(all)
}
