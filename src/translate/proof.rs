//! The lines of NumPy between two calls, checked by doing them.

use super::{Conversion, Nearest, Raised, Translation, crops, same_matrix};
use crate::dialect::Lowered;
use crate::error::Error;
use crate::geometry::{Kind, Spec};
use crate::tensor::{Tensor, cells};

/// What a caller does with the arrays of one dialect to use another's call.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Lines {
    /// The other call's input from the own one.
    pub x: String,
    /// The other call's weight from the own one.
    pub w: String,
    /// The own result from that of the other call.
    pub y: String,
    /// Whether the weight's line was done on an array of distinct symbols and read back as the same
    /// weight; false where the weight is too large for that.
    pub weight_checked: bool,
}

/// Largest weight whose conversion is carried out.
const MAX_WEIGHT: usize = 1 << 24;

/// The lines for a translation that was found, exact or with a crop.
///
/// # Errors
/// M3 where a layout cannot hold the groups. M2 if a line did not do what it should: a defect here.
pub fn lines(from: &Lowered, translation: &Translation) -> Result<Option<Lines>, Error> {
    let (to, crop) = match &translation.found {
        Ok(Raised { lowered, .. }) => (lowered, None),
        Err((_, Some(Nearest { raised, crop, .. }))) => (&raised.lowered, Some(&crop[..])),
        Err((_, None)) => return Ok(None),
    };
    let matrix = match crop {
        None => same_matrix(&from.spec, &to.spec),
        Some(crop) => crops(&from.spec, &to.spec, crop),
    };
    let weight = Conversion::of_weight(from, to)?;
    let weight_checked = cells(&from.spec.geometry.weight_shape()).is_some_and(|n| n <= MAX_WEIGHT);
    if !matrix || (weight_checked && !reads_back(from, to, &weight)?) {
        let (field, derived) = ("the translation".to_owned(), "another matrix".to_owned());
        let (stated, source_of_truth) = (from.spec.to_string(), translation.to.name.to_owned());
        return Err(crate::error::MeaningError::Contradiction { field, stated, source_of_truth, derived }.into());
    }
    // The other call's shapes: zeros are added before, and positions dropped after the conversion.
    let x = Conversion::of_data(&from.layouts.x, &to.layouts.x, &to.spec.input_shape());
    let y = Conversion::of_data(&to.layouts.y, &from.layouts.y, &to.spec.output_shape());
    let (mut x_line, mut y_line) = (x.numpy("x"), y.numpy("y"));
    if let Some(crop) = crop {
        match from.spec.kind {
            Kind::Tconv => y_line = mended(&y_line, &from.layouts.y.to_string(), crop, false),
            Kind::Conv => x_line = x.numpy(&mended("x", &from.layouts.x.to_string(), crop, true)),
        }
    }
    Ok(Some(Lines { x: x_line, w: weight.numpy("w"), y: y_line, weight_checked }))
}

/// `y[:, :, 1:-2]` or `np.pad(y, ((0, 0), (0, 0), (1, 0)))`; `inverse` for an array that is grown
/// where the other one is cropped.
fn mended(line: &str, layout: &str, crop: &[(i64, i64)], inverse: bool) -> String {
    let crop: Vec<(i64, i64)> = crop.iter().map(|&(b, e)| if inverse { (-b, -e) } else { (b, e) }).collect();
    let per_axis = |of: &dyn Fn((i64, i64)) -> String| -> Vec<String> {
        let axes = |letter| if letter == 'S' { crop.clone() } else { vec![(0, 0)] };
        layout.chars().flat_map(axes).map(of).collect()
    };
    let mut text = line.to_owned();
    if crop.iter().any(|&(b, e)| b > 0 || e > 0) {
        let part = |(b, e): (i64, i64)| {
            let side = |n: i64, sign: &str| if n > 0 { format!("{sign}{n}") } else { String::new() };
            format!("{}:{}", side(b, ""), side(e, "-"))
        };
        let mut parts = per_axis(&part);
        while parts.last().is_some_and(|last| last == ":") {
            parts.pop();
        }
        text.push_str(&format!("[{}]", parts.join(", ")));
    }
    if crop.iter().any(|&(b, e)| b < 0 || e < 0) {
        let widths = per_axis(&|(b, e)| format!("({}, {})", (-b).max(0), (-e).max(0)));
        text = format!("np.pad({text}, ({}))", widths.join(", "));
    }
    text
}

/// Whether an array of distinct numbers means the same weight before and after.
fn reads_back(from: &Lowered, to: &Lowered, conversion: &Conversion) -> Result<bool, Error> {
    let g = &from.spec.geometry;
    let array = Tensor::from_fn("the weight", from.layouts.w.weight_shape(g)?, |n| n)?;
    let canonical = |meaning: &Lowered, array: &Tensor<usize>, spec: &Spec| -> Result<Tensor<usize>, Error> {
        let weight = meaning.layouts.w.canonical_weight(&spec.geometry, array)?;
        Ok(if meaning.weight_flipped { weight.flipped(2..2 + spec.geometry.rank()) } else { weight })
    };
    let after = conversion.apply(&array)?;
    Ok(canonical(from, &array, &from.spec)? == canonical(to, &after, &to.spec)?)
}

#[cfg(test)]
mod tests {
    use super::super::Step;
    use super::*;
    use crate::layout::Layouts;

    /// The steps of another pair of calls, or none, do not pass for those of this one.
    #[test]
    fn steps_that_do_not_carry_the_weight_are_refused() {
        let of = |w: &str, flipped: bool| {
            let spec: Spec = "tconv i3x3 k2x3 c4:6 g2".parse().unwrap();
            Lowered::new(spec, Layouts::new("NCS", w, "NCS").unwrap(), flipped)
        };
        let all = [of("IoS", false), of("SiO", false), of("SiO", true), of("OiS", false), of("OiS", true)];
        for from in &all {
            for to in &all {
                let right = Conversion::of_weight(from, to).unwrap();
                assert!(reads_back(from, to, &right).unwrap());
                for other in &all {
                    let wrong = Conversion::of_weight(from, other).unwrap();
                    let fits = other.layouts == to.layouts && wrong != right;
                    assert!(!fits || !reads_back(from, to, &wrong).unwrap());
                }
                // One flip more, where the shape stays.
                let mut wrong = right.clone();
                wrong.steps.push(Step::Flip(0..1));
                assert!(!reads_back(from, to, &wrong).unwrap());
            }
        }
    }
}
