//! `probes.h`: all questions as a table in C, for a test bench that reads no JSON.

use std::fmt::Write as _;

use super::{FileFormat, ProbeSet, folder_name};
use crate::data::ElementType;
use crate::geometry::{Axis, Kind};

pub(super) const NAME: &str = "probes.h";

/// The header; it is C89, and C++.
pub(super) fn text(set: &ProbeSet) -> String {
    let mut rows = String::new();
    let (mut most_axes, mut most_rank) = (1, 1);
    for number in 0..set.len() {
        let (row, axes, rank) = row(set, number);
        (most_axes, most_rank) = (most_axes.max(axes), most_rank.max(rank));
        rows.push_str(&row);
    }
    format!(
        "\
/* The questions of this folder, for raw files: little-endian, last axis innermost.
   y is what is expected: put that many bytes into its file. */
#ifndef CONVPROOF_PROBES_H
#define CONVPROOF_PROBES_H

#define CONVPROOF_PROBES {count}

struct convproof_array {{
    const char *file; /* 0 where there is none */
    const char *dtype;
    unsigned long bytes;
    int rank;
    long shape[{most_rank}];
}};

struct convproof_probe {{
    const char *id;
    const char *op;   /* tconv, conv */
    const char *role; /* forward, input-gradient, weight-gradient, bias-gradient */
    long groups;
    int axes;
    long stride[{most_axes}], dilation[{most_axes}], pad_begin[{most_axes}], pad_end[{most_axes}], \
output_padding[{most_axes}];
    struct convproof_array x, w, b, g, y;
}};

static const struct convproof_probe convproof_probes[CONVPROOF_PROBES] = {{
{rows}}};

#endif
",
        count = set.len()
    )
}

/// One question with its number of axes and its highest rank.
fn row(set: &ProbeSet, number: usize) -> (String, usize, usize) {
    let probe = &set.probes[number];
    let (spec, folder) = (&probe.request.spec, folder_name(number));
    let g = &spec.geometry;
    let list = |value: &dyn Fn(&Axis) -> i64| braced(g.axes().iter().map(value));
    let is_conv = spec.kind == Kind::Conv;
    let mut row = format!(
        "    {{\"{folder}\", \"{}\", \"{}\", {}, {}, {}, {}, {}, {}, {},\n",
        spec.kind.word(),
        probe.request.role.name(),
        g.groups(),
        g.axes().len(),
        list(&Axis::stride),
        list(&Axis::dilation),
        list(&|a| a.padding().begin),
        list(&|a| a.padding().end),
        list(&|a| if is_conv { 0 } else { a.output_padding() }),
    );
    let operands = set.operands(probe);
    let wanted = set.wanted(probe);
    let mut rank = wanted.shape.len();
    for name in ["x", "w", "b", "g"] {
        match operands.iter().find(|(operand, _)| *operand == name) {
            None => row.push_str("     {0, 0, 0, 0, {0}},\n"),
            Some((_, held)) => {
                rank = rank.max(held.shape().len());
                let _ = writeln!(row, "     {},", array(&folder, name, held.element_type(), held.shape()));
            }
        }
    }
    let _ = writeln!(row, "     {}}},", array(&folder, "y", wanted.element, &wanted.shape));
    (row, g.axes().len(), rank)
}

fn array(folder: &str, name: &str, element: ElementType, shape: &[usize]) -> String {
    let bytes = element.size() * shape.iter().product::<usize>();
    let file = FileFormat::Raw.path(name, &[]);
    // A scalar has no lengths, and C no empty list.
    let lengths = if shape.is_empty() { "{0}".to_owned() } else { braced(shape.iter()) };
    format!("{{\"{folder}/{file}\", \"{}\", {bytes}, {}, {lengths}}}", element.name(), shape.len())
}

fn braced<T: std::fmt::Display>(numbers: impl Iterator<Item = T>) -> String {
    let all: Vec<String> = numbers.map(|n| n.to_string()).collect();
    format!("{{{}}}", all.join(", "))
}
