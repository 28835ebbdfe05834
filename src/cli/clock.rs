//! How far a large case is, and how long it will take: the line that stands on the terminal.
//!
//! ```text
//! layer.json: 1.2·10⁹ products
//! layer.json: 41 % of 1.2·10⁹ products, about 3 s left
//! ```
//!
//! The estimate is `elapsed·(rest/done)`: parts of a map are about equally large.

use std::time::{Duration, Instant};

use super::streams::Streams;
use crate::verify::Progress;

/// When the task began that is shown.
#[derive(Debug, Default)]
pub(super) struct Clock {
    began: Option<Instant>,
}

/// Fewer products than this are done before a line could be read.
const SHOWN: i128 = 1 << 20;

impl Clock {
    /// Shows the progress of a large case, on a terminal only.
    pub fn show(&mut self, case: &str, progress: Progress, streams: &mut Streams<'_>) {
        if progress.done == 0 {
            self.began = Some(Instant::now());
        }
        if progress.products >= SHOWN {
            let elapsed = self.began.map_or(Duration::ZERO, |began| began.elapsed());
            streams.progress(&line(case, progress, elapsed));
        }
    }
}

fn line(case: &str, progress: Progress, elapsed: Duration) -> String {
    let Progress { task, done, products, .. } = progress;
    // The end of a path says more than its beginning.
    let short: String = match case.chars().count() {
        ..=32 => case.to_owned(),
        count => ['…'].into_iter().chain(case.chars().skip(count - 31)).collect(),
    };
    let task = if task == "judging" { String::new() } else { format!("{task}: ") };
    let count = count(products);
    if done == 0 {
        return format!("{short}: {task}{count} products");
    }
    let percent = 100 * done / products;
    let left = elapsed.as_millis().saturating_mul((products - done).unsigned_abs()) / done.unsigned_abs();
    let left = if done < products { format!(", about {} s left", left.div_ceil(1000)) } else { String::new() };
    format!("{short}: {task}{percent} % of {count} products{left}")
}

/// `1.2·10⁹`; two digits, rounded to the nearest.
fn count(products: i128) -> String {
    let mut power = products.max(10).ilog10();
    let unit = 10i128.pow(power - 1);
    let mut tenths = (products + unit / 2) / unit;
    if tenths == 100 {
        (tenths, power) = (10, power + 1);
    }
    const RAISED: [char; 10] = ['⁰', '¹', '²', '³', '⁴', '⁵', '⁶', '⁷', '⁸', '⁹'];
    let raised: String = power.to_string().bytes().map(|b| RAISED[usize::from(b - b'0')]).collect();
    format!("{}.{}·10{raised}", tenths / 10, tenths % 10)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn large_numbers_are_short() {
        for (products, shown) in [
            (1_048_576, "1.0·10⁶"),
            (1_250_000_000, "1.3·10⁹"),
            (9_940_000, "9.9·10⁶"),
            (9_960_000, "1.0·10⁷"),
            (123_456_789_012, "1.2·10¹¹"),
        ] {
            assert_eq!(count(products), shown);
        }
    }
}
