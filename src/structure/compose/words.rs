//! The words of a stage. Lengths and pads are read as those of a plain spec are.

use num_traits::One;

use super::linear::bounded;
use super::resize::Method;
use super::stage::{Layer, Stage, Step};
use crate::error::{Error, RequestError};
use crate::geometry::{Axis, Padding, Spec, size};
use crate::scalar::{Rational, parse_rational};
use crate::tensor::{Tensor, cells, unflatten};

/// Stages that are no layers, the letters of their tokens.
const KINDS: [(&str, &str); 4] = [("blur", "icpsdw"), ("crop", "icp"), ("replicate", "icp"), ("shuffle", "ics")];

fn refuse(problem: String) -> Error {
    RequestError::Option { option: "SPEC", problem }.into()
}

impl Stage {
    /// Whether a word begins a stage that is no plain spec.
    pub(super) fn is_named_by(word: &str) -> bool {
        Method::named(word).is_some() || KINDS.iter().any(|(name, _)| *name == word)
    }

    /// Reads one stage; `before` is the shape that the stage before it gives.
    pub(super) fn read(words: &[&str], before: Option<&[usize]>) -> Result<Stage, Error> {
        let Some((&kind, tokens)) = words.split_first() else {
            return Err(refuse("an empty stage; write an operation between 'then' and 'then'".to_owned()));
        };
        let letters = match kind {
            "tconv" | "conv" => "ikspadcgw",
            _ if Method::named(kind).is_some() => "icso",
            _ => match KINDS.iter().find(|(name, _)| *name == kind) {
                Some((_, letters)) => letters,
                None => {
                    return Err(refuse(format!(
                        "'{kind}' is no stage; valid are tconv, conv, nearest, bilinear, bilinear-corners, bicubic, \
                         bicubic-0.75, blur, crop, replicate, shuffle"
                    )));
                }
            },
        };
        for token in tokens {
            let letter = token.chars().next().unwrap_or(' ');
            if !letters.contains(letter) || (before.is_some() && letter == 'i') {
                let why = if letter == 'i' && before.is_some() { "; only the first stage has an input" } else { "" };
                let valid: Vec<String> =
                    letters.chars().filter(|&c| before.is_none() || c != 'i').map(String::from).collect();
                return Err(refuse(format!("'{token}' is no token of {kind}{why}; valid are {}", valid.join(" "))));
            }
        }
        let of = |letter: char| tokens.iter().find(|token| token.starts_with(letter)).copied();
        let weight = of('w').map(values).transpose()?;
        // The lengths that arrive, and the tokens that a plain spec has as well.
        let lengths = match before {
            Some(shape) => format!("i{}", joined(shape[1..].iter())),
            None => of('i').ok_or_else(|| refuse(format!("the first stage needs an input: {kind} i8 …")))?.to_owned(),
        };
        let plain = |letters: &str| -> String {
            let kept = tokens.iter().filter(|token| token.starts_with(|c| letters.contains(c)));
            kept.map(|token| format!(" {token}")).collect()
        };
        if matches!(kind, "tconv" | "conv") {
            let channels = before.map(|shape| shape[0]);
            return Stage::layer(format!("{kind} {lengths}{}", plain("kspadcg")), channels, weight, before.is_none());
        }
        let channels = match (before, of('c')) {
            (Some(shape), None) => shape[0],
            (None, None) => 1,
            (Some(_), Some(token)) => return Err(refuse(format!("'{token}': {kind} keeps the channels that arrive"))),
            (None, Some(token)) => token[1..]
                .parse()
                .ok()
                .filter(|n| (1..=1 << 20).contains(n))
                .ok_or_else(|| refuse(format!("'{token}': write the number of channels, as c4")))?,
        };
        let first = before.is_none();
        match kind {
            "blur" => Stage::blur(&format!("{lengths}{}", plain("psd")), channels, weight, first),
            "crop" => Stage::crop(&format!("{lengths}{}", plain("p")), channels, first),
            "replicate" => Stage::replicate(&format!("{lengths}{}", plain("p")), channels, first),
            "shuffle" => Stage::shuffle(&format!("{lengths}{}", plain("s")), channels, first),
            _ => {
                let method = Method::named(kind).expect("the other kinds are done");
                let (factor, size) = (of('s'), of('o').map(|token| format!("k{}", &token[1..])));
                let token = match (factor, size) {
                    (Some(_), Some(_)) | (None, None) => {
                        return Err(refuse(format!("{kind} needs a factor or a size: s2 or o16")));
                    }
                    (Some(_), None) if method == Method::BilinearCorners => {
                        return Err(refuse(
                            "bilinear-corners needs a size: o10; 3·(4 − 1) + 1 = 10 keeps its taps".to_owned(),
                        ));
                    }
                    (Some(factor), None) => factor.to_owned(),
                    (None, Some(size)) => size,
                };
                Stage::resize(method, &lengths, &token, channels, first)
            }
        }
    }

    fn layer(words: String, arrive: Option<usize>, weight: Option<Vec<Rational>>, first: bool) -> Result<Stage, Error> {
        let spec: Spec = words.parse()?;
        let [input, output] = [spec.input_shape(), spec.output_shape()].map(|shape| shape[1..].to_vec());
        if let Some(arrive) = arrive.filter(|&n| n != input[0]) {
            let problem = format!("{arrive} channels arrive and '{spec}' takes {}; write c{arrive}:…", input[0]);
            return Err(refuse(problem));
        }
        let shape = spec.geometry.weight_shape();
        let taps = bounded(&shape)?;
        let (weight, shown) = match weight {
            None => (None, String::new()),
            Some(values) => {
                let shown = format!(" w={}", values.iter().map(ToString::to_string).collect::<Vec<_>>().join(","));
                let values = if values.len() == 1 { vec![values[0].clone(); taps] } else { values };
                if values.len() != taps {
                    return Err(RequestError::WeightCount { expected: taps, got: values.len(), shape }.into());
                }
                (Some(Tensor::new(shape, values)?), shown)
            }
        };
        let words = without_input(&format!("{spec}{shown}"), first);
        Ok(Stage { step: Step::Layer(Box::new(Layer { spec, weight })), input, output, words })
    }

    fn blur(words: &str, channels: usize, weight: Option<Vec<Rational>>, first: bool) -> Result<Stage, Error> {
        let Some(line) = weight else {
            return Err(refuse("blur needs its kernel on one axis: blur w=1,3,3,1 p1".to_owned()));
        };
        let spec: Spec = format!("conv {words} k{} c{channels}:{channels} g{channels}", line.len()).parse()?;
        let shape = spec.geometry.weight_shape();
        bounded(&shape)?;
        let tap = |index: usize| {
            let position = unflatten(&shape, index);
            position[2..].iter().fold(Rational::one(), |product, &t| product * &line[t])
        };
        let weight = Tensor::from_fn("a kernel", shape.clone(), tap)?;
        let shown = line.iter().map(ToString::to_string).collect::<Vec<_>>().join(",");
        let tokens: String = words.split(' ').skip(1).map(|token| format!(" {token}")).collect();
        let input = words.split(' ').next().unwrap_or_default();
        let head = if first { format!("blur {input}{}", channel_token(channels)) } else { "blur".to_owned() };
        let [taken, given] = [spec.input_shape(), spec.output_shape()].map(|shape| shape[1..].to_vec());
        let step = Step::Layer(Box::new(Layer { spec, weight: Some(weight) }));
        Ok(Stage { step, input: taken, output: given, words: format!("{head} w={shown}{tokens}") })
    }

    fn crop(words: &str, channels: usize, first: bool) -> Result<Stage, Error> {
        let spec: Spec = format!("tconv {words} k1 c{channels}:{channels} g{channels}").parse()?;
        let ones = Tensor::from_fn("a kernel", spec.geometry.weight_shape(), |_| Rational::one())?;
        let [input, output] = [spec.input_shape(), spec.output_shape()].map(|shape| shape[1..].to_vec());
        let words = named("crop", words, channels, first);
        Ok(Stage { step: Step::Layer(Box::new(Layer { spec, weight: Some(ones) })), input, output, words })
    }

    fn replicate(words: &str, channels: usize, first: bool) -> Result<Stage, Error> {
        let opposite: Spec = format!("tconv {words} k1").parse::<Spec>().or_else(|error| {
            // As a crop it may leave nothing; only the pads are wanted, so lengths do not matter.
            let pads = words.split(' ').nth(1).unwrap_or("p0");
            let rank = words.split(' ').next().map_or(1, |i| i.split('x').count());
            let long = vec!["1000000000"; rank].join("x");
            format!("tconv i{long} k1 {pads}").parse().map_err(|_| error)
        })?;
        let input: Vec<usize> = lengths(words, channels)?;
        let pads: Vec<Padding> = opposite.geometry.axes().iter().map(Axis::padding).collect();
        if pads.len() + 1 != input.len() || pads.iter().any(|p| p.begin < 0 || p.end < 0) {
            return Err(refuse(
                "replicate takes pads of at least 0, one or one for each axis; crop takes away".to_owned(),
            ));
        }
        let longer = |(n, p): (&usize, &Padding)| n.saturating_add(usize::try_from(p.begin + p.end).unwrap_or(0));
        let output: Vec<usize> = std::iter::once(channels).chain(input[1..].iter().zip(&pads).map(longer)).collect();
        bounded(&output)?;
        let words = named("replicate", words, channels, first);
        Ok(Stage { step: Step::Replicate(pads), input, output, words })
    }

    fn shuffle(words: &str, channels: usize, first: bool) -> Result<Stage, Error> {
        let spec: Spec = format!("tconv {words} k1").parse()?;
        let input = lengths(words, channels)?;
        if spec.geometry.rank() + 1 != input.len() {
            return Err(refuse(format!("shuffle has {} factors for {} axes", spec.geometry.rank(), input.len() - 1)));
        }
        let factors: Vec<usize> = spec.geometry.axes().iter().map(|a| size(a.stride())).collect();
        let block = cells(&factors).filter(|n| channels.is_multiple_of(*n)).ok_or_else(|| {
            refuse(format!(
                "shuffle by {} needs a multiple of that many channels; {channels} arrive",
                joined(factors.iter())
            ))
        })?;
        let cells_out = input[1..].iter().zip(&factors).map(|(n, r)| n.saturating_mul(*r));
        let output: Vec<usize> = std::iter::once(channels / block).chain(cells_out).collect();
        bounded(&output)?;
        let words = named("shuffle", words, channels, first);
        Ok(Stage { step: Step::Shuffle(factors), input, output, words })
    }

    fn resize(method: Method, words: &str, token: &str, channels: usize, first: bool) -> Result<Stage, Error> {
        let spec: Spec = match token.strip_prefix('s') {
            Some(_) => format!("tconv {words} k1 {token}"),
            None => format!("tconv {words} {token}"),
        }
        .parse()?;
        let input = lengths(words, channels)?;
        let axes = spec.geometry.axes();
        if axes.len() + 1 != input.len() {
            return Err(refuse(format!("'{token}' has {} entries for {} axes", axes.len(), input.len() - 1)));
        }
        let length = |(n, axis): (&usize, &Axis)| match token.starts_with('s') {
            true => n.saturating_mul(size(axis.stride())),
            false => size(axis.kernel()),
        };
        let output: Vec<usize> = std::iter::once(channels).chain(input[1..].iter().zip(axes).map(length)).collect();
        bounded(&output)?;
        let shown = if token.starts_with('s') { token.to_owned() } else { format!("o{}", &token[1..]) };
        let words = named(method.word(), &format!("{words} {shown}"), channels, first);
        Ok(Stage { step: Step::Resize(method), input, output, words })
    }
}

fn joined<'a>(numbers: impl Iterator<Item = &'a usize>) -> String {
    numbers.map(ToString::to_string).collect::<Vec<_>>().join("x")
}

/// The numbers of `w=1,-1/2,0.25`.
fn values(token: &str) -> Result<Vec<Rational>, Error> {
    let Some(list) = token.strip_prefix("w=") else {
        return Err(refuse(format!("'{token}': write taps as w=1,2,3")));
    };
    list.split([',', ';']).map(parse_rational).collect()
}

/// `[c, positions…]` of the `i` token that stands in front.
fn lengths(words: &str, channels: usize) -> Result<Vec<usize>, Error> {
    let spec: Spec = format!("tconv {} k1", words.split(' ').next().unwrap_or_default()).parse()?;
    Ok(std::iter::once(channels).chain(spec.input_shape()[2..].iter().copied()).collect())
}

fn channel_token(channels: usize) -> String {
    if channels == 1 { String::new() } else { format!(" c{channels}") }
}

fn named(kind: &str, words: &str, channels: usize, first: bool) -> String {
    match (first, words.split_once(' ')) {
        (true, Some((input, rest))) => format!("{kind} {input}{} {rest}", channel_token(channels)),
        (true, None) => format!("{kind} {words}{}", channel_token(channels)),
        (false, Some((_, rest))) => format!("{kind} {rest}"),
        (false, None) => kind.to_owned(),
    }
}

/// Later stages take what arrives.
fn without_input(words: &str, first: bool) -> String {
    let kept = words.split(' ').filter(|word| first || !word.starts_with('i'));
    kept.collect::<Vec<_>>().join(" ")
}
