//! The formats, their names and their file suffixes.

use std::fmt;
use std::path::Path;
use std::str::FromStr;

use crate::error::{Error, RequestError};

/// A format in which a matrix or a product can be written.
///
/// ```
/// use convproof::render::Format;
/// assert_eq!("latex".parse::<Format>().unwrap(), Format::Latex);
/// assert_eq!(Format::from_suffix("figures/c.tex").unwrap(), Format::Latex);
/// assert_eq!("docx".parse::<Format>().unwrap_err().rule(), "Q4");
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Format {
    /// Aligned columns.
    Text,
    /// A `pmatrix`, an `array` with labels, `aligned` sums.
    Latex,
    /// A table as GitHub reads it.
    Markdown,
    /// The dense grid, comma-separated.
    Csv,
    /// The sparse matrix document.
    Json,
    /// MatrixMarket coordinates.
    Mtx,
    /// A page for a browser.
    Html,
    /// A spy plot.
    Svg,
    /// A Typst formula.
    Typst,
    /// Python source for SymPy.
    Sympy,
    /// A dense NumPy array.
    Npy,
    /// A sparse matrix of SciPy.
    #[cfg(feature = "npz")]
    Npz,
}

/// What is known about a format.
#[derive(Debug)]
#[non_exhaustive]
pub struct FormatInfo {
    /// The format.
    pub format: Format,
    /// Its name on the command line.
    pub name: &'static str,
    /// The suffixes of its files, the usual one first.
    pub suffixes: &'static [&'static str],
    /// One line for help texts.
    pub about: &'static str,
    /// Rows times columns, of svg the entries, that are written unless the caller says otherwise;
    /// the other sparse formats have no such limit.
    pub max_cells: Option<u64>,
}

/// A page that somebody may still want to read: 1024×1024.
const PAGE: Option<u64> = Some(1 << 20);

/// Cells that a browser or a compiler still lays out in seconds.
const DRAWN: Option<u64> = Some(1 << 16);

/// All formats, in the order of help texts.
pub const FORMATS: &[FormatInfo] = &[
    FormatInfo {
        format: Format::Text,
        name: "text",
        suffixes: &["txt"],
        about: "aligned columns, as in a book",
        max_cells: PAGE,
    },
    FormatInfo {
        format: Format::Latex,
        name: "latex",
        suffixes: &["tex"],
        about: "pmatrix, or array with --labels (amsmath)",
        max_cells: PAGE,
    },
    FormatInfo {
        format: Format::Markdown,
        name: "markdown",
        suffixes: &["md", "markdown"],
        about: "a table with the cells' names",
        max_cells: PAGE,
    },
    FormatInfo {
        format: Format::Csv,
        name: "csv",
        suffixes: &["csv"],
        about: "the dense grid, one line per row",
        max_cells: Some(1 << 28),
    },
    FormatInfo {
        format: Format::Json,
        name: "json",
        suffixes: &["json"],
        about: "shapes, tap names and the sparse entries",
        max_cells: None,
    },
    FormatInfo {
        format: Format::Mtx,
        name: "mtx",
        suffixes: &["mtx"],
        about: "MatrixMarket coordinates, 1-based",
        max_cells: None,
    },
    FormatInfo {
        format: Format::Html,
        name: "html",
        suffixes: &["html", "htm"],
        about: "a page of its own, light or dark",
        max_cells: DRAWN,
    },
    FormatInfo {
        format: Format::Svg,
        name: "svg",
        suffixes: &["svg"],
        about: "a spy plot, one colour per tap",
        max_cells: DRAWN,
    },
    FormatInfo {
        format: Format::Typst,
        name: "typst",
        suffixes: &["typ"],
        about: "mat in a display formula",
        max_cells: DRAWN,
    },
    FormatInfo {
        format: Format::Sympy,
        name: "sympy",
        suffixes: &["py"],
        about: "Python source that makes the matrix",
        max_cells: DRAWN,
    },
    FormatInfo {
        format: Format::Npy,
        name: "npy",
        suffixes: &["npy"],
        about: "the dense array for NumPy: tap index + 1, or float64",
        max_cells: Some(1 << 28),
    },
    #[cfg(feature = "npz")]
    FormatInfo {
        format: Format::Npz,
        name: "npz",
        suffixes: &["npz"],
        about: "sparse rows for scipy.sparse.load_npz",
        max_cells: None,
    },
];

impl Format {
    /// What is known about this format.
    pub fn info(self) -> &'static FormatInfo {
        FORMATS.iter().find(|info| info.format == self).expect("every format is registered")
    }

    /// The name on the command line.
    pub fn name(self) -> &'static str {
        self.info().name
    }

    /// The format of a file, by its suffix in any case.
    ///
    /// # Errors
    /// Q4 for a suffix that no format has, naming those that are known.
    pub fn from_suffix(path: impl AsRef<Path>) -> Result<Format, Error> {
        let path = path.as_ref();
        let suffix = path.extension().unwrap_or_default().to_string_lossy().to_ascii_lowercase();
        with_suffix(&suffix).ok_or_else(|| {
            let known = FORMATS.iter().flat_map(|info| info.suffixes).map(|s| format!(".{s}"));
            let known = known.collect::<Vec<_>>().join(" ");
            let path = path.display();
            RequestError::Option {
                option: "--output",
                problem: format!("no format for '{path}'; suffixes are {known}"),
            }
            .into()
        })
    }
}

fn with_suffix(suffix: &str) -> Option<Format> {
    FORMATS.iter().find(|info| info.suffixes.contains(&suffix)).map(|info| info.format)
}

impl fmt::Display for Format {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

impl FromStr for Format {
    type Err = Error;

    /// Reads a name or a suffix.
    ///
    /// # Errors
    /// Q4 for anything else, naming what is valid.
    fn from_str(text: &str) -> Result<Self, Error> {
        let named = FORMATS.iter().find(|info| info.name == text).map(|info| info.format);
        named.or_else(|| with_suffix(text)).ok_or_else(|| {
            let names = FORMATS.iter().map(|info| info.name).collect::<Vec<_>>().join(", ");
            let problem = format!("'{text}' is no format; valid are {names}");
            RequestError::Option { option: "--format", problem }.into()
        })
    }
}
