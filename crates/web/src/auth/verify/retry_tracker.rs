//! Who was told to wait and did: of a flood of passwords each of which is new, none ever comes back, and of people all do.
//!
//! A ring of Bloom filters, one for each second, over credentials and where they came from: bounded whatever comes in (20
//! megabytes), and a flood of 70,000 a second is taken for somebody patient about once in an hour.

use std::hash::{BuildHasher, RandomState};

use super::fingerprint::Fingerprint;
use crate::http::client::Origin;

/// For how many seconds it is remembered that somebody was told to wait, the wait itself among them.
const SECONDS: u64 = 16;
/// Bits of one filter: a megabyte.
const BITS: u64 = 1 << 23;
/// Bits that one entry sets.
const HASHES: u64 = 8;

/// Credentials that were told to wait, by the second from which on they may come back. No memory is taken until somebody is.
#[derive(Default)]
pub struct RetryTracker {
    hasher: RandomState,
    filters: Vec<Filter>,
}

struct Filter {
    second: u64,
    bits: Vec<u64>,
}

impl RetryTracker {
    /// Somebody is told, in second `now`, to come back `wait` seconds later.
    pub fn told(&mut self, id: &Fingerprint, origin: Origin, now: u64, wait: u64) {
        let due = now + wait;
        if wait >= SECONDS / 2 {
            return;
        }
        let bits = self.bits(id, origin);
        let filter = match self.filters.iter_mut().position(|filter| filter.second == due) {
            Some(at) => &mut self.filters[at],
            None => {
                self.filters.retain(|filter| filter.second + SECONDS > now);
                let words = usize::try_from(BITS / 64).unwrap_or_default();
                self.filters.push(Filter { second: due, bits: vec![0; words] });
                let last = self.filters.len() - 1;
                &mut self.filters[last]
            }
        };
        for (word, mask) in bits {
            filter.bits[word] |= mask;
        }
    }

    /// Whether they were told to wait until now or before, and not long ago.
    pub fn has_waited(&self, id: &Fingerprint, origin: Origin, now: u64) -> bool {
        let bits = self.bits(id, origin);
        let due = self.filters.iter().filter(|filter| filter.second <= now && filter.second + SECONDS > now);
        due.into_iter().any(|filter| bits.iter().all(|(word, mask)| filter.bits[*word] & mask != 0))
    }

    fn bits(&self, id: &Fingerprint, origin: Origin) -> [(usize, u64); HASHES as usize] {
        let hash = self.hasher.hash_one((id, origin));
        // Two halves make as many positions as are wanted (Kirsch and Mitzenmacher).
        let (one, other) = (hash & 0xffff_ffff, hash >> 32 | 1);
        let mut n = 0;
        [(); HASHES as usize].map(|()| {
            n += 1;
            let bit = (one.wrapping_add(other.wrapping_mul(n))).wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 20 & (BITS - 1);
            (usize::try_from(bit / 64).unwrap_or_default(), 1 << (bit % 64))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const HERE: Origin = Origin::V4(1);

    fn id(n: u32) -> Fingerprint {
        let mut id = [7; 32];
        id[..4].copy_from_slice(&n.to_be_bytes());
        id
    }

    #[test]
    fn who_comes_back_in_time_has_waited() {
        let mut retries = RetryTracker::default();
        retries.told(&id(1), HERE, 100, 3);
        let waited = |second| retries.has_waited(&id(1), HERE, second);
        assert_eq!([102, 103, 110, 118, 119].map(waited), [false, true, true, true, false]);
        assert!(!retries.has_waited(&id(2), HERE, 103));
        assert!(!retries.has_waited(&id(1), Origin::V4(2), 103));
    }

    #[test]
    fn coming_early_and_being_told_again_costs_nothing() {
        let mut retries = RetryTracker::default();
        for second in 100..103 {
            retries.told(&id(1), HERE, second, 3);
        }
        assert!(retries.has_waited(&id(1), HERE, 103));
    }

    #[test]
    fn a_flood_takes_bounded_memory_and_is_not_taken_for_the_patient() {
        let mut retries = RetryTracker::default();
        let per_second = 70_000;
        for second in 0..18 {
            for n in 0..per_second {
                retries.told(&id(second * per_second + n), HERE, u64::from(second), 3);
            }
        }
        assert!(retries.filters.len() <= usize::try_from(SECONDS).unwrap() + 3);
        let strangers = (2_000_000..3_000_000).filter(|n| retries.has_waited(&id(*n), HERE, 17)).count();
        assert!(strangers <= 3, "{strangers} of 1,000,000");
        assert!(retries.has_waited(&id(12 * per_second), HERE, 17));
    }
}
