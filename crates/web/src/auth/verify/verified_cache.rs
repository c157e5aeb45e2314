//! Remembers verified credentials, so that bcrypt runs once for them and not for every request.
//!
//! A record says that credentials matched a stored hash. It grants nothing by itself: on every request the current row of the
//! user, or of the user's app password, must hold the same hash, and a changed password therefore needs no invalidation.

use std::{
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicU64, Ordering::Relaxed},
    },
    time::{Duration, Instant},
};

use quick_cache::sync::Cache;

use super::{fingerprint::Fingerprint, matched::Matched};
use crate::http::client::Origin;

/// The limits on the number and the age of records.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// The maximum number of records.
    pub count: usize,
    /// The time without use after which a record expires.
    pub idle: Duration,
    /// The age at which a record expires, used or not.
    pub lifetime: Duration,
}

impl Default for Limits {
    fn default() -> Limits {
        Limits { count: 10_000, idle: Duration::from_secs(600), lifetime: Duration::from_secs(3600) }
    }
}

/// The verified credentials, by fingerprint; one for the process.
pub struct VerifiedCache {
    limits: Limits,
    epoch: Instant,
    records: Cache<Fingerprint, Arc<VerifiedRecord>>,
}

/// A record that credentials matched a hash. Times are milliseconds since the epoch of the cache.
pub struct VerifiedRecord {
    matched: Matched,
    created_at: u64,
    last_used_at: AtomicU64,
    /// The client networks from which the credentials were last used, the newest at the end.
    origins: Mutex<Vec<Origin>>,
}

/// The maximum number of client networks in a record.
const MAX_ORIGINS: usize = 8;

impl VerifiedRecord {
    /// What the credentials matched.
    pub fn matched(&self) -> &Matched {
        &self.matched
    }

    /// Whether the credentials have been used from a client network.
    pub fn was_used_from(&self, origin: Origin) -> bool {
        self.origins.lock().unwrap_or_else(PoisonError::into_inner).contains(&origin)
    }

    /// Notes a use of the credentials from a client network.
    pub fn note_use_from(&self, origin: Origin) {
        let mut origins = self.origins.lock().unwrap_or_else(PoisonError::into_inner);
        if origins.last() == Some(&origin) {
            return;
        }
        origins.retain(|known| *known != origin);
        if origins.len() == MAX_ORIGINS {
            origins.remove(0);
        }
        origins.push(origin);
    }
}

impl VerifiedCache {
    /// An empty cache.
    pub fn new(limits: Limits) -> VerifiedCache {
        VerifiedCache { limits, epoch: Instant::now(), records: Cache::new(limits.count.max(1)) }
    }

    /// The record of these credentials, unless it has expired. Counts as a use.
    pub fn get(&self, credentials: &Fingerprint, now: Instant) -> Option<Arc<VerifiedRecord>> {
        let record = self.records.get(credentials)?;
        if !self.renew(&record, now) {
            self.records.remove(credentials);
            return None;
        }
        Some(record)
    }

    /// Whether a record of this cache has not expired. Counts as a use.
    pub fn renew(&self, record: &VerifiedRecord, now: Instant) -> bool {
        let now = self.millis(now);
        let within = |since: u64, limit: Duration| u128::from(now.saturating_sub(since)) < limit.as_millis();
        let is_valid = within(record.last_used_at.load(Relaxed), self.limits.idle)
            && within(record.created_at, self.limits.lifetime);
        // Threads that write to one value slow each other down.
        if is_valid && record.last_used_at.load(Relaxed) < now {
            record.last_used_at.fetch_max(now, Relaxed);
        }
        is_valid
    }

    /// Records that these credentials matched a hash.
    pub fn insert(&self, credentials: Fingerprint, matched: Matched, now: Instant) {
        let created_at = self.millis(now);
        let (last_used_at, origins) = (AtomicU64::new(created_at), Mutex::default());
        let record = VerifiedRecord { matched, created_at, last_used_at, origins };
        self.records.insert(credentials, Arc::new(record));
    }

    fn millis(&self, at: Instant) -> u64 {
        u64::try_from(at.saturating_duration_since(self.epoch).as_millis()).unwrap_or(u64::MAX)
    }
}

#[cfg(test)]
mod tests {
    use domain::password::PasswordHash;

    use super::*;

    const MINUTE: Duration = Duration::from_secs(60);

    fn hash(text: &str) -> Matched {
        Matched::Password(PasswordHash::new(text))
    }

    #[test]
    fn a_record_is_for_one_hash() {
        let verified = VerifiedCache::new(Limits::default());
        let now = Instant::now();
        verified.insert([1; 32], hash("a"), now);
        let record = verified.get(&[1; 32], now).unwrap();
        assert!(*record.matched() == hash("a") && *record.matched() != hash("b"));
        assert!(verified.get(&[2; 32], now).is_none());
    }

    #[test]
    fn a_record_knows_the_last_networks_from_which_it_was_used() {
        let verified = VerifiedCache::new(Limits::default());
        let now = Instant::now();
        verified.insert([1; 32], hash("a"), now);
        let record = verified.get(&[1; 32], now).unwrap();
        assert!(!record.was_used_from(Origin::V4(0)));
        for n in 0..9 {
            record.note_use_from(Origin::V4(n));
            record.note_use_from(Origin::V4(1));
        }
        let known = (0..9).filter(|n| record.was_used_from(Origin::V4(*n))).collect::<Vec<_>>();
        assert_eq!(known, [1, 2, 3, 4, 5, 6, 7, 8]);
    }

    #[test]
    fn a_record_expires_ten_minutes_after_its_last_use_and_one_hour_after_its_creation() {
        let verified = VerifiedCache::new(Limits::default());
        let start = Instant::now();
        let is_valid = |minutes: u32| verified.get(&[1; 32], start + MINUTE * minutes).is_some();
        verified.insert([1; 32], hash("a"), start);
        for minutes in (9..60).step_by(9) {
            assert!(is_valid(minutes), "{minutes}");
        }
        assert!(!is_valid(60));
        verified.insert([1; 32], hash("a"), start);
        assert!(!is_valid(10));
        assert!(!is_valid(1), "an expired record does not come back");
    }

    #[test]
    fn records_are_bounded_and_the_used_ones_stay() {
        let verified = VerifiedCache::new(Limits { count: 1000, ..Limits::default() });
        let now = Instant::now();
        let fingerprint = |n: u32| -> Fingerprint {
            let mut fingerprint = [0; 32];
            fingerprint[..4].copy_from_slice(&n.to_be_bytes());
            fingerprint
        };
        for n in 0..20_000 {
            verified.insert(fingerprint(n), hash("a"), now);
            assert!(verified.get(&fingerprint(0), now).is_some(), "{n}");
        }
        assert!(verified.records.len() <= 1000);
    }
}
