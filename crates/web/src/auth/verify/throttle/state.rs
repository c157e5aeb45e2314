//! The state of a throttle: failures, waits, successes, and the counts that are not in the database yet.

use std::{
    num::NonZeroUsize,
    time::{Duration, Instant},
};

use lru::LruCache;

use super::{
    attempt::{Attempt, Shared},
    bucket::{Bucket, Lane, ORIGIN_DELAYS, PAIR_DELAYS},
    lockout::Lockouts,
    reputation::Successes,
    tally::Tally,
    unshared::{Scope, Unshared, UnsharedCounts},
};
use crate::{
    auth::verify::{fingerprint::Fingerprint, retry_tracker::RetryTracker},
    http::client::Origin,
};

/// The maximum number of entries of each map: 25 MB when all of them are full.
pub(super) const CAPACITY: NonZeroUsize = NonZeroUsize::new(20_000).unwrap();

/// Everything that a throttle remembers.
pub(super) struct State {
    pub(super) epoch: Instant,
    pub(super) origins: LruCache<Origin, Bucket>,
    pub(super) pairs: LruCache<(Origin, Fingerprint), Bucket>,
    pub(super) lockouts: Lockouts,
    pub(super) successes: Successes,
    pub(super) retries: RetryTracker,
    /// The number of attempts that had to wait.
    pub(super) refusals: u64,
    pub(super) unshared: UnsharedCounts,
    /// When the user of a name was last changed: earlier failures are forgotten.
    pub(super) resets: LruCache<Fingerprint, Instant>,
}

impl State {
    pub(super) fn new() -> State {
        State {
            epoch: Instant::now(),
            origins: LruCache::new(CAPACITY),
            pairs: LruCache::new(CAPACITY),
            lockouts: Lockouts::new(CAPACITY),
            successes: Successes::new(CAPACITY),
            retries: RetryTracker::default(),
            refusals: 0,
            unshared: UnsharedCounts::default(),
            resets: LruCache::new(CAPACITY),
        }
    }

    /// The number of seconds since the start; the clock of the retry tracker.
    pub(super) fn second(&self, now: Instant) -> u64 {
        now.saturating_duration_since(self.epoch).as_secs()
    }

    /// Permits an attempt, or returns the time to wait. The result says whether the attempt is a retry after a wait.
    pub(super) fn acquire(&mut self, attempt: &Attempt, now: Instant) -> Result<bool, Duration> {
        let &Attempt { origin, name, credentials } = attempt;
        let second = self.second(now);
        let retried_after_wait = self.retries.has_waited(&credentials, origin, second);
        let lane = Lane::of(retried_after_wait);
        self.forget_before_reset(origin, name);

        let by_origin = self.origins.get_or_insert_mut(origin, || Bucket::new(&ORIGIN_DELAYS));
        // Pending attempts do not count, because many people may sign in from one network at once.
        let origin_delay = by_origin.delay(now);
        let by_pair = self.pairs.get_or_insert_mut((origin, name), || Bucket::new(&PAIR_DELAYS));
        // Here they do: otherwise concurrent guesses at one name would all start before the first one fails.
        let pair_delay = by_pair.delay_with_pending(now);
        let lockout = match self.successes.has_pair(origin, name, now) {
            // A lockout does not apply where the user signed in before: an attacker elsewhere must not keep the user out.
            true => Duration::ZERO,
            false => self.lockouts.wait(&name, origin.vicinity(), 0, now),
        };

        let wait = by_origin.wait(lane, origin_delay, now).max(by_pair.wait(lane, pair_delay, now)).max(lockout);
        if wait > Duration::ZERO {
            return Err(self.refuse(attempt, wait, second));
        }
        by_origin.take(lane, origin_delay, now);
        by_pair.take(lane, pair_delay, now);
        self.lockouts.take(&name, origin.vicinity());
        Ok(retried_after_wait)
    }

    /// Forgets failures from before the last change of the account.
    fn forget_before_reset(&mut self, origin: Origin, name: Fingerprint) {
        let Some(reset) = self.resets.peek(&name).copied() else { return };
        if let Some(bucket) = self.pairs.get_mut(&(origin, name)).filter(|bucket| bucket.failed_before(reset)) {
            bucket.clear();
        }
        let vicinity = self.lockouts.vicinity(name, origin.vicinity());
        if vicinity.last_failure().is_some_and(|at| at <= reset) {
            vicinity.clear();
        }
    }

    /// Checks a permitted attempt against what the database knows.
    pub(super) fn check(
        &mut self,
        attempt: &Attempt,
        retried: bool,
        shared: &Shared,
        now: Instant,
    ) -> Result<(), Duration> {
        let &Attempt { origin, name, .. } = attempt;
        for (place, age) in &shared.places {
            self.successes.record(*place, name, *age, now);
        }
        self.lockouts.learn(name, origin.vicinity(), &shared.account, &shared.vicinity, now);
        let by_pair = self.pairs.get_or_insert_mut((origin, name), || Bucket::new(&PAIR_DELAYS));
        let delay = by_pair.learn(Lane::of(retried), &shared.network, now);
        let lockout = match self.successes.has_pair(origin, name, now) {
            true => Duration::ZERO,
            false => self.lockouts.wait(&name, origin.vicinity(), 1, now),
        };
        match delay.max(lockout) {
            Duration::ZERO => Ok(()),
            wait => Err(self.refuse(attempt, wait, self.second(now))),
        }
    }

    /// Remembers that a client was asked to wait, and returns the time in whole seconds.
    fn refuse(&mut self, attempt: &Attempt, wait: Duration, second: u64) -> Duration {
        self.refusals += 1;
        // Rounded up: `Retry-After` has whole seconds, and a client that comes too early waits again.
        let seconds = wait.as_secs() + u64::from(wait.subsec_nanos() > 0);
        self.retries.record(&attempt.credentials, attempt.origin, second, seconds);
        Duration::from_secs(seconds)
    }

    pub(super) fn succeed(&mut self, attempt: &Attempt, now: Instant) {
        let &Attempt { origin, name, .. } = attempt;
        self.release(attempt);
        for scope in Scope::of(origin) {
            if self.tally(name, scope).is_some_and(|tally| tally.total(now) > 0) {
                self.unshared.put(Unshared { name, scope, failures: 0, last_failure: now, is_after_success: true });
            }
        }
        // The origin's bucket stays: an attacker with an account could clear it between guesses at others.
        if let Some(bucket) = self.pairs.get_mut(&(origin, name)) {
            bucket.clear();
        }
        self.lockouts.vicinity(name, origin.vicinity()).clear();
        self.lockouts.clear(&name);
        self.successes.record(origin, name, Duration::ZERO, now);
    }

    pub(super) fn fail(&mut self, attempt: &Attempt, now: Instant) {
        let &Attempt { origin, name, .. } = attempt;
        self.release(attempt);
        self.origins.get_or_insert_mut(origin, || Bucket::new(&ORIGIN_DELAYS)).fail(now);
        self.pairs.get_or_insert_mut((origin, name), || Bucket::new(&PAIR_DELAYS)).fail(now);
        self.lockouts.fail(name, origin.vicinity(), now);
        for scope in Scope::of(origin) {
            let failures = self.tally(name, scope).map_or(0, |tally| tally.own());
            self.unshared.put(Unshared { name, scope, failures, last_failure: now, is_after_success: false });
        }
    }

    /// The failures of a name in a scope.
    pub(super) fn tally(&mut self, name: Fingerprint, scope: Scope) -> Option<&mut Tally> {
        match scope {
            Scope::Account => Some(self.lockouts.account(name)),
            Scope::Network(origin) => self.pairs.get_mut(&(origin, name)).map(Bucket::tally),
            Scope::Vicinity(vicinity) => Some(self.lockouts.vicinity(name, vicinity)),
        }
    }

    /// Ends a pending attempt without counting it.
    pub(super) fn release(&mut self, attempt: &Attempt) {
        let buckets = [self.origins.peek_mut(&attempt.origin), self.pairs.peek_mut(&(attempt.origin, attempt.name))];
        buckets.into_iter().flatten().for_each(Bucket::release);
        self.lockouts.release(&attempt.name, attempt.origin.vicinity());
    }
}
