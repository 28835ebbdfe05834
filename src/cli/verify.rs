//! `convproof verify`.

use super::args::Verify;
use super::asked::{self, Asked};
use super::clock::Clock;
use super::streams::{Streams, is_json};
use super::{DIFFERS, SAME, UNANSWERED};
use crate::data::{Array, ElementType, ReadOptions, list_arrays, read_array};
use crate::error::{Error, RequestError};
use crate::geometry::Spec;
use crate::layout::Layouts;
use crate::render::verdict as render;
use crate::verify::{Arithmetic, CaseReport, Event, Question, Role, Summary, Verdict, verify_paths_within};

pub(super) fn run(options: &Verify, streams: &mut Streams<'_>) -> Result<u8, Error> {
    #[cfg(feature = "subject")]
    if options.subject.subject.is_some() {
        return super::live::run(options, streams);
    }
    let json = is_json(options.format.as_deref(), options.output.output.as_deref())?;
    let mut found = Found { json, options, summary: Summary::default(), text: String::new(), remarks: Vec::new() };
    match &options.spec {
        Some(spec) => {
            let asked = asked::one(spec, &options.model, "--spec")?;
            for remark in asked.lowered.remarks.iter().filter(|_| asked.words.is_some()) {
                streams.remark(&format!("remark: {remark}"));
            }
            let question = question(options, &asked)?;
            let case = options.y.clone().or_else(|| options.paths.first().map(|p| p.display().to_string()));
            let (case, mut clock) = (case.unwrap_or_default(), Clock::default());
            let mut watch = |progress| clock.show(&case, progress, streams);
            let answer = question.answer_within(options.max_products, &mut watch);
            found.report(&CaseReport::of_question(case, &question, answer), streams);
            streams.progress_done();
        }
        None if options.paths.is_empty() => {
            let problem = "give paths of recorded cases, or --spec with your own tensors".to_owned();
            return Err(RequestError::Option { option: "PATH", problem }.into());
        }
        None => recorded(options, &mut found, streams)?,
    }
    found.show_remarks(streams);
    let text = if json {
        render::document(&found.summary, &found.text)
    } else {
        format!("{}{}\n", found.text, render::summary(&found.summary))
    };
    streams.report(options.output.output.as_deref(), json, &text)?;
    Ok(found.status())
}

fn recorded(options: &Verify, found: &mut Found<'_>, streams: &mut Streams<'_>) -> Result<(), Error> {
    let mut clock = Clock::default();
    let walked = verify_paths_within(&options.paths, options.max_products, &mut |event| match event {
        Event::Working(case, progress) => clock.show(case, progress, streams),
        Event::Judged(report) => found.report(&report, streams),
    });
    streams.progress_done();
    if walked.passed_over > 0 {
        let (n, s) = (walked.passed_over, if walked.passed_over == 1 { "" } else { "s" });
        streams.remark(&format!("passed over: {n} file{s} of no case"));
    }
    if walked.cases == 0 {
        let places: Vec<String> = options.paths.iter().map(|p| p.display().to_string()).collect();
        let looked_for = "a case is a .json with 'npz', or a folder with model.onnx";
        return Err(RequestError::NoCase { place: places.join(", "), looked_for }.into());
    }
    Ok(())
}

/// What a run has found so far, as the text that it will print.
struct Found<'a> {
    json: bool,
    options: &'a Verify,
    summary: Summary,
    text: String,
    /// Text, first case, and in how many more it occurred.
    remarks: Vec<(String, String, usize)>,
}

impl Found<'_> {
    fn report(&mut self, report: &CaseReport, streams: &mut Streams<'_>) {
        self.summary.count(report);
        streams.progress(&format!("{} cases: {}", self.summary.cases, report.case));
        let repro = self.repro(report);
        if self.json {
            if self.summary.cases > 1 {
                self.text.push_str(",\n");
            }
            self.text.push_str(&render::json_case(report, &repro));
        } else if render::is_difference(report) {
            self.text.push_str(&render::difference(report, &repro));
            self.text.push('\n');
        } else if self.options.list {
            self.text.push_str(&render::line(report));
            self.text.push('\n');
        }
        for remark in &report.remarks {
            self.remark(remark, &report.case);
        }
        let mut remarks: Vec<String> = Vec::new();
        match &report.answer {
            Err(error) => {
                streams.progress_done();
                streams.error(error);
            }
            Ok(answer) => {
                if report.verdict() == Verdict::Unanswered {
                    let reason = answer.judgement.reason.clone().unwrap_or_default();
                    remarks.push(format!("unanswered: {}: {reason}", report.case));
                }
                if !answer.weak.is_empty() && (self.options.list || self.options.fail_on_weak) {
                    remarks.push(format!("weak: {} cannot show {}", report.case, answer.weak.join(", ")));
                }
            }
        }
        if !remarks.is_empty() {
            streams.progress_done();
        }
        for remark in remarks {
            streams.remark(&remark);
        }
    }

    /// Remarks that many cases share are shown once, at the end.
    fn remark(&mut self, text: &str, case: &str) {
        match self.remarks.iter_mut().find(|(known, _, _)| known == text) {
            Some((_, _, more)) => *more += 1,
            None => self.remarks.push((text.to_owned(), case.to_owned(), 0)),
        }
    }

    fn show_remarks(&self, streams: &mut Streams<'_>) {
        for (text, case, more) in &self.remarks {
            let others = if *more > 0 { format!(" and {more} more") } else { String::new() };
            streams.remark(&format!("remark: {case}{others}: {text}"));
        }
    }

    fn status(&self) -> u8 {
        let weak = self.options.fail_on_weak && self.summary.weak > 0;
        match (self.summary.differs > 0 || weak, self.summary.unanswered > 0) {
            (true, _) => DIFFERS,
            (_, true) => UNANSWERED,
            _ => SAME,
        }
    }

    /// The option of the limit, where it is not the usual one.
    fn limit(&self) -> String {
        let limit = self.options.max_products;
        if limit == crate::verify::MAX_PRODUCTS { String::new() } else { format!(" --max-products {limit}") }
    }

    /// The command that judges this case alone.
    fn repro(&self, report: &CaseReport) -> String {
        let o = self.options;
        let Some(spec) = &o.spec else {
            return format!("convproof verify {}{}", file(&report.case), self.limit());
        };
        // The words of a call stay; its canonical spec stands in the report.
        let shown = asked::one(spec, &o.model, "--spec").map_or_else(|_| spec.clone(), |asked| asked.shown());
        let mut command = format!("convproof verify --spec {}", always_quoted(&shown));
        for (option, value) in [
            ("--x", &o.x.as_deref().map(file)),
            ("--w", &o.w.as_deref().map(file)),
            ("--b", &o.b.as_deref().map(file)),
            ("--g", &o.g.as_deref().map(file)),
            ("--y", &o.y.as_deref().map(file)),
            ("--role", &o.role.as_deref().map(quoted)),
            ("--layout", &o.layout.as_deref().map(quoted)),
            ("--dtype", &o.dtype.as_deref().map(quoted)),
            ("--arithmetic", &o.arithmetic.as_deref().map(quoted)),
        ] {
            if let Some(value) = value {
                command.push_str(&format!(" {option} {value}"));
            }
        }
        command.push_str(&self.limit());
        if o.weight_flipped {
            command.push_str(" --weight-flipped");
        }
        for path in &o.paths {
            command.push_str(&format!(" {}", file(&path.display().to_string())));
        }
        command
    }
}

/// A file as an argument that is taken for no option.
fn file(path: &str) -> String {
    if path.starts_with('-') { quoted(&format!("./{path}")) } else { quoted(path) }
}

/// A word as a POSIX shell reads it back.
fn quoted(word: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "/._-,:=+@%".contains(c);
    if !word.is_empty() && word.chars().all(plain) { word.to_owned() } else { always_quoted(word) }
}

/// A text of several words as one argument.
fn always_quoted(text: &str) -> String {
    format!("'{}'", text.replace('\'', r"'\''"))
}

/// The user's own tensors as a question. A call says its layouts and whether it flips.
fn question(options: &Verify, asked: &Asked) -> Result<Question, Error> {
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
