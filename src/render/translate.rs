//! The report of `translate`: the call elsewhere, what to do with the arrays, or why there is none.

use std::fmt::Write as _;

use super::json::Quoted;
use crate::dialect::Lowered;
use crate::error::Error;
use crate::geometry::Kind;
use crate::translate::{Inexpressible, Lines, Nearest, Translation, lines};

/// One translation in full.
///
/// # Errors
/// As [`lines`].
pub fn one(call: &str, from: &Lowered, translation: &Translation) -> Result<String, Error> {
    let mut text = format!("{call}\n  is       {}\n", from.spec);
    if let Err((why, _)) = &translation.found {
        let _ = writeln!(text, "{} cannot say this: {}", translation.to.name, reasons(why));
    }
    let Some(raised) = translation.raised() else { return Ok(text) };
    let lines = lines(from, translation)?.expect("a call that was found");
    let (head, crop) = match &translation.found {
        Ok(_) => ("as       ", false),
        Err(_) => ("nearest  ", true),
    };
    let _ = writeln!(text, "  {head}{}", raised.words);
    let _ = writeln!(text, "  with     x = {}", lines.x);
    let _ = writeln!(text, "           w = {}", lines.w);
    let _ = writeln!(text, "  gives    y = {}", lines.y);
    for remark in &raised.lowered.remarks {
        let _ = writeln!(text, "  remark   {remark}");
    }
    let _ = writeln!(text, "{}", proved(from, &lines, crop));
    Ok(text)
}

fn proved(from: &Lowered, lines: &Lines, crop: bool) -> String {
    let what = if crop { "with these lines both mean the same matrix" } else { "both calls mean the same matrix" };
    let entries = match from.spec.geometry.products() {
        1 => "1 entry".to_owned(),
        n => format!("{n} entries"),
    };
    let weight =
        if lines.weight_checked { "" } else { "; the line for w was not carried out, the weight is too large" };
    format!("proved: {what}, {entries} for every weight and input{weight}")
}

fn reasons(why: &Inexpressible) -> String {
    why.reasons.first().cloned().unwrap_or_else(|| "it has no words for it".to_owned())
}

/// A line for each dialect.
pub fn table(call: &str, from: &Lowered, translations: &[Translation]) -> String {
    let mut text = format!("{call}\n  is {}\n\n", from.spec);
    let width = translations.iter().map(|t| t.to.name.len()).max().unwrap_or(0);
    for translation in translations {
        let said = match &translation.found {
            Ok(raised) => raised.words.to_string(),
            Err((_, Some(Nearest { raised, crop, .. }))) => {
                let crop: Vec<String> = crop.iter().map(|(b, e)| format!("{b}:{e}")).collect();
                match from.spec.kind {
                    Kind::Tconv => format!("- nearest, then cut {} of y: {}", crop.join("x"), raised.words),
                    Kind::Conv => format!("- nearest, with {} added to x: {}", crop.join("x"), raised.words),
                }
            }
            Err((why, None)) => format!("- {}", reasons(why)),
        };
        // The dialect's name is the call's first word, and stands in the first column.
        let name = translation.to.name;
        let said = said.strip_prefix(name).map_or(said.clone(), |rest| rest.trim_start().to_owned());
        let _ = writeln!(text, "  {:width$}  {said}", name);
    }
    text
}

/// All translations as one JSON document.
///
/// # Errors
/// As [`lines`].
pub fn json(call: &str, from: &Lowered, translations: &[Translation]) -> Result<String, Error> {
    let mut all = Vec::new();
    for translation in translations {
        let lines = lines(from, translation)?;
        let quoted = |text: Option<String>| text.map_or("null".to_owned(), |t| Quoted(&t).to_string());
        let (reasons, crop) = match &translation.found {
            Ok(_) => (Vec::new(), None),
            Err((why, nearest)) => (why.reasons.clone(), nearest.as_ref().map(|n| n.crop.clone())),
        };
        let reasons: Vec<String> = reasons.iter().map(|r| Quoted(r).to_string()).collect();
        let crop = crop.map_or("null".to_owned(), |crop| {
            let pairs: Vec<String> = crop.iter().map(|(b, e)| format!("[{b},{e}]")).collect();
            format!("[{}]", pairs.join(","))
        });
        all.push(format!(
            "{{\"dialect\":{},\"expressible\":{},\"call\":{},\"spec\":{},\"crop\":{crop},\"x\":{},\"w\":{},\"y\":{},\"reasons\":[{}]}}",
            Quoted(translation.to.name),
            translation.found.is_ok(),
            quoted(translation.raised().map(|r| r.words.to_string())),
            quoted(translation.raised().map(|r| r.lowered.spec.to_string())),
            quoted(lines.as_ref().map(|l| l.x.clone())),
            quoted(lines.as_ref().map(|l| l.w.clone())),
            quoted(lines.as_ref().map(|l| l.y.clone())),
            reasons.join(","),
        ));
    }
    let (call, spec) = (Quoted(call).to_string(), Quoted(&from.spec.to_string()).to_string());
    Ok(format!("{{\"format\":1,\"call\":{call},\"spec\":{spec},\"translations\":[\n{}\n]}}\n", all.join(",\n")))
}
