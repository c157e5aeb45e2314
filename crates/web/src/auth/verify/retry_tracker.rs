//! Remembers clients that were asked to wait, to recognise those that retry with the same credentials. People do; a
//! flood of ever-new passwords does not.
//!
//! The memory is a ring of Bloom filters, one for each second, over credentials and client networks. It takes at most
//! 20 MB, and mistakes one attempt per hour for a retry under a flood of 70,000 attempts per second.

use std::hash::{BuildHasher, RandomState};

use super::fingerprint::Fingerprint;
use crate::http::client::Origin;

/// How long after the end of its wait an attempt counts as a retry, in seconds.
const WINDOW_SECONDS: u64 = 16;
/// The size of one filter in bits: 1 MiB.
const FILTER_BITS: u64 = 1 << 23;
/// The number of bits that one entry sets.
const HASHES: u64 = 8;

/// The attempts that were asked to wait, by the second from which they may retry. Filters are allocated on first use.
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
    /// Records that an attempt was asked, in second `now`, to retry `wait` seconds later.
    pub fn record(&mut self, credentials: &Fingerprint, origin: Origin, now: u64, wait: u64) {
        let due = now + wait;
        // A locked account waits up to an hour, and its filter would stay for that long: beyond the bound on memory.
        if wait >= WINDOW_SECONDS / 2 {
            return;
        }
        let bits = self.bits(credentials, origin);
        let filter = match self.filters.iter_mut().position(|filter| filter.second == due) {
            Some(at) => &mut self.filters[at],
            None => {
                self.filters.retain(|filter| filter.second + WINDOW_SECONDS > now);
                let words = usize::try_from(FILTER_BITS / 64).unwrap_or_default();
                self.filters.push(Filter { second: due, bits: vec![0; words] });
                let last = self.filters.len() - 1;
                &mut self.filters[last]
            }
        };
        for (word, mask) in bits {
            filter.bits[word] |= mask;
        }
    }

    /// Whether an attempt was asked to wait and the wait ended at most 16 seconds ago.
    pub fn has_waited(&self, credentials: &Fingerprint, origin: Origin, now: u64) -> bool {
        let bits = self.bits(credentials, origin);
        let mut due = self.filters.iter().filter(|filter| filter.second <= now && filter.second + WINDOW_SECONDS > now);
        due.any(|filter| bits.iter().all(|(word, mask)| filter.bits[*word] & mask != 0))
    }

    fn bits(&self, credentials: &Fingerprint, origin: Origin) -> [(usize, u64); HASHES as usize] {
        let hash = self.hasher.hash_one((credentials, origin));
        // Double hashing: two halves of one hash give all positions (Kirsch and Mitzenmacher).
        let (first, second) = (hash & 0xffff_ffff, hash >> 32 | 1);
        let mut n = 0;
        [(); HASHES as usize].map(|()| {
            n += 1;
            let mixed = first.wrapping_add(second.wrapping_mul(n)).wrapping_mul(0x9e37_79b9_7f4a_7c15);
            let bit = mixed >> 20 & (FILTER_BITS - 1);
            (usize::try_from(bit / 64).unwrap_or_default(), 1 << (bit % 64))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const HERE: Origin = Origin::V4(1);

    fn credentials(n: u32) -> Fingerprint {
        let mut fingerprint = [7; 32];
        fingerprint[..4].copy_from_slice(&n.to_be_bytes());
        fingerprint
    }

    #[test]
    fn a_retry_after_the_wait_is_recognised_for_sixteen_seconds() {
        let mut retries = RetryTracker::default();
        retries.record(&credentials(1), HERE, 100, 3);
        let waited = |second| retries.has_waited(&credentials(1), HERE, second);
        assert_eq!([102, 103, 110, 118, 119].map(waited), [false, true, true, true, false]);
        assert!(!retries.has_waited(&credentials(2), HERE, 103));
        assert!(!retries.has_waited(&credentials(1), Origin::V4(2), 103));
    }

    #[test]
    fn an_early_retry_does_not_extend_the_wait() {
        let mut retries = RetryTracker::default();
        for second in 100..103 {
            retries.record(&credentials(1), HERE, second, 3);
        }
        assert!(retries.has_waited(&credentials(1), HERE, 103));
    }

    #[test]
    fn a_flood_takes_bounded_memory_and_is_not_mistaken_for_retries() {
        let mut retries = RetryTracker::default();
        let per_second = 70_000;
        for second in 0..18 {
            for n in 0..per_second {
                retries.record(&credentials(second * per_second + n), HERE, u64::from(second), 3);
            }
        }
        assert!(retries.filters.len() <= usize::try_from(WINDOW_SECONDS).unwrap() + 3);
        let mistaken = (2_000_000..3_000_000).filter(|n| retries.has_waited(&credentials(*n), HERE, 17)).count();
        assert!(mistaken <= 3, "{mistaken} of 1,000,000");
        assert!(retries.has_waited(&credentials(12 * per_second), HERE, 17));
    }
}
