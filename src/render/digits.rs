//! Lines that are mostly whole numbers, without the machinery of `format!`: sparse formats are such.

use std::fmt;

use super::Out;

/// Bytes that are gathered before they go out.
const GATHERED: usize = 1 << 16;

/// Text that goes out in large pieces.
pub(super) struct Lines<'o> {
    out: Out<'o>,
    pub(super) text: Vec<u8>,
}

impl<'o> Lines<'o> {
    pub(super) fn new(out: &'o mut (dyn fmt::Write + '_)) -> Self {
        Lines { out, text: Vec::with_capacity(GATHERED) }
    }

    /// Appends a number in decimal.
    pub(super) fn number(&mut self, number: usize) {
        push(&mut self.text, number);
    }

    pub(super) fn flush_if_long(&mut self) -> fmt::Result {
        if self.text.len() < GATHERED { Ok(()) } else { self.flush() }
    }

    pub(super) fn flush(&mut self) -> fmt::Result {
        self.out.write_str(std::str::from_utf8(&self.text).map_err(|_| fmt::Error)?)?;
        self.text.clear();
        Ok(())
    }
}

fn push(text: &mut Vec<u8>, mut number: usize) {
    let mut digits = [0u8; 20];
    let mut at = digits.len();
    loop {
        at -= 1;
        digits[at] = DIGITS[number % 10];
        number /= 10;
        if number == 0 {
            break;
        }
    }
    text.extend_from_slice(&digits[at..]);
}

const DIGITS: [u8; 10] = *b"0123456789";

#[cfg(test)]
mod tests {
    #[test]
    fn digits_are_those_of_display() {
        for number in [0, 7, 10, 99, 100, 65_536, 1 << 40, usize::MAX] {
            let mut text = b"n".to_vec();
            super::push(&mut text, number);
            assert_eq!(text, format!("n{number}").into_bytes());
        }
    }
}
