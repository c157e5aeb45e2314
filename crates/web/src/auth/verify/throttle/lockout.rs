//! Account lockout: many consecutive failures for one name, from any client network. The lock holds where guesses came
//! from; at any other network, a client that waited may try.

use std::{
    num::NonZeroUsize,
    time::{Duration, Instant},
};

use lru::LruCache;

use super::tally::{SharedCounts, Tally};
use crate::{auth::verify::fingerprint::Fingerprint, http::client::Origin};

/// The number of consecutive failures that locks an account (NIST SP 800-63B section 3.2.2).
pub const MAX_FAILURES: u32 = 100;
/// How long an account stays locked after its last failure. A vicinity that guessed is locked out for the same time
/// after its own last failure.
const LOCKOUT: Duration = Duration::from_secs(3600);
/// The number of failures for a locked account from which on a vicinity counts as guessing; fewer may be typing errors.
const GUESSES: u32 = 3;
/// How long a client waits at a vicinity that did not guess, before each attempt at a locked account.
const INNOCENT_WAIT: Duration = Duration::from_secs(3);

/// The consecutive failures of accounts, by the fingerprint of the name, and where they came from.
pub(super) struct Lockouts {
    accounts: LruCache<Fingerprint, Tally>,
    vicinities: LruCache<(Origin, Fingerprint), Vicinity>,
}

/// The attempts at an account from one vicinity.
struct Vicinity {
    tally: Tally,
    /// When a client last failed, or was asked to wait.
    last_wait: Option<Instant>,
    /// The number of permitted attempts that have not finished.
    pending: u32,
}

impl Vicinity {
    fn new() -> Vicinity {
        Vicinity { tally: Tally::new(LOCKOUT), last_wait: None, pending: 0 }
    }
}

impl Lockouts {
    pub(super) fn new(capacity: NonZeroUsize) -> Lockouts {
        Lockouts { accounts: LruCache::new(capacity), vicinities: LruCache::new(capacity) }
    }

    /// How long an attempt has to wait; zero if the account is not locked, or the client waited where nobody guessed. `own`
    /// is the number of pending attempts that do not count: 1 for an attempt that was permitted before.
    pub(super) fn wait(&mut self, name: &Fingerprint, vicinity: Origin, own: u32, now: Instant) -> Duration {
        let is_locked = self.accounts.get_mut(name).is_some_and(|tally| tally.total(now) >= MAX_FAILURES);
        if !is_locked {
            return Duration::ZERO;
        }
        let near = self.vicinities.get_or_insert_mut((vicinity, *name), Vicinity::new);
        let since = |at: Option<Instant>| at.map(|at| now.saturating_duration_since(at));
        if near.tally.total(now) >= GUESSES {
            return LOCKOUT.saturating_sub(since(near.tally.last_failure()).unwrap_or_default());
        }
        match since(near.last_wait) {
            Some(waited) if waited < INNOCENT_WAIT => INNOCENT_WAIT - waited,
            // One at a time: otherwise many guesses would start before the first of them has failed.
            Some(waited) if waited < LOCKOUT && near.pending > own => Duration::from_secs(1),
            Some(waited) if waited < LOCKOUT => Duration::ZERO,
            _ => {
                near.last_wait = Some(now);
                INNOCENT_WAIT
            }
        }
    }

    /// Permits an attempt.
    pub(super) fn take(&mut self, name: &Fingerprint, vicinity: Origin) {
        self.vicinities.get_or_insert_mut((vicinity, *name), Vicinity::new).pending += 1;
    }

    /// Ends a pending attempt.
    pub(super) fn release(&mut self, name: &Fingerprint, vicinity: Origin) {
        if let Some(near) = self.vicinities.peek_mut(&(vicinity, *name)) {
            near.pending = near.pending.saturating_sub(1);
        }
    }

    pub(super) fn fail(&mut self, name: Fingerprint, vicinity: Origin, now: Instant) {
        self.account(name).fail(now);
        let near = self.vicinities.get_or_insert_mut((vicinity, name), Vicinity::new);
        near.tally.fail(now);
        near.last_wait = Some(now);
    }

    /// Takes over what other instances counted.
    pub(super) fn learn(
        &mut self,
        name: Fingerprint,
        vicinity: Origin,
        of_account: &SharedCounts,
        of_vicinity: &SharedCounts,
        now: Instant,
    ) {
        self.account(name).learn(of_account, now);
        self.vicinity(name, vicinity).learn(of_vicinity, now);
    }

    /// The failures of an account.
    pub(super) fn account(&mut self, name: Fingerprint) -> &mut Tally {
        self.accounts.get_or_insert_mut(name, || Tally::new(LOCKOUT))
    }

    /// The failures of an account from a vicinity.
    pub(super) fn vicinity(&mut self, name: Fingerprint, vicinity: Origin) -> &mut Tally {
        &mut self.vicinities.get_or_insert_mut((vicinity, name), Vicinity::new).tally
    }

    /// Forgets the failures of an account.
    pub(super) fn clear(&mut self, name: &Fingerprint) {
        self.accounts.pop(name);
    }

    #[cfg(test)]
    pub(super) fn len(&self) -> usize {
        self.accounts.len().max(self.vicinities.len())
    }
}
