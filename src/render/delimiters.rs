//! What stands around a matrix.

use std::str::FromStr;

use crate::error::{Error, RequestError};

/// What stands around a matrix, where a format draws it.
///
/// ```
/// use convproof::render::Delimiters;
/// assert_eq!("square".parse::<Delimiters>().unwrap(), Delimiters::Square);
/// assert_eq!("angle".parse::<Delimiters>().unwrap_err().rule(), "Q4");
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Delimiters {
    /// `( )`
    Round,
    /// `[ ]`
    Square,
    /// `{ }`
    Curly,
    /// `| |`
    Bar,
    /// `‖ ‖`
    DoubleBar,
    /// Nothing.
    None,
}

/// Word, delimiters; the letter of LaTeX's environments, its two delimiters; that of Typst.
type Row = (&'static str, Delimiters, &'static str, [&'static str; 2], &'static str);

const ROWS: [Row; 6] = [
    ("round", Delimiters::Round, "p", ["(", ")"], r#""(""#),
    ("square", Delimiters::Square, "b", ["[", "]"], r#""[""#),
    ("curly", Delimiters::Curly, "B", [r"\{", r"\}"], r#""{""#),
    ("bar", Delimiters::Bar, "v", ["|", "|"], r#""|""#),
    ("double-bar", Delimiters::DoubleBar, "V", [r"\|", r"\|"], r#""‖""#),
    ("none", Delimiters::None, "", [".", "."], "#none"),
];

impl Delimiters {
    fn row(self) -> &'static Row {
        ROWS.iter().find(|row| row.1 == self).expect("every kind of delimiters has its row")
    }

    /// The letter in front of `matrix` and `NiceMatrix`.
    pub(super) fn letter(self) -> &'static str {
        self.row().2
    }

    /// What follows `\left` and `\right`.
    pub(super) fn latex(self) -> [&'static str; 2] {
        self.row().3
    }

    /// The value of `delim`.
    pub(super) fn typst(self) -> &'static str {
        self.row().4
    }
}

impl FromStr for Delimiters {
    type Err = Error;

    /// Reads `round`, `square`, `curly`, `bar`, `double-bar` or `none`.
    ///
    /// # Errors
    /// Q4 for anything else.
    fn from_str(text: &str) -> Result<Self, Error> {
        let found = ROWS.iter().find(|(word, ..)| *word == text).map(|(_, delimiters, ..)| *delimiters);
        found.ok_or_else(|| {
            let words: Vec<&str> = ROWS.iter().map(|(word, ..)| *word).collect();
            let problem = format!("'{text}' are no delimiters; valid are {}", words.join(", "));
            RequestError::Option { option: "--delimiters", problem }.into()
        })
    }
}
