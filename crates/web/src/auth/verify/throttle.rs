//! Throttles sign-ins: growing delays by client network and by name, and a lockout of an account after 100 consecutive
//! failures. Only wrong credentials that were checked count, app passwords included. The state is bounded, and does not
//! depend on whether a name exists. What is counted for a name is shared with the other instances (`shared_counts`).
//!
//! Each delay has two lanes: one for first tries, and one for clients that waited as they were asked and retry with the
//! same credentials. A flood of ever-new passwords therefore cannot lock out a user with the right password behind the
//! same address. See docs/decisions/0012 and 0025.

mod attempt;
mod bucket;
mod lockout;
mod reputation;
mod state;
mod tally;
#[cfg(test)]
mod tests;
mod unshared;

use std::{
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};

pub use attempt::{Attempt, Shared};
pub use lockout::MAX_FAILURES;
pub use reputation::Reputation;
pub use tally::SharedCounts;
pub use unshared::{Scope, Unshared};

use super::fingerprint::Fingerprint;
use crate::http::client::Origin;
use reputation::FAILURE_RECENCY;
use state::State;

/// Decides which sign-ins may be verified; cheap to clone.
#[derive(Clone)]
pub struct Throttle(Arc<Mutex<State>>);

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
        Throttle(Arc::new(Mutex::new(State::new())))
    }

    /// Asks for the permission to verify an attempt.
    ///
    /// # Errors
    /// The time to wait before a retry with the same credentials, in whole seconds.
    pub fn acquire(&self, attempt: Attempt, now: Instant) -> Result<Permit, Duration> {
        let mut state = self.lock();
        let retried_after_wait = state.acquire(&attempt, now)?;
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
