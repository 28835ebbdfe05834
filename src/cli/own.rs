//! `convproof verify --spec`: the user's own tensors, read from files.

use super::args::Verify;
use super::asked::Asked;
use crate::data::{Array, ElementType, ReadOptions, list_arrays, read_array};
use crate::error::{Error, RequestError};
use crate::geometry::Spec;
use crate::layout::Layouts;
use crate::verify::{Arithmetic, Question, Role};

/// The user's own tensors as a question. A call says its layouts and whether it flips.
pub(super) fn question(options: &Verify, asked: &Asked) -> Result<Question, Error> {
    let spec = asked.spec();
    if let (Some(words), true) = (&asked.words, options.layout.is_some() || options.weight_flipped) {
        let option = if options.layout.is_some() { "--layout" } else { "--weight-flipped" };
        let problem = format!("{} says it already; leave this out", words.dialect.name);
        return Err(RequestError::Option { option, problem }.into());
    }
    let role = match options.role.as_deref() {
        None => Role::Forward,
        Some(name) => Role::ALL.iter().find(|(known, _)| *known == name).map(|(_, role)| *role).ok_or_else(|| {
            let known: Vec<&str> = Role::ALL.iter().map(|(name, _)| *name).collect();
            let problem = format!("'{name}' is no role; valid are {}", known.join(", "));
            Error::from(RequestError::Option { option: "--role", problem })
        })?,
    };
    let stated = options.layout.as_deref().map(str::parse::<Layouts>).transpose()?;
    let layouts = stated.unwrap_or_else(|| asked.lowered.layouts.clone());
    let tensors = Tensors { options, spec, role, layouts: &layouts };
    let y = tensors.read("y", options.y.as_deref())?.ok_or_else(|| {
        let problem = "missing: the observed result, as --y FILE or as 'y' in one .npz or .safetensors".to_owned();
        Error::from(RequestError::Option { option: "--y", problem })
    })?;
    let mut question = Question {
        role,
        layouts: layouts.clone(),
        weight_flipped: options.weight_flipped || asked.lowered.weight_flipped,
        pads: asked.lowered.pads,
        arithmetic: None,
        x: tensors.read("x", options.x.as_deref())?,
        w: tensors.read("w", options.w.as_deref())?,
        b: tensors.read("b", options.b.as_deref())?,
        g: tensors.read("g", options.g.as_deref())?,
        y,
        spec: spec.clone(),
    };
    let (q, o) = (&question, options);
    let read =
        [(q.x.is_some(), &o.x), (q.w.is_some(), &o.w), (q.b.is_some(), &o.b), (q.g.is_some(), &o.g), (true, &o.y)];
    if let (Some(path), true) = (o.paths.first(), read.iter().all(|(there, named)| !there || named.is_some())) {
        let problem = format!("nothing is read from {}; leave it out, or --x, --w or --y", path.display());
        return Err(RequestError::Option { option: "PATH", problem }.into());
    }
    if let Some(text) = &options.arithmetic {
        question.arithmetic = Some(Arithmetic::parse(text, question.default_arithmetic())?);
    }
    Ok(question)
}

/// Where the user's tensors are, and what raw ones must be.
struct Tensors<'a> {
    options: &'a Verify,
    spec: &'a Spec,
    role: Role,
    layouts: &'a Layouts,
}

impl Tensors<'_> {
    /// The tensor at a locator, or under its name in the one archive that was given.
    fn read(&self, name: &'static str, locator: Option<&str>) -> Result<Option<Array>, Error> {
        let element = self.element(name)?;
        let array = match (locator, &self.options.paths[..]) {
            (Some(locator), _) => {
                let shape = Some(self.shape(name)?);
                read_array(locator, &ReadOptions { element_type: element, shape, ..ReadOptions::default() })?
            }
            (None, []) => return Ok(None),
            (None, [archive]) => {
                let path = archive.display().to_string();
                let names = list_arrays(&path, ReadOptions::default().limit)?;
                if !names.iter().any(|n| n == name) {
                    return Ok(None);
                }
                read_array(&format!("{path}:{name}"), &ReadOptions::default())?
            }
            (None, _) => {
                let problem = "with --spec give one .npz or .safetensors, or --x, --w and --y".to_owned();
                return Err(RequestError::Option { option: "PATH", problem }.into());
            }
        };
        match element {
            Some(element) => array.reinterpreted(element).map(Some).map_err(|e| e.within(format!("--dtype {name}"))),
            None => Ok(Some(array)),
        }
    }

    /// `--dtype bf16` for all, or `x=bf16,y=f32`.
    fn element(&self, name: &str) -> Result<Option<ElementType>, Error> {
        let Some(text) = &self.options.dtype else { return Ok(None) };
        let mut found = None;
        for part in text.split(',') {
            match part.trim().split_once('=') {
                None => found = Some(part.trim().parse()?),
                Some((tensor, element)) if tensor == name => found = Some(element.parse()?),
                Some(("x" | "w" | "b" | "g" | "y", _)) => {}
                Some(_) => {
                    let problem = format!("'{part}'; write bf16, or x=f32,w=f32,y=f16");
                    return Err(RequestError::Option { option: "--dtype", problem }.into());
                }
            }
        }
        Ok(found)
    }

    /// The shape that the geometry gives a tensor, in the user's layout.
    fn shape(&self, name: &str) -> Result<Vec<usize>, Error> {
        let (inputs, results) = (self.spec.input_shape(), self.spec.output_shape());
        let of = match (name, self.role) {
            ("y", Role::InputGradient) => "x",
            ("y", Role::WeightGradient) => "w",
            ("y", Role::BiasGradient) => "b",
            (other, _) => other,
        };
        Ok(match of {
            "x" => self.layouts.x.data_shape(&inputs),
            "w" => self.layouts.w.weight_shape(&self.spec.geometry)?,
            "b" => vec![results[1]],
            _ => self.layouts.y.data_shape(&results),
        })
    }
}
