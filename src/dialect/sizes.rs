//! The sizes that the operands' shapes give, read by their layouts.

use super::{Call, Words, length, refuse};
use crate::error::{Error, MeaningError};
use crate::geometry::{Axis, Geometry, Kind, Padding, Spec, Window};
use crate::layout::Layouts;

/// Sizes of a call, in the letters of the geometry.
pub(super) struct Sizes {
    /// Number of spatial axes.
    pub rank: usize,
    /// Spatial lengths of x.
    pub input: Vec<i64>,
    /// Spatial lengths of the weight.
    pub kernel: Vec<i64>,
    batch: i64,
    channels: i64,
    /// Each axis of the weight that is no kernel axis: its letter and length.
    weight: Vec<(char, i64)>,
}

impl Sizes {
    /// Reads the shapes of a call. `ranks` are the numbers of spatial axes that the operation takes.
    ///
    /// # Errors
    /// M5 for operands of other ranks.
    pub fn read(call: &Call<'_>, layouts: &Layouts, ranks: std::ops::RangeInclusive<usize>) -> Result<Sizes, Error> {
        let (data, letters) = (layouts.x.to_string(), layouts.w.to_string());
        // All letters but one stand for one axis each.
        let rank = (call.x.len() + 1).saturating_sub(data.len());
        if !ranks.contains(&rank) || call.w.len() + 1 != rank + letters.len() {
            let got = format!("x of rank {} and w of rank {}", call.x.len(), call.w.len());
            let (least, most) = (ranks.start(), ranks.end());
            let axes = if most == least { least.to_string() } else { format!("{least} to {most}") };
            let axes = if *most == usize::MAX { format!("at least {least}") } else { axes };
            let expected = format!("x {data} and w {letters}, with {axes} spatial axes S");
            return Err(
                MeaningError::Attribute { name: format!("operands of {}", call.operation), got, expected }.into()
            );
        }
        let named = |letters: &str, shape: &[usize]| {
            let mut all: Vec<(char, i64)> = Vec::new();
            let mut at = 0;
            for letter in letters.chars() {
                let count = if letter == 'S' { rank } else { 1 };
                all.extend(shape[at..at + count].iter().map(|&n| (letter, length(n))));
                at += count;
            }
            all
        };
        let (x, w) = (named(&data, call.x), named(&letters, call.w));
        let of = |named: &[(char, i64)], letter| -> Vec<i64> {
            named.iter().filter(|(l, _)| *l == letter).map(|(_, n)| *n).collect()
        };
        Ok(Sizes {
            rank,
            input: of(&x, 'S'),
            kernel: of(&w, 'S'),
            batch: of(&x, 'N').first().copied().unwrap_or(1),
            channels: of(&x, 'C').first().copied().unwrap_or(1),
            weight: w.into_iter().filter(|(letter, _)| *letter != 'S').collect(),
        })
    }

    /// Length of the weight's axis with this letter.
    pub fn of_weight(&self, letter: char) -> Option<i64> {
        self.weight.iter().find(|(l, _)| *l == letter).map(|(_, n)| *n)
    }

    /// The operation on these axes.
    ///
    /// # Errors
    /// G3, G4 for channels and groups that fit no geometry; the dialect's `rule` where the weight's
    /// channels do not fit the input's.
    pub fn spec(&self, kind: Kind, axes: Vec<Axis>, groups: i64, rule: &'static str) -> Result<Spec, Error> {
        let side =
            |all, one| self.of_weight(all).unwrap_or_else(|| self.of_weight(one).unwrap_or(1).saturating_mul(groups));
        // The letters are those of the transposed convolution, also for the other one.
        let (inputs, outputs) = (side('I', 'i'), side('O', 'o'));
        let expected = if kind == Kind::Tconv { inputs } else { outputs };
        if groups < 1 {
            // The geometry's own rule says what groups must be.
            Geometry::new(axes.clone())?.with_channels(inputs, outputs, groups)?;
        }
        if self.channels != expected {
            let lengths: Vec<String> = self.weight.iter().map(|(l, n)| format!("{l} {n}")).collect();
            let (channels, lengths) = (self.channels, lengths.join(", "));
            let message = format!(
                "the input has {channels} channels, the weight ({lengths}) with {groups} groups takes {expected}"
            );
            return Err(refuse(rule, message));
        }
        let geometry = Geometry::new(axes)?.with_channels(inputs, outputs, groups)?.with_batch(self.batch)?;
        Ok(Spec { kind, geometry })
    }
}

/// The shapes of x and w in a layout, for a proposal.
///
/// # Errors
/// M3 where the layout cannot hold the groups.
pub(super) fn shapes(spec: &Spec, layouts: &Layouts) -> Result<(Vec<usize>, Vec<usize>), Error> {
    Ok((layouts.x.data_shape(&spec.input_shape()), layouts.w.weight_shape(&spec.geometry)?))
}

/// Per axis of a spec, one number.
pub(super) fn per_axis(spec: &Spec, number: impl Fn(&Axis) -> i64) -> Vec<i64> {
    spec.geometry.axes().iter().map(number).collect()
}

/// What is left out at the end, `p_end − a`: all that decides the matrix there.
pub(super) fn end(axis: &Axis) -> i64 {
    axis.padding().end - axis.output_padding()
}

/// `s(in−1) + d(k−1) + 1`: the output without padding.
pub(super) fn natural(axis: &Axis) -> i64 {
    axis.output() + axis.padding().begin + end(axis)
}

/// The same of a window: what is there before anything is left out.
///
/// # Errors
/// G2, G7 for lengths that fit no axis.
pub(super) fn unpadded(window: Window, input: i64) -> Result<i64, Error> {
    Ok(Window { padding: Padding::default(), ..window }.transposed(input, 0)?.output())
}

/// The axis that leaves out `begin` positions in front and `end` behind; less than none behind is
/// output padding.
///
/// # Errors
/// G2, G5, G7 for lengths that fit no axis.
pub(super) fn cut(window: Window, input: i64, begin: i64, end: i64) -> Result<Axis, Error> {
    let padding = Padding { begin, end: end.max(0) };
    Window { padding, ..window }.transposed(input, end.saturating_neg().max(0))
}

/// The axis of an output length, by the rule of the convolution that takes it to `input` again.
///
/// ```text
/// SAME:     ⌈out/s⌉ = in;  total = max(natural − out, 0), p_begin = ⌊total/2⌋, a = max(out − natural, 0)
/// padded:   ⌊(out + p_begin + p_end − keff)/s⌋ + 1 = in;  a = out − (natural − p_begin − p_end)
/// ```
///
/// # Errors
/// G2, G5, G7 for lengths that fit no axis; `refusal(least, most)` for an output that the
/// convolution does not take to `input`.
pub(super) fn returning(
    window: Window,
    input: i64,
    output: i64,
    same: bool,
    refusal: impl FnOnce(i64, i64) -> Error,
) -> Result<Axis, Error> {
    let natural = unpadded(window, input)?;
    let Padding { begin, end } = window.padding;
    let least = if same {
        // ⌈out/s⌉ = in  ⟺  s(in−1) < out ≤ s·in
        window.stride.saturating_mul(input - 1).saturating_add(1)
    } else {
        natural.saturating_sub(begin).saturating_sub(end)
    };
    let most = least.saturating_add(window.stride - 1);
    if output < least || output > most {
        return Err(refusal(least, most));
    }
    if same { halved(window, input, output) } else { window.transposed(input, output - least) }
}

/// The axis of an output length, what is too much halved: the larger half is left out at the end.
///
/// # Errors
/// G2, G5, G7 for lengths that fit no axis.
pub(super) fn halved(window: Window, input: i64, output: i64) -> Result<Axis, Error> {
    let total = unpadded(window, input)?.saturating_sub(output);
    let begin = total.max(0) / 2;
    cut(window, input, begin, total.saturating_sub(begin))
}

impl Words {
    /// A proposal without words yet.
    pub(super) fn of(
        dialect: &'static super::Dialect,
        operation: &str,
        spec: &Spec,
        layouts: &Layouts,
    ) -> Result<Words, Error> {
        let (x, w) = shapes(spec, layouts)?;
        // The function without its module, as it is typed.
        let short = operation.rsplit('.').next().unwrap_or(operation);
        let operation = if operation == dialect.default_operation { operation } else { short };
        Ok(Words { dialect, operation: operation.to_owned(), attributes: serde_json::Map::new(), x, w })
    }

    /// One more word.
    #[must_use]
    pub(super) fn with(mut self, name: &str, value: impl Into<serde_json::Value>) -> Words {
        self.attributes.insert(name.to_owned(), value.into());
        self
    }

    /// One more word unless all its numbers are the default.
    #[must_use]
    pub(super) fn with_unless(self, name: &str, default: i64, numbers: Vec<i64>) -> Words {
        if numbers.iter().all(|n| *n == default) { self } else { self.with(name, numbers) }
    }

    /// One more word unless its number is the default.
    #[must_use]
    pub(super) fn with_number(self, name: &str, default: i64, number: i64) -> Words {
        if number == default { self } else { self.with(name, number) }
    }
}
