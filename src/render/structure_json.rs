//! The report of `structure` as JSON.

use super::json::Quoted;
use crate::geometry::Spec;
use crate::scalar::{Rational, show_rational};
use crate::structure::{AxisCoverage, Known, Spread, Structure};

/// A left inverse as JSON.
pub fn inverse(spec: &Spec, rows: &[Vec<Rational>]) -> String {
    let row = |row: &Vec<Rational>| {
        let cells: Vec<String> = row.iter().map(|v| Quoted(&show_rational(v)).to_string()).collect();
        format!("[{}]", cells.join(","))
    };
    let rows: Vec<String> = rows.iter().map(row).collect();
    format!("{{\"format\":1,\"spec\":{},\"left_inverse\":[\n{}\n]}}\n", Quoted(&spec.to_string()), rows.join(",\n"))
}

/// The report as the JSON document of `structure`; what was not counted is null.
pub fn report(found: &Structure) -> String {
    fn or_null<T>(value: Option<T>, shown: impl Fn(T) -> String) -> String {
        value.map_or("null".to_owned(), shown)
    }
    let list = |all: Vec<String>| format!("[{}]", all.join(","));
    let spread = |s: Spread| format!("{{\"least\":{},\"most\":{},\"empty\":{}}}", s.least, s.most, s.empty);
    let counts = |all: &Option<Vec<u64>>| or_null(all.as_ref(), |all| format!("{all:?}"));
    let axis = |c: &AxisCoverage| {
        format!(
            "{{\"residues\":{},\"even\":{},\"inside\":{},\"outputs\":{},\"inputs\":{}}}",
            counts(&c.residues),
            c.even,
            c.inside,
            counts(&c.outputs),
            counts(&c.inputs)
        )
    };
    let numbers = |all: &[Rational]| list(all.iter().map(|v| Quoted(&show_rational(v)).to_string()).collect());
    let phases = or_null(found.phases.as_ref(), |p| {
        let sums = or_null(p.sums.as_ref(), |all| list(all.iter().map(|pair| numbers(pair)).collect()));
        let equal = or_null(p.are_equal(), |equal| equal.to_string());
        format!("{{\"strides\":{:?},\"taps\":{:?},\"sums\":{sums},\"equal\":{equal}}}", p.strides, p.taps)
    });
    let undone = &found.undone;
    let known = match undone.known {
        Known::Exactly => "exactly",
        Known::AlmostEvery => "almost every weight",
        Known::Between => "between",
        Known::GaveUp => "gave up",
    };
    let undone = format!(
        "{{\"rank\":{},\"most\":{},\"known\":\"{known}\",\"always_injective\":{},\"determinant\":{},\"null_vector\":{}}}",
        undone.rank,
        undone.most,
        undone.always_injective,
        or_null(undone.determinant.as_ref(), |d| Quoted(&show_rational(d)).to_string()),
        or_null(undone.null_vector.as_ref(), |v| list(v.iter().map(|n| Quoted(&n.to_string()).to_string()).collect())),
    );
    let stretched =
        found.stretched.iter().map(|s| format!("{{\"length\":{},\"begin\":{},\"end\":{}}}", s.length, s.begin, s.end));
    let costs = found.costs.iter().map(|c| format!("{{\"name\":{},\"steps\":{}}}", Quoted(&c.name), c.steps));
    let interpolations = found
        .interpolations
        .iter()
        .map(|i| format!("{{\"method\":{},\"rows\":{},\"others\":{:?}}}", Quoted(i.method.word()), i.rows, i.others));
    format!(
        "{{\"format\":1,\"spec\":{},\"rows\":{},\"cols\":{},\"nnz\":{},\"per_row\":{},\"per_col\":{},\n\"coverage\":{},\n\"phases\":{phases},\n\"undone\":{undone},\n\"stretched\":{},\n\"costs\":{},\n\"interpolations\":{}}}\n",
        Quoted(&found.spec.to_string()),
        found.rows,
        found.cols,
        found.entries,
        or_null(found.per_row, spread),
        or_null(found.per_col, spread),
        list(found.coverage.iter().map(axis).collect()),
        list(stretched.collect()),
        list(costs.collect()),
        list(interpolations.collect()),
    )
}
