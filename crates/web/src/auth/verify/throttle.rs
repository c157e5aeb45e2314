//! Throttles sign-ins: growing delays by client network and by name, and a lockout of an account after 100 consecutive
//! failures. Only wrong credentials that bcrypt has checked count. The state is bounded, and does not depend on whether a
//! name exists. What is counted for a name is shared with the other instances (`shared_counts`).
//!
//! Each delay has two lanes: one for first tries, and one for clients that waited as they were asked and retry with the
//! same credentials. A flood of ever-new passwords therefore cannot lock out a user with the right password behind the
//! same address. See docs/decisions/0012 and 0025.

mod bucket;
mod lockout;
mod reputation;
mod tally;
#[cfg(test)]
mod tests;
mod unshared;

use std::{
    num::NonZeroUsize,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};

use lru::LruCache;

pub use lockout::MAX_FAILURES;
pub use reputation::Reputation;
pub use tally::SharedCounts;
pub use unshared::{Scope, Unshared};

use super::{fingerprint::Fingerprint, retry_tracker::RetryTracker};
use crate::http::client::Origin;
use bucket::{Bucket, Lane, ORIGIN_DELAYS, PAIR_DELAYS};
use lockout::Lockouts;
use reputation::{FAILURE_RECENCY, Successes};
use tally::Tally;
use unshared::UnsharedCounts;

/// The maximum number of entries of each map: 25 MB when all of them are full.
const CAPACITY: NonZeroUsize = NonZeroUsize::new(20_000).unwrap();

/// Decides which sign-ins may be verified; cheap to clone.
#[derive(Clone)]
pub struct Throttle(Arc<Mutex<State>>);

struct State {
    epoch: Instant,
    origins: LruCache<Origin, Bucket>,
    pairs: LruCache<(Origin, Fingerprint), Bucket>,
    lockouts: Lockouts,
    successes: Successes,
    retries: RetryTracker,
    /// The number of attempts that had to wait.
    refusals: u64,
    unshared: UnsharedCounts,
    /// When the user of a name was last changed: earlier failures are forgotten.
    resets: LruCache<Fingerprint, Instant>,
}

/// What the database knows of an attempt: see `shared_counts`.
#[derive(Clone, Debug, Default)]
pub struct Shared {
    /// The failures of the account.
    pub account: SharedCounts,
    /// Those from the client network.
    pub network: SharedCounts,
    /// Those from its vicinity.
    pub vicinity: SharedCounts,
    /// The client networks from which the user signed in, and how long ago.
    pub places: Vec<(Origin, Duration)>,
}

/// A request to verify credentials.
#[derive(Clone, Copy, Debug)]
pub struct Attempt {
    /// The network of the client.
    pub origin: Origin,
    /// The fingerprint of the name.
    pub name: Fingerprint,
    /// The fingerprint of the name with the password.
    pub credentials: Fingerprint,
}

/// The permission to verify an attempt. Only [`Permit::finish`] counts it: an attempt that was dropped before bcrypt
/// ran is not a failure.
pub struct Permit {
    throttle: Throttle,
    attempt: Attempt,
    retried_after_wait: bool,
    finished: bool,
}

impl Throttle {
    /// A throttle without any failure.
    pub fn new() -> Throttle {
        Throttle(Arc::new(Mutex::new(State {
            epoch: Instant::now(),
            origins: LruCache::new(CAPACITY),
            pairs: LruCache::new(CAPACITY),
            lockouts: Lockouts::new(CAPACITY),
            successes: Successes::new(CAPACITY),
            retries: RetryTracker::default(),
            refusals: 0,
            unshared: UnsharedCounts::default(),
            resets: LruCache::new(CAPACITY),
        })))
    }

    /// Asks for the permission to verify an attempt.
    ///
    /// # Errors
    /// The time to wait before a retry with the same credentials, in whole seconds.
    pub fn acquire(&self, attempt: Attempt, now: Instant) -> Result<Permit, Duration> {
        let mut state = self.lock();
        let retried_after_wait = state.acquire(&attempt, now).inspect_err(|_| state.refusals += 1)?;
        drop(state);
        Ok(Permit { throttle: self.clone(), attempt, retried_after_wait, finished: false })
    }

    /// The number of attempts that were refused so far.
    pub fn refusals(&self) -> u64 {
        self.lock().refusals
    }

    /// Records that a permitted attempt found the bcrypt queue full, and was asked to retry after `wait`.
    pub fn reject(&self, attempt: Attempt, wait: Duration, now: Instant) {
        let mut state = self.lock();
        let second = state.second(now);
        state.retries.record(&attempt.credentials, attempt.origin, second, wait.as_secs());
    }

    /// The reputation of a client network.
    pub fn reputation(&self, origin: Origin, now: Instant) -> Reputation {
        let state = self.lock();
        if state.origins.peek(&origin).is_some_and(|bucket| bucket.failed_within(FAILURE_RECENCY, now)) {
            return Reputation::Failing;
        }
        match state.successes.has_origin(origin, now) {
            true => Reputation::Known,
            false => Reputation::Unknown,
        }
    }

    /// Forgets the failures of a name after an administrator or its user changed the account.
    pub fn reset(&self, name: &Fingerprint, now: Instant) {
        let mut state = self.lock();
        state.resets.put(*name, now);
        state.lockouts.clear(name);
        state.unshared.forget(name);
    }

    /// Remembers that the user of a name signed in from a client network some time ago.
    pub fn remember(&self, name: Fingerprint, origin: Origin, age: Duration, now: Instant) {
        self.lock().successes.record(origin, name, age, now);
    }

    /// Takes the counts that other instances do not know yet.
    pub fn take_unshared(&self) -> Vec<Unshared> {
        self.lock().unshared.take()
    }

    /// Returns counts that could not be written.
    pub fn return_unshared(&self, counts: Vec<Unshared>) {
        self.lock().unshared.put_back(counts);
    }

    /// Remembers that counts were written.
    pub fn set_shared(&self, counts: &[Unshared]) {
        let mut state = self.lock();
        for Unshared { name, scope, failures, .. } in counts {
            if *failures > 0
                && let Some(tally) = state.tally(*name, *scope)
            {
                tally.set_shared();
            }
        }
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Default for Throttle {
    fn default() -> Throttle {
        Throttle::new()
    }
}

impl Permit {
    /// The permitted attempt.
    pub fn attempt(&self) -> Attempt {
        self.attempt
    }

    /// Whether the client was asked to wait, waited, and retries with the same credentials.
    pub fn retried_after_wait(&self) -> bool {
        self.retried_after_wait
    }

    /// Checks the attempt against what the database knows, which may be more than this instance.
    ///
    /// # Errors
    /// As [`Throttle::acquire`].
    pub fn check(&self, shared: &Shared, now: Instant) -> Result<(), Duration> {
        self.throttle.lock().check(&self.attempt, self.retried_after_wait, shared, now)
    }

    /// Counts the attempt as a success or a failure.
    pub fn finish(mut self, success: bool, now: Instant) {
        self.finished = true;
        let mut state = self.throttle.lock();
        match success {
            true => state.succeed(&self.attempt, now),
            false => state.fail(&self.attempt, now),
        }
    }
}

impl Drop for Permit {
    fn drop(&mut self) {
        if !self.finished {
            self.throttle.lock().release(&self.attempt);
        }
    }
}

impl State {
    /// The number of seconds since the start; the clock of the retry tracker.
    fn second(&self, now: Instant) -> u64 {
        now.saturating_duration_since(self.epoch).as_secs()
    }

    /// Permits an attempt, or returns the time to wait. The result says whether the attempt is a retry after a wait.
    fn acquire(&mut self, attempt: &Attempt, now: Instant) -> Result<bool, Duration> {
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
    fn check(&mut self, attempt: &Attempt, retried: bool, shared: &Shared, now: Instant) -> Result<(), Duration> {
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
        // Rounded up: `Retry-After` has whole seconds, and a client that comes too early waits again.
        let seconds = wait.as_secs() + u64::from(wait.subsec_nanos() > 0);
        self.retries.record(&attempt.credentials, attempt.origin, second, seconds);
        Duration::from_secs(seconds)
    }

    fn succeed(&mut self, attempt: &Attempt, now: Instant) {
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

    fn fail(&mut self, attempt: &Attempt, now: Instant) {
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
    fn tally(&mut self, name: Fingerprint, scope: Scope) -> Option<&mut Tally> {
        match scope {
            Scope::Account => Some(self.lockouts.account(name)),
            Scope::Network(origin) => self.pairs.get_mut(&(origin, name)).map(Bucket::tally),
            Scope::Vicinity(vicinity) => Some(self.lockouts.vicinity(name, vicinity)),
        }
    }

    /// Ends a pending attempt without counting it.
    fn release(&mut self, attempt: &Attempt) {
        let buckets = [self.origins.peek_mut(&attempt.origin), self.pairs.peek_mut(&(attempt.origin, attempt.name))];
        buckets.into_iter().flatten().for_each(Bucket::release);
        self.lockouts.release(&attempt.name, attempt.origin.vicinity());
    }
}
