//! One colour per tap that readers with any colour vision tell apart.
//!
//! Up to nine taps: the nine colours of Paul Tol's scheme "muted" ("Colour Schemes", SRON technical
//! note EPS/TN/09-002, 2021). More: even steps of a ramp whose lightness only grows, cividis
//! (J. Nuñez, C. Anderton, R. Renslow, PLOS ONE 13(7), 2018), between five of its colours.

use std::fmt;

use crate::scalar::Tap;

/// Red, green and blue; shown as `#cc6677`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Colour(u32);

const MUTED: [u32; 9] = [0xcc6677, 0x332288, 0xddcc77, 0x117733, 0x88ccee, 0x882255, 0x44aa99, 0x999933, 0xaa4499];

const CIVIDIS: [u32; 5] = [0x00224e, 0x434e6c, 0x7d7c78, 0xbcae6c, 0xfee838];

impl Colour {
    /// The colour of one of so many taps.
    pub(super) fn of(tap: Tap, taps: usize) -> Colour {
        if taps <= MUTED.len() {
            return Colour(MUTED[tap.index()]);
        }
        // Tap 0 is the first colour, the last tap the last; `taps` is more than 9.
        let (at, span) = (tap.index() * (CIVIDIS.len() - 1), taps - 1);
        let (step, part) = ((at / span).min(CIVIDIS.len() - 2), at - (at / span).min(CIVIDIS.len() - 2) * span);
        let (from, to) = (Colour(CIVIDIS[step]), Colour(CIVIDIS[step + 1]));
        let mixed = from.channels().into_iter().zip(to.channels()).map(|(from, to)| {
            let (from, to) = (u64::from(from), u64::from(to));
            (from * (span - part) as u64 + to * part as u64) / span as u64
        });
        Colour(mixed.fold(0, |colour, channel| colour << 8 | u32::try_from(channel).unwrap_or(0xff)))
    }

    /// Black or white, whichever is easier to read on it.
    pub(super) fn ink(self) -> &'static str {
        let [red, green, blue] = self.channels();
        // The luma of ITU-R BT.601 in thousandths.
        if 299 * red + 587 * green + 114 * blue > 120_000 { "#000" } else { "#fff" }
    }

    fn channels(self) -> [u32; 3] {
        [self.0 >> 16, self.0 >> 8 & 0xff, self.0 & 0xff]
    }
}

impl fmt::Display for Colour {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "#{:06x}", self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_ramp_begins_and_ends_with_its_ends() {
        for last in [9, 24, 26, 99_999] {
            let taps = last as usize + 1;
            assert_eq!(Colour::of(Tap(0), taps), Colour(CIVIDIS[0]));
            assert_eq!(Colour::of(Tap(last), taps), Colour(CIVIDIS[4]));
        }
        assert_eq!(Colour::of(Tap(12), 25), Colour(CIVIDIS[2]));
        assert_eq!(Colour::of(Tap(8), 9).to_string(), "#aa4499");
    }

    #[test]
    fn ink_is_told_from_its_ground() {
        let inks = MUTED.map(|colour| Colour(colour).ink());
        assert_eq!(inks, ["#000", "#fff", "#000", "#fff", "#000", "#fff", "#000", "#000", "#fff"]);
    }
}
