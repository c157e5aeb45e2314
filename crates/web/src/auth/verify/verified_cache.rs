//! Proofs: what has been verified is not verified again. And refusals: nor is what has been refused.
//!
//! A proof says that credentials opened a stored hash. It opens nothing by itself: on every request the user's present row
//! decides, and has to bear that same hash. So a changed password needs no invalidation. Proofs and refusals are kept
//! apart: attackers can fill the one with what they like, and push nobody out of the other.

use std::{
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering::Relaxed},
    },
    time::{Duration, Instant},
};

use domain::{password::PasswordHash, user::User};
use quick_cache::sync::Cache;

use super::fingerprint::Fingerprint;
use crate::cache::generations::{Generation, Generations};

/// How long proofs are good for, and how many there are.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// The most proofs.
    pub count: usize,
    /// After so long without use a proof is void.
    pub idle: Duration,
    /// After so long it is void, used or not.
    pub lifetime: Duration,
}

impl Default for Limits {
    fn default() -> Limits {
        Limits { count: 10_000, idle: Duration::from_secs(600), lifetime: Duration::from_secs(3600) }
    }
}

/// The proofs of this process.
pub struct VerifiedCache {
    limits: Limits,
    born: Instant,
    kept: Cache<Fingerprint, Arc<VerifiedRecord>>,
}

/// That credentials opened a hash.
pub struct VerifiedRecord {
    hash: PasswordHash,
    made: u64,
    used: AtomicU64,
}

impl VerifiedRecord {
    /// Whether it was this hash.
    pub fn is_of(&self, hash: &PasswordHash) -> bool {
        self.hash == *hash
    }
}

impl VerifiedCache {
    /// None yet.
    pub fn new(limits: Limits) -> VerifiedCache {
        VerifiedCache { limits, born: Instant::now(), kept: Cache::new(limits.count.max(1)) }
    }

    /// The proof of these credentials, while it is good.
    pub fn find(&self, id: &Fingerprint, now: Instant) -> Option<Arc<VerifiedRecord>> {
        let record = self.kept.get(id)?;
        let now = self.millis(now);
        let within = |since: u64, limit: Duration| u128::from(now.saturating_sub(since)) < limit.as_millis();
        if !within(record.used.load(Relaxed), self.limits.idle) || !within(record.made, self.limits.lifetime) {
            self.kept.remove(id);
            return None;
        }
        record.used.fetch_max(now, Relaxed);
        Some(record)
    }

    /// Keeps a proof.
    pub fn insert(&self, id: Fingerprint, hash: PasswordHash, now: Instant) {
        let made = self.millis(now);
        self.kept.insert(id, Arc::new(VerifiedRecord { hash, made, used: AtomicU64::new(made) }));
    }

    fn millis(&self, at: Instant) -> u64 {
        u64::try_from(at.saturating_duration_since(self.born).as_millis()).unwrap_or(u64::MAX)
    }
}

/// The refusals of this process: credentials that opened nothing, and still do not as long as their user's row stays as
/// it is, or stays away.
pub struct NegativeCache {
    kept: Cache<Fingerprint, Arc<NegativeRecord>>,
}

struct NegativeRecord {
    generation: Generation,
    row: Row,
}

/// The part of a user's row that decides: the hash, and whether the account is active. `None` without a row.
type Row = Option<(PasswordHash, bool)>;

/// How many refusals are remembered: two megabytes.
const NEGATIVE_RECORDS: usize = 8192;

impl NegativeCache {
    /// None yet.
    pub fn new() -> NegativeCache {
        NegativeCache { kept: Cache::new(NEGATIVE_RECORDS) }
    }

    /// Whether these credentials were refused, and nothing is known to have changed since.
    pub fn holds(&self, id: &Fingerprint, generations: &Generations) -> bool {
        generations.is_fresh() && self.kept.get(id).is_some_and(|record| generations.holds(&record.generation))
    }

    /// Whether these credentials were refused by a row like this one.
    pub fn holds_for(&self, id: &Fingerprint, user: Option<&User>) -> bool {
        self.kept.get(id).is_some_and(|record| record.row == row_of(user))
    }

    /// Keeps a refusal by a row, with the stamp that was taken before the row was read.
    pub fn insert(&self, id: Fingerprint, generation: Generation, user: Option<&User>) {
        self.kept.insert(id, Arc::new(NegativeRecord { generation, row: row_of(user) }));
    }
}

fn row_of(user: Option<&User>) -> Row {
    user.map(|user| (user.password_hash.clone(), user.active))
}

impl Default for NegativeCache {
    fn default() -> NegativeCache {
        NegativeCache::new()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MINUTE: Duration = Duration::from_secs(60);

    fn hash(text: &str) -> PasswordHash {
        PasswordHash::new(text)
    }

    #[test]
    fn a_proof_is_for_one_hash() {
        let (verified, now) = (VerifiedCache::new(Limits::default()), Instant::now());
        verified.insert([1; 32], hash("a"), now);
        let record = verified.find(&[1; 32], now).unwrap();
        assert!(record.is_of(&hash("a")) && !record.is_of(&hash("b")));
        assert!(verified.find(&[2; 32], now).is_none());
    }

    #[test]
    fn a_proof_ends_ten_minutes_after_its_last_use_and_an_hour_after_it_was_made() {
        let (verified, start) = (VerifiedCache::new(Limits::default()), Instant::now());
        let holds = |minutes: u32| verified.find(&[1; 32], start + MINUTE * minutes).is_some();
        verified.insert([1; 32], hash("a"), start);
        for minutes in (9..60).step_by(9) {
            assert!(holds(minutes), "{minutes}");
        }
        assert!(!holds(60));
        verified.insert([1; 32], hash("a"), start);
        assert!(!holds(10));
        assert!(!holds(1), "what has ended does not come back");
    }

    #[test]
    fn proofs_are_bounded_and_the_used_ones_stay() {
        let (verified, now) = (VerifiedCache::new(Limits { count: 1000, ..Limits::default() }), Instant::now());
        let id = |n: u32| -> Fingerprint {
            let mut id = [0; 32];
            id[..4].copy_from_slice(&n.to_be_bytes());
            id
        };
        for n in 0..20_000 {
            verified.insert(id(n), hash("a"), now);
            assert!(verified.find(&id(0), now).is_some(), "{n}");
        }
        assert!(verified.kept.len() <= 1000);
    }
}
