//! What has to be done to an array of one dialect to be that of another, as one line of NumPy.

use crate::dialect::Lowered;
use crate::error::Error;
use crate::layout::Layout;
use crate::tensor::Tensor;

/// One step of a conversion.
#[derive(Debug, Clone, PartialEq, Eq)]
#[allow(clippy::exhaustive_enums)] // all that layouts differ by
pub enum Step {
    /// `reshape(…)`: axes split or joined, entries as they lie.
    Reshape(Vec<usize>),
    /// `transpose(…)`: axis `n` of the result is axis `order[n]` of the array.
    Transpose(Vec<usize>),
    /// `[::-1]` on these axes.
    Flip(std::ops::Range<usize>),
}

/// The steps from one array to another.
///
/// ```
/// use convproof::{dialect::Words, translate::Conversion};
/// let torch = "pytorch x=1,3,4,4 w=3,2,3,3".parse::<Words>()?.lower()?;
/// assert_eq!(Conversion::of_weight(&torch, &torch)?.numpy("w"), "w");
/// # Ok::<(), convproof::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Conversion {
    /// In the order in which they are done.
    pub steps: Vec<Step>,
}

/// The smallest pieces that axes consist of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Piece {
    Batch,
    Channel,
    Group,
    Input,
    Output,
    Kernel(usize),
}

impl Conversion {
    /// From the weight of one call to that of another of the same spec, flips included.
    ///
    /// # Errors
    /// M3 where a layout cannot hold the groups.
    pub fn of_weight(from: &Lowered, to: &Lowered) -> Result<Conversion, Error> {
        let g = &from.spec.geometry;
        let shapes = (from.layouts.w.weight_shape(g)?, to.layouts.w.weight_shape(g)?);
        let grouped = g.groups() > 1;
        let pieces = |layout: &Layout| pieces(layout, g.rank(), grouped);
        let size = |piece: &Piece| match piece {
            Piece::Group => g.groups(),
            Piece::Input => g.in_channels() / g.groups(),
            Piece::Output => g.out_channels() / g.groups(),
            Piece::Kernel(n) => g.axes()[*n].kernel(),
            Piece::Batch | Piece::Channel => 1,
        };
        let mut steps = rearranged(&shapes, &pieces(&from.layouts.w), &pieces(&to.layouts.w), |piece| {
            crate::geometry::size(size(piece))
        });
        if from.weight_flipped != to.weight_flipped {
            let start = to.layouts.w.to_string().chars().take_while(|c| *c != 'S').count();
            steps.push(Step::Flip(start..start + g.rank()));
        }
        Ok(Conversion { steps })
    }

    /// From data in one layout to data in another.
    pub fn of_data(from: &Layout, to: &Layout, canonical: &[usize]) -> Conversion {
        let rank = canonical.len() - 2;
        let size = |piece: &Piece| match piece {
            Piece::Batch => canonical[0],
            Piece::Channel => canonical[1],
            Piece::Kernel(n) => canonical[2 + n],
            _ => 1,
        };
        let shapes = (from.data_shape(canonical), to.data_shape(canonical));
        Conversion { steps: rearranged(&shapes, &pieces(from, rank, false), &pieces(to, rank, false), size) }
    }

    /// Whether the array is used as it is.
    pub fn is_nothing(&self) -> bool {
        self.steps.is_empty()
    }

    /// `w.transpose(2, 3, 1, 0)[::-1, ::-1]`, or the name alone.
    pub fn numpy(&self, name: &str) -> String {
        let list = |numbers: &[usize]| numbers.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ");
        let mut line = name.to_owned();
        for step in &self.steps {
            match step {
                Step::Reshape(shape) => line.push_str(&format!(".reshape({})", list(shape))),
                Step::Transpose(order) => line.push_str(&format!(".transpose({})", list(order))),
                Step::Flip(axes) => {
                    let kept = std::iter::repeat_n(":", axes.start);
                    let all: Vec<&str> = kept.chain(std::iter::repeat_n("::-1", axes.len())).collect();
                    line.push_str(&format!("[{}]", all.join(", ")));
                }
            }
        }
        line
    }

    /// Does the steps: what the line of NumPy does.
    ///
    /// # Errors
    /// Q2 for a tensor of another size than the conversion was made for.
    pub fn apply<T: Clone>(&self, tensor: &Tensor<T>) -> Result<Tensor<T>, Error> {
        let mut tensor = tensor.clone();
        for step in &self.steps {
            tensor = match step {
                Step::Reshape(shape) => tensor.reshaped(shape.clone())?,
                Step::Transpose(order) => tensor.permuted(order),
                Step::Flip(axes) => tensor.flipped(axes.clone()),
            };
        }
        Ok(tensor)
    }
}

/// The pieces of a layout in order. Groups stand alone where there are any: `I` is groups times
/// inputs per group.
fn pieces(layout: &Layout, rank: usize, grouped: bool) -> Vec<Piece> {
    let mut all = Vec::new();
    for letter in layout.to_string().chars() {
        match letter {
            'N' => all.push(Piece::Batch),
            'C' => all.push(Piece::Channel),
            'G' => all.extend(grouped.then_some(Piece::Group)),
            'I' => all.extend(grouped.then_some(Piece::Group).into_iter().chain([Piece::Input])),
            'O' => all.extend(grouped.then_some(Piece::Group).into_iter().chain([Piece::Output])),
            'i' => all.push(Piece::Input),
            'o' => all.push(Piece::Output),
            _ => all.extend((0..rank).map(Piece::Kernel)),
        }
    }
    all
}

/// Split, permute, join; steps that do nothing are left out.
fn rearranged(
    (from_shape, to_shape): &(Vec<usize>, Vec<usize>),
    from: &[Piece],
    to: &[Piece],
    size: impl Fn(&Piece) -> usize,
) -> Vec<Step> {
    // A piece that only one layout has a place for is of length 1: joining and splitting gives it.
    let common: Vec<Piece> = from.iter().copied().filter(|piece| to.contains(piece)).collect();
    let split: Vec<usize> = common.iter().map(&size).collect();
    let order: Vec<usize> = to.iter().filter_map(|piece| common.iter().position(|p| p == piece)).collect();
    let mut steps = Vec::new();
    let mut shape = from_shape.clone();
    if order.iter().enumerate().any(|(n, &axis)| n != axis) {
        if shape != split {
            steps.push(Step::Reshape(split.clone()));
        }
        shape = order.iter().map(|&n| split[n]).collect();
        steps.push(Step::Transpose(order));
    }
    if shape != *to_shape {
        steps.push(Step::Reshape(to_shape.clone()));
    }
    steps
}
