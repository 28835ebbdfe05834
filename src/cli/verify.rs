//! `convproof verify`.

use super::args::Verify;
use super::asked;
use super::clock::Clock;
use super::own::question;
use super::report::{Report, Whole, manner};
use super::streams::Streams;
use crate::error::{Error, RequestError};
use crate::render::finding::Manner;
use crate::render::shown::Shown;
use crate::render::verdict as render;
use crate::verify::{CaseReport, Event, Shard, Verdict, verify_part};

pub(super) fn run(options: &Verify, streams: &mut Streams<'_>) -> Result<u8, Error> {
    #[cfg(feature = "subject")]
    if options.subject.subject.is_some() {
        return super::live::run(options, streams);
    }
    let output = options.output.output.as_deref();
    let manner = manner(options.format.as_deref(), output, false)?;
    let report = Report::new(manner, options.list, options.fail_on_weak);
    let mut found = Found { options, report, remarks: Vec::new() };
    match &options.spec {
        Some(spec) => {
            if options.shard.is_some() {
                let problem = "one case has no parts; leave this out".to_owned();
                return Err(RequestError::Option { option: "--shard", problem }.into());
            }
            let asked = asked::one(spec, &options.model, "--spec")?;
            for remark in asked.lowered.remarks.iter().filter(|_| asked.words.is_some()) {
                streams.remark(&format!("remark: {remark}"));
            }
            let question = question(options, &asked)?;
            let case = options.y.clone().or_else(|| options.paths.first().map(|p| p.display().to_string()));
            let (case, mut clock) = (case.unwrap_or_default(), Clock::default());
            let mut watch = |progress| clock.show(&case, progress, streams);
            let answer = question.answer_within(options.max_products, &mut watch);
            found.add(&CaseReport::of_question(case, &question, answer), streams);
            streams.progress_done();
        }
        None if options.paths.is_empty() => {
            let problem = "give paths of recorded cases, or --spec with your own tensors".to_owned();
            return Err(RequestError::Option { option: "PATH", problem }.into());
        }
        None => recorded(options, &mut found, streams)?,
    }
    found.show_remarks(streams);
    let report = found.report;
    let text = report.written("convproof verify", &render::summary(&report.summary));
    streams.report(output, manner != Manner::Text, &text)?;
    Ok(report.status())
}

fn recorded(options: &Verify, found: &mut Found<'_>, streams: &mut Streams<'_>) -> Result<(), Error> {
    let shard = options.shard.as_deref().map(str::parse::<Shard>).transpose()?;
    let (mut clock, mut whole) = (Clock::default(), Whole::new(&[&options.max_products]));
    let walked = verify_part(&options.paths, shard, options.max_products, &mut |event| match event {
        Event::Working(case, progress) => clock.show(case, progress, streams),
        Event::Elsewhere(case) => whole.case(case),
        Event::Judged(report) => {
            whole.case(&report.case);
            found.add(&report, streams);
        }
    });
    found.report.part = shard.map(|shard| whole.part(shard));
    streams.progress_done();
    if walked.passed_over > 0 {
        let (n, s) = (walked.passed_over, if walked.passed_over == 1 { "" } else { "s" });
        streams.remark(&format!("passed over: {n} file{s} of no case"));
    }
    if walked.cases + walked.elsewhere == 0 {
        let places: Vec<String> = options.paths.iter().map(|p| p.display().to_string()).collect();
        let looked_for = "a case is a .json with 'npz', or a folder with model.onnx";
        return Err(RequestError::NoCase { place: places.join(", "), looked_for }.into());
    }
    Ok(())
}

/// What a run has found so far.
struct Found<'a> {
    options: &'a Verify,
    report: Report,
    /// Text, first case, and in how many more it occurred.
    remarks: Vec<(String, String, usize)>,
}

impl Found<'_> {
    fn add(&mut self, report: &CaseReport, streams: &mut Streams<'_>) {
        let shown = Shown::new(report, self.repro(report));
        let block = if shown.is_difference() { render::difference(&shown) } else { String::new() };
        self.report.add(&shown, &block);
        streams.progress(&format!("{} cases: {}", self.report.summary.cases, report.case));
        for remark in &report.remarks {
            self.remark(remark, &report.case);
        }
        if let Err(error) = &report.answer {
            streams.error(error);
        } else if let Some(reason) = shown.reason.filter(|_| shown.verdict == Verdict::Unanswered) {
            streams.remark(&format!("unanswered: {}: {reason}", report.case));
        }
        if !shown.weak.is_empty() && (self.options.list || self.options.fail_on_weak) {
            streams.remark(&format!("weak: {} cannot show {}", report.case, shown.weak.join(", ")));
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
