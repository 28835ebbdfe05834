//! Bags of products `x_i·w_t`: sums of them with positive whole coefficients.
//!
//! Example: `x_1·w_2 + x_0·w_0 + x_1·w_2` is the bag of `(1, 2)`, `(0, 0)` and `(1, 2)`. A push costs
//! a few nanoseconds: the first products are kept in place, and a pair of small indices takes 16 or
//! 32 bits.

/// Products of indices below 2^8 that are kept in place: 32 bytes in all.
const TINY: usize = 15;

/// Products of indices below 2^16 that are kept in place: 32 bytes in all.
const FEW: usize = 7;

/// Products on the heap when there are more at first: 112 bytes, which allocators hand out fast.
const MORE: usize = 28;

/// A bag of pairs `(i, t)` in the order in which they were added: multiplicity is the coefficient.
///
/// The form is the first that has a place for all: equal bags have equal forms. What is not held
/// is 0.
#[derive(Debug, Clone)]
pub(super) enum Bag {
    /// At most [`TINY`], all indices below 2^8.
    Tiny(u8, [u16; TINY]),
    /// At most [`FEW`], all indices below 2^16.
    Few(u8, [u32; FEW]),
    /// All indices below 2^16.
    Many(Vec<u32>),
    /// Some index is 2^16 or more.
    Wide(Vec<u64>),
}

impl Bag {
    pub(super) const EMPTY: Bag = Bag::Tiny(0, [0; TINY]);

    #[inline]
    pub(super) fn is_empty(&self) -> bool {
        matches!(self, Bag::Tiny(0, _))
    }

    /// Adds `x_i·w_t`.
    #[inline]
    pub(super) fn push(&mut self, i: u32, t: u32) {
        match self {
            Bag::Tiny(count, keys) if usize::from(*count) < TINY => {
                if let Some(key) = pack_tiny(i, t) {
                    keys[usize::from(*count)] = key;
                    *count += 1;
                    return;
                }
            }
            Bag::Few(count, keys) if usize::from(*count) < FEW => {
                if let Some(key) = pack(i, t) {
                    keys[usize::from(*count)] = key;
                    *count += 1;
                    return;
                }
            }
            Bag::Many(keys) => {
                if let Some(key) = pack(i, t) {
                    return keys.push(key);
                }
            }
            _ => {}
        }
        self.push_beyond(i, t);
    }

    /// Adds what the present form has no place for.
    #[cold]
    fn push_beyond(&mut self, i: u32, t: u32) {
        if let Bag::Wide(keys) = self {
            return keys.push(pack_wide(i, t));
        }
        let Some(key) = pack(i, t) else {
            let mut wide: Vec<u64> = self.pairs().map(|(i, t)| pack_wide(i, t)).collect();
            wide.push(pack_wide(i, t));
            *self = Bag::Wide(wide);
            return;
        };
        let mut more = Vec::with_capacity(MORE);
        more.extend(self.pairs().filter_map(|(i, t)| pack(i, t)));
        more.push(key);
        *self = match more.len() {
            held @ ..=FEW => {
                let mut keys = [0; FEW];
                keys[..held].copy_from_slice(&more);
                Bag::Few(u8::try_from(held).expect("a few"), keys)
            }
            _ => Bag::Many(more),
        };
    }

    /// Adds all of another bag.
    pub(super) fn extend(&mut self, other: &Bag) {
        match (&mut *self, other) {
            (Bag::Many(keys), Bag::Many(more)) => keys.extend_from_slice(more),
            (Bag::Wide(keys), Bag::Wide(more)) => keys.extend_from_slice(more),
            (mine, more) if mine.is_empty() => *mine = more.clone(),
            _ => other.pairs().for_each(|(i, t)| self.push(i, t)),
        }
    }

    /// The pairs in the order in which they were added.
    pub(super) fn pairs(&self) -> impl Iterator<Item = (u32, u32)> + '_ {
        let (tiny, narrow, wide): (&[u16], &[u32], &[u64]) = match self {
            Bag::Tiny(count, keys) => (&keys[..usize::from(*count)], &[], &[]),
            Bag::Few(count, keys) => (&[], &keys[..usize::from(*count)], &[]),
            Bag::Many(keys) => (&[], keys, &[]),
            Bag::Wide(keys) => (&[], &[], keys),
        };
        let tiny = tiny.iter().map(|&key| (u32::from(key >> 8), u32::from(key & 0xff)));
        let narrow = narrow.iter().map(|&key| (key >> 16, key & 0xffff));
        tiny.chain(narrow).chain(wide.iter().map(|&key| unpack_wide(key)))
    }
}

impl PartialEq for Bag {
    /// The same pairs, each as often.
    #[inline]
    fn eq(&self, other: &Bag) -> bool {
        match (self, other) {
            (Bag::Tiny(count, keys), Bag::Tiny(other, others)) => {
                // What is not held is 0, so most are compared in two words.
                count == other && (keys == others || same(&keys[..usize::from(*count)], &others[..usize::from(*other)]))
            }
            (Bag::Few(count, keys), Bag::Few(other, others)) => {
                count == other && same(&keys[..usize::from(*count)], &others[..usize::from(*other)])
            }
            (Bag::Many(keys), Bag::Many(others)) => same(keys, others),
            (Bag::Wide(keys), Bag::Wide(others)) => same(keys, others),
            _ => false,
        }
    }
}

/// Whether two lists hold the same, each as often. Formulations add in row-major order of the
/// inputs or of the taps, so one list is mostly the other one, or that read backwards.
#[inline]
fn same<K: Ord + Copy>(mine: &[K], theirs: &[K]) -> bool {
    let sorted = |keys: &[K]| {
        let mut keys = keys.to_vec();
        keys.sort_unstable();
        keys
    };
    mine.len() == theirs.len()
        && (mine.iter().eq(theirs) || mine.iter().eq(theirs.iter().rev()) || sorted(mine) == sorted(theirs))
}

/// Both indices in 16 bits, if they fit.
#[inline]
#[allow(clippy::cast_possible_truncation)] // checked
fn pack_tiny(i: u32, t: u32) -> Option<u16> {
    ((i | t) < 1 << 8).then_some((i << 8 | t) as u16)
}

/// Both indices in 32 bits, if they fit.
#[inline]
fn pack(i: u32, t: u32) -> Option<u32> {
    ((i | t) < 1 << 16).then_some(i << 16 | t)
}

fn pack_wide(i: u32, t: u32) -> u64 {
    u64::from(i) << 32 | u64::from(t)
}

fn unpack_wide(key: u64) -> (u32, u32) {
    let low = |k: u64| u32::try_from(k & 0xffff_ffff).expect("masked to 32 bits");
    (low(key >> 32), low(key))
}
