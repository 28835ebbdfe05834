//! Layouts: which axis of an array is which.
//!
//! Data: `N` batch, `C` channels, `S` all spatial axes, each once: `NCS`, `NSC`. A signal without batch
//! and channels, `[positions]` for `[1, 1, positions]`, is `S` alone; so is its weight.
//! Weights: `I`, `O` all input and output channels of the transposed convolution, `i`, `o` those of
//! one group, `G` the groups, `S` the kernel: `IoS`, `SiO`, `SOI`, `GioS`. The canonical layouts are
//! `NCS` and `IoS`; a convolution's weight `[C_out, C_in/groups, k…]` is the same array and is `IoS` too.

use std::fmt;
use std::str::FromStr;

use crate::error::{Error, MeaningError};
use crate::geometry::{Geometry, size};
use crate::tensor::{Tensor, cells};

/// The axes of one array, by letter.
///
/// ```
/// use convproof::layout::Layout;
/// let layout: Layout = "SiO".parse().unwrap();
/// let g = "tconv i4 k3 c4:6 g2".parse::<convproof::Spec>().unwrap().geometry;
/// assert_eq!(layout.weight_shape(&g).unwrap(), [3, 2, 6]);
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Layout(String);

/// The layouts of the three arrays of one operation.
#[derive(Debug, Clone, PartialEq, Eq)]
#[allow(clippy::exhaustive_structs)] // x, w and y are all there are
pub struct Layouts {
    /// Of the operation's input.
    pub x: Layout,
    /// Of the weight.
    pub w: Layout,
    /// Of the operation's result.
    pub y: Layout,
}

impl Layouts {
    /// The three from their letters.
    ///
    /// # Errors
    /// M3 for letters that are no layout of that array.
    pub fn new(x: &str, w: &str, y: &str) -> Result<Layouts, Error> {
        Ok(Layouts { x: Layout::data("x", x)?, w: Layout::weight(w)?, y: Layout::data("y", y)? })
    }
}

impl Default for Layouts {
    /// `NCS, IoS, NCS`.
    fn default() -> Self {
        Layouts { x: Layout("NCS".into()), w: Layout("IoS".into()), y: Layout("NCS".into()) }
    }
}

impl FromStr for Layouts {
    type Err = Error;

    /// Reads `x=NSC,w=SOI,y=NSC`; what is not named keeps its default.
    fn from_str(text: &str) -> Result<Self, Error> {
        let mut layouts = Layouts::default();
        for part in text.split(',') {
            match part.trim().split_once('=') {
                Some(("x", letters)) => layouts.x = Layout::data("x", letters)?,
                Some(("w", letters)) => layouts.w = Layout::weight(letters)?,
                Some(("y", letters)) => layouts.y = Layout::data("y", letters)?,
                _ => {
                    let (tensor, got) = ("x, w or y", part.to_owned());
                    return Err(MeaningError::Layout { tensor, got, valid: "x=NSC,w=SOI,y=NSC" }.into());
                }
            }
        }
        Ok(layouts)
    }
}

impl FromStr for Layout {
    type Err = Error;

    /// Reads the letters of data or of a weight.
    fn from_str(letters: &str) -> Result<Self, Error> {
        if letters.contains(['N', 'C']) { Layout::data("data", letters) } else { Layout::weight(letters) }
    }
}

impl fmt::Display for Layout {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// A dimension that letters stand for, before and after splitting groups off.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Dimension {
    Group,
    Input,
    Output,
    Kernel(usize),
}

impl Layout {
    /// A layout of data: a permutation of `N`, `C`, `S`, or `S` alone.
    ///
    /// # Errors
    /// M3 for anything else; `tensor` names the array in the message.
    pub fn data(tensor: &'static str, letters: &str) -> Result<Layout, Error> {
        let mut sorted: Vec<char> = letters.chars().collect();
        sorted.sort_unstable();
        if sorted != ['C', 'N', 'S'] && sorted != ['S'] {
            let valid = "N, C and S, each once, as NCS or NSC; or S alone";
            return Err(MeaningError::Layout { tensor, got: letters.to_owned(), valid }.into());
        }
        Ok(Layout(letters.to_owned()))
    }

    /// A layout of weights: `S` and one letter for each side, with `G` where both are per group; or `S`
    /// alone, where each side has one channel.
    ///
    /// # Errors
    /// M3 for anything else.
    pub fn weight(letters: &str) -> Result<Layout, Error> {
        let count = |set: &str| letters.chars().filter(|c| set.contains(*c)).count();
        let known = letters.chars().all(|c| "IiOoGS".contains(c));
        let grouped = count("G") == 0 || (count("G") == 1 && count("IO") == 0);
        let sides = letters == "S" || (count("Ii") == 1 && count("Oo") == 1);
        if !known || count("S") != 1 || !sides || !grouped {
            let valid = "S, one of I i, one of O o, and G where both are small, as IoS, SiO or GioS";
            return Err(MeaningError::Layout { tensor: "w", got: letters.to_owned(), valid }.into());
        }
        Ok(Layout(letters.to_owned()))
    }

    /// Whether arrays in this layout are canonical as they are: `NCS` or `IoS`.
    pub(crate) fn is_canonical(&self) -> bool {
        matches!(self.0.as_str(), "NCS" | "IoS")
    }

    /// The shape in this layout of data whose canonical shape is `[n, c, positions…]`.
    ///
    /// `S` alone stands for `[1, 1, positions]`; what has more than that is canonical in it.
    pub fn data_shape(&self, canonical: &[usize]) -> Vec<usize> {
        match canonical {
            [1, 1, positions] if self.is_signal() => return vec![*positions],
            _ if self.is_signal() => return canonical.to_vec(),
            _ => {}
        }
        self.data_axes(canonical.len()).iter().map(|&axis| canonical[axis]).collect()
    }

    fn is_signal(&self) -> bool {
        self.0 == "S"
    }

    /// For each axis of this layout, the canonical axis that it is.
    fn data_axes(&self, rank: usize) -> Vec<usize> {
        let of = |letter| match letter {
            'N' => 0..1,
            'C' => 1..2,
            _ => 2..rank,
        };
        self.0.chars().flat_map(of).collect()
    }

    /// Data in this layout, brought to `[n, c, positions…]`.
    pub fn canonical_data<T: Clone>(&self, tensor: &Tensor<T>) -> Tensor<T> {
        if self.is_signal() {
            let shape = match tensor.shape() {
                [positions] => vec![1, 1, *positions],
                canonical => canonical.to_vec(),
            };
            return tensor.clone().reshaped(shape).expect("as many cells");
        }
        let axes = self.data_axes(tensor.shape().len());
        tensor.permuted(&inverse(&axes))
    }

    /// The weight's shape in this layout.
    ///
    /// # Errors
    /// M3 where the layout cannot hold these groups.
    pub fn weight_shape(&self, g: &Geometry) -> Result<Vec<usize>, Error> {
        let groups = size(g.groups());
        let (inputs, outputs) = (size(g.in_channels()), size(g.out_channels()));
        let has = |letter| self.0.contains(letter);
        if self.is_signal() && (inputs, outputs) != (1, 1) {
            let valid = "a layout with letters for the channels, as IoS";
            return Err(MeaningError::Layout { tensor: "w", got: self.0.clone(), valid }.into());
        }
        let holds_groups = match (has('I') || has('O'), has('G')) {
            (true, _) => !(has('I') && has('O')) || groups == 1,
            (false, grouped) => grouped || groups == 1,
        };
        if !holds_groups {
            let valid = "a layout that names the groups once, as IoS, SiO or GioS";
            return Err(MeaningError::Layout { tensor: "w", got: self.0.clone(), valid }.into());
        }
        let lengths = |letter| match letter {
            'G' => vec![groups],
            'I' => vec![inputs],
            'O' => vec![outputs],
            'i' => vec![inputs / groups],
            'o' => vec![outputs / groups],
            _ => g.axes().iter().map(|a| size(a.kernel())).collect(),
        };
        Ok(self.0.chars().flat_map(lengths).collect())
    }

    /// A weight in this layout, brought to `[C_in, C_out/groups, k…]`.
    ///
    /// # Errors
    /// M3 where the layout cannot hold these groups, M1 for a tensor of another shape.
    pub fn canonical_weight<T: Clone>(&self, g: &Geometry, tensor: &Tensor<T>) -> Result<Tensor<T>, Error> {
        let expected = self.weight_shape(g)?;
        let groups = size(g.groups());
        // Split `I` into (G, i) and `O` into (G, o), bring to G i o S, and join G with i.
        let mut dimensions = Vec::new();
        let mut split = Vec::new();
        for (letter, length) in self.letters_per_axis(g.rank()).zip(&expected) {
            match letter {
                ('I', _) => {
                    dimensions.extend([Dimension::Group, Dimension::Input]);
                    split.extend([groups, length / groups]);
                }
                ('O', _) => {
                    dimensions.extend([Dimension::Group, Dimension::Output]);
                    split.extend([groups, length / groups]);
                }
                (other, axis) => {
                    dimensions.push(match other {
                        'G' => Dimension::Group,
                        'i' => Dimension::Input,
                        'o' => Dimension::Output,
                        _ => Dimension::Kernel(axis),
                    });
                    split.push(*length);
                }
            }
        }
        if tensor.shape() != expected || cells(&split) != Some(tensor.len()) {
            let (got, why) = (tensor.shape().to_vec(), format!("layout {self}"));
            return Err(MeaningError::Shape { tensor: "w", expected, got, why }.into());
        }
        let wanted = [Dimension::Group, Dimension::Input, Dimension::Output]
            .into_iter()
            .chain((0..g.rank()).map(Dimension::Kernel));
        let mut order: Vec<usize> = Vec::new();
        for dimension in wanted {
            // Several group dimensions have length 1 here, and so has a missing one.
            order.extend(dimensions.iter().enumerate().filter(|(_, d)| **d == dimension).map(|(n, _)| n));
        }
        let split = Tensor::new(split, tensor.entries().to_vec())?;
        split.permuted(&order).reshaped(g.weight_shape())
    }

    /// The letter of each axis, with the number of the spatial axis for `S`.
    fn letters_per_axis(&self, rank: usize) -> impl Iterator<Item = (char, usize)> + '_ {
        self.0.chars().flat_map(move |letter| {
            let times = if letter == 'S' { rank } else { 1 };
            (0..times).map(move |axis| (letter, axis))
        })
    }
}

fn inverse(order: &[usize]) -> Vec<usize> {
    let mut inverse = vec![0; order.len()];
    for (n, &axis) in order.iter().enumerate() {
        inverse[axis] = n;
    }
    inverse
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::geometry::Spec;

    /// Every layout of one and the same grouped weight, written out by the meaning of its letters.
    #[test]
    fn weights_of_every_layout_come_out_the_same() {
        let g = "tconv i4x4 k2x3 c4:6 g2".parse::<Spec>().unwrap().geometry;
        let name = |input: usize, output: usize, a: usize, b: usize| 1000 * input + 100 * output + 10 * a + b;
        let canonical = Tensor::from_fn("w", vec![4, 3, 2, 3], |flat| {
            let at = crate::tensor::unflatten(&[4, 3, 2, 3], flat);
            name(at[0], at[0] / 2 * 3 + at[1], at[2], at[3])
        })
        .unwrap();
        type Name = fn(&[usize]) -> (usize, usize, usize, usize);
        let cases: [(&str, Name); 5] = [
            ("IoS", |p| (p[0], p[0] / 2 * 3 + p[1], p[2], p[3])),
            ("SiO", |p| (p[3] / 3 * 2 + p[2], p[3], p[0], p[1])),
            ("OiS", |p| (p[0] / 3 * 2 + p[1], p[0], p[2], p[3])),
            ("GioS", |p| (p[0] * 2 + p[1], p[0] * 3 + p[2], p[3], p[4])),
            ("oSI", |p| (p[3], p[3] / 2 * 3 + p[0], p[1], p[2])),
        ];
        for (letters, meaning) in cases {
            let layout = Layout::weight(letters).unwrap();
            let shape = layout.weight_shape(&g).unwrap();
            let tensor = Tensor::from_fn("w", shape.clone(), |flat| {
                let (input, output, a, b) = meaning(&crate::tensor::unflatten(&shape, flat));
                name(input, output, a, b)
            })
            .unwrap();
            assert_eq!(layout.canonical_weight(&g, &tensor).unwrap(), canonical, "{letters}");
        }
        // As many cells, but another shape.
        let other = canonical.clone().reshaped(vec![3, 4, 2, 3]).unwrap();
        let error = Layout::weight("IoS").unwrap().canonical_weight(&g, &other).unwrap_err();
        assert_eq!(error.to_string(), "M1: w has the shape [3, 4, 2, 3]; [4, 3, 2, 3] is expected (layout IoS)");
    }

    #[test]
    fn layouts_that_lose_the_groups_are_refused() {
        let g = "tconv i4 k2 c4:6 g2".parse::<Spec>().unwrap().geometry;
        for letters in ["IOS", "SOI", "ioS"] {
            assert_eq!(Layout::weight(letters).unwrap().weight_shape(&g).unwrap_err().rule(), "M3", "{letters}");
        }
        for letters in ["", "NCS", "IoSS", "GIoS", "IS", "IioS"] {
            assert_eq!(Layout::weight(letters).unwrap_err().rule(), "M3", "{letters}");
        }
        for letters in ["", "NC", "NCSS", "IoS"] {
            assert_eq!(Layout::data("x", letters).unwrap_err().rule(), "M3", "{letters}");
        }
    }

    #[test]
    fn a_signal_has_neither_batch_nor_channels() {
        let (data, weight) = (Layout::data("x", "S").unwrap(), Layout::weight("S").unwrap());
        let array = Tensor::new(vec![3], vec![1, 2, 3]).unwrap();
        assert_eq!(data.data_shape(&[1, 1, 3]), [3]);
        assert_eq!(data.canonical_data(&array).shape(), [1, 1, 3]);
        // Two samples are no signal: the array is expected as it would be in NCS.
        assert_eq!(data.data_shape(&[2, 1, 3]), [2, 1, 3]);
        let two = Tensor::new(vec![2, 1, 3], vec![1, 2, 3, 4, 5, 6]).unwrap();
        assert_eq!(data.canonical_data(&two), two);
        let geometry = |spec: &str| spec.parse::<Spec>().unwrap().geometry;
        let g = geometry("tconv i4 k3");
        assert_eq!(weight.weight_shape(&g).unwrap(), [3]);
        let canonical = weight.canonical_weight(&g, &array).unwrap();
        assert_eq!((canonical.shape(), canonical.entries()), (&[1, 1, 3][..], &[1, 2, 3][..]));
        let error = weight.weight_shape(&geometry("tconv i4 k3 c2:1")).unwrap_err();
        assert_eq!(error.to_string(), "M3: layout 'S' of w; expected a layout with letters for the channels, as IoS");
    }

    #[test]
    fn data_is_brought_to_channels_first() {
        let layout = Layout::data("x", "NSC").unwrap();
        let tensor = Tensor::new(vec![1, 2, 1, 3], vec![1, 2, 3, 4, 5, 6]).unwrap();
        let canonical = layout.canonical_data(&tensor);
        assert_eq!((canonical.shape(), canonical.entries()), (&[1, 3, 2, 1][..], &[1, 4, 2, 5, 3, 6][..]));
        assert_eq!(layout.data_shape(&[1, 3, 2, 1]), [1, 2, 1, 3]);
    }
}
