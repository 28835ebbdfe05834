//! What a recorded case means: its spec and layouts, from the framework's words or as stated.

use serde_json::{Map, Value};

use super::case::{Case, contradiction, missing, wrong};
use super::truth::Role;
use crate::data::Array;
use crate::dialect::{self, Call, Lowered, shown};
use crate::error::{Error, GeometryError, MeaningError};
use crate::geometry::{Axis, Geometry, Kind, Padding, Spec, Window};
use crate::layout::Layouts;

/// The arrays whose shapes decide what the attributes mean, as far as they are there.
pub(super) struct Shapes<'a> {
    pub role: Role,
    pub x: Option<&'a Array>,
    pub w: Option<&'a Array>,
    pub y: &'a Array,
}

impl Case<'_> {
    /// Spec and layouts: from the framework's words where there is a dialect, else as stated.
    pub(super) fn meaning(&self, shapes: &Shapes<'_>, remarks: &mut Vec<String>) -> Result<Lowered, Error> {
        let (layouts, flipped) = (self.layouts()?, self.weight_flipped()?);
        let as_stated = |spec: Spec| Lowered::new(spec, layouts.clone().unwrap_or_default(), flipped.unwrap_or(false));
        let (spec, attributes) = (self.spec()?, self.object("attributes")?);
        let Some(framework) = self.text("framework")? else {
            if attributes.is_some() {
                let (got, expected) = ("missing".to_owned(), "the framework whose words 'attributes' are".to_owned());
                return Err(MeaningError::Attribute { name: "framework".to_owned(), got, expected }.into());
            }
            return spec.map(as_stated).ok_or_else(|| missing("field", "spec", "neither 'spec' nor 'framework'"));
        };
        let (attributes, dialect) = match (attributes, spec.clone(), dialect::find(framework)) {
            (None, Some(spec), _) => return Ok(as_stated(spec)),
            (None, None, Some(_)) => return Err(missing("field", "attributes", "a framework without its words")),
            (_, spec, None) => {
                let spec = self.without_dialect(framework, spec)?;
                remarks.push(format!(
                    "no dialect for '{}': its attributes are not read, the geometry is taken as stated",
                    shown(framework)
                ));
                return Ok(as_stated(spec));
            }
            (Some(attributes), _, Some(dialect)) => (attributes, dialect),
        };
        let operation = self.text("op")?.unwrap_or(dialect.default_operation);
        let lower = |x: &[usize], w: &[usize]| {
            (dialect.lower)(&Call { operation, attributes, x, w }).map_err(|e| e.within("attributes"))
        };
        let lowered = self.with_shapes(shapes, spec.as_ref(), lower)?;
        if let Some(stated) = spec
            && (stated.kind != lowered.spec.kind || !same_relation(&stated.geometry, &lowered.spec.geometry))
        {
            return Err(contradiction("spec", stated.to_string(), "the attributes", lowered.spec.to_string()));
        }
        if let Some(stated) = layouts
            && stated != lowered.layouts
        {
            let letters = |l: &Layouts| format!("{},{},{}", l.x, l.w, l.y);
            return Err(contradiction("layouts", letters(&stated), dialect.name, letters(&lowered.layouts)));
        }
        if let Some(stated) = flipped
            && stated != lowered.weight_flipped
        {
            let derived = lowered.weight_flipped.to_string();
            return Err(contradiction("weight_flipped", stated.to_string(), dialect.name, derived));
        }
        Ok(lowered)
    }

    /// The geometry of a framework whose words nobody reads here.
    fn without_dialect(&self, framework: &str, spec: Option<Spec>) -> Result<Spec, Error> {
        if let Some(spec) = spec {
            return Ok(spec);
        }
        let geometry = self.canonical(Kind::Tconv)?.ok_or_else(|| {
            let known = dialect::DIALECTS.iter().map(|d| d.name).collect::<Vec<_>>().join(", ");
            let name = shown(framework);
            Error::from(MeaningError::NoDialect { name, known: format!("{known}; state 'canonical'") })
        })?;
        Ok(Spec { kind: Kind::Tconv, geometry })
    }

    /// The meaning of the attributes on operands of the right shapes. What the role has no array for
    /// is taken from `tensors`, else from the stated geometry, else from the gradient itself.
    fn with_shapes(
        &self,
        shapes: &Shapes<'_>,
        spec: Option<&Spec>,
        lower: impl Fn(&[usize], &[usize]) -> Result<Lowered, Error>,
    ) -> Result<Lowered, Error> {
        let known = |array: Option<&Array>, name| match array {
            Some(array) => Ok(Some(array.shape().to_vec())),
            None => self.shape(name),
        };
        let (mut x, mut w) = (known(shapes.x, "x")?, known(shapes.w, "w")?);
        let has_geometry = spec.is_some() || self.object("canonical")?.is_some();
        if !has_geometry {
            let of_result = |role| (shapes.role == role).then(|| shapes.y.shape().to_vec());
            x = x.or_else(|| of_result(Role::InputGradient));
            w = w.or_else(|| of_result(Role::WeightGradient));
        }
        let unknown = |name| missing("field", name, "no array, spec or canonical that gives its shape");
        match (x, w) {
            (Some(x), Some(w)) => lower(&x, &w),
            (None, _) if !has_geometry => Err(unknown("tensors.x")),
            (_, None) if !has_geometry => Err(unknown("tensors.w")),
            (x, w) => {
                // `canonical` does not say which operation it is about: the attributes do.
                let of_kind = |kind: Kind| {
                    let geometry = match spec {
                        Some(spec) => spec.geometry.clone(),
                        None => self.canonical(kind)?.ok_or_else(|| unknown("canonical"))?,
                    };
                    let (spec, layouts) = (Spec { kind, geometry }, self.layouts()?.unwrap_or_default());
                    let x = x.clone().unwrap_or_else(|| layouts.x.data_shape(&spec.input_shape()));
                    let w = w.clone().map_or_else(|| layouts.w.weight_shape(&spec.geometry), Ok)?;
                    lower(&x, &w)
                };
                let kinds = spec.map_or(vec![Kind::Tconv, Kind::Conv], |spec| vec![spec.kind]);
                let mut read = kinds.iter().map(|&kind| (kind, of_kind(kind)));
                let right = read.clone().find(|(kind, found)| found.as_ref().is_ok_and(|l| l.spec.kind == *kind));
                right.or_else(|| read.next()).map(|(_, found)| found).expect("a kind")
            }
        }
    }
}

/// The geometry of a `canonical` field.
pub(super) fn canonical_geometry(stated: &Map<String, Value>, kind: Kind) -> Result<Geometry, Error> {
    let value = |key: &'static str| {
        stated.get(key).ok_or_else(|| {
            let names: Vec<String> = stated.keys().take(12).map(|name| shown(name)).collect();
            missing("field", key, if names.is_empty() { "nothing".to_owned() } else { names.join(", ") })
        })
    };
    let list = |key: &'static str| -> Result<Vec<i64>, Error> {
        let value = value(key)?;
        let list = value.as_array().and_then(|list| list.iter().map(Value::as_i64).collect());
        list.ok_or_else(|| wrong(key, value, "a list of whole numbers"))
    };
    let one = |key: &'static str| -> Result<i64, Error> {
        let value = value(key)?;
        value.as_i64().ok_or_else(|| wrong(key, value, "a whole number"))
    };
    let size = list("size")?;
    let rank = size.len();
    let per_axis = |key: &'static str| {
        let list = list(key)?;
        if list.len() == rank {
            return Ok(list);
        }
        let got = list.len();
        Err(Error::from(GeometryError::Rank { what: key, rank, got }))
    };
    let (kernel, stride, dilation) = (per_axis("kernel")?, per_axis("stride")?, per_axis("dilation")?);
    let (begin, end, a) = (per_axis("pad_begin")?, per_axis("pad_end")?, per_axis("output_padding")?);
    let mut axes = Vec::with_capacity(rank);
    for n in 0..rank {
        let padding = Padding { begin: begin[n], end: end[n] };
        let window = Window { kernel: kernel[n], stride: stride[n], dilation: dilation[n], padding };
        let axis = match kind {
            Kind::Tconv => window.transposed(size[n], a[n]),
            Kind::Conv => window.convolving(size[n]),
        };
        axes.push(axis.map_err(|e| e.on_axis(n))?);
    }
    let (input, output) = (one("in_channels")?, one("out_channels")?);
    let (input, output) = if kind == Kind::Tconv { (input, output) } else { (output, input) };
    let geometry = Geometry::new(axes)?.with_channels(input, output, one("groups")?)?.with_batch(one("batch")?)?;
    if stated.contains_key("output") {
        let (said, result) = (per_axis("output")?, Spec { kind, geometry: geometry.clone() }.output_shape());
        if said.iter().map(|&n| usize::try_from(n).ok()).ne(result[2..].iter().map(|&n| Some(n))) {
            let derived = format!("{:?}", &result[2..]);
            return Err(contradiction("output", format!("{said:?}"), "the rest", derived));
        }
    }
    Ok(geometry)
}

/// Whether two geometries are the same relation: only `p_end − a` matters, not the two apart.
pub(super) fn same_relation(a: &Geometry, b: &Geometry) -> bool {
    let outer = |g: &Geometry| (g.in_channels(), g.out_channels(), g.groups(), g.batch());
    let axis = |a: &Axis| (a.input(), a.output(), a.kernel(), a.stride(), a.dilation(), a.padding().begin);
    outer(a) == outer(b) && a.axes().iter().map(axis).eq(b.axes().iter().map(axis))
}
