//! Arrays between the canonical layouts and a dialect's, and the files that hold them.

use std::borrow::Cow;
use std::fs::File;
use std::io::{self, Write};
use std::path::Path;

use crate::data::{Array, ElementType, MAX_BYTES, Values, read_file, read_npy, write_npy, write_npy_fortran};
use crate::dialect::Lowered;
use crate::error::{DataError, Error};
use crate::layout::{Layout, Layouts};
use crate::subject::Request;
use crate::translate::{Conversion, Step};
use crate::verify::Role;

/// What an array is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::subject) enum Part {
    /// In the layout of the operation's input.
    Input,
    /// In the layout of its result.
    Output,
    Weight,
    Bias,
}

impl Part {
    /// What the result of a role is the value or the gradient of.
    pub fn of_result(role: Role) -> Part {
        match role {
            Role::Forward => Part::Output,
            Role::InputGradient => Part::Input,
            Role::WeightGradient => Part::Weight,
            Role::BiasGradient => Part::Bias,
        }
    }

    /// The array in the dialect's layout.
    pub fn to_dialect(self, array: Array, lowered: &Lowered) -> Array {
        self.converted(array, lowered, true)
    }

    /// An array in the dialect's layout, in the canonical one.
    pub fn to_canonical(self, array: Array, lowered: &Lowered) -> Array {
        self.converted(array, lowered, false)
    }

    /// A shape of the canonical layout in the dialect's.
    pub fn shape_in(self, shape: Vec<usize>, lowered: &Lowered) -> Vec<usize> {
        let zeros = Values::Bool(vec![false; shape.iter().product()]);
        match Array::new(shape.clone(), zeros) {
            Ok(array) => self.to_dialect(array, lowered).shape().to_vec(),
            Err(_) => shape,
        }
    }

    fn converted(self, array: Array, lowered: &Lowered, out: bool) -> Array {
        match self {
            Part::Input => data(array, &lowered.layouts.x, out),
            Part::Output => data(array, &lowered.layouts.y, out),
            Part::Weight => weight(array, lowered, out),
            Part::Bias => array,
        }
    }
}

/// By the array's own shape: that of invalid input contradicts the geometry.
fn data(array: Array, layout: &Layout, out: bool) -> Array {
    let letters = layout.to_string();
    if letters != "S" {
        return moved(array, &letters, ['N', 'C'], out);
    }
    // `S` alone stands for `[1, 1, positions]`.
    let shape = match (array.shape(), out) {
        ([1, 1, positions], true) => vec![*positions],
        ([positions], false) => vec![1, 1, *positions],
        _ => return array,
    };
    reshaped(array, shape)
}

fn weight(array: Array, lowered: &Lowered, out: bool) -> Array {
    let canonical = Lowered::new(lowered.spec.clone(), Layouts::default(), false);
    let (from, to) = if out { (&canonical, lowered) } else { (lowered, &canonical) };
    let expected = from.layouts.w.weight_shape(&lowered.spec.geometry);
    match (Conversion::of_weight(from, to), expected) {
        (Ok(conversion), Ok(shape)) if shape == array.shape() => {
            conversion.steps.into_iter().fold(array, |array, step| match step {
                Step::Reshape(shape) => reshaped(array, shape),
                Step::Transpose(order) => array.permuted(&order),
                Step::Flip(axes) => array.flipped(axes),
            })
        }
        // Another shape than the geometry's has no groups to be split: its axes move as they are.
        _ => {
            let letters = lowered.layouts.w.to_string().to_ascii_uppercase();
            moved(array, &letters, ['I', 'O'], out)
        }
    }
}

/// The axes in the order of the letters, or back; `first` are the letters of the canonical axes 0
/// and 1, `S` all others. An array with too few axes stays as it is.
fn moved(array: Array, letters: &str, first: [char; 2], out: bool) -> Array {
    let rank = array.shape().len();
    let known = letters.chars().all(|c| c == 'S' || first.contains(&c));
    if rank < 2 || !known || letters.len() != 3 {
        return array;
    }
    let axes = |letter| match letter {
        'S' => 2..rank,
        _ if letter == first[0] => 0..1,
        _ => 1..2,
    };
    let order: Vec<usize> = letters.chars().flat_map(axes).collect();
    if out {
        return array.permuted(&order);
    }
    let mut back = vec![0; rank];
    for (n, axis) in order.into_iter().enumerate() {
        back[axis] = n;
    }
    array.permuted(&back)
}

/// Under another shape, if it has as many cells.
fn reshaped(array: Array, shape: Vec<usize>) -> Array {
    array.clone().reshaped(shape).unwrap_or(array)
}

/// The operands that a request has, each with its name in the protocol, in the dialect's layout.
pub(in crate::subject) fn operands(request: &Request, lowered: Option<&Lowered>) -> Vec<(&'static str, Array)> {
    let all = [
        ("x", &request.x, Part::Input),
        ("w", &request.w, Part::Weight),
        ("b", &request.b, Part::Bias),
        ("g", &request.g, Part::Output),
    ];
    let used = all.into_iter().filter_map(|(name, array, part)| Some((name, array.clone()?, part)));
    let said = |array, part: Part| match lowered {
        Some(lowered) => part.to_dialect(array, lowered),
        None => array,
    };
    used.map(|(name, array, part)| (name, said(array, part))).collect()
}

/// The type of a request: that of its first operand.
pub(in crate::subject) fn element_type(request: &Request) -> Option<ElementType> {
    [&request.x, &request.g, &request.w, &request.b].into_iter().flatten().next().map(Array::element_type)
}

/// The array as NumPy can hold it: bfloat16, which it does not have, as its bits in `uint16`.
pub(in crate::subject) fn for_numpy(array: &Array) -> Cow<'_, Array> {
    let Values::Bf16(values) = array.values() else { return Cow::Borrowed(array) };
    let bits = Values::U16(values.iter().map(|value| value.to_bits()).collect());
    Array::new(array.shape().to_vec(), bits).map_or(Cow::Borrowed(array), Cow::Owned)
}

/// An array as it came; bits in `uint16` are the bfloat16 that was asked for.
pub(in crate::subject) fn from_numpy(array: Array, asked: Option<ElementType>) -> Result<Array, Error> {
    match (asked, array.element_type()) {
        (Some(ElementType::Bf16), ElementType::U16) => array.reinterpreted(ElementType::Bf16),
        _ => Ok(array),
    }
}

/// Writes an array, in C or Fortran order.
pub(in crate::subject) fn write(path: &Path, array: &Array, fortran: bool) -> io::Result<()> {
    let array = for_numpy(array);
    let bytes = if fortran { write_npy_fortran(&array) } else { write_npy(&array) };
    let bytes = bytes.map_err(io::Error::other)?;
    // What a child has put into the place of our file is not written through.
    remove(path)?;
    File::create_new(path)?.write_all(&bytes)
}

/// Removes a file; it may not be there.
pub(in crate::subject) fn remove(path: &Path) -> io::Result<()> {
    match std::fs::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}

/// Reads a result.
///
/// # Errors
/// F1 … F4 about the file.
pub(in crate::subject) fn read(path: &Path, asked: Option<ElementType>) -> Result<Array, Error> {
    from_numpy(read_npy(&read_bytes(path, MAX_BYTES)?)?, asked)
}

/// The bytes of a file that others wrote.
///
/// # Errors
/// F1 for what is no regular file or cannot be read, F3 beyond the limit.
pub(in crate::subject) fn read_bytes(path: &Path, limit: u64) -> Result<Vec<u8>, Error> {
    let failed = |reason| Error::from(DataError::Io { action: "open", reason });
    let known = std::fs::symlink_metadata(path).map_err(|e| failed(e.to_string()))?;
    // Opening anything else may never return.
    if !known.is_file() {
        return Err(failed("it is no regular file".to_owned()));
    }
    read_file(path, limit)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dialect::find;
    use crate::geometry::Spec;
    use crate::translate::raise;

    fn lowered(dialect: &str, spec: &str) -> Lowered {
        raise(find(dialect).unwrap(), &spec.parse::<Spec>().unwrap()).unwrap().lowered
    }

    fn numbered(shape: &[usize]) -> Array {
        let length: usize = shape.iter().product();
        let values = (0..length).map(|n| i16::try_from(n).unwrap()).collect();
        Array::new(shape.to_vec(), Values::I16(values)).unwrap()
    }

    #[test]
    fn every_array_comes_back_from_every_dialect() {
        let cases = [
            ("pytorch", "tconv i3x4 k2x3 s2 c4:6 g2 n2"),
            ("tensorflow", "tconv i3x4 k2x3 s2 c4:6 n2"),
            ("jax", "tconv i3x4 k2x3 s2 c4:6 g2 n2"),
            ("jax", "tconv i3x4 k2x3 s2 c4:6 n2"),
            ("mlx", "tconv i3x4 k2x3 s2 c4:6 n2"),
            ("scipy", "tconv i5 k3"),
        ];
        for (dialect, spec) in cases {
            let lowered = lowered(dialect, spec);
            let spec: Spec = spec.parse().unwrap();
            let g = &spec.geometry;
            let parts = [
                (Part::Input, spec.input_shape()),
                (Part::Output, spec.output_shape()),
                (Part::Weight, g.weight_shape()),
                (Part::Bias, vec![6]),
                // Shapes that the geometry does not have.
                (Part::Input, vec![2, 3, 5, 7]),
                (Part::Output, vec![7, 2]),
                (Part::Weight, vec![3, 5, 2, 3]),
                (Part::Weight, vec![4]),
                (Part::Weight, vec![]),
            ];
            for (part, shape) in parts {
                let array = numbered(&shape);
                let there = part.to_dialect(array.clone(), &lowered);
                let back = part.to_canonical(there, &lowered);
                assert_eq!(back, array, "{dialect} {part:?} {shape:?}");
            }
        }
    }

    #[test]
    fn axes_move_as_the_letters_say() {
        let tensorflow = lowered("tensorflow", "tconv i3x4 k2x5 s2 c4:6 n2");
        let shape = |part: Part, shape: &[usize]| part.to_dialect(numbered(shape), &tensorflow).shape().to_vec();
        assert_eq!(shape(Part::Input, &[2, 4, 3, 4]), [2, 3, 4, 4]);
        assert_eq!(shape(Part::Weight, &[4, 6, 2, 5]), [2, 5, 6, 4]);
        // Five channels, where there are four.
        assert_eq!(shape(Part::Weight, &[5, 6, 2, 5]), [2, 5, 6, 5]);
        // jax holds the kernel rotated.
        let jax = lowered("jax", "tconv i3 k3");
        assert_eq!(Part::Weight.to_dialect(numbered(&[1, 1, 3]), &jax).values(), &Values::I16(vec![2, 1, 0]));
    }

    #[test]
    fn bfloat16_travels_as_its_bits() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("x.npy");
        let bits = Array::new(vec![1], Values::U16(vec![0x3fc0])).unwrap();
        let array = bits.clone().reinterpreted(ElementType::Bf16).unwrap();
        write(&path, &array, false).unwrap();
        assert_eq!(read(&path, Some(ElementType::Bf16)).unwrap(), array);
        assert_eq!(read(&path, Some(ElementType::F32)).unwrap(), bits);
        remove(&path).unwrap();
        remove(&path).unwrap();
        assert_eq!(read(&path, None).unwrap_err().rule(), "F1");
        std::fs::create_dir(&path).unwrap();
        assert_eq!(read(&path, None).unwrap_err().rule(), "F1");
    }
}
