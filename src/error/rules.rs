//! The register of rules: what `convproof explain ID` prints about an error.
//!
//! Every id that an [`Error`](crate::Error) can carry stands here once, except the rules of a
//! single framework, which its dialect registers itself.

/// A rule that an error names.
///
/// ```
/// let error = "tconv i3 k3 p3".parse::<convproof::Spec>().unwrap_err();
/// let rule = convproof::error::rules::find(error.rule()).unwrap();
/// assert_eq!(rule.statement, "at least one output position remains on every axis");
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rule {
    /// `G5`: the letter of the topic and a number.
    pub id: &'static str,
    /// What must hold.
    pub statement: &'static str,
    /// What would be valid, or what to do.
    pub valid: &'static str,
    /// Something that breaks the rule.
    pub example: &'static str,
}

/// The rule of this id, in any case.
pub fn find(id: &str) -> Option<&'static Rule> {
    RULES.iter().find(|rule| rule.id.eq_ignore_ascii_case(id))
}

/// All rules, by topic: geometry, spec, limits, numbers, data, meaning, requests, programs.
pub static RULES: &[Rule] = &[
    Rule {
        id: "G1",
        statement: "a geometry has at least one axis, and every per-axis list one entry per axis",
        valid: "give as many entries as there are axes",
        example: "a geometry without an axis",
    },
    Rule {
        id: "G2",
        statement: "input, kernel, stride and dilation are at least 1 on every axis",
        valid: "1 or more; stride 1 and dilation 1 are the ordinary case",
        example: "a stride of 0",
    },
    Rule {
        id: "G3",
        statement: "batch, channels and groups are at least 1",
        valid: "1 or more",
        example: "0 input channels",
    },
    Rule {
        id: "G4",
        statement: "the groups divide both channel counts",
        valid: "a common divisor of both channel counts; as many groups as channels is depthwise",
        example: "tconv i4 k3 c3:2 g2",
    },
    Rule {
        id: "G5",
        statement: "at least one output position remains on every axis",
        valid: "p_begin + p_end ≤ s(input − 1) + d(kernel − 1) + a: smaller pads, or a longer input",
        example: "tconv i3 k3 p3",
    },
    Rule {
        id: "G6",
        statement: "the kernel of a convolution fits into its padded input at least once",
        valid: "d(kernel − 1) + 1 ≤ length + p_begin + p_end: a shorter kernel, or more padding",
        example: "conv i2 k3",
    },
    Rule {
        id: "G7",
        statement: "all positions of an axis stay below 2^62, so that sums of them are exact",
        valid: "pads, stride, dilation, a and s(input − 1) + d(kernel − 1) below 2^60",
        example: "tconv i2 k2 s9000000000000000000",
    },
    Rule {
        id: "G8",
        statement: "input, output and weight have fewer than 2^62 cells each",
        valid: "smaller lengths, channels or batch; a map acts alike on every sample and group",
        example: "tconv i3000000000x3000000000 k1",
    },
    Rule {
        id: "G9",
        statement: "the output padding is at least 0",
        valid: "0 or more; to shorten the output at its end, raise the end padding",
        example: "an output padding of -1",
    },
    Rule {
        id: "G10",
        statement: "a geometry has at most 32 axes",
        valid: "fewer axes; axes of length 1 can be left out",
        example: "a spec whose input has 33 lengths",
    },
    Rule {
        id: "S1",
        statement: "a spec begins with the operation: conv or tconv, in lower case",
        valid: "conv i4x4 k3x3, or tconv i2x2 k3x3",
        example: "deconv i4x4 k3x3",
    },
    Rule {
        id: "S2",
        statement: "each token is one of the letters i k s p a d c g n, followed by its numbers",
        valid: "tconv i4x4 k3x3 s2 p1 a1 d1 c3:8 g1 n1",
        example: "tconv i4 k3 S2",
    },
    Rule {
        id: "S3",
        statement: "each token stands at most once",
        valid: "one token with an entry per axis: s2x1",
        example: "tconv i4 k3 s2 s1",
    },
    Rule {
        id: "S4",
        statement: "i and k are given; a only with tconv",
        valid: "conv i6 k3 s2 (its a is N mod s), or tconv i3 k3 s2 a1",
        example: "conv i6 k3 s2 a1",
    },
    Rule {
        id: "S5",
        statement: "entries are decimal whole numbers of at least 1; a from 0, pads with a sign; p B:E, c IN:OUT",
        valid: "i4x4, p1:2x0:-1, a0x1, c3:8",
        example: "tconv i4 k3 p1.5",
    },
    Rule {
        id: "S6",
        statement: "a token has one entry, or as many as the token with the most",
        valid: "one entry for every axis, or one that means all axes",
        example: "tconv i4x4x4 k3x3",
    },
    Rule {
        id: "L1",
        statement: "a stored matrix has at most as many entries as the limit allows",
        valid: "raise --max-entries, or ask for a smaller geometry: one channel shows the same structure",
        example: "the matrix of conv i4096x4096 k9x9",
    },
    Rule {
        id: "L2",
        statement: "rows, columns, taps and entries of a stored matrix fit the indices that it uses",
        valid: "a smaller geometry; a matrix is walked by rows without being stored",
        example: "32-bit indices for 2^33 columns",
    },
    Rule {
        id: "L3",
        statement: "a tensor or a buffer has at most as many cells as the limit allows",
        valid: "a smaller geometry",
        example: "the stretched input of tconv i2x2x2 k2x2x2 s100000",
    },
    Rule {
        id: "L4",
        statement: "a comparison has at most as many products as the limit allows, a formulation at most 16 steps for each; a recorded case is a comparison too",
        valid: "raise --max-products, or ask for a smaller geometry",
        example: "tconv i512x512 k9x9 c512:512",
    },
    Rule {
        id: "L5",
        statement: "what is printed as a page has at most as many cells as the limit allows",
        valid: "raise --max-cells, draw it with --format svg, or list its entries: mtx, json, npz; of steps: --frame N, or a smaller geometry",
        example: "convproof matrix conv i512x512 k3x3 --format latex",
    },
    Rule {
        id: "L6",
        statement: "a composition has at most 2^18 products of entries",
        valid: "fewer or smaller stages, or numbers for taps: w=1,2,1",
        example: "convproof structure tconv i32x32 k9x9 s2 then conv k9x9",
    },
    Rule {
        id: "N1",
        statement: "a number is written as an integer, a fraction or a decimal",
        valid: "3, -1/3, 0.125 or 1e-3",
        example: "1,5",
    },
    Rule { id: "N2", statement: "a fraction has a denominator other than 0", valid: "1/3", example: "1/0" },
    Rule {
        id: "N3",
        statement: "digits and exponents stay within the stated limit",
        valid: "a shorter number",
        example: "1e999999999",
    },
    Rule { id: "N4", statement: "exact values are finite", valid: "a rational number", example: "NaN" },
    Rule {
        id: "N5",
        statement: "a value asked for in an element type is exactly one of its values",
        valid: "judge the result against its bound, or take values that the type holds",
        example: "1/3 as an f32",
    },
    Rule {
        id: "F1",
        statement: "the system reads and writes the file",
        valid: "a path that exists, with permission to use it",
        example: "a file that is not there",
    },
    Rule {
        id: "F2",
        statement: "a file is what its suffix says",
        valid: "a file of that kind, complete",
        example: "an .npy file without its magic bytes",
    },
    Rule {
        id: "F3",
        statement: "the sizes that a file declares fit the file and the limit",
        valid: "a file as long as it declares",
        example: "a header that declares 2^60 bytes",
    },
    Rule {
        id: "F4",
        statement: "elements are of a supported type",
        valid: "convert the tensor to a type that the message lists",
        example: "an .npy file of complex numbers",
    },
    Rule {
        id: "F5",
        statement: "a file holds the arrays and fields that are asked for",
        valid: "one of the names that the message lists",
        example: "x.npz:weight where x.npz holds only w",
    },
    Rule {
        id: "F6",
        statement: "the suffix tells the kind of a file, and this build reads that kind",
        valid: "a suffix that the message lists, or a build with the feature for it",
        example: "x.pt",
    },
    Rule {
        id: "M1",
        statement: "every tensor has the shape that the geometry gives it",
        valid: "the shape in the message, in the layout of the file",
        example: "a weight [2, 3, 3] for tconv i4x4 k3x3",
    },
    Rule {
        id: "M2",
        statement: "a stated field agrees with what the attributes mean",
        valid: "correct the field or the attribute, or leave the field out",
        example: "an output shape that the strides and pads do not give",
    },
    Rule {
        id: "M3",
        statement: "a layout names every axis of its tensor once, in letters that are known",
        valid: "NCS or NSC for x and y, IoS or SOI for w",
        example: "--layout x=NHWC",
    },
    Rule {
        id: "M4",
        statement: "an attribute is one that the operation has",
        valid: "an attribute that the message lists",
        example: "stride for ONNX's strides",
    },
    Rule {
        id: "M5",
        statement: "an attribute has its type and length",
        valid: "the type and length in the message",
        example: "strides=[2] on two axes",
    },
    Rule {
        id: "M6",
        statement: "a framework or operation has a dialect here",
        valid: "a name that the message lists",
        example: "--dialect tourch",
    },
    Rule {
        id: "M7",
        statement: "inputs hold finite numbers, so that there is an exact result",
        valid: "replace NaN and infinities, or judge another case",
        example: "an x with NaN in it",
    },
    Rule {
        id: "Q1",
        statement: "a weight has exactly as many values as the geometry has taps",
        valid: "the number of values in the message, or 1..N for that many",
        example: "convproof matrix conv i4 k3 --weight '1 2'",
    },
    Rule {
        id: "Q2",
        statement: "a slice has exactly as many elements as its tensor",
        valid: "the number of elements in the message, row-major",
        example: "3 elements for an x of shape [1, 1, 2, 2]",
    },
    Rule {
        id: "Q3",
        statement: "an id is registered",
        valid: "what the message suggests",
        example: "convproof explain G99",
    },
    Rule {
        id: "Q4",
        statement: "options can be read and go together",
        valid: "what the message says",
        example: "--max i=",
    },
    Rule {
        id: "Q5",
        statement: "there is something to judge",
        valid: "a path with at least one case",
        example: "convproof verify on an empty folder",
    },
    Rule {
        id: "Q6",
        statement: "the documents that are merged are the parts of one run, each once",
        valid: "the JSON documents of verify --shard 1/N to N/N, asked alike by one version",
        example: "convproof merge part1.json part1.json",
    },
    Rule {
        id: "A1",
        statement: "the text of a loop nest can be read",
        valid: "the first line 'nest NAME: …', then lines of size, assume, gcd, let, loop, divide, where, claim, index, length; 'add y[o] += x[i]*w[t]'; 'inverse …' for every variable",
        example: "prove --nest tests/nests/broken.nest",
    },
    Rule {
        id: "A2",
        statement: "certificates can be read, and are those of the theorems: each sequent once, in order",
        valid: "the certificates of this version; prove --all-sizes --search makes them anew",
        example: "a text that was cut off",
    },
    Rule {
        id: "P1",
        statement: "the command of a subject is words as a POSIX shell splits them, at least one",
        valid: "a program and its arguments, with both ends of every quote: './kernel --fast'",
        example: "--subject \"./kernel 'fast\"",
    },
    Rule {
        id: "P2",
        statement: "the program of a subject can be started",
        valid: "a program that exists and may be run; ./name for one in this folder",
        example: "--subject ./no-such-program",
    },
];

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;

    /// The ids that the `rule()` of each topic returns: the string literals of its arms.
    fn ids_in_sources() -> Vec<&'static str> {
        let sources = [
            include_str!("geometry.rs"),
            include_str!("spec.rs"),
            include_str!("limit.rs"),
            include_str!("number.rs"),
            include_str!("data.rs"),
            include_str!("meaning.rs"),
            include_str!("nest.rs"),
            include_str!("request.rs"),
            include_str!("program.rs"),
        ];
        let arms = sources.into_iter().flat_map(|source| {
            let (_, after) = source.split_once("fn rule(").expect("every topic has rule()");
            after.split("\n    }").next().unwrap_or_default().lines()
        });
        arms.filter_map(|arm| arm.split_once("=> \"")?.1.split('"').next()).collect()
    }

    #[test]
    fn every_id_is_registered_once_and_every_registered_id_is_used() {
        let mut seen = BTreeMap::<&str, (usize, usize)>::new();
        for id in ids_in_sources() {
            seen.entry(id).or_default().0 += 1;
        }
        for rule in RULES {
            seen.entry(rule.id).or_default().1 += 1;
        }
        assert!(seen.values().all(|&counts| counts == (1, 1)), "(in sources, in register): {seen:?}");
        assert_eq!(seen.len(), 10 + 6 + 6 + 5 + 6 + 7 + 6 + 2 + 2);
    }

    #[test]
    fn ids_are_found_in_any_case() {
        assert_eq!(find("g5"), find("G5"));
        assert!(find("G5").is_some() && find("G55").is_none() && find("").is_none());
    }

    #[test]
    fn an_example_that_is_a_spec_breaks_its_rule() {
        let is_spec = |rule: &&Rule| rule.id.starts_with(['G', 'S']) && rule.example.contains("conv ");
        let written = RULES.iter().filter(is_spec);
        let broken = written.map(|rule| {
            let error = rule.example.parse::<crate::Spec>().expect_err(rule.example);
            assert_eq!(error.rule(), rule.id, "{error}");
        });
        assert_eq!(broken.count(), 11);
    }
}
