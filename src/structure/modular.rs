//! The rank modulo a prime: never above the rank over the rationals, and quick.

/// The prime: 2^31 − 1.
pub const PRIME: u64 = (1 << 31) - 1;

/// The rank of a dense matrix modulo [`PRIME`]; `None` beyond `max_work` products.
///
/// A minor that is not 0 modulo the prime is not 0: the rank over the rationals, or for almost all
/// values of indeterminates that these numbers stand for, is at least this. Cost: rows·columns·rank.
pub fn rank_modulo(mut rows: Vec<Vec<u64>>, max_work: u64) -> Option<usize> {
    let cols = rows.first().map_or(0, Vec::len);
    let mut work = 0u64;
    let mut rank = 0;
    for col in 0..cols {
        let Some(found) = (rank..rows.len()).find(|&r| rows[r][col] != 0) else { continue };
        rows.swap(rank, found);
        let (above, below) = rows.split_at_mut(rank + 1);
        let pivot = &above[rank];
        let inverse = power(pivot[col], PRIME - 2);
        for row in below.iter_mut().filter(|row| row[col] != 0) {
            work += (cols - col) as u64;
            if work > max_work {
                return None;
            }
            let factor = PRIME - row[col] * inverse % PRIME;
            for (value, above) in row[col..].iter_mut().zip(&pivot[col..]) {
                *value = (*value + factor * above) % PRIME;
            }
        }
        rank += 1;
    }
    Some(rank)
}

fn power(mut base: u64, mut exponent: u64) -> u64 {
    let mut product = 1;
    while exponent > 0 {
        if exponent & 1 == 1 {
            product = product * base % PRIME;
        }
        base = base * base % PRIME;
        exponent >>= 1;
    }
    product
}
