//! How a matrix is to be shown, and which format can show it so.

use std::str::FromStr;

use super::format::FormatInfo;
use super::{Delimiters, Format, MatrixView};
use crate::error::{Error, LimitError, RequestError};

/// What stands where there is no tap. A tap whose weight is 0 is shown as `0` all the same.
///
/// ```
/// use convproof::render::Zeros;
/// assert_eq!("dot".parse::<Zeros>().unwrap(), Zeros::Dot);
/// assert_eq!("none".parse::<Zeros>().unwrap_err().rule(), "Q4");
/// ```
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum Zeros {
    /// `0`
    #[default]
    Digit,
    /// `·`
    Dot,
    /// Nothing.
    Blank,
}

impl FromStr for Zeros {
    type Err = Error;

    /// Reads `0`, `dot` or `blank`.
    ///
    /// # Errors
    /// Q4 for anything else.
    fn from_str(text: &str) -> Result<Self, Error> {
        match text {
            "0" => Ok(Zeros::Digit),
            "dot" => Ok(Zeros::Dot),
            "blank" => Ok(Zeros::Blank),
            _ => Err(refusal("--zeros", format!("'{text}' is no zero; valid are 0, dot, blank"))),
        }
    }
}

/// Whether a format can show something.
type Shows = fn(Format) -> bool;

fn refusal(option: &'static str, problem: String) -> Error {
    RequestError::Option { option, problem }.into()
}

impl Format {
    /// Whether its files are bytes that a terminal cannot show.
    pub fn is_binary(self) -> bool {
        match self {
            Format::Npy => true,
            #[cfg(feature = "npz")]
            Format::Npz => true,
            _ => false,
        }
    }

    /// Whether a file holds one matrix and no more.
    pub fn is_document(self) -> bool {
        self.is_binary() || matches!(self, Format::Json | Format::Html | Format::Svg)
    }

    /// Whether sums can be written in it.
    pub fn has_sums(self) -> bool {
        !self.is_binary() && !matches!(self, Format::Mtx | Format::Svg)
    }

    /// Whether it shows other zeros than `0`: where readers read it, not programs.
    fn has_zeros(self) -> bool {
        matches!(self, Format::Text | Format::Latex | Format::Markdown | Format::Typst | Format::Html)
    }

    /// Whether it can draw lines between blocks.
    fn has_blocks(self) -> bool {
        matches!(self, Format::Text | Format::Latex | Format::Typst | Format::Html | Format::Svg)
    }

    /// Whether its names may count from 1: json counts from 0 by its contract, mtx from 1 by its
    /// standard, and arrays have no names.
    fn has_names(self) -> bool {
        !self.is_binary() && !matches!(self, Format::Json | Format::Mtx)
    }

    /// Whether it draws delimiters.
    fn has_delimiters(self) -> bool {
        matches!(self, Format::Latex | Format::Typst)
    }

    /// Whether a reader can know in which order cells are numbered: json is row-major by its contract,
    /// and arrays cannot say.
    fn has_order(self) -> bool {
        !self.is_binary() && self != Format::Json
    }

    /// What its limit counts: a picture draws entries, a page has cells.
    fn counts_entries(self) -> bool {
        self == Format::Svg
    }
}

impl MatrixView<'_> {
    /// The same with or without the names of rows and columns (markdown, html and svg always have
    /// them).
    #[must_use]
    pub fn with_labels(mut self, labels: bool) -> Self {
        self.labels = labels;
        self
    }

    /// The same with this in place of zeros.
    #[must_use]
    pub fn with_zeros(mut self, zeros: Zeros) -> Self {
        self.zeros = zeros;
        self
    }

    /// The same with names that count from 1: `w11` is the first tap.
    #[must_use]
    pub fn one_based(mut self, one_based: bool) -> Self {
        self.one_based = one_based;
        self
    }

    /// The same with lines between the rows of an image and between channels.
    #[must_use]
    pub fn with_blocks(mut self, blocks: bool) -> Self {
        self.blocks = blocks;
        self
    }

    /// The same between these delimiters; with labels LaTeX then wants the package nicematrix, and the
    /// names stand outside.
    #[must_use]
    pub fn with_delimiters(mut self, delimiters: Delimiters) -> Self {
        self.delimiters = Some(delimiters);
        self
    }

    /// The same with cells of `x` and `y` in column-major order: within a channel the first spatial
    /// axis runs fastest. Taps keep their order.
    #[must_use]
    pub fn column_major(mut self, column_major: bool) -> Self {
        self.column_major = column_major;
        self
    }

    /// The same with another limit than that of [`FormatInfo::max_cells`].
    #[must_use]
    pub fn with_max_cells(mut self, max_cells: u64) -> Self {
        self.max_cells = Some(max_cells);
        self
    }

    /// Q4 for what the format cannot show.
    pub(super) fn check_options(&self, format: Format) -> Result<(), Error> {
        let asked: [(bool, Shows, &'static str, &str); 5] = [
            (self.zeros != Zeros::Digit, Format::has_zeros, "--zeros", "has no other zeros than its own"),
            (self.one_based, Format::has_names, "--one-based", "has no names that could count from 1"),
            (self.blocks, Format::has_blocks, "--blocks", "has no lines"),
            (self.delimiters.is_some(), Format::has_delimiters, "--delimiters", "draws none"),
            (
                self.column_major,
                Format::has_order,
                "--column-major",
                "has row-major cells and nothing that could say else",
            ),
        ];
        for (is_asked, has, option, lacks) in asked {
            if is_asked && !has(format) {
                let valid: Vec<&str> = super::FORMATS.iter().filter(|i| has(i.format)).map(|i| i.name).collect();
                return Err(refusal(option, format!("{format} {lacks}; valid are {}", valid.join(", "))));
            }
        }
        let stands_outside = self.delimiters.is_none_or(|delimiters| delimiters == Delimiters::None);
        if format == Format::Typst && self.labels && !stands_outside {
            let problem = "typst has no place for names outside them; leave --labels out, or take latex".to_owned();
            return Err(refusal("--delimiters", problem));
        }
        Ok(())
    }

    /// L5 for what is larger than a page.
    pub(super) fn check_size(&self, format: Format) -> Result<(), Error> {
        let (rows, cols) = (self.matrix.rows(), self.matrix.cols());
        let FormatInfo { name, max_cells: Some(default), .. } = format.info() else { return Ok(()) };
        let limit = self.max_cells.unwrap_or(*default);
        let (what, got) = match format.counts_entries() {
            true => ("entries", self.matrix.entries() as u128),
            false => ("cells", rows as u128 * cols as u128),
        };
        if got > limit.into() {
            let is_drawn = Format::Svg.info().max_cells.is_some_and(|most| self.matrix.entries() as u64 <= most);
            let offer = if is_drawn && format != Format::Svg { "; --format svg draws it" } else { "" };
            return Err(LimitError::Page { rows, cols, format: name, what, offer, limit }.into());
        }
        Ok(())
    }
}
