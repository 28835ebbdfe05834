//! One part of a run, so that several machines share it.
//!
//! A case belongs to part `1 + FNV-1a(name) mod n`, of the 64-bit hash of its name's UTF-8 bytes: to
//! one part, and to the same one whatever other cases there are.

use std::str::FromStr;

use crate::error::{Error, RequestError};

/// Part `k` of `n`.
///
/// ```
/// use convproof::verify::Shard;
/// let parts: Vec<Shard> = ["1/3", "2/3", "3/3"].iter().map(|text| text.parse().unwrap()).collect();
/// assert_eq!(parts.iter().filter(|part| part.takes("tconv i4 k3 forward f32")).count(), 1);
/// assert_eq!("0/3".parse::<Shard>().unwrap_err().rule(), "Q4");
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Shard {
    k: u32,
    n: u32,
}

impl Shard {
    /// Which part, from 1.
    pub fn k(self) -> u32 {
        self.k
    }

    /// Of how many.
    pub fn n(self) -> u32 {
        self.n
    }

    /// Whether the case of this name belongs to the part.
    pub fn takes(self, case: &str) -> bool {
        fingerprint(case.bytes()) % u64::from(self.n) == u64::from(self.k - 1)
    }
}

impl FromStr for Shard {
    type Err = Error;

    fn from_str(text: &str) -> Result<Shard, Error> {
        let number = |part: &str| part.parse().ok().filter(|_| part.bytes().all(|b| b.is_ascii_digit()));
        let read = text.split_once('/').and_then(|(k, n)| Some((number(k)?, number(n)?)));
        match read.filter(|(k, n)| (1..=*n).contains(k)) {
            Some((k, n)) => Ok(Shard { k, n }),
            None => {
                let problem = format!("'{text}'; write k/n with 1 ≤ k ≤ n, as 2/4");
                Err(RequestError::Option { option: "--shard", problem }.into())
            }
        }
    }
}

impl std::fmt::Display for Shard {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}/{}", self.k, self.n)
    }
}

/// FNV-1a of 64 bits.
pub(crate) fn fingerprint(bytes: impl IntoIterator<Item = u8>) -> u64 {
    bytes.into_iter().fold(0xcbf2_9ce4_8422_2325, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The published values of FNV-1a: which case belongs where must never change.
    #[test]
    fn the_hash_is_the_published_one() {
        for (text, hash) in
            [("", 0xcbf2_9ce4_8422_2325), ("a", 0xaf63_dc4c_8601_ec8c), ("foobar", 0x8594_4171_f739_67e8)]
        {
            assert_eq!(fingerprint(text.bytes()), hash, "{text}");
        }
    }

    #[test]
    fn every_case_is_in_one_part() {
        for n in [1, 2, 3, 7, 50] {
            let parts: Vec<Shard> = (1..=n).map(|k| Shard { k, n }).collect();
            for case in 0..200 {
                let name = format!("tconv i{case} k3 forward f32");
                assert_eq!(parts.iter().filter(|part| part.takes(&name)).count(), 1, "{name} of {n}");
            }
        }
        for wrong in ["", "1", "0/4", "5/4", "0/0", "1/0", "-1/4", "+1/4", "1/4/2", "a/b", "1/99999999999", " 1/4"] {
            assert_eq!(wrong.parse::<Shard>().unwrap_err().rule(), "Q4", "{wrong}");
        }
        assert_eq!("03/4".parse::<Shard>().unwrap().to_string(), "3/4");
    }
}
