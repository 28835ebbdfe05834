//! The report of `shape`: sizes, the formulas that give them, what shares or repairs them.

use std::fmt::Write as _;

use super::json::Quoted;
use crate::geometry::formulas::{FormulaReport, Lengths, ShapeReport};
use crate::geometry::{Axis, Kind};

/// The sizes as text; with `all`, also the formulas that do not apply and what they need.
pub fn report(report: &ShapeReport, all: bool) -> String {
    let axes = report.spec.geometry.axes();
    let mut text = format!("{}: {} → {}\n", report.spec, shape(&report.input), shape(&report.output));
    let (own, other): (Vec<_>, Vec<_>) = report.formulas.iter().partition(|f| f.formula.operation == report.spec.kind);
    let about = |kind| match kind {
        Kind::Conv => "convolution",
        Kind::Tconv => "transposed convolution",
    };
    for (kind, formulas) in [(report.spec.kind, own), (opposite(report.spec.kind), other)] {
        let shown: Vec<&&FormulaReport> = formulas.iter().filter(|f| all || f.applies).collect();
        if shown.is_empty() {
            continue;
        }
        let _ = writeln!(
            text,
            "\n{} formulas{}:",
            about(kind),
            if kind == report.spec.kind { "" } else { " (the other way)" }
        );
        for f in shown {
            let _ = writeln!(text, "  {:4} {}", f.formula.id, f.text);
        }
    }
    let per_axis = |f: &dyn Fn(usize) -> String| {
        let mut all: Vec<String> = (0..axes.len()).map(f).collect();
        if all.windows(2).all(|pair| pair[0] == pair[1]) {
            all.truncate(1);
        }
        all.join(" × ")
    };
    let placements = |axis: &Axis| match report.spec.kind {
        Kind::Conv => axis.input() + axis.output_padding() / axis.stride(),
        Kind::Tconv => axis.input(),
    };
    let _ = writeln!(
        text,
        "\ninputs that a convolution with this window takes to {}: {}",
        per_axis(&|n| placements(&axes[n]).to_string()),
        per_axis(&|n| lengths(report.same_output_inputs[n])),
    );
    let _ = writeln!(
        text,
        "output padding that brings {} back exactly: {}",
        per_axis(&|n| axes[n].output().to_string()),
        per_axis(&|n| format!("a = {}", report.repairing_a[n])),
    );
    text
}

/// The sizes as the JSON document of `shape`.
pub fn report_json(report: &ShapeReport) -> String {
    let list = |values: Vec<String>| format!("[{}]", values.join(","));
    let sizes = |values: &[usize]| list(values.iter().map(usize::to_string).collect());
    let formulas: Vec<String> = report
        .formulas
        .iter()
        .map(|f| {
            let value = f.value.iter().map(|v| v.map_or("null".to_owned(), |v| v.to_string())).collect();
            format!(
                "{{\"id\":{},\"applies\":{},\"text\":{},\"value\":{}}}",
                Quoted(f.formula.id),
                f.applies,
                Quoted(&f.text),
                list(value)
            )
        })
        .collect();
    let same = report.same_output_inputs.iter().map(|l| lengths_json(*l)).collect();
    format!(
        "{{\"format\":1,\"spec\":{},\"kind\":{},\"input\":{},\"output\":{},\"formulas\":[\n{}\n],\"same_output_inputs\":{},\"repairing_a\":{}}}\n",
        Quoted(&report.spec.to_string()),
        Quoted(report.spec.kind.word()),
        sizes(&report.input),
        sizes(&report.output),
        formulas.join(",\n"),
        list(same),
        list(report.repairing_a.iter().map(i64::to_string).collect()),
    )
}

/// All lengths, or null where there are more than a document should hold: never a part of them.
fn lengths_json(lengths: Lengths) -> String {
    const MOST: i64 = 1 << 16;
    if lengths.count() > MOST {
        return "null".to_owned();
    }
    let all: Vec<String> = (lengths.first..=lengths.last).map(|n| n.to_string()).collect();
    format!("[{}]", all.join(","))
}

/// `2×2`, with samples and channels in front where there are more than one.
pub(super) fn shape(shape: &[usize]) -> String {
    let positions = shape[2..].iter().map(usize::to_string).collect::<Vec<_>>().join("×");
    match (shape[0], shape[1]) {
        (1, 1) => positions,
        (1, c) => format!("{c} channels of {positions}"),
        (n, c) => format!("{n} samples of {c} channels of {positions}"),
    }
}

fn opposite(kind: Kind) -> Kind {
    match kind {
        Kind::Conv => Kind::Tconv,
        Kind::Tconv => Kind::Conv,
    }
}

fn lengths(lengths: Lengths) -> String {
    match lengths.count() {
        0 => "none".to_owned(),
        1 => lengths.first.to_string(),
        2 => format!("{}, {}", lengths.first, lengths.last),
        _ => format!("{} … {}", lengths.first, lengths.last),
    }
}
