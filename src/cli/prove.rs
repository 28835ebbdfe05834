//! `convproof prove`.

use std::time::Instant;

use super::args::Prove;
use super::asked::{Asked, each};
use super::streams::{Streams, is_json};
use super::{DIFFERS, SAME, UNANSWERED};
use crate::equivalence::compare;
use crate::equivalence::sweep::{
    Family, Route, SweepReport, constructions, matrices as by_matrices, per_axis, start_threads, sweep,
};
use crate::error::{Error, RequestError};
use crate::formulation::{self, Formulation};
use crate::geometry::{Kind, Spec};
use crate::matrix::{ConvMatrix, Side};
use crate::render::{MatrixView, prove as render, symbol};
use crate::scalar::Polynomial;

pub(super) fn run(options: &Prove, streams: &mut Streams<'_>) -> Result<u8, Error> {
    let json = is_json(options.format.as_deref(), options.output.output.as_deref())?;
    if options.for_all.is_asked() {
        return super::prove_all::run(&options.for_all, json, options.output.output.as_deref(), streams);
    }
    if options.sweep {
        return run_sweep(options, json, streams);
    }
    for (option, given) in [("--max", options.max.is_some()), ("--route", options.route.is_some())] {
        if given {
            let problem = "it is about a family; give it with --sweep, without a spec".to_owned();
            return Err(RequestError::Option { option, problem }.into());
        }
    }
    let one = super::single(json, options.output.output.as_deref());
    each(&options.spec, &options.model, one, streams, |asked, streams| prove(options, json, asked, streams))
}

fn prove(options: &Prove, json: bool, asked: &Asked, streams: &mut Streams<'_>) -> Result<u8, Error> {
    let spec = asked.spec();
    let report = compare(&spec.geometry, &rivals(options)?, options.max_products)?;
    for remark in asked.remarks() {
        streams.remark(&format!("remark: {remark}"));
    }
    let text = if json {
        render::report_json(&report, spec)
    } else {
        format!("{}{}", matrices(spec, options.max_products)?, render::report(&report))
    };
    streams.report(options.output.output.as_deref(), json, &text)?;
    if !json && options.output.output.is_none() {
        streams.hint(&format!("convproof matrix {} --product", asked.shown()));
    }
    Ok(status(report.any_differs(), report.all_same()))
}

fn status(differs: bool, all_same: bool) -> u8 {
    match (differs, all_same) {
        (true, _) => DIFFERS,
        (_, true) => SAME,
        _ => UNANSWERED,
    }
}

/// C and Cᵀ where both fit the page, else their sizes and the commands that print them.
///
/// `limit` is that of the comparison: what it could expand can be built.
fn matrices(spec: &Spec, limit: u64) -> Result<String, Error> {
    let build = |side| ConvMatrix::build(&spec.geometry, side, limit);
    let (c, ct) = (build(Side::C)?, build(Side::Transposed)?);
    let mut pages = Vec::new();
    for matrix in [&c, &ct] {
        let view = MatrixView::new(matrix, spec.kind);
        let page = view.show_if_small()?;
        pages.push((view, page));
    }
    let both = pages.iter().all(|(_, page)| page.is_some());
    let mut text = String::new();
    for ((view, page), matrix) in pages.iter().zip([&c, &ct]) {
        match page {
            Some(page) if both => text.push_str(&format!("{}\n{}\n\n", view.summary(), page.trim_end())),
            _ => text.push_str(&format!("{}\n{}", view.summary(), how_to_print(matrix))),
        }
    }
    if !both {
        text.push('\n');
    }
    Ok(text)
}

/// The command that prints this matrix, where a spec says it.
fn how_to_print(matrix: &ConvMatrix) -> String {
    let geometry = matrix.geometry();
    let kind = if matrix.side() == Side::C { Kind::Conv } else { Kind::Tconv };
    if kind == Kind::Conv && geometry.axes().iter().any(|a| a.output_padding() >= a.stride()) {
        return format!("  {} is not the matrix of a convolution with these pads\n", symbol(Side::C));
    }
    format!("  convproof matrix {}\n", Spec { kind, geometry: geometry.clone() })
}

/// The formulations of `--formulations`, in the order of reports; all without it.
fn rivals(options: &Prove) -> Result<Vec<Box<dyn Formulation<Polynomial>>>, Error> {
    let mut all = formulation::all();
    let wanted: Vec<&str> = options.formulations.iter().map(|name| name.trim()).collect();
    let known: Vec<&str> = all.iter().map(|rival| rival.name()).collect();
    if let Some(unknown) = wanted.iter().find(|name| !known.contains(name)) {
        let problem = format!("'{unknown}' is no formulation; valid are {}", known.join(", "));
        return Err(RequestError::Option { option: "--formulations", problem }.into());
    }
    if !wanted.is_empty() {
        all.retain(|rival| wanted.contains(&rival.name()));
    }
    Ok(all)
}

/// The routes of `--route`: the formulations on indeterminates without it.
fn routes(word: Option<&str>) -> Result<Vec<Route>, Error> {
    match word.unwrap_or("formulations") {
        "all" => Ok(Route::ALL.to_vec()),
        word => Route::ALL.into_iter().find(|route| route.word() == word).map(|route| vec![route]).ok_or_else(|| {
            let problem = format!("'{word}' is no route; valid are formulations, matrices, per-axis, all");
            RequestError::Option { option: "--route", problem }.into()
        }),
    }
}

fn run_sweep(options: &Prove, json: bool, streams: &mut Streams<'_>) -> Result<u8, Error> {
    let family: Family = options.max.as_deref().unwrap_or_default().parse()?;
    let (routes, rivals) = (routes(options.route.as_deref())?, rivals(options)?);
    let name = family.to_string();
    let mut reports: Vec<SweepReport> = Vec::new();
    start_threads();
    for route in routes {
        streams.progress(&format!("{name} …"));
        let progress = |done| streams.progress(&format!("{name}: {done} geometries"));
        let (begin, limit) = (Instant::now(), options.max_products);
        let report = match route {
            Route::PerAxis => per_axis(&family, &rivals, limit, progress),
            Route::Matrices => by_matrices(&family, &constructions(), limit, progress),
            Route::Formulations => sweep(&family, &rivals, limit, progress),
        }?;
        streams.remark(&render::rate(&report, begin.elapsed()));
        reports.push(report);
    }
    let text = if json { render::sweep_json(&reports, &name) } else { render::sweeps(&reports, &name) };
    streams.report(options.output.output.as_deref(), json, &text)?;
    let words: Vec<&str> = reports.iter().flat_map(|report| &report.outcomes).map(|o| o.word()).collect();
    Ok(status(words.contains(&"differs"), words.iter().all(|w| *w == "same")))
}
