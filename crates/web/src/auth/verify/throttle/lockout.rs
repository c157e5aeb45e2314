//! Account lockout: many consecutive failures for one name, from any client network.

use std::{
    num::NonZeroUsize,
    time::{Duration, Instant},
};

use lru::LruCache;

use crate::auth::verify::fingerprint::Fingerprint;

/// The number of consecutive failures that locks an account (NIST SP 800-63B section 3.2.2).
const MAX_FAILURES: u32 = 100;
/// How long an account is locked after its last failure.
const LOCKOUT: Duration = Duration::from_secs(3600);

/// The consecutive failures of accounts, by the fingerprint of the name.
pub(super) struct Lockouts(LruCache<Fingerprint, Account>);

struct Account {
    failures: u32,
    last_failure: Instant,
}

impl Lockouts {
    pub(super) fn new(capacity: NonZeroUsize) -> Lockouts {
        Lockouts(LruCache::new(capacity))
    }

    /// How long an account stays locked; zero if it is not locked.
    pub(super) fn remaining(&mut self, name: &Fingerprint, now: Instant) -> Duration {
        match self.0.get(name) {
            Some(account) if account.failures >= MAX_FAILURES => {
                LOCKOUT.saturating_sub(now.saturating_duration_since(account.last_failure))
            }
            _ => Duration::ZERO,
        }
    }

    pub(super) fn fail(&mut self, name: Fingerprint, now: Instant) {
        let account = self.0.get_or_insert_mut(name, || Account { failures: 0, last_failure: now });
        account.failures = account.failures.saturating_add(1);
        account.last_failure = now;
    }

    pub(super) fn clear(&mut self, name: &Fingerprint) {
        self.0.pop(name);
    }

    #[cfg(test)]
    pub(super) fn len(&self) -> usize {
        self.0.len()
    }
}
